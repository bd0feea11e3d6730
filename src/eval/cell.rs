//! One dossier, each value a [`Known`]: the readable definition of the language's steps.

use std::collections::{HashMap, HashSet};

use super::Status;
use super::carrier::{Carrier, Step, Yielding};
use super::rows::{Groups, Presence, Rows};
use crate::program::Reduction;
use crate::value::priority::Order;
use crate::value::{DaySet, Days, Known, Number, Op, Range, Set, Trouble, Truth};

/// Carries one dossier at a time.
#[derive(Clone, Copy, Default, Debug)]
pub struct Cell;

impl Carrier for Cell {
    type Column = Vec<Known>;
    type Statuses = Vec<Status>;

    fn constant(&mut self, known: &Known, rows: usize) -> Vec<Known> {
        vec![known.clone(); rows]
    }

    fn presume(
        &mut self,
        (fact, statuses): (&Vec<Known>, &Vec<Status>),
        otherwise: &Vec<Known>,
        yielding: Yielding,
    ) -> Vec<Known> {
        let each = fact.iter().zip(statuses).zip(otherwise);
        each.map(|((fact, status), otherwise)| if status.yields(yielding) { otherwise } else { fact }.clone()).collect()
    }

    fn step(&mut self, step: Step<'_>, operands: &[&Vec<Known>], rows: usize) -> Vec<Known> {
        let mut members: Vec<&Known> = Vec::with_capacity(operands.len());
        (0..rows)
            .map(|row| {
                members.clear();
                members.extend(operands.iter().filter_map(|operand| operand.get(row)));
                step.on(&members)
            })
            .collect()
    }

    fn lift(&mut self, column: &Vec<Known>, index: &[u32]) -> Vec<Known> {
        index.iter().filter_map(|row| column.get(*row as usize)).cloned().collect()
    }

    fn matches(&mut self, references: &Vec<Known>, keys: &Vec<Known>, (dossiers, elements): (&[u32], &Rows)) -> Groups {
        let mut index: Option<(u32, Keys<'_>)> = None;
        Groups::from_lists(references.iter().zip(dossiers).map(|(reference, dossier)| {
            if index.as_ref().is_none_or(|(of, _)| of != dossier) {
                index = Some((*dossier, Keys::new(keys, elements, *dossier)));
            }
            let mut found: Vec<(u32, Presence)> = Vec::new();
            let candidates = index.as_ref().map(|(_, keys)| keys.candidates(reference)).unwrap_or_default();
            for element in candidates {
                let Some(key) = keys.get(element as usize) else { continue };
                let truth = Op::Same.apply(&[reference, key]).as_truth();
                if truth.yes {
                    found.push((
                        element,
                        match elements.presence_of(element) {
                            Presence::Certain if truth.is_yes() => Presence::Certain,
                            Presence::Certain | Presence::Perhaps => Presence::Perhaps,
                            Presence::Many => Presence::Many,
                        },
                    ));
                }
            }
            if found.iter().any(|(_, presence)| *presence == Presence::Certain) {
                found.retain(|(_, presence)| *presence == Presence::Certain);
            }
            found
        }))
    }

    fn follow(&mut self, references: &Vec<Known>, matches: &Groups, body: Option<&Vec<Known>>) -> Vec<Known> {
        let each = references.iter().zip(matches.iter());
        each.map(|(reference, found)| match body {
            None => resolves(reference, found),
            Some(body) => {
                let bodies = found.iter().filter_map(|(element, _)| body.get(*element as usize));
                follow(reference, found, bodies)
            }
        })
        .collect()
    }

    fn reduce(
        &mut self,
        how: Reduction,
        groups: &Groups,
        (filter, body): (Option<&Vec<Known>>, Option<&Vec<Known>>),
    ) -> Vec<Known> {
        groups
            .iter()
            .map(|group| {
                let members: Vec<Member> =
                    group.iter().filter_map(|(row, presence)| Member::new(*row, *presence, filter, body)).collect();
                reduce(how, &members)
            })
            .collect()
    }
}

/// The keys of the elements a list has in one dossier, to be looked up.
struct Keys<'k> {
    all: std::ops::Range<u32>,
    /// The elements that bear each key, where it is known.
    known: HashMap<&'k str, Vec<u32>>,
    /// The elements whose key is not.
    open: Vec<u32>,
}

impl<'k> Keys<'k> {
    fn new(keys: &'k [Known], elements: &Rows, dossier: u32) -> Self {
        let mut found = Self { all: elements.children(dossier), known: HashMap::new(), open: Vec::new() };
        for element in found.all.clone() {
            match keys.get(element as usize).and_then(sole_text) {
                Some(text) => found.known.entry(text).or_default().push(element),
                None => found.open.push(element),
            }
        }
        found
    }

