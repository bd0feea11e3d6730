//! The flat workload: its data, drawn from a seed; what the oracle (Kleene's three-valued logic) says of each row; and
//! the same written by hand over columns, 64 rows a word.

use reglo::eval::{Builder, Column, Columns, Inputs, Origins, Status, Units};
use reglo::lower::TextFile;
use reglo::program::Program;
use reglo::ruleset::{Analysis, Asked, Ruleset};
use reglo::value::{Known, Number, Range, Truth};

/// Conditions, in the order of their bitmaps.
pub(crate) const CONDITIONS: [&str; 13] = [
    "prolongation_vacances",
    "convention_signee",
    "annexe_complete",
    "attestation_stage",
    "attestation_employeur",
    "certificats_travail",
    "secteur_distribution",
    "force_majeure",
    "decision_amenagement",
    "decision_positionnement",
    "dispense_u4",
    "dispense_u6",
    "redoublant",
];

/// What the rules answer, in the order of the oracle.
pub(crate) const ANSWERS: [&str; 9] = [
    "stage_requis",
    "duree_ok",
    "periode_an1_ok",
    "repos_ok",
    "convention_ok",
    "justificatif_ok",
    "recevable",
    "conserve_u4",
    "conserve_u6",
];

/// The norms of the clauses, in the order in which they are told.
pub(crate) const NORMS: [&str; 9] = ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4", "b5"];

/// Rows as columns. Conditions and nullable numbers have a bitmap of what is known; decimals count tenths.
pub(crate) struct Data {
    pub(crate) rows: usize,
    voie: Vec<u8>,
    /// semaines_effectuees, semaines_consecutives_an1, repos_ete_semaines, mois_temps_plein, mois_temps_partiel
    numbers: [Vec<i32>; 5],
    /// duree_decidee_semaines, note_u4_anterieure, note_u6_anterieure
    nullable: [(Vec<i32>, Vec<u64>); 3],
    conditions: Vec<(Vec<u64>, Vec<u64>)>,
}

struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// So many rows; of each nullable condition `missing` in a hundred are unknown.
pub(crate) fn draw(rows: usize, missing: u64) -> Data {
    let mut draw = Draw(0x5DEE_CE66_D1CE_4E5B);
    let numbers = |most: u64, draw: &mut Draw| -> Vec<i32> {
        (0..rows).map(|_| i32::try_from(draw.below(most + 1)).unwrap()).collect()
    };
    let voie = (0..rows).map(|_| [0, 0, 0, 0, 1, 1, 2, 3, 4, 5][draw.below(10) as usize]).collect();
    let plain = [200, 8, 8, 12, 24].map(|most| numbers(most, &mut draw));
    let [weeks, consecutive, rest, full, part] = plain;
    // Months have a decimal too.
    let tenths = |values: Vec<i32>| values.into_iter().map(|value| value * 10 + value % 10).collect();
    let bits = |percent: u64, draw: &mut Draw| -> Vec<u64> {
        let mut words = vec![0u64; rows.div_ceil(64)];
        for row in 0..rows {
            words[row / 64] |= u64::from(draw.below(100) < percent) << (row % 64);
        }
        words
    };
    let nullable = |low: u64, most: u64, draw: &mut Draw| {
        let values = (0..rows).map(|_| i32::try_from(low + draw.below(most - low + 1)).unwrap()).collect();
        (values, bits(10, draw))
    };
    let nullable = [nullable(6, 16, &mut draw), nullable(0, 200, &mut draw), nullable(0, 200, &mut draw)];
    let held = [20, 90, 90, 85, 85, 80, 80, 5, 10, 10, 12, 12, 15];
    let conditions = held.map(|percent| (bits(percent, &mut draw), bits(100 - missing, &mut draw))).into();
    Data { rows, voie, numbers: [weeks, consecutive, rest, tenths(full), tenths(part)], nullable, conditions }
}

/// The ruleset of the workload.
pub(crate) fn ruleset() -> Ruleset {
    let files = vec![("ccst-flat.reglo".to_owned(), include_str!("../rulesets/ccst-flat.reglo").to_owned())];
    let texts = [TextFile { name: "ccst-flat.txt".into(), text: include_str!("../rulesets/ccst-flat.txt").into() }];
    Analysis::new("ccst-flat", files, &texts).into_ruleset().expect("the ruleset checks")
}

