//! `test --boundaries`: examples on both sides of every threshold, as a file of `exemple`s to review and keep.

use std::mem::ManuallyDrop;

use super::args::{Common, Format, Test};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, output};
use crate::dossier::Datum;
use crate::proof::{Boundary, boundaries};
use crate::ruleset::Ruleset;

pub(super) fn run(test: &Test, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let mut all = Vec::new();
    for path in &test.rulesets {
        let ruleset = ManuallyDrop::into_inner(files::ruleset(path, common)?);
        let found = boundaries(ruleset.program());
        all.push((ruleset, found));
    }
    let text = match common.format {
        Format::Json => json(&all),
        Format::Text | Format::Markdown | Format::Html => text(&all),
    };
    output::write(&text, common, terminal)?;
    Ok(Status::Done)
}

/// A ruleset file: comments say where each threshold is written.
fn text(all: &[(Ruleset, Vec<Boundary>)]) -> String {
    let mut out = String::new();
    for (ruleset, found) in all {
        out.push_str(&format!(
            "# Seuils de «\u{a0}{}\u{a0}»\u{a0}: relisez chaque réponse, gardez les exemples justes.\n",
            ruleset.program().title
        ));
        let mut written: Vec<&String> = Vec::new();
        for boundary in found {
            let source = ruleset.analysis().sources.get(boundary.span.source);
            let line = source.map(|source| (source.name.as_str(), source.position(boundary.span.start).0));
            let (name, line) = line.unwrap_or(("", 0));
            out.push_str(&format!("\n# {} ({name}, ligne {line})\n", boundary.rule));
            for example in boundary.examples.iter().flatten() {
                if !written.contains(&example) {
                    out.push_str(&format!("\n{example}\n"));
                    written.push(example);
                }
            }
        }
    }
    out
}

fn json(all: &[(Ruleset, Vec<Boundary>)]) -> String {
    let reports = all.iter().map(|(ruleset, found)| {
        let found = found.iter().map(|boundary| {
            let examples = boundary
                .examples
                .iter()
                .map(|example| example.as_ref().map_or(Datum::Null, |example| Datum::text(example.as_str())));
            Datum::record([
                ("rule", Datum::text(boundary.rule.as_str())),
                ("examples", Datum::list(examples.collect::<Vec<_>>())),
            ])
        });
        Datum::record([("ruleset", Datum::text(ruleset.id())), ("boundaries", Datum::list(found.collect::<Vec<_>>()))])
    });
    let report = Datum::record([
        ("schema", Datum::text("reglo/boundaries/1")),
        ("rulesets", Datum::list(reports.collect::<Vec<_>>())),
    ]);
    format!("{}\n", report.to_json_pretty())
}
