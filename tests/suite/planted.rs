//! Faults planted in copies of the shipped ruleset, one by one: each is found, and what shows a dossier shows one that
//! replays.

mod wider;

use std::path::Path;

use reglo::diagnostic::Diagnostic;
use reglo::lower::TextFile;
use reglo::proof::{Tally, examples};
use reglo::ruleset::Analysis;

/// A fault: what is replaced in the ruleset, what is added at its end, and what must be said of which rule.
struct Planted {
    what: &'static str,
    replaced: &'static [(&'static str, &'static str)],
    added: &'static str,
    code: &'static str,
    says: &'static str,
}

/// A fault that is added.
const fn added(what: &'static str, added: &'static str, code: &'static str, says: &'static str) -> Planted {
    Planted { what, replaced: &[], added, code, says }
}

/// A fault made by replacing one stretch by another.
const fn replaced(
    what: &'static str,
    replaced: &'static [(&'static str, &'static str)],
    code: &'static str,
    says: &'static str,
) -> Planted {
    Planted { what, replaced, added: "", code, says }
}

const CONFLICT: &str = "conflit-de-normes";
const GAP: &str = "silence-non-declare";
const DEAD: &str = "regle-sans-effet";
const OVERRULED: &str = "exception-sans-effet";
const ONE_WAY: &str = "decision-a-sens-unique";
const FORGOTTEN: &str = "cas-oublie";
const NO_RESULT: &str = "calcul-sans-resultat";

