//! What the proofs of a ruleset have shown of each rule and clause.

use std::collections::BTreeMap;

use crate::explain::{AnswerStatus, Detail, cited};
use crate::program::{ClauseId, RuleId};
use crate::ruleset::{Decision, Ruleset};

/// How often a rule was seen in each state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    /// It held, or gave a value.
    pub held: usize,
    /// It did not hold.
    pub failed: usize,
    /// It was without object.
    pub without_object: usize,
    /// It was open.
    pub open: usize,
    /// It was in conflict, silent or faulty.
    pub troubled: usize,
}

/// What a set of proofs has shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// By rule.
    pub rules: BTreeMap<RuleId, Seen>,
    /// How many answers cited each clause.
    pub clauses: BTreeMap<ClauseId, usize>,
}

impl Tally {
    /// Adds what one decision shows.
    pub fn add(&mut self, ruleset: &Ruleset, decision: &Decision) {
        for outcome in &decision.outcomes {
            let seen = self.rules.entry(outcome.rule).or_default();
            for answer in outcome.answer.iter().chain(&outcome.instances) {
                match answer.status {
                    AnswerStatus::Known if answer.known.is_no() => seen.failed += 1,
                    AnswerStatus::Known => seen.held += 1,
                    AnswerStatus::NotApplicable => seen.without_object += 1,
                    AnswerStatus::Unknown => seen.open += 1,
                    AnswerStatus::Conflict | AnswerStatus::Gap | AnswerStatus::Fault(_) => seen.troubled += 1,
                }
            }
            if let Some(answer) = &outcome.answer {
                let justification = ruleset.justify(decision, answer.target, Detail::Minimal);
                for clause in cited(ruleset.program(), &justification).clauses {
                    *self.clauses.entry(clause).or_default() += 1;
                }
            }
        }
        for noticed in &decision.notices {
            self.rules.entry(noticed.rule).or_default().held += 1;
        }
    }
}
