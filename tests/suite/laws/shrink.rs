//! Makes a failing ruleset and dossier smaller while they fail.

use reglo::dossier::{Datum, Placed};

use crate::generate::Program;

/// How many smaller candidates are tried at most.
const ATTEMPTS: usize = 4000;

/// The smallest ruleset and dossier found that still fail, and what is wrong with them.
pub(crate) fn shrink(
    mut program: Program,
    mut datum: Datum,
    mut wrong: String,
    fails: &dyn Fn(&Program, &Datum) -> Option<String>,
) -> (Program, Datum, String) {
    let mut attempts = 0;
    'smaller: while attempts < ATTEMPTS {
        for candidate in smaller_programs(&program) {
            attempts += 1;
            if let Some(found) = fails(&candidate, &datum) {
                (program, wrong) = (candidate, found);
                continue 'smaller;
            }
        }
        for candidate in smaller_data(&datum) {
            attempts += 1;
            if let Some(found) = fails(&program, &candidate) {
                (datum, wrong) = (candidate, found);
                continue 'smaller;
            }
        }
        break;
    }
    (program, datum, wrong)
}

/// One rule less, one line less, or one expression in parentheses made simpler.
fn smaller_programs(program: &Program) -> Vec<Program> {
    let with = |rules: Vec<String>| program.with_rules(rules);
    let mut found = Vec::new();
    for at in 0..program.rules.len() {
        let mut rules = program.rules.clone();
        rules.remove(at);
        found.push(with(rules));
    }
    for (at, rule) in program.rules.iter().enumerate() {
        let lines: Vec<&str> = rule.lines().collect();
        for dropped in 1..lines.len() {
            let kept: Vec<&str> = (0..lines.len()).filter(|line| *line != dropped).map(|line| lines[line]).collect();
            let mut rules = program.rules.clone();
            rules[at] = kept.join("\n") + "\n";
            found.push(with(rules));
        }
        for (start, end) in groups(rule) {
            let inner = groups(&rule[start + 1..end]);
            let inner = inner.iter().map(|(a, b)| &rule[start + 1 + a..=start + 1 + b]);
            let literals = ["oui", "non", "1", "0", "1 jour", "2024-02-29", "n0", "b0"];
            for simpler in literals.into_iter().chain(inner) {
                let mut rules = program.rules.clone();
                rules[at] = format!("{}{simpler}{}", &rule[..start], &rule[end + 1..]);
                if rules[at].len() < rule.len() {
                    found.push(with(rules));
                }
            }
        }
    }
    found
}

/// Places of the parentheses that close, outermost first.
fn groups(text: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' => {
                // With the name of a function, where one stands before.
                open.push(
                    text[..at]
                        .rfind(|c: char| !(c.is_alphanumeric() || "_'".contains(c)))
                        .map_or(0, |before| before + text[before..].chars().next().map_or(0, char::len_utf8)),
                );
            }
            ')' => found.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    found.sort_by_key(|(start, end)| (*start, usize::MAX - end));
    found
}

/// One element or field less, here or deeper.
fn smaller_data(datum: &Datum) -> Vec<Datum> {
    match datum {
        Datum::List(elements) => (0..elements.len())
            .flat_map(|at| {
                let mut less = elements.clone();
                less.remove(at);
                let deeper = smaller_data(&elements[at].datum).into_iter().map(move |inner| (at, inner));
                let deeper = deeper.map(|(at, inner)| {
                    let mut all = elements.clone();
                    all[at] = Placed::nowhere(inner);
                    Datum::List(all)
                });
                [Datum::List(less)].into_iter().chain(deeper).collect::<Vec<_>>()
            })
            .collect(),
        Datum::Record(fields) => (0..fields.len())
            .flat_map(|at| {
                let mut less = fields.clone();
                less.remove(at);
                let deeper = smaller_data(&fields[at].1.datum).into_iter().map(|inner| {
                    let mut all = fields.clone();
                    all[at].1 = Placed::nowhere(inner);
                    Datum::Record(all)
                });
                [Datum::Record(less)].into_iter().chain(deeper).collect::<Vec<_>>()
            })
            .collect(),
        Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) => Vec::new(),
    }
}
