//! The laws of deciding, on rulesets and dossiers drawn at random (`generate`) and against a naive evaluator
//! (`oracle.rs`).
//!
//! An ordinary run draws a few hundred rulesets, the same each time. `REGLO_LAWS=50000` draws that many,
//! `REGLO_SEED=7` begins elsewhere (`just laws`). A failure is shrunk, then printed with its seed, ruleset,
//! dossier and both answers; `REGLO_SEED=<seed> REGLO_LAWS=1` draws it again.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod rows;
mod shrink;
mod never;

use reglo::dossier::{Datum, Dossier, Placed};
use reglo::eval::Presence;
use reglo::explain::{AnswerStatus, Detail, Role, Subject, bases, cited, named, rule_of, suffices};
use reglo::program::{Node, NodeId, Program as Lowered, Rule, RuleId, RuleKind};
use reglo::ruleset::{Decision, Ruleset};
use reglo::value::{Known, Set, Texts, Trouble, Type};

use crate::generate::{self, Draw, Program};
use crate::oracle::{Answer, Chooser, Oracle, Out, Reading, Stop, V, Why};

/// How many ways of filling in the unknowns are tried: all of them up to so many, else some.
const COMPLETIONS: usize = 48;
/// How many dossiers are drawn for each ruleset.
const DOSSIERS: usize = 4;
/// How many rulesets an ordinary run draws for a law.
const ORDINARY: usize = 150;

/// Whether the law speaks of this decision; what is wrong with it, in words.
type Law = fn(&Ruleset, &Program, &Datum, u64) -> Result<bool, String>;

/// A number from the environment.
#[allow(clippy::disallowed_methods, reason = "how long to search is asked by who runs the tests")]
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn ruleset(program: &Program) -> Option<Ruleset> {
    program.analysis().into_ruleset().ok()
}

fn decide(ruleset: &Ruleset, datum: &Datum) -> Decision {
    ruleset.decide(&Dossier::from_datum(ruleset.program(), "essai", &Placed::nowhere(datum.clone())))
}

/// What the frame knows of a rule's answer for the dossier.
fn known<'d>(decision: &'d Decision, rule: &Rule) -> Option<&'d Known> {
    decision.frame.known(rule.result?, 0)
}

/// What going through the cases of the unknowns leaves of it.
fn answered(decision: &Decision, rule: RuleId) -> Option<&Known> {
    Some(&decision.outcome(rule)?.answer.as_ref()?.known)
}

/// Tries a law on many rulesets, each with a few dossiers of which so many facts in a hundred are unknown.
fn holds(law: Law, unknown: usize) {
    let count = asked("REGLO_LAWS").map_or(ORDINARY, |count| usize::try_from(count).unwrap());
    let first = asked("REGLO_SEED").unwrap_or(1);
    let (mut kept, mut spoken) = (0, 0);
    for seed in (first..).take(count) {
        let mut draw = Draw::new(seed);
        let program = generate::program(&mut draw);
        let Some(ruleset) = ruleset(&program) else { continue };
        kept += 1;
        for turn in 0..DOSSIERS as u64 {
            let datum = generate::dossier(&program, &mut draw, unknown);
            match law(&ruleset, &program, &datum, seed + turn) {
                Ok(speaks) => spoken += usize::from(speaks),
                Err(wrong) => {
                    let fails = |program: &Program, datum: &Datum| {
                        law(&self::ruleset(program)?, program, datum, seed + turn).err()
                    };
                    let (program, datum, wrong) = shrink::shrink(program, datum, wrong, &fails);
                    panic!("seed {seed}\n\n{}\n\n{}\n\n{wrong}", program.text().0, datum.to_json());
                }
            }
        }
    }
    assert!(count < 20 || spoken * 2 > kept * DOSSIERS, "the law speaks of {spoken} decisions only");
    assert!(count < 20 || kept * 2 > count, "only {kept} of {count} rulesets drawn check");
}

// ── What the engine knows against what the oracle answers ────────────────────────────────────────────

