//! Where the columns of a flat file go: names matched with the declared facts once, then rows become data.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::anomaly::{Anomaly, nearest, problem, quoted, shortened};
use super::cell::{at, blank, cell, truth};
use super::charset::Garbled;
use super::datum::{Datum, Placed, parse_json};
use super::mapping::{Mapping, list_shape};
use crate::program::{Field, InputId, Program, Shape, fold};
use crate::value::{ListId, Type};

/// The column that holds a list of bare values, one a row.
const BARE: &str = "valeur";

/// Where the columns of a file go.
#[derive(Clone, Debug)]
pub struct Layout {
    slots: Slots,
    /// For each column, by folded text of a cell, the text it stands for.
    texts: BTreeMap<usize, BTreeMap<String, String>>,
    names: Vec<String>,
    /// Columns that no fact is named after.
    pub unknown: Vec<Unplaced>,
    /// Columns that say what another says too: its number from 0, and that of the other.
    pub repeated: Vec<(usize, usize)>,
}

/// A column that no fact is named after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unplaced {
    /// Its number, from 0.
    pub column: usize,
    /// Its name.
    pub name: String,
    /// The fact that was perhaps meant.
    pub near: Option<String>,
}

#[derive(Clone, Debug)]
enum Slots {
    /// The members of a record, in the order of the columns.
    Record(Vec<(String, Slot)>),
    /// Elements that are bare values.
    Bare(usize, InputId),
}

