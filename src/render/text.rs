//! A page for a terminal or a plain file: wrapped, indented, coloured if asked.

use unicode_normalization::char::is_combining_mark;

use super::page::{Block, Branch, Listing, Page, Text, Tone, rows, shown};

/// The narrowest page; narrower widths count as this one.
pub const MIN_WIDTH: usize = 40;

/// Columns a level of a tree takes.
const LEVEL: usize = 3;

/// Columns kept for the words of a tree, however deep they lie.
const TREE_WORDS: usize = 24;

/// Columns between two columns of a table.
const GAP: usize = 2;

/// The narrowest column of a table; a table that needs narrower ones is shown as a list.
const MIN_COLUMN: usize = 8;

/// How a report looks on a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Whether to use ANSI escape codes.
    pub colour: bool,
    /// How many columns a line may take; at least [`MIN_WIDTH`] are used.
    pub width: usize,
}

impl Style {
    /// No colour, 80 columns.
    pub const PLAIN: Self = Self { colour: false, width: 80 };
}

/// Shows a page within a width. No line ends with a space.
pub fn text(page: &Page, style: Style) -> String {
    let mut out = Writer { out: String::new(), colour: style.colour };
    let width = style.width.max(MIN_WIDTH);
    if !page.title.is_empty() {
        out.heading(0, &Text::from(page.title.as_str()), &Indent::default(), width);
    }
    if !page.title.is_empty() && !page.blocks.is_empty() {
        out.blank(&Indent::default());
    }
    out.blocks(&page.blocks, &Indent::default(), width);
    out.out
}

/// How many columns a character takes.
fn columns(c: char) -> usize {
    if c < '\u{300}' {
        return 1;
    }
    let joins = matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}');
    usize::from(!is_combining_mark(c) && !joins)
}

/// A character and its tone.
type Glyph = (char, Tone);

fn measure(glyphs: &[Glyph]) -> usize {
    glyphs.iter().map(|(c, _)| columns(*c)).sum()
}

/// What stands left of a block: on its first line, then on the others.
#[derive(Clone, Default)]
struct Indent {
    first: Vec<Glyph>,
    rest: Vec<Glyph>,
}

impl Indent {
    /// Further in, by that sign and as many blanks.
    fn hang(&self, sign: &str, tone: Tone) -> Self {
        let sign: Vec<Glyph> = sign.chars().map(|c| (c, tone)).collect();
        let blanks = std::iter::repeat_n((' ', Tone::Plain), measure(&sign));
        Self {
            rest: self.rest.iter().copied().chain(blanks).collect(),
            first: self.first.iter().copied().chain(sign).collect(),
        }
    }

    /// Further in, by the same sign on every line.
    fn bar(&self, sign: &str, tone: Tone) -> Self {
        let sign = sign.chars().map(|c| (c, tone));
        Self {
            first: self.first.iter().copied().chain(sign.clone()).collect(),
            rest: self.rest.iter().copied().chain(sign).collect(),
        }
    }

    /// The indent of what follows the first line.
    fn after(&self) -> Self {
        Self { first: self.rest.clone(), rest: self.rest.clone() }
    }
}

/// The lines of a text, none wider than `width` (at least one column). What stands indented, as an example to paste
/// does, stays so.
fn wrap(text: &Text, width: usize) -> Vec<Vec<Glyph>> {
    let mut lines = vec![Vec::new()];
    let mut used = 0;
    let mut word: Vec<Glyph> = Vec::new();
    let mut space = None;
    let glyphs = text.spans.iter().flat_map(|span| span.text.chars().map(|c| (shown(c), span.tone)));
    for (c, tone) in glyphs.chain([('\n', Tone::Plain)]) {
        if c != ' ' && c != '\n' {
            word.push((c, tone));
            continue;
        }
        if !word.is_empty() {
            put(&mut lines, &mut used, (space.take(), &mut word), width);
        }
        if c == '\n' {
            (used, space) = (0, None);
            lines.push(Vec::new());
        } else if let Some(line) = lines.last_mut()
            && line.iter().all(|(c, _)| *c == ' ')
            && used + 1 < width
        {
            line.push((c, tone));
            used += 1;
        } else {
            space.get_or_insert((c, tone));
        }
    }
    // The end of the text is no line of its own.
    lines.pop();
    lines
}

/// Puts a word on the current line or on the next, and empties it; cuts it where no line could hold it.
fn put(lines: &mut Vec<Vec<Glyph>>, used: &mut usize, word: (Option<Glyph>, &mut Vec<Glyph>), width: usize) {
    let (space, word) = word;
    let taken = measure(word);
    if *used > 0 && *used + usize::from(space.is_some()) + taken > width {
        lines.push(Vec::new());
        *used = 0;
    } else if let (Some(space), Some(line)) = (space, lines.last_mut()) {
        line.push(space);
        *used += 1;
    }
    for glyph in word.drain(..) {
        let own = columns(glyph.0);
        if *used > 0 && *used + own > width {
            lines.push(Vec::new());
            *used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push(glyph);
        }
        *used += own;
    }
}

