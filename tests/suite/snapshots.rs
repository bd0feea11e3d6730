//! What people read of a decision, as a whole: pages and JSON of telling dossiers, reviewed by eye.
//!
//! No-break spaces show as `⍽`, narrow ones as `·`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, clippy::string_slice, reason = "tests")]

use std::sync::LazyLock;

use reglo::dossier::Dossier;
use reglo::explain::Detail;
use reglo::lower::TextFile;
use reglo::program::RuleId;
use reglo::render::{self, Style};
use reglo::ruleset::{Analysis, Decision, Ruleset};

const FOLDER: &str = "rulesets/bts-ccst";
const TEXT: &str = include_str!("../../rulesets/bts-ccst/texte.txt");

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| {
    let folder = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = folder.filter(|path| path.extension().is_some_and(|end| end == "reglo")).collect();
    paths.sort();
    let files = paths.iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, reglo::syntax::normalise(&std::fs::read(path).unwrap()).unwrap())
    });
    let texts = [TextFile { name: "texte.txt".to_owned(), text: TEXT.to_owned() }];
    match Analysis::new("bts-ccst", files.collect(), &texts).into_ruleset() {
        Ok(ruleset) => ruleset,
        Err(_) => panic!("the ruleset has errors"),
    }
});

/// A case of the ruleset, decided.
fn decided(case: &str) -> (Dossier, Decision) {
    let bytes = std::fs::read(format!("{FOLDER}/cases/{case}.json")).unwrap();
    let case_file: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let dossier = serde_json::to_vec(&case_file["dossier"]).unwrap();
    let dossier = RULESET.read(&format!("{case}.json"), &dossier).unwrap();
    let decision = RULESET.decide(&dossier);
    (dossier, decision)
}

fn rule(name: &str) -> RuleId {
    RULESET.program().rule_named(name).unwrap()
}

fn style(width: usize) -> Style {
    Style { colour: false, width }
}

/// Joining spaces shown, the ruleset's own fingerprint hidden: it changes with every word of it.
fn visible(shown: &str) -> String {
    shown.replace('\u{a0}', "⍽").replace('\u{202f}', "·").replace(RULESET.sha256(), "‹empreinte du règlement›")
}

fn page(case: &str) -> String {
    let (dossier, decision) = decided(case);
    let page = render::decision(&RULESET, &dossier, &decision, &[]);
    render::text(&page, style(110))
}

/// The decision without the table of all answers nor the texts cited, which repeat from case to case.
fn reasons(case: &str) -> String {
    let shown = page(case);
    let end = shown.find("\nToutes les réponses").unwrap();
    visible(&shown[..end])
}

fn explained(case: &str, outcome: &str, detail: Detail) -> render::Page {
    let (dossier, decision) = decided(case);
    render::explanation(&RULESET, &dossier, &decision, &rule(outcome).into(), detail)
}

fn why_not(case: &str, outcome: &str) -> String {
    let (dossier, decision) = decided(case);
    visible(&render::text(&render::why_not_page(&RULESET, &dossier, &decision, &rule(outcome).into()), style(110)))
}

fn cases() -> Vec<String> {
    let folder = std::fs::read_dir(format!("{FOLDER}/cases")).unwrap();
    let mut names: Vec<String> = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 60, "{}", names.len());
    names
}

#[test]
fn a_whole_page_for_a_dossier_that_lacks_a_signature() {
    insta::assert_snapshot!(visible(&page("CCST-036")));
}

#[test]
fn a_dossier_in_order() {
    insta::assert_snapshot!(reasons("CCST-005"));
}

#[test]
fn an_attestation_that_does_not_say_the_length() {
    insta::assert_snapshot!(reasons("CCST-062"));
}

#[test]
fn a_reduction_nobody_has_assessed_yet() {
    insta::assert_snapshot!(reasons("CCST-076"));
}

