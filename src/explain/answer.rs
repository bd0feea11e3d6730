//! The answer of a rule: settled by what is known, settled by going through the cases of what is not, or
//! open, and then by which missing facts it could be settled. `language.md` §4.

use std::collections::BTreeSet;

use super::Unknown;
use super::trial::Bench;
use super::unknowns::{Hanging, hanging};
use crate::eval::{Cell, Frame, Inputs, Status, run};
use crate::program::{InputId, InputRole, NodeId, Program};
use crate::value::{Fault, Known, Trouble};

/// At most so many combinations of finite unknowns are gone through for one answer.
const COMBINATIONS: usize = 512;

/// How an answer stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AnswerStatus {
    /// It is known.
    Known,
    /// The rule does not apply.
    NotApplicable,
    /// What is known does not settle it.
    Unknown,
    /// Two applicable definitions give different values.
    Conflict,
    /// No definition applies.
    Gap,
    /// A computation has no result.
    Fault(Fault),
}

/// The answer of a rule, for the dossier or for one instance.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// Its node and row.
    pub target: (NodeId, u32),
    /// What is known of it.
    pub known: Known,
    /// How it stands.
    pub status: AnswerStatus,
    /// Of an open answer: the missing facts that could settle it, in the order of the declarations.
    pub missing: Vec<Unknown>,
    /// Of an open answer: facts given but set aside, on which it hangs.
    pub contested: Vec<(InputId, u32)>,
    /// Settled whatever these facts turn out to be: each of their cases gives the same answer.
    pub whatever: Vec<(InputId, u32)>,
}

/// The answer of a node on one row.
pub fn answer(program: &Program, inputs: &Inputs<Cell>, frame: &Frame<Cell>, target: (NodeId, u32)) -> Answer {
    let known = frame.known(target.0, target.1 as usize).cloned();
    let known = known.unwrap_or(Known::truth(crate::value::Truth::OPEN));
    let mut answer = Answer {
        target,
        status: status_of(&known),
        known,
        missing: Vec::new(),
        contested: Vec::new(),
        whatever: Vec::new(),
    };
    if answer.status != AnswerStatus::Unknown {
        return answer;
    }
    let cone = program.cone(&[target.0]);
    let bench = Bench { program, inputs, cone: &cone, target };
    let (found, contested) = hanging(program, inputs, frame, target);
    complete(&bench, frame, &found, &mut answer);
    if answer.status != AnswerStatus::Unknown {
        return answer;
    }
    answer.contested = contested.into_iter().collect();
    let (missing, settling) = missing(&bench, frame, &found, &answer.known);
    answer.missing = collapse(program, inputs, missing);
    if let (false, Some(trouble)) = (settling, answer.known.trouble) {
        answer.status = match trouble {
            Trouble::Conflict => AnswerStatus::Conflict,
            Trouble::Gap => AnswerStatus::Gap,
            Trouble::Fault(fault) => AnswerStatus::Fault(fault),
        };
    }
    answer
}

fn status_of(known: &Known) -> AnswerStatus {
    if known.is_inapplicable() {
        AnswerStatus::NotApplicable
    } else if known.is_settled() && !known.set.is_nothing() {
        AnswerStatus::Known
    } else {
        AnswerStatus::Unknown
    }
}

/// Goes through the cases of finite unknowns: the union of their answers is exact.
fn complete(bench: &Bench<'_>, frame: &Frame<Cell>, found: &Hanging, answer: &mut Answer) {
    let finite = |unknown: &Unknown| match unknown {
        Unknown::Leaf(input, row) => bench.finite(*input, *row).map(|values| ((*input, *row), values)),
        Unknown::List(..) | Unknown::Record(..) => None,
    };
    let twice: Vec<((InputId, u32), Vec<Known>)> =
        found.iter().filter(|(_, several)| **several).filter_map(|(unknown, _)| finite(unknown)).collect();
    // One alone, met on several ways, is the clearest reason; all together are the most exact.
    for one in &twice {
        if go_through(bench, frame, std::slice::from_ref(one), answer) {
            return;
        }
    }
    let mut together: Vec<((InputId, u32), Vec<Known>)> = Vec::new();
    let mut combinations = 1usize;
    let others = found.iter().filter(|(_, several)| !**several).filter_map(|(unknown, _)| finite(unknown));
    let tried = if twice.len() == 1 { 1 } else { 0 };
    for one in twice.into_iter().chain(others) {
        combinations = combinations.saturating_mul(one.1.len().max(1));
        if combinations > COMBINATIONS {
            break;
        }
        together.push(one);
    }
    if together.len() > tried {
        go_through(bench, frame, &together, answer);
    }
}

