//! Exact decimal numbers with six places.

/// An exact decimal number, held as a count of millionths. Arithmetic is checked: nothing rounds or
/// wraps silently.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Number(i64);

impl Number {
    /// Millionths in one.
    pub const SCALE: i64 = 1_000_000;
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(Self::SCALE);

    /// The number holding that many millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// How many millionths it holds.
    pub const fn millionths(self) -> i64 {
        self.0
    }
}
