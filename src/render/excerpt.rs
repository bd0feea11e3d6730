//! Diagnostics for people: the lines they speak of, with what is wrong written under them.
//!
//! annotate-snippets draws; what it is given is small, whatever the size of a file or of a line.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::diagnostics::count;
use super::page::shown;
use super::text::{MIN_WIDTH, Style, wrapped};
use super::typography;
use crate::diagnostic::{Diagnostic, Label, Safety, Severity};
use crate::source::{Source, SourceId, SourceMap, Span};

/// Places of one file at most this many lines apart are shown together.
const LINES_BETWEEN: usize = 6;

/// A place over more lines than this is shown by its first one.
const LINES_MARKED: usize = 4;

/// A line with more bytes than this is cut around what is marked on it.
const LINE_BYTES: usize = 400;

/// How many bytes are kept on each side of a mark when a line is cut.
const AROUND: usize = 120;

/// The longest message or help shown, in characters.
const SENTENCE: usize = 1000;

/// What stands for the part of a line left out.
const ELISION: &str = "…";

/// Diagnostics as a terminal shows them, and how many there are.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], style: Style) -> String {
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Unicode).term_width(style.width.max(MIN_WIDTH));
    let mut out = String::new();
    for diagnostic in diagnostics {
        let report = renderer.render(&[group(sources, diagnostic, style.width.max(MIN_WIDTH))]);
        // The renderer pads what it draws.
        for line in report.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push('\n');
    }
    if let Some(count) = count(diagnostics) {
        out.push_str(&count);
        out.push('\n');
    }
    out
}

fn group<'a>(sources: &'a SourceMap, diagnostic: &'a Diagnostic, width: usize) -> Group<'a> {
    let (level, word) = match diagnostic.severity {
        Severity::Error => (Level::ERROR, "erreur"),
        Severity::Warning => (Level::WARNING, "attention"),
    };
    let code = diagnostic.code.as_str();
    // « erreur[code]: » stands before the words, and what follows is aligned with them.
    let message = words(&diagnostic.message, width.saturating_sub(word.len() + code.len() + 4));
    let mut group = Group::with_title(level.with_name(word).primary_title(message).id(code));
    for excerpt in excerpts(sources, diagnostic) {
        let annotations = excerpt.marks.into_iter().map(|(range, label, kind)| kind.span(range).label(label));
        let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).fold(false).annotations(annotations);
        if excerpt.cut {
            // Its columns are not those of the file.
            let origin = Origin::path(excerpt.file).line(excerpt.line).char_column(excerpt.column);
            group = group.element(origin).element(snippet);
        } else {
            group = group.element(snippet.path(excerpt.file));
        }
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.with_name("aide").message(words(help, width.saturating_sub(14))));
    }
    for remedy in &diagnostic.remedies {
        let by_itself = match remedy.safety {
            Safety::Safe => " (reglo check --fix le fait)",
            Safety::ToConfirm => "",
        };
        let offer = words(&format!("{}{by_itself}", remedy.title), width.saturating_sub(20));
        group = group.element(Level::HELP.with_name("correction").message(offer));
    }
    group
}

/// A sentence on lines of that width; one that quotes too much is cut.
fn words(sentence: &str, width: usize) -> String {
    // An example to paste keeps its lines and its marks.
    let set = if sentence.contains('\n') { sentence.to_owned() } else { typography::words(sentence) };
    let mut letters = set.chars();
    let mut kept: String = letters.by_ref().take(SENTENCE).collect();
    if letters.next().is_some() {
        kept.push_str(ELISION);
    }
    wrapped(&kept, width)
}

/// A few lines of a file and what is marked on them.
struct Excerpt {
    file: String,
    /// Where its primary mark stands, else its first.
    line: usize,
    column: usize,
    first_line: usize,
    text: String,
    /// Whether a line was cut.
    cut: bool,
    /// Bytes of `text`.
    marks: Vec<(Range<usize>, Option<String>, AnnotationKind)>,
}

