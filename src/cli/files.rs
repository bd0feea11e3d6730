//! Reading rulesets: a folder with its text, or one file.
#![allow(clippy::disallowed_methods, reason = "this is where files are read")]

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use super::args::Common;
use super::failure::Failure;
use crate::diagnostic::{Code, Diagnostic};
use crate::dossier::Dossier;
use crate::limit::{Exceeded, Limit, Limits};
use crate::lower::TextFile;
use crate::ruleset::{Analysis, Ruleset};
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::{self, Reading, ast};

/// Reads and analyses a ruleset.
pub(super) fn analysis(path: &Path, common: &Common) -> Result<Analysis, Failure> {
    analysed(path, common, Reading::Whole)
}

fn analysed(path: &Path, common: &Common, reading: Reading) -> Result<Analysis, Failure> {
    let (id, files) = ruleset_files(path, common)?;
    let texts = official_texts(path, &files, common)?;
    Ok(Analysis::within(common.limits(), (&id, reading), files, &texts))
}

/// How a ruleset is named outside, and its files: name shown and text.
pub(super) fn ruleset_files(path: &Path, common: &Common) -> Result<(String, Vec<(String, String)>), Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::unusable(
            "un règlement ne se lit pas sur l’entrée standard\u{a0}: donnez le dossier ou le fichier .reglo.",
        ));
    }
    fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
    let files = sources(path, common)?.into_iter().map(|(_, name, text)| (name, text)).collect();
    Ok((id(path), files))
}

/// The official texts beside a ruleset that its files name and that are there.
pub(super) fn official_texts(
    path: &Path,
    files: &[(String, String)],
    common: &Common,
) -> Result<Vec<TextFile>, Failure> {
    let limit = (Limit::SourceSize, common.limits().of(Limit::SourceSize));
    let folder = if path.is_dir() { path.to_owned() } else { path.parent().map(Path::to_owned).unwrap_or_default() };
    let mut texts = Vec::new();
    let mut refused = Refused::default();
    for name in texts_named(files) {
        let path = folder.join(&name);
        let bytes = match File::open(&path) {
            // Whoever analyses the ruleset says that it is missing, and where it is named.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            _ => read(&path, limit)?,
        };
        match String::from_utf8(bytes) {
            Ok(text) => texts.push(TextFile { name, text }),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                refused.add(&path, error.as_bytes(), offset);
            }
        }
    }
    refused.or(texts)
}

/// An official text, untouched.
pub(super) fn official(path: &Path, common: &Common) -> Result<String, Failure> {
    let bytes = read(path, (Limit::SourceSize, common.limits().of(Limit::SourceSize)))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let mut refused = Refused::default();
            refused.add(path, error.as_bytes(), error.utf8_error().valid_up_to());
            refused.or(String::new())
        }
    }
}

/// The files of a ruleset (path, name shown, text), alone; `-` is standard input.
pub(super) fn sources(path: &Path, common: &Common) -> Result<Vec<(PathBuf, String, String)>, Failure> {
    let limit = (Limit::SourceSize, common.limits().of(Limit::SourceSize));
    let paths = if path.is_dir() { rulesets_in(path)? } else { vec![path.to_owned()] };
    let many = || format!("le dossier «\u{a0}{}\u{a0}» contient trop de fichiers .reglo", path.display());
    common.limits().allow(Limit::Sources, paths.len() as u64, many).map_err(|exceeded| refused(&exceeded))?;
    let mut found = Vec::new();
    let mut refused = Refused::default();
    for path in paths {
        let (name, bytes) = if path.as_os_str() == "-" {
            ("entrée standard".to_owned(), input(limit)?)
        } else {
            (shown(&path), read(&path, limit)?)
        };
        match syntax::normalise(&bytes) {
            Ok(text) => found.push((path, name, text)),
            Err(offset) => refused.add(&path, &bytes, offset),
        }
    }
    refused.or(found)
}

