//! The words of an item as pest matched them, with the comments between them.

use std::ops::Range;

use super::layout::Doc;
use crate::syntax::grammar::{Pair, Parts, Rule};
use crate::syntax::recover::first_word;

/// A part of a match: something pest matched, or a sign that only the grammar's text names.
pub(super) enum Piece<'t> {
    /// A match.
    Pair(Pair<'t>),
    /// `,` `:` `.` `=` and brackets.
    Sign(&'t str, usize),
}

impl<'t> Piece<'t> {
    /// The rule that matched, if one did.
    pub(super) fn rule(&self) -> Option<Rule> {
        match self {
            Piece::Pair(pair) => Some(pair.as_rule()),
            Piece::Sign(..) => None,
        }
    }

    /// The match, if it is one.
    pub(super) fn pair(&self) -> Option<&Pair<'t>> {
        match self {
            Piece::Pair(pair) => Some(pair),
            Piece::Sign(..) => None,
        }
    }

    /// Whether it is this sign, however the grammar matched it.
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        match self {
            Piece::Pair(pair) => pair.as_str() == sign,
            Piece::Sign(own, _) => *own == sign,
        }
    }
}

/// The parts of a match in order, signs included; the end of the input is none.
pub(super) fn pieces<'t>(text: &'t str, pair: &Pair<'t>) -> Vec<Piece<'t>> {
    let span = pair.as_span();
    let mut found = Vec::new();
    let mut at = span.start();
    let mut parts = Parts::of(pair);
    while let Some(part) = parts.next() {
        signs(text, at..part.as_span().start(), &mut found);
        at = part.as_span().end();
        if part.as_rule() != Rule::EOI {
            found.push(Piece::Pair(part));
        }
    }
    signs(text, at..span.end(), &mut found);
    found
}

/// The signs between two matches.
fn signs<'t>(text: &'t str, range: Range<usize>, found: &mut Vec<Piece<'t>>) {
    let mut at = range.start;
    while let Some(rest) = text.get(at..range.end).filter(|rest| !rest.is_empty()) {
        let next = rest.chars().next().map_or(1, char::len_utf8);
        if rest.starts_with('#') {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with(char::is_whitespace) {
            at += next;
        } else {
            found.push(Piece::Sign(rest.get(..next).unwrap_or(""), at));
            at += next;
        }
    }
}

/// Whether a match has no parts that matter to the layout.
pub(super) fn is_leaf(pair: &Pair<'_>) -> bool {
    Parts::of(pair).peek().is_none()
}

/// A word or sign as it should be written: blanks and comments inside it become one space.
pub(super) fn spelt(rule: Option<Rule>, text: &str) -> String {
    let canonical = match text {
        "<>" | "!=" => "≠",
        "<=" => "≤",
        ">=" => "≥",
        "->" => "→",
        other => other,
    };
    if matches!(rule, Some(Rule::quote | Rule::string))
        || !canonical.contains([' ', '\n', '\t', '\r', '\u{a0}', '\u{202f}', '\u{2009}', '#'])
    {
        return canonical.to_owned();
    }
    let words = canonical.lines().flat_map(|line| line.split('#').next().unwrap_or("").split_whitespace());
    let joined = words.collect::<Vec<_>>().join(" ");
    match rule {
        Some(Rule::t_truth | Rule::signed) => joined.replace(' ', ""),
        Some(Rule::more) => joined.replacen(", ", ",", 1).replacen(',', ", ", 1),
        Some(_) | None => joined,
    }
}

/// Turns words into documents in the order of the text, each with the comments before it.
pub(super) struct Scribe<'t> {
    /// The text of the item.
    pub(super) text: &'t str,
    /// The comments in it not yet written, in order.
    comments: Vec<Range<usize>>,
    /// How many of them are written.
    written: usize,
}

impl<'t> Scribe<'t> {
    /// A scribe for an item and the comments inside it.
    pub(super) fn new(text: &'t str, comments: Vec<Range<usize>>) -> Self {
        Self { text, comments, written: 0 }
    }

    /// How many comments are written.
    pub(super) fn written(&self) -> usize {
        self.written
    }

