//! The facts of the oracle: a dossier read against the declarations (sections 3 and 4 of the reference), and
//! the ways to fill in what it leaves unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use reglo::dossier::{Datum, Placed};
use reglo::syntax::ast::{
    Attributes, Expr, ExprKind, File, IncoherenceItem, Item, TypeBody, TypeExpr, TypeItem, TypeKind, Unit, ValueItem,
};
use reglo::value::{Day, Number};

use super::sums::{ONE, ordinal};
use super::{Out, Stop, V, Why};
use crate::generate::{DAYS, Draw};

/// The facts at some place of the dossier.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Fact {
    Leaf(Rc<Leaf>),
    Record(Rc<Record>),
    List(Rc<List>),
}

/// How a leaf came by its value.
#[derive(Clone, PartialEq, Debug)]
enum State {
    Given(V),
    Absent,
    LeftOut,
    /// `"?"`, or a datum that cannot be used.
    Unsure,
    /// A period of which one day is given.
    Part(Option<i32>, Option<i32>),
    /// Within an element or record of which nothing is known.
    Unheard,
    /// Contradicted; what is still known of it.
    SetAside(Vec<Option<[V; 2]>>),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Leaf {
    pub(super) path: String,
    ty: Rc<TypeExpr>,
    attributes: Rc<Attributes>,
    state: State,
    /// Whether an incoherence set it aside, whatever it is taken to be since.
    pub(super) contested: bool,
}

/// A record; `present` is none where it is not known whether it is there.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Record {
    pub(super) path: String,
    /// The list it is an element of.
    pub(super) list: Option<String>,
    pub(super) fields: BTreeMap<String, Fact>,
    present: Option<bool>,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct List {
    path: String,
    pub(super) elements: Vec<Fact>,
    pub(super) open: bool,
    element: Rc<TypeExpr>,
}

impl Leaf {
    pub(super) fn value(&self) -> Out {
        match &self.state {
            State::Given(value) => Ok(value.clone()),
            State::Absent => Err(Stop::Absent),
            _ => Err(Stop::Open(Why::Unknown, false)),
        }
    }

    /// What it is presumed or derived to be, where it is.
    pub(super) fn otherwise(&self) -> Option<&Expr> {
        let derived = self.attributes.derived.as_ref();
        match self.state {
            State::LeftOut => derived.or(self.attributes.presumed.as_ref()),
            State::Unsure | State::Part(..) | State::SetAside(_) => derived,
            State::Given(_) | State::Absent | State::Unheard => None,
        }
    }

    fn is_known(&self) -> bool {
        matches!(self.state, State::Given(_) | State::Absent) || self.otherwise().is_some()
    }
}

impl Record {
    pub(super) fn key(&self) -> &Leaf {
        let leaves =
            self.fields.values().filter_map(|fact| if let Fact::Leaf(leaf) = fact { Some(leaf) } else { None });
        leaves.into_iter().find(|leaf| leaf.attributes.key.is_some()).unwrap()
    }

