//! Names and fields: what each reaches from where it stands.

use super::Lowerer;
use super::env::{Env, Guard, Meaning, Part, Place, Scalar};
use super::names::{nearest, suggest, written};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{InputId, Node, NodeId, ScopeId};
use crate::syntax::ast::{Expr, Name};
use crate::value::{EnumId, Known, ListId, Op, Set, Type};

impl<'a> Lowerer<'a> {
    /// A name alone: a variable, a field at hand, a fact, a rule or a case.
    pub(super) fn name(&mut self, env: &Env<'a>, name: &'a Name, expected: Option<Type>) -> Meaning<'a> {
        if let Some((_, scope, meaning)) = env.variable(&name.text) {
            let (scope, meaning) = (*scope, meaning.clone());
            if let Meaning::Alias(expr, variables) = meaning {
                return self.expr(&Env { variables, ..env.clone() }, expr, expected);
            }
            return self.relocate(env, scope, meaning);
        }
        if name.text == "base"
            && let Some(base) = env.base.clone()
        {
            // Read from within a quantifier, it is the value outside.
            let scope = self.build.program.scope_of(base.node);
            return self.relocate(env, scope, Meaning::Scalar(base));
        }
        if let Some((record, place)) = &env.fields
            && let Some(part) = self.part_of(*record, &name.text)
        {
            let place = place.clone();
            return self.part(env, part, place);
        }
        // Where a case is expected its name prevails over a fact or rule that happens to share it.
        if let Some(ty @ Type::Case(_)) = expected
            && (self.is_case_of(&name.text, ty) || !self.is_named(&name.text))
        {
            return self.case(env, name, ty);
        }
        if let Some(part) = self.roots.iter().find(|(root, _)| *root == name.text).map(|(_, part)| *part) {
            let place = Place { scope: ScopeId::ROOT, hops: Vec::new(), follow: None, requires: Vec::new() };
            return self.part(env, part, place);
        }
        if let Some(entry) = self.by_name.get(&name.text).copied() {
            return self.rule_named(env, entry, name);
        }
        // A case alone resolves where only one enumeration has it.
        let mut owners = self.build.program.enumerations.iter().zip(0..).filter_map(|(enumeration, id)| {
            enumeration.cases.iter().any(|case| case.name == name.text).then_some(Type::Case(EnumId(id)))
        });
        let (owner, several) = (owners.next(), owners.next().is_some());
        match owner {
            Some(ty) if !several => self.case(env, name, ty),
            Some(_) => {
                self.report(
                    Diagnostic::error(
                        Code::UnknownCase,
                        name.span,
                        format!(
                            "« {} » est un cas de plusieurs énumérations : on ne sait pas laquelle est visée ici.",
                            name.text
                        ),
                    )
                    .help("Comparez-le à un fait : « voie = … »."),
                );
                Meaning::Invalid
            }
            None => {
                let near = self.nearest_name(env, &name.text);
                self.unknown(Code::UnknownName, name, "Rien ne s'appelle", near);
                Meaning::Invalid
            }
        }
    }

    fn is_case_of(&self, name: &str, ty: Type) -> bool {
        self.build.program.enumeration(ty).is_some_and(|found| found.cases.iter().any(|case| case.name == name))
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        self.roots.iter().any(|(root, _)| root == name) || self.by_name.contains_key(name)
    }

    fn nearest_name(&self, env: &Env<'a>, name: &str) -> Option<String> {
        let variables = env.variables.iter().map(|(name, _, _)| name.as_str());
        let roots = self.roots.iter().map(|(name, _)| name.as_str());
        let rules = self.by_name.keys().map(String::as_str);
        let cases = self.build.program.enumerations.iter().flat_map(|e| e.cases.iter().map(|case| case.name.as_str()));
        let fields = env.fields.iter().filter_map(|(record, _)| self.records.get(*record));
        let fields = fields.flat_map(|record| record.fields.iter().map(|(name, _)| name.as_str()));
        let known = variables.chain(fields).chain(roots).chain(rules).chain(cases);
        nearest(name, known).map(str::to_owned)
    }

    /// A case of an enumeration.
    fn case(&mut self, env: &Env<'a>, name: &Name, ty: Type) -> Meaning<'a> {
        let Some(enumeration) = self.build.program.enumeration(ty) else { return Meaning::Invalid };
        if let Some(at) = enumeration.cases.iter().position(|case| case.name == name.text) {
            let known = Known::of(Set::Cases(1u64.checked_shl(u32::try_from(at).unwrap_or(63)).unwrap_or(0)));
            return self.literal(env, known, ty, name.span);
        }
        let cases: Vec<String> = enumeration.cases.iter().map(|case| case.name.clone()).collect();
        let title = enumeration.name.clone();
        let mut diagnostic = Diagnostic::error(
            Code::UnknownCase,
            name.span,
            format!("« {} » n'est pas un cas de « {title} ».", name.text),
        );
        if let Some(near) = nearest(&name.text, cases.iter().map(String::as_str)) {
            diagnostic = suggest(diagnostic, name, near);
        }
        self.report(diagnostic.help(format!("Les cas sont : {}.", cases.join(", "))));
        Meaning::Invalid
    }

    /// The same meaning seen from a deeper scope.
    pub(super) fn relocate(&mut self, env: &Env<'a>, scope: ScopeId, meaning: Meaning<'a>) -> Meaning<'a> {
        match meaning {
            Meaning::Scalar(scalar) => {
                let up = self.build.up(env.scope, scope).unwrap_or_default();
                let node = self.build.lift(scalar.node, env.scope, &up);
                if scalar.conditional {
                    self.conditional.insert(node);
                }
                Meaning::Scalar(Scalar { node, ..scalar })
            }
            Meaning::Record(..)
            | Meaning::List(..)
            | Meaning::Collected(_)
            | Meaning::Alias(..)
            | Meaning::Norm(_)
            | Meaning::Invalid => meaning,
        }
    }

    /// The field of that name in a record.
    pub(super) fn part_of(&self, record: usize, name: &str) -> Option<Part> {
        let record = self.records.get(record)?;
        record.fields.iter().find(|(field, _)| field == name).map(|(_, part)| *part)
    }

    /// What a part of the facts means from here.
    pub(super) fn part(&mut self, env: &Env<'a>, part: Part, mut place: Place) -> Meaning<'a> {
        match part {
            Part::Leaf(input) => self.leaf_read(env, input, &place),
            Part::Record(record) => {
                if let Some(presence) = self.records.get(record).and_then(|record| record.presence) {
                    self.read.insert(presence);
                    let node = self.build.program.input(presence).map_or(NodeId(u32::MAX), |input| input.node);
                    let guard = self.guard_at(&place, node);
                    place.requires.push(guard);
                }
                Meaning::Record(record, place)
            }
            Part::List(list) => Meaning::List(list, place),
        }
    }

    pub(super) fn leaf_read(&mut self, env: &Env<'a>, input: InputId, place: &Place) -> Meaning<'a> {
        self.read.insert(input);
        let node = self.input_node(input);
        let Some(declared) = self.build.program.input(input) else { return Meaning::Invalid };
        let (ty, optional) = (declared.ty, declared.optional);
        let node = self.read_at(env, place, node);
        Meaning::Scalar(Scalar { node, ty, optional, conditional: false })
    }

    /// A node of the facts, read at a place.
    pub(super) fn read_at(&mut self, env: &Env<'a>, place: &Place, node: NodeId) -> NodeId {
        let up = self.build.up(env.scope, place.scope).unwrap_or_default();
        let hops: Vec<_> = up.iter().chain(&place.hops).copied().collect();
        let found = self.followed(place, node);
        self.build.lift(found, env.scope, &hops)
    }

    /// The node itself, or its value for the element a reference designates.
    fn followed(&mut self, place: &Place, node: NodeId) -> NodeId {
        let Some((reference, list)) = place.follow else { return node };
        let scope = self.build.program.scope_of(reference);
        let key = self.key_node(list);
        let (ty, origin) = (self.build.program.type_of(node), self.build.program.origin(node).unwrap_or(self.nowhere));
        self.build.node(scope, Node::Follow { list, reference, key, body: node }, ty, origin)
    }

    fn guard_at(&mut self, place: &Place, node: NodeId) -> Guard {
        let found = self.followed(place, node);
        (found, place.hops.clone())
    }

    /// The key of the elements of a list, in its own scope.
    pub(super) fn key_node(&mut self, list: ListId) -> NodeId {
        let key = self.build.program.list(list).and_then(|list| list.key);
        match key {
            Some(key) => {
                self.read.insert(key);
                self.build.program.input(key).map_or(NodeId(u32::MAX), |input| input.node)
            }
            None => {
                let scope = self.build.list_scope(list);
                self.build.node(scope, Node::Invalid, Type::Text, self.nowhere)
            }
        }
    }

    /// `objet.champ`
    pub(super) fn field_of(&mut self, env: &Env<'a>, object: &'a Expr, name: &'a Name) -> Meaning<'a> {
        match self.expr(env, object, None) {
            Meaning::Record(record, place) => {
                self.require(env, &place, &written(object), object.span);
                if let Some(part) = self.part_of(record, &name.text) {
                    return self.part(env, part, place);
                }
                if let Some(list) = self.records.get(record).and_then(|record| record.list)
                    && let Some(entry) = self.fields.get(&(list, name.text.clone())).copied()
                {
                    return self.derived_field(env, entry, name, &place);
                }
                self.unknown_field(record, name);
                Meaning::Invalid
            }
            Meaning::Scalar(scalar) => match scalar.ty {
                Type::Key(list) => self.dereference(env, &scalar, (list, object), name),
                Type::Period if name.text == "début" || name.text == "fin" => {
                    let op = if name.text == "début" { Op::PeriodStart } else { Op::PeriodEnd };
                    let period = self.present(env, scalar, object.span);
                    let node = self.build.apply(env.scope, (op, vec![period.node]), Type::Date, name.span);
                    self.scalar_meaning(node, Type::Date, &[period.node])
                }
                Type::Truth
                | Type::Integer
                | Type::Number
                | Type::Date
                | Type::Duration
                | Type::Offset
                | Type::Period
                | Type::Days
                | Type::Text
                | Type::Case(_) => {
                    let found = self.describe(scalar.ty);
                    self.report(
                        Diagnostic::error(
                            Code::UnknownName,
                            name.span,
                            format!("« {} » est {found} : cela n'a pas de champ « {} ».", written(object), name.text),
                        )
                        .help("Une période a les champs « début » et « fin »."),
                    );
                    Meaning::Invalid
                }
            },
            Meaning::List(..) | Meaning::Collected(_) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        name.span,
                        format!("« {} » est une liste : de quel élément veut-on « {} » ?", written(object), name.text),
                    )
                    .help(format!(
                        "Écrivez par exemple « il existe x parmi {} où x.{} … ».",
                        written(object),
                        name.text
                    )),
                );
                Meaning::Invalid
            }
            Meaning::Norm(_) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        name.span,
                        format!("« {} » est une norme : elle n'a pas de champ.", written(object)),
                    )
                    .help("On peut demander si elle « est respectée »."),
                );
                Meaning::Invalid
            }
            Meaning::Alias(..) | Meaning::Invalid => Meaning::Invalid,
        }
    }

    fn unknown_field(&mut self, record: usize, name: &Name) {
        let mut known: Vec<String> = Vec::new();
        if let Some(info) = self.records.get(record) {
            known.extend(info.fields.iter().map(|(name, _)| name.clone()));
            if let Some(list) = info.list {
                known.extend(self.fields.keys().filter(|(of, _)| *of == list).map(|(_, name)| name.clone()));
            }
        }
        let near = nearest(&name.text, known.iter().map(String::as_str)).map(str::to_owned);
        let mut diagnostic =
            Diagnostic::error(Code::UnknownName, name.span, format!("Il n'y a pas ici de champ « {} ».", name.text));
        if let Some(near) = near {
            diagnostic = suggest(diagnostic, name, &near);
        }
        self.report(diagnostic.help(format!("Les champs sont : {}.", known.join(", "))));
    }

    /// `s.convention.champ`: the field of the element designated.
    fn dereference(
        &mut self,
        env: &Env<'a>,
        reference: &Scalar,
        (list, object): (ListId, &'a Expr),
        name: &'a Name,
    ) -> Meaning<'a> {
        let Some(Part::Record(record)) = self.elements.get(list.0 as usize).copied().flatten() else {
            return Meaning::Invalid;
        };
        let place = self.place_of(env, reference.node, list);
        self.require(env, &place, &written(object), object.span);
        if let Some(part) = self.part_of(record, &name.text) {
            return self.part(env, part, place);
        }
        if let Some(entry) = self.fields.get(&(list, name.text.clone())).copied() {
            return self.derived_field(env, entry, name, &place);
        }
        self.unknown_field(record, name);
        Meaning::Invalid
    }

    /// Where the element designated by a reference is found.
    pub(super) fn place_of(&mut self, env: &Env<'a>, reference: NodeId, list: ListId) -> Place {
        let (base, hops) = self.build.base(reference);
        let resolves = self.resolves(base, list);
        Place { scope: env.scope, hops: hops.clone(), follow: Some((base, list)), requires: vec![(resolves, hops)] }
    }

    pub(super) fn resolves(&mut self, reference: NodeId, list: ListId) -> NodeId {
        let scope = self.build.program.scope_of(reference);
        let key = self.key_node(list);
        let origin = self.build.program.origin(reference).unwrap_or(self.nowhere);
        self.build.node(scope, Node::Resolves { list, reference, key }, Type::Truth, origin)
    }
}
