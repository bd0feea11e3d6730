//! Builds expressions from the flat rows of operands and operators that pest matched.
//!
//! Precedence climbing, from loosest to tightest: `si` and quantifiers, `et`/`ou`, `non`, comparisons,
//! `+ -`, `* /`, `→`, unary minus, `à défaut`, `.champ`. The depth of the climb and the height of the tree
//! are bounded by `nesting`, so that no later walk of the tree can exhaust the stack.

use super::ast::{Aggregate, Arithmetic, Expr, ExprKind, Generator, Name};
use super::builder::{Builder, Built, Stop, Tree};
use super::grammar::{Pair, Parts, Rule};
use super::recover::first_word;
use super::token::{self, Level, Op};
use super::words::{in_a_title, with_brackets};
use crate::diagnostic::{Code, Diagnostic, Edit, Remedy, Safety};
use crate::source::Span;

impl<'t> Builder<'t> {
    /// The tree of a whole expression; [`ExprKind::Invalid`] where a diagnostic says why.
    pub(super) fn expression(&mut self, pair: &Pair<'t>) -> Expr {
        self.whole(pair, |builder, tokens| builder.climb(tokens, Level::Lowest))
    }

    /// The same where a list may be written `E pour s parmi L`.
    pub(super) fn definition(&mut self, pair: &Pair<'t>) -> Expr {
        self.whole(pair, Self::collection)
    }

    /// `L où c, r parmi M` after the first variable of a `pour chaque`.
    pub(super) fn generators_of(&mut self, first: Name, pair: &Pair<'t>) -> Vec<Generator> {
        self.pair_of(pair, |builder, tokens| builder.generators(first, tokens)).unwrap_or_default().0
    }

    /// `a et b` after `compris entre`, which stands at `opener`.
    pub(super) fn bounds(&mut self, opener: Span, pair: &Pair<'t>) -> Option<(Expr, Expr)> {
        self.pair_of(pair, |builder, tokens| {
            let low = builder.climb(tokens, Level::Add)?;
            builder.expect(tokens, Op::And, opener)?;
            Ok((*low.expr, *builder.climb(tokens, Level::Add)?.expr))
        })
    }

    /// `c alors v` after the `si` of an exception, which stands at `opener`.
    pub(super) fn condition_and_value(&mut self, opener: Span, pair: &Pair<'t>) -> (Expr, Expr) {
        let found = self.pair_of(pair, |builder, tokens| {
            let condition = builder.climb(tokens, Level::Lowest)?;
            builder.expect(tokens, Op::Then, opener)?;
            Ok((*condition.expr, *builder.collection(tokens)?.expr))
        });
        found.unwrap_or_else(|| {
            let invalid = Expr { kind: ExprKind::Invalid, span: self.span(pair) };
            (invalid.clone(), invalid)
        })
    }

    fn pair_of<T>(
        &mut self,
        pair: &Pair<'t>,
        build: impl FnOnce(&mut Self, &mut Parts<'t>) -> Result<T, Stop>,
    ) -> Option<T> {
        let mut tokens = Parts::of(pair);
        let depth = self.depth;
        let said = self.diagnostics.len();
        let built = build(self, &mut tokens).and_then(|found| self.finish(&tokens).map(|()| found));
        self.depth = depth;
        if built.is_err() && self.diagnostics.len() == said {
            let help = "écrivez-la autrement, ou mettez une partie entre parenthèses";
            self.error(Code::Syntax, self.span(pair), ("cette condition ne se lit pas", help));
        }
        built.ok()
    }

    fn whole(&mut self, pair: &Pair<'t>, build: impl FnOnce(&mut Self, &mut Parts<'t>) -> Built) -> Expr {
        let found = self.pair_of(pair, build);
        found.map_or_else(|| Expr { kind: ExprKind::Invalid, span: self.span(pair) }, |tree| *tree.expr)
    }

