//! The work itself: one thread reads, many decide, one writes in order.
#![allow(clippy::disallowed_methods, reason = "this is where files are read and written")]

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;

use super::input::{Chunk, Place, Rows};
use super::join::by_line;
use super::parts::{Part, State};
use super::plan::Plan;
use super::progress::Progress;
use super::sort::{Entry, Sorted, Sorter};
use crate::batch::{Decider, Piece, REJECT_HEADING, Raw, Reject, Tally, Work};
use crate::cli::batch_args::Reading;
use crate::cli::failure::{Failure, reason};
use crate::cli::output;
use crate::cli::terminal::Terminal;
use crate::dossier::delimited::Lines;
use crate::limit::Limit;
use crate::render::Wanted;
use crate::ruleset::Ruleset;

/// What decides, and what.
pub(super) struct Deciding<'a> {
    pub(super) ruleset: &'a Ruleset,
    pub(super) decider: &'a dyn Decider,
    pub(super) wanted: &'a [Wanted],
}

/// Decides all rows of the plan, and puts the results in their places.
pub(super) fn run(plan: &mut Plan, deciding: &Deciding<'_>, terminal: &Terminal) -> Result<Tally, Failure> {
    let rows = plan.rows.take();
    let plan = &*plan;
    let begun = begun(plan, rows.as_ref().map_or(plan.start(), Rows::place), terminal)?;
    let mut results = Results::open(plan, deciding, begun.as_ref())?;
    let work = Work {
        ruleset: deciding.ruleset,
        decider: deciding.decider,
        wanted: deciding.wanted,
        main: &plan.main,
        tables: &plan.joined.tables,
        lookup: &plan.joined,
        common: plan.common.as_ref(),
        form: plan.form,
        explain: &plan.explain,
        letters: plan.before,
    };
    let cannot_read = |error: io::Error| Failure::file("impossible de lire", &plan.input, &error);
    let mut keys = Sorter::new(&plan.folder());
    let rows = match (begun, rows) {
        (Some(state), Some(rows)) => {
            count_again(rows, state.place, &work, &mut keys).map_err(cannot_read)?;
            Rows::from(&plan.input, plan.header.as_ref(), state.place, deciding.ruleset.limits().count(Limit::RowSize))?
        }
        (None, Some(rows)) => rows,
        (_, None) => return Err(Failure::unusable("les dossiers ont déjà été lus.")),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.jobs).build();
    let pool = pool
        .map_err(|error| Failure::unusable(format!("les fils d’exécution n’ont pas pu être lancés\u{a0}: {error}.")))?;
    let size = fs::metadata(&plan.input)
        .ok()
        .filter(|_| plan.reading != Reading::Xlsx)
        .filter(fs::Metadata::is_file)
        .map(|known| known.len());
    let mut progress = Progress::new(plan.progress.then_some(size));
    let done = in_chunks(rows, |chunk| {
        let Chunk { rows, place } = chunk.map_err(cannot_read)?;
        let pieces = pool.install(|| decide(&work, rows)).map_err(|error| {
            Failure::unusable(format!("impossible de lire un fichier de listes\u{a0}: {}", reason(&error)))
        })?;
        let mut decided = 0;
        for piece in &pieces {
            results.add(piece)?;
            decided += piece.tally.rows;
            for (key, line) in &piece.keys {
                keys.push(Entry { key: *key, line: *line, offset: 0, length: 0 }).map_err(cannot_read)?;
            }
        }
        results.keep(plan, place)?;
        progress.at(place.offset, decided);
        Ok(())
    });
    progress.done();
    done?;
    if !plan.main.keys.is_empty() {
        let mut keys = keys.sorted().map_err(cannot_read)?;
        contradictions(plan, &mut keys, &mut |reject| results.reject(reject))?;
    }
    results.place(plan)
}

/// Where the same work was cut short, if it is to be taken up again.
fn begun(plan: &Plan, start: Place, terminal: &Terminal) -> Result<Option<State>, Failure> {
    let Some(target) = plan.targets.answers.as_deref().filter(|_| plan.resume) else {
        if plan.resume {
            return Err(Failure::unusable("--resume reprend un travail qui écrit dans un fichier\u{a0}: donnez -o."));
        }
        return Ok(None);
    };
    if plan.input.as_os_str() == "-" {
        return Err(Failure::unusable("un travail qui lit l’entrée standard ne se reprend pas."));
    }
    match State::of(target) {
        Some(state) if state.work != plan.identity => Err(Failure::unusable(
            "le travail interrompu n’est pas celui-ci (le règlement, les fichiers ou les options ont changé)\u{a0}: relancez sans --resume.",
        )),
        Some(state) => {
            let rows = state.tally.rows + state.tally.broken;
            terminal.inform(&format!("Reprise après {rows} lignes."));
            Ok(Some(state).filter(|state| state.place.offset >= start.offset))
        }
        None => {
            terminal.inform("Rien à reprendre\u{a0}: le travail commence au début.");
            Ok(None)
        }
    }
}

