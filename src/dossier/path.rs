//! How leaves and elements of a dossier are named: `périodes[P1].début`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::eval::{Cell, Inputs, Presence, Status};
use crate::program::{Field, Input, InputId, List, Program, ScopeId, Shape};
use crate::value::ListId;

/// What a dossier says of its lists besides their values: the name of each element, how each list came
/// about, and unforeseen texts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Names {
    lists: Vec<ListNames>,
    unforeseen: BTreeMap<(InputId, usize), String>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct ListNames {
    /// By row: its key, where it is known and no other element of the same list has it.
    rows: Vec<Option<Arc<str>>>,
    /// By row of the parent: how the list came about.
    statuses: Vec<Status>,
}

impl Names {
    pub(super) fn new(lists: usize) -> Self {
        Self { lists: vec![ListNames::default(); lists], unforeseen: BTreeMap::new() }
    }

    /// Adds one list: that of the next row of its parent.
    pub(super) fn push(&mut self, list: ListId, status: Status, rows: impl IntoIterator<Item = Option<Arc<str>>>) {
        if let Some(names) = self.lists.get_mut(list.0 as usize) {
            names.statuses.push(status);
            names.rows.extend(rows);
        }
    }

    pub(super) fn push_unforeseen(&mut self, input: InputId, row: usize, text: String) {
        self.unforeseen.insert((input, row), text);
    }

    /// The key that names an element; none where it goes by its index.
    pub fn key(&self, list: ListId, row: usize) -> Option<&str> {
        self.lists.get(list.0 as usize)?.rows.get(row)?.as_deref()
    }

    /// Whether an element of the list goes by that key.
    fn is_key(&self, list: ListId, key: &str) -> bool {
        self.lists.get(list.0 as usize).is_some_and(|names| names.rows.iter().flatten().any(|known| &**known == key))
    }

    /// How the list held by that row of its parent came about: an open list may be left out, said to be
    /// unknown, not a list, or within something of which nothing is known.
    pub fn status(&self, list: ListId, parent: usize) -> Status {
        let statuses = self.lists.get(list.0 as usize).map(|names| &names.statuses);
        statuses.and_then(|statuses| statuses.get(parent)).copied().unwrap_or(Status::LeftOut)
    }

    /// The text that stands behind the case `autre`, as the dossier wrote it.
    pub fn unforeseen(&self, input: InputId, row: usize) -> Option<&str> {
        self.unforeseen.get(&(input, row)).map(String::as_str)
    }
}

/// One leaf on one row, as people are told of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Leaf {
    /// `périodes[P1].début`
    pub path: String,
    /// « date de début »
    pub label: String,
    /// The records it lies in within that element or the dossier, innermost first: « annexe pédagogique ».
    pub records: Vec<String>,
    /// The element it lies in, innermost first: « note E4, résultat antérieur n° 1 ».
    pub element: Option<String>,
    /// Who supplies it.
    pub supplier: Option<String>,
    /// How it came by its value.
    pub status: Status,
}

impl Leaf {
    /// Its label, then what it lies in: « modalités de tutorat (annexe pédagogique, convention C1) ».
    pub fn named(&self) -> String {
        let within: Vec<&str> = self.records.iter().chain(&self.element).map(String::as_str).collect();
        match (self.label.as_str(), within.is_empty()) {
            (label, true) => label.to_owned(),
            ("", false) => within.join(", "),
            (label, false) => format!("{label} ({})", within.join(", ")),
        }
    }
}

/// Names the leaves and elements of one dossier.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    program: &'a Program,
    inputs: &'a Inputs<Cell>,
    names: &'a Names,
}

impl<'a> Places<'a> {
    /// Of those inputs, with those names.
    pub fn new(program: &'a Program, inputs: &'a Inputs<Cell>, names: &'a Names) -> Self {
        Self { program, inputs, names }
    }

    /// The path of a leaf. On the row that stands for the elements of an open list, the path of the list.
    pub fn path(self, input: InputId, row: usize) -> String {
        let Some(described) = self.program.input(input) else { return String::new() };
        let Some(list) = self.list_of(described.scope) else { return described.path.join(".") };
        let Element { mut path, phantom } = self.element(list, row);
        if !phantom {
            extend(&mut path, &described.path, self.depth(list));
        }
        path
    }

    /// The path of the list held by a row of its parent.
    pub fn list_path(self, list: ListId, parent: usize) -> String {
        self.list_within(list, parent).path
    }

    /// The path of an element; that of the list on the row that stands for its unknown elements.
    pub fn element_path(self, list: ListId, row: usize) -> String {
        self.element(list, row).path
    }

    /// What names an element within its list: its key, else its index from 0. None on the row that
    /// stands for unknown elements.
    pub fn element_name(self, list: ListId, row: usize) -> Option<String> {
        if self.is_phantom(list, row) {
            return None;
        }
        let named = self.names.key(list, row).map(str::to_owned);
        named.or_else(|| Some(self.index(list, row).to_string()))
    }

