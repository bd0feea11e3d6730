//! Remedies that take the whole ruleset to find: the likeliest clause, a row for a forgotten case, which exception
//! prevails. Spelling is mended where it is found wrong.
//!
//! All of these decide something, or leave a name to be filled in (`…`) that the next check reports: none is safe.

mod yielding;

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Edit, Remedy, Safety};
use crate::program::{Basis, ClauseId, ClauseRole, NodeId, Program, UNTRANSCRIBED, fold};
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::ast::{
    ClauseItem, ExceptionItem, Expr, ExprKind, File, Item, Name, NormItem, Quoted, ValueBody, ValueItem,
};
use crate::syntax::{in_word, with_brackets};
use crate::value::Type;

/// What stands for a value that the author must write.
const HOLE: &str = "valeur_à_écrire";

/// Words shorter than this say little of what a passage is about.
const TELLING: usize = 4;

/// So many letters of a word are compared: French words vary at their end.
const STEM: usize = 6;

/// Adds to each diagnostic the remedies that its ruleset suggests.
pub fn propose(sources: &SourceMap, files: &[File], program: &Program, diagnostics: &mut [Diagnostic]) {
    let finder = Finder { sources, files, program };
    for diagnostic in diagnostics {
        let found = finder.remedies(diagnostic);
        diagnostic.remedies.extend(found);
    }
}

/// The sources that safe remedies change, as they then are, and how many remedies that took. Of remedies that touch
/// the same stretch the first is applied.
pub fn apply_safe(sources: &SourceMap, diagnostics: &[Diagnostic]) -> (Vec<(SourceId, String)>, usize) {
    let mut edits: Vec<&Edit> = Vec::new();
    let mut applied = 0;
    for diagnostic in diagnostics {
        let safe = diagnostic.remedies.iter().find(|remedy| remedy.safety == Safety::Safe);
        let Some(remedy) = safe else { continue };
        let free = |edit: &Edit| !edits.iter().any(|taken| touch(taken.span, edit.span));
        if remedy.edits.iter().all(free) {
            edits.extend(&remedy.edits);
            applied += 1;
        }
    }
    let changed = sources.iter().filter_map(|(id, source)| {
        let own: Vec<&Edit> = edits.iter().copied().filter(|edit| edit.span.source == id).collect();
        (!own.is_empty()).then(|| (id, edited(&source.text, &own)))
    });
    (changed.collect(), applied)
}

fn touch(a: Span, b: Span) -> bool {
    a.source == b.source && a.start <= b.end && b.start <= a.end
}

