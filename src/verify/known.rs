//! What is known of a value, and what the operations of the language make of it (language.md, sections 5 and 6).

use std::collections::BTreeSet;

use super::days::{self, FIRST, LAST, Runs};

/// Millionths in one.
pub(super) const ONE: i128 = 1_000_000;

/// What an ordered value counts: numbers and durations in millionths (of days), dates in days, offsets in months.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Number,
    Duration,
    Date,
    Offset,
}

/// The values that are possible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Set {
    Nothing,
    /// Whether it may hold, and whether it may not.
    Truth(bool, bool),
    Range(Kind, Option<i128>, Option<i128>),
    Cases(BTreeSet<String>),
    /// None: any text.
    Text(Option<BTreeSet<String>>),
    /// Bounds on the first day, then on the last.
    Period(i128, i128, i128, i128),
    /// Days certainly in it, days possibly in it.
    Days(Runs, Runs),
}

/// Why a value is beyond the reach of any fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    Conflict,
    Gap,
    Fault,
}

/// A set of possible results, and what else it may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Known {
    pub(super) set: Set,
    pub(super) absent: bool,
    pub(super) inapplicable: bool,
    pub(super) trouble: Option<Trouble>,
    /// The bounds are right but may not be the tightest that the language knows how to give.
    pub(super) loose: bool,
}

impl Known {
    pub(super) fn of(set: Set) -> Self {
        Self { set, absent: false, inapplicable: false, trouble: None, loose: false }
    }

    pub(super) fn truth(yes: bool, no: bool) -> Self {
        Self::of(if yes || no { Set::Truth(yes, no) } else { Set::Nothing })
    }

    pub(super) fn exactly(kind: Kind, value: i128) -> Self {
        Self::of(Set::Range(kind, Some(value), Some(value)))
    }

    pub(super) fn absent() -> Self {
        Self { absent: true, ..Self::of(Set::Nothing) }
    }

    pub(super) fn without_object() -> Self {
        Self { inapplicable: true, ..Self::of(Set::Nothing) }
    }

    pub(super) fn troubled(set: &Set, trouble: Trouble) -> Self {
        Self { trouble: Some(trouble), ..Self::of(set.clone()) }
    }

    /// Whether it may hold, and whether it may not; neither where it is never asked.
    pub(super) fn as_truth(&self) -> (bool, bool) {
        if let Set::Truth(yes, no) = self.set { (yes, no) } else { (false, false) }
    }

    /// Certainly holds, for those that ask no more.
    pub(super) fn holds(&self) -> bool {
        self.as_truth() == (true, false)
    }

    pub(super) fn fails(&self) -> bool {
        self.as_truth() == (false, true)
    }

    pub(super) fn is_without_object(&self) -> bool {
        self.inapplicable && !self.absent && self.set == Set::Nothing
    }

    pub(super) fn is_absent(&self) -> bool {
        self.absent && !self.inapplicable && self.set == Set::Nothing
    }

    pub(super) fn is_settled(&self) -> bool {
        match (self.absent, self.inapplicable) {
            (false, false) => self.set == Set::Nothing || self.set.is_single(),
            (true, true) => false,
            (true, false) | (false, true) => self.set == Set::Nothing,
        }
    }

    pub(super) fn union(&self, other: &Known) -> Known {
        let mut known = Known {
            set: self.set.union(&other.set),
            absent: self.absent || other.absent,
            inapplicable: self.inapplicable || other.inapplicable,
            trouble: None,
            loose: self.loose || other.loose,
        };
        known.keep(self.trouble.or(other.trouble));
        known
    }

    /// Keeps a trouble where it matters.
    pub(super) fn keep(&mut self, trouble: Option<Trouble>) {
        if !self.is_settled() {
            self.trouble = self.trouble.or(trouble);
        }
    }

    /// Whether the two certainly differ.
    pub(super) fn differs(&self, other: &Known) -> bool {
        if [self, other].iter().any(|known| known.absent || known.inapplicable) {
            return self.is_settled() && other.is_settled() && self != other;
        }
        match (&self.set, &other.set) {
            (Set::Truth(..) | Set::Range(..) | Set::Cases(_), _) => !same(&self.set, &other.set).0,
            (a, b) => a.is_single() && b.is_single() && a != b,
        }
    }
}

impl Set {
    pub(super) fn any(kind: Kind) -> Self {
        if kind == Kind::Date { Set::Range(kind, Some(FIRST), Some(LAST)) } else { Set::Range(kind, None, None) }
    }

