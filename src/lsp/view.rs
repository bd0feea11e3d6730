//! What a request is answered from: the texts as they are now, and what the last analysis knew.
//!
//! Names and places are read off the texts as they are, item by item. What takes an analysis (quotations and their
//! places, answers) is looked up by name in the last one, which may be some keystrokes old.

use std::collections::HashMap;

use lsp_types::{Location, Position, Range, TextEdit, Uri, WorkspaceEdit};

use super::desk::{Book, Desk};
use super::document::Document;
use super::symbol::Symbol;
use crate::diagnostic::Edit;
use crate::program::{Clause, Program};
use crate::source::{SourceId, Span};

/// A document, its ruleset, and how positions are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'d> {
    /// Everything at hand.
    pub(super) desk: &'d Desk,
    /// The ruleset.
    pub(super) book: &'d Book,
    /// Its file that is asked about.
    pub(super) file: SourceId,
    /// The text of that file.
    pub(super) document: &'d Document,
}

impl<'d> View<'d> {
    /// The byte at a position, as an empty stretch.
    pub(super) fn at(self, position: Position) -> Span {
        let offset = self.document.offset(position, self.desk.encoding);
        Span::new(self.file, offset..offset)
    }

    /// A place of the document as a range.
    pub(super) fn range(self, span: Span) -> Range {
        match self.book.documents.get(span.source.0 as usize) {
            Some(document) => document.range(&span.range(), self.desk.encoding),
            None => Range::default(),
        }
    }

    /// A place of the ruleset.
    pub(super) fn location(self, span: Span) -> Option<Location> {
        let document = self.book.documents.get(span.source.0 as usize)?;
        Some(Location { uri: document.uri.clone(), range: document.range(&span.range(), self.desk.encoding) })
    }

    /// What the last analysis knew of the ruleset.
    pub(super) fn program(self) -> Option<&'d Program> {
        self.book.snapshot().map(|snapshot| snapshot.program())
    }

    /// A clause, as the last analysis knew it.
    pub(super) fn clause(self, id: &str) -> Option<&'d Clause> {
        self.program()?.clauses.iter().find(|clause| clause.id == id)
    }

    /// Where a clause stands in the official text.
    pub(super) fn passage(self, id: &str) -> Vec<Location> {
        let Some(place) = self.clause(id).and_then(|clause| clause.place.as_ref()) else { return Vec::new() };
        let Some(text) = self.program().and_then(|program| program.texts.get(place.text)) else { return Vec::new() };
        let Some(document) = self.book.texts.iter().find(|document| document.name == text.name) else {
            return Vec::new();
        };
        let location =
            |range| Location { uri: document.uri.clone(), range: document.raw_range(range, self.desk.encoding) };
        place.ranges.iter().map(location).collect()
    }

    /// Edits of files of the ruleset, as the editor makes them.
    #[allow(clippy::mutable_key_type, reason = "the protocol's type; what it hides is not changed while it is a key")]
    pub(super) fn edits(self, edits: &[Edit]) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            let Some(location) = self.location(edit.span) else { continue };
            let made = TextEdit { range: location.range, new_text: edit.replacement.clone() };
            changes.entry(location.uri).or_default().push(made);
        }
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }

    /// The label of a name, as it is now.
    pub(super) fn label(self, symbol: &Symbol) -> Option<&'d str> {
        self.book.index().declared.get(symbol)?.label.as_deref()
    }
}