const FAULTS: &[Planted] = &[
    // ── Conflicts ────────────────────────────────────────────────────────────────────────────────────
    replaced(
        "half and reduction both apply, neither prevails",
        &[("sauf moitié prime sur réduction  selon C-4", "sauf moitié  selon C-4")],
        CONFLICT,
        "durée_minimale_semaines",
    ),
    replaced(
        "a dispensed apprentice is both",
        &[(
            "sauf dispense prime sur apprentissage, expérience_professionnelle, inclusion",
            "sauf dispense prime sur expérience_professionnelle, inclusion",
        )],
        CONFLICT,
        "stage_requis",
    ),
    replaced(
        "an exception on the exact number of weeks",
        &[(
            "  sauf moitié  selon C-4  interprétation AMB-24\n    si unité_4_dispensée ≠ unité_6_dispensée\n    alors 8 semaines",
            "  sauf moitié  selon C-4  interprétation AMB-24\n    si unité_4_dispensée ≠ unité_6_dispensée\n    alors 8 semaines\n  sauf longue  selon C-1\n    si durée_accomplie_semaines > 20 semaines\n    alors 20 semaines",
        )],
        CONFLICT,
        "durée_maximale_semaines",
    ),
    added(
        "two exceptions of a number overlap at one value",
        "valeur note_plancher : nombre « plancher »
  vaut 10 selon D-1
  sauf basse selon D-1 si session ≤ 2020 alors 8
  sauf haute selon D-1 si session ≥ 2020 alors 12",
        CONFLICT,
        "note_plancher",
    ),
    added(
        "rows overlap on a date",
        "valeur régime_des_dates : nombre « selon la date »
  cas examen.date_début_épreuves ≤ 2026-06-01 : 1 selon D-1
  cas examen.date_début_épreuves ≥ 2026-06-01 : 2 selon D-1",
        CONFLICT,
        "régime_des_dates",
    ),
    added(
        "rows overlap on a duration of list elements",
        "valeur palier pour chaque m parmi aménagements : nombre « palier »
  cas m.durée_fixée_semaines ≤ 10 semaines : 1 selon C-2
  cas m.durée_fixée_semaines > 10 semaines et m.durée_fixée_semaines ≤ 14 semaines : 2 selon C-2
  cas m.durée_fixée_semaines ≥ 14 semaines : 3 selon C-2",
        CONFLICT,
        "palier",
    ),
    added(
        "rows overlap on a combination of cases and numbers",
        "valeur barème : nombre « barème »
  cas voie = scolaire et session < 2030 : 1 selon D-1
  cas voie = scolaire et session ≥ 2029 : 2 selon D-1
  cas voie ≠ scolaire : 3 selon D-1",
        CONFLICT,
        "barème",
    ),
    added(
        "two facts compared overlap when equal",
        "valeur ordre_des_dates pour chaque k parmi contrats_apprentissage : nombre « ordre »
  cas k.début ≤ k.fin : 1 selon D-3
  cas k.fin ≤ k.début : 2 selon D-3",
        CONFLICT,
        "ordre_des_dates",
    ),
    added(
        "exceptions on a count overlap",
        "valeur selon_le_nombre : nombre « selon le nombre »
  vaut 0 selon D-1
  sauf plusieurs selon D-1 si (nombre de r parmi résultats_antérieurs) ≥ 2 alors 1
  sauf beaucoup selon D-1 si (nombre de r parmi résultats_antérieurs) ≥ 3 alors 2",
        CONFLICT,
        "selon_le_nombre",
    ),
    added(
        "exceptions on two different lists",
        "valeur deux_listes : nombre « deux listes »
  vaut 0 selon D-1
  sauf échec selon D-1 si il existe r parmi résultats_antérieurs où non r.déclaré_admis alors 1
  sauf contrat selon D-1 si il existe k parmi contrats_apprentissage où k.durée_mois > 12 alors 2",
        CONFLICT,
        "deux_listes",
    ),
    added(
        "a sum beyond two thresholds",
        "valeur total_des_notes : nombre « total »
  cas (somme de r.session - 2000 pour r parmi résultats_antérieurs) ≤ 40 : 1 selon D-1
  cas (somme de r.session - 2000 pour r parmi résultats_antérieurs) ≥ 40 : 2 selon D-1",
        CONFLICT,
        "total_des_notes",
    ),
    // ── Gaps ─────────────────────────────────────────────────────────────────────────────────────────
    added(
        "a number between two rows",
        "valeur mention : nombre « mention »
  cas session < 2020 : 1 selon D-1
  cas session > 2020 : 2 selon D-1",
        GAP,
        "mention",
    ),
    added(
        "a date between two rows",
        "valeur époque : nombre « époque »
  cas examen.date_début_épreuves < 2026-01-01 : 1 selon D-1
  cas examen.date_début_épreuves > 2026-01-31 : 2 selon D-1",
        GAP,
        "époque",
    ),
    added(
        "a duration between two rows, of an element",
        "valeur tranche pour chaque m parmi aménagements : nombre « tranche »
  cas m.durée_fixée_semaines ≤ 10 semaines : 1 selon C-2
  cas m.durée_fixée_semaines ≥ 11 semaines : 2 selon C-2",
        GAP,
        "tranche",
    ),
    added(
        "cases and conditions that leave one out",
        "valeur mixte : nombre « mixte »
  cas voie = scolaire et salarié_autre_secteur : 1 selon D-1
  cas voie ≠ scolaire : 2 selon D-1",
        GAP,
        "mixte",
    ),
    added(
        "two facts compared, equality forgotten",
        "valeur sens pour chaque k parmi contrats_apprentissage : nombre « sens »
  cas k.début < k.fin : 1 selon D-3
  cas k.début > k.fin : 2 selon D-3",
        GAP,
        "sens",
    ),
    added(
        "a date moved by a year",
        "valeur écart_d_un_an pour chaque k parmi contrats_apprentissage : nombre « écart d'un an »
  cas k.fin < k.début + 1 an : 1 selon D-3
  cas k.fin > k.début + 1 an : 2 selon D-3",
        GAP,
        "écart_d_un_an",
    ),
    added(
        "a sum of facts between two rows",
        "valeur somme_des_sessions pour chaque r parmi résultats_antérieurs : nombre « somme »
  cas session + r.session < 4040 : 1 selon D-1
  cas session + r.session > 4041 : 2 selon D-1",
        GAP,
        "somme_des_sessions",
    ),
    added(
        "a count between two rows",
        "valeur effectif : nombre « effectif »
  cas (nombre de k parmi contrats_apprentissage) < 2 : 1 selon D-3
  cas (nombre de k parmi contrats_apprentissage) > 2 : 2 selon D-3",
        GAP,
        "effectif",
    ),
    replaced(
        "a row of a table withdrawn behind a condition",
        &[(
            "  cas régime = apprenti   : non  selon B2-1  interprétation AMB-08\n",
            "  cas régime = apprenti et stage_inclus : non  selon B2-1  interprétation AMB-08\n",
        )],
        GAP,
        "durée_exigée",
    ),
    replaced(
        "a condition too many in the table of regimes",
        &[(
            "cas voie = distance                   : régime_à_distance",
            "cas voie = distance et session ≥ 2010 : régime_à_distance",
        )],
        GAP,
        "régime",
    ),
    added(
        "an exception alone has no base where the table is silent",
        "valeur sans_base : nombre « sans base »
  cas spécialité = \"CCST\" : 1 selon D-1
  sauf autre selon D-1 si spécialité = \"MCO\" alors 2",
        GAP,
        "sans_base",
    ),
    // ── Rules that never apply ───────────────────────────────────────────────────────────────────────
    added(
        "thresholds crossed",
        "obligation seuils_croisés « seuils croisés » selon C-1
  pour durée_accomplie_semaines ≥ 14 semaines et durée_accomplie_semaines ≤ 13 semaines
  exige voie = scolaire",
        DEAD,
        "seuils_croisés",
    ),
    added(
        "a fact below and above another",
        "signalement dates_impossibles « dates impossibles » selon D-3
  pour chaque k parmi contrats_apprentissage
  si k.début < k.fin et k.fin < k.début",
        DEAD,
        "dates_impossibles",
    ),
    added(
        "a regime that is two",
        "obligation deux_régimes « deux régimes » selon C-1
  pour régime = scolaire et régime = apprenti
  exige voie = scolaire",
        DEAD,
        "deux_régimes",
    ),
    added(
        "what the table of regimes excludes",
        "obligation voie_contredite « voie contredite » selon C-1
  pour voie = scolaire et régime = expérience
  exige session = 2026",
        DEAD,
        "voie_contredite",
    ),
    added(
        "a declared range excludes it",
        "signalement session_lointaine « session lointaine » selon D-1
  si session > 2100",
        DEAD,
        "session_lointaine",
    ),
    added(
        "a count above three and below two",
        "signalement nombre_impossible « nombre impossible » selon D-1
  si (nombre de r parmi résultats_antérieurs) > 3 et (nombre de r parmi résultats_antérieurs) < 2",
        DEAD,
        "nombre_impossible",
    ),
    added(
        "every element has what one has not",
        "signalement quantificateurs « quantificateurs » selon D-1
  si (tout r parmi résultats_antérieurs vérifie r.déclaré_admis)
    et (il existe r parmi résultats_antérieurs où non r.déclaré_admis)",
        DEAD,
        "quantificateurs",
    ),
    added(
        "a number of elements that a quantifier excludes",
        "signalement vide_et_plein « vide et plein » selon D-1
  si (résultats_antérieurs est vide) et (il existe r parmi résultats_antérieurs où r.stage_valide)",
        DEAD,
        "vide_et_plein",
    ),
    added(
        "notes out of the declared range of their list",
        "signalement note_hors_barème « note hors barème » selon D-1
  si il existe r parmi résultats_antérieurs où (il existe n parmi r.notes où n.note > 20)",
        DEAD,
        "note_hors_barème",
    ),
    added(
        "a sum that cannot be",
        "signalement somme_impossible « somme impossible » selon D-1
  pour chaque k parmi contrats_apprentissage
  si k.durée_mois + 2 ≤ 3 et 2 * k.durée_mois > 2",
        DEAD,
        "somme_impossible",
    ),
    added(
        "dates moved past each other",
        "signalement dates_décalées « dates décalées » selon D-3
  pour chaque k parmi contrats_apprentissage
  si k.début + 10 jours ≤ k.fin et k.fin - 9 jours < k.début",
        DEAD,
        "dates_décalées",
    ),
    added(
        "between bounds the wrong way round",
        "signalement bornes_retournées « bornes retournées » selon D-1
  si session entre 2030 et 2020",
        DEAD,
        "bornes_retournées",
    ),
    added(
        "one of these and none of them",
        "signalement parmi_et_hors « parmi et hors » selon D-1
  si régime dans (scolaire, apprenti) et non (régime dans (scolaire, apprenti, expérience))",
        DEAD,
        "parmi_et_hors",
    ),
    added(
        "a text that is two",
        "signalement deux_spécialités « deux spécialités » selon D-1
  si spécialité = \"CCST\" et spécialité = \"MCO\"",
        DEAD,
        "deux_spécialités",
    ),
    added(
        "an incoherence that excludes all it asks for",
        "incohérence session_ancienne « session trop ancienne »
  si session < 2010
  écarte session

signalement session_de_2005 « session de 2005 » selon D-1
  si session = 2005",
        DEAD,
        "session_de_2005",
    ),
    added(
        "a value whose scope is never true",
        "valeur jamais_due : nombre « jamais due »
  pour dispensé_de_stage et non unité_4_dispensée
  vaut 1 selon C-3",
        DEAD,
        "jamais_due",
    ),
    added(
        "a value that is applicable only where it is not",
        "signalement sans_durée « sans durée » selon C-1
  si (durée_minimale_semaines est applicable) et non durée_exigée",
        DEAD,
        "sans_durée",
    ),
    added(
        "a row of a table that never applies",
        "valeur ligne_morte : nombre « ligne morte »
  cas session < 2020 : 1 selon D-1
  cas session ≥ 2020 : 2 selon D-1
  cas session < 2000 : 3 selon D-1",
        DEAD,
        "ligne_morte",
    ),
    replaced(
        "a line of the decision that never applies",
        &[(
            "  cas régime = expérience exige certificats_expérience                                   selon B5-1",
            "  cas régime = expérience exige certificats_expérience selon B5-1\n  cas régime = expérience et voie = scolaire\n    exige attestations_conformes  selon B5-1",
        )],
        DEAD,
        "dossier_recevable",
    ),
    // ── Exceptions that never prevail ────────────────────────────────────────────────────────────────
    replaced(
        "an exception that implies the one over it",
        &[
            (
                "    si dispensé_de_stage\n    alors non_requis",
                "    si dispensé_de_stage\n    alors non_requis\n  sauf dispense_entière selon C-3\n    si dispensé_de_stage et unité_4_dispensée\n    alors non_requis",
            ),
            (
                "sauf dispense prime sur apprentissage, expérience_professionnelle, inclusion",
                "sauf dispense prime sur apprentissage, expérience_professionnelle, inclusion, dispense_entière",
            ),
        ],
        OVERRULED,
        "dispense_entière",
    ),
    replaced(
        "a half that cannot be",
        &[(
            "sauf moitié prime sur réduction  selon C-4  interprétation AMB-16 et AMB-17\n    si unité_4_dispensée ≠ unité_6_dispensée",
            "sauf moitié prime sur réduction  selon C-4  interprétation AMB-16 et AMB-17\n    si dispensé_de_stage et unité_4_dispensée ≠ unité_6_dispensée",
        )],
        OVERRULED,
        "moitié",
    ),
    added(
        "a threshold above which another prevails",
        "valeur par_seuil : nombre « par seuil »
  vaut 0 selon D-1
  sauf forte prime sur faible selon D-1 si session > 2020 alors 1
  sauf faible selon D-1 si session ≥ 2025 alors 2",
        OVERRULED,
        "faible",
    ),
    added(
        "an exemption that excludes its own norm",
        "obligation exemptée_jamais « exemptée jamais » selon C-1
  pour régime = scolaire
  exige session ≥ 2020
  sauf contraire selon C-3 si régime = apprenti",
        OVERRULED,
        "contraire",
    ),
    replaced(
        "an exemption of the decision that never holds",
        &[(
            "  sauf inclusion  selon B3a-5  si stage_inclus\n  sauf certificats",
            "  sauf inclusion  selon B3a-5  si stage_inclus et régime = scolaire\n  sauf certificats",
        )],
        OVERRULED,
        "inclusion",
    ),
    added(
        "an exception that always applies",
        "valeur toujours_excepté : nombre « toujours excepté »
  vaut 0 selon D-1
  sauf toujours selon D-1 si session ≥ 2000 alors 1",
        OVERRULED,
        "toujours_excepté",
    ),
    // ── Norms and decisions that answer one thing ────────────────────────────────────────────────────
    added(
        "a decision on contradictory norms",
        "obligation tôt « tôt » selon D-1 exige session ≤ 2020
obligation tard « tard » selon D-1 exige session > 2020
décision contradictoire « contradictoire » exige tôt, tard",
        ONE_WAY,
        "contradictoire",
    ),
    added(
        "a decision on norms that always hold",
        "obligation bornée « bornée » selon D-1 exige session ≥ 2000
décision acquise « acquise » exige bornée",
        ONE_WAY,
        "acquise",
    ),
    added(
        "a norm that asks for crossed thresholds",
        "obligation impossible « impossible » selon C-1
  exige durée_accomplie_semaines ≥ 14 semaines et durée_accomplie_semaines < 13 semaines",
        ONE_WAY,
        "impossible",
    ),
    added(
        "a norm that nothing can break",
        "obligation triviale « triviale » selon C-1
  exige régime = scolaire ou régime ≠ scolaire",
        ONE_WAY,
        "triviale",
    ),
    added(
        "a norm on each element that nothing can break",
        "obligation notes_positives « notes positives » selon D-1
  pour chaque r parmi résultats_antérieurs, n parmi r.notes
  exige n.note ≥ 0",
        ONE_WAY,
        "notes_positives",
    ),
    // ── Computations without result ──────────────────────────────────────────────────────────────────
    added(
        "a division by what may be zero",
        "valeur par_mois pour chaque k parmi contrats_apprentissage : nombre « par mois »
  vaut arrondi(session / k.durée_mois, 2) selon D-3",
        NO_RESULT,
        "arrondi(session / k.durée_mois, 2)",
    ),
    added(
        "a division by a difference",
        "valeur par_écart pour chaque r parmi résultats_antérieurs : nombre « par écart »
  vaut arrondi(1 / (session - r.session), 2) selon D-3",
        NO_RESULT,
        "arrondi(1 / (session - r.session), 2)",
    ),
    added(
        "a division by a count",
        "valeur moyenne_des_notes : nombre « moyenne »
  vaut arrondi(session / (nombre de r parmi résultats_antérieurs), 2) selon D-1",
        NO_RESULT,
        "arrondi(session / (nombre",
    ),
    added(
        "a product out of bounds",
        "fait grand : entier de 0 à 9000000000 « grand »
valeur carré : nombre « carré »
  vaut grand * grand selon D-1",
        NO_RESULT,
        "grand * grand",
    ),
    added(
        "a sum out of bounds",
        "fait énorme : nombre de 0 à 9000000000000 « énorme »
valeur double : nombre « double »
  vaut énorme + énorme selon D-1",
        NO_RESULT,
        "énorme + énorme",
    ),
    added(
        "a product by a constant out of bounds",
        "fait vaste : nombre de 0 à 900000000000 « vaste »
valeur centuple : nombre « centuple »
  vaut 100 * vaste selon D-1",
        NO_RESULT,
        "100 * vaste",
    ),
];

