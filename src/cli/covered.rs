//! `test --coverage`: which states the proofs show of each rule, exception and clause, and which there can be.

use super::args::{Common, Format, Test};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::test::{Tested, tested};
use super::{output, report};
use crate::dossier::Datum;
use crate::program::{Clause, ClauseId, ClauseRole, Program, Rule};
use crate::proof::{PartKind, PartStates, RuleStates, Seen, Sight, Unseen, states};
use crate::render::{Block, Listing, Page, Text, Tone};
use crate::source::Span;
use crate::value::french::things;

/// What the proofs of one ruleset show.
struct Covered {
    tested: Tested,
    states: Vec<RuleStates>,
}

/// So many of so many.
#[derive(Clone, Copy)]
struct Share {
    part: usize,
    whole: usize,
}

impl Share {
    /// Rounded down: 100 says that nothing is missing.
    fn percent(self) -> usize {
        (self.part * 100).checked_div(self.whole).unwrap_or(100)
    }
}

pub(super) fn run(test: &Test, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let mut all = Vec::new();
    for path in &test.rulesets {
        let tested = tested(path, &test.cases, common)?;
        let states = states(&tested.ruleset, &tested.tally);
        all.push(Covered { tested, states });
    }
    let text = match common.format {
        Format::Json => json(&all),
        Format::Text | Format::Markdown | Format::Html => {
            report::formatted(&page(&all, common.quiet), common.format, terminal)
        }
    };
    output::write(&text, common, terminal)?;
    let failed = all.iter().any(|covered| covered.tested.fails());
    let least = all.iter().flat_map(|covered| [covered.seen(), covered.cited()]).map(Share::percent).min();
    let thin = test.fail_under.filter(|floor| least.is_some_and(|least| least < usize::from(*floor)));
    if let Some(floor) = thin {
        terminal.complain(&format!(
            "les essais montrent moins de {floor} pour cent des états des règles, ou des clauses qu’elles portent."
        ));
    }
    Ok(if failed || thin.is_some() { Status::Wrong } else { Status::Done })
}

impl Covered {
    fn program(&self) -> &Program {
        self.tested.ruleset.program()
    }

    /// The states seen, of those not proved impossible.
    fn seen(&self) -> Share {
        let sights: Vec<&Sight> = self.states.iter().flat_map(RuleStates::sights).collect();
        let whole = sights.iter().filter(|sight| !sight.is_impossible()).count();
        Share { part: sights.iter().filter(|sight| sight.is_seen()).count(), whole }
    }

    /// The clauses that bear rules, and how often answers that cite them were in each state.
    fn clauses(&self) -> impl Iterator<Item = (&Clause, Seen)> {
        let tally = &self.tested.tally;
        let bears = |clause: &Clause| clause.role == ClauseRole::Statement && clause.no_effect.is_none();
        (0..)
            .map(ClauseId)
            .zip(&self.program().clauses)
            .filter(move |(_, clause)| bears(clause))
            .map(move |(id, clause)| (clause, tally.clauses.get(&id).copied().unwrap_or_default()))
    }

    fn cited(&self) -> Share {
        let whole = self.clauses().count();
        Share { part: self.clauses().filter(|(_, seen)| seen.total() > 0).count(), whole }
    }

    fn line(&self, span: Span) -> (String, usize) {
        let source = self.tested.ruleset.analysis().sources.get(span.source);
        source.map(|source| (source.name.clone(), source.position(span.start).0)).unwrap_or_default()
    }

    fn rule(&self, states: &RuleStates) -> Option<&Rule> {
        self.program().rule(states.rule)
    }
}

fn page(all: &[Covered], quiet: bool) -> Page {
    let mut blocks = Vec::new();
    for covered in all {
        blocks.push(Block::Heading(1, covered.program().title.as_str().into()));
        blocks.extend(covered.tested.proofs_blocks());
        blocks.push(Block::Paragraph(summary(covered)));
        blocks.extend(never(covered));
        if quiet {
            continue;
        }
        blocks.push(Block::Heading(2, "Les règles".into()));
        blocks.push(Block::Paragraph(legend()));
        let head = ["Règle", "tenue ou donnée", "non", "sans objet", "indéterminée"].map(Text::from).to_vec();
        let rows = covered.states.iter().filter_map(|states| {
            let rule = covered.rule(states)?;
            let sights =
                [Some(&states.held), states.failed.as_ref(), states.without_object.as_ref(), states.open.as_ref()];
            let name = Text::from(rule.label.as_str()).muted(format!(" {}", rule.name));
            Some(std::iter::once(name).chain(sights.into_iter().map(cell)).collect())
        });
        blocks.push(Block::Table { head, rows: rows.collect() });
        blocks.extend(parts(covered));
        blocks.push(Block::Heading(2, "Les clauses".into()));
        blocks.push(Block::Paragraph("Combien de réponses citent chaque clause, selon ce qu’elles disent.".into()));
        let head = ["Clause", "tenue ou donnée", "non", "sans objet", "indéterminée", "conflit ou silence"];
        let rows = covered.clauses().map(|(clause, seen)| {
            let place = clause.at.as_ref().map(|at| format!(" {at}")).unwrap_or_default();
            let counts = [seen.held, seen.failed, seen.without_object, seen.open, seen.troubled]
                .map(|count| if count == 0 { Text::new().muted("—") } else { Text::from(count.to_string()) });
            std::iter::once(Text::new().strong(clause.id.as_str()).muted(place)).chain(counts).collect()
        });
        blocks.push(Block::Table { head: head.map(Text::from).to_vec(), rows: rows.collect() });
    }
    Page { title: "Ce que les essais montrent".to_owned(), blocks }
}

