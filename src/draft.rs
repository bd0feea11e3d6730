//! A ruleset begun from an official text: each sentence a clause that remains to be transcribed.
//!
//! What is guessed (headings, page numbers and running titles, where a sentence stands) is for the author to correct:
//! the text is covered from the first day, and the check says what is left to do.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::program::UNTRANSCRIBED;
use crate::syntax;
use crate::text::{Matching, OfficialText, Place, Problem, Quote, Role, match_quotes};

/// A heading is not longer, in characters.
const LONGEST_HEADING: usize = 120;

/// A short line repeated so often is a running title.
const RUNNING: usize = 3;

/// A running title is not longer, in characters.
const LONGEST_RUNNING: usize = 80;

/// What clauses before any numbered heading are called after.
const PREAMBLE: &str = "P";

/// A ruleset to begin with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// Its files: name and text.
    pub files: Vec<(String, String)>,
    /// How many clauses it proposes.
    pub clauses: usize,
    /// How many headings.
    pub headings: usize,
    /// How many lines it takes for noise.
    pub noises: usize,
    /// How many passages no quotation could tell apart.
    pub left: usize,
}

/// A passage of the text and what it is taken for.
struct Passage {
    role: Role,
    start: usize,
    words: String,
    occurrence: Option<u32>,
    spot: Option<Spot>,
}

/// Where a clause stands, as people say it.
struct Spot {
    id: String,
    words: String,
}

/// Begins a ruleset of that name from a text that will stand beside it as `file`.
pub fn draft(name: &str, file: &str, text: &str) -> Draft {
    let official = OfficialText::new(text);
    let mut passages = noises(&official);
    let noise = passages.len();
    let matching = matched(&official, &passages);
    passages.extend(numbered(&official, sentences(text, &matching)));
    let left = tell_apart(&official, &mut passages);
    let is = |role: Role| passages.iter().filter(move |passage| passage.role == role);
    let (clauses, headings) = (is(Role::Clause).count(), is(Role::Heading).count());
    let title = is(Role::Heading).next().map_or(name, |heading| heading.words.as_str());
    let files = vec![
        ("00-reglement.reglo".to_owned(), syntax::format(&header(title, file, &passages))),
        ("10-clauses.reglo".to_owned(), syntax::format(&transcription(&passages))),
        ("90-exemples.reglo".to_owned(), EXAMPLE.to_owned()),
    ];
    Draft { files, clauses, headings, noises: noise, left }
}

// ── Noise ────────────────────────────────────────────────────────────────────────────────────────────

/// Page numbers and running titles, each a line of its own.
fn noises(official: &OfficialText) -> Vec<Passage> {
    let lines: Vec<(usize, &str)> = lines(official.text()).filter(|(_, line)| !line.is_empty()).collect();
    let times = |line: &str| lines.iter().filter(|(_, other)| *other == line).count();
    let running = |line: &str| {
        line.chars().count() <= LONGEST_RUNNING
            && !is_item(line)
            && line.chars().any(char::is_alphabetic)
            && times(line) >= RUNNING
    };
    let noisy = lines.iter().filter(|(_, line)| is_page_number(line) || running(line));
    noisy
        .map(|(start, line)| {
            let words = (*line).to_owned();
            Passage { role: Role::Noise, start: *start, words, occurrence: None, spot: None }
        })
        .map(|mut passage| {
            passage.occurrence = occurrence(official, &passage);
            passage
        })
        .collect()
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        (start, line.trim())
    })
}

/// `58`, `- 3 -`, `Page 3 sur 12`, `3/12`
fn is_page_number(line: &str) -> bool {
    let bare = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—'));
    let rest = bare.strip_prefix("Page").or_else(|| bare.strip_prefix("page")).unwrap_or(bare);
    let rest = rest.replace("sur", "/");
    let numbers: Vec<&str> = rest.split('/').map(str::trim).collect();
    let number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    numbers.len() <= 2 && numbers.iter().all(number)
}

/// Which occurrence of its words a passage is, where there are several.
fn occurrence(official: &OfficialText, passage: &Passage) -> Option<u32> {
    let quote = Quote { text: &passage.words, occurrence: None, role: passage.role };
    match match_quotes(official, &[quote]).places.into_iter().next()? {
        Err(Problem::Ambiguous { places }) => {
            let rank = places.iter().position(|place| place.start == passage.start)?;
            u32::try_from(rank + 1).ok()
        }
        Ok(_) | Err(_) => None,
    }
}

