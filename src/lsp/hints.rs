//! What is shown beside the text: the words of a clause that is cited, the type of a name that has none written; above
//! rules and examples, what can be run.

use lsp_types::{CodeLens, Command, InlayHint, InlayHintKind, InlayHintLabel, Range};
use serde_json::json;

use super::command::{RUN_EXAMPLE, RUN_EXAMPLES};
use super::symbol::{Symbol, Use};
use super::view::View;
use crate::program::Program;
use crate::render::typeset;
use crate::source::{SourceId, Span};
use crate::syntax::ast::Item;
use crate::value::Type;
use crate::value::french::things;

/// So many characters of a clause are shown.
const SHOWN: usize = 48;

/// What is shown beside the text of a range.
pub(super) fn hints(view: View<'_>, range: Range) -> Vec<InlayHint> {
    let (start, end) = (view.at(range.start).start, view.at(range.end).start);
    let mut found = Vec::new();
    let mut told: Vec<&Symbol> = Vec::new();
    for occurrence in &view.book.index().occurrences {
        let span = occurrence.span;
        if span.source != view.file || span.end < start || end < span.start {
            continue;
        }
        match (&occurrence.symbol, occurrence.usage) {
            (symbol @ Symbol::Clause(id), Use::Refers) if !told.contains(&symbol) => {
                let Some(words) = view.clause(id).map(|clause| clause.quote.as_str()).or_else(|| view.label(symbol))
                else {
                    continue;
                };
                // Said once in what is on the screen: a clause cited ten times is known by then.
                told.push(symbol);
                found.push(hint(view, span, format!("« {} »", shortened(words)), None));
            }
            (Symbol::Variable(..), Use::Declares) => {
                let words = view.book.index().declared.get(&occurrence.symbol).map(|declared| declared.kind.as_str());
                match words {
                    Some("soit") => {
                        if let Some(ty) = bound_type(view, span) {
                            found.push(hint(view, span, format!(": {ty}"), Some(InlayHintKind::TYPE)));
                        }
                    }
                    Some("élément") | None => {}
                    Some(record) => found.push(hint(view, span, format!(": {record}"), Some(InlayHintKind::TYPE))),
                }
            }
            (_, _) => {}
        }
    }
    found
}

fn hint(view: View<'_>, span: Span, label: String, kind: Option<InlayHintKind>) -> InlayHint {
    InlayHint {
        position: view.range(span).end,
        label: InlayHintLabel::String(typeset(&label)),
        kind,
        text_edits: None,
        tooltip: None,
        padding_left: Some(kind.is_none()),
        padding_right: None,
        data: None,
    }
}

fn shortened(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= SHOWN {
        return words;
    }
    let mut cut: String = words.chars().take(SHOWN).collect();
    if let Some(space) = cut.rfind(' ') {
        cut.truncate(space);
    }
    cut.push('…');
    cut
}

/// The type of what `soit` names: that of the name it stands for, else what the last analysis made of this very text.
pub(super) fn bound_type(view: View<'_>, name: Span) -> Option<String> {
    let value = view.book.items().iter().find_map(|placed| {
        let line = lets(placed.item).iter().find(|line| placed.span(line.name.span) == name)?;
        Some(placed.span(line.value.span))
    })?;
    let index = view.book.index();
    if let Some(found) = index.at(value).filter(|found| found.span == value) {
        return index.declared.get(&found.symbol).map(|declared| declared.kind.clone());
    }
    let program = view.book.current()?.program();
    let node = program.origins.iter().rposition(|origin| *origin == value)?;
    program.types.get(node).map(|ty| type_name(program, *ty))
}

fn lets(item: &Item) -> &[crate::syntax::ast::Let] {
    match item {
        Item::Value(item) => &item.lets,
        Item::Norm(item) => &item.lets,
        Item::Decision(item) => &item.lets,
        Item::Notice(item) => &item.lets,
        Item::Incoherence(item) => &item.lets,
        Item::Header(_)
        | Item::Clause(_)
        | Item::Heading(_)
        | Item::Noise(_)
        | Item::Reading(_)
        | Item::Outside(_)
        | Item::Type(_)
        | Item::Fact(_)
        | Item::Assessment(_)
        | Item::Example(_)
        | Item::Unreadable(_) => &[],
    }
}

