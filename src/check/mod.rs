//! Questions asked of a program once it is lowered without errors, one file a question.

mod example;

use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::syntax::ast::File;

pub use example::described;

/// Everything these questions find, unsorted.
pub fn check(program: &Program, files: &[File]) -> Vec<Diagnostic> {
    example::check(program, files)
}
