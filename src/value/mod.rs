//! What rules compute with, and every elementary computation.

pub mod number;
pub mod date;
pub mod period;
pub mod french;

pub use date::Day;
pub use number::Number;
pub use period::DaySet;