/// Plain words on lines of that width.
#[cfg(feature = "cli")]
pub(super) fn wrapped(words: &str, width: usize) -> String {
    let lines = wrap(&words.into(), width.max(MIN_COLUMN)).into_iter();
    lines.map(|line| line.into_iter().map(|(c, _)| c).collect::<String>()).collect::<Vec<_>>().join("\n")
}

struct Writer {
    out: String,
    colour: bool,
}

impl Writer {
    /// Writes one line, without the blanks at its end.
    fn line(&mut self, glyphs: impl IntoIterator<Item = Glyph>) {
        let mut glyphs: Vec<Glyph> = glyphs.into_iter().collect();
        while glyphs.last().is_some_and(|(c, _)| c.is_whitespace()) {
            glyphs.pop();
        }
        let mut current = Tone::Plain;
        for (c, tone) in glyphs {
            self.turn(&mut current, tone);
            self.out.push(c);
        }
        self.turn(&mut current, Tone::Plain);
        self.out.push('\n');
    }

    fn turn(&mut self, current: &mut Tone, tone: Tone) {
        if self.colour && *current != tone {
            if *current != Tone::Plain {
                self.out.push_str("\u{1b}[0m");
            }
            self.out.push_str(code(tone));
        }
        *current = tone;
    }

    /// An empty line, but for what stands on its left.
    fn blank(&mut self, indent: &Indent) {
        self.line(indent.rest.iter().copied());
    }

    fn blocks(&mut self, blocks: &[Block], indent: &Indent, width: usize) {
        let mut indent = indent.clone();
        for (at, block) in blocks.iter().enumerate() {
            if at > 0 {
                self.blank(&indent);
            }
            self.block(block, &indent, width);
            indent = indent.after();
        }
    }

    fn block(&mut self, block: &Block, indent: &Indent, width: usize) {
        match block {
            Block::Heading(level, text) => self.heading(*level, text, indent, width),
            Block::Paragraph(text) => self.paragraph(text, indent, width),
            Block::List(listing, items) => self.list(*listing, items, indent, width),
            Block::Table { head, rows } => self.table(head, rows, indent, width),
            Block::Quote { text, source } => {
                let bar = indent.bar("│ ", Tone::Muted);
                let quoted = Text::new().plain("«\u{a0}").then(text.clone()).plain("\u{a0}»");
                self.paragraph(&quoted, &bar, width);
                self.paragraph(source, &bar.after().hang("— ", Tone::Plain), width);
            }
            Block::Tree(branches) => self.tree(branches, indent, width),
            Block::Rule => {
                let room = width.saturating_sub(measure(&indent.first));
                let rule = std::iter::repeat_n(('─', Tone::Muted), room);
                self.line(indent.first.iter().copied().chain(rule));
            }
        }
    }

    fn heading(&mut self, level: u8, text: &Text, indent: &Indent, width: usize) {
        let strong = strong(text.clone());
        self.paragraph(&strong, indent, width);
        let underline = match level {
            0 => '═',
            1 => '─',
            _ => return,
        };
        let room = width.saturating_sub(measure(&indent.rest)).max(1);
        let widest = wrap(&strong, room).iter().map(|line| measure(line)).max().unwrap_or(0);
        self.line(indent.rest.iter().copied().chain(std::iter::repeat_n((underline, Tone::Muted), widest)));
    }

    fn paragraph(&mut self, text: &Text, indent: &Indent, width: usize) {
        // Indents are capped by those who make them, but a caller may nest lists as deep as it likes.
        let room = width.saturating_sub(measure(&indent.first).max(measure(&indent.rest))).max(MIN_COLUMN);
        for (at, line) in wrap(text, room).into_iter().enumerate() {
            let left = if at == 0 { &indent.first } else { &indent.rest };
            self.line(left.iter().copied().chain(line));
        }
    }

    fn list(&mut self, listing: Listing, items: &[Vec<Block>], indent: &Indent, width: usize) {
        let loose = items.iter().any(|item| item.len() > 1 && !item.iter().skip(1).all(is_list));
        let digits = items.len().to_string().len();
        let mut indent = indent.clone();
        for (at, item) in items.iter().enumerate() {
            if at > 0 && loose {
                self.blank(&indent);
            }
            let sign = match listing {
                Listing::Bulleted => "• ".to_owned(),
                Listing::Numbered => format!("{:>digits$}. ", at + 1),
            };
            let mut inner = indent.hang(&sign, Tone::Plain);
            if item.is_empty() {
                self.line(inner.first.iter().copied());
            }
            for (rank, block) in item.iter().enumerate() {
                if rank > 0 && loose {
                    self.blank(&inner);
                }
                self.block(block, &inner, width);
                inner = inner.after();
            }
            indent = indent.after();
        }
    }

