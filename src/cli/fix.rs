//! `check --fix`: the safe remedies, made in the files.
//!
//! They are made in memory until none is left, and the ruleset checked again each time; files are then replaced all
//! together.

use std::path::{Path, PathBuf};

use super::args::Common;
use super::failure::Failure;
use super::{files, output};
use crate::diagnostic::Severity;
use crate::remedy::apply_safe;
use crate::ruleset::{Analysis, Parsed};
use crate::syntax::Reading;

/// One remedy may make way for another; no ruleset needs more turns than this.
const TURNS: usize = 20;

/// Makes the safe remedies of a ruleset; how many were made.
pub(super) fn mend(path: &Path, common: &Common) -> Result<usize, Failure> {
    let (id, mut texts) = files::ruleset_files(path, common)?;
    let before = texts.clone();
    let paths = files::sources(path, common)?.into_iter().map(|(path, ..)| path);
    let mut made = 0;
    for _ in 0..TURNS {
        let analysis = analysed(path, (&id, &texts), common)?;
        let (changed, count) = apply_safe(&analysis.sources, &analysis.diagnostics);
        if count == 0 {
            break;
        }
        let mended = texts.iter().zip(analysis.sources.iter()).map(|((name, text), (source, _))| {
            let new = changed.iter().find(|(id, _)| *id == source).map(|(_, text)| text);
            (name.clone(), new.unwrap_or(text).clone())
        });
        let mended: Vec<(String, String)> = mended.collect();
        let unreadable =
            |texts: &[(String, String)]| texts.iter().map(|(_, text)| errors_of_reading(text)).sum::<usize>();
        if unreadable(&mended) > unreadable(&texts) {
            return Err(Failure::unusable(
                "une correction aurait rendu le règlement illisible\u{a0}: c’est une faute de reglo, à signaler\u{202f}; \
                 aucun fichier n’a été touché.",
            ));
        }
        made += count;
        texts = mended;
    }
    let changed = paths.zip(before.into_iter().zip(texts)).filter(|(_, (before, after))| before != after);
    let files: Vec<(PathBuf, String)> = changed.map(|(path, (_, (_, text)))| (path, text)).collect();
    output::replace_files(&files)?;
    Ok(made)
}

fn analysed(path: &Path, (id, texts): (&str, &[(String, String)]), common: &Common) -> Result<Analysis, Failure> {
    let parsed = Parsed::within(common.limits(), (id, Reading::Whole), texts.to_vec());
    let official = files::official_texts(path, &parsed, common)?;
    Ok(parsed.analyse(&official))
}

fn errors_of_reading(text: &str) -> usize {
    let (_, diagnostics) = crate::syntax::parse(crate::source::SourceId(0), text);
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
}
