//! Can two nodes of one program give two values on one dossier? Asked of a ruleset and the same with one mistake in it,
//! joined ([`super::joint`]).
//!
//! The two are compared from the top down: what is the same node, or is built alike from parts that give the same, gives
//! the same. So a region is closed as soon as what was changed has no say in it, however little is known of the rest.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::goal::{Standing, View, Wish};
use super::joint::Asked;
use super::search::{Found, Ground, Witness, search, search_within, smallest};
use crate::eval::{Cell, Frame, Presence, Rows, run};
use crate::program::{Definition, Node, NodeId, Program, RequirementNode};
use crate::value::priority::Order;
use crate::value::{Known, Op, Type};

/// Evaluations of regions to prove that one condition implies another, at most.
const BRIEF: usize = 300;

/// Whether two nodes may give two values.
#[derive(Clone)]
enum Apart {
    /// They give the same.
    Never,
    /// They certainly do not.
    Surely,
    /// It hangs on these, on these rows.
    Open(Vec<(NodeId, u32)>),
}

/// Which difference is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// The first holds, the second does not.
    Holds,
    /// The second holds, the first does not.
    Fails,
    /// Any.
    Any,
}

/// A dossier, and an element of the scope of the two nodes, on which they give two values.
pub(crate) fn differ(program: &Program, asked: Asked, ground: Ground<'_>) -> Found {
    let (a, b) = asked.pair;
    let truths = program.type_of(a) == Type::Truth && program.type_of(b) == Type::Truth;
    let ways: &[Way] = match (truths, truths && always_answers(program, (a, b), ground)) {
        (true, true) => &[Way::Holds, Way::Fails],
        (true, false) => &[Way::Holds, Way::Fails, Way::Any],
        (false, _) => &[Way::Any],
    };
    let mut all = Found::Impossible;
    for way in ways {
        let found = search_way(program, asked, *way, ground);
        all = match (all, found) {
            (_, witness @ Found::Witness(_)) => return witness,
            (Found::Impossible, found) => found,
            (Found::ImpossibleUpTo(one), Found::ImpossibleUpTo(other)) => Found::ImpossibleUpTo(one.min(other)),
            (kept, Found::Impossible | Found::ImpossibleUpTo(_)) => kept,
            (_, Found::Unsure) => Found::Unsure,
        };
    }
    all
}

fn search_way(program: &Program, asked: Asked, way: Way, ground: Ground<'_>) -> Found {
    let ((a, b), unlike) = (asked.pair, asked.unlike);
    if way != Way::Any && implied(program, (a, b), way, ground) {
        return Found::Impossible;
    }
    let goal = |frames: &[Frame<Cell>], row: usize| {
        let (Some(frame), Ok(row)) = (frames.first(), u32::try_from(row)) else { return Standing::Impossible };
        let (Some(one), Some(other)) = (frame.known(a, row as usize), frame.known(b, row as usize)) else {
            return Standing::Impossible;
        };
        let possible = match way {
            Way::Any => true,
            Way::Holds => one.as_truth().yes && other.as_truth().no,
            Way::Fails => one.as_truth().no && other.as_truth().yes,
        };
        let unlike = unlike.and_then(|node| Some((node, frame.known(node, row as usize)?)));
        if !possible || unlike.is_some_and(|(_, known)| known.is_no()) {
            return Standing::Impossible;
        }
        let compare = Compare { program, frame, met: RefCell::default() };
        match compare.apart((a, b), row) {
            Apart::Never => Standing::Impossible,
            Apart::Surely => Standing::Reached,
            Apart::Open(mut places) => {
                places.extend(
                    [(a, one), (b, other)]
                        .into_iter()
                        .chain(unlike)
                        .filter(|(_, k)| !k.is_settled())
                        .map(|(n, _)| (n, row)),
                );
                places.dedup();
                Standing::Open(places.into_iter().map(|(node, row)| (0, node, row)).collect())
            }
        }
    };
    let view = View::wishing(program, wished(program, (a, b), way)).and(&[a, b]).and(unlike.as_slice());
    match search(std::slice::from_ref(&view), ground, &goal) {
        Found::Witness(found) => {
            let inputs = smallest(std::slice::from_ref(&view), &goal, &found);
            Found::Witness(Box::new(Witness { inputs, row: found.row }))
        }
        other @ (Found::Impossible | Found::ImpossibleUpTo(_) | Found::Unsure) => other,
    }
}

