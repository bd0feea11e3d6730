//! Where every character comes from: sources, spans, lines.
//!
//! A [`Span`] counts bytes and is `Copy`; lines and columns are computed at the edge, when a
//! diagnostic or a quotation is shown.

use std::ops::Range;
use std::sync::OnceLock;

/// Identifies one source of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceId(pub u32);

/// A stretch of one source, in bytes; `start <= end`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The source it lies in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The stretch of `source` covering `range` (bytes).
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        Self {
            source,
            start: u32::try_from(range.start).unwrap_or(u32::MAX),
            end: u32::try_from(range.end).unwrap_or(u32::MAX),
        }
    }

    /// The smallest stretch holding both; both must lie in the same source.
    pub fn to(self, other: Self) -> Self {
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The bytes covered.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One text, with the name it is shown under (a file name, never opened here).
#[derive(Clone, Debug)]
pub struct Source {
    /// How messages name it.
    pub name: String,
    /// Its whole text.
    pub text: String,
    /// Byte offset of the first character of each line; made when a place is first shown.
    line_starts: OnceLock<Vec<u32>>,
}

impl Source {
    /// The line (from 1) and the column (from 1, in characters) of a byte offset.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line_starts = self.line_starts();
        let line = line_starts.partition_point(|&start| start <= offset).max(1);
        let start = line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let upto = (offset as usize).min(self.text.len());
        let column = self.text.get(start..upto).map_or(0, |text| text.chars().count()) + 1;
        (line, column)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.match_indices('\n').map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(breaks).collect()
        })
    }
}

/// All the texts of one analysis.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// No text yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the name it is to be shown with.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.sources.push(Source { name: name.into(), text: text.into(), line_starts: OnceLock::new() });
        id
    }

    /// The source of that id, if it belongs to this map.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// Every source with its id, in the order added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources.iter().zip(0..).map(|(source, id)| (SourceId(id), source))
    }

    /// The text under a span; empty where the span does not belong to this map.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.range())).unwrap_or("")
    }
}
