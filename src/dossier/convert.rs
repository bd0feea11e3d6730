//! One datum becomes what is known of one leaf, or is refused with the reason.

use super::anomaly::{nearest, problem, quoted};
use super::datum::{Datum, Placed};
use crate::eval::Status;
use crate::program::{Enumeration, Input, InputRole, Program, Unit, fold};
use crate::value::number::NumberParseError;
use crate::value::{Day, Known, Number, Range, Set, Stretch, Truth, Type};

/// What a datum says of a leaf.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Reading {
    /// What is known of the leaf.
    pub known: Known,
    /// How it came about.
    pub status: Status,
    /// The text an `autre` case stands for.
    pub unforeseen: Option<String>,
}

impl Reading {
    fn given(set: Set) -> Self {
        Self { known: Known::of(set), status: Status::Given, unforeseen: None }
    }
}

/// Why a datum is not used.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Refusal {
    pub problem: &'static str,
    /// A French sentence, whole.
    pub message: String,
    pub found: String,
    pub line: u32,
    pub column: u32,
}

/// What is known of a leaf of which the dossier says nothing.
pub(super) fn unknown(program: &Program, input: &Input) -> Known {
    let mut known = Known::any(input.ty, program.cases_of(input.ty));
    if let (Set::Range(any), Some((lo, hi))) = (&known.set, input.range) {
        let declared = Range::between(lo, hi);
        known.set = Set::Range(any.meet(declared).unwrap_or(declared));
    }
    known.absent = input.optional && input.role == InputRole::Datum;
    known
}

/// Reads one datum, neither `null` nor `"?"`, as the type of the leaf. `key`: the leaf names an element,
/// and takes a number as the text it is.
pub(super) fn convert(program: &Program, input: &Input, key: bool, placed: &Placed) -> Result<Reading, Refusal> {
    let leaf = Reader { program, input, placed };
    match input.ty {
        Type::Truth => leaf.truth(),
        Type::Integer => leaf.number().and_then(|number| leaf.whole(number)).and_then(|n| leaf.within(n.millionths())),
        Type::Number => leaf.number().and_then(|number| leaf.within(number.millionths())),
        Type::Date => leaf.date(placed).and_then(|day| leaf.within(i64::from(day.number()))),
        Type::Duration => leaf.duration().and_then(|millionths| leaf.within(millionths)),
        Type::Offset => leaf.offset().and_then(|months| leaf.within(months)),
        Type::Period => leaf.period(),
        Type::Text => leaf.text(key),
        Type::Key(_) => leaf.text(true),
        Type::Case(_) => leaf.case(),
        Type::Days => Err(leaf.mistyped()),
    }
}

/// What a leaf holds, as a sentence names it: « un nombre entier de 1 à 2 ».
pub(super) fn expected(program: &Program, input: &Input) -> String {
    let noun = match input.ty {
        Type::Truth => "oui ou non (true ou false)".to_owned(),
        Type::Integer => "un nombre entier".to_owned(),
        Type::Number => "un nombre".to_owned(),
        Type::Date => "une date (AAAA-MM-JJ)".to_owned(),
        Type::Duration => match input.unit {
            Some(Unit::Weeks) => "un nombre de semaines".to_owned(),
            Some(Unit::Days) => "un nombre de jours".to_owned(),
            Some(Unit::Months | Unit::Years) | None => {
                format!("une durée avec son unité ({}, {})", quoted("14 semaines"), quoted("28 jours"))
            }
        },
        Type::Offset if input.unit == Some(Unit::Years) => "un nombre entier d'années".to_owned(),
        Type::Offset => "un nombre entier de mois".to_owned(),
        Type::Period => format!("une période ({} et {}, ou AAAA-MM-JJ/AAAA-MM-JJ)", quoted("debut"), quoted("fin")),
        Type::Days => "un ensemble de jours calculé".to_owned(),
        Type::Text => "un texte".to_owned(),
        Type::Case(_) => format!("l'un des cas {}", program.enumeration(input.ty).map(case_names).unwrap_or_default()),
        Type::Key(list) => {
            let path = program.list(list).map(|list| list.path.join(".")).unwrap_or_default();
            format!("la clé d'un élément de {}", quoted(&path))
        }
    };
    match input.range.and_then(|range| worded_range(input, range)) {
        Some(range) => format!("{noun} {range}"),
        None => noun,
    }
}

