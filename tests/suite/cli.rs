//! The command, as people and scripts use it.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const CCST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rulesets/bts-ccst");

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reglo"));
    command.args(args).env_remove("NO_COLOR").env_remove("COLUMNS").stdin(Stdio::null());
    command
}

fn reglo(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder of its own for one test, emptied first.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn wrong_usage_exits_2_and_says_what_was_perhaps_meant_in_french() {
    let cases = [
        (&["chek", "x"][..], "la commande «\u{a0}chek\u{a0}» n’existe pas", "la commande «\u{a0}check\u{a0}»"),
        (&["check", "x", "--fromat", "json"], "«\u{a0}--fromat\u{a0}» n’est pas attendu", "«\u{a0}--format\u{a0}»"),
        (&["check", "x", "--format", "jso"], "«\u{a0}jso\u{a0}» ne convient pas", "«\u{a0}json\u{a0}»"),
        (&["check", "x", "--width", "dix"], "un nombre entier de colonnes", "--help"),
        (&["check", "x", "--limit", "text=0"], "un nombre entier est attendu, de 1 à", "--help"),
        (&["check"], "il manque <RÈGLEMENT>.", "Utilisation\u{a0}: reglo check"),
        (&[], "il manque une commande", "--help"),
        (&["check", "x", "--format"], "attend une valeur", "text, json, markdown, html"),
        (&["check", "x", "--width", "50", "--width", "60"], "ne se donne qu’une fois", "--help"),
    ];
    for (args, what, meant) in cases {
        let output = reglo(args);
        let said = err(&output);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{args:?}");
        assert!(said.contains(what) && said.contains(meant), "{args:?}\n{said}");
        for english in ["error", "Usage", "required", "possible values", "tip"] {
            assert!(!said.contains(english), "{args:?}\n{said}");
        }
    }
}

#[test]
fn every_help_page_is_french_and_gives_an_example() {
    for command in
        ["", "check", "decide", "explain", "coverage", "new", "fmt", "lsp", "watch", "schema", "completions", "man"]
    {
        let args: Vec<&str> = [command, "--help"].into_iter().filter(|arg| !arg.is_empty()).collect();
        let output = reglo(&args);
        let said = out(&output);
        assert_eq!(code(&output), 0);
        assert!(said.contains("Utilisation\u{a0}: reglo") && said.contains("Exemple\u{a0}: reglo"), "{said}");
        for english in ["Usage", "Print", "possible values", "default"] {
            assert!(!said.contains(english), "{said}");
        }
    }
    assert_eq!(out(&reglo(&["--version"])), format!("reglo {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_ruleset_that_cannot_be_read_exits_2_and_is_named() {
    let empty = folder("empty");
    let cases = [
        ("nulle-part", "il n’existe pas"),
        (shown(&empty), "ne contient aucun fichier .reglo"),
        ("-", "entrée standard"),
    ];
    for (path, why) in cases {
        let output = reglo(&["check", path]);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{path}");
        assert!(err(&output).contains(why) && (path == "-" || err(&output).contains(path)), "{}", err(&output));
    }
}

#[test]
fn a_file_that_is_not_utf8_is_a_diagnostic_with_its_place() {
    let folder = folder("latin1");
    fs::write(folder.join("a.reglo"), b"# un\nr\xe8glement\n").unwrap();
    let output = reglo(&["check", shown(&folder)]);
    assert_eq!(code(&output), 1);
    let said = out(&output);
    assert!(said.contains("erreur[utf8-invalide]") && said.contains("a.reglo:2:2") && said.contains("E8"), "{said}");
    let json = out(&reglo(&["check", shown(&folder), "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let found = json.get("diagnostics").and_then(|all| all.get(0)).unwrap();
    assert_eq!(json.get("schema").unwrap(), "reglo/diagnostics/1");
    assert_eq!((found.get("line").unwrap(), found.get("column").unwrap()), (&2.into(), &2.into()));
}

#[test]
fn a_wrong_ruleset_exits_1_with_its_diagnostics_in_every_format() {
    let folder = folder("wrong");
    fs::write(folder.join("a.reglo"), "règlement « Essai »\n  texte \"absent.txt\"\n\nfait voie : nulle\n").unwrap();
    for format in ["text", "json", "markdown", "html"] {
        let output = reglo(&["check", shown(&folder), "--format", format]);
        assert_eq!((code(&output), err(&output).as_str()), (1, ""), "{format}");
        let said = out(&output);
        assert!(said.contains("texte-absent") && said.contains("type-inconnu"), "{said}");
    }
    for command in ["schema", "coverage"] {
        let output = reglo(&[command, shown(&folder)]);
        assert_eq!(code(&output), 1);
        assert!(err(&output).contains("erreur[type-inconnu]"), "{}", err(&output));
    }
}

#[test]
fn a_ruleset_reads_no_text_outside_its_folder() {
    let folder = folder("outside");
    let inner = folder.join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(folder.join("secret.txt"), "Un secret.").unwrap();
    fs::write(inner.join("a.reglo"), "règlement « Essai »\n  texte \"../secret.txt\"\n").unwrap();
    let output = reglo(&["coverage", shown(&inner)]);
    assert_eq!(code(&output), 1);
    assert!(!out(&output).contains("Un secret") && err(&output).contains("texte-absent"));
}

#[test]
fn the_ccst_ruleset_checks_and_is_wholly_covered() {
    let output = reglo(&["check", CCST]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    assert!(out(&output).contains("53 clauses") && out(&output).contains("rien à signaler"), "{}", out(&output));
    assert_eq!(out(&reglo(&["check", CCST, "--quiet"])), "");
    let json = out(&reglo(&["coverage", CCST, "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let counts = json.get("counts").unwrap();
    let count = |kind: &str| counts.get(kind).and_then(serde_json::Value::as_u64).unwrap_or(0);
    assert_eq!(count("clause") + count("no_effect"), 53);
    assert_eq!((count("heading"), count("noise"), count("missing"), count("unused")), (12, 4, 0, 0));
}

#[test]
fn a_passage_that_nothing_carries_is_shown_as_missing() {
    let folder = folder("missing");
    fs::write(folder.join("texte.txt"), "Le stage dure 14 semaines. Il est obligatoire.\n").unwrap();
    let rules = "règlement « Essai »\n  texte \"texte.txt\"\n\n\
                 clause A « Le stage dure 14 semaines. »\n\nvaleur durée : durée en semaines « durée »\n  vaut 14 semaines selon A\n";
    fs::write(folder.join("a.reglo"), rules).unwrap();
    let output = reglo(&["coverage", shown(&folder)]);
    assert_eq!(code(&output), 1);
    let said = out(&output);
    assert!(said.contains("manque\u{a0}: texte.txt, ligne 1\u{a0}: «\u{a0}Il est obligatoire.\u{a0}»"), "{said}");
    assert!(said.contains("✓ A, ligne 1\u{a0}: durée"), "{said}");
}

#[test]
fn the_schema_and_the_template_are_json() {
    for args in [&["schema", CCST][..], &["schema", CCST, "--template"]] {
        let output = reglo(args);
        assert_eq!(code(&output), 0);
        assert!(serde_json::from_str::<serde_json::Value>(&out(&output)).unwrap().is_object());
    }
}

/// The dossier of a case of the CCST, written for the command to read.
fn dossier(test: &str, case: &str) -> PathBuf {
    let case = fs::read_to_string(format!("{CCST}/cases/{case}.json")).unwrap();
    let case: serde_json::Value = serde_json::from_str(&case).unwrap();
    let file = folder(test).join("dossier.json");
    fs::write(&file, case.get("dossier").unwrap().to_string()).unwrap();
    file
}

#[test]
fn deciding_exits_0_where_the_decision_is_known_and_3_where_it_is_open() {
    let full = dossier("decide", "CCST-001");
    let empty = full.with_file_name("vide.json");
    fs::write(&empty, "{}").unwrap();
    assert_eq!(code(&reglo(&["decide", CCST, shown(&full)])), 0);
    assert_eq!(code(&reglo(&["decide", CCST, shown(&empty)])), 3);
    assert_eq!(code(&reglo(&["decide", CCST, shown(&full), shown(&empty)])), 3);
    // Names are matched without accents or case.
    for (dossier, expected) in [(&full, 0), (&empty, 3)] {
        let asked = reglo(&["decide", CCST, shown(dossier), "--outcome", "Duree-accomplie_JOURS"]);
        assert_eq!((code(&asked), err(&asked).as_str()), (expected, ""));
    }
}

#[test]
fn decisions_and_explanations_come_in_every_format() {
    let full = dossier("formats", "CCST-001");
    let file = shown(&full);
    for (format, start) in [("text", ""), ("markdown", "# "), ("html", "<!doctype html>")] {
        for args in [
            &["decide", CCST, file][..],
            &["explain", CCST, file, "dossier_recevable"],
            &["explain", CCST, file, "dossier_recevable", "--full"],
            &["explain", CCST, file, "dossier_recevable", "--why-not"],
        ] {
            let output = reglo(&[args, &["--format", format]].concat());
            assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{args:?} {format}");
            let said = out(&output);
            assert!(said.starts_with(start) && said.to_lowercase().contains("dossier de stage recevable"), "{said}");
        }
    }
    let json = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&out(&reglo(&[args, &["--format", "json"]].concat()))).unwrap()
    };
    let one = json(&["decide", CCST, file, "--outcome", "dossier_recevable"]);
    let outcomes = one.get("outcomes").and_then(serde_json::Value::as_object).unwrap();
    assert_eq!(outcomes.keys().collect::<Vec<_>>(), ["dossier_recevable"]);
    assert_eq!(one.pointer("/outcomes/dossier_recevable/value"), Some(&true.into()));
    let both = json(&["decide", CCST, file, file]);
    assert_eq!(both.as_array().map(Vec::len), Some(2));
    assert!(json(&["explain", CCST, file, "dossier_recevable", "--why-not"]).get("schema").is_some());
}

#[test]
fn the_same_dossier_gives_the_same_bytes() {
    let full = dossier("bytes", "CCST-040");
    let once = || reglo(&["decide", CCST, shown(&full), "--format", "json"]).stdout;
    assert_eq!(once(), once());
}

#[test]
fn a_dossier_is_read_from_standard_input_once() {
    let full = dossier("stdin", "CCST-001");
    let given = fs::File::open(&full).unwrap();
    let output = command(&["decide", CCST, "-"]).stdin(given).output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    let twice = reglo(&["decide", CCST, "-", "-"]);
    assert_eq!(code(&twice), 2);
    assert!(err(&twice).contains("une fois"), "{}", err(&twice));
}

#[test]
fn unusable_dossiers_and_unknown_outcomes_exit_2_and_are_all_named() {
    let full = dossier("unusable", "CCST-001");
    let broken = full.with_file_name("casse.json");
    fs::write(&broken, "{\n  \"voie\": scolaire\n}").unwrap();
    let output = reglo(&["decide", CCST, shown(&broken), shown(&full), "nulle-part.json"]);
    let said = err(&output);
    assert_eq!((code(&output), out(&output).as_str()), (2, ""));
    assert!(said.contains("casse.json\u{a0}», ligne 2, colonne 11") && said.contains("nulle-part.json"), "{said}");
    for args in [
        &["decide", CCST, shown(&full), "--outcome", "dossier_recevables"][..],
        &["explain", CCST, shown(&full), "recevable"],
    ] {
        let output = reglo(args);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""));
        assert!(err(&output).contains("«\u{a0}dossier_recevable\u{a0}»"), "{}", err(&output));
    }
    let both = reglo(&["explain", CCST, shown(&full), "dossier_recevable", "--full", "--why-not"]);
    assert_eq!(code(&both), 2);
    assert!(err(&both).contains("--full ne va pas avec --why-not"), "{}", err(&both));
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let mut pages: Vec<String> = ["bash", "elvish", "fish", "powershell", "zsh"]
        .iter()
        .map(|shell| out(&reglo(&["completions", shell])))
        .collect();
    pages.push(out(&reglo(&["man"])));
    for page in pages {
        for command in ["check", "decide", "explain", "coverage", "schema", "completions", "man", "limit"] {
            assert!(page.contains(command) || page.contains(&command.replace('-', "\\-")), "{command}\n{page}");
        }
    }
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    let coloured = |args: &[&str], no_color: &str| {
        let output = command(args).env("NO_COLOR", no_color).output().unwrap();
        out(&output).contains('\u{1b}')
    };
    assert!(!coloured(&["coverage", CCST], ""));
    assert!(coloured(&["coverage", CCST, "--color", "always"], ""));
    assert!(coloured(&["coverage", CCST, "--color", "always"], "1"));
    assert!(!coloured(&["coverage", CCST, "--color", "never"], ""));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = command(&["coverage", CCST]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(&["coverage", CCST]).stdout(full).output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("plus de place"), "{}", err(&output));
}

#[test]
fn an_output_file_is_replaced_whole_or_left_alone() {
    let folder = folder("output");
    let file = folder.join("schema.json");
    let mut before = fs::File::create(&file).unwrap();
    before.write_all(b"avant").unwrap();
    assert_eq!(code(&reglo(&["schema", "nulle-part", "-o", shown(&file)])), 2);
    assert_eq!(fs::read_to_string(&file).unwrap(), "avant");
    let output = reglo(&["schema", CCST, "-o", shown(&file)]);
    assert_eq!((code(&output), out(&output).as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&file).unwrap(), out(&reglo(&["schema", CCST])));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let output = reglo(&["schema", CCST, "-o", shown(&folder)]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("c’est un répertoire"), "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn an_output_file_keeps_its_permissions_and_its_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder("permissions");
    let (file, link) = (folder.join("vrai.json"), folder.join("lien.json"));
    fs::write(&file, "avant").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    assert_eq!(code(&reglo(&["schema", CCST, "-o", shown(&link)])), 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&file).unwrap().starts_with('{'));
}

#[test]
fn fmt_lays_out_files_in_place_and_says_which() {
    let folder = folder("fmt");
    let (untidy, tidy) = (folder.join("a.reglo"), folder.join("b.reglo"));
    fs::write(&untidy, "fait   voie:texte « voie »\n").unwrap();
    fs::write(&tidy, "fait voie : texte  « voie »\n").unwrap();
    let checked = reglo(&["fmt", "--check", shown(&folder)]);
    assert_eq!(code(&checked), 1);
    assert!(out(&checked).contains("a.reglo\u{a0}: à mettre en forme") && !out(&checked).contains("b.reglo"));
    assert_eq!(fs::read_to_string(&untidy).unwrap(), "fait   voie:texte « voie »\n");
    let done = reglo(&["fmt", shown(&untidy), shown(&tidy)]);
    assert_eq!((code(&done), out(&done).lines().count()), (0, 1));
    assert_eq!(fs::read_to_string(&untidy).unwrap(), fs::read_to_string(&tidy).unwrap());
    let again = reglo(&["fmt", "--check", shown(&folder)]);
    assert_eq!((code(&again), out(&again)), (0, String::new()));
}

#[test]
fn fmt_reads_standard_input_and_leaves_what_it_cannot_read() {
    let mut child = command(&["fmt", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let broken = "valeur v : date   vaut (";
    child.stdin.take().unwrap().write_all(format!("fait a:date\n\n{broken}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), out(&output)), (0, format!("fait a : date\n\n{broken}\n")));
    assert_eq!(code(&reglo(&["fmt", "-", "a.reglo"])), 2);
}

#[test]
fn fmt_writes_nothing_where_one_file_cannot_be_read() {
    let folder = folder("fmt-unreadable");
    let path = folder.join("a.reglo");
    fs::write(&path, "fait   a:date\n").unwrap();
    fs::write(folder.join("b.reglo"), b"fait \xe9 : date\n").unwrap();
    assert_eq!(code(&reglo(&["fmt", shown(&folder)])), 1);
    assert_eq!(code(&reglo(&["fmt", shown(&path), "nulle-part"])), 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), "fait   a:date\n");
}

#[test]
fn a_decision_is_verified_and_one_that_was_changed_is_refused_with_the_place() {
    let dossier = concat!(env!("CARGO_MANIFEST_DIR"), "/rulesets/bts-ccst/dossiers/apprenti.json");
    let folder = folder("verify");
    let (kept, changed) = (folder.join("decision.json"), folder.join("changed.json"));
    assert!(code(&reglo(&["decide", CCST, dossier, "--format", "json", "-o", shown(&kept)])) != 2);
    let verify = |path: &Path| reglo(&["verify", shown(path), "--ruleset", CCST, "--dossier", dossier]);
    let right = verify(&kept);
    assert_eq!(code(&right), 0, "{}", out(&right));
    let decision = fs::read_to_string(&kept).unwrap();
    fs::write(&changed, decision.replace("\"apprenti\"", "\"scolaire\"")).unwrap();
    let wrong = verify(&changed);
    assert_eq!(code(&wrong), 1);
    let said = out(&wrong);
    assert!(said.contains("refusé\u{a0}: outcomes.régime.value"), "{said}");
    fs::write(&changed, "{").unwrap();
    assert_eq!(code(&verify(&changed)), 2);
}
