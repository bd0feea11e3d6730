//! A whole decision: what it was made from, every answer, the notices, the facts set aside.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::answer::Asked;
use super::build::{Builder, Meaning, Row, Strange};
use super::facts::{Facts, Place, Presence, Rule, Schema, Status, plain};
use super::json::Json;
use super::known::{Known, Op, Set, negated, smallest};
use super::node::{Kind, N, node};
use super::quote::{Text, quotes, same_words};
use super::steps::{Checked, Fields, Refusal, Rests, name_of, refuse};
use crate::syntax::ast::{
    ClauseItem, File, HeadingItem, Item, NormKind, Passage, Quoted, ReferenceItem, TypeKind, Unit,
};

/// What a decision is checked against.
pub struct Sources<'a> {
    /// How the ruleset is named.
    pub id: &'a str,
    /// Its files as parsed, in order.
    pub files: &'a [File],
    /// Their texts.
    pub rules: Vec<&'a str>,
    /// Each official text: its name, and what it says.
    pub texts: Vec<(&'a str, &'a str)>,
    /// The dossier, byte for byte.
    pub dossier: &'a [u8],
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// What is wrong, each with its place; none: the decision follows.
    pub refusals: Vec<Refusal>,
    /// What could not be verified: where, and what it is.
    pub unverified: Vec<(String, String)>,
    /// How many answers, steps and quotations were verified.
    pub verified: (usize, usize, usize),
}

/// What is said of a value as a whole where each element has its own: how its answers stand together, and the
/// clauses and readings they rest on, each once.
fn together(fields: &mut Fields<'_>, open: bool) -> Checked {
    let instances = fields.json.field("instances").map(Json::items).unwrap_or_default();
    let all = |wanted: &str| instances.iter().all(|one| one.field("status").and_then(Json::text) == Some(wanted));
    let settled = |one: &Json| matches!(one.field("status").and_then(Json::text), Some("known" | "not_applicable"));
    let status = match (open || !instances.iter().all(settled), all("not_applicable")) {
        (true, _) => "unknown",
        (false, true) => "not_applicable",
        (false, false) => "known",
    };
    fields.text("status", status)?;
    fields.skip("says")?;
    for name in ["clauses", "readings"] {
        let mut wanted: Vec<&Json> = Vec::new();
        for cited in instances.iter().filter_map(|one| one.field(name)).flat_map(Json::items) {
            if !wanted.contains(&cited) {
                wanted.push(cited);
            }
        }
        if name == "readings" && wanted.is_empty() {
            continue;
        }
        let (items, path) = fields.list(name)?;
        if !items.iter().eq(wanted) {
            return refuse(&path, "Ce ne sont pas ceux que citent les réponses pour chaque élément.");
        }
    }
    Ok(())
}

/// Checks a decision (`reglo/decision/2`).
///
/// # Errors
///
/// A French sentence: what cannot be read.
pub fn verify(decision: &str, sources: &Sources<'_>) -> Result<Report, String> {
    let unreadable = |what: &str, at: usize| format!("{what} n’est pas du JSON (octet {at}).");
    let json = Json::read(decision).map_err(|at| unreadable("La décision", at))?;
    let dossier =
        std::str::from_utf8(sources.dossier).map_err(|error| unreadable("Le dossier", error.valid_up_to()))?;
    let dossier = Json::read(dossier.trim_start_matches('\u{FEFF}')).map_err(|at| unreadable("Le dossier", at))?;
    if json.field("schema").and_then(Json::text) != Some("reglo/decision/2") {
        return Err("Ce n’est pas une décision de reglo (« reglo/decision/2 »).".to_owned());
    }
    let schema = Schema::new(sources.files);
    let facts = Facts::new(&schema, &dossier);
    let strange = |_: Strange| "Ce règlement ne peut pas être relu ainsi.".to_owned();
    let aside = set_aside(&facts).map_err(strange)?;
    let mut checker = Checker { sources, facts: &facts, aside, texts: Vec::new(), report: Report::default() };
    checker.texts = checker.texts();
    checker.decision(&json);
    Ok(checker.report)
}

