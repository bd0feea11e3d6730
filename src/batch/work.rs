//! Some rows become dossiers, are decided, and become bytes.

use std::borrow::Cow;
use std::io;

use super::decider::Decider;
use super::form::{Form, Writing};
use super::reject::Reject;
use super::tally::{Tally, without_elements};
use crate::diagnostic::Code;
use crate::dossier::charset::{Charset, Garbled};
use crate::dossier::delimited::{Broken, Lines, Record};
use crate::dossier::layout::{Layout, Row, complete, graft};
use crate::dossier::{
    Anomaly, Assembled, Datum, Dossier, Placed, assemble, measure, parse_json_within, problem, relocated,
};
use crate::explain::AnswerStatus;
use crate::limit::Exceeded;
use crate::program::{RuleId, fold};
use crate::render::{Letter, Line, Wanted, decision as decision_page, decision_json, html, letter};
use crate::ruleset::Ruleset;
use crate::value::Day;

/// The hash of what names a row.
pub type KeyHash = [u8; 16];

/// A row as it was read.
#[derive(Debug)]
pub enum Raw {
    /// Cells of a delimited file.
    Cells(Record, Charset),
    /// A line that holds a dossier in JSON: its number from 1, and its bytes.
    Json(u64, Vec<u8>),
    /// A line that is no row.
    Broken(Broken),
}

/// What names a row.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name in the input.
    pub name: String,
    /// Its column, from 0; of lines in JSON none.
    pub column: usize,
}

/// The file of dossiers.
pub struct Main {
    /// The file, as the command names it.
    pub name: String,
    /// Where its columns go; none of lines in JSON.
    pub layout: Option<Layout>,
    /// What names its rows.
    pub keys: Vec<Key>,
}

/// A file of elements of a list, joined to the dossiers by their keys.
pub struct Table {
    /// The file, as the command names it.
    pub name: String,
    /// The path of the list.
    pub path: Vec<String>,
    /// Where its columns go.
    pub layout: Layout,
    /// The number that anomalies give its first column.
    pub first_column: u32,
}

/// The rows of tables that belong to a key.
pub trait Lookup: Sync {
    /// In the order of the file.
    ///
    /// # Errors
    ///
    /// The file cannot be read any more.
    fn rows(&self, table: usize, key: &KeyHash) -> io::Result<Vec<(Record, Charset)>>;
}

/// Which rows get their whole justification.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Explain {
    /// Those with an answer « non ».
    pub failed: bool,
    /// Those with an open answer.
    pub open: bool,
    /// All.
    pub all: bool,
    /// Those of these keys.
    pub keys: Vec<String>,
    /// As pages rather than in JSON.
    pub pages: bool,
}

impl Explain {
    fn any(&self) -> bool {
        self.failed || self.open || self.all || !self.keys.is_empty()
    }

    fn covers(&self, key: &str, lines: &[Line], wanted: &[Wanted]) -> bool {
        let mut asked = lines.iter().zip(wanted).filter(|(_, wanted)| wanted.reasons).map(|(line, _)| line);
        let is_no = |line: &Line| line.value == Datum::Truth(false);
        let is_open = |line: &Line| !matches!(line.status, AnswerStatus::Known | AnswerStatus::NotApplicable);
        self.all
            || self.keys.iter().any(|wanted| wanted == key)
            || asked.any(|line| (self.failed && is_no(line)) || (self.open && is_open(line)))
    }
}

/// A row as data: its line, what names it, and its record.
type Named = (u64, Vec<(String, String)>, Placed);

/// Everything it takes to decide rows.
pub struct Work<'a> {
    /// The ruleset.
    pub ruleset: &'a Ruleset,
    /// What decides.
    pub decider: &'a dyn Decider,
    /// The outcomes wanted.
    pub wanted: &'a [Wanted],
    /// The file of dossiers.
    pub main: &'a Main,
    /// The files of lists.
    pub tables: &'a [Table],
    /// Their rows.
    pub lookup: &'a dyn Lookup,
    /// What all dossiers have in common.
    pub common: Option<&'a Placed>,
    /// How answers are written.
    pub form: Form,
    /// Which rows are explained.
    pub explain: &'a Explain,
    /// Letters are written, and ask for what is missing by that day.
    pub letters: Option<Day>,
}

