//! Finds every name of a ruleset and what it stands for, from its trees alone: also where the ruleset does not check.
//!
//! Names are resolved as `lower` does: variables and fields, then the cases of the type expected, then facts and rules, then
//! a case that one enumeration only has. A name nobody declared is left out; the check reports it.

use std::collections::BTreeMap;

use super::symbol::{Declared, Index, Occurrence, Symbol, Use};
use crate::source::{SourceId, Span};
use crate::syntax::ast::{
    Aggregate, Answer, Attributes, Basis, CaseItem, DecisionItem, ExampleItem, ExemptionItem, Expr, ExprKind,
    Generator, Item, Let, Name, NormItem, NormKind, Quoted, TypeBody, TypeExpr, TypeKind, ValueBody, ValueItem,
};

/// An item, and where it stands: the places in it count from its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    /// The item.
    pub(super) item: &'a Item,
    /// Its file.
    pub(super) source: SourceId,
    /// Its first byte.
    pub(super) base: u32,
}

impl Placed<'_> {
    /// A place in the item as a place in the file.
    pub(super) fn span(self, within: Span) -> Span {
        Span { source: self.source, start: within.start + self.base, end: within.end + self.base }
    }
}

/// The names of these items.
pub(super) fn index(items: &[Placed<'_>]) -> Index {
    let mut walk = Walk {
        known: Known::of(items),
        index: Index::default(),
        variables: Vec::new(),
        rule: String::new(),
        record: None,
        at: items.first().copied(),
    };
    for placed in items {
        walk.variables.clear();
        walk.record = None;
        walk.at = Some(*placed);
        walk.item(placed.item);
    }
    walk.index.occurrences.sort_by_key(|found| (found.span, found.usage));
    walk.index.occurrences.dedup();
    walk.index
}

/// What an expression is, as far as names need it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    /// An enumeration or a record.
    Named(String),
    /// A list.
    List(Box<Sort>),
    /// Anything else.
    Other,
}

impl Sort {
    /// The enumeration or record it is.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Sort::Named(name) => Some(name),
            Sort::List(_) | Sort::Other => None,
        }
    }

    /// What its elements are.
    pub(super) fn element(&self) -> Sort {
        match self {
            Sort::List(element) => (**element).clone(),
            Sort::Named(_) | Sort::Other => Sort::Other,
        }
    }
}