#[test]
fn a_candidate_whose_status_is_not_known() {
    insta::assert_snapshot!(reasons("CCST-150"));
}

#[test]
fn certificates_in_place_of_an_attestation() {
    insta::assert_snapshot!(reasons("CCST-130"));
}

#[test]
fn data_that_contradict_each_other() {
    insta::assert_snapshot!(reasons("CCST-066"));
}

#[test]
fn a_narrow_terminal() {
    let (dossier, decision) = decided("CCST-062");
    let only = [rule("attestations_conformes")];
    let page = render::decision(&RULESET, &dossier, &decision, &only);
    insta::assert_snapshot!(visible(&render::text(&page, style(40))));
}

#[test]
fn an_explanation_as_text_markdown_and_html() {
    let page = explained("CCST-036", "convention_conforme", Detail::Minimal);
    insta::assert_snapshot!("convention_text", visible(&render::text(&page, style(110))));
    insta::assert_snapshot!("convention_markdown", visible(&render::markdown(&page)));
    let html = render::html(&page);
    insta::assert_snapshot!("convention_html", visible(&html[html.find("<body").unwrap()..]));
}

#[test]
fn explanations_as_json() {
    for (case, outcome) in [("CCST-036", "convention_conforme"), ("CCST-076", "durée_minimale_semaines")] {
        let (dossier, decision) = decided(case);
        let json =
            render::explanation_json(&RULESET, &dossier, &decision, &rule(outcome).into(), (Detail::Minimal, true))
                .to_json_pretty();
        insta::assert_snapshot!(format!("json_{case}_{outcome}"), visible(&json));
    }
}

#[test]
fn decisions_as_json() {
    for (case, outcome) in [("CCST-076", "durée_minimale_atteinte"), ("CCST-171", "notes_conservées")] {
        let (dossier, decision) = decided(case);
        let json = render::decision_json(&RULESET, &dossier, &decision, &[rule(outcome)]).to_json_pretty();
        insta::assert_snapshot!(format!("decision_{case}_{outcome}"), visible(&json));
    }
}

#[test]
fn what_would_have_to_be_otherwise() {
    insta::assert_snapshot!("why_not_refused", why_not("CCST-032", "quatre_semaines_consécutives_première_année"));
    insta::assert_snapshot!("why_not_accepted", why_not("CCST-005", "durée_minimale_atteinte"));
}

/// Words that are not French, or not words.
const FOREIGN: [&str; 9] = ["unknown", "missing", "true", "false", "none", "null", "some", "because", "error"];

/// What is not within parentheses.
fn outside_parentheses(shown: &str) -> String {
    let mut depth = 0usize;
    let mut kept = String::new();
    for letter in shown.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept
}

/// The words of a page in order, without its drawing: each block on one line.
fn flat(page: &render::Page) -> String {
    render::markdown(page).lines().map(|line| format!("{}\n", line.trim_start_matches([' ', '-', '>', '|']))).collect()
}

#[test]
fn no_page_shows_a_foreign_word_an_identifier_or_an_empty_quotation() {
    let outcomes = ["dossier_recevable", "durée_minimale_semaines", "convention_conforme", "justificatif_conforme"];
    for case in cases() {
        let (dossier, decision) = decided(&case);
        let mut pages = vec![render::decision(&RULESET, &dossier, &decision, &[])];
        for outcome in outcomes {
            pages.push(render::explanation(&RULESET, &dossier, &decision, &rule(outcome).into(), Detail::Full));
        }
        for page in &pages {
            let shown = render::text(page, style(100_000));
            for line in shown.lines() {
                let words = line.to_lowercase();
                let mut each = words.split(|letter: char| !letter.is_alphabetic());
                let foreign = each.find(|word| FOREIGN.contains(word));
                assert!(foreign.is_none(), "{case}: {foreign:?} in {line}");
                assert!(
                    !line.contains("«\u{a0}\u{a0}»") && !line.contains("« »") && !line.contains("()"),
                    "{case}: {line}"
                );
            }
            let bare = outside_parentheses(&shown.lines().map(|line| format!("{line}\n")).collect::<String>());
            let named = bare.split_whitespace().find(|word| word.contains('_'));
            assert!(named.is_none(), "{case}: {named:?}");
            let doubled = flat(page).lines().find(|line| line.trim().contains("  ")).map(str::to_owned);
            assert!(doubled.is_none(), "{case}: {doubled:?}");
        }
    }
}

