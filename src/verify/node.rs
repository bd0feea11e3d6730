//! One rule applied to one dossier, as a tree: what each part is worth, and which parts decided (language.md,
//! sections 5, 7, 8, 9 and 11).

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::days;
use super::facts::{Place, Presence, Status};
use super::known::{Kind as Measure, Known, ONE, Op, Set, Trouble, fits, negated, same, smallest};

pub(super) type N<'a> = Rc<Node<'a>>;

/// A part.
pub(super) struct Node<'a> {
    pub(super) kind: Kind<'a>,
    value: OnceCell<Known>,
}

/// A definition of a value.
pub(super) struct Definition<'a> {
    /// Its place among the contents of the rule.
    pub(super) part: usize,
    pub(super) condition: Option<N<'a>>,
    pub(super) value: N<'a>,
}

/// Which definitions prevail.
#[derive(Default)]
pub(super) struct Order {
    /// Of each definition, those that prevail over it.
    pub(super) over: Vec<Vec<usize>>,
    /// One of the conditions always holds.
    pub(super) total: bool,
    /// Pairs that never disagree, the first the smaller.
    pub(super) apart: BTreeSet<(usize, usize)>,
}

impl Order {
    fn over(&self, at: usize) -> &[usize] {
        self.over.get(at).map_or(&[], Vec::as_slice)
    }

    /// Whether two may apply together, neither prevailing, and differ.
    fn are_rivals(&self, one: usize, other: usize) -> bool {
        one != other
            && !self.over(one).contains(&other)
            && !self.over(other).contains(&one)
            && !self.apart.contains(&(one.min(other), one.max(other)))
    }
}

/// One element under a quantifier.
pub(super) struct Member<'a> {
    pub(super) presence: Presence,
    pub(super) filter: Option<N<'a>>,
    pub(super) body: Option<N<'a>>,
}

/// An element that a reference may designate.
pub(super) struct Found<'a> {
    /// Its place among the elements.
    pub(super) at: usize,
    pub(super) presence: Presence,
    /// What is read of it.
    pub(super) body: Option<N<'a>>,
}

/// What stands under a step.
#[derive(Clone)]
pub(super) enum Under<'a> {
    Node(N<'a>),
    /// That a list has these elements and no others.
    List(Place<'a>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum How {
    Exists,
    All,
    Count,
    Distinct,
    Sum,
    Minimum,
    Maximum,
    Merge,
    /// The instances of a norm.
    Instances,
}

/// Where a rule applies and what exempts from it.
pub(super) struct Frame<'a> {
    pub(super) rule: usize,
    pub(super) applies: Option<N<'a>>,
    pub(super) exemptions: Vec<N<'a>>,
}

