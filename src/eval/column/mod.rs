//! Many dossiers at once: columns of values, and one dispatch a column instead of one a row.
//!
//! A column holds its rows as narrowly as they allow: conditions as two bitmaps, cases as small integers,
//! ordered scalars as bounds. What has no narrow form (texts, sets of days) is held row by row. A step on
//! narrow columns runs over blocks of 64 rows; the rows it has no answer for (a conflict, an overflow, a
//! trouble to hand on) and the steps it has no way for are computed by [`Step::on`], row by row: so nothing
//! of the language is defined here.

mod buffer;
mod ranges;
mod values;
mod cases;
mod logic;
mod bounds;
mod blend;
mod apply;
mod choose;
mod across;
mod reduce;
mod inputs;
mod read;

pub use inputs::{Builder, GivenRows, Origins, Units};
pub use read::Class;
pub use values::Column;

use super::carrier::{Carrier, Step, Yielding};
use super::rows::{Groups, Rows};
use crate::program::Reduction;
use crate::value::Known;
use apply::Tried;
use blend::{Under, blend};
use buffer::{Bits, Pool, rows_in};
use logic::{Condition, Lane, add_inapplicable, all, not, or};
use values::Values;

/// Carries many dossiers.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pool: Pool,
}

impl Columns {
    /// Takes back the buffers of a column that is not needed any more.
    pub(super) fn keep(&mut self, column: Column) {
        column.keep(&mut self.pool);
    }

    /// Whole columns at once, where there is a way.
    fn tried(&mut self, step: Step<'_>, operands: &[&Column], rows: usize) -> Option<Tried> {
        let pool = &mut self.pool;
        let conditions = || operands.iter().map(|operand| Condition::of(operand)).collect::<Option<Vec<_>>>();
        let sure = |column: Column| Some((column, None));
        match step {
            Step::Apply(op) => apply::apply(op, operands, rows, pool),
            Step::Not => sure(not(operands.first()?)?),
            Step::All => sure(all(&conditions()?, rows, pool)),
            Step::Any => {
                let turned: Vec<Condition<'_>> = conditions()?.into_iter().map(Condition::turned).collect();
                let folded = all(&turned, rows, pool);
                let column = not(&folded);
                folded.keep(pool);
                sure(column?)
            }
            Step::Select => {
                let [condition, yes, no] = operands else { return None };
                sure(select(condition, (yes, no), rows, pool)?)
            }
            Step::When => {
                let [condition, value] = operands else { return None };
                sure(select(condition, (value, &Column::same(Known::inapplicable(), rows)), rows, pool)?)
            }
            Step::Choose { order, any } => {
                let (conditions, values) = operands.split_at_checked(operands.len() / 2)?;
                let conditions: Vec<Condition<'_>> =
                    conditions.iter().map(|condition| Condition::of(condition)).collect::<Option<_>>()?;
                choose::choose(order, (&conditions, values), (any, rows), pool)
            }
        }
    }

    /// Puts what the kernel of one row says on some rows.
    fn patch(&mut self, column: &mut Column, odd: &Bits, step: Step<'_>, operands: &[&Column]) {
        let patches =
            rows_in(odd.as_slice()).filter(|row| *row < column.len()).map(|row| (row, on(step, operands, row)));
        column.patch(patches.collect());
    }
}

/// A step on one row of columns.
fn on(step: Step<'_>, operands: &[&Column], row: usize) -> Known {
    match operands {
        [one] => one.on_row(row, |one| step.on(&[one])),
        [one, two] => one.on_row(row, |one| two.on_row(row, |two| step.on(&[one, two]))),
        _ => {
            let known: Vec<Known> = operands.iter().filter_map(|operand| operand.known(row)).collect();
            step.on(&known.iter().collect::<Vec<_>>())
        }
    }
}