/// A text with its edits made; those that do not fall between characters are left out.
pub fn edited(text: &str, edits: &[&Edit]) -> String {
    let mut ordered = edits.to_vec();
    ordered.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in ordered {
        let range = edit.span.range();
        let Some(before) = text.get(at..range.start).filter(|_| text.is_char_boundary(range.end)) else { continue };
        out.push_str(before);
        out.push_str(&edit.replacement);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

struct Finder<'a> {
    sources: &'a SourceMap,
    files: &'a [File],
    program: &'a Program,
}

impl<'a> Finder<'a> {
    fn remedies(&self, diagnostic: &Diagnostic) -> Vec<Remedy> {
        let span = diagnostic.primary.span;
        match diagnostic.code {
            Code::MissingClause => self.clause(span).into_iter().collect(),
            Code::MissingCase => self.cases(span).into_iter().collect(),
            Code::UnusedClause => self.no_effect(span).into_iter().collect(),
            Code::UnusedFact => self.information(span).into_iter().collect(),
            Code::MaybeAbsent | Code::MaybeInapplicable => self.default(span).into_iter().collect(),
            Code::UnroundedDivision => self.roundings(span),
            Code::Gap => self.silence(span).into_iter().collect(),
            Code::Conflict => self.precedence(diagnostic),
            Code::UnitMismatch => self.units(diagnostic),
            Code::Syntax
            | Code::Unclosed
            | Code::TooDeep
            | Code::MixedLogic
            | Code::NotUtf8
            | Code::Header
            | Code::UnknownName
            | Code::DuplicateName
            | Code::CollidingName
            | Code::UnknownType
            | Code::CyclicType
            | Code::TypeMismatch
            | Code::OutOfRange
            | Code::UnknownCase
            | Code::CyclicValue
            | Code::Precedence
            | Code::UnknownClause
            | Code::QuotationNotFound
            | Code::QuotationAmbiguous
            | Code::QuotationOverlap
            | Code::TextNotCovered
            | Code::TextMissing
            | Code::Reading
            | Code::Example
            | Code::Limit
            | Code::NeverApplies
            | Code::NeverPrevails
            | Code::NoResult
            | Code::OneAnswer
            | Code::Misplaced => Vec::new(),
        }
    }

    fn items(&self) -> impl Iterator<Item = &'a Item> {
        self.files.iter().flat_map(|file| &file.items)
    }

    // ── A clause for a conclusion ────────────────────────────────────────────────────────────────────

    /// `selon` with the likeliest clause, where the item cites what it rests on.
    fn clause(&self, span: Span) -> Option<Remedy> {
        self.items().find_map(|item| match item {
            Item::Norm(norm) if holds(norm.span, span) => self.clause_of_norm(norm, span),
            Item::Value(value) if holds(value.span, span) => self.clause_of_value(value, span),
            Item::Notice(notice) if holds(notice.span, span) => {
                let about = words(&notice.name, notice.label.as_ref());
                self.cite(after_label(&notice.name, notice.label.as_ref()), "\n  ", &about)
            }
            Item::Decision(decision) if holds(decision.span, span) => {
                let about = words(&decision.name, decision.label.as_ref());
                let exemption = decision.exemptions.iter().find(|exemption| exemption.span == span);
                match exemption {
                    Some(exemption) => self.cite(exemption.name.span, " ", &words(&exemption.name, None)),
                    None => self.cite(after_label(&decision.name, decision.label.as_ref()), "\n  ", &about),
                }
            }
            Item::Norm(_)
            | Item::Value(_)
            | Item::Notice(_)
            | Item::Decision(_)
            | Item::Header(_)
            | Item::Clause(_)
            | Item::Heading(_)
            | Item::Noise(_)
            | Item::Reading(_)
            | Item::Outside(_)
            | Item::Type(_)
            | Item::Fact(_)
            | Item::Assessment(_)
            | Item::Incoherence(_)
            | Item::Example(_)
            | Item::Unreadable(_) => None,
        })
    }

    fn clause_of_norm(&self, norm: &NormItem, span: Span) -> Option<Remedy> {
        if let Some(exemption) = norm.exemptions.iter().find(|exemption| exemption.span == span) {
            return self.cite(exemption.name.span, " ", &words(&exemption.name, None));
        }
        let about = words(&norm.name, norm.label.as_ref());
        self.cite(after_label(&norm.name, norm.label.as_ref()), "\n  ", &about)
    }

    fn clause_of_value(&self, value: &ValueItem, span: Span) -> Option<Remedy> {
        if let Some(exception) = value.exceptions.iter().find(|exception| exception.span == span) {
            let after = exception.over.last().unwrap_or(&exception.name);
            return self.cite(after.span, " ", &words(&exception.name, value.label.as_ref()));
        }
        let about = words(&value.name, value.label.as_ref());
        match &value.body {
            ValueBody::Table(rows) => {
                let row = rows.iter().find(|row| row.span == span)?;
                self.cite(row.span, "  ", &format!("{about} {}", self.sources.text(row.span)))
            }
            ValueBody::Single { .. } => match value.exceptions.first() {
                Some(first) => {
                    let id = self.likeliest(&about)?;
                    let before = Span { end: first.span.start, ..first.span };
                    Some(Remedy::replace(before, format!("selon {id}\n  "), cited(&id)))
                }
                None if value.silence.is_none() => self.cite(value.span, "  ", &about),
                None => None,
            },
        }
    }

    fn cite(&self, after: Span, space: &str, about: &str) -> Option<Remedy> {
        let id = self.likeliest(about)?;
        Some(Remedy::after(after, format!("{space}selon {id}"), cited(&id)))
    }

    /// The clause a rule is likeliest to transcribe. Every clause is to be used, so one that no rule cites yet comes
    /// first if it shares a word with the rule or is the only one left; then the one with most words in common; then the
    /// first.
    fn likeliest(&self, about: &str) -> Option<String> {
        let wanted = stems(about);
        let cited = self.cited();
        let clauses = self
            .program
            .clauses
            .iter()
            .zip(0..)
            .filter(|(clause, _)| clause.role == ClauseRole::Statement && clause.no_effect.is_none());
        let scored: Vec<_> = clauses
            .map(|(clause, id)| {
                let common = stems(&clause.quote).intersection(&wanted).count();
                (clause, common, !cited.contains(&ClauseId(id)))
            })
            .collect();
        let alone = scored.iter().filter(|(_, _, free)| *free).count() == 1;
        let (best, common, free) = scored
            .into_iter()
            .rev()
            .max_by_key(|(_, common, free)| (*free && (alone || *common > 0), *common, *free))?;
        (common > 0 || free).then(|| best.id.clone())
    }

    fn cited(&self) -> BTreeSet<ClauseId> {
        let bases = |basis: &Basis| basis.clauses.clone();
        let rules = self.program.rules.iter();
        rules
            .flat_map(|rule| {
                let parts = rule.contents.iter().map(|content| &content.basis);
                let exempt = rule.exemptions.iter().map(|exemption| &exemption.basis);
                std::iter::once(&rule.basis).chain(parts).chain(exempt).flat_map(bases).collect::<Vec<_>>()
            })
            .collect()
    }

    // ── Cases, clauses and facts that nothing speaks of ──────────────────────────────────────────────

    /// A row for each case that a table forgets.
    fn cases(&self, span: Span) -> Option<Remedy> {
        let (conditions, last, consequence): (Vec<&Expr>, Span, String) = self.items().find_map(|item| {
            if let Item::Value(value) = item
                && value.name.span == span
                && let ValueBody::Table(rows) = &value.body
            {
                let conditions = rows.iter().map(|row| &row.condition).collect();
                return Some((conditions, rows.last()?.span, format!(" : {HOLE}  selon {}", self.hole_clause())));
            }
            if let Item::Decision(decision) = item
                && decision.name.span == span
            {
                let lines = &decision.requirements;
                let conditions = lines.iter().filter_map(|line| line.case.as_ref()).collect();
                return Some((conditions, lines.last()?.span, format!(" exige {HOLE}")));
            }
            None
        })?;
        let mut subject = None;
        let mut named: Vec<&str> = Vec::new();
        for condition in conditions {
            tested(condition, &mut subject, &mut named);
        }
        let holder = self.program.enumerations.iter().find(|enumeration| {
            !named.is_empty() && named.iter().all(|name| enumeration.cases.iter().any(|case| case.name == *name))
        })?;
        let subject = self.sources.text(subject?);
        let missing = holder.cases.iter().filter(|case| !named.contains(&case.name.as_str()));
        let rows: String = missing.map(|case| format!("\n  cas {subject} = {}{consequence}", case.name)).collect();
        (!rows.is_empty()).then(|| Remedy::after(last, rows, "Ajouter une ligne pour chaque cas oublié, à compléter"))
    }

    /// A clause to cite where the author will choose one.
    fn hole_clause(&self) -> String {
        self.likeliest("").unwrap_or_else(|| "clause-à-choisir".to_owned())
    }

    fn no_effect(&self, span: Span) -> Option<Remedy> {
        self.items().find_map(|item| match item {
            Item::Clause(clause) if clause.span == span && clause.no_effect.is_some() => self.has_effect(clause),
            Item::Clause(clause) if clause.span == span => {
                let addition = "\n  sans effet « à préciser »";
                Some(Remedy::after(span, addition, "Dire qu'elle est sans effet, et pourquoi"))
            }
            Item::Clause(_)
            | Item::Norm(_)
            | Item::Value(_)
            | Item::Notice(_)
            | Item::Decision(_)
            | Item::Header(_)
            | Item::Heading(_)
            | Item::Noise(_)
            | Item::Reading(_)
            | Item::Outside(_)
            | Item::Type(_)
            | Item::Fact(_)
            | Item::Assessment(_)
            | Item::Incoherence(_)
            | Item::Example(_)
            | Item::Unreadable(_) => None,
        })
    }

    /// A clause that rules cite has an effect; where it was only left to be transcribed, there is nothing to ask.
    fn has_effect(&self, clause: &ClauseItem) -> Option<Remedy> {
        let why = clause.no_effect.as_ref()?;
        let end = clause.place.as_ref().map_or(clause.passage.quote.span, |place| place.span);
        let between = self.sources.text(Span { start: end.end, end: why.span.start, ..why.span });
        let before = between.get(..between.rfind("sans")?)?;
        let start = end.end + u32::try_from(before.trim_end().len()).ok()?;
        let cut = Span { start, end: why.span.end, ..why.span };
        let cites = self.program.clauses.iter().zip(0..).find(|(known, _)| known.span == clause.span);
        let cited = cites.is_some_and(|(_, id)| self.cited().contains(&ClauseId(id)));
        let untranscribed = why.text == UNTRANSCRIBED;
        cited.then(|| Remedy::replace(cut, "", "Retirer « sans effet »").safe_if(untranscribed))
    }

    fn information(&self, span: Span) -> Option<Remedy> {
        self.items().find_map(|item| {
            let Item::Fact(fact) = item else { return None };
            let title = "Dire qu'il n'est là que pour information";
            (fact.name.span == span || fact.span == span)
                .then(|| Remedy::after(fact.ty.span, ", pour information", title))
        })
    }

    // ── Values ───────────────────────────────────────────────────────────────────────────────────────

    /// What stands for a value that is absent, where its type has something that means nothing.
    fn default(&self, span: Span) -> Option<Remedy> {
        // « à défaut » binds tighter than any operation.
        if !self.sources.text(span).chars().all(|c| in_word(c) || matches!(c, '.' | '\'' | '’')) {
            return None;
        }
        let node =
            (0..).map(NodeId).take(self.program.nodes.len()).find(|node| self.program.origin(*node) == Some(span))?;
        let nothing = match self.program.type_of(node) {
            Type::Truth => "non",
            Type::Integer | Type::Number => "0",
            Type::Duration => "0 jour",
            Type::Text => "\"\"",
            Type::Date | Type::Offset | Type::Period | Type::Days | Type::Case(_) | Type::Key(_) => return None,
        };
        let title = format!("Dire que « {nothing} » vaut à défaut");
        Some(Remedy::after(span, format!(" à défaut {nothing}"), title))
    }

    /// An expression with the brackets that its place leaves half out.
    fn whole(&self, span: Span) -> Option<Span> {
        let source = self.sources.get(span.source)?;
        Some(Span::new(span.source, with_brackets(&source.text, span.range())?))
    }

    /// The roundings of a division: to hundredths, and to the unit in each direction; a duration is counted in days.
    fn roundings(&self, span: Span) -> Vec<Remedy> {
        let Some(whole) = self.whole(span) else { return Vec::new() };
        let division = self.sources.text(whole);
        [
            ("2", "au centième"),
            ("0", "à l'unité la plus proche"),
            ("0, par_excès", "à l'unité par excès"),
            ("0, par_défaut", "à l'unité par défaut"),
        ]
        .into_iter()
        .map(|(how, said)| {
            Remedy::replace(
                whole,
                format!("arrondi({division}, {how})"),
                format!("Arrondir {said} : « arrondi(…, {how}) »"),
            )
        })
        .collect()
    }

    /// A gap that the author declares to be one of the text.
    fn silence(&self, span: Span) -> Option<Remedy> {
        let value = self.items().find_map(|item| {
            let Item::Value(value) = item else { return None };
            (value.name.span == span || value.span == span).then_some(value)
        })?;
        let addition = "\n  silence du texte « à préciser »";
        Some(Remedy::after(value.span, addition, "Déclarer que le texte n'en dit rien"))
    }

    /// What settles a conflict, one way and the other: `prime sur` between exceptions, a narrower row between rows.
    fn precedence(&self, diagnostic: &Diagnostic) -> Vec<Remedy> {
        let places: Vec<Span> =
            std::iter::once(&diagnostic.primary).chain(&diagnostic.others).map(|label| label.span).collect();
        let exception = |span: &Span| {
            self.items().find_map(|item| {
                let Item::Value(value) = item else { return None };
                value.exceptions.iter().find(|exception| exception.span == *span)
            })
        };
        let found: Vec<&ExceptionItem> = places.iter().filter_map(exception).collect();
        let (Some(one), Some(other)) = (found.first(), found.get(1)) else { return self.yielding(places) };
        [(one, other), (other, one)]
            .into_iter()
            .map(|(over, under)| {
                let (last, joint) = match over.over.last() {
                    Some(last) => (last, ", "),
                    None => (&over.name, " prime sur "),
                };
                let title = format!("Faire primer « {} » sur « {} »", over.name.text, under.name.text);
                Remedy::after(last.span, format!("{joint}{}", under.name.text), title)
            })
            .collect()
    }

    /// A number where a duration is meant.
    fn units(&self, diagnostic: &Diagnostic) -> Vec<Remedy> {
        let places = std::iter::once(&diagnostic.primary).chain(&diagnostic.others).map(|label| label.span);
        let number = |span: &Span| {
            let text = self.sources.text(*span);
            !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
        };
        let Some(span) = places.into_iter().find(number) else { return Vec::new() };
        let written = self.sources.text(span);
        let one = written == "1";
        [if one { "semaine" } else { "semaines" }, if one { "jour" } else { "jours" }]
            .into_iter()
            .map(|unit| Remedy::after(span, format!(" {unit}"), format!("Écrire « {written} {unit} »")))
            .collect()
    }
}

