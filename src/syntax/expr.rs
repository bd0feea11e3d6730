//! Builds expressions from the flat rows of operands and operators that pest matched.
//!
//! Precedence climbing, from loosest to tightest: `si` and quantifiers, `et`/`ou`, `non`, comparisons,
//! `+ -`, `* /`, `→`, unary minus, `à défaut`, `.champ`. The depth of the climb and the height of the tree
//! are bounded by [`MAX_DEPTH`], so that no later walk of the tree can exhaust the stack.

use std::ops::Range;

use super::ast::{Aggregate, Arithmetic, Expr, ExprKind, Generator, Name, Quoted};
use super::grammar::{Pair, Parts, Rule, extent};
use super::recover::{MAX_DEPTH, TOO_DEEP, TOO_DEEP_HELP, first_word};
use super::token::{self, Level, Op};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};
use crate::value::Number;

/// Building stopped; a diagnostic says why.
#[derive(Debug)]
pub(super) struct Stop;

type Built = Result<Tree, Stop>;

/// An expression and the height of its tree.
pub(super) struct Tree {
    expr: Expr,
    height: usize,
}

/// Turns what pest matched in one piece of a source into the tree.
pub(super) struct Builder<'t> {
    source: SourceId,
    /// The text given to pest.
    text: &'t str,
    /// Where it begins in its source.
    offset: usize,
    /// What was found wrong.
    pub(super) diagnostics: Vec<Diagnostic>,
    depth: usize,
    /// Inside `somme de …`, whose `pour` is not that of a list.
    reducing: bool,
}

impl<'t> Builder<'t> {
    /// A builder for the text that begins `offset` bytes into `source`.
    pub(super) fn new(source: SourceId, text: &'t str, offset: usize) -> Self {
        Self {
            source,
            text,
            offset,
            diagnostics: Vec::new(),
            depth: 0,
            reducing: false,
        }
    }

    /// The place of some bytes of the text given to pest.
    pub(super) fn place(&self, range: Range<usize>) -> Span {
        Span::new(
            self.source,
            range.start + self.offset..range.end + self.offset,
        )
    }

    /// The place of a match.
    pub(super) fn span(&self, pair: &Pair<'_>) -> Span {
        self.place(extent(pair))
    }

