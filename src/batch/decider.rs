//! What decides the dossiers of a piece.

use crate::dossier::Dossier;
use crate::program::{Program, RuleId, RuleKind};
use crate::render::{Line, Wanted, line};
use crate::ruleset::Ruleset;

/// Decides dossiers, some at a time.
pub trait Decider: Sync {
    /// For each dossier in order, the answer of each outcome wanted, in order.
    fn lines(&self, dossiers: &[Dossier]) -> Vec<Vec<Line>>;

    /// How many dossiers it likes to be given at once.
    fn at_once(&self) -> usize;
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
}

impl Decider for OneByOne<'_> {
    fn lines(&self, dossiers: &[Dossier]) -> Vec<Vec<Line>> {
        let asked = |rule: RuleId| self.wanted.iter().any(|wanted| wanted.rule == rule);
        let one = |dossier: &Dossier| {
            let decision = self.ruleset.decide_some(dossier, asked);
            let answer =
                |wanted: &Wanted| line(self.ruleset, dossier, &decision, decision.outcome(wanted.rule)?, *wanted);
            self.wanted.iter().filter_map(answer).collect()
        };
        dossiers.iter().map(one).collect()
    }

    fn at_once(&self) -> usize {
        64
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
