//! Operations: comparisons, arithmetic, rounding.

use super::Lowerer;
use super::env::{Env, Meaning, Scalar};
use super::mismatch::{common, comparable};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::NodeId;
use crate::source::Span;
use crate::syntax::ast::{Arithmetic, Comparison, Expr, ExprKind};
use crate::value::{Op, Rounding, Type};

impl<'a> Lowerer<'a> {
    pub(super) fn comparison(
        &mut self,
        env: &Env<'a>,
        comparison: Comparison,
        (left, right): (&'a Expr, &'a Expr),
        span: Span,
    ) -> Meaning<'a> {
        let Some((a, b)) = self.pair(env, left, right) else { return Meaning::Invalid };
        let ordered = a.ty.is_ordered() && b.ty.is_ordered() && common(a.ty, b.ty).is_some();
        let op = match comparison {
            Comparison::Equal if ordered => Op::Equal,
            Comparison::Different if ordered => Op::Different,
            Comparison::Less if ordered => Op::Less,
            Comparison::AtMost if ordered => Op::AtMost,
            Comparison::Greater if ordered => Op::Greater,
            Comparison::AtLeast if ordered => Op::AtLeast,
            Comparison::Equal if comparable(a.ty, b.ty) => Op::Same,
            Comparison::Different if comparable(a.ty, b.ty) => Op::Differs,
            Comparison::Equal
            | Comparison::Different
            | Comparison::Less
            | Comparison::AtMost
            | Comparison::Greater
            | Comparison::AtLeast => {
                self.incomparable((a.ty, left.span), (b.ty, right.span), span);
                return Meaning::Invalid;
            }
        };
        let node = self.build.apply(env.scope, (op, vec![a.node, b.node]), Type::Truth, span);
        self.scalar_meaning(node, Type::Truth, &[a.node, b.node])
    }

    pub(super) fn among(&mut self, env: &Env<'a>, value: &'a Expr, others: &'a [Expr], span: Span) -> Meaning<'a> {
        let Some(first) = self.operand(env, value, None) else { return Meaning::Invalid };
        let mut nodes = vec![first.node];
        for other in others {
            let Some(scalar) = self.operand(env, other, Some(first.ty)) else { return Meaning::Invalid };
            if !comparable(first.ty, scalar.ty) {
                self.incomparable((first.ty, value.span), (scalar.ty, other.span), span);
                return Meaning::Invalid;
            }
            nodes.push(scalar.node);
        }
        let node = self.build.apply(env.scope, (Op::Among, nodes.clone()), Type::Truth, span);
        self.scalar_meaning(node, Type::Truth, &nodes)
    }

    /// Two operands, the cases of each resolved by the type of the other.
    fn pair(&mut self, env: &Env<'a>, left: &'a Expr, right: &'a Expr) -> Option<(Scalar, Scalar)> {
        if self.is_case_name(env, left) && !self.is_case_name(env, right) {
            let b = self.operand(env, right, None)?;
            let a = self.operand(env, left, Some(b.ty))?;
            return Some((a, b));
        }
        let a = self.operand(env, left, None);
        let b = self.operand(env, right, a.as_ref().map(|a| a.ty));
        a.zip(b)
    }

    fn is_case_name(&self, env: &Env<'a>, expr: &Expr) -> bool {
        let ExprKind::Name(name) = &expr.kind else { return false };
        let at_hand = env.fields.as_ref().is_some_and(|(record, _)| self.part_of(*record, &name.text).is_some());
        env.variable(&name.text).is_none() && !at_hand && !self.is_named(&name.text) && name.text != "base"
    }

    pub(super) fn arithmetic(
        &mut self,
        env: &Env<'a>,
        operation: Arithmetic,
        (left, right): (&'a Expr, &'a Expr),
        span: Span,
    ) -> Meaning<'a> {
        let (a, b) = (self.operand(env, left, None), self.operand(env, right, None));
        let (Some(a), Some(b)) = (a, b) else { return Meaning::Invalid };
        if operation == Arithmetic::Divide && !self.divides_exactly(b.node) {
            self.report(
                Diagnostic::error(Code::UnroundedDivision, span, "Cette division peut ne pas tomber juste.")
                    .help("Dites comment arrondir : « arrondi(a / b, 2) »."),
            );
            return Meaning::Invalid;
        }
        let Some((op, ty)) = arithmetic_op(operation, a.ty, b.ty) else {
            self.no_arithmetic(operation, (a.ty, left.span), (b.ty, right.span), span);
            return Meaning::Invalid;
        };
        // A sum is written either way round; the kernel wants the date, or the duration, first.
        let swapped = (b.ty == Type::Date && a.ty != Type::Date) || (op == Op::Multiply && b.ty == Type::Duration);
        let nodes = if swapped { vec![b.node, a.node] } else { vec![a.node, b.node] };
        let node = self.build.apply(env.scope, (op, nodes.clone()), ty, span);
        self.scalar_meaning(node, ty, &nodes)
    }

    fn no_arithmetic(&mut self, operation: Arithmetic, (a, left): (Type, Span), (b, right): (Type, Span), span: Span) {
        let (first, second) = (self.describe(a), self.describe(b));
        let verb = match operation {
            Arithmetic::Add => "n'ajoute pas",
            Arithmetic::Subtract => "ne soustrait pas",
            Arithmetic::Multiply => "ne multiplie pas",
            Arithmetic::Divide => "ne divise pas",
        };
        let units = matches!((a, b), (Type::Duration, Type::Offset) | (Type::Offset, Type::Duration))
            || (a == Type::Duration && b.is_numeric())
            || (b == Type::Duration && a.is_numeric());
        let code = if units { Code::UnitMismatch } else { Code::TypeMismatch };
        self.report(
            Diagnostic::error(code, span, format!("On {verb} ainsi {first} et {second}."))
                .other(left, first)
                .other(right, second)
                .help("Admis : nombre ± nombre, durée ± durée, date ± durée, date ± mois, date − date, durée × nombre, durée / nombre."),
        );
    }

    /// Whether dividing by that node always falls right: a constant whose only prime factors are 2 and 5.
    fn divides_exactly(&self, divisor: NodeId) -> bool {
        let Some(known) = self.build.program.node(divisor).as_constant() else { return false };
        let Some(mut value) = known.set.as_range().single() else { return false };
        if value == 0 {
            return true; // reported as a fault where it happens
        }
        while value % 2 == 0 {
            value /= 2;
        }
        while value % 5 == 0 {
            value /= 5;
        }
        value.abs() == 1
    }

    /// `arrondi(a / b, n)`: the quotient is rounded at once.
    pub(super) fn rounded(
        &mut self,
        env: &Env<'a>,
        value: &'a Expr,
        (places, mode): (u32, Rounding),
        span: Span,
    ) -> Meaning<'a> {
        if let ExprKind::Arithmetic(Arithmetic::Divide, left, right) = &value.kind {
            let (a, b) = (self.operand(env, left, None), self.operand(env, right, None));
            let (Some(a), Some(b)) = (a, b) else { return Meaning::Invalid };
            let Some((_, ty)) = arithmetic_op(Arithmetic::Divide, a.ty, b.ty) else {
                self.no_arithmetic(Arithmetic::Divide, (a.ty, left.span), (b.ty, right.span), span);
                return Meaning::Invalid;
            };
            let (nodes, ty) = (vec![a.node, b.node], rounded_type(ty, places));
            let node = self.build.apply(env.scope, (Op::DivideRounded(places, mode), nodes.clone()), ty, span);
            return self.scalar_meaning(node, ty, &nodes);
        }
        let Some(scalar) = self.operand(env, value, None) else { return Meaning::Invalid };
        if !(scalar.ty.is_numeric() || scalar.ty == Type::Duration) {
            self.mismatch(value.span, "un nombre ou une durée", scalar.ty);
            return Meaning::Invalid;
        }
        let ty = rounded_type(scalar.ty, places);
        let node = self.build.apply(env.scope, (Op::Round(places, mode), vec![scalar.node]), ty, span);
        self.scalar_meaning(node, ty, &[scalar.node])
    }
}

