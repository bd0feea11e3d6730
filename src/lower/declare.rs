//! Types and facts: from declarations to the shape of a dossier and its leaves.

use super::Lowerer;
use super::env::{Part, RecordInfo, unit_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{
    Basis, Declared, EnumCase, Enumeration, Field, Input, InputId, InputRole, List, Node, Scope, ScopeId, ScopeKind,
    Shape, fold,
};
use crate::source::Span;
use crate::syntax::ast::{self, Name, TypeBody, TypeKind};
use crate::value::{EnumId, ListId, Type, french};

/// A declared type.
#[derive(Clone, Copy)]
pub(super) enum Declaration<'a> {
    Enumeration(EnumId),
    Record(&'a ast::TypeItem),
}

/// Where a declaration stands while facts are laid out.
#[derive(Clone)]
struct At {
    path: Vec<String>,
    scope: ScopeId,
    /// Records around, to refuse a type that holds itself.
    within: Vec<String>,
}

impl<'a> Lowerer<'a> {
    /// Declares enumerations and records; says which names collide.
    pub(super) fn declare_types(&mut self) {
        for item in self.items.types.clone() {
            if let Some(first) = self.types.get(&item.name.text).map(|(span, _)| *span) {
                self.report(duplicate(&item.name, first, "un type"));
                continue;
            }
            let declaration = match &item.body {
                TypeBody::Enumeration(cases) => {
                    let id = EnumId(u32::try_from(self.build.program.enumerations.len()).unwrap_or(u32::MAX));
                    let enumeration = self.enumeration(&item.name, cases);
                    self.build.program.enumerations.push(enumeration);
                    Declaration::Enumeration(id)
                }
                TypeBody::Record(fields) => {
                    self.check_collisions(fields.iter().map(|field| &field.name), "champs");
                    Declaration::Record(item)
                }
            };
            self.types.insert(item.name.text.clone(), (item.name.span, declaration));
        }
    }

    fn enumeration(&mut self, name: &Name, cases: &[ast::CaseItem]) -> Enumeration {
        self.check_collisions(cases.iter().map(|case| &case.name), "cas");
        if cases.len() > 64 {
            self.report(
                Diagnostic::error(Code::Limit, name.span, format!("L'énumération « {} » a plus de 64 cas.", name.text))
                    .help("Regroupez des cas, ou séparez l'énumération en deux."),
            );
        }
        Enumeration {
            name: name.text.clone(),
            cases: cases
                .iter()
                .take(64)
                .map(|case| EnumCase {
                    name: case.name.text.clone(),
                    label: case.label.as_ref().map_or_else(|| readable(&case.name.text), |label| label.text.clone()),
                    other: case.name.text == "autre",
                })
                .collect(),
        }
    }

    /// Two names that data could not tell apart are refused.
    pub(super) fn check_collisions<'n>(&mut self, names: impl Iterator<Item = &'n Name>, what: &str) {
        let mut seen: Vec<(String, &Name)> = Vec::new();
        for name in names {
            let folded = fold(&name.text);
            if let Some((_, first)) = seen.iter().find(|(other, _)| *other == folded) {
                let same = first.text == name.text;
                let code = if same { Code::DuplicateName } else { Code::CollidingName };
                let message = if same {
                    format!("« {} » est déclaré deux fois parmi ces {what}.", name.text)
                } else {
                    format!(
                        "Les {what} « {} » et « {} » ne se distinguent que par des accents, des majuscules ou des tirets : les données ne pourraient pas les séparer.",
                        first.text, name.text
                    )
                };
                self.report(
                    Diagnostic::error(code, name.span, message)
                        .other(first.span, "déclaré d'abord ici")
                        .help("Donnez à l'un des deux un autre nom."),
                );
            } else {
                seen.push((folded, name));
            }
        }
    }

    /// Lays out the facts and appreciations.
    pub(super) fn declare_facts(&mut self) {
        let items = self.items.facts.clone();
        self.check_collisions(items.iter().map(|item| item.name()), "faits");
        for item in items {
            let at = At { path: vec![item.name().text.clone()], scope: ScopeId::ROOT, within: Vec::new() };
            let (label, attributes, ty) = match item {
                super::FactLike::Fact(fact) => (fact.label.as_ref(), fact.attributes.clone(), fact.ty.clone()),
                super::FactLike::Assessment(item) => (
                    item.label.as_ref(),
                    ast::Attributes {
                        assessed: Some(item.span),
                        supplier: item.supplier.clone(),
                        basis: item.basis.clone(),
                        ..ast::Attributes::default()
                    },
                    ast::TypeExpr { kind: TypeKind::Truth, span: item.name.span },
                ),
            };
            let label = label.map_or_else(|| readable(&item.name().text), |label| label.text.clone());
            let (field, part) = self.field((item.name(), &ty), &attributes, label, &at);
            if let (Part::Leaf(leaf), super::FactLike::Fact(fact)) = (part, item) {
                if let Some(derived) = fact.attributes.derived.as_ref() {
                    self.derived.insert(leaf, (derived, true, None));
                } else if let Some(presumed) = fact.attributes.presumed.as_ref() {
                    self.derived.insert(leaf, (presumed, false, None));
                }
            }
            self.roots.push((field.name.clone(), part));
            self.build.program.facts.push(field);
        }
    }

    fn declared(&mut self, name: &Name, attributes: &ast::Attributes) -> Declared {
        // An appreciation without a clause is allowed where the ruleset, not the text, asks for it.
        Declared {
            supplier: attributes.supplier.as_ref().map(|quoted| quoted.text.clone()),
            assessed: attributes.assessed.is_some(),
            basis: if attributes.assessed.is_some() { self.basis(&attributes.basis) } else { Basis::default() },
            information: attributes.information.is_some(),
            span: Some(name.span),
        }
    }

    fn field(
        &mut self,
        (name, ty): (&Name, &ast::TypeExpr),
        attributes: &ast::Attributes,
        label: String,
        at: &At,
    ) -> (Field, Part) {
        let declared = self.declared(name, attributes);
        let (shape, part) = match &ty.kind {
            TypeKind::List(element) => self.list(name, element, (attributes, &label, &declared), at),
            TypeKind::Named(type_name) => match self.declaration(type_name) {
                Some(Declaration::Record(record)) => self.record((record, type_name.span), attributes, &label, at),
                Some(Declaration::Enumeration(id)) => {
                    self.single(Type::Case(id), ty, (attributes, &label, &declared), at)
                }
                None => self.single(Type::Text, ty, (attributes, &label, &declared), at),
            },
            TypeKind::Truth
            | TypeKind::Integer(_)
            | TypeKind::Number(_)
            | TypeKind::Date
            | TypeKind::Duration(_)
            | TypeKind::Period
            | TypeKind::Text
            | TypeKind::Reference(_) => {
                let scalar = self.scalar_type(ty);
                self.single(scalar, ty, (attributes, &label, &declared), at)
            }
        };
        if let (Some(span), false) = (attributes.key, matches!(part, Part::Leaf(_))) {
            self.report(
                Diagnostic::error(Code::Misplaced, span, "Seul un champ de texte peut servir de clé.")
                    .help("Retirez « clé » d'ici, ou déclarez un champ « id : texte, clé »."),
            );
        }
        (Field { name: name.text.clone(), label, shape, declared }, part)
    }

    /// The scalar type a type expression names; lists and records are not scalars.
    pub(super) fn scalar_type(&mut self, ty: &ast::TypeExpr) -> Type {
        match &ty.kind {
            TypeKind::Truth => Type::Truth,
            TypeKind::Integer(_) => Type::Integer,
            TypeKind::Number(_) => Type::Number,
            TypeKind::Date => Type::Date,
            TypeKind::Duration(_) => Type::Duration,
            TypeKind::Period => Type::Period,
            TypeKind::Text => Type::Text,
            // The list referred to is known once all facts are laid out.
            TypeKind::Reference(_) => Type::Key(ListId(u32::MAX)),
            TypeKind::Named(name) => match self.declaration(name) {
                Some(Declaration::Enumeration(id)) => Type::Case(id),
                Some(Declaration::Record(_)) | None => Type::Text,
            },
            TypeKind::List(_) => Type::Text,
        }
    }

    pub(super) fn declaration(&mut self, name: &Name) -> Option<Declaration<'a>> {
        if let Some((_, declaration)) = self.types.get(&name.text) {
            return Some(*declaration);
        }
        let known: Vec<String> = self.types.keys().cloned().collect();
        let mut diagnostic =
            Diagnostic::error(Code::UnknownType, name.span, format!("Aucun type ne s'appelle « {} ».", name.text));
        diagnostic = match super::names::nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => super::names::suggest(diagnostic, name, near),
            None => diagnostic.help(
                "Types de base : oui/non, entier, nombre, date, durée, période, texte, « liste de … », « réf … ». Les autres se déclarent par « type … est … ».",
            ),
        };
        self.report(diagnostic);
        None
    }

    fn list(
        &mut self,
        name: &Name,
        element: &ast::TypeExpr,
        (attributes, label, declared): (&ast::Attributes, &str, &Declared),
        at: &At,
    ) -> (Shape, Part) {
        let list = ListId(u32::try_from(self.build.program.lists.len()).unwrap_or(u32::MAX));
        let scope = self.build.scope(Scope {
            parent: at.scope,
            list: Some(list),
            kind: ScopeKind::Canonical,
            variable: String::new(),
        });
        self.build.program.lists.push(List {
            path: at.path.clone(),
            label: label.to_owned(),
            element: label.to_owned(),
            scope,
            key: None,
            supplier: declared.supplier.clone(),
            optional: attributes.optional.is_some(),
            span: Some(name.span),
        });
        self.elements.push(None);
        let inner = At { path: at.path.clone(), scope, within: at.within.clone() };
        let plain = ast::Attributes::default();
        let (shape, part) = match &element.kind {
            TypeKind::Named(type_name) => match self.declaration(type_name) {
                Some(Declaration::Record(record)) => {
                    let found = self.record((record, type_name.span), &plain, label, &inner);
                    if let (Part::Record(id), Some(entry)) =
                        (found.1, self.build.program.lists.get_mut(list.0 as usize))
                    {
                        entry.element = readable(&record.name.text);
                        if let Some(info) = self.records.get_mut(id) {
                            info.list = Some(list);
                        }
                    }
                    found
                }
                Some(Declaration::Enumeration(id)) => {
                    self.single(Type::Case(id), element, (&plain, label, declared), &inner)
                }
                None => self.single(Type::Text, element, (&plain, label, declared), &inner),
            },
            TypeKind::List(_) => {
                self.report(
                    Diagnostic::error(Code::Misplaced, element.span, "Une liste de listes n'est pas admise.")
                        .help("Faites de l'élément un type à champs, dont un champ est la liste intérieure."),
                );
                self.single(Type::Text, element, (&plain, label, declared), &inner)
            }
            TypeKind::Truth
            | TypeKind::Integer(_)
            | TypeKind::Number(_)
            | TypeKind::Date
            | TypeKind::Duration(_)
            | TypeKind::Period
            | TypeKind::Text
            | TypeKind::Reference(_) => {
                let scalar = self.scalar_type(element);
                self.single(scalar, element, (&plain, label, declared), &inner)
            }
        };
        if let Some(slot) = self.elements.get_mut(list.0 as usize) {
            *slot = Some(part);
        }
        (Shape::List { list, element: Box::new(shape) }, Part::List(list))
    }

    fn record(
        &mut self,
        (record, used): (&'a ast::TypeItem, Span),
        attributes: &ast::Attributes,
        label: &str,
        at: &At,
    ) -> (Shape, Part) {
        let TypeBody::Record(items) = &record.body else {
            return (Shape::Record { fields: Vec::new(), presence: None }, Part::Record(usize::MAX));
        };
        let id = self.records.len();
        self.records.push(RecordInfo { fields: Vec::new(), presence: None, list: None });
        if at.within.contains(&record.name.text) || at.within.len() > 32 {
            self.report(
                Diagnostic::error(
                    Code::CyclicType,
                    used,
                    format!("Le type « {} » se contient lui-même.", record.name.text),
                )
                .help(
                    "Un dossier doit avoir une forme finie : remplacez l'un des champs par une référence (« réf … »).",
                ),
            );
            return (Shape::Record { fields: Vec::new(), presence: None }, Part::Record(id));
        }
        let presence = attributes.optional.map(|span| {
            let declared = Declared { span: Some(span), ..Declared::default() };
            let path = at.path.clone();
            self.push_input(Input {
                path,
                label: label.to_owned(),
                ty: Type::Truth,
                scope: at.scope,
                role: InputRole::Presence,
                optional: false,
                unit: None,
                range: None,
                given: crate::program::NodeId(u32::MAX),
                node: crate::program::NodeId(u32::MAX),
                declared: Declared { supplier: attributes.supplier.as_ref().map(|q| q.text.clone()), ..declared },
            })
        });
        let mut within = at.within.clone();
        within.push(record.name.text.clone());
        let mut fields = Vec::new();
        let mut parts = Vec::new();
        for item in items {
            let mut path = at.path.clone();
            path.push(item.name.text.clone());
            let inner = At { path, scope: at.scope, within: within.clone() };
            let label = item.label.as_ref().map_or_else(|| readable(&item.name.text), |label| label.text.clone());
            let (field, part) = self.field((&item.name, &item.ty), &item.attributes, label, &inner);
            if item.attributes.key.is_some()
                && let Part::Leaf(leaf) = part
                && let Some(list) = self.build.program.lists.iter_mut().find(|list| list.scope == at.scope)
                && list.path == at.path
            {
                list.key = Some(leaf);
            }
            if let (Part::Leaf(leaf), Some(derived)) = (part, item.attributes.derived.as_ref()) {
                self.derived.insert(leaf, (derived, true, Some(id)));
            }
            if let (Part::Leaf(leaf), Some(presumed)) = (part, item.attributes.presumed.as_ref()) {
                self.derived.insert(leaf, (presumed, false, Some(id)));
            }
            parts.push((item.name.text.clone(), part));
            fields.push(field);
        }
        if let Some(info) = self.records.get_mut(id) {
            info.fields = parts;
            info.presence = presence;
        }
        (Shape::Record { fields, presence }, Part::Record(id))
    }

    /// A fact or an element that has no parts; a reference is remembered, to be resolved.
    fn single(
        &mut self,
        scalar: Type,
        ty: &ast::TypeExpr,
        described: (&ast::Attributes, &str, &Declared),
        at: &At,
    ) -> (Shape, Part) {
        let leaf = self.leaf(scalar, ty, described, at);
        if let TypeKind::Reference(path) = &ty.kind {
            self.references.push((leaf, path.clone()));
        }
        (Shape::Leaf(leaf), Part::Leaf(leaf))
    }

    fn leaf(
        &mut self,
        scalar: Type,
        ty: &ast::TypeExpr,
        (attributes, label, declared): (&ast::Attributes, &str, &Declared),
        at: &At,
    ) -> InputId {
        let range = match &ty.kind {
            TypeKind::Integer(range) | TypeKind::Number(range) => {
                range.map(|(low, high)| (low.millionths(), high.millionths()))
            }
            TypeKind::Truth
            | TypeKind::Date
            | TypeKind::Duration(_)
            | TypeKind::Period
            | TypeKind::Text
            | TypeKind::Named(_)
            | TypeKind::Reference(_)
            | TypeKind::List(_) => None,
        };
        if range.is_some_and(|(low, high)| low > high) {
            self.report(
                Diagnostic::error(Code::OutOfRange, ty.span, "La borne basse dépasse la borne haute.")
                    .help("Écrivez d'abord la plus petite : « entier de 1 à 2 »."),
            );
        }
        self.push_input(Input {
            path: at.path.clone(),
            label: label.to_owned(),
            ty: scalar,
            scope: at.scope,
            role: InputRole::Datum,
            optional: attributes.optional.is_some(),
            unit: unit_of(&ty.kind),
            range: range.filter(|(low, high)| low <= high),
            given: crate::program::NodeId(u32::MAX),
            node: crate::program::NodeId(u32::MAX),
            declared: declared.clone(),
        })
    }

    fn push_input(&mut self, mut input: Input) -> InputId {
        let id = InputId(u32::try_from(self.build.program.inputs.len()).unwrap_or(u32::MAX));
        let origin = input.declared.span.unwrap_or(self.nowhere);
        let node = self.build.node(input.scope, Node::Input(id), input.ty, origin);
        input.given = node;
        input.node = node;
        self.build.program.inputs.push(input);
        id
    }

    /// Finds the lists that references name, once all facts are laid out.
    pub(super) fn resolve_references(&mut self) {
        for (leaf, path) in std::mem::take(&mut self.references) {
            let names: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
            let found = self.build.program.lists.iter().position(|list| list.path == names);
            let span = path.first().zip(path.last()).map_or(self.nowhere, |(first, last)| first.span.to(last.span));
            let within = |at: usize| {
                let scope = self.build.program.lists.get(at).and_then(|list| self.build.program.scope(list.scope));
                scope.is_some_and(|scope| scope.parent != ScopeId::ROOT)
            };
            match found {
                Some(at) if within(at) => self.report(
                    Diagnostic::error(
                        Code::Misplaced,
                        span,
                        format!(
                            "« {} » est une liste dans une liste : sa clé ne dit pas de quel élément elle part.",
                            names.join(".")
                        ),
                    )
                    .help("Faites-en une liste du dossier, dont chaque élément dit à quoi il appartient."),
                ),
                Some(at) if self.build.program.lists.get(at).is_some_and(|list| list.key.is_some()) => {
                    let ty = Type::Key(ListId(u32::try_from(at).unwrap_or(u32::MAX)));
                    if let Some(input) = self.build.program.inputs.get_mut(leaf.0 as usize) {
                        input.ty = ty;
                        let node = input.given.0 as usize;
                        if let Some(slot) = self.build.program.types.get_mut(node) {
                            *slot = ty;
                        }
                    }
                }
                Some(at) => {
                    let declared = self.build.program.lists.get(at).and_then(|list| list.span);
                    let mut diagnostic = Diagnostic::error(
                        Code::TypeMismatch,
                        span,
                        format!("La liste « {} » n'a pas de clé : on ne peut pas y faire référence.", names.join(".")),
                    )
                    .help("Dans le type de ses éléments, marquez le champ qui les nomme : « id : texte, clé ».");
                    if let Some(declared) = declared {
                        diagnostic = diagnostic.other(declared, "la liste est déclarée ici");
                    }
                    self.report(diagnostic);
                }
                None => {
                    let known: Vec<String> = self.build.program.lists.iter().map(|list| list.path.join(".")).collect();
                    let mut diagnostic = Diagnostic::error(
                        Code::UnknownName,
                        span,
                        format!("Aucune liste de faits ne s'appelle « {} ».", names.join(".")),
                    );
                    if let Some(near) = super::names::nearest(&names.join("."), known.iter().map(String::as_str)) {
                        diagnostic = diagnostic.help(format!("Vouliez-vous écrire « réf {near} » ?"));
                    }
                    self.report(diagnostic);
                }
            }
        }
    }
}

/// A name made readable where no label is given.
pub(super) fn readable(name: &str) -> String {
    french::plain(name)
}

/// A name declared twice.
pub(super) fn duplicate(name: &Name, first: Span, what: &str) -> Diagnostic {
    Diagnostic::error(Code::DuplicateName, name.span, format!("« {} » est déjà le nom d'{what}.", name.text))
        .other(first, "déclaré d'abord ici")
        .help("Donnez à l'un des deux un autre nom.")
}