    /// Nothing may be left of an expression.
    pub(super) fn finish(&mut self, tokens: &Parts<'t>) -> Result<(), Stop> {
        let Some(left) = tokens.peek() else {
            return Ok(());
        };
        let word = match Op::of(&left) {
            Some(op) => op.word(),
            None => first_word(left.as_str()),
        };
        let help = match word {
            "pour" => "une liste «\u{a0}E pour s parmi L\u{a0}» se met entre parenthèses",
            "alors" | "sinon" => {
                "«\u{a0}alors\u{a0}» et «\u{a0}sinon\u{a0}» suivent un «\u{a0}si\u{a0}»\u{a0}: si … alors … sinon …"
            }
            "où" => {
                "«\u{a0}où\u{a0}» suit «\u{a0}s parmi L\u{a0}»\u{202f}; entre deux conditions, écrivez «\u{a0}ou\u{a0}»"
            }
            "vérifie" => "«\u{a0}vérifie\u{a0}» suit «\u{a0}tout s parmi L\u{a0}»",
            _ => "vérifiez les mots de cette condition, ou mettez une partie entre parenthèses",
        };
        let message = format!("«\u{a0}{word}\u{a0}» ne peut pas venir ici");
        self.error(Code::Syntax, self.span(&left), (&message, help));
        Err(Stop)
    }

    /// Passes over the word that must follow the one at `opener`.
    pub(super) fn expect(&mut self, tokens: &mut Parts<'t>, wanted: Op, opener: Span) -> Result<(), Stop> {
        let found = tokens.peek();
        if found.as_ref().and_then(Op::of) == Some(wanted) {
            tokens.next();
            return Ok(());
        }
        let start = (opener.start as usize).saturating_sub(self.offset);
        let after = first_word(self.text.get(start..).unwrap_or(""));
        let help = match after {
            "si" => "une condition s'écrit en entier\u{a0}: si … alors … sinon …",
            "du" => "écrivez «\u{a0}du début au fin\u{a0}», ou «\u{a0}début → fin\u{a0}»",
            "tout" | "toute" => "écrivez «\u{a0}tout s parmi L vérifie condition\u{a0}»",
            _ => "écrivez «\u{a0}x entre a et b\u{a0}»",
        };
        let message = format!("à ce «\u{a0}{after}\u{a0}» il manque son «\u{a0}{}\u{a0}»", wanted.word());
        let mut diagnostic = Diagnostic::error(Code::Syntax, opener, message).help(help);
        if let Some(pair) = &found {
            diagnostic = diagnostic.other(self.span(pair), "il devrait venir avant ceci");
        }
        self.diagnostics.push(diagnostic);
        Err(Stop)
    }

    /// An expression whose operators bind at least as tightly as `level`.
    pub(super) fn climb(&mut self, tokens: &mut Parts<'t>, level: Level) -> Built {
        let Some(first) = tokens.next() else {
            return Err(Stop);
        };
        self.depth += 1;
        if self.depth > self.nesting {
            let span = self.span(&first);
            return Err(self.too_deep(span));
        }
        let left = self.operand(first, tokens, level)?;
        let tree = self.operators(left, tokens, level)?;
        self.depth -= 1;
        Ok(tree)
    }

    /// What stands before the first operator. Each form has its own function, so that a climb takes
    /// little of the stack.
    fn operand(&mut self, first: Pair<'t>, tokens: &mut Parts<'t>, level: Level) -> Built {
        let rule = first.as_rule();
        if matches!(rule, Rule::kw_if | Rule::exists | Rule::all) && level > Level::Lowest {
            self.needs_parentheses(&first);
        }
        if rule == Rule::minus {
            self.opposite(&first, tokens)
        } else if rule == Rule::negation {
            self.denial(&first, tokens)
        } else if rule == Rule::kw_if {
            self.conditional(&first, tokens)
        } else if rule == Rule::du {
            self.since_until(&first, tokens)
        } else if matches!(rule, Rule::exists | Rule::all | Rule::number_of | Rule::reduce) {
            self.aggregate(&first, tokens)
        } else {
            let base = self.primary(&first)?;
            self.fields(base, tokens)
        }
    }

    fn opposite(&mut self, sign: &Pair<'t>, tokens: &mut Parts<'t>) -> Built {
        let inner = self.climb(tokens, Level::Negate)?;
        let span = self.span(sign).to(inner.expr.span);
        self.node(ExprKind::Negate(inner.expr), span, inner.height)
    }

    fn denial(&mut self, word: &Pair<'t>, tokens: &mut Parts<'t>) -> Built {
        // A quantifier reaches as far right as it can: `non il existe …` denies all of it.
        let quantified = matches!(tokens.peek_rule(), Some(Rule::exists | Rule::all));
        let level = if quantified { Level::Lowest } else { Level::Not };
        let inner = self.climb(tokens, level)?;
        let span = self.span(word).to(inner.expr.span);
        self.node(ExprKind::Not(inner.expr), span, inner.height)
    }

