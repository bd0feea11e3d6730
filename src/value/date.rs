//! Days of the proleptic Gregorian calendar, and calendar offsets. The only module that knows chrono.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

/// A day, counted from 0001-01-01 (which is day 0) to 9999-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i32);

/// Why a text is not a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayParseError {
    /// It is not written AAAA-MM-JJ.
    Malformed,
    /// It is written so, but the calendar has no such day (2026-02-30, 0000-01-01).
    NoSuchDay,
}

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Weekday {
    /// Lundi.
    Monday,
    /// Mardi.
    Tuesday,
    /// Mercredi.
    Wednesday,
    /// Jeudi.
    Thursday,
    /// Vendredi.
    Friday,
    /// Samedi.
    Saturday,
    /// Dimanche.
    Sunday,
}

impl Weekday {
    /// Its French name.
    pub const fn french(self) -> &'static str {
        match self {
            Self::Monday => "lundi",
            Self::Tuesday => "mardi",
            Self::Wednesday => "mercredi",
            Self::Thursday => "jeudi",
            Self::Friday => "vendredi",
            Self::Saturday => "samedi",
            Self::Sunday => "dimanche",
        }
    }
}

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

impl Day {
    /// The first day, 0001-01-01.
    pub const MIN: Self = Self(0);
    /// The last day, 9999-12-31.
    pub const MAX: Self = Self(3_652_058);

    /// The day of that year (1 to 9999), month and day of the month, if the calendar has it.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::from_chrono)
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    pub fn ymd(self) -> (i32, u32, u32) {
        let date = self.to_chrono();
        (date.year(), date.month(), date.day())
    }

