//! Keys put in order in bounded memory: sorted runs go to a file that nobody else sees, and are merged.
#![allow(clippy::disallowed_methods, reason = "this is where files are read and written")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::batch::KeyHash;

/// How many entries are held at once.
const HELD: usize = 1 << 17;

/// Every so many entries of a sorted file, the hash is kept in memory.
const STRIDE: usize = 512;

/// An entry as bytes.
const SIZE: usize = 36;

/// A row, by its key. Entries are in the order of their keys, then of their places.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Entry {
    /// The hash of its key.
    pub(super) key: KeyHash,
    /// Its line, from 1.
    pub(super) line: u64,
    /// Where it begins in the file, in bytes.
    pub(super) offset: u64,
    /// How long it is, in bytes.
    pub(super) length: u32,
}

impl Entry {
    fn bytes(self) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        let parts = self.key.into_iter().chain(self.line.to_be_bytes()).chain(self.offset.to_be_bytes());
        for (to, from) in bytes.iter_mut().zip(parts.chain(self.length.to_be_bytes())) {
            *to = from;
        }
        bytes
    }

    fn read(source: &mut impl Read) -> io::Result<Option<Self>> {
        let (mut key, mut word, mut short) = (KeyHash::default(), [0; 8], [0; 4]);
        match source.read_exact(&mut key) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        source.read_exact(&mut word)?;
        let line = u64::from_be_bytes(word);
        source.read_exact(&mut word)?;
        let offset = u64::from_be_bytes(word);
        source.read_exact(&mut short)?;
        Ok(Some(Self { key, line, offset, length: u32::from_be_bytes(short) }))
    }
}

/// Takes entries in any order.
pub(super) struct Sorter {
    folder: PathBuf,
    held: Vec<Entry>,
    runs: Option<BufWriter<Hidden>>,
    /// Where each run begins, in entries.
    starts: Vec<u64>,
    written: u64,
}

impl Sorter {
    /// What does not fit in memory goes to that folder.
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), held: Vec::new(), runs: None, starts: Vec::new(), written: 0 }
    }

    pub(super) fn push(&mut self, entry: Entry) -> io::Result<()> {
        self.held.push(entry);
        if self.held.len() < HELD { Ok(()) } else { self.spill() }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let runs = match &mut self.runs {
            Some(runs) => runs,
            None => self.runs.insert(BufWriter::new(Hidden::create(&self.folder)?)),
        };
        self.starts.push(self.written);
        for entry in self.held.drain(..) {
            runs.write_all(&entry.bytes())?;
            self.written += 1;
        }
        Ok(())
    }

    /// All entries, in order.
    pub(super) fn sorted(mut self) -> io::Result<Sorted> {
        if self.runs.is_none() {
            self.held.sort_unstable();
            return Ok(Sorted { entries: Entries::Held(self.held) });
        }
        self.spill()?;
        let Some(runs) = self.runs else { return Ok(Sorted { entries: Entries::Held(Vec::new()) }) };
        let runs = runs.into_inner().map_err(io::IntoInnerError::into_error)?;
        let ends = self.starts.iter().skip(1).chain([&self.written]);
        let mut readers = Vec::new();
        for (start, end) in self.starts.iter().zip(ends) {
            readers.push(Run { at: *start, end: *end, held: Vec::new() });
        }
        let mut heap = BinaryHeap::new();
        for (index, run) in readers.iter_mut().enumerate() {
            heap.extend(run.next(&runs)?.map(|entry| Reverse((entry, index))));
        }
        let mut merged = BufWriter::new(Hidden::create(&self.folder)?);
        let mut sparse = Vec::new();
        let mut count = 0usize;
        while let Some(Reverse((entry, index))) = heap.pop() {
            if count.is_multiple_of(STRIDE) {
                sparse.push(entry.key);
            }
            merged.write_all(&entry.bytes())?;
            count += 1;
            if let Some(run) = readers.get_mut(index) {
                heap.extend(run.next(&runs)?.map(|entry| Reverse((entry, index))));
            }
        }
        let file = merged.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Sorted { entries: Entries::Filed { file, sparse } })
    }
}

/// A sorted run being read, some entries at a time.
struct Run {
    at: u64,
    end: u64,
    /// Read and not given yet, the last first.
    held: Vec<Entry>,
}

