//! How long an editor waits on a ruleset of five thousand lines, in one file: each question right after a keystroke, so that
//! nothing is ready for it; and how long until the messages of a change are there.
//!
//! `cargo bench --bench lsp`, or with a number of rounds: `cargo bench --bench lsp -- 200`. Times are those the editor
//! sees, the writing and reading of messages included.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    dead_code,
    reason = "a bench measures and prints"
)]

#[path = "../../tests/suite/editor/client.rs"]
mod client;

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use client::Editor;
use serde_json::json;

/// Rules of one kind after another, fourteen lines each with their clauses, fact and example.
fn ruleset(lines: usize) -> (String, String) {
    let mut rules = String::from("règlement « Prêts »\n  texte \"texte.txt\"\n\n");
    let mut text = String::new();
    let mut rank = 0;
    while rules.matches('\n').count() < lines {
        rank += 1;
        writeln!(text, "Le prêt {rank} dure {rank} jours. Le thésard {rank} garde l'ouvrage {} jours.", rank + 7)
            .unwrap();
        write!(
            rules,
            "clause P-{rank} « Le prêt {rank} dure {rank} jours. »  au « art. {rank} »\n\
             clause T-{rank} « Le thésard {rank} garde l'ouvrage {} jours. »\n\
             fait thésard_{rank} : oui/non « le lecteur {rank} est thésard » par « la bibliothèque »\n\
             fait jours_{rank}   : entier de 0 à 999 « jours écoulés depuis le prêt {rank} »\n\n\
             valeur durée_{rank} : durée en jours « durée du prêt {rank} »\n  vaut {rank} jours  selon P-{rank}\n  \
             sauf thésards  selon T-{rank}\n    si thésard_{rank}\n    alors {} jours\n\n\
             obligation retour_{rank} « l'ouvrage {rank} est rendu » selon P-{rank}\n  \
             exige jours_{rank} * 1 jour ≤ durée_{rank}\n\n\
             exemple « prêt {rank} » avec thésard_{rank} = non, jours_{rank} = 1 attend durée_{rank} = {rank} jours\n\n",
            rank + 7,
            rank + 7
        )
        .unwrap();
    }
    (rules, text)
}

/// Waits until the last version of the buffer has been spoken of once.
fn first_messages(editor: &mut Editor) {
    let uri = editor.uri(&editor.current);
    let version = editor.buffer().version;
    while editor.published.get(&uri).is_none_or(|(told, _)| *told != Some(version)) {
        let message = editor.connection.receiver.recv_timeout(client::PATIENCE).expect("the server goes on");
        editor.hear(message);
    }
}

fn at(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() - 1) * percent / 100]
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |time: Duration| format!("{}.{:02}", time.as_micros() / 1000, time.as_micros() % 1000 / 10);
    let (half, most, all) = (ms(at(&times, 50)), ms(at(&times, 95)), ms(at(&times, 100)));
    println!("{what:<28} p50 {half:>8} ms   p95 {most:>8} ms   max {all:>8} ms");
}

fn main() {
    let rounds = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(100);
    let (rules, text) = ruleset(5_000);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lsp-bench");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("prets.reglo"), &rules).unwrap();
    std::fs::write(folder.join("texte.txt"), text).unwrap();
    println!("{} lines, {} kB, {rounds} rounds", rules.lines().count(), rules.len() / 1000);
    let mut editor = Editor::start(&folder, true);
    let start = Instant::now();
    editor.open("prets.reglo");
    editor.settle();
    println!("everything said after opening: {} ms", start.elapsed().as_millis());
    let places: Vec<usize> = rules.match_indices("  exige jours_").map(|(at, _)| at + 12).collect();
    let question = |editor: &mut Editor, method: &str, round: usize| {
        let place = places[round * 37 % places.len()];
        // A letter and back: the text is the same again, and nothing known of it is current.
        editor.edit(place..place, "x");
        editor.edit(place..place + 1, "");
        editor.put(place);
        let mut params = editor.here();
        let line = params["position"]["line"].as_u64().unwrap();
        params["range"] = json!({ "start": { "line": line.saturating_sub(30), "character": 0 }, "end": { "line": line + 30, "character": 0 } });
        params["context"] =
            json!({ "includeDeclaration": true, "diagnostics": [], "triggerKind": 1, "isRetrigger": false });
        params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        let start = Instant::now();
        editor.ask(&format!("textDocument/{method}"), params).unwrap();
        start.elapsed()
    };
    for method in [
        "completion",
        "hover",
        "signatureHelp",
        "definition",
        "references",
        "documentHighlight",
        "documentSymbol",
        "foldingRange",
        "semanticTokens/full",
        "inlayHint",
        "codeLens",
        "codeAction",
        "formatting",
    ] {
        let times = (0..rounds).map(|round| question(&mut editor, method, round)).collect();
        told(method, times);
    }
    let times = (0..rounds.min(20)).map(|round| {
        let place = places[round * 37 % places.len()];
        editor.edit(place..place, " ");
        let start = Instant::now();
        first_messages(&mut editor);
        start.elapsed()
    });
    told("a change to its messages", times.collect());
    editor.leave();
}
