//! Lists: generators, quantifiers, aggregates, membership.

use super::Lowerer;
use super::env::{Collected, Env, Meaning, Place, Scalar};
use super::mismatch::common;
use super::names::written;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Hop, Node, NodeId, Reduction, Scope, ScopeId, ScopeKind};
use crate::source::Span;
use crate::syntax::ast::{Aggregate, Expr, Generator};
use crate::value::{ListId, Op, Type};

/// The rows generators run over.
pub(super) struct Opened<'a> {
    /// The names in scope on each row, and what the filters show.
    pub(super) env: Env<'a>,
    /// Which rows count, in the scope of `env`.
    pub(super) filter: Option<NodeId>,
}

impl<'a> Lowerer<'a> {
    /// Opens generators one inside the other.
    pub(super) fn open(
        &mut self,
        env: &Env<'a>,
        generators: &'a [Generator],
        strict: &'static str,
    ) -> Option<Opened<'a>> {
        let mut current = env.clone();
        let mut filters: Vec<(ScopeId, NodeId)> = Vec::new();
        for generator in generators {
            if let Some(known) = current.variable(&generator.name.text).map(|(name, _, _)| name.clone()) {
                self.report(
                    Diagnostic::error(
                        Code::DuplicateName,
                        generator.name.span,
                        format!("« {known} » désigne déjà autre chose ici."),
                    )
                    .help("Choisissez un autre nom pour cet élément."),
                );
            }
            let list = self.expr(&current, &generator.list, None);
            let (mut inner, element, filter) = self.rows_of(&current, list, &generator.list)?;
            inner.bind(&generator.name.text, element);
            if let Some(scope) = self.build.program.scopes.get_mut(inner.scope.0 as usize)
                && scope.variable.is_empty()
            {
                scope.variable = generator.name.text.clone();
            }
            filters.extend(filter.map(|node| (inner.scope, node)));
            if let Some(filter) = &generator.filter {
                let was = inner.strict;
                inner.strict = Some(strict);
                let node = self.condition(&inner, filter);
                inner.guards.extend(self.shown(node, true));
                inner.strict = was;
                filters.push((inner.scope, node));
            }
            current = inner;
        }
        let nodes: Vec<NodeId> = filters
            .into_iter()
            .map(|(scope, node)| {
                let up = self.build.up(current.scope, scope).unwrap_or_default();
                self.build.lift(node, current.scope, &up)
            })
            .collect();
        let filter = match nodes.as_slice() {
            [] => None,
            [only] => Some(*only),
            several => {
                let origin = generators.first().map_or(self.nowhere, |generator| generator.list.span);
                Some(self.build.node(current.scope, Node::And(several.to_vec()), Type::Truth, origin))
            }
        };
        Some(Opened { env: current, filter })
    }

    /// The rows of a list seen from here: the names on each, the element, and which count.
    fn rows_of(
        &mut self,
        env: &Env<'a>,
        list: Meaning<'a>,
        written_as: &Expr,
    ) -> Option<(Env<'a>, Meaning<'a>, Option<NodeId>)> {
        match list {
            Meaning::List(list, place) => {
                self.require(env, &place, &written(written_as), written_as.span);
                let scope = self.list_rows(env, list, &place);
                let inner = env.within(scope, 1);
                let canonical = self.build.list_scope(list) == scope;
                let hops = if canonical { Vec::new() } else { vec![Hop::Element] };
                let part = self.elements.get(list.0 as usize).copied().flatten()?;
                let element = self.part(&inner, part, Place { scope, hops, follow: None, requires: Vec::new() });
                Some((inner, element, None))
            }
            Meaning::Collected(collected) => {
                let levels = self.build.up(collected.inner, collected.outer)?.len();
                let mut inner = env.within(collected.inner, levels);
                // Each once: a list read within itself would double them at each level.
                for guard in collected.guards {
                    if !inner.guards.contains(&guard) {
                        inner.guards.push(guard);
                    }
                }
                Some((inner, *collected.element, collected.filter))
            }
            Meaning::Invalid => None,
            Meaning::Scalar(_) | Meaning::Record(..) | Meaning::Norm(_) | Meaning::Alias(..) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        written_as.span,
                        format!("« {} » n'est pas une liste.", written(written_as)),
                    )
                    .help("Après « parmi » vient une liste de faits, ou « (x pour x parmi … où …) »."),
                );
                None
            }
        }
    }

    /// The scope of a list's elements, for each row of here.
    fn list_rows(&mut self, env: &Env<'a>, list: ListId, place: &Place) -> ScopeId {
        let up = self.build.up(env.scope, place.scope).unwrap_or_default();
        let hops: Vec<Hop> = up.iter().chain(&place.hops).copied().collect();
        let kind = match place.follow {
            Some((reference, _)) => {
                let via = self.build.lift(reference, env.scope, &hops);
                ScopeKind::Cross { hops: Vec::new(), via: Some(via) }
            }
            None if hops.is_empty() => return self.build.list_scope(list),
            None => ScopeKind::Cross { hops, via: None },
        };
        self.build.scope(Scope { parent: env.scope, list: Some(list), kind, variable: String::new() })
    }

    /// A quantifier or an aggregate, over the rows its generators open.
    pub(super) fn aggregate(
        &mut self,
        env: &Env<'a>,
        (kind, body): (Aggregate, Option<&'a Expr>),
        generators: &'a [Generator],
        span: Span,
    ) -> Meaning<'a> {
        let Some(opened) = self.open(env, generators, "un quantificateur") else { return Meaning::Invalid };
        let inner = opened.env.clone().strictly("un quantificateur");
        let how = match kind {
            Aggregate::Collect => {
                let Some(body) = body else { return Meaning::Invalid };
                let element = self.expr(&inner, body, None);
                return Meaning::Collected(Collected {
                    outer: env.scope,
                    inner: inner.scope,
                    filter: opened.filter,
                    element: Box::new(element),
                    guards: inner.guards,
                });
            }
            Aggregate::Exists => Reduction::Exists,
            Aggregate::All => Reduction::All,
            Aggregate::Count => Reduction::Count,
            Aggregate::CountDistinct => Reduction::CountDistinct,
            Aggregate::Sum => Reduction::Sum,
            Aggregate::Minimum => Reduction::Minimum,
            Aggregate::Maximum => Reduction::Maximum,
        };
        let mut element = None;
        if let Some(body) = body {
            let expected = (how == Reduction::All).then_some(Type::Truth);
            let Some(scalar) = self.operand(&inner, body, expected) else { return Meaning::Invalid };
            let fits = match how {
                Reduction::All => scalar.ty == Type::Truth,
                Reduction::Sum => scalar.ty.is_numeric() || matches!(scalar.ty, Type::Duration | Type::Offset),
                Reduction::Minimum | Reduction::Maximum => scalar.ty.is_ordered(),
                Reduction::Exists
                | Reduction::Count
                | Reduction::CountDistinct
                | Reduction::Merge
                | Reduction::Instances => true,
            };
            if !fits {
                let wanted = if how == Reduction::All { Type::Truth } else { Type::Number };
                self.type_mismatch(body.span, wanted, scalar.ty);
                return Meaning::Invalid;
            }
            element = Some(scalar);
        }
        let ty = match how {
            Reduction::Exists | Reduction::All | Reduction::Instances => Type::Truth,
            Reduction::Count | Reduction::CountDistinct => Type::Integer,
            Reduction::Merge => Type::Days,
            Reduction::Sum | Reduction::Minimum | Reduction::Maximum => {
                element.as_ref().map_or(Type::Number, |scalar| scalar.ty)
            }
        };
        let body = element.map(|scalar| scalar.node);
        let node = self.build.node(
            env.scope,
            Node::Reduce { how, from: inner.scope, filter: opened.filter, body, rule: None },
            ty,
            span,
        );
        let optional = matches!(how, Reduction::Minimum | Reduction::Maximum);
        Meaning::Scalar(Scalar { node, ty, optional, conditional: false })
    }

    /// `x dans L`
    pub(super) fn membership(&mut self, env: &Env<'a>, value: &'a Expr, list: &'a Expr, span: Span) -> Meaning<'a> {
        let meaning = self.expr(env, list, None);
        if let Meaning::Scalar(Scalar { ty: Type::Period, .. }) = meaning {
            let (day, period) = (written(value), written(list));
            self.report(
                Diagnostic::error(
                    Code::TypeMismatch,
                    list.span,
                    format!("« {period} » est une période, et « dans » cherche dans une liste."),
                )
                .help(format!("Pour un jour d'une période : « {day} entre {period}.début et {period}.fin ».")),
            );
            return Meaning::Invalid;
        }
        let Some((inner, element, filter)) = self.rows_of(env, meaning, list) else { return Meaning::Invalid };
        let Meaning::Scalar(element) = element else {
            self.report(
                Diagnostic::error(
                    Code::TypeMismatch,
                    list.span,
                    format!("Les éléments de « {} » ont plusieurs champs.", written(list)),
                )
                .help("Écrivez « il existe x parmi … où x.champ = … »."),
            );
            return Meaning::Invalid;
        };
        // It is compared to each element, so never where there is none: as within a quantifier.
        let guarded = env.clone().strictly("« dans »");
        let Some(sought) = self.operand(&guarded, value, Some(element.ty)) else { return Meaning::Invalid };
        if common(sought.ty, element.ty).is_none() {
            self.type_mismatch(value.span, element.ty, sought.ty);
            return Meaning::Invalid;
        }
        let up = self.build.up(inner.scope, env.scope).unwrap_or_default();
        let lifted = self.build.lift(sought.node, inner.scope, &up);
        let same = self.build.apply(inner.scope, (Op::Same, vec![lifted, element.node]), Type::Truth, span);
        let passes = match filter {
            None => same,
            Some(filter) => self.build.node(inner.scope, Node::And(vec![filter, same]), Type::Truth, span),
        };
        let node = self.build.node(
            env.scope,
            Node::Reduce { how: Reduction::Exists, from: inner.scope, filter: Some(passes), body: None, rule: None },
            Type::Truth,
            span,
        );
        self.scalar_meaning(node, Type::Truth, &[sought.node])
    }

    /// `L est vide`
    pub(super) fn is_empty(&mut self, env: &Env<'a>, list: Meaning<'a>, written_as: &Expr, span: Span) -> Meaning<'a> {
        let Some((inner, _, filter)) = self.rows_of(env, list, written_as) else { return Meaning::Invalid };
        let some = self.build.node(
            env.scope,
            Node::Reduce { how: Reduction::Exists, from: inner.scope, filter, body: None, rule: None },
            Type::Truth,
            span,
        );
        let node = self.build.node(env.scope, Node::Not(some), Type::Truth, span);
        self.scalar_meaning(node, Type::Truth, &[])
    }

    /// `fusion(L)`: all days covered by the elements.
    pub(super) fn merge(&mut self, env: &Env<'a>, list: Meaning<'a>, written_as: &'a Expr, span: Span) -> Meaning<'a> {
        let Some((inner, element, filter)) = self.rows_of(env, list, written_as) else { return Meaning::Invalid };
        let scalar = match element {
            Meaning::Scalar(scalar) => Some(scalar),
            Meaning::Record(record, place) => self.period_of(&inner, record, &place, written_as),
            Meaning::List(..) | Meaning::Collected(_) | Meaning::Alias(..) | Meaning::Norm(_) | Meaning::Invalid => {
                None
            }
        };
        let Some(scalar) = scalar.filter(|scalar| matches!(scalar.ty, Type::Period | Type::Days)) else {
            self.report(
                Diagnostic::error(
                    Code::TypeMismatch,
                    written_as.span,
                    format!("Les éléments de « {} » ne sont pas des périodes.", written(written_as)),
                )
                .help("Une période, ou un élément qui a des dates « début » et « fin »."),
            );
            return Meaning::Invalid;
        };
        let node = self.build.node(
            env.scope,
            Node::Reduce { how: Reduction::Merge, from: inner.scope, filter, body: Some(scalar.node), rule: None },
            Type::Days,
            span,
        );
        self.scalar_meaning(node, Type::Days, &[])
    }
}
