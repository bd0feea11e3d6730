//! The facts of many dossiers, as columns.

use super::Columns;
use super::buffer::{BLOCK, Bits, Pool, blocks, filled, put, take};
use super::logic::Lane;
use super::ranges::{Bounds, Count, Ranges};
use super::values::{Column, Flags, Values};
use crate::eval::{Cell, Inputs, Rows, Status, Yielding};
use crate::program::{InputId, Program, ScopeId};
use crate::value::{Known, Set};

/// How the values of a leaf came about, row by row.
#[derive(Clone, Debug)]
pub enum Origins {
    /// All the same way.
    Same(Status),
    /// Given where the bit of the row is set, left out elsewhere.
    GivenWhere(GivenRows),
    /// Each its own way.
    Each(Vec<Status>),
}

/// One bit a row: set where a fact is given.
#[derive(Clone, Debug)]
pub struct GivenRows(Bits);

impl Origins {
    /// Given where the bit of the row is set (64 rows a word), left out elsewhere.
    pub fn given_where(given: &[u64]) -> Self {
        Self::GivenWhere(GivenRows(Pool::default().fill(given.len(), |words| words.copy_from_slice(given))))
    }

    /// How the value of a row came about.
    pub fn get(&self, row: usize) -> Status {
        match self {
            Origins::Same(status) => *status,
            Origins::GivenWhere(given) if given.0.bit(row) => Status::Given,
            Origins::GivenWhere(_) => Status::LeftOut,
            Origins::Each(each) => each.get(row).copied().unwrap_or(Status::LeftOut),
        }
    }

    /// The rows on which a presumption or derivation stands in for the fact, if any.
    pub(super) fn yielding(&self, rows: usize, to: Yielding, pool: &mut Pool) -> Option<Bits> {
        match self {
            Origins::Same(status) => status.yields(to).then(|| pool.ones(rows)),
            Origins::GivenWhere(_) if !Status::LeftOut.yields(to) => None,
            Origins::GivenWhere(given) => {
                let mut yielding = pool.ones(rows);
                Lane::Bits(given.0.as_slice()).remove(yielding.to_mut());
                Some(yielding)
            }
            Origins::Each(each) => {
                let mut yielding = pool.zeros(rows);
                let words = yielding.to_mut();
                each.iter().enumerate().for_each(|(row, status)| put(words, row, status.yields(to)));
                Some(yielding)
            }
        }
    }
}

impl Inputs<Columns> {
    /// The facts of several dossiers together.
    pub fn gather(program: &Program, dossiers: &[&Inputs<Cell>]) -> Self {
        let lists = (0..program.lists.len()).map(|list| {
            let shapes = dossiers.iter().filter_map(|dossier| dossier.lists.get(list)).flat_map(|rows| {
                (0..rows.parents()).map(|parent| {
                    let open = rows.is_open(parent);
                    (rows.children(parent).len() - usize::from(open), open)
                })
            });
            Rows::list(shapes)
        });
        let columns = (0..program.inputs.len()).map(|input| {
            let known = dossiers.iter().filter_map(|dossier| dossier.columns.get(input)).flatten();
            Column::gather(known.cloned().collect())
        });
        let statuses = (0..program.inputs.len()).map(|input| {
            let each: Vec<Status> =
                dossiers.iter().filter_map(|dossier| dossier.statuses.get(input)).flatten().copied().collect();
            match each.first() {
                Some(first) if each.iter().all(|status| status == first) => Origins::Same(*first),
                Some(_) | None => Origins::Each(each),
            }
        });
        Self {
            dossiers: dossiers.len(),
            lists: lists.collect(),
            columns: columns.collect(),
            statuses: statuses.collect(),
        }
    }

