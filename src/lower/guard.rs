//! What has been shown: `x est renseigné`, `x est applicable`, and what follows from `et`, `ou`, `non`.

use super::Lowerer;
use super::env::{Env, Guard, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Node, NodeId};
use crate::source::Span;
use crate::value::Op;

impl Lowerer<'_> {
    /// What a condition shows where it holds (or, `holds` false, where it does not).
    pub(super) fn shown(&self, condition: NodeId, holds: bool) -> Vec<Guard> {
        let mut found = Vec::new();
        let mut pending = vec![(condition, holds)];
        while let Some((node, holds)) = pending.pop() {
            let (base, hops) = self.build.base(node);
            match self.build.program.node(base) {
                Node::And(operands) if holds && hops.is_empty() => pending.extend(operands.iter().map(|n| (*n, true))),
                Node::Or(operands) if !holds && hops.is_empty() => pending.extend(operands.iter().map(|n| (*n, false))),
                Node::Not(operand) if hops.is_empty() => pending.push((*operand, !holds)),
                Node::Apply(Op::IsPresent | Op::IsApplicable, operands) if holds => {
                    found.extend(operands.iter().map(|operand| self.at(*operand, &hops)));
                }
                Node::Apply(Op::IsInapplicable, operands) if !holds => {
                    found.extend(operands.iter().map(|operand| self.at(*operand, &hops)));
                }
                Node::Input(_)
                | Node::Constant(_)
                | Node::Presume { .. }
                | Node::Contested(_)
                | Node::Apply(..)
                | Node::Not(_)
                | Node::And(_)
                | Node::Or(_)
                | Node::If { .. }
                | Node::Choose { .. }
                | Node::Judge { .. }
                | Node::Decide { .. }
                | Node::Lift { .. }
                | Node::Follow { .. }
                | Node::Resolves { .. }
                | Node::Reduce { .. }
                | Node::Invalid => {
                    if holds {
                        found.push((base, hops));
                    }
                }
            }
        }
        found
    }

    fn at(&self, node: NodeId, hops: &[crate::program::Hop]) -> Guard {
        let (base, inner) = self.build.base(node);
        (base, hops.iter().copied().chain(inner).collect())
    }

    /// Whether that node has been shown to be there.
    pub(super) fn is_shown(&self, env: &Env, node: NodeId) -> bool {
        let guard = self.at(node, &[]);
        env.guards.contains(&guard)
    }

    /// Reports a part read where it may be absent.
    pub(super) fn require(&mut self, env: &Env, place: &Place, what: &str, span: Span) {
        let up = self.build.up(env.scope, place.scope).unwrap_or_default();
        let missing = place.requires.iter().any(|(node, hops)| {
            let hops: Vec<_> = up.iter().chain(hops).copied().collect();
            !env.guards.contains(&(*node, hops))
        });
        if missing {
            self.report(
                Diagnostic::error(Code::MaybeAbsent, span, format!("« {what} » peut être absent ici."))
                    .label("lu sans avoir vérifié qu'il est renseigné")
                    .help(format!("Écrivez d'abord « {what} est renseigné et … »."))
                    .help("Dans une obligation à plusieurs points, un premier point « … est renseigné » protège les suivants."),
            );
        }
    }
}
