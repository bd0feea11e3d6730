//! Norms, decisions, notices and incoherences.

use super::declare::readable;
use super::env::{Env, Meaning, Part};
use super::names::written;
use super::{Lowerer, RuleItem};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{
    Basis, Content, Discard, Exemption, InputId, Node, NodeId, NormKind, Reduction, RequirementNode, RuleId, RuleKind,
    ScopeId,
};
use crate::syntax::ast::{self, Expr, ExprKind};
use crate::value::{Op, Type};

impl<'a> Lowerer<'a> {
    pub(super) fn norm(&mut self, at: usize, item: &'a ast::NormItem) {
        let label = item.label.as_ref().map_or_else(|| readable(&item.name.text), |label| label.text.clone());
        let id = self.reserve(RuleKind::Norm(item.kind), &item.name.text, label, item.span);
        let mut env = Env::root();
        let mut filter = None;
        if !item.each.is_empty() {
            let Some(opened) = self.open(&env, &item.each, "un « où »") else { return };
            env = opened.env;
            filter = opened.filter;
        }
        self.lets(&mut env, &item.lets);
        let applies = self.applicability(&mut env, item.scope.as_ref());
        let exemptions = self.exemptions(&env, &item.exemptions);
        let mut inner = env.clone();
        let mut contents = Vec::new();
        let mut nodes = Vec::new();
        for content in &item.content {
            let mut node = self.condition(&inner, &content.condition);
            inner.guards.extend(self.shown(node, true));
            if item.kind == NormKind::Prohibition {
                node = self.build.node(env.scope, Node::Not(node), Type::Truth, content.span);
            }
            nodes.push(node);
            let mut made = self.content("", (&content.basis, None), vec![node], content.span);
            made.otherwise = content.otherwise.as_ref().map(|text| text.text.clone());
            contents.push(made);
            if item.basis.clauses.is_empty() {
                self.must_cite(&content.basis, &contents, content.span, &item.name.text);
            }
        }
        if item.content.is_empty() {
            self.must_cite(&item.basis, &contents, item.name.span, &item.name.text);
        }
        let applies_to = applies.as_ref().map(|(node, _)| *node);
        let exempt: Vec<NodeId> = exemptions.iter().map(|exemption| exemption.condition).collect();
        let judge = |applies, content| Node::Judge { rule: id, applies, exemptions: exempt.clone(), content };
        let instance = self.build.node(env.scope, judge(applies_to, nodes.clone()), Type::Truth, item.span);
        let guarded = filter.map(|filter| {
            let both = match applies_to {
                Some(applies) => self.build.node(env.scope, Node::And(vec![filter, applies]), Type::Truth, item.span),
                None => filter,
            };
            self.build.node(env.scope, judge(Some(both), nodes), Type::Truth, item.span)
        });
        let result = if env.scope == ScopeId::ROOT {
            instance
        } else {
            let reduced = Node::Reduce {
                how: Reduction::Instances,
                from: env.scope,
                filter,
                body: Some(instance),
                rule: Some(id),
            };
            self.build.node(ScopeId::ROOT, reduced, Type::Truth, item.span)
        };
        let basis = self.basis(&item.basis);
        if let Some(rule) = self.rule_mut(id) {
            rule.basis = basis;
            rule.bearer = item.bearer.as_ref().map(|bearer| bearer.text.clone());
            rule.scope = env.scope;
            rule.filter = filter;
            rule.instance = instance;
            rule.guarded = guarded;
            rule.result = Some(result);
            rule.applies = applies;
            rule.contents = contents;
            rule.exemptions = exemptions;
            rule.otherwise = item.otherwise.as_ref().map(|text| text.text.clone());
        }
        self.done(at, id, true);
    }

    fn done(&mut self, at: usize, id: RuleId, conditional: bool) {
        if let Some(entry) = self.entries.get_mut(at) {
            entry.rule = Some(id);
            entry.conditional = conditional;
        }
    }