/// Whether both are certainly a condition with an answer, whatever the dossier; or without object under one and the same
/// condition.
fn always_answers(program: &Program, (a, b): (NodeId, NodeId), ground: Ground<'_>) -> bool {
    let mut asked = vec![a, b];
    if let (
        Node::Judge { applies, exemptions, content, .. },
        Node::Judge { applies: others, exemptions: other_exemptions, content: other, .. },
    ) = (program.node(a), program.node(b))
        && applies == others
        && exemptions == other_exemptions
    {
        asked = content.iter().chain(other).copied().collect();
    }
    let frame = run::<Cell>(program, ground.empty, &program.cone(&asked));
    let whole = |known: &Known| !known.inapplicable && !known.absent && !known.set.is_nothing();
    asked.iter().all(|node| frame.column(*node).is_some_and(|column| column.iter().all(whole)))
}

/// Whether what only the second asks is implied, each part of it by one part of what the first asks: then the second holds
/// where the first does.
fn implied(program: &Program, (a, b): (NodeId, NodeId), way: Way, ground: Ground<'_>) -> bool {
    let (yes, no) = if way == Way::Holds { (a, b) } else { (b, a) };
    let (met, unmet) = (parts(program, yes), parts(program, no));
    let ground = Ground { known: &[], ..ground };
    let implies = |one: NodeId, other: NodeId| {
        let view = View::wishing(program, vec![(one, Wish::Yes), (other, Wish::No)]);
        let goal = |frames: &[Frame<Cell>], row: usize| {
            let (Some(frame), Ok(at)) = (frames.first(), u32::try_from(row)) else { return Standing::Impossible };
            let (Some(holds), Some(follows)) = (frame.known(one, row), frame.known(other, row)) else {
                return Standing::Impossible;
            };
            let compare = Compare { program, frame, met: RefCell::default() };
            let stuck = |known: &Known, node: NodeId| !known.is_settled() && !compare.hangs(node);
            if !holds.as_truth().yes || follows.is_yes() || stuck(holds, one) {
                Standing::Impossible
            } else if holds.is_yes() && (follows.is_settled() || stuck(follows, other)) {
                // What has no result is not implied either.
                Standing::Reached
            } else {
                let open = [(holds, one), (follows, other)].into_iter().filter(|(known, _)| !known.is_settled());
                Standing::Open(open.map(|(_, node)| (0, node, at)).collect())
            }
        };
        matches!(search_within(std::slice::from_ref(&view), ground, &goal, BRIEF), Found::Impossible)
    };
    // What undoes a norm other than what it asks is not looked at.
    let asks_alike = match (program.node(yes), program.node(no)) {
        (
            Node::Judge { applies, exemptions, .. },
            Node::Judge { applies: others, exemptions: other_exemptions, .. },
        ) => applies == others && exemptions == other_exemptions,
        (Node::Judge { .. }, _) | (_, Node::Judge { .. }) => false,
        (_, _) => true,
    };
    asks_alike
        && rest(&unmet, &met).into_iter().all(|other| {
            let (own, shared): (Vec<NodeId>, Vec<NodeId>) = met.iter().partition(|one| !unmet.contains(one));
            own.into_iter().chain(shared.into_iter().rev()).any(|one| implies(one, other))
        })
}