impl Run {
    fn next(&mut self, mut runs: &Hidden) -> io::Result<Option<Entry>> {
        const BATCH: u64 = 512;
        if self.held.is_empty() && self.at < self.end {
            let upto = self.end.min(self.at + BATCH);
            runs.seek(SeekFrom::Start(self.at * SIZE as u64))?;
            let mut part = BufReader::new(runs.take((upto - self.at) * SIZE as u64));
            while let Some(entry) = Entry::read(&mut part)? {
                self.held.push(entry);
            }
            self.held.reverse();
            self.at = upto;
        }
        Ok(self.held.pop())
    }
}

/// Entries in order.
pub(super) struct Sorted {
    entries: Entries,
}

enum Entries {
    Held(Vec<Entry>),
    Filed { file: Hidden, sparse: Vec<KeyHash> },
}

impl Sorted {
    /// The entries of a key.
    pub(super) fn of(&mut self, key: &KeyHash) -> io::Result<Vec<Entry>> {
        match &mut self.entries {
            Entries::Held(entries) => {
                let start = entries.partition_point(|entry| entry.key < *key);
                let rest = entries.get(start..).unwrap_or_default();
                Ok(rest.iter().take_while(|entry| entry.key == *key).copied().collect())
            }
            Entries::Filed { file, sparse } => {
                let block = sparse.partition_point(|first| first < key).saturating_sub(1);
                file.seek(SeekFrom::Start((block * STRIDE * SIZE) as u64))?;
                let mut part = BufReader::with_capacity(STRIDE * SIZE, &*file);
                let mut found = Vec::new();
                while let Some(entry) = Entry::read(&mut part)?.filter(|entry| entry.key <= *key) {
                    if entry.key == *key {
                        found.push(entry);
                    }
                }
                Ok(found)
            }
        }
    }

    /// Calls `visit` on each entry in order.
    pub(super) fn each(&mut self, mut visit: impl FnMut(Entry) -> io::Result<()>) -> io::Result<()> {
        match &mut self.entries {
            Entries::Held(entries) => entries.iter().try_for_each(|entry| visit(*entry)),
            Entries::Filed { file, .. } => {
                file.seek(SeekFrom::Start(0))?;
                let mut part = BufReader::new(&*file);
                while let Some(entry) = Entry::read(&mut part)? {
                    visit(entry)?;
                }
                Ok(())
            }
        }
    }
}

/// A file that is gone once it is no more used.
struct Hidden {
    file: File,
    path: PathBuf,
}

impl Hidden {
    fn create(folder: &Path) -> io::Result<Self> {
        let mut attempt = 0;
        loop {
            let path = folder.join(format!(".reglo-{}-{attempt}.tmp", std::process::id()));
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 1000 => attempt += 1,
                opened => {
                    let file = opened?;
                    // Where the system allows it, the name goes at once: nothing is left even after a kill.
                    #[cfg(unix)]
                    let _ = fs::remove_file(&path);
                    return Ok(Self { file, path });
                }
            }
        }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if cfg!(not(unix)) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Write for Hidden {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for &Hidden {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        (&self.file).read(bytes)
    }
}

impl Seek for &Hidden {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&self.file).seek(to)
    }
}

impl Seek for Hidden {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn entry(n: u64) -> Entry {
        let mut key = KeyHash::default();
        // Two rows of each key, spread.
        for (to, from) in key.iter_mut().zip((n / 2).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()) {
            *to = from;
        }
        Entry { key, line: n, offset: n * 10, length: 10 }
    }

    #[test]
    fn more_entries_than_memory_holds_are_sorted_and_found() {
        let folder = std::env::temp_dir();
        for count in [10, HELD as u64 * 2 + 1001] {
            let mut sorter = Sorter::new(&folder);
            for n in (0..count).rev() {
                sorter.push(entry(n)).unwrap();
            }
            let mut sorted = sorter.sorted().unwrap();
            for n in (0..count - 1).step_by(997) {
                let pair = n / 2 * 2;
                let lines: Vec<u64> = sorted.of(&entry(n).key).unwrap().iter().map(|entry| entry.line).collect();
                assert_eq!(lines, [pair, pair + 1]);
            }
            assert_eq!(sorted.of(&KeyHash::from([0xff; 16])).unwrap(), []);
            let (mut before, mut seen) = (None, 0);
            sorted
                .each(|entry| {
                    assert!(before < Some(entry));
                    before = Some(entry);
                    seen += 1;
                    Ok(())
                })
                .unwrap();
            assert_eq!(seen, count);
        }
    }
}
