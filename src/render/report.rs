//! Decisions and explanations as JSON (`reglo/decision/2`, `reglo/explanation/2`): keys in ruleset order, the
//! same bytes for the same dossier and ruleset.

use std::cell::RefCell;

use super::decision::{Asked, Missing};
use super::typography;
use super::values::{fault_words, telling};
use super::words::Words;
use crate::dossier::{Datum, Dossier};
use crate::explain::{Answer, AnswerStatus, Cited, Detail, Justification, Subject, Unknown, cited, why_not};
use crate::program::{ClauseId, NormKind, ReadingId, Rule, RuleId, RuleKind, Unit};
use crate::ruleset::{Decision, Explainer, Outcome, Ruleset};
use crate::value::{Day, Known, Number, Range, Set, Texts, Type};

pub(super) fn text(words: impl Into<String>) -> Datum {
    Datum::Text(words.into())
}

pub(super) fn record(fields: Vec<(&str, Datum)>) -> Datum {
    Datum::record(fields.into_iter().map(|(name, datum)| (name.to_owned(), datum)))
}

pub(super) fn list(items: impl IntoIterator<Item = Datum>) -> Datum {
    Datum::list(items)
}

/// `decide --format json`.
pub fn decision_json(ruleset: &Ruleset, dossier: &Dossier, decision: &Decision, only: &[RuleId]) -> Datum {
    let report = Report::new(ruleset, dossier, decision);
    let outcomes =
        decision.outcomes.iter().filter(|outcome| only.is_empty() || only.contains(&outcome.rule)).filter_map(
            |outcome| {
                let rule = ruleset.program().rule(outcome.rule)?;
                Some((rule.name.clone(), report.outcome(rule, outcome, (Detail::Minimal, false))))
            },
        );
    let mut fields = vec![
        ("schema", text("reglo/decision/2")),
        ("engine", text(env!("CARGO_PKG_VERSION"))),
        ("ruleset", report.identity()),
        ("dossier", record(vec![("source", text(&*dossier.name)), ("sha256", text(&*dossier.sha256))])),
    ];
    if !only.is_empty() {
        let asked = only.iter().filter_map(|rule| ruleset.program().rule(*rule)).map(|rule| text(&*rule.name));
        fields.push(("asked", list(asked)));
    }
    fields.push(("outcomes", Datum::record(outcomes.collect::<Vec<_>>())));
    fields.push(("notices", report.notices()));
    fields.push(("anomalies", report.anomalies(dossier)));
    record(fields)
}

/// `explain --format json`.
pub fn explanation_json(
    ruleset: &Ruleset,
    dossier: &Dossier,
    decision: &Decision,
    asked: &Asked,
    (detail, other): (Detail, bool),
) -> Datum {
    let report = Report::new(ruleset, dossier, decision);
    let mut fields = vec![
        ("schema", text("reglo/explanation/2")),
        ("engine", text(env!("CARGO_PKG_VERSION"))),
        ("ruleset", report.identity()),
        ("dossier", record(vec![("source", text(&*dossier.name)), ("sha256", text(&*dossier.sha256))])),
    ];
    let outcome = decision.outcome(asked.rule);
    if let (Some(rule), Some(outcome)) = (ruleset.program().rule(asked.rule), outcome) {
        fields.push(("outcome", text(&*rule.name)));
        fields.extend(asked.instance.as_ref().map(|key| ("instance", text(&**key))));
        let meant = Outcome { instances: asked.instances(report.words, rule, outcome), ..outcome.clone() };
        fields.push(("answer", report.outcome(rule, &meant, (detail, other))));
        if let (true, Some(answer)) = (other, &outcome.answer) {
            fields.extend(report.why_not(rule, answer));
        }
    }
    fields.push(("notices", report.notices()));
    fields.push(("anomalies", report.anomalies(dossier)));
    record(fields)
}

