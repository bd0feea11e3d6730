//! What a justification leans on, and whether that suffices: with every other fact erased the answer stays.

use std::collections::BTreeSet;

use super::{Justification, Subject};
use crate::eval::{Cell, Inputs, ListEdit, Status, reshape, run, unknown};
use crate::program::{InputId, NodeId, Program, ScopeId};
use crate::value::{Known, ListId};

/// The facts a justification names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    /// Leaves.
    pub facts: BTreeSet<(InputId, u32)>,
    /// Lists named as having these elements and no others.
    pub lists: BTreeSet<(ListId, u32)>,
}

/// Collects the facts a justification names.
pub fn named(justification: &Justification) -> Named {
    let mut found = Named::default();
    justification.walk(&mut |step| match step.subject {
        Subject::Fact(input, row) => {
            found.facts.insert((input, row));
        }
        Subject::List(list, row) => {
            found.lists.insert((list, row));
        }
        Subject::Node(..) => {}
    });
    found
}

/// The facts with all that is not named erased: leaves unknown, lists open.
fn erased(program: &Program, inputs: &Inputs<Cell>, kept: &Named) -> (Inputs<Cell>, bool) {
    let mut bare = inputs.clone();
    let mut changed = false;
    for (id, column) in (0..).zip(&inputs.columns) {
        let id = InputId(id);
        for row in 0..column.len() {
            let at = u32::try_from(row).unwrap_or(u32::MAX);
            if !kept.facts.contains(&(id, at)) {
                changed = true;
                bare.replace(id, row, unknown(program, id), Status::Unheard);
            }
        }
    }
    let opened =
        reshape(
            program,
            &bare,
            |list, row| {
                if kept.lists.contains(&(list, row)) { ListEdit::Keep } else { ListEdit::Open }
            },
        );
    (opened, changed)
}

/// Whether the answer stays when every fact that is not named is erased. `target` lies in the root scope, or
/// in a scope whose rows stay in place.
pub fn suffices(
    program: &Program,
    inputs: &Inputs<Cell>,
    kept: &Named,
    (target, known): ((NodeId, u32), &Known),
) -> bool {
    let (bare, changed) = erased(program, inputs, kept);
    if !changed {
        return true;
    }
    let cone = program.cone(&[target.0]);
    let frame = run::<Cell>(program, &bare, &cone);
    // Opening a list adds a row behind its elements; rows of the root never move.
    if program.scope_of(target.0) != ScopeId::ROOT {
        return frame.known(target.0, target.1 as usize).is_none_or(|found| found == known);
    }
    frame.known(target.0, target.1 as usize).is_some_and(|found| found == known)
}
