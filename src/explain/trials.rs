//! Trying values for unknown facts, for all open answers of a dossier at once: a value is tried once, whatever
//! the number of answers that hang on it, and only what it changes is evaluated again.

use std::collections::HashMap;
use std::rc::Rc;

use super::Unknown;
use super::telling;
use super::trial::Bench;
use crate::eval::{Cell, Changed, Delta, Frame, Inputs, ListEdit, Replaced, reshape};
use crate::program::{InputId, NodeId, Program};
use crate::value::Known;

/// Leaves gone through together, in order, with the values of each.
pub(super) type Finite = Vec<((InputId, u32), Vec<Known>)>;

/// All ways of giving a value to each of these leaves; the first leaf turns fastest.
pub(super) fn combinations(unknowns: &Finite) -> impl Iterator<Item = Vec<Known>> {
    let total: usize = unknowns.iter().map(|(_, values)| values.len()).product();
    (0..total).map(|mut index| {
        let values = unknowns.iter().filter_map(|(_, values)| {
            let value = values.get(index % values.len()).cloned();
            index /= values.len();
            value
        });
        values.collect()
    })
}

/// Whether what is known of an answer leaves nothing open.
pub(super) fn settles(known: &Known) -> bool {
    known.is_inapplicable() || (known.is_settled() && !known.set.is_nothing())
}

/// A dossier in which something is tried.
pub(super) struct World<'w, 'a> {
    delta: &'w mut Delta<'a>,
    facts: Vec<Replaced>,
    changed: Changed,
    /// Whether what is tried is likely enough to settle answers for other unknowns to be gone through.
    pub(super) telling: bool,
}

impl<'w, 'a> World<'w, 'a> {
    fn new(delta: &'w mut Delta<'a>, facts: Vec<Replaced>, telling: bool) -> Self {
        let changed = delta.with(&facts);
        Self { delta, facts, changed, telling }
    }

    /// What is known of a node there.
    pub(super) fn known(&self, (node, row): (NodeId, u32)) -> Option<&Known> {
        self.delta.known(&self.changed, node, row)
    }

    /// Whether a node is the same there whatever these facts are, and known.
    pub(super) fn is_settled_through(&mut self, (node, row): (NodeId, u32), finite: &Finite) -> bool {
        let mut union: Option<Known> = None;
        for values in combinations(finite) {
            let mut facts = self.facts.clone();
            facts.extend(finite.iter().map(|(leaf, _)| *leaf).zip(values));
            let changed = self.delta.with(&facts);
            let Some(known) = self.delta.known(&changed, node, row) else { return false };
            let wider = union.take().map_or_else(|| known.clone(), |union| union.union(known));
            if !settles(&wider) {
                return false;
            }
            union = Some(wider);
        }
        union.is_some()
    }
}

/// The answers of a dossier, under trial.
pub(super) struct Trials<'a> {
    program: &'a Program,
    inputs: &'a Inputs<Cell>,
    cone: &'a [NodeId],
    delta: Delta<'a>,
    /// The values that stand for all those a leaf may have, its row aside.
    candidates: HashMap<InputId, Rc<Vec<Known>>>,
    /// At most so many values are computed.
    limit: usize,
}

/// What the trial of a value showed of an answer.
pub(super) type Seen<'s> = dyn FnMut(&[Known], &dyn Fn(NodeId, u32) -> Option<Known>) -> bool + 's;

/// Looks at the dossier with a value of an unknown, said where it is one leaf; true to stop.
pub(super) type Witness<'s> = dyn FnMut(Option<&Known>, &mut World<'_, '_>) -> bool + 's;

impl<'a> Trials<'a> {
    pub(super) fn new(
        program: &'a Program,
        (inputs, frame): (&'a Inputs<Cell>, &'a Frame<Cell>),
        cone: &'a [NodeId],
        limit: usize,
    ) -> Self {
        let delta = Delta::new(program, (inputs, frame), cone);
        Self { program, inputs, cone, delta, candidates: HashMap::new(), limit }
    }

    /// Whether as much has been tried as may be.
    pub(super) fn is_spent(&self) -> bool {
        self.delta.spent >= self.limit
    }

    /// How many values have been computed.
    pub(super) fn spent(&self) -> usize {
        self.delta.spent
    }

    fn bench<'b>(&'b self, inputs: &'b Inputs<Cell>) -> Bench<'b> {
        Bench { program: self.program, inputs, cone: self.cone, target: (NodeId(0), 0) }
    }

    /// The values that stand for all those a leaf may have.
    fn values(&mut self, input: InputId, row: u32) -> Vec<Known> {
        if !self.candidates.contains_key(&input) {
            let found = Rc::new(self.bench(self.inputs).candidates(input));
            self.candidates.insert(input, found);
        }
        let candidates = self.candidates.get(&input).cloned().unwrap_or_default();
        let known = self.inputs.known(input, row as usize);
        candidates.iter().filter(|value| known.is_none_or(|known| value.is_within(known))).cloned().collect()
    }

    /// How many values a leaf may have, where they are few.
    pub(super) fn finite(&self, input: InputId, row: u32) -> Option<Vec<Known>> {
        self.bench(self.inputs).finite(input, row)
    }

