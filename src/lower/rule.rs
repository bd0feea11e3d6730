//! Values: definitions, exceptions, priorities; and the order in which rules are lowered.

use std::collections::BTreeMap;

use super::declare::{duplicate, readable};
use super::env::{Env, Meaning, Place, Scalar, unit_of};
use super::expr::common;
use super::{Entry, Lowerer, Progress, RuleItem};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Basis, Content, Definition, InputId, Node, NodeId, RuleId, RuleKind, ScopeId};
use crate::source::Span;
use crate::syntax::ast::{self, Name, TypeKind, ValueBody};
use crate::value::priority::Order;
use crate::value::{Op, Type};

impl<'a> Lowerer<'a> {
    /// Makes every rule known by its name.
    pub(super) fn declare_rules(&mut self) {
        let items = self.items.rules.clone();
        self.check_collisions(items.iter().map(|item| item.name()), "règles");
        for item in items {
            let name = item.name();
            if self.roots.iter().any(|(root, _)| *root == name.text) {
                let first = self.build.program.facts.iter().find(|fact| fact.name == name.text);
                let first = first.and_then(|fact| fact.declared.span).unwrap_or(name.span);
                self.report(duplicate(name, first, "un fait"));
            }
            let at = self.entries.len();
            self.entries.push(Entry { item, progress: Progress::Waiting, rule: None, conditional: false });
            match item {
                RuleItem::Value(value) if value.each.is_some() => self.declare_field(value, at),
                RuleItem::Value(_) | RuleItem::Norm(_) | RuleItem::Decision(_) => {
                    self.by_name.entry(name.text.clone()).or_insert(at);
                }
                RuleItem::Notice(_) | RuleItem::Incoherence(_) => {}
            }
        }
    }

    /// `valeur NOM pour chaque s parmi L`: a further field of the elements of L.
    fn declare_field(&mut self, value: &'a ast::ValueItem, at: usize) {
        let Some(each) = &value.each else { return };
        let Meaning::List(list, place) = self.expr(&Env::root(), &each.list, None) else {
            self.report(
                Diagnostic::error(
                    Code::TypeMismatch,
                    each.list.span,
                    "« pour chaque » d'une valeur parcourt une liste de faits.",
                )
                .help("Par exemple : « valeur durée_retenue pour chaque s parmi périodes : durée »."),
            );
            return;
        };
        let record = self.elements.get(list.0 as usize).copied().flatten();
        if let Some(super::env::Part::Record(record)) = record
            && self.part_of(record, &value.name.text).is_some()
        {
            self.report(
                Diagnostic::error(
                    Code::DuplicateName,
                    value.name.span,
                    format!("Les éléments de cette liste ont déjà un champ « {} ».", value.name.text),
                )
                .help("Donnez à la valeur un autre nom."),
            );
        }
        if place.follow.is_some() || !place.requires.is_empty() {
            return;
        }
        self.fields.insert((list, value.name.text.clone()), at);
    }

    /// Lowers every rule in source order; a rule that another needs is lowered before it.
    pub(super) fn lower_rules(&mut self) {
        for at in 0..self.entries.len() {
            self.lower_entry(at);
        }
        // Rules were added as they were needed; people read them in source order.
        self.sort_rules();
    }

    /// Lowers a rule unless that is done; a rule that is under way depends on itself.
    fn lower_entry(&mut self, at: usize) -> bool {
        let Some(entry) = self.entries.get_mut(at) else { return false };
        match entry.progress {
            Progress::Done => return true,
            Progress::UnderWay => return false,
            Progress::Waiting => entry.progress = Progress::UnderWay,
        }
        let item = entry.item;
        match item {
            RuleItem::Value(value) => self.value(at, value),
            RuleItem::Norm(norm) => self.norm(at, norm),
            RuleItem::Decision(decision) => self.decision(at, decision),
            RuleItem::Notice(notice) => self.notice(at, notice),
            RuleItem::Incoherence(incoherence) => self.incoherence(at, incoherence),
        }
        if let Some(entry) = self.entries.get_mut(at) {
            entry.progress = Progress::Done;
        }
        true
    }

