//! Can two definitions conflict, can a table be silent, can a rule never apply, an exception never prevail, a
//! decision only answer one thing? `language.md` §12.
//!
//! A conflict or a gap is reported only with a witness, decided again; a dead rule only where the search is a
//! proof. What the search cannot tell is said by name, in one note.

use std::collections::BTreeSet;

use super::search::{Found, Ground, Standing, View, search};
use super::witness;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::{Cell, Frame, Inputs, ListEdit, reshape, run};
use crate::program::{Definition, Node, NodeId, Program, Rule, RuleKind, ScopeId, ScopeKind};
use crate::value::priority::{Order, differ};
use crate::value::{Known, Op, Set, Trouble};

/// What reasoning came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reasoned {
    /// What it found, unsorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What it could not settle: the rule, and the question in French.
    pub unsettled: Vec<(String, &'static str)>,
}

/// Everything this reasoning finds from that ground; a conflict or gap of a rule
/// of `expected` is known to the author.
pub(super) fn check(program: &Program, ground: Ground<'_>, expected: &BTreeSet<&str>) -> Reasoned {
    let empty = ground.empty;
    let mut reasoned = Reasoned::default();
    for (_, rule) in program.rules() {
        let Some(empty) = inhabited(program, empty, rule.scope) else {
            reasoned.unsettled.push((rule.name.clone(), "ses éléments sont trouvés par référence"));
            continue;
        };
        let ground = Ground { empty: &empty, known: ground.known };
        let mut question = Question { program, ground, rule, reasoned: &mut reasoned };
        match rule.kind {
            RuleKind::Value => {
                let Node::Choose { applies, definitions, order, .. } = program.node(rule.instance) else { continue };
                if let Some(applies) = applies {
                    question.never_applies(*applies);
                }
                let mut value = Value { question, applies: *applies, definitions, order };
                if !expected.contains(rule.name.as_str()) {
                    value.conflicts();
                    value.gap();
                }
                value.dead_exceptions();
            }
            RuleKind::Norm(_) => {
                if let Some((applies, _)) = &rule.applies {
                    question.never_applies(*applies);
                }
            }
            RuleKind::Decision => question.one_answer(),
            RuleKind::Notice | RuleKind::Incoherence => {}
        }
    }
    faults(program, empty, &mut reasoned);
    reasoned
}

/// The dossier with one element, of which nothing is known, in each list that the scope runs over.
pub(crate) fn inhabited(program: &Program, empty: &Inputs<Cell>, scope: ScopeId) -> Option<Inputs<Cell>> {
    let mut lists = Vec::new();
    let mut current = scope;
    while current != ScopeId::ROOT {
        let described = program.scope(current)?;
        if let ScopeKind::Cross { via: Some(_), .. } = described.kind {
            return None;
        }
        lists.extend(described.list);
        current = described.parent;
    }
    Some(reshape(
        program,
        empty,
        |list, row| {
            if row == 0 && lists.contains(&list) { ListEdit::Fresh(1) } else { ListEdit::Keep }
        },
    ))
}

/// Divisions by what may be zero, and products that may have too many decimals: is there a dossier where one has
/// no result?
fn faults(program: &Program, empty: &Inputs<Cell>, reasoned: &mut Reasoned) {
    for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
        let Node::Apply(op, operands) = node else { continue };
        let constant =
            |at: usize| operands.get(at).is_some_and(|operand| program.node(*operand).as_constant().is_some());
        let divides = matches!(op, Op::Divide | Op::DivideRounded(..)) && !constant(1);
        let risky = divides || (*op == Op::Multiply && !constant(0) && !constant(1));
        let Some(inhabited) = inhabited(program, empty, program.scope_of(id)).filter(|_| risky) else { continue };
        let goal = |frames: &[Frame<Cell>]| {
            let Some(known) = frames.first().and_then(|frame| known(frame, id)) else { return Standing::Impossible };
            match known.trouble {
                Some(Trouble::Fault(_)) => Standing::Reached,
                Some(Trouble::Conflict | Trouble::Gap) => Standing::Impossible,
                None if known.is_settled() => Standing::Impossible,
                None => Standing::Open(vec![(0, id)]),
            }
        };
        if let Found::Witness(inputs) =
            search(&[View::new(program, &[id])], Ground { empty: &inhabited, known: &[] }, &goal)
        {
            let place = program.origin(id);
            let Some(place) = place else { continue };
            reasoned.diagnostics.push(
                Diagnostic::warning(Code::NoResult, place, "Ce calcul n'a pas de résultat pour certains dossiers.")
                    .help("Écartez le cas par une condition (par exemple « si diviseur ≠ 0 alors … sinon … »), ou bornez le fait : « nombre de 1 à 100 ».")
                    .help(format!("Un dossier qui le montre : avec {}", witness::given(program, &inputs))),
            );
        }
    }
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

