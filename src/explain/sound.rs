//! Whether what a justification names suffices, by construction: each step is what it is from what it names,
//! whatever the rest may be. A step is looked at once, however many answers rest on it.
//!
//! The law it keeps is that of [`suffices`](super::suffices), which tries the whole dossier: a step of which all
//! that is not named could be anything, and that comes to the same, is the same in particular with those facts
//! erased. What cannot be shown so is left to the trial.

use std::collections::{HashMap, HashSet};

use super::Subject;
use super::relevance::{Detail, Reader};
use crate::eval::{Cell, Elements, Frame, Inputs, Point, Presence, Rows, Status, followed, unknown};
use crate::program::{InputId, Node, NodeId, Program, Reduction, ScopeId, ScopeKind};
use crate::value::{Known, ListId, Op, Truth};

/// What a node may be at all: of every node, what is known of it where nothing is known of the facts.
pub(crate) fn blank(program: &Program) -> Vec<Known> {
    let facts: Vec<Known> = (0..).zip(&program.inputs).map(|(id, _)| unknown(program, InputId(id))).collect();
    let inputs = Inputs::<Cell> {
        dossiers: 1,
        lists: vec![Rows::list([(0, true)]); program.lists.len()],
        statuses: vec![vec![Status::Unheard]; facts.len()],
        columns: facts.into_iter().map(|known| vec![known]).collect(),
    };
    let mut point = Point::new(program, &inputs);
    let mut found: Vec<Known> = Vec::with_capacity(program.nodes.len());
    for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
        let of = |node: NodeId| found.get(node.0 as usize).cloned();
        let known = match node {
            Node::Input(input) => inputs.known(*input, 0).cloned(),
            // Given, presumed or derived: any of them.
            Node::Presume { input, otherwise, .. } => {
                inputs.known(*input, 0).zip(of(*otherwise)).map(|(fact, otherwise)| fact.union(&otherwise))
            }
            Node::Contested(_) => Some(Known::truth(Truth::OPEN)),
            Node::Lift { from, .. } => of(*from),
            Node::Follow { list, reference, key, body } => inputs
                .list(*list)
                .and_then(|elements| followed(elements, of(*reference)?, &vec![of(*key)?], Some(&vec![of(*body)?]))),
            Node::Resolves { list, reference, key } => {
                inputs.list(*list).and_then(|elements| followed(elements, of(*reference)?, &vec![of(*key)?], None))
            }
            Node::Reduce { how, filter, body, .. } => {
                let mut elements = Elements::default();
                elements.push(Presence::Many, filter.and_then(of), body.and_then(of));
                elements.reduced(*how, (filter.is_some(), body.is_some()))
            }
            Node::Constant(_)
            | Node::Apply(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::If { .. }
            | Node::Choose { .. }
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Invalid => point.beside(id, of),
        };
        let ty = program.type_of(id);
        found.push(known.unwrap_or_else(|| Known::any(ty, program.cases_of(ty))));
    }
    found
}

/// The steps of the justifications of one dossier.
pub(crate) struct Soundness<'a> {
    reader: Reader<'a>,
    /// What each node may be at all.
    blank: &'a [Known],
    point: Point<'a>,
    /// Of each step: whether it and all below it follow from what they name.
    shown: HashMap<Subject, bool>,
}

/// What a step names.
struct Names<'s> {
    subjects: &'s HashSet<Subject>,
}

impl<'a> Soundness<'a> {
    pub(crate) fn new(
        program: &'a Program,
        inputs: &'a Inputs<Cell>,
        frame: &'a Frame<Cell>,
        blank: &'a [Known],
    ) -> Self {
        let reader = Reader { program, inputs, frame, detail: Detail::Minimal };
        Self { reader, blank, point: Point::new(program, inputs), shown: HashMap::new() }
    }

    /// Whether the minimal justification of a node is shown to suffice. Where it is not, it may suffice still.
    pub(crate) fn shows(&mut self, target: (NodeId, u32)) -> bool {
        let target = self.reader.see_through(Subject::Node(target.0, target.1));
        let mut pending: Vec<(Subject, Option<Vec<Subject>>)> = vec![(target, None)];
        while let Some((subject, parts)) = pending.pop() {
            if self.shown.contains_key(&subject) {
                continue;
            }
            match parts {
                Some(parts) => {
                    let below = parts.iter().all(|part| self.shown.get(part).copied().unwrap_or(false));
                    let shown = below && self.follows(subject, parts);
                    self.shown.insert(subject, shown);
                }
                None => {
                    let parts = self.reader.relevant(subject).into_iter();
                    let parts: Vec<Subject> = parts.map(|(_, part)| self.reader.see_through(part)).collect();
                    pending.push((subject, Some(parts.clone())));
                    pending.extend(parts.into_iter().map(|part| (part, None)));
                }
            }
        }
        self.shown.get(&target).copied().unwrap_or(false)
    }

