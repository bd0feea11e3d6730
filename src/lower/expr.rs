//! Expressions: what each means, its type, and the node that computes it.

use super::Lowerer;
use super::env::{Env, Meaning, Part, Place, Scalar};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{InputId, Node, NodeId, ScopeId};
use crate::source::Span;
use crate::syntax::ast::{Aggregate, Arithmetic, Comparison, Expr, ExprKind, Name, State, Unit};
use crate::value::{Known, ListId, Number, Op, Range, Set, Truth, Type};

/// How deep values may rest on one another before lowering gives up.
const DEEPEST: usize = 400;

impl<'a> Lowerer<'a> {
    /// What an expression means where it stands. `expected` resolves the names of cases.
    pub(super) fn expr(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Meaning<'a> {
        self.depth += 1;
        let meaning = if self.depth > DEEPEST {
            self.report(
                Diagnostic::error(
                    Code::TooDeep,
                    expr.span,
                    "Ces valeurs reposent les unes sur les autres trop profondément.",
                )
                .help("Abrégez la chaîne : une valeur peut s'appuyer directement sur les faits."),
            );
            Meaning::Invalid
        } else {
            self.expr_within(env, expr, expected)
        };
        self.depth -= 1;
        meaning
    }

    fn expr_within(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Meaning<'a> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Truth(holds) => self.literal(env, Known::truth(Truth::of(*holds)), Type::Truth, span),
            ExprKind::Number(number) => {
                let ty = if number.is_integer() { Type::Integer } else { Type::Number };
                self.literal(env, Known::number(*number), ty, span)
            }
            ExprKind::Quantity(number, unit) => self.quantity(env, *number, *unit, span),
            ExprKind::Date(day) => self.literal(env, Known::day(*day), Type::Date, span),
            ExprKind::Text(text) => self.literal(env, Known::text(text), Type::Text, span),
            ExprKind::Name(name) => self.name(env, name, expected),
            ExprKind::Field(object, name) => self.field_of(env, object, name),
            ExprKind::Not(operand) => {
                let inner = self.condition(env, operand);
                self.truth(env, Node::Not(inner), span, &[inner])
            }
            ExprKind::And(operands) => {
                let (nodes, _) = self.conjunction(env, operands.iter());
                let node = self.build.node(env.scope, Node::And(nodes.clone()), Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &nodes)
            }
            ExprKind::Or(operands) => {
                let mut inner = env.clone().strictly("un « ou »");
                let mut nodes = Vec::new();
                for operand in operands {
                    let node = self.condition(&inner, operand);
                    inner.guards.extend(self.shown(node, false));
                    nodes.push(node);
                }
                let node = self.build.node(env.scope, Node::Or(nodes.clone()), Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &nodes)
            }
            ExprKind::Compare(comparison, left, right) => self.comparison(env, *comparison, (left, right), span),
            ExprKind::Arithmetic(operation, left, right) => self.arithmetic(env, *operation, (left, right), span),
            ExprKind::Negate(operand) => {
                let Some(scalar) = self.operand(env, operand, expected) else { return Meaning::Invalid };
                if !(scalar.ty.is_numeric() || matches!(scalar.ty, Type::Duration | Type::Offset)) {
                    self.mismatch(operand.span, "un nombre ou une durée", scalar.ty);
                    return Meaning::Invalid;
                }
                let node = self.build.apply(env.scope, Op::Negate, vec![scalar.node], scalar.ty, span);
                self.scalar_meaning(node, scalar.ty, &[scalar.node])
            }
            ExprKind::Among(value, others) => self.among(env, value, others, span),
            ExprKind::In(value, list) => self.membership(env, value, list, span),
            ExprKind::Between(value, low, high) => {
                let above = self.comparison(env, Comparison::AtLeast, (value, low), span);
                let below = self.comparison(env, Comparison::AtMost, (value, high), span);
                match (above, below) {
                    (Meaning::Scalar(above), Meaning::Scalar(below)) => {
                        let nodes = vec![above.node, below.node];
                        let node = self.build.node(env.scope, Node::And(nodes.clone()), Type::Truth, span);
                        self.scalar_meaning(node, Type::Truth, &nodes)
                    }
                    (_, _) => Meaning::Invalid,
                }
            }
            ExprKind::If(condition, yes, no) => self.conditional(env, (condition, yes, no), expected, span),
            ExprKind::Default(value, otherwise) => self.default(env, value, otherwise, expected, span),
            ExprKind::Is(value, state) => self.state(env, value, *state, span),
            ExprKind::Call(name, arguments) => self.call(env, name, arguments, expected, span),
            ExprKind::Interval(start, end) => {
                let start = self.typed(env, start, Type::Date);
                let end = self.typed(env, end, Type::Date);
                let (Some(start), Some(end)) = (start, end) else { return Meaning::Invalid };
                let nodes = vec![start.node, end.node];
                let node = self.build.apply(env.scope, Op::MakePeriod, nodes.clone(), Type::Period, span);
                self.scalar_meaning(node, Type::Period, &nodes)
            }
            ExprKind::Aggregate(kind, body, generators) => {
                self.aggregate(env, *kind, body.as_deref(), generators, span)
            }
            ExprKind::List(_) | ExprKind::Record(_) | ExprKind::Unknown | ExprKind::Absent => {
                self.report(
                    Diagnostic::error(Code::Misplaced, span, "Cette écriture n'a de sens que dans un exemple.")
                        .help("Pour comparer à plusieurs valeurs, écrivez « x dans (a, b) »."),
                );
                Meaning::Invalid
            }
            ExprKind::Invalid => Meaning::Invalid,
        }
    }

    fn literal(&mut self, env: &Env<'a>, known: Known, ty: Type, span: Span) -> Meaning<'a> {
        let node = self.build.constant(env.scope, known, ty, span);
        Meaning::Scalar(Scalar { node, ty, optional: false, conditional: false })
    }

    fn quantity(&mut self, env: &Env<'a>, number: Number, unit: Unit, span: Span) -> Meaning<'a> {
        let scaled = |factor: i64| number.millionths().checked_mul(factor);
        let (millionths, ty) = match unit {
            Unit::Days => (scaled(1), Type::Duration),
            Unit::Weeks => (scaled(7), Type::Duration),
            Unit::Months => (number.to_integer(), Type::Offset),
            Unit::Years => (number.to_integer().and_then(|years| years.checked_mul(12)), Type::Offset),
        };
        let Some(value) = millionths else {
            let message = match ty {
                Type::Offset => "Un nombre de mois ou d'années est entier.",
                Type::Truth
                | Type::Integer
                | Type::Number
                | Type::Date
                | Type::Duration
                | Type::Period
                | Type::Days
                | Type::Text
                | Type::Case(_)
                | Type::Key(_) => "Cette durée est trop grande.",
            };
            self.report(Diagnostic::error(Code::OutOfRange, span, message).help("Corrigez le nombre."));
            return Meaning::Invalid;
        };
        self.literal(env, Known::range(Range::exactly(value)), ty, span)
    }

    /// A condition's node and whether one of its operands may be without object.
    fn truth(&mut self, env: &Env<'a>, node: Node, span: Span, operands: &[NodeId]) -> Meaning<'a> {
        let node = self.build.node(env.scope, node, Type::Truth, span);
        self.scalar_meaning(node, Type::Truth, operands)
    }

    /// A scalar computed from operands: it may be without object where one of them may.
    pub(super) fn scalar_meaning(&mut self, node: NodeId, ty: Type, operands: &[NodeId]) -> Meaning<'a> {
        let conditional = operands.iter().any(|operand| self.conditional.contains(operand));
        if conditional {
            self.conditional.insert(node);
        }
        Meaning::Scalar(Scalar { node, ty, optional: false, conditional })
    }

    /// The members of an `et`, each seen with what those before it show; and all they show together.
    pub(super) fn conjunction(
        &mut self,
        env: &Env<'a>,
        operands: impl Iterator<Item = &'a Expr>,
    ) -> (Vec<NodeId>, Env<'a>) {
        let mut inner = env.clone();
        let mut nodes = Vec::new();
        for operand in operands {
            let node = self.condition(&inner, operand);
            inner.guards.extend(self.shown(node, true));
            nodes.push(node);
        }
        (nodes, inner)
    }

    /// A name alone: a variable, a field at hand, a fact, a rule or a case.
    fn name(&mut self, env: &Env<'a>, name: &'a Name, expected: Option<Type>) -> Meaning<'a> {
        if let Some((_, scope, meaning)) = env.variable(&name.text) {
            let (scope, meaning) = (*scope, meaning.clone());
            if let Meaning::Alias(expr, variables) = meaning {
                return self.expr(&Env { variables, ..env.clone() }, expr, expected);
            }
            return self.relocate(env, scope, meaning);
        }
        if name.text == "base"
            && let Some(base) = &env.base
        {
            return Meaning::Scalar(base.clone());
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
            enumeration.cases.iter().any(|case| case.name == name.text).then_some(Type::Case(crate::value::EnumId(id)))
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

    fn is_named(&self, name: &str) -> bool {
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
        super::names::nearest(name, known).map(str::to_owned)
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
        if let Some(near) = super::names::nearest(&name.text, cases.iter().map(String::as_str)) {
            diagnostic = diagnostic.help(format!("Vouliez-vous écrire « {near} » ?"));
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

    fn leaf_read(&mut self, env: &Env<'a>, input: InputId, place: &Place) -> Meaning<'a> {
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

    fn guard_at(&mut self, place: &Place, node: NodeId) -> super::env::Guard {
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
    fn field_of(&mut self, env: &Env<'a>, object: &'a Expr, name: &'a Name) -> Meaning<'a> {
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
                    let node = self.build.apply(env.scope, op, vec![period.node], Type::Date, name.span);
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
        let near = super::names::nearest(&name.text, known.iter().map(String::as_str)).map(str::to_owned);
        let mut diagnostic =
            Diagnostic::error(Code::UnknownName, name.span, format!("Il n'y a pas ici de champ « {} ».", name.text));
        if let Some(near) = near {
            diagnostic = diagnostic.help(format!("Vouliez-vous écrire « {near} » ?"));
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

    fn resolves(&mut self, reference: NodeId, list: ListId) -> NodeId {
        let scope = self.build.program.scope_of(reference);
        let key = self.key_node(list);
        let origin = self.build.program.origin(reference).unwrap_or(self.nowhere);
        self.build.node(scope, Node::Resolves { list, reference, key }, Type::Truth, origin)
    }

    /// A condition's node; something else is reported.
    pub(super) fn condition(&mut self, env: &Env<'a>, expr: &'a Expr) -> NodeId {
        match self.operand(env, expr, Some(Type::Truth)) {
            Some(scalar) if scalar.ty == Type::Truth => scalar.node,
            Some(scalar) => {
                self.mismatch(expr.span, "une condition (oui ou non)", scalar.ty);
                self.build.node(env.scope, Node::Invalid, Type::Truth, expr.span)
            }
            None => self.build.node(env.scope, Node::Invalid, Type::Truth, expr.span),
        }
    }

    /// A scalar of that type; something else is reported.
    pub(super) fn typed(&mut self, env: &Env<'a>, expr: &'a Expr, ty: Type) -> Option<Scalar> {
        let scalar = self.operand(env, expr, Some(ty))?;
        if scalar.ty == ty || (ty == Type::Number && scalar.ty == Type::Integer) {
            return Some(scalar);
        }
        let wanted = self.describe(ty);
        self.mismatch(expr.span, &wanted, scalar.ty);
        None
    }

    /// A scalar that is there: read where it may be absent or, where a guard is required, without object,
    /// it is reported.
    pub(super) fn operand(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Option<Scalar> {
        let scalar = self.scalar(env, expr, expected)?;
        let optional = scalar.optional && !self.is_shown(env, scalar.node);
        if optional {
            let what = written(expr);
            self.report(
                Diagnostic::error(
                    Code::MaybeAbsent,
                    expr.span,
                    format!("« {what} » est facultatif : il peut être absent ici."),
                )
                .help(format!("Dites ce qui vaut alors : « {what} à défaut … »."))
                .help(format!("Ou vérifiez d'abord : « {what} est renseigné et … ».")),
            );
        }
        let strict = env.strict.filter(|_| scalar.conditional && !self.is_shown(env, scalar.node));
        if let Some(place) = strict {
            let what = written(expr);
            self.report(
                Diagnostic::error(
                    Code::MaybeInapplicable,
                    expr.span,
                    format!("« {what} » peut être sans objet, et {place} ne dit pas ce qui vaut alors."),
                )
                .help(format!("Vérifiez d'abord : « {what} est applicable et … »."))
                .help(format!("Ou dites ce qui vaut alors : « {what} à défaut … ».")),
            );
        }
        if optional || strict.is_some() {
            // Said once: what is computed from it is not reported again.
            return Some(self.guarded(env, scalar, expr.span));
        }
        Some(self.present(env, scalar, expr.span))
    }

    fn guarded(&mut self, env: &Env<'a>, scalar: Scalar, span: Span) -> Scalar {
        let node = self.build.apply(env.scope, Op::Guarded, vec![scalar.node], scalar.ty, span);
        Scalar { node, optional: false, conditional: false, ..scalar }
    }

    /// The scalar, read as certainly there where that has been shown.
    fn present(&mut self, env: &Env<'a>, scalar: Scalar, span: Span) -> Scalar {
        if (scalar.optional || scalar.conditional) && self.is_shown(env, scalar.node) {
            return self.guarded(env, scalar, span);
        }
        scalar
    }

    /// A scalar expression, present or not; something else is reported.
    pub(super) fn scalar(&mut self, env: &Env<'a>, expr: &'a Expr, expected: Option<Type>) -> Option<Scalar> {
        match self.expr(env, expr, expected) {
            Meaning::Scalar(scalar) => Some(scalar),
            Meaning::Record(record, place) => {
                // A record with a first and a last day may stand for a period.
                let period = self.period_of(env, record, &place, expr);
                if period.is_none() {
                    self.report(
                        Diagnostic::error(
                            Code::TypeMismatch,
                            expr.span,
                            format!("« {} » a plusieurs champs : lequel est visé ?", written(expr)),
                        )
                        .help("Nommez le champ : « x.champ »."),
                    );
                }
                period
            }
            Meaning::List(..) | Meaning::Collected(_) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        expr.span,
                        format!("« {} » est une liste, et une seule valeur est attendue ici.", written(expr)),
                    )
                    .help("Comptez ses éléments (« nombre de … »), ou cherchez-en un (« il existe … »)."),
                );
                None
            }
            Meaning::Norm(_) => {
                self.report(
                    Diagnostic::error(
                        Code::TypeMismatch,
                        expr.span,
                        format!("« {} » est une norme : ce n'est pas une condition.", written(expr)),
                    )
                    .help(format!("Écrivez « {} est respectée » (non si elle est sans objet).", written(expr))),
                );
                None
            }
            Meaning::Alias(..) | Meaning::Invalid => None,
        }
    }

    /// The period a record stands for: its fields `début` and `fin`.
    pub(super) fn period_of(&mut self, env: &Env<'a>, record: usize, place: &Place, expr: &Expr) -> Option<Scalar> {
        let start = self.part_of(record, "début")?;
        let end = self.part_of(record, "fin")?;
        let (Part::Leaf(start), Part::Leaf(end)) = (start, end) else { return None };
        self.require(env, place, &written(expr), expr.span);
        let start = self.leaf_read(env, start, place);
        let end = self.leaf_read(env, end, place);
        let (Meaning::Scalar(start), Meaning::Scalar(end)) = (start, end) else { return None };
        if start.ty != Type::Date || end.ty != Type::Date {
            return None;
        }
        let node = self.build.apply(env.scope, Op::MakePeriod, vec![start.node, end.node], Type::Period, expr.span);
        Some(Scalar { node, ty: Type::Period, optional: false, conditional: false })
    }

    fn conditional(
        &mut self,
        env: &Env<'a>,
        (condition, yes, no): (&'a Expr, &'a Expr, &'a Expr),
        expected: Option<Type>,
        span: Span,
    ) -> Meaning<'a> {
        let tested = self.condition(env, condition);
        let mut then = env.clone();
        then.guards.extend(self.shown(tested, true));
        let mut otherwise = env.clone();
        otherwise.guards.extend(self.shown(tested, false));
        let (yes_scalar, no_scalar) = (self.operand(&then, yes, expected), self.operand(&otherwise, no, expected));
        let (Some(yes_scalar), Some(no_scalar)) = (yes_scalar, no_scalar) else { return Meaning::Invalid };
        let Some(ty) = common(yes_scalar.ty, no_scalar.ty) else {
            let (a, b) = (self.describe(yes_scalar.ty), self.describe(no_scalar.ty));
            self.report(
                Diagnostic::error(Code::TypeMismatch, span, format!("« alors » donne {a}, « sinon » donne {b}."))
                    .other(yes.span, a)
                    .other(no.span, b)
                    .help("Les deux branches doivent donner la même sorte de valeur."),
            );
            return Meaning::Invalid;
        };
        let operands = [tested, yes_scalar.node, no_scalar.node];
        let node = self.build.node(
            env.scope,
            Node::If { condition: tested, yes: yes_scalar.node, no: no_scalar.node },
            ty,
            span,
        );
        self.scalar_meaning(node, ty, &operands)
    }

    fn default(
        &mut self,
        env: &Env<'a>,
        value: &'a Expr,
        otherwise: &'a Expr,
        expected: Option<Type>,
        span: Span,
    ) -> Meaning<'a> {
        let Some(first) = self.scalar(env, value, expected) else { return Meaning::Invalid };
        let Some(second) = self.operand(env, otherwise, Some(first.ty)) else { return Meaning::Invalid };
        let Some(ty) = common(first.ty, second.ty) else {
            let wanted = self.describe(first.ty);
            self.mismatch(otherwise.span, &wanted, second.ty);
            return Meaning::Invalid;
        };
        if !first.optional && !first.conditional {
            self.report(
                Diagnostic::warning(
                    Code::Misplaced,
                    span,
                    format!("« {} » est toujours là : « à défaut » ne sert à rien.", written(value)),
                )
                .help("Retirez « à défaut … »."),
            );
        }
        let node = self.build.apply(env.scope, Op::Default, vec![first.node, second.node], ty, span);
        self.scalar_meaning(node, ty, &[second.node])
    }

    fn state(&mut self, env: &Env<'a>, value: &'a Expr, state: State, span: Span) -> Meaning<'a> {
        let meaning = self.expr(env, value, None);
        match (state, meaning) {
            (State::Empty, meaning @ (Meaning::List(..) | Meaning::Collected(_))) => {
                self.is_empty(env, meaning, value, span)
            }
            (State::Present, Meaning::Record(record, place)) => self.record_present(env, record, &place, value, span),
            (State::Present, Meaning::Scalar(scalar)) => match scalar.ty {
                Type::Key(list) => {
                    let (base, hops) = self.build.base(scalar.node);
                    let resolves = self.resolves(base, list);
                    let node = self.build.lift(resolves, env.scope, &hops);
                    self.scalar_meaning(node, Type::Truth, &[])
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
                    if !scalar.optional {
                        self.report(
                            Diagnostic::warning(
                                Code::Misplaced,
                                span,
                                format!(
                                    "« {} » n'est pas facultatif : il est toujours renseigné, ou inconnu.",
                                    written(value)
                                ),
                            )
                            .help("Retirez cette vérification, ou déclarez le fait « facultatif »."),
                        );
                    }
                    let node = self.build.apply(env.scope, Op::IsPresent, vec![scalar.node], Type::Truth, span);
                    self.scalar_meaning(node, Type::Truth, &[])
                }
            },
            (State::Applicable | State::NotApplicable, Meaning::Scalar(scalar)) => {
                let op = if state == State::Applicable { Op::IsApplicable } else { Op::IsInapplicable };
                let node = self.build.apply(env.scope, op, vec![scalar.node], Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &[])
            }
            (State::Applicable | State::NotApplicable | State::Holds, Meaning::Norm(rule)) => {
                let op = match state {
                    State::Applicable => Op::IsApplicable,
                    State::NotApplicable => Op::IsInapplicable,
                    State::Holds | State::Present | State::Empty => Op::Holds,
                };
                let Some(result) = self.build.program.rule(rule).and_then(|rule| rule.result) else {
                    return Meaning::Invalid;
                };
                let up = self.build.up(env.scope, ScopeId::ROOT).unwrap_or_default();
                let norm = self.build.lift(result, env.scope, &up);
                let node = self.build.apply(env.scope, op, vec![norm], Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &[])
            }
            (_, Meaning::Invalid) => Meaning::Invalid,
            (State::Empty, Meaning::Scalar(scalar)) if scalar.ty == Type::Days => {
                let node = self.build.apply(env.scope, Op::IsEmptyDays, vec![scalar.node], Type::Truth, span);
                self.scalar_meaning(node, Type::Truth, &[scalar.node])
            }
            (state, _) => {
                let (words, wanted) = match state {
                    State::Present => ("est renseigné", "un fait facultatif ou une référence"),
                    State::Applicable | State::NotApplicable => ("est applicable", "une valeur ou une norme"),
                    State::Empty => ("est vide", "une liste ou un ensemble de jours"),
                    State::Holds => ("est respectée", "une norme"),
                };
                self.report(
                    Diagnostic::error(Code::TypeMismatch, span, format!("« {words} » ne se dit que d'{wanted}."))
                        .help("Vérifiez le nom qui précède."),
                );
                Meaning::Invalid
            }
        }
    }

    fn record_present(&mut self, env: &Env<'a>, record: usize, place: &Place, value: &Expr, span: Span) -> Meaning<'a> {
        let presence = self.records.get(record).and_then(|record| record.presence);
        let outer = Place {
            requires: place.requires.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default(),
            ..place.clone()
        };
        match presence.and_then(|presence| self.build.program.input(presence)).map(|input| input.node) {
            Some(node) => {
                self.require(env, &outer, &written(value), value.span);
                let node = self.read_at(env, place, node);
                self.scalar_meaning(node, Type::Truth, &[])
            }
            None => {
                self.report(
                    Diagnostic::error(Code::Misplaced, span, format!("« {} » n'est pas facultatif.", written(value)))
                        .help("Seul un fait déclaré « facultatif » peut ne pas être renseigné."),
                );
                Meaning::Invalid
            }
        }
    }

    fn comparison(
        &mut self,
        env: &Env<'a>,
        comparison: Comparison,
        (left, right): (&'a Expr, &'a Expr),
        span: Span,
    ) -> Meaning<'a> {
        let Some((a, b)) = self.pair(env, left, right) else { return Meaning::Invalid };
        let ordered = a.ty.is_ordered() && b.ty.is_ordered() && common(a.ty, b.ty).is_some();
        let op = match comparison {
            Comparison::Equal if ordered => Op::Equal,
            Comparison::Different if ordered => Op::Different,
            Comparison::Less if ordered => Op::Less,
            Comparison::AtMost if ordered => Op::AtMost,
            Comparison::Greater if ordered => Op::Greater,
            Comparison::AtLeast if ordered => Op::AtLeast,
            Comparison::Equal if comparable(a.ty, b.ty) => Op::Same,
            Comparison::Different if comparable(a.ty, b.ty) => Op::Differs,
            Comparison::Equal
            | Comparison::Different
            | Comparison::Less
            | Comparison::AtMost
            | Comparison::Greater
            | Comparison::AtLeast => {
                self.incomparable(&a, &b, (left, right), span);
                return Meaning::Invalid;
            }
        };
        let node = self.build.apply(env.scope, op, vec![a.node, b.node], Type::Truth, span);
        self.scalar_meaning(node, Type::Truth, &[a.node, b.node])
    }

    /// Two operands, the cases of each resolved by the type of the other.
    fn pair(&mut self, env: &Env<'a>, left: &'a Expr, right: &'a Expr) -> Option<(Scalar, Scalar)> {
        if self.is_case_name(env, left) && !self.is_case_name(env, right) {
            let b = self.operand(env, right, None)?;
            let a = self.operand(env, left, Some(b.ty))?;
            return Some((a, b));
        }
        let a = self.operand(env, left, None);
        let b = self.operand(env, right, a.as_ref().map(|a| a.ty));
        a.zip(b)
    }

    fn is_case_name(&self, env: &Env<'a>, expr: &Expr) -> bool {
        let ExprKind::Name(name) = &expr.kind else { return false };
        let at_hand = env.fields.as_ref().is_some_and(|(record, _)| self.part_of(*record, &name.text).is_some());
        env.variable(&name.text).is_none() && !at_hand && !self.is_named(&name.text) && name.text != "base"
    }

    fn incomparable(&mut self, a: &Scalar, b: &Scalar, (left, right): (&Expr, &Expr), span: Span) {
        let (first, second) = (self.describe(a.ty), self.describe(b.ty));
        let units = matches!((a.ty, b.ty), (Type::Duration, Type::Offset) | (Type::Offset, Type::Duration));
        let number = (a.ty == Type::Duration && b.ty.is_numeric()) || (b.ty == Type::Duration && a.ty.is_numeric());
        let code = if units || number { Code::UnitMismatch } else { Code::TypeMismatch };
        let mut diagnostic = Diagnostic::error(code, span, format!("On ne compare pas {first} à {second}."))
            .other(left.span, first)
            .other(right.span, second);
        if units {
            diagnostic = diagnostic
                .help("Un mois n'a pas un nombre fixe de jours : partez d'une date, par exemple « fin ≥ début + 6 mois ».")
                .help("Ou comptez les mois entiers d'un ensemble de jours : « mois_entiers(…) ≥ 6 mois ».");
        } else if number {
            diagnostic = diagnostic.help("Dites l'unité : « 14 semaines » ou « 98 jours ».");
        } else {
            diagnostic = diagnostic.help("Comparez des valeurs de même sorte.");
        }
        self.report(diagnostic);
    }

    fn among(&mut self, env: &Env<'a>, value: &'a Expr, others: &'a [Expr], span: Span) -> Meaning<'a> {
        let Some(first) = self.operand(env, value, None) else { return Meaning::Invalid };
        let mut nodes = vec![first.node];
        for other in others {
            let Some(scalar) = self.operand(env, other, Some(first.ty)) else { return Meaning::Invalid };
            if !comparable(first.ty, scalar.ty) {
                self.incomparable(&first, &scalar, (value, other), span);
                return Meaning::Invalid;
            }
            nodes.push(scalar.node);
        }
        let node = self.build.apply(env.scope, Op::Among, nodes.clone(), Type::Truth, span);
        self.scalar_meaning(node, Type::Truth, &nodes)
    }

    fn arithmetic(
        &mut self,
        env: &Env<'a>,
        operation: Arithmetic,
        (left, right): (&'a Expr, &'a Expr),
        span: Span,
    ) -> Meaning<'a> {
        let (a, b) = (self.operand(env, left, None), self.operand(env, right, None));
        let (Some(a), Some(b)) = (a, b) else { return Meaning::Invalid };
        if operation == Arithmetic::Divide && !self.divides_exactly(b.node) {
            self.report(
                Diagnostic::error(Code::UnroundedDivision, span, "Cette division peut ne pas tomber juste.")
                    .help("Dites comment arrondir : « arrondi(a / b, 2) »."),
            );
            return Meaning::Invalid;
        }
        let Some((op, ty)) = arithmetic_op(operation, a.ty, b.ty) else {
            self.no_arithmetic(operation, &a, &b, (left, right), span);
            return Meaning::Invalid;
        };
        // A sum is written either way round; the kernel wants the date, or the duration, first.
        let swapped = (b.ty == Type::Date && a.ty != Type::Date) || (op == Op::Multiply && b.ty == Type::Duration);
        let nodes = if swapped { vec![b.node, a.node] } else { vec![a.node, b.node] };
        let node = self.build.apply(env.scope, op, nodes.clone(), ty, span);
        self.scalar_meaning(node, ty, &nodes)
    }

    fn no_arithmetic(
        &mut self,
        operation: Arithmetic,
        a: &Scalar,
        b: &Scalar,
        (left, right): (&Expr, &Expr),
        span: Span,
    ) {
        let (first, second) = (self.describe(a.ty), self.describe(b.ty));
        let verb = match operation {
            Arithmetic::Add => "n'ajoute pas",
            Arithmetic::Subtract => "ne soustrait pas",
            Arithmetic::Multiply => "ne multiplie pas",
            Arithmetic::Divide => "ne divise pas",
        };
        let units = matches!((a.ty, b.ty), (Type::Duration, Type::Offset) | (Type::Offset, Type::Duration))
            || (a.ty == Type::Duration && b.ty.is_numeric())
            || (b.ty == Type::Duration && a.ty.is_numeric());
        let code = if units { Code::UnitMismatch } else { Code::TypeMismatch };
        self.report(
            Diagnostic::error(code, span, format!("On {verb} ainsi {first} et {second}."))
                .other(left.span, first)
                .other(right.span, second)
                .help("Admis : nombre ± nombre, durée ± durée, date ± durée, date ± mois, date − date, durée × nombre, durée / nombre."),
        );
    }

    /// Whether dividing by that node always falls right: a constant whose only prime factors are 2 and 5.
    fn divides_exactly(&self, divisor: NodeId) -> bool {
        let Node::Constant(known) = self.build.program.node(divisor) else { return false };
        let Some(mut value) = known.set.as_range().single() else { return false };
        if value == 0 {
            return true; // reported as a fault where it happens
        }
        while value % 2 == 0 {
            value /= 2;
        }
        while value % 5 == 0 {
            value /= 5;
        }
        value.abs() == 1
    }

    /// `arrondi(a / b, n)`: the quotient is rounded at once.
    pub(super) fn rounded(
        &mut self,
        env: &Env<'a>,
        value: &'a Expr,
        (places, mode): (u32, crate::value::Rounding),
        span: Span,
    ) -> Meaning<'a> {
        if let ExprKind::Arithmetic(Arithmetic::Divide, left, right) = &value.kind {
            let (a, b) = (self.operand(env, left, None), self.operand(env, right, None));
            let (Some(a), Some(b)) = (a, b) else { return Meaning::Invalid };
            let Some((_, ty)) = arithmetic_op(Arithmetic::Divide, a.ty, b.ty) else {
                self.no_arithmetic(Arithmetic::Divide, &a, &b, (left, right), span);
                return Meaning::Invalid;
            };
            let nodes = vec![a.node, b.node];
            let ty = rounded_type(ty, places);
            let node = self.build.apply(env.scope, Op::DivideRounded(places, mode), nodes.clone(), ty, span);
            return self.scalar_meaning(node, ty, &nodes);
        }
        let Some(scalar) = self.operand(env, value, None) else { return Meaning::Invalid };
        if !(scalar.ty.is_numeric() || scalar.ty == Type::Duration) {
            self.mismatch(value.span, "un nombre ou une durée", scalar.ty);
            return Meaning::Invalid;
        }
        let ty = rounded_type(scalar.ty, places);
        let node = self.build.apply(env.scope, Op::Round(places, mode), vec![scalar.node], ty, span);
        self.scalar_meaning(node, ty, &[scalar.node])
    }

    fn mismatch(&mut self, span: Span, wanted: &str, found: Type) {
        let found = self.describe(found);
        self.report(
            Diagnostic::error(Code::TypeMismatch, span, format!("On attend ici {wanted}, et c'est {found}."))
                .help("Vérifiez le nom et ce qu'il désigne."),
        );
    }

    pub(super) fn type_mismatch(&mut self, span: Span, wanted: Type, found: Type) {
        let wanted_words = self.describe(wanted);
        let units = matches!((wanted, found), (Type::Duration, Type::Offset) | (Type::Offset, Type::Duration))
            || (wanted == Type::Duration && found.is_numeric());
        if units {
            let found = self.describe(found);
            self.report(
                Diagnostic::error(Code::UnitMismatch, span, format!("On attend ici {wanted_words}, et c'est {found}."))
                    .help("Dites l'unité : « 14 semaines » ou « 98 jours » ; un mois n'a pas un nombre fixe de jours."),
            );
        } else if (wanted, found) == (Type::Integer, Type::Number) {
            let found = self.describe(found);
            self.report(
                Diagnostic::error(Code::TypeMismatch, span, format!("On attend ici {wanted_words}, et c'est {found}."))
                    .help("Dites comment arrondir à l'unité : « arrondi(…, 0) »."),
            );
        } else {
            self.mismatch(span, &wanted_words, found);
        }
    }

    /// A type in plain French, with its article.
    pub(super) fn describe(&self, ty: Type) -> String {
        match ty {
            Type::Truth => "une condition (oui ou non)".to_owned(),
            Type::Integer => "un nombre entier".to_owned(),
            Type::Number => "un nombre".to_owned(),
            Type::Date => "une date".to_owned(),
            Type::Duration => "une durée en jours ou semaines".to_owned(),
            Type::Offset => "un nombre de mois".to_owned(),
            Type::Period => "une période".to_owned(),
            Type::Days => "un ensemble de jours".to_owned(),
            Type::Text => "un texte".to_owned(),
            Type::Case(_) => {
                let name = self.build.program.enumeration(ty).map_or("?", |enumeration| enumeration.name.as_str());
                format!("un cas de « {name} »")
            }
            Type::Key(list) => {
                let path = self.build.program.list(list).map(|list| list.path.join(".")).unwrap_or_default();
                format!("une référence à « {path} »")
            }
        }
    }
}

/// The type both may be read as.
pub(super) fn common(a: Type, b: Type) -> Option<Type> {
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Type::Integer, Type::Number) | (Type::Number, Type::Integer) => Some(Type::Number),
        (Type::Key(_), Type::Text) | (Type::Text, Type::Key(_)) => Some(Type::Text),
        (_, _) => None,
    }
}

fn comparable(a: Type, b: Type) -> bool {
    common(a, b).is_some_and(|ty| ty != Type::Days)
}

fn arithmetic_op(operation: Arithmetic, a: Type, b: Type) -> Option<(Op, Type)> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    let numeric = a.is_numeric() && b.is_numeric();
    let number = if a == Type::Integer && b == Type::Integer { Type::Integer } else { Type::Number };
    Some(match (operation, a, b) {
        (Add, _, _) if numeric => (Op::Add, number),
        (Subtract, _, _) if numeric => (Op::Subtract, number),
        (Multiply, _, _) if numeric => (Op::Multiply, number),
        (Divide, _, _) if numeric => (Op::Divide, Type::Number),
        (Add, Type::Duration, Type::Duration) => (Op::Add, Type::Duration),
        (Subtract, Type::Duration, Type::Duration) => (Op::Subtract, Type::Duration),
        (Add, Type::Offset, Type::Offset) => (Op::Add, Type::Offset),
        (Subtract, Type::Offset, Type::Offset) => (Op::Subtract, Type::Offset),
        (Multiply, Type::Duration, other) | (Multiply, other, Type::Duration) if other.is_numeric() => {
            (Op::Multiply, Type::Duration)
        }
        (Divide, Type::Duration, other) if other.is_numeric() => (Op::Divide, Type::Duration),
        (Add, Type::Date, Type::Duration) | (Add, Type::Duration, Type::Date) => (Op::DatePlusDuration, Type::Date),
        (Add, Type::Date, Type::Offset) | (Add, Type::Offset, Type::Date) => (Op::DatePlusOffset, Type::Date),
        (Subtract, Type::Date, Type::Duration) => (Op::DateMinusDuration, Type::Date),
        (Subtract, Type::Date, Type::Offset) => (Op::DateMinusOffset, Type::Date),
        (Subtract, Type::Date, Type::Date) => (Op::DateDifference, Type::Duration),
        (_, _, _) => return None,
    })
}

/// A number rounded to the unit is an integer.
fn rounded_type(ty: Type, places: u32) -> Type {
    if ty.is_numeric() && places == 0 { Type::Integer } else { ty }
}

/// How an author would name an expression again: as written, where it is short.
pub(super) fn written(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Field(object, name) => format!("{}.{}", written(object), name.text),
        ExprKind::Call(name, _) => format!("{}(…)", name.text),
        ExprKind::Aggregate(Aggregate::Minimum, _, _) => "minimum de …".to_owned(),
        ExprKind::Aggregate(Aggregate::Maximum, _, _) => "maximum de …".to_owned(),
        ExprKind::Aggregate(..)
        | ExprKind::Truth(_)
        | ExprKind::Number(_)
        | ExprKind::Quantity(..)
        | ExprKind::Date(_)
        | ExprKind::Text(_)
        | ExprKind::Unknown
        | ExprKind::Absent
        | ExprKind::List(_)
        | ExprKind::Record(_)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::Arithmetic(..)
        | ExprKind::Negate(_)
        | ExprKind::Among(..)
        | ExprKind::In(..)
        | ExprKind::Between(..)
        | ExprKind::If(..)
        | ExprKind::Default(..)
        | ExprKind::Is(..)
        | ExprKind::Interval(..)
        | ExprKind::Invalid => "cette expression".to_owned(),
    }
}
