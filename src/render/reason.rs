//! A justification as a tree of sentences: what adds nothing to read is passed over, what was told once is
//! not told again.

use super::page::{Branch, Mark, Text, Tone};
use super::part::{SEE_ABOVE, cited_too, exception_mark, row_of, without};
use super::sentence::fault_of;
use super::values::lowered;
use super::words::Words;
use std::collections::{BTreeSet, HashSet};

use crate::explain::{Detail, Justification, Role, Subject};
use crate::program::{Basis, Content, Node, Reduction, RuleKind};
use crate::value::{Op, Range, Set, Trouble, Type};

impl Words<'_> {
    /// The tree of a justification.
    pub(super) fn branch(self, step: &Justification, detail: Detail) -> Branch {
        let (told, opened) = (BTreeSet::new(), HashSet::new());
        Teller { words: self, full: detail == Detail::Full, told, opened }.said(step)
    }
}

struct Teller<'w> {
    words: Words<'w>,
    /// Everything is told, in order.
    full: bool,
    /// What has been told.
    told: BTreeSet<Subject>,
    /// That of which the reasons have been gone through, said or passed over.
    opened: HashSet<Subject>,
}

impl Teller<'_> {
    fn said(&mut self, step: &Justification) -> Branch {
        let (mut text, mark) = self.words.sentence(step);
        let first = self.told.insert(step.subject);
        if !first && !step.because.is_empty() {
            if self.words.rule(step.subject).is_some() {
                text.push(Tone::Muted, SEE_ABOVE);
            }
            return Branch { text, mark, children: Vec::new() };
        }
        if let Some(single) = self.only_definition(step) {
            let cited = self.words.rule(step.subject).map(|rule| rule.basis.clone()).unwrap_or_default();
            text = cited_too(text, self.words.cites(&without(&single, &cited)));
        }
        let untold = self.words.repeated(step).is_some_and(|repeated| !self.told.contains(&repeated));
        if let Some(basis) = self.repeated_basis(step).filter(|_| untold) {
            text = text.then(self.words.cites(&basis));
        }
        let mut children = self.foreseen(step);
        children.extend(self.children(step));
        if children.is_empty() && mark == Mark::Open && self.words.rule(step.subject).is_some() {
            children = self.open_facts(step);
        }
        Branch { text, mark, children }
    }

    /// Of an open answer whose reasons were all told elsewhere: the first facts that leave it open, told again, since
    /// alone it would be a bare statement.
    fn open_facts(&self, step: &Justification) -> Vec<Branch> {
        const TOLD: usize = 3;
        let mut found: Vec<Branch> = Vec::new();
        step.walk(&mut |below| {
            let fact = matches!(below.subject, Subject::Fact(..) | Subject::List(..));
            let (text, mark) = if fact && found.len() < TOLD { self.words.sentence(below) } else { return };
            if mark == Mark::Open {
                found.push(Branch { text, mark, children: Vec::new() });
            }
        });
        each_once(found)
    }

    /// Of a silence of the text: the cases it does foresee, none of which is this one.
    fn foreseen(&self, step: &Justification) -> Vec<Branch> {
        let silent = step.known.trouble == Some(Trouble::Gap) && !step.known.is_settled();
        let Some(rule) = self.words.rule(step.subject).filter(|_| silent) else { return Vec::new() };
        let case = |content: &Content| {
            let asked = self.words.asked(content.condition?, row_of(step.subject));
            let text = Text::from(format!("Cas prévu : {asked}")).then(self.words.cites(&content.basis));
            (!asked.is_empty()).then(|| Branch::leaf(Mark::None, text))
        };
        rule.contents.iter().filter_map(case).collect()
    }

    /// Of a value that has one definition and no exception that mattered: what that definition rests on.
    fn only_definition(&self, step: &Justification) -> Option<Basis> {
        let rule = self.words.rule(step.subject).filter(|rule| rule.kind == RuleKind::Value)?;
        let mut given = step.because.iter().filter_map(|child| match child.role {
            Role::Definition(part) => rule.contents.get(part),
            _other => None,
        });
        let only = given.next().filter(|content| content.name.is_empty())?;
        given.next().is_none().then(|| only.basis.clone())
    }

    /// What a step rests on, steps that add nothing to read passed over.
    fn children(&mut self, step: &Justification) -> Vec<Branch> {
        if !step.because.is_empty() && !self.opened.insert(step.subject) {
            return self.reminders(step);
        }
        let mut found: Vec<Branch> = Vec::new();
        let mut steps: Vec<&Justification> = step.because.iter().collect();
        if !self.full {
            if self.is_neutral(step) {
                return found;
            }
            if let Some(reduced) = self.words.reduction(step) {
                if self.words.membership(reduced).is_some() {
                    // The sentence names the list and its elements.
                    steps.retain(|child| child.role != Role::Element && !matches!(child.subject, Subject::List(..)));
                }
                let (together, others) = self.words.grouped(&steps);
                steps = others;
                for child in &steps {
                    found.extend(self.told_of(step, child));
                }
                found = each_once(found);
                found.extend(together);
                return found;
            }
        }
        for child in steps {
            found.extend(self.told_of(step, child));
        }
        each_once(found)
    }

    /// Of reasons gone through before: the rules told then.
    fn reminders(&mut self, step: &Justification) -> Vec<Branch> {
        let (mut found, mut met) = (Vec::new(), HashSet::new());
        let mut pending: Vec<&Justification> = step.because.iter().rev().collect();
        while let Some(step) = pending.pop() {
            if !met.insert(step.subject) {
                continue;
            }
            if self.is_silent(step) {
                pending.extend(step.because.iter().rev());
            } else if self.words.rule(step.subject).is_some() || (self.full && self.told.contains(&step.subject)) {
                found.extend(self.plainly(step));
            }
        }
        each_once(found)
    }

    /// What one part of a step gives to read.
    fn told_of(&mut self, step: &Justification, child: &Justification) -> Vec<Branch> {
        let repeated = self.words.repeated(step);
        if !self.full && self.is_neutral_part(step, child) {
            let (text, _) = self.words.sentence(child);
            vec![Branch { text, mark: Mark::None, children: Vec::new() }]
        } else if Some(child.subject) == repeated {
            self.told.insert(child.subject);
            self.children(child)
        } else {
            self.shown(step, child)
        }
    }

    /// A term of a sum that comes to nothing.
    fn is_neutral_part(&self, step: &Justification, child: &Justification) -> bool {
        let zero = child.known.is_settled() && child.known.set == Set::Range(Range::exactly(0));
        zero && self.words.rule(child.subject).is_some()
            && self.words.reduction(step).is_some_and(|reduced| reduced.how == Reduction::Sum)
    }

    /// A sum that comes to nothing: what it is made of does not help to read.
    fn is_neutral(&self, step: &Justification) -> bool {
        let zero = step.known.is_settled() && step.known.set == Set::Range(Range::exactly(0));
        zero && self.words.reduction(step).is_some_and(|reduced| reduced.how == Reduction::Sum)
    }

    fn shown(&mut self, parent: &Justification, child: &Justification) -> Vec<Branch> {
        match child.role {
            Role::NotExempt(_) if self.told_for_norm(parent, child) => Vec::new(),
            Role::Excluded(_) | Role::NotExempt(_) | Role::Exempt(_) => {
                let Some((head, basis)) = self.words.exception(parent, child) else { return Vec::new() };
                vec![self.exception((head, exception_mark(child.role, child.known.as_truth())), basis, child)]
            }
            Role::Definition(part) => self.definition(parent, child, part),
            Role::Item(part) => {
                let content = self.words.rule(parent.subject).and_then(|rule| rule.contents.get(part));
                vec![self.item(child, content)]
            }
            Role::Element if self.is_instance(parent, child) => vec![self.instance(child)],
            Role::Condition if self.told_for_norm(parent, child) => Vec::new(),
            Role::Reason | Role::Condition | Role::Element | Role::Presumed => self.plainly(child),
        }
    }

    /// « L'exception « dispense » ne joue pas [C-3] — dispense des unités 4 et 6 produite : non », with the
    /// reasons of that.
    fn exception(&mut self, (head, mark): (String, Mark), basis: &Basis, child: &Justification) -> Branch {
        let cites = self.words.cites(basis);
        let mut text = Text::from(head).then(cites.clone());
        let mut children = self.told_plainly(child);
        if let [only] = children.as_mut_slice()
            && !self.full
        {
            let mut inner = std::mem::take(&mut only.text);
            inner.spans.retain(|span| !cites.spans.contains(span));
            if let Some(span) = inner.spans.first_mut() {
                span.text = lowered(&span.text);
            }
            text = text.plain(" — ").then(inner);
            children = std::mem::take(&mut only.children);
        }
        Branch { text, mark, children }
    }

    /// As `plainly`, but a fact told before is told again: alone it would leave a bare statement.
    fn told_plainly(&mut self, child: &Justification) -> Vec<Branch> {
        let found = self.plainly(child);
        if found.is_empty() { vec![self.said(child)] } else { found }
    }

    /// Of an instance after the first: what makes the norm apply to all of them was told.
    fn told_for_norm(&self, parent: &Justification, child: &Justification) -> bool {
        let Subject::Node(node, _) = parent.subject else { return false };
        let instance = self.words.program.scope_of(node) != crate::program::ScopeId::ROOT;
        instance && !self.full && child.known.is_settled() && self.told.contains(&child.subject)
    }

    /// A condition a norm requires.
    fn item(&mut self, child: &Justification, content: Option<&Content>) -> Branch {
        let mut inner = child;
        loop {
            let next = match inner.because.as_slice() {
                [only] if self.is_silent(inner) => only,
                [reference, .., body] if !self.full && self.is_followed(inner) => {
                    self.told.insert(reference.subject);
                    body
                }
                _other => break,
            };
            inner = next;
        }
        let mut branch = self.said(inner);
        if !inner.known.is_inapplicable() {
            branch.mark = self.words.truth_mark(child);
        }
        if let Some(content) = content {
            let cited = self.words.rule(inner.subject).map(|rule| rule.basis.clone()).unwrap_or_default();
            let cites = self.words.cites(&without(&content.basis, &cited));
            branch.text = cited_too(std::mem::take(&mut branch.text), cites);
        }
        branch
    }

    /// A value read through a reference that found its element.
    fn is_followed(&self, step: &Justification) -> bool {
        let Subject::Node(node, _) = step.subject else { return false };
        matches!(self.words.program.node(node), Node::Follow { .. })
            && step.because.len() == 3
            && !step.because.iter().any(|child| matches!(child.subject, Subject::List(..)))
    }

    /// One instance of the norm above.
    fn is_instance(&self, parent: &Justification, child: &Justification) -> bool {
        let (Some(above), Some(here)) = (self.words.rule(parent.subject), self.words.rule(child.subject)) else {
            return false;
        };
        std::ptr::eq(above, here)
    }

    fn instance(&mut self, child: &Justification) -> Branch {
        let mut branch = self.said(child);
        if let (Subject::Node(node, row), Some(rule)) = (child.subject, self.words.rule(child.subject))
            && let Some(element) = self.words.element(self.words.program.scope_of(node), row)
        {
            let (answer, _) = self.words.answer(rule, &child.known);
            branch.text = Text::from(format!("{} : ", super::values::capital(&element))).strong(answer);
        }
        branch
    }

    /// A step that is no conclusion: said without a mark, unless it is open.
    fn plainly(&mut self, child: &Justification) -> Vec<Branch> {
        if !self.full {
            if self.words.is_key(child.subject) && child.known.is_settled() {
                return Vec::new();
            }
            if let Some(text) = self.words.dated(child) {
                child.walk(&mut |step| {
                    self.told.insert(step.subject);
                });
                return vec![Branch { text, mark: Mark::None, children: Vec::new() }];
            }
            if self.told.contains(&child.subject) && self.words.rule(child.subject).is_none() {
                return Vec::new();
            }
            let repeated = self.words.repeated(child).filter(|_| !child.known.is_settled());
            if repeated.is_some_and(|repeated| self.told.contains(&repeated)) {
                // Another case of the same unknown.
                return Vec::new();
            }
        }
        if self.is_silent(child) {
            return self.children(child);
        }
        let mut branch = self.said(child);
        if !self.full && branch.children.is_empty() && self.is_logic(child) {
            // What it is made of has been told.
            return Vec::new();
        }
        let norm = self
            .words
            .rule(child.subject)
            .is_some_and(|rule| matches!(rule.kind, RuleKind::Norm(_) | RuleKind::Decision));
        if branch.mark != Mark::Open && !norm {
            branch.mark = Mark::None;
        }
        vec![branch]
    }

    fn is_logic(&self, step: &Justification) -> bool {
        let Subject::Node(node, _) = step.subject else { return false };
        matches!(self.words.program.node(node), Node::And(_) | Node::Or(_))
    }

    /// What the value that a comparison repeats rests on.
    fn repeated_basis(&self, step: &Justification) -> Option<Basis> {
        let repeated = self.words.repeated(step)?;
        let value = step.because.iter().find(|child| child.subject == repeated)?;
        let rule = self.words.rule(repeated).filter(|rule| rule.kind == RuleKind::Value)?;
        let mut basis = rule.basis.clone();
        if let Some(given) = self.only_definition(value) {
            let more = without(&given, &basis);
            basis.clauses.extend(more.clauses);
            basis.readings.extend(more.readings);
        }
        Some(basis)
    }

    /// The definition that gives a value.
    fn definition(&mut self, parent: &Justification, child: &Justification, part: usize) -> Vec<Branch> {
        let Some(content) = self.words.rule(parent.subject).and_then(|rule| rule.contents.get(part)) else {
            return self.plainly(child);
        };
        let children = match (self.is_constant(child), self.is_computed(child)) {
            (true, _) => Vec::new(),
            // A computation without result says why itself.
            (false, true) if fault_of(&child.known).is_some() => vec![self.said(child)],
            (false, true) => self.parts(child),
            (false, false) => self.plainly(child),
        };
        if self.only_definition(parent).is_some() {
            return children;
        }
        vec![Branch { text: self.words.defined(parent, child, content), mark: Mark::None, children }]
    }

    /// The parts of a value, a bare sum within a bound taken apart: it has the value of the whole.
    fn parts(&mut self, step: &Justification) -> Vec<Branch> {
        let same = step.because.iter().find(|child| self.is_sum(child) && child.known.set == step.known.set);
        match same.filter(|_| !self.full) {
            Some(sum) => self.children(sum),
            None => self.children(step),
        }
    }

    fn is_sum(&self, step: &Justification) -> bool {
        matches!(step.subject, Subject::Node(node, _) if matches!(self.words.program.node(node), Node::Apply(Op::Add, _)))
    }

    fn is_constant(&self, step: &Justification) -> bool {
        matches!(step.subject, Subject::Node(node, _) if matches!(self.words.program.node(node), Node::Constant(_)))
    }

    /// A step whose sentence would only repeat its parent's.
    fn is_silent(&self, step: &Justification) -> bool {
        let Subject::Node(node, _) = step.subject else { return false };
        match self.words.program.node(node) {
            Node::Constant(_) => true,
            Node::Apply(op, _) => matches!(
                op,
                Op::MakePeriod
                    | Op::DaysOfPeriod
                    | Op::ThroughSunday
                    | Op::PeriodStart
                    | Op::PeriodEnd
                    | Op::Default
                    | Op::Met
                    | Op::Holds
            ),
            Node::Not(_) | Node::Follow { .. } | Node::If { .. } => true,
            Node::And(_) => step.because.len() == 1 || (step.known.is_yes() && !self.full),
            Node::Or(_) => step.because.len() == 1,
            Node::Reduce { how: Reduction::Exists | Reduction::All, filter, body, rule: None, .. } => {
                let bare = filter.is_none() && body.is_none();
                let lists = step.because.iter().all(|child| matches!(child.subject, Subject::List(..)));
                let decided = matches!(self.words.program.node(node), Node::Reduce { how: Reduction::All, .. })
                    && step.known.is_no()
                    && step.because.len() == 1;
                bare || lists || (decided && !self.full)
            }
            _other => false,
        }
    }

    /// A step that computes a value from others.
    fn is_computed(&self, step: &Justification) -> bool {
        let Subject::Node(node, _) = step.subject else { return false };
        matches!(self.words.program.node(node), Node::Apply(..) | Node::Reduce { rule: None, .. })
            && self.words.program.type_of(node) != Type::Truth
    }
}

/// The same branches in the same order, none twice.
fn each_once(branches: Vec<Branch>) -> Vec<Branch> {
    let mut seen: HashSet<&Branch> = HashSet::new();
    let fresh: Vec<bool> = branches.iter().map(|branch| seen.insert(branch)).collect();
    branches.into_iter().zip(fresh).filter_map(|(branch, fresh)| fresh.then_some(branch)).collect()
}
