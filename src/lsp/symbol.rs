//! What names stand for, and every place where one stands.

use std::collections::BTreeMap;

use crate::source::Span;

/// Something that has a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Symbol {
    /// A clause, a heading with an id, or an outside source.
    Clause(String),
    /// An interpretation.
    Reading(String),
    /// An enumeration or a record.
    Type(String),
    /// A case, of the enumeration of that name.
    Case(String, String),
    /// A field, of the record of that name; or one that a value `pour chaque` gives it.
    Field(String, String),
    /// A fact or an appreciation.
    Fact(String),
    /// A value, norm, decision, notice or incoherence.
    Rule(String),
    /// An exception or exemption, of the rule of that name.
    Part(String, String),
    /// A variable: where it is bound, and its name.
    Variable(Span, String),
}

impl Symbol {
    /// The name itself.
    pub(super) fn name(&self) -> &str {
        match self {
            Symbol::Clause(name)
            | Symbol::Reading(name)
            | Symbol::Type(name)
            | Symbol::Fact(name)
            | Symbol::Rule(name)
            | Symbol::Case(_, name)
            | Symbol::Field(_, name)
            | Symbol::Part(_, name)
            | Symbol::Variable(_, name) => name,
        }
    }

    /// Whether its name is an id, which may hold hyphens.
    pub(super) fn is_id(&self) -> bool {
        matches!(self, Symbol::Clause(_) | Symbol::Reading(_))
    }
}

/// What a place does with a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Use {
    /// It declares it.
    Declares,
    /// It refers to it.
    Refers,
}

/// A place where a name stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Occurrence {
    /// The name alone.
    pub(super) span: Span,
    /// What it stands for.
    pub(super) symbol: Symbol,
    /// Declared or referred to.
    pub(super) usage: Use,
}

/// What is declared under a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Declared {
    /// Its name, where it is declared.
    pub(super) name: Span,
    /// The whole of it: item, field, case, exception.
    pub(super) whole: Span,
    /// How people read it.
    pub(super) label: Option<String>,
    /// Its type as written, for facts, fields, values; what kind it is, for others.
    pub(super) kind: String,
}

/// The names of a ruleset.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// By place.
    pub(super) occurrences: Vec<Occurrence>,
    /// What each name was first declared as.
    pub(super) declared: BTreeMap<Symbol, Declared>,
}

impl Index {
    /// The name that stands at a place, its end included.
    pub(super) fn at(&self, place: Span) -> Option<&Occurrence> {
        let key = |occurrence: &Occurrence| (occurrence.span.source, occurrence.span.start);
        let after = self.occurrences.partition_point(|found| key(found) <= (place.source, place.start));
        let candidates = self.occurrences.get(after.saturating_sub(2)..after)?;
        let holds = |found: &&Occurrence| {
            found.span.source == place.source && found.span.start <= place.start && place.start <= found.span.end
        };
        candidates.iter().rev().find(holds)
    }

    /// Every place of a name.
    pub(super) fn of<'i>(&'i self, symbol: &'i Symbol) -> impl Iterator<Item = &'i Occurrence> {
        self.occurrences.iter().filter(move |found| found.symbol == *symbol)
    }

    /// Everything declared, by place.
    pub(super) fn by_place(&self) -> Vec<(&Symbol, &Declared)> {
        let mut all: Vec<(&Symbol, &Declared)> = self.declared.iter().collect();
        all.sort_by_key(|(_, declared)| (declared.whole, declared.name));
        all
    }
}
