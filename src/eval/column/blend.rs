//! Each row from one column or from another, or the union of what several say.

use super::bounds::{Counts, Part, Unified, unify};
use super::buffer::{BLOCK, Bits, Buffer, Pool, blocks};
use super::cases::masks;
use super::logic::{Condition, Lane, and, or};
use super::ranges::{Bounds, Count, Ranges};
use super::values::{Column, Flags, Values};
use crate::value::Set;

/// A column, and the rows on which it counts.
pub(super) type Under<'a> = (Bits, &'a Column);

/// The union, on each row, of the columns that count there; nothing where none does. None where the columns
/// hold what cannot be blended this way. Troubles are left out.
pub(super) fn blend(parts: &[Under<'_>], rows: usize, pool: &mut Pool) -> Option<Column> {
    let valued: Vec<Under<'_>> = parts
        .iter()
        .filter(|(_, column)| match &column.values {
            Values::Same(known) => !known.set.is_nothing(),
            Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => true,
        })
        .map(|(mask, column)| (mask.clone(), *column))
        .collect();
    let values = match kind(&valued)? {
        Kind::Truths => truths(&valued, rows, pool)?,
        Kind::Cases => cases(&valued, rows, pool)?,
        Kind::Ranges => Values::Ranges(ranges(&valued, rows, pool)?),
    };
    let absent = flag(parts, |column| Lane::flag(&column.flags.absent), |known| known.absent, (rows, pool));
    let inapplicable =
        flag(parts, |column| Lane::flag(&column.flags.inapplicable), |known| known.inapplicable, (rows, pool));
    Some(Column { rows, values, flags: Flags { absent, inapplicable, trouble: None } })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Truths,
    Cases,
    Ranges,
}

fn kind(parts: &[Under<'_>]) -> Option<Kind> {
    let mut found = None;
    for (_, column) in parts {
        let kind = match &column.values {
            Values::Truths { .. } => Kind::Truths,
            Values::Cases(_) | Values::Masks(_) => Kind::Cases,
            Values::Ranges(_) => Kind::Ranges,
            Values::Each(_) => return None,
            Values::Same(known) => match known.set {
                Set::Truth(_) => Kind::Truths,
                Set::Cases(_) => Kind::Cases,
                Set::Range(_) => Kind::Ranges,
                Set::Nothing | Set::Text(_) | Set::Period(_) | Set::Days(_) => return None,
            },
        };
        if found.is_some_and(|found| found != kind) {
            return None;
        }
        found = Some(kind);
    }
    Some(found.unwrap_or(Kind::Truths))
}

fn flag(
    parts: &[Under<'_>],
    lane: impl for<'c> Fn(&'c Column) -> Lane<'c>,
    same: impl Fn(&crate::value::Known) -> bool,
    (rows, pool): (usize, &mut Pool),
) -> Option<Bits> {
    fn read<'c>(
        column: &'c Column,
        lane: &impl for<'d> Fn(&'d Column) -> Lane<'d>,
        same: &impl Fn(&crate::value::Known) -> bool,
    ) -> Lane<'c> {
        match &column.values {
            Values::Same(known) => Lane::of(same(known)),
            Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => {
                lane(column)
            }
        }
    }
    if parts.iter().all(|(_, column)| read(column, &lane, &same).is_zeros()) {
        return None;
    }
    Some(pool.bits(rows, |into| {
        into.fill(0);
        for (mask, column) in parts {
            read(column, &lane, &same).add_under(mask.as_slice(), into);
        }
    }))
}

fn truths(parts: &[Under<'_>], rows: usize, pool: &mut Pool) -> Option<Values> {
    let conditions: Vec<(&Bits, Condition<'_>)> =
        parts.iter().map(|(mask, column)| Some((mask, Condition::of(column)?))).collect::<Option<_>>()?;
    let mut side = |of: for<'c> fn(&Condition<'c>) -> Lane<'c>| {
        pool.bits(rows, |into| {
            into.fill(0);
            for (mask, condition) in &conditions {
                of(condition).add_under(mask.as_slice(), into);
            }
        })
    };
    let yes = side(|condition| condition.yes);
    let no = side(|condition| condition.no);
    Some(Values::Truths { yes, no })
}

