//! What is known of a value: the set of results it may still have.
//!
//! A [`Known`] is sound: whatever the missing facts turn out to be, the value is in its [`Set`], or it
//! is absent or without object where the flags say so. `language.md` §4.

use std::sync::Arc;

use super::date::Day;
use super::number::Number;
use super::period::DaySet;
use super::r#type::{Fault, Type};

/// The values a scalar may still have.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Set {
    /// None: it is certainly absent or without object.
    Nothing,
    /// A condition.
    Truth(Truth),
    /// An ordered scalar.
    Range(Range),
    /// Cases of an enumeration, one bit each in declaration order.
    Cases(u64),
    /// A text.
    Text(Texts),
    /// A period: bounds on its first and last day.
    Period(Stretch),
    /// A set of days.
    Days(Days),
}

/// What a condition may be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Truth {
    /// It may hold.
    pub yes: bool,
    /// It may not hold.
    pub no: bool,
}

impl Truth {
    /// Certainly holds.
    pub const YES: Self = Self { yes: true, no: false };
    /// Certainly does not hold.
    pub const NO: Self = Self { yes: false, no: true };
    /// May or may not hold.
    pub const OPEN: Self = Self { yes: true, no: true };
    /// Never asked: its operands have no value.
    pub const NEVER: Self = Self { yes: false, no: false };

    /// That condition, known.
    pub const fn of(holds: bool) -> Self {
        Self { yes: holds, no: !holds }
    }

    /// Certainly holds.
    pub fn is_yes(self) -> bool {
        self.yes && !self.no
    }

    /// Certainly does not hold.
    pub fn is_no(self) -> bool {
        self.no && !self.yes
    }
}

/// Bounds of an ordered scalar, both inclusive; `None` is unbounded. Numbers and durations count
/// millionths (durations: of days), dates count days, offsets count months.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Range {
    /// Lower bound.
    pub lo: Option<i64>,
    /// Upper bound.
    pub hi: Option<i64>,
}

impl Range {
    /// No bound at all.
    pub const ANY: Self = Self { lo: None, hi: None };

    /// Exactly that.
    pub const fn exactly(value: i64) -> Self {
        Self { lo: Some(value), hi: Some(value) }
    }

    /// From `lo` to `hi`.
    pub const fn between(lo: i64, hi: i64) -> Self {
        Self { lo: Some(lo), hi: Some(hi) }
    }

    /// The value, where only one is left.
    pub fn single(self) -> Option<i64> {
        match (self.lo, self.hi) {
            (Some(lo), Some(hi)) if lo == hi => Some(lo),
            (_, _) => None,
        }
    }

    /// The smallest range holding both.
    pub fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.zip(other.lo).map(|(a, b)| a.min(b)), hi: self.hi.zip(other.hi).map(|(a, b)| a.max(b)) }
    }

    /// What lies in both; `None` where nothing does.
    pub fn meet(self, other: Self) -> Option<Self> {
        let lo = match (self.lo, other.lo) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        let hi = match (self.hi, other.hi) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if lo.zip(hi).is_some_and(|(lo, hi)| lo > hi) { None } else { Some(Self { lo, hi }) }
    }
}

/// Texts a scalar may be: some, or any.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Texts {
    /// Any text.
    Any,
    /// One of these, sorted.
    OneOf(Arc<[Arc<str>]>),
}

impl Texts {
    /// Exactly that text.
    pub fn exactly(text: &str) -> Self {
        Self::OneOf(Arc::from([Arc::from(text)]))
    }

    /// The text, where only one is left.
    pub fn single(&self) -> Option<&str> {
        match self {
            Texts::OneOf(texts) => match texts.as_ref() {
                [text] => Some(text),
                _ => None,
            },
            Texts::Any => None,
        }
    }
}

/// Bounds on the first and on the last day of a period.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Stretch {
    /// Earliest and latest first day.
    pub start: (Day, Day),
    /// Earliest and latest last day.
    pub end: (Day, Day),
}

impl Stretch {
    /// A period of which nothing is known.
    pub const ANY: Self = Self { start: (Day::MIN, Day::MAX), end: (Day::MIN, Day::MAX) };

