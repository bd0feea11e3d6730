//! Which operands mattered: the only place that says it, one arm for each kind of node.
//!
//! Minimal, locally and in source order: of a false `et` the first member that is false, of a true `ou` the
//! first that is true, of a quantifier the first decisive element. What is left open is explained by what
//! is open.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Justification, Role, Subject};
use crate::eval::{Cell, Frame, Inputs, Presence, Status, Step};
use crate::program::{Definition, Node, NodeId, Program, Reduction, RequirementNode, ScopeId, ScopeKind};
use crate::value::priority::Order;
use crate::value::{Known, ListId, Op, Trouble, Truth};

/// How much of the frame a justification opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// What decided, and no more.
    Minimal,
    /// Everything that was looked at.
    Full,
}

/// The justification of a node on one row of its scope.
pub fn justify(
    program: &Program,
    inputs: &Inputs<Cell>,
    frame: &Frame<Cell>,
    (node, row): (NodeId, u32),
    detail: Detail,
) -> Justification {
    let reader = Reader { program, inputs, frame, detail };
    let mut found = HashMap::new();
    reader.step(Subject::Node(node, row), Role::Reason, (0, &mut found))
}

/// What each subject rests on, each looked at once: a value that many steps read is one in memory.
type Found = HashMap<Subject, Arc<Vec<Justification>>>;

/// Deeper than any checked program nests; a guard against a broken one.
const DEEPEST: usize = 600;

pub(super) struct Reader<'a> {
    pub(super) program: &'a Program,
    pub(super) inputs: &'a Inputs<Cell>,
    pub(super) frame: &'a Frame<Cell>,
    pub(super) detail: Detail,
}

pub(super) type Operand = (Role, Subject);

