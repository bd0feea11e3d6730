//! Going through all dossiers by regions: a proof that none reaches a goal, or a dossier that does.
//!
//! A region is split at what its goal still hangs on: facts with few values, the presence of facts, texts (the
//! constants of the rules, the texts chosen so far, and one that is none of them), comparisons (one way or the other),
//! the lengths of lists. The evaluator is sound on regions, so one on which the goal is impossible is closed with a
//! single evaluation, and where all are closed there is no such dossier.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::element::Element;
use super::goal::{Goal, Standing, View, Wish};
use super::region::{Place, Region, Relation};
use super::size::Sizes;
use super::words::Meetings;
use crate::eval::{Cell, Frame, Inputs, ListEdit, Presence, Status, cohere, reshape, run};
use crate::explain::{Bench, Subject, Unknown, explore, unknown_of};
use crate::program::{InputId, InputRole, Node, NodeId, Program, Reduction, RuleKind, ScopeId};
use crate::value::{Known, ListId, Op, Set, Texts, Truth, Type};

/// Splits on one way down, at most.
const DEPTH: usize = 60;

/// What is looked into, and what is supposed one way or the other without looking into it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Look {
    /// The answers of other rules are supposed.
    Rules,
    /// Lists are left open: whatever rests on them is supposed.
    Open,
    /// Lists are gone through, length by length.
    Each,
}

/// What going through the regions came to.
pub(super) enum Gone {
    /// A dossier that reaches the goal, decided on its own, and the row on which it does.
    Witness(Box<(Inputs<Cell>, usize)>),
    /// There is none.
    None,
    /// There is none whose lists have at most so many elements.
    NoneUpTo(usize),
    /// A region was left that could not be settled: a dossier in it to start looking from.
    Left(Vec<Inputs<Cell>>),
}

/// A search by regions.
pub(super) struct Exhaust<'a> {
    views: &'a [View<'a>],
    goal: &'a Goal<'a>,
    look: Look,
    sizes: &'a Sizes,
    guards: Vec<NodeId>,
    /// The answers of rules.
    answers: BTreeSet<NodeId>,
    meetings: OnceCell<Meetings>,
    element: Element,
    left: usize,
    settled: bool,
    bounded: Option<usize>,
    starts: Vec<Inputs<Cell>>,
}

/// Where a region can be split.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Point {
    Few(InputId, u32, Vec<Known>),
    There(InputId, u32),
    Words(InputId, u32),
    List(ListId, u32),
    Compare(Place),
    Pick(Place, usize),
    Suppose(Place),
}

/// What is not known below an open goal.
enum Below {
    /// A fact: of which program, and where.
    Leaf(usize, InputId, u32),
    /// Whether elements are there.
    Rows,
    /// Nothing.
    Nothing,
}

impl Point {
    fn rank(&self) -> usize {
        match self {
            Point::Few(_, _, values) => values.len(),
            Point::There(..) => 3,
            Point::List(..) => 30,
            Point::Words(..) => 40,
            Point::Pick(..) => 50,
            Point::Suppose(_) => 60,
            Point::Compare(_) => 70,
        }
    }
}

impl<'a> Exhaust<'a> {
    pub(super) fn new(
        views: &'a [View<'a>],
        goal: &'a Goal<'a>,
        (look, sizes): (Look, &'a Sizes),
        most: usize,
    ) -> Self {
        let program = views.first().map(|view| view.program);
        let guards = program.map(|program| guards(program, views)).unwrap_or_default();
        let answers = program.map(|program| program.rules.iter().map(|rule| rule.instance).collect());
        let answers = answers.unwrap_or_default();
        let (meetings, element, starts) = (OnceCell::new(), Element::any(), Vec::new());
        Self {
            views,
            goal,
            look,
            sizes,
            guards,
            answers,
            meetings,
            element,
            left: most,
            settled: true,
            bounded: None,
            starts,
        }
    }

