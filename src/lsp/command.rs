//! What an author runs from the text: an example, or all that expect an answer of a rule.

use lsp_types::{Position, Uri};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::snapshot::Snapshot;
use super::view::View;
use crate::check::described;
use crate::proof::{Failure, Proof, example};
use crate::render::{decision, markdown, typeset};
use crate::ruleset::Ruleset;
use crate::source::Span;
use crate::syntax::ast::{ExampleItem, Item};
use crate::value::french::things;

/// Decides the example at a place: `{ "uri", "position" }`.
pub(super) const RUN_EXAMPLE: &str = "reglo.decider";

/// Decides the examples that expect an answer of a rule: `{ "uri", "rule" }`.
pub(super) const RUN_EXAMPLES: &str = "reglo.exemples";

#[derive(Deserialize)]
struct Asked {
    uri: Uri,
    position: Option<Position>,
    rule: Option<String>,
}

/// What came of it, for the editor to show.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Ran {
    /// Whether every answer is the one expected.
    pub(super) ok: bool,
    /// One line.
    pub(super) summary: String,
    /// The answers, each explained.
    pub(super) markdown: String,
}

/// Runs a command.
///
/// # Errors
///
/// Why it cannot be run, in French.
pub(super) fn run(desk: &Desk, command: &str, arguments: Vec<serde_json::Value>) -> Result<Ran, String> {
    let asked = arguments.into_iter().next().and_then(|asked| serde_json::from_value::<Asked>(asked).ok());
    let asked = asked.ok_or("Cette commande part d'un exemple ou d'une règle.")?;
    let (book, file, document) = desk.file(&asked.uri).ok_or("Ce fichier n'appartient à aucun règlement ouvert.")?;
    let view = View { desk, book, file, document };
    let fresh;
    let snapshot = match book.current() {
        Some(snapshot) => snapshot.as_ref(),
        None => {
            fresh = Snapshot::of(book.now());
            &fresh
        }
    };
    let ruleset =
        snapshot.ruleset().ok_or("Le règlement a des erreurs : corrigez-les d'abord, puis décidez l'exemple.")?;
    let chosen: Vec<&ExampleItem> = match (command, asked.position, asked.rule) {
        (RUN_EXAMPLE, Some(position), _) => {
            let at = view.at(position);
            let holds = |whole: Span| whole.source == at.source && whole.start <= at.start && at.start <= whole.end;
            examples(ruleset).filter(|example| holds(example.span)).collect()
        }
        (RUN_EXAMPLES, _, Some(rule)) => {
            let speaks = |item: &&ExampleItem| item.expected.iter().any(|expected| expected.name.text == rule);
            examples(ruleset).filter(speaks).collect()
        }
        (..) => return Err(format!("La commande « {command} » n'existe pas.")),
    };
    if chosen.is_empty() {
        return Err("Il n'y a pas d'exemple ici.".to_owned());
    }
    Ok(ran(ruleset, &chosen))
}

fn examples(ruleset: &Ruleset) -> impl Iterator<Item = &ExampleItem> {
    let items = ruleset.analysis().files.iter().flat_map(|file| &file.items);
    items.filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None })
}

fn ran(ruleset: &Ruleset, chosen: &[&ExampleItem]) -> Ran {
    let proofs: Vec<Proof> = chosen.iter().map(|item| example(ruleset, item, None)).collect();
    let failing = proofs.iter().filter(|proof| !proof.failures.is_empty()).count();
    let mut told = String::new();
    for (item, proof) in chosen.iter().zip(&proofs) {
        let mark = if proof.failures.is_empty() { "✓" } else { "✗" };
        told.push_str(&format!("## {mark} {}\n\n", typeset(&item.title.text)));
        for Failure { question, expected, found, .. } in &proof.failures {
            let words = format!("{question} : l'exemple attend {expected} ; la règle donne {found}.");
            told.push_str(&format!("- {}\n", typeset(&words)));
        }
        if !proof.failures.is_empty() {
            told.push('\n');
        }
        // Explained in full where one example was asked for, or where it fails.
        if chosen.len() == 1 || !proof.failures.is_empty() {
            told.push_str(&explained(ruleset, item));
        }
    }
    let summary = match (proofs.as_slice(), failing) {
        ([only], 0) => format!("« {} » : tout concorde.", only.name),
        ([only], _) => {
            let (what, verb) = match only.failures.len() {
                1 => ("1 réponse attendue".to_owned(), "concorde"),
                many => (format!("{many} réponses attendues"), "concordent"),
            };
            format!("« {} » : {what} ne {verb} pas.", only.name)
        }
        (all, 0) => format!("{} : tout concorde.", things(all.len(), "exemple")),
        (all, 1) => format!("{} : 1 ne concorde pas.", things(all.len(), "exemple")),
        (all, failing) => format!("{} : {failing} ne concordent pas.", things(all.len(), "exemple")),
    };
    Ran { ok: failing == 0, summary: typeset(&summary), markdown: told }
}

/// The answers an example speaks of, with their reasons.
fn explained(ruleset: &Ruleset, item: &ExampleItem) -> String {
    let dossier = described(ruleset.program(), item);
    let names = item.expected.iter().map(|expected| expected.name.text.as_str());
    let wanted: Vec<_> = names.filter_map(|name| ruleset.program().rule_named(name)).collect();
    let decided = ruleset.decide_some(&dossier, |id| wanted.contains(&id));
    markdown(&decision(ruleset, &dossier, &decided, &wanted))
}
