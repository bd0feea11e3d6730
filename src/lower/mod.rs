//! Tree to program: names resolved, types and units checked, sugar removed, nodes in order.
//!
//! Everything wrong is reported and lowering goes on: a broken item never hides what is wrong in another.

mod names;
mod build;
mod env;
mod mismatch;
mod guard;
mod declare;
mod passage;
mod operand;
mod reach;
mod presume;
mod operation;
mod presence;
mod list;
mod call;
mod expr;
mod cases;
mod apart;
mod rule;
mod value;
mod norm;
mod order;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

pub use call::FUNCTIONS;

use build::Builder;
use declare::Declaration;
use env::{Part, RecordInfo};

use crate::diagnostic::{Code, Diagnostic, Remedy};
use crate::limit::Limits;
use crate::program::{Basis, ClauseId, InputId, NodeId, Program, ReadingId, Rule, RuleId, RuleKind};
use crate::source::{SourceId, Span};
use crate::syntax::ast::{self, Expr, Item, Name};
use crate::value::ListId;

/// An official text, as it stands beside the ruleset.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// Its file name, as the ruleset names it.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// Lowers parsed files. Diagnostics are unsorted; the program is usable only if none is an error.
pub fn lower(files: &[ast::File], texts: &[TextFile]) -> (Program, Vec<Diagnostic>) {
    lower_within(files, texts, &Limits::default())
}

/// The same, within limits.
pub fn lower_within(files: &[ast::File], texts: &[TextFile], limits: &Limits) -> (Program, Vec<Diagnostic>) {
    let mut lowerer = Lowerer::new(files, *limits);
    lowerer.header(texts);
    lowerer.passages(texts);
    lowerer.references_declared();
    lowerer.declare_types();
    lowerer.declare_facts();
    lowerer.resolve_references();
    lowerer.declare_rules();
    lowerer.presume_all();
    lowerer.lower_rules();
    lowerer.incoherences();
    lowerer.check_usage();
    (lowerer.build.program, lowerer.diagnostics)
}

/// A fact or an appreciation.
#[derive(Clone, Copy)]
enum FactLike<'a> {
    Fact(&'a ast::FactItem),
    Assessment(&'a ast::AssessmentItem),
}

impl<'a> FactLike<'a> {
    fn name(self) -> &'a Name {
        match self {
            FactLike::Fact(fact) => &fact.name,
            FactLike::Assessment(item) => &item.name,
        }
    }
}

/// A rule as written.
#[derive(Clone, Copy)]
enum RuleItem<'a> {
    Value(&'a ast::ValueItem),
    Norm(&'a ast::NormItem),
    Decision(&'a ast::DecisionItem),
    Notice(&'a ast::NoticeItem),
    Incoherence(&'a ast::IncoherenceItem),
}

impl<'a> RuleItem<'a> {
    fn name(self) -> &'a Name {
        match self {
            RuleItem::Value(item) => &item.name,
            RuleItem::Norm(item) => &item.name,
            RuleItem::Decision(item) => &item.name,
            RuleItem::Notice(item) => &item.name,
            RuleItem::Incoherence(item) => &item.name,
        }
    }
}

#[derive(Default)]
struct Items<'a> {
    headers: Vec<&'a ast::Header>,
    clauses: Vec<&'a ast::ClauseItem>,
    headings: Vec<&'a ast::HeadingItem>,
    noises: Vec<&'a ast::Passage>,
    readings: Vec<&'a ast::ReferenceItem>,
    outside: Vec<&'a ast::ReferenceItem>,
    types: Vec<&'a ast::TypeItem>,
    facts: Vec<FactLike<'a>>,
    rules: Vec<RuleItem<'a>>,
}

/// How far a rule is on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waiting,
    UnderWay,
    Done,
}

/// A rule that names may refer to.
struct Entry<'a> {
    item: RuleItem<'a>,
    progress: Progress,
    /// Its place in the program, once lowered. Values that stand for a list have none.
    rule: Option<RuleId>,
    /// It may be without object.
    conditional: bool,
}

/// How a fact is filled in: by what, whether derived, within which record.
type Presumption<'a> = (&'a Expr, bool, Option<usize>);

