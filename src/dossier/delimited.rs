//! Records of a delimited file (RFC 4180, any separator), one at a time, in bounded memory.
//!
//! A quotation mark that is never closed would make the rest of a file one value: such a record is given
//! back as [`Broken`], and reading goes on at the next line.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, WriteResult, Writer, WriterBuilder};

use crate::limit::Limit;

/// What may part the values of a line.
pub const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How much is read at once, in bytes.
const STEP: usize = 64 << 10;

/// How many records of a sample are looked at to find the separator.
const SAMPLED: usize = 50;

/// One record: its values as bytes, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    /// All values, one after the other.
    bytes: Vec<u8>,
    /// Where each value ends.
    ends: Vec<usize>,
    /// The line it begins on, from 1.
    pub line: u64,
    /// The line it ends on.
    pub last_line: u64,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// How long it is in the file, in bytes, its line break included.
    pub length: u64,
}

impl Record {
    /// How many values it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether every value is blank.
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// The value of a column, from 0.
    pub fn get(&self, column: usize) -> Option<&[u8]> {
        let end = *self.ends.get(column)?;
        let start = column.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.bytes.get(start..end)
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|column| self.get(column))
    }

    /// All bytes of its values together.
    pub fn all(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds a value.
    pub fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.ends.push(self.bytes.len());
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

/// A stretch of a file that is no record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The line it stands on, from 1.
    pub line: u64,
    /// What is wrong.
    pub why: Flaw,
}

/// What may be wrong with a record as such.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// A quotation mark is not closed.
    Unclosed,
    /// It is longer than a record may be.
    Endless {
        /// Bytes allowed.
        allowed: usize,
    },
    /// It has another number of values than the file has columns.
    Ragged {
        /// Values found.
        found: usize,
        /// Columns of the file.
        expected: usize,
    },
}

impl Flaw {
    /// A French sentence.
    pub fn message(self) -> String {
        match self {
            Flaw::Unclosed => {
                "Un guillemet ouvert sur cette ligne n'est jamais fermé\u{202f}; la ligne n'est pas lue.".to_owned()
            }
            Flaw::Endless { allowed } => {
                let name = Limit::RowSize.name();
                format!(
                    "La ligne a plus de {allowed} octets (limite «\u{a0}{name}\u{a0}»)\u{202f}; elle n'est pas lue. Un \
                     guillemet n'est sans doute pas fermé\u{202f}; sinon, --limit {name}=VALEUR relève la limite."
                )
            }
            Flaw::Ragged { found, expected } => {
                let values = if found > 1 { "valeurs" } else { "valeur" };
                format!(
                    "La ligne a {found} {values}, le fichier a {expected} colonnes\u{202f}; la ligne n'est pas lue."
                )
            }
        }
    }
}

/// Reads records one after the other.
pub struct Records<R> {
    source: R,
    separator: u8,
    reader: Reader,
    buffer: Vec<u8>,
    /// What of the buffer was consumed.
    start: usize,
    /// No more comes from the source.
    ended: bool,
    /// Where the buffer's unread part begins in the file, in bytes.
    offset: u64,
    /// The line it begins on.
    line: u64,
    /// Columns of the file, where they are known.
    columns: Option<usize>,
    limit: usize,
    /// Room for the record before, in bytes and in values: the next is mostly like it.
    usual: (usize, usize),
}

/// How one attempt at a record went.
enum Attempt {
    Record { consumed: usize },
    End,
    Flawed(Flaw),
}

impl<R: Read> Records<R> {
    /// Reads from the start of a source, or from the place in a file where it stands: `offset` in bytes, `line` from
    /// 1. A record longer than `limit` bytes is none.
    pub fn new(source: R, separator: u8, (offset, line): (u64, u64), limit: usize) -> Self {
        Self {
            source,
            separator,
            reader: ReaderBuilder::new().delimiter(separator).build(),
            buffer: Vec::new(),
            start: 0,
            ended: false,
            offset,
            line,
            columns: None,
            limit,
            usual: (256, 16),
        }
    }

