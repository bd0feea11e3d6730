//! Buffers of columns: shared where a column is, and used again once nothing reads them.
//!
//! A buffer holds whole blocks of 64 rows. What lies beyond the rows of its column means nothing, but for
//! conditions, whose bits there are zero.

use std::sync::Arc;

use crate::value::Known;

/// Rows in a block: as many as a word has bits.
pub(super) const BLOCK: usize = 64;

/// How many blocks hold so many rows.
pub(super) fn blocks(rows: usize) -> usize {
    rows.div_ceil(BLOCK)
}

/// The values of a column, block by block.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer<T>(Arc<Vec<T>>);

impl<T: Copy> Buffer<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// The values in blocks of 64.
    pub(super) fn lanes(&self) -> &[[T; BLOCK]] {
        self.0.as_chunks().0
    }

    pub(super) fn get(&self, row: usize) -> Option<T> {
        self.0.get(row).copied()
    }

    /// Changes the values; those of other columns that shared them stay.
    pub(super) fn to_mut(&mut self) -> &mut [T] {
        Arc::make_mut(&mut self.0).as_mut_slice()
    }
}

/// One bit a row.
pub(super) type Bits = Buffer<u64>;

impl Bits {
    pub(super) fn bit(&self, row: usize) -> bool {
        bit(self.as_slice(), row)
    }
}

/// Whether the bit of a row is set.
pub(super) fn bit(words: &[u64], row: usize) -> bool {
    words.get(row / BLOCK).is_some_and(|word| word >> (row % BLOCK) & 1 == 1)
}

/// Sets the bit of a row, or clears it.
pub(super) fn put(words: &mut [u64], row: usize, set: bool) {
    if let Some(word) = words.get_mut(row / BLOCK) {
        let mask = 1 << (row % BLOCK);
        *word = if set { *word | mask } else { *word & !mask };
    }
}

/// The rows whose bit is set, in order.
pub(super) fn rows_in(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    (0..).zip(words).flat_map(|(block, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = usize::try_from(left.trailing_zeros()).ok().filter(|bit| *bit < BLOCK)?;
            left &= left - 1;
            Some(block * BLOCK + bit)
        })
    })
}

/// The bit of each lane of half a block.
#[allow(clippy::indexing_slicing, reason = "computed when compiling")]
const LANES: [u32; BLOCK / 2] = {
    let mut bits = [0; BLOCK / 2];
    let mut lane = 0;
    while lane < bits.len() {
        bits[lane] = 1 << lane;
        lane += 1;
    }
    bits
};

/// Where the bit of a lane is set, what stands there.
pub(super) fn take<T: Copy>(out: &mut [T; BLOCK], from: &[T; BLOCK], word: u64) {
    if word == u64::MAX {
        *out = *from;
    } else if word.count_ones() <= 8 {
        // Few: each by itself.
        for lane in rows_in(&[word]) {
            if let (Some(out), Some(from)) = (out.get_mut(lane), from.get(lane)) {
                *out = *from;
            }
        }
    } else {
        let halves = [word & 0xFFFF_FFFF, word >> 32].map(|half| u32::try_from(half).unwrap_or(0));
        let lanes = out.as_chunks_mut::<32>().0.iter_mut().zip(from.as_chunks::<32>().0).zip(halves);
        for ((out, from), half) in lanes {
            // A test against a constant of each lane is one that the machine does on several lanes at once.
            for ((out, from), bit) in out.iter_mut().zip(from).zip(&LANES) {
                *out = if half & bit != 0 { *from } else { *out };
            }
        }
    }
}

/// Sets the bits of so many rows.
pub(super) fn set_all(words: &mut [u64], rows: usize) {
    words.fill(u64::MAX);
    if let (Some(last), left @ 1..) = (words.last_mut(), rows % BLOCK) {
        *last = (1 << left) - 1;
    }
}

/// A word with a bit for each lane.
pub(super) fn pack(lanes: &[u8; BLOCK]) -> u64 {
    let mut word = 0;
    for eight in lanes.as_chunks::<8>().0.iter().rev() {
        // Eight bytes of zero or one become eight bits: the product gathers them in its highest byte.
        word = word << 8 | u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    }
    word
}

