//! The parts that items share: names, labels, passages, what a rule rests on, its `soit` and `pour`.
//!
//! Here and in the files of the items, a function returns nothing only where the grammar and it
//! disagree, which would be a fault of ours: the item then counts as unreadable.

use super::ast::{Basis, Expr, Generator, Let, Name, Passage, Quoted};
use super::builder::Builder;
use super::grammar::{Pair, Parts, Rule};
use crate::diagnostic::Code;

/// What stands between the label and the content of an item.
#[derive(Default)]
pub(super) struct Head {
    pub(super) lets: Vec<Let>,
    pub(super) each: Vec<Generator>,
    pub(super) scope: Option<(Expr, Basis)>,
}

impl<'t> Builder<'t> {
    pub(super) fn take_name(&self, p: &mut Parts<'t>, rule: Rule) -> Option<Name> {
        p.take(rule).map(|pair| self.name(&pair))
    }

    pub(super) fn take_quoted(&self, p: &mut Parts<'t>, rule: Rule) -> Option<Quoted> {
        p.take(rule).map(|pair| self.quoted(&pair))
    }

    pub(super) fn take_expression(&mut self, p: &mut Parts<'t>) -> Option<Expr> {
        p.take(Rule::expr).map(|pair| self.expression(&pair))
    }

    pub(super) fn take_definition(&mut self, p: &mut Parts<'t>) -> Option<Expr> {
        p.take(Rule::expr).map(|pair| self.definition(&pair))
    }

    pub(super) fn expressions(&mut self, p: &mut Parts<'t>) -> Vec<Expr> {
        std::iter::from_fn(|| self.take_expression(p)).collect()
    }

    /// `rule` around a quotation: a label, `par « … »`, `sinon « … »`.
    pub(super) fn around_quote(&self, p: &mut Parts<'t>, rule: Rule) -> Option<Quoted> {
        let pair = p.take(rule)?;
        Parts::of(&pair).find(Rule::quote).map(|quote| self.quoted(&quote))
    }

    pub(super) fn label(&self, p: &mut Parts<'t>) -> Option<Quoted> {
        self.around_quote(p, Rule::label)
    }

    pub(super) fn passage(&mut self, p: &mut Parts<'t>) -> Option<Passage> {
        let pair = p.take(Rule::passage)?;
        let mut inner = Parts::of(&pair);
        let quote = self.take_quoted(&mut inner, Rule::quote)?;
        let occurrence = inner.take(Rule::occurrence).and_then(|pair| Parts::of(&pair).find(Rule::integer));
        let occurrence = occurrence.and_then(|digits| {
            let number = digits.as_str().parse().ok().filter(|&n: &u32| n > 0);
            if number.is_none() {
                let help = "écrivez (2) pour la deuxième fois où le texte dit ces mots";
                self.error(Code::OutOfRange, self.span(&digits), ("ce rang n'existe pas", help));
            }
            number
        });
        Some(Passage { quote, occurrence })
    }

    pub(super) fn basis(&self, p: &mut Parts<'t>) -> Basis {
        let mut basis = Basis::default();
        while let Some(pair) = p.take(Rule::basis) {
            self.add_basis(&pair, &mut basis);
        }
        basis
    }

    pub(super) fn add_basis(&self, pair: &Pair<'t>, basis: &mut Basis) {
        let mut inner = Parts::of(pair);
        while let Some(part) = inner.next() {
            if part.as_rule() == Rule::clauses {
                basis.clauses.extend(self.ids(&part));
            } else if part.as_rule() == Rule::readings {
                basis.readings.extend(self.ids(&part));
            }
        }
    }

    pub(super) fn ids(&self, pair: &Pair<'t>) -> Vec<Name> {
        let mut inner = Parts::of(pair);
        std::iter::from_fn(|| inner.next()).filter(|part| part.as_rule() == Rule::id).map(|id| self.name(&id)).collect()
    }

    /// `selon …` and `par « … »` in whichever order.
    pub(super) fn basis_and(&self, p: &mut Parts<'t>, other: Rule) -> (Basis, Option<Quoted>) {
        let mut basis = Basis::default();
        let mut quoted = None;
        loop {
            if let Some(pair) = p.take(Rule::basis) {
                self.add_basis(&pair, &mut basis);
            } else if p.peek_rule() == Some(other) {
                quoted = self.around_quote(p, other);
            } else {
                return (basis, quoted);
            }
        }
    }

    /// `soit`, `pour chaque` and `pour`, in whichever order.
    pub(super) fn head(&mut self, p: &mut Parts<'t>) -> Option<Head> {
        let mut head = Head::default();
        loop {
            if let Some(line) = p.take(Rule::let_line) {
                let mut inner = Parts::of(&line);
                inner.skip(Rule::kw_let);
                let name = self.take_name(&mut inner, Rule::decl)?;
                inner.skip(Rule::equals);
                head.lets.push(Let { name, value: self.take_definition(&mut inner)? });
            } else if let Some(each) = p.take(Rule::each) {
                if !head.each.is_empty() {
                    self.twice(&each, "pour plusieurs listes, écrivez «\u{a0}pour chaque s parmi L, r parmi M\u{a0}»");
                }
                head.each = self.each(&each)?;
            } else if let Some(scope) = p.take(Rule::scope) {
                if head.scope.is_some() {
                    self.twice(&scope, "réunissez les conditions par «\u{a0}et\u{a0}»");
                }
                let mut inner = Parts::of(&scope);
                inner.skip(Rule::kw_for);
                head.scope = Some((self.take_expression(&mut inner)?, self.basis(&mut inner)));
            } else {
                return Some(head);
            }
        }
    }

    pub(super) fn twice(&mut self, pair: &Pair<'t>, help: &str) {
        self.error(Code::Misplaced, self.span(pair), ("«\u{a0}pour\u{a0}» est écrit deux fois", help));
    }

    pub(super) fn each(&mut self, pair: &Pair<'t>) -> Option<Vec<Generator>> {
        let mut inner = Parts::of(pair);
        inner.skip(Rule::kw_each);
        let name = self.take_name(&mut inner, Rule::decl)?;
        inner.skip(Rule::kw_among);
        let list = inner.take(Rule::expr)?;
        Some(self.generators_of(name, &list))
    }
}
