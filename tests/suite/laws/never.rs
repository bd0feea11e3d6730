//! What reasoning says can never be, and what it shows that can: against all dossiers of small rulesets drawn at
//! random, and against dossiers drawn for large ones.

use std::collections::BTreeSet;

use reglo::diagnostic::Code;
use reglo::dossier::{Datum, Dossier, Placed};
use reglo::lower::TextFile;
use reglo::program::{Node, NodeId, Rule, RuleKind};
use reglo::proof::{Tally, examples};
use reglo::ruleset::{Analysis, Decision, Ruleset};
use reglo::value::{Known, Trouble};

use super::{DOSSIERS, asked, decide};
use crate::generate::{self, Draw};

/// What can happen to a rule: `rule: what`, `rule/part: what`.
type Seen = BTreeSet<String>;

fn analysis(text: &str, official: &str) -> Analysis {
    let texts = [TextFile { name: "texte.txt".into(), text: official.into() }];
    Analysis::new("essai", vec![("essai.reglo".into(), text.into())], &texts)
}

/// The example that a message shows.
fn shown(help: &[String]) -> Option<&str> {
    help.iter().find_map(|help| help.find("\nexemple «").map(|at| &help[at + 1..]))
}

/// Every dossier shown, pasted into the ruleset, gives what it is said to give.
fn replays(text: &str, official: &str, reasoned: &Analysis) -> Result<usize, String> {
    let mut count = 0;
    for diagnostic in &reasoned.diagnostics {
        let Some(example) = shown(&diagnostic.help) else { continue };
        let pasted = analysis(&format!("{text}\n{example}\n"), official);
        let ruleset = pasted.into_ruleset().map_err(|broken| format!("{example}\n{:?}", broken.diagnostics))?;
        let proofs = examples(&ruleset, &mut Tally::default());
        let replayed = proofs.last().ok_or("no example")?;
        if !replayed.failures.is_empty() || replayed.expectations == 0 {
            return Err(format!("{}\n{example}\n{:?}", diagnostic.message, replayed.failures));
        }
        count += 1;
    }
    Ok(count)
}

fn yes(decision: &Decision, node: NodeId, row: usize) -> bool {
    decision.frame.known(node, row).is_some_and(Known::is_yes)
}

/// What one dossier shows to be possible.
fn see(ruleset: &Ruleset, decision: &Decision, seen: &mut Seen) {
    for rule in &ruleset.program().rules {
        let rows = decision.frame.rows(rule.scope).map_or(0, |rows| rows.len());
        for row in (0..rows).filter(|row| rule.filter.is_none_or(|filter| yes(decision, filter, *row))) {
            see_rule(ruleset, decision, (rule, row), seen);
        }
    }
}

fn see_rule(ruleset: &Ruleset, decision: &Decision, (rule, row): (&Rule, usize), seen: &mut Seen) {
    let name = &rule.name;
    let Some(known) = decision.frame.known(rule.instance, row) else { return };
    let applies = rule.applies.as_ref().is_none_or(|(applies, _)| yes(decision, *applies, row));
    match known.trouble {
        Some(Trouble::Conflict) => drop(seen.insert(format!("{name}: conflict"))),
        Some(Trouble::Gap) => drop(seen.insert(format!("{name}: gap"))),
        Some(Trouble::Fault(_)) | None => {}
    }
    if applies && rule.kind != RuleKind::Notice || known.is_yes() {
        seen.insert(format!("{name}: applies"));
    }
    if known.is_yes() || known.is_no() {
        seen.insert(format!("{name}: {}", if known.is_yes() { "yes" } else { "no" }));
    }
    for exemption in rule.exemptions.iter().filter(|exemption| applies && yes(decision, exemption.condition, row)) {
        seen.insert(format!("{name}/{}: prevails", exemption.name));
    }
    let Node::Choose { definitions, order, .. } = ruleset.program().node(rule.instance) else { return };
    for (at, definition) in definitions.iter().enumerate().filter(|_| applies) {
        let holds = |condition: Option<NodeId>| condition.is_none_or(|condition| yes(decision, condition, row));
        let never = |at: &usize| {
            let condition = definitions[*at].condition;
            condition.is_some_and(|condition| decision.frame.known(condition, row).is_some_and(Known::is_no))
        };
        if holds(definition.condition) && order.over(at).iter().all(never) {
            seen.insert(format!("{name}/{}: prevails", rule.contents[definition.part].name));
        }
        if holds(definition.condition) {
            seen.insert(format!("{name}/{at}: applies"));
        }
    }
}

