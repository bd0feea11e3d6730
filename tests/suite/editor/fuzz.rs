//! An author who types, deletes, undoes and asks anything anywhere: the server goes on, and knows after any number of changes
//! what it would know had it just opened the file.
//!
//! A short run is part of the tests; `just lsp-fuzz 60` goes on for an hour.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::Editor;
use crate::blocks::{blocks, folder};
use crate::generate::Draw;

/// What is typed, besides letters: the words and signs that change how everything after them reads.
const PIECES: [&str; 44] = [
    "\n",
    "\n\n",
    " ",
    "«",
    "»",
    "« ",
    " »",
    "\"",
    "#",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    "=",
    "≤",
    "é",
    "🦀",
    "e\u{301}",
    "\u{a0}",
    "\r\n",
    "\t",
    "selon ",
    "sauf ",
    "fait ",
    "\nfait x : date",
    "\nvaleur ",
    "\nclause Z « ",
    "type t est ",
    "exige ",
    " et ",
    " ou ",
    "il existe s parmi ",
    "14 semaines",
    "2026-04-10",
    "prime sur ",
    "attend ",
    "avec ",
    "durée(",
    "règlement ",
];

const QUESTIONS: [&str; 15] = [
    "hover",
    "completion",
    "definition",
    "references",
    "documentHighlight",
    "documentSymbol",
    "foldingRange",
    "signatureHelp",
    "semanticTokens/full",
    "inlayHint",
    "codeLens",
    "codeAction",
    "formatting",
    "prepareRename",
    "rename",
];

/// A place of the text, between two characters.
fn boundary(draw: &mut Draw, text: &str) -> usize {
    let mut at = draw.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    // The editor never stands within a line break.
    if text[..at].ends_with('\r') && text[at..].starts_with('\n') { at - 1 } else { at }
}

/// Asks one question; the answer must come, whatever it is.
fn ask(editor: &mut Editor, draw: &mut Draw, question: &str) -> Value {
    let at = boundary(draw, &editor.buffer().text.clone());
    editor.put(at);
    let mut params = editor.here();
    let end = editor.position(editor.buffer().text.len());
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": end });
    params["context"] =
        json!({ "includeDeclaration": true, "diagnostics": [], "triggerKind": 1, "isRetrigger": false });
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    params["newName"] = json!(*draw.pick(&["nouveau", "selon", "a b", "", "é1"]));
    match editor.ask(&format!("textDocument/{question}"), params) {
        Ok(answer) => answer,
        // Only a name may be refused.
        Err(why) if question == "rename" => Value::String(why),
        Err(why) => panic!("{question}: {why}"),
    }
}

/// One change: something typed, deleted, or undone.
fn change(editor: &mut Editor, draw: &mut Draw, undo: &mut Vec<(usize, String, String)>) {
    let text = editor.buffer().text.clone();
    match draw.below(10) {
        0..=5 => {
            let at = boundary(draw, &text);
            let piece = (*draw.pick(&PIECES)).to_owned();
            editor.edit(at..at, &piece);
            undo.push((at, String::new(), piece));
        }
        6..=7 => {
            let (one, other) = (boundary(draw, &text), boundary(draw, &text));
            let far = one.abs_diff(other) > 60;
            let start = one.min(other);
            let end = if far { boundary_near(&text, start + 12) } else { one.max(other) };
            editor.edit(start..end, "");
            undo.push((start, text[start..end].to_owned(), String::new()));
        }
        _ => {
            if let Some((at, before, after)) = undo.pop() {
                editor.edit(at..at + after.len(), &before);
            }
        }
    }
}

fn boundary_near(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) || text[..at].ends_with('\r') && text[at..].starts_with('\n') {
        at -= 1;
    }
    at
}

/// What a server says of the whole of a file.
fn told(editor: &mut Editor) -> Vec<Value> {
    let params = editor.document();
    ["documentSymbol", "foldingRange", "semanticTokens/full"]
        .iter()
        .map(|question| editor.ask(&format!("textDocument/{question}"), params.clone()).unwrap())
        .collect()
}

