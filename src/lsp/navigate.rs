//! Going from a name to where it is declared, used, and to the official text; the outline of a file.

use lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentSymbol, FoldingRange, FoldingRangeKind, Location, Position,
    SymbolKind,
};

use super::document::narrow;
use super::symbol::{Occurrence, Symbol, Use};
use super::view::View;
use crate::program::fold;
use crate::source::Span;
use crate::syntax::WordKind;

/// Where the name at a position is declared. Of a clause where it is declared, and of a quotation: the passage of the
/// official text.
pub(super) fn definition(view: View<'_>, position: Position) -> Vec<Location> {
    let at = view.at(position);
    let index = view.book.index();
    match index.at(at) {
        Some(Occurrence { symbol: Symbol::Clause(id), usage: Use::Declares, .. }) => view.passage(id),
        Some(found) => {
            index.declared.get(&found.symbol).and_then(|declared| view.location(declared.name)).into_iter().collect()
        }
        None => match quoting(view, at) {
            Some(id) => view.passage(id),
            None => Vec::new(),
        },
    }
}

/// The clause in whose item a place lies.
fn quoting(view: View<'_>, at: Span) -> Option<&str> {
    let holds = |whole: Span| whole.source == at.source && whole.start <= at.start && at.start <= whole.end;
    view.book.index().declared.iter().find_map(|(symbol, declared)| match symbol {
        Symbol::Clause(id) if holds(declared.whole) => Some(id.as_str()),
        _other => None,
    })
}

/// Every place of the name at a position; its declaration too where that is wanted.
pub(super) fn references(view: View<'_>, position: Position, declaration: bool) -> Vec<Location> {
    let index = view.book.index();
    let Some(found) = index.at(view.at(position)) else { return Vec::new() };
    let wanted = index.of(&found.symbol).filter(|place| declaration || place.usage == Use::Refers);
    wanted.filter_map(|place| view.location(place.span)).collect()
}

/// The same in the file at hand, to be lit up.
pub(super) fn highlights(view: View<'_>, position: Position) -> Vec<DocumentHighlight> {
    let index = view.book.index();
    let Some(found) = index.at(view.at(position)) else { return Vec::new() };
    let here = index.of(&found.symbol).filter(|place| place.span.source == view.file);
    let light = |place: &Occurrence| DocumentHighlight {
        range: view.range(place.span),
        kind: Some(match place.usage {
            Use::Declares => DocumentHighlightKind::WRITE,
            Use::Refers => DocumentHighlightKind::READ,
        }),
    };
    here.map(light).collect()
}

fn kind(symbol: &Symbol) -> SymbolKind {
    match symbol {
        Symbol::Clause(_) => SymbolKind::STRING,
        Symbol::Reading(_) => SymbolKind::CONSTANT,
        Symbol::Type(_) => SymbolKind::ENUM,
        Symbol::Case(..) => SymbolKind::ENUM_MEMBER,
        Symbol::Field(..) => SymbolKind::FIELD,
        Symbol::Fact(_) => SymbolKind::VARIABLE,
        Symbol::Rule(_) => SymbolKind::FUNCTION,
        Symbol::Part(..) => SymbolKind::EVENT,
        Symbol::Variable(..) => SymbolKind::VARIABLE,
    }
}

