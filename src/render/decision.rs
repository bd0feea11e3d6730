//! A decision and an explanation as pages.

use super::page::{Block, Branch, Listing, Mark, Page, Text};
use super::reason::lowered;
use super::sentence::clause_name;
use super::typography;
use super::values::{capital, enumerate};
use super::words::Words;
use crate::dossier::Dossier;
use crate::explain::{Answer, AnswerStatus, Detail, Justification, Unknown, bases, cited, justify, why_not};
use crate::program::{Clause, ClauseId, ClauseRole, Program, ReadingId, Rule, RuleId, RuleKind};
use crate::ruleset::{Decision, Outcome, Ruleset};
use crate::value::{Fault, Known};

/// A missing fact, as people and programs name it.
pub(super) struct Missing {
    pub(super) path: String,
    pub(super) label: String,
    pub(super) from: Option<String>,
    /// A person must judge it.
    pub(super) assessed: bool,
}

impl<'a> Words<'a> {
    /// Path, label and supplier of something unknown.
    pub(super) fn missing(self, unknown: Unknown) -> Missing {
        match unknown {
            Unknown::Leaf(input, row) => {
                let leaf = self.places.leaf(input, row as usize);
                let label = match leaf.element {
                    Some(element) => format!("{} ({element})", leaf.label),
                    None => leaf.label,
                };
                let assessed = self.program.input(input).is_some_and(|input| input.declared.assessed);
                Missing { path: leaf.path, label, from: leaf.supplier, assessed }
            }
            Unknown::List(list, row) => {
                let described = self.program.list(list);
                Missing {
                    path: self.places.list_path(list, row as usize),
                    label: described.map(|list| list.label.clone()).unwrap_or_default(),
                    from: described.and_then(|list| list.supplier.clone()),
                    assessed: false,
                }
            }
            Unknown::Record(input, row, depth) => {
                let full = self.program.input(input).map(|input| input.path.clone()).unwrap_or_default();
                let mut path = self.places.path(input, row as usize);
                for _ in depth..full.len() {
                    path = path.rsplit_once('.').map(|(head, _)| head.to_owned()).unwrap_or(path);
                }
                let names: Vec<&str> = full.iter().take(depth).map(String::as_str).collect();
                let field = field_at(&self.program.facts, &names);
                Missing {
                    path,
                    label: field.map(|field| field.label.clone()).unwrap_or_default(),
                    from: field.and_then(|field| field.declared.supplier.clone()),
                    assessed: false,
                }
            }
        }
    }

    /// An outcome's answer in a few words.
    pub(super) fn outcome(self, rule: &Rule, answer: &Answer) -> (String, Mark) {
        match answer.status {
            AnswerStatus::Known | AnswerStatus::NotApplicable | AnswerStatus::Unknown => {
                self.answer(rule, &answer.known)
            }
            AnswerStatus::Conflict => ("conflit de normes".to_owned(), Mark::Open),
            AnswerStatus::Gap => match &rule.silence {
                Some(silence) => (format!("silence du texte : {silence}"), Mark::Open),
                None => ("silence du texte".to_owned(), Mark::Open),
            },
            AnswerStatus::Fault(fault) => (fault_words(fault).to_owned(), Mark::Open),
        }
    }

