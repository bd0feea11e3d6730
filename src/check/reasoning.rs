//! Can two definitions conflict, can a table be silent, can a rule never apply, an exception never prevail, a
//! decision only answer one thing? `language.md` §12.
//!
//! A conflict or a gap is reported only with a witness, decided again; a dead rule only where the search is a
//! proof. What the search cannot tell is said by name, in one note.

use std::collections::BTreeSet;

use super::search::{Found, Standing, View, search};
use super::witness;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::{Cell, Frame, Inputs};
use crate::program::{Definition, Node, NodeId, Program, Rule, RuleKind, ScopeId};
use crate::value::priority::{Order, differ};
use crate::value::{Known, Trouble};

/// Everything this reasoning finds. `empty` is a dossier of which nothing is known; a conflict or gap of a rule
/// of `expected` is known to the author.
pub(super) fn check(program: &Program, empty: &Inputs<Cell>, expected: &BTreeSet<&str>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, rule) in program.rules() {
        match rule.kind {
            RuleKind::Value if rule.scope == ScopeId::ROOT => {
                let Some(node) = rule.result else { continue };
                let Node::Choose { applies, definitions, order, .. } = program.node(node) else { continue };
                let value = Value { program, empty, rule, node, applies: *applies, definitions, order };
                value.never_applies(&mut found);
                if !expected.contains(rule.name.as_str()) {
                    value.conflicts(&mut found);
                    value.gap(&mut found);
                }
                value.dead_exceptions(&mut found);
            }
            RuleKind::Norm(_) if rule.scope == ScopeId::ROOT => {
                if let Some((applies, _)) = &rule.applies {
                    never(program, empty, rule, *applies, &mut found);
                }
            }
            RuleKind::Decision => decision(program, empty, rule, &mut found),
            RuleKind::Value | RuleKind::Norm(_) | RuleKind::Notice | RuleKind::Incoherence => {}
        }
    }
    found
}

fn known(frame: &Frame<Cell>, node: NodeId) -> Option<&Known> {
    frame.known(node, 0)
}

fn is_yes(frame: &Frame<Cell>, node: NodeId) -> bool {
    known(frame, node).is_some_and(Known::is_yes)
}

/// Certainly not a yes, whatever is added.
fn never_yes(frame: &Frame<Cell>, node: NodeId) -> bool {
    known(frame, node).is_some_and(|known| !known.as_truth().yes)
}

fn never_no(frame: &Frame<Cell>, node: NodeId) -> bool {
    known(frame, node).is_some_and(|known| !known.as_truth().no)
}

/// The standing of a conjunction of wishes: nodes that must hold, nodes that must not.
fn wishes(frames: &[Frame<Cell>], yes: &[NodeId], no: &[NodeId]) -> Standing {
    let [frame] = frames else { return Standing::Impossible };
    if yes.iter().any(|node| never_yes(frame, *node)) || no.iter().any(|node| never_no(frame, *node)) {
        return Standing::Impossible;
    }
    let mut open: Vec<NodeId> = yes.iter().filter(|node| !is_yes(frame, **node)).copied().collect();
    open.extend(no.iter().filter(|node| !known(frame, **node).is_some_and(Known::is_no)));
    if open.is_empty() { Standing::Reached } else { Standing::Open(open.into_iter().map(|node| (0, node)).collect()) }
}

fn never(program: &Program, empty: &Inputs<Cell>, rule: &Rule, applies: NodeId, found: &mut Vec<Diagnostic>) {
    let goal = |frames: &[Frame<Cell>]| wishes(frames, &[applies], &[]);
    if let Found::Impossible = search(&[View::new(program, &[applies])], empty, &goal) {
        let place = program.origin(applies).unwrap_or(rule.span);
        found.push(
            Diagnostic::warning(
                Code::NeverApplies,
                place,
                format!("« {} » ne peut jamais s'appliquer : cette condition est toujours fausse.", rule.name),
            )
            .help("Corrigez la condition, ou retirez la règle."),
        );
    }
}

