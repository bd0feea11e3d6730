//! The pages of the documentation.

use std::io;
use std::path::{Path, PathBuf};

use crate::colour::coloured;

/// Copies the pages that the summary names, it, and the schemas that pages speak of to the folder, rulesets coloured; says
/// which pages it leaves out.
pub(crate) fn gather(docs: &Path, folder: &Path) -> io::Result<Vec<String>> {
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md"))?;
    let mut left_out = Vec::new();
    for page in pages(docs)? {
        let name = page.to_string_lossy().replace('\\', "/");
        if name.ends_with(".md") && name != "SUMMARY.md" && !summary.contains(&format!("]({name})")) {
            left_out.push(format!("SUMMARY.md leads to no « {name} »"));
        }
        let copy = folder.join(&page);
        if let Some(parent) = copy.parent() {
            std::fs::create_dir_all(parent)?;
        }
        if name.ends_with(".md") {
            std::fs::write(copy, coloured(&std::fs::read_to_string(docs.join(&page))?))?;
        } else {
            std::fs::copy(docs.join(&page), copy)?;
        }
    }
    Ok(left_out)
}

/// The Markdown files and the schemas under a folder, relative to it, by name.
fn pages(docs: &Path) -> io::Result<Vec<PathBuf>> {
    let mut pending = vec![docs.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md" || extension == "json")
                && let Ok(page) = path.strip_prefix(docs)
            {
                found.push(page.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}
