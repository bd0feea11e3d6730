//! `schema`: what a dossier of a ruleset holds.

use super::args::{Common, Schema};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, output};
use crate::dossier::{json_schema, mapping, template};

pub(super) fn run(schema: &Schema, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let ruleset = files::ruleset(&schema.ruleset, common)?;
    let program = ruleset.program();
    let datum = match (schema.template, schema.map) {
        (true, _) => template(program),
        (_, true) => mapping::template(program),
        (false, false) => json_schema(program),
    };
    let mut text = datum.to_json_pretty();
    text.push('\n');
    output::write(&text, common, terminal)?;
    Ok(Status::Done)
}
