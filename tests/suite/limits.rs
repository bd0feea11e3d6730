//! What is too large is refused, with the figure found, the figure allowed and how to raise it; what is just within is
//! read. Whatever is sent, nothing panics, and neither the stack nor the memory runs out.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reglo::limit::{Limit, Limits};
use reglo::lower::TextFile;
use reglo::syntax::Reading;
use reglo::{Analysis, Ruleset};

use super::blocks::folder;

const HEAD: &str = "règlement « Essai » texte \"texte.txt\"\nclause A « Un. »\n";

/// A ruleset that crosses a list with itself.
const CROSSED: &str = "\
type élément est
  nom : texte
  n   : entier
fait l : liste de élément « l »
obligation o « o » selon A
  pour chaque x parmi l
  exige tout y parmi l vérifie x.n + y.n ≥ 0
";

fn place(name: &str, rules: &str) -> PathBuf {
    let folder = folder(&format!("limits-{name}"));
    fs::write(folder.join("texte.txt"), "Un.\n").unwrap();
    fs::write(folder.join("r.reglo"), format!("{HEAD}{rules}")).unwrap();
    folder
}

/// The exit status and what was said; a panic or a signal fails the test.
fn reglo(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reglo")).args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{arguments:?}\n{said}");
    (output.status.code().unwrap_or_else(|| panic!("{arguments:?} was killed: {:?}\n{said}", output.status)), said)
}

/// Refused: the exit status expected, the name of the limit, the figures and the option.
fn refused(limit: Limit, (found, allowed): (u64, u64), expected: i32, (status, said): (i32, String)) {
    let name = limit.name();
    assert_eq!(status, expected, "{name}\n{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ").replace('│', "");
    for wanted in [format!("{found} {}", limit.unit()), format!("pour {allowed} au plus"), format!("--limit {name}=")] {
        assert!(words.contains(&wanted), "{name}: « {wanted} » is missing\n{said}");
    }
    assert!(words.contains(&format!("« {name} »")) || words.contains(&format!("«\u{a0}{name}\u{a0}»")), "{said}");
}

fn analysis(limits: Limits, rules: &str) -> Analysis {
    let texts = [TextFile { name: "texte.txt".into(), text: "Un.\n".into() }];
    Analysis::within(limits, ("essai", Reading::Whole), vec![("r.reglo".into(), format!("{HEAD}{rules}"))], &texts)
}

fn ruleset(limits: Limits, rules: &str) -> Ruleset {
    analysis(limits, rules).into_ruleset().unwrap_or_else(|analysis| panic!("{:?}", analysis.diagnostics))
}

/// Of a text and a limit, what the first diagnostic says of it; nothing where it is within.
fn said_of(limit: Limit, allowed: u64, rules: &str) -> Option<String> {
    let found = analysis(Limits::default().with(limit, allowed), rules);
    let said = found.diagnostics.iter().map(|found| format!("{} {}", found.message, found.help.join(" ")));
    said.into_iter().find(|said| said.contains(limit.name()))
}

#[test]
fn a_ruleset_is_refused_just_beyond_each_limit() {
    let whole = |rules: &str| (HEAD.len() + rules.len()) as u64;
    let sum = |terms: usize| {
        format!("fait a : entier « a »\nobligation o « o » selon A exige {}a > 0\n", "a + ".repeat(terms - 1))
    };
    let nested = |depth: usize| {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        format!("fait a : oui/non « a »\nobligation o « o » selon A exige {open}a{close}\n")
    };
    let chain = |length: usize| {
        let derived = |n: usize| format!("fait a{n} : entier, sinon déduite : a{} + 1 « a »\n", n - 1);
        let facts: String = (1..=length).rev().map(derived).collect();
        format!("{facts}fait a0 : entier « a »\nobligation o « o » selon A exige a{length} > 0\n")
    };
    let facts = |count: usize| {
        let mut rules = "obligation o « o » selon A exige f0 > 0\n".to_owned();
        (0..count).for_each(|rank| writeln!(rules, "fait f{rank} : entier « f »").unwrap());
        rules
    };
    // Of each: within, beyond, the figure found and the figure allowed.
    let size = sum(3);
    let line = sum(50);
    let longest = line.lines().map(str::len).max().unwrap() as u64;
    for (limit, rules, just) in [
        (Limit::SourceSize, &size, whole(&size)),
        (Limit::Line, &line, longest),
        (Limit::Items, &facts(5), 8),
        (Limit::Nesting, &nested(40), 42),
    ] {
        assert_eq!(said_of(limit, just, rules), None, "{limit:?}");
        let said = said_of(limit, just - 3, rules).unwrap_or_else(|| panic!("{limit:?} lets {just} pass"));
        assert!(said.contains(&(just - 3).to_string()) && said.contains("--limit"), "{said}");
    }
    assert_eq!(said_of(Limit::Chain, 60, &chain(20)), None);
    assert!(said_of(Limit::Chain, 30, &chain(20)).is_some_and(|said| said.contains("au moins 31")));
    let lowered = (1..200).find(|most| said_of(Limit::Expressions, *most, &sum(20)).is_none()).unwrap();
    assert!((40..=60).contains(&lowered), "{lowered}");
    let said = said_of(Limit::Expressions, lowered - 1, &sum(20)).unwrap();
    assert!(said.contains(&format!("au moins {lowered} expressions, pour {} au plus", lowered - 1)), "{said}");
}