    /// The first row that a dossier has in a scope, where it has any.
    pub fn first_row(&self, program: &Program, scope: ScopeId, dossier: usize) -> usize {
        let Some(described) = program.scope(scope).filter(|_| scope != ScopeId::ROOT) else { return dossier };
        let parent = self.first_row(program, described.parent, dossier);
        let rows = described.list.and_then(|list| self.list(list));
        let parent = u32::try_from(parent).unwrap_or(u32::MAX);
        rows.map_or(0, |rows| rows.children(parent).start as usize)
    }

    /// Puts other values of a leaf on some rows, and how they came about.
    pub fn replace(&mut self, input: InputId, rows: Vec<(usize, Known, Status)>) {
        let at = input.0 as usize;
        let (Some(column), Some(origins)) = (self.columns.get_mut(at), self.statuses.get_mut(at)) else { return };
        let mut each: Vec<Status> = (0..column.len()).map(|row| origins.get(row)).collect();
        for (row, _, status) in &rows {
            if let Some(held) = each.get_mut(*row) {
                *held = *status;
            }
        }
        *origins = Origins::Each(each);
        column.patch(rows.into_iter().map(|(row, known, _)| (row, known)).collect());
    }

    /// The facts of one dossier among them.
    pub fn dossier(&self, program: &Program, dossier: usize) -> Inputs<Cell> {
        let mut spans: Vec<std::ops::Range<u32>> = Vec::with_capacity(program.lists.len());
        let mut lists = Vec::with_capacity(program.lists.len());
        let root = || u32::try_from(dossier).map_or(0..0, |row| row..row.saturating_add(1));
        let owner = |scope: ScopeId| program.scope(scope).and_then(|scope| scope.list).map(|list| list.0 as usize);
        for (list, rows) in program.lists.iter().zip(&self.lists) {
            let around = program.scope(list.scope).map_or(ScopeId::ROOT, |scope| scope.parent);
            let parents = match owner(around) {
                None => root(),
                Some(at) => spans.get(at).cloned().unwrap_or(0..0),
            };
            let first = rows.children(parents.start).start;
            let last = parents.end.checked_sub(1).filter(|_| !parents.is_empty());
            spans.push(first..last.map_or(first, |last| rows.children(last).end));
            lists.push(Rows::list(parents.map(|parent| {
                let open = rows.is_open(parent);
                (rows.children(parent).len() - usize::from(open), open)
            })));
        }
        let span = |scope: ScopeId| match owner(scope) {
            None => root(),
            Some(at) => spans.get(at).cloned().unwrap_or(0..0),
        };
        let columns = program.inputs.iter().zip(&self.columns).map(|(input, column)| {
            span(input.scope).filter_map(|row| column.known(row as usize)).collect::<Vec<Known>>()
        });
        let statuses =
            program.inputs.iter().zip(&self.statuses).map(|(input, origins)| {
                span(input.scope).map(|row| origins.get(row as usize)).collect::<Vec<Status>>()
            });
        Inputs { dossiers: 1, lists, columns: columns.collect(), statuses: statuses.collect() }
    }
}

/// Builds the columns of a chunk of dossiers from typed data, row by row in the order of the dossiers.
/// Buffers are used again from one chunk to the next. Where a `known` bitmap (one bit a row, 64 rows a word)
/// has no bit, nothing is known of the value but what `unknown` says.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    pool: Pool,
}

