//! The mistakes transcribers make, applied to a ruleset one by one.
//!
//! Mutations are numbered: [`mutate`] applies the n-th in reading order and says what it did, so that
//! enumerating them needs no list of places.

use std::collections::BTreeMap;

use super::confused::{call, comparisons, field, operation, operation_words, symbol, unit, unit_words};
use crate::source::Span;
use crate::syntax::ast::{
    Aggregate, Attributes, Basis, ContentItem, DecisionItem, ExemptionItem, Expr, ExprKind, File, Generator, Item, Let,
    Name, NormItem, NoticeItem, TypeBody, ValueBody, ValueItem,
};
use crate::value::{Day, Number};

/// One mistake, applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mutation {
    /// The rule it was made in.
    pub rule: String,
    /// What was done, in French.
    pub what: String,
    /// Where.
    pub span: Span,
    /// It changes what is cited, and no answer.
    pub citation: bool,
}

/// Applies the `number`-th mutation to the files; none where there are fewer.
pub fn mutate(files: &mut [File], number: usize) -> Option<Mutation> {
    let siblings = siblings(files);
    let clauses = clauses(files);
    let mut hand = Hand { left: number, siblings, clauses, rule: String::new(), done: None };
    for item in files.iter_mut().flat_map(|file| &mut file.items) {
        hand.item(item);
        if hand.done.is_some() {
            break;
        }
    }
    hand.done
}

/// How many mutations there are of the files.
pub(super) fn count(files: &[File]) -> usize {
    let mut files = files.to_vec();
    let mut hand = Hand {
        left: usize::MAX,
        siblings: siblings(&files),
        clauses: clauses(&files),
        rule: String::new(),
        done: None,
    };
    files.iter_mut().flat_map(|file| &mut file.items).for_each(|item| hand.item(item));
    usize::MAX - hand.left
}

/// For each case of an enumeration, the next one of the same enumeration and the one before.
fn siblings(files: &[File]) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in files.iter().flat_map(|file| &file.items) {
        if let Item::Type(item) = item
            && let TypeBody::Enumeration(cases) = &item.body
            && cases.len() > 1
        {
            for (at, case) in cases.iter().enumerate() {
                let near = [at + 1, at + cases.len() - 1].map(|at| cases.get(at % cases.len()));
                let entry = found.entry(case.name.text.clone()).or_default();
                for other in near.into_iter().flatten().map(|other| &other.name.text) {
                    if !entry.contains(other) {
                        entry.push(other.clone());
                    }
                }
            }
        }
    }
    found
}

fn clauses(files: &[File]) -> Vec<String> {
    files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| if let Item::Clause(clause) = item { Some(clause.id.text.clone()) } else { None })
        .collect()
}

/// Walks the tree, counting the mistakes that could be made, and makes the one whose turn it is.
struct Hand {
    left: usize,
    siblings: BTreeMap<String, Vec<String>>,
    clauses: Vec<String>,
    rule: String,
    done: Option<Mutation>,
}

impl Hand {
    /// Whether it is this mistake's turn.
    fn turn(&mut self, span: Span, what: impl FnOnce() -> String) -> bool {
        if self.done.is_some() {
            return false;
        }
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        self.done = Some(Mutation { rule: self.rule.clone(), what: what(), span, citation: false });
        true
    }

    fn item(&mut self, item: &mut Item) {
        match item {
            Item::Value(value) => self.value(value),
            Item::Norm(norm) => self.norm(norm),
            Item::Decision(decision) => self.decision(decision),
            Item::Notice(notice) => self.notice(notice),
            Item::Fact(fact) => {
                self.rule.clone_from(&fact.name.text);
                self.attributes(fact.name.span, &mut fact.attributes);
            }
            Item::Type(item) => {
                if let TypeBody::Record(fields) = &mut item.body {
                    for field in fields {
                        self.rule = format!("{}.{}", item.name.text, field.name.text);
                        self.attributes(field.name.span, &mut field.attributes);
                    }
                }
            }
            Item::Header(_)
            | Item::Clause(_)
            | Item::Heading(_)
            | Item::Noise(_)
            | Item::Reading(_)
            | Item::Outside(_)
            | Item::Assessment(_)
            | Item::Incoherence(_)
            | Item::Example(_)
            | Item::Unreadable(_) => {}
        }
    }

