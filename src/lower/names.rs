//! Names in messages: the known one nearest to a misspelt one, and that of an expression.

use crate::diagnostic::{Diagnostic, Remedy};
use crate::program::fold;
use crate::syntax::ast::{Aggregate, Expr, ExprKind, Name};

/// The known name nearest to a misspelt one, if one is near enough to be meant.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let limit = match folded.chars().count() {
        0..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    known
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *candidate != name)
        .min_by(|a, b| a.cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Asks whether the known name nearest to a misspelt one was meant, and offers it: without asking where only accents,
/// capitals or hyphens differ.
pub(super) fn suggest(diagnostic: Diagnostic, name: &Name, near: &str) -> Diagnostic {
    let remedy = Remedy::replace(name.span, near, format!("Écrire « {near} »"));
    diagnostic.help(format!("Vouliez-vous écrire « {near} » ?")).remedy(remedy.safe_if(fold(&name.text) == fold(near)))
}

/// How an author would name an expression again: as written, where it is short.
pub(super) fn written(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Field(object, name) => format!("{}.{}", written(object), name.text),
        ExprKind::Call(name, _) => format!("{}(…)", name.text),
        ExprKind::Aggregate(Aggregate::Minimum, _, _) => "minimum de …".to_owned(),
        ExprKind::Aggregate(Aggregate::Maximum, _, _) => "maximum de …".to_owned(),
        ExprKind::Aggregate(..)
        | ExprKind::Truth(_)
        | ExprKind::Number(_)
        | ExprKind::Quantity(..)
        | ExprKind::Date(_)
        | ExprKind::Text(_)
        | ExprKind::Unknown
        | ExprKind::Absent
        | ExprKind::List(_)
        | ExprKind::Record(_)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::Arithmetic(..)
        | ExprKind::Negate(_)
        | ExprKind::Among(..)
        | ExprKind::In(..)
        | ExprKind::Between(..)
        | ExprKind::If(..)
        | ExprKind::Default(..)
        | ExprKind::Is(..)
        | ExprKind::Interval(..)
        | ExprKind::Invalid => "cette expression".to_owned(),
    }
}