    pub(super) fn present(&self) -> Out {
        self.present.map_or(Err(Stop::Open(Why::Unknown, false)), |there| Ok(V::Truth(there)))
    }
}

/// The declarations and rules of a ruleset, by name.
pub(super) struct Schema<'a> {
    types: BTreeMap<&'a str, &'a TypeItem>,
    facts: Vec<(&'a str, TypeExpr, Attributes)>,
    pub(super) items: Vec<&'a Item>,
    /// Values (but `pour chaque`), norms and decisions.
    pub(super) rules: BTreeMap<&'a str, &'a Item>,
    /// Values `pour chaque`, by list and name.
    pub(super) fields: BTreeMap<(String, String), &'a ValueItem>,
}

/// What a dossier says at some place.
#[derive(Clone, Copy)]
enum Heard<'d> {
    Found(&'d Datum),
    LeftOut,
    Absent,
    /// Nothing is known here: left out (in a record left out), unsure, or not heard of.
    Blank(Blank),
}

#[derive(Clone, Copy)]
enum Blank {
    LeftOut,
    Unsure,
    Unheard,
}

impl<'a> Schema<'a> {
    pub(super) fn new(files: &'a [File]) -> Self {
        let items: Vec<&Item> = files.iter().flat_map(|file| &file.items).collect();
        let mut schema = Self {
            types: BTreeMap::new(),
            facts: Vec::new(),
            rules: BTreeMap::new(),
            fields: BTreeMap::new(),
            items: items.clone(),
        };
        for item in items {
            match item {
                Item::Type(ty) => drop(schema.types.insert(&ty.name.text, ty)),
                Item::Fact(fact) => schema.facts.push((&fact.name.text, fact.ty.clone(), fact.attributes.clone())),
                Item::Assessment(fact) => {
                    let ty = TypeExpr { kind: TypeKind::Truth, span: fact.span };
                    schema.facts.push((&fact.name.text, ty, Attributes::default()));
                }
                Item::Value(value) => match &value.each {
                    Some(each) => drop(schema.fields.insert((dotted(&each.list), value.name.text.clone()), value)),
                    None => drop(schema.rules.insert(&value.name.text, item)),
                },
                Item::Norm(norm) => drop(schema.rules.insert(&norm.name.text, item)),
                Item::Decision(decision) => drop(schema.rules.insert(&decision.name.text, item)),
                _ => {}
            }
        }
        schema
    }

    /// Some values of a type.
    pub(super) fn pool(&self, ty: &TypeExpr) -> Vec<V> {
        match &ty.kind {
            TypeKind::Named(name) => match &self.types[name.text.as_str()].body {
                TypeBody::Enumeration(cases) => cases.iter().map(|case| V::Case(case.name.text.clone())).collect(),
                TypeBody::Record(_) => panic!("{name:?} is a record"),
            },
            kind => pool(kind),
        }
    }

    pub(super) fn read(&self, datum: &Datum) -> Rc<Record> {
        let members = if let Datum::Record(members) = datum { members.as_slice() } else { &[] };
        let fields = self.facts.iter().map(|(name, ty, attributes)| {
            let heard = Heard::of(members.iter().find(|(n, _)| n == name).map(|(_, placed)| placed));
            ((*name).to_owned(), self.fact(ty, attributes, heard, (*name).to_owned()))
        });
        Rc::new(Record { path: String::new(), list: None, fields: fields.collect(), present: Some(true) })
    }

    fn fact(&self, ty: &TypeExpr, attributes: &Attributes, heard: Heard, path: String) -> Fact {
        let optional = attributes.optional.is_some();
        if let TypeKind::List(element) = &ty.kind {
            return self.list(element, optional, heard, path);
        }
        if let TypeKind::Named(name) = &ty.kind
            && let TypeBody::Record(_) = self.types[name.text.as_str()].body
        {
            return Fact::Record(Rc::new(self.record(ty, optional, heard, (path, None))));
        }
        let state = match heard {
            Heard::Absent => State::Absent,
            Heard::LeftOut if optional => State::Absent,
            Heard::Found(Datum::Truth(false)) if optional && !matches!(ty.kind, TypeKind::Truth) => State::Absent,
            Heard::LeftOut | Heard::Blank(Blank::LeftOut) => State::LeftOut,
            Heard::Blank(Blank::Unsure) => State::Unsure,
            Heard::Blank(Blank::Unheard) => State::Unheard,
            Heard::Found(datum) => self.datum(ty, attributes, datum).unwrap_or(State::Unsure),
        };
        Fact::Leaf(Rc::new(Leaf {
            path,
            ty: Rc::new(ty.clone()),
            attributes: Rc::new(attributes.clone()),
            state,
            contested: false,
        }))
    }