    /// From now on, records have so many values.
    pub fn expect(&mut self, columns: usize) {
        self.columns = Some(columns);
    }

    /// Where the next record begins: bytes, and line from 1.
    pub fn place(&self) -> (u64, u64) {
        (self.offset, self.line)
    }

    /// What parts the values.
    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// Reads the next record into `record`: false at the end of the source.
    ///
    /// # Errors
    ///
    /// What the source says; a broken record is the inner error, and reading may go on.
    pub fn next_into(&mut self, record: &mut Record) -> io::Result<Result<bool, Broken>> {
        self.skip_line_breaks()?;
        (record.line, record.offset) = (self.line, self.offset);
        match self.attempt(record)? {
            Attempt::End => Ok(Ok(false)),
            Attempt::Record { consumed } => {
                let breaks = self.line_breaks(consumed);
                record.last_line = record.line + breaks.saturating_sub(1);
                record.length = consumed as u64;
                let flaw =
                    if breaks > 1 && !self.well_quoted(consumed) { Some(Flaw::Unclosed) } else { self.ragged(record) };
                if let Some(flaw) = flaw {
                    let broken = Broken { line: record.line, why: flaw };
                    // A stray quotation mark swallows lines: those after the first are read again.
                    let consumed = if breaks > 1 { self.first_line() } else { consumed };
                    self.consume(consumed);
                    return Ok(Err(broken));
                }
                self.consume(consumed);
                Ok(Ok(true))
            }
            Attempt::Flawed(why) => {
                let broken = Broken { line: self.line, why };
                let first = self.first_line();
                self.consume(first);
                Ok(Err(broken))
            }
        }
    }

    /// Whether every quoted value ends where its quotation mark is closed. A mark left open is else closed by one
    /// that opens a value further down, and the lines between are lost in silence.
    fn well_quoted(&self, length: usize) -> bool {
        let taken = self.buffer.get(self.start..self.start + length).unwrap_or_default();
        let mut bytes = taken.iter().copied().peekable();
        let (mut fresh, mut open) = (true, false);
        while let Some(byte) = bytes.next() {
            if open && byte == b'"' {
                match bytes.peek() {
                    Some(b'"') => _ = bytes.next(),
                    Some(b'\r' | b'\n') | None => open = false,
                    Some(next) if *next == self.separator => open = false,
                    Some(_) => return false,
                }
            } else if !open {
                open = fresh && byte == b'"';
                fresh = byte == self.separator || byte == b'\n';
            }
        }
        true
    }

    fn ragged(&self, record: &mut Record) -> Option<Flaw> {
        let expected = self.columns?;
        // Spreadsheets may end each line with more separators than the first.
        while record.len() > expected && record.get(record.len() - 1) == Some(b"") {
            record.ends.pop();
        }
        (record.len() != expected).then(|| Flaw::Ragged { found: record.len(), expected })
    }

    fn attempt(&mut self, record: &mut Record) -> io::Result<Attempt> {
        self.reader.reset();
        record.clear();
        let (mut consumed, mut written) = (0, 0);
        let mut finishing = false;
        let mut ends = 0;
        record.bytes.resize(self.usual.0, 0);
        record.ends.resize(self.usual.1, 0);
        loop {
            let input =
                if finishing { &b"\n"[..] } else { self.buffer.get(self.start + consumed..).unwrap_or_default() };
            let output = record.bytes.get_mut(written..).unwrap_or_default();
            let places = record.ends.get_mut(ends..).unwrap_or_default();
            let (result, read, wrote, ended) = self.reader.read_record(input, output, places);
            if !finishing {
                consumed += read;
            }
            written += wrote;
            ends += ended;
            match result {
                ReadRecordResult::OutputFull => record.bytes.resize(record.bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => record.ends.resize(record.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.usual = (written.next_power_of_two().max(256), ends.next_power_of_two().max(16));
                    record.bytes.truncate(written);
                    record.ends.truncate(ends);
                    return Ok(Attempt::Record { consumed });
                }
                ReadRecordResult::End => return Ok(Attempt::End),
                // The line break given at the end was taken for text: a quotation mark is open.
                ReadRecordResult::InputEmpty if finishing => return Ok(Attempt::Flawed(Flaw::Unclosed)),
                ReadRecordResult::InputEmpty if consumed > self.limit => {
                    return Ok(Attempt::Flawed(Flaw::Endless { allowed: self.limit }));
                }
                ReadRecordResult::InputEmpty => {
                    self.fill()?;
                    // An empty input would end the record, whatever is open.
                    finishing = self.ended;
                    if self.ended && consumed == 0 {
                        return Ok(Attempt::End);
                    }
                }
            }
        }
    }

    /// Reads some more behind what was not consumed yet.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let length = self.buffer.len();
        self.buffer.resize(length + STEP, 0);
        let room = self.buffer.get_mut(length..).unwrap_or_default();
        let read = loop {
            match self.source.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.buffer.truncate(length + read);
        self.ended = read == 0;
        Ok(())
    }

    fn skip_line_breaks(&mut self) -> io::Result<()> {
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let blank = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            let more = blank == rest.len() && !self.ended;
            self.consume(blank);
            if !more {
                return Ok(());
            }
            self.fill()?;
        }
    }

