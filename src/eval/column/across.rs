//! From the rows of one scope to those of another: values read at an index.

use super::buffer::{BLOCK, Bits, Buffer, Kept, Pool, blocks, filled};
use super::ranges::{Bounds, Count, Ranges};
use super::values::{Column, Flags, Values};
use crate::value::Known;

/// The value found at `index`, row by row.
pub(super) fn lift(column: &Column, index: &[u32], pool: &mut Pool) -> Column {
    let rows = index.len();
    let values = match &column.values {
        Values::Same(known) => return Column::same(known.clone(), rows),
        Values::Truths { yes, no } => Values::Truths { yes: bits_at(yes, index, pool), no: bits_at(no, index, pool) },
        Values::Cases(codes) => Values::Cases(at(codes, index, pool)),
        Values::Masks(masks) => Values::Masks(at(masks, index, pool)),
        Values::Ranges(Ranges::Narrow(bounds)) => Values::Ranges(Ranges::Narrow(bounds_at(bounds, index, pool))),
        Values::Ranges(Ranges::Wide(bounds)) => Values::Ranges(Ranges::Wide(bounds_at(bounds, index, pool))),
        Values::Each(each) => {
            let known: Vec<Known> = index.iter().filter_map(|row| each.get(*row as usize)).cloned().collect();
            return Column::new(rows, Values::Each(known.into()));
        }
    };
    let mut flag = |bits: &Option<Bits>| bits.as_ref().map(|bits| bits_at(bits, index, pool));
    let (absent, inapplicable) = (flag(&column.flags.absent), flag(&column.flags.inapplicable));
    let trouble = column.flags.trouble.as_ref().map(|codes| at(codes, index, pool));
    Column { rows, values, flags: Flags { absent, inapplicable, trouble } }
}

fn at<T: Kept>(values: &Buffer<T>, index: &[u32], pool: &mut Pool) -> Buffer<T> {
    let values = values.as_slice();
    let found = index.iter().map(|row| values.get(*row as usize).copied().unwrap_or_default());
    filled(pool, blocks(index.len()) * BLOCK, found)
}

fn bits_at(bits: &Bits, index: &[u32], pool: &mut Pool) -> Bits {
    let from = bits.as_slice();
    pool.bits(index.len(), |words| {
        for (word, rows) in words.iter_mut().zip(index.chunks(BLOCK)) {
            let set = |row: &u32| u64::from(super::buffer::bit(from, *row as usize));
            *word = rows.iter().zip(0..).fold(0, |word, (row, bit)| word | set(row) << bit);
        }
    })
}

fn bounds_at<T: Count>(bounds: &Bounds<T>, index: &[u32], pool: &mut Pool) -> Bounds<T> {
    Bounds {
        unit: bounds.unit,
        lo: at(&bounds.lo, index, pool),
        hi: bounds.hi.as_ref().map(|hi| at(hi, index, pool)),
        nothing: bounds.nothing.as_ref().map(|bits| bits_at(bits, index, pool)),
    }
}