/// What is declared at the top, by name.
pub(super) struct Known<'a> {
    types: BTreeMap<&'a str, &'a TypeBody>,
    facts: BTreeMap<&'a str, Option<&'a TypeExpr>>,
    rules: BTreeMap<&'a str, Option<&'a TypeExpr>>,
    /// Fields that values give: the record, the name, the type.
    given: Vec<(String, &'a str, &'a TypeExpr)>,
    /// The enumerations that have a case of that name.
    cases: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Known<'a> {
    /// What these items declare.
    pub(super) fn of(items: &[Placed<'a>]) -> Self {
        let mut known = Known {
            types: BTreeMap::new(),
            facts: BTreeMap::new(),
            rules: BTreeMap::new(),
            given: Vec::new(),
            cases: BTreeMap::new(),
        };
        let items = || items.iter().map(|placed| placed.item);
        for item in items() {
            match item {
                Item::Type(item) => {
                    known.types.entry(&item.name.text).or_insert(&item.body);
                    if let TypeBody::Enumeration(cases) = &item.body {
                        for case in cases {
                            known.cases.entry(&case.name.text).or_default().push(&item.name.text);
                        }
                    }
                }
                Item::Fact(fact) => drop(known.facts.entry(&fact.name.text).or_insert(Some(&fact.ty))),
                Item::Assessment(item) => drop(known.facts.entry(&item.name.text).or_insert(None)),
                Item::Value(value) => drop(known.rules.entry(&value.name.text).or_insert(Some(&value.ty))),
                Item::Norm(item) => drop(known.rules.entry(&item.name.text).or_insert(None)),
                Item::Notice(item) => drop(known.rules.entry(&item.name.text).or_insert(None)),
                Item::Decision(item) => drop(known.rules.entry(&item.name.text).or_insert(None)),
                Item::Incoherence(item) => drop(known.rules.entry(&item.name.text).or_insert(None)),
                Item::Header(_)
                | Item::Clause(_)
                | Item::Heading(_)
                | Item::Noise(_)
                | Item::Reading(_)
                | Item::Outside(_)
                | Item::Example(_)
                | Item::Unreadable(_) => {}
            }
        }
        for item in items() {
            if let Item::Value(ValueItem { each: Some(each), name, ty, .. }) = item
                && let Some(record) = known.plain(&each.list).element().name()
            {
                known.given.push((record.to_owned(), &name.text, ty));
            }
        }
        known
    }

    /// The sort of a path of facts: `conventions`, `calendrier.années`.
    fn plain(&self, expr: &Expr) -> Sort {
        match &expr.kind {
            ExprKind::Name(name) => self.fact(&name.text),
            ExprKind::Field(inner, field) => self.field(&self.plain(inner), &field.text),
            _other => Sort::Other,
        }
    }

    /// The sort of a fact.
    pub(super) fn fact(&self, name: &str) -> Sort {
        self.facts.get(name).copied().flatten().map_or(Sort::Other, |ty| self.sort(ty))
    }

    /// The sort of a type.
    pub(super) fn sort(&self, ty: &TypeExpr) -> Sort {
        match &ty.kind {
            TypeKind::Named(name) => Sort::Named(name.text.clone()),
            TypeKind::List(of) => Sort::List(Box::new(self.sort(of))),
            TypeKind::Reference(path) => self.designated(path),
            TypeKind::Truth
            | TypeKind::Integer(_)
            | TypeKind::Number(_)
            | TypeKind::Date
            | TypeKind::Duration(_)
            | TypeKind::Period
            | TypeKind::Text => Sort::Other,
        }
    }

    /// The sort of what a reference designates. Its path is followed without the references on it, which may go
    /// in a circle.
    fn designated(&self, path: &[Name]) -> Sort {
        let mut names = path.iter();
        let root = names.next().and_then(|name| self.facts.get(name.text.as_str()).copied().flatten());
        let list = names.fold(root, |ty, name| {
            let record = shape(ty?);
            self.fields(record.name()?).find(|(field, _)| *field == name.text).map(|(_, ty)| ty)
        });
        list.map_or(Sort::Other, shape).element()
    }

    /// The sort of a field.
    pub(super) fn field(&self, of: &Sort, field: &str) -> Sort {
        let Some(record) = of.name() else { return Sort::Other };
        self.fields(record).find(|(name, _)| *name == field).map_or(Sort::Other, |(_, ty)| self.sort(ty))
    }

    /// The fields of a record, those that values give it included.
    pub(super) fn fields<'k>(&'k self, record: &'k str) -> impl Iterator<Item = (&'a str, &'a TypeExpr)> + use<'a, 'k> {
        let own = self.types.get(record).map(|body| match body {
            TypeBody::Record(fields) => fields.as_slice(),
            TypeBody::Enumeration(_) => &[],
        });
        let own = own.unwrap_or(&[]).iter().map(|field| (field.name.text.as_str(), &field.ty));
        own.chain(self.given.iter().filter(move |(of, ..)| of == record).map(|(_, name, ty)| (*name, *ty)))
    }

    /// The type of a fact, as written; none of an appreciation.
    pub(super) fn fact_type(&self, name: &str) -> Option<&'a TypeExpr> {
        self.facts.get(name).copied().flatten()
    }

    /// The type of a value, as written; none of a norm or decision.
    pub(super) fn rule_type(&self, name: &str) -> Option<&'a TypeExpr> {
        self.rules.get(name).copied().flatten()
    }

    /// The cases of an enumeration.
    pub(super) fn cases_of(&self, name: &str) -> &'a [CaseItem] {
        match self.types.get(name).copied() {
            Some(TypeBody::Enumeration(cases)) => cases,
            Some(TypeBody::Record(_)) | None => &[],
        }
    }

    fn is_case(&self, of: &str, name: &str) -> bool {
        self.cases.get(name).is_some_and(|of_types| of_types.contains(&of))
    }
}

/// The sort of a type, references not followed.
fn shape(ty: &TypeExpr) -> Sort {
    match &ty.kind {
        TypeKind::Named(name) => Sort::Named(name.text.clone()),
        TypeKind::List(of) => Sort::List(Box::new(shape(of))),
        _other => Sort::Other,
    }
}