/// Files to work on: those of the first literate session.
fn files(folder: &Path) {
    let document = include_str!("../../editor/reponses.md");
    for block in blocks(document) {
        if let Some(file) = block.file() {
            std::fs::write(folder.join(file), &block.body).unwrap();
        }
    }
}

/// Works for so many steps, starting anew every few hundred; how many changes and questions that made.
fn work(seed: u64, steps: usize) -> (usize, usize) {
    let folder = folder(&format!("editor-fuzz-{seed}"));
    files(&folder);
    let mut draw = Draw::new(seed);
    let mut editor = Editor::start(&folder, draw.chance(50));
    for file in ["10-regles.reglo", "00-clauses.reglo", "texte.txt"] {
        editor.open(file);
    }
    let (mut changes, mut questions) = (0, 0);
    let mut undo: Vec<(usize, String, String)> = Vec::new();
    let mut file = "10-regles.reglo";
    editor.go_to(file);
    for step in 0..steps {
        if draw.chance(4) {
            file = *draw.pick(&["10-regles.reglo", "10-regles.reglo", "00-clauses.reglo", "texte.txt"]);
            editor.go_to(file);
            undo.clear();
        }
        change(&mut editor, &mut draw, &mut undo);
        changes += 1;
        if draw.chance(50) && file != "texte.txt" {
            let question = *draw.pick(&QUESTIONS);
            ask(&mut editor, &mut draw, question);
            questions += 1;
        }
        if step % 100 == 99 && file != "texte.txt" {
            let now = told(&mut editor);
            let text = editor.buffer().text.clone();
            let afresh = Editor::start(&folder, !editor.wide);
            let mut afresh = afresh;
            for (name, buffer) in editor.buffers.clone() {
                std::fs::write(folder.join(&name), &buffer.text).unwrap();
            }
            for name in ["10-regles.reglo", "00-clauses.reglo", "texte.txt"] {
                afresh.open(name);
            }
            afresh.go_to(file);
            assert_eq!(now, told(&mut afresh), "seed {seed}, step {step}\n{text}");
            afresh.leave();
            editor.settle();
        }
    }
    editor.leave();
    (changes, questions)
}

#[test]
fn an_author_who_types_anything_is_answered() {
    let minutes: Option<u64> = std::env::var("REGLO_LSP_MINUTES").ok().and_then(|minutes| minutes.parse().ok());
    let seed: u64 = std::env::var("REGLO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let Some(minutes) = minutes else {
        work(seed, 200);
        return;
    };
    let start = Instant::now();
    let (mut runs, mut changes, mut questions) = (0, 0, 0);
    while start.elapsed() < Duration::from_secs(60 * minutes) {
        let (more_changes, more_questions) = work(seed + runs, 600);
        runs += 1;
        changes += more_changes;
        questions += more_questions;
    }
    println!("{runs} sessions from seed {seed} in {minutes} min: {changes} changes, {questions} questions, no crash");
}

/// Headers that are typed or deleted say anew which files make a ruleset together.
#[test]
fn rulesets_part_and_join_as_headers_are_typed() {
    let folder = folder("editor-headers");
    std::fs::write(folder.join("a.reglo"), "règlement « a »\nfait x : date\n").unwrap();
    std::fs::write(folder.join("b.reglo"), "fait x : date\n").unwrap();
    let mut editor = Editor::start(&folder, false);
    editor.open("a.reglo");
    editor.open("b.reglo");
    editor.go_to("b.reglo");
    let symbols = |editor: &mut Editor| {
        let params = editor.document();
        editor.ask("textDocument/documentSymbol", params).unwrap().as_array().unwrap().len()
    };
    assert_eq!(symbols(&mut editor), 0, "the name is declared in the other file");
    editor.edit(0..0, "règlement « b »\n");
    assert_eq!(symbols(&mut editor), 1, "the file is now a ruleset of its own");
    editor.edit(0.."règlement « b »\n".len(), "");
    assert_eq!(symbols(&mut editor), 0, "and again part of the other");
    editor.settle();
    editor.leave();
}
