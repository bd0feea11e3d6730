//! A decision and an explanation as pages.

use super::page::{Block, Branch, Listing, Mark, Page, Text, Tone};
use super::sentence::clause_name;
use super::typography;
use super::values::{capital, enumerate, fault_words, lowered};
use super::words::Words;
use crate::dossier::Dossier;
use crate::eval::Status;
use crate::explain::{Answer, AnswerStatus, Detail, Justification, Unknown, bases, cited, justify, why_not};
use crate::program::{Clause, ClauseId, ClauseRole, Field, InputId, Program, ReadingId, Rule, RuleId, RuleKind};
use crate::ruleset::{Decision, Outcome, Ruleset};
use crate::value::Known;

/// A missing fact, as people and programs name it.
pub(super) struct Missing {
    pub(super) path: String,
    pub(super) label: String,
    pub(super) from: Option<String>,
    /// A person must judge it.
    pub(super) assessed: bool,
    /// What the dossier says of it cannot be used.
    pub(super) rejected: bool,
    /// Of a record: what others than its supplier must judge or supply in it, and who.
    pub(super) others: Vec<(String, String)>,
}

impl Missing {
    /// « Date de la première épreuve, à fournir par le service des examens ».
    pub(super) fn words(&self) -> String {
        let act = match (self.assessed, self.rejected) {
            (_, true) => "à corriger",
            (true, false) => "à apprécier",
            (false, false) => "à fournir",
        };
        let mut words = capital(&self.label);
        match &self.from {
            Some(from) => words.push_str(&format!(", {act} par {from}")),
            None if self.rejected => words.push_str(&format!(", {act}")),
            None => {}
        }
        for (label, from) in &self.others {
            words.push_str(&format!(" ; dont « {label} », à apprécier par {from}"));
        }
        words
    }
}

impl<'a> Words<'a> {
    /// Path, label and supplier of something unknown.
    pub(super) fn missing(self, unknown: Unknown) -> Missing {
        match unknown {
            Unknown::Leaf(input, row) => {
                let leaf = self.places.leaf(input, row as usize);
                let label = leaf.named();
                let assessed = self.program.input(input).is_some_and(|input| input.declared.assessed);
                let rejected = leaf.status == Status::Rejected;
                Missing { path: leaf.path, label, from: leaf.supplier, assessed, rejected, others: Vec::new() }
            }
            Unknown::List(list, row) => {
                let described = self.program.list(list);
                Missing {
                    path: self.places.list_path(list, row as usize),
                    label: described.map(|list| list.label.clone()).unwrap_or_default(),
                    from: self.places.list_supplier(list),
                    assessed: false,
                    rejected: self.dossier.names.status(list, row as usize) == Status::Rejected,
                    others: Vec::new(),
                }
            }
            Unknown::Record(input, row, depth) => {
                let full = self.program.input(input).map(|input| input.path.clone()).unwrap_or_default();
                let mut path = self.places.path(input, row as usize);
                for _ in depth..full.len() {
                    path = path.rsplit_once('.').map(|(head, _)| head.to_owned()).unwrap_or(path);
                }
                let names: Vec<&str> = full.iter().take(depth).map(String::as_str).collect();
                let field = Field::at(&self.program.facts, &names);
                Missing {
                    path,
                    label: field.map(|field| field.label.clone()).unwrap_or_default(),
                    from: self.places.supplier(full.get(..depth).unwrap_or(&full)),
                    assessed: false,
                    rejected: false,
                    others: self.assessors(input, full.get(..depth).unwrap_or(&full)),
                }
            }
        }
    }

