//! The values of one node over many rows.

use std::borrow::Cow;
use std::sync::Arc;

use super::buffer::{BLOCK, Bits, Buffer, Pool, blocks, filled, put};
use super::ranges::{Bounds, Ranges};
use crate::value::{Fault, Known, Set, Trouble, Truth};

/// A column: what is known of one node, row by row.
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) rows: usize,
    pub(super) values: Values,
    pub(super) flags: Flags,
}

/// How the sets of a column are held.
#[derive(Clone, Debug)]
pub(super) enum Values {
    /// The same on each row, flags included.
    Same(Known),
    /// Conditions: whether each may hold, and may not.
    Truths { yes: Bits, no: Bits },
    /// Cases of an enumeration: each row has one.
    Cases(Buffer<u8>),
    /// The cases each may be, one bit each.
    Masks(Buffer<u64>),
    /// Ordered scalars.
    Ranges(Ranges),
    /// Anything else, row by row, flags included.
    Each(Arc<Vec<Known>>),
}

/// What is known of values besides the sets they are in.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags {
    pub(super) absent: Option<Bits>,
    pub(super) inapplicable: Option<Bits>,
    /// A code a row, 0 for none.
    pub(super) trouble: Option<Buffer<u8>>,
}

const TROUBLES: [Trouble; 6] = [
    Trouble::Conflict,
    Trouble::Gap,
    Trouble::Fault(Fault::Overflow),
    Trouble::Fault(Fault::DivisionByZero),
    Trouble::Fault(Fault::Inexact),
    Trouble::Fault(Fault::FractionalDay),
];

pub(super) fn code(trouble: Option<Trouble>) -> u8 {
    let Some(trouble) = trouble else { return 0 };
    (1..).zip(TROUBLES).find(|(_, known)| *known == trouble).map_or(0, |(code, _)| code)
}

fn decoded(code: u8) -> Option<Trouble> {
    usize::from(code).checked_sub(1).and_then(|at| TROUBLES.get(at)).copied()
}

impl Flags {
    fn is_none(&self) -> bool {
        self.absent.is_none() && self.inapplicable.is_none() && self.trouble.is_none()
    }

    pub(super) fn keep(self, pool: &mut Pool) {
        self.absent.into_iter().chain(self.inapplicable).for_each(|bits| pool.keep(bits));
        self.trouble.into_iter().for_each(|codes| pool.keep(codes));
    }
}

impl Column {
    /// The same value on each row.
    pub fn same(known: Known, rows: usize) -> Self {
        Self { rows, values: Values::Same(known), flags: Flags::default() }
    }

    pub(super) fn new(rows: usize, values: Values) -> Self {
        Self { rows, values, flags: Flags::default() }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// What is known on one row; nothing beyond the last.
    pub fn known(&self, row: usize) -> Option<Known> {
        if row >= self.rows {
            return None;
        }
        let set = match &self.values {
            Values::Same(known) => return Some(known.clone()),
            Values::Each(rows) => return rows.get(row).cloned(),
            Values::Truths { yes, no } => Set::truth(Truth { yes: yes.bit(row), no: no.bit(row) }),
            Values::Cases(codes) => cases(codes.get(row).map_or(0, mask_of)),
            Values::Masks(masks) => cases(masks.get(row).unwrap_or(0)),
            Values::Ranges(ranges) => ranges.get(row).map_or(Set::Nothing, Set::Range),
        };
        let flag = |bits: &Option<Bits>| bits.as_ref().is_some_and(|bits| bits.bit(row));
        Some(Known {
            set,
            absent: flag(&self.flags.absent),
            inapplicable: flag(&self.flags.inapplicable),
            trouble: self.flags.trouble.as_ref().and_then(|codes| codes.get(row)).and_then(decoded),
        })
    }

    /// Does something with what is known on one row, which it has.
    pub(super) fn on_row<T>(&self, row: usize, work: impl FnOnce(&Known) -> T) -> T {
        match &self.values {
            Values::Same(known) => work(known),
            Values::Each(rows) => match rows.get(row) {
                Some(known) => work(known),
                None => work(&Known::of(Set::Nothing)),
            },
            Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) => {
                work(&self.known(row).unwrap_or(Known::of(Set::Nothing)))
            }
        }
    }

    /// The values row by row, held as narrowly as they can be.
    pub fn gather(known: Vec<Known>) -> Self {
        Self::gather_in(known, &mut Pool::default())
    }

