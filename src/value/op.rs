//! The primitives: the kernel of each, on what is known of its operands.
//!
//! A kernel is strict: an operand without value leaves the result without value, for the same reason.
//! Static checks see to it that an operand is never absent here.

use super::date::Day;
use super::known::{Days, Known, Range, Set, Stretch, Texts, Trouble, Truth};
use super::number::{Number, Rounding};
use super::period::{DaySet, whole_months_bounds};
use super::r#type::Fault;

/// One primitive. Operand and result types are fixed by the primitive; lowering chooses it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// Equality of two ordered scalars.
    Equal,
    /// Difference of two ordered scalars.
    Different,
    /// `<` on ordered scalars.
    Less,
    /// `≤` on ordered scalars.
    AtMost,
    /// `>` on ordered scalars.
    Greater,
    /// `≥` on ordered scalars.
    AtLeast,
    /// Equality of two conditions, cases, texts or periods.
    Same,
    /// Difference of two conditions, cases, texts or periods.
    Differs,
    /// Whether the first operand is one of the others.
    Among,
    /// Sum of two numbers, durations or offsets.
    Add,
    /// Difference of two numbers, durations or offsets.
    Subtract,
    /// Opposite of a number or duration.
    Negate,
    /// Product of a number with a number or duration.
    Multiply,
    /// Exact quotient by a number.
    Divide,
    /// Quotient rounded to so many places.
    DivideRounded(u32, Rounding),
    /// Rounding to so many places.
    Round(u32, Rounding),
    /// The smallest operand.
    Min,
    /// The largest operand.
    Max,
    /// One of the operands, nobody can say which.
    OneOf,
    /// A date moved forward by a duration of whole days.
    DatePlusDuration,
    /// A date moved back by a duration of whole days.
    DateMinusDuration,
    /// A date moved forward by months, clamped to the end of the month.
    DatePlusOffset,
    /// A date moved back by months, clamped to the end of the month.
    DateMinusOffset,
    /// Days from the second date to the first.
    DateDifference,
    /// The period from one date to another.
    MakePeriod,
    /// First day of a period.
    PeriodStart,
    /// Last day of a period.
    PeriodEnd,
    /// A period ending on a Friday or Saturday reaches the Sunday.
    ThroughSunday,
    /// Whether two periods share a day.
    Overlaps,
    /// The days of a period.
    DaysOfPeriod,
    /// Days in both sets.
    Intersection,
    /// Days in either set.
    Union,
    /// Days of the second set that are not in the first.
    Gaps,
    /// How many days a set holds.
    DurationOfDays,
    /// How many days a period covers, both ends included.
    DurationOfPeriod,
    /// The longest run of consecutive days.
    LongestRun,
    /// Whole months of a set of days.
    WholeMonths,
    /// Whether a set of days is empty.
    IsEmptyDays,
    /// `est renseigné`: whether it is there.
    IsPresent,
    /// `est applicable`: whether it has an object.
    IsApplicable,
    /// `est sans objet`.
    IsInapplicable,
    /// `à défaut`: the first where it has a value, else the second.
    Default,
    /// The value, read where a guard has shown that it is there.
    Guarded,
    /// A norm is met: it holds or does not apply.
    Met,
    /// A norm applies and holds.
    Holds,
    /// A preference in a decision: read, reported, never blocking.
    Reported,
}

impl Op {
    /// Applies the primitive to what is known of its operands.
    pub fn apply(self, operands: &[&Known]) -> Known {
        if let Some(known) = self.apply_to_presence(operands) {
            return known;
        }
        let inapplicable = operands.iter().any(|operand| operand.inapplicable);
        let mut known = if operands.iter().any(|operand| operand.set.is_nothing()) {
            Known::of(Set::Nothing)
        } else {
            match self.kernel(operands) {
                Ok(set) => Known::of(set),
                Err((fault, open)) => Known::of(open).troubled(Trouble::Fault(fault)),
            }
        };
        known.inapplicable = inapplicable;
        if !known.is_settled() {
            known.trouble = known.trouble.or_else(|| operands.iter().find_map(|operand| operand.trouble));
        }
        known
    }

