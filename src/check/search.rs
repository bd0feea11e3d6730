//! Is there a dossier such that…? A search by cases over what the goal still hangs on.
//!
//! Starting from a dossier of which nothing is known, the search gives one fact after another a value and
//! evaluates again. The evaluator is sound on partial dossiers, so a goal that has become impossible is
//! impossible for every completion and the branch is cut. Where every fact branched on had few values and all
//! were tried, not finding a dossier is a proof that there is none. Ordered facts are tried at the values that
//! matter (constants of the rules, values chosen so far, their neighbours) and lists up to two elements: that
//! finds witnesses, but exhausting them proves nothing.

use crate::eval::{Cell, Frame, Inputs, ListEdit, Status, cohere, reshape, run, unknown};
use crate::explain::{Bench, Unknown, hanging};
use crate::program::{InputId, NodeId, Program};
use crate::value::{Day, Known, Set};

/// At most so many evaluations for one question.
const EVALUATIONS: usize = 4_000;
/// At most so many values of one fact that has many.
const VALUES: usize = 24;
/// Facts given a value on one branch, at most.
const DEPTH: usize = 40;

/// How a goal stands on a partial dossier.
pub(crate) enum Standing {
    /// It is certain.
    Reached,
    /// No completion reaches it.
    Impossible,
    /// It hangs on these nodes, each of one of the programs looked at.
    Open(Vec<(usize, NodeId)>),
}

/// A program looked at, and the nodes of it that a goal needs.
pub(crate) struct View<'a> {
    pub(crate) program: &'a Program,
    cone: Vec<NodeId>,
}

impl<'a> View<'a> {
    pub(crate) fn new(program: &'a Program, wanted: &[NodeId]) -> Self {
        Self { program, cone: program.cone(wanted) }
    }
}

/// How a goal stands, from the values of each program looked at.
pub(crate) type Goal<'a> = dyn Fn(&[Frame<Cell>]) -> Standing + 'a;

/// What a search came to.
pub(crate) enum Found {
    /// A dossier that reaches the goal, coherent as the ruleset declares it.
    Witness(Box<Inputs<Cell>>),
    /// There is none.
    Impossible,
    /// The search could not tell.
    Unsure,
}

/// Searches a dossier that reaches a goal. Several programs may be looked at together where they read the
/// same facts.
pub(crate) fn search(views: &[View<'_>], ground: Ground<'_>, goal: &Goal<'_>) -> Found {
    let mut search = Search { views, goal, left: EVALUATIONS, exhaustive: true };
    if let Some(witness) = ground.known.iter().find_map(|known| search.at(known)) {
        return Found::Witness(Box::new(witness));
    }
    match search.from(ground.empty, 0) {
        Some(witness) => Found::Witness(Box::new(witness)),
        None if search.exhaustive => Found::Impossible,
        None => Found::Unsure,
    }
}

struct Search<'a> {
    views: &'a [View<'a>],
    goal: &'a Goal<'a>,
    left: usize,
    exhaustive: bool,
}

/// Where a search starts from.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// A dossier of which nothing is known.
    pub(crate) empty: &'a Inputs<Cell>,
    /// Dossiers to look at first: what the ruleset's own examples show needs no search.
    pub(crate) known: &'a [Inputs<Cell>],
}

