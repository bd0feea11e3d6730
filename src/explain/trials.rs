//! Trying values for unknown facts, for all open answers of a dossier at once: a value is tried once, whatever
//! the number of answers that hang on it, and only what it changes is evaluated again.

use std::collections::HashMap;
use std::rc::Rc;

use super::Unknown;
use super::trial::Bench;
use crate::eval::Cell;
use crate::eval::{Changed, Delta, Frame, Inputs, ListEdit, Presence, Replaced, reshape};
use crate::program::{InputId, NodeId, Program};
use crate::value::Known;

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

    /// Calls `see` with the answers for values that stand for all an unknown may be, other facts being `given`,
    /// until it says stop. False where not all could be tried.
    pub(super) fn tried(&mut self, unknown: Unknown, given: &[Replaced], see: &mut Seen<'_>) -> bool {
        match unknown {
            Unknown::Leaf(input, row) => {
                let mut leaves: Vec<(InputId, u32)> = vec![(input, row)];
                leaves.extend(given.iter().map(|(leaf, _)| *leaf));
                let others: Vec<Known> = given.iter().map(|(_, known)| known.clone()).collect();
                let values = if given.is_empty() {
                    self.values(input, row)
                } else {
                    let base = self.delta.given(given);
                    self.delta.spent += base.columns.iter().map(Vec::len).sum::<usize>();
                    self.bench(&base).values(input, row)
                };
                let values = values.into_iter();
                let assignments = values.map(|value| std::iter::once(value).chain(others.iter().cloned()).collect());
                self.assign(&leaves, assignments, see)
            }
            Unknown::List(..) => self.lists(unknown, given, see),
            Unknown::Record(..) => true,
        }
    }

    /// Lists that stand for all that one may be: none, one of which nothing is known, one with one fact.
    fn lists(&mut self, unknown: Unknown, given: &[Replaced], see: &mut Seen<'_>) -> bool {
        let Unknown::List(list, row) = unknown else { return true };
        let base = self.delta.given(given);
        let edited = |edit: ListEdit| {
            reshape(
                self.program,
                &base,
                |other, parent| if other == list && parent == row { edit } else { ListEdit::Keep },
            )
        };
        let (close, one) = (edited(ListEdit::Close), edited(ListEdit::Fresh(1)));
        for shaped in [&close, &one] {
            if self.is_spent() {
                return false;
            }
            let frame = self.delta.whole(shaped);
            if see(&[], &|node, row| frame.known(node, row as usize).cloned()) {
                return true;
            }
        }
        let Some(scope) = self.program.list(list).map(|list| list.scope) else { return true };
        let Some(fresh) =
            one.list(list).and_then(|rows| rows.children(row).find(|at| rows.presence_of(*at) == Presence::Certain))
        else {
            return true;
        };
        let frame = self.delta.whole(&one);
        let mut inner = Delta::new(self.program, (&one, &frame), self.cone);
        inner.spent = self.delta.spent;
        let bench = Bench { program: self.program, inputs: &one, cone: self.cone, target: (NodeId(0), 0) };
        let leaves = (0..).zip(&self.program.inputs).filter(|(_, input)| input.scope == scope);
        let leaves: Vec<InputId> = leaves
            .filter(|(_, input)| self.cone.binary_search(&input.given).is_ok())
            .map(|(id, _)| InputId(id))
            .collect();
        let mut all = true;
        'leaves: for leaf in leaves {
            for value in bench.values(leaf, fresh) {
                all &= inner.spent < self.limit;
                if !all {
                    break 'leaves;
                }
                let changed: Changed = inner.with(&[((leaf, fresh), value)]);
                if see(&[], &|node, row| inner.known(&changed, node, row).cloned()) {
                    break 'leaves;
                }
            }
        }
        self.delta.spent = inner.spent;
        all
    }
}
