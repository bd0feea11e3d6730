//! Quantifiers, aggregates and lists: whatever runs over `s parmi L où c`.

use super::ast::{Aggregate, ExprKind, Generator, Name};
use super::builder::{Builder, Built, Stop};
use super::grammar::{Pair, Parts, Rule};
use super::recover::first_word;
use super::token::{Level, Op};
use crate::diagnostic::Code;
use crate::source::Span;

impl<'t> Builder<'t> {
    /// `E` or, as a list, `E pour s parmi L où c`.
    pub(super) fn collection(&mut self, tokens: &mut Parts<'t>) -> Built {
        let reducing = std::mem::replace(&mut self.reducing, false);
        let built = self.list(tokens, Level::Lowest);
        self.reducing = reducing;
        built
    }

    pub(super) fn list(&mut self, tokens: &mut Parts<'t>, level: Level) -> Built {
        let element = self.climb(tokens, level)?;
        let Some(collect) = tokens.take(Rule::collect) else {
            return Ok(element);
        };
        let first = self.variable(&collect);
        let (generators, height) = self.generators(first, tokens)?;
        let span = end_of(&generators, element.expr.span);
        let height = height.max(element.height);
        let kind = ExprKind::Aggregate(Aggregate::Collect, Some(element.expr), generators);
        self.node(kind, span, height)
    }

    /// `L où c, r parmi M où d` after the name of the first variable.
    pub(super) fn generators(&mut self, first: Name, tokens: &mut Parts<'t>) -> Result<(Vec<Generator>, usize), Stop> {
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
                filter = Some(*condition.expr);
            }
            generators.push(Generator { name, list: *list.expr, filter });
            let Some(more) = tokens.take(Rule::more) else {
                return Ok((generators, height));
            };
            name = self.variable(&more);
        }
    }

    /// The variable in `pour s parmi`, `, s parmi` or `s parmi`, which are single tokens.
    fn variable(&self, pair: &Pair<'t>) -> Name {
        let text = pair.as_str();
        let introduced =
            text.strip_prefix("pour").or_else(|| text.strip_prefix(',')).filter(|_| pair.as_rule() != Rule::counted);
        let rest = skip_blanks(introduced.unwrap_or(text));
        let name = first_word(rest);
        let start = pair.as_span().start() + text.len() - rest.len();
        Name { text: name.to_owned(), span: self.place(start..start + name.len()) }
    }

    pub(super) fn aggregate(&mut self, first: &Pair<'t>, tokens: &mut Parts<'t>) -> Built {
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
            return self.node(ExprKind::Aggregate(Aggregate::All, Some(body.expr), generators), span, height);
        }
        if let Some(counted) = Parts::of(first).find(Rule::counted) {
            let variable = self.variable(&counted);
            let (generators, height) = self.generators(variable, tokens)?;
            let span = end_of(&generators, start);
            return self.node(ExprKind::Aggregate(Aggregate::Count, None, generators), span, height);
        }
        self.reduction(first, tokens)
    }

    /// `il existe …`; what follows it without parentheses is reported.
    fn quantified(&mut self, start: Span, generators: Vec<Generator>, height: usize, tokens: &mut Parts<'t>) -> Built {
        let span = end_of(&generators, start);
        let unfiltered = generators.last().is_some_and(|last| last.filter.is_none());
        let tree = self.node(ExprKind::Aggregate(Aggregate::Exists, None, generators), span, height)?;
        if let Some(next) = tokens.peek()
            && let Some(op) = Op::of(&next)
            && op.level().is_some()
        {
            let place = self.span(&next);
            let message =
                format!("«\u{a0}{}\u{a0}» ne peut pas suivre «\u{a0}il existe …\u{a0}» sans parenthèses", op.word());
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
            self.error(
                Code::Syntax,
                start.to(element.expr.span),
                (&message, "dites sur quelle liste porte le calcul\u{a0}: somme de s.durée pour s parmi périodes"),
            );
            return Err(Stop);
        };
        let variable = self.variable(&collect);
        let (generators, height) = self.generators(variable, tokens)?;
        let span = end_of(&generators, start);
        let height = height.max(element.height);
        self.node(ExprKind::Aggregate(aggregate, Some(element.expr), generators), span, height)
    }
}

/// The end of the last generator, after what begins at `start`.
fn end_of(generators: &[Generator], start: Span) -> Span {
    generators.last().map_or(start, |last| start.to(last.filter.as_ref().unwrap_or(&last.list).span))
}

/// What follows the blanks and comments at the start of `text`.
fn skip_blanks(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or("").trim_start();
    }
    rest
}