/// What reasoning says can never be, in the same words, and what it shows that can.
fn said(ruleset: &Analysis) -> (Seen, Seen) {
    let (mut never, mut can) = (Seen::new(), Seen::new());
    for diagnostic in &ruleset.diagnostics {
        let span = diagnostic.primary.span;
        let Some(rule) =
            ruleset.program.rules.iter().find(|rule| {
                rule.span.source == span.source && rule.span.start <= span.start && span.end <= rule.span.end
            })
        else {
            continue;
        };
        let name = &rule.name;
        match diagnostic.code {
            Code::Conflict => drop(can.insert(format!("{name}: conflict"))),
            Code::Gap => drop(can.insert(format!("{name}: gap"))),
            Code::OneAnswer => {
                let only_no = diagnostic.message.contains("jamais") || diagnostic.message.contains("« non »");
                never.insert(format!("{name}: {}", if only_no { "yes" } else { "no" }));
            }
            Code::NeverPrevails => {
                let part = rule.contents.iter().map(|content| (&content.name, content.span));
                let exempt = rule.exemptions.iter().map(|exemption| (&exemption.name, exemption.span));
                let (part, _) = part.chain(exempt).find(|(_, place)| *place == span).unwrap();
                never.insert(format!("{name}/{part}: prevails"));
            }
            Code::NeverApplies => {
                let Node::Choose { definitions, .. } = ruleset.program.node(rule.instance) else {
                    if diagnostic.message.starts_with('«') {
                        never.insert(format!("{name}: applies"));
                    }
                    continue;
                };
                let here = |part: usize| rule.contents.get(part).is_some_and(|content| content.span == span);
                match definitions.iter().position(|definition| here(definition.part)) {
                    Some(at) if !diagnostic.message.starts_with('«') => never.insert(format!("{name}/{at}: applies")),
                    Some(_) | None => never.insert(format!("{name}: applies")),
                };
            }
            _ => {}
        }
    }
    (never, can)
}

// ── Small rulesets, and all their dossiers ───────────────────────────────────────────────────────────

/// What can be written about the facts of a small ruleset, and all of its dossiers.
struct Small {
    facts: &'static str,
    atoms: &'static [&'static str],
    dossiers: Vec<Datum>,
}

fn scalars() -> Small {
    let mut dossiers = Vec::new();
    let integer = |n: i32| Datum::Number(n.to_string());
    for b in [true, false] {
        for e in ["rouge", "vert", "bleu"] {
            for x in 0..=18 {
                for y in 0..=18 {
                    dossiers.push(Datum::record([
                        ("b", Datum::Truth(b)),
                        ("e", Datum::text(e)),
                        ("x", integer(x)),
                        ("y", integer(y)),
                    ]));
                }
            }
        }
    }
    Small {
        facts: "type couleur est rouge | vert | bleu\nfait b : oui/non « b »\nfait e : couleur « e »
fait x : entier de 0 à 18 « x »\nfait y : entier de 0 à 18 « y »\n",
        atoms: &[
            "b",
            "e = rouge",
            "e ≠ vert",
            "e dans (vert, bleu)",
            "x < 7",
            "x ≥ 7",
            "x > 12",
            "x = 9",
            "x ≤ y",
            "y < x",
            "x + y ≥ 13",
            "x + y < 13",
            "x - y > 3",
            "2 * x ≠ y",
            "x entre 3 et 9",
            "y ≤ 12",
            "y = 3 * x",
            "max(x, y) ≥ 8",
            "min(x, y) > 4",
            "(si b alors x sinon y) > 10",
            "x * 2 < y + 5",
        ],
        dossiers,
    }
}