fn input(limit: (Limit, u64)) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(limit.1 + 1).read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(Path::new("entrée standard"), &error))?;
    within(bytes, limit, "l’entrée standard")
}

/// Reads a ruleset that nothing is wrong with, its examples left aside.
pub(super) fn ruleset(path: &Path, common: &Common) -> Result<Ruleset, Failure> {
    usable(analysed(path, common, Reading::Rules)?)
}

/// The official texts of a ruleset, as they are.
pub(super) fn texts(path: &Path, ruleset: &Ruleset, common: &Common) -> Result<Vec<TextFile>, Failure> {
    let limit = (Limit::SourceSize, common.limits().of(Limit::SourceSize));
    let folder = if path.is_dir() { path.to_owned() } else { path.parent().map(Path::to_owned).unwrap_or_default() };
    let texts = ruleset.program().texts.iter().map(|text| {
        let bytes = read(&folder.join(&text.name), limit)?;
        Ok(TextFile { name: text.name.clone(), text: String::from_utf8_lossy(&bytes).into_owned() })
    });
    texts.collect()
}

/// A file of data, as it is; `-` is standard input.
pub(super) fn bytes(path: &Path, common: &Common) -> Result<Vec<u8>, Failure> {
    let limit = (Limit::DossierSize, common.limits().of(Limit::DossierSize));
    if path.as_os_str() == "-" { input(limit) } else { read(path, limit) }
}

/// Reads a ruleset that nothing is wrong with, examples included.
pub(super) fn ruleset_with_examples(path: &Path, common: &Common) -> Result<Ruleset, Failure> {
    usable(analysis(path, common)?)
}

fn usable(analysis: Analysis) -> Result<Ruleset, Failure> {
    analysis.into_ruleset().map_err(|analysis| {
        let Analysis { sources, diagnostics, .. } = *analysis;
        Failure::Diagnostics(Box::new(sources), diagnostics)
    })
}

/// Reads dossiers; `-` is standard input. Where some cannot be read, all of those are named.
pub(super) fn dossiers(ruleset: &Ruleset, paths: &[PathBuf], common: &Common) -> Result<Vec<Dossier>, Failure> {
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::unusable(
            "l’entrée standard ne se lit qu’une fois\u{a0}: donnez un seul «\u{a0}-\u{a0}».",
        ));
    }
    let (mut dossiers, mut failures) = (Vec::new(), Vec::new());
    for path in paths {
        match dossier(ruleset, path, common) {
            Ok(dossier) => dossiers.push(dossier),
            Err(failure) => failures.push(failure),
        }
    }
    if failures.is_empty() { Ok(dossiers) } else { Err(Failure::Several(failures)) }
}

/// Reads one dossier; `-` is standard input.
pub(super) fn dossier(ruleset: &Ruleset, path: &Path, common: &Common) -> Result<Dossier, Failure> {
    let limit = (Limit::DossierSize, common.limits().of(Limit::DossierSize));
    let (name, bytes) = if path.as_os_str() == "-" {
        ("entrée standard".to_owned(), input(limit)?)
    } else {
        (shown(path), read(path, limit)?)
    };
    // Answers cite the file by its name alone: the folder it lay in means nothing to who reads them later.
    let short = path.file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned());
    let short = if path.as_os_str() == "-" { &name } else { &short };
    ruleset.read(short, &bytes).map_err(|error| Failure::unusable(format!("«\u{a0}{name}\u{a0}», {error}")))
}

/// Reads case files: those asked for, else the ones in the folder `cases` beside the ruleset, by name.
pub(super) fn cases(ruleset: &Path, asked: &[PathBuf], common: &Common) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let limit = (Limit::DossierSize, common.limits().of(Limit::DossierSize));
    let mut paths = Vec::new();
    let beside = if ruleset.is_dir() { ruleset.join("cases") } else { ruleset.with_file_name("cases") };
    let folders = if asked.is_empty() { vec![beside] } else { asked.to_vec() };
    for path in folders {
        if path.is_dir() {
            let mut found = files_in(&path, "json")?;
            found.sort();
            paths.extend(found);
        } else if !asked.is_empty() {
            paths.push(path);
        }
    }
    paths.into_iter().map(|path| read(&path, limit).map(|bytes| (shown(&path), bytes))).collect()
}

