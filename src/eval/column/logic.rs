//! Three-valued logic on bitmaps, 64 rows a word.

use super::buffer::{Bits, Pool, set_all};
use super::values::{Column, Flags, Values};

/// One bit a row, where it may be the same for all.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lane<'a> {
    Zeros,
    Ones,
    Bits(&'a [u64]),
}

impl<'a> Lane<'a> {
    pub(super) fn of(set: bool) -> Self {
        if set { Lane::Ones } else { Lane::Zeros }
    }

    pub(super) fn flag(bits: &'a Option<Bits>) -> Self {
        bits.as_ref().map_or(Lane::Zeros, |bits| Lane::Bits(bits.as_slice()))
    }

    pub(super) fn is_zeros(self) -> bool {
        matches!(self, Lane::Zeros)
    }

    /// `into |= self & mask`, over so many rows.
    pub(super) fn add_under(self, mask: Lane<'_>, into: &mut [u64], rows: usize) {
        match (self, mask) {
            (Lane::Zeros, _) | (_, Lane::Zeros) => {}
            (Lane::Ones, Lane::Ones) => set_all(into, rows),
            (Lane::Ones, Lane::Bits(bits)) | (Lane::Bits(bits), Lane::Ones) => or(into, bits),
            (Lane::Bits(bits), Lane::Bits(mask)) => {
                into.iter_mut().zip(bits).zip(mask).for_each(|((into, bits), mask)| *into |= bits & mask)
            }
        }
    }

    /// The rows of a block.
    pub(super) fn word(self, block: usize) -> u64 {
        match self {
            Lane::Zeros => 0,
            Lane::Ones => u64::MAX,
            Lane::Bits(bits) => bits.get(block).copied().unwrap_or(0),
        }
    }

    /// `self & !other`, over so many rows.
    pub(super) fn without(self, other: Lane<'_>, rows: usize, pool: &mut Pool) -> Held<'a> {
        match (self, other) {
            (kept, Lane::Zeros) => Held::Read(kept),
            (Lane::Zeros, _) | (_, Lane::Ones) => Held::Read(Lane::Zeros),
            (Lane::Ones, Lane::Bits(_)) => {
                let mut kept = pool.ones(rows);
                other.remove(kept.to_mut());
                Held::Made(kept)
            }
            (Lane::Bits(bits), Lane::Bits(other)) => Held::Made(pool.bits(rows, |kept| {
                kept.iter_mut().zip(bits).zip(other).for_each(|((kept, bits), other)| *kept = bits & !other);
            })),
        }
    }

    /// `into &= self`
    pub(super) fn restrict(self, into: &mut [u64]) {
        match self {
            Lane::Zeros => into.fill(0),
            Lane::Ones => {}
            Lane::Bits(bits) => and(into, bits),
        }
    }

    /// `into &= !self`
    pub(super) fn remove(self, into: &mut [u64]) {
        match self {
            Lane::Zeros => {}
            Lane::Ones => into.fill(0),
            Lane::Bits(bits) => into.iter_mut().zip(bits).for_each(|(into, bits)| *into &= !bits),
        }
    }
}

/// One bit a row, read where it is or made.
#[derive(Clone, Debug)]
pub(super) enum Held<'a> {
    Read(Lane<'a>),
    Made(Bits),
}

impl<'a> Held<'a> {
    pub(super) fn lane(&self) -> Lane<'_> {
        match self {
            Held::Read(lane) => *lane,
            Held::Made(bits) => Lane::Bits(bits.as_slice()),
        }
    }

    /// `self & !other`, over so many rows.
    pub(super) fn without(self, other: Lane<'_>, rows: usize, pool: &mut Pool) -> Self {
        match self {
            Held::Read(lane) => lane.without(other, rows, pool),
            Held::Made(mut bits) => {
                other.remove(bits.to_mut());
                Held::Made(bits)
            }
        }
    }

    pub(super) fn keep(self, pool: &mut Pool) {
        match self {
            Held::Read(_) => {}
            Held::Made(bits) => pool.keep(bits),
        }
    }
}

pub(super) fn or(into: &mut [u64], bits: &[u64]) {
    into.iter_mut().zip(bits).for_each(|(into, bits)| *into |= bits);
}

pub(super) fn and(into: &mut [u64], bits: &[u64]) {
    into.iter_mut().zip(bits).for_each(|(into, bits)| *into &= bits);
}