    /// The primitives that look at whether a value is there, rather than at what it is.
    fn apply_to_presence(self, operands: &[&Known]) -> Option<Known> {
        let first = operands.first()?;
        let known = match self {
            Op::IsPresent => {
                let truth = Truth { yes: !first.set.is_nothing(), no: first.absent };
                keep_trouble(Known { inapplicable: first.inapplicable, ..Known::truth(truth) }, first)
            }
            Op::IsApplicable | Op::IsInapplicable => {
                let has_object = first.absent || !first.set.is_nothing();
                let truth = Truth { yes: has_object, no: first.inapplicable };
                let truth = if self == Op::IsApplicable { truth } else { Truth { yes: truth.no, no: truth.yes } };
                keep_trouble(Known::truth(truth), first)
            }
            Op::Default => {
                let there = Known { absent: false, inapplicable: false, ..(*first).clone() };
                let second = operands.get(1)?;
                if first.absent || first.inapplicable { there.union(second) } else { there }
            }
            Op::Guarded => Known { absent: false, inapplicable: false, ..(*first).clone() },
            Op::Met => {
                let truth = first.as_truth();
                let met = Truth { yes: truth.yes || first.inapplicable, no: truth.no };
                return Some(keep_trouble(Known::truth(met), first));
            }
            Op::Holds => {
                let truth = first.as_truth();
                let holds = Truth { yes: truth.yes, no: truth.no || first.inapplicable };
                return Some(keep_trouble(Known::truth(holds), first));
            }
            Op::Reported => return Some(Known::truth(Truth::YES)),
            Op::Equal
            | Op::Different
            | Op::Less
            | Op::AtMost
            | Op::Greater
            | Op::AtLeast
            | Op::Same
            | Op::Differs
            | Op::Among
            | Op::Add
            | Op::Subtract
            | Op::Negate
            | Op::Multiply
            | Op::Divide
            | Op::DivideRounded(..)
            | Op::Round(..)
            | Op::Min
            | Op::Max
            | Op::OneOf
            | Op::DatePlusDuration
            | Op::DateMinusDuration
            | Op::DatePlusOffset
            | Op::DateMinusOffset
            | Op::DateDifference
            | Op::MakePeriod
            | Op::PeriodStart
            | Op::PeriodEnd
            | Op::ThroughSunday
            | Op::Overlaps
            | Op::DaysOfPeriod
            | Op::Intersection
            | Op::Union
            | Op::Gaps
            | Op::DurationOfDays
            | Op::DurationOfPeriod
            | Op::LongestRun
            | Op::WholeMonths
            | Op::IsEmptyDays => return None,
        };
        Some(known)
    }