/// What became of some rows.
#[derive(Debug, Default)]
pub struct Piece {
    /// The answers.
    pub answers: Vec<u8>,
    /// What was set aside.
    pub rejects: Vec<u8>,
    /// The justifications asked for, one JSON object a line.
    pub explained: Vec<u8>,
    /// The same as pages: the name of a file, and what it holds.
    pub pages: Vec<(String, String)>,
    /// Letters, likewise.
    pub letters: Vec<(String, String)>,
    /// What is to be counted.
    pub tally: Tally,
    /// What names each row, and its line.
    pub keys: Vec<(KeyHash, u64)>,
}

/// A row read and not decided yet.
struct Pending {
    keys: Vec<(String, String)>,
    line: u64,
    /// Kept where it may have to be explained.
    datum: Option<Placed>,
}

impl Work<'_> {
    /// Decides rows; the bytes do not depend on the rows before or after.
    ///
    /// # Errors
    ///
    /// A file of lists cannot be read any more.
    pub fn piece(&self, rows: Vec<Raw>) -> io::Result<Piece> {
        let (program, limits) = (self.ruleset.program(), self.ruleset.limits());
        let mut piece = Piece { tally: Tally::new(self.wanted), ..Piece::default() };
        let mut rejects = Lines::new(self.form.separator());
        let (mut pending, mut dossiers) = (Vec::new(), Vec::new());
        for raw in rows {
            let mut anomalies = Vec::new();
            let Some((line, keys, mut record)) = self.record(raw, &mut anomalies, &mut (&mut piece, &mut rejects))
            else {
                continue;
            };
            if !keys.is_empty() {
                let hash = digest(keys.iter().map(|(_, value)| value.as_str()));
                piece.keys.push((hash, line));
                self.join(&hash, &mut record, &mut anomalies)?;
            }
            if let Some(common) = self.common {
                complete(&mut record, common);
            }
            if let Err((_, exceeded)) = measure(&record, limits) {
                self.too_much(line, &exceeded, &mut (&mut piece, &mut rejects));
                continue;
            }
            let Assembled { inputs, anomalies: found, names } = assemble(program, &record);
            anomalies.extend(found);
            for anomaly in &anomalies {
                self.anomaly(anomaly, (&shown_key(&keys), line), &mut (&mut piece, &mut rejects));
            }
            let name = format!("{}, ligne {line}", self.main.name);
            let dossier = Dossier { name, sha256: String::new(), inputs, anomalies, names };
            if let Err(exceeded) = self.ruleset.bear(&dossier) {
                self.too_much(line, &exceeded, &mut (&mut piece, &mut rejects));
                continue;
            }
            dossiers.push(dossier);
            pending.push(Pending {
                keys,
                line,
                datum: (self.explain.any() || self.letters.is_some()).then_some(record),
            });
        }
        let answers = self.decider.lines(&dossiers);
        let mut writing = Writing::new(self.form, program, self.wanted);
        for ((row, dossier), lines) in pending.into_iter().zip(&dossiers).zip(answers) {
            writing.row((&row.keys, row.line), &lines, &mut piece.answers);
            piece.tally.row(&lines);
            if let Some(datum) = &row.datum {
                self.tell(&row, (datum, &dossier.name), &lines, &mut piece);
            }
        }
        Ok(piece)
    }

    /// The justification and the letter of a row, where they are wanted.
    fn tell(&self, row: &Pending, (datum, name): (&Placed, &str), lines: &[Line], piece: &mut Piece) {
        let key = shown_key(&row.keys);
        let explained = self.explain.any() && self.explain.covers(&key, lines, self.wanted);
        let finding = |line: &Line| line.value == Datum::Truth(false) || !line.missing.is_empty();
        let before = self.letters.filter(|_| lines.iter().any(finding));
        if !explained && before.is_none() {
            return;
        }
        let dossier = Dossier::from_datum(self.ruleset.program(), name, datum);
        let decision = self.ruleset.decide(&dossier);
        let asked: Vec<RuleId> = self.wanted.iter().filter(|one| one.reasons).map(|one| one.rule).collect();
        if let Some(before) = before
            && let Some(page) = letter(self.ruleset, &dossier, &decision, Letter { key: &key, before, asked: &asked })
        {
            piece.letters.push((page_name(&key, row.line), html(&page)));
        }
        if !explained {
            return;
        }
        if self.explain.pages {
            let page = html(&decision_page(self.ruleset, &dossier, &decision, &asked));
            piece.pages.push((page_name(&key, row.line), page));
            return;
        }
        let mut json = decision_json(self.ruleset, &dossier, &decision, &asked);
        if let Datum::Record(members) = &mut json {
            let keys = Datum::record(row.keys.iter().map(|(name, value)| (name.as_str(), Datum::text(value))));
            members.insert(1, ("key".to_owned(), Placed::nowhere(keys)));
        }
        piece.explained.extend_from_slice(json.to_json().as_bytes());
        piece.explained.push(b'\n');
    }

    /// What names a row, for those who only count rows.
    pub fn key_of(&self, raw: &Raw) -> Option<(KeyHash, u64)> {
        let mut nowhere = (&mut Piece::default(), &mut Lines::new(b';'));
        let (line, keys) = match raw {
            Raw::Cells(record, charset) if !record.is_blank() => (record.line, self.keys(record, *charset)),
            Raw::Cells(..) | Raw::Broken(_) => return None,
            Raw::Json(line, bytes) => {
                let (line, keys, _) = self.parsed(*line, bytes, &mut nowhere)?;
                (line, keys)
            }
        };
        (!keys.is_empty()).then(|| (digest(keys.iter().map(|(_, value)| value.as_str())), line))
    }

    /// One row as data: its line, what names it, and its record.
    fn record(&self, raw: Raw, anomalies: &mut Vec<Anomaly>, out: &mut (&mut Piece, &mut Lines)) -> Option<Named> {
        match raw {
            Raw::Cells(record, charset) => {
                if record.is_blank() {
                    self.unreadable(
                        record.line,
                        "ligne-vide",
                        "La ligne est vide\u{202f}; elle n'est pas décidée.".to_owned(),
                        out,
                    );
                    return None;
                }
                let layout = self.main.layout.as_ref()?;
                let datum = layout.datum(self.ruleset.program(), &row(&record, charset, 1), anomalies);
                Some((record.line, self.keys(&record, charset), datum))
            }
            Raw::Json(line, bytes) => self.parsed(line, &bytes, out),
            Raw::Broken(Broken { line, why }) => {
                self.unreadable(line, "ligne-illisible", why.message(), out);
                None
            }
        }
    }

    fn keys(&self, record: &Record, charset: Charset) -> Vec<(String, String)> {
        let value = |key: &Key| {
            let bytes = record.get(key.column).unwrap_or_default();
            charset.decode(bytes).map(|text| text.trim().to_owned()).unwrap_or_default()
        };
        self.main.keys.iter().map(|key| (key.name.clone(), value(key))).collect()
    }

    fn parsed(&self, line: u64, bytes: &[u8], out: &mut (&mut Piece, &mut Lines)) -> Option<Named> {
        let why = match parse_json_within(bytes, self.ruleset.limits()) {
            Ok(placed) if matches!(placed.datum, Datum::Record(_)) => {
                let keys = self.main.keys.iter().map(|key| (key.name.clone(), named(&placed, &key.name))).collect();
                return Some((line, keys, relocated(placed, narrow(line), 0)));
            }
            Ok(_) => "On attend un dossier, entre accolades\u{202f}; la ligne n'est pas lue.".to_owned(),
            Err(error) => {
                format!(
                    "La ligne n'est pas du JSON (colonne {}\u{a0}: {})\u{202f}; elle n'est pas lue.",
                    error.column, error.message
                )
            }
        };
        self.unreadable(line, "ligne-illisible", why, out);
        None
    }

    /// Adds the lists that other files hold.
    fn join(&self, key: &KeyHash, record: &mut Placed, anomalies: &mut Vec<Anomaly>) -> io::Result<()> {
        for (index, table) in self.tables.iter().enumerate() {
            let mut elements = Vec::new();
            for (found, charset) in self.lookup.rows(index, key)? {
                let row = row(&found, charset, table.first_column);
                elements.push(table.layout.datum(self.ruleset.program(), &row, anomalies));
            }
            let list = Placed { datum: Datum::List(elements), line: record.line, column: 0 };
            graft(record, &table.path, list);
        }
        Ok(())
    }

    /// A row that is larger than the limits allow is set aside whole: what was left of it might mislead.
    fn too_much(&self, line: u64, exceeded: &Exceeded, out: &mut (&mut Piece, &mut Lines)) {
        let why = format!("{exceeded}\u{202f}; elle n'est pas décidée. {}", exceeded.help());
        self.unreadable(line, Code::Limit.as_str(), why, out);
    }

    fn unreadable(&self, line: u64, problem: &str, why: String, (piece, lines): &mut (&mut Piece, &mut Lines)) {
        let reject =
            Reject { file: self.main.name.clone(), line, problem: problem.to_owned(), why, ..Reject::default() };
        reject.write(lines, &mut piece.rejects);
        piece.tally.broken += 1;
    }

    fn anomaly(&self, anomaly: &Anomaly, (key, line): (&str, u64), (piece, lines): &mut (&mut Piece, &mut Lines)) {
        if anomaly.problem == problem::UNKNOWN_NAME {
            if !self.main.keys.iter().any(|key| fold(&key.name) == fold(&anomaly.path)) {
                piece.tally.undeclared(&without_elements(&anomaly.path));
            }
            return;
        }
        let (file, column) = self.origin(anomaly.column);
        let reject = Reject {
            file: file.to_owned(),
            line: if anomaly.line == 0 { line } else { u64::from(anomaly.line) },
            column: column.map_or_else(|| anomaly.path.clone(), str::to_owned),
            key: key.to_owned(),
            path: anomaly.path.clone(),
            found: anomaly.found.clone(),
            problem: anomaly.problem.to_owned(),
            why: anomaly.message.clone(),
        };
        reject.write(lines, &mut piece.rejects);
        piece.tally.reject(anomaly.problem);
    }

    /// The file and the name of a column, by the number anomalies give it.
    fn origin(&self, column: u32) -> (&str, Option<&str>) {
        let table = self.tables.iter().rev().find(|table| column >= table.first_column);
        let (file, layout, first) = match table {
            Some(table) => (&table.name, Some(&table.layout), table.first_column),
            None => (&self.main.name, self.main.layout.as_ref(), 1),
        };
        let index = column.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        (file, index.and_then(|index| layout?.names().get(index)).map(String::as_str))
    }
}

