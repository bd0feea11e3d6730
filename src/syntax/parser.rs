//! The door of the floor: text in, tree and diagnostics out.

use std::string::FromUtf8Error;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::ast::{Expr, ExprKind, File, Item};
use super::builder::Builder;
use super::grammar::{self, Rule};
use super::recover::{self, Kind, Piece};
use super::{items, message};
use crate::diagnostic::{self, Diagnostic};
use crate::limit::{Limit, Limits};
use crate::source::{SourceId, Span};

/// The text of a file: UTF-8, in NFC, without a byte order mark.
///
/// # Errors
///
/// The bytes are not UTF-8.
pub fn normalise(bytes: Vec<u8>) -> Result<String, FromUtf8Error> {
    let mut text = String::from_utf8(bytes)?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    // Nearly every file is in NFC already, and finding that out is much cheaper than composing it.
    if is_nfc_quick(beyond_latin(&text)) == IsNormalized::Yes {
        return Ok(text);
    }
    Ok(text.nfc().collect())
}

/// The characters from U+0300 on, which alone can be decomposed or out of order. Few bytes begin one, and a stretch
/// without any is passed over at once.
fn beyond_latin(text: &str) -> impl Iterator<Item = char> {
    const STRETCH: usize = 64;
    let begins = |byte: u8| byte >= 0xcc;
    let stretches = text.as_bytes().chunks(STRETCH).enumerate();
    let telling = stretches.filter(move |(_, bytes)| bytes.iter().fold(false, |found, byte| found | begins(*byte)));
    telling.flat_map(move |(stretch, bytes)| {
        let places = bytes.iter().enumerate().filter(move |(_, byte)| begins(**byte));
        places.filter_map(move |(at, _)| text.get(stretch * STRETCH + at..)?.chars().next())
    })
}

/// The tree of a file, given as [`normalise`] returns it, and what is wrong with it, by place. An item that
/// cannot be read becomes [`Item::Unreadable`] and leaves its neighbours alone.
pub fn parse(source: SourceId, text: &str) -> (File, Vec<Diagnostic>) {
    parse_within(source, text, &Limits::default(), Reading::Whole)
}

/// How much of a file is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// All of it.
    Whole,
    /// All but its examples, which deciding does not need: a third of a ruleset may be examples.
    Rules,
}

/// The same, within limits.
pub fn parse_within(source: SourceId, text: &str, limits: &Limits, reading: Reading) -> (File, Vec<Diagnostic>) {
    let nesting = limits.count(Limit::Nesting);
    parse_some(source, text, nesting, |kind| reading == Reading::Whole || kind != Some(Kind::Example))
}

/// How deep what is read outside a ruleset may nest.
fn nesting() -> usize {
    Limits::default().count(Limit::Nesting)
}

fn parse_some(
    source: SourceId,
    text: &str,
    nesting: usize,
    wanted: impl Fn(Option<Kind>) -> bool,
) -> (File, Vec<Diagnostic>) {
    let cut = recover::cut(source, text, nesting);
    let mut diagnostics = cut.diagnostics;
    let pieces = cut.pieces.iter().filter(|piece| wanted(piece.kind));
    let items = pieces.map(|piece| item((source, text), nesting, piece, &mut diagnostics)).collect();
    diagnostic::sort(&mut diagnostics);
    (File { items, comments: cut.comments }, diagnostics)
}

