//! Which applicable definition prevails, what is a conflict, what is a gap. `language.md` §6.

use super::known::{Known, Set, Trouble, Truth};

/// For each definition of a value, the definitions that prevail over it (transitively closed).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Order {
    prevailing: Vec<Vec<usize>>,
    /// One of the conditions holds, whatever the facts.
    total: bool,
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
        Self { prevailing, total: false }
    }

    /// The same, where it is shown that one of the conditions always holds: no gap is possible.
    pub fn total(self) -> Self {
        Self { total: true, ..self }
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

    /// The result of a choice: the union of the candidates, or the trouble that is certain. Where no definition
    /// surely applies and the conditions may leave a gap, nothing is known of it: what the candidates give
    /// would answer for a fact that is missing.
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
        let sure = self.total || conditions.iter().any(|condition| condition.is_yes());
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
}