    /// The day with that number, day 0 being 0001-01-01, if it is in range.
    pub fn from_number(number: i32) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&number).then_some(Self(number))
    }

    /// How many days after 0001-01-01 it comes.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// Reads AAAA-MM-JJ, and nothing else: no time, no sign, no space.
    pub fn parse_iso(text: &str) -> Result<Self, DayParseError> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(DayParseError::Malformed);
        };
        let year = decimal(&[y1, y2, y3, y4]).and_then(|year| i32::try_from(year).ok());
        let (Some(year), Some(month), Some(day)) = (year, decimal(&[m1, m2]), decimal(&[d1, d2])) else {
            return Err(DayParseError::Malformed);
        };
        Self::from_ymd(year, month, day).ok_or(DayParseError::NoSuchDay)
    }

    /// The day of the week it falls on.
    pub fn weekday(self) -> Weekday {
        match self.to_chrono().weekday() {
            chrono::Weekday::Mon => Weekday::Monday,
            chrono::Weekday::Tue => Weekday::Tuesday,
            chrono::Weekday::Wed => Weekday::Wednesday,
            chrono::Weekday::Thu => Weekday::Thursday,
            chrono::Weekday::Fri => Weekday::Friday,
            chrono::Weekday::Sat => Weekday::Saturday,
            chrono::Weekday::Sun => Weekday::Sunday,
        }
    }

    /// The day after, if there is one.
    pub fn next(self) -> Option<Self> {
        Self::from_number(self.0 + 1)
    }

    /// The day before, if there is one.
    pub fn previous(self) -> Option<Self> {
        Self::from_number(self.0 - 1)
    }

    /// The day that many days later (earlier, if negative), if it is in range.
    pub fn checked_add_days(self, days: i64) -> Option<Self> {
        let number = i64::from(self.0).checked_add(days)?;
        Self::from_number(i32::try_from(number).ok()?)
    }

    /// How many days later the other day is (negative if it is earlier).
    pub fn days_until(self, other: Self) -> i64 {
        i64::from(other.0) - i64::from(self.0)
    }

    /// The day of the same date that many months later (earlier, if negative), or the last of that month
    /// where the month is too short: 31 August plus six months is 28 or 29 February.
    pub fn checked_add_months(self, months: i32) -> Option<Self> {
        let count = Months::new(months.unsigned_abs());
        let date = self.to_chrono();
        let moved = if months < 0 { date.checked_sub_months(count) } else { date.checked_add_months(count) };
        moved.and_then(Self::from_chrono)
    }

    /// The Sunday next to a Friday or a Saturday, else the day itself. 9999-12-31, a Friday, stays: the
    /// calendar has no later day.
    pub fn through_weekend(self) -> Self {
        let beyond = match self.weekday() {
            Weekday::Friday => 2,
            Weekday::Saturday => 1,
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Sunday => 0,
        };
        self.checked_add_days(beyond).unwrap_or(Self::MAX)
    }

    /// The whole months, date to date, of the run of days from this one to `last` inclusive, and the
    /// days left over. From day d, n months end the day before d + n months; so 1 September to
    /// 28 February (of 28 days) is 6 months, and so is 31 August to 27 February, since 31 August plus
    /// six months is 28 February. Nothing if `last` comes before.
    pub fn whole_months_through(self, last: Self) -> (i32, i64) {
        if last < self {
            return (0, 0);
        }
        // chrono reaches beyond year 9999, where the day after the last one lies.
        let start = self.to_chrono();
        let after = last.to_chrono().succ_opt().unwrap_or(NaiveDate::MAX);
        let months = |date: NaiveDate| date.year().saturating_mul(12).saturating_add_unsigned(date.month0());
        let upper = months(after).saturating_sub(months(start));
        let anchor = |count: i32| start.checked_add_months(Months::new(count.unsigned_abs())).unwrap_or(NaiveDate::MAX);
        let count = if anchor(upper) <= after { upper } else { upper.saturating_sub(1) };
        (count, (after - anchor(count)).num_days())
    }

    /// The day in French prose: « 1er janvier 2026 ».
    pub fn french(self) -> String {
        let (year, _, _) = self.ymd();
        format!("{} {year}", self.french_without_year())
    }

    /// The day and its month: « 1er janvier ».
    pub(super) fn french_without_year(self) -> String {
        let (_, month, _) = self.ymd();
        let index = usize::try_from(month).unwrap_or(0).saturating_sub(1);
        format!("{} {}", self.french_day_of_month(), MONTHS.get(index).copied().unwrap_or_default())
    }

    /// The day of its month: « 1er », « 2 ».
    pub(super) fn french_day_of_month(self) -> String {
        match self.ymd() {
            (_, _, 1) => "1er".to_owned(),
            (_, _, day) => day.to_string(),
        }
    }

    fn to_chrono(self) -> NaiveDate {
        // Every day in range is one of chrono's; the default is never taken.
        NaiveDate::from_num_days_from_ce_opt(self.0 + 1).unwrap_or_default()
    }

    fn from_chrono(date: NaiveDate) -> Option<Self> {
        Self::from_number(date.num_days_from_ce().checked_sub(1)?)
    }
}