    /// Whether a step is what it is from its parts, whatever else is so.
    fn follows(&mut self, subject: Subject, parts: Vec<Subject>) -> bool {
        let Subject::Node(node, row) = subject else { return true };
        let subjects: HashSet<Subject> = parts.into_iter().collect();
        let names = Names { subjects: &subjects };
        let found = match self.reader.program.node(node) {
            // A fact that is not given, and what stands in for it: both are named.
            Node::Input(_) | Node::Presume { .. } => return true,
            // What contests it is known of the fact itself; nothing contests a fact erased.
            Node::Contested(_) => return true,
            Node::Lift { .. } => return false,
            Node::Follow { list, reference, key, body } => {
                self.designated(&names, (*list, *reference, *key), Some(*body), row)
            }
            Node::Resolves { list, reference, key } => self.designated(&names, (*list, *reference, *key), None, row),
            Node::Reduce { how, from, filter, body, .. } => {
                self.reduced(&names, (*how, *from), (*filter, *body), (node, row))
            }
            Node::Constant(_)
            | Node::Apply(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::If { .. }
            | Node::Choose { .. }
            | Node::Judge { .. }
            | Node::Decide { .. }
            | Node::Invalid => {
                let (reader, blank) = (&self.reader, self.blank);
                self.point.beside(node, |operand| told(reader, blank, &names, (operand, row)))
            }
        };
        found.is_some_and(|found| Some(&found) == self.reader.frame.known(node, row as usize))
    }

    fn told(&self, names: &Names<'_>, node: NodeId, row: u32) -> Option<Known> {
        told(&self.reader, self.blank, names, (node, row))
    }

    /// What a reference finds among elements of which some are named.
    fn designated(
        &self,
        names: &Names<'_>,
        (list, reference, key): (ListId, NodeId, NodeId),
        body: Option<NodeId>,
        row: u32,
    ) -> Option<Known> {
        let sought = self.told(names, reference, row)?;
        let elements = self.reader.inputs.list(list)?;
        let mut rows: Vec<u32> = elements.children(0).collect();
        if !names.subjects.contains(&Subject::List(list, 0)) {
            // There may be others, but an element that surely bears the key is the one, whatever they are.
            rows.retain(|element| {
                let bears = |known: &Known| Op::Same.apply(&[&sought, known]).as_truth().is_yes();
                names.has(&self.reader, (key, *element)) && self.told(names, key, *element).as_ref().is_some_and(bears)
            });
            rows.truncate(1);
            if rows.is_empty() {
                return None;
            }
        }
        let presences = rows.iter().map(|element| elements.presence_of(*element));
        let among = Rows::of(presences);
        let keys: Vec<Known> = rows.iter().map(|element| self.told(names, key, *element)).collect::<Option<_>>()?;
        let bodies = match body {
            None => None,
            Some(body) => {
                Some(rows.iter().map(|element| self.told(names, body, *element)).collect::<Option<Vec<Known>>>()?)
            }
        };
        followed(&among, sought, &keys, bodies.as_ref())
    }

    fn reduced(
        &self,
        names: &Names<'_>,
        (how, from): (Reduction, ScopeId),
        (filter, body): (Option<NodeId>, Option<NodeId>),
        (node, row): (NodeId, u32),
    ) -> Option<Known> {
        let (program, frame) = (self.reader.program, self.reader.frame);
        let into = program.scope_of(node);
        let listed = names.subjects.iter().any(|subject| matches!(subject, Subject::List(..)));
        let mut current = from;
        while current != into {
            let scope = program.scope(current)?;
            if matches!(scope.kind, ScopeKind::Cross { via: Some(_), .. }) || scope.parent == current {
                return None;
            }
            current = scope.parent;
        }
        let of = |node: Option<NodeId>, member: u32| node.and_then(|node| self.told(names, node, member));
        let mut elements = Elements::default();
        if !listed {
            // An element decides, whatever the others are.
            if !matches!(how, Reduction::Exists | Reduction::All | Reduction::Instances) {
                return None;
            }
            let any = |node: Option<NodeId>| node.and_then(|node| self.blank.get(node.0 as usize).cloned());
            elements.push(Presence::Many, any(filter), any(body));
        }
        for (member, presence) in frame.members(program, from, into, row) {
            let named = |node: Option<NodeId>| node.is_some_and(|node| names.has(&self.reader, (node, member)));
            if listed || named(filter) || named(body) {
                elements.push(presence, of(filter, member), of(body, member));
            }
        }
        elements.reduced(how, (filter.is_some(), body.is_some()))
    }
}

impl Names<'_> {
    fn has(&self, reader: &Reader<'_>, (node, row): (NodeId, u32)) -> bool {
        self.subjects.contains(&reader.see_through(Subject::Node(node, row)))
    }
}

/// What is known of an operand: all of it where the step names it, else what it may be at all.
fn told(reader: &Reader<'_>, blank: &[Known], names: &Names<'_>, (node, row): (NodeId, u32)) -> Option<Known> {
    if names.has(reader, (node, row)) {
        reader.frame.known(node, row as usize).cloned()
    } else {
        blank.get(node.0 as usize).cloned()
    }
}
