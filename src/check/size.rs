//! How many elements of each list are enough to show all that a question can hang on.
//!
//! What is said of a list by `il existe` and `tout` stays true when elements that nobody speaks of are taken away: one
//! element bears out each `il existe` that holds and each `tout` that does not, and the others only make it harder.
//! So lists with as many elements as there are such claims stand for lists of any length. Counts compared with a
//! constant need that many elements and one more; the smallest and the largest need the one that they are. Sums, sets
//! of days, and quantifiers over a list within itself have no such limit.

use std::collections::{BTreeMap, BTreeSet};

use super::goal::Wish;
use crate::program::{Node, NodeId, Program, Reduction, ScopeId, ScopeKind};
use crate::value::{ListId, Number, Op};

/// Lists are gone through up to so many elements.
pub(super) const MOST: usize = 6;

/// How long the lists must be for a question.
pub(super) struct Sizes(Vec<Option<usize>>);

impl Sizes {
    /// For what is wished of these nodes, asked for an element of `scope`.
    pub(super) fn new(program: &Program, wishes: &[(NodeId, Wish)], scope: ScopeId) -> Self {
        let own = program.lists_of(scope);
        let mut claims = Claims { program, met: BTreeSet::new(), found: BTreeMap::new() };
        for (node, wish) in wishes {
            claims.wish(*node, *wish);
        }
        let needs = Needs { program, claims: &claims.found, own: &own };
        let mut sizes: Vec<Option<Option<usize>>> = vec![None; program.lists.len()];
        for list in (0..).take(program.lists.len()).map(ListId) {
            needs.settle(list, &mut sizes, 0);
        }
        Self(sizes.into_iter().map(Option::flatten).collect())
    }

    /// For what two programs claim of the same lists.
    pub(super) fn and(self, other: Self) -> Self {
        let both = |(one, other): (Option<usize>, Option<usize>)| one.zip(other).map(|(a, b)| a.saturating_add(b));
        Self(self.0.into_iter().zip(other.0).map(both).collect())
    }

    /// How many elements to go up to, and whether these stand for all.
    pub(super) fn of(&self, list: ListId) -> (usize, bool) {
        match self.0.get(list.0 as usize).copied().flatten() {
            Some(most) if most <= MOST => (most, true),
            Some(_) | None => (MOST / 2, false),
        }
    }
}

/// What is claimed of elements: by node, how many must be there on each of its rows; none where there is no telling.
struct Claims<'a> {
    program: &'a Program,
    met: BTreeSet<(NodeId, Wish)>,
    found: BTreeMap<NodeId, Option<usize>>,
}