#[test]
fn the_command_refuses_what_is_too_large_and_names_the_option() {
    let folder = place("command", CROSSED);
    let size = fs::metadata(folder.join("r.reglo")).unwrap().len();
    let with = |limit: Limit, value: u64| format!("{}={value}", limit.name());
    let check = |limit, value| reglo(&folder, &["check", "r.reglo", "--limit", &with(limit, value)]);
    assert_eq!(check(Limit::SourceSize, size).0, 0);
    refused(Limit::SourceSize, (size, size - 1), 2, check(Limit::SourceSize, size - 1));
    assert_eq!(check(Limit::Items, 5).0, 0);
    refused(Limit::Items, (5, 4), 1, check(Limit::Items, 4));
    refused(Limit::Line, (40, 20), 1, check(Limit::Line, 20));

    fs::write(folder.join("s.reglo"), "fait b : entier « b »\nobligation p « p » selon A exige b = 1\n").unwrap();
    let both = |value| reglo(&folder, &["check", ".", "--limit", &with(Limit::Sources, value)]);
    assert_eq!(both(2).0, 0);
    refused(Limit::Sources, (2, 1), 2, both(1));

    let dossier = r#"{ "l": [ { "nom": "abcdef", "n": 1 }, { "nom": "b", "n": 2 }, { "nom": "c", "n": 3 } ] }"#;
    fs::write(folder.join("d.json"), dossier).unwrap();
    let decide = |limit, value| reglo(&folder, &["decide", "r.reglo", "d.json", "--limit", &with(limit, value)]);
    let size = dossier.len() as u64;
    for (limit, within) in [(Limit::DossierSize, size), (Limit::DataNesting, 3), (Limit::Text, 6), (Limit::List, 3)] {
        let (status, said) = decide(limit, within);
        assert_eq!(status, 0, "{limit:?}\n{said}");
        refused(limit, (within, within - 1), 2, decide(limit, within - 1));
    }
    let weight = (1..1_000).find(|value| decide(Limit::Values, *value).0 == 0).unwrap();
    refused(Limit::Values, (weight, weight - 1), 2, decide(Limit::Values, weight - 1));
}

#[test]
fn a_limit_that_is_none_is_wrong_usage() {
    let folder = place("usage", CROSSED);
    for (asked, said) in [
        ("lists=3", "aucune limite ne s’appelle"),
        ("list", "NOM=VALEUR"),
        ("list=0", "un nombre entier est attendu, de 1 à"),
        ("list=many", "un nombre entier est attendu, de 1 à"),
        ("nesting=5000", "de 1 à 4096"),
    ] {
        let (status, found) = reglo(&folder, &["check", "r.reglo", "--limit", asked]);
        assert!(status == 2 && found.contains(said), "{asked}\n{found}");
    }
    for asked in ["source-size=16M", "text=64K", "dossier-size=1G"] {
        assert_eq!(reglo(&folder, &["check", "r.reglo", "--limit", asked]).0, 0, "{asked}");
    }
}

