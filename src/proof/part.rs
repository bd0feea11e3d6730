//! The parts of a rule that a dossier can show to count or not: definitions and exceptions, exemptions, items, the lines
//! of a decision.

use crate::check::{Standing, Wish};
use crate::eval::{Cell, Frame};
use crate::program::{Content, Node, NodeId, Program, Rule};
use crate::source::Span;
use crate::value::{Known, Truth};

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PartKind {
    /// What a value is ordinarily, or a row of its table: it gives the value, or does not.
    Definition,
    /// `sauf` of a value: it prevails, or does not.
    Exception,
    /// `sauf` of a norm or decision: it exempts, or does not.
    Exemption,
    /// `•` of a norm: it holds, or does not.
    Item,
    /// A line of a decision, where its case holds: it is met, or is not.
    Line,
}

/// A part of a rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The name of an exception; empty for any other.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// The clauses it cites of its own.
    pub clauses: Vec<crate::program::ClauseId>,
    pub(super) aspect: Aspect,
}

/// Something that is so on a row of the scope of a rule or is not, where it is asked.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Aspect {
    /// It is asked where all of these hold…
    when: Vec<NodeId>,
    /// …and none of these.
    unless: Vec<NodeId>,
    /// It is so where all of these hold…
    yes: Vec<NodeId>,
    /// …and none of these.
    no: Vec<NodeId>,
}

/// The parts of a rule that can count or not, in source order: not what is given without condition where nothing prevails
/// over it, nor what something unconditional always replaces.
pub(super) fn parts(program: &Program, rule: &Rule) -> Vec<Part> {
    let when: Vec<NodeId> = rule.filter.into_iter().chain(rule.applies.iter().map(|(node, _)| *node)).collect();
    let exempt: Vec<NodeId> = rule.exemptions.iter().map(|exemption| exemption.condition).collect();
    let of = |content: &Content, kind: PartKind, aspect: Aspect| Part {
        kind,
        name: content.name.clone(),
        span: content.span,
        clauses: content.basis.clauses.clone(),
        aspect,
    };
    let mut found = Vec::new();
    match program.node(rule.instance) {
        Node::Choose { definitions, order, .. } => {
            for (at, definition) in definitions.iter().enumerate() {
                let above: Vec<_> = order.over(at).iter().filter_map(|above| definitions.get(*above)).collect();
                let no: Vec<NodeId> = above.iter().filter_map(|above| above.condition).collect();
                let always = definition.condition.is_none() && above.is_empty();
                let Some(content) = rule.contents.get(definition.part) else { continue };
                if always || no.len() < above.len() {
                    continue;
                }
                let kind = if content.name.is_empty() { PartKind::Definition } else { PartKind::Exception };
                let yes = definition.condition.into_iter().collect();
                found.push(of(content, kind, Aspect { when: when.clone(), yes, no, ..Aspect::default() }));
            }
        }
        Node::Judge { content, .. } if content.len() == rule.contents.len() && content.len() > 1 => {
            for (node, item) in content.iter().zip(&rule.contents) {
                let aspect = Aspect { when: when.clone(), unless: exempt.clone(), yes: vec![*node], no: Vec::new() };
                found.push(of(item, PartKind::Item, aspect));
            }
        }
        Node::Decide { requirements, .. } if requirements.len() == rule.contents.len() => {
            for (line, content) in requirements.iter().zip(&rule.contents) {
                let when = when.iter().copied().chain(line.case).collect();
                let aspect = Aspect { when, unless: exempt.clone(), yes: line.items.clone(), no: Vec::new() };
                found.push(of(content, PartKind::Line, aspect));
            }
        }
        Node::Judge { .. }
        | Node::Decide { .. }
        | Node::Input(_)
        | Node::Constant(_)
        | Node::Presume { .. }
        | Node::Contested(_)
        | Node::Apply(..)
        | Node::Not(_)
        | Node::And(_)
        | Node::Or(_)
        | Node::If { .. }
        | Node::Lift { .. }
        | Node::Follow { .. }
        | Node::Resolves { .. }
        | Node::Reduce { .. }
        | Node::Invalid => {}
    }
    found.extend(rule.exemptions.iter().map(|exemption| Part {
        kind: PartKind::Exemption,
        name: exemption.name.clone(),
        span: exemption.span,
        clauses: exemption.basis.clauses.clone(),
        aspect: Aspect { when: when.clone(), yes: vec![exemption.condition], ..Aspect::default() },
    }));
    found
}

impl Aspect {
    /// What is wished of nodes for it to be so, or not to be.
    pub(super) fn wishes(&self, so: bool) -> Vec<(NodeId, Wish)> {
        let one = so || self.yes.len() + self.no.len() == 1;
        let (yes, no) = match (one, so) {
            (true, true) => (Wish::Yes, Wish::No),
            (true, false) => (Wish::No, Wish::Yes),
            (false, _) => (Wish::Either, Wish::Either),
        };
        let all = |nodes: &[NodeId], wish: Wish| nodes.iter().map(move |node| (*node, wish)).collect::<Vec<_>>();
        let asked = [all(&self.when, Wish::Yes), all(&self.unless, Wish::No)];
        asked.into_iter().chain([all(&self.yes, yes), all(&self.no, no)]).flatten().collect()
    }

    /// Whether it is asked on that row, and whether it is so there.
    pub(super) fn on(&self, frame: &Frame<Cell>, row: usize) -> (Truth, Truth) {
        (both(frame, row, &self.when, &self.unless), both(frame, row, &self.yes, &self.no))
    }

    /// How it stands that it be so, or not be so, on that row.
    pub(super) fn standing(&self, frames: &[Frame<Cell>], row: usize, so: bool) -> Standing {
        let [frame] = frames else { return Standing::Impossible };
        let (asked, is) = self.on(frame, row);
        let (may, surely) = if so { (is.yes, is.is_yes()) } else { (is.no, is.is_no()) };
        if !asked.yes || !may {
            return Standing::Impossible;
        }
        if asked.is_yes() && surely {
            return Standing::Reached;
        }
        let at = u32::try_from(row).unwrap_or(u32::MAX);
        let settled = |node: &NodeId| frame.known(*node, row).is_some_and(Known::is_settled);
        let nodes = self.when.iter().chain(&self.unless).chain(&self.yes).chain(&self.no);
        Standing::Open(nodes.filter(|node| !settled(node)).map(|node| (0, *node, at)).collect())
    }
}

/// Whether all of these hold and none of those. What may be without object is never certain; what is, is neither.
fn both(frame: &Frame<Cell>, row: usize, yes: &[NodeId], no: &[NodeId]) -> Truth {
    let truth = |node: &NodeId| frame.known(*node, row).map_or(Truth::OPEN, Known::as_truth);
    let unsure = |node: &NodeId| frame.known(*node, row).is_some_and(|known| known.inapplicable && !known.is_settled());
    let turned = |truth: Truth| Truth { yes: truth.no, no: truth.yes };
    let all: Vec<Truth> = yes.iter().map(truth).chain(no.iter().map(|node| turned(truth(node)))).collect();
    let may_fail = all.iter().any(|truth| truth.no) || yes.iter().chain(no).any(unsure);
    Truth { yes: all.iter().all(|truth| truth.yes), no: may_fail }
}