    /// Records an error with a line of help.
    pub(super) fn error(&mut self, code: Code, span: Span, (message, help): (&str, &str)) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message).help(help));
    }

    /// A name, id or word.
    pub(super) fn name(&self, pair: &Pair<'_>) -> Name {
        Name {
            text: pair.as_str().replace('’', "'"),
            span: self.span(pair),
        }
    }

    /// A quotation or a string.
    pub(super) fn quoted(&self, pair: &Pair<'_>) -> Quoted {
        Quoted {
            text: token::inside(pair.as_str()),
            span: self.span(pair),
        }
    }

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
        self.pair_of(pair, |builder, tokens| builder.generators(first, tokens))
            .unwrap_or_default()
            .0
    }

    /// `a et b` after `compris entre`, which stands at `opener`.
    pub(super) fn bounds(&mut self, opener: Span, pair: &Pair<'t>) -> Option<(Expr, Expr)> {
        self.pair_of(pair, |builder, tokens| {
            let low = builder.climb(tokens, Level::Add)?;
            builder.expect(tokens, Op::And, opener)?;
            Ok((low.expr, builder.climb(tokens, Level::Add)?.expr))
        })
    }

    /// `c alors v` after the `si` of an exception, which stands at `opener`.
    pub(super) fn condition_and_value(&mut self, opener: Span, pair: &Pair<'t>) -> (Expr, Expr) {
        let found = self.pair_of(pair, |builder, tokens| {
            let condition = builder.climb(tokens, Level::Lowest)?;
            builder.expect(tokens, Op::Then, opener)?;
            Ok((condition.expr, builder.collection(tokens)?.expr))
        });
        found.unwrap_or_else(|| {
            let invalid = Expr {
                kind: ExprKind::Invalid,
                span: self.span(pair),
            };
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
            self.error(
                Code::Syntax,
                self.span(pair),
                ("cette condition ne se lit pas", help),
            );
        }
        built.ok()
    }

    fn whole(
        &mut self,
        pair: &Pair<'t>,
        build: impl FnOnce(&mut Self, &mut Parts<'t>) -> Built,
    ) -> Expr {
        let found = self.pair_of(pair, build);
        found.map_or_else(
            || Expr {
                kind: ExprKind::Invalid,
                span: self.span(pair),
            },
            |tree| tree.expr,
        )
    }

    /// Nothing may be left of an expression.
    fn finish(&mut self, tokens: &Parts<'t>) -> Result<(), Stop> {
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
    fn expect(&mut self, tokens: &mut Parts<'t>, wanted: Op, opener: Span) -> Result<(), Stop> {
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
        let message = format!(
            "à ce «\u{a0}{after}\u{a0}» il manque son «\u{a0}{}\u{a0}»",
            wanted.word()
        );
        let mut diagnostic = Diagnostic::error(Code::Syntax, opener, message).help(help);
        if let Some(pair) = &found {
            diagnostic = diagnostic.other(self.span(pair), "il devrait venir avant ceci");
        }
        self.diagnostics.push(diagnostic);
        Err(Stop)
    }

    fn too_deep(&mut self, span: Span) -> Stop {
        self.error(Code::TooDeep, span, (TOO_DEEP, TOO_DEEP_HELP));
        Stop
    }

    /// A node over parts of that height.
    fn node(&mut self, kind: ExprKind, span: Span, height: usize) -> Built {
        if height >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        Ok(Tree {
            expr: Expr { kind, span },
            height: height + 1,
        })
    }

    /// An expression whose operators bind at least as tightly as `level`.
    fn climb(&mut self, tokens: &mut Parts<'t>, level: Level) -> Built {
        let Some(first) = tokens.next() else {
            return Err(Stop);
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.span(&first);
            return Err(self.too_deep(span));
        }
        let tree = self
            .operand(first, tokens, level)
            .and_then(|left| self.operators(left, tokens, level));
        self.depth -= 1;
        tree
    }

    /// What stands before the first operator.
    fn operand(&mut self, first: Pair<'t>, tokens: &mut Parts<'t>, level: Level) -> Built {
        let rule = first.as_rule();
        if matches!(rule, Rule::kw_if | Rule::exists | Rule::all) && level > Level::Not {
            self.needs_parentheses(&first);
        }
        if rule == Rule::minus {
            let inner = self.climb(tokens, Level::Negate)?;
            let span = self.span(&first).to(inner.expr.span);
            self.node(ExprKind::Negate(Box::new(inner.expr)), span, inner.height)
        } else if rule == Rule::negation {
            let inner = self.climb(tokens, Level::Not)?;
            let span = self.span(&first).to(inner.expr.span);
            self.node(ExprKind::Not(Box::new(inner.expr)), span, inner.height)
        } else if rule == Rule::kw_if {
            self.conditional(&first, tokens)
        } else if rule == Rule::du {
            let start = self.climb(tokens, Level::Add)?;
            self.expect(tokens, Op::Until, self.span(&first))?;
            let end = self.climb(tokens, Level::Add)?;
            let span = self.span(&first).to(end.expr.span);
            let kind = ExprKind::Interval(Box::new(start.expr), Box::new(end.expr));
            self.node(kind, span, start.height.max(end.height))
        } else if matches!(
            rule,
            Rule::exists | Rule::all | Rule::number_of | Rule::reduce
        ) {
            self.aggregate(&first, tokens)
        } else {
            let mut tree = self.primary(&first)?;
            while let Some(access) = tokens.take(Rule::field_access) {
                let Some(field) = Parts::of(&access).next() else {
                    return Err(Stop);
                };
                let field = self.name(&field);
                let span = tree.expr.span.to(field.span);
                tree = self.node(
                    ExprKind::Field(Box::new(tree.expr), field),
                    span,
                    tree.height,
                )?;
            }
            Ok(tree)
        }
    }

    fn needs_parentheses(&mut self, pair: &Pair<'t>) {
        let span = self.span(pair);
        let word = first_word(pair.as_str());
        let message =
            format!("«\u{a0}{word} …\u{a0}» dans une opération doit être entre parenthèses");
        self.error(
            Code::Syntax,
            span,
            (
                &message,
                "entourez de parenthèses toute cette partie, jusqu'à sa fin",
            ),
        );
    }

    /// The operators after `left`, as long as they bind at least as tightly as `level`.
    fn operators(&mut self, mut left: Tree, tokens: &mut Parts<'t>, level: Level) -> Built {
        let mut compared = 0_usize;
        while let Some(next) = tokens.peek() {
            if next.as_rule() == Rule::state {
                if level > Level::Compare {
                    break;
                }
                tokens.next();
                self.not_chained(&next, &mut compared);
                left = self.state(left, &next)?;
                continue;
            }
            if next.as_rule() != Rule::op {
                break;
            }
            let Some(op) = Op::of(&next) else { break };
            let Some(op_level) = op.level() else { break };
            if op_level < level {
                break;
            }
            left = match op {
                Op::And | Op::Or => self.logic(left, tokens)?,
                Op::Compare(_) | Op::In | Op::Between => {
                    tokens.next();
                    self.not_chained(&next, &mut compared);
                    if compared > 1 {
                        // A chain has been reported: only its first link is kept.
                        let nothing = Tree {
                            expr: Expr {
                                kind: ExprKind::Invalid,
                                span: left.expr.span,
                            },
                            height: 1,
                        };
                        self.comparison(&next, nothing, tokens)?;
                        left
                    } else {
                        self.comparison(&next, left, tokens)?
                    }
                }
                Op::Arithmetic(arithmetic) => {
                    tokens.next();
                    let tighter = if op_level == Level::Add {
                        Level::Multiply
                    } else {
                        Level::Interval
                    };
                    let right = self.climb(tokens, tighter)?;
                    self.french_date(arithmetic, &left, &right);
                    let make = |a, b| ExprKind::Arithmetic(arithmetic, a, b);
                    self.binary(make, left, right)?
                }
                Op::To => {
                    tokens.next();
                    let right = self.climb(tokens, Level::Negate)?;
                    self.binary(ExprKind::Interval, left, right)?
                }
                Op::Default => {
                    tokens.next();
                    let right = self.climb(tokens, Level::Operand)?;
                    self.binary(ExprKind::Default, left, right)?
                }
                Op::Then | Op::Else | Op::Where | Op::Satisfies | Op::Until => break,
            };
        }
        Ok(left)
    }

    fn binary(
        &mut self,
        make: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
        left: Tree,
        right: Tree,
    ) -> Built {
        let span = left.expr.span.to(right.expr.span);
        let height = left.height.max(right.height);
        self.node(
            make(Box::new(left.expr), Box::new(right.expr)),
            span,
            height,
        )
    }

    /// `a et b et c`; a mixture of `et` and `ou` is reported, and read with `et` the tighter.
    fn logic(&mut self, left: Tree, tokens: &mut Parts<'t>) -> Built {
        let mut height = left.height;
        // Groups of `et`, joined by `ou`.
        let mut groups: Vec<Vec<Expr>> = vec![vec![left.expr]];
        let mut first: Option<(Op, Span)> = None;
        let mut mixed = false;
        while let Some(next) = tokens.peek() {
            let Some(op) = Op::of(&next).filter(|op| matches!(op, Op::And | Op::Or)) else {
                break;
            };
            tokens.next();
            let span = self.span(&next);
            let (expected, place) = *first.get_or_insert((op, span));
            if op != expected && !mixed {
                mixed = true;
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
            match groups.last_mut() {
                Some(group) if op == Op::And => group.push(right.expr),
                Some(_) | None => groups.push(vec![right.expr]),
            }
        }
        let mut members = Vec::with_capacity(groups.len());
        for group in groups {
            members.push(token::joined(ExprKind::And, group).ok_or(Stop)?);
        }
        let tree = token::joined(ExprKind::Or, members).ok_or(Stop)?;
        self.node(tree.kind, tree.span, height + usize::from(mixed))
    }

    fn not_chained(&mut self, next: &Pair<'t>, compared: &mut usize) {
        if *compared == 1 {
            let span = self.span(next);
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

    fn comparison(&mut self, pair: &Pair<'t>, left: Tree, tokens: &mut Parts<'t>) -> Built {
        let Some(op) = Op::of(pair) else {
            return Err(Stop);
        };
        match op {
            Op::Compare(comparison) => {
                let right = self.climb(tokens, Level::Add)?;
                self.binary(|a, b| ExprKind::Compare(comparison, a, b), left, right)
            }
            Op::Between => {
                let low = self.climb(tokens, Level::Add)?;
                self.expect(tokens, Op::And, self.span(pair))?;
                let high = self.climb(tokens, Level::Add)?;
                let span = left.expr.span.to(high.expr.span);
                let height = left.height.max(low.height).max(high.height);
                let [value, low, high] = [left, low, high].map(|tree| Box::new(tree.expr));
                self.node(ExprKind::Between(value, low, high), span, height)
            }
            Op::In => self.membership(left, tokens),
            Op::And | Op::Or | Op::Arithmetic(_) | Op::To | Op::Default => Err(Stop),
            Op::Then | Op::Else | Op::Where | Op::Satisfies | Op::Until => Err(Stop),
        }
    }

    /// `x dans (a, b)` or `x dans L`.
    fn membership(&mut self, left: Tree, tokens: &mut Parts<'t>) -> Built {
        let mut ahead = tokens.clone();
        let set = ahead.take(Rule::paren).filter(|_| !continues(&ahead));
        let Some(set) = set else {
            let list = if self.reducing {
                self.climb(tokens, Level::Add)?
            } else {
                self.list(tokens, Level::Add)?
            };
            return self.binary(ExprKind::In, left, list);
        };
        *tokens = ahead;
        let (mut members, height) = self.elements(&set)?;
        let span = left.expr.span.to(self.span(&set));
        let height = height.max(left.height);
        let value = Box::new(left.expr);
        let only_list = members.len() == 1
            && members
                .iter()
                .any(|m| matches!(m.kind, ExprKind::Aggregate(Aggregate::Collect, ..)));
        let kind = match members.pop() {
            Some(list) if only_list => ExprKind::In(value, Box::new(list)),
            Some(last) => {
                members.push(last);
                ExprKind::Among(value, members)
            }
            None => return Err(Stop),
        };
        self.node(kind, span, height)
    }

    fn state(&mut self, left: Tree, pair: &Pair<'t>) -> Built {
        let mut parts = Parts::of(pair);
        let (Some(copula), Some(word)) = (parts.next(), parts.next()) else {
            return Err(Stop);
        };
        let state = token::state(word.as_str());
        let span = left.expr.span.to(self.span(&word));
        let tree = self.node(ExprKind::Is(Box::new(left.expr), state), span, left.height)?;
        if copula.as_str().starts_with('n') {
            return self.node(ExprKind::Not(Box::new(tree.expr)), span, tree.height);
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
        let [condition, then, otherwise] =
            [condition, then, otherwise].map(|tree| Box::new(tree.expr));
        self.node(ExprKind::If(condition, then, otherwise), span, height)
    }

    /// `E` or, as a list, `E pour s parmi L où c`.
    fn collection(&mut self, tokens: &mut Parts<'t>) -> Built {
        let reducing = std::mem::replace(&mut self.reducing, false);
        let built = self.list(tokens, Level::Lowest);
        self.reducing = reducing;
        built
    }

    fn list(&mut self, tokens: &mut Parts<'t>, level: Level) -> Built {
        let element = self.climb(tokens, level)?;
        let Some(collect) = tokens.take(Rule::collect) else {
            return Ok(element);
        };
        let first = self.variable(&collect);
        let (generators, height) = self.generators(first, tokens)?;
        let span = end_of(&generators, element.expr.span);
        let height = height.max(element.height);
        let kind =
            ExprKind::Aggregate(Aggregate::Collect, Some(Box::new(element.expr)), generators);
        self.node(kind, span, height)
    }

    /// `L où c, r parmi M où d` after the name of the first variable.
    fn generators(
        &mut self,
        first: Name,
        tokens: &mut Parts<'t>,
    ) -> Result<(Vec<Generator>, usize), Stop> {
        let mut generators = Vec::new();
        let mut height = 0;
        let mut name = first;
        loop {
            let list = self.list(tokens, Level::Default)?;
            height = height.max(list.height);
            let mut filter = None;
            if tokens.peek().and_then(|next| Op::of(&next)) == Some(Op::Where) {
                tokens.next();
                let condition = self.climb(tokens, Level::Lowest)?;
                height = height.max(condition.height);
                filter = Some(condition.expr);
            }
            generators.push(Generator {
                name,
                list: list.expr,
                filter,
            });
            let Some(more) = tokens.take(Rule::more) else {
                return Ok((generators, height));
            };
            name = self.variable(&more);
        }
    }

    /// The variable in `pour s parmi`, `, s parmi` or `s parmi`, which are single tokens.
    fn variable(&self, pair: &Pair<'t>) -> Name {
        let text = pair.as_str();
        let introduced = text
            .strip_prefix("pour")
            .or_else(|| text.strip_prefix(','))
            .filter(|_| pair.as_rule() != Rule::counted);
        let rest = skip_blanks(introduced.unwrap_or(text));
        let name = first_word(rest);
        let start = pair.as_span().start() + text.len() - rest.len();
        Name {
            text: name.to_owned(),
            span: self.place(start..start + name.len()),
        }
    }

    fn aggregate(&mut self, first: &Pair<'t>, tokens: &mut Parts<'t>) -> Built {
        let rule = first.as_rule();
        let start = self.span(first);
        if rule == Rule::exists || rule == Rule::all {
            let mut parts = Parts::of(first);
            parts.next();
            let Some(variable) = parts.next() else {
                return Err(Stop);
            };
            let variable = self.name(&variable);
            let (generators, height) = self.generators(variable, tokens)?;
            if rule == Rule::exists {
                return self.quantified(start, generators, height, tokens);
            }
            self.expect(tokens, Op::Satisfies, self.span(first))?;
            let body = self.climb(tokens, Level::Lowest)?;
            let span = start.to(body.expr.span);
            let height = height.max(body.height);
            return self.node(
                ExprKind::Aggregate(Aggregate::All, Some(Box::new(body.expr)), generators),
                span,
                height,
            );
        }
        if let Some(counted) = Parts::of(first).find(Rule::counted) {
            let variable = self.variable(&counted);
            let (generators, height) = self.generators(variable, tokens)?;
            let span = end_of(&generators, start);
            return self.node(
                ExprKind::Aggregate(Aggregate::Count, None, generators),
                span,
                height,
            );
        }
        self.reduction(first, tokens)
    }

    /// `il existe …`; what follows it without parentheses is reported.
    fn quantified(
        &mut self,
        start: Span,
        generators: Vec<Generator>,
        height: usize,
        tokens: &mut Parts<'t>,
    ) -> Built {
        let span = end_of(&generators, start);
        let unfiltered = generators.last().is_some_and(|last| last.filter.is_none());
        let tree = self.node(
            ExprKind::Aggregate(Aggregate::Exists, None, generators),
            span,
            height,
        )?;
        if let Some(next) = tokens.peek()
            && let Some(op) = Op::of(&next)
            && op.level().is_some()
        {
            let place = self.span(&next);
            let message = format!(
                "«\u{a0}{}\u{a0}» ne peut pas suivre «\u{a0}il existe …\u{a0}» sans parenthèses",
                op.word()
            );
            let help = if op == Op::Or && unfiltered {
                "pour restreindre la liste, écrivez «\u{a0}où\u{a0}» avec son accent\u{202f}; sinon, mettez «\u{a0}il existe …\u{a0}» entre parenthèses"
            } else {
                "mettez «\u{a0}il existe …\u{a0}» entre parenthèses, ou introduisez sa condition par «\u{a0}où\u{a0}»"
            };
            self.error(Code::Syntax, place, (&message, help));
            return Err(Stop);
        }
        Ok(tree)
    }

    /// `somme de E pour s parmi L`, `nombre de E distincts pour s parmi L`
    fn reduction(&mut self, first: &Pair<'t>, tokens: &mut Parts<'t>) -> Built {
        let start = self.span(first);
        let reducing = std::mem::replace(&mut self.reducing, true);
        let element = self.climb(tokens, Level::Lowest);
        self.reducing = reducing;
        let element = element?;
        let distinct = tokens.take(Rule::distinct);
        let aggregate = match (first_word(first.as_str()), &distinct) {
            ("nombre", _) => Aggregate::CountDistinct,
            ("somme", None) => Aggregate::Sum,
            ("minimum", None) => Aggregate::Minimum,
            ("maximum", None) => Aggregate::Maximum,
            _ => {
                let span = distinct.as_ref().map_or(start, |pair| self.span(pair));
                self.error(
                    Code::Syntax,
                    span,
                    (
                        "«\u{a0}distincts\u{a0}» ne va qu'avec «\u{a0}nombre de\u{a0}»",
                        "écrivez «\u{a0}nombre de E distincts pour s parmi L\u{a0}»",
                    ),
                );
                return Err(Stop);
            }
        };
        if aggregate == Aggregate::CountDistinct && distinct.is_none() {
            self.error(
                Code::Syntax,
                start,
                (
                    "on ne sait pas ce que ce «\u{a0}nombre de\u{a0}» compte",
                    "écrivez «\u{a0}nombre de s parmi L où …\u{a0}», ou «\u{a0}nombre de E distincts pour s parmi L\u{a0}»",
                ),
            );
            return Err(Stop);
        }
        let Some(collect) = tokens.take(Rule::collect) else {
            let message = format!(
                "il manque «\u{a0}pour s parmi L\u{a0}» après ce «\u{a0}{} de\u{a0}»",
                first_word(first.as_str())
            );
            self.error(Code::Syntax, start.to(element.expr.span), (&message, "dites sur quelle liste porte le calcul\u{a0}: somme de s.durée pour s parmi périodes"));
            return Err(Stop);
        };
        let variable = self.variable(&collect);
        let (generators, height) = self.generators(variable, tokens)?;
        let span = end_of(&generators, start);
        let height = height.max(element.height);
        self.node(
            ExprKind::Aggregate(aggregate, Some(Box::new(element.expr)), generators),
            span,
            height,
        )
    }

    /// A literal, a name, a call, or something between brackets.
    fn primary(&mut self, pair: &Pair<'t>) -> Built {
        let rule = pair.as_rule();
        let span = self.span(pair);
        if rule == Rule::call {
            return self.call(pair);
        }
        if rule == Rule::paren {
            let (mut elements, height) = self.elements(pair)?;
            if let (Some(only), true) = (elements.pop(), elements.is_empty()) {
                return Ok(Tree { expr: only, height });
            }
            self.error(
                Code::Syntax,
                span,
                (
                    "une suite entre parenthèses ne va qu'après «\u{a0}dans\u{a0}»",
                    "pour une liste, écrivez [ a, b ]",
                ),
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
        } else if rule == Rule::absent {
            ExprKind::Absent
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
                self.node(ExprKind::Name(name), span, 0)
            }
        }
    }

    /// The expressions between brackets, and the greatest of their heights.
    fn elements(&mut self, pair: &Pair<'t>) -> Result<(Vec<Expr>, usize), Stop> {
        let mut parts = Parts::of(pair);
        let mut elements = Vec::new();
        let mut height = 0;
        while let Some(part) = parts.next() {
            if part.as_rule() == Rule::expr {
                let mut tokens = Parts::of(&part);
                let element = self.collection(&mut tokens)?;
                self.finish(&tokens)?;
                height = height.max(element.height);
                elements.push(element.expr);
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
            fields.push((self.name(&name), value.expr));
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
                    (
                        &message,
                        "une date s'écrit année-mois-jour\u{a0}: 2026-04-10",
                    ),
                );
                ExprKind::Invalid
            }
        }
    }

    /// `10/04/2026` reads as two divisions; nobody means that.
    fn french_date(&mut self, arithmetic: Arithmetic, left: &Tree, right: &Tree) {
        if arithmetic != Arithmetic::Divide {
            return;
        }
        let span = left.expr.span.to(right.expr.span);
        let range = (span.start as usize).saturating_sub(self.offset)
            ..(span.end as usize).saturating_sub(self.offset);
        if let Some(date) = self.text.get(range).and_then(token::french_date) {
            let help = format!("écrivez {date}");
            self.error(
                Code::Syntax,
                span,
                ("une date s'écrit année-mois-jour", &help),
            );
        }
    }
}

/// The end of the last generator, after what begins at `start`.
fn end_of(generators: &[Generator], start: Span) -> Span {
    generators.last().map_or(start, |last| {
        start.to(last.filter.as_ref().unwrap_or(&last.list).span)
    })
}

/// Whether what follows a bracket binds tighter than `dans`.
fn continues(ahead: &Parts<'_>) -> bool {
    let Some(next) = ahead.peek() else {
        return false;
    };
    let tighter = Op::of(&next)
        .and_then(Op::level)
        .is_some_and(|level| level > Level::Compare);
    next.as_rule() == Rule::field_access || next.as_rule() == Rule::op && tighter
}

/// What follows the blanks and comments at the start of `text`.
fn skip_blanks(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest
            .find('\n')
            .and_then(|end| rest.get(end..))
            .unwrap_or("")
            .trim_start();
    }
    rest
}
