//! Where a quotation stands in a text: every occurrence, without reading the text again.
//!
//! Words are sorted once; a quotation is looked up by its rarest word and compared there byte for byte.

use std::cell::OnceCell;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::view::{View, is_word};

/// What may stand beside a quotation that begins or ends with a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Border {
    /// Anything but the rest of that word.
    Word,
    /// A blank, or the end of the text: « 58 » is not in « 58-2 ».
    Blank,
}

/// A view and where each of its words stands.
#[derive(Debug)]
pub(super) struct Index<'v> {
    view: &'v View,
    /// Made when a word is first looked up: noise is so short and so rare that the text is searched for it.
    words: OnceCell<Words<'v>>,
}

/// The words of a view.
#[derive(Debug)]
struct Words<'v> {
    /// In the order of the text.
    ranges: Vec<Range<usize>>,
    /// Their ranks in `ranges`, in the order of what they spell, then of the text.
    ranks: Vec<usize>,
    /// What the word of each of `ranks` spells.
    spelt: Vec<&'v str>,
}

impl<'v> Words<'v> {
    fn new(text: &'v str) -> Self {
        let ranges: Vec<Range<usize>> = words(text).collect();
        let spelt = |range: &Range<usize>| text.get(range.clone()).unwrap_or("");
        // Nearly all comparisons are settled by the first letters, as one number.
        let mut sorted: Vec<(u64, &str, usize)> =
            ranges.iter().map(spelt).zip(0..).map(|(word, rank)| (beginning(word), word, rank)).collect();
        sorted.sort_unstable();
        let ranks = sorted.iter().map(|(.., rank)| *rank).collect();
        let spelt = sorted.into_iter().map(|(_, word, _)| word).collect();
        Self { ranges, ranks, spelt }
    }
}

/// The first eight bytes of a word; they order words as the words do, but for ties.
fn beginning(word: &str) -> u64 {
    word.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |number, byte| number << 8 | u64::from(byte))
}

impl<'v> Index<'v> {
    /// An index of the view.
    pub(super) fn new(view: &'v View) -> Self {
        Self { view, words: OnceCell::new() }
    }

    /// The view indexed.
    pub(super) fn view(&self) -> &'v View {
        self.view
    }

    fn indexed(&self) -> &Words<'v> {
        self.words.get_or_init(|| Words::new(self.view.text()))
    }

    /// The words of the view, as byte ranges, in order.
    pub(super) fn words(&self) -> &[Range<usize>] {
        &self.indexed().ranges
    }

    /// The ranks in [`Index::words`] of the places where a word stands.
    pub(super) fn places(&self, word: &str) -> &[usize] {
        let Words { ranks, spelt, .. } = self.indexed();
        let from = spelt.partition_point(|spelt| *spelt < word);
        let same = spelt.get(from..).unwrap_or_default().partition_point(|spelt| *spelt == word);
        ranks.get(from..from + same).unwrap_or_default()
    }

    /// Every different word, in order of bytes.
    pub(super) fn vocabulary(&self) -> impl Iterator<Item = &'v str> {
        self.indexed().spelt.chunk_by(|a, b| a == b).filter_map(|same| same.first().copied())
    }

    /// Every occurrence of a normalised quotation, in text order, as ranges of the view.
    ///
    /// Where the text has the very characters of the quotation, `…` included, no other reading is sought.
    pub(super) fn occurrences(&self, quotation: &str, border: Border) -> Vec<Range<usize>> {
        let mut literal = self.stands(quotation, border).into_iter().map(|at| at..at + quotation.len()).peekable();
        let parts = parts(quotation);
        if literal.peek().is_some() || parts.len() < 2 {
            return literal.collect();
        }
        let stands: Vec<(&str, Vec<usize>)> =
            parts.iter().map(|(_, part)| (*part, self.stands(part, border))).collect();
        let Some(((first, starts), rest)) = stands.split_first() else {
            return Vec::new();
        };
        let whole = |start: usize| {
            let end = rest.iter().try_fold(start + first.len(), |end, (part, at)| self.after(end, part, at));
            end.map(|end| start..end)
        };
        starts.iter().filter_map(|&start| whole(start)).collect()
    }

    /// The starts of the occurrences of `part`, character for character, words whole.
    pub(super) fn stands(&self, part: &str, border: Border) -> Vec<usize> {
        let mut anchor: Option<(usize, &[usize])> = None;
        let looked_up = (border == Border::Word).then(|| words(part));
        for word in looked_up.into_iter().flatten() {
            let places = self.places(part.get(word.clone()).unwrap_or(""));
            if anchor.is_none_or(|(_, fewest)| places.len() < fewest.len()) {
                anchor = Some((word.start, places));
            }
            if places.len() < 2 {
                break;
            }
        }
        let Some((offset, places)) = anchor else {
            let found = self.view.text().match_indices(part).map(|(at, _)| at);
            return found.filter(|&at| self.stands_at(at, part, border)).collect();
        };
        let words = places.iter().filter_map(|&place| self.words().get(place));
        let starts = words.filter_map(|word| word.start.checked_sub(offset));
        starts.filter(|&at| self.stands_at(at, part, border)).collect()
    }

    /// The end of the first `part` (standing at `starts`) that follows `end` in its paragraph, with something between.
    pub(super) fn after(&self, end: usize, part: &str, starts: &[usize]) -> Option<usize> {
        let following = starts.get(starts.partition_point(|&start| start < end)..)?;
        let elides = |start: usize| self.view.text().get(end..start).is_some_and(|between| !between.trim().is_empty());
        let start = following.iter().copied().find(|&start| elides(start))?;
        (start < self.view.paragraph_end(end)).then_some(start + part.len())
    }

    /// Whether `part` stands at `at` and cuts no word.
    fn stands_at(&self, at: usize, part: &str, border: Border) -> bool {
        let text = self.view.text();
        let (Some(before), Some(after)) = (text.get(..at), text.get(at..).and_then(|from| from.strip_prefix(part)))
        else {
            return false;
        };
        let cuts = |inside: Option<char>, outside: Option<char>| match border {
            Border::Word => inside.is_some_and(is_word) && outside.is_some_and(is_word),
            Border::Blank => inside.is_some_and(is_word) && outside.is_some_and(|c| c != ' '),
        };
        let marked = after.chars().next().is_some_and(is_combining_mark);
        !marked
            && !cuts(part.chars().next(), before.chars().next_back())
            && !cuts(part.chars().next_back(), after.chars().next())
    }
}

/// The words of a normalised text, as byte ranges, in order.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find(is_word)?;
        let rest = text.get(start..)?;
        from = start + rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        Some(start..from)
    })
}

/// What a quotation says around its elisions, with the byte it starts at; a `…` that opens or closes it is a
/// character like any other.
pub(super) fn parts(quotation: &str) -> Vec<(usize, &str)> {
    let says = |stretch: Option<&str>| stretch.is_some_and(|s| s.chars().any(|c| c != '…' && c != ' '));
    let part = |from: usize, to: usize| {
        let part = quotation.get(from..to).unwrap_or("");
        (from + part.len() - part.trim_start().len(), part.trim())
    };
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, mark) in quotation.match_indices('…') {
        let after = at + mark.len();
        if !says(quotation.get(after..)) {
            break;
        }
        if says(quotation.get(from..at)) {
            parts.push(part(from, at));
            from = after;
        } else if from > 0 {
            from = after;
        }
    }
    parts.push(part(from, quotation.len()));
    parts
}
