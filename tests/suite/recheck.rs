//! Decisions checked again by code that shares nothing with what decided.

use reglo::dossier::Dossier;
use reglo::render;
use reglo::ruleset::Ruleset;
use reglo::verify::{Report, Sources, verify};

fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn recheck(
    ruleset: &Ruleset,
    texts: &[(&str, &str)],
    decision: &str,
    dossier: &[u8],
) -> Result<Report, String> {
    let analysis = ruleset.analysis();
    let rules = analysis.sources.iter().map(|(_, source)| source.text.as_str()).collect();
    verify(decision, &Sources { id: ruleset.id(), files: &analysis.files, rules, texts: texts.to_vec(), dossier })
}

fn ccst() -> (Ruleset, String) {
    let folder = root().join("rulesets/bts-ccst");
    let text = std::fs::read_to_string(folder.join("texte.txt")).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "reglo"));
    files.sort();
    let files = files
        .into_iter()
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    let texts = [reglo::lower::TextFile { name: "texte.txt".into(), text: text.clone() }];
    (reglo::Analysis::new("bts-ccst", files, &texts).into_ruleset().unwrap(), text)
}

/// The dossiers of the ruleset: those that stand alone and those of its cases.
fn dossiers() -> Vec<(String, Vec<u8>)> {
    let folder = root().join("rulesets/bts-ccst");
    let mut found = Vec::new();
    for (place, is_case) in [("dossiers", false), ("cases", true)] {
        for entry in std::fs::read_dir(folder.join(place)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let bytes = if is_case {
                let case: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                case["dossier"].to_string().into_bytes()
            } else {
                bytes
            };
            found.push((name, bytes));
        }
    }
    found.sort();
    assert_eq!(found.len(), 65);
    found
}

#[test]
fn every_decision_on_the_ccst_dossiers_is_found_to_follow() {
    let (ruleset, text) = ccst();
    let mut wrong = Vec::new();
    for (name, bytes) in dossiers() {
        let dossier: Dossier = ruleset.read(&name, &bytes).unwrap();
        let decision = render::decision_json(&ruleset, &dossier, &ruleset.decide(&dossier), &[]).to_json();
        let report = recheck(&ruleset, &[("texte.txt", &text)], &decision, &bytes).unwrap();
        for refusal in report.refusals.iter().take(4) {
            wrong.push(format!("{name}: {} — {}", refusal.path, refusal.says));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

use serde_json::Value as Json;

/// One way to forge a decision: what was done, and where.
struct Forgery {
    kind: &'static str,
    path: String,
    forged: Json,
}

/// A place in a JSON text.
#[derive(Clone)]
enum Step {
    Field(String),
    Item(usize),
}

fn at<'j>(json: &'j mut Json, path: &[Step]) -> &'j mut Json {
    path.iter().fold(json, |json, step| match step {
        Step::Field(name) => &mut json[name.as_str()],
        Step::Item(at) => &mut json[*at],
    })
}

fn written(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) if text.is_empty() => text.push_str(name),
            Step::Field(name) => text.push_str(&format!(".{name}")),
            Step::Item(at) => text.push_str(&format!("[{at}]")),
        }
    }
    text
}

/// Every place of a JSON text, and what stands there.
fn places(json: &Json) -> Vec<(Vec<Step>, Json)> {
    fn walk(json: &Json, path: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, Json)>) {
        found.push((path.clone(), json.clone()));
        let below: Vec<(Step, &Json)> = match json {
            Json::Object(fields) => fields.iter().map(|(name, value)| (Step::Field(name.clone()), value)).collect(),
            Json::Array(items) => items.iter().enumerate().map(|(at, item)| (Step::Item(at), item)).collect(),
            _ => Vec::new(),
        };
        for (step, value) in below {
            path.push(step);
            walk(value, path, found);
            path.pop();
        }
    }
    let mut found = Vec::new();
    walk(json, &mut Vec::new(), &mut found);
    found
}

