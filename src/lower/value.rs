//! Values: definitions, exceptions, and which prevails.

use std::collections::BTreeMap;

use super::Lowerer;
use super::declare::readable;
use super::env::{Env, Meaning, Scalar, unit_of};
use super::mismatch::common;
use super::names::{nearest, suggest};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Basis, Content, Definition, Node, NodeId, RuleId, RuleKind, ScopeId};
use crate::source::Span;
use crate::syntax::ast::{self, TypeKind, ValueBody};
use crate::value::Type;
use crate::value::priority::Order;

impl<'a> Lowerer<'a> {
    pub(super) fn value(&mut self, at: usize, item: &'a ast::ValueItem) {
        if let TypeKind::List(_) = item.ty.kind {
            self.check_list_value(item);
            return;
        }
        let label = item.label.as_ref().map_or_else(|| readable(&item.name.text), |label| label.text.clone());
        let id = self.reserve(RuleKind::Value, &item.name.text, label, item.span);
        let mut env = Env::root();
        let mut filter = None;
        let mut inner_scope = ScopeId::ROOT;
        if let Some(each) = &item.each {
            let Some(opened) = self.open(&env, std::slice::from_ref(each), "un « où »") else { return };
            env = opened.env;
            filter = opened.filter;
            inner_scope = env.scope;
        }
        let ty = self.scalar_type(&item.ty);
        self.lets(&mut env, &item.lets);
        let applies = self.applicability(&mut env, item.scope.as_ref());
        let body = Body { id, ty, env: &env };
        let mut contents: Vec<Content> = Vec::new();
        let mut definitions: Vec<Definition> = Vec::new();
        match &item.body {
            ValueBody::Single { value, basis } => {
                let node = self.defining(&body, value);
                definitions.push(Definition { part: 0, condition: None, value: node });
                contents.push(self.content("", (basis, None), vec![node], value.span));
                self.must_cite(basis, &contents, item.name.span, &item.name.text);
            }
            ValueBody::Table(rows) => {
                for row in rows {
                    let condition = self.condition(&env, &row.condition);
                    let mut shown = env.clone();
                    shown.guards.extend(self.shown(condition, true));
                    let node = self.defining(&Body { env: &shown, ..body }, &row.value);
                    definitions.push(Definition { part: contents.len(), condition: Some(condition), value: node });
                    contents.push(self.content("", (&row.basis, Some(condition)), vec![node], row.span));
                    self.must_cite(&row.basis, &contents, row.span, &item.name.text);
                }
                if item.silence.is_none() {
                    let conditions: Vec<NodeId> = definitions.iter().filter_map(|d| d.condition).collect();
                    self.check_cases(
                        &conditions,
                        &item.name,
                        &[
                            "Ajoutez une ligne « cas … : … selon … » pour chacun.",
                            "Si le texte n'en dit rien, déclarez-le : « silence du texte « … » ».",
                        ],
                    );
                }
            }
        }
        let bases = definitions.len();
        let names = self.exception_names(&item.exceptions, bases);
        let order = self.order(&item.exceptions, bases, &names);
        let conditions: Option<Vec<NodeId>> = definitions.iter().map(|definition| definition.condition).collect();
        let total = conditions.is_none_or(|conditions| self.leave_no_gap(&conditions));
        let order = if total { order.total() } else { order };
        for (exception, (condition, value)) in
            item.exceptions.iter().zip(self.exceptions(&body, &item.exceptions, &definitions, &order))
        {
            definitions.push(Definition { part: contents.len(), condition, value });
            contents.push(self.content(
                &exception.name.text,
                (&exception.basis, condition),
                vec![value],
                exception.span,
            ));
            self.must_cite(&exception.basis, &contents, exception.span, &exception.name.text);
        }
        let order = self.set_apart(order, &definitions);
        self.finish_value(
            at,
            item,
            Finished { id, ty, scope: inner_scope, filter, applies, contents, definitions, order },
        );
    }

