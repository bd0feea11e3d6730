//! Deciding in columns writes what deciding each dossier by itself writes, byte for byte, whatever was learnt from the
//! dossiers before.

use std::fmt::Write as _;
use std::io;

use reglo::batch::{Decider, Explain, Form, InColumns, Key, KeyHash, Lookup, Main, OneByOne, Piece, Raw, Work, wanted};
use reglo::dossier::charset::Charset;
use reglo::dossier::delimited::{Record, Records};
use reglo::dossier::layout::Layout;
use reglo::dossier::mapping::{self, Mapping};
use reglo::dossier::scan::Scan;
use reglo::dossier::{Placed, parse_json};
use reglo::program::Program;
use reglo::render::Wanted;
use reglo::ruleset::Ruleset;

use crate::flat::workload;
use crate::generate::{self, Draw};

struct NoTables;

impl Lookup for NoTables {
    fn rows(&self, _: usize, _: &KeyHash) -> io::Result<Vec<(Record, Charset)>> {
        Ok(Vec::new())
    }
}

/// What is to be decided, and how it is written.
struct Given<'a> {
    ruleset: &'a Ruleset,
    wanted: &'a [Wanted],
    main: &'a Main,
    common: Option<&'a Placed>,
    form: Form,
}

/// One of the files a piece adds to.
type Part = fn(&Piece) -> &[u8];

/// All that pieces of so many rows come to.
fn pieces(
    given: &Given<'_>,
    (decider, scan): (&dyn Decider, Option<&Scan<'_>>),
    rows: Vec<Raw>,
    each: usize,
) -> Vec<Piece> {
    let explain = Explain { failed: true, ..Explain::default() };
    let work = Work {
        ruleset: given.ruleset,
        decider,
        wanted: given.wanted,
        main: given.main,
        tables: &[],
        lookup: &NoTables,
        common: given.common,
        form: given.form,
        scan,
        explain: &explain,
        letters: None,
    };
    let mut rows = rows.into_iter().peekable();
    let mut found = Vec::new();
    while rows.peek().is_some() {
        found.push(work.piece(rows.by_ref().take(each).collect()).unwrap());
    }
    found
}

/// Compares both ways, rows being made anew for each; returns the answers.
fn compare(given: &Given<'_>, scan: Option<&Scan<'_>>, rows: &dyn Fn() -> Vec<Raw>, named: &str) -> String {
    let alone = OneByOne::new(given.ruleset, given.wanted);
    let columns = InColumns::new(given.ruleset, given.wanted);
    let expected = pieces(given, (&alone, None), rows(), 97);
    let all =
        |pieces: &[Piece], part: Part| String::from_utf8(pieces.iter().flat_map(part).copied().collect()).unwrap();
    // Twice, so that what was learnt the first time is used.
    for turn in 0..2 {
        let found = pieces(given, (&columns, scan), rows(), 97);
        let parts: [(&str, Part); 3] = [
            ("answers", |piece| &piece.answers),
            ("rejects", |piece| &piece.rejects),
            ("explanations", |piece| &piece.explained),
        ];
        for (name, part) in parts {
            let (found, expected) = (all(&found, part), all(&expected, part));
            for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
                assert_eq!(found, expected, "{name} of {named}, line {line}, turn {turn}");
            }
            assert_eq!(found, expected, "{name} of {named}, turn {turn}");
        }
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((&found.tally, &found.keys), (&expected.tally, &expected.keys), "{named}");
        }
    }
    all(&expected, |piece| &piece.answers)
}

#[test]
fn rulesets_and_dossiers_drawn_at_random_are_answered_alike_in_both_ways() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (count, first) = (number("REGLO_LAWS").unwrap_or(24), number("REGLO_SEED").unwrap_or(1));
    let (mut rulesets, mut written) = (0, 0);
    for seed in first..first + count {
        let mut draw = Draw::new(seed);
        let program = generate::program(&mut draw);
        let Some(ruleset) = program.analysis().into_ruleset().ok() else { continue };
        rulesets += 1;
        let lines: Vec<String> =
            (0..24).map(|turn| generate::dossier(&program, &mut draw, [0, 10, 40][turn % 3]).to_json()).collect();
        let rows = || (1..).zip(&lines).map(|(at, line)| Raw::Json(at, line.clone().into_bytes())).collect();
        let main = Main { name: "dossiers".into(), layout: None, renaming: None, keys: Vec::new() };
        let mut all = wanted(ruleset.program(), &[]);
        all.iter_mut().for_each(|wanted| wanted.reasons = true);
        for form in [Form::JsonLines, Form::Delimited(b';')] {
            let given = Given { ruleset: &ruleset, wanted: &all, main: &main, common: None, form };
            written += compare(&given, None, &rows, &format!("seed {seed}\n{}", program.text().0)).len();
        }
    }
    assert!(rulesets > 0 && written > 1000 * rulesets, "{rulesets} {written}");
}

