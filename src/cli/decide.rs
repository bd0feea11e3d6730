//! `decide`: what a ruleset answers on dossiers, and why.

use super::args::{Common, Decide, Format};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, outcome, output, report};
use crate::dossier::{Datum, Dossier};
use crate::explain::AnswerStatus;
use crate::program::{Program, RuleId, RuleKind};
use crate::render::{self, Block, Page};
use crate::ruleset::{Decision, Ruleset};

pub(super) fn run(decide: &Decide, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = files::ruleset(&decide.ruleset, common)?;
    let wanted =
        decide.outcomes.iter().map(|name| outcome::named(ruleset.program(), name)).collect::<Result<Vec<_>, _>>()?;
    let dossiers = files::dossiers(&ruleset, &decide.dossiers, common)?;
    let decided: Vec<(&Dossier, Decision)> = dossiers
        .iter()
        .map(|dossier| (dossier, ruleset.decide_some(dossier, |id| wanted.is_empty() || wanted.contains(&id))))
        .collect();
    let text = match common.format {
        Format::Json => json(&ruleset, &decided, &wanted),
        Format::Text | Format::Markdown | Format::Html => {
            let pages =
                decided.iter().map(|(dossier, decision)| render::decision(&ruleset, dossier, decision, &wanted));
            report::formatted(&joined(ruleset.program().title.as_str(), pages.collect()), common.format, terminal)
        }
    };
    output::write(&text, common, terminal)?;
    let settled = decided.iter().all(|(_, decision)| is_settled(ruleset.program(), decision, &wanted));
    Ok(if settled { Status::Done } else { Status::Open })
}

/// Whether what was asked for has its answer, for the dossier and for each of its elements. Where nothing
/// was named, the decisions are asked for: the rest only leads to them.
fn is_settled(program: &Program, decision: &Decision, wanted: &[RuleId]) -> bool {
    let decides = |id: RuleId| program.rule(id).is_some_and(|rule| matches!(rule.kind, RuleKind::Decision));
    let none = !decision.outcomes.iter().any(|outcome| decides(outcome.rule));
    let asked = decision.outcomes.iter().filter(|outcome| {
        if wanted.is_empty() { none || decides(outcome.rule) } else { wanted.contains(&outcome.rule) }
    });
    asked.flat_map(|outcome| outcome.answer.iter().chain(&outcome.instances)).all(|answer| match answer.status {
        AnswerStatus::Known | AnswerStatus::NotApplicable => true,
        AnswerStatus::Unknown | AnswerStatus::Conflict | AnswerStatus::Gap | AnswerStatus::Fault(_) => false,
    })
}

/// One decision as an object, several as a list.
fn json(ruleset: &Ruleset, decided: &[(&Dossier, Decision)], wanted: &[RuleId]) -> String {
    let mut all: Vec<Datum> =
        decided.iter().map(|(dossier, decision)| render::decision_json(ruleset, dossier, decision, wanted)).collect();
    let datum = if all.len() == 1 { all.pop().unwrap_or(Datum::Null) } else { Datum::list(all) };
    let mut text = datum.to_json_pretty();
    text.push('\n');
    text
}

/// One page of all: each page but a lone one becomes a part under its title.
fn joined(title: &str, mut pages: Vec<Page>) -> Page {
    if pages.len() == 1 {
        return pages.pop().unwrap_or_default();
    }
    let mut blocks = Vec::new();
    for page in pages {
        if !blocks.is_empty() {
            blocks.push(Block::Rule);
        }
        blocks.push(Block::Heading(1, page.title.into()));
        blocks.extend(page.blocks.into_iter().map(lowered));
    }
    Page { title: title.to_owned(), blocks }
}

fn lowered(block: Block) -> Block {
    if let Block::Heading(level, text) = block { Block::Heading(level.saturating_add(1), text) } else { block }
}
