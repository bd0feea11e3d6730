//! A small page layout: a document of words and possible line breaks becomes lines of a given width.
//!
//! A group stays on one line where it fits there, and is else broken at all its own breaks, outermost groups first
//! (Oppen, « Prettyprinting », 1980; Wadler, « A prettier printer », 1998). Comments are part of the document: a
//! comment ends its line, whatever the layout around it would have liked.

/// What is laid out.
#[derive(Clone, Debug)]
pub(super) enum Doc {
    /// Words that stay as they are. They may hold line breaks, which then are not indented.
    Text(String),
    /// So many spaces, or the end of the line where the group is broken.
    Line(usize),
    /// The end of the line, always.
    Hard,
    /// Words of a quotation, set in lines as they fit, continued under the first.
    Words(Vec<String>),
    /// Parts separated by one space or by the end of a line as they fit.
    Fill(Vec<Doc>),
    /// A comment after what stands on its line.
    Trailing(String),
    /// A comment on a line of its own.
    Own(String),
    /// Parts that follow each other.
    Row(Vec<Doc>),
    /// On one line, or else broken at its own breaks.
    Group(Box<Doc>),
    /// Lines begun inside are indented by so much more.
    Nest(usize, Box<Doc>),
    /// Lines begun inside stand under its start.
    Align(Box<Doc>),
}

impl Doc {
    /// Words as they are.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Doc::Text(text.into())
    }

    /// Nothing.
    pub(super) fn nothing() -> Self {
        Doc::Row(Vec::new())
    }

    /// A group of these.
    pub(super) fn group(parts: Vec<Doc>) -> Self {
        Doc::Group(Box::new(Doc::Row(parts)))
    }

    /// These, continued under their start.
    pub(super) fn align(parts: Vec<Doc>) -> Self {
        Doc::Align(Box::new(Doc::Row(parts)))
    }

    /// These, continued further right.
    pub(super) fn nest(by: usize, parts: Vec<Doc>) -> Self {
        Doc::Nest(by, Box::new(Doc::Row(parts)))
    }

    /// How wide it is on one line, in characters; none where it cannot stand on one.
    pub(super) fn width(&self) -> Option<usize> {
        match self {
            Doc::Text(text) => (!text.contains('\n')).then(|| count(text)),
            Doc::Line(spaces) => Some(*spaces),
            Doc::Hard | Doc::Trailing(_) | Doc::Own(_) => None,
            Doc::Words(words) => Some(words.iter().map(|word| count(word) + 1).sum::<usize>().saturating_sub(1)),
            Doc::Fill(parts) => {
                let widths: Option<usize> = parts.iter().map(|part| Some(part.width()? + 1)).sum();
                Some(widths?.saturating_sub(1))
            }
            Doc::Row(parts) => parts.iter().map(Doc::width).sum(),
            Doc::Group(inner) | Doc::Nest(_, inner) | Doc::Align(inner) => inner.width(),
        }
    }

    /// How wide it is on one line, the comment at its end left out: a remark does not break what it stands after.
    fn width_before_remark(&self) -> Option<usize> {
        match self {
            Doc::Trailing(_) => Some(0),
            Doc::Row(parts) => {
                let (mut width, mut ends) = (0, true);
                for part in parts.iter().rev() {
                    width += if ends { part.width_before_remark()? } else { part.width()? };
                    ends &= part.width() == Some(0);
                }
                Some(width)
            }
            Doc::Group(inner) | Doc::Nest(_, inner) | Doc::Align(inner) => inner.width_before_remark(),
            Doc::Text(_) | Doc::Line(_) | Doc::Hard | Doc::Words(_) | Doc::Fill(_) | Doc::Own(_) => self.width(),
        }
    }
}

fn count(text: &str) -> usize {
    text.chars().count()
}

/// The document in lines of at most `width` characters where that can be.
pub(super) fn print(doc: &Doc, width: usize) -> String {
    let mut page = Page { out: String::new(), width, column: 0, must_break: false };
    let mut pending = vec![Pending { doc, indent: 0, flat: false, before: false }];
    while let Some(next) = pending.pop() {
        page.place(next, &mut pending);
    }
    page.out
}

/// A part still to be set.
#[derive(Clone, Copy)]
struct Pending<'d> {
    doc: &'d Doc,
    indent: usize,
    /// Its breaks are spaces.
    flat: bool,
    /// A part of a fill that is not its first: a space or the end of the line goes before it.
    before: bool,
}

struct Page {
    out: String,
    width: usize,
    /// Characters on the current line.
    column: usize,
    /// A comment ended the line.
    must_break: bool,
}