    /// The elements that a reference may designate, no others being able to bear its key; in order.
    fn candidates(&self, reference: &Known) -> Vec<u32> {
        let Some(text) = sole_text(reference) else { return self.all.clone().collect() };
        let mut found = self.open.clone();
        found.extend(self.known.get(text).into_iter().flatten());
        found.sort_unstable();
        found
    }
}

fn sole_text(known: &Known) -> Option<&str> {
    if let Set::Text(texts) = &known.set { texts.single() } else { None }
}

impl Step<'_> {
    /// The step on what is known of its operands on one row.
    pub fn on(self, members: &[&Known]) -> Known {
        match (self, members) {
            (Step::Apply(op), _) => op.apply(members),
            (Step::Not, [operand]) => not((*operand).clone()),
            (Step::All, _) => fold_logic(members, |truth| truth),
            (Step::Any, _) => not(fold_logic(members, |truth| Truth { yes: truth.no, no: truth.yes })),
            (Step::Select, [condition, yes, no]) => select(condition, yes, no),
            (Step::When, [condition, value]) => select(condition, value, &Known::inapplicable()),
            (Step::Choose { order, any }, _) => {
                let (conditions, values) = members.split_at(members.len() / 2);
                choose(order, conditions, values, any)
            }
            (Step::Not | Step::Select | Step::When, _) => Known::of(Set::Nothing),
        }
    }
}

fn not(known: Known) -> Known {
    let truth = known.as_truth();
    Known { set: Set::truth(Truth { yes: truth.no, no: truth.yes }), ..known }
}

/// The value of the element a reference designates, among those it may.
fn follow<'k>(reference: &Known, found: &[(u32, Presence)], bodies: impl Iterator<Item = &'k Known>) -> Known {
    let mut result = Known { set: Set::Nothing, absent: false, inapplicable: false, trouble: None };
    for known in bodies {
        result = result.union(known);
    }
    result.absent |= may_be_dangling(reference, found);
    result.inapplicable |= reference.inapplicable;
    result
}

fn resolves(reference: &Known, found: &[(u32, Presence)]) -> Known {
    let truth = Truth { yes: !found.is_empty(), no: may_be_dangling(reference, found) };
    Known { inapplicable: reference.inapplicable, ..Known::truth(truth) }
}

/// Whether a reference may designate nothing: it is absent, or its key may be one that no element has.
fn may_be_dangling(reference: &Known, found: &[(u32, Presence)]) -> bool {
    let certain = found.iter().any(|(_, presence)| *presence == Presence::Certain);
    reference.absent || !(reference.set.is_nothing() || certain)
}

/// `et` over what is known: from left to right, a member is asked only where all before it hold, so that
/// a guard protects what follows it. `look` turns the table round for `ou`.
fn fold_logic(members: &[&Known], look: impl Fn(Truth) -> Truth) -> Known {
    let mut result = Known::truth(Truth::NEVER);
    let mut truth = Truth::NEVER;
    let mut going = true;
    let mut trouble = None;
    for member in members {
        let seen = look(member.as_truth());
        truth.no |= seen.no;
        result.inapplicable |= member.inapplicable;
        trouble = trouble.or(member.trouble);
        going = seen.yes;
        if !going {
            break;
        }
    }
    truth.yes = going;
    result.set = Set::truth(truth);
    if !result.is_settled() {
        result.trouble = trouble;
    }
    result
}

fn select(condition: &Known, yes: &Known, no: &Known) -> Known {
    let truth = condition.as_truth();
    let mut result = match (truth.yes, truth.no) {
        (true, false) => yes.clone(),
        (false, true) => no.clone(),
        (true, true) => yes.union(no),
        (false, false) => Known::of(Set::Nothing),
    };
    result.inapplicable |= condition.inapplicable;
    if !result.is_settled() {
        result.trouble = result.trouble.or(condition.trouble);
    }
    result
}

fn choose(order: &Order, conditions: &[&Known], values: &[&Known], any: &Known) -> Known {
    let truths: Vec<Truth> = conditions.iter().map(|condition| condition.as_truth()).collect();
    let mut result = order.settle(&truths, values, any);
    // A condition that reads something without object takes the whole value with it.
    result.inapplicable |= conditions.iter().any(|condition| condition.inapplicable);
    if conditions.iter().any(|condition| condition.is_inapplicable()) {
        return Known::inapplicable();
    }
    if !result.is_settled() {
        result.trouble = result.trouble.or_else(|| conditions.iter().find_map(|condition| condition.trouble));
    }
    result
}

/// One element under a reduction.
struct Member<'a> {
    presence: Presence,
    /// Whether it passes the filter.
    passes: Truth,
    body: Option<&'a Known>,
    inapplicable: bool,
    trouble: Option<Trouble>,
}