impl Data {
    /// The rows from a multiple of 64 on, as facts.
    pub(crate) fn chunk(&self, program: &Program, builder: &mut Builder, from: usize, rows: usize) -> Inputs<Columns> {
        let until = (from + rows).min(self.rows);
        let words = from / 64..until.div_ceil(64);
        let integer = Number::SCALE;
        let tenth = Number::SCALE / 10;
        let columns = program.inputs.iter().map(|input| {
            let name = input.path[0].as_str();
            let mut number = |values: &[i32], unit: i64| {
                builder.ordinals(Units::Narrow(&values[from..until]), unit, None, &Known::absent()).unwrap()
            };
            match name {
                "voie" => builder.cases(&self.voie[from..until]),
                "semaines_effectuees" => number(&self.numbers[0], tenth),
                "semaines_consecutives_an1" => number(&self.numbers[1], integer),
                "repos_ete_semaines" => number(&self.numbers[2], integer),
                "mois_temps_plein" => number(&self.numbers[3], tenth),
                "mois_temps_partiel" => number(&self.numbers[4], tenth),
                "duree_decidee_semaines" => self.nullable(builder, 0, (integer, Known::absent()), (from, until)),
                "note_u4_anterieure" | "note_u6_anterieure" => {
                    let at = if name == "note_u4_anterieure" { 1 } else { 2 };
                    let any = Known::range(Range::between(0, 20 * Number::SCALE));
                    self.nullable(builder, at, (tenth, any), (from, until))
                }
                _ => {
                    let at = CONDITIONS.iter().position(|condition| *condition == name).unwrap();
                    let (holds, known) = &self.conditions[at];
                    builder.truths(until - from, &holds[words.clone()], Some(&known[words.clone()]))
                }
            }
        });
        let columns: Vec<Column> = columns.collect();
        let statuses = columns.iter().map(|_| Origins::Same(Status::Given)).collect();
        Inputs { dossiers: until - from, lists: Vec::new(), columns, statuses }
    }

    /// What a row says of a fact, as data write it; nothing where it is not known.
    fn written(&self, name: &str, row: usize) -> Option<String> {
        const VOIES: [&str; 6] =
            ["scolaire", "apprentissage", "fc_premiere", "fc_reconversion", "fc_perfectionnement", "experience"];
        let tenths = |value: i32| format!("{}.{}", value / 10, value % 10);
        let nullable = |at: usize| {
            let (values, known) = &self.nullable[at];
            (known[row / 64] >> (row % 64) & 1 == 1).then(|| values[row])
        };
        match name {
            "voie" => Some(VOIES[usize::from(self.voie[row])].to_owned()),
            "semaines_effectuees" => Some(tenths(self.numbers[0][row])),
            "semaines_consecutives_an1" => Some(self.numbers[1][row].to_string()),
            "repos_ete_semaines" => Some(self.numbers[2][row].to_string()),
            "mois_temps_plein" => Some(tenths(self.numbers[3][row])),
            "mois_temps_partiel" => Some(tenths(self.numbers[4][row])),
            "duree_decidee_semaines" => nullable(0).map(|value| value.to_string()),
            "note_u4_anterieure" => nullable(1).map(tenths),
            "note_u6_anterieure" => nullable(2).map(tenths),
            _ => {
                let at = CONDITIONS.iter().position(|condition| *condition == name).unwrap();
                self.condition(at, row).map(|holds| holds.to_string())
            }
        }
    }

