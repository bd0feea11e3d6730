//! What the loop asks of the values it carries.
//!
//! [`Cell`](super::Cell) carries one dossier, each value a [`Known`]; a columnar carrier carries many. The
//! law between them: row *i* of a column method is the cell method on row *i*.

use super::Status;
use super::rows::{Groups, Rows};
use crate::program::Reduction;
use crate::value::priority::Order;
use crate::value::{Known, Op};

/// What becomes of the values that several nodes have on one row.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A primitive.
    Apply(Op),
    /// `non`
    Not,
    /// `et`, in order: a member is asked only where all before it hold.
    All,
    /// `ou`, in order: a member is asked only where none before it holds.
    Any,
    /// `si … alors … sinon …`: condition, yes, no.
    Select,
    /// Condition, value: the value where the condition holds, without object elsewhere.
    When,
    /// The value of the definition that prevails: the conditions of all, then the values of all.
    Choose {
        /// Which prevails.
        order: &'a Order,
        /// Any value of the type.
        any: &'a Known,
    },
}

/// Where something stands in for a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Yielding {
    /// Where it is left out.
    Presumed,
    /// Where it is not known, also where it was given but not used.
    Derived,
    /// Where it was set aside.
    Contested,
}

/// A way to carry the values of a node over all rows of its scope.
pub trait Carrier: Sized {
    /// The values of one node.
    type Column: Clone;
    /// How the values of one leaf came about.
    type Statuses: Clone;

    /// The same value on each row.
    fn constant(&mut self, known: &Known, rows: usize) -> Self::Column;

    /// The fact, but the other where its status yields.
    fn presume(
        &mut self,
        fact: (&Self::Column, &Self::Statuses),
        otherwise: &Self::Column,
        yielding: Yielding,
    ) -> Self::Column;

    /// One step, row by row.
    fn step(&mut self, step: Step<'_>, operands: &[&Self::Column], rows: usize) -> Self::Column;

    /// The value found at `index`, row by row.
    fn lift(&mut self, column: &Self::Column, index: &[u32]) -> Self::Column;

    /// For each reference, the elements it may designate: certain where they surely bear its key, several
    /// where the data repeat it. `among` says of each reference to which row of the root it belongs, and which
    /// elements the list has there.
    fn matches(&mut self, references: &Self::Column, keys: &Self::Column, among: (&[u32], &Rows)) -> Groups;

    /// The value of the element designated, absent where there is none; without `body`, whether one is.
    fn follow(&mut self, references: &Self::Column, matches: &Groups, body: Option<&Self::Column>) -> Self::Column;

    /// The rows of each group become one: those that pass the filter, by what the body is on each.
    fn reduce(
        &mut self,
        how: Reduction,
        groups: &Groups,
        filter_and_body: (Option<&Self::Column>, Option<&Self::Column>),
    ) -> Self::Column;
}

impl Status {
    /// Whether another value stands in for the fact.
    pub(super) fn yields(self, to: Yielding) -> bool {
        match self {
            Status::LeftOut => to != Yielding::Contested,
            Status::Unsure | Status::Rejected => to == Yielding::Derived,
            Status::SetAside(_) => to != Yielding::Presumed,
            Status::Given | Status::Unheard => false,
        }
    }
}
