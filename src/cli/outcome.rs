//! Names of outcomes, as people type them.

use super::failure::Failure;
use crate::program::{Program, Rule, RuleId, RuleKind, fold};
use crate::render::Asked;

/// The outcome of that name, accents and case left aside.
pub(super) fn named(program: &Program, name: &str) -> Result<RuleId, Failure> {
    let found = program.rule_named(name).filter(|id| program.rule(*id).is_some_and(is_outcome));
    found.ok_or_else(|| {
        let near = nearest(program, name);
        let near = near.map(|near| format!(" Vouliez-vous dire «\u{a0}{near}\u{a0}»\u{202f}?")).unwrap_or_default();
        Failure::unusable(format!("le règlement ne répond à rien qui s’appelle «\u{a0}{name}\u{a0}».{near}"))
    })
}

/// What `NOM` or `NOM[CLÉ]` asks to be explained.
pub(super) fn asked(program: &Program, words: &str) -> Result<Asked, Failure> {
    let bracketed = words.strip_suffix(']').and_then(|head| head.split_once('['));
    let (name, instance) = match bracketed {
        Some((name, key)) => (name, Some(key.to_owned())),
        None => (words, None),
    };
    Ok(Asked { rule: named(program, name)?, instance })
}

fn is_outcome(rule: &Rule) -> bool {
    match rule.kind {
        RuleKind::Value | RuleKind::Norm(_) | RuleKind::Decision => true,
        RuleKind::Notice | RuleKind::Incoherence => false,
    }
}

/// The outcome most like that name, where one is like it at all.
fn nearest<'a>(program: &'a Program, name: &str) -> Option<&'a str> {
    let folded = fold(name);
    let limit = (folded.chars().count() / 3).max(2);
    let near = program.rules.iter().filter(|rule| is_outcome(rule)).map(|rule| {
        let other = fold(&rule.name);
        let part = !folded.is_empty() && other.contains(&folded);
        (if part { 0 } else { strsim::osa_distance(&folded, &other) }, rule.name.as_str())
    });
    near.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}