    /// The blocks that say why an answer is what it is.
    fn motivated(self, rule: &Rule, answer: &Answer, (justification, detail): (&Justification, Detail)) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut branch = self.branch(justification, detail);
        let (words, mark) = self.outcome(rule, answer);
        if answer.known != justification.known || branch.mark != mark {
            branch.text =
                Text::from(format!("{} : ", capital(&rule.label))).strong(words).then(self.cites(&rule.basis));
            branch.mark = mark;
        }
        blocks.push(Block::Tree(vec![branch]));
        if !answer.whatever.is_empty() {
            let facts: Vec<String> = answer
                .whatever
                .iter()
                .map(|(input, row)| format!("« {} »", self.missing(Unknown::Leaf(*input, *row)).label))
                .collect();
            blocks.push(Block::Paragraph(Text::from(format!(
                "Cette réponse est la même quoi qu'il en soit de {} : chaque cas possible a été examiné.",
                enumerate(&facts, "et de")
            ))));
        }
        if let Some(told) = self.told(rule, answer, justification) {
            blocks.push(Block::Paragraph(Text::from("En bref : ").emphasis(told)));
        }
        blocks.extend(self.what_is_missing(answer));
        blocks
    }

    /// What the person is told: the `sinon` of the item that fails, else of the norm.
    pub(super) fn told(self, rule: &Rule, answer: &Answer, justification: &Justification) -> Option<String> {
        if !answer.known.is_no() {
            return None;
        }
        let mut found: Option<String> = None;
        justification.walk(&mut |step| {
            let Some(inner) = self.rule(step.subject) else { return };
            if !step.known.is_no() {
                return;
            }
            let item = step.because.iter().find_map(|child| match child.role {
                crate::explain::Role::Item(part) if child.known.is_no() => {
                    inner.contents.get(part).and_then(|content| content.otherwise.clone())
                }
                _other => None,
            });
            if let Some(words) = item.or_else(|| inner.otherwise.clone()) {
                found.get_or_insert(words);
            }
        });
        found.or_else(|| rule.otherwise.clone())
    }

    fn what_is_missing(self, answer: &Answer) -> Vec<Block> {
        let mut blocks = Vec::new();
        if answer.status == AnswerStatus::Unknown && !answer.missing.is_empty() {
            blocks.push(Block::Paragraph(Text::from("Pour conclure, il manque :")));
            let items = answer
                .missing
                .iter()
                .map(|unknown| {
                    let missing = self.missing(*unknown);
                    let act = if missing.assessed { "à apprécier par" } else { "à fournir par" };
                    let from = missing.from.map(|from| format!(", {act} {from}")).unwrap_or_default();
                    vec![Block::Paragraph(
                        Text::from(capital(&missing.label)).plain(from).muted(format!(" ({})", missing.path)),
                    )]
                })
                .collect();
            blocks.push(Block::List(Listing::Bulleted, items));
            if answer.untried {
                blocks.push(Block::Paragraph(Text::from(
                    "Ces faits sont trop nombreux pour que chacun ait été essayé : certains ne changeraient peut-être rien.",
                )));
            }
        }
        if !answer.contested.is_empty() {
            blocks
                .push(Block::Paragraph(Text::from("Des données se contredisent ; il faut dire laquelle est juste :")));
            let items = answer
                .contested
                .iter()
                .map(|(input, row)| {
                    let missing = self.missing(Unknown::Leaf(*input, *row));
                    let known = self.decision.inputs.known(*input, *row as usize);
                    let subject = crate::explain::Subject::Fact(*input, *row);
                    let still = known.filter(|known| !known.set.is_nothing()).map(|known| self.of(subject, known));
                    let still = still.map(|words| format!(" : {words}")).unwrap_or_default();
                    vec![Block::Paragraph(
                        Text::from(capital(&missing.label)).plain(still).muted(format!(" ({})", missing.path)),
                    )]
                })
                .collect();
            blocks.push(Block::List(Listing::Bulleted, items));
        }
        blocks
    }

    fn anomalies(self) -> Vec<Block> {
        let mut items: Vec<Vec<Block>> = self
            .dossier
            .anomalies
            .iter()
            .map(|anomaly| {
                vec![Block::Paragraph(Text::from(anomaly.message.clone()).muted(format!(" ({})", anomaly.path)))]
            })
            .collect();
        for aside in &self.decision.set_aside {
            let why = self.program.rule(aside.rule).map(|rule| rule.label.clone()).unwrap_or_default();
            let leaf = self.places.leaf(aside.input, aside.input_row);
            let label =
                leaf.element.map_or_else(|| leaf.label.clone(), |element| format!("{} ({element})", leaf.label));
            let basis = self.program.rule(aside.rule).map(|rule| self.cites(&rule.basis)).unwrap_or_default();
            let row = u32::try_from(aside.input_row).unwrap_or(u32::MAX);
            let subject = crate::explain::Subject::Fact(aside.input, row);
            let said = |known: Option<&Known>| known.map(|known| self.of(subject, known)).unwrap_or_default();
            let given = said(self.dossier.inputs.known(aside.input, aside.input_row));
            let kept = self.decision.inputs.known(aside.input, aside.input_row);
            let bounded = kept.is_some_and(|known| {
                let range = known.set.as_range();
                range.lo.is_some() && range.hi.is_some()
            });
            let kept = if bounded { format!(" ; reste tenu pour certain : {}", said(kept)) } else { String::new() };
            let text = Text::from(format!("{} : {given}, donnée écartée, car {why}{kept}", capital(&label)));
            items.push(vec![Block::Paragraph(text.then(basis).muted(format!(" ({})", leaf.path)))]);
        }
        if items.is_empty() {
            return Vec::new();
        }
        vec![Block::Heading(1, Text::from("Données non retenues")), Block::List(Listing::Bulleted, items)]
    }

    fn notices(self) -> Vec<Block> {
        let items: Vec<Vec<Block>> = self
            .decision
            .notices
            .iter()
            .filter_map(|noticed| {
                let rule = self.program.rule(noticed.rule)?;
                let element = self.element(rule.scope, noticed.row).map(|element| format!(" ({element})"));
                let text = Text::from(capital(&rule.label)).plain(element.unwrap_or_default());
                Some(vec![Block::Paragraph(text.then(self.cites(&rule.basis)))])
            })
            .collect();
        if items.is_empty() {
            return Vec::new();
        }
        vec![Block::Heading(1, Text::from("À signaler")), Block::List(Listing::Bulleted, items)]
    }
}