/// Another value for a leaf.
fn others(value: &Json) -> Vec<(&'static str, Json)> {
    match value {
        Json::Bool(yes) => vec![("answer turned over", Json::Bool(!yes))],
        Json::Number(number) => {
            let more = number.as_i64().unwrap_or_default() + 1;
            vec![("number raised", Json::from(more)), ("number made a text", Json::from(number.to_string()))]
        }
        Json::String(text) => {
            let mut letters: Vec<char> = text.chars().collect();
            let middle = letters.len() / 2;
            if let Some(letter) = letters.get_mut(middle) {
                *letter = if *letter == 'e' { 'a' } else { 'e' };
            }
            let changed: String = letters.into_iter().collect();
            vec![
                ("one letter changed", Json::from(changed)),
                ("one letter added", Json::from(format!("{text}s"))),
                ("text emptied", Json::from("")),
            ]
        }
        Json::Null => vec![("something for nothing", Json::Bool(true))],
        Json::Array(_) | Json::Object(_) => Vec::new(),
    }
}

/// Every single change of one place of a decision.
fn forgeries(decision: &Json) -> impl Iterator<Item = Forgery> + '_ {
    let all = places(decision);
    let pool: Vec<Json> = all.iter().map(|(_, value)| value.clone()).collect();
    let mut seed = 7;
    all.into_iter().flat_map(move |(path, value)| {
        let mut made: Vec<(&'static str, Vec<Step>, Json)> = Vec::new();
        let forged = |path: &[Step], other: Json| {
            let mut forged = decision.clone();
            *at(&mut forged, path) = other;
            forged
        };
        for (kind, other) in others(&value) {
            made.push((kind, path.clone(), forged(&path, other)));
        }
        // What stands elsewhere in the same decision, of the same shape.
        let alike: Vec<&Json> = pool.iter().filter(|other| shape(other) == shape(&value) && **other != value).collect();
        if !alike.is_empty() && !path.is_empty() {
            let other = alike[usize::try_from(drawn(&mut seed) % alike.len() as u64).unwrap()].clone();
            made.push(("something from elsewhere", path.clone(), forged(&path, other)));
        }
        match &value {
            Json::Object(fields) => {
                for name in fields.keys() {
                    let mut less = fields.clone();
                    less.remove(name);
                    let mut place = path.clone();
                    place.push(Step::Field(name.clone()));
                    made.push(("field removed", place, forged(&path, Json::Object(less))));
                }
                let mut more = fields.clone();
                more.insert("forged".to_owned(), Json::Bool(true));
                made.push(("field added", path.clone(), forged(&path, Json::Object(more))));
            }
            Json::Array(items) => {
                for index in 0..items.len() {
                    let mut place = path.clone();
                    place.push(Step::Item(index));
                    let mut less = items.clone();
                    less.remove(index);
                    made.push(("item removed", place.clone(), forged(&path, Json::Array(less))));
                    let mut more = items.clone();
                    more.insert(index, items[index].clone());
                    made.push(("item repeated", place.clone(), forged(&path, Json::Array(more))));
                    if index > 0 && items[index] != items[index - 1] {
                        let mut turned = items.clone();
                        turned.swap(index, index - 1);
                        made.push(("items swapped", place, forged(&path, Json::Array(turned))));
                    }
                }
            }
            _ => {}
        }
        made.into_iter().map(|(kind, path, forged)| Forgery { kind, path: written(&path), forged })
    })
}

fn shape(json: &Json) -> u8 {
    match json {
        Json::Null => 0,
        Json::Bool(_) => 1,
        Json::Number(_) => 2,
        Json::String(_) => 3,
        Json::Array(_) => 4,
        Json::Object(_) => 5,
    }
}

/// A number drawn from a seed (SplitMix64).
fn drawn(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed ^ (mixed >> 27)
}