fn sha256(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        // Writing into a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A fact set aside, and the incoherence that did it: none, where the language itself does.
type Aside<'a> = (Place<'a>, Option<usize>);

/// Lets every incoherence look at the facts as given, then sets aside all that they name.
fn set_aside<'a>(facts: &Facts<'a>) -> Result<Vec<Aside<'a>>, Strange> {
    let builder = Builder::new(facts);
    let mut found: Vec<(Aside<'a>, Known)> = Vec::new();
    let plain = |known: &Known| known.holds() && !known.inapplicable && !known.absent;
    let mut spoken: Vec<(&str, String)> = Vec::new();
    for (at, rule) in facts.schema.rules.iter().enumerate() {
        let Rule::Incoherence(item) = rule else { continue };
        for row in builder.instances(at)?.rows {
            let passes = builder.filter(&row).is_none_or(|filter| plain(filter.value()));
            let holds = passes && plain(builder.one(at, &row)?.value());
            let env = builder.with(&row, &item.lets)?;
            for discard in &item.discards {
                if let Meaning::Place(place) = builder.meaning(discard, &env)? {
                    spoken.push((name_of(rule), generic(&place.path)));
                }
                if !holds {
                    continue;
                }
                let Some(place) = named(builder.meaning(discard, &env)?) else { continue };
                let any = Known { absent: place.is_optional(), ..Known::of(facts.schema.any(place.ty)) };
                let left = match &item.bounds {
                    None => any,
                    Some((low, high)) => between(any, &builder.node(low, &env)?, &builder.node(high, &env)?),
                };
                found.push(((place, Some(at)), left));
            }
        }
    }
    for fact in facts.schema.facts.iter().filter_map(|declared| facts.fact(declared.name)) {
        inverted(facts, &fact, &spoken, &mut found)?;
    }
    for ((place, _), left) in &found {
        let mut instead = facts.instead.borrow_mut();
        let left = instead.get(&place.path).map_or(left.clone(), |(before, _)| before.union(left));
        instead.insert(place.path.clone(), (left, Status::SetAside));
    }
    Ok(found.into_iter().map(|(aside, _)| aside).collect())
}

/// A path without the names of elements.
fn generic(path: &str) -> String {
    let mut depth = 0;
    let outside = |c: &char| {
        depth += i32::from(*c == '[');
        let kept = depth == 0;
        depth -= i32::from(*c == ']');
        kept
    };
    path.chars().filter(outside).collect()
}

/// The one leaf that an incoherence names.
fn named<'a>(meaning: Meaning<'a>) -> Option<Place<'a>> {
    match meaning {
        Meaning::Place(place) => Some(place),
        Meaning::Through(_, _, places) => match places.as_slice() {
            [(_, Presence::Certain, place)] => Some(place.clone()),
            _ => None,
        },
        Meaning::Node(_) | Meaning::Rows(_) | Meaning::Norm(_) => None,
    }
}

fn between(any: Known, low: &N<'_>, high: &N<'_>) -> Known {
    let (low, high) = (low.value().set.bounds(), high.value().set.bounds());
    let hull = (smallest(low, high).0, negated(smallest(negated(low), negated(high))).1);
    let hull = (low.0.and(high.0).and(hull.0), low.1.and(high.1).and(hull.1));
    let Set::Range(kind, lo, hi) = any.set else { return any };
    let lo = lo.into_iter().chain(hull.0).max();
    let hi = hi.into_iter().chain(hull.1).min();
    if lo.zip(hi).is_some_and(|(lo, hi)| lo > hi) { any } else { Known::of(Set::Range(kind, lo, hi)) }
}

