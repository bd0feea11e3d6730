//! How far a batch has come, on a terminal, and how long it took.
#![allow(clippy::disallowed_methods, reason = "this is where the clock is looked at")]

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

/// Runs from its start on.
#[derive(Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn milliseconds(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A bar on standard error, or nothing.
pub(super) struct Progress {
    bar: ProgressBar,
    clock: Clock,
    rows: u64,
}

impl Progress {
    /// Of an input of so many bytes, where that is known; `shown` on a terminal.
    pub(super) fn new(shown: Option<Option<u64>>) -> Self {
        let (bar, template) = match shown {
            None => (ProgressBar::hidden(), ""),
            Some(None) => (ProgressBar::new_spinner(), "{spinner} {msg}"),
            Some(Some(bytes)) => (ProgressBar::new(bytes), "{bar:30} {percent:>3} %  {msg}  reste {eta}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, clock: Clock::start(), rows: 0 }
    }

    /// Reading stands at that byte, and so many rows more are decided.
    pub(super) fn at(&mut self, offset: u64, rows: u64) {
        self.rows += rows;
        self.bar.set_position(offset);
        self.bar.set_message(format!(
            "{} dossiers, {} par seconde",
            self.rows,
            per_second(self.rows, self.clock.milliseconds())
        ));
    }

    pub(super) fn done(self) {
        self.bar.finish_and_clear();
    }
}

/// A rate, rounded down.
pub(super) fn per_second(count: u64, milliseconds: u64) -> u64 {
    u64::try_from(u128::from(count) * 1000 / u128::from(milliseconds.max(1))).unwrap_or(u64::MAX)
}