/// A path without ranks and names of rules.
fn generic(path: &str) -> String {
    let plain: String = path.chars().filter(|c| !c.is_ascii_digit()).collect();
    let plain = plain.replace("[]", "");
    let parts: Vec<&str> = plain.split('.').filter(|part| *part != "because").collect();
    match parts.as_slice() {
        ["outcomes", _, rest @ ..] => format!("outcome.{}", rest.join(".")),
        parts => parts.join("."),
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "how long to search is asked by who runs the tests")]
fn forged_decisions_are_refused() {
    let every: Option<usize> = std::env::var("REGLO_FORGERIES").ok().and_then(|every| every.parse().ok());
    let (ruleset, text) = ccst();
    let mut tried: std::collections::BTreeMap<&str, usize> = Default::default();
    let mut accepted: std::collections::BTreeMap<(String, &str), (usize, String)> = Default::default();
    for (name, bytes) in
        dossiers().into_iter().filter(|(name, _)| name == "apprenti.json" || name == "CCST-018.json" && every.is_some())
    {
        let dossier: Dossier = ruleset.read(&name, &bytes).unwrap();
        let decision = render::decision_json(&ruleset, &dossier, &ruleset.decide(&dossier), &[]).to_json();
        let decision: Json = serde_json::from_str(&decision).unwrap();
        let mut met: std::collections::BTreeMap<&str, usize> = Default::default();
        for forgery in forgeries(&decision) {
            let count = met.entry(forgery.kind).or_default();
            *count += 1;
            if !(*count - 1).is_multiple_of(every.unwrap_or(211)) {
                continue;
            }
            *tried.entry(forgery.kind).or_default() += 1;
            let report = recheck(&ruleset, &[("texte.txt", &text)], &forgery.forged.to_string(), &bytes);
            if report.is_ok_and(|report| report.refusals.is_empty()) {
                let entry = accepted.entry((generic(&forgery.path), forgery.kind)).or_insert((0, forgery.path.clone()));
                entry.0 += 1;
            }
        }
    }
    println!("{tried:#?} {}", tried.values().sum::<usize>());
    for ((path, kind), (count, example)) in &accepted {
        println!("ACCEPTED {count} {kind}: {path} ({example})");
    }
    // Sentences for people, the version that decided and the name of the file are not verified, and the report says so.
    let free = |path: &str| path.ends_with("says") || matches!(path, "engine" | "dossier.source");
    let unexplained: Vec<_> = accepted.iter().filter(|((path, _), _)| !free(path)).collect();
    assert!(unexplained.is_empty(), "accepted: {unexplained:#?}");
    assert!(tried.len() >= 10 && tried.values().sum::<usize>() > 50, "{tried:?}");
}

/// What no check vouches for, and why. The rest is refused where it is changed, or the report names it among what it
/// could not verify.
const UNVOUCHED: [(&str, &str); 2] = [
    ("says", "sentences for people: the fields beside them, which are checked, say the same"),
    ("message", "likewise, of a datum that could not be read"),
];

/// Rules of every kind, over facts of every kind, small enough to forge every leaf of their decisions.
const SMALL: &str = "\
règlement « Essai » texte \"texte.txt\"
clause A « Un stage est exigé. »
clause B « Il dure trois semaines. »
clause C « Le jury peut en dispenser. »
type voie_suivie est courte « voie courte » | longue « voie longue »
type stage est
  id    : texte, clé
  début : date
  fin   : date
fait voie    : voie_suivie « voie »
fait stages  : liste de stage « stages »
fait note    : nombre de 0 à 20 « note »
fait absent  : entier, facultatif « absences »
fait aidé    : oui/non, sinon non « aidé »
appréciation motif « motif sérieux » selon C par « le jury »
incohérence notes « note impossible » selon B
  si note > 19 et absent à défaut 0 > 3
  écarte note
valeur accomplie : durée en semaines « durée accomplie »
  vaut durée(fusion(s.début → s.fin pour s parmi stages))  selon B
valeur exigée : durée en semaines « durée exigée »
  vaut 3 semaines  selon B
  sauf dispense  selon C
    si motif
    alors 1 semaine
valeur bonus : nombre « bonus »
  pour voie = longue
  vaut arrondi(note / 3, 1)  selon A
obligation assez « un stage assez long »
  selon B
  exige accomplie ≥ exigée
  sinon « Le stage est trop court. »
obligation chacun « chaque stage dure »
  selon B
  pour chaque s parmi stages
  exige s.début < s.fin
interdiction aide « aide interdite »
  selon A
  interdit aidé
signalement élevé « note élevée »
  selon A
  si note ≥ 18
décision reçu « reçu »
  selon A
  exige assez, aide
  sauf motif_seul selon C si motif et voie = courte
";

