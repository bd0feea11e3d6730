//! The declared facts: the shape of a dossier and the leaves it is read into.

use super::id::{InputId, NodeId, ScopeId};
use super::rule::Basis;
use crate::source::Span;
use crate::syntax::ast::Unit;
use crate::value::{ListId, Type};

/// An enumeration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enumeration {
    /// Its name.
    pub name: String,
    /// Its cases, in source order (at most 64).
    pub cases: Vec<EnumCase>,
}

/// A case of an enumeration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnumCase {
    /// Its name.
    pub name: String,
    /// How people read it.
    pub label: String,
    /// `autre`: it keeps any unforeseen text.
    pub other: bool,
}

/// A named part of the facts: a fact, or a field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, as the ruleset spells it.
    pub name: String,
    /// How people read it.
    pub label: String,
    /// What it holds.
    pub shape: Shape,
    /// What was declared of it.
    pub declared: Declared,
}

impl Field {
    /// The part of the facts at a path, lists without index; none at the root.
    pub fn at<'f>(fields: &'f [Field], path: &[&str]) -> Option<&'f Field> {
        Self::along(fields, path).pop().filter(|_| !path.is_empty())
    }

    /// The parts of the facts on the way to a path, itself last, lists without index; none where there is no such part.
    pub fn along<'f>(fields: &'f [Field], path: &[&str]) -> Vec<&'f Field> {
        let (mut fields, mut found) = (fields, Vec::new());
        for name in path {
            let Some(field) = fields.iter().find(|field| field.name == *name) else { return Vec::new() };
            found.push(field);
            let mut shape = &field.shape;
            while let Shape::List { element, .. } = shape {
                shape = element;
            }
            fields = if let Shape::Record { fields, .. } = shape { fields } else { &[] };
        }
        found
    }
}

/// What was declared of a fact besides its shape.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// Who supplies it.
    pub supplier: Option<String>,
    /// It is an appreciation: a person must judge.
    pub assessed: bool,
    /// The clauses an appreciation comes from.
    pub basis: Basis,
    /// Kept for information: no rule need read it.
    pub information: bool,
    /// Where it is declared.
    pub span: Option<Span>,
}

/// What a part of the facts holds.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A scalar.
    Leaf(InputId),
    /// Named fields. Where the record is optional, an input of its own says whether it is there.
    Record {
        /// Its fields.
        fields: Vec<Field>,
        /// `oui/non` input: whether an optional record is there.
        presence: Option<InputId>,
    },
    /// A list: its elements live in the scope of the list.
    List {
        /// Which.
        list: ListId,
        /// The shape of an element.
        element: Box<Shape>,
    },
}

/// One list of the facts.
#[derive(Clone, Debug)]
pub struct List {
    /// Path from the root, names as the ruleset spells them, lists without index.
    pub path: Vec<String>,
    /// How people read it.
    pub label: String,
    /// How people read one element (the label of its record type, else of the list).
    pub element: String,
    /// The scope of its elements.
    pub scope: ScopeId,
    /// The field that names an element, where there is one.
    pub key: Option<InputId>,
    /// Who supplies it.
    pub supplier: Option<String>,
    /// The list may be left out and then counts as empty (`facultatif`).
    pub optional: bool,
    /// Where it is declared.
    pub span: Option<Span>,
}

/// What a leaf is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputRole {
    /// A datum.
    Datum,
    /// Whether an optional record is there.
    Presence,
}

/// One leaf of the facts.
#[derive(Clone, Debug)]
pub struct Input {
    /// Path from the root; names as the ruleset spells them, lists without index.
    pub path: Vec<String>,
    /// How people read it.
    pub label: String,
    /// Its type.
    pub ty: Type,
    /// Root, or the scope of the list it is in.
    pub scope: ScopeId,
    /// What it is for.
    pub role: InputRole,
    /// `facultatif`: may be known to be absent.
    pub optional: bool,
    /// The unit data and answers use, for durations.
    pub unit: Option<Unit>,
    /// Declared range, in the ordinals of its type.
    pub range: Option<(i64, i64)>,
    /// The node holding what was given, before presumption or derivation.
    pub given: NodeId,
    /// The node that rules read.
    pub node: NodeId,
    /// What was declared of it.
    pub declared: Declared,
}