/// The keys of the rows decided before, up to a place.
fn count_again(mut rows: Rows, upto: Place, work: &Work<'_>, keys: &mut Sorter) -> io::Result<()> {
    while rows.place().offset < upto.offset {
        let Some(raw) = rows.row()? else { break };
        if let Some((key, line)) = work.key_of(&raw) {
            keys.push(Entry { key, line, offset: 0, length: 0 })?;
        }
    }
    Ok(())
}

/// Reads chunks ahead of what is done with them.
fn in_chunks(mut rows: Rows, mut each: impl FnMut(io::Result<Chunk>) -> Result<(), Failure>) -> Result<(), Failure> {
    let (sender, receiver) = sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Some(chunk) = rows.chunk().transpose() {
                let failed = chunk.is_err();
                // Who no longer listens has failed.
                if sender.send(chunk).is_err() || failed {
                    return;
                }
            }
        });
        // A failure drops the receiver, which stops the reader.
        receiver.into_iter().try_for_each(&mut each)
    })
}

fn decide(work: &Work<'_>, rows: Vec<Raw>) -> io::Result<Vec<Piece>> {
    let at_once = work.decider.at_once().max(1);
    let mut groups = Vec::with_capacity(rows.len() / at_once + 1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        groups.push(rows.by_ref().take(at_once).collect::<Vec<Raw>>());
    }
    groups.into_par_iter().map(|group| work.piece(group)).collect()
}

/// The same key on several rows, and rows of tables that belong to no dossier.
fn contradictions(
    plan: &Plan,
    keys: &mut Sorted,
    reject: &mut dyn FnMut(Reject) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let cannot = |error: io::Error| Failure::file("impossible de lire", &plan.input, &error);
    let mut twice = Sorter::new(&plan.folder());
    let mut first: Option<Entry> = None;
    keys.each(|entry| match first {
        // The line of the first row travels as its place.
        Some(before) if before.key == entry.key => twice.push(by_line(Entry { offset: before.line, ..entry })),
        Some(_) | None => {
            first = Some(entry);
            Ok(())
        }
    })
    .map_err(cannot)?;
    // What is found is told once all of it is known.
    let mut failed = Ok(());
    let mut tell = |found: Reject| {
        failed = reject(found);
        failed.as_ref().map_err(|_| io::Error::other("")).copied()
    };
    let names = plan.key_names().join(", ");
    let mut told = twice.sorted().map_err(cannot)?.each(|entry| {
        let why =
            format!("La ligne {} a déjà cette clé ({names})\u{202f}; les deux dossiers sont décidés.", entry.offset);
        tell(Reject {
            file: plan.main.name.clone(),
            line: entry.line,
            column: names.clone(),
            problem: "clé-en-double".to_owned(),
            why,
            ..Reject::default()
        })
    });
    for (index, (orphans, table)) in
        plan.joined.orphans(keys, &plan.folder()).map_err(cannot)?.iter_mut().zip(&plan.joined.tables).enumerate()
    {
        if told.is_err() {
            break;
        }
        told = orphans.each(|entry| {
            let key = plan.joined.key(index, entry)?;
            tell(Reject {
                file: table.name.clone(),
                line: entry.line,
                column: names.clone(),
                found: key.clone(),
                key,
                path: table.path.join("."),
                problem: "clé-inconnue".to_owned(),
                why: format!(
                    "Aucun dossier de «\u{a0}{}\u{a0}» n'a cette clé\u{202f}; la ligne n'est rattachée à aucun.",
                    plan.main.name
                ),
            })
        });
    }
    failed?;
    told.map_err(cannot)
}

/// The results, growing.
struct Results {
    answers: Answers,
    rejects: Option<Part>,
    explanations: Option<Part>,
    /// The folder of pages.
    pages: Option<PathBuf>,
    /// The folder of letters.
    letters: Option<PathBuf>,
    tally: Tally,
    lines: Lines,
}

enum Answers {
    File(Part),
    Standard(BufWriter<io::Stdout>),
}

