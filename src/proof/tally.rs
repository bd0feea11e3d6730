//! What the proofs of a ruleset have shown of each rule, part of a rule and clause.

use std::collections::BTreeMap;

use super::part::{Part, parts};
use crate::eval::{Presence, Rows};
use crate::explain::{Answer, AnswerStatus, Detail, cited};
use crate::program::{ClauseId, Rule, RuleId, RuleKind};
use crate::ruleset::{Decision, Ruleset};

/// How often a rule was seen in each state, or answers that cite a clause were.
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

impl Seen {
    fn add(&mut self, answer: &Answer) {
        match answer.status {
            AnswerStatus::Known if answer.known.is_no() => self.failed += 1,
            AnswerStatus::Known => self.held += 1,
            AnswerStatus::NotApplicable => self.without_object += 1,
            AnswerStatus::Unknown => self.open += 1,
            AnswerStatus::Conflict | AnswerStatus::Gap | AnswerStatus::Fault(_) => self.troubled += 1,
        }
    }

    /// How often, in any state.
    pub fn total(&self) -> usize {
        self.held + self.failed + self.without_object + self.open + self.troubled
    }
}

/// How often a part of a rule was seen to count and not to, where it was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// It gave the value, prevailed, exempted, held.
    pub yes: usize,
    /// It did not.
    pub no: usize,
    /// What is known did not settle it.
    pub open: usize,
}

/// What a set of proofs has shown.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tally {
    /// By rule.
    pub rules: BTreeMap<RuleId, Seen>,
    /// By rule, the parts of it that can count or not.
    pub parts: BTreeMap<RuleId, Vec<(Part, Counted)>>,
    /// The answers whose minimal justification cites a clause, by clause.
    pub clauses: BTreeMap<ClauseId, Seen>,
}

impl Tally {
    /// Adds what one decision, of all rules, shows.
    pub fn add(&mut self, ruleset: &Ruleset, decision: &Decision) {
        let program = ruleset.program();
        for outcome in &decision.outcomes {
            let seen = self.rules.entry(outcome.rule).or_default();
            for answer in outcome.answer.iter().chain(&outcome.instances) {
                seen.add(answer);
            }
            if let Some(answer) = &outcome.answer {
                let justification = ruleset.justify(decision, answer.target, Detail::Minimal);
                for clause in cited(program, &justification).clauses {
                    self.clauses.entry(clause).or_default().add(answer);
                }
            }
        }
        for (id, rule) in program.rules() {
            match rule.kind {
                RuleKind::Notice => self.notice(decision, (id, rule)),
                RuleKind::Incoherence => {
                    let seen = self.rules.entry(id).or_default();
                    let count = if decision.set_aside.iter().any(|aside| aside.rule == id) {
                        &mut seen.held
                    } else {
                        &mut seen.failed
                    };
                    *count += 1;
                }
                RuleKind::Value | RuleKind::Norm(_) | RuleKind::Decision => {
                    let counts = self.parts.entry(id).or_insert_with(|| {
                        parts(program, rule).into_iter().map(|part| (part, Counted::default())).collect()
                    });
                    for (part, counted) in counts {
                        count(decision, rule, (part, counted));
                    }
                }
            }
        }
    }

    /// A notice holds where one is given; it does not where, on that dossier, none can be.
    fn notice(&mut self, decision: &Decision, (id, rule): (RuleId, &Rule)) {
        let seen = self.rules.entry(id).or_default();
        let given = decision.notices.iter().filter(|noticed| noticed.rule == id).count();
        seen.held += given;
        let known = rule.result.and_then(|result| decision.frame.known(result, 0));
        if given == 0 && known.is_some_and(|known| known.is_no() || known.is_inapplicable()) {
            seen.failed += 1;
        }
    }
}

/// Counts a part on each row that is an instance.
fn count(decision: &Decision, rule: &Rule, (part, counted): (&Part, &mut Counted)) {
    let Some(rows) = decision.frame.rows(rule.scope) else { return };
    let there = |row: &usize| rows.presences().get(*row).is_some_and(|presence| *presence == Presence::Certain);
    for row in (0..Rows::len(rows)).filter(there) {
        let (asked, so) = part.aspect.on(&decision.frame, row);
        if !asked.is_yes() {
            continue;
        }
        match (so.is_yes(), so.is_no()) {
            (true, _) => counted.yes += 1,
            (_, true) => counted.no += 1,
            (false, false) => counted.open += 1,
        }
    }
}
