//! Answers in a few words, for other reports.

use super::words::Words;
use crate::dossier::Dossier;
use crate::explain::Answer;
use crate::program::{Hop, Program, Rule, ScopeId, ScopeKind, Unit};
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
    let program = ruleset.program();
    if rule.scope == ScopeId::ROOT {
        return None;
    }
    let scope = program.scope(rule.scope)?;
    let row = match scope.kind {
        ScopeKind::Root | ScopeKind::Canonical => answer.target.1,
        ScopeKind::Cross { .. } => decision.frame.reach(program, rule.scope, answer.target.1, &[Hop::Element])?,
    };
    Words::new(ruleset, dossier, decision).places.element_name(scope.list?, row as usize)
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
