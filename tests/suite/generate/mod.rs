//! Small rulesets and dossiers drawn at random: as text, so that they go the whole way from parsing on.
//!
//! A ruleset is drawn with its types in view, so that most of them check; those that do not are thrown away
//! and counted. Official text and clauses are made last, from the clauses that the rules cite.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod expressions;
mod rules;
mod dossiers;

use std::collections::BTreeSet;

use reglo::lower::TextFile;
use reglo::ruleset::Analysis;

pub(crate) use dossiers::{anything, dossier, forget};

/// Numbers that look drawn at random, the same each time (SplitMix64); or bytes read one after another, for who
/// searches by changing them.
#[derive(Clone, Debug)]
pub(crate) struct Draw {
    state: u64,
    /// Used up before anything is drawn, the last first.
    bytes: Vec<u8>,
}

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed, bytes: Vec::new() }
    }

    /// Each choice by one of these bytes, until they are used up.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self { state: 0, bytes: bytes.iter().rev().copied().collect() }
    }

    /// Another draw, that leaves this one where it is: with most of the bytes, where there are any.
    fn apart(&mut self) -> Self {
        if self.bytes.is_empty() {
            return Self::new(self.next());
        }
        let kept = self.bytes.len() / 4;
        Self { state: self.state, bytes: self.bytes.split_off(kept) }
    }

    fn next(&mut self) -> u64 {
        if let Some(byte) = self.bytes.pop() {
            return u64::from(byte);
        }
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// True in so many cases out of a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these words.
    fn word(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

/// The days that dates are drawn from: around a leap day, the end of a month, a week-end.
pub(crate) const DAYS: [&str; 6] = ["2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-09", "2025-02-28"];

/// What a scalar is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ty {
    Truth,
    Int,
    Num,
    Dur,
    Date,
    Months,
    Period,
    Text,
    Enum(usize),
}

const ENUMS: [(&str, &[&str]); 2] = [("couleur", &["rouge", "vert", "bleu"]), ("forme", &["rond", "carré", "autre"])];

/// What a fact or a field holds.
#[derive(Clone, Debug)]
enum Kind {
    /// With the words after the colon.
    Scalar(Ty, String),
    Record(usize),
    List(Box<Kind>),
    Reference,
}

/// A fact or a field.
#[derive(Clone, Debug)]
struct Field {
    name: &'static str,
    kind: Kind,
    optional: bool,
    key: bool,
    /// `sinon …` or `sinon déduite : …`
    otherwise: Option<String>,
}

impl Field {
    fn declared(&self, records: &[Record]) -> String {
        fn ty(kind: &Kind, records: &[Record]) -> String {
            match kind {
                Kind::Scalar(_, words) => words.clone(),
                Kind::Record(at) => records[*at].name.to_owned(),
                Kind::List(element) => format!("liste de {}", ty(element, records)),
                Kind::Reference => "réf liens".to_owned(),
            }
        }
        let key = if self.key { ", clé" } else { "" };
        let optional = if self.optional { ", facultatif" } else { "" };
        let otherwise = self.otherwise.as_ref().map_or(String::new(), |words| format!(", sinon {words}"));
        format!("{} : {}{key}{optional}{otherwise}", self.name, ty(&self.kind, records))
    }
}

#[derive(Clone, Debug)]
struct Record {
    name: &'static str,
    fields: Vec<Field>,
}

/// A ruleset in pieces: declarations, then rules one by one.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    records: Vec<Record>,
    facts: Vec<Field>,
    pub(crate) rules: Vec<String>,
}

impl Program {
    /// The same facts, other rules.
    pub(crate) fn with_rules(&self, rules: Vec<String>) -> Self {
        Self { rules, ..self.clone() }
    }

    pub(crate) fn declarations(&self) -> String {
        let mut text = String::new();
        for (name, cases) in ENUMS {
            text.push_str(&format!("type {name} est {}\n", cases.join(" | ")));
        }
        for record in &self.records {
            let fields: Vec<String> = record.fields.iter().map(|field| field.declared(&self.records)).collect();
            text.push_str(&format!("type {} est\n  {}\n", record.name, fields.join("\n  ")));
        }
        for fact in &self.facts {
            text.push_str(&format!("fait {}\n", fact.declared(&self.records)));
        }
        text
    }

    /// The ruleset and its official text.
    pub(crate) fn text(&self) -> (String, String) {
        let rules = self.rules.join("\n");
        let cited: BTreeSet<usize> = rules
            .split("C-")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
            .collect();
        let sentence = |number: &usize| format!("La règle {number} est posée.");
        let official: Vec<String> = cited.iter().map(sentence).collect();
        let clauses: Vec<String> = cited.iter().map(|n| format!("clause C-{n} « {} »\n", sentence(n))).collect();
        let head = "règlement « Essai »\n  texte \"texte.txt\"\n";
        (format!("{head}{}{}{rules}\n", clauses.concat(), self.declarations()), official.join("\n"))
    }

