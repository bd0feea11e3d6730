//! Rules and what they rest on.

use super::id::{ClauseId, InputId, NodeId, ReadingId, ScopeId};
use super::node::Hop;
use crate::source::Span;
use crate::syntax::ast::{NormKind, Unit};
use crate::value::Type;

/// What a conclusion rests on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Basis {
    /// Clauses, headings and outside sources, as written.
    pub clauses: Vec<ClauseId>,
    /// Interpretations, as written.
    pub readings: Vec<ReadingId>,
}

/// What a clause is in the official text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClauseRole {
    /// A statement of the text.
    Statement,
    /// A heading.
    Heading,
    /// Something outside the text (`source … hors texte`).
    Outside,
}

/// A place in the official text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfficialPlace {
    /// Which text of the program.
    pub text: usize,
    /// First line, from 1.
    pub line: usize,
    /// Last line.
    pub end_line: usize,
    /// The stretches covered, in bytes of the text.
    pub ranges: Vec<std::ops::Range<usize>>,
}

/// A clause of the official text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clause {
    /// Its id.
    pub id: String,
    /// Statement, heading, or outside the text.
    pub role: ClauseRole,
    /// Where people find it: « C, al. 1 ».
    pub at: Option<String>,
    /// The passage, verbatim; of an outside source, its label.
    pub quote: String,
    /// Where it stands; none for an outside source.
    pub place: Option<OfficialPlace>,
    /// `sans effet « … »`
    pub no_effect: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// Why a clause has no effect yet, in a ruleset just begun: `sans effet « à transcrire »`.
pub const UNTRANSCRIBED: &str = "à transcrire";

/// A declared reading of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Its id.
    pub id: String,
    /// What it says.
    pub label: String,
    /// Where it is declared.
    pub span: Span,
}

/// What a rule is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleKind {
    /// `valeur`
    Value,
    /// `obligation`, `interdiction`, `préférence`, `permission`
    Norm(NormKind),
    /// `décision`
    Decision,
    /// `signalement`
    Notice,
    /// `incohérence`
    Incoherence,
}

/// One part of a rule that has its own basis: a definition of a value, an item of a norm, a line of a
/// decision.
#[derive(Clone, PartialEq, Debug)]
pub struct Content {
    /// The name of an exception; empty for a base, a row or an item.
    pub name: String,
    /// What it rests on.
    pub basis: Basis,
    /// Its condition (definitions, decision lines).
    pub condition: Option<NodeId>,
    /// Its value or condition; a decision line has several.
    pub nodes: Vec<NodeId>,
    /// What the person is told when it fails.
    pub otherwise: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// `sauf NOM selon … si …` of a norm or decision.
#[derive(Clone, PartialEq, Debug)]
pub struct Exemption {
    /// Its name.
    pub name: String,
    /// What it rests on.
    pub basis: Basis,
    /// When it holds.
    pub condition: NodeId,
    /// Where it is written.
    pub span: Span,
}

/// What an incoherence sets aside.
#[derive(Clone, PartialEq, Debug)]
pub struct Discard {
    /// The leaf.
    pub input: InputId,
    /// From a row of the incoherence's scope to the row of the leaf.
    pub hops: Vec<Hop>,
    /// The leaf lies in an element found by reference: key sought and key of the elements.
    pub via: Option<(NodeId, NodeId)>,
    /// `compris entre A et B`: in the incoherence's scope; what is still known.
    pub bounds: Option<(NodeId, NodeId)>,
}

/// A rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// What it is.
    pub kind: RuleKind,
    /// Its name.
    pub name: String,
    /// How people read it.
    pub label: String,
    /// What it rests on as a whole.
    pub basis: Basis,
    /// Who bears it (`à la charge de`).
    pub bearer: Option<String>,
    /// The type of its answer.
    pub ty: Type,
    /// The unit its answer is given in, for durations.
    pub unit: Option<Unit>,
    /// The scope of its instances; root: one a dossier.
    pub scope: ScopeId,
    /// Of `pour chaque … où`: which rows of the scope are instances.
    pub filter: Option<NodeId>,
    /// Its answer for each instance.
    pub instance: NodeId,
    /// The same as it is answered, the filter among its conditions: without object where that keeps the row out. None
    /// where nothing is filtered.
    pub guarded: Option<NodeId>,
    /// Its answer for the dossier; the same as `instance` where the scope is the root, and of values
    /// `pour chaque` none.
    pub result: Option<NodeId>,
    /// `pour`, and what that rests on.
    pub applies: Option<(NodeId, Basis)>,
    /// Definitions (base or rows first, then exceptions), items, or decision lines.
    pub contents: Vec<Content>,
    /// `sauf` of a norm or decision.
    pub exemptions: Vec<Exemption>,
    /// What the person is told when it is not met.
    pub otherwise: Option<String>,
    /// `silence du texte`
    pub silence: Option<String>,
    /// What an incoherence sets aside.
    pub discards: Vec<Discard>,
    /// Where it is declared.
    pub span: Span,
}
