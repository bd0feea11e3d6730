//! The language server: what an editor asks while an author writes, answered in French.
//!
//! `document` and `desk` hold the texts; `index` finds every name in them; each file from `hover` to `command` answers one
//! kind of question and knows nothing of how it was asked. `worker` analyses in threads of its own; `server` speaks the
//! protocol.

mod disk;
mod place;
mod document;
mod symbol;
#[allow(clippy::wildcard_enum_match_arm, reason = "most expressions hold no name and have no sort")]
mod index;
mod snapshot;
mod desk;
mod view;
mod help;
mod lesson;
mod command;
#[allow(clippy::wildcard_enum_match_arm, reason = "of many kinds of items, a few matter each time")]
mod hints;
#[allow(clippy::wildcard_enum_match_arm, reason = "of many kinds of names, a few matter each time")]
mod hover;
#[allow(clippy::wildcard_enum_match_arm, reason = "of many kinds of names, a few matter each time")]
mod navigate;
#[allow(clippy::wildcard_enum_match_arm, reason = "what a probe was not meant to be read as")]
mod rename;
mod tokens;
mod signature;
mod publish;
mod mend;
mod spot;
#[allow(clippy::wildcard_enum_match_arm, reason = "of many kinds of items, a few name people")]
mod complete;
mod worker;
mod server;

pub use server::{serve, stdio};
