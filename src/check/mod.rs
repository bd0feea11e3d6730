//! Questions asked of a program once it is lowered without errors, one file a question.

mod expected;
mod example;
mod goal;
mod linear;
mod element;
mod size;
mod region;
mod words;
mod exhaust;
mod search;
mod witness;
mod joint;
mod apart;
mod question;
mod definitions;
mod fault;
mod reasoning;

use crate::diagnostic::Diagnostic;
use crate::dossier::{Datum, Dossier, Placed};
use crate::eval::{Cell, Inputs, ListEdit, Status, reshape, unknown};
use crate::program::{InputId, Program};
use crate::syntax::ast::File;

pub(crate) use apart::differ;
pub use example::described;
pub use expected::stated;
pub(crate) use goal::{Standing, View, Wish};
pub(crate) use joint::Joint;
pub use question::Reasoned;
pub(crate) use reasoning::decided;
pub(crate) use search::{Example, Found, Ground, Witness, search, smallest};
pub(crate) use witness::{answer, given, instance, named};

/// What the examples of these files name that does not exist, unsorted.
pub fn check(program: &Program, files: &[File]) -> Vec<Diagnostic> {
    example::check(program, files)
}

/// What can be proved about a program that is otherwise right: conflicts and gaps, each with a dossier that
/// shows it; rules that can never apply, exceptions that never prevail, decisions with one answer; and what could
/// not be settled. A
/// conflict or gap that an example of these files expects is known to the author, and not reported.
pub fn reason(program: &Program, files: &[File]) -> Reasoned {
    let expected = example::troubles(files);
    let known = example::dossiers(program, files);
    reasoning::check(program, &nothing(program), known, &expected)
}

/// A dossier of which nothing is known: neither what would be presumed, nor what may be left out.
pub(crate) fn nothing(program: &Program) -> Inputs<Cell> {
    let mut inputs = Dossier::from_datum(program, "", &Placed::nowhere(Datum::Record(Vec::new()))).inputs;
    inputs = reshape(program, &inputs, |_, _| ListEdit::Open);
    for (id, rows) in (0..).map(InputId).zip(inputs.columns.iter().map(Vec::len).collect::<Vec<_>>()) {
        for row in 0..rows {
            inputs.replace(id, row, unknown(program, id), Status::Unheard);
        }
    }
    inputs
}
