//! The house keeps its own laws: modules import downwards, each outside crate has its door, files stay short,
//! every diagnostic has its page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// No file of the sources is longer.
const LONGEST: usize = 800;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the sources.
struct Source {
    /// Its place under `src`, as people write it.
    path: String,
    text: String,
}

impl Source {
    /// Its code without comments and without its unit tests.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let code = self.text.split("\nmod tests {").next().unwrap();
        code.lines().map(str::trim).filter(|line| !line.starts_with("//"))
    }

    /// The module it holds: `eval/rows.rs` is `eval`, `rows`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.strip_suffix(".rs").unwrap();
        path.split('/').filter(|part| !matches!(*part, "mod" | "lib")).collect()
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let src = root().join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    paths.sort();
    assert!(paths.len() > 50, "the sources were not found");
    let read = |path: PathBuf| Source {
        path: path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/"),
        text: std::fs::read_to_string(&path).unwrap(),
    };
    paths.into_iter().map(read).collect()
}

/// The modules that each module declares, in order, and what it passes on of them; those that exist in tests
/// only, apart.
struct Lists {
    children: BTreeMap<String, Vec<String>>,
    /// Of a module and a name it passes on, the child that has it.
    passed_on: BTreeMap<(String, String), String>,
    tests: Vec<String>,
}

fn key(module: &[&str]) -> String {
    module.join("::")
}

impl Lists {
    fn read(sources: &[Source]) -> Self {
        let mut lists = Self { children: BTreeMap::new(), passed_on: BTreeMap::new(), tests: Vec::new() };
        for source in sources {
            let module = source.module();
            let mut before = "";
            for line in source.lines() {
                let bare = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) ")).unwrap_or(line);
                if let Some(name) = bare.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                    let name = name.strip_prefix("r#").unwrap_or(name);
                    if before == "#[cfg(test)]" {
                        lists.tests.push(key(&[module.as_slice(), &[name]].concat()));
                    }
                    lists.children.entry(key(&module)).or_default().push(name.to_owned());
                }
                before = line;
            }
            lists.pass_on(source);
        }
        lists
    }

    /// `use child::{A, B};` in the file of a module: those who import A from it import the child.
    fn pass_on(&mut self, source: &Source) {
        let module = key(&source.module());
        let text: Vec<&str> = source.lines().collect();
        let text = text.join("\n");
        for (at, _) in text.match_indices("use ") {
            let statement = text[at + 4..].split(';').next().unwrap();
            let statement = statement.strip_prefix("r#").unwrap_or(statement);
            let Some((child, rest)) = statement.split_once("::") else { continue };
            if self.children.get(&module).is_some_and(|children| children.iter().any(|name| name == child)) {
                for name in continued(rest) {
                    self.passed_on.insert((module.clone(), name), child.to_owned());
                }
            }
        }
    }

    fn place(&self, parent: &[&str], name: &str) -> Option<usize> {
        let parent = key(parent);
        let children = self.children.get(&parent)?;
        let at = |name: &str| children.iter().position(|child| child == name);
        at(name).or_else(|| at(self.passed_on.get(&(parent.clone(), name.to_owned()))?))
    }

    /// What is wrong with `module` importing `target`, a path from the root of the crate: a module is imported by
    /// those below it in the list it stands in.
    fn wrong(&self, module: &[&str], target: &[&str]) -> Option<String> {
        let together = module.iter().zip(target).take_while(|(a, b)| a == b).count();
        let (own, other) = (module.get(together)?, target.get(together)?);
        let (own, place) = (self.place(&target[..together], own)?, self.place(&target[..together], other)?);
        let below = self.children.get(&key(&target[..together]))?.get(place)?;
        (place > own).then(|| format!("imports `{below}`, which is below it"))
    }
}

