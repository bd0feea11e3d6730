//! What the ruleset declares, and what the dossier says at each declared place.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::days;
use super::json::Json;
use super::known::{Kind, Known, ONE, Set, fits};
use crate::source::{SourceId, Span};
use crate::syntax::ast::{
    Attributes, Basis, DecisionItem, File, IncoherenceItem, Item, NormItem, NoticeItem, Quoted, TypeBody, TypeExpr,
    TypeItem, TypeKind, Unit, ValueItem,
};

/// A name of the data without what is not compared: accents, capitals, hyphens, blanks, apostrophes.
pub(super) fn fold(name: &str) -> String {
    let plain = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    plain.filter(|c| !matches!(c, '-' | '_' | '\'' | '’' | '‘' | 'ʼ') && !c.is_whitespace()).collect()
}

/// A rule as written.
#[derive(Clone, Copy)]
pub(super) enum Rule<'a> {
    Value(&'a ValueItem),
    Norm(&'a NormItem),
    Decision(&'a DecisionItem),
    Notice(&'a NoticeItem),
    Incoherence(&'a IncoherenceItem),
}

/// A fact or a field as declared.
#[derive(Clone, Copy)]
pub(super) struct Declared<'a> {
    pub(super) name: &'a str,
    pub(super) ty: &'a TypeExpr,
    pub(super) attributes: Option<&'a Attributes>,
    label: Option<&'a Quoted>,
    basis: Option<&'a Basis>,
    supplier: Option<&'a Quoted>,
}

/// What the files declare.
pub(super) struct Schema<'a> {
    types: BTreeMap<&'a str, &'a TypeItem>,
    pub(super) facts: Vec<Declared<'a>>,
    /// In source order.
    pub(super) rules: Vec<Rule<'a>>,
}

/// An appreciation is a condition.
static TRUTH: TypeExpr = TypeExpr { kind: TypeKind::Truth, span: Span { source: SourceId(0), start: 0, end: 0 } };

impl<'a> Schema<'a> {
    pub(super) fn new(files: &'a [File]) -> Self {
        let mut schema = Self { types: BTreeMap::new(), facts: Vec::new(), rules: Vec::new() };
        for item in files.iter().flat_map(|file| &file.items) {
            match item {
                Item::Type(item) => {
                    schema.types.insert(&item.name.text, item);
                }
                Item::Fact(item) => {
                    schema.facts.push(described((&item.name.text, &item.ty), &item.attributes, item.label.as_ref()));
                }
                Item::Assessment(item) => schema.facts.push(Declared {
                    name: &item.name.text,
                    ty: &TRUTH,
                    attributes: None,
                    label: item.label.as_ref(),
                    basis: Some(&item.basis),
                    supplier: item.supplier.as_ref(),
                }),
                Item::Value(item) => schema.rules.push(Rule::Value(item)),
                Item::Norm(item) => schema.rules.push(Rule::Norm(item)),
                Item::Decision(item) => schema.rules.push(Rule::Decision(item)),
                Item::Notice(item) => schema.rules.push(Rule::Notice(item)),
                Item::Incoherence(item) => schema.rules.push(Rule::Incoherence(item)),
                Item::Header(_)
                | Item::Clause(_)
                | Item::Heading(_)
                | Item::Noise(_)
                | Item::Reading(_)
                | Item::Outside(_)
                | Item::Example(_)
                | Item::Unreadable(_) => {}
            }
        }
        schema
    }

    fn body(&self, ty: &TypeExpr) -> Option<&'a TypeBody> {
        if let TypeKind::Named(name) = &ty.kind {
            self.types.get(name.text.as_str()).map(|item| &item.body)
        } else {
            None
        }
    }

    /// Every value of that type.
    pub(super) fn any(&self, ty: &TypeExpr) -> Set {
        match &ty.kind {
            TypeKind::Truth => Set::Truth(true, true),
            TypeKind::Integer(range) | TypeKind::Number(range) => {
                let (lo, hi) = range.as_ref().map_or((None, None), |(lo, hi)| (Some(lo), Some(hi)));
                Set::Range(Kind::Number, lo.map(|n| n.millionths().into()), hi.map(|n| n.millionths().into()))
            }
            TypeKind::Date => Set::any(Kind::Date),
            TypeKind::Duration(_) => Set::any(Kind::Duration),
            TypeKind::Period => Set::Period(days::FIRST, days::LAST, days::FIRST, days::LAST),
            TypeKind::Text | TypeKind::Reference(_) => Set::Text(None),
            TypeKind::Named(_) => match self.body(ty) {
                Some(TypeBody::Enumeration(cases)) => Set::Cases(cases.iter().map(|c| c.name.text.clone()).collect()),
                Some(TypeBody::Record(_)) | None => Set::Nothing,
            },
            TypeKind::List(_) => Set::Nothing,
        }
    }

    pub(super) fn is_record(&self, ty: &TypeExpr) -> bool {
        matches!(self.body(ty), Some(TypeBody::Record(_)))
    }

    /// The fields of a record.
    pub(super) fn fields(&self, ty: &TypeExpr) -> Vec<Declared<'a>> {
        match self.body(ty) {
            Some(TypeBody::Record(fields)) => fields
                .iter()
                .map(|field| described((&field.name.text, &field.ty), &field.attributes, field.label.as_ref()))
                .collect(),
            Some(TypeBody::Enumeration(_)) | None => Vec::new(),
        }
    }

    /// Every case of every enumeration.
    pub(super) fn every_case(&self) -> BTreeSet<String> {
        let cases = |item: &&TypeItem| match &item.body {
            TypeBody::Enumeration(cases) => cases.iter().map(|case| case.name.text.clone()).collect(),
            TypeBody::Record(_) => Vec::new(),
        };
        self.types.values().flat_map(cases).collect()
    }

    /// The cases of an enumeration, in order.
    pub(super) fn cases(&self, ty: Option<&TypeExpr>) -> Vec<&'a str> {
        match ty.and_then(|ty| self.body(ty)) {
            Some(TypeBody::Enumeration(cases)) => cases.iter().map(|case| case.name.text.as_str()).collect(),
            Some(TypeBody::Record(_)) | None => Vec::new(),
        }
    }
}