    fn needed(&mut self, at: usize, name: &Name) -> bool {
        if self.lower_entry(at) {
            return true;
        }
        let declared = self.entries.get(at).map(|entry| entry.item.name().span).unwrap_or(name.span);
        self.report(
            Diagnostic::error(
                Code::CyclicValue,
                name.span,
                format!("« {} » dépend de sa propre réponse.", name.text),
            )
            .label("et revient ici à elle-même")
            .other(declared, "déclarée ici")
            .help("Une règle ne peut pas s'appuyer sur une réponse qui s'appuie sur elle : rompez la boucle en repartant des faits."),
        );
        false
    }

    /// What a rule's name means from here.
    pub(super) fn rule_named(&mut self, env: &Env<'a>, at: usize, name: &'a Name) -> Meaning<'a> {
        if let Some(RuleItem::Value(value)) = self.entries.get(at).map(|entry| entry.item)
            && let (TypeKind::List(_), ValueBody::Single { value, basis }) = (&value.ty.kind, &value.body)
        {
            // A value that is a list is read anew where it is used.
            let within = self.entries.get(at).is_some_and(|entry| entry.progress == Progress::UnderWay);
            if within && !self.needed(at, name) {
                return Meaning::Invalid;
            }
            self.basis(basis);
            let was = self.entries.get_mut(at).map(|entry| std::mem::replace(&mut entry.progress, Progress::UnderWay));
            let meaning =
                self.expr(&Env { variables: Vec::new(), fields: None, base: None, ..env.clone() }, value, None);
            if let (Some(entry), Some(was)) = (self.entries.get_mut(at), was) {
                entry.progress = was;
            }
            return meaning;
        }
        if !self.needed(at, name) {
            return Meaning::Invalid;
        }
        let Some(entry) = self.entries.get(at) else { return Meaning::Invalid };
        let (Some(id), conditional) = (entry.rule, entry.conditional) else { return Meaning::Invalid };
        let Some(rule) = self.build.program.rule(id) else { return Meaning::Invalid };
        if let RuleKind::Norm(_) = rule.kind {
            return Meaning::Norm(id);
        }
        let (Some(result), ty) = (rule.result, rule.ty) else { return Meaning::Invalid };
        let up = self.build.up(env.scope, ScopeId::ROOT).unwrap_or_default();
        let node = self.build.lift(result, env.scope, &up);
        if conditional {
            self.conditional.insert(node);
        }
        Meaning::Scalar(Scalar { node, ty, optional: false, conditional })
    }

    /// `s.NOM`, a value that each element of a list has.
    pub(super) fn derived_field(&mut self, env: &Env<'a>, at: usize, name: &'a Name, place: &Place) -> Meaning<'a> {
        if !self.needed(at, name) {
            return Meaning::Invalid;
        }
        let Some(entry) = self.entries.get(at) else { return Meaning::Invalid };
        let (Some(id), conditional) = (entry.rule, entry.conditional) else { return Meaning::Invalid };
        let Some((instance, ty)) = self.build.program.rule(id).map(|rule| (rule.instance, rule.ty)) else {
            return Meaning::Invalid;
        };
        let node = self.read_at(env, place, instance);
        if conditional {
            self.conditional.insert(node);
        }
        Meaning::Scalar(Scalar { node, ty, optional: false, conditional })
    }

    /// `soit` lines.
    pub(super) fn lets(&mut self, env: &mut Env<'a>, lets: &'a [ast::Let]) {
        for binding in lets {
            let meaning = self.expr(env, &binding.value, None);
            let meaning = match meaning {
                Meaning::Collected(_) => Meaning::Alias(&binding.value, env.variables.clone()),
                Meaning::Scalar(_)
                | Meaning::Record(..)
                | Meaning::List(..)
                | Meaning::Alias(..)
                | Meaning::Norm(_)
                | Meaning::Invalid => meaning,
            };
            env.bind(&binding.name.text, meaning);
        }
    }

    /// `pour C`: its node, what it rests on, and the names with what it shows.
    pub(super) fn applicability(
        &mut self,
        env: &mut Env<'a>,
        scope: Option<&'a (ast::Expr, ast::Basis)>,
    ) -> Option<(NodeId, Basis)> {
        let (condition, basis) = scope?;
        let node = self.condition(env, condition);
        env.guards.extend(self.shown(node, true));
        let basis = self.basis(basis);
        Some((node, basis))
    }

    fn value(&mut self, at: usize, item: &'a ast::ValueItem) {
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
        for exception in &item.exceptions {
            let position = definitions.len();
            let condition = exception.condition.as_ref().map(|condition| self.condition(&env, condition));
            let mut shown = env.clone();
            if let Some(condition) = condition {
                shown.guards.extend(self.shown(condition, true));
            }
            shown.base = Some(self.base_value(&body, &definitions, &order, (position, exception)));
            let node = self.defining(&Body { env: &shown, ..body }, &exception.value);
            definitions.push(Definition { part: contents.len(), condition, value: node });
            contents.push(self.content(
                &exception.name.text,
                (&exception.basis, condition),
                vec![node],
                exception.span,
            ));
            self.must_cite(&exception.basis, &contents, exception.span, &exception.name.text);
        }
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

    /// `base`: what the value would be without this exception and those that prevail over it.
    fn base_value(
        &mut self,
        body: &Body<'_, 'a>,
        definitions: &[Definition],
        order: &Order,
        (position, exception): (usize, &ast::ExceptionItem),
    ) -> Scalar {
        let below: Vec<usize> = (0..definitions.len()).filter(|&lower| order.over(lower).contains(&position)).collect();
        let kept: Vec<Definition> = below.iter().filter_map(|&index| definitions.get(index)).cloned().collect();
        let pairs: Vec<(usize, usize)> = below
            .iter()
            .enumerate()
            .flat_map(|(lower_at, &lower)| {
                below
                    .iter()
                    .enumerate()
                    .filter(move |(_, higher)| order.over(lower).contains(higher))
                    .map(move |(higher_at, _)| (higher_at, lower_at))
            })
            .collect();
        let order = Order::new(kept.len(), &pairs);
        let node = Node::Choose { rule: body.id, applies: None, definitions: kept, order };
        let node = self.build.node(body.env.scope, node, body.ty, exception.span);
        Scalar { node, ty: body.ty, optional: false, conditional: false }
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
                        let near = super::names::nearest(&over.text, names.keys().copied()).map(str::to_owned);
                        let diagnostic = Diagnostic::error(
                            Code::Precedence,
                            over.span,
                            format!("Aucune exception de cette valeur ne s'appelle « {} ».", over.text),
                        );
                        self.report(match near {
                            Some(near) => diagnostic.help(format!("Vouliez-vous écrire « {near} » ?")),
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

    pub(super) fn content(
        &mut self,
        name: &str,
        (basis, condition): (&ast::Basis, Option<NodeId>),
        nodes: Vec<NodeId>,
        span: Span,
    ) -> Content {
        Content { name: name.to_owned(), basis: self.basis(basis), condition, nodes, otherwise: None, span }
    }

    /// Every conclusion cites what it rests on.
    pub(super) fn must_cite(&mut self, basis: &ast::Basis, contents: &[Content], span: Span, name: &str) {
        if basis.clauses.is_empty() {
            self.report(
                Diagnostic::error(
                    Code::MissingClause,
                    contents.last().map_or(span, |content| content.span),
                    format!("« {name} » ne dit pas sur quelle clause cela repose."),
                )
                .help("Ajoutez « selon … » et la clause du texte officiel : toute conclusion en cite une.")
                .help("Une interprétation dit comment on lit une clause : elle ne la remplace pas."),
            );
        }
    }

    /// A table over an enumeration that forgets a case, and what mends it.
    pub(super) fn check_cases(&mut self, conditions: &[NodeId], name: &ast::Name, remedies: &[&str]) {
        let mut seen: Option<(NodeId, u64)> = None;
        for condition in conditions {
            let Some((subject, mask)) = self.cases_tested(*condition) else { return };
            match seen {
                None => seen = Some((subject, mask)),
                Some((before, covered)) if before == subject => seen = Some((before, covered | mask)),
                Some(_) => return,
            }
        }
        let Some((subject, covered)) = seen else { return };
        let ty = self.build.program.type_of(subject);
        let Some(enumeration) = self.build.program.enumeration(ty) else { return };
        let missing: Vec<String> = enumeration
            .cases
            .iter()
            .zip(0u32..)
            .filter(|(_, bit)| covered & 1u64.checked_shl(*bit).unwrap_or(0) == 0)
            .map(|(case, _)| format!("« {} »", case.name))
            .collect();
        if missing.is_empty() {
            return;
        }
        let title = enumeration.name.clone();
        let message = format!("« {} » ne dit rien de {} (énumération « {title} »).", name.text, missing.join(", "));
        let diagnostic = Diagnostic::error(Code::MissingCase, name.span, message);
        self.report(remedies.iter().fold(diagnostic, |diagnostic, remedy| diagnostic.help(*remedy)));
    }

    /// Which cases of one node a condition asks for, where that is all it does.
    fn cases_tested(&self, condition: NodeId) -> Option<(NodeId, u64)> {
        let constant = |node: &NodeId| match self.build.program.node(*node) {
            Node::Constant(known) => match known.set {
                crate::value::Set::Cases(bits) => Some(bits),
                crate::value::Set::Nothing
                | crate::value::Set::Truth(_)
                | crate::value::Set::Range(_)
                | crate::value::Set::Text(_)
                | crate::value::Set::Period(_)
                | crate::value::Set::Days(_) => None,
            },
            _other => None,
        };
        match self.build.program.node(condition) {
            Node::Apply(Op::Same | Op::Among, operands) => {
                let (subject, others) = operands.split_first()?;
                let mask = others.iter().map(constant).try_fold(0, |mask, bits| bits.map(|bits| mask | bits))?;
                Some((*subject, mask))
            }
            Node::Or(operands) => {
                let mut found: Option<(NodeId, u64)> = None;
                for operand in operands {
                    let (subject, mask) = self.cases_tested(*operand)?;
                    found = match found {
                        None => Some((subject, mask)),
                        Some((before, covered)) if before == subject => Some((before, covered | mask)),
                        Some(_) => return None,
                    };
                }
                found
            }
            _other => None,
        }
    }

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

    /// Puts rules in source order: they were added as others needed them.
    fn sort_rules(&mut self) {
        let mut order: Vec<usize> = (0..self.build.program.rules.len()).collect();
        order.sort_by_key(|&at| self.build.program.rules.get(at).map(|rule| rule.span));
        let mut renamed = vec![RuleId(0); order.len()];
        for (new, &old) in order.iter().enumerate() {
            if let Some(slot) = renamed.get_mut(old) {
                *slot = RuleId(u32::try_from(new).unwrap_or(u32::MAX));
            }
        }
        let rename = |id: &mut RuleId| {
            if let Some(new) = renamed.get(id.0 as usize) {
                *id = *new;
            }
        };
        let rules = std::mem::take(&mut self.build.program.rules);
        let mut slots: Vec<Option<crate::program::Rule>> = rules.into_iter().map(Some).collect();
        self.build.program.rules = order.iter().filter_map(|&old| slots.get_mut(old).and_then(Option::take)).collect();
        for node in &mut self.build.program.nodes {
            match node {
                Node::Choose { rule, .. } | Node::Judge { rule, .. } | Node::Decide { rule, .. } => rename(rule),
                Node::Reduce { rule: Some(rule), .. } => rename(rule),
                Node::Input(_)
                | Node::Constant(_)
                | Node::Presume { .. }
                | Node::Apply(..)
                | Node::Not(_)
                | Node::And(_)
                | Node::Or(_)
                | Node::If { .. }
                | Node::Lift { .. }
                | Node::Follow { .. }
                | Node::Resolves { .. }
                | Node::Reduce { rule: None, .. }
                | Node::Invalid => {}
            }
        }
        for entry in &mut self.entries {
            if let Some(rule) = &mut entry.rule {
                rename(rule);
            }
        }
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
