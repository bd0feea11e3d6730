//! How a row of answers is written.

use crate::dossier::Datum;
use crate::dossier::delimited::Lines;
use crate::explain::AnswerStatus;
use crate::program::Program;
use crate::render::{Line, Wanted, status_name};

/// The form of the answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Delimited, with that separator; numbers have a decimal comma where it is a semicolon, as French spreadsheets
    /// expect.
    Delimited(u8),
    /// One JSON object a line.
    JsonLines,
}

impl Form {
    /// The separator of delimited files written along with the answers.
    pub fn separator(self) -> u8 {
        match self {
            Form::Delimited(separator) => separator,
            Form::JsonLines => b';',
        }
    }

    /// The line of names, where the form has one. `keys`: what names a row.
    pub fn heading(self, program: &Program, keys: &[String], wanted: &[Wanted]) -> Vec<u8> {
        let Form::Delimited(separator) = self else { return Vec::new() };
        let mut names = keys.to_vec();
        for wanted in wanted {
            let name = program.rule(wanted.rule).map(|rule| rule.name.as_str()).unwrap_or_default();
            names.extend([name.to_owned(), format!("{name}.statut")]);
            if wanted.reasons {
                names.extend(["clauses", "manque", "message"].map(|part| format!("{name}.{part}")));
            }
        }
        let mut out = Vec::new();
        Lines::new(separator).write(names, &mut out);
        out
    }
}

/// Writes rows of one form.
pub(super) struct Writing<'a> {
    form: Form,
    lines: Lines,
    wanted: &'a [Wanted],
    /// The names of the outcomes wanted.
    names: Vec<&'a str>,
}

impl<'a> Writing<'a> {
    pub(super) fn new(form: Form, program: &'a Program, wanted: &'a [Wanted]) -> Self {
        let name = |wanted: &Wanted| program.rule(wanted.rule).map(|rule| rule.name.as_str()).unwrap_or_default();
        Self { form, lines: Lines::new(form.separator()), wanted, names: wanted.iter().map(name).collect() }
    }

    /// What an answer adds to its row, for the outcome wanted at that place.
    pub(super) fn part(&mut self, at: usize, answer: &Line) -> Vec<u8> {
        let mut part = Vec::new();
        let Some((wanted, name)) = self.wanted.get(at).zip(self.names.get(at)) else { return part };
        match self.form {
            Form::Delimited(separator) => {
                let mut cells = vec![plain(&answer.value, separator == b';'), status_word(answer.status).to_owned()];
                if wanted.reasons {
                    let missing = answer.missing.iter().map(|lacking| lacking.path.as_str());
                    cells.extend([answer.unmet.join(" "), missing.collect::<Vec<_>>().join(", "), answer.told.clone()]);
                }
                self.lines.write(cells, &mut part);
                part.truncate(part.len().saturating_sub(LINE_END.len()));
            }
            Form::JsonLines => {
                let member = Datum::record([(*name, json(answer, *wanted))]).to_json();
                part.extend_from_slice(inside(&member).as_bytes());
            }
        }
        part
    }

    /// Adds one row: what names it, its line in the input, and the parts its answers add.
    pub(super) fn row<'p>(
        &mut self,
        (keys, line): (&[(String, String)], u64),
        parts: impl Iterator<Item = &'p [u8]>,
        out: &mut Vec<u8>,
    ) {
        let between = match self.form {
            Form::Delimited(separator) => {
                if let [(_, only)] = keys
                    && only.is_empty()
                {
                    // Alone on its line it would be quoted, so as to be seen.
                } else if keys.is_empty() {
                    self.lines.write([line.to_string()], out);
                    out.truncate(out.len() - LINE_END.len());
                } else {
                    self.lines.write(keys.iter().map(|(_, value)| value.as_str()), out);
                    out.truncate(out.len() - LINE_END.len());
                }
                separator
            }
            Form::JsonLines => {
                let keys = Datum::record(keys.iter().map(|(name, value)| (name.as_str(), Datum::text(value))));
                let head = Datum::record([("key", keys), ("line", Datum::Number(line.to_string()))]).to_json();
                out.push(b'{');
                out.extend_from_slice(inside(&head).as_bytes());
                out.extend_from_slice(b",\"outcomes\":{");
                b','
            }
        };
        let delimited = matches!(self.form, Form::Delimited(_));
        for (at, part) in parts.enumerate() {
            if delimited || at > 0 {
                out.push(between);
            }
            out.extend_from_slice(part);
        }
        out.extend_from_slice(if delimited { LINE_END } else { b"}}\n" });
    }
}

/// What ends a line.
const LINE_END: &[u8] = b"\n";

/// The members of a record in JSON.
fn inside(record: &str) -> &str {
    record.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(record)
}

fn json(answer: &Line, wanted: Wanted) -> Datum {
    let texts = |texts: &mut dyn Iterator<Item = &str>| Datum::list(texts.map(Datum::text));
    let mut fields = vec![("status", Datum::text(status_name(answer.status)))];
    if answer.status == AnswerStatus::Known {
        fields.push(("value", answer.value.clone()));
    }
    fields.extend(answer.possible.iter().cloned());
    if wanted.reasons {
        if !answer.unmet.is_empty() {
            fields.push(("unmet", texts(&mut answer.unmet.iter().map(String::as_str))));
        }
        if !answer.missing.is_empty() {
            fields.push(("missing", texts(&mut answer.missing.iter().map(|lacking| lacking.path.as_str()))));
        }
        if !answer.told.is_empty() {
            fields.push(("told", Datum::text(&answer.told)));
        }
    }
    Datum::record(fields)
}

/// A value as a cell holds it.
fn plain(value: &Datum, comma: bool) -> String {
    match value {
        Datum::Null | Datum::Unknown => String::new(),
        Datum::Truth(true) => "oui".to_owned(),
        Datum::Truth(false) => "non".to_owned(),
        Datum::Number(token) if comma => token.replace('.', ","),
        Datum::Number(text) | Datum::Text(text) => text.clone(),
        Datum::List(_) | Datum::Record(_) => value.to_json(),
    }
}

fn status_word(status: AnswerStatus) -> &'static str {
    match status {
        AnswerStatus::Known => "connu",
        AnswerStatus::NotApplicable => "sans objet",
        AnswerStatus::Unknown => "indéterminé",
        AnswerStatus::Conflict => "conflit",
        AnswerStatus::Gap => "silence",
        AnswerStatus::Fault(_) => "calcul impossible",
    }
}
