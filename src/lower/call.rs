//! The built-in functions: `max(a, b)`, `fusion(L)`, `durée(J)`…

use super::Lowerer;
use super::env::{Env, Meaning, Scalar};
use super::mismatch::common;
use super::names::written;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::value::{Op, Rounding, Type};

/// Names of the built-in functions.
pub const FUNCTIONS: [&str; 12] = [
    "min",
    "max",
    "arrondi",
    "fusion",
    "intersection",
    "lacunes",
    "durée",
    "plus_longue_suite",
    "jusqu'au_dimanche",
    "mois_entiers",
    "chevauche",
    "indéterminé_entre",
];

impl<'a> Lowerer<'a> {
    /// What a function gives for its arguments.
    pub(super) fn call(
        &mut self,
        env: &Env<'a>,
        (name, arguments): (&'a Name, &'a [Expr]),
        expected: Option<Type>,
        span: Span,
    ) -> Meaning<'a> {
        match (name.text.as_str(), arguments) {
            ("min", [_, ..]) => self.extremum(env, (Op::Min, arguments), expected, span),
            ("max", [_, ..]) => self.extremum(env, (Op::Max, arguments), expected, span),
            ("arrondi", [value, places]) => self.rounding(env, value, (places, None), span),
            ("arrondi", [value, places, mode]) => self.rounding(env, value, (places, Some(mode)), span),
            ("fusion", [list]) => self.fusion(env, list, span),
            ("fusion", [_, _, ..]) => self.union(env, arguments, span),
            ("intersection", [first, second]) => self.days_op(env, Op::Intersection, [first, second], span),
            ("lacunes", [covered, within]) => self.days_op(env, Op::Gaps, [covered, within], span),
            ("durée", [argument]) => self.duration(env, argument, span),
            ("plus_longue_suite", [days]) => self.measure(env, (Op::LongestRun, Type::Duration), days, span),
            ("mois_entiers", [days]) => self.measure(env, (Op::WholeMonths, Type::Offset), days, span),
            ("jusqu'au_dimanche", [period]) => {
                let Some(period) = self.period(env, period) else { return Meaning::Invalid };
                let node = self.build.apply(env.scope, (Op::ThroughSunday, vec![period.node]), Type::Period, span);
                self.scalar_meaning(node, Type::Period, &[period.node])
            }
            ("indéterminé_entre", [_, _, ..]) => self.one_of(env, arguments, expected, span),
            ("chevauche", [first, second]) => {
                let (a, b) = (self.period(env, first), self.period(env, second));
                let (Some(a), Some(b)) = (a, b) else { return Meaning::Invalid };
                let nodes = vec![a.node, b.node];
                let node = self.build.apply(env.scope, (Op::Overlaps, nodes.clone()), Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &nodes)
            }
            (known, _) if FUNCTIONS.contains(&known) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        span,
                        format!("« {known} » ne prend pas {} valeurs.", arguments.len()),
                    )
                    .help(usage(known)),
                );
                Meaning::Invalid
            }
            (unknown, _) => {
                let near = super::names::nearest(unknown, FUNCTIONS.into_iter()).map(str::to_owned);
                let diagnostic = Diagnostic::error(
                    Code::UnknownName,
                    name.span,
                    format!("Aucune fonction ne s'appelle « {unknown} »."),
                );
                self.report(match near {
                    Some(near) => diagnostic.help(format!("Vouliez-vous écrire « {near}(…) » ?")),
                    None => diagnostic.help(format!("Les fonctions sont : {}.", FUNCTIONS.join(", "))),
                });
                Meaning::Invalid
            }
        }
    }

    fn extremum(
        &mut self,
        env: &Env<'a>,
        (op, arguments): (Op, &'a [Expr]),
        expected: Option<Type>,
        span: Span,
    ) -> Meaning<'a> {
        let mut nodes = Vec::new();
        let mut ty: Option<Type> = None;
        for argument in arguments {
            let Some(scalar) = self.operand(env, argument, expected) else { return Meaning::Invalid };
            let together = match ty {
                None => Some(scalar.ty),
                Some(before) => common(before, scalar.ty),
            };
            match together.filter(|ty| ty.is_ordered()) {
                Some(found) => ty = Some(found),
                None => {
                    self.type_mismatch(argument.span, ty.unwrap_or(Type::Number), scalar.ty);
                    return Meaning::Invalid;
                }
            }
            nodes.push(scalar.node);
        }
        let ty = ty.unwrap_or(Type::Number);
        let node = self.build.apply(env.scope, (op, nodes.clone()), ty, span);
        self.scalar_meaning(node, ty, &nodes)
    }

    /// A value that is one of several, and of which no fact says which.
    fn one_of(&mut self, env: &Env<'a>, arguments: &'a [Expr], expected: Option<Type>, span: Span) -> Meaning<'a> {
        let mut nodes = Vec::new();
        let mut ty = expected;
        for argument in arguments {
            let Some(scalar) = self.operand(env, argument, ty) else { return Meaning::Invalid };
            match ty.map_or(Some(scalar.ty), |before| common(before, scalar.ty)) {
                Some(found) => ty = Some(found),
                None => {
                    self.type_mismatch(argument.span, ty.unwrap_or(scalar.ty), scalar.ty);
                    return Meaning::Invalid;
                }
            }
            nodes.push(scalar.node);
        }
        let Some(ty) = ty else { return Meaning::Invalid };
        let node = self.build.apply(env.scope, (Op::OneOf, nodes.clone()), ty, span);
        self.scalar_meaning(node, ty, &nodes)
    }

    fn rounding(
        &mut self,
        env: &Env<'a>,
        value: &'a Expr,
        (places, mode): (&Expr, Option<&Expr>),
        span: Span,
    ) -> Meaning<'a> {
        let places = if let ExprKind::Number(number) = &places.kind {
            number.to_integer().and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= 6)
        } else {
            None
        };
        let mode = match mode.map(|mode| &mode.kind) {
            None => Some(Rounding::default()),
            Some(ExprKind::Name(name)) => Rounding::from_name(&name.text),
            Some(_other) => None,
        };
        match (places, mode) {
            (Some(places), Some(mode)) => self.rounded(env, value, (places, mode), span),
            (_, _) => {
                let names: Vec<&str> = Rounding::ALL.iter().map(|mode| mode.name()).collect();
                self.report(
                    Diagnostic::error(Code::TypeMismatch, span, "L'arrondi n'est pas dit comme il faut.")
                        .help(usage("arrondi"))
                        .help(format!("Le nombre de décimales va de 0 à 6 ; les modes sont : {}.", names.join(", "))),
                );
                Meaning::Invalid
            }
        }
    }

    fn fusion(&mut self, env: &Env<'a>, list: &'a Expr, span: Span) -> Meaning<'a> {
        match self.expr(env, list, None) {
            meaning @ (Meaning::List(..) | Meaning::Collected(_)) => self.merge(env, meaning, list, span),
            Meaning::Invalid => Meaning::Invalid,
            Meaning::Scalar(_) | Meaning::Record(..) | Meaning::Norm(_) | Meaning::Alias(..) => {
                self.union(env, std::slice::from_ref(list), span)
            }
        }
    }

    fn union(&mut self, env: &Env<'a>, arguments: &'a [Expr], span: Span) -> Meaning<'a> {
        let mut all: Option<NodeAndConditions> = None;
        for argument in arguments {
            let Some(days) = self.days(env, argument) else { return Meaning::Invalid };
            all = Some(match all {
                None => (days.node, vec![days.node]),
                Some((before, mut nodes)) => {
                    nodes.push(days.node);
                    (self.build.apply(env.scope, (Op::Union, vec![before, days.node]), Type::Days, span), nodes)
                }
            });
        }
        match all {
            Some((node, nodes)) => self.scalar_meaning(node, Type::Days, &nodes),
            None => Meaning::Invalid,
        }
    }

    fn days_op(&mut self, env: &Env<'a>, op: Op, [first, second]: [&'a Expr; 2], span: Span) -> Meaning<'a> {
        let (a, b) = (self.days(env, first), self.days(env, second));
        let (Some(a), Some(b)) = (a, b) else { return Meaning::Invalid };
        let nodes = vec![a.node, b.node];
        let node = self.build.apply(env.scope, (op, nodes.clone()), Type::Days, span);
        self.scalar_meaning(node, Type::Days, &nodes)
    }

    fn measure(&mut self, env: &Env<'a>, (op, ty): (Op, Type), days: &'a Expr, span: Span) -> Meaning<'a> {
        let Some(days) = self.days(env, days) else { return Meaning::Invalid };
        let node = self.build.apply(env.scope, (op, vec![days.node]), ty, span);
        self.scalar_meaning(node, ty, &[days.node])
    }

    fn duration(&mut self, env: &Env<'a>, argument: &'a Expr, span: Span) -> Meaning<'a> {
        let Some(scalar) = self.days_or_period(env, argument) else { return Meaning::Invalid };
        let op = if scalar.ty == Type::Period { Op::DurationOfPeriod } else { Op::DurationOfDays };
        let node = self.build.apply(env.scope, (op, vec![scalar.node]), Type::Duration, span);
        self.scalar_meaning(node, Type::Duration, &[scalar.node])
    }

    fn period(&mut self, env: &Env<'a>, expr: &'a Expr) -> Option<Scalar> {
        self.typed(env, expr, Type::Period)
    }

    /// A set of days: as it is, or the days of a period or of a list of periods.
    fn days(&mut self, env: &Env<'a>, expr: &'a Expr) -> Option<Scalar> {
        let scalar = self.days_or_period(env, expr)?;
        if scalar.ty == Type::Days {
            return Some(scalar);
        }
        let node = self.build.apply(env.scope, (Op::DaysOfPeriod, vec![scalar.node]), Type::Days, expr.span);
        Some(Scalar { node, ty: Type::Days, ..scalar })
    }

    fn days_or_period(&mut self, env: &Env<'a>, expr: &'a Expr) -> Option<Scalar> {
        if let meaning @ (Meaning::List(..) | Meaning::Collected(_)) = self.expr(env, expr, None) {
            return match self.merge(env, meaning, expr, expr.span) {
                Meaning::Scalar(scalar) => Some(scalar),
                Meaning::Record(..)
                | Meaning::List(..)
                | Meaning::Collected(_)
                | Meaning::Alias(..)
                | Meaning::Norm(_)
                | Meaning::Invalid => None,
            };
        }
        let before = self.diagnostics.len();
        let scalar = self.operand(env, expr, None)?;
        if matches!(scalar.ty, Type::Days | Type::Period) {
            return Some(scalar);
        }
        if self.diagnostics.len() == before {
            self.report(
                Diagnostic::error(
                    Code::TypeMismatch,
                    expr.span,
                    format!(
                        "On attend ici des jours ou une période, et « {} » est {}.",
                        written(expr),
                        self.describe(scalar.ty)
                    ),
                )
                .help("Une période se dit « du … au … » ; les jours de plusieurs périodes, « fusion(…) »."),
            );
        }
        None
    }
}

type NodeAndConditions = (crate::program::NodeId, Vec<crate::program::NodeId>);

fn usage(name: &str) -> &'static str {
    match name {
        "min" | "max" => "Par exemple : « max(10 semaines, durée_fixée) ».",
        "arrondi" => "Par exemple : « arrondi(a / b, 2) » ou « arrondi(x, 0, par_excès) ».",
        "fusion" => "Par exemple : « fusion(périodes) ».",
        "intersection" => "Par exemple : « intersection(jours, du d au e) ».",
        "lacunes" => {
            "Par exemple : « lacunes(fusion(périodes), vacances) » : ce que les périodes laissent libre des vacances."
        }
        "durée" => "Par exemple : « durée(fusion(périodes)) ».",
        "plus_longue_suite" => "Par exemple : « plus_longue_suite(fusion(périodes)) ».",
        "jusqu'au_dimanche" => "Par exemple : « jusqu'au_dimanche(période) ».",
        "indéterminé_entre" => "Par exemple : « indéterminé_entre(oui, non) » : le texte ne dit pas lequel.",
        "mois_entiers" => "Par exemple : « mois_entiers(fusion(contrats)) ».",
        _ => "Par exemple : « chevauche(période, vacances) ».",
    }
}
