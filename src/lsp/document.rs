//! A text as the editor holds it, and the way between its positions and the bytes of what is analysed.
//!
//! The editor counts lines and, within a line, UTF-8 or UTF-16 units of the text it holds. What is analysed is that text
//! in NFC without a byte order mark: line breaks are the same, lines may be shorter.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use lsp_types::{Position, PositionEncodingKind, TextDocumentContentChangeEvent, Uri};

use crate::source::SourceId;
use crate::syntax::{Stretch, Word, ast, normalise, parse, stretches, words};

/// An item read alone: the places in its tree count from its start.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// The item, and the comments within it.
    pub(super) tree: Rc<ast::File>,
}

/// What a position counts within its line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// What every editor understands.
    #[default]
    Utf16,
}

impl Encoding {
    /// The encoding to use with an editor that offers these.
    pub(super) fn agreed(offered: &[PositionEncodingKind]) -> Self {
        if offered.contains(&PositionEncodingKind::UTF8) { Self::Utf8 } else { Self::Utf16 }
    }

    /// How the protocol names it.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }

    /// The byte of a line so many units in; the end of the line beyond it, the start of a character inside it.
    fn offset(self, line: &str, units: usize) -> usize {
        let mut counted = 0;
        for (at, c) in line.char_indices() {
            counted += match self {
                Self::Utf8 => c.len_utf8(),
                Self::Utf16 => c.len_utf16(),
            };
            if counted > units {
                return at;
            }
        }
        line.len()
    }
}

/// A file of a ruleset, or an official text.
#[derive(Debug)]
pub(super) struct Document {
    /// How the editor names it.
    pub(super) uri: Uri,
    /// Its file name.
    pub(super) name: String,
    /// The version of the editor; none while the editor has not opened it.
    pub(super) version: Option<i32>,
    raw: String,
    raw_lines: Vec<usize>,
    text: String,
    lines: Vec<usize>,
    items: OnceCell<Vec<Parsed>>,
    /// Items read before the last change, by their text: most are still there.
    known: HashMap<String, Rc<ast::File>>,
    words: OnceCell<Vec<Word>>,
    stretches: OnceCell<Vec<Stretch>>,
}

/// Where each line begins; `\n`, `\r\n` and `\r` end one, as the protocol has it.
fn line_starts(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
            starts.push(at + 1);
        }
    }
    starts
}

fn line_of<'t>(text: &'t str, starts: &[usize], line: usize) -> &'t str {
    let Some(start) = starts.get(line) else { return "" };
    let end = starts.get(line + 1).copied().unwrap_or(text.len());
    text.get(*start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
}

impl Document {
    /// A document with that text.
    pub(super) fn new(uri: Uri, name: String, version: Option<i32>, raw: String) -> Self {
        let mut document = Self {
            uri,
            name,
            version,
            raw: String::new(),
            raw_lines: Vec::new(),
            text: String::new(),
            lines: Vec::new(),
            items: OnceCell::new(),
            known: HashMap::new(),
            words: OnceCell::new(),
            stretches: OnceCell::new(),
        };
        document.set(raw);
        document
    }

    /// Replaces the whole text.
    pub(super) fn set(&mut self, raw: String) {
        if let Some(items) = self.items.take() {
            let text = |item: &Parsed| self.text.get(item.range.clone()).unwrap_or("").to_owned();
            self.known = items.into_iter().map(|item| (text(&item), item.tree)).collect();
        }
        self.text = normalise(raw.clone().into_bytes()).unwrap_or_default();
        self.raw_lines = line_starts(&raw);
        self.lines = line_starts(&self.text);
        self.raw = raw;
        self.words.take();
        self.stretches.take();
    }

    /// Makes the changes of the editor, one after another.
    pub(super) fn change(&mut self, changes: Vec<TextDocumentContentChangeEvent>, encoding: Encoding) {
        let mut raw = std::mem::take(&mut self.raw);
        let mut starts = std::mem::take(&mut self.raw_lines);
        for change in changes {
            match change.range {
                None => raw = change.text,
                Some(range) => {
                    let place = |position: Position| {
                        let line = position.line as usize;
                        let Some(start) = starts.get(line) else { return raw.len() };
                        start + encoding.offset(line_of(&raw, &starts, line), position.character as usize)
                    };
                    let (start, end) = (place(range.start), place(range.end));
                    raw.replace_range(start.min(end)..end.max(start), &change.text);
                }
            }
            starts = line_starts(&raw);
        }
        self.set(raw);
    }

    /// What is analysed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What the editor holds.
    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    /// Its items, each read alone: those that did not change since are not read again.
    pub(super) fn items(&self) -> &[Parsed] {
        self.items.get_or_init(|| {
            let read = |stretch: &Stretch| {
                let text = self.text.get(stretch.range.clone()).unwrap_or("");
                let known = self.known.get(text).cloned();
                let tree = known.unwrap_or_else(|| Rc::new(parse(SourceId(0), text).0));
                Parsed { range: stretch.range.clone(), tree }
            };
            self.stretches().iter().map(read).collect()
        })
    }

    /// Its words.
    pub(super) fn words(&self) -> &[Word] {
        self.words.get_or_init(|| words(&self.text))
    }

    /// Its items, readable or not.
    pub(super) fn stretches(&self) -> &[Stretch] {
        self.stretches.get_or_init(|| stretches(&self.text))
    }

