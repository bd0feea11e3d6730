//! The loop: a [`Program`] and the facts of dossiers become a [`Frame`].
//!
//! One loop evaluates; a [`Carrier`] says what each step means for the values it carries. [`Cell`] is the
//! readable definition of the language. Evaluation is eager over the nodes asked for and never stops: a
//! fault is a value.

mod rows;
mod carrier;
mod cell;
mod edit;
mod coherence;
mod point;
mod delta;
mod column;
mod weigh;

pub use carrier::{Carrier, Step, Yielding};
pub use cell::Cell;
pub use coherence::{SetAside, cohere};
pub use column::{Builder, Class, Column, Columns, GivenRows, Origins, Units};
pub(crate) use delta::{Changed, Delta, Replaced};
pub use edit::{ListEdit, reshape, unknown};
pub(crate) use point::{Elements, Point, followed};
pub use rows::{Groups, Presence, Rows};
pub use weigh::weigh;

use std::collections::BTreeMap;

use crate::program::{Hop, InputId, Node, NodeId, Program, Reduction, ScopeId, ScopeKind};
use crate::value::priority::Order;
use crate::value::{Known, ListId, Op, Truth};

/// How a leaf came by its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Given by the dossier.
    Given,
    /// Left out.
    LeftOut,
    /// Said to be unknown (`"?"`).
    Unsure,
    /// Given, but not of its type or range: not used.
    Rejected,
    /// Given, but contradicted by other facts: not used (the rule that says so).
    SetAside(crate::program::RuleId),
    /// Within an element or record of which nothing is known.
    Unheard,
}

impl Status {
    /// Whether the datum is usable as given.
    pub fn is_given(self) -> bool {
        match self {
            Status::Given => true,
            Status::LeftOut | Status::Unsure | Status::Rejected | Status::SetAside(_) | Status::Unheard => false,
        }
    }
}

/// The facts of dossiers: for each list its rows, for each leaf its values in the scope it lies in.
#[derive(Clone, Debug)]
pub struct Inputs<C: Carrier> {
    /// Rows of the root scope: how many dossiers.
    pub dossiers: usize,
    /// Rows of each list, by [`ListId`].
    pub lists: Vec<Rows>,
    /// Values of each leaf, by [`InputId`].
    pub columns: Vec<C::Column>,
    /// How each came about, by [`InputId`], same rows.
    pub statuses: Vec<C::Statuses>,
}

impl<C: Carrier> Inputs<C> {
    /// The rows of a list.
    pub fn list(&self, list: ListId) -> Option<&Rows> {
        self.lists.get(list.0 as usize)
    }
}

impl Inputs<Cell> {
    /// How the leaf came by its value on that row.
    pub fn status(&self, input: InputId, row: usize) -> Status {
        self.statuses.get(input.0 as usize).and_then(|rows| rows.get(row)).copied().unwrap_or(Status::LeftOut)
    }
}

/// From a row of a scope, by some hops.
type Way = (ScopeId, Vec<Hop>);

/// The values of every node that was asked for. For [`Cell`] it is the trace.
#[derive(Clone, Debug)]
pub struct Frame<C: Carrier> {
    scopes: Vec<Option<Rows>>,
    /// For each row of a scope, the row that some hops reach.
    ways: Vec<(Way, Vec<u32>)>,
    /// For each row of the second scope, those of the first that belong to it.
    groups: Vec<((ScopeId, ScopeId), Groups)>,
    columns: Vec<Option<C::Column>>,
}

impl<C: Carrier> Frame<C> {
    fn empty(program: &Program) -> Self {
        Self {
            scopes: vec![None; program.scopes.len()],
            ways: Vec::new(),
            groups: Vec::new(),
            columns: (0..program.nodes.len()).map(|_| None).collect(),
        }
    }

    /// The values of a node over the rows of its scope, if it was asked for.
    pub fn column(&self, node: NodeId) -> Option<&C::Column> {
        self.columns.get(node.0 as usize).and_then(Option::as_ref)
    }

    /// The rows of a scope, if something in it was asked for.
    pub fn rows(&self, scope: ScopeId) -> Option<&Rows> {
        self.scopes.get(scope.0 as usize).and_then(Option::as_ref)
    }

    fn way(&self, scope: ScopeId, hops: &[Hop]) -> Option<&[u32]> {
        let known = self.ways.iter().find(|((from, by), _)| *from == scope && by == hops);
        known.map(|(_, index)| index.as_slice())
    }