    pub(crate) fn analysis(&self) -> Analysis {
        let (text, official) = self.text();
        Analysis::new(
            "essai",
            vec![("essai.reglo".into(), text)],
            &[TextFile { name: "texte.txt".into(), text: official }],
        )
    }
}

/// A scalar that may be read, and what must be done first.
#[derive(Clone, Debug)]
struct Term {
    text: String,
    ty: Ty,
    optional: bool,
    conditional: bool,
}

/// A record, and the condition under which it may be read.
#[derive(Clone, Debug)]
struct Guarded {
    text: String,
    record: usize,
}

#[derive(Clone, Debug)]
struct ListTerm {
    text: String,
    element: Kind,
}

/// The names in scope.
#[derive(Clone, Debug, Default)]
struct Scope {
    terms: Vec<Term>,
    guarded: Vec<Guarded>,
    lists: Vec<ListTerm>,
    /// Records that may stand for a period.
    periods: Vec<String>,
    strict: bool,
}

struct Generator {
    draw: Draw,
    program: Program,
    scope: Scope,
    /// Values `pour chaque` of the lots and of the liens.
    fields: Vec<(usize, Term)>,
    norms: Vec<String>,
    /// Those that may be broken.
    binding: Vec<String>,
    /// An incoherence is being drawn.
    cohering: bool,
    clauses: usize,
    names: usize,
    /// A value that may be without object was read.
    conditional: bool,
}

const LOT: usize = 2;
const LINK: usize = 3;

/// Draws a ruleset.
pub(crate) fn program(draw: &mut Draw) -> Program {
    let mut generator = Generator {
        draw: draw.apart(),
        program: Program { records: Vec::new(), facts: Vec::new(), rules: Vec::new() },
        scope: Scope::default(),
        fields: Vec::new(),
        norms: Vec::new(),
        binding: Vec::new(),
        cohering: false,
        clauses: 0,
        names: 0,
        conditional: false,
    };
    generator.declare();
    let rules = 2 + generator.draw.below(6);
    for _ in 0..rules {
        generator.rule();
    }
    generator.program
}

fn scalar(name: &'static str, ty: Ty, words: &str) -> Field {
    Field { name, kind: Kind::Scalar(ty, words.to_owned()), optional: false, key: false, otherwise: None }
}

fn other(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, optional: false, key: false, otherwise: None }
}

impl Generator {
    fn declare(&mut self) {
        let whole = "entier de 0 à 5";
        let under = vec![scalar("s", Ty::Int, whole), scalar("c", Ty::Truth, "oui/non")];
        let annex =
            vec![scalar("ok", Ty::Truth, "oui/non"), scalar("z", Ty::Int, "entier"), scalar("y", Ty::Date, "date")];
        let mut lot = vec![
            scalar("id", Ty::Text, "texte"),
            scalar("q", Ty::Int, whole),
            scalar("b", Ty::Truth, "oui/non"),
            scalar("w", Ty::Dur, "durée en jours"),
            scalar("début", Ty::Date, "date"),
            scalar("fin", Ty::Date, "date"),
            scalar("x", Ty::Num, "nombre"),
            scalar("e", Ty::Enum(0), "couleur"),
            scalar("k", Ty::Int, "entier"),
            scalar("p", Ty::Period, "période"),
            other("lien", Kind::Reference),
            other("sous", Kind::List(Box::new(Kind::Record(0)))),
            other("ann", Kind::Record(1)),
        ];
        let mut link = vec![
            scalar("id", Ty::Text, "texte"),
            scalar("v", Ty::Int, whole),
            scalar("j", Ty::Date, "date"),
            scalar("e", Ty::Enum(1), "forme"),
            other("nums", Kind::List(Box::new(Kind::Scalar(Ty::Int, whole.to_owned())))),
        ];
        let mut facts = vec![
            scalar("b0", Ty::Truth, "oui/non"),
            scalar("b1", Ty::Truth, "oui/non"),
            scalar("n0", Ty::Int, whole),
            scalar("n1", Ty::Int, "entier"),
            scalar("x0", Ty::Num, "nombre de 0 à 20"),
            scalar("d0", Ty::Date, "date"),
            scalar("d1", Ty::Date, "date"),
            scalar("u0", Ty::Dur, "durée en semaines"),
            scalar("u1", Ty::Dur, "durée"),
            scalar("p0", Ty::Period, "période"),
            scalar("t0", Ty::Text, "texte"),
            scalar("e0", Ty::Enum(0), "couleur"),
            scalar("e1", Ty::Enum(1), "forme"),
            other("r0", Kind::Record(1)),
            other("li0", Kind::List(Box::new(Kind::Scalar(Ty::Int, "entier".to_owned())))),
            other("le0", Kind::List(Box::new(Kind::Scalar(Ty::Enum(0), "couleur".to_owned())))),
            other("lp0", Kind::List(Box::new(Kind::Scalar(Ty::Period, "période".to_owned())))),
            other("lr0", Kind::List(Box::new(Kind::Reference))),
        ];
        for fields in [&mut lot, &mut link, &mut facts] {
            fields.retain(|field| field.name == "id" || field.name == "lien" || self.draw.chance(60));
        }
        let mut annex = annex;
        for (fields, is_record) in [(&mut annex, true), (&mut lot, true), (&mut link, true), (&mut facts, false)] {
            self.attributes(fields, is_record);
        }
        self.program.records = vec![
            Record { name: "sou", fields: under },
            Record { name: "annexe", fields: annex },
            Record { name: "lot", fields: lot },
            Record { name: "chose", fields: link },
        ];
        facts.push(other("lots", Kind::List(Box::new(Kind::Record(LOT)))));
        facts.push(other("liens", Kind::List(Box::new(Kind::Record(LINK)))));
        self.program.facts = facts.clone();
        self.scope = self.scope_of("", &facts);
    }

