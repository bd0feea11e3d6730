//! A datum, walked along the declared facts, becomes rows and columns.
//!
//! The walk visits the declared shape depth first and the elements in order, so that every list and
//! every leaf receives its rows in the order of the rows of its parent. Each visit pushes exactly one
//! value for each leaf of the shape it visits, whatever the data hold.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use super::anomaly::{Anomaly, nearest, problem, quoted, shortened};
use super::convert::{Refusal, convert, unknown};
use super::datum::{Datum, Placed};
use super::path::Names;
use crate::eval::{Cell, Inputs, Rows, Status};
use crate::program::{Field, Input, InputId, Program, Shape, fold};
use crate::value::{Known, ListId, Truth, Type};

/// The facts of one dossier, and what in it could not be used.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// What the dossier says of each declared fact.
    pub inputs: Inputs<Cell>,
    /// What could not be used, in source order.
    pub anomalies: Vec<Anomaly>,
    /// How the elements of lists are named.
    pub names: Names,
}

/// Reads a datum against the declared facts of a program.
pub fn assemble(program: &Program, datum: &Placed) -> Assembled {
    let mut assembler = Assembler {
        program,
        columns: vec![Vec::new(); program.inputs.len()],
        statuses: vec![Vec::new(); program.inputs.len()],
        counts: vec![Vec::new(); program.lists.len()],
        names: Names::new(program.lists.len()),
        anomalies: Vec::new(),
        undeclared: BTreeMap::new(),
        folded: BTreeMap::new(),
        trail: Vec::new(),
    };
    let fields = plan_fields(program, &program.facts);
    let root = match &datum.datum {
        Datum::Record(_) => Heard::Found(datum),
        Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) | Datum::List(_) => {
            assembler.not("un dossier, c'est-à-dire un groupe de données entre accolades", datum);
            Heard::Blank(Status::Rejected)
        }
    };
    assembler.fields(&fields, root);
    assembler.finish()
}

/// The declared shape, with what the walk looks up again and again.
enum Plan<'p> {
    Leaf {
        id: InputId,
        input: &'p Input,
        key: bool,
    },
    Record {
        fields: Vec<PlannedField<'p>>,
        presence: Option<InputId>,
    },
    List {
        id: ListId,
        optional: bool,
        key: Option<String>,
        element: Box<Plan<'p>>,
    },
    /// An id that the program does not have; it holds nothing.
    Nothing,
}

struct PlannedField<'p> {
    name: &'p str,
    folded: String,
    plan: Plan<'p>,
}

fn plan_fields<'p>(program: &'p Program, fields: &'p [Field]) -> Vec<PlannedField<'p>> {
    fields
        .iter()
        .map(|field| PlannedField { name: &field.name, folded: fold(&field.name), plan: plan(program, &field.shape) })
        .collect()
}

fn plan<'p>(program: &'p Program, shape: &'p Shape) -> Plan<'p> {
    match shape {
        Shape::Leaf(id) => match program.input(*id) {
            Some(input) => Plan::Leaf { id: *id, input, key: program.lists.iter().any(|list| list.key == Some(*id)) },
            None => Plan::Nothing,
        },
        Shape::Record { fields, presence } => {
            Plan::Record { fields: plan_fields(program, fields), presence: *presence }
        }
        Shape::List { list, element } => match program.list(*list) {
            Some(described) => Plan::List {
                id: *list,
                optional: described.optional,
                key: described.key.and_then(|key| program.input(key)?.path.last().map(|name| fold(name))),
                element: Box::new(plan(program, element)),
            },
            None => Plan::Nothing,
        },
    }
}

/// What the dossier says at some place of the declared shape.
#[derive(Clone, Copy)]
enum Heard<'d> {
    /// This datum, neither `null` nor `"?"`.
    Found(&'d Placed),
    /// Nothing, in a record that is there.
    LeftOut,
    /// Nothing can be known here, and this is why.
    Blank(Status),
    /// The record around is absent.
    Absent,
}

