//! Each step of a justification against the part of the rule that it should be.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::days;
use super::facts::{Facts, Place, Presence, Rule, Status};
use super::json::Json;
use super::known::{Kind as Measure, Known, ONE, Set};
use super::node::{Kind, N, Role, Under};
use crate::syntax::ast::{Basis, TypeKind, Unit, ValueBody};

/// What is wrong, and where: a path from the root of the decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// `outcomes.régime.because.because[0].value`
    pub path: String,
    /// A French sentence.
    pub says: String,
}

pub(super) type Checked = Result<(), Refusal>;

pub(super) fn refuse<T>(path: &str, says: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { path: path.to_owned(), says: says.into() })
}

/// What a justification rests on.
#[derive(Default)]
pub(super) struct Rests<'a> {
    pub(super) clauses: Vec<&'a str>,
    pub(super) readings: Vec<&'a str>,
    /// Facts and lists by path.
    pub(super) named: Vec<String>,
    /// Facts that are not known, open lists.
    pub(super) open: Vec<(Place<'a>, Status)>,
    pub(super) steps: usize,
    /// Numbered steps and the parts of the rules that they were found to be.
    told: BTreeMap<String, Vec<N<'a>>>,
}

impl<'a> Rests<'a> {
    fn on(&mut self, basis: &'a Basis) {
        for name in &basis.clauses {
            if !self.clauses.contains(&name.text.as_str()) {
                self.clauses.push(&name.text);
            }
        }
        for name in &basis.readings {
            if !self.readings.contains(&name.text.as_str()) {
                self.readings.push(&name.text);
            }
        }
    }
}

/// Compares a justification, from its root on.
pub(super) struct Steps<'s, 'a> {
    pub(super) facts: &'s Facts<'a>,
    /// Everything that was looked at, not only what decided.
    pub(super) full: bool,
    /// The steps that others refer to (`see`), by their number.
    pub(super) numbered: BTreeMap<&'s str, &'s Json>,
}

/// The numbered steps of a justification. Of two with the same number, the first.
pub(super) fn numbered(because: &Json) -> BTreeMap<&str, &Json> {
    let mut found = BTreeMap::new();
    let mut pending = vec![because];
    while let Some(step) = pending.pop() {
        if let Some(Json::Number(number)) = step.field("step") {
            found.insert(number.as_str(), step);
        }
        pending.extend(step.field("because").map(Json::items).unwrap_or_default());
    }
    found
}