/// A record whose `fin` comes before its `début`: both are set aside, unless the ruleset speaks of both.
fn inverted<'a>(
    facts: &Facts<'a>,
    place: &Place<'a>,
    spoken: &[(&str, String)],
    found: &mut Vec<(Aside<'a>, Known)>,
) -> Result<(), Strange> {
    if place.is_list() {
        for element in facts.elements(place) {
            inverted(facts, &element, spoken, found)?;
        }
        return Ok(());
    }
    let fields = facts.schema.fields(place.ty);
    for field in fields.iter().filter_map(|declared| facts.field(place, declared.name)) {
        inverted(facts, &field, spoken, found)?;
    }
    let date = |name: &str| facts.field(place, name).filter(|end| matches!(end.ty.kind, TypeKind::Date));
    let (Some(start), Some(end)) = (date("début"), date("fin")) else { return Ok(()) };
    let of = |end: &Place<'a>| {
        spoken.iter().filter(|(_, path)| *path == generic(&end.path)).map(|(rule, _)| *rule).collect::<Vec<_>>()
    };
    if of(&start).iter().any(|rule| of(&end).contains(rule)) {
        return Ok(());
    }
    let given = |end: &Place<'a>| node(Kind::Fact(end.clone(), facts.known(end).0, Status::Given));
    if node(Kind::Apply(Op::Less, vec![given(&end), given(&start)])).value().holds() {
        for end in [start, end] {
            let any = Known { absent: end.is_optional(), ..Known::of(facts.schema.any(end.ty)) };
            found.push(((end, None), any));
        }
    }
    Ok(())
}

