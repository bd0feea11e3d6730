//! One decision in process: the median over dossiers of the flat workload, and of the worked cases of the CCST ruleset.
//!
//! `cargo bench --bench one`. Medians of microseconds are little disturbed by what else the machine does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    dead_code,
    reason = "a bench measures and prints"
)]

#[path = "../flat/workload.rs"]
mod workload;

use std::hint::black_box;
use std::time::Instant;

use reglo::dossier::{Datum, Dossier, parse_json};
use reglo::eval::Builder;
use reglo::explain::Detail;
use reglo::lower::TextFile;
use reglo::program::RuleId;
use reglo::render::decision_json;
use reglo::ruleset::{Analysis, Ruleset};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rulesets/bts-ccst");

/// The median and the 99th percentile of what one item takes, in microseconds.
fn told<T>(name: &str, items: &[T], mut work: impl FnMut(&T)) {
    items.iter().take(50).for_each(&mut work);
    let mut times: Vec<f64> = items
        .iter()
        .map(|item| {
            let start = Instant::now();
            work(item);
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<56} p50 {:>9.2} us   p99 {:>9.2} us", times[times.len() / 2], times[times.len() * 99 / 100]);
}

fn folder(ending: &str, folder: &str) -> Vec<(String, String)> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.ends_with(ending).then(|| (name, std::fs::read_to_string(path).unwrap()))
    };
    paths.iter().filter_map(read).collect()
}

fn measured(named: &str, ruleset: &Ruleset, dossiers: &[Dossier], texts: &[String], decision: RuleId) {
    let result = ruleset.program().rule(decision).unwrap().result.unwrap();
    let only = [decision];
    let of = |what: &str| format!("{named}: {what}");
    told(&of("the decision, answer and clauses"), dossiers, |dossier| {
        drop(black_box(ruleset.decide_some(black_box(dossier), |rule| rule == decision)));
    });
    told(&of("every value, norm and decision"), dossiers, |dossier| {
        drop(black_box(ruleset.decide(black_box(dossier))))
    });
    told(&of("the decision with its whole justification"), dossiers, |dossier| {
        let decided = ruleset.decide_some(black_box(dossier), |rule| rule == decision);
        drop(black_box(ruleset.justify(&decided, (result, 0), Detail::Full)));
    });
    told(&of("JSON to JSON, that decision"), texts, |text| {
        let dossier = ruleset.read("d", black_box(text).as_bytes()).unwrap();
        let decided = ruleset.decide_some(&dossier, |rule| rule == decision);
        drop(black_box(decision_json(ruleset, &dossier, &decided, &only).to_json()));
    });
}

fn main() {
    let flat = workload::ruleset();
    for (missing, named) in [(0, "flat, no condition missing"), (2, "flat, 2 % missing")] {
        let data = workload::draw(6400, missing);
        let inputs = data.chunk(flat.program(), &mut Builder::default(), 0, data.rows);
        let blank = flat.read("d", b"{}").unwrap();
        let apart = |row| Dossier { inputs: inputs.dossier(flat.program(), row), ..blank.clone() };
        let dossiers: Vec<Dossier> = (0..data.rows).map(apart).collect();
        let texts: Vec<String> = (0..data.rows).map(|row| data.json(flat.program(), row)).collect();
        measured(named, &flat, &dossiers, &texts, flat.program().rule_named("recevable").unwrap());
    }
    let sources = folder(".reglo", FOLDER);
    let texts =
        [TextFile { name: "texte.txt".into(), text: std::fs::read_to_string(format!("{FOLDER}/texte.txt")).unwrap() }];
    let ccst = Analysis::new("bts-ccst", sources.clone(), &texts).into_ruleset().expect("the ruleset checks");
    let cases: Vec<String> = folder(".json", &format!("{FOLDER}/cases"))
        .iter()
        .cycle()
        .take(300)
        .map(|(_, text)| {
            let Datum::Record(members) = parse_json(text.as_bytes()).unwrap().datum else { unreachable!() };
            members.into_iter().find(|(name, _)| name == "dossier").expect("a dossier").1.datum.to_json()
        })
        .collect();
    let dossiers: Vec<Dossier> = cases.iter().map(|text| ccst.read("d", text.as_bytes()).unwrap()).collect();
    measured("CCST", &ccst, &dossiers, &cases, ccst.program().rule_named("dossier_recevable").unwrap());
    let source = include_str!("../rulesets/ccst-flat.reglo").to_owned();
    let text = [TextFile { name: "ccst-flat.txt".into(), text: include_str!("../rulesets/ccst-flat.txt").into() }];
    told("loading the flat ruleset", &[(); 100], |()| {
        let files = vec![("ccst-flat.reglo".to_owned(), source.clone())];
        drop(black_box(Analysis::new("ccst-flat", files, &text).into_ruleset().unwrap()));
    });
    told("loading the CCST ruleset, its examples not run", &[(); 20], |()| {
        drop(black_box(Analysis::new("bts-ccst", sources.clone(), &texts).into_ruleset().unwrap()));
    });
}
