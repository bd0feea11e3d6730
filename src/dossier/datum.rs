//! JSON as it stands: numbers as written, keys in order and repeated where they are, each datum with
//! its place.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::anomaly::{quoted, shortened};
use crate::limit::{Exceeded, Limit, Limits};

/// A datum, of no declared type yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Datum {
    /// `null`
    Null,
    /// `"?"`
    Unknown,
    /// `true`, `false`
    Truth(bool),
    /// A number as it is written, never a binary fraction.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Placed>),
    /// Named data, in source order; a name may come twice.
    Record(Vec<(String, Placed)>),
}

/// A datum and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placed {
    /// The datum.
    pub datum: Datum,
    /// Line, from 1; 0 where it stands in no file.
    pub line: u32,
    /// Column in characters, from 1; 0 likewise.
    pub column: u32,
}

impl Placed {
    /// A datum that stands in no file.
    pub fn nowhere(datum: Datum) -> Self {
        Self { datum, line: 0, column: 0 }
    }
}

impl Datum {
    /// A record of data that stand in no file.
    pub fn record<N: Into<String>>(fields: impl IntoIterator<Item = (N, Datum)>) -> Self {
        Self::Record(fields.into_iter().map(|(name, datum)| (name.into(), Placed::nowhere(datum))).collect())
    }

    /// A list of data that stand in no file.
    pub fn list(elements: impl IntoIterator<Item = Datum>) -> Self {
        Self::List(elements.into_iter().map(Placed::nowhere).collect())
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// In compact JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// In JSON laid out for people, two spaces a level.
    pub fn to_json_pretty(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The datum as an anomaly quotes it: bare, shortened.
    pub(super) fn found(&self) -> String {
        match self {
            Datum::Null => "null".to_owned(),
            Datum::Unknown => "?".to_owned(),
            Datum::Truth(truth) => truth.to_string(),
            Datum::Number(text) | Datum::Text(text) => shortened(text),
            Datum::List(_) | Datum::Record(_) => shortened(&self.sketch()),
        }
    }

    /// The datum as a sentence names it: « le texte « abc » », « une liste ».
    pub(super) fn described(&self) -> String {
        match self {
            Datum::Null => "rien (null)".to_owned(),
            Datum::Unknown => format!("l'inconnu ({})", quoted("?")),
            Datum::Truth(true) => "oui (true)".to_owned(),
            Datum::Truth(false) => "non (false)".to_owned(),
            Datum::Number(token) => format!("le nombre {}", shortened(token)),
            Datum::Text(text) if text.trim().is_empty() => "un texte vide".to_owned(),
            Datum::Text(text) => format!("le texte {}", quoted(&shortened(text))),
            Datum::List(_) => "une liste".to_owned(),
            Datum::Record(_) => "un groupe de données".to_owned(),
        }
    }

    /// A list or record in a few characters, without writing all of it.
    fn sketch(&self) -> String {
        match self {
            Datum::List(elements) => {
                let first: Vec<String> = elements.iter().take(4).map(|e| e.datum.nested_sketch()).collect();
                format!("[{}{}]", first.join(", "), if elements.len() > 4 { ", …" } else { "" })
            }
            Datum::Record(fields) => {
                let first: Vec<String> = fields
                    .iter()
                    .take(4)
                    .map(|(name, value)| format!("{name}: {}", value.datum.nested_sketch()))
                    .collect();
                format!("{{{}{}}}", first.join(", "), if fields.len() > 4 { ", …" } else { "" })
            }
            Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) => self.found(),
        }
    }

    fn nested_sketch(&self) -> String {
        match self {
            Datum::List(_) => "[…]".to_owned(),
            Datum::Record(_) => "{…}".to_owned(),
            Datum::Null | Datum::Unknown | Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) => self.found(),
        }
    }
}

impl Serialize for Placed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.datum.serialize(serializer)
    }
}