#[derive(Clone, Debug)]
enum Slot {
    Leaf {
        column: usize,
        input: InputId,
    },
    /// Ends of a period, each in its column.
    Ends(Vec<(&'static str, usize)>),
    /// A record: the column that says whether it is there, and its members.
    Record {
        own: Option<usize>,
        members: Vec<(String, Slot)>,
    },
    /// A list in one cell; of bare values where a leaf is named.
    List {
        column: usize,
        bare: Option<InputId>,
    },
}

/// One row of a file.
pub trait Row {
    /// Its line in the file, and the number that anomalies give its first column.
    fn place(&self) -> (u32, u32);

    /// The text of a column, from 0; none where the row is shorter.
    fn cell(&self, column: usize) -> Option<Result<Cow<'_, str>, Garbled>>;
}

impl Layout {
    /// The columns of a file with one dossier a row.
    pub fn of_dossiers(program: &Program, names: &[String], mapping: &Mapping) -> Self {
        Self::new(program, &program.facts, (names, mapping))
    }

    /// The columns of a file with one element of a list a row.
    pub fn of_elements(program: &Program, list: ListId, names: &[String], mapping: &Mapping) -> Self {
        match list_shape(&program.facts, list) {
            Some(Shape::Record { fields, .. }) => Self::new(program, fields, (names, mapping)),
            Some(Shape::Leaf(input)) => {
                let column = names.iter().position(|name| fold(name) == BARE);
                let mut layout = Self::empty(names);
                layout.unknown = unplaced(names, |at| Some(at) == column, &[]);
                layout.slots = Slots::Bare(column.unwrap_or(usize::MAX), *input);
                layout
            }
            Some(Shape::List { .. }) | None => Self::empty(names),
        }
    }

    fn empty(names: &[String]) -> Self {
        Self {
            slots: Slots::Record(Vec::new()),
            texts: BTreeMap::new(),
            names: names.to_vec(),
            unknown: Vec::new(),
            repeated: Vec::new(),
        }
    }

    fn new(program: &Program, fields: &[Field], (names, mapping): (&[String], &Mapping)) -> Self {
        let mut layout = Self::empty(names);
        let mut members: Vec<(String, Slot)> = Vec::new();
        let mut placed: BTreeMap<String, usize> = BTreeMap::new();
        for (column, name) in names.iter().enumerate() {
            if let Some(texts) = mapping.texts(name) {
                layout.texts.insert(column, texts.clone());
            }
            let parts: Vec<&str> = mapping.fact(name).split('.').collect();
            let Some(target) = resolve(program, fields, &parts) else { continue };
            match placed.insert(target.key(), column) {
                Some(before) => layout.repeated.push((column, before)),
                None => insert(&mut members, &target.path, (column, &target.kind)),
            }
        }
        let all: Vec<String> = paths(fields, "");
        layout.unknown = unplaced(names, |at| placed.values().any(|column| *column == at), &all);
        let repeated = |column: usize| layout.repeated.iter().any(|(again, _)| *again == column);
        layout.unknown.retain(|unplaced| !repeated(unplaced.column) && !mapping.ignores(&unplaced.name));
        layout.slots = Slots::Record(members);
        layout
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The facts that no column gives, by path: those that have no other source, records and lists as a whole
    /// where nothing of them is given.
    pub fn missing(&self, program: &Program) -> Vec<String> {
        let Slots::Record(members) = &self.slots else { return Vec::new() };
        let mut found = Vec::new();
        absent(program, &program.facts, (members, ""), &mut |path| found.push(path));
        found
    }

    /// The column of each leaf, where all columns hold leaves of the root and none of them is in a record that may be
    /// left out, or holds what a record left out says otherwise.
    pub(super) fn leaves(&self, program: &Program) -> Option<Vec<(usize, InputId)>> {
        let Slots::Record(members) = &self.slots else { return None };
        let mut found = Vec::new();
        leaves(program, (members, &program.facts), false, &mut found)?;
        Some(found)
    }

    /// The text of a cell, once what a mapping says it stands for is put in its place.
    pub(super) fn meant<'t>(&'t self, column: usize, text: &'t str) -> &'t str {
        let text = text.trim();
        let stands_for = self.texts.get(&column).and_then(|texts| texts.get(&fold(text)));
        stands_for.map_or(text, String::as_str)
    }

    /// Whether a mapping says what texts of a column stand for.
    pub(super) fn is_mapped(&self, column: usize) -> bool {
        self.texts.contains_key(&column)
    }

    /// The data of one row; what cannot be read of it is added to `anomalies` and unknown.
    pub fn datum(&self, program: &Program, row: &dyn Row, anomalies: &mut Vec<Anomaly>) -> Placed {
        let mut filler = Filler { layout: self, program, row, anomalies };
        let datum = match &self.slots {
            Slots::Record(members) => Datum::Record(filler.members(members)),
            Slots::Bare(column, input) => filler.leaf(*column, *input).datum,
        };
        Placed { datum, line: row.place().0, column: 0 }
    }
}

/// What a column is about.
struct Target<'p> {
    path: Vec<&'p str>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Leaf(InputId),
    End(&'static str),
    Record,
    List(Option<InputId>),
}

impl Target<'_> {
    fn key(&self) -> String {
        let end = match self.kind {
            Kind::End(end) => end,
            Kind::Leaf(_) | Kind::Record | Kind::List(_) => "",
        };
        format!("{}.{end}", self.path.join("."))
    }
}

fn resolve<'p>(program: &'p Program, fields: &'p [Field], parts: &[&str]) -> Option<Target<'p>> {
    let (first, rest) = parts.split_first()?;
    let folded = fold(first);
    let field = fields.iter().find(|field| fold(&field.name) == folded)?;
    let own = |kind: Kind| Some(Target { path: vec![&field.name], kind });
    match (&field.shape, rest) {
        (Shape::Leaf(input), []) => own(Kind::Leaf(*input)),
        (Shape::Leaf(input), [end]) if program.input(*input).is_some_and(|input| input.ty == Type::Period) => {
            match fold(end).as_str() {
                "debut" => own(Kind::End("début")),
                "fin" => own(Kind::End("fin")),
                _ => None,
            }
        }
        (Shape::Record { .. }, []) => own(Kind::Record),
        (Shape::Record { fields, .. }, rest) => {
            let mut target = resolve(program, fields, rest)?;
            target.path.insert(0, &field.name);
            Some(target)
        }
        (Shape::List { element, .. }, []) => match element.as_ref() {
            Shape::Leaf(input) => own(Kind::List(Some(*input))),
            Shape::Record { .. } | Shape::List { .. } => own(Kind::List(None)),
        },
        (Shape::Leaf(_) | Shape::List { .. }, _) => None,
    }
}

fn insert(members: &mut Vec<(String, Slot)>, path: &[&str], (column, kind): (usize, &Kind)) {
    let Some((first, rest)) = path.split_first() else { return };
    let index = members.iter().position(|(name, _)| name == first);
    if rest.is_empty() {
        let slot = match (kind, index.and_then(|index| members.get_mut(index))) {
            (Kind::End(end), Some((_, Slot::Ends(ends)))) => return ends.push((end, column)),
            (Kind::Record, Some((_, Slot::Record { own, .. }))) => return *own = Some(column),
            (Kind::Leaf(input), _) => Slot::Leaf { column, input: *input },
            (Kind::End(end), _) => Slot::Ends(vec![(end, column)]),
            (Kind::Record, _) => Slot::Record { own: Some(column), members: Vec::new() },
            (Kind::List(bare), _) => Slot::List { column, bare: *bare },
        };
        members.push(((*first).to_owned(), slot));
        return;
    }
    match index.and_then(|index| members.get_mut(index)) {
        Some((_, Slot::Record { members, .. })) => insert(members, rest, (column, kind)),
        Some(_) => {}
        None => {
            let mut inner = Vec::new();
            insert(&mut inner, rest, (column, kind));
            members.push(((*first).to_owned(), Slot::Record { own: None, members: inner }));
        }
    }
}

fn leaves(
    program: &Program,
    (members, fields): (&[(String, Slot)], &[Field]),
    within: bool,
    found: &mut Vec<(usize, InputId)>,
) -> Option<()> {
    for (name, slot) in members {
        let shape = fields.iter().find(|field| field.name == *name).map(|field| &field.shape);
        match (slot, shape) {
            (Slot::Leaf { column, input }, _) => {
                // A record of which all is left out says nothing of an optional leaf; another says it is absent.
                if within && program.input(*input)?.optional {
                    return None;
                }
                found.push((*column, *input));
            }
            (Slot::Record { own: None, members }, Some(Shape::Record { fields, presence: None })) => {
                leaves(program, (members, fields), true, found)?;
            }
            (Slot::Record { .. } | Slot::Ends(_) | Slot::List { .. }, _) => return None,
        }
    }
    Some(())
}

fn unplaced(names: &[String], is_placed: impl Fn(usize) -> bool, known: &[String]) -> Vec<Unplaced> {
    let folded: Vec<(String, &str)> = known.iter().map(|path| (fold(path), path.as_str())).collect();
    let near = |name: &str| nearest(&fold(name), folded.iter().map(|(folded, path)| (folded.as_str(), *path)));
    let columns = names.iter().enumerate().filter(|(column, _)| !is_placed(*column));
    columns.map(|(column, name)| Unplaced { column, name: name.clone(), near: near(name).map(str::to_owned) }).collect()
}

/// Every name a column may have.
fn paths(fields: &[Field], prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        if let Shape::Record { fields, .. } = &field.shape {
            found.extend(paths(fields, &format!("{path}.")));
        } else {
            found.push(path);
        }
    }
    found
}

fn absent(
    program: &Program,
    fields: &[Field],
    (members, prefix): (&[(String, Slot)], &str),
    tell: &mut dyn FnMut(String),
) {
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        let slot = members.iter().find(|(name, _)| *name == field.name).map(|(_, slot)| slot);
        match (&field.shape, slot) {
            (Shape::Record { fields, .. }, Some(Slot::Record { members, .. })) if !members.is_empty() => {
                let prefix = format!("{path}.");
                absent(program, fields, (members, &prefix), tell);
            }
            (_, Some(_)) => {}
            (shape, None) if has_other_source(program, shape) => {}
            (_, None) => tell(path),
        }
    }
}