    /// What is presumed or derived of a fact that is left out.
    fn attributes(&mut self, span: Span, attributes: &mut Attributes) {
        if attributes.presumed.is_some() && self.turn(span, || "« sinon » oublié".to_owned()) {
            attributes.presumed = None;
            return;
        }
        if let Some(presumed) = &mut attributes.presumed {
            self.expr(presumed);
        }
        if let Some(derived) = &mut attributes.derived {
            self.expr(derived);
        }
    }

    fn value(&mut self, item: &mut ValueItem) {
        self.rule.clone_from(&item.name.text);
        self.lets(&mut item.lets);
        if let Some(each) = &mut item.each {
            self.generators(std::slice::from_mut(each));
        }
        if let Some((condition, basis)) = &mut item.scope {
            self.condition(condition);
            self.basis(basis);
        }
        if item.scope.is_some() && self.turn(item.span, || "condition « pour » oubliée".to_owned()) {
            item.scope = None;
            return;
        }
        match &mut item.body {
            ValueBody::Single { value, basis } => {
                self.expr(value);
                self.basis(basis);
            }
            ValueBody::Table(rows) => {
                for at in 0..rows.len() {
                    let Some(span) = rows.get(at).map(|row| row.span) else { continue };
                    if self.turn(span, || format!("ligne n° {} oubliée", at + 1)) {
                        rows.remove(at);
                        return;
                    }
                    if let [before, row] = rows.get_mut(at.saturating_sub(1)..=at).unwrap_or_default()
                        && before.value != row.value
                        && self.turn(span, || format!("valeurs des lignes n° {at} et {} échangées", at + 1))
                    {
                        std::mem::swap(&mut before.value, &mut row.value);
                        return;
                    }
                }
                for row in rows {
                    self.condition(&mut row.condition);
                    self.expr(&mut row.value);
                    self.basis(&mut row.basis);
                }
            }
        }
        for at in 0..item.exceptions.len() {
            let Some((span, name)) = item.exceptions.get(at).map(|e| (e.span, e.name.text.clone())) else { continue };
            if self.turn(span, || format!("exception « {name} » oubliée")) {
                item.exceptions.remove(at);
                let kept = |over: &Name| over.text != name;
                item.exceptions.iter_mut().for_each(|exception| exception.over.retain(kept));
                return;
            }
            let over = item.exceptions.get(at).map_or(0, |exception| exception.over.len());
            if over > 0 && self.turn(span, || format!("« {name} » ne prime plus sur aucune autre")) {
                if let Some(exception) = item.exceptions.get_mut(at) {
                    exception.over.clear();
                }
                return;
            }
            self.swap_priority(item, at, span);
            if let [before, exception] = item.exceptions.get_mut(at.saturating_sub(1)..=at).unwrap_or_default() {
                let other = before.name.text.clone();
                if before.value != exception.value && self.turn(span, || format!("« {other} » et « {name} » échangées"))
                {
                    std::mem::swap(&mut before.value, &mut exception.value);
                    return;
                }
            }
            if let Some(exception) = item.exceptions.get_mut(at) {
                if let Some(condition) = &mut exception.condition {
                    self.condition(condition);
                }
                self.expr(&mut exception.value);
                self.basis(&mut exception.basis);
            }
        }
    }

    /// `A prime sur B` written the other way round.
    fn swap_priority(&mut self, item: &mut ValueItem, at: usize, span: Span) {
        let Some(exception) = item.exceptions.get(at) else { return };
        let (name, overs) = (exception.name.clone(), exception.over.clone());
        let Some(first) = overs.first() else { return };
        if !self.turn(span, || format!("« {} » prime sur « {} », et non l'inverse", first.text, name.text)) {
            return;
        }
        if let Some(exception) = item.exceptions.get_mut(at) {
            exception.over.retain(|over| over.text != first.text);
        }
        if let Some(other) = item.exceptions.iter_mut().find(|other| other.name.text == first.text) {
            other.over.push(name);
        }
    }

