//! Which states the proofs have shown of each rule and of its parts; of those they have not, which there can be.
//!
//! A state that no proof shows is searched for: a dossier on which the rule is in it is written as an example to paste,
//! which is read and decided before it is shown; where there is none, that is proved; else it is said that nothing is
//! known.

use super::example::example;
use super::part::{Part, PartKind};
use super::tally::{Counted, Seen, Tally};
use super::written::{read, written};
use crate::check::{Found, Ground, Standing, View, Wish, named, nothing, search, smallest};
use crate::eval::{Cell, Frame, Inputs, ListEdit, reshape, run};
use crate::explain::{self, AnswerStatus};
use crate::program::{Node, NodeId, Program, Rule, RuleId, RuleKind, ScopeId};
use crate::ruleset::Ruleset;
use crate::value::{Known, Type};

/// What is known of a state that no proof shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unseen {
    /// There is such a dossier, as an example to paste.
    Possible(String),
    /// There is none.
    Impossible,
    /// None was found, nor a proof that there is none; where none is proved whose lists have at most so many elements,
    /// how many.
    Unsure(Option<usize>),
}

/// A state: how often it was seen, or what is known of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sight {
    /// So many times.
    Seen(usize),
    /// Never.
    Never(Unseen),
}

impl Sight {
    /// Whether a proof shows it.
    pub fn is_seen(&self) -> bool {
        matches!(self, Sight::Seen(_))
    }

    /// Whether it is proved that no dossier shows it.
    pub fn is_impossible(&self) -> bool {
        matches!(self, Sight::Never(Unseen::Impossible))
    }
}

/// The states of a rule; none where its kind of rule has no such state.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleStates {
    /// Which.
    pub rule: RuleId,
    /// It holds, or gives a value.
    pub held: Sight,
    /// It does not hold.
    pub failed: Option<Sight>,
    /// It is without object.
    pub without_object: Option<Sight>,
    /// It is open.
    pub open: Option<Sight>,
    /// How often it was in conflict, silent or faulty.
    pub troubled: usize,
    /// Its parts.
    pub parts: Vec<PartStates>,
}

/// The states of a part of a rule, where it is asked.
#[derive(Clone, PartialEq, Debug)]
pub struct PartStates {
    /// Which.
    pub part: Part,
    /// It counts: it gives the value, prevails, exempts, holds.
    pub yes: Sight,
    /// It does not.
    pub no: Sight,
    /// How often what is known did not settle it.
    pub open: usize,
}

impl RuleStates {
    /// All states of the rule and of its parts, what is open of a part aside.
    pub fn sights(&self) -> impl Iterator<Item = &Sight> {
        let own = [Some(&self.held), self.failed.as_ref(), self.without_object.as_ref(), self.open.as_ref()];
        own.into_iter().flatten().chain(self.parts.iter().flat_map(|part| [&part.yes, &part.no]))
    }
}

/// The states of every rule, in source order.
pub fn states(ruleset: &Ruleset, tally: &Tally) -> Vec<RuleStates> {
    let program = ruleset.program();
    let seeker = Seeker { ruleset, program, empty: &nothing(program) };
    program.rules().map(|(id, rule)| seeker.of_rule(tally, (id, rule))).collect()
}

/// A state of the answer of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Held,
    Failed,
    WithoutObject,
}

impl State {
    fn title(self) -> &'static str {
        match self {
            State::Held => "répond, ou est tenue",
            State::Failed => "n’est pas tenue",
            State::WithoutObject => "sans objet",
        }
    }

    fn wish(self) -> Wish {
        match self {
            State::Held => Wish::Yes,
            State::Failed => Wish::No,
            State::WithoutObject => Wish::Either,
        }
    }

    /// How what is known of an answer stands to it: whether it may be in that state, and whether it surely is.
    fn of(self, known: &Known) -> (bool, bool) {
        let truth = known.as_truth();
        let condition = matches!(known.set, crate::value::Set::Truth(_));
        let value = !known.set.is_nothing() && known.trouble.is_none();
        match self {
            State::Held if condition => (truth.yes, known.is_yes()),
            State::Held => (!known.set.is_nothing(), value && known.is_settled() && !known.is_inapplicable()),
            State::Failed => (truth.no, known.is_no()),
            State::WithoutObject => (known.inapplicable, known.is_inapplicable()),
        }
    }
}