impl<'d> Heard<'d> {
    fn of(placed: Option<&'d Placed>) -> Self {
        match placed.map(|placed| (&placed.datum, placed)) {
            None | Some((Datum::Null, _)) => Heard::LeftOut,
            Some((Datum::Unknown, _)) => Heard::Blank(Status::Unsure),
            Some((Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) | Datum::List(_) | Datum::Record(_), placed)) => {
                Heard::Found(placed)
            }
        }
    }

    /// `false`, which says of anything but a condition that it is absent.
    fn is_no(self) -> bool {
        matches!(self, Heard::Found(Placed { datum: Datum::Truth(false), .. }))
    }
}

/// One step of the way from the root to the datum at hand.
enum Step<'p> {
    Field(&'p str),
    Key(Arc<str>),
    Index(usize),
}

struct Assembler<'p, 'd> {
    program: &'p Program,
    columns: Vec<Vec<Known>>,
    statuses: Vec<Vec<Status>>,
    /// For each list, for each row of its parent: how many elements, and whether there may be others.
    counts: Vec<Vec<(usize, bool)>>,
    names: Names,
    anomalies: Vec<Anomaly>,
    /// Undeclared names already reported, by declared place: which anomaly, how many more.
    undeclared: BTreeMap<(String, &'d str), (usize, usize)>,
    /// Names of the data, folded once.
    folded: BTreeMap<&'d str, Arc<str>>,
    trail: Vec<Step<'p>>,
}

impl<'p, 'd> Assembler<'p, 'd> {
    fn walk(&mut self, plan: &Plan<'p>, heard: Heard<'d>) {
        match plan {
            Plan::Leaf { id, input, key } => self.leaf(*id, input, *key, heard),
            Plan::Record { fields, presence } => self.record(fields, *presence, heard),
            Plan::List { id, optional, key, element } => match heard {
                Heard::LeftOut if *optional => self.closed(*id, Status::Given),
                Heard::Found(_) if *optional && heard.is_no() => self.closed(*id, Status::Given),
                Heard::Absent => self.closed(*id, Status::Given),
                Heard::LeftOut => self.open(*id, element, Status::LeftOut),
                Heard::Blank(status) => self.open(*id, element, status),
                Heard::Found(Placed { datum: Datum::List(elements), .. }) => {
                    self.elements(*id, key.as_deref(), element, elements);
                }
                Heard::Found(placed) => {
                    self.not("une liste (entre crochets)", placed);
                    self.open(*id, element, Status::Rejected);
                }
            },
            Plan::Nothing => {}
        }
    }

    fn leaf(&mut self, id: InputId, input: &Input, key: bool, heard: Heard<'d>) {
        let (known, status) = match heard {
            Heard::LeftOut if input.optional => (Known::absent(), Status::Given),
            Heard::Absent => (Known::absent(), Status::Given),
            Heard::LeftOut => (unknown(self.program, input), Status::LeftOut),
            Heard::Blank(status) => (unknown(self.program, input), status),
            Heard::Found(_) if input.optional && input.ty != Type::Truth && heard.is_no() => {
                (Known::absent(), Status::Given)
            }
            Heard::Found(placed) => match convert(self.program, input, key, placed) {
                Ok(reading) => {
                    if let Some(text) = reading.unforeseen {
                        let row = self.columns.get(id.0 as usize).map_or(0, Vec::len);
                        self.names.push_unforeseen(id, row, text);
                    }
                    (reading.known, reading.status)
                }
                Err(refusal) => {
                    self.refuse(refusal);
                    (unknown(self.program, input), Status::Rejected)
                }
            },
        };
        self.push(id, known, status);
    }

    fn push(&mut self, id: InputId, known: Known, status: Status) {
        let index = id.0 as usize;
        if let Some((column, statuses)) = self.columns.get_mut(index).zip(self.statuses.get_mut(index)) {
            column.push(known);
            statuses.push(status);
        }
    }

