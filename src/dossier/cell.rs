//! The gate of flat files: the text of one cell becomes a datum, by the declared type of the leaf it fills.
//!
//! Only what spreadsheets write otherwise than JSON is seen to here; reading the datum is [`super::convert`]'s.

use super::datum::{Datum, Placed};
use crate::program::{Input, fold};
use crate::value::Type;

/// What a cell says of a leaf: an empty one nothing, `?` that it is unknown.
pub(super) fn cell(input: &Input, text: &str) -> Datum {
    let text = text.trim();
    if let Some(datum) = blank(text) {
        return datum;
    }
    match input.ty {
        Type::Truth => truth(text).map_or_else(|| Datum::text(text), Datum::Truth),
        Type::Integer | Type::Number | Type::Duration | Type::Offset => Datum::Text(without_thousands(text)),
        Type::Date => Datum::text(without_midnight(text)),
        Type::Period | Type::Days | Type::Text | Type::Key(_) | Type::Case(_) => Datum::text(text),
    }
}

/// Of an empty cell and of `?`.
pub(super) fn blank(text: &str) -> Option<Datum> {
    match text {
        "" => Some(Datum::Null),
        "?" => Some(Datum::Unknown),
        _ => None,
    }
}

/// Yes and no as exports write them.
pub(super) fn truth(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "o" | "oui" | "vrai" | "true" | "1" | "x" => Some(true),
        "n" | "non" | "faux" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// A number without the spaces between its thousands: « 12 500,75 ».
fn without_thousands(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(char::is_ascii_digit);
    let between = |at: usize| digit(at.checked_sub(1)) && (1..=3).all(|ahead| digit(at.checked_add(ahead)));
    let spaced = |(at, c): &(usize, char)| c.is_whitespace() && between(*at);
    characters.iter().copied().enumerate().filter(|place| !spaced(place)).map(|(_, c)| c).collect()
}

/// A day without the time of day that spreadsheets add.
fn without_midnight(text: &str) -> &str {
    [" 00:00:00", "T00:00:00", " 00:00", " 0:00"]
        .iter()
        .find_map(|midnight| text.strip_suffix(midnight))
        .unwrap_or(text)
}

/// The same datum, all of it, at one place.
pub fn at(mut placed: Placed, line: u32, column: u32) -> Placed {
    (placed.line, placed.column) = (line, column);
    placed.datum = match placed.datum {
        Datum::List(elements) => Datum::List(elements.into_iter().map(|element| at(element, line, column)).collect()),
        Datum::Record(members) => {
            Datum::Record(members.into_iter().map(|(name, member)| (name, at(member, line, column))).collect())
        }
        scalar @ (Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_)) => scalar,
    };
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_between_thousands_and_midnight_are_left_out() {
        for (text, expected) in
            [("12\u{202f}500,75", "12500,75"), ("1 234 567", "1234567"), ("14 semaines", "14 semaines"), ("1 2", "1 2")]
        {
            assert_eq!(without_thousands(text), expected);
        }
        assert_eq!(without_midnight("31/12/2026 00:00:00"), "31/12/2026");
        assert_eq!(without_midnight("31/12/2026 10:00:00"), "31/12/2026 10:00:00");
    }

    #[test]
    fn yes_and_no_are_written_in_many_ways() {
        for (text, expected) in
            [("O", Some(true)), ("Non", Some(false)), ("1", Some(true)), ("FAUX", Some(false)), ("2", None)]
        {
            assert_eq!(truth(text), expected);
        }
    }
}
