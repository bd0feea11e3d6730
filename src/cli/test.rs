//! `test`: the examples of rulesets and the case files beside them.

use std::path::{Path, PathBuf};

use super::args::{Common, Format, Test};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{boundaries, files, mutants, output, report};
use crate::dossier::Datum;
use crate::program::{ClauseId, ClauseRole, RuleKind};
use crate::proof::{CaseError, Failure as Unmet, Proof, Seen, Tally, case_file, examples};
use crate::render::{Block, Listing, Page, Text, Tone};
use crate::ruleset::Ruleset;
use crate::value::french::things;

/// The proofs of one ruleset, run.
pub(super) struct Tested {
    pub(super) ruleset: Ruleset,
    proofs: Vec<(&'static str, Proof)>,
    pub(super) tally: Tally,
}

impl Tested {
    /// Whether an expectation is not met.
    pub(super) fn fails(&self) -> bool {
        self.proofs.iter().any(|(_, proof)| !proof.failures.is_empty())
    }

    /// How many proofs there are, and those that fail.
    pub(super) fn proofs_blocks(&self) -> Vec<Block> {
        let failing: Vec<&(&str, Proof)> = self.proofs.iter().filter(|(_, proof)| !proof.failures.is_empty()).collect();
        let mut blocks = vec![Block::Paragraph(summary(self, failing.len()))];
        for (kind, proof) in failing {
            blocks.push(Block::Paragraph(
                Text::new()
                    .with(Tone::Bad, "✗ ")
                    .strong(format!("{kind} «\u{a0}{}\u{a0}»", proof.name))
                    .muted(place(self, proof)),
            ));
            blocks.push(Block::List(
                Listing::Bulleted,
                proof.failures.iter().map(|unmet| failure(self, unmet)).collect(),
            ));
        }
        blocks
    }
}

pub(super) fn run(test: &Test, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    if test.mutate {
        return mutants::run(test, common, terminal);
    }
    if test.boundaries {
        return boundaries::run(test, common, terminal);
    }
    let mut all = Vec::new();
    for path in &test.rulesets {
        all.push(tested(path, &test.cases, common)?);
    }
    let text = match common.format {
        Format::Json => json(&all),
        Format::Text | Format::Markdown | Format::Html => {
            report::formatted(&page(&all, common.quiet), common.format, terminal)
        }
    };
    output::write(&text, common, terminal)?;
    let failed = all.iter().any(Tested::fails);
    let thin = test.fail_under.is_some_and(|floor| all.iter().any(|tested| covered(tested) < usize::from(floor)));
    if let (true, Some(floor)) = (thin, test.fail_under) {
        terminal.complain(&format!("les essais couvrent moins de {floor} pour cent des clauses ou des règles."));
    }
    Ok(if failed || thin { Status::Wrong } else { Status::Done })
}

pub(super) fn tested(path: &Path, cases: &[PathBuf], common: &Common) -> Result<Tested, Failure> {
    let ruleset = files::ruleset_with_examples(path, common)?;
    let mut tally = Tally::default();
    let mut proofs: Vec<(&'static str, Proof)> =
        examples(&ruleset, &mut tally).into_iter().map(|proof| ("exemple", proof)).collect();
    let mut failures = Vec::new();
    for (name, bytes) in files::cases(path, cases, common)? {
        match case_file(&ruleset, &name, &bytes, &mut tally) {
            Ok(proof) => proofs.push(("cas", proof)),
            Err(CaseError::Json(error)) => failures.push(Failure::unusable(format!("«\u{a0}{name}\u{a0}», {error}"))),
            Err(CaseError::Shape(part)) => failures.push(Failure::unusable(format!(
                "«\u{a0}{name}\u{a0}» n’est pas un cas\u{a0}: il y manque «\u{a0}{part}\u{a0}» (un cas a un «\u{a0}dossier\u{a0}» et des réponses «\u{a0}expected\u{a0}»)."
            ))),
        }
    }
    if !failures.is_empty() {
        return Err(Failure::Several(failures));
    }
    Ok(Tested { ruleset, proofs, tally })
}

fn page(all: &[Tested], quiet: bool) -> Page {
    let mut blocks = Vec::new();
    for tested in all {
        blocks.push(Block::Heading(1, tested.ruleset.program().title.as_str().into()));
        blocks.extend(tested.proofs_blocks());
        if quiet {
            continue;
        }
        let accepted: Vec<Vec<Block>> = tested
            .proofs
            .iter()
            .flat_map(|(_, proof)| {
                proof.accepted.iter().map(move |(question, reading)| (&proof.name, question, reading))
            })
            .map(|(name, question, reading)| {
                vec![Block::Paragraph(
                    Text::from(format!("{name}, ")).code(question.as_str()).plain(format!("\u{a0}: {reading}")),
                )]
            })
            .collect();
        if !accepted.is_empty() {
            blocks.push(Block::Heading(2, "Réponses admises selon une autre lecture".into()));
            blocks.push(Block::List(Listing::Bulleted, accepted));
        }
        blocks.extend(coverage(tested));
    }
    Page { title: "Essais".to_owned(), blocks }
}

fn summary(tested: &Tested, failing: usize) -> Text {
    let examples = tested.proofs.iter().filter(|(kind, _)| *kind == "exemple").count();
    let cases = tested.proofs.len() - examples;
    let expectations: usize = tested.proofs.iter().map(|(_, proof)| proof.expectations).sum();
    let unmet: usize = tested.proofs.iter().map(|(_, proof)| proof.failures.len()).sum();
    let text = Text::from(format!(
        "{}, {}\u{a0}: ",
        [things(examples, "exemple"), things(cases, "cas")].join(" et "),
        things(expectations, "réponse attendue")
    ));
    if failing == 0 {
        text.with(Tone::Good, "tout concorde.")
    } else {
        text.with(Tone::Bad, format!("{unmet} ne concordent pas, dans {failing} d’entre eux."))
    }
}

fn place(tested: &Tested, proof: &Proof) -> String {
    line(tested, proof.span).map(|(name, line)| format!(" ({name}, ligne {line})")).unwrap_or_default()
}

fn line(tested: &Tested, span: Option<crate::source::Span>) -> Option<(String, usize)> {
    let span = span?;
    let source = tested.ruleset.analysis().sources.get(span.source)?;
    Some((source.name.clone(), source.position(span.start).0))
}

fn failure(tested: &Tested, unmet: &Unmet) -> Vec<Block> {
    let place = line(tested, unmet.span).map(|(_, line)| format!(" (ligne {line})")).unwrap_or_default();
    let text = Text::new()
        .code(unmet.question.as_str())
        .plain(format!("\u{a0}: attendu «\u{a0}{}\u{a0}», trouvé «\u{a0}{}\u{a0}»", unmet.expected, unmet.found))
        .muted(place);
    vec![Block::Paragraph(text)]
}

/// Which rules were seen in which states, and which clauses no answer cited.
fn coverage(tested: &Tested) -> Vec<Block> {
    let program = tested.ruleset.program();
    let mut rows = Vec::new();
    for (id, rule) in program.rules().filter(|(_, rule)| rule.kind != RuleKind::Incoherence) {
        let seen = tested.tally.rules.get(&id).copied().unwrap_or_default();
        let counts = [seen.held, seen.failed, seen.without_object, seen.open];
        let cells = counts.map(|count| if count == 0 { Text::new().muted("—") } else { Text::from(count.to_string()) });
        rows.push(std::iter::once(Text::from(rule.label.as_str())).chain(cells).collect());
    }
    let head = ["Règle", "tenue ou donnée", "non", "sans objet", "indéterminée"].map(Text::from).to_vec();
    let mut blocks =
        vec![Block::Heading(2, "Ce que les essais montrent des règles".into()), Block::Table { head, rows }];
    let silent: Vec<String> = uncited(tested);
    let words = if silent.is_empty() {
        "Chaque clause portée par une règle est citée par au moins une réponse.".to_owned()
    } else {
        format!("Clauses qu’aucune réponse ne cite\u{a0}: {}.", silent.join(", "))
    };
    blocks.push(Block::Paragraph(words.into()));
    blocks
}

/// The smaller of two shares, in per cent: clauses carried by rules that some answer cites, rules that some proof
/// saw answer.
fn covered(tested: &Tested) -> usize {
    let program = tested.ruleset.program();
    let carried = program.clauses.iter().filter(|c| c.role == ClauseRole::Statement && c.no_effect.is_none()).count();
    let share = |part: usize, whole: usize| (part * 100).checked_div(whole).unwrap_or(100);
    let rules: Vec<Seen> = program
        .rules()
        .filter(|(_, rule)| rule.kind != RuleKind::Incoherence)
        .map(|(id, _)| tested.tally.rules.get(&id).copied().unwrap_or_default())
        .collect();
    let seen = rules.iter().filter(|seen| seen.held + seen.failed > 0).count();
    share(carried - uncited(tested).len().min(carried), carried).min(share(seen, rules.len()))
}

fn uncited(tested: &Tested) -> Vec<String> {
    (0..)
        .zip(&tested.ruleset.program().clauses)
        .filter(|(_, clause)| clause.role == ClauseRole::Statement && clause.no_effect.is_none())
        .filter(|(id, _)| !tested.tally.clauses.contains_key(&ClauseId(*id)))
        .map(|(_, clause)| clause.id.clone())
        .collect()
}

fn json(all: &[Tested]) -> String {
    let text = |words: &str| Datum::text(words);
    let count = |count: usize| Datum::Number(count.to_string());
    let reports = all.iter().map(|tested| {
        let program = tested.ruleset.program();
        let proofs = tested.proofs.iter().map(|(kind, proof)| {
            let failures = proof.failures.iter().map(|unmet| {
                Datum::record([
                    ("question", text(&unmet.question)),
                    ("expected", text(&unmet.expected)),
                    ("found", text(&unmet.found)),
                ])
            });
            Datum::record([
                ("kind", text(if *kind == "exemple" { "example" } else { "case" })),
                ("name", text(&proof.name)),
                ("passed", Datum::Truth(proof.failures.is_empty())),
                ("expectations", count(proof.expectations)),
                ("failures", Datum::list(failures.collect::<Vec<_>>())),
            ])
        });
        let rules = program.rules().filter(|(_, rule)| rule.kind != RuleKind::Incoherence).map(|(id, rule)| {
            let Seen { held, failed, without_object, open, troubled } =
                tested.tally.rules.get(&id).copied().unwrap_or_default();
            let states = [
                ("held", held),
                ("failed", failed),
                ("not_applicable", without_object),
                ("unknown", open),
                ("troubled", troubled),
            ];
            (rule.name.clone(), Datum::record(states.map(|(name, seen)| (name, count(seen)))))
        });
        Datum::record([
            ("ruleset", text(tested.ruleset.id())),
            ("sha256", text(tested.ruleset.sha256())),
            ("proofs", Datum::list(proofs.collect::<Vec<_>>())),
            ("rules", Datum::record(rules.collect::<Vec<_>>())),
            ("uncited_clauses", Datum::list(uncited(tested).iter().map(|id| text(id)))),
        ])
    });
    let report =
        Datum::record([("schema", text("reglo/test/1")), ("rulesets", Datum::list(reports.collect::<Vec<_>>()))]);
    format!("{}\n", report.to_json_pretty())
}
