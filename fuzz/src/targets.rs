//! What is done with any bytes at all, and what must then hold: no panic, and the laws that need no second
//! opinion. The programs of `fuzz_targets` run these at length; the tests replay the corpus through them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::OnceLock;

use reglo::dossier::{Datum, Dossier, Placed, parse_json};
use reglo::explain::{AnswerStatus, Detail, cited, named, suffices};
use reglo::lower::TextFile;
use reglo::program::{RuleId, RuleKind};
use reglo::render;
use reglo::ruleset::{Analysis, Decision, Ruleset};
use reglo::syntax::normalise;
use reglo::text::{OfficialText, Quote, Role, match_quotes};

use crate::generate::{self, Draw};

/// Longer inputs find nothing that shorter ones do not.
const LONGEST: usize = 16_384;
/// Between the parts of an input.
const PART: char = '\u{1}';

fn text_of(bytes: &[u8]) -> Option<String> {
    normalise(bytes.get(..LONGEST.min(bytes.len()))?.to_vec()).ok()
}

/// A ruleset, then its official text: whatever they are, every diagnostic points into them, and what checks
/// decides and explains an empty dossier.
pub fn ruleset(bytes: &[u8]) {
    let Some(given) = text_of(bytes) else { return };
    let (rules, official) = given.split_once(PART).unwrap_or((&given, "Un. Deux."));
    let texts = [TextFile { name: "texte.txt".into(), text: official.into() }];
    let analysis = Analysis::new("essai", vec![("essai.reglo".into(), rules.into())], &texts);
    for diagnostic in &analysis.diagnostics {
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.others) {
            let source = analysis.sources.get(label.span.source).unwrap();
            assert!(source.text.get(label.span.range()).is_some(), "{diagnostic:?} points outside");
        }
    }
    let has_errors = analysis.has_errors();
    match analysis.into_ruleset() {
        Ok(ruleset) => decided(&ruleset, &ruleset.read("dossier.json", b"{}").unwrap()),
        Err(_) => assert!(has_errors),
    }
}

/// An official text, then quotations, one a part, each with a letter for what it is and one for which
/// occurrence: what is found lies in the text, says the same words, and carries every character at most once.
pub fn passages(bytes: &[u8]) {
    let Some(given) = text_of(bytes) else { return };
    let mut parts = given.split(PART);
    let text = OfficialText::new(parts.next().unwrap_or_default());
    let quotes: Vec<Quote> = parts.take(40).filter_map(quote).collect();
    let found = match_quotes(&text, &quotes);
    assert_eq!(found.places.len(), quotes.len());
    let blank = |range: std::ops::Range<usize>| text.text()[range].chars().all(is_blank);
    let mut at = 0;
    for entry in &found.ledger {
        assert!(entry.range.start >= at, "the ledger says something twice");
        assert!(blank(at..entry.range.start), "the ledger leaves something out");
        at = entry.range.end;
    }
    assert!(blank(at..text.text().len()), "the ledger leaves something out");
    for range in &found.uncovered {
        assert!(!blank(range.clone()));
    }
    for place in found.places.iter().flatten() {
        assert!(!place.ranges.is_empty() && place.start_line <= place.end_line);
        let mut end = 0;
        for range in &place.ranges {
            assert!(range.start >= end && text.text().get(range.clone()).is_some());
            end = range.end;
        }
        assert!(!text.verbatim(place).trim().is_empty());
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{FEFF}'
}

fn quote(part: &str) -> Option<Quote<'_>> {
    let mut rest = part.chars();
    let (role, which) = (rest.next()?, rest.next()?);
    let role = match role {
        'h' => Role::Heading,
        'n' => Role::Noise,
        _ => Role::Clause,
    };
    Some(Quote { text: rest.as_str(), occurrence: which.to_digit(10).filter(|nth| *nth > 0), role })
}

const EVERY_TYPE: &str = include_str!("every_type.reglo");

