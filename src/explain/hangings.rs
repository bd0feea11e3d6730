//! What many open answers of one dossier hang on, each part of them looked at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::Subject;
use super::relevance::{Detail, Reader};
use super::unknowns::{Hanging, outermost, outermost_list};
use crate::eval::{Cell, Frame, Inputs, Status};
use crate::program::{InputId, NodeId, Program};

/// What an answer hangs on.
#[derive(Clone, Default)]
pub(super) struct Hangs {
    /// Unknown facts, with whether each is met on more than one way.
    pub(super) found: Hanging,
    /// Facts given but set aside.
    pub(super) contested: BTreeSet<(InputId, u32)>,
}

/// The open answers of one dossier.
pub(super) struct Hangings<'a> {
    reader: Reader<'a>,
    known: HashMap<Subject, Rc<Hangs>>,
}

impl<'a> Hangings<'a> {
    pub(super) fn new(program: &'a Program, inputs: &'a Inputs<Cell>, frame: &'a Frame<Cell>) -> Self {
        Self { reader: Reader { program, inputs, frame, detail: Detail::Minimal }, known: HashMap::new() }
    }

    /// What an open answer hangs on.
    pub(super) fn of(&mut self, target: (NodeId, u32)) -> Rc<Hangs> {
        let target = self.reader.see_through(Subject::Node(target.0, target.1));
        // What a step rests on comes before it: each is left until all of those are known.
        let mut pending: Vec<(Subject, Option<Vec<Subject>>)> = vec![(target, None)];
        while let Some((subject, parts)) = pending.pop() {
            if self.known.contains_key(&subject) {
                continue;
            }
            match parts {
                Some(parts) => {
                    let hangs = self.together(&parts);
                    self.known.insert(subject, hangs);
                }
                None => {
                    let parts = self.parts(subject);
                    if let Subject::Fact(..) | Subject::List(..) = subject {
                        self.known.insert(subject, Rc::new(self.alone(subject)));
                        continue;
                    }
                    pending.push((subject, Some(parts.clone())));
                    pending.extend(parts.into_iter().map(|part| (part, None)));
                }
            }
        }
        self.known.get(&target).cloned().unwrap_or_default()
    }

    /// The open things a step rests on, one as often as it is met.
    fn parts(&self, subject: Subject) -> Vec<Subject> {
        let parts = self.reader.relevant(subject).into_iter().map(|(_, part)| self.reader.see_through(part));
        parts
            .filter(|part| match part {
                Subject::Node(..) | Subject::Fact(..) => !self.reader.known(*part).is_settled(),
                Subject::List(..) => true,
            })
            .collect()
    }

    fn together(&self, parts: &[Subject]) -> Rc<Hangs> {
        if let [only] = parts {
            return self.known.get(only).cloned().unwrap_or_default();
        }
        let mut times: BTreeMap<Subject, bool> = BTreeMap::new();
        for part in parts {
            times.entry(*part).and_modify(|several| *several = true).or_insert(false);
        }
        let mut hangs = Hangs::default();
        for (part, several) in times {
            let Some(known) = self.known.get(&part) else { continue };
            for (unknown, twice) in &known.found {
                let several = several || *twice;
                hangs.found.entry(*unknown).and_modify(|seen| *seen = true).or_insert(several);
            }
            hangs.contested.extend(&known.contested);
        }
        Rc::new(hangs)
    }

    /// What is unknown of a fact or of a list itself.
    fn alone(&self, subject: Subject) -> Hangs {
        let (program, inputs) = (self.reader.program, self.reader.inputs);
        let mut hangs = Hangs::default();
        match subject {
            Subject::Node(..) => {}
            Subject::Fact(input, row) => match inputs.status(input, row as usize) {
                Status::Given => {}
                Status::SetAside(_) => {
                    hangs.contested.insert((input, row));
                }
                Status::LeftOut | Status::Unsure | Status::Rejected | Status::Unheard => {
                    hangs.found.insert(outermost(program, inputs, input, row), false);
                }
            },
            Subject::List(list, row) => {
                if inputs.list(list).is_some_and(|rows| rows.is_open(row)) {
                    hangs.found.insert(outermost_list(program, inputs, list, row), false);
                }
            }
        }
        hangs
    }
}