/// Rules that look dead, and are not: where one is said to be, reasoning went too far.
#[test]
fn a_rule_that_a_longer_list_saves_is_not_said_to_be_dead() {
    let text = "règlement « Essai » texte \"texte.txt\"
clause A « Le texte. »
fait b : oui/non « b »
fait p : période « p »
fait l : liste de période « l »
valeur v : durée « v »
  pour b
  cas p.début = 2020-01-01 : 3 jours selon A
  cas p.début = 2020-01-02 : 4 jours selon A
  sauf e selon A si b alors 366 jours
  silence du texte « le reste »
incohérence i « i » si v ≥ durée(fusion(l)) écarte p
";
    let texts = [TextFile { name: "texte.txt".to_owned(), text: "Le texte.".to_owned() }];
    let analysis = Analysis::new("essai", vec![("essai.reglo".to_owned(), text.to_owned())], &texts).reasoned();
    assert_eq!(analysis.diagnostics, [], "{:?}", analysis.unsettled);
}

/// The files of the shipped ruleset with a fault in them; with an example, that one stands for all of theirs.
fn planted(fault: &Planted, example: Option<&str>) -> Analysis {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets/bts-ccst");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".reglo"))
        .collect();
    names.sort();
    let mut files: Vec<(String, String)> = names
        .into_iter()
        .map(|name| {
            let text = std::fs::read_to_string(folder.join(&name)).unwrap();
            (name, text)
        })
        .collect();
    for (from, to) in fault.replaced {
        let places: usize = files.iter().map(|(_, text)| text.matches(from).count()).sum();
        assert_eq!(places, 1, "{}: «{from}» stands {places} times in the ruleset", fault.what);
        files.iter_mut().for_each(|(_, text)| *text = text.replace(from, to));
    }
    files.retain(|(name, _)| example.is_none() || !name.starts_with('9'));
    files.push(("99-planted.reglo".to_owned(), format!("{}\n{}\n", fault.added, example.unwrap_or_default())));
    let text = std::fs::read_to_string(folder.join("texte.txt")).unwrap();
    Analysis::new("bts-ccst", files, &[TextFile { name: "texte.txt".to_owned(), text }])
}