#[test]
fn the_reference_and_the_help_name_every_limit() {
    let reference = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md")).unwrap();
    let (_, help) = reglo(Path::new("."), &["check", "--help"]);
    let help = help.split_whitespace().collect::<String>();
    for limit in Limit::ALL {
        let row = format!("| `{}` | {} |", limit.name(), limit.default());
        assert!(reference.contains(&row), "docs/language.md §13 has no row « {row} »");
        assert!(help.contains(&format!("{}={}", limit.name(), limit.default())), "{limit:?}\n{help}");
    }
}

#[test]
fn a_row_beyond_a_limit_is_a_reject_and_the_others_are_decided() {
    let folder = place("batch", CROSSED);
    let element = |nom: &str| format!(r#"{{"nom":"{nom}","n":1}}"#);
    let row = |elements: &[String]| format!(r#"{{"l":[{}]}}"#, elements.join(","));
    let rows = [
        row(&[element("a")]),
        row(&vec![element("a"); 5]),
        row(&[element(&"x".repeat(40))]),
        row(&[element("b")]),
        format!(r#"{{"l":[{}],"x":"{}"}}"#, element("a"), "y".repeat(500)),
        row(&vec![element("c"); 4]),
    ];
    fs::write(folder.join("in.jsonl"), rows.join("\n")).unwrap();
    let limits = ["list=4", "text=30", "row-size=300", "values=100"];
    let options: Vec<&str> = limits.iter().flat_map(|limit| ["--limit", *limit]).collect();
    let command = ["batch", "r.reglo", "in.jsonl", "-o", "out.jsonl", "--rejects", "rejects.csv"];
    let (status, said) = reglo(&folder, &[&command[..], &options].concat());
    assert_eq!(status, 3, "{said}");
    let answers = fs::read_to_string(folder.join("out.jsonl")).unwrap();
    assert_eq!(answers.lines().count(), 2, "{answers}");
    let rejects = fs::read_to_string(folder.join("rejects.csv")).unwrap();
    for (line, name) in [(2, "list"), (3, "text"), (5, "row-size"), (6, "values")] {
        let found = rejects
            .lines()
            .any(|reject| reject.contains(&format!(",{line},")) || reject.contains(&format!(";{line};")));
        assert!(found && rejects.contains(&format!("«\u{a0}{name}\u{a0}»")), "{line} {name}\n{rejects}");
    }
}

#[test]
fn raised_limits_have_the_stack_they_need() {
    let depth = 3_000;
    let (open, close) = ("(".repeat(depth), ")".repeat(depth));
    let rules = format!("fait a : oui/non « a »\nobligation o « o » selon A exige {open}a{close}\n");
    let folder = place("stack", &rules);
    fs::write(folder.join("d.json"), r#"{ "a": true }"#).unwrap();
    refused(Limit::Nesting, (256, 256), 1, {
        let (status, said) = reglo(&folder, &["check", "r.reglo"]);
        (status, said.replace("dépasse ici 256 niveaux", "dépasse ici 256 niveaux, pour 256 au plus"))
    });
    for command in [&["check", "r.reglo"][..], &["decide", "r.reglo", "d.json"]] {
        let (status, said) = reglo(&folder, &[command, &["--limit", "nesting=4096", "--limit", "chain=4096"]].concat());
        assert_eq!(status, 0, "{said}");
    }
}

#[test]
fn hostile_dossiers_are_refused_or_decided() {
    let folder = place("dossiers", CROSSED);
    let million = 1_000_000;
    let elements = |count: usize| vec![r#"{"nom":"a","n":1}"#; count].join(",");
    let cases: [(&str, String, i32); 6] = [
        ("brackets", "[".repeat(million) + &"]".repeat(million), 2),
        ("records", r#"{"l":"#.repeat(million) + "1" + &"}".repeat(million), 2),
        ("line", format!(r#"{{ "l": [], "x": "{}" }}"#, "x".repeat(100 << 20)), 2),
        ("list", format!(r#"{{ "l": [{}] }}"#, vec!["1"; million + 1].join(",")), 2),
        ("crossed", format!(r#"{{ "l": [{}] }}"#, elements(10_000)), 2),
        ("crowd", format!(r#"{{ "l": [{}] }}"#, elements(500)), 0),
    ];
    for (name, data, expected) in cases {
        fs::write(folder.join("d.json"), data).unwrap();
        let (status, said) = reglo(&folder, &["decide", "r.reglo", "d.json"]);
        let start: String = said.chars().take(2_000).collect();
        assert_eq!(status, expected, "{name}\n{start}");
        assert!(expected == 0 || (said.contains("(limite «") && said.len() < 2_000), "{name}\n{start}");
    }
}

#[test]
fn a_reference_to_any_of_many_is_counted_before_it_is_followed() {
    let rules = "\
type convention est
  id   : texte, clé
  sûre : oui/non
type stage est
  convention : réf conventions
fait conventions : liste de convention « conventions »
fait périodes : liste de stage « périodes »
obligation o « o »
  pour chaque p parmi périodes
  exige
    • p.convention est renseigné  selon A
    • p.convention.sûre  selon A
";
    let ruleset = ruleset(Limits::default(), rules);
    let read = |reference: &str, key: &dyn Fn(usize) -> String| {
        let conventions: Vec<String> = (0..10_000).map(|n| format!(r#"{{"id":"{}","sûre":true}}"#, key(n))).collect();
        let periods = vec![format!(r#"{{"convention":{reference}}}"#); 10_000];
        let data = format!(r#"{{"conventions":[{}],"périodes":[{}]}}"#, conventions.join(","), periods.join(","));
        ruleset.read("d.json", data.as_bytes()).map(|dossier| ruleset.decide(&dossier).outcomes.len())
    };
    assert_eq!(read(r#""c7""#, &|n| format!("c{n}")).ok(), Some(1));
    assert!(read(r#""?""#, &|n| format!("c{n}")).is_err_and(|error| error.message.contains("values")));
    assert!(read(r#""c""#, &|_| "c".to_owned()).is_err_and(|error| error.message.contains("values")));
}

#[test]
fn hostile_rulesets_are_refused_or_checked() {
    let million = 1_000_000;
    let list = |length: usize| {
        let mut rules = "type e est\n  n : entier\nfait l : liste de e « l »\n".to_owned();
        rules += "valeur v0 : liste de e « v » vaut (x pour x parmi l où x.n > 0) selon A\n";
        for rank in 1..length {
            let made = format!("(x pour x parmi v{0} où il existe y parmi v{0} où y.n > x.n + {rank})", rank - 1);
            writeln!(rules, "valeur v{rank} : liste de e « v » vaut {made} selon A").unwrap();
        }
        rules + &format!("obligation o « o » selon A exige v{} est vide\n", length - 1)
    };
    let doubled =
        (1..300).fold("fait a : entier « a »\nvaleur v0 : entier « v » vaut a selon A\n".to_owned(), |rules, n| {
            rules + &format!("valeur v{n} : entier « v » vaut v{0} - v{0} selon A\n", n - 1)
        }) + "obligation o « o » selon A exige v299 = 0\n";
    let cases: [(&str, String, i32); 4] = [
        ("brackets", format!("exemple « x » avec a = {}{}\n", "[".repeat(million), "]".repeat(million)), 1),
        ("line", format!("# {}\n", "x".repeat(100 << 20)), 2),
        ("lists", list(40), 1),
        ("doubled", doubled, 0),
    ];
    for (name, rules, expected) in cases {
        let (status, said) = reglo(&place(&format!("hostile-{name}"), &rules), &["check", "r.reglo"]);
        let start: String = said.chars().take(2_000).collect();
        assert_eq!(status, expected, "{name}\n{start}");
        assert!(said.len() < 20_000, "{name}\n{start}");
    }
}

#[test]
fn ten_thousand_rules_are_read_and_decided() {
    let mut rules = "fait a : entier « a »\n".to_owned();
    (0..10_000).for_each(|n| writeln!(rules, "obligation o{n} « o » selon A exige a ≥ {n}").unwrap());
    let ruleset = ruleset(Limits::default(), &rules);
    let dossier = ruleset.read("d.json", br#"{ "a": 5000 }"#).unwrap();
    let decision = ruleset.decide(&dossier);
    let held = decision.outcomes.iter().filter_map(|outcome| outcome.answer.as_ref()).filter(|a| a.known.is_yes());
    assert_eq!(held.count(), 5_001);
}