fn summary(covered: &Covered) -> Text {
    let (seen, cited) = (covered.seen(), covered.cited());
    Text::from(format!(
        "États vus\u{a0}: {} sur {} possibles ({} pour cent). Clauses citées par une réponse\u{a0}: {} sur {} ({} pour cent).",
        seen.part,
        seen.whole,
        seen.percent(),
        cited.part,
        cited.whole,
        cited.percent()
    ))
}

fn legend() -> Text {
    Text::new()
        .plain("Le nombre de fois où l’état a été vu\u{a0}; ")
        .with(Tone::Bad, "jamais")
        .plain(" pour celui qu’aucun essai ne montre et qui peut se présenter\u{a0}; ")
        .with(Tone::Open, "?")
        .plain(" pour celui dont on ne sait pas s’il le peut\u{a0}; ")
        .muted("impossible")
        .plain(" pour celui dont il est démontré qu’aucun dossier ne le montre.")
}

fn cell(sight: Option<&Sight>) -> Text {
    match sight {
        None => Text::new(),
        Some(Sight::Seen(count)) => Text::from(count.to_string()),
        Some(Sight::Never(Unseen::Possible(_))) => Text::new().with(Tone::Bad, "jamais"),
        Some(Sight::Never(Unseen::Impossible)) => Text::new().muted("impossible"),
        Some(Sight::Never(Unseen::Unsure(_))) => Text::new().with(Tone::Open, "?"),
    }
}

/// What parts are called.
fn part_words(part: &PartStates) -> String {
    match part.part.kind {
        PartKind::Definition => "ce qu’elle vaut".to_owned(),
        PartKind::Exception | PartKind::Exemption => format!("sauf {}", part.part.name),
        PartKind::Item => "point".to_owned(),
        PartKind::Line => "ligne".to_owned(),
    }
}