    fn attributes(&mut self, fields: &mut [Field], is_record: bool) {
        let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let (truth, int) = if is_record { ("b", "q") } else { ("b0", "n0") };
        for field in fields {
            if field.name == "id" {
                field.key = true;
                continue;
            }
            let roll = self.draw.below(100);
            field.otherwise = match &field.kind {
                Kind::Scalar(Ty::Int, _) if roll < 15 => Some("2".to_owned()),
                Kind::Scalar(Ty::Int, words) if roll < 35 && field.name != int && names.contains(&int) => {
                    let most = if words == "entier" { "5" } else { "3" };
                    Some(format!("déduite : si {int} > 2 alors {int} sinon {most}"))
                }
                Kind::Scalar(Ty::Truth, _) if roll < 20 => Some("non".to_owned()),
                Kind::Scalar(Ty::Date, _) if roll < 20 && field.name != "début" && names.contains(&"début") => {
                    Some("déduite : début + 6 jours".to_owned())
                }
                Kind::Scalar(Ty::Dur, _) if roll < 15 && names.contains(&truth) => {
                    Some(format!("déduite : si {truth} alors 7 jours sinon 0 jours"))
                }
                _ => None,
            };
            field.optional = match field.kind {
                Kind::Reference => self.draw.chance(50),
                Kind::List(_) | Kind::Record(_) => self.draw.chance(30),
                Kind::Scalar(..) => field.otherwise.is_none() && self.draw.chance(15),
            };
        }
    }

    /// What a record (or the dossier, without name) offers.
    fn scope_of(&self, object: &str, fields: &[Field]) -> Scope {
        let mut scope = Scope::default();
        let prefix = if object.is_empty() { String::new() } else { format!("{object}.") };
        for field in fields {
            let text = format!("{prefix}{}", field.name);
            match &field.kind {
                Kind::Scalar(ty, _) => {
                    scope.terms.push(Term { text, ty: *ty, optional: field.optional, conditional: false })
                }
                Kind::Reference => scope.guarded.push(Guarded { text, record: LINK }),
                Kind::Record(at) if field.optional => scope.guarded.push(Guarded { text, record: *at }),
                Kind::Record(at) => {
                    let inner = self.scope_of(&text, &self.program.records[*at].fields);
                    scope.add(inner);
                }
                Kind::List(element) => scope.lists.push(ListTerm { text, element: (**element).clone() }),
            }
        }
        let dates = ["début", "fin"].iter().all(|end| fields.iter().any(|f| f.name == *end && !f.optional));
        if dates && !object.is_empty() {
            scope.periods.push(object.to_owned());
        }
        scope
    }

    /// What a variable over the elements of a list offers.
    fn element(&self, name: &str, element: &Kind) -> Scope {
        match element {
            Kind::Record(at) => {
                let mut scope = self.scope_of(name, &self.program.records[*at].fields);
                scope.terms.extend(
                    self.fields
                        .iter()
                        .filter(|(of, _)| of == at)
                        .map(|(_, term)| Term { text: format!("{name}.{}", term.text), ..term.clone() }),
                );
                scope
            }
            Kind::Scalar(ty, _) => {
                let term = Term { text: name.to_owned(), ty: *ty, optional: false, conditional: false };
                Scope { terms: vec![term], ..Scope::default() }
            }
            Kind::Reference => {
                Scope { guarded: vec![Guarded { text: name.to_owned(), record: LINK }], ..Scope::default() }
            }
            Kind::List(_) => Scope::default(),
        }
    }

    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn basis(&mut self) -> String {
        if self.clauses == 0 || self.draw.chance(70) {
            self.clauses += 1;
        }
        format!("selon C-{}", 1 + self.draw.below(self.clauses))
    }
}

impl Scope {
    fn add(&mut self, other: Scope) {
        self.terms.extend(other.terms);
        self.guarded.extend(other.guarded);
        self.lists.extend(other.lists);
        self.periods.extend(other.periods);
    }
}
