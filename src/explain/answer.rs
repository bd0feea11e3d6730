//! The answer of a rule: settled by what is known, settled by going through the cases of what is not, or
//! open, and then by which missing facts it could be settled. `language.md` §4.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Unknown;
use super::hangings::{Hangings, Hangs};
use super::trials::{Finite, Trials, combinations, settles};
use crate::eval::{Cell, Frame, Inputs, Replaced, Status};
use crate::limit::{Limit, Limits};
use crate::program::{InputId, InputRole, NodeId, Program};
use crate::value::{Fault, Known, Trouble};

/// At most so many combinations of finite unknowns are gone through for one answer.
const COMBINATIONS: usize = 512;

/// At most so many combinations are gone through for one value of one unknown.
const CROSSED: usize = 32;

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
    /// Of an open answer: not every value of the facts it hangs on could be tried within the limit, so all of
    /// those facts are named as missing.
    pub untried: bool,
    /// Of an open answer: unknown facts met on several ways have too many cases for all combinations to have been
    /// gone through, so the answer may be settled already.
    pub uncombined: bool,
}

/// The answers of these nodes, each on one row, and how many values were computed for them; `cone` holds what they need.
pub fn answers(
    program: &Program,
    (inputs, frame): (&Inputs<Cell>, &Frame<Cell>),
    cone: &[NodeId],
    targets: &[(NodeId, u32)],
    limit: usize,
) -> (Vec<Answer>, usize) {
    let mut answers: Vec<Answer> = targets.iter().map(|target| found(frame, *target)).collect();
    let mut hangings = Hangings::new(program, inputs, frame);
    let mut open: Vec<Open<'_>> = answers
        .iter_mut()
        .filter(|answer| answer.status == AnswerStatus::Unknown)
        .map(|answer| Open { hangs: hangings.of(answer.target), answer, tried: BTreeMap::new(), untried: false })
        .collect();
    if open.is_empty() {
        return (answers, 0);
    }
    let mut trials = Trials::new(program, (inputs, frame), cone, limit);
    complete(&mut trials, &mut open);
    open.retain(|open| open.answer.status == AnswerStatus::Unknown);
    try_each(&mut trials, &mut open);
    for open in &mut open {
        let (missing, settling) = missing(&mut trials, open);
        let answer = &mut *open.answer;
        answer.contested = open.hangs.contested.iter().copied().collect();
        answer.missing = collapse(program, inputs, missing);
        answer.untried = open.untried;
        if let (false, Some(trouble)) = (settling, answer.known.trouble) {
            answer.status = match trouble {
                Trouble::Conflict => AnswerStatus::Conflict,
                Trouble::Gap => AnswerStatus::Gap,
                Trouble::Fault(fault) => AnswerStatus::Fault(fault),
            };
        }
    }
    let spent = trials.spent();
    (answers, spent)
}

/// The answer of one node on one row.
pub fn answer(program: &Program, inputs: &Inputs<Cell>, frame: &Frame<Cell>, target: (NodeId, u32)) -> Answer {
    let cone = program.cone(&[target.0]);
    let found = answers(program, (inputs, frame), &cone, &[target], Limits::default().count(Limit::Trials)).0.pop();
    found.unwrap_or_else(|| self::found(frame, target))
}

/// What the frame shows of an answer.
fn found(frame: &Frame<Cell>, target: (NodeId, u32)) -> Answer {
    let known = frame.known(target.0, target.1 as usize).cloned();
    let known = known.unwrap_or(Known::truth(crate::value::Truth::OPEN));
    let status = status_of(&known);
    let (missing, contested, whatever) = (Vec::new(), Vec::new(), Vec::new());
    Answer { target, status, known, missing, contested, whatever, untried: false, uncombined: false }
}

/// An answer that what is known does not settle.
struct Open<'a> {
    answer: &'a mut Answer,
    /// What it hangs on.
    hangs: Rc<Hangs>,
    /// What trying values for each unknown showed.
    tried: BTreeMap<Unknown, Tried>,
    /// Not all values could be tried.
    untried: bool,
}

impl Open<'_> {
    /// The finite unknowns met on several ways, this one aside, so far as they make few combinations: what an answer
    /// is whatever they are can be told only by going through them.
    fn crossed(&self, trials: &Trials<'_>, aside: Unknown) -> Finite {
        let mut found = Finite::new();
        let mut combinations = 1usize;
        for (unknown, _) in self.hangs.found.iter().filter(|(unknown, several)| **several && **unknown != aside) {
            let Unknown::Leaf(input, row) = *unknown else { continue };
            let Some(values) = trials.finite(input, row) else { continue };
            combinations = combinations.saturating_mul(values.len().max(1));
            if combinations > CROSSED {
                break;
            }
            found.push(((input, row), values));
        }
        found
    }
}

/// By the leaves gone through together: their values, and the open answers they are gone through for.
type Together = BTreeMap<Vec<(InputId, u32)>, (Finite, Vec<usize>)>;

