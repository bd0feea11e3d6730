//! Whether conditions leave a gap, and which definitions of a value never disagree, whatever the facts: they give the same, their conditions exclude each
//! other, or where both hold so does that of a third that prevails over both.

use std::collections::BTreeSet;

use super::build::Builder;
use super::known::{Known, Op, Set};
use super::names::name_of;
use super::node::{Definition, Kind, N, Order};

/// What a comparison speaks of: one thing, or how far it lies from another.
type Subject = (String, Option<String>);

impl<'a> Builder<'a, '_> {
    /// The order of definitions, with the pairs that never disagree.
    pub(super) fn order(&self, over: Vec<Vec<usize>>, total: bool, definitions: &[&Definition<'a>]) -> Order {
        let mut apart = BTreeSet::new();
        let above = |one: usize, other: usize| over.get(one).is_some_and(|over| over.contains(&other));
        for (first, one) in definitions.iter().enumerate() {
            for (second, other) in definitions.iter().enumerate().skip(first + 1) {
                let third = (0..definitions.len()).filter(|third| above(first, *third) && above(second, *third));
                let mut third = third.filter_map(|third| definitions.get(third));
                if above(first, second)
                    || above(second, first)
                    || same(&one.value, &other.value)
                    || self.exclude(one, other)
                    || third.any(|third| settles(third, [one, other]))
                {
                    apart.insert((first, second));
                }
            }
        }
        Order { over, total, apart }
    }

    pub(super) fn exclude(&self, one: &Definition<'a>, other: &Definition<'a>) -> bool {
        let (Some(one), Some(other)) = (&one.condition, &other.condition) else { return false };
        let (one, other) = (self.demands(one, true), self.demands(other, true));
        let excluded = |(subject, set): &(Subject, Set)| {
            let meets = |(same, wanted): &(Subject, Set)| {
                same == subject && Known::of(set.clone()).differs(&Known::of(wanted.clone()))
            };
            other.iter().any(meets)
        };
        one.iter().any(excluded)
    }

    /// What has to be so where a condition holds, or does not.
    pub(super) fn demands(&self, condition: &N<'a>, holds: bool) -> Vec<(Subject, Set)> {
        let itself = name_of(condition).map(|name| ((name, None), Set::Truth(holds, !holds)));
        match &condition.kind {
            Kind::Not(operand) => self.demands(operand, !holds),
            Kind::Logic(all, members) => {
                let mut found: Vec<(Subject, Set)> = Vec::new();
                for (at, member) in members.iter().enumerate() {
                    let demanded = self.demands(member, holds);
                    if *all == holds || at == 0 {
                        found.extend(demanded);
                        continue;
                    }
                    // One of the members only: what each demands of the same thing.
                    let widened = |(subject, set): (Subject, Set)| {
                        let (_, other) = demanded.iter().find(|(same, _)| *same == subject)?;
                        Some((subject, set.union(other)))
                    };
                    found = found.into_iter().filter_map(widened).collect();
                }
                found.into_iter().chain(itself).collect()
            }
            Kind::Apply(op, operands) => self.compared(op, operands, holds).into_iter().chain(itself).collect(),
            _ => itself.into_iter().collect(),
        }
    }

    /// The values that a comparison leaves to what it speaks of.
    pub(super) fn compared(&self, op: &Op, operands: &[N<'a>], holds: bool) -> Option<(Subject, Set)> {
        let contrary = match op {
            Op::Different => Some(Op::Equal),
            Op::AtLeast => Some(Op::Less),
            Op::AtMost => Some(Op::Greater),
            _ => None,
        };
        if let Some(contrary) = contrary {
            return self.compared(&contrary, operands, !holds);
        }
        let (first, others) = operands.split_first()?;
        let second = others.first()?;
        let is_range = matches!(constant(second).or(constant(first)), Some(Set::Range(..)) | None);
        if *op == Op::Among || (*op == Op::Equal && !is_range) {
            let sets: Option<Vec<&Set>> = others.iter().map(constant).collect();
            let all = sets?.into_iter().cloned().reduce(|all, set| all.union(&set))?;
            let subject = (name_of(first)?, None);
            return match (all, holds) {
                (set, true) => Some((subject, set)),
                (Set::Cases(cases), false) => Some((subject, Set::Cases(&self.facts.schema.every_case() - &cases))),
                (Set::Truth(yes, no), false) => Some((subject, Set::Truth(!yes, !no))),
                (_, false) => None,
            };
        }
        // How far the first lies from the second: no distance for a constant, which is where zero is.
        let (lo, hi) = match (op, holds) {
            (Op::Less, true) => (None, Some(-1)),
            (Op::Less, false) => (Some(0), None),
            (Op::Greater, true) => (Some(1), None),
            (Op::Greater, false) => (None, Some(0)),
            (Op::Equal, true) => (Some(0), Some(0)),
            (_, _) => return None,
        };
        let turned = (hi.map(|hi: i128| -hi), lo.map(|lo: i128| -lo));
        let from = |(lo, hi): (Option<i128>, Option<i128>), node: &N<'a>| match constant(node)? {
            Set::Range(kind, Some(origin), _) => {
                Some(Set::Range(*kind, lo.map(|lo| origin + lo), hi.map(|hi| origin + hi)))
            }
            _ => None,
        };
        if let Some(set) = from((lo, hi), second) {
            return Some(((name_of(first)?, None), set));
        }
        if let Some(set) = from(turned, first) {
            return Some(((name_of(second)?, None), set));
        }
        let (one, two) = (name_of(first)?, name_of(second)?);
        let distance = |(lo, hi)| Set::Range(super::known::Kind::Number, lo, hi);
        Some(if one < two { ((one, Some(two)), distance((lo, hi))) } else { ((two, Some(one)), distance(turned)) })
    }
}

