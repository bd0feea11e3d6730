//! How the work grows with the rules and with the lists of a dossier: the same ruleset with 1, 10 and 100 times the
//! rules, the same dossier with 1, 10 and 100 times the elements.
//!
//! `cargo bench --bench growth`. A figure « growth » is the time over ten times the time of a tenth of the size: 1 is
//! linear, 10 quadratic. Times are the best of several rounds; compare ratios of one run. With a word, only the rows
//! whose name holds it: `cargo bench --bench growth -- json`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    reason = "a bench measures and prints"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use reglo::explain::why_not;
use reglo::lower::TextFile;
use reglo::{Analysis, Dossier, Ruleset, render};

const SIZES: [usize; 3] = [1, 10, 100];

/// The best of some rounds, fewer where one takes long, in seconds.
fn best(mut work: impl FnMut()) -> f64 {
    let (mut least, mut spent) = (f64::INFINITY, 0.0);
    for _ in 0..9 {
        let start = Instant::now();
        work();
        let took = start.elapsed().as_secs_f64();
        least = least.min(took);
        spent += took;
        if spent > 4.0 {
            break;
        }
    }
    least
}

/// Rules in groups of four, each group over facts of its own and the value of the group before, ten groups a chain.
fn many_rules(groups: usize) -> Analysis {
    let (mut text, mut rules) = (String::new(), "règlement « Essai » texte \"texte.txt\"\n".to_owned());
    for n in 0..groups {
        writeln!(text, "Règle numéro {n}, sauf décision contraire.").unwrap();
        writeln!(
            rules,
            "clause C-{n} « Règle numéro {n}, sauf décision contraire. »\n\
             fait a{n} : entier de 0 à 1000 « a »\nfait b{n} : oui/non « b »\nfait c{n} : oui/non « c »\n\
             valeur v{n} : entier « v »\n  vaut {}  selon C-{n}\n  sauf autre  selon C-{n}\n    si b{n}\n    alors 7\n\
             obligation o{n} « o »\n  selon C-{n}\n  pour c{n}\n  exige v{n} ≤ {}\n\
             signalement s{n} « s »\n  selon C-{n}\n  si a{n} > 900 et b{n}\n\
             décision d{n} « d »\n  selon C-{n}\n  exige o{n}",
            if n.is_multiple_of(10) { format!("a{n}") } else { format!("min(a{n}, v{} + 1)", n - 1) },
            10 + n % 500,
        )
        .unwrap();
    }
    let texts = [TextFile { name: "texte.txt".into(), text }];
    Analysis::new("essai", vec![("r.reglo".into(), rules)], &texts)
}

/// What a list is asked: sums, quantifiers, sets of days, references, a norm for each element.
const LISTS: &str = "\
règlement « Essai » texte \"texte.txt\"
clause A « Un. »
type convention est
  id     : texte, clé
  signée : oui/non
type stage est
  id         : texte, clé
  début      : date
  fin        : date
  heures     : entier de 0 à 100
  convention : réf conventions
fait conventions : liste de convention « conventions »
fait stages      : liste de stage « stages »
valeur durée : durée en semaines « durée »
  vaut durée(fusion(s.début → s.fin pour s parmi stages))  selon A
valeur heures : entier « heures »
  vaut somme de s.heures pour s parmi stages  selon A
obligation assez « assez »
  selon A
  exige durée ≥ 14 semaines et heures ≥ 10
obligation signés « signés »
  pour chaque s parmi stages
  exige
    • s.convention est renseigné  selon A
    • s.convention.signée         selon A
obligation chacun « chacun »
  selon A
  exige tout s parmi stages vérifie s.heures ≤ 100
décision bon « bon »
  selon A
  exige assez, signés, chacun
";