    fn line_breaks(&self, length: usize) -> u64 {
        let taken = self.buffer.get(self.start..self.start + length).unwrap_or_default();
        taken.iter().filter(|byte| **byte == b'\n').count() as u64
    }

    /// How long the first line of what is not consumed yet is, its line break included.
    fn first_line(&self) -> usize {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1)
    }

    fn consume(&mut self, length: usize) {
        self.line += self.line_breaks(length);
        self.offset += length as u64;
        self.start += length;
    }
}

/// The separator that parts a sample into the most columns, line after line alike.
pub fn separator_of(sample: &[u8]) -> Option<u8> {
    let score = |separator: &u8| {
        let mut records = Records::new(sample, *separator, (0, 1), sample.len());
        let mut record = Record::default();
        let mut lengths = Vec::new();
        while lengths.len() < SAMPLED && matches!(records.next_into(&mut record), Ok(Ok(true))) {
            lengths.push(record.len());
        }
        let first = lengths.first().copied().unwrap_or(0);
        // The last record of a sample may be cut short.
        let whole = lengths.get(..lengths.len().saturating_sub(1).max(1)).unwrap_or_default();
        let alike = whole.iter().filter(|length| **length == first).count();
        if first < 2 { (0, 0) } else { (alike * 100 / whole.len().max(1), first) }
    };
    SEPARATORS.into_iter().max_by_key(|separator| score(separator)).filter(|separator| score(separator).1 > 1)
}

/// Writes records.
pub struct Lines {
    writer: Writer,
    separator: u8,
}

impl Lines {
    /// With that separator, lines ended by a line feed.
    pub fn new(separator: u8) -> Self {
        Self { writer: WriterBuilder::new().delimiter(separator).build(), separator }
    }

    /// What parts the values.
    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// Adds one record to `out`, quoted where it must be.
    pub fn write<T: AsRef<[u8]>>(&mut self, values: impl IntoIterator<Item = T>, out: &mut Vec<u8>) {
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                put(out, |room| self.writer.delimiter(room));
            }
            let mut rest = value.as_ref();
            loop {
                let mut read = 0;
                let result = put(out, |room| {
                    let (result, consumed, written) = self.writer.field(rest, room);
                    read = consumed;
                    (result, written)
                });
                rest = rest.get(read..).unwrap_or_default();
                if result == WriteResult::InputEmpty {
                    break;
                }
            }
        }
        put(out, |room| self.writer.terminator(room));
    }
}