    fn list(&self, element: &TypeExpr, optional: bool, heard: Heard, path: String) -> Fact {
        let (data, open): (&[Placed], bool) = match heard {
            Heard::Absent => (&[], false),
            Heard::LeftOut | Heard::Found(Datum::Truth(false)) if optional => (&[], false),
            Heard::Found(Datum::List(elements)) => (elements, false),
            Heard::Found(_) | Heard::LeftOut | Heard::Blank(_) => (&[], true),
        };
        let elements = (0..).zip(data).map(|(at, placed): (usize, _)| {
            let heard = match Heard::of(Some(placed)) {
                Heard::LeftOut => Heard::Blank(Blank::LeftOut),
                heard => heard,
            };
            self.element(element, heard, &path, at)
        });
        Fact::List(Rc::new(List { elements: elements.collect(), open, element: Rc::new(element.clone()), path }))
    }

    fn element(&self, ty: &TypeExpr, heard: Heard, list: &str, at: usize) -> Fact {
        let path = format!("{list}[{at}]");
        if let TypeKind::Named(name) = &ty.kind
            && let TypeBody::Record(_) = self.types[name.text.as_str()].body
        {
            return Fact::Record(Rc::new(self.record(ty, false, heard, (path, Some(without_index(list))))));
        }
        self.fact(ty, &Attributes::default(), heard, path)
    }

    fn record(&self, ty: &TypeExpr, optional: bool, heard: Heard, (path, list): (String, Option<String>)) -> Record {
        let TypeKind::Named(name) = &ty.kind else { panic!("{ty:?}") };
        let TypeBody::Record(items) = &self.types[name.text.as_str()].body else { panic!("{ty:?}") };
        let inside = match heard {
            Heard::LeftOut | Heard::Found(Datum::Truth(false)) if optional => Heard::Absent,
            Heard::LeftOut => Heard::Blank(Blank::LeftOut),
            Heard::Found(Datum::Record(_)) | Heard::Absent => heard,
            Heard::Found(_) => Heard::Blank(Blank::Unsure),
            Heard::Blank(_) if optional => Heard::Blank(Blank::Unheard),
            Heard::Blank(blank) => Heard::Blank(blank),
        };
        let present = match inside {
            Heard::Absent => Some(false),
            Heard::Blank(_) if optional => None,
            _ => Some(true),
        };
        let fields = items.iter().map(|item| {
            let name = item.name.text.clone();
            let heard = match inside {
                Heard::Found(Datum::Record(members)) => {
                    Heard::of(members.iter().find(|(n, _)| *n == name).map(|(_, placed)| placed))
                }
                other => other,
            };
            let fact = self.fact(&item.ty, &item.attributes, heard, format!("{path}.{name}"));
            (name, fact)
        });
        Record { fields: fields.collect(), path, list, present }
    }

