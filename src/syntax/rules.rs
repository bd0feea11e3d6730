//! Values, norms, decisions, and what else concludes something.

use super::ast::{
    Basis, ContentItem, DecisionItem, ExceptionItem, ExemptionItem, Generator, IncoherenceItem, NormItem, NormKind,
    NoticeItem, Quoted, Requirement, TableRow, ValueBody, ValueItem,
};
use super::builder::Builder;
use super::grammar::{Pair, Parts, Rule};
use super::parts::Head;
use crate::diagnostic::Code;
use crate::source::Span;

impl<'t> Builder<'t> {
    pub(super) fn incoherence(&mut self, p: &mut Parts<'t>, span: Span) -> Option<IncoherenceItem> {
        let name = self.take_name(p, Rule::decl)?;
        let label = self.label(p);
        let basis = self.basis(p);
        let Head { lets, each, .. } = self.head(p)?;
        p.skip(Rule::kw_if);
        let condition = self.take_expression(p)?;
        p.skip(Rule::kw_discards);
        let discards = self.expressions(p);
        let bounds = p.take(Rule::bounds).and_then(|pair| {
            let mut inner = Parts::of(&pair);
            let opener = self.span(&inner.take(Rule::kw_bounds)?);
            self.bounds(opener, &inner.take(Rule::expr)?)
        });
        Some(IncoherenceItem { name, label, basis, lets, each, condition, discards, bounds, span })
    }

    pub(super) fn value(&mut self, p: &mut Parts<'t>, span: Span) -> Option<ValueItem> {
        let name = self.take_name(p, Rule::decl)?;
        let each = match p.take(Rule::each) {
            Some(pair) => self.only_generator(&pair)?,
            None => None,
        };
        p.skip(Rule::colon);
        let ty = self.type_expr(p)?;
        let label = self.label(p);
        let Head { lets, scope, .. } = self.head(p)?;
        let body = if let Some(single) = p.take(Rule::single) {
            let mut inner = Parts::of(&single);
            inner.skip(Rule::kw_is_worth);
            ValueBody::Single { value: self.take_definition(&mut inner)?, basis: self.basis(&mut inner) }
        } else {
            let mut rows = Vec::new();
            while let Some(row) = p.take(Rule::row) {
                rows.push(self.row(&row)?);
            }
            ValueBody::Table(rows)
        };
        let mut exceptions = Vec::new();
        while let Some(exception) = p.take(Rule::exception) {
            exceptions.push(self.exception(&exception)?);
        }
        let silence = self.around_quote(p, Rule::silence);
        Some(ValueItem { name, each, ty, label, lets, scope, body, exceptions, silence, span })
    }

    /// The one list of a `valeur … pour chaque`.
    fn only_generator(&mut self, pair: &Pair<'t>) -> Option<Option<Generator>> {
        let mut generators = self.each(pair)?;
        if generators.len() > 1 {
            let help = "donnez-la aux éléments d'une seule liste\u{a0}: pour chaque s parmi L";
            self.error(Code::Misplaced, self.span(pair), ("une valeur ne parcourt qu'une liste", help));
        }
        generators.truncate(1);
        Some(generators.pop())
    }

    fn row(&mut self, pair: &Pair<'t>) -> Option<TableRow> {
        let mut p = Parts::of(pair);
        p.skip(Rule::kw_case);
        let condition = self.take_expression(&mut p)?;
        p.skip(Rule::colon);
        let value = self.take_definition(&mut p)?;
        Some(TableRow { condition, value, basis: self.basis(&mut p), span: self.span(pair) })
    }

    fn exception(&mut self, pair: &Pair<'t>) -> Option<ExceptionItem> {
        let mut p = Parts::of(pair);
        p.skip(Rule::kw_except);
        let name = self.take_name(&mut p, Rule::decl)?;
        let mut over = Vec::new();
        let mut basis = Basis::default();
        loop {
            if let Some(pair) = p.take(Rule::over) {
                let mut inner = Parts::of(&pair);
                while let Some(part) = inner.next() {
                    if part.as_rule() == Rule::decl {
                        over.push(self.name(&part));
                    }
                }
            } else if let Some(pair) = p.take(Rule::basis) {
                self.add_basis(&pair, &mut basis);
            } else {
                break;
            }
        }
        let (condition, value) = match p.take(Rule::kw_if) {
            Some(opener) => {
                let opener = self.span(&opener);
                let (condition, value) = self.condition_and_value(opener, &p.take(Rule::expr)?);
                (Some(condition), value)
            }
            None => {
                p.skip(Rule::kw_then);
                (None, self.take_definition(&mut p)?)
            }
        };
        Some(ExceptionItem { name, over, basis, condition, value, span: self.span(pair) })
    }