    /// An element as people read it: « période de stage P1 », « attestation n° 2 ». None on the row that
    /// stands for unknown elements.
    pub fn element_label(self, list: ListId, row: usize) -> Option<String> {
        let described = self.program.list(list)?;
        if self.is_phantom(list, row) {
            return None;
        }
        let own = match self.names.key(list, row) {
            Some(key) => format!("{} {key}", described.element),
            None => format!("{} n°\u{a0}{}", described.element, self.index(list, row) + 1),
        };
        let outer = self.outer(described).and_then(|outer| self.element_label(outer, self.parent(list, row)));
        Some(match outer {
            Some(outer) => format!("{own}, {outer}"),
            None => own,
        })
    }

    /// What a path of the dossier leads to, as people read it: « note (note E4, résultat antérieur n° 1) »; none where
    /// the ruleset declares nothing there.
    pub fn named(self, path: &str) -> Option<String> {
        let (mut fields, mut around, mut label) = (self.program.facts.as_slice(), Vec::new(), None);
        let mut rest = path;
        while !rest.is_empty() {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let field = fields.iter().find(|field| field.name == name)?;
            around.extend(label.replace(field.label.clone()));
            let mut shape = &field.shape;
            rest = after;
            while let Shape::List { list, element } = shape {
                shape = element;
                let Some((key, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { break };
                let described = self.program.list(*list)?;
                let rank = key.parse::<usize>().ok().filter(|_| !self.names.is_key(*list, key));
                let element = match rank {
                    Some(rank) => format!("{} n°\u{a0}{}", described.element, rank + 1),
                    None => format!("{} {key}", described.element),
                };
                label = Some(element);
                rest = after;
            }
            fields = if let Shape::Record { fields, .. } = shape { fields } else { &[] };
            rest = rest.strip_prefix('.').unwrap_or(rest);
        }
        let within: Vec<String> = around.into_iter().rev().collect();
        let label = label?;
        Some(if within.is_empty() { label } else { format!("{label} ({})", within.join(", ")) })
    }

    /// A leaf whatever the row: its label, and the records it lies in.
    pub fn label(self, input: InputId) -> String {
        let Some(described) = self.program.input(input) else { return String::new() };
        let records = self.records(described, self.list_of(described.scope));
        if records.is_empty() {
            described.label.clone()
        } else {
            format!("{} ({})", described.label, records.join(", "))
        }
    }

    /// A leaf on one row, with all that is said of it.
    pub fn leaf(self, input: InputId, row: usize) -> Leaf {
        let described = self.program.input(input);
        let list = described.and_then(|described| self.list_of(described.scope));
        Leaf {
            path: self.path(input, row),
            label: described.map(|described| described.label.clone()).unwrap_or_default(),
            records: described.map(|described| self.records(described, list)).unwrap_or_default(),
            element: list.and_then(|list| self.element_label(list, row)),
            supplier: described
                .and_then(|described| described.declared.supplier.clone().or_else(|| self.supplier(&described.path)))
                .or_else(|| self.list_supplier(list?)),
            status: self.inputs.status(input, row),
        }
    }

    /// Who supplies a list: said of it, or of what it lies in.
    pub fn list_supplier(self, list: ListId) -> Option<String> {
        let list = self.program.list(list)?;
        list.supplier.clone().or_else(|| self.supplier(&list.path))
    }

    /// Who supplies what is at a path, lists without index: said of it, or of what it lies in.
    pub fn supplier(self, path: &[String]) -> Option<String> {
        self.along(path).iter().rev().find_map(|field| field.declared.supplier.clone())
    }

    fn along(self, path: &[String]) -> Vec<&'a Field> {
        Field::along(&self.program.facts, &path.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The labels of the records around a leaf, innermost first, but those that its own label says.
    fn records(self, leaf: &Input, list: Option<ListId>) -> Vec<String> {
        let along = self.along(&leaf.path);
        let around = along.iter().skip(list.map_or(0, |list| self.depth(list))).rev().skip(1);
        let labels = around.map(|field| field.label.clone());
        labels.filter(|label| !label.is_empty() && !leaf.label.contains(label.as_str())).collect()
    }

    fn list_of(self, scope: ScopeId) -> Option<ListId> {
        self.program.scope(scope)?.list
    }

    /// The list whose elements hold the list.
    fn outer(self, list: &List) -> Option<ListId> {
        self.list_of(self.program.scope(list.scope)?.parent)
    }

    fn depth(self, list: ListId) -> usize {
        self.program.list(list).map_or(0, |list| list.path.len())
    }

    fn parent(self, list: ListId, row: usize) -> usize {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.inputs.list(list).map_or(0, |rows| rows.parent_of(row) as usize)
    }

    fn index(self, list: ListId, row: usize) -> usize {
        let parent = u32::try_from(self.parent(list, row)).unwrap_or(u32::MAX);
        let first = self.inputs.list(list).map_or(0, |rows| rows.children(parent).start as usize);
        row.saturating_sub(first)
    }

    fn is_phantom(self, list: ListId, row: usize) -> bool {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.inputs.list(list).is_none_or(|rows| rows.presence_of(row) == Presence::Many)
    }

    fn list_within(self, list: ListId, parent: usize) -> Element {
        let Some(described) = self.program.list(list) else { return Element::default() };
        let Some(outer) = self.outer(described) else {
            return Element { path: described.path.join("."), phantom: false };
        };
        let mut holder = self.element(outer, parent);
        if !holder.phantom {
            extend(&mut holder.path, &described.path, self.depth(outer));
        }
        holder
    }

    fn element(self, list: ListId, row: usize) -> Element {
        let mut found = self.list_within(list, self.parent(list, row));
        if found.phantom {
            return found;
        }
        match self.element_name(list, row) {
            Some(name) => found.path.push_str(&format!("[{name}]")),
            None => found.phantom = true,
        }
        found
    }
}

/// A path, and whether it stops at a list whose elements are not known.
#[derive(Default)]
struct Element {
    path: String,
    phantom: bool,
}

/// Appends the names of `whole` from the `skip`-th on.
fn extend(path: &mut String, whole: &[String], skip: usize) {
    for name in whole.iter().skip(skip) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::samples::{input, list, program, read};
    use super::*;

    #[test]
    fn elements_go_by_their_key_where_it_is_known_and_unique_else_by_their_index() {
        let program = program();
        let json = r#"{"périodes":[{"id":"P1"},{"id":"P2"},{"id":"P2"},{}],"annexe":{"visas":["a","b"]},
            "résultats":[{"notes":[]},{"notes":[{"épreuve":"E4"},{"note":1}]}]}"#;
        let dossier = read(&program, json);
        let places = dossier.places(&program);
        let path = |leaf: &str, row: usize| places.path(input(&program, leaf), row);
        assert_eq!(path("note", 0), "note");
        assert_eq!(path("périodes.début", 0), "périodes[P1].début");
        assert_eq!(path("périodes.convention.signée", 2), "périodes[2].convention.signée");
        assert_eq!(path("périodes.convention", 3), "périodes[3].convention");
        assert_eq!(path("annexe.visas", 1), "annexe.visas[1]");
        assert_eq!(path("résultats.notes.note", 0), "résultats[1].notes[E4].note");
        assert_eq!(path("résultats.notes.note", 1), "résultats[1].notes[1].note");
        assert_eq!(places.list_path(list(&program, "résultats.notes"), 1), "résultats[1].notes");
        assert_eq!(places.element_path(list(&program, "résultats.notes"), 0), "résultats[1].notes[E4]");
    }

    #[test]
    fn a_path_of_the_dossier_is_read_as_people_read_it() {
        let program = program();
        let dossier = read(
            &program,
            r#"{"périodes":[{"id":"P1"},{"id":"2"}],"résultats":[{"notes":[{"épreuve":"E4"}]}],"annexe":{}}"#,
        );
        let named = |path: &str| dossier.places(&program).named(path);
        assert_eq!(named("périodes[P1].début").unwrap(), "libellé de début (période de stage P1)");
        assert_eq!(named("périodes[2].début").unwrap(), "libellé de début (période de stage 2)");
        assert_eq!(named("périodes[0]").unwrap(), "période de stage n°\u{a0}1");
        assert_eq!(
            named("résultats[0].notes[E4].note").unwrap(),
            "libellé de note (note E4, résultat antérieur n°\u{a0}1)"
        );
        assert_eq!((named("inconnue"), named("")), (None, None));
    }

    #[test]
    fn a_row_that_stands_for_unknown_elements_goes_by_the_path_of_its_list() {
        let program = program();
        let dossier = read(&program, r#"{"résultats":[{}]}"#);
        let places = dossier.places(&program);
        assert_eq!(places.path(input(&program, "périodes.début"), 0), "périodes");
        assert_eq!(places.path(input(&program, "résultats.notes.note"), 0), "résultats[0].notes");
        assert_eq!(places.leaf(input(&program, "périodes.début"), 0).element, None);
        let nothing = read(&program, "{}");
        assert_eq!(nothing.places(&program).path(input(&program, "résultats.notes.note"), 0), "résultats");
    }

    #[test]
    fn a_leaf_is_told_with_its_element_its_supplier_and_how_it_came_about() {
        let program = program();
        let json = r#"{"périodes":[{"id":"P1"}],"résultats":[{"notes":[{"épreuve":"E4","note":"?"}]}]}"#;
        let dossier = read(&program, json);
        let places = dossier.places(&program);
        assert_eq!(
            places.leaf(input(&program, "périodes.début"), 0),
            Leaf {
                path: "périodes[P1].début".into(),
                label: "libellé de début".into(),
                records: Vec::new(),
                element: Some("période de stage P1".into()),
                supplier: Some("l'établissement".into()),
                status: Status::LeftOut,
            }
        );
        let note = places.leaf(input(&program, "résultats.notes.note"), 0);
        assert_eq!(note.element.as_deref(), Some("note E4, résultat antérieur n°\u{a0}1"));
        assert_eq!((note.status, note.supplier), (Status::Unsure, None));
        assert_eq!(places.leaf(input(&program, "salarié"), 0).supplier.as_deref(), Some("le candidat"));
    }
}
