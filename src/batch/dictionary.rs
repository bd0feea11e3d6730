//! The answers of dossiers decided before, found again by what they rest on.
//!
//! An answer that is settled is its value. Why it is « non » rests on how what its justification looked at stands
//! ([`reads`]): a tree of these leads to it, one thing looked at after the other. What could settle an open answer rests
//! on the facts it is open by, and on the values met on the way from these to the answer. Nothing here says what an
//! answer is: each line was made of a dossier decided by itself.

use std::collections::HashMap;
use std::sync::Arc;

use crate::eval::{Class, Column, Status};
use crate::explain::{Detail, Read, justify, reads};
use crate::limit::Limit;
use crate::program::{InputId, Node, NodeId, Program, ScopeId};
use crate::render::{Line, Wanted};
use crate::ruleset::{Decided, Decision, Ruleset};
use crate::value::{Number, Op, Type};

/// So many lines are kept, so many paths of trees and ways to open answers: a few tens of megabytes at most.
const LONGEST: usize = 1 << 16;

/// How many values are tried for an unknown fact before they are thinned out ([`crate::explain`]), less what a fact of
/// each type always adds.
const ANCHORS: usize = 48;

/// What was learnt of the outcomes wanted.
pub(super) struct Dictionary<'r> {
    program: &'r Program,
    /// How many values may be tried for all answers of a dossier.
    trials: usize,
    outcomes: Vec<Outcome>,
    lines: Vec<Arc<Line>>,
    /// Tests and ways held.
    held: usize,
    chunk: Chunk,
}

/// What is looked at of the dossiers being decided.
#[derive(Default)]
struct Chunk {
    columns: Vec<Option<Column>>,
    statuses: Vec<crate::eval::Origins>,
    facts: Vec<Column>,
    /// For each leaf with an open row, these rows.
    open: Vec<Option<Vec<u64>>>,
    /// Rows of which facts were set aside.
    contradicted: Vec<usize>,
}

struct Outcome {
    wanted: Wanted,
    result: Option<NodeId>,
    /// What it needs lies in no list.
    flat: bool,
    cone: Vec<NodeId>,
    leaves: Vec<InputId>,
    /// By how a condition stands.
    conditions: Vec<(Class, u32)>,
    /// By all that is known.
    values: HashMap<Vec<u8>, u32>,
    refusals: Tree,
    /// By the leaves it is open by.
    ways: HashMap<Vec<InputId>, Option<Arc<Way>>>,
    opens: HashMap<Vec<u8>, u32>,
}

/// What an answer that is open by some leaves rests on besides them.
struct Way {
    statuses: Vec<InputId>,
    values: Vec<NodeId>,
}

/// Tests one after the other; the first is where to begin.
#[derive(Default)]
struct Tree(Vec<Branch>);

enum Branch {
    Unexplored,
    Line(u32),
    Test(Read, Vec<(Stands, usize)>),
}

/// How a thing looked at stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Class(Class),
    Status(Status),
}

/// The key of an answer.
enum Sought {
    Condition(Class),
    Value(Vec<u8>),
    Refusal,
    Open(Vec<u8>),
}

impl<'r> Dictionary<'r> {
    pub(super) fn new(ruleset: &'r Ruleset, wanted: &[Wanted]) -> Self {
        Self::of(ruleset.program(), ruleset.limits().count(Limit::Trials), wanted)
    }

    fn of(program: &'r Program, trials: usize, wanted: &[Wanted]) -> Self {
        let outcomes = wanted.iter().map(|wanted| Outcome::new(program, *wanted)).collect();
        Self { program, trials, outcomes, lines: Vec::new(), held: 0, chunk: Chunk::default() }
    }

    /// Begins anew where it has become too long.
    pub(super) fn forget_if_long(&mut self) {
        if self.held + self.lines.len() > LONGEST {
            let wanted: Vec<Wanted> = self.outcomes.iter().map(|outcome| outcome.wanted).collect();
            *self = Self::of(self.program, self.trials, &wanted);
        }
    }

