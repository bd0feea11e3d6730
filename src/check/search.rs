//! Is there a dossier such that…?
//!
//! First the dossiers at hand: what an example of the ruleset shows needs no search. Then all dossiers, by regions
//! ([`exhaust`]): once with lists left open, which can prove something of lists of any length, once going through
//! lists element by element. What regions cannot settle (sets of days, products, roundings) is searched at sample
//! values: the constants of the rules, the values chosen so far, their neighbours. That finds dossiers, and proves
//! nothing.

use super::element::Element;
use super::exhaust::{Exhaust, Gone, Look, guarded};
use super::goal::{Goal, Standing, View};
use super::size::{MOST, Sizes};
use crate::eval::{Cell, Frame, Inputs, ListEdit, Presence, Status, cohere, reshape, run, unknown};
use crate::explain::{Bench, NOWHERE, Unknown, hanging};
use crate::program::{InputId, Node, NodeId, Program, ScopeId};
use crate::value::{Day, Known, Set, Texts};

/// At most so many evaluations at sample values for one question.
const EVALUATIONS: usize = 2_000;
/// At most so many evaluations of regions for one question, with lists open and with each.
const REGIONS: usize = 1_500;
/// At most so many values of one fact that has many.
const VALUES: usize = 24;
/// Facts given a value on one branch, at most.
const DEPTH: usize = 40;

/// A dossier that reaches a goal, coherent as the ruleset declares it.
#[derive(Clone)]
pub(crate) struct Witness {
    pub(crate) inputs: Inputs<Cell>,
    /// The row of the scope on which it does.
    pub(crate) row: usize,
}

/// What a search came to.
pub(crate) enum Found {
    /// There is one.
    Witness(Box<Witness>),
    /// There is none.
    Impossible,
    /// There is none whose lists have at most so many elements; of longer ones nothing is said.
    ImpossibleUpTo(usize),
    /// The search could not tell.
    Unsure,
}

/// A dossier at hand, decided.
pub(crate) struct Example {
    pub(crate) inputs: Inputs<Cell>,
    pub(crate) frame: Frame<Cell>,
}

/// Where a search starts from.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// A dossier of which nothing is known.
    pub(crate) empty: &'a Inputs<Cell>,
    /// The scope in which the question is asked: of one of its elements.
    pub(crate) scope: ScopeId,
    /// Dossiers to look at first, of the first program.
    pub(crate) known: &'a [Example],
}

/// Searches a dossier that reaches a goal. Several programs may be looked at together where they read the
/// same facts.
pub(crate) fn search(views: &[View<'_>], ground: Ground<'_>, goal: &Goal<'_>) -> Found {
    search_within(views, ground, goal, REGIONS)
}

/// The same, with so many evaluations of regions at most; where these are few, nothing is searched at sample values.
pub(crate) fn search_within(views: &[View<'_>], ground: Ground<'_>, goal: &Goal<'_>, most: usize) -> Found {
    let Some(program) = views.first().map(|view| view.program) else { return Found::Unsure };
    let at_hand = |example| Search { views, goal, at: &Element::any(), left: 0 }.at(example, ground.scope);
    if let Some(witness) = ground.known.iter().find_map(at_hand) {
        return Found::Witness(Box::new(witness));
    }
    let mut all = Found::Impossible;
    for element in Element::kinds(program, ground.scope) {
        let asked = Asked { views, ground, goal, element: &element, most };
        all = match (all, asked.search()) {
            (_, witness @ Found::Witness(_)) => return witness,
            (Found::Impossible, found) => found,
            (Found::ImpossibleUpTo(one), Found::ImpossibleUpTo(other)) => Found::ImpossibleUpTo(one.min(other)),
            (kept, Found::Impossible | Found::ImpossibleUpTo(_)) => kept,
            (_, Found::Unsure) => Found::Unsure,
        };
    }
    all
}

/// A search asked of one kind of element.
struct Asked<'a> {
    views: &'a [View<'a>],
    ground: Ground<'a>,
    goal: &'a Goal<'a>,
    element: &'a Element,
    most: usize,
}