    /// The same, with the buffers of a pool; it takes back what is not held row by row.
    pub(super) fn gather_in(known: Vec<Known>, pool: &mut Pool) -> Self {
        match Self::narrowed(&known, pool) {
            Some(column) => {
                pool.keep_cells(known);
                column
            }
            None => Self::new(known.len(), Values::Each(Arc::new(known))),
        }
    }

    /// None where they have no narrow form.
    fn narrowed(known: &[Known], pool: &mut Pool) -> Option<Self> {
        let rows = known.len();
        if let Some(first) = known.first().filter(|first| known.iter().all(|known| known == *first)) {
            return Some(Self::same(first.clone(), rows));
        }
        let kinds = known.iter().fold(Kinds::default(), |kinds, known| kinds.with(&known.set));
        let padded = blocks(rows) * BLOCK;
        let values = match kinds {
            Kinds { truths: true, cases: false, ranges: false, others: false } => {
                let truth = |at: fn(Truth) -> bool, pool: &mut Pool| {
                    pool.bits(rows, |words| {
                        words.fill(0);
                        for (row, known) in known.iter().enumerate() {
                            put(words, row, at(known.as_truth()));
                        }
                    })
                };
                Values::Truths { yes: truth(|truth| truth.yes, pool), no: truth(|truth| truth.no, pool) }
            }
            Kinds { truths: false, cases: true, ranges: false, others: false } => {
                let masks = |known: &Known| if let Set::Cases(mask) = known.set { mask } else { 0 };
                if known.iter().all(|known| masks(known).count_ones() == 1) {
                    let code = |known: &Known| u8::try_from(masks(known).trailing_zeros()).unwrap_or(0);
                    Values::Cases(filled(pool, padded, known.iter().map(code)))
                } else {
                    Values::Masks(filled(pool, padded, known.iter().map(masks)))
                }
            }
            Kinds { truths: false, cases: false, ranges: true, others: false } => {
                Values::Ranges(Ranges::wide(Bounds::gather(known, pool)?))
            }
            Kinds { truths: _, cases: _, ranges: _, others: _ } => return None,
        };
        let flag = |at: fn(&Known) -> bool, pool: &mut Pool| {
            known.iter().any(at).then(|| {
                pool.bits(rows, |words| {
                    words.fill(0);
                    known.iter().enumerate().for_each(|(row, known)| put(words, row, at(known)));
                })
            })
        };
        let flags = Flags {
            absent: flag(|known| known.absent, pool),
            inapplicable: flag(|known| known.inapplicable, pool),
            trouble: known
                .iter()
                .any(|known| known.trouble.is_some())
                .then(|| filled(pool, padded, known.iter().map(|known| code(known.trouble)))),
        };
        Some(Self { rows, values, flags })
    }

    /// The rows where a condition surely holds, one bit each, 64 a word.
    pub fn holding(&self) -> Vec<u64> {
        self.settled(|truth| truth.yes)
    }

    /// The rows where a condition surely does not hold, one bit each, 64 a word.
    pub fn failing(&self) -> Vec<u64> {
        self.settled(|truth| truth.no)
    }

    fn settled(&self, to: fn(Truth) -> bool) -> Vec<u64> {
        match &self.values {
            Values::Truths { yes, no } => {
                let turned = to(Truth::NO);
                let (sure, other) = if turned { (no, yes) } else { (yes, no) };
                let mut rows: Vec<u64> =
                    sure.as_slice().iter().zip(other.as_slice()).map(|(sure, other)| sure & !other).collect();
                for flag in [&self.flags.absent, &self.flags.inapplicable].into_iter().flatten() {
                    rows.iter_mut().zip(flag.as_slice()).for_each(|(rows, flag)| *rows &= !flag);
                }
                rows
            }
            Values::Same(_) | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => {
                let mut rows = vec![0; blocks(self.rows)];
                for row in 0..self.rows {
                    let settled = self.known(row).is_some_and(|known| {
                        let truth = known.as_truth();
                        to(truth) && truth.yes != truth.no && !known.absent && !known.inapplicable
                    });
                    put(&mut rows, row, settled);
                }
                rows
            }
        }
    }

