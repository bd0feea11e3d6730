//! A small program for the tests of this folder: every kind of leaf, a list in a list, optional parts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::Dossier;
use crate::eval::Status;
use crate::program::{
    Declared, EnumCase, Enumeration, Field, Input, InputId, InputRole, List, NodeId, Program, Scope, ScopeId,
    ScopeKind, Shape, Unit,
};
use crate::value::{Day, EnumId, Known, ListId, Number, Type};

/// Builds facts the way lowering does: paths, scopes and ids in source order.
struct Facts {
    program: Program,
    path: Vec<String>,
    scope: ScopeId,
}

impl Facts {
    fn field(&self, name: &str, shape: Shape) -> Field {
        Field { name: name.into(), label: format!("libellé de {name}"), shape, declared: Declared::default() }
    }

    fn input(&mut self, name: &str, ty: Type, change: impl FnOnce(&mut Input)) -> InputId {
        let mut input = Input {
            path: self.path.iter().cloned().chain((!name.is_empty()).then(|| name.to_owned())).collect(),
            label: format!("libellé de {name}"),
            ty,
            scope: self.scope,
            role: InputRole::Datum,
            optional: false,
            unit: None,
            range: None,
            given: NodeId(0),
            node: NodeId(0),
            declared: Declared::default(),
        };
        change(&mut input);
        self.program.inputs.push(input);
        InputId(u32::try_from(self.program.inputs.len() - 1).unwrap())
    }

    fn leaf(&mut self, name: &str, ty: Type, change: impl FnOnce(&mut Input)) -> Field {
        let id = self.input(name, ty, change);
        self.field(name, Shape::Leaf(id))
    }

    fn plain(&mut self, name: &str, ty: Type) -> Field {
        self.leaf(name, ty, |_| {})
    }

    fn optional(&mut self, name: &str, ty: Type) -> Field {
        self.leaf(name, ty, |input| input.optional = true)
    }

    fn record(&mut self, name: &str, optional: bool, fields: impl FnOnce(&mut Self) -> Vec<Field>) -> Field {
        let presence = optional.then(|| self.input(name, Type::Truth, |input| input.role = InputRole::Presence));
        self.path.push(name.into());
        let fields = fields(self);
        self.path.pop();
        self.field(name, Shape::Record { fields, presence })
    }

    /// A list of records, or of what an only nameless field holds.
    fn list(
        &mut self,
        (name, element): (&str, &str),
        change: impl FnOnce(&mut List),
        fields: impl FnOnce(&mut Self) -> Vec<Field>,
    ) -> Field {
        let id = ListId(u32::try_from(self.program.lists.len()).unwrap());
        let outer = self.scope;
        self.path.push(name.into());
        self.scope = ScopeId(u32::try_from(self.program.scopes.len()).unwrap());
        self.program.scopes.push(Scope {
            parent: outer,
            list: Some(id),
            kind: ScopeKind::Canonical,
            variable: String::new(),
        });
        let mut list = List {
            path: self.path.clone(),
            label: format!("libellé de {name}"),
            element: element.into(),
            scope: self.scope,
            key: None,
            supplier: None,
            optional: false,
            span: None,
        };
        change(&mut list);
        self.program.lists.push(list);
        let mut fields = fields(self);
        let keyed = fields.first().filter(|field| field.name == "id" || field.name == "épreuve");
        if let Some(Field { shape: Shape::Leaf(key), .. }) = keyed {
            let key = *key;
            self.program.lists.get_mut(id.0 as usize).unwrap().key = Some(key);
        }
        self.scope = outer;
        self.path.pop();
        let element = match fields.first() {
            Some(only) if only.name.is_empty() => fields.remove(0).shape,
            Some(_) | None => Shape::Record { fields, presence: None },
        };
        self.field(name, Shape::List { list: id, element: Box::new(element) })
    }
}

fn case(name: &str, label: &str, other: bool) -> EnumCase {
    EnumCase { name: name.into(), label: label.into(), other }
}

/// Millionths.
pub(super) fn millionths(number: i64) -> i64 {
    number * Number::SCALE
}