struct Seeker<'a> {
    ruleset: &'a Ruleset,
    program: &'a Program,
    /// A dossier of which nothing is known.
    empty: &'a Inputs<Cell>,
}

impl Seeker<'_> {
    fn of_rule(&self, tally: &Tally, (id, rule): (RuleId, &Rule)) -> RuleStates {
        let Seen { held, failed, without_object, open, troubled } = tally.rules.get(&id).copied().unwrap_or_default();
        let state = |seen: usize, state: State| sight(seen, || self.state(rule, state));
        let only_given = matches!(rule.kind, RuleKind::Notice | RuleKind::Incoherence);
        let parts = tally.parts.get(&id).map_or(&[] as &[_], Vec::as_slice);
        RuleStates {
            rule: id,
            held: state(held, State::Held),
            failed: (rule.ty == Type::Truth).then(|| state(failed, State::Failed)),
            without_object: (!only_given).then(|| state(without_object, State::WithoutObject)),
            open: (!only_given).then(|| sight(open, || self.open(rule))),
            troubled,
            parts: parts.iter().map(|(part, counted)| self.of_part(rule, (part, *counted))).collect(),
        }
    }

    fn of_part(&self, rule: &Rule, (part, counted): (&Part, Counted)) -> PartStates {
        let seek = |so: bool| {
            let goal = |frames: &[Frame<Cell>], row: usize| part.aspect.standing(frames, row, so);
            self.seek((rule, rule.scope), part.aspect.wishes(so), &goal, &title(part, so))
        };
        let (yes, no) = (sight(counted.yes, || seek(true)), sight(counted.no, || seek(false)));
        PartStates { part: part.clone(), yes, no, open: counted.open }
    }

    /// The state is sought of the dossier as a whole, then of one instance.
    fn state(&self, rule: &Rule, state: State) -> Unseen {
        // Dossiers whose facts contradict each other are none that a search finds.
        if rule.kind == RuleKind::Incoherence {
            return Unseen::Unsure(None);
        }
        let instance = rule.guarded.unwrap_or(rule.instance);
        let mut targets: Vec<NodeId> = rule.result.into_iter().chain([instance]).collect();
        targets.dedup();
        let mut found = Unseen::Impossible;
        for node in targets {
            let goal = |frames: &[Frame<Cell>], row: usize| {
                let known = frames.first().and_then(|frame| frame.known(node, row));
                match known.map(|known| state.of(known)) {
                    None | Some((false, _)) => Standing::Impossible,
                    Some((true, true)) => Standing::Reached,
                    Some((true, false)) => Standing::Open(vec![(0, node, u32::try_from(row).unwrap_or(u32::MAX))]),
                }
            };
            let scope = self.program.scope_of(node);
            match self.seek((rule, scope), vec![(node, state.wish())], &goal, state.title()) {
                Unseen::Impossible => {}
                possible @ Unseen::Possible(_) => return possible,
                unsure @ Unseen::Unsure(_) => found = unsure,
            }
        }
        found
    }

    fn seek(
        &self,
        (rule, scope): (&Rule, ScopeId),
        wishes: Vec<(NodeId, Wish)>,
        goal: &dyn Fn(&[Frame<Cell>], usize) -> Standing,
        title: &str,
    ) -> Unseen {
        let views = [View::wishing(self.program, wishes)];
        match search(&views, Ground { empty: self.empty, scope, known: &[] }, goal) {
            Found::Impossible => Unseen::Impossible,
            Found::ImpossibleUpTo(most) => Unseen::Unsure(Some(most)),
            Found::Unsure => Unseen::Unsure(None),
            Found::Witness(witness) => {
                let row = (scope != ScopeId::ROOT).then_some(witness.row);
                let small = smallest(&views, goal, &witness);
                let shown =
                    [small, witness.inputs].into_iter().find_map(|inputs| self.shown((rule, row), &inputs, title));
                shown.map_or(Unseen::Unsure(None), Unseen::Possible)
            }
        }
    }

    /// The dossier as an example, where the ruleset meets it when it is read.
    fn shown(&self, (rule, row): (&Rule, Option<usize>), inputs: &Inputs<Cell>, title: &str) -> Option<String> {
        let text = written(self.program, (rule, row), &named(self.program, inputs), title)?;
        let item = read(self.program, &text)?;
        example(self.ruleset, &item, None).failures.is_empty().then_some(text)
    }

    /// What is open where nothing is known is shown by that dossier; what is settled there is settled whatever the facts.
    fn open(&self, rule: &Rule) -> Unseen {
        let lists = self.program.lists_of(rule.scope);
        let edit = |edit: ListEdit| {
            move |inputs: &Inputs<Cell>| {
                reshape(
                    self.program,
                    inputs,
                    |list, row| if row == 0 && lists.contains(&list) { edit } else { ListEdit::Keep },
                )
            }
        };
        let one = edit.clone()(ListEdit::Close)(&edit(ListEdit::Fresh(1))(self.empty));
        let asked = [(rule.result, self.empty), (Some(rule.instance), &one)];
        let mut settled = true;
        for (node, inputs) in asked.into_iter().filter_map(|(node, inputs)| Some((node?, inputs))) {
            let cone = self.program.cone(&[node]);
            let frame = run::<Cell>(self.program, inputs, &cone);
            let Some(known) = frame.known(node, 0) else { return Unseen::Unsure(None) };
            settled &= known.is_settled();
            let contested = |node: &NodeId| matches!(self.program.node(*node), Node::Contested(_));
            if cone.iter().any(contested) {
                return Unseen::Unsure(None);
            }
            if explain::answer(self.program, inputs, &frame, (node, 0)).status != AnswerStatus::Unknown {
                continue;
            }
            let row = (self.program.scope_of(node) != ScopeId::ROOT).then_some(0);
            let open = self.shown((rule, row), inputs, "indéterminé").filter(|text| text.ends_with("indéterminé"));
            if let Some(text) = open {
                return Unseen::Possible(text);
            }
        }
        if settled { Unseen::Impossible } else { Unseen::Unsure(None) }
    }
}

