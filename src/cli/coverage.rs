//! `coverage`: the official text in its order, and what carries each passage.

use std::collections::BTreeMap;

use serde::Serialize;

use super::args::{Common, Coverage, Format};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, output, report};
use crate::program::{Basis, Carried, Clause, ClauseId, ClauseRole, Program, Rule, UNTRANSCRIBED};
use crate::render::{Block, Listing, Page, Text, Tone};
use crate::ruleset::Analysis;
use crate::text::{OfficialText, Place};

pub(super) fn run(coverage: &Coverage, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let analysis = files::analysis(&coverage.ruleset, common)?;
    let ledger = Ledger::new(&analysis);
    let text = match common.format {
        Format::Json => ledger.json(),
        Format::Text | Format::Markdown | Format::Html => report::formatted(&ledger.page(), common.format, terminal),
    };
    output::write(&text, common, terminal)?;
    if analysis.has_errors() {
        return Err(Failure::Diagnostics(Box::new(analysis.sources), analysis.diagnostics));
    }
    Ok(Status::Done)
}

/// What carries a passage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// A clause that rules or appreciations cite.
    Clause,
    /// A clause said to be without effect.
    NoEffect,
    /// A clause still to be transcribed.
    Untranscribed,
    /// A clause that nothing cites.
    Unused,
    /// A heading.
    Heading,
    /// Editorial noise.
    Noise,
    /// Nothing.
    Missing,
}

impl Kind {
    /// How it is counted.
    fn label(self) -> &'static str {
        match self {
            Kind::Clause => "portés par des règles",
            Kind::NoEffect => "sans effet",
            Kind::Untranscribed => "à transcrire",
            Kind::Unused => "cités par aucune règle",
            Kind::Heading => "titres",
            Kind::Noise => "hors texte",
            Kind::Missing => "manquants",
        }
    }

    /// The sign before a passage.
    fn sign(self) -> Text {
        match self {
            Kind::Clause => Text::new().with(Tone::Good, "✓").plain(" "),
            Kind::NoEffect | Kind::Heading | Kind::Noise => Text::new(),
            Kind::Unused | Kind::Untranscribed => Text::new().with(Tone::Open, "?").plain(" "),
            Kind::Missing => Text::new().with(Tone::Bad, "✗").plain(" "),
        }
    }
}

/// A passage and what carries it.
#[derive(Serialize)]
struct Passage<'a> {
    file: &'a str,
    line: usize,
    end_line: usize,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_effect: Option<&'a str>,
    rules: Vec<String>,
    /// How people read each of `rules`.
    labels: Vec<&'a str>,
}

#[derive(Serialize)]
struct Names<'a> {
    id: &'a str,
    title: &'a str,
    texts: Vec<BTreeMap<&'static str, &'a str>>,
}

#[derive(Serialize)]
struct Ledger<'a> {
    schema: &'static str,
    ruleset: Names<'a>,
    counts: BTreeMap<Kind, usize>,
    passages: Vec<Passage<'a>>,
}

impl<'a> Ledger<'a> {
    fn new(analysis: &'a Analysis) -> Self {
        let program = &analysis.program;
        let carriers = carriers(program);
        let officials: Vec<OfficialText> = program.texts.iter().map(|text| OfficialText::new(&text.text)).collect();
        let mut passages: Vec<Passage> = Vec::new();
        for entry in &program.ledger {
            let (Some(file), Some(official)) = (program.texts.get(entry.text), officials.get(entry.text)) else {
                continue;
            };
            let id = if let Carried::Clause(id) = entry.carrier { Some(id) } else { None };
            let clause = id.and_then(|id| program.clause(id));
            let carrying = id.and_then(|id| carriers.get(&id)).cloned().unwrap_or_default();
            let (rules, labels): (Vec<String>, Vec<&str>) = carrying.into_iter().unzip();
            let last = entry.range.end.saturating_sub(1).max(entry.range.start);
            let (start_line, end_line) = (official.line_of(entry.range.start), official.line_of(last));
            let place = Place { ranges: vec![entry.range.clone()], start_line, end_line };
            passages.push(Passage {
                file: &file.name,
                line: start_line,
                end_line,
                kind: kind(entry.carrier, clause, &rules),
                clause: clause.map(|clause| clause.id.as_str()),
                at: clause.and_then(|clause| clause.at.as_deref()),
                text: official.verbatim(&place),
                no_effect: clause.and_then(|clause| clause.no_effect.as_deref()),
                rules,
                labels,
            });
        }
        let text = |file: &'a crate::program::OfficialTextFile| {
            BTreeMap::from([("file", file.name.as_str()), ("sha256", file.sha256.as_str())])
        };
        let texts = program.texts.iter().map(text).collect();
        let ruleset = Names { id: &analysis.id, title: &program.title, texts };
        Self { schema: "reglo/coverage/1", ruleset, counts: counts(&passages), passages }
    }

    fn json(&self) -> String {
        // Texts, numbers and lists always serialise.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn page(&self) -> Page {
        let mut blocks = vec![Block::Paragraph(self.sentence())];
        let rows = self.counts.iter().map(|(kind, count)| vec![kind.label().into(), count.to_string().into()]);
        blocks.push(Block::Table { head: vec!["Passages".into(), "Nombre".into()], rows: rows.collect() });
        let missing: Vec<Vec<Block>> = self
            .passages
            .iter()
            .filter(|passage| passage.kind == Kind::Missing)
            .map(|passage| vec![Block::Paragraph(passage.line())])
            .collect();
        if !missing.is_empty() {
            blocks.push(Block::Heading(1, "Ce qui manque".into()));
            blocks.push(Block::List(Listing::Bulleted, missing));
        }
        let mut file = None;
        for passage in &self.passages {
            if file != Some(passage.file) {
                file = Some(passage.file);
                blocks.push(Block::Heading(
                    1,
                    Text::new().plain("Le texte, passage par passage\u{a0}: ").code(passage.file),
                ));
            }
            passage.show(&mut blocks);
        }
        let title = format!("{}\u{a0}: couverture du texte", self.ruleset.title);
        Page { title, blocks }
    }

    fn sentence(&self) -> Text {
        match self.counts.get(&Kind::Missing) {
            _ if self.passages.is_empty() => Text::new().with(Tone::Bad, "Aucun texte officiel n’a été lu."),
            None | Some(0) => Text::new().with(Tone::Good, "Tout le texte est porté."),
            Some(1) => Text::new().with(Tone::Bad, "Un passage du texte n’est porté par rien."),
            Some(count) => Text::new().with(Tone::Bad, format!("{count} passages du texte ne sont portés par rien.")),
        }
    }
}