/// Whether a fact left out is absent, presumed or derived, rather than unknown.
fn has_other_source(program: &Program, shape: &Shape) -> bool {
    match shape {
        Shape::Leaf(id) => program.input(*id).is_some_and(|input| input.optional || input.node != input.given),
        Shape::Record { presence, fields } => {
            presence.is_some() || fields.iter().all(|field| has_other_source(program, &field.shape))
        }
        Shape::List { list, .. } => program.list(*list).is_some_and(|list| list.optional),
    }
}

/// Fills the slots from one row.
struct Filler<'a> {
    layout: &'a Layout,
    program: &'a Program,
    row: &'a dyn Row,
    anomalies: &'a mut Vec<Anomaly>,
}

impl Filler<'_> {
    fn members(&mut self, members: &[(String, Slot)]) -> Vec<(String, Placed)> {
        members.iter().map(|(name, slot)| (name.clone(), self.slot(slot))).collect()
    }

    fn slot(&mut self, slot: &Slot) -> Placed {
        match slot {
            Slot::Leaf { column, input } => self.leaf(*column, *input),
            Slot::Ends(ends) => {
                let day = |filler: &mut Self, column: usize| filler.with(column, |_, text| Datum::text(text));
                let ends: Vec<(String, Placed)> =
                    ends.iter().map(|(name, column)| ((*name).to_owned(), day(self, *column))).collect();
                self.record(ends)
            }
            Slot::Record { own: Some(column), members } => {
                let own = self.with(*column, |filler, text| {
                    filler.structure(*column, text, |text| match truth(text) {
                        Some(truth) => Datum::Truth(truth),
                        None => Datum::text(text),
                    })
                });
                let inner = self.members(members);
                let filled = inner.iter().any(|(_, member)| member.datum != Datum::Null);
                match own.datum {
                    // « oui » only says that it is there.
                    Datum::Truth(true) => Placed { datum: Datum::Record(inner), ..own },
                    Datum::Null if filled => Placed { datum: Datum::Record(inner), ..own },
                    Datum::Null | Datum::Unknown | Datum::Truth(false) | Datum::Number(_) | Datum::Text(_) => own,
                    Datum::List(_) | Datum::Record(_) => own,
                }
            }
            Slot::Record { own: None, members } => {
                let inner = self.members(members);
                self.record(inner)
            }
            Slot::List { column, bare } => {
                let input = bare.and_then(|input| self.program.input(input));
                self.with(*column, |filler, text| {
                    filler.structure(*column, text, |text| match input {
                        Some(input) => Datum::list(text.split([';', '|']).map(|part| cell(input, part))),
                        None => Datum::text(text),
                    })
                })
            }
        }
    }

    /// A record of cells; left out where all are empty.
    fn record(&self, members: Vec<(String, Placed)>) -> Placed {
        let filled = members.iter().any(|(_, member)| member.datum != Datum::Null);
        let column = members.iter().map(|(_, member)| member.column).min().unwrap_or(0);
        let datum = if filled { Datum::Record(members) } else { Datum::Null };
        Placed { datum, line: self.row.place().0, column }
    }

    fn leaf(&mut self, column: usize, input: InputId) -> Placed {
        let Some(input) = self.program.input(input) else { return Placed::nowhere(Datum::Null) };
        self.with(column, |_, text| cell(input, text))
    }

    /// What a cell that is neither empty nor `?` says, at its place.
    fn with(&mut self, column: usize, read: impl FnOnce(&mut Self, &str) -> Datum) -> Placed {
        let number = u32::try_from(column).unwrap_or(u32::MAX).saturating_add(self.row.place().1);
        let datum = match self.row.cell(column) {
            None => Datum::Null,
            Some(Err(garbled)) => {
                self.report(column, garbled.message().to_owned(), "");
                Datum::Unknown
            }
            Some(Ok(text)) => {
                let text = self.layout.meant(column, &text);
                blank(text).unwrap_or_else(|| read(self, text))
            }
        };
        at(Placed::nowhere(datum), self.row.place().0, number)
    }

    /// JSON in a cell, else what `otherwise` makes of the text.
    fn structure(&mut self, column: usize, text: &str, otherwise: impl FnOnce(&str) -> Datum) -> Datum {
        if !text.starts_with(['[', '{']) {
            return otherwise(text);
        }
        match parse_json(text.as_bytes()) {
            Ok(placed) => placed.datum,
            Err(error) => {
                let message =
                    format!("La cellule n'est pas du JSON ({})\u{202f}; la donnée n'est pas retenue.", error.message);
                self.report(column, message, text);
                Datum::Unknown
            }
        }
    }

    fn report(&mut self, column: usize, message: String, found: &str) {
        let number = u32::try_from(column).unwrap_or(u32::MAX).saturating_add(self.row.place().1);
        self.anomalies.push(Anomaly {
            path: self.layout.names.get(column).cloned().unwrap_or_default(),
            problem: problem::UNREADABLE,
            message,
            found: shortened(found),
            line: self.row.place().0,
            column: number,
        });
    }
}