pub(super) struct Report<'a> {
    pub(super) ruleset: &'a Ruleset,
    pub(super) decision: &'a Decision,
    pub(super) words: Words<'a>,
    /// Made when something is to be explained.
    explainer: RefCell<Option<Explainer<'a>>>,
}

impl<'a> Report<'a> {
    pub(super) fn new(ruleset: &'a Ruleset, dossier: &'a Dossier, decision: &'a Decision) -> Self {
        let words = Words::new(ruleset, dossier, decision);
        Self { ruleset, decision, words, explainer: RefCell::new(None) }
    }
}

impl Report<'_> {
    fn identity(&self) -> Datum {
        let program = self.ruleset.program();
        let texts =
            program.texts.iter().map(|file| record(vec![("file", text(&*file.name)), ("sha256", text(&*file.sha256))]));
        record(vec![
            ("id", text(self.ruleset.id())),
            ("title", text(&*program.title)),
            ("sha256", text(self.ruleset.sha256())),
            ("texts", list(texts)),
        ])
    }

    /// One outcome; with `other`, what would give another answer for each element.
    fn outcome(&self, rule: &Rule, outcome: &Outcome, (detail, other): (Detail, bool)) -> Datum {
        let mut fields = vec![("kind", text(kind(rule.kind))), ("label", text(&*rule.label))];
        if rule.kind == RuleKind::Value {
            fields.push(("type", text(self.type_name(rule))));
        }
        if let Some(answer) = &outcome.answer {
            fields.extend(self.answer(rule, answer, detail));
        }
        if rule.scope == crate::program::ScopeId::ROOT {
            return record(fields);
        }
        let mut instances = Vec::new();
        let mut together = Cited::default();
        for answer in &outcome.instances {
            let mut fields = self.instance(rule, answer);
            fields.extend(self.answer(rule, answer, detail));
            if other {
                fields.extend(self.why_not(rule, answer));
            }
            instances.push(record(fields));
            if outcome.answer.is_none() {
                together.extend(&cited(self.ruleset.program(), &self.justify(answer, detail)));
            }
        }
        if outcome.answer.is_none() {
            let (status, says) = self.together(rule, outcome);
            fields.push(("status", text(status)));
            fields.push(("says", text(typography::words(&says))));
            fields.extend(self.citations(&together));
        }
        fields.push(("instances", list(instances)));
        record(fields)
    }

    /// How the answers of a value that each element has stand together, as JSON and in words.
    fn together(&self, rule: &Rule, outcome: &Outcome) -> (&'static str, String) {
        let settled = |answer: &Answer| match answer.status {
            AnswerStatus::Known | AnswerStatus::NotApplicable => true,
            AnswerStatus::Unknown | AnswerStatus::Conflict | AnswerStatus::Gap | AnswerStatus::Fault(_) => false,
        };
        let without = |answer: &Answer| answer.status == AnswerStatus::NotApplicable;
        let open = self.words.may_have_others(rule);
        let status = if open || !outcome.instances.iter().all(settled) {
            "unknown"
        } else if outcome.instances.iter().all(without) {
            "not_applicable"
        } else {
            "known"
        };
        (status, self.words.each_answer(rule, outcome, open))
    }

    fn justify(&self, answer: &Answer, detail: Detail) -> Justification {
        let mut explainer = self.explainer.borrow_mut();
        explainer.get_or_insert_with(|| self.ruleset.explainer(self.decision)).justify(answer.target, detail)
    }

    fn citations(&self, found: &Cited) -> Vec<(&'static str, Datum)> {
        let mut fields = vec![("clauses", list(found.clauses.iter().map(|id| self.clause(*id))))];
        if !found.readings.is_empty() {
            fields.push(("readings", list(found.readings.iter().map(|id| self.reading(*id)))));
        }
        fields
    }

    fn instance(&self, rule: &Rule, answer: &Answer) -> Vec<(&'static str, Datum)> {
        let Some((list, row)) = self.words.instance_element(rule, answer) else { return Vec::new() };
        let mut fields = vec![("element", text(self.words.places.element_path(list, row)))];
        if let Some(key) = self.words.places.element_name(list, row) {
            fields.push(("key", text(key)));
        }
        fields
    }

    fn answer(&self, rule: &Rule, answer: &Answer, detail: Detail) -> Vec<(&'static str, Datum)> {
        let mut fields = vec![("status", text(status(answer.status)))];
        let value = |known: &Known| self.value(&known.set, rule.ty, rule.unit);
        match answer.status {
            AnswerStatus::Known => fields.push(("value", value(&answer.known))),
            AnswerStatus::Unknown => fields.extend(self.possible(rule, &answer.known)),
            AnswerStatus::NotApplicable | AnswerStatus::Conflict | AnswerStatus::Gap => {}
            AnswerStatus::Fault(fault) => fields.push(("fault", text(fault_words(fault)))),
        }
        fields.push(("says", text(typography::words(&self.words.answer_sentence(rule, answer)))));
        let justification = self.justify(answer, detail);
        fields.extend(self.citations(&cited(self.ruleset.program(), &justification)));
        if answer.status == AnswerStatus::Unknown {
            let missing = answer.missing.iter().map(|unknown| missing(self.words.missing(*unknown)));
            fields.push(("missing", list(missing.collect::<Vec<_>>())));
            // Said where it is so: what is missing, or whether the answer is open at all, was not worked out entirely.
            let partly = [("untried", answer.untried), ("uncombined", answer.uncombined)];
            fields.extend(partly.into_iter().filter(|(_, so)| *so).map(|(name, so)| (name, Datum::Truth(so))));
        }
        if !answer.contested.is_empty() {
            fields.push(("contested", self.leaves(&answer.contested)));
        }
        if !answer.whatever.is_empty() {
            fields.push(("whatever", self.leaves(&answer.whatever)));
        }
        fields.push(("because", self.because(&justification)));
        fields
    }

    fn leaves(&self, leaves: &[(crate::program::InputId, u32)]) -> Datum {
        list(leaves.iter().map(|(input, row)| missing(self.words.missing(Unknown::Leaf(*input, *row)))))
    }

    pub(super) fn possible(&self, rule: &Rule, known: &Known) -> Vec<(&'static str, Datum)> {
        let number = |value: i64| self.scalar(value, rule.ty, rule.unit);
        let mut fields = match &known.set {
            Set::Range(range) if telling(*range, rule.ty) != Range::ANY => {
                let range = telling(*range, rule.ty);
                let bounds = [("min", range.lo), ("max", range.hi)];
                let bounds = bounds.into_iter().filter_map(|(name, bound)| bound.map(|value| (name, number(value))));
                vec![("bounds", record(bounds.collect()))]
            }
            Set::Cases(bits) => {
                let cases =
                    self.ruleset.program().enumeration(rule.ty).map(|found| found.cases.as_slice()).unwrap_or(&[]);
                let possible = cases
                    .iter()
                    .zip(0u32..)
                    .filter(|(_, bit)| bits & 1u64.checked_shl(*bit).unwrap_or(0) != 0)
                    .map(|(case, _)| text(&*case.name));
                vec![("candidates", list(possible))]
            }
            Set::Text(Texts::OneOf(texts)) => vec![("candidates", list(texts.iter().map(|known| text(&**known))))],
            Set::Nothing | Set::Truth(_) | Set::Range(_) | Set::Text(Texts::Any) | Set::Period(_) | Set::Days(_) => {
                Vec::new()
            }
        };
        if known.inapplicable {
            fields.push(("or_not_applicable", Datum::Truth(true)));
        }
        fields
    }

    pub(super) fn value(&self, set: &Set, ty: Type, unit: Option<Unit>) -> Datum {
        match set {
            Set::Nothing => Datum::Null,
            Set::Truth(truth) => Datum::Truth(truth.yes),
            Set::Range(range) => range.single().map_or(Datum::Null, |value| self.scalar(value, ty, unit)),
            Set::Cases(bits) => {
                let case = self.ruleset.program().enumeration(ty).and_then(|found| {
                    found.cases.iter().zip(0u32..).find(|(_, bit)| *bits == 1u64.checked_shl(*bit).unwrap_or(0))
                });
                case.map_or(Datum::Null, |(case, _)| text(&*case.name))
            }
            Set::Text(texts) => texts.single().map_or(Datum::Null, text),
            Set::Period(stretch) => stretch.single().map_or(Datum::Null, |(start, end)| text(format!("{start}/{end}"))),
            Set::Days(days) => list(days.certain.runs().iter().map(|(start, end)| text(format!("{start}/{end}")))),
        }
    }

    fn scalar(&self, value: i64, ty: Type, unit: Option<Unit>) -> Datum {
        let number = Number::from_millionths(value);
        match (ty, unit) {
            (Type::Duration, Some(Unit::Weeks)) => Datum::Number(weeks(number)),
            (Type::Duration, Some(_)) => Datum::Number(number.to_string()),
            (Type::Duration, None) => text(format!("P{number}D")),
            (Type::Offset, _) => text(format!("P{value}M")),
            (Type::Date, _) => {
                let day = i32::try_from(value).ok().and_then(Day::from_number);
                day.map_or(Datum::Null, |day| text(day.to_string()))
            }
            (
                Type::Truth
                | Type::Integer
                | Type::Number
                | Type::Period
                | Type::Days
                | Type::Text
                | Type::Case(_)
                | Type::Key(_),
                _,
            ) => Datum::Number(number.to_string()),
        }
    }

    fn type_name(&self, rule: &Rule) -> String {
        match rule.ty {
            Type::Truth => "oui/non".to_owned(),
            Type::Integer => "entier".to_owned(),
            Type::Number => "nombre".to_owned(),
            Type::Date => "date".to_owned(),
            Type::Duration => match rule.unit {
                Some(Unit::Weeks) => "durée en semaines".to_owned(),
                Some(Unit::Days) => "durée en jours".to_owned(),
                Some(Unit::Months | Unit::Years) | None => "durée".to_owned(),
            },
            Type::Offset => "mois".to_owned(),
            Type::Period => "période".to_owned(),
            Type::Days => "jours".to_owned(),
            Type::Text | Type::Key(_) => "texte".to_owned(),
            Type::Case(_) => {
                self.ruleset.program().enumeration(rule.ty).map(|found| found.name.clone()).unwrap_or_default()
            }
        }
    }

    fn clause(&self, id: ClauseId) -> Datum {
        let program = self.ruleset.program();
        let Some(clause) = program.clause(id) else { return Datum::Null };
        let mut fields = vec![("id", text(&*clause.id))];
        fields.extend(clause.at.as_ref().map(|at| ("at", text(&**at))));
        fields.push(("quote", text(&*clause.quote)));
        if let Some(place) = &clause.place {
            let file = program.texts.get(place.text).map(|file| file.name.clone()).unwrap_or_default();
            fields.push(("place", record(vec![("file", text(file)), ("line", Datum::Number(place.line.to_string()))])));
        }
        record(fields)
    }

    fn reading(&self, id: ReadingId) -> Datum {
        let reading = self.ruleset.program().reading(id);
        reading.map_or(Datum::Null, |reading| {
            record(vec![("id", text(&*reading.id)), ("label", text(typography::words(&reading.label)))])
        })
    }

    /// What would give another answer; whether there may be more, not all having been tried.
    fn why_not(&self, rule: &Rule, answer: &Answer) -> Vec<(&'static str, Datum)> {
        let program = self.ruleset.program();
        let found = why_not(program, &self.decision.inputs, &self.decision.frame, answer.target);
        let ways = list(
            found
                .ways
                .iter()
                .map(|(changes, reached)| {
                    let changes = changes.iter().map(|change| {
                        let (ty, unit) = self.words.type_of(Subject::Fact(change.input, change.row));
                        record(vec![
                            ("path", text(self.words.places.path(change.input, change.row as usize))),
                            ("says", text(typography::words(&self.words.change(change)))),
                            ("to", list(change.to.iter().map(|known| self.value(&known.set, ty, unit)))),
                        ])
                    });
                    record(vec![
                        ("changes", list(changes.collect::<Vec<_>>())),
                        ("value", self.value(&reached.set, rule.ty, rule.unit)),
                    ])
                })
                .collect::<Vec<_>>(),
        );
        let mut fields = vec![("why_not", ways)];
        fields.extend(found.partial.then_some(("why_not_partial", Datum::Truth(true))));
        fields
    }

    fn notices(&self) -> Datum {
        let program = self.ruleset.program();
        list(
            self.decision
                .notices
                .iter()
                .filter_map(|noticed| {
                    let rule = program.rule(noticed.rule)?;
                    let mut fields =
                        vec![("id", text(&*rule.name)), ("kind", text("signalement")), ("label", text(&*rule.label))];
                    if let Some(element) = self.words.element(rule.scope, noticed.row) {
                        fields.push(("element", text(element)));
                        fields
                            .push(("path", text(self.words.element_path(rule.scope, noticed.row).unwrap_or_default())));
                    }
                    let ids = rule.basis.clauses.iter().filter_map(|id| program.clause(*id)).map(|c| text(&*c.id));
                    fields.push(("clauses", list(ids)));
                    Some(record(fields))
                })
                .collect::<Vec<_>>(),
        )
    }

    fn anomalies(&self, dossier: &Dossier) -> Datum {
        let read = dossier.anomalies.iter().map(|anomaly| {
            record(vec![
                ("path", text(&*anomaly.path)),
                ("problem", text(anomaly.problem)),
                ("message", text(&*anomaly.message)),
                ("found", text(&*anomaly.found)),
            ])
        });
        let aside = self.decision.set_aside.iter().map(|aside| {
            let rule = self.ruleset.program().rule(aside.rule);
            let found = dossier.inputs.known(aside.input, aside.input_row);
            let subject = Subject::Fact(aside.input, u32::try_from(aside.input_row).unwrap_or(u32::MAX));
            record(vec![
                ("path", text(self.words.places.path(aside.input, aside.input_row))),
                ("problem", text(rule.map(|rule| rule.name.clone()).unwrap_or_default())),
                ("message", text(rule.map(|rule| rule.label.clone()).unwrap_or_default())),
                ("found", text(found.map(|known| self.words.of(subject, known)).unwrap_or_default())),
            ])
        });
        list(read.chain(aside).collect::<Vec<_>>())
    }
}

