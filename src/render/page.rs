//! A neutral document: what a report says, and nothing of how it looks.

/// A document.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// Its body.
    pub blocks: Vec<Block>,
}

/// One block of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    /// A heading below the title; level 1 is the highest.
    Heading(u8, Text),
    /// A paragraph.
    Paragraph(Text),
    /// A list; each item is made of blocks.
    List(Listing, Vec<Vec<Block>>),
    /// A table. Rows may be shorter or longer than the head.
    Table {
        /// What each column holds.
        head: Vec<Text>,
        /// One cell a column.
        rows: Vec<Vec<Text>>,
    },
    /// A quotation of the official text with its place.
    Quote {
        /// The words, without quotation marks.
        text: Text,
        /// Where they stand.
        source: Text,
    },
    /// Reasons and their reasons.
    Tree(Vec<Branch>),
    /// A rule between two parts.
    Rule,
}

/// How the items of a list are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listing {
    /// By bullets.
    Bulleted,
    /// By numbers, from 1.
    Numbered,
}

/// A statement and those it rests on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Branch {
    /// The statement.
    pub text: Text,
    /// What came of it.
    pub mark: Mark,
    /// What it rests on.
    pub children: Vec<Branch>,
}

impl Branch {
    /// A statement that rests on nothing.
    pub fn leaf(mark: Mark, text: impl Into<Text>) -> Self {
        Self { text: text.into(), mark, children: Vec::new() }
    }
}

/// Reasons may be chained without bound: dropping them must not recurse.
impl Drop for Branch {
    fn drop(&mut self) {
        let mut pending = std::mem::take(&mut self.children);
        while let Some(mut branch) = pending.pop() {
            pending.append(&mut branch.children);
        }
    }
}

/// What came of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mark {
    /// Nothing to say.
    #[default]
    None,
    /// It holds.
    Good,
    /// It does not.
    Bad,
    /// It is not known.
    Open,
}

impl Mark {
    /// The sign that shows it where colour cannot; none for [`Mark::None`].
    pub(super) fn sign(self) -> Option<&'static str> {
        match self {
            Mark::None => None,
            Mark::Good => Some("✓"),
            Mark::Bad => Some("✗"),
            Mark::Open => Some("?"),
        }
    }

    /// The tone of that sign.
    pub(super) fn tone(self) -> Tone {
        match self {
            Mark::None => Tone::Plain,
            Mark::Good => Tone::Good,
            Mark::Bad => Tone::Bad,
            Mark::Open => Tone::Open,
        }
    }
}

/// How a few words are to be told from the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Tone {
    /// As the rest.
    #[default]
    Plain,
    /// What matters most.
    Strong,
    /// What is stressed.
    Emphasis,
    /// A name or a value as the ruleset or the data write it.
    Code,
    /// What matters least.
    Muted,
    /// An answer that is a yes.
    Good,
    /// An answer that is a no.
    Bad,
    /// An answer still open.
    Open,
}

/// A few words of one tone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// The words; a line feed is a break asked for, other runs of spaces and tabs count as one space.
    pub text: String,
    /// Their tone.
    pub tone: Tone,
}

/// Words in their order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Text {
    /// Stretches of one tone.
    pub spans: Vec<Span>,
}

impl Text {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds words of that tone.
    pub fn push(&mut self, tone: Tone, words: impl Into<String>) {
        self.spans.push(Span { text: words.into(), tone });
    }

    /// Followed by words of that tone.
    pub fn with(mut self, tone: Tone, words: impl Into<String>) -> Self {
        self.push(tone, words);
        self
    }

    /// Followed by words as the rest.
    pub fn plain(self, words: impl Into<String>) -> Self {
        self.with(Tone::Plain, words)
    }

    /// Followed by what matters most.
    pub fn strong(self, words: impl Into<String>) -> Self {
        self.with(Tone::Strong, words)
    }

    /// Followed by what is stressed.
    pub fn emphasis(self, words: impl Into<String>) -> Self {
        self.with(Tone::Emphasis, words)
    }

    /// Followed by a name or value as written.
    pub fn code(self, words: impl Into<String>) -> Self {
        self.with(Tone::Code, words)
    }

    /// Followed by what matters least.
    pub fn muted(self, words: impl Into<String>) -> Self {
        self.with(Tone::Muted, words)
    }

    /// Followed by another text.
    pub fn then(mut self, other: Text) -> Self {
        self.spans.extend(other.spans);
        self
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.spans.iter().all(|span| span.text.is_empty())
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Text::new().plain(words)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Text::new().plain(words)
    }
}

/// One branch of a tree on its own line, in the order it is read.
pub(super) struct Row<'a> {
    /// The branch.
    pub(super) branch: &'a Branch,
    /// How many branches it lies under.
    pub(super) depth: usize,
    /// Whether none follows it under the same one.
    pub(super) last: bool,
}

/// The branches of a tree in reading order, without recursion: chains of reasons may be long.
pub(super) fn rows(branches: &[Branch]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut open = vec![branches.iter()];
    while let Some(siblings) = open.last_mut() {
        let Some(branch) = siblings.next() else {
            open.pop();
            continue;
        };
        let last = siblings.len() == 0;
        rows.push(Row { branch, depth: open.len() - 1, last });
        if !branch.children.is_empty() {
            open.push(branch.children.iter());
        }
    }
    rows
}

/// What replaces a character that would command a terminal or reorder a line; others stand.
pub(super) fn shown(c: char) -> char {
    let reorders =
        matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}');
    if c != '\n' && (c.is_control() || reorders) { if c == '\t' { ' ' } else { '\u{FFFD}' } } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_a_hundred_thousand_reasons_is_walked_and_dropped() {
        let mut chain = Branch::leaf(Mark::Good, "fin");
        for _ in 0..100_000 {
            chain = Branch { text: "parce que".into(), mark: Mark::None, children: vec![chain] };
        }
        let tree = [chain];
        assert_eq!(rows(&tree).last().map(|row| (row.depth, row.last)), Some((100_000, true)));
    }

    #[test]
    fn what_commands_a_terminal_is_not_shown() {
        assert_eq!(
            "a\u{1b}[31m\u{202e}\t\r\u{9b}".chars().map(shown).collect::<String>(),
            "a\u{fffd}[31m\u{fffd} \u{fffd}\u{fffd}"
        );
    }
}
