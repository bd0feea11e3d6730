//! The terminal: whether it shows colours, how wide it is, and what is said on standard error.
#![allow(clippy::disallowed_methods, reason = "this is where the environment is looked at")]

use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::{Color, Common};
use crate::diagnostic::Diagnostic;
use crate::render::{self, Style};
use crate::source::SourceMap;

/// Where the terminal does not say.
const WIDTH: usize = 80;

/// Longer lines are hard to read, however wide the terminal.
const WIDEST: usize = 120;

/// How results and messages are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// Of results.
    pub(super) out: Style,
    /// Of messages, on standard error.
    pub(super) err: Style,
}

impl Terminal {
    /// Looks at the terminal and the environment, unless the command says otherwise.
    pub(super) fn new(common: &Common) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = |terminal: bool| match common.color {
            Color::Auto => terminal && !set("NO_COLOR") && !dumb,
            Color::Always => true,
            Color::Never => false,
        };
        let width = common.width.unwrap_or_else(measured).max(render::MIN_WIDTH);
        let shown = common.output.is_none() && std::io::stdout().is_terminal();
        Self {
            out: Style { colour: colour(shown), width },
            err: Style { colour: colour(std::io::stderr().is_terminal()), width },
        }
    }

    /// Says something that is no error, on standard error.
    pub(super) fn inform(&self, message: &str) {
        self.say(&format!("{}\n", harmless(message)));
    }

    /// Says one thing on standard error.
    pub(super) fn complain(&self, message: &str) {
        let level = if self.err.colour { "\u{1b}[1;31merreur\u{1b}[0m" } else { "erreur" };
        self.say(&format!("{level}\u{a0}: {}\n", harmless(message)));
    }

    /// Shows diagnostics on standard error.
    pub(super) fn diagnose(&self, sources: &SourceMap, diagnostics: &[Diagnostic]) {
        self.say(&render::diagnostics(sources, diagnostics, self.err));
    }

    /// Shows how far a long command has come, in place of what it last said of it; nothing: clears the line.
    pub(super) fn progress(&self, words: &str) {
        self.say(&format!("\r\u{1b}[2K{words}"));
    }

    fn say(&self, text: &str) {
        // Where standard error is closed nobody listens.
        let _ = if self.err.colour {
            AutoStream::new(std::io::stderr().lock(), ColorChoice::Always).write_all(text.as_bytes())
        } else {
            std::io::stderr().lock().write_all(text.as_bytes())
        };
    }
}

/// What comes from file names and data must not command the terminal.
fn harmless(message: &str) -> String {
    message.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn measured() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    let seen = terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| usize::from(width));
    seen.or(columns).filter(|width| *width > 0).map_or(WIDTH, |width| width.min(WIDEST))
}
