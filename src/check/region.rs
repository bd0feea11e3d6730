//! A set of dossiers: what is known of each fact, what is supposed of some conditions, and how unknown quantities
//! compare.
//!
//! A region is narrowed by supposing that a comparison holds, or that it does not. What both sides are sums of (facts,
//! durations of sets of days, counts: anything the rules compute that is not itself a sum) goes into a store of
//! inequalities ([`linear`]); what follows for one fact alone narrows what is known of it, so that evaluation sees it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::goal::View;
use super::linear::{self, AtMostZero, Verdict};
use crate::eval::{Cell, Frame, Inputs, Presence, Status, run_with};
use crate::program::{InputId, Node, NodeId, Program, Reduction, ScopeId};
use crate::value::{Day, Known, Number, Op, Range, Set, Truth, Type};

/// A node of one of the programs looked at, on one row.
pub(super) type Place = (usize, NodeId, u32);

/// An unknown quantity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Quantity {
    Leaf(InputId, u32),
    Node(Place),
}

/// Quantities, each so many times, and a constant: together at most zero.
type Inequality = (BTreeMap<Quantity, i128>, i128);

/// A sum of unknown quantities, in millionths (dates too: a day is a million), over a divisor.
#[derive(Clone, Debug)]
struct Sum {
    terms: BTreeMap<Quantity, i128>,
    constant: i128,
    divisor: i128,
}

/// How two sides compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Relation {
    Below,
    AtMost,
    Same,
    AtLeast,
    Above,
}

/// A set of dossiers.
#[derive(Clone)]
pub(super) struct Region {
    pub(super) inputs: Inputs<Cell>,
    supposed: BTreeMap<Place, Known>,
    /// Of a smallest or largest of several, which one it is.
    picked: BTreeMap<Place, usize>,
    sums: Vec<Inequality>,
    narrowed: BTreeSet<(InputId, u32)>,
}

impl Region {
    pub(super) fn new(inputs: Inputs<Cell>) -> Self {
        Self { inputs, supposed: BTreeMap::new(), picked: BTreeMap::new(), sums: Vec::new(), narrowed: BTreeSet::new() }
    }

