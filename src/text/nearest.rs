//! The passage a quotation that is nowhere was probably meant for, and where both part.
//!
//! The rarest words of the quotation vote for a place; an alignment of what lies there, space-separated
//! word by word, gives the passage and the first difference. Both are bounded, whatever the text.

use std::cmp::Reverse;
use std::ops::Range;

use super::find::{Border, Index, parts, words};

/// How many words vote, and how many places each may vote for.
const VOTERS: usize = 8;
const VOTES: usize = 512;
/// How many of the places voted for are compared.
const ELECTED: usize = 3;
/// How many words may be missing or added before the place voted for is another place.
const SLACK: usize = 3;
/// How many words of a quotation are aligned.
const ALIGNED: usize = 400;

/// The passage of the text closest to a quotation, or to the first part of it, between elisions, that is nowhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nearest {
    /// Where it stands, in bytes of the official text; noise within included.
    pub range: Range<usize>,
    /// The passage, ready to be shown.
    pub text: String,
    /// The first difference: as quoted, then as the text has it.
    pub difference: (String, String),
}

/// The closest passage, in bytes of the view, and the first difference, in bytes of the quotation and of the view.
#[derive(Debug)]
pub(super) struct Closest {
    pub(super) passage: Range<usize>,
    pub(super) quoted: Range<usize>,
    pub(super) stands: Range<usize>,
}

/// The passage of the view closest to a normalised quotation that is nowhere.
pub(super) fn nearest(index: &Index, quotation: &str, border: Border) -> Option<Closest> {
    let parts: Vec<(usize, &str)> = parts(quotation);
    if let Some((at, part)) = parts.iter().find(|(_, part)| index.stands(part, border).is_empty()) {
        return closest(index, part).map(|found| Closest { quoted: shifted(found.quoted, *at), ..found });
    }
    // Every part stands somewhere, but they do not follow one another in one paragraph.
    let ((_, first), rest) = parts.split_first()?;
    let start = index.stands(first, border).first().copied()?;
    let mut end = start + first.len();
    for (at, part) in rest {
        let Some(next) = index.after(end, part, &index.stands(part, border)) else {
            let paragraph = index.view().paragraph_end(end);
            return Some(Closest { passage: start..paragraph, quoted: *at..at + part.len(), stands: end..paragraph });
        };
        end = next;
    }
    None
}

/// The passage closest to one uninterrupted stretch of quotation.
fn closest(index: &Index, part: &str) -> Option<Closest> {
    let quoted: Vec<&str> = words(part).take(ALIGNED).filter_map(|word| part.get(word)).collect();
    let mut firsts = elected(index, &quoted);
    if firsts.is_empty() {
        firsts.extend(misspelt(index, &quoted));
    }
    let quotation = chunks(part, ALIGNED);
    let aligned = firsts.into_iter().filter_map(|first| align_at(index, &quotation, first..first + quoted.len()));
    let (closest, cost) = aligned.min_by_key(|(_, cost)| *cost)?;
    let close = quotation.len() == 1 || cost * 3 <= quotation.len() * EDIT * 2;
    close.then_some(closest)
}

/// Aligns the quotation with what stands about some words of the text, by rank.
fn align_at(index: &Index, quotation: &[Chunk], words: Range<usize>) -> Option<(Closest, usize)> {
    let from = index.words().get(words.start.saturating_sub(SLACK))?.start;
    let last = (words.end + SLACK).min(index.words().len().checked_sub(1)?);
    let to = index.words().get(last)?.end;
    let text = index.view().text();
    let from = text.get(..from)?.rfind(' ').map_or(0, |space| space + 1);
    let to = text.get(to..)?.find(' ').map_or(text.len(), |space| to + space);
    let (found, cost) = align(quotation, &chunks(text.get(from..to)?, usize::MAX))?;
    let closest = Closest { passage: shifted(found.passage, from), stands: shifted(found.stands, from), ..found };
    Some((closest, cost))
}

fn shifted(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// The ranks of the words of the text where the quotation would begin, by the vote of its rarest words, best first.
fn elected(index: &Index, quoted: &[&str]) -> Vec<usize> {
    let mut voters: Vec<(&[usize], usize)> =
        quoted.iter().enumerate().map(|(rank, word)| (index.places(word), rank)).collect();
    voters.retain(|(places, _)| !places.is_empty());
    voters.sort_by_key(|(places, rank)| (places.len(), *rank));
    let mut votes: Vec<usize> = Vec::new();
    for (places, rank) in voters.into_iter().take(VOTERS) {
        votes.extend(places.iter().take(VOTES).map(|place| place + quoted.len() - rank));
    }
    votes.sort_unstable();
    let mut from = 0;
    let mut windows: Vec<(Reverse<usize>, usize)> = Vec::new();
    for (upto, &vote) in votes.iter().enumerate() {
        while votes.get(from).is_some_and(|&early| early + SLACK < vote) {
            from += 1;
        }
        windows.extend(votes.get(from).map(|&start| (Reverse(upto + 1 - from), start)));
    }
    windows.sort_unstable();
    let mut elected: Vec<usize> = Vec::new();
    for (_, start) in windows {
        if elected.len() == ELECTED {
            break;
        }
        if elected.iter().all(|other| other.abs_diff(start) > SLACK) {
            elected.push(start);
        }
    }
    elected.into_iter().map(|start| start.saturating_sub(quoted.len())).collect()
}

/// The same where no word of a short quotation is in the text: by the spelling nearest to its longest word.
fn misspelt(index: &Index, quoted: &[&str]) -> Option<usize> {
    let (rank, word) = quoted.iter().enumerate().max_by_key(|(_, word)| word.len())?;
    if quoted.len() > SLACK || !(4..40).contains(&word.len()) {
        return None;
    }
    let alike = index.vocabulary().filter(|known| known.len().abs_diff(word.len()) <= 2);
    let distances = alike.map(|known| (strsim::osa_distance(&known.to_lowercase(), &word.to_lowercase()), known));
    let (_, known) = distances.filter(|(distance, _)| *distance <= 2).min()?;
    index.places(known).first().map(|place| place.saturating_sub(rank))
}

/// One space-separated word and where it starts.
type Chunk<'t> = (usize, &'t str);

