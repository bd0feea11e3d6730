//! Rules: values, norms, decisions, notices, incoherences.

use super::{ENUMS, Field, Generator, Kind, LINK, LOT, Term, Ty};

impl Generator {
    pub(super) fn rule(&mut self) {
        let before = self.scope.clone();
        self.conditional = false;
        let (rule, added) = match self.draw.below(12) {
            0..=3 => self.value(),
            4 => self.value_each(),
            5..=7 => (self.norm(), None),
            8 | 9 => self.decision(),
            10 => (self.notice(), None),
            _ => {
                self.cohering = true;
                let rule = self.incoherence();
                self.cohering = false;
                (rule, None)
            }
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

    /// The conditions of a table: any, or such that one alone can hold.
    fn cases(&mut self) -> Vec<String> {
        match self.draw.below(8) {
            0 => {
                let subject = self.leaf(Ty::Enum(0));
                vec![format!("({subject} = rouge)"), format!("({subject} dans (vert, bleu))")]
            }
            1 => {
                let (subject, bound) = (self.expr(Ty::Int, 1), self.literal(Ty::Int));
                let signs = *self.draw.pick(&[["<", "≥"], ["≤", ">"], ["=", ">"], ["<", ">"]]);
                signs.map(|sign| format!("({subject} {sign} {bound})")).into()
            }
            2 => {
                let (a, b) = (self.leaf(Ty::Date), self.leaf(Ty::Date));
                vec![format!("({a} < {b})"), format!("({b} ≤ {a})")]
            }
            3 => {
                let (one, more) = (self.expr(Ty::Truth, 1), self.expr(Ty::Truth, 1));
                vec![format!("({one} et {more})"), format!("(non {one})")]
            }
            _ => (0..2 + self.draw.below(2)).map(|_| self.expr(Ty::Truth, 2)).collect(),
        }
    }

    fn body(&mut self, ty: Ty) -> String {
        let mut text = String::new();
        if self.draw.chance(60) {
            text.push_str(&format!("  vaut {} {}\n", self.expr(ty, 3), self.basis()));
        } else {
            for case in self.cases() {
                text.push_str(&format!("  cas {case} : {} {}\n", self.expr(ty, 2), self.basis()));
            }
        }
        let exceptions = self.draw.below(5).saturating_sub(1);
        let names: Vec<String> = (0..exceptions).map(|_| self.name("e")).collect();
        let plain = self.scope.clone();
        let mut conditions: Vec<String> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let settles = at == 2 && conditions.iter().all(|condition| !condition.is_empty()) && self.draw.chance(60);
            let over = if settles {
                format!(" prime sur {}, {}", names[0], names[1])
            } else if exceptions > 1 && self.draw.chance(50) {
                let other = self.draw.pick(&names).clone();
                if other == *name { String::new() } else { format!(" prime sur {other}") }
            } else {
                String::new()
            };
            let drawn = self.expr(Ty::Truth, 2);
            let condition = match self.draw.below(100) {
                _ if settles => format!("({} et {})", conditions[0], conditions[1]),
                roll if roll < 15 => String::new(),
                roll if roll < 30 && at > 0 && !conditions[0].is_empty() => format!("(non {})", conditions[0]),
                _ => drawn,
            };
            conditions.push(condition.clone());
            let condition = if condition.is_empty() { condition } else { format!(" si {condition}") };
            self.scope.terms.push(Term { text: "base".into(), ty, optional: false, conditional: self.conditional });
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
        if matches!(word, "obligation" | "interdiction") {
            self.binding.push(name.clone());
        }
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
        let mut guard = String::new();
        let (prefix, fields) = if self.draw.chance(70) {
            let variable = self.name("s");
            text.push_str(&format!("  pour chaque {variable} parmi lots\n"));
            self.scope.add(self.element(&variable, &Kind::Record(LOT)));
            if self.draw.chance(25) {
                // A fact of the element that a reference designates.
                guard = format!("{variable}.lien est renseigné et ");
                (format!("{variable}.lien."), self.program.records[LINK].fields.clone())
            } else {
                (format!("{variable}."), self.program.records[LOT].fields.clone())
            }
        } else {
            (String::new(), self.program.facts.clone())
        };
        let fields: Vec<Field> =
            fields.into_iter().filter(|field| matches!(field.kind, Kind::Scalar(..)) && !field.key).collect();
        if fields.is_empty() {
            return self.notice();
        }
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
        format!("{text}  si {guard}{condition}\n  écarte {}{bounds}\n", discards.join(", "))
    }
}
