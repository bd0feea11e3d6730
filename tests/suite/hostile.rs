//! Hostile and unlucky inputs: whatever is read, reglo says what is wrong, exits as it promises, never panics,
//! never leaves half a file.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::blocks::folder;

const HEAD: &str = "règlement « Essai » texte \"texte.txt\"\nclause A « Un. »\n";
const DEEP: usize = 100_000;

/// A ruleset that reads one fact of each kind.
const ALL: &str = "\
type élément est
  nom   : texte, clé
  poids : entier, facultatif
fait a : nombre « a »
fait d : date « d »
fait s : durée en semaines « s »
fait l : liste de élément « l »
fait r : élément « r »
valeur total : entier « total » vaut somme de x.poids à défaut 1 pour x parmi l selon A
valeur noms : entier « noms » vaut nombre de x.nom distincts pour x parmi l selon A
valeur quotient : nombre « quotient » vaut arrondi(1 / a, 2) selon A
valeur carré : nombre « carré » vaut a * a selon A
valeur lendemain : date « lendemain » vaut d + 1 jour selon A
valeur veille : date « veille » vaut d - 1 jour selon A
valeur longue : durée en semaines « longue » vaut s * 1000 selon A
obligation nom « nom » selon A exige r.nom = \"x\"
obligation chacun « chacun » selon A pour chaque x parmi l exige (x.poids à défaut 1) ≥ 0
";

fn place(name: &str, ruleset: impl AsRef<[u8]>) -> PathBuf {
    let folder = folder(&format!("hostile-{name}"));
    fs::write(folder.join("texte.txt"), "Un.\n").unwrap();
    fs::write(folder.join("r.reglo"), ruleset).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reglo")).args(arguments).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

/// The exit status and both streams; a panic or a signal fails the test.
fn outcome(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let place = folder.display();
    assert!(!said.contains("panicked"), "{place} {arguments:?}\n{said}");
    let status = output.status.code();
    (status.unwrap_or_else(|| panic!("{place} {arguments:?} was killed: {:?}", output.status)), said)
}

fn check(name: &str, ruleset: impl AsRef<[u8]>) -> (i32, String) {
    outcome(&place(name, ruleset), &["check", "r.reglo"])
}

#[test]
fn a_ruleset_nested_without_end_is_refused_where_it_passes_the_bound() {
    let times = |what: &str| what.repeat(DEEP);
    let all = [
        ("parentheses", format!("obligation o « o » selon A exige {}a{}", times("("), times(")"))),
        ("negations", format!("obligation o « o » selon A exige {}a", times("non "))),
        ("conditions", format!("obligation o « o » selon A exige {}a{}", times("si a alors "), times(" sinon a"))),
        ("quotations", format!("valeur v : oui/non {}{} vaut a selon A", times("«"), times("»"))),
        ("signs", format!("obligation o « o » selon A exige {}b = 1", times("- "))),
        ("fields", format!("obligation o « o » selon A exige a{} = 1", times(".a"))),
        ("sums", format!("obligation o « o » selon A exige {}b = 1", times("b + "))),
        ("defaults", format!("obligation o « o » selon A exige b{} = 1", times(" à défaut b"))),
        ("lists", format!("exemple « x » avec a = {}{} attend o = oui", times("["), times("]"))),
        ("quantifiers", format!("obligation o « o » selon A exige {}x = 1", times("tout x parmi l vérifie "))),
        ("calls", format!("obligation o « o » selon A exige {}b{} = 1", times("max("), times(")"))),
        ("types", format!("fait c : {}entier « c »", times("liste de "))),
    ];
    for (name, item) in all {
        let facts = "fait a : oui/non « a »\nfait b : entier « b »\nfait l : liste de entier « l »\n";
        let (status, said) = check(&format!("deep-{name}"), format!("{HEAD}{facts}{item}\n"));
        assert_eq!(status, 1, "{name}\n{said}");
        assert!(said.contains("imbrication-trop-profonde"), "{name}\n{said}");
        assert!(said.len() < 10_000, "{name}: {} bytes are not a message", said.len());
    }
}

#[test]
fn many_members_side_by_side_are_no_nesting() {
    let wide = format!("{HEAD}fait a : oui/non « a »\nobligation o « o » selon A exige {}a\n", "a et ".repeat(20_000));
    assert_eq!(check("wide", wide).0, 0);
}

#[test]
fn rulesets_that_are_no_text_are_refused_with_their_place() {
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("empty", Vec::new(), "entete"),
        ("latin", [HEAD.as_bytes(), b"# caf\xe9\n"].concat(), "utf8-invalide"),
        ("nul", format!("{HEAD}fait a : \0entier « a »\n").into_bytes(), "r.reglo:3:10"),
        ("word", format!("{HEAD}{}\n", "x".repeat(1_000_000)).into_bytes(), "r.reglo:3:1"),
        ("unclosed", format!("{HEAD}fait a : entier « a\n").into_bytes(), "non-ferme"),
        ("binary", (0..=255).cycle().take(4_096).collect(), "utf8-invalide"),
    ];
    for (name, bytes, expected) in cases {
        let (status, said) = check(name, bytes);
        assert_eq!(status, 1, "{name}\n{said}");
        assert!(said.contains(expected) && said.len() < 20_000, "{name}\n{said}");
    }
    let folder = place("latin-text", format!("{HEAD}obligation o « o » selon A exige 1 = 1\n"));
    fs::write(folder.join("texte.txt"), b"Un\xe9.").unwrap();
    let (status, said) = outcome(&folder, &["check", "r.reglo"]);
    assert!(status == 1 && said.contains("utf8-invalide"), "{said}");
}

