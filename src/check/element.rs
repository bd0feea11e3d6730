//! Of which element a question is asked.
//!
//! Elements of which nothing is known are alike, so a question asked of the first stands for all. Where one list is gone
//! through twice (`pour chaque s parmi périodes, t parmi périodes`), an element with itself and one with another are not
//! alike: each kind of pair is asked about.

use crate::eval::{Cell, Frame};
use crate::program::{Program, ScopeId};

/// For each list that a scope runs over, from the outside in, which element: the first, or the next one not met yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Element {
    scope: ScopeId,
    places: Vec<usize>,
}

impl Element {
    /// Of no scope in particular.
    pub(super) fn any() -> Self {
        Self { scope: ScopeId::ROOT, places: Vec::new() }
    }

    /// Those that stand for all elements of a scope.
    pub(super) fn kinds(program: &Program, scope: ScopeId) -> Vec<Self> {
        let mut lists = program.lists_of(scope);
        lists.reverse();
        let mut kinds: Vec<Vec<usize>> = vec![Vec::new()];
        for (at, list) in lists.iter().enumerate() {
            kinds = kinds
                .into_iter()
                .flat_map(|places| {
                    let earlier = lists.iter().take(at).zip(&places).filter(|(other, _)| *other == list);
                    let next = earlier.map(|(_, place)| place + 1).max().unwrap_or(0);
                    (0..=next).map(move |place| [places.as_slice(), &[place]].concat())
                })
                .collect();
        }
        kinds.into_iter().map(|places| Self { scope, places }).collect()
    }

    /// How many elements lists need to have it.
    pub(super) fn least(&self) -> usize {
        self.places.iter().max().map_or(1, |most| most + 1)
    }

    /// Its row, where the lists have it.
    pub(super) fn row(&self, program: &Program, frame: &Frame<Cell>) -> Option<usize> {
        let mut scopes = Vec::new();
        let mut scope = self.scope;
        while scope != ScopeId::ROOT {
            scopes.push(scope);
            scope = program.scope(scope)?.parent;
        }
        let mut row = 0_u32;
        for (scope, place) in scopes.iter().rev().zip(&self.places) {
            let mut members = frame.rows(*scope)?.children(row);
            row = members.nth(*place)?;
        }
        usize::try_from(row).ok()
    }
}