fn item((source, text): (SourceId, &str), nesting: usize, piece: &Piece, diagnostics: &mut Vec<Diagnostic>) -> Item {
    let body = text.get(piece.range.clone()).unwrap_or("");
    let unreadable = Item::Unreadable(Span::new(source, piece.range.start..piece.range.start + body.trim_end().len()));
    let Some(kind) = piece.kind.filter(|_| !piece.broken) else {
        return unreadable;
    };
    let mut builder = Builder::new(source, body, piece.range.start, nesting);
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
    let invalid = Expr { kind: ExprKind::Invalid, span: Span::new(source, 0..text.len()) };
    let (piece, mut diagnostics) = recover::lone(source, text, nesting());
    if !diagnostics.is_empty() {
        return (invalid, diagnostics);
    }
    let mut builder = Builder::new(source, text, 0, nesting());
    match grammar::run(Rule::lone_expr, text) {
        Ok(mut parts) => {
            let found = parts.next().and_then(|pair| grammar::Parts::of(&pair).take(Rule::expr));
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
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::super::ast::*;
    use super::*;
    use crate::diagnostic::Code;

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

    /// Runs with the stack of a thread that nobody enlarged.
    fn on_a_small_stack(check: impl FnOnce() + Send + 'static) {
        std::thread::Builder::new().stack_size(2 << 20).spawn(check).unwrap().join().unwrap();
    }

    #[test]
    fn no_depth_overflows_the_stack() {
        on_a_small_stack(|| {
            for (open, middle, close) in [
                ("(", "a", ")"),
                ("[", "a", "]"),
                ("{a=", "a", "}"),
                ("f(", "a", ")"),
                ("(-", "a", ")"),
                ("1 + 2 * (", "a", ")"),
                ("non (a et ", "b", ")"),
                ("si (", "a", ") alors b sinon c"),
                ("non ", "a", ""),
                ("-", "a", ""),
                ("si ", "a", " alors b sinon c"),
                ("si a alors b sinon ", "c", ""),
                ("a à défaut ", "b", ""),
                ("a + ", "b", ""),
                ("a → ", "b", ""),
                ("a = ", "b", ""),
                ("a et ", "b", ""),
                ("a et b ou ", "b", ""),
                ("", "a", ".b"),
                ("", "a", " est vide"),
                ("du ", "a", " au b"),
                ("il existe s parmi ", "a", ""),
                ("il existe s parmi L où ", "a", ""),
                ("tout s parmi L vérifie ", "a", ""),
                ("somme de ", "a", " pour s parmi L"),
                ("(s pour s parmi ", "a", ")"),
                ("x dans ", "a", ""),
                ("x dans (", "a", ")"),
                ("x entre ", "a", " et b"),
            ] {
                for times in [40, 250, 10_000] {
                    let text = open.repeat(times) + middle + &close.repeat(times);
                    let (expr, diagnostics) = parse_expression(SourceId(0), &text);
                    if times == 40 {
                        let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
                        assert!(!codes.contains(&Code::TooDeep), "{open}{close}");
                    }
                    assert_eq!(expr.clone(), expr);
                    assert!(format!("{expr:?}").len() > 3);
                    if times == 10_000 {
                        continue;
                    }
                    let (file, _) =
                        read(&format!("fait a : texte\nvaleur v : texte vaut {text} selon C\nfait b : date"));
                    assert_eq!(file.items.len(), 3);
                    assert!(matches!(file.items[2], Item::Fact(_)), "{open}{close}");
                }
            }
            for text in [
                "fait a : ".to_owned() + &"liste de ".repeat(10_000) + "texte",
                "clause A ".to_owned() + &"«".repeat(10_000),
            ] {
                let (_, diagnostics) = read(&text);
                assert!(diagnostics.iter().any(|d| d.code == Code::TooDeep));
            }
            assert_eq!(sound(&format!("clause A {}{}", "«a".repeat(250), "»".repeat(250))).items.len(), 1);
        });
    }

    #[test]
    fn items_hold_what_is_written() {
        let text = r#"
obligation o « x » selon B-1, B-2 et B-3 interprétation A-1 à la charge de « l'étudiant »
  soit a = s pour s parmi L
  pour chaque s parmi L où s.x, r parmi s.rs
  pour c selon B-4
  exige • s.y selon B-5 sinon « non » • s.z
  sauf e selon C-3 si d
  sinon « fin »
préférence p souhaite a selon B sinon « dommage »
permission q selon D pour a à condition que b
interdiction i « x » selon D par « tous » interdit a
type t est
  type : texte, clé, pour information
  titre : liste de réf a.b « titre » par « le rectorat »
  ok : oui/non, sinon non
  source : durée en jours, à apprécier selon A et B par « x », facultative « y »
  valeur : nombre de -1,5 à 20, sinon déduite : si ok alors 1 sinon 2
type u est
  | a « A »
  | aucun
  | autre
valeur v pour chaque s parmi L : date « v »
  cas a = non : b selon C-1 et C-2
  cas non c : d interprétation A-1
  sauf w prime sur base, y selon C-3 alors base
  silence du texte « rien »
incohérence k « k » interprétation A si a > b écarte s.a, s.b compris entre 0 et 20
décision d cas a exige o, p selon B exige q sauf e si z
exemple « e » avec a.type = ?, b = [ { c = aucun } ], attend v["E4"] = sans objet selon A et B, o = indéterminée, z = -1,
titre H-1 « h » (2)
titre « h »
hors texte « 58 »
source circulaire « du 5 mai » hors texte
"#;
        let file = sound(text);
        let mut items = file.items.iter();
        let Some(Item::Norm(norm)) = items.next() else { panic!() };
        let texts = |names: &[Name]| names.iter().map(|name| name.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&norm.basis.clauses), ["B-1", "B-2", "B-3"]);
        assert_eq!((texts(&norm.basis.readings), norm.each.len(), norm.lets.len()), (vec!["A-1".to_owned()], 2, 1));
        assert_eq!(norm.bearer.as_ref().unwrap().text, "l'étudiant");
        assert_eq!(texts(&norm.scope.as_ref().unwrap().1.clauses), ["B-4"]);
        let items_of_norm: Vec<_> =
            norm.content.iter().map(|c| (c.basis.clauses.len(), c.otherwise.is_some())).collect();
        assert_eq!(items_of_norm, [(1, true), (0, false)]);
        assert_eq!((norm.exemptions.len(), norm.otherwise.as_ref().unwrap().text.as_str()), (1, "fin"));
        let Some(Item::Norm(norm)) = items.next() else { panic!() };
        assert!(norm.otherwise.is_some() && norm.content[0].otherwise.is_none(), "a single sinon is that of the norm");
        assert!(matches!(items.next(), Some(Item::Norm(NormItem { kind: NormKind::Permission, .. }))));
        assert!(matches!(items.next(), Some(Item::Norm(NormItem { kind: NormKind::Prohibition, .. }))));
        let Some(Item::Type(TypeItem { body: TypeBody::Record(fields), .. })) = items.next() else { panic!() };
        let names: Vec<_> = fields.iter().map(|field| field.name.text.as_str()).collect();
        assert_eq!(names, ["type", "titre", "ok", "source", "valeur"]);
        let [first, second, third, fourth, fifth] = [0, 1, 2, 3, 4].map(|n| &fields[n].attributes);
        assert!(first.key.is_some() && first.information.is_some());
        assert!(second.supplier.is_some() && fields[1].label.is_some());
        assert!(
            matches!(&fields[1].ty.kind, TypeKind::List(of) if matches!(&of.kind, TypeKind::Reference(path) if path.len() == 2))
        );
        assert_eq!(third.presumed.as_ref().unwrap().kind, ExprKind::Truth(false));
        assert!(fourth.assessed.is_some() && fourth.supplier.is_some() && fourth.optional.is_some());
        assert_eq!(texts(&fourth.basis.clauses), ["A", "B"]);
        assert!(fifth.derived.is_some());
        assert!(matches!(fields[4].ty.kind, TypeKind::Number(Some((low, _))) if low.millionths() == -1_500_000));
        assert!(
            matches!(items.next(), Some(Item::Type(TypeItem { body: TypeBody::Enumeration(cases), .. })) if cases.len() == 3)
        );
        let Some(Item::Value(value)) = items.next() else { panic!() };
        let ValueBody::Table(rows) = &value.body else { panic!() };
        assert_eq!((rows[0].basis.clauses.len(), rows[1].basis.readings.len()), (2, 1));
        assert!(matches!(rows[1].condition.kind, ExprKind::Not(_)));
        assert_eq!(texts(&value.exceptions[0].over), ["base", "y"]);
        assert!(value.each.is_some() && value.exceptions[0].condition.is_none() && value.silence.is_some());
        assert!(
            matches!(items.next(), Some(Item::Incoherence(item)) if item.discards.len() == 2 && item.bounds.is_some())
        );
        let Some(Item::Decision(decision)) = items.next() else { panic!() };
        let requirements: Vec<_> = decision.requirements.iter().map(|r| (r.case.is_some(), r.items.len())).collect();
        assert_eq!(requirements, [(true, 2), (false, 1)]);
        let Some(Item::Example(example)) = items.next() else { panic!() };
        assert_eq!(example.given[0].0.len(), 2);
        assert!(format!("{:?}", example.given[1].1).contains("Absent"));
        assert_eq!(example.expected[0].instance.as_ref().unwrap().text, "E4");
        assert_eq!((&example.expected[0].answer, example.expected[0].clauses.len()), (&Answer::NotApplicable, 2));
        assert_eq!(example.expected[1].answer, Answer::Unknown);
        assert!(
            matches!(items.next(), Some(Item::Heading(HeadingItem { id: Some(_), passage, .. })) if passage.occurrence == Some(2))
        );
        assert!(matches!(items.next(), Some(Item::Heading(HeadingItem { id: None, .. }))));
        assert!(matches!(items.next(), Some(Item::Noise(_))));
        assert!(matches!(items.next(), Some(Item::Outside(_))));
        assert!(items.next().is_none());
    }

    #[test]
    fn an_unreadable_item_leaves_its_neighbours_alone() {
        for (broken, code, place) in [
            ("valeur v : durée valt 3", Code::Syntax, "valt"),
            ("obligation o « x exige a", Code::Unclosed, "«"),
            ("obligation o « « x » exige a", Code::Unclosed, "«"),
            ("exemple « x » avec a = \"b attend c = oui", Code::Unclosed, "\""),
            ("valeur v : durée vaut (a + [b, c) selon C", Code::Unclosed, "["),
            ("valeur v : durée vaut (a + b selon C", Code::Unclosed, "("),
            ("valeur v : durée vaut a » selon C", Code::Syntax, "»"),
            ("fait si : texte", Code::Syntax, "si"),
            ("clause B", Code::Syntax, "B"),
        ] {
            let text = format!("fait a : texte # un\n{broken}\nfait b : « c\nfait d : date");
            let text = text.replace("fait b : « c\n", "fait b : date\n");
            let (file, diagnostics) = read(&text);
            assert_eq!(diagnostics.len(), 1, "{broken}: {diagnostics:#?}");
            assert_eq!((diagnostics[0].code, &text[diagnostics[0].primary.span.range()]), (code, place), "{broken}");
            assert!(!diagnostics[0].help.is_empty());
            let kinds: Vec<_> = file.items.iter().map(|item| matches!(item, Item::Fact(_))).collect();
            assert_eq!(kinds, [true, false, true, true], "{broken}");
            assert_eq!(&text[file.comments[0].range()], "# un");
        }
    }

    #[test]
    fn a_misspelt_first_word_is_named_and_the_item_still_read() {
        for (text, word) in [
            ("regle « x » texte \"t\"", "règlement"),
            ("reglement « x » texte \"t\"", "règlement"),
            ("obligaton o exige a", "obligation"),
            ("decision d exige a", "décision"),
            ("valeurs v : date vaut a", "valeur"),
            ("interpretation A-1 « x »", "interprétation"),
        ] {
            let (file, diagnostics) = read(text);
            assert_eq!(diagnostics.len(), 1);
            assert!(diagnostics[0].help[0].contains(word), "{text}");
            assert!(!matches!(file.items[..], [Item::Unreadable(_)]), "{text}");
        }
        let (file, diagnostics) = read("bonjour à tous\nfait a : date");
        assert_eq!((file.items.len(), diagnostics.len()), (2, 1));
    }

    #[test]
    fn encodings_and_line_ends_make_no_difference() {
        let plain = sound(GLANCE);
        let kinds = |file: &File| file.items.iter().map(std::mem::discriminant).collect::<Vec<_>>();
        let nfd: String = GLANCE.nfd().collect();
        for bytes in [
            format!("\u{feff}{GLANCE}").into_bytes(),
            nfd.into_bytes(),
            GLANCE.replace('\n', "\r\n").into_bytes(),
            GLANCE.replace("  ", "\u{a0}\u{202f}").into_bytes(),
            GLANCE.replace('\'', "’").into_bytes(),
        ] {
            let text = normalise(bytes).unwrap();
            assert_eq!(kinds(&sound(&text)), kinds(&plain));
        }
        assert_eq!(normalise("\u{feff}e\u{301}".into()), Ok("é".to_owned()));
        assert_eq!(normalise(b"ab\xffc".to_vec()).unwrap_err().utf8_error().valid_up_to(), 2);
    }

    #[test]
    fn fields_may_bear_the_words_of_the_language() {
        let file = sound(
            "type t est\n  clause : texte\n  fait : date\nvaleur : date\n  si : date\n\nfait x : t\nvaleur v : date vaut x.si à défaut x.valeur",
        );
        assert_eq!(file.items.len(), 3);
    }

    #[test]
    fn a_line_of_a_million_characters_is_read() {
        let long = "x".repeat(1 << 20);
        for text in [
            format!("clause A « {long} »"),
            format!("valeur v : date vaut {long}"),
            format!("valeur v : date vaut {}a", "a et ".repeat(50_000)),
            format!("fait a : date {}", " ".repeat(1 << 20)),
            format!("fait a : date #{long}"),
        ] {
            assert_eq!(sound(&text).items.len(), 1);
        }
        for text in
            ["«\n".repeat(100_000), "clause A «\n".repeat(20_000), "(".repeat(1 << 20), "\"".repeat(1 << 18), long]
        {
            assert!(!read(&text).1.is_empty());
        }
    }

    #[test]
    fn no_mutation_breaks_the_parser() {
        let original: Vec<char> = GLANCE.chars().collect();
        let mut state = 0x2545_f491_u32;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as usize % below
        };
        for round in 0..2_000 {
            let mut chars = original.clone();
            for _ in 0..=random(3) {
                let at = random(chars.len());
                let other = original[random(original.len())];
                match random(4) {
                    0 => drop(chars.remove(at)),
                    1 => chars.insert(at, other),
                    2 => chars[at] = ['«', '»', '"', '(', ')', '\n', 'é', '-', ',', '#', '{', ' '][random(12)],
                    _ => drop(chars.drain(at..(at + random(40)).min(chars.len()))),
                }
            }
            let text: String = chars.into_iter().collect();
            let (file, diagnostics) = read(&text);
            let spans =
                diagnostics.iter().flat_map(|d| std::iter::once(d.primary.span).chain(d.others.iter().map(|o| o.span)));
            let items =
                file.items.iter().filter_map(|item| if let Item::Unreadable(span) = item { Some(*span) } else { None });
            for span in spans.chain(items).chain(file.comments.iter().copied()) {
                assert!(text.get(span.range()).is_some(), "{span:?} in {text}");
            }
            if round % 20 == 0 {
                // Every place of the tree, wherever it stands in it.
                let shown = format!("{file:?}");
                for place in shown.split("start: ").skip(1) {
                    let mut ends = place.split([',', ' ', '}']).filter_map(|part| part.parse::<usize>().ok());
                    let (start, end) = (ends.next().unwrap(), ends.next().unwrap());
                    assert!(text.get(start..end).is_some(), "{start}..{end} in {text}");
                }
            }
            if diagnostics.is_empty() {
                let unreadable = file.items.iter().any(|item| matches!(item, Item::Unreadable(_)));
                assert!(!unreadable && !format!("{file:?}").contains("Invalid"), "nothing is lost silently: {text}");
            }
        }
    }
}
