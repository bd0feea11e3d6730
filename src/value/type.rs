//! Types of what a node computes, and faults of computation.

use super::number::{Number, NumberError};

/// Names one enumeration of a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EnumId(pub u32);

/// Names one input list of a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ListId(pub u32);

/// The type of a scalar. Records and lists exist in the source only: lowering reads them as the
/// scalars they hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// A condition, `oui/non`.
    Truth,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Number,
    /// A day.
    Date,
    /// A number of days (millionths), exact.
    Duration,
    /// A number of months: calendar offsets.
    Offset,
    /// A closed interval of days.
    Period,
    /// A set of days.
    Days,
    /// A text.
    Text,
    /// A case of an enumeration.
    Case(EnumId),
    /// The key of an element of a list.
    Key(ListId),
}

impl From<NumberError> for Fault {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Overflow => Fault::Overflow,
            NumberError::Inexact => Fault::Inexact,
            NumberError::DivisionByZero => Fault::DivisionByZero,
        }
    }
}

impl Type {
    /// Whether its values are held as a range of ordinals ([`super::known::Set::Range`]).
    pub fn is_ordered(self) -> bool {
        match self {
            Type::Integer | Type::Number | Type::Date | Type::Duration | Type::Offset => true,
            Type::Truth | Type::Period | Type::Days | Type::Text | Type::Case(_) | Type::Key(_) => false,
        }
    }

    /// Whether it is a plain number.
    pub fn is_numeric(self) -> bool {
        matches!(self, Type::Integer | Type::Number)
    }
}

/// Days in a week, as a number.
pub const WEEK: Number = Number::from_millionths(7 * Number::SCALE);

/// Why a computation has no result. A fault belongs to one dossier and is never a "non".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fault {
    /// Beyond what an exact number or the calendar holds.
    Overflow,
    /// A division by zero.
    DivisionByZero,
    /// A result with more than six decimal places and no rounding said.
    Inexact,
    /// A date moved by a fraction of a day.
    FractionalDay,
}
