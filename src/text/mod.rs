//! The official text: where each quotation stands in it, and what no quotation carries.
//!
//! The text is kept untouched; quotations are compared on a normalised view of it (`view` lists the
//! normalisations). Editorial noise is located first and cut out, so that a quotation may run across it.
//! Causes of failure are data: their wording belongs to whoever reports them.

mod view;
mod find;
mod nearest;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use sha2::{Digest, Sha256};

use find::{Border, Index};
pub use nearest::Nearest;
use view::{View, ends_sentence, is_blank, is_cut_word, lines_ended_by, trimmed};

/// How many places of an ambiguous quotation are listed.
const PLACES_LISTED: usize = 20;

/// The text a program quotes, untouched.
#[derive(Clone, Debug)]
pub struct OfficialText {
    text: String,
    view: View,
    /// Byte offset of the first character of each line.
    line_starts: Vec<usize>,
}

impl OfficialText {
    /// Reads a text once; nothing of it is lost.
    pub fn new(text: &str) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Self { text: text.to_owned(), view: View::new(text, &[]), line_starts }
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.text.as_bytes()) {
            // Writing into a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// The line (from 1) of a byte offset; the last line beyond the end.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset).max(1)
    }

    /// The passage as the official text has it, ready to be shown: noise left out, words cut at the end of a
    /// line joined, runs of blanks made one space (a single no-break space stays).
    pub fn verbatim(&self, place: &Place) -> String {
        let mut shown = String::new();
        let mut blanks = String::new();
        let mut end = None;
        for range in &place.ranges {
            let between = end.and_then(|end| self.text.get(end..range.start)).unwrap_or("");
            if between.starts_with(is_blank) || between.ends_with(is_blank) {
                blanks.push('\n');
            }
            for c in self.text.get(range.clone()).unwrap_or("").chars() {
                if is_blank(c) {
                    blanks.push(c);
                    continue;
                }
                push_blanks(&mut shown, &blanks, c);
                blanks.clear();
                shown.push(c);
            }
            end = Some(range.end);
        }
        shown
    }

    /// The place of these stretches (in text order).
    fn place(&self, ranges: Vec<Range<usize>>) -> Place {
        let start = ranges.first().map_or(0, |range| range.start);
        let end = ranges.last().map_or(0, |range| range.end.saturating_sub(1));
        Place { start_line: self.line_of(start), end_line: self.line_of(end), ranges }
    }
}

/// Shows a run of blanks before `next`: as it is when alone on its line, else as one space or a cut word joined.
fn push_blanks(shown: &mut String, blanks: &str, next: char) {
    let lines: usize = blanks.chars().map(lines_ended_by).sum();
    let mut all = blanks.chars();
    match (all.next(), all.next()) {
        (None, _) => {}
        (Some(blank), None) if lines == 0 && blank != '\t' => shown.push(blank),
        _ if lines == 1 && is_cut_word(shown, next) => {}
        _ => shown.push(' '),
    }
}

/// What a quotation is quoted as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A clause of the text (`clause`).
    Clause,
    /// A heading (`titre`).
    Heading,
    /// Editorial noise (`hors texte`): other quotations run across it.
    Noise,
}

/// A quotation to be located.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'a> {
    /// What is quoted; a `…` inside stands for what lies between, up to the next words quoted, within one paragraph.
    pub text: &'a str,
    /// The occurrence meant, from 1, where there are several.
    pub occurrence: Option<u32>,
    /// What it is quoted as.
    pub role: Role,
}

/// Why a quotation has no place of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The text does not say that.
    NotFound {
        /// What it says instead, where something comes close.
        nearest: Option<Nearest>,
    },
    /// The text says it several times and the quotation does not tell which is meant.
    Ambiguous {
        /// The first places (at most twenty), in bytes of the official text.
        places: Vec<Range<usize>>,
    },
    /// The text says it less often than the occurrence asked for.
    NoSuchOccurrence {
        /// How often it does say it (at least once).
        found: usize,
    },
    /// Another quotation carries the same characters already.
    Overlaps {
        /// The rank of that quotation.
        other: usize,
        /// The first characters shared, in bytes of the official text.
        range: Range<usize>,
    },
    /// Nothing is quoted.
    Empty,
}

