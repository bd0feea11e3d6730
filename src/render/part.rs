//! What a part of a rule is called where it stands: an exception and whether it plays, a definition and what it
//! gives, an item and its clause; and each step of a justification as a sentence that can be read alone.

use super::page::{Mark, Text, Tone};
use super::values::{capital, lowered};
use super::words::Words;
use crate::explain::{Justification, Role, Subject};
use crate::program::{Basis, Content, Node, ScopeId};
use crate::value::Truth;
use crate::value::french::plain;

/// Said where the reasons were given before.
pub(super) const SEE_ABOVE: &str = " (voir plus haut)";

impl<'a> Words<'a> {
    /// Of an exception or exemption: « L'exception « dispense » ne joue pas », and what it rests on.
    pub(super) fn exception(self, parent: &Justification, child: &Justification) -> Option<(String, &'a Basis)> {
        let rule = self.rule(parent.subject)?;
        let (name, basis) = match child.role {
            Role::Excluded(part) => rule.contents.get(part).map(|content| (&content.name, &content.basis))?,
            Role::NotExempt(part) | Role::Exempt(part) => {
                rule.exemptions.get(part).map(|exemption| (&exemption.name, &exemption.basis))?
            }
            Role::Reason | Role::Condition | Role::Definition(_) | Role::Item(_) | Role::Element | Role::Presumed => {
                return None;
            }
        };
        let plays = match (child.role, child.known.is_yes()) {
            (Role::Exempt(_), true) => "joue",
            (Role::Exempt(_), false) => "jouerait peut-être",
            (_, _) => "ne joue pas",
        };
        let head = match name.as_str() {
            "" => format!("Une autre règle {plays}"),
            name => format!("L'exception « {} » {plays}", plain(name)),
        };
        Some((head, basis))
    }

    /// The value that a definition gives, and how the definition is called: « Exception « moitié » : 7 semaines [C-4] ».
    pub(super) fn defined(self, parent: &Justification, child: &Justification, content: &Content) -> Text {
        let value = self
            .rule(parent.subject)
            .map_or_else(|| self.of(child.subject, &child.known), |rule| self.value(&child.known, rule.ty, rule.unit));
        let case = content.condition.map(|node| self.asked(node, row_of(parent.subject))).unwrap_or_default();
        let name = match (content.name.as_str(), case.as_str()) {
            ("", "") => "Règle".to_owned(),
            ("", case) => format!("Cas « {case} »"),
            (name, _) => format!("Exception « {} »", plain(name)),
        };
        Text::from(format!("{name} : {value}")).then(self.cites(&content.basis))
    }

    /// A step as a sentence that can be read alone, with its part in the step above.
    pub(super) fn says(self, parent: Option<&Justification>, step: &Justification) -> Text {
        let (sentence, _) = self.sentence(step);
        let Some(parent) = parent else { return sentence };
        let rule = self.rule(parent.subject);
        match step.role {
            Role::Definition(part) => {
                let Some(content) = rule.and_then(|rule| rule.contents.get(part)) else { return sentence };
                let mut defined = self.defined(parent, step, content);
                if let Some(first) = defined.spans.first_mut() {
                    first.text = lowered(&first.text);
                }
                Text::from(format!("{}, ", capital(&self.noun(parent.subject)))).then(defined)
            }
            Role::Excluded(_) | Role::NotExempt(_) | Role::Exempt(_) => {
                let Some((head, basis)) = self.exception(parent, step) else { return sentence };
                let cites = self.cites(basis);
                let mut inner = self.located(step, sentence);
                inner.spans.retain(|span| !cites.spans.contains(span));
                if let Some(first) = inner.spans.first_mut() {
                    first.text = lowered(&first.text);
                }
                Text::from(head).then(cites).plain(" — ").then(inner)
            }
            Role::Item(part) => {
                let basis = rule.and_then(|rule| rule.contents.get(part)).map(|content| &content.basis);
                let cited = self.rule(step.subject).map(|rule| rule.basis.clone()).unwrap_or_default();
                let cites = basis.map(|basis| self.cites(&without(basis, &cited))).unwrap_or_default();
                cited_too(self.located(step, sentence), cites)
            }
            Role::Reason | Role::Condition | Role::Element | Role::Presumed => self.located(step, sentence),
        }
    }

    /// A sentence that names nothing, with what it is about: the element, or that the ruleset itself says it.
    fn located(self, step: &Justification, sentence: Text) -> Text {
        let Subject::Node(node, row) = step.subject else { return sentence };
        let head = match self.program.node(node) {
            Node::Constant(_) => "Valeur que le règlement énonce".to_owned(),
            Node::Not(_) | Node::And(_) | Node::Or(_) => {
                let scope = self.program.scope_of(node);
                let element = if scope == ScopeId::ROOT { None } else { self.element(scope, row) };
                let Some(element) = element else { return sentence };
                capital(&element)
            }
            _other => return sentence,
        };
        let mut inner = sentence;
        if let (Some(first), false) = (inner.spans.first_mut(), matches!(self.program.node(node), Node::Constant(_))) {
            first.text = lowered(&first.text);
        }
        Text::from(format!("{head} : ")).then(inner)
    }
}

/// The mark of an exception: that it plays, or may.
pub(super) fn exception_mark(role: Role, truth: Truth) -> Mark {
    match (role, truth.is_yes()) {
        (Role::Exempt(_), true) => Mark::Good,
        (Role::Exempt(_), false) => Mark::Open,
        (_, _) => Mark::None,
    }
}

pub(super) fn row_of(subject: Subject) -> u32 {
    match subject {
        Subject::Node(_, row) | Subject::Fact(_, row) | Subject::List(_, row) => row,
    }
}

/// What a basis cites beyond another one.
pub(super) fn without(basis: &Basis, cited: &Basis) -> Basis {
    Basis {
        clauses: basis.clauses.iter().filter(|id| !cited.clauses.contains(id)).copied().collect(),
        readings: basis.readings.iter().filter(|id| !cited.readings.contains(id)).copied().collect(),
    }
}

/// With further clauses cited, in the brackets that end the text where there are some.
pub(super) fn cited_too(mut text: Text, cites: Text) -> Text {
    let more: String = cites.spans.iter().map(|span| span.text.as_str()).collect();
    match (text.spans.last_mut(), more.strip_prefix(" [")) {
        (Some(last), Some(_)) if last.text == SEE_ABOVE => {
            let seen = text.spans.pop();
            text = cited_too(text, cites);
            text.spans.extend(seen);
            text
        }
        (Some(last), Some(more)) if last.tone == Tone::Muted && last.text.starts_with(" [") => {
            last.text = format!("{} ; {more}", last.text.trim_end_matches(']'));
            text
        }
        (_, _) => text.then(cites),
    }
}