fn status_of(known: &Known) -> AnswerStatus {
    if known.is_inapplicable() {
        AnswerStatus::NotApplicable
    } else if settles(known) {
        AnswerStatus::Known
    } else {
        AnswerStatus::Unknown
    }
}

/// Goes through the cases of finite unknowns: the union of their answers is exact.
fn complete(trials: &mut Trials<'_>, open: &mut [Open<'_>]) {
    let finite = |trials: &Trials<'_>, unknown: &Unknown| match unknown {
        Unknown::Leaf(input, row) => trials.finite(*input, *row).map(|values| ((*input, *row), values)),
        Unknown::List(..) | Unknown::Record(..) => None,
    };
    let several = |trials: &Trials<'_>, hangs: &Hangs, wanted: bool| -> Finite {
        let met = hangs.found.iter().filter(|(_, several)| **several == wanted);
        met.filter_map(|(unknown, _)| finite(trials, unknown)).collect()
    };
    let twice: Vec<Finite> = open.iter().map(|open| several(trials, &open.hangs, true)).collect();
    // One alone, met on several ways, is the clearest reason; all together are the most exact.
    let mut alone: BTreeMap<(InputId, u32), (Finite, Vec<usize>)> = BTreeMap::new();
    for (at, leaves) in twice.iter().enumerate() {
        for one in leaves {
            alone.entry(one.0).or_insert_with(|| (vec![one.clone()], Vec::new())).1.push(at);
        }
    }
    let mut unions: BTreeMap<((InputId, u32), usize), Known> = BTreeMap::new();
    for (leaf, (one, wanting)) in alone {
        let found = go_through(trials, &one, open, &wanting);
        unions.extend(wanting.into_iter().zip(found).filter_map(|(at, union)| Some(((leaf, at), union?))));
    }
    let mut together: Together = BTreeMap::new();
    for (at, leaves) in twice.into_iter().enumerate() {
        let Some(open) = open.get_mut(at) else { continue };
        let settled = leaves.iter().any(|(leaf, _)| {
            unions.remove(&(*leaf, at)).is_some_and(|union| narrow(open.answer, union, std::slice::from_ref(leaf)))
        });
        if settled {
            continue;
        }
        let alone = usize::from(leaves.len() == 1);
        let crossing = leaves.len();
        let mut combinations = 1usize;
        let mut chosen: Finite = Vec::new();
        for one in leaves.into_iter().chain(several(trials, &open.hangs, false)) {
            combinations = combinations.saturating_mul(one.1.len().max(1));
            if combinations > COMBINATIONS {
                break;
            }
            chosen.push(one);
        }
        open.answer.uncombined = chosen.len() < crossing;
        if chosen.len() > alone {
            let key = chosen.iter().map(|(leaf, _)| *leaf).collect();
            together.entry(key).or_insert_with(|| (chosen, Vec::new())).1.push(at);
        }
    }
    for (leaves, (chosen, wanting)) in together {
        let found = go_through(trials, &chosen, open, &wanting);
        for (at, union) in wanting.into_iter().zip(found) {
            let Some(open) = open.get_mut(at) else { continue };
            match union {
                Some(union) => {
                    narrow(open.answer, union, &leaves);
                }
                None => open.answer.uncombined = true,
            }
        }
    }
}

/// The union of what each of these answers is under all combinations of values; none where not all could be gone
/// through.
fn go_through(trials: &mut Trials<'_>, unknowns: &Finite, open: &[Open<'_>], wanting: &[usize]) -> Vec<Option<Known>> {
    let leaves: Vec<(InputId, u32)> = unknowns.iter().map(|(leaf, _)| *leaf).collect();
    let assignments = combinations(unknowns);
    let wanted: Vec<&Answer> = wanting.iter().filter_map(|at| open.get(*at)).map(|open| &*open.answer).collect();
    let mut unions: Vec<Option<Known>> = vec![None; wanted.len()];
    let mut always_troubled: Vec<bool> = vec![true; wanted.len()];
    let all = trials.assign(&leaves, assignments, &mut |_, known| {
        let mut wide = true;
        for ((union, troubled), answer) in unions.iter_mut().zip(&mut always_troubled).zip(&wanted) {
            let covers = |union: &Option<Known>| union.as_ref().is_some_and(|union| answer.known.is_within(union));
            if !*troubled && covers(union) {
                continue;
            }
            if let Some(known) = known(answer.target.0, answer.target.1) {
                *troubled &= known.trouble.is_some();
                *union = Some(union.take().map_or_else(|| known.clone(), |union| union.union(&known)));
            }
            wide &= !*troubled && covers(union);
        }
        wide
    });
    for ((union, troubled), answer) in unions.iter_mut().zip(always_troubled).zip(&wanted) {
        if let (Some(union), false) = (union, troubled) {
            // What some of these facts bring about is not certain.
            union.trouble = answer.known.trouble;
        }
    }
    if all { unions } else { vec![None; wanted.len()] }
}