    fn groups(&self, from: ScopeId, into: ScopeId) -> Option<&Groups> {
        self.groups.iter().find(|(between, _)| *between == (from, into)).map(|(_, groups)| groups)
    }

    /// The row that `hops` reach from a row of `scope`.
    pub fn reach(&self, program: &Program, scope: ScopeId, row: u32, hops: &[Hop]) -> Option<u32> {
        let (mut current, mut at) = (scope, row);
        for hop in hops {
            let rows = self.rows(current)?;
            let described = program.scope(current)?;
            match hop {
                Hop::Parent => {
                    at = rows.parent_of(at);
                    current = described.parent;
                }
                Hop::Element => {
                    at = rows.element_of(at);
                    current = program.list(described.list?)?.scope;
                }
            }
        }
        Some(at)
    }

    /// The rows of `from` that belong to one row of `into`, and how surely each is there.
    pub fn members(&self, program: &Program, from: ScopeId, into: ScopeId, row: u32) -> Vec<(u32, Presence)> {
        let mut levels = Vec::new();
        let mut current = from;
        while current != into {
            levels.push(current);
            let Some(parent) = program.scope(current).map(|scope| scope.parent).filter(|parent| *parent != current)
            else {
                return Vec::new();
            };
            current = parent;
        }
        let mut found = vec![(row, Presence::Certain)];
        for level in levels.iter().rev() {
            let Some(rows) = self.rows(*level) else { return Vec::new() };
            found = found
                .into_iter()
                .flat_map(|(parent, presence)| {
                    rows.children(parent).map(move |row| (row, presence.max(rows.presence_of(row))))
                })
                .collect();
        }
        found
    }
}

impl Frame<Cell> {
    /// What is known of a node on one row of its scope.
    pub fn known(&self, node: NodeId, row: usize) -> Option<&Known> {
        self.column(node).and_then(|column| column.get(row))
    }
}

/// Evaluates `nodes` (a [cone](Program::cone): in order, closed under operands) on `inputs`.
pub fn run<C: Carrier + Default>(program: &Program, inputs: &Inputs<C>, nodes: &[NodeId]) -> Frame<C> {
    run_with(program, inputs, nodes, |_, _| ())
}

/// The same, where more is said of some nodes than the facts show: `refine` sees the values of each node before
/// the nodes after it read them.
pub fn run_with<C: Carrier + Default>(
    program: &Program,
    inputs: &Inputs<C>,
    nodes: &[NodeId],
    refine: impl FnMut(NodeId, &mut C::Column),
) -> Frame<C> {
    go(Run { program, inputs, frame: Frame::empty(program) }, nodes, refine)
}

/// Evaluates `nodes` again, in place: after a leaf has changed, the nodes that depend on it.
pub fn rerun<C: Carrier + Default>(
    program: &Program,
    inputs: &Inputs<C>,
    frame: Frame<C>,
    nodes: &[NodeId],
) -> Frame<C> {
    go(Run { program, inputs, frame }, nodes, |_, _| ())
}

fn go<C: Carrier + Default>(
    mut run: Run<'_, C>,
    nodes: &[NodeId],
    mut refine: impl FnMut(NodeId, &mut C::Column),
) -> Frame<C> {
    let mut carrier = C::default();
    for &node in nodes {
        run.prepare(&mut carrier, node);
        let mut column = run.evaluate(&mut carrier, node);
        if let Some(column) = &mut column {
            refine(node, column);
        }
        if let Some(slot) = run.frame.columns.get_mut(node.0 as usize) {
            *slot = column;
        }
    }
    run.frame
}

/// What a batch evaluates, in order, and which values are needed no more after each.
#[derive(Clone, Debug)]
pub struct Plan {
    nodes: Vec<NodeId>,
    spent: Vec<Vec<NodeId>>,
}

impl Plan {
    /// All that the wanted nodes need; they and what their scopes hang on are kept to the end.
    pub fn new(program: &Program, wanted: &[NodeId]) -> Self {
        let nodes = program.cone(wanted);
        let kept_by_scope = |scope: &crate::program::Scope| match scope.kind {
            ScopeKind::Cross { via, .. } => via,
            ScopeKind::Root | ScopeKind::Canonical => None,
        };
        let mut last: BTreeMap<NodeId, usize> = BTreeMap::new();
        for (at, node) in nodes.iter().enumerate() {
            last.insert(*node, at);
            program.node(*node).operands(|operand| {
                last.insert(operand, at);
            });
        }
        for kept in wanted.iter().copied().chain(program.scopes.iter().filter_map(kept_by_scope)) {
            last.remove(&kept);
        }
        let mut spent = vec![Vec::new(); nodes.len()];
        for (node, at) in last {
            if let Some(spent) = spent.get_mut(at) {
                spent.push(node);
            }
        }
        Self { nodes, spent }
    }
}