    fn record(&mut self, fields: &[PlannedField<'p>], presence: Option<InputId>, heard: Heard<'d>) {
        let is_record = matches!(heard, Heard::Found(Placed { datum: Datum::Record(_), .. }));
        let absent = presence.is_some() && (heard.is_no() || matches!(heard, Heard::LeftOut));
        if let Heard::Found(placed) = heard
            && !is_record
            && !absent
        {
            self.not("un groupe de données (entre accolades)", placed);
        }
        let inside = match heard {
            Heard::Found(_) if is_record => heard,
            Heard::Found(_) | Heard::LeftOut if absent => Heard::Absent,
            Heard::Found(_) => Heard::Blank(Status::Rejected),
            Heard::LeftOut => Heard::Blank(Status::LeftOut),
            Heard::Blank(status) => Heard::Blank(status),
            Heard::Absent => Heard::Absent,
        };
        let Some(presence) = presence else { return self.fields(fields, inside) };
        let (there, status, inside) = match inside {
            Heard::Absent => (Truth::NO, Status::Given, Heard::Absent),
            // Whether the record is there is the first thing to know: its leaves are not heard of.
            Heard::Blank(Status::Rejected) => (Truth::OPEN, Status::Rejected, inside),
            Heard::Blank(status) => (Truth::OPEN, status, Heard::Blank(Status::Unheard)),
            Heard::Found(_) | Heard::LeftOut => (Truth::YES, Status::Given, inside),
        };
        self.push(presence, Known::truth(there), status);
        self.fields(fields, inside);
    }

    fn fields(&mut self, fields: &[PlannedField<'p>], heard: Heard<'d>) {
        let Heard::Found(Placed { datum: Datum::Record(members), .. }) = heard else {
            for field in fields {
                self.walk(&field.plan, heard);
            }
            return;
        };
        let mut found: Vec<Option<Heard<'d>>> = vec![None; fields.len()];
        for (name, placed) in members {
            let folded = self.fold(name);
            match fields.iter().position(|field| field.folded == *folded) {
                Some(index) => {
                    let Some(slot) = found.get_mut(index) else { continue };
                    *slot = Some(match slot {
                        None => Heard::of(Some(placed)),
                        Some(_) => {
                            self.repeated(name, placed);
                            Heard::Blank(Status::Rejected)
                        }
                    });
                }
                // `$schema` and the like speak to tools.
                None if name.starts_with('$') => {}
                None => self.undeclared(fields, name, placed),
            }
        }
        for (field, heard) in fields.iter().zip(found) {
            self.trail.push(Step::Field(field.name));
            self.walk(&field.plan, heard.unwrap_or(Heard::LeftOut));
            self.trail.pop();
        }
    }

    fn count(&mut self, list: ListId, known: usize, open: bool) {
        if let Some(counts) = self.counts.get_mut(list.0 as usize) {
            counts.push((known, open));
        }
    }

    fn closed(&mut self, list: ListId, status: Status) {
        self.count(list, 0, false);
        self.names.push(list, status, []);
    }

    fn open(&mut self, list: ListId, element: &Plan<'p>, status: Status) {
        self.count(list, 0, true);
        self.names.push(list, status, [None]);
        self.walk(element, Heard::Blank(Status::Unheard));
    }

    fn elements(&mut self, list: ListId, key: Option<&str>, element: &Plan<'p>, elements: &'d [Placed]) {
        self.count(list, elements.len(), false);
        let keys: Vec<Option<(&'d str, &'d Placed)>> =
            elements.iter().map(|element| key.and_then(|key| self.key(key, element))).collect();
        let mut uses: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (index, known) in keys.iter().enumerate() {
            let Some((key, placed)) = known else { continue };
            let (first, count) = uses.entry(key).or_insert((index, 0));
            *count += 1;
            if *count > 1 {
                let first = *first + 1;
                self.trail.push(Step::Index(index));
                let message = format!(
                    "Les éléments n°\u{a0}{first} et n°\u{a0}{} de la liste ont la même clé, {}\u{202f}; rien n'est écarté, \
                     mais la clé ne dit plus duquel il s'agit\u{202f}: ils sont désignés par leur rang.",
                    index + 1,
                    quoted(&shortened(key))
                );
                self.report(problem::DUPLICATE_KEY, message, placed);
                self.trail.pop();
            }
        }
        let unique = |key: &Option<(&'d str, &'d Placed)>| {
            key.map(|(key, _)| key).filter(|key| uses.get(key).is_some_and(|(_, count)| *count == 1)).map(Arc::from)
        };
        let names: Vec<Option<Arc<str>>> = keys.iter().map(unique).collect();
        self.names.push(list, Status::Given, names.iter().cloned());
        for ((index, placed), name) in elements.iter().enumerate().zip(names) {
            self.trail.push(name.map_or(Step::Index(index), Step::Key));
            let heard = match Heard::of(Some(placed)) {
                // An element that is `null` is there; what it holds is not known.
                Heard::LeftOut => Heard::Blank(Status::LeftOut),
                Heard::Found(placed) => Heard::Found(placed),
                Heard::Blank(status) => Heard::Blank(status),
                Heard::Absent => Heard::Absent,
            };
            self.walk(element, heard);
            self.trail.pop();
        }
    }

    /// The key an element gives itself: once, and not blank.
    fn key(&mut self, key: &str, element: &'d Placed) -> Option<(&'d str, &'d Placed)> {
        let Datum::Record(members) = &element.datum else { return None };
        let mut found = None;
        for (name, placed) in members {
            if *self.fold(name) == *key && found.replace(placed).is_some() {
                return None;
            }
        }
        let placed = found?;
        let text = match &placed.datum {
            Datum::Text(text) | Datum::Number(text) => text.as_str(),
            Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::List(_) | Datum::Record(_) => return None,
        };
        (!text.trim().is_empty()).then_some((text, placed))
    }

    fn fold(&mut self, name: &'d str) -> Arc<str> {
        self.folded.entry(name).or_insert_with(|| fold(name).into()).clone()
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.trail {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Field(name) if path.is_empty() => write!(path, "{name}"),
                Step::Field(name) => write!(path, ".{name}"),
                Step::Key(key) => write!(path, "[{key}]"),
                Step::Index(index) => write!(path, "[{index}]"),
            };
        }
        path
    }

    fn report(&mut self, problem: &'static str, message: String, placed: &Placed) {
        let Placed { datum, line, column } = placed;
        let (path, found) = (self.path(), datum.found());
        self.anomalies.push(Anomaly { path, problem, message, found, line: *line, column: *column });
    }

    fn refuse(&mut self, refusal: Refusal) {
        let Refusal { problem, message, found, line, column } = refusal;
        self.anomalies.push(Anomaly { path: self.path(), problem, message, found, line, column });
    }

    fn not(&mut self, expected: &str, placed: &Placed) {
        let found = placed.datum.described();
        let message = format!("On attend {expected}, on trouve {found}\u{202f}; la donnée n'est pas retenue.");
        self.report(problem::UNEXPECTED_TYPE, message, placed);
    }

    fn repeated(&mut self, name: &'d str, placed: &Placed) {
        let message =
            format!("La donnée {} figure plusieurs fois\u{202f}; aucune n'est retenue.", quoted(&shortened(name)));
        self.report_member(problem::DUPLICATE_NAME, message, name, placed);
    }

    /// An undeclared name is reported once for each declared place, however many elements hold it.
    fn undeclared(&mut self, fields: &[PlannedField<'p>], name: &'d str, placed: &Placed) {
        let mut pattern = String::new();
        for step in &self.trail {
            match step {
                Step::Field(name) => pattern.extend([name, "."]),
                Step::Key(_) | Step::Index(_) => {}
            }
        }
        if let Some((_, more)) = self.undeclared.get_mut(&(pattern.clone(), name)) {
            *more += 1;
            return;
        }
        let folded = self.fold(name);
        let near = nearest(&folded, fields.iter().map(|field| (field.folded.as_str(), field.name)));
        let hint = near.map_or(String::new(), |near| format!(" Vouliez-vous dire {}\u{202f}?", quoted(near)));
        let message = format!(
            "Le règlement ne connaît pas la donnée {}\u{202f}; elle est ignorée.{hint}",
            quoted(&shortened(name))
        );
        self.undeclared.insert((pattern, name), (self.anomalies.len(), 0));
        self.report_member(problem::UNKNOWN_NAME, message, name, placed);
    }

    fn report_member(&mut self, problem: &'static str, message: String, name: &str, placed: &Placed) {
        self.report(problem, message, placed);
        if let Some(anomaly) = self.anomalies.last_mut() {
            if !anomaly.path.is_empty() {
                anomaly.path.push('.');
            }
            anomaly.path.push_str(&shortened(name));
        }
    }

    fn finish(mut self) -> Assembled {
        for (index, more) in self.undeclared.into_values().filter(|(_, more)| *more > 0) {
            if let Some(anomaly) = self.anomalies.get_mut(index) {
                let times = if more == 1 { "une".to_owned() } else { more.to_string() };
                anomaly.message.push_str(&format!(" Elle figure encore {times} fois."));
            }
        }
        self.anomalies.sort_by_key(|anomaly| (anomaly.line, anomaly.column));
        let lists = self.counts.into_iter().map(Rows::list).collect();
        let inputs = Inputs { dossiers: 1, lists, columns: self.columns, statuses: self.statuses };
        Assembled { inputs, anomalies: self.anomalies, names: self.names }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::super::samples::{list, millionths, problems, program, read, rows};
    use super::*;
    use crate::eval::Presence;
    use crate::value::{Range, Set};

    const OPEN: Set = Set::Truth(Truth::OPEN);

    fn open() -> Known {
        Known::of(OPEN)
    }

    fn perhaps(known: Known) -> Known {
        Known { absent: true, ..known }
    }

    fn any_text() -> Known {
        Known::any(Type::Text, 0)
    }

    #[test]
    fn a_fact_left_out_null_or_questioned_is_unknown_within_its_declared_range() {
        let program = program();
        let within = Known::range(Range::between(0, millionths(20)));
        let note = |json: &str| rows(&program, &read(&program, json), "note");
        assert_eq!(note("{}"), [(within.clone(), Status::LeftOut)]);
        assert_eq!(note(r#"{"note":null}"#), [(within.clone(), Status::LeftOut)]);
        assert_eq!(note(r#"{"note":"?"}"#), [(within.clone(), Status::Unsure)]);
        assert_eq!(note(r#"{"note":21}"#), [(within, Status::Rejected)]);
    }

    #[test]
    fn an_optional_fact_left_out_null_or_false_is_known_to_be_absent() {
        let program = program();
        for json in ["{}", r#"{"observation":null}"#, r#"{"observation":false}"#] {
            let dossier = read(&program, json);
            assert_eq!(rows(&program, &dossier, "observation"), [(Known::absent(), Status::Given)], "{json}");
            assert_eq!(problems(&dossier), []);
        }
        let unsure = read(&program, r#"{"observation":"?"}"#);
        assert_eq!(rows(&program, &unsure, "observation"), [(perhaps(any_text()), Status::Unsure)]);
        let rejected = read(&program, r#"{"observation":true}"#);
        assert_eq!(rows(&program, &rejected, "observation"), [(perhaps(any_text()), Status::Rejected)]);
        let refused = read(&program, r#"{"consentement":false}"#);
        assert_eq!(rows(&program, &refused, "consentement"), [(Known::truth(Truth::NO), Status::Given)]);
    }

    #[test]
    fn an_optional_record_says_first_whether_it_is_there() {
        let program = program();
        let (yes, no) = (Known::truth(Truth::YES), Known::truth(Truth::NO));
        let cases = [
            ("{}", (no.clone(), Status::Given), (Known::absent(), Status::Given)),
            (r#"{"annexe":null}"#, (no.clone(), Status::Given), (Known::absent(), Status::Given)),
            (r#"{"annexe":false}"#, (no, Status::Given), (Known::absent(), Status::Given)),
            (r#"{"annexe":{}}"#, (yes.clone(), Status::Given), (open(), Status::LeftOut)),
            (r#"{"annexe":{"objectifs":true}}"#, (yes.clone(), Status::Given), (yes, Status::Given)),
            (r#"{"annexe":"?"}"#, (open(), Status::Unsure), (open(), Status::Unheard)),
            (r#"{"annexe":12}"#, (open(), Status::Rejected), (open(), Status::Rejected)),
        ];
        for (json, presence, leaf) in cases {
            let dossier = read(&program, json);
            assert_eq!(rows(&program, &dossier, "annexe"), [presence], "{json}");
            assert_eq!(rows(&program, &dossier, "annexe.objectifs"), [leaf], "{json}");
        }
        let visas = |json: &str| read(&program, json).inputs.list(list(&program, "annexe.visas")).unwrap().is_open(0);
        assert!(!visas("{}") && visas(r#"{"annexe":{}}"#) && visas(r#"{"annexe":"?"}"#));
        assert!(!visas(r#"{"annexe":{"visas":[]}}"#));
    }

    #[test]
    fn a_record_that_must_be_there_leaves_its_leaves_unknown_for_its_own_reason() {
        let program = program();
        let cases = [
            ("{}", Status::LeftOut),
            (r#"{"examen":null}"#, Status::LeftOut),
            (r#"{"examen":"?"}"#, Status::Unsure),
            (r#"{"examen":[]}"#, Status::Rejected),
            (r#"{"examen":false}"#, Status::Rejected),
        ];
        for (json, status) in cases {
            let dossier = read(&program, json);
            assert_eq!(rows(&program, &dossier, "examen.lieu"), [(any_text(), status)], "{json}");
            assert_eq!(rows(&program, &dossier, "examen.salle"), [(perhaps(any_text()), status)], "{json}");
            let reported = if status == Status::Rejected { vec![("examen", "type-inattendu")] } else { vec![] };
            assert_eq!(problems(&dossier), reported, "{json}");
        }
    }

    #[test]
    fn a_list_not_given_is_open_and_stands_on_one_row_of_which_nothing_is_heard() {
        let program = program();
        let (id, notes) = (list(&program, "résultats"), list(&program, "résultats.notes"));
        let cases = [
            ("{}", Status::LeftOut),
            (r#"{"résultats":null}"#, Status::LeftOut),
            (r#"{"résultats":"?"}"#, Status::Unsure),
            (r#"{"résultats":{}}"#, Status::Rejected),
        ];
        for (json, status) in cases {
            let dossier = read(&program, json);
            assert_eq!(dossier.names.status(id, 0), status, "{json}");
            for list in [id, notes] {
                assert_eq!(dossier.inputs.list(list).unwrap().presences(), [Presence::Many], "{json}");
            }
            assert_eq!(rows(&program, &dossier, "résultats.admis"), [(open(), Status::Unheard)], "{json}");
        }
    }

    #[test]
    fn an_empty_list_or_an_optional_one_not_given_is_closed() {
        let program = program();
        for json in [r#"{"dispenses":[]}"#, "{}", r#"{"dispenses":null}"#, r#"{"dispenses":false}"#] {
            let dossier = read(&program, json);
            let dispenses = dossier.inputs.list(list(&program, "dispenses")).unwrap();
            assert!(dispenses.is_empty() && !dispenses.is_open(0), "{json}");
            assert_eq!(problems(&dossier), [], "{json}");
        }
        let unsure = read(&program, r#"{"dispenses":"?"}"#);
        assert!(unsure.inputs.list(list(&program, "dispenses")).unwrap().is_open(0));
        assert_eq!(problems(&read(&program, r#"{"périodes":false}"#)), [("périodes", "type-inattendu")]);
    }

    #[test]
    fn lists_in_lists_have_their_rows_in_the_order_of_their_parents() {
        let program = program();
        let json = r#"{"résultats":[
            {"admis":false,"notes":[{"épreuve":"E4","note":12},{"épreuve":"E5","note":8}]},
            null, {"notes":[]}, "?", {"notes":[{"note":"9,5"}]}, 4 ]}"#;
        let dossier = read(&program, json);
        let notes = dossier.inputs.list(list(&program, "résultats.notes")).unwrap();
        let children: Vec<_> = (0..6).map(|parent| (notes.children(parent), notes.is_open(parent))).collect();
        assert_eq!(children, [(0..2, false), (2..3, true), (3..3, false), (3..4, true), (4..5, false), (5..6, true)]);
        let statuses: Vec<Status> = rows(&program, &dossier, "résultats.admis").into_iter().map(|row| row.1).collect();
        assert_eq!(
            statuses,
            [Status::Given, Status::LeftOut, Status::LeftOut, Status::Unsure, Status::LeftOut, Status::Rejected]
        );
        let known: Vec<Option<i64>> = rows(&program, &dossier, "résultats.notes.note")
            .iter()
            .map(|(known, _)| known.set.as_range().single())
            .collect();
        let given = |number: i64| Some(number * 100_000);
        assert_eq!(known, [given(120), given(80), None, None, given(95), None]);
        assert_eq!(problems(&dossier), [("résultats[5]", "type-inattendu")]);
    }

    #[test]
    fn names_of_data_match_without_accents_case_or_separators() {
        let program = program();
        let dossier = read(&program, r#"{"Periode citee":"P1","SALARIE":true,"$schema":"x"}"#);
        assert_eq!(rows(&program, &dossier, "période_citée"), [(Known::text("P1"), Status::Given)]);
        assert_eq!(rows(&program, &dossier, "salarié"), [(Known::truth(Truth::YES), Status::Given)]);
        assert_eq!(problems(&dossier), []);
    }

    #[test]
    fn a_name_given_twice_is_reported_and_neither_datum_is_used() {
        let program = program();
        let dossier = read(&program, r#"{"salarié":true,"note":10,"Salarie":true}"#);
        assert_eq!(rows(&program, &dossier, "salarié"), [(open(), Status::Rejected)]);
        assert_eq!(problems(&dossier), [("Salarie", "nom-en-double")]);
    }

    #[test]
    fn an_undeclared_name_is_reported_once_for_each_list_with_the_nearest_one() {
        let program = program();
        let json = r#"{"nottes":1,"périodes":[{"debu":1},{"debu":2},{"debu":3}],"zzzzz":{}}"#;
        let dossier = read(&program, json);
        assert_eq!(
            problems(&dossier),
            [("nottes", "nom-inconnu"), ("périodes[0].debu", "nom-inconnu"), ("zzzzz", "nom-inconnu")]
        );
        let messages: Vec<&str> = dossier.anomalies.iter().map(|anomaly| anomaly.message.as_str()).collect();
        assert!(
            messages[0].ends_with("elle est ignorée. Vouliez-vous dire «\u{a0}note\u{a0}»\u{202f}?"),
            "{messages:?}"
        );
        assert!(messages[1].contains("«\u{a0}début\u{a0}»") && messages[1].contains("encore 2 fois"), "{messages:?}");
        assert!(!messages[2].contains("Vouliez-vous"), "{messages:?}");
    }

    #[test]
    fn two_elements_with_one_key_are_both_kept_and_reported() {
        let program = program();
        let json = r#"{"périodes":[{"id":"P1"},{"id":"P1"},{"id":3},{"id":"3"},{"id":"?"},{"id":" "}]}"#;
        let dossier = read(&program, json);
        assert_eq!(rows(&program, &dossier, "périodes.id").len(), 6);
        assert_eq!(problems(&dossier), [("périodes[1]", "clé-en-double"), ("périodes[3]", "clé-en-double")]);
    }

    #[test]
    fn anomalies_stand_in_source_order_with_their_places() {
        let program = program();
        let dossier = read(&program, "{\n\"note\": 30,\n\"voie\": \"x\",\n \"session\": 1.5, \"inconnu\": 1}");
        let places: Vec<_> = dossier.anomalies.iter().map(|a| (a.line, a.column, a.found.as_str())).collect();
        assert_eq!(places, [(2, 9, "30"), (3, 9, "x"), (4, 13, "1.5"), (4, 29, "1")]);
        for json in ["[]", "null", "3", "\"?\""] {
            let dossier = read(&program, json);
            assert_eq!(problems(&dossier), [("", "type-inattendu")], "{json}");
            assert_eq!(rows(&program, &dossier, "salarié"), [(open(), Status::Rejected)], "{json}");
            assert!(crate::dossier::Dossier::read(&program, "essai.json", json.as_bytes()).is_err(), "{json}");
        }
    }

    /// A generator with a seed (Steele, Lea and Flood, SplitMix64): the same data every time.
    struct Seeded(u64);

    impl Seeded {
        fn below(&mut self, limit: u64) -> usize {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            usize::try_from((mixed ^ (mixed >> 31)) % limit).unwrap()
        }

        fn datum(&mut self, depth: usize) -> Datum {
            const NAMES: [&str; 14] = [
                "note",
                "voie",
                "périodes",
                "résultats",
                "notes",
                "annexe",
                "visas",
                "id",
                "été",
                "debut",
                "fin",
                "durée",
                "convention",
                "zut",
            ];
            const TEXTS: [&str; 10] =
                ["", "?", "P1", "14 semaines", "P1Y", "2026-02-30/x", "31/12/2026", "9e999999999999", "é→", "-"];
            const NUMBERS: [&str; 6] = ["0", "-1.5", "1e400", "-9223372036854775808", "0.0000001", "12"];
            match self.below(if depth == 0 { 5 } else { 9 }) {
                0 => Datum::Null,
                1 => Datum::Unknown,
                2 => Datum::Truth(self.below(2) == 0),
                3 => Datum::Number(NUMBERS[self.below(6)].into()),
                4 => Datum::text(TEXTS[self.below(10)]),
                5 => Datum::list((0..self.below(4)).map(|_| self.datum(depth - 1)).collect::<Vec<_>>()),
                _ => Datum::record(
                    (0..self.below(9)).map(|_| (NAMES[self.below(14)], self.datum(depth - 1))).collect::<Vec<_>>(),
                ),
            }
        }
    }

    #[test]
    fn whatever_the_data_every_leaf_has_one_value_for_each_row_of_its_scope() {
        let program = program();
        let mut seeded = Seeded(7);
        for _ in 0..3000 {
            let datum = seeded.datum(5);
            let dossier = read(&program, &datum.to_json());
            for (index, input) in program.inputs.iter().enumerate() {
                let rows = match program.scope(input.scope).unwrap().list {
                    Some(list) => dossier.inputs.list(list).unwrap().len(),
                    None => 1,
                };
                assert_eq!(dossier.inputs.columns[index].len(), rows, "{:?} of {}", input.path, datum.to_json());
                assert_eq!(dossier.inputs.statuses[index].len(), rows, "{:?} of {}", input.path, datum.to_json());
            }
        }
    }

    #[test]
    fn damaged_bytes_are_read_or_refused_but_never_panic() {
        let program = program();
        let sound =
            br#"{"note":12.5,"p\u00e9riodes":[{"id":"P1","d\u00e9but":"2026-01-05"},null],"annexe":{"visas":["a"]}}"#;
        let mut seeded = Seeded(11);
        let mut refused = 0;
        for _ in 0..5000 {
            let mut bytes = sound.to_vec();
            for _ in 0..=seeded.below(3) {
                let at = seeded.below(bytes.len() as u64);
                bytes[at] = u8::try_from(seeded.below(256)).unwrap();
            }
            refused += usize::from(super::super::Dossier::read(&program, "x", &bytes).is_err());
        }
        assert!(refused > 1000 && refused < 5000, "{refused}");
    }
}
