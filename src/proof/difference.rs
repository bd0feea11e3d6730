//! Does a ruleset with a mistake in it answer as the right one does, on every dossier? It is proved that it does, or a
//! dossier is shown on which it does not.
//!
//! The two are joined: what the mistake does not touch is one node in both. Then it is asked, of each answer that is made
//! otherwise, whether the two can differ, beginning with the rule that was changed. What is proved never to differ counts
//! as equal in what rests on it, so that most of the other answers need not be asked about.

use super::example::example;
use super::mutation::Mutation;
use super::written::{read, written};
use crate::check::{Example, Found, Ground, Joint, Witness, decided, differ, named, nothing};
use crate::eval::{Cell, Inputs, Status, unknown};
use crate::program::{InputId, NodeId, Program, Rule, RuleKind, ScopeId};
use crate::ruleset::Ruleset;
use crate::syntax::ast::ExampleItem;

/// What was found of two rulesets.
pub(super) enum Told {
    /// They answer the same, on every dossier that lacks nothing.
    Same,
    /// An example that the first meets and the second does not, both decided.
    Apart(String),
    /// A dossier on which they differ in what no example can expect (between what an answer is left open, of which
    /// elements something is reported): as an example of the first.
    Unseen(String),
    /// Neither; where they never differ on lists of at most so many elements, how many.
    Unsure(Option<usize>),
}

/// What a rule shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    Instances,
    Instance,
    Result,
}

/// Answers that are asked about without proof of the rule that was changed, at most.
const OTHERS: usize = 6;

/// Tells the two apart, or proves that nothing does. `dossiers` are looked at first.
pub(super) fn tell(original: &Ruleset, mutant: &Ruleset, mutation: &Mutation, dossiers: &[Inputs<Cell>]) -> Told {
    let teller = Teller { original, mutant, mutation };
    let (first, second) = (original.program(), mutant.program());
    let mut equal: Vec<(NodeId, NodeId)> = Vec::new();
    let mut unsettled: Vec<(NodeId, NodeId)> = Vec::new();
    let (mut open, mut bound) = (None, None);
    loop {
        let Some(mut joint) = Joint::new(first, second, &equal) else { return Told::Unsure(None) };
        let next = teller.shown(&joint).into_iter().find(|(_, _, pair)| !unsettled.contains(pair));
        let Some((rule, shown, pair)) = next.filter(|_| unsettled.len() < OTHERS) else {
            // Of dossiers where a fact is left out, only what differs in what is presumed of it is looked at.
            let whole = unsettled.len() < OTHERS && !joint.presumed_apart(first, second);
            return match open {
                Some(example) => Told::Unseen(example),
                None if whole && unsettled.is_empty() => Told::Same,
                None => Told::Unsure(bound.filter(|_| whole)),
            };
        };
        let (Some(a), Some(b)) = (joint.first(pair.0), joint.second(pair.1)) else { return Told::Unsure(None) };
        let question = joint.asked((a, b), rule.kind == RuleKind::Notice && shown != Shown::Instances);
        let program = &joint.program;
        let scope = program.scope_of(a);
        let empty = left_out(&joint, (first, second));
        let wanted: Vec<NodeId> = [question.pair.0, question.pair.1].into_iter().chain(question.unlike).collect();
        let known = decided(program, dossiers, &wanted);
        let asked = |known: &[Example]| differ(program, question, Ground { empty: &empty, scope, known });
        let mut found = asked(&known);
        // What an example already shows may be shown on a smaller dossier.
        if let Found::Witness(large) = found {
            let small = if let Found::Witness(small) = asked(&[]) { Some(*small) } else { None };
            match teller.witness((rule, shown), small.iter().chain([large.as_ref()])) {
                Told::Apart(example) => return Told::Apart(example),
                Told::Unseen(example) => open = open.or(Some(example)),
                Told::Same | Told::Unsure(_) => {}
            }
            found = Found::Unsure;
        }
        match found {
            Found::Impossible => equal.push((pair.1, pair.0)),
            Found::ImpossibleUpTo(most) => {
                bound = Some(bound.map_or(most, |least: usize| least.min(most)));
                unsettled.push(pair);
            }
            Found::Witness(_) | Found::Unsure => {
                bound = bound.filter(|_| false);
                unsettled.push(pair);
            }
        }
    }
}

