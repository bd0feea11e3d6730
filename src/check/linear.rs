//! Sums of whole unknowns compared with zero: can they all hold together, and for which values?
//!
//! Every ordered fact is a whole number of steps (millionths, days, months), so `x < y` is `x + 1 ≤ y`. Unknowns are
//! eliminated one by one (Fourier and Motzkin), each inequality divided by what its coefficients share and its
//! constant rounded inwards. Finding none is a proof for whole numbers too; a solution is looked for on the way
//! back and is only a proposal: it is decided again before anybody hears of it.

use std::collections::BTreeMap;

/// At most so many inequalities at once: beyond, nothing is said.
const MOST: usize = 300;
/// Bounds are carried from one inequality to another at most so many times.
const ROUNDS: usize = 8;

/// An unknown whole number, and where it may lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Unknown {
    pub(super) lo: Option<i128>,
    pub(super) hi: Option<i128>,
    /// The value people would rather read, where any will do.
    pub(super) near: i128,
    /// Multiples of this are easier to read.
    pub(super) nice: i128,
}

/// `terms + constant ≤ 0`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct AtMostZero {
    pub(super) terms: BTreeMap<usize, i128>,
    pub(super) constant: i128,
}

/// Whether inequalities can hold together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// No numbers satisfy them.
    Impossible,
    /// These do.
    Solved(Vec<i128>),
    /// Too many of them, or no solution found on the way back.
    Unsure,
}

impl AtMostZero {
    /// Divided by what the coefficients share; a solution in whole numbers stays one.
    pub(super) fn tightened(mut self) -> Self {
        self.terms.retain(|_, coefficient| *coefficient != 0);
        let shared = self.terms.values().fold(0, |shared, coefficient| gcd(shared, *coefficient));
        if shared > 1 {
            self.terms.values_mut().for_each(|coefficient| *coefficient /= shared);
            self.constant = ceiling(self.constant, shared);
        }
        self
    }

    /// The bound it gives on one unknown, from the bounds of the others: at most, or at least.
    fn bound(&self, of: usize, unknowns: &[Unknown]) -> Option<(i128, i128)> {
        let mut rest = self.constant;
        for (at, coefficient) in self.terms.iter().filter(|(at, _)| **at != of) {
            let unknown = unknowns.get(*at)?;
            let least = if *coefficient > 0 { unknown.lo } else { unknown.hi };
            rest = rest.checked_add(coefficient.checked_mul(least?)?)?;
        }
        Some((*self.terms.get(&of)?, rest.checked_neg()?))
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.checked_abs().unwrap_or(1), b.checked_abs().unwrap_or(1));
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a
}

fn ceiling(value: i128, by: i128) -> i128 {
    let floor = value.div_euclid(by);
    if value.rem_euclid(by) == 0 { floor } else { floor + 1 }
}

/// Narrows the bounds of the unknowns by each inequality in turn; false where one is left without value.
pub(super) fn narrow(unknowns: &mut [Unknown], inequalities: &[AtMostZero]) -> bool {
    for _ in 0..ROUNDS {
        let mut changed = false;
        for inequality in inequalities {
            if inequality.terms.is_empty() && inequality.constant > 0 {
                return false;
            }
            for at in inequality.terms.keys() {
                let Some((coefficient, most)) = inequality.bound(*at, unknowns) else { continue };
                let Some(unknown) = unknowns.get_mut(*at) else { continue };
                if coefficient > 0 {
                    let hi = most.div_euclid(coefficient);
                    if unknown.hi.is_none_or(|old| hi < old) {
                        unknown.hi = Some(hi);
                        changed = true;
                    }
                } else {
                    let lo = ceiling(most.saturating_neg(), coefficient.saturating_neg());
                    if unknown.lo.is_none_or(|old| lo > old) {
                        unknown.lo = Some(lo);
                        changed = true;
                    }
                }
                if unknown.lo.zip(unknown.hi).is_some_and(|(lo, hi)| lo > hi) {
                    return false;
                }
            }
        }
        if !changed {
            break;
        }
    }
    true
}

