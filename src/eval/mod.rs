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

pub use carrier::Carrier;
pub use cell::Cell;
pub use coherence::{SetAside, cohere};
pub use edit::{ListEdit, reshape, unknown};
pub use rows::{Groups, Presence, Rows};

use crate::program::{InputId, Node, NodeId, Program, Reduction, ScopeId, ScopeKind};
use crate::value::{Known, ListId, Op};

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
    pub statuses: Vec<Vec<Status>>,
}

impl<C: Carrier> Inputs<C> {
    /// How the leaf came by its value on that row.
    pub fn status(&self, input: InputId, row: usize) -> Status {
        self.statuses.get(input.0 as usize).and_then(|rows| rows.get(row)).copied().unwrap_or(Status::LeftOut)
    }

    /// The rows of a list.
    pub fn list(&self, list: ListId) -> Option<&Rows> {
        self.lists.get(list.0 as usize)
    }
}

/// The values of every node that was asked for. For [`Cell`] it is the trace.
#[derive(Clone, Debug)]
pub struct Frame<C: Carrier> {
    scopes: Vec<Option<Rows>>,
    columns: Vec<Option<C::Column>>,
}

impl<C: Carrier> Frame<C> {
    /// The values of a node over the rows of its scope, if it was asked for.
    pub fn column(&self, node: NodeId) -> Option<&C::Column> {
        self.columns.get(node.0 as usize).and_then(Option::as_ref)
    }

    /// The rows of a scope, if something in it was asked for.
    pub fn rows(&self, scope: ScopeId) -> Option<&Rows> {
        self.scopes.get(scope.0 as usize).and_then(Option::as_ref)
    }
}

