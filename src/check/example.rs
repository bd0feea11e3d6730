//! Do the examples speak of what exists? An example that names an unknown fact, rule or clause proves nothing.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::dossier::{Datum, Dossier, Placed, problem};
use crate::eval::{Cell, Inputs};
use crate::program::{Program, fold};
use crate::source::Span;
use crate::syntax::ast::{Answer, ExampleItem, Expectation, Expr, ExprKind, File, Item, Unit};

use super::expected::{forms, stated};

/// What the examples of these files name that the program does not have.
pub(super) fn check(program: &Program, files: &[File]) -> Vec<Diagnostic> {
    files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None })
        .flat_map(|example| misnamed(program, example))
        .collect()
}

/// The facts that the examples describe.
pub(super) fn dossiers(program: &Program, files: &[File]) -> Vec<Inputs<Cell>> {
    files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None })
        .map(|example| described(program, example).inputs)
        .collect()
}

/// The rules of which some example expects a conflict, a gap or a computation without result.
pub(super) fn troubles(files: &[File]) -> BTreeSet<&str> {
    files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None })
        .flat_map(|example| &example.expected)
        .filter(|expectation| matches!(expectation.answer, Answer::Conflict | Answer::Gap | Answer::NoResult))
        .map(|expectation| expectation.name.text.as_str())
        .collect()
}

/// The dossier an example describes.
pub fn described(program: &Program, item: &ExampleItem) -> Dossier {
    let mut root: Vec<(String, Placed)> = Vec::new();
    for (path, value) in &item.given {
        let names: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        insert(&mut root, &names, datum(value));
    }
    Dossier::from_datum(program, &format!("exemple « {} »", item.title.text), &Placed::nowhere(Datum::Record(root)))
}

fn insert(record: &mut Vec<(String, Placed)>, path: &[&str], value: Datum) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        record.push(((*first).to_owned(), Placed::nowhere(value)));
        return;
    }
    let at = record.iter().position(|(name, datum)| name == first && matches!(datum.datum, Datum::Record(_)));
    let at = at.unwrap_or_else(|| {
        record.push(((*first).to_owned(), Placed::nowhere(Datum::Record(Vec::new()))));
        record.len() - 1
    });
    if let Some((_, Placed { datum: Datum::Record(inner), .. })) = record.get_mut(at) {
        insert(inner, rest, value);
    }
}

/// A literal as data would hold it. Anything that is no literal is unknown; `misnamed` reports it.
fn datum(expr: &Expr) -> Datum {
    match &expr.kind {
        ExprKind::Truth(truth) => Datum::Truth(*truth),
        ExprKind::Number(number) => Datum::Number(number.to_string()),
        ExprKind::Negate(inner) => match datum(inner) {
            Datum::Number(token) => Datum::Number(format!("-{token}")),
            other @ (Datum::Null
            | Datum::Unknown
            | Datum::Truth(_)
            | Datum::Text(_)
            | Datum::List(_)
            | Datum::Record(_)) => other,
        },
        ExprKind::Quantity(number, unit) => Datum::Text(format!("{number} {}", unit_word(*unit))),
        ExprKind::Date(day) => Datum::Text(day.to_string()),
        ExprKind::Text(text) => Datum::Text(text.clone()),
        ExprKind::Name(name) => Datum::Text(name.text.clone()),
        ExprKind::Interval(start, end) => match (datum(start), datum(end)) {
            (Datum::Text(start), Datum::Text(end)) => Datum::Text(format!("{start}/{end}")),
            (_, _) => Datum::Unknown,
        },
        ExprKind::List(elements) => Datum::list(elements.iter().map(datum)),
        ExprKind::Record(fields) => Datum::record(fields.iter().map(|(name, value)| (name.text.clone(), datum(value)))),
        ExprKind::Absent => Datum::Null,
        ExprKind::Unknown
        | ExprKind::Field(..)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::Arithmetic(..)
        | ExprKind::Among(..)
        | ExprKind::In(..)
        | ExprKind::Between(..)
        | ExprKind::If(..)
        | ExprKind::Default(..)
        | ExprKind::Is(..)
        | ExprKind::Call(..)
        | ExprKind::Aggregate(..)
        | ExprKind::Invalid => Datum::Unknown,
    }
}

fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "jours",
        Unit::Weeks => "semaines",
        Unit::Months => "mois",
        Unit::Years => "ans",
    }
}

/// Reports, for `check`, what an example names that does not exist, and what is no literal.
fn misnamed(program: &Program, item: &ExampleItem) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for expectation in &item.expected {
        let name = &expectation.name;
        if program.rule_named(&name.text).is_none() {
            let known = program.rules.iter().map(|rule| rule.name.as_str());
            let near = known.min_by_key(|known| strsim::damerau_levenshtein(&fold(known), &fold(&name.text)));
            let mut diagnostic =
                Diagnostic::error(Code::Example, name.span, format!("Aucune règle ne s'appelle « {} ».", name.text));
            if let Some(near) = near {
                diagnostic = diagnostic.help(format!("Vouliez-vous écrire « {near} » ?"));
            }
            found.push(diagnostic);
        }
        found.extend(unanswerable(program, expectation));
        for clause in &expectation.clauses {
            if !program.clauses.iter().any(|known| known.id == clause.text) {
                found.push(
                    Diagnostic::error(
                        Code::UnknownClause,
                        clause.span,
                        format!("Aucune clause ne s'appelle « {} ».", clause.text),
                    )
                    .help("Corrigez le nom de la clause attendue."),
                );
            }
        }
    }
    for anomaly in described(program, item).anomalies {
        if anomaly.problem == problem::UNKNOWN_NAME {
            let span = given_at(item, &anomaly.path);
            found.push(Diagnostic::error(Code::Example, span, anomaly.message).help("Corrigez le nom du fait."));
        }
    }
    found
}

/// An expectation that the rule it speaks of cannot meet, whatever the dossier.
fn unanswerable(program: &Program, expectation: &Expectation) -> Option<Diagnostic> {
    let rule = program.rule_named(&expectation.name.text).and_then(|id| program.rule(id))?;
    let Answer::Value(value) = &expectation.answer else { return None };
    if stated(program, rule, value).is_some() {
        return None;
    }
    let message = format!("« {} » ne donne pas de réponse de cette sorte.", rule.name);
    Some(Diagnostic::error(Code::Example, value.span, message).help(forms(program, rule)))
}

/// Where an example gives the fact of that path.
fn given_at(item: &ExampleItem, path: &str) -> Span {
    let first = path.split(['.', '[']).next().unwrap_or_default();
    item.given
        .iter()
        .find(|(names, _)| names.first().is_some_and(|name| name.text == first))
        .and_then(|(names, _)| names.first())
        .map_or(item.span, |name| name.span)
}