/// Evaluates a plan on many dossiers. Buffers are used again as soon as nothing reads them, within a batch
/// and from one to the next.
pub fn run_plan(columns: &mut Columns, program: &Program, inputs: &Inputs<Columns>, plan: &Plan) -> Frame<Columns> {
    let mut run = Run { program, inputs, frame: Frame::empty(program) };
    if let Some(slot) = run.frame.scopes.get_mut(ScopeId::ROOT.0 as usize) {
        *slot = columns.root_of(inputs.dossiers);
    }
    for (&node, spent) in plan.nodes.iter().zip(&plan.spent) {
        run.prepare(columns, node);
        let column = run.evaluate(columns, node);
        if let Some(slot) = run.frame.columns.get_mut(node.0 as usize) {
            *slot = column;
        }
        for spent in spent {
            if let Some(column) = run.frame.columns.get_mut(spent.0 as usize).and_then(Option::take) {
                columns.keep(column);
            }
        }
    }
    run.frame
}

impl Columns {
    /// Takes back the buffers of a frame that is read.
    pub fn keep_frame(&mut self, mut frame: Frame<Columns>) {
        let root = frame.scopes.get_mut(ScopeId::ROOT.0 as usize).and_then(Option::take);
        root.into_iter().for_each(|root| self.keep_root(root));
        frame.columns.into_iter().flatten().for_each(|column| self.keep(column));
    }
}

struct Run<'a, C: Carrier> {
    program: &'a Program,
    inputs: &'a Inputs<C>,
    frame: Frame<C>,
}

