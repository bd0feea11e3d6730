//! What rules compute with, and every elementary computation.

pub mod number;
pub mod date;
pub mod period;
pub mod french;
pub mod r#type;
pub mod known;
pub mod priority;
pub mod op;

pub use date::Day;
pub use known::{Days, Known, Range, Set, Stretch, Texts, Trouble, Truth};
pub use number::{Number, Rounding};
pub use op::Op;
pub use period::DaySet;
pub use r#type::{EnumId, Fault, ListId, Type};
