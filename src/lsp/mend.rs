//! What mends a text: its layout, and the remedies of what is wrong with it.

use lsp_types::{CodeAction, CodeActionKind, Diagnostic as Shown, Range, TextEdit};

use super::publish::shown;
use super::view::View;
use crate::diagnostic::{Diagnostic, Remedy, Safety};
use crate::render::typeset;
use crate::syntax::format_faithfully;

/// The edit that lays a file out; none where it is laid out, or where its words would change.
pub(super) fn layout(view: View<'_>) -> Vec<TextEdit> {
    let document = view.document;
    let Some(laid) = format_faithfully(document.text()).filter(|laid| laid != document.raw()) else {
        return Vec::new();
    };
    if document.raw() != document.text() {
        return vec![TextEdit { range: document.whole(view.desk.encoding), new_text: laid }];
    }
    // Lines that stay are left alone, so that the editor keeps its place.
    let (old, new): (Vec<&str>, Vec<&str>) =
        (document.text().split_inclusive('\n').collect(), laid.split_inclusive('\n').collect());
    let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let most = old.len().min(new.len()) - before;
    let after = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    let length = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
    let start = length(old.get(..before).unwrap_or(&[]));
    let end = document.text().len() - length(old.get(old.len() - after..).unwrap_or(&[]));
    let text = new.get(before..new.len() - after).unwrap_or(&[]).concat();
    vec![TextEdit { range: document.range(&(start..end), view.desk.encoding), new_text: text }]
}

/// The remedies of what is wrong in a range.
pub(super) fn actions(view: View<'_>, range: Range) -> Vec<CodeAction> {
    let Some(snapshot) = view.book.current() else { return Vec::new() };
    let reasoned = view.book.later().and_then(|later| later.reasoned.as_ref()).into_iter().flatten();
    let all = snapshot.analysis().diagnostics.iter().chain(reasoned);
    // Whoever stands on a line is offered what mends it, the findings nearest to them first.
    let touched = all.filter(|found| {
        let place = view.range(found.primary.span);
        found.primary.span.source == view.file
            && place.start.line <= range.end.line
            && range.start.line <= place.end.line
    });
    let at = view.at(range.start).start;
    let mut touched: Vec<&Diagnostic> = touched.collect();
    touched.sort_by_key(|found| {
        let span = found.primary.span;
        (at.saturating_sub(span.end).max(span.start.saturating_sub(at)), span.end - span.start)
    });
    let mut actions = Vec::new();
    for found in touched {
        let told = shown(view, found);
        let only = found.remedies.len() == 1;
        actions.extend(found.remedies.iter().map(|remedy| action(view, remedy, (told.clone(), only))));
    }
    actions
}

fn action(view: View<'_>, remedy: &Remedy, (told, only): (Shown, bool)) -> CodeAction {
    let safe = remedy.safety == Safety::Safe;
    CodeAction {
        title: typeset(&remedy.title),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![told]),
        edit: Some(view.edits(&remedy.edits)),
        is_preferred: Some(safe || only),
        ..CodeAction::default()
    }
}
