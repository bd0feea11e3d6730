//! Sets of days.

use std::sync::Arc;

use super::Day;

/// A finite set of days, held as its runs: closed intervals, in order, with at least one day missing
/// between two of them. Equal sets are held alike; a clone shares the runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct DaySet {
    runs: Arc<[(Day, Day)]>,
}

impl DaySet {
    /// No day.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Every day of the calendar.
    pub fn all() -> Self {
        Self::run(Day::MIN, Day::MAX)
    }

    /// The days from `start` to `end`, both included; none if `end` comes before.
    pub fn run(start: Day, end: Day) -> Self {
        Self::from_runs([(start, end)])
    }

    /// The days that one interval at least covers, in whatever order they come; those that end before
    /// they start cover none.
    pub fn from_runs(intervals: impl IntoIterator<Item = (Day, Day)>) -> Self {
        let mut sorted: Vec<_> = intervals.into_iter().filter(|(start, end)| start <= end).collect();
        sorted.sort_unstable();
        let mut runs: Vec<(Day, Day)> = Vec::with_capacity(sorted.len());
        for (start, end) in sorted {
            match runs.last_mut() {
                Some((_, last)) if last.days_until(start) <= 1 => *last = end.max(*last),
                Some(_) | None => runs.push((start, end)),
            }
        }
        Self { runs: runs.into() }
    }

    /// Its runs of consecutive days (first, last), in order.
    pub fn runs(&self) -> &[(Day, Day)] {
        &self.runs
    }

    /// Whether it has no day.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Its earliest day.
    pub fn first(&self) -> Option<Day> {
        self.runs.first().map(|&(start, _)| start)
    }

    /// Its latest day.
    pub fn last(&self) -> Option<Day> {
        self.runs.last().map(|&(_, end)| end)
    }

    /// Whether the day is in it.
    pub fn contains(&self, day: Day) -> bool {
        !self.runs_meeting(day, day).is_empty()
    }

    /// The days in one or the other.
    pub fn union(&self, other: &Self) -> Self {
        Self::from_runs(self.runs.iter().chain(other.runs.iter()).copied())
    }

    /// The days in both.
    pub fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let (mut here, mut there) = (0, 0);
        while let (Some(&(start, end)), Some(&(other_start, other_end))) = (self.runs.get(here), other.runs.get(there))
        {
            let (start, last) = (start.max(other_start), end.min(other_end));
            if start <= last {
                common.push((start, last));
            }
            if end < other_end { here += 1 } else { there += 1 }
        }
        Self { runs: common.into() }
    }

    /// The days of the calendar that are not in it.
    pub fn complement(&self) -> Self {
        let mut missing = Vec::with_capacity(self.runs.len() + 1);
        let mut next = Some(Day::MIN);
        for &(start, end) in self.runs.iter() {
            missing.extend(next.zip(start.previous()).filter(|(first, last)| first <= last));
            next = end.next();
        }
        missing.extend(next.map(|first| (first, Day::MAX)));
        Self { runs: missing.into() }
    }

    /// The days in this one and not in the other.
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// Whether each of its days is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        // A run, having no hole, lies within one run of the other.
        self.runs.iter().all(|&(start, end)| {
            matches!(other.runs_meeting(start, end), &[(other_start, other_end)] if other_start <= start && end <= other_end)
        })
    }

    /// How many days it has. Grows with the set.
    pub fn count(&self) -> i64 {
        self.runs.iter().map(length).sum()
    }

    /// How many days its longest run has, 0 if it has none. Grows with the set.
    pub fn longest_run(&self) -> i64 {
        self.runs.iter().map(length).max().unwrap_or(0)
    }

    /// The calendar months it holds: those of each run, date to date from its first day
    /// ([`Day::whole_months_through`]), plus one for every 30 days left over by all runs together. What one run
    /// leaves over is less than a month, 30 days at most, and counts for 29 at most: so a run one day short of
    /// six months of date to date never holds six, whatever the length of its months.
    ///
    /// It does **not** always grow with the set. Adding a day can join two runs into one whose months
    /// start earlier and no longer fall on the short month. The smallest sets that show it have 58 days:
    /// 1–29 January 2026 (29 days left over), 31 January–27 February (1 month, since 31 January plus one
    /// month is 28 February) and 1 March (1 day left over) hold 2 months; with 30 January added,
    /// 1 January–27 February (1 month and 27 days) and 1 March hold only 1. For what is known of such
    /// a count, use [`whole_months_bounds`].
    pub fn whole_months(&self) -> i32 {
        months_in(weight(self.runs()))
    }

    /// The set in French prose: « du 5 au 9 janvier 2026, le 2 février 2026 et du 4 au 6 mars 2026 »;
    /// « aucun jour » for none.
    pub fn french(&self) -> String {
        let runs: Vec<String> = self.runs.iter().map(|&(start, end)| french_run(start, end)).collect();
        match runs.split_last() {
            None => "aucun jour".to_owned(),
            Some((only, [])) => only.clone(),
            Some((last, before)) => format!("{} et {last}", before.join(", ")),
        }
    }

    /// The runs that have a day from `first` to `last`.
    fn runs_meeting(&self, first: Day, last: Day) -> &[(Day, Day)] {
        let from = self.runs.partition_point(|&(_, end)| end < first);
        let to = self.runs.partition_point(|&(start, _)| start <= last);
        self.runs.get(from..to).unwrap_or_default()
    }
}