/// Whole numbers of a unit.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    /// In 32 bits.
    Narrow(&'a [i32]),
    /// In 64 bits.
    Wide(&'a [i64]),
}

impl Builder {
    /// Takes back the columns of a chunk that is decided.
    pub fn keep(&mut self, inputs: Inputs<Columns>) {
        inputs.columns.into_iter().for_each(|column| column.keep(&mut self.pool));
    }

    /// Conditions: one bit a row, set where it holds.
    pub fn truths(&mut self, rows: usize, holds: &[u64], known: Option<&[u64]>) -> Column {
        let ones = self.pool.ones(rows);
        let known = |index: usize| known.map_or(u64::MAX, |known| known.get(index).copied().unwrap_or(0));
        let mut side = |turn: u64| {
            self.pool.bits(rows, |words| {
                for ((index, word), all) in words.iter_mut().enumerate().zip(ones.as_slice()) {
                    let holds = holds.get(index).copied().unwrap_or(0) ^ turn;
                    *word = (holds | !known(index)) & all;
                }
            })
        };
        let (yes, no) = (side(0), side(u64::MAX));
        self.pool.keep(ones);
        Column::new(rows, Values::Truths { yes, no })
    }

    /// Cases of an enumeration: the place of each in the order of the declaration.
    pub fn cases(&mut self, codes: &[u8]) -> Column {
        let rows = codes.len();
        Column::new(rows, Values::Cases(filled(&mut self.pool, blocks(rows) * BLOCK, codes.iter().copied())))
    }

    /// Ordered scalars: how many units each is, a unit being so many ordinals of the type (millionths of a
    /// number or of a day, days, months). Where the bit of `known` is not set, the value is what `otherwise`
    /// says: absent, or in a range.
    ///
    /// None where a value cannot be held so (the least and the greatest count are taken): see
    /// [`Column::gather`].
    pub fn ordinals(
        &mut self,
        units: Units<'_>,
        unit: i64,
        known: Option<&[u64]>,
        otherwise: &Known,
    ) -> Option<Column> {
        let (rows, ranges) = match units {
            Units::Narrow(values) if (1..i64::from(u32::MAX)).contains(&unit) => {
                (values.len(), Ranges::Narrow(bounds((values, unit), known, otherwise, &mut self.pool)?))
            }
            Units::Wide(values) if unit == 1 => {
                (values.len(), Ranges::Wide(bounds((values, unit), known, otherwise, &mut self.pool)?))
            }
            Units::Narrow(_) | Units::Wide(_) => return None,
        };
        let mut flag = |set: bool| {
            let known = known.filter(|_| set)?;
            let mut rows = self.pool.ones(rows);
            Lane::Bits(known).remove(rows.to_mut());
            Some(rows)
        };
        let (absent, inapplicable) = (flag(otherwise.absent), flag(otherwise.inapplicable));
        let flags = Flags { absent, inapplicable, trouble: None };
        Some(Column { rows, values: Values::Ranges(ranges), flags })
    }
}

fn bounds<T: Count>(
    (values, unit): (&[T], i64),
    known: Option<&[u64]>,
    otherwise: &Known,
    pool: &mut Pool,
) -> Option<Bounds<T>> {
    if values.iter().any(|value| *value == T::LEAST || *value == T::MOST) {
        return None;
    }
    let rows = values.len();
    let length = blocks(rows) * BLOCK;
    let copied = |out: &mut [T]| {
        let (held, rest) = out.split_at_mut_checked(rows).unwrap_or_default();
        held.copy_from_slice(values);
        rest.fill(T::default());
    };
    let Some(known) = known else {
        return Some(Bounds { unit, lo: pool.fill(length, copied), hi: None, nothing: None });
    };
    let range = match otherwise.set {
        Set::Range(range) => Some(range),
        Set::Nothing => None,
        Set::Truth(_) | Set::Cases(_) | Set::Text(_) | Set::Period(_) | Set::Days(_) => return None,
    };
    let mut side = |unknown: T| {
        pool.fill(length, |out: &mut [T]| {
            copied(out);
            let unknown = [unknown; BLOCK];
            for (out, word) in out.as_chunks_mut::<BLOCK>().0.iter_mut().zip(known) {
                take(out, &unknown, !word);
            }
        })
    };
    match range {
        Some(range) => {
            let lo = side(Bounds::count(unit, range.lo, T::LEAST)?);
            let hi = side(Bounds::count(unit, range.hi, T::MOST)?);
            Some(Bounds { unit, lo, hi: Some(hi), nothing: None })
        }
        None => {
            let lo = pool.fill(length, copied);
            let mut nothing = pool.ones(rows);
            Lane::Bits(known).remove(nothing.to_mut());
            Some(Bounds { unit, lo, hi: None, nothing: Some(nothing) })
        }
    }
}
