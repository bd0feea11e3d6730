//! Rules applied to a dossier: values, norms, decisions, notices, incoherences.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::build::{Builder, Built, Env, Meaning, Row, Rows, Strange};
use super::facts::Rule;
use super::known::Op;
use super::names::show;
use super::node::{Definition, Frame, How, Kind, N, node};
use crate::syntax::ast::{Basis, ContentItem, Expr, Let, Name, NormKind, ValueBody, ValueItem};

impl<'a> Builder<'a, '_> {
    /// The answer of a rule for the dossier.
    pub(super) fn rule(&self, at: usize) -> Built<N<'a>> {
        self.once((at, String::new()), || match self.rules().get(at) {
            Some(Rule::Value(item)) => self.value(at, item, Env::default(), None),
            Some(Rule::Norm(item)) if item.each.is_empty() => self.instance(at, &Env::default()),
            Some(Rule::Norm(_)) => {
                let rows = self.instances(at)?;
                self.reduce(How::Instances, Some(at), rows, |row| self.instance(at, &row.env).map(Some))
            }
            Some(Rule::Decision(_)) => self.decision(at),
            Some(Rule::Notice(_) | Rule::Incoherence(_)) | None => Err(Strange),
        })
    }

    pub(super) fn once(&self, key: (usize, String), make: impl FnOnce() -> Built<N<'a>>) -> Built<N<'a>> {
        if let Some(made) = self.made.borrow().get(&key) {
            return Ok(made.clone());
        }
        if self.under_way.borrow().contains(&key) {
            return Err(Strange);
        }
        self.under_way.borrow_mut().push(key.clone());
        let made = make();
        self.under_way.borrow_mut().pop();
        self.made.borrow_mut().insert(key, made.as_ref().map_err(|_| Strange)?.clone());
        made
    }

    /// The elements for which a rule has instances.
    pub(super) fn instances(&self, at: usize) -> Built<Rows<'a>> {
        match self.rules().get(at) {
            Some(Rule::Value(ValueItem { each: Some(each), .. })) => {
                self.open(&Env::default(), std::slice::from_ref(each))
            }
            Some(Rule::Norm(item)) => self.open(&Env::default(), &item.each),
            Some(Rule::Notice(item)) => self.open(&Env::default(), &item.each),
            Some(Rule::Incoherence(item)) => self.open(&Env::default(), &item.each),
            Some(Rule::Value(_) | Rule::Decision(_)) | None => Err(Strange),
        }
    }

    /// Which rows of a rule count.
    pub(super) fn filter(&self, row: &Row<'a>) -> Option<N<'a>> {
        match row.filters.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(node(Kind::Logic(true, several.to_vec()))),
        }
    }

    /// One instance of a rule.
    pub(super) fn one(&self, at: usize, row: &Row<'a>) -> Built<N<'a>> {
        match (self.rules().get(at), &row.place) {
            (Some(Rule::Value(item)), Some(place)) => {
                self.once((at, place.path.clone()), || self.value(at, item, row.env.clone(), self.filter(row)))
            }
            (_, _) => self.instance(at, &row.env),
        }
    }

    /// One instance of a rule as it is answered: of a norm, with what filters the rows among its conditions.
    pub(super) fn judged(&self, at: usize, row: &Row<'a>) -> Built<N<'a>> {
        let made = self.one(at, row)?;
        let Some(Rule::Norm(_)) = self.rules().get(at) else { return Ok(made) };
        let Some(filter) = self.filter(row) else { return Ok(made) };
        let Kind::Judge(frame, content) = &made.kind else { return Err(Strange) };
        let applies = match &frame.applies {
            Some(applies) => node(Kind::Logic(true, vec![filter, applies.clone()])),
            None => filter,
        };
        let frame = Frame { rule: frame.rule, applies: Some(applies), exemptions: frame.exemptions.clone() };
        Ok(node(Kind::Judge(frame, content.clone())))
    }

    /// The names of a row, with those that `soit` adds.
    pub(super) fn with(&self, row: &Row<'a>, lets: &'a [Let]) -> Built<Env<'a>> {
        let mut env = row.env.clone();
        self.lets(&mut env, lets)?;
        Ok(env)
    }

    pub(super) fn lets(&self, env: &mut Env<'a>, lets: &'a [Let]) -> Built<()> {
        for binding in lets {
            let meaning = self.meaning(&binding.value, env)?;
            env.bind(&binding.name, meaning);
        }
        Ok(())
    }

    pub(super) fn scope(&self, env: &mut Env<'a>, scope: Option<&'a (Expr, Basis)>) -> Built<Option<N<'a>>> {
        let Some((condition, _)) = scope else { return Ok(None) };
        let applies = self.node(condition, env)?;
        show(&mut env.shown, &applies, true);
        Ok(Some(applies))
    }

    pub(super) fn value(
        &self,
        at: usize,
        item: &'a ValueItem,
        mut env: Env<'a>,
        filter: Option<N<'a>>,
    ) -> Built<N<'a>> {
        if item.each.is_some() && env.names.is_empty() {
            return Err(Strange);
        }
        self.lets(&mut env, &item.lets)?;
        let applies = self.scope(&mut env, item.scope.as_ref())?;
        let mut definitions = Vec::new();
        match &item.body {
            ValueBody::Single { value, .. } => {
                definitions.push(Definition {
                    part: 0,
                    condition: None,
                    value: self.node(value, &Env { wanted: Some(&item.ty), ..env.clone() })?,
                });
            }
            ValueBody::Table(rows) => {
                for (part, row) in rows.iter().enumerate() {
                    let condition = self.node(&row.condition, &env)?;
                    let mut inner = Env { wanted: Some(&item.ty), ..env.clone() };
                    show(&mut inner.shown, &condition, true);
                    let value = self.node(&row.value, &inner)?;
                    definitions.push(Definition { part, condition: Some(condition), value });
                }
            }
        }
        let bases = definitions.len();
        let conditions: Option<Vec<&N<'a>>> = definitions.iter().map(|d| d.condition.as_ref()).collect();
        let total = conditions.is_none_or(|conditions| self.leaves_no_gap(&conditions));
        let over = over(item, bases);
        let any = self.facts.schema.any(&item.ty);
        let frame = |applies| Frame { rule: at, applies, exemptions: Vec::new() };
        // One that prevails over others is made after them: its `base` may read them.
        let below = |at: usize| {
            (0..over.len()).filter(|lower| over.get(*lower).is_some_and(|o| o.contains(&at))).collect::<Vec<_>>()
        };
        let mut waiting: Vec<usize> = (bases..over.len()).collect();
        waiting.sort_by_key(|at| below(*at).len());
        let mut made: BTreeMap<usize, Definition<'a>> = (0..).zip(definitions).collect();
        for position in waiting {
            let Some(exception) = item.exceptions.get(position - bases) else { return Err(Strange) };
            let condition = exception.condition.as_ref().map(|condition| self.node(condition, &env)).transpose()?;
            let mut inner = Env { wanted: Some(&item.ty), ..env.clone() };
            condition.iter().for_each(|condition| show(&mut inner.shown, condition, true));
            let kept = below(position);
            let lower: Vec<Definition<'a>> = kept.iter().filter_map(|at| made.get(at)).map(again).collect();
            let above = |one: &usize, two: &usize| over.get(*one).is_some_and(|over| over.contains(two));
            let among = |one: &usize| (0..).zip(&kept).filter(|(_, two)| above(one, two)).map(|(at, _)| at).collect();
            let order = self.order(kept.iter().map(among).collect(), total, &lower.iter().collect::<Vec<_>>());
            inner.base = Some(node(Kind::Choose(frame(None), lower, order, any.clone())));
            let value = self.node(&exception.value, &inner)?;
            made.insert(position, Definition { part: position, condition, value });
        }
        let applies = match (filter, applies) {
            (Some(filter), Some(applies)) => Some(node(Kind::Logic(true, vec![filter, applies]))),
            (filter, applies) => filter.or(applies),
        };
        let order = self.order(over, total, &made.values().collect::<Vec<_>>());
        Ok(node(Kind::Choose(frame(applies), made.into_values().collect(), order, any)))
    }

    pub(super) fn exemptions(
        &self,
        env: &Env<'a>,
        items: &'a [crate::syntax::ast::ExemptionItem],
    ) -> Built<Vec<N<'a>>> {
        items.iter().map(|item| self.node(&item.condition, env)).collect()
    }

    /// One instance of a norm, or of a notice or incoherence.
    pub(super) fn instance(&self, rule: usize, env: &Env<'a>) -> Built<N<'a>> {
        let mut env = env.clone();
        match self.rules().get(rule) {
            Some(Rule::Norm(item)) => {
                self.lets(&mut env, &item.lets)?;
                let applies = self.scope(&mut env, item.scope.as_ref())?;
                let exemptions = self.exemptions(&env, &item.exemptions)?;
                let content = self.content(&mut env, &item.content, item.kind)?;
                Ok(node(Kind::Judge(Frame { rule, applies, exemptions }, content)))
            }
            Some(Rule::Notice(item)) => self.noticed(rule, env, &item.lets, &item.condition),
            Some(Rule::Incoherence(item)) => self.noticed(rule, env, &item.lets, &item.condition),
            Some(Rule::Value(_) | Rule::Decision(_)) | None => Err(Strange),
        }
    }

    pub(super) fn noticed(&self, rule: usize, mut env: Env<'a>, lets: &'a [Let], condition: &'a Expr) -> Built<N<'a>> {
        self.lets(&mut env, lets)?;
        let content = vec![self.node(condition, &env)?];
        Ok(node(Kind::Judge(Frame { rule, applies: None, exemptions: Vec::new() }, content)))
    }

    pub(super) fn content(&self, env: &mut Env<'a>, items: &'a [ContentItem], kind: NormKind) -> Built<Vec<N<'a>>> {
        let mut made = Vec::new();
        for item in items {
            let condition = self.node(&item.condition, env)?;
            show(&mut env.shown, &condition, true);
            made.push(if kind == NormKind::Prohibition { node(Kind::Not(condition)) } else { condition });
        }
        Ok(made)
    }

    pub(super) fn decision(&self, rule: usize) -> Built<N<'a>> {
        let Some(Rule::Decision(item)) = self.rules().get(rule) else { return Err(Strange) };
        let mut env = Env::default();
        self.lets(&mut env, &item.lets)?;
        let applies = self.scope(&mut env, item.scope.as_ref())?;
        let exemptions = self.exemptions(&env, &item.exemptions)?;
        let mut lines = Vec::new();
        for line in &item.requirements {
            let case = line.case.as_ref().map(|case| self.node(case, &env)).transpose()?;
            let mut inner = env.clone();
            case.iter().for_each(|case| show(&mut inner.shown, case, true));
            let mut items = Vec::new();
            for required in &line.items {
                let item = self.required(required, &inner)?;
                show(&mut inner.shown, &item, true);
                items.push(item);
            }
            lines.push((case, items));
        }
        let cases: Option<Vec<&N<'a>>> = lines.iter().map(|(case, _)| case.as_ref()).collect();
        let total = cases.is_none_or(|cases| self.leaves_no_gap(&cases));
        Ok(node(Kind::Decide(Frame { rule, applies, exemptions }, lines, total)))
    }

    pub(super) fn required(&self, expr: &'a Expr, env: &Env<'a>) -> Built<N<'a>> {
        let Meaning::Norm(at) = self.meaning(expr, env)? else { return self.node(expr, env) };
        let Some(Rule::Norm(norm)) = self.rules().get(at) else { return Err(Strange) };
        let op = match norm.kind {
            NormKind::Permission => Op::Holds,
            NormKind::Obligation | NormKind::Prohibition => Op::Met,
            NormKind::Preference => Op::Reported,
        };
        Ok(node(Kind::Apply(op, vec![self.rule(at)?])))
    }
}

fn again<'a>(definition: &Definition<'a>) -> Definition<'a> {
    let Definition { part, condition, value } = definition;
    Definition { part: *part, condition: condition.clone(), value: Rc::clone(value) }
}

/// Of each definition, those that prevail over it.
fn over(item: &ValueItem, bases: usize) -> Vec<Vec<usize>> {
    let count = bases + item.exceptions.len();
    let place = |name: &Name| item.exceptions.iter().position(|other| other.name.text == name.text);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, exception) in item.exceptions.iter().enumerate() {
        pairs.extend((0..bases).map(|base| (bases + at, base)));
        pairs.extend(exception.over.iter().filter_map(place).map(|lower| (bases + at, bases + lower)));
    }
    let above = |lower: usize| {
        let (mut found, mut pending) = (BTreeSet::new(), vec![lower]);
        while let Some(current) = pending.pop() {
            pending.extend(
                pairs.iter().filter(|(_, over)| *over == current).map(|(at, _)| *at).filter(|at| found.insert(*at)),
            );
        }
        found.into_iter().collect()
    };
    (0..count).map(above).collect()
}