/// The words for a computation without result.
pub(super) fn fault_words(fault: Fault) -> &'static str {
    match fault {
        Fault::Overflow => "calcul impossible : le résultat dépasse ce qu'un nombre ou le calendrier peut contenir",
        Fault::DivisionByZero => "calcul impossible : division par zéro",
        Fault::Inexact => "calcul impossible : le résultat ne tombe pas juste et aucun arrondi n'est dit",
        Fault::FractionalDay => "calcul impossible : une date ne se déplace pas d'une fraction de jour",
    }
}

fn field_at<'f>(fields: &'f [crate::program::Field], path: &[&str]) -> Option<&'f crate::program::Field> {
    let (first, rest) = path.split_first()?;
    let field = fields.iter().find(|field| field.name == *first)?;
    if rest.is_empty() {
        return Some(field);
    }
    let mut shape = &field.shape;
    loop {
        match shape {
            crate::program::Shape::Leaf(_) => return None,
            crate::program::Shape::List { element, .. } => shape = element,
            crate::program::Shape::Record { fields, .. } => return field_at(fields, rest),
        }
    }
}

/// Where a clause stands: « B.1, al. 2 ; texte.txt, ligne 41 ».
pub fn place_words(program: &Program, clause: &Clause) -> String {
    let mut words: Vec<String> = clause.at.iter().cloned().collect();
    if let Some(place) = &clause.place {
        let file = program.texts.get(place.text).map(|text| text.name.clone()).unwrap_or_default();
        let lines = if place.line == place.end_line {
            format!("ligne {}", place.line)
        } else {
            format!("lignes {} à {}", place.line, place.end_line)
        };
        words.push(format!("{file}, {lines}"));
    }
    if clause.role == ClauseRole::Outside {
        words.push("hors du texte officiel".to_owned());
    }
    words.join(" ; ")
}

/// The passages and interpretations that justifications cite, quoted to the letter.
pub(super) fn quotations(program: &Program, justifications: &[Justification]) -> Vec<Block> {
    let mut clauses: Vec<ClauseId> = Vec::new();
    let mut readings: Vec<ReadingId> = Vec::new();
    for justification in justifications {
        let found = cited(program, justification);
        clauses.extend(found.clauses.iter().filter(|id| !clauses.contains(id)).copied().collect::<Vec<_>>());
        readings.extend(found.readings.iter().filter(|id| !readings.contains(id)).copied().collect::<Vec<_>>());
    }
    let mut blocks = Vec::new();
    if !clauses.is_empty() {
        blocks.push(Block::Heading(1, Text::from("Textes cités")));
    }
    for clause in clauses.into_iter().filter_map(|id| program.clause(id)) {
        blocks.push(Block::Quote {
            text: Text::from(clause.quote.clone()),
            source: Text::new().strong(clause_name(clause)).plain(format!(" — {}", place_words(program, clause))),
        });
    }
    let mut items = Vec::new();
    for reading in readings.into_iter().filter_map(|id| program.reading(id)) {
        items.push(vec![Block::Paragraph(
            Text::new().strong(reading.id.clone()).plain(format!(" — {}", reading.label)),
        )]);
    }
    if !items.is_empty() {
        blocks.push(Block::Heading(1, Text::from("Lectures retenues")));
        blocks.push(Block::List(Listing::Bulleted, items));
    }
    blocks
}