impl<'a> Steps<'_, 'a> {
    pub(super) fn check(
        &self,
        json: &Json,
        (role, under): (Role, &Under<'a>),
        path: &str,
        rests: &mut Rests<'a>,
    ) -> Checked {
        rests.steps += 1;
        let mut fields = Fields::new(json, path);
        fields.skip("says")?;
        let number = fields.number("step")?;
        let Under::Node(node) = under else {
            let Under::List(list) = under else { return Ok(()) };
            fields.role(role)?;
            fields.text("list", &list.path)?;
            rests.named.push(list.path.clone());
            if self.facts.elements(list).iter().any(|element| element.presence == Presence::Many) {
                rests.open.push((list.clone(), Status::Unheard));
            }
            return fields.end();
        };
        if let Some(rule) = node.rule() {
            fields.text("rule", self.facts.schema.rules.get(rule).map(name_of).unwrap_or_default())?;
        }
        fields.role(role)?;
        if let Kind::Fact(place, _, status) = &node.kind {
            fields.text("fact", &place.path)?;
            rests.named.push(place.path.clone());
            if *status != Status::Given {
                rests.open.push((place.clone(), *status));
            }
        }
        let known = node.value();
        if !known.is_settled() {
            fields.text("status", "unknown")?;
        } else if known.is_without_object() {
            fields.text("status", "not_applicable")?;
        } else if !known.is_absent() {
            fields.value("value", known, self.unit(node))?;
        }
        let below = node.because(self.full);
        let mut ids: Vec<&str> = Vec::new();
        for basis in self.bases(node, &below) {
            rests.on(basis);
            ids.extend(basis.clauses.iter().map(|name| name.text.as_str()));
        }
        let mut unique: Vec<&str> = Vec::new();
        ids.into_iter().for_each(|id| {
            if !unique.contains(&id) {
                unique.push(id)
            }
        });
        if !unique.is_empty() {
            fields.texts("clauses", &unique)?;
        }
        if let Some(number) = &number {
            rests.told.entry(number.clone()).or_default().push(node.clone());
        }
        if let Some(seen) = fields.number("see")?.filter(|_| number.is_none()) {
            self.told_elsewhere(&seen, node, &fields.place("see"), rests)?;
        } else if !below.is_empty() {
            let (items, path) = fields.list("because")?;
            for (at, operand) in below.iter().enumerate() {
                let path = format!("{path}[{at}]");
                let Some(item) = items.get(at) else {
                    return refuse(&path, format!("Il manque une étape\u{a0}: {}.", self.words(&operand.1)));
                };
                self.check(item, (operand.0, &operand.1), &path, rests)?;
            }
            if items.len() > below.len() {
                return refuse(&format!("{path}[{}]", below.len()), "Cette étape ne découle pas de la règle.");
            }
        }
        fields.end()
    }

    /// What a step rests on is told at the step of that number: it must be told so of the same part.
    fn told_elsewhere(&self, number: &str, node: &N<'a>, path: &str, rests: &mut Rests<'a>) -> Checked {
        if rests.told.get(number).is_some_and(|told| told.iter().any(|told| Rc::ptr_eq(told, node))) {
            return Ok(());
        }
        let Some(step) = self.numbered.get(number) else {
            return refuse(path, "Aucune étape ne porte ce numéro.");
        };
        // Said in another place of the rules in the same terms. Each renvoi goes further down the rule: it ends.
        let mut alone = Vec::new();
        if let Json::Record(fields) = step {
            alone.extend(fields.iter().filter(|(name, _)| name != "role").cloned());
        }
        let role = Role::Reason;
        self.check(&Json::Record(alone), (role, &Under::Node(node.clone())), path, rests)
    }

    fn words(&self, under: &Under<'a>) -> String {
        match under {
            Under::List(list) => format!("la liste «\u{a0}{}\u{a0}»", list.path),
            Under::Node(node) => match (&node.kind, node.rule().and_then(|rule| self.facts.schema.rules.get(rule))) {
                (Kind::Fact(place, ..), _) => format!("le fait «\u{a0}{}\u{a0}»", place.path),
                (_, Some(rule)) => format!("la règle «\u{a0}{}\u{a0}»", name_of(rule)),
                (_, None) => "une condition ou un calcul".to_owned(),
            },
        }
    }

    /// The unit in which a duration is told; without one it is told in full.
    fn unit(&self, node: &N<'a>) -> Option<Unit> {
        let declared = |kind: &TypeKind| if let TypeKind::Duration(unit) = kind { *unit } else { None };
        match (&node.kind, node.rule().and_then(|rule| self.facts.schema.rules.get(rule))) {
            (Kind::Fact(place, ..), _) => declared(&place.ty.kind),
            (Kind::Choose(..), Some(Rule::Value(item))) => declared(&item.ty.kind).or(Some(Unit::Weeks)),
            (_, _) => Some(Unit::Weeks),
        }
    }

    /// What one step rests on itself, its reasons aside.
    fn bases(&self, node: &N<'a>, below: &[(Role, Under<'a>)]) -> Vec<&'a Basis> {
        if let Kind::Fact(place, ..) = &node.kind {
            return place.basis().into_iter().collect();
        }
        let Some(rule) = node.rule().and_then(|rule| self.facts.schema.rules.get(rule)) else { return Vec::new() };
        let mut found: Vec<&'a Basis> = own(rule).into_iter().collect();
        let mut applies = scope(rule);
        for (role, _) in below {
            found.extend(match role {
                Role::Definition(part) | Role::Excluded(part) | Role::Item(part) => content(rule, *part),
                Role::Exempt(at) | Role::NotExempt(at) => exemption(rule, *at),
                Role::Condition => applies.take(),
                Role::Reason | Role::Element | Role::Presumed => None,
            });
        }
        found
    }
}

/// The basis of a rule as a whole.
fn own<'a>(rule: &Rule<'a>) -> Option<&'a Basis> {
    match rule {
        Rule::Value(_) => None,
        Rule::Norm(item) => Some(&item.basis),
        Rule::Decision(item) => Some(&item.basis),
        Rule::Notice(item) => Some(&item.basis),
        Rule::Incoherence(item) => Some(&item.basis),
    }
}

