//! Reasons that many steps share: told once, in a size that grows with the rules and not with the ways through them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use reglo::explain::Detail;
use reglo::lower::TextFile;
use reglo::render::{self, Style};
use reglo::ruleset::{Analysis, Ruleset};

use super::recheck::recheck;

const TEXT: &str = "Le total double.\n";

/// Values that each read the one before twice: two to the power of their number ways from the last to the first.
fn chain(length: usize) -> Ruleset {
    let mut rules = "règlement « Chaîne » texte \"texte.txt\"\nclause A « Le total double. »\n\
                     fait départ : nombre de 0 à 1 « départ »\nfait choix : oui/non « choix »\n"
        .to_owned();
    let mut before = "départ".to_owned();
    for at in 0..length {
        rules.push_str(&format!(
            "valeur v{at} : nombre « étape {at} »\n  vaut si choix alors {before} sinon max({before}, {before} - 1) selon A\n"
        ));
        before = format!("v{at}");
    }
    rules.push_str(&format!("obligation fin « arrivée » selon A exige {before} ≥ 1\n"));
    // Within one value too, where no rule stands between.
    rules.push_str("valeur seule : nombre « seule »\n");
    let mut before = "départ".to_owned();
    for at in 0..length {
        rules.push_str(&format!("  soit a{at} = {before} + (si choix alors {before} sinon 0)\n"));
        before = format!("a{at}");
    }
    rules.push_str(&format!("  vaut min(1, {before}) selon A\n"));
    let texts = [TextFile { name: "texte.txt".to_owned(), text: TEXT.to_owned() }];
    match Analysis::new("chaine", vec![("chaine.reglo".to_owned(), rules)], &texts).into_ruleset() {
        Ok(ruleset) => ruleset,
        Err(analysis) => panic!("{:?}", analysis.diagnostics),
    }
}

#[test]
fn a_value_read_twice_by_each_of_many_is_explained_once() {
    const LENGTH: usize = 32;
    let ruleset = chain(LENGTH);
    for json in [r#"{"départ": 1, "choix": false}"#, r#"{"départ": 0, "choix": true}"#, "{}"] {
        let dossier = ruleset.read("d.json", json.as_bytes()).unwrap();
        let decision = ruleset.decide(&dossier);
        for (name, detail) in
            [("fin", Detail::Minimal), ("fin", Detail::Full), ("seule", Detail::Minimal), ("seule", Detail::Full)]
        {
            let asked = ruleset.program().rule_named(name).unwrap().into();
            let page = render::explanation(&ruleset, &dossier, &decision, &asked, detail);
            let text = render::text(&page, Style { colour: false, width: 10_000 });
            let json = render::explanation_json(&ruleset, &dossier, &decision, &asked, (detail, true)).to_json();
            // Twelve lines for each value are many.
            assert!(text.lines().count() < 12 * LENGTH + 40, "{name} {detail:?}: {}", text.lines().count());
            assert!(render::html(&page).len() < 400 * 12 * LENGTH && render::markdown(&page).len() < 400 * 12 * LENGTH);
            assert!(json.len() < 400 * 12 * LENGTH, "{name} {detail:?}: {}", json.len());
        }
    }
}

#[test]
fn references_between_steps_are_followed_and_a_false_one_is_refused() {
    let ruleset = chain(6);
    let bytes = br#"{"d\u00e9part": 1, "choix": false}"#;
    let dossier = ruleset.read("d.json", bytes).unwrap();
    let decision = render::decision_json(&ruleset, &dossier, &ruleset.decide(&dossier), &[]).to_json();
    let texts = [("texte.txt", TEXT)];
    let report = recheck(&ruleset, &texts, &decision, bytes).unwrap();
    assert!(report.refusals.is_empty(), "{:?}", report.refusals);
    let refused = |forged: String| {
        assert_ne!(forged, decision);
        !recheck(&ruleset, &texts, &forged, bytes).unwrap().refusals.is_empty()
    };
    assert!(decision.contains("\"see\":1") && decision.contains("\"see\":2"), "{decision}");
    assert!(refused(decision.replace("\"see\":1", "\"see\":2")), "another step");
    assert!(refused(decision.replace("\"see\":1", "\"see\":99")), "no step");
    assert!(refused(decision.replace("\"step\":1,", "")), "the step told is not numbered");
}
