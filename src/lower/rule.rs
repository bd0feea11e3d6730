//! Rules: known by their names, each lowered before those that need it.

use super::declare::duplicate;
use super::env::{Env, Meaning, Part, Place, Scalar};
use super::{Entry, Lowerer, Progress, RuleItem};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Basis, Content, Node, NodeId, Rule, RuleId, RuleKind, ScopeId};
use crate::source::Span;
use crate::syntax::ast::{self, Name, TypeKind, ValueBody};

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
        if let Some(Part::Record(record)) = record
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

    /// Lowers every rule, those that a rule needs before it.
    pub(super) fn lower_rules(&mut self) {
        for at in self.reading_order() {
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
        let mut slots: Vec<Option<Rule>> = rules.into_iter().map(Some).collect();
        self.build.program.rules = order.iter().filter_map(|&old| slots.get_mut(old).and_then(Option::take)).collect();
        for node in &mut self.build.program.nodes {
            match node {
                Node::Choose { rule, .. } | Node::Judge { rule, .. } | Node::Decide { rule, .. } => rename(rule),
                Node::Reduce { rule: Some(rule), .. } => rename(rule),
                Node::Input(_)
                | Node::Constant(_)
                | Node::Presume { .. }
                | Node::Contested(_)
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
