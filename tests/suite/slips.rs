//! Slips of the sort a novice makes, planted one by one in copies of the shipped ruleset: each is said once, where it is, and
//! nothing else is found wrong for it.

use std::path::Path;

use reglo::Analysis;
use reglo::lower::TextFile;

/// What is written, what is written in its place, and what must be said: the code, and the message.
const SLIPS: &[(&str, &str, &str, &str)] = &[
    (
        "fait voie               : voie_de_formation",
        "fait voie               voie_de_formation",
        "syntaxe",
        "dans le fait « voie » : « voie_de_formation » ne peut pas venir ici",
    ),
    (
        "valeur régime : régime_du_candidat",
        "valeur régime régime_du_candidat",
        "syntaxe",
        "dans la valeur « régime » : « régime_du_candidat » ne peut pas venir ici",
    ),
    (
        "type voie_de_formation est",
        "type voie_de_formation",
        "syntaxe",
        "dans le type « voie_de_formation » : « scolaire » ne peut pas venir ici",
    ),
    (
        "  rang  : entier de 1 à 2",
        "  rang  entier de 1 à 2",
        "syntaxe",
        "dans le type « année_du_calendrier » : « entier » ne peut pas venir ici",
    ),
    (
        "solutions techniques. »\n  au « préambule, al. 1 »",
        "solutions techniques.\n  au « préambule, al. 1 »",
        "non-ferme",
        "cette citation n'est jamais fermée",
    ),
    (
        "fait examen             : examen_de_la_session             « examen »",
        "fait examen             : examen_de_la_session             « examen",
        "non-ferme",
        "cette citation n'est jamais fermée",
    ),
    (
        "« examen »\nfait voie",
        "examen »\nfait voie",
        "syntaxe",
        "dans le fait « examen » : « examen » ne peut pas venir ici",
    ),
    (
        "fait voie               :",
        "faitt voie               :",
        "syntaxe",
        "« faitt » n'est pas un mot qui commence un élément",
    ),
    (
        "fait examen             :",
        "fiat examen             :",
        "syntaxe",
        "« fiat » n'est pas un mot qui commence un élément",
    ),
    (
        "fait examen             :",
        "Fait examen             :",
        "syntaxe",
        "« Fait » n'est pas un mot qui commence un élément",
    ),
    (
        "type voie_de_formation est",
        "tpye voie_de_formation est",
        "syntaxe",
        "« tpye » n'est pas un mot qui commence un élément",
    ),
    (
        "valeur régime : régime",
        "valuer régime : régime",
        "syntaxe",
        "« valuer » n'est pas un mot qui commence un élément",
    ),
    (
        "valeur régime : régime",
        "variable régime : régime",
        "syntaxe",
        "dans le type « régime_du_candidat » : « variable » ne peut pas venir ici",
    ),
    (
        "obligation durée_minimale_atteinte",
        "règle durée_minimale_atteinte",
        "syntaxe",
        "« règle » n'est pas un mot qui commence un élément",
    ),
    (
        "décision dossier_recevable",
        "decision dossier_recevable",
        "syntaxe",
        "« decision » n'est pas un mot qui commence un élément",
    ),
    (
        "règlement « BTS CCST",
        "reglement « BTS CCST",
        "syntaxe",
        "« reglement » n'est pas un mot qui commence un élément",
    ),
    ("  texte \"texte.txt\"", "  \"texte.txt\"", "syntaxe", "dans le règlement : ce guillemet ne peut pas venir ici"),
    ("  texte \"texte.txt\"", "  texte texte.txt", "syntaxe", "dans le règlement : « texte » ne peut pas venir ici"),
    ("  texte \"texte.txt\"", "  texte “texte.txt”", "syntaxe", "dans le règlement : « “ » ne peut pas venir ici"),
    (
        "règlement « BTS CCST — stage en milieu professionnel »",
        "règlement « BTS CCST — stage en milieu professionnel",
        "non-ferme",
        "cette citation n'est jamais fermée",
    ),
    (
        "  vaut 14 semaines  selon C-1\n  sauf réduction",
        "  vaud 14 semaines  selon C-1\n  sauf réduction",
        "syntaxe",
        "dans la valeur « durée_minimale_semaines » : « vaud » ne peut pas venir ici",
    ),
    (
        "  vaut 16 semaines  selon C-1",
        "  16 semaines  selon C-1",
        "syntaxe",
        "dans la valeur « durée_maximale_semaines » : « 16 » ne peut pas venir ici",
    ),
    (
        "  vaut 16 semaines  selon C-1",
        "  vaut 16 semaines  selom C-1",
        "syntaxe",
        "dans la valeur « durée_maximale_semaines » : « selom » ne peut pas venir ici",
    ),
    (
        "    si stage_inclus\n    alors non",
        "    si stage_inclus\n    non",
        "syntaxe",
        "dans la valeur « durée_exigée » : « non » ne peut pas venir ici",
    ),
    (
        "    si stage_inclus\n    alors non",
        "    stage_inclus\n    alors non",
        "syntaxe",
        "dans la valeur « durée_exigée » : « stage_inclus » ne peut pas venir ici",
    ),
    (
        "alors m.constatée sinon (m.motif ≠ autre et m.prise)",
        "alors m.constatée (m.motif ≠ autre et m.prise)",
        "syntaxe",
        "dans la valeur « établi » : « ( » ne peut pas venir ici",
    ),
    (
        "  vaut 16 semaines  selon C-1",
        "  selon C-1 vaut 16 semaines",
        "clause-manquante",
        "« durée_maximale_semaines » ne dit pas sur quelle clause cela repose.",
    ),
    (
        "  vaut 16 semaines  selon C-1",
        "  vaut 16  selon C-1",
        "unites-incompatibles",
        "On attend ici une durée en jours ou semaines, et c'est un nombre entier.",
    ),
    (
        "  vaut 16 semaines  selon C-1",
        "  vaut 16 semaine s  selon C-1",
        "syntaxe",
        "dans la valeur « durée_maximale_semaines » : « s » ne peut pas venir ici",
    ),
    (
        "  vaut 16 semaines  selon C-1",
        "  vaut 16 weeks  selon C-1",
        "syntaxe",
        "dans la valeur « durée_maximale_semaines » : « weeks » ne peut pas venir ici",
    ),
    ("dates - 0.02 semaine\n", "dates - 0, 02 semaine\n", "syntaxe", "à ce « si » il manque son « alors »"),
    (
        "  vaut 16 semaines  selon C-1",
        "  vaut 1 600 semaines  selon C-1",
        "syntaxe",
        "dans la valeur « durée_maximale_semaines » : « 600 » ne peut pas venir ici",
    ),
    (
        "vaut durée(fusion(s pour s parmi périodes))  selon",
        "vaut durée(fusion(s pour s parmi périodes)  selon",
        "non-ferme",
        "dans la valeur « durée_accomplie_jours » : cette parenthèse ne se ferme jamais",
    ),
    (
        "vaut durée(fusion(s pour s parmi périodes))  selon",
        "vaut durée(fusion(s pour s parmi périodes)))  selon",
        "syntaxe",
        "dans la valeur « durée_accomplie_jours » : « ) » ne peut pas venir ici",
    ),
    (
        "attestations_conformes, attestations_transmises\n                          selon B3a-1",
        "attestations_conformes attestations_transmises\n                          selon B3a-1",
        "syntaxe",
        "dans la décision « dossier_recevable » : « attestations_transmises » ne peut pas venir ici",
    ),
    (
        "attestations_conformes, attestations_transmises\n                          selon B3a-1",
        "attestations_conformes; attestations_transmises\n                          selon B3a-1",
        "syntaxe",
        "dans la décision « dossier_recevable » : « ; » ne peut pas venir ici",
    ),
    (
        "  avec voie = distance, statut_si_distance = scolaire",
        "  avec voie = distance statut_si_distance = scolaire",
        "syntaxe",
        "dans l'exemple : « statut_si_distance » ne peut pas venir ici",
    ),
    (
        "  attend régime = scolaire selon B4-1 et B1-0",
        "  régime = scolaire selon B4-1 et B1-0",
        "syntaxe",
        "dans l'exemple : « régime » ne peut pas venir ici",
    ),
    (
        "« le stagiaire est salarié d’un autre secteur professionnel »",
        "\"le stagiaire est salarié d’un autre secteur professionnel\"",
        "syntaxe",
        "dans le fait « salarié_autre_secteur » : ce guillemet ne peut pas venir ici",
    ),
    (
        "« le stagiaire est salarié d’un autre secteur professionnel »",
        "“le stagiaire est salarié d’un autre secteur professionnel”",
        "syntaxe",
        "dans le fait « salarié_autre_secteur » : « “ » ne peut pas venir ici",
    ),
    (
        "valeur régime : régime",
        "voici la règle principale :\nvaleur régime : régime",
        "syntaxe",
        "dans le type « régime_du_candidat » : « voici » ne peut pas venir ici",
    ),
    (
        "valeur régime : régime",
        "// la voie\nvaleur régime : régime",
        "syntaxe",
        "dans le type « régime_du_candidat » : « / » ne peut pas venir ici",
    ),
    (
        "  | apprentissage              « voie",
        "    apprentissage              « voie",
        "syntaxe",
        "dans le type « voie_de_formation » : « apprentissage » ne peut pas venir ici",
    ),
    (
        "  | apprentissage              « voie",
        "  , apprentissage              « voie",
        "syntaxe",
        "dans le type « voie_de_formation » : « , » ne peut pas venir ici",
    ),
    (
        "    si unité_4_dispensée ≠ unité_6_dispensée\n    alors 7",
        "    si unité_4_dispensée == unité_6_dispensée\n    alors 7",
        "syntaxe",
        "dans la valeur « durée_minimale_semaines » : « = » ne peut pas venir ici",
    ),
    (
        "vaut unité_4_dispensée et unité_6_dispensée",
        "vaut unité_4_dispensée and unité_6_dispensée",
        "syntaxe",
        "dans la valeur « dispensé_de_stage » : « and » ne peut pas venir ici",
    ),
    (
        "  exige plus_longue_suite(fusion(",
        "  exigent plus_longue_suite(fusion(",
        "syntaxe",
        "dans l'obligation « quatre_semaines_consécutives_première_année » : « exigent » ne peut pas venir ici",
    ),
    (
        "    • s.convention est renseignée  ",
        "    - s.convention est renseignée  ",
        "syntaxe",
        "dans l'obligation « convention_conforme » : « • » ne peut pas venir ici",
    ),
    (
        "fait salarié_autre_secteur :",
        "fait salarié autre secteur :",
        "syntaxe",
        "dans le fait « salarié » : « autre » ne peut pas venir ici",
    ),
    (
        "fait salarié_autre_secteur :",
        "fait salarié-autre-secteur :",
        "syntaxe",
        "dans le fait « salarié-autre-secteur » : « - » ne peut pas venir ici",
    ),
    (
        "fait salarié_autre_secteur : oui/non",
        "fait salarié_autre_secteur : oui ou non",
        "syntaxe",
        "dans le fait « salarié_autre_secteur » : « oui » ne peut pas venir ici",
    ),
    (
        "fait périodes    : liste de période",
        "fait périodes    : liste période",
        "syntaxe",
        "dans le fait « périodes » : « période_de_stage » ne peut pas venir ici",
    ),
    (
        "cas voie = apprentissage              : apprenti ",
        "cas voie = apprentissage              apprenti ",
        "syntaxe",
        "dans la valeur « régime » : « apprenti » ne peut pas venir ici",
    ),
    (
        "  sauf moitié  selon C-4  interprétation AMB-24",
        "  sauf  selon C-4  interprétation AMB-24",
        "syntaxe",
        "dans la valeur « durée_maximale_semaines » : « selon » ne peut pas venir ici",
    ),
    (
        "par « le service qui contrôle les conventions »",
        "« le service qui contrôle les conventions »",
        "syntaxe",
        "dans le type « convention_de_stage » : ce guillemet ne peut pas venir ici",
    ),
    (
        "valeur partagé pour chaque s parmi périodes",
        "valeur partagé pour chaque s dans périodes",
        "syntaxe",
        "dans la valeur « partagé » : « dans » ne peut pas venir ici",
    ),
    (
        "  écarte s.début, s.fin compris entre",
        "  s.début, s.fin compris entre",
        "syntaxe",
        "dans l'incohérence « bornes_inversées » : « s » ne peut pas venir ici",
    ),
    (
        "  si spécialité ≠ \"CCST\"",
        "  spécialité ≠ \"CCST\"",
        "syntaxe",
        "dans le signalement « autre_diplôme » : « spécialité » ne peut pas venir ici",
    ),
    (
        "    l’examen) »\n  hors texte",
        "    l’examen) »",
        "syntaxe",
        "dans la source « contrôle_de_conformité » : il manque quelque chose à la fin",
    ),
    (
        "fait session            : entier",
        "fait session            : entierr",
        "syntaxe",
        "dans le fait « session » : « de » ne peut pas venir ici",
    ),
    (
        "fait voie               : voie_de_formation",
        "fait voie               : voie_de_formations",
        "type-inconnu",
        "Aucun type ne s'appelle « voie_de_formations ».",
    ),
    (
        "fait voie               : voie_de_formation",
        "fait voies               : voie_de_formation",
        "nom-inconnu",
        "Rien ne s'appelle « voie ».",
    ),
    (
        "solutions techniques. »\n  au « préambule, al. 1 »",
        "solution techniques. »\n  au « préambule, al. 1 »",
        "citation-introuvable",
        "Cette citation n'est pas, à la lettre, dans le texte officiel.",
    ),
    ("clause PRE-1\n", "clause PRE-11\n", "clause-inconnue", "Aucune clause ne s'appelle « PRE-1 »."),
    (
        "  vaut 16 semaines  selon C-1",
        "  vaut oui  selon C-1",
        "type-inattendu",
        "On attend ici une durée en jours ou semaines, et c'est une condition (oui ou non).",
    ),
    (
        "type période_de_stage est",
        "type période_de_stage",
        "syntaxe",
        "dans le type « période_de_stage » : « id » ne peut pas venir ici",
    ),
    ("clause PRE-1\n", "clause\n", "syntaxe", "dans la clause : ce guillemet ne peut pas venir ici"),
];

#[test]
fn one_slip_is_one_finding() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets/bts-ccst");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".reglo"));
    names.sort();
    let whole: Vec<(String, String)> = names.into_iter().map(|name| (name.clone(), read(&name))).collect();
    let texts = [TextFile { name: "texte.txt".to_owned(), text: read("texte.txt") }];
    let mut wrong = String::new();
    for (written, slip, code, message) in SLIPS {
        let places: usize = whole.iter().map(|(_, text)| text.matches(written).count()).sum();
        assert_eq!(places, 1, "«{written}» stands {places} times in the ruleset");
        let files = whole.iter().map(|(name, text)| (name.clone(), text.replace(written, slip))).collect();
        let found: Vec<(&str, String)> = Analysis::new("bts-ccst", files, &texts)
            .diagnostics
            .into_iter()
            .map(|diagnostic| (diagnostic.code.as_str(), diagnostic.message.replace('\u{a0}', " ")))
            .collect();
        if found != [(*code, (*message).to_owned())] {
            wrong.push_str(&format!("«{written}» written «{slip}»: {found:#?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