/// Files that are not UTF-8.
#[derive(Default)]
struct Refused {
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
}

impl Refused {
    fn add(&mut self, path: &Path, bytes: &[u8], offset: usize) {
        let id = self.sources.add(shown(path), String::from_utf8_lossy(bytes));
        let span = Span::new(id, offset..offset + char::REPLACEMENT_CHARACTER.len_utf8());
        let byte = bytes.get(offset).copied().unwrap_or_default();
        self.diagnostics.push(
            Diagnostic::error(Code::NotUtf8, span, "Ce fichier n’est pas écrit en UTF-8.")
                .label(format!("l’octet {byte:02X} (hexadécimal) n’y a pas sa place"))
                .help("Enregistrez le fichier dans l’encodage UTF-8."),
        );
    }

    /// What was read, unless something was refused.
    fn or<T>(self, found: T) -> Result<T, Failure> {
        if self.diagnostics.is_empty() {
            return Ok(found);
        }
        Err(Failure::Diagnostics(Box::new(self.sources), self.diagnostics))
    }
}

/// The `.reglo` files of a folder, by name.
fn rulesets_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = files_in(folder, "reglo")?;
    paths.sort();
    if paths.is_empty() {
        let folder = folder.display();
        return Err(Failure::unusable(format!("le dossier «\u{a0}{folder}\u{a0}» ne contient aucun fichier .reglo.")));
    }
    Ok(paths)
}

/// The files of a folder with that extension.
fn files_in(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error: &std::io::Error| cannot_read(folder, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| cannot(&error))? {
        let path = entry.map_err(|error| cannot(&error))?.path();
        if path.extension().is_some_and(|found| found == extension) && !path.is_dir() {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// The official texts that the headers name. A ruleset reads nothing outside its folder.
fn texts_named(files: &[(String, String)]) -> Vec<String> {
    let mut names = Vec::new();
    for (_, text) in files {
        for item in syntax::parse_headers(SourceId(0), text).items {
            let ast::Item::Header(header) = item else { continue };
            names.extend(header.texts.into_iter().map(|name| name.text));
        }
    }
    names.retain(|name| {
        let mut parts = Path::new(name).components();
        !name.is_empty() && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    });
    names.sort();
    names.dedup();
    names
}

/// The bytes of a file, if they are not too many.
fn read(path: &Path, limit: (Limit, u64)) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    let mut bytes = Vec::new();
    file.take(limit.1 + 1).read_to_end(&mut bytes).map_err(|error| cannot_read(path, &error))?;
    within(bytes, limit, &format!("le fichier «\u{a0}{}\u{a0}»", path.display()))
}

fn within(bytes: Vec<u8>, limit: (Limit, u64), what: &str) -> Result<Vec<u8>, Failure> {
    let (limit, allowed) = limit;
    let allow =
        Limits::default().with(limit, allowed).allow(limit, bytes.len() as u64, || format!("{what} est trop long"));
    // No more is read than shows that it is too long.
    allow.map_err(|exceeded| refused(&exceeded.at_least()))?;
    Ok(bytes)
}

/// Something too large: what, how much, and what to do.
pub(super) fn refused(exceeded: &Exceeded) -> Failure {
    Failure::unusable(format!("{exceeded}. {}", exceeded.help()))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::file("impossible de lire", path, error)
}

/// How messages name a file: as the person did.
fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// How a ruleset is named outside: by its folder, or its file without extension.
fn id(path: &Path) -> String {
    let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = if whole.is_dir() { whole.file_name() } else { whole.file_stem() };
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