/// A number rounded to the unit is an integer.
fn rounded_type(ty: Type, places: u32) -> Type {
    if ty.is_numeric() && places == 0 { Type::Integer } else { ty }
}

fn arithmetic_op(operation: Arithmetic, a: Type, b: Type) -> Option<(Op, Type)> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    let numeric = a.is_numeric() && b.is_numeric();
    let number = if a == Type::Integer && b == Type::Integer { Type::Integer } else { Type::Number };
    Some(match (operation, a, b) {
        (Add, _, _) if numeric => (Op::Add, number),
        (Subtract, _, _) if numeric => (Op::Subtract, number),
        (Multiply, _, _) if numeric => (Op::Multiply, number),
        (Divide, _, _) if numeric => (Op::Divide, Type::Number),
        (Add, Type::Duration, Type::Duration) => (Op::Add, Type::Duration),
        (Subtract, Type::Duration, Type::Duration) => (Op::Subtract, Type::Duration),
        (Add, Type::Offset, Type::Offset) => (Op::Add, Type::Offset),
        (Subtract, Type::Offset, Type::Offset) => (Op::Subtract, Type::Offset),
        (Multiply, Type::Duration, other) | (Multiply, other, Type::Duration) if other.is_numeric() => {
            (Op::Multiply, Type::Duration)
        }
        (Divide, Type::Duration, other) if other.is_numeric() => (Op::Divide, Type::Duration),
        (Add, Type::Date, Type::Duration) | (Add, Type::Duration, Type::Date) => (Op::DatePlusDuration, Type::Date),
        (Add, Type::Date, Type::Offset) | (Add, Type::Offset, Type::Date) => (Op::DatePlusOffset, Type::Date),
        (Subtract, Type::Date, Type::Duration) => (Op::DateMinusDuration, Type::Date),
        (Subtract, Type::Date, Type::Offset) => (Op::DateMinusOffset, Type::Date),
        (Subtract, Type::Date, Type::Date) => (Op::DateDifference, Type::Duration),
        (_, _, _) => return None,
    })
}