    fn since_until(&mut self, word: &Pair<'t>, tokens: &mut Parts<'t>) -> Built {
        let start = self.climb(tokens, Level::Add)?;
        self.expect(tokens, Op::Until, self.span(word))?;
        let end = self.climb(tokens, Level::Add)?;
        let span = self.span(word).to(end.expr.span);
        let height = start.height.max(end.height);
        self.node(ExprKind::Interval(start.expr, end.expr), span, height)
    }

    fn fields(&mut self, base: Tree, tokens: &mut Parts<'t>) -> Built {
        let mut tree = base;
        while let Some(access) = tokens.take(Rule::field_access) {
            let Some(field) = Parts::of(&access).next() else {
                return Err(Stop);
            };
            let field = self.name(&field);
            let span = tree.expr.span.to(field.span);
            tree = self.node(ExprKind::Field(tree.expr, field), span, tree.height)?;
        }
        Ok(tree)
    }

    fn needs_parentheses(&mut self, pair: &Pair<'t>) {
        let span = self.span(pair);
        let word = first_word(pair.as_str());
        let message = format!("«\u{a0}{word} …\u{a0}» dans une opération doit être entre parenthèses");
        self.error(Code::Syntax, span, (&message, "entourez de parenthèses toute cette partie, jusqu'à sa fin"));
    }

    /// The operators after `left`, as long as they bind at least as tightly as `level`.
    fn operators(&mut self, mut left: Tree, tokens: &mut Parts<'t>, level: Level) -> Built {
        let mut compared = 0_usize;
        loop {
            let ahead = self.operator(tokens);
            let Some((op, _)) = ahead.filter(|(_, op_level)| *op_level >= level) else {
                return Ok(left);
            };
            left = match op {
                None => {
                    self.not_chained(tokens, &mut compared);
                    self.state(left, tokens)?
                }
                Some(Op::And | Op::Or) => self.logic(left, tokens)?,
                Some(Op::Compare(_) | Op::In | Op::Between) => {
                    self.not_chained(tokens, &mut compared);
                    if compared > 1 { self.rest_of_chain(left, tokens)? } else { self.comparison(left, tokens)? }
                }
                Some(Op::Arithmetic(arithmetic)) => self.arithmetic(arithmetic, left, tokens)?,
                Some(Op::To) => {
                    tokens.next();
                    let right = self.climb(tokens, Level::Negate)?;
                    self.binary(ExprKind::Interval, left, right)?
                }
                Some(Op::Default) => {
                    tokens.next();
                    let right = self.climb(tokens, Level::Operand)?;
                    self.binary(ExprKind::Default, left, right)?
                }
                Some(Op::Then | Op::Else | Op::Where | Op::Satisfies | Op::Until) => {
                    return Ok(left);
                }
            };
        }
    }

    /// The operator that comes next, if any, with its level; no operator but a level for `est …`.
    fn operator(&self, tokens: &Parts<'t>) -> Option<(Option<Op>, Level)> {
        let next = tokens.peek()?;
        if next.as_rule() == Rule::state {
            return Some((None, Level::Compare));
        }
        let op = Op::of(&next).filter(|_| next.as_rule() == Rule::op)?;
        Some((Some(op), op.level()?))
    }

    fn arithmetic(&mut self, arithmetic: Arithmetic, left: Tree, tokens: &mut Parts<'t>) -> Built {
        tokens.next();
        let tighter = match arithmetic {
            Arithmetic::Add | Arithmetic::Subtract => Level::Multiply,
            Arithmetic::Multiply | Arithmetic::Divide => Level::Interval,
        };
        let right = self.climb(tokens, tighter)?;
        self.french_date(arithmetic, &left, &right);
        self.binary(|a, b| ExprKind::Arithmetic(arithmetic, a, b), left, right)
    }

    /// Passes over what follows a comparison that has been reported as a chain.
    fn rest_of_chain(&mut self, first: Tree, tokens: &mut Parts<'t>) -> Built {
        let nothing = self.node(ExprKind::Invalid, first.expr.span, 0)?;
        self.comparison(nothing, tokens)?;
        Ok(first)
    }

    fn binary(&mut self, make: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind, left: Tree, right: Tree) -> Built {
        let span = left.expr.span.to(right.expr.span);
        let height = left.height.max(right.height);
        self.node(make(left.expr, right.expr), span, height)
    }

