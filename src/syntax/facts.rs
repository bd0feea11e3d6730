//! Types and facts.

use super::ast::{Attributes, CaseItem, Expr, ExprKind, FieldItem, Quoted, TypeBody, TypeExpr, TypeItem, TypeKind};
use super::builder::Builder;
use super::grammar::{Pair, Parts, Rule};
use super::token;
use crate::source::Span;
use crate::value::Number;

impl<'t> Builder<'t> {
    pub(super) fn type_item(&mut self, p: &mut Parts<'t>, span: Span) -> Option<TypeItem> {
        let name = self.take_name(p, Rule::decl)?;
        p.skip(Rule::kw_is_type);
        let pair = p.next()?;
        let mut inner = Parts::of(&pair);
        let body = if pair.as_rule() == Rule::fields {
            let mut fields = Vec::new();
            while let Some(field) = inner.take(Rule::field) {
                fields.push(self.field(&field)?);
            }
            TypeBody::Record(fields)
        } else {
            let mut cases = Vec::new();
            while let Some(part) = inner.next() {
                if part.as_rule() == Rule::case {
                    let mut case = Parts::of(&part);
                    let name = self.take_name(&mut case, Rule::decl)?;
                    cases.push(CaseItem { name, label: self.take_quoted(&mut case, Rule::quote) });
                }
            }
            TypeBody::Enumeration(cases)
        };
        Some(TypeItem { name, body, span })
    }

    fn field(&mut self, pair: &Pair<'t>) -> Option<FieldItem> {
        let mut p = Parts::of(pair);
        let name = self.take_name(&mut p, Rule::word)?;
        let (ty, attributes, label) = self.described(&mut p)?;
        Some(FieldItem { name, ty, attributes, label })
    }

    /// `: type, attributes « libellé » par « … »`
    pub(super) fn described(&mut self, p: &mut Parts<'t>) -> Option<(TypeExpr, Attributes, Option<Quoted>)> {
        p.skip(Rule::colon);
        let ty = self.type_expr(p)?;
        let mut attributes = Attributes::default();
        let mut label = None;
        while let Some(part) = p.peek() {
            let rule = part.as_rule();
            let span = self.span(&part);
            if rule == Rule::supplier {
                attributes.supplier = self.around_quote(p, Rule::supplier);
                continue;
            }
            if rule == Rule::label {
                label = self.label(p);
                continue;
            }
            if rule == Rule::a_key {
                attributes.key = Some(span);
            } else if rule == Rule::a_optional {
                attributes.optional = Some(span);
            } else if rule == Rule::a_information {
                attributes.information = Some(span);
            } else if rule == Rule::basis {
                self.add_basis(&part, &mut attributes.basis);
            } else if rule == Rule::a_assessed {
                let mut inner = Parts::of(&part);
                attributes.assessed = inner.take(Rule::kw_assessed).map(|words| self.span(&words));
                let (basis, supplier) = self.basis_and(&mut inner, Rule::supplier);
                attributes.basis = basis;
                attributes.supplier = supplier.or(attributes.supplier);
            } else if rule == Rule::a_presumed {
                self.presumption(&part, &mut attributes)?;
            } else {
                break;
            }
            p.next();
        }
        Some((ty, attributes, label))
    }

    fn presumption(&mut self, pair: &Pair<'t>, attributes: &mut Attributes) -> Option<()> {
        let mut inner = Parts::of(pair);
        inner.skip(Rule::kw_otherwise);
        if let Some(derived) = inner.take(Rule::derived) {
            attributes.derived = Parts::of(&derived).find(Rule::expr).map(|pair| self.definition(&pair));
        } else if let Some(no) = inner.take(Rule::bare_no) {
            attributes.presumed = Some(Expr { kind: ExprKind::Truth(false), span: self.span(&no) });
        } else {
            attributes.presumed = Some(self.take_definition(&mut inner)?);
        }
        Some(())
    }

    pub(super) fn type_expr(&mut self, p: &mut Parts<'t>) -> Option<TypeExpr> {
        let whole = p.take(Rule::type_expr)?;
        let mut inner = Parts::of(&whole);
        let span = self.span(&whole);
        let mut lists = Vec::new();
        while let Some(list) = inner.take(Rule::list_of) {
            lists.push(self.span(&list));
        }
        let base = inner.next()?;
        let mut ty = TypeExpr { kind: self.type_kind(&base)?, span: self.span(&base) };
        if lists.len() > self.nesting {
            self.too_deep(span);
            return Some(ty);
        }
        for list in lists.into_iter().rev() {
            let span = list.to(ty.span);
            ty = TypeExpr { kind: TypeKind::List(Box::new(ty)), span };
        }
        Some(ty)
    }

    fn type_kind(&mut self, pair: &Pair<'t>) -> Option<TypeKind> {
        let mut inner = Parts::of(pair);
        let rule = pair.as_rule();
        Some(if rule == Rule::t_truth {
            TypeKind::Truth
        } else if rule == Rule::t_integer {
            TypeKind::Integer(self.range(inner))
        } else if rule == Rule::t_number {
            TypeKind::Number(self.range(inner))
        } else if rule == Rule::t_date {
            TypeKind::Date
        } else if rule == Rule::t_duration {
            TypeKind::Duration(inner.find(Rule::unit).and_then(|word| token::unit(word.as_str())))
        } else if rule == Rule::t_period {
            TypeKind::Period
        } else if rule == Rule::t_text {
            TypeKind::Text
        } else if rule == Rule::t_reference {
            inner.skip(Rule::kw_reference);
            TypeKind::Reference(std::iter::from_fn(|| inner.next()).map(|part| self.name(&part)).collect())
        } else {
            TypeKind::Named(self.take_name(&mut inner, Rule::decl)?)
        })
    }

    fn range(&mut self, inner: Parts<'t>) -> Option<(Number, Number)> {
        let range = inner.find(Rule::range)?;
        let mut ends = Parts::of(&range);
        let mut next = || {
            while let Some(part) = ends.next() {
                if part.as_rule() == Rule::signed {
                    return self.number(&part);
                }
            }
            None
        };
        Some((next()?, next()?))
    }
}
