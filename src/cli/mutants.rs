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

/// Width of the bar that shows how far it has come.
const BAR: usize = 30;

pub(super) fn run(test: &Test, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let jobs = test.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let mut all = Vec::new();
    for path in &test.rulesets {
        let ruleset = files::ruleset_with_examples(path, common)?;
        let cases = cases(path, test, common)?;
        let progress = std::io::stderr().is_terminal() && !common.quiet;
        let mutants = try_mutants(&ruleset, &cases, jobs, &|tried: usize, total: usize| {
            if progress && (tried.is_multiple_of(10) || tried == total) {
                let full = (tried * BAR).checked_div(total).unwrap_or(BAR).min(BAR);
                let bar = format!("{}{}", "█".repeat(full), "░".repeat(BAR - full));
                terminal.progress(&format!("{bar} {tried}/{total} fautes essayées"));
            }
        });
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
        if !mutants.survivors.is_empty() {
            blocks.push(Block::Heading(2, "Fautes qu’aucun essai ne voit".into()));
        }
        for (clauses, survivors) in by_clause(ruleset, mutants) {
            blocks.push(Block::Heading(3, clauses.into()));
            let items = survivors.into_iter().map(|survivor| item(ruleset, survivor)).collect();
            blocks.push(Block::List(Listing::Bulleted, items));
        }
    }
    Page { title: "Fautes de transcription".to_owned(), blocks }
}

/// The survivors by what they rest on, in the order of the official text; those that rest on nothing first.
fn by_clause<'m>(ruleset: &Ruleset, mutants: &'m Mutants) -> Vec<(String, Vec<&'m Survivor>)> {
    let rank = |survivor: &Survivor| {
        let at = |id: &String| ruleset.program().clauses.iter().position(|clause| clause.id == *id);
        survivor.clauses.iter().filter_map(at).min()
    };
    let mut survivors: Vec<&Survivor> = mutants.survivors.iter().collect();
    survivors.sort_by_key(|survivor| (rank(survivor), survivor.clauses.clone()));
    let mut groups: Vec<(String, Vec<&Survivor>)> = Vec::new();
    for survivor in survivors {
        let clauses = if survivor.clauses.is_empty() { "Sans clause".to_owned() } else { survivor.clauses.join(", ") };
        match groups.last_mut().filter(|(last, _)| *last == clauses) {
            Some((_, group)) => group.push(survivor),
            None => groups.push((clauses, vec![survivor])),
        }
    }
    groups
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
        Fate::Unseen(example) => {
            blocks.push(Block::Paragraph(
                "Aucun exemple ne peut l’attendre\u{a0}: seul change ce qu’une réponse indéterminée laisse possible, ou les éléments signalés. Sur ce dossier\u{a0}:".into(),
            ));
            blocks.push(Block::Paragraph(Text::new().with(Tone::Code, example.as_str())));
        }
        Fate::Unsure(most) => {
            let words = "Aucun dossier qui la montre n’a été trouvé, sans qu’il soit démontré qu’il n’y en a pas.";
            let beyond = most.map(|most| {
                format!(" (C’est démontré pour des listes d’au plus {most} éléments\u{a0}; au-delà, rien ne l’est.)")
            });
            blocks.push(Block::Paragraph(format!("{words}{}", beyond.unwrap_or_default()).into()));
        }
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
                Fate::Unseen(example) => ("unseen", Some(example)),
                Fate::Unsure(_) => ("unsure", None),
            };
            let mut fields = vec![
                ("rule".to_owned(), Datum::text(survivor.mutation.rule.as_str())),
                ("clauses".to_owned(), Datum::list(survivor.clauses.iter().map(|id| Datum::text(id.as_str())))),
                ("mistake".to_owned(), Datum::text(survivor.mutation.what.as_str())),
                ("fate".to_owned(), Datum::text(fate)),
            ];
            if let Fate::Unsure(Some(most)) = survivor.fate {
                fields.push(("proved_up_to".to_owned(), count(most)));
            }
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
