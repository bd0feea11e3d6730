//! An editor made of lines: it opens files, types, asks, and shows what the language server answers.
//!
//! Documents of `tests/editor` hold files (`file=NAME`) and sessions (`editor`): lines that begin with `$` say what the author
//! does, and what stands under each is what they see. With `REGLO_BLESS=1` the sessions are written anew; read them
//! before committing them.

mod client;
mod fuzz;
mod extension;

use std::path::Path;

use serde_json::{Value, json};

use super::blocks::{blocks, folder, markdown};
use client::Editor;

// ── What the author does, and what they see ──────────────────────────────────────────────────────────

fn place(position: &Value) -> String {
    format!("{}:{}", position["line"].as_u64().unwrap() + 1, position["character"].as_u64().unwrap() + 1)
}

impl Editor {
    fn messages(&mut self) -> String {
        self.settle();
        let mut told = String::new();
        for name in self.buffers.keys().filter(|name| name.ends_with(".reglo")) {
            let Some((_, found)) = self.published.get(&self.uri(name)) else { continue };
            for found in found {
                let level = if found["severity"] == 1 { "erreur" } else { "attention" };
                let at = place(&found["range"]["start"]);
                let words = found["message"].as_str().unwrap().replace('\n', "\n    ");
                told.push_str(&format!("{name}:{at} {level}[{}] {words}\n", found["code"].as_str().unwrap()));
            }
        }
        if told.is_empty() { "rien à signaler\n".to_owned() } else { told }
    }

    fn offers(&mut self) -> Vec<Value> {
        self.settle();
        let here = self.here();
        self.ask("textDocument/completion", here).unwrap().as_array().cloned().unwrap_or_default()
    }

    fn proposals(&mut self, most: usize) -> String {
        let offers = self.offers();
        let mut told: String = offers
            .iter()
            .take(most)
            .map(|offer| format!("{}  {}", offer["label"].as_str().unwrap(), offer["detail"].as_str().unwrap_or("")))
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect();
        if offers.len() > most {
            told.push_str(&format!("… et {} autres\n", offers.len() - most));
        }
        if told.is_empty() { "rien\n".to_owned() } else { told }
    }

    /// Takes an offer; of an offer to fill in, the words that stand in it.
    fn accept(&mut self, label: &str) -> String {
        let offers = self.offers();
        let offer = offers.iter().find(|offer| offer["label"] == label);
        let Some(offer) = offer else { return format!("« {label} » n'est pas proposé\n") };
        let (range, mut text) = self.ranged(&offer["textEdit"]);
        while let Some(at) = text.find("${") {
            let end = text[at..].find('}').unwrap() + at;
            let held = text[at..end].split_once(':').unwrap().1.to_owned();
            text.replace_range(at..=end, &held);
        }
        self.edit(range, &text.replace("$1", ""));
        String::new()
    }

    fn actions(&mut self) -> Vec<Value> {
        self.settle();
        let at = self.position(self.buffer().cursor);
        let params = json!({
            "textDocument": { "uri": self.uri(&self.current) },
            "range": { "start": at, "end": at },
            "context": { "diagnostics": [] },
        });
        self.ask("textDocument/codeAction", params).unwrap().as_array().unwrap().clone()
    }

    fn mend(&mut self, title: &str) -> String {
        let actions = self.actions();
        let plain = |title: &str| title.replace(['\u{a0}', '\u{202f}'], " ").replace('’', "'");
        let titled = |action: &&Value| plain(action["title"].as_str().unwrap()) == title;
        let Some(action) = actions.iter().find(titled) else {
            return format!(
                "« {title} » n'est pas proposé
"
            );
        };
        let changes = action["edit"]["changes"].clone();
        self.make(&changes);
        String::new()
    }

    fn locations(&self, found: &Value) -> String {
        let none = Vec::new();
        let line = |location: &Value| {
            let name = self.name(location["uri"].as_str().unwrap());
            let (start, end) = (place(&location["range"]["start"]), place(&location["range"]["end"]));
            format!("{name} {start} → {end}\n")
        };
        let told: String = found.as_array().unwrap_or(&none).iter().map(line).collect();
        if told.is_empty() { "nulle part\n".to_owned() } else { told }
    }