#[test]
fn every_quotation_is_in_the_official_text_to_the_letter() {
    let bare = |words: &str| words.split_whitespace().collect::<String>();
    // Page numbers stand in the middle of sentences.
    let is_page = |line: &&str| line.trim().parse::<u32>().is_ok();
    let official: String = TEXT.lines().filter(|line| !is_page(line)).map(bare).collect();
    let mut quoted = 0;
    for case in cases() {
        let (dossier, decision) = decided(&case);
        let page = render::decision(&RULESET, &dossier, &decision, &[]);
        for block in &page.blocks {
            let render::Block::Quote { text, source } = block else { continue };
            let words: String = text.spans.iter().map(|span| span.text.as_str()).collect();
            let from: String = source.spans.iter().map(|span| span.text.as_str()).collect();
            let outside = from.contains("hors du texte officiel");
            assert!(outside || official.contains(&bare(&words)), "{case}: {words}");
            quoted += usize::from(!outside);
        }
    }
    assert!(quoted > 300, "{quoted}");
}

/// A small ruleset of its own, and a dossier that falls where its text contradicts itself or is silent.
fn small(dossier: &str) -> String {
    let rules = "règlement « Prêt » texte \"texte.txt\"\n\
        clause A-1 « Le prêt dure 14 jours. »\n\
        clause A-2 « Le prêt d'une revue dure 7 jours. »\n\
        clause A-3 « Le prêt d'un ouvrage ancien dure 2 jours. »\n\
        fait revue : oui/non « le document est une revue »\n\
        fait ancien : oui/non « le document est ancien »\n\
        valeur durée_du_prêt : durée en jours « durée du prêt »\n  vaut 14 jours selon A-1\n\
        sauf revue_prêtée selon A-2 si revue alors 7 jours\n\
        sauf ancien_prêté selon A-3 si ancien alors 2 jours\n\
        valeur surveillance : durée en jours « délai de relance »\n\
        cas revue et ancien : 1 jour selon A-2\n  cas ancien et non revue : 2 jours selon A-3\n";
    let text = "Le prêt dure 14 jours.\nLe prêt d'une revue dure 7 jours.\nLe prêt d'un ouvrage ancien dure 2 jours.\n";
    let texts = [TextFile { name: "texte.txt".to_owned(), text: text.to_owned() }];
    let analysis = Analysis::new("pret", vec![("pret.reglo".to_owned(), rules.to_owned())], &texts);
    let ruleset = match analysis.into_ruleset() {
        Ok(ruleset) => ruleset,
        Err(analysis) => panic!("{:?}", analysis.diagnostics),
    };
    let dossier = ruleset.read("dossier.json", dossier.as_bytes()).unwrap();
    let decision = ruleset.decide(&dossier);
    let ids: Vec<RuleId> =
        ["durée_du_prêt", "surveillance"].map(|name| ruleset.program().rule_named(name).unwrap()).into();
    let page = render::decision(&ruleset, &dossier, &decision, &ids);
    render::text(&page, style(100)).replace('\u{a0}', "⍽").replace('\u{202f}', "·")
}

#[test]
fn a_conflict_names_both_definitions_and_their_clauses() {
    insta::assert_snapshot!(small(r#"{ "revue": true, "ancien": true }"#));
}

#[test]
fn a_silence_of_the_text_says_which_cases_it_foresees() {
    insta::assert_snapshot!(small(r#"{ "revue": true, "ancien": false }"#));
}