fn row<'a>(record: &'a Record, charset: Charset, first_column: u32) -> RowOf<'a> {
    RowOf { record, charset, line: narrow(record.line), first_column }
}

/// The cells of a record, decoded.
struct RowOf<'a> {
    record: &'a Record,
    charset: Charset,
    line: u32,
    first_column: u32,
}

impl Row for RowOf<'_> {
    fn place(&self) -> (u32, u32) {
        (self.line, self.first_column)
    }

    fn cell(&self, column: usize) -> Option<Result<Cow<'_, str>, Garbled>> {
        self.record.get(column).map(|bytes| self.charset.decode(bytes))
    }
}

/// The hash of the values that name a row.
pub fn digest<'v>(values: impl Iterator<Item = &'v str>) -> KeyHash {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for value in values {
        hash.update(value.as_bytes());
        hash.update([0]);
    }
    let mut short = KeyHash::default();
    for (to, from) in short.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    short
}

/// The member of a record that names it.
fn named(record: &Placed, name: &str) -> String {
    let Datum::Record(members) = &record.datum else { return String::new() };
    let folded = fold(name);
    let found = members.iter().find(|(own, _)| fold(own) == folded).map(|(_, member)| &member.datum);
    match found {
        Some(Datum::Text(text) | Datum::Number(text)) => text.trim().to_owned(),
        Some(Datum::Truth(truth)) => truth.to_string(),
        Some(Datum::Null | Datum::Unknown | Datum::List(_) | Datum::Record(_)) | None => String::new(),
    }
}

/// What names a row, in one text.
fn shown_key(keys: &[(String, String)]) -> String {
    keys.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ")
}

/// The name of the page of a row: its key as far as file names go, and its line.
fn page_name(key: &str, line: u64) -> String {
    const LONGEST: usize = 80;
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    let key: String = key.chars().take(LONGEST).map(plain).collect();
    let parted = if key.is_empty() { "" } else { "-" };
    format!("{key}{parted}ligne-{line}.html")
}

fn narrow(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