    fn kernel(self, operands: &[&Known]) -> Result<Set, (Fault, Set)> {
        let set = |index: usize| operands.get(index).map_or(&Set::Nothing, |operand| &operand.set);
        let range = |index: usize| set(index).as_range();
        let days = |index: usize| as_days(set(index));
        let period = |index: usize| as_stretch(set(index));
        Ok(match self {
            Op::Equal => Set::Truth(equal(range(0), range(1))),
            Op::Less => Set::Truth(less(range(0), range(1))),
            Op::Different => Set::Truth(negate(equal(range(0), range(1)))),
            Op::AtMost => Set::Truth(negate(less(range(1), range(0)))),
            Op::Greater => Set::Truth(less(range(1), range(0))),
            Op::AtLeast => Set::Truth(negate(less(range(0), range(1)))),
            Op::Same => Set::Truth(same(set(0), set(1))),
            Op::Differs => Set::Truth(negate(same(set(0), set(1)))),
            Op::Among => Set::Truth(among(set(0), operands.get(1..).unwrap_or(&[]))),
            Op::Add => Set::Range(arithmetic(range(0), range(1), add)?),
            Op::Subtract => Set::Range(arithmetic(range(0), negate_range(range(1)), add)?),
            Op::Negate => Set::Range(negate_range(range(0))),
            Op::Multiply => Set::Range(multiply(range(0), range(1))?),
            Op::Divide => Set::Range(divide(range(0), range(1), None)?),
            Op::DivideRounded(places, mode) => Set::Range(divide(range(0), range(1), Some((places, mode)))?),
            Op::Round(places, mode) => Set::Range(round(range(0), places, mode)?),
            Op::Min => Set::Range(operands.iter().map(|o| o.set.as_range()).reduce(smallest).unwrap_or(Range::ANY)),
            Op::Max => Set::Range(
                operands
                    .iter()
                    .map(|o| negate_range(o.set.as_range()))
                    .reduce(smallest)
                    .map_or(Range::ANY, negate_range),
            ),
            Op::OneOf => operands.iter().fold(Set::Nothing, |either, operand| either.union(&operand.set)),
            Op::DatePlusDuration => Set::Range(shift_days(range(0), range(1))?),
            Op::DateMinusDuration => Set::Range(shift_days(range(0), negate_range(range(1)))?),
            Op::DatePlusOffset => Set::Range(shift_months(range(0), range(1))?),
            Op::DateMinusOffset => Set::Range(shift_months(range(0), negate_range(range(1)))?),
            Op::DateDifference => {
                let difference = arithmetic(range(0), negate_range(range(1)), add)?;
                let scaled = |bound: Option<i64>| bound.and_then(|days| days.checked_mul(Number::SCALE));
                Set::Range(Range { lo: scaled(difference.lo), hi: scaled(difference.hi) })
            }
            Op::MakePeriod => Set::Period(Stretch { start: day_bounds(range(0)), end: day_bounds(range(1)) }),
            Op::PeriodStart => Set::Range(of_days(period(0).start)),
            Op::PeriodEnd => Set::Range(of_days(period(0).end)),
            Op::ThroughSunday => {
                let stretch = period(0);
                let end = (stretch.end.0.through_weekend(), stretch.end.1.through_weekend());
                Set::Period(Stretch { start: stretch.start, end })
            }
            Op::Overlaps => {
                let (a, b) = (period(0).days(), period(1).days());
                let possible = !a.possible.intersection(&b.possible).is_empty();
                let certain = !a.certain.intersection(&b.certain).is_empty();
                Set::Truth(Truth { yes: possible, no: !certain })
            }
            Op::DaysOfPeriod => Set::Days(period(0).days()),
            Op::Intersection => {
                let (a, b) = (days(0), days(1));
                Set::Days(Days {
                    certain: a.certain.intersection(&b.certain),
                    possible: a.possible.intersection(&b.possible),
                })
            }
            Op::Union => {
                let (a, b) = (days(0), days(1));
                Set::Days(Days { certain: a.certain.union(&b.certain), possible: a.possible.union(&b.possible) })
            }
            Op::Gaps => {
                let (covered, within) = (days(0), days(1));
                Set::Days(Days {
                    certain: within.certain.difference(&covered.possible),
                    possible: within.possible.difference(&covered.certain),
                })
            }
            Op::DurationOfDays => {
                let days = days(0);
                Set::Range(duration_between(days.certain.count(), days.possible.count()))
            }
            Op::DurationOfPeriod => {
                let Stretch { start, end } = period(0);
                let length = |from: Day, to: Day| (from.days_until(to) + 1).max(0);
                Set::Range(duration_between(length(start.1, end.0), length(start.0, end.1)))
            }
            Op::LongestRun => {
                let days = days(0);
                Set::Range(duration_between(days.certain.longest_run(), days.possible.longest_run()))
            }
            Op::WholeMonths => {
                let days = days(0);
                let (lo, hi) = whole_months_bounds(&days.certain, &days.possible);
                Set::Range(Range::between(i64::from(lo), i64::from(hi)))
            }
            Op::IsEmptyDays => {
                let days = days(0);
                Set::Truth(Truth { yes: days.certain.is_empty(), no: !days.possible.is_empty() })
            }
            Op::IsPresent
            | Op::IsApplicable
            | Op::IsInapplicable
            | Op::Default
            | Op::Guarded
            | Op::Met
            | Op::Holds
            | Op::Reported => set(0).clone(),
        })
    }
}

