//! Nodes under construction: each made once, each after its operands.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use crate::program::{Hop, Node, NodeId, Program, Scope, ScopeId, ScopeKind};
use crate::source::Span;
use crate::value::{Known, ListId, Op, Type};

/// Hashes what is small and nobody's choice: a multiplication for each eight bytes.
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let word = eight.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
            // An odd number near 2⁶⁴ divided by the golden ratio.
            self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }
}

/// A program under construction. Equal nodes of one scope are one node.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) program: Program,
    /// Nodes by what they are hashed to; of several, each follows the one before.
    made: BTreeMap<u64, NodeId>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let mut builder = Self::default();
        builder.program.scopes.push(Scope {
            parent: ScopeId::ROOT,
            list: None,
            kind: ScopeKind::Root,
            variable: String::new(),
        });
        builder
    }

    /// The node of that kind in that scope; its operands are there already.
    pub(super) fn node(&mut self, scope: ScopeId, node: Node, ty: Type, origin: Span) -> NodeId {
        let program = &mut self.program;
        let mut hasher = Mixed(0);
        (scope, ty, &node).hash(&mut hasher);
        let mut key = hasher.finish();
        while let Some(id) = self.made.get(&key).copied() {
            if (program.scope_of(id), program.type_of(id), program.node(id)) == (scope, ty, &node) {
                return id;
            }
            key = key.wrapping_add(1);
        }
        let id = NodeId(u32::try_from(program.nodes.len()).unwrap_or(u32::MAX));
        program.nodes.push(node);
        program.scope_of.push(scope);
        program.types.push(ty);
        program.origins.push(origin);
        self.made.insert(key, id);
        id
    }

    pub(super) fn constant(&mut self, scope: ScopeId, known: Known, ty: Type, origin: Span) -> NodeId {
        self.node(scope, Node::Constant(known), ty, origin)
    }

    /// A primitive on operands that are there already.
    pub(super) fn apply(
        &mut self,
        scope: ScopeId,
        (op, operands): (Op, Vec<NodeId>),
        ty: Type,
        origin: Span,
    ) -> NodeId {
        self.node(scope, Node::Apply(op, operands), ty, origin)
    }

    /// The node's value on the rows of `scope`, `hops` away from them. A lift of a lift is one lift.
    pub(super) fn lift(&mut self, node: NodeId, scope: ScopeId, hops: &[Hop]) -> NodeId {
        if hops.is_empty() {
            return node;
        }
        let ty = self.program.type_of(node);
        let origin = self.program.origin(node);
        let read = self.program.node(node);
        let lifted = if let Node::Lift { from, hops: inner } = read {
            Node::Lift { from: *from, hops: hops.iter().chain(inner).copied().collect() }
        } else if let Some(known) = read.as_constant() {
            Node::Constant(known.clone())
        } else {
            Node::Lift { from: node, hops: hops.to_vec() }
        };
        match origin {
            Some(origin) => self.node(scope, lifted, ty, origin),
            None => node,
        }
    }

    /// A node read through its lift: the node itself and the hops to it.
    pub(super) fn base(&self, node: NodeId) -> (NodeId, Vec<Hop>) {
        if let Node::Lift { from, hops } = self.program.node(node) { (*from, hops.clone()) } else { (node, Vec::new()) }
    }

    /// Hops from a row of `from` up to the row of `to` it lies in; `to` is `from` or a scope around it.
    pub(super) fn up(&self, from: ScopeId, to: ScopeId) -> Option<Vec<Hop>> {
        let mut hops = Vec::new();
        let mut current = from;
        while current != to {
            let scope = self.program.scope(current)?;
            if scope.parent == current {
                return None;
            }
            hops.push(Hop::Parent);
            current = scope.parent;
        }
        Some(hops)
    }

    /// A new scope, or the same one made before.
    pub(super) fn scope(&mut self, scope: Scope) -> ScopeId {
        let same = |made: &&Scope| made.parent == scope.parent && made.list == scope.list && made.kind == scope.kind;
        if let Some(at) = self.program.scopes.iter().position(|made| same(&made)) {
            return ScopeId(u32::try_from(at).unwrap_or(u32::MAX));
        }
        self.program.scopes.push(scope);
        ScopeId(u32::try_from(self.program.scopes.len() - 1).unwrap_or(u32::MAX))
    }

    /// The scope of a list's own elements.
    pub(super) fn list_scope(&self, list: ListId) -> ScopeId {
        self.program.list(list).map_or(ScopeId::ROOT, |list| list.scope)
    }
}