    /// What is known of a node once these facts are given.
    pub(super) fn known(&mut self, given: &[Replaced], (node, row): (NodeId, u32)) -> Option<Known> {
        let changed = self.delta.with(given);
        self.delta.known(&changed, node, row).cloned()
    }

    /// Calls `see` with the answers for each assignment of values to these leaves, until it says stop. False
    /// where not all could be tried.
    pub(super) fn assign(
        &mut self,
        leaves: &[(InputId, u32)],
        assignments: impl Iterator<Item = Vec<Known>>,
        see: &mut Seen<'_>,
    ) -> bool {
        for assignment in assignments {
            if self.is_spent() {
                return false;
            }
            let facts: Vec<Replaced> = leaves.iter().copied().zip(assignment.iter().cloned()).collect();
            let changed = self.delta.with(&facts);
            let delta = &self.delta;
            if see(&assignment, &|node, row| delta.known(&changed, node, row).cloned()) {
                break;
            }
        }
        true
    }

    /// Calls `see` with the dossier for values that stand for all an unknown may be, other facts being `given`,
    /// until it says stop. False where not all could be tried.
    pub(super) fn tried(&mut self, unknown: Unknown, given: &[Replaced], see: &mut Witness<'_>) -> bool {
        match unknown {
            Unknown::Leaf(input, row) => {
                let values = if given.is_empty() {
                    self.values(input, row)
                } else {
                    let base = self.delta.given(given);
                    self.delta.spent += base.columns.iter().map(Vec::len).sum::<usize>();
                    self.bench(&base).values(input, row)
                };
                for value in values {
                    if self.is_spent() {
                        return false;
                    }
                    let mut facts = vec![((input, row), value.clone())];
                    facts.extend_from_slice(given);
                    if see(Some(&value), &mut World::new(&mut self.delta, facts, true)) {
                        break;
                    }
                }
                true
            }
            Unknown::List(..) => self.lists(unknown, given, see),
            Unknown::Record(..) => true,
        }
    }

    /// Lists that stand for all that one may be: none, one of which nothing is known, one with one fact, then one and
    /// several that the rules speak of.
    fn lists(&mut self, unknown: Unknown, given: &[Replaced], see: &mut Witness<'_>) -> bool {
        let Unknown::List(list, row) = unknown else { return true };
        let base = self.delta.given(given);
        let edited = |edit: ListEdit| {
            reshape(
                self.program,
                &base,
                |other, parent| if other == list && parent == row { edit } else { ListEdit::Keep },
            )
        };
        if !self.shaped(&edited(ListEdit::Close), |_, _, _| vec![(Vec::new(), true)], see) {
            return !self.is_spent();
        }
        let one = edited(ListEdit::Fresh(1));
        let mut pool = Vec::new();
        let goes_on = self.shaped(
            &one,
            |trials, frame, delta| {
                let Some(fresh) = telling::fresh(&one, list, row).next() else { return Vec::new() };
                pool = telling::elements(trials.program, (&one, frame, delta), trials.cone, (list, fresh));
                let bench = Bench { program: trials.program, inputs: &one, cone: trials.cone, target: (NodeId(0), 0) };
                let mut all = vec![(Vec::new(), false)];
                for leaf in telling::leaves(trials.program, trials.cone, list) {
                    all.extend(
                        bench.values(leaf, fresh).into_iter().map(|value| (vec![((leaf, fresh), value)], false)),
                    );
                }
                let told = pool.iter().map(|element| (telling::on(element, fresh), true));
                all.extend(told);
                all
            },
            see,
        );
        if !goes_on || pool.len() < 2 {
            return !self.is_spent();
        }
        let two = edited(ListEdit::Fresh(2));
        let rows: Vec<u32> = telling::fresh(&two, list, row).collect();
        let pairs = telling::pairs(&pool, &rows).into_iter().map(|pair| (pair, false)).collect();
        if !self.shaped(&two, |_, _, _| pairs, see) || pool.len() < 3 {
            return !self.is_spent();
        }
        let many = edited(ListEdit::Fresh(pool.len()));
        let rows: Vec<u32> = telling::fresh(&many, list, row).collect();
        let together = pool.iter().zip(&rows).flat_map(|(element, row)| telling::on(element, *row)).collect();
        self.shaped(&many, |_, _, _| vec![(together, true)], see);
        !self.is_spent()
    }

    /// Tries sets of facts in a dossier of another shape; whether to go on, `see` not having said stop and the limit not
    /// being reached.
    fn shaped(
        &mut self,
        shape: &Inputs<Cell>,
        // Each with whether it is telling.
        facts: impl FnOnce(&Self, &Frame<Cell>, &mut Delta<'_>) -> Vec<(Vec<Replaced>, bool)>,
        see: &mut Witness<'_>,
    ) -> bool {
        let frame = self.delta.whole(shape);
        let mut inner = Delta::new(self.program, (shape, &frame), self.cone);
        inner.spent = self.delta.spent;
        let sets = facts(self, &frame, &mut inner);
        let limit = self.limit;
        let stopped = sets
            .into_iter()
            .any(|(set, telling)| inner.spent >= limit || see(None, &mut World::new(&mut inner, set, telling)));
        self.delta.spent = inner.spent;
        !stopped && !self.is_spent()
    }
}
