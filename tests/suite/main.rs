//! The one test binary.

mod official_text;
#[cfg(feature = "cli")]
mod cli;
