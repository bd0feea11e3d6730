//! Rulesets found on disk: the files of a folder, and the official texts beside them.
#![allow(clippy::disallowed_methods, reason = "the editor's server reads what the editor has not opened")]

use std::fs;
use std::path::Path;

use crate::limit::{Limit, Limits};

/// The `.reglo` files of a folder, by name: name and text. Nothing where the folder cannot be read.
pub(super) fn rulesets_in(folder: &str) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.ends_with(".reglo")
            && let Some(text) = text(folder, &name)
        {
            found.push((name, text));
        }
    }
    found.sort();
    found
}

/// A file of a folder, where it is there, UTF-8, and no longer than the limits allow.
pub(super) fn text(folder: &str, name: &str) -> Option<String> {
    let path = Path::new(folder).join(name);
    let size = fs::metadata(&path).ok()?;
    if !size.is_file() || size.len() > Limits::default().of(Limit::SourceSize) {
        return None;
    }
    String::from_utf8(fs::read(path).ok()?).ok()
}
