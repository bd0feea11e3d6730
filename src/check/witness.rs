//! A dossier written as an `exemple` that can be pasted into a ruleset.

use crate::eval::{Cell, Inputs, Presence};
use crate::program::{Field, InputId, Program, Rule, Shape, Unit};
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
