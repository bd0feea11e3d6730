//! What the loop asks of the values it carries.
//!
//! [`Cell`](super::Cell) carries one dossier, each value a [`Known`]; a columnar carrier carries many. The
//! law between them: row *i* of a column method is the cell method on row *i*.

use super::Status;
use super::rows::{Groups, Rows};
use crate::program::Reduction;
use crate::value::priority::Order;
use crate::value::{Known, Op};

/// A way to carry the values of a node over all rows of its scope.
pub trait Carrier: Sized {
    /// The values of one node.
    type Column: Clone;

    /// The same value on each row.
    fn constant(known: &Known, rows: usize) -> Self::Column;

    /// The fact where it is given, else what it is presumed or derived to be.
    fn presume(fact: &Self::Column, statuses: &[Status], otherwise: &Self::Column, derived: bool) -> Self::Column;

    /// Whether the fact was set aside.
    fn contested(statuses: &[Status]) -> Self::Column;

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

    /// For each reference, the elements it may designate: certain where they surely bear its key, several
    /// where the data repeat it. `pairs` are all elements, for each row.
    fn matches(references: &Self::Column, keys: &Self::Column, pairs: &Rows) -> Groups;

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
