//! `new`: a ruleset begun from an official text.
#![allow(clippy::disallowed_methods, reason = "this is where a folder is made")]

use std::fs;
use std::path::{Path, PathBuf};

use super::args::{Common, New};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, output};
use crate::draft::{Draft, draft};
use crate::value::french::things;

/// What the official text is called in the folder.
const TEXT: &str = "texte.txt";

pub(super) fn run(new: &New, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let text = files::official(&new.text, common)?;
    let name = new.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if name.is_empty() {
        return Err(Failure::unusable("donnez un nom au règlement\u{a0}: ce sera celui de son dossier."));
    }
    if new.folder.exists() {
        let folder = new.folder.display();
        return Err(Failure::unusable(format!("«\u{a0}{folder}\u{a0}» existe déjà\u{a0}: choisissez un autre nom.")));
    }
    let made = draft(&name, TEXT, &text);
    write(&new.folder, &made, &text)?;
    if !common.quiet {
        output::write(&summary(&new.folder, &made), common, terminal)?;
    }
    Ok(Status::Done)
}

/// Makes the folder beside, and gives it its name once it is whole.
fn write(folder: &Path, made: &Draft, text: &str) -> Result<(), Failure> {
    let beside = beside(folder);
    let cannot = |error: std::io::Error| Failure::file("impossible de créer", folder, &error);
    fs::create_dir(&beside).map_err(cannot)?;
    let written = made
        .files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .chain([(TEXT, text)])
        .try_for_each(|(name, text)| fs::write(beside.join(name), text))
        .and_then(|()| fs::rename(&beside, folder));
    written.map_err(|error| {
        // Already failing: what is left beside is the lesser trouble.
        let _ = fs::remove_dir_all(&beside);
        cannot(error)
    })
}

fn beside(folder: &Path) -> PathBuf {
    let name = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    folder.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn summary(folder: &Path, made: &Draft) -> String {
    let folder = folder.display();
    let mut out = format!(
        "{folder}\u{a0}: {}, {}, {}\n",
        things(made.clauses, "clause"),
        things(made.headings, "titre"),
        things(made.noises, "ligne hors texte").replace("lignes hors textes", "lignes hors texte"),
    );
    if made.left > 0 {
        out.push_str(&format!(
            "À citer à la main, car rien ne les distingue\u{a0}: {}\n",
            things(made.left, "passage")
        ));
    }
    out.push_str(&format!(
        "\nEt maintenant\u{a0}:\n  reglo check {folder}       ce qui reste à transcrire\n  reglo coverage {folder}    le texte, et \
         ce qui le porte\n"
    ));
    out
}