fn matched(official: &OfficialText, passages: &[Passage]) -> Matching {
    let quotes: Vec<Quote<'_>> = passages
        .iter()
        .map(|passage| Quote { text: &passage.words, occurrence: passage.occurrence, role: passage.role })
        .collect();
    match_quotes(official, &quotes)
}

// ── Sentences ────────────────────────────────────────────────────────────────────────────────────────

/// What no noise carries, sentence by sentence; of a sentence that noise cuts, the stretches.
fn sentences(text: &str, matching: &Matching) -> Vec<Vec<Range<usize>>> {
    let mut found: Vec<Vec<Range<usize>>> = Vec::new();
    let mut across = false;
    for entry in &matching.ledger {
        if entry.carrier.is_some() {
            across = true;
            continue;
        }
        let words = text.get(entry.range.clone()).unwrap_or("");
        let goes_on = across && words.starts_with(char::is_lowercase);
        let unfinished =
            |last: &[Range<usize>]| last.last().is_some_and(|range| !ends(text.get(range.clone()).unwrap_or("")));
        match found.last_mut() {
            Some(last) if goes_on && unfinished(last) => last.push(entry.range.clone()),
            Some(_) | None => found.extend(parted(text, entry.range.clone()).into_iter().map(|range| vec![range])),
        }
        across = false;
    }
    found
}

/// A passage cut where a line begins an item (`1°`, `a)`), and after a numbered heading on a line of its own.
fn parted(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let words = text.get(range.clone()).unwrap_or("");
    let mut starts = vec![0];
    let mut at = 0;
    for (rank, line) in words.split_inclusive('\n').enumerate() {
        let begun = at + (line.len() - line.trim_start().len());
        let heads = rank == 0 && marker(line).is_some() && is_heading(line.trim());
        if rank > 0 && numbers_item(line.trim_start()) {
            starts.push(begun);
        }
        at += line.len();
        if heads && at < words.len() {
            starts.push(at);
        }
    }
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([words.len()]);
    let cut = |(start, end): (&usize, usize)| {
        let part = words.get(*start..end).unwrap_or("");
        let start = range.start + start + (part.len() - part.trim_start().len());
        start..start + part.trim().len()
    };
    starts.iter().zip(ends).map(cut).filter(|part| !part.is_empty()).collect()
}

/// `1° `, `2) `, `a) `
fn numbers_item(line: &str) -> bool {
    let Some(end) = line.find(['°', ')']) else { return false };
    let number = line.get(..end).unwrap_or("");
    let letter = number.chars().count() == 1 && number.chars().all(char::is_alphabetic);
    letter || (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a passage ends as sentences and items do.
fn ends(words: &str) -> bool {
    words.trim_end_matches([' ', '»', ')', '\u{a0}', '\u{202f}']).ends_with(['.', ';', ':', '!', '?', '…', ','])
}

fn is_item(words: &str) -> bool {
    words.starts_with(['-', '–', '—', '•', '*'])
}

/// A line of its own that ends like no sentence.
fn is_heading(words: &str) -> bool {
    let lettered = words.chars().any(char::is_alphabetic);
    lettered && !is_item(words) && !ends(words) && !words.contains('\n') && words.chars().count() <= LONGEST_HEADING
        || marker(words).is_some_and(|(kind, _)| kind == Kind::Article) && words.split_whitespace().count() <= 3
}

/// What a heading is numbered with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Article,
    Roman,
    Letter,
    Number,
}

/// `Article 3`, `II.`, `B. -`, `1.1.`: what it is and the number.
fn marker(words: &str) -> Option<(Kind, String)> {
    let mut parts = words.split_whitespace();
    let first = parts.next()?;
    if matches!(first.to_lowercase().as_str(), "article" | "art." | "art") {
        let number = article(parts);
        return (!number.is_empty()).then_some((Kind::Article, number));
    }
    let number = first.trim_end_matches(['.', ')', '-', '–', ':']);
    if number.len() == first.len() || number.is_empty() {
        return None;
    }
    let kind = if number.chars().all(|c| matches!(c, 'I' | 'V' | 'X')) {
        Kind::Roman
    } else if number.chars().count() == 1 && number.chars().all(char::is_uppercase) {
        Kind::Letter
    } else if number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        Kind::Number
    } else {
        return None;
    };
    Some((kind, number.replace('.', "-")))
}

