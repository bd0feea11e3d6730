//! Values in French: numbers, dates, periods, cases, and what is known of those that are not settled.

use crate::program::{Program, Unit};
use crate::value::op::day_bounds;
use crate::value::{Day, Days, Number, Range, Set, Stretch, Texts, Type, french, period};

/// The values of a set, in words.
pub(super) fn set_words(program: &Program, set: &Set, ty: Type, unit: Option<Unit>) -> String {
    match set {
        Set::Nothing => "sans valeur".to_owned(),
        Set::Truth(truth) if truth.is_yes() => "oui".to_owned(),
        Set::Truth(truth) if truth.is_no() => "non".to_owned(),
        Set::Truth(_) => "indéterminé".to_owned(),
        Set::Range(range) => range_words(*range, ty, unit),
        Set::Cases(bits) => cases_words(program, *bits, ty),
        Set::Text(Texts::Any) => "inconnu".to_owned(),
        Set::Text(Texts::OneOf(texts)) => {
            enumerate(&texts.iter().map(|text| format!("« {text} »")).collect::<Vec<_>>(), "ou")
        }
        Set::Period(stretch) => stretch_words(*stretch),
        Set::Days(days) => days_words(days),
    }
}

fn cases_words(program: &Program, bits: u64, ty: Type) -> String {
    let Some(enumeration) = program.enumeration(ty) else { return "inconnu".to_owned() };
    let labels: Vec<String> = enumeration
        .cases
        .iter()
        .zip(0u32..)
        .filter(|(_, bit)| bits & 1u64.checked_shl(*bit).unwrap_or(0) != 0)
        .map(|(case, _)| case.label.clone())
        .collect();
    if labels.len() == enumeration.cases.len() && labels.len() > 3 {
        return "inconnu".to_owned();
    }
    enumerate(&labels, "ou")
}

/// The bounds that tell something of the dossier: not that a duration is at most that of the whole calendar.
pub(super) fn telling(range: Range, ty: Type) -> Range {
    let calendar = (Day::MIN.days_until(Day::MAX) + 1).saturating_mul(Number::SCALE);
    let told = ty != Type::Duration || range.hi.is_none_or(|hi| hi < calendar);
    if told { range } else { Range { lo: range.lo.filter(|lo| *lo > 0), hi: None } }
}

fn range_words(range: Range, ty: Type, unit: Option<Unit>) -> String {
    let range = telling(range, ty);
    let word = |value: i64| ordinal(value, ty, unit);
    if let Some(single) = range.single() {
        return word(single);
    }
    if ty == Type::Date {
        let (first, last) = day_bounds(range);
        let (early, late) = (first == Day::MIN, last == Day::MAX);
        return match (early, late) {
            (true, true) => "date inconnue".to_owned(),
            (true, false) => format!("au plus tard le {}", last.french()),
            (false, true) => format!("à partir du {}", first.french()),
            (false, false) => format!("entre le {} et le {}", first.french(), last.french()),
        };
    }
    match (range.lo, range.hi) {
        (Some(lo), Some(hi)) => between(&word(lo), &word(hi)),
        (Some(lo), None) => format!("au moins {}", word(lo)),
        (None, Some(hi)) => format!("au plus {}", word(hi)),
        (None, None) => "inconnu".to_owned(),
    }
}

/// « entre 10 et 14 semaines »: a unit that both have is said once.
fn between(lo: &str, hi: &str) -> String {
    match (lo.split_once(' '), hi.split_once(' ')) {
        (Some((count, unit)), Some((_, other)))
            if unit.trim_end_matches('s') == other.trim_end_matches('s') && !unit.contains(' ') =>
        {
            format!("entre {count} et {hi}")
        }
        (_, _) => format!("entre {lo} et {hi}"),
    }
}

/// An ordinal of that type, in words.
fn ordinal(value: i64, ty: Type, unit: Option<Unit>) -> String {
    match ty {
        Type::Duration => french::duration(Number::from_millionths(value), unit != Some(Unit::Days)),
        Type::Offset => french::months(i32::try_from(value).unwrap_or(i32::MAX)),
        Type::Date => {
            let (day, _) = day_bounds(Range::exactly(value));
            day.french()
        }
        Type::Truth
        | Type::Integer
        | Type::Number
        | Type::Period
        | Type::Days
        | Type::Text
        | Type::Case(_)
        | Type::Key(_) => {
            let number = Number::from_millionths(value);
            // A year is not grouped by thousands; no other whole number below ten thousand needs it.
            match number.to_integer() {
                Some(whole) if ty == Type::Integer && whole.unsigned_abs() < 10_000 => whole.to_string(),
                Some(_) | None => number.french(),
            }
        }
    }
}

fn stretch_words(stretch: Stretch) -> String {
    match stretch.single() {
        Some((start, end)) if end >= start => period::french_run(start, end),
        Some((start, end)) => format!("du {} au {}", start.french(), end.french()),
        None if stretch == Stretch::ANY => "dates inconnues".to_owned(),
        None => "dates incertaines".to_owned(),
    }
}

fn days_words(days: &Days) -> String {
    if days.is_exact() {
        return days.certain.french();
    }
    if days.certain.is_empty() {
        return "jours inconnus".to_owned();
    }
    format!("certainement {}", days.certain.french())
}

/// « a, b et c ».
pub(super) fn enumerate(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., end] => format!("{} {last} {end}", before.join(", ")),
    }
}

/// With a capital letter.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
