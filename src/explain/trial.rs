//! Trying values for an unknown fact: what the answer would be.
//!
//! A few hundred values stand for all: the cases of finite types; for ordered ones the constants of the
//! rules and the values of the dossier, each with its neighbours and displaced by the durations that rules
//! speak of; and the ends of the range.

use std::collections::BTreeSet;

use crate::eval::{Cell, Frame, Inputs, Status, rerun, run};
use crate::program::{InputId, InputRole, Node, NodeId, Program, ScopeKind};
use crate::value::{Day, Known, Number, Range, Set, Stretch, Texts, Truth, Type};

/// At most so many values are tried for one fact.
const VALUES: usize = 160;

/// A text, or a key, that is nowhere in the dossier.
pub(crate) const NOWHERE: &str = "\u{1}";

/// An answer under trial.
pub(crate) struct Bench<'a> {
    pub(crate) program: &'a Program,
    pub(crate) inputs: &'a Inputs<Cell>,
    /// What the answer needs, in order.
    pub(crate) cone: &'a [NodeId],
    pub(crate) target: (NodeId, u32),
}

impl Bench<'_> {
    /// Nodes of the cone that depend on these leaves; none where a scope's rows do, so that all must be
    /// evaluated again.
    fn dependents(&self, leaves: &[InputId]) -> Option<Vec<NodeId>> {
        let mut touched: BTreeSet<NodeId> = BTreeSet::new();
        for &node in self.cone {
            let read = self.program.node(node);
            let mut depends = read.leaf().is_some_and(|input| leaves.contains(&input));
            read.operands(|operand| depends |= touched.contains(&operand));
            if depends {
                touched.insert(node);
            }
        }
        let moves_rows = self.program.scopes.iter().any(|scope| match &scope.kind {
            ScopeKind::Cross { via: Some(reference), .. } => touched.contains(reference),
            ScopeKind::Root | ScopeKind::Canonical | ScopeKind::Cross { via: None, .. } => false,
        });
        let keys = self.program.lists.iter().any(|list| list.key.is_some_and(|key| leaves.contains(&key)));
        (!moves_rows && !keys).then(|| touched.into_iter().collect())
    }

    /// Calls `see` with the answer for each assignment of values to these leaves, until it says stop.
    pub(super) fn assign(
        &self,
        frame: &Frame<Cell>,
        leaves: &[(InputId, u32)],
        values: impl Iterator<Item = Vec<Known>>,
        mut see: impl FnMut(&[Known], Option<&Known>) -> bool,
    ) {
        let ids: Vec<InputId> = leaves.iter().map(|(input, _)| *input).collect();
        let again = self.dependents(&ids);
        let mut inputs = self.inputs.clone();
        let mut base = frame.clone();
        for assignment in values {
            for ((input, row), value) in leaves.iter().zip(&assignment) {
                inputs.replace(*input, *row as usize, value.clone(), Status::Given);
            }
            base = match &again {
                Some(nodes) => rerun::<Cell>(self.program, &inputs, base, nodes),
                None => run::<Cell>(self.program, &inputs, self.cone),
            };
            if see(&assignment, base.known(self.target.0, self.target.1 as usize)) {
                break;
            }
        }
    }

    /// The values that stand for all those a leaf may have.
    pub(crate) fn values(&self, input: InputId, row: u32) -> Vec<Known> {
        let mut values = self.candidates(input);
        let known = self.inputs.known(input, row as usize);
        values.retain(|value| known.is_none_or(|known| value.is_within(known)));
        values
    }

    /// The same, whatever is known of the leaf on a row.
    pub(super) fn candidates(&self, input: InputId) -> Vec<Known> {
        let Some(declared) = self.program.input(input) else { return Vec::new() };
        let mut values: Vec<Known> = match declared.ty {
            Type::Truth => [Truth::YES, Truth::NO].map(Known::truth).into(),
            Type::Case(_) => {
                let cases = self.program.cases_of(declared.ty);
                (0..cases.min(64)).map(|bit| Known::of(Set::Cases(1u64.checked_shl(bit).unwrap_or(0)))).collect()
            }
            Type::Integer | Type::Number | Type::Duration | Type::Offset | Type::Date => {
                self.ordinals(input).into_iter().map(|value| Known::range(Range::exactly(value))).collect()
            }
            Type::Period => self.periods(input),
            Type::Text | Type::Key(_) => self.texts(input),
            Type::Days => Vec::new(),
        };
        if declared.optional && declared.role == InputRole::Datum {
            values.push(Known::absent());
        }
        values
    }

    /// How many values a leaf may have, where they are few.
    pub(crate) fn finite(&self, input: InputId, row: u32) -> Option<Vec<Known>> {
        let declared = self.program.input(input)?;
        let few = match declared.ty {
            Type::Truth | Type::Case(_) => true,
            Type::Integer => {
                let known = self.inputs.known(input, row as usize)?.set.as_range();
                let (lo, hi) = known.lo.zip(known.hi)?;
                let (first, last) = (lo.div_euclid(Number::SCALE), hi.div_euclid(Number::SCALE));
                if last - first >= 16 {
                    return None;
                }
                let mut values: Vec<Known> = (first..=last)
                    .filter_map(Number::from_integer)
                    .map(Known::number)
                    .filter(|value| self.inputs.known(input, row as usize).is_some_and(|known| value.is_within(known)))
                    .collect();
                if declared.optional {
                    values.push(Known::absent());
                }
                return Some(values);
            }
            Type::Number
            | Type::Date
            | Type::Duration
            | Type::Offset
            | Type::Period
            | Type::Days
            | Type::Text
            | Type::Key(_) => false,
        };
        few.then(|| self.values(input, row))
    }

    /// Constants of the rules of that type (numbers of both kinds are one type here).
    fn constants(&self, ty: Type) -> BTreeSet<i64> {
        let alike = |other: Type| other == ty || (other.is_numeric() && ty.is_numeric());
        self.program
            .nodes
            .iter()
            .zip(&self.program.types)
            .filter(|(_, other)| alike(**other))
            .filter_map(|(node, _)| node.as_constant().and_then(|known| known.set.as_range().single()))
            .collect()
    }

    /// Values of that type in the dossier.
    fn given(&self, ty: Type) -> BTreeSet<i64> {
        let alike = |other: Type| other == ty || (other.is_numeric() && ty.is_numeric());
        let mut found: BTreeSet<i64> = self
            .program
            .inputs
            .iter()
            .zip(&self.inputs.columns)
            .filter(|(input, _)| alike(input.ty))
            .flat_map(|(_, column)| column.iter().filter_map(|known| known.set.as_range().single()))
            .collect();
        if let (true, Type::Date, Some(day)) = (found.is_empty(), ty, Day::from_ymd(2026, 1, 5)) {
            // Some Monday, where the dossier has no date yet.
            found.insert(i64::from(day.number()));
        }
        found
    }

    fn ordinals(&self, input: InputId) -> Vec<i64> {
        let Some(declared) = self.program.input(input) else { return Vec::new() };
        let step = match declared.ty {
            Type::Integer | Type::Duration => Number::SCALE,
            Type::Number => Number::SCALE / 100,
            Type::Truth
            | Type::Date
            | Type::Offset
            | Type::Period
            | Type::Days
            | Type::Text
            | Type::Case(_)
            | Type::Key(_) => 1,
        };
        let anchors: Vec<i64> = self.constants(declared.ty).into_iter().chain(self.given(declared.ty)).collect();
        let mut found: BTreeSet<i64> = BTreeSet::new();
        for anchor in anchors {
            found.extend([anchor, anchor.saturating_sub(step), anchor.saturating_add(step)]);
        }
        if declared.ty == Type::Date {
            found.extend(self.displaced());
            found.extend([i64::from(Day::MIN.number()), i64::from(Day::MAX.number())]);
        } else {
            found.extend([0, step.saturating_mul(10_000), step.saturating_mul(-10_000)]);
        }
        if let Some((lo, hi)) = declared.range {
            found.extend([lo, hi]);
            found.retain(|value| (lo..=hi).contains(value));
        }
        if declared.ty == Type::Integer {
            found.retain(|value| value % Number::SCALE == 0);
        }
        thin(found, VALUES)
    }

    /// Dates of the dossier moved by the durations and the months the rules speak of.
    fn displaced(&self) -> BTreeSet<i64> {
        let dates = self.given(Type::Date);
        let mut found = BTreeSet::new();
        for date in &dates {
            for days in self.constants(Type::Duration) {
                let days = days.div_euclid(Number::SCALE);
                found.extend([date.saturating_add(days), date.saturating_sub(days)]);
            }
            for months in self.constants(Type::Offset) {
                let day = i32::try_from(*date).ok().and_then(Day::from_number);
                let months = i32::try_from(months).ok();
                if let (Some(day), Some(months)) = (day, months) {
                    let moved = [day.checked_add_months(months), day.checked_add_months(-months)];
                    found.extend(moved.into_iter().flatten().map(|day| i64::from(day.number())));
                }
            }
        }
        found
    }

    fn periods(&self, input: InputId) -> Vec<Known> {
        let day = |number: i64| i32::try_from(number).ok().and_then(Day::from_number);
        let mut ends: BTreeSet<i64> = BTreeSet::new();
        for date in self.given(Type::Date) {
            ends.extend([date - 1, date, date + 1]);
        }
        ends.extend(self.displaced());
        let mut days: Vec<Day> = thin(ends, 22).into_iter().filter_map(day).collect();
        days.extend([Day::MIN, Day::MAX]);
        days.sort();
        days.dedup();
        let _ = input;
        let mut found = Vec::new();
        for (at, start) in days.iter().enumerate() {
            for end in days.iter().skip(at) {
                found.push(Known::of(Set::Period(Stretch { start: (*start, *start), end: (*end, *end) })));
            }
        }
        found
    }

    fn texts(&self, input: InputId) -> Vec<Known> {
        let Some(declared) = self.program.input(input) else { return Vec::new() };
        let mut found: BTreeSet<String> = BTreeSet::new();
        let mut keep = |set: &Set| {
            if let Set::Text(texts) = set
                && let Some(text) = texts.single()
                && found.len() < VALUES
            {
                found.insert(text.to_owned());
            }
        };
        if let Type::Key(list) = declared.ty {
            let key = self.program.list(list).and_then(|list| list.key);
            key.and_then(|key| self.inputs.columns.get(key.0 as usize))
                .into_iter()
                .flatten()
                .for_each(|k| keep(&k.set));
        } else {
            for node in &self.program.nodes {
                if let Node::Constant(known) = node {
                    keep(&known.set);
                }
            }
            for (other, column) in self.program.inputs.iter().zip(&self.inputs.columns) {
                if matches!(other.ty, Type::Text | Type::Key(_)) {
                    column.iter().for_each(|known| keep(&known.set));
                }
            }
        }
        found.insert(NOWHERE.to_owned());
        found.iter().map(|text| Known::of(Set::Text(Texts::exactly(text)))).collect()
    }
}

/// At most `most` of them, evenly spread, the ends kept.
fn thin(values: BTreeSet<i64>, most: usize) -> Vec<i64> {
    let values: Vec<i64> = values.into_iter().collect();
    if values.len() <= most {
        return values;
    }
    let last = values.len() - 1;
    (0..most).filter_map(|at| values.get(at * last / (most - 1)).copied()).collect()
}