/// What a condition or norm asks, all of it.
fn parts(program: &Program, node: NodeId) -> Vec<NodeId> {
    if let Node::Judge { content, .. } = program.node(node) {
        content.clone()
    } else if let Node::And(operands) = program.node(node) {
        operands.clone()
    } else if let Node::Apply(Op::Holds, operands) = program.node(node) {
        operands.iter().flat_map(|operand| parts(program, *operand)).collect()
    } else {
        vec![node]
    }
}

/// Those that are not in another list.
fn rest(of: &[NodeId], without: &[NodeId]) -> Vec<NodeId> {
    of.iter().filter(|node| !without.contains(node)).copied().collect()
}

/// What is wished, where one holds and the other does not: of what both are made of, only what follows.
fn wished(program: &Program, (a, b): (NodeId, NodeId), way: Way) -> Vec<(NodeId, Wish)> {
    let (yes, no) = match way {
        Way::Any => return vec![(a, Wish::Either), (b, Wish::Either)],
        Way::Holds => (a, b),
        Way::Fails => (b, a),
    };
    let ways = |node: NodeId| if let Node::Or(operands) = program.node(node) { operands.clone() } else { vec![node] };
    let (met, unmet) = (parts(program, yes), parts(program, no));
    let (mut wishes, mut failing) = (vec![(yes, Wish::Yes)], rest(&unmet, &met));
    if let ([one], [other]) = (rest(&met, &unmet).as_slice(), failing.as_slice()) {
        // An `ou` holds and one that differs from it does not: what only the first has holds.
        let (holds, fails) = (ways(*one), ways(*other));
        if holds.len() > 1 || fails.len() > 1 {
            wishes = met.iter().filter(|node| *node != one).map(|node| (*node, Wish::Yes)).collect();
            wishes.extend(rest(&holds, &fails).into_iter().map(|node| (node, Wish::Yes)));
            if let Node::Judge { applies, exemptions, .. } = program.node(yes) {
                wishes.extend(applies.iter().map(|node| (*node, Wish::Yes)));
                wishes.extend(exemptions.iter().map(|node| (*node, Wish::No)));
            }
            failing = fails;
        }
    }
    wishes.extend(failing.into_iter().map(|node| (node, Wish::No)));
    wishes
}

/// Two nodes, on what is known.
struct Compare<'a> {
    program: &'a Program,
    frame: &'a Frame<Cell>,
    /// Pairs that were compared.
    met: RefCell<BTreeMap<(NodeId, NodeId, u32), Apart>>,
}