impl Asked<'_> {
    /// A dossier whose lists have so many elements, of which nothing is known; and others where they are `open`.
    fn inhabited(&self, program: &Program, count: usize, open: ListEdit) -> Inputs<Cell> {
        let lists = program.lists_of(self.ground.scope);
        let fresh = |list| if lists.contains(&list) { ListEdit::Fresh(count) } else { ListEdit::Keep };
        let shaped =
            reshape(program, self.ground.empty, |list, row| if row == 0 { fresh(list) } else { ListEdit::Keep });
        let again = |list| if lists.contains(&list) { open } else { ListEdit::Keep };
        reshape(program, &shaped, |list, row| if row == 0 { again(list) } else { ListEdit::Keep })
    }

    fn search(&self) -> Found {
        let Self { views, ground, goal, element, .. } = *self;
        let Some(program) = views.first().map(|view| view.program) else { return Found::Unsure };
        let lists = program.lists_of(ground.scope);
        let looked_at = guarded(views);
        let sizes = looked_at
            .iter()
            .map(|view| Sizes::new(view.program, &view.wishes, ground.scope))
            .reduce(Sizes::and)
            .unwrap_or_else(|| Sizes::new(program, &[], ground.scope));
        let found = |(inputs, row)| Found::Witness(Box::new(Witness { inputs, row }));
        let provable = presumptions_fit(views, ground.empty);
        let looks = [(Look::Rules, self.most / 5), (Look::Open, self.most)];
        for (look, most) in looks.into_iter().skip(usize::from(views.len() > 1)) {
            let start = self.inhabited(program, element.least(), ListEdit::Open);
            match Exhaust::new(&looked_at, goal, (look, &sizes), most).of(element).run(&start) {
                Gone::Witness(dossier) => {
                    let close = |list| if lists.contains(&list) { ListEdit::Close } else { ListEdit::Keep };
                    let edit = |list, row| if row == 0 { close(list) } else { ListEdit::Keep };
                    let inputs = reshape(program, &dossier.0, edit);
                    let frames: Vec<Frame<Cell>> =
                        views.iter().map(|view| run::<Cell>(view.program, &inputs, &view.cone)).collect();
                    let row = frames.first().and_then(|frame| element.row(program, frame));
                    let reached = |row: &usize| matches!(goal(&frames, *row), Standing::Reached);
                    if let Some(row) = row.filter(reached)
                        && cohere(program, &inputs).1.is_empty()
                    {
                        return found((inputs, row));
                    }
                }
                Gone::None if provable => return Found::Impossible,
                Gone::None | Gone::NoneUpTo(_) | Gone::Left(_) => {}
            }
        }
        // Elements of the list the question is asked in are added one by one: it may hang on the others.
        let most = lists.iter().map(|list| sizes.of(*list).0).max().unwrap_or(1).max(element.least());
        let enough = lists.iter().all(|list| sizes.of(*list).1);
        let mut proof = if enough { Found::Impossible } else { Found::ImpossibleUpTo(most) };
        let mut starts = Vec::new();
        for count in element.least()..=most {
            let start = self.inhabited(program, count, ListEdit::Keep);
            match Exhaust::new(&looked_at, goal, (Look::Each, &sizes), self.most).of(element).run(&start) {
                Gone::Witness(dossier) => return found(*dossier),
                Gone::None => {}
                Gone::NoneUpTo(bound) => {
                    proof = match proof {
                        Found::Impossible => Found::ImpossibleUpTo(bound),
                        Found::ImpossibleUpTo(other) => Found::ImpossibleUpTo(bound.min(other)),
                        kept @ (Found::Witness(_) | Found::Unsure) => kept,
                    };
                }
                Gone::Left(left) => {
                    proof = Found::Unsure;
                    starts.extend(left);
                }
            }
        }
        if !matches!(proof, Found::Unsure) {
            return if provable { proof } else { Found::Unsure };
        }
        if self.most < REGIONS {
            return Found::Unsure;
        }
        let each = EVALUATIONS / 8;
        starts.truncate(4);
        let whole = self.inhabited(program, element.least(), ListEdit::Keep);
        for (inputs, most) in starts.iter().map(|start| (start.clone(), each)).chain([(whole, EVALUATIONS / 2)]) {
            let mut search = Search { views, goal, at: element, left: most };
            if let Some(dossier) = search.from(&inputs, 0) {
                return found(dossier);
            }
        }
        Found::Unsure
    }
}