/// A decision: the decisions of the ruleset (its norms, its values, where it has none) with their reasons, every
/// answer, what is missing, what is to be signalled. With `only`, those outcomes and their reasons.
pub fn decision(ruleset: &Ruleset, dossier: &Dossier, decision: &Decision, only: &[RuleId]) -> Page {
    let words = Words::new(ruleset, dossier, decision);
    let program = ruleset.program();
    let mut blocks = vec![Block::Paragraph(
        Text::from("Dossier : ").strong(dossier.name.clone()).muted(format!(" ; règlement « {} »", ruleset.id())),
    )];
    let mut explainer = ruleset.explainer(decision);
    let mut justifications = Vec::new();
    let kinds = decision.outcomes.iter().filter_map(|outcome| program.rule(outcome.rule)).map(|rule| rule.kind);
    let foremost = kinds.map(rank).min().unwrap_or_default();
    for outcome in &decision.outcomes {
        let Some(rule) = program.rule(outcome.rule) else { continue };
        let wanted = if only.is_empty() { rank(rule.kind) == foremost } else { only.contains(&outcome.rule) };
        if !wanted {
            continue;
        }
        blocks.push(Block::Heading(1, Text::from(capital(&rule.label))));
        for answer in answers(outcome) {
            let justification = explainer.justify(answer.target, Detail::Minimal);
            blocks.extend(words.motivated(rule, answer, (&justification, Detail::Minimal)));
            justifications.push(justification);
        }
    }
    blocks.extend(words.notices());
    blocks.extend(words.anomalies());
    if only.is_empty() {
        blocks.extend(table(words, ruleset, decision));
    }
    blocks.extend(quotations(program, &justifications));
    typography::page(Page { title: program.title.clone(), blocks })
}

/// The answer for the dossier, or those of its instances where there is none.
fn answers(outcome: &Outcome) -> Vec<&Answer> {
    match &outcome.answer {
        Some(answer) => vec![answer],
        None => outcome.instances.iter().collect(),
    }
}

/// What comes first: decisions, where a ruleset has none its norms, where it has none its values.
fn rank(kind: RuleKind) -> u8 {
    match kind {
        RuleKind::Decision => 0,
        RuleKind::Norm(_) => 1,
        RuleKind::Value | RuleKind::Notice | RuleKind::Incoherence => 2,
    }
}

/// Every answer: decisions and norms, then values, each in source order.
fn table(words: Words<'_>, ruleset: &Ruleset, decision: &Decision) -> Vec<Block> {
    let program = ruleset.program();
    let mut ranked: Vec<(u8, Vec<Text>)> = Vec::new();
    for outcome in &decision.outcomes {
        let (Some(rule), Some(answer)) = (program.rule(outcome.rule), &outcome.answer) else { continue };
        let (said, mark) = words.outcome(rule, answer);
        // A line of the table names clauses; whether they suffice is for the explanation to verify.
        let justification = justify(program, &decision.inputs, &decision.frame, answer.target, Detail::Minimal);
        let mut own: Vec<ClauseId> =
            bases(program, &justification).iter().flat_map(|basis| basis.clauses.clone()).collect();
        if own.is_empty() {
            // Without object because of another rule: the clauses that say so.
            own = cited(program, &justification).clauses;
        }
        let mut ids: Vec<String> = Vec::new();
        for clause in &own {
            let name = program.clause(*clause).map(clause_name).unwrap_or_default();
            if !ids.contains(&name) {
                ids.push(name);
            }
        }
        let row =
            vec![Text::from(capital(&rule.label)), Text::new().with(mark.tone(), said), Text::from(ids.join(", "))];
        ranked.push((rank(rule.kind), row));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let rows = ranked.into_iter().map(|(_, row)| row).collect();
    vec![
        Block::Heading(1, Text::from("Toutes les réponses")),
        Block::Table { head: vec![Text::from("Question"), Text::from("Réponse"), Text::from("Clauses")], rows },
    ]
}

/// Why the answer of a rule is what it is.
pub fn explanation(ruleset: &Ruleset, dossier: &Dossier, decision: &Decision, asked: &Asked, detail: Detail) -> Page {
    let rule = asked.rule;
    let words = Words::new(ruleset, dossier, decision);
    let program = ruleset.program();
    let (Some(described), Some(outcome)) = (program.rule(rule), decision.outcome(rule)) else { return Page::default() };
    let mut blocks = vec![Block::Paragraph(Text::from("Dossier : ").strong(dossier.name.clone()))];
    let mut justifications = Vec::new();
    let mut explainer = ruleset.explainer(decision);
    for answer in asked.answers(words, described, outcome) {
        let justification = explainer.justify(answer.target, detail);
        blocks.extend(words.motivated(described, answer, (&justification, detail)));
        justifications.push(justification);
    }
    if answers(outcome).is_empty() {
        blocks
            .push(Block::Paragraph(Text::from("La question ne se pose pas : la liste n'a aucun élément au dossier.")));
    }
    if outcome.answer.is_some() && asked.instance.is_none() {
        for answer in &outcome.instances {
            let (said, mark) = words.outcome(described, answer);
            let element = words.element(described.scope, answer.target.1).unwrap_or_default();
            blocks.push(Block::Tree(vec![Branch::leaf(
                mark,
                Text::from(format!("{} : ", capital(&element))).strong(said),
            )]));
        }
    }
    blocks.extend(quotations(program, &justifications));
    typography::page(Page { title: capital(&described.label), blocks })
}

/// What is asked to be explained: a rule, and one of its instances by key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The rule.
    pub rule: RuleId,
    /// The key, or index, of the element whose answer is meant; none: the answer for the dossier.
    pub instance: Option<String>,
}

