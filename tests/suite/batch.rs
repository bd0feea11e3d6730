//! Files of dossiers: the same answers as one by one, the same bytes whatever the threads, nothing half written.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Map, Value};

use super::blocks::folder;

const CCST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rulesets/bts-ccst");

const RULES: &str = "\
règlement « Essai » texte \"texte.txt\"
clause A « Il faut avoir dix. »
fait note : nombre de 0 à 20, par « le jury »  « note »
fait nom  : texte, facultatif « nom »
fait majeur : oui/non « majeur »
obligation reçu « reçu » selon A
  pour majeur
  exige note ≥ 10
  sinon « Moins de dix. »
décision admis « admis » selon A exige reçu
signalement nommé « nommé » selon A si nom est renseigné
";

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reglo"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Runs reglo; a panic or a signal fails the test.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command(folder, arguments).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned());
    assert!(!err.contains("panicked"), "{arguments:?}\n{err}");
    (status.code().unwrap_or_else(|| panic!("{arguments:?} was killed")), out, err)
}

/// A folder with the ruleset above and an input.
fn place(name: &str, input: impl AsRef<[u8]>) -> PathBuf {
    let folder = folder(&format!("batch-{name}"));
    fs::write(folder.join("texte.txt"), "Il faut avoir dix.\n").unwrap();
    fs::write(folder.join("r.reglo"), RULES).unwrap();
    fs::write(folder.join("in.csv"), input).unwrap();
    folder
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The worked cases: what names each, and its dossier.
fn cases() -> Vec<(String, Map<String, Value>)> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(format!("{CCST}/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let case = |path: &PathBuf| -> (String, Map<String, Value>) {
        let mut case: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let dossier = case["dossier"].take().as_object().unwrap().clone();
        (case["id"].as_str().unwrap().to_owned(), dossier)
    };
    paths.iter().map(case).collect()
}

fn french_day(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 && text.len() == 10 => Some(format!("{day}/{month}/{year}")),
        _ => None,
    }
}

/// A datum as a spreadsheet would hold it.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "O".to_owned(),
        Value::Bool(false) => "non".to_owned(),
        Value::Number(number) => number.to_string().replace('.', ","),
        Value::String(text) => french_day(text).unwrap_or_else(|| text.clone()),
        Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A record as columns.
fn flat(record: &Map<String, Value>, prefix: &str) -> Vec<(String, String)> {
    record
        .iter()
        .flat_map(|(name, value)| match value {
            Value::Object(inner) => flat(inner, &format!("{prefix}{name}.")),
            _ => vec![(format!("{prefix}{name}"), cell(value))],
        })
        .collect()
}

fn csv(rows: &[Vec<(String, String)>]) -> String {
    let mut names: Vec<&String> = rows.iter().flatten().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut out = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(";") + "\n";
    for row in rows {
        let value = |name: &&String| row.iter().find(|(own, _)| own == *name).map(|(_, value)| value.as_str());
        let cells: Vec<String> = names.iter().map(|name| quoted(value(name).unwrap_or_default())).collect();
        out.push_str(&(cells.join(";") + "\n"));
    }
    out
}

