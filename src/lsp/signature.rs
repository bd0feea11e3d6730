//! Which argument of a function is being written.

use lsp_types::{Documentation, ParameterInformation, ParameterLabel, Position, SignatureHelp, SignatureInformation};

use super::document::narrow;
use super::help::{Function, function};
use super::view::View;
use crate::render::typeset;
use crate::syntax::WordKind;

/// The function whose parentheses a position lies in, and which argument that is.
pub(super) fn signature(view: View<'_>, position: Position) -> Option<SignatureHelp> {
    let at = view.at(position).start as usize;
    let (function, argument) = enclosing(view, at)?;
    let last = function.parameters.len().saturating_sub(1);
    let repeats = function.parameters.last().is_some_and(|last| last.ends_with('…'));
    let active = if repeats { argument.min(last) } else { argument };
    let parameters = function.parameters.iter().map(|parameter| ParameterInformation {
        label: ParameterLabel::Simple((*parameter).to_owned()),
        documentation: None,
    });
    Some(SignatureHelp {
        signatures: vec![SignatureInformation {
            label: function.call(),
            documentation: Some(Documentation::String(typeset(function.gives))),
            parameters: Some(parameters.collect()),
            active_parameter: Some(narrow(active)),
        }],
        active_signature: Some(0),
        active_parameter: Some(narrow(active)),
    })
}

fn enclosing(view: View<'_>, at: usize) -> Option<(&'static Function, usize)> {
    let text = view.document.text();
    let start = view.document.stretches().iter().rev().find(|stretch| stretch.range.start <= at)?.range.start;
    let words = view.document.words();
    let (from, to) =
        (words.partition_point(|word| word.range.start < start), words.partition_point(|word| word.range.end <= at));
    let before = words.get(from..to)?;
    let mut depth = 0_usize;
    let mut commas = 0;
    for (rank, word) in before.iter().enumerate().rev() {
        match text.get(word.range.clone()) {
            Some(")" | "]" | "}") => depth += 1,
            Some("[" | "{") => depth = depth.saturating_sub(1),
            Some("(") if depth > 0 => depth -= 1,
            Some("(") => {
                let name = before.get(rank.checked_sub(1)?).filter(|name| name.kind == WordKind::Name)?;
                let name = text.get(name.range.clone())?;
                let whole = if name == "au_dimanche" { "jusqu'au_dimanche" } else { name };
                return Some((function(whole)?, commas));
            }
            Some(",") if depth == 0 => commas += 1,
            _ => {}
        }
    }
    None
}