impl From<RuleId> for Asked {
    fn from(rule: RuleId) -> Self {
        Self { rule, instance: None }
    }
}

impl Asked {
    /// The answers meant.
    fn answers<'o>(&self, words: Words<'_>, rule: &Rule, outcome: &'o Outcome) -> Vec<&'o Answer> {
        match &self.instance {
            None => answers(outcome),
            Some(key) => outcome.instances.iter().filter(|answer| words.is_called(rule, answer, key)).collect(),
        }
    }
}

/// What would have to be otherwise for another answer.
pub fn why_not_page(ruleset: &Ruleset, dossier: &Dossier, decision: &Decision, asked: &Asked) -> Page {
    let rule = asked.rule;
    let words = Words::new(ruleset, dossier, decision);
    let program = ruleset.program();
    let (Some(described), Some(outcome)) = (program.rule(rule), decision.outcome(rule)) else { return Page::default() };
    let mut blocks = vec![Block::Paragraph(Text::from("Dossier : ").strong(dossier.name.clone()))];
    for answer in asked.answers(words, described, outcome) {
        let (said, mark) = words.outcome(described, answer);
        blocks.push(Block::Tree(vec![Branch::leaf(
            mark,
            Text::from(format!("{} : ", capital(&described.label))).strong(said).then(words.cites(&described.basis)),
        )]));
        let found = why_not(program, &decision.inputs, &decision.frame, answer.target);
        if found.ways.is_empty() {
            blocks.push(Block::Paragraph(Text::from(
                "Aucun changement d'un seul fait cité par la justification, ni de deux ensemble, ne donne à coup sûr une autre réponse.",
            )));
            continue;
        }
        blocks.push(Block::Paragraph(Text::from("La réponse serait autre avec :")));
        let items = found
            .ways
            .iter()
            .map(|(changes, reached)| {
                let said = changes.iter().map(|change| words.change(change));
                let parts: Vec<String> =
                    said.enumerate().map(|(at, said)| if at == 0 { said } else { lowered(&said) }).collect();
                let (other, _) = words.answer(described, reached);
                vec![Block::Paragraph(
                    Text::from(parts.join(", et ")).plain(" ; la réponse serait ").strong(format!("« {other} »")),
                )]
            })
            .collect();
        blocks.push(Block::List(Listing::Numbered, items));
        blocks.push(Block::Paragraph(
            Text::new()
                .muted("Chacun de ces changements a été vérifié en décidant de nouveau le dossier ainsi modifié."),
        ));
    }
    typography::page(Page { title: format!("Pourquoi pas autrement : {}", described.label), blocks })
}

impl Words<'_> {
    /// « le fait « dernier jour (période P1) » serait au moins 16 juin 2025, et non 15 juin 2025 ».
    pub(super) fn change(self, change: &crate::explain::Change) -> String {
        let subject = crate::explain::Subject::Fact(change.input, change.row);
        let (ty, unit) = self.type_of(subject);
        let noun = capital(&self.noun(subject));
        let known = self.decision.inputs.known(change.input, change.row as usize);
        let given = self.decision.inputs.status(change.input, change.row as usize).is_given();
        let article = if ty == crate::value::Type::Date { "le " } else { "" };
        let now = known.filter(|_| given).map(|known| format!("{article}{}", self.of(subject, known)));
        let to: Vec<String> =
            change.to.iter().map(|known| format!("{article}{}", self.value(known, ty, unit))).collect();
        let ordinal = |known: &Known| known.set.as_range().single();
        let later = change.to.first().and_then(ordinal) > known.and_then(ordinal);
        let bound = match (change.beyond, ty == crate::value::Type::Date, later) {
            (false, _, _) => "",
            (true, true, true) => "au plus tôt ",
            (true, true, false) => "au plus tard ",
            (true, false, true) => "au moins ",
            (true, false, false) => "au plus ",
        };
        let instead = now.map_or_else(String::new, |now| format!(" (et non {now})"));
        format!("{noun} : {bound}{}{instead}", enumerate(&to, "ou"))
    }
}