impl Search<'_> {
    /// The dossier itself, where it reaches the goal.
    fn at(&self, inputs: &Inputs<Cell>) -> Option<Inputs<Cell>> {
        let frames: Vec<Frame<Cell>> =
            self.views.iter().map(|view| run::<Cell>(view.program, inputs, &view.cone)).collect();
        let reached = matches!((self.goal)(&frames), Standing::Reached);
        let coherent = || cohere(self.views.first()?.program, inputs).1.is_empty().then_some(());
        (reached && coherent().is_some()).then(|| self.smallest(inputs))
    }

    fn from(&mut self, inputs: &Inputs<Cell>, depth: usize) -> Option<Inputs<Cell>> {
        if self.left == 0 || depth > DEPTH {
            self.exhaustive = false;
            return None;
        }
        self.left -= 1;
        let frames: Vec<Frame<Cell>> =
            self.views.iter().map(|view| run::<Cell>(view.program, inputs, &view.cone)).collect();
        let open = match (self.goal)(&frames) {
            Standing::Impossible => return None,
            Standing::Reached => {
                let (_, aside) = cohere(self.views.first()?.program, inputs);
                // Facts that contradict each other are no dossier, whatever is added to them.
                return aside.is_empty().then(|| self.smallest(inputs));
            }
            Standing::Open(nodes) => nodes,
        };
        let Some((view, unknown)) = self.next(inputs, &frames, &open) else {
            self.exhaustive = false;
            return None;
        };
        match unknown {
            Unknown::Leaf(input, row) => self.leaf(inputs, (input, row), (view, depth)),
            Unknown::List(list, row) => {
                self.exhaustive = false;
                let program = self.views.get(view)?.program;
                [ListEdit::Fresh(1), ListEdit::Close, ListEdit::Fresh(2)].into_iter().find_map(|edit| {
                    let shaped =
                        reshape(
                            program,
                            inputs,
                            |other, parent| {
                                if other == list && parent == row { edit } else { ListEdit::Keep }
                            },
                        );
                    self.from(&shaped, depth + 1)
                })
            }
            Unknown::Record(..) => {
                self.exhaustive = false;
                None
            }
        }
    }

    /// The same dossier without the facts that the goal does not need.
    fn smallest(&self, inputs: &Inputs<Cell>) -> Inputs<Cell> {
        let mut kept = inputs.clone();
        let Some(program) = self.views.first().map(|view| view.program) else { return kept };
        for id in (0..program.inputs.len()).filter_map(|id| u32::try_from(id).ok()).map(InputId) {
            let rows = kept.statuses.get(id.0 as usize).map_or(0, Vec::len);
            for row in 0..rows {
                if !kept.status(id, row).is_given() {
                    continue;
                }
                let Some((known, status)) = kept.replace(id, row, unknown(program, id), Status::Unheard) else {
                    continue;
                };
                let frames: Vec<Frame<Cell>> =
                    self.views.iter().map(|view| run::<Cell>(view.program, &kept, &view.cone)).collect();
                if !matches!((self.goal)(&frames), Standing::Reached) {
                    kept.replace(id, row, known, status);
                }
            }
        }
        kept
    }

    /// The unknown to branch on: one with few values first, then lists, then what has many.
    fn next(
        &self,
        inputs: &Inputs<Cell>,
        frames: &[Frame<Cell>],
        open: &[(usize, NodeId)],
    ) -> Option<(usize, Unknown)> {
        let mut best: Option<(usize, (usize, Unknown))> = None;
        for (at, node) in open {
            let (view, frame) = (self.views.get(*at)?, frames.get(*at)?);
            let bench = Bench { program: view.program, inputs, cone: &view.cone, target: (*node, 0) };
            let (found, _) = hanging(view.program, inputs, frame, (*node, 0));
            for unknown in found.into_keys() {
                let rank = match unknown {
                    Unknown::Leaf(input, row) => bench.finite(input, row).map_or(2_000, |values| values.len()),
                    Unknown::List(..) => 1_000,
                    Unknown::Record(..) => usize::MAX,
                };
                if best.is_none_or(|(least, _)| rank < least) {
                    best = Some((rank, (*at, unknown)));
                }
            }
        }
        best.map(|(_, found)| found)
    }

    fn leaf(
        &mut self,
        inputs: &Inputs<Cell>,
        (input, row): (InputId, u32),
        (view, depth): (usize, usize),
    ) -> Option<Inputs<Cell>> {
        let view = self.views.get(view)?;
        let target = view.cone.first().copied()?;
        let bench = Bench { program: view.program, inputs, cone: &view.cone, target: (target, 0) };
        let few = bench.finite(input, row);
        let exact = few.is_some();
        let mut values = few.unwrap_or_else(|| spread(bench.values(input, row)));
        values.sort_by_key(is_far);
        self.exhaustive &= exact;
        let mut given = inputs.clone();
        values.into_iter().find_map(|value| {
            given.replace(input, row as usize, value, Status::Given);
            self.from(&given, depth + 1)
        })
    }
}

/// The ends of the calendar: people should read of them last.
fn is_far(known: &Known) -> bool {
    let far = |day: Day| day == Day::MIN || day == Day::MAX;
    match &known.set {
        Set::Range(range) => {
            let ends = [Day::MIN, Day::MAX].map(|day| i64::from(day.number()));
            range.single().is_some_and(|value| ends.contains(&value))
        }
        Set::Period(stretch) => far(stretch.start.0) || far(stretch.end.1),
        Set::Nothing | Set::Truth(_) | Set::Cases(_) | Set::Text(_) | Set::Days(_) => false,
    }
}

/// Some of many values: evenly spread, the ends kept.
fn spread(values: Vec<Known>) -> Vec<Known> {
    if values.len() <= VALUES {
        return values;
    }
    let last = values.len() - 1;
    (0..VALUES).filter_map(|at| values.get(at * last / (VALUES - 1)).cloned()).collect()
}
