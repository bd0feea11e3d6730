//! Days counted from 0001-01-01, which is 0, and sets of them.

pub(super) const FIRST: i128 = 0;
pub(super) const LAST: i128 = 3_652_058;

/// Runs of days, ends included, in order and apart.
pub(super) type Runs = Vec<(i128, i128)>;

/// The day of a civil date; none where the calendar has no such day.
pub(super) fn day_of(year: i128, month: i128, day: i128) -> Option<i128> {
    let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    fits.then(|| {
        let before = (1..month).map(|month| length(year, month)).sum::<i128>();
        let years = year - 1;
        years * 365 + years / 4 - years / 100 + years / 400 + before + day - 1
    })
}

fn length(year: i128, month: i128) -> i128 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day.
pub(super) fn civil(day: i128) -> (i128, i128, i128) {
    let mut year = (day * 400).div_euclid(146_097) + 1;
    let first = |year| day_of(year, 1, 1).unwrap_or(if year < 1 { i128::MIN } else { i128::MAX });
    while first(year) > day {
        year -= 1;
    }
    while first(year + 1) <= day {
        year += 1;
    }
    let (mut month, mut left) = (1, day - first(year));
    while left >= length(year, month) {
        left -= length(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// AAAA-MM-JJ.
pub(super) fn read(text: &str) -> Option<i128> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse().ok()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if parts.next().is_some() { None } else { day_of(year, month, day) }
}

/// The same date so many months later, or the last day of a shorter month.
pub(super) fn plus_months(day: i128, months: i128) -> Option<i128> {
    let (year, month, date) = civil(day);
    let count = year.checked_mul(12)?.checked_add(month - 1)?.checked_add(months)?;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    day_of(year, month, date.min(length(year, month)))
}

/// A Friday or a Saturday moves to the Sunday.
pub(super) fn through_sunday(day: i128) -> i128 {
    // 0001-01-01 is a Monday.
    let beyond = match day.rem_euclid(7) {
        4 => 2,
        5 => 1,
        _ => 0,
    };
    if day + beyond > LAST { LAST } else { day + beyond }
}

/// The run from one day to another; none where it ends before it begins.
pub(super) fn run(start: i128, end: i128) -> Runs {
    if start <= end { vec![(start, end)] } else { Vec::new() }
}

pub(super) fn union(a: &Runs, b: &Runs) -> Runs {
    let mut all: Runs = a.iter().chain(b).copied().collect();
    all.sort_unstable();
    let mut joined: Runs = Vec::new();
    for (start, end) in all {
        match joined.last_mut() {
            Some(last) if start <= last.1 + 1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

pub(super) fn intersection(a: &Runs, b: &Runs) -> Runs {
    let met = a.iter().flat_map(|x| b.iter().flat_map(move |y| run(x.0.max(y.0), x.1.min(y.1))));
    union(&met.collect(), &Vec::new())
}

/// Those of `a` that are not in `b`.
pub(super) fn difference(a: &Runs, b: &Runs) -> Runs {
    let mut left = a.clone();
    for &(start, end) in b {
        left =
            left.into_iter().flat_map(|(x, y)| [run(x, y.min(start - 1)), run(x.max(end + 1), y)].concat()).collect();
    }
    left
}

pub(super) fn count(runs: &Runs) -> i128 {
    runs.iter().map(|(start, end)| end - start + 1).sum()
}

pub(super) fn longest(runs: &Runs) -> i128 {
    runs.iter().map(|(start, end)| end - start + 1).max().unwrap_or(0)
}

/// Months date to date in each run, plus one for each thirty days that several runs leave over together.
pub(super) fn whole_months(runs: &Runs) -> i128 {
    let (mut months, mut over) = (0, 0);
    for &(start, end) in runs {
        // The day after the last may lie beyond the calendar: count there as if it went on.
        let ends = |months: i128| plus_months(start, months).map_or(LAST + 2, |day| day);
        let mut whole = (end - start) / 31;
        while ends(whole + 1) <= end + 1 {
            whole += 1;
        }
        months += whole;
        // What one run leaves over completes no month alone.
        over += (end + 1 - ends(whole)).min(29);
    }
    months + over / 30
}
