//! Which definition prevails, on whole columns. What is a candidate, and when one is firm, is said by
//! [`Order`]; rows with a conflict or a gap are left to the kernel of one row.

use super::apply::Tried;
use super::blend::{Under, blend, within};
use super::buffer::{Bits, Pool};
use super::logic::{Condition, Lane, add_inapplicable, or};
use super::values::Column;
use crate::value::Known;
use crate::value::priority::Order;

/// Chooses among definitions: their conditions, and their values.
pub(super) fn choose(
    order: &Order,
    (conditions, values): (&[Condition<'_>], &[&Column]),
    (any, rows): (&Known, usize),
    pool: &mut Pool,
) -> Option<Tried> {
    let any = Column::same(any.clone(), rows);
    let mut lane = |lane: Lane<'_>| {
        let mut bits = pool.ones(rows);
        lane.restrict(bits.to_mut());
        bits
    };
    let may: Vec<Bits> = conditions.iter().map(|condition| lane(condition.yes)).collect();
    let sure: Vec<Bits> = conditions
        .iter()
        .zip(&may)
        .map(|(condition, may)| {
            let mut sure = may.clone();
            condition.no.remove(sure.to_mut());
            sure
        })
        .collect();
    // Rows where a condition certainly has no object: the whole value has none.
    let mut void: Option<Bits> = None;
    for condition in conditions.iter().filter(|condition| !condition.inapplicable.is_zeros()) {
        let mut without = lane(condition.inapplicable);
        [condition.absent, condition.yes, condition.no].into_iter().for_each(|lane| lane.remove(without.to_mut()));
        match &mut void {
            Some(void) => or(void.to_mut(), without.as_slice()),
            none => *none = Some(without),
        }
    }
    let mut parts: Vec<Under<'_>> = Vec::with_capacity(values.len() + 1);
    let (mut some, mut surely) = (pool.zeros(rows), pool.zeros(rows));
    let (mut one, mut two) = (pool.zeros(rows), pool.zeros(rows));
    for (((index, yes), own), value) in may.iter().enumerate().zip(&sure).zip(values) {
        let (mut candidate, mut firm) = (yes.clone(), own.clone());
        for &higher in order.over(index) {
            Lane::Bits(sure.get(higher)?.as_slice()).remove(candidate.to_mut());
            Lane::Bits(may.get(higher)?.as_slice()).remove(firm.to_mut());
        }
        // Two that may yet apply together, neither prevailing.
        for (earlier, (rival, _)) in parts.iter().enumerate() {
            if order.are_rivals(earlier, index) {
                or(two.to_mut(), within(&candidate, rival.as_slice()).as_slice());
            }
        }
        or(some.to_mut(), candidate.as_slice());
        or(surely.to_mut(), own.as_slice());
        or(two.to_mut(), within(&firm, one.as_slice()).as_slice());
        or(one.to_mut(), firm.as_slice());
        parts.push((candidate, *value));
    }
    // Two that apply may conflict, and where none may, the text is silent.
    let mut odd = pool.ones(rows);
    Lane::Bits(some.as_slice()).remove(odd.to_mut());
    or(odd.to_mut(), two.as_slice());
    // Where none surely applies, the result may be anything.
    let mut open = some;
    if order.is_total() {
        open.to_mut().fill(0);
    } else {
        Lane::Bits(surely.as_slice()).remove(open.to_mut());
    }
    if open.as_slice().iter().any(|word| *word != 0) {
        parts.push((open, &any));
    }
    if let Some(void) = &void {
        for (mask, _) in &mut parts {
            Lane::Bits(void.as_slice()).remove(mask.to_mut());
        }
        Lane::Bits(void.as_slice()).remove(odd.to_mut());
    }
    let mut column = blend(&parts, rows, pool)?;
    add_inapplicable(&mut column, conditions.iter().map(|condition| condition.inapplicable), pool);
    let buffers = may.into_iter().chain(sure).chain(parts.into_iter().map(|(mask, _)| mask)).chain(void);
    buffers.chain([surely, one, two]).for_each(|bits| pool.keep(bits));
    let odd = if odd.as_slice().iter().all(|word| *word == 0) { None } else { Some(odd) };
    Some((column, odd))
}
