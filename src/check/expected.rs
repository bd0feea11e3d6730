//! What an example expects of a rule: is it an answer that this rule can give?

use crate::program::{Program, Rule, RuleKind, fold};
use crate::syntax::ast::{Expr, ExprKind, NormKind, Unit};
use crate::value::{Range, Set, Texts, Truth, Type};

/// The value that an expectation states, where the rule can give it: a literal of the rule's type, or for a norm
/// its state (`respectée`, `non respectée`; `language.md` §7).
pub fn stated(program: &Program, rule: &Rule, expr: &Expr) -> Option<Set> {
    match rule.kind {
        RuleKind::Norm(kind) => state(kind, expr).map(|met| Set::truth(Truth::of(met))),
        RuleKind::Value | RuleKind::Decision | RuleKind::Notice | RuleKind::Incoherence => None,
    }
    .or_else(|| literal(program, rule.ty, expr))
}

/// What may be expected of a rule, for who wrote something else.
pub(super) fn forms(program: &Program, rule: &Rule) -> String {
    let own = match rule.kind {
        RuleKind::Norm(NormKind::Obligation | NormKind::Prohibition) => {
            "« oui » ou « respectée », « non » ou « non respectée »".to_owned()
        }
        RuleKind::Norm(NormKind::Preference) => "« oui » ou « suivie », « non » ou « non suivie »".to_owned(),
        RuleKind::Norm(NormKind::Permission) => "« oui » ou « ouverte », « non » ou « fermée »".to_owned(),
        RuleKind::Notice | RuleKind::Incoherence => return "Écrivez « oui » (signalé) ou « non ».".to_owned(),
        RuleKind::Decision | RuleKind::Value => match (rule.ty, program.enumeration(rule.ty)) {
            (_, Some(of)) => of.cases.iter().map(|case| format!("« {} »", case.name)).collect::<Vec<_>>().join(", "),
            (Type::Truth, None) => "« oui », « non »".to_owned(),
            (Type::Integer | Type::Number, None) => "un nombre".to_owned(),
            (Type::Duration, None) => "une durée, par exemple « 14 semaines »".to_owned(),
            (Type::Offset, None) => "un nombre de mois, par exemple « 6 mois »".to_owned(),
            (Type::Date, None) => "une date, par exemple « 2026-01-05 »".to_owned(),
            (Type::Text | Type::Key(_), None) => "un texte entre guillemets droits".to_owned(),
            (Type::Period | Type::Days | Type::Case(_), None) => String::new(),
        },
    };
    let own = if own.is_empty() { own } else { format!("{own}, ") };
    format!(
        "On peut attendre de cette règle : {own}« indéterminé », « sans objet », « conflit », « silence » ou « sans résultat »."
    )
}

/// Whether the words are those of a norm that is met, or of one that is not.
fn state(kind: NormKind, expr: &Expr) -> Option<bool> {
    let (met, unmet) = match kind {
        NormKind::Obligation | NormKind::Prohibition => ("respectée", None),
        NormKind::Preference => ("suivie", None),
        NormKind::Permission => ("ouverte", Some("fermée")),
    };
    let named = |expr: &Expr, word: &str| matches!(&expr.kind, ExprKind::Name(name) if fold(&name.text) == fold(word));
    if let ExprKind::Not(inner) = &expr.kind {
        return named(inner, met).then_some(false);
    }
    if named(expr, met) {
        return Some(true);
    }
    unmet.is_some_and(|word| named(expr, word)).then_some(false)
}

/// A literal as a value of that type.
fn literal(program: &Program, ty: Type, expr: &Expr) -> Option<Set> {
    let exactly = |value: i64| Some(Set::Range(Range::exactly(value)));
    match (&expr.kind, ty) {
        (ExprKind::Truth(truth), Type::Truth) => Some(Set::truth(Truth::of(*truth))),
        (ExprKind::Number(number), Type::Integer | Type::Number) => exactly(number.millionths()),
        (ExprKind::Negate(inner), Type::Integer | Type::Number | Type::Duration | Type::Offset) => {
            match literal(program, ty, inner)? {
                Set::Range(range) => exactly(range.single()?.checked_neg()?),
                Set::Nothing | Set::Truth(_) | Set::Cases(_) | Set::Text(_) | Set::Period(_) | Set::Days(_) => None,
            }
        }
        (ExprKind::Quantity(number, Unit::Days), Type::Duration) => exactly(number.millionths()),
        (ExprKind::Quantity(number, Unit::Weeks), Type::Duration) => exactly(number.millionths().checked_mul(7)?),
        (ExprKind::Quantity(number, Unit::Months), Type::Offset) => exactly(number.to_integer()?),
        (ExprKind::Quantity(number, Unit::Years), Type::Offset) => exactly(number.to_integer()?.checked_mul(12)?),
        (ExprKind::Date(day), Type::Date) => exactly(i64::from(day.number())),
        (ExprKind::Text(text), Type::Text | Type::Key(_)) => Some(Set::Text(Texts::exactly(text))),
        (ExprKind::Name(name), Type::Case(_)) => case(program, ty, &name.text),
        (ExprKind::Absent, Type::Case(_)) => case(program, ty, "aucun"),
        (ExprKind::Text(text), Type::Case(_)) => case(program, ty, text),
        (_, _) => None,
    }
}

fn case(program: &Program, ty: Type, name: &str) -> Option<Set> {
    let cases = &program.enumeration(ty)?.cases;
    let at = cases.iter().position(|case| fold(&case.name) == fold(name))?;
    Some(Set::Cases(1u64.checked_shl(u32::try_from(at).ok()?)?))
}
