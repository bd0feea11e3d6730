//! What a batch reads and writes, settled before it starts.
#![allow(clippy::disallowed_methods, reason = "this is where files are looked at")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::input::{self, Header, Place, Rows, of_name, on_disk};
use super::join::{Joined, has_all, key_columns};
use crate::batch::{Explain, Form, Key, Main, Raw, Reject};
use crate::cli::args::Common;
use crate::cli::batch_args::{Batch, Reading};
use crate::cli::failure::Failure;
use crate::dossier::charset::Charset;
use crate::dossier::layout::{Layout, survey};
use crate::dossier::mapping::{self, Mapping, Mappings};
use crate::dossier::{Datum, Placed, parse_json, relocated};
use crate::limit::Limit;
use crate::program::{Program, fold};
use crate::ruleset::Ruleset;
use crate::value::Day;

/// What a batch reads and writes.
pub(super) struct Plan {
    /// The file of dossiers.
    pub(super) input: PathBuf,
    /// How it is written.
    pub(super) reading: Reading,
    /// The names of its columns, where it has some.
    pub(super) header: Option<Header>,
    /// Its rows, from the start; taken by who reads them.
    pub(super) rows: Option<Rows>,
    /// What its columns are.
    pub(super) main: Main,
    /// The files of lists.
    pub(super) joined: Joined,
    /// What of them could not be read.
    pub(super) flaws: Vec<Reject>,
    /// What all dossiers have in common.
    pub(super) common: Option<Placed>,
    /// How answers are written.
    pub(super) form: Form,
    /// The answers become a workbook at the end.
    pub(super) workbook: bool,
    /// Which rows are explained.
    pub(super) explain: Explain,
    /// Where results go.
    pub(super) targets: Targets,
    /// By when letters ask for what is missing.
    pub(super) before: Option<Day>,
    /// How many threads decide.
    pub(super) jobs: usize,
    /// Go on where an earlier work stopped.
    pub(super) resume: bool,
    /// Show how far it has come.
    pub(super) progress: bool,
    /// Of dossiers in JSON, what the first of them show of all: names that the ruleset does not know, and facts that
    /// nothing gives.
    pub(super) survey: (Vec<String>, Vec<String>),
    /// What the work is, as a hash: only the same is taken up again.
    pub(super) identity: String,
}

/// Where results go.
#[derive(Clone, Debug)]
pub(super) struct Targets {
    /// The answers; none: standard output.
    pub(super) answers: Option<PathBuf>,
    /// What could not be read; none: nowhere.
    pub(super) rejects: Option<PathBuf>,
    /// Justifications as JSON lines.
    pub(super) explanations: Option<PathBuf>,
    /// Justifications as pages.
    pub(super) pages: Option<PathBuf>,
    /// Letters.
    pub(super) letters: Option<PathBuf>,
}

