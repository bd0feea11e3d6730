//! Reports to strings: one neutral [`Page`], and a back end for each way to show it.
//!
//! Nothing here looks at a terminal or an environment: the caller says the width and whether to colour.

mod page;
mod text;
mod markdown;
mod html;
mod typography;
mod values;
#[allow(clippy::wildcard_enum_match_arm, reason = "what has no words of its own is stated with its value")]
mod words;
#[allow(clippy::wildcard_enum_match_arm, reason = "what has no words of its own is stated with its value")]
mod sentence;
#[allow(clippy::wildcard_enum_match_arm, reason = "what has no words of its own is stated with its value")]
mod elements;
#[allow(clippy::wildcard_enum_match_arm, reason = "what has no words of its own is stated with its value")]
mod part;
#[allow(clippy::wildcard_enum_match_arm, reason = "what has no words of its own is stated with its value")]
mod reason;
#[allow(clippy::wildcard_enum_match_arm, reason = "what has no words of its own is stated with its value")]
mod decision;
mod report;
mod steps;
mod brief;
mod line;
mod letter;
mod diagnostics;
#[cfg(feature = "cli")]
mod excerpt;

pub use brief::{answer_words, has_instance, is_called, missing_paths, set_words};
pub use decision::{Asked, decision, explanation, why_not_page};
pub use diagnostics::{count, json as diagnostics_json};
#[cfg(feature = "cli")]
pub use excerpt::render as diagnostics;
pub use html::html;
pub use letter::{Letter, letter};
pub use line::{Lacking, Line, Wanted, line};
pub use markdown::markdown;
pub use page::{Block, Branch, Listing, Mark, Page, Span, Text, Tone};
pub use report::{decision_json, explanation_json, status as status_name};
pub use text::{MIN_WIDTH, Style, text};

#[cfg(test)]
mod samples;