/// Whether all can hold, and numbers for which they do.
pub(super) fn solve(unknowns: &[Unknown], inequalities: &[AtMostZero]) -> Verdict {
    let mut current: Vec<AtMostZero> = inequalities.iter().cloned().map(AtMostZero::tightened).collect();
    for (at, unknown) in unknowns.iter().enumerate() {
        let bound = |coefficient, constant| AtMostZero { terms: BTreeMap::from([(at, coefficient)]), constant };
        current.extend(unknown.lo.map(|lo| bound(-1, lo)));
        current.extend(unknown.hi.map(|hi| bound(1, hi.saturating_neg())));
    }
    let mut left: Vec<usize> = (0..unknowns.len()).collect();
    let mut eliminated: Vec<(usize, Vec<AtMostZero>)> = Vec::new();
    while let Some(at) = cheapest(&left, &current) {
        left.retain(|other| *other != at);
        let (with, without): (Vec<AtMostZero>, Vec<AtMostZero>) =
            current.into_iter().partition(|inequality| inequality.terms.contains_key(&at));
        current = without;
        for upper in with.iter().filter(|one| one.terms.get(&at).is_some_and(|coefficient| *coefficient > 0)) {
            for lower in with.iter().filter(|one| one.terms.get(&at).is_some_and(|coefficient| *coefficient < 0)) {
                let Some(combined) = combined(upper, lower, at) else { return Verdict::Unsure };
                if combined.terms.is_empty() {
                    if combined.constant > 0 {
                        return Verdict::Impossible;
                    }
                } else {
                    current.push(combined);
                }
            }
        }
        current.sort();
        current.dedup();
        if current.len() > MOST {
            return Verdict::Unsure;
        }
        eliminated.push((at, with));
    }
    if current.iter().any(|inequality| inequality.constant > 0) {
        return Verdict::Impossible;
    }
    let mut found: Vec<Option<i128>> = vec![None; unknowns.len()];
    for (at, inequalities) in eliminated.into_iter().rev() {
        let Some(value) = chosen(at, &inequalities, &found, unknowns) else { return Verdict::Unsure };
        if let Some(slot) = found.get_mut(at) {
            *slot = Some(value);
        }
    }
    Verdict::Solved(found.into_iter().map(Option::unwrap_or_default).collect())
}

/// The unknown whose elimination makes the fewest new inequalities.
fn cheapest(left: &[usize], current: &[AtMostZero]) -> Option<usize> {
    left.iter().copied().min_by_key(|at| {
        let signs = current.iter().filter_map(|inequality| inequality.terms.get(at));
        let (above, below): (Vec<&i128>, Vec<&i128>) = signs.partition(|coefficient| **coefficient > 0);
        above.len() * below.len()
    })
}

/// What follows from an upper and a lower bound of an unknown, without it.
fn combined(upper: &AtMostZero, lower: &AtMostZero, without: usize) -> Option<AtMostZero> {
    let (up, down) = (*upper.terms.get(&without)?, lower.terms.get(&without)?.checked_neg()?);
    let mut sum = AtMostZero::default();
    for (inequality, times) in [(upper, down), (lower, up)] {
        sum.constant = sum.constant.checked_add(inequality.constant.checked_mul(times)?)?;
        for (at, coefficient) in &inequality.terms {
            let entry = sum.terms.entry(*at).or_default();
            *entry = entry.checked_add(coefficient.checked_mul(times)?)?;
        }
    }
    Some(sum.tightened())
}

