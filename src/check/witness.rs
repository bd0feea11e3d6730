//! A dossier written as an `exemple` that can be pasted into a ruleset.

use std::collections::BTreeSet;

use super::example::described;
use super::search::Witness;
use crate::eval::{Cell, Inputs, Presence, Status, cohere, run};
use crate::explain::{self, AnswerStatus};
use crate::program::{Field, InputId, Program, Rule, RuleKind, Shape, Unit, fold};
use crate::syntax::ast::Item;
use crate::syntax::parse;
use crate::value::op::day_bounds;
use crate::value::{Known, Number, Range, Set, Type};

/// The `avec` lines of an example: every fact that was given a value.
pub(crate) fn given(program: &Program, inputs: &Inputs<Cell>) -> String {
    let writer = Writer { program, inputs };
    let parts: Vec<String> = program
        .facts
        .iter()
        .filter_map(|fact| writer.part(&fact.shape, 0).map(|value| (fact, value)))
        .flat_map(|(fact, value)| writer.flattened(fact, value))
        .collect();
    parts.join(",\n       ")
}

/// The first of these witnesses that, written as an example, read and decided like any other, gives the trouble.
pub(super) fn replayed(program: &Program, rule: &Rule, witnesses: &[Witness], answer: &str) -> Option<String> {
    witnesses.iter().find_map(|witness| {
        let text = example(program, rule, witness, answer);
        let (file, problems) = parse(rule.span.source, &text);
        let item = file.items.iter().find_map(|item| if let Item::Example(item) = item { Some(item) } else { None })?;
        let dossier = described(program, item);
        let (inputs, aside) = cohere(program, &dossier.inputs);
        let frame = run::<Cell>(program, &inputs, &program.cone(&[rule.instance]));
        let row = u32::try_from(witness.row).ok()?;
        let given = explain::answer(program, &inputs, &frame, (rule.instance, row)).status;
        let expected = match given {
            AnswerStatus::Conflict => "conflit",
            AnswerStatus::Gap => "silence",
            AnswerStatus::Fault(_) => "sans résultat",
            AnswerStatus::Known | AnswerStatus::NotApplicable | AnswerStatus::Unknown => "",
        };
        let clean = problems.is_empty() && dossier.anomalies.is_empty() && aside.is_empty();
        (clean && expected == answer).then_some(text)
    })
}

/// The witness as an example to paste, which expects that answer of the rule.
fn example(program: &Program, rule: &Rule, witness: &Witness, answer: &str) -> String {
    let inputs = &named(program, &witness.inputs);
    let instance = instance(program, rule, inputs, witness.row);
    // A notice and an incoherence only ever hold or not.
    let silent = matches!(rule.kind, RuleKind::Notice | RuleKind::Incoherence);
    let (instance, expected) = if silent { (String::new(), "non") } else { (instance, answer) };
    let given = given(program, inputs);
    let with = if given.is_empty() { String::new() } else { format!("  avec {given}\n") };
    format!("exemple « {answer} : {} »\n{with}  attend {}{instance} = {expected}", rule.label, rule.name)
}

/// The element that a row of the scope of a rule is, as an expectation names it; nothing for a rule of the whole dossier.
pub(crate) fn instance(program: &Program, rule: &Rule, inputs: &Inputs<Cell>, row: usize) -> String {
    let Some(list) = program.scope(rule.scope).and_then(|scope| scope.list) else { return String::new() };
    let key = program.list(list).and_then(|list| list.key);
    let known = key.and_then(|key| inputs.known(key, row)).map(|key| &key.set);
    let name = if let Some(Set::Text(texts)) = known { texts.single() } else { None };
    format!("[\"{}\"]", name.map_or_else(|| row.to_string(), str::to_owned))
}

/// The same dossier, where every element that its list names by a key has one: what is so whatever the key is so with a
/// new one.
pub(crate) fn named(program: &Program, inputs: &Inputs<Cell>) -> Inputs<Cell> {
    let mut named = inputs.clone();
    for (list, rows) in program.lists.iter().zip(&inputs.lists) {
        let Some(key) = list.key else { continue };
        let taken: BTreeSet<String> = inputs
            .columns
            .iter()
            .flatten()
            .filter_map(|known| if let Set::Text(texts) = &known.set { texts.single() } else { None })
            .map(fold)
            .collect();
        let mut fresh = (1..).map(|at| format!("N{at}")).filter(|name| !taken.contains(&fold(name)));
        for (row, presence) in rows.presences().iter().enumerate() {
            let open = named.known(key, row).is_some_and(|known| !known.is_settled());
            if *presence == Presence::Certain && open {
                named.replace(key, row, Known::text(&fresh.next().unwrap_or_default()), Status::Given);
            }
        }
    }
    named
}

