//! Types: which stand together, and what is said of those that do not.

use super::Lowerer;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::value::Type;

impl Lowerer<'_> {
    pub(super) fn mismatch(&mut self, span: Span, wanted: &str, found: Type) {
        let found = self.describe(found);
        self.report(
            Diagnostic::error(Code::TypeMismatch, span, format!("On attend ici {wanted}, et c'est {found}."))
                .help("Vérifiez le nom et ce qu'il désigne."),
        );
    }

    pub(super) fn type_mismatch(&mut self, span: Span, wanted: Type, found: Type) {
        let wanted_words = self.describe(wanted);
        let units = matches!((wanted, found), (Type::Duration, Type::Offset) | (Type::Offset, Type::Duration))
            || (wanted == Type::Duration && found.is_numeric());
        if units {
            let found = self.describe(found);
            self.report(
                Diagnostic::error(Code::UnitMismatch, span, format!("On attend ici {wanted_words}, et c'est {found}."))
                    .help("Dites l'unité : « 14 semaines » ou « 98 jours » ; un mois n'a pas un nombre fixe de jours."),
            );
        } else if (wanted, found) == (Type::Integer, Type::Number) {
            let found = self.describe(found);
            self.report(
                Diagnostic::error(Code::TypeMismatch, span, format!("On attend ici {wanted_words}, et c'est {found}."))
                    .help("Dites comment arrondir à l'unité : « arrondi(…, 0) »."),
            );
        } else {
            self.mismatch(span, &wanted_words, found);
        }
    }

    pub(super) fn incomparable(&mut self, (a, left): (Type, Span), (b, right): (Type, Span), span: Span) {
        let (first, second) = (self.describe(a), self.describe(b));
        let units = matches!((a, b), (Type::Duration, Type::Offset) | (Type::Offset, Type::Duration));
        let number = (a == Type::Duration && b.is_numeric()) || (b == Type::Duration && a.is_numeric());
        let code = if units || number { Code::UnitMismatch } else { Code::TypeMismatch };
        let mut diagnostic = Diagnostic::error(code, span, format!("On ne compare pas {first} à {second}."))
            .other(left, first)
            .other(right, second);
        if units {
            diagnostic = diagnostic
                .help("Un mois n'a pas un nombre fixe de jours : partez d'une date, par exemple « fin ≥ début + 6 mois ».")
                .help("Ou comptez les mois entiers d'un ensemble de jours : « mois_entiers(…) ≥ 6 mois ».");
        } else if number {
            diagnostic = diagnostic.help("Dites l'unité : « 14 semaines » ou « 98 jours ».");
        } else {
            diagnostic = diagnostic.help("Comparez des valeurs de même sorte.");
        }
        self.report(diagnostic);
    }

    /// A type in plain French, with its article.
    pub(super) fn describe(&self, ty: Type) -> String {
        match ty {
            Type::Truth => "une condition (oui ou non)".to_owned(),
            Type::Integer => "un nombre entier".to_owned(),
            Type::Number => "un nombre".to_owned(),
            Type::Date => "une date".to_owned(),
            Type::Duration => "une durée en jours ou semaines".to_owned(),
            Type::Offset => "un nombre de mois".to_owned(),
            Type::Period => "une période".to_owned(),
            Type::Days => "un ensemble de jours".to_owned(),
            Type::Text => "un texte".to_owned(),
            Type::Case(_) => {
                let name = self.build.program.enumeration(ty).map_or("?", |enumeration| enumeration.name.as_str());
                format!("un cas de « {name} »")
            }
            Type::Key(list) => {
                let path = self.build.program.list(list).map(|list| list.path.join(".")).unwrap_or_default();
                format!("une référence à « {path} »")
            }
        }
    }
}

/// The type both may be read as.
pub(super) fn common(a: Type, b: Type) -> Option<Type> {
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Type::Integer, Type::Number) | (Type::Number, Type::Integer) => Some(Type::Number),
        (Type::Key(_), Type::Text) | (Type::Text, Type::Key(_)) => Some(Type::Text),
        (_, _) => None,
    }
}

pub(super) fn comparable(a: Type, b: Type) -> bool {
    common(a, b).is_some_and(|ty| ty != Type::Days)
}
