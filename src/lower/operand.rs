//! Operands: scalars of the type wanted, shown to be there.

use super::Lowerer;
use super::env::{Env, Meaning, Part, Place, Scalar};
use super::names::written;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Node, NodeId};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};
use crate::value::{Op, Type};

/// Whether this is an aggregate that took for its own filter or body what was meant to be compared with it.
fn reaches_too_far(expr: &Expr) -> bool {
    let ExprKind::Aggregate(_, body, generators) = &expr.kind else { return false };
    let filter = generators.last().and_then(|generator| generator.filter.as_ref());
    filter.or(body.as_deref()).is_some_and(|last| last.span.end == expr.span.end)
}

impl<'a> Lowerer<'a> {
    /// A condition's node; something else is reported.
    pub(super) fn condition(&mut self, env: &Env<'a>, expr: &'a Expr) -> NodeId {
        match self.operand(env, expr, Some(Type::Truth)) {
            Some(scalar) if scalar.ty == Type::Truth => scalar.node,
            Some(scalar) if reaches_too_far(expr) => {
                let found = self.describe(scalar.ty);
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        expr.span,
                        format!("On attend ici une condition (oui ou non), et c'est {found}."),
                    )
                    .help(
                        "Ce qu'on compte ou qu'on somme s'étend aussi loin à droite que possible, comparaison comprise : mettez-le entre parenthèses, par exemple « (nombre de x parmi … où …) ≥ 2 ».",
                    ),
                );
                self.build.node(env.scope, Node::Invalid, Type::Truth, expr.span)
            }
            Some(scalar) => {
                self.mismatch(expr.span, "une condition (oui ou non)", scalar.ty);
                self.build.node(env.scope, Node::Invalid, Type::Truth, expr.span)
            }
            None => self.build.node(env.scope, Node::Invalid, Type::Truth, expr.span),
        }
    }

    /// A scalar of that type; something else is reported.
    pub(super) fn typed(&mut self, env: &Env<'a>, expr: &'a Expr, ty: Type) -> Option<Scalar> {
        let scalar = self.operand(env, expr, Some(ty))?;
        if scalar.ty == ty || (ty == Type::Number && scalar.ty == Type::Integer) {
            return Some(scalar);
        }
        let wanted = self.describe(ty);
        self.mismatch(expr.span, &wanted, scalar.ty);
        None
    }

    /// A scalar that is there: read where it may be absent or, where a guard is required, without object,
    /// it is reported.
    pub(super) fn operand(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Option<Scalar> {
        let scalar = self.scalar(env, expr, expected)?;
        let optional = scalar.optional && !self.is_shown(env, scalar.node);
        if optional {
            let what = written(expr);
            self.report(
                Diagnostic::error(
                    Code::MaybeAbsent,
                    expr.span,
                    format!("« {what} » est facultatif : il peut être absent ici."),
                )
                .help(format!("Dites ce qui vaut alors : « {what} à défaut … »."))
                .help(format!("Ou vérifiez d'abord : « {what} est renseigné et … ».")),
            );
        }
        let strict = env.strict.filter(|_| scalar.conditional && !self.is_shown(env, scalar.node));
        if let Some(place) = strict {
            let what = written(expr);
            self.report(
                Diagnostic::error(
                    Code::MaybeInapplicable,
                    expr.span,
                    format!("« {what} » peut être sans objet, et {place} ne dit pas ce qui vaut alors."),
                )
                .help(format!("Vérifiez d'abord : « {what} est applicable et … »."))
                .help(format!("Ou dites ce qui vaut alors : « {what} à défaut … ».")),
            );
        }
        if optional || strict.is_some() {
            // Said once: what is computed from it is not reported again.
            return Some(self.guarded(env, scalar, expr.span));
        }
        Some(self.present(env, scalar, expr.span))
    }

    /// The scalar, read as certainly there where that has been shown.
    pub(super) fn present(&mut self, env: &Env<'a>, scalar: Scalar, span: Span) -> Scalar {
        if (scalar.optional || scalar.conditional) && self.is_shown(env, scalar.node) {
            return self.guarded(env, scalar, span);
        }
        scalar
    }

    fn guarded(&mut self, env: &Env<'a>, scalar: Scalar, span: Span) -> Scalar {
        let node = self.build.apply(env.scope, (Op::Guarded, vec![scalar.node]), scalar.ty, span);
        Scalar { node, optional: false, conditional: false, ..scalar }
    }

    /// A scalar expression, present or not; something else is reported.
    pub(super) fn scalar(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Option<Scalar> {
        match self.expr(env, expr, expected) {
            Meaning::Scalar(scalar) => Some(scalar),
            Meaning::Record(record, place) => {
                // A record with a first and a last day may stand for a period.
                let period = self.period_of(env, record, &place, expr);
                if period.is_none() {
                    self.report(
                        Diagnostic::error(
                            Code::TypeMismatch,
                            expr.span,
                            format!("« {} » a plusieurs champs : lequel est visé ?", written(expr)),
                        )
                        .help("Nommez le champ : « x.champ »."),
                    );
                }
                period
            }
            Meaning::List(..) | Meaning::Collected(_) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        expr.span,
                        format!("« {} » est une liste, et une seule valeur est attendue ici.", written(expr)),
                    )
                    .help("Comptez ses éléments (« nombre de … »), ou cherchez-en un (« il existe … »)."),
                );
                None
            }
            Meaning::Norm(_) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        expr.span,
                        format!("« {} » est une norme : ce n'est pas une condition.", written(expr)),
                    )
                    .help(format!("Écrivez « {} est respectée » (non si elle est sans objet).", written(expr))),
                );
                None
            }
            Meaning::Alias(..) | Meaning::Invalid => None,
        }
    }

    /// The period a record stands for: its fields `début` and `fin`.
    pub(super) fn period_of(&mut self, env: &Env<'a>, record: usize, place: &Place, expr: &Expr) -> Option<Scalar> {
        let start = self.part_of(record, "début")?;
        let end = self.part_of(record, "fin")?;
        let (Part::Leaf(start), Part::Leaf(end)) = (start, end) else { return None };
        self.require(env, place, &written(expr), expr.span);
        let start = self.leaf_read(env, start, place);
        let end = self.leaf_read(env, end, place);
        let (Meaning::Scalar(start), Meaning::Scalar(end)) = (start, end) else { return None };
        if start.ty != Type::Date || end.ty != Type::Date {
            return None;
        }
        let node = self.build.apply(env.scope, (Op::MakePeriod, vec![start.node, end.node]), Type::Period, expr.span);
        Some(Scalar { node, ty: Type::Period, optional: false, conditional: false })
    }
}
