//! Tree to text: the one way a ruleset is laid out.
//!
//! The words of a file, their order and its comments stay; blanks, line breaks and the spelling of signs are set.
//! An item that cannot be read is left as it is. Where an item stands on several lines, a blank line divides it from
//! its neighbours; otherwise the author's blank lines stay, one at most.

mod layout;
mod pieces;
mod table;
mod expression;
mod item;

use std::ops::Range;

use self::layout::print;
use self::pieces::{Scribe, is_leaf, spelt};
use self::table::table;
use super::builder::Builder;
use super::grammar::{self, Pair, Rule};
use super::items;
use super::recover::{self, Cut, Kind, Piece};
use crate::limit::Limit;
use crate::source::SourceId;

/// How deep what is laid out may nest; what nests deeper stays as it is.
#[allow(clippy::cast_possible_truncation, reason = "a few hundred")]
const NESTING: usize = Limit::Nesting.default() as usize;

/// How wide a line is, in characters.
pub(super) const WIDTH: usize = 112;

/// The text of a file, given as [`super::normalise`] returns it, in its one layout.
pub fn format(text: &str) -> String {
    let cut = recover::cut(SourceId(0), text, NESTING);
    let found = found(text, &cut);
    laid_out(text, &cut, found)
}

/// The same; none where the layout would not say the same as the text ([`same_words`]), which would be our fault. The
/// text is read once for both.
pub fn format_faithfully(text: &str) -> Option<String> {
    let cut = recover::cut(SourceId(0), text, NESTING);
    let found = found(text, &cut);
    let before = words_of(text, &cut, &found);
    let laid = laid_out(text, &cut, found);
    (laid == text || words(&laid) == before).then_some(laid)
}

fn found<'t>(text: &'t str, cut: &Cut) -> Vec<Found<'t>> {
    cut.pieces.iter().map(|piece| Found::of(text, cut, piece)).collect()
}

fn laid_out(text: &str, cut: &Cut, items: Vec<Found<'_>>) -> String {
    let mut set: Vec<Set> = Vec::new();
    let mut run: Vec<Fact<'_>> = Vec::new();
    for found in items {
        if let Some(fact) = found.fact() {
            if run.last().is_some_and(|last| !last.touches(text, fact.range.start)) {
                align(&mut run, &mut set);
            }
            run.push(fact);
            continue;
        }
        align(&mut run, &mut set);
        set.push(found.set());
    }
    align(&mut run, &mut set);
    joined(text, cut, &set)
}

/// Whether two texts say the same: the same words in the same order, the same comments. Blanks, the spelling of signs
/// and marks that say nothing (a comma after the last element) may differ.
pub fn same_words(one: &str, other: &str) -> bool {
    words(one) == words(other)
}

/// An item in its layout.
struct Set {
    /// The bytes of the item, its last comments excepted.
    range: Range<usize>,
    text: String,
    /// It was read, so that blank lines around it may be set.
    read: bool,
    /// Comments that stand after it.
    after: Vec<Range<usize>>,
}

/// An item, and what pest matched of it where it can be read.
struct Found<'t> {
    text: &'t str,
    range: Range<usize>,
    body: &'t str,
    pair: Option<Pair<'t>>,
    kind: Option<Kind>,
    comments: Vec<Range<usize>>,
}

/// A fact on its way to be aligned with its neighbours.
struct Fact<'t> {
    pair: Pair<'t>,
    body: &'t str,
    range: Range<usize>,
}

impl Fact<'_> {
    /// Whether what begins there follows on the next line.
    fn touches(&self, text: &str, next: usize) -> bool {
        text.get(self.range.end..next).is_some_and(|between| between.matches('\n').count() == 1)
    }
}

impl<'t> Found<'t> {
    fn of(text: &'t str, cut: &Cut, piece: &Piece) -> Self {
        let from = cut.comments.partition_point(|span| span.range().start < piece.range.start);
        let own = cut.comments.iter().skip(from).map(|span| span.range());
        let comments: Vec<Range<usize>> = own.take_while(|comment| comment.end <= piece.range.end).collect();
        let end = end_of(text, piece.range.clone(), &comments);
        let body = text.get(piece.range.clone()).unwrap_or("");
        Self { text, range: piece.range.start..end, body, pair: readable(body, piece), kind: piece.kind, comments }
    }

    fn fact(&self) -> Option<Fact<'t>> {
        let pair = self.pair.clone().filter(|_| self.kind == Some(Kind::Fact) && self.comments.is_empty())?;
        Some(Fact { pair, body: self.body, range: self.range.clone() })
    }

    fn set(self) -> Set {
        let Self { text, range, body, pair, comments, .. } = self;
        let Some(pair) = pair else {
            // Whoever wrote it also indented it.
            let start = text.get(..range.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
            let blank = text.get(start..range.start).is_some_and(|before| before.trim().is_empty());
            let whole = if blank { start } else { range.start }..range.end;
            let after = comments.into_iter().filter(|comment| comment.start >= range.end).collect();
            let text = text.get(whole).unwrap_or("").to_owned();
            return Set { range, text, read: false, after };
        };
        let inside = comments.iter().map(|comment| comment.start - range.start..comment.end - range.start).collect();
        let mut scribe = Scribe::new(body, inside);
        let doc = scribe.item(&pair);
        let after = comments.into_iter().skip(scribe.written()).collect();
        Set { range, text: print(&doc, WIDTH), read: true, after }
    }
}

