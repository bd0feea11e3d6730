//! Literate cases: Markdown whose blocks `file=NAME` are files and whose `console` blocks are sessions, what
//! reglo prints included to the letter, but for how long a batch took. `$ echo $?` prints the exit status of the command
//! before it, `$ cat FILE` what is in a file, `$ ls FOLDER` what is in a folder. With
//! `REGLO_BLESS=1` the sessions are written anew; read them before committing them.

use std::path::{Path, PathBuf};

use super::blocks::{blocks, folder, markdown, reglo};

/// The document with each session as it runs now.
fn replayed(document: &str, folder: &Path) -> String {
    // The rulesets that are shipped are there as in the repository.
    #[cfg(unix)]
    std::os::unix::fs::symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets"), folder.join("rulesets"))
        .unwrap();
    let mut written = String::new();
    let mut rest = document;
    for block in blocks(document) {
        if let Some(file) = block.file() {
            std::fs::write(folder.join(file), &block.body).unwrap();
        } else if block.is("console") {
            let old = format!("```console\n{}```", block.body);
            let (before, after) = rest.split_once(&old).unwrap();
            written.push_str(&format!("{before}```console\n{}```", session(&block.body, folder)));
            rest = after;
        }
    }
    written + rest
}

fn session(body: &str, folder: &Path) -> String {
    let mut session = String::new();
    let mut last = None;
    for line in body.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let said = match (words.as_slice(), last) {
            (["reglo", arguments @ ..], _) => {
                let (said, status) = reglo(folder, arguments);
                last = Some(status);
                timeless(&said)
            }
            (["cat", file], _) => std::fs::read_to_string(folder.join(file)).unwrap_or("(absent)\n".to_owned()),
            (["ls", inner @ ..], _) => {
                let names =
                    std::fs::read_dir(folder.join(inner.concat())).unwrap().map(|entry| entry.unwrap().file_name());
                let mut names: Vec<String> =
                    names.filter(|name| name != "rulesets").map(|name| name.into_string().unwrap() + "\n").collect();
                names.sort();
                names.concat()
            }
            (["echo", "$?"], Some(status)) => format!("{status}\n"),
            _ => panic!("a session runs reglo, then perhaps « echo $? », « cat FILE » or « ls FOLDER »: {line}"),
        };
        session.push_str(&format!("$ {line}\n{said}"));
    }
    session
}

/// What was said, without how long it took.
fn timeless(said: &str) -> String {
    let time =
        |line: &str| if line.starts_with("Durée\u{a0}:") { "Durée : …\n".to_owned() } else { line.to_owned() };
    said.split_inclusive('\n').map(time).collect()
}

/// What is no longer so in a document, as the first line that differs; nothing once it is blessed.
fn departure(path: &Path) -> Option<String> {
    let document = std::fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
    let written = replayed(&document, &folder(&format!("literate-{}", name.replace('/', "-"))));
    if written == document {
        return None;
    }
    if std::env::var_os("REGLO_BLESS").is_some() {
        std::fs::write(path, &written).unwrap();
        return None;
    }
    let (line, (old, new)) = (1..)
        .zip(document.lines().zip(written.lines()))
        .find(|(_, (old, new))| old != new)
        .unwrap_or((document.lines().count(), ("", "")));
    Some(format!("{name}:{line}\n  written: {old}\n  reglo:   {new}"))
}

fn replay(paths: &[PathBuf]) {
    let departures: Vec<String> = paths.iter().filter_map(|path| departure(path)).collect();
    assert!(
        departures.is_empty(),
        "reglo no longer says what is written; run with REGLO_BLESS=1 and read the difference:\n{}",
        departures.join("\n")
    );
}

#[test]
fn the_sessions_of_the_readme_are_what_reglo_says() {
    replay(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")]);
}

#[test]
fn the_sessions_of_the_guide_are_what_reglo_says() {
    let chapters = markdown("docs/guide");
    let with_sessions: Vec<PathBuf> = chapters
        .into_iter()
        .filter(|path| std::fs::read_to_string(path).unwrap().contains("```console\n$ reglo "))
        .collect();
    assert!(!with_sessions.is_empty());
    replay(&with_sessions);
}

#[test]
fn the_sessions_of_the_literate_cases_are_what_reglo_says() {
    let cases = markdown("tests/cases");
    for path in &cases {
        let document = std::fs::read_to_string(path).unwrap();
        assert!(document.contains("```console\n$ reglo "), "{} runs nothing", path.display());
    }
    replay(&cases);
}