    /// A row as a dossier.
    pub(crate) fn json(&self, program: &Program, row: usize) -> String {
        let members = program.inputs.iter().filter_map(|input| {
            let (name, value) = (&input.path[0], self.written(&input.path[0], row)?);
            Some(if name == "voie" { format!("\"{name}\":\"{value}\"") } else { format!("\"{name}\":{value}") })
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// All rows as a delimited file, named by their number.
    pub(crate) fn csv(&self, program: &Program, out: &mut impl std::io::Write) {
        let names: Vec<&str> = program.inputs.iter().map(|input| input.path[0].as_str()).collect();
        writeln!(out, "id,{}", names.join(",")).unwrap();
        for row in 0..self.rows {
            let values: Vec<String> = names.iter().map(|name| self.written(name, row).unwrap_or_default()).collect();
            writeln!(out, "{row},{}", values.join(",")).unwrap();
        }
    }

    fn nullable(
        &self,
        builder: &mut Builder,
        at: usize,
        (unit, otherwise): (i64, Known),
        (from, until): (usize, usize),
    ) -> Column {
        let (values, known) = &self.nullable[at];
        let known = &known[from / 64..until.div_ceil(64)];
        builder.ordinals(Units::Narrow(&values[from..until]), unit, Some(known), &otherwise).unwrap()
    }

    /// A condition on a row, if it is known.
    fn condition(&self, at: usize, row: usize) -> Option<bool> {
        let (holds, known) = &self.conditions[at];
        (known[row / 64] >> (row % 64) & 1 == 1).then(|| holds[row / 64] >> (row % 64) & 1 == 1)
    }
}

/// What the oracle says of a row; none where it does not know.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) answers: [Option<bool>; 9],
    /// In half weeks.
    pub(crate) least: Option<i64>,
    /// Whether each clause is met.
    pub(crate) clauses: [Option<bool>; 9],
}

fn not(a: Option<bool>) -> Option<bool> {
    a.map(|a| !a)
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    not(and(not(a), not(b)))
}

/// The oracle, row by row.
pub(crate) fn oracle(data: &Data, row: usize) -> Said {
    let fact = |name: &str| data.condition(CONDITIONS.iter().position(|c| *c == name).unwrap(), row);
    let number = |at: usize| i64::from(data.numbers[at][row]);
    let given = |at: usize| {
        let (values, known): &(Vec<i32>, Vec<u64>) = &data.nullable[at];
        (known[row / 64] >> (row % 64) & 1 == 1).then(|| i64::from(values[row]))
    };
    let voie = data.voie[row];
    let (u4, u6) = (fact("dispense_u4"), fact("dispense_u6"));
    let exempt = and(u4, u6);
    let required = and(not(exempt), Some(voie != 5));
    let adapted = or(or(fact("force_majeure"), fact("decision_amenagement")), fact("decision_positionnement"));
    let base = adapted.map(|adapted| if adapted { given(0).unwrap_or(10).max(10) * 2 } else { 28 });
    let one = u4.zip(u6).map(|(a, b)| a != b);
    let least = match required {
        None => None,
        Some(false) => Some(0),
        Some(true) => one.zip(base).map(|(one, base)| if one { base / 2 } else { base }),
    };
    let led = matches!(voie, 0 | 2 | 3);
    // Tenths of weeks against half weeks.
    let long_enough = least.map(|least| least * 5 <= number(0));
    let length = if led { and(long_enough, Some(number(0) <= 160)) } else { Some(true) };
    let first_year = if voie == 0 { Some(number(1) >= 4) } else { Some(true) };
    let rest = or(not(fact("prolongation_vacances")), Some(number(2) >= 4));
    let agreement = if led { and(fact("convention_signee"), fact("annexe_complete")) } else { Some(true) };
    let work = Some(number(3) >= 60 || number(4) >= 120);
    let certificates = and(and(fact("certificats_travail"), fact("secteur_distribution")), work);
    let proof = match voie {
        0 | 2 | 3 => fact("attestation_stage"),
        1 => fact("attestation_employeur"),
        4 => or(certificates, fact("attestation_stage")),
        _ => fact("certificats_travail"),
    };
    let bound = |content: Option<bool>| or(not(required), content);
    let a = [bound(length), bound(first_year), bound(rest), bound(agreement)];
    let b = or(exempt, proof);
    let accepted = a.iter().fold(b, |all, one| and(all, *one));
    let kept = |at: usize| and(fact("redoublant"), given(at).map(|note| note > 100));
    let of_voie = [0, 1, 2, 2, 3, 4][usize::from(voie)];
    let clauses = std::array::from_fn(|at| match at {
        0..4 => a[at],
        _ if at - 4 == of_voie => b,
        _ => Some(true),
    });
    let answers = [required, length, first_year, rest, agreement, proof, accepted, kept(1), kept(2)];
    Said { answers, least, clauses }
}

/// Decides all rows in columns. Where the oracle knows, so must the columns, and the same; where it does not, bounds
/// may know more. Returns how many answers the oracle knows.
pub(crate) fn compare(ruleset: &Ruleset, data: &Data, chunk: usize) -> usize {
    let program = ruleset.program();
    let result = |name: &str| program.rule(program.rule_named(name).unwrap()).unwrap().result.unwrap();
    let (mut batch, mut builder, mut settled) = (ruleset.batch(Asked::Unmet), Builder::default(), 0);
    for from in (0..data.rows).step_by(chunk) {
        let decided = batch.decide(data.chunk(program, &mut builder, from, chunk));
        let unmet = decided.unmet(program);
        for row in 0..decided.inputs.dossiers {
            let said = oracle(data, from + row);
            for (name, said) in ANSWERS.iter().zip(said.answers) {
                let known = decided.answer(result(name)).unwrap().known(row).unwrap();
                let Some(holds) = said else { continue };
                assert_eq!(known, Known::truth(Truth::of(holds)), "{name} of row {}", from + row);
                settled += 1;
            }
            let least = decided.answer(result("duree_min")).unwrap().known(row).unwrap();
            if let Some(halves) = said.least {
                assert_eq!(least, Known::range(Range::exactly(halves * Number::SCALE / 2)), "row {}", from + row);
            }
            for (name, met) in NORMS.iter().zip(said.clauses) {
                let rule = program.rule_named(name).unwrap();
                let told = unmet.iter().any(|unmet| unmet.rule == rule && unmet.rows[row / 64] >> (row % 64) & 1 == 1);
                assert!(met.is_none_or(|met| met != told), "{name} of row {}: {met:?}, told {told}", from + row);
            }
        }
        builder.keep(batch.keep(decided));
    }
    settled
}

/// A condition of 64 rows: where it may hold, and where it may not.
#[derive(Clone, Copy)]
struct Word(u64, u64);

impl Word {
    fn of(holds: u64) -> Self {
        Word(holds, !holds)
    }
    fn and(self, other: Self) -> Self {
        Word(self.0 & other.0, self.1 | other.1)
    }
    fn or(self, other: Self) -> Self {
        Word(self.0 | other.0, self.1 & other.1)
    }
    fn not(self) -> Self {
        Word(self.1, self.0)
    }
    fn unless(self, holds: u64) -> Self {
        Word(self.0 | holds, self.1 & !holds)
    }
}

fn word(lanes: impl Iterator<Item = bool>) -> u64 {
    lanes.zip(0..).fold(0, |word, (set, bit)| word | u64::from(set) << bit)
}

/// What the hand-written columns answer: two words a condition and block, and bounds of the least length.
#[derive(Default)]
pub(crate) struct Answered {
    pub(crate) words: Vec<[(u64, u64); 9]>,
    pub(crate) least: Vec<(i32, i32)>,
}

/// The rules written by hand over columns; rows beyond the last whole block are left out.
pub(crate) fn by_hand(data: &Data, into: &mut Answered) {
    into.words.clear();
    into.least.resize(data.rows, (0, 0));
    let [weeks, consecutive, rest, full, part] = &data.numbers;
    for block in 0..data.rows / 64 {
        let rows = block * 64..block * 64 + 64;
        let fact = |at: usize| {
            let (holds, known) = (data.conditions[at].0[block], data.conditions[at].1[block]);
            Word(holds | !known, !holds | !known)
        };
        let voie = &data.voie[rows.clone()];
        let is = |case: u8| word(voie.iter().map(|voie| *voie == case));
        let above = |values: &[i32], least: i32| word(values[rows.clone()].iter().map(|value| *value >= least));
        let (school, apprentice, further, experience) = (is(0), is(1), is(4), is(5));
        let led = !(apprentice | further | experience);
        let (u4, u6) = (fact(10), fact(11));
        let exempt = u4.and(u6);
        let required = exempt.not().and(Word::of(!experience));
        let adapted = fact(7).or(fact(8)).or(fact(9));
        let one = u4.and(u6.not()).or(u4.not().and(u6));
        let (decided, given) = &data.nullable[0];
        let mut long_enough = Word(0, 0);
        for ((row, least), bit) in rows.clone().zip(&mut into.least[rows.clone()]).zip(0..) {
            let may = |word: u64| word >> bit & 1 == 1;
            let reduced = if may(given[block]) { decided[row].max(10) * 2 } else { 20 };
            let base = match (may(adapted.0), may(adapted.1)) {
                (true, false) => (reduced, reduced),
                (false, _) => (28, 28),
                (true, true) => (reduced.min(28), reduced.max(28)),
            };
            let due = match (may(one.0), may(one.1)) {
                (true, false) => (base.0 / 2, base.1 / 2),
                (false, _) => base,
                (true, true) => (base.0 / 2, base.1),
            };
            *least = match (may(required.0), may(required.1)) {
                (true, false) => due,
                (false, _) => (0, 0),
                (true, true) => (0, due.1),
            };
            long_enough.0 |= u64::from(least.0 * 5 <= weeks[row]) << bit;
            long_enough.1 |= u64::from(least.1 * 5 > weeks[row]) << bit;
        }
        let length = long_enough.and(Word::of(!above(weeks, 161))).unless(!led);
        let first_year = Word::of(above(consecutive, 4)).unless(!school);
        let rested = fact(0).not().or(Word::of(above(rest, 4)));
        let agreement = fact(1).and(fact(2)).unless(!led);
        let certificates = fact(5).and(fact(6)).and(Word::of(above(full, 60) | above(part, 120)));
        let pick = |mask: u64, word: Word| Word(word.0 & mask, word.1 & mask);
        let parts = [
            pick(led, fact(3)),
            pick(apprentice, fact(4)),
            pick(further, certificates.or(fact(3))),
            pick(experience, fact(5)),
        ];
        let proof = parts.iter().fold(Word(0, 0), |all, part| Word(all.0 | part.0, all.1 | part.1));
        let free = required.not();
        let accepted = [length, first_year, rested, agreement]
            .into_iter()
            .fold(exempt.or(proof), |all, one| all.and(free.or(one)));
        let kept = |at: usize| {
            let (values, known) = &data.nullable[at];
            let high = above(values, 101);
            fact(12).and(Word(high | !known[block], !high | !known[block]))
        };
        let all = [required, length, first_year, rested, agreement, proof, accepted, kept(1), kept(2)];
        into.words.push(all.map(|word| (word.0, word.1)));
    }
}
