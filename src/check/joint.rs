//! Two programs that read the same facts, as one: a mistake leaves most of a ruleset as it was, and what is equal in
//! both is one node, about which nothing need be asked.
//!
//! Nodes of both are made again, each once ([`Program`]: equal nodes of one scope are one node); so are the scopes,
//! whose rows are the same where list and parent are.

use std::collections::HashMap;

use crate::program::{Definition, Discard, Node, NodeId, Program, RequirementNode, Scope, ScopeId, ScopeKind};
use crate::source::Span;
use crate::value::{Op, Type};

/// Two programs as one: the rules are those of the first.
pub(crate) struct Joint {
    pub(crate) program: Program,
    first: Numbering,
    second: Numbering,
}

/// Two nodes, and whether they differ where that is a comparison.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) pair: (NodeId, NodeId),
    pub(crate) unlike: Option<NodeId>,
}

/// What the nodes and scopes of a program have become.
#[derive(Default)]
struct Numbering {
    nodes: Vec<NodeId>,
    scopes: Vec<Option<ScopeId>>,
}

impl Joint {
    /// Joins them; `equal` holds nodes of the second that are proved to have the value of one of the first. None where
    /// they do not read the same facts.
    pub(crate) fn new(first: &Program, second: &Program, equal: &[(NodeId, NodeId)]) -> Option<Self> {
        let facts =
            |program: &Program| format!("{:?}", (&program.enumerations, program.lists.len(), program.inputs.len()));
        let same = first.inputs.iter().zip(&second.inputs).all(|(one, other)| {
            (&one.path, one.ty, one.optional, one.range, one.unit)
                == (&other.path, other.ty, other.optional, other.range, other.unit)
        });
        if !same || facts(first) != facts(second) {
            return None;
        }
        let mut joiner = Joiner::default();
        let one = joiner.add(first, &HashMap::new())?;
        let forced = equal.iter().filter_map(|(b, a)| Some((*b, one.node(*a)?))).collect();
        let other = joiner.add(second, &forced)?;
        let program = joiner.program(first, &one)?;
        Some(Self { program, first: one, second: other })
    }

    /// What a node of the first has become.
    pub(crate) fn first(&self, node: NodeId) -> Option<NodeId> {
        self.first.node(node)
    }

    /// What a node of the second has become.
    pub(crate) fn second(&self, node: NodeId) -> Option<NodeId> {
        self.second.node(node)
    }

    /// What is asked of two nodes of one scope: whether they differ, as people read them. A notice holds, or it does not
    /// speak; whether two quantities differ is a comparison, which inequalities can settle.
    pub(crate) fn asked(&mut self, (a, b): (NodeId, NodeId), notice: bool) -> Asked {
        let (scope, ty) = (self.program.scope_of(a), self.program.type_of(a));
        let origin = self.program.origin(a);
        let mut make = |op: Op, operands: Vec<NodeId>| {
            let made = NodeId(u32::try_from(self.program.nodes.len()).unwrap_or(u32::MAX));
            self.program.nodes.push(Node::Apply(op, operands));
            self.program.scope_of.push(scope);
            self.program.types.push(Type::Truth);
            self.program.origins.extend(origin);
            made
        };
        if notice {
            return Asked { pair: (make(Op::Holds, vec![a]), make(Op::Holds, vec![b])), unlike: None };
        }
        let ordered = matches!(ty, Type::Integer | Type::Number | Type::Duration | Type::Date | Type::Offset);
        Asked { pair: (a, b), unlike: ordered.then(|| make(Op::Different, vec![a, b])) }
    }

    /// Whether of some fact the two presume, or derive, different things.
    pub(crate) fn presumed_apart(&self, first: &Program, second: &Program) -> bool {
        let pairs = first.inputs.iter().zip(&second.inputs);
        pairs.into_iter().any(|(one, other)| self.first(one.node) != self.second(other.node))
    }
}

impl Numbering {
    fn node(&self, node: NodeId) -> Option<NodeId> {
        self.nodes.get(node.0 as usize).copied()
    }

    fn scope(&self, scope: ScopeId) -> Option<ScopeId> {
        self.scopes.get(scope.0 as usize).copied().flatten()
    }
}