impl<'a> Member<'a> {
    fn new(row: u32, presence: Presence, filter: Option<&'a Vec<Known>>, body: Option<&'a Vec<Known>>) -> Option<Self> {
        let filter = filter.map(|column| column.get(row as usize)).map_or(Some(None), |known| known.map(Some))?;
        let body = body.map(|column| column.get(row as usize)).map_or(Some(None), |known| known.map(Some))?;
        let passes = filter.map_or(Truth::YES, Known::as_truth);
        Some(Self {
            presence,
            passes,
            body,
            inapplicable: filter.is_some_and(|known| known.inapplicable),
            trouble: filter.and_then(|known| known.trouble).or(body.and_then(|known| known.trouble)),
        })
    }

    /// Certainly an element that counts.
    fn is_certain(&self) -> bool {
        self.presence == Presence::Certain && self.passes.is_yes()
    }

    /// Possibly an element that counts.
    fn is_possible(&self) -> bool {
        self.passes.yes
    }

    fn truth(&self) -> Truth {
        self.body.map_or(Truth::YES, Known::as_truth)
    }

    fn range(&self) -> Range {
        self.body.map_or(Range::ANY, |known| known.set.as_range())
    }
}

fn reduce(how: Reduction, members: &[Member<'_>]) -> Known {
    let possible = || members.iter().filter(|member| member.is_possible());
    let certain = || members.iter().filter(|member| member.is_certain());
    let mut result = match how {
        Reduction::Exists => {
            let yes = possible().next().is_some();
            Known::truth(Truth { yes, no: certain().next().is_none() })
        }
        Reduction::All => {
            let no = possible().any(|member| member.truth().no);
            let yes = !certain().any(|member| !member.truth().yes);
            Known::truth(Truth { yes, no })
        }
        Reduction::Count => {
            let open = possible().any(|member| member.presence == Presence::Many);
            Known::range(counted(certain().count(), if open { None } else { Some(possible().count()) }))
        }
        Reduction::CountDistinct => count_distinct(members),
        Reduction::Sum => sum(members),
        Reduction::Minimum => extremum(members, false),
        Reduction::Maximum => extremum(members, true),
        Reduction::Merge => {
            let days = |member: &Member<'_>| match member.body.map(|known| &known.set) {
                Some(Set::Days(days)) => days.clone(),
                Some(Set::Period(stretch)) => stretch.days(),
                Some(Set::Nothing | Set::Truth(_) | Set::Range(_) | Set::Cases(_) | Set::Text(_)) | None => {
                    Days { certain: DaySet::empty(), possible: DaySet::empty() }
                }
            };
            let certain = certain().map(|m| days(m).certain).fold(DaySet::empty(), |all, days| all.union(&days));
            let possible = possible().map(|m| days(m).possible).fold(DaySet::empty(), |all, days| all.union(&days));
            Known::of(Set::Days(Days { certain, possible }))
        }
        Reduction::Instances => instances(members),
    };
    let matters = how != Reduction::Instances;
    result.inapplicable |= possible().any(|m| matters && m.body.is_some_and(|known| known.inapplicable))
        || members.iter().any(|member| member.inapplicable);
    if !result.is_settled() {
        result.trouble = result.trouble.or_else(|| members.iter().find_map(|member| member.trouble));
    }
    result
}

fn counted(lo: usize, hi: Option<usize>) -> Range {
    let scaled = |count: usize| i64::try_from(count).ok().and_then(|count| count.checked_mul(Number::SCALE));
    Range { lo: scaled(lo), hi: hi.and_then(scaled) }
}

