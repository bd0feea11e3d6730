//! Clauses, headings and noise found in the official text, to the letter; and the ledger.

use super::{Lowerer, TextFile};
use crate::diagnostic::{Code, Diagnostic, Remedy};
use crate::program::{Carried, Clause, ClauseId, ClauseRole, LedgerEntry, OfficialPlace, OfficialTextFile, fold};
use crate::source::Span;
use crate::syntax::ast;
use crate::text::{Matching, OfficialText, Place, Problem, Quote, Role, match_quotes};

/// One passage to find: what quotes it.
struct Sought<'a> {
    passage: &'a ast::Passage,
    role: Role,
    clause: Option<ClauseId>,
}

impl Lowerer<'_> {
    /// Declares clauses, citable headings and outside sources, finds every passage in its text, and draws
    /// the ledger.
    pub(super) fn passages(&mut self, texts: &[TextFile]) {
        let mut sought: Vec<Sought<'_>> = Vec::new();
        for item in self.items.clauses.clone() {
            let Some(id) = self.declare_clause(&item.id, item.span, ClauseRole::Statement) else { continue };
            if let Some(clause) = self.build.program.clauses.get_mut(id.0 as usize) {
                clause.at = item.place.as_ref().map(|place| place.text.clone());
                clause.no_effect = item.no_effect.as_ref().map(|why| why.text.clone());
                clause.quote = item.passage.quote.text.clone();
            }
            sought.push(Sought { passage: &item.passage, role: Role::Clause, clause: Some(id) });
        }
        for item in self.items.headings.clone() {
            let clause = item.id.as_ref().and_then(|id| self.declare_clause(id, item.span, ClauseRole::Heading));
            if let Some(clause) = clause.and_then(|id| self.build.program.clauses.get_mut(id.0 as usize)) {
                clause.quote = item.passage.quote.text.clone();
            }
            sought.push(Sought { passage: &item.passage, role: Role::Heading, clause });
        }
        for passage in self.items.noises.clone() {
            sought.push(Sought { passage, role: Role::Noise, clause: None });
        }
        for item in self.items.outside.clone() {
            if let Some(id) = self.declare_clause(&item.id, item.span, ClauseRole::Outside)
                && let Some(clause) = self.build.program.clauses.get_mut(id.0 as usize)
            {
                clause.quote = item.label.text.clone();
            }
        }
        self.find(&sought, texts);
    }

    fn declare_clause(&mut self, id: &ast::Name, span: Span, role: ClauseRole) -> Option<ClauseId> {
        if let Some(first) = self.clauses.get(&id.text).and_then(|first| self.build.program.clause(*first)) {
            let first = first.span;
            self.report(
                Diagnostic::error(
                    Code::DuplicateName,
                    id.span,
                    format!("La clause « {} » est déclarée deux fois.", id.text),
                )
                .other(first, "déclarée d'abord ici")
                .help("Donnez à l'une un autre nom, ou retirez-la."),
            );
            return None;
        }
        let made = ClauseId(u32::try_from(self.build.program.clauses.len()).unwrap_or(u32::MAX));
        self.clauses.insert(id.text.clone(), made);
        self.build.program.clauses.push(Clause {
            id: id.text.clone(),
            role,
            at: None,
            quote: String::new(),
            place: None,
            no_effect: None,
            span,
        });
        Some(made)
    }

    fn find(&mut self, sought: &[Sought<'_>], texts: &[TextFile]) {
        let wanted: Vec<String> =
            self.items.headers.iter().flat_map(|header| &header.texts).map(|text| text.text.clone()).collect();
        let files: Vec<&TextFile> =
            wanted.iter().filter_map(|name| texts.iter().find(|text| text.name == *name)).collect();
        let quotes: Vec<Quote<'_>> = sought
            .iter()
            .map(|sought| Quote {
                text: &sought.passage.quote.text,
                occurrence: sought.passage.occurrence,
                role: sought.role,
            })
            .collect();
        let officials: Vec<OfficialText> = files.iter().map(|file| OfficialText::new(&file.text)).collect();
        for (file, official) in files.iter().zip(&officials) {
            self.build.program.texts.push(OfficialTextFile {
                name: file.name.clone(),
                text: file.text.clone(),
                sha256: official.sha256(),
            });
        }
        // With several texts a passage belongs to the one that has it; each text is searched for the
        // passages that the ones before it lack.
        let mut places: Vec<Option<Result<(usize, Place), Problem>>> = sought.iter().map(|_| None).collect();
        let mut matchings: Vec<(Matching, Vec<usize>)> = Vec::new();
        for (at, official) in officials.iter().enumerate() {
            let open: Vec<usize> =
                (0..sought.len()).filter(|index| !matches!(places.get(*index), Some(Some(Ok(_))))).collect();
            let asked: Vec<Quote<'_>> = open.iter().filter_map(|index| quotes.get(*index)).map(copy).collect();
            let matching = match_quotes(official, &asked);
            for (index, found) in open.iter().zip(&matching.places) {
                if let Some(slot) = places.get_mut(*index) {
                    *slot = Some(found.clone().map(|place| (at, place)));
                }
            }
            matchings.push((matching, open));
        }
        self.settle(sought, &officials, places);
        self.draw(sought, &officials, &matchings);
    }

    fn settle(
        &mut self,
        sought: &[Sought<'_>],
        officials: &[OfficialText],
        places: Vec<Option<Result<(usize, Place), Problem>>>,
    ) {
        for (sought, found) in sought.iter().zip(places) {
            match found {
                None => {}
                Some(Ok((text, place))) => {
                    let quote = officials.get(text).map(|official| official.verbatim(&place)).unwrap_or_default();
                    if let Some(clause) = sought.clause.and_then(|id| self.build.program.clauses.get_mut(id.0 as usize))
                    {
                        clause.quote = quote;
                        clause.place = Some(OfficialPlace {
                            text,
                            line: place.start_line,
                            end_line: place.end_line,
                            ranges: place.ranges,
                        });
                    }
                }
                Some(Err(problem)) => self.not_found(sought, problem, officials),
            }
        }
    }

    fn not_found(&mut self, sought: &Sought<'_>, problem: Problem, officials: &[OfficialText]) {
        let quote = &sought.passage.quote;
        let line = |range: &std::ops::Range<usize>| {
            officials.first().map(|official| official.line_of(range.start)).unwrap_or_default()
        };
        let diagnostic = match problem {
            Problem::NotFound { nearest: Some(nearest) } => Diagnostic::error(
                Code::QuotationNotFound,
                quote.span,
                "Cette citation n'est pas, à la lettre, dans le texte officiel.",
            )
            .label(format!("écrit « {} » ; le texte porte « {} »", nearest.difference.0, nearest.difference.1))
            .help(format!("Le passage le plus proche (ligne {}) : « {} »", line(&nearest.range), nearest.text))
            .help("Recopiez le texte tel qu'il est, fautes comprises : on ne cite pas ce qu'il ne dit pas.")
            .remedy(as_the_text(quote, &nearest.text)),
            Problem::NotFound { nearest: None } => {
                Diagnostic::error(Code::QuotationNotFound, quote.span, "Cette citation n'est pas dans le texte officiel.")
                    .help("Recopiez le passage depuis le fichier du texte ; « … » peut y remplacer ce qui est entre deux.")
            }
            Problem::Ambiguous { places } => {
                let lines: Vec<String> = places.iter().map(|range| line(range).to_string()).collect();
                let mut diagnostic = Diagnostic::error(
                    Code::QuotationAmbiguous,
                    quote.span,
                    format!("Ce passage figure plusieurs fois dans le texte officiel (lignes {}).", lines.join(", ")),
                );
                for (rank, line) in (1..=OFFERED).zip(&lines) {
                    let title = format!("Dire que c'est celui de la ligne {line}");
                    diagnostic = diagnostic.remedy(Remedy::after(quote.span, format!(" ({rank})"), title));
                }
                diagnostic.help("Dites lequel : « (1) », « (2) » … après la citation ; ou citez-en davantage.")
            }
            Problem::NoSuchOccurrence { found } => Diagnostic::error(
                Code::QuotationNotFound,
                quote.span,
                format!("Ce passage ne figure que {found} fois dans le texte officiel."),
            )
            .help("Corrigez le numéro entre parenthèses ; on compte à partir de (1)."),
            Problem::Overlaps { range, .. } => Diagnostic::error(
                Code::QuotationOverlap,
                quote.span,
                format!("Ce passage (ligne {}) est déjà porté par une autre citation.", line(&range)),
            )
            .help("Chaque mot du texte est porté par une seule clause : coupez les citations là où l'une finit et l'autre commence."),
            Problem::Empty => Diagnostic::error(Code::QuotationNotFound, quote.span, "Cette citation est vide.")
                .help("Recopiez le passage du texte officiel."),
        };
        self.report(diagnostic);
    }

    /// A clause for a passage that nothing carries, after the clause that quotes what comes before it in the text.
    fn clause_for(&self, text: usize, start: usize, passage: &str) -> Option<Remedy> {
        let clauses = &self.build.program.clauses;
        let before = clauses
            .iter()
            .filter_map(|clause| {
                let place = clause.place.as_ref().filter(|place| place.text == text)?;
                let at = place.ranges.first().filter(|range| range.start < start)?.start;
                Some((at, clause))
            })
            .max_by_key(|(at, _)| *at);
        let after = match before {
            Some((_, clause)) => clause.span,
            None => self.items.headers.first()?.span,
        };
        let stem = before.map_or("C", |(_, clause)| clause.id.as_str());
        let id = (2..).map(|rank| format!("{stem}-{rank}")).find(|id| !self.clauses.contains_key(id))?;
        Some(Remedy::after(
            after,
            format!("\n\nclause {id}\n  « {passage} »"),
            format!("Ajouter une clause « {id} » qui le cite"),
        ))
    }

    fn draw(&mut self, sought: &[Sought<'_>], officials: &[OfficialText], matchings: &[(Matching, Vec<usize>)]) {
        for (text, (matching, asked)) in matchings.iter().enumerate() {
            for entry in &matching.ledger {
                let quote = entry.carrier.and_then(|carrier| asked.get(carrier)).and_then(|index| sought.get(*index));
                let carrier = match quote {
                    None => Carried::Nothing,
                    Some(Sought { role: Role::Noise, .. }) => Carried::Noise,
                    Some(Sought { clause: Some(id), .. }) => Carried::Clause(*id),
                    Some(Sought { role: Role::Clause | Role::Heading, clause: None, .. }) => Carried::Heading,
                };
                self.build.program.ledger.push(LedgerEntry { text, range: entry.range.clone(), carrier });
            }
            let reported: Vec<&std::ops::Range<usize>> = matching
                .places
                .iter()
                .filter_map(|place| match place {
                    Err(Problem::NotFound { nearest: Some(nearest) }) => Some(vec![&nearest.range]),
                    Err(Problem::Ambiguous { places }) => Some(places.iter().collect()),
                    Ok(_)
                    | Err(
                        Problem::NotFound { nearest: None }
                        | Problem::NoSuchOccurrence { .. }
                        | Problem::Overlaps { .. }
                        | Problem::Empty,
                    ) => None,
                })
                .flatten()
                .collect();
            for range in &matching.uncovered {
                if reported.iter().any(|near| near.start < range.end && range.start < near.end) {
                    continue;
                }
                let Some(official) = officials.get(text) else { continue };
                let passage =
                    official.text().get(range.clone()).unwrap_or_default().split_whitespace().collect::<Vec<_>>();
                let header = self.items.headers.first().and_then(|header| header.texts.get(text));
                let span = header.map_or(self.nowhere, |header| header.span);
                let remedy = self.clause_for(text, range.start, &passage.join(" "));
                let mut diagnostic =
                    Diagnostic::error(
                        Code::TextNotCovered,
                        span,
                        format!("Aucune clause ne porte ce passage du texte (ligne {}) : « {} »", official.line_of(range.start), passage.join(" ")),
                    )
                    .help("Citez-le dans une clause (au besoin « sans effet « pourquoi » »), un « titre » ou un « hors texte ».");
                diagnostic.remedies.extend(remedy);
                self.report(diagnostic);
            }
        }
    }
}

/// How many places of an ambiguous quotation are offered.
const OFFERED: usize = 4;

/// Quotes the text to the letter: without asking where the letters are the same but for accents, case and marks.
fn as_the_text(quote: &ast::Quoted, text: &str) -> Remedy {
    let letters = |words: &str| fold(&words.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
    let same = letters(&quote.text) == letters(text);
    Remedy::replace(quote.span, format!("« {text} »"), "Citer le texte tel qu'il est").safe_if(same)
}

fn copy<'q>(quote: &Quote<'q>) -> Quote<'q> {
    Quote { text: quote.text, occurrence: quote.occurrence, role: quote.role }
}
