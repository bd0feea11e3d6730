//! Builds items from what pest matched, part by part in the order of the grammar.
//!
//! A function here returns nothing only where the grammar and it disagree, which would be a fault of
//! ours: the item then counts as unreadable.

use super::ast::{
    Answer, AssessmentItem, Attributes, Basis, CaseItem, ClauseItem, ContentItem, DecisionItem,
    ExampleItem, ExceptionItem, ExemptionItem, Expectation, Expr, FactItem, FieldItem, Generator,
    Header, HeadingItem, IncoherenceItem, Item, Let, Name, NormItem, NormKind, NoticeItem, Passage,
    Quoted, ReferenceItem, Requirement, TableRow, TypeBody, TypeExpr, TypeItem, TypeKind,
    ValueBody, ValueItem,
};
use super::expr::Builder;
use super::grammar::{Pair, Parts, Rule};
use super::recover::{Kind, MAX_DEPTH, TOO_DEEP, TOO_DEEP_HELP};
use super::token;
use crate::diagnostic::Code;
use crate::source::Span;
use crate::value::Number;

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

/// What stands between the label and the content of an item.
#[derive(Default)]
struct Head {
    lets: Vec<Let>,
    each: Vec<Generator>,
    scope: Option<(Expr, Basis)>,
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
                Item::Heading(HeadingItem {
                    id,
                    passage: self.passage(p)?,
                    span,
                })
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
                Item::Fact(FactItem {
                    name,
                    ty,
                    attributes,
                    label,
                    span,
                })
            }
            Kind::Assessment => {
                let name = self.take_name(p, Rule::decl)?;
                let label = self.label(p);
                let (basis, supplier) = self.basis_and(p, Rule::supplier);
                Item::Assessment(AssessmentItem {
                    name,
                    label,
                    basis,
                    supplier,
                    span,
                })
            }
            Kind::Incoherence => Item::Incoherence(self.incoherence(p, span)?),
            Kind::Value => Item::Value(self.value(p, span)?),
            Kind::Norm(norm) => Item::Norm(self.norm(norm, p, span)?),
            Kind::Notice => Item::Notice(self.notice(p, span)?),
            Kind::Decision => Item::Decision(self.decision(p, span)?),
            Kind::Example => Item::Example(self.example(p, span)?),
        })
    }

    fn take_name(&self, p: &mut Parts<'t>, rule: Rule) -> Option<Name> {
        p.take(rule).map(|pair| self.name(&pair))
    }

    fn take_quoted(&self, p: &mut Parts<'t>, rule: Rule) -> Option<Quoted> {
        p.take(rule).map(|pair| self.quoted(&pair))
    }

    fn take_expression(&mut self, p: &mut Parts<'t>) -> Option<Expr> {
        p.take(Rule::expr).map(|pair| self.expression(&pair))
    }

    fn take_definition(&mut self, p: &mut Parts<'t>) -> Option<Expr> {
        p.take(Rule::expr).map(|pair| self.definition(&pair))
    }

    fn expressions(&mut self, p: &mut Parts<'t>) -> Vec<Expr> {
        std::iter::from_fn(|| self.take_expression(p)).collect()
    }

    /// `rule` around a quotation: a label, `par « … »`, `sinon « … »`.
    fn around_quote(&self, p: &mut Parts<'t>, rule: Rule) -> Option<Quoted> {
        let pair = p.take(rule)?;
        Parts::of(&pair)
            .find(Rule::quote)
            .map(|quote| self.quoted(&quote))
    }

    fn label(&self, p: &mut Parts<'t>) -> Option<Quoted> {
        self.around_quote(p, Rule::label)
    }

    fn passage(&mut self, p: &mut Parts<'t>) -> Option<Passage> {
        let pair = p.take(Rule::passage)?;
        let mut inner = Parts::of(&pair);
        let quote = self.take_quoted(&mut inner, Rule::quote)?;
        let occurrence = inner
            .take(Rule::occurrence)
            .and_then(|pair| Parts::of(&pair).find(Rule::integer));
        let occurrence = occurrence.and_then(|digits| {
            let number = digits.as_str().parse().ok().filter(|&n: &u32| n > 0);
            if number.is_none() {
                let help = "écrivez (2) pour la deuxième fois où le texte dit ces mots";
                self.error(
                    Code::OutOfRange,
                    self.span(&digits),
                    ("ce rang n'existe pas", help),
                );
            }
            number
        });
        Some(Passage { quote, occurrence })
    }

    fn basis(&self, p: &mut Parts<'t>) -> Basis {
        let mut basis = Basis::default();
        while let Some(pair) = p.take(Rule::basis) {
            self.add_basis(&pair, &mut basis);
        }
        basis
    }

    fn add_basis(&self, pair: &Pair<'t>, basis: &mut Basis) {
        let mut inner = Parts::of(pair);
        while let Some(part) = inner.next() {
            if part.as_rule() == Rule::clauses {
                basis.clauses.extend(self.ids(&part));
            } else if part.as_rule() == Rule::readings {
                basis.readings.extend(self.ids(&part));
            }
        }
    }

    fn ids(&self, pair: &Pair<'t>) -> Vec<Name> {
        let mut inner = Parts::of(pair);
        std::iter::from_fn(|| inner.next())
            .filter(|part| part.as_rule() == Rule::id)
            .map(|id| self.name(&id))
            .collect()
    }

    /// `selon …` and `par « … »` in whichever order.
    fn basis_and(&self, p: &mut Parts<'t>, other: Rule) -> (Basis, Option<Quoted>) {
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
        Some(ClauseItem {
            id,
            passage,
            place,
            no_effect,
            span,
        })
    }

    fn reference(&self, p: &mut Parts<'t>, span: Span) -> Option<ReferenceItem> {
        Some(ReferenceItem {
            id: self.take_name(p, Rule::id)?,
            label: self.take_quoted(p, Rule::quote)?,
            span,
        })
    }

    // ── Types and facts ──────────────────────────────────────────────────────────────────────────

    fn type_item(&mut self, p: &mut Parts<'t>, span: Span) -> Option<TypeItem> {
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
                    cases.push(CaseItem {
                        name,
                        label: self.take_quoted(&mut case, Rule::quote),
                    });
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
        Some(FieldItem {
            name,
            ty,
            attributes,
            label,
        })
    }

    /// `: type, attributes « libellé » par « … »`
    fn described(&mut self, p: &mut Parts<'t>) -> Option<(TypeExpr, Attributes, Option<Quoted>)> {
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
            attributes.derived = Parts::of(&derived)
                .find(Rule::expr)
                .map(|pair| self.definition(&pair));
        } else if let Some(no) = inner.take(Rule::bare_no) {
            attributes.presumed = Some(Expr {
                kind: super::ast::ExprKind::Truth(false),
                span: self.span(&no),
            });
        } else {
            attributes.presumed = Some(self.take_definition(&mut inner)?);
        }
        Some(())
    }

    fn type_expr(&mut self, p: &mut Parts<'t>) -> Option<TypeExpr> {
        let whole = p.take(Rule::type_expr)?;
        let mut inner = Parts::of(&whole);
        let span = self.span(&whole);
        let mut lists = Vec::new();
        while let Some(list) = inner.take(Rule::list_of) {
            lists.push(self.span(&list));
        }
        let base = inner.next()?;
        let mut ty = TypeExpr {
            kind: self.type_kind(&base)?,
            span: self.span(&base),
        };
        if lists.len() > MAX_DEPTH {
            self.error(Code::TooDeep, span, (TOO_DEEP, TOO_DEEP_HELP));
            return Some(ty);
        }
        for list in lists.into_iter().rev() {
            let span = list.to(ty.span);
            ty = TypeExpr {
                kind: TypeKind::List(Box::new(ty)),
                span,
            };
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
            TypeKind::Duration(
                inner
                    .find(Rule::unit)
                    .and_then(|word| token::unit(word.as_str())),
            )
        } else if rule == Rule::t_period {
            TypeKind::Period
        } else if rule == Rule::t_text {
            TypeKind::Text
        } else if rule == Rule::t_reference {
            inner.skip(Rule::kw_reference);
            TypeKind::Reference(
                std::iter::from_fn(|| inner.next())
                    .map(|part| self.name(&part))
                    .collect(),
            )
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

    // ── Rules ────────────────────────────────────────────────────────────────────────────────────

    /// `soit`, `pour chaque` and `pour`, in whichever order.
    fn head(&mut self, p: &mut Parts<'t>) -> Option<Head> {
        let mut head = Head::default();
        loop {
            if let Some(line) = p.take(Rule::let_line) {
                let mut inner = Parts::of(&line);
                inner.skip(Rule::kw_let);
                let name = self.take_name(&mut inner, Rule::decl)?;
                inner.skip(Rule::equals);
                head.lets.push(Let {
                    name,
                    value: self.take_definition(&mut inner)?,
                });
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

    fn twice(&mut self, pair: &Pair<'t>, help: &str) {
        self.error(
            Code::Misplaced,
            self.span(pair),
            ("«\u{a0}pour\u{a0}» est écrit deux fois", help),
        );
    }

    fn each(&mut self, pair: &Pair<'t>) -> Option<Vec<Generator>> {
        let mut inner = Parts::of(pair);
        inner.skip(Rule::kw_each);
        let name = self.take_name(&mut inner, Rule::decl)?;
        inner.skip(Rule::kw_among);
        let list = inner.take(Rule::expr)?;
        Some(self.generators_of(name, &list))
    }

    fn incoherence(&mut self, p: &mut Parts<'t>, span: Span) -> Option<IncoherenceItem> {
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
        Some(IncoherenceItem {
            name,
            label,
            basis,
            lets,
            each,
            condition,
            discards,
            bounds,
            span,
        })
    }

    fn value(&mut self, p: &mut Parts<'t>, span: Span) -> Option<ValueItem> {
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
            ValueBody::Single {
                value: self.take_definition(&mut inner)?,
                basis: self.basis(&mut inner),
            }
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
        Some(ValueItem {
            name,
            each,
            ty,
            label,
            lets,
            scope,
            body,
            exceptions,
            silence,
            span,
        })
    }

    /// The one list of a `valeur … pour chaque`.
    fn only_generator(&mut self, pair: &Pair<'t>) -> Option<Option<Generator>> {
        let mut generators = self.each(pair)?;
        if generators.len() > 1 {
            let help = "donnez-la aux éléments d'une seule liste\u{a0}: pour chaque s parmi L";
            self.error(
                Code::Misplaced,
                self.span(pair),
                ("une valeur ne parcourt qu'une liste", help),
            );
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
        Some(TableRow {
            condition,
            value,
            basis: self.basis(&mut p),
            span: self.span(pair),
        })
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
        Some(ExceptionItem {
            name,
            over,
            basis,
            condition,
            value,
            span: self.span(pair),
        })
    }

    fn norm(&mut self, kind: NormKind, p: &mut Parts<'t>, span: Span) -> Option<NormItem> {
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
        Some(NormItem {
            kind,
            name,
            label,
            basis,
            bearer,
            lets,
            scope,
            each,
            content,
            exemptions,
            otherwise,
            span,
        })
    }

    /// The content, and the `sinon « … »` that belongs to the norm where the content is not itemised.
    fn content(
        &mut self,
        kind: NormKind,
        pair: &Pair<'t>,
    ) -> Option<(Vec<ContentItem>, Option<Quoted>)> {
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
            return Some((
                vec![ContentItem {
                    condition,
                    basis,
                    otherwise: None,
                    span,
                }],
                otherwise,
            ));
        }
        let mut items = Vec::new();
        while let Some(bullet) = p.take(Rule::bullet_item) {
            let mut inner = Parts::of(&bullet);
            inner.skip(Rule::bullet);
            let condition = self.take_expression(&mut inner)?;
            let basis = self.basis(&mut inner);
            let otherwise = self.around_quote(&mut inner, Rule::otherwise);
            items.push(ContentItem {
                condition,
                basis,
                otherwise,
                span: self.span(&bullet),
            });
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
            exemptions.push(ExemptionItem {
                name,
                basis,
                condition,
                span: self.span(&pair),
            });
        }
        Some(exemptions)
    }

    fn notice(&mut self, p: &mut Parts<'t>, span: Span) -> Option<NoticeItem> {
        let name = self.take_name(p, Rule::decl)?;
        let label = self.label(p);
        let basis = self.basis(p);
        let Head { lets, each, .. } = self.head(p)?;
        p.skip(Rule::kw_if);
        Some(NoticeItem {
            name,
            label,
            basis,
            lets,
            each,
            condition: self.take_expression(p)?,
            span,
        })
    }

    fn decision(&mut self, p: &mut Parts<'t>, span: Span) -> Option<DecisionItem> {
        let name = self.take_name(p, Rule::decl)?;
        let label = self.label(p);
        let basis = self.basis(p);
        let Head { lets, scope, .. } = self.head(p)?;
        let mut requirements = Vec::new();
        while let Some(pair) = p.take(Rule::requirement) {
            let mut inner = Parts::of(&pair);
            let case = if inner.skip(Rule::kw_case) {
                Some(self.take_expression(&mut inner)?)
            } else {
                None
            };
            inner.skip(Rule::kw_requires);
            let items = self.expressions(&mut inner);
            let basis = self.basis(&mut inner);
            requirements.push(Requirement {
                case,
                items,
                basis,
                span: self.span(&pair),
            });
        }
        let exemptions = self.exemptions(p)?;
        Some(DecisionItem {
            name,
            label,
            basis,
            lets,
            scope,
            requirements,
            exemptions,
            span,
        })
    }

    fn example(&mut self, p: &mut Parts<'t>, span: Span) -> Option<ExampleItem> {
        let title = self.take_quoted(p, Rule::quote)?;
        p.skip(Rule::kw_with);
        let mut given = Vec::new();
        while let Some(pair) = p.take(Rule::given) {
            let mut inner = Parts::of(&pair);
            let path = inner.take(Rule::path)?;
            let mut words = Parts::of(&path);
            let path = std::iter::from_fn(|| words.next())
                .map(|word| self.name(&word))
                .collect();
            inner.skip(Rule::equals);
            given.push((path, self.take_expression(&mut inner)?));
        }
        p.skip(Rule::kw_expects);
        let mut expected = Vec::new();
        while let Some(pair) = p.take(Rule::expectation) {
            expected.push(self.expectation(&pair)?);
        }
        Some(ExampleItem {
            title,
            given,
            expected,
            span,
        })
    }

    fn expectation(&mut self, pair: &Pair<'t>) -> Option<Expectation> {
        let mut p = Parts::of(pair);
        let name = self.take_name(&mut p, Rule::decl)?;
        let instance = self.take_quoted(&mut p, Rule::string).or_else(|| {
            let id = self.take_name(&mut p, Rule::id)?;
            Some(Quoted {
                text: id.text,
                span: id.span,
            })
        });
        p.skip(Rule::equals);
        let answer = match p.take(Rule::answer) {
            Some(word) if word.as_str().starts_with("ind") => Answer::Unknown,
            Some(word) if word.as_str().starts_with("sans") => Answer::NotApplicable,
            Some(word) if word.as_str() == "conflit" => Answer::Conflict,
            Some(_) => Answer::Gap,
            None => Answer::Value(self.take_expression(&mut p)?),
        };
        let clauses = p
            .take(Rule::clauses)
            .map(|pair| self.ids(&pair))
            .unwrap_or_default();
        Some(Expectation {
            name,
            instance,
            answer,
            clauses,
            span: self.span(pair),
        })
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