fn type_name(program: &Program, ty: Type) -> String {
    match ty {
        Type::Truth => "oui/non".to_owned(),
        Type::Integer => "entier".to_owned(),
        Type::Number => "nombre".to_owned(),
        Type::Date => "date".to_owned(),
        Type::Duration => "durée".to_owned(),
        Type::Offset => "mois".to_owned(),
        Type::Period => "période".to_owned(),
        Type::Days => "jours".to_owned(),
        Type::Text => "texte".to_owned(),
        Type::Case(_) => program.enumeration(ty).map(|found| found.name.clone()).unwrap_or_default(),
        Type::Key(list) => program.list(list).map(|list| format!("réf {}", list.path.join("."))).unwrap_or_default(),
    }
}

/// What can be run in a file: each example, and those that expect an answer of each rule.
pub(super) fn lenses(view: View<'_>) -> Vec<CodeLens> {
    let mut found = Vec::new();
    let uri = view.document.uri.as_str();
    let mut expected: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let items = view.book.items();
    for placed in &items {
        let Item::Example(example) = placed.item else { continue };
        let mut names: Vec<&str> = example.expected.iter().map(|expected| expected.name.text.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *expected.entry(name).or_default() += 1;
        }
    }
    for placed in items.iter().filter(|placed| placed.source == view.file) {
        match placed.item {
            Item::Example(example) => {
                let span = placed.span(example.title.span);
                let state = verdict(view, placed.source, placed.span(example.span));
                let title = format!("▶ Décider{}", state.map(|state| format!(" — {state}")).unwrap_or_default());
                let arguments = vec![json!({ "uri": uri, "position": view.range(span).start })];
                found.push(lens(view, span, (title, RUN_EXAMPLE, arguments)));
            }
            Item::Value(_) | Item::Norm(_) | Item::Decision(_) | Item::Notice(_) | Item::Incoherence(_) => {
                let Some((name, span)) = rule_name(placed.item) else { continue };
                let title = match expected.get(name).copied().unwrap_or(0) {
                    0 => "aucun exemple ne l'attend".to_owned(),
                    count => format!("▶ {}", things(count, "exemple")),
                };
                let arguments = vec![json!({ "uri": uri, "rule": name })];
                found.push(lens(view, placed.span(span), (title, RUN_EXAMPLES, arguments)));
            }
            Item::Header(_)
            | Item::Clause(_)
            | Item::Heading(_)
            | Item::Noise(_)
            | Item::Reading(_)
            | Item::Outside(_)
            | Item::Type(_)
            | Item::Fact(_)
            | Item::Assessment(_)
            | Item::Unreadable(_) => {}
        }
    }
    found
}

fn rule_name(item: &Item) -> Option<(&str, Span)> {
    let name = match item {
        Item::Value(item) => &item.name,
        Item::Norm(item) => &item.name,
        Item::Decision(item) => &item.name,
        Item::Notice(item) => &item.name,
        Item::Incoherence(item) => &item.name,
        _other => return None,
    };
    Some((&name.text, name.span))
}

fn lens(view: View<'_>, span: Span, (title, command, arguments): (String, &str, Vec<serde_json::Value>)) -> CodeLens {
    CodeLens {
        range: view.range(span),
        command: Some(Command { title: typeset(&title), command: command.to_owned(), arguments: Some(arguments) }),
        data: None,
    }
}

/// Whether an example holds, where that is known of this very text.
fn verdict(view: View<'_>, file: SourceId, whole: Span) -> Option<&'static str> {
    let proof = view.book.later()?.proofs.iter().find(|proof| proof.span == Some(whole) && whole.source == file)?;
    Some(if proof.failures.is_empty() { "concorde" } else { "ne concorde pas" })
}