    /// Who must judge what within a record: each appreciation, and its authority.
    fn assessors(self, input: InputId, record: &[String]) -> Vec<(String, String)> {
        let scope = self.program.input(input).map(|input| input.scope);
        let within = self
            .program
            .inputs
            .iter()
            .filter(|leaf| Some(leaf.scope) == scope && leaf.declared.assessed && leaf.path.starts_with(record));
        within.filter_map(|leaf| Some((leaf.label.clone(), leaf.declared.supplier.clone()?))).collect()
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

    /// An outcome's answer in a few words; of an open one, what is missing for it.
    pub(super) fn answer_sentence(self, rule: &Rule, answer: &Answer) -> String {
        let (words, _) = self.outcome(rule, answer);
        match self.lacking(answer) {
            Some(lacking) => format!("{words} ; {lacking}"),
            None => words,
        }
    }

    /// What is missing for an open answer, in a few words: two facts by name, the others counted.
    fn lacking(self, answer: &Answer) -> Option<String> {
        const NAMED: usize = 2;
        if answer.status != AnswerStatus::Unknown {
            return None;
        }
        let mut named: Vec<String> =
            answer.missing.iter().take(NAMED).map(|unknown| format!("« {} »", self.missing(*unknown).label)).collect();
        match answer.missing.len().checked_sub(NAMED) {
            None | Some(0) => {}
            Some(1) => named.push("un autre fait".to_owned()),
            Some(more) => named.push(format!("{more} autres faits")),
        }
        match (named.is_empty(), answer.contested.is_empty()) {
            (false, _) => Some(format!("il manque {}", enumerate(&named, "et"))),
            (true, false) => Some("des données se contredisent".to_owned()),
            (true, true) => None,
        }
    }

    /// The answers of a value that each element of a list has, in a few words.
    pub(super) fn each_answer(self, rule: &Rule, outcome: &Outcome, open: bool) -> String {
        let each = outcome.instances.iter().map(|answer| {
            let element = self.element(rule.scope, answer.target.1).unwrap_or_default();
            format!("{element} : {}", self.outcome(rule, answer).0)
        });
        let mut said: Vec<String> = each.collect();
        match (said.is_empty(), open) {
            (true, true) => return "indéterminé : on ne connaît pas les éléments de la liste".to_owned(),
            (true, false) => return "sans objet : la liste n'a aucun élément au dossier".to_owned(),
            (false, true) => said.push("peut-être d'autres éléments".to_owned()),
            (false, false) => {}
        }
        said.join(" ; ")
    }

    /// Of a value that each element has, where the dossier names none: that there is none, or that they are not known.
    fn no_element(self, rule: &Rule) -> Vec<Block> {
        let list = self.program.scope(rule.scope).and_then(|scope| scope.list);
        let label = list.and_then(|list| self.program.list(list)).map(|list| list.label.clone()).unwrap_or_default();
        if !self.may_have_others(rule) {
            let none = format!("La question ne se pose pas : « {label} » n'a aucun élément au dossier.");
            return vec![Block::Paragraph(Text::from(none))];
        }
        let open =
            format!("La réponse est indéterminée : on ne sait pas pour quels éléments de « {label} » elle se pose.");
        let missing = list.map(|list| self.missing(Unknown::List(list, 0)));
        let asked = missing
            .map(|missing| vec![Block::Paragraph(Text::from(missing.words()).muted(format!(" ({})", missing.path)))]);
        vec![
            Block::Paragraph(Text::from(open)),
            Block::Paragraph(Text::from("Pour conclure, il manque :")),
            Block::List(Listing::Bulleted, asked.into_iter().collect()),
        ]
    }

    /// Whether there may be elements for which the rule has instances, besides those the dossier names.
    pub(super) fn may_have_others(self, rule: &Rule) -> bool {
        let frame = &self.decision.frame;
        let Some(rows) = frame.rows(rule.scope) else { return false };
        (0..).take(rows.len()).any(|row: u32| {
            let counts = |filter| frame.known(filter, row as usize).is_none_or(|known| !known.is_no());
            !crate::ruleset::is_heard(self.program, frame, rule.scope, row, rows) && rule.filter.is_none_or(counts)
        })
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
                    vec![Block::Paragraph(Text::from(missing.words()).muted(format!(" ({})", missing.path)))]
                })
                .collect();
            blocks.push(Block::List(Listing::Bulleted, items));
            if answer.uncombined {
                blocks.push(Block::Paragraph(Text::from(
                    "Ces faits ont trop de cas possibles pour que toutes leurs combinaisons aient été examinées : la réponse est peut-être déjà acquise.",
                )));
            }
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
                    let still = known.filter(|known| self.told_of(subject, known)).map(|known| self.of(subject, known));
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