    pub(super) fn is_single(&self) -> bool {
        match self {
            Set::Nothing => false,
            Set::Truth(yes, no) => yes != no,
            Set::Range(_, lo, hi) => lo.is_some() && lo == hi,
            Set::Cases(cases) => cases.len() == 1,
            Set::Text(texts) => texts.as_ref().is_some_and(|texts| texts.len() == 1),
            Set::Period(a, b, c, d) => a == b && c == d,
            Set::Days(certain, possible) => certain == possible,
        }
    }

    pub(super) fn union(&self, other: &Set) -> Set {
        match (self, other) {
            (Set::Nothing, set) | (set, Set::Nothing) => set.clone(),
            (Set::Truth(a, b), Set::Truth(c, d)) => Set::Truth(*a || *c, *b || *d),
            (Set::Range(kind, a, b), Set::Range(_, c, d)) => {
                Set::Range(*kind, a.zip(*c).map(|(a, c)| a.min(c)), b.zip(*d).map(|(b, d)| b.max(d)))
            }
            (Set::Cases(a), Set::Cases(b)) => Set::Cases(a | b),
            (Set::Text(a), Set::Text(b)) => Set::Text(a.as_ref().zip(b.as_ref()).map(|(a, b)| a | b)),
            (Set::Period(a, b, c, d), Set::Period(e, f, g, h)) => {
                Set::Period(*a.min(e), *b.max(f), *c.min(g), *d.max(h))
            }
            (Set::Days(a, b), Set::Days(c, d)) => Set::Days(days::intersection(a, c), days::union(b, d)),
            (first, _) => first.clone(),
        }
    }

    /// Bounds of an ordered value.
    pub(super) fn bounds(&self) -> (Option<i128>, Option<i128>) {
        if let Set::Range(_, lo, hi) = self { (*lo, *hi) } else { (None, None) }
    }

    fn kind(&self) -> Option<Kind> {
        if let Set::Range(kind, ..) = self { Some(*kind) } else { None }
    }

    /// As a set of days: certain ones, possible ones.
    pub(super) fn days(&self) -> (Runs, Runs) {
        match self {
            Set::Days(certain, possible) => (certain.clone(), possible.clone()),
            Set::Period(a, b, c, d) => (days::run(*b, *c), days::run(*a, *d)),
            _ => (Vec::new(), days::run(FIRST, LAST)),
        }
    }

    fn period(&self) -> (i128, i128, i128, i128) {
        if let Set::Period(a, b, c, d) = self { (*a, *b, *c, *d) } else { (FIRST, LAST, FIRST, LAST) }
    }
}

/// The operations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Op {
    Equal,
    Different,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Among,
    Add,
    Subtract,
    Negate,
    Multiply,
    /// With places and mode where it is rounded.
    Divide(Option<(u32, String)>),
    Round(u32, String),
    Min,
    Max,
    Period,
    Start,
    End,
    ThroughSunday,
    Overlaps,
    DaysOf,
    Intersection,
    Union,
    Gaps,
    Duration,
    LongestRun,
    WholeMonths,
    IsEmpty,
    IsPresent,
    IsApplicable,
    IsWithoutObject,
    Default,
    /// One of these, and no fact says which.
    OneOf,
    /// Read where it has been shown to be there.
    Shown,
    Met,
    Holds,
    Reported,
}

type Range = (Option<i128>, Option<i128>);
/// The result, and whether it may be loose; none: a fault.
type Computed = Option<(Set, bool)>;

impl Op {
    pub(super) fn looks_at_presence(&self) -> bool {
        matches!(
            self,
            Op::IsPresent
                | Op::IsApplicable
                | Op::IsWithoutObject
                | Op::Default
                | Op::Shown
                | Op::Met
                | Op::Holds
                | Op::Reported
        )
    }

