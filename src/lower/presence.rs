//! Presence: `à défaut`, `est renseigné`, `est applicable`, `est vide`, `est respectée`.

use super::Lowerer;
use super::env::{Env, Meaning, Place};
use super::mismatch::common;
use super::names::written;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Node, NodeId, NormKind, RuleKind, ScopeId};
use crate::source::Span;
use crate::syntax::ast::{Expr, State};
use crate::value::{Op, Type};

impl<'a> Lowerer<'a> {
    pub(super) fn default(
        &mut self,
        env: &Env<'a>,
        (value, otherwise): (&'a Expr, &'a Expr),
        expected: Option<Type>,
        span: Span,
    ) -> Meaning<'a> {
        let Some(first) = self.scalar(env, value, expected) else { return Meaning::Invalid };
        let Some(second) = self.operand(env, otherwise, Some(first.ty)) else { return Meaning::Invalid };
        let Some(ty) = common(first.ty, second.ty) else {
            let wanted = self.describe(first.ty);
            self.mismatch(otherwise.span, &wanted, second.ty);
            return Meaning::Invalid;
        };
        if !first.optional && !first.conditional {
            self.report(
                Diagnostic::warning(
                    Code::Misplaced,
                    span,
                    format!("« {} » est toujours là : « à défaut » ne sert à rien.", written(value)),
                )
                .help("Retirez « à défaut … »."),
            );
        }
        let node = self.build.apply(env.scope, (Op::Default, vec![first.node, second.node]), ty, span);
        self.scalar_meaning(node, ty, &[second.node])
    }

    pub(super) fn state(&mut self, env: &Env<'a>, value: &'a Expr, state: State, span: Span) -> Meaning<'a> {
        let meaning = self.expr(env, value, None);
        match (state, meaning) {
            (State::Empty, meaning @ (Meaning::List(..) | Meaning::Collected(_))) => {
                self.is_empty(env, meaning, value, span)
            }
            (State::Present, Meaning::Record(record, place)) => self.record_present(env, (record, &place), value, span),
            (State::Present, Meaning::Scalar(scalar)) => match scalar.ty {
                Type::Key(list) => {
                    let (base, hops) = self.build.base(scalar.node);
                    let resolves = self.resolves(base, list);
                    let node = self.build.lift(resolves, env.scope, &hops);
                    self.scalar_meaning(node, Type::Truth, &[])
                }
                Type::Truth
                | Type::Integer
                | Type::Number
                | Type::Date
                | Type::Duration
                | Type::Offset
                | Type::Period
                | Type::Days
                | Type::Text
                | Type::Case(_) => {
                    if !scalar.optional {
                        self.report(
                            Diagnostic::warning(
                                Code::Misplaced,
                                span,
                                format!(
                                    "« {} » n'est pas facultatif : il est toujours renseigné, ou inconnu.",
                                    written(value)
                                ),
                            )
                            .help("Retirez cette vérification, ou déclarez le fait « facultatif »."),
                        );
                    }
                    let node = self.build.apply(env.scope, (Op::IsPresent, vec![scalar.node]), Type::Truth, span);
                    self.scalar_meaning(node, Type::Truth, &[])
                }
            },
            (State::Applicable | State::NotApplicable, Meaning::Scalar(scalar)) => {
                let op = if state == State::Applicable { Op::IsApplicable } else { Op::IsInapplicable };
                let node = self.build.apply(env.scope, (op, vec![scalar.node]), Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &[])
            }
            (State::Applicable | State::NotApplicable | State::Holds | State::Broken, Meaning::Norm(rule)) => {
                if state == State::Broken && !self.binds(rule) {
                    self.report(
                        Diagnostic::error(
                            Code::TypeMismatch,
                            span,
                            format!("« {} » ne peut pas être méconnue.", written(value)),
                        )
                        .help("« est méconnue » se dit d'une obligation ou d'une interdiction."),
                    );
                    return Meaning::Invalid;
                }
                let op = match state {
                    State::Applicable => Op::IsApplicable,
                    State::NotApplicable => Op::IsInapplicable,
                    State::Broken => Op::Met,
                    State::Holds | State::Present | State::Empty | State::Contested => Op::Holds,
                };
                let Some(result) = self.build.program.rule(rule).and_then(|rule| rule.result) else {
                    return Meaning::Invalid;
                };
                let up = self.build.up(env.scope, ScopeId::ROOT).unwrap_or_default();
                let norm = self.build.lift(result, env.scope, &up);
                let mut node = self.build.apply(env.scope, (op, vec![norm]), Type::Truth, span);
                if state == State::Broken {
                    node = self.build.node(env.scope, Node::Not(node), Type::Truth, span);
                }
                self.scalar_meaning(node, Type::Truth, &[])
            }
            (State::Contested, Meaning::Scalar(scalar)) => self.contested(env, scalar.node, value, span),
            (_, Meaning::Invalid) => Meaning::Invalid,
            (State::Empty, Meaning::Scalar(scalar)) if scalar.ty == Type::Days => {
                let node = self.build.apply(env.scope, (Op::IsEmptyDays, vec![scalar.node]), Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &[scalar.node])
            }
            (state, _) => {
                let (words, wanted) = match state {
                    State::Present => ("est renseigné", "un fait facultatif ou une référence"),
                    State::Applicable | State::NotApplicable => ("est applicable", "une valeur ou une norme"),
                    State::Empty => ("est vide", "une liste ou un ensemble de jours"),
                    State::Contested => ("est contesté", "un fait du dossier"),
                    State::Holds => ("est respectée", "une norme"),
                    State::Broken => ("est méconnue", "une obligation ou une interdiction"),
                };
                self.report(
                    Diagnostic::error(Code::TypeMismatch, span, format!("« {words} » ne se dit que d'{wanted}."))
                        .help("Vérifiez le nom qui précède."),
                );
                Meaning::Invalid
            }
        }
    }

    /// Whether the rule is a norm that may be broken.
    fn binds(&self, rule: crate::program::RuleId) -> bool {
        self.build
            .program
            .rule(rule)
            .is_some_and(|rule| matches!(rule.kind, RuleKind::Norm(NormKind::Obligation | NormKind::Prohibition)))
    }

    /// Whether an incoherence set the fact aside. Incoherences all look at the facts as given: asked by one of them, it
    /// would always be « non ».
    fn contested(&mut self, env: &Env<'a>, node: NodeId, value: &Expr, span: Span) -> Meaning<'a> {
        let (base, hops) = self.build.base(node);
        let Some(input) = self.build.program.node(base).leaf() else {
            self.report(
                Diagnostic::error(
                    Code::Misplaced,
                    span,
                    format!("« {} » n'est pas un fait du dossier : rien ne peut le contester.", written(value)),
                )
                .help("« est contesté » se dit d'un fait qu'une incohérence écarte."),
            );
            return Meaning::Invalid;
        };
        if self.cohering {
            self.report(
                Diagnostic::error(
                    Code::Misplaced,
                    span,
                    "Une incohérence ne peut pas demander si un fait est contesté.",
                )
                .help("Les incohérences regardent toutes ensemble les faits tels qu'ils sont donnés."),
            );
            return Meaning::Invalid;
        }
        let scope = self.build.program.scope_of(base);
        let node = self.build.node(scope, Node::Contested(input), Type::Truth, span);
        let node = self.build.lift(node, env.scope, &hops);
        self.scalar_meaning(node, Type::Truth, &[])
    }

    fn record_present(
        &mut self,
        env: &Env<'a>,
        (record, place): (usize, &Place),
        value: &Expr,
        span: Span,
    ) -> Meaning<'a> {
        let presence = self.records.get(record).and_then(|record| record.presence);
        let outer = Place {
            requires: place.requires.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default(),
            ..place.clone()
        };
        match presence.and_then(|presence| self.build.program.input(presence)).map(|input| input.node) {
            Some(node) => {
                self.require(env, &outer, &written(value), value.span);
                let node = self.read_at(env, place, node);
                self.scalar_meaning(node, Type::Truth, &[])
            }
            None => {
                self.report(
                    Diagnostic::error(Code::Misplaced, span, format!("« {} » n'est pas facultatif.", written(value)))
                        .help("Seul un fait déclaré « facultatif » peut ne pas être renseigné."),
                );
                Meaning::Invalid
            }
        }
    }
}
