//! Which texts a text can meet: those it is compared with, whatever rule does it.
//!
//! Texts are only ever compared for equality, so all texts that nothing compares a fact with are alike for it: the
//! constants it meets, those of the facts it meets, and one more, stand for all.

use std::collections::{BTreeMap, BTreeSet};

use super::goal::View;
use crate::program::{InputId, Node, NodeId, Program};
use crate::value::{Set, Texts, Type};

/// A fact, or a node of one of the programs looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    Fact(InputId),
    Node(usize, NodeId),
}

/// Facts that meet, and the constants they meet.
pub(super) struct Meetings {
    met: BTreeMap<Place, Place>,
    constants: BTreeMap<Place, BTreeSet<String>>,
}

impl Meetings {
    pub(super) fn new(views: &[View<'_>]) -> Self {
        let mut meetings = Self { met: BTreeMap::new(), constants: BTreeMap::new() };
        let mut constants: Vec<(Place, String)> = Vec::new();
        for (at, view) in views.iter().enumerate() {
            let place = |node: NodeId| Place::Node(at, node);
            for id in &view.cone {
                let node = view.program.node(*id);
                if let (Node::Input(input) | Node::Presume { input, .. }, true) = (node, is_text(view.program, *id)) {
                    meetings.join(place(*id), Place::Fact(*input));
                }
                // A value is one of its operands, and operands that are compared meet; so does a key with what seeks it.
                let mut before = is_text(view.program, *id).then(|| place(*id));
                let mut meet = |operand: NodeId| {
                    if !is_text(view.program, operand) {
                        return;
                    }
                    if let Some(Set::Text(Texts::OneOf(texts))) =
                        view.program.node(operand).as_constant().map(|k| &k.set)
                    {
                        constants
                            .extend(before.into_iter().flat_map(|b| texts.iter().map(move |t| (b, t.to_string()))));
                        return;
                    }
                    match before {
                        Some(other) => meetings.join(other, place(operand)),
                        None => before = Some(place(operand)),
                    }
                };
                if let Node::Follow { reference, key, body, .. } = node {
                    meet(*body);
                    meetings.join(place(*reference), place(*key));
                } else {
                    // Constants come last: by then it is known whom they meet.
                    let mut later = Vec::new();
                    node.operands(|operand| {
                        if view.program.node(operand).as_constant().is_some() {
                            later.push(operand)
                        } else {
                            meet(operand)
                        }
                    });
                    later.into_iter().for_each(meet);
                }
            }
        }
        for (place, text) in constants {
            let root = meetings.root(place);
            meetings.constants.entry(root).or_default().insert(text);
        }
        meetings
    }

    /// The constants that a fact meets.
    pub(super) fn constants(&self, input: InputId) -> impl Iterator<Item = &String> {
        self.constants.get(&self.root(Place::Fact(input))).into_iter().flatten()
    }

    /// Whether two facts meet.
    pub(super) fn meet(&self, one: InputId, other: InputId) -> bool {
        self.root(Place::Fact(one)) == self.root(Place::Fact(other))
    }

    fn root(&self, mut place: Place) -> Place {
        while let Some(above) = self.met.get(&place) {
            place = *above;
        }
        place
    }

    fn join(&mut self, one: Place, other: Place) {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            self.met.insert(one, other);
        }
    }
}

fn is_text(program: &Program, node: NodeId) -> bool {
    matches!(program.type_of(node), Type::Text | Type::Key(_))
}
