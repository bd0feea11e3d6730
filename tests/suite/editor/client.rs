//! An editor's side of the protocol: buffers, edits, questions. Also used by the bench.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

/// A thread that is not heard of for so long is stuck.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What an editor holds of a file.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    pub(crate) text: String,
    pub(crate) version: i64,
    /// Where the author is, in bytes.
    pub(crate) cursor: usize,
}

/// An editor and the server it speaks to.
pub(crate) struct Editor {
    pub(crate) connection: Connection,
    server: Option<std::thread::JoinHandle<Result<(), String>>>,
    folder: PathBuf,
    pub(crate) buffers: BTreeMap<String, Buffer>,
    pub(crate) current: String,
    pub(crate) published: BTreeMap<String, (Option<i64>, Vec<Value>)>,
    quiet: bool,
    pub(crate) said: Vec<String>,
    sent: i32,
    pub(crate) wide: bool,
}

impl Editor {
    /// Starts a server; positions count UTF-16 units, or bytes.
    pub(crate) fn start(folder: &Path, utf8: bool) -> Self {
        let (connection, other) = Connection::memory();
        let server = std::thread::spawn(move || reglo::lsp::serve(&other));
        let mut editor = Self {
            connection,
            server: Some(server),
            folder: folder.to_owned(),
            buffers: BTreeMap::new(),
            current: String::new(),
            published: BTreeMap::new(),
            quiet: false,
            said: Vec::new(),
            sent: 0,
            wide: !utf8,
        };
        let encodings = if utf8 { json!(["utf-8", "utf-16"]) } else { json!(["utf-16"]) };
        let answer = editor
            .ask(
                "initialize",
                json!({ "capabilities": {
                    "general": { "positionEncodings": encodings },
                    "experimental": { "serverStatusNotification": true },
                } }),
            )
            .unwrap();
        assert_eq!(answer["capabilities"]["positionEncoding"], if utf8 { "utf-8" } else { "utf-16" });
        editor.tell("initialized", json!({}));
        editor
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        let path = self.folder.join(name).to_str().unwrap().to_owned();
        let escaped: String = path
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => (byte as char).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect();
        format!("file://{escaped}")
    }

    pub(crate) fn tell(&self, method: &str, params: Value) {
        self.connection.sender.send(Notification::new(method.to_owned(), params).into()).unwrap();
    }

