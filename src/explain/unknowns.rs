//! The unknown facts an open answer hangs on.

use std::collections::{BTreeMap, BTreeSet};

use super::Subject;
use super::relevance::{Detail, Reader};
use crate::eval::{Cell, Frame, Inputs, Presence, Status};
use crate::program::{InputId, NodeId, Program, ScopeId};
use crate::value::ListId;

/// Something that is not known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unknown {
    /// A leaf, on a row of its scope.
    Leaf(InputId, u32),
    /// A list, under a row of its parent: it may have elements nobody has heard of.
    List(ListId, u32),
    /// A record of which nothing is known: the first so many names of the path of a leaf in it.
    Record(InputId, u32, usize),
}

/// Unknown facts, with whether each was met on more than one way from the answer.
pub(crate) type Hanging = BTreeMap<Unknown, bool>;

/// The facts an open answer hangs on, and those given but set aside.
pub(crate) fn hanging(
    program: &Program,
    inputs: &Inputs<Cell>,
    frame: &Frame<Cell>,
    target: (NodeId, u32),
) -> (Hanging, BTreeSet<(InputId, u32)>) {
    let reader = Reader { program, inputs, frame, detail: Detail::Minimal };
    let mut found: Hanging = BTreeMap::new();
    let mut contested = BTreeSet::new();
    // Operands always come before what uses them: the largest node left has been reached on all its ways.
    let mut pending: BTreeMap<(NodeId, u32), bool> = BTreeMap::new();
    let mut meet = |subject: Subject, several: bool, pending: &mut BTreeMap<(NodeId, u32), bool>| match subject {
        Subject::Node(node, row) => {
            pending.entry((node, row)).and_modify(|seen| *seen = true).or_insert(several);
        }
        Subject::Fact(input, row) => match inputs.status(input, row as usize) {
            Status::Given => {}
            Status::SetAside(_) => {
                contested.insert((input, row));
            }
            Status::LeftOut | Status::Unsure | Status::Rejected | Status::Unheard => {
                let unknown = outermost(program, inputs, input, row);
                found.entry(unknown).and_modify(|seen| *seen = true).or_insert(several);
            }
        },
        Subject::List(list, row) => {
            if inputs.list(list).is_some_and(|rows| rows.is_open(row)) {
                let unknown = outermost_list(program, inputs, list, row);
                found.entry(unknown).and_modify(|seen| *seen = true).or_insert(several);
            }
        }
    };
    meet(reader.see_through(Subject::Node(target.0, target.1)), false, &mut pending);
    while let Some(((node, row), several)) = pending.pop_last() {
        for (_, operand) in reader.relevant(Subject::Node(node, row)) {
            let operand = reader.see_through(operand);
            let open = match operand {
                Subject::Node(..) | Subject::Fact(..) => !reader.known(operand).is_settled(),
                Subject::List(..) => true,
            };
            if open {
                meet(operand, several, &mut pending);
            }
        }
    }
    (found, contested)
}

/// Goes from an open answer to what is open in it, what uses a value before the value, each thing once. `visit` says
/// whether to go on to what the thing rests on.
pub(crate) fn explore(
    program: &Program,
    inputs: &Inputs<Cell>,
    frame: &Frame<Cell>,
    target: (NodeId, u32),
    visit: &mut dyn FnMut(Subject) -> bool,
) {
    let reader = Reader { program, inputs, frame, detail: Detail::Minimal };
    let mut pending: BTreeSet<(NodeId, u32)> = BTreeSet::new();
    let mut meet = |subject: Subject, pending: &mut BTreeSet<(NodeId, u32)>| {
        if let (Subject::Node(node, row), true) = (subject, visit(subject)) {
            pending.insert((node, row));
        }
    };
    meet(reader.see_through(Subject::Node(target.0, target.1)), &mut pending);
    let mut seen = BTreeSet::new();
    while let Some((node, row)) = pending.pop_last() {
        if !seen.insert((node, row)) {
            continue;
        }
        for (_, operand) in reader.relevant(Subject::Node(node, row)) {
            let operand = reader.see_through(operand);
            let open = match operand {
                Subject::Node(..) | Subject::Fact(..) => !reader.known(operand).is_settled(),
                Subject::List(list, row) => inputs.list(list).is_some_and(|rows| rows.is_open(row)),
            };
            if open {
                meet(operand, &mut pending);
            }
        }
    }
}

/// The unknown that a leaf is, or that it belongs to an unheard element of.
pub(crate) fn unknown_of(program: &Program, inputs: &Inputs<Cell>, subject: Subject) -> Option<Unknown> {
    match subject {
        Subject::Node(..) => None,
        Subject::Fact(input, row) => Some(outermost(program, inputs, input, row)),
        Subject::List(list, row) => Some(outermost_list(program, inputs, list, row)),
    }
}

/// The leaf itself, or the open list it would belong to an unheard element of.
pub(super) fn outermost(program: &Program, inputs: &Inputs<Cell>, input: InputId, row: u32) -> Unknown {
    let scope = program.input(input).map_or(ScopeId::ROOT, |input| input.scope);
    unheard(program, inputs, scope, row).unwrap_or(Unknown::Leaf(input, row))
}

pub(super) fn outermost_list(program: &Program, inputs: &Inputs<Cell>, list: ListId, row: u32) -> Unknown {
    let scope = program.list(list).and_then(|list| program.scope(list.scope)).map_or(ScopeId::ROOT, |s| s.parent);
    unheard(program, inputs, scope, row).unwrap_or(Unknown::List(list, row))
}

/// The outermost open list, where the row belongs to an element nobody has heard of.
fn unheard(program: &Program, inputs: &Inputs<Cell>, scope: ScopeId, row: u32) -> Option<Unknown> {
    let mut found = None;
    let (mut current, mut at) = (scope, row);
    while let Some(list) = program.scope(current).and_then(|scope| scope.list) {
        let rows = inputs.list(list)?;
        if rows.presence_of(at) == Presence::Many {
            found = Some(Unknown::List(list, rows.parent_of(at)));
        }
        at = rows.parent_of(at);
        current = program.scope(current)?.parent;
    }
    found
}
