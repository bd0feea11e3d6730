//! `test --mutate`: would the examples and cases notice a mistake?

use std::io::IsTerminal;
use std::path::Path;

use super::args::{Common, Format, Test};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{files, output, report};
use crate::dossier::{Datum, Placed, parse_json_within};
use crate::proof::{Fate, Mutants, Survivor, try_mutants};
use crate::render::{Block, Listing, Page, Text, Tone};
use crate::ruleset::Ruleset;

pub(super) fn run(test: &Test, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let jobs = test.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let mut all = Vec::new();
    for path in &test.rulesets {
        let ruleset = files::ruleset_with_examples(path, common)?;
        let cases = cases(path, test, common)?;
        let progress = std::io::stderr().is_terminal() && !common.quiet;
        let tell = |tried: usize| {
            if progress && tried.is_multiple_of(20) {
                terminal.progress(&format!("{tried} fautes essayées"));
            }
        };
        let mutants = try_mutants(&ruleset, &cases, jobs, &tell);
        if progress {
            terminal.progress("");
        }
        all.push((ruleset, mutants));
    }
    let text = match common.format {
        Format::Json => json(&all),
        Format::Text | Format::Markdown | Format::Html => report::formatted(&page(&all), common.format, terminal),
    };
    output::write(&text, common, terminal)?;
    let survive = all.iter().any(|(_, mutants)| !mutants.survivors.is_empty());
    Ok(if survive { Status::Wrong } else { Status::Done })
}

fn cases(path: &Path, test: &Test, common: &Common) -> Result<Vec<(String, Placed)>, Failure> {
    let mut read = Vec::new();
    for (name, bytes) in files::cases(path, &test.cases, common)? {
        let file = parse_json_within(&bytes, &common.limits())
            .map_err(|error| Failure::unusable(format!("«\u{a0}{name}\u{a0}», {error}")))?;
        read.push((name, file));
    }
    Ok(read)
}

fn page(all: &[(Ruleset, Mutants)]) -> Page {
    let mut blocks = Vec::new();
    for (ruleset, mutants) in all {
        blocks.push(Block::Heading(1, ruleset.program().title.as_str().into()));
        blocks.push(Block::Paragraph(Text::from(format!(
            "{} fautes essayées\u{a0}: {} vues par les essais, {} refusées par les vérifications, {} sans effet (démontré), {} passées inaperçues.",
            mutants.total(),
            mutants.noticed,
            mutants.refused,
            mutants.equivalent,
            mutants.survivors.len()
        ))));
        let items: Vec<Vec<Block>> = mutants.survivors.iter().map(|survivor| item(ruleset, survivor)).collect();
        if !items.is_empty() {
            blocks.push(Block::Heading(2, "Fautes qu’aucun essai ne voit".into()));
            blocks.push(Block::List(Listing::Numbered, items));
        }
    }
    Page { title: "Fautes de transcription".to_owned(), blocks }
}

fn item(ruleset: &Ruleset, survivor: &Survivor) -> Vec<Block> {
    let mutation = &survivor.mutation;
    let place = ruleset.analysis().sources.get(mutation.span.source).map(|source| {
        let (line, _) = source.position(mutation.span.start);
        format!(" ({}, ligne {line})", source.name)
    });
    let head = Text::new()
        .strong(mutation.rule.as_str())
        .plain(format!("\u{a0}: {}", mutation.what))
        .muted(place.unwrap_or_default());
    let mut blocks = vec![Block::Paragraph(head)];
    match &survivor.fate {
        Fate::Distinguished(example) => {
            blocks.push(Block::Paragraph("Cet exemple la verrait\u{a0}:".into()));
            blocks.push(Block::Paragraph(Text::new().with(Tone::Code, example.as_str())));
        }
        Fate::CitationOnly => blocks.push(Block::Paragraph(
            "Seule la clause citée change\u{a0}: dans un exemple, faites suivre la réponse de «\u{a0}selon … seulement\u{a0}»."
                .into(),
        )),
        Fate::Unsure => blocks.push(Block::Paragraph(
            "Aucun dossier qui la montre n’a été trouvé, sans qu’il soit démontré qu’il n’y en a pas.".into(),
        )),
    }
    blocks
}

fn json(all: &[(Ruleset, Mutants)]) -> String {
    let count = |count: usize| Datum::Number(count.to_string());
    let reports = all.iter().map(|(ruleset, mutants)| {
        let survivors = mutants.survivors.iter().map(|survivor| {
            let (fate, example) = match &survivor.fate {
                Fate::Distinguished(example) => ("distinguished", Some(example)),
                Fate::CitationOnly => ("citation_only", None),
                Fate::Unsure => ("unsure", None),
            };
            let mut fields = vec![
                ("rule".to_owned(), Datum::text(survivor.mutation.rule.as_str())),
                ("mistake".to_owned(), Datum::text(survivor.mutation.what.as_str())),
                ("fate".to_owned(), Datum::text(fate)),
            ];
            fields.extend(example.map(|example| ("example".to_owned(), Datum::text(example.as_str()))));
            Datum::record(fields)
        });
        Datum::record([
            ("ruleset", Datum::text(ruleset.id())),
            ("mutants", count(mutants.total())),
            ("noticed", count(mutants.noticed)),
            ("refused", count(mutants.refused)),
            ("equivalent", count(mutants.equivalent)),
            ("survivors", Datum::list(survivors.collect::<Vec<_>>())),
        ])
    });
    let report = Datum::record([
        ("schema", Datum::text("reglo/mutants/1")),
        ("rulesets", Datum::list(reports.collect::<Vec<_>>())),
    ]);
    format!("{}\n", report.to_json_pretty())
}