fn select(condition: &Column, (yes, no): (&Column, &Column), rows: usize, pool: &mut Pool) -> Option<Column> {
    let condition = Condition::of(condition)?;
    let mut mask = |lane: Lane<'_>| {
        let mut mask = pool.ones(rows);
        lane.restrict(mask.to_mut());
        mask
    };
    let parts: [Under<'_>; 2] = [(mask(condition.yes), yes), (mask(condition.no), no)];
    let mut blended = blend(&parts, rows, pool)?;
    parts.into_iter().for_each(|(mask, _)| pool.keep(mask));
    add_inapplicable(&mut blended, std::iter::once(condition.inapplicable), pool);
    Some(blended)
}

/// The rows on which some operand hands on a trouble.
fn troubled(operands: &[&Column], rows: usize, pool: &mut Pool) -> Option<Bits> {
    let mut found: Option<Bits> = None;
    for operand in operands {
        let own = match (&operand.values, &operand.flags.trouble) {
            (Values::Same(known), _) => known.trouble.is_some().then(|| pool.ones(rows)),
            (_, Some(codes)) => Some(cases::test(codes, pool, |code| code != 0)),
            (_, None) => None,
        };
        if let Some(own) = own {
            match &mut found {
                Some(found) => or(found.to_mut(), own.as_slice()),
                none => *none = Some(own),
            }
        }
    }
    found
}

impl Carrier for Columns {
    type Column = Column;
    type Statuses = Origins;

    fn constant(&mut self, known: &Known, rows: usize) -> Column {
        Column::same(known.clone(), rows)
    }

    fn presume(&mut self, (fact, origins): (&Column, &Origins), otherwise: &Column, yielding: Yielding) -> Column {
        let rows = fact.len();
        let pool = &mut self.pool;
        let Some(yielding) = origins.yielding(rows, yielding, pool) else { return fact.clone() };
        let mut kept = pool.ones(rows);
        Lane::Bits(yielding.as_slice()).remove(kept.to_mut());
        let troubled = troubled(&[fact, otherwise], rows, pool);
        let parts: [Under<'_>; 2] = [(kept, fact), (yielding, otherwise)];
        if troubled.is_none()
            && let Some(blended) = blend(&parts, rows, pool)
        {
            parts.into_iter().for_each(|(mask, _)| pool.keep(mask));
            return blended;
        }
        let [_, (yielding, _)] = &parts;
        let each = |row: usize| if yielding.bit(row) { otherwise.known(row) } else { fact.known(row) };
        let mut cells = self.pool.cells();
        cells.extend((0..rows).filter_map(each));
        Column::gather_in(cells, &mut self.pool)
    }

    fn step(&mut self, step: Step<'_>, operands: &[&Column], rows: usize) -> Column {
        let same = operands.iter().map(|operand| match &operand.values {
            Values::Same(known) => Some(known),
            Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Ranges(_) | Values::Each(_) => None,
        });
        if let Some(known) = same.collect::<Option<Vec<&Known>>>() {
            return Column::same(step.on(&known), rows);
        }
        let Some((mut column, odd)) = self.tried(step, operands, rows) else {
            let mut cells = self.pool.cells();
            cells.extend((0..rows).map(|row| on(step, operands, row)));
            return Column::gather_in(cells, &mut self.pool);
        };
        if let Some(troubled) = troubled(operands, rows, &mut self.pool) {
            self.patch(&mut column, &troubled, step, operands);
            self.pool.keep(troubled);
        }
        if let Some(odd) = odd {
            self.patch(&mut column, &odd, step, operands);
            self.pool.keep(odd);
        }
        column
    }

    fn lift(&mut self, column: &Column, index: &[u32]) -> Column {
        across::lift(column, index, &mut self.pool)
    }

    fn matches(&mut self, references: &Column, keys: &Column, among: (&[u32], &Rows)) -> Groups {
        super::Cell.matches(&references.cells(), &keys.cells(), among)
    }

    fn follow(&mut self, references: &Column, matches: &Groups, body: Option<&Column>) -> Column {
        let body = body.map(Column::cells);
        let followed = super::Cell.follow(&references.cells(), matches, body.as_deref());
        Column::gather_in(followed, &mut self.pool)
    }

    fn reduce(
        &mut self,
        how: Reduction,
        groups: &Groups,
        (filter, body): (Option<&Column>, Option<&Column>),
    ) -> Column {
        reduce::reduce(how, groups, (filter, body), &mut self.pool)
    }
}