fn cases(parts: &[Under<'_>], rows: usize, pool: &mut Pool) -> Option<Values> {
    let held: Vec<(Bits, Buffer<u64>)> =
        parts.iter().map(|(mask, column)| Some((mask.clone(), masks(column, pool)?))).collect::<Option<_>>()?;
    let blended = pool.fill(blocks(rows) * BLOCK, |out: &mut [u64]| {
        out.fill(0);
        for (mask, values) in &held {
            let blocks = out.as_chunks_mut::<BLOCK>().0.iter_mut().zip(values.lanes()).zip(mask.as_slice());
            for ((out, values), word) in blocks {
                for ((out, value), bit) in out.iter_mut().zip(values).zip(0..) {
                    // All ones where the row counts.
                    *out |= value & (word >> bit & 1).wrapping_neg();
                }
            }
        }
    });
    held.into_iter().for_each(|(_, values)| pool.keep(values));
    Some(Values::Masks(blended))
}

fn ranges(parts: &[Under<'_>], rows: usize, pool: &mut Pool) -> Option<Ranges> {
    let columns: Vec<&Column> = parts.iter().map(|(_, column)| *column).collect();
    // A column counts where it has a value.
    let masks: Vec<Bits> = parts
        .iter()
        .map(|(mask, column)| match &column.values {
            Values::Ranges(ranges) => match ranges.nothing() {
                Some(nothing) => {
                    let mut mask = mask.clone();
                    Lane::Bits(nothing.as_slice()).remove(mask.to_mut());
                    mask
                }
                None => mask.clone(),
            },
            Values::Same(_) | Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Each(_) => {
                mask.clone()
            }
        })
        .collect();
    Some(match unify(&columns, pool)? {
        Unified::Narrow(unit, parts) => Ranges::Narrow(bounds((unit, &parts), &masks, rows, pool)),
        Unified::Wide(parts) => Ranges::Wide(bounds((1, &parts), &masks, rows, pool)),
    })
}

fn bounds<T: Count>((unit, parts): (i64, &[Part<T>]), masks: &[Bits], rows: usize, pool: &mut Pool) -> Bounds<T> {
    let mut seen = pool.zeros(rows);
    let mut twice = false;
    {
        let seen = seen.to_mut();
        for mask in masks {
            twice |= seen.iter().zip(mask.as_slice()).any(|(seen, mask)| seen & mask != 0);
            or(seen, mask.as_slice());
        }
    }
    let mut all = pool.ones(rows);
    Lane::Bits(seen.as_slice()).remove(all.to_mut());
    let nothing = all.as_slice().iter().any(|word| *word != 0).then_some(all);
    let exact = !twice && parts.iter().all(|part| part.hi.is_none());
    let mut side = |of: for<'p> fn(&'p Part<T>) -> &'p Counts<T>, pick: fn(T, T) -> T| {
        pool.fill(blocks(rows) * BLOCK, |out: &mut [T]| {
            for (at, out) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
                let mut seen = 0u64;
                for (part, mask) in parts.iter().zip(masks) {
                    let word = mask.as_slice().get(at).copied().unwrap_or(0);
                    if word == 0 {
                        continue;
                    }
                    let block = of(part).block(at);
                    let (new, again) = (word & !seen, word & seen);
                    if seen == 0 {
                        // Rows that do not count are overwritten, or have no value.
                        *out = block;
                    } else {
                        take(out, &block, new);
                    }
                    if again != 0 {
                        join(out, &block, again, pick);
                    }
                    seen |= word;
                }
            }
        })
    };
    let lo = side(|part| &part.lo, T::min);
    let hi = (!exact).then(|| side(|part| part.hi(), T::max));
    Bounds { unit, lo, hi, nothing }
}

fn take<T: Copy>(out: &mut [T; BLOCK], block: &[T; BLOCK], word: u64) {
    for ((out, value), bit) in out.iter_mut().zip(block).zip(0..) {
        *out = if word >> bit & 1 == 1 { *value } else { *out };
    }
}

fn join<T: Copy>(out: &mut [T; BLOCK], block: &[T; BLOCK], word: u64, join: fn(T, T) -> T) {
    for ((out, value), bit) in out.iter_mut().zip(block).zip(0..) {
        *out = if word >> bit & 1 == 1 { join(*out, *value) } else { *out };
    }
}

/// A mask restricted to the rows of another.
pub(super) fn within(mask: &Bits, other: &[u64]) -> Bits {
    let mut mask = mask.clone();
    and(mask.to_mut(), other);
    mask
}