fn keep_trouble(mut known: Known, from: &Known) -> Known {
    if !known.is_settled() {
        known.trouble = from.trouble;
    }
    known
}

fn as_days(set: &Set) -> Days {
    match set {
        Set::Days(days) => days.clone(),
        Set::Period(stretch) => stretch.days(),
        Set::Nothing | Set::Truth(_) | Set::Range(_) | Set::Cases(_) | Set::Text(_) => {
            Days { certain: DaySet::empty(), possible: DaySet::all() }
        }
    }
}

fn as_stretch(set: &Set) -> Stretch {
    match set {
        Set::Period(stretch) => *stretch,
        Set::Nothing | Set::Truth(_) | Set::Range(_) | Set::Cases(_) | Set::Text(_) | Set::Days(_) => Stretch::ANY,
    }
}

/// Bounds of a date as days; beyond the calendar they are its ends.
pub fn day_bounds(range: Range) -> (Day, Day) {
    let day = |bound: Option<i64>, missing: Day| {
        bound.and_then(|number| i32::try_from(number).ok()).and_then(Day::from_number).unwrap_or(missing)
    };
    (day(range.lo, Day::MIN), day(range.hi, Day::MAX))
}

fn of_days((first, last): (Day, Day)) -> Range {
    Range::between(i64::from(first.number()), i64::from(last.number()))
}

fn duration_between(lo: i64, hi: i64) -> Range {
    Range { lo: lo.checked_mul(Number::SCALE), hi: hi.checked_mul(Number::SCALE) }
}

fn negate(truth: Truth) -> Truth {
    Truth { yes: truth.no, no: truth.yes }
}

fn equal(a: Range, b: Range) -> Truth {
    let yes = a.meet(b).is_some();
    Truth { yes, no: !yes || a.single().is_none() || b.single().is_none() }
}

/// `a < b`: may hold unless every `a` is at least every `b`, and conversely.
fn less(a: Range, b: Range) -> Truth {
    let never = a.lo.zip(b.hi).is_some_and(|(lo, hi)| lo >= hi);
    let always = a.hi.zip(b.lo).is_some_and(|(hi, lo)| hi < lo);
    Truth { yes: !never, no: !always }
}

fn same(a: &Set, b: &Set) -> Truth {
    match (a, b) {
        (Set::Truth(a), Set::Truth(b)) => {
            Truth { yes: (a.yes && b.yes) || (a.no && b.no), no: (a.yes && b.no) || (a.no && b.yes) }
        }
        (Set::Cases(a), Set::Cases(b)) => Truth { yes: a & b != 0, no: !(a == b && a.count_ones() == 1) },
        (Set::Range(a), Set::Range(b)) => equal(*a, *b),
        (Set::Text(a), Set::Text(b)) => match (a, b) {
            (Texts::OneOf(a), Texts::OneOf(b)) => {
                let yes = a.iter().any(|text| b.contains(text));
                Truth { yes, no: !(yes && a.len() == 1 && b.len() == 1) }
            }
            (Texts::Any, _) | (_, Texts::Any) => Truth::OPEN,
        },
        (Set::Period(a), Set::Period(b)) => {
            let (starts, ends) = (equal(of_days(a.start), of_days(b.start)), equal(of_days(a.end), of_days(b.end)));
            Truth { yes: starts.yes && ends.yes, no: starts.no || ends.no }
        }
        (_, _) => Truth::OPEN,
    }
}

fn among(value: &Set, others: &[&Known]) -> Truth {
    if let Set::Cases(bits) = value {
        let singles = others.iter().all(|other| other.set.is_single());
        let mask = others.iter().fold(0, |mask, other| match other.set {
            Set::Cases(case) => mask | case,
            Set::Nothing | Set::Truth(_) | Set::Range(_) | Set::Text(_) | Set::Period(_) | Set::Days(_) => mask,
        });
        return Truth { yes: bits & mask != 0, no: !singles || bits & !mask != 0 };
    }
    others
        .iter()
        .map(|other| same(value, &other.set))
        .fold(Truth::NO, |found, truth| Truth { yes: found.yes || truth.yes, no: found.no && truth.no })
}

