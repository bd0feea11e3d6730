//! Which definitions of a value never disagree, whatever the facts. Not seeing it only makes answers more
//! cautious.

use std::collections::BTreeSet;

use super::Lowerer;
use crate::program::{Definition, Node, NodeId};
use crate::value::priority::{Order, differ};
use crate::value::{Known, Op, Range, Set, Truth};

/// What a comparison speaks of: a node, or how far it lies from another.
type Subject = (NodeId, Option<NodeId>);

/// Comparisons that say that another does not hold.
const CONTRARIES: [(Op, Op); 4] =
    [(Op::Different, Op::Equal), (Op::Differs, Op::Same), (Op::AtLeast, Op::Less), (Op::AtMost, Op::Greater)];

impl Lowerer<'_> {
    /// The order with the pairs that never disagree: they give the same, their conditions exclude each other,
    /// or where both hold so does that of a third that prevails over both.
    pub(super) fn set_apart(&self, order: Order, definitions: &[Definition]) -> Order {
        let mut apart = Vec::new();
        for (first, one) in definitions.iter().enumerate() {
            for (second, other) in definitions.iter().enumerate().skip(first + 1) {
                let ordered = order.over(first).contains(&second) || order.over(second).contains(&first);
                if ordered
                    || self.gives_the_same(one, other)
                    || self.exclude_each_other(one, other)
                    || self.is_settled_by_a_third(&order, definitions, (first, second))
                {
                    apart.push((first, second));
                }
            }
        }
        order.apart(apart)
    }

    fn gives_the_same(&self, one: &Definition, other: &Definition) -> bool {
        let constant = |definition: &Definition| self.build.program.node(definition.value).as_constant();
        one.value == other.value || constant(one).is_some_and(|known| Some(known) == constant(other))
    }

    fn exclude_each_other(&self, one: &Definition, other: &Definition) -> bool {
        let (Some(one), Some(other)) = (one.condition, other.condition) else { return false };
        let (one, other) = (self.demands(one, true), self.demands(other, true));
        one.iter().any(|(subject, set)| {
            let meets = |(same, wanted): &(Subject, Set)| {
                same == subject && differ(&Known::of(set.clone()), &Known::of(wanted.clone()))
            };
            other.iter().any(meets)
        })
    }

    /// Whether a definition that prevails over both applies where both do.
    fn is_settled_by_a_third(&self, order: &Order, definitions: &[Definition], (one, other): (usize, usize)) -> bool {
        let condition = |at: usize| definitions.get(at).and_then(|definition| definition.condition);
        let mut holding = BTreeSet::new();
        for condition in [one, other].into_iter().filter_map(condition) {
            self.members(condition, &mut holding);
        }
        order.over(one).iter().filter(|third| order.over(other).contains(third)).any(|third| {
            let Some(third) = definitions.get(*third) else { return false };
            third.condition.is_none_or(|condition| self.follows(condition, &holding))
        })
    }

    /// The conditions that hold where that one does.
    fn members(&self, condition: NodeId, holding: &mut BTreeSet<NodeId>) {
        holding.insert(condition);
        if let Node::And(operands) = self.build.program.node(condition) {
            operands.iter().for_each(|operand| self.members(*operand, holding));
        }
    }

    fn follows(&self, condition: NodeId, holding: &BTreeSet<NodeId>) -> bool {
        if holding.contains(&condition) {
            return true;
        }
        let node = self.build.program.node(condition);
        if let Node::And(operands) = node {
            operands.iter().all(|operand| self.follows(*operand, holding))
        } else if let Node::Or(operands) = node {
            operands.iter().any(|operand| self.follows(*operand, holding))
        } else {
            false
        }
    }

    /// What has to be so where a condition holds, or does not: each of these, of the subject it speaks of.
    fn demands(&self, condition: NodeId, holds: bool) -> Vec<(Subject, Set)> {
        let itself = || ((condition, None), Set::Truth(Truth::of(holds)));
        let node = self.build.program.node(condition);
        if let Node::Not(operand) = node {
            return self.demands(*operand, !holds);
        }
        let (members, together) = match (node, holds) {
            (Node::And(members), true) | (Node::Or(members), false) => (members, true),
            (Node::And(members), false) | (Node::Or(members), true) => (members, false),
            (Node::Apply(op, operands), _) => {
                let compared = self.compared(*op, operands, holds);
                return compared.into_iter().chain([itself()]).collect();
            }
            (_, _) => return vec![itself()],
        };
        let mut found: Vec<(Subject, Set)> = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let demanded = self.demands(*member, holds);
            if together || at == 0 {
                found.extend(demanded);
                continue;
            }
            // One of the members only: what each of them demands of the same subject.
            let widened = |(subject, set): (Subject, Set)| {
                let (_, other) = demanded.iter().find(|(same, _)| *same == subject)?;
                Some((subject, set.union(other)))
            };
            found = found.into_iter().filter_map(widened).collect();
        }
        found.push(itself());
        found
    }

    /// The values that a comparison leaves to its subject.
    fn compared(&self, op: Op, operands: &[NodeId], holds: bool) -> Option<(Subject, Set)> {
        let constant = |node: &NodeId| self.build.program.node(*node).as_constant().map(|known| &known.set);
        let (first, others) = operands.split_first()?;
        if let Some((_, contrary)) = CONTRARIES.iter().find(|(negated, _)| *negated == op) {
            return self.compared(*contrary, operands, !holds);
        }
        if matches!(op, Op::Same | Op::Among) {
            let sets: Option<Vec<&Set>> = others.iter().map(constant).collect();
            let all = sets?.into_iter().cloned().reduce(|all, set| all.union(&set))?;
            return match (all, holds) {
                (set, true) => Some(((*first, None), set)),
                (Set::Cases(bits), false) => Some(((*first, None), Set::Cases(!bits))),
                (Set::Truth(truth), false) => {
                    Some(((*first, None), Set::Truth(Truth { yes: !truth.yes, no: !truth.no })))
                }
                (_, false) => None,
            };
        }
        // How far the first lies from the second: no distance for a constant, which is where zero is.
        let distance = match (op, holds) {
            (Op::Less, true) => Range { lo: None, hi: Some(-1) },
            (Op::Less, false) => Range { lo: Some(0), hi: None },
            (Op::Greater, true) => Range { lo: Some(1), hi: None },
            (Op::Greater, false) => Range { lo: None, hi: Some(0) },
            (Op::Equal, true) => Range::exactly(0),
            (_, _) => return None,
        };
        let second = others.first()?;
        let turned = Range { lo: distance.hi.map(|hi| -hi), hi: distance.lo.map(|lo| -lo) };
        let from = |distance: Range, node: &NodeId| {
            let origin = constant(node)?.as_range().single()?;
            let bound = |bound: Option<i64>| bound.and_then(|bound| origin.checked_add(bound));
            Some(Set::Range(Range { lo: bound(distance.lo), hi: bound(distance.hi) }))
        };
        let found = from(distance, second).map(|set| ((*first, None), set));
        let found = found.or_else(|| from(turned, first).map(|set| ((*second, None), set)));
        Some(found.unwrap_or_else(|| {
            if first < second {
                ((*first, Some(*second)), Set::Range(distance))
            } else {
                ((*second, Some(*first)), Set::Range(turned))
            }
        }))
    }
}
