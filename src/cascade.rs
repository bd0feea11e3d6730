//! Findings that only follow from others are left out: one slip, one finding.
//!
//! What an unreadable item would have declared is not known, so that its uses, and what depends on them, would be found wrong
//! as well. Words tell which findings those are: the author wrote them in what cannot be read. Nothing is left
//! out where nothing else is wrong, and what is left out comes back once its cause is mended.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::char::is_combining_mark;

use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::program::fold;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{File, Item, TypeBody, TypeExpr, TypeKind, ValueItem};

/// So many places of one unknown name are shown.
const PLACES_SHOWN: usize = 4;

/// The findings of lowering that do not follow from others, and of the same unknown name one, at its first place. `found` is
/// in source order.
pub fn roots(sources: &SourceMap, files: &[File], found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let cloud = Cloud::new(sources, files, &found);
    let kept = found.iter().filter(|diagnostic| !cloud.explains(diagnostic, &found)).cloned().collect();
    merged(kept)
}

/// What cannot be known of a ruleset.
struct Cloud<'a> {
    sources: &'a SourceMap,
    /// Names of what could not be declared as it should.
    names: BTreeSet<&'a str>,
    /// Every word of what cannot be read: it may be declared there, or used.
    words: BTreeSet<&'a str>,
    /// Every word of an item in which something is wrong: it may be used there.
    used: BTreeSet<&'a str>,
    /// The first words of what cannot be read, as data spell them.
    kinds: Vec<String>,
    /// What stands before the colon or the quotation of what cannot be read, as data spell it: a name with a space in it.
    heads: BTreeSet<String>,
    /// A clause, a source or an interpretation that cannot be read has no id.
    nameless: bool,
    /// Where each item stands.
    items: Vec<Span>,
}

impl<'a> Cloud<'a> {
    fn new(sources: &'a SourceMap, files: &'a [File], found: &[Diagnostic]) -> Self {
        let mut cloud = Self {
            sources,
            names: BTreeSet::new(),
            words: BTreeSet::new(),
            used: BTreeSet::new(),
            kinds: Vec::new(),
            heads: BTreeSet::new(),
            nameless: false,
            items: files.iter().flat_map(|file| &file.items).map(Item::span).collect(),
        };
        let items = || files.iter().flat_map(|file| &file.items);
        for item in items() {
            if let Item::Unreadable(span) = item {
                cloud.unreadable(sources.text(*span));
            }
        }
        let of_code = |code: Code| found.iter().filter(move |diagnostic| diagnostic.code == code);
        let unknown: BTreeSet<&str> =
            of_code(Code::UnknownType).map(|diagnostic| sources.text(diagnostic.primary.span)).collect();
        // What has a type that is not known is not known itself; records may hold records.
        let mut before = usize::MAX;
        while before != cloud.names.len() {
            before = cloud.names.len();
            for item in items() {
                match item {
                    Item::Fact(fact) => cloud.typed(&fact.name.text, &fact.ty, &unknown),
                    Item::Value(value) => {
                        cloud.typed(&value.name.text, &value.ty, &unknown);
                        cloud.of_elements(value);
                    }
                    Item::Type(ty) => {
                        let TypeBody::Record(fields) = &ty.body else { continue };
                        fields.iter().for_each(|field| cloud.typed(&field.name.text, &field.ty, &unknown));
                    }
                    Item::Header(_)
                    | Item::Clause(_)
                    | Item::Heading(_)
                    | Item::Noise(_)
                    | Item::Reading(_)
                    | Item::Outside(_)
                    | Item::Assessment(_)
                    | Item::Incoherence(_)
                    | Item::Norm(_)
                    | Item::Notice(_)
                    | Item::Decision(_)
                    | Item::Example(_)
                    | Item::Unreadable(_) => {}
                }
            }
        }
        let wrong = |span: Span| {
            let inside =
                |other: Span| other.source == span.source && span.start <= other.start && other.end <= span.end;
            let is_wrong = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error && !is_of_use(diagnostic);
            found.iter().any(|diagnostic| is_wrong(diagnostic) && inside(diagnostic.primary.span))
        };
        let faulty = items().filter(|item| uses(item)).map(Item::span).filter(|span| wrong(*span));
        cloud.used = faulty.flat_map(|span| words(sources.text(span))).collect();
        cloud
    }