    /// Asks, and waits for the answer; the error is what the author is told.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.sent += 1;
        let id = RequestId::from(self.sent);
        self.connection.sender.send(Request::new(id.clone(), method.to_owned(), params).into()).unwrap();
        loop {
            let message = self.connection.receiver.recv_timeout(PATIENCE).expect("the server answers");
            if let Message::Response(response) = &message
                && response.id == id
            {
                return response.response_result.clone().map_err(|error| error.message);
            }
            self.hear(message);
        }
    }

    pub(crate) fn hear(&mut self, message: Message) {
        let Message::Notification(told) = message else { return };
        match told.method.as_str() {
            "textDocument/publishDiagnostics" => {
                let uri = told.params["uri"].as_str().unwrap().to_owned();
                let found = told.params["diagnostics"].as_array().unwrap().clone();
                self.published.insert(uri, (told.params["version"].as_i64(), found));
                self.quiet = false;
            }
            "experimental/serverStatus" => self.quiet = told.params["quiescent"].as_bool().unwrap(),
            "window/showMessage" => self.said.push(told.params["message"].as_str().unwrap().to_owned()),
            _ => {}
        }
    }

    /// Waits until the server has said all there is to say of every buffer.
    pub(crate) fn settle(&mut self) {
        let start = Instant::now();
        loop {
            let heard = self.buffers.iter().filter(|(name, _)| name.ends_with(".reglo")).all(|(name, buffer)| {
                self.published.get(&self.uri(name)).is_some_and(|(version, _)| *version == Some(buffer.version))
            });
            if heard && self.quiet {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the server never settles");
            let message = self.connection.receiver.recv_timeout(PATIENCE).expect("the server goes on");
            self.hear(message);
        }
    }

    /// Opens a file as it lies in the folder, or a new one.
    pub(crate) fn open(&mut self, name: &str) {
        let text = std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        let language = if name.ends_with(".reglo") { "reglo" } else { "plaintext" };
        self.tell(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": self.uri(name), "languageId": language, "version": 1, "text": text } }),
        );
        self.buffers.insert(name.to_owned(), Buffer { cursor: text.len(), text, version: 1 });
        self.current = name.to_owned();
    }

    pub(crate) fn buffer(&self) -> &Buffer {
        &self.buffers[&self.current]
    }

    pub(crate) fn go_to(&mut self, name: &str) {
        self.current = name.to_owned();
    }

    /// Places the author in the buffer.
    pub(crate) fn put(&mut self, at: usize) {
        self.buffers.get_mut(&self.current).unwrap().cursor = at;
    }

    pub(crate) fn units(&self, text: &str) -> usize {
        if self.wide { text.encode_utf16().count() } else { text.len() }
    }

    pub(crate) fn position(&self, at: usize) -> Value {
        let before = &self.buffer().text[..at];
        let line = before.matches('\n').count();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        json!({ "line": line, "character": self.units(&before[start..]) })
    }

    pub(crate) fn offset(&self, name: &str, position: &Value) -> usize {
        let text = &self.buffers[name].text;
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let units = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
        let start = text.match_indices('\n').map(|(at, _)| at + 1).nth(line.wrapping_sub(1)).unwrap_or(0);
        let rest = &text[start..];
        let within =
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).find(|at| self.units(&rest[..*at]) >= units);
        start + within.unwrap_or(rest.len())
    }

    /// Replaces bytes of the buffer, and tells the server.
    pub(crate) fn edit(&mut self, range: std::ops::Range<usize>, text: &str) {
        let change =
            json!({ "range": { "start": self.position(range.start), "end": self.position(range.end) }, "text": text });
        let name = self.current.clone();
        let uri = self.uri(&name);
        let buffer = self.buffers.get_mut(&name).unwrap();
        buffer.text.replace_range(range.clone(), text);
        buffer.version += 1;
        buffer.cursor = range.start + text.len();
        let version = buffer.version;
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [change] }),
        );
    }

    /// Types a text, a letter at a time.
    pub(crate) fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            let at = self.buffer().cursor;
            self.edit(at..at, &letter.to_string());
        }
    }

    /// Makes the edits of the server in the buffers.
    pub(crate) fn make(&mut self, changes: &Value) {
        let here = self.current.clone();
        let mut by_name: Vec<(String, Vec<Value>)> = Vec::new();
        for (uri, edits) in changes.as_object().unwrap() {
            let name = self.name(uri);
            by_name.push((name, edits.as_array().unwrap().clone()));
        }
        for (name, edits) in by_name {
            if !self.buffers.contains_key(&name) {
                self.open(&name);
            }
            self.current = name;
            self.apply(&edits);
        }
        self.current = here;
    }

    pub(crate) fn apply(&mut self, edits: &[Value]) {
        let mut edits: Vec<(std::ops::Range<usize>, String)> = edits.iter().map(|edit| self.ranged(edit)).collect();
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        for (range, text) in edits {
            self.edit(range, &text);
        }
    }

    pub(crate) fn ranged(&self, edit: &Value) -> (std::ops::Range<usize>, String) {
        let at = |place: &str| self.offset(&self.current, &edit["range"][place]);
        (at("start")..at("end"), edit["newText"].as_str().unwrap().to_owned())
    }

    pub(crate) fn name(&self, uri: &str) -> String {
        let folder = self.uri("");
        uri.strip_prefix(folder.as_str()).unwrap_or(uri).to_owned()
    }

    pub(crate) fn leave(mut self) {
        self.ask("shutdown", Value::Null).unwrap();
        self.tell("exit", Value::Null);
        self.server.take().unwrap().join().expect("the server does not panic").unwrap();
    }

    /// Where the author is, for a request.
    pub(crate) fn here(&self) -> Value {
        json!({ "textDocument": { "uri": self.uri(&self.current) }, "position": self.position(self.buffer().cursor) })
    }

    pub(crate) fn document(&self) -> Value {
        json!({ "textDocument": { "uri": self.uri(&self.current) } })
    }

    /// Goes to a text of the buffer, `|` in it where the author stands; else right after it.
    pub(crate) fn find(&mut self, text: &str) {
        let (before, after) = text.split_once('|').unwrap_or((text, ""));
        let whole = format!("{before}{after}");
        match self.buffer().text.find(&whole) {
            Some(at) => self.put(at + before.len()),
            None => self.said.push(format!("« {whole} » ne s'y trouve pas")),
        }
    }
}
