//! Three answers, and more: how expressions without a value go together.

use super::Stop::{NotApplicable, Open};
use super::{Member, Out, Stop, V};

/// `et`, from left to right: what follows a member that does not hold is not asked.
pub(super) fn and(members: impl IntoIterator<Item = Out>) -> Out {
    let mut open = None;
    for member in members {
        match (member, open) {
            // One before that may be without object would take the whole with it.
            (Ok(V::Truth(false)), Some((why, true))) => return Err(Open(why, true)),
            (Ok(V::Truth(false)), _) => return Ok(V::Truth(false)),
            (Ok(_), _) => {}
            (Err(Open(why, na)), None) => open = Some((why, na)),
            (Err(Open(_, na)), Some((why, before))) => open = Some((why, before || na)),
            (Err(_), Some((why, _))) => return Err(Open(why, true)),
            (Err(stop), None) => return Err(stop),
        }
    }
    open.map_or(Ok(V::Truth(true)), |(why, na)| Err(Open(why, na)))
}

pub(super) fn or(members: impl IntoIterator<Item = Out>) -> Out {
    not(and(members.into_iter().map(not)))
}

pub(super) fn not(out: Out) -> Out {
    match out? {
        V::Truth(holds) => Ok(V::Truth(!holds)),
        other => panic!("{other:?} is no condition"),
    }
}

/// The operands of a computation. One without object takes the whole with it.
pub(super) fn strict(outs: impl IntoIterator<Item = Out>) -> Result<Vec<V>, Stop> {
    let outs: Vec<Out> = outs.into_iter().collect();
    if outs.contains(&Err(NotApplicable)) {
        return Err(NotApplicable);
    }
    let na = outs.iter().any(|out| matches!(out, Err(Open(_, true))));
    outs.into_iter().collect::<Result<Vec<V>, Stop>>().map_err(|stop| match stop {
        Open(why, _) => Open(why, na),
        other => other,
    })
}

/// The one answer that all ways lead to, else open.
pub(super) fn settle(results: &[Out], stop: Stop) -> Out {
    let (Open(why, na), first) = (stop, &results[0]) else { return Err(stop) };
    if !na && results.len() > 1 && results.iter().all(|result| result == first) {
        return first.clone();
    }
    let may_lack = |result: &Out| matches!(result, Err(NotApplicable | Open(_, true)));
    Err(Open(why, na || results.iter().any(may_lack)))
}

/// A value under an applicability: without object where it does not hold.
pub(super) fn when(applies: Out, value: impl FnOnce() -> Out) -> Out {
    match applies {
        Ok(V::Truth(true)) => value(),
        Ok(_) => Err(NotApplicable),
        Err(Open(why, _)) => match value() {
            Err(NotApplicable) => Err(NotApplicable),
            _ => Err(Open(why, true)),
        },
        Err(stop) => Err(stop),
    }
}

/// A norm over its instances: one that is not met decides; those without object do not count.
pub(super) fn instances(all: &[Member]) -> Out {
    if all.contains(&(None, Ok(V::Truth(false)))) {
        return Ok(V::Truth(false));
    }
    let applies = all.contains(&(None, Ok(V::Truth(true))));
    let open = all.iter().find_map(|(perhaps, out)| match (perhaps, out) {
        (_, Err(Open(why, _))) => Some(*why),
        (Some(_), Err(_)) => None,
        (Some(_), Ok(V::Truth(true))) if applies => None,
        (Some(why), Ok(_)) => Some(*why),
        (None, _) => None,
    });
    match open {
        Some(why) => Err(Open(why, !applies)),
        None if applies => Ok(V::Truth(true)),
        None => Err(NotApplicable),
    }
}

pub(super) fn members(list: V) -> Vec<Member> {
    match list {
        V::List(members) => members,
        other => panic!("{other:?} is no list"),
    }
}