impl Plan {
    pub(super) fn new(batch: &Batch, common: &Common, ruleset: &Ruleset) -> Result<Self, Failure> {
        let program = ruleset.program();
        let output = common.output.as_deref().filter(|path| path.as_os_str() != "-");
        let reading = batch.from.unwrap_or_else(|| of_name(&batch.input).unwrap_or(Reading::Csv));
        let mappings = batch.map.as_deref().map(|path| mappings(program, path)).transpose()?.unwrap_or_default();
        if batch.map.is_some() && reading == Reading::Jsonl {
            return Err(Failure::unusable("--map renomme des colonnes\u{a0}: un fichier JSON Lines n’en a pas."));
        }
        let longest = ruleset.limits().count(Limit::RowSize);
        let (main, header, rows) = match reading {
            Reading::Csv | Reading::Xlsx => {
                let (header, records) = input::delimited(&batch.input, batch.separator, longest)?;
                let main = main(program, &header, batch, &mappings.dossiers)?;
                let charset = header.charset;
                (main, Some(header), Rows::Delimited { records: Box::new(records), charset })
            }
            Reading::Jsonl => {
                let keys = batch.keys.iter().map(|name| Key { name: name.clone(), column: 0 }).collect();
                let main = Main { name: batch.input.display().to_string(), layout: None, keys };
                (main, None, Rows::json(&batch.input, longest)?)
            }
        };
        let mut flaws = Vec::new();
        let folder = output.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_owned);
        let names: Vec<String> = main.keys.iter().map(|key| key.name.clone()).collect();
        if names.is_empty() && !batch.tables.is_empty() {
            return Err(Failure::unusable(
                "--table relie les lignes de deux fichiers\u{a0}: dites par quelle colonne (--key).",
            ));
        }
        let joined = Joined::open(ruleset, &batch.tables, (&names, &folder, &mappings), &mut flaws)?;
        let separator = header.as_ref().map_or(b';', |header| header.separator);
        let written = batch.to.or_else(|| output.and_then(of_name)).unwrap_or(match reading {
            Reading::Csv | Reading::Xlsx => Reading::Csv,
            Reading::Jsonl => Reading::Jsonl,
        });
        let workbook = written == Reading::Xlsx;
        if workbook && (output.is_none() || !cfg!(feature = "xlsx")) {
            return Err(Failure::unusable(
                "un classeur s’écrit dans un fichier (-o), par un programme construit avec --features xlsx.",
            ));
        }
        let form = match written {
            Reading::Csv | Reading::Xlsx => Form::Delimited(separator),
            Reading::Jsonl => Form::JsonLines,
        };
        let mut explain = explained(&batch.explain);
        let targets = targets(batch, output, &mut explain)?;
        let common_facts = batch.common.as_deref().map(common_facts).transpose()?;
        Ok(Self {
            identity: identity(batch, common, ruleset),
            survey: surveyed(ruleset, batch, reading)?,
            input: batch.input.clone(),
            reading,
            header,
            rows: Some(rows),
            main,
            joined,
            flaws,
            common: common_facts,
            form,
            workbook,
            explain,
            targets,
            before: batch.before,
            jobs: batch.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from),
            resume: batch.resume,
            progress: !common.quiet && std::io::IsTerminal::is_terminal(&std::io::stderr()),
        })
    }

    /// The names of what names a row in the answers.
    pub(super) fn key_names(&self) -> Vec<String> {
        if self.main.keys.is_empty() {
            return vec!["ligne".to_owned()];
        }
        self.main.keys.iter().map(|key| key.name.clone()).collect()
    }

    /// Where the first row is.
    pub(super) fn start(&self) -> Place {
        let first = self.rows.as_ref().map(Rows::place);
        first.unwrap_or(Place { offset: 0, line: 1, charset: Charset::Undecided })
    }

    /// The folder of the answers, for what does not fit in memory.
    pub(super) fn folder(&self) -> PathBuf {
        let folder = self.targets.answers.as_deref().and_then(Path::parent);
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        match (&self.targets.answers, folder) {
            (Some(_), None) => PathBuf::from("."),
            (_, Some(folder)) => folder.to_owned(),
            (None, None) => std::env::temp_dir(),
        }
    }
}

/// Looks at the first lines of a file of dossiers in JSON.
fn surveyed(ruleset: &Ruleset, batch: &Batch, reading: Reading) -> Result<(Vec<String>, Vec<String>), Failure> {
    const LOOKED_AT: usize = 100;
    if reading != Reading::Jsonl || batch.input.as_os_str() == "-" {
        return Ok(Default::default());
    }
    let mut rows = Rows::json(&batch.input, ruleset.limits().count(Limit::RowSize))?;
    let mut dossiers = Vec::new();
    while dossiers.len() < LOOKED_AT {
        match rows.row().map_err(|error| Failure::file("impossible de lire", &batch.input, &error))? {
            Some(Raw::Json(_, bytes)) => dossiers.extend(parse_json(&bytes)),
            Some(Raw::Cells(..) | Raw::Broken(_)) => {}
            None => break,
        }
    }
    let (mut unknown, mut missing) = survey(ruleset.program(), &dossiers);
    unknown.retain(|name| !batch.keys.iter().any(|key| fold(key) == fold(name)));
    missing.retain(|name| !batch.tables.iter().any(|(list, _)| fold(list) == fold(name)));
    Ok((unknown, missing))
}

fn main(program: &Program, header: &Header, batch: &Batch, mapping: &Mapping) -> Result<Main, Failure> {
    has_all(mapping, header, &batch.input)?;
    let mut layout = Layout::of_dossiers(program, &header.names, mapping);
    if let Some((column, before)) = layout.repeated.first() {
        let name = |column: &usize| header.names.get(*column).map(String::as_str).unwrap_or_default();
        return Err(Failure::unusable(format!(
            "les colonnes «\u{a0}{}\u{a0}» et «\u{a0}{}\u{a0}» donnent le même fait.",
            name(before),
            name(column)
        )));
    }
    let keys = if batch.keys.is_empty() { &mapping.keys } else { &batch.keys };
    let mut columns = key_columns(header, keys, &batch.input)?;
    // An export begins with what names its rows.
    let first = layout.unknown.first().filter(|first| first.column == 0 && !first.name.is_empty());
    if let (true, Some(first)) = (columns.is_empty(), first) {
        columns.push(first.column);
    }
    layout.unknown.retain(|unplaced| !columns.contains(&unplaced.column));
    let key = |column: usize| Key { name: header.names.get(column).cloned().unwrap_or_default(), column };
    let keys = columns.into_iter().map(key).collect();
    Ok(Main { name: batch.input.display().to_string(), layout: Some(layout), keys })
}

