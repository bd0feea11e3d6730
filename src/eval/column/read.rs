//! What a reader of a column asks of one row: enough to know that two rows are alike.

use super::values::{Column, Values};
use crate::value::{Known, Set, Truth};

/// How the value of a row stands, its size aside: what it may be as a condition, whether it may be absent or without
/// object, whether one single result is left, and its trouble.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Class(u16);

const ABSENT: u16 = 4;
const INAPPLICABLE: u16 = 8;
const NOTHING: u16 = 16;
const SETTLED: u16 = 32;
const TROUBLE: u16 = 64;

impl Class {
    /// Of one value.
    pub fn of(known: &Known) -> Self {
        let Truth { yes, no } = known.as_truth();
        let flags = [
            (yes, 1),
            (no, 2),
            (known.absent, ABSENT),
            (known.inapplicable, INAPPLICABLE),
            (known.set.is_nothing(), NOTHING),
            (known.is_settled(), SETTLED),
        ];
        let class = flags.into_iter().filter(|(set, _)| *set).fold(0, |class, (_, flag)| class | flag);
        Self(class | (TROUBLE * u16::from(super::values::code(known.trouble))))
    }

    /// Whether one single result is left, and no trouble marks it.
    pub fn is_settled(self) -> bool {
        self.0 & SETTLED != 0 && self.0 < TROUBLE
    }

    /// Whether that result is a value, or that there is no object.
    pub fn is_answer(self) -> bool {
        self.is_settled() && (self.0 & NOTHING == 0 || self.0 & INAPPLICABLE != 0)
    }
}

impl Column {
    /// How the value of a row stands; nothing beyond the last row.
    pub fn class(&self, row: usize) -> Option<Class> {
        match &self.values {
            Values::Truths { yes, no } if self.flags.trouble.is_none() && row < self.rows => {
                let (yes, no) = (yes.bit(row), no.bit(row));
                let flag = |bits: &Option<super::buffer::Bits>| bits.as_ref().is_some_and(|bits| bits.bit(row));
                let (absent, inapplicable) = (flag(&self.flags.absent), flag(&self.flags.inapplicable));
                let nothing = !yes && !no;
                let settled = match (absent, inapplicable, nothing) {
                    (false, false, false) => yes != no,
                    (_, _, true) => !(absent && inapplicable),
                    (_, _, false) => false,
                };
                let flags = [
                    (yes, 1),
                    (no, 2),
                    (absent, ABSENT),
                    (inapplicable, INAPPLICABLE),
                    (nothing, NOTHING),
                    (settled, SETTLED),
                ];
                Some(Class(flags.into_iter().fold(0, |class, (set, flag)| class | (flag * u16::from(set)))))
            }
            Values::Same(known) if row < self.rows => Some(Class::of(known)),
            Values::Each(each) => each.get(row).map(Class::of),
            Values::Same(_) | Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) => {
                self.known(row).as_ref().map(Class::of)
            }
        }
    }

    /// The rows where more than one result is left, or a trouble marks it: one bit each, 64 a word.
    pub fn open_rows(&self) -> Vec<u64> {
        let mut words = vec![0; super::buffer::blocks(self.rows)];
        for row in 0..self.rows {
            let open = self.class(row).is_some_and(|class| !class.is_settled());
            if let Some(word) = words.get_mut(row / super::buffer::BLOCK) {
                *word |= u64::from(open) << (row % super::buffer::BLOCK);
            }
        }
        words
    }

    /// Adds to `key` all that is known on a row, so that keys are equal where it is; false, and nothing of use, where
    /// it is of a kind that has no short key.
    pub fn key(&self, row: usize, key: &mut Vec<u8>) -> bool {
        let Some(known) = self.known(row) else { return false };
        key_of(&known, key)
    }
}

/// Adds a key of all that is known of a value.
fn key_of(known: &Known, key: &mut Vec<u8>) -> bool {
    let bound = |bound: Option<i64>, key: &mut Vec<u8>| {
        key.push(u8::from(bound.is_some()));
        key.extend(bound.unwrap_or(0).to_le_bytes());
    };
    key.push(u8::from(known.absent) + 2 * u8::from(known.inapplicable) + 4 * super::values::code(known.trouble));
    match &known.set {
        Set::Nothing => key.push(0),
        Set::Truth(truth) => key.push(1 + 64 * u8::from(truth.yes) + 128 * u8::from(truth.no)),
        Set::Range(range) => {
            key.push(2);
            bound(range.lo, key);
            bound(range.hi, key);
        }
        Set::Cases(cases) => {
            key.push(3);
            key.extend(cases.to_le_bytes());
        }
        Set::Text(_) | Set::Period(_) | Set::Days(_) => return false,
    }
    true
}

/// Every trouble has a code of its own: classes and keys tell them apart.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::value::{Fault, Range, Trouble};

    fn all() -> Vec<Known> {
        let troubles = [
            None,
            Some(Trouble::Conflict),
            Some(Trouble::Gap),
            Some(Trouble::Fault(Fault::Overflow)),
            Some(Trouble::Fault(Fault::DivisionByZero)),
            Some(Trouble::Fault(Fault::Inexact)),
            Some(Trouble::Fault(Fault::FractionalDay)),
        ];
        let sets = [
            Set::Nothing,
            Set::Truth(Truth::YES),
            Set::Truth(Truth::NO),
            Set::Truth(Truth::OPEN),
            Set::Range(Range::exactly(3)),
            Set::Range(Range::between(3, 4)),
            Set::Range(Range { lo: Some(3), hi: None }),
            Set::Range(Range { lo: None, hi: Some(3) }),
            Set::Cases(1),
            Set::Cases(6),
        ];
        let mut found = Vec::new();
        for set in sets {
            for trouble in troubles {
                for flags in 0..4u8 {
                    let (absent, inapplicable) = (flags & 1 != 0, flags & 2 != 0);
                    found.push(Known { set: set.clone(), absent, inapplicable, trouble });
                }
            }
        }
        found
    }

    #[test]
    fn keys_tell_all_that_is_known_apart() {
        let keys: std::collections::BTreeSet<Vec<u8>> = all()
            .iter()
            .map(|known| {
                let mut key = Vec::new();
                assert!(key_of(known, &mut key));
                key
            })
            .collect();
        assert_eq!(keys.len(), all().len());
    }

    #[test]
    fn a_row_of_a_column_is_classed_as_its_value_is() {
        let all = all();
        let kinds: [fn(&Set) -> bool; 3] = [
            |set| matches!(set, Set::Nothing | Set::Truth(_)),
            |set| matches!(set, Set::Nothing | Set::Range(_)),
            |set| matches!(set, Set::Nothing | Set::Cases(_)),
        ];
        for kind in kinds {
            let held: Vec<Known> = all.iter().filter(|known| kind(&known.set)).cloned().collect();
            let plain: Vec<Known> = held.iter().filter(|known| known.trouble.is_none()).cloned().collect();
            for values in [held, plain] {
                let column = Column::gather(values.clone());
                let open = column.open_rows();
                for (row, known) in values.iter().enumerate() {
                    let class = column.class(row).unwrap();
                    assert_eq!(class, Class::of(known), "{known:?}");
                    let settled = known.is_settled() && known.trouble.is_none();
                    assert_eq!(class.is_settled(), settled);
                    assert_eq!(open.get(row / 64).unwrap() >> (row % 64) & 1 == 1, !settled, "{known:?}");
                }
                assert_eq!(column.class(values.len()), None);
            }
        }
    }
}