/// The names a path may continue with: of `a::{b, c::d}` they are `b` and `c`, of `a::b::c` it is `b`.
fn continued(path: &str) -> Vec<String> {
    let name = |text: &str| {
        let text = text.trim_start().trim_start_matches("r#");
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut depth = 0;
    let mut found = vec![name(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    found
}

/// The paths of the crate that a text names, each from the root and two names deep at most beyond what it is
/// relative to.
fn named(module: &[&str], text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::").chain(text.match_indices("super::")) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let mut rest = &text[at..];
        let mut base: Vec<String> = Vec::new();
        if let Some(after) = rest.strip_prefix("crate::") {
            rest = after;
        } else {
            base.extend(module.iter().map(|&part| part.to_owned()));
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
        }
        for first in continued(rest) {
            let within: Vec<String> = base.iter().cloned().chain([first.clone()]).collect();
            // What follows matters where a module names its own parent by its whole path.
            let next = rest.strip_prefix("r#").unwrap_or(rest).strip_prefix(&format!("{first}::"));
            match next {
                Some(next) => found
                    .extend(continued(next).into_iter().map(|second| within.iter().cloned().chain([second]).collect())),
                None => found.push(within),
            }
        }
    }
    found
}

fn import_violations(sources: &[Source]) -> Vec<String> {
    let lists = Lists::read(sources);
    let mut wrong = Vec::new();
    for source in sources {
        let module = source.module();
        if lists.tests.contains(&key(&module)) {
            continue;
        }
        let text: Vec<&str> = source.lines().collect();
        for target in named(&module, &text.join("\n")) {
            let target: Vec<&str> = target.iter().map(String::as_str).collect();
            if let Some(problem) = lists.wrong(&module, &target) {
                wrong.push(format!("{} {problem}", source.path));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn a_module_imports_only_modules_above_it_in_the_list() {
    let wrong = import_violations(&sources());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_import_of_a_module_below_is_seen_however_it_is_written() {
    let sources = |op: &str| {
        vec![
            source("lib.rs", "pub mod value;\npub mod cli;"),
            source(
                "value/mod.rs",
                "mod number;\nmod op;\nmod r#type;\npub use op::Op;\npub use r#type::{Type, Fault};",
            ),
            source("value/number.rs", "pub struct Number;"),
            source("value/op.rs", op),
            source("cli.rs", "use crate::value::Op;"),
        ]
    };
    for import in [
        "use crate::cli::run;",
        "use crate::{value::Op, cli};",
        "let ran = crate::cli::run();",
        "use crate::{\n    value,\n    cli::{a, b},\n};",
        "use super::super::cli;",
    ] {
        assert_eq!(import_violations(&sources(import)), ["value/op.rs imports `cli`, which is below it"], "{import}");
    }
    for import in [
        "use super::r#type::Type;",
        "use crate::value::r#type::Type;",
        "use crate::value::{Op, r#type};",
        "use super::Fault;",
        "use crate::value::{number::Number, Fault};",
    ] {
        assert_eq!(import_violations(&sources(import)), ["value/op.rs imports `type`, which is below it"], "{import}");
    }
    for import in [
        "use super::number::Number;",
        "use super::Op;",
        "// crate::cli runs it",
        "#[cfg(test)]\n#[allow(missing_docs)]\nmod tests {\n    use crate::cli::run;\n}",
    ] {
        assert_eq!(import_violations(&sources(import)), Vec::<String>::new(), "{import}");
    }
}

#[test]
fn no_file_of_the_sources_is_endless() {
    let long: Vec<String> = sources()
        .iter()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{path} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_diagnostic_has_its_page_and_every_page_its_diagnostic() {
    let folder = root().join("docs/diagnostics");
    let codes: Vec<&str> = reglo::diagnostic::Code::ALL.iter().map(|code| code.as_str()).collect();
    let without: Vec<&&str> = codes.iter().filter(|code| !folder.join(format!("{code}.md")).is_file()).collect();
    assert!(without.is_empty(), "no page in docs/diagnostics for {without:?}");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(name == "README" || codes.contains(&name), "docs/diagnostics/{name}.md explains no diagnostic");
    }
}

/// Whether a line of code names a crate or module: the word, then `::` or the end of an import.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + path.len()..];
        before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':'))
            && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

#[track_caller]
fn only_in(paths: &[&str], doors: &[&str]) {
    let mut entered = false;
    for source in sources() {
        let allowed = doors.iter().any(|door| source.path == *door || source.path.starts_with(&format!("{door}/")));
        for line in source.lines() {
            if let Some(path) = paths.iter().find(|path| names(line, path)) {
                assert!(allowed, "{} names `{path}`, whose door is {}", source.path, doors.join(", "));
                entered = true;
            }
        }
    }
    assert!(entered, "nothing names {}", paths.join(", "));
}

#[test]
fn pest_is_named_by_the_grammar_alone() {
    only_in(&["pest", "pest_derive"], &["syntax/grammar.rs"]);
}

#[test]
fn chrono_is_named_by_dates_alone() {
    only_in(&["chrono"], &["value/date.rs"]);
}

#[test]
fn the_command_line_is_read_and_terminals_are_written_under_cli_alone() {
    only_in(&["clap", "clap_complete", "clap_mangen", "anstream", "terminal_size"], &["cli"]);
}

#[test]
fn delimited_files_and_charsets_have_one_door_each() {
    only_in(&["csv_core"], &["dossier/delimited.rs"]);
    only_in(&["encoding_rs"], &["dossier/charset.rs"]);
    only_in(&["calamine", "rust_xlsxwriter"], &["dossier/sheet.rs"]);
}

#[test]
fn threads_and_progress_bars_belong_to_batches() {
    only_in(&["rayon", "indicatif"], &["cli/batch"]);
}

#[test]
fn files_and_the_environment_belong_to_cli() {
    // The program itself hands its arguments to `cli`; the editor's server reads what the editor has not opened.
    only_in(&["std::fs", "std::env", "std::process", "std::time"], &["cli", "lsp/disk.rs", "main.rs"]);
}

#[test]
fn editors_are_spoken_to_in_one_place() {
    only_in(&["lsp_server", "lsp_types", "crossbeam_channel"], &["lsp"]);
    only_in(&["notify"], &["cli/saves.rs"]);
}

#[test]
fn diagnostics_are_drawn_in_one_place() {
    only_in(&["annotate_snippets"], &["render/excerpt.rs"]);
}

#[test]
fn what_checks_decisions_again_shares_the_syntax_alone() {
    let mut seen = 0;
    for source in sources().iter().filter(|source| source.path.starts_with("verify/")) {
        seen += 1;
        let text: Vec<&str> = source.lines().collect();
        for target in named(&source.module(), &text.join("\n")) {
            let allowed = matches!(target.first().map(String::as_str), Some("verify" | "syntax" | "source"));
            assert!(allowed, "{} imports `{}`", source.path, target.join("::"));
        }
    }
    assert!(seen > 10, "the files of verify were not found");
}
