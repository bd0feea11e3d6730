//! reglo: a declarative language for regulation.

pub mod source;
pub mod diagnostic;
pub mod value;
pub mod syntax;
pub mod text;
pub mod program;
pub mod lower;
pub mod eval;
pub mod explain;
pub mod dossier;
pub mod check;
pub mod ruleset;
pub mod render;
pub mod proof;
#[cfg(feature = "cli")]
pub mod cli;
