//! How loading a ruleset grows with it: `cargo bench --bench startup`.
//!
//! Rulesets of 30, 300 and 3,000 rules of one make, numbers drawn from a seed: a sentence of the text, the clause that quotes
//! it, two facts and a value with an exception. Each phase is timed apart, best of several rounds.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::disallowed_methods, reason = "a bench")]

use std::fmt::Write;
use std::time::{Duration, Instant};

use reglo::limit::Limits;
use reglo::lower::TextFile;
use reglo::ruleset::Parsed;
use reglo::syntax::Reading;

/// Which numbers are drawn.
const SEED: u32 = 0x2545_f491;

/// How often a ruleset is loaded.
const ROUNDS: usize = 15;

/// A ruleset of `count` rules, and its text.
fn generated(count: usize) -> (String, String) {
    let mut state = SEED;
    let mut drawn = |below: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % below
    };
    let mut rules = String::from("règlement « Stages »\n  texte \"texte.txt\"\n");
    let mut text = String::new();
    for at in 0..count {
        let (weeks, fewer, years) = (10 + drawn(10), 1 + drawn(9), 1 + drawn(5));
        let says = format!("En filière {at}, le stage dure {weeks} semaines, ou {fewer} après {years} ans d'emploi.");
        let written = writeln!(text, "{says}").and_then(|()| {
            writeln!(
                rules,
                "\nclause F-{at} « {says} »  au « art. {at} »\n\
                 fait filière_{at} : oui/non « candidat de la filière {at} »\n\
                 fait emploi_{at} : entier de 0 à 50 « années d'emploi, filière {at} »\n\
                 valeur durée_{at} : durée en semaines « durée du stage, filière {at} »\n  \
                 pour filière_{at}\n  vaut {weeks} semaines  selon F-{at}\n  sauf emploi_long  selon F-{at}\n    \
                 si emploi_{at} ≥ {years} et (filière_{at} ou {weeks} semaines > {fewer} semaines)\n    \
                 alors {fewer} semaines"
            )
        });
        written.expect("a string can be written to");
    }
    (rules, text)
}

/// The phases of starting, in the order of the columns.
fn load(rules: &str, text: &str) -> [Duration; 4] {
    let files = vec![("stages.reglo".to_owned(), rules.to_owned())];
    let texts = [TextFile { name: "texte.txt".to_owned(), text: text.to_owned() }];
    let begun = Instant::now();
    let parsed = Parsed::within(Limits::default(), ("stages", Reading::Rules), files);
    let read = begun.elapsed();
    let ruleset = parsed.analyse(&texts).into_ruleset();
    let ruleset = ruleset.map_err(|analysis| analysis.diagnostics).expect("the ruleset checks");
    let loaded = begun.elapsed();
    let dossier = ruleset.read("dossier.json", br#"{ "filiere_1": true }"#).expect("the dossier reads");
    let decision = ruleset.decide(&dossier);
    let decided = begun.elapsed();
    assert_eq!(decision.outcomes.len(), ruleset.program().rules.len());
    [read, loaded - read, decided - loaded, decided]
}

fn main() {
    println!("  rules      Ko   parsing   lowering   deciding      whole   µs a rule");
    for count in [30, 300, 3000] {
        let (rules, text) = generated(count);
        let mut best = [Duration::MAX; 4];
        for _ in 0..ROUNDS {
            for (best, took) in best.iter_mut().zip(load(&rules, &text)) {
                *best = took.min(*best);
            }
        }
        let [parsing, lowering, deciding, whole] = best.map(|took| took.as_micros());
        let each = whole / count as u128;
        println!(
            "{count:7} {:7} {parsing:7} µs {lowering:7} µs {deciding:7} µs {whole:7} µs {each:9}",
            (rules.len() + text.len()) >> 10
        );
    }
}
