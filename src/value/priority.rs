//! Which applicable definition prevails, what is a conflict, what is a gap. `language.md` §6.

use super::known::{Known, Set, Trouble, Truth};

/// For each definition of a value, the definitions that prevail over it (transitively closed).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Order {
    prevailing: Vec<Vec<usize>>,
    /// One of the conditions holds, whatever the facts.
    total: bool,
    /// Two definitions that never disagree, whatever the facts; the first the smaller.
    apart: Vec<(usize, usize)>,
}

impl Order {
    /// Closes `pairs` (who, over whom) transitively over `count` definitions.
    pub fn new(count: usize, pairs: &[(usize, usize)]) -> Self {
        let mut prevailing = vec![Vec::new(); count];
        for lower in 0..count {
            let mut reached = vec![false; count];
            let mut pending = vec![lower];
            while let Some(current) = pending.pop() {
                for &(higher, over) in pairs {
                    let Some(seen) = reached.get_mut(higher) else { continue };
                    if over == current && !*seen {
                        *seen = true;
                        pending.push(higher);
                    }
                }
            }
            if let Some(list) = prevailing.get_mut(lower) {
                *list = reached.iter().zip(0..).filter(|(seen, _)| **seen).map(|(_, index)| index).collect();
            }
        }
        Self { prevailing, total: false, apart: Vec::new() }
    }

    /// The same, where it is shown that one of the conditions always holds: no gap is possible.
    pub fn total(self) -> Self {
        Self { total: true, ..self }
    }

    /// The same, where it is shown that the two definitions of each pair never disagree.
    pub fn apart(self, pairs: Vec<(usize, usize)>) -> Self {
        Self { apart: pairs, ..self }
    }

    /// Whether two definitions may apply together, neither prevailing, and differ, for all that is shown.
    pub fn are_rivals(&self, one: usize, other: usize) -> bool {
        one != other
            && !self.over(one).contains(&other)
            && !self.over(other).contains(&one)
            && !self.apart.contains(&(one.min(other), one.max(other)))
    }

    /// Whether one of the conditions always holds.
    pub fn is_total(&self) -> bool {
        self.total
    }

    /// Those that prevail over that definition, in source order.
    pub fn over(&self, definition: usize) -> &[usize] {
        self.prevailing.get(definition).map_or(&[], Vec::as_slice)
    }

    /// A definition that prevails over itself, if any.
    pub fn cycle(&self) -> Option<usize> {
        (0..self.prevailing.len()).find(|&index| self.over(index).contains(&index))
    }

    /// The candidates: those whose condition is not certainly false and over which nothing certainly
    /// applicable prevails.
    pub fn candidates<'a>(&'a self, conditions: &'a [Truth]) -> impl Iterator<Item = usize> + 'a {
        (0..conditions.len()).filter(move |&index| {
            conditions.get(index).is_some_and(|condition| condition.yes)
                && !self.over(index).iter().any(|&higher| conditions.get(higher).is_some_and(|c| c.is_yes()))
        })
    }

    /// Two definitions that certainly apply, that nothing possible prevails over, and whose values
    /// certainly differ.
    pub fn conflict(&self, conditions: &[Truth], values: &[&Known]) -> Option<(usize, usize)> {
        let firm: Vec<usize> = self
            .candidates(conditions)
            .filter(|&index| {
                conditions.get(index).is_some_and(|condition| condition.is_yes())
                    && !self.over(index).iter().any(|&higher| conditions.get(higher).is_some_and(|c| c.yes))
            })
            .collect();
        firm.iter().enumerate().find_map(|(at, &first)| {
            firm.iter()
                .skip(at + 1)
                .find(|&&second| values.get(first).zip(values.get(second)).is_some_and(|(a, b)| differ(a, b)))
                .map(|&second| (first, second))
        })
    }

    /// Whether two candidates may turn out to apply together and differ.
    fn may_conflict(&self, conditions: &[Truth], values: &[&Known]) -> bool {
        let candidates: Vec<usize> = self.candidates(conditions).collect();
        let agree = |one: usize, other: usize| {
            let both = values.get(one).zip(values.get(other));
            both.is_some_and(|(a, b)| a.is_settled() && b.is_settled() && !differ(a, b))
        };
        candidates.iter().enumerate().any(|(at, &one)| {
            candidates.iter().skip(at + 1).any(|&other| self.are_rivals(one, other) && !agree(one, other))
        })
    }

