//! Expressions: what each means, its type, and the node that computes it.

use super::Lowerer;
use super::env::{Env, Meaning, Scalar};
use super::mismatch::common;
use crate::diagnostic::{Code, Diagnostic};
use crate::limit::Limit;
use crate::program::{Node, NodeId};
use crate::source::Span;
use crate::syntax::ast::{Comparison, Expr, ExprKind, Unit};
use crate::value::{Known, Number, Op, Range, Truth, Type};

impl<'a> Lowerer<'a> {
    /// What an expression means where it stands. `expected` resolves the names of cases.
    pub(super) fn expr(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Meaning<'a> {
        self.depth += 1;
        self.lowered += 1;
        let meaning =
            if self.is_too_much(expr.span) { Meaning::Invalid } else { self.expr_within(env, expr, expected) };
        self.depth -= 1;
        meaning
    }

    /// Whether lowering has come to a limit; says so, once for the number of expressions.
    fn is_too_much(&mut self, span: Span) -> bool {
        let limits = self.limits;
        let deep = || "Ces valeurs reposent les unes sur les autres trop profondément".to_owned();
        if let Err(exceeded) = limits.allow(Limit::Chain, self.depth, deep) {
            let exceeded = exceeded.at_least();
            self.report(
                Diagnostic::error(Code::TooDeep, span, format!("{exceeded}."))
                    .help("Abrégez la chaîne\u{a0}: une valeur peut s'appuyer directement sur les faits.")
                    .help(exceeded.help()),
            );
            return true;
        }
        let many = || "Ce règlement demande trop de calculs".to_owned();
        let Err(exceeded) = limits.allow(Limit::Expressions, self.lowered, many) else { return false };
        if exceeded.found == exceeded.allowed.saturating_add(1) {
            let exceeded = exceeded.at_least();
            self.report(
                Diagnostic::error(Code::Limit, span, format!("{exceeded}."))
                    .help("Une liste nommée est relue partout où elle est citée\u{a0}: citez-la moins souvent.")
                    .help(exceeded.help()),
            );
        }
        true
    }

