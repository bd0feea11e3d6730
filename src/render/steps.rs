//! The steps of a justification as JSON. What several steps rest on is told once: the step that tells it has a
//! number (`step`), the others say it (`see`).

use std::collections::{HashMap, HashSet};

use super::report::{Report, list, record, text};
use super::typography;
use crate::dossier::Datum;
use crate::explain::{Justification, Role, Subject, bases};
use crate::program::Basis;

/// Subjects that several steps speak of and that rest on something, with the number of the step that tells it.
struct Numbers {
    several: HashSet<Subject>,
    told: HashMap<Subject, usize>,
}

impl Numbers {
    fn of(justification: &Justification) -> Self {
        let (mut met, mut several) = (HashSet::new(), HashSet::new());
        justification.walk(&mut |step| {
            if !step.because.is_empty() && !met.insert(step.subject) {
                several.insert(step.subject);
            }
        });
        Self { several, told: HashMap::new() }
    }
}

impl Report<'_> {
    /// A justification.
    pub(super) fn because(&self, justification: &Justification) -> Datum {
        self.step(None, justification, &mut Numbers::of(justification))
    }

    fn step(&self, parent: Option<&Justification>, step: &Justification, numbers: &mut Numbers) -> Datum {
        let says: String = self.words.says(parent, step).spans.iter().map(|span| span.text.as_str()).collect();
        let mut fields = vec![("says", text(typography::words(&says)))];
        let told = numbers.told.get(&step.subject).copied();
        if told.is_none() && numbers.several.contains(&step.subject) {
            let number = numbers.told.len() + 1;
            numbers.told.insert(step.subject, number);
            fields.push(("step", Datum::Number(number.to_string())));
        }
        if let Some(rule) = self.words.rule(step.subject) {
            fields.push(("rule", text(&*rule.name)));
        }
        if let Some(role) = role(step.role) {
            fields.push(("role", text(role)));
        }
        match step.subject {
            Subject::Fact(input, row) => {
                fields.push(("fact", text(self.words.places.path(input, row as usize))));
            }
            Subject::List(found, row) => {
                fields.push(("list", text(self.words.places.list_path(found, row as usize))));
            }
            Subject::Node(..) => {}
        }
        if !matches!(step.subject, Subject::List(..)) && step.known.is_settled() {
            let (ty, unit) = self.words.type_of(step.subject);
            if step.known.is_inapplicable() {
                fields.push(("status", text("not_applicable")));
            } else if !step.known.is_absent() {
                fields.push(("value", self.value(&step.known.set, ty, unit)));
            }
        } else if !step.known.is_settled() {
            fields.push(("status", text("unknown")));
        }
        let program = self.ruleset.program();
        let mut ids = Vec::new();
        for id in bases(program, step).into_iter().flat_map(|basis: &Basis| &basis.clauses) {
            let id = program.clause(*id).map(|clause| text(&*clause.id));
            ids.extend(id.filter(|id| !ids.contains(id)));
        }
        if !ids.is_empty() {
            fields.push(("clauses", list(ids)));
        }
        match (told, step.because.as_slice()) {
            (_, []) => {}
            (Some(told), _) => fields.push(("see", Datum::Number(told.to_string()))),
            (None, parts) => {
                let parts = parts.iter().map(|part| self.step(Some(step), part, numbers)).collect::<Vec<_>>();
                fields.push(("because", list(parts)));
            }
        }
        record(fields)
    }
}

fn role(role: Role) -> Option<&'static str> {
    match role {
        Role::Reason => None,
        Role::Condition => Some("condition"),
        Role::Definition(_) => Some("definition"),
        Role::Excluded(_) | Role::NotExempt(_) => Some("excluded"),
        Role::Item(_) => Some("item"),
        Role::Exempt(_) => Some("exemption"),
        Role::Element => Some("element"),
        Role::Presumed => Some("presumed"),
    }
}
