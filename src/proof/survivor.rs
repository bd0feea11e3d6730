//! Would the proofs of a ruleset notice a mistake? Each mutation is applied in turn and the proofs run again; a
//! mutant that none notices survives, with a dossier that would tell it apart where one is found.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::{case, dossier};
use super::difference::{Told, tell as told};
use super::example::example;
use super::mutation::{Mutation, count, mutate};
use crate::check::described;
use crate::dossier::Placed;
use crate::eval::{Cell, Inputs};
use crate::program::Program;
use crate::ruleset::Ruleset;
use crate::syntax::ast::{ExampleItem, File, Item};

/// What became of a mutant that no proof noticed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// A dossier on which it answers otherwise, as an example to paste.
    Distinguished(String),
    /// It changes only what is cited: an example must expect the clause.
    CitationOnly,
    /// On that dossier it differs, in what no example can expect: between what an answer is left open, or of which
    /// elements something is reported.
    Unseen(String),
    /// No dossier was found that tells it apart, nor proof that there is none; where none is proved to do so whose
    /// lists have at most so many elements, how many.
    Unsure(Option<usize>),
}

/// A mutant that no proof noticed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Survivor {
    /// The mistake.
    pub mutation: Mutation,
    /// The clauses that what was changed rests on.
    pub clauses: Vec<String>,
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

/// Tries every mutant on `jobs` threads. `cases` are case files already read; `tell` hears how many were tried, and how
/// many there are.
pub fn try_mutants(
    ruleset: &Ruleset,
    cases: &[(String, Placed)],
    jobs: usize,
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Mutants {
    let trial = Trial::new(ruleset, cases);
    let total = count(&ruleset.analysis().files);
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
                    let outcome = trial.outcome((files, mutation), &mut first);
                    if let Ok(mut found) = found.lock() {
                        found.push((number, outcome));
                    }
                    tell(tried.fetch_add(1, Ordering::Relaxed) + 1, total);
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

/// What every mutant is tried on.
struct Trial<'a> {
    ruleset: &'a Ruleset,
    examples: Vec<&'a ExampleItem>,
    cases: &'a [(String, Placed)],
    /// The facts of the examples, then of the cases.
    dossiers: Vec<Inputs<Cell>>,
}

impl<'a> Trial<'a> {
    fn new(ruleset: &'a Ruleset, cases: &'a [(String, Placed)]) -> Self {
        let items = ruleset.analysis().files.iter().flat_map(|file| &file.items);
        let examples: Vec<&ExampleItem> =
            items.filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None }).collect();
        let given = examples.iter().map(|item| described(ruleset.program(), item));
        let filed = cases.iter().filter_map(|(name, file)| dossier(ruleset, name, file));
        let dossiers = given.chain(filed).map(|dossier| dossier.inputs).collect();
        Self { ruleset, examples, cases, dossiers }
    }

    fn outcome(&self, (files, mutation): (Vec<File>, Mutation), first: &mut usize) -> Outcome {
        let ruleset = self.ruleset;
        let Ok(mutant) = ruleset.analysis().with_trees(files).into_ruleset() else { return Outcome::Refused };
        if self.noticed(&mutant, first) {
            return Outcome::Noticed;
        }
        let fate = if mutation.citation {
            Fate::CitationOnly
        } else {
            match told(ruleset, &mutant, &mutation, &self.dossiers) {
                Told::Same => return Outcome::Equivalent,
                Told::Apart(example) => Fate::Distinguished(example),
                Told::Unseen(example) => Fate::Unseen(example),
                Told::Unsure(most) => Fate::Unsure(most),
            }
        };
        Outcome::Survives(Survivor { clauses: clauses(ruleset.program(), &mutation), mutation, fate })
    }

    /// Whether an example or case fails on the mutant, beginning with `first`: what noticed the last one.
    fn noticed(&self, mutant: &Ruleset, first: &mut usize) -> bool {
        let total = self.examples.len() + self.cases.len();
        for offset in 0..total {
            let at = (*first + offset) % total.max(1);
            let fails =
                match self.examples.get(at) {
                    Some(item) => !example(mutant, item, None).failures.is_empty(),
                    None => at.checked_sub(self.examples.len()).and_then(|at| self.cases.get(at)).is_some_and(
                        |(name, file)| case(mutant, name, file, None).is_ok_and(|proof| !proof.failures.is_empty()),
                    ),
                };
            if fails {
                *first = at;
                return true;
            }
        }
        false
    }
}

/// The clauses that the part of a rule in which a mistake was made rests on, or else the whole rule.
fn clauses(program: &Program, mutation: &Mutation) -> Vec<String> {
    let Some(rule) = program.rules.iter().find(|rule| rule.name == mutation.rule) else { return Vec::new() };
    let inside = |span: crate::source::Span| {
        span.source == mutation.span.source && span.start <= mutation.span.start && mutation.span.end <= span.end
    };
    let contents = rule.contents.iter().map(|content| (content.span, &content.basis));
    let parts = contents.chain(rule.exemptions.iter().map(|exemption| (exemption.span, &exemption.basis)));
    let part = parts.filter(|(span, basis)| inside(*span) && !basis.clauses.is_empty()).map(|(_, basis)| basis).next();
    let basis = part.unwrap_or(&rule.basis);
    basis.clauses.iter().filter_map(|id| program.clause(*id)).map(|clause| clause.id.clone()).collect()
}