#[derive(Default)]
struct Joiner {
    nodes: Vec<Node>,
    scope_of: Vec<ScopeId>,
    types: Vec<Type>,
    origins: Vec<Span>,
    scopes: Vec<Scope>,
    made: HashMap<(ScopeId, Type, Node), NodeId>,
}

impl Joiner {
    fn add(&mut self, program: &Program, forced: &HashMap<NodeId, NodeId>) -> Option<Numbering> {
        let mut numbering = Numbering { nodes: Vec::new(), scopes: vec![None; program.scopes.len()] };
        for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
            let scope = self.scope(program, &mut numbering, program.scope_of(id))?;
            if let Node::Reduce { from, .. } = node {
                self.scope(program, &mut numbering, *from)?;
            }
            let made = match forced.get(&id) {
                Some(made) => *made,
                None => {
                    let node = self.plain(renumbered(node, &numbering)?);
                    self.node((scope, program.type_of(id), node), program.origin(id)?)
                }
            };
            numbering.nodes.push(made);
        }
        for scope in (0..program.scopes.len()).filter_map(|scope| u32::try_from(scope).ok()).map(ScopeId) {
            self.scope(program, &mut numbering, scope)?;
        }
        Some(numbering)
    }

    /// The length of days, said in one way: days without a hole are as many as their longest run, whatever is known of
    /// them.
    fn plain(&self, node: Node) -> Node {
        let Node::Apply(op @ (Op::LongestRun | Op::DurationOfDays), operands) = &node else { return node };
        let Some(days) = operands.first().filter(|days| *op == Op::DurationOfDays || self.is_one_stretch(**days))
        else {
            return node;
        };
        if let Some(Node::Apply(Op::DaysOfPeriod, period)) = self.nodes.get(days.0 as usize) {
            return Node::Apply(Op::DurationOfPeriod, period.clone());
        }
        Node::Apply(Op::DurationOfDays, vec![*days])
    }

    /// Whether days are those of one period: what two periods share is.
    fn is_one_stretch(&self, days: NodeId) -> bool {
        let Some(Node::Apply(op, operands)) = self.nodes.get(days.0 as usize) else { return false };
        *op == Op::DaysOfPeriod || (*op == Op::Intersection && operands.iter().all(|days| self.is_one_stretch(*days)))
    }

    fn node(&mut self, key: (ScopeId, Type, Node), origin: Span) -> NodeId {
        let next = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let id = *self.made.entry(key.clone()).or_insert(next);
        if id == next {
            let (scope, ty, node) = key;
            self.nodes.push(node);
            self.scope_of.push(scope);
            self.types.push(ty);
            self.origins.push(origin);
        }
        id
    }

    /// What a scope has become, made where it is met first: the nodes it is found through are there by then.
    fn scope(&mut self, program: &Program, numbering: &mut Numbering, id: ScopeId) -> Option<ScopeId> {
        if let Some(made) = numbering.scope(id) {
            return Some(made);
        }
        let described = program.scope(id)?;
        let parent =
            if described.parent == id { ScopeId::ROOT } else { self.scope(program, numbering, described.parent)? };
        let kind = match &described.kind {
            ScopeKind::Root => ScopeKind::Root,
            ScopeKind::Canonical => ScopeKind::Canonical,
            ScopeKind::Cross { hops, via } => {
                let via = match via {
                    Some(reference) => Some(numbering.node(*reference)?),
                    None => None,
                };
                ScopeKind::Cross { hops: hops.clone(), via }
            }
        };
        let same = |scope: &Scope| scope.parent == parent && scope.list == described.list && scope.kind == kind;
        let at = self.scopes.iter().position(same).unwrap_or_else(|| {
            self.scopes.push(Scope { parent, kind: kind.clone(), ..described.clone() });
            self.scopes.len() - 1
        });
        let made = ScopeId(u32::try_from(at).ok()?);
        *numbering.scopes.get_mut(id.0 as usize)? = Some(made);
        Some(made)
    }

    /// The first program, with the nodes of both.
    fn program(self, first: &Program, numbering: &Numbering) -> Option<Program> {
        let Self { nodes, scope_of, types, origins, scopes, .. } = self;
        let node = |node: &mut NodeId| numbering.node(*node).map(|made| *node = made);
        let mut joint = Program { nodes, scope_of, types, origins, scopes, texts: Vec::new(), ..first.clone() };
        joint.guard_nodes.iter_mut().try_for_each(node)?;
        for list in &mut joint.lists {
            list.scope = numbering.scope(list.scope)?;
        }
        for input in &mut joint.inputs {
            input.scope = numbering.scope(input.scope)?;
            [&mut input.given, &mut input.node].into_iter().try_for_each(node)?;
        }
        for rule in &mut joint.rules {
            rule.scope = numbering.scope(rule.scope)?;
            node(&mut rule.instance)?;
            rule.filter.iter_mut().chain(&mut rule.result).try_for_each(node)?;
            rule.applies.iter_mut().map(|(applies, _)| applies).try_for_each(node)?;
            rule.exemptions.iter_mut().map(|exemption| &mut exemption.condition).try_for_each(node)?;
            for content in &mut rule.contents {
                content.condition.iter_mut().chain(&mut content.nodes).try_for_each(node)?;
            }
            for Discard { via, bounds, .. } in &mut rule.discards {
                via.iter_mut().chain(bounds).flat_map(|(a, b)| [a, b]).try_for_each(node)?;
            }
        }
        Some(joint)
    }
}

