//! Deciding the CCST ruleset in memory, with its lists: nanoseconds a dossier.
//!
//! `cargo bench --bench ccst`, or with a number of dossiers. The dossiers are the worked cases, over and over; then the
//! same with lists so many times as long. Before measuring, answers of columns are compared with those of each dossier
//! by itself. Best of several rounds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    reason = "a bench measures and prints"
)]

use std::hint::black_box;
use std::time::Instant;

use reglo::dossier::{Datum, Dossier, Placed, parse_json};
use reglo::eval::{Columns, Inputs};
use reglo::lower::TextFile;
use reglo::ruleset::{Analysis, Asked, Ruleset};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rulesets/bts-ccst");
const ROUNDS: usize = 5;
const CHUNK: usize = 256;

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.ends_with(ending).then(|| (name, std::fs::read_to_string(path).unwrap()))
    };
    paths.into_iter().filter_map(named).collect()
}

fn ruleset() -> Ruleset {
    let text = std::fs::read_to_string(format!("{FOLDER}/texte.txt")).unwrap();
    let texts = [TextFile { name: "texte.txt".into(), text }];
    Analysis::new("bts-ccst", files(FOLDER, ".reglo"), &texts).into_ruleset().expect("the ruleset checks")
}

/// The same with each list so many times as long; keys get a number, so that they stay different.
fn longer(datum: &Placed, times: usize) -> Placed {
    let Datum::Record(members) = &datum.datum else { return datum.clone() };
    let members = members.iter().map(|(name, member)| {
        let Datum::List(elements) = &member.datum else { return (name.clone(), member.clone()) };
        let many = (0..times).flat_map(|turn| elements.iter().map(move |element| renamed(element, turn)));
        (name.clone(), Placed { datum: Datum::List(many.collect()), ..member.clone() })
    });
    Placed { datum: Datum::Record(members.collect()), ..datum.clone() }
}

fn renamed(element: &Placed, turn: usize) -> Placed {
    let mut element = element.clone();
    if let Datum::Record(members) = &mut element.datum {
        for (_, member) in
            members.iter_mut().filter(|(name, _)| matches!(name.as_str(), "id" | "periode" | "convention"))
        {
            if let (Datum::Text(text), 1..) = (&mut member.datum, turn) {
                text.push_str(&format!("-{turn}"));
            }
        }
    }
    element
}

fn main() {
    let total: usize = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(20_000);
    let ruleset = ruleset();
    let program = ruleset.program();
    let cases: Vec<Placed> = files(&format!("{FOLDER}/cases"), ".json")
        .iter()
        .map(|(_, text)| {
            let case = parse_json(text.as_bytes()).unwrap();
            let Datum::Record(members) = case.datum else { unreachable!() };
            members.into_iter().find(|(name, _)| name == "dossier").expect("a dossier").1
        })
        .collect();
    println!("{} nodes, {} worked cases", program.nodes.len(), cases.len());
    for times in [1, 2, 4, 8] {
        let dossiers: Vec<Dossier> =
            cases.iter().map(|case| Dossier::from_datum(program, "case", &longer(case, times))).collect();
        let elements: usize =
            dossiers.iter().map(|dossier| dossier.inputs.lists.iter().map(|list| list.len()).sum::<usize>()).sum();
        let chunk: Vec<_> = dossiers.iter().map(|dossier| &dossier.inputs).cycle().take(CHUNK).collect();
        let inputs: Inputs<Columns> = Inputs::gather(program, &chunk);
        let mut batch = ruleset.batch(Asked::Answers);
        let decided = batch.decide(inputs.clone());
        for (row, dossier) in dossiers.iter().enumerate() {
            let decision = ruleset.decide(dossier);
            for rule in program.rules.iter().filter(|rule| rule.scope == reglo::program::ScopeId::ROOT) {
                let Some(result) = rule.result else { continue };
                let (alone, column) = (decision.frame.known(result, 0), decided.answer(result));
                if let (Some(alone), Some(column)) = (alone, column) {
                    assert_eq!(column.known(row).as_ref(), Some(alone), "{} of case {row}", rule.name);
                }
            }
        }
        drop(batch.keep(decided));
        let best = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..total.div_ceil(CHUNK) {
                    let decided = batch.decide(black_box(inputs.clone()));
                    drop(batch.keep(black_box(decided)));
                }
                start.elapsed().as_secs_f64() / (total.div_ceil(CHUNK) * CHUNK) as f64
            })
            .fold(f64::INFINITY, f64::min);
        let start = Instant::now();
        dossiers.iter().for_each(|dossier| drop(black_box(ruleset.decide_some(dossier, |_| false))));
        let one = start.elapsed().as_secs_f64() / dossiers.len() as f64;
        println!(
            "lists x{times:<3} {:>5.1} elements a dossier  {:>8.2} us a dossier in columns  {:>8.0} a second   one by one {:>8.1} us",
            elements as f64 / dossiers.len() as f64,
            best * 1e6,
            1.0 / best,
            one * 1e6,
        );
    }
}
