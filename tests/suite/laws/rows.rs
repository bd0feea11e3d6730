//! Row *i* of every column is what the cell frame knows of dossier *i*: values, bounds, troubles, and how
//! surely each row is there.

use reglo::dossier::{Datum, Dossier, Placed};
use reglo::eval::{Cell, Columns, Frame, Inputs, Plan, run, run_plan};
use reglo::program::{NodeId, Program as Lowered, ScopeId};
use reglo::ruleset::Ruleset;

use crate::generate::{self, Draw, Program};

/// The dossier and others drawn beside it, decided together and each alone.
pub(super) fn rows(ruleset: &Ruleset, program: &Program, datum: &Datum, seed: u64) -> Result<bool, String> {
    let mut draw = Draw::new(seed);
    // Around a block of 64 rows now and then, else few.
    let others = if draw.chance(6) { 55 + draw.below(80) } else { draw.below(6) };
    let at = draw.below(others + 1);
    let mut data: Vec<Datum> = (0..others)
        .map(|_| {
            let unknown = *draw.pick(&[0, 0, 10, 40]);
            generate::dossier(program, &mut draw, unknown)
        })
        .collect();
    data.insert(at, datum.clone());
    let lowered = ruleset.program();
    let dossiers: Vec<Inputs<Cell>> = data
        .iter()
        .map(|datum| Dossier::from_datum(lowered, "essai", &Placed::nowhere(datum.clone())).inputs)
        .collect();
    together(lowered, &dossiers).map(|()| true)
}

/// Whether dossiers decided together know the same as each alone.
pub(crate) fn together(program: &Lowered, dossiers: &[Inputs<Cell>]) -> Result<(), String> {
    let gathered = Inputs::<Columns>::gather(program, &dossiers.iter().collect::<Vec<_>>());
    for (at, dossier) in dossiers.iter().enumerate() {
        let back = gathered.dossier(program, at);
        if format!("{back:?}") != format!("{dossier:?}") {
            return Err(format!("dossier {at} was {dossier:?}\nand came back as {back:?}"));
        }
    }
    let nodes: Vec<NodeId> = (0..).zip(&program.nodes).map(|(id, _)| NodeId(id)).collect();
    let columns = run::<Columns>(program, &gathered, &nodes);
    planned(program, &gathered, &columns)?;
    let mut first = vec![0; program.scopes.len()];
    for (at, dossier) in dossiers.iter().enumerate() {
        let cells = run::<Cell>(program, dossier, &nodes);
        same(program, (&columns, &cells), &first, &nodes).map_err(|wrong| format!("dossier {at}: {wrong}"))?;
        for (first, scope) in first.iter_mut().zip(0..) {
            *first += cells.rows(ScopeId(scope)).map_or(0, |rows| rows.len());
        }
    }
    for (first, scope) in first.into_iter().zip(0..) {
        let rows = columns.rows(ScopeId(scope)).map_or(0, |rows| rows.len());
        if rows != first {
            return Err(format!("scope {scope} has {rows} rows instead of {first}"));
        }
    }
    Ok(())
}

/// Whether what a plan keeps is what the whole frame holds, also where its buffers have been used before.
fn planned(program: &Lowered, gathered: &Inputs<Columns>, columns: &Frame<Columns>) -> Result<(), String> {
    let wanted: Vec<NodeId> = program.rules.iter().filter_map(|rule| rule.result).collect();
    let plan = Plan::new(program, &wanted);
    let mut carrier = Columns::default();
    for turn in 0..2 {
        let frame = run_plan(&mut carrier, program, gathered, &plan);
        for &node in &wanted {
            let (all, kept) = (columns.column(node).unwrap().to_cells(), frame.column(node).unwrap().to_cells());
            if all != kept {
                return Err(format!("{node:?} in turn {turn}: {all:?}\nunder a plan {kept:?}"));
            }
        }
        carrier.keep_frame(frame);
    }
    Ok(())
}

/// Whether the rows of one dossier, which begin at `first` in each scope, are those of its own frame.
fn same(
    program: &Lowered,
    (columns, cells): (&Frame<Columns>, &Frame<Cell>),
    first: &[usize],
    nodes: &[NodeId],
) -> Result<(), String> {
    for &node in nodes {
        let scope = program.scope_of(node);
        let (Some(rows), Some(all)) = (cells.rows(scope), columns.rows(scope)) else { continue };
        for row in 0..rows.len() {
            let there = first[scope.0 as usize] + row;
            let (cell, column) = (cells.known(node, row), columns.column(node).and_then(|column| column.known(there)));
            if cell != column.as_ref() {
                let what = program.node(node);
                let mut read = String::new();
                what.operands(|operand| {
                    read += &format!("\n  {operand:?} {:?}", columns.column(operand).map(|c| format!("{c:?}")));
                });
                return Err(format!("{node:?} {what:?}\nrow {row}: alone {cell:?}\ntogether {column:?}{read}"));
            }
            let presences =
                [rows.presence_of(u32::try_from(row).unwrap()), all.presence_of(u32::try_from(there).unwrap())];
            if presences[0] != presences[1] {
                return Err(format!("row {row} of {scope:?}: {presences:?}"));
            }
        }
    }
    Ok(())
}
