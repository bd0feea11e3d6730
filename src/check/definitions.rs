//! Which definitions of a value, exemptions of a norm and lines of a decision can come to apply, and which can collide.

use super::goal::{Standing, View, Wish};
use super::question::{Question, known, wished, wishes};
use super::search::{Found, Witness, search, smallest};
use super::witness;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::{Cell, Frame};
use crate::program::{Definition, Node, NodeId, RuleKind};
use crate::source::Span;
use crate::value::Trouble;
use crate::value::priority::{Order, differ};

const DEAD_EXEMPTION: &str =
    "Sa condition est toujours fausse quand la règle s'applique, ou une autre exception prime toujours sur elle.";
const DEAD_LINE: &str = "Corrigez la condition, ou retirez la ligne.";

/// Exemptions of a norm or decision that can never hold.
pub(super) fn exemptions(question: &mut Question<'_>) {
    let rule = question.rule;
    for exemption in &rule.exemptions {
        let yes: Vec<NodeId> = rule.applies.iter().map(|(node, _)| *node).chain([exemption.condition]).collect();
        if question.possible(&yes, &[], "chaque exception peut-elle l'emporter ?") == Some(false) {
            let message = format!("L'exception « {} » ne l'emporte jamais.", exemption.name);
            question.warn(Code::NeverPrevails, exemption.span, message, DEAD_EXEMPTION);
        }
    }
}

/// Lines of a decision that can never apply.
pub(super) fn lines(question: &mut Question<'_>) {
    let rule = question.rule;
    debug_assert!(rule.kind == RuleKind::Decision);
    for line in &rule.contents {
        let Some(case) = line.condition else { continue };
        let yes: Vec<NodeId> = rule.applies.iter().map(|(node, _)| *node).chain([case]).collect();
        dead_line(question, &yes, line.span);
    }
}

fn dead_line(question: &mut Question<'_>, yes: &[NodeId], place: Span) {
    if question.possible(yes, &[], "chaque ligne « cas » peut-elle s'appliquer ?") == Some(false) {
        let message = format!("Cette ligne de « {} » ne s'applique jamais.", question.rule.name);
        question.warn(Code::NeverApplies, place, message, DEAD_LINE);
    }
}