impl Claims<'_> {
    fn claim(&mut self, node: NodeId, count: Option<usize>) {
        let most = self.found.entry(node).or_insert(Some(0));
        *most = most.zip(count).map(|(one, other)| one.max(other));
    }

    fn each(&mut self, nodes: impl IntoIterator<Item = NodeId>, wish: Wish) {
        nodes.into_iter().for_each(|node| self.wish(node, wish));
    }

    fn wish(&mut self, node: NodeId, wish: Wish) {
        if !self.met.insert((node, wish)) {
            return;
        }
        let program = self.program;
        if let ScopeKind::Cross { via: Some(reference), .. } =
            program.scope(program.scope_of(node)).map_or(ScopeKind::Root, |scope| scope.kind.clone())
        {
            self.wish(reference, Wish::Either);
        }
        match program.node(node) {
            Node::Input(_) | Node::Constant(_) | Node::Contested(_) | Node::Invalid => {}
            Node::Presume { otherwise, .. } => self.wish(*otherwise, wish),
            Node::Apply(op, operands) => self.primitive(*op, operands, wish),
            Node::Not(operand) => self.wish(*operand, wish.turned()),
            Node::And(operands) | Node::Or(operands) => self.each(operands.iter().copied(), wish),
            Node::If { condition, yes, no } => {
                self.wish(*condition, Wish::Either);
                self.each([*yes, *no], wish);
            }
            Node::Choose { applies, definitions, .. } => {
                self.each(*applies, Wish::Either);
                for definition in definitions {
                    self.each(definition.condition, Wish::Either);
                    self.wish(definition.value, wish);
                }
            }
            Node::Judge { applies, exemptions, content, .. } => {
                let (there, not) = if wish == Wish::Either { (wish, wish) } else { (Wish::Yes, Wish::No) };
                self.each(*applies, there);
                self.each(exemptions.iter().copied(), not);
                self.each(content.iter().copied(), wish);
            }
            Node::Decide { applies, exemptions, requirements, .. } => {
                self.each(*applies, if wish == Wish::Either { wish } else { Wish::Yes });
                self.each(exemptions.iter().copied(), wish);
                for line in requirements {
                    self.each(line.case, Wish::Either);
                    self.each(line.items.iter().copied(), wish);
                }
            }
            Node::Lift { from, .. } => self.wish(*from, wish),
            Node::Follow { reference, key, body, .. } => {
                self.claim(node, Some(1));
                self.each([*reference, *key], Wish::Either);
                self.wish(*body, wish);
            }
            Node::Resolves { reference, key, .. } => {
                self.claim(node, Some(1));
                self.each([*reference, *key], Wish::Either);
            }
            Node::Reduce { how, from, filter, body, .. } => {
                if let ScopeKind::Cross { via: Some(reference), .. } =
                    program.scope(*from).map_or(ScopeKind::Root, |scope| scope.kind.clone())
                {
                    self.wish(reference, Wish::Either);
                }
                match (how, wish) {
                    (Reduction::Exists, Wish::Yes | Wish::No) => {
                        self.claim(node, Some(usize::from(wish == Wish::Yes)));
                        self.each(*filter, wish);
                    }
                    (Reduction::All, Wish::Yes | Wish::No) => {
                        self.claim(node, Some(usize::from(wish == Wish::No)));
                        self.each(*filter, wish.turned());
                        self.each(*body, wish);
                    }
                    (Reduction::Exists | Reduction::All, Wish::Either)
                    | (Reduction::Instances | Reduction::Minimum | Reduction::Maximum, _) => {
                        self.claim(node, Some(1));
                        self.each(filter.iter().chain(body).copied(), Wish::Either);
                    }
                    (Reduction::Count | Reduction::CountDistinct | Reduction::Sum | Reduction::Merge, _) => {
                        self.claim(node, None);
                        self.each(filter.iter().chain(body).copied(), Wish::Either);
                    }
                }
            }
        }
    }

    fn primitive(&mut self, op: Op, operands: &[NodeId], wish: Wish) {
        if let [first, second] = operands
            && let Some((count, least)) = self.counted(op, (*first, *second), wish)
        {
            self.claim(count, Some(least));
            if let Node::Reduce { filter, body, .. } = self.program.node(count) {
                self.each(filter.iter().chain(body).copied(), Wish::Either);
            }
            return;
        }
        let inner = match (op, wish) {
            (Op::Guarded, _) | (Op::Met, Wish::No) | (Op::Holds, Wish::Yes) => wish,
            (_, _) => Wish::Either,
        };
        self.each(operands.iter().copied(), inner);
    }

    /// Of a count compared with a constant: how many elements must be there for the comparison to be as wished.
    fn counted(&self, op: Op, (first, second): (NodeId, NodeId), wish: Wish) -> Option<(NodeId, usize)> {
        let is_count = |node: NodeId| {
            matches!(self.program.node(node), Node::Reduce { how: Reduction::Count | Reduction::CountDistinct, .. })
        };
        let constant = |node: NodeId| {
            let value = self.program.node(node).as_constant()?.set.as_range().single()?;
            usize::try_from(value.div_euclid(Number::SCALE).max(0)).ok()
        };
        let (count, bound, mirrored) = match (is_count(first), is_count(second)) {
            (true, false) => (first, constant(second)?, false),
            (false, true) => (second, constant(first)?, true),
            (true, true) | (false, false) => return None,
        };
        let op = match (op, mirrored) {
            (Op::Less, true) => Op::Greater,
            (Op::Greater, true) => Op::Less,
            (Op::AtMost, true) => Op::AtLeast,
            (Op::AtLeast, true) => Op::AtMost,
            (op, _) => op,
        };
        let needs = [
            (Op::Less, 0, bound),
            (Op::AtMost, 0, bound + 1),
            (Op::Greater, bound + 1, 0),
            (Op::AtLeast, bound, 0),
            (Op::Equal, bound, bound + 1),
            (Op::Different, bound + 1, bound),
        ];
        let (_, yes, no) = needs.into_iter().find(|(comparison, _, _)| *comparison == op)?;
        let least = match wish {
            Wish::Yes => yes,
            Wish::No => no,
            Wish::Either => yes.max(no),
        };
        Some((count, least))
    }
}

struct Needs<'a> {
    program: &'a Program,
    claims: &'a BTreeMap<NodeId, Option<usize>>,
    own: &'a [ListId],
}

impl Needs<'_> {
    fn settle(&self, list: ListId, sizes: &mut [Option<Option<usize>>], depth: usize) -> Option<usize> {
        if let Some(known) = sizes.get(list.0 as usize).copied().flatten() {
            return known;
        }
        let size = if depth > self.program.lists.len() { None } else { self.size(list, sizes, depth) };
        if let Some(slot) = sizes.get_mut(list.0 as usize) {
            *slot = Some(size);
        }
        size
    }

    fn size(&self, list: ListId, sizes: &mut [Option<Option<usize>>], depth: usize) -> Option<usize> {
        let mut total = self.own.iter().filter(|own| **own == list).count();
        for (node, count) in self.claims {
            let scope = self.program.scope_of(*node);
            let mut levels = 0;
            match self.program.node(*node) {
                Node::Reduce { from, .. } => {
                    let mut current = *from;
                    while current != scope {
                        let described = self.program.scope(current)?;
                        levels += usize::from(described.list == Some(list));
                        if described.parent == current {
                            return None;
                        }
                        current = described.parent;
                    }
                }
                Node::Follow { list: sought, .. } | Node::Resolves { list: sought, .. } => {
                    levels += usize::from(*sought == list);
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
                | Node::Invalid => {}
            }
            if levels == 0 || *count == Some(0) {
                continue;
            }
            let mut rows = 1_usize;
            for other in self.program.lists_of(scope) {
                let size = if other == list { None } else { self.settle(other, sizes, depth + 1) };
                rows = rows.saturating_mul(size?);
            }
            total = total.saturating_add(count.as_ref().copied()?.saturating_mul(levels).saturating_mul(rows));
        }
        Some(total)
    }
}

/// Whether the elements of a scope are found through a reference.
pub(super) fn through_reference(program: &Program, mut scope: ScopeId) -> bool {
    while scope != ScopeId::ROOT {
        let Some(described) = program.scope(scope) else { return false };
        if let ScopeKind::Cross { via: Some(_), .. } = described.kind {
            return true;
        }
        scope = described.parent;
    }
    false
}
