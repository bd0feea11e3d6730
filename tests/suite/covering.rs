//! `reglo test --coverage`: the states the examples show, those they do not and could, those that cannot be.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::blocks::{folder, reglo};
use super::schemas::{departs, schema};

const TEXT: &str = "Le prêt dure trois semaines. Un étudiant en thèse garde l'ouvrage six semaines. Toute personne \
                    inscrite peut emprunter. Le mineur présente une autorisation.\n";

const RULES: &str = r#"règlement « Prêt »
  texte "texte.txt"

clause A1 « Le prêt dure trois semaines. »  au « art. 1 »
clause A2 « Un étudiant en thèse garde l'ouvrage six semaines. »  au « art. 2 »
clause A3 « Toute personne inscrite peut emprunter. »  au « art. 3 »
clause A4 « Le mineur présente une autorisation. »  au « art. 4 »

fait thèse        : oui/non           « étudiant en thèse »
fait inscrit      : oui/non           « inscrit »
fait âge          : entier de 0 à 120 « âge »
fait autorisation : oui/non           « autorisation présentée »

valeur durée : durée en semaines « durée du prêt »
  vaut 3 semaines  selon A1
  sauf doctorants  selon A2
    si thèse
    alors 6 semaines

obligation autorisé « le mineur a une autorisation »
  selon A4
  pour âge < 18
  exige autorisation

obligation inscription « l'emprunteur est inscrit »
  selon A3
  exige inscrit

décision emprunte « peut emprunter »
  exige inscription, autorisé

exemple « ordinaire »
  avec thèse = non, inscrit = oui, âge = 18
  attend durée = 3 semaines, emprunte = oui
"#;

const MORE: &str = r#"
exemple « en thèse »
  avec thèse = oui, inscrit = non
  attend durée = 6 semaines, emprunte = non
"#;

fn place(name: &str, rules: &str) -> std::path::PathBuf {
    let folder = folder(name);
    fs::write(folder.join("texte.txt"), TEXT).unwrap();
    fs::write(folder.join("r.reglo"), rules).unwrap();
    folder
}

fn report(folder: &Path) -> Value {
    let (said, _) = reglo(folder, &["test", "r.reglo", "--coverage", "--format", "json"]);
    serde_json::from_str(&said).unwrap()
}

/// The fate of a state of a rule.
fn fate<'r>(report: &'r Value, rule: &str, state: &str) -> &'r str {
    let rules = report["rulesets"][0]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|found| found["name"] == rule).unwrap();
    rule["states"][state]["fate"].as_str().unwrap_or("none")
}

#[test]
fn each_state_is_seen_or_possible_or_impossible() {
    let report = report(&place("covering", RULES));
    let fate = |rule: &str, state: &str| fate(&report, rule, state).to_owned();
    assert_eq!(
        ["held", "failed", "not_applicable", "unknown"].map(|state| fate("durée", state)),
        ["seen", "none", "impossible", "possible"]
    );
    assert_eq!(
        ["held", "failed", "not_applicable", "unknown"].map(|state| fate("autorisé", state)),
        ["possible", "possible", "seen", "possible"]
    );
    assert_eq!(
        ["held", "failed", "not_applicable", "unknown"].map(|state| fate("emprunte", state)),
        ["seen", "possible", "impossible", "possible"]
    );
    let parts = |rule: usize| &report["rulesets"][0]["rules"][rule]["parts"];
    let of = |part: &Value| [&part["yes"], &part["no"]].map(|sight| sight["fate"].as_str().unwrap().to_owned());
    assert_eq!(parts(0)[1]["name"], "doctorants");
    assert_eq!(of(&parts(0)[0]), ["seen", "possible"]);
    assert_eq!(of(&parts(0)[1]), ["possible", "seen"]);
    assert_eq!(parts(0)[1]["clauses"], serde_json::json!(["A2"]));
    let clauses = report["rulesets"][0]["clauses"].as_array().unwrap();
    let held: Vec<(&str, u64)> =
        clauses.iter().map(|clause| (clause["id"].as_str().unwrap(), clause["held"].as_u64().unwrap())).collect();
    assert_eq!(held[..3], [("A1", 1), ("A2", 1), ("A3", 2)]);
}

#[test]
fn the_examples_offered_pasted_show_every_state_that_can_be() {
    let folder = place("covering-pasted", RULES);
    let mut rules = RULES.to_owned();
    let mut offered = 0;
    fn gather(datum: &Value, found: &mut Vec<String>) {
        if let Some(example) = datum["example"].as_str() {
            found.push(example.to_owned());
        }
        datum.as_array().into_iter().flatten().for_each(|item| gather(item, found));
        datum.as_object().into_iter().flatten().for_each(|(_, item)| gather(item, found));
    }
    let mut examples = Vec::new();
    gather(&report(&folder), &mut examples);
    for example in examples {
        rules.push_str(&format!("\n{example}\n"));
        offered += 1;
    }
    assert!(offered >= 8, "{offered}");
    fs::write(folder.join("r.reglo"), &rules).unwrap();
    let after = report(&folder);
    assert_eq!(after["rulesets"][0]["passed"], true);
    assert_eq!(after["rulesets"][0]["states"]["percent"], 100, "{after:#}");
    assert_eq!(reglo(&folder, &["test", "r.reglo", "--coverage", "--fail-under", "100"]).1, 0);
}

#[test]
fn what_is_not_shown_enough_exits_1() {
    let folder = place("covering-under", &format!("{RULES}{MORE}"));
    let whole = report(&folder);
    let [states, cited] = ["states", "cited"].map(|share| whole["rulesets"][0][share]["percent"].as_u64().unwrap());
    let least = states.min(cited);
    assert!(least < 100);
    let under = |floor: u64| reglo(&folder, &["test", "r.reglo", "--coverage", "--fail-under", &floor.to_string()]).1;
    assert_eq!((under(least), under(least + 1)), (0, 1));
    fs::write(folder.join("r.reglo"), RULES.replace("durée = 3 semaines", "durée = 4 semaines")).unwrap();
    assert_eq!(reglo(&folder, &["test", "r.reglo", "--coverage"]).1, 1);
}

#[test]
fn every_format_says_the_same_and_the_json_keeps_to_its_schema() {
    let folder = place("covering-formats", RULES);
    for format in ["text", "markdown", "html"] {
        let (said, code) = reglo(&folder, &["test", "r.reglo", "--coverage", "--format", format]);
        assert_eq!(code, 0, "{said}");
        for word in ["impossible", "jamais", "sauf doctorants", "A4", "exemple «"] {
            assert!(said.contains(word), "{format}: {word}: {said}");
        }
    }
    let schema = schema("test-coverage-1");
    assert_eq!(departs(&schema, &schema, &report(&folder), ""), None);
}