/// Where a quotation stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The stretches covered, in bytes of the official text and in its order: several where noise cuts the
    /// passage. What `…` stands for is covered.
    pub ranges: Vec<Range<usize>>,
    /// The line (from 1) it starts on.
    pub start_line: usize,
    /// The line it ends on.
    pub end_line: usize,
}

/// A stretch of the text and what carries it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Bytes of the official text, blanks trimmed.
    pub range: Range<usize>,
    /// The rank of the quotation that carries it.
    pub carrier: Option<usize>,
}

/// What became of every quotation and of every character.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matching {
    /// One for each quotation, in the same order.
    pub places: Vec<Result<Place, Problem>>,
    /// What no quotation carries: at most one sentence, list item or heading each, in text order.
    pub uncovered: Vec<Range<usize>>,
    /// The whole text but blanks, in its order; entries do not overlap.
    pub ledger: Vec<Entry>,
}

/// Locates quotations and draws up the ledger.
///
/// Of two quotations of the same characters, the later one in `quotes` gets the problem; its characters count as
/// carried all the same, so that one mistake is reported once.
pub fn match_quotes(text: &OfficialText, quotes: &[Quote]) -> Matching {
    let whole = Index::new(&text.view);
    let mut found: BTreeMap<usize, Result<Vec<Range<usize>>, Problem>> = BTreeMap::new();
    let (noises, others): (Vec<_>, Vec<_>) =
        quotes.iter().enumerate().partition(|(_, quote)| quote.role == Role::Noise);
    for (rank, quote) in noises {
        found.insert(rank, locate(text, &whole, quote));
    }
    let noise = Ledger::new(text, &found).noise();
    if noise.is_empty() {
        for (rank, quote) in others {
            found.insert(rank, locate(text, &whole, quote));
        }
    } else {
        let cut: Vec<Range<usize>> = noise.iter().map(|entry| entry.range.clone()).collect();
        let view = View::new(&text.text, &cut);
        let index = Index::new(&view);
        for (rank, quote) in others {
            let place =
                locate(text, &index, quote).map_err(|problem| quoted_noise(text, &whole, &noise, quote, problem));
            found.insert(rank, place);
        }
    }
    let Ledger { entries, mut overlaps } = Ledger::new(text, &found);
    let settle = |(rank, place): (usize, Result<Vec<Range<usize>>, Problem>)| match overlaps.remove(&rank) {
        Some(problem) => Err(problem),
        None => place.map(|ranges| text.place(ranges)),
    };
    let places = found.into_iter().map(settle).collect();
    let free = entries.iter().filter(|entry| entry.carrier.is_none());
    Matching { places, uncovered: free.map(|entry| entry.range.clone()).collect(), ledger: entries }
}

/// The stretches of the text a quotation covers.
fn locate(text: &OfficialText, index: &Index, quote: &Quote) -> Result<Vec<Range<usize>>, Problem> {
    let quoted = View::new(quote.text, &[]);
    if quoted.text().is_empty() {
        return Err(Problem::Empty);
    }
    let border = border(quote.role);
    let origin = |range: &Range<usize>| index.view().origin(&text.text, range.clone());
    let occurrences = index.occurrences(quoted.text(), border);
    match (occurrences.as_slice(), quote.occurrence) {
        ([], _) => {
            let shown = |text: &OfficialText, ranges: Vec<Range<usize>>| text.verbatim(&text.place(ranges));
            let nearest = nearest::nearest(index, quoted.text(), border).map(|closest| {
                let passage = origin(&closest.passage);
                let as_quoted = shown(&OfficialText::new(quote.text), quoted.origin(quote.text, closest.quoted));
                let as_is = shown(text, origin(&closest.stands));
                Nearest { range: hull(&passage), text: shown(text, passage), difference: (as_quoted, as_is) }
            });
            Err(Problem::NotFound { nearest })
        }
        ([only], None) => Ok(origin(only)),
        (several, None) => {
            let places = several.iter().take(PLACES_LISTED).map(|range| hull(&origin(range)));
            Err(Problem::Ambiguous { places: places.collect() })
        }
        (several, Some(nth)) => {
            let chosen = (nth as usize).checked_sub(1).and_then(|nth| several.get(nth));
            chosen.map(origin).ok_or(Problem::NoSuchOccurrence { found: several.len() })
        }
    }
}