    fn tree(&mut self, branches: &[Branch], indent: &Indent, width: usize) {
        let room = width.saturating_sub(measure(&indent.first).max(measure(&indent.rest)));
        let drawn = (room.saturating_sub(TREE_WORDS) / LEVEL).max(1);
        // For each level open on the left, whether a branch follows on it.
        let mut follows: Vec<bool> = Vec::new();
        let mut indent = indent.clone();
        for row in rows(branches) {
            follows.truncate(row.depth);
            let hidden = row.depth.saturating_sub(drawn);
            let mut left = indent.clone();
            if hidden > 0 {
                // Deeper levels are drawn without the outermost ones, and say how many.
                left = left.hang(&format!("⋯{hidden} "), Tone::Muted);
            }
            for follow in follows.iter().skip(1 + hidden) {
                left = left.bar(if *follow { "│  " } else { "   " }, Tone::Muted);
            }
            if row.depth > 0 {
                let (here, below) = if row.last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                let (first, rest) = (left.bar(here, Tone::Muted).first, left.bar(below, Tone::Muted).rest);
                left = Indent { first, rest };
            }
            follows.push(!row.last);
            self.marked(row.branch, left, width);
            indent = indent.after();
        }
    }

    /// A branch behind its mark; its other lines stand below its words, joined to what it rests on.
    fn marked(&mut self, branch: &Branch, left: Indent, width: usize) {
        let sign = branch.mark.sign().map(|sign| format!("{sign} ")).unwrap_or_default();
        let mut behind = left.hang(&sign, branch.mark.tone());
        if !branch.children.is_empty() {
            let line = "│  ".chars().map(|c| (c, Tone::Muted));
            behind.rest = left.rest.into_iter().chain(line).collect();
        }
        self.paragraph(&branch.text, &behind, width);
    }

    fn table(&mut self, head: &[Text], rows: &[Vec<Text>], indent: &Indent, width: usize) {
        let room = width.saturating_sub(measure(&indent.rest).max(measure(&indent.first)));
        let Some(widths) = column_widths(head, rows, room) else {
            return self.table_as_list(head, rows, indent, width);
        };
        let head: Vec<Text> = head.iter().map(|text| strong(text.clone())).collect();
        let mut left = indent.first.clone();
        if !head.iter().all(Text::is_empty) {
            self.cells(&head, &widths, &left, &indent.rest);
            left.clone_from(&indent.rest);
            let rules: Vec<Text> = widths.iter().map(|width| Text::new().muted("─".repeat(*width))).collect();
            self.cells(&rules, &widths, &left, &indent.rest);
        }
        for row in rows {
            self.cells(row, &widths, &left, &indent.rest);
            left.clone_from(&indent.rest);
        }
    }

    /// One row of a table, on as many lines as its longest cell needs.
    fn cells(&mut self, cells: &[Text], widths: &[usize], first: &[Glyph], rest: &[Glyph]) {
        let cells: Vec<Vec<Vec<Glyph>>> = cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let mut glyphs = if line == 0 { first.to_vec() } else { rest.to_vec() };
            for (cell, width) in cells.iter().zip(widths) {
                let piece = cell.get(line).cloned().unwrap_or_default();
                let blanks = (width + GAP).saturating_sub(measure(&piece));
                glyphs.extend(piece);
                glyphs.extend(std::iter::repeat_n((' ', Tone::Plain), blanks));
            }
            self.line(glyphs);
        }
    }

    /// A table too wide for the page: one item a row, one line a cell.
    fn table_as_list(&mut self, head: &[Text], rows: &[Vec<Text>], indent: &Indent, width: usize) {
        let item = |row: &Vec<Text>| {
            let names = head.iter().cloned().map(Some).chain(std::iter::repeat(None));
            let lines = row.iter().zip(names).map(|(cell, name)| match name.filter(|name| !name.is_empty()) {
                Some(name) => strong(name).plain("\u{a0}: ").then(cell.clone()),
                None => cell.clone(),
            });
            let text = lines.reduce(|all, line| all.plain("\n").then(line)).unwrap_or_default();
            vec![Block::Paragraph(text)]
        };
        let items: Vec<Vec<Block>> = rows.iter().map(item).collect();
        self.list(Listing::Bulleted, &items, indent, width);
    }
}

fn is_list(block: &Block) -> bool {
    matches!(block, Block::List(..))
}