struct Walk<'a> {
    known: Known<'a>,
    index: Index,
    /// Innermost last: name, where it is bound, what it is.
    variables: Vec<(&'a str, Span, Sort)>,
    /// The rule being walked.
    rule: String,
    /// Inside this record a derivation names the other fields alone.
    record: Option<&'a str>,
    /// The item being walked.
    at: Option<Placed<'a>>,
}

impl<'a> Walk<'a> {
    fn placed(&self, span: Span) -> Span {
        self.at.map_or(span, |placed| placed.span(span))
    }

    fn found(&mut self, span: Span, symbol: Symbol, usage: Use) {
        let span = self.placed(span);
        self.index.occurrences.push(Occurrence { span, symbol, usage });
    }

    fn declare(&mut self, (name, whole): (&Name, Span), symbol: Symbol, (label, kind): (Option<&Quoted>, String)) {
        self.found(name.span, symbol.clone(), Use::Declares);
        let label = label.map(|label| label.text.clone());
        let (name, whole) = (self.placed(name.span), self.placed(whole));
        self.index.declared.entry(symbol).or_insert(Declared { name, whole, label, kind });
    }

    fn bind(&mut self, name: &'a Name, sort: Sort, kind: &str) {
        let bound = self.placed(name.span);
        self.declare((name, name.span), Symbol::Variable(bound, name.text.clone()), (None, kind.to_owned()));
        self.variables.push((&name.text, bound, sort));
    }

    fn item(&mut self, item: &'a Item) {
        match item {
            Item::Clause(clause) => {
                let symbol = Symbol::Clause(clause.id.text.clone());
                self.declare((&clause.id, clause.span), symbol, (Some(&clause.passage.quote), "clause".to_owned()));
            }
            Item::Heading(heading) => {
                if let Some(id) = &heading.id {
                    let symbol = Symbol::Clause(id.text.clone());
                    self.declare((id, heading.span), symbol, (Some(&heading.passage.quote), "titre".to_owned()));
                }
            }
            Item::Reading(item) => {
                let symbol = Symbol::Reading(item.id.text.clone());
                self.declare((&item.id, item.span), symbol, (Some(&item.label), "interprétation".to_owned()));
            }
            Item::Outside(item) => {
                let symbol = Symbol::Clause(item.id.text.clone());
                self.declare((&item.id, item.span), symbol, (Some(&item.label), "source".to_owned()));
            }
            Item::Type(item) => self.type_item(item),
            Item::Fact(fact) => {
                let kind = type_words(&fact.ty);
                self.declare(
                    (&fact.name, fact.span),
                    Symbol::Fact(fact.name.text.clone()),
                    (fact.label.as_ref(), kind),
                );
                self.attributes(&fact.ty, &fact.attributes);
            }
            Item::Assessment(item) => {
                let symbol = Symbol::Fact(item.name.text.clone());
                self.declare((&item.name, item.span), symbol, (item.label.as_ref(), "oui/non".to_owned()));
                self.basis(&item.basis);
            }
            Item::Incoherence(item) => {
                self.rule(&item.name, item.span, item.label.as_ref(), "incohérence".to_owned());
                self.basis(&item.basis);
                self.opened(&item.each, &item.lets);
                self.expr(&item.condition, &Sort::Other);
                for discard in &item.discards {
                    self.expr(discard, &Sort::Other);
                }
                for bound in item.bounds.iter().flat_map(|(low, high)| [low, high]) {
                    self.expr(bound, &Sort::Other);
                }
            }
            Item::Value(value) => self.value(value),
            Item::Norm(norm) => self.norm(norm),
            Item::Notice(item) => {
                self.rule(&item.name, item.span, item.label.as_ref(), "signalement".to_owned());
                self.basis(&item.basis);
                self.opened(&item.each, &item.lets);
                self.expr(&item.condition, &Sort::Other);
            }
            Item::Decision(item) => self.decision(item),
            Item::Example(example) => self.example(example),
            Item::Header(_) | Item::Noise(_) | Item::Unreadable(_) => {}
        }
    }