    /// `a et b et c`; a mixture of `et` and `ou` is reported, and read with `et` the tighter.
    fn logic(&mut self, left: Tree, tokens: &mut Parts<'t>) -> Built {
        let (mut height, left_span) = (left.height, left.expr.span);
        // Groups of `et`, joined by `ou`.
        let mut groups: Vec<Vec<Expr>> = vec![vec![*left.expr]];
        let mut first: Option<(Op, Span)> = None;
        // The diagnostic of a mixture, by its rank.
        let mut mixed: Option<usize> = None;
        let mut row = Row { first: left_span, others: Vec::new() };
        while let Some(next) = tokens.peek() {
            let Some(op) = Op::of(&next).filter(|op| matches!(op, Op::And | Op::Or)) else {
                break;
            };
            tokens.next();
            let span = self.span(&next);
            let (expected, place) = *first.get_or_insert((op, span));
            if op != expected && mixed.is_none() {
                mixed = Some(self.diagnostics.len());
                let diagnostic = Diagnostic::error(
                    Code::MixedLogic,
                    span,
                    "«\u{a0}et\u{a0}» et «\u{a0}ou\u{a0}» se mêlent ici sans parenthèses",
                )
                .other(place, format!("le premier «\u{a0}{}\u{a0}»", expected.word()))
                .help("mettez entre parenthèses ce qui va ensemble\u{a0}: (a et b) ou c, ou bien a et (b ou c)");
                self.diagnostics.push(diagnostic);
            }
            let right = self.climb(tokens, Level::Not)?;
            height = height.max(right.height);
            row.others.push((op, right.expr.span));
            match groups.last_mut() {
                Some(group) if op == Op::And => group.push(*right.expr),
                Some(_) | None => groups.push(vec![*right.expr]),
            }
        }
        if let Some(diagnostic) = mixed.and_then(|rank| self.diagnostics.get_mut(rank)) {
            diagnostic.remedies.extend([Op::And, Op::Or].map(|op| row.grouped(op, (self.text, self.offset))));
        }
        let mut members = Vec::with_capacity(groups.len());
        for group in groups {
            members.push(token::joined(ExprKind::And, group).ok_or(Stop)?);
        }
        let tree = token::joined(ExprKind::Or, members).ok_or(Stop)?;
        self.node(tree.kind, tree.span, height + usize::from(mixed.is_some()))
    }

    fn not_chained(&mut self, tokens: &Parts<'t>, compared: &mut usize) {
        if *compared == 1
            && let Some(next) = tokens.peek()
        {
            let span = self.span(&next);
            self.error(
                Code::Syntax,
                span,
                (
                    "les comparaisons ne s'enchaînent pas",
                    "écrivez «\u{a0}a ≤ b et b ≤ c\u{a0}», ou «\u{a0}b entre a et c\u{a0}»",
                ),
            );
        }
        *compared += 1;
    }

    fn comparison(&mut self, left: Tree, tokens: &mut Parts<'t>) -> Built {
        let Some(pair) = tokens.next() else {
            return Err(Stop);
        };
        let Some(op) = Op::of(&pair) else {
            return Err(Stop);
        };
        match op {
            Op::Compare(comparison) => {
                let right = self.climb(tokens, Level::Add)?;
                self.binary(|a, b| ExprKind::Compare(comparison, a, b), left, right)
            }
            Op::Between => self.between(self.span(&pair), left, tokens),
            Op::In => self.membership(left, tokens),
            Op::And | Op::Or | Op::Arithmetic(_) | Op::To | Op::Default => Err(Stop),
            Op::Then | Op::Else | Op::Where | Op::Satisfies | Op::Until => Err(Stop),
        }
    }

    fn between(&mut self, word: Span, value: Tree, tokens: &mut Parts<'t>) -> Built {
        let low = self.climb(tokens, Level::Add)?;
        self.expect(tokens, Op::And, word)?;
        let high = self.climb(tokens, Level::Add)?;
        let span = value.expr.span.to(high.expr.span);
        let height = value.height.max(low.height).max(high.height);
        self.node(ExprKind::Between(value.expr, low.expr, high.expr), span, height)
    }

