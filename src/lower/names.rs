//! The nearest known name, for a misspelt one.

use crate::program::fold;

/// The known name nearest to a misspelt one, if one is near enough to be meant.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let limit = match folded.chars().count() {
        0..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    known
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *candidate != name)
        .min_by(|a, b| a.cmp(b))
        .map(|(_, candidate)| candidate)
}
