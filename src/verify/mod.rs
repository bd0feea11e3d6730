//! Decisions checked again: whether a decision, as `decide --format json` wrote it, follows from a ruleset, its
//! texts and a dossier.
//!
//! Nothing here is shared with what decides, but the reading of rulesets (`syntax`): neither numbers nor days, nor
//! the matching of quotations, nor the reading of dossiers, nor evaluation, nor the choice of what is told.
//!
//! Read in this order: `decision` first, from [`verify`] down, for what is checked at all; then the rest as listed
//! below, from the ground up. `json`, `days`, `known` and `quote` are plain means (JSON, the calendar, what is known of a
//! value and every primitive on it, words found in a text). `facts` reads the dossier against the declarations. `node`
//! is the heart: a computation as a tree, its value, and which operands a justification must name. `names`, `build`,
//! `apart` and `rules` make such trees of what the ruleset says. `steps` compares a justification with a tree, `answer`
//! the rest of an answer. What nothing here can decide is never taken for right: it is refused, or named in
//! [`Report::unverified`]; the sentences (`says`, `message`) alone are left to the fields beside them.

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
