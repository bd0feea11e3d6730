//! Files of lists: an index by key, so that the rows of one dossier are found wherever they stand.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::input::{self, Header, Seekable};
use super::sort::{Entry, Sorted, Sorter};
use crate::batch::{KeyHash, Lookup, Reject, Table, digest};
use crate::cli::failure::Failure;
use crate::dossier::charset::Charset;
use crate::dossier::delimited::{Record, Records};
use crate::dossier::layout::Layout;
use crate::dossier::mapping::{Mapping, Mappings, list_at};
use crate::limit::Limit;
use crate::program::fold;
use crate::ruleset::Ruleset;

/// The tables of a command, indexed.
pub(super) struct Joined {
    /// What they are.
    pub(super) tables: Vec<Table>,
    indexes: Vec<Mutex<Index>>,
}

struct Index {
    file: Box<dyn Seekable>,
    path: PathBuf,
    sorted: Sorted,
    separator: u8,
    charset: Charset,
    keys: Vec<usize>,
}

impl Joined {
    /// Reads each table once. What of it is no row goes to `rejects`.
    pub(super) fn open(
        ruleset: &Ruleset,
        tables: &[(String, PathBuf)],
        (keys, folder, mappings): (&[String], &Path, &Mappings),
        rejects: &mut Vec<Reject>,
    ) -> Result<Self, Failure> {
        let (program, longest) = (ruleset.program(), ruleset.limits().count(Limit::RowSize));
        let mut joined = Self { tables: Vec::new(), indexes: Vec::new() };
        // Far above the columns of the file of dossiers.
        let mut first_column = 1 << 16;
        for (list, path) in tables {
            let Some((id, list_path)) = list_at(program, list) else {
                return Err(Failure::unusable(format!(
                    "«\u{a0}{list}\u{a0}» n’est pas une liste du règlement (une liste prise dans une autre se donne en JSON dans une colonne)."
                )));
            };
            let (header, reader) = input::delimited(path, None, longest)?;
            let mapping = mappings.of_list(&list_path);
            has_all(&mapping, &header, path)?;
            let keys = if mapping.keys.is_empty() { keys } else { &mapping.keys };
            let columns = key_columns(&header, keys, path)?;
            let mut layout = Layout::of_elements(program, id, &header.names, &mapping);
            layout.unknown.retain(|unplaced| !columns.contains(&unplaced.column));
            let name = path.display().to_string();
            let index = index(reader, &header, (path, &columns, folder), rejects)?;
            let width = u32::try_from(header.names.len()).unwrap_or(u32::MAX);
            joined.tables.push(Table { name, path: list_path, layout, first_column });
            joined.indexes.push(Mutex::new(index));
            first_column = first_column.saturating_add(width);
        }
        Ok(joined)
    }

    /// The rows of tables whose key no dossier has.
    pub(super) fn orphans(&self, dossiers: &mut Sorted, folder: &Path) -> io::Result<Vec<Sorted>> {
        let mut found = Vec::new();
        for index in &self.indexes {
            let mut orphans = Sorter::new(folder);
            let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
            let mut last: Option<(KeyHash, bool)> = None;
            index.sorted.each(|entry| {
                let known = match last {
                    Some((key, known)) if key == entry.key => known,
                    Some(_) | None => !dossiers.of(&entry.key)?.is_empty(),
                };
                last = Some((entry.key, known));
                // By line from here on.
                if known { Ok(()) } else { orphans.push(by_line(entry)) }
            })?;
            found.push(orphans.sorted()?);
        }
        Ok(found)
    }

    /// The key of a row of a table, as it is written.
    pub(super) fn key(&self, table: usize, entry: Entry) -> io::Result<String> {
        let Some(index) = self.indexes.get(table) else { return Ok(String::new()) };
        let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
        let record = index.record(entry)?;
        Ok(index.key(&record).join(" "))
    }
}

/// The same entry in the order of lines.
pub(super) fn by_line(entry: Entry) -> Entry {
    let mut key = KeyHash::default();
    for (to, from) in key.iter_mut().zip(entry.line.to_be_bytes()) {
        *to = from;
    }
    Entry { key, ..entry }
}