/// The same dossier without the facts that the goal does not need.
pub(crate) fn smallest(views: &[View<'_>], goal: &Goal<'_>, witness: &Witness) -> Inputs<Cell> {
    let mut kept = witness.inputs.clone();
    let Some(program) = views.first().map(|view| view.program) else { return kept };
    for id in (0..program.inputs.len()).filter_map(|id| u32::try_from(id).ok()).map(InputId) {
        let rows = kept.statuses.get(id.0 as usize).map_or(0, Vec::len);
        for row in 0..rows {
            if !kept.status(id, row).is_given() {
                continue;
            }
            let Some((known, status)) = kept.replace(id, row, unknown(program, id), Status::Unheard) else { continue };
            let frames: Vec<Frame<Cell>> =
                views.iter().map(|view| run::<Cell>(view.program, &kept, &view.cone)).collect();
            if !matches!(goal(&frames, witness.row), Standing::Reached) {
                kept.replace(id, row, known, status);
            }
        }
    }
    kept
}

/// Whether what is presumed or derived of a fact is something that could have been given: only then do the dossiers
/// where it is given stand for those where it is left out.
fn presumptions_fit(views: &[View<'_>], empty: &Inputs<Cell>) -> bool {
    views.iter().all(|view| {
        let frame = run::<Cell>(view.program, empty, &view.cone);
        view.cone.iter().all(|node| {
            let Node::Presume { input, otherwise, .. } = view.program.node(*node) else { return true };
            let Some(column) = frame.column(*otherwise) else { return true };
            let any = unknown(view.program, *input);
            column.iter().all(|known| known.is_within(&any))
        })
    })
}

struct Search<'a> {
    views: &'a [View<'a>],
    goal: &'a Goal<'a>,
    at: &'a Element,
    left: usize,
}

impl Search<'_> {
    /// A dossier at hand, where it reaches the goal.
    fn at(&self, example: &Example, scope: ScopeId) -> Option<Witness> {
        let frames = std::slice::from_ref(&example.frame);
        let rows = example.frame.rows(scope)?;
        let row = (0..rows.len()).zip(rows.presences()).find_map(|(row, presence)| {
            let reached = *presence == Presence::Certain && matches!((self.goal)(frames, row), Standing::Reached);
            reached.then_some(row)
        })?;
        Some(Witness { inputs: example.inputs.clone(), row })
    }

    fn from(&mut self, inputs: &Inputs<Cell>, depth: usize) -> Option<(Inputs<Cell>, usize)> {
        if self.left == 0 || depth > DEPTH {
            return None;
        }
        self.left -= 1;
        let frames: Vec<Frame<Cell>> =
            self.views.iter().map(|view| run::<Cell>(view.program, inputs, &view.cone)).collect();
        let row = self.at.row(self.views.first()?.program, frames.first()?)?;
        let open = match (self.goal)(&frames, row) {
            Standing::Impossible => return None,
            Standing::Reached => {
                let (_, aside) = cohere(self.views.first()?.program, inputs);
                // Facts that contradict each other are no dossier, whatever is added to them.
                return aside.is_empty().then(|| (inputs.clone(), row));
            }
            Standing::Open(nodes) => nodes,
        };
        let (view, unknown) = self.next(inputs, &frames, &open)?;
        match unknown {
            Unknown::Leaf(input, row) => self.leaf(inputs, (input, row), (view, depth)),
            Unknown::List(list, row) => {
                let program = self.views.get(view)?.program;
                let longer = (2..=MOST).map(ListEdit::Fresh);
                [ListEdit::Fresh(1), ListEdit::Close].into_iter().chain(longer).find_map(|edit| {
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
            Unknown::Record(..) => None,
        }
    }

    /// The unknown to branch on: one with few values first, then lists, then what has many.
    fn next(
        &self,
        inputs: &Inputs<Cell>,
        frames: &[Frame<Cell>],
        open: &[(usize, NodeId, u32)],
    ) -> Option<(usize, Unknown)> {
        let mut best: Option<(usize, (usize, Unknown))> = None;
        for (at, node, row) in open {
            let (view, frame) = (self.views.get(*at)?, frames.get(*at)?);
            let bench = Bench { program: view.program, inputs, cone: &view.cone, target: (*node, *row) };
            let (found, _) = hanging(view.program, inputs, frame, (*node, *row));
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
    ) -> Option<(Inputs<Cell>, usize)> {
        let view = self.views.get(view)?;
        let target = view.cone.first().copied()?;
        let bench = Bench { program: view.program, inputs, cone: &view.cone, target: (target, 0) };
        let mut values = bench.finite(input, row).unwrap_or_else(|| spread(bench.values(input, row)));
        values.iter_mut().for_each(readable);
        values.sort_by_key(is_far);
        let mut given = inputs.clone();
        values.into_iter().find_map(|value| {
            given.replace(input, row as usize, value, Status::Given);
            self.from(&given, depth + 1)
        })
    }
}

/// Any other text has a name.
fn readable(known: &mut Known) {
    if known.set == Set::Text(Texts::exactly(NOWHERE)) {
        *known = Known::text("autre");
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