fn records(text: &[u8]) -> Vec<Raw> {
    let mut records = Records::new(text, b';', (0, 1), 1 << 20);
    let (mut found, mut charset) = (Vec::new(), Charset::Undecided);
    loop {
        let mut record = Record::default();
        match records.next_into(&mut record).unwrap() {
            Ok(false) => return found,
            Ok(true) => {
                charset = charset.seeing(record.all());
                found.push(Raw::Cells(record, charset));
            }
            Err(broken) => found.push(Raw::Broken(broken)),
        }
    }
}

/// Rows as spreadsheets write them: the usual ways, and others.
fn table(program: &Program, draw: &mut Draw, rows: usize) -> Vec<u8> {
    const TRUTHS: [&str; 12] = ["oui", "non", "O", "n", "1", "0", " Oui ", "VRAI", "", "?", "Fau-x", "peut-être"];
    const NUMBERS: [&str; 14] =
        ["3", "10", "12,5", "16.0", "0", "7", "20", "", "?", "1\u{a0}000", "-1", "1e1", "12,0000001", "dix"];
    const CASES: [&str; 8] =
        ["scolaire", "Apprentissage", "voie scolaire", "experience", "fc-premiere", "?", "", "scolair"];
    let mut out = Vec::new();
    for row in 0..rows {
        // The first rows are plain, so that they are read at once; the others may hold anything.
        let plain = row % 3 > 0;
        let mut line = format!("C{row};\"un nom; entre guillemets\"");
        for input in &program.inputs {
            let from: &[&str] = match input.ty {
                reglo::value::Type::Truth => &TRUTHS,
                reglo::value::Type::Case(_) => &CASES,
                _ => &NUMBERS,
            };
            let usual = if from.len() == 14 { 9 } else { from.len() - 3 };
            let text = from[draw.below(if plain { usual } else { from.len() })];
            write!(line, ";{text}").unwrap();
        }
        out.extend(line.as_bytes());
        // Bytes that are no text, too many values, and a row left blank.
        match row % 101 {
            50 => out.extend(b"\xff\0"),
            51 => out.extend(b";trop"),
            52 => out.extend(b"\n;;;"),
            _ => {}
        }
        out.push(b'\n');
    }
    out
}

#[test]
fn rows_of_a_flat_file_become_the_same_facts_in_both_ways() {
    let ruleset = workload::ruleset();
    let program = ruleset.program();
    let mut names = vec!["candidat".to_owned(), "nom".to_owned()];
    names.extend(program.inputs.iter().map(|input| input.path.join(".")));
    let map = format!(
        "{{\"facts\": {{\"{0}\": {{\"column\": \"{0}\", \"values\": {{\"?\": [\"7\"], \"12,5\": [\"3\"]}}}}}}}}",
        names[3]
    );
    let mapped = mapping::read(program, &parse_json(map.as_bytes()).unwrap()).unwrap().dossiers;
    let common = parse_json(br#"{"redoublant": true, "voie": "scolaire", "duree_decidee_semaines": 12}"#).unwrap();
    let mut draw = Draw::new(7);
    let text = table(program, &mut draw, 400);
    let all = wanted(program, &[]);
    let one = wanted(program, &[program.rule_named("recevable").unwrap()]);
    for (mapping, common) in [(Mapping::default(), None), (mapped, None), (Mapping::default(), Some(&common))] {
        let layout = Layout::of_dossiers(program, &names, &mapping);
        let main = Main {
            name: "candidats.csv".into(),
            layout: Some(layout.clone()),
            renaming: None,
            keys: vec![Key { name: "candidat".into(), column: 0 }],
        };
        let scan = Scan::new(program, &layout, common).expect("all columns hold leaves");
        for (wanted, form) in [(&all, Form::Delimited(b';')), (&one, Form::Delimited(b',')), (&one, Form::JsonLines)] {
            let given = Given { ruleset: &ruleset, wanted, main: &main, common, form };
            let answers = compare(&given, Some(&scan), &|| records(&text), "the flat ruleset");
            assert!(answers.lines().count() > 380);
        }
    }
}
