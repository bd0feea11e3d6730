//! What takes longer than a keystroke, in threads of their own: analyses; then examples and reasoning.
//!
//! Each thread answers the last question asked of each ruleset and forgets those before it, so that what is under way
//! while the author types is dropped and not waited for.

use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::snapshot::{Findings, Snapshot, Texts};
use crate::check::reason;
use crate::proof::example;
use crate::remedy::propose;
use crate::syntax::ast::Item;

/// Which ruleset, at which moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Edition {
    /// The folder, and the file where it stands for itself.
    pub(super) book: (String, Option<String>),
    /// Counts the changes.
    pub(super) number: u64,
}

/// What a thread found.
#[derive(Debug)]
pub(super) enum Found {
    /// An analysis.
    Analysed(Edition, Arc<Snapshot>),
    /// What examples and reasoning show; told a second time when reasoning is done.
    Later(Edition, Findings),
}

/// The threads.
#[derive(Debug)]
pub(super) struct Workers {
    analyses: Sender<(Edition, Texts)>,
    findings: Sender<(Edition, Arc<Snapshot>)>,
    /// What they found.
    pub(super) found: Receiver<Found>,
}

impl Workers {
    /// Starts them; they end when this is dropped.
    pub(super) fn start() -> Self {
        let (told, found) = unbounded();
        let (analyses, asked) = unbounded();
        let tell = told.clone();
        thread::spawn(move || {
            answer(&asked, |edition: Edition, texts| {
                let snapshot = Arc::new(Snapshot::of(texts));
                let _ = tell.send(Found::Analysed(edition, snapshot));
            })
        });
        let (findings, asked) = unbounded();
        thread::spawn(move || {
            let waiting = asked.clone();
            answer(&asked, |edition: Edition, snapshot: Arc<Snapshot>| {
                look_closer(&snapshot, &edition, (&told, &waiting))
            });
        });
        Self { analyses, findings, found }
    }

    /// Asks for an analysis.
    pub(super) fn analyse(&self, edition: Edition, texts: Texts) {
        // A thread that ended has nobody to tell.
        let _ = self.analyses.send((edition, texts));
    }

    /// Asks what examples and reasoning show.
    pub(super) fn look_closer(&self, edition: Edition, snapshot: Arc<Snapshot>) {
        let _ = self.findings.send((edition, snapshot));
    }
}

/// Answers the last question asked of each ruleset, until nobody asks any more.
fn answer<T>(asked: &Receiver<(Edition, T)>, mut each: impl FnMut(Edition, T)) {
    let mut waiting: Vec<(Edition, T)> = Vec::new();
    loop {
        if waiting.is_empty() {
            match asked.recv() {
                Ok(question) => waiting.push(question),
                Err(_) => return,
            }
        }
        for question in asked.try_iter() {
            waiting.retain(|(edition, _)| edition.book != question.0.book);
            waiting.push(question);
        }
        let (edition, question) = waiting.remove(0);
        each(edition, question);
    }
}

type Told<'t> = (&'t Sender<Found>, &'t Receiver<(Edition, Arc<Snapshot>)>);

fn look_closer(snapshot: &Snapshot, edition: &Edition, (told, waiting): Told<'_>) {
    let Some(ruleset) = snapshot.ruleset() else { return };
    let analysis = ruleset.analysis();
    let mut findings = Findings::default();
    for item in analysis.files.iter().flat_map(|file| &file.items) {
        let Item::Example(item) = item else { continue };
        if !waiting.is_empty() {
            return;
        }
        findings.proofs.push(example(ruleset, item, None));
    }
    let _ = told.send(Found::Later(edition.clone(), findings.clone()));
    let mut reasoned = reason(ruleset.program(), &analysis.files).diagnostics;
    propose(&analysis.sources, &analysis.files, ruleset.program(), &mut reasoned);
    findings.reasoned = Some(reasoned);
    let _ = told.send(Found::Later(edition.clone(), findings));
}