#[test]
fn a_line_of_a_megabyte_is_read() {
    let long =
        format!("{HEAD}fait a : entier « a »\nobligation o « o » selon A exige a = 1 # {}\n", "x".repeat(1_000_000));
    assert_eq!(check("line", long).0, 0);
}

#[test]
fn what_is_too_large_for_the_language_is_refused() {
    let cases: Vec<(&str, String, &str)> = vec![
        ("large", format!("obligation o « o » selon A exige a = {}", "9".repeat(32)), "hors-bornes"),
        ("decimals", format!("obligation o « o » selon A exige a = 0.{}", "123456789".repeat(4)), "hors-bornes"),
        ("day", "obligation o « o » selon A exige d = 0000-00-00".into(), "hors-bornes"),
        (
            "cases",
            format!(
                "type t est {}\nfait e : t « e »\nobligation o « o » selon A exige e = c1",
                (0..65).map(|case| format!("c{case}")).collect::<Vec<_>>().join(" | ")
            ),
            "limite-depassee",
        ),
    ];
    for (name, item, code) in cases {
        let facts = "fait a : nombre « a »\nfait d : date « d »\n";
        let (status, said) = check(&format!("over-{name}"), format!("{HEAD}{facts}{item}\n"));
        assert!(status == 1 && said.contains(code), "{name}\n{said}");
    }
}