/// A label and the lines (from 1) it is shown on.
struct Marked<'a> {
    label: &'a Label,
    primary: bool,
    lines: (usize, usize),
    range: Range<usize>,
}

/// The excerpts of a diagnostic, that of its primary place first.
fn excerpts(sources: &SourceMap, diagnostic: &Diagnostic) -> Vec<Excerpt> {
    let labels =
        std::iter::once((&diagnostic.primary, true)).chain(diagnostic.others.iter().map(|other| (other, false)));
    let mut marked: Vec<(SourceId, Marked<'_>)> = labels
        .filter_map(|(label, primary)| {
            let source = sources.get(label.span.source)?;
            Some((label.span.source, mark(source, label, primary)))
        })
        .collect();
    marked.sort_by_key(|(source, mark)| (*source, mark.range.start, mark.range.end));
    let mut clusters: Vec<(SourceId, Vec<Marked<'_>>)> = Vec::new();
    for (id, mark) in marked {
        match clusters.last_mut() {
            Some((source, cluster))
                if *source == id && cluster.iter().any(|near| mark.lines.0 <= near.lines.1 + LINES_BETWEEN) =>
            {
                cluster.push(mark);
            }
            Some(_) | None => clusters.push((id, vec![mark])),
        }
    }
    clusters.sort_by_key(|(_, cluster)| !cluster.iter().any(|mark| mark.primary));
    clusters.into_iter().filter_map(|(id, cluster)| Some(excerpt(sources.get(id)?, cluster))).collect()
}

fn mark<'a>(source: &Source, label: &'a Label, primary: bool) -> Marked<'a> {
    let Span { start, end, .. } = label.span;
    let (start, end) = (boundary(&source.text, start as usize), boundary(&source.text, end as usize));
    // A mark does not run over the end of its last line.
    let marked = source.text.get(start..end).unwrap_or("").trim_end_matches(['\r', '\n']).len();
    let end = start + marked;
    let (first, last) = (line_of(source, start), line_of(source, end.max(start + 1) - 1));
    if last < first + LINES_MARKED {
        return Marked { label, primary, lines: (first, last.max(first)), range: start..end.max(start) };
    }
    let line_end = line_end(&source.text, start);
    Marked { label, primary, lines: (first, first), range: start..line_end }
}

fn line_of(source: &Source, offset: usize) -> usize {
    source.position(u32::try_from(offset).unwrap_or(u32::MAX)).0
}

/// The nearest character boundary at or before `offset`.
fn boundary(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}

/// Where the line of a byte ends, its end mark left out.
fn line_end(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    offset + line.trim_end_matches('\r').len()
}

fn excerpt(source: &Source, cluster: Vec<Marked<'_>>) -> Excerpt {
    let text = source.text.as_str();
    let start = cluster.iter().map(|mark| mark.range.start).min().unwrap_or(0);
    let end = cluster.iter().map(|mark| mark.range.end).max().unwrap_or(start);
    let start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = line_end(text, end).max(start);
    let ranges: Vec<Range<usize>> = cluster.iter().map(|mark| mark.range.clone()).collect();
    let mut cut = Cut { shown: String::new(), kept: Vec::new(), cut: false };
    let mut offset = start;
    for line in text.get(start..end).unwrap_or("").split('\n') {
        if offset > start {
            cut.shown.push('\n');
        }
        cut.line(text, offset..offset + line.trim_end_matches('\r').len(), &ranges);
        offset += line.len() + 1;
    }
    let named = cluster.iter().find(|mark| mark.primary);
    let position = |mark: &Marked| source.position(u32::try_from(mark.range.start).unwrap_or(u32::MAX));
    let (line, column) = named.or(cluster.first()).map_or((1, 1), position);
    let first_line = cluster.iter().map(|mark| mark.lines.0).min().unwrap_or(line);
    let marks = cluster.iter().map(|mark| {
        let range = cut.shown_at(mark.range.start)..cut.shown_at(mark.range.end);
        let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = Some(typography::words(&mark.label.text)).filter(|text| !text.is_empty());
        (range.start..range.end.max(range.start), label, kind)
    });
    Excerpt {
        file: source.name.chars().map(shown).collect(),
        line,
        column,
        cut: cut.cut,
        first_line,
        marks: marks.collect(),
        text: cut.shown,
    }
}