/// Gives room at the end of `out` until what is to be written fits.
fn put(out: &mut Vec<u8>, mut write: impl FnMut(&mut [u8]) -> (WriteResult, usize)) -> WriteResult {
    const ROOM: usize = 64;
    let length = out.len();
    out.resize(length + ROOM, 0);
    let (result, written) = write(out.get_mut(length..).unwrap_or_default());
    out.truncate(length + written);
    result
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// A line with its values, or what is wrong with it.
    type Found = Result<(u64, Vec<String>), (u64, Flaw)>;

    fn read(text: &[u8], separator: u8) -> Vec<Found> {
        read_in(text, separator, 1 << 20)
    }

    fn read_in(text: &[u8], separator: u8, limit: usize) -> Vec<Found> {
        let mut records = Records::new(text, separator, (0, 1), limit);
        let mut record = Record::default();
        let mut found = Vec::new();
        loop {
            match records.next_into(&mut record).unwrap() {
                Ok(false) => return found,
                Ok(true) => {
                    let own = usize::try_from(record.offset).unwrap();
                    let length = usize::try_from(record.length).unwrap();
                    assert!(own + length <= text.len());
                    let values = record.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect();
                    if records.columns.is_none() {
                        records.expect(record.len());
                    }
                    found.push(Ok((record.line, values)));
                }
                Err(broken) => found.push(Err((broken.line, broken.why))),
            }
        }
    }

    fn row(line: u64, values: &[&str]) -> Found {
        Ok((line, values.iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn values_may_be_quoted_over_several_lines() {
        let text = b"a;b\r\n\r\n1;\"x;\"\"y\"\"\nz\"\r\n2;w";
        assert_eq!(read(text, b';'), [row(1, &["a", "b"]), row(3, &["1", "x;\"y\"\nz"]), row(5, &["2", "w"])]);
        assert_eq!(read(b"", b';'), []);
        assert_eq!(read(b"\n\r\n", b';'), []);
    }

    #[test]
    fn a_quotation_mark_never_closed_costs_its_line_only() {
        let text = b"a;b\n1;\"x\n2;y\n3;z\n";
        let found = read(text, b';');
        assert_eq!(found, [row(1, &["a", "b"]), Err((2, Flaw::Unclosed)), row(3, &["2", "y"]), row(4, &["3", "z"])]);
        let stray = b"a;b\n1;\"x\n2;y\n3;\"z\"\n4;w\n";
        let found = read(stray, b';');
        assert_eq!(found.last(), Some(&row(5, &["4", "w"])), "{found:?}");
        assert!(found.contains(&row(3, &["2", "y"])), "{found:?}");
    }

    #[test]
    fn a_record_without_end_is_given_up_at_the_limit() {
        let mut text = b"a;b\n1;\"x\n2;y\n".to_vec();
        text.extend(b"3;z\n".repeat(100_000));
        let found = read_in(&text, b';', 1000);
        assert_eq!(found.get(1), Some(&Err((2, Flaw::Endless { allowed: 1000 }))));
        assert_eq!(found.len(), 100_003);
    }

    #[test]
    fn a_line_of_another_length_is_broken_but_for_empty_values_at_its_end() {
        let found = read(b"a,b\n1\n2,3,4\n5,6,,\n7,8\n", b',');
        let ragged = |line, found| Err((line, Flaw::Ragged { found, expected: 2 }));
        assert_eq!(found, [row(1, &["a", "b"]), ragged(2, 1), ragged(3, 3), row(4, &["5", "6"]), row(5, &["7", "8"])]);
    }

    #[test]
    fn the_separator_is_the_one_that_parts_every_line_alike() {
        let cases: [(&[u8], Option<u8>); 6] = [
            (b"a;b;c\n1,5;2;3\n", Some(b';')),
            (b"a,b\n1,2\n", Some(b',')),
            (b"a\tb\n1\t2,5\n3\t4,5\n", Some(b'\t')),
            (b"a|b\n1|2;3\n", Some(b'|')),
            (b"a\n1\n", None),
            (b"\"a;b\",c\n1,2\n", Some(b',')),
        ];
        for (sample, separator) in cases {
            assert_eq!(separator_of(sample), separator, "{}", String::from_utf8_lossy(sample));
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let values = ["", "a", "x;y", "il dit «\u{a0}\"oui\"\u{a0}»", "deux\nlignes", &"é".repeat(5000)];
        let mut out = Vec::new();
        let mut lines = Lines::new(b';');
        lines.write(values, &mut out);
        lines.write(values, &mut out);
        assert_eq!(read(&out, b';'), [row(1, &values), row(3, &values)]);
    }
}