    /// Whether some row hands on a trouble.
    pub(super) fn has_trouble(&self) -> bool {
        match &self.values {
            Values::Same(known) => known.trouble.is_some(),
            Values::Each(each) => each.iter().any(|known| known.trouble.is_some()),
            Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) => {
                self.flags.trouble.is_some()
            }
        }
    }

    /// The values row by row.
    pub fn to_cells(&self) -> Vec<Known> {
        (0..self.rows).filter_map(|row| self.known(row)).collect()
    }

    /// The same, without a copy where they are held so.
    #[allow(clippy::owned_cow, reason = "the carrier of one dossier works on vectors")]
    pub(super) fn cells(&self) -> Cow<'_, Vec<Known>> {
        match &self.values {
            Values::Each(rows) => Cow::Borrowed(rows),
            Values::Same(_) | Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) => {
                Cow::Owned(self.to_cells())
            }
        }
    }

    /// Puts other values on some rows.
    pub(super) fn patch(&mut self, patches: Vec<(usize, Known)>) {
        if patches.is_empty() {
            return;
        }
        if patches.iter().all(|(row, known)| self.put(*row, known)) {
            return;
        }
        let mut all = self.to_cells();
        for (row, known) in patches {
            if let Some(cell) = all.get_mut(row) {
                *cell = known;
            }
        }
        *self = Self::gather(all);
    }

    /// Puts a value on a row, if it can be held beside the others; else the row may be left half changed.
    fn put(&mut self, row: usize, known: &Known) -> bool {
        let rows = self.rows;
        let held = match (&mut self.values, &known.set) {
            (Values::Truths { yes, no }, Set::Truth(_) | Set::Nothing) => {
                put(yes.to_mut(), row, known.as_truth().yes);
                put(no.to_mut(), row, known.as_truth().no);
                true
            }
            (Values::Masks(masks), Set::Cases(_) | Set::Nothing) => {
                let mask = if let Set::Cases(mask) = known.set { mask } else { 0 };
                masks.to_mut().get_mut(row).map(|held| *held = mask).is_some()
            }
            (Values::Ranges(ranges), Set::Range(range)) => ranges.put(row, rows, Some(*range)),
            (Values::Ranges(ranges), Set::Nothing) => ranges.put(row, rows, None),
            (
                Values::Same(_)
                | Values::Truths { .. }
                | Values::Cases(_)
                | Values::Masks(_)
                | Values::Ranges(_)
                | Values::Each(_),
                _,
            ) => false,
        };
        let flag = |bits: &mut Option<Bits>, set: bool| {
            if set && bits.is_none() {
                *bits = Some(Pool::default().zeros(rows));
            }
            if let Some(bits) = bits {
                put(bits.to_mut(), row, set);
            }
        };
        flag(&mut self.flags.absent, known.absent);
        flag(&mut self.flags.inapplicable, known.inapplicable);
        if known.trouble.is_some() && self.flags.trouble.is_none() {
            self.flags.trouble = Some(Pool::default().fill(blocks(rows) * BLOCK, |codes: &mut [u8]| codes.fill(0)));
        }
        if let Some(held) = self.flags.trouble.as_mut().and_then(|codes| codes.to_mut().get_mut(row)) {
            *held = code(known.trouble);
        }
        held
    }

    /// Takes its buffers back, those that nothing else reads.
    pub(super) fn keep(self, pool: &mut Pool) {
        if !self.flags.is_none() {
            self.flags.keep(pool);
        }
        match self.values {
            Values::Same(_) => {}
            Values::Each(cells) => Arc::into_inner(cells).into_iter().for_each(|cells| pool.keep_cells(cells)),
            Values::Truths { yes, no } => {
                pool.keep(yes);
                pool.keep(no);
            }
            Values::Cases(codes) => pool.keep(codes),
            Values::Masks(masks) => pool.keep(masks),
            Values::Ranges(ranges) => ranges.keep(pool),
        }
    }
}

/// Whether no row of a column can be without value, absent or without object.
pub(super) fn always_there(known: &Known) -> bool {
    !known.set.is_nothing() && !known.absent && !known.inapplicable
}

/// The mask of one case.
pub(super) fn mask_of(code: u8) -> u64 {
    1u64.checked_shl(u32::from(code)).unwrap_or(0)
}

fn cases(mask: u64) -> Set {
    if mask == 0 { Set::Nothing } else { Set::Cases(mask) }
}

/// Which kinds of sets a column holds.
#[derive(Clone, Copy, Default)]
struct Kinds {
    truths: bool,
    cases: bool,
    ranges: bool,
    others: bool,
}

impl Kinds {
    fn with(mut self, set: &Set) -> Self {
        match set {
            Set::Nothing => {}
            Set::Truth(_) => self.truths = true,
            Set::Cases(mask) => {
                self.cases = true;
                // Kept as it is: a column holds no case where there is no set.
                self.others |= *mask == 0;
            }
            Set::Range(_) => self.ranges = true,
            Set::Text(_) | Set::Period(_) | Set::Days(_) => self.others = true,
        }
        self
    }
}
