//! What is one and the same, and what a condition shows.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::known::Op;
use super::node::{Kind, N, Under};

/// What tells one reading from another: two that have the same are the same.
pub(super) fn name_of(made: &N<'_>) -> Option<String> {
    let several = |what: &str, all: &[N<'_>]| {
        let names: Option<Vec<String>> = all.iter().map(name_of).collect();
        names.map(|names| format!("{what}({})", names.join(",")))
    };
    match &made.kind {
        Kind::Constant(known) => Some(format!("{known:?}")),
        Kind::Fact(place, ..) => Some(format!("fait {}", place.path)),
        Kind::Presumed(fact, _) => name_of(fact),
        Kind::Contested(fact) => several("contesté", std::slice::from_ref(fact)),
        Kind::Apply(Op::Shown, operands) => operands.first().and_then(name_of),
        Kind::Apply(op, operands) => several(&format!("{op:?}"), operands),
        Kind::Not(operand) => several("non", std::slice::from_ref(operand)),
        Kind::Logic(all, operands) => several(if *all { "et" } else { "ou" }, operands),
        Kind::If(operands) => several("si", operands),
        // Made once for each rule and element.
        Kind::Choose(..) | Kind::Judge(..) | Kind::Decide(..) => Some(format!("{:p}", Rc::as_ptr(made))),
        Kind::Reduce(how, _, lists, members) => {
            let list = |under: &Under<'_>| match under {
                Under::List(place) => place.path.clone(),
                Under::Node(node) => name_of(node).unwrap_or_default(),
            };
            let lists: Vec<String> = lists.iter().map(list).collect();
            let parts: Vec<N<'_>> =
                members.iter().flat_map(|one| one.filter.iter().chain(&one.body)).cloned().collect();
            several(&format!("{how:?} {}", lists.join(",")), &parts)
        }
        Kind::Follow(reference, _, _, found) => {
            let bodies: Vec<N<'_>> = found.iter().filter_map(|one| one.body.clone()).collect();
            several(&format!("par {}", name_of(reference)?), &bodies)
        }
        Kind::Resolves(reference, ..) => several("désigne", std::slice::from_ref(reference)),
    }
}

/// Adds what a condition shows where it holds, or where it does not.
pub(super) fn show(shown: &mut BTreeSet<String>, condition: &N<'_>, holds: bool) {
    match &condition.kind {
        Kind::Logic(all, operands) if *all == holds => operands.iter().for_each(|one| show(shown, one, holds)),
        Kind::Not(operand) => show(shown, operand, !holds),
        Kind::Apply(Op::IsPresent | Op::IsApplicable, operands) if holds => {
            shown.extend(operands.iter().filter_map(name_of))
        }
        Kind::Apply(Op::IsWithoutObject, operands) if !holds => shown.extend(operands.iter().filter_map(name_of)),
        _ if holds => shown.extend(name_of(condition)),
        _ => {}
    }
}
