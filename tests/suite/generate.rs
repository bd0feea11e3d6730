//! Small rulesets and dossiers drawn at random: as text, so that they go the whole way from parsing on.
//!
//! A ruleset is drawn with its types in view, so that most of them check; those that do not are thrown away
//! and counted. Official text and clauses are made last, from the clauses that the rules cite.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use reglo::dossier::Datum;
use reglo::lower::TextFile;
use reglo::ruleset::Analysis;

use crate::oracle::DAYS;

/// Numbers that look drawn at random, the same each time (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
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

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

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
        draw: Draw::new(draw.next()),
        program: Program { records: Vec::new(), facts: Vec::new(), rules: Vec::new() },
        scope: Scope::default(),
        fields: Vec::new(),
        norms: Vec::new(),
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
            Kind::List(_) | Kind::Reference => Scope::default(),
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

    // ── Expressions ──────────────────────────────────────────────────────────────────────────────

    fn literal(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Truth => self.draw.pick(&["oui", "non"]).to_string(),
            Ty::Int => self.draw.pick(&["0", "1", "2", "3", "5"]).to_string(),
            Ty::Num => self.draw.pick(&["0.5", "1", "2.5", "10", "0.000001"]).to_string(),
            Ty::Dur => {
                self.draw.pick(&["0 jours", "1 jour", "3 jours", "1 semaine", "2 semaines", "1.5 jours"]).to_string()
            }
            Ty::Months => self.draw.pick(&["1 mois", "6 mois", "1 an", "0 mois"]).to_string(),
            Ty::Date => self.draw.pick(&DAYS).to_string(),
            Ty::Period => {
                let (a, b) = (self.draw.below(DAYS.len()), self.draw.below(DAYS.len()));
                format!("({} → {})", DAYS[a.min(b)], DAYS[a.max(b)])
            }
            Ty::Text => self.draw.pick(&["\"P\"", "\"Q\"", "\"L0\""]).to_string(),
            Ty::Enum(at) => self.draw.pick(ENUMS[at].1).to_string(),
        }
    }

    /// A name of that type, guarded where it needs to be; else a literal.
    fn leaf(&mut self, ty: Ty) -> String {
        let fits = |term: &&Term| term.ty == ty || (ty == Ty::Num && term.ty == Ty::Int);
        let terms: Vec<Term> = self.scope.terms.iter().filter(fits).cloned().collect();
        if terms.is_empty() || self.draw.chance(20) {
            return self.literal(ty);
        }
        // The names that came last are those of the elements at hand.
        let at = if self.draw.chance(50) {
            self.draw.below(terms.len())
        } else {
            terms.len() - 1 - self.draw.below(terms.len().min(4))
        };
        let Term { text, optional, conditional, .. } = terms[at].clone();
        match (optional, conditional, self.draw.below(3)) {
            (false, false, _) => text,
            (_, _, 0) => format!("({text} à défaut {})", self.literal(ty)),
            (true, _, _) => format!("(si {text} est renseigné alors {text} sinon {})", self.literal(ty)),
            (_, true, _) if !self.scope.strict => {
                self.conditional = true;
                text
            }
            (_, true, _) => format!("(si {text} est applicable alors {text} sinon {})", self.literal(ty)),
        }
    }

    fn expr(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 || self.draw.chance(15) {
            return self.leaf(ty);
        }
        let d = depth - 1;
        if self.draw.chance(12) {
            return format!("(si {} alors {} sinon {})", self.expr(Ty::Truth, d), self.expr(ty, d), self.expr(ty, d));
        }
        if self.draw.chance(12)
            && let Some(text) = self.guarded(ty, d)
        {
            return text;
        }
        match ty {
            Ty::Truth => self.condition(d),
            Ty::Int => self.integer(d),
            Ty::Num => self.number(d),
            Ty::Dur => self.duration(d),
            Ty::Date => self.date(d),
            Ty::Months => format!("mois_entiers({})", self.days(d)),
            Ty::Period => self.period(d),
            Ty::Text | Ty::Enum(_) => self.leaf(ty),
        }
    }

    /// An expression that reads an optional record or an optional scalar under a guard.
    fn guarded(&mut self, ty: Ty, d: usize) -> Option<String> {
        let optional: Vec<Term> =
            self.scope.terms.iter().filter(|term| term.optional || term.conditional).cloned().collect();
        let before = self.scope.clone();
        let (guard, word) = if !optional.is_empty() && self.draw.chance(50) {
            let term = self.draw.pick(&optional).clone();
            let word = if term.optional { "renseigné" } else { "applicable" };
            self.scope.terms.push(Term { optional: false, conditional: false, ..term.clone() });
            (term.text, word)
        } else if !self.scope.guarded.is_empty() {
            let guarded = self.draw.pick(&self.scope.guarded).clone();
            let inner = self.element(&guarded.text, &Kind::Record(guarded.record));
            self.scope.add(inner);
            (guarded.text, "renseigné")
        } else {
            return None;
        };
        let form = self.draw.below(3);
        let text = if ty == Ty::Truth && form == 0 {
            format!("({guard} est {word} et {})", self.expr(ty, d))
        } else if ty == Ty::Truth && form == 1 {
            self.scope.strict = true;
            format!("({guard} n'est pas {word} ou {})", self.expr(ty, d))
        } else {
            let yes = self.expr(ty, d);
            self.scope = before.clone();
            format!("(si {guard} est {word} alors {yes} sinon {})", self.expr(ty, d))
        };
        self.scope = before;
        Some(text)
    }

    fn condition(&mut self, d: usize) -> String {
        match self.draw.below(20) {
            0..=4 => {
                let ty = *self.draw.pick(&[Ty::Int, Ty::Num, Ty::Dur, Ty::Date, Ty::Int, Ty::Dur, Ty::Months]);
                let sign = *self.draw.pick(&["=", "≠", "<", "≤", ">", "≥"]);
                format!("({} {sign} {})", self.expr(ty, d), self.expr(ty, d))
            }
            5 | 6 => {
                let ty = *self.draw.pick(&[Ty::Enum(0), Ty::Enum(1), Ty::Text, Ty::Period, Ty::Truth]);
                let sign = *self.draw.pick(&["=", "≠"]);
                format!("({} {sign} {})", self.leaf(ty), self.leaf(ty))
            }
            7 | 8 => format!("({} et {})", self.expr(Ty::Truth, d), self.expr(Ty::Truth, d)),
            9 => {
                let strict = std::mem::replace(&mut self.scope.strict, true);
                let text = format!("({} ou {})", self.expr(Ty::Truth, d), self.expr(Ty::Truth, d));
                self.scope.strict = strict;
                text
            }
            10 => format!("(non {})", self.expr(Ty::Truth, d)),
            11 | 12 => self.quantified(d, |g, open, d| {
                if g.draw.chance(50) {
                    let filter = g.expr(Ty::Truth, d);
                    format!("(il existe {open} où {filter})")
                } else {
                    let body = g.expr(Ty::Truth, d);
                    format!("(tout {open} vérifie {body})")
                }
            }),
            13 => match self.list() {
                Some(list) => format!("({} est vide)", list.text),
                None => format!("({} est vide)", self.days(d)),
            },
            14 => {
                let scalars: Vec<ListTerm> = self
                    .scope
                    .lists
                    .iter()
                    .filter(|l| matches!(l.element, Kind::Scalar(ty, _) if ty != Ty::Period))
                    .cloned()
                    .collect();
                if scalars.is_empty() {
                    return self.leaf(Ty::Truth);
                }
                let list = self.draw.pick(&scalars).clone();
                let Kind::Scalar(ty, _) = list.element else { return self.leaf(Ty::Truth) };
                format!("({} dans {})", self.expr(ty, d), list.text)
            }
            15 => {
                let ty = *self.draw.pick(&[Ty::Int, Ty::Date, Ty::Dur]);
                format!("({} entre {} et {})", self.expr(ty, d), self.leaf(ty), self.leaf(ty))
            }
            16 => {
                let ty = *self.draw.pick(&[Ty::Int, Ty::Enum(0), Ty::Enum(1), Ty::Text]);
                format!("({} dans ({}, {}))", self.leaf(ty), self.literal(ty), self.literal(ty))
            }
            17 => format!("chevauche({}, {})", self.period(d), self.period(d)),
            _ => self.asked(),
        }
    }

    /// The state of a norm, a value or an optional fact.
    fn asked(&mut self) -> String {
        let optional: Vec<Term> =
            self.scope.terms.iter().filter(|term| term.optional || term.conditional).cloned().collect();
        match self.draw.below(4) {
            0 | 1 if !self.norms.is_empty() => {
                let norm = self.draw.pick(&self.norms).clone();
                let state =
                    *self.draw.pick(&["est respectée", "est applicable", "est sans objet", "n'est pas respectée"]);
                format!("({norm} {state})")
            }
            2 if !self.scope.guarded.is_empty() => {
                let record = self.draw.pick(&self.scope.guarded).text.clone();
                format!("({record} est renseigné)")
            }
            _ if !optional.is_empty() => {
                let term = self.draw.pick(&optional).clone();
                let states: &[&str] =
                    if term.optional { &["est renseigné"] } else { &["est applicable", "est sans objet"] };
                format!("({} {})", term.text, self.draw.pick(states))
            }
            _ => self.leaf(Ty::Truth),
        }
    }

    fn integer(&mut self, d: usize) -> String {
        match self.draw.below(9) {
            0 => format!("({} + {})", self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
            1 => format!("({} - {})", self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
            2 => format!("({} * {})", self.expr(Ty::Int, d), self.leaf(Ty::Int)),
            3 => self.quantified(d, |g, open, d| {
                let filter = if g.draw.chance(70) { format!(" où {}", g.expr(Ty::Truth, d)) } else { String::new() };
                format!("(nombre de {open}{filter})")
            }),
            4 => {
                let ty = *self.draw.pick(&[Ty::Int, Ty::Enum(0), Ty::Text, Ty::Date]);
                self.reduced("nombre de {} distincts", ty, d)
            }
            5 => format!("{}({}, {})", self.extremum(), self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
            6 => format!("(-{})", self.expr(Ty::Int, d)),
            _ => self.aggregated(Ty::Int, d),
        }
    }

    fn number(&mut self, d: usize) -> String {
        match self.draw.below(9) {
            0 => format!("({} + {})", self.expr(Ty::Num, d), self.expr(Ty::Num, d)),
            1 => format!("({} * {})", self.expr(Ty::Num, d), self.leaf(Ty::Num)),
            2 => format!("({} / {})", self.expr(Ty::Num, d), self.draw.pick(&["2", "4", "0", "10", "0.5"])),
            3 | 4 => {
                let mode =
                    *self.draw.pick(&["", ", au_pair", ", loin_de_zéro", ", vers_zéro", ", par_excès", ", par_défaut"]);
                let places = self.draw.below(3);
                format!("arrondi({} / {}, {places}{mode})", self.expr(Ty::Num, d), self.expr(Ty::Num, d))
            }
            5 => format!("arrondi({}, {})", self.expr(Ty::Num, d), self.draw.below(3)),
            6 => format!("{}({}, {})", self.extremum(), self.expr(Ty::Num, d), self.expr(Ty::Num, d)),
            7 => self.integer(d),
            _ => self.aggregated(Ty::Num, d),
        }
    }

    fn duration(&mut self, d: usize) -> String {
        match self.draw.below(11) {
            0 => format!("({} + {})", self.expr(Ty::Dur, d), self.expr(Ty::Dur, d)),
            1 => format!("({} - {})", self.expr(Ty::Dur, d), self.expr(Ty::Dur, d)),
            2 => format!("({} * {})", self.expr(Ty::Dur, d), self.leaf(Ty::Num)),
            3 => format!("({} - {})", self.expr(Ty::Date, d), self.expr(Ty::Date, d)),
            4 => format!("durée({})", self.period(d)),
            5 | 6 => format!("durée({})", self.days(d)),
            7 => format!("plus_longue_suite({})", self.days(d)),
            8 => format!("{}({}, {})", self.extremum(), self.expr(Ty::Dur, d), self.expr(Ty::Dur, d)),
            9 => format!("arrondi({} / {}, 0)", self.expr(Ty::Dur, d), self.leaf(Ty::Num)),
            _ => self.aggregated(Ty::Dur, d),
        }
    }

    fn date(&mut self, d: usize) -> String {
        match self.draw.below(7) {
            0 => format!("({} + {})", self.expr(Ty::Date, d), self.expr(Ty::Dur, d)),
            1 => format!("({} - {})", self.expr(Ty::Date, d), self.leaf(Ty::Dur)),
            2 => format!("({} + {})", self.expr(Ty::Date, d), self.expr(Ty::Months, d)),
            3 => format!("({} - {})", self.expr(Ty::Date, d), self.literal(Ty::Months)),
            4 => format!("{}({}, {})", self.extremum(), self.expr(Ty::Date, d), self.expr(Ty::Date, d)),
            5 => self.aggregated(Ty::Date, d),
            _ => {
                let period = self.leaf(Ty::Period);
                let end = *self.draw.pick(&["début", "fin"]);
                if period.starts_with('(') { self.leaf(Ty::Date) } else { format!("{period}.{end}") }
            }
        }
    }

    fn period(&mut self, d: usize) -> String {
        match self.draw.below(6) {
            0 | 1 if !self.scope.periods.is_empty() => self.draw.pick(&self.scope.periods).clone(),
            2 => format!("({} → {})", self.expr(Ty::Date, d.min(1)), self.expr(Ty::Date, d.min(1))),
            3 if d > 0 => format!("jusqu'au_dimanche({})", self.period(d - 1)),
            _ => self.leaf(Ty::Period),
        }
    }

    /// A set of days.
    fn days(&mut self, d: usize) -> String {
        let with_days: Vec<ListTerm> = self
            .scope
            .lists
            .iter()
            .filter(|list| match &list.element {
                Kind::Scalar(ty, _) => *ty == Ty::Period,
                Kind::Record(at) => !self.scope_of("s", &self.program.records[*at].fields).periods.is_empty(),
                Kind::List(_) | Kind::Reference => false,
            })
            .cloned()
            .collect();
        match self.draw.below(8) {
            0 | 1 if d > 0 => format!("intersection({}, {})", self.days(d - 1), self.days(d - 1)),
            2 | 3 if d > 0 => format!("lacunes({}, {})", self.days(d - 1), self.days(d - 1)),
            4 if d > 0 => format!("fusion({}, {})", self.days(d - 1), self.days(d - 1)),
            5 if d > 0 => self.quantified(d - 1, |g, open, d| {
                let (_, list) = open.split_once(" parmi ").unwrap();
                let variable = open.split_once(' ').unwrap().0.to_owned();
                let body = g.period(d);
                let filter = if g.draw.chance(50) { format!(" où {}", g.expr(Ty::Truth, d)) } else { String::new() };
                format!("fusion({body} pour {variable} parmi {list}{filter})")
            }),
            _ if !with_days.is_empty() => format!("fusion({})", self.draw.pick(&with_days).text),
            _ => format!("fusion({})", self.period(d)),
        }
    }

    fn extremum(&mut self) -> &'static str {
        *self.draw.pick(&["min", "max"])
    }

    /// A sum, or the smallest or largest value where there is one.
    fn aggregated(&mut self, ty: Ty, d: usize) -> String {
        match (self.draw.below(3), ty) {
            (0, Ty::Int | Ty::Num | Ty::Dur) => self.reduced("somme de {}", ty, d),
            (turn, _) => {
                let words = if turn == 1 { "minimum de {}" } else { "maximum de {}" };
                let otherwise = self.literal(ty);
                format!("({} à défaut {otherwise})", self.reduced(words, ty, d))
            }
        }
    }

    fn reduced(&mut self, words: &str, ty: Ty, d: usize) -> String {
        self.quantified(d, |g, open, d| {
            let body = g.expr(ty, d);
            let filter = if g.draw.chance(50) { format!(" où {}", g.expr(Ty::Truth, d)) } else { String::new() };
            format!("({} pour {open}{filter})", words.replace("{}", &body))
        })
    }

    fn list(&mut self) -> Option<ListTerm> {
        if self.scope.lists.is_empty() {
            return None;
        }
        // The lists that came last are those of the element at hand; then the lots.
        let at =
            if self.draw.chance(50) { self.scope.lists.len() - 1 } else { self.draw.below(self.scope.lists.len()) };
        Some(self.scope.lists[at].clone())
    }

    /// Something over `s parmi L`, with the names of the element in scope and nothing without object.
    fn quantified(&mut self, d: usize, build: impl FnOnce(&mut Self, &str, usize) -> String) -> String {
        let before = self.scope.clone();
        self.scope.strict = true;
        let mut open = String::new();
        let generators = if self.draw.chance(15) { 2 } else { 1 };
        for turn in 0..generators {
            let Some(list) = self.list() else { break };
            let name = self.name("s");
            let mut text = list.text.clone();
            let inner = self.element(&name, &list.element);
            if self.draw.chance(15) {
                let outer = self.scope.clone();
                let again = self.name("s");
                self.scope.add(self.element(&again, &list.element));
                text = format!("({again} pour {again} parmi {text} où {})", self.expr(Ty::Truth, d.min(1)));
                self.scope = outer;
            }
            self.scope.add(inner);
            let comma = if turn > 0 { ", " } else { "" };
            open.push_str(&format!("{comma}{name} parmi {text}"));
            if turn + 1 < generators && self.draw.chance(50) {
                open.push_str(&format!(" où {}", self.expr(Ty::Truth, d.min(1))));
            }
        }
        let text = build(self, &open, d.min(2));
        self.scope = before;
        text
    }

    // ── Rules ────────────────────────────────────────────────────────────────────────────────────

    fn rule(&mut self) {
        let before = self.scope.clone();
        self.conditional = false;
        let (rule, added) = match self.draw.below(12) {
            0..=3 => self.value(),
            4 => self.value_each(),
            5..=7 => (self.norm(), None),
            8 | 9 => self.decision(),
            10 => (self.notice(), None),
            _ => (self.incoherence(), None),
        };
        self.scope = before;
        self.scope.terms.extend(added);
        self.program.rules.push(rule);
    }

    fn value_type(&mut self) -> (Ty, String) {
        let ty = *self.draw.pick(&[
            Ty::Truth,
            Ty::Int,
            Ty::Num,
            Ty::Dur,
            Ty::Dur,
            Ty::Date,
            Ty::Text,
            Ty::Enum(0),
            Ty::Period,
        ]);
        let words = match ty {
            Ty::Truth => "oui/non",
            Ty::Int => "entier",
            Ty::Num => "nombre",
            Ty::Dur => self.draw.pick(&["durée", "durée en semaines", "durée en jours"]),
            Ty::Date => "date",
            Ty::Period => "période",
            Ty::Text | Ty::Months => "texte",
            Ty::Enum(at) => ENUMS[at].0,
        };
        (ty, words.to_owned())
    }

    fn lets(&mut self) -> String {
        if !self.draw.chance(20) {
            return String::new();
        }
        let (ty, _) = self.value_type();
        let name = self.name("x");
        let (was, strict) = (std::mem::replace(&mut self.conditional, false), self.scope.strict);
        let text = self.expr(ty, 2);
        let conditional = std::mem::replace(&mut self.conditional, was);
        self.scope.strict = strict;
        self.scope.terms.push(Term { text: name.clone(), ty, optional: false, conditional });
        format!("  soit {name} = {text}\n")
    }

    fn scoped(&mut self, percent: usize) -> String {
        if self.draw.chance(percent) { format!("  pour {}\n", self.expr(Ty::Truth, 2)) } else { String::new() }
    }

    fn body(&mut self, ty: Ty) -> String {
        let mut text = String::new();
        if self.draw.chance(60) {
            text.push_str(&format!("  vaut {} {}\n", self.expr(ty, 3), self.basis()));
        } else {
            for _ in 0..2 + self.draw.below(2) {
                text.push_str(&format!("  cas {} : {} {}\n", self.expr(Ty::Truth, 2), self.expr(ty, 2), self.basis()));
            }
        }
        let exceptions = self.draw.below(4).saturating_sub(1);
        let names: Vec<String> = (0..exceptions).map(|_| self.name("e")).collect();
        let plain = self.scope.clone();
        for name in &names {
            let over = if exceptions > 1 && self.draw.chance(50) {
                let other = self.draw.pick(&names).clone();
                if other == *name { String::new() } else { format!(" prime sur {other}") }
            } else {
                String::new()
            };
            let condition = self.expr(Ty::Truth, 2);
            let condition = if self.draw.chance(85) { format!(" si {condition}") } else { String::new() };
            self.scope.terms.push(Term { text: "base".into(), ty, optional: false, conditional: false });
            text.push_str(&format!("  sauf {name}{over} {}{condition} alors {}\n", self.basis(), self.expr(ty, 2)));
            self.scope = plain.clone();
        }
        if self.draw.chance(50) {
            text.push_str("  silence du texte « rien n'est dit du reste »\n");
        }
        text
    }

    fn value(&mut self) -> (String, Option<Term>) {
        let (name, (ty, words)) = (self.name("v"), self.value_type());
        let mut text = format!("valeur {name} : {words}\n{}", self.lets());
        let scope = self.scoped(30);
        text.push_str(&scope);
        text.push_str(&self.body(ty));
        let conditional = self.conditional || !scope.is_empty();
        (text, Some(Term { text: name, ty, optional: false, conditional }))
    }

    fn value_each(&mut self) -> (String, Option<Term>) {
        let (name, (ty, words), variable) = (self.name("v"), self.value_type(), self.name("s"));
        let (record, list) = *self.draw.pick(&[(LOT, "lots"), (LOT, "lots"), (LINK, "liens")]);
        self.scope.add(self.element(&variable, &Kind::Record(record)));
        let filter = if self.draw.chance(25) {
            let strict = std::mem::replace(&mut self.scope.strict, true);
            let text = format!(" où {}", self.expr(Ty::Truth, 1));
            self.scope.strict = strict;
            text
        } else {
            String::new()
        };
        let mut text = format!("valeur {name} pour chaque {variable} parmi {list}{filter} : {words}\n{}", self.lets());
        let scope = self.scoped(20);
        text.push_str(&scope);
        text.push_str(&self.body(ty));
        let conditional = self.conditional || !scope.is_empty() || !filter.is_empty();
        self.fields.push((record, Term { text: name, ty, optional: false, conditional }));
        (text, None)
    }

    fn each(&mut self, percent: usize) -> String {
        if !self.draw.chance(percent) {
            return String::new();
        }
        let Some(list) = self.list() else { return String::new() };
        let name = self.name("s");
        self.scope.add(self.element(&name, &list.element));
        let strict = std::mem::replace(&mut self.scope.strict, true);
        let filter = if self.draw.chance(30) { format!(" où {}", self.expr(Ty::Truth, 1)) } else { String::new() };
        self.scope.strict = strict;
        format!("  pour chaque {name} parmi {}{filter}\n", list.text)
    }

    fn exemptions(&mut self) -> String {
        (0..self.draw.below(3).saturating_sub(1))
            .map(|_| format!("  sauf {} {} si {}\n", self.name("e"), self.basis(), self.expr(Ty::Truth, 2)))
            .collect()
    }

    fn norm(&mut self) -> String {
        let (word, verb) = *self.draw.pick(&[
            ("obligation", "exige"),
            ("obligation", "exige"),
            ("interdiction", "interdit"),
            ("préférence", "souhaite"),
            ("permission", "à condition que"),
        ]);
        let name = self.name("o");
        let mut text = format!("{word} {name}\n  {}\n", self.basis());
        text.push_str(&self.each(40));
        text.push_str(&self.lets());
        text.push_str(&self.scoped(40));
        let items = 1 + self.draw.below(3).saturating_sub(1);
        if word == "permission" && self.draw.chance(30) {
        } else if items == 1 {
            text.push_str(&format!("  {verb} {}\n", self.expr(Ty::Truth, 3)));
        } else {
            text.push_str(&format!("  {verb}\n"));
            for _ in 0..items {
                text.push_str(&format!("    • {} {}\n", self.expr(Ty::Truth, 2), self.basis()));
            }
        }
        text.push_str(&self.exemptions());
        self.norms.push(name);
        text
    }

    fn decision(&mut self) -> (String, Option<Term>) {
        self.scope.strict = true;
        let name = self.name("w");
        let mut text = format!("décision {name}\n  {}\n{}", self.basis(), self.lets());
        let scope = self.scoped(30);
        text.push_str(&scope);
        let by_case = self.draw.chance(40);
        for _ in 0..1 + self.draw.below(2) {
            if by_case && self.draw.chance(90) {
                text.push_str(&format!("  cas {}", self.expr(Ty::Truth, 1)));
            }
            let items: Vec<String> = (0..1 + self.draw.below(3))
                .map(|_| {
                    if !self.norms.is_empty() && self.draw.chance(60) {
                        self.draw.pick(&self.norms).clone()
                    } else {
                        self.expr(Ty::Truth, 2)
                    }
                })
                .collect();
            text.push_str(&format!("  exige {}\n", items.join(", ")));
        }
        text.push_str(&self.exemptions());
        (text, Some(Term { text: name, ty: Ty::Truth, optional: false, conditional: !scope.is_empty() }))
    }

    fn notice(&mut self) -> String {
        let name = self.name("g");
        let mut text = format!("signalement {name}\n  {}\n", self.basis());
        text.push_str(&self.each(40));
        text.push_str(&format!("  si {}\n", self.expr(Ty::Truth, 2)));
        text
    }

    /// Two facts, of the dossier or of each lot, that some condition sets aside.
    fn incoherence(&mut self) -> String {
        let name = self.name("i");
        let mut text = format!("incohérence {name} « des faits se contredisent »\n");
        let (prefix, fields) = if self.draw.chance(70) {
            let variable = self.name("s");
            text.push_str(&format!("  pour chaque {variable} parmi lots\n"));
            self.scope.add(self.element(&variable, &Kind::Record(LOT)));
            (format!("{variable}."), self.program.records[LOT].fields.clone())
        } else {
            (String::new(), self.program.facts.clone())
        };
        let fields: Vec<Field> =
            fields.into_iter().filter(|field| matches!(field.kind, Kind::Scalar(..)) && !field.key).collect();
        let first = self.draw.pick(&fields).clone();
        let Kind::Scalar(ty, _) = first.kind else { return text };
        let alike: Vec<&Field> = fields
            .iter()
            .filter(|field| field.name != first.name && matches!(field.kind, Kind::Scalar(other, _) if other == ty))
            .collect();
        let mut discards = vec![format!("{prefix}{}", first.name)];
        if !alike.is_empty() && self.draw.chance(60) {
            discards.push(format!("{prefix}{}", self.draw.pick(&alike).name));
        }
        let condition = self.expr(Ty::Truth, 1);
        let ordered = matches!(ty, Ty::Int | Ty::Num | Ty::Dur | Ty::Date);
        let bounds = if ordered && self.draw.chance(40) {
            format!(" compris entre {} et {}", self.literal(ty), self.literal(ty))
        } else {
            String::new()
        };
        format!("{text}  si {condition}\n  écarte {}{bounds}\n", discards.join(", "))
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

// ── Dossiers ─────────────────────────────────────────────────────────────────────────────────────────

/// Draws a dossier; so many facts in a hundred are left out, unsure or cannot be used.
pub(crate) fn dossier(program: &Program, draw: &mut Draw, unknown: usize) -> Datum {
    let mut dossier = Dossier { program, draw, unknown };
    dossier.record(&program.facts, 0)
}

struct Dossier<'p> {
    program: &'p Program,
    draw: &'p mut Draw,
    unknown: usize,
}

impl Dossier<'_> {
    fn record(&mut self, fields: &[Field], at: usize) -> Datum {
        Datum::record(
            fields
                .iter()
                .filter_map(|field| self.field(field, at).map(|datum| (field.name, datum)))
                .collect::<Vec<_>>(),
        )
    }

    fn field(&mut self, field: &Field, at: usize) -> Option<Datum> {
        if (field.optional && self.draw.chance(35)) || (field.otherwise.is_some() && self.draw.chance(50)) {
            return None;
        }
        if self.draw.chance(self.unknown) {
            return match self.draw.below(4) {
                0 => None,
                1 => Some(Datum::Null),
                2 => Some(Datum::Unknown),
                _ => Some(Datum::List(vec![]).or_not(&field.kind)),
            };
        }
        if field.key {
            return Some(Datum::text(format!("L{at}")));
        }
        Some(self.kind(&field.kind))
    }

    fn kind(&mut self, kind: &Kind) -> Datum {
        match kind {
            Kind::Scalar(ty, words) => self.scalar(*ty, words),
            Kind::Reference => Datum::text(*self.draw.pick(&["L0", "L0", "L1", "L1", "ZZ"])),
            Kind::Record(at) => self.record(&self.program.records[*at].fields.clone(), 0),
            Kind::List(element) => {
                let count = *self.draw.pick(&[0, 1, 2, 2, 3]);
                Datum::list(
                    (0..count)
                        .map(|at| match &**element {
                            _ if self.draw.chance(self.unknown / 3) => {
                                self.draw.pick(&[Datum::Null, Datum::Unknown]).clone()
                            }
                            Kind::Record(record) => self.record(&self.program.records[*record].fields.clone(), at),
                            other => self.kind(other),
                        })
                        .collect::<Vec<_>>(),
                )
            }
        }
    }

    fn scalar(&mut self, ty: Ty, words: &str) -> Datum {
        let number = |text: &str| Datum::Number(text.to_owned());
        match ty {
            Ty::Truth => Datum::Truth(self.draw.chance(50)),
            Ty::Int if words.contains("de 0") => number(*self.draw.pick(&["0", "1", "2", "3", "5"])),
            Ty::Int => number(*self.draw.pick(&["-2", "0", "1", "2", "7"])),
            Ty::Num if words.contains("de 0") => number(*self.draw.pick(&["0", "2.5", "10", "0.000001"])),
            Ty::Num => number(*self.draw.pick(&["-0.5", "0", "2.5", "9000000000000"])),
            Ty::Dur if words == "durée" => {
                Datum::text(*self.draw.pick(&["3 jours", "2 semaines", "0 jours", "1.5 jours"]))
            }
            Ty::Dur => number(*self.draw.pick(&["0", "1", "2", "0.5", "14"])),
            Ty::Date => Datum::text(*self.draw.pick(&DAYS)),
            Ty::Period => {
                let (a, b) = (self.draw.below(DAYS.len()), self.draw.below(DAYS.len()));
                let (start, end) = (Datum::text(DAYS[a.min(b)]), Datum::text(DAYS[a.max(b)]));
                match self.draw.below(100) {
                    roll if roll < self.unknown / 2 => Datum::record([("debut", start)]),
                    roll if roll < self.unknown => Datum::record([("debut", Datum::Unknown), ("fin", end)]),
                    _ => Datum::record([("debut", start), ("fin", end)]),
                }
            }
            Ty::Text | Ty::Months => Datum::text(*self.draw.pick(&["P", "Q", "L0"])),
            Ty::Enum(at) => Datum::text(*self.draw.pick(ENUMS[at].1)),
        }
    }
}

trait OrNot {
    fn or_not(self, kind: &Kind) -> Self;
}

impl OrNot for Datum {
    /// Something that the fact cannot be.
    fn or_not(self, kind: &Kind) -> Self {
        match kind {
            Kind::List(_) => Datum::text("rien"),
            Kind::Scalar(..) | Kind::Record(_) | Kind::Reference => self,
        }
    }
}

/// Anything at all, with names that the facts may have.
pub(crate) fn anything(draw: &mut Draw, depth: usize) -> Datum {
    const NAMES: [&str; 16] =
        ["b0", "n0", "n1", "u0", "u1", "p0", "e1", "r0", "li0", "lp0", "lots", "liens", "id", "début", "debut", "lien"];
    const TEXTS: [&str; 8] =
        ["", "?", "L0", "14 semaines", "2024-02-30", "2024-02-29/2024-03-01", "rouge", "autre chose"];
    const NUMBERS: [&str; 5] = ["0", "-1.5", "9223372036854.775807", "1e400", "3"];
    match draw.below(if depth == 0 { 6 } else { 12 }) {
        0 => Datum::Null,
        1 => Datum::Unknown,
        2 => Datum::Truth(draw.chance(50)),
        3 => Datum::Number((*draw.pick(&NUMBERS)).to_owned()),
        4 => Datum::text(*draw.pick(&TEXTS)),
        5 => Datum::text(*draw.pick(&["0001-01-01", "9999-12-31", "2024-02-29"])),
        6 | 7 => Datum::list((0..draw.below(4)).map(|_| anything(draw, depth - 1)).collect::<Vec<_>>()),
        _ => Datum::record(
            (0..draw.below(12)).map(|_| (*draw.pick(&NAMES), anything(draw, depth - 1))).collect::<Vec<_>>(),
        ),
    }
}

/// The dossier with so many of its facts in a hundred replaced by `"?"`: neither those that are derived when
/// unknown, nor keys and references, which mean more than their value.
pub(crate) fn forget(program: &Program, datum: &Datum, draw: &mut Draw, percent: usize) -> Datum {
    fn record(program: &Program, fields: &[Field], datum: &Datum, draw: &mut Draw, percent: usize) -> Datum {
        let Datum::Record(members) = datum else { return datum.clone() };
        let members = members.iter().map(|(name, placed)| {
            let field = fields.iter().find(|field| field.name == name).unwrap();
            let derived = field.otherwise.as_ref().is_some_and(|words| words.starts_with("déduite"));
            let kept = derived || field.key || matches!(field.kind, Kind::Reference) || !draw.chance(percent);
            let datum = if kept { kind(program, &field.kind, &placed.datum, draw, percent) } else { Datum::Unknown };
            (name.clone(), datum)
        });
        Datum::record(members.collect::<Vec<_>>())
    }
    fn kind(program: &Program, of: &Kind, datum: &Datum, draw: &mut Draw, percent: usize) -> Datum {
        match (of, datum) {
            (Kind::Record(at), _) => record(program, &program.records[*at].fields, datum, draw, percent),
            (Kind::List(element), Datum::List(elements)) => Datum::list(
                elements.iter().map(|placed| kind(program, element, &placed.datum, draw, percent)).collect::<Vec<_>>(),
            ),
            (_, _) => datum.clone(),
        }
    }
    record(program, &program.facts, datum, draw, percent)
}
