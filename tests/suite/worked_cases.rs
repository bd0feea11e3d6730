//! The worked cases of the shipped ruleset, through the binary.

use std::path::Path;

use super::blocks::reglo;

#[test]
fn the_shipped_ruleset_checks_without_a_word() {
    let (said, status) = reglo(Path::new(env!("CARGO_MANIFEST_DIR")), &["check", "rulesets/bts-ccst", "--quiet"]);
    assert_eq!((said.as_str(), status), ("", 0));
}

#[test]
fn every_example_and_worked_case_agrees() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (said, status) = reglo(root, &["test", "rulesets/bts-ccst", "--format", "json"]);
    assert_eq!(status, 0, "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let proofs = report["rulesets"][0]["proofs"].as_array().unwrap();
    let cases = proofs.iter().filter(|proof| proof["kind"] == "case").count();
    assert_eq!(cases, 60);
    assert!(proofs.iter().all(|proof| proof["passed"] == true && proof["expectations"].as_u64() > Some(0)));
}

#[test]
fn every_clause_of_the_shipped_ruleset_is_cited_by_some_answer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (said, _) = reglo(root, &["test", "rulesets/bts-ccst", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["rulesets"][0]["uncited_clauses"], serde_json::json!([]));
}

#[test]
fn a_norm_on_each_element_names_the_fact_that_makes_it_apply() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut case: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(root.join("rulesets/bts-ccst/cases/CCST-001.json")).unwrap())
            .unwrap();
    case["dossier"].as_object_mut().unwrap().remove("voie");
    let dossier = std::env::temp_dir().join(format!("reglo-without-voie-{}.json", std::process::id()));
    std::fs::write(&dossier, case["dossier"].to_string()).unwrap();
    let (said, _) = reglo(root, &["decide", "rulesets/bts-ccst", dossier.to_str().unwrap(), "--format", "json"]);
    std::fs::remove_file(&dossier).unwrap();
    let decided: serde_json::Value = serde_json::from_str(&said).unwrap();
    let outcome = &decided["outcomes"]["convention_conforme"];
    assert_eq!((&outcome["status"], &outcome["missing"][0]["path"]), (&"unknown".into(), &"voie".into()));
}