    /// The period, where both days are known.
    pub fn single(self) -> Option<(Day, Day)> {
        (self.start.0 == self.start.1 && self.end.0 == self.end.1).then_some((self.start.0, self.end.0))
    }

    /// The days it certainly covers and those it may cover. A period whose end precedes its start
    /// covers none.
    pub fn days(self) -> Days {
        Days { certain: DaySet::run(self.start.1, self.end.0), possible: DaySet::run(self.start.0, self.end.1) }
    }
}

/// A set of days: `certain` ⊆ the set ⊆ `possible`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Days {
    /// Days certainly in it.
    pub certain: DaySet,
    /// Days possibly in it.
    pub possible: DaySet,
}

impl Days {
    /// Exactly that set.
    pub fn exactly(days: DaySet) -> Self {
        Self { certain: days.clone(), possible: days }
    }

    /// Whether nothing is left open.
    pub fn is_exact(&self) -> bool {
        self.certain == self.possible
    }
}

/// Why a value is out of reach of any fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Trouble {
    /// Two applicable definitions, neither prevailing, give different values.
    Conflict,
    /// No definition applies.
    Gap,
    /// A computation has no result.
    Fault(Fault),
}

/// What is known of one value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Known {
    /// The values it may have where it has one.
    pub set: Set,
    /// It may be absent (`facultatif`).
    pub absent: bool,
    /// It may be without object.
    pub inapplicable: bool,
    /// It is open because of a trouble that no fact can settle.
    pub trouble: Option<Trouble>,
}

impl Known {
    /// A value in that set, certainly there.
    pub const fn of(set: Set) -> Self {
        Self { set, absent: false, inapplicable: false, trouble: None }
    }

    /// A condition.
    pub fn truth(truth: Truth) -> Self {
        Self::of(Set::truth(truth))
    }

    /// An ordered scalar.
    pub const fn range(range: Range) -> Self {
        Self::of(Set::Range(range))
    }

    /// Exactly that number.
    pub const fn number(number: Number) -> Self {
        Self::range(Range::exactly(number.millionths()))
    }

    /// Exactly that day.
    pub fn day(day: Day) -> Self {
        Self::range(Range::exactly(i64::from(day.number())))
    }

    /// Exactly that text.
    pub fn text(text: &str) -> Self {
        Self::of(Set::Text(Texts::exactly(text)))
    }

    /// Certainly absent.
    pub const fn absent() -> Self {
        Self { set: Set::Nothing, absent: true, inapplicable: false, trouble: None }
    }

    /// Certainly without object.
    pub const fn inapplicable() -> Self {
        Self { set: Set::Nothing, absent: false, inapplicable: true, trouble: None }
    }

    /// Any value of that type: nothing is known. `cases` is how many the enumeration has.
    pub fn any(ty: Type, cases: u32) -> Self {
        Self::of(Set::any(ty, cases))
    }

    /// The same, marked with a trouble.
    pub fn troubled(mut self, trouble: Trouble) -> Self {
        self.trouble = Some(trouble);
        self
    }

    /// The condition it is; a value of another kind, or none, is never asked.
    pub fn as_truth(&self) -> Truth {
        match self.set {
            Set::Truth(truth) => truth,
            Set::Nothing | Set::Range(_) | Set::Cases(_) | Set::Text(_) | Set::Period(_) | Set::Days(_) => Truth::NEVER,
        }
    }

    /// Certainly holds.
    pub fn is_yes(&self) -> bool {
        self.as_truth().is_yes() && !self.absent && !self.inapplicable
    }

    /// Certainly does not hold.
    pub fn is_no(&self) -> bool {
        self.as_truth().is_no() && !self.absent && !self.inapplicable
    }

    /// Certainly without object.
    pub fn is_inapplicable(&self) -> bool {
        self.inapplicable && !self.absent && self.set.is_nothing()
    }

    /// Certainly absent.
    pub fn is_absent(&self) -> bool {
        self.absent && !self.inapplicable && self.set.is_nothing()
    }