    /// A datum as a value of that type; none if it is not one.
    fn datum(&self, ty: &TypeExpr, attributes: &Attributes, datum: &Datum) -> Option<State> {
        let number = |range: &Option<(Number, Number)>| {
            let Datum::Number(token) = datum else { return None };
            let number = Number::parse(token).ok()?;
            range.is_none_or(|(low, high)| low <= number && number <= high).then_some(number)
        };
        let day = |datum: &Datum| match datum {
            Datum::Text(text) => Day::parse_iso(text).ok().map(Day::number),
            _ => None,
        };
        let value = match (&ty.kind, datum) {
            (TypeKind::Truth, Datum::Truth(holds)) => V::Truth(*holds),
            (TypeKind::Integer(range), _) => number(range).filter(|n| n.is_integer()).map(from_number)?,
            (TypeKind::Number(range), _) => number(range).map(from_number)?,
            (TypeKind::Date, _) => V::Date(day(datum)?),
            (TypeKind::Duration(Some(Unit::Weeks)), Datum::Number(_)) => {
                V::Num(ordinal(&from_number(number(&None)?)) * 7)
            }
            (TypeKind::Duration(Some(Unit::Days)), Datum::Number(_)) => from_number(number(&None)?),
            (TypeKind::Duration(_), Datum::Text(text)) => match text.split_once(' ')? {
                (days, "jours") => from_number(Number::parse(days).ok()?),
                (weeks, "semaines") => V::Num(ordinal(&from_number(Number::parse(weeks).ok()?)) * 7),
                _ => return None,
            },
            (TypeKind::Period, Datum::Record(members)) => {
                let end = |name: &str| match members.iter().find(|(n, _)| n == name).map(|(_, placed)| &placed.datum) {
                    None | Some(Datum::Null | Datum::Unknown) => Some(None),
                    Some(datum) => day(datum).map(Some),
                };
                match (end("debut")?, end("fin")?) {
                    (Some(start), Some(end)) if end < start => return None,
                    (Some(start), Some(end)) => V::Period(start, end),
                    (start, end) => return Some(State::Part(start, end)),
                }
            }
            (TypeKind::Text, Datum::Text(text)) => V::Text(text.clone()),
            (TypeKind::Text, Datum::Number(text)) if attributes.key.is_some() => V::Text(text.clone()),
            (TypeKind::Reference(path), Datum::Text(text) | Datum::Number(text)) => {
                V::Key(path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("."), text.clone())
            }
            (TypeKind::Named(name), Datum::Text(text)) => {
                let TypeBody::Enumeration(cases) = &self.types[name.text.as_str()].body else { return None };
                let named = |name: &str| cases.iter().any(|case| case.name.text == name);
                match text.as_str() {
                    text if named(text) => V::Case(text.to_owned()),
                    _ if named("autre") => V::Case("autre".to_owned()),
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(State::Given(value))
    }
}

impl<'d> Heard<'d> {
    fn of(placed: Option<&'d Placed>) -> Self {
        match placed.map(|placed| &placed.datum) {
            None | Some(Datum::Null) => Heard::LeftOut,
            Some(Datum::Unknown) => Heard::Blank(Blank::Unsure),
            Some(datum) => Heard::Found(datum),
        }
    }
}

fn from_number(number: Number) -> V {
    V::Num(number.millionths().into())
}

/// Some values of a type that is no enumeration.
pub(super) fn pool(kind: &TypeKind) -> Vec<V> {
    let numbers = |halves: &[i128], range: &Option<(Number, Number)>| -> Vec<V> {
        let ends = range.iter().flat_map(|(low, high)| [from_number(*low), from_number(*high)]);
        let within = |value: &V| {
            range.is_none_or(|(low, high)| {
                ordinal(&from_number(low)) <= ordinal(value) && ordinal(value) <= ordinal(&from_number(high))
            })
        };
        let mut all: Vec<V> = halves.iter().map(|half| V::Num(half * ONE / 2)).chain(ends).filter(within).collect();
        all.sort_by_key(ordinal);
        all.dedup();
        all
    };
    let days = || DAYS.iter().map(|day| Day::parse_iso(day).unwrap().number());
    match kind {
        TypeKind::Truth => vec![V::Truth(true), V::Truth(false)],
        TypeKind::Integer(range) => numbers(&[-2, 0, 2, 4, 6, 10], range),
        TypeKind::Number(range) => numbers(&[-1, 0, 1, 4, 5, 20], range),
        TypeKind::Duration(_) => numbers(&[0, 2, 6, 14, 28, 3], &None),
        TypeKind::Date => days().map(V::Date).collect(),
        TypeKind::Period => {
            let all = days().flat_map(|start| days().map(move |end| V::Period(start, end)));
            all.filter(|period| matches!(period, V::Period(start, end) if start <= end)).step_by(2).collect()
        }
        TypeKind::Text => ["P", "Q", "R"].map(|text| V::Text(text.to_owned())).into(),
        TypeKind::Named(_) | TypeKind::Reference(_) | TypeKind::List(_) => panic!("{kind:?}"),
    }
}

/// The fact at a path through records.
pub(super) fn at<'f>(record: &'f Record, path: &[&str]) -> &'f Fact {
    match (&record.fields[path[0]], &path[1..]) {
        (fact, []) => fact,
        (Fact::Record(inner), rest) => at(inner, rest),
        (other, _) => panic!("{other:?} is no record"),
    }
}

/// What incoherences set aside, by path of the leaf.
pub(super) type Discards = BTreeMap<String, Vec<Option<[V; 2]>>>;

pub(super) fn set_aside(facts: &Record, discards: &Discards) -> Rc<Record> {
    fn walk(fact: &Fact, discards: &Discards) -> Fact {
        match fact {
            Fact::Leaf(leaf) => match discards.get(&leaf.path) {
                Some(bounds) => {
                    let state = State::SetAside(bounds.clone());
                    Fact::Leaf(Rc::new(Leaf { state, contested: true, ..(**leaf).clone() }))
                }
                None => fact.clone(),
            },
            Fact::Record(record) => Fact::Record(set_aside(record, discards)),
            Fact::List(list) => {
                let elements = list.elements.iter().map(|fact| walk(fact, discards)).collect();
                Fact::List(Rc::new(List { elements, ..(**list).clone() }))
            }
        }
    }
    let fields = facts.fields.iter().map(|(name, fact)| (name.clone(), walk(fact, discards))).collect();
    Rc::new(Record { fields, ..facts.clone() })
}

/// Calls `visit` on every fact, outermost first.
fn visit<'f>(record: &'f Rc<Record>, see: &mut dyn FnMut(&'f Fact)) {
    fn walk<'f>(fact: &'f Fact, see: &mut dyn FnMut(&'f Fact)) {
        see(fact);
        match fact {
            Fact::Leaf(_) => {}
            Fact::Record(record) => visit(record, see),
            Fact::List(list) => list.elements.iter().for_each(|fact| walk(fact, see)),
        }
    }
    record.fields.values().for_each(|fact| walk(fact, see));
}

pub(super) fn is_whole(facts: &Rc<Record>) -> bool {
    let mut whole = true;
    visit(facts, &mut |fact| {
        whole &= match fact {
            Fact::Leaf(leaf) => leaf.is_known(),
            Fact::Record(record) => record.present.is_some(),
            Fact::List(list) => !list.open,
        };
    });
    whole
}

/// Leaves that are there, by path.
pub(super) fn given(facts: &Rc<Record>) -> Vec<(String, Out)> {
    let mut found = Vec::new();
    visit(facts, &mut |fact| {
        if let Fact::Leaf(leaf) = fact
            && leaf.value() != Err(Stop::Absent)
        {
            found.push((leaf.path.clone(), leaf.value()));
        }
    });
    found
}

/// An end before the start is a fault of both dates, unless an incoherence speaks of them.
pub(super) fn inverted(schema: &Schema, facts: &Rc<Record>) -> Vec<String> {
    let spoken: Vec<BTreeSet<String>> = schema
        .items
        .iter()
        .filter_map(|item| if let Item::Incoherence(item) = item { Some(discarded(item)) } else { None })
        .collect();
    let mut found = Vec::new();
    visit(facts, &mut |fact| {
        let Fact::Record(record) = fact else { return };
        let date = |name: &str| match record.fields.get(name) {
            Some(Fact::Leaf(leaf)) => match leaf.state {
                State::Given(V::Date(day)) => Some((day, leaf.path.clone())),
                _ => None,
            },
            _ => None,
        };
        let (Some((start, start_path)), Some((end, end_path))) = (date("début"), date("fin")) else { return };
        let both = [without_index(&start_path), without_index(&end_path)];
        if end < start && !spoken.iter().any(|discards| both.iter().all(|path| discards.contains(path))) {
            found.extend([start_path, end_path]);
        }
    });
    found
}

/// The paths of what an incoherence sets aside, lists without index.
fn discarded(item: &IncoherenceItem) -> BTreeSet<String> {
    let path = |expr: &Expr| {
        let path = dotted(expr);
        let (head, rest) = path.split_once('.').unwrap_or((&path, ""));
        match item.each.iter().find(|each| each.name.text == head) {
            Some(each) => format!("{}.{rest}", dotted(&each.list)),
            None => path.clone(),
        }
    };
    item.discards.iter().map(path).collect()
}

fn dotted(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Field(object, name) => format!("{}.{}", dotted(object), name.text),
        other => panic!("{other:?} is no path"),
    }
}

fn without_index(path: &str) -> String {
    path.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect()
}

/// Picks what fills in the unknowns: all combinations in turn, or at random.
pub(crate) struct Chooser {
    script: Vec<(usize, usize)>,
    at: usize,
    random: Option<Draw>,
    used: BTreeSet<(String, String)>,
    texts: Vec<String>,
}

impl Chooser {
    pub(crate) fn in_turn() -> Self {
        Self { script: Vec::new(), at: 0, random: None, used: BTreeSet::new(), texts: Vec::new() }
    }