pub(crate) struct Lowerer<'a> {
    build: Builder,
    diagnostics: Vec<Diagnostic>,
    items: Items<'a>,
    nowhere: Span,
    /// Unreadable items: what they might have declared is not reported as unknown.
    unreadable: bool,
    types: BTreeMap<String, (Span, Declaration<'a>)>,
    /// Facts by name, in source order.
    roots: Vec<(String, Part)>,
    records: Vec<RecordInfo>,
    elements: Vec<Option<Part>>,
    references: Vec<(InputId, Vec<Name>)>,
    derived: BTreeMap<InputId, Presumption<'a>>,
    presuming: BTreeSet<InputId>,
    /// An incoherence is being lowered.
    cohering: bool,
    presumed: BTreeSet<InputId>,
    clauses: BTreeMap<String, ClauseId>,
    readings: BTreeMap<String, ReadingId>,
    entries: Vec<Entry<'a>>,
    by_name: BTreeMap<String, usize>,
    /// `valeur NOM pour chaque s parmi L`: fields of the elements of a list.
    fields: BTreeMap<(ListId, String), usize>,
    cited: BTreeSet<ClauseId>,
    used_readings: BTreeSet<ReadingId>,
    read: BTreeSet<InputId>,
    /// Nodes that may be without object.
    conditional: BTreeSet<NodeId>,
    limits: Limits,
    /// How deep the expression being lowered is in others, and in the values they read.
    depth: u64,
    /// How many expressions were lowered.
    lowered: u64,
}