/// Whether the answer is one of those still held possible.
fn admits(program: &Lowered, ty: Type, known: &Known, out: &Out) -> bool {
    let ordinal = |value: i128| i64::try_from(value).unwrap();
    match out {
        Err(Stop::Absent) => known.absent,
        Err(Stop::NotApplicable) => known.inapplicable,
        Err(Stop::Open(..)) => known.trouble.is_some(),
        Ok(value) => match (&known.set, value) {
            (Set::Truth(truth), V::Truth(holds)) => {
                if *holds {
                    truth.yes
                } else {
                    truth.no
                }
            }
            (Set::Range(range), V::Num(_) | V::Months(_) | V::Date(_)) => {
                let value = match value {
                    V::Num(n) | V::Months(n) => ordinal(*n),
                    V::Date(day) => i64::from(*day),
                    _ => unreachable!(),
                };
                range.lo.is_none_or(|lo| lo <= value) && range.hi.is_none_or(|hi| value <= hi)
            }
            (Set::Cases(bits), V::Case(name)) => {
                let at = program.enumeration(ty).unwrap().cases.iter().position(|case| case.name == *name).unwrap();
                bits >> at & 1 == 1
            }
            (Set::Text(Texts::Any), V::Text(_) | V::Key(..)) => true,
            (Set::Text(Texts::OneOf(texts)), V::Text(text) | V::Key(_, text)) => texts.iter().any(|t| **t == **text),
            (Set::Period(stretch), V::Period(start, end)) => {
                let within = |(low, high): (reglo::value::Day, reglo::value::Day), day: i32| {
                    (low.number()..=high.number()).contains(&day)
                };
                within(stretch.start, *start) && within(stretch.end, *end)
            }
            (_, _) => false,
        },
    }
}

fn why(trouble: Option<Trouble>) -> Option<Why> {
    trouble.map(|trouble| match trouble {
        Trouble::Conflict => Why::Conflict,
        Trouble::Gap => Why::Gap,
        Trouble::Fault(_) => Why::Fault,
    })
}

/// What is known of a rule for the dossier, and of its surely known instances, beside the oracle's answer.
struct Pair<'d> {
    what: String,
    known: &'d Known,
    out: Out,
}

fn pairs<'d>(decision: &'d Decision, (id, rule): (RuleId, &Rule), answer: &Answer) -> Vec<Pair<'d>> {
    let mut found = Vec::new();
    if let (Some(known), Some(out)) = (known(decision, rule), &answer.result) {
        found.push(Pair { what: rule.name.clone(), known, out: out.clone() });
        if let Some(known) = answered(decision, id) {
            found.push(Pair { what: format!("{} answered", rule.name), known, out: out.clone() });
        }
    }
    let Some(rows) = decision.frame.rows(rule.scope) else { return found };
    let filtered = rule.filter.filter(|_| rule.kind != RuleKind::Value);
    let counts: Vec<usize> = (0..rows.len())
        .filter(|row| filtered.is_none_or(|filter| !decision.frame.known(filter, *row).unwrap().is_no()))
        .collect();
    let sure = rows.presences().iter().all(|presence| *presence == Presence::Certain)
        && counts.iter().all(|row| filtered.is_none_or(|filter| decision.frame.known(filter, *row).unwrap().is_yes()));
    if sure && answer.instances.iter().all(|(perhaps, _)| perhaps.is_none()) {
        assert_eq!(counts.len(), answer.instances.len(), "instances of {}", rule.name);
        for (row, (_, out)) in counts.into_iter().zip(&answer.instances) {
            let known = decision.frame.known(rule.instance, row).unwrap();
            found.push(Pair { what: format!("{}[{row}]", rule.name), known, out: out.clone() });
        }
    }
    found
}

fn differs(what: &str, known: &Known, out: &dyn std::fmt::Debug) -> String {
    format!("{what}: the engine knows {known:?}\n       the oracle says {out:?}")
}

/// On a whole dossier both give the same answers; a conflict, a gap or a fault too, unless the answer is the
/// same whatever stands in its place.
fn oracle_on_whole_dossiers(ruleset: &Ruleset, _: &Program, datum: &Datum, seed: u64) -> Result<bool, String> {
    let Reading::Ready(oracle) = Oracle::read(&ruleset.analysis().files, datum) else { return Ok(false) };
    if !oracle.is_whole() {
        return Ok(false);
    }
    let (program, decision, answers) = (ruleset.program(), decide(ruleset, datum), oracle.answers());
    let rules: Vec<(RuleId, &Rule)> = program.rules().filter(|(_, rule)| answers.contains_key(&rule.name)).collect();
    let mut troubled: Vec<(Why, String)> = Vec::new();
    for &(id, rule) in &rules {
        for Pair { what, known, out } in pairs(&decision, (id, rule), &answers[&rule.name]) {
            let agreed = match out {
                Err(Stop::Open(..)) => {
                    troubled.extend(why(known.trouble).map(|why| (why, differs(&what, known, &out))));
                    known.is_settled() || known.trouble.is_some()
                }
                _ => known.is_settled() && known.trouble.is_none() && admits(program, rule.ty, known, &out),
            };
            if !agreed {
                return Err(differs(&what, known, &out));
            }
        }
    }
    // Where several are met the language does not say which is told; one met is.
    troubled.retain(|(why, _)| !oracle.has_met(*why));
    for turn in 0..if oracle.has_met_any() { 6 } else { 0 } {
        let replacing = oracle.substituted(seed.wrapping_mul(31) + turn);
        let replaced = replacing.answers();
        troubled.retain(|(why, _)| !replacing.has_met(*why));
        for &(id, rule) in &rules {
            for Pair { what, known, out } in pairs(&decision, (id, rule), &replaced[&rule.name]) {
                if !matches!(out, Err(Stop::Open(..))) && !admits(program, rule.ty, known, &out) {
                    return Err(differs(&what, known, &out) + " once conflicts, gaps and faults are replaced");
                }
            }
        }
    }
    troubled.into_iter().next().map_or(Ok(true), |(_, wrong)| Err(wrong))
}

