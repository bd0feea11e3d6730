//! Values in French: numbers, dates, periods, cases, and what is known of those that are not settled.

use crate::program::{Program, Unit};
use crate::value::op::day_bounds;
use crate::value::{Day, Days, Fault, Known, Number, Range, Set, Stretch, Texts, Type, french, period};

/// The values of a set, in words.
pub(super) fn set_words(program: &Program, set: &Set, ty: Type, unit: Option<Unit>) -> String {
    match set {
        Set::Nothing => "sans valeur".to_owned(),
        Set::Truth(truth) if truth.is_yes() => "oui".to_owned(),
        Set::Truth(truth) if truth.is_no() => "non".to_owned(),
        Set::Truth(_) => "indéterminé".to_owned(),
        Set::Range(range) => range_words(*range, ty, unit),
        Set::Cases(bits) => cases_words(program, *bits, ty),
        Set::Text(Texts::Any) => UNKNOWN.to_owned(),
        Set::Text(Texts::OneOf(texts)) => {
            enumerate(&texts.iter().map(|text| format!("« {text} »")).collect::<Vec<_>>(), "ou")
        }
        Set::Period(stretch) => stretch_words(*stretch),
        Set::Days(days) => days_words(days),
    }
}

fn cases_words(program: &Program, bits: u64, ty: Type) -> String {
    let Some(enumeration) = program.enumeration(ty) else { return UNKNOWN.to_owned() };
    let labels: Vec<String> = enumeration
        .cases
        .iter()
        .zip(0u32..)
        .filter(|(_, bit)| bits & 1u64.checked_shl(*bit).unwrap_or(0) != 0)
        .map(|(case, _)| case.label.clone())
        .collect();
    if labels.len() == enumeration.cases.len() && labels.len() > 3 {
        return UNKNOWN.to_owned();
    }
    enumerate(&labels, "ou")
}

/// The bounds that tell something of the dossier: not that a duration is at most that of the whole calendar.
pub(super) fn telling(range: Range, ty: Type) -> Range {
    let calendar = (Day::MIN.days_until(Day::MAX) + 1).saturating_mul(Number::SCALE);
    let told = ty != Type::Duration || range.hi.is_none_or(|hi| hi < calendar);
    if told { range } else { Range { lo: range.lo.filter(|lo| *lo > 0), hi: None } }
}

/// Without the longest duration left possible, where it is that of a date that is not known: over a thousand years, it
/// tells nothing to people.
fn near(range: Range, ty: Type) -> Range {
    const MILLENNIUM: i64 = 365_250 * Number::SCALE;
    let far = ty == Type::Duration && range.single().is_none() && range.hi.is_some_and(|hi| hi > MILLENNIUM);
    let open = ty == Type::Duration && (far || range.hi.is_none());
    if open { Range { lo: range.lo.filter(|lo| *lo > 0), hi: None } } else { range }
}

fn range_words(range: Range, ty: Type, unit: Option<Unit>) -> String {
    let range = near(telling(range, ty), ty);
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
        (Some(lo), Some(hi)) => between(lo, hi, (ty, unit)),
        (Some(lo), None) => format!("au moins {}", word(lo)),
        (None, Some(hi)) => format!("au plus {}", word(hi)),
        (None, None) => UNKNOWN.to_owned(),
    }
}

/// Said of what nothing is known of, whatever its gender.
const UNKNOWN: &str = "valeur inconnue";

/// « entre 10 et 14 semaines »: both in one unit, said once. Durations are told in weeks where both are whole weeks
/// and weeks are preferred, in days otherwise: « entre 30 et 42 jours ».
fn between(lo: i64, hi: i64, (ty, unit): (Type, Option<Unit>)) -> String {
    let one = match (ty, [lo, hi].iter().all(|end| end % WEEK == 0)) {
        (Type::Duration, false) => Some(Unit::Days),
        (_, _) => unit,
    };
    let (first, last) = (ordinal(lo, ty, one), ordinal(hi, ty, one));
    match (first.rsplit_once(' '), last.rsplit_once(' ')) {
        (Some((count, "jour" | "jours" | "semaine" | "semaines")), Some(_)) if ty == Type::Duration => {
            format!("entre {count} et {last}")
        }
        (Some((count, "mois")), Some((_, "mois"))) if !count.contains(' ') => format!("entre {count} et {last}"),
        (Some((count, "an" | "ans")), Some((_, "ans"))) => format!("entre {count} et {last}"),
        (_, _) => format!("entre {first} et {last}"),
    }
}

/// Whether a duration is told in days: one of its bounds is no whole number of weeks.
pub(super) fn is_in_days(range: Range) -> bool {
    [range.lo, range.hi].into_iter().flatten().any(|end| end % WEEK != 0)
}

/// Seven days, in millionths of a day.
const WEEK: i64 = 7 * Number::SCALE;

/// Whether what is known of a value says anything of it.
pub(super) fn tells(program: &Program, known: &Known, ty: Type) -> bool {
    match &known.set {
        Set::Nothing => true,
        Set::Truth(truth) => !(truth.yes && truth.no),
        Set::Range(range) => near(telling(*range, ty), ty) != Range::ANY && !is_calendar(*range, ty),
        Set::Cases(bits) => cases_words(program, *bits, ty) != UNKNOWN,
        Set::Text(texts) => *texts != Texts::Any,
        Set::Period(stretch) => *stretch != Stretch::ANY,
        Set::Days(days) => days.is_exact() || !days.certain.is_empty(),
    }
}

fn is_calendar(range: Range, ty: Type) -> bool {
    ty == Type::Date && day_bounds(range) == (Day::MIN, Day::MAX)
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

/// The words for a computation without result.
pub(super) fn fault_words(fault: Fault) -> &'static str {
    match fault {
        Fault::Overflow => "calcul impossible (le résultat dépasse ce qu'un nombre ou le calendrier peut contenir)",
        Fault::DivisionByZero => "calcul impossible (division par zéro)",
        Fault::Inexact => "calcul impossible (le résultat ne tombe pas juste et aucun arrondi n'est dit)",
        Fault::FractionalDay => "calcul impossible (une date ne se déplace pas d'une fraction de jour)",
    }
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

/// Without the capital letter a sentence begins with; acronyms and codes keep theirs.
pub(super) fn lowered(words: &str) -> String {
    let mut letters = words.chars();
    match (letters.next(), words.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() || second == '’' || second == '\'' || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        (_, _) => words.to_owned(),
    }
}
