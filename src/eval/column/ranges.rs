//! Columns of ordered scalars: lower bounds, and upper bounds only where some row is unknown.
//!
//! A bound is a count of units, each so many ordinals of the type (millionths, days): what counts whole
//! weeks or tenths fits in 32 bits. The least and the greatest count stand for "unbounded".

use super::buffer::{BLOCK, Bits, Buffer, Kept, Pool, blocks, filled, put};
use crate::value::{Known, Range, Set};

/// A count of units.
pub(super) trait Count: Kept + Ord + std::fmt::Debug + 'static {
    /// Unbounded below.
    const LEAST: Self;
    /// Unbounded above.
    const MOST: Self;
    /// A block of zeros.
    const ZEROS: &'static [Self; BLOCK];
    fn from_wide(count: i64) -> Option<Self>;
    fn to_wide(self) -> i64;
}

impl Count for i32 {
    const LEAST: Self = i32::MIN;
    const MOST: Self = i32::MAX;
    const ZEROS: &'static [Self; BLOCK] = &[0; BLOCK];

    fn from_wide(count: i64) -> Option<Self> {
        i32::try_from(count).ok().filter(|count| *count != Self::LEAST && *count != Self::MOST)
    }

    fn to_wide(self) -> i64 {
        i64::from(self)
    }
}

impl Count for i64 {
    const LEAST: Self = i64::MIN;
    const MOST: Self = i64::MAX;
    const ZEROS: &'static [Self; BLOCK] = &[0; BLOCK];

    fn from_wide(count: i64) -> Option<Self> {
        Some(count).filter(|count| *count != Self::LEAST && *count != Self::MOST)
    }

    fn to_wide(self) -> i64 {
        self
    }
}

/// Bounds in units.
#[derive(Clone, Debug)]
pub(super) struct Bounds<T> {
    /// Ordinals in a unit.
    pub(super) unit: i64,
    pub(super) lo: Buffer<T>,
    /// None: each row is exactly its lower bound.
    pub(super) hi: Option<Buffer<T>>,
    /// Rows without value, if any.
    pub(super) nothing: Option<Bits>,
}

/// Bounds, as narrow as they may be.
#[derive(Clone, Debug)]
pub(super) enum Ranges {
    Narrow(Bounds<i32>),
    Wide(Bounds<i64>),
}

impl<T: Count> Bounds<T> {
    /// The upper bounds: the lower ones, where each row is exact.
    pub(super) fn hi(&self) -> &Buffer<T> {
        self.hi.as_ref().unwrap_or(&self.lo)
    }

    fn get(&self, row: usize) -> Option<Range> {
        if self.nothing.as_ref().is_some_and(|nothing| nothing.bit(row)) {
            return None;
        }
        let (lo, hi) = (self.lo.get(row)?, self.hi().get(row)?);
        let ordinal = |count: T, unbounded: T| (count != unbounded).then(|| count.to_wide() * self.unit);
        Some(Range { lo: ordinal(lo, T::LEAST), hi: ordinal(hi, T::MOST) })
    }

    /// The count an ordinal is, if it is whole and can be held.
    pub(super) fn count(unit: i64, ordinal: Option<i64>, unbounded: T) -> Option<T> {
        match ordinal {
            None => Some(unbounded),
            Some(ordinal) if ordinal % unit == 0 => T::from_wide(ordinal / unit),
            Some(_) => None,
        }
    }

    fn put(&mut self, row: usize, rows: usize, range: Option<Range>) -> bool {
        let Some(range) = range else {
            put(self.nothing.get_or_insert_with(|| Pool::default().zeros(rows)).to_mut(), row, true);
            return true;
        };
        let counts = Self::count(self.unit, range.lo, T::LEAST).zip(Self::count(self.unit, range.hi, T::MOST));
        let Some((lo, hi)) = counts else { return false };
        if let Some(nothing) = &mut self.nothing {
            put(nothing.to_mut(), row, false);
        }
        if lo != hi && self.hi.is_none() {
            // A buffer of its own: a clone would share the lower bounds.
            self.hi = Some(Pool::default().fill(self.lo.as_slice().len(), |hi| hi.copy_from_slice(self.lo.as_slice())));
        }
        if let Some(held) = self.hi.as_mut().and_then(|hi| hi.to_mut().get_mut(row)) {
            *held = hi;
        }
        self.lo.to_mut().get_mut(row).map(|held| *held = lo).is_some()
    }

    fn keep(self, pool: &mut Pool) {
        pool.keep(self.lo);
        self.hi.into_iter().for_each(|hi| pool.keep(hi));
        self.nothing.into_iter().for_each(|nothing| pool.keep(nothing));
    }
}

impl Bounds<i64> {
    /// The bounds of each row in ordinals; none where one of them stands for "unbounded".
    pub(super) fn gather(known: &[Known], pool: &mut Pool) -> Option<Self> {
        let length = blocks(known.len()) * BLOCK;
        let range = |known: &Known| if let Set::Range(range) = known.set { Some(range) } else { None };
        let wide = |at: fn(Range) -> Option<i64>, unbounded: i64| {
            known.iter().map(move |known| Self::count(1, range(known).map_or(Some(0), at), unbounded))
        };
        let lows: Vec<i64> = wide(|range| range.lo, i64::MIN).collect::<Option<_>>()?;
        let highs: Vec<i64> = wide(|range| range.hi, i64::MAX).collect::<Option<_>>()?;
        let exact = lows == highs;
        let mut buffer = |values: Vec<i64>| filled(pool, length, values.into_iter());
        let lo = buffer(lows);
        let hi = if exact { None } else { Some(buffer(highs)) };
        let nothing = known.iter().any(|known| range(known).is_none()).then(|| {
            pool.bits(known.len(), |words| {
                words.fill(0);
                known.iter().enumerate().for_each(|(row, known)| put(words, row, range(known).is_none()));
            })
        });
        Some(Self { unit: 1, lo, hi, nothing })
    }
}

impl Ranges {
    pub(super) fn wide(bounds: Bounds<i64>) -> Self {
        Ranges::Wide(bounds)
    }

    /// The range on a row; none where there is no value.
    pub(super) fn get(&self, row: usize) -> Option<Range> {
        match self {
            Ranges::Narrow(bounds) => bounds.get(row),
            Ranges::Wide(bounds) => bounds.get(row),
        }
    }

    /// Puts a range on a row of so many; false where it cannot be held.
    pub(super) fn put(&mut self, row: usize, rows: usize, range: Option<Range>) -> bool {
        match self {
            Ranges::Narrow(bounds) => bounds.put(row, rows, range),
            Ranges::Wide(bounds) => bounds.put(row, rows, range),
        }
    }

    pub(super) fn nothing(&self) -> Option<&Bits> {
        match self {
            Ranges::Narrow(bounds) => bounds.nothing.as_ref(),
            Ranges::Wide(bounds) => bounds.nothing.as_ref(),
        }
    }

    /// Says which rows have no value.
    pub(super) fn set_nothing(&mut self, rows: Bits) {
        match self {
            Ranges::Narrow(bounds) => bounds.nothing = Some(rows),
            Ranges::Wide(bounds) => bounds.nothing = Some(rows),
        }
    }

    pub(super) fn keep(self, pool: &mut Pool) {
        match self {
            Ranges::Narrow(bounds) => bounds.keep(pool),
            Ranges::Wide(bounds) => bounds.keep(pool),
        }
    }
}