    /// The same, asked of that element.
    pub(super) fn of(self, element: &Element) -> Self {
        Self { element: element.clone(), ..self }
    }

    /// The row the goal is asked on.
    fn row(&self, frames: &[Frame<Cell>]) -> Option<usize> {
        self.element.row(self.views.first()?.program, frames.first()?)
    }

    pub(super) fn run(mut self, inputs: &Inputs<Cell>) -> Gone {
        if let Some(found) = self.from(&Region::new(inputs.clone()), 0) {
            return Gone::Witness(Box::new(found));
        }
        match (self.settled, self.bounded) {
            (true, None) => Gone::None,
            (true, Some(most)) => Gone::NoneUpTo(most),
            (false, _) => Gone::Left(self.starts),
        }
    }

    fn from(&mut self, region: &Region, depth: usize) -> Option<(Inputs<Cell>, usize)> {
        if self.left == 0 || depth > DEPTH {
            self.settled = false;
            return None;
        }
        if self.look != Look::Each && !self.settled {
            return None;
        }
        self.left -= 1;
        let frames = region.frames(self.views)?;
        let Some(row) = self.row(&frames) else {
            self.settled = false;
            return None;
        };
        let open = match (self.goal)(&frames, row) {
            Standing::Impossible => return None,
            Standing::Reached => Vec::new(),
            Standing::Open(nodes) => nodes,
        };
        if self.incoherent(&frames) {
            return None;
        }
        let mut point = self.point(region, &frames, &open);
        if point.is_none() && !open.is_empty() {
            match self.below(region, &frames, &open) {
                // Nothing is left to know, and the goal is not reached: a trouble keeps it open for good.
                Below::Nothing => return None,
                Below::Leaf(view, input, row) => {
                    point = self.views.get(view).and_then(|looked_at| {
                        let subject = Subject::Fact(input, row);
                        self.unknown(region, looked_at, unknown_of(looked_at.program, &region.inputs, subject)?)
                    });
                }
                Below::Rows => {}
            }
        }
        if let Some(point) = &point {
            return self.split(region, &frames, point).into_iter().find_map(|part| self.from(&part, depth + 1));
        }
        let proposed = region.dossiers(self.views, &frames);
        if let Some(found) = proposed.iter().find_map(|inputs| self.verified(inputs)) {
            return Some(found);
        }
        // The facts may contradict each other there and not elsewhere.
        let guarded = self.open_guards(&frames);
        match self.point(region, &frames, &guarded) {
            Some(point) => self.split(region, &frames, &point).into_iter().find_map(|part| self.from(&part, depth + 1)),
            None => {
                self.settled = false;
                if self.starts.len() < 4
                    && let Some(view) = self.views.first()
                {
                    self.starts.extend(proposed.into_iter().take(1));
                    self.starts.push(region.forgetful(view.program));
                }
                None
            }
        }
    }

    /// The dossier, where it reaches the goal and does not contradict itself.
    fn verified(&self, inputs: &Inputs<Cell>) -> Option<(Inputs<Cell>, usize)> {
        let frames: Vec<Frame<Cell>> =
            self.views.iter().map(|view| run::<Cell>(view.program, inputs, &view.cone)).collect();
        let program = self.views.first()?.program;
        let row = self.row(&frames)?;
        let reached = matches!((self.goal)(&frames, row), Standing::Reached);
        (reached && cohere(program, inputs).1.is_empty() && distinct_keys(program, inputs))
            .then(|| (inputs.clone(), row))
    }

    /// Whether an incoherence certainly sets a fact aside.
    fn incoherent(&self, frames: &[Frame<Cell>]) -> bool {
        let (Some(view), Some(frame)) = (self.views.first(), frames.first()) else { return false };
        view.program.rules.iter().filter(|rule| self.guards.contains(&rule.instance)).any(|rule| {
            let Some(rows) = frame.rows(rule.scope) else { return false };
            (0..rows.len()).zip(rows.presences()).any(|(row, presence)| {
                let holds = |node: NodeId| frame.known(node, row).is_some_and(Known::is_yes);
                *presence == Presence::Certain
                    && surely_there(view.program, frame, rule.scope, row)
                    && rule.filter.is_none_or(holds)
                    && holds(rule.instance)
            })
        })
    }