/// A value for one unknown, the values of those that its inequalities speak of besides being found already.
fn chosen(at: usize, inequalities: &[AtMostZero], found: &[Option<i128>], unknowns: &[Unknown]) -> Option<i128> {
    let (mut lo, mut hi): (Option<i128>, Option<i128>) = (None, None);
    for inequality in inequalities {
        let mut rest = inequality.constant;
        for (other, coefficient) in inequality.terms.iter().filter(|(other, _)| **other != at) {
            rest = rest.checked_add(coefficient.checked_mul(found.get(*other).copied().flatten()?)?)?;
        }
        let coefficient = *inequality.terms.get(&at)?;
        if coefficient > 0 {
            let most = rest.checked_neg()?.div_euclid(coefficient);
            hi = Some(hi.map_or(most, |hi| hi.min(most)));
        } else {
            let least = ceiling(rest, coefficient.checked_neg()?);
            lo = Some(lo.map_or(least, |lo| lo.max(least)));
        }
    }
    let unknown = unknowns.get(at)?;
    if lo.zip(hi).is_some_and(|(lo, hi)| lo > hi) {
        return None;
    }
    let nearest = lo.map_or(unknown.near, |lo| unknown.near.max(lo));
    let nearest = hi.map_or(nearest, |hi| nearest.min(hi));
    let fits = |value: &i128| lo.is_none_or(|lo| lo <= *value) && hi.is_none_or(|hi| *value <= hi);
    let below = nearest.div_euclid(unknown.nice.max(1)) * unknown.nice.max(1);
    [below, below + unknown.nice].into_iter().filter(fits).min_by_key(|value| (value - nearest).abs()).or(Some(nearest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Unknown = Unknown { lo: None, hi: None, near: 0, nice: 1 };

    fn at_most_zero(terms: &[(usize, i128)], constant: i128) -> AtMostZero {
        AtMostZero { terms: terms.iter().copied().collect(), constant }
    }

    #[test]
    fn a_number_is_not_both_below_and_above_another() {
        let below = at_most_zero(&[(0, 1), (1, -1)], 1);
        let above = at_most_zero(&[(1, 1), (0, -1)], 1);
        assert_eq!(solve(&[FREE; 2], &[below.clone(), above]), Verdict::Impossible);
        let solved = solve(&[FREE; 2], &[below]);
        assert!(matches!(&solved, Verdict::Solved(values) if values.first() < values.get(1)), "{solved:?}");
    }

    #[test]
    fn sums_are_compared_exactly() {
        // x + y ≥ 14 and x + y ≤ 13
        let many = at_most_zero(&[(0, -1), (1, -1)], 14);
        let few = at_most_zero(&[(0, 1), (1, 1)], -13);
        assert_eq!(solve(&[FREE; 2], &[many, few]), Verdict::Impossible);
    }

    #[test]
    fn what_no_whole_number_satisfies_is_impossible() {
        // 2x = 2y + 1
        let up = at_most_zero(&[(0, 2), (1, -2)], -1);
        let down = at_most_zero(&[(0, -2), (1, 2)], 1);
        assert_eq!(solve(&[FREE; 2], &[up, down]), Verdict::Impossible);
    }

    #[test]
    fn bounds_travel_from_one_inequality_to_the_next() {
        let mut unknowns = [Unknown { hi: Some(5), ..FREE }, FREE, FREE];
        let chain = [at_most_zero(&[(1, 1), (0, -1)], 0), at_most_zero(&[(2, 1), (1, -1)], 2)];
        assert!(narrow(&mut unknowns, &chain));
        assert_eq!(unknowns.get(2).and_then(|unknown| unknown.hi), Some(3));
    }

    #[test]
    fn every_small_system_is_solved_as_going_through_all_values_does() {
        let mut seed = 7_u64;
        let mut draw = |bound: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i128::from((seed >> 33) % bound)
        };
        let unknowns = [Unknown { lo: Some(-3), hi: Some(3), near: 0, nice: 1 }; 3];
        let (mut none, mut some) = (0, 0);
        for _ in 0..400 {
            let system: Vec<AtMostZero> = (0..4)
                .map(|_| at_most_zero(&[(0, draw(5) - 2), (1, draw(5) - 2), (2, draw(5) - 2)], draw(13) - 6))
                .collect();
            let holds = |values: [i128; 3]| {
                system.iter().all(|one| {
                    let sum: i128 = one.terms.iter().filter_map(|(at, c)| Some(c * values.get(*at)?)).sum();
                    sum + one.constant <= 0
                })
            };
            let exists = (-3..=3).any(|x| (-3..=3).any(|y| (-3..=3).any(|z| holds([x, y, z]))));
            match solve(&unknowns, &system) {
                Verdict::Impossible => assert!(!exists, "{system:?}"),
                Verdict::Solved(values) => {
                    assert!(<[i128; 3]>::try_from(values).is_ok_and(holds), "{system:?}");
                    some += 1;
                }
                Verdict::Unsure => {}
            }
            none += usize::from(!exists);
        }
        assert!(none > 50 && some > 50, "{none} without, {some} solved");
    }
}