    /// What of the dossier could not be used, or not as it stands; then what is to be looked at again.
    fn anomalies(self) -> Vec<Block> {
        let told = |retained: bool| {
            let wanted = self.dossier.anomalies.iter().filter(move |anomaly| anomaly.is_retained() == retained);
            wanted.map(|anomaly| {
                let named = self.places.named(&anomaly.path);
                let said = match named {
                    Some(named) => format!("{} : {}", capital(&named), lowered(&anomaly.message)),
                    None => anomaly.message.clone(),
                };
                vec![Block::Paragraph(Text::from(said).muted(format!(" ({})", anomaly.path)))]
            })
        };
        let mut items: Vec<Vec<Block>> = told(false).collect();
        let doubtful: Vec<Vec<Block>> = told(true).collect();
        for aside in &self.decision.set_aside {
            let why = self.program.rule(aside.rule).map(|rule| rule.label.clone()).unwrap_or_default();
            let leaf = self.places.leaf(aside.input, aside.input_row);
            let label = leaf.named();
            let basis = self.program.rule(aside.rule).map(|rule| self.cites(&rule.basis)).unwrap_or_default();
            let row = u32::try_from(aside.input_row).unwrap_or(u32::MAX);
            let subject = crate::explain::Subject::Fact(aside.input, row);
            let said = |known: Option<&Known>| known.map(|known| self.of(subject, known)).unwrap_or_default();
            let given = said(self.dossier.inputs.known(aside.input, aside.input_row));
            let kept = self.decision.inputs.known(aside.input, aside.input_row);
            let bounded = kept.is_some_and(|known| {
                let range = known.set.as_range();
                range.lo.is_some() && range.hi.is_some() && self.told_of(subject, known)
            });
            let kept = if bounded { format!(" ; reste tenu pour certain : {}", said(kept)) } else { String::new() };
            let text = Text::from(format!("{} : {given}, donnée écartée, car {why}{kept}", capital(&label)));
            items.push(vec![Block::Paragraph(text.then(basis).muted(format!(" ({})", leaf.path)))]);
        }
        let parts = [("Données non retenues", items), ("Données à vérifier", doubtful)];
        let told = parts.into_iter().filter(|(_, items)| !items.is_empty());
        told.flat_map(|(title, items)| [Block::Heading(1, Text::from(title)), Block::List(Listing::Bulleted, items)])
            .collect()
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

/// Where a clause stands: « B.1, al. 2 ; texte.txt, ligne 41 ».
pub(super) fn place_words(program: &Program, clause: &Clause) -> String {
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
        if answers(outcome).is_empty() {
            blocks.extend(words.no_element(rule));
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
        let mut said = Text::new().with(mark.tone(), said);
        if let Some(lacking) = words.lacking(answer) {
            said.push(Tone::Plain, format!(" ; {lacking}"));
        }
        let row = vec![Text::from(capital(&rule.label)), said, Text::from(ids.join(", "))];
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
        blocks.extend(words.no_element(described));
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
    blocks.extend(words.notices());
    blocks.extend(words.anomalies());
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
    /// The instances meant: that of the key asked for, else all.
    pub(super) fn instances(&self, words: Words<'_>, rule: &Rule, outcome: &Outcome) -> Vec<Answer> {
        let meant = |answer: &&Answer| self.instance.as_ref().is_none_or(|key| words.is_called(rule, answer, key));
        outcome.instances.iter().filter(meant).cloned().collect()
    }

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
            blocks.push(Block::Paragraph(Text::from(if found.partial {
                "Aucun changement d'un seul fait cité par la justification ne donne à coup sûr une autre réponse. Les changements de deux faits ensemble sont trop nombreux : tous n'ont pas été essayés."
            } else {
                "Aucun changement d'un seul fait cité par la justification, ni de deux ensemble, ne donne à coup sûr une autre réponse."
            })));
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
        if found.partial {
            blocks
                .push(Block::Paragraph(Text::new().muted("Il peut y en avoir d'autres : tous n'ont pas été essayés.")));
        }
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
        let to: Vec<String> = change
            .to
            .iter()
            .map(|known| format!("{article}{}", self.valued(known, (ty, unit), "rien au dossier")))
            .collect();
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