/// The run in French prose: « du 5 janvier au 12 avril 2026 », « du 5 au 9 janvier 2026 »,
/// « le 5 janvier 2026 ».
pub fn french_run(start: Day, end: Day) -> String {
    if start == end {
        return format!("le {}", start.french());
    }
    let ((year, month, _), (end_year, end_month, _)) = (start.ymd(), end.ymd());
    let from = if year != end_year {
        start.french()
    } else if month != end_month {
        start.french_without_year()
    } else {
        start.french_day_of_month()
    };
    format!("du {from} au {}", end.french())
}

/// What is known of `left − right` where each is known as (certain, possible): the certain days of the
/// result, then its possible ones. What is certain of `right` bounds the possible result and conversely.
pub fn difference_bounds(left: (&DaySet, &DaySet), right: (&DaySet, &DaySet)) -> (DaySet, DaySet) {
    let (left_certain, left_possible) = left;
    let (right_certain, right_possible) = right;
    (left_certain.difference(right_possible), left_possible.difference(right_certain))
}

/// Bounds of [`DaySet::whole_months`] over every set S with certain ⊆ S ⊆ possible; days that are certain
/// count as possible. Exact where the two sets are one.
///
/// Why they hold. Let a run of n whole months and l days left over weigh v = 30 n + min(l, 29); the months of a
/// set are its weight, the sum over its runs, divided by 30. Let its *full* weight be w = 30 n + l, which is v, or
/// v + 1 where l is 30. What one more day x does:
///
/// - *It stands alone*: both grow by 1.
/// - *It lengthens a run at its end or at its start*: n does not lessen, for d − 1 plus n months comes no later than
///   d plus n months, and with n unchanged neither does l. As v is at most 30 n + 29, v does not lessen. Nor does w:
///   completing a month of m days it gains 30 − (m − 1); with one month more at the start, 30 less the days from d plus
///   n months to d − 1 plus n + 1 months, which are at most 30.
/// - *It joins* a run A, started at d, to a run B, started at y = x + 1, with a and b months. Let ℓ be
///   d plus a months (ℓ < y) and g be d plus a + 1 months (g ≥ y, as A ends before g); months added to ℓ and
///   g are counted from d, whose day of the month they keep. As y lies after ℓ and not after g, y plus i months
///   lies after ℓ plus i months and not after g plus i months, for the dates that clamp are the ends of months.
///   So, if the joined run ends before g, B holds no whole month, w grows by 1 and v does not lessen. Else let c be
///   the months it holds from g on: c ≤ b ≤ c + 1.
///   If b = c, w changes by 31 − (g − ℓ) less what shifting y and g by c months adds to the distance
///   between them; it adds only where it leaves a shorter month, and g − ℓ is then shorter by as much: no loss. The
///   joined run leaves no more days than B does: 30 only if B leaves 30, so v does not lessen either.
///   If b = c + 1, w changes by 1 less what shifting ℓ and y by b months takes from the distance between
///   them: at most 3, and more than 1 only where one of them comes to February. So **w loses at most 2,
///   and only if B holds a whole month and ends between 27 February and 29 March**. v loses 1 more only where the
///   joined run leaves 30 days; then a month from ℓ plus b months has 31 days, so neither date comes to the end of
///   February but ℓ to its last day from the last of another month, w loses nothing, and v loses 1.
///
/// Call such a B *exposed*. Within a run R of the possible set, go from a set to a larger one by adding first,
/// latest first, the days before its first run (they join nothing), then the others, earliest first: when a
/// day joins A to B, nothing after it has been added yet, so B is a run of the smaller set and not its first in R.
///
/// *Lower bound*, from the certain set to S. So S weighs in R at least what the certain days do, less, for each
/// of their runs but the first, 2 if it is exposed, else 1 if it holds a whole month. Also, months of runs alone never
/// lessen (b ≤ c + 1 says so of a join): S holds at least those of the certain runs.
///
/// *Upper bound*, from S to the possible set. B comes after an uncertain day that is not R's first, it has at
/// least 28 days, and it ends at R's end or before an uncertain day. If there is no room for such a B, no join loses, and
/// S weighs in R at most what R does. Else S weighs there at most its full weight. Two exposed runs never end in the
/// window of one year: the second would start in March and, to hold a month, end after the window. So that is at
/// most the full weight of R, plus 2 for each year whose window has a day where such a B may end.
pub fn whole_months_bounds(certain: &DaySet, possible: &DaySet) -> (i32, i32) {
    let possible = &possible.union(certain);
    let uncertain = possible.difference(certain);
    let ends = DaySet::from_runs(
        uncertain.runs.iter().filter_map(|&(start, end)| Some((start.previous().unwrap_or(start), end.previous()?))),
    );
    let (mut least, mut most) = (0, 0);
    for &(start, end) in possible.runs() {
        let pieces = certain.runs_meeting(start, end);
        least += weight(pieces) - pieces.iter().skip(1).map(may_lose_by_being_joined).sum::<i64>();
        most += match earliest_joined_end(&uncertain, (start, end)) {
            None => weight(&[(start, end)]),
            Some(earliest) => full_weight(&(start, end)) + 2 * exposed_years(&ends, earliest, end),
        };
    }
    let alone: i32 = certain.runs.iter().map(|&(start, end)| start.whole_months_through(end).0).sum();
    (months_in(least).max(alone), months_in(most))
}