/// With facts unknown, what is known contains the answer of every way to fill them in.
fn oracle_with_unknowns(ruleset: &Ruleset, _: &Program, datum: &Datum, seed: u64) -> Result<bool, String> {
    let Reading::Ready(oracle) = Oracle::read(&ruleset.analysis().files, datum) else { return Ok(false) };
    let (program, decision) = (ruleset.program(), decide(ruleset, datum));
    let mut chooser = Chooser::in_turn();
    for turn in 0..COMPLETIONS {
        if turn == COMPLETIONS / 3 {
            chooser = Chooser::at_random(seed);
        }
        let completed = oracle.completed(&mut chooser);
        let answers = completed.answers();
        for (id, rule) in program.rules().filter(|(_, rule)| answers.contains_key(&rule.name)) {
            for Pair { what, known, out } in pairs(&decision, (id, rule), &answers[&rule.name]) {
                // No answer where norms conflict, the text is silent or a sum fails: nothing to contain.
                if !matches!(out, Err(Stop::Open(..))) && !admits(program, rule.ty, known, &out) {
                    return Err(differs(&what, known, &out) + &format!(" for {:?}", completed.given()));
                }
            }
        }
        if !chooser.advance() {
            break;
        }
    }
    Ok(true)
}

/// Giving a value to an unknown fact only narrows answers, but where facts now contradict each other or a
/// computation has no result. A conflict or a gap that a fact may bring about left the answer open before.
fn monotony(ruleset: &Ruleset, program: &Program, datum: &Datum, seed: u64) -> Result<bool, String> {
    let mut draw = Draw::new(seed);
    let more = generate::forget(program, datum, &mut draw, 10);
    let less = generate::forget(program, &more, &mut draw, 20);
    let (before, after) = (decide(ruleset, &less), decide(ruleset, &more));
    if before.set_aside.len() != after.set_aside.len() {
        return Ok(false);
    }
    let lowered = ruleset.program();
    for (id, rule) in lowered.rules() {
        let Some(cone) = rule.result.map(|result| lowered.cone(&[result])) else { continue };
        let fails = |node: &NodeId| {
            let mut column = after.frame.column(*node).into_iter().flatten();
            column.any(|known| matches!(known.trouble, Some(Trouble::Fault(_))))
        };
        if cone.iter().any(fails) {
            continue;
        }
        let both = [(known(&before, rule), known(&after, rule)), (answered(&before, id), answered(&after, id))];
        for (before, after) in both.into_iter().filter_map(|(before, after)| before.zip(after)) {
            if !after.is_within(before) {
                return Err(format!(
                    "{}: known before {before:?}\n       after {after:?}\nof {}\n   {}",
                    rule.name,
                    less.to_json(),
                    more.to_json()
                ));
            }
        }
    }
    Ok(true)
}

/// The same sources and dossier give the same, to the byte.
fn stability(ruleset: &Ruleset, program: &Program, datum: &Datum, _: u64) -> Result<bool, String> {
    let again = self::ruleset(program).unwrap();
    let (once, twice) = (decide(ruleset, datum), decide(ruleset, datum));
    let anew = decide(&again, datum);
    let bytes = |decision: &Decision| format!("{decision:?}");
    let same = bytes(&once) == bytes(&twice) && bytes(&once) == bytes(&anew) && ruleset.sha256() == again.sha256();
    if same { Ok(true) } else { Err("two decisions differ".to_owned()) }
}

/// Erase every fact that the justification of a settled answer does not name: the answer stays.
fn sufficiency(ruleset: &Ruleset, _: &Program, datum: &Datum, _: u64) -> Result<bool, String> {
    let (program, decision) = (ruleset.program(), decide(ruleset, datum));
    for answer in decision.outcomes.iter().filter_map(|outcome| outcome.answer.as_ref()) {
        let justification = ruleset.justify(&decision, answer.target, Detail::Minimal);
        if justification.known.is_settled()
            && !suffices(program, &decision.inputs, &named(&justification), (answer.target, &justification.known))
        {
            return Err(format!("what is named does not suffice for {answer:?}\n{justification:#?}"));
        }
    }
    Ok(true)
}

