//! `reglo new`: a ruleset begun from a text covers it whole, checks, and says what is left to do.

use std::path::Path;

use reglo::Analysis;
use reglo::diagnostic::{Code, Severity};
use reglo::draft::{Draft, draft};
use reglo::lower::TextFile;
use reglo::program::{Carried, ClauseRole};
use reglo::syntax::format;

const ORDER: &str = "\
Arrêté relatif aux bourses de mobilité des étudiants

Article 1
Une bourse de mobilité est attribuée aux étudiants qui effectuent une partie de leurs études à l'étranger. Elle ne
se cumule pas avec une autre aide.

Article 2
Pour l'obtenir, l'étudiant doit :
1° être inscrit dans un établissement d'enseignement supérieur ;
2° effectuer un séjour d'au moins deux mois.

Page 1 sur 2

Article 3
La bourse n'est pas versée pour les mois d'août et
Page 2 sur 2
de septembre, sauf décision contraire du recteur.

Article 4
Le présent arrêté est publié au Bulletin officiel.
Le présent arrêté est publié au Bulletin officiel.
";

const LIBRARY: &str = "\
RÈGLEMENT DE LA BIBLIOTHÈQUE

Bibliothèque municipale

I. Inscription

L’inscription est gratuite pour les habitants de la
commune. Elle est valable un an.

Bibliothèque municipale

II. Prêt

1. Nombre

Chaque lecteur peut emprunter cinq ouvrages.

Bibliothèque municipale

2. Durée

Le prêt dure trois semaines ; il peut être prolongé une fois :
- si l’ouvrage n’est pas réservé ;
- si le lecteur n’a pas de retard.
";

/// The analysis of a draft; no error, one warning that says what is left.
fn sound(made: &Draft, text: &str) -> Analysis {
    let texts = [TextFile { name: "texte.txt".into(), text: text.into() }];
    let analysis = Analysis::new("essai", made.files.clone(), &texts);
    let found: Vec<_> = analysis.diagnostics.iter().map(|found| (found.severity, found.code)).collect();
    assert_eq!(found, [(Severity::Warning, Code::UnusedClause)], "{:#?}", analysis.diagnostics);
    assert!(analysis.diagnostics[0].message.starts_with(&format!("{} clauses restent", made.clauses)));
    assert!(analysis.program.ledger.iter().all(|entry| entry.carrier != Carried::Nothing));
    for (name, text) in &made.files {
        assert_eq!(&format(text), text, "{name}");
    }
    analysis
}

fn clauses(analysis: &Analysis) -> Vec<(&str, &str)> {
    let clauses = analysis.program.clauses.iter().filter(|clause| clause.role == ClauseRole::Statement);
    clauses.map(|clause| (clause.id.as_str(), clause.quote.as_str())).collect()
}

#[test]
fn an_order_is_cut_article_by_article_across_the_turn_of_a_page() {
    let made = draft("bourses", "texte.txt", ORDER);
    let analysis = sound(&made, ORDER);
    assert_eq!((made.clauses, made.headings, made.noises, made.left), (8, 5, 2, 0));
    assert_eq!(analysis.program.title, "Arrêté relatif aux bourses de mobilité des étudiants");
    let clauses = clauses(&analysis);
    let ids: Vec<&str> = clauses.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, ["1-1", "1-2", "2-1", "2-2", "2-3", "3-1", "4-1", "4-2"]);
    assert!(clauses.contains(&("2-2", "1° être inscrit dans un établissement d'enseignement supérieur ;")));
    let across = "La bourse n'est pas versée pour les mois d'août et de septembre, sauf décision contraire du recteur.";
    assert!(clauses.contains(&("3-1", across)), "{clauses:#?}");
}

#[test]
fn headings_of_two_levels_number_the_clauses_and_running_titles_are_noise() {
    let made = draft("bibliothèque", "texte.txt", LIBRARY);
    let analysis = sound(&made, LIBRARY);
    assert_eq!((made.clauses, made.headings, made.noises), (6, 5, 3));
    let clauses = clauses(&analysis);
    let ids: Vec<&str> = clauses.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, ["I-1", "I-2", "II1-1", "II2-1", "II2-2", "II2-3"]);
    assert_eq!(clauses[0].1, "L’inscription est gratuite pour les habitants de la commune.");
}

#[test]
fn headings_with_numbers_alone_stand_side_by_side() {
    let text = "Prêt\n\n1. Objet\nLe prêt est libre.\n\n2. Durée\nIl dure un mois.\n\n\
        Article 3\nIl est gratuit.\n\n1. Caution\nUne caution est due.\n";
    let made = draft("prêt", "texte.txt", text);
    let analysis = sound(&made, text);
    let places: Vec<_> = clauses(&analysis).iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(places, ["1-1", "2-1", "3-1", "3-1-1"]);
}

#[test]
fn titled_articles_and_articles_of_a_code_give_their_numbers() {
    let text = "Règlement de la cantine\n\nArticle 1er. - Accès au service\n\nLe service est ouvert à tous. Il est payant.\n\n\
        Article 2 – Inscription\n\nElle est faite avant le 30 juin.\n\n\
        Art. D. 531-4. - Le demandeur dépose son dossier.\nI. - Le montant dépend des ressources.\n";
    let made = draft("cantine", "texte.txt", text);
    let analysis = sound(&made, text);
    let ids: Vec<_> = clauses(&analysis).iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(ids, ["1er-1", "1er-2", "2-1", "D531-4-1", "D531-4-2"]);
}

#[test]
fn the_ccst_text_is_wholly_covered_from_the_first_day() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets/bts-ccst/texte.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let made = draft("ccst", "texte.txt", &text);
    sound(&made, &text);
    assert_eq!((made.headings, made.noises, made.left), (12, 2, 0));
    assert!((50..60).contains(&made.clauses), "{}", made.clauses);
}

#[test]
fn any_text_gives_a_draft_that_reads() {
    for text in ["", "\n\n", "Un mot", "«", "« Ouvert », dit-il.", "58\n58\n58\n", "A.\nB.\n", "x # y.\n\nx # y.\n"]
    {
        let made = draft("essai", "texte.txt", text);
        for (name, text) in &made.files {
            let (_, found) = reglo::syntax::parse(reglo::source::SourceId(0), text);
            assert!(found.is_empty(), "{name}: {text}\n{found:#?}");
        }
    }
}