/// Distinct values: at least the known ones among certain elements; at most one for each possible element.
fn count_distinct(members: &[Member<'_>]) -> Known {
    // Only counted, never gone through: their order cannot show.
    let mut surely: HashSet<&Set> = HashSet::new();
    let mut perhaps: HashSet<&Set> = HashSet::new();
    let mut unknown = 0usize;
    let mut certain_unknown = false;
    let mut open = false;
    for member in members.iter().filter(|member| member.is_possible()) {
        open |= member.presence == Presence::Many;
        let Some(set) = member.body.map(|known| &known.set) else { continue };
        if !set.is_single() {
            unknown += 1;
            certain_unknown |= member.is_certain();
        } else {
            perhaps.insert(set);
            if member.is_certain() {
                surely.insert(set);
            }
        }
    }
    let lo = surely.len().max(usize::from(certain_unknown));
    Known::range(counted(lo, if open { None } else { Some(perhaps.len() + unknown) }))
}

/// Added up exactly: only the total has to fit, not what it comes to on the way.
fn sum(members: &[Member<'_>]) -> Known {
    let (mut lo, mut hi) = (Some(0i128), Some(0i128));
    let mut exact = true;
    for member in members.iter().filter(|member| member.is_possible()) {
        let mut range = member.range();
        if !member.is_certain() {
            range = Range { lo: range.lo.map(|lo| lo.min(0)), hi: range.hi.map(|hi| hi.max(0)) };
        }
        if member.presence == Presence::Many {
            // Any number of them: a bound survives only where no element can pass it.
            range = Range { lo: range.lo.filter(|lo| *lo >= 0), hi: range.hi.filter(|hi| *hi <= 0) };
        }
        exact &= range.single().is_some();
        lo = lo.zip(range.lo).map(|(total, lo)| total + i128::from(lo));
        hi = hi.zip(range.hi).map(|(total, hi)| total + i128::from(hi));
    }
    let fitting = |bound: Option<i128>| bound.and_then(|bound| i64::try_from(bound).ok());
    let total = Range { lo: fitting(lo), hi: fitting(hi) };
    let known = Known::range(total);
    if exact && total.single().is_none() {
        return known.troubled(Trouble::Fault(crate::value::Fault::Overflow));
    }
    known
}

fn extremum(members: &[Member<'_>], largest: bool) -> Known {
    let turn = |range: Range| {
        if largest {
            Range { lo: range.hi.map(i64::saturating_neg), hi: range.lo.map(i64::saturating_neg) }
        } else {
            range
        }
    };
    let possible: Vec<Range> = members.iter().filter(|m| m.is_possible()).map(|m| turn(m.range())).collect();
    let certain: Vec<Range> = members.iter().filter(|m| m.is_certain()).map(|m| turn(m.range())).collect();
    if possible.is_empty() {
        return Known::absent();
    }
    let lo = possible.iter().map(|range| range.lo).min().flatten();
    let hi = if certain.is_empty() {
        possible.iter().try_fold(i64::MIN, |max, range| range.hi.map(|hi| hi.max(max)))
    } else {
        certain.iter().filter_map(|range| range.hi).min()
    };
    let lo = if possible.iter().any(|range| range.lo.is_none()) { None } else { lo };
    let mut known = Known::range(turn(Range { lo, hi }));
    known.absent = certain.is_empty();
    known
}

/// A norm over its instances: not met by one that is not, without object where none applies.
fn instances(members: &[Member<'_>]) -> Known {
    let mut yes = false;
    let mut never_yes = false;
    let mut no = false;
    let mut applies = false;
    for member in members.iter().filter(|member| member.is_possible()) {
        let truth = member.truth();
        let may_lack_object = member.body.is_some_and(|known| known.inapplicable) || !member.is_certain();
        no |= truth.no;
        yes |= truth.yes;
        never_yes |= !truth.yes && !may_lack_object;
        applies |= !may_lack_object;
    }
    let truth = Truth { yes: yes && !never_yes, no };
    let mut known = Known::truth(truth);
    known.inapplicable = !applies;
    known
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::value::Fault;

    fn reduced(how: Reduction, body: &[Range], presence: Presence) -> Known {
        let column: Vec<Known> = body.iter().copied().map(Known::range).collect();
        let group = (0..).zip(&column).map(|(row, _)| (row, presence)).collect();
        let reduced = Cell.reduce(how, &Groups::from_lists([group]), (None, Some(&column)));
        reduced.first().cloned().unwrap()
    }

    #[test]
    fn only_the_total_of_a_sum_has_to_fit() {
        let sum = |terms: &[i64]| {
            let terms: Vec<Range> = terms.iter().copied().map(Range::exactly).collect();
            reduced(Reduction::Sum, &terms, Presence::Certain)
        };
        assert_eq!(sum(&[i64::MAX, i64::MAX, -i64::MAX]), Known::range(Range::exactly(i64::MAX)));
        assert_eq!(sum(&[i64::MIN, i64::MIN, i64::MAX]).trouble, Some(Trouble::Fault(Fault::Overflow)));
        assert_eq!(sum(&[i64::MAX, 1]).trouble, Some(Trouble::Fault(Fault::Overflow)));
        // What only may be too large is no fault yet.
        let open = reduced(Reduction::Sum, &[Range::exactly(i64::MAX), Range::between(0, 1)], Presence::Certain);
        assert_eq!(open, Known::range(Range { lo: Some(i64::MAX), hi: None }));
    }

    #[test]
    fn of_elements_that_only_may_be_there_a_sum_has_the_bounds() {
        let terms = [Range::between(-3, 5), Range::between(2, 7)];
        assert_eq!(reduced(Reduction::Sum, &terms, Presence::Perhaps), Known::range(Range::between(-3, 12)));
        // Any number of elements: a bound is left where none of them can pass it.
        let many = |range| reduced(Reduction::Sum, &[range], Presence::Many);
        assert_eq!(many(Range::between(2, 7)), Known::range(Range { lo: Some(0), hi: None }));
        assert_eq!(many(Range::between(-7, -2)), Known::range(Range { lo: None, hi: Some(0) }));
    }
}
