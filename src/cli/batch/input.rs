//! The file of dossiers, read chunk by chunk.
#![allow(clippy::disallowed_methods, reason = "this is where files are read")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::batch::Raw;
use crate::cli::batch_args::Reading;
use crate::cli::failure::Failure;
use crate::dossier::charset::{Charset, is_utf16};
use crate::dossier::delimited::{Broken, Flaw, Record, Records, separator_of};

/// What is looked at to know how a file is written, in bytes.
const SAMPLE: u64 = 64 << 10;

/// A chunk holds at most so many rows.
const ROWS: usize = 4096;

/// And about so many bytes.
const BYTES: u64 = 2 << 20;

/// What the first lines of a delimited file say of it.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// The names of the columns.
    pub(super) names: Vec<String>,
    /// What parts them.
    pub(super) separator: u8,
    /// How letters are written, as far as it is known.
    pub(super) charset: Charset,
}

/// Where reading stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    /// In bytes.
    pub(super) offset: u64,
    /// The line, from 1.
    pub(super) line: u64,
    /// How letters are written, as far as it is known.
    pub(super) charset: Charset,
}

pub(super) type Source = Box<dyn Read + Send>;

/// A file, or what stands for one.
pub(super) trait Seekable: Read + Seek + Send {}

impl<S: Read + Seek + Send> Seekable for S {}

/// The form a file name says.
pub(super) fn of_name(path: &Path) -> Option<Reading> {
    match on_disk(path).0.extension()?.to_str()?.to_lowercase().as_str() {
        "csv" | "tsv" | "txt" => Some(Reading::Csv),
        "jsonl" | "ndjson" => Some(Reading::Jsonl),
        "xlsx" | "xlsm" | "xls" | "ods" => Some(Reading::Xlsx),
        _ => None,
    }
}

/// The file of a path, and the sheet that `classeur.xlsx#Feuille` names.
pub(super) fn on_disk(path: &Path) -> (PathBuf, Option<String>) {
    let text = path.to_string_lossy();
    let parted = text.rsplit_once('#').filter(|(file, _)| {
        let file = file.to_lowercase();
        [".xlsx", ".xlsm", ".xls", ".ods"].iter().any(|extension| file.ends_with(extension))
    });
    parted.map_or_else(|| (path.to_owned(), None), |(file, sheet)| (PathBuf::from(file), Some(sheet.to_owned())))
}

/// Opens a file; a sheet of a workbook as delimited text.
pub(super) fn open(path: &Path) -> Result<Box<dyn Seekable>, Failure> {
    let (file, sheet) = on_disk(path);
    let cannot = |error: io::Error| Failure::file("impossible de lire", &file, &error);
    if of_name(path) != Some(Reading::Xlsx) {
        return Ok(Box::new(File::open(&file).map_err(cannot)?));
    }
    let text = sheet_text(std::fs::read(&file).map_err(cannot)?, sheet.as_deref());
    let text = text.map_err(|why| Failure::unusable(format!("«\u{a0}{}\u{a0}»\u{a0}: {why}.", path.display())))?;
    Ok(Box::new(Cursor::new(text)))
}

#[cfg(feature = "xlsx")]
use crate::dossier::sheet::delimited as sheet_text;

#[cfg(not(feature = "xlsx"))]
fn sheet_text(_: Vec<u8>, _: Option<&str>) -> Result<Vec<u8>, String> {
    Err("ce programme a été construit sans les classeurs (cargo build --features xlsx)\u{a0}; enregistrez la feuille en CSV".to_owned())
}

/// Opens a delimited file and reads the names of its columns.
pub(super) fn delimited(
    path: &Path,
    separator: Option<u8>,
    longest: usize,
) -> Result<(Header, Records<Source>), Failure> {
    let cannot = |error: io::Error| Failure::file("impossible de lire", path, &error);
    let shown = path.display();
    let mut source: Source = if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(open(path)?) };
    let mut sample = Vec::new();
    source.by_ref().take(SAMPLE).read_to_end(&mut sample).map_err(cannot)?;
    if is_utf16(&sample) {
        return Err(Failure::unusable(format!(
            "le fichier «\u{a0}{shown}\u{a0}» est en UTF-16\u{a0}: enregistrez-le en CSV UTF-8."
        )));
    }
    let mark = if sample.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let text = sample.get(mark..).unwrap_or_default();
    let separator = separator.or_else(|| separator_of(text)).unwrap_or(b';');
    let start = Cursor::new(text.to_vec());
    let mut records: Records<Source> =
        Records::new(Box::new(start.chain(source)), separator, (mark as u64, 1), longest);
    let mut record = Record::default();
    match records.next_into(&mut record).map_err(cannot)? {
        Ok(true) => {}
        Ok(false) => {
            return Err(Failure::unusable(format!(
                "le fichier «\u{a0}{shown}\u{a0}» est vide\u{a0}: sa première ligne doit nommer les colonnes."
            )));
        }
        Err(broken) => {
            let why = broken.why.message();
            return Err(Failure::unusable(format!("«\u{a0}{shown}\u{a0}», ligne {}\u{a0}: {why}", broken.line)));
        }
    }
    let charset = if mark > 0 { Charset::Utf8 } else { Charset::Undecided.seeing(record.all()) };
    let name = |bytes: &[u8]| charset.decode(bytes).map(|text| text.trim().to_owned());
    let mut names = record.iter().map(name).collect::<Result<Vec<_>, _>>().map_err(|_| {
        Failure::unusable(format!(
            "la première ligne de «\u{a0}{shown}\u{a0}» n’est pas du texte\u{a0}: est-ce un fichier CSV\u{202f}?"
        ))
    })?;
    // Spreadsheets may end the line of names with separators.
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    records.expect(names.len());
    Ok((Header { names, separator, charset }, records))
}