    fn open_guards(&self, frames: &[Frame<Cell>]) -> Vec<Place> {
        let (Some(view), Some(frame)) = (self.views.first(), frames.first()) else { return Vec::new() };
        let mut found = Vec::new();
        for rule in view.program.rules.iter().filter(|rule| self.guards.contains(&rule.instance)) {
            let rows = frame.rows(rule.scope).map_or(0, crate::eval::Rows::len);
            for row in 0..rows {
                for node in rule.filter.into_iter().chain([rule.instance]) {
                    if frame.known(node, row).is_some_and(|known| !known.is_settled()) {
                        found.extend(u32::try_from(row).ok().map(|row| (0, node, row)));
                    }
                }
            }
        }
        found
    }

    /// Where to split: at what has fewest values first.
    fn point(&self, region: &Region, frames: &[Frame<Cell>], open: &[Place]) -> Option<Point> {
        let mut narrowest: Option<Vec<Point>> = None;
        for (view, node, row) in open {
            let (Some(looked_at), Some(frame)) = (self.views.get(*view), frames.get(*view)) else { continue };
            let program = looked_at.program;
            let mut points: Vec<Point> = Vec::new();
            let mut first = true;
            explore(program, &region.inputs, frame, (*node, *row), &mut |subject| {
                let (point, on) = self.seen(region, (frames, *view), subject, std::mem::take(&mut first));
                points.extend(point.filter(|point| !points.contains(point)));
                on
            });
            // One wish at a time, the one that hangs on the least: what it excludes need not be asked of the others.
            if !points.is_empty() && narrowest.as_ref().is_none_or(|least| points.len() < least.len()) {
                narrowest = Some(points);
            }
        }
        narrowest.into_iter().flatten().min_by_key(Point::rank)
    }

    /// Whether anything is unknown below what is open, however little it may matter.
    fn below(&self, region: &Region, frames: &[Frame<Cell>], open: &[Place]) -> Below {
        let mut rows_open = false;
        for (at, view) in self.views.iter().enumerate() {
            let Some(frame) = frames.get(at) else { continue };
            let unsettled = |node: NodeId| frame.column(node).is_some_and(|rows| rows.iter().any(|k| !k.is_settled()));
            let never = |condition: Option<NodeId>| {
                let column = condition.and_then(|condition| frame.column(condition));
                column.is_some_and(|rows| rows.iter().all(Known::is_no))
            };
            let mut pending: BTreeSet<NodeId> =
                open.iter().filter(|(of, _, _)| *of == at).map(|(_, node, _)| *node).collect();
            while let Some(node) = pending.pop_last() {
                rows_open |= matches!(view.program.node(node), Node::Contested(_));
                if let Some(input) = view.program.node(node).leaf() {
                    let rows = region.inputs.columns.get(input.0 as usize).map_or(&[] as &[Known], Vec::as_slice);
                    let row = rows.iter().position(|known| !known.is_settled());
                    if let Some(row) = row.and_then(|row| u32::try_from(row).ok()) {
                        return Below::Leaf(at, input, row);
                    }
                }
                if let Node::Reduce { from, .. } = view.program.node(node) {
                    let rows = frame.rows(*from).map_or(&[] as &[Presence], crate::eval::Rows::presences);
                    rows_open |= rows.iter().any(|presence| *presence != Presence::Certain);
                }
                if let Node::Choose { applies, definitions, .. } = view.program.node(node) {
                    let asked = definitions.iter().filter(|definition| !never(definition.condition));
                    let values = asked.map(|definition| definition.value);
                    let conditions = definitions.iter().filter_map(|definition| definition.condition);
                    pending.extend(values.chain(conditions).chain(*applies).filter(|node| unsettled(*node)));
                } else {
                    view.program.node(node).operands(|operand| {
                        if unsettled(operand) {
                            pending.insert(operand);
                        }
                    });
                }
            }
        }
        if rows_open { Below::Rows } else { Below::Nothing }
    }