fn scope<'a>(rule: &Rule<'a>) -> Option<&'a Basis> {
    let scope = match rule {
        Rule::Value(item) => item.scope.as_ref(),
        Rule::Norm(item) => item.scope.as_ref(),
        Rule::Decision(item) => item.scope.as_ref(),
        Rule::Notice(_) | Rule::Incoherence(_) => None,
    };
    scope.map(|(_, basis)| basis)
}

fn content<'a>(rule: &Rule<'a>, part: usize) -> Option<&'a Basis> {
    match rule {
        Rule::Value(item) => {
            let bases: Vec<&'a Basis> = match &item.body {
                ValueBody::Single { basis, .. } => vec![basis],
                ValueBody::Table(rows) => rows.iter().map(|row| &row.basis).collect(),
            };
            let exceptions = item.exceptions.iter().map(|exception| &exception.basis);
            bases.into_iter().chain(exceptions).nth(part)
        }
        Rule::Norm(item) => item.content.get(part).map(|item| &item.basis),
        Rule::Decision(item) => item.requirements.get(part).map(|line| &line.basis),
        Rule::Notice(_) | Rule::Incoherence(_) => None,
    }
}

fn exemption<'a>(rule: &Rule<'a>, at: usize) -> Option<&'a Basis> {
    match rule {
        Rule::Norm(item) => item.exemptions.get(at).map(|item| &item.basis),
        Rule::Decision(item) => item.exemptions.get(at).map(|item| &item.basis),
        Rule::Value(_) | Rule::Notice(_) | Rule::Incoherence(_) => None,
    }
}

pub(super) fn name_of<'a>(rule: &Rule<'a>) -> &'a str {
    match rule {
        Rule::Value(item) => &item.name.text,
        Rule::Norm(item) => &item.name.text,
        Rule::Decision(item) => &item.name.text,
        Rule::Notice(item) => &item.name.text,
        Rule::Incoherence(item) => &item.name.text,
    }
}

/// The fields of a record, each to be taken once.
#[derive(Clone)]
pub(super) struct Fields<'j> {
    pub(super) json: &'j Json,
    path: &'j str,
    taken: Vec<&'j str>,
}

impl<'j> Fields<'j> {
    pub(super) fn new(json: &'j Json, path: &'j str) -> Self {
        Self { json, path, taken: Vec::new() }
    }

    pub(super) fn place(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The field of that name, which must be there.
    pub(super) fn take(&mut self, name: &str) -> Result<&'j Json, Refusal> {
        match self.may(name) {
            Some(value) => Ok(value),
            None => refuse(&self.place(name), "Cette donnée manque."),
        }
    }

    /// The field of that name, where it is there.
    pub(super) fn may(&mut self, name: &str) -> Option<&'j Json> {
        let (name, value) = self.json.fields().iter().find(|(found, _)| found == name)?;
        self.taken.push(name);
        Some(value)
    }

    /// Words for people, which are not verified.
    pub(super) fn skip(&mut self, name: &str) -> Checked {
        match self.take(name)? {
            Json::Text(_) => Ok(()),
            _ => refuse(&self.place(name), "On attend ici une phrase."),
        }
    }

    pub(super) fn text(&mut self, name: &str, wanted: &str) -> Checked {
        let found = self.take(name)?;
        if found.text() == Some(wanted) {
            return Ok(());
        }
        refuse(&self.place(name), format!("On trouve {}\u{202f}; c’est «\u{a0}{wanted}\u{a0}».", shown(found)))
    }

    /// A whole number, where there is one.
    fn number(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.may(name) {
            None => Ok(None),
            Some(Json::Number(number)) => Ok(Some(number.clone())),
            Some(_) => refuse(&self.place(name), "On attend ici un numéro."),
        }
    }

    pub(super) fn texts(&mut self, name: &str, wanted: &[&str]) -> Checked {
        let (items, path) = self.list(name)?;
        for (at, wanted) in wanted.iter().enumerate() {
            let path = format!("{path}[{at}]");
            match items.get(at) {
                None => return refuse(&path, format!("Il manque «\u{a0}{wanted}\u{a0}».")),
                Some(found) if found.text() != Some(wanted) => {
                    return refuse(&path, format!("On trouve {}\u{202f}; c’est «\u{a0}{wanted}\u{a0}».", shown(found)));
                }
                Some(_) => {}
            }
        }
        match items.get(wanted.len()) {
            Some(more) => refuse(&format!("{path}[{}]", wanted.len()), format!("{} est de trop.", shown(more))),
            None => Ok(()),
        }
    }

    pub(super) fn list(&mut self, name: &str) -> Result<(&'j [Json], String), Refusal> {
        match self.take(name)? {
            Json::List(items) => Ok((items, self.place(name))),
            _ => refuse(&self.place(name), "On attend ici une liste."),
        }
    }

    pub(super) fn value(&mut self, name: &str, known: &Known, unit: Option<Unit>) -> Checked {
        let found = self.take(name)?;
        if is(found, &known.set, unit) {
            return Ok(());
        }
        refuse(
            &self.place(name),
            format!(
                "On trouve {}\u{202f}; d’après la règle et le dossier, c’est {}.",
                shown(found),
                told(&known.set, unit)
            ),
        )
    }

    fn role(&mut self, role: Role) -> Checked {
        let wanted = match role {
            Role::Reason => return Ok(()),
            Role::Condition => "condition",
            Role::Definition(_) => "definition",
            Role::Excluded(_) | Role::NotExempt(_) => "excluded",
            Role::Item(_) => "item",
            Role::Exempt(_) => "exemption",
            Role::Element => "element",
            Role::Presumed => "presumed",
        };
        self.text("role", wanted)
    }

    /// Nothing else is there, and nothing twice.
    pub(super) fn end(&self) -> Checked {
        let names = || self.json.fields().iter().map(|(name, _)| name.as_str());
        let twice = |name: &str| names().filter(|other| *other == name).count() > 1;
        match names().find(|name| !self.taken.contains(name) || twice(name)) {
            Some(name) => refuse(&self.place(name), "Cette donnée est de trop."),
            None => Ok(()),
        }
    }
}

