//! A mapping file: which column of an export gives which fact, and what its texts stand for.

use std::collections::{BTreeMap, BTreeSet};

use super::anomaly::{nearest, quoted};
use super::datum::{Datum, Placed};
use crate::program::{Field, InputRole, Program, Shape, fold};
use crate::value::{ListId, Type};

/// The columns of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mapping {
    /// By folded name of a column.
    columns: BTreeMap<String, Mapped>,
    ignored: BTreeSet<String>,
    /// The columns that name a row.
    pub keys: Vec<String>,
}

/// What a column gives.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Mapped {
    /// The column, as the mapping writes it.
    name: String,
    /// The path of the fact.
    fact: String,
    /// By folded text of a cell, the text it stands for.
    texts: BTreeMap<String, String>,
}

/// The columns of the file of dossiers, and those of files of lists by folded path of the list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mappings {
    /// Of the file of dossiers.
    pub dossiers: Mapping,
    /// Of files of lists.
    pub lists: BTreeMap<String, Mapping>,
}

impl Mapping {
    /// The name under which a column is looked for among the facts.
    pub(super) fn fact<'a>(&'a self, column: &'a str) -> &'a str {
        self.columns.get(&fold(column)).map_or(column, |mapped| mapped.fact.as_str())
    }

    /// What the texts of a column stand for.
    pub(super) fn texts(&self, column: &str) -> Option<&BTreeMap<String, String>> {
        self.columns.get(&fold(column)).map(|mapped| &mapped.texts).filter(|texts| !texts.is_empty())
    }

    /// Each column named, and the path of its fact.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.values().map(|mapped| (mapped.name.as_str(), mapped.fact.as_str()))
    }

    /// Whether a column is left aside on purpose.
    pub(super) fn ignores(&self, column: &str) -> bool {
        self.ignored.contains(&fold(column))
    }

    /// The columns named here that a file does not have.
    pub fn absent(&self, names: &[String]) -> Vec<&str> {
        let has = |name: &str| names.iter().any(|own| fold(own) == fold(name));
        let named =
            self.columns.values().map(|mapped| mapped.name.as_str()).chain(self.keys.iter().map(String::as_str));
        named.filter(|name| !has(name)).collect()
    }
}

impl Mappings {
    /// Of a list.
    pub fn of_list(&self, path: &[String]) -> Mapping {
        self.lists.get(&fold(&path.join("."))).cloned().unwrap_or_default()
    }
}

