//! Elements that the rules speak of: for each quantifier over a list, one that its conditions retain, and one that they
//! retain but that fails what is required of it.

use crate::eval::{Cell, Delta, Frame, Inputs, Presence, Replaced};
use crate::program::{InputId, Node, NodeId, Program, ScopeId, ScopeKind};
use crate::value::{Known, ListId, Type};

use super::trial::Bench;

/// What is known of the leaves of an element.
pub(super) type Element = Vec<(InputId, Known)>;

/// At most so many elements are told of one list.
const ELEMENTS: usize = 8;

/// At most so many values of one leaf are gone through.
const VALUES: usize = 64;

/// At most so many sets of values are looked at for one quantifier, and for all those over a list.
const SETS: usize = 48;
const ALL_SETS: usize = 240;

/// The rows of the elements of a list that are certainly there.
pub(super) fn fresh(inputs: &Inputs<Cell>, list: ListId, row: u32) -> impl Iterator<Item = u32> {
    let rows = inputs.list(list);
    let children = rows.map_or(0..0, |rows| rows.children(row));
    children.filter(move |at| rows.is_some_and(|rows| rows.presence_of(*at) == Presence::Certain))
}

/// The leaves of an element, of those that are needed.
pub(super) fn leaves(program: &Program, cone: &[NodeId], list: ListId) -> Vec<InputId> {
    let Some(scope) = program.list(list).map(|list| list.scope) else { return Vec::new() };
    let leaves = (0..).zip(&program.inputs).filter(|(_, input)| input.scope == scope);
    leaves.filter(|(_, input)| cone.binary_search(&input.given).is_ok()).map(|(id, _)| InputId(id)).collect()
}

/// The facts that make an element of a row.
pub(super) fn on(element: &Element, row: u32) -> Vec<Replaced> {
    element.iter().map(|(input, known)| ((*input, row), known.clone())).collect()
}

/// Two different elements on two rows, each pair once.
pub(super) fn pairs(elements: &[Element], rows: &[u32]) -> Vec<Vec<Replaced>> {
    let [first, second] = rows else { return Vec::new() };
    let mut found = Vec::new();
    for (at, one) in elements.iter().enumerate() {
        for other in elements.iter().skip(at + 1) {
            found.push([on(one, *first), on(other, *second)].concat());
        }
    }
    found
}

/// The elements that the rules speak of, for the one element there is, on row `fresh`.
pub(super) fn elements(
    program: &Program,
    (inputs, frame, delta): (&Inputs<Cell>, &Frame<Cell>, &mut Delta<'_>),
    cone: &[NodeId],
    (list, fresh): (ListId, u32),
) -> Vec<Element> {
    let bench = Bench { program, inputs, cone, target: (NodeId(0), 0) };
    let mut found: Vec<Element> = Vec::new();
    let mut looked: Vec<Vec<(NodeId, bool)>> = Vec::new();
    let mut all_left = ALL_SETS;
    for node in cone {
        let Node::Reduce { from, filter, body, .. } = program.node(*node) else { continue };
        let Some(row) = row_of(program, frame, *from, (list, fresh)) else { continue };
        let required = body.filter(|body| program.type_of(*body) == Type::Truth);
        let retained: Vec<NodeId> = filter.iter().copied().collect();
        let met: Vec<(NodeId, bool)> = retained.iter().chain(&required).map(|node| (*node, true)).collect();
        let missed: Vec<(NodeId, bool)> =
            retained.iter().map(|node| (*node, true)).chain(required.map(|node| (node, false))).collect();
        for wanted in [met, missed] {
            if wanted.is_empty() || looked.contains(&wanted) {
                continue;
            }
            let nodes: Vec<NodeId> = wanted.iter().map(|(node, _)| *node).collect();
            let needed = program.cone(&nodes);
            let leaves = leaves(program, &needed, list);
            let mut search =
                Search { bench: &bench, delta, wanted: &wanted, rows: (fresh, row), left: SETS.min(all_left) };
            let element = search.from(&leaves, &mut Vec::new());
            all_left -= SETS.min(all_left) - search.left;
            looked.push(wanted);
            found.extend(element.filter(|element| !found.contains(element)));
            if found.len() >= ELEMENTS {
                return found;
            }
        }
    }
    found
}

/// The first row of a scope that goes through a list where it stands for the element.
fn row_of(program: &Program, frame: &Frame<Cell>, scope: ScopeId, (list, fresh): (ListId, u32)) -> Option<u32> {
    let described = program.scope(scope).filter(|scope| scope.list == Some(list))?;
    let rows = frame.rows(scope)?;
    let all = (0..).take(rows.len());
    match described.kind {
        ScopeKind::Root => None,
        ScopeKind::Canonical => Some(fresh),
        ScopeKind::Cross { .. } => all.into_iter().find(|row| rows.element_of(*row) == fresh),
    }
}

/// Looks for an element of which conditions hold or not as wanted, leaf after leaf.
struct Search<'s, 'a, 'b> {
    bench: &'s Bench<'b>,
    delta: &'s mut Delta<'a>,
    wanted: &'s [(NodeId, bool)],
    /// Of the element, and of what is wanted.
    rows: (u32, u32),
    /// How many sets of values may still be looked at.
    left: usize,
}

impl Search<'_, '_, '_> {
    fn from(&mut self, leaves: &[InputId], given: &mut Element) -> Option<Element> {
        self.left = self.left.checked_sub(1)?;
        let changed = self.delta.with(&on(given, self.rows.0));
        let truth = |node: NodeId| self.delta.known(&changed, node, self.rows.1).map(Known::as_truth);
        let stands = |(node, wanted): &(NodeId, bool)| {
            truth(*node)
                .map(|truth| if *wanted { (truth.is_yes(), truth.is_no()) } else { (truth.is_no(), truth.is_yes()) })
        };
        let stand: Vec<(bool, bool)> = self.wanted.iter().filter_map(stands).collect();
        if stand.len() < self.wanted.len() || stand.iter().any(|(_, lost)| *lost) {
            return None;
        }
        if stand.iter().all(|(won, _)| *won) {
            return Some(given.clone());
        }
        let (leaf, rest) = leaves.split_first()?;
        for value in from_both_ends(self.bench.values(*leaf, self.rows.0)).take(VALUES) {
            given.push((*leaf, value));
            let found = self.from(rest, given);
            given.pop();
            if found.is_some() || self.left == 0 {
                return found;
            }
        }
        self.from(rest, given)
    }
}

/// The last, the first, the last but one: conditions are most often decided by what is far off.
fn from_both_ends(values: Vec<Known>) -> impl Iterator<Item = Known> {
    let mut values = values.into_iter();
    let mut last = false;
    std::iter::from_fn(move || {
        last = !last;
        if last { values.next_back() } else { values.next() }
    })
}
