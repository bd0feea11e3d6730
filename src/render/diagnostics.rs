//! Diagnostics as data for other programs, and their count for people.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Edit, Label, Remedy, Safety, Severity};
use crate::source::{SourceMap, Span};
use crate::value::french::things;

/// Where something stands; lines and columns (in characters) count from 1, the end is one past the last character.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Other<'a> {
    label: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    label: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    others: Vec<Other<'a>>,
    help: &'a [String],
    remedies: Vec<Offer<'a>>,
}

/// A remedy: its edits replace what stands between two places.
#[derive(Serialize)]
struct Offer<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    replacement: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    diagnostics: Vec<Entry<'a>>,
}

/// Diagnostics, each set with its sources, as JSON: `reglo/diagnostics/1`, with a line feed at the end.
pub fn json(reports: &[(&SourceMap, &[Diagnostic])]) -> String {
    let entries = reports.iter().flat_map(|(sources, found)| found.iter().map(|found| entry(sources, found)));
    let report = Report { schema: "reglo/diagnostics/1", diagnostics: entries.collect() };
    // Texts, numbers and lists always serialise.
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

/// How many errors and warnings there are: « 2 erreurs, 1 avertissement »; nothing where there are none.
pub fn count(diagnostics: &[Diagnostic]) -> Option<String> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    match (errors, warnings) {
        (0, 0) => None,
        (errors, 0) => Some(things(errors, "erreur")),
        (0, warnings) => Some(things(warnings, "avertissement")),
        (errors, warnings) => Some(format!("{}, {}", things(errors, "erreur"), things(warnings, "avertissement"))),
    }
}

fn entry<'a>(sources: &'a SourceMap, diagnostic: &'a Diagnostic) -> Entry<'a> {
    let other = |label: &'a Label| Other { label: &label.text, place: place(sources, label.span) };
    Entry {
        code: diagnostic.code.as_str(),
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        label: &diagnostic.primary.text,
        place: place(sources, diagnostic.primary.span),
        others: diagnostic.others.iter().map(other).collect(),
        help: &diagnostic.help,
        remedies: diagnostic.remedies.iter().map(|remedy| offer(sources, remedy)).collect(),
    }
}

fn offer<'a>(sources: &'a SourceMap, remedy: &'a Remedy) -> Offer<'a> {
    let change = |edit: &'a Edit| Change { replacement: &edit.replacement, place: place(sources, edit.span) };
    let edits = remedy.edits.iter().map(change).collect();
    Offer { title: &remedy.title, safe: remedy.safety == Safety::Safe, edits }
}

fn place(sources: &SourceMap, span: Span) -> Place<'_> {
    let Some(source) = sources.get(span.source) else {
        return Place { file: "", line: 1, column: 1, end_line: 1, end_column: 1 };
    };
    let ((line, column), (end_line, end_column)) = (source.position(span.start), source.position(span.end));
    Place { file: &source.name, line, column, end_line, end_column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn diagnostics_are_published_with_lines_and_columns() {
        let mut sources = SourceMap::new();
        let id = sources.add("a.reglo", "fait é : x\nfait é : y\n");
        let diagnostic = Diagnostic::error(Code::DuplicateName, Span::new(id, 17..19), "« é » est déclaré deux fois")
            .label("ici")
            .other(Span::new(id, 5..7), "déjà là")
            .help("donnez un autre nom")
            .remedy(Remedy::replace(Span::new(id, 17..19), "ê", "Écrire « ê »").safe_if(true));
        insta::assert_snapshot!(json(&[(&sources, &[diagnostic])]));
    }

    #[test]
    fn the_count_agrees_in_number() {
        let span = Span::new(crate::source::SourceId(0), 0..0);
        let (error, warning) = (Diagnostic::error(Code::Syntax, span, ""), Diagnostic::warning(Code::Syntax, span, ""));
        assert_eq!(count(&[]), None);
        assert_eq!(count(std::slice::from_ref(&warning)).as_deref(), Some("1 avertissement"));
        let all = [error.clone(), warning, error];
        assert_eq!(count(&all).as_deref(), Some("2 erreurs, 1 avertissement"));
    }
}