fn parts(covered: &Covered) -> Vec<Block> {
    let mut rows = Vec::new();
    for states in &covered.states {
        let Some(rule) = covered.rule(states) else { continue };
        for part in &states.parts {
            let ids: Vec<&str> = part
                .part
                .clauses
                .iter()
                .filter_map(|id| covered.program().clause(*id))
                .map(|c| c.id.as_str())
                .collect();
            let (file, line) = covered.line(part.part.span);
            let place = format!(" {}:{line} {}", file.rsplit('/').next().unwrap_or_default(), ids.join(", "));
            let name = Text::new().code(rule.name.as_str()).plain(format!(", {}", part_words(part))).muted(place);
            let open = if part.open == 0 { Text::new().muted("—") } else { part.open.to_string().into() };
            rows.push(vec![name, cell(Some(&part.yes)), cell(Some(&part.no)), open]);
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let head = ["Exception, ligne ou point", "l’emporte, tenu", "non", "indéterminé"].map(Text::from).to_vec();
    vec![Block::Heading(2, "Leurs exceptions, lignes et points".into()), Block::Table { head, rows }]
}

/// The states that no proof shows: with an example for those that can be.
fn never(covered: &Covered) -> Vec<Block> {
    let mut possible: Vec<Vec<Block>> = Vec::new();
    let mut unsure: Vec<Vec<Block>> = Vec::new();
    for states in &covered.states {
        let Some(rule) = covered.rule(states) else { continue };
        for (what, sight) in named(states) {
            let head = Text::new().code(rule.name.as_str()).plain(format!(", {what}"));
            match sight {
                Sight::Never(Unseen::Possible(example)) => possible.push(vec![
                    Block::Paragraph(head),
                    Block::Paragraph(Text::new().with(Tone::Code, example.as_str())),
                ]),
                Sight::Never(Unseen::Unsure(most)) => {
                    let beyond =
                        most.map(|most| format!("\u{a0}: impossible avec des listes d’au plus {most} éléments"));
                    unsure.push(vec![Block::Paragraph(head.plain(beyond.unwrap_or_default()))]);
                }
                Sight::Seen(_) | Sight::Never(Unseen::Impossible) => {}
            }
        }
    }
    let mut blocks = Vec::new();
    if !possible.is_empty() {
        let head = format!("Jamais vus, et qui peuvent l’être\u{a0}: {}", things(possible.len(), "état"));
        blocks.push(Block::Heading(2, head.into()));
        blocks.push(Block::Paragraph("Relisez la réponse au regard du texte avant de garder l’exemple.".into()));
        blocks.push(Block::List(Listing::Bulleted, possible));
    }
    if !unsure.is_empty() {
        let head = format!("Jamais vus, sans qu’on sache s’ils peuvent l’être\u{a0}: {}", things(unsure.len(), "état"));
        blocks.push(Block::Heading(2, head.into()));
        blocks.push(Block::List(Listing::Bulleted, unsure));
    }
    blocks
}

/// Every state with its words.
fn named(states: &RuleStates) -> Vec<(String, &Sight)> {
    let own = [
        ("tenue ou donnée", Some(&states.held)),
        ("non", states.failed.as_ref()),
        ("sans objet", states.without_object.as_ref()),
        ("indéterminée", states.open.as_ref()),
    ];
    let own = own.into_iter().filter_map(|(words, sight)| Some((words.to_owned(), sight?)));
    let parts = states.parts.iter().flat_map(|part| {
        let words = part_words(part);
        [
            (format!("«\u{a0}{words}\u{a0}» qui compte"), &part.yes),
            (format!("«\u{a0}{words}\u{a0}» qui ne compte pas"), &part.no),
        ]
    });
    own.chain(parts).collect()
}

fn count(count: usize) -> Datum {
    Datum::Number(count.to_string())
}

fn sight_json(sight: &Sight) -> Datum {
    let (fate, seen, more) = match sight {
        Sight::Seen(seen) => ("seen", *seen, None),
        Sight::Never(Unseen::Possible(example)) => ("possible", 0, Some(("example", Datum::text(example.as_str())))),
        Sight::Never(Unseen::Impossible) => ("impossible", 0, None),
        Sight::Never(Unseen::Unsure(most)) => ("unsure", 0, most.map(|most| ("impossible_up_to", count(most)))),
    };
    Datum::record([("fate", Datum::text(fate)), ("seen", count(seen))].into_iter().chain(more))
}

fn kind_json(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Definition => "definition",
        PartKind::Exception => "exception",
        PartKind::Exemption => "exemption",
        PartKind::Item => "item",
        PartKind::Line => "line",
    }
}

fn share_json(share: Share) -> Datum {
    Datum::record([("part", count(share.part)), ("whole", count(share.whole)), ("percent", count(share.percent()))])
}

fn rule_json(covered: &Covered, states: &RuleStates) -> Option<Datum> {
    let rule = covered.rule(states)?;
    let place = |span: Span| {
        let (file, line) = covered.line(span);
        Datum::record([("file", Datum::text(&file)), ("line", count(line))])
    };
    let own = [
        ("held", Some(&states.held)),
        ("failed", states.failed.as_ref()),
        ("not_applicable", states.without_object.as_ref()),
        ("unknown", states.open.as_ref()),
    ];
    let own = own.into_iter().filter_map(|(name, sight)| Some((name, sight_json(sight?))));
    let parts = states.parts.iter().map(|part| {
        let ids = part.part.clauses.iter().filter_map(|id| covered.program().clause(*id));
        Datum::record([
            ("kind", Datum::text(kind_json(part.part.kind))),
            ("name", Datum::text(part.part.name.as_str())),
            ("place", place(part.part.span)),
            ("clauses", Datum::list(ids.map(|clause| Datum::text(clause.id.as_str())).collect::<Vec<_>>())),
            ("yes", sight_json(&part.yes)),
            ("no", sight_json(&part.no)),
            ("unknown", count(part.open)),
        ])
    });
    Some(Datum::record([
        ("name", Datum::text(rule.name.as_str())),
        ("label", Datum::text(rule.label.as_str())),
        ("place", place(rule.span)),
        ("states", Datum::record(own.collect::<Vec<_>>())),
        ("troubled", count(states.troubled)),
        ("parts", Datum::list(parts.collect::<Vec<_>>())),
    ]))
}

fn json(all: &[Covered]) -> String {
    let reports = all.iter().map(|covered| {
        let rules = covered.states.iter().filter_map(|states| rule_json(covered, states));
        let clauses = covered.clauses().map(|(clause, seen)| {
            Datum::record([
                ("id", Datum::text(clause.id.as_str())),
                ("held", count(seen.held)),
                ("failed", count(seen.failed)),
                ("not_applicable", count(seen.without_object)),
                ("unknown", count(seen.open)),
                ("troubled", count(seen.troubled)),
            ])
        });
        Datum::record([
            ("ruleset", Datum::text(covered.tested.ruleset.id())),
            ("sha256", Datum::text(covered.tested.ruleset.sha256())),
            ("passed", Datum::Truth(!covered.tested.fails())),
            ("states", share_json(covered.seen())),
            ("cited", share_json(covered.cited())),
            ("rules", Datum::list(rules.collect::<Vec<_>>())),
            ("clauses", Datum::list(clauses.collect::<Vec<_>>())),
        ])
    });
    let report = Datum::record([
        ("schema", Datum::text("reglo/test-coverage/1")),
        ("rulesets", Datum::list(reports.collect::<Vec<_>>())),
    ]);
    format!("{}\n", report.to_json_pretty())
}