/// What must stand beside a quotation.
fn border(role: Role) -> Border {
    match role {
        Role::Clause | Role::Heading => Border::Word,
        Role::Noise => Border::Blank,
    }
}

/// From the first byte of the first stretch to the last of the last.
fn hull(ranges: &[Range<usize>]) -> Range<usize> {
    let start = ranges.first().map_or(0, |range| range.start);
    start..ranges.last().map_or(start, |range| range.end)
}

/// Where a quotation is missing only because it quotes what is noise elsewhere, says so.
fn quoted_noise(text: &OfficialText, whole: &Index, noise: &[Entry], quote: &Quote, problem: Problem) -> Problem {
    if !matches!(problem, Problem::NotFound { .. }) {
        return problem;
    }
    let quoted = View::new(quote.text, &[]);
    let Some(range) = whole.occurrences(quoted.text(), border(quote.role)).first().cloned() else {
        return problem;
    };
    let range = hull(&whole.view().origin(&text.text, range));
    let after = noise.partition_point(|entry| entry.range.end <= range.start);
    let shared = |entry: &Entry| entry.range.start.max(range.start)..entry.range.end.min(range.end);
    match noise.get(after).map(|entry| (entry.carrier, shared(entry))) {
        Some((Some(other), range)) if !range.is_empty() => Problem::Overlaps { other, range },
        Some(_) | None => problem,
    }
}

/// The text in its order, with the quotations that fight over it.
struct Ledger {
    entries: Vec<Entry>,
    overlaps: BTreeMap<usize, Problem>,
}

impl Ledger {
    fn new(text: &OfficialText, found: &BTreeMap<usize, Result<Vec<Range<usize>>, Problem>>) -> Self {
        let mut covered: Vec<(Range<usize>, usize)> = Vec::new();
        for (&rank, place) in found {
            covered.extend(place.iter().flatten().map(|range| (range.clone(), rank)));
        }
        covered.sort_by_key(|(range, rank)| (range.start, *rank));
        let mut ledger = Self { entries: Vec::new(), overlaps: BTreeMap::new() };
        let (mut upto, mut holder) = (0, None);
        for (range, rank) in covered {
            match holder {
                Some(held) if range.start < upto => {
                    let shared = range.start..range.end.min(upto);
                    let overlap = Problem::Overlaps { other: rank.min(held), range: shared };
                    ledger.overlaps.entry(rank.max(held)).or_insert(overlap);
                }
                _ => ledger.leave(text, upto..range.start),
            }
            let own = trimmed(&text.text, range.start.max(upto)..range.end.max(upto));
            if !own.is_empty() {
                ledger.entries.push(Entry { range: own, carrier: Some(rank) });
            }
            if range.end > upto {
                (upto, holder) = (range.end, Some(rank));
            }
        }
        ledger.leave(text, upto..text.text.len());
        ledger
    }

    /// Enters what a gap between quotations holds.
    fn leave(&mut self, text: &OfficialText, gap: Range<usize>) {
        let passages = passages(&text.text, gap).into_iter();
        self.entries.extend(passages.map(|range| Entry { range, carrier: None }));
    }

    /// The entries something carries.
    fn noise(self) -> Vec<Entry> {
        self.entries.into_iter().filter(|entry| entry.carrier.is_some()).collect()
    }
}