/// Days in a month of left-over days.
const MONTH_OF_DAYS: i64 = 30;

/// The fewest days that hold a whole month.
const SHORTEST_MONTH: i64 = 28;

/// Month and day between which a run may end whose full weight lessens by being joined on its left.
const EXPOSED_ENDS: ((u32, u32), (u32, u32)) = ((2, 27), (3, 29));

/// The weight of those runs: 30 for each whole month, 1 for each day left over, but for a 30th of one run.
fn weight(runs: &[(Day, Day)]) -> i64 {
    let of = |&(start, end): &(Day, Day)| {
        let (months, days) = start.whole_months_through(end);
        MONTH_OF_DAYS * i64::from(months) + days.min(MONTH_OF_DAYS - 1)
    };
    runs.iter().map(of).sum()
}

/// The weight of that run, its 30th day left over included.
fn full_weight(&(start, end): &(Day, Day)) -> i64 {
    let (months, days) = start.whole_months_through(end);
    MONTH_OF_DAYS * i64::from(months) + days
}

fn months_in(thirtieths: i64) -> i32 {
    i32::try_from(thirtieths.max(0) / MONTH_OF_DAYS).unwrap_or(i32::MAX)
}

/// How much weight may be lost when a day joins that run to one before it.
fn may_lose_by_being_joined(&(start, end): &(Day, Day)) -> i64 {
    let (_, month, day) = end.ymd();
    let (from, to) = EXPOSED_ENDS;
    match (start.whole_months_through(end).0, (from..=to).contains(&(month, day))) {
        (..=0, _) => 0,
        (_, false) => 1,
        (_, true) => 2,
    }
}

/// The earliest day on which a run that holds a whole month may end, after an uncertain day that is not the first of
/// that run of possible days; none if there is no room for it.
fn earliest_joined_end(uncertain: &DaySet, (start, end): (Day, Day)) -> Option<Day> {
    let after_start = start.next()?;
    let &(first, _) = uncertain.runs_meeting(after_start, end).first()?;
    first.max(after_start).checked_add_days(SHORTEST_MONTH).filter(|day| *day <= end)
}