/// What a diagnostic is about: its message, and what is written where it points.
fn about(analysis: &Analysis, diagnostic: &Diagnostic) -> String {
    let source = analysis.sources.get(diagnostic.primary.span.source).unwrap();
    let span = diagnostic.primary.span;
    format!("{} {}", diagnostic.message, &source.text[span.start as usize..span.end as usize])
}

/// The dossier shown, as an example to paste.
fn shown(diagnostic: &Diagnostic) -> Option<&str> {
    diagnostic.help.iter().find_map(|help| help.find("\nexemple «").map(|at| &help[at + 1..]))
}

#[test]
fn every_planted_fault_is_found_and_its_dossier_replays() {
    let mut missed = String::new();
    let only = std::env::var("REGLO_FAULT").unwrap_or_default();
    for fault in FAULTS.iter().chain(wider::FAULTS).filter(|fault| fault.what.contains(&only)) {
        let analysis = planted(fault, None).reasoned();
        let hits: Vec<&Diagnostic> = analysis
            .diagnostics
            .iter()
            .filter(|found| found.code.as_str() == fault.code && about(&analysis, found).contains(fault.says))
            .collect();
        let others: Vec<String> =
            analysis.diagnostics.iter().map(|found| format!("{}: {}", found.code.as_str(), found.message)).collect();
        if hits.is_empty() {
            missed
                .push_str(&format!("{}: not found among {others:?}, unsettled {:?}\n", fault.what, analysis.unsettled));
            continue;
        }
        if !analysis.unsettled.is_empty() && !wider::PARTLY.contains(&fault.what) {
            missed.push_str(&format!("{}: unsettled {:?}\n", fault.what, analysis.unsettled));
        }
        if ![CONFLICT, GAP, NO_RESULT].contains(&fault.code) {
            continue;
        }
        for hit in hits {
            let Some(example) = shown(hit) else {
                missed.push_str(&format!("{}: no dossier in {:?}\n", fault.what, hit.help));
                continue;
            };
            let pasted = planted(fault, Some(example));
            let Ok(ruleset) = pasted.into_ruleset() else {
                missed.push_str(&format!("{}: this does not check\n{example}\n", fault.what));
                continue;
            };
            let proofs = examples(&ruleset, &mut Tally::default());
            let replayed = proofs.last().unwrap();
            if !replayed.failures.is_empty() || replayed.expectations == 0 {
                missed.push_str(&format!("{}: {:?}\n{example}\n", fault.what, replayed.failures));
            }
        }
    }
    assert!(missed.is_empty(), "{missed}");
}

#[test]
fn what_is_beyond_reach_is_named() {
    for fault in wider::NAMED {
        let analysis = planted(fault, None).reasoned();
        assert_eq!(analysis.diagnostics, [], "{}", fault.what);
        let named = analysis.unsettled.iter().any(|(rule, _)| rule == fault.says);
        assert!(named, "{}: {:?}", fault.what, analysis.unsettled);
    }
}

#[test]
fn the_ruleset_as_it_is_leaves_nothing_unsettled() {
    let none = Planted { what: "nothing", replaced: &[], added: "", code: "", says: "" };
    let analysis = planted(&none, None).reasoned();
    assert_eq!(analysis.diagnostics, []);
    assert_eq!(analysis.unsettled, []);
}