/// A column read as conditions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Condition<'a> {
    pub(super) yes: Lane<'a>,
    pub(super) no: Lane<'a>,
    pub(super) absent: Lane<'a>,
    pub(super) inapplicable: Lane<'a>,
}

impl<'a> Condition<'a> {
    /// The conditions of a column that holds nothing else.
    pub(super) fn of(column: &'a Column) -> Option<Self> {
        match &column.values {
            Values::Same(known) => Some(Self {
                yes: Lane::of(known.as_truth().yes),
                no: Lane::of(known.as_truth().no),
                absent: Lane::of(known.absent),
                inapplicable: Lane::of(known.inapplicable),
            }),
            Values::Truths { yes, no } => Some(Self {
                yes: Lane::Bits(yes.as_slice()),
                no: Lane::Bits(no.as_slice()),
                absent: Lane::flag(&column.flags.absent),
                inapplicable: Lane::flag(&column.flags.inapplicable),
            }),
            Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => None,
        }
    }

    /// The same turned round.
    pub(super) fn turned(self) -> Self {
        Self { yes: self.no, no: self.yes, ..self }
    }
}

/// The union of the inapplicable lanes, if any has a row.
pub(super) fn inapplicable_of<'a>(
    lanes: impl Iterator<Item = Lane<'a>> + Clone,
    rows: usize,
    pool: &mut Pool,
) -> Option<Bits> {
    if lanes.clone().all(Lane::is_zeros) {
        return None;
    }
    Some(pool.bits(rows, |into| {
        into.fill(0);
        lanes.for_each(|lane| lane.add_under(Lane::Ones, into, rows));
    }))
}

/// `et`, in order; `ou` where the members are turned round before, and the result after.
pub(super) fn all(members: &[Condition<'_>], rows: usize, pool: &mut Pool) -> Column {
    let mut going = pool.ones(rows);
    let mut inapplicable =
        if members.iter().all(|member| member.inapplicable.is_zeros()) { None } else { Some(pool.zeros(rows)) };
    let no = pool.bits(rows, |no| {
        no.fill(0);
        let going = going.to_mut();
        for member in members {
            member.no.add_under(Lane::Bits(going), no, rows);
            if let Some(inapplicable) = &mut inapplicable {
                member.inapplicable.add_under(Lane::Bits(going), inapplicable.to_mut(), rows);
            }
            member.yes.restrict(going);
        }
    });
    let flags = Flags { inapplicable, ..Flags::default() };
    Column { rows, values: Values::Truths { yes: going, no }, flags }
}

/// A column of conditions turned round.
pub(super) fn not(column: &Column) -> Option<Column> {
    let values = match &column.values {
        Values::Truths { yes, no } => Values::Truths { yes: no.clone(), no: yes.clone() },
        Values::Same(_) | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => return None,
    };
    Some(Column { rows: column.rows, values, flags: column.flags.clone() })
}

/// The rows where a column has no value at all.
pub(super) fn without_value(column: &Column, pool: &mut Pool) -> Option<Bits> {
    let rows = column.rows;
    let of_truths = |yes: &Bits, no: &Bits, pool: &mut Pool| {
        let mut left = pool.ones(rows);
        let words = left.to_mut();
        words.iter_mut().zip(yes.as_slice()).zip(no.as_slice()).for_each(|((left, yes), no)| *left &= !(yes | no));
        left
    };
    match &column.values {
        Values::Same(known) => Some(if known.set.is_nothing() { pool.ones(rows) } else { pool.zeros(rows) }),
        Values::Truths { yes, no } => Some(of_truths(yes, no, pool)),
        Values::Cases(_) => Some(pool.zeros(rows)),
        Values::Masks(masks) => Some(super::cases::test(masks, pool, |mask| mask == 0)),
        Values::Ranges(ranges) => Some(ranges.nothing().cloned().unwrap_or_else(|| pool.zeros(rows))),
        Values::Each(_) => None,
    }
}

/// Marks the rows where something read has no object.
pub(super) fn add_inapplicable<'a>(
    column: &mut Column,
    lanes: impl Iterator<Item = Lane<'a>> + Clone,
    pool: &mut Pool,
) {
    if let Some(more) = inapplicable_of(lanes, column.rows, pool) {
        match &mut column.flags.inapplicable {
            Some(held) => {
                or(held.to_mut(), more.as_slice());
                pool.keep(more);
            }
            none => *none = Some(more),
        }
    }
}