/// A dossier of so many stages; one in `unknown` lacks its hours, none where that is 0.
fn stages(count: usize, unknown: usize) -> Vec<u8> {
    let mut conventions = Vec::new();
    let mut stages = Vec::new();
    for n in 0..count {
        let (year, month, day) = (2000 + n / 300 % 100, 1 + n / 25 % 12, 1 + n % 25);
        let date = format!("{year}-{month:02}-{day:02}");
        let hours = if unknown > 0 && n.is_multiple_of(unknown) { "null".to_owned() } else { (n % 90).to_string() };
        conventions.push(format!(r#"{{"id":"c{n}","signée":true}}"#));
        stages.push(format!(r#"{{"id":"s{n}","début":"{date}","fin":"{date}","heures":{hours},"convention":"c{n}"}}"#));
    }
    format!(r#"{{"conventions":[{}],"stages":[{}]}}"#, conventions.join(","), stages.join(",")).into_bytes()
}

struct Table {
    only: Option<String>,
}

impl Table {
    fn row(&self, name: &str, mut measured: impl FnMut(usize) -> f64) {
        if self.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            return;
        }
        let times = SIZES.map(&mut measured);
        let [one, ten, hundred] = times;
        println!(
            "{name:<48} {:>10.3} {:>10.3} {:>11.3} ms   growth {:>5.2} {:>5.2}",
            one * 1e3,
            ten * 1e3,
            hundred * 1e3,
            ten / one / 10.0,
            hundred / ten / 10.0
        );
    }
}

fn whole(analysis: Analysis) -> Ruleset {
    analysis.into_ruleset().unwrap_or_else(|analysis| panic!("{:?}", analysis.diagnostics))
}

fn lists() -> Ruleset {
    let texts = [TextFile { name: "texte.txt".into(), text: "Un.\n".into() }];
    whole(Analysis::new("essai", vec![("r.reglo".into(), LISTS.into())], &texts))
}

fn main() {
    let table = Table { only: std::env::args().skip(1).find(|argument| !argument.starts_with('-')) };
    println!("{:<48} {:>10} {:>10} {:>11}", "rules: 40, 400, 4000", "×1", "×10", "×100");
    let groups = |times: usize| 10 * times;
    table.row("rules: read and lower", |times| best(|| drop(black_box(many_rules(groups(times))))));
    for (name, data) in [("no fact", "{}".to_owned()), ("one fact in two", known(1_000))] {
        let decided = |times: usize, told: &dyn Fn(&Ruleset, &Dossier)| {
            let ruleset = whole(many_rules(groups(times)));
            let dossier = ruleset.read("d.json", data.as_bytes()).unwrap();
            best(|| told(&ruleset, &dossier))
        };
        table.row(&format!("rules: decide, {name}"), |times| {
            decided(times, &|ruleset, dossier| drop(black_box(ruleset.decide(dossier))))
        });
        table.row(&format!("rules: decide and tell in json, {name}"), |times| {
            decided(times, &|ruleset, dossier| {
                drop(black_box(render::decision_json(ruleset, dossier, &ruleset.decide(dossier), &[]).to_json()));
            })
        });
    }
    println!("\n{:<48} {:>10} {:>10} {:>11}", "lists: 30, 300, 3000 elements in each of two", "×1", "×10", "×100");
    let ruleset = lists();
    for (name, unknown) in [("all known", 0), ("one hour in ten unknown", 10)] {
        let over = |times: usize, told: &dyn Fn(&Dossier)| {
            let dossier = ruleset.read("d.json", &stages(30 * times, unknown)).unwrap();
            best(|| told(&dossier))
        };
        table.row(&format!("lists: read, {name}"), |times| {
            let data = stages(30 * times, unknown);
            best(|| drop(black_box(ruleset.read("d.json", &data).unwrap())))
        });
        table.row(&format!("lists: decide, {name}"), |times| {
            over(times, &|dossier| drop(black_box(ruleset.decide(dossier))))
        });
        table.row(&format!("lists: decide and tell in json, {name}"), |times| {
            over(times, &|dossier| {
                drop(black_box(render::decision_json(&ruleset, dossier, &ruleset.decide(dossier), &[]).to_json()));
            })
        });
        table.row(&format!("lists: why not, {name}"), |times| {
            let dossier = ruleset.read("d.json", &stages(30 * times, unknown)).unwrap();
            let decision = ruleset.decide(&dossier);
            let rule = ruleset.program().rule_named("bon").unwrap();
            let target = decision.outcome(rule).and_then(|outcome| outcome.answer.as_ref()).unwrap().target;
            best(|| drop(black_box(why_not(ruleset.program(), &decision.inputs, &decision.frame, target))))
        });
    }
}

/// Half of the facts of [`many_rules`].
fn known(groups: usize) -> String {
    let fact = |n: usize| format!(r#""a{n}":{},"b{n}":{}"#, n % 1000, n.is_multiple_of(3));
    format!("{{{}}}", (0..groups).step_by(2).map(fact).collect::<Vec<_>>().join(","))
}