/// A declared range in the unit the leaf is given in: exact, or none where it does not come out even.
pub(super) fn declared_bounds(input: &Input) -> Option<(Number, Number)> {
    let (lo, hi) = input.range?;
    let unit = match (input.ty, input.unit) {
        (Type::Integer | Type::Number, _) => Number::ONE,
        (Type::Duration, unit) => unit.and_then(days_in).unwrap_or(Number::ONE),
        (_, _) => return None,
    };
    let bound = |ordinal: i64| Number::from_millionths(ordinal).checked_div(unit).ok();
    bound(lo).zip(bound(hi))
}

/// Declared bounds of a date.
pub(super) fn declared_days(input: &Input) -> Option<(Day, Day)> {
    let (lo, hi) = input.range.filter(|_| input.ty == Type::Date)?;
    let day = |ordinal: i64| i32::try_from(ordinal).ok().and_then(Day::from_number);
    day(lo).zip(day(hi))
}

fn worded_range(input: &Input, (lo, hi): (i64, i64)) -> Option<String> {
    if let Some((first, last)) = declared_days(input) {
        return Some(format!("du {} au {}", first.french(), last.french()));
    }
    if input.ty == Type::Offset {
        return Some(format!("de {lo} à {hi} mois"));
    }
    let (lo, hi) = declared_bounds(input)?;
    Some(format!("de {} à {}", lo.french(), hi.french()))
}