    /// The point that a subject is, and whether to go on to what it rests on.
    fn seen(
        &self,
        region: &Region,
        (frames, view): (&[Frame<Cell>], usize),
        subject: Subject,
        first: bool,
    ) -> (Option<Point>, bool) {
        let Some(looked_at) = self.views.get(view) else { return (None, false) };
        let program = looked_at.program;
        let Subject::Node(node, row) = subject else {
            let unknown = unknown_of(program, &region.inputs, subject);
            return (unknown.and_then(|unknown| self.unknown(region, looked_at, unknown)), false);
        };
        let place = (view, node, row);
        let truth = program.type_of(node) == Type::Truth;
        match program.node(node) {
            Node::Apply(Op::Equal | Op::Different | Op::Less | Op::AtMost | Op::Greater | Op::AtLeast, _) => {
                ((!region.supposes(place)).then_some(Point::Compare(place)), true)
            }
            Node::Apply(Op::Min | Op::Max, operands) => {
                ((!region.has_picked(place)).then_some(Point::Pick(place, operands.len())), true)
            }
            Node::Reduce { .. } if self.look != Look::Each => {
                ((truth && !region.supposes(place)).then_some(Point::Suppose(place)), false)
            }
            Node::Apply(op, operands) if self.look != Look::Each => {
                let period = operands.first().is_some_and(|operand| program.type_of(*operand) == Type::Period);
                let opaque = matches!(op, Op::Overlaps | Op::IsEmptyDays)
                    || (period && matches!(op, Op::Same | Op::Differs | Op::Among));
                ((opaque && !region.supposes(place)).then_some(Point::Suppose(place)), true)
            }
            Node::Choose { .. } | Node::Judge { .. } | Node::Decide { .. }
                if self.look == Look::Rules && !first && self.answers.contains(&node) =>
            {
                let known = frames.get(view).and_then(|frame| frame.known(node, row as usize));
                let few = known.is_some_and(|known| matches!(known.set, Set::Truth(_) | Set::Cases(_)));
                // A quantity is not supposed: what chooses it is.
                ((few && !region.supposes(place)).then_some(Point::Suppose(place)), !few)
            }
            Node::Resolves { .. } | Node::Follow { .. } if self.look != Look::Each => {
                ((truth && !region.supposes(place)).then_some(Point::Suppose(place)), false)
            }
            Node::Contested(_) => ((!region.supposes(place)).then_some(Point::Suppose(place)), false),
            Node::Input(_)
            | Node::Constant(_)
            | Node::Presume { .. }
            | Node::Apply(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::If { .. }
            | Node::Choose { .. }
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Lift { .. }
            | Node::Follow { .. }
            | Node::Resolves { .. }
            | Node::Reduce { .. }
            | Node::Invalid => (None, true),
        }
    }

    fn unknown(&self, region: &Region, view: &View<'_>, unknown: Unknown) -> Option<Point> {
        match unknown {
            Unknown::List(list, row) => (self.look == Look::Each).then_some(Point::List(list, row)),
            Unknown::Record(..) => None,
            Unknown::Leaf(input, row) => {
                let program = view.program;
                let known = region.inputs.known(input, row as usize)?;
                let declared = program.input(input)?;
                let target = (view.cone.first().copied()?, 0);
                let bench = Bench { program, inputs: &region.inputs, cone: &view.cone, target };
                if let Some(values) = bench.finite(input, row) {
                    return Some(Point::Few(input, row, values));
                }
                if known.absent && declared.role == InputRole::Datum {
                    return Some(Point::There(input, row));
                }
                match declared.ty {
                    Type::Text => Some(Point::Words(input, row)),
                    Type::Key(list) => {
                        // The keys come first: a reference is one of them, or none.
                        let key = program.list(list)?.key?;
                        let rows = region.inputs.columns.get(key.0 as usize)?;
                        let unsettled = rows.iter().position(|known| !known.is_settled());
                        match unsettled.and_then(|row| u32::try_from(row).ok()) {
                            Some(other) => self.unknown(
                                region,
                                view,
                                unknown_of(program, &region.inputs, Subject::Fact(key, other))?,
                            ),
                            None => Some(Point::Words(input, row)),
                        }
                    }
                    Type::Truth
                    | Type::Integer
                    | Type::Number
                    | Type::Date
                    | Type::Duration
                    | Type::Offset
                    | Type::Period
                    | Type::Days
                    | Type::Case(_) => None,
                }
            }
        }
    }

    fn split(&mut self, region: &Region, frames: &[Frame<Cell>], point: &Point) -> Vec<Region> {
        let given = |leaf: (InputId, u32), known: Known, status: Status| {
            let mut part = region.clone();
            part.give(leaf, known, status);
            part
        };
        match point {
            Point::Few(input, row, values) => {
                values.iter().map(|value| given((*input, *row), value.clone(), Status::Given)).collect()
            }
            Point::There(input, row) => {
                let Some(known) = region.inputs.known(*input, *row as usize) else { return Vec::new() };
                let there = Known { absent: false, ..known.clone() };
                vec![
                    given((*input, *row), there, Status::Unheard),
                    given((*input, *row), Known::absent(), Status::Given),
                ]
            }
            Point::Words(input, row) => self
                .words(region, (*input, *row))
                .into_iter()
                .map(|text| given((*input, *row), Known::text(&text), Status::Given))
                .collect(),
            Point::List(list, row) => {
                let Some(program) = self.views.first().map(|view| view.program) else { return Vec::new() };
                let (most, enough) = self.sizes.of(*list);
                if !enough {
                    self.bounded = Some(self.bounded.map_or(most, |least| least.min(most)));
                }
                let order = std::iter::once(1).chain([0]).chain(2..=most).filter(|count| *count <= most);
                order
                    .map(|count| {
                        let edit = if count == 0 { ListEdit::Close } else { ListEdit::Fresh(count) };
                        let shaped = reshape(program, &region.inputs, |other, parent| {
                            if other == *list && parent == *row { edit } else { ListEdit::Keep }
                        });
                        region.reshaped(self.views, shaped)
                    })
                    .collect()
            }
            Point::Compare(place) => self.compared(region, frames, *place),
            Point::Pick(place, count) => (0..*count)
                .filter_map(|at| {
                    let mut part = region.clone();
                    part.pick(self.views, frames, (*place, at)).then_some(part)
                })
                .collect(),
            Point::Suppose(place) => {
                let known = frames.get(place.0).and_then(|frame| frame.known(place.1, place.2 as usize));
                let ways: Vec<Known> = if let Some(Set::Cases(bits)) = known.map(|known| &known.set) {
                    (0..64)
                        .filter_map(|bit| 1u64.checked_shl(bit))
                        .filter(|case| bits & case != 0)
                        .map(|case| Known::of(Set::Cases(case)))
                        .collect()
                } else {
                    vec![Known::truth(Truth::YES), Known::truth(Truth::NO)]
                };
                ways.into_iter()
                    .chain(may_lack_object(frames, *place).then(Known::inapplicable))
                    .filter_map(|known| {
                        let mut part = self.closed(region, *place, &known).unwrap_or_else(|| region.clone());
                        part.suppose(*place, known.clone());
                        self.met(&mut part, frames, (*place, &known)).then_some(part)
                    })
                    .collect()
            }
        }
    }

    /// The region where a list of the dossier that is supposed to have no element is closed.
    fn closed(&self, region: &Region, (view, node, _): Place, supposed: &Known) -> Option<Region> {
        let program = self.views.get(view)?.program;
        let Node::Reduce { how: Reduction::Exists, from, filter: None, .. } = program.node(node) else { return None };
        let scope = program.scope(*from)?;
        let list = scope.list.filter(|_| supposed.is_no() && scope.parent == ScopeId::ROOT)?;
        if program.list(list)?.scope != *from {
            return None;
        }
        let edit = |other, row| if other == list && row == 0 { ListEdit::Close } else { ListEdit::Keep };
        Some(region.reshaped(self.views, reshape(program, &region.inputs, edit)))
    }

    /// Two periods that share a day: each begins before the other ends, and none is the wrong way round. False where that
    /// cannot be.
    fn met(&self, part: &mut Region, frames: &[Frame<Cell>], ((view, node, row), supposed): (Place, &Known)) -> bool {
        let Some(program) = self.views.get(view).map(|view| view.program) else { return true };
        let Node::Apply(Op::Overlaps, periods) = program.node(node) else { return true };
        let ends: Vec<(NodeId, NodeId)> = periods
            .iter()
            .filter_map(|period| {
                let Node::Apply(Op::MakePeriod, ends) = program.node(*period) else { return None };
                Some((*ends.first()?, *ends.get(1)?))
            })
            .collect();
        let starts = if supposed.is_yes() { ends.as_slice() } else { &[] };
        starts.iter().flat_map(|(start, _)| ends.iter().map(move |(_, end)| (*start, *end))).all(|(start, end)| {
            part.relate(self.views, frames, ((view, start, row), Relation::AtMost, (view, end, row)))
        })
    }

    /// A comparison, one way and the other.
    fn compared(&self, region: &Region, frames: &[Frame<Cell>], place: Place) -> Vec<Region> {
        let (view, node, row) = place;
        let Some(program) = self.views.get(view).map(|view| view.program) else { return Vec::new() };
        let Node::Apply(op, operands) = program.node(node) else { return Vec::new() };
        let [first, second] = operands.as_slice() else { return Vec::new() };
        let ways = ways(*op);
        let mut parts: Vec<Region> = ways
            .iter()
            .filter_map(|(truth, relation)| {
                let mut part = region.clone();
                part.suppose(place, Known::truth(*truth));
                part.relate(self.views, frames, ((view, *first, row), *relation, (view, *second, row))).then_some(part)
            })
            .collect();
        if may_lack_object(frames, place) {
            let mut part = region.clone();
            part.suppose(place, Known::inapplicable());
            parts.push(part);
        }
        parts
    }

    /// The texts that stand for all: those of the rules and those chosen so far that this one can meet, and one that is
    /// neither.
    fn words(&self, region: &Region, (input, _): (InputId, u32)) -> Vec<String> {
        let Some(program) = self.views.first().map(|view| view.program) else { return Vec::new() };
        let meetings = self.meetings.get_or_init(|| Meetings::new(self.views));
        let mut found: BTreeSet<String> = meetings.constants(input).cloned().collect();
        for (id, column) in (0..).map(InputId).zip(&region.inputs.columns) {
            if !meetings.meet(id, input) {
                continue;
            }
            for known in column {
                if let Set::Text(Texts::OneOf(texts)) = &known.set {
                    found.extend(texts.iter().map(|text| text.to_string()));
                }
            }
        }
        let key = program.lists.iter().any(|list| list.key == Some(input));
        let stem = if key { "N" } else { "autre" };
        let fresh = (1..).map(|at| if at == 1 && !key { stem.to_owned() } else { format!("{stem}{at}") });
        let fresh = fresh.into_iter().find(|text| !found.contains(text));
        fresh.into_iter().chain(found).collect()
    }
}

/// How the sides of a comparison may stand, and what it is then.
fn ways(op: Op) -> Vec<(Truth, Relation)> {
    let either = |yes, no| vec![(Truth::YES, yes), (Truth::NO, no)];
    if op == Op::Less {
        either(Relation::Below, Relation::AtLeast)
    } else if op == Op::AtMost {
        either(Relation::AtMost, Relation::Above)
    } else if op == Op::Greater {
        either(Relation::Above, Relation::AtMost)
    } else if op == Op::AtLeast {
        either(Relation::AtLeast, Relation::Below)
    } else {
        let (same, apart) = if op == Op::Equal { (Truth::YES, Truth::NO) } else { (Truth::NO, Truth::YES) };
        vec![(same, Relation::Same), (apart, Relation::Below), (apart, Relation::Above)]
    }
}

fn may_lack_object(frames: &[Frame<Cell>], (view, node, row): Place) -> bool {
    frames.get(view).and_then(|frame| frame.known(node, row as usize)).is_some_and(|known| known.inapplicable)
}

/// Whether the row, and those it lies in, are certainly there.
fn surely_there(program: &Program, frame: &Frame<Cell>, mut scope: ScopeId, row: usize) -> bool {
    let Ok(mut row) = u32::try_from(row) else { return false };
    while scope != ScopeId::ROOT {
        let (Some(rows), Some(described)) = (frame.rows(scope), program.scope(scope)) else { return false };
        if rows.presence_of(row) != Presence::Certain {
            return false;
        }
        (scope, row) = (described.parent, rows.parent_of(row));
    }
    true
}

/// Two elements of one list with the same key are no dossier to show.
fn distinct_keys(program: &Program, inputs: &Inputs<Cell>) -> bool {
    program.lists.iter().zip(&inputs.lists).all(|(list, rows)| {
        let Some(keys) = list.key.and_then(|key| inputs.columns.get(key.0 as usize)) else { return true };
        let mut seen: BTreeMap<(u32, &str), ()> = BTreeMap::new();
        keys.iter().zip(0..).all(|(known, row)| {
            let Set::Text(texts) = &known.set else { return true };
            let Some(text) = texts.single() else { return true };
            seen.insert((rows.parent_of(row), text), ()).is_none()
        })
    })
}

/// The incoherences that read a fact the goal reads, too.
fn guards(program: &Program, views: &[View<'_>]) -> Vec<NodeId> {
    let leaves = |nodes: &[NodeId]| -> BTreeSet<InputId> {
        nodes.iter().filter_map(|node| program.node(*node).leaf()).collect()
    };
    let Some(read) = views.first().map(|view| leaves(&view.cone)) else { return Vec::new() };
    // Where it is asked whether facts contradict each other, dossiers where they do are looked at too.
    let asked = |view: &View<'_>| view.cone.iter().any(|node| matches!(view.program.node(*node), Node::Contested(_)));
    if views.iter().any(asked) {
        return Vec::new();
    }
    program
        .rules
        .iter()
        .filter(|rule| rule.kind == RuleKind::Incoherence)
        .filter(|rule| {
            let nodes: Vec<NodeId> = rule.filter.into_iter().chain([rule.instance]).collect();
            !leaves(&program.cone(&nodes)).is_disjoint(&read)
        })
        .map(|rule| rule.instance)
        .collect()
}

/// The same view, where it evaluates also what says that facts contradict each other.
pub(super) fn guarded<'a>(views: &[View<'a>]) -> Vec<View<'a>> {
    let Some(first) = views.first() else { return Vec::new() };
    let found = guards(first.program, views);
    let extra: Vec<NodeId> = first
        .program
        .rules
        .iter()
        .filter(|rule| found.contains(&rule.instance))
        .flat_map(|rule| rule.filter.into_iter().chain([rule.instance]))
        .collect();
    let mut guarded: Vec<View<'a>> =
        views.iter().enumerate().map(|(at, view)| view.and(if at == 0 { &extra } else { &[] })).collect();
    if let Some(first) = guarded.first_mut() {
        first.wishes.extend(extra.into_iter().map(|node| (node, Wish::No)));
    }
    guarded
}
