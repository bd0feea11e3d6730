//! Results that grow: written beside their place, and put there when all is done. What was written when a work was
//! cut short is kept, with where it stood, so that it can be taken up again.
#![allow(clippy::disallowed_methods, reason = "this is where files are written")]

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::input::Place;
use crate::batch::Tally;
use crate::cli::failure::Failure;

/// Where a work stands: what was written of each part, and what of the input that comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    /// What the work is: rules, options, inputs. Only the same work can be taken up again.
    pub(super) work: String,
    /// Where reading stood.
    pub(super) place: Place,
    /// How much was written of each part, in bytes.
    pub(super) written: Vec<u64>,
    /// What was counted.
    pub(super) tally: Tally,
}

/// One result that grows.
pub(super) struct Part {
    target: PathBuf,
    beside: PathBuf,
    file: BufWriter<File>,
    written: u64,
}

impl Part {
    /// The part for a target; what an earlier work wrote of it is kept up to `keep` bytes.
    pub(super) fn open(target: &Path, keep: u64) -> Result<Self, Failure> {
        // The file a link points at is replaced, not the link.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let beside = hidden(&target, "part");
        let cannot = |error: &io::Error| Failure::file("impossible d’écrire", &target, error);
        if target.is_dir() {
            return Err(cannot(&ErrorKind::IsADirectory.into()));
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&beside)
            .map_err(|error| cannot(&error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let target = target.display();
                return Err(Failure::unusable(format!(
                    "un autre travail est en train d’écrire «\u{a0}{target}\u{a0}»."
                )));
            }
            // A file system without locks has none to respect.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        file.set_len(keep).and_then(|()| file.seek(SeekFrom::Start(keep))).map_err(|error| cannot(&error))?;
        Ok(Self { target, beside, file: BufWriter::with_capacity(1 << 16, file), written: keep })
    }

    /// Adds bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.written += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| self.cannot(&error))
    }

    /// All that was added is with the system: it survives the end of this process.
    pub(super) fn flush(&mut self) -> Result<u64, Failure> {
        self.file.flush().map_err(|error| self.cannot(&error))?;
        Ok(self.written)
    }

    /// Takes the place of the target.
    pub(super) fn place(mut self) -> Result<(), Failure> {
        self.flush()?;
        let file = self.file.get_ref();
        let before = fs::metadata(&self.target).ok();
        let placed = before
            .map_or(Ok(()), |before| file.set_permissions(before.permissions()))
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&self.beside, &self.target));
        placed.map_err(|error| self.cannot(&error))
    }

    /// What was written takes the place of the target as a workbook; the first `keys` columns are texts.
    #[cfg(feature = "xlsx")]
    pub(super) fn place_workbook(mut self, separator: u8, keys: usize) -> Result<(), Failure> {
        self.flush()?;
        let beside = hidden(&self.target, "book");
        let rows = File::open(&self.beside).map_err(|error| self.cannot(&error))?;
        let book = File::create(&beside).map_err(|error| self.cannot(&error))?;
        let mut out = BufWriter::new(book);
        let made = crate::dossier::sheet::workbook((rows, separator), keys, &mut out);
        made.map_err(|why| Failure::unusable(format!("«\u{a0}{}\u{a0}»\u{a0}: {why}.", self.target.display())))?;
        let book = out.into_inner().map_err(|error| self.cannot(error.error()))?;
        book.sync_all().and_then(|()| fs::rename(&beside, &self.target)).map_err(|error| self.cannot(&error))?;
        // The rows are in their place; what is left beside is the lesser trouble.
        let _ = fs::remove_file(&self.beside);
        Ok(())
    }

    /// Without workbooks none is asked for.
    #[cfg(not(feature = "xlsx"))]
    pub(super) fn place_workbook(self, _: u8, _: usize) -> Result<(), Failure> {
        self.place()
    }

    fn cannot(&self, error: &io::Error) -> Failure {
        Failure::file("impossible d’écrire", &self.target, error)
    }
}

impl State {
    /// Where the work that writes `target` stood, if it was cut short.
    pub(super) fn of(target: &Path) -> Option<Self> {
        let bytes = fs::read(hidden(&resolved(target), "state")).ok()?;
        let state: Self = serde_json::from_slice(&bytes).ok()?;
        let whole = |(at, written): (usize, &u64)| {
            // After a loss of power the state may have outlived what it speaks of.
            at > 0 || fs::metadata(hidden(&resolved(target), "part")).is_ok_and(|part| part.len() >= *written)
        };
        state.written.iter().enumerate().all(whole).then_some(state)
    }

    /// Keeps where the work that writes `target` stands.
    pub(super) fn keep(&self, target: &Path) -> Result<(), Failure> {
        let path = hidden(&resolved(target), "state");
        let beside = hidden(&resolved(target), "state-new");
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        let kept = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, &path));
        kept.map_err(|error| Failure::file("impossible d’écrire", &path, &error))
    }

    /// The work is done.
    pub(super) fn forget(target: &Path) {
        // Nothing is lost where it stays: the next work begins anew or finds it is another's.
        let _ = fs::remove_file(hidden(&resolved(target), "state"));
    }
}

fn resolved(target: &Path) -> PathBuf {
    fs::canonicalize(target).unwrap_or_else(|_| target.to_owned())
}

/// The file beside a target in which something of it is kept: `.sortie.csv.reglo-part`.
fn hidden(target: &Path, what: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.reglo-{what}"))
}
