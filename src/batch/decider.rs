//! What decides the dossiers of a piece.

use std::sync::{Arc, Mutex, PoisonError};

use super::dictionary::Dictionary;
use crate::dossier::Dossier;
use crate::eval::{Columns, Inputs};
use crate::program::{Program, RuleId, RuleKind};
use crate::render::{Aside, Line, Wanted, line, set_aside};
use crate::ruleset::{Batch, Decision, Ruleset};

/// Decides dossiers, some at a time.
pub trait Decider: Sync {
    /// The answers of dossiers, in order.
    fn decide(&self, dossiers: &Dossiers<'_>) -> Answers;

    /// How many dossiers it likes to be given at once.
    fn at_once(&self) -> usize;
}

/// Some dossiers.
pub enum Dossiers<'a> {
    /// Each by itself.
    Apart(&'a [Dossier]),
    /// Their facts together, and each by itself where it is asked for.
    Together(&'a Inputs<Columns>, &'a dyn Fn(usize) -> Dossier),
}

impl Dossiers<'_> {
    fn len(&self) -> usize {
        match self {
            Dossiers::Apart(dossiers) => dossiers.len(),
            Dossiers::Together(inputs, _) => inputs.dossiers,
        }
    }

    /// Does something with one of them.
    fn with<T>(&self, at: usize, work: impl FnOnce(&Dossier) -> T) -> Option<T> {
        match self {
            Dossiers::Apart(dossiers) => dossiers.get(at).map(work),
            Dossiers::Together(_, each) => Some(work(&each(at))),
        }
    }
}

/// The answers of some dossiers: many have the same ones.
#[derive(Debug, Default)]
pub struct Answers {
    /// Those that differ.
    lines: Vec<Arc<Line>>,
    /// For each dossier and each outcome wanted, in order: which.
    which: Vec<u32>,
    /// How many outcomes are wanted.
    wanted: usize,
    /// The dossiers some data of which contradict each other, in order, and these data.
    aside: Vec<(usize, Vec<Aside>)>,
}

impl Answers {
    /// Those that differ.
    pub fn lines(&self) -> &[Arc<Line>] {
        &self.lines
    }

    /// Dossier by dossier, for each outcome wanted, which answer it has.
    pub fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.which.chunks(self.wanted.max(1))
    }

    /// The data of a dossier that others contradict.
    pub fn set_aside(&self, dossier: usize) -> &[Aside] {
        let found = self.aside.binary_search_by_key(&dossier, |(at, _)| *at).ok().and_then(|at| self.aside.get(at));
        found.map_or(&[], |(_, data)| data)
    }

    /// The answers of one dossier.
    pub fn of(&self, row: &[u32]) -> Vec<&Line> {
        row.iter().filter_map(|which| self.lines.get(*which as usize)).map(Arc::as_ref).collect()
    }

    /// Notes which data of a dossier, decided by itself, others contradict.
    fn note(&mut self, at: usize, (ruleset, dossier, decision): (&Ruleset, &Dossier, &Decision)) {
        if !decision.set_aside.is_empty() {
            self.aside.push((at, set_aside(ruleset, dossier, decision)));
        }
    }

    fn push(&mut self, line: Arc<Line>) {
        self.which.push(u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
        self.lines.push(line);
    }
}

/// The answers wanted of one decision; none where one of the outcomes has no answer for the dossier.
fn lines_of(ruleset: &Ruleset, dossier: &Dossier, (decision, wanted): (&Decision, &[Wanted])) -> Vec<Line> {
    let answer = |wanted: &Wanted| line(ruleset, dossier, decision, decision.outcome(wanted.rule)?, *wanted);
    wanted.iter().filter_map(answer).collect()
}

/// Decides each dossier by itself, as `decide` does.
pub struct OneByOne<'r> {
    ruleset: &'r Ruleset,
    wanted: &'r [Wanted],
}

impl<'r> OneByOne<'r> {
    /// The answers of those outcomes.
    pub fn new(ruleset: &'r Ruleset, wanted: &'r [Wanted]) -> Self {
        Self { ruleset, wanted }
    }

    fn decided(&self, dossier: &Dossier) -> (Decision, Vec<Line>) {
        let asked = |rule: RuleId| self.wanted.iter().any(|wanted| wanted.rule == rule);
        let decision = self.ruleset.decide_some(dossier, asked);
        let lines = lines_of(self.ruleset, dossier, (&decision, self.wanted));
        (decision, lines)
    }
}

impl Decider for OneByOne<'_> {
    fn decide(&self, dossiers: &Dossiers<'_>) -> Answers {
        let mut answers = Answers { wanted: self.wanted.len(), ..Answers::default() };
        for at in 0..dossiers.len() {
            let lines = dossiers.with(at, |dossier| {
                let (decision, lines) = self.decided(dossier);
                answers.note(at, (self.ruleset, dossier, &decision));
                lines
            });
            lines.into_iter().flatten().for_each(|line| answers.push(Arc::new(line)));
        }
        answers
    }

    fn at_once(&self) -> usize {
        64
    }
}

/// Decides dossiers in columns. A dossier is decided by itself only where no other like it was before: like in what its
/// answers, and why they are, rest on. Where few are alike, columns only add to the work, and are left aside for a while.
pub struct InColumns<'r> {
    alone: OneByOne<'r>,
    /// What threads hold that do not decide at the moment.
    idle: Mutex<Vec<Worker<'r>>>,
}