/// Narrows the answer by all combinations of these unknowns; true where that settles it.
fn go_through(
    bench: &Bench<'_>,
    frame: &Frame<Cell>,
    unknowns: &[((InputId, u32), Vec<Known>)],
    answer: &mut Answer,
) -> bool {
    let leaves: Vec<(InputId, u32)> = unknowns.iter().map(|(leaf, _)| *leaf).collect();
    let total: usize = unknowns.iter().map(|(_, values)| values.len()).product();
    if total == 0 {
        return false;
    }
    let assignments = (0..total).map(|mut index| {
        unknowns
            .iter()
            .filter_map(|(_, values)| {
                let value = values.get(index % values.len()).cloned();
                index /= values.len();
                value
            })
            .collect()
    });
    let mut union: Option<Known> = None;
    let mut always_troubled = true;
    bench.assign(frame, &leaves, assignments, |_, known| {
        if let Some(known) = known {
            always_troubled &= known.trouble.is_some();
            union = Some(union.take().map_or_else(|| known.clone(), |union| union.union(known)));
        }
        !always_troubled && union.as_ref().is_some_and(|union| answer.known.is_within(union))
    });
    let Some(mut union) = union.filter(|union| union.is_within(&answer.known)) else { return false };
    if !always_troubled {
        // What some of these facts bring about is not certain.
        union.trouble = answer.known.trouble;
    }
    let status = status_of(&union);
    let narrower = union != answer.known;
    answer.known = union;
    if narrower && status != AnswerStatus::Unknown {
        answer.status = status;
        answer.whatever = leaves;
        return true;
    }
    false
}

/// What trying values for one unknown showed.
#[derive(Default)]
struct Tried {
    /// Some value of it settles the answer, the others staying unknown.
    settles: bool,
    /// Some value of it tells more of the answer.
    moves: bool,
    /// The first and the last value of a leaf that did.
    moved: Option<(Known, Known)>,
}

fn tried(bench: &Bench<'_>, frame: &Frame<Cell>, unknown: Unknown, known: &Known) -> Tried {
    let mut tried = Tried::default();
    let settles = |answer: &Known| status_of(answer) != AnswerStatus::Unknown;
    let moves = |answer: &Known| answer.set != known.set || answer.inapplicable != known.inapplicable;
    match unknown {
        Unknown::Leaf(input, row) => {
            let values = bench.values(input, row).into_iter().map(|value| vec![value]);
            bench.assign(frame, &[(input, row)], values, |values, answer| {
                if let (Some(answer), Some(value)) = (answer, values.first()) {
                    tried.settles |= settles(answer);
                    if moves(answer) {
                        let first = tried.moved.take().map_or_else(|| value.clone(), |(first, _)| first);
                        tried.moved = Some((first, value.clone()));
                    }
                }
                tried.settles
            });
            tried.moves = tried.moved.is_some();
        }
        Unknown::List(..) => bench.lists(unknown, |answer| {
            if let Some(answer) = answer {
                tried.settles |= settles(answer);
                tried.moves |= moves(answer);
            }
            tried.settles
        }),
        Unknown::Record(..) => {}
    }
    tried
}

