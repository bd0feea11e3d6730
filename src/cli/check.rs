//! `check`: everything that is wrong with rulesets.

use super::args::{Check, Common, Format};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, fix, output};
use crate::diagnostic::{Diagnostic, Severity};
use crate::program::ClauseRole;
use crate::render::{self, Block, Listing, Page, Text, Tone};
use crate::ruleset::Analysis;
use crate::source::SourceMap;
use crate::value::french::things;

/// What was found in one ruleset.
struct Checked {
    name: String,
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
    /// What it holds, where nothing is wrong.
    summary: Option<String>,
    /// What reasoning could not settle.
    unsettled: Vec<(String, String)>,
}

pub(super) fn run(check: &Check, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let mut all = Vec::new();
    let mut fixed = String::new();
    for path in &check.rulesets {
        let name = path.display().to_string();
        let mended = if check.fix { fix::mend(path, common) } else { Ok(0) };
        match mended {
            // What cannot be read is reported as without `--fix`.
            Ok(_) | Err(Failure::Diagnostics(..)) => {}
            Err(failure) => return Err(failure),
        }
        let made = mended.unwrap_or(0);
        if made > 0 && common.format == Format::Text && !common.quiet {
            let (are, made) = if made > 1 { ("corrections faites", made) } else { ("correction faite", made) };
            fixed.push_str(&format!("{name}\u{a0}: {made} {are}\n"));
        }
        match files::analysis(path, common) {
            Ok(analysis) => all.push(checked(name, analysis.reasoned())),
            Err(Failure::Diagnostics(sources, diagnostics)) => {
                all.push(Checked { name, sources: *sources, diagnostics, summary: None, unsettled: Vec::new() });
            }
            Err(failure) => return Err(failure),
        }
    }
    let text = match common.format {
        Format::Text => fixed + &text(&all, common.quiet, terminal),
        Format::Json => {
            let reports: Vec<(&SourceMap, &[Diagnostic])> =
                all.iter().map(|checked| (&checked.sources, checked.diagnostics.as_slice())).collect();
            render::diagnostics_json(&reports)
        }
        Format::Markdown => render::markdown(&page(&all)),
        Format::Html => render::html(&page(&all)),
    };
    output::write(&text, common, terminal)?;
    let wrong = all.iter().flat_map(|checked| &checked.diagnostics).any(|found| found.severity == Severity::Error);
    Ok(if wrong { Status::Wrong } else { Status::Done })
}

fn checked(name: String, analysis: Analysis) -> Checked {
    let summary = (!analysis.has_errors()).then(|| {
        let clauses = analysis.program.clauses.iter().filter(|clause| clause.role == ClauseRole::Statement).count();
        let rules = analysis.program.rules.len();
        format!("{}, {}", things(clauses, "clause"), things(rules, "règle"))
    });
    let Analysis { sources, diagnostics, unsettled, .. } = analysis;
    Checked { name, sources, diagnostics, summary, unsettled }
}

fn text(all: &[Checked], quiet: bool, terminal: &Terminal) -> String {
    let mut out = String::new();
    for checked in all {
        let several = all.len() > 1 && !checked.diagnostics.is_empty();
        if several {
            out.push_str(&format!("{}\u{a0}:\n\n", checked.name));
        }
        out.push_str(&render::diagnostics(&checked.sources, &checked.diagnostics, terminal.out));
        if let Some(summary) = checked.summary.as_ref().filter(|_| !quiet && checked.diagnostics.is_empty()) {
            out.push_str(&format!("{}\u{a0}: {summary}\u{202f}; rien à signaler.\n", checked.name));
        }
        if !checked.unsettled.is_empty() && !quiet {
            out.push_str(
                "Questions que le raisonnement n’a pas pu trancher (ni faute, ni preuve du contraire)\u{a0}:\n",
            );
            for (rule, question) in &checked.unsettled {
                out.push_str(&format!("  «\u{a0}{rule}\u{a0}»\u{a0}: {question}\n"));
            }
        }
        if several {
            out.push('\n');
        }
    }
    out
}

fn page(all: &[Checked]) -> Page {
    let mut blocks = Vec::new();
    for checked in all {
        blocks.push(Block::Heading(1, checked.name.as_str().into()));
        if let Some(summary) = &checked.summary {
            blocks.push(Block::Paragraph(format!("{summary}.").into()));
        }
        let count = render::count(&checked.diagnostics).unwrap_or_else(|| "Rien à signaler".to_owned());
        blocks.push(Block::Paragraph(Text::new().strong(format!("{count}."))));
        let items = checked.diagnostics.iter().map(|diagnostic| item(&checked.sources, diagnostic)).collect::<Vec<_>>();
        if !items.is_empty() {
            blocks.push(Block::List(Listing::Bulleted, items));
        }
    }
    Page { title: "Vérification".to_owned(), blocks }
}

fn item(sources: &SourceMap, diagnostic: &Diagnostic) -> Vec<Block> {
    let (tone, level) = match diagnostic.severity {
        Severity::Error => (Tone::Bad, "erreur"),
        Severity::Warning => (Tone::Open, "attention"),
    };
    let mut text = Text::new().with(tone, level).plain(" ").code(diagnostic.code.as_str()).plain("\u{a0}: ");
    text.push(Tone::Plain, diagnostic.message.as_str());
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.others);
    let mut details = Vec::new();
    for label in labels {
        let Some(source) = sources.get(label.span.source) else { continue };
        let (line, column) = source.position(label.span.start);
        let mut detail = Text::new().plain(format!("{}, ligne {line}, colonne {column}", source.name));
        if !label.text.is_empty() {
            detail.push(Tone::Plain, format!("\u{a0}: {}", label.text));
        }
        details.push(vec![Block::Paragraph(detail)]);
    }
    let offers =
        diagnostic.remedies.iter().map(|remedy| Text::new().plain("correction\u{a0}: ").plain(remedy.title.as_str()));
    details.extend(offers.map(|offer| vec![Block::Paragraph(offer)]));
    details.extend(diagnostic.help.iter().map(|help| vec![Block::Paragraph(Text::new().emphasis(help.as_str()))]));
    vec![Block::Paragraph(text), Block::List(Listing::Bulleted, details)]
}