    fn run(&mut self, lens: &str) -> String {
        self.settle();
        let lenses = self.ask("textDocument/codeLens", self.document()).unwrap();
        let cursor = self.position(self.buffer().cursor)["line"].clone();
        let named = |found: &&Value| found["command"]["title"].as_str().unwrap().starts_with(lens);
        let below = |found: &&Value| found["range"]["start"]["line"].as_u64() >= cursor.as_u64();
        let found = lenses.as_array().unwrap().iter().filter(named).find(below);
        let Some(found) = found else { return format!("« {lens} » n'est pas proposé\n") };
        let params = json!({ "command": found["command"]["command"], "arguments": found["command"]["arguments"] });
        match self.ask("workspace/executeCommand", params) {
            Ok(ran) => {
                // The line that editors show of themselves.
                assert_eq!(self.said.pop().unwrap(), ran["summary"].as_str().unwrap());
                format!("{}\n\n{}", ran["summary"].as_str().unwrap(), ran["markdown"].as_str().unwrap())
            }
            Err(why) => why + "\n",
        }
    }

    fn outline(&mut self) -> String {
        fn told(symbols: &Value, depth: usize, out: &mut String) {
            for symbol in symbols.as_array().into_iter().flatten() {
                let detail = symbol["detail"].as_str().unwrap_or("");
                let line = format!("{}{}  {detail}", "  ".repeat(depth), symbol["name"].as_str().unwrap());
                out.push_str(line.trim_end());
                out.push('\n');
                told(&symbol["children"], depth + 1, out);
            }
        }
        let mut out = String::new();
        told(&self.ask("textDocument/documentSymbol", self.document()).unwrap(), 0, &mut out);
        out
    }

    fn lenses(&mut self) -> String {
        self.settle();
        let found = self.ask("textDocument/codeLens", self.document()).unwrap();
        let line = |lens: &Value| {
            format!("{} {}\n", place(&lens["range"]["start"]), lens["command"]["title"].as_str().unwrap())
        };
        found.as_array().unwrap().iter().map(line).collect()
    }

    fn hints(&mut self) -> String {
        self.settle();
        let end = self.position(self.buffer().text.len());
        let params = json!({
            "textDocument": { "uri": self.uri(&self.current) },
            "range": { "start": { "line": 0, "character": 0 }, "end": end },
        });
        let found = self.ask("textDocument/inlayHint", params).unwrap();
        let line = |hint: &Value| format!("{} {}\n", place(&hint["position"]), hint["label"].as_str().unwrap());
        found.as_array().unwrap().iter().map(line).collect()
    }

    fn colours(&mut self) -> String {
        let legend =
            ["mot", "remarque", "texte", "nombre", "type", "cas", "champ", "fait", "règle", "variable", "clause"];
        let found = self.ask("textDocument/semanticTokens/full", self.document()).unwrap();
        let numbers: Vec<usize> =
            found["data"].as_array().unwrap().iter().map(|n| usize::try_from(n.as_u64().unwrap()).unwrap()).collect();
        let (mut line, mut start) = (0, 0);
        let mut told = String::new();
        for token in numbers.chunks(5) {
            start = if token[0] == 0 { start + token[1] } else { token[1] };
            line += token[0];
            let from = self.offset(&self.current, &json!({ "line": line, "character": start }));
            let to = self.offset(&self.current, &json!({ "line": line, "character": start + token[2] }));
            let declares = if token[4] == 1 { " (déclaré)" } else { "" };
            told.push_str(&format!("{} : {}{declares}\n", &self.buffer().text[from..to], legend[token[3]]));
        }
        told
    }

    fn folds(&mut self) -> String {
        let found = self.ask("textDocument/foldingRange", self.document()).unwrap();
        let line = |fold: &Value| {
            let line = |key: &str| fold[key].as_u64().unwrap() + 1;
            format!("{} à {} {}\n", line("startLine"), line("endLine"), fold["kind"].as_str().unwrap())
        };
        found.as_array().unwrap().iter().map(line).collect()
    }

    fn signature(&mut self) -> String {
        let here = self.here();
        let found = self.ask("textDocument/signatureHelp", here).unwrap();
        let Some(signature) = found["signatures"].get(0) else { return "rien\n".to_owned() };
        let active = usize::try_from(signature["activeParameter"].as_u64().unwrap()).unwrap();
        let parameter = signature["parameters"].get(active).map_or("(aucun)", |found| found["label"].as_str().unwrap());
        format!("{} — ici : {parameter}\n", signature["label"].as_str().unwrap())
    }

    fn rename(&mut self, name: &str) -> String {
        let mut params = self.here();
        params["newName"] = json!(name);
        match self.ask("textDocument/rename", params) {
            Ok(edit) => {
                self.make(&edit["changes"].clone());
                String::new()
            }
            Err(why) => format!("refusé : {why}\n"),
        }
    }