    /// The position of a byte of what is analysed.
    pub(super) fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        let units = if self.same_line(line) {
            encoding.length(before)
        } else {
            let raw = line_of(&self.raw, &self.raw_lines, line);
            encoding.length(raw.get(..composed_to(raw, before.len())).unwrap_or(raw))
        };
        Position { line: narrow(line), character: narrow(units) }
    }

    /// The byte of what is analysed at a position; the end of the line or text beyond them.
    pub(super) fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        let Some(start) = self.lines.get(line) else { return self.text.len() };
        let text = line_of(&self.text, &self.lines, line);
        if self.same_line(line) {
            return start + encoding.offset(text, position.character as usize);
        }
        let raw = line_of(&self.raw, &self.raw_lines, line);
        let before = raw.get(..encoding.offset(raw, position.character as usize)).unwrap_or(raw);
        start + normalise(before.as_bytes().to_vec()).map_or(0, |before| before.len()).min(text.len())
    }

    /// The range of some bytes of what the editor holds: official texts are analysed as they are.
    pub(super) fn raw_range(&self, range: &Range<usize>, encoding: Encoding) -> lsp_types::Range {
        let place = |offset: usize| {
            let line = self.raw_lines.partition_point(|start| *start <= offset).saturating_sub(1);
            let start = self.raw_lines.get(line).copied().unwrap_or(0);
            let units = encoding.length(self.raw.get(start..offset).unwrap_or(""));
            Position { line: narrow(line), character: narrow(units) }
        };
        lsp_types::Range { start: place(range.start), end: place(range.end) }
    }

    /// The range of a stretch.
    pub(super) fn range(&self, range: &Range<usize>, encoding: Encoding) -> lsp_types::Range {
        lsp_types::Range {
            start: self.position(range.start, encoding),
            end: self.position(range.end.max(range.start), encoding),
        }
    }

    /// The whole text, as the editor counts.
    pub(super) fn whole(&self, encoding: Encoding) -> lsp_types::Range {
        let line = self.raw_lines.len().saturating_sub(1);
        let units = encoding.length(line_of(&self.raw, &self.raw_lines, line));
        let end = Position { line: narrow(line), character: narrow(units) };
        lsp_types::Range { start: Position::default(), end }
    }

    /// How many lines it has.
    pub(super) fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Whether a line is analysed as it is.
    fn same_line(&self, line: usize) -> bool {
        self.raw.len() == self.text.len()
            || line_of(&self.raw, &self.raw_lines, line) == line_of(&self.text, &self.lines, line)
    }
}

/// The first byte of a line before which lie `wanted` bytes of it in NFC. Letters compose within a word, so words are
/// counted whole but the last.
fn composed_to(raw: &str, wanted: usize) -> usize {
    let composed = |text: &str| normalise(text.as_bytes().to_vec()).map_or(0, |text| text.len());
    let (mut at, mut done) = (0, 0);
    for word in raw.split_inclusive(' ') {
        let length = composed(word);
        if done + length >= wanted {
            let within = word.char_indices().map(|(at, _)| at).chain([word.len()]);
            let mut within = within.filter(|end| word.get(..*end).is_some_and(|head| done + composed(head) >= wanted));
            // What composes with the last letter belongs to it.
            let first = within.next().unwrap_or(word.len());
            return at
                + within
                    .take_while(|end| word.get(..*end).is_some_and(|head| done + composed(head) == wanted))
                    .last()
                    .unwrap_or(first);
        }
        done += length;
        at += word.len();
    }
    raw.len()
}

/// Lines and columns fit what the protocol counts with.
pub(super) fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn document(raw: &str) -> Document {
        Document::new("file:///a.reglo".parse().unwrap(), "a.reglo".into(), Some(1), raw.into())
    }

    #[test]
    fn every_position_comes_back_in_both_encodings() {
        for raw in ["a\né🦀b\r\nc", "« début » e\u{301}te\u{301} fin\nx", "\u{feff}règle\n\n", "", "\n", "a\rb"]
        {
            let document = document(raw);
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                for (at, _) in document.text().char_indices().chain([(document.text().len(), ' ')]) {
                    // A line break of two bytes has no position inside.
                    if document.text()[..at].ends_with('\r') && document.text()[at..].starts_with('\n') {
                        continue;
                    }
                    let position = document.position(at, encoding);
                    let back = document.offset(position, encoding);
                    assert_eq!(back, at, "{raw:?} {encoding:?} {position:?}");
                }
            }
        }
    }

    #[test]
    fn positions_count_what_the_editor_holds() {
        let document = document("\u{feff}e\u{301}te\u{301} 🦀 x");
        let at = document.text().find('x').unwrap();
        assert_eq!(document.position(at, Encoding::Utf16).character, 10);
        assert_eq!(document.position(at, Encoding::Utf8).character, 16);
        assert_eq!(document.position(0, Encoding::Utf16).character, 1);
    }

    #[test]
    fn changes_are_made_where_the_editor_says() {
        let mut document = document("a🦀b\nsecond\n");
        let change = |line: u32, from: u32, to: u32, text: &str| TextDocumentContentChangeEvent {
            range: Some(lsp_types::Range::new(Position::new(line, from), Position::new(line, to))),
            range_length: None,
            text: text.into(),
        };
        document.change(vec![change(0, 3, 4, "é"), change(1, 0, 6, "2"), change(9, 0, 9, "fin")], Encoding::Utf16);
        assert_eq!(document.raw(), "a🦀é\n2\nfin");
        let mut document = self::document("a🦀b");
        document.change(vec![change(0, 5, 6, "")], Encoding::Utf8);
        assert_eq!(document.raw(), "a🦀");
    }
}