fn case_names(enumeration: &Enumeration) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<&str> = enumeration.cases.iter().take(SHOWN).map(|case| case.name.as_str()).collect();
    let more = if enumeration.cases.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn days_in(unit: Unit) -> Option<Number> {
    match unit {
        Unit::Days => Some(Number::ONE),
        Unit::Weeks => Some(crate::value::r#type::WEEK),
        Unit::Months | Unit::Years => None,
    }
}

fn months_in(unit: Unit) -> Option<i64> {
    match unit {
        Unit::Months => Some(1),
        Unit::Years => Some(12),
        Unit::Days | Unit::Weeks => None,
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    program: &'a Program,
    input: &'a Input,
    placed: &'a Placed,
}

impl Reader<'_> {
    fn refusal(self, problem: &'static str, message: String) -> Refusal {
        let Placed { datum, line, column } = self.placed;
        Refusal { problem, message, found: datum.found(), line: *line, column: *column }
    }

    /// « On attend …, on trouve …\u{202f}; la donnée n'est pas retenue. »
    fn unlike(self, problem: &'static str) -> Refusal {
        let (expected, found) = (expected(self.program, self.input), self.placed.datum.described());
        let message = format!("On attend {expected}, on trouve {found}\u{202f}; la donnée n'est pas retenue.");
        self.refusal(problem, message)
    }

    fn mistyped(self) -> Refusal {
        self.unlike(problem::UNEXPECTED_TYPE)
    }

    /// « Le nombre 21 est hors de la plage permise (on attend un nombre de 0 à 20)\u{202f}; … »
    fn outside(self) -> Refusal {
        let (expected, found) = (expected(self.program, self.input), self.placed.datum.described());
        let mut letters = found.chars();
        let found = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
        let message = format!(
            "{} est hors de la plage permise (on attend {expected})\u{202f}; la donnée n'est pas retenue.",
            found.unwrap_or_default()
        );
        self.refusal(problem::OUT_OF_RANGE, message)
    }

    fn within(self, ordinal: i64) -> Result<Reading, Refusal> {
        if self.input.range.is_some_and(|(lo, hi)| ordinal < lo || ordinal > hi) {
            return Err(self.outside());
        }
        Ok(Reading::given(Set::Range(Range::exactly(ordinal))))
    }

    fn truth(self) -> Result<Reading, Refusal> {
        let truth = match &self.placed.datum {
            Datum::Truth(truth) => Some(*truth),
            Datum::Text(text) => match fold(text).as_str() {
                "oui" | "vrai" => Some(true),
                "non" | "faux" => Some(false),
                _ => None,
            },
            Datum::Null | Datum::Unknown | Datum::Number(_) | Datum::List(_) | Datum::Record(_) => None,
        };
        truth.map(|truth| Reading::given(Set::Truth(Truth::of(truth)))).ok_or_else(|| self.mistyped())
    }

    /// The number written, as a number or as a text.
    fn number(self) -> Result<Number, Refusal> {
        let token = match &self.placed.datum {
            Datum::Number(token) => token.as_str(),
            Datum::Text(text) => text.trim(),
            Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::List(_) | Datum::Record(_) => {
                return Err(self.mistyped());
            }
        };
        Number::parse(token).map_err(|error| self.not_a_number(error))
    }

    fn not_a_number(self, error: NumberParseError) -> Refusal {
        let found = quoted(&self.placed.datum.found());
        match error {
            NumberParseError::Malformed => self.mistyped(),
            NumberParseError::TooPrecise => self.refusal(
                problem::UNEXPECTED_TYPE,
                format!("Le nombre {found} a plus de six décimales\u{202f}; la donnée n'est pas retenue."),
            ),
            NumberParseError::TooLarge => self.refusal(
                problem::OUT_OF_RANGE,
                format!("Le nombre {found} est trop grand pour être calculé\u{202f}; la donnée n'est pas retenue."),
            ),
        }
    }

    fn whole(self, number: Number) -> Result<Number, Refusal> {
        if number.is_integer() { Ok(number) } else { Err(self.mistyped()) }
    }

    /// The day written in `placed`, which may be one end of a period.
    fn date(self, placed: &Placed) -> Result<Day, Refusal> {
        let here = Reader { placed, ..self };
        let Datum::Text(text) = &placed.datum else { return Err(here.undated(problem::UNEXPECTED_TYPE)) };
        day(text).ok_or_else(|| here.undated(problem::INVALID_DATE))
    }

    fn undated(self, problem: &'static str) -> Refusal {
        let found = self.placed.datum.described();
        let message = match &self.placed.datum {
            Datum::Text(text) if written_as_day(text) => {
                format!(
                    "La date {} n'existe pas au calendrier\u{202f}; la donnée n'est pas retenue.",
                    quoted(text.trim())
                )
            }
            Datum::Null
            | Datum::Unknown
            | Datum::Truth(_)
            | Datum::Number(_)
            | Datum::Text(_)
            | Datum::List(_)
            | Datum::Record(_) => {
                format!("On attend une date (AAAA-MM-JJ), on trouve {found}\u{202f}; la donnée n'est pas retenue.")
            }
        };
        self.refusal(problem, message)
    }

    /// In millionths of days.
    fn duration(self) -> Result<i64, Refusal> {
        let parts = self.quantities(self.input.unit)?;
        let mut total = Some(Number::ZERO);
        for (number, unit) in parts {
            let Some(days) = days_in(unit) else {
                let message = format!(
                    "{} compte des mois ou des années, dont le nombre de jours varie\u{202f}; \
                     la durée est attendue en jours ou en semaines\u{202f}; la donnée n'est pas retenue.",
                    quoted(&self.placed.datum.found())
                );
                return Err(self.refusal(problem::UNEXPECTED_TYPE, message));
            };
            let part = number.checked_mul(days).ok();
            total = total.zip(part).and_then(|(total, part)| total.checked_add(part).ok());
        }
        total.map(Number::millionths).ok_or_else(|| self.not_a_number(NumberParseError::TooLarge))
    }

    /// In months.
    fn offset(self) -> Result<i64, Refusal> {
        let parts = self.quantities(Some(self.input.unit.unwrap_or(Unit::Months)))?;
        let mut total = 0i64;
        for (number, unit) in parts {
            let (Some(count), Some(months)) = (number.to_integer(), months_in(unit)) else {
                return Err(self.mistyped());
            };
            let part = count.checked_mul(months).and_then(|part| total.checked_add(part));
            total = part.ok_or_else(|| self.not_a_number(NumberParseError::TooLarge))?;
        }
        Ok(total)
    }

    /// Numbers with their units; a bare number takes `unit`.
    fn quantities(self, unit: Option<Unit>) -> Result<Vec<(Number, Unit)>, Refusal> {
        let bare = match (&self.placed.datum, unit) {
            (Datum::Number(_), None) => return Err(self.mistyped()),
            (Datum::Number(_), Some(unit)) => Some(unit),
            (Datum::Text(text), Some(unit)) if Number::parse(text.trim()) != Err(NumberParseError::Malformed) => {
                Some(unit)
            }
            (Datum::Text(_), _) => None,
            (Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::List(_) | Datum::Record(_), _) => {
                return Err(self.mistyped());
            }
        };
        if let Some(unit) = bare {
            return self.number().map(|number| vec![(number, unit)]);
        }
        let Datum::Text(text) = &self.placed.datum else { return Err(self.mistyped()) };
        let parts = quantities(text).map_err(|error| self.not_a_number(error))?;
        if parts.is_empty() { Err(self.mistyped()) } else { Ok(parts) }
    }

    fn period(self) -> Result<Reading, Refusal> {
        match &self.placed.datum {
            Datum::Text(text) => {
                let ends = ["/", "→", "->"].iter().find_map(|arrow| text.split_once(arrow));
                let (start, end) = ends.ok_or_else(|| self.mistyped())?;
                let end_at = |text: &str| Placed { datum: Datum::text(text.trim()), ..self.placed.clone() };
                let (start, end) = (self.date(&end_at(start))?, self.date(&end_at(end))?);
                self.stretch(Ok(start), Ok(end))
            }
            Datum::Record(fields) => {
                let (start, end) = (self.end(fields, "debut")?, self.end(fields, "fin")?);
                self.stretch(start, end)
            }
            Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::List(_) => Err(self.mistyped()),
        }
    }

    /// One end of a period, or why it is not known.
    fn end(self, fields: &[(String, Placed)], name: &str) -> Result<Result<Day, Status>, Refusal> {
        let mut found = fields.iter().filter(|(field, _)| fold(field) == name);
        let Some((_, placed)) = found.next() else { return Ok(Err(Status::LeftOut)) };
        if found.next().is_some() {
            let message = format!("La donnée {} figure deux fois\u{202f}; la période n'est pas retenue.", quoted(name));
            return Err(self.refusal(problem::DUPLICATE_NAME, message));
        }
        match placed.datum {
            Datum::Null => Ok(Err(Status::LeftOut)),
            Datum::Unknown => Ok(Err(Status::Unsure)),
            Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) | Datum::List(_) | Datum::Record(_) => {
                self.date(placed).map(Ok)
            }
        }
    }

    /// A period of which one end is known is known in part: said to be unsure, never presumed over.
    fn stretch(self, start: Result<Day, Status>, end: Result<Day, Status>) -> Result<Reading, Refusal> {
        let (stretch, status) = match (start, end) {
            (Ok(start), Ok(end)) if end < start => {
                let message = format!(
                    "La période finit ({}) avant de commencer ({})\u{202f}; la donnée n'est pas retenue.",
                    end.french(),
                    start.french()
                );
                let found = format!("{start} → {end}");
                return Err(Refusal { found, ..self.refusal(problem::END_BEFORE_START, message) });
            }
            (Ok(start), Ok(end)) => (Stretch { start: (start, start), end: (end, end) }, Status::Given),
            (Ok(start), Err(_)) => (Stretch { start: (start, start), end: (start, Day::MAX) }, Status::Unsure),
            (Err(_), Ok(end)) => (Stretch { start: (Day::MIN, end), end: (end, end) }, Status::Unsure),
            (Err(Status::LeftOut), Err(Status::LeftOut)) => (Stretch::ANY, Status::LeftOut),
            (Err(_), Err(_)) => (Stretch::ANY, Status::Unsure),
        };
        Ok(Reading { known: Known::of(Set::Period(stretch)), status, unforeseen: None })
    }

    fn text(self, key: bool) -> Result<Reading, Refusal> {
        let text = match &self.placed.datum {
            Datum::Text(text) => Some(text.as_str()),
            Datum::Number(token) if key => Some(token.as_str()),
            Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::List(_) | Datum::Record(_) => {
                None
            }
        };
        let known = text.map(Known::text).ok_or_else(|| self.mistyped())?;
        Ok(Reading { known, status: Status::Given, unforeseen: None })
    }

    fn case(self) -> Result<Reading, Refusal> {
        let Datum::Text(text) = &self.placed.datum else { return Err(self.mistyped()) };
        let Some(enumeration) = self.program.enumeration(self.input.ty) else { return Err(self.mistyped()) };
        let folded = fold(text);
        let cases = &enumeration.cases;
        let named = cases.iter().position(|case| fold(&case.name) == folded);
        let found = named.or_else(|| cases.iter().position(|case| !folded.is_empty() && fold(&case.label) == folded));
        if let Some(index) = found {
            return Ok(Reading::given(Set::Cases(bit(index))));
        }
        if let Some(index) = cases.iter().position(|case| case.other && !folded.is_empty()) {
            let unforeseen = Some(text.clone());
            return Ok(Reading { unforeseen, ..Reading::given(Set::Cases(bit(index))) });
        }
        let names: Vec<(String, &str)> = cases.iter().map(|case| (fold(&case.name), case.name.as_str())).collect();
        let near = nearest(&folded, names.iter().map(|(folded, name)| (folded.as_str(), *name)));
        let hint = near.map_or(String::new(), |name| format!(" Vouliez-vous dire {}\u{202f}?", quoted(name)));
        let mut refusal = self.unlike(problem::UNKNOWN_CASE);
        refusal.message.push_str(&hint);
        Err(refusal)
    }
}

