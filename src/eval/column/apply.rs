//! Primitives on columns.

use super::blend::{Under, blend};
use super::bounds::{End, add, equal, extreme, less, negate, one_value, rescale, scale, wide};
use super::buffer::{Bits, Pool, blocks};
use super::cases::{among, same};
use super::logic::{Condition, Lane, inapplicable_of, or, without_value};
use super::ranges::Ranges;
use super::values::{Column, Flags, Values};
use crate::value::{Known, Number, Op, Set, Truth};

/// A column, and the rows that only the kernel of one row can compute.
pub(super) type Tried = (Column, Option<Bits>);

/// Applies a primitive to whole columns; none where it has no way for them. Troubles are left out.
pub(super) fn apply(op: Op, operands: &[&Column], rows: usize, pool: &mut Pool) -> Option<Tried> {
    let sure = |column: Column| Some((column, None));
    match op {
        Op::IsPresent | Op::IsApplicable | Op::IsInapplicable => sure(presence(op, operands.first()?, pool)?),
        Op::Default => sure(default((operands.first()?, operands.get(1)?), rows, pool)?),
        Op::Guarded => sure(Column { flags: Flags::default(), ..there(operands.first()?)? }),
        Op::Met | Op::Holds => sure(met(op, operands.first()?, pool)?),
        Op::Reported => sure(Column::same(Known::truth(Truth::YES), rows)),
        Op::Less
        | Op::AtMost
        | Op::Greater
        | Op::AtLeast
        | Op::Equal
        | Op::Different
        | Op::Same
        | Op::Differs
        | Op::Among => {
            let (yes, no) = relation(op, operands, pool)?;
            strict(Values::Truths { yes, no }, operands, pool).map(|column| (column, None))
        }
        Op::Min => sure(strict(Values::Ranges(extreme(End::Smallest, operands, pool)?), operands, pool)?),
        Op::Max => sure(strict(Values::Ranges(extreme(End::Largest, operands, pool)?), operands, pool)?),
        Op::Add | Op::Subtract | Op::Negate | Op::Multiply | Op::Divide => {
            let (ranges, odd) = arithmetic(op, operands, pool)?;
            let column = strict(Values::Ranges(ranges), operands, pool)?;
            if odd.as_slice().iter().all(|word| *word == 0) {
                pool.keep(odd);
                return sure(column);
            }
            Some((column, Some(odd)))
        }
        Op::DivideRounded(..)
        | Op::Round(..)
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
        | Op::IsEmptyDays => None,
    }
}

/// A column as it is, where its values stand apart from its flags.
fn there(column: &Column) -> Option<Column> {
    match &column.values {
        Values::Same(_) | Values::Each(_) => None,
        Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) => Some(column.clone()),
    }
}

/// The result of a primitive that needs all its operands: without value where one has none.
fn strict(values: Values, operands: &[&Column], pool: &mut Pool) -> Option<Column> {
    let rows = operands.first()?.rows;
    let mut kept = pool.ones(rows);
    let mut some_nothing = false;
    for operand in operands {
        if may_be_nothing(operand) {
            some_nothing = true;
            let nothing = without_value(operand, pool)?;
            Lane::Bits(nothing.as_slice()).remove(kept.to_mut());
            pool.keep(nothing);
        }
    }
    let inapplicable = inapplicable_of(operands.iter().map(|operand| lacks_object(operand)), rows, pool);
    let flags = Flags { inapplicable, ..Flags::default() };
    let values = match values {
        Values::Truths { mut yes, mut no } => {
            super::logic::and(yes.to_mut(), kept.as_slice());
            super::logic::and(no.to_mut(), kept.as_slice());
            Values::Truths { yes, no }
        }
        Values::Ranges(mut ranges) => {
            if some_nothing {
                let mut nothing = pool.ones(rows);
                Lane::Bits(kept.as_slice()).remove(nothing.to_mut());
                ranges.set_nothing(nothing);
            }
            Values::Ranges(ranges)
        }
        Values::Same(_) | Values::Cases(_) | Values::Masks(_) | Values::Each(_) => return None,
    };
    pool.keep(kept);
    Some(Column { rows, values, flags })
}

