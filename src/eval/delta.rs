//! What a dossier decided would be with other facts: only what changes is evaluated again, row by row.

use std::collections::{BTreeSet, HashMap};

use super::carrier::Yielding;
use super::{Cell, Elements, Frame, Inputs, Point, Presence, Status, followed, run};
use crate::program::{Hop, InputId, Node, NodeId, Program, ScopeId, ScopeKind};
use crate::value::{Known, Truth};

/// A fact with another value.
pub(crate) type Replaced = ((InputId, u32), Known);

/// What is otherwise than in the frame of the dossier.
pub(crate) enum Changed {
    /// The values of these nodes on these rows.
    Cells(HashMap<(NodeId, u32), Known>),
    /// Possibly everything: rows have moved.
    All(Box<Frame<Cell>>),
}

/// A dossier decided, to be asked what would be otherwise.
pub(crate) struct Delta<'a> {
    program: &'a Program,
    inputs: &'a Inputs<Cell>,
    frame: &'a Frame<Cell>,
    /// What is of interest: in order, closed under operands.
    cone: &'a [NodeId],
    /// The nodes of the cone that read each node.
    readers: Vec<Vec<NodeId>>,
    /// The nodes of the cone that ask whether a fact is contested.
    contesting: Vec<(InputId, NodeId)>,
    /// For a way from the rows of a scope, the rows from which each row is reached.
    reached_from: HashMap<(ScopeId, Vec<Hop>), Vec<Vec<u32>>>,
    point: Point<'a>,
    /// How many values have been computed.
    pub(crate) spent: usize,
}

impl<'a> Delta<'a> {
    pub(crate) fn new(
        program: &'a Program,
        (inputs, frame): (&'a Inputs<Cell>, &'a Frame<Cell>),
        cone: &'a [NodeId],
    ) -> Self {
        let mut readers: Vec<Vec<NodeId>> = vec![Vec::new(); program.nodes.len()];
        for reader in cone {
            program.node(*reader).operands(|operand| {
                if let Some(found) = readers.get_mut(operand.0 as usize)
                    && found.last() != Some(reader)
                {
                    found.push(*reader);
                }
            });
        }
        let asks = |node: &NodeId| {
            if let Node::Contested(input) = program.node(*node) { Some((*input, *node)) } else { None }
        };
        let contesting = cone.iter().filter_map(asks).collect();
        let point = Point::new(program, inputs);
        Self { program, inputs, frame, cone, readers, contesting, reached_from: HashMap::new(), point, spent: 0 }
    }

    /// What is known of a node once facts have changed.
    pub(crate) fn known<'c>(&'c self, changed: &'c Changed, node: NodeId, row: u32) -> Option<&'c Known> {
        match changed {
            Changed::Cells(cells) => cells.get(&(node, row)).or_else(|| self.frame.known(node, row as usize)),
            Changed::All(frame) => frame.known(node, row as usize),
        }
    }

    /// The dossier with these facts given.
    pub(crate) fn given(&self, facts: &[Replaced]) -> Inputs<Cell> {
        let mut given = self.inputs.clone();
        for ((input, row), known) in facts {
            given.replace(*input, *row as usize, known.clone(), Status::Given);
        }
        given
    }

    /// Evaluates a whole dossier, whatever its shape.
    pub(crate) fn whole(&mut self, inputs: &Inputs<Cell>) -> Frame<Cell> {
        let frame = run::<Cell>(self.program, inputs, self.cone);
        let cells = self.cone.iter().filter_map(|node| frame.column(*node)).map(Vec::len);
        self.spent = self.spent.saturating_add(cells.sum());
        frame
    }

    /// What would be otherwise with these facts given.
    pub(crate) fn with(&mut self, facts: &[Replaced]) -> Changed {
        let keys = self.program.lists.iter().any(|list| facts.iter().any(|((input, _), _)| list.key == Some(*input)));
        if keys {
            return Changed::All(Box::new(self.whole(&self.given(facts))));
        }
        let given: HashMap<(InputId, u32), &Known> = facts.iter().map(|(leaf, known)| (*leaf, known)).collect();
        let mut cells: HashMap<(NodeId, u32), Known> = HashMap::new();
        let mut pending: BTreeSet<(NodeId, u32)> = BTreeSet::new();
        for ((input, row), _) in facts {
            let leaf = self.program.input(*input);
            pending.extend(leaf.into_iter().flat_map(|leaf| [(leaf.given, *row), (leaf.node, *row)]));
            let asking = self.contesting.iter().filter(|(asked, _)| asked == input);
            pending.extend(asking.map(|(_, node)| (*node, *row)));
        }
        while let Some((node, row)) = pending.pop_first() {
            let Some(before) = self.frame.known(node, row as usize) else { continue };
            self.spent = self.spent.saturating_add(1);
            let Some(now) = self.evaluate((node, row), &given, &cells) else { continue };
            if now == *before {
                continue;
            }
            if self.moves_rows(node) {
                return Changed::All(Box::new(self.whole(&self.given(facts))));
            }
            cells.insert((node, row), now);
            let readers = self.readers.get(node.0 as usize).cloned().unwrap_or_default();
            for reader in readers {
                self.reading(reader, (node, row), &mut pending);
            }
        }
        Changed::Cells(cells)
    }

