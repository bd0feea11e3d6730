//! Answers in a few words, for other reports.

use super::decision::Asked;
use super::words::Words;
use crate::dossier::Dossier;
use crate::explain::Answer;
use crate::program::{Hop, Program, Rule, ScopeId, ScopeKind, Unit, fold};
use crate::ruleset::{Decision, Ruleset};
use crate::value::{Set, Type};

/// An answer in a few French words.
pub fn answer_words(
    ruleset: &Ruleset,
    dossier: &Dossier,
    decision: &Decision,
    (rule, answer): (&Rule, &Answer),
) -> String {
    Words::new(ruleset, dossier, decision).outcome(rule, answer).0
}

/// The key (or index) of the element an instance of a rule stands for.
pub fn instance_key(
    ruleset: &Ruleset,
    dossier: &Dossier,
    decision: &Decision,
    (rule, answer): (&Rule, &Answer),
) -> Option<String> {
    Words::new(ruleset, dossier, decision).instance(rule, answer)
}

impl Words<'_> {
    /// The key (or index) of the element an instance of a rule stands for.
    pub(super) fn instance(self, rule: &Rule, answer: &Answer) -> Option<String> {
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
        self.places.element_name(scope.list?, row as usize)
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
    decision.outcome(asked.rule).is_some_and(|outcome| {
        let names = outcome.instances.iter().filter_map(|answer| words.instance(rule, answer));
        names.into_iter().any(|name| fold(&name) == fold(key))
    })
}
