//! What a justification looked at to be what it is.
//!
//! The relevance of operands is said in one place, from how a node and its direct operands stand; so a justification is
//! the same wherever these stand the same. This names them, in the order in which the justification comes to them:
//! of two dossiers, the first that stands otherwise is the first on which the justifications may part.

use super::{Justification, Subject};
use crate::program::{InputId, Node, NodeId, Program, ScopeId};
use crate::value::Op;

/// One thing looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Read {
    /// How the value of a node stands.
    Node(NodeId),
    /// How a fact came about.
    Status(InputId),
}

/// What the justification of a node looked at, each once; none where it went into the rows of lists. The order depends
/// on what was seen before alone.
pub fn reads(program: &Program, target: NodeId, justification: &Justification) -> Option<Vec<Read>> {
    let mut looks = Looks { program, found: Vec::new(), in_lists: false };
    looks.at(target);
    justification.walk(&mut |step| match step.subject {
        Subject::Node(node, _) => {
            looks.at(node);
            program.node(node).operands(|operand| looks.at(operand));
        }
        Subject::Fact(input, _) => {
            looks.in_lists |= program.input(input).is_none_or(|input| input.scope != ScopeId::ROOT);
        }
        Subject::List(..) => looks.in_lists = true,
    });
    (!looks.in_lists).then_some(looks.found)
}

struct Looks<'p> {
    program: &'p Program,
    found: Vec<Read>,
    in_lists: bool,
}

impl Looks<'_> {
    fn see(&mut self, read: Read) {
        if !self.found.contains(&read) {
            self.found.push(read);
        }
    }

    /// A node, and what it stands for where it is looked through.
    fn at(&mut self, mut node: NodeId) {
        loop {
            self.in_lists |= self.program.scope_of(node) != ScopeId::ROOT;
            let next = match self.program.node(node) {
                Node::Constant(_) => return,
                Node::Lift { .. } | Node::Follow { .. } | Node::Resolves { .. } | Node::Reduce { .. } => {
                    self.in_lists = true;
                    None
                }
                Node::Presume { input, .. } | Node::Contested(input) => {
                    self.see(Read::Status(*input));
                    None
                }
                Node::Apply(Op::Guarded, operands) => operands.first().copied(),
                Node::And(operands) | Node::Or(operands) if operands.len() == 1 => operands.first().copied(),
                Node::Input(_)
                | Node::Apply(..)
                | Node::Not(_)
                | Node::And(_)
                | Node::Or(_)
                | Node::If { .. }
                | Node::Choose { .. }
                | Node::Judge { .. }
                | Node::Decide { .. }
                | Node::Invalid => None,
            };
            self.see(Read::Node(node));
            match next {
                Some(inner) => node = inner,
                None => return,
            }
        }
    }
}