pub(super) enum Kind<'a> {
    Constant(Known),
    Fact(Place<'a>, Known, Status),
    /// The fact, and what it is taken to be.
    Presumed(N<'a>, N<'a>),
    /// Whether an incoherence set the fact aside.
    Contested(N<'a>),
    Apply(Op, Vec<N<'a>>),
    Not(N<'a>),
    /// Whether all are wanted (`et`), or one (`ou`).
    Logic(bool, Vec<N<'a>>),
    If([N<'a>; 3]),
    /// With every value of the type.
    Choose(Frame<'a>, Vec<Definition<'a>>, Order, Set),
    Judge(Frame<'a>, Vec<N<'a>>),
    /// Each line: its case, what it requires; whether one case always holds.
    Decide(Frame<'a>, Vec<(Option<N<'a>>, Vec<N<'a>>)>, bool),
    /// The rule whose instances these are, the lists gone through, the elements.
    Reduce(How, Option<usize>, Vec<Under<'a>>, Vec<Member<'a>>),
    /// The reference, the list, the key of each element, those it may designate.
    Follow(N<'a>, Place<'a>, Vec<N<'a>>, Vec<Found<'a>>),
    Resolves(N<'a>, Place<'a>, Vec<N<'a>>, Vec<Found<'a>>),
}

/// Why a step stands under another; with the part of the rule it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Reason,
    Condition,
    Definition(usize),
    Excluded(usize),
    Item(usize),
    Exempt(usize),
    NotExempt(usize),
    Element,
    Presumed,
}

type Operand<'a> = (Role, Under<'a>);

pub(super) fn node<'a>(kind: Kind<'a>) -> N<'a> {
    Rc::new(Node { kind, value: OnceCell::new() })
}

fn truth_of(node: Option<&N<'_>>) -> (bool, bool) {
    node.map_or((true, false), |node| node.value().as_truth())
}

impl<'a> Node<'a> {
    pub(super) fn value(&self) -> &Known {
        self.value.get_or_init(|| self.compute())
    }

    fn compute(&self) -> Known {
        match &self.kind {
            Kind::Constant(known) | Kind::Fact(_, known, _) => known.clone(),
            Kind::Presumed(_, otherwise) => otherwise.value().clone(),
            Kind::Contested(fact) => Known::truth(is_aside(fact), !is_aside(fact)),
            Kind::Apply(op, operands) => op.apply(&values(operands)),
            Kind::Not(operand) => not(operand.value()),
            Kind::Logic(all, operands) => logic(*all, &values(operands)),
            Kind::If([condition, yes, no]) => select(condition.value(), yes.value(), no.value()),
            Kind::Choose(frame, definitions, order, any) => {
                let always = Known::truth(true, false);
                let condition = |d: &Definition<'a>| d.condition.as_ref().map_or(always.clone(), |c| c.value().clone());
                let conditions: Vec<Known> = definitions.iter().map(condition).collect();
                let results: Vec<&Known> = definitions.iter().map(|definition| definition.value.value()).collect();
                frame.where_it_applies(choose(&conditions, &results, order, any))
            }
            Kind::Judge(frame, content) => {
                let judged = logic(true, &values(content));
                let exempt: Vec<Known> = frame.exemptions.iter().map(|exemption| not(exemption.value())).collect();
                let conditions: Vec<&Known> = frame.applies.iter().map(|node| node.value()).chain(&exempt).collect();
                if conditions.is_empty() {
                    return judged;
                }
                select(&logic(true, &conditions), &judged, &Known::without_object())
            }
            Kind::Decide(frame, lines, total) => self.decide(frame, lines, *total),
            Kind::Reduce(how, _, _, members) => reduce(*how, members),
            Kind::Follow(reference, _, _, found) => {
                let bodies = found.iter().filter_map(|found| found.body.as_ref());
                let mut known = bodies.fold(Known::of(Set::Nothing), |all, body| all.union(body.value()));
                known.absent |= may_dangle(reference.value(), found);
                known.inapplicable |= reference.value().inapplicable;
                known
            }
            Kind::Resolves(reference, _, _, found) => {
                let known = Known::truth(!found.is_empty(), may_dangle(reference.value(), found));
                Known { inapplicable: reference.value().inapplicable, ..known }
            }
        }
    }

    fn decide(&self, frame: &Frame<'a>, lines: &[(Option<N<'a>>, Vec<N<'a>>)], total: bool) -> Known {
        let line = |(case, items): &(Option<N<'a>>, Vec<N<'a>>)| {
            let items = logic(true, &values(items));
            case.as_ref().map_or(items.clone(), |case| logic(false, &[&not(case.value()), &items]))
        };
        let lines_known: Vec<Known> = lines.iter().map(line).collect();
        let mut decided = logic(true, &lines_known.iter().collect::<Vec<_>>());
        let cases: Vec<&Known> = lines.iter().filter_map(|(case, _)| case.as_ref()).map(|case| case.value()).collect();
        if cases.len() == lines.len() && !cases.is_empty() {
            let some = logic(false, &cases);
            let order = Order { total, ..Order::default() };
            decided = choose(&[some], &[&decided], &order, &Set::Truth(true, true));
        }
        if !frame.exemptions.is_empty() {
            decided = logic(false, &[&logic(false, &values(&frame.exemptions)), &decided]);
        }
        frame.where_it_applies(decided)
    }

    /// The rule that a step is the answer of.
    pub(super) fn rule(&self) -> Option<usize> {
        match &self.kind {
            Kind::Choose(frame, ..) | Kind::Judge(frame, _) | Kind::Decide(frame, ..) => Some(frame.rule),
            Kind::Reduce(_, rule, ..) => *rule,
            Kind::Constant(_)
            | Kind::Fact(..)
            | Kind::Presumed(..)
            | Kind::Contested(_)
            | Kind::Apply(..)
            | Kind::Not(_)
            | Kind::Logic(..)
            | Kind::If(_)
            | Kind::Follow(..)
            | Kind::Resolves(..) => None,
        }
    }

    /// What it rests on: first what gives the answer, then what makes the rule apply, then the exceptions.
    /// `full`: everything that was looked at, not only what decided.
    pub(super) fn because(&self, full: bool) -> Vec<Operand<'a>> {
        let mut found = self.operands(full);
        found.sort_by_key(|(role, _)| match role {
            Role::Reason | Role::Definition(_) | Role::Item(_) | Role::Element | Role::Presumed => 0,
            Role::Condition | Role::Exempt(_) => 1,
            Role::Excluded(_) | Role::NotExempt(_) => 2,
        });
        found
    }

    fn operands(&self, full: bool) -> Vec<Operand<'a>> {
        match &self.kind {
            Kind::Constant(_) | Kind::Fact(..) => Vec::new(),
            Kind::Contested(fact) if is_aside(fact) => vec![reason(fact)],
            Kind::Contested(_) => Vec::new(),
            Kind::Presumed(fact, otherwise) => vec![reason(fact), (Role::Presumed, seen(otherwise))],
            Kind::Apply(op, operands) => {
                if full {
                    return operands.iter().map(reason).collect();
                }
                let lacking = operands.iter().find(|operand| operand.value().is_without_object());
                if let Some(lacking) =
                    lacking.filter(|_| !op.looks_at_presence() || matches!(op, Op::Reported | Op::Shown))
                {
                    return vec![reason(lacking)];
                }
                let there = operands.first().is_some_and(|first| !first.value().absent && !first.value().inapplicable);
                let looked = if *op == Op::Default && there { 1 } else { operands.len() };
                operands.iter().take(looked).map(reason).collect()
            }
            Kind::Not(operand) => vec![reason(operand)],
            Kind::Logic(all, operands) => pick(*all, operands, self.value(), full)
                .into_iter()
                .filter_map(|at| operands.get(at))
                .map(reason)
                .collect(),
            Kind::If([condition, yes, no]) => {
                let (may, may_not) = condition.value().as_truth();
                let branches = [(may, yes), (may_not, no)].into_iter().filter(|(asked, _)| *asked || full);
                let branches = branches.map(|(_, branch)| reason(branch));
                std::iter::once((Role::Condition, seen(condition))).chain(branches).collect()
            }
            Kind::Choose(frame, definitions, order, _) => frame.chosen(definitions, order, full),
            Kind::Judge(frame, content) => frame.judged(content, full),
            Kind::Decide(frame, lines, _) => frame.decided(lines, self.value(), full),
            Kind::Reduce(how, _, lists, members) => reduced((*how, full), lists, members, self.value()),
            Kind::Follow(reference, list, keys, found) => {
                let mut all = vec![reason(reference)];
                let designated = designated(reference, keys, found);
                if !designated.iter().any(|(_, certain)| *certain) {
                    all.extend(elsewhere(list, keys, &designated));
                }
                for (one, _) in designated {
                    all.extend(keys.get(one.at).map(reason));
                    all.extend(one.body.as_ref().map(reason));
                }
                all
            }
            Kind::Resolves(reference, list, keys, found) => {
                let mut all = vec![reason(reference)];
                let designated = designated(reference, keys, found);
                match designated.iter().find(|(_, certain)| *certain) {
                    Some((one, _)) => all.extend(keys.get(one.at).map(reason)),
                    None if reference.value().is_absent() => {}
                    None => {
                        all.extend(elsewhere(list, keys, &designated));
                        all.extend(designated.iter().filter_map(|(one, _)| keys.get(one.at)).map(reason));
                    }
                }
                all
            }
        }
    }
}

/// The thing itself: a value read under a guard, and a list of one condition, are what they hold.
pub(super) fn seen<'a>(node: &N<'a>) -> Under<'a> {
    match &node.kind {
        Kind::Apply(Op::Shown, operands) => operands.first().map_or_else(|| Under::Node(node.clone()), seen),
        Kind::Logic(_, operands) if operands.len() == 1 => {
            operands.first().map_or_else(|| Under::Node(node.clone()), seen)
        }
        _ => Under::Node(node.clone()),
    }
}