fn may_be_nothing(column: &Column) -> bool {
    match &column.values {
        Values::Same(known) => known.set.is_nothing(),
        Values::Cases(_) => false,
        Values::Ranges(ranges) => ranges.nothing().is_some(),
        Values::Truths { .. } | Values::Masks(_) | Values::Each(_) => true,
    }
}

fn lacks_object(column: &Column) -> Lane<'_> {
    match &column.values {
        Values::Same(known) => Lane::of(known.inapplicable),
        Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => {
            Lane::flag(&column.flags.inapplicable)
        }
    }
}

fn is_absent(column: &Column) -> Lane<'_> {
    match &column.values {
        Values::Same(known) => Lane::of(known.absent),
        Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => {
            Lane::flag(&column.flags.absent)
        }
    }
}

/// The rows a lane holds.
fn rows_of(lane: Lane<'_>, rows: usize, pool: &mut Pool) -> Bits {
    let mut found = pool.ones(rows);
    lane.restrict(found.to_mut());
    found
}

fn relation(op: Op, operands: &[&Column], pool: &mut Pool) -> Option<(Bits, Bits)> {
    let turned = |(yes, no): (Bits, Bits)| (no, yes);
    let first = operands.first()?;
    if op == Op::Among {
        let singles = operands.iter().skip(1).map(|column| case_of(column)).collect::<Option<Vec<u64>>>()?;
        return among(first, singles.into_iter().fold(0, |mask, case| mask | case), pool);
    }
    let [a, b] = operands else { return None };
    if op == Op::Less {
        less((a, b), pool)
    } else if op == Op::Greater {
        less((b, a), pool)
    } else if op == Op::AtLeast {
        less((a, b), pool).map(turned)
    } else if op == Op::AtMost {
        less((b, a), pool).map(turned)
    } else if op == Op::Equal {
        equal((a, b), pool)
    } else if op == Op::Different {
        equal((a, b), pool).map(turned)
    } else if op == Op::Same {
        alike((a, b), pool)
    } else if op == Op::Differs {
        alike((a, b), pool).map(turned)
    } else {
        None
    }
}

fn case_of(column: &Column) -> Option<u64> {
    let Values::Same(known) = &column.values else { return None };
    if let (Set::Cases(mask), true) = (&known.set, super::values::always_there(known)) {
        (mask.count_ones() == 1).then_some(*mask)
    } else {
        None
    }
}

/// Whether two conditions, cases or ordered scalars are the same.
fn alike((a, b): (&Column, &Column), pool: &mut Pool) -> Option<(Bits, Bits)> {
    let rows = a.rows;
    if let Some((a, b)) = Condition::of(a).zip(Condition::of(b)) {
        let lanes = [a.yes, a.no, b.yes, b.no].map(|lane| rows_of(lane, rows, pool));
        let [ay, an, by, bn] = lanes.each_ref().map(Bits::as_slice);
        let mut cross = |(a, b): (&[u64], &[u64]), (c, d): (&[u64], &[u64])| {
            pool.bits(rows, |out| {
                let lanes = out.iter_mut().zip(a).zip(b).zip(c).zip(d);
                lanes.for_each(|((((out, a), b), c), d)| *out = (a & b) | (c & d));
            })
        };
        return Some((cross((ay, by), (an, bn)), cross((ay, bn), (an, by))));
    }
    same(a, b, pool).or_else(|| equal((a, b), pool))
}

fn presence(op: Op, column: &Column, pool: &mut Pool) -> Option<Column> {
    let rows = column.rows;
    let nothing = without_value(column, pool)?;
    let mut there = pool.ones(rows);
    Lane::Bits(nothing.as_slice()).remove(there.to_mut());
    pool.keep(nothing);
    if op == Op::IsPresent {
        let no = rows_of(is_absent(column), rows, pool);
        let inapplicable = inapplicable_of(std::iter::once(lacks_object(column)), rows, pool);
        let flags = Flags { inapplicable, ..Flags::default() };
        return Some(Column { rows, values: Values::Truths { yes: there, no }, flags });
    }
    let absent = rows_of(is_absent(column), rows, pool);
    or(there.to_mut(), absent.as_slice());
    pool.keep(absent);
    let without = rows_of(lacks_object(column), rows, pool);
    let (yes, no) = if op == Op::IsApplicable { (there, without) } else { (without, there) };
    Some(Column::new(rows, Values::Truths { yes, no }))
}