/// A value under examination.
pub(super) struct Value<'a> {
    pub(super) question: Question<'a>,
    pub(super) applies: Option<NodeId>,
    pub(super) definitions: &'a [Definition],
    pub(super) order: &'a Order,
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

    pub(super) fn conflicts(&mut self) {
        let definitions = self.definitions;
        for (at, first) in definitions.iter().enumerate() {
            for (offset, second) in definitions.iter().skip(at + 1).enumerate() {
                let other = at + 1 + offset;
                let rivals = self.order.are_rivals(at, other);
                if !rivals || self.overruled(at) || self.overruled(other) || self.same_constant(first, second) {
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
        let goal = |frames: &[Frame<Cell>], row: usize| {
            let [frame] = frames else { return Standing::Impossible };
            let standing = wishes(frames, row, &yes, &no);
            let (Some(a), Some(b)) = (known(frame, first.value, row), known(frame, second.value, row)) else {
                return Standing::Impossible;
            };
            let same = a.is_settled() && b.is_settled() && !differ(a, b);
            match standing {
                Standing::Reached if differ(a, b) => Standing::Reached,
                Standing::Impossible => Standing::Impossible,
                Standing::Reached | Standing::Open(_) if same => Standing::Impossible,
                Standing::Reached => {
                    let at = u32::try_from(row).unwrap_or(u32::MAX);
                    Standing::Open(vec![(0, first.value, at), (0, second.value, at)])
                }
                Standing::Open(nodes) => Standing::Open(nodes),
            }
        };
        let values = [first.value, second.value].map(|node| (node, Wish::Either));
        let wishes = wished(&yes, &no).into_iter().chain(values).collect();
        if let Some(shown) = self.troubled(wishes, &goal, Trouble::Conflict) {
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
            self.question.reasoned.diagnostics.push(diagnostic.help(shown));
        }
    }

    /// A dossier that reaches the goal, as an example to paste: decided again, the value is in that trouble on it.
    fn troubled(
        &mut self,
        wishes: Vec<(NodeId, Wish)>,
        goal: &dyn Fn(&[Frame<Cell>], usize) -> Standing,
        trouble: Trouble,
    ) -> Option<String> {
        let (program, node) = (self.question.program, self.question.rule.instance);
        let confirmed = |frames: &[Frame<Cell>], row: usize| match goal(frames, row) {
            Standing::Reached => match frames.first().and_then(|frame| known(frame, node, row)) {
                Some(known) if known.trouble == Some(trouble) => Standing::Reached,
                Some(_) | None => Standing::Open(vec![(0, node, u32::try_from(row).unwrap_or(u32::MAX))]),
            },
            standing @ (Standing::Impossible | Standing::Open(_)) => standing,
        };
        let (asked, word) = match trouble {
            Trouble::Gap => ("peut-elle rester sans réponse ?", "silence"),
            Trouble::Conflict | Trouble::Fault(_) => ("deux définitions peuvent-elles se contredire ?", "conflit"),
        };
        let wanted: Vec<NodeId> = wishes.iter().map(|(wanted, _)| *wanted).chain([node]).collect();
        let view = View::wishing(program, wishes).and(&[node]);
        let found = search(&[view], self.question.ground, &confirmed);
        let shown = match found {
            Found::Impossible => return None,
            Found::ImpossibleUpTo(_) | Found::Unsure => None,
            Found::Witness(ref witness) => {
                let small = smallest(&[View::new(program, &wanted)], &confirmed, witness);
                let witnesses = [Witness { inputs: small, row: witness.row }, witness.as_ref().clone()];
                witness::replayed(program, self.question.rule, &witnesses, word)
            }
        };
        if shown.is_none() {
            self.question.unsettled(asked, &found);
        }
        shown.map(|example| format!("Un dossier qui le montre :\n{example}"))
    }

    pub(super) fn gap(&mut self) {
        let conditions: Vec<NodeId> = self.definitions.iter().filter_map(|definition| definition.condition).collect();
        if conditions.len() < self.definitions.len() || self.question.rule.silence.is_some() {
            return;
        }
        let yes: Vec<NodeId> = self.applies.into_iter().collect();
        let goal = |frames: &[Frame<Cell>], row: usize| wishes(frames, row, &yes, &conditions);
        if let Some(shown) = self.troubled(wished(&yes, &conditions), &goal, Trouble::Gap) {
            let rule = self.question.rule;
            self.question.reasoned.diagnostics.push(
                Diagnostic::error(
                    Code::Gap,
                    rule.span,
                    format!("« {} » reste sans réponse dans un cas que ses conditions ne prévoient pas.", rule.name),
                )
                .help("Ajoutez une ligne « cas … : … selon … » pour ce cas ; ou, si le texte n'en dit rien : « silence du texte « … » ».")
                .help(shown),
            );
        }
    }

    /// Exceptions that never prevail, rows that never apply, and a base that an exception always replaces.
    pub(super) fn dead(&mut self) {
        let single = self.definitions.iter().filter(|definition| self.is_base(definition)).count() == 1;
        for (index, definition) in self.definitions.iter().enumerate() {
            let Some(content) = self.question.rule.contents.get(definition.part) else { continue };
            let yes: Vec<NodeId> = self.applies.into_iter().chain(definition.condition).collect();
            let no = self.above(index);
            match (content.name.is_empty(), definition.condition) {
                (true, Some(_)) => dead_line(&mut self.question, &yes, content.span),
                (true, None) if single && !no.is_empty() && !self.overruled(index) => {
                    if self.question.possible(&yes, &no, "ce qu'elle vaut d'ordinaire peut-il compter ?") == Some(false)
                    {
                        let message = format!(
                            "Ce que « {} » vaut d'ordinaire ne compte jamais : une exception s'applique toujours.",
                            self.question.rule.name
                        );
                        self.question.warn(
                            Code::NeverPrevails,
                            content.span,
                            message,
                            "Corrigez la condition de l'exception.",
                        );
                    }
                }
                (true, None) => {}
                (false, _) => {
                    let asked = "chaque exception peut-elle l'emporter ?";
                    let dead = self.overruled(index)
                        || (!(yes.is_empty() && no.is_empty())
                            && self.question.possible(&yes, &no, asked) == Some(false));
                    if dead {
                        let message = format!("L'exception « {} » ne l'emporte jamais.", content.name);
                        self.question.warn(Code::NeverPrevails, content.span, message, DEAD_EXEMPTION);
                    }
                }
            }
        }
    }

    fn is_base(&self, definition: &Definition) -> bool {
        self.question.rule.contents.get(definition.part).is_some_and(|content| content.name.is_empty())
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