fn explained(which: &[String]) -> Explain {
    let mut explain = Explain::default();
    for which in which {
        match which.as_str() {
            "failed" => explain.failed = true,
            "open" => explain.open = true,
            "all" => explain.all = true,
            key => explain.keys.push(key.to_owned()),
        }
    }
    explain
}

fn targets(batch: &Batch, output: Option<&Path>, explain: &mut Explain) -> Result<Targets, Failure> {
    let beside = |what: &str| output.map(|output| output.with_extension(what));
    let wanted = (!batch.explain.is_empty())
        .then(|| batch.explanations.clone().or_else(|| beside("explications.jsonl")))
        .flatten();
    if !batch.explain.is_empty() && wanted.is_none() {
        return Err(Failure::unusable("dites où écrire les explications\u{a0}: --explanations."));
    }
    let lines = wanted.as_ref().is_some_and(|path| of_name(path) == Some(Reading::Jsonl));
    explain.pages = wanted.is_some() && !lines;
    let targets = Targets {
        answers: output.map(Path::to_owned),
        rejects: batch.rejects.clone().or_else(|| beside("rejets.csv")),
        explanations: wanted.clone().filter(|_| lines),
        pages: wanted.filter(|_| !lines),
        letters: batch.letters.clone(),
    };
    for folder in [&targets.pages, &targets.letters].into_iter().flatten().filter(|_| !batch.resume) {
        // A letter of last week among those of today would be sent.
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Failure::unusable(format!(
                "le dossier «\u{a0}{}\u{a0}» n’est pas vide\u{a0}: donnez un dossier vide, ou qui n’existe pas encore.",
                folder.display()
            )));
        }
    }
    let written: Vec<&PathBuf> = [&targets.answers, &targets.rejects, &targets.explanations]
        .into_iter()
        .flatten()
        .chain(&batch.summary)
        .collect();
    let read: Vec<&PathBuf> = batch.tables.iter().map(|(_, path)| path).chain([&batch.input]).collect();
    let twice = written.iter().enumerate().any(|(at, path)| written.iter().skip(at + 1).any(|other| same(path, other)));
    if twice || written.iter().any(|path| read.iter().any(|other| same(path, other))) {
        return Err(Failure::unusable("un même fichier ne peut pas être lu et écrit, ou écrit deux fois."));
    }
    Ok(targets)
}

fn same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| fs::canonicalize(on_disk(path).0).unwrap_or_else(|_| path.to_owned());
    whole(one) == whole(other)
}

fn mappings(program: &Program, path: &Path) -> Result<Mappings, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("impossible de lire", path, &error))?;
    let shown = path.display();
    let placed = parse_json(&bytes).map_err(|error| Failure::unusable(format!("«\u{a0}{shown}\u{a0}», {error}")))?;
    mapping::read(program, &placed).map_err(|problems| {
        let told =
            problems.into_iter().map(|problem| Failure::unusable(format!("«\u{a0}{shown}\u{a0}»\u{a0}: {problem}")));
        Failure::Several(told.collect())
    })
}

fn common_facts(path: &Path) -> Result<Placed, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("impossible de lire", path, &error))?;
    let shown = path.display();
    match parse_json(&bytes) {
        Ok(placed) if matches!(placed.datum, Datum::Record(_)) => Ok(relocated(placed, 0, 0)),
        Ok(_) => Err(Failure::unusable(format!("«\u{a0}{shown}\u{a0}» n’est pas un dossier (entre accolades)."))),
        Err(error) => Err(Failure::unusable(format!("«\u{a0}{shown}\u{a0}», {error}"))),
    }
}

/// What the work is: rules, files and options that its results depend on.
fn identity(batch: &Batch, common: &Common, ruleset: &Ruleset) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: String| {
        digest.update(text.as_bytes());
        digest.update([0]);
    };
    add(env!("CARGO_PKG_VERSION").to_owned());
    add(ruleset.sha256().to_owned());
    add(format!("{:?}", ruleset.limits()));
    let Batch { outcomes, from, to, separator, keys, tables, explain, explanations, rejects, letters, before, .. } =
        batch;
    add(format!(
        "{outcomes:?} {from:?} {to:?} {separator:?} {keys:?} {tables:?} {explain:?} {explanations:?} {rejects:?} {letters:?} {before:?}"
    ));
    add(format!("{:?}", common.output));
    let files = tables.iter().map(|(_, path)| path).chain([&batch.input]).chain(&batch.common).chain(&batch.map);
    for path in files {
        let known = fs::metadata(on_disk(path).0).ok();
        let modified =
            known.as_ref().and_then(|known| known.modified().ok()).and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        add(format!("{path:?} {:?} {modified:?}", known.map(|known| known.len())));
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