/// What is asked of one rule.
struct Question<'a> {
    program: &'a Program,
    ground: Ground<'a>,
    rule: &'a Rule,
    reasoned: &'a mut Reasoned,
}

impl Question<'_> {
    fn search(&self, wanted: &[NodeId], goal: &dyn Fn(&[Frame<Cell>]) -> Standing) -> Found {
        search(&[View::new(self.program, wanted)], self.ground, goal)
    }

    fn unsettled(&mut self, question: &'static str) {
        let known = self.reasoned.unsettled.iter().any(|(name, asked)| *name == self.rule.name && *asked == question);
        if known {
            return;
        }
        self.reasoned.unsettled.push((self.rule.name.clone(), question));
    }

    fn never_applies(&mut self, applies: NodeId) {
        match self.search(&[applies], &|frames: &[Frame<Cell>]| wishes(frames, &[applies], &[])) {
            Found::Witness(_) => {}
            Found::Unsure => self.unsettled("peut-elle s'appliquer ?"),
            Found::Impossible => {
                let place = self.program.origin(applies).unwrap_or(self.rule.span);
                self.reasoned.diagnostics.push(
                    Diagnostic::warning(
                        Code::NeverApplies,
                        place,
                        format!(
                            "« {} » ne peut jamais s'appliquer : cette condition est toujours fausse.",
                            self.rule.name
                        ),
                    )
                    .help("Corrigez la condition, ou retirez la règle."),
                );
            }
        }
    }

    fn one_answer(&mut self) {
        let node = self.rule.instance;
        let yes = self.search(&[node], &|frames: &[Frame<Cell>]| wishes(frames, &[node], &[]));
        let no = self.search(&[node], &|frames: &[Frame<Cell>]| wishes(frames, &[], &[node]));
        let only = match (yes, no) {
            (Found::Impossible, _) => "non",
            (_, Found::Impossible) => "oui",
            (Found::Witness(_), Found::Witness(_)) => return,
            (Found::Unsure, _) | (_, Found::Unsure) => return self.unsettled("peut-elle répondre oui et non ?"),
        };
        self.reasoned.diagnostics.push(
            Diagnostic::warning(
                Code::OneAnswer,
                self.rule.span,
                format!("La décision « {} » ne peut répondre que « {only} ».", self.rule.name),
            )
            .help("Vérifiez ses conditions : une décision qui ne dépend de rien ne décide rien."),
        );
    }
}

/// A value under examination.
struct Value<'a> {
    question: Question<'a>,
    applies: Option<NodeId>,
    definitions: &'a [Definition],
    order: &'a Order,
}

