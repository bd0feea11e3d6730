//! What is declared and never used.

use super::Lowerer;
use super::env::Part;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Clause, ClauseId, ClauseRole, ReadingId, UNTRANSCRIBED};

/// How many clauses left to transcribe are named.
const NAMED: usize = 8;

impl Lowerer<'_> {
    pub(super) fn check_usage(&mut self) {
        self.unused_clauses();
        self.unused_readings();
        self.unused_facts();
    }

    /// Every clause is used by a rule or marked `sans effet`.
    fn unused_clauses(&mut self) {
        let clauses = self.build.program.clauses.clone();
        self.untranscribed(&clauses);
        for (clause, id) in clauses.iter().zip(0..) {
            let cited = self.cited.contains(&ClauseId(id));
            match (clause.role, cited, &clause.no_effect) {
                (ClauseRole::Statement, false, None) => self.report(
                    Diagnostic::error(
                        Code::UnusedClause,
                        clause.span,
                        format!("Aucune règle ne repose sur la clause « {} ».", clause.id),
                    )
                    .help("Citez-la par « selon », ou dites pourquoi elle ne décide de rien : « sans effet « … » »."),
                ),
                (ClauseRole::Statement, true, Some(_)) => self.report(
                    Diagnostic::error(
                        Code::UnusedClause,
                        clause.span,
                        format!("La clause « {} » est dite sans effet, mais une règle la cite.", clause.id),
                    )
                    .help("Retirez « sans effet », ou la citation."),
                ),
                (ClauseRole::Outside, false, _) => self.report(
                    Diagnostic::warning(
                        Code::UnusedClause,
                        clause.span,
                        format!("Aucune règle ne repose sur la source « {} ».", clause.id),
                    )
                    .help("Citez-la par « selon », ou retirez-la."),
                ),
                (ClauseRole::Statement | ClauseRole::Heading | ClauseRole::Outside, _, _) => {}
            }
        }
    }

    /// What a ruleset just begun has still to transcribe, told once.
    fn untranscribed(&mut self, clauses: &[Clause]) {
        let left: Vec<&Clause> = clauses
            .iter()
            .zip(0..)
            .filter(|(clause, id)| {
                clause.no_effect.as_deref() == Some(UNTRANSCRIBED) && !self.cited.contains(&ClauseId(*id))
            })
            .map(|(clause, _)| clause)
            .collect();
        let Some(first) = left.first() else { return };
        let few: Vec<&str> = left.iter().take(NAMED).map(|clause| clause.id.as_str()).collect();
        let more = if left.len() > few.len() { " …" } else { "" };
        let (clauses, remain) = if left.len() > 1 { ("clauses", "restent") } else { ("clause", "reste") };
        let message = format!("{} {clauses} {remain} à transcrire : {}{more}", left.len(), few.join(", "));
        self.report(
            Diagnostic::warning(Code::UnusedClause, first.span, message).label("à commencer par celle-ci").help(
                "Écrivez une règle qui la cite et retirez « sans effet » ; ou dites pourquoi elle ne décide de rien.",
            ),
        );
    }

    fn unused_readings(&mut self) {
        let readings = self.build.program.readings.clone();
        for (reading, id) in readings.iter().zip(0..) {
            if !self.used_readings.contains(&ReadingId(id)) {
                self.report(
                    Diagnostic::warning(
                        Code::Reading,
                        reading.span,
                        format!("Aucune règle ne s'appuie sur l'interprétation « {} ».", reading.id),
                    )
                    .help("Nommez-la dans la règle qui s'y appuie : « … interprétation X »."),
                );
            }
        }
    }

    /// A fact nobody reads; fields are exempt.
    fn unused_facts(&mut self) {
        for (at, (name, part)) in self.roots.clone().into_iter().enumerate() {
            let Some(fact) = self.build.program.facts.get(at) else { continue };
            let (information, span) = (fact.declared.information, fact.declared.span.unwrap_or(self.nowhere));
            if information || self.is_read(part) {
                continue;
            }
            self.report(
                Diagnostic::warning(Code::UnusedFact, span, format!("Aucune règle ne lit le fait « {name} »."))
                    .help("Retirez-le, ou dites qu'il n'est là que « pour information »."),
            );
        }
    }

    fn is_read(&self, part: Part) -> bool {
        match part {
            Part::Leaf(input) => self.read.contains(&input),
            Part::Record(record) => self.records.get(record).is_some_and(|record| {
                record.presence.is_some_and(|presence| self.read.contains(&presence))
                    || record.fields.iter().any(|(_, part)| self.is_read(*part))
            }),
            Part::List(list) => {
                let scope = self.build.list_scope(list);
                self.elements.get(list.0 as usize).copied().flatten().is_some_and(|part| self.is_read(part))
                    || self.build.program.scopes.iter().any(|made| made.list == Some(list) && !made.variable.is_empty())
                    || self
                        .build
                        .program
                        .nodes
                        .iter()
                        .any(|node| matches!(node, crate::program::Node::Reduce { from, .. } if *from == scope))
            }
        }
    }
}
