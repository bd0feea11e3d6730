//! Durations and ranks in French prose.

use super::Number;

const WEEK: i64 = 7 * Number::SCALE;

/// A number of days in words: « 92 jours », or by weeks where they are preferred, « 13 semaines et 1 jour ».
/// Weeks are named only from one whole week on, and never to split a negative duration.
pub fn duration(days: Number, prefer_weeks: bool) -> String {
    let millionths = days.millionths();
    let (weeks, rest) = (millionths / WEEK, millionths % WEEK);
    let splits = prefer_weeks && weeks != 0 && (rest == 0 || millionths > 0);
    // A week count is far below the greatest number.
    let weeks = Number::from_integer(weeks).filter(|_| splits);
    match (weeks, rest) {
        (None, _) => counted(days, "jour"),
        (Some(weeks), 0) => counted(weeks, "semaine"),
        (Some(weeks), _) => {
            format!("{} et {}", counted(weeks, "semaine"), counted(Number::from_millionths(rest), "jour"))
        }
    }
}

/// A calendar offset in words: « 6 mois », « 1 an et 6 mois ».
pub fn months(count: i32) -> String {
    let (years, rest) = (count / 12, count % 12);
    match (years, rest) {
        (0, rest) => format!("{} mois", integer(rest)),
        (years, 0) => counted(number(years), "an"),
        (years, rest) if count > 0 => format!("{} et {rest} mois", counted(number(years), "an")),
        (_, _) => format!("{} mois", integer(count)),
    }
}

/// A rank in figures: « 1er », « 2e ».
pub fn ordinal(rank: u64) -> String {
    if rank == 1 { "1er".to_owned() } else { format!("{rank}e") }
}

/// So many things: « 2 réponses attendues », « 1 exemple », « 3 cas ».
pub fn things(count: usize, noun: &str) -> String {
    if count < 2 {
        return format!("{count} {noun}");
    }
    let plural = |word: &str| if word.ends_with('s') { word.to_owned() } else { format!("{word}s") };
    format!("{count} {}", noun.split(' ').map(plural).collect::<Vec<_>>().join(" "))
}

/// A name as people read it: « contrat_d_apprentissage » is « contrat d'apprentissage ».
pub fn plain(name: &str) -> String {
    let mut words = name.split('_').peekable();
    let mut plain = String::with_capacity(name.len());
    while let Some(word) = words.next() {
        plain.push_str(word);
        let vowel = words.peek().and_then(|next| next.chars().next()).is_some_and(|first| VOWELS.contains(first));
        if words.peek().is_some() {
            plain.push(if vowel && matches!(word, "d" | "l" | "qu") { '\'' } else { ' ' });
        }
    }
    plain
}

/// The letters before which a word is elided.
const VOWELS: &str = "aeiouyhàâéèêëîïôûùœAEIOUYHÀÂÉÈÊËÎÏÔÛÙŒ";

/// A quantity and its noun, which takes its plural from two on, as French has it (« 1,5 jour »).
fn counted(quantity: Number, noun: &str) -> String {
    let plural = quantity.millionths().unsigned_abs() >= (2 * Number::SCALE).unsigned_abs();
    format!("{} {noun}{}", quantity.french(), if plural { "s" } else { "" })
}

fn integer(value: i32) -> String {
    number(value).french()
}

fn number(value: i32) -> Number {
    // Thirty-two bits times a million stay below sixty-three bits.
    Number::from_millionths(i64::from(value) * Number::SCALE)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_with_its_elisions() {
        assert_eq!(plain("contrat_d_apprentissage"), "contrat d'apprentissage");
        assert_eq!(plain("période_de_l_été"), "période de l'été");
        assert_eq!((plain("option_d"), plain("d_1"), plain("voie")), ("option d".into(), "d 1".into(), "voie".into()));
    }

    #[test]
    fn several_things_take_their_plural() {
        assert_eq!(things(1, "réponse attendue"), "1 réponse attendue");
        assert_eq!(things(2, "réponse attendue"), "2 réponses attendues");
        assert_eq!((things(0, "cas"), things(60, "cas")), ("0 cas".to_owned(), "60 cas".to_owned()));
    }

    #[test]
    fn a_duration_names_weeks_and_days_as_the_trade_does() {
        let table = [
            ("98", true, "14 semaines"),
            ("92", true, "13 semaines et 1 jour"),
            ("92", false, "92 jours"),
            ("69", true, "9 semaines et 6 jours"),
            ("7", true, "1 semaine"),
            ("7", false, "7 jours"),
            ("6", true, "6 jours"),
            ("1", true, "1 jour"),
            ("0", true, "0 jour"),
            ("0", false, "0 jour"),
            ("1.5", false, "1,5 jour"),
            ("10.5", true, "1 semaine et 3,5 jours"),
            ("7.5", true, "1 semaine et 0,5 jour"),
            ("-14", true, "\u{2212}2 semaines"),
            ("-9", true, "\u{2212}9 jours"),
            ("1461", false, "1\u{202F}461 jours"),
        ];
        for (days, prefer_weeks, words) in table {
            assert_eq!(duration(Number::parse(days).unwrap(), prefer_weeks), words);
        }
        assert!(duration(Number::MIN, true).ends_with(" jours"));
    }

    #[test]
    fn an_offset_names_years_where_it_has_some() {
        let table = [
            (0, "0 mois"),
            (1, "1 mois"),
            (6, "6 mois"),
            (12, "1 an"),
            (18, "1 an et 6 mois"),
            (24, "2 ans"),
            (-6, "\u{2212}6 mois"),
            (-12, "\u{2212}1 an"),
            (-18, "\u{2212}18 mois"),
        ];
        for (count, words) in table {
            assert_eq!(months(count), words);
        }
        assert!(months(i32::MIN).ends_with(" mois"));
    }

    #[test]
    fn only_the_first_rank_is_irregular() {
        assert_eq!([1, 2, 21].map(ordinal), ["1er", "2e", "21e"]);
    }
}
