//! Days of the proleptic Gregorian calendar, and calendar offsets. The only module that knows chrono.

/// A day, counted from 0001-01-01 (which is day 0) to 9999-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i32);