    /// `x dans (a, b)` or `x dans L`.
    fn membership(&mut self, left: Tree, tokens: &mut Parts<'t>) -> Built {
        let mut ahead = tokens.clone();
        if let Some(set) = ahead.take(Rule::paren).filter(|_| !continues(&ahead)) {
            *tokens = ahead;
            return self.among(left, &set);
        }
        let list = if self.reducing { self.climb(tokens, Level::Add)? } else { self.list(tokens, Level::Add)? };
        self.binary(ExprKind::In, left, list)
    }

    /// `x dans (a, b)`, or `x dans (E pour s parmi L)` where the only member is itself a list.
    fn among(&mut self, left: Tree, set: &Pair<'t>) -> Built {
        let span = left.expr.span.to(self.span(set));
        let (members, height) = self.elements(set)?;
        let height = height.max(left.height);
        let mut members = members.into_iter();
        let kind = match (members.next(), members.len()) {
            (Some(list), 0) if matches!(list.kind, ExprKind::Aggregate(Aggregate::Collect, ..)) => {
                ExprKind::In(left.expr, Box::new(list))
            }
            (first, _) => ExprKind::Among(left.expr, first.into_iter().chain(members).collect()),
        };
        self.node(kind, span, height)
    }

    fn state(&mut self, left: Tree, tokens: &mut Parts<'t>) -> Built {
        let Some(pair) = tokens.next() else {
            return Err(Stop);
        };
        let mut parts = Parts::of(&pair);
        let (Some(copula), Some(word)) = (parts.next(), parts.next()) else {
            return Err(Stop);
        };
        let state = token::state(word.as_str());
        let span = left.expr.span.to(self.span(&word));
        let tree = self.node(ExprKind::Is(left.expr, state), span, left.height)?;
        if copula.as_str().starts_with('n') {
            return self.node(ExprKind::Not(tree.expr), span, tree.height);
        }
        Ok(tree)
    }

    fn conditional(&mut self, first: &Pair<'t>, tokens: &mut Parts<'t>) -> Built {
        let condition = self.climb(tokens, Level::Lowest)?;
        self.expect(tokens, Op::Then, self.span(first))?;
        let then = self.climb(tokens, Level::Lowest)?;
        self.expect(tokens, Op::Else, self.span(first))?;
        let otherwise = self.climb(tokens, Level::Lowest)?;
        let span = self.span(first).to(otherwise.expr.span);
        let height = condition.height.max(then.height).max(otherwise.height);
        let [condition, then, otherwise] = [condition, then, otherwise].map(|tree| tree.expr);
        self.node(ExprKind::If(condition, then, otherwise), span, height)
    }

    /// `10/04/2026` reads as two divisions; nobody means that.
    fn french_date(&mut self, arithmetic: Arithmetic, left: &Tree, right: &Tree) {
        if arithmetic != Arithmetic::Divide {
            return;
        }
        let span = left.expr.span.to(right.expr.span);
        let range = (span.start as usize).saturating_sub(self.offset)..(span.end as usize).saturating_sub(self.offset);
        if let Some(date) = self.text.get(range).and_then(token::french_date) {
            let help = format!("écrivez {date}");
            self.error(Code::Syntax, span, ("une date s'écrit année-mois-jour", &help));
            if let Some(diagnostic) = self.diagnostics.last_mut() {
                diagnostic.remedies.push(Remedy::replace(span, &date, format!("Écrire {date}")).safe_if(true));
            }
        }
    }
}

/// Whether what follows a bracket binds tighter than `dans`.
fn continues(ahead: &Parts<'_>) -> bool {
    let Some(next) = ahead.peek() else {
        return false;
    };
    let tighter = Op::of(&next).and_then(Op::level).is_some_and(|level| level > Level::Compare);
    next.as_rule() == Rule::field_access || next.as_rule() == Rule::op && tighter
}

/// Conditions joined by `et` and `ou`, by their places.
struct Row {
    first: Span,
    others: Vec<(Op, Span)>,
}

impl Row {
    /// Parentheses around each run of what that operator joins. A condition that stands in parentheses has its place
    /// within them; brackets put there pair all the same.
    fn grouped(&self, wanted: Op, (text, offset): (&str, usize)) -> Remedy {
        let mut edits = Vec::new();
        let mut mark = |start: Span, end: Span| {
            edits.push(Edit { span: Span { end: start.start, ..start }, replacement: "(".to_owned() });
            edits.push(Edit { span: Span { start: end.end, ..end }, replacement: ")".to_owned() });
        };
        let (mut start, mut end, mut open) = (self.first, self.first, false);
        for (op, place) in &self.others {
            if *op == wanted {
                open = true;
            } else {
                if open {
                    mark(start, end);
                }
                (start, open) = (*place, false);
            }
            end = *place;
        }
        if open {
            mark(start, end);
        }
        let title = match self.read(&edits, (text, offset)) {
            Some(reading) => format!("Lire «\u{a0}{reading}\u{a0}»"),
            None => format!("Mettre entre parenthèses ce que «\u{a0}{}\u{a0}» joint", wanted.word()),
        };
        Remedy { title, edits, safety: Safety::ToConfirm }
    }

