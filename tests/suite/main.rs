//! The one test binary.

mod official_text;
mod snapshots;
