//! Presumptions: what a fact is taken to be where the dossier does not give it.

use super::Lowerer;
use super::env::{Env, Place};
use super::mismatch::common;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{InputId, Node, NodeId};

impl Lowerer<'_> {
    /// Fills in presumptions and derivations of facts that no rule has asked for yet.
    pub(super) fn presume_all(&mut self) {
        let waiting: Vec<InputId> = self.derived.keys().copied().collect();
        for input in waiting {
            self.input_node(input);
        }
    }

    /// The node rules read for a leaf: as given, or with its presumption or derivation.
    pub(super) fn input_node(&mut self, input: InputId) -> NodeId {
        let Some(declared) = self.build.program.input(input) else { return NodeId(u32::MAX) };
        let (given, scope, ty, node, span) = (
            declared.given,
            declared.scope,
            declared.ty,
            declared.node,
            declared.declared.span.unwrap_or(self.nowhere),
        );
        let Some(&(expr, derived, record)) = self.derived.get(&input) else { return given };
        if self.presumed.contains(&input) {
            return node;
        }
        if !self.presuming.insert(input) {
            let label = declared.path.join(".");
            self.report(
                Diagnostic::error(Code::CyclicValue, expr.span, format!("« {label} » est déduit de lui-même."))
                    .help("Déduisez-le d'autres faits."),
            );
            return given;
        }
        let place = Place { scope, hops: Vec::new(), follow: None, requires: Vec::new() };
        let env = Env { scope, fields: record.map(|record| (record, place)), ..Env::root() };
        let otherwise = match self.operand(&env, expr, Some(ty)) {
            Some(scalar) if common(scalar.ty, ty) == Some(ty) => scalar.node,
            Some(scalar) => {
                self.type_mismatch(expr.span, ty, scalar.ty);
                given
            }
            None => given,
        };
        let made = self.build.node(scope, Node::Presume { input, otherwise, derived }, ty, span);
        if let Some(declared) = self.build.program.inputs.get_mut(input.0 as usize) {
            declared.node = made;
        }
        self.presuming.remove(&input);
        self.presumed.insert(input);
        made
    }
}