impl Results {
    fn open(plan: &Plan, deciding: &Deciding<'_>, begun: Option<&State>) -> Result<Self, Failure> {
        let kept = |part: usize| begun.and_then(|state| state.written.get(part)).copied().unwrap_or(0);
        let answers = match &plan.targets.answers {
            Some(target) => {
                let part = Part::open(target, kept(0))?;
                if begun.is_none() {
                    State::forget(target);
                }
                Answers::File(part)
            }
            None => Answers::Standard(BufWriter::with_capacity(1 << 16, io::stdout())),
        };
        let open = |target: &Option<PathBuf>, part: usize| {
            target.as_deref().map(|target| Part::open(target, kept(part))).transpose()
        };
        let mut results = Self {
            answers,
            rejects: open(&plan.targets.rejects, 1)?,
            explanations: open(&plan.targets.explanations, 2)?,
            pages: plan.targets.pages.clone(),
            letters: plan.targets.letters.clone(),
            tally: begun.map_or_else(|| Tally::new(deciding.wanted), |state| state.tally.clone()),
            lines: Lines::new(plan.form.separator()),
        };
        for folder in [&plan.targets.pages, &plan.targets.letters].into_iter().flatten() {
            fs::create_dir_all(folder).map_err(|error| Failure::file("impossible d’écrire", folder, &error))?;
        }
        if begun.is_none() {
            let heading = plan.form.heading(deciding.ruleset.program(), &plan.key_names(), deciding.wanted);
            results.write_answers(&heading)?;
            let mut names = Vec::new();
            results.lines.write(REJECT_HEADING, &mut names);
            if let Some(part) = &mut results.rejects {
                part.write(&names)?;
            }
            for flaw in &plan.flaws {
                results.reject(flaw.clone())?;
            }
        }
        Ok(results)
    }

    fn write_answers(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match &mut self.answers {
            Answers::File(part) => part.write(bytes),
            Answers::Standard(out) => out.write_all(bytes).or_else(unheard),
        }
    }

    fn add(&mut self, piece: &Piece) -> Result<(), Failure> {
        self.write_answers(&piece.answers)?;
        if let Some(part) = &mut self.rejects {
            part.write(&piece.rejects)?;
        }
        if let Some(part) = &mut self.explanations {
            part.write(&piece.explained)?;
        }
        for (folder, pages) in [(&self.pages, &piece.pages), (&self.letters, &piece.letters)] {
            if let Some(folder) = folder {
                write_pages(folder, pages)?;
            }
        }
        self.tally.merge(&piece.tally);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        reject.write(&mut self.lines, &mut bytes);
        self.tally.reject(&reject.problem);
        match &mut self.rejects {
            Some(part) => part.write(&bytes),
            None => Ok(()),
        }
    }

    /// Keeps where the work stands.
    fn keep(&mut self, plan: &Plan, place: Place) -> Result<(), Failure> {
        let Answers::File(answers) = &mut self.answers else { return Ok(()) };
        let flush = |part: &mut Option<Part>| part.as_mut().map_or(Ok(0), Part::flush);
        let written = vec![answers.flush()?, flush(&mut self.rejects)?, flush(&mut self.explanations)?];
        let Some(target) = plan.targets.answers.as_deref().filter(|_| plan.input.as_os_str() != "-") else {
            return Ok(());
        };
        State { work: plan.identity.clone(), place, written, tally: self.tally.clone() }.keep(target)
    }

    /// Puts everything in its place, the answers last.
    fn place(self, plan: &Plan) -> Result<Tally, Failure> {
        for part in [self.explanations, self.rejects].into_iter().flatten() {
            part.place()?;
        }
        match self.answers {
            Answers::File(part) if plan.workbook => {
                part.place_workbook(plan.form.separator(), plan.key_names().len())?
            }
            Answers::File(part) => part.place()?,
            Answers::Standard(mut out) => out.flush().or_else(unheard)?,
        }
        if let Some(target) = &plan.targets.answers {
            State::forget(target);
        }
        Ok(self.tally)
    }
}

/// Who stopped reading has read enough.
fn unheard(error: io::Error) -> Result<(), Failure> {
    if error.kind() == ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(Failure::unusable(format!("impossible d’écrire sur la sortie standard\u{a0}: {}", reason(&error))))
}

/// Writes pages, each whole or not at all.
fn write_pages(folder: &Path, pages: &[(String, String)]) -> Result<(), Failure> {
    for (name, text) in pages {
        let path = folder.join(name);
        output::replace(&path, text.as_bytes()).map_err(|error| Failure::file("impossible d’écrire", &path, &error))?;
    }
    Ok(())
}