/// What some dossiers show of all: the names that the ruleset does not know, with the nearest it does, and the facts
/// that none of them gives.
pub fn survey(program: &Program, dossiers: &[Placed]) -> (Vec<String>, Vec<String>) {
    let mut unknown: Vec<String> = Vec::new();
    let mut given: Vec<String> = Vec::new();
    for dossier in dossiers {
        let Datum::Record(members) = &dossier.datum else { continue };
        given.extend(members.iter().filter(|(_, member)| member.datum != Datum::Null).map(|(name, _)| fold(name)));
        let anomalies = super::assemble(program, dossier).anomalies;
        unknown.extend(anomalies.into_iter().filter(|one| one.problem == problem::UNKNOWN_NAME).map(|one| one.path));
    }
    for names in [&mut unknown, &mut given] {
        names.sort();
        names.dedup();
    }
    let missing = program.facts.iter().filter(|field| !has_other_source(program, &field.shape));
    let missing = missing.filter(|field| given.binary_search(&fold(&field.name)).is_err());
    (unknown, missing.map(|field| field.name.clone()).collect())
}

/// Puts a datum at a place of a record, by the names on the way; where it is there already, it is there twice.
pub fn graft(record: &mut Placed, path: &[String], datum: Placed) {
    let (Some((first, rest)), Datum::Record(members)) = (path.split_first(), &mut record.datum) else { return };
    if rest.is_empty() {
        // A column left empty is no second answer.
        members.retain(|(name, member)| member.datum != Datum::Null || fold(name) != fold(first));
        members.push((first.clone(), datum));
        return;
    }
    let folded = fold(first);
    let index = members.iter().position(|(name, _)| fold(name) == folded);
    let (line, column) = (record.line, record.column);
    match index.and_then(|index| members.get_mut(index)) {
        Some((_, inner)) => {
            if inner.datum == Datum::Null {
                inner.datum = Datum::Record(Vec::new());
            }
            graft(inner, rest, datum);
        }
        None => {
            let mut inner = Placed { datum: Datum::Record(Vec::new()), line, column };
            graft(&mut inner, rest, datum);
            members.push((first.clone(), inner));
        }
    }
}

/// Completes a record with what all dossiers have in common; what the record says itself prevails.
pub fn complete(record: &mut Placed, common: &Placed) {
    let (Datum::Record(members), Datum::Record(others)) = (&mut record.datum, &common.datum) else { return };
    for (name, other) in others {
        let folded = fold(name);
        match members.iter_mut().find(|(own, _)| fold(own) == folded) {
            Some((_, member)) if member.datum == Datum::Null => *member = other.clone(),
            Some((_, member)) => complete(member, other),
            None => members.push((name.clone(), other.clone())),
        }
    }
}

/// A name between French quotation marks, with the nearest known one where there is one.
pub fn perhaps(unplaced: &Unplaced) -> String {
    let name = quoted(&shortened(&unplaced.name));
    match &unplaced.near {
        Some(near) => format!("{name} (vouliez-vous dire {}\u{202f}?)", quoted(near)),
        None => name,
    }
}