/// Lines shown, and which bytes of the source stand where in them.
struct Cut {
    shown: String,
    /// Bytes of the source kept, in order, and where each stretch begins in `shown`.
    kept: Vec<(Range<usize>, usize)>,
    /// Whether something was left out of a line.
    cut: bool,
}

impl Cut {
    /// Adds a line, cut around the marks it bears if it is long.
    fn line(&mut self, text: &str, line: Range<usize>, marks: &[Range<usize>]) {
        if line.len() <= LINE_BYTES {
            return self.keep(text, line);
        }
        self.cut = true;
        let mut windows: Vec<Range<usize>> = Vec::new();
        for mark in marks.iter().filter(|mark| mark.start <= line.end && mark.end >= line.start) {
            let from = mark.start.max(line.start);
            windows.push(from.saturating_sub(AROUND)..from + AROUND);
            if mark.end > from && mark.end <= line.end {
                windows.push(mark.end.saturating_sub(AROUND)..mark.end + AROUND);
            }
        }
        if windows.is_empty() {
            windows.push(line.start..line.start + AROUND);
        }
        windows.sort_by_key(|window| window.start);
        let mut upto = line.start;
        for window in windows {
            let from = boundary(text, window.start.max(upto));
            let to = boundary(text, window.end.min(line.end));
            if from >= to && from < line.end {
                continue;
            }
            if from > upto {
                self.shown.push_str(ELISION);
            }
            self.keep(text, from..to.max(from));
            upto = to.max(from);
        }
        if upto < line.end {
            self.shown.push_str(ELISION);
        }
    }

    fn keep(&mut self, text: &str, range: Range<usize>) {
        self.kept.push((range.clone(), self.shown.len()));
        self.shown.push_str(text.get(range).unwrap_or(""));
    }

