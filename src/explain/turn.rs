//! Pourquoi pas: the smallest changes of facts that would give the other answer, each verified by deciding
//! again. `language.md` §8.

use super::trial::{Bench, NOWHERE};
use super::{Detail, Justification, Subject, justify};
use crate::eval::{Cell, Frame, Inputs, Status};
use crate::program::{InputId, Node, NodeId, Program};
use crate::value::{Day, Known, Number, Op, Range, Set, Type};

/// At most so many changes of one fact are listed, and so many pairs are tried.
const SINGLES: usize = 12;
const PAIRS: usize = 4_000;
/// Dates so near the ends of the calendar are nobody's: a thousand years, in days.
const YEARS: i64 = 365_250;
/// Numbers from here on are nobody's.
const LONGEST: i64 = Number::SCALE * 10_000;

/// A fact with another value.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The leaf.
    pub input: InputId,
    /// Its row.
    pub row: u32,
    /// The values that would do, of those tried; of ordered ones the nearest to what was given.
    pub to: Vec<Known>,
    /// Of ordered values: whether all those tried beyond it would do too.
    pub beyond: bool,
}

/// Sets of changes that give another answer, smallest first, then source order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WhyNot {
    /// Each a set of one or two changes, and the answer it gives.
    pub ways: Vec<(Vec<Change>, Known)>,
    /// Not all changes were tried, there being too many: there may be other ways, or one where none is given.
    pub partial: bool,
}

/// What would have to be otherwise for another settled answer.
pub fn why_not(program: &Program, inputs: &Inputs<Cell>, frame: &Frame<Cell>, target: (NodeId, u32)) -> WhyNot {
    let Some(known) = frame.known(target.0, target.1 as usize) else { return WhyNot::default() };
    let cone = program.cone(&[target.0]);
    let bench = Bench { program, inputs, cone: &cone, target };
    let facts = facts_of(program, &justify(program, inputs, frame, target, Detail::Minimal));
    let mut found = WhyNot::default();
    for (at, &(input, row)) in facts.iter().enumerate() {
        let mut to: Vec<Known> = Vec::new();
        let mut answer = None;
        let values = free(&bench, input, row);
        bench.assign(frame, &[(input, row)], values.into_iter().map(|value| vec![value]), |values, reached| {
            if let (Some(value), Some(reached)) = (values.first(), reached)
                && other(known, reached)
                && answer.as_ref().is_none_or(|answer| answer == reached)
            {
                answer = Some(reached.clone());
                to.push(value.clone());
            }
            false
        });
        if let Some(answer) = answer {
            let change = nearest(&bench, frame, (input, row), (to, &answer));
            found.ways.push((vec![change], answer));
            if found.ways.len() >= SINGLES {
                found.partial = at + 1 < facts.len();
                return found;
            }
        }
    }
    if !found.ways.is_empty() {
        return found;
    }
    pairs(&bench, frame, (&facts, known), &mut found);
    found
}

/// Two changes at once, where one alone does not do.
fn pairs(bench: &Bench<'_>, frame: &Frame<Cell>, (facts, known): (&[(InputId, u32)], &Known), found: &mut WhyNot) {
    let mut tried = 0usize;
    for (at, &first) in facts.iter().enumerate() {
        for &second in facts.iter().skip(at + 1) {
            let (a, b) = (free(bench, first.0, first.1), free(bench, second.0, second.1));
            let assignments = a.iter().flat_map(|a| b.iter().map(move |b| vec![a.clone(), b.clone()]));
            let mut way = None;
            bench.assign(frame, &[first, second], assignments, |values, reached| {
                tried += 1;
                if let (Some(reached), [a, b]) = (reached, values)
                    && other(known, reached)
                {
                    let change = |(input, row): (InputId, u32), to: &Known| Change {
                        input,
                        row,
                        to: vec![to.clone()],
                        beyond: false,
                    };
                    way = Some((vec![change(first, a), change(second, b)], reached.clone()));
                }
                way.is_some() || tried > PAIRS
            });
            found.ways.extend(way);
            if tried > PAIRS || found.ways.len() >= SINGLES {
                found.partial = true;
                return;
            }
        }
    }
}

/// The values a fact could have had, whatever was given.
fn free(bench: &Bench<'_>, input: InputId, row: u32) -> Vec<Known> {
    let mut open = bench.inputs.clone();
    let known = bench.inputs.known(input, row as usize).cloned();
    open.replace(input, row as usize, crate::eval::unknown(bench.program, input), Status::Unheard);
    let bench = Bench { inputs: &open, ..*bench };
    let mut values = bench.values(input, row);
    values.retain(|value| Some(value) != known.as_ref() && sensible(bench.program, input, value));
    if let Some(now) = known.as_ref().and_then(|known| known.set.as_range().single()) {
        values.sort_by_key(|value| value.set.as_range().single().map_or(u64::MAX, |value| value.abs_diff(now)));
    }
    values
}