fn lists() -> Small {
    let element = |n: usize, ok: bool| Datum::record([("n", Datum::Number(n.to_string())), ("ok", Datum::Truth(ok))]);
    let elements: Vec<Datum> = (0..=2).flat_map(|n| [element(n, true), element(n, false)]).collect();
    let mut lists: Vec<Vec<Datum>> = vec![Vec::new()];
    let mut last = lists.clone();
    for _ in 0..4 {
        last = last
            .iter()
            .flat_map(|list| {
                let from = list.last().map_or(0, |last| elements.iter().position(|one| one == last).unwrap());
                elements[from..].iter().map(|one| list.iter().cloned().chain([one.clone()]).collect::<Vec<_>>())
            })
            .collect();
        lists.extend(last.iter().cloned());
    }
    let dossiers = lists
        .into_iter()
        .flat_map(|list| {
            [true, false].map(|b| Datum::record([("b", Datum::Truth(b)), ("l", Datum::list(list.clone()))]))
        })
        .collect();
    Small {
        facts: "type élément est\n  n : entier de 0 à 2 « n »\n  ok : oui/non « ok »\nfait b : oui/non « b »
fait l : liste de élément « l »\n",
        atoms: &[
            "b",
            "l est vide",
            "(il existe p parmi l où p.ok)",
            "(il existe p parmi l où p.n > 1)",
            "(il existe p parmi l où non p.ok)",
            "(tout p parmi l vérifie p.ok)",
            "(tout p parmi l vérifie p.n ≤ 1)",
            "(nombre de p parmi l où p.ok) ≥ 2",
            "(nombre de p parmi l) ≤ 1",
            "(nombre de p parmi l) = 2",
            "((maximum de p.n pour p parmi l) à défaut 0) ≥ 2",
        ],
        dossiers,
    }
}

/// A condition over some atoms.
fn condition(draw: &mut Draw, atoms: &[&str], depth: usize) -> String {
    if depth == 0 || draw.chance(40) {
        return (*draw.pick(atoms)).to_owned();
    }
    let (a, b) = (condition(draw, atoms, depth - 1), condition(draw, atoms, depth - 1));
    match draw.below(5) {
        0 => format!("non ({a})"),
        1 => format!("(({a}) ou ({b}))"),
        _ => format!("(({a}) et ({b}))"),
    }
}

fn small(draw: &mut Draw, small: &Small) -> String {
    let mut one = |depth| condition(draw, small.atoms, depth);
    let (c1, c2, c3, c4) = (one(1), one(2), one(2), one(2));
    let (r1, r2, r3, p, q, n, s) = (one(1), one(1), one(2), one(2), one(2), one(2), one(2));
    let prevails = if draw.chance(50) { " prime sur forte" } else { "" };
    format!(
        "règlement « Essai »\n  texte \"texte.txt\"\nclause A « Le texte. »\n{}
valeur v : nombre « v »\n  vaut 0 selon A\n  sauf forte selon A si {c1} alors 1\n  sauf faible{prevails} selon A si {c2} alors 2
valeur t : nombre « t »\n  pour {c3}\n  cas {r1} : 1 selon A\n  cas {r2} : 2 selon A\n  cas {r3} : 2 selon A
obligation o « o » selon A\n  pour {p}\n  exige {q}\n  sauf excuse selon A si {s}
signalement s « s » selon A si {n}
décision d « d » selon A exige o, {c4}\n",
        small.facts
    )
}

