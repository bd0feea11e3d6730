//! The rulesets at hand: what the editor has opened, over what lies on disk.

use std::cell::OnceCell;
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::disk;
use super::document::{Document, Encoding, narrow};
use super::index::{Placed, index};
use super::place::{path_of, split, uri_of};
use super::snapshot::{Findings, Snapshot, Texts};
use super::symbol::Index;
use crate::lower::TextFile;
use crate::ruleset::texts_named;
use crate::source::{SourceId, Span};

/// A ruleset: the files of a folder, or one file where several of its files have a header.
#[derive(Debug)]
pub(super) struct Book {
    /// The folder.
    pub(super) folder: String,
    /// Its only file, where it stands for itself.
    pub(super) alone: Option<String>,
    /// Its files, by name.
    pub(super) documents: Vec<Document>,
    /// Its official texts, by name.
    pub(super) texts: Vec<Document>,
    /// What the last analysis found, and of which edition.
    pub(super) last: Option<(u64, Arc<Snapshot>)>,
    /// The last analysis that could decide.
    pub(super) sound: Option<Arc<Snapshot>>,
    /// What was found later, and of which edition.
    pub(super) findings: Option<(u64, Findings)>,
    /// Counts the changes.
    pub(super) edition: u64,
    /// It changed since it was last sent to be analysed.
    pub(super) changed: bool,
    index: OnceCell<Index>,
}

impl Book {
    fn new(folder: &str, alone: Option<String>, documents: Vec<Document>) -> Self {
        Self {
            folder: folder.to_owned(),
            alone,
            documents,
            texts: Vec::new(),
            last: None,
            sound: None,
            findings: None,
            edition: 1,
            changed: true,
            index: OnceCell::new(),
        }
    }

    /// Something changed in it.
    pub(super) fn touch(&mut self) {
        self.edition += 1;
        self.changed = true;
        self.index.take();
    }

    /// Its items, file after file.
    pub(super) fn items(&self) -> Vec<Placed<'_>> {
        let files = self.documents.iter().zip(0..).map(|(document, rank)| (document.items(), SourceId(rank)));
        let placed = files.flat_map(|(items, source)| {
            items.iter().flat_map(move |parsed| {
                let base = narrow(parsed.range.start);
                parsed.tree.items.iter().map(move |item| Placed { item, source, base })
            })
        });
        placed.collect()
    }

    /// Its names.
    pub(super) fn index(&self) -> &Index {
        self.index.get_or_init(|| index(&self.items()))
    }

    /// The text of a place.
    pub(super) fn text(&self, span: Span) -> &str {
        let document = self.documents.get(span.source.0 as usize);
        document.and_then(|document| document.text().get(span.range())).unwrap_or("")
    }

    /// What the last analysis found, where nothing changed since.
    pub(super) fn current(&self) -> Option<&Arc<Snapshot>> {
        self.last.as_ref().filter(|(edition, _)| *edition == self.edition).map(|(_, snapshot)| snapshot)
    }

    /// What was found later of this very text.
    pub(super) fn later(&self) -> Option<&Findings> {
        self.findings.as_ref().filter(|(edition, _)| *edition == self.edition).map(|(_, findings)| findings)
    }

    /// The last analysis there is.
    pub(super) fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.last.as_ref().map(|(_, snapshot)| snapshot)
    }

    /// Its texts as they are now.
    pub(super) fn now(&self) -> Texts {
        let id = match &self.alone {
            Some(name) => name.strip_suffix(".reglo").unwrap_or(name),
            None => split(&self.folder).1,
        };
        Texts {
            id: id.to_owned(),
            files: self.documents.iter().map(|file| (file.name.clone(), file.text().to_owned())).collect(),
            texts: self
                .texts
                .iter()
                .map(|text| TextFile { name: text.name.clone(), text: text.raw().to_owned() })
                .collect(),
        }
    }

    /// Reads the official texts that its headers now name and that it does not hold.
    fn read_texts(&mut self, loose: &mut Vec<Document>) {
        let items = self.documents.iter().flat_map(Document::items).flat_map(|parsed| &parsed.tree.items);
        let wanted = texts_named(items);
        let (kept, dropped): (Vec<Document>, Vec<Document>) =
            std::mem::take(&mut self.texts).into_iter().partition(|text| wanted.contains(&text.name));
        self.texts = kept;
        loose.extend(dropped.into_iter().filter(|text| text.version.is_some()));
        for name in wanted {
            if self.texts.iter().any(|text| text.name == name) {
                continue;
            }
            let path = format!("{}/{name}", self.folder);
            let opened = loose.iter().position(|text| path_of(&text.uri) == path);
            let found = match opened {
                Some(at) => Some(loose.remove(at)),
                None => disk::text(&self.folder, &name)
                    .and_then(|text| Some(Document::new(uri_of(&path)?, name, None, text))),
            };
            self.texts.extend(found);
        }
    }
}

/// Everything the editor works on.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// What positions count.
    pub(super) encoding: Encoding,
    /// The rulesets.
    pub(super) books: Vec<Book>,
    /// Opened files that belong to no ruleset: official texts no header names yet.
    pub(super) loose: Vec<Document>,
}

/// Where a document is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct At {
    /// The ruleset.
    pub(super) book: usize,
    /// The rank of the file; none for an official text.
    pub(super) file: Option<SourceId>,
}