    fn exemptions(&mut self, env: &Env<'a>, items: &'a [ast::ExemptionItem]) -> Vec<Exemption> {
        items
            .iter()
            .map(|item| {
                let condition = self.condition(env, &item.condition);
                self.must_cite(&item.basis, &[], item.span, &item.name.text);
                Exemption { name: item.name.text.clone(), basis: self.basis(&item.basis), condition, span: item.span }
            })
            .collect()
    }

    pub(super) fn decision(&mut self, at: usize, item: &'a ast::DecisionItem) {
        let label = item.label.as_ref().map_or_else(|| readable(&item.name.text), |label| label.text.clone());
        let id = self.reserve(RuleKind::Decision, &item.name.text, label, item.span);
        let mut env = Env::root().strictly("une décision");
        self.lets(&mut env, &item.lets);
        let applies = self.applicability(&mut env, item.scope.as_ref());
        let exemptions = self.exemptions(&env, &item.exemptions);
        let mut contents = Vec::new();
        let mut requirements = Vec::new();
        let mut all_named = true;
        for line in &item.requirements {
            let case = line.case.as_ref().map(|case| self.condition(&env, case));
            let mut inner = env.clone();
            if let Some(case) = case {
                inner.guards.extend(self.shown(case, true));
            }
            let mut items = Vec::new();
            for required in &line.items {
                all_named &= matches!(required.kind, ExprKind::Name(_));
                let node = self.required(&inner, required);
                inner.guards.extend(self.shown(node, true));
                items.push(node);
            }
            contents.push(self.content("", (&line.basis, case), items.clone(), line.span));
            requirements.push(RequirementNode { case, items });
        }
        let cases: Option<Vec<NodeId>> = requirements.iter().map(|line| line.case).collect();
        let mut total = true;
        if let Some(cases) = cases {
            self.check_cases(&cases, &item.name, &["Ajoutez une ligne « cas … exige … » pour chacun."]);
            total = self.leave_no_gap(&cases);
        }
        if !all_named && item.requirements.iter().all(|line| line.basis == ast::Basis::default()) {
            self.must_cite(&item.basis, &[], item.name.span, &item.name.text);
        }
        let decided = Node::Decide {
            rule: id,
            applies: applies.as_ref().map(|(node, _)| *node),
            exemptions: exemptions.iter().map(|exemption| exemption.condition).collect(),
            requirements,
            total,
        };
        let node = self.build.node(ScopeId::ROOT, decided, Type::Truth, item.span);
        let basis = self.basis(&item.basis);
        let conditional = applies.is_some();
        if conditional {
            self.conditional.insert(node);
        }
        if let Some(rule) = self.rule_mut(id) {
            rule.basis = basis;
            rule.instance = node;
            rule.result = Some(node);
            rule.applies = applies;
            rule.contents = contents;
            rule.exemptions = exemptions;
        }
        self.done(at, id, conditional);
    }

    /// An item of a decision: a norm by name is met where it holds or does not apply (a permission must be
    /// open; a preference never blocks); anything else is a condition.
    fn required(&mut self, env: &Env<'a>, expr: &'a Expr) -> NodeId {
        if let ExprKind::Name(name) = &expr.kind
            && env.variable(&name.text).is_none()
            && let Some(at) = self.by_name.get(&name.text).copied()
            && let Some(RuleItem::Norm(norm)) = self.entries.get(at).map(|entry| entry.item)
        {
            if let Meaning::Norm(rule) = self.rule_named(env, at, name)
                && let Some(result) = self.build.program.rule(rule).and_then(|rule| rule.result)
            {
                let op = match norm.kind {
                    NormKind::Permission => Op::Holds,
                    NormKind::Obligation | NormKind::Prohibition => Op::Met,
                    NormKind::Preference => Op::Reported,
                };
                return self.build.apply(env.scope, (op, vec![result]), Type::Truth, expr.span);
            }
            return self.build.node(env.scope, Node::Invalid, Type::Truth, expr.span);
        }
        self.condition(env, expr)
    }