impl<C: Carrier> Frame<C> {
    /// The row that `hops` reach from a row of `scope`.
    pub fn reach(&self, program: &Program, scope: ScopeId, row: u32, hops: &[crate::program::Hop]) -> Option<u32> {
        let (mut current, mut at) = (scope, row);
        for hop in hops {
            let rows = self.rows(current)?;
            let described = program.scope(current)?;
            match hop {
                crate::program::Hop::Parent => {
                    at = rows.parent_of(at);
                    current = described.parent;
                }
                crate::program::Hop::Element => {
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
pub fn run<C: Carrier>(program: &Program, inputs: &Inputs<C>, nodes: &[NodeId]) -> Frame<C> {
    run_with(program, inputs, nodes, |_, _| ())
}

/// The same, where more is said of some nodes than the facts show: `refine` sees the values of each node before
/// the nodes after it read them.
pub fn run_with<C: Carrier>(
    program: &Program,
    inputs: &Inputs<C>,
    nodes: &[NodeId],
    mut refine: impl FnMut(NodeId, &mut C::Column),
) -> Frame<C> {
    let mut run = Run {
        program,
        inputs,
        frame: Frame {
            scopes: vec![None; program.scopes.len()],
            columns: (0..program.nodes.len()).map(|_| None).collect(),
        },
    };
    for &node in nodes {
        run.enter(program.scope_of(node));
        let mut column = run.evaluate(node);
        if let Some(column) = &mut column {
            refine(node, column);
        }
        if let Some(slot) = run.frame.columns.get_mut(node.0 as usize) {
            *slot = column;
        }
    }
    run.frame
}

/// Evaluates `nodes` again, in place: after a leaf has changed, the nodes that depend on it.
pub fn rerun<C: Carrier>(program: &Program, inputs: &Inputs<C>, frame: Frame<C>, nodes: &[NodeId]) -> Frame<C> {
    let mut run = Run { program, inputs, frame };
    for &node in nodes {
        let column = run.evaluate(node);
        if let Some(slot) = run.frame.columns.get_mut(node.0 as usize) {
            *slot = column;
        }
    }
    run.frame
}

struct Run<'a, C: Carrier> {
    program: &'a Program,
    inputs: &'a Inputs<C>,
    frame: Frame<C>,
}

impl<C: Carrier> Run<'_, C> {
    /// Makes the rows of a scope, and of those around it, where they are not made yet.
    fn enter(&mut self, scope: ScopeId) {
        if self.frame.rows(scope).is_some() {
            return;
        }
        let Some(described) = self.program.scope(scope) else { return };
        if scope != described.parent {
            self.enter(described.parent);
        }
        let rows = match (&described.kind, described.list) {
            (ScopeKind::Canonical, Some(list)) => self.inputs.list(list).cloned(),
            (ScopeKind::Cross { hops, via }, Some(list)) => self.cross(described.parent, list, hops, *via),
            (ScopeKind::Root, _) | (_, None) => Some(Rows::root(self.inputs.dossiers)),
        };
        if let Some(slot) = self.frame.scopes.get_mut(scope.0 as usize) {
            *slot = rows;
        }
    }

    fn cross(&self, parent: ScopeId, list: ListId, hops: &[crate::program::Hop], via: Option<NodeId>) -> Option<Rows> {
        let rows = self.frame.rows(parent)?;
        let elements = self.inputs.list(list)?;
        match via {
            None => {
                let holders = self.index(parent, hops);
                Some(Rows::cross(&holders, elements))
            }
            Some(reference) => {
                let holder_scope = self.program.scope(self.program.list(list)?.scope)?.parent;
                let holder = self.program.scope(holder_scope)?.list?;
                let key = self.program.list(holder)?.key?;
                let keys = self.inputs.columns.get(key.0 as usize)?;
                let references = self.frame.column(reference)?;
                let matches =
                    C::matches(references, keys, &Rows::cross(&vec![0; rows.len()], self.inputs.list(holder)?));
                Some(Rows::through(&matches, elements))
            }
        }
    }

    /// For each row of `scope`, the row reached by `hops`.
    fn index(&self, scope: ScopeId, hops: &[crate::program::Hop]) -> Vec<u32> {
        let count = self.frame.rows(scope).map_or(0, Rows::len);
        let mut current = scope;
        let mut index: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        for hop in hops {
            let Some(rows) = self.frame.rows(current) else { break };
            let Some(described) = self.program.scope(current) else { break };
            match hop {
                crate::program::Hop::Parent => {
                    index.iter_mut().for_each(|row| *row = rows.parent_of(*row));
                    current = described.parent;
                }
                crate::program::Hop::Element => {
                    index.iter_mut().for_each(|row| *row = rows.element_of(*row));
                    if let Some(list) = described.list.and_then(|list| self.program.list(list)) {
                        current = list.scope;
                    }
                }
            }
        }
        index
    }

    fn column(&self, node: NodeId) -> Option<&C::Column> {
        self.frame.column(node)
    }

    fn columns(&self, nodes: &[NodeId]) -> Option<Vec<&C::Column>> {
        nodes.iter().map(|node| self.column(*node)).collect()
    }

    fn evaluate(&mut self, id: NodeId) -> Option<C::Column> {
        let scope = self.program.scope_of(id);
        if let Node::Reduce { from, .. } = self.program.node(id) {
            self.enter(*from);
        }
        let rows = self.frame.rows(scope).map_or(0, Rows::len);
        let any = || {
            let ty = self.program.type_of(id);
            Known::any(ty, self.program.cases_of(ty))
        };
        match self.program.node(id) {
            Node::Input(input) => self.inputs.columns.get(input.0 as usize).cloned(),
            Node::Constant(known) => Some(C::constant(known, rows)),
            Node::Presume { input, otherwise, derived } => Some(C::presume(
                self.inputs.columns.get(input.0 as usize)?,
                self.inputs.statuses.get(input.0 as usize)?,
                self.column(*otherwise)?,
                *derived,
            )),
            Node::Contested(input) => Some(C::contested(self.inputs.statuses.get(input.0 as usize)?)),
            Node::Apply(op, operands) => Some(C::apply(*op, &self.columns(operands)?)),
            Node::Not(operand) => Some(C::not(self.column(*operand)?)),
            Node::And(operands) => Some(C::all(&self.columns(operands)?, rows)),
            Node::Or(operands) => Some(C::any(&self.columns(operands)?, rows)),
            Node::If { condition, yes, no } => {
                Some(C::select(self.column(*condition)?, self.column(*yes)?, self.column(*no)?))
            }
            Node::Choose { applies, definitions, order, .. } => {
                let always = C::constant(&Known::truth(crate::value::Truth::YES), rows);
                let conditions: Vec<&C::Column> = definitions
                    .iter()
                    .map(|definition| definition.condition.map_or(Some(&always), |condition| self.column(condition)))
                    .collect::<Option<_>>()?;
                let values: Vec<&C::Column> =
                    definitions.iter().map(|definition| self.column(definition.value)).collect::<Option<_>>()?;
                let chosen = C::choose(order, &conditions, &values, &any());
                Some(self.when(*applies, chosen)?)
            }
            Node::Judge { applies, exemptions, content, .. } => {
                let mut conditions: Vec<C::Column> = Vec::new();
                for exemption in exemptions {
                    conditions.push(C::not(self.column(*exemption)?));
                }
                let mut all: Vec<&C::Column> = applies.iter().map(|node| self.column(*node)).collect::<Option<_>>()?;
                all.extend(&conditions);
                let judged = C::all(&self.columns(content)?, rows);
                if all.is_empty() { Some(judged) } else { Some(C::when(&C::all(&all, rows), &judged)) }
            }
            Node::Decide { applies, exemptions, requirements, total, .. } => {
                let mut lines: Vec<C::Column> = Vec::new();
                for line in requirements {
                    let items = C::all(&self.columns(&line.items)?, rows);
                    lines.push(match line.case {
                        None => items,
                        Some(case) => C::any(&[&C::not(self.column(case)?), &items], rows),
                    });
                }
                let mut decided = C::all(&lines.iter().collect::<Vec<_>>(), rows);
                let cases: Option<Vec<NodeId>> = requirements.iter().map(|line| line.case).collect();
                if let Some(cases) = cases.filter(|cases| !cases.is_empty()) {
                    let some_case = C::any(&self.columns(&cases)?, rows);
                    let order = crate::value::priority::Order::new(1, &[]);
                    let order = if *total { order.total() } else { order };
                    decided = C::choose(&order, &[&some_case], &[&decided], &any());
                }
                if !exemptions.is_empty() {
                    let exempt = C::any(&self.columns(exemptions)?, rows);
                    decided = C::any(&[&exempt, &decided], rows);
                }
                self.when(*applies, decided)
            }
            Node::Lift { from, hops } => Some(C::lift(self.column(*from)?, &self.index(scope, hops))),
            Node::Follow { list, reference, key, body } => {
                let matches = self.matches(*list, *reference, *key, rows)?;
                Some(C::follow(self.column(*reference)?, &matches, self.column(*body)?))
            }
            Node::Resolves { list, reference, key } => {
                let matches = self.matches(*list, *reference, *key, rows)?;
                Some(C::resolves(self.column(*reference)?, &matches))
            }
            Node::Reduce { how, from, filter, body, .. } => {
                let groups = self.groups(*from, scope)?;
                let filter = filter.map(|node| self.column(node)).map_or(Some(None), |column| column.map(Some))?;
                let body = body.map(|node| self.column(node)).map_or(Some(None), |column| column.map(Some))?;
                Some(C::reduce(*how, &groups, filter, body))
            }
            Node::Invalid => Some(C::constant(&any(), rows)),
        }
    }

    fn matches(&self, list: ListId, reference: NodeId, key: NodeId, rows: usize) -> Option<Groups> {
        let pairs = Rows::cross(&vec![0; rows], self.inputs.list(list)?);
        Some(C::matches(self.column(reference)?, self.column(key)?, &pairs))
    }

    fn when(&self, applies: Option<NodeId>, value: C::Column) -> Option<C::Column> {
        match applies {
            None => Some(value),
            Some(applies) => Some(C::when(self.column(applies)?, &value)),
        }
    }

    /// For each row of `into`, the rows of `from` that belong to it and how surely.
    fn groups(&self, from: ScopeId, into: ScopeId) -> Option<Groups> {
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
