//! Two rows of a table that collide: which of them yields to the other.
//!
//! A row is narrowed, `cas b et non (a)`. An exception for the cases that both rows speak of would prevail over every row
//! of the table, and so over a third one that collides with them there: that conflict would be settled unseen.

use super::Finder;
use crate::diagnostic::Remedy;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Item, TableRow, ValueBody};
use crate::syntax::in_a_title;

impl Finder<'_> {
    /// Each of two colliding rows may be kept where both apply; the other then excludes it.
    pub(super) fn yielding(&self, mut places: Vec<Span>) -> Vec<Remedy> {
        places.sort_by_key(|span| span.start);
        let rows: Vec<&TableRow> = places.iter().filter_map(|span| self.row(*span)).collect();
        let [first, second] = rows.as_slice() else { return Vec::new() };
        let kept = [(first, second, "de la première ligne"), (second, first, "de la seconde ligne")];
        kept.into_iter().filter_map(|(kept, other, which)| self.yields(other, kept, which)).collect()
    }

    fn row(&self, span: Span) -> Option<&TableRow> {
        self.items().find_map(|item| {
            let Item::Value(value) = item else { return None };
            let ValueBody::Table(rows) = &value.body else { return None };
            rows.iter().find(|row| row.span == span)
        })
    }

    fn yields(&self, other: &TableRow, kept: &TableRow, which: &str) -> Option<Remedy> {
        let place = self.whole(other.condition.span)?;
        let condition = self.sources.text(place);
        let (open, close) = if ends_itself(&other.condition) { ("", "") } else { ("(", ")") };
        let narrowed = format!("{open}{condition}{close} et {}", self.denied(&kept.condition)?);
        let value = self.sources.text(self.whole(kept.value.span)?);
        let answer = if in_a_title(value) { format!("« {value} »") } else { format!("la réponse {which}") };
        let read = if in_a_title(&narrowed) { format!(" : « cas {narrowed} » pour l'autre") } else { String::new() };
        Some(Remedy::replace(place, narrowed, format!("Retenir {answer} quand les deux lignes s'appliquent{read}")))
    }

    fn denied(&self, condition: &Expr) -> Option<String> {
        let text = self.sources.text(self.whole(condition.span)?);
        let named = |expr: &Expr| matches!(expr.kind, ExprKind::Name(_) | ExprKind::Field(..));
        if let ExprKind::Not(inner) = &condition.kind
            && named(inner)
        {
            return Some(self.sources.text(inner.span).to_owned());
        }
        Some(if named(condition) { format!("non {text}") } else { format!("non ({text})") })
    }
}

/// Whether `et` may be written after a condition as it stands, without its last part reaching over what follows.
fn ends_itself(condition: &Expr) -> bool {
    if let ExprKind::And(members) = &condition.kind {
        return members.iter().all(ends_itself);
    }
    if let ExprKind::Not(inner) = &condition.kind {
        return ends_itself(inner);
    }
    let last = if let ExprKind::Compare(_, _, right) = &condition.kind { right } else { condition };
    matches!(
        last.kind,
        ExprKind::Name(_)
            | ExprKind::Field(..)
            | ExprKind::Is(..)
            | ExprKind::Among(..)
            | ExprKind::Number(_)
            | ExprKind::Quantity(..)
            | ExprKind::Date(_)
            | ExprKind::Text(_)
    )
}