fn cited(id: &str) -> String {
    format!("Citer la clause « {id} », la plus vraisemblable")
}

fn holds(whole: Span, part: Span) -> bool {
    whole.source == part.source && whole.start <= part.start && part.end <= whole.end
}

fn after_label(name: &Name, label: Option<&Quoted>) -> Span {
    label.map_or(name.span, |label| label.span)
}

fn words(name: &Name, label: Option<&Quoted>) -> String {
    format!("{} {}", name.text.replace('_', " "), label.map_or("", |label| label.text.as_str()))
}

/// The beginnings of the words that say what a passage is about.
fn stems(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(fold)
        .filter(|word| word.chars().count() >= TELLING)
        .map(|word| word.chars().take(STEM).collect())
        .collect()
}

/// The subject that a condition compares and the cases it names.
fn tested<'e>(condition: &'e Expr, subject: &mut Option<Span>, named: &mut Vec<&'e str>) {
    let mut name = |expr: &'e Expr| {
        if let ExprKind::Name(name) = &expr.kind {
            named.push(name.text.as_str());
        }
    };
    if let ExprKind::Compare(_, left, right) = &condition.kind {
        subject.get_or_insert(left.span);
        name(right);
    } else if let ExprKind::Among(left, members) = &condition.kind {
        subject.get_or_insert(left.span);
        members.iter().for_each(name);
    } else if let ExprKind::Or(members) = &condition.kind {
        for member in members {
            tested(member, subject, named);
        }
    }
}