impl Desk {
    /// Where the document of an address is.
    pub(super) fn find(&self, uri: &Uri) -> Option<At> {
        let path = path_of(uri);
        self.books.iter().enumerate().find_map(|(book, held)| {
            let file = held.documents.iter().zip(0..).find(|(file, _)| path_of(&file.uri) == path);
            match file {
                Some((_, rank)) => Some(At { book, file: Some(SourceId(rank)) }),
                None => held.texts.iter().any(|text| path_of(&text.uri) == path).then_some(At { book, file: None }),
            }
        })
    }

    /// The ruleset and the file of an address.
    pub(super) fn file(&self, uri: &Uri) -> Option<(&Book, SourceId, &Document)> {
        let at = self.find(uri)?;
        let (book, rank) = (self.books.get(at.book)?, at.file?);
        Some((book, rank, book.documents.get(rank.0 as usize)?))
    }

    /// The editor opened a file.
    pub(super) fn open(&mut self, uri: Uri, version: i32, text: String) {
        let path = path_of(&uri);
        let (folder, name) = split(&path);
        let document = Document::new(uri, name.to_owned(), Some(version), text);
        let held: Vec<Document> = self.take(folder).into_iter().filter(|held| path_of(&held.uri) != path).collect();
        self.arrange(folder, held.into_iter().chain([document]).collect());
    }

    /// The editor changed a file.
    pub(super) fn change(&mut self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let encoding = self.encoding;
        let Some(document) = self.document_mut(uri) else { return };
        document.version = Some(version);
        let before = headed(document);
        document.change(changes, encoding);
        if headed(document) != before {
            // Which files make a ruleset together hangs on their headers.
            self.refresh(uri);
            return;
        }
        let Some(at) = self.find(uri) else { return };
        let Some(book) = self.books.get_mut(at.book) else { return };
        book.touch();
        if at.file.is_some() {
            book.read_texts(&mut self.loose);
        }
    }

    /// The editor closed a file: what lies on disk counts again.
    pub(super) fn close(&mut self, uri: &Uri) {
        if let Some(document) = self.document_mut(uri) {
            document.version = None;
        }
        self.refresh(uri);
    }

    /// A file changed on disk, or was saved.
    pub(super) fn refresh(&mut self, uri: &Uri) {
        let path = path_of(uri);
        let (folder, _) = split(&path);
        let held = self.take(folder);
        self.arrange(folder, held.into_iter().filter(|held| held.version.is_some()).collect());
    }

    fn document_mut(&mut self, uri: &Uri) -> Option<&mut Document> {
        let path = path_of(uri);
        let books = self.books.iter_mut().flat_map(|book| book.documents.iter_mut().chain(&mut book.texts));
        books.chain(&mut self.loose).find(|document| path_of(&document.uri) == path)
    }

    /// Takes away everything of a folder; what each ruleset last knew stays until it is arranged again.
    fn take(&mut self, folder: &str) -> Vec<Document> {
        let mut held = Vec::new();
        for book in self.books.iter_mut().filter(|book| book.folder == folder) {
            held.append(&mut book.documents);
            held.append(&mut book.texts);
        }
        let (here, elsewhere) =
            std::mem::take(&mut self.loose).into_iter().partition(|text| split(&path_of(&text.uri)).0 == folder);
        self.loose = elsewhere;
        held.extend::<Vec<Document>>(here);
        held
    }

    /// Puts the files of a folder into rulesets: those given, over those on disk.
    fn arrange(&mut self, folder: &str, given: Vec<Document>) {
        let is_ruleset =
            |document: &Document| document.name.ends_with(".reglo") || document.uri.as_str().starts_with("untitled:");
        let (mut files, texts): (Vec<Document>, Vec<Document>) = given.into_iter().partition(is_ruleset);
        let (opened_texts, _) = texts.into_iter().partition::<Vec<Document>, _>(|text| text.version.is_some());
        self.loose.extend(opened_texts);
        files.retain(|file| file.version.is_some());
        for (name, text) in disk::rulesets_in(folder) {
            if !files.iter().any(|file| file.name == name)
                && let Some(uri) = uri_of(&format!("{folder}/{name}"))
            {
                files.push(Document::new(uri, name, None, text));
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let several = files.iter().filter(|file| headed(file)).count() > 1;
        let groups: Vec<(Option<String>, Vec<Document>)> = if several {
            files.into_iter().map(|file| (Some(file.name.clone()), vec![file])).collect()
        } else {
            vec![(None, files)]
        };
        let mut before: Vec<Book> = Vec::new();
        self.books.retain_mut(|book| {
            let here = book.folder == folder;
            if here {
                before.push(std::mem::replace(book, Book::new("", None, Vec::new())));
            }
            !here
        });
        // Beyond every edition there was, so that nothing still under way is taken for what is now.
        let edition = before.iter().map(|old| old.edition + 1).max().unwrap_or(0);
        for (alone, documents) in groups {
            if documents.is_empty() {
                continue;
            }
            let mut book = Book::new(folder, alone, documents);
            book.edition = edition.max(book.edition);
            if let Some(old) = before.iter().position(|old| old.alone == book.alone) {
                let old = before.remove(old);
                (book.last, book.sound) = (old.last, old.sound);
            }
            book.read_texts(&mut self.loose);
            self.books.push(book);
        }
    }
}

/// Whether a file has a header, so that it can be a ruleset.
fn headed(file: &Document) -> bool {
    file.text().lines().any(|line| line.starts_with("règlement"))
}