    fn norm(&mut self, item: &mut NormItem) {
        self.rule.clone_from(&item.name.text);
        self.lets(&mut item.lets);
        self.basis(&mut item.basis);
        self.generators(&mut item.each);
        if let Some((condition, basis)) = &mut item.scope {
            self.condition(condition);
            self.basis(basis);
        }
        if item.scope.is_some() && self.turn(item.span, || "condition « pour » oubliée".to_owned()) {
            item.scope = None;
            return;
        }
        if item.content.len() > 1 {
            for at in 0..item.content.len() {
                let Some(span) = item.content.get(at).map(|content| content.span) else { continue };
                if self.turn(span, || format!("point n° {} oublié", at + 1)) {
                    item.content.remove(at);
                    return;
                }
            }
        }
        for content in &mut item.content {
            self.content(content);
        }
        self.exemptions(&mut item.exemptions);
    }

    fn exemptions(&mut self, exemptions: &mut Vec<ExemptionItem>) {
        for at in 0..exemptions.len() {
            let Some((span, name)) = exemptions.get(at).map(|e| (e.span, e.name.text.clone())) else { continue };
            if self.turn(span, || format!("exception « {name} » oubliée")) {
                exemptions.remove(at);
                return;
            }
            if let Some(exemption) = exemptions.get_mut(at) {
                self.condition(&mut exemption.condition);
                self.basis(&mut exemption.basis);
            }
        }
    }

    fn content(&mut self, content: &mut ContentItem) {
        self.condition(&mut content.condition);
        self.basis(&mut content.basis);
    }

    fn decision(&mut self, item: &mut DecisionItem) {
        self.rule.clone_from(&item.name.text);
        self.lets(&mut item.lets);
        if let Some((condition, basis)) = &mut item.scope {
            self.condition(condition);
            self.basis(basis);
        }
        if item.scope.is_some() && self.turn(item.span, || "condition « pour » oubliée".to_owned()) {
            item.scope = None;
            return;
        }
        if item.requirements.len() > 1 {
            for at in 0..item.requirements.len() {
                let Some(span) = item.requirements.get(at).map(|line| line.span) else { continue };
                if self.turn(span, || format!("ligne n° {} oubliée", at + 1)) {
                    item.requirements.remove(at);
                    return;
                }
            }
        }
        for line in &mut item.requirements {
            if let Some(case) = &mut line.case {
                self.condition(case);
            }
            if line.items.len() > 1 {
                for at in 0..line.items.len() {
                    let Some(span) = line.items.get(at).map(|item| item.span) else { continue };
                    if self.turn(span, || format!("condition n° {} oubliée", at + 1)) {
                        line.items.remove(at);
                        return;
                    }
                }
            }
            for required in &mut line.items {
                if !matches!(required.kind, ExprKind::Name(_)) {
                    self.condition(required);
                }
            }
            self.basis(&mut line.basis);
        }
        self.exemptions(&mut item.exemptions);
    }

    fn notice(&mut self, item: &mut NoticeItem) {
        self.rule.clone_from(&item.name.text);
        self.lets(&mut item.lets);
        self.generators(&mut item.each);
        self.condition(&mut item.condition);
    }

    fn lets(&mut self, lets: &mut [Let]) {
        lets.iter_mut().for_each(|binding| self.expr(&mut binding.value));
    }

    fn generators(&mut self, generators: &mut [Generator]) {
        for generator in generators {
            self.expr(&mut generator.list);
            if let Some(filter) = &mut generator.filter {
                let span = filter.span;
                if self.turn(span, || "condition « où » oubliée".to_owned()) {
                    generator.filter = None;
                    return;
                }
                self.condition(filter);
            }
        }
    }

    /// A clause cited in place of another.
    fn basis(&mut self, basis: &mut Basis) {
        for name in &mut basis.clauses {
            let Some(at) = self.clauses.iter().position(|clause| *clause == name.text) else { continue };
            let Some(next) = self.clauses.get((at + 1) % self.clauses.len().max(1)).cloned() else { continue };
            let cited = name.text.clone();
            if next != cited && self.turn(name.span, || format!("clause {next} citée au lieu de {cited}")) {
                name.text = next;
                if let Some(done) = &mut self.done {
                    done.citation = true;
                }
                return;
            }
        }
    }