    pub(crate) fn at_random(seed: u64) -> Self {
        Self { random: Some(Draw::new(seed)), ..Self::in_turn() }
    }

    /// Goes on to the next combination; false when all have been tried.
    pub(crate) fn advance(&mut self) -> bool {
        self.at = 0;
        if self.random.is_some() {
            return true;
        }
        while let Some((picked, of)) = self.script.pop() {
            if picked + 1 < of {
                self.script.push((picked + 1, of));
                return true;
            }
        }
        false
    }

    fn pick(&mut self, of: usize) -> usize {
        if let Some(draw) = &mut self.random {
            return draw.below(of);
        }
        if self.at == self.script.len() {
            self.script.push((0, of));
        }
        self.at += 1;
        self.script[self.at - 1].0
    }
}

/// The facts with every unknown filled in.
pub(super) fn complete(schema: &Schema, facts: &Rc<Record>, chooser: &mut Chooser) -> Rc<Record> {
    chooser.used.clear();
    chooser.texts.clear();
    visit(facts, &mut |fact| match fact {
        Fact::Leaf(leaf) => match &leaf.state {
            State::Given(V::Text(key)) if leaf.attributes.key.is_some() => {
                chooser.used.insert((without_index(&leaf.path), key.clone()));
            }
            State::Given(V::Key(_, text)) => chooser.texts.push(text.clone()),
            _ => {}
        },
        Fact::Record(_) | Fact::List(_) => {}
    });
    let filled = fill_record(schema, facts, chooser, None);
    // References last, so that the elements they may designate are there.
    fill_record(schema, &filled, chooser, Some(&filled))
}

fn fill_record(schema: &Schema, record: &Record, chooser: &mut Chooser, all: Option<&Record>) -> Rc<Record> {
    let there = record.present.unwrap_or_else(|| chooser.pick(2) == 0);
    let fields = record.fields.iter().map(|(name, fact)| {
        let fact = if there { fill(schema, fact, chooser, all) } else { absent(fact) };
        (name.clone(), fact)
    });
    Rc::new(Record { fields: fields.collect(), present: Some(there), ..record.clone() })
}

fn absent(fact: &Fact) -> Fact {
    match fact {
        Fact::Leaf(leaf) => Fact::Leaf(Rc::new(Leaf { state: State::Absent, ..(**leaf).clone() })),
        Fact::Record(record) => {
            let fields = record.fields.iter().map(|(name, fact)| (name.clone(), absent(fact))).collect();
            Fact::Record(Rc::new(Record { fields, present: Some(false), ..(**record).clone() }))
        }
        Fact::List(list) => Fact::List(Rc::new(List { elements: Vec::new(), open: false, ..(**list).clone() })),
    }
}

/// Fills in all but references, or, where all the rest is known, references.
fn fill(schema: &Schema, fact: &Fact, chooser: &mut Chooser, all: Option<&Record>) -> Fact {
    match fact {
        Fact::Record(record) => Fact::Record(fill_record(schema, record, chooser, all)),
        Fact::List(list) => {
            let mut elements = list.elements.clone();
            if list.open {
                let more = chooser.pick(3);
                let blank = Heard::Blank(Blank::Unheard);
                elements.extend((0..more).map(|at| schema.element(&list.element, blank, &list.path, at)));
            }
            let elements = elements.iter().map(|fact| fill(schema, fact, chooser, all)).collect();
            Fact::List(Rc::new(List { elements, open: false, ..(**list).clone() }))
        }
        Fact::Leaf(leaf) if leaf.is_known() => fact.clone(),
        Fact::Leaf(leaf) => {
            let domain = match (&leaf.ty.kind, all) {
                (TypeKind::Reference(_), None) => return fact.clone(),
                (TypeKind::Reference(list), Some(all)) => {
                    let path: Vec<&str> = list.iter().map(|name| name.text.as_str()).collect();
                    keys(all, &path)
                }
                (_, _) if leaf.attributes.key.is_some() => vec![new_key(leaf, chooser)],
                (_, _) => domain(schema, leaf),
            };
            let there = match &leaf.state {
                State::SetAside(bounds) => bounds.iter().all(Option::is_some),
                state => matches!(state, State::Part(..)),
            };
            let optional = leaf.attributes.optional.is_some() && !there;
            let picked = chooser.pick(domain.len() + usize::from(optional));
            let state = domain.get(picked).map_or(State::Absent, |value| State::Given(value.clone()));
            Fact::Leaf(Rc::new(Leaf { state, ..(**leaf).clone() }))
        }
    }
}

/// A key that no other element has: one of its own, or one that a reference seeks.
fn new_key(leaf: &Leaf, chooser: &mut Chooser) -> V {
    let list = without_index(&leaf.path);
    let sought = chooser.texts.iter().filter(|text| !chooser.used.contains(&(list.clone(), (*text).clone())));
    let candidates: Vec<String> = [format!("U{}", leaf.path)].into_iter().chain(sought.cloned()).collect();
    let key = candidates[chooser.pick(candidates.len())].clone();
    chooser.used.insert((list, key.clone()));
    V::Text(key)
}

/// What an unknown reference may be: the key of any element, or one that designates nothing.
fn keys(all: &Record, path: &[&str]) -> Vec<V> {
    let Fact::List(list) = at(all, path) else { panic!("{path:?} is no list") };
    let keys = list.elements.iter().map(|element| match element {
        Fact::Record(record) => record.key().value(),
        other => panic!("{other:?} has no key"),
    });
    let key = |text: String| V::Key(path.join("."), text);
    let texts = keys.filter_map(|key| if let Ok(V::Text(text)) = key { Some(text) } else { None });
    texts.chain(["nul".to_owned()]).map(key).collect()
}

fn domain(schema: &Schema, leaf: &Leaf) -> Vec<V> {
    let all = schema.pool(&leaf.ty);
    match &leaf.state {
        State::Part(start, end) => {
            let (low, high) = (start.unwrap_or(end.unwrap_or(0) - 9), end.unwrap_or(start.unwrap_or(0) + 9));
            match (start, end) {
                (None, None) => all,
                (Some(_), _) => [0, 1, 9].map(|days| V::Period(low, low + days)).into(),
                (None, Some(_)) => [0, 1, 9].map(|days| V::Period(high - days, high)).into(),
            }
        }
        State::SetAside(bounds) if bounds.iter().all(Option::is_some) => {
            let ends: Vec<V> = bounds.iter().flatten().flatten().cloned().collect();
            let low = ends.iter().map(ordinal).min().unwrap();
            let high = ends.iter().map(ordinal).max().unwrap();
            let declared = |value: &V| match &leaf.ty.kind {
                TypeKind::Integer(Some(range)) | TypeKind::Number(Some(range)) => {
                    let (from, to) = (ordinal(&from_number(range.0)), ordinal(&from_number(range.1)));
                    (from..=to).contains(&ordinal(value))
                }
                _ => true,
            };
            let within = |value: &V| (low..=high).contains(&ordinal(value)) && declared(value);
            let left: Vec<V> = all.iter().cloned().chain(ends).filter(within).collect();
            // Bounds beside the declared range say nothing.
            if left.is_empty() { all } else { left }
        }
        _ => all,
    }
}
