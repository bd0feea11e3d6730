//! Decisions checked again: whether a decision, as `decide --format json` wrote it, follows from a ruleset, its
//! texts and a dossier.
//!
//! Nothing here is shared with what decides, but the reading of rulesets (`syntax`): neither numbers nor days, nor
//! the matching of quotations, nor the reading of dossiers, nor evaluation, nor the choice of what is told. The
//! order of these files is the reading order.

mod json;
mod days;
mod known;
mod quote;
mod facts;
mod node;
mod build;
mod apart;
mod steps;
mod answer;
mod decision;

pub use decision::{Report, Sources, verify};
pub use steps::Refusal;