    /// Whether one single result is left: a value, absence, or being without object.
    pub fn is_settled(&self) -> bool {
        match (self.absent, self.inapplicable, self.set.is_nothing()) {
            (false, false, false) => self.set.is_single(),
            (true, false, true) | (false, true, true) => true,
            (false, false, true) => true,
            (_, _, _) => false,
        }
    }

    /// What either of the two may be.
    pub fn union(&self, other: &Known) -> Known {
        let set = self.set.union(&other.set);
        let mut known = Known {
            set,
            absent: self.absent || other.absent,
            inapplicable: self.inapplicable || other.inapplicable,
            trouble: None,
        };
        if !known.is_settled() {
            known.trouble = self.trouble.or(other.trouble);
        }
        known
    }

    /// Whether everything `self` may be, `other` may be too.
    pub fn is_within(&self, other: &Known) -> bool {
        (!self.absent || other.absent)
            && (!self.inapplicable || other.inapplicable)
            && self.set.union(&other.set) == other.set
    }
}

impl Set {
    /// A condition; nothing where it is never asked.
    pub fn truth(truth: Truth) -> Self {
        if truth == Truth::NEVER { Set::Nothing } else { Set::Truth(truth) }
    }

    /// Any value of that type.
    pub fn any(ty: Type, cases: u32) -> Self {
        match ty {
            Type::Truth => Set::Truth(Truth::OPEN),
            Type::Integer | Type::Number | Type::Duration | Type::Offset => Set::Range(Range::ANY),
            Type::Date => Set::Range(Range::between(i64::from(Day::MIN.number()), i64::from(Day::MAX.number()))),
            Type::Period => Set::Period(Stretch::ANY),
            Type::Days => Set::Days(Days { certain: DaySet::empty(), possible: DaySet::all() }),
            Type::Text | Type::Key(_) => Set::Text(Texts::Any),
            Type::Case(_) => Set::Cases(u64::MAX >> 64u32.saturating_sub(cases.max(1))),
        }
    }

    /// Whether no value is left.
    pub fn is_nothing(&self) -> bool {
        match self {
            Set::Nothing => true,
            Set::Truth(truth) => *truth == Truth::NEVER,
            Set::Cases(bits) => *bits == 0,
            Set::Text(Texts::OneOf(texts)) => texts.is_empty(),
            Set::Range(_) | Set::Text(Texts::Any) | Set::Period(_) | Set::Days(_) => false,
        }
    }

    /// Whether exactly one value is left.
    pub fn is_single(&self) -> bool {
        match self {
            Set::Nothing => false,
            Set::Truth(truth) => truth.yes != truth.no,
            Set::Range(range) => range.single().is_some(),
            Set::Cases(bits) => bits.count_ones() == 1,
            Set::Text(texts) => texts.single().is_some(),
            Set::Period(stretch) => stretch.single().is_some(),
            Set::Days(days) => days.is_exact(),
        }
    }

    /// Values of either. Sets of two types do not meet in a checked program; their union keeps the first.
    pub fn union(&self, other: &Set) -> Set {
        match (self, other) {
            (Set::Nothing, set) | (set, Set::Nothing) => set.clone(),
            (Set::Truth(a), Set::Truth(b)) => Set::Truth(Truth { yes: a.yes || b.yes, no: a.no || b.no }),
            (Set::Range(a), Set::Range(b)) => Set::Range(a.hull(*b)),
            (Set::Cases(a), Set::Cases(b)) => Set::Cases(a | b),
            (Set::Text(Texts::OneOf(a)), Set::Text(Texts::OneOf(b))) => {
                let mut texts: Vec<Arc<str>> = a.iter().chain(b.iter()).cloned().collect();
                texts.sort();
                texts.dedup();
                Set::Text(Texts::OneOf(texts.into()))
            }
            (Set::Text(_), Set::Text(_)) => Set::Text(Texts::Any),
            (Set::Period(a), Set::Period(b)) => Set::Period(Stretch {
                start: (a.start.0.min(b.start.0), a.start.1.max(b.start.1)),
                end: (a.end.0.min(b.end.0), a.end.1.max(b.end.1)),
            }),
            (Set::Days(a), Set::Days(b)) => {
                Set::Days(Days { certain: a.certain.intersection(&b.certain), possible: a.possible.union(&b.possible) })
            }
            (first, _) => first.clone(),
        }
    }

