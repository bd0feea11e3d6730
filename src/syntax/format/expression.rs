//! How expressions are laid out: broken first where they bind loosest, each part under the one before.
//!
//! Only the layout is decided here: the words stay in their order, so that a part taken for looser than it is
//! would be ugly and no more.

use super::layout::Doc;
use super::pieces::{Piece, Scribe, head_word, is_leaf, pieces};
use crate::syntax::grammar::{Pair, Rule};

/// The words between which an expression is broken, from loosest to tightest.
const LEVELS: [&[&str]; 6] = [
    &["et", "ou"],
    &["=", "≠", "<>", "!=", "<", "<=", "≤", ">", ">=", "≥", "dans", "entre"],
    &["+", "-"],
    &["*", "/"],
    &["→", "->", "au"],
    &["à"],
];

type Row<'r, 't> = &'r [Piece<'t>];

impl<'t> Scribe<'t> {
    /// An expression.
    pub(super) fn expression(&mut self, pair: &Pair<'t>) -> Doc {
        let row = pieces(self.text, pair);
        self.row(&row)
    }

    /// The condition and the value of `si … alors …` in an exception, where the expression holds both.
    pub(super) fn condition_and_value(&mut self, pair: &Pair<'t>) -> (Doc, Doc) {
        let row = pieces(self.text, pair);
        let at = nested(&row, is_if, |piece| is_word(piece, "alors")).unwrap_or(row.len());
        let (condition, value) = row.split_at(at);
        let condition = self.row(condition);
        (condition, self.introduced(value))
    }

    fn row(&mut self, row: Row<'_, 't>) -> Doc {
        let Some(first) = row.first() else { return Doc::nothing() };
        let rule = first.rule();
        let reaches = matches!(rule, Some(Rule::exists | Rule::all));
        let collects = |piece: &Piece<'t>| piece.rule() == Some(Rule::collect);
        if !reaches && let Some(at) = nested(row, reduces, collects).filter(|at| *at > 0) {
            return self.broken(row, &[at]);
        }
        if rule == Some(Rule::kw_if) {
            return self.conditional(row);
        }
        if reaches {
            return self.split(row, ends_generator);
        }
        if matches!(rule, Some(Rule::reduce)) || rule == Some(Rule::number_of) && !counts(first) {
            let rest = row.get(1..).unwrap_or_default();
            let collect = nested(rest, reduces, collects).map(|at| at + 1);
            return self.broken(row, collect.as_slice());
        }
        let reach = row.iter().position(|piece| ends_generator(piece) || is_reaching(piece)).unwrap_or(row.len());
        if let Some(places) = loosest(row.get(..reach).unwrap_or_default()) {
            return self.broken(row, &places);
        }
        if row.iter().skip(1).any(ends_generator) {
            return self.split(row, ends_generator);
        }
        self.operand(row)
    }

    /// `si c`, `alors a` and `sinon b`, each on its line where they do not fit on one.
    fn conditional(&mut self, row: Row<'_, 't>) -> Doc {
        let then = row.get(1..).and_then(|rest| nested(rest, is_if, |piece| is_word(piece, "alors"))).map(|at| at + 1);
        let Some(then) = then else { return self.operand(row) };
        let otherwise = nested_else(row, then);
        let mut places = vec![then];
        places.extend(otherwise);
        self.broken(row, &places)
    }

