//! What transcribers take for something else: comparisons, units, operations, functions, fields.

use crate::syntax::ast::{Arithmetic, Comparison, Unit};

/// Comparisons a transcriber confuses with that one.
pub(super) fn comparisons(comparison: Comparison) -> &'static [Comparison] {
    match comparison {
        Comparison::Equal => &[Comparison::Different],
        Comparison::Different => &[Comparison::Equal],
        Comparison::Less => &[Comparison::AtMost, Comparison::Greater],
        Comparison::AtMost => &[Comparison::Less, Comparison::AtLeast],
        Comparison::Greater => &[Comparison::AtLeast, Comparison::Less],
        Comparison::AtLeast => &[Comparison::Greater, Comparison::AtMost],
    }
}

pub(super) fn symbol(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::Different => "≠",
        Comparison::Less => "<",
        Comparison::AtMost => "≤",
        Comparison::Greater => ">",
        Comparison::AtLeast => "≥",
    }
}

/// The unit a transcriber confuses with that one.
pub(super) fn unit(unit: Unit) -> Unit {
    match unit {
        Unit::Days => Unit::Weeks,
        Unit::Weeks => Unit::Days,
        Unit::Months => Unit::Years,
        Unit::Years => Unit::Months,
    }
}

pub(super) fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "jours",
        Unit::Weeks => "semaines",
        Unit::Months => "mois",
        Unit::Years => "ans",
    }
}

/// The operation a transcriber confuses with that one.
pub(super) fn operation(operation: Arithmetic) -> Arithmetic {
    match operation {
        Arithmetic::Add => Arithmetic::Subtract,
        Arithmetic::Subtract => Arithmetic::Add,
        Arithmetic::Multiply => Arithmetic::Divide,
        Arithmetic::Divide => Arithmetic::Multiply,
    }
}

pub(super) fn operation_words(operation: Arithmetic) -> &'static str {
    match operation {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
    }
}

/// The function a transcriber confuses with that one.
pub(super) fn call(name: &str) -> Option<&'static str> {
    match name {
        "min" => Some("max"),
        "max" => Some("min"),
        "durée" => Some("plus_longue_suite"),
        "plus_longue_suite" => Some("durée"),
        _ => None,
    }
}

/// The field a transcriber confuses with that one.
pub(super) fn field(name: &str) -> Option<&'static str> {
    match name {
        "début" => Some("fin"),
        "fin" => Some("début"),
        _ => None,
    }
}