/// Keeps order and number tokens; a token that JSON does not know (`12,5`) is written as a text.
impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Datum::Null => serializer.serialize_unit(),
            Datum::Unknown => serializer.serialize_str("?"),
            Datum::Truth(truth) => serializer.serialize_bool(*truth),
            Datum::Number(token) => {
                let numeric = token.starts_with(|first: char| first == '-' || first.is_ascii_digit());
                match RawValue::from_string(token.clone()) {
                    Ok(raw) if numeric => raw.serialize(serializer),
                    Ok(_) | Err(_) => serializer.serialize_str(token),
                }
            }
            Datum::Text(text) => serializer.serialize_str(text),
            Datum::List(elements) => serializer.collect_seq(elements),
            Datum::Record(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// Why a text is not JSON, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// A French sentence.
    pub message: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ligne {}, colonne {}\u{a0}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for JsonError {}

/// Reads JSON (RFC 8259) in UTF-8, with or without a byte order mark. Nesting is
/// bounded before anything recurses.
///
/// # Errors
///
/// It is not JSON, or larger than the limits allow.
pub fn parse_json(bytes: &[u8]) -> Result<Placed, JsonError> {
    parse_json_within(bytes, &Limits::default())
}

/// The same, within limits.
///
/// # Errors
///
/// Likewise.
pub fn parse_json_within(bytes: &[u8], limits: &Limits) -> Result<Placed, JsonError> {
    let size = limits.allow(Limit::DossierSize, bytes.len() as u64, || "Les données sont trop longues".to_owned());
    size.map_err(|exceeded| Cursor::START.exceeds(&exceeded))?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| invalid_utf8(bytes, error.valid_up_to()))?;
    // Reading the whole as one raw value checks its grammar without recursing.
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| malformed(text, 0, &error))?;
    check_depth(text, limits)?;
    let datum = Reader { text, cursor: Cursor::START }.read(raw.get())?;
    measure(&datum, limits).map_err(|(place, exceeded)| {
        let cursor = Cursor { offset: 0, line: place.line, column: place.column };
        cursor.exceeds(&exceeded)
    })?;
    Ok(datum)
}

/// Nothing where no text, number, name or list of a datum is larger than allowed; else the first that is.
///
/// # Errors
///
/// The datum that is too large, and what is too large about it.
pub fn measure<'d>(datum: &'d Placed, limits: &Limits) -> Result<(), (&'d Placed, Exceeded)> {
    let mut waiting = vec![datum];
    while let Some(placed) = waiting.pop() {
        let allow = |limit: Limit, found: usize, subject: &dyn Fn() -> String| {
            limits.allow(limit, found as u64, subject).map_err(|exceeded| (placed, exceeded))
        };
        match &placed.datum {
            Datum::Null | Datum::Unknown | Datum::Truth(_) => {}
            Datum::Number(text) | Datum::Text(text) => {
                allow(Limit::Text, text.len(), &|| format!("{} est trop long", placed.datum.described()))?;
            }
            Datum::List(elements) => {
                allow(Limit::List, elements.len(), &|| "Cette liste est trop longue".to_owned())?;
                waiting.extend(elements.iter().rev());
            }
            Datum::Record(members) => {
                for (name, _) in members {
                    allow(Limit::Text, name.len(), &|| format!("Le nom {} est trop long", quoted(&shortened(name))))?;
                }
                waiting.extend(members.iter().rev().map(|(_, member)| member));
            }
        }
    }
    Ok(())
}

/// Reads one level at a time: each member stays raw until its turn comes.
struct Reader<'a> {
    text: &'a str,
    cursor: Cursor,
}

impl<'a> Reader<'a> {
    fn read(&mut self, raw: &'a str) -> Result<Placed, JsonError> {
        let offset = raw.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        self.cursor.advance(self.text, offset);
        let Cursor { line, column, .. } = self.cursor;
        let refused = |error: serde_json::Error| malformed(self.text, offset, &error);
        let datum = match raw.as_bytes().first() {
            Some(b'n') => Datum::Null,
            Some(b't') => Datum::Truth(true),
            Some(b'f') => Datum::Truth(false),
            Some(b'"') => match serde_json::from_str::<String>(raw).map_err(refused)? {
                text if text == "?" => Datum::Unknown,
                text => Datum::Text(text),
            },
            Some(b'[') => {
                let elements: Vec<&'a RawValue> = serde_json::from_str(raw).map_err(refused)?;
                Datum::List(elements.into_iter().map(|element| self.read(element.get())).collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let Members(members) = serde_json::from_str(raw).map_err(refused)?;
                let read = |(name, value): (String, &'a RawValue)| Ok((name, self.read(value.get())?));
                Datum::Record(members.into_iter().map(read).collect::<Result<_, _>>()?)
            }
            Some(_) | None => Datum::Number(raw.to_owned()),
        };
        Ok(Placed { datum, line, column })
    }
}

/// The members of an object, in order, repeated names kept.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Reading).map(Members)
    }
}

