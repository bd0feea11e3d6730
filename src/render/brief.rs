//! Answers in a few words, for other reports.

use super::decision::Asked;
use super::words::Words;
use crate::dossier::Dossier;
use crate::explain::Answer;
use crate::program::{Hop, Program, Rule, ScopeId, ScopeKind, Unit, fold};
use crate::ruleset::{Decision, Ruleset};
use crate::value::{ListId, Set, Type};

/// An answer in a few French words.
pub fn answer_words(
    ruleset: &Ruleset,
    dossier: &Dossier,
    decision: &Decision,
    (rule, answer): (&Rule, &Answer),
) -> String {
    Words::new(ruleset, dossier, decision).outcome(rule, answer).0
}

/// Whether an instance of a rule goes by that name: its key (or index), or the path of its element.
pub fn is_called(
    ruleset: &Ruleset,
    dossier: &Dossier,
    decision: &Decision,
    (rule, answer, name): (&Rule, &Answer, &str),
) -> bool {
    Words::new(ruleset, dossier, decision).is_called(rule, answer, name)
}

impl Words<'_> {
    /// Whether an instance goes by that name: its key (or index), which others may share, or the path of its element.
    pub(super) fn is_called(self, rule: &Rule, answer: &Answer, name: &str) -> bool {
        let Some((list, row)) = self.instance_element(rule, answer) else { return false };
        let names = [self.places.element_name(list, row), Some(self.places.element_path(list, row))];
        names.iter().flatten().any(|known| fold(known) == fold(name))
    }

    /// The element an instance of a rule stands for: its list, and its row there.
    pub(super) fn instance_element(self, rule: &Rule, answer: &Answer) -> Option<(ListId, usize)> {
        if rule.scope == ScopeId::ROOT {
            return None;
        }
        let scope = self.program.scope(rule.scope)?;
        let row = match scope.kind {
            ScopeKind::Root | ScopeKind::Canonical => answer.target.1,
            ScopeKind::Cross { .. } => {
                self.decision.frame.reach(self.program, rule.scope, answer.target.1, &[Hop::Element])?
            }
        };
        Some((scope.list?, row as usize))
    }
}

/// The paths of what is missing for an answer.
pub fn missing_paths(ruleset: &Ruleset, dossier: &Dossier, decision: &Decision, answer: &Answer) -> Vec<String> {
    let words = Words::new(ruleset, dossier, decision);
    answer.missing.iter().map(|unknown| words.missing(*unknown).path).collect()
}

/// A value of a type in French words.
pub fn set_words(program: &Program, set: &Set, (ty, unit): (Type, Option<Unit>)) -> String {
    super::values::set_words(program, set, ty, unit)
}

/// Whether the rule asked for has an instance of that key in the dossier.
pub fn has_instance(ruleset: &Ruleset, dossier: &Dossier, decision: &Decision, asked: &Asked) -> bool {
    let words = Words::new(ruleset, dossier, decision);
    let (Some(rule), Some(key)) = (ruleset.program().rule(asked.rule), &asked.instance) else { return false };
    decision
        .outcome(asked.rule)
        .is_some_and(|outcome| outcome.instances.iter().any(|answer| words.is_called(rule, answer, key)))
}