    /// The range of an ordered scalar; unbounded for anything else.
    pub fn as_range(&self) -> Range {
        match self {
            Set::Range(range) => *range,
            Set::Nothing | Set::Truth(_) | Set::Cases(_) | Set::Text(_) | Set::Period(_) | Set::Days(_) => Range::ANY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled() -> [Known; 4] {
        [Known::truth(Truth::YES), Known::truth(Truth::NO), Known::absent(), Known::inapplicable()]
    }

    #[test]
    fn what_is_settled_is_one_thing_and_no_other() {
        let is: [fn(&Known) -> bool; 4] = [Known::is_yes, Known::is_no, Known::is_absent, Known::is_inapplicable];
        for (row, known) in settled().iter().enumerate() {
            assert!(known.is_settled());
            for (column, is) in is.iter().enumerate() {
                assert_eq!(is(known), row == column, "{known:?}");
            }
        }
    }

    #[test]
    fn what_may_be_two_things_is_neither_holds_both_and_is_settled_by_neither() {
        for (at, one) in settled().iter().enumerate() {
            for other in settled().iter().skip(at + 1) {
                let either = one.union(other);
                let is = [either.is_yes(), either.is_no(), either.is_absent(), either.is_inapplicable()];
                assert!(!is.contains(&true) && !either.is_settled(), "{either:?}");
                assert!(one.is_within(&either) && other.is_within(&either) && either.is_within(&either));
                assert!(!either.is_within(one) && !either.is_within(other) && !one.is_within(other));
                assert_eq!(either, other.union(one));
            }
        }
    }

    #[test]
    fn a_trouble_stays_while_what_it_concerns_is_open() {
        let conflict = Known::truth(Truth::OPEN).troubled(Trouble::Conflict);
        assert_eq!(conflict.union(&Known::truth(Truth::YES)).trouble, Some(Trouble::Conflict));
        assert_eq!(Known::truth(Truth::YES).union(&conflict).trouble, Some(Trouble::Conflict));
        let told = Known::truth(Truth::YES).troubled(Trouble::Gap);
        assert_eq!(told.union(&told).trouble, None);
    }

    #[test]
    fn a_period_or_a_set_of_days_is_one_where_both_its_bounds_are() {
        let (first, last) = (Day::MIN, Day::MAX);
        let period = |start, end| Stretch { start, end };
        assert_eq!(period((first, first), (last, last)).single(), Some((first, last)));
        assert_eq!(period((first, last), (last, last)).single(), None);
        assert_eq!(period((first, first), (first, last)).single(), None);
        assert!(Days::exactly(DaySet::run(first, last)).is_exact());
        assert!(!Days { certain: DaySet::empty(), possible: DaySet::run(first, last) }.is_exact());
    }

    #[test]
    fn of_each_kind_of_set_one_value_is_single_and_none_is_nothing() {
        let texts = |texts: &[&str]| Set::Text(Texts::OneOf(texts.iter().copied().map(Arc::from).collect()));
        let single = [Set::Truth(Truth::NO), Set::Range(Range::exactly(3)), Set::Cases(0b100), texts(&["a"])];
        let several =
            [Set::Truth(Truth::OPEN), Set::Range(Range::between(3, 4)), Set::Cases(0b101), texts(&["a", "b"])];
        let none = [Set::Truth(Truth::NEVER), Set::Nothing, Set::Cases(0), texts(&[])];
        let any = [Set::Range(Range::ANY), Set::Text(Texts::Any), Set::Period(Stretch::ANY)];
        assert!(single.iter().all(|set| set.is_single() && !set.is_nothing()));
        assert!(several.iter().chain(&any).all(|set| !set.is_single() && !set.is_nothing()));
        assert!(none.iter().all(|set| !set.is_single() && set.is_nothing()));
        assert_eq!(Texts::exactly("a").single(), Some("a"));
    }
}