    fn type_item(&mut self, item: &'a crate::syntax::ast::TypeItem) {
        let name = &item.name.text;
        let kind = match &item.body {
            TypeBody::Enumeration(_) => "énumération",
            TypeBody::Record(_) => "fiche",
        };
        self.declare((&item.name, item.span), Symbol::Type(name.clone()), (None, kind.to_owned()));
        match &item.body {
            TypeBody::Enumeration(cases) => {
                for case in cases {
                    let whole = case.label.as_ref().map_or(case.name.span, |label| case.name.span.to(label.span));
                    let symbol = Symbol::Case(name.clone(), case.name.text.clone());
                    self.declare((&case.name, whole), symbol, (case.label.as_ref(), format!("cas de {name}")));
                }
            }
            TypeBody::Record(fields) => {
                for field in fields {
                    let end = field.label.as_ref().map_or(field.ty.span, |label| label.span);
                    let symbol = Symbol::Field(name.clone(), field.name.text.clone());
                    let whole = field.name.span.to(end);
                    self.declare((&field.name, whole), symbol, (field.label.as_ref(), type_words(&field.ty)));
                    self.record = Some(name);
                    self.attributes(&field.ty, &field.attributes);
                }
            }
        }
    }

    fn attributes(&mut self, ty: &'a TypeExpr, attributes: &'a Attributes) {
        self.type_expr(ty);
        let sort = self.known.sort(ty);
        for expr in attributes.presumed.iter().chain(&attributes.derived) {
            self.expr(expr, &sort);
        }
        self.basis(&attributes.basis);
    }

    fn type_expr(&mut self, ty: &'a TypeExpr) {
        match &ty.kind {
            TypeKind::Named(name) => {
                if self.known.types.contains_key(name.text.as_str()) {
                    self.found(name.span, Symbol::Type(name.text.clone()), Use::Refers);
                }
            }
            TypeKind::List(of) => self.type_expr(of),
            TypeKind::Reference(path) => {
                let mut sort = Sort::Other;
                for (rank, name) in path.iter().enumerate() {
                    if rank == 0 {
                        if self.known.facts.contains_key(name.text.as_str()) {
                            self.found(name.span, Symbol::Fact(name.text.clone()), Use::Refers);
                        }
                        sort = self.known.fact(&name.text);
                    } else {
                        self.field(&sort, name);
                        sort = self.known.field(&sort, &name.text);
                    }
                }
            }
            TypeKind::Truth
            | TypeKind::Integer(_)
            | TypeKind::Number(_)
            | TypeKind::Date
            | TypeKind::Duration(_)
            | TypeKind::Period
            | TypeKind::Text => {}
        }
    }

    fn basis(&mut self, basis: &Basis) {
        for name in &basis.clauses {
            self.found(name.span, Symbol::Clause(name.text.clone()), Use::Refers);
        }
        for name in &basis.readings {
            self.found(name.span, Symbol::Reading(name.text.clone()), Use::Refers);
        }
    }

    fn rule(&mut self, name: &Name, span: Span, label: Option<&Quoted>, kind: String) {
        self.rule.clone_from(&name.text);
        self.declare((name, span), Symbol::Rule(name.text.clone()), (label, kind));
    }