    fn expr_within(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Meaning<'a> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Truth(holds) => self.literal(env, Known::truth(Truth::of(*holds)), Type::Truth, span),
            ExprKind::Number(number) => {
                let ty = if number.is_integer() { Type::Integer } else { Type::Number };
                self.literal(env, Known::number(*number), ty, span)
            }
            ExprKind::Quantity(number, unit) => self.quantity(env, *number, *unit, span),
            ExprKind::Date(day) => self.literal(env, Known::day(*day), Type::Date, span),
            ExprKind::Text(text) => self.literal(env, Known::text(text), Type::Text, span),
            ExprKind::Name(name) => self.name(env, name, expected),
            ExprKind::Field(object, name) => self.field_of(env, object, name),
            ExprKind::Not(operand) => {
                let inner = self.condition(env, operand);
                self.truth(env, Node::Not(inner), span, &[inner])
            }
            ExprKind::And(operands) => {
                let (nodes, _) = self.conjunction(env, operands.iter());
                let node = self.build.node(env.scope, Node::And(nodes.clone()), Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &nodes)
            }
            ExprKind::Or(operands) => {
                let mut inner = env.clone().strictly("un « ou »");
                let mut nodes = Vec::new();
                for operand in operands {
                    let node = self.condition(&inner, operand);
                    inner.guards.extend(self.shown(node, false));
                    nodes.push(node);
                }
                let node = self.build.node(env.scope, Node::Or(nodes.clone()), Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &nodes)
            }
            ExprKind::Compare(comparison, left, right) => self.comparison(env, *comparison, (left, right), span),
            ExprKind::Arithmetic(operation, left, right) => self.arithmetic(env, *operation, (left, right), span),
            ExprKind::Negate(operand) => {
                let Some(scalar) = self.operand(env, operand, expected) else { return Meaning::Invalid };
                if !(scalar.ty.is_numeric() || matches!(scalar.ty, Type::Duration | Type::Offset)) {
                    self.mismatch(operand.span, "un nombre ou une durée", scalar.ty);
                    return Meaning::Invalid;
                }
                let node = self.build.apply(env.scope, (Op::Negate, vec![scalar.node]), scalar.ty, span);
                self.scalar_meaning(node, scalar.ty, &[scalar.node])
            }
            ExprKind::Among(value, others) => self.among(env, value, others, span),
            ExprKind::In(value, list) => self.membership(env, value, list, span),
            ExprKind::Between(value, low, high) => {
                let above = self.comparison(env, Comparison::AtLeast, (value, low), span);
                let below = self.comparison(env, Comparison::AtMost, (value, high), span);
                match (above, below) {
                    (Meaning::Scalar(above), Meaning::Scalar(below)) => {
                        let nodes = vec![above.node, below.node];
                        let node = self.build.node(env.scope, Node::And(nodes.clone()), Type::Truth, span);
                        self.scalar_meaning(node, Type::Truth, &nodes)
                    }
                    (_, _) => Meaning::Invalid,
                }
            }
            ExprKind::If(condition, yes, no) => self.conditional(env, (condition, yes, no), expected, span),
            ExprKind::Default(value, otherwise) => self.default(env, (value, otherwise), expected, span),
            ExprKind::Is(value, state) => self.state(env, value, *state, span),
            ExprKind::Call(name, arguments) => self.call(env, (name, arguments), expected, span),
            ExprKind::Interval(start, end) => {
                let start = self.typed(env, start, Type::Date);
                let end = self.typed(env, end, Type::Date);
                let (Some(start), Some(end)) = (start, end) else { return Meaning::Invalid };
                let nodes = vec![start.node, end.node];
                let node = self.build.apply(env.scope, (Op::MakePeriod, nodes.clone()), Type::Period, span);
                self.scalar_meaning(node, Type::Period, &nodes)
            }
            ExprKind::Aggregate(kind, body, generators) => {
                self.aggregate(env, (*kind, body.as_deref()), generators, span)
            }
            ExprKind::List(_) | ExprKind::Record(_) | ExprKind::Unknown | ExprKind::Absent => {
                self.report(
                    Diagnostic::error(Code::Misplaced, span, "Cette écriture n'a de sens que dans un exemple.")
                        .help("Pour comparer à plusieurs valeurs, écrivez « x dans (a, b) »."),
                );
                Meaning::Invalid
            }
            ExprKind::Invalid => Meaning::Invalid,
        }
    }

    pub(super) fn literal(&mut self, env: &Env<'a>, known: Known, ty: Type, span: Span) -> Meaning<'a> {
        let node = self.build.constant(env.scope, known, ty, span);
        Meaning::Scalar(Scalar { node, ty, optional: false, conditional: false })
    }

    fn quantity(&mut self, env: &Env<'a>, number: Number, unit: Unit, span: Span) -> Meaning<'a> {
        let scaled = |factor: i64| number.millionths().checked_mul(factor);
        let (millionths, ty) = match unit {
            Unit::Days => (scaled(1), Type::Duration),
            Unit::Weeks => (scaled(7), Type::Duration),
            Unit::Months => (number.to_integer(), Type::Offset),
            Unit::Years => (number.to_integer().and_then(|years| years.checked_mul(12)), Type::Offset),
        };
        let Some(value) = millionths else {
            let message = match ty {
                Type::Offset => "Un nombre de mois ou d'années est entier.",
                Type::Truth
                | Type::Integer
                | Type::Number
                | Type::Date
                | Type::Duration
                | Type::Period
                | Type::Days
                | Type::Text
                | Type::Case(_)
                | Type::Key(_) => "Cette durée est trop grande.",
            };
            self.report(Diagnostic::error(Code::OutOfRange, span, message).help("Corrigez le nombre."));
            return Meaning::Invalid;
        };
        self.literal(env, Known::range(Range::exactly(value)), ty, span)
    }

    /// A condition's node and whether one of its operands may be without object.
    fn truth(&mut self, env: &Env<'a>, node: Node, span: Span, operands: &[NodeId]) -> Meaning<'a> {
        let node = self.build.node(env.scope, node, Type::Truth, span);
        self.scalar_meaning(node, Type::Truth, operands)
    }

    /// A scalar computed from operands: it may be without object where one of them may.
    pub(super) fn scalar_meaning(&mut self, node: NodeId, ty: Type, operands: &[NodeId]) -> Meaning<'a> {
        let conditional = operands.iter().any(|operand| self.conditional.contains(operand));
        if conditional {
            self.conditional.insert(node);
        }
        Meaning::Scalar(Scalar { node, ty, optional: false, conditional })
    }

    /// The members of an `et`, each seen with what those before it show; and all they show together.
    pub(super) fn conjunction(
        &mut self,
        env: &Env<'a>,
        operands: impl Iterator<Item = &'a Expr>,
    ) -> (Vec<NodeId>, Env<'a>) {
        let mut inner = env.clone();
        let mut nodes = Vec::new();
        for operand in operands {
            let node = self.condition(&inner, operand);
            inner.guards.extend(self.shown(node, true));
            nodes.push(node);
        }
        (nodes, inner)
    }

    fn conditional(
        &mut self,
        env: &Env<'a>,
        (condition, yes, no): (&'a Expr, &'a Expr, &'a Expr),
        expected: Option<Type>,
        span: Span,
    ) -> Meaning<'a> {
        let tested = self.condition(env, condition);
        let mut then = env.clone();
        then.guards.extend(self.shown(tested, true));
        let mut otherwise = env.clone();
        otherwise.guards.extend(self.shown(tested, false));
        let (yes_scalar, no_scalar) = (self.operand(&then, yes, expected), self.operand(&otherwise, no, expected));
        let (Some(yes_scalar), Some(no_scalar)) = (yes_scalar, no_scalar) else { return Meaning::Invalid };
        let Some(ty) = common(yes_scalar.ty, no_scalar.ty) else {
            let (a, b) = (self.describe(yes_scalar.ty), self.describe(no_scalar.ty));
            self.report(
                Diagnostic::error(Code::TypeMismatch, span, format!("« alors » donne {a}, « sinon » donne {b}."))
                    .other(yes.span, a)
                    .other(no.span, b)
                    .help("Les deux branches doivent donner la même sorte de valeur."),
            );
            return Meaning::Invalid;
        };
        let operands = [tested, yes_scalar.node, no_scalar.node];
        let node = self.build.node(
            env.scope,
            Node::If { condition: tested, yes: yes_scalar.node, no: no_scalar.node },
            ty,
            span,
        );
        self.scalar_meaning(node, ty, &operands)
    }
}
