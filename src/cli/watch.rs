//! `watch`: rulesets checked again at each save, and the answers that changed since the last one that could decide.

use std::path::{Path, PathBuf};

use super::args::{Common, Watch};
use super::failure::{Failure, Status};
use super::saves::Saves;
use super::terminal::Terminal;
use super::{files, output};
use crate::proof::{Change, Standing, Verdict};
use crate::render;
use crate::ruleset::Analysis;
use crate::value::french::things;

/// So many examples are told of one change.
const TOLD: usize = 20;

/// A ruleset being watched.
struct Watched {
    path: PathBuf,
    /// The folder in which its files are saved.
    folder: PathBuf,
    /// What its examples answered when it last could decide.
    standing: Option<Standing>,
    /// The texts it was last told of.
    seen: Vec<String>,
}

pub(super) fn run(watch: &Watch, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let mut all: Vec<Watched> = watch.rulesets.iter().map(|path| watched(path)).collect();
    let mut folders: Vec<PathBuf> = all.iter().map(|watched| watched.folder.clone()).collect();
    folders.sort();
    folders.dedup();
    // Listening begins first: what is saved while the rulesets are first read is heard.
    let saves = Saves::of(&folders)?;
    for watched in &mut all {
        tell(watched, common, terminal)?;
    }
    while let Some(paths) = saves.next() {
        for watched in all.iter_mut().filter(|watched| paths.iter().any(|path| concerns(watched, path))) {
            tell(watched, common, terminal)?;
        }
    }
    Ok(Status::Done)
}

fn watched(path: &Path) -> Watched {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = if path.is_dir() { path } else { parent }.to_owned();
    Watched { path: path.to_owned(), folder, standing: None, seen: Vec::new() }
}

/// Whether what was saved there may be part of a ruleset: its files and its texts, not what editors leave beside them.
fn concerns(watched: &Watched, path: &Path) -> bool {
    if path.as_os_str().is_empty() {
        return true;
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let hidden = name.starts_with('.') || name.ends_with('~') || name.ends_with(".tmp") || name.ends_with(".swp");
    let inside = path.parent().is_some_and(|parent| parent.ends_with(watched.folder.file_name().unwrap_or_default()));
    !hidden && (inside || watched.folder == Path::new("."))
}

/// Checks a ruleset, and tells what is new. Saving what was already saved tells nothing.
fn tell(watched: &mut Watched, common: &Common, terminal: &Terminal) -> Result<(), Failure> {
    let report = match files::analysis(&watched.path, common) {
        Ok(analysis) => {
            let sources = analysis.sources.iter().map(|(_, source)| source.text.clone());
            let seen: Vec<String> =
                sources.chain(analysis.program.texts.iter().map(|text| text.text.clone())).collect();
            if seen == watched.seen {
                return Ok(());
            }
            watched.seen = seen;
            report(watched, analysis, terminal)
        }
        // A file that is being written may be away or cut short for a moment; the next save tells.
        Err(failure) => {
            watched.seen.clear();
            failure.tell(terminal);
            return Ok(());
        }
    };
    output::write(&format!("{report}\n"), common, terminal)
}

fn report(watched: &mut Watched, analysis: Analysis, terminal: &Terminal) -> String {
    let name = watched.path.display().to_string();
    let analysis = analysis.reasoned();
    let mut out = render::diagnostics(&analysis.sources, &analysis.diagnostics, terminal.out);
    let Ok(ruleset) = analysis.into_ruleset() else {
        return out;
    };
    let now = Standing::of(&ruleset, watched.standing.as_ref());
    out.push_str(&format!("{name}\u{a0}: {}", summary(&now)));
    if let Some(before) = &watched.standing {
        out.push_str(&changes(&now.since(before)));
    } else {
        let failing = now.failing().take(TOLD);
        for stand in failing {
            out.push_str(&format!("  ✗ {}\n", stand.title));
            for failure in &stand.failures {
                let (question, expected, found) = (&failure.question, &failure.expected, &failure.found);
                out.push_str(&format!("    {question}\u{a0}: attendu {expected}, trouvé {found}\n"));
            }
        }
    }
    watched.standing = Some(now);
    out
}

/// « 12 exemples, tout concorde. »
fn summary(now: &Standing) -> String {
    let count = things(now.examples.len(), "exemple");
    match now.failing().count() {
        _ if now.examples.is_empty() => "aucun exemple.\n".to_owned(),
        0 => format!("{count}, tout concorde.\n"),
        1 => format!("{count}, 1 ne concorde pas.\n"),
        failing => format!("{count}, {failing} ne concordent pas.\n"),
    }
}

fn changes(changes: &[Change<'_>]) -> String {
    let changing = changes.iter().filter(|change| !change.answers.is_empty()).count();
    let mut out = match changing {
        0 => "Aucune réponse ne change.\n".to_owned(),
        1 => "1 exemple change de réponse\u{a0}:\n".to_owned(),
        changing => format!("{changing} exemples changent de réponse\u{a0}:\n"),
    };
    for change in changes.iter().take(TOLD) {
        let verdict = match change.verdict {
            Verdict::Met => "✓",
            Verdict::Unmet => "✗",
            Verdict::Broken => "✗ ne concorde plus\u{a0}:",
            Verdict::Mended => "✓ concorde maintenant\u{a0}:",
        };
        out.push_str(&format!("  {verdict} {}\n", change.title));
        for answer in &change.answers {
            out.push_str(&format!("    {}\u{a0}: {} → {}\n", answer.question, answer.before, answer.after));
        }
    }
    if changes.len() > TOLD {
        out.push_str(&format!("  … et {} autres\n", changes.len() - TOLD));
    }
    out
}