fn described<'a>(
    (name, ty): (&'a str, &'a TypeExpr),
    attributes: &'a Attributes,
    label: Option<&'a Quoted>,
) -> Declared<'a> {
    let (basis, supplier) = (Some(&attributes.basis), attributes.supplier.as_ref());
    Declared { name, ty, attributes: Some(attributes), label, basis, supplier }
}

/// How a fact came by its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    Given,
    LeftOut,
    Unsure,
    Rejected,
    Unheard,
    SetAside,
}

/// How surely an element is there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Presence {
    Certain,
    Perhaps,
    /// Any number of elements of which nothing is known.
    Many,
}

#[derive(Clone, Copy, Debug)]
enum Data<'a> {
    Found(&'a Json),
    LeftOut,
    Blank(Status),
    Absent,
}

impl<'a> Data<'a> {
    fn of(json: Option<&'a Json>) -> Self {
        match json {
            None | Some(Json::Null) => Data::LeftOut,
            Some(Json::Text(text)) if text == "?" => Data::Blank(Status::Unsure),
            Some(found) => Data::Found(found),
        }
    }

    fn is_no(self) -> bool {
        matches!(self, Data::Found(Json::Truth(false)))
    }
}

/// A place that the ruleset declares, in this dossier.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) ty: &'a TypeExpr,
    pub(super) attributes: Option<&'a Attributes>,
    /// None of an element.
    declared: Option<Declared<'a>>,
    data: Data<'a>,
    /// `périodes[P1].début`
    pub(super) path: String,
    /// The record whose field it is, or the list whose element.
    pub(super) record: Option<Rc<Place<'a>>>,
    pub(super) presence: Presence,
}

