//! The one test binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "tests read files and fail loudly"
)]

mod blocks;
mod cli;
mod covering;
mod batch;
mod documents;
mod literate;
mod hostile;
mod limits;
mod official_text;
mod worked_cases;
mod planted;
mod slips;
mod mutants;
mod oracle;
mod drafting;
mod formatting;
mod remedies;
mod generate;
mod laws;
mod flat;
mod deciders;
mod snapshots;
mod schemas;
mod shared;
mod recheck;
mod fuzz;
mod editor;
mod watching;
mod architecture;