/// The day as ISO 8601 writes it: AAAA-MM-JJ.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The value of a few ASCII digits, if they are.
fn decimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |value, digit| {
        digit.is_ascii_digit().then(|| value.saturating_mul(10).saturating_add(u32::from(digit - b'0')))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn the_calendar_runs_from_year_1_to_year_9999() {
        assert_eq!(Day::from_ymd(1, 1, 1), Some(Day::MIN));
        assert_eq!(Day::from_ymd(9999, 12, 31), Some(Day::MAX));
        assert_eq!(Day::from_ymd(0, 12, 31), None);
        assert_eq!(Day::from_ymd(10_000, 1, 1), None);
        assert_eq!(Day::from_number(-1), None);
        assert_eq!(Day::from_number(Day::MAX.number() + 1), None);
        assert_eq!((Day::MIN.previous(), Day::MAX.next()), (None, None));
        assert_eq!(Day::MIN.checked_add_days(i64::MIN), None);
        assert_eq!(Day::MIN.checked_add_days(3_652_058), Some(Day::MAX));
        assert_eq!(Day::MAX.checked_add_days(i64::MAX), None);
        assert_eq!(Day::MAX.checked_add_months(1), None);
        assert_eq!(Day::MIN.checked_add_months(-1), None);
        assert_eq!(Day::MIN.checked_add_months(i32::MIN), None);
        assert_eq!(Day::MIN.checked_add_months(i32::MAX), None);
    }

    #[test]
    fn every_day_has_its_own_date_and_its_own_text() {
        for number in (0..=Day::MAX.number()).step_by(61) {
            let day = Day::from_number(number).unwrap();
            let (year, month, of_month) = day.ymd();
            assert_eq!(Day::from_ymd(year, month, of_month), Some(day));
            assert_eq!(Day::parse_iso(&day.to_string()), Ok(day));
        }
    }

    #[test]
    fn only_a_full_date_of_the_calendar_is_read() {
        use DayParseError::{Malformed, NoSuchDay};
        assert_eq!(day("2024-02-29").ymd(), (2024, 2, 29));
        for text in [
            "",
            "2026-1-05",
            "2026-01-5",
            "26-01-05",
            "2026/01/05",
            "05-01-2026",
            "2026-01-05T00:00",
            " 2026-01-05",
            "2026-01-05 ",
            "+026-01-05",
            "2026-0a-05",
            "20260105",
            "é026-01-05",
        ] {
            assert_eq!(Day::parse_iso(text), Err(Malformed), "{text:?}");
        }
        for text in ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-04-00", "0000-01-01"] {
            assert_eq!(Day::parse_iso(text), Err(NoSuchDay), "{text}");
        }
        assert!(Day::parse_iso("2000-02-29").is_ok());
    }

    #[test]
    fn an_end_on_a_friday_or_saturday_reaches_the_sunday() {
        // 5 January 2026 is a Monday.
        let names = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
        let reached = [5, 6, 7, 8, 11, 11, 11];
        for ((number, name), reached) in (5..).zip(names).zip(reached) {
            let day = Day::from_ymd(2026, 1, number).unwrap();
            assert_eq!(day.weekday().french(), name);
            assert_eq!(day.through_weekend(), Day::from_ymd(2026, 1, reached).unwrap());
        }
        assert_eq!(Day::MAX.weekday(), Weekday::Friday);
        assert_eq!(Day::MAX.through_weekend(), Day::MAX);
    }

    #[test]
    fn adding_months_keeps_the_date_or_stops_at_the_end_of_the_month() {
        let table = [
            ("2025-08-31", 6, "2026-02-28"),
            ("2023-08-31", 6, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-01-15", -13, "2024-12-15"),
            ("2026-01-15", 0, "2026-01-15"),
        ];
        for (from, months, to) in table {
            assert_eq!(day(from).checked_add_months(months), Some(day(to)), "{from} {months}");
        }
        assert_eq!(day("2026-01-05").days_until(day("2026-04-12")), 97);
        assert_eq!(day("2026-01-05").checked_add_days(-5), Some(day("2025-12-31")));
    }

    #[test]
    fn whole_months_of_a_run_go_from_date_to_date() {
        let table = [
            ("2025-09-01", "2026-02-28", (6, 0)),
            ("2025-09-01", "2026-02-27", (5, 27)),
            ("2023-09-01", "2024-02-28", (5, 28)),
            ("2023-09-01", "2024-02-29", (6, 0)),
            ("2025-08-31", "2026-02-26", (5, 27)),
            ("2025-08-31", "2026-02-27", (6, 0)),
            ("2025-08-31", "2026-02-28", (6, 1)),
            ("2026-01-15", "2026-02-14", (1, 0)),
            ("2026-01-15", "2026-02-13", (0, 30)),
            ("2026-01-15", "2026-01-15", (0, 1)),
            ("2024-02-29", "2025-02-27", (12, 0)),
            ("2026-02-01", "2026-02-28", (1, 0)),
            ("9999-12-01", "9999-12-31", (1, 0)),
            ("2026-01-15", "2026-01-14", (0, 0)),
        ];
        for (start, last, expected) in table {
            assert_eq!(day(start).whole_months_through(day(last)), expected, "{start} {last}");
        }
        assert_eq!(Day::MIN.whole_months_through(Day::MAX), (9999 * 12, 0));
    }

    #[test]
    fn french_prose_writes_the_first_of_a_month_as_an_ordinal() {
        assert_eq!(day("2026-01-01").french(), "1er janvier 2026");
        assert_eq!(day("2026-04-05").french(), "5 avril 2026");
        assert_eq!(day("0033-08-21").french(), "21 août 33");
    }
}