    /// Broken before each word of that kind.
    fn split(&mut self, row: Row<'_, 't>, before: impl Fn(&Piece<'t>) -> bool) -> Doc {
        let places = row.iter().enumerate().skip(1).filter(|(_, piece)| before(piece)).map(|(at, _)| at);
        self.broken(row, &places.collect::<Vec<usize>>())
    }

    /// Broken before these places.
    fn broken(&mut self, row: Row<'_, 't>, places: &[usize]) -> Doc {
        let mut docs = Vec::new();
        let mut start = 0;
        for end in places.iter().copied().chain([row.len()]) {
            let part = row.get(start..end).unwrap_or_default();
            if part.is_empty() {
                continue;
            }
            if start > 0 && part.first().and_then(Piece::rule) != Some(Rule::more) {
                docs.push(Doc::Line(1));
            }
            docs.push(if start == 0 && !is_if_row(part) { self.opening(part) } else { self.introduced(part) });
            start = end;
        }
        Doc::Group(Box::new(Doc::align(docs)))
    }

    /// The first part of a row: it may begin with a quantifier, whose list follows.
    fn opening(&mut self, part: Row<'_, 't>) -> Doc {
        let quantified = part.first().is_some_and(|first| {
            matches!(first.rule(), Some(Rule::exists | Rule::all | Rule::reduce | Rule::number_of))
        });
        if quantified { self.introduced(part) } else { self.row(part) }
    }

    /// A word that introduces the rest: `et c`, `alors v`, `pour s parmi L`. A list may be broken before the next.
    fn introduced(&mut self, part: Row<'_, 't>) -> Doc {
        let Some((word, rest)) = part.split_first() else { return Doc::nothing() };
        let word = self.piece(word);
        if rest.is_empty() {
            return word;
        }
        let rest = Doc::Align(Box::new(self.row(rest)));
        Doc::Row(vec![word, Doc::text(" "), rest])
    }

    /// Prefixes, what they stand before, and what follows it closely.
    fn operand(&mut self, row: Row<'_, 't>) -> Doc {
        let mut docs = Vec::new();
        let mut tight = true;
        for (at, piece) in row.iter().enumerate() {
            let rule = piece.rule();
            if !tight && rule != Some(Rule::field_access) {
                docs.push(Doc::text(" "));
            }
            tight = rule == Some(Rule::minus);
            docs.push(self.piece(piece));
            let rest = row.get(at + 1..).unwrap_or_default();
            if rule == Some(Rule::negation) && rest.first().is_some_and(is_reaching) {
                docs.push(Doc::text(" "));
                docs.push(Doc::Align(Box::new(self.row(rest))));
                break;
            }
        }
        if docs.len() == 1 { docs.pop().unwrap_or_else(Doc::nothing) } else { Doc::Row(docs) }
    }

    fn piece(&mut self, piece: &Piece<'t>) -> Doc {
        match piece {
            Piece::Sign(sign, at) => self.sign(sign, *at),
            Piece::Pair(pair) => self.primary(pair),
        }
    }

    fn primary(&mut self, pair: &Pair<'t>) -> Doc {
        let rule = pair.as_rule();
        if is_leaf(pair) && rule != Rule::list && rule != Rule::record {
            return self.leaf(pair);
        }
        if matches!(rule, Rule::call | Rule::field_access) {
            let parts = pieces(self.text, pair);
            return Doc::Row(parts.iter().map(|part| self.piece(part)).collect());
        }
        if matches!(rule, Rule::paren | Rule::arguments) {
            return self.bracketed(pair, "");
        }
        if matches!(rule, Rule::list | Rule::record) {
            return self.bracketed(pair, " ");
        }
        if rule == Rule::expr {
            return self.expression(pair);
        }
        self.spaced(pair)
    }

    /// What stands between brackets, with that padding inside them.
    fn bracketed(&mut self, pair: &Pair<'t>, padding: &str) -> Doc {
        let mut parts = pieces(self.text, pair);
        let (Some(close), true) = (parts.pop(), !parts.is_empty()) else { return Doc::nothing() };
        if parts.last().is_some_and(|piece| piece.is_sign(",")) {
            parts.pop();
        }
        let mut parts = parts.into_iter();
        let open = parts.next().map_or_else(Doc::nothing, |open| self.piece(&open));
        let mut elements: Vec<Doc> = Vec::new();
        let mut large = false;
        for piece in parts {
            if piece.is_sign(",") {
                let comma = self.piece(&piece);
                let before = elements.pop().unwrap_or_else(Doc::nothing);
                elements.push(Doc::Row(vec![before, comma]));
                continue;
            }
            large |= piece.pair().is_some_and(|pair| pair.as_rule() == Rule::expr && holds_record(self.text, pair));
            elements.push(match piece.pair().filter(|pair| pair.as_rule() == Rule::entry) {
                Some(entry) => self.equation(entry),
                None => self.piece(&piece),
            });
        }
        if elements.is_empty() {
            return Doc::Row(vec![open, self.piece(&close)]);
        }
        let filled = matches!(pair.as_rule(), Rule::list | Rule::record) && !large;
        let inside = if filled {
            Doc::Fill(elements)
        } else {
            let mut row = Vec::new();
            for element in elements {
                if !row.is_empty() {
                    row.push(Doc::Line(1));
                }
                row.push(element);
            }
            Doc::Row(row)
        };
        let close = self.piece(&close);
        let whole = vec![open, Doc::text(padding), Doc::align(vec![inside]), Doc::text(padding), close];
        Doc::group(whole)
    }

    /// `nom = valeur`
    pub(super) fn equation(&mut self, pair: &Pair<'t>) -> Doc {
        let mut row: Vec<Doc> = Vec::new();
        for piece in pieces(self.text, pair) {
            if !row.is_empty() {
                row.push(Doc::text(" "));
            }
            row.push(match piece.rule() {
                Some(Rule::path) => piece.pair().map_or_else(Doc::nothing, |path| self.spaced(path)),
                Some(_) | None => self.piece(&piece),
            });
        }
        Doc::Row(row)
    }
}

/// Whether a list has records as elements: each then stands on its line.
fn holds_record<'t>(text: &'t str, pair: &Pair<'t>) -> bool {
    pieces(text, pair).iter().any(|piece| piece.rule() == Some(Rule::record))
}