struct Checker<'c, 'a> {
    sources: &'c Sources<'a>,
    facts: &'c Facts<'a>,
    aside: Vec<Aside<'a>>,
    texts: Vec<(&'a str, Text)>,
    report: Report,
}

impl<'a> Checker<'_, 'a> {
    fn items(&self) -> impl Iterator<Item = &'a Item> {
        self.sources.files.iter().flat_map(|file| &file.items)
    }

    fn texts(&self) -> Vec<(&'a str, Text)> {
        let noise: Vec<(&str, Option<u32>)> = self
            .items()
            .filter_map(|item| if let Item::Noise(passage) = item { Some(passage) } else { None })
            .map(|passage| (passage.quote.text.as_str(), passage.occurrence))
            .collect();
        self.sources.texts.iter().map(|(name, text)| (*name, Text::new(text, &noise))).collect()
    }

    /// Keeps what is wrong, and goes on.
    fn keep(&mut self, checked: Checked) {
        self.report.refusals.extend(checked.err());
    }

    fn decision(&mut self, json: &Json) {
        let mut fields = Fields::new(json, "");
        let head = self.head(&mut fields);
        if head.is_err() {
            return self.keep(head);
        }
        let asked = fields.may("asked").map(|asked| asked.items().iter().filter_map(Json::text).collect::<Vec<_>>());
        let whole = self.outcomes(&mut fields, asked.as_deref());
        self.keep(whole);
        let notices = self.notices(&mut fields);
        self.keep(notices);
        let anomalies = self.anomalies(&mut fields);
        self.keep(anomalies);
        self.keep(fields.end());
    }

    fn head(&mut self, fields: &mut Fields<'_>) -> Checked {
        fields.text("schema", "reglo/decision/2")?;
        fields.skip("engine")?;
        self.report.unverified.push((fields.place("engine"), "la version du programme qui a décidé".to_owned()));
        let (ruleset, path) = (fields.take("ruleset")?, fields.place("ruleset"));
        let mut inner = Fields::new(ruleset, &path);
        inner.text("id", self.sources.id)?;
        let header = self.items().find_map(|item| if let Item::Header(header) = item { Some(header) } else { None });
        inner.text("title", header.map_or("", |header| &header.title.text))?;
        let digests: Vec<String> = self.sources.texts.iter().map(|(_, text)| sha256(&[text.as_bytes()])).collect();
        let mut parts: Vec<&[u8]> = self.sources.rules.iter().flat_map(|text| [text.as_bytes(), &[0]]).collect();
        parts.extend(digests.iter().map(String::as_bytes));
        inner.text("sha256", &sha256(&parts))?;
        let (texts, path) = inner.list("texts")?;
        for (at, ((name, _), digest)) in self.sources.texts.iter().zip(&digests).enumerate() {
            let path = format!("{path}[{at}]");
            let Some(text) = texts.get(at) else {
                return refuse(&path, format!("Il manque le texte «\u{a0}{name}\u{a0}»."));
            };
            let mut text = Fields::new(text, &path);
            text.text("file", name)?;
            text.text("sha256", digest)?;
            text.end()?;
        }
        if texts.len() > digests.len() {
            return refuse(&path, "Le règlement n’a pas tant de textes.");
        }
        inner.end()?;
        let (dossier, path) = (fields.take("dossier")?, fields.place("dossier"));
        let mut inner = Fields::new(dossier, &path);
        inner.skip("source")?;
        self.report.unverified.push((inner.place("source"), "le nom du fichier du dossier".to_owned()));
        inner.text("sha256", &sha256(&[self.sources.dossier]))?;
        inner.end()
    }

    fn outcomes(&mut self, fields: &mut Fields<'_>, asked: Option<&[&str]>) -> Checked {
        let (outcomes, path) = (fields.take("outcomes")?, fields.place("outcomes"));
        let mut inner = Fields::new(outcomes, &path);
        for (at, rule) in self.facts.schema.rules.iter().enumerate() {
            let name = name_of(rule);
            let answers = match rule {
                Rule::Value(item) => !matches!(item.ty.kind, TypeKind::List(_)),
                Rule::Norm(_) | Rule::Decision(_) => true,
                Rule::Notice(_) | Rule::Incoherence(_) => false,
            };
            if !answers || asked.is_some_and(|asked| !asked.contains(&name)) {
                continue;
            }
            let (outcome, path) = (inner.take(name)?, inner.place(name));
            let checked = self.outcome(at, outcome, &path);
            self.report.verified.0 += usize::from(checked.is_ok());
            self.keep(checked);
        }
        inner.end()
    }

    fn outcome(&mut self, at: usize, json: &Json, path: &str) -> Checked {
        let Some(&rule) = self.facts.schema.rules.get(at) else { return Ok(()) };
        let mut fields = Fields::new(json, path);
        fields.text("kind", kind(&rule))?;
        self.label(&mut fields, label(&rule), name_of(&rule))?;
        let each = match rule {
            Rule::Value(item) => {
                fields.text("type", &written(&item.ty.kind))?;
                item.each.is_some()
            }
            Rule::Norm(item) => !item.each.is_empty(),
            Rule::Decision(_) | Rule::Notice(_) | Rule::Incoherence(_) => false,
        };
        let ty = if let Rule::Value(item) = rule { Some(&item.ty) } else { None };
        let builder = Builder::new(self.facts);
        if !(each && ty.is_some()) {
            let Ok(node) = builder.rule(at) else { return self.strange(path) };
            self.answer(&mut fields, &node, (ty, &|builder: &Builder<'a, '_>| builder.rule(at)))?;
        }
        if each {
            let Ok(rows) = builder.instances(at) else { return self.strange(path) };
            let open = rows.rows.iter().any(|row| {
                let out = builder.filter(row).is_some_and(|filter| filter.value().fails());
                row.presence == Presence::Many && !out
            });
            if ty.is_some() {
                together(&mut fields, open)?;
            }
            let (items, path) = fields.list("instances")?;
            let mut count = 0;
            for (index, row) in rows.rows.iter().enumerate() {
                let out = builder.filter(row).is_some_and(|filter| {
                    filter.value().fails() && !filter.value().absent && !filter.value().inapplicable
                });
                if row.presence == Presence::Many || out {
                    continue;
                }
                let path = format!("{path}[{count}]");
                let Some(item) = items.get(count) else { return refuse(&path, "Il manque un élément.") };
                count += 1;
                let mut fields = Fields::new(item, &path);
                element(&mut fields, row)?;
                if let Some(key) = row.place.as_ref().and_then(|place| place.path.strip_suffix(']')) {
                    fields.text("key", key.rsplit_once('[').map_or("", |(_, key)| key))?;
                }
                let Ok(node) = builder.one(at, row) else { return self.strange(&path) };
                let again = |builder: &Builder<'a, '_>| {
                    let rows = builder.instances(at)?;
                    builder.one(at, rows.rows.get(index).ok_or(Strange)?)
                };
                self.answer(&mut fields, &node, (ty, &again))?;
                fields.end()?;
            }
            if items.len() > count {
                return refuse(&format!("{path}[{count}]"), "Le dossier n’a pas cet élément.");
            }
        }
        fields.end()
    }

    fn strange(&mut self, path: &str) -> Checked {
        self.report.unverified.push((path.to_owned(), "cette réponse tout entière".to_owned()));
        Ok(())
    }

    #[allow(clippy::type_complexity, reason = "how the answer is made again")]
    fn answer(
        &mut self,
        fields: &mut Fields<'_>,
        node: &N<'a>,
        (ty, again): (
            Option<&'a crate::syntax::ast::TypeExpr>,
            &dyn for<'f> Fn(&Builder<'a, 'f>) -> Result<N<'a>, Strange>,
        ),
    ) -> Checked {
        let asked = Asked { facts: self.facts, ty, again };
        let mut unverified = Vec::new();
        let (mut steps, mut quoted) = (0, 0);
        let checked = asked.check(fields, node, &mut unverified, &mut |fields, rests| {
            steps = rests.steps;
            quoted = rests.clauses.len();
            self.cited(fields, rests)
        });
        self.report.unverified.extend(unverified);
        self.report.verified.1 += steps;
        self.report.verified.2 += quoted;
        checked
    }

    /// The clauses and readings a justification rests on, each to the letter.
    fn cited(&self, fields: &mut Fields<'_>, rests: &Rests<'a>) -> Checked {
        let (items, path) = fields.list("clauses")?;
        for (at, id) in rests.clauses.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let Some(item) = items.get(at) else {
                return refuse(&path, format!("Il manque la clause «\u{a0}{id}\u{a0}»."));
            };
            let mut fields = Fields::new(item, &path);
            fields.text("id", id)?;
            self.clause(&mut fields, id)?;
            fields.end()?;
        }
        if items.len() > rests.clauses.len() {
            return refuse(&format!("{path}[{}]", rests.clauses.len()), "La justification ne cite pas cette clause.");
        }
        if rests.readings.is_empty() {
            return Ok(());
        }
        let (items, path) = fields.list("readings")?;
        for (at, id) in rests.readings.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let Some(item) = items.get(at) else {
                return refuse(&path, format!("Il manque l’interprétation «\u{a0}{id}\u{a0}»."));
            };
            let mut fields = Fields::new(item, &path);
            fields.text("id", id)?;
            let label = self.reference(id).map(|item| &item.label);
            self.label(&mut fields, label, id)?;
            fields.end()?;
        }
        match items.get(rests.readings.len()) {
            Some(_) => refuse(
                &format!("{path}[{}]", rests.readings.len()),
                "La justification ne cite pas cette interprétation.",
            ),
            None => Ok(()),
        }
    }

    fn reference(&self, id: &str) -> Option<&'a ReferenceItem> {
        self.items().find_map(|item| match item {
            Item::Reading(item) | Item::Outside(item) if item.id.text == id => Some(item),
            _ => None,
        })
    }

    fn passage(&self, id: &str) -> Option<(&'a Passage, Option<&'a Quoted>)> {
        self.items().find_map(|item| match item {
            Item::Clause(ClauseItem { id: name, passage, place, .. }) if name.text == id => {
                Some((passage, place.as_ref()))
            }
            Item::Heading(HeadingItem { id: Some(name), passage, .. }) if name.text == id => Some((passage, None)),
            _ => None,
        })
    }

    fn clause(&self, fields: &mut Fields<'_>, id: &str) -> Checked {
        let Some((passage, at)) = self.passage(id) else {
            return self.label_as(fields, "quote", self.reference(id).map(|item| &item.label), id);
        };
        if let Some(at) = at {
            fields.text("at", &at.text)?;
        }
        let words = fields.take("quote")?.text().unwrap_or_default().to_owned();
        if !quotes(&passage.quote.text, &words) {
            return refuse(&fields.place("quote"), format!("La clause «\u{a0}{id}\u{a0}» ne cite pas ces mots."));
        }
        let (place, path) = (fields.take("place")?, fields.place("place"));
        let mut inner = Fields::new(place, &path);
        let file = inner.take("file")?.text().unwrap_or_default();
        let Some((_, text)) = self.texts.iter().find(|(name, _)| *name == file) else {
            return refuse(&inner.place("file"), "Le règlement n’a pas ce texte.");
        };
        let lines = text.lines(&words);
        let lines: Vec<String> = match passage.occurrence {
            Some(nth) => lines.get((nth as usize).saturating_sub(1)).into_iter().map(usize::to_string).collect(),
            None => lines.iter().map(usize::to_string).collect(),
        };
        if lines.is_empty() {
            return refuse(
                &fields.place("quote"),
                format!("Ces mots ne sont pas, à la lettre, dans «\u{a0}{file}\u{a0}»."),
            );
        }
        match inner.take("line")? {
            Json::Number(line) if lines.contains(line) => inner.end(),
            _ => refuse(
                &inner.place("line"),
                format!("Ces mots sont à la ligne {} de «\u{a0}{file}\u{a0}».", lines.join(", ")),
            ),
        }
    }

    fn label(&self, fields: &mut Fields<'_>, label: Option<&Quoted>, name: &str) -> Checked {
        self.label_as(fields, "label", label, name)
    }

    /// A label as declared; typography aside.
    fn label_as(&self, fields: &mut Fields<'_>, field: &str, label: Option<&Quoted>, name: &str) -> Checked {
        let wanted = label.map_or_else(|| plain(name), |label| label.text.clone());
        let found = fields.take(field)?.text().unwrap_or_default();
        if same_words(&wanted, found) {
            Ok(())
        } else {
            refuse(&fields.place(field), format!("Le règlement dit «\u{a0}{wanted}\u{a0}»."))
        }
    }

    fn notices(&mut self, fields: &mut Fields<'_>) -> Checked {
        let (items, path) = fields.list("notices")?;
        let builder = Builder::new(self.facts);
        let plain = |known: &Known| known.holds() && !known.inapplicable && !known.absent;
        let mut count = 0;
        for (at, rule) in self.facts.schema.rules.iter().enumerate() {
            let Rule::Notice(item) = rule else { continue };
            let Ok(rows) = builder.instances(at) else {
                self.strange(&item.name.text)?;
                continue;
            };
            for row in &rows.rows {
                let passes = builder.filter(row).is_none_or(|filter| plain(filter.value()));
                let holds = builder.one(at, row).is_ok_and(|node| plain(node.value()));
                if row.presence == Presence::Many || !passes || !holds {
                    continue;
                }
                let path = format!("{path}[{count}]");
                let name = &item.name.text;
                let Some(found) = items.get(count) else {
                    return refuse(&path, format!("Il manque le signalement «\u{a0}{name}\u{a0}»."));
                };
                count += 1;
                let mut fields = Fields::new(found, &path);
                fields.text("id", name)?;
                fields.text("kind", "signalement")?;
                self.label(&mut fields, item.label.as_ref(), name)?;
                if !item.each.is_empty() {
                    fields.skip("element")?;
                    let wanted = row.place.as_ref().map(|place| place.path.clone()).unwrap_or_default();
                    fields.text("path", &wanted)?;
                }
                fields
                    .texts("clauses", &item.basis.clauses.iter().map(|name| name.text.as_str()).collect::<Vec<_>>())?;
                fields.end()?;
            }
        }
        match items.get(count) {
            Some(_) => refuse(&format!("{path}[{count}]"), "Ce signalement ne se vérifie pas."),
            None => Ok(()),
        }
    }

    /// Data that could not be read, then facts set aside.
    fn anomalies(&mut self, fields: &mut Fields<'_>) -> Checked {
        let (items, path) = fields.list("anomalies")?;
        let Some(read) = items.len().checked_sub(self.aside.len()) else {
            return refuse(&path, "Il manque un fait écarté.");
        };
        let mut left = self.aside.clone();
        for (at, item) in items.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let mut fields = Fields::new(item, &path);
            let named = fields.take("path")?.text().unwrap_or_default();
            if at < read {
                for field in ["problem", "message", "found"] {
                    fields.skip(field)?;
                }
                self.report.unverified.push((path.clone(), "une donnée dite inutilisable".to_owned()));
            } else {
                let Some(found) = left.iter().position(|(place, _)| place.path == named) else {
                    return refuse(&format!("{path}.path"), format!("Rien n’écarte «\u{a0}{named}\u{a0}»."));
                };
                let (_, rule) = left.remove(found);
                match rule.and_then(|rule| self.facts.schema.rules.get(rule)) {
                    Some(rule) => {
                        fields.text("problem", name_of(rule))?;
                        self.label_as(&mut fields, "message", label(rule), name_of(rule))?;
                    }
                    None => {
                        fields.skip("problem")?;
                        fields.skip("message")?;
                    }
                }
                fields.skip("found")?;
            }
            fields.end()?;
        }
        Ok(())
    }
}