impl<C: Carrier> Run<'_, C> {
    /// Makes the rows a node is evaluated over, and how they hang together, where they are not made yet.
    fn prepare(&mut self, carrier: &mut C, node: NodeId) {
        let program = self.program;
        let scope = program.scope_of(node);
        self.enter(carrier, scope);
        match program.node(node) {
            Node::Lift { hops, .. } => self.way(scope, hops),
            Node::Follow { .. } | Node::Resolves { .. } => self.way(scope, &self.to_dossier(scope)),
            Node::Reduce { from, .. } => {
                self.enter(carrier, *from);
                if self.frame.groups(*from, scope).is_none()
                    && let Some(groups) = self.grouped(*from, scope)
                {
                    self.frame.groups.push(((*from, scope), groups));
                }
            }
            Node::Input(_)
            | Node::Constant(_)
            | Node::Contested(_)
            | Node::Presume { .. }
            | Node::Apply(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::If { .. }
            | Node::Choose { .. }
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Invalid => {}
        }
    }

    /// Makes the rows of a scope, and of those around it.
    fn enter(&mut self, carrier: &mut C, scope: ScopeId) {
        if self.frame.rows(scope).is_some() {
            return;
        }
        let Some(described) = self.program.scope(scope) else { return };
        if scope != described.parent {
            self.enter(carrier, described.parent);
        }
        let rows = match (&described.kind, described.list) {
            (ScopeKind::Canonical, Some(list)) => self.inputs.list(list).cloned(),
            (ScopeKind::Cross { hops, via }, Some(list)) => self.cross(carrier, (described.parent, list), hops, *via),
            (ScopeKind::Root, _) | (_, None) => Some(Rows::root(self.inputs.dossiers)),
        };
        if let Some(slot) = self.frame.scopes.get_mut(scope.0 as usize) {
            *slot = rows;
        }
    }

    fn cross(
        &mut self,
        carrier: &mut C,
        (parent, list): (ScopeId, ListId),
        hops: &[Hop],
        via: Option<NodeId>,
    ) -> Option<Rows> {
        let elements = self.inputs.list(list)?;
        match via {
            None => {
                self.way(parent, hops);
                Some(Rows::cross(self.frame.way(parent, hops)?, elements))
            }
            Some(reference) => {
                let holder_scope = self.program.scope(self.program.list(list)?.scope)?.parent;
                let holder = self.program.scope(holder_scope)?.list?;
                let key = self.program.list(holder)?.key?;
                let keys = self.inputs.columns.get(key.0 as usize)?;
                self.way(parent, &self.to_dossier(parent));
                let among = self.among(holder, parent)?;
                Some(Rows::through(&carrier.matches(self.column(reference)?, keys, among), elements))
            }
        }
    }

    /// The steps from a row to the dossier it belongs to.
    fn to_dossier(&self, scope: ScopeId) -> Vec<Hop> {
        let mut hops = Vec::new();
        let mut current = scope;
        while current != ScopeId::ROOT
            && let Some(described) = self.program.scope(current)
        {
            hops.push(Hop::Parent);
            current = described.parent;
        }
        hops
    }

    /// For each row of a scope, the dossier it belongs to; and a list that lies in the root scope.
    fn among(&self, list: ListId, scope: ScopeId) -> Option<(&[u32], &Rows)> {
        Some((self.frame.way(scope, &self.to_dossier(scope))?, self.inputs.list(list)?))
    }

    /// Finds, for each row of `scope`, the row reached by `hops`.
    fn way(&mut self, scope: ScopeId, hops: &[Hop]) {
        if self.frame.way(scope, hops).is_some() {
            return;
        }
        let count = self.frame.rows(scope).map_or(0, Rows::len);
        let mut current = scope;
        let mut index: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        for hop in hops {
            let Some(rows) = self.frame.rows(current) else { break };
            let Some(described) = self.program.scope(current) else { break };
            match hop {
                Hop::Parent => {
                    index.iter_mut().for_each(|row| *row = rows.parent_of(*row));
                    current = described.parent;
                }
                Hop::Element => {
                    index.iter_mut().for_each(|row| *row = rows.element_of(*row));
                    if let Some(list) = described.list.and_then(|list| self.program.list(list)) {
                        current = list.scope;
                    }
                }
            }
        }
        self.frame.ways.push(((scope, hops.to_vec()), index));
    }

    fn column(&self, node: NodeId) -> Option<&C::Column> {
        self.frame.column(node)
    }

    fn columns(&self, nodes: &[NodeId]) -> Option<Vec<&C::Column>> {
        nodes.iter().map(|node| self.column(*node)).collect()
    }

    fn evaluate(&self, carrier: &mut C, id: NodeId) -> Option<C::Column> {
        let scope = self.program.scope_of(id);
        let rows = self.frame.rows(scope).map_or(0, Rows::len);
        let any = || {
            let ty = self.program.type_of(id);
            Known::any(ty, self.program.cases_of(ty))
        };
        match self.program.node(id) {
            Node::Input(input) => self.inputs.columns.get(input.0 as usize).cloned(),
            Node::Constant(known) => Some(carrier.constant(known, rows)),
            Node::Presume { input, otherwise, derived } => {
                let fact = self.inputs.columns.get(input.0 as usize).zip(self.inputs.statuses.get(input.0 as usize))?;
                let yielding = if *derived { Yielding::Derived } else { Yielding::Presumed };
                Some(carrier.presume(fact, self.column(*otherwise)?, yielding))
            }
            Node::Contested(input) => {
                let [yes, no] = [Truth::YES, Truth::NO].map(|truth| carrier.constant(&Known::truth(truth), rows));
                let statuses = self.inputs.statuses.get(input.0 as usize)?;
                Some(carrier.presume((&no, statuses), &yes, Yielding::Contested))
            }
            Node::Apply(op, operands) => Some(carrier.step(Step::Apply(*op), &self.columns(operands)?, rows)),
            Node::Not(operand) => Some(carrier.step(Step::Not, &[self.column(*operand)?], rows)),
            Node::And(operands) => Some(carrier.step(Step::All, &self.columns(operands)?, rows)),
            Node::Or(operands) => Some(carrier.step(Step::Any, &self.columns(operands)?, rows)),
            Node::If { condition, yes, no } => {
                Some(carrier.step(Step::Select, &self.columns(&[*condition, *yes, *no])?, rows))
            }
            Node::Choose { applies, definitions, order, .. } => {
                let always = carrier.constant(&Known::truth(Truth::YES), rows);
                let mut operands: Vec<&C::Column> = definitions
                    .iter()
                    .map(|definition| definition.condition.map_or(Some(&always), |condition| self.column(condition)))
                    .collect::<Option<_>>()?;
                for definition in definitions {
                    operands.push(self.column(definition.value)?);
                }
                let chosen = carrier.step(Step::Choose { order, any: &any() }, &operands, rows);
                self.when(carrier, *applies, chosen, rows)
            }
            Node::Judge { applies, exemptions, content, .. } => {
                let mut conditions: Vec<C::Column> = Vec::new();
                for exemption in exemptions {
                    conditions.push(carrier.step(Step::Not, &[self.column(*exemption)?], rows));
                }
                let mut all: Vec<&C::Column> = applies.iter().map(|node| self.column(*node)).collect::<Option<_>>()?;
                all.extend(&conditions);
                let judged = carrier.step(Step::All, &self.columns(content)?, rows);
                if all.is_empty() {
                    return Some(judged);
                }
                let bound = carrier.step(Step::All, &all, rows);
                Some(carrier.step(Step::When, &[&bound, &judged], rows))
            }
            Node::Decide { applies, exemptions, requirements, total, .. } => {
                let mut lines: Vec<C::Column> = Vec::new();
                for line in requirements {
                    let items = carrier.step(Step::All, &self.columns(&line.items)?, rows);
                    lines.push(match line.case {
                        None => items,
                        Some(case) => {
                            let other = carrier.step(Step::Not, &[self.column(case)?], rows);
                            carrier.step(Step::Any, &[&other, &items], rows)
                        }
                    });
                }
                let mut decided = carrier.step(Step::All, &lines.iter().collect::<Vec<_>>(), rows);
                let cases: Option<Vec<NodeId>> = requirements.iter().map(|line| line.case).collect();
                if let Some(cases) = cases.filter(|cases| !cases.is_empty()) {
                    let some_case = carrier.step(Step::Any, &self.columns(&cases)?, rows);
                    let order = Order::new(1, &[]);
                    let order = if *total { order.total() } else { order };
                    let choose = Step::Choose { order: &order, any: &any() };
                    decided = carrier.step(choose, &[&some_case, &decided], rows);
                }
                if !exemptions.is_empty() {
                    let exempt = carrier.step(Step::Any, &self.columns(exemptions)?, rows);
                    decided = carrier.step(Step::Any, &[&exempt, &decided], rows);
                }
                self.when(carrier, *applies, decided, rows)
            }
            Node::Lift { from, hops } => Some(carrier.lift(self.column(*from)?, self.frame.way(scope, hops)?)),
            Node::Follow { list, reference, key, body } => {
                let references = self.column(*reference)?;
                let matches = carrier.matches(references, self.column(*key)?, self.among(*list, scope)?);
                Some(carrier.follow(references, &matches, Some(self.column(*body)?)))
            }
            Node::Resolves { list, reference, key } => {
                let references = self.column(*reference)?;
                let matches = carrier.matches(references, self.column(*key)?, self.among(*list, scope)?);
                Some(carrier.follow(references, &matches, None))
            }
            Node::Reduce { how, from, filter, body, .. } => {
                let filter = filter.map(|node| self.column(node)).map_or(Some(None), |column| column.map(Some))?;
                let body = body.map(|node| self.column(node)).map_or(Some(None), |column| column.map(Some))?;
                Some(carrier.reduce(*how, self.frame.groups(*from, scope)?, (filter, body)))
            }
            Node::Invalid => Some(carrier.constant(&any(), rows)),
        }
    }

    fn when(&self, carrier: &mut C, applies: Option<NodeId>, value: C::Column, rows: usize) -> Option<C::Column> {
        match applies {
            None => Some(value),
            Some(applies) => Some(carrier.step(Step::When, &[self.column(applies)?, &value], rows)),
        }
    }

    /// For each row of `into`, the rows of `from` that belong to it and how surely.
    fn grouped(&self, from: ScopeId, into: ScopeId) -> Option<Groups> {
        let inner = self.frame.rows(from)?;
        let mut presence: Vec<Presence> = inner.presences().to_vec();
        let mut index: Vec<u32> = (0..u32::try_from(inner.len()).unwrap_or(u32::MAX)).collect();
        let mut current = from;
        while current != into {
            let rows = self.frame.rows(current)?;
            for (row, presence) in index.iter_mut().zip(&mut presence) {
                *presence = (*presence).max(rows.presence_of(*row));
                *row = rows.parent_of(*row);
            }
            let parent = self.program.scope(current)?.parent;
            if parent == current {
                return None;
            }
            current = parent;
        }
        let outer = self.frame.rows(into)?.len();
        Some(Groups::new(outer, index.into_iter().zip(presence)))
    }
}

/// The operator a reduction of conditions stands for, where it is one.
pub fn is_condition(how: Reduction) -> bool {
    match how {
        Reduction::Exists | Reduction::All | Reduction::Instances => true,
        Reduction::Count
        | Reduction::CountDistinct
        | Reduction::Sum
        | Reduction::Minimum
        | Reduction::Maximum
        | Reduction::Merge => false,
    }
}

/// Whether a primitive reads presence rather than value.
pub fn reads_presence(op: Op) -> bool {
    matches!(op, Op::IsPresent | Op::IsApplicable | Op::IsInapplicable | Op::Default)
}
