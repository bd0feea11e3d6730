//! What is said before and after the work.

use super::plan::Plan;
use super::progress::per_second;
use crate::batch::Tally;
use crate::cli::terminal::Terminal;
use crate::dossier::Datum;
use crate::dossier::layout::perhaps;
use crate::program::{Program, fold};
use crate::render::Wanted;
use crate::ruleset::Ruleset;
use crate::value::Number;

/// At most so many missing facts are named at the end.
const NAMED: usize = 5;

/// What came of the work.
pub(super) struct Done<'a> {
    pub(super) ruleset: &'a Ruleset,
    pub(super) wanted: &'a [Wanted],
    pub(super) tally: &'a Tally,
    /// In milliseconds.
    pub(super) took: u64,
}

/// Says what of the files will not be used, and which facts nothing gives.
pub(super) fn announce(plan: &Plan, program: &Program, terminal: &Terminal) {
    let tables = plan.joined.tables.iter().map(|table| (&table.name, &table.layout));
    for (name, layout) in plan.main.layout.iter().map(|layout| (&plan.main.name, layout)).chain(tables) {
        let unknown: Vec<String> =
            layout.unknown.iter().filter(|unplaced| !unplaced.name.is_empty()).map(perhaps).collect();
        if !unknown.is_empty() {
            terminal.inform(&format!(
                "{name}\u{a0}: colonnes ignorées, le règlement ne les connaît pas\u{a0}: {}.",
                unknown.join(", ")
            ));
        }
    }
    let unknown = &plan.survey.unknown;
    if !unknown.is_empty() {
        let name = &plan.main.name;
        let unknown = unknown.join(", ");
        terminal.inform(&format!("{name}\u{a0}: noms ignorés, le règlement ne les connaît pas\u{a0}: {unknown}."));
    }
    if !plan.survey.unmapped.is_empty() {
        terminal.inform(&format!(
            "{}\u{a0}: noms de la correspondance que les premières lignes n’ont pas\u{a0}: {}.",
            plan.main.name,
            plan.survey.unmapped.join(", ")
        ));
    }
    let mut given: Vec<String> = plan.joined.tables.iter().map(|table| table.path.join(".")).collect();
    if let Some(Datum::Record(members)) = plan.common.as_ref().map(|common| &common.datum) {
        given.extend(members.iter().map(|(name, _)| name.clone()));
    }
    let is_given = |path: &String| given.iter().any(|given| fold(given) == fold(path));
    let mut missing =
        plan.main.layout.as_ref().map_or_else(|| plan.survey.missing.clone(), |layout| layout.missing(program));
    missing.retain(|path| !is_given(path));
    if !missing.is_empty() {
        terminal.inform(&format!(
            "Faits que rien ne donne, inconnus pour tous les dossiers\u{a0}: {}.",
            missing.join(", ")
        ));
    }
}

/// Says what came of it, on standard error.
pub(super) fn tell(plan: &Plan, done: &Done<'_>, terminal: &Terminal) {
    let Tally { rows, broken, outcomes, missing, .. } = done.tally;
    let program = done.ruleset.program();
    terminal.inform(&format!("{} décidés.", counted(*rows, "dossier", "dossiers")));
    for (counts, wanted) in outcomes.iter().zip(done.wanted).filter(|(_, wanted)| wanted.reasons) {
        let label = program.rule(wanted.rule).map(|rule| rule.label.as_str()).unwrap_or_default();
        let parts = counts.parts().into_iter().filter(|(_, count)| *count > 0);
        let parts: Vec<String> =
            parts.map(|(name, count)| format!("{} {}", french(count), word(name, count))).collect();
        terminal.inform(&format!("{label}\u{a0}: {}.", parts.join(", ")));
    }
    let mut most: Vec<(&String, &u64)> = missing.iter().collect();
    most.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    if !most.is_empty() {
        let more = if most.len() > NAMED { ", …" } else { "" };
        let named: Vec<String> =
            most.iter().take(NAMED).map(|(fact, count)| format!("{fact} ({})", french(**count))).collect();
        terminal.inform(&format!("Il manque\u{a0}: {}{more}.", named.join(", ")));
    }
    let rejected = done.tally.rejected();
    if rejected + broken > 0 {
        let place = plan.targets.rejects.as_ref().map(|path| format!(" (voir {})", path.display())).unwrap_or_default();
        terminal.inform(&format!(
            "{}, {}{place}.",
            counted(*broken, "ligne illisible", "lignes illisibles"),
            counted(rejected, "donnée à revoir", "données à revoir")
        ));
    }
    let undeclared: Vec<&str> = done.tally.undeclared.keys().map(String::as_str).collect();
    if !undeclared.is_empty() {
        terminal.inform(&format!("Noms que le règlement ne connaît pas, ignorés\u{a0}: {}.", undeclared.join(", ")));
    }
    let rate = per_second(*rows, done.took);
    terminal.inform(&format!(
        "Durée\u{a0}: {} s\u{202f}; {} dossiers par seconde.",
        seconds(done.took).replace('.', ","),
        french(rate)
    ));
}

/// `reglo/batch-summary/1`
pub(super) fn json(plan: &Plan, done: &Done<'_>) -> String {
    let text = |words: &str| Datum::text(words);
    let path = |path: &Option<std::path::PathBuf>| {
        path.as_ref().map_or(Datum::Null, |path| Datum::text(path.display().to_string()))
    };
    let mut fields = vec![
        ("schema", text("reglo/batch-summary/1")),
        ("engine", text(env!("CARGO_PKG_VERSION"))),
        ("ruleset", Datum::record([("id", text(done.ruleset.id())), ("sha256", text(done.ruleset.sha256()))])),
        ("input", text(&plan.main.name)),
        ("output", path(&plan.targets.answers)),
        ("rejects_file", path(&plan.targets.rejects)),
    ];
    fields.extend(done.tally.json(done.ruleset.program(), done.wanted));
    fields.push(("seconds", Datum::Number(seconds(done.took))));
    fields.push(("rows_per_second", Datum::Number(per_second(done.tally.rows, done.took).to_string())));
    format!("{}\n", Datum::record(fields).to_json_pretty())
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", french(count), if count > 1 { many } else { one })
}

fn french(count: u64) -> String {
    let number = i64::try_from(count).ok().and_then(Number::from_integer);
    number.map_or_else(|| count.to_string(), Number::french)
}

fn word(name: &str, count: u64) -> &'static str {
    let (one, many) = match name {
        "yes" => ("oui", "oui"),
        "no" => ("non", "non"),
        "value" => ("connu", "connus"),
        "not_applicable" => ("sans objet", "sans objet"),
        "unknown" => ("indéterminé", "indéterminés"),
        "conflict" => ("en conflit", "en conflit"),
        "gap" => ("silence du texte", "silences du texte"),
        _ => ("calcul impossible", "calculs impossibles"),
    };
    if count > 1 { many } else { one }
}