    fn step(&mut self, line: &str) -> String {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "ouvre" => {
                self.open(rest);
                String::new()
            }
            "fichier" => {
                self.go_to(rest);
                String::new()
            }
            "tape" => {
                self.type_in(&rest.replace('⏎', "\n"));
                String::new()
            }
            "va" => {
                self.find(rest);
                String::new()
            }
            "fin" => {
                self.put(self.buffer().text.len());
                String::new()
            }
            "efface" => {
                let at = self.buffer().cursor;
                let start = self.buffer().text[..at].strip_suffix(rest).expect("what is taken out stands before").len();
                self.edit(start..at, "");
                String::new()
            }
            "messages" => self.messages(),
            "propose" => self.proposals(rest.parse().unwrap_or(8)),
            "choisit" => self.accept(rest),
            "corrections" => {
                let title = |action: &Value| action["title"].as_str().unwrap().to_owned() + "\n";
                self.actions().iter().map(title).collect()
            }
            "corrige" => self.mend(rest),
            "survole" => {
                self.find(rest);
                self.settle();
                let here = self.here();
                let found = self.ask("textDocument/hover", here).unwrap();
                found["contents"]["value"].as_str().unwrap_or("rien").to_owned() + "\n"
            }
            "définition" => {
                self.find(rest);
                self.settle();
                let here = self.here();
                let found = self.ask("textDocument/definition", here).unwrap();
                self.locations(&found)
            }
            "références" => {
                self.find(rest);
                let mut params = self.here();
                params["context"] = json!({ "includeDeclaration": true });
                let found = self.ask("textDocument/references", params).unwrap();
                self.locations(&found)
            }
            "renomme" => self.rename(rest),
            "plan" => self.outline(),
            "cherche" => {
                let found = self.ask("workspace/symbol", json!({ "query": rest })).unwrap();
                let line = |symbol: &Value| {
                    let (uri, name) = (symbol["location"]["uri"].as_str().unwrap(), symbol["name"].as_str().unwrap());
                    format!("{name}  {}\n", self.name(uri))
                };
                found.as_array().unwrap().iter().map(line).collect()
            }
            "replis" => self.folds(),
            "couleurs" => self.colours(),
            "indications" => self.hints(),
            "lentilles" => self.lenses(),
            "lance" => self.run(rest),
            "signature" => self.signature(),
            "met" => {
                let mut params = self.document();
                params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
                let edits = self.ask("textDocument/formatting", params).unwrap();
                self.apply(edits.as_array().unwrap());
                String::new()
            }
            "montre" => format!("{}\n", self.buffer().text.trim_end()),
            _ => panic!("an author does not « {verb} »"),
        }
    }
}

fn session(body: &str, folder: &Path, utf8: bool) -> String {
    let mut editor = Editor::start(folder, utf8);
    let mut told = String::new();
    for line in body.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let mut seen = editor.step(line);
        seen.extend(editor.said.drain(..).map(|said| said + "\n"));
        // What is shown may hold fences of its own.
        told.push_str(&format!("$ {line}\n{}", seen.replace("```", "~~~")));
    }
    editor.leave();
    told
}

/// The document with each session as it runs now.
fn replayed(document: &str, folder: &Path, utf8: bool) -> String {
    let mut written = String::new();
    let mut rest = document;
    for block in blocks(document) {
        if let Some(file) = block.file() {
            std::fs::write(folder.join(file), &block.body).unwrap();
        } else if block.is("editor") {
            let old = format!("```editor\n{}```", block.body);
            let (before, after) = rest.split_once(&old).unwrap();
            written.push_str(&format!("{before}```editor\n{}```", session(&block.body, folder, utf8)));
            rest = after;
        }
    }
    written + rest
}

#[test]
fn the_sessions_of_the_editor_show_what_the_author_sees() {
    let mut departures = Vec::new();
    let documents = markdown("tests/editor");
    assert!(!documents.is_empty());
    for path in documents {
        let document = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let written = replayed(&document, &folder(&format!("editor-{name}")), false);
        if written == document {
            continue;
        }
        if std::env::var_os("REGLO_BLESS").is_some() {
            std::fs::write(&path, &written).unwrap();
            continue;
        }
        let lines = document.lines().zip(written.lines());
        let (at, (old, new)) = (1..).zip(lines).find(|(_, (old, new))| old != new).unwrap_or((0, ("", "")));
        departures.push(format!("{name}.md:{at}\n  written: {old}\n  seen:    {new}"));
    }
    assert!(departures.is_empty(), "run with REGLO_BLESS=1 and read the difference:\n{}", departures.join("\n"));
}
