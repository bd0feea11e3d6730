//! `exemple « … » avec … attend …`

use super::{Failure, Proof, Tally, decided};
use crate::check::{described, stated};
use crate::dossier::Dossier;
use crate::explain::{Answer as Given, AnswerStatus, Detail, cited};
use crate::program::{Program, Rule, RuleId, RuleKind};
use crate::render;
use crate::ruleset::{Decision, Ruleset};
use crate::syntax::ast::{Answer, Citing, ExampleItem, Expectation, Expr, ExprKind, Item};
use crate::value::{Known, Number};

/// Runs every example of a ruleset, in source order, and tallies what they showed.
pub fn examples(ruleset: &Ruleset, tally: &mut Tally) -> Vec<Proof> {
    let files = &ruleset.analysis().files;
    files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None })
        .map(|item| example(ruleset, item, Some(&mut *tally)))
        .collect()
}

/// Runs one example. Without a tally only the rules it speaks of are answered.
pub fn example(ruleset: &Ruleset, item: &ExampleItem, tally: Option<&mut Tally>) -> Proof {
    let dossier = described(ruleset.program(), item);
    let names = item.expected.iter().map(|expectation| expectation.name.text.as_str());
    let decision = decided(ruleset, &dossier, names, tally);
    let mut proof = Proof {
        name: item.title.text.clone(),
        span: Some(item.span),
        expectations: item.expected.len(),
        failures: Vec::new(),
        accepted: Vec::new(),
    };
    for expectation in &item.expected {
        let failure = check(ruleset, (&dossier, &decision), expectation);
        proof.failures.extend(failure.map(|(expected, found)| Failure {
            question: question(expectation),
            expected,
            found,
            span: Some(expectation.span),
        }));
    }
    proof
}

fn question(expectation: &Expectation) -> String {
    match &expectation.instance {
        Some(instance) => format!("{}[{}]", expectation.name.text, instance.text),
        None => expectation.name.text.clone(),
    }
}

/// What an expectation expected and what was found instead, where they differ.
fn check(
    ruleset: &Ruleset,
    (dossier, decision): (&Dossier, &Decision),
    expectation: &Expectation,
) -> Option<(String, String)> {
    let program = ruleset.program();
    let name = &expectation.name.text;
    let Some((id, rule)) = rule_named(program, name) else {
        return Some(("une règle".to_owned(), format!("aucune règle ne s'appelle « {name} »")));
    };
    if matches!(rule.kind, RuleKind::Notice | RuleKind::Incoherence) {
        return noticed(decision, (id, rule), &expectation.answer);
    }
    let outcome = decision.outcome(id)?;
    let answer = match &expectation.instance {
        None => outcome.answer.as_ref(),
        Some(key) => {
            let mut called = outcome
                .instances
                .iter()
                .filter(|answer| render::is_called(ruleset, dossier, decision, (rule, answer, &key.text)));
            let first = called.next();
            if called.next().is_some() {
                return Some(("un seul élément de ce nom".to_owned(), "plusieurs portent cette clé".to_owned()));
            }
            first
        }
    };
    let Some(answer) = answer else {
        return Some(("un élément de ce nom".to_owned(), "il n'y en a pas dans l'exemple".to_owned()));
    };
    let found = render::answer_words(ruleset, dossier, decision, (rule, answer));
    if let Some(expected) = differs(program, (rule, answer), &expectation.answer) {
        return Some((expected, found));
    }
    let justification = ruleset.justify(decision, answer.target, Detail::Minimal);
    let clauses = cited(program, &justification).clauses;
    let ids: Vec<&str> = clauses.iter().filter_map(|id| program.clause(*id)).map(|clause| clause.id.as_str()).collect();
    let wanted = |id: &str| expectation.clauses.iter().any(|clause| clause.text == id);
    let expected = match expectation.clauses.iter().find(|clause| !ids.contains(&clause.text.as_str())) {
        Some(missing) => format!("une justification qui cite {}", missing.text),
        None if expectation.citing == Citing::Only => {
            format!("une justification qui ne cite pas {}", ids.iter().find(|id| !wanted(id))?)
        }
        None => return None,
    };
    Some((
        expected,
        if ids.is_empty() { "aucune clause citée".to_owned() } else { format!("elle cite {}", ids.join(", ")) },
    ))
}

fn rule_named<'p>(program: &'p Program, name: &str) -> Option<(RuleId, &'p Rule)> {
    let id = program.rule_named(name)?;
    program.rule(id).map(|rule| (id, rule))
}

fn noticed(decision: &Decision, (id, rule): (RuleId, &Rule), answer: &Answer) -> Option<(String, String)> {
    let fired = if rule.kind == RuleKind::Notice {
        decision.notices.iter().any(|noticed| noticed.rule == id)
    } else {
        decision.set_aside.iter().any(|aside| aside.rule == id)
    };
    let words = |fired: bool| if fired { "signalé" } else { "non signalé" }.to_owned();
    match answer {
        Answer::Value(Expr { kind: ExprKind::Truth(wanted), .. }) if *wanted == fired => None,
        Answer::Value(Expr { kind: ExprKind::Truth(wanted), .. }) => Some((words(*wanted), words(fired))),
        Answer::Value(_)
        | Answer::Unknown
        | Answer::NotApplicable
        | Answer::Conflict
        | Answer::Gap
        | Answer::NoResult => Some(("oui ou non".to_owned(), words(fired))),
    }
}

/// What was expected, in words, where the answer is another.
fn differs(program: &Program, (rule, given): (&Rule, &Given), expected: &Answer) -> Option<String> {
    let (wanted, words) = match expected {
        Answer::Unknown => (AnswerStatus::Unknown, "indéterminé"),
        Answer::NotApplicable => (AnswerStatus::NotApplicable, "sans objet"),
        Answer::Conflict => (AnswerStatus::Conflict, "conflit"),
        Answer::Gap => (AnswerStatus::Gap, "silence"),
        Answer::NoResult => {
            let fails = matches!(given.status, AnswerStatus::Fault(_));
            return (!fails).then(|| "sans résultat".to_owned());
        }
        Answer::Value(value) => {
            let Some(set) = stated(program, rule, value) else {
                return Some("une réponse de la sorte que donne cette règle".to_owned());
            };
            let same = given.status == AnswerStatus::Known && given.known == Known::of(set.clone());
            return (!same).then(|| render::set_words(program, &set, (rule.ty, rule.unit)));
        }
    };
    (given.status != wanted).then(|| words.to_owned())
}

/// A number as an expectation of a case file holds it, where it is one.
pub(super) fn number(token: &str) -> Option<Number> {
    Number::parse(token).ok()
}
