//! The rows of each group become one.

use super::bounds::{Counts, Part, wide};
use super::buffer::{BLOCK, Bits, Pool, bit, blocks, filled, put};
use super::logic::{Condition, Lane};
use super::ranges::{Bounds, Ranges};
use super::values::{Column, Flags, Values};
use crate::eval::rows::{Groups, Presence};
use crate::eval::{Carrier, Cell};
use crate::program::Reduction;
use crate::value::Number;

/// The rows of each group become one. Groups some member of which hands on a trouble, and what has no way in columns, are
/// left to the kernel of one row.
pub(super) fn reduce(
    how: Reduction,
    groups: &Groups,
    (filter, body): (Option<&Column>, Option<&Column>),
    pool: &mut Pool,
) -> Column {
    let troubled = [filter, body].into_iter().flatten().any(Column::has_trouble);
    let simple = if troubled { None } else { tried(how, groups, (filter, body), pool) };
    simple.unwrap_or_else(|| {
        let (filter, body) = (filter.map(Column::cells), body.map(Column::cells));
        Column::gather_in(Cell.reduce(how, groups, (filter.as_deref(), body.as_deref())), pool)
    })
}

fn tried(
    how: Reduction,
    groups: &Groups,
    (filter, body): (Option<&Column>, Option<&Column>),
    pool: &mut Pool,
) -> Option<Column> {
    let passes = filter.map_or(Some(None), |filter| Condition::of(filter).map(Some))?;
    let filter = Filter { passes };
    match how {
        Reduction::Exists if body.is_none() => quantified(groups, (filter, None), pool),
        Reduction::All | Reduction::Instances => {
            let holds = body.map_or(Some(None), |body| Condition::of(body).map(Some))?;
            if how == Reduction::All {
                quantified(groups, (filter, holds), pool)
            } else {
                instances(groups, (filter, holds), pool)
            }
        }
        Reduction::Count if body.is_none() => Some(count(groups, filter, pool)),
        Reduction::Sum => sum(groups, (filter, &Terms::of(body?, pool)?), pool),
        Reduction::Minimum => extremum(groups, (filter, &Terms::of(body?, pool)?), Turn::Smallest, pool),
        Reduction::Maximum => extremum(groups, (filter, &Terms::of(body?, pool)?), Turn::Largest, pool),
        Reduction::Exists | Reduction::Count | Reduction::CountDistinct | Reduction::Merge => None,
    }
}

fn set(lane: Lane<'_>, row: u32) -> bool {
    match lane {
        Lane::Zeros => false,
        Lane::Ones => true,
        Lane::Bits(words) => bit(words, row as usize),
    }
}

/// Which members count.
#[derive(Clone, Copy)]
struct Filter<'a> {
    passes: Option<Condition<'a>>,
}

impl Filter<'_> {
    /// Whether a member may count, and whether it surely does.
    fn counts(self, (row, presence): (u32, Presence)) -> (bool, bool) {
        let (may, may_not) = self.passes.map_or((true, false), |passes| (set(passes.yes, row), set(passes.no, row)));
        (may, may && !may_not && presence == Presence::Certain)
    }

    fn lacks_object(self, row: u32) -> bool {
        self.passes.is_some_and(|passes| set(passes.inapplicable, row))
    }
}

/// Truths of groups, as they are found.
struct Judged {
    yes: Bits,
    no: Bits,
    inapplicable: Bits,
}

impl Judged {
    fn new(rows: usize, pool: &mut Pool) -> Self {
        Self { yes: pool.zeros(rows), no: pool.zeros(rows), inapplicable: pool.zeros(rows) }
    }

    fn put(&mut self, at: usize, (yes, no, inapplicable): (bool, bool, bool)) {
        for (bits, holds) in [(&mut self.yes, yes), (&mut self.no, no), (&mut self.inapplicable, inapplicable)] {
            if holds {
                put(bits.to_mut(), at, true);
            }
        }
    }

    fn column(self, rows: usize) -> Column {
        let flags = Flags { inapplicable: some(self.inapplicable), ..Flags::default() };
        Column { rows, values: Values::Truths { yes: self.yes, no: self.no }, flags }
    }
}

/// The rows marked, if any is.
fn some(bits: Bits) -> Option<Bits> {
    bits.as_slice().iter().any(|word| *word != 0).then_some(bits)
}

