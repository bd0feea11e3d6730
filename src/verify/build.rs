//! The tree of a ruleset, applied to a dossier: what each expression is there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::days;
use super::facts::{Facts, Place, Presence, Rule, Status};
use super::known::{Kind as Measure, Known, ONE, Op, Set, same};
use super::names::{name_of, show};
use super::node::{Found, How, Kind, Member, N, Under, node};
use crate::syntax::ast::{
    Aggregate, Arithmetic, Comparison, Expr, ExprKind, Generator, Name, State, TypeExpr, TypeKind, Unit, ValueBody,
    ValueItem,
};

/// What an expression means.
#[derive(Clone)]
pub(super) enum Meaning<'a> {
    Node(N<'a>),
    /// A place of the facts.
    Place(Place<'a>),
    /// What a reference designates: the reference, its list, the elements it may mean and the place in each.
    Through(N<'a>, Place<'a>, Vec<(usize, Presence, Place<'a>)>),
    Rows(Rows<'a>),
    Norm(usize),
}

/// The elements generators run over.
#[derive(Clone)]
pub(super) struct Rows<'a> {
    pub(super) lists: Vec<Under<'a>>,
    pub(super) rows: Vec<Row<'a>>,
}

#[derive(Clone)]
pub(super) struct Row<'a> {
    pub(super) presence: Presence,
    pub(super) filters: Vec<N<'a>>,
    pub(super) env: Env<'a>,
    pub(super) element: Meaning<'a>,
    /// The element of a fact list that it is.
    pub(super) place: Option<Place<'a>>,
}

/// The names in scope.
#[derive(Clone, Default)]
pub(super) struct Env<'a> {
    pub(super) names: Vec<(&'a str, Meaning<'a>)>,
    /// Its fields may be named alone.
    pub(super) record: Option<Place<'a>>,
    pub(super) base: Option<N<'a>>,
    /// The type wanted here: the names of its cases come before those of facts and rules.
    pub(super) wanted: Option<&'a TypeExpr>,
    /// What has been shown to be there.
    pub(super) shown: BTreeSet<String>,
}

impl<'a> Env<'a> {
    pub(super) fn bind(&mut self, name: &'a Name, meaning: Meaning<'a>) {
        self.names.push((&name.text, meaning));
    }
}

/// What cannot be built: the ruleset does not check, or holds what is not understood here.
#[derive(Debug)]
pub(super) struct Strange;

pub(super) type Built<T> = Result<T, Strange>;

pub(super) struct Builder<'a, 'f> {
    pub(super) facts: &'f Facts<'a>,
    pub(super) made: RefCell<BTreeMap<(usize, String), N<'a>>>,
    pub(super) under_way: RefCell<Vec<(usize, String)>>,
}

impl<'a, 'f> Builder<'a, 'f> {
    pub(super) fn new(facts: &'f Facts<'a>) -> Self {
        Self { facts, made: RefCell::default(), under_way: RefCell::default() }
    }

    pub(super) fn rules(&self) -> &'a [Rule<'a>] {
        &self.facts.schema.rules
    }

    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.rules().iter().position(|rule| match rule {
            Rule::Value(item) => item.each.is_none() && item.name.text == name,
            Rule::Norm(item) => item.name.text == name,
            Rule::Decision(item) => item.name.text == name,
            Rule::Notice(_) | Rule::Incoherence(_) => false,
        })
    }

    /// A scalar.
    pub(super) fn node(&self, expr: &'a Expr, env: &Env<'a>) -> Built<N<'a>> {
        let meaning = self.meaning(expr, env)?;
        let made = self.scalar(meaning)?;
        let shown = name_of(&made).is_some_and(|name| env.shown.contains(&name));
        let may_lack = made.value().absent || made.value().inapplicable;
        Ok(if shown && may_lack { node(Kind::Apply(Op::Shown, vec![made])) } else { made })
    }

    pub(super) fn scalar(&self, meaning: Meaning<'a>) -> Built<N<'a>> {
        match meaning {
            Meaning::Node(made) => Ok(made),
            Meaning::Place(place) if self.facts.schema.is_record(place.ty) => self.period(&Meaning::Place(place)),
            Meaning::Place(place) if place.is_list() => Err(Strange),
            Meaning::Place(place) => self.leaf(&place),
            Meaning::Through(_, _, ref places) => match places.first() {
                Some((_, _, place)) if self.facts.schema.is_record(place.ty) => self.period(&meaning),
                _ => self.follow(&meaning, |place| self.leaf(place)),
            },
            Meaning::Rows(_) | Meaning::Norm(_) => Err(Strange),
        }
    }

    /// A record with a first and a last day.
    pub(super) fn period(&self, record: &Meaning<'a>) -> Built<N<'a>> {
        let end = |name: &str| self.scalar(self.field(record, name)?);
        Ok(node(Kind::Apply(Op::Period, vec![end("début")?, end("fin")?])))
    }

    /// A fact, or what it is taken to be.
    pub(super) fn leaf(&self, place: &Place<'a>) -> Built<N<'a>> {
        let (known, status) = self.facts.known(place);
        let fact = node(Kind::Fact(place.clone(), known, status));
        let Some(attributes) = place.attributes else { return Ok(fact) };
        let otherwise = match (status, &attributes.presumed, &attributes.derived) {
            (Status::LeftOut, Some(presumed), _) => {
                self.node(presumed, &Env { wanted: Some(place.ty), ..Env::default() })?
            }
            (Status::LeftOut | Status::Unsure | Status::Rejected | Status::SetAside, _, Some(derived)) => {
                let record = place.record.as_deref().cloned();
                self.node(derived, &Env { record, wanted: Some(place.ty), ..Env::default() })?
            }
            (_, _, _) => return Ok(fact),
        };
        Ok(node(Kind::Presumed(fact, otherwise)))
    }

    pub(super) fn keys(&self, list: &Place<'a>) -> Built<(Vec<Place<'a>>, Vec<N<'a>>)> {
        let elements = self.facts.elements(list);
        let TypeKind::List(element) = &list.ty.kind else { return Err(Strange) };
        let key = self.facts.key_of(element).ok_or(Strange)?;
        let keys = elements.iter().map(|element| self.leaf(&self.facts.field(element, key).ok_or(Strange)?));
        let keys = keys.collect::<Built<Vec<_>>>()?;
        Ok((elements, keys))
    }

    /// What a reference designates.
    pub(super) fn through(&self, reference: N<'a>, path: &'a [Name]) -> Built<Meaning<'a>> {
        let mut names = path.iter();
        let mut list = self.facts.fact(&names.next().ok_or(Strange)?.text).ok_or(Strange)?;
        for name in names {
            list = self.facts.field(&list, &name.text).ok_or(Strange)?;
        }
        let (elements, keys) = self.keys(&list)?;
        let mut found = Vec::new();
        for (at, (element, key)) in elements.into_iter().zip(&keys).enumerate() {
            let (yes, no) = match (&reference.value().set, &key.value().set) {
                (Set::Nothing, _) | (_, Set::Nothing) => (false, false),
                (sought, key) => same(sought, key),
            };
            let presence =
                if element.presence == Presence::Certain && no { Presence::Perhaps } else { element.presence };
            if yes {
                found.push((at, presence, element));
            }
        }
        if found.iter().any(|(_, presence, _)| *presence == Presence::Certain) {
            found.retain(|(_, presence, _)| *presence == Presence::Certain);
        }
        Ok(Meaning::Through(reference, list, found))
    }

    pub(super) fn follow(&self, through: &Meaning<'a>, read: impl Fn(&Place<'a>) -> Built<N<'a>>) -> Built<N<'a>> {
        let Meaning::Through(reference, list, places) = through else { return Err(Strange) };
        let found = places
            .iter()
            .map(|(at, presence, place)| Ok(Found { at: *at, presence: *presence, body: Some(read(place)?) }));
        let found = found.collect::<Built<Vec<_>>>()?;
        Ok(node(Kind::Follow(reference.clone(), list.clone(), self.keys(list)?.1, found)))
    }

    pub(super) fn field(&self, object: &Meaning<'a>, name: &str) -> Built<Meaning<'a>> {
        match object {
            Meaning::Place(place) => match &place.ty.kind {
                TypeKind::Reference(list) => self.field(&self.through(self.leaf(place)?, list)?, name),
                TypeKind::Period => self.end(self.leaf(place)?, name),
                _ => match self.facts.field(place, name) {
                    Some(field) => Ok(Meaning::Place(field)),
                    None => self.derived(place, name).map(Meaning::Node),
                },
            },
            Meaning::Through(reference, list, places) => {
                let Some((_, _, first)) = places.first() else { return Ok(object.clone()) };
                match &first.ty.kind {
                    TypeKind::Period => self.end(self.follow(object, |place| self.leaf(place))?, name),
                    TypeKind::Reference(path) => {
                        let further = self.follow(object, |place| self.leaf(place))?;
                        self.field(&self.through(further, path)?, name)
                    }
                    _ if self.facts.field(first, name).is_none() => {
                        self.follow(object, |place| self.derived(place, name)).map(Meaning::Node)
                    }
                    _ => {
                        let field = |place| self.facts.field(place, name).ok_or(Strange);
                        let fields = places.iter().map(|(at, presence, place)| Ok((*at, *presence, field(place)?)));
                        Ok(Meaning::Through(reference.clone(), list.clone(), fields.collect::<Built<_>>()?))
                    }
                }
            }
            Meaning::Node(made) => self.end(made.clone(), name),
            Meaning::Rows(_) | Meaning::Norm(_) => Err(Strange),
        }
    }

    pub(super) fn end(&self, period: N<'a>, name: &str) -> Built<Meaning<'a>> {
        let op = match name {
            "début" => Op::Start,
            "fin" => Op::End,
            _ => return Err(Strange),
        };
        Ok(Meaning::Node(node(Kind::Apply(op, vec![period]))))
    }

    /// `s.NOM`: a value that each element of a list has.
    pub(super) fn derived(&self, element: &Place<'a>, name: &str) -> Built<N<'a>> {
        for (at, rule) in self.rules().iter().enumerate() {
            let Rule::Value(item) = rule else { continue };
            let Some(each) = item.each.as_ref().filter(|_| item.name.text == name) else { continue };
            let rows = self.open(&Env::default(), std::slice::from_ref(each))?;
            let of = |row: &&Row<'a>| row.place.as_ref().is_some_and(|place| place.path == element.path);
            if let Some(row) = rows.rows.iter().find(of) {
                return self.one(at, row);
            }
        }
        Err(Strange)
    }

    pub(super) fn meaning(&self, expr: &'a Expr, env: &Env<'a>) -> Built<Meaning<'a>> {
        let passes = match &expr.kind {
            ExprKind::Name(_) | ExprKind::If(..) | ExprKind::Default(..) => true,
            ExprKind::Call(name, _) => name.text == "indéterminé_entre",
            _ => false,
        };
        if env.wanted.is_some() && !passes {
            return self.meaning(expr, &Env { wanted: None, ..env.clone() });
        }
        let constant = |known| Ok(Meaning::Node(node(Kind::Constant(known))));
        let apply = |op, operands: &[&'a Expr]| {
            let operands = operands.iter().map(|operand| self.node(operand, env)).collect::<Built<Vec<_>>>()?;
            Ok(Meaning::Node(node(Kind::Apply(op, operands))))
        };
        match &expr.kind {
            ExprKind::Truth(yes) => constant(Known::truth(*yes, !yes)),
            ExprKind::Number(number) => constant(Known::exactly(Measure::Number, number.millionths().into())),
            ExprKind::Quantity(number, unit) => {
                let millionths = i128::from(number.millionths());
                constant(match unit {
                    Unit::Days => Known::exactly(Measure::Duration, millionths),
                    Unit::Weeks => Known::exactly(Measure::Duration, millionths * 7),
                    Unit::Months => Known::exactly(Measure::Offset, millionths / ONE),
                    Unit::Years => Known::exactly(Measure::Offset, millionths / ONE * 12),
                })
            }
            ExprKind::Date(day) => {
                constant(Known::exactly(Measure::Date, days::read(&day.to_string()).ok_or(Strange)?))
            }
            ExprKind::Text(text) => constant(Known::of(Set::Text(Some(BTreeSet::from([text.clone()]))))),
            ExprKind::Name(name) => self.name(name, env),
            ExprKind::Field(object, name) => self.field(&self.meaning(object, env)?, &name.text),
            ExprKind::Not(operand) => Ok(Meaning::Node(node(Kind::Not(self.node(operand, env)?)))),
            ExprKind::And(operands) => self.logic(true, operands, env),
            ExprKind::Or(operands) => self.logic(false, operands, env),
            ExprKind::Compare(comparison, left, right) => {
                let left = self.node(left, env)?;
                let right = self.beside(right, &left, env)?;
                Ok(Meaning::Node(node(Kind::Apply(compared(*comparison), vec![left, right]))))
            }
            ExprKind::Arithmetic(operation, left, right) => {
                let op = match operation {
                    Arithmetic::Add => Op::Add,
                    Arithmetic::Subtract => Op::Subtract,
                    Arithmetic::Multiply => Op::Multiply,
                    Arithmetic::Divide => Op::Divide(None),
                };
                let (left, right) = (self.node(left, env)?, self.node(right, env)?);
                // Written either way round: the date, or the duration that is multiplied, comes first.
                let measure =
                    |made: &N<'a>| if let Set::Range(kind, ..) = made.value().set { Some(kind) } else { None };
                let swapped = (measure(&right) == Some(Measure::Date) && measure(&left) != Some(Measure::Date))
                    || (op == Op::Multiply && measure(&right) == Some(Measure::Duration));
                let operands = if swapped { vec![right, left] } else { vec![left, right] };
                Ok(Meaning::Node(node(Kind::Apply(op, operands))))
            }
            ExprKind::Negate(operand) => apply(Op::Negate, &[operand]),
            ExprKind::Among(value, others) => {
                let value = self.node(value, env)?;
                let others = others.iter().map(|other| self.beside(other, &value, env)).collect::<Built<Vec<_>>>()?;
                let operands = std::iter::once(value.clone()).chain(others).collect();
                Ok(Meaning::Node(node(Kind::Apply(Op::Among, operands))))
            }
            ExprKind::In(value, list) => {
                let sought = self.node(value, env)?;
                let rows = self.rows(self.meaning(list, env)?, env)?;
                let made = self.reduce_on(How::Exists, None, rows, |row| {
                    let equal = node(Kind::Apply(Op::Equal, vec![sought.clone(), self.scalar(row.element.clone())?]));
                    let filters = row.filters.iter().cloned().chain([equal]).collect();
                    Ok((self.filter(&Row { filters, ..row.clone() }), None))
                });
                made.map(Meaning::Node)
            }
            ExprKind::Between(value, low, high) => {
                let bound = |op, bound| Ok(node(Kind::Apply(op, vec![self.node(value, env)?, self.node(bound, env)?])));
                Ok(Meaning::Node(node(Kind::Logic(true, vec![bound(Op::AtLeast, low)?, bound(Op::AtMost, high)?]))))
            }
            ExprKind::If(condition, yes, no) => {
                let condition = self.node(condition, &Env { wanted: None, ..env.clone() })?;
                let branch = |expr, holds| {
                    let mut inner = env.clone();
                    show(&mut inner.shown, &condition, holds);
                    self.node(expr, &inner)
                };
                Ok(Meaning::Node(node(Kind::If([condition.clone(), branch(yes, true)?, branch(no, false)?]))))
            }
            ExprKind::Default(value, otherwise) => {
                let value = self.scalar(self.meaning(value, env)?)?;
                Ok(Meaning::Node(node(Kind::Apply(Op::Default, vec![value, self.node(otherwise, env)?]))))
            }
            ExprKind::Is(value, state) => self.state(value, *state, env).map(Meaning::Node),
            ExprKind::Call(name, arguments) => self.call(&name.text, arguments, env).map(Meaning::Node),
            ExprKind::Interval(start, end) => apply(Op::Period, &[start, end]),
            ExprKind::Aggregate(aggregate, body, generators) => {
                self.aggregate(*aggregate, body.as_deref(), generators, env)
            }
            ExprKind::Unknown | ExprKind::Absent | ExprKind::List(_) | ExprKind::Record(_) | ExprKind::Invalid => {
                Err(Strange)
            }
        }
    }

    pub(super) fn name(&self, name: &'a Name, env: &Env<'a>) -> Built<Meaning<'a>> {
        if let Some((_, meaning)) = env.names.iter().rev().find(|(bound, _)| *bound == name.text) {
            return Ok(meaning.clone());
        }
        if let Some(field) = env.record.as_ref().and_then(|record| self.facts.field(record, &name.text)) {
            return Ok(Meaning::Place(field));
        }
        let case =
            || Ok(Meaning::Node(node(Kind::Constant(Known::of(Set::Cases(BTreeSet::from([name.text.clone()])))))));
        if env.wanted.is_some_and(|ty| self.facts.schema.cases(Some(ty)).contains(&name.text.as_str())) {
            return case();
        }
        if let Some(fact) = self.facts.fact(&name.text) {
            return Ok(Meaning::Place(fact));
        }
        if let Some(at) = self.named(&name.text) {
            return match self.rules().get(at) {
                Some(Rule::Norm(_)) => Ok(Meaning::Norm(at)),
                Some(Rule::Value(ValueItem { ty, body: ValueBody::Single { value, .. }, .. }))
                    if matches!(ty.kind, TypeKind::List(_)) =>
                {
                    self.meaning(value, &Env::default())
                }
                _ => self.rule(at).map(Meaning::Node),
            };
        }
        if let (Some(base), "base") = (&env.base, name.text.as_str()) {
            return Ok(Meaning::Node(base.clone()));
        }
        case()
    }

    /// An operand beside another: the cases of its type come first.
    pub(super) fn beside(&self, expr: &'a Expr, other: &N<'a>, env: &Env<'a>) -> Built<N<'a>> {
        if let ExprKind::Name(name) = &expr.kind
            && !env.names.iter().any(|(bound, _)| *bound == name.text)
            && self.every_case(other).contains(&name.text)
        {
            return Ok(node(Kind::Constant(Known::of(Set::Cases(BTreeSet::from([name.text.clone()]))))));
        }
        self.node(expr, env)
    }

    pub(super) fn logic(&self, all: bool, operands: &'a [Expr], env: &Env<'a>) -> Built<Meaning<'a>> {
        let mut inner = env.clone();
        let mut made = Vec::new();
        for operand in operands {
            let member = self.node(operand, &inner)?;
            show(&mut inner.shown, &member, all);
            made.push(member);
        }
        Ok(Meaning::Node(node(Kind::Logic(all, made))))
    }

    pub(super) fn state(&self, value: &'a Expr, state: State, env: &Env<'a>) -> Built<N<'a>> {
        let meaning = self.meaning(value, env)?;
        let apply = |op, made| Ok(node(Kind::Apply(op, vec![made])));
        match (state, meaning) {
            (State::Present, Meaning::Place(place)) if self.facts.schema.is_record(place.ty) => self.leaf(&place),
            (State::Present, meaning @ (Meaning::Place(_) | Meaning::Through(..))) => {
                let made = match &meaning {
                    Meaning::Through(..) => self.follow(&meaning, |place| self.leaf(place))?,
                    _ => self.scalar(meaning.clone())?,
                };
                let first = match &meaning {
                    Meaning::Place(place) => Some(place),
                    Meaning::Through(_, _, places) => places.first().map(|(_, _, place)| place),
                    _ => None,
                };
                match first.map(|place| &place.ty.kind) {
                    Some(TypeKind::Reference(list)) => self.resolves(made, list),
                    Some(TypeKind::Named(_)) if first.is_some_and(|place| self.facts.schema.is_record(place.ty)) => {
                        Ok(made)
                    }
                    _ => apply(Op::IsPresent, made),
                }
            }
            (State::Present, meaning) => apply(Op::IsPresent, self.scalar(meaning)?),
            (State::Empty, meaning) => {
                let days = if let Meaning::Node(made) = &meaning { Some(made.clone()) } else { None };
                if let Some(days) = days {
                    return apply(Op::IsEmpty, days);
                }
                let rows = self.rows(meaning, env)?;
                Ok(node(Kind::Not(self.reduce(How::Exists, None, rows, |_| Ok(None))?)))
            }
            (State::Contested, Meaning::Place(place)) => {
                let (known, status) = self.facts.known(&place);
                Ok(node(Kind::Contested(node(Kind::Fact(place, known, status)))))
            }
            (State::Contested, _) => Err(Strange),
            (State::Broken, Meaning::Norm(at)) => Ok(node(Kind::Not(apply(Op::Met, self.rule(at)?)?))),
            (state, meaning) => {
                let made = if let Meaning::Norm(at) = meaning { self.rule(at)? } else { self.scalar(meaning)? };
                apply(
                    match state {
                        State::Applicable => Op::IsApplicable,
                        State::NotApplicable => Op::IsWithoutObject,
                        State::Holds | State::Present | State::Empty | State::Contested | State::Broken => Op::Holds,
                    },
                    made,
                )
            }
        }
    }

    pub(super) fn resolves(&self, reference: N<'a>, path: &'a [Name]) -> Built<N<'a>> {
        let Meaning::Through(reference, list, found) = self.through(reference, path)? else { return Err(Strange) };
        let found = found.into_iter().map(|(at, presence, _)| Found { at, presence, body: None }).collect();
        let keys = self.keys(&list)?.1;
        Ok(node(Kind::Resolves(reference, list, keys, found)))
    }

    pub(super) fn call(&self, name: &str, arguments: &'a [Expr], env: &Env<'a>) -> Built<N<'a>> {
        let plain = |op: Op| {
            let operands = arguments.iter().map(|argument| self.node(argument, env)).collect::<Built<Vec<_>>>()?;
            Ok(node(Kind::Apply(op, operands)))
        };
        let of_days = |op: Op| {
            let operands = arguments.iter().map(|argument| self.days(argument, env)).collect::<Built<Vec<_>>>()?;
            Ok(node(Kind::Apply(op, operands)))
        };
        match (name, arguments) {
            ("indéterminé_entre", _) => {
                let wanted = |argument| self.node(argument, env);
                let operands = arguments.iter().map(wanted).collect::<Built<Vec<_>>>()?;
                Ok(node(Kind::Apply(Op::OneOf, operands)))
            }
            ("min", _) => plain(Op::Min),
            ("max", _) => plain(Op::Max),
            ("chevauche", _) => plain(Op::Overlaps),
            ("jusqu'au_dimanche" | "jusqu’au_dimanche", _) => plain(Op::ThroughSunday),
            ("durée", [argument]) => Ok(node(Kind::Apply(Op::Duration, vec![self.days_or_period(argument, env)?]))),
            ("plus_longue_suite", _) => of_days(Op::LongestRun),
            ("mois_entiers", _) => of_days(Op::WholeMonths),
            ("intersection", _) => of_days(Op::Intersection),
            ("lacunes", _) => of_days(Op::Gaps),
            ("fusion", [first, rest @ ..]) => {
                let mut all = self.days(first, env)?;
                for argument in rest {
                    all = node(Kind::Apply(Op::Union, vec![all, self.days(argument, env)?]));
                }
                Ok(all)
            }
            ("arrondi", [value, places, mode @ ..]) => {
                let ExprKind::Number(places) = &places.kind else { return Err(Strange) };
                let places = places.to_integer().and_then(|places| u32::try_from(places).ok()).ok_or(Strange)?;
                let mode = match mode.first().map(|mode| &mode.kind) {
                    None => "au_plus_proche".to_owned(),
                    Some(ExprKind::Name(name)) => name.text.clone(),
                    Some(_) => return Err(Strange),
                };
                if let ExprKind::Arithmetic(Arithmetic::Divide, left, right) = &value.kind {
                    let operands = vec![self.node(left, env)?, self.node(right, env)?];
                    return Ok(node(Kind::Apply(Op::Divide(Some((places, mode))), operands)));
                }
                Ok(node(Kind::Apply(Op::Round(places, mode), vec![self.node(value, env)?])))
            }
            (_, _) => Err(Strange),
        }
    }

    /// A period or a set of days; a list is all the days of its elements.
    pub(super) fn days_or_period(&self, expr: &'a Expr, env: &Env<'a>) -> Built<N<'a>> {
        let meaning = self.meaning(expr, env)?;
        let is_list = match &meaning {
            Meaning::Rows(_) => true,
            Meaning::Place(place) => place.is_list(),
            Meaning::Through(_, _, places) => places.first().is_some_and(|(_, _, place)| place.is_list()),
            Meaning::Node(_) | Meaning::Norm(_) => false,
        };
        if !is_list {
            return self.node(expr, env);
        }
        let rows = self.rows(meaning, env)?;
        self.reduce(How::Merge, None, rows, |row| self.scalar(row.element.clone()).map(Some))
    }

    pub(super) fn days(&self, expr: &'a Expr, env: &Env<'a>) -> Built<N<'a>> {
        let made = self.days_or_period(expr, env)?;
        let is_days = matches!(made.value().set, Set::Days(..)) || matches!(made.kind, Kind::Reduce(..));
        Ok(if is_days { made } else { node(Kind::Apply(Op::DaysOf, vec![made])) })
    }

    pub(super) fn aggregate(
        &self,
        aggregate: Aggregate,
        body: Option<&'a Expr>,
        generators: &'a [Generator],
        env: &Env<'a>,
    ) -> Built<Meaning<'a>> {
        let rows = self.open(env, generators)?;
        let how = match aggregate {
            Aggregate::Exists => How::Exists,
            Aggregate::All => How::All,
            Aggregate::Count => How::Count,
            Aggregate::CountDistinct => How::Distinct,
            Aggregate::Sum => How::Sum,
            Aggregate::Minimum => How::Minimum,
            Aggregate::Maximum => How::Maximum,
            Aggregate::Collect => {
                let body = body.ok_or(Strange)?;
                let collected =
                    rows.rows.into_iter().map(|row| Ok(Row { element: self.meaning(body, &row.env)?, ..row }));
                let rows_ = collected.collect::<Built<Vec<_>>>()?;
                return Ok(Meaning::Rows(Rows { lists: rows.lists, rows: rows_ }));
            }
        };
        self.reduce(how, None, rows, |row| body.map(|body| self.node(body, &row.env)).transpose()).map(Meaning::Node)
    }

    pub(super) fn reduce(
        &self,
        how: How,
        rule: Option<usize>,
        rows: Rows<'a>,
        body: impl Fn(&Row<'a>) -> Built<Option<N<'a>>>,
    ) -> Built<N<'a>> {
        self.reduce_on(how, rule, rows, |row| Ok((self.filter(row), body(row)?)))
    }

    #[allow(clippy::type_complexity, reason = "a filter and a body")]
    pub(super) fn reduce_on(
        &self,
        how: How,
        rule: Option<usize>,
        rows: Rows<'a>,
        read: impl Fn(&Row<'a>) -> Built<(Option<N<'a>>, Option<N<'a>>)>,
    ) -> Built<N<'a>> {
        let members = rows.rows.iter().map(|row| {
            let (filter, body) = read(row)?;
            Ok(Member { presence: row.presence, filter, body })
        });
        let members = members.collect::<Built<Vec<_>>>()?;
        Ok(node(Kind::Reduce(how, rule, rows.lists, members)))
    }

    /// Generators, one inside the other.
    pub(super) fn open(&self, env: &Env<'a>, generators: &'a [Generator]) -> Built<Rows<'a>> {
        let root = Row {
            presence: Presence::Certain,
            filters: Vec::new(),
            env: env.clone(),
            element: Meaning::Norm(usize::MAX),
            place: None,
        };
        let mut all = Rows { lists: Vec::new(), rows: vec![root] };
        for generator in generators {
            let (mut rows, mut lists) = (Vec::new(), Vec::new());
            for outer in all.rows {
                let inner = self.rows(self.meaning(&generator.list, &outer.env)?, &outer.env)?;
                // Inner lists are told last first.
                lists.splice(0..0, inner.lists);
                for row in inner.rows {
                    let mut env = Env { shown: &outer.env.shown | &row.env.shown, ..outer.env.clone() };
                    env.bind(&generator.name, row.element.clone());
                    let mut filters: Vec<N<'a>> = outer.filters.iter().cloned().chain(row.filters).collect();
                    if let Some(filter) = &generator.filter {
                        let made = self.node(filter, &env)?;
                        show(&mut env.shown, &made, true);
                        filters.push(made);
                    }
                    let presence = outer.presence.max(row.presence);
                    rows.push(Row { presence, filters, env, element: row.element, place: row.place });
                }
            }
            all.lists.extend(lists);
            all.rows = rows;
        }
        Ok(all)
    }

    /// The elements of a list, each with the names of here.
    pub(super) fn rows(&self, list: Meaning<'a>, env: &Env<'a>) -> Built<Rows<'a>> {
        match list {
            Meaning::Rows(rows) => Ok(rows),
            Meaning::Place(list) if list.is_list() => {
                Ok(Rows { lists: vec![Under::List(list.clone())], rows: self.row_of(&list, list.presence, env) })
            }
            Meaning::Through(reference, holder, lists) => {
                let keys = self.keys(&holder)?.1;
                let mut told = Vec::new();
                if let Some((at, _, list)) = lists.first() {
                    told = vec![Under::List(list.clone()), Under::Node(reference)];
                    told.extend(keys.get(*at).cloned().map(Under::Node));
                }
                let rows = lists.iter().flat_map(|(_, presence, list)| self.row_of(list, *presence, env)).collect();
                Ok(Rows { lists: told, rows })
            }
            Meaning::Node(_) | Meaning::Place(_) | Meaning::Norm(_) => Err(Strange),
        }
    }

    pub(super) fn row_of(&self, list: &Place<'a>, presence: Presence, env: &Env<'a>) -> Vec<Row<'a>> {
        let row = |element: Place<'a>| Row {
            presence: presence.max(element.presence),
            filters: Vec::new(),
            env: env.clone(),
            element: Meaning::Place(element.clone()),
            place: Some(element),
        };
        self.facts.elements(list).into_iter().map(row).collect()
    }
}

fn compared(comparison: Comparison) -> Op {
    match comparison {
        Comparison::Equal => Op::Equal,
        Comparison::Different => Op::Different,
        Comparison::Less => Op::Less,
        Comparison::AtMost => Op::AtMost,
        Comparison::Greater => Op::Greater,
        Comparison::AtLeast => Op::AtLeast,
    }
}
