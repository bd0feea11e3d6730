//! How a command ends.

use std::io;
use std::path::Path;

use super::terminal::Terminal;
use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;

/// How a command ended; other programs rely on the codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    /// Done, and nothing is wrong.
    Done,
    /// The ruleset or a test is wrong.
    Wrong,
    /// Wrong usage, or input that cannot be read.
    Unusable,
    /// An answer asked for is open, in conflict or a gap.
    Open,
}

impl Status {
    /// The exit status.
    pub(super) fn code(self) -> u8 {
        match self {
            Status::Done => 0,
            Status::Wrong => 1,
            Status::Unusable => 2,
            Status::Open => 3,
        }
    }
}

/// Why a command could not go on.
#[derive(Debug)]
pub(super) enum Failure {
    /// What was asked for cannot be done, or a file cannot be read or written; a French sentence.
    Unusable(String),
    /// Several such things.
    Several(Vec<Failure>),
    /// Sources are wrong.
    Diagnostics(Box<SourceMap>, Vec<Diagnostic>),
}

impl Failure {
    /// Something the person must change.
    pub(super) fn unusable(message: impl Into<String>) -> Self {
        Failure::Unusable(message.into())
    }

    /// A file that could not be read or written: « `what` « path » : why ».
    pub(super) fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        Failure::Unusable(format!("{what} «\u{a0}{}\u{a0}»\u{a0}: {}", path.display(), reason(error)))
    }

    /// Says what is wrong on standard error.
    pub(super) fn tell(&self, terminal: &Terminal) -> Status {
        match self {
            Failure::Unusable(message) => {
                terminal.complain(message);
                Status::Unusable
            }
            Failure::Several(failures) => {
                for failure in failures {
                    failure.tell(terminal);
                }
                Status::Unusable
            }
            Failure::Diagnostics(sources, diagnostics) => {
                terminal.diagnose(sources, diagnostics);
                Status::Wrong
            }
        }
    }
}

/// Why the system refused, in French.
#[allow(clippy::wildcard_enum_match_arm, reason = "the system's own list, which grows")]
pub(super) fn reason(error: &io::Error) -> String {
    use io::ErrorKind;
    let known = match error.kind() {
        ErrorKind::NotFound => "il n’existe pas",
        ErrorKind::PermissionDenied => "l’accès est refusé",
        ErrorKind::IsADirectory => "c’est un répertoire",
        ErrorKind::NotADirectory => "ce n’est pas un répertoire",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "il n’y a plus de place sur le disque",
        ErrorKind::ReadOnlyFilesystem => "le disque est en lecture seule",
        ErrorKind::FileTooLarge => "le fichier est trop gros",
        ErrorKind::OutOfMemory => "la mémoire manque",
        _ => {
            return match error.raw_os_error() {
                Some(code) => format!("erreur {code} du système"),
                None => "erreur du système".to_owned(),
            };
        }
    };
    known.to_owned()
}