/// What one thread decides with.
struct Worker<'r> {
    batch: Batch<'r>,
    dictionary: Dictionary<'r>,
    /// Pieces to come that are not decided in columns.
    left_aside: usize,
    /// It has decided before.
    has_learnt: bool,
}

/// Columns are left aside for so many pieces where fewer than one dossier in so many was like another.
const ASIDE: usize = 15;
const FEW: usize = 5;

impl<'r> InColumns<'r> {
    /// The answers of those outcomes.
    pub fn new(ruleset: &'r Ruleset, wanted: &'r [Wanted]) -> Self {
        Self { alone: OneByOne::new(ruleset, wanted), idle: Mutex::new(Vec::new()) }
    }

    fn worker(&self) -> Worker<'r> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| {
            let OneByOne { ruleset, wanted } = self.alone;
            let rules: Vec<RuleId> = wanted.iter().map(|wanted| wanted.rule).collect();
            Worker {
                batch: ruleset.batch_of(&rules),
                dictionary: Dictionary::new(ruleset, wanted),
                left_aside: 0,
                has_learnt: false,
            }
        })
    }

    fn rest(&self, worker: Worker<'r>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }
}

impl Decider for InColumns<'_> {
    fn decide(&self, dossiers: &Dossiers<'_>) -> Answers {
        let (program, wanted) = (self.alone.ruleset.program(), self.alone.wanted.len());
        let mut worker = self.worker();
        if let Some(left) = worker.left_aside.checked_sub(1) {
            worker.left_aside = left;
            self.rest(worker);
            return self.alone.decide(dossiers);
        }
        let inputs = match dossiers {
            Dossiers::Apart(each) => Inputs::gather(program, &each.iter().map(|one| &one.inputs).collect::<Vec<_>>()),
            Dossiers::Together(inputs, _) => (*inputs).clone(),
        };
        let Worker { batch, dictionary, left_aside, has_learnt } = &mut worker;
        let mut like = 0;
        dictionary.forget_if_long();
        let decided = batch.decide(inputs);
        dictionary.look_at(&decided);
        let mut answers = Answers { wanted, ..Answers::default() };
        // Where each line of the dictionary stands among those of these dossiers.
        let mut local: Vec<Option<u32>> = vec![None; dictionary.len()];
        let mut found: Vec<Option<u32>> = Vec::with_capacity(wanted);
        for row in 0..dossiers.len() {
            found.clear();
            found.extend((0..wanted).map(|at| dictionary.find(at, row)));
            if found.iter().any(Option::is_none) {
                let decided = dossiers.with(row, |dossier| {
                    let (decision, lines) = self.alone.decided(dossier);
                    answers.note(row, (self.alone.ruleset, dossier, &decision));
                    (decision, lines)
                });
                let Some((decision, lines)) = decided else { continue };
                for (at, (line, found)) in lines.into_iter().zip(&found).enumerate() {
                    match found {
                        Some(known) => answers.place(*known, dictionary, &mut local),
                        None => {
                            let line = Arc::new(line);
                            match dictionary.learn((at, row), &decision, &line) {
                                Some(learnt) => answers.place(learnt, dictionary, &mut local),
                                None => answers.push(line),
                            }
                        }
                    }
                }
                continue;
            }
            like += 1;
            for known in found.iter().flatten() {
                answers.place(*known, dictionary, &mut local);
            }
        }
        if std::mem::replace(has_learnt, true) && like * FEW < dossiers.len() {
            *left_aside = ASIDE;
        }
        dictionary.look_away();
        drop(batch.keep(decided));
        self.rest(worker);
        answers
    }

    fn at_once(&self) -> usize {
        // What the caches hold; dossiers with lists are larger.
        if self.alone.ruleset.program().lists.is_empty() { 2048 } else { 256 }
    }
}

impl Answers {
    /// Adds a line of the dictionary.
    fn place(&mut self, known: u32, dictionary: &Dictionary<'_>, local: &mut Vec<Option<u32>>) {
        let at = known as usize;
        if local.len() <= at {
            local.resize(dictionary.len(), None);
        }
        let Some(slot) = local.get_mut(at) else { return };
        let which = *slot.get_or_insert_with(|| {
            let which = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
            self.lines.extend(dictionary.line(known));
            which
        });
        self.which.push(which);
    }
}

/// The outcomes of a table of answers: those named, with their reasons; where none is, all that a dossier has an
/// answer to, the decisions with their reasons (every one where there is no decision).
pub fn wanted(program: &Program, named: &[RuleId]) -> Vec<Wanted> {
    let outcomes = program.rules().filter(|(_, rule)| rule.result.is_some()).filter(|(_, rule)| match rule.kind {
        RuleKind::Value | RuleKind::Norm(_) | RuleKind::Decision => true,
        RuleKind::Notice | RuleKind::Incoherence => false,
    });
    if !named.is_empty() {
        return named.iter().map(|rule| Wanted { rule: *rule, reasons: true }).collect();
    }
    let all: Vec<(RuleId, bool)> = outcomes.map(|(id, rule)| (id, rule.kind == RuleKind::Decision)).collect();
    let none = !all.iter().any(|(_, decides)| *decides);
    let mut wanted: Vec<Wanted> =
        all.into_iter().map(|(rule, decides)| Wanted { rule, reasons: decides || none }).collect();
    // What is asked of a dossier comes first.
    wanted.sort_by_key(|wanted| !wanted.reasons);
    wanted
}
