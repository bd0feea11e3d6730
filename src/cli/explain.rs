//! `explain`: why one answer is what it is.

use super::args::{Common, Explain, Format};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, outcome, output, report};
use crate::explain::Detail;
use crate::render;

pub(super) fn run(explain: &Explain, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = files::ruleset(&explain.ruleset, common)?;
    let asked = outcome::asked(ruleset.program(), &explain.outcome)?;
    let dossier = files::dossier(&ruleset, &explain.dossier, common)?;
    let decision = ruleset.decide_some(&dossier, |id| id == asked.rule);
    if let Some(key) = asked.instance.as_ref().filter(|_| !render::has_instance(&ruleset, &dossier, &decision, &asked))
    {
        return Err(Failure::unusable(format!(
            "«\u{a0}{}\u{a0}» n’a pas d’élément «\u{a0}{key}\u{a0}» dans ce dossier.",
            explain.outcome
        )));
    }
    let detail = if explain.full { Detail::Full } else { Detail::Minimal };
    let text = match common.format {
        Format::Json => {
            let datum = render::explanation_json(&ruleset, &dossier, &decision, &asked, (detail, explain.why_not));
            datum.to_json_pretty() + "\n"
        }
        Format::Text | Format::Markdown | Format::Html => {
            let page = if explain.why_not {
                render::why_not_page(&ruleset, &dossier, &decision, &asked)
            } else {
                render::explanation(&ruleset, &dossier, &decision, &asked, detail)
            };
            report::formatted(&page, common.format, terminal)
        }
    };
    output::write(&text, common, terminal)?;
    Ok(Status::Done)
}