fn sight(seen: usize, unseen: impl FnOnce() -> Unseen) -> Sight {
    if seen == 0 { Sight::Never(unseen()) } else { Sight::Seen(seen) }
}

/// How an example that shows a part to count, or not, is called.
fn title(part: &Part, so: bool) -> String {
    let name = part.name.as_str();
    match (part.kind, so) {
        (PartKind::Definition, true) => "une ligne qui donne la valeur".to_owned(),
        (PartKind::Definition, false) => "une ligne qui ne donne pas la valeur".to_owned(),
        (PartKind::Exception, true) => format!("« {name} » l’emporte"),
        (PartKind::Exception, false) => format!("« {name} » ne l’emporte pas"),
        (PartKind::Exemption, true) => format!("« {name} » dispense"),
        (PartKind::Exemption, false) => format!("« {name} » ne dispense pas"),
        (PartKind::Item, true) => "un point tenu".to_owned(),
        (PartKind::Item, false) => "un point qui n’est pas tenu".to_owned(),
        (PartKind::Line, true) => "une ligne remplie".to_owned(),
        (PartKind::Line, false) => "une ligne qui ne l’est pas".to_owned(),
    }
    .replace(['«', '»'], "")
    .split_whitespace()
    .collect::<Vec<_>>()
    .join(" ")
}