/// Whether each row of each group passes; `il existe` where there is no body, `tout` where there is one.
fn quantified(
    groups: &Groups,
    (filter, holds): (Filter<'_>, Option<Condition<'_>>),
    pool: &mut Pool,
) -> Option<Column> {
    let mut judged = Judged::new(groups.len(), pool);
    for (at, group) in groups.iter().enumerate() {
        let (mut some_no, mut all_yes, mut lacks) = (false, true, false);
        for &(row, presence) in group {
            let (may, certain) = filter.counts((row, presence));
            let (holds_yes, holds_no) = holds.map_or((false, true), |holds| (set(holds.yes, row), set(holds.no, row)));
            some_no |= may && holds_no;
            all_yes &= !certain || holds_yes;
            lacks |= filter.lacks_object(row);
            lacks |= may && holds.is_some_and(|holds| set(holds.inapplicable, row));
        }
        // `il existe` is that not all fail.
        judged.put(at, if holds.is_some() { (all_yes, some_no, lacks) } else { (some_no, all_yes, lacks) });
    }
    Some(judged.column(groups.len()))
}

/// A norm over its instances.
fn instances(groups: &Groups, (filter, holds): (Filter<'_>, Option<Condition<'_>>), pool: &mut Pool) -> Option<Column> {
    let mut judged = Judged::new(groups.len(), pool);
    for (at, group) in groups.iter().enumerate() {
        let (mut yes, mut no, mut never_yes, mut applies, mut lacks) = (false, false, false, false, false);
        for &(row, presence) in group {
            lacks |= filter.lacks_object(row);
            let (may, certain) = filter.counts((row, presence));
            if !may {
                continue;
            }
            let (may_hold, may_fail) = holds.map_or((true, false), |holds| (set(holds.yes, row), set(holds.no, row)));
            let may_lack_object = !certain || holds.is_some_and(|holds| set(holds.inapplicable, row));
            no |= may_fail;
            yes |= may_hold;
            never_yes |= !may_hold && !may_lack_object;
            applies |= !may_lack_object;
        }
        judged.put(at, (yes && !never_yes, no, lacks || !applies));
    }
    Some(judged.column(groups.len()))
}

/// Bounds of what is reduced.
struct Terms<'a> {
    part: Part<i64>,
    nothing: Option<&'a Bits>,
    inapplicable: Lane<'a>,
}

impl<'a> Terms<'a> {
    fn of(column: &'a Column, pool: &mut Pool) -> Option<Self> {
        let nothing = match &column.values {
            Values::Ranges(ranges) => ranges.nothing(),
            Values::Same(_) | Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Each(_) => {
                return None;
            }
        };
        Some(Self { part: wide(column, pool)?, nothing, inapplicable: Lane::flag(&column.flags.inapplicable) })
    }

    /// The bounds on a row; of a value that is not there none.
    fn bounds(&self, row: u32) -> (Option<i64>, Option<i64>) {
        if self.nothing.is_some_and(|nothing| nothing.bit(row as usize)) {
            return (None, None);
        }
        let read = |counts: &Counts<i64>| counts.get(row as usize);
        let (lo, hi) = (read(&self.part.lo), read(self.part.hi()));
        (lo.filter(|lo| *lo != i64::MIN), hi.filter(|hi| *hi != i64::MAX))
    }
}

/// Bounds of groups, as they are found.
#[derive(Default)]
struct Found {
    lows: Vec<i64>,
    highs: Vec<i64>,
    nothing: Vec<usize>,
    absent: Vec<usize>,
    inapplicable: Vec<usize>,
}

impl Found {
    /// None where a bound is one that stands for "unbounded".
    fn push(&mut self, lo: Option<i64>, hi: Option<i64>) -> Option<()> {
        (lo != Some(i64::MIN) && hi != Some(i64::MAX) && lo != Some(i64::MAX) && hi != Some(i64::MIN)).then_some(())?;
        self.lows.push(lo.unwrap_or(i64::MIN));
        self.highs.push(hi.unwrap_or(i64::MAX));
        Some(())
    }

    fn column(self, pool: &mut Pool) -> Column {
        let rows = self.lows.len();
        let length = blocks(rows) * BLOCK;
        let marked = |marked: &[usize], pool: &mut Pool| {
            (!marked.is_empty()).then(|| {
                pool.bits(rows, |words| {
                    words.fill(0);
                    marked.iter().for_each(|row| put(words, *row, true));
                })
            })
        };
        let exact = self.lows == self.highs;
        let nothing = marked(&self.nothing, pool);
        let flags =
            Flags { absent: marked(&self.absent, pool), inapplicable: marked(&self.inapplicable, pool), trouble: None };
        let lo = filled(pool, length, self.lows.into_iter());
        let hi = if exact { None } else { Some(filled(pool, length, self.highs.into_iter())) };
        Column { rows, values: Values::Ranges(Ranges::Wide(Bounds { unit: 1, lo, hi, nothing })), flags }
    }
}

