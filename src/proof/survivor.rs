//! Would the proofs of a ruleset notice a mistake? Each mutation is applied in turn and the proofs run again; a
//! mutant that none notices survives, with a dossier that would tell it apart where one is found.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::case;
use super::example::example;
use super::mutation::{Mutation, mutate};
use crate::check::{Found, Ground, Standing, View, Witness, answer, given, nothing, search, smallest};
use crate::dossier::Placed;
use crate::eval::{Cell, Frame, run};
use crate::program::{NodeId, Program, RuleKind, ScopeId};
use crate::ruleset::Ruleset;
use crate::syntax::ast::{ExampleItem, Item};
use crate::value::Known;

/// What became of a mutant that no proof noticed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// A dossier on which it answers otherwise, as an example to paste.
    Distinguished(String),
    /// It changes only what is cited: an example must expect the clause.
    CitationOnly,
    /// No dossier was found that tells it apart, nor proof that there is none.
    Unsure,
}

/// A mutant that no proof noticed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Survivor {
    /// The mistake.
    pub mutation: Mutation,
    /// What would notice it.
    pub fate: Fate,
}

/// What became of all mutants.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mutants {
    /// Noticed by an example or a case.
    pub noticed: usize,
    /// Refused by the checks: the mistake cannot be made unseen.
    pub refused: usize,
    /// Proved to answer as the original does.
    pub equivalent: usize,
    /// Not noticed, in reading order.
    pub survivors: Vec<Survivor>,
}

impl Mutants {
    /// How many mutants were tried.
    pub fn total(&self) -> usize {
        self.noticed + self.refused + self.equivalent + self.survivors.len()
    }
}

enum Outcome {
    Noticed,
    Refused,
    Equivalent,
    Survives(Survivor),
}

/// Tries every mutant on `jobs` threads. `cases` are case files already read; `tell` hears how many were tried.
pub fn try_mutants(
    ruleset: &Ruleset,
    cases: &[(String, Placed)],
    jobs: usize,
    tell: &(dyn Fn(usize) + Sync),
) -> Mutants {
    let next = AtomicUsize::new(0);
    let tried = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                // What noticed the last mistake most often notices the next one.
                let mut first = 0;
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let mut files = ruleset.analysis().files.clone();
                    let Some(mutation) = mutate(&mut files, number) else { break };
                    let outcome = outcome(ruleset, (files, mutation), cases, &mut first);
                    if let Ok(mut found) = found.lock() {
                        found.push((number, outcome));
                    }
                    tell(tried.fetch_add(1, Ordering::Relaxed) + 1);
                }
            });
        }
    });
    let mut all = found.into_inner().unwrap_or_default();
    all.sort_by_key(|(number, _)| *number);
    let mut mutants = Mutants::default();
    for (_, outcome) in all {
        match outcome {
            Outcome::Noticed => mutants.noticed += 1,
            Outcome::Refused => mutants.refused += 1,
            Outcome::Equivalent => mutants.equivalent += 1,
            Outcome::Survives(survivor) => mutants.survivors.push(survivor),
        }
    }
    mutants
}

fn outcome(
    ruleset: &Ruleset,
    (files, mutation): (Vec<crate::syntax::ast::File>, Mutation),
    cases: &[(String, Placed)],
    first: &mut usize,
) -> Outcome {
    let Ok(mutant) = ruleset.analysis().with_trees(files).into_ruleset() else { return Outcome::Refused };
    let examples: Vec<&ExampleItem> = ruleset
        .analysis()
        .files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None })
        .collect();
    let total = examples.len() + cases.len();
    for offset in 0..total {
        let at = (*first + offset) % total.max(1);
        let fails = match examples.get(at) {
            Some(item) => !example(&mutant, item, None).failures.is_empty(),
            None => at.checked_sub(examples.len()).and_then(|at| cases.get(at)).is_some_and(|(name, file)| {
                case(&mutant, name, file, None).is_ok_and(|proof| !proof.failures.is_empty())
            }),
        };
        if fails {
            *first = at;
            return Outcome::Noticed;
        }
    }
    if mutation.citation {
        return Outcome::Survives(Survivor { mutation, fate: Fate::CitationOnly });
    }
    match distinguish(ruleset.program(), mutant.program(), &mutation) {
        Found::Impossible => Outcome::Equivalent,
        Found::ImpossibleUpTo(_) | Found::Unsure => Outcome::Survives(Survivor { mutation, fate: Fate::Unsure }),
        Found::Witness(found) => {
            let example = witness(ruleset.program(), mutant.program(), &found.inputs, &mutation);
            let fate = example.map_or(Fate::Unsure, Fate::Distinguished);
            Outcome::Survives(Survivor { mutation, fate })
        }
    }
}

