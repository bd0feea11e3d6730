//! The clauses and interpretations a justification rests on.

use std::collections::HashMap;

use super::{Justification, Role, Subject};
use crate::program::{Basis, ClauseId, Node, Program, ReadingId, Rule};

/// What a justification cites, in reading order, each once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cited {
    /// Clauses, headings and outside sources.
    pub clauses: Vec<ClauseId>,
    /// Interpretations.
    pub readings: Vec<ReadingId>,
}

impl Cited {
    /// With what another justification cites too.
    pub fn extend(&mut self, other: &Cited) {
        self.add(&Basis { clauses: other.clauses.clone(), readings: other.readings.clone() });
    }

    fn add(&mut self, basis: &Basis) {
        for clause in &basis.clauses {
            if !self.clauses.contains(clause) {
                self.clauses.push(*clause);
            }
        }
        for reading in &basis.readings {
            if !self.readings.contains(reading) {
                self.readings.push(*reading);
            }
        }
    }
}

/// What a justification rests on: each rule it goes through, the definitions, items and exemptions that
/// mattered, and the appreciations it reads.
pub fn cited(program: &Program, justification: &Justification) -> Cited {
    let mut found = Cited::default();
    justification.walk(&mut |step| {
        for basis in bases(program, step) {
            found.add(basis);
        }
    });
    found
}

/// The clauses that are not met where an answer is « non »: where one norm fails because of another, those of the
/// inner one; of a norm, those of the items that fail, else its own.
pub fn unmet(program: &Program, justification: &Justification) -> Vec<ClauseId> {
    let mut found = Cited::default();
    failing(program, justification, (&mut found, &mut HashMap::new()));
    found.clauses
}

/// Adds what fails at a step and below; whether anything did. Steps about one subject fail alike: the first says it.
fn failing(
    program: &Program,
    step: &Justification,
    (found, looked): (&mut Cited, &mut HashMap<Subject, bool>),
) -> bool {
    if let Some(any) = looked.get(&step.subject) {
        return *any;
    }
    let rule = rule_of(program, step).filter(|_| step.known.is_no());
    let mut any = false;
    for child in step.because.iter() {
        let mut below = failing(program, child, (found, looked));
        if let (Some(rule), Role::Item(part), false) = (rule, child.role, below)
            && let Some(content) = rule.contents.get(part).filter(|content| !content.basis.clauses.is_empty())
            && child.known.is_no()
        {
            found.add(&content.basis);
            below = true;
        }
        any |= below;
    }
    if let (Some(rule), false) = (rule, any) {
        found.add(&rule.basis);
        any = !rule.basis.clauses.is_empty();
    }
    looked.insert(step.subject, any);
    any
}

/// The rule a step is the answer of.
pub fn rule_of<'p>(program: &'p Program, step: &Justification) -> Option<&'p Rule> {
    let Subject::Node(node, _) = step.subject else { return None };
    match program.node(node) {
        Node::Choose { rule, .. } | Node::Judge { rule, .. } | Node::Decide { rule, .. } => program.rule(*rule),
        Node::Reduce { rule, .. } => rule.and_then(|rule| program.rule(rule)),
        Node::Input(_)
        | Node::Constant(_)
        | Node::Presume { .. }
        | Node::Contested(_)
        | Node::Apply(..)
        | Node::Not(_)
        | Node::And(_)
        | Node::Or(_)
        | Node::If { .. }
        | Node::Lift { .. }
        | Node::Follow { .. }
        | Node::Resolves { .. }
        | Node::Invalid => None,
    }
}

/// What one step rests on itself, its reasons aside.
pub fn bases<'p>(program: &'p Program, step: &Justification) -> Vec<&'p Basis> {
    if let Subject::Fact(input, _) = step.subject {
        return program.input(input).map(|input| &input.declared.basis).into_iter().collect();
    }
    let Some(rule) = rule_of(program, step) else { return Vec::new() };
    let mut found = vec![&rule.basis];
    let mut applied = rule.applies.as_ref().map(|(node, basis)| (*node, basis));
    for child in step.because.iter() {
        match child.role {
            Role::Definition(part) | Role::Excluded(part) | Role::Item(part) => {
                found.extend(rule.contents.get(part).map(|content| &content.basis));
            }
            Role::Exempt(index) | Role::NotExempt(index) => {
                found.extend(rule.exemptions.get(index).map(|exemption| &exemption.basis));
            }
            Role::Condition => found.extend(applied.take().map(|(_, basis)| basis)),
            Role::Reason | Role::Element | Role::Presumed => {}
        }
    }
    found
}
