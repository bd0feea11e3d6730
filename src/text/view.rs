//! The text as quotations are compared with it, and the way back to the original bytes.
//!
//! The normalisations are a closed list, applied to the official text and to quotations alike:
//!
//! - a run of blanks (line breaks, no-break and thin spaces, U+FEFF) is one space, and none at either end;
//! - the apostrophes `’` `‘` `ʼ` are `'`;
//! - a hyphen that ends a line inside a word (`technico-`, then `commerciales`) joins both halves, and stays;
//! - NFC.
//!
//! Case, accents, punctuation and the presence of blanks count to the letter.

use std::ops::Range;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Whether a character counts as blank.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// Whether a character belongs to a word: words are quoted whole.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || (c >= '\u{300}' && is_combining_mark(c))
}

/// How many lines a blank ends; two make a blank line, hence a paragraph.
pub(super) fn lines_ended_by(blank: char) -> usize {
    match blank {
        '\n' | '\u{85}' | '\u{2028}' => 1,
        '\u{2029}' => 2,
        _ => 0,
    }
}

/// Whether a stretch of text ends as a sentence or a list item does.
pub(super) fn ends_sentence(stretch: &str) -> bool {
    let closed = |c: char| is_blank(c) || matches!(c, '»' | '”' | '"' | ')' | ']');
    stretch.trim_end_matches(closed).ends_with(['.', '!', '?', '…', ':', ';'])
}

/// Whether `written` ends with a hyphen inside a word which `next` would continue.
pub(super) fn is_cut_word(written: &str, next: char) -> bool {
    let mut back = written.chars().rev();
    matches!(back.next(), Some('-' | '\u{2010}')) && back.next().is_some_and(is_word) && is_word(next)
}

/// A range without the blanks at its ends; empty where there is nothing else.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inside = text.get(range.clone()).unwrap_or("");
    let start = range.start + (inside.len() - inside.trim_start_matches(is_blank).len());
    let end = range.start + inside.trim_end_matches(is_blank).len();
    start..end.max(start)
}

/// A stretch of the view with the stretch of the original it stands for.
#[derive(Clone, Debug)]
struct Run {
    /// First byte in the view; the run lasts until the next one starts.
    start: usize,
    /// The bytes of the original.
    original: Range<usize>,
    /// Whether both sides are the same bytes, so that an offset inside maps to an offset inside.
    verbatim: bool,
}

/// A normalised text.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    text: String,
    runs: Vec<Run>,
    /// The spaces (byte offsets in the view) that stand where a paragraph ends.
    breaks: Vec<usize>,
}

/// The blanks and the noise met since the last character written.
#[derive(Default)]
struct Gap {
    blank: Option<Range<usize>>,
    lines: usize,
    noise: bool,
}

impl View {
    /// Normalises `original` without the stretches of `noise` (in text order, apart from one another).
    ///
    /// What noise cuts is joined again: the blanks around it are one space, and end a paragraph
    /// only where a sentence ends as well.
    pub(super) fn new(original: &str, noise: &[Range<usize>]) -> Self {
        let mut view = Self { text: String::with_capacity(original.len()), ..Self::default() };
        let mut gap = Gap::default();
        let mut from = 0;
        for cut in noise {
            view.read(original, from..cut.start, &mut gap);
            gap.noise = true;
            from = cut.end;
        }
        view.read(original, from..original.len(), &mut gap);
        view
    }

    /// The normalised text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the paragraph holding a byte of the view ends.
    pub(super) fn paragraph_end(&self, at: usize) -> usize {
        let next = self.breaks.partition_point(|&paragraph| paragraph < at);
        self.breaks.get(next).copied().unwrap_or(self.text.len())
    }

    /// The stretches of `original` under a range of the view, noise left out, blanks trimmed.
    pub(super) fn origin(&self, original: &str, range: Range<usize>) -> Vec<Range<usize>> {
        let mut stretches: Vec<Range<usize>> = Vec::new();
        let first = self.runs.partition_point(|run| run.start <= range.start).saturating_sub(1);
        for run in self.runs.iter().skip(first).take_while(|run| run.start < range.end) {
            let mut part = run.original.clone();
            if run.verbatim {
                let skipped = range.start.saturating_sub(run.start);
                part = part.start + skipped..part.end.min(part.start + (range.end - run.start));
            }
            match stretches.last_mut() {
                Some(last) if is_all_blank(original, last.end..part.start) => last.end = part.end,
                _ => stretches.push(part),
            }
        }
        let trim = |stretch| trimmed(original, stretch);
        stretches.into_iter().map(trim).filter(|stretch| !stretch.is_empty()).collect()
    }

    /// Appends a stretch of the original in which there is no noise.
    fn read(&mut self, original: &str, stretch: Range<usize>, gap: &mut Gap) {
        let mut rest = original.get(stretch.clone()).unwrap_or("");
        let mut at = stretch.start;
        while let Some(first) = rest.chars().next() {
            let plain = plain(rest);
            if !plain.is_empty() {
                self.close(std::mem::take(gap), first);
                self.push(plain, at..at + plain.len());
                rest = rest.get(plain.len()..).unwrap_or("");
                at += plain.len();
                continue;
            }
            let cluster = first_cluster(rest, first);
            let range = at..at + cluster.len();
            if is_blank(first) {
                gap.lines += lines_ended_by(first);
                gap.blank = match gap.blank.take() {
                    Some(blank) if blank.end < range.start => Some(blank),
                    Some(blank) => Some(blank.start..range.end),
                    None => Some(range.clone()),
                };
            } else {
                self.close(std::mem::take(gap), first);
                self.write(cluster, first, range.clone());
            }
            rest = rest.get(cluster.len()..).unwrap_or("");
            at = range.end;
        }
    }

