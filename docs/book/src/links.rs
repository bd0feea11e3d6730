//! The links of the book's pages.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

use html5ever::tokenizer::{BufferQueue, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// What a page says of itself and of others.
#[derive(Default)]
struct Page {
    anchors: BTreeSet<String>,
    links: BTreeSet<String>,
}

/// The links that lead to no page or to no place of one; those that leave the book are not followed.
pub(crate) fn dead(book: &Path) -> io::Result<Vec<String>> {
    let mut pages = BTreeMap::new();
    let mut pending = vec![book.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                let page = read(&std::fs::read_to_string(&path)?);
                pages.insert(path, page);
            }
        }
    }
    // The page that the book prints as a whole, and that of a lost reader, repeat the others from another place.
    let own = pages.iter().filter(|(path, _)| !path.ends_with("print.html") && !path.ends_with("404.html"));
    let dead = own.flat_map(|(path, page)| {
        page.links.iter().filter(|link| !leads(link, path, &pages)).map(|link| format!("{}: {link}", path.display()))
    });
    Ok(dead.collect())
}

fn leads(link: &str, from: &Path, pages: &BTreeMap<PathBuf, Page>) -> bool {
    if link.contains("://") || link.starts_with("mailto:") || link.starts_with("data:") {
        return true;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { from.to_owned() } else { normal(&from.with_file_name(file)) };
    match pages.get(&target) {
        Some(page) => anchor.is_empty() || page.anchors.contains(&decoded(anchor)),
        None => target.is_file(),
    }
}

/// `a/b/../c` is `a/c`.
fn normal(path: &Path) -> PathBuf {
    let mut found = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                found.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => found.push(part),
        }
    }
    found
}

/// `%C3%A9` is `é`.
fn decoded(anchor: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = anchor.as_bytes();
    while let [first, others @ ..] = rest {
        let code = if *first == b'%' { others.get(..2) } else { None };
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { others.get(2..).unwrap_or_default() } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn read(html: &str) -> Page {
    let tokens = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(html.into());
    let _ = tokens.feed(&queue);
    tokens.end();
    tokens.sink.page.take()
}

#[derive(Default)]
struct Sink {
    page: RefCell<Page>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let TagToken(tag) = token {
            let mut page = self.page.borrow_mut();
            for attribute in tag.attrs {
                match &*attribute.name.local {
                    "id" | "name" => page.anchors.insert(attribute.value.to_string()),
                    "href" | "src" => page.links.insert(attribute.value.to_string()),
                    _ => false,
                };
            }
        }
        TokenSinkResult::Continue
    }
}
