//! Decisions checked again: whether a decision, as `decide --format json` wrote it, follows from a ruleset, its
//! texts and a dossier.
//!
//! Nothing here is shared with what decides, but the reading of rulesets (`syntax`): neither numbers nor days, nor
//! the matching of quotations, nor the reading of dossiers, nor evaluation, nor the choice of what is told. The
//! order of these files is the reading order.

mod json;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod days;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod known;
mod quote;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod facts;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod node;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod names;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod build;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod apart;
mod rules;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod steps;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod answer;
#[allow(clippy::wildcard_enum_match_arm, reason = "what is not understood here is never taken for right")]
mod decision;

pub use decision::{Report, Sources, verify};
pub use steps::Refusal;
