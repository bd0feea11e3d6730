//! The declared facts as a JSON Schema (draft 2020-12), and as a dossier to fill in.

use super::convert::{declared_bounds, declared_days};
use super::datum::Datum;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::program::{Declared, Enumeration, Field, Input, InputId, Program, Shape, Unit};
use crate::value::{Number, Type};

/// A JSON Schema of dossiers, in ruleset order. It describes the plain way to write each datum; reading
/// is more lenient with names and texts. Keywords of its own: `x-par` (who supplies), `x-appréciation` (a
/// person must judge), `x-selon` (clauses), `x-labels`, `x-unité`, `x-référence`, `x-clé`.
pub fn json_schema(program: &Program) -> Datum {
    let mut schema = Object::default();
    schema.text("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.text("title", &program.title);
    schema.text(
        "description",
        "Dossier à décider. « ? » ou une donnée laissée de côté\u{a0}: inconnue. Les noms se lisent sans égard aux \
         accents ni à la casse.",
    );
    schema.extend(record(program, &program.facts));
    schema.finish()
}

/// A dossier to fill in, in ruleset order: one element in each list, and `"?"` for each datum.
pub fn template(program: &Program) -> Datum {
    blank_record(&program.facts)
}

fn blank_record(fields: &[Field]) -> Datum {
    Datum::record(fields.iter().map(|field| (field.name.as_str(), blank(&field.shape))))
}

fn blank(shape: &Shape) -> Datum {
    match shape {
        Shape::Leaf(_) => Datum::Unknown,
        Shape::Record { fields, .. } => blank_record(fields),
        Shape::List { element, .. } => Datum::list([blank(element)]),
    }
}

/// A record being written, in order.
#[derive(Default)]
struct Object(Vec<(String, Datum)>);

impl Object {
    fn set(&mut self, name: &str, datum: Datum) {
        self.0.push((name.to_owned(), datum));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.set(name, Datum::text(text));
    }

    fn extend(&mut self, other: Object) {
        self.0.extend(other.0);
    }

    fn finish(self) -> Datum {
        Datum::record(self.0)
    }
}

fn record(program: &Program, fields: &[Field]) -> Object {
    let mut object = Object::default();
    object.text("type", "object");
    let properties = fields.iter().map(|field| (field.name.as_str(), property(program, field)));
    object.set("properties", Datum::record(properties));
    object.set("additionalProperties", Datum::Truth(true));
    object
}

fn property(program: &Program, field: &Field) -> Datum {
    let mut object = Object::default();
    object.text("title", &field.label);
    declared(program, field, &mut object);
    object.extend(shape(program, &field.shape));
    object.finish()
}

/// Who supplies a fact and who judges it: said of the field, else of the leaf or list it is.
fn declared(program: &Program, field: &Field, object: &mut Object) {
    let (leaf, list) = match &field.shape {
        Shape::Leaf(id) => (program.input(*id).map(|input| &input.declared), None),
        Shape::List { list, .. } => (None, program.list(*list)),
        Shape::Record { .. } => (None, None),
    };
    let of_leaf = leaf.and_then(|declared| declared.supplier.as_ref());
    let of_list = list.and_then(|list| list.supplier.as_ref());
    if let Some(supplier) = field.declared.supplier.as_ref().or(of_leaf).or(of_list) {
        object.text("x-par", supplier);
    }
    let all: [Option<&Declared>; 2] = [Some(&field.declared), leaf];
    if let Some(assessed) = all.into_iter().flatten().find(|declared| declared.assessed) {
        object.set("x-appréciation", Datum::Truth(true));
        let clauses = assessed.basis.clauses.iter().filter_map(|clause| program.clause(*clause));
        object.set("x-selon", Datum::list(clauses.map(|clause| Datum::text(&clause.id))));
    }
}

fn shape(program: &Program, shape: &Shape) -> Object {
    match shape {
        Shape::Leaf(id) => match program.input(*id) {
            Some(input) => open(leaf(program, *id, input), input.optional, input.optional && input.ty != Type::Truth),
            None => Object::default(),
        },
        Shape::Record { fields, presence } => open(record(program, fields), presence.is_some(), presence.is_some()),
        Shape::List { list, element } => {
            let described = program.list(*list);
            let mut object = Object::default();
            object.text("type", "array");
            if let Some(key) = described.and_then(|list| program.input(list.key?)?.path.last()) {
                object.text("x-clé", key);
            }
            let mut items = Object::default();
            if let Some(described) = described {
                items.text("title", &described.element);
            }
            items.extend(self::shape(program, element));
            object.set("items", items.finish());
            let optional = described.is_some_and(|list| list.optional);
            open(object, optional, optional)
        }
    }
}

/// Also lets the datum be unknown, or absent where it may be.
fn open(schema: Object, optional: bool, no: bool) -> Object {
    let mut unknown = Object::default();
    unknown.text("const", "?");
    unknown.text("title", "inconnu");
    let mut null = Object::default();
    null.text("type", "null");
    null.text("title", if optional { "absent" } else { "inconnu" });
    let mut ways = vec![schema.finish(), unknown.finish(), null.finish()];
    if no {
        ways.push(Datum::record([("const", Datum::Truth(false)), ("title", Datum::text("absent"))]));
    }
    let mut object = Object::default();
    object.set("anyOf", Datum::list(ways));
    object
}

fn leaf(program: &Program, id: InputId, input: &Input) -> Object {
    let mut object = Object::default();
    let is_key = program.lists.iter().any(|list| list.key == Some(id));
    match input.ty {
        Type::Truth => object.text("type", "boolean"),
        Type::Integer => {
            object.text("type", "integer");
            bounds(input, &mut object);
        }
        Type::Number => {
            object.text("type", "number");
            bounds(input, &mut object);
        }
        Type::Duration => duration(input, &mut object),
        Type::Offset => {
            object.text("type", "integer");
            object.text("x-unité", if input.unit == Some(Unit::Years) { "ans" } else { "mois" });
        }
        Type::Date => {
            object.text("type", "string");
            object.text("format", "date");
            if let Some((first, last)) = declared_days(input) {
                object.text("description", &format!("du {} au {}", first.french(), last.french()));
            }
        }
        Type::Period => object.set("anyOf", Datum::list([period(), written_period()])),
        Type::Text if is_key => object.set("type", Datum::list([Datum::text("string"), Datum::text("number")])),
        Type::Text | Type::Days => object.text("type", "string"),
        Type::Key(list) => {
            object.set("type", Datum::list([Datum::text("string"), Datum::text("number")]));
            if let Some(list) = program.list(list) {
                object.text("x-référence", &list.path.join("."));
            }
        }
        Type::Case(_) => {
            if let Some(enumeration) = program.enumeration(input.ty) {
                cases(enumeration, &mut object);
            }
        }
    }
    object
}

fn number(number: Number) -> Datum {
    Datum::Number(number.to_string())
}

fn bounds(input: &Input, object: &mut Object) {
    if let Some((lo, hi)) = declared_bounds(input) {
        object.set("minimum", number(lo));
        object.set("maximum", number(hi));
    }
}

fn duration(input: &Input, object: &mut Object) {
    let unit = match input.unit {
        Some(Unit::Weeks) => Some("semaines"),
        Some(Unit::Days) => Some("jours"),
        Some(Unit::Months | Unit::Years) | None => None,
    };
    match unit {
        Some(unit) => {
            object.text("type", "number");
            bounds(input, object);
            object.text("x-unité", unit);
        }
        None => {
            object.text("type", "string");
            object.set("examples", Datum::list([Datum::text("14 semaines"), Datum::text("28 jours")]));
        }
    }
}

fn date() -> Datum {
    Datum::record([("type", Datum::text("string")), ("format", Datum::text("date"))])
}

fn period() -> Datum {
    let ends = Datum::record([("debut", date()), ("fin", date())]);
    Datum::record([("type", Datum::text("object")), ("properties", ends)])
}

fn written_period() -> Datum {
    let pattern = Datum::text(r"^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$");
    Datum::record([("type", Datum::text("string")), ("pattern", pattern)])
}

/// The names of the cases; where one of them is `autre`, any other text too.
fn cases(enumeration: &Enumeration, object: &mut Object) {
    // Exports rarely keep accents, and readers do not mind.
    let spellings = enumeration.cases.iter().flat_map(|case| {
        let plain: String = case.name.nfd().filter(|c| !is_combining_mark(*c)).collect();
        let other = (plain != case.name).then(|| Datum::text(plain));
        std::iter::once(Datum::text(&case.name)).chain(other)
    });
    let names = Datum::list(spellings.collect::<Vec<_>>());
    if enumeration.cases.iter().any(|case| case.other) {
        object.text("type", "string");
        object.set("examples", names);
    } else {
        object.set("enum", names);
    }
    let labels = enumeration.cases.iter().map(|case| (case.name.as_str(), Datum::text(&case.label)));
    object.set("x-labels", Datum::record(labels));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::super::Dossier;
    use super::super::samples::program;
    use super::*;
    use crate::eval::Status;
    use serde_json::{Value, json};

    fn schema() -> Value {
        serde_json::to_value(json_schema(&program())).unwrap()
    }

    #[test]
    fn the_template_stands_in_ruleset_order_and_reads_back_as_wholly_unknown() {
        let program = program();
        let text = template(&program).to_json_pretty();
        assert!(text.starts_with("{\n  \"voie\": \"?\",\n  \"session\": \"?\",\n  \"salarié\": \"?\","), "{text}");
        assert!(text.contains("\"visas\": [\n      \"?\"\n    ]"), "{text}");
        let dossier = Dossier::read(&program, "modèle", text.as_bytes()).unwrap();
        assert_eq!(dossier.anomalies, []);
        let presence = |index: usize| {
            program.inputs.get(index).is_some_and(|input| input.role == crate::program::InputRole::Presence)
        };
        for (index, statuses) in dossier.inputs.statuses.iter().enumerate() {
            let expected = if presence(index) { Status::Given } else { Status::Unsure };
            assert_eq!(statuses, &[expected], "{:?}", program.inputs.get(index));
        }
    }

    #[test]
    fn the_schema_says_of_each_fact_its_title_type_bounds_and_supplier() {
        let properties = &schema()["properties"];
        let unknown = json!({"const": "?", "title": "inconnu"});
        let absence = json!({"type": "null", "title": "inconnu"});
        assert_eq!(
            properties["salarié"],
            json!({"title": "libellé de salarié", "x-par": "le candidat", "anyOf": [{"type": "boolean"}, unknown, absence]})
        );
        assert_eq!(properties["note"]["anyOf"][0], json!({"type": "number", "minimum": 0, "maximum": 20}));
        assert_eq!(
            properties["durée"]["anyOf"][0],
            json!({"type": "number", "minimum": 0, "maximum": 52, "x-unité": "semaines"})
        );
        assert_eq!(properties["épreuves"]["anyOf"][0]["format"], "date");
        assert_eq!(
            properties["voie"]["anyOf"][0],
            json!({"enum": ["scolaire", "formation_continue"],
                   "x-labels": {"scolaire": "voie scolaire", "formation_continue": "formation continue"}})
        );
        assert_eq!(properties["titre"]["anyOf"][0]["type"], "string");
        assert_eq!(properties["observation"]["anyOf"][3], json!({"const": false, "title": "absent"}));
        assert_eq!(properties["consentement"]["anyOf"].as_array().unwrap().len(), 3);
        assert_eq!(properties["période_citée"]["anyOf"][0]["x-référence"], "périodes");
        assert_eq!(properties["périodes"]["anyOf"][0]["x-clé"], "id");
        assert_eq!(properties["périodes"]["anyOf"][0]["items"]["title"], "période de stage");
    }

    #[test]
    fn the_schema_keeps_ruleset_order() {
        let text = json_schema(&program()).to_json();
        let places: Vec<usize> = ["\"voie\"", "\"session\"", "\"examen\"", "\"annexe\""]
            .iter()
            .map(|name| text.find(name).unwrap())
            .collect();
        assert!(places.is_sorted(), "{places:?}");
    }
}
