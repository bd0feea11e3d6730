//! Expressions (section 5 of the reference).

use std::rc::Rc;

use reglo::syntax::ast::{Aggregate, Arithmetic, Comparison, Expr, ExprKind, Generator, State, TypeExpr};

use super::Stop::{Absent, NotApplicable, Open};
use super::facts::{self, Fact, Record};
use super::logic::{and, members, not, or, settle, strict};
use super::{Env, Member, Oracle, Out, Stop, V, Why, sums};

impl Oracle<'_> {
    pub(super) fn eval(&self, env: &Env, expr: &Expr) -> Out {
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
            ExprKind::Is(fact, State::Contested) => truth(self.contested(env, fact)?),
            ExprKind::Is(value, state) => self.state(env, value, *state),
            ExprKind::Call(name, arguments) => self.call(env, &name.text, arguments, expr),
            ExprKind::Interval(start, end) => match self.both(env, start, end)? {
                [V::Date(start), V::Date(end)] => Ok(V::Period(start, end)),
                other => panic!("{other:?} is no period"),
            },
            ExprKind::Aggregate(..) => self.aggregate(env, expr),
            ExprKind::List(_) | ExprKind::Record(_) | ExprKind::Unknown | ExprKind::Absent | ExprKind::Invalid => {
                panic!("only in examples")
            }
        }
    }

    pub(super) fn both(&self, env: &Env, a: &Expr, b: &Expr) -> Result<[V; 2], Stop> {
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
    pub(super) fn field(&self, record: &Rc<Record>, name: &str) -> Out {
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
                    let at_hand = (!record.path.is_empty()).then(|| record.clone());
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
    pub(super) fn element(&self, list: &str, key: &str) -> Result<Rc<Record>, Stop> {
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

    /// Whether the fact that a path leads to was set aside.
    fn contested(&self, env: &Env, fact: &Expr) -> Result<bool, Stop> {
        let (record, name) = match &fact.kind {
            ExprKind::Name(name) => {
                let at_hand = env.record.as_ref().filter(|record| record.fields.contains_key(&name.text));
                (at_hand.unwrap_or(&self.facts).clone(), name)
            }
            ExprKind::Field(object, name) => match self.eval(env, object)? {
                V::Record(record) => (record, name),
                V::Key(list, key) => (self.element(&list, &key)?, name),
                other => panic!("{other:?} has no fields"),
            },
            other => panic!("{other:?} is no fact"),
        };
        match &record.fields[&name.text] {
            Fact::Leaf(leaf) => Ok(leaf.contested),
            other => panic!("{other:?} is no leaf"),
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
            (State::Contested, _) => unreachable!("it is asked of a fact, not of its value"),
            (State::Broken, Err(Open(why, _))) => Err(Open(why, false)),
            (State::Broken, out) => Ok(V::Truth(out == Ok(V::Truth(false)))),
            (State::Holds, Err(Open(why, _))) => Err(Open(why, false)),
            (State::Holds, out) => Ok(V::Truth(out == Ok(V::Truth(true)))),
        }
    }

    /// The rows that generators run over: the names on each, and whether it counts only perhaps.
    pub(super) fn rows(&self, env: &Env, generators: &[Generator]) -> Result<Vec<(Option<Why>, Env)>, Stop> {
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

    fn aggregate(&self, env: &Env, expr: &Expr) -> Out {
        let ExprKind::Aggregate(kind, body, generators) = &expr.kind else { panic!("{expr:?}") };
        let rows = self.rows(env, generators)?;
        let perhaps = rows.iter().find_map(|(pass, _)| *pass).map(|why| Open(why, false));
        let bodies = || -> Vec<Member> {
            rows.iter().map(|(pass, row)| (*pass, self.eval(row, body.as_ref().unwrap()))).collect()
        };
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
    pub(super) fn period(&self, value: &V) -> Result<(i32, i32), Stop> {
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
    pub(super) fn open(&self, why: Why, ty: &TypeExpr, at: u32) -> Out {
        let turn = usize::try_from(self.trouble(why, at)?).unwrap();
        let pool = self.schema.pool(ty);
        Ok(pool[turn % pool.len()].clone())
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