/// The facts some value of which settles the answer alone; where there is none, those it depends on: alone, or
/// once others that tell more of it are given. Says whether one settles it.
fn missing(bench: &Bench<'_>, frame: &Frame<Cell>, found: &Hanging, known: &Known) -> (Vec<Unknown>, bool) {
    let all: Vec<(Unknown, Tried)> =
        found.keys().map(|unknown| (*unknown, tried(bench, frame, *unknown, known))).collect();
    let which = |wanted: &dyn Fn(&Tried) -> bool| -> Vec<Unknown> {
        all.iter().filter(|(_, tried)| wanted(tried)).map(|(unknown, _)| *unknown).collect()
    };
    let settling = which(&|tried| tried.settles);
    if !settling.is_empty() {
        return (settling, true);
    }
    let mut moving = which(&|tried| tried.moves);
    if moving.is_empty() {
        return (found.keys().copied().collect(), false);
    }
    let mut still = which(&|tried| !tried.moves);
    for last in [false, true] {
        if still.is_empty() {
            break;
        }
        let mut given = bench.inputs.clone();
        for (unknown, tried) in &all {
            if let (Unknown::Leaf(input, row), Some(moved)) = (unknown, &tried.moved) {
                let value = if last { &moved.1 } else { &moved.0 };
                given.replace(*input, *row as usize, value.clone(), Status::Given);
            }
        }
        let bench = Bench { inputs: &given, ..*bench };
        let frame = run::<Cell>(bench.program, &given, bench.cone);
        let Some(known) = frame.known(bench.target.0, bench.target.1 as usize).cloned() else { break };
        if status_of(&known) == AnswerStatus::Unknown {
            let (matter, rest) = still.into_iter().partition(|unknown| tried(&bench, &frame, *unknown, &known).moves);
            moving.extend::<Vec<Unknown>>(matter);
            still = rest;
        }
    }
    (moving, false)
}

/// Names a record once where several of its facts are missing because all of it is.
fn collapse(program: &Program, inputs: &Inputs<Cell>, missing: Vec<Unknown>) -> Vec<Unknown> {
    let leaves: Vec<(InputId, u32)> = missing
        .iter()
        .filter_map(|unknown| match unknown {
            Unknown::Leaf(input, row) => Some((*input, *row)),
            Unknown::List(..) | Unknown::Record(..) => None,
        })
        .collect();
    let mut done: BTreeSet<Unknown> = BTreeSet::new();
    let mut kept = Vec::new();
    for unknown in missing {
        let replacement = match unknown {
            Unknown::Leaf(input, row) => whole_record(program, inputs, &leaves, (input, row)).unwrap_or(unknown),
            Unknown::List(..) | Unknown::Record(..) => unknown,
        };
        if done.insert(replacement) {
            kept.push(replacement);
        }
    }
    kept.sort_by_key(|unknown| declaration(program, *unknown));
    kept
}

/// The outermost record around a leaf of which nothing is known and several leaves of which are missing.
fn whole_record(
    program: &Program,
    inputs: &Inputs<Cell>,
    missing: &[(InputId, u32)],
    (input, row): (InputId, u32),
) -> Option<Unknown> {
    let leaf = program.input(input)?;
    let list_depth = program
        .scope(leaf.scope)
        .and_then(|scope| scope.list)
        .and_then(|list| program.list(list))
        .map_or(0, |list| list.path.len());
    (list_depth + 1..leaf.path.len() + 1).find_map(|depth| {
        let prefix = leaf.path.get(..depth)?;
        let inside = |other: &&crate::program::Input| other.scope == leaf.scope && other.path.starts_with(prefix);
        let ids: Vec<InputId> =
            (0..).zip(&program.inputs).filter(|(_, other)| inside(other)).map(|(id, _)| InputId(id)).collect();
        let record = ids.iter().any(|id| {
            program.input(*id).is_some_and(|other| other.path.len() > depth || other.role == InputRole::Presence)
        });
        let unheard = ids.iter().all(|id| match inputs.status(*id, row as usize) {
            Status::LeftOut | Status::Unsure | Status::Unheard => true,
            Status::Given | Status::Rejected | Status::SetAside(_) => false,
        });
        let presence = ids.iter().find(|id| {
            program.input(**id).is_some_and(|other| other.role == InputRole::Presence && other.path.len() == depth)
        });
        let named = ids.iter().filter(|id| missing.contains(&(**id, row))).count();
        let presence_named = presence.is_some_and(|presence| missing.contains(&(*presence, row)));
        let first = presence.or(ids.first())?;
        (record && unheard && (named > 1 || presence_named)).then_some(Unknown::Record(*first, row, depth))
    })
}

/// Where an unknown is declared, for sorting.
fn declaration(program: &Program, unknown: Unknown) -> (u32, u32) {
    let span = match unknown {
        Unknown::Leaf(input, row) | Unknown::Record(input, row, _) => {
            (program.input(input).and_then(|input| input.declared.span), row)
        }
        Unknown::List(list, row) => (program.list(list).and_then(|list| list.span), row),
    };
    (span.0.map_or(u32::MAX, |span| span.start), span.1)
}