fn count(groups: &Groups, filter: Filter<'_>, pool: &mut Pool) -> Column {
    let scaled = |count: usize| i64::try_from(count).ok().and_then(|count| count.checked_mul(Number::SCALE));
    let mut found = Found::default();
    for (at, group) in groups.iter().enumerate() {
        let (mut least, mut most, mut open, mut lacks) = (0, 0, false, false);
        for &(row, presence) in group {
            let (may, certain) = filter.counts((row, presence));
            least += usize::from(certain);
            most += usize::from(may);
            open |= may && presence == Presence::Many;
            lacks |= filter.lacks_object(row);
        }
        if lacks {
            found.inapplicable.push(at);
        }
        // So few that neither bound is one that stands for "unbounded".
        let _ = found.push(scaled(least), if open { None } else { scaled(most) });
    }
    found.column(pool)
}

/// Added up exactly; none where a total that is known does not fit.
fn sum(groups: &Groups, (filter, terms): (Filter<'_>, &Terms<'_>), pool: &mut Pool) -> Option<Column> {
    let mut found = Found::default();
    for (at, group) in groups.iter().enumerate() {
        let (mut lo, mut hi, mut lacks) = (Some(0i128), Some(0i128), false);
        for &(row, presence) in group {
            lacks |= filter.lacks_object(row);
            let (may, certain) = filter.counts((row, presence));
            if !may {
                continue;
            }
            lacks |= set(terms.inapplicable, row);
            let (mut least, mut most) = terms.bounds(row);
            if !certain {
                (least, most) = (least.map(|least| least.min(0)), most.map(|most| most.max(0)));
            }
            if presence == Presence::Many {
                (least, most) = (least.filter(|least| *least >= 0), most.filter(|most| *most <= 0));
            }
            lo = lo.zip(least).map(|(total, least)| total + i128::from(least));
            hi = hi.zip(most).map(|(total, most)| total + i128::from(most));
        }
        if lacks {
            found.inapplicable.push(at);
        }
        let fitting = |bound: i128| i64::try_from(bound).ok();
        found.push(
            lo.map_or(Some(None), |lo| fitting(lo).map(Some))?,
            hi.map_or(Some(None), |hi| fitting(hi).map(Some))?,
        )?;
    }
    Some(found.column(pool))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Smallest,
    Largest,
}

fn extremum(groups: &Groups, (filter, terms): (Filter<'_>, &Terms<'_>), turn: Turn, pool: &mut Pool) -> Option<Column> {
    // The largest is the smallest of the opposites.
    let turned = |(lo, hi): (Option<i64>, Option<i64>)| match turn {
        Turn::Smallest => (lo, hi),
        Turn::Largest => (hi.map(i64::saturating_neg), lo.map(i64::saturating_neg)),
    };
    let mut found = Found::default();
    for (at, group) in groups.iter().enumerate() {
        let (mut some, mut sure, mut lacks) = (false, false, false);
        let (mut lo, mut unbounded) = (i64::MAX, false);
        // Below which one surely lies; of those that only may be there, below which all lie.
        let (mut under, mut all_under): (Option<i64>, Option<i64>) = (None, Some(i64::MIN));
        for &(row, presence) in group {
            lacks |= filter.lacks_object(row);
            let (may, certain) = filter.counts((row, presence));
            if !may {
                continue;
            }
            lacks |= set(terms.inapplicable, row);
            let (least, most) = turned(terms.bounds(row));
            some = true;
            unbounded |= least.is_none();
            lo = lo.min(least.unwrap_or(i64::MAX));
            all_under = all_under.zip(most).map(|(all, most)| all.max(most));
            if certain {
                sure = true;
                under = under.into_iter().chain(most).min();
            }
        }
        if lacks {
            found.inapplicable.push(at);
        }
        if !sure {
            found.absent.push(at);
        }
        if !some {
            found.nothing.push(at);
            found.push(Some(0), Some(0))?;
            continue;
        }
        let bounds = turned((if unbounded { None } else { Some(lo) }, if sure { under } else { all_under }));
        found.push(bounds.0, bounds.1)?;
    }
    Some(found.column(pool))
}