/// `à défaut`
fn default((first, second): (&Column, &Column), rows: usize, pool: &mut Pool) -> Option<Column> {
    let there = Column { flags: Flags::default(), ..there(first)? };
    let mut missing = rows_of(is_absent(first), rows, pool);
    let without = rows_of(lacks_object(first), rows, pool);
    or(missing.to_mut(), without.as_slice());
    pool.keep(without);
    let parts: [Under<'_>; 2] = [(Lane::Ones, &there), (Lane::Bits(missing.as_slice()), second)];
    let blended = blend(&parts, rows, pool);
    pool.keep(missing);
    blended
}

fn met(op: Op, column: &Column, pool: &mut Pool) -> Option<Column> {
    let rows = column.rows;
    let condition = Condition::of(column)?;
    let (mut yes, mut no) = (rows_of(condition.yes, rows, pool), rows_of(condition.no, rows, pool));
    if !condition.inapplicable.is_zeros() {
        let without = rows_of(condition.inapplicable, rows, pool);
        or(if op == Op::Met { yes.to_mut() } else { no.to_mut() }, without.as_slice());
        pool.keep(without);
    }
    Some(Column::new(rows, Values::Truths { yes, no }))
}

fn arithmetic(op: Op, operands: &[&Column], pool: &mut Pool) -> Option<(Ranges, Bits)> {
    let first = operands.first()?;
    let blocks = blocks(first.rows);
    let wide_ones = |(bounds, odd)| Some((Ranges::Wide(bounds), odd));
    if op == Op::Negate {
        return wide_ones(negate(&wide(first, pool)?, blocks, pool));
    }
    let second = operands.get(1)?;
    if op == Op::Add {
        let (a, b) = (wide(first, pool)?, wide(second, pool)?);
        let computed = add(&a, &b, blocks, pool);
        [a, b].into_iter().for_each(|part| part.keep(pool));
        return wide_ones(computed);
    }
    if op == Op::Subtract {
        let a = wide(first, pool)?;
        let (opposite, mut odd) = negate(&wide(second, pool)?, blocks, pool);
        let (bounds, more) = add(&a, &opposite.into(), blocks, pool);
        or(odd.to_mut(), more.as_slice());
        pool.keep(more);
        return wide_ones((bounds, odd));
    }
    let factor = |column: &Column| {
        one_value(column).filter(|value| *value > 0 && value % Number::SCALE == 0).map(|value| value / Number::SCALE)
    };
    let narrow = |column: &Column, unit: &dyn Fn(i64) -> Option<i64>, pool: &mut Pool| match &column.values {
        Values::Ranges(Ranges::Narrow(bounds)) => rescale(bounds, unit(bounds.unit), blocks, pool),
        Values::Ranges(Ranges::Wide(_))
        | Values::Same(_)
        | Values::Truths { .. }
        | Values::Cases(_)
        | Values::Masks(_)
        | Values::Each(_) => None,
    };
    let (part, by) = match (factor(second), factor(first)) {
        (Some(by), _) => (first, by),
        (None, Some(by)) if op == Op::Multiply => (second, by),
        (None, _) => return None,
    };
    let divided = |value: i64| (value % by == 0).then(|| value / by);
    let multiplied = |value: i64| value.checked_mul(by);
    let scaled: &dyn Fn(i64) -> Option<i64> = if op == Op::Divide { &divided } else { &multiplied };
    if let Some((bounds, odd)) = narrow(part, scaled, pool) {
        return Some((Ranges::Narrow(bounds), odd));
    }
    let part = wide(part, pool)?;
    let computed =
        if op == Op::Divide { scale(&part, divided, blocks, pool) } else { scale(&part, multiplied, blocks, pool) };
    part.keep(pool);
    wide_ones(computed)
}
