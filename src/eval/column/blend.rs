//! Each row from one column or from another, or the union of what several say.

use super::bounds::{Part, Unified, unify};
use super::buffer::{BLOCK, Bits, Buffer, Pool, blocks, rows_in, take};
use super::cases::masks;
use super::logic::{Condition, Held, Lane, or};
use super::ranges::{Bounds, Count, Ranges};
use super::values::{Column, Flags, Values};
use crate::value::Set;

/// A column, and the rows on which it counts.
pub(super) type Under<'a> = (Lane<'a>, &'a Column);

/// The union, on each row, of the columns that count there; nothing where none does. None where the columns
/// hold what cannot be blended this way. Troubles are left out.
pub(super) fn blend(parts: &[Under<'_>], rows: usize, pool: &mut Pool) -> Option<Column> {
    let valued: Vec<Under<'_>> = parts
        .iter()
        .filter(|(_, column)| match &column.values {
            Values::Same(known) => !known.set.is_nothing(),
            Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => true,
        })
        .copied()
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
            read(column, &lane, &same).add_under(*mask, into, rows);
        }
    }))
}

fn truths(parts: &[Under<'_>], rows: usize, pool: &mut Pool) -> Option<Values> {
    let conditions: Vec<(Lane<'_>, Condition<'_>)> =
        parts.iter().map(|(mask, column)| Some((*mask, Condition::of(column)?))).collect::<Option<_>>()?;
    let mut side = |of: for<'c> fn(&Condition<'c>) -> Lane<'c>| {
        pool.bits(rows, |into| {
            into.fill(0);
            for (mask, condition) in &conditions {
                of(condition).add_under(*mask, into, rows);
            }
        })
    };
    let yes = side(|condition| condition.yes);
    let no = side(|condition| condition.no);
    Some(Values::Truths { yes, no })
}

fn cases(parts: &[Under<'_>], rows: usize, pool: &mut Pool) -> Option<Values> {
    let held: Vec<(Lane<'_>, Buffer<u64>)> =
        parts.iter().map(|(mask, column)| Some((*mask, masks(column, pool)?))).collect::<Option<_>>()?;
    let blended = pool.fill(blocks(rows) * BLOCK, |out: &mut [u64]| {
        out.fill(0);
        for (mask, values) in &held {
            for ((at, out), values) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate().zip(values.lanes()) {
                let word = mask.word(at);
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
    let unified = unify(&columns, pool)?;
    // A column counts where it has a value.
    let masks: Vec<Held<'_>> = parts
        .iter()
        .map(|(mask, column)| match &column.values {
            Values::Ranges(ranges) => {
                let nothing = ranges.nothing().map_or(Lane::Zeros, |bits| Lane::Bits(bits.as_slice()));
                mask.without(nothing, rows, pool)
            }
            Values::Same(_) | Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Each(_) => {
                Held::Read(*mask)
            }
        })
        .collect();
    let lanes: Vec<Lane<'_>> = masks.iter().map(Held::lane).collect();
    let blended = match unified {
        Unified::Narrow(unit, parts) => {
            let bounds = bounds((unit, &parts), &lanes, rows, pool);
            parts.into_iter().for_each(|part| part.keep(pool));
            Ranges::Narrow(bounds)
        }
        Unified::Wide(parts) => {
            let bounds = bounds((1, &parts), &lanes, rows, pool);
            parts.into_iter().for_each(|part| part.keep(pool));
            Ranges::Wide(bounds)
        }
    };
    masks.into_iter().for_each(|mask| mask.keep(pool));
    Some(blended)
}

/// The rows that some mask holds, and whether two hold the same one.
fn covered(masks: &[Lane<'_>], rows: usize, pool: &mut Pool) -> (Bits, bool) {
    let (mut seen, mut twice) = (pool.zeros(rows), false);
    let words = seen.to_mut();
    for mask in masks {
        twice |= match mask {
            Lane::Zeros => false,
            Lane::Ones => words.iter().any(|seen| *seen != 0),
            // Summed up, not looked for: the loop has no way out in the middle.
            Lane::Bits(bits) => words.iter().zip(*bits).fold(0, |both, (seen, bits)| both | (seen & bits)) != 0,
        };
        match mask {
            Lane::Zeros => {}
            Lane::Ones => super::buffer::set_all(words, rows),
            Lane::Bits(bits) => or(words, bits),
        }
    }
    (seen, twice)
}

fn bounds<T: Count>((unit, parts): (i64, &[Part<T>]), masks: &[Lane<'_>], rows: usize, pool: &mut Pool) -> Bounds<T> {
    let (seen, twice) = covered(masks, rows, pool);
    let mut nothing = pool.ones(rows);
    Lane::Bits(seen.as_slice()).remove(nothing.to_mut());
    pool.keep(seen);
    let nothing = if nothing.as_slice().iter().fold(0, |some, word| some | word) == 0 {
        pool.keep(nothing);
        None
    } else {
        Some(nothing)
    };
    let length = blocks(rows) * BLOCK;
    let mut lo = pool.fill(length, |_| {});
    if !twice && parts.iter().all(|part| part.hi.is_none()) {
        for (at, lo) in lo.to_mut().as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            each_first(masks, at, |part, word| lay(lo, parts.get(part).map(|part| part.lo.block(at)), word));
        }
        return Bounds { unit, lo, hi: None, nothing };
    }
    let some_hi = parts.iter().any(|part| part.hi.is_some());
    let mut hi = pool.fill(length, |_| {});
    let lows = lo.to_mut().as_chunks_mut::<BLOCK>().0.iter_mut();
    for ((at, lo), hi) in lows.enumerate().zip(hi.to_mut().as_chunks_mut::<BLOCK>().0) {
        each_first(masks, at, |part, word| lay(lo, parts.get(part).map(|part| part.lo.block(at)), word));
        if some_hi {
            each_first(masks, at, |part, word| lay(hi, parts.get(part).map(|part| part.hi().block(at)), word));
        } else {
            // Upper bounds are the lower ones but where two columns count, on few rows.
            *hi = *lo;
        }
        if twice {
            let mut seen = 0;
            for (part, mask) in parts.iter().zip(masks) {
                let word = mask.word(at);
                let (low, high) = (part.lo.block(at), part.hi().block(at));
                for row in rows_in(&[word & seen]) {
                    if let (Some(lo), Some(low)) = (lo.get_mut(row), low.get(row)) {
                        *lo = (*lo).min(*low);
                    }
                    if let (Some(hi), Some(high)) = (hi.get_mut(row), high.get(row)) {
                        *hi = (*hi).max(*high);
                    }
                }
                seen |= word;
            }
        }
    }
    Bounds { unit, lo, hi: Some(hi), nothing }
}

/// Of a block, the rows that each mask is the first to hold; the first of all has all rows: what does not count is
/// overwritten, or has no value.
fn each_first(masks: &[Lane<'_>], at: usize, mut work: impl FnMut(usize, u64)) {
    let mut seen = 0u64;
    for (part, mask) in masks.iter().enumerate() {
        let word = mask.word(at);
        if word != 0 {
            work(part, if seen == 0 { u64::MAX } else { word & !seen });
            seen |= word;
        }
    }
}

fn lay<T: Copy>(out: &mut [T; BLOCK], block: Option<&[T; BLOCK]>, word: u64) {
    if let Some(block) = block {
        take(out, block, word);
    }
}
