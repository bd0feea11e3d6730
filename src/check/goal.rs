//! What is wished of a dossier, and how it stands on what is known.

use crate::eval::{Cell, Frame};
use crate::program::{NodeId, Program};

/// How a goal stands on a partial dossier.
pub(crate) enum Standing {
    /// It is certain.
    Reached,
    /// No completion reaches it.
    Impossible,
    /// It hangs on these nodes, each of one of the programs looked at, on that row.
    Open(Vec<(usize, NodeId, u32)>),
}

/// A program looked at, and the nodes of it that a goal needs.
pub(crate) struct View<'a> {
    pub(crate) program: &'a Program,
    pub(super) cone: Vec<NodeId>,
    pub(super) wishes: Vec<(NodeId, Wish)>,
}

/// What is wished of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Wish {
    /// That it hold.
    Yes,
    /// That it not hold.
    No,
    /// Any value, or one that is compared with others.
    Either,
}

impl Wish {
    /// What is wished of what is denied.
    pub(super) fn turned(self) -> Self {
        match self {
            Wish::Yes => Wish::No,
            Wish::No => Wish::Yes,
            Wish::Either => Wish::Either,
        }
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(program: &'a Program, wanted: &[NodeId]) -> Self {
        Self::wishing(program, wanted.iter().map(|node| (*node, Wish::Either)).collect())
    }

    /// Where it is known what is wished of each node.
    pub(crate) fn wishing(program: &'a Program, wishes: Vec<(NodeId, Wish)>) -> Self {
        let wanted: Vec<NodeId> = wishes.iter().map(|(node, _)| *node).collect();
        Self { program, cone: program.cone(&wanted), wishes }
    }

    /// The same, where these nodes are evaluated too.
    pub(super) fn and(&self, others: &[NodeId]) -> Self {
        let wanted: Vec<NodeId> = self.cone.iter().chain(others).copied().collect();
        Self { program: self.program, cone: self.program.cone(&wanted), wishes: self.wishes.clone() }
    }
}

/// How a goal stands, from the values of each program looked at, on one row of the scope it is asked in.
pub(crate) type Goal<'a> = dyn Fn(&[Frame<Cell>], usize) -> Standing + 'a;
