//! Dossiers for a ruleset drawn: whole, with facts unknown, or anything at all.

use reglo::dossier::Datum;

use super::{DAYS, Draw, ENUMS, Field, Kind, Program, Ty};

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
            Ty::Int if words.contains("de 0") => number(self.draw.word(&["0", "1", "2", "3", "5"])),
            Ty::Int => number(self.draw.word(&["-2", "0", "1", "2", "7"])),
            Ty::Num if words.contains("de 0") => number(self.draw.word(&["0", "2.5", "10", "0.000001"])),
            Ty::Num => number(self.draw.word(&["-0.5", "0", "2.5", "9000000000000"])),
            Ty::Dur if words == "durée" => {
                Datum::text(*self.draw.pick(&["3 jours", "2 semaines", "0 jours", "1.5 jours"]))
            }
            Ty::Dur => number(self.draw.word(&["0", "1", "2", "0.5", "14"])),
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

/// The dossier with so many of its facts in a hundred replaced by `"?"`: not those that are derived when unknown.
pub(crate) fn forget(program: &Program, datum: &Datum, draw: &mut Draw, percent: usize) -> Datum {
    fn record(program: &Program, fields: &[Field], datum: &Datum, draw: &mut Draw, percent: usize) -> Datum {
        let Datum::Record(members) = datum else { return datum.clone() };
        let members = members.iter().map(|(name, placed)| {
            let field = fields.iter().find(|field| field.name == name).unwrap();
            let derived = field.otherwise.as_ref().is_some_and(|words| words.starts_with("déduite"));
            let kept = derived || !draw.chance(percent);
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
