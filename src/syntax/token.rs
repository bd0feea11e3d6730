//! What the single tokens of expressions say: operators, numbers, dates, units, strings.

use super::ast::{Arithmetic, Comparison, Expr, ExprKind, State, Unit};
use super::grammar::Pair;
use super::recover::first_word;
use crate::value::{Day, Number};

/// How tightly operators bind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Lowest,
    Logic,
    Not,
    Compare,
    Add,
    Multiply,
    Interval,
    Negate,
    Default,
    Operand,
}

/// The operators between operands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    And,
    Or,
    Compare(Comparison),
    In,
    Between,
    Arithmetic(Arithmetic),
    To,
    Default,
    /// Words that end an operand of `si`, `tout`, `du` or a generator.
    Then,
    Else,
    Where,
    Satisfies,
    Until,
}

impl Op {
    /// The operator that pest matched.
    pub(super) fn of(pair: &Pair<'_>) -> Option<Self> {
        let text = pair.as_str();
        let word = first_word(text);
        Some(match if word.is_empty() { text } else { word } {
            "et" => Self::And,
            "ou" => Self::Or,
            "=" => Self::Compare(Comparison::Equal),
            "≠" | "<>" | "!=" => Self::Compare(Comparison::Different),
            "<" => Self::Compare(Comparison::Less),
            "≤" | "<=" => Self::Compare(Comparison::AtMost),
            ">" => Self::Compare(Comparison::Greater),
            "≥" | ">=" => Self::Compare(Comparison::AtLeast),
            "dans" => Self::In,
            "entre" => Self::Between,
            "+" => Self::Arithmetic(Arithmetic::Add),
            "-" => Self::Arithmetic(Arithmetic::Subtract),
            "*" => Self::Arithmetic(Arithmetic::Multiply),
            "/" => Self::Arithmetic(Arithmetic::Divide),
            "→" | "->" => Self::To,
            "à" => Self::Default,
            "alors" => Self::Then,
            "sinon" => Self::Else,
            "où" => Self::Where,
            "vérifie" => Self::Satisfies,
            "au" => Self::Until,
            _ => return None,
        })
    }

    /// How tightly it binds; none for the words that only end an operand.
    pub(super) fn level(self) -> Option<Level> {
        match self {
            Self::And | Self::Or => Some(Level::Logic),
            Self::Compare(_) | Self::In | Self::Between => Some(Level::Compare),
            Self::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => Some(Level::Add),
            Self::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide) => Some(Level::Multiply),
            Self::To => Some(Level::Interval),
            Self::Default => Some(Level::Default),
            Self::Then | Self::Else | Self::Where | Self::Satisfies | Self::Until => None,
        }
    }

    /// How it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::And => "et",
            Self::Or => "ou",
            Self::Compare(Comparison::Equal) => "=",
            Self::Compare(Comparison::Different) => "≠",
            Self::Compare(Comparison::Less) => "<",
            Self::Compare(Comparison::AtMost) => "≤",
            Self::Compare(Comparison::Greater) => ">",
            Self::Compare(Comparison::AtLeast) => "≥",
            Self::In => "dans",
            Self::Between => "entre",
            Self::Arithmetic(Arithmetic::Add) => "+",
            Self::Arithmetic(Arithmetic::Subtract) => "-",
            Self::Arithmetic(Arithmetic::Multiply) => "*",
            Self::Arithmetic(Arithmetic::Divide) => "/",
            Self::To => "→",
            Self::Default => "à défaut",
            Self::Then => "alors",
            Self::Else => "sinon",
            Self::Where => "où",
            Self::Satisfies => "vérifie",
            Self::Until => "au",
        }
    }
}

/// The state that `est …` asks for.
pub(super) fn state(word: &str) -> State {
    match word.trim_end_matches('s').trim_end_matches('e') {
        "renseigné" => State::Present,
        "applicabl" => State::Applicable,
        "vid" => State::Empty,
        "méconnu" => State::Broken,
        "contesté" => State::Contested,
        "respecté" | "suivi" | "ouvert" => State::Holds,
        _ => State::NotApplicable,
    }
}

/// The unit of a quantity.
pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "jour" | "jours" => Unit::Days,
        "semaine" | "semaines" => Unit::Weeks,
        "mois" => Unit::Months,
        "an" | "ans" | "année" | "années" => Unit::Years,
        _ => return None,
    })
}

/// The number written `-10,01` or `10.01`; none where it does not fit or has too many decimals.
pub(super) fn decimal(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits.trim_start()),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once([',', '.']).unwrap_or((digits, ""));
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 6 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{decimals:0<6}").parse().ok()?;
    let millionths = whole.checked_mul(Number::SCALE)?.checked_add(fraction)?;
    Some(Number::from_millionths(if negative { -millionths } else { millionths }))
}

/// The day written `2026-04-10`; none where the calendar has no such day.
pub(super) fn day(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    Day::from_ymd(year, month, parts.next()?.parse().ok()?)
}

/// The day that `10/04/2026` means, as it should be written.
pub(super) fn french_date(text: &str) -> Option<String> {
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str, least: usize, most: usize| {
        (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let written = digits(day, 1, 2) && digits(month, 1, 2) && digits(year, 4, 4) && parts.next().is_none();
    written.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// The text between the marks of a string or a quotation.
pub(super) fn inside(marks: &str) -> String {
    let Some(inner) = marks.strip_prefix('"') else {
        let inner = marks.strip_prefix('«').unwrap_or(marks);
        return inner.strip_suffix('»').unwrap_or(inner).trim().to_owned();
    };
    let mut text = String::new();
    let mut chars = inner.strip_suffix('"').unwrap_or(inner).chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

/// One expression out of several, by `et` or by `ou`.
pub(super) fn joined(make: impl FnOnce(Vec<Expr>) -> ExprKind, mut members: Vec<Expr>) -> Option<Expr> {
    let span = members.first()?.span.to(members.last()?.span);
    if members.len() == 1 {
        return members.pop();
    }
    Some(Expr { kind: make(members), span })
}