/// In how many years an exposed run may end, between those two days of a run of possible days.
fn exposed_years(ends: &DaySet, earliest: Day, end: Day) -> i64 {
    let (from, to) = EXPOSED_ENDS;
    let (mut years, mut last_counted) = (0, 0);
    let inner = ends.runs_meeting(earliest, end).iter().copied();
    for (first, last) in inner.chain([(end, end)]) {
        let (first_year, month, day) = first.max(earliest).ymd();
        let first_year = if (month, day) > to { first_year + 1 } else { first_year };
        let (last_year, month, day) = last.min(end).ymd();
        let last_year = if (month, day) < from { last_year - 1 } else { last_year };
        let first_year = first_year.max(last_counted + 1);
        if first_year <= last_year {
            years += i64::from(last_year - first_year) + 1;
            last_counted = last_year;
        }
    }
    years
}

fn length(&(start, end): &(Day, Day)) -> i64 {
    start.days_until(end) + 1
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    fn set(runs: &[(&str, &str)]) -> DaySet {
        DaySet::from_runs(runs.iter().map(|(start, end)| (day(start), day(end))))
    }

    /// A small generator, so that the sets are the same on every machine.
    struct Lcg(u64);

    impl Lcg {
        fn below(&mut self, bound: u64) -> i32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i32::try_from((self.0 >> 33) % bound).unwrap()
        }

        /// A few runs of up to `longest` days within `span` days of the origin.
        fn set(&mut self, origin: Day, span: u64, longest: u64) -> DaySet {
            let runs = self.below(6);
            DaySet::from_runs((0..runs).map(|_| {
                let start = Day::from_number(origin.number() + self.below(span)).unwrap();
                (start, start.checked_add_days(i64::from(self.below(longest)) - 1).unwrap_or(start))
            }))
        }
    }

    fn bitmap(set: &DaySet, origin: Day, span: i32) -> Vec<bool> {
        (0..span).map(|index| set.contains(Day::from_number(origin.number() + index).unwrap())).collect()
    }

    fn assert_canonical(set: &DaySet) {
        assert!(set.runs().iter().all(|(start, end)| start <= end));
        assert!(set.runs().windows(2).all(|pair| pair[0].1.days_until(pair[1].0) >= 2));
    }

    #[test]
    fn every_operation_agrees_with_a_bitmap_of_days() {
        const SPAN: i32 = 60;
        let mut lcg = Lcg(1);
        for origin in [Day::MIN, day("2024-02-01"), Day::from_number(Day::MAX.number() - SPAN + 1).unwrap()] {
            for _ in 0..1500 {
                let (a, b) = (lcg.set(origin, 45, 16), lcg.set(origin, 45, 16));
                let (bits_a, bits_b) = (bitmap(&a, origin, SPAN), bitmap(&b, origin, SPAN));
                let both: Vec<(bool, bool)> = bits_a.iter().copied().zip(bits_b).collect();
                for (result, rule) in [
                    (a.union(&b), (|a, b| a || b) as fn(bool, bool) -> bool),
                    (a.intersection(&b), |a, b| a && b),
                    (a.difference(&b), |a, b| a && !b),
                    (a.complement(), |a, _| !a),
                ] {
                    assert_canonical(&result);
                    let expected: Vec<bool> = both.iter().map(|&(a, b)| rule(a, b)).collect();
                    assert_eq!(bitmap(&result, origin, SPAN), expected, "{a:?} {b:?}");
                }
                assert_eq!(a.complement().complement(), a);
                assert_eq!(a.is_subset(&b), both.iter().all(|&(a, b)| !a || b));
                assert_eq!(usize::try_from(a.count()), Ok(bits_a.iter().filter(|bit| **bit).count()));
                let longest = bits_a.split(|bit| !bit).map(<[bool]>::len).max();
                assert_eq!(usize::try_from(a.longest_run()).ok(), longest);
                let position = |index: Option<usize>| index.map(|index| i32::try_from(index).unwrap());
                let first = position(bits_a.iter().position(|bit| *bit));
                let last = position(bits_a.iter().rposition(|bit| *bit));
                assert_eq!(a.first().map(|day| day.number() - origin.number()), first);
                assert_eq!(a.last().map(|day| day.number() - origin.number()), last);
            }
        }
    }

    #[test]
    fn runs_that_touch_are_one_and_reversed_ones_are_none() {
        let joined = set(&[("2026-02-01", "2026-02-05"), ("2026-01-05", "2026-01-31"), ("2026-03-02", "2026-03-01")]);
        assert_eq!(joined, set(&[("2026-01-05", "2026-02-05")]));
        assert_eq!((DaySet::run(day("2026-01-02"), day("2026-01-01"))), DaySet::empty());
        assert_eq!(DaySet::all().complement(), DaySet::empty());
        assert_eq!(DaySet::empty().complement(), DaySet::all());
        assert_eq!(DaySet::all().count(), 3_652_059);
        assert_eq!((DaySet::empty().count(), DaySet::empty().longest_run()), (0, 0));
    }

    #[test]
    fn left_over_days_of_several_runs_make_months_of_thirty() {
        let table: [(&[(&str, &str)], i32); 16] = [
            (&[], 0),
            (&[("2025-09-01", "2026-02-28")], 6),
            (&[("2025-09-01", "2026-02-27")], 5),
            // One day short of a month of 31 days: 30 days left, by one run.
            (&[("2026-01-15", "2026-02-13")], 0),
            (&[("2026-01-15", "2026-02-14")], 1),
            (&[("2025-05-11", "2025-11-09")], 5),
            (&[("2025-05-11", "2025-11-10")], 6),
            (&[("2026-01-31", "2026-02-26")], 0),
            (&[("2026-01-31", "2026-02-27")], 1),
            (&[("2024-01-31", "2024-02-27")], 0),
            (&[("2024-01-31", "2024-02-28")], 1),
            // Together.
            (&[("2026-01-01", "2026-01-15"), ("2026-03-01", "2026-03-15")], 1),
            (&[("2026-01-01", "2026-01-15"), ("2026-03-01", "2026-03-14")], 0),
            (&[("2026-01-01", "2026-01-30"), ("2026-03-01", "2026-03-01")], 1),
            // Each one day short of a month of 31 days: one month, not two.
            (&[("2026-01-01", "2026-01-30"), ("2026-03-01", "2026-03-30")], 1),
            (&[("2026-01-01", "2026-01-31"), ("2026-03-01", "2026-03-30")], 1),
        ];
        for (runs, months) in table {
            assert_eq!(set(runs).whole_months(), months, "{runs:?}");
        }
        assert_eq!(DaySet::all().whole_months(), 9999 * 12);
    }

    #[test]
    fn a_run_holds_six_months_from_date_to_date_and_not_a_day_less() {
        for number in day("2023-01-01").number()..=day("2024-12-31").number() {
            let start = Day::from_number(number).unwrap();
            let last = start.checked_add_months(6).unwrap().previous().unwrap();
            assert_eq!(DaySet::run(start, last).whole_months(), 6, "{start}");
            assert_eq!(DaySet::run(start, last.previous().unwrap()).whole_months(), 5, "{start}");
        }
    }

    #[test]
    fn adding_a_day_may_lower_the_months_and_the_bounds_allow_for_it() {
        let fewer = set(&[("2026-01-01", "2026-01-29"), ("2026-01-31", "2026-02-27"), ("2026-03-01", "2026-03-01")]);
        let more = fewer.union(&set(&[("2026-01-30", "2026-01-30")]));
        assert_eq!((fewer.count(), fewer.whole_months(), more.whole_months()), (58, 2, 1));
        assert_eq!(whole_months_bounds(&fewer, &more), (1, 2));
    }

    #[test]
    fn a_day_that_joins_two_runs_loses_two_days_at_most_and_more_than_one_only_about_february() {
        let days = |from: &str, to: &str| {
            (day(from).number()..=day(to).number()).map(|number| Day::from_number(number).unwrap())
        };
        let (mut worst, mut worst_full) = (0, 0);
        for (from, to) in [
            ("2025-12-25", "2026-01-31"),
            ("2023-12-28", "2024-02-02"),
            ("2026-03-28", "2026-04-02"),
            ("2026-07-29", "2026-08-31"),
        ] {
            for start in days(from, to) {
                for (gap, length) in (1..45).flat_map(|gap| (25..66).map(move |length| (gap, length))) {
                    let joining = start.checked_add_days(gap).unwrap();
                    let second = (joining.next().unwrap(), joining.checked_add_days(length).unwrap());
                    let first = (start, joining.previous().unwrap());
                    let loss = weight(&[first, second]) - weight(&[(start, second.1)]);
                    assert!(loss <= may_lose_by_being_joined(&second), "{start} {joining} {second:?}");
                    worst = loss.max(worst);
                    let full = full_weight(&first) + full_weight(&second) - full_weight(&(start, second.1));
                    assert!(full <= 0 || may_lose_by_being_joined(&second) == 2, "{start} {joining} {second:?}");
                    worst_full = full.max(worst_full);
                }
            }
        }
        assert_eq!((worst, worst_full), (2, 2));
    }

    #[test]
    fn bounds_are_exact_for_a_known_set_and_for_an_end_within_weeks() {
        let known = set(&[("2025-09-01", "2026-02-27"), ("2026-04-10", "2026-05-02")]);
        assert_eq!(whole_months_bounds(&known, &known), (known.whole_months(), known.whole_months()));
        let (early, late) = (set(&[("2026-01-05", "2026-06-20")]), set(&[("2026-01-05", "2026-07-02")]));
        assert_eq!(whole_months_bounds(&early, &late), (5, 5));
        assert_eq!(whole_months_bounds(&early, &set(&[("2026-01-05", "2026-07-03")])), (5, 5));
        assert_eq!(whole_months_bounds(&early, &set(&[("2026-01-05", "2026-07-04")])), (5, 6));
        assert_eq!(whole_months_bounds(&early, &DaySet::empty()), (5, 5));
        let (least, most) = whole_months_bounds(&DaySet::empty(), &DaySet::all());
        assert!(least == 0 && most >= 9999 * 12);
    }

    #[test]
    fn every_set_between_two_has_its_months_between_their_bounds() {
        let mut lcg = Lcg(7);
        for origin in ["2023-07-20", "2024-12-25", "2025-01-01", "2025-12-27", "1899-12-29"].map(day) {
            for _ in 0..4000 {
                let certain = lcg.set(origin, 90, 50);
                let possible = certain.union(&lcg.set(origin, 90, 70));
                let (least, most) = whole_months_bounds(&certain, &possible);
                for _ in 0..6 {
                    let between = certain.union(&lcg.set(origin, 130, 40).intersection(&possible));
                    let months = between.whole_months();
                    assert!((least..=most).contains(&months), "{certain:?} {between:?} {possible:?}");
                }
                // One missing day is what a join hangs on.
                for hole in possible.difference(&certain).runs().iter().flat_map(|&(start, end)| [start, end]) {
                    let months = possible.difference(&DaySet::run(hole, hole)).whole_months();
                    assert!((least..=most).contains(&months), "{certain:?} without {hole} {possible:?}");
                }
            }
        }
    }

    #[test]
    fn gaps_swap_what_is_certain_and_what_is_possible() {
        let within = set(&[("2026-01-01", "2026-01-31")]);
        let certain = set(&[("2026-01-05", "2026-01-10")]);
        let possible = set(&[("2026-01-03", "2026-01-12")]);
        let (sure, maybe) = difference_bounds((&within, &within), (&certain, &possible));
        assert_eq!(sure, set(&[("2026-01-01", "2026-01-02"), ("2026-01-13", "2026-01-31")]));
        assert_eq!(maybe, set(&[("2026-01-01", "2026-01-04"), ("2026-01-11", "2026-01-31")]));
    }

    #[test]
    fn french_prose_never_repeats_a_month_or_a_year() {
        let table: [(&[(&str, &str)], &str); 6] = [
            (&[], "aucun jour"),
            (&[("2026-01-05", "2026-04-12")], "du 5 janvier au 12 avril 2026"),
            (&[("2025-12-20", "2026-01-01")], "du 20 décembre 2025 au 1er janvier 2026"),
            (&[("2026-04-01", "2026-04-12")], "du 1er au 12 avril 2026"),
            (&[("2026-01-05", "2026-01-05")], "le 5 janvier 2026"),
            (
                &[("2026-01-05", "2026-01-09"), ("2026-02-02", "2026-02-02"), ("2026-03-04", "2026-03-06")],
                "du 5 au 9 janvier 2026, le 2 février 2026 et du 4 au 6 mars 2026",
            ),
        ];
        for (runs, words) in table {
            assert_eq!(set(runs).french(), words);
        }
    }
}
