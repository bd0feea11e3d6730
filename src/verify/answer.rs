//! The answer of a rule: its status, its value or bounds, what it rests on, what is missing.

use std::collections::BTreeMap;

use super::build::{Builder, Strange};
use super::facts::{Facts, Place, Presence, Status};
use super::json::Json;
use super::known::{Kind as Measure, Known, ONE, Set, Trouble};
use super::node::{N, Role, seen};
use super::steps::{Checked, Fields, Rests, Steps, is, numbered, refuse, written};
use crate::syntax::ast::{TypeExpr, TypeKind, Unit};

/// At most so many combinations of unknowns are gone through.
const COMBINATIONS: usize = 512;

/// Something of a decision that could not be verified: a path and what it is.
pub(super) type Unverified = (String, String);

/// How the answers of one rule are made, on other facts too.
pub(super) struct Asked<'c, 'a> {
    pub(super) facts: &'c Facts<'a>,
    pub(super) ty: Option<&'a TypeExpr>,
    /// The answer, on the facts as they are now.
    pub(super) again: &'c dyn for<'f> Fn(&Builder<'a, 'f>) -> Result<N<'a>, Strange>,
}

impl<'a> Asked<'_, 'a> {
    fn unit(&self) -> Option<Unit> {
        match self.ty.map(|ty| &ty.kind) {
            Some(TypeKind::Duration(unit)) => *unit,
            _ => None,
        }
    }

    /// The answer where these facts are so.
    fn where_it_is(&self, assumed: &[(&Place<'a>, &Known)]) -> Option<Known> {
        let before = self.facts.instead.borrow().clone();
        for (place, known) in assumed {
            self.facts.instead.borrow_mut().insert(place.path.clone(), ((*known).clone(), Status::Given));
        }
        let found = (self.again)(&Builder::new(self.facts)).ok().map(|node| node.value().clone());
        *self.facts.instead.borrow_mut() = before;
        found
    }

    /// What is left of the answer whatever those facts turn out to be; none where they are too many.
    fn whatever(&self, unknown: &[(Place<'a>, Vec<Known>)]) -> Option<Known> {
        let total = unknown.iter().try_fold(1usize, |total, (_, values)| total.checked_mul(values.len()))?;
        if total == 0 || total > COMBINATIONS {
            return None;
        }
        let mut all: Option<Known> = None;
        for mut index in 0..total {
            let mut assumed = Vec::new();
            for (place, values) in unknown {
                assumed.extend(values.get(index % values.len()).map(|value| (place, value)));
                index /= values.len();
            }
            let known = self.where_it_is(&assumed)?;
            all = Some(all.map_or(known.clone(), |all| all.union(&known)));
        }
        all
    }

    /// Checks the fields of an answer.
    pub(super) fn check(
        &self,
        fields: &mut Fields<'_>,
        node: &N<'a>,
        unverified: &mut Vec<Unverified>,
        cited: &mut dyn FnMut(&mut Fields<'_>, &Rests<'a>) -> Checked,
    ) -> Checked {
        let because = fields.json.field("because");
        let because_path = fields.place("because");
        let Some(because) = because else { return refuse(&because_path, "Il manque la justification.") };
        let mut rests = Rests::default();
        let mut walked = self.walk(because, node, &because_path, (false, &mut rests));
        // Where what decided would not suffice alone, everything is told.
        if walked.is_err() && node.value().is_settled() {
            let mut all = Rests::default();
            let full = self.walk(because, node, &because_path, (true, &mut all));
            if full.is_ok() {
                (walked, rests) = (full, all);
            }
        }
        let claimed = self.status(fields, node.value(), &rests, unverified)?;
        fields.skip("says")?;
        walked?;
        self.suffices(node, &rests, &because_path)?;
        cited(fields, &rests)?;
        if claimed == "unknown" {
            self.missing(fields, node.value(), &rests, unverified)?;
            for (name, what) in [
                ("untried", "qu’il y ait trop de valeurs pour dire quels faits suffiraient"),
                ("uncombined", "qu’il y ait trop de combinaisons pour dire si la réponse est acquise"),
            ] {
                if fields.may(name).is_some() {
                    unverified.push((fields.place(name), what.to_owned()));
                }
            }
        }
        if let Some(contested) = fields.may("contested") {
            let contested = contested.items();
            let path = fields.place("contested");
            self.leaves(contested, &path, &rests, |status| status == Status::SetAside)?;
        }
        if claimed != "unknown" {
            let _ = fields.may("whatever");
        }
        fields.take("because")?;
        Ok(())
    }

    /// The answer stays where nothing is known but what the justification names.
    fn suffices(&self, node: &N<'a>, rests: &Rests<'a>, path: &str) -> Checked {
        let only = Some(rests.named.iter().cloned().collect());
        let mut bare = self.facts.clone();
        bare.only = only;
        let found = (self.again)(&Builder::new(&bare)).ok();
        let known = node.value();
        let stays = found
            .is_none_or(|found| (&found.value().set, found.value().inapplicable) == (&known.set, known.inapplicable));
        if !known.is_settled() || stays {
            return Ok(());
        }
        refuse(path, "Ce que cette justification nomme ne suffit pas à la réponse.")
    }

    fn walk(&self, json: &Json, node: &N<'a>, path: &str, (full, rests): (bool, &mut Rests<'a>)) -> Checked {
        let steps = Steps { facts: self.facts, full, numbered: numbered(json) };
        steps.check(json, (Role::Reason, &seen(node)), path, rests)
    }

    /// The status, and the value or what is left of it.
    fn status(
        &self,
        fields: &mut Fields<'_>,
        known: &Known,
        rests: &Rests<'a>,
        unverified: &mut Vec<Unverified>,
    ) -> Result<String, super::Refusal> {
        let path = fields.place("status");
        let claimed = fields.take("status")?.text().unwrap_or_default().to_owned();
        let mut known = known.clone();
        let whatever = fields.json.field("whatever").map(Json::items).unwrap_or_default();
        if !whatever.is_empty() {
            let path = fields.place("whatever");
            let unknown =
                self.leaves(whatever, &path, rests, |status| status != Status::Given && status != Status::SetAside)?;
            let unknown: Vec<(Place<'a>, Vec<Known>)> = unknown
                .into_iter()
                .map(|place| (place.clone(), finite(self.facts, &place).unwrap_or_default()))
                .collect();
            match self.whatever(&unknown) {
                Some(found) if found.is_settled() => known = found,
                _ => return refuse(&path, "Ces faits ne sont pas indifférents\u{a0}: la réponse en dépend."),
            }
        }
        let open = !known.is_settled() || (known.set == Set::Nothing && !known.inapplicable);
        let wanted = match (claimed.as_str(), known.trouble) {
            _ if known.is_without_object() => "not_applicable",
            _ if !open => "known",
            ("conflict", Some(Trouble::Conflict)) => "conflict",
            ("gap", Some(Trouble::Gap)) => "gap",
            ("fault", Some(Trouble::Fault)) => "fault",
            (_, _) => "unknown",
        };
        if claimed != wanted {
            return refuse(
                &path,
                format!(
                    "On trouve «\u{a0}{claimed}\u{a0}»\u{202f}; d’après les règles et le dossier, c’est «\u{a0}{wanted}\u{a0}»."
                ),
            );
        }
        match wanted {
            "known" => fields.value("value", &known, self.unit())?,
            "unknown" => self.possible(fields, &known, rests, unverified)?,
            "fault" => {
                fields.skip("fault")?;
                unverified.push((fields.place("fault"), "pourquoi le calcul n’a pas de résultat".to_owned()));
            }
            _ => {}
        }
        Ok(claimed)
    }

    /// What is left of an open answer.
    fn possible(
        &self,
        fields: &mut Fields<'_>,
        known: &Known,
        rests: &Rests<'a>,
        unverified: &mut Vec<Unverified>,
    ) -> Checked {
        let before = fields.clone();
        let told = self.bounds(fields, known);
        if told.is_ok() {
            return told;
        }
        // Going through the cases of what is unknown may leave less.
        let mut finite: Vec<(Place<'a>, Vec<Known>)> = Vec::new();
        for (place, _) in &rests.open {
            if !finite.iter().any(|(met, _)| met.path == place.path) {
                finite.extend(self::finite(self.facts, place).map(|values| (place.clone(), values)));
            }
        }
        let mut tried = finite.iter().filter_map(|one| self.whatever(std::slice::from_ref(one))).collect::<Vec<_>>();
        tried.extend(self.whatever(&finite));
        for known in &tried {
            *fields = before.clone();
            if self.bounds(fields, known).is_ok() {
                return Ok(());
            }
        }
        *fields = before.clone();
        if known.loose || (finite.len() > 1 && self.whatever(&finite).is_none()) {
            for name in ["bounds", "candidates", "or_not_applicable"] {
                if fields.may(name).is_some() {
                    unverified.push((fields.place(name), "les bornes de ce qui reste possible".to_owned()));
                }
            }
            return Ok(());
        }
        told
    }

    fn bounds(&self, fields: &mut Fields<'_>, known: &Known) -> Checked {
        match &telling(&known.set) {
            Set::Range(_, None, None) => {}
            Set::Range(measure, lo, hi) => {
                let (bounds, path) = (fields.take("bounds")?, fields.place("bounds"));
                let mut inner = Fields::new(bounds, &path);
                for (name, bound) in [("min", lo), ("max", hi)] {
                    let Some(bound) = bound else { continue };
                    let found = inner.take(name)?;
                    if *found != written(*measure, *bound, self.unit()) {
                        return refuse(
                            &format!("{path}.{name}"),
                            "Cette borne n’est pas celle que donnent les règles et le dossier.",
                        );
                    }
                }
                inner.end()?;
            }
            Set::Cases(cases) => {
                let order = self.facts.schema.cases(self.ty);
                let cases: Vec<&str> = order.into_iter().filter(|case| cases.contains(*case)).collect();
                fields.texts("candidates", &cases)?;
            }
            Set::Text(Some(texts)) => {
                fields.texts("candidates", &texts.iter().map(String::as_str).collect::<Vec<_>>())?
            }
            Set::Nothing | Set::Truth(..) | Set::Text(None) | Set::Period(..) | Set::Days(..) => {}
        }
        if known.inapplicable && !is(fields.take("or_not_applicable")?, &Set::Truth(true, false), None) {
            return refuse(&fields.place("or_not_applicable"), "La réponse peut être sans objet.");
        }
        Ok(())
    }

    /// Facts named as unknown, each of which the justification meets.
    fn leaves(
        &self,
        items: &[Json],
        path: &str,
        rests: &Rests<'a>,
        fits: impl Fn(Status) -> bool,
    ) -> Result<Vec<Place<'a>>, super::Refusal> {
        let mut found: Vec<Place<'a>> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let mut fields = Fields::new(item, &path);
            let named = fields.take("path")?.text().unwrap_or_default().to_owned();
            let Some((place, _)) = rests.open.iter().find(|(place, status)| place.path == named && fits(*status))
            else {
                return refuse(
                    &format!("{path}.path"),
                    format!("La justification ne rencontre pas «\u{a0}{named}\u{a0}» parmi ce qui n’est pas connu."),
                );
            };
            if found.iter().any(|other| other.path == named) {
                return refuse(&format!("{path}.path"), "Ce fait est nommé deux fois.");
            }
            self.label(&mut fields, place)?;
            found.push(place.clone());
        }
        Ok(found)
    }

    /// What a missing fact is called, and who gives it.
    fn label(&self, fields: &mut Fields<'_>, place: &Place<'a>) -> Checked {
        let label = fields.take("label")?.text().unwrap_or_default().to_owned();
        let declared = place.label();
        let element = |rest: &str| rest.is_empty() || (rest.starts_with(" (") && rest.ends_with(')'));
        if !declared.is_empty() && !label.strip_prefix(declared.as_str()).is_some_and(element) {
            return refuse(&fields.place("label"), format!("Ce fait s’appelle «\u{a0}{declared}\u{a0}»."));
        }
        if let Some(from) = fields.may("from") {
            let supplier = place.suppliers();
            if !from.text().is_some_and(|from| supplier.contains(&from)) {
                return refuse(&fields.place("from"), "Le règlement ne dit pas que ce fait vient de là.");
            }
        }
        fields.end()
    }

    fn missing(
        &self,
        fields: &mut Fields<'_>,
        known: &Known,
        rests: &Rests<'a>,
        unverified: &mut Vec<Unverified>,
    ) -> Checked {
        let (items, path) = fields.list("missing")?;
        let unknown: BTreeMap<&str, &Place<'a>> = rests
            .open
            .iter()
            .filter(|(_, status)| *status != Status::SetAside)
            .map(|(place, _)| (place.path.as_str(), place))
            .collect();
        let mut named: Vec<String> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let mut inner = Fields::new(item, &path);
            let found = inner.take("path")?.text().unwrap_or_default().to_owned();
            // Itself, or the list or record it belongs to, of which nothing is known.
            let under = |path: &str| {
                path == found || path.strip_prefix(found.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
            };
            let Some(place) = unknown.iter().find(|(path, _)| under(path)).map(|(_, place)| *place) else {
                return refuse(
                    &format!("{path}.path"),
                    format!("«\u{a0}{found}\u{a0}» est connu, ou la réponse n’en dépend pas."),
                );
            };
            if named.contains(&found) {
                return refuse(&format!("{path}.path"), "Ce fait est nommé deux fois.");
            }
            named.push(found.clone());
            let mut called = Some(place);
            while let Some(part) = called.filter(|part| part.path != found) {
                called = part.record.as_deref();
            }
            match called {
                Some(called) => self.label(&mut inner, called)?,
                None => return refuse(&format!("{path}.path"), "Ce n’est pas un fait du règlement."),
            }
        }
        let covered = |path: &str| {
            named.iter().any(|name| {
                path == *name || path.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
            })
        };
        let settles = |place: &Place<'a>| -> Option<bool> {
            if place.is_list() {
                // Of all that a list may be, that it is empty is tried.
                self.facts.closed.borrow_mut().insert(place.path.clone());
                let known = self.where_it_is(&[]);
                self.facts.closed.borrow_mut().remove(&place.path);
                return known.filter(settled).map(|_| true);
            }
            let values = finite(self.facts, place)?;
            Some(values.iter().any(|value| self.where_it_is(&[(place, value)]).is_some_and(|known| settled(&known))))
        };
        let alone = unknown.values().any(|place| settles(place) == Some(true));
        for (name, place) in &unknown {
            match settles(place) {
                Some(true) if !covered(name) => {
                    return refuse(
                        &path,
                        format!("Il manque «\u{a0}{name}\u{a0}»\u{a0}: connu, ce fait suffirait à conclure."),
                    );
                }
                Some(false) if alone && named.iter().any(|one| one == name) => {
                    return refuse(&path, format!("«\u{a0}{name}\u{a0}», même connu, ne suffirait pas à conclure."));
                }
                Some(_) => {}
                None if covered(name) => {
                    unverified.push((path.clone(), format!("que «\u{a0}{name}\u{a0}» suffise à conclure")));
                }
                None => unverified.push((path.clone(), format!("que «\u{a0}{name}\u{a0}» ne suffise pas à conclure"))),
            }
        }
        let _ = known;
        Ok(())
    }
}

fn settled(known: &Known) -> bool {
    known.is_without_object() || (known.is_settled() && known.set != Set::Nothing)
}

/// The values that an unknown fact may have, where they are few.
fn finite<'a>(facts: &Facts<'a>, place: &Place<'a>) -> Option<Vec<Known>> {
    if place.presence == Presence::Many {
        return None;
    }
    let (known, _) = facts.known(place);
    let mut values: Vec<Known> = match &known.set {
        Set::Truth(true, true) => vec![Known::truth(true, false), Known::truth(false, true)],
        Set::Cases(cases) => cases.iter().map(|case| Known::of(Set::Cases([case.clone()].into()))).collect(),
        Set::Range(Measure::Number, Some(lo), Some(hi)) if matches!(place.ty.kind, TypeKind::Integer(_)) => {
            let (first, last) = (-(-lo).div_euclid(ONE), hi.div_euclid(ONE));
            if last - first >= 16 {
                return None;
            }
            (first..=last).map(|value| Known::exactly(Measure::Number, value * ONE)).collect()
        }
        _ => return None,
    };
    if known.absent {
        values.push(Known::absent());
    }
    Some(values)
}

/// The bounds that are told: not that a duration is at most that of the whole calendar, in millionths of a day.
fn telling(set: &Set) -> Set {
    match set {
        Set::Range(Measure::Duration, lo, Some(hi)) if *hi >= 3_652_059 * ONE => {
            Set::Range(Measure::Duration, lo.filter(|lo| *lo > 0), None)
        }
        set => set.clone(),
    }
}
