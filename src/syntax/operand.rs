//! Operands: literals, names, calls, and what stands between brackets.

use super::ast::{Expr, ExprKind};
use super::builder::{Builder, Built, Stop, Tree};
use super::grammar::{Pair, Parts, Rule};
use super::token;
use crate::diagnostic::Code;
use crate::value::Number;

impl<'t> Builder<'t> {
    /// A literal, a name, a call, or something between brackets.
    pub(super) fn primary(&mut self, pair: &Pair<'t>) -> Built {
        let rule = pair.as_rule();
        let span = self.span(pair);
        if rule == Rule::call {
            return self.call(pair);
        }
        if rule == Rule::paren {
            let (mut elements, height) = self.elements(pair)?;
            if let (Some(only), true) = (elements.pop(), elements.is_empty()) {
                return Ok(Tree { expr: Box::new(only), height });
            }
            self.error(
                Code::Syntax,
                span,
                ("une suite entre parenthèses ne va qu'après «\u{a0}dans\u{a0}»", "pour une liste, écrivez [ a, b ]"),
            );
            return Err(Stop);
        }
        if rule == Rule::list {
            let (elements, height) = self.elements(pair)?;
            return self.node(ExprKind::List(elements), span, height);
        }
        if rule == Rule::record {
            return self.record(pair);
        }
        let kind = if rule == Rule::quantity {
            self.quantity(pair)
        } else if rule == Rule::date {
            self.date(pair)
        } else if rule == Rule::string {
            ExprKind::Text(self.quoted(pair).text)
        } else if rule == Rule::truth {
            ExprKind::Truth(pair.as_str() == "oui")
        } else if rule == Rule::unknown {
            ExprKind::Unknown
        } else {
            return Err(Stop);
        };
        self.node(kind, span, 0)
    }

    fn call(&mut self, pair: &Pair<'t>) -> Built {
        let mut parts = Parts::of(pair);
        let Some(callee) = parts.next() else {
            return Err(Stop);
        };
        let name = self.name(&callee);
        match parts.next() {
            Some(arguments) => {
                let (elements, height) = self.elements(&arguments)?;
                let span = self.span(pair);
                self.node(ExprKind::Call(name, elements), span, height)
            }
            None => {
                let span = name.span;
                if self.given && matches!(name.text.as_str(), "aucun" | "aucune") {
                    return self.node(ExprKind::Absent, span, 0);
                }
                self.node(ExprKind::Name(name), span, 0)
            }
        }
    }

    /// The expressions between brackets, and the greatest of their heights.
    pub(super) fn elements(&mut self, pair: &Pair<'t>) -> Result<(Vec<Expr>, usize), Stop> {
        let mut parts = Parts::of(pair);
        let mut elements = Vec::new();
        let mut height = 0;
        while let Some(part) = parts.next() {
            if part.as_rule() == Rule::expr {
                let mut tokens = Parts::of(&part);
                let element = self.collection(&mut tokens)?;
                self.finish(&tokens)?;
                height = height.max(element.height);
                elements.push(*element.expr);
            }
        }
        Ok((elements, height))
    }

    fn record(&mut self, pair: &Pair<'t>) -> Built {
        let mut parts = Parts::of(pair);
        let mut fields = Vec::new();
        let mut height = 0;
        while let Some(entry) = parts.take(Rule::entry) {
            let mut entry = Parts::of(&entry);
            let name = entry.take(Rule::word).ok_or(Stop)?;
            entry.skip(Rule::equals);
            let value = entry.take(Rule::expr).ok_or(Stop)?;
            let mut tokens = Parts::of(&value);
            let value = self.collection(&mut tokens)?;
            self.finish(&tokens)?;
            height = height.max(value.height);
            fields.push((self.name(&name), *value.expr));
        }
        let span = self.span(pair);
        self.node(ExprKind::Record(fields), span, height)
    }

    fn quantity(&mut self, pair: &Pair<'t>) -> ExprKind {
        let mut parts = Parts::of(pair);
        let number = parts.next().and_then(|digits| self.number(&digits));
        let unit = parts.next().and_then(|word| token::unit(word.as_str()));
        match (number, unit) {
            (Some(number), Some(unit)) => ExprKind::Quantity(number, unit),
            (Some(number), None) => ExprKind::Number(number),
            (None, _) => ExprKind::Invalid,
        }
    }

    /// The number written, `-` included; a diagnostic where it does not fit.
    pub(super) fn number(&mut self, pair: &Pair<'t>) -> Option<Number> {
        let number = token::decimal(pair.as_str());
        if number.is_none() {
            self.error(
                Code::OutOfRange,
                self.span(pair),
                (
                    "ce nombre ne peut pas être tenu exactement",
                    "un nombre a au plus six décimales et douze chiffres avant la virgule",
                ),
            );
        }
        number
    }

    fn date(&mut self, pair: &Pair<'t>) -> ExprKind {
        match token::day(pair.as_str()) {
            Some(day) => ExprKind::Date(day),
            None => {
                let message = format!("le jour «\u{a0}{}\u{a0}» n'existe pas", pair.as_str());
                self.error(
                    Code::OutOfRange,
                    self.span(pair),
                    (&message, "une date s'écrit année-mois-jour\u{a0}: 2026-04-10"),
                );
                ExprKind::Invalid
            }
        }
    }
}