/// A dossier for a ruleset that has facts of every type: it is refused in words, or decided.
pub fn dossier(bytes: &[u8]) {
    static RULESET: OnceLock<Ruleset> = OnceLock::new();
    let ruleset = RULESET.get_or_init(|| {
        let texts = [TextFile { name: "texte.txt".into(), text: "Un.".into() }];
        let analysis = Analysis::new("tout", vec![("tout.reglo".into(), EVERY_TYPE.into())], &texts);
        analysis.into_ruleset().unwrap_or_else(|analysis| panic!("{:#?}", analysis.diagnostics))
    });
    match ruleset.read("dossier.json", bytes.get(..LONGEST).unwrap_or(bytes)) {
        Ok(dossier) => decided(ruleset, &dossier),
        Err(error) => assert!(!error.message.is_empty() && error.line > 0, "{error:?}"),
    }
}

/// A ruleset and a dossier for it, each choice by one byte: the same sources and dossier give the same bytes, and
/// what a justification names suffices.
pub fn decide(bytes: &[u8]) {
    let (program, datum) = drawn(bytes);
    let Ok(ruleset) = program.analysis().into_ruleset() else { return };
    let dossier = Dossier::from_datum(ruleset.program(), "essai", &Placed::nowhere(datum));
    decided(&ruleset, &dossier);
}

fn drawn(bytes: &[u8]) -> (generate::Program, Datum) {
    let mut draw = Draw::of_bytes(bytes.get(..1024).unwrap_or(bytes));
    let program = generate::program(&mut draw);
    let unknown = [0, 5, 20, 60][draw.below(4)];
    let datum = if draw.chance(85) {
        generate::dossier(&program, &mut draw, unknown)
    } else {
        generate::anything(&mut draw, 4)
    };
    (program, datum)
}

/// The ruleset and the dossier that an input of [`decide`] stands for.
#[allow(dead_code, reason = "for who looks into a finding")]
pub fn shown(bytes: &[u8]) -> (String, String) {
    let (program, datum) = drawn(bytes);
    (program.text().0, datum.to_json_pretty())
}

fn decided(ruleset: &Ruleset, dossier: &Dossier) {
    let decision = ruleset.decide(dossier);
    every_rule_answers(ruleset, &decision);
    for answer in decision.outcomes.iter().filter_map(|outcome| outcome.answer.as_ref()) {
        let why = ruleset.justify(&decision, answer.target, Detail::Minimal);
        let settled = why.known.is_settled();
        assert!(
            !settled || suffices(ruleset.program(), &decision.inputs, &named(&why), (answer.target, &why.known)),
            "what is named does not suffice for {answer:?}\n{why:#?}"
        );
        assert!(
            answer.status != AnswerStatus::Known || !cited(ruleset.program(), &why).clauses.is_empty(),
            "no clause for {answer:?}"
        );
        if answer.status == AnswerStatus::Unknown {
            let named = !answer.missing.is_empty() || !answer.contested.is_empty();
            // Of two elements with one key, it is not known which a reference means: the anomaly says so.
            let twice =
                dossier.anomalies.iter().any(|anomaly| anomaly.problem == reglo::dossier::problem::DUPLICATE_KEY);
            assert!(named || twice, "open for nothing: {answer:?}");
        }
    }
    let json = render::decision_json(ruleset, dossier, &decision, &[]).to_json();
    assert!(parse_json(json.as_bytes()).is_ok(), "{json}");
    let again = render::decision_json(ruleset, dossier, &ruleset.decide(dossier), &[]).to_json();
    assert!(json == again, "two decisions differ");
}

fn every_rule_answers(ruleset: &Ruleset, decision: &Decision) {
    let silent = |(_, rule): &(RuleId, &reglo::program::Rule)| {
        rule.kind != RuleKind::Incoherence
            && rule.result.is_some_and(|result| decision.frame.known(result, 0).is_none())
    };
    if let Some((_, rule)) = ruleset.program().rules().find(silent) {
        panic!("{} has no answer", rule.name);
    }
}