    /// Notes what an unreadable stretch may declare: the word after the one that begins each line at the margin, and in a
    /// type whatever begins a line.
    fn unreadable(&mut self, text: &'a str) {
        self.words.extend(words(text));
        let kind = fold(words(text).next().unwrap_or(""));
        for line in text.lines() {
            let mut begins = words(line);
            let first = begins.next();
            if !line.starts_with(char::is_whitespace) {
                let after = first.and_then(|first| line.get(first.len()..)).unwrap_or("").trim_start();
                self.names.extend(begins.next().filter(|name| after.starts_with(name)));
                self.heads.extend(after.split([':', '«']).next().map(fold).filter(|head| !head.is_empty()));
            } else if kind == "type" {
                self.names.extend(first);
            }
        }
        let bare =
            words(text).next().and_then(|first| text.get(first.len()..)).unwrap_or("").trim_start().starts_with('«');
        self.nameless |= bare && matches!(kind.as_str(), "clause" | "source" | "interpretation");
        self.kinds.push(kind);
    }

    fn typed(&mut self, name: &'a str, ty: &TypeExpr, unknown: &BTreeSet<&str>) {
        let mut ty = ty;
        while let TypeKind::List(of) = &ty.kind {
            ty = of;
        }
        if let TypeKind::Named(of) = &ty.kind
            && (self.names.contains(of.text.as_str()) || unknown.contains(of.text.as_str()))
        {
            self.names.insert(name);
        }
    }

    /// A value of the elements of a list is their field: where the list is not known, it is not either.
    fn of_elements(&mut self, value: &'a ValueItem) {
        let list = value.each.as_ref().map_or("", |each| self.sources.text(each.list.span));
        if self.depends(list) {
            self.names.insert(&value.name.text);
        }
    }

    /// Whether a finding follows from what cannot be known.
    fn explains(&self, diagnostic: &Diagnostic, found: &[Diagnostic]) -> bool {
        let text = self.sources.text(diagnostic.primary.span);
        if is_of_use(diagnostic) {
            let name = named(text);
            // A fact may also be read through a reference.
            let unread = diagnostic.code == Code::UnusedFact && !self.kinds.is_empty();
            return unread || self.words.contains(name) || self.used.contains(name) || is_suggested(name, found);
        }
        match diagnostic.code {
            Code::Header => self.kinds.iter().any(|kind| kind.starts_with("regl")),
            Code::TextNotCovered => self.kinds.iter().any(|kind| matches!(kind.as_str(), "clause" | "titre" | "hors")),
            Code::UnknownName | Code::UnknownType => self.may_declare(text),
            Code::UnknownClause | Code::Reading => self.nameless || self.may_declare(text),
            Code::UnknownCase => self.may_declare(text) || self.is_beside_unknown(diagnostic.primary.span, found),
            Code::TypeMismatch
            | Code::UnitMismatch
            | Code::OutOfRange
            | Code::UnroundedDivision
            | Code::MaybeAbsent
            | Code::MaybeInapplicable
            | Code::MissingCase
            | Code::Precedence
            | Code::CyclicValue
            | Code::Misplaced => self.depends(self.sources.text(self.item(diagnostic.primary.span))),
            Code::Syntax
            | Code::Unclosed
            | Code::TooDeep
            | Code::MixedLogic
            | Code::NotUtf8
            | Code::DuplicateName
            | Code::CollidingName
            | Code::CyclicType
            | Code::MissingClause
            | Code::UnusedClause
            | Code::QuotationNotFound
            | Code::QuotationAmbiguous
            | Code::QuotationOverlap
            | Code::TextMissing
            | Code::UnusedFact
            | Code::Example
            | Code::Limit
            | Code::Conflict
            | Code::Gap
            | Code::NeverApplies
            | Code::NeverPrevails
            | Code::NoResult
            | Code::OneAnswer => false,
        }
    }

    /// Whether something that cannot be read may declare that name.
    fn may_declare(&self, name: &str) -> bool {
        self.words.contains(name) || self.heads.contains(&fold(name)) || self.depends(name)
    }