impl Value<'_> {
    /// Conditions of the definitions that prevail over this one.
    fn above(&self, index: usize) -> Vec<NodeId> {
        self.order.over(index).iter().filter_map(|at| self.definitions.get(*at)?.condition).collect()
    }

    /// A definition over which another, without condition, prevails never counts.
    fn overruled(&self, index: usize) -> bool {
        self.order.over(index).iter().any(|at| self.definitions.get(*at).is_some_and(|d| d.condition.is_none()))
    }

    fn conflicts(&mut self) {
        let definitions = self.definitions;
        for (at, first) in definitions.iter().enumerate() {
            for (offset, second) in definitions.iter().skip(at + 1).enumerate() {
                let other = at + 1 + offset;
                let ordered = self.order.over(at).contains(&other) || self.order.over(other).contains(&at);
                if ordered || self.overruled(at) || self.overruled(other) || self.same_constant(first, second) {
                    continue;
                }
                self.conflict((at, first), (other, second));
            }
        }
    }

    fn same_constant(&self, first: &Definition, second: &Definition) -> bool {
        first.value == second.value
            || matches!((self.question.program.node(first.value), self.question.program.node(second.value)),
                (Node::Constant(a), Node::Constant(b)) if a == b)
    }

    fn conflict(&mut self, (at, first): (usize, &Definition), (other, second): (usize, &Definition)) {
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
            yes.iter().chain(&no).copied().chain([first.value, second.value, self.question.rule.instance]).collect();
        if let Some(inputs) = self.troubled(&wanted, &goal, Trouble::Conflict) {
            let (Some(one), Some(two)) =
                (self.question.rule.contents.get(first.part), self.question.rule.contents.get(second.part))
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
                    self.question.rule.name
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
            self.question.reasoned.diagnostics.push(diagnostic.help(self.example(&inputs, "conflit")));
        }
    }

    /// A dossier that reaches the goal, decided again: the value is in that trouble on it.
    fn troubled(
        &mut self,
        wanted: &[NodeId],
        goal: &dyn Fn(&[Frame<Cell>]) -> Standing,
        trouble: Trouble,
    ) -> Option<Box<Inputs<Cell>>> {
        match self.question.search(wanted, goal) {
            Found::Impossible => None,
            Found::Unsure => {
                self.question.unsettled(if trouble == Trouble::Gap {
                    "peut-elle rester sans réponse ?"
                } else {
                    "deux définitions peuvent-elles se contredire ?"
                });
                None
            }
            Found::Witness(inputs) => {
                let (program, node) = (self.question.program, self.question.rule.instance);
                let frame = run::<Cell>(program, &inputs, &program.cone(&[node]));
                (known(&frame, node)?.trouble == Some(trouble)).then_some(inputs)
            }
        }
    }

    fn gap(&mut self) {
        let conditions: Vec<NodeId> = self.definitions.iter().filter_map(|definition| definition.condition).collect();
        if conditions.len() < self.definitions.len() || self.question.rule.silence.is_some() {
            return;
        }
        let yes: Vec<NodeId> = self.applies.into_iter().collect();
        let goal = |frames: &[Frame<Cell>]| wishes(frames, &yes, &conditions);
        let wanted: Vec<NodeId> = yes.iter().chain(&conditions).copied().chain([self.question.rule.instance]).collect();
        if let Some(inputs) = self.troubled(&wanted, &goal, Trouble::Gap) {
            self.question.reasoned.diagnostics.push(
                Diagnostic::error(
                    Code::Gap,
                    self.question.rule.span,
                    format!("« {} » reste sans réponse dans un cas que ses conditions ne prévoient pas.", self.question.rule.name),
                )
                .help("Ajoutez une ligne « cas … : … selon … » pour ce cas ; ou, si le texte n'en dit rien : « silence du texte « … » ».")
                .help(self.example(&inputs, "silence")),
            );
        }
    }

    fn dead_exceptions(&mut self) {
        for (index, definition) in self.definitions.iter().enumerate() {
            let Some(content) =
                self.question.rule.contents.get(definition.part).filter(|content| !content.name.is_empty())
            else {
                continue;
            };
            let yes: Vec<NodeId> = self.applies.into_iter().chain(definition.condition).collect();
            let no = self.above(index);
            let goal = |frames: &[Frame<Cell>]| wishes(frames, &yes, &no);
            let wanted: Vec<NodeId> = yes.iter().chain(&no).copied().collect();
            let dead = match self.overruled(index) || wanted.is_empty() {
                true => self.overruled(index),
                false => match self.question.search(&wanted, &goal) {
                    Found::Witness(_) => false,
                    Found::Impossible => true,
                    Found::Unsure => {
                        self.question.unsettled("chaque exception peut-elle l'emporter ?");
                        false
                    }
                },
            };
            if dead {
                self.question.reasoned.diagnostics.push(
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
        let (program, rule) = (self.question.program, self.question.rule);
        let instance = match program.scope(rule.scope).and_then(|scope| scope.list) {
            None => String::new(),
            Some(list) => {
                let key = program.list(list).and_then(|list| list.key).and_then(|key| inputs.known(key, 0));
                let name = key.and_then(|key| match &key.set {
                    Set::Text(texts) => texts.single().map(str::to_owned),
                    Set::Nothing | Set::Truth(_) | Set::Range(_) | Set::Cases(_) | Set::Period(_) | Set::Days(_) => {
                        None
                    }
                });
                format!("[\"{}\"]", name.unwrap_or_else(|| "0".to_owned()))
            }
        };
        format!(
            "Un dossier qui le montre :\nexemple « {answer} : {} »\n  avec {}\n  attend {}{instance} = {answer}",
            rule.label,
            witness::given(program, inputs),
            rule.name
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
