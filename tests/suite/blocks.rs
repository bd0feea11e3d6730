//! Fenced blocks of Markdown, as documents and literate cases hold them.

use std::path::{Path, PathBuf};

/// A fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The words after the fence: `reglo,erreur`, `json file=dossier.json`.
    pub(crate) info: String,
    /// What stands between the fences.
    pub(crate) body: String,
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
}

impl Block {
    /// The first word of the info string, and its further words.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.info == kind
    }

    /// `file=NAME`
    pub(crate) fn file(&self) -> Option<&str> {
        self.info.split_whitespace().find_map(|word| word.strip_prefix("file="))
    }
}

/// All fenced blocks of a document, in order.
pub(crate) fn blocks(document: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (line, text) in (1..).zip(document.lines()) {
        match (&mut open, text.strip_prefix("```")) {
            (Some(_), Some("")) => found.extend(open.take()),
            (Some(block), _) => {
                block.body.push_str(text);
                block.body.push('\n');
            }
            (None, Some(info)) => open = Some(Block { info: info.trim().to_owned(), body: String::new(), line }),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is never closed");
    found
}

/// The official text and the ruleset of a block that carries both: lines `# texte: …` are the text.
pub(crate) fn ruleset(body: &str) -> (String, String) {
    let text: Vec<&str> = body.lines().filter_map(|line| line.strip_prefix("# texte:")).map(str::trim).collect();
    (text.join("\n") + "\n", body.to_owned())
}

/// A folder for one test, emptied first.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// The Markdown files of a folder and those below, by name.
pub(crate) fn markdown(folder: &str) -> Vec<PathBuf> {
    let mut pending = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Runs reglo in a folder; what it printed, both streams in that order, and its exit status.
pub(crate) fn reglo(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_reglo"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("COLUMNS")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    (text, output.status.code().unwrap_or(-1))
}