    /// `pour chaque` and `soit` lines, in the order written.
    fn opened(&mut self, each: &'a [Generator], lets: &'a [Let]) {
        enum Line<'l> {
            Each(&'l Generator),
            Let(&'l Let),
        }
        let mut lines: Vec<(Span, Line<'a>)> =
            each.iter().map(|generator| (generator.name.span, Line::Each(generator))).collect();
        lines.extend(lets.iter().map(|line| (line.name.span, Line::Let(line))));
        lines.sort_by_key(|(span, _)| *span);
        for (_, line) in lines {
            match line {
                Line::Each(generator) => self.generator(generator),
                Line::Let(line) => {
                    self.expr(&line.value, &Sort::Other);
                    let sort = self.sort_of(&line.value);
                    self.bind(&line.name, sort, "soit");
                }
            }
        }
    }

    fn generator(&mut self, generator: &'a Generator) {
        self.expr(&generator.list, &Sort::Other);
        let element = self.sort_of(&generator.list).element();
        let kind = element.name().map_or_else(|| "élément".to_owned(), str::to_owned);
        self.bind(&generator.name, element, &kind);
        if let Some(filter) = &generator.filter {
            self.expr(filter, &Sort::Other);
        }
    }

    fn value(&mut self, value: &'a ValueItem) {
        let label = value.label.as_ref();
        match value.each.as_ref().and_then(|each| self.known.plain(&each.list).element().name().map(str::to_owned)) {
            Some(record) => {
                self.rule.clone_from(&value.name.text);
                let symbol = Symbol::Field(record, value.name.text.clone());
                self.declare((&value.name, value.span), symbol, (label, type_words(&value.ty)));
            }
            None => self.rule(&value.name, value.span, label, type_words(&value.ty)),
        }
        self.type_expr(&value.ty);
        let each: &[Generator] = value.each.as_slice();
        self.opened(each, &value.lets);
        self.scope(value.scope.as_ref());
        let sort = self.known.sort(&value.ty);
        match &value.body {
            ValueBody::Single { value, basis } => {
                self.expr(value, &sort);
                self.basis(basis);
            }
            ValueBody::Table(rows) => {
                for row in rows {
                    self.expr(&row.condition, &Sort::Other);
                    self.expr(&row.value, &sort);
                    self.basis(&row.basis);
                }
            }
        }
        for exception in &value.exceptions {
            let symbol = Symbol::Part(self.rule.clone(), exception.name.text.clone());
            self.declare((&exception.name, exception.span), symbol, (None, "exception".to_owned()));
            for over in &exception.over {
                if value.exceptions.iter().any(|other| other.name.text == over.text) {
                    self.found(over.span, Symbol::Part(self.rule.clone(), over.text.clone()), Use::Refers);
                }
            }
            self.basis(&exception.basis);
            if let Some(condition) = &exception.condition {
                self.expr(condition, &Sort::Other);
            }
            self.expr(&exception.value, &sort);
        }
    }

    fn scope(&mut self, scope: Option<&'a (Expr, Basis)>) {
        if let Some((condition, basis)) = scope {
            self.expr(condition, &Sort::Other);
            self.basis(basis);
        }
    }

    fn norm(&mut self, norm: &'a NormItem) {
        let kind = match norm.kind {
            NormKind::Obligation => "obligation",
            NormKind::Prohibition => "interdiction",
            NormKind::Preference => "préférence",
            NormKind::Permission => "permission",
        };
        self.rule(&norm.name, norm.span, norm.label.as_ref(), kind.to_owned());
        self.basis(&norm.basis);
        self.opened(&norm.each, &norm.lets);
        self.scope(norm.scope.as_ref());
        for content in &norm.content {
            self.expr(&content.condition, &Sort::Other);
            self.basis(&content.basis);
        }
        self.exemptions(&norm.exemptions);
    }

    fn exemptions(&mut self, exemptions: &'a [ExemptionItem]) {
        for exemption in exemptions {
            let symbol = Symbol::Part(self.rule.clone(), exemption.name.text.clone());
            self.declare((&exemption.name, exemption.span), symbol, (None, "exemption".to_owned()));
            self.basis(&exemption.basis);
            self.expr(&exemption.condition, &Sort::Other);
        }
    }

    fn decision(&mut self, item: &'a DecisionItem) {
        self.rule(&item.name, item.span, item.label.as_ref(), "décision".to_owned());
        self.basis(&item.basis);
        self.opened(&[], &item.lets);
        self.scope(item.scope.as_ref());
        for line in &item.requirements {
            for expr in line.case.iter().chain(&line.items) {
                self.expr(expr, &Sort::Other);
            }
            self.basis(&line.basis);
        }
        self.exemptions(&item.exemptions);
    }

    fn example(&mut self, example: &'a ExampleItem) {
        for (path, value) in &example.given {
            let mut sort = Sort::Other;
            for (rank, name) in path.iter().enumerate() {
                if rank > 0 {
                    self.field(&sort, name);
                    sort = self.known.field(&sort, &name.text);
                } else if self.known.facts.contains_key(name.text.as_str()) {
                    self.found(name.span, Symbol::Fact(name.text.clone()), Use::Refers);
                    sort = self.known.fact(&name.text);
                }
            }
            self.expr(value, &sort);
        }
        for expectation in &example.expected {
            let name = &expectation.name;
            let rule = self.known.rules.get(name.text.as_str()).copied();
            if let Some(ty) = rule {
                let given = self.known.given.iter().find(|(_, given, _)| *given == name.text);
                let symbol = match given {
                    Some((record, ..)) => Symbol::Field(record.clone(), name.text.clone()),
                    None => Symbol::Rule(name.text.clone()),
                };
                self.found(name.span, symbol, Use::Refers);
                if let Answer::Value(value) = &expectation.answer {
                    let sort = ty.map_or(Sort::Other, |ty| self.known.sort(ty));
                    self.expr(value, &sort);
                }
            }
            for clause in &expectation.clauses {
                self.found(clause.span, Symbol::Clause(clause.text.clone()), Use::Refers);
            }
        }
    }

    // ── Expressions ──────────────────────────────────────────────────────────────────────────────────

    fn field(&mut self, of: &Sort, name: &Name) {
        if let Some(record) = of.name()
            && self.known.fields(record).any(|(field, _)| field == name.text)
        {
            let symbol = Symbol::Field(record.to_owned(), name.text.clone());
            self.found(name.span, symbol, Use::Refers);
        }
    }

    fn meaning(&self, name: &str, expected: &Sort) -> Option<Symbol> {
        if let Some((_, bound, _)) = self.variables.iter().rev().find(|(known, ..)| *known == name) {
            return Some(Symbol::Variable(*bound, name.to_owned()));
        }
        if let Some(record) = self.record
            && self.known.fields(record).any(|(field, _)| field == name)
        {
            return Some(Symbol::Field(record.to_owned(), name.to_owned()));
        }
        // Where a case is expected its name prevails over a fact or rule that happens to share it.
        if let Some(of) = expected.name().filter(|of| self.known.is_case(of, name)) {
            return Some(Symbol::Case(of.to_owned(), name.to_owned()));
        }
        if self.known.facts.contains_key(name) {
            return Some(Symbol::Fact(name.to_owned()));
        }
        if self.known.rules.contains_key(name) && !self.known.given.iter().any(|(_, given, _)| *given == name) {
            return Some(Symbol::Rule(name.to_owned()));
        }
        match self.known.cases.get(name)?.as_slice() {
            [only] => Some(Symbol::Case((*only).to_owned(), name.to_owned())),
            _several => None,
        }
    }

    /// Whether an expression is a name that stands for no variable, field, fact or rule.
    fn is_lone_case(&self, expr: &Expr) -> bool {
        let ExprKind::Name(name) = &expr.kind else { return false };
        matches!(self.meaning(&name.text, &Sort::Other), Some(Symbol::Case(..)) | None)
    }

    fn sort_of(&self, expr: &Expr) -> Sort {
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some((.., sort)) = self.variables.iter().rev().find(|(known, ..)| *known == name.text) {
                    return sort.clone();
                }
                if let Some(record) = self.record {
                    let field = self.known.field(&Sort::Named(record.to_owned()), &name.text);
                    if field != Sort::Other {
                        return field;
                    }
                }
                if self.known.facts.contains_key(name.text.as_str()) {
                    return self.known.fact(&name.text);
                }
                match self.known.rules.get(name.text.as_str()) {
                    Some(ty) => ty.map_or(Sort::Other, |ty| self.known.sort(ty)),
                    None => match self.known.cases.get(name.text.as_str()).map(Vec::as_slice) {
                        Some([only]) => Sort::Named((*only).to_owned()),
                        Some(_) | None => Sort::Other,
                    },
                }
            }
            ExprKind::Field(of, field) => self.known.field(&self.sort_of(of), &field.text),
            ExprKind::Default(first, _) | ExprKind::If(_, first, _) => self.sort_of(first),
            ExprKind::List(elements) => {
                Sort::List(Box::new(elements.first().map_or(Sort::Other, |first| self.sort_of(first))))
            }
            ExprKind::Aggregate(Aggregate::Collect, body, generators) => {
                let element = match body.as_deref() {
                    Some(Expr { kind: ExprKind::Name(name), .. }) => generators
                        .iter()
                        .find(|generator| generator.name.text == name.text)
                        .map(|generator| self.sort_of(&generator.list).element()),
                    Some(_) | None => None,
                };
                Sort::List(Box::new(element.unwrap_or(Sort::Other)))
            }
            _other => Sort::Other,
        }
    }