    /// Writes what the gap before `next` comes to: a space, or nothing.
    fn close(&mut self, gap: Gap, next: char) {
        let Some(blank) = gap.blank else { return };
        let cut_word = gap.lines > 0 && (gap.lines == 1 || gap.noise) && is_cut_word(&self.text, next);
        if self.text.is_empty() || cut_word {
            return;
        }
        if gap.lines > 1 && (!gap.noise || ends_sentence(&self.text)) {
            self.breaks.push(self.text.len());
        }
        self.runs.push(Run { start: self.text.len(), original: blank, verbatim: false });
        self.text.push(' ');
    }

    /// Writes what is normalised already.
    fn push(&mut self, plain: &str, original: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(plain);
        self.stands_for(original, start, true);
    }

    /// Writes one cluster of characters in its normalised form.
    fn write(&mut self, cluster: &str, first: char, original: Range<usize>) {
        let start = self.text.len();
        let alone = cluster.len() == first.len_utf8();
        let verbatim = if alone && matches!(first, '’' | '‘' | 'ʼ') {
            self.text.push('\'');
            false
        } else if alone && first < '\u{300}' {
            self.text.push(first);
            true
        } else {
            self.text.extend(cluster.nfc());
            self.text.get(start..) == Some(cluster)
        };
        self.stands_for(original, start, verbatim);
    }

    /// Says what was written last, from `start`, stands for.
    fn stands_for(&mut self, original: Range<usize>, start: usize, verbatim: bool) {
        match self.runs.last_mut() {
            Some(last) if last.verbatim && verbatim && last.original.end == original.start => {
                last.original.end = original.end
            }
            _ => self.runs.push(Run { start, original, verbatim }),
        }
    }
}

/// Whether a stretch holds blanks only (the gap a cut word leaves) or nothing.
fn is_all_blank(text: &str, stretch: Range<usize>) -> bool {
    text.get(stretch).is_some_and(|inside| inside.chars().all(is_blank))
}

/// The letters, digits and signs at the start of `rest` that are normalised as they are: from U+0021 to U+027F but
/// those of which some are blanks, and none that something after it may compose with.
fn plain(rest: &str) -> &str {
    let is_plain = |byte: u8| matches!(byte, 0x21..=0x7e | 0x80..=0xbf | 0xc3..=0xc9);
    let end = rest.bytes().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
    let plain = rest.get(..end).unwrap_or("");
    let mut shorter = plain.chars();
    if rest.as_bytes().get(end).is_some_and(|byte| *byte > 0xc9) {
        shorter.next_back();
    }
    shorter.as_str()
}

/// The shortest beginning of `rest` whose NFC does not depend on what follows.
fn first_cluster(rest: &str, first: char) -> &str {
    let length = first.len_utf8();
    if rest.as_bytes().get(length).is_none_or(u8::is_ascii) {
        return rest.get(..length).unwrap_or(rest);
    }
    let starts = |c: char| {
        c < '\u{300}' || (canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
    };
    let end = rest.char_indices().skip(1).find(|&(_, c)| starts(c) || is_blank(first));
    rest.get(..end.map_or(rest.len(), |(at, _)| at)).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::View;

    fn normalised(text: &str) -> String {
        View::new(text, &[]).text().to_owned()
    }

    #[test]
    fn blanks_of_any_kind_are_one_space_and_none_at_the_ends() {
        assert_eq!(normalised("\u{feff} a\u{a0}b\u{202f}\u{2009}c\r\n\td \n"), "a b c d");
    }

    #[test]
    fn the_presence_of_a_blank_counts() {
        assert_ne!(normalised("admis :"), normalised("admis:"));
    }

    #[test]
    fn typographic_apostrophes_are_plain_and_quotation_marks_stay() {
        assert_eq!(normalised("l’an, l‘an, lʼan « x » “y”"), "l'an, l'an, l'an « x » “y”");
    }

    #[test]
    fn only_a_hyphen_inside_a_word_at_the_end_of_a_line_joins() {
        assert_eq!(normalised("technico-\n  commerciales"), "technico-commerciales");
        assert_eq!(normalised("B. -\nModalités, technico- commerciales"), "B. - Modalités, technico- commerciales");
        assert_eq!(normalised("technico-\n\ncommerciales"), "technico- commerciales");
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same() {
        assert_eq!(normalised("e\u{301}te\u{301} \u{212b}"), "été Å");
        assert_eq!(normalised("\u{1100}\u{1161}\u{11a8}"), "각");
    }

    #[test]
    fn every_stretch_leads_back_to_its_bytes() {
        let original = "l’e\u{301}te\u{301}  dure\n58\nun an";
        let noise = original.find("58").map(|at| at..at + 2).into_iter().collect::<Vec<_>>();
        let view = View::new(original, &noise);
        assert_eq!(view.text(), "l'été dure un an");
        let at = view.text().find("été").unwrap_or(0);
        let stretches = view.origin(original, at..view.text().len());
        let texts: Vec<&str> = stretches.into_iter().filter_map(|range| original.get(range)).collect();
        assert_eq!(texts, ["e\u{301}te\u{301}  dure", "un an"]);
    }

    #[test]
    fn noise_does_not_end_a_paragraph_unless_a_sentence_ends_there() {
        let paragraph = |original: &str| {
            let noise = original.find("58").map(|at| at..at + 2).into_iter().collect::<Vec<_>>();
            let view = View::new(original, &noise);
            view.text().get(..view.paragraph_end(0)).map(str::to_owned)
        };
        assert_eq!(paragraph("au cours de\n \n58\n \nl'an").as_deref(), Some("au cours de l'an"));
        assert_eq!(paragraph("au cours de l'an.\n \n58\n \nLe stage").as_deref(), Some("au cours de l'an."));
    }
}