/// The program of the tests.
pub(super) fn program() -> Program {
    let voie = Type::Case(EnumId(0));
    let titre = Type::Case(EnumId(1));
    let root = Scope { parent: ScopeId::ROOT, list: None, kind: ScopeKind::Root, variable: String::new() };
    let mut facts = Facts {
        program: Program { title: "Essai".into(), scopes: vec![root], ..Program::default() },
        path: Vec::new(),
        scope: ScopeId::ROOT,
    };
    facts.program.enumerations = vec![
        Enumeration {
            name: "voie".into(),
            cases: vec![
                case("scolaire", "voie scolaire", false),
                case("formation_continue", "formation continue", false),
            ],
        },
        Enumeration {
            name: "titre".into(),
            cases: vec![case("VAE", "validation des acquis", false), case("autre", "autre titre", true)],
        },
    ];
    let day = |text: &str| i64::from(Day::parse_iso(text).unwrap().number());
    let fields = vec![
        facts.plain("voie", voie),
        facts.leaf("session", Type::Integer, |input| input.range = Some((millionths(2000), millionths(2100)))),
        facts.leaf("salarié", Type::Truth, |input| input.declared.supplier = Some("le candidat".into())),
        facts.leaf("note", Type::Number, |input| input.range = Some((0, millionths(20)))),
        facts.leaf("épreuves", Type::Date, |input| input.range = Some((day("2026-01-01"), day("2026-12-31")))),
        facts.leaf("durée", Type::Duration, |input| {
            input.unit = Some(Unit::Weeks);
            input.range = Some((0, millionths(7 * 52)));
        }),
        facts.plain("délai", Type::Duration),
        facts.leaf("préavis", Type::Offset, |input| input.unit = Some(Unit::Months)),
        facts.plain("été", Type::Period),
        facts.optional("observation", Type::Text),
        facts.optional("consentement", Type::Truth),
        facts.plain("titre", titre),
        facts.plain("période_citée", Type::Key(ListId(1))),
        facts.record("examen", false, |facts| {
            vec![facts.plain("lieu", Type::Text), facts.optional("salle", Type::Text)]
        }),
        facts.record("annexe", true, |facts| {
            vec![
                facts.plain("objectifs", Type::Truth),
                facts.list(("visas", "visa"), |_| {}, |facts| vec![facts.plain("", Type::Text)]),
            ]
        }),
        facts.list(
            ("périodes", "période de stage"),
            |list| list.supplier = Some("l'établissement".into()),
            |facts| {
                vec![
                    facts.plain("id", Type::Text),
                    facts.plain("début", Type::Date),
                    facts.record("convention", true, |facts| vec![facts.plain("signée", Type::Truth)]),
                ]
            },
        ),
        facts.list(
            ("résultats", "résultat antérieur"),
            |_| {},
            |facts| {
                vec![
                    facts.plain("admis", Type::Truth),
                    facts.list(
                        ("notes", "note"),
                        |_| {},
                        |facts| vec![facts.plain("épreuve", Type::Text), facts.plain("note", Type::Number)],
                    ),
                ]
            },
        ),
        facts.list(
            ("dispenses", "dispense"),
            |list| list.optional = true,
            |facts| vec![facts.plain("unité", Type::Text)],
        ),
    ];
    facts.program.facts = fields;
    facts.program
}

/// The dossier read from that JSON.
pub(super) fn read(program: &Program, json: &str) -> Dossier {
    let datum = super::parse_json(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
    Dossier::from_datum(program, "essai.json", &datum)
}

/// The leaf at that path, lists without index.
pub(super) fn input(program: &Program, path: &str) -> InputId {
    let found = program.inputs.iter().position(|input| input.path.join(".") == path);
    InputId(u32::try_from(found.unwrap_or_else(|| panic!("no leaf {path}"))).unwrap())
}

/// The list at that path.
pub(super) fn list(program: &Program, path: &str) -> ListId {
    let found = program.lists.iter().position(|list| list.path.join(".") == path);
    ListId(u32::try_from(found.unwrap_or_else(|| panic!("no list {path}"))).unwrap())
}

/// What the dossier says of a leaf, on each row.
pub(super) fn rows(program: &Program, dossier: &Dossier, path: &str) -> Vec<(Known, Status)> {
    let id = input(program, path).0 as usize;
    let columns = dossier.inputs.columns.get(id).into_iter().flatten().cloned();
    columns.zip(dossier.inputs.statuses.get(id).into_iter().flatten().copied()).collect()
}

/// Path and problem of each anomaly.
pub(super) fn problems(dossier: &Dossier) -> Vec<(&str, &str)> {
    dossier.anomalies.iter().map(|anomaly| (anomaly.path.as_str(), anomaly.problem)).collect()
}