fn is_aside(fact: &N<'_>) -> bool {
    matches!(fact.kind, Kind::Fact(_, _, Status::SetAside))
}

fn reason<'a>(node: &N<'a>) -> Operand<'a> {
    (Role::Reason, seen(node))
}

fn values<'n>(nodes: &'n [N<'_>]) -> Vec<&'n Known> {
    nodes.iter().map(|node| node.value()).collect()
}

pub(super) fn not(known: &Known) -> Known {
    let (yes, no) = known.as_truth();
    Known { set: Known::truth(no, yes).set, ..known.clone() }
}

/// `et` (`all`) and `ou`, from left to right: a member is asked where all before leave the answer to it.
fn logic(all: bool, members: &[&Known]) -> Known {
    let turned = |(yes, no): (bool, bool)| if all { (yes, no) } else { (no, yes) };
    let (mut going, mut stops) = (true, false);
    let mut result = Known::of(Set::Nothing);
    let mut trouble = None;
    for member in members.iter() {
        let (yes, no) = turned(member.as_truth());
        stops |= no;
        result.inapplicable |= member.inapplicable;
        result.loose |= member.loose;
        trouble = trouble.or(member.trouble);
        going = yes;
        if !going {
            break;
        }
    }
    let (yes, no) = turned((going, stops));
    result.set = Known::truth(yes, no).set;
    result.keep(trouble);
    result
}

fn select(condition: &Known, yes: &Known, no: &Known) -> Known {
    let mut result = match condition.as_truth() {
        (true, false) => yes.clone(),
        (false, true) => no.clone(),
        (true, true) => yes.union(no),
        (false, false) => Known::of(Set::Nothing),
    };
    result.inapplicable |= condition.inapplicable;
    result.keep(condition.trouble);
    result
}

/// Those not certainly excluded, over which nothing prevails that certainly applies.
fn candidates(conditions: &[(bool, bool)], order: &Order) -> Vec<usize> {
    let sure = |at: &usize| conditions.get(*at) == Some(&(true, false));
    let free = |at: usize| !order.over(at).iter().any(sure);
    (0..conditions.len()).filter(|at| conditions.get(*at).is_some_and(|(yes, _)| *yes) && free(*at)).collect()
}

fn choose(conditions: &[Known], results: &[&Known], order: &Order, any: &Set) -> Known {
    if conditions.iter().any(Known::is_without_object) {
        return Known::without_object();
    }
    let truths: Vec<(bool, bool)> = conditions.iter().map(Known::as_truth).collect();
    let found = candidates(&truths, order);
    let possible = |at: &usize| truths.get(*at).is_some_and(|(yes, _)| *yes);
    let firm = |at: &&usize| truths.get(**at) == Some(&(true, false)) && !order.over(**at).iter().any(possible);
    let firm: Vec<&&Known> = found.iter().filter(firm).filter_map(|at| results.get(*at)).collect();
    let conflict = firm.iter().enumerate().any(|(at, one)| firm.iter().skip(at + 1).any(|two| one.differs(two)));
    // Two that may turn out to apply together and differ.
    let agree = |one: &usize, two: &usize| {
        let both = results.get(*one).zip(results.get(*two));
        both.is_some_and(|(a, b)| a.is_settled() && b.is_settled() && !a.differs(b))
    };
    let rival = |one: &usize, two: &usize| order.are_rivals(*one, *two) && !agree(one, two);
    let may_conflict = found.iter().enumerate().any(|(at, one)| found.iter().skip(at + 1).any(|two| rival(one, two)));
    let any = |trouble: Option<Trouble>| Known { trouble, ..Known::of(any.clone()) };
    let mut result = if conflict {
        any(Some(Trouble::Conflict))
    } else {
        let chosen = found.iter().filter_map(|at| results.get(*at)).map(|known| (*known).clone());
        match chosen.reduce(|all, one| all.union(&one)) {
            Some(chosen) if (order.total || truths.contains(&(true, false))) && !may_conflict => chosen,
            Some(chosen) => chosen.union(&any(None)),
            None if truths.contains(&(false, false)) => Known::of(Set::Nothing),
            None => any(Some(Trouble::Gap)),
        }
    };
    result.inapplicable |= conditions.iter().any(|condition| condition.inapplicable);
    result.loose |= conditions.iter().any(|condition| condition.loose);
    result.keep(conditions.iter().find_map(|condition| condition.trouble));
    result
}

/// Which members of an `et` or `ou` decided.
fn pick(all: bool, operands: &[N<'_>], result: &Known, full: bool) -> Vec<usize> {
    let every: Vec<usize> = (0..operands.len()).collect();
    if full {
        return every;
    }
    let truth = |known: &Known| {
        let (yes, no) = known.as_truth();
        if all { (yes, no) } else { (no, yes) }
    };
    let position = |wanted: &dyn Fn(&Known) -> bool| operands.iter().position(|operand| wanted(operand.value()));
    if result.is_without_object() {
        return position(&Known::is_without_object).map_or(every, |at| vec![at]);
    }
    if result.inapplicable || truth(result) == (true, true) {
        // What holds where it applies may still be what makes the whole not apply.
        let matters = |known: &Known| truth(known) != (true, false) || (result.inapplicable && known.inapplicable);
        let open: Vec<usize> = (0..).zip(operands).filter(|(_, o)| matters(o.value())).map(|(at, _)| at).collect();
        return if open.is_empty() { every } else { open };
    }
    match truth(result) {
        (false, true) => position(&|known| truth(known) == (false, true)).map_or(every, |at| vec![at]),
        (_, _) => every,
    }
}

impl<'a> Frame<'a> {
    fn where_it_applies(&self, known: Known) -> Known {
        match &self.applies {
            Some(applies) => select(applies.value(), &known, &Known::without_object()),
            None => known,
        }
    }

    /// Where it applies; and whether it surely does not, which then says all.
    fn scope(&self) -> (Vec<Operand<'a>>, bool) {
        let lacks = |node: &N<'a>| node.value().fails() || node.value().is_without_object();
        let found = self.applies.iter().map(|node| (Role::Condition, seen(node))).collect();
        (found, self.applies.as_ref().is_some_and(lacks))
    }

    fn chosen(&self, definitions: &[Definition<'a>], order: &Order, full: bool) -> Vec<Operand<'a>> {
        let (mut found, out) = self.scope();
        if out {
            return found;
        }
        let condition = |node: &N<'a>| (Role::Condition, seen(node));
        let mut conditions = definitions.iter().filter_map(|definition| definition.condition.as_ref());
        if let Some(lacking) = conditions.find(|condition| condition.value().is_without_object()) {
            found.push(condition(lacking));
            return found;
        }
        let truths: Vec<(bool, bool)> = definitions.iter().map(|d| truth_of(d.condition.as_ref())).collect();
        let candidates = candidates(&truths, order);
        if candidates.is_empty() {
            found.extend(definitions.iter().filter_map(|definition| definition.condition.as_ref()).map(condition));
            return found;
        }
        for definition in candidates.iter().filter_map(|at| definitions.get(*at)) {
            found.extend(definition.condition.as_ref().map(condition));
            found.push((Role::Definition(definition.part), seen(&definition.value)));
        }
        let others = || definitions.iter().enumerate().filter(|(at, _)| !candidates.contains(at));
        let may_lack = others().filter_map(|(_, definition)| definition.condition.as_ref());
        found.extend(may_lack.filter(|node| !full && node.value().inapplicable).map(condition));
        for (at, definition) in others() {
            let matters = candidates.iter().any(|one| order.over(*one).contains(&at) || order.are_rivals(*one, at));
            let excluded = definition.condition.as_ref().filter(|node| full || (matters && !node.value().as_truth().0));
            found.extend(excluded.map(|node| (Role::Excluded(definition.part), seen(node))));
        }
        found
    }

    fn exempted(&self) -> Option<Operand<'a>> {
        let at = self.exemptions.iter().position(|exemption| exemption.value().holds())?;
        self.exemptions.get(at).map(|exemption| (Role::Exempt(at), seen(exemption)))
    }

    fn not_exempted(&self) -> Vec<Operand<'a>> {
        let role = |at: usize, node: &N<'a>| if node.value().fails() { Role::NotExempt(at) } else { Role::Exempt(at) };
        self.exemptions.iter().enumerate().map(|(at, node)| (role(at, node), seen(node))).collect()
    }

    fn judged(&self, content: &[N<'a>], full: bool) -> Vec<Operand<'a>> {
        let (mut found, out) = self.scope();
        if out {
            return found;
        }
        if let Some(exempted) = self.exempted() {
            return vec![exempted];
        }
        if let Some(lacking) = self.exemptions.iter().find(|exemption| exemption.value().is_without_object()) {
            found.push((Role::Condition, seen(lacking)));
            return found;
        }
        found.extend(self.not_exempted());
        let judged = logic(true, &values(content));
        let picked = pick(true, content, &judged, full).into_iter();
        found.extend(picked.filter_map(|at| content.get(at).map(|item| (Role::Item(at), seen(item)))));
        found
    }

    fn decided(&self, lines: &[(Option<N<'a>>, Vec<N<'a>>)], known: &Known, full: bool) -> Vec<Operand<'a>> {
        let (mut found, out) = self.scope();
        if out {
            return found;
        }
        if let Some(exempted) = self.exempted() {
            found.push(exempted);
            return found;
        }
        let judged: Vec<((bool, bool), Known)> =
            lines.iter().map(|(case, items)| (truth_of(case.as_ref()), logic(true, &values(items)))).collect();
        let plain = |known: &Known| known.holds() && !known.inapplicable && !known.absent;
        if !judged.iter().all(|(case, items)| !case.0 || plain(items)) || full {
            found.extend(self.not_exempted());
        }
        let fails = |(case, items): &((bool, bool), Known)| {
            *case == (true, false) && items.fails() && !items.inapplicable && !items.absent
        };
        let failing = judged.iter().position(fails);
        let gap = known.trouble == Some(Trouble::Gap);
        for (at, ((case, items), (truth, items_known))) in lines.iter().zip(&judged).enumerate() {
            let silent = failing.is_some_and(|failing| failing != at)
                || (!truth.0 && !gap)
                || (!known.is_settled() && *truth == (true, false) && plain(items_known));
            if silent && !full {
                continue;
            }
            found.extend(case.as_ref().map(|case| (Role::Condition, seen(case))));
            if truth.0 || full {
                let picked = pick(true, items, items_known, full).into_iter().filter_map(|item| items.get(item));
                found.extend(picked.map(|item| (Role::Item(at), seen(item))));
            }
        }
        found
    }
}

impl Member<'_> {
    fn passes(&self) -> (bool, bool) {
        truth_of(self.filter.as_ref())
    }

    fn is_certain(&self) -> bool {
        self.presence == Presence::Certain && self.passes() == (true, false)
    }

    fn body(&self) -> Known {
        self.body.as_ref().map_or(Known::truth(true, false), |body| body.value().clone())
    }
}

fn reduced<'a>(
    (how, full): (How, bool),
    lists: &[Under<'a>],
    members: &[Member<'a>],
    known: &Known,
) -> Vec<Operand<'a>> {
    let steps = |member: &Member<'a>, body: bool| -> Vec<Operand<'a>> {
        let body = member.body.iter().filter(|_| body);
        member.filter.iter().chain(body).map(|node| (Role::Element, seen(node))).collect()
    };
    let plain = !known.absent && !known.inapplicable;
    let conditions = matches!(how, How::All | How::Instances);
    let mut certain = members.iter().filter(|member| member.is_certain());
    let decisive = match how {
        How::Exists if known.holds() && plain => certain.next(),
        How::All | How::Instances if known.fails() && plain => certain.find(|member| member.body().fails()),
        _ => None,
    };
    if let Some(found) = decisive.filter(|_| !full).map(|member| steps(member, true)).filter(|found| !found.is_empty())
    {
        return found;
    }
    let mut found: Vec<Operand<'a>> = lists.iter().map(|under| (Role::Reason, under.clone())).collect();
    for member in members {
        let open = !known.is_settled();
        if member.presence == Presence::Many && open && !full {
            continue;
        }
        let passes = member.passes();
        let quiet = conditions
            && open
            && passes == (true, false)
            && member.body().holds()
            && member.body.as_ref().is_none_or(|body| body.value().is_settled());
        if !quiet || full {
            found.extend(steps(member, passes.0));
        }
    }
    found
}

fn reduce(how: How, members: &[Member<'_>]) -> Known {
    let possible: Vec<(&Member<'_>, Known)> =
        members.iter().filter(|member| member.passes().0).map(|member| (member, member.body())).collect();
    let certain = || possible.iter().filter(|(member, _)| member.is_certain());
    let open = possible.iter().any(|(member, _)| member.presence == Presence::Many);
    let counted = |lo: usize, hi: usize| {
        let scaled = |count: usize| i128::try_from(count).ok().map(|count| count * ONE);
        Known::of(Set::Range(Measure::Number, scaled(lo), scaled(hi).filter(|_| !open)))
    };
    let mut result = match how {
        How::Exists => Known::truth(!possible.is_empty(), certain().next().is_none()),
        How::All => {
            let fails = possible.iter().any(|(_, body)| body.as_truth().1);
            Known::truth(!certain().any(|(_, body)| !body.as_truth().0), fails)
        }
        How::Count => counted(certain().count(), possible.len()),
        How::Distinct => {
            let distinct = |all: Vec<&Set>| {
                let mut seen: Vec<&Set> = Vec::new();
                all.into_iter().for_each(|set| {
                    if !seen.contains(&set) {
                        seen.push(set)
                    }
                });
                seen.len()
            };
            let unknown = possible.iter().filter(|(_, body)| !body.set.is_single()).count();
            let some = certain().any(|(_, body)| !body.set.is_single());
            let sure = certain().map(|(_, body)| &body.set).filter(|set| set.is_single()).collect();
            let all = possible.iter().map(|(_, body)| &body.set).filter(|set| set.is_single()).collect();
            counted(distinct(sure).max(usize::from(some)), distinct(all) + unknown)
        }
        How::Sum => sum(&possible),
        How::Minimum | How::Maximum => extremum(how == How::Maximum, &possible),
        How::Merge => {
            let sure = certain().fold(Vec::new(), |all, (_, body)| days::union(&all, &body.set.days().0));
            let maybe = possible.iter().fold(Vec::new(), |all, (_, body)| days::union(&all, &body.set.days().1));
            Known::of(Set::Days(sure, maybe))
        }
        How::Instances => {
            let lacks = |(member, body): &(&Member<'_>, Known)| body.inapplicable || !member.is_certain();
            let yes = possible.iter().any(|(_, body)| body.as_truth().0);
            let never = possible.iter().any(|one| !one.1.as_truth().0 && !lacks(one));
            let known = Known::truth(yes && !never, possible.iter().any(|(_, body)| body.as_truth().1));
            Known { inapplicable: possible.iter().all(lacks), ..known }
        }
    };
    let filters = || members.iter().filter_map(|member| member.filter.as_ref()).map(|filter| filter.value());
    result.inapplicable |= filters().any(|filter| filter.inapplicable)
        || (how != How::Instances && possible.iter().any(|(_, body)| body.inapplicable));
    result.loose |= filters().any(|filter| filter.loose) || possible.iter().any(|(_, body)| body.loose);
    let trouble = |member: &Member<'_>| {
        let of = |node: &Option<N<'_>>| node.as_ref().and_then(|node| node.value().trouble);
        of(&member.filter).or(of(&member.body))
    };
    result.keep(members.iter().find_map(trouble));
    result
}

fn sum(possible: &[(&Member<'_>, Known)]) -> Known {
    let measure = possible.iter().find_map(|(_, body)| match body.set {
        Set::Range(kind, ..) => Some(kind),
        _ => None,
    });
    let mut total = (Some(0), Some(0));
    let mut exact = true;
    for (member, body) in possible {
        let (mut lo, mut hi) = body.set.bounds();
        if !member.is_certain() {
            (lo, hi) = (lo.map(|lo| lo.min(0)), hi.map(|hi| hi.max(0)));
        }
        if member.presence == Presence::Many {
            (lo, hi) = (lo.filter(|lo| *lo >= 0), hi.filter(|hi| *hi <= 0));
        }
        exact &= lo.is_some() && lo == hi;
        let added = |total: Option<i128>, more: Option<i128>| total.zip(more).map(|(a, b)| a + b);
        total = (added(total.0, lo), added(total.1, hi));
    }
    // Of nothing at all, zero whatever it counts.
    let set = Set::Range(measure.unwrap_or(Measure::Number), total.0.and_then(fits), total.1.and_then(fits));
    if exact && !set.is_single() { Known::troubled(&set, Trouble::Fault) } else { Known::of(set) }
}

fn extremum(largest: bool, possible: &[(&Member<'_>, Known)]) -> Known {
    let turn = |range: (Option<i128>, Option<i128>)| if largest { negated(range) } else { range };
    let Some((_, Known { set: Set::Range(measure, ..), .. })) = possible.first() else { return Known::absent() };
    let bounds = |known: &Known| turn(known.set.bounds());
    let lowest = possible.iter().map(|(_, body)| bounds(body)).reduce(smallest).and_then(|range| range.0);
    let certain: Vec<Known> =
        possible.iter().filter(|(member, _)| member.is_certain()).map(|one| one.1.clone()).collect();
    let highest = if certain.is_empty() {
        possible.iter().map(|(_, body)| bounds(body).1).try_fold(i128::MIN, |max, hi| hi.map(|hi| hi.max(max)))
    } else {
        certain.iter().filter_map(|body| bounds(body).1).min()
    };
    let (lo, hi) = turn((lowest, highest));
    Known { absent: certain.is_empty(), ..Known::of(Set::Range(*measure, lo, hi)) }
}

/// Whether a reference may designate nothing.
fn may_dangle(reference: &Known, found: &[Found<'_>]) -> bool {
    let certain = found.iter().any(|one| one.presence == Presence::Certain);
    reference.absent || !(reference.set == Set::Nothing || certain)
}

/// The elements with the very key a reference has, else all that may have it.
fn designated<'f, 'a>(reference: &N<'a>, keys: &[N<'a>], found: &'f [Found<'a>]) -> Vec<(&'f Found<'a>, bool)> {
    let sure = |one: &Found<'a>| {
        keys.get(one.at).is_some_and(|key| same(&reference.value().set, &key.value().set) == (true, false))
    };
    let certain = found.iter().any(sure);
    found.iter().map(|one| (one, sure(one))).filter(|(_, sure)| *sure || !certain).collect()
}

/// Why a reference designates no other element: the list has none but these, and their keys differ.
fn elsewhere<'a>(list: &Place<'a>, keys: &[N<'a>], designated: &[(&Found<'a>, bool)]) -> Vec<Operand<'a>> {
    let others = (0..keys.len()).filter(|at| !designated.iter().any(|(one, _)| one.at == *at));
    let keys = others.filter_map(|at| keys.get(at)).map(reason);
    std::iter::once((Role::Reason, Under::List(list.clone()))).chain(keys).collect()
}
