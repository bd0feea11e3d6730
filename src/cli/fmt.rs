//! `fmt`: the one layout of a ruleset.
//!
//! Every file is read and laid out before the first is written, and each is replaced whole or not at all.

use std::path::PathBuf;

use super::args::{Common, Fmt};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, output};
use crate::syntax;

/// A file as it is and as it should be.
struct Laid {
    path: PathBuf,
    name: String,
    before: String,
    after: String,
}

pub(super) fn run(fmt: &Fmt, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let from_input = fmt.paths.iter().any(|path| path.as_os_str() == "-");
    if from_input && fmt.paths.len() > 1 {
        return Err(Failure::unusable("l’entrée standard «\u{a0}-\u{a0}» se met en forme seule."));
    }
    let mut all = Vec::new();
    let mut failures = Vec::new();
    for path in &fmt.paths {
        match files::sources(path, common) {
            Ok(found) => all.extend(found),
            Err(failure) => failures.push(failure),
        }
    }
    if !failures.is_empty() {
        return Err(if failures.len() == 1 { failures.remove(0) } else { Failure::Several(failures) });
    }
    let laid = all.into_iter().map(|(path, name, text)| lay(path, name, text)).collect::<Result<Vec<_>, _>>()?;
    let changed: Vec<&Laid> = laid.iter().filter(|file| file.before != file.after).collect();
    if fmt.check {
        let list = changed.iter().map(|file| format!("{}\u{a0}: à mettre en forme\n", file.name)).collect::<String>();
        output::write(&list, common, terminal)?;
        return Ok(if changed.is_empty() { Status::Done } else { Status::Wrong });
    }
    if from_input || common.output.is_some() {
        let text = laid.iter().map(|file| file.after.as_str()).collect::<String>();
        output::write(&text, common, terminal)?;
        return Ok(Status::Done);
    }
    let files: Vec<(PathBuf, String)> = changed.iter().map(|file| (file.path.clone(), file.after.clone())).collect();
    output::replace_files(&files)?;
    if !common.quiet {
        let list = changed.iter().map(|file| format!("{}\u{a0}: mis en forme\n", file.name)).collect::<String>();
        output::write(&list, common, terminal)?;
    }
    Ok(Status::Done)
}

fn lay(path: PathBuf, name: String, before: String) -> Result<Laid, Failure> {
    match syntax::format_faithfully(&before) {
        Some(after) => Ok(Laid { path, name, before, after }),
        None => Err(Failure::unusable(format!(
            "«\u{a0}{name}\u{a0}» n’a pas été mis en forme\u{a0}: son sens aurait changé. C’est une faute de reglo, à \
             signaler\u{202f}; aucun fichier n’a été touché."
        ))),
    }
}
