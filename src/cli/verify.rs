//! `verify`: whether a decision follows from a ruleset, its texts and a dossier.

use std::fmt::Write;

use super::args::{Common, Format, Verify};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, output};
use crate::dossier::Datum;
use crate::verify::{Report, Sources, verify};

pub(super) fn run(asked: &Verify, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    if !matches!(common.format, Format::Text | Format::Json) {
        return Err(Failure::unusable("«\u{a0}verify\u{a0}» se dit en texte ou en JSON (--format text, json)."));
    }
    let ruleset = files::ruleset(&asked.ruleset, common)?;
    let texts = files::texts(&asked.ruleset, &ruleset, common)?;
    let decision = String::from_utf8(files::bytes(&asked.decision, common)?)
        .map_err(|_not_utf8| Failure::unusable("la décision n’est pas du texte en UTF-8."))?;
    let dossier = files::bytes(&asked.dossier, common)?;
    let analysis = ruleset.analysis();
    let sources = Sources {
        id: ruleset.id(),
        files: &analysis.files,
        rules: analysis.sources.iter().map(|(_, source)| source.text.as_str()).collect(),
        texts: texts.iter().map(|text| (text.name.as_str(), text.text.as_str())).collect(),
        dossier: &dossier,
    };
    let report = verify(&decision, &sources).map_err(Failure::unusable)?;
    let written = if common.format == Format::Json { json(&report) } else { told(&report) };
    output::write(&written, common, terminal)?;
    Ok(if report.refusals.is_empty() { Status::Done } else { Status::Wrong })
}

fn told(report: &Report) -> String {
    let mut text = String::new();
    // Writing into a string cannot fail.
    for refusal in &report.refusals {
        let _ = writeln!(text, "refusé\u{a0}: {}\u{a0}: {}", refusal.path, refusal.says);
    }
    for (path, what) in &report.unverified {
        let _ = writeln!(text, "non vérifié\u{a0}: {path}\u{a0}: {what}");
    }
    let (answers, steps, quotations) = report.verified;
    let verdict = if report.refusals.is_empty() { "La décision est vérifiée" } else { "La décision est refusée" };
    let _ = writeln!(
        text,
        "{verdict}\u{a0}: {answers} réponses, {steps} étapes et {quotations} citations vérifiées\u{202f}; \
         {} points non vérifiés.",
        report.unverified.len()
    );
    text
}

fn json(report: &Report) -> String {
    let point = |path: &str, says: &str| Datum::record([("path", Datum::text(path)), ("says", Datum::text(says))]);
    let count = |count: usize| Datum::Number(count.to_string());
    let (answers, steps, quotations) = report.verified;
    let datum = Datum::record([
        ("schema", Datum::text("reglo/verification/1")),
        ("verified", Datum::Truth(report.refusals.is_empty())),
        ("answers", count(answers)),
        ("steps", count(steps)),
        ("quotations", count(quotations)),
        ("refusals", Datum::list(report.refusals.iter().map(|refusal| point(&refusal.path, &refusal.says)))),
        ("unverified", Datum::list(report.unverified.iter().map(|(path, what)| point(path, what)))),
    ]);
    datum.to_json_pretty() + "\n"
}