fn shown(json: &Json) -> String {
    match json {
        Json::Null => "rien".to_owned(),
        Json::Truth(true) => "oui".to_owned(),
        Json::Truth(false) => "non".to_owned(),
        Json::Number(number) => number.clone(),
        Json::Text(text) => format!("«\u{a0}{text}\u{a0}»"),
        Json::List(_) => "une liste".to_owned(),
        Json::Record(_) => "un groupe de données".to_owned(),
    }
}

fn iso(day: i128) -> String {
    let (year, month, day) = days::civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

fn decimal(millionths: i128) -> String {
    let (whole, part) = (millionths.abs() / ONE, millionths.abs() % ONE);
    let sign = if millionths < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{part:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An ordered value as JSON writes it: as a number, or as a text.
pub(super) fn written(measure: Measure, value: i128, unit: Option<Unit>) -> Json {
    match (measure, unit) {
        (Measure::Number, _) | (Measure::Duration, Some(Unit::Days)) => Json::Number(decimal(value)),
        (Measure::Duration, Some(_)) => {
            let half = if value < 0 { -7 } else { 7 };
            Json::Number(decimal((2 * value + half) / 14))
        }
        (Measure::Duration, None) => Json::Text(format!("P{}D", decimal(value))),
        (Measure::Offset, _) => Json::Text(format!("P{value}M")),
        (Measure::Date, _) => Json::Text(iso(value)),
    }
}

/// A value of which one is left, as JSON writes it.
fn as_json(set: &Set, unit: Option<Unit>) -> Json {
    let text = |text: String| Json::Text(text);
    match set {
        Set::Nothing => Json::Null,
        Set::Truth(yes, _) => Json::Truth(*yes),
        Set::Range(measure, Some(value), _) => written(*measure, *value, unit),
        Set::Range(_, None, _) => Json::Null,
        Set::Cases(cases) => cases.first().cloned().map_or(Json::Null, text),
        Set::Text(texts) => texts.iter().flatten().next().cloned().map_or(Json::Null, text),
        Set::Period(start, _, end, _) => text(format!("{}/{}", iso(*start), iso(*end))),
        Set::Days(days, _) => {
            Json::List(days.iter().map(|(start, end)| text(format!("{}/{}", iso(*start), iso(*end)))).collect())
        }
    }
}

pub(super) fn is(found: &Json, set: &Set, unit: Option<Unit>) -> bool {
    *found == as_json(set, unit)
}

fn told(set: &Set, unit: Option<Unit>) -> String {
    match as_json(set, unit) {
        Json::List(runs) => format!("[{}]", runs.iter().filter_map(Json::text).collect::<Vec<_>>().join(", ")),
        json => shown(&json),
    }
}
