//! Why an answer is what it is: a reading of the frame, never a second run.
//!
//! `language.md` §8. A [`Justification`] holds ids and values, no words; wording is `render`'s.

mod relevance;
mod unknowns;
mod hangings;
mod trial;
mod trials;
mod answer;
mod cited;
mod erase;
mod sound;
mod turn;

pub use answer::{Answer, AnswerStatus, answer, answers};
pub use cited::{Cited, bases, cited, rule_of, unmet};
pub use erase::{Named, named, suffices};
pub use relevance::{Detail, justify};
pub(crate) use sound::{Soundness, blank};
pub(crate) use trial::{Bench, NOWHERE};
pub use turn::{Change, WhyNot, why_not};
pub use unknowns::Unknown;
pub(crate) use unknowns::{explore, hanging, unknown_of};

use std::collections::HashSet;
use std::sync::Arc;

use crate::program::{InputId, NodeId};
use crate::value::{Known, ListId};

/// What a step of a justification speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    /// A node, on one row of its scope.
    Node(NodeId, u32),
    /// A leaf of the facts, on one row of its scope.
    Fact(InputId, u32),
    /// A list of the facts under one row of its parent: that it has these elements and no others.
    List(ListId, u32),
}

/// Why a step stands under the one above it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// It is what the step above is made of.
    Reason,
    /// It makes the rule above apply, or not (`pour`, `cas`, `si`).
    Condition,
    /// A definition that gives the value above: its place among the rule's contents.
    Definition(usize),
    /// An exception that would have prevailed and did not: why.
    Excluded(usize),
    /// An item of a norm, or a line of a decision: its place among the rule's contents.
    Item(usize),
    /// An exemption that holds.
    Exempt(usize),
    /// An exemption that does not.
    NotExempt(usize),
    /// One element of a list.
    Element,
    /// What a fact was presumed or derived to be.
    Presumed,
}

/// One step: what is so, and because of what.
#[derive(Clone, PartialEq, Debug)]
pub struct Justification {
    /// What it speaks of.
    pub subject: Subject,
    /// Why it stands here.
    pub role: Role,
    /// What is known of it.
    pub known: Known,
    /// What it rests on. Steps about the same subject share it: readers that open it once for each subject take
    /// a time linear in the facts and rules, those that open it wherever it stands an exponential one.
    pub because: Arc<Vec<Justification>>,
}

impl Justification {
    /// Calls `visit` on this step and all below, in reading order; what steps share is entered the first time alone.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Justification)) {
        self.walk_new(&mut HashSet::new(), visit);
    }

    fn walk_new<'a>(&'a self, entered: &mut HashSet<Subject>, visit: &mut impl FnMut(&'a Justification)) {
        visit(self);
        if !self.because.is_empty() && entered.insert(self.subject) {
            self.because.iter().for_each(|step| step.walk_new(entered, visit));
        }
    }
}