/// A dossier of which nothing is known, where facts of which something else is presumed are left out.
fn left_out(joint: &Joint, (first, second): (&Program, &Program)) -> Inputs<Cell> {
    let mut inputs = nothing(&joint.program);
    for (id, (one, other)) in (0..).map(InputId).zip(first.inputs.iter().zip(&second.inputs)) {
        if joint.first(one.node) != joint.second(other.node) && one.scope == ScopeId::ROOT {
            inputs.replace(id, 0, unknown(first, id), Status::LeftOut);
        }
    }
    inputs
}

struct Teller<'a> {
    original: &'a Ruleset,
    mutant: &'a Ruleset,
    mutation: &'a Mutation,
}

impl Teller<'_> {
    /// What both show and make otherwise, the rule that was changed first.
    fn shown(&self, joint: &Joint) -> Vec<(&Rule, Shown, (NodeId, NodeId))> {
        let (first, second) = (self.original.program(), self.mutant.program());
        let mut found = Vec::new();
        for (rule, other) in first.rules.iter().zip(&second.rules) {
            if rule.kind == RuleKind::Incoherence {
                continue;
            }
            let filters = rule.filter.zip(other.filter).map(|pair| (Shown::Instances, pair));
            let results = rule.result.zip(other.result).map(|pair| (Shown::Result, pair));
            let pairs = filters.into_iter().chain([(Shown::Instance, (rule.instance, other.instance))]).chain(results);
            for (shown, pair) in pairs {
                let (Some(a), Some(b)) = (joint.first(pair.0), joint.second(pair.1)) else { continue };
                if a != b && joint.program.scope_of(a) == joint.program.scope_of(b) {
                    found.push((rule, shown, pair));
                }
            }
        }
        found.sort_by_key(|(rule, _, _)| rule.name != self.mutation.rule);
        found
    }

    /// The first of these dossiers that, written as an example, the original meets and the mutant does not.
    fn witness<'w>(&self, (rule, shown): (&Rule, Shown), witnesses: impl Iterator<Item = &'w Witness>) -> Told {
        let mut open = None;
        for witness in witnesses {
            let inputs = named(self.original.program(), &witness.inputs);
            let own = (shown != Shown::Result).then_some((rule, witness.row));
            let others = self.original.program().rules.iter().filter(|other| other.name != rule.name);
            let roots =
                [rule].into_iter().chain(others).filter(|rule| rule.scope == ScopeId::ROOT || rule.result.is_some());
            for (asked, row) in
                own.into_iter().map(|(rule, row)| (rule, Some(row))).chain(roots.map(|rule| (rule, None)))
            {
                if let Some(text) = self.example(asked, row, &inputs) {
                    if self.confirmed(&text) {
                        return Told::Apart(text);
                    }
                    if asked.name == rule.name {
                        open = open.or(Some(text));
                    }
                }
            }
        }
        open.map_or(Told::Unsure(None), Told::Unseen)
    }

    /// The dossier as an example of what the original answers: of one instance, or of all.
    fn example(&self, rule: &Rule, row: Option<usize>, inputs: &Inputs<Cell>) -> Option<String> {
        let what = self
            .mutation
            .what
            .replace(['«', '»'], "")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(" ,", ",");
        written(self.original.program(), (rule, row), inputs, &what)
    }

    fn confirmed(&self, text: &str) -> bool {
        let item = read(self.original.program(), text);
        let meets = |ruleset: &Ruleset, item: &ExampleItem| example(ruleset, item, None).failures.is_empty();
        item.is_some_and(|item| meets(self.original, &item) && !meets(self.mutant, &item))
    }
}
