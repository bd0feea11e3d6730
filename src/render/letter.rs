//! What the person is told of their dossier, as a page to print: what is missing and by when, or why the answer is no.

use super::decision::quotations;
use super::page::{Block, Listing, Page, Text};
use super::typography;
use super::values::capital;
use super::words::Words;
use crate::dossier::Dossier;
use crate::explain::{Answer, AnswerStatus, Detail, Justification};
use crate::program::{Rule, RuleId};
use crate::ruleset::{Decision, Ruleset};
use crate::value::Day;

/// What a letter is about.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// What names the dossier.
    pub key: &'a str,
    /// The last day for what is missing to arrive.
    pub before: Day,
    /// The outcomes it speaks of.
    pub asked: &'a [RuleId],
}

/// The letter on a dossier; none where every answer asked for is a yes or without object, or waits for no fact.
///
/// An incomplete request is answered by what is missing and a time limit (Code des relations entre le public et
/// l'administration, L. 114-5); an unfavourable answer by its grounds in law and in fact (L. 211-5).
pub fn letter(ruleset: &Ruleset, dossier: &Dossier, decision: &Decision, letter: Letter<'_>) -> Option<Page> {
    let words = Words::new(ruleset, dossier, decision);
    let program = ruleset.program();
    let mut blocks = Vec::new();
    let mut justifications = Vec::new();
    for outcome in decision.outcomes.iter().filter(|outcome| letter.asked.contains(&outcome.rule)) {
        let (Some(rule), Some(answer)) = (program.rule(outcome.rule), &outcome.answer) else { continue };
        if answer.known.is_no() {
            let justification = ruleset.justify(decision, answer.target, Detail::Minimal);
            blocks.extend(finding(words, (rule, answer), &justification));
            justifications.push(justification);
        } else if answer.status == AnswerStatus::Unknown && !answer.missing.is_empty() {
            blocks.extend(incomplete(words, (rule, answer), letter.before));
        }
    }
    if blocks.is_empty() {
        return None;
    }
    let mut whole = vec![Block::Paragraph(Text::from("Dossier : ").strong(letter.key))];
    whole.extend(blocks);
    whole.extend(quotations(program, &justifications));
    Some(typography::page(Page { title: program.title.clone(), blocks: whole }))
}

fn finding(words: Words<'_>, (rule, answer): (&Rule, &Answer), justification: &Justification) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(1, Text::from(format!("{} : non", capital(&rule.label))))];
    if let Some(told) = words.told(rule, answer, justification) {
        blocks.push(Block::Paragraph(Text::new().strong(told)));
    }
    blocks.push(Block::Paragraph(Text::from(
        "Voici les motifs de cette conclusion, en droit et en fait ; les passages cités sont reproduits plus bas.",
    )));
    blocks.push(Block::Tree(vec![words.branch(justification, Detail::Minimal)]));
    blocks
}

fn incomplete(words: Words<'_>, (rule, answer): (&Rule, &Answer), before: Day) -> Vec<Block> {
    let (mut asked, mut judged) = (Vec::new(), Vec::new());
    for missing in answer.missing.iter().map(|unknown| words.missing(*unknown)) {
        let item = vec![Block::Paragraph(Text::from(missing.words()))];
        if missing.assessed { judged.push(item) } else { asked.push(item) }
    }
    let mut blocks = vec![Block::Heading(1, Text::from(format!("{} : dossier incomplet", capital(&rule.label))))];
    if !asked.is_empty() {
        blocks.push(Block::Paragraph(Text::from(
            "Il manque au dossier ce qui suit, sans quoi il ne peut pas être conclu :",
        )));
        blocks.push(Block::List(Listing::Bulleted, asked));
        blocks.push(Block::Paragraph(
            Text::from("Ces pièces et informations sont attendues au plus tard le ")
                .strong(before.french())
                .plain(" (code des relations entre le public et l'administration, article L. 114-5)."),
        ));
    }
    if !judged.is_empty() {
        blocks.push(Block::Paragraph(Text::from("Reste à apprécier, sans que rien ne soit demandé à l'intéressé :")));
        blocks.push(Block::List(Listing::Bulleted, judged));
    }
    blocks
}