fn bit(index: usize) -> u64 {
    u32::try_from(index).ok().and_then(|index| 1u64.checked_shl(index)).unwrap_or(0)
}

/// A day written 2026-12-31 or 31/12/2026.
pub fn day(text: &str) -> Option<Day> {
    let text = text.trim();
    Day::parse_iso(text).ok().or_else(|| {
        let (year, month, day) = slashed(text)?;
        Day::from_ymd(i32::try_from(year).ok()?, month, day)
    })
}

fn written_as_day(text: &str) -> bool {
    let text = text.trim();
    Day::parse_iso(text) == Err(crate::value::date::DayParseError::NoSuchDay) || slashed(text).is_some()
}

/// Year, month and day of 31/12/2026.
fn slashed(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('/');
    let mut digits = |lengths: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let plain = lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| plain)
    };
    let (day, month, year) = (digits(1..=2)?, digits(1..=2)?, digits(4..=4)?);
    parts.next().is_none().then_some((year, month, day))
}

/// Reads « 14 semaines », « 2 semaines et 3 jours », `P14W`. Empty where it is not written so.
fn quantities(text: &str) -> Result<Vec<(Number, Unit)>, NumberParseError> {
    let text = text.trim();
    let (mut rest, iso) = match text.strip_prefix(['P', 'p']) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mut found = Vec::new();
    while !rest.is_empty() {
        let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+');
        let number = rest.trim_start_matches(numeric);
        let token = rest.strip_suffix(number).unwrap_or_default();
        let number = if iso { number } else { number.trim_start() };
        let after = number.trim_start_matches(char::is_alphabetic);
        let word = number.strip_suffix(after).unwrap_or_default();
        // An ISO unit is one letter: in P1Y6M another number follows at once.
        let unit = if iso { iso_unit(word) } else { french_unit(word) };
        let (Some(unit), false) = (unit, token.is_empty()) else { return Ok(Vec::new()) };
        match Number::parse(token) {
            Err(NumberParseError::Malformed) => return Ok(Vec::new()),
            Err(error) => return Err(error),
            Ok(number) => found.push((number, unit)),
        }
        rest = after;
        if !iso {
            rest = rest.trim_start();
            rest = rest.strip_prefix("et ").unwrap_or(rest).trim_start();
        }
    }
    Ok(found)
}

