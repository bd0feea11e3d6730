//! Expressions of a type, drawn from the names in scope.

use super::{DAYS, ENUMS, Field, Generator, Kind, LINK, LOT, ListTerm, Term, Ty};

impl Generator {
    pub(super) fn literal(&mut self, ty: Ty) -> String {
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
    pub(super) fn leaf(&mut self, ty: Ty) -> String {
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

    pub(super) fn expr(&mut self, ty: Ty, depth: usize) -> String {
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
        let contestable = self.contestable();
        match self.draw.below(6) {
            4 if !self.binding.is_empty() => {
                format!(
                    "({} {})",
                    self.draw.pick(&self.binding),
                    self.draw.pick(&["est méconnue", "n'est pas méconnue"])
                )
            }
            5 if !contestable.is_empty() => format!("({} est contesté)", self.draw.pick(&contestable)),
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

    /// The facts that an incoherence may set aside, of the dossier and of the elements at hand.
    fn contestable(&self) -> Vec<String> {
        let fields = |record: usize| self.program.records[record].fields.iter();
        let scalars = |field: &&Field| matches!(field.kind, Kind::Scalar(..)) && !field.key;
        let elements: Vec<&str> = fields(LOT).chain(fields(LINK)).filter(scalars).map(|field| field.name).collect();
        let facts: Vec<&str> = self.program.facts.iter().filter(scalars).map(|field| field.name).collect();
        let is_one = |term: &&Term| match term.text.split_once('.') {
            Some((variable, name)) => variable.starts_with('s') && elements.contains(&name),
            None => facts.contains(&term.text.as_str()),
        };
        let found = self.scope.terms.iter().filter(|_| !self.cohering).filter(is_one);
        found.filter(|term| !term.optional || !term.text.contains('.')).map(|term| term.text.clone()).collect()
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
        self.draw.word(&["min", "max"])
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

    pub(super) fn list(&mut self) -> Option<ListTerm> {
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
}
