//! Dossiers on both sides of every threshold: one step below, on it, one step above.
//!
//! For each comparison of ordered values (numbers, durations, dates, counts) that a rule rests on, a dossier is
//! searched on which the two sides differ by exactly minus one, zero and one step and the rule's answer is
//! settled; each becomes an example for an author to review and keep.

use crate::check::{Found, Ground, Standing, View, answer, given, nothing, search, smallest};
use crate::eval::{Cell, Frame, Inputs, run};
use crate::program::{Node, NodeId, Program, Rule, RuleKind, ScopeId};
use crate::value::{Known, Number, Op, Range, Type};

/// The dossiers around one threshold.
#[derive(Clone, PartialEq, Debug)]
pub struct Boundary {
    /// The rule that has it.
    pub rule: String,
    /// Where it is written.
    pub span: crate::source::Span,
    /// Examples found: one step below, on the threshold, one step above; none where the search found no dossier.
    pub examples: [Option<String>; 3],
}

/// The dossiers around every threshold of a program, in reading order.
pub fn boundaries(program: &Program) -> Vec<Boundary> {
    let empty = nothing(program);
    let mut found = Vec::new();
    for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
        let Node::Apply(op, operands) = node else { continue };
        let [first, second] = operands.as_slice() else { continue };
        let compares = matches!(op, Op::Equal | Op::Different | Op::Less | Op::AtMost | Op::Greater | Op::AtLeast);
        let step = step(program.type_of(*first), program.type_of(*second));
        let (Some(rule), Some(step), true) = (owner(program, id), step, compares) else { continue };
        let threshold = Threshold { program, empty: &empty, rule, sides: (*first, *second), step };
        let examples = [-1, 0, 1].map(|side| threshold.example(side));
        if let (Some(span), true) = (program.origin(id), examples.iter().any(Option::is_some)) {
            found.push(Boundary { rule: rule.name.clone(), span, examples });
        }
    }
    found.sort_by_key(|boundary| boundary.span);
    found
}

/// The smallest difference that counts: a day, one, one month; a hundredth for decimals.
fn step(first: Type, second: Type) -> Option<i64> {
    match (first, second) {
        (Type::Integer, Type::Integer) | (Type::Duration, Type::Duration) => Some(Number::SCALE),
        (Type::Integer | Type::Number, Type::Integer | Type::Number) => Some(Number::SCALE / 100),
        (Type::Date, Type::Date) | (Type::Offset, Type::Offset) => Some(1),
        (_, _) => None,
    }
}

/// The rule whose text holds the node, where its answer can be expected.
fn owner(program: &Program, node: NodeId) -> Option<&Rule> {
    let origin = program.origin(node)?;
    program.rules.iter().find(|rule| {
        let inside =
            rule.span.source == origin.source && rule.span.start <= origin.start && origin.end <= rule.span.end;
        inside && !matches!(rule.kind, RuleKind::Incoherence | RuleKind::Notice)
    })
}

struct Threshold<'a> {
    program: &'a Program,
    empty: &'a Inputs<Cell>,
    rule: &'a Rule,
    sides: (NodeId, NodeId),
    step: i64,
}

impl Threshold<'_> {
    fn example(&self, side: i64) -> Option<String> {
        let (first, second) = self.sides;
        let result = self.rule.result.filter(|result| self.program.scope_of(*result) == ScopeId::ROOT)?;
        let wanted = side.checked_mul(self.step)?;
        let goal = |frames: &[Frame<Cell>], row: usize| {
            let [frame] = frames else { return Standing::Impossible };
            let (Some(a), Some(b)) = (frame.known(first, row), frame.known(second, row)) else {
                return Standing::Impossible;
            };
            let Some(answer) = frame.known(result, 0) else { return Standing::Impossible };
            if a.set.is_nothing() || b.set.is_nothing() || !may_differ_by(a.set.as_range(), b.set.as_range(), wanted) {
                return Standing::Impossible;
            }
            let settled = |known: &Known| known.is_settled();
            let open =
                [(first, settled(a)), (second, settled(b)), (result, settled(answer) && answer.trouble.is_none())];
            let open: Vec<(usize, NodeId, u32)> =
                open.into_iter().filter(|(_, settled)| !settled).map(|(node, _)| (0, node, 0)).collect();
            if open.is_empty() { Standing::Reached } else { Standing::Open(open) }
        };
        let views = [View::new(self.program, &[first, second, result])];
        let ground = Ground { empty: self.empty, scope: self.program.scope_of(first), known: &[] };
        let Found::Witness(found) = search(&views, ground, &goal) else { return None };
        let inputs = smallest(&views, &goal, &found);
        let frame = run::<Cell>(self.program, &inputs, &self.program.cone(&[result]));
        let expected = answer(self.program, self.rule, frame.known(result, 0)?)?;
        let words = match side {
            -1 => "juste en dessous",
            0 => "juste au seuil",
            _ => "juste au-dessus",
        };
        Some(format!(
            "exemple « {} : {words} »\n  avec {}\n  attend {} = {expected}",
            self.rule.label,
            given(self.program, &inputs),
            self.rule.name
        ))
    }
}

/// Whether the first may exceed the second by exactly that much.
fn may_differ_by(first: Range, second: Range, wanted: i64) -> bool {
    let least = first.lo.zip(second.hi).and_then(|(lo, hi)| lo.checked_sub(hi));
    let most = first.hi.zip(second.lo).and_then(|(hi, lo)| hi.checked_sub(lo));
    least.is_none_or(|least| least <= wanted) && most.is_none_or(|most| wanted <= most)
}
