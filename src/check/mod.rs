//! Questions asked of a program once it is lowered without errors, one file a question.

mod expected;
mod example;
mod search;
mod witness;
mod reasoning;

use crate::diagnostic::Diagnostic;
use crate::dossier::{Datum, Dossier, Placed};
use crate::eval::{Cell, Inputs, ListEdit, Status, reshape, unknown};
use crate::program::{InputId, Program};
use crate::syntax::ast::File;

pub use example::described;
pub use expected::stated;
pub use reasoning::Reasoned;
pub(crate) use reasoning::inhabited;
pub(crate) use search::{Found, Ground, Standing, View, search};
pub(crate) use witness::{answer, given};

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
    reasoning::check(program, Ground { empty: &nothing(program), known: &known }, &expected)
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