#[test]
fn each_row_of_the_worked_cases_flattened_is_answered_as_decide_answers_its_dossier() {
    let folder = folder("batch-agreement");
    let lists = ["periodes", "conventions", "attestations"];
    let mut rows = Vec::new();
    let mut tables: Vec<Vec<Vec<(String, String)>>> = vec![Vec::new(); lists.len()];
    let mut lines = String::new();
    let (mut whole, mut expected) = (Vec::new(), Vec::new());
    for (id, dossier) in cases() {
        let file = folder.join(format!("{id}.json"));
        fs::write(&file, Value::Object(dossier.clone()).to_string()).unwrap();
        let (_, decided, _) = run(&folder, &["decide", CCST, file.to_str().unwrap(), "--format", "json"]);
        expected.push(serde_json::from_str::<Value>(&decided).unwrap());
        let mut named = dossier.clone();
        named.insert("candidat".to_owned(), id.clone().into());
        lines.push_str(&(Value::Object(named).to_string() + "\n"));
        // Without a list is not the same as with an empty one, which is all that a second file can say.
        let split = lists.iter().all(|list| dossier.get(*list).is_some_and(Value::is_array));
        whole.push(split);
        let mut rest = dossier.clone();
        if split {
            for (list, table) in lists.iter().zip(&mut tables) {
                for element in rest.remove(*list).unwrap().as_array().unwrap() {
                    let mut row = flat(element.as_object().unwrap(), "");
                    row.push(("CANDIDAT".to_owned(), id.clone()));
                    table.push(row);
                }
            }
        }
        let mut row = flat(&rest, "");
        row.push(("candidat".to_owned(), id));
        rows.push(row);
    }
    let (split, all): (Vec<_>, Vec<_>) = rows.into_iter().zip(&whole).partition(|(_, split)| **split);
    assert!(split.len() > 30, "{}", split.len());
    let strip = |rows: Vec<(Vec<(String, String)>, &bool)>| rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>();
    fs::write(folder.join("split.csv"), csv(&strip(split))).unwrap();
    fs::write(folder.join("all.csv"), csv(&strip(all))).unwrap();
    fs::write(folder.join("all.jsonl"), lines).unwrap();
    let mut arguments = vec!["--key".to_owned(), "candidat".to_owned()];
    for (list, table) in lists.iter().zip(&tables) {
        fs::write(folder.join(format!("{list}.csv")), csv(table)).unwrap();
        arguments.extend(["--table".to_owned(), format!("{list}={list}.csv")]);
    }
    let joined: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let keyed = ["--key", "candidat"];
    let mut seen = 0;
    for (input, options) in [("split.csv", joined.as_slice()), ("all.csv", &keyed), ("all.jsonl", &keyed)] {
        let (_, out, said) = run(&folder, &[&["batch", CCST, input, "--to", "jsonl"], options].concat());
        for line in out.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let id = row["key"]["candidat"].as_str().unwrap();
            let expected = expected.iter().find(|one| one["dossier"]["source"].as_str().unwrap().contains(id)).unwrap();
            let outcomes = row["outcomes"].as_object().unwrap();
            assert!(outcomes.len() > 20, "{said}");
            for (name, answer) in outcomes {
                let expected = &expected["outcomes"][name];
                for part in ["status", "value", "bounds", "candidates"] {
                    assert_eq!(answer.get(part), expected.get(part), "{input} {id} {name} {part}");
                }
                if let Some(missing) = answer.get("missing") {
                    let paths: Vec<&Value> =
                        expected["missing"].as_array().unwrap().iter().map(|one| &one["path"]).collect();
                    assert_eq!(missing.as_array().unwrap().iter().collect::<Vec<_>>(), paths, "{input} {id} {name}");
                }
                for clause in answer.get("unmet").and_then(Value::as_array).into_iter().flatten() {
                    let cited = expected["clauses"].as_array().unwrap().iter().any(|one| &one["id"] == clause);
                    assert!(cited, "{input} {id} {name}: {clause} is not cited");
                }
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 2 * expected.len());
}

/// Rows of all kinds, good and bad.
fn many(rows: usize) -> String {
    let mut text = String::from("candidat;note;majeur;nom\n");
    for n in 0..rows {
        let row = match n % 7 {
            0 => format!("C{n};12,5;oui;Élise\n"),
            1 => format!("C{n};8;O;\n"),
            2 => format!("C{n};;1;\n"),
            3 => format!("C{n};25;vrai;\n"),
            4 => format!("C{n};10;non;\"deux\nlignes\"\n"),
            5 => format!("C{n};10\n"),
            _ => format!("C{};10;peut-être;\n", n / 2),
        };
        text.push_str(&row);
    }
    text
}

const RESULTS: [&str; 3] = ["out.csv", "out.rejets.csv", "out.explications.jsonl"];

const WORK: [&str; 9] = ["batch", "r.reglo", "in.csv", "--key", "candidat", "-o", "out.csv", "--explain", "failed"];

#[test]
fn the_bytes_do_not_depend_on_the_threads() {
    let folder = place("jobs", many(9000));
    let mut before: Option<Vec<String>> = None;
    for jobs in ["1", "2", "4"] {
        let (status, _, said) = run(&folder, &[&WORK[..], &["--jobs", jobs]].concat());
        assert_eq!(status, 3, "{said}");
        let results: Vec<String> = RESULTS.iter().map(|name| read(&folder, name)).collect();
        assert!(results.iter().all(|text| text.lines().count() > 1000));
        assert!(before.is_none_or(|before| before == results), "with {jobs} threads");
        before = Some(results);
    }
}

#[test]
fn a_work_that_is_killed_leaves_the_old_output_and_is_taken_up_again_with_the_same_bytes() {
    let folder = place("resume", many(40_000));
    run(&folder, &WORK);
    let expected: Vec<String> = RESULTS.iter().map(|name| read(&folder, name)).collect();
    fs::write(folder.join("out.csv"), "avant\n").unwrap();
    let state = folder.join(".out.csv.reglo-state");
    let mut child = command(&folder, &WORK).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !state.exists() {
        assert!(child.try_wait().unwrap().is_none(), "the work was over before it could be killed");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(read(&folder, "out.csv"), "avant\n");
    let kept: Value = serde_json::from_str(&read(&folder, ".out.csv.reglo-state")).unwrap();
    let rows = kept["tally"]["rows"].as_u64().unwrap();
    assert!(rows > 0 && rows < 30_000, "{rows}");
    let (status, _, said) = run(&folder, &[&WORK[..], &["--resume"]].concat());
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("Reprise après"), "{said}");
    let results: Vec<String> = RESULTS.iter().map(|name| read(&folder, name)).collect();
    assert!(results == expected, "the bytes differ");
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn only_the_same_work_is_taken_up_again() {
    let folder = place("other", many(40_000));
    let mut child = command(&folder, &WORK).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !folder.join(".out.csv.reglo-state").exists() {
        assert!(child.try_wait().unwrap().is_none(), "the work was over before it could be killed");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (status, _, said) = run(&folder, &[&WORK[..], &["--resume", "--outcome", "admis"]].concat());
    assert_eq!(status, 2);
    assert!(said.contains("n’est pas celui-ci"), "{said}");
    let (status, _, said) = run(&folder, &WORK);
    assert_eq!(status, 3, "{said}");
    let (_, _, said) = run(&folder, &[&WORK[..], &["--resume"]].concat());
    assert!(said.contains("Rien à reprendre"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_leaves_the_old_output() {
    let folder = place("full", many(100));
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(&folder, &["batch", "r.reglo", "in.csv"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("plus de place"));
}

#[test]
fn a_summary_counts_rows_answers_missing_facts_and_rejects() {
    let folder = place("summary", many(70));
    let (status, _, said) = run(&folder, &[&WORK[..], &["--summary", "bilan.json", "--outcome", "admis"]].concat());
    assert_eq!(status, 3, "{said}");
    let summary: Value = serde_json::from_str(&read(&folder, "bilan.json")).unwrap();
    assert_eq!(summary["schema"], "reglo/batch-summary/1");
    assert_eq!((&summary["rows"], &summary["unreadable_rows"]), (&60.into(), &10.into()));
    assert_eq!(summary["outcomes"]["admis"], serde_json::json!({"yes": 30, "no": 10, "unknown": 20}));
    assert_eq!(summary["open_by_missing_fact"], serde_json::json!({"note": 20}));
    assert_eq!(summary["rejects"]["hors-bornes"], 10);
    assert_eq!(summary["rejects"]["type-inattendu"], 10);
    assert!(summary["rows_per_second"].is_u64() && summary["seconds"].is_number());
    assert!(said.contains("60 dossiers décidés.") && said.contains("admis\u{a0}: 30 oui, 10 non"), "{said}");
}

#[test]
fn letters_ask_for_what_is_missing_by_a_day_or_give_the_grounds() {
    let input = "candidat;note;majeur;nom\nC1;12;oui;\nC/2;8;oui;\nC3;;oui;<b>\n";
    let folder = place("letters", input);
    let letters = ["--letters", "lettres", "--before", "2026-06-30", "--explain", "C1", "--explanations", "pages"];
    let (status, _, said) = run(&folder, &[&["batch", "r.reglo", "in.csv", "-o", "out.csv"][..], &letters].concat());
    assert_eq!(status, 3, "{said}");
    let names = |folder: PathBuf| {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(folder.join("lettres")), ["C3-ligne-4.html", "C_2-ligne-3.html"]);
    assert_eq!(names(folder.join("pages")), ["C1-ligne-2.html"]);
    let missing = read(&folder, "lettres/C3-ligne-4.html");
    for words in ["Dossier\u{a0}: <strong>C3</strong>", "Note, à fournir par le jury", "30 juin 2026", "L. 114-5"] {
        assert!(missing.contains(words), "{words}\n{missing}");
    }
    let refused = read(&folder, "lettres/C_2-ligne-3.html");
    for words in ["Admis\u{a0}: non", "Moins de dix.", "Il faut avoir dix.", "motifs"] {
        assert!(refused.contains(words), "{words}\n{refused}");
    }
    assert!(!refused.contains("L. 114-5"));
}

#[cfg(feature = "xlsx")]
#[test]
fn a_workbook_is_read_and_written_as_the_delimited_file_it_comes_from() {
    let folder = place("workbook", "candidat;note;majeur;nom\n007;12,5;oui;Élise\nC2;8;O;\nC3;25;N;x\n");
    let book = "in.xlsx";
    let mut out = fs::File::create(folder.join(book)).unwrap();
    let text = fs::File::open(folder.join("in.csv")).unwrap();
    reglo::dossier::sheet::workbook((text, b';'), 1, &mut out).unwrap();
    let (status, from_text, _) = run(&folder, &["batch", "r.reglo", "in.csv", "--quiet"]);
    let (again, from_book, said) = run(&folder, &["batch", "r.reglo", book, "--quiet"]);
    assert_eq!((status, from_text), (again, from_book), "{said}");
    let (_, from_sheet, said) = run(&folder, &["batch", "r.reglo", "in.xlsx#Sheet1", "--quiet"]);
    assert!(from_sheet.contains("007;oui"), "{from_sheet}{said}");
    let (status, _, said) = run(&folder, &["batch", "r.reglo", "in.xlsx#Feuille", "--quiet"]);
    assert!(status == 2 && said.contains("Sheet1"), "{said}");
    let (_, _, said) = run(&folder, &["batch", "r.reglo", "in.csv", "-o", "out.xlsx", "--quiet"]);
    let bytes = fs::read(folder.join("out.xlsx")).unwrap_or_else(|_| panic!("{said}"));
    let sheet = String::from_utf8(reglo::dossier::sheet::delimited(bytes, None).unwrap()).unwrap();
    assert!(sheet.contains("007;oui;connu") && sheet.contains("C2;non;connu;A;"), "{sheet}");
    let rejects = read(&folder, "out.rejets.csv");
    assert!(rejects.contains("in.csv;4;note;C3"), "{rejects}");
    let left = fs::read_dir(&folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(left.count(), 0);
}

#[cfg(not(feature = "xlsx"))]
#[test]
fn a_workbook_is_refused_by_a_build_without_them() {
    let folder = place("no-workbook", "");
    fs::write(folder.join("in.xlsx"), "PK").unwrap();
    let (status, _, said) = run(&folder, &["batch", "r.reglo", "in.xlsx"]);
    assert!(status == 2 && said.contains("--features xlsx"), "{said}");
    fs::write(folder.join("in.csv"), "note\n12\n").unwrap();
    let (status, _, said) = run(&folder, &["batch", "r.reglo", "in.csv", "-o", "out.xlsx"]);
    assert!(status == 2 && said.contains("--features xlsx"), "{said}");
}

#[test]
fn hostile_files_are_read_as_far_as_they_go() {
    let long = format!("candidat;note;majeur;nom\nC1;12;oui;{}\nC2;12;oui;\n", "x".repeat(1 << 20));
    let swallowed = format!("candidat;note;majeur;nom\nC1;12;oui;\"jamais fermé\n{}", "C2;12;oui;y\n".repeat(1000));
    let cases: [(&str, Vec<u8>, &str, &str); 9] = [
        ("truncated", b"candidat;note;majeur;nom\nC1;12;oui;\"trou".to_vec(), "", "jamais fermé"),
        ("cut", b"candidat;note;majeur;nom\nC1;12;oui;x\nC2;1".to_vec(), "C1;oui", "2 valeurs"),
        ("nul", b"candidat;note;majeur;nom\nC1;1\x002;oui;x\nC2;12;oui;x\n".to_vec(), "C2;oui", "nul"),
        ("ragged", b"candidat;note;majeur;nom\nC1;12\nC2;12;oui;x;y\nC3;12;oui;x\n".to_vec(), "C3;oui", "5 valeurs"),
        ("long", long.into_bytes(), "C2;oui", ""),
        ("swallowed", swallowed.into_bytes(), "C2;oui", "jamais fermé"),
        ("windows", b"candidat;note;majeur;nom\nC1;12;oui;\xc9lise\nC2;12;oui;Zo\xeb\n".to_vec(), "C2;oui", ""),
        ("mixed", b"candidat;note;majeur;nom\nC1;12;oui;\xc9lise\nC2;12;oui;Zo\xc3\xab\n".to_vec(), "C2;oui", "mêlés"),
        ("mark", b"\xef\xbb\xbfcandidat,note,majeur,nom\r\nC2,12.5,1,\xc3\xa9\r\n".to_vec(), "C2,oui", ""),
    ];
    for (name, input, row, reject) in cases {
        let folder = place(&format!("hostile-{name}"), input);
        let (status, _, said) = run(&folder, &["batch", "r.reglo", "in.csv", "--key", "candidat", "-o", "out.csv"]);
        let (answers, rejects) = (read(&folder, "out.csv"), read(&folder, "out.rejets.csv"));
        assert!(answers.contains(row), "{name}\n{answers}\n{said}");
        assert!(rejects.contains(reject), "{name}\n{rejects}");
        assert_eq!(status, if reject.is_empty() { 0 } else { 3 }, "{name}\n{rejects}\n{said}");
        assert_eq!(rejects.lines().count() == 1, reject.is_empty(), "{name}\n{rejects}");
    }
}

#[test]
fn files_that_are_no_text_are_refused_and_nothing_is_written() {
    let cases: [(&str, &[u8], &str); 3] = [
        ("utf16", b"\xff\xfec\0a\0", "UTF-16"),
        ("binary", b"PK\x03\x04\0\0\0;\0\n", "n’est pas du texte"),
        ("empty", b"", "est vide"),
    ];
    for (name, input, words) in cases {
        let folder = place(&format!("refused-{name}"), input);
        let (status, _, said) = run(&folder, &["batch", "r.reglo", "in.csv", "-o", "out.csv"]);
        assert_eq!(status, 2, "{name}: {said}");
        assert!(said.contains(words), "{name}: {said}");
        assert!(!folder.join("out.csv").exists() && !folder.join("out.rejets.csv").exists(), "{name}");
    }
}

#[test]
fn lines_of_json_that_are_broken_cost_themselves_alone() {
    let folder = place("lines", "");
    let long = format!("{{\"nom\": \"{}\"}}", "x".repeat(1 << 20));
    let deep = "[".repeat(100_000);
    let text = format!(
        "\u{feff}{{\"note\": 12, \"majeur\": true}}\n\n{{\"note\": 12,\n[1]\n{deep}\n{long}\n{{\"note\": 30}}\n\0\n{{\"note\": 12, \"majeur\": true}}"
    );
    fs::write(folder.join("in.jsonl"), text).unwrap();
    let (status, _, said) = run(&folder, &["batch", "r.reglo", "in.jsonl", "-o", "out.jsonl", "--outcome", "admis"]);
    assert_eq!(status, 3, "{said}");
    let lines: Vec<u64> = read(&folder, "out.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [1, 6, 7, 9]);
    let rejects = read(&folder, "out.rejets.csv");
    let places: Vec<&str> = rejects.lines().skip(1).map(|line| line.split(';').nth(1).unwrap()).collect();
    assert_eq!(places, ["3", "4", "5", "7", "8"], "{rejects}");
}

#[test]
fn dossiers_are_read_from_standard_input_and_answers_written_to_standard_output() {
    let folder = place("pipe", "");
    let mut child = command(&folder, &["batch", "r.reglo", "-", "--quiet", "--outcome", "admis"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all("n\u{ba},note,majeur\n1,12,oui\n".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(out.lines().nth(1), Some("1,oui,connu,,,"));
}

#[test]
fn data_that_contradict_each_other_are_told_among_the_rejects() {
    let folder = place("contradicted", "candidat;note;majeur;nom\nC1;12;oui;A\nC2;20;non;B\nC3;12;non;C\n");
    let rules = format!(
        "{RULES}incohérence trop_jeune « un mineur n’a pas vingt » selon A\n  si non majeur et note = 20\n  écarte note\n"
    );
    fs::write(folder.join("r.reglo"), rules).unwrap();
    let (status, _, said) = run(&folder, &["batch", "r.reglo", "in.csv", "-o", "out.csv", "--summary", "bilan.json"]);
    assert_eq!(status, 3, "{said}");
    let rejects = read(&folder, "out.rejets.csv");
    let told: Vec<&str> = rejects.lines().skip(1).collect();
    assert_eq!(told, ["in.csv;3;note;C2;note;20;trop_jeune;Un mineur n’a pas vingt"]);
    let summary: Value = serde_json::from_str(&read(&folder, "bilan.json")).unwrap();
    assert_eq!(summary["rejects"], serde_json::json!({"trop_jeune": 1}));
}

#[test]
fn a_mapping_renames_the_members_of_dossiers_in_json() {
    let folder = place("mapped-lines", "");
    let map = r#"{"key": "numéro", "facts": {"note": "résultats.moyenne",
        "majeur": {"column": "age", "values": {"oui": ["adulte"], "non": ["mineur"], "?": ["NC"]}}}, "ignore": ["sexe"]}"#;
    fs::write(folder.join("map.json"), map).unwrap();
    let lines = [
        r#"{"numéro": "C1", "résultats": {"moyenne": 12}, "age": "Adulte", "sexe": "F"}"#,
        r#"{"numéro": "C2", "résultats": {"moyenne": 8}, "age": "adulte"}"#,
        r#"{"numéro": "C3", "résultats": {"moyenne": 8}, "age": "NC", "autre": 1}"#,
    ];
    fs::write(folder.join("in.jsonl"), lines.join("\n")).unwrap();
    let arguments = ["batch", "r.reglo", "in.jsonl", "-o", "out.csv", "--map", "map.json", "--outcome", "admis"];
    let (_, _, said) = run(&folder, &[&arguments[..], &["--summary", "bilan.json"]].concat());
    let answers = read(&folder, "out.csv");
    let rows: Vec<&str> = answers.lines().collect();
    assert_eq!(rows.len(), 4, "{said}");
    assert!(rows[1].starts_with("C1;oui;connu") && rows[2].starts_with("C2;non;connu;A"), "{answers}");
    assert!(rows[3].starts_with("C3;;indéterminé;;majeur"), "{answers}");
    let summary: Value = serde_json::from_str(&read(&folder, "bilan.json")).unwrap();
    assert_eq!(summary["undeclared"], serde_json::json!({"autre": 1}));
    let elsewhere = map.replace("résultats.moyenne", "résultats.moyene");
    fs::write(folder.join("map.json"), elsewhere).unwrap();
    let (_, _, said) = run(&folder, &arguments);
    assert!(said.contains("que les premières lignes n’ont pas\u{a0}: résultats.moyene"), "{said}");
}