    /// The item around a place; else the place.
    fn item(&self, place: Span) -> Span {
        let around = |item: &&Span| item.source == place.source && item.start <= place.start && place.end <= item.end;
        self.items.iter().find(around).copied().unwrap_or(place)
    }

    fn depends(&self, text: &str) -> bool {
        words(text).any(|word| self.names.contains(word))
    }

    /// Whether what stands before a case in its condition is not known: then nothing says whose case it is.
    fn is_beside_unknown(&self, case: Span, found: &[Diagnostic]) -> bool {
        let before = Span { start: self.item(case).start, end: case.start, ..case };
        let text = self.sources.text(before);
        let ends = |word: &str| matches!(word, "et" | "ou" | "si" | "alors" | "sinon" | "cas" | "pour" | "vaut");
        let condition: Vec<&str> = text.rsplit([':', '«', '»']).next().map(words).into_iter().flatten().collect();
        let from = condition.iter().rposition(|word| ends(word)).map_or(0, |at| at + 1);
        let unknown = |word: &&str| {
            let named =
                |other: &Diagnostic| other.code == Code::UnknownName && self.sources.text(other.primary.span) == *word;
            self.names.contains(word) || found.iter().any(named)
        };
        condition.iter().skip(from).any(unknown)
    }
}

/// Whether such an item uses what others declare.
fn uses(item: &Item) -> bool {
    match item {
        Item::Type(_)
        | Item::Fact(_)
        | Item::Assessment(_)
        | Item::Incoherence(_)
        | Item::Value(_)
        | Item::Norm(_)
        | Item::Notice(_)
        | Item::Decision(_) => true,
        Item::Header(_)
        | Item::Clause(_)
        | Item::Heading(_)
        | Item::Noise(_)
        | Item::Reading(_)
        | Item::Outside(_)
        | Item::Example(_)
        | Item::Unreadable(_) => false,
    }
}

/// Whether it says that something is not used, or not enough.
fn is_of_use(diagnostic: &Diagnostic) -> bool {
    let unused = matches!(diagnostic.code, Code::UnusedFact | Code::UnusedClause);
    unused || (diagnostic.code == Code::Reading && diagnostic.severity == Severity::Warning)
}

/// Whether another finding proposes to write that name.
fn is_suggested(name: &str, found: &[Diagnostic]) -> bool {
    let edits = found.iter().flat_map(|other| &other.remedies).flat_map(|remedy| &remedy.edits);
    edits.into_iter().any(|edit| edit.replacement == name)
}

/// What an item declares, or the name itself.
fn named(text: &str) -> &str {
    let mut found = words(text);
    let first = found.next().unwrap_or("");
    if first.len() == text.len() { first } else { found.next().unwrap_or(first) }
}

/// The words of a text, names and ids whole.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-') || is_combining_mark(c));
    text.split(ends).map(|word| word.trim_matches('-')).filter(|word| !word.is_empty())
}

/// Of findings that name the same unknown thing the first, with the places of the others; its remedy mends them all.
fn merged(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut hidden: BTreeMap<usize, usize> = BTreeMap::new();
    for diagnostic in found {
        let same = |other: &&mut Diagnostic| {
            is_unknown(&diagnostic) && (other.code, &other.message) == (diagnostic.code, &diagnostic.message)
        };
        let Some((at, first)) = kept.iter_mut().enumerate().find(|(_, other)| same(other)) else {
            kept.push(diagnostic);
            continue;
        };
        if first.others.len() < PLACES_SHOWN {
            first.others.push(Label { span: diagnostic.primary.span, text: "ici aussi".to_owned() });
        } else {
            *hidden.entry(at).or_default() += 1;
        }
        for remedy in diagnostic.remedies {
            if let Some(own) = first.remedies.iter_mut().find(|own| own.title == remedy.title) {
                own.edits.extend(remedy.edits);
            }
        }
    }
    for (at, count) in hidden {
        if let Some(last) = kept.get_mut(at).and_then(|first| first.others.last_mut()) {
            let places = if count > 1 { "autres endroits" } else { "autre endroit" };
            last.text = format!("ici aussi, et à {count} {places}");
        }
    }
    kept
}

fn is_unknown(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::UnknownName | Code::UnknownType | Code::UnknownClause | Code::Reading)
        && diagnostic.severity == Severity::Error
}
