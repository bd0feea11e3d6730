//! Case files: a dossier and, for each question, the answer, the clauses a justification must cite, the facts
//! missing where it is open, and the answers other readings would give.

use super::example::number;
use super::{Failure, Proof, Tally, decided};
use crate::dossier::{Datum, Dossier, JsonError, Placed, parse_json_within};
use crate::explain::{Answer, AnswerStatus, Detail, cited};
use crate::program::{Rule, RuleId, Unit, fold};
use crate::render;
use crate::ruleset::{Decision, Ruleset};
use crate::value::{Number, Set, Type};

/// A number given for a duration or mark is met within this much: expectations are written by hand.
const TOLERANCE: i64 = 20_000;

/// Why a case file cannot be run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CaseError {
    /// It is not JSON.
    Json(JsonError),
    /// It has no `dossier` or no `expected`.
    Shape(&'static str),
}

/// Runs a case file and tallies what it showed.
///
/// # Errors
///
/// The bytes are not JSON, or hold no dossier or expectations.
pub fn case_file(ruleset: &Ruleset, name: &str, bytes: &[u8], tally: &mut Tally) -> Result<Proof, CaseError> {
    let file = parse_json_within(bytes, ruleset.limits()).map_err(CaseError::Json)?;
    case(ruleset, name, &file, Some(tally))
}

/// Runs a case already read. Without a tally only the rules it speaks of are answered.
///
/// # Errors
///
/// It holds no dossier or expectations.
pub fn case(ruleset: &Ruleset, name: &str, file: &Placed, tally: Option<&mut Tally>) -> Result<Proof, CaseError> {
    let given = field(file, "dossier").ok_or(CaseError::Shape("dossier"))?;
    let Some(Placed { datum: Datum::Record(expected), .. }) = field(file, "expected") else {
        return Err(CaseError::Shape("expected"));
    };
    let dossier = Dossier::from_datum(ruleset.program(), name, given);
    let decision = decided(ruleset, &dossier, expected.iter().map(|(question, _)| question.as_str()), tally);
    let mut proof = Proof {
        name: text_of(field(file, "id")).unwrap_or_else(|| name.to_owned()),
        span: None,
        expectations: expected.len(),
        failures: Vec::new(),
        accepted: Vec::new(),
    };
    let run = Run { ruleset, dossier: &dossier, decision: &decision };
    for (question, wanted) in expected {
        run.check(question, wanted, &mut proof);
    }
    Ok(proof)
}

/// The dossier of a case already read, where it holds one.
pub(super) fn dossier(ruleset: &Ruleset, name: &str, file: &Placed) -> Option<Dossier> {
    field(file, "dossier").map(|given| Dossier::from_datum(ruleset.program(), name, given))
}

fn field<'d>(record: &'d Placed, name: &str) -> Option<&'d Placed> {
    match &record.datum {
        Datum::Record(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
        Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) | Datum::List(_) => None,
    }
}

fn text_of(placed: Option<&Placed>) -> Option<String> {
    match &placed?.datum {
        Datum::Text(text) => Some(text.clone()),
        Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::List(_) | Datum::Record(_) => None,
    }
}

fn texts(placed: Option<&Placed>) -> Option<Vec<String>> {
    match &placed?.datum {
        Datum::List(items) => Some(items.iter().filter_map(|item| text_of(Some(item))).collect()),
        Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) | Datum::Record(_) => None,
    }
}

struct Run<'a> {
    ruleset: &'a Ruleset,
    dossier: &'a Dossier,
    decision: &'a Decision,
}