impl Compare<'_> {
    fn known(&self, node: NodeId, row: u32) -> Option<&Known> {
        self.frame.known(node, row as usize)
    }

    fn yes(&self, node: NodeId, row: u32) -> bool {
        self.known(node, row).is_some_and(Known::is_yes)
    }

    fn no(&self, node: NodeId, row: u32) -> bool {
        self.known(node, row).is_some_and(Known::is_no)
    }

    fn apart(&self, (a, b): (NodeId, NodeId), row: u32) -> Apart {
        if a == b {
            return Apart::Never;
        }
        if let Some(known) = self.met.borrow().get(&(a, b, row)) {
            return known.clone();
        }
        let found = self.compared((a, b), row);
        self.met.borrow_mut().insert((a, b, row), found.clone());
        found
    }

    fn compared(&self, (a, b): (NodeId, NodeId), row: u32) -> Apart {
        let (Some(one), Some(other)) = (self.known(a, row), self.known(b, row)) else { return Apart::Never };
        if (one.is_settled() && other.is_settled()) || !(self.hangs(a) || self.hangs(b)) {
            return if one == other { Apart::Never } else { Apart::Surely };
        }
        match self.alike((a, b), row) {
            Some(Apart::Never) => Apart::Never,
            Some(Apart::Open(places)) if !places.is_empty() => Apart::Open(places),
            Some(Apart::Open(_) | Apart::Surely) | None => Apart::Open(
                [(a, one), (b, other)]
                    .into_iter()
                    .filter(|(_, known)| !known.is_settled())
                    .map(|(node, _)| (node, row))
                    .collect(),
            ),
        }
    }

    /// Whether anything is unknown below a node, as far as it is open.
    fn hangs(&self, node: NodeId) -> bool {
        let open =
            |node: NodeId| self.frame.column(node).is_some_and(|rows| rows.iter().any(|known| !known.is_settled()));
        let mut pending = BTreeSet::from([node]);
        while let Some(node) = pending.pop_last() {
            let described = self.program.node(node);
            if described.leaf().is_some() && open(node) || matches!(described, Node::Contested(_)) {
                return true;
            }
            if let Node::Reduce { from, .. } = described {
                let rows = self.frame.rows(*from).map_or(&[] as &[Presence], Rows::presences);
                if rows.iter().any(|presence| *presence != Presence::Certain) {
                    return true;
                }
            }
            described.operands(|operand| {
                if open(operand) {
                    pending.insert(operand);
                }
            });
        }
        false
    }

    /// Two nodes of one make: whether their parts give the same.
    fn alike(&self, (a, b): (NodeId, NodeId), row: u32) -> Option<Apart> {
        match (self.program.node(a), self.program.node(b)) {
            (Node::Presume { input, otherwise: one, .. }, Node::Presume { input: same, otherwise: other, .. })
                if input == same =>
            {
                Some(self.apart((*one, *other), row))
            }
            (Node::Not(one), Node::Not(other)) => Some(self.apart((*one, *other), row)),
            (Node::Apply(op, one), Node::Apply(same, other)) if op == same && one.len() == other.len() => {
                self.applied(*op, (one, other), row)
            }
            (Node::And(_), _) | (_, Node::And(_)) => {
                let members =
                    |node: NodeId| if let Node::And(of) = self.program.node(node) { of.clone() } else { vec![node] };
                self.members((&members(a), &members(b)), row, |node| self.yes(node, row))
            }
            (Node::Or(_), _) | (_, Node::Or(_)) => {
                let members =
                    |node: NodeId| if let Node::Or(of) = self.program.node(node) { of.clone() } else { vec![node] };
                self.members((&members(a), &members(b)), row, |node| self.no(node, row))
            }
            (
                Node::If { condition, yes, no },
                Node::If { condition: other_condition, yes: other_yes, no: other_no },
            ) => {
                let mut parts = vec![self.apart((*condition, *other_condition), row)];
                if !(self.no(*condition, row) && self.no(*other_condition, row)) {
                    parts.push(self.apart((*yes, *other_yes), row));
                }
                if !(self.yes(*condition, row) && self.yes(*other_condition, row)) {
                    parts.push(self.apart((*no, *other_no), row));
                }
                Some(together(parts))
            }
            (
                Node::Choose { applies, definitions, order, .. },
                Node::Choose { applies: others, definitions: other, order: other_order, .. },
            ) => Some(together([
                self.optional((*applies, *others), row)?,
                self.chosen((definitions, order), (other, other_order), row)?,
            ])),
            (
                Node::Judge { applies, exemptions, content, .. },
                Node::Judge { applies: others, exemptions: other_exemptions, content: other, .. },
            ) => Some(together([
                self.optional((*applies, *others), row)?,
                self.members((exemptions, other_exemptions), row, |node| self.no(node, row))?,
                self.members((content, other), row, |node| self.yes(node, row))?,
            ])),
            (
                Node::Decide { applies, exemptions, requirements, total, .. },
                Node::Decide {
                    applies: others, exemptions: other_exemptions, requirements: other, total: same, ..
                },
            ) if total == same => {
                let mut parts = vec![
                    self.optional((*applies, *others), row)?,
                    self.members((exemptions, other_exemptions), row, |node| self.no(node, row))?,
                ];
                parts.push(self.lines((requirements, other), row)?);
                Some(together(parts))
            }
            (Node::Lift { from, hops }, Node::Lift { from: other, hops: same }) if hops == same => {
                let reached = self.frame.reach(self.program, self.program.scope_of(a), row, hops)?;
                (self.program.scope_of(*from) == self.program.scope_of(*other))
                    .then(|| self.apart((*from, *other), reached))
            }
            (
                Node::Reduce { how, from, filter, body, .. },
                Node::Reduce { how: same, from: scope, filter: other_filter, body: other_body, .. },
            ) if how == same && from == scope => {
                let scope = self.program.scope_of(a);
                let members = self.frame.members(self.program, *from, scope, row);
                let parts = members.into_iter().map(|(member, _)| {
                    let filters = self.optional((*filter, *other_filter), member)?;
                    let passes = |filter: &Option<NodeId>| filter.is_none_or(|filter| !self.no(filter, member));
                    let bodies = match (body, other_body) {
                        (Some(one), Some(other)) if passes(filter) || passes(other_filter) => {
                            self.apart((*one, *other), member)
                        }
                        (Some(_), Some(_)) | (None, None) => Apart::Never,
                        (Some(_), None) | (None, Some(_)) => return None,
                    };
                    Some(together([filters, bodies]))
                });
                Some(together(parts.collect::<Option<Vec<_>>>()?))
            }
            (_, _) => None,
        }
    }

    fn applied(&self, op: Op, (one, other): (&[NodeId], &[NodeId]), row: u32) -> Option<Apart> {
        let there = |known: &&Known| !known.absent && !known.inapplicable && !known.set.is_nothing();
        let range = |node: NodeId| self.known(node, row).filter(there).map(|known| known.set.as_range());
        if let (Op::Default, [value, _], [same, _]) = (op, one, other)
            && value == same
            && self.known(*value, row).is_some_and(|known| !known.absent && !known.inapplicable)
        {
            return Some(Apart::Never);
        }
        if matches!(op, Op::Min | Op::Max) {
            // Those that differ have no say where another is beyond them anyway.
            let rests =
                one.iter().filter(|node| !other.contains(node)).chain(other.iter().filter(|node| !one.contains(node)));
            let rests: Vec<_> = rests.map(|node| range(*node)).collect::<Option<_>>()?;
            let idle = one.iter().filter(|node| other.contains(node)).filter_map(|node| range(*node)).any(|kept| {
                rests.iter().all(|rest| {
                    let bounds = if op == Op::Max { (kept.lo, rest.hi) } else { (rest.lo, kept.hi) };
                    bounds.0.zip(bounds.1).is_some_and(|(above, below)| above >= below)
                })
            });
            if idle {
                return Some(Apart::Never);
            }
        }
        Some(together(one.iter().zip(other).map(|(a, b)| self.apart((*a, *b), row))))
    }

    /// Conditions taken together: members that are `idle` (that hold, of an `et`) have no say.
    fn members(&self, (one, other): (&[NodeId], &[NodeId]), row: u32, idle: impl Fn(NodeId) -> bool) -> Option<Apart> {
        let rest = |of: &[NodeId], without: &[NodeId]| -> Vec<NodeId> {
            of.iter().filter(|node| !without.contains(node) && !idle(**node)).copied().collect()
        };
        let (mine, theirs) = (rest(one, other), rest(other, one));
        if mine.len() == theirs.len() {
            return Some(together(mine.into_iter().zip(theirs).map(|pair| self.apart(pair, row))));
        }
        let unsettled = mine.into_iter().chain(theirs);
        let open = unsettled.filter(|node| self.known(*node, row).is_some_and(|known| !known.is_settled()));
        Some(Apart::Open(open.map(|node| (node, row)).collect()))
    }

    /// Conditions that may be left out, and hold then.
    fn optional(&self, pair: (Option<NodeId>, Option<NodeId>), row: u32) -> Option<Apart> {
        match pair {
            (None, None) => Some(Apart::Never),
            (Some(one), Some(other)) => Some(self.apart((one, other), row)),
            (Some(only), None) | (None, Some(only)) if self.yes(only, row) => Some(Apart::Never),
            (Some(only), None) | (None, Some(only)) => {
                let open = self.known(only, row).is_some_and(|known| !known.is_settled());
                Some(Apart::Open(if open { vec![(only, row)] } else { Vec::new() }))
            }
        }
    }

    fn lines(&self, (one, other): (&[RequirementNode], &[RequirementNode]), row: u32) -> Option<Apart> {
        if one.len() != other.len() {
            return None;
        }
        let lines = one.iter().zip(other).map(|(one, other)| {
            let cases = self.optional((one.case, other.case), row)?;
            let idle = |line: &RequirementNode| line.case.is_some_and(|case| self.no(case, row));
            if idle(one) && idle(other) {
                return Some(Apart::Never);
            }
            Some(together([cases, self.members((&one.items, &other.items), row, |node| self.yes(node, row))?]))
        });
        Some(together(lines.collect::<Option<Vec<_>>>()?))
    }

    /// Definitions under their priorities: those that certainly do not apply have no say, on either side.
    fn chosen(
        &self,
        (one, order): (&[Definition], &Order),
        (other, other_order): (&[Definition], &Order),
        row: u32,
    ) -> Option<Apart> {
        let live = |definitions: &[Definition], order: &Order| -> Vec<usize> {
            let may = |at: usize| {
                definitions.get(at).is_some_and(|d| d.condition.is_none_or(|condition| !self.no(condition, row)))
            };
            let must = |at: usize| {
                definitions.get(at).is_some_and(|d| d.condition.is_none_or(|condition| self.yes(condition, row)))
            };
            (0..definitions.len()).filter(|at| may(*at) && !order.over(*at).iter().any(|over| must(*over))).collect()
        };
        let (mine, theirs) = (live(one, order), live(other, other_order));
        let conditions = |definitions: &[Definition], live: &[usize]| -> Vec<(NodeId, u32)> {
            let of = live.iter().filter_map(|at| definitions.get(*at)?.condition);
            of.filter(|node| self.known(*node, row).is_some_and(|known| !known.is_settled()))
                .map(|n| (n, row))
                .collect()
        };
        if mine.len() != theirs.len() {
            let mut open = conditions(one, &mine);
            open.extend(conditions(other, &theirs));
            return Some(Apart::Open(open));
        }
        let ordered = |a: usize, b: usize| {
            let (Some(mine), Some(theirs)) = (mine.get(a).zip(mine.get(b)), theirs.get(a).zip(theirs.get(b))) else {
                return false;
            };
            order.over(*mine.0).contains(mine.1) == other_order.over(*theirs.0).contains(theirs.1)
                && order.are_rivals(*mine.0, *mine.1) == other_order.are_rivals(*theirs.0, *theirs.1)
        };
        if !(0..mine.len()).all(|a| (0..mine.len()).all(|b| ordered(a, b)))
            || order.is_total() != other_order.is_total()
        {
            return Some(Apart::Open(conditions(one, &mine)));
        }
        let parts = mine.iter().zip(&theirs).map(|(a, b)| {
            let (one, other) = (one.get(*a)?, other.get(*b)?);
            Some(together([
                self.optional((one.condition, other.condition), row)?,
                self.apart((one.value, other.value), row),
            ]))
        });
        Some(together(parts.collect::<Option<Vec<_>>>()?))
    }
}

/// Of parts: never, where none is ever apart.
fn together(parts: impl IntoIterator<Item = Apart>) -> Apart {
    let mut open: Option<Vec<(NodeId, u32)>> = None;
    for part in parts {
        match part {
            Apart::Never => {}
            Apart::Surely => {
                open.get_or_insert_default();
            }
            Apart::Open(places) => open.get_or_insert_default().extend(places),
        }
    }
    open.map_or(Apart::Never, Apart::Open)
}
