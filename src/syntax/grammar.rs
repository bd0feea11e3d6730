//! The parser that pest derives from `grammar/reglo.pest`, and how to walk what it matched. The only
//! module that knows pest.

use std::ops::Range;

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::{Pair as PestPair, Pairs as PestPairs};

/// A stretch of text that a rule matched.
pub(super) type Pair<'t> = PestPair<'t, Rule>;

/// Where and why reading stopped.
#[derive(Debug)]
pub(super) struct Failure {
    /// Bytes from the start of the text.
    pub(super) at: usize,
    /// What could have stood there; nothing if the stack would not have sufficed to know.
    pub(super) expected: Vec<Rule>,
}

impl From<pest::error::Error<Rule>> for Failure {
    fn from(error: pest::error::Error<Rule>) -> Self {
        let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
        let expected = match error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives,
            ErrorVariant::CustomError { .. } => Vec::new(),
        };
        Self { at, expected }
    }
}

#[derive(pest_derive::Parser)]
#[grammar = "grammar/reglo.pest"]
struct Grammar;

/// Matches the whole of `text` with `rule`.
pub(super) fn run(rule: Rule, text: &str) -> Result<Parts<'_>, Failure> {
    Ok(Parts { pairs: Grammar::parse(rule, text)? })
}

/// The parts of a match, taken in the order the grammar gives them.
#[derive(Clone)]
pub(super) struct Parts<'t> {
    pairs: PestPairs<'t, Rule>,
}

impl<'t> Parts<'t> {
    /// The parts of `pair`.
    pub(super) fn of(pair: &Pair<'t>) -> Self {
        Self { pairs: pair.clone().into_inner() }
    }

    /// The next part, whatever it is, left in place.
    pub(super) fn peek(&self) -> Option<Pair<'t>> {
        self.pairs.peek()
    }

    /// The rule of the next part.
    pub(super) fn peek_rule(&self) -> Option<Rule> {
        self.pairs.peek().map(|pair| pair.as_rule())
    }

    /// The next part, whatever it is.
    pub(super) fn next(&mut self) -> Option<Pair<'t>> {
        self.pairs.next()
    }

    /// The next part, if `rule` matched it.
    pub(super) fn take(&mut self, rule: Rule) -> Option<Pair<'t>> {
        if self.peek_rule() == Some(rule) { self.pairs.next() } else { None }
    }

    /// The first of the parts left that `rule` matched.
    pub(super) fn find(mut self, rule: Rule) -> Option<Pair<'t>> {
        self.pairs.find(|pair| pair.as_rule() == rule)
    }

    /// Passes over the next part if `rule` matched it, and says whether it did.
    pub(super) fn skip(&mut self, rule: Rule) -> bool {
        self.take(rule).is_some()
    }
}

/// The bytes of a match, without the blanks and comments that pest may leave at its end.
pub(super) fn extent(pair: &Pair<'_>) -> Range<usize> {
    let start = pair.as_span().start();
    let mut last = pair.clone();
    loop {
        let mut inner = last.clone().into_inner().rev();
        let Some(mut child) = inner.next() else { break };
        if child.as_rule() == Rule::EOI {
            let Some(before) = inner.next() else { break };
            child = before;
        }
        last = child;
    }
    start..last.as_span().end()
}
