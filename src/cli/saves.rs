//! Files being saved: the one place that listens to the system for it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};

use super::failure::Failure;

/// An editor writes a file in several steps: what comes within this long is one save.
const SETTLING: Duration = Duration::from_millis(60);

/// Listens to the files of some folders.
pub(super) struct Saves {
    events: Receiver<notify::Result<Event>>,
    /// It stops listening when dropped.
    _watcher: RecommendedWatcher,
}

impl Saves {
    /// Begins to listen to these folders, those below them left out.
    pub(super) fn of(folders: &[PathBuf]) -> Result<Self, Failure> {
        let (tell, events) = channel();
        let mut watcher = recommended_watcher(tell).map_err(|error| cannot(Path::new("."), &error))?;
        for folder in folders {
            watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| cannot(folder, &error))?;
        }
        Ok(Self { events, _watcher: watcher })
    }

    /// Waits for a save; the files it touched. None once nothing more can be heard.
    pub(super) fn next(&self) -> Option<Vec<PathBuf>> {
        let mut paths = Vec::new();
        let mut add = |event: notify::Result<Event>| {
            // What could not be heard is as if a file had been touched: nothing is missed.
            paths.extend(event.map_or_else(
                |_| vec![PathBuf::new()],
                |event| if event.kind.is_access() { Vec::new() } else { event.paths },
            ));
        };
        add(self.events.recv().ok()?);
        while let Ok(event) = self.events.recv_timeout(SETTLING) {
            add(event);
        }
        Some(paths)
    }
}

fn cannot(folder: &Path, error: &notify::Error) -> Failure {
    Failure::unusable(format!("impossible de suivre «\u{a0}{}\u{a0}»\u{a0}: {error}", folder.display()))
}