    pub(super) fn apply(&self, operands: &[&Known]) -> Known {
        let (Some(first), second) = (operands.first(), operands.get(1)) else { return Known::of(Set::Nothing) };
        let mut known = match self {
            Op::IsPresent => {
                let there = Known::truth(first.set != Set::Nothing, first.absent);
                Known { inapplicable: first.inapplicable, ..there }
            }
            Op::IsApplicable => Known::truth(first.absent || first.set != Set::Nothing, first.inapplicable),
            Op::IsWithoutObject => Known::truth(first.inapplicable, first.absent || first.set != Set::Nothing),
            Op::Shown | Op::Default => {
                let there = Known { absent: false, inapplicable: false, ..(*first).clone() };
                match second.filter(|_| first.absent || first.inapplicable) {
                    Some(second) => return there.union(second),
                    None => return there,
                }
            }
            Op::Met => Known::truth(first.as_truth().0 || first.inapplicable, first.as_truth().1),
            Op::Holds => Known::truth(first.as_truth().0, first.as_truth().1 || first.inapplicable),
            Op::Reported => return Known::truth(true, false),
            _ => return self.computed(operands),
        };
        known.keep(first.trouble);
        known
    }

    fn computed(&self, operands: &[&Known]) -> Known {
        let mut known = if operands.iter().any(|operand| operand.set == Set::Nothing) {
            Known::of(Set::Nothing)
        } else {
            match self.kernel(operands) {
                Some((set, loose)) => Known { loose, ..Known::of(set) },
                None => Known::troubled(&Set::any(self.kind(operands)), Trouble::Fault),
            }
        };
        known.inapplicable = operands.iter().any(|operand| operand.inapplicable);
        known.loose |= operands.iter().any(|operand| operand.loose);
        known.keep(operands.iter().find_map(|operand| operand.trouble));
        known
    }

    /// Of an ordered result.
    fn kind(&self, operands: &[&Known]) -> Kind {
        let mut kinds = operands.iter().filter_map(|operand| operand.set.kind());
        let (first, second) = (kinds.next().unwrap_or(Kind::Number), kinds.next());
        match (self, first, second) {
            (Op::Subtract, Kind::Date, Some(Kind::Date)) => Kind::Duration,
            (_, _, Some(second @ (Kind::Date | Kind::Duration))) if first != Kind::Date => second,
            (_, _, _) => first,
        }
    }

    fn kernel(&self, operands: &[&Known]) -> Computed {
        let nothing = Set::Nothing;
        let set = |at: usize| operands.get(at).map_or(&nothing, |operand| &operand.set);
        let (a, b) = (set(0), set(1));
        let (x, y) = (a.bounds(), b.bounds());
        let truth = |(yes, no): (bool, bool)| Some((Set::Truth(yes, no), false));
        let turned = |(yes, no): (bool, bool)| (no, yes);
        let days = |certain: Runs, possible: Runs| Some((Set::Days(certain, possible), false));
        let lasting = |lo: i128, hi: i128| Some((Set::Range(Kind::Duration, Some(lo * ONE), Some(hi * ONE)), false));
        let date = |lo: i128, hi: i128| Some((Set::Range(Kind::Date, Some(lo), Some(hi)), false));
        match self {
            Op::Equal => truth(same(a, b)),
            Op::Different => truth(turned(same(a, b))),
            Op::Less => truth(less(x, y)),
            Op::AtMost => truth(turned(less(y, x))),
            Op::Greater => truth(less(y, x)),
            Op::AtLeast => truth(turned(less(x, y))),
            Op::Among => {
                let each = operands.iter().skip(1).map(|other| same(a, &other.set));
                let mut found = each.fold((false, true), |found, one| (found.0 || one.0, found.1 && one.1));
                let listed = operands.iter().skip(1).fold(Set::Nothing, |all, other| all.union(&other.set));
                if let (Set::Cases(value), Set::Cases(listed)) = (a, &listed) {
                    found.1 &= !value.is_subset(listed) || operands.iter().skip(1).any(|one| !one.set.is_single());
                }
                truth(found)
            }
            Op::Add | Op::Subtract => self.sum(a, b),
            Op::Negate => ranged(a.kind()?, negated(x)),
            Op::Multiply => {
                product(x, y).map(|(range, loose)| (Set::Range(self.kind(operands), range.0, range.1), loose))
            }
            Op::Divide(rounding) => {
                let (range, loose) = quotient(x, y, rounding.as_ref())?;
                Some((Set::Range(a.kind()?, range.0, range.1), loose))
            }
            Op::Round(places, mode) => {
                let unit = 10i128.pow(6 - (*places).min(6));
                let bound = |bound: Option<i128>| rounded(bound?, unit, mode).and_then(|units| units.checked_mul(unit));
                ranged(a.kind()?, (bound(x.0), bound(x.1)))
            }
            Op::OneOf => Some((operands.iter().fold(Set::Nothing, |all, one| all.union(&one.set)), false)),
            Op::Min | Op::Max => {
                let turn = |range: Range| if *self == Op::Max { negated(range) } else { range };
                let all = operands.iter().map(|operand| turn(operand.set.bounds()));
                ranged(a.kind()?, turn(all.reduce(smallest)?))
            }
            Op::Period => Some((Set::Period(x.0?, x.1?, y.0?, y.1?), false)),
            Op::Start => date(a.period().0, a.period().1),
            Op::End => date(a.period().2, a.period().3),
            Op::ThroughSunday => {
                let (from, late, early, to) = a.period();
                Some((Set::Period(from, late, days::through_sunday(early), days::through_sunday(to)), false))
            }
            Op::Overlaps => {
                let ((certain, possible), (sure, maybe)) = (a.days(), b.days());
                let meet = |a: &Runs, b: &Runs| !days::intersection(a, b).is_empty();
                truth((meet(&possible, &maybe), !meet(&certain, &sure)))
            }
            Op::DaysOf => days(a.days().0, a.days().1),
            Op::Intersection => {
                days(days::intersection(&a.days().0, &b.days().0), days::intersection(&a.days().1, &b.days().1))
            }
            Op::Union => days(days::union(&a.days().0, &b.days().0), days::union(&a.days().1, &b.days().1)),
            Op::Gaps => days(days::difference(&b.days().0, &a.days().1), days::difference(&b.days().1, &a.days().0)),
            Op::Duration => lasting(days::count(&a.days().0), days::count(&a.days().1)),
            Op::LongestRun => lasting(days::longest(&a.days().0), days::longest(&a.days().1)),
            Op::WholeMonths => {
                let (certain, possible) = a.days();
                let loose = certain != possible;
                let (lo, hi) = (days::whole_months(&certain), days::whole_months(&possible));
                // More days may hold fewer months, by a little: wider than it need be.
                let slack = if loose { 2 } else { 0 };
                Some((Set::Range(Kind::Offset, Some((lo - slack).max(0)), Some(hi + slack)), loose))
            }
            Op::IsEmpty => truth((a.days().0.is_empty(), !a.days().1.is_empty())),
            _ => None,
        }
    }