    /// What the region shows of every node; none where it is empty.
    pub(super) fn frames(&self, views: &[View<'_>]) -> Option<Vec<Frame<Cell>>> {
        let mut empty = false;
        let frames = views
            .iter()
            .enumerate()
            .map(|(view, looked_at)| {
                run_with::<Cell>(looked_at.program, &self.inputs, &looked_at.cone, |node, column| {
                    if let Node::Contested(_) = looked_at.program.node(node) {
                        column.iter_mut().for_each(|known| *known = Known::truth(Truth::OPEN));
                    }
                    for (place, supposed) in self.supposed.range((view, node, 0)..=(view, node, u32::MAX)) {
                        if let Some(known) = column.get_mut(place.2 as usize) {
                            empty |= !meet(known, supposed);
                        }
                    }
                })
            })
            .collect();
        (!empty).then_some(frames)
    }

    /// Supposes what a condition is.
    pub(super) fn suppose(&mut self, place: Place, known: Known) {
        self.supposed.insert(place, known);
    }

    /// Whether something is supposed of it.
    pub(super) fn supposes(&self, place: Place) -> bool {
        self.supposed.contains_key(&place)
    }

    /// Puts a value, or fewer values, in place of what is known of a fact.
    pub(super) fn give(&mut self, (input, row): (InputId, u32), known: Known, status: Status) {
        self.inputs.replace(input, row as usize, known, status);
        if !status.is_given() {
            self.narrowed.insert((input, row));
        }
    }

    /// The same facts with other lists; what was supposed within lists is forgotten.
    pub(super) fn reshaped(&self, views: &[View<'_>], inputs: Inputs<Cell>) -> Self {
        let at_root = |quantity: &Quantity| match quantity {
            Quantity::Leaf(input, _) => views
                .first()
                .and_then(|view| view.program.input(*input))
                .is_some_and(|input| input.scope == ScopeId::ROOT),
            Quantity::Node(place) => root(views, *place),
        };
        let leaves = |(input, _): &&(InputId, u32)| at_root(&Quantity::Leaf(*input, 0));
        Self {
            inputs,
            supposed: self
                .supposed
                .iter()
                .filter(|(place, _)| root(views, **place))
                .map(|(place, known)| (*place, known.clone()))
                .collect(),
            picked: self
                .picked
                .iter()
                .filter(|(place, _)| root(views, **place))
                .map(|(place, at)| (*place, *at))
                .collect(),
            sums: self.sums.iter().filter(|(terms, _)| terms.keys().all(at_root)).cloned().collect(),
            narrowed: self.narrowed.iter().filter(leaves).copied().collect(),
        }
    }

    /// Supposes that two sides compare so; false where nothing is left.
    pub(super) fn relate(
        &mut self,
        views: &[View<'_>],
        frames: &[Frame<Cell>],
        (first, relation, second): (Place, Relation, Place),
    ) -> bool {
        let reader = Sums { views, frames, region: self, read: RefCell::default() };
        let (Some(a), Some(b)) = (reader.sum(first, 0), reader.sum(second, 0)) else { return true };
        let (below, above) = (difference(&a, &b), difference(&b, &a));
        let step = a.divisor.saturating_mul(b.divisor);
        let strictly =
            |sum: Option<Inequality>| sum.and_then(|(terms, constant)| Some((terms, constant.checked_add(step)?)));
        let added: Vec<_> = match relation {
            Relation::Below => vec![strictly(below)],
            Relation::AtMost => vec![below],
            Relation::Same => vec![below, above],
            Relation::AtLeast => vec![above],
            Relation::Above => vec![strictly(above)],
        };
        let met: BTreeSet<Quantity> = added.iter().flatten().flat_map(|(terms, _)| terms.keys().copied()).collect();
        let moved: Vec<Inequality> = met.into_iter().flat_map(|quantity| reader.known_of(quantity)).collect();
        self.sums.extend(added.into_iter().flatten().chain(moved));
        self.settle(views, frames)
    }

    /// Of a smallest or largest of several, supposes which one it is; false where nothing is left.
    pub(super) fn pick(&mut self, views: &[View<'_>], frames: &[Frame<Cell>], (place, at): (Place, usize)) -> bool {
        let (view, node, row) = place;
        let Some(program) = views.get(view).map(|view| view.program) else { return true };
        let Node::Apply(op, operands) = program.node(node) else { return true };
        let Some(picked) = operands.get(at) else { return true };
        let relation = if *op == Op::Min { Relation::AtMost } else { Relation::AtLeast };
        self.picked.insert(place, at);
        operands
            .iter()
            .filter(|other| *other != picked)
            .all(|other| self.relate(views, frames, ((view, *picked, row), relation, (view, *other, row))))
    }

    pub(super) fn has_picked(&self, place: Place) -> bool {
        self.picked.contains_key(&place)
    }

    /// Narrows what is known of each fact by the inequalities; false where they cannot hold together.
    fn settle(&mut self, views: &[View<'_>], frames: &[Frame<Cell>]) -> bool {
        let Some(mut system) = System::new(self, views, frames) else { return true };
        if !linear::narrow(&mut system.unknowns, &system.inequalities) {
            return false;
        }
        if linear::solve(&system.unknowns, &system.inequalities) == Verdict::Impossible {
            return false;
        }
        for (quantity, unknown) in system.quantities.iter().zip(&system.unknowns) {
            let factor = i128::from(Number::SCALE);
            let factor = if whole(views, *quantity) && !dated(views, *quantity) { factor } else { 1 };
            let bound = |bound: Option<i128>| {
                bound.and_then(|bound| bound.checked_mul(factor)).and_then(|bound| i64::try_from(bound).ok())
            };
            let range = Range { lo: bound(unknown.lo), hi: bound(unknown.hi) };
            match quantity {
                Quantity::Leaf(input, row) => {
                    let Some(known) = self.inputs.known(*input, *row as usize) else { continue };
                    if known.is_settled() || known.set.as_range() == range {
                        continue;
                    }
                    let narrower = Known { set: Set::Range(range), ..known.clone() };
                    self.give((*input, *row), narrower, Status::Unheard);
                }
                Quantity::Node(place) => {
                    let entry = self.supposed.entry(*place).or_insert_with(|| Known::range(Range::ANY));
                    entry.set = Set::Range(range);
                }
            }
        }
        true
    }

    /// Dossiers of the region, as far as the inequalities say: what is supposed of conditions is not looked at. Lengths
    /// and products are no sums of facts; a second proposal guesses how they come about.
    pub(super) fn dossiers(&self, views: &[View<'_>], frames: &[Frame<Cell>]) -> Vec<Inputs<Cell>> {
        let reader = Sums { views, frames, region: self, read: RefCell::default() };
        let met: BTreeSet<Quantity> = self.sums.iter().flat_map(|(terms, _)| terms.keys().copied()).collect();
        let guessed: Vec<Inequality> =
            met.into_iter().filter_map(|quantity| reader.guessed(quantity)).flatten().collect();
        let mut found: Vec<Inputs<Cell>> = self.dossier(views, frames).into_iter().collect();
        if !guessed.is_empty() {
            let mut guess = self.clone();
            guess.sums.extend(guessed);
            found.extend(guess.dossier(views, frames));
        }
        found
    }

    fn dossier(&self, views: &[View<'_>], frames: &[Frame<Cell>]) -> Option<Inputs<Cell>> {
        let mut found = self.inputs.clone();
        let system = System::new(self, views, frames)?;
        let Verdict::Solved(values) = linear::solve(&system.unknowns, &system.inequalities) else { return None };
        for (quantity, value) in system.quantities.iter().zip(values) {
            let Quantity::Leaf(input, row) = quantity else { continue };
            let factor = if whole(views, *quantity) && !dated(views, *quantity) { Number::SCALE } else { 1 };
            let value = i64::try_from(value).ok()?.checked_mul(factor)?;
            let known = found.known(*input, *row as usize)?;
            if !known.is_settled() || !found.status(*input, *row as usize).is_given() {
                found.replace(*input, *row as usize, Known::range(Range::exactly(value)), Status::Given);
            }
        }
        Some(found)
    }

    /// The facts of the region, where one that was only narrowed is unknown again.
    pub(super) fn forgetful(&self, program: &Program) -> Inputs<Cell> {
        let mut inputs = self.inputs.clone();
        for (input, row) in &self.narrowed {
            if !inputs.status(*input, *row as usize).is_given() {
                inputs.replace(*input, *row as usize, crate::eval::unknown(program, *input), Status::Unheard);
            }
        }
        inputs
    }
}

fn root(views: &[View<'_>], (view, node, _): Place) -> bool {
    views.get(view).is_some_and(|view| view.program.scope_of(node) == ScopeId::ROOT)
}

/// What is known, and supposed as well; false where nothing is both.
fn meet(known: &mut Known, supposed: &Known) -> bool {
    match (&known.set, &supposed.set) {
        (Set::Truth(a), Set::Truth(b)) => {
            let truth = Truth { yes: a.yes && b.yes, no: a.no && b.no };
            *known = Known::truth(truth);
            truth != Truth::NEVER
        }
        (Set::Range(a), Set::Range(b)) => match a.meet(*b) {
            Some(range) => {
                known.set = Set::Range(range);
                true
            }
            None => {
                known.set = Set::Nothing;
                known.absent || known.inapplicable
            }
        },
        (_, Set::Nothing) => {
            let fits = known.inapplicable || !supposed.inapplicable;
            *known = supposed.clone();
            fits
        }
        (Set::Cases(a), Set::Cases(b)) => {
            let bits = a & b;
            *known = Known::of(Set::Cases(bits));
            bits != 0
        }
        // What is never asked fits whatever is supposed of it.
        (_, _) => true,
    }
}

/// `a − b`, times both divisors.
fn difference(a: &Sum, b: &Sum) -> Option<Inequality> {
    let mut terms = BTreeMap::new();
    for (sum, times) in [(a, b.divisor), (b, a.divisor.checked_neg()?)] {
        for (quantity, coefficient) in &sum.terms {
            let entry: &mut i128 = terms.entry(*quantity).or_default();
            *entry = entry.checked_add(coefficient.checked_mul(times)?)?;
        }
    }
    let constant = a.constant.checked_mul(b.divisor)?.checked_sub(b.constant.checked_mul(a.divisor)?)?;
    Some((terms, constant))
}

/// The inequalities of a region over numbered unknowns.
struct System {
    quantities: Vec<Quantity>,
    unknowns: Vec<linear::Unknown>,
    inequalities: Vec<AtMostZero>,
}

impl System {
    fn new(region: &Region, views: &[View<'_>], frames: &[Frame<Cell>]) -> Option<Self> {
        let mut quantities: BTreeSet<Quantity> =
            region.sums.iter().flat_map(|(terms, _)| terms.keys().copied()).collect();
        let ordered = |input: InputId| {
            views.first().and_then(|view| view.program.input(input)).is_some_and(|input| {
                matches!(input.ty, Type::Integer | Type::Number | Type::Date | Type::Duration | Type::Offset)
            })
        };
        quantities.extend(
            region
                .narrowed
                .iter()
                .filter(|(input, _)| ordered(*input))
                .map(|(input, row)| Quantity::Leaf(*input, *row)),
        );
        let quantities: Vec<Quantity> = quantities.into_iter().collect();
        let mut unknowns = Vec::new();
        for quantity in &quantities {
            let known = match quantity {
                Quantity::Leaf(input, row) => region.inputs.known(*input, *row as usize),
                Quantity::Node((view, node, row)) => frames.get(*view)?.known(*node, *row as usize),
            };
            let mut range = known?.set.as_range();
            if let Quantity::Node(place) = quantity
                && let Some(supposed) = region.supposed.get(place)
            {
                range = range.meet(supposed.set.as_range()).unwrap_or(range);
            }
            let (dated, whole) = (dated(views, *quantity), whole(views, *quantity));
            let factor = if whole && !dated { i128::from(Number::SCALE) } else { 1 };
            let monday = Day::from_ymd(2026, 1, 5).map_or(0, |day| i128::from(day.number()));
            unknowns.push(linear::Unknown {
                lo: range.lo.map(|lo| -(-i128::from(lo)).div_euclid(factor)),
                hi: range.hi.map(|hi| i128::from(hi).div_euclid(factor)),
                near: if dated { monday } else { 0 },
                nice: if whole { 1 } else { i128::from(Number::SCALE) },
            });
        }
        let at = |quantity: &Quantity| quantities.binary_search(quantity).ok();
        let mut inequalities = Vec::new();
        for (terms, constant) in &region.sums {
            let mut numbered = BTreeMap::new();
            for (quantity, coefficient) in terms {
                let factor = if whole(views, *quantity) { i128::from(Number::SCALE) } else { 1 };
                numbered.insert(at(quantity)?, coefficient.checked_mul(factor)?);
            }
            inequalities.push(AtMostZero { terms: numbered, constant: *constant }.tightened());
        }
        for (less, more) in part_of_whole(views, &quantities) {
            inequalities.push(AtMostZero { terms: BTreeMap::from([(less, 1), (more, -1)]), constant: 0 });
        }
        Some(Self { quantities, unknowns, inequalities })
    }
}

/// Lengths of which one is at most the other, whatever the facts: what two sets of days share, what of a period is not
/// covered, and the longest run of days are parts of them.
fn part_of_whole(views: &[View<'_>], quantities: &[Quantity]) -> Vec<(usize, usize)> {
    let length = |quantity: &Quantity| {
        let Quantity::Node((view, node, row)) = quantity else { return None };
        let program = views.get(*view)?.program;
        let Node::Apply(op @ (Op::DurationOfDays | Op::DurationOfPeriod | Op::LongestRun), operands) =
            program.node(*node)
        else {
            return None;
        };
        Some((*view, program, *row, *op, *operands.first()?))
    };
    let mut found = Vec::new();
    let lengths = || quantities.iter().enumerate().filter_map(|(at, quantity)| Some((at, length(quantity)?)));
    for (less, (view, program, row, op, part)) in lengths() {
        for (more, (other_view, _, other_row, other_op, whole)) in lengths() {
            if (view, row) != (other_view, other_row) || other_op == Op::LongestRun {
                continue;
            }
            let is_whole = |node: &NodeId| {
                *node == whole
                    || matches!(program.node(*node), Node::Apply(Op::DaysOfPeriod, of) if of.contains(&whole))
            };
            let of = if let Node::Apply(op @ (Op::Intersection | Op::Gaps), operands) = program.node(part) {
                // What is not covered is part of what should be, not of what covers.
                operands.get(usize::from(*op == Op::Gaps)..).unwrap_or_default()
            } else {
                &[]
            };
            let run = op == Op::LongestRun && is_whole(&part);
            if less != more && (run || (op != Op::DurationOfPeriod && of.iter().any(is_whole))) {
                found.push((less, more));
            }
        }
    }
    found
}

fn type_of(views: &[View<'_>], quantity: Quantity) -> Option<Type> {
    match quantity {
        Quantity::Leaf(input, _) => views.first()?.program.input(input).map(|input| input.ty),
        Quantity::Node((view, node, _)) => Some(views.get(view)?.program.type_of(node)),
    }
}

fn dated(views: &[View<'_>], quantity: Quantity) -> bool {
    type_of(views, quantity) == Some(Type::Date)
}

/// Whether it is counted in wholes: days of dates, integers, lengths of sets of days.
fn whole(views: &[View<'_>], quantity: Quantity) -> bool {
    let length = if let Quantity::Node((view, node, _)) = quantity {
        views.get(view).is_some_and(|view| {
            matches!(
                view.program.node(node),
                Node::Apply(Op::DurationOfDays | Op::DurationOfPeriod | Op::LongestRun | Op::DateDifference, _)
            )
        })
    } else {
        false
    };
    length || matches!(type_of(views, quantity), Some(Type::Integer | Type::Date))
}

/// Reads nodes as sums.
struct Sums<'a> {
    views: &'a [View<'a>],
    frames: &'a [Frame<Cell>],
    region: &'a Region,
    /// Of each place, once read: values that read one another twice make more ways than places.
    read: RefCell<BTreeMap<Place, Option<Sum>>>,
}

/// Sums nest no deeper than expressions do.
const DEEPEST: usize = 300;

impl Sums<'_> {
    fn known(&self, (view, node, row): Place) -> Option<&Known> {
        self.frames.get(view)?.known(node, row as usize)
    }

    fn sum(&self, place: Place, depth: usize) -> Option<Sum> {
        if let Some(read) = self.read.borrow().get(&place) {
            return read.clone();
        }
        let found = self.found(place, depth);
        self.read.borrow_mut().insert(place, found.clone());
        found
    }

    fn found(&self, place: Place, depth: usize) -> Option<Sum> {
        let (view, node, row) = place;
        let program = self.views.get(view)?.program;
        let ty = program.type_of(node);
        let known = self.known(place)?;
        if let Some(value) = known.set.as_range().single() {
            let scale = if ty == Type::Date { Number::SCALE } else { 1 };
            let constant = i128::from(value).checked_mul(i128::from(scale))?;
            return Some(Sum { terms: BTreeMap::new(), constant, divisor: 1 });
        }
        if depth > DEEPEST {
            return Some(alone(Quantity::Node(place)));
        }
        let inner = |node: NodeId| self.sum((view, node, row), depth + 1);
        let read = match program.node(node) {
            Node::Input(input) => Some(alone(Quantity::Leaf(*input, row))),
            Node::Presume { input, otherwise, derived } => match self.region.inputs.status(*input, row as usize) {
                Status::LeftOut => inner(*otherwise),
                Status::Unsure | Status::Rejected | Status::SetAside(_) if *derived => inner(*otherwise),
                Status::Given | Status::Unheard | Status::Unsure | Status::Rejected | Status::SetAside(_) => {
                    Some(alone(Quantity::Leaf(*input, row)))
                }
            },
            Node::Lift { from, hops } => {
                let scope = program.scope_of(node);
                let reached = self.frames.get(view)?.reach(program, scope, row, hops)?;
                self.sum((view, *from, reached), depth + 1)
            }
            Node::Apply(op, operands) => self.applied(*op, operands, place, depth),
            Node::If { condition, yes, no } => {
                let condition = self.known((view, *condition, row))?;
                match (condition.is_yes(), condition.is_no()) {
                    (true, _) => inner(*yes),
                    (_, true) => inner(*no),
                    (false, false) => None,
                }
            }
            Node::Choose { definitions, order, .. } => {
                let truths: Vec<Truth> = definitions
                    .iter()
                    .map(|definition| match definition.condition {
                        None => Some(Truth::YES),
                        Some(condition) => self.known((view, condition, row)).map(Known::as_truth),
                    })
                    .collect::<Option<_>>()?;
                let mut candidates = order.candidates(&truths);
                match (candidates.next(), candidates.next()) {
                    (Some(only), None) if truths.get(only).is_some_and(|truth| truth.is_yes()) => {
                        definitions.get(only).and_then(|definition| inner(definition.value))
                    }
                    (_, _) => None,
                }
            }
            Node::Reduce { how: Reduction::Sum, from, filter, body: Some(body), .. } => {
                let frame = self.frames.get(view)?;
                let members = frame.members(program, *from, program.scope_of(node), row);
                let mut total = Some(Sum { terms: BTreeMap::new(), constant: 0, divisor: 1 });
                for (member, presence) in members {
                    let passes = filter
                        .map_or(Some(Truth::YES), |filter| frame.known(filter, member as usize).map(Known::as_truth))?;
                    total = match (presence, passes.is_yes(), passes.is_no()) {
                        (_, _, true) => total,
                        (Presence::Certain, true, _) => {
                            total.zip(self.sum((view, *body, member), depth + 1)).and_then(|(a, b)| added(a, b, 1))
                        }
                        (_, _, _) => None,
                    };
                }
                total
            }
            Node::Constant(_)
            | Node::Contested(_)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Follow { .. }
            | Node::Resolves { .. }
            | Node::Reduce { .. }
            | Node::Invalid => None,
        };
        Some(read.unwrap_or_else(|| alone(Quantity::Node(place))))
    }

    /// What holds of a quantity, whatever the facts.
    fn known_of(&self, quantity: Quantity) -> Vec<Inequality> {
        let moved = self.moved(quantity).into_iter().flatten();
        moved.chain(self.extreme(quantity).unwrap_or_default()).collect()
    }

    /// The smallest of the elements is at most each of those that are surely there; the largest, at least.
    fn extreme(&self, quantity: Quantity) -> Option<Vec<Inequality>> {
        let Quantity::Node((view, node, row)) = quantity else { return None };
        let program = self.views.get(view)?.program;
        let Node::Reduce { how, from, filter, body: Some(body), .. } = program.node(node) else { return None };
        if !matches!(how, Reduction::Minimum | Reduction::Maximum) {
            return None;
        }
        let frame = self.frames.get(view)?;
        let mut found = Vec::new();
        for (member, presence) in frame.members(program, *from, program.scope_of(node), row) {
            let known = |node: NodeId| frame.known(node, member as usize);
            let passes = filter.is_none_or(|filter| known(filter).is_some_and(Known::is_yes));
            // An element without a value is none of those among which the smallest is.
            let has_value =
                known(*body).is_some_and(|known| !known.absent && !known.inapplicable && !known.set.is_nothing());
            if presence != Presence::Certain || !passes || !has_value {
                continue;
            }
            let (itself, element) = (alone(quantity), self.sum((view, *body, member), 0)?);
            let smallest = *how == Reduction::Minimum;
            found.extend(if smallest { difference(&itself, &element) } else { difference(&element, &itself) });
        }
        Some(found)
    }

    /// How far a date moved by months lies from the date.
    fn moved(&self, quantity: Quantity) -> Option<[Inequality; 2]> {
        let Quantity::Node((view, node, row)) = quantity else { return None };
        let Node::Apply(op @ (Op::DatePlusOffset | Op::DateMinusOffset), operands) =
            self.views.get(view)?.program.node(node)
        else {
            return None;
        };
        let [date, by] = operands.as_slice() else { return None };
        let months = i128::from(self.known((view, *by, row))?.set.as_range().single()?);
        let (least, most) = days_of_months(if *op == Op::DatePlusOffset { months } else { -months })?;
        let (date, moved) = (self.sum((view, *date, row), 0)?, alone(quantity));
        let ((after, up), (before, down)) = (difference(&moved, &date)?, difference(&date, &moved)?);
        let day = i128::from(Number::SCALE).checked_mul(date.divisor)?;
        Some([(after, up.checked_sub(most.checked_mul(day)?)?), (before, down.checked_add(least.checked_mul(day)?)?)])
    }

    /// How a quantity might come about: the length of a period that runs forwards to no weekend, a product where one factor
    /// is as small as it can be. A guess, which proves nothing.
    fn guessed(&self, quantity: Quantity) -> Option<Vec<Inequality>> {
        let Quantity::Node((view, node, row)) = quantity else { return None };
        let program = self.views.get(view)?.program;
        let Node::Apply(op, operands) = program.node(node) else { return None };
        let inner = |node: NodeId| self.sum((view, node, row), 0);
        let equal = |a: &Sum, b: &Sum| Some(vec![difference(a, b)?, difference(b, a)?]);
        let (itself, first) = (alone(quantity), *operands.first()?);
        if *op == Op::Multiply {
            let least = |node: NodeId| self.known((view, node, row))?.set.as_range().lo.filter(|least| *least > 0);
            let second = *operands.get(1)?;
            let (fixed, other) = if least(first).is_some() { (first, second) } else { (second, first) };
            let times = i128::from(least(fixed)?);
            let constant = Sum { terms: BTreeMap::new(), constant: times, divisor: 1 };
            let product = scaled(inner(other)?, times, i128::from(Number::SCALE))?;
            return Some([equal(&inner(fixed)?, &constant)?, equal(&itself, &product)?].concat());
        }
        if *op != Op::DurationOfPeriod {
            return None;
        }
        let period = if let Node::Apply(Op::ThroughSunday, of) = program.node(first) { *of.first()? } else { first };
        let Node::Apply(Op::MakePeriod, ends) = program.node(period) else { return None };
        let [start, end] = ends.as_slice() else { return None };
        let mut length = added(inner(*end)?, inner(*start)?, -1)?;
        length.constant = length.constant.checked_add(i128::from(Number::SCALE).checked_mul(length.divisor)?)?;
        equal(&itself, &length)
    }

    fn applied(&self, op: Op, operands: &[NodeId], place: Place, depth: usize) -> Option<Sum> {
        let (view, _, row) = place;
        let inner = |at: usize| operands.get(at).and_then(|node| self.sum((view, *node, row), depth + 1));
        let constant = |at: usize| {
            operands.get(at).and_then(|node| self.known((view, *node, row))?.set.as_range().single()).map(i128::from)
        };
        let scale = i128::from(Number::SCALE);
        match op {
            Op::Guarded => inner(0),
            Op::Default => {
                let first = self.known((view, *operands.first()?, row))?;
                match (first.set.is_nothing(), first.absent || first.inapplicable) {
                    (true, _) => inner(1),
                    (false, false) => inner(0),
                    (false, true) => None,
                }
            }
            Op::Add | Op::DatePlusDuration => added(inner(0)?, inner(1)?, 1),
            Op::Subtract | Op::DateMinusDuration | Op::DateDifference => added(inner(0)?, inner(1)?, -1),
            Op::Negate => added(Sum { terms: BTreeMap::new(), constant: 0, divisor: 1 }, inner(0)?, -1),
            Op::Multiply => match (constant(0), constant(1)) {
                (Some(times), _) => scaled(inner(1)?, times, scale),
                (_, Some(times)) => scaled(inner(0)?, times, scale),
                (None, None) => None,
            },
            Op::Divide => scaled(inner(0)?, scale, constant(1).filter(|by| *by > 0)?),
            Op::Min | Op::Max => self.region.picked.get(&place).and_then(|at| inner(*at)),
            Op::Equal
            | Op::Different
            | Op::Less
            | Op::AtMost
            | Op::Greater
            | Op::AtLeast
            | Op::Same
            | Op::Differs
            | Op::Among
            | Op::DivideRounded(..)
            | Op::Round(..)
            | Op::DatePlusOffset
            | Op::DateMinusOffset
            | Op::MakePeriod
            | Op::PeriodStart
            | Op::PeriodEnd
            | Op::ThroughSunday
            | Op::Overlaps
            | Op::DaysOfPeriod
            | Op::Intersection
            | Op::Union
            | Op::Gaps
            | Op::DurationOfDays
            | Op::DurationOfPeriod
            | Op::LongestRun
            | Op::WholeMonths
            | Op::IsEmptyDays
            | Op::IsPresent
            | Op::IsApplicable
            | Op::IsInapplicable
            | Op::Met
            | Op::Holds
            | Op::OneOf
            | Op::Reported => None,
        }
    }
}

/// How many days so many months can make, at least and at most. A month has 28 to 31; over a cycle of 400 years it has
/// 146 097 / 4 800, from which no stretch of whole months strays by more than a week, and the end of a short month takes
/// three days at most.
fn days_of_months(months: i128) -> Option<(i128, i128)> {
    let mean = months.checked_mul(146_097)?.div_euclid(4_800);
    let (short, long) = (months.checked_mul(28)?, months.checked_mul(31)?);
    Some(((mean - 10).max(short.min(long)), (mean + 8).min(short.max(long))))
}

fn alone(quantity: Quantity) -> Sum {
    Sum { terms: BTreeMap::from([(quantity, 1)]), constant: 0, divisor: 1 }
}

/// `a + sign × b`
fn added(a: Sum, b: Sum, sign: i128) -> Option<Sum> {
    let opposite = Sum {
        terms: b.terms.into_iter().map(|(quantity, coefficient)| (quantity, -sign * coefficient)).collect(),
        constant: -sign * b.constant,
        divisor: b.divisor,
    };
    let divisor = a.divisor.checked_mul(opposite.divisor)?;
    let (terms, constant) = difference(&a, &opposite)?;
    Some(Sum { terms, constant, divisor })
}

/// `sum × times / by`
fn scaled(sum: Sum, times: i128, by: i128) -> Option<Sum> {
    let terms = sum
        .terms
        .into_iter()
        .map(|(quantity, coefficient)| Some((quantity, coefficient.checked_mul(times)?)))
        .collect::<Option<_>>()?;
    Some(Sum { terms, constant: sum.constant.checked_mul(times)?, divisor: sum.divisor.checked_mul(by)? })
}
