//! A dossier that was found, written as an example of what a rule answers on it, and read again.

use crate::check::{answer, given, instance};
use crate::eval::{Cell, Inputs, cohere, run};
use crate::explain::{self, AnswerStatus};
use crate::program::{Program, Rule, RuleKind};
use crate::syntax::ast::{ExampleItem, Item};
use crate::syntax::parse;

/// The dossier as an example of what a rule answers: of one instance, or of all. `what` ends its title.
pub(super) fn written(
    program: &Program,
    (rule, row): (&Rule, Option<usize>),
    inputs: &Inputs<Cell>,
    what: &str,
) -> Option<String> {
    let (inputs, _) = cohere(program, inputs);
    let silent = rule.kind == RuleKind::Notice;
    let target = if row.is_some() && !silent { rule.instance } else { rule.result? };
    let frame = run::<Cell>(program, &inputs, &program.cone(&[target]));
    let row = row.filter(|_| !silent);
    let at = u32::try_from(row.unwrap_or(0)).ok()?;
    let found = explain::answer(program, &inputs, &frame, (target, at));
    let words = match found.status {
        AnswerStatus::Known => answer(program, rule, &found.known),
        AnswerStatus::NotApplicable => Some("sans objet".to_owned()),
        AnswerStatus::Unknown => Some("indéterminé".to_owned()),
        AnswerStatus::Conflict => Some("conflit".to_owned()),
        AnswerStatus::Gap => Some("silence".to_owned()),
        AnswerStatus::Fault(_) => Some("sans résultat".to_owned()),
    };
    let words = if silent { Some(if found.known.is_yes() { "oui" } else { "non" }.to_owned()) } else { words };
    let which = row.map(|row| instance(program, rule, &inputs, row)).unwrap_or_default();
    let facts = given(program, &inputs);
    let with = if facts.is_empty() { String::new() } else { format!("  avec {facts}\n") };
    words.map(|words| format!("exemple « {} : {what} »\n{with}  attend {}{which} = {words}", rule.label, rule.name))
}

/// The example that a text is, where it reads without problem.
pub(super) fn read(program: &Program, text: &str) -> Option<ExampleItem> {
    let source = program.rules.first()?.span.source;
    let (file, problems) = parse(source, text);
    let item = file.items.into_iter().find_map(|item| if let Item::Example(item) = item { Some(item) } else { None });
    item.filter(|_| problems.is_empty())
}
