//! What the loop asks of the values it carries.
//!
//! [`Cell`](super::Cell) carries one dossier, each value a [`Known`]; a columnar carrier carries many. The
//! law between them: row *i* of a column method is the cell method on row *i*.

use super::{Presence, Status};
use crate::program::Reduction;
use crate::value::priority::Order;
use crate::value::{Known, Op};

/// For each row of an outer scope, the inner rows that belong to it, and how surely.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Groups {
    members: Vec<(u32, Presence)>,
    starts: Vec<usize>,
}

impl Groups {
    /// Groups inner rows by their outer row. `rows` holds, for each inner row in order, its outer row and
    /// presence; outer rows never decrease.
    pub fn new(outer: usize, rows: impl IntoIterator<Item = (u32, Presence)>) -> Self {
        let mut groups = Self { members: Vec::new(), starts: vec![0] };
        let mut current = 0;
        for (inner, (parent, presence)) in (0..).zip(rows) {
            while current < parent as usize && groups.starts.len() <= outer {
                groups.starts.push(groups.members.len());
                current += 1;
            }
            groups.members.push((inner, presence));
        }
        while groups.starts.len() <= outer {
            groups.starts.push(groups.members.len());
        }
        groups
    }

    /// Groups given one by one.
    pub fn from_lists(lists: impl IntoIterator<Item = Vec<(u32, Presence)>>) -> Self {
        let mut groups = Self { members: Vec::new(), starts: vec![0] };
        for list in lists {
            groups.members.extend(list);
            groups.starts.push(groups.members.len());
        }
        groups
    }

    /// The members of each group, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[(u32, Presence)]> {
        self.starts
            .windows(2)
            .map(|bounds| bounds.first().zip(bounds.get(1)).and_then(|(a, b)| self.members.get(*a..*b)).unwrap_or(&[]))
    }

    /// The members of one group.
    pub fn group(&self, outer: usize) -> &[(u32, Presence)] {
        let bounds = self.starts.get(outer).zip(self.starts.get(outer + 1));
        bounds.and_then(|(start, end)| self.members.get(*start..*end)).unwrap_or(&[])
    }
}

/// A way to carry the values of a node over all rows of its scope.
pub trait Carrier: Sized {
    /// The values of one node.
    type Column: Clone;

    /// The same value on each row.
    fn constant(known: &Known, rows: usize) -> Self::Column;

    /// The fact where it is given, else what it is presumed or derived to be.
    fn presume(fact: &Self::Column, statuses: &[Status], otherwise: &Self::Column, derived: bool) -> Self::Column;

    /// A primitive, row by row.
    fn apply(op: Op, operands: &[&Self::Column]) -> Self::Column;

    /// `non`
    fn not(operand: &Self::Column) -> Self::Column;

    /// `et`, in order: a member is asked only where all before it hold.
    fn all(operands: &[&Self::Column], rows: usize) -> Self::Column;

    /// `ou`, in order: a member is asked only where none before it holds.
    fn any(operands: &[&Self::Column], rows: usize) -> Self::Column;

    /// `si … alors … sinon`
    fn select(condition: &Self::Column, yes: &Self::Column, no: &Self::Column) -> Self::Column;

    /// The value where the condition holds, without object elsewhere.
    fn when(condition: &Self::Column, value: &Self::Column) -> Self::Column;

    /// The value of the definition that prevails.
    fn choose(order: &Order, conditions: &[&Self::Column], values: &[&Self::Column], any: &Known) -> Self::Column;

    /// The value found at `index`, row by row.
    fn lift(column: &Self::Column, index: &[u32]) -> Self::Column;

    /// For each reference, the elements it may designate: certain where exactly one can be meant. `pairs`
    /// are all elements, for each row.
    fn matches(references: &Self::Column, keys: &Self::Column, pairs: &super::Rows) -> Groups;

    /// The value of the element designated; absent where there is none.
    fn follow(references: &Self::Column, matches: &Groups, body: &Self::Column) -> Self::Column;

    /// Whether an element is designated.
    fn resolves(references: &Self::Column, matches: &Groups) -> Self::Column;

    /// The rows of each group become one.
    fn reduce(
        how: Reduction,
        groups: &Groups,
        filter: Option<&Self::Column>,
        body: Option<&Self::Column>,
    ) -> Self::Column;
}
