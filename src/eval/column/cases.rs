//! Columns of enumerations.

use super::buffer::{BLOCK, Bits, Buffer, Kept, Pool, pack};
use super::values::{Column, Values, mask_of};
use crate::value::Set;

/// The rows whose value passes a test; anything beyond the last row.
pub(super) fn test<T: Kept>(values: &Buffer<T>, pool: &mut Pool, holds: impl Fn(T) -> bool) -> Bits {
    pool.fill(values.lanes().len(), |words| {
        for (word, lanes) in words.iter_mut().zip(values.lanes()) {
            let mut bytes = [0u8; BLOCK];
            bytes.iter_mut().zip(lanes).for_each(|(byte, value)| *byte = u8::from(holds(*value)));
            *word = pack(&bytes);
        }
    })
}

/// Whether each case is one of those of a mask: the rows that may be, and those that may not.
pub(super) fn among(column: &Column, mask: u64, pool: &mut Pool) -> Option<(Bits, Bits)> {
    match &column.values {
        Values::Cases(codes) => {
            let mut wanted = (0u8..64).filter(|code| mask_of(*code) & mask != 0);
            let yes = match (wanted.next(), wanted.next(), wanted.next(), wanted.next()) {
                (Some(one), None, _, _) => test(codes, pool, |code| code == one),
                (Some(one), Some(two), None, _) => test(codes, pool, |code| (code == one) | (code == two)),
                (Some(one), Some(two), Some(three), None) => {
                    test(codes, pool, |code| (code == one) | (code == two) | (code == three))
                }
                (_, _, _, _) => test(codes, pool, |code| mask_of(code) & mask != 0),
            };
            let no = pool.fill(yes.as_slice().len(), |no| {
                no.iter_mut().zip(yes.as_slice()).for_each(|(no, yes)| *no = !yes);
            });
            Some((yes, no))
        }
        Values::Masks(masks) => {
            let yes = test(masks, pool, |held| held & mask != 0);
            let no = test(masks, pool, |held| held & !mask != 0);
            Some((yes, no))
        }
        Values::Same(_) | Values::Truths { .. } | Values::Ranges(_) | Values::Each(_) => None,
    }
}

/// Whether each case is that of another column.
pub(super) fn same(a: &Column, b: &Column, pool: &mut Pool) -> Option<(Bits, Bits)> {
    if let Some(mask) = one_case(b) {
        return among(a, mask, pool);
    }
    if let Some(mask) = one_case(a) {
        return among(b, mask, pool);
    }
    let (a, b) = (masks(a, pool)?, masks(b, pool)?);
    let yes = pair(&a, &b, pool, |a, b| a & b != 0);
    // Neither has a value where a mask is empty.
    let no = pair(&a, &b, pool, |a, b| (a != b || a.count_ones() != 1) && a != 0 && b != 0);
    pool.keep(a);
    pool.keep(b);
    Some((yes, no))
}

fn pair(a: &Buffer<u64>, b: &Buffer<u64>, pool: &mut Pool, holds: impl Fn(u64, u64) -> bool) -> Bits {
    pool.fill(a.lanes().len(), |words| {
        for ((word, a), b) in words.iter_mut().zip(a.lanes()).zip(b.lanes()) {
            let mut bytes = [0u8; BLOCK];
            bytes.iter_mut().zip(a).zip(b).for_each(|((byte, a), b)| *byte = u8::from(holds(*a, *b)));
            *word = pack(&bytes);
        }
    })
}

/// The one case a column has on each row.
fn one_case(column: &Column) -> Option<u64> {
    match &column.values {
        Values::Same(known) => match known.set {
            Set::Cases(mask) if mask.count_ones() == 1 && super::values::always_there(known) => Some(mask),
            Set::Cases(_)
            | Set::Nothing
            | Set::Truth(_)
            | Set::Range(_)
            | Set::Text(_)
            | Set::Period(_)
            | Set::Days(_) => None,
        },
        Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => None,
    }
}

/// The cases each row may be.
pub(super) fn masks(column: &Column, pool: &mut Pool) -> Option<Buffer<u64>> {
    let length = super::buffer::blocks(column.rows) * BLOCK;
    match &column.values {
        Values::Masks(masks) => Some(masks.clone()),
        Values::Cases(codes) => Some(pool.fill(length, |masks| {
            let each = masks.iter_mut().zip(codes.as_slice());
            each.for_each(|(mask, code)| *mask = mask_of(*code));
        })),
        Values::Same(known) => match known.set {
            Set::Cases(mask) => Some(pool.fill(length, |masks| masks.fill(mask))),
            Set::Nothing => Some(pool.fill(length, |masks| masks.fill(0))),
            Set::Truth(_) | Set::Range(_) | Set::Text(_) | Set::Period(_) | Set::Days(_) => None,
        },
        Values::Truths { .. } | Values::Ranges(_) | Values::Each(_) => None,
    }
}