/// Sets a run of facts, each under the one before.
fn align(run: &mut Vec<Fact<'_>>, set: &mut Vec<Set>) {
    let facts = std::mem::take(run);
    let cells = facts.iter().map(|fact| Scribe::new(fact.body, Vec::new()).fact(&fact.pair)).collect();
    for (fact, line) in facts.into_iter().zip(table(cells, 0)) {
        set.push(Set { range: fact.range, text: print(&line, WIDTH), read: true, after: Vec::new() });
    }
}

/// The end of the last word of an item, with the comment on its line.
fn end_of(text: &str, range: Range<usize>, comments: &[Range<usize>]) -> usize {
    let mut end = range.end;
    for comment in comments.iter().rev() {
        let tail = text.get(comment.end..end).unwrap_or("x");
        if !tail.trim().is_empty() {
            break;
        }
        let line = text.get(range.start..comment.start).and_then(|before| before.rsplit('\n').next()).unwrap_or("");
        if !line.trim().is_empty() {
            return comment.end;
        }
        end = comment.start;
    }
    range.start + text.get(range.start..end).map_or(0, |body| body.trim_end().len())
}

/// What pest matched of an item, if nothing is wrong with it.
fn readable<'t>(body: &'t str, piece: &Piece) -> Option<Pair<'t>> {
    let kind = piece.kind.filter(|_| !piece.broken && !piece.misspelt)?;
    let pair = grammar::run(items::rule(kind), body).ok()?.next()?;
    let mut builder = Builder::new(SourceId(0), body, 0, NESTING);
    builder.item(kind, &pair)?;
    builder.diagnostics.is_empty().then_some(pair)
}

/// The items one after another, with the comments and blank lines between them.
fn joined(text: &str, cut: &Cut, items: &[Set]) -> String {
    let first = items.first().map_or(text.len(), |item| item.range.start);
    let mut out = Lines { text, out: String::new(), last: 0 };
    for comment in cut.comments.iter().map(|span| span.range()).filter(|comment| comment.end <= first) {
        out.comment(&comment);
    }
    let mut before: Option<&Set> = None;
    for item in items {
        let parted = match before {
            Some(before) if before.read && item.read => {
                let tall = before.text.contains('\n') || item.text.contains('\n');
                let blank = before.after.iter().any(|comment| out.blank_before(comment.start));
                tall && !blank && before.after.is_empty()
            }
            Some(_) | None => false,
        };
        out.item(item, parted);
        before = Some(item);
    }
    out.out
}

/// Lines written so far.
struct Lines<'t> {
    text: &'t str,
    out: String,
    /// Where what was last written ends in the text.
    last: usize,
}

impl Lines<'_> {
    /// Whether a blank line stands between what was last written and that place.
    fn blank_before(&self, at: usize) -> bool {
        self.text.get(self.last..at).is_some_and(|between| between.matches('\n').count() > 1)
    }

    fn part(&mut self, at: usize) {
        if self.blank_before(at) && !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn comment(&mut self, comment: &Range<usize>) {
        self.part(comment.start);
        self.out.push_str(self.text.get(comment.clone()).unwrap_or(""));
        self.out.push('\n');
        self.last = comment.end;
    }

    fn item(&mut self, item: &Set, parted: bool) {
        if parted && !self.out.is_empty() {
            self.out.push('\n');
        } else {
            self.part(item.range.start);
        }
        self.out.push_str(&item.text);
        self.out.push('\n');
        self.last = item.range.end;
        for (nth, comment) in item.after.iter().enumerate() {
            // A comment right under an item of several lines would seem to belong to it.
            if nth == 0 && item.read && item.text.contains('\n') && !self.blank_before(comment.start) {
                self.out.push('\n');
            }
            self.comment(comment);
        }
    }
}

fn words(text: &str) -> Words {
    let cut = recover::cut(SourceId(0), text, NESTING);
    words_of(text, &cut, &found(text, &cut))
}

/// The words of a text, item by item, then its comments.
type Words = (Vec<Vec<String>>, Vec<String>);

fn words_of(text: &str, cut: &Cut, items: &[Found<'_>]) -> Words {
    let items = items.iter().map(|found| match &found.pair {
        Some(pair) => {
            let mut words = Vec::new();
            gather(found.body, pair, &mut words);
            if words.last().is_some_and(|word| word == ",") {
                words.pop();
            }
            words
        }
        None => vec![text.get(found.range.clone()).unwrap_or("").to_owned()],
    });
    let comments = cut.comments.iter().map(|span| text.get(span.range()).unwrap_or("").to_owned()).collect();
    (items.collect(), comments)
}

fn gather(text: &str, pair: &Pair<'_>, words: &mut Vec<String>) {
    if is_leaf(pair) && !matches!(pair.as_rule(), Rule::list | Rule::record) {
        let rule = pair.as_rule();
        let word = spelt(Some(rule), pair.as_str());
        let closes = matches!(rule, Rule::close | Rule::close_list | Rule::close_record | Rule::kw_expects);
        if closes && words.last().is_some_and(|word| word == ",") {
            words.pop();
        }
        if rule == Rule::bar && words.last().is_some_and(|word| word == "est") {
            return;
        }
        words.push(if rule == Rule::quote { quoted(&word) } else { word });
        return;
    }
    for piece in pieces::pieces(text, pair) {
        match &piece {
            pieces::Piece::Pair(inner) => gather(text, inner, words),
            pieces::Piece::Sign(sign, _) => words.push((*sign).to_owned()),
        }
    }
}

/// A quotation with its blanks as one space each, its marks apart from its words.
fn quoted(marked: &str) -> String {
    let inner = marked.strip_prefix('«').and_then(|inner| inner.strip_suffix('»')).unwrap_or(marked);
    inner.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").trim().to_owned()
}