fn iso_unit(letter: &str) -> Option<Unit> {
    match letter {
        "D" | "d" => Some(Unit::Days),
        "W" | "w" => Some(Unit::Weeks),
        "M" | "m" => Some(Unit::Months),
        "Y" | "y" => Some(Unit::Years),
        _ => None,
    }
}

fn french_unit(word: &str) -> Option<Unit> {
    match fold(word).as_str() {
        "j" | "jour" | "jours" => Some(Unit::Days),
        "sem" | "semaine" | "semaines" => Some(Unit::Weeks),
        "mois" => Some(Unit::Months),
        "an" | "ans" | "annee" | "annees" => Some(Unit::Years),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::super::samples::{input, millionths, problems, program, read, rows};
    use super::*;

    /// What the leaf is read as from that JSON: what is known and how, or the problem and its message.
    fn reading(path: &str, json: &str) -> Result<(Known, Status), (String, String)> {
        let program = program();
        let dossier = read(&program, &format!("{{\"{path}\": {json}}}"));
        match dossier.anomalies.first() {
            Some(anomaly) => Err((anomaly.problem.to_owned(), anomaly.message.clone())),
            None => Ok(rows(&program, &dossier, path).into_iter().next().unwrap()),
        }
    }

    fn given(path: &str, json: &str) -> Set {
        match reading(path, json) {
            Ok((known, Status::Given)) => known.set,
            other => panic!("{path} = {json}: {other:?}"),
        }
    }

    fn ordinal(path: &str, json: &str) -> i64 {
        given(path, json).as_range().single().unwrap_or_else(|| panic!("{path} = {json}"))
    }

    fn day_of(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn conditions_are_written_true_or_oui() {
        for json in ["true", "\"oui\"", "\"Vrai\""] {
            assert_eq!(given("salarié", json), Set::Truth(Truth::YES), "{json}");
        }
        for json in ["false", "\" NON \"", "\"faux\""] {
            assert_eq!(given("salarié", json), Set::Truth(Truth::NO), "{json}");
        }
    }

    #[test]
    fn numbers_are_exact_and_may_be_written_as_texts() {
        for (json, expected) in
            [("10.01", 10_010_000), ("1e1", 10_000_000), ("\"12,5\"", 12_500_000), ("0.10", 100_000)]
        {
            assert_eq!(ordinal("note", json), expected, "{json}");
        }
        assert_eq!(ordinal("session", "2026.0"), millionths(2026));
    }

    #[test]
    fn dates_are_iso_or_french() {
        let number = i64::from(day_of("2026-12-31").number());
        for json in ["\"2026-12-31\"", "\"31/12/2026\"", "\" 2026-12-31 \""] {
            assert_eq!(ordinal("épreuves", json), number, "{json}");
        }
    }

    #[test]
    fn durations_count_their_unit_or_say_it() {
        let cases = [
            ("durée", "14", 98),
            ("durée", "\"14\"", 98),
            ("durée", "\"28 jours\"", 28),
            ("durée", "\"P2W3D\"", 17),
            ("délai", "\"14 semaines\"", 98),
            ("délai", "\"2\u{a0}semaines et 3\u{202f}jours\"", 17),
            ("délai", "\"1 jour\"", 1),
            ("délai", "\"P98D\"", 98),
        ];
        for (path, json, days) in cases {
            assert_eq!(ordinal(path, json), millionths(days), "{path} = {json}");
        }
        assert_eq!(ordinal("durée", "2.5"), 17_500_000);
        assert_eq!(ordinal("préavis", "6"), 6);
        assert_eq!(ordinal("préavis", "\"1 an et 6 mois\""), 18);
        assert_eq!(ordinal("préavis", "\"P1Y6M\""), 18);
    }

    #[test]
    fn periods_are_records_or_texts_and_may_be_known_in_part() {
        let (start, end) = (day_of("2026-07-04"), day_of("2026-08-31"));
        let whole = Set::Period(Stretch { start: (start, start), end: (end, end) });
        let written = [
            r#"{"debut":"2026-07-04","fin":"2026-08-31"}"#,
            r#"{"Début":"04/07/2026","FIN":"2026-08-31"}"#,
            r#""2026-07-04/2026-08-31""#,
            r#""2026-07-04 → 2026-08-31""#,
        ];
        for json in written {
            assert_eq!(given("été", json), whole, "{json}");
        }
        let (known, status) = reading("été", r#"{"debut":"2026-07-04"}"#).unwrap();
        assert_eq!(
            (known.set, status),
            (Set::Period(Stretch { start: (start, start), end: (start, Day::MAX) }), Status::Unsure)
        );
        assert_eq!(reading("été", "{}").unwrap(), (Known::any(Type::Period, 0), Status::LeftOut));
        assert_eq!(
            reading("été", r#"{"debut":"?","fin":null}"#).unwrap(),
            (Known::any(Type::Period, 0), Status::Unsure)
        );
    }

    #[test]
    fn cases_go_by_name_or_label_and_autre_keeps_any_text() {
        for json in ["\"formation_continue\"", "\"Formation continue\"", "\"FORMATION-CONTINUE\""] {
            assert_eq!(given("voie", json), Set::Cases(2), "{json}");
        }
        assert_eq!(given("titre", "\"validation des acquis\""), Set::Cases(1));
        let program = program();
        let dossier = read(&program, r#"{"titre":"Diplôme suisse"}"#);
        assert_eq!(rows(&program, &dossier, "titre"), [(Known::of(Set::Cases(2)), Status::Given)]);
        assert_eq!(dossier.names.unforeseen(input(&program, "titre"), 0), Some("Diplôme suisse"));
    }

    #[test]
    fn keys_and_references_take_numbers_as_texts() {
        assert_eq!(Known::of(given("période_citée", "3")), Known::text("3"));
        assert_eq!(reading("observation", "3").unwrap_err().0, "type-inattendu");
    }

    #[test]
    fn what_breaks_its_type_or_range_is_refused_with_a_stable_word() {
        let cases = [
            ("salarié", "1", "type-inattendu"),
            ("salarié", "\"peut-être\"", "type-inattendu"),
            ("session", "2026.5", "type-inattendu"),
            ("session", "1999", "hors-bornes"),
            ("note", "\"dix\"", "type-inattendu"),
            ("note", "\"\"", "type-inattendu"),
            ("note", "[10]", "type-inattendu"),
            ("note", "20.000001", "hors-bornes"),
            ("note", "1.0000001", "type-inattendu"),
            ("note", "1e400", "hors-bornes"),
            ("épreuves", "20261231", "type-inattendu"),
            ("épreuves", "\"2026-02-30\"", "date-invalide"),
            ("épreuves", "\"demain\"", "date-invalide"),
            ("épreuves", "\"2026-01-05T00:00:00Z\"", "date-invalide"),
            ("épreuves", "\"2027-01-01\"", "hors-bornes"),
            ("durée", "\"3 mois\"", "type-inattendu"),
            ("durée", "-1", "hors-bornes"),
            ("délai", "14", "type-inattendu"),
            ("délai", "\"quatorze semaines\"", "type-inattendu"),
            ("délai", "\"9000000000000 semaines\"", "hors-bornes"),
            ("préavis", "1.5", "type-inattendu"),
            ("préavis", "\"3 semaines\"", "type-inattendu"),
            ("été", "\"2026-08-31/2026-07-04\"", "fin-avant-début"),
            ("été", r#"{"debut":"2026-07-40"}"#, "date-invalide"),
            ("été", r#"{"fin":"?","fin":"2026-07-04"}"#, "nom-en-double"),
            ("été", "\"juillet\"", "type-inattendu"),
            ("voie", "\"scolair\"", "cas-inconnu"),
            ("voie", "1", "type-inattendu"),
            ("titre", "\"\"", "cas-inconnu"),
            ("période_citée", "true", "type-inattendu"),
        ];
        for (path, json, problem) in cases {
            match reading(path, json) {
                Err((found, message)) => {
                    assert_eq!(found, problem, "{path} = {json}: {message}");
                    assert!(message.contains("retenue"), "{path} = {json}: {message}");
                }
                Ok(known) => panic!("{path} = {json}: {known:?}"),
            }
        }
    }

    #[test]
    fn a_refusal_says_what_was_expected_found_and_done() {
        let message = |path: &str, json: &str| reading(path, json).unwrap_err().1;
        assert_eq!(
            message("note", "21"),
            "Le nombre 21 est hors de la plage permise (on attend un nombre de 0 à 20)\u{202f}; la donnée n'est pas \
             retenue."
        );
        assert_eq!(
            message("voie", "\"scolair\""),
            "On attend l'un des cas scolaire, formation_continue, on trouve le texte «\u{a0}scolair\u{a0}»\u{202f}; \
             la donnée n'est pas retenue. Vouliez-vous dire «\u{a0}scolaire\u{a0}»\u{202f}?"
        );
        let program = program();
        let dossier = read(&program, "{\"été\":\n {\"debut\":\"2026-02-01\",\n \"fin\":\"2026-01-12\"}}");
        let anomaly = dossier.anomalies.first().unwrap();
        assert_eq!((anomaly.found.as_str(), anomaly.line, anomaly.column), ("2026-02-01 → 2026-01-12", 2, 2));
        assert_eq!(problems(&dossier), [("été", "fin-avant-début")]);
    }
}