    pub(super) fn norm(&mut self, kind: NormKind, p: &mut Parts<'t>, span: Span) -> Option<NormItem> {
        let name = self.take_name(p, Rule::decl)?;
        let label = self.label(p);
        let (basis, bearer) = self.basis_and(p, Rule::bearer);
        let Head { lets, each, scope } = self.head(p)?;
        let (content, alone) = match p.take(Rule::content) {
            Some(pair) => self.content(kind, &pair)?,
            None => (Vec::new(), None),
        };
        if content.is_empty() && kind != NormKind::Permission {
            let help = format!("écrivez «\u{a0}{} …\u{a0}»", content_word(kind));
            let message = "on ne sait pas ce que dit cette règle";
            self.error(Code::Syntax, name.span, (message, &help));
        }
        let exemptions = self.exemptions(p)?;
        let otherwise = self.around_quote(p, Rule::otherwise).or(alone);
        Some(NormItem { kind, name, label, basis, bearer, lets, scope, each, content, exemptions, otherwise, span })
    }

    /// The content, and the `sinon « … »` that belongs to the norm where the content is not itemised.
    fn content(&mut self, kind: NormKind, pair: &Pair<'t>) -> Option<(Vec<ContentItem>, Option<Quoted>)> {
        let mut p = Parts::of(pair);
        let word = p.next()?;
        if word.as_rule() != content_rule(kind) {
            let help = format!("ici, écrivez «\u{a0}{}\u{a0}»", content_word(kind));
            let message = format!("«\u{a0}{}\u{a0}» ne va pas avec cet élément", word.as_str());
            self.error(Code::Misplaced, self.span(&word), (&message, &help));
        }
        if let Some(single) = p.take(Rule::single_content) {
            let mut inner = Parts::of(&single);
            let condition = self.take_expression(&mut inner)?;
            let basis = self.basis(&mut inner);
            let otherwise = self.around_quote(&mut inner, Rule::otherwise);
            let span = condition.span;
            return Some((vec![ContentItem { condition, basis, otherwise: None, span }], otherwise));
        }
        let mut items = Vec::new();
        while let Some(bullet) = p.take(Rule::bullet_item) {
            let mut inner = Parts::of(&bullet);
            inner.skip(Rule::bullet);
            let condition = self.take_expression(&mut inner)?;
            let basis = self.basis(&mut inner);
            let otherwise = self.around_quote(&mut inner, Rule::otherwise);
            items.push(ContentItem { condition, basis, otherwise, span: self.span(&bullet) });
        }
        Some((items, None))
    }

    fn exemptions(&mut self, p: &mut Parts<'t>) -> Option<Vec<ExemptionItem>> {
        let mut exemptions = Vec::new();
        while let Some(pair) = p.take(Rule::exemption) {
            let mut inner = Parts::of(&pair);
            inner.skip(Rule::kw_except);
            let name = self.take_name(&mut inner, Rule::decl)?;
            let basis = self.basis(&mut inner);
            inner.skip(Rule::kw_if);
            let condition = self.take_expression(&mut inner)?;
            exemptions.push(ExemptionItem { name, basis, condition, span: self.span(&pair) });
        }
        Some(exemptions)
    }

    pub(super) fn notice(&mut self, p: &mut Parts<'t>, span: Span) -> Option<NoticeItem> {
        let name = self.take_name(p, Rule::decl)?;
        let label = self.label(p);
        let basis = self.basis(p);
        let Head { lets, each, .. } = self.head(p)?;
        p.skip(Rule::kw_if);
        Some(NoticeItem { name, label, basis, lets, each, condition: self.take_expression(p)?, span })
    }

    pub(super) fn decision(&mut self, p: &mut Parts<'t>, span: Span) -> Option<DecisionItem> {
        let name = self.take_name(p, Rule::decl)?;
        let label = self.label(p);
        let basis = self.basis(p);
        let Head { lets, scope, .. } = self.head(p)?;
        let mut requirements = Vec::new();
        while let Some(pair) = p.take(Rule::requirement) {
            let mut inner = Parts::of(&pair);
            let case = if inner.skip(Rule::kw_case) { Some(self.take_expression(&mut inner)?) } else { None };
            inner.skip(Rule::kw_requires);
            let items = self.expressions(&mut inner);
            let basis = self.basis(&mut inner);
            requirements.push(Requirement { case, items, basis, span: self.span(&pair) });
        }
        let exemptions = self.exemptions(p)?;
        Some(DecisionItem { name, label, basis, lets, scope, requirements, exemptions, span })
    }
}

fn content_rule(kind: NormKind) -> Rule {
    match kind {
        NormKind::Obligation => Rule::kw_requires,
        NormKind::Prohibition => Rule::kw_forbids,
        NormKind::Preference => Rule::kw_wishes,
        NormKind::Permission => Rule::kw_condition,
    }
}

fn content_word(kind: NormKind) -> &'static str {
    match kind {
        NormKind::Obligation => "exige",
        NormKind::Prohibition => "interdit",
        NormKind::Preference => "souhaite",
        NormKind::Permission => "à condition que",
    }
}
