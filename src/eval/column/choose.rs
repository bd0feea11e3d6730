//! Which definition prevails, on whole columns. What is a candidate, and when one is firm, is said by
//! [`Order`]; rows with a conflict or a gap are left to the kernel of one row.

use super::apply::Tried;
use super::blend::{Under, blend};
use super::buffer::{Bits, Pool};
use super::logic::{Condition, Held, Lane, add_inapplicable, or};
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
    let sure: Vec<Held<'_>> =
        conditions.iter().map(|condition| condition.yes.without(condition.no, rows, pool)).collect();
    let mut candidates: Vec<Held<'_>> = Vec::with_capacity(values.len());
    for (index, condition) in conditions.iter().enumerate() {
        let mut candidate = Held::Read(condition.yes);
        for &higher in order.over(index) {
            candidate = candidate.without(sure.get(higher)?.lane(), rows, pool);
        }
        candidates.push(candidate);
    }
    // Where none may apply, the text is silent; two that apply may conflict.
    let mut odd = pool.ones(rows);
    candidates.iter().for_each(|candidate| candidate.lane().remove(odd.to_mut()));
    // Where none surely applies, the result may be anything.
    let mut open: Option<Bits> = None;
    if !order.is_total() && !sure.iter().any(|sure| matches!(sure.lane(), Lane::Ones)) {
        let mut rest = pool.ones(rows);
        Lane::Bits(odd.as_slice()).remove(rest.to_mut());
        sure.iter().for_each(|sure| sure.lane().remove(rest.to_mut()));
        open = kept_if_some(rest, pool);
    }
    if !is_chain(order, values.len()) {
        let two = twofold(order, (conditions, &candidates, &sure), rows, pool)?;
        or(odd.to_mut(), two.as_slice());
        pool.keep(two);
    }
    // Rows where a condition certainly has no object: the whole value has none.
    if let Some(void) = void(conditions, rows, pool) {
        let of_void = Lane::Bits(void.as_slice());
        candidates = candidates.into_iter().map(|held| held.without(of_void, rows, pool)).collect();
        open.iter_mut().for_each(|open| of_void.remove(open.to_mut()));
        of_void.remove(odd.to_mut());
        pool.keep(void);
    }
    let any = Column::same(any.clone(), rows);
    let mut parts: Vec<Under<'_>> = candidates.iter().map(Held::lane).zip(values.iter().copied()).collect();
    parts.extend(open.as_ref().map(|open| (Lane::Bits(open.as_slice()), &any)));
    let mut column = blend(&parts, rows, pool)?;
    add_inapplicable(&mut column, conditions.iter().map(|condition| condition.inapplicable), pool);
    sure.into_iter().chain(candidates).for_each(|held| held.keep(pool));
    open.into_iter().for_each(|open| pool.keep(open));
    Some((column, kept_if_some(odd, pool)))
}

/// The rows, if there is one.
fn kept_if_some(rows: Bits, pool: &mut Pool) -> Option<Bits> {
    if rows.as_slice().iter().all(|word| *word == 0) {
        pool.keep(rows);
        return None;
    }
    Some(rows)
}

/// Whether of any two definitions one prevails: then no two can be firm together.
fn is_chain(order: &Order, count: usize) -> bool {
    let prevails = |one: usize, other: usize| order.over(other).contains(&one);
    (0..count).all(|one| (one + 1..count).all(|other| prevails(one, other) || prevails(other, one)))
}

/// The rows on which two surely apply that nothing may prevail over, or two may that do not agree.
fn twofold(
    order: &Order,
    (conditions, candidates, sure): (&[Condition<'_>], &[Held<'_>], &[Held<'_>]),
    rows: usize,
    pool: &mut Pool,
) -> Option<Bits> {
    let (mut one, mut two) = (pool.zeros(rows), pool.zeros(rows));
    for ((index, candidate), own) in candidates.iter().enumerate().zip(sure) {
        for (earlier, rival) in candidates.iter().enumerate().take(index) {
            if order.are_rivals(earlier, index) {
                rival.lane().add_under(candidate.lane(), two.to_mut(), rows);
            }
        }
        let mut firm = Held::Read(own.lane());
        for &higher in order.over(index) {
            firm = firm.without(conditions.get(higher)?.yes, rows, pool);
        }
        firm.lane().add_under(Lane::Bits(one.as_slice()), two.to_mut(), rows);
        firm.lane().add_under(Lane::Ones, one.to_mut(), rows);
        firm.keep(pool);
    }
    pool.keep(one);
    Some(two)
}

fn void(conditions: &[Condition<'_>], rows: usize, pool: &mut Pool) -> Option<Bits> {
    let mut void: Option<Bits> = None;
    for condition in conditions.iter().filter(|condition| !condition.inapplicable.is_zeros()) {
        let mut without = pool.ones(rows);
        condition.inapplicable.restrict(without.to_mut());
        [condition.absent, condition.yes, condition.no].into_iter().for_each(|lane| lane.remove(without.to_mut()));
        match &mut void {
            Some(void) => {
                or(void.to_mut(), without.as_slice());
                pool.keep(without);
            }
            none => *none = Some(without),
        }
    }
    void
}
