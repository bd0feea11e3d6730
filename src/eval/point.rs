//! One node on one row, from values of its operands that the caller chooses: what trying a value and weighing a
//! reason need. It is the loop itself, run over a single row.

use super::carrier::Carrier;
use super::rows::{Groups, Presence, Rows};
use super::{Cell, Frame, Inputs, Run};
use crate::program::{NodeId, Program, Reduction};
use crate::value::Known;

/// A single row to evaluate nodes on, one after the other.
pub(crate) struct Point<'a> {
    /// Every scope has one row; columns are filled for one evaluation and emptied again.
    run: Run<'a, Cell>,
}

impl<'a> Point<'a> {
    pub(crate) fn new(program: &'a Program, inputs: &'a Inputs<Cell>) -> Self {
        let frame = Frame {
            scopes: vec![Some(Rows::root(1)); program.scopes.len()],
            ways: Vec::new(),
            groups: Vec::new(),
            columns: vec![None; program.nodes.len()],
        };
        Self { run: Run { program, inputs, frame } }
    }

    /// The value of a node whose operands lie in its own scope, from what `ask` says of each of them.
    pub(crate) fn beside(&mut self, id: NodeId, mut ask: impl FnMut(NodeId) -> Option<Known>) -> Option<Known> {
        let mut operands = Vec::new();
        self.run.program.node(id).operands(|operand| operands.push(operand));
        for operand in &operands {
            self.fill(*operand, ask(*operand));
        }
        let found = self.run.evaluate(&mut Cell, id);
        for operand in operands {
            self.fill(operand, None);
        }
        found?.pop()
    }

    fn fill(&mut self, node: NodeId, known: Option<Known>) {
        if let Some(slot) = self.run.frame.columns.get_mut(node.0 as usize) {
            *slot = known.map(|known| vec![known]);
        }
    }
}

/// Elements under a reduction: how surely each is there, and its values of the filter and of the body, for each
/// of them where the reduction has one.
#[derive(Default)]
pub(crate) struct Elements {
    presences: Vec<Presence>,
    filters: Vec<Known>,
    bodies: Vec<Known>,
}

impl Elements {
    pub(crate) fn push(&mut self, presence: Presence, filter: Option<Known>, body: Option<Known>) {
        self.presences.push(presence);
        self.filters.extend(filter);
        self.bodies.extend(body);
    }

    /// What they come to.
    pub(crate) fn reduced(&self, how: Reduction, (filter, body): (bool, bool)) -> Option<Known> {
        let groups = Groups::new(1, self.presences.iter().map(|presence| (0, *presence)));
        Cell.reduce(how, &groups, (filter.then_some(&self.filters), body.then_some(&self.bodies))).pop()
    }
}

/// What a reference finds in a list of the dossier, from the key of each element: the body of what it
/// designates, or without bodies whether it designates something.
pub(crate) fn followed(
    elements: &Rows,
    reference: Known,
    keys: &Vec<Known>,
    bodies: Option<&Vec<Known>>,
) -> Option<Known> {
    let references = vec![reference];
    let matches = Cell.matches(&references, keys, (&[0], elements));
    Cell.follow(&references, &matches, bodies).pop()
}