    /// Looks at dossiers that are decided.
    pub(super) fn look_at(&mut self, decided: &Decided) {
        let nodes = self.program.nodes.len();
        let node = |at: usize| u32::try_from(at).ok().and_then(|at| decided.answer(NodeId(at)).cloned());
        let open = |column: &Column| Some(column.open_rows()).filter(|open| open.iter().any(|word| *word != 0));
        self.chunk = Chunk {
            columns: (0..nodes).map(node).collect(),
            statuses: decided.inputs.statuses.clone(),
            facts: decided.inputs.columns.clone(),
            open: decided.inputs.columns.iter().map(open).collect(),
            contradicted: decided.set_aside.iter().map(|(dossier, _)| *dossier).collect(),
        };
        self.chunk.contradicted.dedup();
    }

    /// Lets go of them, so that their buffers can be used again.
    pub(super) fn look_away(&mut self) {
        self.chunk = Chunk::default();
    }

    /// How many lines are known.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The line of an outcome on a row, if one like it was learnt.
    pub(super) fn find(&mut self, at: usize, row: usize) -> Option<u32> {
        let outcome = self.outcomes.get_mut(at)?;
        match outcome.sought(self.program, &self.chunk, row)? {
            Sought::Condition(class) => outcome.conditions.iter().find(|(own, _)| *own == class).map(|(_, line)| *line),
            Sought::Value(key) => outcome.values.get(&key).copied(),
            Sought::Refusal => outcome.refusals.find(&self.chunk, row),
            Sought::Open(key) => outcome.opens.get(&key).copied(),
        }
    }

    pub(super) fn line(&self, which: u32) -> Option<Arc<Line>> {
        self.lines.get(which as usize).cloned()
    }

    /// Keeps a line that was made of the dossier of a row, by itself; none where it may not be that of others.
    pub(super) fn learn(&mut self, (at, row): (usize, usize), decision: &Decision, line: &Arc<Line>) -> Option<u32> {
        // All answers of a dossier are tried within one limit: what each takes must leave room for all others.
        let room = decision.tried <= self.trials / self.outcomes.len().max(1);
        let (program, which) = (self.program, u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
        let outcome = self.outcomes.get_mut(at).filter(|_| room)?;
        let sought = outcome.sought(program, &self.chunk, row)?;
        let kept = match sought {
            Sought::Condition(class) => {
                outcome.conditions.push((class, which));
                true
            }
            Sought::Value(key) => outcome.values.insert(key, which).is_none(),
            Sought::Refusal => {
                let target = outcome.result.map(|result| (result, 0));
                let read = target.and_then(|target| {
                    let why = justify(program, &decision.inputs, &decision.frame, target, Detail::Minimal);
                    reads(program, target.0, &why)
                });
                let before = outcome.refusals.0.len();
                let kept = read.is_some_and(|read| outcome.refusals.learn(&read, (&self.chunk, row), which));
                self.held += outcome.refusals.0.len() - before;
                kept
            }
            Sought::Open(key) => outcome.opens.insert(key, which).is_none(),
        };
        kept.then_some(())?;
        self.held += 1;
        self.lines.push(line.clone());
        Some(which)
    }
}

impl Outcome {
    fn new(program: &Program, wanted: Wanted) -> Self {
        let result = program.rule(wanted.rule).and_then(|rule| rule.result);
        let cone = result.map(|result| program.cone(&[result])).unwrap_or_default();
        let mut leaves: Vec<InputId> = cone.iter().filter_map(|node| program.node(*node).leaf()).collect();
        leaves.sort();
        leaves.dedup();
        Self {
            wanted,
            result,
            flat: cone.iter().all(|node| is_flat(program, *node)),
            cone,
            leaves,
            conditions: Vec::new(),
            values: HashMap::new(),
            refusals: Tree::default(),
            ways: HashMap::new(),
            opens: HashMap::new(),
        }
    }

    /// What its answer on a row is known by; none where no short key says it.
    fn sought(&mut self, program: &Program, chunk: &Chunk, row: usize) -> Option<Sought> {
        if chunk.contradicted.binary_search(&row).is_ok() {
            return None;
        }
        let column = chunk.columns.get(self.result?.0 as usize)?.as_ref()?;
        let class = column.class(row)?;
        if !class.is_settled() {
            return self.opened(program, chunk, row).map(Sought::Open);
        }
        class.is_answer().then_some(())?;
        if program.rule(self.wanted.rule)?.ty == Type::Truth {
            let refused = class == Class::of(&crate::value::Known::truth(crate::value::Truth::NO));
            return if refused && self.wanted.reasons {
                self.flat.then_some(Sought::Refusal)
            } else {
                Some(Sought::Condition(class))
            };
        }
        let mut key = Vec::new();
        column.key(row, &mut key).then_some(Sought::Value(key))
    }

