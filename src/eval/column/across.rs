//! From the rows of one scope to those of another: values read at an index, groups that become one row.

use super::buffer::{BLOCK, Bits, Buffer, Kept, Pool, blocks, filled};
use super::logic::{Condition, Lane};
use super::ranges::{Bounds, Count, Ranges};
use super::values::{Column, Flags, Values};
use crate::eval::rows::{Groups, Presence};
use crate::eval::{Carrier, Cell};
use crate::program::Reduction;
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

/// The rows of each group become one.
pub(super) fn reduce(
    how: Reduction,
    groups: &Groups,
    (filter, body): (Option<&Column>, Option<&Column>),
    pool: &mut Pool,
) -> Column {
    let simple = match how {
        Reduction::Exists if body.is_none() => quantified(groups, (filter, None), pool),
        Reduction::All => quantified(groups, (filter, body), pool),
        Reduction::Exists
        | Reduction::Count
        | Reduction::CountDistinct
        | Reduction::Sum
        | Reduction::Minimum
        | Reduction::Maximum
        | Reduction::Merge
        | Reduction::Instances => None,
    };
    simple.unwrap_or_else(|| {
        let (filter, body) = (filter.map(Column::cells), body.map(Column::cells));
        Column::gather(Cell.reduce(how, groups, (filter.as_deref(), body.as_deref())))
    })
}

/// Whether each row of each group passes; `il existe` where there is no body, `tout` where there is one.
fn quantified(groups: &Groups, (filter, body): (Option<&Column>, Option<&Column>), pool: &mut Pool) -> Option<Column> {
    if [filter, body].into_iter().flatten().any(Column::has_trouble) {
        return None;
    }
    let rows = groups.len();
    let passes = filter.map_or(Some(None), |filter| Condition::of(filter).map(Some))?;
    let holds = body.map_or(Some(None), |body| Condition::of(body).map(Some))?;
    let set = |lane: Lane<'_>, row: u32| match lane {
        Lane::Zeros => false,
        Lane::Ones => true,
        Lane::Bits(words) => super::buffer::bit(words, row as usize),
    };
    let mut yes = pool.zeros(rows);
    let mut no = pool.zeros(rows);
    let mut without = pool.zeros(rows);
    {
        let (yes, no, without) = (yes.to_mut(), no.to_mut(), without.to_mut());
        for (at, group) in groups.iter().enumerate() {
            let (mut some_no, mut all_yes, mut lacks) = (false, true, false);
            for &(row, presence) in group {
                let (may, may_not) = passes.map_or((true, false), |passes| (set(passes.yes, row), set(passes.no, row)));
                let certain = presence == Presence::Certain && may && !may_not;
                let (holds_yes, holds_no) =
                    holds.map_or((false, true), |holds| (set(holds.yes, row), set(holds.no, row)));
                some_no |= may && holds_no;
                all_yes &= !certain || holds_yes;
                lacks |= passes.is_some_and(|passes| set(passes.inapplicable, row));
                lacks |= may && holds.is_some_and(|holds| set(holds.inapplicable, row));
            }
            // `il existe` is that not all fail.
            let (may, may_not) = if holds.is_some() { (all_yes, some_no) } else { (some_no, all_yes) };
            super::buffer::put(yes, at, may);
            super::buffer::put(no, at, may_not);
            super::buffer::put(without, at, lacks);
        }
    }
    let inapplicable = if without.as_slice().iter().all(|word| *word == 0) { None } else { Some(without) };
    let flags = Flags { inapplicable, ..Flags::default() };
    Some(Column { rows, values: Values::Truths { yes, no }, flags })
}