/// The node on what its operands have become.
fn renumbered(node: &Node, numbering: &Numbering) -> Option<Node> {
    let one = |node: &NodeId| numbering.node(*node);
    let perhaps = |node: &Option<NodeId>| node.as_ref().map_or(Some(None), |node| one(node).map(Some));
    let all = |nodes: &[NodeId]| nodes.iter().map(one).collect::<Option<Vec<_>>>();
    Some(match node {
        Node::Input(_) | Node::Constant(_) | Node::Contested(_) | Node::Invalid => node.clone(),
        Node::Presume { input, otherwise, derived } => {
            Node::Presume { input: *input, otherwise: one(otherwise)?, derived: *derived }
        }
        Node::Apply(op, operands) => Node::Apply(*op, all(operands)?),
        Node::Not(operand) => Node::Not(one(operand)?),
        Node::And(operands) => Node::And(all(operands)?),
        Node::Or(operands) => Node::Or(all(operands)?),
        Node::If { condition, yes, no } => Node::If { condition: one(condition)?, yes: one(yes)?, no: one(no)? },
        Node::Choose { rule, applies, definitions, order } => Node::Choose {
            rule: *rule,
            applies: perhaps(applies)?,
            definitions: definitions
                .iter()
                .map(|definition| {
                    let condition = perhaps(&definition.condition)?;
                    Some(Definition { condition, value: one(&definition.value)?, ..*definition })
                })
                .collect::<Option<_>>()?,
            order: order.clone(),
        },
        Node::Judge { rule, applies, exemptions, content } => Node::Judge {
            rule: *rule,
            applies: perhaps(applies)?,
            exemptions: all(exemptions)?,
            content: all(content)?,
        },
        Node::Decide { rule, applies, exemptions, requirements, total } => Node::Decide {
            rule: *rule,
            applies: perhaps(applies)?,
            exemptions: all(exemptions)?,
            requirements: requirements
                .iter()
                .map(|line| Some(RequirementNode { case: perhaps(&line.case)?, items: all(&line.items)? }))
                .collect::<Option<_>>()?,
            total: *total,
        },
        Node::Lift { from, hops } => Node::Lift { from: one(from)?, hops: hops.clone() },
        Node::Follow { list, reference, key, body } => {
            Node::Follow { list: *list, reference: one(reference)?, key: one(key)?, body: one(body)? }
        }
        Node::Resolves { list, reference, key } => {
            Node::Resolves { list: *list, reference: one(reference)?, key: one(key)? }
        }
        Node::Reduce { how, from, filter, body, rule } => Node::Reduce {
            how: *how,
            from: numbering.scope(*from)?,
            filter: perhaps(filter)?,
            body: perhaps(body)?,
            rule: *rule,
        },
    })
}