    /// Where a byte of the source stands in what is shown: there, or at the nearest stretch kept before it.
    fn shown_at(&self, offset: usize) -> usize {
        let after = self.kept.partition_point(|(range, _)| range.start <= offset);
        let Some((range, at)) = after.checked_sub(1).and_then(|at| self.kept.get(at)) else { return 0 };
        at + offset.min(range.end) - range.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    const PLAIN: Style = Style::PLAIN;

    fn sources(text: &str) -> (SourceMap, SourceId) {
        let mut sources = SourceMap::new();
        let id = sources.add("10-clauses.reglo", text);
        (sources, id)
    }

    fn at(text: &str, range: Range<usize>) -> String {
        let (sources, id) = sources(text);
        let diagnostic = Diagnostic::error(Code::Syntax, Span::new(id, range), "cela ne se lit pas").label("ici");
        render(&sources, &[diagnostic], PLAIN)
    }

    #[test]
    fn a_diagnostic_shows_its_places_and_what_to_do() {
        let text = "fait voie : texte\nfait début : date\n\nfait voie : date\n".to_owned()
            + &"#\n".repeat(40)
            + "valeur x : entier\n";
        let (mut sources, id) = sources(&text);
        let other = sources.add("90-exemples.reglo", "exemple « un »\n  attend voie = oui\n");
        let far = text.rfind("valeur").unwrap_or(0);
        let error = Diagnostic::error(Code::DuplicateName, Span::new(id, 43..47), "« voie » est déclaré deux fois")
            .label("une seconde fois ici")
            .other(Span::new(id, 5..9), "déjà déclaré ici")
            .other(Span::new(id, far..far + 8), "utilisé ici")
            .other(Span::new(other, 25..29), "et là")
            .help("donnez un autre nom à l’un des deux")
            .help("ou retirez-en un");
        let warning = Diagnostic::warning(Code::UnusedFact, Span::new(id, 23..29), "aucune règle ne lit « début »");
        insta::assert_snapshot!(render(&sources, &[error, warning], PLAIN));
    }

    #[test]
    fn a_line_of_a_million_bytes_is_cut_around_what_is_wrong() {
        let text = format!("{}é¤é{}\n", "a ".repeat(400_000), " b".repeat(200_000));
        let shown = at(&text, 800_002..800_004);
        assert!(shown.len() < 1500 && shown.contains("10-clauses.reglo:1:800002") && shown.contains("é¤é"), "{shown}");
        assert!(shown.contains('…'), "{shown}");
        let whole = at(&text, 0..text.len());
        assert!(whole.len() < 2000, "{whole}");
    }

    #[test]
    fn a_place_may_be_empty_or_at_the_end_or_nowhere() {
        assert!(at("abc", 1..1).contains("│ abc"));
        assert!(at("abc\n", 4..4).contains("10-clauses.reglo:2:1"));
        assert!(at("", 0..0).contains("10-clauses.reglo:1:1"));
        assert!(at("é", 1..9).contains("10-clauses.reglo:1:1"));
        let nowhere = Span::new(SourceId(7), 0..4);
        let shown = render(&SourceMap::new(), &[Diagnostic::error(Code::Header, nowhere, "rien")], PLAIN);
        assert_eq!(shown, "erreur[entete]: rien\n\n1 erreur\n");
    }

    #[test]
    fn tabs_and_carriage_returns_do_not_move_the_mark() {
        insta::assert_snapshot!(at("fait a\r\n\tfait b\tfait c\r\nfait d\r\n", 15..22));
    }

    #[test]
    fn a_place_over_many_lines_is_shown_by_the_first() {
        let text = "un\ndeux\n".to_owned() + &"trois\n".repeat(10_000);
        let shown = at(&text, 3..50_000);
        assert!(shown.lines().count() < 10 && shown.contains("deux"), "{shown}");
        let short = at("un\ndeux\ntrois\nquatre\n", 3..14);
        assert!(short.contains("deux") && short.contains("trois") && !short.contains("quatre"), "{short}");
    }

    #[test]
    fn two_places_far_apart_on_one_long_line_are_both_shown() {
        let text = format!("{}premier{}second{}", "-".repeat(5000), "-".repeat(5000), "-".repeat(5000));
        let (sources, id) = sources(&text);
        let diagnostic = Diagnostic::error(Code::Syntax, Span::new(id, 10_007..10_013), "non")
            .other(Span::new(id, 5000..5007), "là");
        let shown = render(&sources, &[diagnostic], Style { colour: false, width: 1000 });
        assert!(shown.contains("premier") && shown.contains("second") && shown.matches('…').count() >= 3, "{shown}");
    }

    #[test]
    fn long_sentences_are_wrapped_and_endless_ones_cut() {
        let (sources, id) = sources("abc");
        let long = "un mot ".repeat(30);
        let diagnostic = Diagnostic::error(Code::Syntax, Span::new(id, 0..1), &long).help(&long);
        let shown = render(&sources, &[diagnostic], PLAIN);
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
        assert_eq!(shown.matches("un").count(), 60, "{shown}");
        let endless = Diagnostic::error(Code::Syntax, Span::new(id, 0..1), "x".repeat(1_000_000));
        assert!(render(&sources, &[endless], PLAIN).len() < 3000);
    }

    #[test]
    fn colour_is_asked_for() {
        let (sources, id) = sources("abc");
        let diagnostic = [Diagnostic::error(Code::Syntax, Span::new(id, 0..1), "non")];
        assert!(!render(&sources, &diagnostic, PLAIN).contains('\u{1b}'));
        assert!(render(&sources, &diagnostic, Style { colour: true, width: 80 }).contains('\u{1b}'));
    }
}
