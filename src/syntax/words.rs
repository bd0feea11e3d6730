//! The words of a text without its grammar: what can be said of a ruleset in the middle of a sentence, when nothing
//! parses yet. Editors colour, fold and complete with it.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::recover::{self, KINDS, Kind};
use crate::limit::{Limit, Limits};
use crate::source::SourceId;

/// What a stretch of a text is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WordKind {
    /// `# …` to the end of the line.
    Comment,
    /// `« … »`, pairs within it included; to the end of its line where it is never closed.
    Quote,
    /// `"…"`, on one line.
    Text,
    /// Digits with a decimal part, or a date.
    Number,
    /// Letters, digits and `_`.
    Name,
    /// Anything else that is not blank, one sign each.
    Sign,
}

/// A word or a sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// What it is.
    pub kind: WordKind,
    /// Its bytes.
    pub range: Range<usize>,
}

/// The words of a text, in order; blanks lie between them.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if next.is_whitespace() {
            at += next.len_utf8();
            continue;
        }
        let (kind, length) = word(text.get(at..).unwrap_or(""), next);
        found.push(Word { kind, range: at..at + length });
        at += length;
    }
    found
}

/// So many characters of a ruleset are shown in the title of a remedy; what is longer is described.
const SHOWN: usize = 80;

/// Whether a stretch can be shown within a sentence: short, on one line, without a comment.
pub fn in_a_title(text: &str) -> bool {
    text.chars().count() <= SHOWN && !text.contains(['\n', '#'])
}

/// A stretch with the other halves of the brackets that it opens or closes: a tree leaves the parentheses around an operand
/// out of its place. None where something else stands in between.
pub fn with_brackets(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let (mut unopened, mut open) = (0_usize, 0_usize);
    let inside = text.get(range.clone())?;
    for word in words(inside).into_iter().filter(|word| word.kind == WordKind::Sign) {
        match inside.get(word.range) {
            Some("(") => open += 1,
            Some(")") if open > 0 => open -= 1,
            Some(")") => unopened += 1,
            Some(_) | None => {}
        }
    }
    let (mut before, mut after) = (text.get(..range.start)?, text.get(range.end..)?);
    for _ in 0..unopened {
        before = before.trim_end().strip_suffix('(')?;
    }
    for _ in 0..open {
        after = after.trim_start().strip_prefix(')')?;
    }
    Some(before.len()..text.len() - after.len())
}

/// The word at the start of `rest`, which begins with `first`, and its length in bytes.
fn word(rest: &str, first: char) -> (WordKind, usize) {
    let line = rest.find('\n').unwrap_or(rest.len());
    match first {
        '#' => (WordKind::Comment, rest.get(..line).map_or(line, |comment| comment.trim_end().len())),
        '«' => (WordKind::Quote, quote(rest).unwrap_or(line)),
        '"' => (WordKind::Text, string(rest).unwrap_or(line)),
        _ if first.is_ascii_digit() => (WordKind::Number, number(rest)),
        _ if in_word(first) => (WordKind::Name, rest.find(|c| !in_word(c)).unwrap_or(rest.len())),
        _ => (WordKind::Sign, first.len_utf8()),
    }
}

/// Whether a name may hold that character.
pub fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

fn quote(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '«' => depth += 1,
            '»' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + c.len_utf8());
                }
            }
            '\n' if begins_item(rest.get(at + 1..).unwrap_or("")) => return None,
            _ => {}
        }
    }
    None
}

/// Whether a line begins as only items do: a quotation left open above it ends there.
fn begins_item(line: &str) -> bool {
    let first = recover::first_word(line);
    !first.is_empty() && KINDS.iter().any(|(_, word, _)| *word == first)
}

fn string(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return None,
            '"' if !escaped => return Some(at + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}

/// `14`, `10,01`, `2026-04-10`; an id that begins with a digit goes on as a name.
fn number(rest: &str) -> usize {
    let digits = |from: usize| {
        let tail = rest.get(from..).unwrap_or("");
        tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len())
    };
    let whole = digits(0);
    let sign = rest.get(whole..).and_then(|tail| tail.chars().next());
    match sign {
        Some('-') if whole == 4 && digits(5) == 2 && rest.get(7..8) == Some("-") && digits(8) == 2 => 10,
        Some(',' | '.') if digits(whole + 1) > 0 => whole + 1 + digits(whole + 1),
        Some(c) if in_word(c) => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
        Some(_) | None => whole,
    }
}

/// A stretch that should be one item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The first word of such an item; none where the text belongs to no item.
    pub item: Option<&'static str>,
    /// Its bytes, up to the next item.
    pub range: Range<usize>,
}

/// The items of a text, as the reader cuts it before it reads any.
pub fn stretches(text: &str) -> Vec<Stretch> {
    let pieces = recover::cut(SourceId(0), text, Limits::default().count(Limit::Nesting)).pieces;
    pieces.into_iter().map(|piece| Stretch { item: piece.kind.map(Kind::word), range: piece.range }).collect()
}

/// The first word of every kind of item.
pub fn item_words() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(_, word, _)| *word)
}

/// How an item with that first word is written, in short.
pub fn model(item: &str) -> Option<String> {
    KINDS.iter().find(|(_, word, _)| *word == item).map(|(kind, ..)| kind.model())
}

/// Words of the language inside items, as the grammar spells their stems: `semaine` for `semaines`, `facultati` for
/// `facultatif` and `facultative`.
pub const INNER_WORDS: [&str; 84] = [
    "alors",
    "an",
    "année",
    "applicable",
    "apprécier",
    "attend",
    "au",
    "avec",
    "cas",
    "chaque",
    "charge",
    "clé",
    "compris",
    "condition",
    "conflit",
    "contesté",
    "dans",
    "date",
    "de",
    "distinct",
    "du",
    "durée",
    "déduit",
    "défaut",
    "effet",
    "en",
    "entier",
    "entre",
    "est",
    "et",
    "exige",
    "existe",
    "facultati",
    "il",
    "indéterminé",
    "information",
    "interdit",
    "jour",
    "la",
    "liste",
    "maximum",
    "minimum",
    "mois",
    "méconnu",
    "ne",
    "nombre",
    "non",
    "objet",
    "ou",
    "oui",
    "ouvert",
    "où",
    "par",
    "parmi",
    "pas",
    "pour",
    "prime",
    "période",
    "que",
    "renseigné",
    "respecté",
    "réf",
    "résultat",
    "sans",
    "sauf",
    "selon",
    "semaine",
    "seulement",
    "si",
    "silence",
    "sinon",
    "soit",
    "somme",
    "sont",
    "souhaite",
    "suivi",
    "sur",
    "texte",
    "tout",
    "vaut",
    "vide",
    "vérifie",
    "à",
    "écarte",
];

/// Whether the language gives a word a meaning inside items.
pub fn is_inner_word(word: &str) -> bool {
    let ends = ["", "s", "e", "es", "f", "ve"];
    ends.iter().filter_map(|end| word.strip_suffix(end)).any(|stem| INNER_WORDS.contains(&stem))
}