/// The number of an article, from the words after `Article`: `1er. -` is `1er`, `D. 531-4.` is `D531-4`, `3 bis` is
/// `3bis`. An id may be made of it.
fn article<'t>(mut words: impl Iterator<Item = &'t str>) -> String {
    let bare = |word: &str| {
        let number = word.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
        number.filter(|c| *c != '.').collect::<String>().trim_matches('-').to_owned()
    };
    let mut number = words.next().map(bare).unwrap_or_default();
    let of_a_code = number.chars().count() == 1 && number.chars().all(char::is_uppercase);
    let next = words.next().map(bare).unwrap_or_default();
    let goes_on = of_a_code && next.starts_with(|c: char| c.is_ascii_digit())
        || matches!(next.as_str(), "bis" | "ter" | "quater" | "quinquies" | "sexies" | "septies" | "octies");
    if goes_on {
        number.push_str(&next);
    }
    number
}

/// Whether a sentence begins with the number of its article.
fn opens_article(words: &str) -> bool {
    marker(words).is_some_and(|(kind, number)| kind == Kind::Article && number.contains(|c: char| c.is_ascii_digit()))
}

/// Gives each clause an id and a place, after the numbers of the headings before it.
fn numbered(official: &OfficialText, sentences: Vec<Vec<Range<usize>>>) -> Vec<Passage> {
    let text = official.text();
    let mut stems =
        Stems {
            above: String::new(), stem: PREAMBLE.to_owned(), said: "préambule".to_owned(), taken: BTreeSet::new()
        };
    let (mut clause, mut paragraph, mut sentence, mut last) = (0, 0, 0, 0);
    let mut made = Vec::new();
    for ranges in sentences {
        let (Some(first), Some(end)) = (ranges.first().cloned(), ranges.last().map(|range| range.end)) else {
            continue;
        };
        let written = text.get(first.clone()).unwrap_or("");
        let between = text.get(last..first.start).unwrap_or("").matches('\n').count();
        let apart = between > 1 || made.is_empty();
        last = end;
        let whole = ranges.len() == 1;
        let words = official.verbatim(&Place { ranges, start_line: 0, end_line: 0 });
        if whole && (apart || between > 0) && is_heading(written) {
            stems.enter(written);
            (clause, paragraph, sentence) = (0, 0, 0);
            made.push(Passage { role: Role::Heading, start: first.start, words, occurrence: None, spot: None });
            continue;
        }
        // An article whose number begins its first sentence: « Art. D. 531-4. - Pour bénéficier … »
        if whole && (apart || between > 0) && opens_article(written) {
            stems.enter(written);
            (clause, paragraph, sentence) = (0, 0, 0);
        }
        if apart || paragraph == 0 || is_item(written) || numbers_item(written) {
            (paragraph, sentence) = (paragraph + 1, 0);
        }
        (sentence, clause) = (sentence + 1, clause + 1);
        let id = stems.id(clause);
        let phrase = if sentence > 1 { format!(", phr. {sentence}") } else { String::new() };
        let spot = Spot { id, words: format!("{}, al. {paragraph}{phrase}", stems.said) };
        made.push(Passage { role: Role::Clause, start: first.start, words, occurrence: None, spot: Some(spot) });
    }
    made
}

/// The numbers of the headings one is under.
struct Stems {
    /// That of the article, part or letter; none under numbers alone, which stand side by side.
    above: String,
    stem: String,
    /// How people say it.
    said: String,
    taken: BTreeSet<String>,
}

impl Stems {
    fn enter(&mut self, heading: &str) {
        match marker(heading) {
            Some((Kind::Number, number)) => {
                let said = number.replace('-', ".");
                let apart = if self.above.ends_with(|c: char| c.is_ascii_digit()) { "-" } else { "" };
                self.said = if self.above.is_empty() { said } else { format!("{}.{said}", self.above) };
                self.stem = format!("{}{apart}{number}", self.above);
            }
            Some((kind, number)) => {
                self.above.clone_from(&number);
                self.said = if kind == Kind::Article { format!("art. {number}") } else { number.clone() };
                self.stem = number;
            }
            None => {}
        }
    }

    fn id(&mut self, rank: usize) -> String {
        let mut rank = rank;
        loop {
            let id = format!("{}-{rank}", self.stem);
            if self.taken.insert(id.clone()) {
                return id;
            }
            rank += 1;
        }
    }
}

/// Says which occurrence is meant where a passage is not the only one with its words; how many cannot be told apart.
fn tell_apart(official: &OfficialText, passages: &mut Vec<Passage>) -> usize {
    let starts: Vec<Option<u32>> = matched(official, passages)
        .places
        .iter()
        .zip(passages.iter())
        .map(|(found, passage)| match found {
            Err(Problem::Ambiguous { places }) => {
                let rank = places.iter().position(|place| place.start == passage.start);
                rank.and_then(|rank| u32::try_from(rank + 1).ok())
            }
            Ok(_) | Err(_) => passage.occurrence,
        })
        .collect();
    for (passage, occurrence) in passages.iter_mut().zip(starts) {
        passage.occurrence = occurrence;
    }
    let found = matched(official, passages);
    let mut kept = found.places.iter().map(Result::is_ok);
    let before = passages.len();
    passages.retain(|passage| kept.next().unwrap_or(false) && closes(&passage.words));
    before - passages.len()
}

