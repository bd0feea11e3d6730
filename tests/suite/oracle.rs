//! A naive evaluator of rulesets, to be read beside the reference of the language (sections 3 to 7).
//!
//! It walks the tree of a ruleset and knows nothing of how the tree is lowered: names are looked up where they
//! are read, every value is one value, lists are vectors, sets of days are runs it keeps itself. An
//! expression gives a value or the reason why it has none ([`Stop`]). Where the reason is a conflict, a gap
//! or a fault, it is an unknown that no fact can settle, so `et`, `ou`, `si` and the choice of a definition
//! still answer where the answer does not depend on it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod facts;
mod sums;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use reglo::dossier::Datum;
use reglo::syntax::ast::{
    Aggregate, Arithmetic, Comparison, DecisionItem, Expr, ExprKind, File, Generator, Item, Let, NormItem, NormKind,
    NoticeItem, State, TypeExpr, ValueBody, ValueItem,
};

pub(crate) use facts::{Chooser, DAYS};
use facts::{Fact, Record, Schema};

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum V {
    Truth(bool),
    /// Numbers, and durations in days: millionths.
    Num(i128),
    Months(i128),
    /// Days after 0001-01-01.
    Date(i32),
    Period(i32, i32),
    /// Runs of days, in order and apart.
    Days(Vec<(i32, i32)>),
    Text(String),
    /// The key of an element of the list at that path.
    Key(String, String),
    Case(String),
    Record(Rc<Record>),
    List(Vec<Member>),
}

/// An element of a list: perhaps in it only, for the reason given; and what it is.
pub(crate) type Member = (Option<Why>, Out);

/// Why there is no value, and no fact can give one; or, while incoherences look, why it is not known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Why {
    Conflict,
    Gap,
    Fault,
    Unknown,
}

/// Why an expression has no value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Stop {
    Absent,
    NotApplicable,
    /// Open for that reason; perhaps without object.
    Open(Why, bool),
}

pub(crate) type Out = Result<V, Stop>;

use Stop::{Absent, NotApplicable, Open};

/// The names in scope.
#[derive(Clone, Default)]
struct Env {
    variables: Vec<(String, Out)>,
    /// Its fields may be named alone.
    record: Option<Rc<Record>>,
    base: Option<Out>,
}

impl Env {
    fn with(&self, name: &str, value: Out) -> Self {
        let mut env = self.clone();
        env.variables.push((name.to_owned(), value));
        env
    }
}

/// What a rule answers for the dossier, and for each of its instances (with whether it surely is one).
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Answer {
    pub(crate) result: Option<Out>,
    pub(crate) instances: Vec<Member>,
}

pub(crate) struct Oracle<'a> {
    schema: Rc<Schema<'a>>,
    facts: Rc<Record>,
    /// Puts some value in place of each certain conflict, gap and fault, drawn from this number.
    substitute: Option<u64>,
    memo: RefCell<BTreeMap<String, Out>>,
    /// How many ways are being tried at once, of which not all can be meant.
    trying: Cell<u32>,
    /// Where a conflict, a gap or a fault is certain.
    certain: RefCell<BTreeSet<u32>>,
    /// The conflicts, gaps and faults met.
    met: RefCell<BTreeSet<Why>>,
}

/// What is known of the facts, incoherences applied.
pub(crate) enum Reading<'a> {
    Ready(Oracle<'a>),
    /// It depends on what is unknown whether an incoherence holds.
    Undecided,
}