    fn finish_value(&mut self, at: usize, item: &ast::ValueItem, finished: Finished) {
        let Finished { id, ty, scope, filter, applies, contents, definitions, order } = finished;
        let conditional = applies.is_some()
            || filter.is_some()
            || definitions.iter().any(|definition| {
                self.conditional.contains(&definition.value)
                    || definition.condition.is_some_and(|condition| self.conditional.contains(&condition))
            });
        let applicable = match (filter, applies.as_ref().map(|(node, _)| *node)) {
            (None, applies) => applies,
            (Some(filter), None) => Some(filter),
            (Some(filter), Some(applies)) => {
                Some(self.build.node(scope, Node::And(vec![filter, applies]), Type::Truth, item.span))
            }
        };
        let node = Node::Choose { rule: id, applies: applicable, definitions, order };
        let node = self.build.node(scope, node, ty, item.span);
        if conditional {
            self.conditional.insert(node);
        }
        if let Some(rule) = self.rule_mut(id) {
            rule.ty = ty;
            rule.unit = unit_of(&item.ty.kind);
            rule.scope = scope;
            rule.filter = filter;
            rule.instance = node;
            rule.result = (scope == ScopeId::ROOT).then_some(node);
            rule.applies = applies;
            rule.contents = contents;
            rule.silence = item.silence.as_ref().map(|silence| silence.text.clone());
        }
        if let Some(entry) = self.entries.get_mut(at) {
            entry.rule = Some(id);
            entry.conditional = conditional;
        }
    }

    /// A value that is a list has one definition, without exceptions.
    fn check_list_value(&mut self, item: &'a ast::ValueItem) {
        let simple = item.exceptions.is_empty() && item.scope.is_none() && item.each.is_none();
        match &item.body {
            ValueBody::Single { value, basis } if simple => {
                self.basis(basis);
                let meaning = self.expr(&Env::root(), value, None);
                if let Meaning::Scalar(scalar) = meaning {
                    let found = self.describe(scalar.ty);
                    self.report(
                        Diagnostic::error(
                            Code::TypeMismatch,
                            value.span,
                            format!("On attend ici une liste, et c'est {found}."),
                        )
                        .help("Par exemple : « (s pour s parmi périodes où s.année = 1) »."),
                    );
                }
            }
            ValueBody::Single { .. } | ValueBody::Table(_) => self.report(
                Diagnostic::error(
                    Code::Misplaced,
                    item.span,
                    "Une valeur qui est une liste n'a qu'une définition : ni « cas », ni « sauf », ni « pour ».",
                )
                .help("Mettez les conditions dans le « où » de la liste."),
            ),
        }
    }

    /// The node of a definition, of the type of the value.
    fn defining(&mut self, body: &Body<'_, 'a>, value: &'a ast::Expr) -> NodeId {
        let Body { ty, env, .. } = *body;
        match self.operand(env, value, Some(ty)) {
            Some(scalar) if common(scalar.ty, ty) == Some(ty) => scalar.node,
            Some(scalar) => {
                self.type_mismatch(value.span, ty, scalar.ty);
                self.build.node(env.scope, Node::Invalid, ty, value.span)
            }
            None => self.build.node(env.scope, Node::Invalid, ty, value.span),
        }
    }

