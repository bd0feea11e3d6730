//! Pourquoi pas: the smallest changes of facts that would give the other answer, each verified by deciding
//! again. `language.md` §8.

use super::trial::Bench;
use super::{Detail, Justification, Subject, justify};
use crate::eval::{Cell, Frame, Inputs, Status};
use crate::program::{InputId, NodeId, Program};
use crate::value::Known;

/// At most so many changes of one fact are listed, and so many pairs are tried.
const SINGLES: usize = 12;
const PAIRS: usize = 4_000;

/// A fact with another value.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The leaf.
    pub input: InputId,
    /// Its row.
    pub row: u32,
    /// The values that would do, of those tried: the first and the last where there are several.
    pub to: Vec<Known>,
}

/// Sets of changes that give another answer, smallest first, then source order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WhyNot {
    /// Each a set of one or two changes, and the answer it gives.
    pub ways: Vec<(Vec<Change>, Known)>,
}

/// What would have to be otherwise for another settled answer.
pub fn why_not(program: &Program, inputs: &Inputs<Cell>, frame: &Frame<Cell>, target: (NodeId, u32)) -> WhyNot {
    let Some(known) = frame.known(target.0, target.1 as usize) else { return WhyNot::default() };
    let cone = program.cone(&[target.0]);
    let bench = Bench { program, inputs, cone: &cone, target };
    let facts = facts_of(&justify(program, inputs, frame, target, Detail::Minimal));
    let mut found = WhyNot::default();
    let mut alone: Vec<(InputId, u32)> = Vec::new();
    for &(input, row) in &facts {
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
            alone.push((input, row));
            found.ways.push((vec![Change { input, row, to }], answer));
            if found.ways.len() >= SINGLES {
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
                    let change = |(input, row): (InputId, u32), to: &Known| Change { input, row, to: vec![to.clone()] };
                    way = Some((vec![change(first, a), change(second, b)], reached.clone()));
                }
                way.is_some() || tried > PAIRS
            });
            found.ways.extend(way);
            if tried > PAIRS || found.ways.len() >= SINGLES {
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
    values.retain(|value| Some(value) != known.as_ref());
    values
}

/// Whether that is another answer, and a settled one.
fn other(known: &Known, reached: &Known) -> bool {
    reached.is_settled() && !reached.set.is_nothing() && reached != known && reached.trouble.is_none()
}

/// The facts a justification names, in reading order, each once. Keys name elements: turning one over would
/// be inventing another.
fn facts_of(justification: &Justification) -> Vec<(InputId, u32)> {
    let mut found = Vec::new();
    justification.walk(&mut |step| {
        if let Subject::Fact(input, row) = step.subject
            && !found.contains(&(input, row))
        {
            found.push((input, row));
        }
    });
    found
}