/// Whether a definition does not play: its condition does not hold, or another may prevail over it.
fn excluded(program: &Lowered, node: NodeId, part: usize, may_hold: &dyn Fn(NodeId) -> bool) -> bool {
    let Node::Choose { definitions, order, .. } = program.node(node) else { return false };
    let holds = |at: usize| definitions[at].condition.is_none_or(may_hold);
    let at = definitions.iter().position(|definition| definition.part == part).unwrap();
    !holds(at) || order.over(at).iter().any(|higher| holds(*higher))
}

/// Each leaf of a justification is a fact, a constant or a rule that cites; each definition and each exemption
/// that it names as such did apply, for all that is known, and none that it says did not; every settled answer
/// cites.
fn honesty(ruleset: &Ruleset, _: &Program, datum: &Datum, _: u64) -> Result<bool, String> {
    let (program, decision) = (ruleset.program(), decide(ruleset, datum));
    let may_hold = |node: NodeId, row: u32| decision.frame.known(node, row as usize).unwrap().as_truth().yes;
    let instances = decision.outcomes.iter().flat_map(|outcome| outcome.answer.iter().chain(&outcome.instances));
    for answer in instances {
        for detail in [Detail::Minimal, Detail::Full] {
            let justification = ruleset.justify(&decision, answer.target, detail);
            let mut wrong = None;
            justification.walk(&mut |step| {
                let rule = rule_of(program, step);
                let founded = match step.subject {
                    Subject::Fact(..) | Subject::List(..) => true,
                    Subject::Node(node, _) => {
                        // Whether a fact is contested is known of the fact.
                        matches!(program.node(node), Node::Constant(_) | Node::Contested(_))
                            || !bases(program, step).is_empty()
                    }
                };
                if step.because.is_empty() && !founded {
                    wrong = Some(format!("a leaf that is nothing: {step:?}"));
                }
                let (Some(rule), Subject::Node(_, row)) = (rule, step.subject) else { return };
                for child in step.because.iter() {
                    let applied = match child.role {
                        Role::Definition(part) => rule.contents[part].condition.is_none_or(|c| may_hold(c, row)),
                        Role::Exempt(part) => may_hold(rule.exemptions[part].condition, row),
                        Role::Excluded(part) => match step.subject {
                            Subject::Node(node, _) => excluded(program, node, part, &|c| may_hold(c, row)),
                            Subject::Fact(..) | Subject::List(..) => false,
                        },
                        _ => true,
                    };
                    if !applied {
                        wrong = Some(format!("{} did not apply: {child:?}", rule.name));
                    }
                }
            });
            // What does not apply, or is not said, may rest on a condition alone.
            if answer.status == AnswerStatus::Known && cited(program, &justification).clauses.is_empty() {
                wrong = Some(format!("no clause: {justification:?}"));
            }
            if let Some(wrong) = wrong {
                return Err(format!("{wrong}\n{justification:#?}"));
            }
        }
    }
    Ok(true)
}

#[test]
fn many_dossiers_decided_together_know_what_each_alone_knows() {
    holds(rows::rows, 15);
}

#[test]
fn on_whole_dossiers_the_engine_and_the_oracle_answer_the_same() {
    holds(oracle_on_whole_dossiers, 0);
}

#[test]
fn what_is_known_contains_the_answer_of_every_completion() {
    holds(oracle_with_unknowns, 20);
}

#[test]
fn a_further_fact_only_narrows_what_is_known() {
    holds(monotony, 8);
}

#[test]
fn the_same_sources_and_dossier_decide_the_same_to_the_byte() {
    holds(stability, 15);
}

#[test]
fn what_a_justification_names_suffices() {
    holds(sufficiency, 5);
}

#[test]
fn a_justification_names_only_what_is_there_and_did_apply() {
    holds(honesty, 5);
}

#[test]
fn whatever_the_data_deciding_ends_with_an_answer_for_every_rule() {
    fn ends(ruleset: &Ruleset, _: &Program, _: &Datum, seed: u64) -> Result<bool, String> {
        let mut draw = Draw::new(seed.wrapping_mul(7919));
        let datum = generate::anything(&mut draw, 5);
        let dossier = Dossier::from_datum(ruleset.program(), "essai", &Placed::nowhere(datum.clone()));
        let (program, decision) = (ruleset.program(), ruleset.decide(&dossier));
        let unanswered = |(_, rule): &(RuleId, &Rule)| rule.result.is_some() && known(&decision, rule).is_none();
        let silent = program.rules().filter(|(_, rule)| rule.kind != RuleKind::Incoherence).find(unanswered);
        silent.map_or(Ok(true), |(_, rule)| Err(format!("{} has no answer for {}", rule.name, datum.to_json())))
    }
    holds(ends, 15);
}