/// A kind of buffer that is kept for use again.
pub(super) trait Kept: Copy + Default {
    fn shelf(pool: &mut Pool) -> &mut Vec<Arc<Vec<Self>>>;
}

/// Buffers that nothing reads any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    words: Vec<Arc<Vec<u64>>>,
    bytes: Vec<Arc<Vec<u8>>>,
    narrow: Vec<Arc<Vec<i32>>>,
    wide: Vec<Arc<Vec<i64>>>,
    cells: Vec<Vec<Known>>,
}

impl Kept for u64 {
    fn shelf(pool: &mut Pool) -> &mut Vec<Arc<Vec<u64>>> {
        &mut pool.words
    }
}

impl Kept for u8 {
    fn shelf(pool: &mut Pool) -> &mut Vec<Arc<Vec<u8>>> {
        &mut pool.bytes
    }
}

impl Kept for i32 {
    fn shelf(pool: &mut Pool) -> &mut Vec<Arc<Vec<i32>>> {
        &mut pool.narrow
    }
}

impl Kept for i64 {
    fn shelf(pool: &mut Pool) -> &mut Vec<Arc<Vec<i64>>> {
        &mut pool.wide
    }
}

impl Pool {
    /// A buffer of so many values. `fill` finds anything in it, and overwrites it all.
    pub(super) fn fill<T: Kept>(&mut self, length: usize, fill: impl FnOnce(&mut [T])) -> Buffer<T> {
        let mut kept = T::shelf(self).pop().unwrap_or_default();
        match Arc::get_mut(&mut kept) {
            Some(values) => {
                values.resize(length, T::default());
                fill(values);
                Buffer(kept)
            }
            None => {
                let mut values = vec![T::default(); length];
                fill(&mut values);
                Buffer(Arc::new(values))
            }
        }
    }

    /// One bit a row, word by word.
    pub(super) fn bits(&mut self, rows: usize, fill: impl FnOnce(&mut [u64])) -> Bits {
        self.fill(blocks(rows), fill)
    }

    /// A bit for each of so many rows, all set.
    pub(super) fn ones(&mut self, rows: usize) -> Bits {
        self.bits(rows, |words| set_all(words, rows))
    }

    /// A bit for each of so many rows, none set.
    pub(super) fn zeros(&mut self, rows: usize) -> Bits {
        self.bits(rows, |words| words.fill(0))
    }

    /// An empty buffer for values row by row.
    pub(super) fn cells(&mut self) -> Vec<Known> {
        self.cells.pop().unwrap_or_default()
    }

    /// Takes values row by row back.
    pub(super) fn keep_cells(&mut self, mut cells: Vec<Known>) {
        cells.clear();
        self.cells.push(cells);
    }

    /// Takes a buffer back, if nothing else reads it.
    pub(super) fn keep<T: Kept>(&mut self, mut buffer: Buffer<T>) {
        if Arc::get_mut(&mut buffer.0).is_some() {
            T::shelf(self).push(buffer.0);
        }
    }
}

/// A buffer of those values, then of zeros.
pub(super) fn filled<T: Kept>(pool: &mut Pool, length: usize, values: impl Iterator<Item = T>) -> Buffer<T> {
    pool.fill(length, |held| {
        held.fill(T::default());
        held.iter_mut().zip(values).for_each(|(held, value)| *held = value);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_become_bits_in_their_order() {
        for seed in 0..200u64 {
            let word = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) ^ seed;
            let mut lanes = [0u8; BLOCK];
            for (row, lane) in lanes.iter_mut().enumerate() {
                *lane = u8::from(bit(&[word], row));
            }
            assert_eq!(pack(&lanes), word);
            assert_eq!(
                rows_in(&[0, word]).map(|row| row - BLOCK).filter(|row| bit(&[word], *row)).count(),
                rows_in(&[word]).count()
            );
        }
    }

    #[test]
    fn a_buffer_still_read_is_not_used_again() {
        let mut pool = Pool::default();
        let ones = pool.ones(70);
        assert_eq!(ones.as_slice(), [u64::MAX, 0b11_1111]);
        let other = ones.clone();
        pool.keep(ones);
        let zeros = pool.zeros(70);
        assert_eq!((other.as_slice(), zeros.as_slice()), ([u64::MAX, 0b11_1111].as_slice(), [0, 0].as_slice()));
    }
}
