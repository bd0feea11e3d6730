//! The sums of the oracle: fractions and runs of days, done with 128-bit integers.

use reglo::syntax::ast::{Arithmetic, Unit};
use reglo::value::{Day, Number};

use super::V;

/// Millionths in one.
pub(super) const ONE: i128 = 1_000_000;

pub(super) fn quantity(number: Number, unit: Unit) -> V {
    let millionths = i128::from(number.millionths());
    match unit {
        Unit::Days => V::Num(millionths),
        Unit::Weeks => V::Num(millionths * 7),
        Unit::Months => V::Months(millionths / ONE),
        Unit::Years => V::Months(millionths / ONE * 12),
    }
}

pub(super) fn count(count: usize) -> V {
    V::Num(count as i128 * ONE)
}

/// Where a value stands in its order.
pub(super) fn ordinal(value: &V) -> i128 {
    match value {
        V::Num(n) | V::Months(n) => *n,
        V::Date(day) => i128::from(*day),
        other => panic!("{other:?} is not ordered"),
    }
}

/// That ordinal as a value of the same kind, where it can be held.
pub(super) fn like(value: &V, ordinal: i128) -> Option<V> {
    let held = i64::try_from(ordinal).ok()?;
    match value {
        V::Num(_) => Some(V::Num(held.into())),
        V::Months(_) => Some(V::Months(held.into())),
        V::Date(_) => Day::from_number(held.try_into().ok()?).map(|day| V::Date(day.number())),
        other => panic!("{other:?} is not ordered"),
    }
}

pub(super) fn zero_like(value: &V) -> V {
    if let V::Months(_) = value { V::Months(0) } else { V::Num(0) }
}

/// The result, or none for a fault.
pub(super) fn arithmetic(operation: Arithmetic, a: &V, b: &V) -> Option<V> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    let exactly = |dividend: i128, divisor: i128| {
        let quotient = dividend.checked_div(divisor).filter(|_| dividend % divisor == 0)?;
        like(&V::Num(0), quotient)
    };
    match (operation, a, b) {
        (Subtract, V::Date(a), V::Date(b)) => Some(V::Num(i128::from(a - b) * ONE)),
        (Add, V::Date(day), V::Num(by)) | (Add, V::Num(by), V::Date(day)) => moved(*day, *by),
        (Subtract, V::Date(day), V::Num(by)) => moved(*day, -by),
        (Add, V::Date(day), V::Months(by)) | (Add, V::Months(by), V::Date(day)) => later(*day, *by),
        (Subtract, V::Date(day), V::Months(by)) => later(*day, -by),
        (Add, _, _) => like(a, ordinal(a) + ordinal(b)),
        (Subtract, _, _) => like(a, ordinal(a) - ordinal(b)),
        (Multiply, V::Num(a), V::Num(b)) => exactly(a * b, ONE),
        (Divide, V::Num(a), V::Num(b)) => exactly(a * ONE, *b),
        (Multiply | Divide, _, _) => panic!("{a:?} and {b:?} are not numbers"),
    }
}

/// A date moved by whole days only.
fn moved(day: i32, by: i128) -> Option<V> {
    if by % ONE == 0 { like(&V::Date(0), i128::from(day) + by / ONE) } else { None }
}

/// A date so many months later; the end of the month where it is too short.
fn later(day: i32, months: i128) -> Option<V> {
    let (year, month, of_month) = Day::from_number(day)?.ymd();
    let months = i128::from(year) * 12 + i128::from(month) - 1 + months;
    let (year, month) = (i32::try_from(months.div_euclid(12)).ok()?, u32::try_from(months.rem_euclid(12)).ok()? + 1);
    (28..=of_month)
        .rev()
        .chain([of_month])
        .find_map(|of_month| Day::from_ymd(year, month, of_month))
        .map(|day| V::Date(day.number()))
}

/// `value / by` rounded to so many places, at once.
pub(super) fn rounded(value: &V, by: &V, places: u32, mode: &str) -> Option<V> {
    let unit = 10_i128.pow(6 - places);
    let (V::Num(value), V::Num(by)) = (value, by) else { panic!("{value:?} / {by:?}") };
    // The quotient in units of the last place is `top / bottom`, the bottom positive.
    let (top, bottom) = (value * ONE * by.signum(), by.abs() * unit);
    let (floor, rest) = (top.checked_div_euclid(bottom)?, top.checked_rem_euclid(bottom)?);
    let half = (2 * rest).cmp(&bottom);
    let up = rest > 0
        && match mode {
            "" | "au_plus_proche" => half.is_gt() || (half.is_eq() && top > 0),
            "au_pair" => half.is_gt() || (half.is_eq() && floor % 2 != 0),
            "loin_de_zéro" => top > 0,
            "vers_zéro" => top < 0,
            "par_excès" => true,
            "par_défaut" => false,
            other => panic!("no rounding {other}"),
        };
    like(&V::Num(0), (floor + i128::from(up)) * unit)
}

/// Runs in order, joined where they touch; one that ends before it starts has no day.
pub(super) fn union(mut runs: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    runs.retain(|(start, end)| start <= end);
    runs.sort_unstable();
    let mut joined: Vec<(i32, i32)> = Vec::new();
    for (start, end) in runs {
        match joined.last_mut() {
            Some((_, last)) if start <= *last + 1 => *last = end.max(*last),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// The days of the first that are not in the second.
pub(super) fn minus(from: &[(i32, i32)], taken: &[(i32, i32)]) -> Vec<(i32, i32)> {
    taken.iter().fold(from.to_vec(), |left, (start, end)| {
        left.iter()
            .flat_map(|(a, b)| [(*a, *b.min(&(start - 1))), (*a.max(&(end + 1)), *b)])
            .filter(|(a, b)| a <= b)
            .collect()
    })
}

/// Whole months, date to date, in each run; one more for each 30 of all the days left, of which one run gives 29 at most.
pub(super) fn whole_months(runs: &[(i32, i32)]) -> i128 {
    let (mut months, mut days) = (0, 0);
    for (start, end) in runs {
        let start_of = |month: i128| match later(*start, month) {
            Some(V::Date(day)) => day,
            _ => i32::MAX,
        };
        let whole = (0..).take_while(|month| start_of(month + 1) - 1 <= *end).count() as i128;
        months += whole;
        days += i128::from(end - start_of(whole) + 1).min(29);
    }
    months + days / 30
}