fn smallest(a: Range, b: Range) -> Range {
    let lo = a.lo.zip(b.lo).map(|(a, b)| a.min(b));
    let hi = match (a.hi, b.hi) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    Range { lo, hi }
}

/// Saturates: `i64::MIN` has no opposite, and stands for a bound that far anyway.
fn negate_range(range: Range) -> Range {
    Range { lo: range.hi.map(i64::saturating_neg), hi: range.lo.map(i64::saturating_neg) }
}

fn add(a: i64, b: i64) -> Option<i64> {
    a.checked_add(b)
}

type Faulty = (Fault, Set);

fn faulty(fault: Fault) -> Faulty {
    (fault, Set::Range(Range::ANY))
}

/// Combines bounds with a monotone operation. A bound that overflows is dropped; a known result that
/// overflows is a fault.
fn arithmetic(a: Range, b: Range, combine: fn(i64, i64) -> Option<i64>) -> Result<Range, Faulty> {
    let range = Range {
        lo: a.lo.zip(b.lo).and_then(|(a, b)| combine(a, b)),
        hi: a.hi.zip(b.hi).and_then(|(a, b)| combine(a, b)),
    };
    if a.single().is_some() && b.single().is_some() && range.single().is_none() {
        return Err(faulty(Fault::Overflow));
    }
    Ok(range)
}

fn narrow(value: i128) -> Option<i64> {
    i64::try_from(value).ok()
}

fn multiply(a: Range, b: Range) -> Result<Range, Faulty> {
    // Nothing need be known of what is taken zero times.
    if a.single() == Some(0) || b.single() == Some(0) {
        return Ok(Range::exactly(0));
    }
    let scale = i128::from(Number::SCALE);
    if let (Some(a), Some(b)) = (a.single(), b.single()) {
        let product = i128::from(a) * i128::from(b);
        if product % scale != 0 {
            return Err(faulty(Fault::Inexact));
        }
        return narrow(product / scale).map(Range::exactly).ok_or(faulty(Fault::Overflow));
    }
    let (Some(al), Some(ah), Some(bl), Some(bh)) = (a.lo, a.hi, b.lo, b.hi) else {
        let positive = a.lo.zip(b.lo).filter(|(a, b)| *a >= 0 && *b >= 0);
        let lo = positive.and_then(|(a, b)| narrow((i128::from(a) * i128::from(b)).div_euclid(scale)));
        return Ok(Range { lo: if positive.is_some() { lo.or(Some(0)) } else { None }, hi: None });
    };
    let products = [(al, bl), (al, bh), (ah, bl), (ah, bh)].map(|(a, b)| i128::from(a) * i128::from(b));
    let lo = products.iter().min().and_then(|p| narrow(p.div_euclid(scale)));
    let hi = products.iter().max().and_then(|p| narrow(p.div_euclid(scale) + i128::from(p.rem_euclid(scale) != 0)));
    Ok(Range { lo, hi })
}

fn divide(a: Range, b: Range, rounding: Option<(u32, Rounding)>) -> Result<Range, Faulty> {
    if b.single() == Some(0) {
        return Err(faulty(Fault::DivisionByZero));
    }
    if let (Some(a), Some(b)) = (a.single(), b.single()) {
        let (a, b) = (Number::from_millionths(a), Number::from_millionths(b));
        let quotient = match rounding {
            Some((places, mode)) => a.div_rounded(b, places, mode),
            None => a.checked_div(b),
        };
        return quotient.map(|q| Range::exactly(q.millionths())).map_err(|error| faulty(error.into()));
    }
    let (Some(al), Some(ah), Some(bl), Some(bh)) = (a.lo, a.hi, b.lo, b.hi) else { return Ok(Range::ANY) };
    if bl <= 0 && bh >= 0 {
        return Ok(Range::ANY);
    }
    let scale = i128::from(Number::SCALE);
    let quotients = [(al, bl), (al, bh), (ah, bl), (ah, bh)].map(|(a, b)| {
        let (a, b) = if b < 0 { (-i128::from(a), -i128::from(b)) } else { (i128::from(a), i128::from(b)) };
        let product = a * scale;
        (product.div_euclid(b), product.div_euclid(b) + i128::from(product.rem_euclid(b) != 0))
    });
    let exact = Range {
        lo: quotients.iter().map(|q| q.0).min().and_then(narrow),
        hi: quotients.iter().map(|q| q.1).max().and_then(narrow),
    };
    match rounding {
        Some((places, mode)) => Ok(round_outward(exact, places, mode)),
        None => Ok(exact),
    }
}