    /// The key of an open answer.
    fn opened(&mut self, program: &Program, chunk: &Chunk, row: usize) -> Option<Vec<u8>> {
        if !self.flat {
            return None;
        }
        let is_open = |leaf: &&InputId| {
            let rows = chunk.open.get(leaf.0 as usize).and_then(Option::as_ref);
            rows.is_some_and(|rows| rows.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1))
        };
        let open: Vec<InputId> = self.leaves.iter().filter(is_open).copied().collect();
        let (cone, result) = (&self.cone, self.result?);
        let way = match self.ways.get(&open) {
            Some(way) => way.clone(),
            None => {
                let way = Way::new(program, (cone, result), &open).map(Arc::new);
                self.ways.insert(open.clone(), way.clone());
                way
            }
        }?;
        let mut key = Vec::with_capacity(16 * (open.len() + way.values.len()));
        for leaf in &open {
            key.extend(leaf.0.to_le_bytes());
            chunk.facts.get(leaf.0 as usize)?.key(row, &mut key).then_some(())?;
        }
        key.push(u8::MAX);
        for leaf in &way.statuses {
            key.push(match chunk.statuses.get(leaf.0 as usize)?.get(row) {
                Status::Given => 0,
                Status::LeftOut => 1,
                Status::Unsure => 2,
                Status::Rejected => 3,
                Status::Unheard => 4,
                Status::SetAside(_) => return None,
            });
        }
        for node in &way.values {
            let column = chunk.columns.get(node.0 as usize)?.as_ref()?;
            // What is open for another reason may hang on more.
            column.class(row).filter(|class| class.is_settled())?;
            column.key(row, &mut key).then_some(())?;
        }
        Some(key)
    }
}

fn is_flat(program: &Program, node: NodeId) -> bool {
    let inside = match program.node(node) {
        Node::Lift { .. } | Node::Follow { .. } | Node::Resolves { .. } | Node::Reduce { .. } | Node::Invalid => false,
        Node::Input(_)
        | Node::Constant(_)
        | Node::Presume { .. }
        | Node::Contested(_)
        | Node::Apply(..)
        | Node::Not(_)
        | Node::And(_)
        | Node::Or(_)
        | Node::If { .. }
        | Node::Choose { .. }
        | Node::Judge { .. }
        | Node::Decide { .. } => true,
    };
    inside && program.scope_of(node) == ScopeId::ROOT
}

impl Way {
    /// From those leaves to the result; none where what is tried for one of them depends on more of the dossier.
    fn new(program: &Program, (cone, result): (&[NodeId], NodeId), open: &[InputId]) -> Option<Self> {
        let mut moved: Vec<NodeId> = Vec::new();
        let (mut statuses, mut values): (Vec<InputId>, Vec<NodeId>) = (Vec::new(), Vec::new());
        for &node in cone {
            let described = program.node(node);
            if let Node::Presume { input, .. } | Node::Contested(input) = described {
                statuses.push(*input);
            }
            let mut depends = described.leaf().is_some_and(|leaf| open.contains(&leaf));
            depends |= if let Node::Contested(input) = described { open.contains(input) } else { false };
            described.operands(|operand| depends |= moved.contains(&operand));
            if depends {
                moved.push(node);
            }
        }
        for node in &moved {
            program.node(*node).operands(|operand| {
                let constant = program.node(operand).as_constant().is_some();
                if !moved.contains(&operand) && !values.contains(&operand) && !constant {
                    values.push(operand);
                }
            });
        }
        // Facts of one record are named together where none of them is given.
        for leaf in open {
            let path = &program.input(*leaf)?.path;
            let beside = (0..).zip(&program.inputs).filter(|(_, other)| path.first() == other.path.first());
            statuses.extend(beside.map(|(id, _)| InputId(id)));
        }
        statuses.sort();
        statuses.dedup();
        let tried_alike = open.iter().all(|leaf| is_tried_alike(program, *leaf));
        (moved.contains(&result) && tried_alike).then_some(Self { statuses, values })
    }
}