    /// Sums and differences of all kinds.
    fn sum(&self, a: &Set, b: &Set) -> Computed {
        // Written either way round, the date comes first.
        let (a, b) = if b.kind() == Some(Kind::Date) && a.kind() != Some(Kind::Date) { (b, a) } else { (a, b) };
        let turn = |range: Range| if *self == Op::Subtract { negated(range) } else { range };
        let (x, y, single) = (a.bounds(), turn(b.bounds()), a.is_single() && b.is_single());
        let added = |x: Range, y: Range| {
            (x.0.zip(y.0).and_then(|(a, b)| fits(a + b)), x.1.zip(y.1).and_then(|(a, b)| fits(a + b)))
        };
        let clamped = |range: Range| {
            let out = single && range.0.is_none_or(|day| !(FIRST..=LAST).contains(&day));
            let bound = |day: Option<i128>, none| day.unwrap_or(none).clamp(FIRST, LAST);
            (!out).then(|| (Set::Range(Kind::Date, Some(bound(range.0, FIRST)), Some(bound(range.1, LAST))), false))
        };
        match (a.kind()?, b.kind()?) {
            (Kind::Date, Kind::Date) => {
                let (lo, hi) = added(x, y);
                ranged(Kind::Duration, (lo.map(|days| days * ONE), hi.map(|days| days * ONE)))
            }
            (Kind::Date, Kind::Duration) => {
                if y.0.is_some_and(|days| b.is_single() && days % ONE != 0) {
                    return None;
                }
                let whole = (y.0.map(|lo| lo.div_euclid(ONE)), y.1.map(|hi| -(-hi).div_euclid(ONE)));
                clamped(added(x, whole))
            }
            (Kind::Date, Kind::Offset) => {
                let moved = |day: Option<i128>, months: Option<i128>| days::plus_months(day?, months?);
                clamped((moved(x.0, y.0), moved(x.1, y.1)))
            }
            (kind, _) => {
                let range = added(x, y);
                if single && range.0.is_none() { None } else { ranged(kind, range) }
            }
        }
    }
}

fn ranged(kind: Kind, (lo, hi): Range) -> Computed {
    Some((Set::Range(kind, lo, hi), false))
}

