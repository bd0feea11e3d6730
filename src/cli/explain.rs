//! `explain`: why one answer is what it is.

use super::args::{Common, Explain, Format};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, outcome, output, report};
use crate::explain::Detail;
use crate::render;

pub(super) fn run(explain: &Explain, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = files::ruleset(&explain.ruleset, common)?;
    let rule = outcome::named(ruleset.program(), &explain.outcome)?;
    let dossier = files::dossier(&ruleset, &explain.dossier, common)?;
    let decision = ruleset.decide(&dossier);
    let detail = if explain.full { Detail::Full } else { Detail::Minimal };
    let text = match common.format {
        Format::Json => {
            let datum = render::explanation_json(&ruleset, &dossier, &decision, rule, (detail, explain.why_not));
            datum.to_json_pretty() + "\n"
        }
        Format::Text | Format::Markdown | Format::Html => {
            let page = if explain.why_not {
                render::why_not_page(&ruleset, &dossier, &decision, rule)
            } else {
                render::explanation(&ruleset, &dossier, &decision, rule, detail)
            };
            report::formatted(&page, common.format, terminal)
        }
    };
    output::write(&text, common, terminal)?;
    Ok(Status::Done)
}
