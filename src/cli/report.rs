//! A page in the format asked for.

use super::args::Format;
use super::terminal::Terminal;
use crate::render::{self, Page};

/// A page in that format; as JSON, what `json` makes.
pub(super) fn formatted(page: &Page, json: impl FnOnce() -> String, format: Format, terminal: &Terminal) -> String {
    match format {
        Format::Text => render::text(page, terminal.out),
        Format::Markdown => render::markdown(page),
        Format::Html => render::html(page),
        Format::Json => json(),
    }
}