#[test]
fn values_that_read_one_another_in_a_long_chain_are_read_in_any_order() {
    let value = |rank: usize| match rank {
        0 => "valeur v0 : entier « v » vaut a selon A\n".to_owned(),
        _ => format!("valeur v{rank} : entier « v » vaut v{} + 1 selon A\n", rank - 1),
    };
    let last = "obligation o « o » selon A exige v4999 ≥ 1\n";
    let rising: String = (0..5_000).map(value).collect();
    let falling: String = (0..5_000).rev().map(value).collect();
    for (name, values) in [("rising", rising), ("falling", falling)] {
        let folder = place(&format!("chain-{name}"), format!("{HEAD}fait a : entier « a »\n{values}{last}"));
        fs::write(folder.join("d.json"), r#"{ "a": 1 }"#).unwrap();
        let (status, said) = outcome(&folder, &["check", "r.reglo"]);
        assert_eq!(status, 0, "{name}\n{said}");
        let (status, said) = outcome(&folder, &["decide", "r.reglo", "d.json", "--outcome", "v4999"]);
        assert!(status == 0 && said.contains("5000"), "{name}\n{said}");
        for more in [&["--full"][..], &["--why-not"], &["--format", "html"], &["--format", "json"]] {
            assert_eq!(outcome(&folder, &[&["explain", "r.reglo", "d.json", "o"], more].concat()).0, 0, "{more:?}");
        }
    }
}

#[test]
fn two_thousand_clauses_are_found_and_cited() {
    let (mut text, mut items) =
        (String::new(), "règlement « Essai » texte \"texte.txt\"\nfait a : entier « a »\n".to_owned());
    for rank in 0..2_000 {
        writeln!(text, "Phrase numéro {rank}.").unwrap();
        writeln!(items, "clause C-{rank} « Phrase numéro {rank}. »").unwrap();
        writeln!(items, "obligation o{rank} « o » selon C-{rank} exige a > {rank}").unwrap();
    }
    let folder = place("clauses", items);
    fs::write(folder.join("texte.txt"), text).unwrap();
    assert_eq!(outcome(&folder, &["check", "r.reglo"]).0, 0);
    assert_eq!(outcome(&folder, &["coverage", "r.reglo"]).0, 0);
}

#[test]
fn a_dossier_that_cannot_be_read_exits_2_with_its_place() {
    let folder = place("dossiers", format!("{HEAD}{ALL}"));
    let cases: [(&str, Vec<u8>); 12] = [
        ("ligne 1", "[".repeat(DEEP).into_bytes()),
        ("ligne 1, colonne 641", [r#"{"a":"#.repeat(DEEP), "1".into(), "}".repeat(DEEP)].concat().into_bytes()),
        ("ligne 1, colonne 8", b"{\"a\": \"\xff\"}".to_vec()),
        ("ligne 1, colonne 1", Vec::new()),
        ("ligne 1, colonne 7", b"{\"a\": \0 1}".to_vec()),
        ("ligne 1", br#"{"r": {"nom": "\ud800"}}"#.to_vec()),
        ("ligne 1, colonne 10", br#"{"a": 1} x"#.to_vec()),
        ("ligne 1", b"[1]".to_vec()),
        ("ligne 1", b"12".to_vec()),
        ("ligne 1", br#""oui""#.to_vec()),
        ("ligne 1", b"null".to_vec()),
        ("ligne 2", b"{\n\"a\": 01}".to_vec()),
    ];
    for (place, bytes) in cases {
        fs::write(folder.join("d.json"), &bytes).unwrap();
        for arguments in [&["decide", "r.reglo", "d.json"][..], &["explain", "r.reglo", "d.json", "total"]] {
            let (status, said) = outcome(&folder, arguments);
            let start = String::from_utf8_lossy(&bytes[..bytes.len().min(30)]).into_owned();
            assert_eq!(status, 2, "{start}\n{said}");
            assert!(said.contains(place) && said.contains("d.json") && said.len() < 2_000, "{start}\n{said}");
        }
    }
}

#[test]
fn a_datum_that_cannot_be_used_leaves_its_answers_open() {
    let folder = place("data", format!("{HEAD}{ALL}"));
    let cases = [
        (format!(r#"{{ "a": {} }}"#, "9".repeat(1_000_000)), "carré", 3),
        (r#"{ "a": 1e400 }"#.into(), "carré", 3),
        (r#"{ "a": 1e1000000000 }"#.into(), "carré", 3),
        (r#"{ "a": 0.123456789012345678901234567890 }"#.into(), "carré", 3),
        (r#"{ "a": 0 }"#.into(), "quotient", 3),
        (r#"{ "a": 9000000000000 }"#.into(), "carré", 3),
        (r#"{ "d": "0000-00-00" }"#.into(), "lendemain", 3),
        (r#"{ "d": "9999-12-31" }"#.into(), "lendemain", 3),
        (r#"{ "d": "0001-01-01" }"#.into(), "veille", 3),
        (r#"{ "s": 1000000000000 }"#.into(), "longue", 3),
        (r#"{ "s": 100000000000 }"#.into(), "longue", 3),
        (r#"{ "a": 1, "A": 2 }"#.into(), "carré", 3),
        (r#"{ "r": { "nom": "\u0000" } }"#.into(), "nom", 0),
        ("\u{feff}{ \"a\": 2 }".into(), "carré", 0),
        (format!(r#"{{ "a": 2, "{}": 1 }}"#, "x".repeat(1_000_000)), "carré", 0),
        (format!(r#"{{ "a": {} 2 }}"#, " ".repeat(1_000_000)), "carré", 0),
    ];
    for (data, question, expected) in cases {
        fs::write(folder.join("d.json"), &data).unwrap();
        let start: String = data.chars().take(40).collect();
        for format in ["text", "json", "markdown", "html"] {
            let arguments = ["decide", "r.reglo", "d.json", "--outcome", question, "--format", format];
            let (status, said) = outcome(&folder, &arguments);
            assert_eq!(status, expected, "{start} {format}\n{said}");
            assert!(said.len() < 100_000, "{start} {format}: {} bytes", said.len());
        }
    }
}

#[test]
fn a_hundred_thousand_elements_are_decided() {
    let folder = place("crowd", format!("{HEAD}{ALL}"));
    let elements: Vec<String> = (0..100_000).map(|n| format!(r#"{{"nom":"n{n}","poids":{}}}"#, n % 7)).collect();
    fs::write(folder.join("d.json"), format!(r#"{{ "l": [{}] }}"#, elements.join(","))).unwrap();
    let (status, said) = outcome(&folder, &["decide", "r.reglo", "d.json", "--outcome", "chacun"]);
    assert!(status == 0 && said.contains("condition remplie"), "{said}");
}

#[test]
fn a_file_that_cannot_be_written_leaves_what_was_there() {
    let folder = place("output", format!("{HEAD}{ALL}"));
    fs::write(folder.join("good.json"), r#"{ "a": 2 }"#).unwrap();
    fs::write(folder.join("bad.json"), "{").unwrap();
    fs::write(folder.join("kept.txt"), "avant").unwrap();
    let before = fs::read_dir(&folder).unwrap().count();
    let output =
        |dossier: &str, to: &str| outcome(&folder, &["decide", "r.reglo", dossier, "--outcome", "carré", "-o", to]);
    assert_eq!(output("bad.json", "kept.txt").0, 2);
    assert_eq!(output("good.json", "nowhere/file.txt").0, 2);
    assert_eq!(output("good.json", "r.reglo/file.txt").0, 2);
    assert_eq!(output("good.json", ".").0, 2);
    assert_eq!(fs::read_to_string(folder.join("kept.txt")).unwrap(), "avant");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), before, "nothing is left beside");
    assert_eq!(output("good.json", "kept.txt").0, 0);
    assert!(fs::read_to_string(folder.join("kept.txt")).unwrap().contains("Carré"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_not_a_short_answer() {
    let folder = place("full", format!("{HEAD}{ALL}"));
    fs::write(folder.join("d.json"), r#"{ "a": 2 }"#).unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_reglo"))
        .args(["decide", "r.reglo", "d.json", "--outcome", "carré"])
        .current_dir(&folder)
        .stdout(full)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && !said.contains("panicked"), "{:?}\n{said}", output.status);
}
