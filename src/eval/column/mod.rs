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
    /// The root scope of the chunk before.
    root: Option<Rows>,
}

impl Columns {
    /// Takes back the buffers of a column that is not needed any more.
    pub(super) fn keep(&mut self, column: Column) {
        column.keep(&mut self.pool);
    }

    /// The root scope of so many dossiers, where the chunk before had as many.
    pub(super) fn root_of(&mut self, dossiers: usize) -> Option<Rows> {
        self.root.take().filter(|root| root.len() == dossiers)
    }

    /// Takes a root scope back.
    pub(super) fn keep_root(&mut self, root: Rows) {
        self.root = Some(root);
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
                sure(not(&all(&turned, rows, pool))?)
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
    let parts: [Under<'_>; 2] = [(condition.yes, yes), (condition.no, no)];
    let mut blended = blend(&parts, rows, pool)?;
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
        let parts: [Under<'_>; 2] = [(Lane::Bits(kept.as_slice()), fact), (Lane::Bits(yielding.as_slice()), otherwise)];
        if troubled.is_none()
            && let Some(blended) = blend(&parts, rows, pool)
        {
            [kept, yielding].into_iter().for_each(|mask| pool.keep(mask));
            return blended;
        }
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

/// The generated laws read their facts as ordinals; here columns count units, as those of files do.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::value::priority::Order;
    use crate::value::{Number, Op, Range, Truth};

    struct Draw(u64);

    impl Draw {
        fn below(&mut self, bound: u64) -> i64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            i64::try_from((self.0 >> 11) % bound).unwrap()
        }

        /// Counts of a unit; of a hundred, so many are bounds, half open or not, or without value.
        fn counts(&mut self, unit: i64, (rows, unknown): (usize, i64)) -> Column {
            let near = self.below(2) == 0;
            let counts: Vec<i32> = (0..rows)
                .map(|_| {
                    let count = i32::try_from(self.below(60)).unwrap() - 20;
                    // Some that cannot be held in a unit a hundred times smaller.
                    if near || self.below(40) != 0 { count } else { i32::MAX - 60 + count }
                })
                .collect();
            let mut column = Builder::default().ordinals(Units::Narrow(&counts), unit, None, &Known::absent()).unwrap();
            let mut patches = Vec::new();
            for row in 0..rows {
                if self.below(100) >= unknown {
                    continue;
                }
                let lo = self.below(40) - 20;
                let hi = lo + self.below(20);
                let of = |count: i64| Some(count * unit);
                let known = match self.below(6) {
                    0 => Known::absent(),
                    1 => Known::range(Range { lo: None, hi: None }),
                    2 => Known::range(Range { lo: of(lo), hi: None }),
                    3 => Known::range(Range { lo: None, hi: of(hi) }),
                    _ => Known::range(Range { lo: of(lo), hi: of(hi) }),
                };
                patches.push((row, known));
            }
            column.patch(patches);
            column
        }

        /// Conditions that hold on some rows of a hundred, and are open on others.
        fn truths(&mut self, rows: usize, (holds, open): (i64, i64)) -> Column {
            let known = (0..rows).map(|_| match self.below(100) {
                drawn if drawn < holds => Known::truth(Truth::YES),
                drawn if drawn < holds + open => Known::truth(Truth::OPEN),
                _ => Known::truth(Truth::NO),
            });
            Column::gather(known.collect())
        }
    }

    fn agree(step: Step<'_>, operands: &[&Column]) {
        let rows = operands.first().unwrap().len();
        let found = Columns::default().step(step, operands, rows);
        for row in 0..rows {
            let members: Vec<Known> = operands.iter().map(|operand| operand.known(row).unwrap()).collect();
            let wanted = step.on(&members.iter().collect::<Vec<_>>());
            assert_eq!(found.known(row).unwrap(), wanted, "{step:?} of {members:?}");
        }
    }

    #[test]
    fn columns_of_units_agree_with_the_step_on_each_row() {
        const UNITS: [i64; 5] = [1, 50_000, 100_000, 500_000, 1_000_000];
        let draw = &mut Draw(0x9E37_79B9_7F4A_7C15);
        let unit = |draw: &mut Draw| *UNITS.get(usize::try_from(draw.below(5)).unwrap()).unwrap();
        for (turn, unknown) in (0..60).zip([0, 5, 60].into_iter().cycle()) {
            let rows = 150 + turn;
            let units = [unit(draw), unit(draw), unit(draw)];
            let [a, b, c] = units.map(|unit| draw.counts(unit, (rows, unknown)));
            let whole = |value: i64| Column::same(Known::number(Number::from_integer(value).unwrap()), rows);
            for by in [1, 2, 3, 5, 10, 4_000_000] {
                let by = whole(by);
                agree(Step::Apply(Op::Divide), &[&a, &by]);
                agree(Step::Apply(Op::Multiply), &[&a, &by]);
                agree(Step::Apply(Op::Multiply), &[&by, &a]);
                agree(Step::Apply(Op::Less), &[&a, &by]);
                agree(Step::Apply(Op::Max), &[&by, &a]);
            }
            for op in [Op::Less, Op::AtMost, Op::Equal, Op::Same, Op::Min, Op::Max, Op::Add, Op::Subtract, Op::Default]
            {
                agree(Step::Apply(op), &[&a, &b]);
            }
            let often = draw.truths(rows, (60, unknown / 2));
            let rarely = draw.truths(rows, (3, unknown / 2));
            let always = Column::same(Known::truth(Truth::YES), rows);
            let five = whole(5);
            let any = Known::range(Range::ANY);
            agree(Step::Select, &[&often, &a, &b]);
            agree(Step::Select, &[&rarely, &five, &b]);
            agree(Step::When, &[&often, &a]);
            for pairs in [&[][..], &[(1, 0)], &[(1, 0), (2, 1)], &[(2, 0)]] {
                for order in [Order::new(3, pairs), Order::new(3, pairs).apart(vec![(0, 1), (1, 2)])] {
                    let choose = Step::Choose { order: &order, any: &any };
                    agree(choose, &[&always, &often, &rarely, &a, &b, &c]);
                    agree(choose, &[&rarely, &often, &rarely, &five, &b, &a]);
                }
            }
        }
    }
}