/// Whether a dossier could hold that value: no end of the calendar, no negative length, no text of nowhere.
fn sensible(program: &Program, input: InputId, value: &Known) -> bool {
    let Some(declared) = program.input(input) else { return false };
    let ordinal = value.set.as_range().single();
    match declared.ty {
        Type::Date => ordinal.is_none_or(|day| {
            day > i64::from(Day::MIN.number()).saturating_add(YEARS)
                && day < i64::from(Day::MAX.number()).saturating_sub(YEARS)
        }),
        Type::Duration | Type::Number | Type::Integer => {
            ordinal.is_none_or(|number| number >= 0 || declared.range.is_some())
                && ordinal.is_none_or(|number| number.unsigned_abs() < LONGEST.unsigned_abs())
        }
        Type::Text => compared(program, input, value),
        Type::Key(_) => !matches!(&value.set, Set::Text(texts) if texts.single() == Some(NOWHERE)),
        Type::Truth | Type::Offset | Type::Period | Type::Days | Type::Case(_) => true,
    }
}

/// Whether a rule compares that text of the facts to that constant.
fn compared(program: &Program, input: InputId, value: &Known) -> bool {
    let lifted = |mut node: NodeId| {
        while let Node::Lift { from, .. } = program.node(node) {
            node = *from;
        }
        program.node(node)
    };
    let reads = |operand: &NodeId| lifted(*operand).leaf() == Some(input);
    let says = |operand: &NodeId| lifted(*operand).as_constant().is_some_and(|known| known.set == value.set);
    program.nodes.iter().any(|node| {
        let Node::Apply(Op::Same | Op::Differs | Op::Among, operands) = node else { return false };
        operands.iter().any(reads) && operands.iter().any(says)
    })
}

/// The nearest value that does, sought between what was given and the nearest one tried.
fn nearest(
    bench: &Bench<'_>,
    frame: &Frame<Cell>,
    (input, row): (InputId, u32),
    (to, answer): (Vec<Known>, &Known),
) -> Change {
    let ordinal = |known: &Known| known.set.as_range().single();
    let now = bench.inputs.known(input, row as usize).and_then(ordinal);
    let (Some(now), Some(first)) = (now, to.first().and_then(ordinal)) else {
        return Change { input, row, to, beyond: false };
    };
    let step = match bench.program.input(input).map(|declared| declared.ty) {
        Some(Type::Duration | Type::Integer) => Number::SCALE,
        Some(Type::Number) => Number::SCALE / 100,
        _other => 1,
    };
    let (mut fails, mut does) = (now, first);
    while does.abs_diff(fails) > step.unsigned_abs() {
        let steps = does.saturating_sub(fails) / step / 2;
        let middle = if steps == 0 { break } else { fails.saturating_add(steps.saturating_mul(step)) };
        let mut reached = None;
        let value = Known::range(Range::exactly(middle));
        bench.assign(frame, &[(input, row)], std::iter::once(vec![value]), |_, known| {
            reached = known.cloned();
            true
        });
        if reached.as_ref() == Some(answer) { does = middle } else { fails = middle }
    }
    let up = first > now;
    let all = free(bench, input, row);
    let side = |known: &&Known| ordinal(known).is_some_and(|value| if up { value >= does } else { value <= does });
    let beyond = all.iter().filter(side).count();
    let doing = to.iter().filter(side).count();
    Change { input, row, to: vec![Known::range(Range::exactly(does))], beyond: beyond > 1 && doing >= beyond }
}

/// Whether that is another answer, and a settled one.
fn other(known: &Known, reached: &Known) -> bool {
    reached.is_settled() && !reached.set.is_nothing() && reached != known && reached.trouble.is_none()
}

/// The facts a justification names, in reading order, each once. Keys name elements: turning one over would
/// be inventing another.
fn facts_of(program: &Program, justification: &Justification) -> Vec<(InputId, u32)> {
    let is_key = |input: InputId| program.lists.iter().any(|list| list.key == Some(input));
    let mut found = Vec::new();
    justification.walk(&mut |step| {
        if let Subject::Fact(input, row) = step.subject
            && !is_key(input)
            && !found.contains(&(input, row))
        {
            found.push((input, row));
        }
    });
    found
}