#[test]
fn every_leaf_of_a_decision_is_vouched_for_or_declared_not_to_be() {
    let text = "Un stage est exigé. Il dure trois semaines. Le jury peut en dispenser.\n";
    let texts = [reglo::lower::TextFile { name: "texte.txt".into(), text: text.into() }];
    let analysis = reglo::Analysis::new("essai", vec![("r.reglo".into(), SMALL.into())], &texts);
    let ruleset = analysis.into_ruleset().unwrap_or_else(|analysis| panic!("{:#?}", analysis.diagnostics));
    let stage = r#"{ "id": "S1", "début": "2026-01-05", "fin": "2026-02-01" }"#;
    let dossiers = [
        format!(
            r#"{{ "voie": "longue", "stages": [{stage}], "note": 18, "absent": 2, "aidé": false, "motif": false }}"#
        ),
        r#"{ "voie": "courte", "stages": [], "note": 20, "absent": 4, "motif": true }"#.to_owned(),
        format!(r#"{{ "voie": "longue", "stages": [{stage}, {{ "id": "S2" }}], "note": "douze", "aidé": true }}"#),
        "{}".to_owned(),
    ];
    let ruleset = &ruleset;
    let each = |bytes: &String| {
        let (mut tried, mut accepted) = (0, std::collections::BTreeSet::new());
        let dossier: Dossier = ruleset.read("d.json", bytes.as_bytes()).unwrap();
        let decision = render::decision_json(ruleset, &dossier, &ruleset.decide(&dossier), &[]).to_json();
        let report = recheck(ruleset, &[("texte.txt", text)], &decision, bytes.as_bytes()).unwrap();
        assert_eq!(report.refusals, [], "{bytes}");
        let honest = report.unverified;
        let decision: Json = serde_json::from_str(&decision).unwrap();
        for forgery in forgeries(&decision) {
            tried += 1;
            let report = recheck(ruleset, &[("texte.txt", text)], &forgery.forged.to_string(), bytes.as_bytes());
            let Some(report) = report.ok().filter(|report| report.refusals.is_empty()) else { continue };
            let named =
                honest.iter().chain(&report.unverified).any(|(path, _)| forgery.path.starts_with(path.as_str()));
            let declared = UNVOUCHED.iter().any(|(part, _)| forgery.path.ends_with(&format!(".{part}")));
            if !named && !declared {
                accepted.insert(format!("{} at {} of {bytes}", forgery.kind, forgery.path));
            }
        }
        (tried, accepted)
    };
    let (mut tried, mut accepted) = (0, std::collections::BTreeSet::new());
    std::thread::scope(|scope| {
        let each = &each;
        let all: Vec<_> = dossiers.iter().map(|bytes| scope.spawn(move || each(bytes))).collect();
        for (some, wrong) in all.into_iter().map(|thread| thread.join().unwrap()) {
            tried += some;
            accepted.extend(wrong);
        }
    });
    assert!(tried > 5_000, "{tried}");
    println!("{tried} forgeries");
    assert!(accepted.is_empty(), "{} of {tried} accepted: {accepted:#?}", accepted.len());
}

#[test]
fn a_justification_that_was_cut_is_refused() {
    let mut rules = "règlement « Essai » texte \"texte.txt\"\nclause A « Un. »\nfait a : entier « a »\n".to_owned();
    rules += "valeur v0 : entier « v » vaut a selon A\n";
    for n in 1..700 {
        rules += &format!("valeur v{n} : entier « v » vaut v{} + 1 selon A\n", n - 1);
    }
    let texts = [reglo::lower::TextFile { name: "texte.txt".into(), text: "Un.\n".into() }];
    let ruleset = reglo::Analysis::new("essai", vec![("r.reglo".into(), rules)], &texts).into_ruleset().unwrap();
    let data = br#"{ "a": 1 }"#;
    let dossier = ruleset.read("d.json", data).unwrap();
    let last = ruleset.program().rule_named("v699").unwrap();
    let decision = ruleset.decide_some(&dossier, |rule| rule == last);
    let json = render::decision_json(&ruleset, &dossier, &decision, &[last]).to_json();
    // The verifier reads rules as trees: the command gives it a stack for them.
    let verified = std::thread::scope(|scope| {
        let verify = || recheck(&ruleset, &[("texte.txt", "Un.\n")], &json, data).unwrap();
        std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, verify).unwrap().join().unwrap()
    });
    assert!(!verified.refusals.is_empty(), "a justification without its last steps was taken for whole");
}