impl<'a> Lowerer<'a> {
    fn new(files: &'a [ast::File], limits: Limits) -> Self {
        let mut items = Items::default();
        let mut unreadable = false;
        for item in files.iter().flat_map(|file| &file.items) {
            match item {
                Item::Header(header) => items.headers.push(header),
                Item::Clause(clause) => items.clauses.push(clause),
                Item::Heading(heading) => items.headings.push(heading),
                Item::Noise(noise) => items.noises.push(noise),
                Item::Reading(reading) => items.readings.push(reading),
                Item::Outside(outside) => items.outside.push(outside),
                Item::Type(item) => items.types.push(item),
                Item::Fact(fact) => items.facts.push(FactLike::Fact(fact)),
                Item::Assessment(item) => items.facts.push(FactLike::Assessment(item)),
                Item::Incoherence(item) => items.rules.push(RuleItem::Incoherence(item)),
                Item::Value(item) => items.rules.push(RuleItem::Value(item)),
                Item::Norm(item) => items.rules.push(RuleItem::Norm(item)),
                Item::Notice(item) => items.rules.push(RuleItem::Notice(item)),
                Item::Decision(item) => items.rules.push(RuleItem::Decision(item)),
                Item::Example(_) => {}
                Item::Unreadable(_) => unreadable = true,
            }
        }
        Self {
            build: Builder::new(),
            diagnostics: Vec::new(),
            items,
            nowhere: Span { source: SourceId(0), start: 0, end: 0 },
            unreadable,
            types: BTreeMap::new(),
            roots: Vec::new(),
            records: Vec::new(),
            elements: Vec::new(),
            references: Vec::new(),
            derived: BTreeMap::new(),
            presuming: BTreeSet::new(),
            cohering: false,
            presumed: BTreeSet::new(),
            clauses: BTreeMap::new(),
            readings: BTreeMap::new(),
            entries: Vec::new(),
            by_name: BTreeMap::new(),
            fields: BTreeMap::new(),
            cited: BTreeSet::new(),
            used_readings: BTreeSet::new(),
            read: BTreeSet::new(),
            conditional: BTreeSet::new(),
            limits,
            depth: 0,
            lowered: 0,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn header(&mut self, texts: &[TextFile]) {
        let headers = self.items.headers.clone();
        let Some(first) = headers.first() else {
            let names: String = texts.iter().map(|file| format!("\n  texte \"{}\"", file.name)).collect();
            let start = Span { end: self.nowhere.start, ..self.nowhere };
            let header = format!("règlement « titre à écrire »{names}\n\n");
            self.report(
                Diagnostic::error(Code::Header, self.nowhere, "Ce règlement n'a pas d'en-tête.")
                    .help("Commencez par « règlement « titre » », puis, à la ligne, « texte \"fichier.txt\" ».")
                    .remedy(Remedy::replace(start, header, "Ajouter l'en-tête, titre à écrire")),
            );
            return;
        };
        self.build.program.title = first.title.text.clone();
        for other in headers.iter().skip(1) {
            self.report(
                Diagnostic::error(Code::Header, other.span, "Un règlement n'a qu'un en-tête.")
                    .other(first.span, "le premier est ici")
                    .help("Retirez celui-ci.")
                    .remedy(Remedy::replace(other.span, "", "Retirer cet en-tête")),
            );
        }
        for text in &first.texts {
            if !texts.iter().any(|file| file.name == text.text) {
                self.report(
                    Diagnostic::error(
                        Code::TextMissing,
                        text.span,
                        format!("Le texte officiel « {} » ne se trouve pas à côté du règlement.", text.text),
                    )
                    .help("Placez le fichier dans le même dossier, ou corrigez son nom."),
                );
            }
        }
    }

    /// Resolves what a rule rests on.
    fn basis(&mut self, basis: &ast::Basis) -> Basis {
        let mut found = Basis::default();
        for name in &basis.clauses {
            match self.clauses.get(&name.text).copied() {
                Some(id) => {
                    self.cited.insert(id);
                    if !found.clauses.contains(&id) {
                        found.clauses.push(id);
                    }
                }
                None => {
                    let known = self.clauses.keys().map(String::as_str);
                    let near = names::nearest(&name.text, known).map(str::to_owned);
                    self.unknown(Code::UnknownClause, name, "Aucune clause ne s'appelle", near);
                }
            }
        }
        for name in &basis.readings {
            match self.readings.get(&name.text).copied() {
                Some(id) => {
                    self.used_readings.insert(id);
                    if !found.readings.contains(&id) {
                        found.readings.push(id);
                    }
                }
                None => {
                    let known = self.readings.keys().map(String::as_str);
                    let near = names::nearest(&name.text, known).map(str::to_owned);
                    self.unknown(Code::Reading, name, "Aucune interprétation ne s'appelle", near);
                }
            }
        }
        found
    }

    /// Reports a name nobody declared.
    fn unknown(&mut self, code: Code, name: &Name, message: &str, near: Option<String>) {
        let mut diagnostic = Diagnostic::error(code, name.span, format!("{message} « {} ».", name.text));
        diagnostic = match near {
            Some(near) => names::suggest(diagnostic, name, &near),
            None if self.unreadable => {
                diagnostic.help("Un élément illisible de ce règlement le déclare peut-être : corrigez-le d'abord.")
            }
            None => diagnostic.help("Déclarez-le, ou corrigez son nom."),
        };
        self.report(diagnostic);
    }

    fn references_declared(&mut self) {
        for item in self.items.readings.clone() {
            if self.readings.contains_key(&item.id.text) {
                self.report(
                    Diagnostic::error(
                        Code::DuplicateName,
                        item.id.span,
                        format!("L'interprétation « {} » est déclarée deux fois.", item.id.text),
                    )
                    .help("Gardez l'une des deux."),
                );
                continue;
            }
            let id = ReadingId(u32::try_from(self.build.program.readings.len()).unwrap_or(u32::MAX));
            self.readings.insert(item.id.text.clone(), id);
            self.build.program.readings.push(crate::program::Reading {
                id: item.id.text.clone(),
                label: item.label.text.clone(),
                span: item.span,
            });
        }
    }

    /// Adds a rule to the program, its place reserved before its nodes are made.
    fn reserve(&mut self, kind: RuleKind, name: &str, label: String, span: Span) -> RuleId {
        let id = RuleId(u32::try_from(self.build.program.rules.len()).unwrap_or(u32::MAX));
        self.build.program.rules.push(Rule {
            kind,
            name: name.to_owned(),
            label,
            basis: Basis::default(),
            bearer: None,
            ty: crate::value::Type::Truth,
            unit: None,
            scope: crate::program::ScopeId::ROOT,
            filter: None,
            instance: NodeId(u32::MAX),
            guarded: None,
            result: None,
            applies: None,
            contents: Vec::new(),
            exemptions: Vec::new(),
            otherwise: None,
            silence: None,
            discards: Vec::new(),
            span,
        });
        id
    }

    fn rule_mut(&mut self, id: RuleId) -> Option<&mut Rule> {
        self.build.program.rules.get_mut(id.0 as usize)
    }
}