/// The answers both programs give, pair by pair: those of the rule that was changed first.
fn pairs(original: &Program, mutant: &Program, mutation: &Mutation) -> Vec<(String, NodeId, NodeId)> {
    let mut found: Vec<(String, NodeId, NodeId)> = original
        .rules
        .iter()
        .filter(|rule| matches!(rule.kind, RuleKind::Value | RuleKind::Norm(_) | RuleKind::Decision | RuleKind::Notice))
        .filter_map(|rule| {
            let other = mutant.rules.iter().find(|other| other.name == rule.name)?;
            Some((rule.name.clone(), rule.result?, other.result?))
        })
        .collect();
    if let Some(own) = found.iter().position(|(name, _, _)| *name == mutation.rule) {
        found = vec![found.swap_remove(own)];
    }
    found
}

/// A dossier on which the two programs certainly give different answers.
fn distinguish(original: &Program, mutant: &Program, mutation: &Mutation) -> Found {
    let pairs = pairs(original, mutant, mutation);
    let nodes = |second: bool| pairs.iter().map(|(_, a, b)| if second { *b } else { *a }).collect::<Vec<_>>();
    let views = [View::new(original, &nodes(false)), View::new(mutant, &nodes(true))];
    let goal = |frames: &[Frame<Cell>], _: usize| {
        let [first, second] = frames else { return Standing::Impossible };
        let mut open = Vec::new();
        for (_, a, b) in &pairs {
            let (Some(one), Some(other)) = (first.known(*a, 0), second.known(*b, 0)) else { continue };
            match (one.is_settled(), other.is_settled()) {
                (true, true) if same(one, other) => {}
                (true, true) => return Standing::Reached,
                (settled, other_settled) => {
                    open.extend((!settled).then_some((0, *a)));
                    open.extend((!other_settled).then_some((1, *b)));
                }
            }
        }
        if open.is_empty() { Standing::Impossible } else { Standing::Open(open) }
    };
    match search(&views, Ground { empty: &nothing(original), scope: ScopeId::ROOT, known: &[] }, &goal) {
        Found::Witness(found) => {
            let inputs = smallest(&views, &goal, &found);
            Found::Witness(Box::new(Witness { inputs, row: found.row }))
        }
        other @ (Found::Impossible | Found::ImpossibleUpTo(_) | Found::Unsure) => other,
    }
}

fn same(one: &Known, other: &Known) -> bool {
    one.set == other.set && one.inapplicable == other.inapplicable && one.absent == other.absent
}

/// The dossier as an example of the original's answer.
fn witness(
    original: &Program,
    mutant: &Program,
    inputs: &crate::eval::Inputs<Cell>,
    mutation: &Mutation,
) -> Option<String> {
    let pairs = pairs(original, mutant, mutation);
    let first = run::<Cell>(original, inputs, &original.cone(&pairs.iter().map(|(_, a, _)| *a).collect::<Vec<_>>()));
    let second = run::<Cell>(mutant, inputs, &mutant.cone(&pairs.iter().map(|(_, _, b)| *b).collect::<Vec<_>>()));
    let (name, known) = pairs.iter().find_map(|(name, a, b)| {
        let (one, other) = (first.known(*a, 0)?, second.known(*b, 0)?);
        (one.is_settled() && other.is_settled() && !same(one, other)).then(|| (name.clone(), one.clone()))
    })?;
    let rule = original.rules.iter().find(|rule| rule.name == name)?;
    let expected = answer(original, rule, &known)?;
    Some(format!(
        "exemple « {} : {} »\n  avec {}\n  attend {name} = {expected}",
        rule.label,
        mutation.what.replace(['«', '»'], "").split_whitespace().collect::<Vec<_>>().join(" "),
        given(original, inputs)
    ))
}