fn chunks(text: &str, most: usize) -> Vec<Chunk<'_>> {
    let mut at = 0;
    let place = |chunk: &'_ str| {
        let start = at;
        at += chunk.len() + 1;
        start
    };
    let starts: Vec<usize> = text.split(' ').map(place).collect();
    starts.into_iter().zip(text.split(' ')).take(most).collect()
}

/// What aligning does with a word: both agree, or the quotation, the text or both have their own.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Step {
    quoted: bool,
    stands: bool,
    agree: bool,
}

/// What a word more, a word less or another word costs.
const EDIT: usize = 2;

/// What pairing two words costs: nothing if the same, half an edit if one looks like the other.
fn pairing(quoted: &str, stands: &str) -> usize {
    if quoted == stands {
        return 0;
    }
    let same = |(a, b): &(u8, u8)| a == b;
    let prefix = quoted.bytes().zip(stands.bytes()).take_while(same).count();
    let suffix = quoted.bytes().rev().zip(stands.bytes().rev()).take_while(same).count();
    if (prefix + suffix) * 2 >= quoted.len().max(stands.len()) { EDIT / 2 } else { EDIT }
}

/// Aligns the whole quotation with any stretch of the passage, at the least cost.
fn align(quotation: &[Chunk], passage: &[Chunk]) -> Option<(Closest, usize)> {
    let width = passage.len() + 1;
    let mut costs: Vec<usize> = vec![0; width];
    for (row, (_, quoted)) in quotation.iter().enumerate() {
        costs.push((row + 1) * EDIT);
        for (column, (_, stands)) in passage.iter().enumerate() {
            let above = row * width + column;
            let paired = costs.get(above)? + pairing(quoted, stands);
            costs.push(paired.min(costs.get(above + 1)? + EDIT).min(costs.last()? + EDIT));
        }
    }
    let cost = |row: usize, column: usize| costs.get(row * width + column).copied();
    let mut row = quotation.len();
    let last = (0..width).rev().min_by_key(|&column| cost(row, column))?;
    let total = cost(row, last)?;
    let mut column = last;
    let mut steps = Vec::new();
    while row > 0 {
        let here = cost(row, column)?;
        let pair = column.checked_sub(1).and_then(|left| Some((quotation.get(row - 1)?.1, passage.get(left)?.1)));
        let price = pair.map(|(quoted, stands)| pairing(quoted, stands));
        let paired = price.is_some_and(|price| cost(row - 1, column - 1).is_some_and(|before| before + price == here));
        let dropped = !paired && cost(row - 1, column)? + EDIT == here;
        let step = Step { quoted: paired || dropped, stands: !dropped, agree: paired && price == Some(0) };
        row -= usize::from(step.quoted);
        column = column.checked_sub(usize::from(step.stands))?;
        steps.push(step);
    }
    steps.reverse();
    let passage = passage.get(column..last)?;
    let (quoted, stands) = first_difference(&steps, quotation, passage);
    Some((Closest { passage: span(passage), quoted, stands }, total))
}

/// From the first byte of the first word to the last of the last.
fn span(chunks: &[Chunk]) -> Range<usize> {
    let start = chunks.first().map_or(0, |(start, _)| *start);
    start..chunks.last().map_or(start, |(start, word)| start + word.len())
}

/// The first words that differ; where one side has none, with a neighbour both have.
fn first_difference(steps: &[Step], quotation: &[Chunk], passage: &[Chunk]) -> (Range<usize>, Range<usize>) {
    let from = steps.iter().position(|step| !step.agree).unwrap_or(steps.len());
    let length = steps.iter().skip(from).position(|step| step.agree).unwrap_or(steps.len() - from);
    let words = |chunks: &[Chunk], side: fn(&Step) -> bool, taken: &Range<usize>| {
        let count = |end: usize| steps.iter().take(end).filter(|step| side(step)).count();
        span(chunks.get(count(taken.start)..count(taken.end)).unwrap_or(&[]))
    };
    let both = |taken: Range<usize>| {
        (words(quotation, |step| step.quoted, &taken), words(passage, |step| step.stands, &taken))
    };
    let bare = both(from..from + length);
    if !bare.0.is_empty() && !bare.1.is_empty() {
        bare
    } else if from + length < steps.len() {
        both(from..from + length + 1)
    } else {
        both(from.saturating_sub(1)..from + length)
    }
}
