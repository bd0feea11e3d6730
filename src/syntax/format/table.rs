//! Lines whose columns stand one under another: fields, rows of a value, items of a norm.

use super::WIDTH;
use super::layout::Doc;

/// A first column wider than this makes no other line wait for it.
const WIDEST_FIRST: usize = 48;

/// One line: `mark first sign second last rest`, where the first and the sign, the last, or both may be missing.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub(super) mark: Doc,
    pub(super) first: Doc,
    /// What separates the first two columns, with the space after it.
    pub(super) sign: Doc,
    pub(super) second: Doc,
    /// Set beside the second column where it fits, else under it.
    pub(super) last: Option<Doc>,
    pub(super) rest: Doc,
    /// How many spaces stand before the last column at least.
    pub(super) gap: usize,
    /// A second column wider than this makes no other line wait for it.
    pub(super) widest: usize,
    /// Whether the line waits for the first columns of the others.
    pub(super) waits: bool,
}

impl Default for Cells {
    fn default() -> Self {
        let nothing = Doc::nothing;
        let (mark, first, sign, second, rest) = (nothing(), nothing(), nothing(), nothing(), nothing());
        Self { mark, first, sign, second, last: None, rest, gap: 2, widest: usize::MAX, waits: true }
    }
}

impl Cells {
    /// What it takes on one line, its columns not aligned.
    pub(super) fn width(&self) -> Option<usize> {
        let last = match &self.last {
            Some(last) => last.width()? + self.gap,
            None => 0,
        };
        let left = self.mark.width()? + self.first.width()? + self.sign.width()?;
        Some(left + self.second.width()? + last + self.rest.width()?)
    }

    /// The line on its own.
    pub(super) fn alone(self) -> Doc {
        let gap = self.gap;
        self.set(0, gap)
    }

    /// How wide the first column is, given that of the others.
    fn first_width(&self, others: usize) -> usize {
        let own = self.first.width().unwrap_or(0);
        if self.waits { own.max(others) } else { own }
    }

    /// Where its second column ends, if the line then fits.
    fn end(&self, first: usize, room: usize) -> Option<usize> {
        self.first.width()?;
        let start = self.mark.width()? + self.first_width(first) + self.sign.width()?;
        let end = start + self.second.width()?;
        let last = self.last.as_ref()?.width()?;
        (end + self.gap + last + self.rest.width()? <= room).then_some(end)
    }

    /// The line, with so many spaces after its first column and before its last.
    fn set(self, padding: usize, gap: usize) -> Doc {
        let mut right = vec![self.second];
        if let Some(last) = self.last {
            right.extend([Doc::Line(gap), last]);
        }
        right.push(self.rest);
        let padding = Doc::text(" ".repeat(padding));
        Doc::Row(vec![self.mark, self.first, padding, self.sign, Doc::Align(Box::new(Doc::group(right)))])
    }
}

/// The lines, set that far from the margin, aligned as far as they stand on one line.
pub(super) fn table(lines: Vec<Cells>, indent: usize) -> Vec<Doc> {
    let room = WIDTH.saturating_sub(indent);
    let narrow = |width: &usize| *width <= WIDEST_FIRST;
    let first = lines.iter().filter(|line| line.waits).filter_map(|line| line.first.width()).filter(narrow).max();
    let first = first.unwrap_or(0);
    let column = column(&lines, first, room);
    let set = |line: Cells| {
        let own = line.first.width();
        let padding = own.map_or(0, |own| line.first_width(first) - own);
        let last = line.last.as_ref().and_then(Doc::width).unwrap_or(0);
        let gap = match line.end(first, room) {
            // Aligned with the others if it then fits, else just after what it belongs to.
            Some(end) if column + line.gap + last + line.rest.width().unwrap_or(0) <= room => {
                line.gap + column.saturating_sub(end)
            }
            Some(_) | None => line.gap,
        };
        line.set(padding, gap)
    };
    lines.into_iter().map(set).collect()
}

/// Where the last columns begin, their gap left aside: where most lines can have them, as far left as that can be.
fn column(lines: &[Cells], first: usize, room: usize) -> usize {
    let reach = |line: &Cells| {
        let end = line.end(first, room)?;
        let wide = line.second.width().is_none_or(|width| width > line.widest);
        let last = line.last.as_ref()?.width()? + line.rest.width()?;
        (!wide).then(|| (end, room.saturating_sub(line.gap + last)))
    };
    let reaches: Vec<(usize, usize)> = lines.iter().filter_map(reach).collect();
    let aligned = |column: usize| reaches.iter().filter(|(end, most)| *end <= column && column <= *most).count();
    let best = reaches.iter().map(|(end, _)| *end).max_by_key(|column| (aligned(*column), std::cmp::Reverse(*column)));
    best.unwrap_or(0)
}
