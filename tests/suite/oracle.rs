//! A naive evaluator of rulesets, to be read beside the reference of the language (sections 3 to 7).
//!
//! It walks the tree of a ruleset and knows nothing of how the tree is lowered: names are looked up where they
//! are read, every value is one value, lists are vectors, sets of days are runs it keeps itself. An
//! expression gives a value or the reason why it has none ([`Stop`]). Where the reason is a conflict, a gap
//! or a fault, it is an unknown that no fact can settle, so `et`, `ou`, `si` and the choice of a definition
//! still answer where the answer does not depend on it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod expressions;
mod facts;
mod logic;
mod sums;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use reglo::dossier::Datum;
use reglo::syntax::ast::{
    DecisionItem, Expr, ExprKind, File, Generator, Item, Let, NormItem, NormKind, NoticeItem, ValueBody, ValueItem,
};

pub(crate) use facts::Chooser;
use facts::{Fact, Record, Schema};
use logic::{and, instances, not, or, settle, when};

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
        when(applies, || self.choose(item, &env, &all, item.span.start))
    }

    /// The value of the definition that prevails among some of them, for the expression at that place.
    fn choose(&self, item: &ValueItem, env: &Env, among: &[usize], at: u32) -> Out {
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
                    let base = reads_base(definitions[k].1)
                        .then(|| self.choose(item, env, &below, definitions[k].1.span.start));
                    match self.eval(&Env { base, ..env.clone() }, definitions[k].1)? {
                        record @ V::Record(_) => self.period(&record).map(|(start, end)| V::Period(start, end)),
                        value => Ok(value),
                    }
                });
                self.trying(!open.is_empty(), || self.agree(item, &values.collect::<Vec<_>>(), at))
            })
            .collect();
        // One condition that may be without object takes the value with it, whichever is open first.
        let may_lack = conditions.iter().any(|c| matches!(c, Err(Open(_, true))));
        match conditions.iter().find_map(|c| c.as_ref().err()) {
            Some(Open(why, _)) => settle(&results, Open(*why, may_lack)),
            Some(stop) => settle(&results, *stop),
            None => results[0].clone(),
        }
    }

    /// Definitions that apply together: one value, or a conflict; none is a gap.
    fn agree(&self, item: &ValueItem, values: &[Out], at: u32) -> Out {
        let Some(first) = values.first() else { return self.open(Why::Gap, &item.ty, at) };
        let settled: Vec<&Out> = values.iter().filter(|value| !matches!(value, Err(Open(..)))).collect();
        if settled.iter().any(|value| *value != settled[0]) {
            return self.open(Why::Conflict, &item.ty, at);
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
