//! How many values evaluating a dossier would compute, found without computing any.

use std::collections::HashMap;

use super::rows::Rows;
use super::{Cell, Inputs};
use crate::program::{InputId, Node, NodeId, Program, ScopeId, ScopeKind};
use crate::value::{Known, ListId, Op, Set};

/// At most how many values evaluating `nodes` (a [cone](Program::cone)) on one dossier computes, what is gone
/// through to find them included. Lists crossed with one another are what makes it large: their rows are counted
/// before any are made. Exact but where lists of several holders are crossed or followed: there each holder
/// counts as the fullest one.
pub fn weigh(program: &Program, inputs: &Inputs<Cell>, nodes: &[NodeId]) -> u64 {
    let mut scales = Scales { program, inputs, rows: vec![None; program.scopes.len()], designated: HashMap::new() };
    nodes.iter().fold(0, |sum: u64, node| sum.saturating_add(scales.node(*node)))
}

struct Scales<'a> {
    program: &'a Program,
    inputs: &'a Inputs<Cell>,
    /// Of each scope, once counted.
    rows: Vec<Option<u64>>,
    /// How many elements of a list one reference may designate, by the nodes of the reference and of the key.
    designated: HashMap<(NodeId, NodeId), u64>,
}

impl Scales<'_> {
    fn node(&mut self, id: NodeId) -> u64 {
        let rows = self.scope(self.program.scope_of(id));
        match self.program.node(id) {
            Node::Reduce { from, .. } => rows.saturating_add(self.scope(*from)),
            Node::Follow { reference, key, .. } | Node::Resolves { reference, key, .. } => {
                rows.saturating_mul(self.designated(*reference, *key).saturating_add(1))
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
            | Node::Lift { .. }
            | Node::Invalid => rows,
        }
    }

    /// The rows of a scope; scopes nest as programs do, far less deep than the stack.
    fn scope(&mut self, scope: ScopeId) -> u64 {
        if let Some(Some(rows)) = self.rows.get(scope.0 as usize) {
            return *rows;
        }
        let rows = self.counted(scope);
        if let Some(slot) = self.rows.get_mut(scope.0 as usize) {
            *slot = Some(rows);
        }
        rows
    }

    fn counted(&mut self, scope: ScopeId) -> u64 {
        let Some(described) = self.program.scope(scope) else { return 1 };
        let Some(list) = described.list else { return self.inputs.dossiers as u64 };
        let Some(elements) = self.inputs.list(list) else { return 0 };
        let fullest = || (0..elements.parents()).map(|row| elements.children(row).len() as u64).max().unwrap_or(0);
        match &described.kind {
            ScopeKind::Root => self.inputs.dossiers as u64,
            ScopeKind::Canonical => elements.len() as u64,
            ScopeKind::Cross { via: None, .. } => self.scope(described.parent).saturating_mul(fullest()),
            ScopeKind::Cross { via: Some(reference), .. } => {
                let parents = self.scope(described.parent);
                let designated = self.holders(list, *reference).unwrap_or(0);
                parents.saturating_mul(designated.saturating_mul(fullest()).max(designated))
            }
        }
    }

    /// How many elements that hold this list one reference may designate.
    fn holders(&mut self, list: ListId, reference: NodeId) -> Option<u64> {
        let holder = self.program.scope(self.program.scope(self.program.list(list)?.scope)?.parent)?.list?;
        let key = self.program.list(holder)?.key?;
        let rows = self.inputs.list(holder)?;
        Some(self.candidates(reference, key, rows))
    }

    fn designated(&mut self, reference: NodeId, key: NodeId) -> u64 {
        if let Some(known) = self.designated.get(&(reference, key)) {
            return *known;
        }
        let list = self.program.scope(self.program.scope_of(key)).and_then(|scope| scope.list);
        let rows = list.and_then(|list| self.inputs.list(list));
        let found = match (rows, leaf(self.program, key)) {
            (Some(rows), Some(key)) => self.candidates(reference, key, rows),
            (Some(rows), None) => rows.len() as u64,
            (None, _) => 0,
        };
        self.designated.insert((reference, key), found);
        found
    }

    /// How many of the elements with these keys one reference may designate: all where some reference is not
    /// known, else those that bear the commonest key, and those whose key is not known.
    fn candidates(&self, reference: NodeId, key: InputId, rows: &Rows) -> u64 {
        let column = |input: InputId| self.inputs.columns.get(input.0 as usize);
        let certain = leaf(self.program, reference)
            .and_then(column)
            .is_some_and(|references| references.iter().all(Known::is_settled));
        let Some(keys) = column(key).filter(|_| certain) else { return rows.len() as u64 };
        let mut borne: HashMap<&Set, u64> = HashMap::new();
        let (mut commonest, mut unknown) = (1, 0_u64);
        for key in keys {
            if key.is_settled() {
                let times = borne.entry(&key.set).or_default();
                *times = times.saturating_add(1);
                commonest = commonest.max(*times);
            } else {
                unknown = unknown.saturating_add(1);
            }
        }
        commonest.saturating_add(unknown)
    }
}

/// The fact that a node reads, wherever from.
fn leaf(program: &Program, mut node: NodeId) -> Option<InputId> {
    loop {
        node = match program.node(node) {
            Node::Input(input) => return Some(*input),
            Node::Lift { from, .. } => *from,
            Node::Apply(Op::Guarded, operands) => *operands.first()?,
            Node::Presume { .. }
            | Node::Constant(_)
            | Node::Contested(_)
            | Node::Apply(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::If { .. }
            | Node::Choose { .. }
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Follow { .. }
            | Node::Resolves { .. }
            | Node::Reduce { .. }
            | Node::Invalid => return None,
        }
    }
}