/// Every column that a mapping names must be there: a misspelt one would leave a fact unknown in silence.
pub(super) fn has_all(mapping: &Mapping, header: &Header, path: &Path) -> Result<(), Failure> {
    let absent = mapping.absent(&header.names);
    if absent.is_empty() {
        return Ok(());
    }
    Err(Failure::unusable(format!(
        "la correspondance nomme des colonnes que «\u{a0}{}\u{a0}» n’a pas\u{a0}: {}.",
        path.display(),
        absent.join(", ")
    )))
}

/// The columns that name the rows.
pub(super) fn key_columns(header: &Header, keys: &[String], path: &Path) -> Result<Vec<usize>, Failure> {
    let find = |key: &String| {
        let folded = fold(key);
        header.names.iter().position(|name| fold(name) == folded).ok_or_else(|| {
            let path = path.display();
            Failure::unusable(format!(
                "le fichier «\u{a0}{path}\u{a0}» n’a pas de colonne «\u{a0}{key}\u{a0}» (ses colonnes\u{a0}: {}).",
                header.names.join(", ")
            ))
        })
    };
    keys.iter().map(find).collect()
}

fn index(
    mut records: Records<input::Source>,
    header: &Header,
    (path, keys, folder): (&Path, &[usize], &Path),
    rejects: &mut Vec<Reject>,
) -> Result<Index, Failure> {
    let cannot = |error: io::Error| Failure::file("impossible de lire", path, &error);
    let name = path.display().to_string();
    let mut reject = |line: u64, problem: &str, why: String| {
        rejects.push(Reject { file: name.clone(), line, problem: problem.to_owned(), why, ..Reject::default() });
    };
    let mut sorter = Sorter::new(folder);
    let mut charset = header.charset;
    let mut record = Record::default();
    loop {
        match records.next_into(&mut record).map_err(cannot)? {
            Ok(false) => break,
            Err(broken) => reject(broken.line, "ligne-illisible", broken.why.message()),
            Ok(true) if record.is_blank() => {}
            Ok(true) => {
                charset = charset.seeing(record.all());
                let values = values(&record, charset, keys);
                if values.iter().all(String::is_empty) {
                    let why = "La ligne ne dit pas à quel dossier elle appartient\u{202f}; elle n'est pas retenue.";
                    reject(record.line, "clé-vide", why.to_owned());
                    continue;
                }
                let length = u32::try_from(record.length).unwrap_or(u32::MAX);
                let key = digest(values.iter().map(String::as_str));
                sorter.push(Entry { key, line: record.line, offset: record.offset, length }).map_err(cannot)?;
            }
        }
    }
    let sorted = sorter.sorted().map_err(cannot)?;
    let file = input::open(path)?;
    Ok(Index { file, path: path.to_owned(), sorted, separator: header.separator, charset, keys: keys.to_vec() })
}

fn values(record: &Record, charset: Charset, keys: &[usize]) -> Vec<String> {
    let value = |column: &usize| {
        let bytes = record.get(*column).unwrap_or_default();
        charset.decode(bytes).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    keys.iter().map(value).collect()
}

impl Index {
    fn record(&mut self, entry: Entry) -> io::Result<Record> {
        let mut bytes = vec![0; entry.length as usize];
        self.file.seek(SeekFrom::Start(entry.offset))?;
        self.file.read_exact(&mut bytes)?;
        let mut records = Records::new(bytes.as_slice(), self.separator, (entry.offset, entry.line), usize::MAX);
        let mut record = Record::default();
        match records.next_into(&mut record)? {
            Ok(true) => Ok(record),
            Ok(false) | Err(_) => {
                let path = self.path.display();
                Err(io::Error::other(format!("«\u{a0}{path}\u{a0}» a changé pendant la lecture")))
            }
        }
    }

    fn key(&self, record: &Record) -> Vec<String> {
        values(record, self.charset, &self.keys)
    }
}

impl Lookup for Joined {
    fn rows(&self, table: usize, key: &KeyHash) -> io::Result<Vec<(Record, Charset)>> {
        let Some(index) = self.indexes.get(table) else { return Ok(Vec::new()) };
        let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = index.sorted.of(key)?;
        let charset = index.charset;
        entries.into_iter().map(|entry| index.record(entry).map(|record| (record, charset))).collect()
    }
}