    pub(super) fn notice(&mut self, at: usize, item: &'a ast::NoticeItem) {
        let label = item.label.as_ref().map_or_else(|| readable(&item.name.text), |label| label.text.clone());
        let id = self.reserve(RuleKind::Notice, &item.name.text, label, item.span);
        self.must_cite(&item.basis, &[], item.name.span, &item.name.text);
        self.noticed(id, (&item.lets, &item.each), &item.condition, item.span);
        let basis = self.basis(&item.basis);
        if let Some(rule) = self.rule_mut(id) {
            rule.basis = basis;
        }
        self.done(at, id, true);
    }

    /// The condition of a notice or incoherence, on each instance.
    fn noticed(
        &mut self,
        id: RuleId,
        (lets, each): (&'a [ast::Let], &'a [ast::Generator]),
        condition: &'a Expr,
        span: crate::source::Span,
    ) -> Option<Env<'a>> {
        let mut env = Env::root();
        let mut filter = None;
        if !each.is_empty() {
            let opened = self.open(&env, each, "un « où »")?;
            env = opened.env;
            filter = opened.filter;
        }
        self.lets(&mut env, lets);
        let node = self.condition(&env, condition);
        let judged = Node::Judge { rule: id, applies: None, exemptions: Vec::new(), content: vec![node] };
        let instance = self.build.node(env.scope, judged, Type::Truth, span);
        let content = Content {
            name: String::new(),
            basis: Basis::default(),
            condition: None,
            nodes: vec![node],
            otherwise: None,
            span,
        };
        if let Some(rule) = self.rule_mut(id) {
            rule.scope = env.scope;
            rule.filter = filter;
            rule.instance = instance;
            rule.result = (env.scope == ScopeId::ROOT).then_some(instance);
            rule.contents = vec![content];
        }
        env.guards.extend(self.shown(node, true));
        Some(env)
    }

    pub(super) fn incoherence(&mut self, at: usize, item: &'a ast::IncoherenceItem) {
        let label = item.label.as_ref().map_or_else(|| readable(&item.name.text), |label| label.text.clone());
        let id = self.reserve(RuleKind::Incoherence, &item.name.text, label, item.span);
        let basis = self.basis(&item.basis);
        self.cohering = true;
        let env = self.noticed(id, (&item.lets, &item.each), &item.condition, item.span);
        self.cohering = false;
        let Some(env) = env else { return };
        let mut discards = Vec::new();
        for discard in &item.discards {
            if let Some(found) = self.discard(&env, discard) {
                let bounds = item.bounds.as_ref().and_then(|(low, high)| {
                    let ty = self.build.program.input(found.input).map(|input| input.ty)?;
                    if !ty.is_ordered() {
                        self.unbounded(discard, ty);
                        return None;
                    }
                    Some((self.typed(&env, low, ty)?.node, self.typed(&env, high, ty)?.node))
                });
                discards.push(Discard { bounds, ..found });
            }
        }
        if let Some(rule) = self.rule_mut(id) {
            rule.basis = basis;
            rule.discards = discards;
        }
        self.done(at, id, true);
    }

    /// `compris entre`, said of a fact whose values have no order.
    fn unbounded(&mut self, discard: &Expr, ty: Type) {
        let found = self.describe(ty);
        self.report(
            Diagnostic::error(
                Code::TypeMismatch,
                discard.span,
                format!("« {} » n'a pas de bornes : c'est {found}.", written(discard)),
            )
            .help("« compris entre » se dit d'un nombre, d'une durée ou d'une date ; sans lui, « écarte » ne retient rien du fait."),
        );
    }

    /// The leaf that `écarte` names.
    fn discard(&mut self, env: &Env<'a>, expr: &'a Expr) -> Option<Discard> {
        let meaning = self.expr(env, expr, None);
        let found = match meaning {
            Meaning::Scalar(scalar) => {
                let (base, hops) = self.build.base(scalar.node);
                let node = self.build.program.node(base);
                if let Some(input) = node.leaf() {
                    Some(Discard { input, hops, via: None, bounds: None })
                } else if let &Node::Follow { reference, key, body, .. } = node {
                    self.build.program.node(body).leaf().map(|input| {
                        let reference = self.build.lift(reference, env.scope, &hops);
                        Discard { input, hops: Vec::new(), via: Some((reference, key)), bounds: None }
                    })
                } else {
                    None
                }
            }
            Meaning::Invalid => return None,
            Meaning::Record(..) | Meaning::List(..) | Meaning::Collected(_) | Meaning::Alias(..) | Meaning::Norm(_) => {
                None
            }
        };
        if found.is_none() {
            self.report(
                Diagnostic::error(
                    Code::Misplaced,
                    expr.span,
                    format!("« {} » n'est pas un fait : on ne peut pas l'écarter.", written(expr)),
                )
                .help("« écarte » nomme des faits du dossier : « écarte s.début, s.fin »."),
            );
        }
        found
    }

    /// Adds what the language says of every record that may stand for a period: an end before the start is
    /// a fault of both dates, unless the ruleset speaks of it. Then lists what incoherences need.
    pub(super) fn incoherences(&mut self) {
        for record in 0..self.records.len() {
            let (Some(Part::Leaf(start)), Some(Part::Leaf(end))) =
                (self.part_of(record, "début"), self.part_of(record, "fin"))
            else {
                continue;
            };
            self.inverted(start, end);
        }
        let guards: Vec<NodeId> = self
            .build
            .program
            .rules
            .iter()
            .filter(|rule| rule.kind == RuleKind::Incoherence)
            .flat_map(|rule| {
                let bounds = rule.discards.iter().flat_map(|discard| {
                    let bounds = discard.bounds.into_iter().flat_map(|(low, high)| [low, high]);
                    bounds.chain(discard.via.into_iter().flat_map(|(reference, key)| [reference, key]))
                });
                std::iter::once(rule.instance).chain(rule.filter).chain(bounds).collect::<Vec<_>>()
            })
            .filter(|node| (node.0 as usize) < self.build.program.nodes.len())
            .collect();
        self.build.program.guard_nodes = self.build.program.cone(&guards);
    }

    fn inverted(&mut self, start: InputId, end: InputId) {
        let program = &self.build.program;
        let (Some(first), Some(last)) = (program.input(start), program.input(end)) else { return };
        if first.ty != Type::Date || last.ty != Type::Date {
            return;
        }
        let spoken_of = program.rules.iter().any(|rule| {
            rule.kind == RuleKind::Incoherence
                && [start, end].iter().all(|input| rule.discards.iter().any(|discard| discard.input == *input))
        });
        if spoken_of {
            return;
        }
        let (scope, given) = (first.scope, vec![last.given, first.given]);
        let span = first.declared.span.unwrap_or(self.nowhere);
        let name =
            format!("fin_avant_début_{}", first.path.split_last().map(|(_, rest)| rest.join("_")).unwrap_or_default());
        let id = self.reserve(RuleKind::Incoherence, &name, "la fin précède le début".to_owned(), span);
        let less = self.build.apply(scope, (Op::Less, given), Type::Truth, span);
        let judged = Node::Judge { rule: id, applies: None, exemptions: Vec::new(), content: vec![less] };
        let instance = self.build.node(scope, judged, Type::Truth, span);
        if let Some(rule) = self.rule_mut(id) {
            rule.scope = scope;
            rule.instance = instance;
            rule.discards = [start, end]
                .into_iter()
                .map(|input| Discard { input, hops: Vec::new(), via: None, bounds: None })
                .collect();
            rule.contents = vec![Content {
                name: String::new(),
                basis: Basis::default(),
                condition: None,
                nodes: vec![less],
                otherwise: None,
                span,
            }];
        }
    }
}
