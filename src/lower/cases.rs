//! Cases: what the conditions of a table cover together, and those that forget one.

use super::Lowerer;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Node, NodeId};
use crate::syntax::ast::Name;
use crate::value::{Known, Op, Set};

impl Lowerer<'_> {
    /// Whether one of the conditions holds whatever the facts: one that is certain, two that are contraries, or
    /// all cases of one enumeration. Not seeing it only makes answers more cautious.
    pub(super) fn leave_no_gap(&self, conditions: &[NodeId]) -> bool {
        let certain = |node: &NodeId| self.build.program.node(*node).as_constant().is_some_and(Known::is_yes);
        let mut pairs =
            conditions.iter().enumerate().flat_map(|(at, a)| conditions.iter().skip(at).map(move |b| (a, b)));
        conditions.iter().any(certain)
            || pairs.any(|(a, b)| self.are_contraries(*a, *b))
            || self.cases_covered(conditions).is_some_and(|(subject, covered)| {
                let count = self.build.program.cases_of(self.build.program.type_of(subject));
                covered == u64::MAX >> 64u32.saturating_sub(count.max(1))
            })
    }

    fn are_contraries(&self, a: NodeId, b: NodeId) -> bool {
        match (self.build.program.node(a), self.build.program.node(b)) {
            (Node::Not(operand), _) if *operand == b => true,
            (_, Node::Not(operand)) if *operand == a => true,
            (Node::Apply(one, left), Node::Apply(other, right)) => {
                let pair = |x: Op, y: Op| (*one, *other) == (x, y) || (*one, *other) == (y, x);
                left == right
                    && (pair(Op::Less, Op::AtLeast)
                        || pair(Op::Greater, Op::AtMost)
                        || pair(Op::Equal, Op::Different)
                        || pair(Op::Same, Op::Differs))
            }
            (_, _) => false,
        }
    }

    /// A table over an enumeration that forgets a case, and what mends it.
    pub(super) fn check_cases(&mut self, conditions: &[NodeId], name: &Name, remedies: &[&str]) {
        let Some((subject, covered)) = self.cases_covered(conditions) else { return };
        let ty = self.build.program.type_of(subject);
        let Some(enumeration) = self.build.program.enumeration(ty) else { return };
        let missing: Vec<String> = enumeration
            .cases
            .iter()
            .zip(0u32..)
            .filter(|(_, bit)| covered & 1u64.checked_shl(*bit).unwrap_or(0) == 0)
            .map(|(case, _)| format!("« {} »", case.name))
            .collect();
        if missing.is_empty() {
            return;
        }
        let title = enumeration.name.clone();
        let message = format!("« {} » ne dit rien de {} (énumération « {title} »).", name.text, missing.join(", "));
        let diagnostic = Diagnostic::error(Code::MissingCase, name.span, message);
        self.report(remedies.iter().fold(diagnostic, |diagnostic, remedy| diagnostic.help(*remedy)));
    }

    /// Which cases of one node the conditions ask for between them, where that is all they do.
    fn cases_covered(&self, conditions: &[NodeId]) -> Option<(NodeId, u64)> {
        let mut seen: Option<(NodeId, u64)> = None;
        for condition in conditions {
            let (subject, mask) = self.cases_tested(*condition)?;
            match seen {
                None => seen = Some((subject, mask)),
                Some((before, covered)) if before == subject => seen = Some((before, covered | mask)),
                Some(_) => return None,
            }
        }
        seen
    }

    /// Which cases of one node a condition asks for, where that is all it does.
    fn cases_tested(&self, condition: NodeId) -> Option<(NodeId, u64)> {
        let constant = |node: &NodeId| {
            let known = self.build.program.node(*node).as_constant()?;
            if let Set::Cases(bits) = known.set { Some(bits) } else { None }
        };
        let tested = self.build.program.node(condition);
        if let Node::Apply(Op::Same | Op::Among, operands) = tested {
            let (subject, others) = operands.split_first()?;
            let mask = others.iter().map(constant).try_fold(0, |mask, bits| bits.map(|bits| mask | bits))?;
            return Some((*subject, mask));
        }
        let Node::Or(operands) = tested else { return None };
        let mut found: Option<(NodeId, u64)> = None;
        for operand in operands {
            let (subject, mask) = self.cases_tested(*operand)?;
            found = match found {
                None => Some((subject, mask)),
                Some((before, covered)) if before == subject => Some((before, covered | mask)),
                Some(_) => return None,
            };
        }
        found
    }
}
