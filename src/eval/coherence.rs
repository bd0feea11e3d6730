//! Facts that contradict each other: every incoherence looks once, at the facts as given, and all act
//! together. `language.md` §4.

use super::{Cell, Frame, Inputs, Status, run};
use crate::program::{Discard, InputId, Program, RuleId, RuleKind, ScopeId};
use crate::value::{Known, Range, Set};

/// A fact set aside: by which rule, on which row of its scope, and which leaf.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SetAside {
    /// The incoherence.
    pub rule: RuleId,
    /// The row of the incoherence's scope.
    pub row: usize,
    /// The leaf.
    pub input: InputId,
    /// The row of the leaf.
    pub input_row: usize,
}

/// Sets aside the facts that the incoherences of the program show to contradict each other. Returns the
/// facts to decide on, and what was set aside.
pub fn cohere(program: &Program, inputs: &Inputs<Cell>) -> (Inputs<Cell>, Vec<SetAside>) {
    let mut kept = inputs.clone();
    let mut found = Vec::new();
    if program.guard_nodes.is_empty() {
        return (kept, found);
    }
    let frame = run::<Cell>(program, inputs, &program.guard_nodes);
    let mut replaced: Vec<(InputId, usize, Known, RuleId)> = Vec::new();
    for (id, rule) in program.rules().filter(|(_, rule)| rule.kind == RuleKind::Incoherence) {
        let rows = frame.rows(rule.scope).map_or(0, super::Rows::len);
        for row in 0..rows {
            let passes = rule.filter.is_none_or(|node| frame.known(node, row).is_some_and(Known::is_yes));
            if !passes || !frame.known(rule.instance, row).is_some_and(Known::is_yes) {
                continue;
            }
            for discard in &rule.discards {
                let Some(input_row) = target(program, &frame, rule.scope, row, discard) else { continue };
                found.push(SetAside { rule: id, row, input: discard.input, input_row });
                replaced.push((discard.input, input_row, remaining(program, &frame, row, discard), id));
            }
        }
    }
    for (input, row, known, rule) in replaced {
        let column = kept.columns.get_mut(input.0 as usize).and_then(|column| column.get_mut(row));
        let status = kept.statuses.get_mut(input.0 as usize).and_then(|statuses| statuses.get_mut(row));
        if let (Some(cell), Some(status)) = (column, status) {
            *cell = if matches!(status, Status::SetAside(_)) { cell.union(&known) } else { known };
            *status = Status::SetAside(rule);
        }
    }
    (kept, found)
}

/// What is still known of a fact set aside: as much as of one left out, or the bounds that are said.
fn remaining(program: &Program, frame: &Frame<Cell>, row: usize, discard: &Discard) -> Known {
    let any = super::unknown(program, discard.input);
    let Some((low, high)) = discard.bounds else { return any };
    let range = |node| frame.known(node, row).map_or(Range::ANY, |known| known.set.as_range());
    let hull = range(low).hull(range(high));
    match any.set.as_range().meet(hull) {
        Some(range) => Known::of(Set::Range(range)),
        None => any,
    }
}

/// The row of the leaf that an incoherence speaks of.
fn target(program: &Program, frame: &Frame<Cell>, scope: ScopeId, row: usize, discard: &Discard) -> Option<usize> {
    if let Some((reference, key)) = discard.via {
        let sought = frame.known(reference, row)?;
        let keys = frame.column(key)?;
        let mut matching =
            keys.iter().enumerate().filter(|(_, key)| crate::value::Op::Same.apply(&[sought, key]).as_truth().is_yes());
        let (found, _) = matching.next()?;
        return matching.next().is_none().then_some(found);
    }
    frame.reach(program, scope, u32::try_from(row).ok()?, &discard.hops).map(|at| at as usize)
}