impl Run<'_> {
    fn check(&self, question: &str, wanted: &Placed, proof: &mut Proof) {
        let program = self.ruleset.program();
        let fail =
            |expected: String, found: String| Failure { question: question.to_owned(), expected, found, span: None };
        let Some(id) = program.rule_named(question) else {
            proof.failures.push(fail("une règle de ce nom".to_owned(), "aucune".to_owned()));
            return;
        };
        let (Some(rule), Some(outcome)) = (program.rule(id), self.decision.outcome(id)) else { return };
        let Some(answer) = &outcome.answer else { return };
        let expected = field(wanted, "answer").map_or(&Datum::Null, |placed| &placed.datum);
        let found = self.words(id);
        if !self.meets(id, expected) {
            match self.accepted(id, wanted) {
                Some(reading) => proof.accepted.push((question.to_owned(), reading)),
                None => proof.failures.push(fail(expected.to_json(), found)),
            }
            return;
        }
        let clauses = self.cited(rule, id);
        for wanted in texts(field(wanted, "clauses")).unwrap_or_default() {
            if !wanted.split('|').any(|one| clauses.iter().any(|clause| clause == one)) {
                proof.failures.push(fail(
                    format!("une justification qui cite {wanted}"),
                    format!("elle cite {}", clauses.join(", ")),
                ));
            }
        }
        if let Some(wanted) = texts(field(wanted, "missing")) {
            let mut missing: Vec<String> = self.missing(answer, id).iter().map(|path| fold(path)).collect();
            let mut folded: Vec<String> = wanted.iter().map(|path| fold(path)).collect();
            missing.sort();
            folded.sort();
            if missing != folded {
                let found = self.missing(answer, id);
                let found = if found.is_empty() { "rien ne manque".to_owned() } else { found.join(", ") };
                proof.failures.push(fail(format!("il manque : {}", wanted.join(", ")), found));
            }
        }
    }

    fn accepted(&self, id: RuleId, wanted: &Placed) -> Option<String> {
        let Datum::List(others) = &field(wanted, "accept")?.datum else { return None };
        others
            .iter()
            .find(|other| field(other, "answer").is_some_and(|answer| self.meets(id, &answer.datum)))
            .map(|other| text_of(field(other, "reading")).unwrap_or_default())
    }

    fn words(&self, id: RuleId) -> String {
        let program = self.ruleset.program();
        let (Some(rule), Some(outcome)) = (program.rule(id), self.decision.outcome(id)) else { return String::new() };
        let answers = if outcome.instances.is_empty() {
            outcome.answer.iter().collect::<Vec<_>>()
        } else {
            outcome.instances.iter().collect()
        };
        let words: Vec<String> = answers
            .into_iter()
            .map(|answer| render::answer_words(self.ruleset, self.dossier, self.decision, (rule, answer)))
            .collect();
        words.join(", ")
    }

    fn meets(&self, id: RuleId, expected: &Datum) -> bool {
        let program = self.ruleset.program();
        let (Some(rule), Some(outcome)) = (program.rule(id), self.decision.outcome(id)) else { return false };
        let Some(answer) = &outcome.answer else { return false };
        let Datum::Record(instances) = expected else { return self.one_meets(rule, answer, expected) };
        instances.len() == outcome.instances.len()
            && outcome.instances.iter().all(|answer| {
                instances
                    .iter()
                    .find(|(name, _)| {
                        render::is_called(self.ruleset, self.dossier, self.decision, (rule, answer, name))
                    })
                    .is_some_and(|(_, wanted)| self.one_meets(rule, answer, &wanted.datum))
            })
    }

    fn one_meets(&self, rule: &Rule, answer: &Answer, expected: &Datum) -> bool {
        let known = answer.status == AnswerStatus::Known;
        match expected {
            Datum::Truth(truth) => known && answer.known.is_yes() == *truth && answer.known.is_no() != *truth,
            Datum::Number(token) => {
                let (Some(wanted), Set::Range(range)) = (number(token), &answer.known.set) else { return false };
                let scale = if rule.ty == Type::Duration && rule.unit == Some(Unit::Weeks) { 7 } else { 1 };
                let single = range.single().filter(|_| known);
                single.is_some_and(|found| within(found, wanted, scale))
            }
            Datum::Text(text) => match text.as_str() {
                "indetermine" => answer.status == AnswerStatus::Unknown,
                "sans_objet" => answer.status == AnswerStatus::NotApplicable,
                "conflit" => answer.status == AnswerStatus::Conflict,
                "silence" => answer.status == AnswerStatus::Gap,
                case => known && self.is_case(rule, answer, case),
            },
            Datum::Null | Datum::Unknown | Datum::List(_) | Datum::Record(_) => false,
        }
    }

    fn is_case(&self, rule: &Rule, answer: &Answer, name: &str) -> bool {
        match (&answer.known.set, self.ruleset.program().enumeration(rule.ty)) {
            (Set::Cases(bits), Some(enumeration)) => enumeration
                .cases
                .iter()
                .zip(0u32..)
                .any(|(case, bit)| *bits == 1u64.checked_shl(bit).unwrap_or(0) && fold(&case.name) == fold(name)),
            (Set::Text(texts), _) => texts.single() == Some(name),
            (Set::Range(_), _) if rule.ty == Type::Date => {
                render::set_words(self.ruleset.program(), &answer.known.set, (rule.ty, rule.unit)) == name
            }
            (_, _) => false,
        }
    }

    /// The clauses cited for the dossier and for each instance.
    fn cited(&self, _rule: &Rule, id: RuleId) -> Vec<String> {
        let program = self.ruleset.program();
        let Some(outcome) = self.decision.outcome(id) else { return Vec::new() };
        let mut found: Vec<String> = Vec::new();
        for answer in outcome.answer.iter().chain(&outcome.instances) {
            let justification = self.ruleset.justify(self.decision, answer.target, Detail::Minimal);
            for clause in cited(program, &justification).clauses.iter().filter_map(|id| program.clause(*id)) {
                if !found.contains(&clause.id) {
                    found.push(clause.id.clone());
                }
            }
        }
        found
    }

    /// Paths of what is missing, for the dossier and for each instance.
    fn missing(&self, answer: &Answer, id: RuleId) -> Vec<String> {
        let instances = self.decision.outcome(id).map_or(&[] as &[Answer], |outcome| outcome.instances.as_slice());
        let mut found: Vec<String> = Vec::new();
        for answer in std::iter::once(answer).chain(instances) {
            for path in render::missing_paths(self.ruleset, self.dossier, self.decision, answer) {
                if !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        found
    }
}

/// Whether a value in millionths is `wanted` times `scale`, within the tolerance.
fn within(found: i64, wanted: Number, scale: i64) -> bool {
    wanted
        .millionths()
        .checked_mul(scale)
        .and_then(|wanted| found.checked_sub(wanted))
        .is_some_and(|difference| difference.abs() <= TOLERANCE.saturating_mul(scale))
}