    /// The condition and value of each exception, in source order. One that prevails over another is lowered
    /// after it, wherever it is written, for `base` may read it.
    fn exceptions(
        &mut self,
        body: &Body<'_, 'a>,
        exceptions: &'a [ast::ExceptionItem],
        bases: &[Definition],
        order: &Order,
    ) -> Vec<(Option<NodeId>, NodeId)> {
        let count = bases.len() + exceptions.len();
        let below = |higher: usize| (0..count).filter(move |&lower| order.over(lower).contains(&higher));
        let mut made: Vec<Option<Definition>> = bases.iter().cloned().map(Some).collect();
        made.resize(count, None);
        let mut waiting: Vec<(usize, &'a ast::ExceptionItem)> = (bases.len()..).zip(exceptions).collect();
        waiting.sort_by_key(|(position, _)| below(*position).count());
        for (position, exception) in waiting {
            let condition = exception.condition.as_ref().map(|condition| self.condition(body.env, condition));
            let mut shown = body.env.clone();
            if let Some(condition) = condition {
                shown.guards.extend(self.shown(condition, true));
            }
            let kept: Vec<(usize, Definition)> =
                below(position).filter_map(|lower| Some((lower, made.get(lower)?.clone()?))).collect();
            shown.base = Some(self.base_value(body, &kept, order, exception.span));
            let value = self.defining(&Body { env: &shown, ..*body }, &exception.value);
            if let Some(slot) = made.get_mut(position) {
                *slot = Some(Definition { part: position, condition, value });
            }
        }
        made.into_iter().skip(bases.len()).flatten().map(|made| (made.condition, made.value)).collect()
    }

    /// `base`: what the value would be by the definitions that an exception prevails over.
    fn base_value(&mut self, body: &Body<'_, 'a>, below: &[(usize, Definition)], order: &Order, span: Span) -> Scalar {
        let pairs: Vec<(usize, usize)> = below
            .iter()
            .enumerate()
            .flat_map(|(lower_at, (lower, _))| {
                below
                    .iter()
                    .enumerate()
                    .filter(move |(_, (higher, _))| order.over(*lower).contains(higher))
                    .map(move |(higher_at, _)| (higher_at, lower_at))
            })
            .collect();
        let kept: Vec<Definition> = below.iter().map(|(_, definition)| definition.clone()).collect();
        // What an exception prevails over holds all that the value is based on.
        let among = Order::new(kept.len(), &pairs);
        let order = if order.is_total() { among.total() } else { among };
        let order = self.set_apart(order, &kept);
        let mut read = kept.iter().flat_map(|definition| definition.condition.into_iter().chain([definition.value]));
        let conditional = read.any(|node| self.conditional.contains(&node));
        let node = Node::Choose { rule: body.id, applies: None, definitions: kept, order };
        let node = self.build.node(body.env.scope, node, body.ty, span);
        if conditional {
            self.conditional.insert(node);
        }
        Scalar { node, ty: body.ty, optional: false, conditional }
    }

    fn exception_names(&mut self, exceptions: &'a [ast::ExceptionItem], bases: usize) -> BTreeMap<&'a str, usize> {
        let mut names = BTreeMap::new();
        for (exception, position) in exceptions.iter().zip(bases..) {
            if names.insert(exception.name.text.as_str(), position).is_some() {
                self.report(
                    Diagnostic::error(
                        Code::DuplicateName,
                        exception.name.span,
                        format!("Deux exceptions s'appellent « {} ».", exception.name.text),
                    )
                    .help("Donnez à l'une un autre nom."),
                );
            }
        }
        names
    }

    /// Which definition prevails over which: exceptions over what they except, and `prime sur`.
    fn order(&mut self, exceptions: &[ast::ExceptionItem], bases: usize, names: &BTreeMap<&str, usize>) -> Order {
        let mut pairs = Vec::new();
        for (exception, position) in exceptions.iter().zip(bases..) {
            pairs.extend((0..bases).map(|base| (position, base)));
            for over in &exception.over {
                match names.get(over.text.as_str()) {
                    Some(&lower) => pairs.push((position, lower)),
                    None => {
                        let near = nearest(&over.text, names.keys().copied()).map(str::to_owned);
                        let diagnostic = Diagnostic::error(
                            Code::Precedence,
                            over.span,
                            format!("Aucune exception de cette valeur ne s'appelle « {} ».", over.text),
                        );
                        self.report(match near {
                            Some(near) => suggest(diagnostic, over, &near),
                            None => diagnostic.help("« prime sur » nomme une autre exception de la même valeur."),
                        });
                    }
                }
            }
        }
        let order = Order::new(bases + exceptions.len(), &pairs);
        if let Some(exception) = order.cycle().and_then(|at| at.checked_sub(bases)).and_then(|at| exceptions.get(at)) {
            self.report(
                Diagnostic::error(
                    Code::Precedence,
                    exception.name.span,
                    format!("« {} » prime sur elle-même, par un cercle de « prime sur ».", exception.name.text),
                )
                .help("Retirez l'un des « prime sur » du cercle."),
            );
        }
        order
    }
}

/// A value under construction.
#[derive(Clone, Copy)]
struct Body<'e, 'a> {
    id: RuleId,
    ty: Type,
    env: &'e Env<'a>,
}

/// A value with all its definitions.
struct Finished {
    id: RuleId,
    ty: Type,
    scope: ScopeId,
    filter: Option<NodeId>,
    applies: Option<(NodeId, Basis)>,
    contents: Vec<Content>,
    definitions: Vec<Definition>,
    order: Order,
}