fn missing(found: Missing) -> Datum {
    let mut fields = vec![("path", text(found.path)), ("label", text(found.label))];
    fields.extend(found.from.map(|from| ("from", text(from))));
    record(fields)
}

/// A number of weeks, rounded to six places where it does not fall right.
fn weeks(days: Number) -> String {
    Number::from_integer(7)
        .and_then(|seven| days.div_rounded(seven, 6, crate::value::Rounding::default()).ok())
        .unwrap_or(days)
        .to_string()
}

fn kind(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Value => "value",
        RuleKind::Norm(NormKind::Obligation) => "obligation",
        RuleKind::Norm(NormKind::Prohibition) => "prohibition",
        RuleKind::Norm(NormKind::Preference) => "preference",
        RuleKind::Norm(NormKind::Permission) => "permission",
        RuleKind::Decision => "decision",
        RuleKind::Notice => "notice",
        RuleKind::Incoherence => "incoherence",
    }
}

/// How JSON names a status.
pub fn status(status: AnswerStatus) -> &'static str {
    match status {
        AnswerStatus::Known => "known",
        AnswerStatus::NotApplicable => "not_applicable",
        AnswerStatus::Unknown => "unknown",
        AnswerStatus::Conflict => "conflict",
        AnswerStatus::Gap => "gap",
        AnswerStatus::Fault(_) => "fault",
    }
}