impl Passage<'_> {
    /// The passage on one line, for a list of what is missing.
    fn line(&self) -> Text {
        Text::new().with(Tone::Bad, "manque").plain("\u{a0}: ").code(self.file).plain(format!(
            ", {}\u{a0}: «\u{a0}{}\u{a0}»",
            self.lines(),
            self.text
        ))
    }

    fn lines(&self) -> String {
        if self.line == self.end_line {
            format!("ligne {}", self.line)
        } else {
            format!("lignes {} à {}", self.line, self.end_line)
        }
    }

    fn show(&self, blocks: &mut Vec<Block>) {
        let mut source = self.kind.sign();
        if let Some(clause) = self.clause {
            source.push(Tone::Strong, clause);
            source.push(Tone::Plain, ", ");
        }
        if let Some(at) = self.at {
            source.push(Tone::Plain, format!("{at}, "));
        }
        source.push(Tone::Muted, self.lines());
        source = match self.kind {
            Kind::Clause => {
                let carrying = self.rules.iter().zip(&self.labels).enumerate();
                carrying.fold(source.plain("\u{a0}: "), |text, (at, (rule, label))| {
                    let text = if at == 0 { text } else { text.plain("\u{202f}; ") };
                    text.plain(*label).plain(" (").code(rule).plain(")")
                })
            }
            Kind::NoEffect => source.plain(format!("\u{a0}: sans effet, {}", self.no_effect.unwrap_or(""))),
            Kind::Untranscribed => source.plain("\u{a0}: ").with(Tone::Open, UNTRANSCRIBED),
            Kind::Unused => source.plain("\u{a0}: ").with(Tone::Open, "aucune règle ne la cite"),
            Kind::Heading => source.plain("\u{a0}: titre"),
            Kind::Noise => source.plain("\u{a0}: hors texte"),
            Kind::Missing => source.plain("\u{a0}: ").with(Tone::Bad, "manque"),
        };
        blocks.push(Block::Quote { text: self.text.as_str().into(), source });
    }
}

fn kind(carrier: Carried, clause: Option<&Clause>, rules: &[String]) -> Kind {
    match (carrier, clause) {
        (Carried::Noise, _) => Kind::Noise,
        (Carried::Heading, _) => Kind::Heading,
        (Carried::Nothing, _) | (Carried::Clause(_), None) => Kind::Missing,
        (Carried::Clause(_), Some(clause)) if clause.role == ClauseRole::Heading => Kind::Heading,
        (Carried::Clause(_), Some(clause)) if clause.no_effect.as_deref() == Some(UNTRANSCRIBED) => Kind::Untranscribed,
        (Carried::Clause(_), Some(clause)) if clause.no_effect.is_some() => Kind::NoEffect,
        (Carried::Clause(_), Some(_)) if rules.is_empty() => Kind::Unused,
        (Carried::Clause(_), Some(_)) => Kind::Clause,
    }
}

/// A clause cut in two by noise counts once.
fn counts(passages: &[Passage]) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::from([(Kind::Clause, 0), (Kind::Missing, 0)]);
    let mut seen = std::collections::BTreeSet::new();
    for passage in passages {
        if passage.clause.is_none_or(|clause| seen.insert(clause)) {
            *counts.entry(passage.kind).or_default() += 1;
        }
    }
    counts
}

/// The rules and appreciations that cite each clause, in ruleset order.
fn carriers(program: &Program) -> BTreeMap<ClauseId, Vec<(String, &str)>> {
    let mut carriers: BTreeMap<ClauseId, Vec<(String, &str)>> = BTreeMap::new();
    let mut cite = |basis: &Basis, name: &str, label| {
        for clause in &basis.clauses {
            let names = carriers.entry(*clause).or_default();
            if names.last().is_none_or(|(last, _)| last != name) {
                names.push((name.to_owned(), label));
            }
        }
    };
    for input in &program.inputs {
        cite(&input.declared.basis, &input.path.join("."), input.label.as_str());
    }
    for rule in &program.rules {
        for basis in bases(rule) {
            cite(basis, &rule.name, rule.label.as_str());
        }
    }
    carriers
}

fn bases(rule: &Rule) -> impl Iterator<Item = &Basis> {
    let applies = rule.applies.iter().map(|(_, basis)| basis);
    let contents = rule.contents.iter().map(|content| &content.basis);
    let exemptions = rule.exemptions.iter().map(|exemption| &exemption.basis);
    std::iter::once(&rule.basis).chain(applies).chain(contents).chain(exemptions)
}
