//! The official text of the BTS CCST, quoted whole: 53 statements, 12 headings, 4 pieces of noise.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use reglo::text::{Matching, OfficialText, Problem, Quote, Role, match_quotes};

const TEXT: &str = include_str!("../../rulesets/bts-ccst/texte.txt");
const QUOTATIONS: &str = include_str!("../fixtures/bts-ccst-quotations.txt");

/// The ids and quotations of the fixture, in its order.
fn quotations() -> Vec<(&'static str, Role, &'static str)> {
    let line = |line: &'static str| {
        let (head, text) = line.split_once(" | ").unwrap();
        let (role, id) = head.split_once(' ').unwrap();
        let role = match role {
            "clause" => Role::Clause,
            "titre" => Role::Heading,
            "hors-texte" => Role::Noise,
            _ => panic!("{role}"),
        };
        (id, role, text)
    };
    QUOTATIONS.lines().map(line).collect()
}

fn quote<'a>((_, role, text): &(&str, Role, &'a str)) -> Quote<'a> {
    Quote { text, occurrence: None, role: *role }
}

fn matched(text: &str) -> (OfficialText, Matching) {
    let text = OfficialText::new(text);
    let quotes: Vec<Quote> = quotations().iter().map(quote).collect();
    let matching = match_quotes(&text, &quotes);
    (text, matching)
}

/// Numbers that look drawn at random, the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// The text with the letter nearest to a drawn place replaced by another one; the place of the change too.
fn with_one_letter_changed(text: &str, draw: &mut Draw) -> (String, usize) {
    let letters: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| c.is_alphanumeric()).collect();
    let (at, old) = letters[draw.below(letters.len())];
    let others = ['z', 'Z', 'é', '7', old.to_uppercase().next().unwrap(), old.to_lowercase().next().unwrap()];
    let others: Vec<char> = others.into_iter().filter(|&c| c != old).collect();
    let new = others[draw.below(others.len())];
    (format!("{}{new}{}", &text[..at], &text[at + old.len_utf8()..]), at)
}

#[test]
fn every_statement_heading_and_noise_stands_in_the_text_and_nothing_is_left() {
    let quotations = quotations();
    let count = |wanted| quotations.iter().filter(|(_, role, _)| *role == wanted).count();
    assert_eq!((count(Role::Clause), count(Role::Heading), count(Role::Noise)), (53, 12, 4));
    let (text, matching) = matched(TEXT);
    for ((id, _, quoted), place) in quotations.iter().zip(&matching.places) {
        let place = place.as_ref().unwrap_or_else(|problem| panic!("{id}: {problem:?}"));
        assert_eq!(text.verbatim(place), *quoted, "{id}");
    }
    assert_eq!(matching.uncovered, []);
}

#[test]
fn the_ledger_holds_every_character_but_blanks_once_and_in_order() {
    let (_, matching) = matched(TEXT);
    let kept: String = matching.ledger.iter().map(|entry| &TEXT[entry.range.clone()]).collect();
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(bare(&kept), bare(TEXT));
    assert!(matching.ledger.iter().all(|entry| entry.carrier.is_some()));
}

#[test]
fn a_page_number_cuts_a_sentence_in_two_stretches() {
    let (text, matching) = matched(TEXT);
    let rank = quotations().iter().position(|(id, _, _)| *id == "B3b-3").unwrap();
    let place = matching.places[rank].as_ref().unwrap();
    let stretches: Vec<&str> = place.ranges.iter().map(|range| &text.text()[range.clone()]).collect();
    assert!(stretches.len() == 2 && stretches[0].ends_with("au cours de") && stretches[1].starts_with("l’année"));
    let line = 1 + TEXT[..TEXT.find("Elles doivent avoir").unwrap()].matches('\n').count();
    assert_eq!((place.start_line, place.end_line), (line, line + 5));
}

#[test]
fn without_one_quotation_its_characters_alone_are_left() {
    let quotations = quotations();
    let (text, whole) = matched(TEXT);
    for (rank, (id, role, _)) in quotations.iter().enumerate().filter(|(_, (_, role, _))| *role != Role::Noise) {
        let rest: Vec<Quote> =
            quotations.iter().enumerate().filter(|(at, _)| *at != rank).map(|(_, q)| quote(q)).collect();
        let uncovered = match_quotes(&text, &rest).uncovered;
        let place = whole.places[rank].as_ref().unwrap();
        assert_eq!(uncovered, place.ranges, "{id} {role:?}");
    }
}

#[test]
fn a_quotation_with_one_letter_changed_is_found_no_more_and_its_passage_is_shown() {
    let text = OfficialText::new(TEXT);
    let quotations = quotations();
    let mut draw = Draw(7);
    for rank in (0..quotations.len()).cycle().take(700) {
        let (id, role, quoted) = quotations[rank];
        if role == Role::Noise {
            continue;
        }
        let (changed, _) = with_one_letter_changed(quoted, &mut draw);
        let noise = quotations.iter().filter(|(_, role, _)| *role == Role::Noise);
        let quotes: Vec<Quote> = noise.chain([&(id, role, changed.as_str())]).map(quote).collect();
        let found = match_quotes(&text, &quotes).places.pop().unwrap();
        let Err(Problem::NotFound { nearest: Some(nearest) }) = found else {
            panic!("{id} « {changed} »: {found:?}")
        };
        let (as_quoted, as_is) = nearest.difference;
        assert!(as_quoted != as_is && changed.contains(&as_quoted), "{id}: {as_quoted} / {as_is}");
        // B3a-1 and C-1 differ by one letter: what lies between them is as near to one as to the other.
        let twins = ["B3a-1", "C-1"].contains(&id) && nearest.text.ends_with("stage est de 14 à 16 semaines.");
        assert!(twins || quoted.contains(&nearest.text) && nearest.text.contains(&as_is), "{id}: {}", nearest.text);
    }
}

#[test]
fn a_letter_changed_in_the_text_loses_exactly_the_quotation_that_carries_it() {
    let (_, whole) = matched(TEXT);
    let mut draw = Draw(11);
    let mut lost = 0;
    for _ in 0..300 {
        let (changed, at) = with_one_letter_changed(TEXT, &mut draw);
        let carrier =
            whole.ledger.iter().find(|entry| entry.range.contains(&at)).and_then(|entry| entry.carrier).unwrap();
        if quotations()[carrier].1 == Role::Noise {
            continue;
        }
        let places = matched(&changed).1.places;
        let failed: Vec<usize> = (0..places.len()).filter(|&rank| places[rank].is_err()).collect();
        assert_eq!(failed, [carrier], "byte {at}");
        lost += 1;
    }
    assert!(lost > 250);
}

#[test]
fn a_statement_abridged_is_the_same_passage() {
    let (text, whole) = matched(TEXT);
    let rank = quotations().iter().position(|(id, _, _)| *id == "B3b-3").unwrap();
    let mut quotes: Vec<Quote> = quotations().iter().map(quote).collect();
    quotes[rank].text = "Elles doivent avoir été effectuées … pendant un an … précédant\n  l'examen.";
    assert_eq!(match_quotes(&text, &quotes), whole);
}