/// Whether each quotation mark in a passage has its own: else it cannot be quoted.
fn closes(words: &str) -> bool {
    let mut depth = 0_usize;
    for c in words.chars() {
        match c {
            '«' => depth += 1,
            '»' if depth == 0 => return false,
            '»' => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

// ── Files ────────────────────────────────────────────────────────────────────────────────────────────

fn header(title: &str, file: &str, passages: &[Passage]) -> String {
    let mut out = format!(
        "# Ce règlement transcrit « {file} ». Les clauses sont dans 10-clauses.reglo, à transcrire une à une.\n\n\
         règlement « {title} »\n  texte \"{file}\"\n"
    );
    let noise: String = passages.iter().filter(|passage| passage.role == Role::Noise).map(quotation).collect();
    if !noise.is_empty() {
        out.push_str("\n# Pris pour des numéros de page et des titres courants : à vérifier.\n\n");
        out.push_str(&noise);
    }
    out
}

fn transcription(passages: &[Passage]) -> String {
    let mut out = format!(
        "# Le texte, phrase par phrase, dans son ordre. Pour chaque clause : écrivez la règle qui la cite et retirez\n\
         # « sans effet », ou dites pourquoi elle ne décide de rien. « reglo check » dit ce qui reste {UNTRANSCRIBED}.\n\n"
    );
    for passage in passages.iter().filter(|passage| passage.role != Role::Noise) {
        out.push_str(&quotation(passage));
        out.push('\n');
    }
    out
}

fn quotation(passage: &Passage) -> String {
    let rank = passage.occurrence.map_or_else(String::new, |rank| format!(" ({rank})"));
    let words = &passage.words;
    match (&passage.spot, passage.role) {
        (Some(Spot { id, words: place }), _) => {
            format!("clause {id} « {words} »{rank} au « {place} »\n  sans effet « {UNTRANSCRIBED} »\n")
        }
        (None, Role::Noise) => format!("hors texte « {words} »{rank}\n"),
        (None, Role::Heading | Role::Clause) => format!("titre « {words} »{rank}\n"),
    }
}

/// The last file: how a rule and an example are written.
const EXAMPLE: &str = "\
# Un exemple par règle au moins : ce qu’on donne, ce qu’on attend. « reglo test » les rejoue.
#
# Modèle, à recopier et à compléter (sans le #) :
#
# fait en_règle : oui/non  « dossier en règle »
#
# obligation dossier_en_règle « le dossier est en règle »
#   selon P-1
#   exige en_règle
#   sinon « Le dossier n’est pas en règle. »
#
# exemple « un dossier en règle »
#   avec en_règle = oui
#   attend dossier_en_règle = oui selon P-1
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_told_from_text() {
        for line in ["58", "- 3 -", "Page 3 sur 12", "3/12", "page 4"] {
            assert!(is_page_number(line), "{line}");
        }
        for line in ["12345", "Page", "58 %", "1. Objet", "3/12/2020", ""] {
            assert!(!is_page_number(line), "{line}");
        }
    }

    #[test]
    fn headings_say_what_they_are_numbered_with() {
        let number = |words: &str| marker(words).map(|(_, number)| number);
        assert_eq!(number("Article L. 612-3").as_deref(), Some("L612-3"));
        assert_eq!(number("Article 4").as_deref(), Some("4"));
        assert_eq!(number("II. Conditions").as_deref(), Some("II"));
        assert_eq!(number("B. - Modalités").as_deref(), Some("B"));
        assert_eq!(number("1.2. Durée").as_deref(), Some("1-2"));
        assert_eq!(number("Objet"), None);
        assert_eq!(number("Article 1er. - Accès au service").as_deref(), Some("1er"));
        assert_eq!(number("ARTICLE 2 – Inscription").as_deref(), Some("2"));
        assert_eq!(number("Article 3 bis").as_deref(), Some("3bis"));
        assert_eq!(number("Article 4 Le transport").as_deref(), Some("4"));
        assert_eq!(number("Art. D. 531-4. - Pour bénéficier").as_deref(), Some("D531-4"));
        assert_eq!(number("Article R.531-4-1").as_deref(), Some("R531-4-1"));
    }
}
