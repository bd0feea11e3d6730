//! What was typed and cannot be understood, said in French.
#![allow(clippy::wildcard_enum_match_arm, reason = "the parser's own lists, which grow")]

use std::error::Error as _;
use std::io::Write as _;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure::Status;

/// Shows the help or version asked for, or what is wrong with the command.
pub(super) fn tell(error: &Error) -> Status {
    // Where nobody reads, nothing is left to say.
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            Status::Done
        }
        _ => {
            let _ = writeln!(std::io::stderr().lock(), "{}", message(error));
            Status::Unusable
        }
    }
}

/// The sentence, what was perhaps meant, and how the command is written.
fn message(error: &Error) -> String {
    let mut lines = vec![format!("erreur\u{a0}: {}", sentence(error))];
    for (kind, what) in [
        (ContextKind::SuggestedSubcommand, "la commande"),
        (ContextKind::SuggestedArg, "l’option"),
        (ContextKind::SuggestedValue, "la valeur"),
    ] {
        // The likeliest comes last.
        if let Some(near) = strings(error, kind).last() {
            lines.push(format!("  vouliez-vous dire {what} {}\u{202f}?", quoted(near)));
        }
    }
    let usage = one(error, ContextKind::Usage);
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    if !usage.is_empty() {
        lines.push(format!("\nUtilisation\u{a0}: {}", usage.lines().map(str::trim).collect::<Vec<_>>().join("\n")));
    }
    lines.push("\nPour en savoir plus\u{a0}: --help".to_owned());
    lines.join("\n")
}

fn sentence(error: &Error) -> String {
    let arg = one(error, ContextKind::InvalidArg);
    let value = one(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{arg} attend une valeur.{}", possible(error)),
        ErrorKind::InvalidValue => format!("la valeur {} ne convient pas à {arg}.{}", quoted(&value), possible(error)),
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| format!("\u{a0}: {why}")).unwrap_or_default();
            format!("la valeur {} ne convient pas à {arg}{why}.", quoted(&value))
        }
        ErrorKind::UnknownArgument => format!("l’argument {} n’est pas attendu ici.", quoted(&arg)),
        ErrorKind::InvalidSubcommand => {
            format!("la commande {} n’existe pas.", quoted(&one(error, ContextKind::InvalidSubcommand)))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let all = strings(error, ContextKind::ValidSubcommand).join(", ");
            let all = if all.is_empty() { all } else { format!("\u{a0}: {all}") };
            format!("il manque une commande{all}.")
        }
        ErrorKind::MissingRequiredArgument => {
            format!("il manque {}.", strings(error, ContextKind::InvalidArg).join(", ").replace("...", ""))
        }
        ErrorKind::ArgumentConflict => {
            let prior = strings(error, ContextKind::PriorArg).join(", ");
            if prior == arg || prior.is_empty() {
                format!("{arg} ne se donne qu’une fois.")
            } else {
                format!("{arg} ne va pas avec {prior}.")
            }
        }
        ErrorKind::TooManyValues => format!("la valeur {} est de trop pour {arg}.", quoted(&value)),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{arg} n’a pas le nombre de valeurs attendu.")
        }
        ErrorKind::NoEquals => format!("{arg} s’écrit avec un signe égal."),
        ErrorKind::InvalidUtf8 => "un argument n’est pas en UTF-8.".to_owned(),
        _ => "la commande ne se comprend pas.".to_owned(),
    }
}

/// The values possible, where they are few and known.
fn possible(error: &Error) -> String {
    let values = strings(error, ContextKind::ValidValue);
    if values.is_empty() { String::new() } else { format!(" Valeurs possibles\u{a0}: {}.", values.join(", ")) }
}

fn quoted(text: &str) -> String {
    format!("«\u{a0}{text}\u{a0}»")
}

fn one(error: &Error, kind: ContextKind) -> String {
    strings(error, kind).into_iter().next().unwrap_or_default()
}

fn strings(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(number)) => vec![number.to_string()],
        _ => Vec::new(),
    }
}