/// What an example would expect of a settled answer.
pub(crate) fn answer(program: &Program, rule: &Rule, known: &Known) -> Option<String> {
    if known.is_inapplicable() {
        return Some("sans objet".to_owned());
    }
    scalar(program, known, rule.ty, rule.unit).filter(|_| known.is_settled())
}

enum Written {
    Scalar(String),
    Record(Vec<(String, Written)>),
    List(Vec<Written>),
}

struct Writer<'a> {
    program: &'a Program,
    inputs: &'a Inputs<Cell>,
}

impl Writer<'_> {
    /// `a.b = v` for the parts of a record, `a = v` for anything else.
    fn flattened(&self, fact: &Field, value: Written) -> Vec<String> {
        match value {
            Written::Record(fields) => {
                fields.into_iter().map(|(name, value)| format!("{}.{name} = {}", fact.name, literal(&value))).collect()
            }
            Written::Scalar(_) | Written::List(_) => vec![format!("{} = {}", fact.name, literal(&value))],
        }
    }

    fn part(&self, shape: &Shape, row: u32) -> Option<Written> {
        match shape {
            Shape::Leaf(input) => self.leaf(*input, row).map(Written::Scalar),
            Shape::Record { fields, presence } => {
                if let Some(presence) = presence {
                    let known = self.inputs.known(*presence, row as usize)?;
                    if known.is_no() {
                        return Some(Written::Scalar("aucun".to_owned()));
                    }
                }
                let written: Vec<(String, Written)> = fields
                    .iter()
                    .filter_map(|field| self.part(&field.shape, row).map(|value| (field.name.clone(), value)))
                    .collect();
                (!written.is_empty()).then_some(Written::Record(written))
            }
            Shape::List { list, element } => {
                let rows = self.inputs.list(*list)?;
                if rows.is_open(row) {
                    return None;
                }
                let elements = rows.children(row).filter(|at| rows.presence_of(*at) == Presence::Certain);
                Some(Written::List(
                    elements.map(|at| self.part(element, at).unwrap_or(Written::Record(Vec::new()))).collect(),
                ))
            }
        }
    }

    fn leaf(&self, input: InputId, row: u32) -> Option<String> {
        let declared = self.program.input(input)?;
        if !self.inputs.status(input, row as usize).is_given() {
            return None;
        }
        let known = self.inputs.known(input, row as usize)?;
        if known.is_absent() {
            return Some("aucun".to_owned());
        }
        scalar(self.program, known, declared.ty, declared.unit)
    }
}

fn scalar(program: &Program, known: &Known, ty: Type, unit: Option<Unit>) -> Option<String> {
    Some(match &known.set {
        Set::Truth(truth) => if truth.yes { "oui" } else { "non" }.to_owned(),
        Set::Cases(bits) => {
            let cases = &program.enumeration(ty)?.cases;
            cases.get(bits.trailing_zeros() as usize)?.name.clone()
        }
        Set::Text(texts) => format!("\"{}\"", texts.single()?.replace('\u{1}', "autre")),
        Set::Range(range) => ordinal(range.single()?, ty, unit)?,
        Set::Period(stretch) => {
            let (start, end) = stretch.single()?;
            format!("{start} → {end}")
        }
        Set::Nothing | Set::Days(_) => return None,
    })
}

fn ordinal(value: i64, ty: Type, unit: Option<Unit>) -> Option<String> {
    let number = Number::from_millionths(value);
    Some(match ty {
        Type::Date => day_bounds(Range::exactly(value)).0.to_string(),
        Type::Duration => {
            let weeks = Number::from_integer(7).and_then(|seven| number.checked_div(seven).ok());
            match (unit, weeks) {
                (Some(Unit::Weeks), Some(weeks)) => format!("{weeks} semaines"),
                (_, _) => format!("{number} jours"),
            }
        }
        Type::Offset => format!("{value} mois"),
        Type::Integer | Type::Number => number.to_string(),
        Type::Truth | Type::Period | Type::Days | Type::Text | Type::Case(_) | Type::Key(_) => return None,
    })
}

fn literal(value: &Written) -> String {
    match value {
        Written::Scalar(text) => text.clone(),
        Written::Record(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name} = {}", literal(value))).collect();
            if fields.is_empty() { "{ }".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
        }
        Written::List(elements) => {
            let elements: Vec<String> = elements.iter().map(literal).collect();
            if elements.is_empty() { "[ ]".to_owned() } else { format!("[ {} ]", elements.join(", ")) }
        }
    }
}