fn strong(mut text: Text) -> Text {
    for span in text.spans.iter_mut().filter(|span| matches!(span.tone, Tone::Plain)) {
        span.tone = Tone::Strong;
    }
    text
}

/// Widths that hold the cells within `room`: natural ones, or the widest narrowed. None where that would
/// leave too little.
fn column_widths(head: &[Text], rows: &[Vec<Text>], room: usize) -> Option<Vec<usize>> {
    let count = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let mut widths = vec![1; count];
    for row in rows.iter().map(Vec::as_slice).chain([head]) {
        for (cell, width) in row.iter().zip(widths.iter_mut()) {
            let natural = wrap(cell, usize::MAX).iter().map(|line| measure(line)).max().unwrap_or(0);
            *width = natural.max(*width);
        }
    }
    let room = room.checked_sub(GAP * count.saturating_sub(1))?;
    // The greatest width allowed that lets all columns in; narrower columns keep theirs.
    let fits = |cap: usize| widths.iter().map(|width| (*width).min(cap)).sum::<usize>() <= room;
    let cap = (1..=room).rev().find(|cap| fits(*cap))?;
    let squeezed = widths.iter().any(|width| *width > cap);
    if squeezed && cap < MIN_COLUMN {
        return None;
    }
    Some(widths.into_iter().map(|width| width.min(cap)).collect())
}

/// The escape code that turns a tone on.
fn code(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Strong => "\u{1b}[1m",
        Tone::Emphasis => "\u{1b}[3m",
        Tone::Code => "\u{1b}[36m",
        Tone::Muted => "\u{1b}[2m",
        Tone::Good => "\u{1b}[32m",
        Tone::Bad => "\u{1b}[31m",
        Tone::Open => "\u{1b}[33m",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::string_slice, reason = "tests")]

    use super::super::page::Mark;
    use super::super::samples::page;
    use super::*;

    fn widest(shown: &str) -> usize {
        shown.lines().map(|line| line.chars().map(columns).sum()).max().unwrap()
    }

    #[test]
    fn a_page_is_wrapped_and_its_tree_drawn() {
        insta::assert_snapshot!(text(&page(), Style { colour: false, width: 76 }));
    }

    #[test]
    fn a_narrow_page_keeps_within_forty_columns() {
        let shown = text(&page(), Style { colour: false, width: 10 });
        assert!(widest(&shown) <= MIN_WIDTH, "{shown}");
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn colour_adds_codes_and_nothing_else() {
        let coloured = text(&page(), Style { colour: true, width: 60 });
        let mut bare = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            bare.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        bare.push_str(rest);
        assert_eq!(bare, text(&page(), Style { colour: false, width: 60 }));
        assert!(coloured.contains("\u{1b}[31mnon\u{1b}[0m"));
    }

    #[test]
    fn no_line_ends_with_a_space_nor_passes_the_width() {
        for width in 40..120 {
            let shown = text(&page(), Style { colour: false, width });
            assert!(widest(&shown) <= width, "{width}\n{shown}");
            assert!(shown.lines().all(|line| line.trim_end() == line), "{width}\n{shown}");
        }
    }

    #[test]
    fn combining_marks_take_no_column() {
        let decomposed = Text::from("e\u{301}".repeat(10));
        assert_eq!(wrap(&decomposed, 10).len(), 1);
        assert_eq!(wrap(&decomposed, 9).len(), 2);
    }

    #[test]
    #[cfg(feature = "cli")]
    fn what_is_indented_stays_so() {
        assert_eq!(
            wrapped("exemple :\n  avec âge = 25,\n    emploi = oui", 40),
            "exemple :\n  avec âge = 25,\n    emploi = oui"
        );
        assert_eq!(wrapped("  un deux trois", 8), "  un\ndeux\ntrois");
    }

    #[test]
    fn lines_break_at_spaces_but_not_at_those_that_join() {
        let lines = wrap(&"il vaut\u{a0}: non\u{202f}; voir".into(), 12);
        let shown: Vec<String> = lines.iter().map(|line| line.iter().map(|(c, _)| c).collect()).collect();
        assert_eq!(shown, ["il vaut\u{a0}:", "non\u{202f}; voir"]);
    }

    #[test]
    fn a_deep_tree_says_how_many_levels_are_left_out() {
        let mut chain = Branch::leaf(Mark::Good, "au fond");
        for _ in 0..5000 {
            chain = Branch { text: "car".into(), mark: Mark::None, children: vec![chain] };
        }
        let shown = text(&Page { title: String::new(), blocks: vec![Block::Tree(vec![chain])] }, Style::PLAIN);
        assert!(shown.ends_with("└─ ✓ au fond\n") && shown.contains("⋯4982 ") && widest(&shown) <= 80);
    }
}