/// The outline of a file: what it declares, with the parts of each under it.
#[allow(deprecated, reason = "the protocol's type has a field that is no longer used")]
pub(super) fn outline(view: View<'_>) -> Vec<DocumentSymbol> {
    let mut outline: Vec<DocumentSymbol> = Vec::new();
    let mut all: Vec<(Span, Span, String, Option<String>, SymbolKind)> = Vec::new();
    for (symbol, declared) in view.book.index().by_place() {
        if declared.whole.source != view.file || matches!(symbol, Symbol::Variable(..)) {
            continue;
        }
        let detail = declared.label.clone().or_else(|| Some(declared.kind.clone()));
        all.push((declared.whole, declared.name, symbol.name().to_owned(), detail, kind(symbol)));
    }
    for placed in view.book.items().iter().filter(|placed| placed.source == view.file) {
        if let crate::syntax::ast::Item::Example(example) = placed.item {
            let (whole, title) = (placed.span(example.span), placed.span(example.title.span));
            let name = format!("exemple «\u{a0}{}\u{a0}»", example.title.text);
            all.push((whole, title, name, None, SymbolKind::EVENT));
        }
    }
    all.sort_by_key(|(whole, ..)| (whole.start, std::cmp::Reverse(whole.end)));
    let mut parent: Option<Span> = None;
    for (whole, name, text, detail, kind) in all {
        let made = DocumentSymbol {
            name: text,
            detail,
            kind,
            tags: None,
            deprecated: None,
            range: view.range(whole),
            selection_range: view.range(name),
            children: None,
        };
        match (parent, outline.last_mut()) {
            (Some(held), Some(last)) if whole.end <= held.end => last.children.get_or_insert_default().push(made),
            (_, _) => {
                parent = Some(whole);
                outline.push(made);
            }
        }
    }
    outline
}

/// What any ruleset at hand declares under a name like that.
#[allow(deprecated, reason = "the protocol's type has a field that is no longer used")]
pub(super) fn search(views: &[View<'_>], asked: &str) -> Vec<lsp_types::SymbolInformation> {
    let folded = fold(asked);
    let mut found = Vec::new();
    for view in views {
        for (symbol, declared) in view.book.index().by_place() {
            let in_label = declared.label.as_ref().is_some_and(|label| fold(label).contains(&folded));
            if matches!(symbol, Symbol::Variable(..)) || !(fold(symbol.name()).contains(&folded) || in_label) {
                continue;
            }
            let Some(location) = view.location(declared.name) else { continue };
            found.push(lsp_types::SymbolInformation {
                name: symbol.name().to_owned(),
                kind: kind(symbol),
                tags: None,
                deprecated: None,
                location,
                container_name: declared.label.clone(),
            });
        }
    }
    found
}

/// What can be folded: items of several lines, and runs of comments.
pub(super) fn folds(view: View<'_>) -> Vec<FoldingRange> {
    let document = view.document;
    let line = |offset: usize| document.position(offset, view.desk.encoding).line;
    let fold = |start: u32, end: u32, kind| FoldingRange {
        start_line: start,
        end_line: end,
        kind: Some(kind),
        ..FoldingRange::default()
    };
    let mut found = Vec::new();
    let words = document.words();
    for stretch in document.stretches() {
        // Comments above the next item belong to it.
        let within = words.partition_point(|word| word.range.start < stretch.range.end);
        let inside = words.get(..within).unwrap_or(&[]);
        let last = inside.iter().rev().find(|word| word.kind != WordKind::Comment);
        let (start, end) = (line(stretch.range.start), last.map_or(0, |last| line(last.range.end)));
        if stretch.item.is_some() && end > start {
            found.push(fold(start, end, FoldingRangeKind::Region));
        }
    }
    let mut run: Option<(u32, u32)> = None;
    let alone = |word: &&crate::syntax::Word| {
        let before = document.text().get(..word.range.start).unwrap_or("");
        word.kind == WordKind::Comment && before.rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
    };
    for comment in words.iter().filter(alone) {
        let at = line(comment.range.start);
        run = match run {
            Some((start, end)) if at == end + 1 => Some((start, at)),
            before => {
                found.extend(
                    before
                        .filter(|(start, end)| end > start)
                        .map(|(start, end)| fold(start, end, FoldingRangeKind::Comment)),
                );
                Some((at, at))
            }
        };
    }
    found
        .extend(run.filter(|(start, end)| end > start).map(|(start, end)| fold(start, end, FoldingRangeKind::Comment)));
    found.sort_by_key(|fold| fold.start_line);
    debug_assert!(found.iter().all(|fold| fold.end_line < narrow(document.line_count())), "folds stay within the text");
    found
}
