//! What every part of the tree is built with: places, names, quotations, errors.

use std::ops::Range;

use super::ast::{Expr, ExprKind, Name, Quoted};
use super::grammar::{Pair, extent};
use super::recover::too_deep;
use super::token;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// Building stopped; a diagnostic says why.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) type Built = Result<Tree, Stop>;

/// An expression and the height of its tree; boxed, since the climb holds many on the stack.
pub(super) struct Tree {
    pub(super) expr: Box<Expr>,
    pub(super) height: usize,
}

/// Turns what pest matched in one piece of a source into the tree.
pub(super) struct Builder<'t> {
    source: SourceId,
    /// The text given to pest.
    pub(super) text: &'t str,
    /// Where it begins in its source.
    pub(super) offset: usize,
    /// What was found wrong.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How deep the climb is.
    pub(super) depth: usize,
    /// How deep it and the tree may be.
    pub(super) nesting: usize,
    /// Inside `somme de …`, whose `pour` is not that of a list.
    pub(super) reducing: bool,
    /// In what an example gives, where `aucun` says absent; elsewhere it may be a case.
    pub(super) given: bool,
}

impl<'t> Builder<'t> {
    /// A builder for the text that begins `offset` bytes into `source`.
    pub(super) fn new(source: SourceId, text: &'t str, offset: usize, nesting: usize) -> Self {
        Self { source, text, offset, diagnostics: Vec::new(), depth: 0, nesting, reducing: false, given: false }
    }

    /// The place of some bytes of the text given to pest.
    pub(super) fn place(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range.start + self.offset..range.end + self.offset)
    }

    /// The place of a match.
    pub(super) fn span(&self, pair: &Pair<'_>) -> Span {
        self.place(extent(pair))
    }

    /// Records an error with a line of help.
    pub(super) fn error(&mut self, code: Code, span: Span, (message, help): (&str, &str)) {
        self.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    }

    /// A name, id or word.
    pub(super) fn name(&self, pair: &Pair<'_>) -> Name {
        Name { text: pair.as_str().replace('’', "'"), span: self.span(pair) }
    }

    /// A quotation or a string.
    pub(super) fn quoted(&self, pair: &Pair<'_>) -> Quoted {
        Quoted { text: token::inside(pair.as_str()), span: self.span(pair) }
    }

    /// Stops, and says why.
    pub(super) fn too_deep(&mut self, span: Span) -> Stop {
        let (message, help) = too_deep(self.nesting);
        self.error(Code::TooDeep, span, (&message, &help));
        Stop
    }

    /// A node over parts of that height.
    pub(super) fn node(&mut self, kind: ExprKind, span: Span, height: usize) -> Built {
        if height >= self.nesting {
            return Err(self.too_deep(span));
        }
        Ok(Tree { expr: Box::new(Expr { kind, span }), height: height + 1 })
    }
}