    fn expr(&mut self, expr: &'a Expr, expected: &Sort) {
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some(symbol) = self.meaning(&name.text, expected) {
                    self.found(name.span, symbol, Use::Refers);
                }
            }
            ExprKind::Field(of, field) => {
                self.expr(of, &Sort::Other);
                let sort = self.sort_of(of);
                self.field(&sort, field);
            }
            ExprKind::List(elements) => {
                let sort = expected.element();
                elements.iter().for_each(|element| self.expr(element, &sort));
            }
            ExprKind::Record(fields) => {
                for (name, value) in fields {
                    self.field(expected, name);
                    let sort = self.known.field(expected, &name.text);
                    self.expr(value, &sort);
                }
            }
            ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::Is(inner, _) => self.expr(inner, &Sort::Other),
            ExprKind::And(members) | ExprKind::Or(members) => {
                members.iter().for_each(|member| self.expr(member, &Sort::Other));
            }
            ExprKind::Compare(_, left, right) => {
                if self.is_lone_case(left) && !self.is_lone_case(right) {
                    let sort = self.sort_of(right);
                    self.expr(left, &sort);
                    self.expr(right, &Sort::Other);
                } else {
                    let sort = self.sort_of(left);
                    self.expr(left, &Sort::Other);
                    self.expr(right, &sort);
                }
            }
            ExprKind::Arithmetic(_, left, right) => {
                [left, right].into_iter().for_each(|part| self.expr(part, &Sort::Other));
            }
            ExprKind::Among(subject, members) => {
                self.expr(subject, &Sort::Other);
                let sort = self.sort_of(subject);
                members.iter().for_each(|member| self.expr(member, &sort));
            }
            ExprKind::In(subject, list) => {
                let sort = self.sort_of(list).element();
                self.expr(subject, &sort);
                self.expr(list, &Sort::Other);
            }
            ExprKind::Between(subject, low, high) => {
                [subject, low, high].into_iter().for_each(|part| self.expr(part, &Sort::Other));
            }
            ExprKind::If(condition, yes, no) => {
                self.expr(condition, &Sort::Other);
                self.expr(yes, expected);
                self.expr(no, expected);
            }
            ExprKind::Default(first, second) => {
                self.expr(first, expected);
                let sort = self.sort_of(first);
                self.expr(second, if sort == Sort::Other { expected } else { &sort });
            }
            ExprKind::Interval(first, second) => {
                [first, second].into_iter().for_each(|part| self.expr(part, &Sort::Other));
            }
            ExprKind::Call(_, arguments) => arguments.iter().for_each(|argument| self.expr(argument, expected)),
            ExprKind::Aggregate(_, body, generators) => {
                let outside = self.variables.len();
                for generator in generators {
                    self.generator(generator);
                }
                if let Some(body) = body {
                    self.expr(body, &expected.element());
                }
                self.variables.truncate(outside);
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
}

/// A type as an author writes it.
pub(super) fn type_words(ty: &TypeExpr) -> String {
    use crate::syntax::ast::Unit;
    match &ty.kind {
        TypeKind::Truth => "oui/non".to_owned(),
        TypeKind::Integer(None) => "entier".to_owned(),
        TypeKind::Integer(Some((low, high))) => format!("entier de {low} à {high}"),
        TypeKind::Number(None) => "nombre".to_owned(),
        TypeKind::Number(Some((low, high))) => format!("nombre de {low} à {high}"),
        TypeKind::Date => "date".to_owned(),
        TypeKind::Duration(Some(Unit::Weeks)) => "durée en semaines".to_owned(),
        TypeKind::Duration(Some(Unit::Days)) => "durée en jours".to_owned(),
        TypeKind::Duration(Some(Unit::Months | Unit::Years) | None) => "durée".to_owned(),
        TypeKind::Period => "période".to_owned(),
        TypeKind::Text => "texte".to_owned(),
        TypeKind::Named(name) => name.text.clone(),
        TypeKind::Reference(path) => {
            format!("réf {}", path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("."))
        }
        TypeKind::List(of) => format!("liste de {}", type_words(of)),
    }
}