fn decision(program: &Program, empty: &Inputs<Cell>, rule: &Rule, found: &mut Vec<Diagnostic>) {
    let Some(node) = rule.result else { return };
    let yes = search(&[View::new(program, &[node])], empty, &|frames: &[Frame<Cell>]| wishes(frames, &[node], &[]));
    let no = search(&[View::new(program, &[node])], empty, &|frames: &[Frame<Cell>]| wishes(frames, &[], &[node]));
    let only = match (yes, no) {
        (Found::Impossible, _) => "non",
        (_, Found::Impossible) => "oui",
        (_, _) => return,
    };
    found.push(
        Diagnostic::warning(
            Code::OneAnswer,
            rule.span,
            format!("La décision « {} » ne peut répondre que « {only} ».", rule.name),
        )
        .help("Vérifiez ses conditions : une décision qui ne dépend de rien ne décide rien."),
    );
}

/// A value under examination.
struct Value<'a> {
    program: &'a Program,
    empty: &'a Inputs<Cell>,
    rule: &'a Rule,
    node: NodeId,
    applies: Option<NodeId>,
    definitions: &'a [Definition],
    order: &'a Order,
}

impl Value<'_> {
    fn never_applies(&self, found: &mut Vec<Diagnostic>) {
        if let Some(applies) = self.applies {
            never(self.program, self.empty, self.rule, applies, found);
        }
    }

    /// Conditions of the definitions that prevail over this one.
    fn above(&self, index: usize) -> Vec<NodeId> {
        self.order.over(index).iter().filter_map(|at| self.definitions.get(*at)?.condition).collect()
    }

    /// A definition over which another, without condition, prevails never counts.
    fn overruled(&self, index: usize) -> bool {
        self.order.over(index).iter().any(|at| self.definitions.get(*at).is_some_and(|d| d.condition.is_none()))
    }

    fn conflicts(&self, found: &mut Vec<Diagnostic>) {
        for (at, first) in self.definitions.iter().enumerate() {
            for (offset, second) in self.definitions.iter().skip(at + 1).enumerate() {
                let other = at + 1 + offset;
                let ordered = self.order.over(at).contains(&other) || self.order.over(other).contains(&at);
                if ordered || self.overruled(at) || self.overruled(other) || self.same_constant(first, second) {
                    continue;
                }
                self.conflict((at, first), (other, second), found);
            }
        }
    }

    fn same_constant(&self, first: &Definition, second: &Definition) -> bool {
        first.value == second.value
            || matches!((self.program.node(first.value), self.program.node(second.value)),
                (Node::Constant(a), Node::Constant(b)) if a == b)
    }

    fn conflict(
        &self,
        (at, first): (usize, &Definition),
        (other, second): (usize, &Definition),
        found: &mut Vec<Diagnostic>,
    ) {
        let yes: Vec<NodeId> = self.applies.into_iter().chain(first.condition).chain(second.condition).collect();
        let no: Vec<NodeId> = self.above(at).into_iter().chain(self.above(other)).collect();
        let goal = |frames: &[Frame<Cell>]| {
            let [frame] = frames else { return Standing::Impossible };
            let standing = wishes(frames, &yes, &no);
            let (Some(a), Some(b)) = (known(frame, first.value), known(frame, second.value)) else {
                return Standing::Impossible;
            };
            let same = a.is_settled() && b.is_settled() && !differ(a, b);
            match standing {
                Standing::Reached if differ(a, b) => Standing::Reached,
                Standing::Impossible => Standing::Impossible,
                Standing::Reached | Standing::Open(_) if same => Standing::Impossible,
                Standing::Reached => Standing::Open(vec![(0, first.value), (0, second.value)]),
                Standing::Open(nodes) => Standing::Open(nodes),
            }
        };
        let wanted: Vec<NodeId> =
            yes.iter().chain(&no).copied().chain([first.value, second.value, self.node]).collect();
        if let Found::Witness(inputs) = search(&[View::new(self.program, &wanted)], self.empty, &goal) {
            let frame = crate::eval::run::<Cell>(self.program, &inputs, &self.program.cone(&[self.node]));
            if known(&frame, self.node).and_then(|known| known.trouble) != Some(Trouble::Conflict) {
                return;
            }
            let (Some(one), Some(two)) = (self.rule.contents.get(first.part), self.rule.contents.get(second.part))
            else {
                return;
            };
            let mut diagnostic = Diagnostic::error(
                Code::Conflict,
                two.span,
                format!(
                    "{} et {} de « {} » peuvent s'appliquer au même dossier, et ne donnent pas la même réponse.",
                    definition_words(&one.name, true),
                    definition_words(&two.name, false),
                    self.rule.name
                ),
            )
            .other(one.span, "l'autre définition");
            diagnostic = if two.name.is_empty() {
                diagnostic.help("Précisez les conditions pour qu'une seule s'applique.")
            } else {
                diagnostic.help(format!(
                    "Dites laquelle l'emporte : « sauf {} prime sur {} », ou l'inverse ; ou précisez les conditions.",
                    two.name,
                    if one.name.is_empty() { "…" } else { &one.name }
                ))
            };
            found.push(diagnostic.help(self.example(&inputs, "conflit")));
        }
    }

    fn gap(&self, found: &mut Vec<Diagnostic>) {
        let conditions: Vec<NodeId> = self.definitions.iter().filter_map(|definition| definition.condition).collect();
        if conditions.len() < self.definitions.len() || self.rule.silence.is_some() {
            return;
        }
        let yes: Vec<NodeId> = self.applies.into_iter().collect();
        let goal = |frames: &[Frame<Cell>]| wishes(frames, &yes, &conditions);
        let wanted: Vec<NodeId> = yes.iter().chain(&conditions).copied().chain([self.node]).collect();
        if let Found::Witness(inputs) = search(&[View::new(self.program, &wanted)], self.empty, &goal) {
            let frame = crate::eval::run::<Cell>(self.program, &inputs, &self.program.cone(&[self.node]));
            if known(&frame, self.node).and_then(|known| known.trouble) != Some(Trouble::Gap) {
                return;
            }
            found.push(
                Diagnostic::error(
                    Code::Gap,
                    self.rule.span,
                    format!("« {} » reste sans réponse dans un cas que ses conditions ne prévoient pas.", self.rule.name),
                )
                .help("Ajoutez une ligne « cas … : … selon … » pour ce cas ; ou, si le texte n'en dit rien : « silence du texte « … » ».")
                .help(self.example(&inputs, "silence")),
            );
        }
    }

    fn dead_exceptions(&self, found: &mut Vec<Diagnostic>) {
        for (index, definition) in self.definitions.iter().enumerate() {
            let Some(content) = self.rule.contents.get(definition.part).filter(|content| !content.name.is_empty())
            else {
                continue;
            };
            let yes: Vec<NodeId> = self.applies.into_iter().chain(definition.condition).collect();
            let no = self.above(index);
            let goal = |frames: &[Frame<Cell>]| wishes(frames, &yes, &no);
            let wanted: Vec<NodeId> = yes.iter().chain(&no).copied().collect();
            let dead = self.overruled(index)
                || (!wanted.is_empty()
                    && matches!(search(&[View::new(self.program, &wanted)], self.empty, &goal), Found::Impossible));
            if dead {
                found.push(
                    Diagnostic::warning(
                        Code::NeverPrevails,
                        content.span,
                        format!("L'exception « {} » ne l'emporte jamais.", content.name),
                    )
                    .help("Sa condition est toujours fausse quand la règle s'applique, ou une autre exception prime toujours sur elle."),
                );
            }
        }
    }

    /// The witness as an example to paste.
    fn example(&self, inputs: &Inputs<Cell>, answer: &str) -> String {
        format!(
            "Un dossier qui le montre :\nexemple « {answer} : {} »\n  avec {}\n  attend {} = {answer}",
            self.rule.label,
            witness::given(self.program, inputs),
            self.rule.name
        )
    }
}

fn definition_words(name: &str, first: bool) -> String {
    match (name.is_empty(), first) {
        (false, true) => format!("L'exception « {name} »"),
        (false, false) => format!("l'exception « {name} »"),
        (true, true) => "Une ligne « cas »".to_owned(),
        (true, false) => "une autre".to_owned(),
    }
}