impl Reader<'_> {
    fn step(&self, subject: Subject, role: Role, (depth, found): (usize, &mut Found)) -> Justification {
        let subject = self.see_through(subject);
        let known = self.known(subject);
        if let Some(because) = found.get(&subject) {
            return Justification { subject, role, known, because: Arc::clone(because) };
        }
        let operands = if depth > DEEPEST { Vec::new() } else { self.relevant(subject) };
        let parts = operands.into_iter().map(|(role, operand)| self.step(operand, role, (depth + 1, found)));
        let because = Arc::new(parts.collect());
        found.insert(subject, Arc::clone(&because));
        Justification { subject, role, known, because }
    }

    /// A lift, a guarded reading and a fact taken as given are the thing itself.
    pub(super) fn see_through(&self, mut subject: Subject) -> Subject {
        while let Subject::Node(node, row) = subject {
            let next = match self.program.node(node) {
                Node::Lift { from, hops } => {
                    let scope = self.program.scope_of(node);
                    self.frame.reach(self.program, scope, row, hops).map(|row| Subject::Node(*from, row))
                }
                Node::Apply(Op::Guarded, operands) => operands.first().map(|operand| Subject::Node(*operand, row)),
                Node::Input(input) => Some(Subject::Fact(*input, row)),
                Node::Presume { input, derived, .. } => {
                    let presumed = match self.inputs.status(*input, row as usize) {
                        Status::LeftOut => true,
                        Status::Unsure | Status::Rejected | Status::SetAside(_) => *derived,
                        Status::Given | Status::Unheard => false,
                    };
                    (!presumed).then_some(Subject::Fact(*input, row))
                }
                Node::And(operands) | Node::Or(operands) if operands.len() == 1 => {
                    operands.first().map(|operand| Subject::Node(*operand, row))
                }
                Node::Constant(_)
                | Node::Contested(_)
                | Node::Apply(..)
                | Node::Not(_)
                | Node::And(_)
                | Node::Or(_)
                | Node::If { .. }
                | Node::Choose { .. }
                | Node::Judge { .. }
                | Node::Decide { .. }
                | Node::Follow { .. }
                | Node::Resolves { .. }
                | Node::Reduce { .. }
                | Node::Invalid => None,
            };
            match next {
                Some(next) => subject = next,
                None => break,
            }
        }
        subject
    }

    pub(super) fn known(&self, subject: Subject) -> Known {
        let found = match subject {
            Subject::Node(node, row) => self.frame.known(node, row as usize),
            Subject::Fact(input, row) => self.inputs.known(input, row as usize),
            Subject::List(..) => None,
        };
        found.cloned().unwrap_or(Known::truth(Truth::YES))
    }

    fn truth(&self, node: NodeId, row: u32) -> Truth {
        self.frame.known(node, row as usize).map_or(Truth::OPEN, Known::as_truth)
    }

    fn lacks_object(&self, node: NodeId, row: u32) -> bool {
        self.frame.known(node, row as usize).is_some_and(Known::is_inapplicable)
    }

    /// What a step rests on: what gives the answer, then what makes the rule apply, then the exceptions; each
    /// in source order.
    pub(super) fn relevant(&self, subject: Subject) -> Vec<Operand> {
        let mut found = self.operands(subject);
        found.sort_by_key(|(role, _)| match role {
            Role::Reason | Role::Definition(_) | Role::Item(_) | Role::Element | Role::Presumed => 0,
            Role::Condition | Role::Exempt(_) => 1,
            Role::Excluded(_) | Role::NotExempt(_) => 2,
        });
        found
    }

    fn operands(&self, subject: Subject) -> Vec<Operand> {
        let Subject::Node(node, row) = subject else { return Vec::new() };
        let at = |node: &NodeId| Subject::Node(*node, row);
        match self.program.node(node) {
            Node::Input(_) | Node::Constant(_) | Node::Invalid => Vec::new(),
            Node::Presume { input, otherwise, .. } => {
                vec![(Role::Reason, Subject::Fact(*input, row)), (Role::Presumed, at(otherwise))]
            }
            // A fact that nothing contests says nothing here: with it erased, nothing would contest it either.
            Node::Contested(input) => match self.inputs.status(*input, row as usize) {
                Status::SetAside(_) => vec![(Role::Reason, Subject::Fact(*input, row))],
                Status::Given | Status::LeftOut | Status::Unsure | Status::Rejected | Status::Unheard => Vec::new(),
            },
            Node::Apply(op, operands) => self.of_primitive(*op, operands, row),
            Node::Not(operand) => vec![(Role::Reason, at(operand))],
            Node::And(operands) => self.of_logic(operands, (node, row), true),
            Node::Or(operands) => self.of_logic(operands, (node, row), false),
            Node::If { condition, yes, no } => {
                let truth = self.truth(*condition, row);
                let mut found = vec![(Role::Condition, at(condition))];
                if truth.yes || self.detail == Detail::Full {
                    found.push((Role::Reason, at(yes)));
                }
                if truth.no || self.detail == Detail::Full {
                    found.push((Role::Reason, at(no)));
                }
                found
            }
            Node::Choose { applies, definitions, order, .. } => self.of_choice(*applies, (definitions, order), row),
            Node::Judge { applies, exemptions, content, .. } => self.of_judgement(*applies, (exemptions, content), row),
            Node::Decide { applies, exemptions, requirements, .. } => {
                self.of_decision(*applies, (exemptions, requirements), (node, row))
            }
            Node::Lift { from, hops } => {
                let scope = self.program.scope_of(node);
                let reached = self.frame.reach(self.program, scope, row, hops);
                reached.map(|row| (Role::Reason, Subject::Node(*from, row))).into_iter().collect()
            }
            Node::Follow { list, reference, key, body } => {
                let mut found = vec![(Role::Reason, at(reference))];
                let candidates = self.designated(*reference, *key, row);
                if !candidates.iter().any(|(_, certain)| *certain) {
                    found.extend(self.elsewhere(*list, *key, &candidates));
                }
                for (element, _) in candidates {
                    found.push((Role::Reason, Subject::Node(*key, element)));
                    found.push((Role::Reason, Subject::Node(*body, element)));
                }
                found
            }
            Node::Resolves { list, reference, key } => {
                let mut found = vec![(Role::Reason, at(reference))];
                let candidates = self.designated(*reference, *key, row);
                let absent = self.frame.known(*reference, row as usize).is_some_and(Known::is_absent);
                match candidates.iter().find(|(_, certain)| *certain) {
                    Some((element, _)) => found.push((Role::Reason, Subject::Node(*key, *element))),
                    None if absent => {}
                    None => {
                        found.extend(self.elsewhere(*list, *key, &candidates));
                        // An element whose key is not known may be the one meant.
                        found.extend(
                            candidates.iter().map(|(element, _)| (Role::Reason, Subject::Node(*key, *element))),
                        );
                    }
                }
                found
            }
            Node::Reduce { how, from, filter, body, .. } => {
                self.of_reduction((*how, *from), (*filter, *body), (node, row))
            }
        }
    }

    /// Why a reference surely designates no other element: the list has none but these, and their keys differ.
    fn elsewhere(&self, list: ListId, key: NodeId, candidates: &[(u32, bool)]) -> Vec<Operand> {
        let rows = self.frame.column(key).map_or(0, Vec::len);
        let others = (0..).take(rows).filter(|element| !candidates.iter().any(|(found, _)| found == element));
        let keys = others.map(|element| (Role::Reason, Subject::Node(key, element)));
        std::iter::once((Role::Reason, Subject::List(list, 0))).chain(keys).collect()
    }

    /// The elements a reference may designate, and whether certainly.
    fn designated(&self, reference: NodeId, key: NodeId, row: u32) -> Vec<(u32, bool)> {
        let (Some(sought), Some(keys)) = (self.frame.known(reference, row as usize), self.frame.column(key)) else {
            return Vec::new();
        };
        let all = (0..).zip(keys).map(|(element, key)| (element, Op::Same.apply(&[sought, key]).as_truth()));
        let possible: Vec<(u32, Truth)> = all.filter(|(_, truth)| truth.yes).collect();
        // Of several elements with that very key, it is not known which is meant.
        let certain = possible.iter().any(|(_, truth)| truth.is_yes());
        let kept = possible.into_iter().filter(|(_, truth)| truth.is_yes() || !certain);
        kept.map(|(element, truth)| (element, truth.is_yes())).collect()
    }

    fn of_primitive(&self, op: Op, operands: &[NodeId], row: u32) -> Vec<Operand> {
        let reason = |operand: &NodeId| (Role::Reason, Subject::Node(*operand, row));
        let all: Vec<Operand> = operands.iter().map(reason).collect();
        if self.detail == Detail::Full {
            return all;
        }
        // An operand without object takes the result with it, alone.
        if let Some(lacking) = operands.iter().find(|operand| self.lacks_object(**operand, row))
            && !crate::eval::reads_presence(op)
            && !matches!(op, Op::Met | Op::Holds)
        {
            return vec![reason(lacking)];
        }
        if op == Op::Default {
            let first = operands.first().and_then(|first| self.frame.known(*first, row as usize));
            let there = first.is_some_and(|first| !first.absent && !first.inapplicable);
            return all.into_iter().take(if there { 1 } else { 2 }).collect();
        }
        all
    }

    /// `et` (`conjunction`) and `ou`: the first member that decides, all where none does alone, the open
    /// ones where the answer is open.
    fn of_logic(&self, operands: &[NodeId], (node, row): (NodeId, u32), conjunction: bool) -> Vec<Operand> {
        let result = self.known(Subject::Node(node, row));
        self.pick(operands, row, &result, conjunction)
            .into_iter()
            .filter_map(|index| operands.get(index))
            .map(|operand| (Role::Reason, Subject::Node(*operand, row)))
            .collect()
    }

    /// Which members of a conjunction or disjunction mattered.
    fn pick(&self, operands: &[NodeId], row: u32, result: &Known, conjunction: bool) -> Vec<usize> {
        let all = 0..operands.len();
        if self.detail == Detail::Full {
            return all.collect();
        }
        let turned = |truth: Truth| if conjunction { truth } else { Truth { yes: truth.no, no: truth.yes } };
        let looked =
            |index: &usize| turned(operands.get(*index).map_or(Truth::OPEN, |operand| self.truth(*operand, row)));
        if result.is_inapplicable() {
            let lacking = all.clone().find(|index| operands.get(*index).is_some_and(|o| self.lacks_object(*o, row)));
            return lacking.map_or_else(|| all.collect(), |index| vec![index]);
        }
        let truth = turned(result.as_truth());
        if result.inapplicable || (truth.yes && truth.no) {
            // What holds where it applies may still be what makes the whole not apply.
            let may_lack = |index: &usize| {
                result.inapplicable
                    && operands.get(*index).is_some_and(|o| self.known(Subject::Node(*o, row)).inapplicable)
            };
            let open: Vec<usize> = all.clone().filter(|index| !looked(index).is_yes() || may_lack(index)).collect();
            return if open.is_empty() { all.collect() } else { open };
        }
        if truth.is_no() {
            return all.clone().find(|index| looked(index).is_no()).map_or_else(|| all.collect(), |index| vec![index]);
        }
        all.collect()
    }

    fn of_choice(
        &self,
        applies: Option<NodeId>,
        (definitions, order): (&[Definition], &Order),
        row: u32,
    ) -> Vec<Operand> {
        let at = |node: NodeId| Subject::Node(node, row);
        let mut found: Vec<Operand> = applies.map(|applies| (Role::Condition, at(applies))).into_iter().collect();
        if applies.is_some_and(|applies| self.truth(applies, row).is_no() || self.lacks_object(applies, row)) {
            return found;
        }
        let mut conditions = definitions.iter().filter_map(|definition| definition.condition);
        if let Some(lacking) = conditions.find(|condition| self.lacks_object(*condition, row)) {
            found.push((Role::Condition, at(lacking)));
            return found;
        }
        let conditions: Vec<Truth> = definitions
            .iter()
            .map(|definition| definition.condition.map_or(Truth::YES, |condition| self.truth(condition, row)))
            .collect();
        let candidates: Vec<usize> = order.candidates(&conditions).collect();
        if candidates.is_empty() {
            // A gap: no definition applies, and each condition says why.
            found.extend(definitions.iter().filter_map(|d| d.condition).map(|c| (Role::Condition, at(c))));
            return found;
        }
        for &index in &candidates {
            let Some(definition) = definitions.get(index) else { continue };
            found.extend(definition.condition.map(|condition| (Role::Condition, at(condition))));
            found.push((Role::Definition(definition.part), at(definition.value)));
        }
        // A condition that may be without object would take the whole value with it.
        for (index, definition) in definitions.iter().enumerate() {
            let Some(condition) = definition.condition.filter(|_| !candidates.contains(&index)) else { continue };
            if self.detail == Detail::Minimal && self.known(at(condition)).inapplicable {
                found.push((Role::Condition, at(condition)));
            }
        }
        // Definitions that would have prevailed, or conflicted: why each did not.
        for (index, definition) in definitions.iter().enumerate() {
            let Some(condition) = definition.condition.filter(|_| !candidates.contains(&index)) else { continue };
            let matters = candidates
                .iter()
                .any(|candidate| order.over(*candidate).contains(&index) || order.are_rivals(*candidate, index));
            let excluded = conditions.get(index).is_some_and(|condition| !condition.yes);
            if (matters && excluded) || self.detail == Detail::Full {
                found.push((Role::Excluded(definition.part), at(condition)));
            }
        }
        found
    }

    fn of_judgement(
        &self,
        applies: Option<NodeId>,
        (exemptions, content): (&[NodeId], &[NodeId]),
        row: u32,
    ) -> Vec<Operand> {
        let at = |node: NodeId| Subject::Node(node, row);
        let mut found: Vec<Operand> = applies.map(|applies| (Role::Condition, at(applies))).into_iter().collect();
        if applies.is_some_and(|applies| self.truth(applies, row).is_no() || self.lacks_object(applies, row)) {
            return found;
        }
        if let Some(index) = exemptions.iter().position(|exemption| self.truth(*exemption, row).is_yes()) {
            return exemptions.get(index).map(|exemption| (Role::Exempt(index), at(*exemption))).into_iter().collect();
        }
        // An exemption without object takes the norm with it, and exempts nobody.
        if let Some(lacking) = exemptions.iter().find(|exemption| self.lacks_object(**exemption, row)) {
            found.push((Role::Condition, at(*lacking)));
            return found;
        }
        for (index, exemption) in exemptions.iter().enumerate() {
            found.push((self.exemption_role(index, *exemption, row), at(*exemption)));
        }
        let judged = self.judged(content, row);
        for index in self.pick(content, row, &judged, true) {
            found.extend(content.get(index).map(|item| (Role::Item(index), at(*item))));
        }
        found
    }

    fn exemption_role(&self, index: usize, exemption: NodeId, row: u32) -> Role {
        if self.truth(exemption, row).is_no() { Role::NotExempt(index) } else { Role::Exempt(index) }
    }

    /// The conjunction of the items of a norm or of a decision's line.
    fn judged(&self, items: &[NodeId], row: u32) -> Known {
        let members: Vec<&Known> = items.iter().filter_map(|item| self.frame.known(*item, row as usize)).collect();
        Step::All.on(&members)
    }

    fn of_decision(
        &self,
        applies: Option<NodeId>,
        (exemptions, requirements): (&[NodeId], &[RequirementNode]),
        (node, row): (NodeId, u32),
    ) -> Vec<Operand> {
        let at = |node: NodeId| Subject::Node(node, row);
        let mut found: Vec<Operand> = applies.map(|applies| (Role::Condition, at(applies))).into_iter().collect();
        if applies.is_some_and(|applies| self.truth(applies, row).is_no() || self.lacks_object(applies, row)) {
            return found;
        }
        if let Some(index) = exemptions.iter().position(|exemption| self.truth(*exemption, row).is_yes()) {
            found.extend(exemptions.get(index).map(|exemption| (Role::Exempt(index), at(*exemption))));
            return found;
        }
        let known = self.known(at(node));
        let lines: Vec<(Truth, Known)> = requirements
            .iter()
            .map(|line| (line.case.map_or(Truth::YES, |case| self.truth(case, row)), self.judged(&line.items, row)))
            .collect();
        let met = lines.iter().all(|(case, items)| !case.yes || items.is_yes());
        if !met || self.detail == Detail::Full {
            for (index, exemption) in exemptions.iter().enumerate() {
                found.push((self.exemption_role(index, *exemption, row), at(*exemption)));
            }
        }
        // One line that applies and fails decides alone.
        let failing = lines.iter().position(|(case, items)| case.is_yes() && items.is_no());
        let gap = known.trouble == Some(Trouble::Gap);
        for (index, (line, (case, items))) in requirements.iter().zip(&lines).enumerate() {
            let silent = (failing.is_some_and(|failing| failing != index))
                || (!case.yes && !gap)
                || (!known.is_settled() && case.is_yes() && items.is_yes());
            if silent && self.detail == Detail::Minimal {
                continue;
            }
            found.extend(line.case.map(|case| (Role::Condition, at(case))));
            if !case.yes && self.detail == Detail::Minimal {
                continue;
            }
            for item in self.pick(&line.items, row, items, true) {
                found.extend(line.items.get(item).map(|item| (Role::Item(index), at(*item))));
            }
        }
        found
    }

    fn of_reduction(
        &self,
        (how, from): (Reduction, ScopeId),
        (filter, body): (Option<NodeId>, Option<NodeId>),
        (node, row): (NodeId, u32),
    ) -> Vec<Operand> {
        let members = self.frame.members(self.program, from, self.program.scope_of(node), row);
        let passes = |member: u32| filter.map_or(Truth::YES, |filter| self.truth(filter, member));
        let holds = |member: u32| body.map_or(Truth::YES, |body| self.truth(body, member));
        let known = self.known(Subject::Node(node, row));
        let step = |node: Option<NodeId>, member: u32| node.map(|node| (Role::Element, Subject::Node(node, member)));
        let mut certain =
            members.iter().filter(|(member, presence)| *presence == Presence::Certain && passes(*member).is_yes());
        let decisive = match how {
            Reduction::Exists if known.is_yes() => certain.next(),
            Reduction::All | Reduction::Instances if known.is_no() => {
                certain.find(|(member, _)| holds(*member).is_no())
            }
            Reduction::Exists
            | Reduction::All
            | Reduction::Instances
            | Reduction::Count
            | Reduction::CountDistinct
            | Reduction::Sum
            | Reduction::Minimum
            | Reduction::Maximum
            | Reduction::Merge => None,
        };
        if let (Some((member, _)), Detail::Minimal) = (decisive, self.detail) {
            let found: Vec<Operand> = [step(filter, *member), step(body, *member)].into_iter().flatten().collect();
            if !found.is_empty() {
                return found;
            }
        }
        let conditions = matches!(how, Reduction::All | Reduction::Instances);
        let mut found = self.lists_of(from, node, row);
        for (member, presence) in members {
            if presence == Presence::Many && !known.is_settled() && self.detail == Detail::Minimal {
                // The list itself stands for elements nobody has heard of; but where the answer is the same
                // whatever they are, it rests on what is known of any of them.
                continue;
            }
            let passing = passes(member);
            if !passing.yes {
                // Why this element does not count.
                found.extend(step(filter, member));
                continue;
            }
            // A condition that holds says nothing of what is open; one that may be without object does.
            let settled =
                body.is_none_or(|body| self.frame.known(body, member as usize).is_some_and(Known::is_settled));
            let quiet = conditions && !known.is_settled() && passing.is_yes() && holds(member).is_yes() && settled;
            if quiet && self.detail == Detail::Minimal {
                continue;
            }
            found.extend(step(filter, member));
            found.extend(step(body, member));
        }
        found
    }

    /// That the lists reduced have these elements and no others.
    fn lists_of(&self, from: ScopeId, node: NodeId, row: u32) -> Vec<Operand> {
        let into = self.program.scope_of(node);
        let mut found = Vec::new();
        let mut current = from;
        while current != into {
            let Some(scope) = self.program.scope(current) else { break };
            if let Some(list) = scope.list {
                for (holder, _) in self.frame.members(self.program, scope.parent, into, row) {
                    let element = self.holder(current, holder);
                    if let ScopeKind::Cross { via: Some(reference), .. } = &scope.kind {
                        found.extend(element.and_then(|row| self.key_of(list, row)));
                        found.push((Role::Reason, Subject::Node(*reference, holder)));
                    }
                    found.extend(element.map(|row| (Role::Reason, Subject::List(list, row))));
                }
            }
            if scope.parent == current {
                break;
            }
            current = scope.parent;
        }
        found.reverse();
        found.dedup();
        found
    }

    /// The key by which a reference found the element that holds a list.
    fn key_of(&self, list: ListId, row: u32) -> Option<Operand> {
        let canonical = self.program.scope(self.program.list(list)?.scope)?;
        let holding = self.program.scope(canonical.parent)?.list?;
        let key = self.program.list(holding)?.key?;
        Some((Role::Reason, Subject::Fact(key, row)))
    }

    /// The row that holds the list whose elements make a scope, from a row of the scope around.
    fn holder(&self, scope: ScopeId, parent_row: u32) -> Option<u32> {
        let described = self.program.scope(scope)?;
        match &described.kind {
            ScopeKind::Root => None,
            ScopeKind::Canonical => Some(parent_row),
            ScopeKind::Cross { hops, via: None } => self.frame.reach(self.program, described.parent, parent_row, hops),
            ScopeKind::Cross { via: Some(reference), .. } => {
                let canonical = self.program.scope(self.program.list(described.list?)?.scope)?;
                let holding = self.program.scope(canonical.parent)?.list?;
                let key = self.program.input(self.program.list(holding)?.key?)?.node;
                self.designated(*reference, key, parent_row).first().map(|(element, _)| *element)
            }
        }
    }
}
