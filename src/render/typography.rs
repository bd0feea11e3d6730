//! French typography, in one pass over what has been written: spaces that join, apostrophes.
//!
//! Of quotations of the official text, spaces alone are set: the letter is left as it is.

use super::page::{Block, Branch, Page, Text};

const JOINING: char = '\u{a0}';
const NARROW: char = '\u{202f}';

/// A page with its spaces and apostrophes set.
pub(super) fn page(mut page: Page) -> Page {
    page.title = words(&page.title);
    page.blocks.iter_mut().for_each(block);
    page
}

fn block(block_: &mut Block) {
    match block_ {
        Block::Heading(_, found) | Block::Paragraph(found) => text(found),
        Block::List(_, items) => items.iter_mut().flatten().for_each(block),
        Block::Table { head, rows } => head.iter_mut().chain(rows.iter_mut().flatten()).for_each(text),
        Block::Quote { text: quoted, source } => {
            for span in &mut quoted.spans {
                span.text = joined(&span.text);
            }
            text(source);
        }
        Block::Tree(branches) => {
            let mut pending: Vec<&mut Branch> = branches.iter_mut().collect();
            while let Some(branch) = pending.pop() {
                text(&mut branch.text);
                pending.extend(branch.children.iter_mut());
            }
        }
        Block::Rule => {}
    }
}

fn text(text: &mut Text) {
    for span in &mut text.spans {
        span.text = words(&span.text);
    }
}

/// Words with a no-break space before « : » and inside quotation marks, a narrow one before « ; ! ? », and
/// typographic apostrophes.
pub fn words(words: &str) -> String {
    let set = joined(words);
    let mut curled = String::with_capacity(set.len());
    let mut letters = set.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let inside =
            before.is_alphabetic() && letters.peek().is_some_and(|next| next.is_alphanumeric() || *next == '«');
        curled.push(if letter == '\'' && inside { '’' } else { letter });
        before = letter;
    }
    curled
}

/// Runs of blanks as one, with the spaces that join.
fn joined(words: &str) -> String {
    let single = |from: &str| {
        let mut kept = String::with_capacity(from.len());
        for letter in from.chars() {
            let blank = matches!(letter, ' ' | '\n' | '\t');
            if !(blank && kept.ends_with(' ')) {
                kept.push(if blank { ' ' } else { letter });
            }
        }
        kept
    };
    let words = &single(words);
    let mut set = String::with_capacity(words.len() + 16);
    let mut letters = words.chars().peekable();
    let mut before = None;
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let shown = match (before, letter, next) {
            (_, ' ' | JOINING | NARROW, Some(';' | '!' | '?')) => NARROW,
            (_, ' ', Some(':' | '»' | '%')) | (Some('«' | '−'), ' ', _) => JOINING,
            (Some('°'), ' ', _) => JOINING,
            (_, letter, _) => letter,
        };
        set.push(shown);
        before = Some(letter);
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_before_high_punctuation_join_and_apostrophes_curl() {
        assert_eq!(
            words("l'exception « a » : oui ; n° 1 ? 'x'"),
            "l’exception «\u{a0}a\u{a0}»\u{a0}: oui\u{202f}; n°\u{a0}1\u{202f}? 'x'"
        );
        assert_eq!(words("l’annexe «\u{a0}déjà\u{a0}»\u{202f}; 12:30"), "l’annexe «\u{a0}déjà\u{a0}»\u{202f}; 12:30");
    }
}
