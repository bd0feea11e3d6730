//! Whether words stand in a text, to the letter: every character that is no blank, and a blank where there is one.

use unicode_normalization::UnicodeNormalization;

/// A character that is no blank.
#[derive(Clone, Copy)]
struct Letter {
    letter: char,
    /// From 1.
    line: usize,
    /// A blank comes before it; a line that ends after a hyphen cuts a word, and is none.
    apart: bool,
}

fn letters(text: &str) -> Vec<Letter> {
    let mut found: Vec<Letter> = Vec::new();
    let (mut line, mut apart, mut ended) = (1, false, 0);
    for letter in text.chars() {
        if letter.is_whitespace() || letter == '\u{FEFF}' {
            apart = true;
            let ends = usize::from(letter == '\n');
            line += ends;
            ended += ends;
        } else {
            let cut = ended == 1 && found.last().is_some_and(|last| last.letter == '-' && !last.apart);
            found.push(Letter { letter, line, apart: apart && !cut });
            (apart, ended) = (false, 0);
        }
    }
    found
}

fn place(letters: &[Letter], words: &[Letter], from: usize) -> Option<usize> {
    let alike = |(at, word): (usize, &Letter), found: &Letter| {
        word.letter == found.letter && (at == 0 || word.apart == found.apart)
    };
    (from..letters.len()).find(|start| {
        letters
            .get(*start..start + words.len())
            .is_some_and(|here| words.iter().enumerate().zip(here).all(|(word, found)| alike(word, found)))
    })
}

fn places(letters: &[Letter], words: &[Letter]) -> Vec<usize> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    while let Some(at) = place(letters, words, found.last().map_or(0, |last| last + 1)) {
        found.push(at);
    }
    found
}

/// A text without what is no part of it.
pub(super) struct Text {
    letters: Vec<Letter>,
}

impl Text {
    /// `noise`: the words cut out, each with which occurrence is meant.
    pub(super) fn new(text: &str, noise: &[(&str, Option<u32>)]) -> Self {
        let whole = letters(text);
        let mut cut = vec![false; whole.len()];
        for (words, nth) in noise {
            let words = letters(words);
            let alone = |at: &usize| {
                let after = whole.get(at + words.len());
                whole.get(*at).is_some_and(|first| first.apart || *at == 0) && after.is_none_or(|next| next.apart)
            };
            let found: Vec<usize> = places(&whole, &words).into_iter().filter(alone).collect();
            let nth = nth.map_or(0, |nth| nth.saturating_sub(1)) as usize;
            if let Some(at) = found.get(nth) {
                cut.iter_mut().skip(*at).take(words.len()).for_each(|cut| *cut = true);
            }
        }
        let mut letters = Vec::new();
        let mut apart = false;
        for (letter, cut) in whole.into_iter().zip(cut) {
            // Around what is cut out, blanks are one.
            apart |= letter.apart;
            if !cut {
                letters.push(Letter { apart, ..letter });
                apart = false;
            }
        }
        Self { letters }
    }

    /// The lines where these very words begin.
    pub(super) fn lines(&self, words: &str) -> Vec<usize> {
        let found = places(&self.letters, &letters(words));
        found.into_iter().filter_map(|at| self.letters.get(at)).map(|letter| letter.line).collect()
    }
}

fn plain(words: &str) -> String {
    let curled = |c| if matches!(c, '’' | '‘' | 'ʼ') { '\'' } else { c };
    words.nfc().map(curled).filter(|c| !c.is_whitespace() && *c != '\u{FEFF}').collect()
}

/// Whether a quotation, `…` standing for what lies between, is of these words.
pub(super) fn quotes(quotation: &str, words: &str) -> bool {
    let (quotation, words) = (plain(quotation), plain(words));
    if quotation == words {
        return true;
    }
    let parts: Vec<&str> = quotation.split('…').filter(|part| !part.is_empty()).collect();
    let mut rest = Some(words.as_str());
    for (at, part) in parts.iter().enumerate() {
        rest = rest.and_then(|rest| match at {
            0 => rest.strip_prefix(part),
            _ => rest.find(part).and_then(|found| rest.get(found + part.len()..)),
        });
    }
    let last = parts.last().copied().unwrap_or_default();
    parts.len() > 1 && rest.is_some() && words.ends_with(last)
}

/// Words as they are compared where only typography may differ.
pub(super) fn same_words(a: &str, b: &str) -> bool {
    plain(a) == plain(b)
}