impl<'a> Oracle<'a> {
    /// Reads a dossier and sets aside the facts that contradict each other.
    pub(crate) fn read(files: &'a [File], datum: &Datum) -> Reading<'a> {
        let schema = Rc::new(Schema::new(files));
        let facts = schema.read(datum);
        let mut oracle = Self::of(schema, facts, None);
        let Some(discards) = oracle.incoherences() else { return Reading::Undecided };
        oracle.facts = facts::set_aside(&oracle.facts, &discards);
        oracle.memo.borrow_mut().clear();
        Reading::Ready(oracle)
    }

    /// Whether every fact that is read has a value.
    pub(crate) fn is_whole(&self) -> bool {
        facts::is_whole(&self.facts)
    }

    /// The same rules on the facts with every unknown filled in, as the chooser picks.
    pub(crate) fn completed(&self, chooser: &mut Chooser) -> Self {
        let facts = facts::complete(&self.schema, &self.facts, chooser);
        Self::of(self.schema.clone(), facts, None)
    }

    /// The same with each conflict, gap and fault replaced that was certain when the rules were answered.
    pub(crate) fn substituted(&self, seed: u64) -> Self {
        Self { certain: self.certain.clone(), ..Self::of(self.schema.clone(), self.facts.clone(), Some(seed)) }
    }

    fn of(schema: Rc<Schema<'a>>, facts: Rc<Record>, substitute: Option<u64>) -> Self {
        let (memo, trying) = (RefCell::default(), Cell::new(0));
        Self { schema, facts, substitute, memo, trying, certain: RefCell::default(), met: RefCell::default() }
    }

    /// Whether that conflict, gap or fault was met in answering.
    pub(crate) fn has_met(&self, why: Why) -> bool {
        self.met.borrow().contains(&why)
    }

    pub(crate) fn has_met_any(&self) -> bool {
        !self.met.borrow().is_empty()
    }

    fn trying<T>(&self, several: bool, answer: impl FnOnce() -> T) -> T {
        self.trying.set(self.trying.get() + u32::from(several));
        let answered = answer();
        self.trying.set(self.trying.get() - u32::from(several));
        answered
    }

    /// Notes a trouble at that place; what stands for it, where it is to be replaced.
    fn trouble(&self, why: Why, at: u32) -> Result<u64, Stop> {
        self.met.borrow_mut().insert(why);
        match self.substitute {
            Some(seed) if self.certain.borrow().contains(&at) => Ok((seed ^ u64::from(at)).wrapping_mul(0x9E37_79B9)),
            Some(_) => Err(Open(why, false)),
            None => {
                if self.trying.get() == 0 {
                    self.certain.borrow_mut().insert(at);
                }
                Err(Open(why, false))
            }
        }
    }

    /// The value of each leaf, by path.
    pub(crate) fn given(&self) -> Vec<(String, Out)> {
        facts::given(&self.facts)
    }

    /// What each rule answers, by name.
    pub(crate) fn answers(&self) -> BTreeMap<String, Answer> {
        let env = Env::default();
        let mut answers = BTreeMap::new();
        let root = |out: Out| Answer { instances: vec![(None, out.clone())], result: Some(out) };
        for item in &self.schema.items {
            let (name, answer) = match item {
                Item::Value(v) if matches!(v.ty.kind, reglo::syntax::ast::TypeKind::List(_)) => continue,
                Item::Value(v) => (
                    &v.name.text,
                    match &v.each {
                        None => root(self.named(&v.name.text)),
                        Some(each) => {
                            let all = Generator { filter: None, ..each.clone() };
                            let rows = self.rows(&env, std::slice::from_ref(&all)).unwrap();
                            let instances = rows.iter().map(|(_, row)| (None, self.value_row(v, row))).collect();
                            Answer { result: None, instances }
                        }
                    },
                ),
                Item::Norm(n) => (
                    &n.name.text,
                    Answer {
                        result: Some(self.named(&n.name.text)),
                        instances: self.each(&n.each, |row| self.judge(n, row)),
                    },
                ),
                Item::Notice(n) => {
                    let instances = self.each(&n.each, |row| self.noticed(n, row));
                    let result = n.each.is_empty().then(|| instances[0].1.clone());
                    (&n.name.text, Answer { result, instances })
                }
                Item::Decision(d) => (&d.name.text, root(self.named(&d.name.text))),
                _ => continue,
            };
            answers.insert(name.clone(), answer);
        }
        answers
    }

    fn each(&self, generators: &[Generator], judge: impl Fn(&Env) -> Out) -> Vec<Member> {
        match self.rows(&Env::default(), generators) {
            Ok(rows) => rows.iter().map(|(pass, row)| (*pass, judge(row))).collect(),
            Err(stop) => vec![(None, Err(stop))],
        }
    }

    // ── Values (§6) ──────────────────────────────────────────────────────────────────────────────

    /// A root rule by its name.
    fn named(&self, name: &str) -> Out {
        if let Some(known) = self.memo.borrow().get(name) {
            return known.clone();
        }
        let env = Env::default();
        let out = match self.schema.rules[name] {
            Item::Value(v) => match (&v.ty.kind, &v.body) {
                (reglo::syntax::ast::TypeKind::List(_), ValueBody::Single { value, .. }) => self.eval(&env, value),
                _ => self.value(v, &env, None),
            },
            Item::Norm(n) if n.each.is_empty() => self.judge(n, &env),
            Item::Norm(n) => instances(&self.each(&n.each, |row| self.judge(n, row))),
            Item::Decision(d) => self.decide(d, &env),
            _ => unreachable!("{name} is not read by name"),
        };
        self.memo.borrow_mut().insert(name.to_owned(), out.clone());
        out
    }

    /// A value `pour chaque`, of the element its variable stands for in `row`.
    fn value_row(&self, item: &ValueItem, row: &Env) -> Out {
        let filter = item.each.as_ref().and_then(|each| each.filter.as_ref());
        self.value(item, row, filter.map(|filter| self.eval(row, filter)))
    }

    fn value(&self, item: &ValueItem, env: &Env, filter: Option<Out>) -> Out {
        let env = self.lets(env, &item.lets);
        let applies = and(filter.into_iter().chain(item.scope.iter().map(|(c, _)| self.eval(&env, c))));
        let all: Vec<usize> = (0..definitions(item).len()).collect();
        when(applies, || self.choose(item, &env, &all))
    }

    /// The value of the definition that prevails among some of them.
    fn choose(&self, item: &ValueItem, env: &Env, among: &[usize]) -> Out {
        let definitions = definitions(item);
        let conditions: Vec<Out> =
            among.iter().map(|k| definitions[*k].0.map_or(Ok(V::Truth(true)), |c| self.eval(env, c))).collect();
        if conditions.contains(&Err(NotApplicable)) {
            return Err(NotApplicable);
        }
        let over = |higher: usize, lower: usize| prevails(item, higher, lower, 0);
        // Where a condition is open, both of its answers are tried.
        let open: Vec<usize> = (0..among.len()).filter(|at| conditions[*at].is_err()).collect();
        let results: Vec<Out> = (0..1usize << open.len())
            .map(|turn| {
                let holds: Vec<usize> = (0..among.len())
                    .filter(|at| match open.iter().position(|o| o == at) {
                        Some(bit) => turn >> bit & 1 == 1,
                        None => conditions[*at] == Ok(V::Truth(true)),
                    })
                    .map(|at| among[at])
                    .collect();
                let candidates = holds.iter().filter(|k| !holds.iter().any(|higher| over(*higher, **k)));
                let values = candidates.map(|&k| {
                    let below: Vec<usize> = (0..definitions.len()).filter(|lower| over(k, *lower)).collect();
                    let base = reads_base(definitions[k].1).then(|| self.choose(item, env, &below));
                    match self.eval(&Env { base, ..env.clone() }, definitions[k].1)? {
                        record @ V::Record(_) => self.period(&record).map(|(start, end)| V::Period(start, end)),
                        value => Ok(value),
                    }
                });
                self.trying(!open.is_empty(), || self.agree(item, &values.collect::<Vec<_>>()))
            })
            .collect();
        match conditions.iter().find_map(|c| c.as_ref().err()) {
            Some(stop) => settle(&results, *stop),
            None => results[0].clone(),
        }
    }

    /// Definitions that apply together: one value, or a conflict; none is a gap.
    fn agree(&self, item: &ValueItem, values: &[Out]) -> Out {
        let Some(first) = values.first() else { return self.open(Why::Gap, &item.ty, item.span.start) };
        let settled: Vec<&Out> = values.iter().filter(|value| !matches!(value, Err(Open(..)))).collect();
        if settled.iter().any(|value| *value != settled[0]) {
            return self.open(Why::Conflict, &item.ty, item.span.start);
        }
        values.iter().find(|value| matches!(value, Err(Open(..)))).unwrap_or(first).clone()
    }

    fn lets(&self, env: &Env, lets: &[Let]) -> Env {
        lets.iter().fold(env.clone(), |env, l| {
            let value = self.eval(&env, &l.value);
            env.with(&l.name.text, value)
        })
    }

    // ── Norms and decisions (§7) ─────────────────────────────────────────────────────────────────

    fn judge(&self, item: &NormItem, env: &Env) -> Out {
        let env = self.lets(env, &item.lets);
        let scope = item.scope.iter().map(|(c, _)| self.eval(&env, c));
        let exempt = item.exemptions.iter().map(|e| not(self.eval(&env, &e.condition)));
        when(and(scope.chain(exempt)), || {
            and(item.content.iter().map(|content| {
                let holds = self.eval(&env, &content.condition);
                if item.kind == NormKind::Prohibition { not(holds) } else { holds }
            }))
        })
    }

    fn noticed(&self, item: &NoticeItem, env: &Env) -> Out {
        self.eval(&self.lets(env, &item.lets), &item.condition)
    }

    fn decide(&self, item: &DecisionItem, env: &Env) -> Out {
        let env = self.lets(env, &item.lets);
        when(and(item.scope.iter().map(|(c, _)| self.eval(&env, c))), || {
            let exempt = or(item.exemptions.iter().map(|e| self.eval(&env, &e.condition)));
            or([exempt].into_iter().chain(std::iter::once_with(|| {
                let lines = and(item.requirements.iter().map(|line| {
                    let items = || and(line.items.iter().map(|item| self.required(&env, item)));
                    match &line.case {
                        None => items(),
                        Some(case) => or([not(self.eval(&env, case))].into_iter().chain(std::iter::once_with(items))),
                    }
                }));
                let cases: Option<Vec<&Expr>> = item.requirements.iter().map(|line| line.case.as_ref()).collect();
                let Some(cases) = cases else { return lines };
                match or(cases.iter().map(|case| self.eval(&env, case))) {
                    Ok(V::Truth(true)) => lines,
                    Ok(_) => self.trouble(Why::Gap, item.span.start).map(|turn| V::Truth(turn % 2 == 0)),
                    Err(stop) => settle(&[lines], stop),
                }
            })))
        })
    }

    /// A norm by name is met where it holds or does not apply; a permission must be open; a preference
    /// never blocks.
    fn required(&self, env: &Env, item: &Expr) -> Out {
        let ExprKind::Name(name) = &item.kind else { return self.eval(env, item) };
        let Some(Item::Norm(norm)) = self.schema.rules.get(name.text.as_str()) else { return self.eval(env, item) };
        match (norm.kind, self.named(&name.text)) {
            (NormKind::Preference, _) => Ok(V::Truth(true)),
            (NormKind::Permission, Err(NotApplicable)) => Ok(V::Truth(false)),
            (_, Err(NotApplicable)) => Ok(V::Truth(true)),
            (_, Err(Open(why, _))) => Err(Open(why, false)),
            (_, out) => out,
        }
    }

    // ── Expressions (§5) ─────────────────────────────────────────────────────────────────────────

    fn eval(&self, env: &Env, expr: &Expr) -> Out {
        let truth = |holds: bool| Ok(V::Truth(holds));
        match &expr.kind {
            ExprKind::Truth(holds) => truth(*holds),
            ExprKind::Number(number) => Ok(V::Num(number.millionths().into())),
            ExprKind::Quantity(number, unit) => Ok(sums::quantity(*number, *unit)),
            ExprKind::Date(day) => Ok(V::Date(day.number())),
            ExprKind::Text(text) => Ok(V::Text(text.clone())),
            ExprKind::Name(name) => self.name(env, &name.text),
            ExprKind::Field(object, name) => match self.eval(env, object)? {
                V::Record(record) => self.field(&record, &name.text),
                V::Period(start, end) => Ok(V::Date(if name.text == "début" { start } else { end })),
                V::Key(list, key) => self.field(&self.element(&list, &key)?, &name.text),
                other => panic!("{other:?} has no field {}", name.text),
            },
            ExprKind::Not(operand) => not(self.eval(env, operand)),
            ExprKind::And(operands) => and(operands.iter().map(|o| self.eval(env, o))),
            ExprKind::Or(operands) => or(operands.iter().map(|o| self.eval(env, o))),
            ExprKind::Compare(comparison, a, b) => {
                let [a, b] = self.both(env, a, b)?.map(|value| match value {
                    V::Record(_) => self.period(&value).map(|(start, end)| V::Period(start, end)),
                    value => Ok(value),
                });
                let [a, b]: [V; 2] = strict([a, b])?.try_into().unwrap();
                truth(match comparison {
                    Comparison::Equal => same(&a, &b),
                    Comparison::Different => !same(&a, &b),
                    Comparison::Less => sums::ordinal(&a) < sums::ordinal(&b),
                    Comparison::AtMost => sums::ordinal(&a) <= sums::ordinal(&b),
                    Comparison::Greater => sums::ordinal(&a) > sums::ordinal(&b),
                    Comparison::AtLeast => sums::ordinal(&a) >= sums::ordinal(&b),
                })
            }
            ExprKind::Arithmetic(operation, a, b) => {
                let [a, b] = self.both(env, a, b)?;
                self.held(sums::arithmetic(*operation, &a, &b), &a, &b, expr)
            }
            ExprKind::Negate(operand) => {
                let value = self.eval(env, operand)?;
                self.held(
                    sums::arithmetic(Arithmetic::Subtract, &sums::zero_like(&value), &value),
                    &value,
                    &value,
                    expr,
                )
            }
            ExprKind::Among(value, others) => {
                let all = strict([&**value].into_iter().chain(others).map(|e| self.eval(env, e)))?;
                truth(all[1..].iter().any(|other| same(&all[0], other)))
            }
            ExprKind::In(value, list) => {
                let (sought, list) = (self.eval(env, value)?, self.eval(env, list)?);
                or(members(list).into_iter().map(|(perhaps, element)| match (perhaps, element?) {
                    (_, element) if !same(&sought, &element) => truth(false),
                    (None, _) => truth(true),
                    (Some(why), _) => Err(Open(why, false)),
                }))
            }
            // Short for `low ≤ value et value ≤ high`.
            ExprKind::Between(value, low, high) => and([(low, value), (value, high)].into_iter().map(|(a, b)| {
                let [a, b] = self.both(env, a, b)?;
                truth(sums::ordinal(&a) <= sums::ordinal(&b))
            })),
            ExprKind::If(condition, yes, no) => match self.eval(env, condition) {
                Ok(holds) => self.eval(env, if holds == V::Truth(true) { yes } else { no }),
                Err(Open(why, na)) => {
                    settle(&self.trying(true, || [yes, no].map(|e| self.eval(env, e))), Open(why, na))
                }
                Err(stop) => Err(stop),
            },
            ExprKind::Default(value, otherwise) => match self.eval(env, value) {
                Err(Absent | NotApplicable) => self.eval(env, otherwise),
                Err(Open(why, _)) => Err(Open(why, false)),
                Ok(value) => Ok(value),
            },
            ExprKind::Is(value, state) => self.state(env, value, *state),
            ExprKind::Call(name, arguments) => self.call(env, &name.text, arguments, expr),
            ExprKind::Interval(start, end) => match self.both(env, start, end)? {
                [V::Date(start), V::Date(end)] => Ok(V::Period(start, end)),
                other => panic!("{other:?} is no period"),
            },
            ExprKind::Aggregate(kind, body, generators) => {
                self.aggregate(*kind, env, body.as_deref(), generators, expr)
            }
            ExprKind::List(_) | ExprKind::Record(_) | ExprKind::Unknown | ExprKind::Absent | ExprKind::Invalid => {
                panic!("only in examples")
            }
        }
    }

    fn both(&self, env: &Env, a: &Expr, b: &Expr) -> Result<[V; 2], Stop> {
        let both = strict([self.eval(env, a), self.eval(env, b)])?;
        Ok(both.try_into().unwrap())
    }

    fn name(&self, env: &Env, name: &str) -> Out {
        if let Some((_, value)) = env.variables.iter().rev().find(|(bound, _)| bound == name) {
            return value.clone();
        }
        match (&env.base, &env.record) {
            (Some(base), _) if name == "base" => return base.clone(),
            (_, Some(record)) if record.fields.contains_key(name) => return self.field(record, name),
            _ => {}
        }
        if self.facts.fields.contains_key(name) {
            return self.field(&self.facts, name);
        }
        if self.schema.rules.contains_key(name) { self.named(name) } else { Ok(V::Case(name.to_owned())) }
    }

    /// A field of a record, or a value that each element of its list has.
    fn field(&self, record: &Rc<Record>, name: &str) -> Out {
        match record.fields.get(name) {
            Some(Fact::Record(inner)) => Ok(V::Record(inner.clone())),
            Some(Fact::List(list)) if list.open => Err(Open(Why::Unknown, false)),
            Some(Fact::List(list)) => {
                let element = |fact: &Fact| match fact {
                    Fact::Record(element) => Ok(V::Record(element.clone())),
                    Fact::Leaf(leaf) => leaf.value(),
                    Fact::List(_) => panic!("a list of lists"),
                };
                Ok(V::List(list.elements.iter().map(|fact| (None, element(fact))).collect()))
            }
            Some(Fact::Leaf(leaf)) => match leaf.otherwise() {
                Some(otherwise) => {
                    let at_hand = (record.path != "").then(|| record.clone());
                    self.eval(&Env { record: at_hand, ..Env::default() }, otherwise)
                }
                None => leaf.value(),
            },
            None => {
                let item = self.schema.fields[&(record.list.clone().unwrap(), name.to_owned())];
                let row = Env::default().with(&item.each.as_ref().unwrap().name.text, Ok(V::Record(record.clone())));
                self.value_row(item, &row)
            }
        }
    }

    /// The element of a list that a key designates.
    fn element(&self, list: &str, key: &str) -> Result<Rc<Record>, Stop> {
        let path: Vec<&str> = list.split('.').collect();
        let Fact::List(found) = facts::at(&self.facts, &path) else { panic!("{list} is no list") };
        if found.open {
            return Err(Open(Why::Unknown, false));
        }
        let mut matching = Vec::new();
        for element in &found.elements {
            let Fact::Record(record) = element else { panic!("{list} has no key") };
            match record.key().value() {
                Ok(V::Text(text)) if text == key => matching.push(record.clone()),
                Ok(_) | Err(Absent | NotApplicable) => {}
                Err(stop @ Open(..)) => return Err(stop),
            }
        }
        match matching.as_slice() {
            [] => Err(Absent),
            [only] => Ok(only.clone()),
            _ => Err(Open(Why::Unknown, false)),
        }
    }

    fn state(&self, env: &Env, value: &Expr, state: State) -> Out {
        let out = self.eval(env, value);
        let unknown = matches!(out, Err(Open(Why::Unknown, _)));
        match (state, out) {
            (_, Err(stop)) if unknown => Err(stop),
            (State::Present, Ok(V::Record(record))) => record.present(),
            (State::Present, Ok(V::Key(list, key))) => match self.element(&list, &key) {
                Ok(_) => Ok(V::Truth(true)),
                Err(Absent) => Ok(V::Truth(false)),
                Err(stop) => Err(stop),
            },
            (State::Present, Err(NotApplicable)) => Err(NotApplicable),
            (State::Present, Err(Open(why, true))) => Err(Open(why, true)),
            (State::Present, out) => Ok(V::Truth(out != Err(Absent))),
            (State::Applicable | State::NotApplicable, Err(Open(why, true))) => Err(Open(why, false)),
            (State::Applicable, out) => Ok(V::Truth(out != Err(NotApplicable))),
            (State::NotApplicable, out) => Ok(V::Truth(out == Err(NotApplicable))),
            (State::Empty, Ok(V::Days(days))) => Ok(V::Truth(days.is_empty())),
            (State::Empty, Ok(list)) => not(or(members(list).into_iter().map(|(perhaps, _)| match perhaps {
                None => Ok(V::Truth(true)),
                Some(why) => Err(Open(why, false)),
            }))),
            (State::Empty, Err(stop)) => Err(stop),
            (State::Holds, Err(Open(why, _))) => Err(Open(why, false)),
            (State::Holds, out) => Ok(V::Truth(out == Ok(V::Truth(true)))),
        }
    }

    /// The rows that generators run over: the names on each, and whether it counts only perhaps.
    fn rows(&self, env: &Env, generators: &[Generator]) -> Result<Vec<(Option<Why>, Env)>, Stop> {
        let Some((first, rest)) = generators.split_first() else { return Ok(vec![(None, env.clone())]) };
        let mut rows = Vec::new();
        for (perhaps, element) in members(self.eval(env, &first.list)?) {
            let inner = env.with(&first.name.text, element);
            let passes = match first.filter.as_ref().map(|filter| self.eval(&inner, filter)) {
                None | Some(Ok(V::Truth(true))) => perhaps,
                Some(Ok(_)) => continue,
                Some(Err(Open(why, _))) => perhaps.or(Some(why)),
                Some(Err(stop)) => return Err(stop),
            };
            rows.extend(self.rows(&inner, rest)?.into_iter().map(|(inner, env)| (passes.or(inner), env)));
        }
        Ok(rows)
    }

    fn aggregate(&self, kind: Aggregate, env: &Env, body: Option<&Expr>, generators: &[Generator], expr: &Expr) -> Out {
        let rows = self.rows(env, generators)?;
        let perhaps = rows.iter().find_map(|(pass, _)| *pass).map(|why| Open(why, false));
        let bodies =
            || -> Vec<Member> { rows.iter().map(|(pass, row)| (*pass, self.eval(row, body.unwrap()))).collect() };
        // What is counted or added up is known only if each element surely counts and has a value.
        let values = || match perhaps {
            Some(stop) => Err(stop),
            None => strict(bodies().into_iter().map(|(_, out)| out)),
        };
        match kind {
            Aggregate::Collect => Ok(V::List(bodies())),
            Aggregate::Exists => or(rows.iter().map(|(pass, _)| match pass {
                None => Ok(V::Truth(true)),
                Some(why) => Err(Open(*why, false)),
            })),
            Aggregate::All => and(bodies().into_iter().map(|(pass, out)| match (pass, out) {
                (Some(why), Ok(V::Truth(false))) => Err(Open(why, false)),
                (_, out) => out,
            })),
            Aggregate::Count => perhaps.map_or(Ok(sums::count(rows.len())), Err),
            Aggregate::CountDistinct => {
                let mut distinct: Vec<V> = Vec::new();
                for value in values()? {
                    if !distinct.iter().any(|seen| same(seen, &value)) {
                        distinct.push(value);
                    }
                }
                Ok(sums::count(distinct.len()))
            }
            Aggregate::Sum => {
                let values = values()?;
                let Some(first) = values.first() else { return Ok(V::Num(0)) };
                let total = values.iter().map(sums::ordinal).sum();
                self.held(sums::like(first, total), first, first, expr)
            }
            Aggregate::Minimum => values()?.into_iter().min_by_key(sums::ordinal).ok_or(Absent),
            Aggregate::Maximum => values()?.into_iter().max_by_key(sums::ordinal).ok_or(Absent),
        }
    }

    fn call(&self, env: &Env, name: &str, arguments: &[Expr], expr: &Expr) -> Out {
        if name == "arrondi" {
            let mode = match arguments.get(2).map(|mode| &mode.kind) {
                Some(ExprKind::Name(name)) => name.text.as_str(),
                _ => "",
            };
            let ExprKind::Number(places) = &arguments[1].kind else { panic!("{name} says how many places") };
            let places = u32::try_from(places.to_integer().unwrap()).unwrap();
            let (value, by) = match &arguments[0].kind {
                ExprKind::Arithmetic(Arithmetic::Divide, a, b) => self.both(env, a, b)?.into(),
                _ => (self.eval(env, &arguments[0])?, V::Num(sums::ONE)),
            };
            return self.held(sums::rounded(&value, &by, places, mode), &value, &by, expr);
        }
        let values = strict(arguments.iter().map(|a| self.eval(env, a)))?;
        let days = |at: usize| self.days(&values[at]);
        let duration =
            |runs: &[(i32, i32)]| V::Num(runs.iter().map(|(a, b)| i128::from(b - a + 1)).sum::<i128>() * sums::ONE);
        Ok(match name {
            "min" => values.into_iter().min_by_key(sums::ordinal).unwrap(),
            "max" => values.into_iter().max_by_key(sums::ordinal).unwrap(),
            "fusion" => {
                let all = (0..values.len()).map(days).collect::<Result<Vec<_>, _>>()?;
                V::Days(sums::union(all.concat()))
            }
            "intersection" => {
                let (a, b) = (days(0)?, days(1)?);
                V::Days(sums::minus(&a, &sums::minus(&a, &b)))
            }
            "lacunes" => V::Days(sums::minus(&days(1)?, &days(0)?)),
            "durée" => duration(&days(0)?),
            "plus_longue_suite" => {
                let runs = days(0)?;
                duration(runs.iter().max_by_key(|(a, b)| b - a).map_or(&[], std::slice::from_ref))
            }
            "mois_entiers" => V::Months(sums::whole_months(&days(0)?)),
            "jusqu'au_dimanche" => match self.period(&values[0])? {
                // 0001-01-01 was a Monday.
                (start, end) if matches!(end.rem_euclid(7), 4 | 5) => V::Period(start, end - end.rem_euclid(7) + 6),
                (start, end) => V::Period(start, end),
            },
            "chevauche" => {
                let (a, b) = (days(0)?, days(1)?);
                V::Truth(sums::minus(&a, &b) != a)
            }
            _ => panic!("no function {name}"),
        })
    }

    /// The days of a set, of a period, or of all periods of a list.
    fn days(&self, value: &V) -> Result<Vec<(i32, i32)>, Stop> {
        match value {
            V::Days(runs) => Ok(runs.clone()),
            V::List(members) => {
                let mut all = Vec::new();
                for (perhaps, element) in members {
                    match perhaps {
                        Some(why) => return Err(Open(*why, false)),
                        None => all.extend(self.days(&element.clone()?)?),
                    }
                }
                Ok(sums::union(all))
            }
            other => self.period(other).map(|run| sums::union(vec![run])),
        }
    }

    /// A period, or a record that stands for one.
    fn period(&self, value: &V) -> Result<(i32, i32), Stop> {
        match value {
            V::Period(start, end) => Ok((*start, *end)),
            V::Record(record) => match strict(["début", "fin"].map(|name| self.field(record, name)))?.as_slice() {
                [V::Date(start), V::Date(end)] => Ok((*start, *end)),
                other => panic!("{other:?} are no dates"),
            },
            other => panic!("{other:?} is no period"),
        }
    }

    /// A computed value, or a fault; what replaces a fault is of the type the operands make.
    fn held(&self, computed: Option<V>, a: &V, b: &V, expr: &Expr) -> Out {
        let Some(value) = computed else {
            let turn = self.trouble(Why::Fault, expr.span.start)? % 7;
            let turn = i32::try_from(turn).unwrap() - 3;
            let subtracted = matches!(expr.kind, ExprKind::Arithmetic(Arithmetic::Subtract, ..));
            return Ok(match (a, b) {
                (V::Date(_), V::Date(_)) if subtracted => V::Num(i128::from(turn) * sums::ONE),
                (V::Date(day), _) | (_, V::Date(day)) => V::Date((day + turn).clamp(0, 3_652_058)),
                (V::Months(_), _) => V::Months(turn.into()),
                _ => V::Num(i128::from(turn) * sums::ONE),
            });
        };
        Ok(value)
    }

    /// A conflict or a gap of a value of that type.
    fn open(&self, why: Why, ty: &TypeExpr, at: u32) -> Out {
        let turn = usize::try_from(self.trouble(why, at)?).unwrap();
        let pool = self.schema.pool(ty);
        Ok(pool[turn % pool.len()].clone())
    }

    /// The leaves that incoherences set aside, with what is still known of each; none if it is not known
    /// whether one holds.
    fn incoherences(&self) -> Option<facts::Discards> {
        let mut discards = facts::Discards::new();
        for item in &self.schema.items {
            let Item::Incoherence(item) = item else { continue };
            for (perhaps, row) in self.rows(&Env::default(), &item.each).ok()? {
                let row = self.lets(&row, &item.lets);
                match (perhaps, self.eval(&row, &item.condition)) {
                    (None, Ok(V::Truth(true))) => {}
                    (_, Ok(V::Truth(false)) | Err(Absent | NotApplicable)) => continue,
                    (_, _) => return None,
                }
                let bounds = match &item.bounds {
                    None => None,
                    Some((low, high)) => Some(self.both(&row, low, high).ok()?),
                };
                for discard in &item.discards {
                    discards.entry(self.path(&row, discard)?).or_default().push(bounds.clone());
                }
            }
        }
        for path in facts::inverted(&self.schema, &self.facts) {
            discards.entry(path).or_default().push(None);
        }
        Some(discards)
    }

    /// The place of a leaf in the dossier.
    fn path(&self, env: &Env, expr: &Expr) -> Option<String> {
        let (record, name) = match &expr.kind {
            ExprKind::Name(name) => (self.facts.clone(), &name.text),
            ExprKind::Field(object, name) => match self.eval(env, object).ok()? {
                V::Record(record) => (record, &name.text),
                V::Key(list, key) => (self.element(&list, &key).ok()?, &name.text),
                other => panic!("{other:?} holds no leaf"),
            },
            other => panic!("{other:?} is no leaf"),
        };
        match record.fields.get(name) {
            Some(Fact::Leaf(leaf)) => Some(leaf.path.clone()),
            other => panic!("{other:?} is no leaf"),
        }
    }
}

// ── Three answers, and more ──────────────────────────────────────────────────────────────────────────

/// `et`, from left to right: what follows a member that does not hold is not asked.
fn and(members: impl IntoIterator<Item = Out>) -> Out {
    let mut open = None;
    for member in members {
        match (member, open) {
            (Ok(V::Truth(false)), _) => return Ok(V::Truth(false)),
            (Ok(_), _) => {}
            (Err(Open(why, na)), None) => open = Some((why, na)),
            (Err(Open(_, na)), Some((why, before))) => open = Some((why, before || na)),
            (Err(_), Some((why, _))) => return Err(Open(why, true)),
            (Err(stop), None) => return Err(stop),
        }
    }
    open.map_or(Ok(V::Truth(true)), |(why, na)| Err(Open(why, na)))
}

fn or(members: impl IntoIterator<Item = Out>) -> Out {
    not(and(members.into_iter().map(not)))
}

fn not(out: Out) -> Out {
    match out? {
        V::Truth(holds) => Ok(V::Truth(!holds)),
        other => panic!("{other:?} is no condition"),
    }
}

/// The operands of a computation. One without object takes the whole with it.
fn strict(outs: impl IntoIterator<Item = Out>) -> Result<Vec<V>, Stop> {
    let outs: Vec<Out> = outs.into_iter().collect();
    if outs.contains(&Err(NotApplicable)) {
        return Err(NotApplicable);
    }
    let na = outs.iter().any(|out| matches!(out, Err(Open(_, true))));
    outs.into_iter().collect::<Result<Vec<V>, Stop>>().map_err(|stop| match stop {
        Open(why, _) => Open(why, na),
        other => other,
    })
}

/// The one answer that all ways lead to, else open.
fn settle(results: &[Out], stop: Stop) -> Out {
    let (Open(why, na), first) = (stop, &results[0]) else { return Err(stop) };
    if !na && results.len() > 1 && results.iter().all(|result| result == first) {
        return first.clone();
    }
    let may_lack = |result: &Out| matches!(result, Err(NotApplicable | Open(_, true)));
    Err(Open(why, na || results.iter().any(may_lack)))
}

/// A value under an applicability: without object where it does not hold.
fn when(applies: Out, value: impl FnOnce() -> Out) -> Out {
    match applies {
        Ok(V::Truth(true)) => value(),
        Ok(_) => Err(NotApplicable),
        Err(Open(why, _)) => match value() {
            Err(NotApplicable) => Err(NotApplicable),
            _ => Err(Open(why, true)),
        },
        Err(stop) => Err(stop),
    }
}

/// A norm over its instances: one that is not met decides; those without object do not count.
fn instances(all: &[Member]) -> Out {
    if all.iter().any(|member| *member == (None, Ok(V::Truth(false)))) {
        return Ok(V::Truth(false));
    }
    let applies = all.iter().any(|member| *member == (None, Ok(V::Truth(true))));
    let open = all.iter().find_map(|(perhaps, out)| match (perhaps, out) {
        (_, Err(Open(why, _))) => Some(*why),
        (Some(_), Err(_)) => None,
        (Some(_), Ok(V::Truth(true))) if applies => None,
        (Some(why), Ok(_)) => Some(*why),
        (None, _) => None,
    });
    match open {
        Some(why) => Err(Open(why, !applies)),
        None if applies => Ok(V::Truth(true)),
        None => Err(NotApplicable),
    }
}

fn members(list: V) -> Vec<Member> {
    match list {
        V::List(members) => members,
        other => panic!("{other:?} is no list"),
    }
}

/// Whether two values are equal; records that stand for periods have been read as such.
fn same(a: &V, b: &V) -> bool {
    match (a, b) {
        (V::Text(a) | V::Key(_, a), V::Text(b) | V::Key(_, b)) => a == b,
        (V::Num(_) | V::Months(_) | V::Date(_), _) => sums::ordinal(a) == sums::ordinal(b),
        (a, b) => a == b,
    }
}

/// The definitions of a value: base or rows, then exceptions.
fn definitions(item: &ValueItem) -> Vec<(Option<&Expr>, &Expr)> {
    let mut all = match &item.body {
        ValueBody::Single { value, .. } => vec![(None, value)],
        ValueBody::Table(rows) => rows.iter().map(|row| (Some(&row.condition), &row.value)).collect(),
    };
    all.extend(item.exceptions.iter().map(|e| (e.condition.as_ref(), &e.value)));
    all
}

/// Whether one definition prevails over another: an exception over the base, or by `prime sur`, in steps.
fn prevails(item: &ValueItem, higher: usize, lower: usize, steps: usize) -> bool {
    let bases = definitions(item).len() - item.exceptions.len();
    let Some(exception) = higher.checked_sub(bases).map(|at| &item.exceptions[at]) else { return false };
    lower < bases
        || (0..item.exceptions.len())
            .filter(|at| exception.over.iter().any(|o| o.text == item.exceptions[*at].name.text))
            .any(|at| {
                at + bases == lower || (steps < item.exceptions.len() && prevails(item, at + bases, lower, steps + 1))
            })
}

fn reads_base(expr: &Expr) -> bool {
    format!("{expr:?}").contains("text: \"base\"")
}