    /// The result of a choice: the union of the candidates, or the trouble that is certain. Where no definition
    /// surely applies and the conditions may leave a gap, or where two may yet conflict, nothing is known of
    /// it: what the candidates give would answer for a fact that is missing.
    pub fn settle(&self, conditions: &[Truth], values: &[&Known], any: &Known) -> Known {
        if self.conflict(conditions, values).is_some() {
            return any.clone().troubled(Trouble::Conflict);
        }
        let mut result: Option<Known> = None;
        for index in self.candidates(conditions) {
            let Some(value) = values.get(index) else { continue };
            result = Some(match result {
                None => (*value).clone(),
                Some(known) => known.union(value),
            });
        }
        let applies = self.total || conditions.iter().any(|condition| condition.is_yes());
        let sure = applies && !self.may_conflict(conditions, values);
        let result = result.map(|known| if sure { known } else { known.union(any) });
        result.unwrap_or_else(|| {
            if conditions.contains(&Truth::NEVER) {
                Known::of(Set::Nothing)
            } else {
                any.clone().troubled(Trouble::Gap)
            }
        })
    }
}

/// Whether two values certainly differ.
pub fn differ(a: &Known, b: &Known) -> bool {
    if a.absent || b.absent || a.inapplicable || b.inapplicable {
        return (a.is_settled() && b.is_settled()) && (a != b);
    }
    match (&a.set, &b.set) {
        (Set::Truth(a), Set::Truth(b)) => !((a.yes && b.yes) || (a.no && b.no)),
        (Set::Range(a), Set::Range(b)) => a.meet(*b).is_none(),
        (Set::Cases(a), Set::Cases(b)) => a & b == 0,
        (a, b) => a.is_single() && b.is_single() && a != b,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_definition_that_only_may_apply_answers_nothing_where_none_else_might() {
        let (one, any) = (Known::truth(Truth::YES), Known::truth(Truth::OPEN));
        let settle = |order: &Order, condition| order.settle(&[condition], &[&one], &any);
        let order = Order::new(1, &[]);
        assert_eq!(settle(&order, Truth::YES), one);
        assert_eq!(settle(&order, Truth::OPEN), any);
        assert_eq!(settle(&order, Truth::NO), any.clone().troubled(Trouble::Gap));
        assert_eq!(settle(&order.total(), Truth::OPEN), one);
    }

    #[test]
    fn a_conflict_that_only_may_come_leaves_nothing_known_unless_it_is_shown_that_it_cannot() {
        let number = |value| Known::number(crate::value::Number::from_integer(value).unwrap());
        let (eight, ten) = (number(8), number(10));
        let any = Known::range(crate::value::Range::ANY);
        let settle =
            |order: &Order, conditions: [Truth; 2], a: &Known, b: &Known| order.settle(&conditions, &[a, b], &any);
        let order = Order::new(2, &[]);
        let open = [Truth::YES, Truth::OPEN];
        assert_eq!(settle(&order, open, &ten, &eight), any);
        assert_eq!(settle(&order, open, &ten, &ten), ten);
        assert_eq!(settle(&order, [Truth::YES, Truth::NO], &ten, &eight), ten);
        let conflict = any.clone().troubled(Trouble::Conflict);
        assert_eq!(settle(&order, [Truth::YES, Truth::YES], &ten, &eight), conflict);
        // Two values of which it is not known whether they are one.
        let some = ten.union(&eight);
        assert_eq!(settle(&order, [Truth::YES, Truth::YES], &some, &some), any);
        let shown = order.clone().apart(vec![(0, 1)]);
        assert_eq!(settle(&shown, open, &ten, &eight), some);
        let prevailing = Order::new(2, &[(1, 0)]);
        assert_eq!(settle(&prevailing, open, &ten, &eight), some);
        assert!(order.are_rivals(0, 1) && order.are_rivals(1, 0) && !order.are_rivals(0, 0));
        assert!(!shown.are_rivals(0, 1) && !shown.are_rivals(1, 0) && !prevailing.are_rivals(0, 1));
    }

    #[test]
    fn what_prevails_does_so_in_steps_and_a_circle_is_seen() {
        let order = Order::new(4, &[(1, 0), (2, 1)]);
        assert_eq!((order.over(0), order.over(1), order.over(3)), (&[1, 2][..], &[2][..], &[][..]));
        assert_eq!((order.cycle(), order.is_total(), order.total().is_total()), (None, false, true));
        assert_eq!(Order::new(3, &[(1, 2), (2, 1)]).cycle(), Some(1));
    }
}