/// Rows of either form.
pub(super) enum Rows {
    /// Of a delimited file.
    Delimited { records: Box<Records<Source>>, charset: Charset },
    /// Of a file of JSON lines.
    Json { source: BufReader<Source>, offset: u64, line: u64, longest: usize },
}

/// Some rows, and where reading stands behind them.
pub(super) struct Chunk {
    /// The rows.
    pub(super) rows: Vec<Raw>,
    /// Behind them.
    pub(super) place: Place,
}

impl Rows {
    /// Opens a file of JSON lines.
    pub(super) fn json(path: &Path, longest: usize) -> Result<Self, Failure> {
        let source: Source = if path.as_os_str() == "-" {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path).map_err(|error| Failure::file("impossible de lire", path, &error))?)
        };
        Ok(Self::Json { source: BufReader::with_capacity(1 << 16, source), offset: 0, line: 1, longest })
    }

    /// The rows of a file from a place on.
    pub(super) fn from(path: &Path, header: Option<&Header>, place: Place, longest: usize) -> Result<Self, Failure> {
        let mut file = open(path)?;
        let sought = file.seek(SeekFrom::Start(place.offset));
        sought.map_err(|error| Failure::file("impossible de lire", path, &error))?;
        let source: Source = Box::new(file);
        Ok(match header {
            Some(header) => {
                let mut records = Records::new(source, header.separator, (place.offset, place.line), longest);
                records.expect(header.names.len());
                Self::Delimited { records: Box::new(records), charset: place.charset }
            }
            None => {
                let source = BufReader::with_capacity(1 << 16, source);
                Self::Json { source, offset: place.offset, line: place.line, longest }
            }
        })
    }

    /// Where reading stands.
    pub(super) fn place(&self) -> Place {
        match self {
            Rows::Delimited { records, charset } => {
                let (offset, line) = records.place();
                Place { offset, line, charset: *charset }
            }
            Rows::Json { offset, line, .. } => Place { offset: *offset, line: *line, charset: Charset::Utf8 },
        }
    }

    /// The next rows; none at the end.
    pub(super) fn chunk(&mut self) -> io::Result<Option<Chunk>> {
        let start = self.place().offset;
        let mut rows = Vec::new();
        while rows.len() < ROWS && self.place().offset - start < BYTES {
            match self.row()? {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok((!rows.is_empty()).then(|| Chunk { rows, place: self.place() }))
    }

    /// The next row; none at the end.
    pub(super) fn row(&mut self) -> io::Result<Option<Raw>> {
        match self {
            Rows::Delimited { records, charset } => {
                let mut record = Record::default();
                Ok(match records.next_into(&mut record)? {
                    Ok(false) => None,
                    Err(broken) => Some(Raw::Broken(broken)),
                    Ok(true) => {
                        *charset = charset.seeing(record.all());
                        Some(Raw::Cells(record, *charset))
                    }
                })
            }
            Rows::Json { source, offset, line, longest } => loop {
                let mut bytes = Vec::new();
                let own = *line;
                let read = source.by_ref().take(*longest as u64 + 1).read_until(b'\n', &mut bytes)?;
                if read == 0 {
                    return Ok(None);
                }
                *offset += read as u64;
                let whole = bytes.ends_with(b"\n") || read <= *longest;
                if !whole {
                    *offset += skip_line(source)?;
                }
                *line += 1;
                if !whole {
                    return Ok(Some(Raw::Broken(Broken { line: own, why: Flaw::Endless { allowed: *longest } })));
                }
                if !bytes.trim_ascii().is_empty() {
                    return Ok(Some(Raw::Json(own, bytes)));
                }
            },
        }
    }
}

/// Leaves the rest of a line aside; how long it was, in bytes.
fn skip_line(source: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let held = source.fill_buf()?;
        let (length, found) = match held.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (held.len(), held.is_empty()),
        };
        source.consume(length);
        skipped += length as u64;
        if found {
            return Ok(skipped);
        }
    }
}