    fn moves_rows(&self, node: NodeId) -> bool {
        self.program.scopes.iter().any(|scope| match &scope.kind {
            ScopeKind::Cross { via: Some(reference), .. } => *reference == node,
            ScopeKind::Root | ScopeKind::Canonical | ScopeKind::Cross { via: None, .. } => false,
        })
    }

    /// The rows on which `reader` reads a node on one row.
    fn reading(&mut self, reader: NodeId, (node, row): (NodeId, u32), into: &mut BTreeSet<(NodeId, u32)>) {
        let scope = self.program.scope_of(reader);
        match self.program.node(reader) {
            Node::Lift { hops, .. } => {
                let rows = self.rows_reaching(scope, hops).get(row as usize).cloned().unwrap_or_default();
                into.extend(rows.into_iter().map(|row| (reader, row)));
            }
            Node::Reduce { from, .. } => {
                let (mut current, mut at) = (*from, row);
                while current != scope
                    && let (Some(rows), Some(described)) = (self.frame.rows(current), self.program.scope(current))
                    && described.parent != current
                {
                    at = rows.parent_of(at);
                    current = described.parent;
                }
                into.insert((reader, at));
            }
            Node::Follow { reference, .. } | Node::Resolves { reference, .. } => {
                if *reference == node {
                    into.insert((reader, row));
                }
                if self.program.scope_of(node) != scope || *reference != node {
                    let rows = self.frame.rows(scope).map_or(0, super::Rows::len);
                    into.extend((0..u32::try_from(rows).unwrap_or(u32::MAX)).map(|row| (reader, row)));
                }
            }
            Node::Input(_)
            | Node::Constant(_)
            | Node::Presume { .. }
            | Node::Contested(_)
            | Node::Apply(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::If { .. }
            | Node::Choose { .. }
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Invalid => {
                into.insert((reader, row));
            }
        }
    }

    /// For each row that `hops` reach from the rows of `scope`, those it is reached from.
    fn rows_reaching(&mut self, scope: ScopeId, hops: &[Hop]) -> &[Vec<u32>] {
        let (program, frame) = (self.program, self.frame);
        self.reached_from.entry((scope, hops.to_vec())).or_insert_with(|| {
            let mut found: Vec<Vec<u32>> = Vec::new();
            let count = frame.rows(scope).map_or(0, super::Rows::len);
            for row in 0..u32::try_from(count).unwrap_or(u32::MAX) {
                let Some(reached) = frame.reach(program, scope, row, hops) else { continue };
                if found.len() <= reached as usize {
                    found.resize(reached as usize + 1, Vec::new());
                }
                if let Some(rows) = found.get_mut(reached as usize) {
                    rows.push(row);
                }
            }
            found
        })
    }

    fn evaluate(
        &mut self,
        (node, row): (NodeId, u32),
        given: &HashMap<(InputId, u32), &Known>,
        cells: &HashMap<(NodeId, u32), Known>,
    ) -> Option<Known> {
        let (program, inputs, frame) = (self.program, self.inputs, self.frame);
        let now = |node: NodeId, row: u32| cells.get(&(node, row)).or_else(|| frame.known(node, row as usize)).cloned();
        let over = |node: NodeId, rows: &super::Rows| -> Option<Vec<Known>> {
            (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).map(|row| now(node, row)).collect()
        };
        match program.node(node) {
            Node::Input(input) => match given.get(&(*input, row)) {
                Some(known) => Some((*known).clone()),
                None => inputs.known(*input, row as usize).cloned(),
            },
            Node::Presume { input, otherwise, derived } => {
                let (fact, status) = match given.get(&(*input, row)) {
                    Some(known) => ((*known).clone(), Status::Given),
                    None => (inputs.known(*input, row as usize)?.clone(), inputs.status(*input, row as usize)),
                };
                let yielding = if *derived { Yielding::Derived } else { Yielding::Presumed };
                if status.yields(yielding) { now(*otherwise, row) } else { Some(fact) }
            }
            Node::Contested(input) => {
                let status = inputs.status(*input, row as usize);
                let contested = !given.contains_key(&(*input, row)) && status.yields(Yielding::Contested);
                Some(Known::truth(Truth::of(contested)))
            }
            Node::Lift { from, hops } => now(*from, frame.reach(program, program.scope_of(node), row, hops)?),
            Node::Follow { list, reference, key, body } => {
                let elements = inputs.list(*list)?;
                self.spent = self.spent.saturating_add(elements.len());
                followed(elements, now(*reference, row)?, &over(*key, elements)?, Some(&over(*body, elements)?))
            }
            Node::Resolves { list, reference, key } => {
                let elements = inputs.list(*list)?;
                self.spent = self.spent.saturating_add(elements.len());
                followed(elements, now(*reference, row)?, &over(*key, elements)?, None)
            }
            Node::Reduce { how, from, filter, body, .. } => {
                let members: Vec<(u32, Presence)> = frame.members(program, *from, program.scope_of(node), row);
                self.spent = self.spent.saturating_add(members.len());
                let mut elements = Elements::default();
                for (member, presence) in members {
                    let of = |node: Option<NodeId>| node.and_then(|node| now(node, member));
                    elements.push(presence, of(*filter), of(*body));
                }
                elements.reduced(*how, (filter.is_some(), body.is_some()))
            }
            Node::Constant(_)
            | Node::Apply(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::If { .. }
            | Node::Choose { .. }
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Invalid => self.point.beside(node, |operand| now(operand, row)),
        }
    }
}
