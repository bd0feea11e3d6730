//! One answer among those of many dossiers: what a row of a table has room for.

use super::decision::Missing;
use super::report::Report;
use super::typography;
use super::values::capital;
use super::words::Words;
use crate::dossier::{Datum, Dossier};
use crate::explain::{Answer, AnswerStatus, Detail, justify, unmet};
use crate::program::{Rule, RuleId};
use crate::ruleset::{Decision, Outcome, Ruleset};

/// An outcome whose answer is wanted, and how much of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The rule.
    pub rule: RuleId,
    /// With the clauses not met, what is missing and what the person is told.
    pub reasons: bool,
}

/// An answer in a row of many.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// How it stands.
    pub status: AnswerStatus,
    /// Its value where it is known, as decisions write it in JSON; else `null`.
    pub value: Datum,
    /// Of an open answer, what it may still be (`bounds`, `candidates`).
    pub possible: Vec<(&'static str, Datum)>,
    /// Of a « non », the clauses that are not met.
    pub unmet: Vec<String>,
    /// Of an open answer, the facts that could settle it.
    pub missing: Vec<Lacking>,
    /// What the person is told, in French: why not, or what is missing.
    pub told: String,
}

/// A fact that is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lacking {
    /// Its path, elements by their key or index.
    pub path: String,
    /// How people read it.
    pub label: String,
    /// Who supplies it, or judges it.
    pub from: Option<String>,
    /// A person must judge it.
    pub assessed: bool,
}

/// The answer of an outcome for the dossier; none of a value that each element of a list has.
pub fn line(
    ruleset: &Ruleset,
    dossier: &Dossier,
    decision: &Decision,
    outcome: &Outcome,
    wanted: Wanted,
) -> Option<Line> {
    let (rule, answer) = (ruleset.program().rule(outcome.rule)?, outcome.answer.as_ref()?);
    let report = Report::new(ruleset, dossier, decision);
    let mut line = Line {
        status: answer.status,
        value: Datum::Null,
        possible: Vec::new(),
        unmet: Vec::new(),
        missing: Vec::new(),
        told: String::new(),
    };
    match answer.status {
        AnswerStatus::Known => line.value = report.value(&answer.known.set, rule.ty, rule.unit),
        AnswerStatus::Unknown => line.possible = report.possible(rule, &answer.known),
        AnswerStatus::NotApplicable | AnswerStatus::Conflict | AnswerStatus::Gap | AnswerStatus::Fault(_) => {}
    }
    if wanted.reasons {
        reasons(report.words, ruleset, (rule, answer), &mut line);
    }
    Some(line)
}

fn reasons(words: Words<'_>, ruleset: &Ruleset, (rule, answer): (&Rule, &Answer), line: &mut Line) {
    let program = ruleset.program();
    let (inputs, frame) = (&words.decision.inputs, &words.decision.frame);
    match answer.status {
        AnswerStatus::Known if answer.known.is_no() => {
            // Whether the clauses named suffice is for an explanation to verify.
            let justification = justify(program, inputs, frame, answer.target, Detail::Minimal);
            let clauses = unmet(program, &justification);
            line.unmet = clauses.iter().filter_map(|id| program.clause(*id)).map(|clause| clause.id.clone()).collect();
            line.told = words.told(rule, answer, &justification).unwrap_or_default();
        }
        AnswerStatus::Known | AnswerStatus::NotApplicable => {}
        AnswerStatus::Unknown => {
            line.missing = answer.missing.iter().map(|unknown| lacking(words.missing(*unknown))).collect();
            line.told = missing_words(&line.missing);
        }
        AnswerStatus::Conflict | AnswerStatus::Gap | AnswerStatus::Fault(_) => {
            line.told = capital(&words.outcome(rule, answer).0);
        }
    }
    line.told = typography::words(&line.told);
}

fn lacking(missing: Missing) -> Lacking {
    let Missing { path, label, from, assessed, .. } = missing;
    Lacking { path, label, from, assessed }
}

/// « Il manque : date de la première épreuve (le service des examens) ; … »
fn missing_words(missing: &[Lacking]) -> String {
    if missing.is_empty() {
        return String::new();
    }
    let one = |lacking: &Lacking| match &lacking.from {
        Some(from) => {
            format!("{}, à {} par {from}", lacking.label, if lacking.assessed { "apprécier" } else { "fournir" })
        }
        None => lacking.label.clone(),
    };
    format!("Il manque : {}.", missing.iter().map(one).collect::<Vec<_>>().join(" ; "))
}
