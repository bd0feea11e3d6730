//! The facts of a dossier changed in one place: what trying an answer, or erasing a fact, needs.

use super::{Cell, Inputs, Presence, Rows, Status};
use crate::program::{InputId, Program, ScopeId};
use crate::value::{Known, ListId};

/// What becomes of one list, under one row of its parent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListEdit {
    /// As it is.
    Keep,
    /// Closed, with so many elements of which nothing is known, and none of those it had.
    Fresh(usize),
    /// Its elements, and any number of others.
    Open,
    /// Its elements, and no others.
    Close,
}

/// Nothing known of a leaf, but its declared range.
pub fn unknown(program: &Program, input: InputId) -> Known {
    let Some(declared) = program.input(input) else { return Known::any(crate::value::Type::Truth, 0) };
    let mut known = Known::any(declared.ty, program.cases_of(declared.ty));
    if let Some((lo, hi)) = declared.range {
        known.set = crate::value::Set::Range(crate::value::Range::between(lo, hi));
    }
    known.absent = declared.optional;
    known
}

/// The facts with other elements in some lists.
pub fn reshape(program: &Program, inputs: &Inputs<Cell>, edit: impl Fn(ListId, u32) -> ListEdit) -> Inputs<Cell> {
    let mut lists: Vec<Rows> = Vec::with_capacity(inputs.lists.len());
    // For each list, which old row each new row stands for.
    let mut origins: Vec<Vec<Option<u32>>> = Vec::with_capacity(inputs.lists.len());
    let owner = |scope: ScopeId| program.scope(scope).and_then(|scope| scope.list).map(|list| list.0 as usize);
    for (list, id) in program.lists.iter().zip(0..) {
        let id = ListId(id);
        let parent_scope = program.scope(list.scope).map_or(ScopeId::ROOT, |scope| scope.parent);
        let parents: Vec<Option<u32>> = match owner(parent_scope) {
            None => (0..u32::try_from(inputs.dossiers).unwrap_or(u32::MAX)).map(Some).collect(),
            Some(at) => origins.get(at).cloned().unwrap_or_default(),
        };
        let old = inputs.list(id);
        let mut shapes = Vec::new();
        let mut rows: Vec<Option<u32>> = Vec::new();
        for parent in parents {
            let (Some(parent), Some(old)) = (parent, old) else {
                shapes.push((0, true));
                rows.push(None);
                continue;
            };
            let known: Vec<u32> = old.children(parent).filter(|row| old.presence_of(*row) != Presence::Many).collect();
            let phantom = old.children(parent).find(|row| old.presence_of(*row) == Presence::Many);
            match edit(id, parent) {
                ListEdit::Fresh(count) => {
                    shapes.push((count, false));
                    rows.extend(std::iter::repeat_n(None, count));
                }
                change @ (ListEdit::Keep | ListEdit::Open | ListEdit::Close) => {
                    let open = match change {
                        ListEdit::Open => true,
                        ListEdit::Close => false,
                        ListEdit::Keep | ListEdit::Fresh(_) => phantom.is_some(),
                    };
                    shapes.push((known.len(), open));
                    rows.extend(known.into_iter().map(Some));
                    if open {
                        rows.push(phantom);
                    }
                }
            }
        }
        lists.push(Rows::list(shapes));
        origins.push(rows);
    }
    let mut columns = Vec::with_capacity(program.inputs.len());
    let mut statuses = Vec::with_capacity(program.inputs.len());
    for (input, id) in program.inputs.iter().zip(0..) {
        let id = InputId(id);
        match owner(input.scope) {
            None => {
                columns.push(inputs.columns.get(id.0 as usize).cloned().unwrap_or_default());
                statuses.push(inputs.statuses.get(id.0 as usize).cloned().unwrap_or_default());
            }
            Some(at) => {
                let rows = origins.get(at).map_or(&[] as &[_], Vec::as_slice);
                let old = inputs.columns.get(id.0 as usize);
                columns.push(
                    rows.iter()
                        .map(|row| {
                            row.and_then(|row| old.and_then(|column| column.get(row as usize)).cloned())
                                .unwrap_or_else(|| unknown(program, id))
                        })
                        .collect(),
                );
                statuses.push(
                    rows.iter().map(|row| row.map_or(Status::Unheard, |row| inputs.status(id, row as usize))).collect(),
                );
            }
        }
    }
    Inputs { dossiers: inputs.dossiers, lists, columns, statuses }
}

impl Inputs<Cell> {
    /// Puts a value in place of a leaf's; returns what stood there.
    pub fn replace(&mut self, input: InputId, row: usize, known: Known, status: Status) -> Option<(Known, Status)> {
        let cell = self.columns.get_mut(input.0 as usize)?.get_mut(row)?;
        let old_status = self.statuses.get_mut(input.0 as usize)?.get_mut(row)?;
        Some((std::mem::replace(cell, known), std::mem::replace(old_status, status)))
    }

    /// What is known of a leaf.
    pub fn known(&self, input: InputId, row: usize) -> Option<&Known> {
        self.columns.get(input.0 as usize)?.get(row)
    }
}