/// Narrows an answer to what going through the cases of these leaves left of it; true where that settles it.
fn narrow(answer: &mut Answer, union: Known, leaves: &[(InputId, u32)]) -> bool {
    if !union.is_within(&answer.known) {
        return false;
    }
    let status = status_of(&union);
    let narrower = union != answer.known;
    answer.known = union;
    if narrower && status != AnswerStatus::Unknown {
        answer.status = status;
        answer.whatever = leaves.to_vec();
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

impl Tried {
    /// Takes account of the answer that some value gives.
    fn see(&mut self, known: &Known, value: Option<&Known>, answer: &Known) {
        if self.settles {
            return;
        }
        self.settles |= settles(answer);
        if answer.set != known.set || answer.inapplicable != known.inapplicable {
            self.moves = true;
            if let Some(value) = value {
                let first = self.moved.take().map_or_else(|| value.clone(), |(first, _)| first);
                self.moved = Some((first, value.clone()));
            }
        }
    }
}

/// Tries values for each unknown, for all the answers that hang on it at once.
fn try_each(trials: &mut Trials<'_>, open: &mut [Open<'_>]) {
    let mut hanging: BTreeMap<Unknown, Vec<usize>> = BTreeMap::new();
    for (at, open) in open.iter().enumerate() {
        for unknown in open.hangs.found.keys() {
            hanging.entry(*unknown).or_default().push(at);
        }
    }
    for (unknown, which) in hanging {
        let wanted: Vec<&Answer> = which.iter().filter_map(|at| open.get(*at)).map(|open| &*open.answer).collect();
        let few = match unknown {
            Unknown::Leaf(input, row) => trials.finite(input, row).is_some(),
            Unknown::List(..) | Unknown::Record(..) => true,
        };
        let crossed = which.iter().filter_map(|at| open.get(*at));
        let crossed: Vec<Finite> =
            crossed.map(|open| if few { open.crossed(trials, unknown) } else { Finite::new() }).collect();
        let mut found: Vec<Tried> = wanted.iter().map(|_| Tried::default()).collect();
        let all = trials.tried(unknown, &[], &mut |value, world| {
            for ((tried, answer), crossed) in found.iter_mut().zip(&wanted).zip(&crossed) {
                if tried.settles {
                    continue;
                }
                if let Some(reached) = world.known(answer.target) {
                    tried.see(&answer.known, value, reached);
                }
                if !tried.settles && world.telling && !crossed.is_empty() {
                    tried.settles = world.is_settled_through(answer.target, crossed);
                }
            }
            found.iter().all(|tried| tried.settles)
        });
        for (at, tried) in which.into_iter().zip(found) {
            let Some(open) = open.get_mut(at) else { continue };
            open.untried |= !all && !tried.settles;
            open.tried.insert(unknown, tried);
        }
    }
}

/// The facts some value of which settles the answer alone; where there is none, those it depends on: alone, or
/// once others that tell more of it are given. Where not all values could be tried, all it hangs on. Says
/// whether one settles it.
fn missing(trials: &mut Trials<'_>, open: &mut Open<'_>) -> (Vec<Unknown>, bool) {
    let all: Vec<Unknown> = open.hangs.found.keys().copied().collect();
    let which = |wanted: &dyn Fn(&Tried) -> bool| -> Vec<Unknown> {
        open.tried.iter().filter(|(_, tried)| wanted(tried)).map(|(unknown, _)| *unknown).collect()
    };
    let settling = which(&|tried| tried.settles);
    if open.untried {
        return (all, !settling.is_empty());
    }
    if !settling.is_empty() {
        return (settling, true);
    }
    let mut moving = which(&|tried| tried.moves);
    if moving.is_empty() {
        return (all, false);
    }
    let mut still = which(&|tried| !tried.moves);
    for last in [false, true] {
        if still.is_empty() {
            break;
        }
        let given: Vec<Replaced> = open
            .tried
            .iter()
            .filter_map(|(unknown, tried)| match (unknown, &tried.moved) {
                (Unknown::Leaf(input, row), Some(moved)) => {
                    Some(((*input, *row), if last { moved.1.clone() } else { moved.0.clone() }))
                }
                _ => None,
            })
            .collect();
        let Some(known) = trials.known(&given, open.answer.target) else { break };
        if settles(&known) {
            continue;
        }
        let (target, mut rest) = (open.answer.target, Vec::new());
        for unknown in still {
            let mut tried = Tried::default();
            open.untried |= !trials.tried(unknown, &given, &mut |_, world| {
                if let Some(reached) = world.known(target) {
                    tried.see(&known, None, reached);
                }
                tried.settles
            });
            if tried.moves { moving.push(unknown) } else { rest.push(unknown) }
        }
        still = rest;
    }
    if open.untried { (all, false) } else { (moving, false) }
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