    /// A word or sign that ends at `range.end`, with its comments.
    pub(super) fn word(&mut self, doc: Doc, range: Range<usize>) -> Doc {
        let mut row = Vec::new();
        while let Some(comment) = self.comments.get(self.written).filter(|comment| comment.start < range.start) {
            row.push(Doc::Own(self.text.get(comment.clone()).unwrap_or("").to_owned()));
            self.written += 1;
        }
        row.push(doc);
        if let Some(comment) = self.comments.get(self.written).filter(|comment| comment.start >= range.end) {
            let between = self.text.get(range.end..comment.start).unwrap_or("\n");
            if between.chars().all(|c| c.is_whitespace() && c != '\n') {
                row.push(Doc::Trailing(self.text.get(comment.clone()).unwrap_or("").to_owned()));
                self.written += 1;
            }
        }
        if row.len() == 1 { row.pop().unwrap_or_else(Doc::nothing) } else { Doc::Row(row) }
    }

    /// A match without parts.
    pub(super) fn leaf(&mut self, pair: &Pair<'t>) -> Doc {
        let rule = pair.as_rule();
        let doc =
            if rule == Rule::quote { quotation(pair.as_str()) } else { Doc::text(spelt(Some(rule), pair.as_str())) };
        self.word(doc, pair.as_span().start()..pair.as_span().end())
    }

    /// A sign.
    pub(super) fn sign(&mut self, sign: &str, at: usize) -> Doc {
        self.word(Doc::text(sign), at..at + sign.len())
    }

    /// All words of a match, a space between them.
    pub(super) fn spaced(&mut self, pair: &Pair<'t>) -> Doc {
        if is_leaf(pair) {
            return self.leaf(pair);
        }
        let mut row: Vec<Doc> = Vec::new();
        let mut tight = true;
        let basis = pair.as_rule() == Rule::basis;
        for piece in pieces(self.text, pair) {
            if basis && piece.rule() == Some(Rule::readings) && !tight {
                row.push(Doc::Line(2));
                row.push(piece.pair().map_or_else(Doc::nothing, |readings| self.spaced(readings)));
                continue;
            }
            let glued =
                matches!(&piece, Piece::Sign("," | "." | ")" | "]" | "[", _)) || piece.rule() == Some(Rule::close);
            if !tight && !glued {
                row.push(Doc::text(" "));
            }
            tight = matches!(&piece, Piece::Sign("(" | "." | "[", _));
            row.push(match &piece {
                Piece::Pair(inner) => self.spaced(inner),
                Piece::Sign(sign, at) => self.sign(sign, *at),
            });
        }
        if basis { Doc::Group(Box::new(Doc::align(row))) } else { Doc::Row(row) }
    }
}

/// A quotation: its words set in lines, unless a line break in it matters.
fn quotation(marked: &str) -> Doc {
    let inner = marked.strip_prefix('«').unwrap_or(marked);
    let inner = inner.strip_suffix('»').unwrap_or(inner).trim();
    if inner.is_empty() {
        return Doc::text("« »");
    }
    let lines: Vec<&str> = inner.lines().map(str::trim).collect();
    // A blank line divides paragraphs, and a word may be cut at the end of a line.
    let matters = |line: &&str| line.is_empty() || line.ends_with(['-', '\u{2010}']);
    let last = lines.len().saturating_sub(1);
    if lines.iter().take(last).any(matters) {
        return Doc::text(format!("« {inner} »"));
    }
    let mut words: Vec<String> = vec!["«".to_owned()];
    for word in inner.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()) {
        let joins = |last: &String| {
            let end = last.rsplit(' ').next().unwrap_or("");
            let letter = end.chars().count() == 2 && end.ends_with('.') && end.starts_with(char::is_uppercase);
            letter || end == "n°"
                || word.starts_with([';', ':', '!', '?', '»', '%']) || last.ends_with('«')
                || matches!(last.as_str(), "-" | "–" | "—" | "•")
                // A word would seem cut there.
                || last.ends_with(['-', '\u{2010}'])
        };
        match words.last_mut() {
            Some(last) if joins(last) => {
                last.push(' ');
                last.push_str(word);
            }
            Some(_) | None => words.push(word.to_owned()),
        }
    }
    if let Some(last) = words.last_mut() {
        last.push_str(" »");
    }
    Doc::Words(words)
}

/// The first word of an operator or prefix.
pub(super) fn head_word<'t>(pair: &Pair<'t>) -> &'t str {
    let text = pair.as_str();
    let word = first_word(text);
    if word.is_empty() { text } else { word }
}