fn element(fields: &mut Fields<'_>, row: &Row<'_>) -> Checked {
    match &row.place {
        Some(place) => fields.text("element", &place.path),
        None => fields.skip("element"),
    }
}

fn kind(rule: &Rule<'_>) -> &'static str {
    match rule {
        Rule::Value(_) => "value",
        Rule::Norm(item) => match item.kind {
            NormKind::Obligation => "obligation",
            NormKind::Prohibition => "prohibition",
            NormKind::Preference => "preference",
            NormKind::Permission => "permission",
        },
        Rule::Decision(_) => "decision",
        Rule::Notice(_) => "notice",
        Rule::Incoherence(_) => "incoherence",
    }
}

fn label<'a>(rule: &Rule<'a>) -> Option<&'a Quoted> {
    match rule {
        Rule::Value(item) => item.label.as_ref(),
        Rule::Norm(item) => item.label.as_ref(),
        Rule::Decision(item) => item.label.as_ref(),
        Rule::Notice(item) => item.label.as_ref(),
        Rule::Incoherence(item) => item.label.as_ref(),
    }
}

fn written(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Truth => "oui/non",
        TypeKind::Integer(_) => "entier",
        TypeKind::Number(_) => "nombre",
        TypeKind::Date => "date",
        TypeKind::Duration(Some(Unit::Weeks)) => "durée en semaines",
        TypeKind::Duration(Some(Unit::Days)) => "durée en jours",
        TypeKind::Duration(_) => "durée",
        TypeKind::Period => "période",
        TypeKind::Text | TypeKind::Reference(_) | TypeKind::List(_) => "texte",
        TypeKind::Named(name) => &name.text,
    }
    .to_owned()
}