/// Whether the values tried for a leaf part into the same cases whatever else the dossier says: it has few values, or is
/// only compared with constants, each of which is tried with its neighbours.
fn is_tried_alike(program: &Program, leaf: InputId) -> bool {
    let Some(input) = program.input(leaf) else { return false };
    let step = match input.ty {
        Type::Truth | Type::Case(_) => return true,
        Type::Integer | Type::Duration => Number::SCALE,
        Type::Number => Number::SCALE / 100,
        Type::Date | Type::Offset | Type::Period | Type::Days | Type::Text | Type::Key(_) => return false,
    };
    let constants = program.nodes.iter().zip(&program.types).filter(|(_, ty)| ty.is_numeric() || **ty == input.ty);
    let numeric = program.inputs.iter().filter(|other| other.ty.is_numeric() || other.ty == input.ty);
    let in_lists = numeric.clone().any(|other| other.scope != ScopeId::ROOT);
    let anchors = constants.filter(|(node, _)| node.as_constant().is_some()).count() + numeric.count();
    if in_lists || anchors > ANCHORS {
        return false;
    }
    // The leaf itself, however it is read.
    let is_it = |node: NodeId, through: &[NodeId]| program.node(node).leaf() == Some(leaf) || through.contains(&node);
    let (mut through, mut compared): (Vec<NodeId>, Vec<i64>) = (Vec::new(), Vec::new());
    for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
        let mut reads = false;
        node.operands(|operand| reads |= is_it(operand, &through));
        if !reads {
            continue;
        }
        let Node::Apply(op, operands) = node else { return false };
        if *op == Op::Guarded {
            through.push(id);
        } else if matches!(op, Op::Less | Op::AtMost | Op::Greater | Op::AtLeast | Op::Equal | Op::Different) {
            for operand in operands.iter().filter(|operand| !is_it(**operand, &through)) {
                let constant = program.node(*operand).as_constant().and_then(|known| known.set.as_range().single());
                let Some(constant) = constant else { return false };
                compared.push(constant);
            }
        } else if !matches!(op, Op::IsPresent | Op::IsApplicable | Op::IsInapplicable) {
            return false;
        }
    }
    compared.sort_unstable();
    compared.dedup();
    let apart = |pair: &[i64]| pair.first().zip(pair.get(1)).is_none_or(|(a, b)| b.saturating_sub(*a) > step);
    compared.windows(2).all(apart)
}

impl Chunk {
    fn stands(&self, read: Read, row: usize) -> Option<Stands> {
        Some(match read {
            Read::Node(node) => Stands::Class(self.columns.get(node.0 as usize)?.as_ref()?.class(row)?),
            Read::Status(input) => Stands::Status(self.statuses.get(input.0 as usize)?.get(row)),
        })
    }
}

impl Tree {
    fn find(&self, chunk: &Chunk, row: usize) -> Option<u32> {
        let mut at = 0;
        loop {
            match self.0.get(at)? {
                Branch::Unexplored => return None,
                Branch::Line(line) => return Some(*line),
                Branch::Test(read, branches) => {
                    let stands = chunk.stands(*read, row)?;
                    at = branches.iter().find(|(seen, _)| *seen == stands)?.1;
                }
            }
        }
    }

    /// Keeps the line that what was looked at on a row leads to; false where it is not told apart from another.
    fn learn(&mut self, read: &[Read], (chunk, row): (&Chunk, usize), line: u32) -> bool {
        if self.0.is_empty() {
            self.0.push(Branch::Unexplored);
        }
        let mut at = 0;
        for read in read {
            let Some(stands) = chunk.stands(*read, row) else { return false };
            let next = self.0.len();
            let Some(branch) = self.0.get_mut(at) else { return false };
            if let Branch::Unexplored = branch {
                *branch = Branch::Test(*read, Vec::new());
            }
            let Branch::Test(tested, branches) = branch else { return false };
            if tested != read {
                return false;
            }
            at = match branches.iter().find(|(seen, _)| *seen == stands) {
                Some((_, found)) => *found,
                None => {
                    branches.push((stands, next));
                    self.0.push(Branch::Unexplored);
                    next
                }
            };
        }
        match self.0.get_mut(at) {
            Some(branch @ Branch::Unexplored) => {
                *branch = Branch::Line(line);
                true
            }
            Some(Branch::Line(_) | Branch::Test(..)) | None => false,
        }
    }
}
