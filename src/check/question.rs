//! One question about one rule: what is wished of a dossier, how the answer is noted, and how a dossier is shown.

use super::goal::{Standing, View, Wish};
use super::search::{Found, Ground, search};
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::{Cell, Frame};
use crate::program::{NodeId, Program, Rule, RuleKind};
use crate::source::Span;
use crate::value::Known;

/// What reasoning came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reasoned {
    /// What it found, unsorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What it could not settle: the rule, and the question in French.
    pub unsettled: Vec<(String, String)>,
}

impl Reasoned {
    pub(super) fn unsettled(&mut self, rule: &str, question: String) {
        let entry = (rule.to_owned(), question);
        if !self.unsettled.contains(&entry) {
            self.unsettled.push(entry);
        }
    }
}

pub(super) fn known(frame: &Frame<Cell>, node: NodeId, row: usize) -> Option<&Known> {
    frame.known(node, row)
}

/// The standing of a conjunction of wishes on one row: nodes that must hold, nodes that must not.
pub(super) fn wishes(frames: &[Frame<Cell>], row: usize, yes: &[NodeId], no: &[NodeId]) -> Standing {
    let [frame] = frames else { return Standing::Impossible };
    let truth = |node: &NodeId| known(frame, *node, row).map(Known::as_truth);
    let impossible =
        |node: &NodeId, wanted: bool| truth(node).is_some_and(|truth| if wanted { !truth.yes } else { !truth.no });
    if yes.iter().any(|node| impossible(node, true)) || no.iter().any(|node| impossible(node, false)) {
        return Standing::Impossible;
    }
    let met = |node: &NodeId, wanted: bool| {
        known(frame, *node, row).is_some_and(|known| if wanted { known.is_yes() } else { known.is_no() })
    };
    let mut open: Vec<NodeId> = yes.iter().filter(|node| !met(node, true)).copied().collect();
    open.extend(no.iter().filter(|node| !met(node, false)));
    let at = u32::try_from(row).unwrap_or(u32::MAX);
    let open: Vec<_> = open.into_iter().map(|node| (0, node, at)).collect();
    if open.is_empty() { Standing::Reached } else { Standing::Open(open) }
}

/// Nodes that are wished to hold, and those that are not.
pub(super) fn wished(yes: &[NodeId], no: &[NodeId]) -> Vec<(NodeId, Wish)> {
    let yes = yes.iter().map(|node| (*node, Wish::Yes));
    yes.chain(no.iter().map(|node| (*node, Wish::No))).collect()
}

/// What is asked of one rule.
pub(super) struct Question<'a> {
    pub(super) program: &'a Program,
    pub(super) ground: Ground<'a>,
    pub(super) rule: &'a Rule,
    pub(super) reasoned: &'a mut Reasoned,
}

impl Question<'_> {
    pub(super) fn search(
        &self,
        wishes: Vec<(NodeId, Wish)>,
        goal: &dyn Fn(&[Frame<Cell>], usize) -> Standing,
    ) -> Found {
        search(&[View::wishing(self.program, wishes)], self.ground, goal)
    }

    /// Whether some dossier makes these hold and those not; none where the search cannot tell, which is noted.
    pub(super) fn possible(&mut self, yes: &[NodeId], no: &[NodeId], question: &str) -> Option<bool> {
        let yes: Vec<NodeId> = self.rule.filter.into_iter().chain(yes.iter().copied()).collect();
        match self.search(wished(&yes, no), &|frames: &[Frame<Cell>], row| wishes(frames, row, &yes, no)) {
            Found::Witness(_) => Some(true),
            Found::Impossible => Some(false),
            unsure @ (Found::ImpossibleUpTo(_) | Found::Unsure) => {
                self.unsettled(question, &unsure);
                None
            }
        }
    }

    pub(super) fn unsettled(&mut self, question: &str, found: &Found) {
        let question = match found {
            Found::ImpossibleUpTo(most) => {
                format!("{question} Jamais, pour des listes d'au plus {most} éléments ; au-delà, rien n'est prouvé.")
            }
            Found::Witness(_) | Found::Impossible | Found::Unsure => question.to_owned(),
        };
        self.reasoned.unsettled(&self.rule.name, question);
    }

    pub(super) fn warn(&mut self, code: Code, span: Span, message: String, help: &str) {
        self.reasoned.diagnostics.push(Diagnostic::warning(code, span, message).help(help));
    }

    /// Where a condition of the rule is written: the rule, where another one says the same and was first.
    pub(super) fn place(&self, condition: NodeId) -> Span {
        let rule = self.rule.span;
        let inside = |place: &Span| place.source == rule.source && rule.start <= place.start && place.end <= rule.end;
        self.program.origin(condition).filter(inside).unwrap_or(rule)
    }

    /// Whether it is proved that the rule never applies, which is reported.
    pub(super) fn never_applies(&mut self, applies: NodeId) -> bool {
        let dead = self.possible(&[applies], &[], "peut-elle s'appliquer ?") == Some(false);
        if dead {
            let place = self.place(applies);
            let message =
                format!("« {} » ne peut jamais s'appliquer : cette condition est toujours fausse.", self.rule.name);
            self.warn(Code::NeverApplies, place, message, "Corrigez la condition, ou retirez la règle.");
        }
        dead
    }

    /// A norm or decision that can only answer one thing.
    pub(super) fn one_answer(&mut self) {
        let node = self.rule.instance;
        let decides = self.rule.kind == RuleKind::Decision;
        let question = if decides {
            "peut-elle répondre oui et non ?"
        } else {
            "peut-elle être respectée, et ne pas l'être ?"
        };
        let yes = self.possible(&[node], &[], question);
        let no = if yes == Some(false) { Some(true) } else { self.possible(&[], &[node], question) };
        let only = match (yes, no) {
            (Some(false), _) => false,
            (_, Some(false)) => true,
            (_, _) => return,
        };
        let name = &self.rule.name;
        let (message, help) = match (decides, only) {
            (true, true) => (format!("La décision « {name} » ne peut répondre que « oui »."), DECIDES),
            (true, false) => (format!("La décision « {name} » ne peut répondre que « non »."), DECIDES),
            (false, true) => {
                (format!("« {name} » ne peut qu'être respectée : rien de ce qui est demandé n'y peut manquer."), JUDGES)
            }
            (false, false) => {
                (format!("« {name} » ne peut jamais être respectée : ce qui est demandé est impossible."), JUDGES)
            }
        };
        self.warn(Code::OneAnswer, self.rule.span, message, help);
    }
}

const DECIDES: &str = "Vérifiez ses conditions : une décision qui ne dépend de rien ne décide rien.";
const JUDGES: &str =
    "Vérifiez ses conditions : une norme que rien ne peut enfreindre, ou que rien ne peut respecter, ne dit rien.";
