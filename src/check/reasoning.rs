//! Can two definitions conflict, can a table be silent, can a rule never apply, an exception never prevail, a norm or
//! decision only answer one thing, a computation have no result? `language.md` §12.
//!
//! What can happen is reported only with a dossier on which it does; what cannot, only where that is proved. What the
//! search cannot tell is said by name, in one note.

use std::collections::BTreeSet;

use super::definitions::{self, Value};
use super::fault;
use super::question::{Question, Reasoned};
use super::search::{Example, Ground};
use super::size::through_reference;
use crate::eval::{Cell, Inputs, cohere, run};
use crate::program::{Node, NodeId, Program, RuleKind, ScopeId};

/// Everything this reasoning finds from a dossier of which nothing is known, with those of the examples at hand; a
/// conflict or gap of a rule of `expected` is known to the author.
pub(super) fn check(
    program: &Program,
    empty: &Inputs<Cell>,
    examples: Vec<Inputs<Cell>>,
    expected: &BTreeSet<&str>,
) -> Reasoned {
    let answers = program.rules.iter().filter(|rule| rule.kind != RuleKind::Incoherence);
    let wanted: Vec<NodeId> = answers.flat_map(|rule| rule.filter.into_iter().chain([rule.instance])).collect();
    let known = decided(program, &examples, &wanted);
    let mut reasoned = Reasoned::default();
    for (_, rule) in program.rules() {
        if through_reference(program, rule.scope) {
            reasoned.unsettled(&rule.name, "ses éléments sont trouvés par référence".to_owned());
            continue;
        }
        let ground = Ground { empty, scope: rule.scope, known: &known };
        let mut question = Question { program, ground, rule, reasoned: &mut reasoned };
        match (rule.kind, program.node(rule.instance)) {
            (RuleKind::Value, Node::Choose { applies, definitions, order, .. }) => {
                if applies.is_some_and(|applies| question.never_applies(applies)) {
                    continue;
                }
                let mut value = Value { question, applies: *applies, definitions, order };
                if !expected.contains(rule.name.as_str()) {
                    value.conflicts();
                    value.gap();
                }
                value.dead();
            }
            (RuleKind::Norm(_), Node::Judge { .. }) => {
                let dead = rule.applies.as_ref().is_some_and(|(applies, _)| question.never_applies(*applies));
                if !dead && !rule.contents.is_empty() {
                    question.one_answer();
                    definitions::exemptions(&mut question);
                }
            }
            (RuleKind::Decision, _) => {
                let dead = rule.applies.as_ref().is_some_and(|(applies, _)| question.never_applies(*applies));
                if !dead {
                    question.one_answer();
                    definitions::exemptions(&mut question);
                    definitions::lines(&mut question);
                }
            }
            (RuleKind::Notice, _) => {
                question.never_applies(rule.instance);
            }
            (RuleKind::Value | RuleKind::Norm(_) | RuleKind::Incoherence, _) => {}
        }
    }
    fault::check(program, Ground { empty, scope: ScopeId::ROOT, known: &known }, expected, &mut reasoned);
    reasoned
}

/// The dossiers at hand, and what the program says of these nodes on each.
pub(crate) fn decided(program: &Program, examples: &[Inputs<Cell>], wanted: &[NodeId]) -> Vec<Example> {
    let cone = program.cone(wanted);
    examples
        .iter()
        .map(|inputs| cohere(program, inputs).0)
        .map(|inputs| Example { frame: run::<Cell>(program, &inputs, &cone), inputs })
        .collect()
}
