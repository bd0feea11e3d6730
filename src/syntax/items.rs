//! Builds items from what pest matched, part by part in the order of the grammar.

use super::ast::{
    Answer, AssessmentItem, Citing, ClauseItem, ExampleItem, Expectation, FactItem, Header, HeadingItem, Item, Quoted,
    ReferenceItem,
};
use super::builder::Builder;
use super::grammar::{Pair, Parts, Rule};
use super::recover::Kind;
use crate::source::Span;

/// The rule that reads an item of that kind.
pub(super) fn rule(kind: Kind) -> Rule {
    match kind {
        Kind::Header => Rule::header,
        Kind::Clause => Rule::clause,
        Kind::Heading => Rule::heading,
        Kind::Noise => Rule::noise,
        Kind::Reading => Rule::reading,
        Kind::Outside => Rule::outside,
        Kind::Type => Rule::type_item,
        Kind::Fact => Rule::fact,
        Kind::Assessment => Rule::assessment,
        Kind::Incoherence => Rule::incoherence,
        Kind::Value => Rule::value,
        Kind::Norm(_) => Rule::norm,
        Kind::Notice => Rule::notice,
        Kind::Decision => Rule::decision,
        Kind::Example => Rule::example,
    }
}

impl<'t> Builder<'t> {
    /// The item that pest matched as `pair`.
    pub(super) fn item(&mut self, kind: Kind, pair: &Pair<'t>) -> Option<Item> {
        let mut parts = Parts::of(pair);
        parts.take(Rule::item_word)?;
        let span = self.span(pair);
        let p = &mut parts;
        Some(match kind {
            Kind::Header => Item::Header(self.header(p, span)?),
            Kind::Clause => Item::Clause(self.clause(p, span)?),
            Kind::Heading => {
                let id = self.take_name(p, Rule::id);
                Item::Heading(HeadingItem { id, passage: self.passage(p)?, span })
            }
            Kind::Noise => {
                p.skip(Rule::kw_text);
                Item::Noise(self.passage(p)?)
            }
            Kind::Reading => Item::Reading(self.reference(p, span)?),
            Kind::Outside => Item::Outside(self.reference(p, span)?),
            Kind::Type => Item::Type(self.type_item(p, span)?),
            Kind::Fact => {
                let name = self.take_name(p, Rule::decl)?;
                let (ty, attributes, label) = self.described(p)?;
                Item::Fact(FactItem { name, ty, attributes, label, span })
            }
            Kind::Assessment => {
                let name = self.take_name(p, Rule::decl)?;
                let label = self.label(p);
                let (basis, supplier) = self.basis_and(p, Rule::supplier);
                Item::Assessment(AssessmentItem { name, label, basis, supplier, span })
            }
            Kind::Incoherence => Item::Incoherence(self.incoherence(p, span)?),
            Kind::Value => Item::Value(self.value(p, span)?),
            Kind::Norm(norm) => Item::Norm(self.norm(norm, p, span)?),
            Kind::Notice => Item::Notice(self.notice(p, span)?),
            Kind::Decision => Item::Decision(self.decision(p, span)?),
            Kind::Example => Item::Example(self.example(p, span)?),
        })
    }

    fn header(&self, p: &mut Parts<'t>, span: Span) -> Option<Header> {
        let title = self.take_quoted(p, Rule::quote)?;
        let mut texts = Vec::new();
        while p.skip(Rule::kw_text) {
            texts.push(self.take_quoted(p, Rule::string)?);
        }
        Some(Header { title, texts, span })
    }

    fn clause(&mut self, p: &mut Parts<'t>, span: Span) -> Option<ClauseItem> {
        let id = self.take_name(p, Rule::id)?;
        let passage = self.passage(p)?;
        let place = self.around_quote(p, Rule::place);
        let no_effect = self.around_quote(p, Rule::no_effect);
        Some(ClauseItem { id, passage, place, no_effect, span })
    }

    fn reference(&self, p: &mut Parts<'t>, span: Span) -> Option<ReferenceItem> {
        Some(ReferenceItem { id: self.take_name(p, Rule::id)?, label: self.take_quoted(p, Rule::quote)?, span })
    }

    fn example(&mut self, p: &mut Parts<'t>, span: Span) -> Option<ExampleItem> {
        let title = self.take_quoted(p, Rule::quote)?;
        p.skip(Rule::kw_with);
        let mut given = Vec::new();
        while let Some(pair) = p.take(Rule::given) {
            let mut inner = Parts::of(&pair);
            let path = inner.take(Rule::path)?;
            let mut words = Parts::of(&path);
            let path = std::iter::from_fn(|| words.next()).map(|word| self.name(&word)).collect();
            inner.skip(Rule::equals);
            self.given = true;
            let value = self.take_expression(&mut inner);
            self.given = false;
            given.push((path, value?));
        }
        p.skip(Rule::kw_expects);
        let mut expected = Vec::new();
        while let Some(pair) = p.take(Rule::expectation) {
            expected.push(self.expectation(&pair)?);
        }
        Some(ExampleItem { title, given, expected, span })
    }

    fn expectation(&mut self, pair: &Pair<'t>) -> Option<Expectation> {
        let mut p = Parts::of(pair);
        let name = self.take_name(&mut p, Rule::decl)?;
        let instance = self.take_quoted(&mut p, Rule::string).or_else(|| {
            let id = self.take_name(&mut p, Rule::id)?;
            Some(Quoted { text: id.text, span: id.span })
        });
        p.skip(Rule::equals);
        let answer = match p.take(Rule::answer) {
            Some(word) if word.as_str().starts_with("ind") => Answer::Unknown,
            Some(word) if word.as_str().ends_with("résultat") => Answer::NoResult,
            Some(word) if word.as_str().starts_with("sans") => Answer::NotApplicable,
            Some(word) if word.as_str() == "conflit" => Answer::Conflict,
            Some(_) => Answer::Gap,
            None => Answer::Value(self.take_expression(&mut p)?),
        };
        let clauses = p.take(Rule::clauses).map(|pair| self.ids(&pair)).unwrap_or_default();
        let citing = if p.take(Rule::only).is_some() { Citing::Only } else { Citing::Others };
        Some(Expectation { name, instance, answer, clauses, citing, span: self.span(pair) })
    }
}
