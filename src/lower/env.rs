//! What names mean where an expression stands, and what has been shown there.

use crate::program::{Hop, InputId, NodeId, RuleId, ScopeId, Unit};
use crate::syntax::ast::Expr;
use crate::value::{ListId, Type};

/// A part of the facts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// A scalar.
    Leaf(InputId),
    /// A record, by its number among the records of the facts.
    Record(usize),
    /// A list.
    List(ListId),
}

/// A record of the facts.
#[derive(Clone, Debug)]
pub(super) struct RecordInfo {
    /// Its fields.
    pub(super) fields: Vec<(String, Part)>,
    /// Whether it is there, where it is optional.
    pub(super) presence: Option<InputId>,
    /// The list it is the element of.
    pub(super) list: Option<ListId>,
}

/// Where a part of the facts is found from an expression.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The scope it is seen from.
    pub(super) scope: ScopeId,
    /// From a row of that scope to the row that holds the part, or the reference.
    pub(super) hops: Vec<Hop>,
    /// Found by a reference: its node, and the list it refers to.
    pub(super) follow: Option<(NodeId, ListId)>,
    /// What must be shown before it is read: nodes with the hops to them.
    pub(super) requires: Vec<Guard>,
}

/// A node and the hops to it from the rows of the scope at hand.
pub(super) type Guard = (NodeId, Vec<Hop>);

/// A scalar expression.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    /// Its node, in the scope of the expression.
    pub(super) node: NodeId,
    /// Its type.
    pub(super) ty: Type,
    /// It may be absent.
    pub(super) optional: bool,
    /// It may be without object.
    pub(super) conditional: bool,
}

/// What `E pour s parmi L où c` stands for.
#[derive(Clone, Debug)]
pub(super) struct Collected<'a> {
    /// The scope around.
    pub(super) outer: ScopeId,
    /// The scope of the elements.
    pub(super) inner: ScopeId,
    /// Which elements count, in the inner scope.
    pub(super) filter: Option<NodeId>,
    /// The element, in the inner scope.
    pub(super) element: Box<Meaning<'a>>,
    /// What has been shown of each element.
    pub(super) guards: Vec<Guard>,
}

/// What an expression means.
#[derive(Clone, Debug)]
pub(super) enum Meaning<'a> {
    /// A scalar.
    Scalar(Scalar),
    /// A record of the facts.
    Record(usize, Place),
    /// A list of the facts.
    List(ListId, Place),
    /// A list made by an expression.
    Collected(Collected<'a>),
    /// A name for a list expression: read anew where it is used, with the names it was written among.
    Alias(&'a Expr, Vec<Variable<'a>>),
    /// A norm, by name.
    Norm(RuleId),
    /// Something wrong; a diagnostic speaks of it.
    Invalid,
}

/// A variable: its name, the scope its meaning holds in, and its meaning.
pub(super) type Variable<'a> = (String, ScopeId, Meaning<'a>);

/// The names in scope and what has been shown.
#[derive(Clone, Debug)]
pub(super) struct Env<'a> {
    /// The scope of the expression.
    pub(super) scope: ScopeId,
    /// Variables: innermost last. Their meaning holds in the scope given.
    pub(super) variables: Vec<Variable<'a>>,
    /// The fields of this record may be named alone (derivations within a record).
    pub(super) fields: Option<(usize, Place)>,
    /// `base`, inside an exception.
    pub(super) base: Option<Scalar>,
    /// Values shown to be there.
    pub(super) guards: Vec<Guard>,
    /// A value that may be without object needs a guard here; the words say where « here » is.
    pub(super) strict: Option<&'static str>,
}

impl<'a> Env<'a> {
    pub(super) fn root() -> Self {
        Self { scope: ScopeId::ROOT, variables: Vec::new(), fields: None, base: None, guards: Vec::new(), strict: None }
    }

    /// The same names seen from the rows of a scope so many levels further in.
    pub(super) fn within(&self, scope: ScopeId, levels: usize) -> Self {
        let deeper = |hops: &Vec<Hop>| std::iter::repeat_n(Hop::Parent, levels).chain(hops.iter().copied()).collect();
        Self { scope, guards: self.guards.iter().map(|(node, hops)| (*node, deeper(hops))).collect(), ..self.clone() }
    }

    pub(super) fn bind(&mut self, name: &str, meaning: Meaning<'a>) {
        self.variables.push((name.to_owned(), self.scope, meaning));
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Variable<'a>> {
        self.variables.iter().rev().find(|(bound, _, _)| bound == name)
    }

    pub(super) fn strictly(mut self, place: &'static str) -> Self {
        self.strict = Some(place);
        self
    }
}

/// The unit a type as written asks answers to be given in.
pub(super) fn unit_of(kind: &crate::syntax::ast::TypeKind) -> Option<Unit> {
    match kind {
        crate::syntax::ast::TypeKind::Duration(unit) => *unit,
        crate::syntax::ast::TypeKind::Truth
        | crate::syntax::ast::TypeKind::Integer(_)
        | crate::syntax::ast::TypeKind::Number(_)
        | crate::syntax::ast::TypeKind::Date
        | crate::syntax::ast::TypeKind::Period
        | crate::syntax::ast::TypeKind::Text
        | crate::syntax::ast::TypeKind::Named(_)
        | crate::syntax::ast::TypeKind::Reference(_)
        | crate::syntax::ast::TypeKind::List(_) => None,
    }
}
