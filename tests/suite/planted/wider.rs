//! Faults on what the others leave aside: periods and sets of days, references, lists in lists, optional facts,
//! answers of other rules, roundings, what facts that contradict each other leave.

use super::{CONFLICT, DEAD, FORGOTTEN, GAP, NO_RESULT, ONE_WAY, OVERRULED, Planted, added, replaced};

pub(super) const FAULTS: &[Planted] = &[
    // ── Conflicts ────────────────────────────────────────────────────────────────────────────────────
    added(
        "days of all periods, one number twice",
        "valeur volume : nombre « volume »
  cas durée(fusion(s pour s parmi périodes)) ≤ 30 jours : 1 selon C-1
  cas durée(fusion(s pour s parmi périodes)) ≥ 30 jours : 2 selon C-1",
        CONFLICT,
        "volume",
    ),
    added(
        "a period in the summer and one that begins late",
        "valeur saison pour chaque s parmi périodes : nombre « saison »
  vaut 0 selon B1-8
  sauf été selon B1-8 si chevauche(s, calendrier.vacances_été) alors 1
  sauf tardive selon B1-8 si s.début ≥ 2026-07-01 alors 2",
        CONFLICT,
        "saison",
    ),
    added(
        "days of one period, one number twice",
        "valeur longueur pour chaque s parmi périodes : nombre « longueur »
  cas durée(s) ≤ 10 jours : 1 selon C-1
  cas durée(s) ≥ 10 jours : 2 selon C-1",
        CONFLICT,
        "longueur",
    ),
    added(
        "the longest run, one number twice",
        "valeur suite : nombre « suite »
  cas plus_longue_suite(fusion(s pour s parmi périodes)) ≤ 4 semaines : 1 selon B1-4
  cas plus_longue_suite(fusion(s pour s parmi périodes)) ≥ 4 semaines : 2 selon B1-4",
        CONFLICT,
        "suite",
    ),
    added(
        "two facts of what a reference finds",
        "valeur tenue pour chaque s parmi périodes : nombre « tenue »
  vaut 0 selon B1-5
  sauf conforme selon B1-6
    si s.convention est renseignée et s.convention.conforme_dispositions_en_vigueur alors 1
  sauf prolongée selon B1-9
    si s.convention est renseignée et s.convention.précise_prolongation_vacances alors 2",
        CONFLICT,
        "tenue",
    ),
    added(
        "an optional fact and a date",
        "valeur couverte pour chaque s parmi périodes : nombre « couverte »
  vaut 0 selon B1-5
  sauf nue selon B1-5 si s.convention n'est pas renseignée alors 1
  sauf ancienne selon B1-5 si s.début < 2025-09-01 alors 2",
        CONFLICT,
        "couverte",
    ),
    added(
        "distinct organisms, one number twice",
        "valeur dispersion : nombre « dispersion »
  cas (nombre de s.organisme distincts pour s parmi périodes) ≤ 2 : 1 selon PRE-2
  cas (nombre de s.organisme distincts pour s parmi périodes) ≥ 2 : 2 selon PRE-2",
        CONFLICT,
        "dispersion",
    ),
    added(
        "a note of a list in a list, and the list",
        "valeur palmarès : nombre « palmarès »
  vaut 0 selon D-1
  sauf brillant selon D-1
    si il existe r parmi résultats_antérieurs où (il existe n parmi r.notes où n.note > 16) alors 1
  sauf complet selon D-1
    si il existe r parmi résultats_antérieurs où (nombre de n parmi r.notes) ≥ 2 alors 2",
        CONFLICT,
        "palmarès",
    ),
    added(
        "the earliest session, one number twice",
        "valeur ancienneté : nombre « ancienneté »
  cas ((minimum de r.session pour r parmi résultats_antérieurs) à défaut 2000) ≤ 2010 : 1 selon D-1
  cas ((minimum de r.session pour r parmi résultats_antérieurs) à défaut 2000) ≥ 2010 : 2 selon D-1",
        CONFLICT,
        "ancienneté",
    ),
    added(
        "two values of other rules on one period",
        "valeur réserve pour chaque s parmi périodes : nombre « réserve »
  vaut 0 selon B1-11
  sauf ôté selon B1-11 si s.retranché > 0 jour alors 1
  sauf commun selon B1-11 si s.partagé > 0 jour alors 2",
        CONFLICT,
        "réserve",
    ),
    added(
        "whole months, one number twice",
        "valeur emploi : nombre « emploi »
  cas mois_entiers(fusion(c pour c parmi certificats_de_travail)) ≤ 6 mois : 1 selon B3b-3
  cas mois_entiers(fusion(c pour c parmi certificats_de_travail)) ≥ 6 mois : 2 selon B3b-3",
        CONFLICT,
        "emploi",
    ),
    added(
        "a date moved by months, the same day twice",
        "valeur terme pour chaque k parmi contrats_apprentissage : nombre « terme »
  cas k.fin ≤ k.début + 3 mois : 1 selon D-3
  cas k.fin ≥ k.début + 3 mois : 2 selon D-3",
        CONFLICT,
        "terme",
    ),
    added(
        "a rounded number, one value twice",
        "valeur arrondie pour chaque k parmi contrats_apprentissage : nombre « arrondie »
  cas arrondi(k.durée_mois, 0) ≤ 3 : 1 selon D-3
  cas arrondi(k.durée_mois, 0) ≥ 3 : 2 selon D-3",
        CONFLICT,
        "arrondie",
    ),
    added(
        "a year that may be deduced, and a date",
        "valeur rang_lu pour chaque s parmi périodes : nombre « rang lu »
  vaut 0 selon B1-4
  sauf première selon B1-4 si s.année_de_formation = 1 alors 1
  sauf longue selon B1-4 si durée(s) > 28 jours alors 2",
        CONFLICT,
        "rang_lu",
    ),
    added(
        "a text that two lists share",
        "valeur groupe pour chaque d parmi dispenses : nombre « groupe »
  vaut 0 selon A-3
  sauf pro selon A-3 si d.unité dans (\"U4\", \"U5\", \"U6\") alors 1
  sauf oral selon A-3 si d.unité dans (\"U6\", \"U61\") alors 2",
        CONFLICT,
        "groupe",
    ),
    added(
        "two norms that may both be broken",
        "valeur défaut : nombre « défaut »
  vaut 0 selon C-1
  sauf pièces selon B1-10 si attestations_conformes est méconnue alors 1
  sauf temps selon C-1 si durée_minimale_atteinte est méconnue alors 2",
        CONFLICT,
        "défaut",
    ),
    added(
        "two signatories of one convention",
        "valeur signée pour chaque c parmi conventions : nombre « signée »
  vaut 0 selon B1-5
  sauf élève selon B1-5 si étudiant dans c.signataires alors 1
  sauf maître selon B1-5 si tuteur dans c.signataires alors 2",
        CONFLICT,
        "signée",
    ),
    added(
        "the product of two facts, one value twice",
        "valeur produit pour chaque k parmi contrats_apprentissage : nombre « produit »
  cas session * k.durée_mois ≤ 24240 : 1 selon D-3
  cas session * k.durée_mois ≥ 24240 : 2 selon D-3",
        CONFLICT,
        "produit",
    ),
    added(
        "the larger of two facts, one value twice",
        "valeur plus_grande pour chaque r parmi résultats_antérieurs : nombre « plus grande »
  cas max(session, r.session) ≤ 2020 : 1 selon D-1
  cas max(session, r.session) ≥ 2020 : 2 selon D-1",
        CONFLICT,
        "plus_grande",
    ),
    added(
        "a quarter of a number, one value twice",
        "valeur quart pour chaque k parmi contrats_apprentissage : nombre « quart »
  cas k.durée_mois / 4 ≤ 3 : 1 selon D-3
  cas k.durée_mois / 4 ≥ 3 : 2 selon D-3",
        CONFLICT,
        "quart",
    ),
    added(
        "two halves of a certificate",
        "valeur branche : nombre « branche »
  vaut 0 selon B3b-3
  sauf plein selon B3b-3 si six_mois_à_temps_plein alors 1
  sauf partiel selon B3b-3 si un_an_à_temps_partiel alors 2",
        CONFLICT,
        "branche",
    ),
    // ── Gaps ─────────────────────────────────────────────────────────────────────────────────────────
    added(
        "days of one period between two rows",
        "valeur tranche_de_jours pour chaque s parmi périodes : nombre « tranche »
  cas durée(s) ≤ 10 jours : 1 selon C-1
  cas durée(s) ≥ 12 jours : 2 selon C-1",
        GAP,
        "tranche_de_jours",
    ),
    added(
        "days of all periods between two rows",
        "valeur volume_creux : nombre « volume »
  cas durée(fusion(s pour s parmi périodes)) < 30 jours : 1 selon C-1
  cas durée(fusion(s pour s parmi périodes)) > 60 jours : 2 selon C-1",
        GAP,
        "volume_creux",
    ),
    added(
        "one longest run between two rows",
        "valeur suite_creuse : nombre « suite »
  cas plus_longue_suite(fusion(s pour s parmi périodes)) < 4 semaines : 1 selon B1-4
  cas plus_longue_suite(fusion(s pour s parmi périodes)) > 4 semaines : 2 selon B1-4",
        GAP,
        "suite_creuse",
    ),
    added(
        "a convention that is there and not in order",
        "valeur tenue_creuse pour chaque s parmi périodes : nombre « tenue »
  cas s.convention n'est pas renseignée : 1 selon B1-5
  cas s.convention est renseignée et s.convention.conforme_dispositions_en_vigueur : 2 selon B1-6",
        GAP,
        "tenue_creuse",
    ),
    added(
        "one of the motives forgotten",
        "valeur motif_creux pour chaque m parmi aménagements : nombre « motif »
  cas m.motif = force_majeure : 1 selon C-2
  cas m.motif dans (décision_aménagement, décision_positionnement) : 2 selon C-2",
        FORGOTTEN,
        "motif_creux",
    ),
    added(
        "neither all nor none",
        "valeur ensemble_creux : nombre « ensemble »
  cas tout r parmi résultats_antérieurs vérifie r.déclaré_admis : 1 selon D-1
  cas tout r parmi résultats_antérieurs vérifie non r.déclaré_admis et r.session > 2010 : 2 selon D-1
  sauf rien selon D-1 si résultats_antérieurs est vide alors 3",
        GAP,
        "ensemble_creux",
    ),
    added(
        "a date moved by months, one day left out",
        "valeur terme_creux pour chaque k parmi contrats_apprentissage : nombre « terme »
  cas k.fin < k.début + 3 mois : 1 selon D-3
  cas k.fin > k.début + 3 mois : 2 selon D-3",
        GAP,
        "terme_creux",
    ),
    added(
        "one whole month left out",
        "valeur emploi_creux : nombre « emploi »
  cas mois_entiers(fusion(c pour c parmi certificats_de_travail)) < 6 mois : 1 selon B3b-3
  cas mois_entiers(fusion(c pour c parmi certificats_de_travail)) > 6 mois : 2 selon B3b-3",
        GAP,
        "emploi_creux",
    ),
    added(
        "a rounded number between two rows",
        "valeur arrondi_creux pour chaque k parmi contrats_apprentissage : nombre « arrondi »
  cas arrondi(k.durée_mois, 0) < 3 : 1 selon D-3
  cas arrondi(k.durée_mois, 0) > 3 : 2 selon D-3",
        GAP,
        "arrondi_creux",
    ),
    added(
        "a list in a list that is empty",
        "valeur notes_creuses pour chaque r parmi résultats_antérieurs : nombre « notes »
  cas il existe n parmi r.notes où n.note > 10 : 1 selon D-1
  cas il existe n parmi r.notes où n.note ≤ 10 : 2 selon D-1
  sauf mêlées selon D-1
    si (il existe n parmi r.notes où n.note > 10) et (il existe n parmi r.notes où n.note ≤ 10) alors 3",
        GAP,
        "notes_creuses",
    ),
    added(
        "the answers of a permission and of another rule",
        "valeur réponse_creuse : nombre « réponse »
  cas certificats_perfectionnement est ouverte : 1 selon B3b-1
  cas stage_requis = remplacé : 2 selon B2-1
  cas stage_requis = requis et régime ≠ continue_b : 3 selon C-1
  cas stage_requis = non_requis et régime ≠ continue_b : 4 selon C-3",
        GAP,
        "réponse_creuse",
    ),
    replaced(
        "a row of the expected document withdrawn for some",
        &[(
            "  cas régime = continue_a : attestation_de_stage                            selon B3a-1 et B1-10\n",
            "  cas régime = continue_a et non salarié_autre_secteur : attestation_de_stage selon B3a-1 et B1-10\n",
        )],
        GAP,
        "justificatif_attendu",
    ),
    replaced(
        "a status at a distance forgotten",
        &[("  cas statut_si_distance = apprenti           : apprenti            selon B2-0\n", "")],
        FORGOTTEN,
        "régime_à_distance",
    ),
    // ── Rules that never apply ───────────────────────────────────────────────────────────────────────
    added(
        "what an incoherence of the ruleset excludes",
        "signalement à_rebours « à rebours » selon C-1
  pour chaque s parmi périodes
  si s.fin < s.début et s.organisme = \"X\"",
        DEAD,
        "à_rebours",
    ),
    added(
        "a reference that is there and is not",
        "signalement fantôme « fantôme » selon B1-5
  pour chaque s parmi périodes
  si s.convention est renseignée et non (s.convention est renseignée) et s.clientèle = particuliers",
        DEAD,
        "fantôme",
    ),
    added(
        "a longest run longer than all days",
        "signalement suite_trop_longue « suite » selon B1-4
  si plus_longue_suite(fusion(s pour s parmi périodes)) > durée(fusion(s pour s parmi périodes))",
        DEAD,
        "suite_trop_longue",
    ),
    added(
        "more shared days than days",
        "signalement partage_impossible « partage » selon B1-8
  pour chaque s parmi périodes
  si s.partagé > durée(jusqu'au_dimanche(s))",
        DEAD,
        "partage_impossible",
    ),
    added(
        "one of the signatories of an empty list",
        "signalement signature_vide « signature » selon B1-5
  pour chaque c parmi conventions
  si c.signataires est vide et étudiant dans c.signataires",
        DEAD,
        "signature_vide",
    ),
    added(
        "a text that is and is not among others",
        "signalement unité_double « unité » selon A-3
  pour chaque d parmi dispenses
  si d.unité = \"U4\" et non (d.unité dans (\"U4\", \"U5\"))",
        DEAD,
        "unité_double",
    ),
    added(
        "two periods that overlap and do not meet",
        "signalement écart_et_chevauchement « écart » selon C-1
  pour chaque s parmi périodes, t parmi périodes où s.id ≠ t.id
  si chevauche(s, t) et s.fin < t.début",
        DEAD,
        "écart_et_chevauchement",
    ),
    added(
        "a norm of another regime that is broken",
        "signalement convention_d_apprenti « convention » selon B1-5
  si convention_conforme est méconnue et régime = apprenti",
        DEAD,
        "convention_d_apprenti",
    ),
    added(
        "a permission of another regime that is open",
        "signalement certificat_d_ailleurs « certificat » selon B3b-1
  si (certificats_perfectionnement est ouverte) et régime ≠ continue_b",
        DEAD,
        "certificat_d_ailleurs",
    ),
    added(
        "a minimum that no rule gives",
        "signalement minimum_trop_haut « minimum » selon C-1
  si durée_minimale_semaines est applicable et durée_minimale_semaines > 14 semaines",
        DEAD,
        "minimum_trop_haut",
    ),
    added(
        "a minimum over the maximum",
        "signalement bornes_croisées « bornes » selon C-1
  si durée_minimale_semaines est applicable et durée_minimale_semaines > durée_maximale_semaines",
        DEAD,
        "bornes_croisées",
    ),
    added(
        "dates in a ring",
        "signalement anneau « anneau » selon D-3
  pour chaque k parmi contrats_apprentissage
  si k.début < k.fin et k.fin < examen.date_début_épreuves et examen.date_début_épreuves < k.début",
        DEAD,
        "anneau",
    ),
    added(
        "a year of training that is none",
        "signalement troisième_année « troisième année » selon B1-4
  si il existe s parmi périodes où s.année_de_formation > 2",
        DEAD,
        "troisième_année",
    ),
    added(
        "more distinct than elements",
        "signalement trop_de_distincts « distincts » selon PRE-2
  si (nombre de s.organisme distincts pour s parmi périodes) ≥ 2 et (nombre de s parmi périodes) ≤ 1",
        DEAD,
        "trop_de_distincts",
    ),
    added(
        "a smallest over a largest",
        "signalement petit_et_grand « petit et grand » selon D-1
  si ((minimum de r.session pour r parmi résultats_antérieurs) à défaut 2000) > 2050
    et ((maximum de r.session pour r parmi résultats_antérieurs) à défaut 2100) < 2040",
        DEAD,
        "petit_et_grand",
    ),
    added(
        "notes that all and one have",
        "signalement tout_et_un « tout et un » selon D-1
  pour chaque r parmi résultats_antérieurs
  si (tout n parmi r.notes vérifie n.note ≥ 10) et (il existe n parmi r.notes où n.note < 8)",
        DEAD,
        "tout_et_un",
    ),
    added(
        "months of a day",
        "signalement mois_d_un_jour « mois » selon D-3
  pour chaque k parmi contrats_apprentissage
  si k.fin ≥ k.début + 2 mois et k.fin < k.début + 1 mois",
        DEAD,
        "mois_d_un_jour",
    ),
    added(
        "days without a period",
        "signalement jours_sans_période « jours » selon C-1
  si périodes est vide et durée(fusion(s pour s parmi périodes)) > 0 jour",
        DEAD,
        "jours_sans_période",
    ),
    // ── Exceptions that never prevail ────────────────────────────────────────────────────────────────
    added(
        "a count within another",
        "valeur par_nombre : nombre « par nombre »
  vaut 0 selon D-1
  sauf un prime sur deux selon D-1 si (nombre de r parmi résultats_antérieurs) ≥ 1 alors 1
  sauf deux selon D-1 si (nombre de r parmi résultats_antérieurs) ≥ 2 alors 2",
        OVERRULED,
        "deux",
    ),
    added(
        "a date within another, moved by months",
        "valeur par_terme pour chaque k parmi contrats_apprentissage : nombre « par terme »
  vaut 0 selon D-3
  sauf trimestre prime sur semestre selon D-3 si k.fin ≥ k.début + 3 mois alors 1
  sauf semestre selon D-3 si k.fin ≥ k.début + 6 mois alors 2",
        OVERRULED,
        "semestre",
    ),
    added(
        "days of a period within others",
        "valeur par_durée pour chaque s parmi périodes : nombre « par durée »
  vaut 0 selon C-1
  sauf courte prime sur longue selon C-1 si durée(s) ≥ 5 jours alors 1
  sauf longue selon C-1 si durée(s) ≥ 20 jours alors 2",
        OVERRULED,
        "longue",
    ),
    added(
        "a signatory of a convention in order",
        "valeur par_signataire pour chaque s parmi périodes : nombre « par signataire »
  vaut 0 selon B1-5
  sauf renseignée prime sur signée selon B1-5 si s.convention est renseignée alors 1
  sauf signée selon B1-5
    si s.convention est renseignée et étudiant dans s.convention.signataires alors 2",
        OVERRULED,
        "signée",
    ),
    added(
        "an exemption from a norm of the first year",
        "obligation repos_de_rentrée « repos de rentrée » selon B1-8
  pour régime = scolaire et session > 2020
  exige non salarié_autre_secteur
  sauf ancienne selon C-3 si session < 2015",
        OVERRULED,
        "ancienne",
    ),
    // ── Norms and decisions that answer one thing ────────────────────────────────────────────────────
    added(
        "a norm that the coherence of dates grants",
        "obligation sens_du_temps « sens du temps » selon C-1
  pour chaque s parmi périodes
  exige s.début ≤ s.fin",
        ONE_WAY,
        "sens_du_temps",
    ),
    added(
        "a norm on bounds that never cross",
        "obligation bornes_en_ordre « bornes en ordre » selon C-1
  pour durée_exigée
  exige durée_minimale_semaines ≤ durée_maximale_semaines",
        ONE_WAY,
        "bornes_en_ordre",
    ),
    added(
        "a norm that asks of a list what it cannot have",
        "obligation signatures_contraires « signatures contraires » selon B1-5
  pour chaque c parmi conventions
  exige étudiant dans c.signataires et non (étudiant dans c.signataires)",
        ONE_WAY,
        "signatures_contraires",
    ),
    added(
        "a decision exempted of all it asks",
        "obligation demandée « demandée » selon C-1 exige session ≥ 2020
décision toujours_exemptée « toujours exemptée »
  exige demandée
  sauf tôt selon C-3 si session < 2030
  sauf tard selon C-3 si session ≥ 2030",
        ONE_WAY,
        "toujours_exemptée",
    ),
    added(
        "a norm on days shared and days",
        "obligation partage_borné « partage borné » selon C-1
  pour chaque s parmi périodes
  exige s.partagé ≤ durée(jusqu'au_dimanche(s))",
        ONE_WAY,
        "partage_borné",
    ),
    // ── Computations without result ──────────────────────────────────────────────────────────────────
    added(
        "a division by a note less ten",
        "valeur écart_à_dix pour chaque r parmi résultats_antérieurs : nombre « écart »
  vaut somme de arrondi(1 / (n.note - 10), 2) pour n parmi r.notes selon D-1",
        NO_RESULT,
        "arrondi(1 / (n.note - 10), 2)",
    ),
    added(
        "a division by distinct organisms",
        "valeur par_organisme : nombre « par organisme »
  vaut arrondi(session / (nombre de s.organisme distincts pour s parmi périodes), 2) selon PRE-2",
        NO_RESULT,
        "arrondi(session / (nombre de s.organisme",
    ),
    added(
        "a division by the sum of a list",
        "valeur par_somme : nombre « par somme »
  vaut arrondi(session / (somme de k.durée_mois pour k parmi contrats_apprentissage), 2) selon D-3",
        NO_RESULT,
        "arrondi(session / (somme de",
    ),
    added(
        "a division by the value of another rule",
        "valeur coefficient : nombre « coefficient »
  vaut 2 selon D-1
  sauf nul selon D-1 si régime = apprenti alors 0
valeur quotient : nombre « quotient »
  vaut arrondi(session / coefficient, 2) selon D-1",
        NO_RESULT,
        "arrondi(session / coefficient, 2)",
    ),
    added(
        "four sessions multiplied",
        "valeur puissance : nombre « puissance »
  vaut session * session * session * session selon D-1",
        NO_RESULT,
        "session * session * session",
    ),
    added(
        "a sum over a list out of bounds",
        "valeur grande_somme : nombre « grande somme »
  vaut somme de 3000000000 * r.session pour r parmi résultats_antérieurs selon D-1",
        NO_RESULT,
        "somme de 3000000000 * r.session",
    ),
    added(
        "a date beyond the calendar",
        "valeur fin_des_temps : date « fin des temps »
  vaut examen.date_début_épreuves + 9000 ans selon D-1",
        NO_RESULT,
        "examen.date_début_épreuves + 9000 ans",
    ),
];

/// Found, with another question about the same rule left open.
pub(super) const PARTLY: &[&str] = &["the product of two facts, one value twice"];

/// Faults beyond what reasoning reaches: it says that it could not tell, and of which rule.
pub(super) const NAMED: &[Planted] = &[
    added(
        "a fact that is contested, and another",
        "valeur doute pour chaque a parmi attestations : nombre « doute »
  vaut 0 selon B1-11
  sauf contredite selon B1-11 si a.durée_semaines est contestée alors 1
  sauf du_tuteur selon B1-11 si a.émise_par = tuteur alors 2",
        CONFLICT,
        "doute",
    ),
    added(
        "a contested duration of no period",
        "signalement contestée_seule « contestée » selon B1-11
  pour chaque a parmi attestations
  si a.durée_semaines est contestée et périodes est vide",
        DEAD,
        "contestée_seule",
    ),
];