/// The sentences, list items and headings of a stretch of text.
fn passages(text: &str, stretch: Range<usize>) -> Vec<Range<usize>> {
    let inside = text.get(stretch.clone()).unwrap_or("");
    let mut passages = Vec::new();
    let (mut start, mut end, mut lines, mut blank) = (None, stretch.start, 0, false);
    for (at, c) in inside.char_indices() {
        if is_blank(c) {
            lines += lines_ended_by(c);
            blank = true;
            continue;
        }
        let at = stretch.start + at;
        let begun = start.unwrap_or(at);
        let is_item = lines > 0 && matches!(c, '-' | '–' | '—' | '•');
        let is_sentence =
            blank && (c.is_uppercase() || c == '«') && is_whole_sentence(text.get(begun..end).unwrap_or(""));
        if start.is_some() && (lines > 1 || is_item || is_sentence) {
            passages.push(begun..end);
            start = None;
        }
        start = start.or(Some(at));
        (end, lines, blank) = (at + c.len_utf8(), 0, false);
    }
    passages.extend(start.map(|start| start..end));
    passages
}

/// Whether a passage may stop here: at the end of a sentence, but not after a mark such as « 1. » or « Art. ».
fn is_whole_sentence(passage: &str) -> bool {
    ends_sentence(passage) && passage.len() > 4
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn clause(text: &str) -> Quote<'_> {
        Quote { text, occurrence: None, role: Role::Clause }
    }

    fn noise(text: &str) -> Quote<'_> {
        Quote { text, occurrence: None, role: Role::Noise }
    }

    /// Where one clause stands, as the text has it.
    fn found(text: &str, quote: Quote) -> Result<String, Problem> {
        let text = OfficialText::new(text);
        match_quotes(&text, &[quote]).places.remove(0).map(|place| text.verbatim(&place))
    }

    fn nearest(text: &str, quoted: &str) -> Nearest {
        match found(text, clause(quoted)) {
            Err(Problem::NotFound { nearest: Some(nearest) }) => nearest,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_quotation_keeps_the_marks_of_the_text() {
        let text = "Le stage de l’étudiant\nest technico-\ncommercial\u{a0}: oui.";
        let quoted = "Le stage de l'étudiant est technico-commercial : oui.";
        assert_eq!(found(text, clause(quoted)).unwrap(), "Le stage de l’étudiant est technico-commercial\u{a0}: oui.");
    }

    #[test]
    fn words_are_quoted_whole() {
        assert!(matches!(found("110 semaines", clause("10 semaines")), Err(Problem::NotFound { .. })));
        assert!(matches!(found("les stages", clause("les stage")), Err(Problem::NotFound { .. })));
        assert!(found("de l'étudiant.", clause("étudiant")).is_ok());
    }

    #[test]
    fn an_ellipsis_covers_what_lies_between_within_one_paragraph() {
        let text = "Elle dure dix jours. Elle finit tard.\n \nElle plaît tard.";
        assert_eq!(found(text, clause("Elle dure … tard.")).unwrap(), "Elle dure dix jours. Elle finit tard.");
        assert!(matches!(found(text, clause("dix … plaît")), Err(Problem::NotFound { .. })));
        assert!(matches!(found(text, clause("Elle … dure")), Err(Problem::NotFound { .. })));
    }

    #[test]
    fn an_ellipsis_of_the_text_prevails_over_an_elision() {
        let text = "(du stagiaire, par exemple) ; (du stagiaire…) ;";
        assert_eq!(found(text, clause("stagiaire…) ;")).unwrap(), "stagiaire…) ;");
        assert_eq!(found("Et cætera…", clause("Et cætera…")).unwrap(), "Et cætera…");
    }

    #[test]
    fn several_occurrences_ask_for_one() {
        let nth = |occurrence| found("un an, un an", Quote { occurrence, ..clause("un an") });
        assert_eq!(nth(None), Err(Problem::Ambiguous { places: vec![0..5, 7..12] }));
        assert_eq!(nth(Some(2)).unwrap(), "un an");
        assert_eq!(nth(Some(3)), Err(Problem::NoSuchOccurrence { found: 2 }));
        assert_eq!(nth(Some(0)), Err(Problem::NoSuchOccurrence { found: 2 }));
    }

    #[test]
    fn noise_is_a_whole_token_and_quotations_run_across_it() {
        let text = OfficialText::new("Loi 58-2 de 1958, au cours\n \n58\n \nde l'an.");
        let matching = match_quotes(&text, &[clause("Loi 58-2 de 1958, au cours de l'an."), noise("58")]);
        let place = matching.places[0].as_ref().unwrap();
        assert_eq!(place.ranges.len(), 2);
        assert_eq!((place.start_line, place.end_line), (1, 5));
        assert_eq!(text.verbatim(place), "Loi 58-2 de 1958, au cours de l'an.");
        assert_eq!(matching.ledger.iter().map(|entry| entry.carrier).collect::<Vec<_>>(), [Some(0), Some(1), Some(0)]);
        assert!(matching.uncovered.is_empty());
    }

    #[test]
    fn a_clause_that_quotes_noise_names_it() {
        let text = OfficialText::new("Le stage (sic) dure.");
        let places = match_quotes(&text, &[clause("Le stage (sic) dure."), noise("(sic)")]).places;
        assert_eq!(places[0], Err(Problem::Overlaps { other: 1, range: 9..14 }));
    }

    #[test]
    fn two_quotations_do_not_share_a_character() {
        let text = OfficialText::new("Le stage dure un an.");
        let matching = match_quotes(&text, &[clause("dure un an."), clause("Le stage dure")]);
        assert!(matching.places[0].is_ok());
        assert_eq!(matching.places[1], Err(Problem::Overlaps { other: 0, range: 9..13 }));
        assert!(matching.uncovered.is_empty());
    }

    #[test]
    fn what_nothing_carries_is_told_passage_by_passage() {
        let text = OfficialText::new("1. Voie\n\nUn. Le stage est dû. Il dure :\n- un an ;\n- deux ans.");
        let uncovered = match_quotes(&text, &[clause("deux ans.")]).uncovered;
        let passages: Vec<&str> = uncovered.into_iter().map(|range| &text.text()[range]).collect();
        assert_eq!(passages, ["1. Voie", "Un. Le stage est dû.", "Il dure :", "- un an ;", "-"]);
    }

    #[test]
    fn a_quotation_that_is_nowhere_shows_what_the_text_has() {
        let text = "Le stage dure dix jours. En cas de force majeure dûment constatée, il est réduit. Fin.";
        let changed = nearest(text, "En cas de force majeur dûment constatée, il est réduit.");
        assert_eq!(changed.difference, ("majeur".to_owned(), "majeure".to_owned()));
        assert_eq!(changed.text, "En cas de force majeure dûment constatée, il est réduit.");
        assert_eq!(&text[changed.range], changed.text);
        let dropped = nearest(text, "En cas de force majeure constatée, il est réduit.");
        assert_eq!(dropped.difference, ("constatée,".to_owned(), "dûment constatée,".to_owned()));
        assert_eq!(nearest(text, "stagge").difference, ("stagge".to_owned(), "stage".to_owned()));
        assert_eq!(found(text, clause("Nul ne plaide")), Err(Problem::NotFound { nearest: None }));
    }

    #[test]
    fn odd_quotations_and_texts_have_an_answer() {
        for text in ["", "…", " \n", "a", "« »", "\u{301}", "- - -", "… … a"] {
            let official = OfficialText::new(text);
            for quoted in ["", "…", " ", "a", "« »", "\u{301}", "- -", "… a", "a … … a", "a………a"] {
                let matching = match_quotes(&official, &[clause(quoted), noise(quoted)]);
                assert_eq!(matching.places.len(), 2, "{quoted:?} in {text:?}");
                assert_eq!(matching.places[0] == Err(Problem::Empty), quoted.trim().is_empty());
            }
        }
    }

    #[test]
    fn lines_and_digest_are_those_of_the_bytes() {
        let text = OfficialText::new("a\nb\n");
        assert_eq!([0, 1, 2, 3, 9].map(|offset| text.line_of(offset)), [1, 1, 2, 2, 3]);
        assert_eq!(
            OfficialText::new("abc").sha256(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
