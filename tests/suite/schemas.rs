//! What reglo writes as JSON is what `docs/schemas` publishes: names, presence, words.

use std::path::Path;

use serde_json::Value;

use super::blocks::{folder, reglo};

/// Checks the part of JSON Schema the published schemas use; says where the datum departs.
pub(crate) fn departs(root: &Value, schema: &Value, datum: &Value, at: &str) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.strip_prefix('#').unwrap()).unwrap();
        return departs(root, target, datum, at);
    }
    if let Some(wanted) = schema.get("const")
        && wanted != datum
    {
        return Some(format!("{at}: {datum} is not {wanted}"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(datum)
    {
        return Some(format!("{at}: {datum} is not one of {words:?}"));
    }
    if let Some(object) = datum.as_object().filter(|_| schema["type"] == "object") {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap()) {
                return Some(format!("{at}: {name} is missing"));
            }
        }
        for (name, value) in object {
            let described = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
            match described {
                Some(Value::Bool(false)) | None => return Some(format!("{at}: {name} is not published")),
                Some(described) => {
                    if let Some(found) = departs(root, described, value, &format!("{at}/{name}")) {
                        return Some(found);
                    }
                }
            }
        }
    }
    let items = datum.as_array().into_iter().flatten();
    items.enumerate().find_map(|(index, item)| {
        let described = schema.get("items")?;
        departs(root, described, item, &format!("{at}/{index}"))
    })
}

pub(crate) fn schema(name: &str) -> Value {
    let path = format!("{}/docs/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The dossiers of the cases, in a folder for one test: tests run at the same time.
fn dossiers(test: &str) -> Vec<std::path::PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets/bts-ccst/cases");
    let folder = folder(&format!("schemas-{test}"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(cases).unwrap() {
        let path = entry.unwrap().path();
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let dossier = folder.join(path.file_name().unwrap());
        std::fs::write(&dossier, case["dossier"].to_string()).unwrap();
        found.push(dossier);
    }
    found.sort();
    found
}

#[test]
fn decisions_keep_to_the_published_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = dossiers("decisions");
    let mut arguments = vec!["decide", "rulesets/bts-ccst", "--format", "json"];
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    let (said, _) = reglo(root, &arguments);
    let decisions: Vec<Value> = serde_json::from_str(&said).unwrap();
    assert_eq!(decisions.len(), paths.len());
    let schema = schema("decision-2");
    for decision in &decisions {
        assert_eq!(departs(&schema, &schema, decision, ""), None, "{}", decision["dossier"]["source"]);
    }
}

#[test]
fn explanations_keep_to_the_published_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = schema("explanation-2");
    for path in dossiers("explanations").iter().step_by(7) {
        for outcome in ["dossier_recevable", "notes_conservees", "durée_conforme"] {
            for more in [None, Some("--full"), Some("--why-not")] {
                let mut arguments = vec!["explain", "rulesets/bts-ccst", path.to_str().unwrap(), outcome];
                arguments.extend(["--format", "json"].into_iter().chain(more));
                let (said, _) = reglo(root, &arguments);
                let explanation: Value = serde_json::from_str(&said).unwrap();
                assert_eq!(departs(&schema, &schema, &explanation, ""), None, "{arguments:?}");
            }
        }
    }
}

#[test]
fn verifications_keep_to_the_published_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = schema("verification-1");
    let path = dossiers("verifications").into_iter().next().unwrap();
    let (dossier, decision) = (path.to_str().unwrap(), path.with_extension("decision"));
    let decide = ["decide", "rulesets/bts-ccst", dossier, "--format", "json", "-o", decision.to_str().unwrap()];
    assert!([0, 3].contains(&reglo(root, &decide).1));
    let verify = || {
        let arguments = ["verify", decision.to_str().unwrap(), "--ruleset", "rulesets/bts-ccst", "--dossier", dossier];
        let (said, status) = reglo(root, &[&arguments[..], &["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(departs(&schema, &schema, &report, ""), None, "{said}");
        (status, report)
    };
    let (status, report) = verify();
    assert!(status == 0 && report["verified"] == true && report["refusals"].as_array().is_some_and(Vec::is_empty));
    assert!(report["unverified"].as_array().is_some_and(|points| !points.is_empty()));
    let forged = std::fs::read_to_string(&decision).unwrap().replacen("\"bts-ccst\"", "\"bts\"", 1);
    std::fs::write(&decision, forged).unwrap();
    let (status, report) = verify();
    assert!(status == 1 && report["verified"] == false && report["refusals"][0]["path"] == "ruleset.id", "{report}");
}

#[test]
fn batches_keep_to_the_published_schemas() {
    let folder = folder("schemas-batch");
    let mut lines: Vec<String> =
        dossiers("batches").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    lines.push("{".to_owned());
    std::fs::write(folder.join("in.jsonl"), lines.join("\n")).unwrap();
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/rulesets/bts-ccst");
    let (said, code) = reglo(&folder, &["batch", rules, "in.jsonl", "-o", "out.jsonl", "--summary", "bilan.json"]);
    assert_eq!(code, 3, "{said}");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (line_schema, answers) = (schema("batch-line-1"), read("out.jsonl"));
    assert_eq!(answers.lines().count() + 1, lines.len());
    for line in answers.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(departs(&line_schema, &line_schema, &line, ""), None, "{line}");
    }
    let summary_schema = schema("batch-summary-1");
    let summary = serde_json::from_str(&read("bilan.json")).unwrap();
    assert_eq!(departs(&summary_schema, &summary_schema, &summary, ""), None);
    let map_schema = schema("map-1");
    let (map, code) = reglo(&folder, &["schema", "--map", rules]);
    assert_eq!(code, 0, "{map}");
    assert_eq!(departs(&map_schema, &map_schema, &serde_json::from_str(&map).unwrap(), ""), None);
}