/// A place in a text, moved forwards only, so that placing every datum costs one pass.
#[derive(Clone, Copy)]
struct Cursor {
    offset: usize,
    line: u32,
    column: u32,
}

impl Cursor {
    const START: Self = Self { offset: 0, line: 1, column: 1 };

    fn advance(&mut self, text: &str, offset: usize) {
        for byte in text.as_bytes().get(self.offset..offset).unwrap_or_default() {
            if *byte == b'\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else if byte & 0xC0 != 0x80 {
                // Every byte of a character but its first is a continuation byte.
                self.column = self.column.saturating_add(1);
            }
        }
        self.offset = self.offset.max(offset);
    }

    fn at(text: &str, offset: usize) -> Self {
        let mut cursor = Self::START;
        cursor.advance(text, text.floor_char_boundary(offset));
        cursor
    }

    fn exceeds(self, exceeded: &Exceeded) -> JsonError {
        self.error(format!("{exceeded}. {}", exceeded.help()))
    }

    fn error(self, message: String) -> JsonError {
        JsonError { line: self.line, column: self.column, message }
    }
}

/// Measures the nesting of a text already known to be JSON.
fn check_depth(text: &str, limits: &Limits) -> Result<(), JsonError> {
    let nests = || "Les données s'emboîtent trop".to_owned();
    let (mut depth, mut in_text, mut escaped) = (0u64, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                let allowed = limits.allow(Limit::DataNesting, depth, nests);
                allowed.map_err(|exceeded| Cursor::at(text, offset).exceeds(&exceeded.at_least()))?;
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn invalid_utf8(bytes: &[u8], valid: usize) -> JsonError {
    let before = bytes.get(..valid).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    let byte = bytes.get(valid).copied().unwrap_or_default();
    let message =
        format!("Le fichier n'est pas écrit en UTF-8 (octet {byte:02X} inattendu)\u{202f}; enregistrez-le en UTF-8.");
    Cursor::at(before, before.len()).error(message)
}

/// Words what the JSON reader refused in the part of `text` that begins at `base`.
fn malformed(text: &str, base: usize, error: &serde_json::Error) -> JsonError {
    let part = text.get(base..).unwrap_or_default();
    if error.classify() == Category::Eof {
        let message = if text.trim().is_empty() {
            "Le fichier est vide\u{202f}; on attend un dossier en JSON."
        } else {
            "Le fichier s'arrête avant la fin\u{202f}: il manque une accolade, un crochet ou un guillemet fermant."
        };
        return Cursor::at(text, text.len()).error(message.to_owned());
    }
    let line = part.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let offset = (base + line + error.column().saturating_sub(1)).min(text.len());
    let said = error.to_string();
    let mut offset = text.floor_char_boundary(offset);
    if said.starts_with("control character") {
        // The reader names the place of the character before.
        offset += text.get(offset..).and_then(|rest| rest.find(char::is_control)).unwrap_or(0);
    }
    let (before, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
    let closes = rest.starts_with([']', '}']) && before.trim_end().ends_with(',');
    let found = match rest.chars().next() {
        Some(found) if !found.is_whitespace() && !found.is_control() => {
            format!(" (ici\u{a0}: {})", quoted(&found.to_string()))
        }
        Some(_) | None => String::new(),
    };
    let wording = WORDINGS.iter().find(|(english, _)| said.starts_with(english));
    let message = match wording {
        Some(_) if closes => "Une virgule est de trop avant la fin de la liste ou du groupe",
        Some((_, french)) => french,
        None => "L'écriture n'est pas du JSON correct",
    };
    Cursor::at(text, offset).error(format!("{message}{found}."))
}

/// What the JSON reader says, and how it is said here; anything else gets a general wording.
const WORDINGS: [(&str, &str); 12] = [
    ("trailing characters", "Quelque chose suit la fin des données"),
    ("expected `:`", "Un deux-points manque entre le nom et la donnée"),
    ("expected `,` or `]`", "Une virgule ou un crochet fermant manque"),
    ("expected `,` or `}`", "Une virgule ou une accolade fermante manque"),
    ("key must be a string", "Un nom doit être écrit entre guillemets droits"),
    ("expected value", "Une donnée manque, ou un texte n'est pas entre guillemets droits"),
    ("expected ident", "On attend true, false, null, ou un texte entre guillemets droits"),
    ("invalid number", "Un nombre est mal écrit (point décimal, sans espace ni zéro en tête)"),
    ("invalid escape", "Une barre oblique inverse est suivie d'un signe qu'elle n'admet pas"),
    ("control character", "Un saut de ligne ou un signe invisible se trouve dans un texte"),
    ("lone leading surrogate", "Un caractère est codé à moitié (\\u)"),
    ("unexpected end of hex escape", "Un caractère est codé à moitié (\\u)"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::*;

    fn parse(text: &str) -> Placed {
        parse_json(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn refused(bytes: &[u8]) -> (u32, u32, String) {
        let error = parse_json(bytes).unwrap_err();
        (error.line, error.column, error.message)
    }

    #[test]
    fn number_tokens_order_and_repeated_names_are_kept_as_written() {
        let text = r#"{"z":1.50,"a":-0e3,"z":[null,true,"?","é\n",12345678901234567890.000000000001],"":{}}"#;
        assert_eq!(parse(text).datum.to_json(), text);
    }

    #[test]
    fn every_datum_has_its_line_and_its_column_in_characters() {
        let Datum::Record(members) = parse("\u{feff}{\n \"é\": \"ü\", \"b\":\t7 }").datum else { panic!() };
        let places: Vec<_> = members.iter().map(|(_, placed)| (placed.line, placed.column)).collect();
        assert_eq!(places, [(2, 7), (2, 17)]);
    }

    #[test]
    fn text_that_is_not_json_is_refused_in_french_with_its_place() {
        let cases: [(&[u8], u32, u32, &str); 15] = [
            (b"", 1, 1, "vide"),
            (b"{\n\"a\": 1,", 2, 8, "avant la fin"),
            (b"{} {}", 1, 4, "suit la fin"),
            (b"[1,]", 1, 4, "virgule est de trop"),
            (b"{\"a\":1, }", 1, 9, "virgule est de trop"),
            (b"{\"a\" 1}", 1, 6, "deux-points"),
            (b"[1 2]", 1, 4, "crochet fermant"),
            (b"{\"a\":1 2}", 1, 8, "accolade fermante"),
            (b"{a:1}", 1, 2, "guillemets droits"),
            (b"[\xc3\xa9]", 1, 2, "ici\u{a0}: \u{ab}\u{a0}\u{e9}\u{a0}\u{bb}"),
            (b"[01]", 1, 3, "mal \u{e9}crit"),
            (b"[\"\\q\"]", 1, 4, "barre oblique"),
            (b"[\"a\nb\"]", 1, 4, "saut de ligne"),
            (b"[\"\\ud800\"]", 1, 9, "cod\u{e9} \u{e0} moiti\u{e9}"),
            (b"{\n \"\xc3\xa9\": \"\xe9\"}", 2, 8, "E9 inattendu"),
        ];
        for (bytes, line, column, words) in cases {
            let (at_line, at_column, message) = refused(bytes);
            assert!(message.contains(words), "{bytes:?}: {message}");
            assert_eq!((at_line, at_column), (line, column), "{bytes:?}: {message}");
        }
    }

    #[test]
    fn nesting_is_bounded_before_anything_recurses() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse_json(nested(128).as_bytes()).is_ok());
        let (_, column, message) = refused(nested(129).as_bytes());
        assert!(column == 129 && message.contains("au moins 129 niveaux, pour 128 au plus"), "{column}: {message}");
        assert!(refused(nested(1_000_000).as_bytes()).2.contains("pour 128 au plus"));
        let raised = Limits::default().with(Limit::DataNesting, 1_000);
        assert!(parse_json_within(nested(1_000).as_bytes(), &raised).is_ok());
        assert!(refused("[{\"a\":".repeat(1_000_000).as_bytes()).2.contains("avant la fin"));
        let brackets_in_text = format!("[\"\\\"{}\"]", "[".repeat(1000));
        assert!(parse_json(brackets_in_text.as_bytes()).is_ok());
    }

    #[test]
    fn a_number_that_json_does_not_know_is_written_as_a_text() {
        let data = ["12,5", "007", "true", "-1.5"].map(|token| Datum::Number(token.to_owned()));
        assert_eq!(Datum::list(data).to_json(), r#"["12,5","007","true",-1.5]"#);
    }
}
