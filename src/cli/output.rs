//! Results: to standard output, or to a file that is whole or not there at all.
#![allow(clippy::disallowed_methods, reason = "this is where files are written")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};

use super::args::Common;
use super::failure::{Failure, reason};
use super::terminal::Terminal;

/// Writes a result where the command says.
pub(super) fn write(text: &str, common: &Common, terminal: &Terminal) -> Result<(), Failure> {
    match &common.output {
        Some(path) if path.as_os_str() != "-" => replace_file(path, text),
        Some(_) | None => match show(text, terminal) {
            // Who stopped reading has read enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            Err(error) => {
                let why = reason(&error);
                Err(Failure::unusable(format!("impossible d’écrire sur la sortie standard\u{a0}: {why}")))
            }
            Ok(()) => Ok(()),
        },
    }
}

fn show(text: &str, terminal: &Terminal) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if terminal.out.colour {
        // On an old Windows console escape codes are turned into calls.
        let mut out = AutoStream::new(out, ColorChoice::Always);
        out.write_all(text.as_bytes())?;
        return out.flush();
    }
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Replaces a file by a text, whole or not at all.
pub(super) fn replace_file(path: &Path, text: &str) -> Result<(), Failure> {
    replace(path, text.as_bytes()).map_err(|error| Failure::file("impossible d’écrire", path, &error))
}

/// Replaces files by texts: all are written beside before the first takes its place.
pub(super) fn replace_files(files: &[(PathBuf, String)]) -> Result<(), Failure> {
    let mut written: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut done = Ok(());
    for (path, text) in files {
        match write_beside(path, text.as_bytes()) {
            Ok(beside) => written.push(beside),
            Err(error) => {
                done = Err(Failure::file("impossible d’écrire", path, &error));
                break;
            }
        }
    }
    for (beside, target) in &written {
        if done.is_ok() {
            done = fs::rename(beside, target).map_err(|error| Failure::file("impossible d’écrire", target, &error));
        }
        if done.is_err() {
            // Already failing: what is left beside is the lesser trouble.
            let _ = fs::remove_file(beside);
        }
    }
    done
}

/// Writes beside the file, then takes its place.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // The file a link points at is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&target).ok();
    if before.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(ErrorKind::IsADirectory.into());
    }
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        // A device or a pipe has no beside.
        return OpenOptions::new().write(true).open(&target)?.write_all(bytes);
    }
    let (beside, target) = write_beside(&target, bytes)?;
    let placed = fs::rename(&beside, &target);
    if placed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    placed
}

/// Writes beside a file; where that is, and the file whose place it is to take.
fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<(PathBuf, PathBuf)> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&target).ok();
    let (beside, mut file) = create_beside(&target)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| before.map_or(Ok(()), |before| file.set_permissions(before.permissions())))
        .and_then(|()| file.sync_all());
    drop(file);
    match written {
        Ok(()) => Ok((beside, target)),
        Err(error) => {
            // Already failing: what is left beside is the lesser trouble.
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}

fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    let mut attempt = 0;
    loop {
        let beside = target.with_file_name(format!(".{name}.{}-{attempt}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            opened => return opened.map(|file| (beside, file)),
        }
    }
}
