//! The order in which rules are best lowered: each after those it names, found on the tree alone.
//!
//! Lowering follows names on demand, one rule inside another; this order keeps that shallow, however long a
//! chain of values is and whichever way round it is written. A name that is not what it seems (a variable, a
//! field) only costs the order, never the meaning.

use std::collections::BTreeMap;

use super::{Lowerer, RuleItem};
use crate::syntax::ast::{Basis, Expr, ExprKind, Generator, Let, ValueBody};

impl Lowerer<'_> {
    /// Every rule once, those that a rule names before it, circles cut anywhere.
    pub(super) fn reading_order(&self) -> Vec<usize> {
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            by_name.entry(entry.item.name().text.as_str()).or_insert(at);
        }
        let needs: Vec<Vec<usize>> = self
            .entries
            .iter()
            .map(|entry| {
                let mut names = Vec::new();
                of_rule(entry.item, &mut names);
                names.into_iter().filter_map(|name| by_name.get(name).copied()).collect()
            })
            .collect();
        let mut order = Vec::with_capacity(needs.len());
        let mut seen = vec![false; needs.len()];
        for start in 0..needs.len() {
            // Depth first, without recursion: a rule is written down once all it needs is.
            let mut path = vec![(start, 0)];
            while let Some((at, next)) = path.last_mut() {
                let fresh = *next == 0 && seen.get_mut(*at).is_some_and(|seen| !std::mem::replace(seen, true));
                if *next == 0 && !fresh {
                    path.pop();
                    continue;
                }
                let need = needs.get(*at).and_then(|needs| needs.get(*next)).copied();
                *next += 1;
                match need {
                    Some(need) if !seen.get(need).copied().unwrap_or(true) => path.push((need, 0)),
                    Some(_) => {}
                    None => {
                        order.push(*at);
                        path.pop();
                    }
                }
            }
        }
        order
    }
}

type Names<'a> = Vec<&'a str>;

fn of_rule<'a>(item: RuleItem<'a>, names: &mut Names<'a>) {
    match item {
        RuleItem::Value(value) => {
            lets(&value.lets, names);
            generators(value.each.as_slice(), names);
            scope(value.scope.as_ref(), names);
            match &value.body {
                ValueBody::Single { value, .. } => expr(value, names),
                ValueBody::Table(rows) => rows.iter().for_each(|row| {
                    expr(&row.condition, names);
                    expr(&row.value, names);
                }),
            }
            for exception in &value.exceptions {
                exception.condition.iter().for_each(|condition| expr(condition, names));
                expr(&exception.value, names);
            }
        }
        RuleItem::Norm(norm) => {
            lets(&norm.lets, names);
            generators(&norm.each, names);
            scope(norm.scope.as_ref(), names);
            norm.content.iter().for_each(|content| expr(&content.condition, names));
            norm.exemptions.iter().for_each(|exemption| expr(&exemption.condition, names));
        }
        RuleItem::Decision(decision) => {
            lets(&decision.lets, names);
            scope(decision.scope.as_ref(), names);
            for line in &decision.requirements {
                line.case.iter().chain(&line.items).for_each(|part| expr(part, names));
            }
            decision.exemptions.iter().for_each(|exemption| expr(&exemption.condition, names));
        }
        RuleItem::Notice(notice) => {
            lets(&notice.lets, names);
            generators(&notice.each, names);
            expr(&notice.condition, names);
        }
        RuleItem::Incoherence(incoherence) => {
            lets(&incoherence.lets, names);
            generators(&incoherence.each, names);
            expr(&incoherence.condition, names);
        }
    }
}

fn lets<'a>(lets: &'a [Let], names: &mut Names<'a>) {
    lets.iter().for_each(|binding| expr(&binding.value, names));
}

fn scope<'a>(scope: Option<&'a (Expr, Basis)>, names: &mut Names<'a>) {
    scope.iter().for_each(|(condition, _)| expr(condition, names));
}

fn generators<'a>(generators: &'a [Generator], names: &mut Names<'a>) {
    for generator in generators {
        expr(&generator.list, names);
        generator.filter.iter().for_each(|filter| expr(filter, names));
    }
}

/// Names in an expression; its depth is bounded by the parser.
fn expr<'a>(of: &'a Expr, names: &mut Names<'a>) {
    match &of.kind {
        ExprKind::Name(name) => names.push(&name.text),
        ExprKind::Field(object, name) => {
            names.push(&name.text);
            expr(object, names);
        }
        ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::List(parts) | ExprKind::Call(_, parts) => {
            parts.iter().for_each(|part| expr(part, names));
        }
        ExprKind::Record(fields) => fields.iter().for_each(|(_, value)| expr(value, names)),
        ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::Is(inner, _) => expr(inner, names),
        ExprKind::Compare(_, a, b)
        | ExprKind::Arithmetic(_, a, b)
        | ExprKind::In(a, b)
        | ExprKind::Default(a, b)
        | ExprKind::Interval(a, b) => [a, b].into_iter().for_each(|part| expr(part, names)),
        ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => [a, b, c].into_iter().for_each(|part| expr(part, names)),
        ExprKind::Among(value, others) => {
            expr(value, names);
            others.iter().for_each(|other| expr(other, names));
        }
        ExprKind::Aggregate(_, body, over) => {
            generators(over, names);
            body.iter().for_each(|body| expr(body, names));
        }
        ExprKind::Truth(_)
        | ExprKind::Number(_)
        | ExprKind::Quantity(..)
        | ExprKind::Date(_)
        | ExprKind::Text(_)
        | ExprKind::Unknown
        | ExprKind::Absent
        | ExprKind::Invalid => {}
    }
}