fn is_word(piece: &Piece<'_>, word: &str) -> bool {
    piece.pair().is_some_and(|pair| pair.as_rule() == Rule::op && head_word(pair) == word)
}

fn is_if(piece: &Piece<'_>) -> bool {
    piece.rule() == Some(Rule::kw_if)
}

fn is_if_row(part: &[Piece<'_>]) -> bool {
    part.first().is_some_and(is_if)
}

fn reduces(piece: &Piece<'_>) -> bool {
    piece.rule() == Some(Rule::reduce) || piece.rule() == Some(Rule::number_of) && !counts(piece)
}

/// `nombre de s parmi`
fn counts(piece: &Piece<'_>) -> bool {
    piece.pair().is_some_and(|pair| crate::syntax::grammar::Parts::of(pair).find(Rule::counted).is_some())
}

/// What begins a part that reaches as far right as it can.
fn is_reaching(piece: &Piece<'_>) -> bool {
    matches!(piece.rule(), Some(Rule::exists | Rule::all | Rule::kw_if))
}

/// What ends the list of a quantifier, or begins another.
fn ends_generator(piece: &Piece<'_>) -> bool {
    matches!(piece.rule(), Some(Rule::more | Rule::collect)) || is_word(piece, "où") || is_word(piece, "vérifie")
}

/// The first closer that answers no opener before it in the row.
fn nested<'t>(
    row: &[Piece<'t>],
    opens: impl Fn(&Piece<'t>) -> bool,
    closes: impl Fn(&Piece<'t>) -> bool,
) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, piece) in row.iter().enumerate() {
        if opens(piece) {
            depth += 1;
        } else if closes(piece) {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
    }
    None
}

/// The `sinon` that answers the `alors` at that place.
fn nested_else(row: &[Piece<'_>], then: usize) -> Option<usize> {
    let rest = row.get(then + 1..)?;
    nested(rest, is_if, |piece| is_word(piece, "sinon")).map(|at| at + then + 1)
}

/// The places of the loosest operators of a row; none where it has none.
fn loosest(row: &[Piece<'_>]) -> Option<Vec<usize>> {
    LEVELS.iter().enumerate().find_map(|(level, words)| {
        let mut places = Vec::new();
        // The `et` of `entre a et b` is no conjunction.
        let mut between = false;
        for (at, piece) in row.iter().enumerate().skip(1) {
            if level == 0 && is_word(piece, "entre") {
                between = true;
            } else if level == 0 && between && is_word(piece, "et") {
                between = false;
            } else if words.iter().any(|word| is_word(piece, word)) {
                places.push(at);
            }
        }
        (!places.is_empty()).then_some(places)
    })
}