/// Rounds bounds that are themselves outward approximations of a quotient: one step further out in each
/// direction keeps them sound for every mode.
fn round_outward(range: Range, places: u32, mode: Rounding) -> Range {
    let bound = |bound: Option<i64>, step: i64| {
        let value = bound.and_then(|bound| bound.checked_add(step))?;
        Number::from_millionths(value).round(places, mode).ok().map(Number::millionths)
    };
    Range { lo: bound(range.lo, -1), hi: bound(range.hi, 1) }
}

fn round(range: Range, places: u32, mode: Rounding) -> Result<Range, Faulty> {
    let bound = |bound: Option<i64>| {
        bound.and_then(|value| Number::from_millionths(value).round(places, mode).ok()).map(Number::millionths)
    };
    let rounded = Range { lo: bound(range.lo), hi: bound(range.hi) };
    if range.single().is_some() && rounded.single().is_none() {
        return Err(faulty(Fault::Overflow));
    }
    Ok(rounded)
}

fn any_date() -> Set {
    Set::Range(of_days((Day::MIN, Day::MAX)))
}

/// Moves a date by a duration in millionths of days. An unknown duration moves by the whole days it may
/// hold; a known one with a fraction of a day is a fault.
fn shift_days(date: Range, by: Range) -> Result<Range, Faulty> {
    let scale = Number::SCALE;
    if by.single().is_some_and(|by| by % scale != 0) {
        return Err((Fault::FractionalDay, any_date()));
    }
    let whole = Range {
        lo: by.lo.map(|lo| lo.div_euclid(scale)),
        hi: by.hi.map(|hi| hi.div_euclid(scale) + i64::from(hi.rem_euclid(scale) != 0)),
    };
    clamp_dates(date, arithmetic(date, whole, add)?, whole)
}

fn shift_months(date: Range, by: Range) -> Result<Range, Faulty> {
    let (first, last) = day_bounds(date);
    let shift = |day: Day, months: Option<i64>, otherwise: Day| {
        let moved =
            months.and_then(|months| i32::try_from(months).ok()).and_then(|months| day.checked_add_months(months));
        i64::from(moved.unwrap_or(otherwise).number())
    };
    if let (Some(day), Some(months)) = (date.single(), by.single()) {
        let moved = i32::try_from(day)
            .ok()
            .and_then(Day::from_number)
            .zip(i32::try_from(months).ok())
            .and_then(|(day, months)| day.checked_add_months(months));
        return moved.map(|day| Range::exactly(i64::from(day.number()))).ok_or((Fault::Overflow, any_date()));
    }
    Ok(Range::between(shift(first, by.lo, Day::MIN), shift(last, by.hi, Day::MAX)))
}

fn clamp_dates(date: Range, moved: Range, by: Range) -> Result<Range, Faulty> {
    let (min, max) = (i64::from(Day::MIN.number()), i64::from(Day::MAX.number()));
    let known = date.single().is_some() && by.single().is_some();
    if known && moved.single().is_none_or(|day| day < min || day > max) {
        return Err((Fault::Overflow, any_date()));
    }
    let lo = moved.lo.unwrap_or(min).clamp(min, max);
    let hi = moved.hi.unwrap_or(max).clamp(min, max);
    Ok(Range::between(lo, hi))
}