    /// What then stands there, where that is short.
    fn read(&self, edits: &[Edit], (text, offset): (&str, usize)) -> Option<String> {
        let end = self.others.last().map_or(self.first, |(_, place)| *place).end as usize;
        let whole = with_brackets(text, (self.first.start as usize).checked_sub(offset)?..end.checked_sub(offset)?)?;
        let (mut reading, mut at) = (String::new(), whole.start);
        for edit in edits {
            let place = (edit.span.start as usize).checked_sub(offset)?;
            reading.push_str(text.get(at..place)?);
            reading.push_str(&edit.replacement);
            at = place;
        }
        reading.push_str(text.get(at..whole.end)?);
        in_a_title(&reading).then_some(reading)
    }
}

#[cfg(test)]
#[allow(clippy::wildcard_enum_match_arm, reason = "tests")]
mod tests {
    use super::super::ast::{Arithmetic, Expr, ExprKind, Generator, State};
    use crate::diagnostic::Code;
    use crate::source::SourceId;
    use crate::syntax::parse_expression;

    /// The tree, as a Lisp would write it.
    fn show(expr: &Expr) -> String {
        let many = |items: &[Expr]| items.iter().map(show).collect::<Vec<_>>().join(" ");
        match &expr.kind {
            ExprKind::Truth(truth) => if *truth { "oui" } else { "non" }.to_owned(),
            ExprKind::Number(number) => (number.millionths() / 1_000).to_string() + "m",
            ExprKind::Quantity(number, unit) => {
                format!("{}{unit:?}", number.millionths() / 1_000_000)
            }
            ExprKind::Date(day) => day.to_string(),
            ExprKind::Text(text) => format!("{text:?}"),
            ExprKind::Unknown => "?".to_owned(),
            ExprKind::Absent => "aucun".to_owned(),
            ExprKind::Name(name) => name.text.clone(),
            ExprKind::Field(of, name) => format!("{}.{}", show(of), name.text),
            ExprKind::List(items) => format!("[{}]", many(items)),
            ExprKind::Record(fields) => {
                let fields = fields.iter().map(|(name, value)| format!("{}={}", name.text, show(value)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(" "))
            }
            ExprKind::Not(a) => format!("(non {})", show(a)),
            ExprKind::And(items) => format!("(et {})", many(items)),
            ExprKind::Or(items) => format!("(ou {})", many(items)),
            ExprKind::Compare(op, a, b) => format!("({op:?} {} {})", show(a), show(b)),
            ExprKind::Arithmetic(op, a, b) => {
                let sign = match op {
                    Arithmetic::Add => "+",
                    Arithmetic::Subtract => "-",
                    Arithmetic::Multiply => "*",
                    Arithmetic::Divide => "/",
                };
                format!("({sign} {} {})", show(a), show(b))
            }
            ExprKind::Negate(a) => format!("(- {})", show(a)),
            ExprKind::Among(a, items) => format!("(among {} {})", show(a), many(items)),
            ExprKind::In(a, b) => format!("(in {} {})", show(a), show(b)),
            ExprKind::Between(a, b, c) => format!("(entre {} {} {})", show(a), show(b), show(c)),
            ExprKind::If(a, b, c) => format!("(si {} {} {})", show(a), show(b), show(c)),
            ExprKind::Default(a, b) => format!("(défaut {} {})", show(a), show(b)),
            ExprKind::Is(a, State::NotApplicable) => format!("(objet {})", show(a)),
            ExprKind::Is(a, state) => format!("({state:?} {})", show(a)),
            ExprKind::Call(name, items) => format!("{}({})", name.text, many(items)),
            ExprKind::Interval(a, b) => format!("(→ {} {})", show(a), show(b)),
            ExprKind::Aggregate(aggregate, body, generators) => {
                let body = body.as_ref().map(|body| show(body) + " ").unwrap_or_default();
                let generators = generators.iter().map(|Generator { name, list, filter }| {
                    let filter = filter.as_ref().map(|filter| " où ".to_owned() + &show(filter)).unwrap_or_default();
                    format!("{}:{}{filter}", name.text, show(list))
                });
                format!("({aggregate:?} {body}{})", generators.collect::<Vec<_>>().join(", "))
            }
            ExprKind::Invalid => "!".to_owned(),
        }
    }

    fn tree(text: &str) -> String {
        let (expr, diagnostics) = parse_expression(SourceId(0), text);
        assert!(diagnostics.is_empty(), "{text}: {diagnostics:#?}");
        assert!(expr.span.range().end <= text.len());
        show(&expr)
    }

    /// The one diagnostic: its code and what it says.
    fn fault(text: &str) -> (Code, String) {
        let (_, diagnostics) = parse_expression(SourceId(0), text);
        assert_eq!(diagnostics.len(), 1, "{text}: {diagnostics:#?}");
        let said = diagnostics.into_iter().next().map(|d| (d.code, format!("{} / {}", d.message, d.help.join(" "))));
        said.unwrap_or((Code::Limit, String::new()))
    }

    #[test]
    fn operators_bind_as_the_reference_says() {
        for (text, expected) in [
            ("a et b et c", "(et a b c)"),
            ("a ou (b et c)", "(ou a (et b c))"),
            ("non a = b et c", "(et (non (Equal a b)) c)"),
            ("a + b * c ≥ d - -e", "(AtLeast (+ a (* b c)) (- d (- e)))"),
            ("a - b - c / d / e", "(- (- a b) (/ (/ c d) e))"),
            ("x à défaut 10 semaines < 10 semaines", "(Less (défaut x 10Weeks) 10Weeks)"),
            ("-x.y à défaut z.t à défaut 1", "(- (défaut (défaut x.y z.t) 1000m))"),
            ("a entre 1 et 2 et b", "(et (entre a 1000m 2000m) b)"),
            ("x dans (a, b) ou y dans L", "(ou (among x a b) (in y L))"),
            ("x dans (L) à défaut M", "(in x (défaut L M))"),
            ("x dans (s.n pour s parmi L)", "(in x (Collect s.n s:L))"),
            ("d -> f = du d au f + 1", "(Equal (→ d f) (→ d (+ f 1000m)))"),
            ("si a alors b sinon si c alors d sinon e ou f", "(si a b (si c d (ou e f)))"),
            ("si a alors si b alors c sinon d sinon e", "(si a (si b c d) e)"),
            ("a <> b et c != d et e <= f", "(et (Different a b) (Different c d) (AtMost e f))"),
            ("x est renseignée et y n’est pas applicable", "(et (Present x) (non (Applicable y)))"),
            ("n est sans objet ou o est respectée ou L est vide", "(ou (objet n) (Holds o) (Empty L))"),
            ("a = non et non b", "(et (Equal a non) (non b))"),
            ("non non (a)", "(non (non a))"),
            ("max(1, 2,5) + f()", "(+ max(1000m 2500m) f())"),
            ("[1, 2026-04-10 → 2026-05-10, \"a\\\"\\\\b\", ]", "[1000m (→ 2026-04-10 2026-05-10) \"a\\\"\\\\b\"]"),
            ("{ id = \"P1\", type = { a = aucune }, b = ? }", "{id=\"P1\" type={a=aucune} b=?}"),
            ("jusqu’au_dimanche(p).fin.type", "jusqu'au_dimanche(p).fin.type"),
            ("d + 6\u{a0}mois - 1 an", "(- (+ d 6Months) 1Years)"),
            ("sig.note = note # fin\n et début < fin", "(et (Equal sig.note note) (Less début fin))"),
        ] {
            assert_eq!(tree(text), expected, "{text}");
        }
    }

    #[test]
    fn quantifiers_reach_as_far_right_as_they_can() {
        for (text, expected) in [
            ("il existe s parmi L où a et b", "(Exists s:L où (et a b))"),
            ("il existe r parmi R, n parmi r.notes où n.v > 10", "(Exists r:R, n:r.notes où (Greater n.v 10000m))"),
            ("non il existe s parmi L où a, t parmi s.x où b", "(non (Exists s:L où a, t:s.x où b))"),
            ("(il existe s parmi L où a) ou b", "(ou (Exists s:L où a) b)"),
            ("tout s parmi L où a vérifie b et tout", "(All (et b tout) s:L où a)"),
            ("toute s parmi (x pour x parmi L) vérifie b", "(All b s:(Collect x x:L))"),
            ("nombre de s parmi L ≥ 3", "(AtLeast (Count s:L) 3000m)"),
            ("nombre d'années distinctes pour s parmi L où a", "(CountDistinct années s:L où a)"),
            ("somme de si x dans L alors 1 sinon 0 pour x parmi M", "(Sum (si (in x L) 1000m 0m) x:M)"),
            ("(minimum de s.d pour s parmi L) à défaut 0", "(défaut (Minimum s.d s:L) 0m)"),
            (
                "fusion(s pour s parmi périodes où s.année = 1)",
                "fusion((Collect s s:périodes où (Equal s.année 1000m)))",
            ),
            ("s.d pour s parmi L", "(Collect s.d s:L)"),
            ("f(il existe s parmi L où a, b)", "f((Exists s:L où a) b)"),
            ("tout t parmi s.d pour s parmi L où a vérifie t > 0", "(All (Greater t 0m) t:(Collect s.d s:L où a))"),
        ] {
            assert_eq!(tree(text), expected, "{text}");
        }
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        let mixed = fault("a et b ou c et d ou e");
        assert_eq!(mixed.0, Code::MixedLogic);
        let (expr, _) = parse_expression(SourceId(0), "a et b ou c et d");
        assert_eq!(show(&expr), "(ou (et a b) (et c d))");
        for (text, said) in [
            ("a < b < c < d", "ne s'enchaînent pas"),
            ("x est vide = oui", "ne s'enchaînent pas"),
            ("a et il existe s parmi L où b", "parenthèses"),
            ("1 + si a alors b sinon c", "parenthèses"),
            ("il existe s parmi L ou b", "avec son accent"),
            ("(a, b) = c", "après «\u{a0}dans\u{a0}»"),
            ("10/04/2026 < d", "2026-04-10"),
            ("nombre de x pour s parmi L", "distincts"),
            ("somme de x", "pour s parmi L"),
            ("si a alors b", "«\u{a0}sinon\u{a0}»"),
            ("tout s parmi L où c", "«\u{a0}vérifie\u{a0}»"),
            ("a où b", "suit"),
        ] {
            let (code, message) = fault(text);
            assert_eq!(code, Code::Syntax, "{text}");
            assert!(message.contains(said), "{text}: {message}");
        }
        assert_eq!(fault("2026-02-30").0, Code::OutOfRange);
        assert_eq!(fault("1,1234567").0, Code::OutOfRange);
        assert_eq!(fault("99999999999999").0, Code::OutOfRange);
    }

    #[test]
    fn slips_are_answered_in_the_words_of_the_language() {
        for (text, said) in [
            ("a == b", "un seul ="),
            ("a => b", "≥ ou >="),
            ("a && b", "«\u{a0}et\u{a0}»"),
            ("a || b", "«\u{a0}ou\u{a0}»"),
            ("!a", "«\u{a0}non\u{a0}»"),
            ("a and b", "«\u{a0}et\u{a0}»"),
            ("durée ≥ 14 sem", "toutes lettres"),
            ("a = « b »", "guillemets droits"),
            ("tout s parmi L verifie c", "«\u{a0}vérifie\u{a0}»"),
            ("x a defaut 3", "«\u{a0}à défaut\u{a0}»"),
            ("x est là", "«\u{a0}renseigné\u{a0}»"),
            ("durée ≥ 1 200", "sans espace"),
            ("durée ≥", "une condition ou une valeur"),
        ] {
            let (expr, diagnostics) = parse_expression(SourceId(0), text);
            assert_eq!((expr.kind, diagnostics.len()), (ExprKind::Invalid, 1), "{text}");
            let shown: String = diagnostics.iter().map(|d| d.primary.text.clone() + &d.help.join(" ")).collect();
            assert!(shown.contains(said), "{text}: {shown}");
        }
    }

    #[test]
    fn places_cover_the_words_and_no_more() {
        let text = "  non  élève.âge ≥ f( 3 ) # fin\n ";
        let (expr, _) = parse_expression(SourceId(0), text);
        assert_eq!(text.get(expr.span.range()), Some("non  élève.âge ≥ f( 3 )"));
    }
}
