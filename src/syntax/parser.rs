//! The door of the floor: text in, tree and diagnostics out.

use unicode_normalization::UnicodeNormalization as _;

use super::ast::{Expr, ExprKind, File, Item};
use super::expr::Builder;
use super::grammar::{self, Rule};
use super::recover::{self, Piece};
use super::{items, message};
use crate::diagnostic::{self, Diagnostic};
use crate::source::{SourceId, Span};

/// The text of a file: UTF-8, in NFC, without a byte order mark. The error is the offset of the first
/// byte that is not UTF-8.
pub fn normalise(bytes: &[u8]) -> Result<String, usize> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
    Ok(text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .nfc()
        .collect())
}

/// The tree of a file, given as [`normalise`] returns it, and what is wrong with it, by place. An item that
/// cannot be read becomes [`Item::Unreadable`] and leaves its neighbours alone.
pub fn parse(source: SourceId, text: &str) -> (File, Vec<Diagnostic>) {
    let cut = recover::cut(source, text);
    let mut diagnostics = cut.diagnostics;
    let items = cut
        .pieces
        .iter()
        .map(|piece| item(source, text, piece, &mut diagnostics))
        .collect();
    diagnostic::sort(&mut diagnostics);
    (
        File {
            items,
            comments: cut.comments,
        },
        diagnostics,
    )
}

fn item(source: SourceId, text: &str, piece: &Piece, diagnostics: &mut Vec<Diagnostic>) -> Item {
    let body = text.get(piece.range.clone()).unwrap_or("");
    let unreadable = Item::Unreadable(Span::new(
        source,
        piece.range.start..piece.range.start + body.trim_end().len(),
    ));
    let Some(kind) = piece.kind.filter(|_| !piece.broken) else {
        return unreadable;
    };
    let mut builder = Builder::new(source, body, piece.range.start);
    match grammar::run(items::rule(kind), body) {
        Ok(mut parts) => {
            let item = parts.next().and_then(|pair| builder.item(kind, &pair));
            diagnostics.append(&mut builder.diagnostics);
            item.unwrap_or(unreadable)
        }
        Err(failure) => {
            if !piece.misspelt {
                diagnostics.push(message::explain(source, body, piece, &failure));
            }
            unreadable
        }
    }
}

/// The tree of one expression, given as [`normalise`] returns it, and what is wrong with it.
pub fn parse_expression(source: SourceId, text: &str) -> (Expr, Vec<Diagnostic>) {
    let invalid = Expr {
        kind: ExprKind::Invalid,
        span: Span::new(source, 0..text.len()),
    };
    let (piece, mut diagnostics) = recover::lone(source, text);
    if !diagnostics.is_empty() {
        return (invalid, diagnostics);
    }
    let mut builder = Builder::new(source, text, 0);
    match grammar::run(Rule::lone_expr, text) {
        Ok(mut parts) => {
            let found = parts
                .next()
                .and_then(|pair| grammar::Parts::of(&pair).take(Rule::expr));
            let expr = found.map(|pair| builder.definition(&pair));
            diagnostics.append(&mut builder.diagnostics);
            (expr.unwrap_or(invalid), diagnostics)
        }
        Err(failure) => {
            diagnostics.push(message::explain(source, text, &piece, &failure));
            (invalid, diagnostics)
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
mod tests {
    use super::super::ast::*;
    use super::*;

    /// The example of the language reference, "at a glance".
    const GLANCE: &str = r#"
règlement « BTS CCST — stage en milieu professionnel »
  texte "texte.txt"

clause C-1 « La durée du stage est de 14 à 16 semaines. »  au « C, al. 1 »
clause C-2 « Cette durée peut être réduite soit pour une raison de force majeure … à 10 semaines. »
clause A-1 « Le stage en milieu professionnel a pour objectif … de l'emploi. »
  sans effet « énonce un objectif »

interprétation AMB-15 « le plancher de 10 semaines vaut pour les trois motifs »

type voie_de_formation est scolaire « voie scolaire » | apprentissage « apprentissage »

type période_de_stage est
  id     : texte, clé
  début  : date
  fin    : date
  année  : entier de 1 à 2, sinon déduite : si fin ≤ rentrée_2 alors 1 sinon 2   « année de formation »
  convention : réf conventions, facultatif

fait voie        : voie_de_formation          « voie par laquelle le candidat se présente »
fait périodes    : liste de période_de_stage  « périodes de stage »
fait dispense_u4 : oui/non, sinon non         « dispense de l'unité 4 »

appréciation force_majeure « raison de force majeure dûment constatée »
  selon C-2
  par « l'autorité académique »

valeur durée_minimale : durée en semaines « durée minimale exigée »
  pour stage_requis
  vaut 14 semaines  selon C-1
  sauf réduction  selon C-2  interprétation AMB-15
    si force_majeure
    alors max(10 semaines, durée_décidée à défaut 10 semaines)
  sauf dispense_partielle prime sur réduction  selon C-4
    si dispense_u4 ≠ dispense_u6
    alors 7 semaines

obligation période_continue « au moins 4 semaines consécutives de stage en première année »
  selon B1-4
  pour voie = scolaire
  exige plus_longue_suite(fusion(s pour s parmi périodes où s.année = 1)) ≥ 4 semaines
  sinon « Aucune période de 4 semaines consécutives en première année. »

obligation convention « chaque période est couverte par une convention »
  pour chaque s parmi périodes
  exige
    • s.convention est renseignée                    selon B1-5
    • étudiant dans s.convention.signataires         selon B1-5  sinon « L'étudiant n'a pas signé. »
    • s.convention.annexe est renseignée             selon B1-7

permission nouveau_stage « effectuer un nouveau stage »
  selon D-2
  pour échec_antérieur

signalement sous_plancher « décision contraire au plancher de 10 semaines »
  selon C-2
  si durée_décidée à défaut 10 semaines < 10 semaines

décision recevable « dossier de stage recevable »
  cas voie = scolaire      exige période_continue, convention, durée_suffisante
  cas voie = apprentissage exige attestation_employeur_conforme
  sauf dispensé selon C-3 si dispense_u4 et dispense_u6

exemple « quatorze semaines juste »
  avec voie = scolaire, périodes = [ { id = "P1", début = 2026-01-05, fin = 2026-04-12, année = 1 } ]
  attend durée_minimale = 14 semaines, recevable = oui
"#;

    fn read(text: &str) -> (File, Vec<Diagnostic>) {
        parse(SourceId(0), text)
    }

    fn sound(text: &str) -> File {
        let (file, diagnostics) = read(text);
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
        file
    }

    #[test]
    fn the_language_at_a_glance_reads() {
        assert_eq!(sound(GLANCE).items.len(), 18);
    }
}
