//! The editor extension knows the same words as the language, and its snippets read. The server also answers over standard input and
//! output, as editors start it.

use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use lsp_server::{Message, Notification, Request, RequestId};
use reglo::source::SourceId;
use reglo::syntax::{INNER_WORDS, item_words, parse};
use serde_json::{Value, json};

fn read(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode").join(file);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The alternatives of the group that begins with one of its words.
fn alternatives<'p>(pattern: &'p str, opening: &str) -> Vec<&'p str> {
    let start = pattern.find(opening).unwrap() + opening.len();
    pattern[start..].split(')').next().unwrap().split('|').collect()
}

#[test]
fn the_highlighting_knows_the_words_of_the_language() {
    let grammar = read("syntaxes/reglo.tmLanguage.json");
    let pattern = |name: &str| grammar["repository"][name]["match"].as_str().unwrap().to_owned();
    assert_eq!(alternatives(&pattern("item"), "^("), item_words().collect::<Vec<_>>());
    assert_eq!(alternatives(&pattern("word"), "(?:"), INNER_WORDS);
    let functions: Vec<String> = reglo::lower::FUNCTIONS.iter().map(|name| name.replace('\'', "['’]")).collect();
    assert_eq!(alternatives(&pattern("function"), "(?:"), functions);
}

#[test]
fn the_words_of_the_language_are_those_of_its_grammar() {
    let grammar = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar/reglo.pest")).unwrap();
    let code = grammar.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut literals: Vec<String> = Vec::new();
    for line in code {
        let parts: Vec<&str> = line.split('"').collect();
        literals.extend(parts.iter().skip(1).step_by(2).map(|literal| (*literal).to_owned()));
    }
    let is_word = |literal: &&String| literal.chars().all(char::is_alphabetic) && !literal.is_empty();
    // Endings of words, and what apostrophes leave of them.
    let rests = ["s", "e", "f", "ve", "d", "n", "qu", "jusqu"];
    let mut words: Vec<&str> = literals
        .iter()
        .filter(is_word)
        .map(String::as_str)
        .filter(|word| !rests.contains(word) && !item_words().any(|item| item == *word))
        .collect();
    words.sort_unstable();
    words.dedup();
    let mut known: Vec<&str> =
        INNER_WORDS.iter().copied().filter(|word| !item_words().any(|item| item == *word)).collect();
    known.sort_unstable();
    assert_eq!(known, words);
}

#[test]
fn the_snippets_read() {
    let snippets = read("snippets/reglo.json");
    for (title, snippet) in snippets.as_object().unwrap() {
        let lines = snippet["body"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        let mut text = lines.collect::<Vec<_>>().join("\n");
        while let Some(at) = text.find("${") {
            let end = text[at..].find('}').unwrap() + at;
            let held = text[at..end].split_once(':').unwrap().1.to_owned();
            text.replace_range(at..=end, &held);
        }
        let (_, diagnostics) = parse(SourceId(0), &text);
        assert!(diagnostics.is_empty(), "{title}\n{text}\n{diagnostics:?}");
    }
}

#[test]
fn the_server_speaks_over_standard_input_and_output() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_reglo"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = server.stdin.take().unwrap();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let request = |id: i32, method: &str, params: Value| {
        Message::Request(Request::new(RequestId::from(id), method.to_owned(), params))
    };
    let told = |method: &str, params: Value| Message::Notification(Notification::new(method.to_owned(), params));
    let document = json!({ "uri": "untitled:Essai-1", "languageId": "reglo", "version": 1, "text": "fait été : date" });
    for message in [
        request(1, "initialize", json!({ "capabilities": {} })),
        told("initialized", json!({})),
        told("textDocument/didOpen", json!({ "textDocument": document })),
        request(2, "textDocument/documentSymbol", json!({ "textDocument": { "uri": "untitled:Essai-1" } })),
        request(3, "textDocument/inconnue", json!({})),
        request(4, "shutdown", Value::Null),
        told("exit", Value::Null),
    ] {
        message.write(&mut input).unwrap();
    }
    input.flush().unwrap();
    let mut answers = Vec::new();
    while let Some(message) = Message::read(&mut output).unwrap() {
        if let Message::Response(response) = message {
            answers.push(response);
        }
    }
    assert!(server.wait().unwrap().success());
    let result = |id: i32| {
        let answer = answers.iter().find(|answer| answer.id == RequestId::from(id)).unwrap();
        answer.response_result.clone().unwrap_or_else(|error| json!(error.message))
    };
    assert_eq!(result(1)["serverInfo"]["name"], "reglo");
    assert_eq!(result(1)["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(result(2)[0]["name"], "été");
    assert_eq!(result(3), "« textDocument/inconnue » n'est pas pris en charge");
}
