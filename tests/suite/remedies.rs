//! Remedies do what they say: made, they take away the finding they belong to and make nothing unreadable.

use std::collections::BTreeSet;

use reglo::Analysis;
use reglo::diagnostic::{Code, Diagnostic, Edit, Remedy, Safety};
use reglo::lower::TextFile;
use reglo::remedy::{apply_safe, edited};

use crate::blocks::{blocks, markdown, ruleset};

/// Slips that the pages of the diagnostics do not show.
const SLIPS: [&str; 6] = [
    "fiat a : oui/non",
    "fait a : oui/non \"libellé\"",
    "fait a : couleurs\ntype couleur est rouge | bleu",
    "fait a : durée, facultatif\nsignalement s « s » selon A si a > 3 jours",
    "fait a : durée\nsignalement s « s » selon A si a > 3",
    "fait a : oui/non\nobligation s « s » selon A exige\n  - a",
];

fn analysed(rules: &str, text: &str) -> Analysis {
    let texts = [TextFile { name: "texte.txt".into(), text: text.into() }];
    Analysis::new("essai", vec![("essai.reglo".into(), rules.into())], &texts).reasoned()
}

fn mended(rules: &str, remedy: &Remedy) -> String {
    edited(rules, &remedy.edits.iter().collect::<Vec<&Edit>>())
}

/// How often a finding is made, wherever.
fn times(analysis: &Analysis, finding: &Diagnostic) -> usize {
    analysis.diagnostics.iter().filter(|other| other.code == finding.code && other.message == finding.message).count()
}

fn unreadable(analysis: &Analysis) -> usize {
    analysis
        .diagnostics
        .iter()
        .filter(|found| matches!(found.code, Code::Syntax | Code::Unclosed | Code::TooDeep))
        .count()
}

#[test]
fn every_remedy_of_the_examples_takes_its_finding_away() {
    let mut mended_codes = BTreeSet::new();
    let mut examples: Vec<(String, String, String)> = SLIPS
        .iter()
        .map(|slip| {
            (
                slip.to_string(),
                "un\n".to_owned(),
                format!("règlement « r »\n  texte \"texte.txt\"\nclause A « un »\n{slip}\n"),
            )
        })
        .collect();
    for path in markdown("docs/diagnostics") {
        let found = blocks(&std::fs::read_to_string(&path).unwrap());
        examples.extend(found.into_iter().filter(|block| block.info.starts_with("reglo")).map(|block| {
            let (text, rules) = ruleset(&block.body);
            (format!("{}:{}", path.display(), block.line), text, rules)
        }));
    }
    for (place, text, rules) in examples {
        let before = analysed(&rules, &text);
        for finding in &before.diagnostics {
            for remedy in &finding.remedies {
                let rules = mended(&rules, remedy);
                let after = analysed(&rules, &text);
                let place = format!("{place} {} « {} »\n{rules}", finding.message, remedy.title);
                assert!(times(&after, finding) < times(&before, finding), "{place}");
                assert!(unreadable(&after) <= unreadable(&before), "{place}\n{:#?}", after.diagnostics);
                mended_codes.insert(finding.code.as_str());
            }
        }
    }
    for code in [
        "syntaxe",
        "nom-inconnu",
        "type-inconnu",
        "cas-inconnu",
        "clause-inconnue",
        "clause-manquante",
        "clause-inutilisee",
        "cas-oublie",
        "citation-introuvable",
        "citation-ambigue",
        "texte-non-couvert",
        "fait-inutilise",
        "valeur-peut-etre-absente",
        "unites-incompatibles",
        "conflit-de-normes",
    ] {
        assert!(mended_codes.contains(code), "no example of {code} has a remedy: {mended_codes:?}");
    }
}

#[test]
fn safe_remedies_that_touch_are_made_one_at_a_time() {
    let rules = "règlement « r »\n  texte \"texte.txt\"\nclause A « un »\nfait élève : oui/non\n\
                 signalement s « s » selon a si eleve et ELEVE\n";
    let mut analysis = analysed(rules, "un\n");
    let (changed, made) = apply_safe(&analysis.sources, &analysis.diagnostics);
    assert_eq!(made, 3);
    let text = changed.into_iter().next().unwrap().1;
    assert!(text.ends_with("selon A si élève et élève\n"), "{text}");
    // The same remedy twice is made once.
    let twice = [analysis.diagnostics.clone(), analysis.diagnostics.clone()].concat();
    assert_eq!(apply_safe(&analysis.sources, &twice).1, 3);
    for finding in &mut analysis.diagnostics {
        for remedy in &mut finding.remedies {
            remedy.safety = Safety::ToConfirm;
        }
    }
    assert_eq!(apply_safe(&analysis.sources, &analysis.diagnostics).1, 0);
}