    /// A condition: it may be negated as a whole, then anything within.
    fn condition(&mut self, expr: &mut Expr) {
        let comparison = matches!(expr.kind, ExprKind::Compare(..));
        if !comparison && self.turn(expr.span, || "condition inversée".to_owned()) {
            let inner = std::mem::replace(&mut expr.kind, ExprKind::Invalid);
            expr.kind = if let ExprKind::Not(inner) = inner {
                inner.kind
            } else {
                ExprKind::Not(Box::new(Expr { kind: inner, span: expr.span }))
            };
            return;
        }
        self.expr(expr);
    }

    fn expr(&mut self, expr: &mut Expr) {
        if self.done.is_some() {
            return;
        }
        let span = expr.span;
        match &mut expr.kind {
            ExprKind::Compare(comparison, left, right) => {
                for other in comparisons(*comparison) {
                    let (from, to) = (symbol(*comparison), symbol(*other));
                    if self.turn(span, || format!("« {to} » au lieu de « {from} »")) {
                        *comparison = *other;
                        return;
                    }
                }
                self.expr(left);
                self.expr(right);
            }
            ExprKind::And(operands) | ExprKind::Or(operands) => {
                for at in 0..operands.len() {
                    let Some(place) = operands.get(at).map(|operand| operand.span) else { continue };
                    if self.turn(place, || "condition oubliée".to_owned()) {
                        operands.remove(at);
                        self.flatten(expr);
                        return;
                    }
                }
                let conjunction = matches!(expr.kind, ExprKind::And(_));
                let words = if conjunction { "« ou » au lieu de « et »" } else { "« et » au lieu de « ou »" };
                if self.turn(span, || words.to_owned()) {
                    let kind = std::mem::replace(&mut expr.kind, ExprKind::Invalid);
                    if let ExprKind::And(operands) | ExprKind::Or(operands) = kind {
                        expr.kind = if conjunction { ExprKind::Or(operands) } else { ExprKind::And(operands) };
                    }
                    return;
                }
                if let ExprKind::And(operands) | ExprKind::Or(operands) = &mut expr.kind {
                    operands.iter_mut().for_each(|operand| self.expr(operand));
                }
            }
            ExprKind::Not(inner) => {
                if self.turn(span, || "« non » oublié".to_owned()) {
                    let inner = std::mem::replace(&mut inner.kind, ExprKind::Invalid);
                    expr.kind = inner;
                    return;
                }
                self.expr(inner);
            }
            ExprKind::Number(number) => self.number(number, span),
            ExprKind::Quantity(number, written) => {
                self.number(number, span);
                let (from, to) = (*written, unit(*written));
                if self.turn(span, || format!("« {} » au lieu de « {} »", unit_words(to), unit_words(from))) {
                    *written = to;
                }
            }
            ExprKind::Truth(truth) => {
                if self.turn(span, || "« oui » et « non » échangés".to_owned()) {
                    *truth = !*truth;
                }
            }
            ExprKind::Name(name) => {
                for other in self.siblings.get(&name.text).cloned().unwrap_or_default() {
                    let from = name.text.clone();
                    if self.turn(span, || format!("cas « {other} » au lieu de « {from} »")) {
                        name.text = other;
                        return;
                    }
                }
            }
            ExprKind::Aggregate(kind, body, generators) => {
                let other = match kind {
                    Aggregate::Exists | Aggregate::All => None,
                    Aggregate::Minimum => Some((Aggregate::Maximum, "« maximum » au lieu de « minimum »")),
                    Aggregate::Maximum => Some((Aggregate::Minimum, "« minimum » au lieu de « maximum »")),
                    Aggregate::Count | Aggregate::CountDistinct | Aggregate::Sum | Aggregate::Collect => None,
                };
                if let Some((other, words)) = other
                    && self.turn(span, || words.to_owned())
                {
                    *kind = other;
                    return;
                }
                if self.quantifier(span, kind, body, generators) {
                    return;
                }
                self.generators(generators);
                if let Some(body) = body {
                    self.expr(body);
                }
            }
            ExprKind::If(condition, yes, no) => {
                self.condition(condition);
                self.expr(yes);
                self.expr(no);
            }
            ExprKind::Between(a, b, c) => [a, b, c].into_iter().for_each(|part| self.expr(part)),
            ExprKind::Among(value, others) => {
                self.expr(value);
                if others.len() > 1 {
                    for at in 0..others.len() {
                        if self.turn(span, || format!("cas n° {} oublié dans la liste", at + 1)) {
                            others.remove(at);
                            return;
                        }
                    }
                }
                others.iter_mut().for_each(|other| self.expr(other));
            }
            ExprKind::Arithmetic(symbol, a, b) => {
                let (from, to) = (*symbol, operation(*symbol));
                let words = || format!("« {} » au lieu de « {} »", operation_words(to), operation_words(from));
                if self.turn(span, words) {
                    *symbol = to;
                    return;
                }
                self.expr(a);
                self.expr(b);
            }
            ExprKind::In(a, b) | ExprKind::Default(a, b) | ExprKind::Interval(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Negate(inner) | ExprKind::Is(inner, _) => self.expr(inner),
            ExprKind::Call(name, arguments) => {
                if let Some(other) = call(&name.text)
                    && self.turn(span, || format!("« {other} » au lieu de « {} »", name.text))
                {
                    name.text = other.to_owned();
                    return;
                }
                if let ("jusqu'au_dimanche", [only]) = (name.text.as_str(), arguments.as_mut_slice())
                    && self.turn(span, || "« jusqu'au_dimanche » oublié".to_owned())
                {
                    *expr = only.clone();
                    return;
                }
                arguments.iter_mut().for_each(|argument| self.expr(argument));
            }
            ExprKind::Field(_, name) => {
                if let Some(other) = field(&name.text)
                    && self.turn(span, || format!("« {other} » au lieu de « {} »", name.text))
                {
                    name.text = other.to_owned();
                }
            }
            ExprKind::Date(day) => {
                for by in [1, -1] {
                    let from = *day;
                    let Some(other) = Day::from_number(from.number() + by) else { continue };
                    if self.turn(span, || format!("{other} au lieu de {from}")) {
                        *day = other;
                        return;
                    }
                }
            }
            ExprKind::Text(_)
            | ExprKind::Unknown
            | ExprKind::Absent
            | ExprKind::List(_)
            | ExprKind::Record(_)
            | ExprKind::Invalid => {}
        }
    }

    /// `tout` for `il existe`, and the other way round.
    fn quantifier(
        &mut self,
        span: Span,
        kind: &mut Aggregate,
        body: &mut Option<Box<Expr>>,
        generators: &mut [Generator],
    ) -> bool {
        let Some(last) = generators.last_mut() else { return false };
        match kind {
            Aggregate::Exists if last.filter.is_some() => {
                if self.turn(span, || "« tout » au lieu de « il existe »".to_owned()) {
                    *body = last.filter.take().map(Box::new);
                    *kind = Aggregate::All;
                    return true;
                }
            }
            Aggregate::All if last.filter.is_none() => {
                if self.turn(span, || "« il existe » au lieu de « tout »".to_owned()) {
                    last.filter = body.take().map(|body| *body);
                    *kind = Aggregate::Exists;
                    return true;
                }
            }
            Aggregate::Exists
            | Aggregate::All
            | Aggregate::Count
            | Aggregate::CountDistinct
            | Aggregate::Sum
            | Aggregate::Minimum
            | Aggregate::Maximum
            | Aggregate::Collect => {}
        }
        false
    }

    /// A conjunction or disjunction of one member is that member.
    fn flatten(&self, expr: &mut Expr) {
        if let ExprKind::And(operands) | ExprKind::Or(operands) = &mut expr.kind
            && operands.len() == 1
            && let Some(only) = operands.pop()
        {
            *expr = only;
        }
    }

    fn number(&mut self, number: &mut Number, span: Span) {
        let step = if number.is_integer() { Number::ONE } else { Number::from_millionths(Number::SCALE / 100) };
        for changed in [number.checked_add(step), number.checked_sub(step)].into_iter().flatten() {
            let from = *number;
            if self.turn(span, || format!("{} au lieu de {}", changed.french(), from.french())) {
                *number = changed;
                return;
            }
        }
    }
}
