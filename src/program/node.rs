//! Nodes, the few kinds of things a program computes, and the scopes they have their rows in.

use super::id::{InputId, NodeId, RuleId, ScopeId};
use crate::value::priority::Order;
use crate::value::{Known, ListId, Op};

/// Where nodes have their rows: one row for each row of the parent and each element of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The scope around.
    pub parent: ScopeId,
    /// The list whose elements make the rows; none for the root.
    pub list: Option<ListId>,
    /// How the list is reached.
    pub kind: ScopeKind,
    /// The variable it binds, as the author wrote it; empty where there is none.
    pub variable: String,
}

/// How the rows of a scope come about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    /// One row a dossier.
    Root,
    /// The elements of the list themselves: the parent is the scope the list lies in.
    Canonical,
    /// For each row of the parent, the elements of a list lying elsewhere.
    Cross {
        /// From a row of the parent to the row that holds the list; with `via`, to nothing.
        hops: Vec<Hop>,
        /// The list hangs on an element found by reference: its key, in the parent scope.
        via: Option<NodeId>,
    },
}

/// One step from a row to a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Hop {
    /// From a row to the row of the parent scope it belongs to.
    Parent,
    /// From a row of a cross scope to its element's row in the canonical scope of the list.
    Element,
}

/// How the rows of a scope become one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reduction {
    /// `il existe`: some element passes the filter.
    Exists,
    /// `tout`: every element passing the filter has the body.
    All,
    /// `nombre de`
    Count,
    /// `nombre de E distincts`
    CountDistinct,
    /// `somme de`
    Sum,
    /// `minimum de`
    Minimum,
    /// `maximum de`
    Maximum,
    /// `fusion`: the union of the days of the body.
    Merge,
    /// All instances of a norm: those without object do not count; without any, it is without object.
    Instances,
}

/// One definition of a value: the base, a row of a table or an exception.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Definition {
    /// Which content of the rule it is.
    pub part: usize,
    /// When it applies; none: always.
    pub condition: Option<NodeId>,
    /// What it gives.
    pub value: NodeId,
}

/// One line of a decision.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RequirementNode {
    /// Its case; none: always.
    pub case: Option<NodeId>,
    /// What it requires, each a condition.
    pub items: Vec<NodeId>,
}

/// What is computed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// A leaf of the facts, as given.
    Input(InputId),
    /// A value written in the ruleset.
    Constant(Known),
    /// `sinon V`, `sinon déduite : E`: the fact where it is given, else the other.
    Presume {
        /// The fact.
        input: InputId,
        /// What it is presumed or derived to be.
        otherwise: NodeId,
        /// Derived from other facts, also where the fact is known to be unknown.
        derived: bool,
    },
    /// Whether an incoherence set the fact aside.
    Contested(InputId),
    /// A primitive.
    Apply(Op, Vec<NodeId>),
    /// `non`
    Not(NodeId),
    /// `et`, in source order.
    And(Vec<NodeId>),
    /// `ou`, in source order.
    Or(Vec<NodeId>),
    /// `si … alors … sinon …`
    If {
        /// The condition.
        condition: NodeId,
        /// Where it holds.
        yes: NodeId,
        /// Where it does not.
        no: NodeId,
    },
    /// A value of a rule: definitions and their priorities, under an applicability.
    Choose {
        /// The rule.
        rule: RuleId,
        /// `pour`
        applies: Option<NodeId>,
        /// Base or table rows first, then exceptions; source order.
        definitions: Vec<Definition>,
        /// Which prevails.
        order: Order,
    },
    /// One instance of a norm: without object where it does not apply or an exemption holds.
    Judge {
        /// The rule.
        rule: RuleId,
        /// `pour`
        applies: Option<NodeId>,
        /// `sauf`, in source order.
        exemptions: Vec<NodeId>,
        /// The items, in source order.
        content: Vec<NodeId>,
    },
    /// A decision.
    Decide {
        /// The rule.
        rule: RuleId,
        /// `pour`
        applies: Option<NodeId>,
        /// `sauf`: one that holds makes the answer oui.
        exemptions: Vec<NodeId>,
        /// Its lines.
        requirements: Vec<RequirementNode>,
        /// One of its lines applies, whatever the facts.
        total: bool,
    },
    /// The value of a node of another scope, on each row of this one.
    Lift {
        /// The node.
        from: NodeId,
        /// From a row of this scope to the row of the node's scope.
        hops: Vec<Hop>,
    },
    /// The value that a node has for the element of a list with a given key.
    Follow {
        /// The list.
        list: ListId,
        /// The key sought, in this scope.
        reference: NodeId,
        /// The key of each element, in the scope of the list.
        key: NodeId,
        /// The node, in the scope of the list.
        body: NodeId,
    },
    /// Whether a reference designates an element.
    Resolves {
        /// The list.
        list: ListId,
        /// The key sought, in this scope.
        reference: NodeId,
        /// The key of each element, in the scope of the list.
        key: NodeId,
    },
    /// The rows of an inner scope become one.
    Reduce {
        /// How.
        how: Reduction,
        /// The inner scope; this node's scope is one of those around it.
        from: ScopeId,
        /// Which rows count; none: all.
        filter: Option<NodeId>,
        /// What is reduced.
        body: Option<NodeId>,
        /// The rule, where the rows are the instances of a norm.
        rule: Option<RuleId>,
    },
    /// Something that could not be lowered; a diagnostic speaks of it.
    Invalid,
}

impl Node {
    /// What is known of a value written in the ruleset; none for any other node.
    pub fn as_constant(&self) -> Option<&Known> {
        if let Node::Constant(known) = self { Some(known) } else { None }
    }

    /// The leaf of the facts a node reads: as given, presumed or derived.
    pub fn leaf(&self) -> Option<InputId> {
        if let Node::Input(input) | Node::Presume { input, .. } = self { Some(*input) } else { None }
    }

    /// Calls `visit` on every operand, in source order.
    pub fn operands(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Node::Input(_) | Node::Constant(_) | Node::Contested(_) | Node::Invalid => {}
            Node::Presume { otherwise, .. } => visit(*otherwise),
            Node::Apply(_, operands) | Node::And(operands) | Node::Or(operands) => {
                operands.iter().copied().for_each(visit);
            }
            Node::Not(operand) => visit(*operand),
            Node::If { condition, yes, no } => [*condition, *yes, *no].into_iter().for_each(visit),
            Node::Choose { applies, definitions, .. } => {
                applies.iter().copied().for_each(&mut visit);
                for definition in definitions {
                    definition.condition.iter().copied().for_each(&mut visit);
                    visit(definition.value);
                }
            }
            Node::Judge { applies, exemptions, content, .. } => {
                applies.iter().chain(exemptions).chain(content).copied().for_each(visit);
            }
            Node::Decide { applies, exemptions, requirements, .. } => {
                applies.iter().chain(exemptions).copied().for_each(&mut visit);
                for requirement in requirements {
                    requirement.case.iter().chain(&requirement.items).copied().for_each(&mut visit);
                }
            }
            Node::Lift { from, .. } => visit(*from),
            Node::Follow { reference, key, body, .. } => [*reference, *key, *body].into_iter().for_each(visit),
            Node::Resolves { reference, key, .. } => [*reference, *key].into_iter().for_each(visit),
            Node::Reduce { filter, body, .. } => filter.iter().chain(body).copied().for_each(visit),
        }
    }
}
