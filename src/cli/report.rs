//! A page in the format asked for.

use super::args::Format;
use super::terminal::Terminal;
use crate::render::{self, Page};

/// A page in that format; what is JSON is no page, and shown as text.
pub(super) fn formatted(page: &Page, format: Format, terminal: &Terminal) -> String {
    match format {
        Format::Text | Format::Json => render::text(page, terminal.out),
        Format::Markdown => render::markdown(page),
        Format::Html => render::html(page),
    }
}