/// Numbers are counts of millionths in 64 bits.
pub(super) fn fits(value: i128) -> Option<i128> {
    i64::try_from(value).ok().map(i128::from)
}

pub(super) fn negated((lo, hi): Range) -> Range {
    (hi.map(|hi| -hi), lo.map(|lo| -lo))
}

/// Whether two values may be the same, and whether they may not.
pub(super) fn same(a: &Set, b: &Set) -> (bool, bool) {
    let differ = |may: bool| (may, !may || !a.is_single() || !b.is_single());
    match (a, b) {
        (Set::Truth(a, b), Set::Truth(c, d)) => ((*a && *c) || (*b && *d), (*a && *d) || (*b && *c)),
        (Set::Range(_, a, b), Set::Range(_, c, d)) => {
            differ(!(a.zip(*d).is_some_and(|(a, d)| a > d) || c.zip(*b).is_some_and(|(c, b)| c > b)))
        }
        (Set::Cases(x), Set::Cases(y)) => differ(!x.is_disjoint(y)),
        (Set::Text(Some(x)), Set::Text(Some(y))) => differ(!x.is_disjoint(y)),
        (Set::Period(a, b, c, d), Set::Period(e, f, g, h)) => differ(a.max(e) <= b.min(f) && c.max(g) <= d.min(h)),
        (_, _) => (true, true),
    }
}

fn less(a: Range, b: Range) -> (bool, bool) {
    let never = a.0.zip(b.1).is_some_and(|(lo, hi)| lo >= hi);
    let always = a.1.zip(b.0).is_some_and(|(hi, lo)| hi < lo);
    (!never, !always)
}

pub(super) fn smallest(a: Range, b: Range) -> Range {
    let hi = a.1.zip(b.1).map(|(a, b)| a.min(b)).or(a.1).or(b.1);
    (a.0.zip(b.0).map(|(a, b)| a.min(b)), hi)
}

fn product(a: Range, b: Range) -> Option<(Range, bool)> {
    let none = (Some(0), Some(0));
    if a == none || b == none {
        return Some((none, false));
    }
    let corners = |a: i128, b: i128| a.checked_mul(b);
    if let ((Some(al), Some(ah)), (Some(bl), Some(bh))) = (a, b) {
        let all = [corners(al, bl)?, corners(al, bh)?, corners(ah, bl)?, corners(ah, bh)?];
        let (lo, hi) = (all.iter().min()?, all.iter().max()?);
        if al == ah && bl == bh {
            return if lo % ONE == 0 { fits(lo / ONE).map(|exact| ((Some(exact), Some(exact)), false)) } else { None };
        }
        return Some(((fits(lo.div_euclid(ONE)), fits(-(-hi).div_euclid(ONE))), true));
    }
    let lo = a.0.zip(b.0).filter(|(a, b)| *a >= 0 && *b >= 0).and_then(|(a, b)| fits((a * b).div_euclid(ONE)));
    Some(((lo, None), true))
}

fn quotient(a: Range, b: Range, rounding: Option<&(u32, String)>) -> Option<(Range, bool)> {
    if let ((Some(al), Some(ah)), (Some(bl), Some(bh))) = (a, b)
        && al == ah
        && bl == bh
    {
        let exact = match rounding {
            Some((places, mode)) => {
                let unit = 10i128.pow(6 - (*places).min(6));
                rounded(al * ONE, bl.checked_mul(unit)?, mode)?.checked_mul(unit)?
            }
            None if bl == 0 || (al * ONE) % bl != 0 => return None,
            None => al * ONE / bl,
        };
        return fits(exact).map(|exact| ((Some(exact), Some(exact)), false));
    }
    if b == (Some(0), Some(0)) { None } else { Some(((None, None), true)) }
}

/// The integer next to a quotient that the mode picks.
fn rounded(dividend: i128, divisor: i128, mode: &str) -> Option<i128> {
    let (quotient, left) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    let away = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
    let half = (left.abs() * 2).cmp(&divisor.abs());
    let moves = left != 0
        && match mode {
            "au_plus_proche" => half.is_ge(),
            "au_pair" => half.is_gt() || (half.is_eq() && quotient % 2 != 0),
            "loin_de_zéro" => true,
            "vers_zéro" => false,
            "par_excès" => away > 0,
            _ => away < 0,
        };
    Some(if moves { quotient + away } else { quotient })
}