impl Page {
    fn place<'d>(&mut self, next: Pending<'d>, pending: &mut Vec<Pending<'d>>) {
        let Pending { doc, indent, flat, before } = next;
        if before {
            let room = self.width.saturating_sub(self.column + 1);
            if !self.must_break && doc.width_before_remark().is_some_and(|width| width <= room) {
                self.write(" ", indent);
            } else {
                self.end_line(indent);
            }
        }
        match doc {
            Doc::Text(text) => self.write(text, indent),
            Doc::Line(spaces) if flat && !self.must_break => self.write(&" ".repeat(*spaces), indent),
            Doc::Line(_) | Doc::Hard => self.end_line(indent),
            Doc::Words(words) => self.words(words, indent, pending),
            Doc::Fill(parts) => {
                for (at, doc) in parts.iter().enumerate().rev() {
                    pending.push(Pending { doc, indent, flat: false, before: at > 0 });
                }
            }
            Doc::Trailing(comment) => {
                self.write("  ", indent);
                self.write(comment, indent);
                self.must_break = true;
            }
            Doc::Own(comment) => {
                if self.must_break || !self.at_start() {
                    self.end_line(indent);
                }
                self.write(comment, indent);
                self.must_break = true;
            }
            Doc::Row(parts) => {
                pending.extend(parts.iter().rev().map(|doc| Pending { doc, indent, flat, before: false }));
            }
            Doc::Group(inner) => {
                let flat = flat || self.fits(inner, pending);
                pending.push(Pending { doc: inner, indent, flat, before: false });
            }
            Doc::Nest(by, inner) => pending.push(Pending { doc: inner, indent: indent + by, flat, before: false }),
            Doc::Align(inner) => {
                let indent = if self.must_break { indent } else { self.column.max(indent) };
                pending.push(Pending { doc: inner, indent, flat, before: false });
            }
        }
    }

    /// Whether the document fits on what is left of the line, with what follows it up to a possible break.
    fn fits(&self, doc: &Doc, pending: &[Pending<'_>]) -> bool {
        let Some(width) = doc.width_before_remark() else { return false };
        let mut left = match self.width.checked_sub(self.column + width) {
            Some(left) if !self.must_break => left,
            Some(_) | None => return false,
        };
        for next in pending.iter().rev() {
            if next.before {
                return true;
            }
            match ahead(next.doc, next.flat, &mut left) {
                Ahead::Ends => return true,
                Ahead::Overflows => return false,
                Ahead::Goes => {}
            }
        }
        true
    }

    fn words(&mut self, words: &[String], indent: usize, pending: &[Pending<'_>]) {
        let indent = if self.must_break { indent } else { self.column.max(indent) };
        // The last word takes with it what must stay on its line.
        let mut tail = self.width;
        for next in pending.iter().rev() {
            if next.before || !matches!(ahead(next.doc, next.flat, &mut tail), Ahead::Goes) {
                break;
            }
        }
        let tail = self.width - tail;
        for (at, word) in words.iter().enumerate() {
            let after = if at + 1 == words.len() { tail } else { 0 };
            if at > 0 && self.column + 1 + count(word) + after > self.width {
                // The quotation mark and its space stand left of the words.
                self.end_line(indent + 2);
            } else if at > 0 {
                self.write(" ", indent);
            }
            self.write(word, indent);
        }
    }

    fn at_start(&self) -> bool {
        self.out.rsplit('\n').next().is_none_or(|line| line.chars().all(|c| c == ' '))
    }

    fn end_line(&mut self, indent: usize) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
        self.must_break = false;
    }

    fn write(&mut self, text: &str, indent: usize) {
        if text.is_empty() {
            return;
        }
        if self.must_break {
            self.end_line(indent);
        }
        self.out.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => count(last),
            None => self.column + count(text),
        };
    }
}

/// How the line goes on after some part of it.
#[derive(PartialEq, Eq)]
enum Ahead {
    /// Beyond it.
    Goes,
    /// It can end there.
    Ends,
    /// It has become too long.
    Overflows,
}

/// Takes what follows from the room left on a line.
fn ahead(doc: &Doc, flat: bool, left: &mut usize) -> Ahead {
    let mut take = |width: usize| match left.checked_sub(width) {
        Some(rest) => {
            *left = rest;
            Ahead::Goes
        }
        None => Ahead::Overflows,
    };
    match doc {
        Doc::Text(text) => match text.split_once('\n') {
            Some((first, _)) if take(count(first)) == Ahead::Goes => Ahead::Ends,
            Some(_) => Ahead::Overflows,
            None => take(count(text)),
        },
        Doc::Line(spaces) if flat => take(*spaces),
        Doc::Line(_) | Doc::Hard | Doc::Trailing(_) | Doc::Own(_) => Ahead::Ends,
        Doc::Words(words) => match words.first() {
            Some(first) if words.len() > 1 => match take(count(first)) {
                Ahead::Goes => Ahead::Ends,
                other @ (Ahead::Ends | Ahead::Overflows) => other,
            },
            Some(first) => take(count(first)),
            None => Ahead::Goes,
        },
        Doc::Fill(parts) => match parts.first() {
            Some(first) if parts.len() > 1 => match ahead(first, false, left) {
                Ahead::Goes => Ahead::Ends,
                other @ (Ahead::Ends | Ahead::Overflows) => other,
            },
            Some(first) => ahead(first, false, left),
            None => Ahead::Goes,
        },
        Doc::Row(parts) => {
            for part in parts {
                match ahead(part, flat, left) {
                    Ahead::Goes => {}
                    other @ (Ahead::Ends | Ahead::Overflows) => return other,
                }
            }
            Ahead::Goes
        }
        // A group that follows may be broken, so that the line can end at its first break.
        Doc::Group(inner) => ahead(inner, flat, left),
        Doc::Nest(_, inner) | Doc::Align(inner) => ahead(inner, flat, left),
    }
}
