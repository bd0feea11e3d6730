//! What came of all rows together.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dossier::Datum;
use crate::explain::AnswerStatus;
use crate::program::Program;
use crate::render::{Line, Wanted};

/// At most so many undeclared names are counted.
const NAMES: usize = 1000;

/// How the rows stand on one outcome.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// « oui »
    pub yes: u64,
    /// « non »
    pub no: u64,
    /// A value that is neither.
    pub value: u64,
    /// Without object.
    pub not_applicable: u64,
    /// Open.
    pub unknown: u64,
    /// Two rules contradict each other.
    pub conflict: u64,
    /// The text says nothing.
    pub gap: u64,
    /// A computation has no result.
    pub fault: u64,
}

impl Counts {
    fn add(&mut self, line: &Line, times: u64) {
        let counter = match (line.status, &line.value) {
            (AnswerStatus::Known, Datum::Truth(true)) => &mut self.yes,
            (AnswerStatus::Known, Datum::Truth(false)) => &mut self.no,
            (AnswerStatus::Known, _) => &mut self.value,
            (AnswerStatus::NotApplicable, _) => &mut self.not_applicable,
            (AnswerStatus::Unknown, _) => &mut self.unknown,
            (AnswerStatus::Conflict, _) => &mut self.conflict,
            (AnswerStatus::Gap, _) => &mut self.gap,
            (AnswerStatus::Fault(_), _) => &mut self.fault,
        };
        *counter += times;
    }

    fn merge(&mut self, other: &Self) {
        for ((_, own), (_, other)) in self.parts_mut().into_iter().zip(other.parts()) {
            *own += other;
        }
    }

    /// The counts with the names JSON gives them.
    pub fn parts(&self) -> [(&'static str, u64); 8] {
        self.clone().parts_mut().map(|(name, count)| (name, *count))
    }

    fn parts_mut(&mut self) -> [(&'static str, &mut u64); 8] {
        let Self { yes, no, value, not_applicable, unknown, conflict, gap, fault } = self;
        [
            ("yes", yes),
            ("no", no),
            ("value", value),
            ("not_applicable", not_applicable),
            ("unknown", unknown),
            ("conflict", conflict),
            ("gap", gap),
            ("fault", fault),
        ]
    }

    /// How many are open, in conflict, a gap or a fault.
    pub fn unsettled(&self) -> u64 {
        self.unknown + self.conflict + self.gap + self.fault
    }
}

/// What came of the rows read so far.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Rows decided.
    pub rows: u64,
    /// Rows that could not be read, and were not decided.
    pub broken: u64,
    /// Data set aside, by problem.
    pub rejects: BTreeMap<String, u64>,
    /// By outcome wanted, in order.
    pub outcomes: Vec<Counts>,
    /// Rows with an open answer among those whose reasons are wanted, by missing fact.
    pub missing: BTreeMap<String, u64>,
    /// Names the ruleset does not know, by how many rows have them.
    pub undeclared: BTreeMap<String, u64>,
}

impl Tally {
    /// Of nothing yet.
    pub fn new(wanted: &[Wanted]) -> Self {
        Self { outcomes: vec![Counts::default(); wanted.len()], ..Self::default() }
    }

    /// Counts rows decided: for each outcome wanted, which of the lines each has.
    pub fn rows<'a>(&mut self, lines: &[Arc<Line>], rows: impl Iterator<Item = &'a [u32]>) {
        let wanted = self.outcomes.len();
        let mut times: Vec<u64> = vec![0; lines.len() * wanted];
        let lacking: Vec<Vec<String>> = lines
            .iter()
            .map(|line| line.missing.iter().map(|lacking| without_elements(&lacking.path)).collect())
            .collect();
        for row in rows {
            self.rows += 1;
            let mut facts: Vec<&String> = Vec::new();
            for (outcome, which) in row.iter().enumerate() {
                let which = *which as usize;
                if let Some(times) = times.get_mut(which * wanted + outcome) {
                    *times += 1;
                }
                facts.extend(lacking.get(which).into_iter().flatten());
            }
            facts.sort();
            facts.dedup();
            for fact in facts {
                match self.missing.get_mut(fact) {
                    Some(count) => *count += 1,
                    None => drop(self.missing.insert(fact.clone(), 1)),
                }
            }
        }
        for (line, times) in lines.iter().zip(times.chunks(wanted.max(1))) {
            for (counts, times) in self.outcomes.iter_mut().zip(times) {
                counts.add(line, *times);
            }
        }
    }

    /// Counts a datum set aside.
    pub fn reject(&mut self, problem: &str) {
        *self.rejects.entry(problem.to_owned()).or_default() += 1;
    }

    /// Counts a name that the ruleset does not know.
    pub fn undeclared(&mut self, name: &str) {
        if self.undeclared.len() < NAMES || self.undeclared.contains_key(name) {
            *self.undeclared.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Adds what came of other rows.
    pub fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.broken += other.broken;
        for (own, other) in self.outcomes.iter_mut().zip(&other.outcomes) {
            own.merge(other);
        }
        let maps = [
            (&mut self.rejects, &other.rejects),
            (&mut self.missing, &other.missing),
            (&mut self.undeclared, &other.undeclared),
        ];
        for (own, other) in maps {
            for (name, count) in other {
                *own.entry(name.clone()).or_default() += count;
            }
        }
    }

    /// How many data were set aside.
    pub fn rejected(&self) -> u64 {
        self.rejects.values().sum()
    }

    /// Whether nothing is left to be looked at: every row was read, and every outcome whose reasons are wanted has
    /// its answer.
    pub fn is_settled(&self, wanted: &[Wanted]) -> bool {
        let mut asked = self.outcomes.iter().zip(wanted).filter(|(_, wanted)| wanted.reasons);
        self.broken == 0 && self.rejected() == 0 && asked.all(|(counts, _)| counts.unsettled() == 0)
    }

    /// In JSON: the members of a summary that do not depend on the machine.
    pub fn json(&self, program: &Program, wanted: &[Wanted]) -> Vec<(&'static str, Datum)> {
        let count = |count: u64| Datum::Number(count.to_string());
        let map =
            |counts: &BTreeMap<String, u64>| Datum::record(counts.iter().map(|(name, n)| (name.as_str(), count(*n))));
        let outcomes = self.outcomes.iter().zip(wanted).filter_map(|(counts, wanted)| {
            let parts = counts.parts().into_iter().filter(|(_, n)| *n > 0);
            let name = program.rule(wanted.rule)?.name.clone();
            Some((name, Datum::record(parts.map(|(name, n)| (name, count(n))))))
        });
        vec![
            ("rows", count(self.rows)),
            ("unreadable_rows", count(self.broken)),
            ("outcomes", Datum::record(outcomes.collect::<Vec<_>>())),
            ("open_by_missing_fact", map(&self.missing)),
            ("rejects", map(&self.rejects)),
            ("undeclared", map(&self.undeclared)),
        ]
    }
}

/// `périodes[P1].début` as the facts are declared: `périodes.début`.
pub(super) fn without_elements(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut depth = 0usize;
    for c in path.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}