impl<'a> Place<'a> {
    pub(super) fn is_optional(&self) -> bool {
        self.attributes.is_some_and(|attributes| attributes.optional.is_some())
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.ty.kind, TypeKind::List(_))
    }

    /// What an appreciation rests on.
    pub(super) fn basis(&self) -> Option<&'a Basis> {
        self.declared.and_then(|declared| declared.basis)
    }

    /// As it is called.
    pub(super) fn label(&self) -> String {
        let declared = self.declared.or_else(|| self.record.as_ref().and_then(|list| list.declared));
        let named =
            |declared: Declared<'a>| declared.label.map_or_else(|| plain(declared.name), |label| label.text.clone());
        declared.map(named).unwrap_or_default()
    }

    /// Who may give it.
    pub(super) fn suppliers(&self) -> Vec<&'a str> {
        let own = self.declared.and_then(|declared| declared.supplier).map(|supplier| supplier.text.as_str());
        own.into_iter().chain(self.record.iter().flat_map(|record| record.suppliers())).collect()
    }
}

/// A dossier against a schema.
#[derive(Clone)]
pub(super) struct Facts<'a> {
    pub(super) schema: &'a Schema<'a>,
    dossier: &'a Json,
    /// What incoherences leave of facts, and what is tried of unknown ones.
    pub(super) instead: RefCell<BTreeMap<String, (Known, Status)>>,
    /// Lists taken to be empty.
    pub(super) closed: RefCell<BTreeSet<String>>,
    /// Where given, the only facts and lists of which anything is known.
    pub(super) only: Option<BTreeSet<String>>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(schema: &'a Schema<'a>, dossier: &'a Json) -> Self {
        Self { schema, dossier, instead: RefCell::default(), closed: RefCell::default(), only: None }
    }

    /// A fact of the dossier.
    pub(super) fn fact(&self, name: &str) -> Option<Place<'a>> {
        let declared = *self.schema.facts.iter().find(|fact| fact.name == name)?;
        let data = match self.dossier {
            Json::Record(_) => Self::within(Data::Found(self.dossier), name),
            _ => Data::Blank(Status::Rejected),
        };
        Some(Place {
            ty: declared.ty,
            attributes: declared.attributes,
            declared: Some(declared),
            data,
            path: name.to_owned(),
            record: None,
            presence: Presence::Certain,
        })
    }

    fn within(record: Data<'a>, name: &str) -> Data<'a> {
        let Data::Found(Json::Record(fields)) = record else { return record };
        let folded = fold(name);
        let mut found = fields.iter().filter(|(field, _)| fold(field) == folded);
        let first = found.next().map(|(_, value)| value);
        if found.next().is_some() { Data::Blank(Status::Rejected) } else { Data::of(first) }
    }

    /// What a record holds, as its fields hear of it, and whether it is there where it may not be.
    fn inside(&self, place: &Place<'a>) -> (Data<'a>, (bool, bool)) {
        let blank = |status| (Data::Blank(if place.is_optional() { Status::Unheard } else { status }), (true, true));
        match place.data {
            Data::Absent => (Data::Absent, (false, true)),
            Data::Found(Json::Record(_)) => (place.data, (true, false)),
            data if place.is_optional() && (data.is_no() || matches!(data, Data::LeftOut)) => {
                (Data::Absent, (false, true))
            }
            Data::Found(_) => (Data::Blank(Status::Rejected), (true, true)),
            Data::LeftOut => blank(Status::LeftOut),
            Data::Blank(Status::Rejected) => (place.data, (true, true)),
            Data::Blank(status) => blank(status),
        }
    }

    pub(super) fn field(&self, record: &Place<'a>, name: &str) -> Option<Place<'a>> {
        let declared = self.schema.fields(record.ty).into_iter().find(|field| field.name == name)?;
        let path =
            if record.presence == Presence::Many { record.path.clone() } else { format!("{}.{name}", record.path) };
        Some(Place {
            ty: declared.ty,
            attributes: declared.attributes,
            declared: Some(declared),
            data: Self::within(self.inside(record).0, name),
            path,
            presence: record.presence,
            record: Some(Rc::new(record.clone())),
        })
    }

    /// The elements of a list, with one more for those nobody has heard of where it is open.
    pub(super) fn elements(&self, list: &Place<'a>) -> Vec<Place<'a>> {
        let TypeKind::List(element) = &list.ty.kind else { return Vec::new() };
        let made = |data, path: String, presence| Place {
            ty: element,
            attributes: None,
            declared: None,
            data,
            path,
            record: Some(Rc::new(list.clone())),
            presence,
        };
        let closed = matches!(list.data, Data::Absent)
            || self.closed.borrow().contains(&list.path)
            || (list.is_optional() && (list.data.is_no() || matches!(list.data, Data::LeftOut)));
        let mut found = Vec::new();
        if let Data::Found(Json::List(items)) = list.data {
            let names = self.names(element, items);
            for (item, name) in items.iter().zip(names) {
                let data = match Data::of(Some(item)) {
                    Data::LeftOut => Data::Blank(Status::LeftOut),
                    data => data,
                };
                found.push(made(data, format!("{}[{name}]", list.path), list.presence));
            }
        }
        let erased = self.only.as_ref().is_some_and(|only| !only.contains(&list.path));
        if erased || (!closed && !matches!(list.data, Data::Found(Json::List(_)))) {
            found.push(made(Data::Blank(Status::Unheard), list.path.clone(), Presence::Many));
        }
        found
    }

    /// What names each element: its key where no other has it, else its rank.
    fn names(&self, element: &TypeExpr, items: &[Json]) -> Vec<String> {
        let key = self.key_of(element).map(fold);
        let keys: Vec<Option<&str>> = items
            .iter()
            .map(|item| {
                let mut named = item.fields().iter().filter(|(field, _)| Some(fold(field)) == key);
                let found = named.next().filter(|_| named.next().is_none())?;
                match &found.1 {
                    Json::Text(text) if text != "?" => Some(text.as_str()),
                    Json::Number(number) => Some(number.as_str()),
                    Json::Null | Json::Truth(_) | Json::Text(_) | Json::List(_) | Json::Record(_) => None,
                }
            })
            .collect();
        let named = |(at, key): (usize, &Option<&str>)| match key {
            Some(name) if keys.iter().filter(|other| *other == key).count() == 1 => (*name).to_owned(),
            Some(_) | None => at.to_string(),
        };
        keys.iter().enumerate().map(named).collect()
    }

    /// The field that names the elements of a list of that type.
    pub(super) fn key_of(&self, element: &TypeExpr) -> Option<&'a str> {
        let fields = self.schema.fields(element);
        fields.iter().find(|field| field.attributes.is_some_and(|a| a.key.is_some())).map(|field| field.name)
    }

    /// What the dossier says of a leaf; of a record that may be absent, whether it is there.
    pub(super) fn known(&self, place: &Place<'a>) -> (Known, Status) {
        let erased = self.only.as_ref().is_some_and(|only| !only.contains(&place.path));
        if let Some(known) =
            self.instead.borrow().get(&place.path).filter(|_| place.presence != Presence::Many && !erased)
        {
            return known.clone();
        }
        if self.schema.is_record(place.ty) {
            let (yes, no) = self.inside(place).1;
            if erased {
                return (Known::truth(true, true), Status::Unheard);
            }
            let status = match place.data {
                Data::Blank(status) => status,
                Data::Found(_) if yes && no => Status::Rejected,
                Data::Found(_) | Data::LeftOut | Data::Absent => Status::Given,
            };
            return (Known::truth(yes, no), status);
        }
        let unknown = Known { absent: place.is_optional(), ..Known::of(self.schema.any(place.ty)) };
        if erased {
            return (unknown, Status::Unheard);
        }
        let is_key = place.attributes.is_some_and(|attributes| attributes.key.is_some());
        match place.data {
            Data::Absent => (Known::absent(), Status::Given),
            Data::LeftOut if place.is_optional() => (Known::absent(), Status::Given),
            Data::LeftOut => (unknown, Status::LeftOut),
            Data::Blank(status) => (unknown, status),
            data if place.is_optional() && place.ty.kind != TypeKind::Truth && data.is_no() => {
                (Known::absent(), Status::Given)
            }
            Data::Found(json) => match self.read(place.ty, json, is_key) {
                Some((set, status)) => (Known::of(set), status),
                None => (unknown, Status::Rejected),
            },
        }
    }

    fn read(&self, ty: &TypeExpr, json: &Json, is_key: bool) -> Option<(Set, Status)> {
        let exactly = |kind, value| Some((Set::Range(kind, Some(value), Some(value)), Status::Given));
        let text = |text: &str| Some((Set::Text(Some(BTreeSet::from([text.to_owned()]))), Status::Given));
        match (&ty.kind, json) {
            (TypeKind::Truth, Json::Truth(yes)) => Some((Set::Truth(*yes, !yes), Status::Given)),
            (TypeKind::Truth, Json::Text(text)) => match fold(text).as_str() {
                "oui" | "vrai" => Some((Set::Truth(true, false), Status::Given)),
                "non" | "faux" => Some((Set::Truth(false, true), Status::Given)),
                _ => None,
            },
            (TypeKind::Integer(range) | TypeKind::Number(range), Json::Number(_) | Json::Text(_)) => {
                let value = number(json)?;
                let whole = value % ONE == 0 || matches!(ty.kind, TypeKind::Number(_));
                let within = range.is_none_or(|(lo, hi)| {
                    (i128::from(lo.millionths())..=i128::from(hi.millionths())).contains(&value)
                });
                if whole && within { exactly(Kind::Number, value) } else { None }
            }
            (TypeKind::Date, Json::Text(text)) => day(text).and_then(|day| exactly(Kind::Date, day)),
            (TypeKind::Duration(unit), _) => duration(*unit, json).and_then(|days| exactly(Kind::Duration, days)),
            (TypeKind::Period, _) => period(json),
            (TypeKind::Text, Json::Text(words)) => text(words),
            (TypeKind::Text, Json::Number(words)) if is_key => text(words),
            (TypeKind::Reference(_), Json::Text(words) | Json::Number(words)) => text(words),
            (TypeKind::Named(_), Json::Text(words)) => {
                let Some(TypeBody::Enumeration(cases)) = self.schema.body(ty) else { return None };
                let folded = fold(words);
                let label = |label: &Option<crate::syntax::ast::Quoted>| label.as_ref().map(|label| fold(&label.text));
                let named = cases.iter().find(|case| fold(&case.name.text) == folded);
                let found = named
                    .or_else(|| {
                        cases.iter().find(|case| !folded.is_empty() && label(&case.label).as_ref() == Some(&folded))
                    })
                    .or_else(|| cases.iter().find(|case| case.name.text == "autre" && !folded.is_empty()))?;
                Some((Set::Cases(BTreeSet::from([found.name.text.clone()])), Status::Given))
            }
            (_, _) => None,
        }
    }
}

/// A number as data write it, in millionths.
pub(super) fn number(json: &Json) -> Option<i128> {
    let (Json::Number(token) | Json::Text(token)) = json else { return None };
    let token = token.trim();
    let (sign, digits) = token.strip_prefix('-').map_or((1, token), |rest| (-1, rest));
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = part.trim_end_matches('0');
    if !is_digits(whole) || part.len() > 6 || !(part.is_empty() || is_digits(part)) {
        return None;
    }
    let part: i128 = format!("{part:0<6}").parse().ok()?;
    fits(sign * (whole.parse::<i128>().ok()?.checked_mul(ONE)? + part))
}

/// 2026-12-31 or 31/12/2026.
fn day(text: &str) -> Option<i128> {
    let text = text.trim();
    let slashed = || {
        let parts: Vec<i128> = text.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        if let [day, month, year] = parts.as_slice() { days::day_of(*year, *month, *day) } else { None }
    };
    days::read(text).or_else(slashed)
}

/// In millionths of days.
fn duration(unit: Option<Unit>, json: &Json) -> Option<i128> {
    let of = |unit: Unit| match unit {
        Unit::Days => Some(1),
        Unit::Weeks => Some(7),
        Unit::Months | Unit::Years => None,
    };
    if let (Some(value), Some(unit)) = (number(json), unit) {
        return value.checked_mul(of(unit)?);
    }
    let mut words = json.text()?.split_whitespace();
    let mut total = None;
    while let Some(count) = words.next() {
        let unit = match fold(words.next()?).trim_end_matches('s') {
            "jour" => Unit::Days,
            "semaine" => Unit::Weeks,
            _ => return None,
        };
        total = Some(total.unwrap_or(0) + number(&Json::Text(count.to_owned()))? * of(unit)?);
    }
    total.and_then(fits)
}

/// A period of which one end is known is known in part.
fn period(json: &Json) -> Option<(Set, Status)> {
    let (start, end) = match json {
        Json::Text(text) => {
            let (start, end) = ["/", "→", "->"].iter().find_map(|arrow| text.split_once(arrow))?;
            (Ok(day(start)?), Ok(day(end)?))
        }
        Json::Record(fields) => {
            let end = |name: &str| {
                let mut found = fields.iter().filter(|(field, _)| fold(field) == name);
                let first = found.next();
                match (Data::of(first.map(|(_, value)| value)), found.next()) {
                    (_, Some(_)) => None,
                    (Data::Found(json), None) => Some(Ok(day(json.text()?)?)),
                    (Data::Blank(status), None) => Some(Err(status)),
                    (Data::LeftOut | Data::Absent, None) => Some(Err(Status::LeftOut)),
                }
            };
            (end("debut")?, end("fin")?)
        }
        Json::Null | Json::Truth(_) | Json::Number(_) | Json::List(_) => return None,
    };
    let (first, last) = (days::FIRST, days::LAST);
    Some(match (start, end) {
        (Ok(start), Ok(end)) if end < start => return None,
        (Ok(start), Ok(end)) => (Set::Period(start, start, end, end), Status::Given),
        (Ok(start), Err(_)) => (Set::Period(start, start, start, last), Status::Unsure),
        (Err(_), Ok(end)) => (Set::Period(first, end, end, end), Status::Unsure),
        (Err(Status::LeftOut), Err(Status::LeftOut)) => (Set::Period(first, last, first, last), Status::LeftOut),
        (Err(_), Err(_)) => (Set::Period(first, last, first, last), Status::Unsure),
    })
}

/// A name as people read it, with its elisions: « contrat d'apprentissage ».
pub(super) fn plain(name: &str) -> String {
    let mut plain = name.replace('_', " ");
    for elided in [" d ", " l ", " qu "] {
        let mut from = 0;
        while let Some(at) = plain.get(from..).and_then(|rest| rest.find(elided)) {
            let end = from + at + elided.len();
            let next = plain.get(end..).and_then(|rest| rest.chars().next());
            if next.is_some_and(|next| "aeiouyhàâéèêëîïôûùœ".contains(next)) {
                plain.replace_range(end - 1..end, "'");
            }
            from = end - 1;
        }
    }
    plain
}
