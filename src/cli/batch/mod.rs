//! `batch`: many dossiers, from a file to a file.

mod input;
mod sort;
mod join;
mod parts;
mod plan;
mod progress;
mod work;
mod summary;

use super::args::Common;
use super::batch_args::Batch;
use super::failure::{Failure, Status};
use super::files;
use super::terminal::Terminal;
use crate::batch::{InColumns, wanted};

pub(super) fn run(batch: &Batch, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let clock = progress::Clock::start();
    let ruleset = files::ruleset(&batch.ruleset, common)?;
    let program = ruleset.program();
    let named =
        batch.outcomes.iter().map(|name| super::outcome::named(program, name)).collect::<Result<Vec<_>, _>>()?;
    if let Some(name) =
        named.iter().zip(&batch.outcomes).find(|(id, _)| program.rule(**id).is_none_or(|rule| rule.result.is_none()))
    {
        return Err(Failure::unusable(format!(
            "«\u{a0}{}\u{a0}» a une réponse par élément et non par dossier\u{a0}: elle n’a pas de colonne ici.",
            name.1
        )));
    }
    let wanted = wanted(program, &named);
    let mut plan = plan::Plan::new(batch, common, &ruleset)?;
    if !common.quiet {
        summary::announce(&plan, program, terminal);
    }
    let decider = InColumns::new(&ruleset, &wanted);
    let tally =
        work::run(&mut plan, &work::Deciding { ruleset: &ruleset, decider: &decider, wanted: &wanted }, terminal)?;
    let done = summary::Done { ruleset: &ruleset, wanted: &wanted, tally: &tally, took: clock.milliseconds() };
    if let Some(path) = &batch.summary {
        super::output::replace(path, summary::json(&plan, &done).as_bytes())
            .map_err(|error| Failure::file("impossible d’écrire", path, &error))?;
    }
    if !common.quiet {
        summary::tell(&plan, &done, terminal);
    }
    Ok(if tally.is_settled(&wanted) { Status::Done } else { Status::Open })
}
