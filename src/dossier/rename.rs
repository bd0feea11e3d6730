//! A mapping applied to dossiers that are trees already: members renamed, and texts put for what they stand for.

use super::datum::{Datum, Placed, parse_json};
use super::layout::graft;
use super::mapping::{Mapping, Mappings};
use crate::program::fold;

impl Mappings {
    /// The dossier as the ruleset names it. A member is named by its path, elements of lists by theirs within the
    /// list; what a mapping does not name keeps its name.
    pub fn rename(&self, record: &mut Placed) {
        renamed(&self.dossiers, record);
        for (path, mapping) in &self.lists {
            each_list(record, path, &mut |element| renamed(mapping, element));
        }
    }

    /// The names that none of these dossiers has: those of what names them, and those of facts.
    pub fn absent_in(&self, dossiers: &[Placed]) -> (Vec<String>, Vec<String>) {
        let nobody = |name: &&str| !dossiers.iter().any(|dossier| has(dossier, &parts(name)));
        let keys = self.dossiers.keys.iter().map(String::as_str).filter(nobody).map(str::to_owned).collect();
        (keys, self.dossiers.names().map(|(name, _)| name).filter(nobody).map(str::to_owned).collect())
    }
}

fn has(record: &Placed, path: &[String]) -> bool {
    let (Some((first, rest)), Datum::Record(members)) = (path.split_first(), &record.datum) else { return false };
    members.iter().any(|(name, member)| fold(name) == *first && (rest.is_empty() || has(member, rest)))
}

fn renamed(mapping: &Mapping, record: &mut Placed) {
    // All are taken before the first is put: two may change names with each other.
    let mut taken = Vec::new();
    for (name, fact) in mapping.names() {
        if let Some(datum) = take(record, &parts(name)) {
            taken.push((name, fact, datum));
        }
    }
    for (name, fact, mut placed) in taken {
        if let Some(text) =
            written(&placed.datum).and_then(|text| mapping.texts(name)?.get(&fold(text.trim())).cloned())
        {
            placed.datum = said(&text);
        }
        let path: Vec<String> = fact.split('.').map(str::to_owned).collect();
        graft(record, &path, placed);
    }
    if let Datum::Record(members) = &mut record.datum {
        members.retain(|(name, _)| !mapping.ignores(name));
    }
}

fn parts(name: &str) -> Vec<String> {
    name.split('.').map(fold).collect()
}

/// Takes a member out of a record, by the folded names on the way; nothing where it is there twice.
fn take(record: &mut Placed, path: &[String]) -> Option<Placed> {
    let (first, rest) = path.split_first()?;
    let Datum::Record(members) = &mut record.datum else { return None };
    let mut found = (0..).zip(members.iter()).filter(|(_, (name, _))| fold(name) == *first).map(|(at, _)| at);
    let at: usize = found.next().filter(|_| found.next().is_none())?;
    if rest.is_empty() {
        return Some(members.remove(at).1);
    }
    let inner = &mut members.get_mut(at)?.1;
    let taken = take(inner, rest);
    // A record of which nothing is left is no datum any more.
    if taken.is_some() && matches!(&inner.datum, Datum::Record(left) if left.is_empty()) {
        members.remove(at);
    }
    taken
}

/// A scalar as a table would write it.
fn written(datum: &Datum) -> Option<String> {
    match datum {
        Datum::Null => Some(String::new()),
        Datum::Unknown => Some("?".to_owned()),
        Datum::Truth(truth) => Some(truth.to_string()),
        Datum::Number(text) | Datum::Text(text) => Some(text.clone()),
        Datum::List(_) | Datum::Record(_) => None,
    }
}

/// What a text of a mapping says.
fn said(text: &str) -> Datum {
    if text.is_empty() {
        return Datum::Null;
    }
    let scalar = |datum: &Datum| !matches!(datum, Datum::List(_) | Datum::Record(_));
    let quoted = Datum::text(text).to_json();
    let parsed = parse_json(text.as_bytes()).ok().map(|placed| placed.datum).filter(scalar);
    // A text between quotation marks is itself; `"?"` is unknown.
    parsed.or_else(|| parse_json(quoted.as_bytes()).ok().map(|placed| placed.datum)).unwrap_or(Datum::Unknown)
}

/// Does something with each element of a list, by its folded path.
fn each_list(record: &mut Placed, path: &str, work: &mut dyn FnMut(&mut Placed)) {
    let Datum::Record(members) = &mut record.datum else { return };
    for (name, member) in members {
        let folded = fold(name);
        if folded == path {
            if let Datum::List(elements) = &mut member.datum {
                elements.iter_mut().for_each(&mut *work);
            }
        } else if let Some(rest) = path.strip_prefix(&folded).and_then(|rest| rest.strip_prefix('.')) {
            match &mut member.datum {
                Datum::Record(_) => each_list(member, rest, work),
                Datum::List(elements) => elements.iter_mut().for_each(|element| each_list(element, rest, work)),
                Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) => {}
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::mapping::read;
    use super::super::samples::program;
    use super::*;

    fn renamed(map: &str, dossier: &str) -> String {
        let mappings = read(&program(), &parse_json(map.as_bytes()).unwrap()).unwrap();
        let mut record = parse_json(dossier.as_bytes()).unwrap();
        mappings.rename(&mut record);
        record.datum.to_json()
    }

    #[test]
    fn members_are_renamed_by_their_path_and_texts_stand_for_values() {
        let map = r#"{"facts": {"salarié": {"column": "emploi.statut", "values": {"oui": ["S", "1"], "?": ["NC"]}},
            "note": "moyenne", "examen.lieu": "ville"}, "ignore": ["dossier"]}"#;
        assert_eq!(
            renamed(
                map,
                r#"{"emploi": {"statut": "s"}, "MOYENNE": 12.5, "ville": "Lyon", "dossier": 4, "voie": "scolaire"}"#
            ),
            r#"{"voie":"scolaire","salarié":"oui","note":12.5,"examen":{"lieu":"Lyon"}}"#
        );
        assert_eq!(renamed(map, r#"{"emploi": {"statut": 1}}"#), r#"{"salarié":"oui"}"#);
        assert_eq!(renamed(map, r#"{"emploi": {"statut": "NC"}}"#), r#"{"salarié":"?"}"#);
        // Not said to stand for anything: as it is.
        assert_eq!(renamed(map, r#"{"emploi": {"statut": "X"}}"#), r#"{"salarié":"X"}"#);
    }

    #[test]
    fn two_members_may_change_names_and_elements_of_lists_are_renamed_too() {
        let map = r#"{"facts": {"note": "session", "session": "note"},
            "tables": {"périodes": {"facts": {"id": "code"}}}}"#;
        assert_eq!(
            renamed(map, r#"{"note": 2026, "session": 12, "périodes": [{"code": "P1"}, null, {"id": "P2"}]}"#),
            r#"{"périodes":[{"id":"P1"},null,{"id":"P2"}],"session":2026,"note":12}"#
        );
    }
}