/// Reads a mapping file.
///
/// # Errors
///
/// A French sentence for each thing in it that is not as it must be.
pub fn read(program: &Program, placed: &Placed) -> Result<Mappings, Vec<String>> {
    let mut problems = Vec::new();
    let mut found = Mappings::default();
    let known: Vec<String> = paths(&program.facts, "").into_iter().map(|(path, _)| path).collect();
    for (name, member) in members(placed, "la correspondance", &mut problems) {
        match name {
            "tables" => {
                for (list, part) in members(member, "tables", &mut problems) {
                    let Some((id, path)) = list_at(program, list) else {
                        problems.push(format!("{} n'est pas une liste du règlement.", quoted(list)));
                        continue;
                    };
                    let known: Vec<String> = element_paths(program, id).into_iter().map(|(path, _)| path).collect();
                    let mut mapping = Mapping::default();
                    for (name, member) in members(part, list, &mut problems) {
                        section((name, member), &known, &mut mapping, &mut problems);
                    }
                    found.lists.insert(fold(&path.join(".")), mapping);
                }
            }
            _ => section((name, member), &known, &mut found.dossiers, &mut problems),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// One member of what is said of a file.
fn section((name, member): (&str, &Placed), known: &[String], mapping: &mut Mapping, problems: &mut Vec<String>) {
    match name {
        "key" => mapping.keys = texts(member, problems),
        "ignore" => mapping.ignored = texts(member, problems).iter().map(|text| fold(text)).collect(),
        "facts" => {
            for (fact, member) in members(member, "facts", problems) {
                if !known.iter().any(|path| fold(path) == fold(fact)) {
                    let names: Vec<(String, &str)> = known.iter().map(|path| (fold(path), path.as_str())).collect();
                    let near = nearest(&fold(fact), names.iter().map(|(folded, path)| (folded.as_str(), *path)));
                    let near =
                        near.map(|near| format!(" Vouliez-vous dire {}\u{202f}?", quoted(near))).unwrap_or_default();
                    problems.push(format!("Le règlement ne connaît pas le fait {}.{near}", quoted(fact)));
                    continue;
                }
                map(fact, member, mapping, problems);
            }
        }
        // What is there to help who fills it in.
        "schema" | "title" => {}
        _ => problems
            .push(format!("{} n'a pas de sens dans une correspondance (facts, tables, key, ignore).", quoted(name))),
    }
}

fn map(fact: &str, member: &Placed, mapping: &mut Mapping, problems: &mut Vec<String>) {
    let mut mapped = Mapped { name: String::new(), fact: fact.to_owned(), texts: BTreeMap::new() };
    if let Datum::Text(column) = &member.datum {
        mapped.name = column.trim().to_owned();
    } else {
        for (name, member) in members(member, fact, problems) {
            match (name, &member.datum) {
                ("column", Datum::Text(column)) => mapped.name = column.trim().to_owned(),
                ("column", Datum::Null) | ("label" | "from", _) => {}
                ("values", _) => {
                    for (value, written) in members(member, fact, problems) {
                        for text in texts(written, problems) {
                            if mapped.texts.insert(fold(&text), value.to_owned()).is_some_and(|other| other != value) {
                                problems.push(format!("Pour {}, {} a deux sens.", quoted(fact), quoted(&text)));
                            }
                        }
                    }
                }
                _ => problems.push(format!(
                    "Pour {}, {} ne se comprend pas (column, values).",
                    quoted(fact),
                    quoted(name)
                )),
            }
        }
    }
    if mapped.name.is_empty() {
        return;
    }
    let name = mapped.name.clone();
    if mapping.columns.insert(fold(&name), mapped).is_some() {
        problems.push(format!("La colonne {} donne deux faits.", quoted(&name)));
    }
}

fn members<'d>(placed: &'d Placed, what: &str, problems: &mut Vec<String>) -> Vec<(&'d str, &'d Placed)> {
    if let Datum::Record(members) = &placed.datum {
        return members.iter().map(|(name, member)| (name.as_str(), member)).collect();
    }
    let found = placed.datum.described();
    problems.push(format!("Pour {}, on attend un groupe entre accolades, on trouve {found}.", quoted(what)));
    Vec::new()
}

/// One text, or several; `?` is one here.
fn texts(placed: &Placed, problems: &mut Vec<String>) -> Vec<String> {
    match &placed.datum {
        Datum::Text(text) | Datum::Number(text) => vec![text.clone()],
        Datum::Unknown => vec!["?".to_owned()],
        Datum::List(elements) => elements.iter().flat_map(|element| texts(element, problems)).collect(),
        Datum::Null => Vec::new(),
        Datum::Truth(_) | Datum::Record(_) => {
            problems
                .push(format!("On attend un texte ou une liste de textes, on trouve {}.", placed.datum.described()));
            Vec::new()
        }
    }
}

/// A mapping to fill in: each fact with an empty column, and the texts its values may be written with.
pub fn template(program: &Program) -> Datum {
    let facts = |paths: Vec<(String, &Field)>| {
        Datum::record(paths.into_iter().map(|(path, field)| (path, blank(program, field))))
    };
    let tables = (0..).zip(&program.lists).filter_map(|(id, list)| {
        let paths = element_paths(program, ListId(id));
        (!paths.is_empty()).then(|| {
            let part = [("key", Datum::list([])), ("facts", facts(paths)), ("ignore", Datum::list([]))];
            (list.path.join("."), Datum::record(part))
        })
    });
    Datum::record([
        ("schema", Datum::text("reglo/map/1")),
        ("title", Datum::text(&program.title)),
        ("key", Datum::list([])),
        ("facts", facts(paths(&program.facts, ""))),
        ("tables", Datum::record(tables)),
        ("ignore", Datum::list([])),
    ])
}

fn blank(program: &Program, field: &Field) -> Datum {
    let mut fields = vec![("column", Datum::text("")), ("label", Datum::text(&field.label))];
    let input = match &field.shape {
        Shape::Leaf(id) => program.input(*id),
        Shape::Record { .. } | Shape::List { .. } => None,
    };
    let values: Vec<String> = match input.map(|input| (input.ty, input.role)) {
        Some((Type::Truth, InputRole::Datum)) => ["oui", "non", "?"].map(str::to_owned).to_vec(),
        Some((ty @ Type::Case(_), _)) => {
            let cases = program.enumeration(ty).map(|found| found.cases.as_slice()).unwrap_or_default();
            cases.iter().map(|case| case.name.clone()).chain(["?".to_owned()]).collect()
        }
        _ => Vec::new(),
    };
    if !values.is_empty() {
        fields.push(("values", Datum::record(values.into_iter().map(|value| (value, Datum::list([]))))));
    }
    Datum::record(fields)
}

/// Every fact that a column may give, in order; a list as a whole.
fn paths<'p>(fields: &'p [Field], prefix: &str) -> Vec<(String, &'p Field)> {
    let mut found = Vec::new();
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        if let Shape::Record { fields, .. } = &field.shape {
            found.extend(paths(fields, &format!("{path}.")));
        } else {
            found.push((path, field));
        }
    }
    found
}

/// The same of the elements of a list of records that is in no other list.
fn element_paths(program: &Program, list: ListId) -> Vec<(String, &Field)> {
    match list_shape(&program.facts, list) {
        Some(Shape::Record { fields, .. }) => paths(fields, ""),
        Some(Shape::Leaf(_) | Shape::List { .. }) | None => Vec::new(),
    }
}

/// The shape of the elements of a list that is in no other list.
pub(super) fn list_shape(fields: &[Field], wanted: ListId) -> Option<&Shape> {
    fields.iter().find_map(|field| match &field.shape {
        Shape::List { list, element } => (*list == wanted).then_some(element.as_ref()),
        Shape::Record { fields, .. } => list_shape(fields, wanted),
        Shape::Leaf(_) => None,
    })
}

/// The list of that path, and its path as the ruleset spells it; none where there is no such list, or where it is
/// in the elements of another.
pub fn list_at(program: &Program, path: &str) -> Option<(ListId, Vec<String>)> {
    let folded: Vec<String> = path.split('.').map(fold).collect();
    program.lists.iter().zip(0..).find_map(|(list, id)| {
        let same =
            list.path.len() == folded.len() && list.path.iter().zip(&folded).all(|(own, other)| fold(own) == *other);
        let id = ListId(id);
        (same && list_shape(&program.facts, id).is_some()).then(|| (id, list.path.clone()))
    })
}