fn constant<'n>(node: &'n N<'_>) -> Option<&'n Set> {
    if let Kind::Constant(known) = &node.kind { Some(&known.set) } else { None }
}

fn same(one: &N<'_>, other: &N<'_>) -> bool {
    name_of(one).is_some_and(|name| Some(name) == name_of(other))
}

/// Whether a definition applies where two others do.
fn settles(third: &Definition<'_>, both: [&Definition<'_>; 2]) -> bool {
    let mut holding = BTreeSet::new();
    both.iter().filter_map(|one| one.condition.as_ref()).for_each(|condition| members(condition, &mut holding));
    third.condition.as_ref().is_none_or(|condition| follows(condition, &holding))
}

/// The conditions that hold where that one does.
fn members(condition: &N<'_>, holding: &mut BTreeSet<String>) {
    holding.extend(name_of(condition));
    if let Kind::Logic(true, operands) = &condition.kind {
        operands.iter().for_each(|operand| members(operand, holding));
    }
}

fn follows(condition: &N<'_>, holding: &BTreeSet<String>) -> bool {
    name_of(condition).is_some_and(|name| holding.contains(&name))
        || match &condition.kind {
            Kind::Logic(true, operands) => operands.iter().all(|operand| follows(operand, holding)),
            Kind::Logic(false, operands) => operands.iter().any(|operand| follows(operand, holding)),
            _ => false,
        }
}

/// What a condition tests, which of its cases it asks for, and which there are.
type Tested = (String, BTreeSet<String>, BTreeSet<String>);

impl<'a> Builder<'a, '_> {
    /// Whether one of the conditions always holds: one that is certain, two contraries, or all cases of one thing.
    pub(super) fn leaves_no_gap(&self, conditions: &[&N<'a>]) -> bool {
        let certain = |node: &&&N<'_>| matches!(&node.kind, Kind::Constant(known) if known.holds());
        if conditions.iter().any(|node| certain(&node)) {
            return true;
        }
        let contrary = |a: &N<'a>, b: &N<'a>| match (&a.kind, &b.kind) {
            (Kind::Not(operand), _) => name_of(operand).is_some() && name_of(operand) == name_of(b),
            (Kind::Apply(one, left), Kind::Apply(two, right)) => {
                let names = |all: &[N<'_>]| all.iter().map(name_of).collect::<Option<Vec<_>>>();
                let pair = matches!(
                    (one, two),
                    (Op::Less, Op::AtLeast) | (Op::Greater, Op::AtMost) | (Op::Equal, Op::Different)
                );
                pair && names(left).is_some() && names(left) == names(right)
            }
            (_, _) => false,
        };
        if conditions.iter().any(|a| conditions.iter().any(|b| contrary(a, b))) {
            return true;
        }
        let mut covered = BTreeSet::new();
        let mut subject = None;
        for condition in conditions {
            let Some((name, cases, all)) = self.tested(condition) else { return false };
            if subject.get_or_insert((name.clone(), all)).0 != name {
                return false;
            }
            covered.extend(cases);
        }
        subject.is_some_and(|(_, all)| !all.is_empty() && all.is_subset(&covered))
    }

    /// The one thing whose cases a condition asks for, which, and which there are.
    pub(super) fn tested(&self, condition: &N<'a>) -> Option<Tested> {
        match &condition.kind {
            Kind::Apply(Op::Equal | Op::Among, operands) => {
                let (subject, others) = operands.split_first()?;
                let mut cases = BTreeSet::new();
                for other in others {
                    let Kind::Constant(Known { set: Set::Cases(case), .. }) = &other.kind else { return None };
                    cases.extend(case.iter().cloned());
                }
                Some((name_of(subject)?, cases, self.every_case(subject)))
            }
            Kind::Logic(false, operands) => {
                let mut all: Option<Tested> = None;
                for operand in operands {
                    let found = self.tested(operand)?;
                    all = Some(match all {
                        None => found,
                        Some((name, cases, every)) if name == found.0 => (name, &cases | &found.1, every),
                        Some(_) => return None,
                    });
                }
                all
            }
            _ => None,
        }
    }

    pub(super) fn every_case(&self, subject: &N<'a>) -> BTreeSet<String> {
        let set = match &subject.kind {
            Kind::Fact(place, ..) => self.facts.schema.any(place.ty),
            Kind::Choose(.., any) => any.clone(),
            Kind::Presumed(fact, _) => return self.every_case(fact),
            Kind::Apply(Op::Shown, operands) => {
                return operands.first().map(|shown| self.every_case(shown)).unwrap_or_default();
            }
            Kind::Follow(_, _, _, found) => {
                let first = found.first().and_then(|one| one.body.as_ref());
                return first.map(|body| self.every_case(body)).unwrap_or_default();
            }
            _ => Set::Nothing,
        };
        if let Set::Cases(cases) = set { cases } else { BTreeSet::new() }
    }
}