/// What no dossier shows, reasoning says; what it says, no dossier shows. Returns how much it said, and left unsettled.
fn agrees(text: &str, dossiers: &[Datum]) -> Result<(usize, Vec<(String, String)>), String> {
    let reasoned = analysis(text, "Le texte.").reasoned();
    let (never, can) = said(&reasoned);
    replays(text, "Le texte.", &reasoned)?;
    let ruleset = analysis(text, "Le texte.").into_ruleset().map_err(|broken| format!("{:?}", broken.diagnostics))?;
    let mut seen = Seen::new();
    for dossier in dossiers {
        see(&ruleset, &decide(&ruleset, dossier), &mut seen);
    }
    if let Some(wrong) = never.iter().find(|never| seen.contains(*never)) {
        return Err(format!("«{wrong}» is said never to be, and is"));
    }
    if let Some(wrong) = can.iter().find(|can| !seen.contains(*can)) {
        return Err(format!("«{wrong}» is said to be, and never is"));
    }
    let unsettled: BTreeSet<&str> = reasoned.unsettled.iter().map(|(rule, _)| rule.as_str()).collect();
    for what in ["v: conflict", "t: conflict", "t: gap"] {
        let rule = &what[..1];
        let hidden = never.contains(&format!("{rule}: applies"));
        if seen.contains(what) && !can.contains(what) && !unsettled.contains(rule) && !hidden {
            return Err(format!("«{what}» happens, and nothing is said"));
        }
    }
    let possible = [
        "v/forte: prevails",
        "v/faible: prevails",
        "t: applies",
        "o: applies",
        "s: applies",
        "o: yes",
        "o: no",
        "d: yes",
        "d: no",
    ];
    for what in possible {
        let rule = &what[..1];
        let applies = format!("{rule}: applies");
        let other = match &what[1..] {
            ": yes" => format!("{rule}: no"),
            ": no" => format!("{rule}: yes"),
            _ => String::new(),
        };
        let told = never.contains(what) || never.contains(&applies) || never.contains(&other);
        if !seen.contains(what) && !told && !unsettled.contains(rule) {
            return Err(format!("«{what}» never is, and nothing is said"));
        }
    }
    Ok((never.len() + can.len(), reasoned.unsettled.clone()))
}

/// Tries so many rulesets; of so many things said, at most one may be left unsettled.
fn all_agree(of: &Small, count: u64, said_for_one_unsettled: usize) {
    let count = asked("REGLO_LAWS").unwrap_or(count);
    let first = asked("REGLO_SEED").unwrap_or(1);
    let (mut told, mut unsettled, mut open) = (0, 0, Vec::new());
    for seed in (first..).take(usize::try_from(count).unwrap()) {
        let text = small(&mut Draw::new(seed), of);
        match agrees(&text, &of.dossiers) {
            Ok((said, left)) => {
                told += said;
                unsettled += left.len();
                open.extend(left);
            }
            Err(wrong) => panic!("seed {seed}\n\n{text}\n\n{wrong}"),
        }
    }
    assert!(count < 10 || told > usize::try_from(count).unwrap(), "{told} things said of {count} rulesets");
    assert!(unsettled * said_for_one_unsettled <= told, "{told} things said of {count} rulesets, left: {open:#?}");
}

#[test]
fn what_is_said_of_small_rulesets_is_what_all_their_dossiers_show() {
    all_agree(&scalars(), 12, 100);
}

#[test]
fn what_is_said_of_lists_is_what_all_short_lists_show() {
    all_agree(&lists(), 40, 10);
}

// ── Large rulesets, and some of their dossiers ───────────────────────────────────────────────────────

#[test]
fn every_dossier_shown_replays_and_no_dossier_shows_what_is_said_never_to_be() {
    let count = asked("REGLO_LAWS").unwrap_or(60);
    let first = asked("REGLO_SEED").unwrap_or(1);
    let (mut shown, mut claims) = (0, 0);
    for seed in (first..).take(usize::try_from(count).unwrap()) {
        let mut draw = Draw::new(seed);
        let program = generate::program(&mut draw);
        let (text, official) = program.text();
        let reasoned = program.analysis().reasoned();
        shown +=
            replays(&text, &official, &reasoned).unwrap_or_else(|wrong| panic!("seed {seed}\n\n{text}\n\n{wrong}"));
        let (never, _) = said(&reasoned);
        claims += never.len();
        let Ok(ruleset) = program.analysis().into_ruleset() else { continue };
        for _ in 0..DOSSIERS * 3 {
            let datum = generate::dossier(&program, &mut draw, 0);
            let dossier = Dossier::from_datum(ruleset.program(), "essai", &Placed::nowhere(datum.clone()));
            let decision = ruleset.decide(&dossier);
            if !decision.set_aside.is_empty() || !dossier.anomalies.is_empty() {
                continue;
            }
            let mut seen = Seen::new();
            see(&ruleset, &decision, &mut seen);
            if let Some(wrong) = never.iter().find(|never| seen.contains(*never)) {
                panic!("seed {seed}\n\n{text}\n\n{}\n\n«{wrong}» is said never to be", datum.to_json());
            }
        }
    }
    assert!(count < 20 || (shown > 10 && claims > 10), "{shown} dossiers shown, {claims} claims");
}
