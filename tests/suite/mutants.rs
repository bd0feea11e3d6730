//! Mistakes made in a ruleset: what nothing can notice is proved to change nothing, and what shows another is an example
//! that the ruleset meets and the mistaken one does not.

use reglo::lower::TextFile;
use reglo::proof::{Fate, example, mutate, try_mutants};
use reglo::ruleset::{Analysis, Ruleset};
use reglo::syntax::ast::Item;

const HEAD: &str = "règlement « essai »
  texte \"t.txt\"

clause A « Deux choses. »

type chose est
  id   : texte, clé
  n    : entier de 0 à 9
  vue  : oui/non

fait choses : liste de chose  « choses »
fait n      : entier de 0 à 9  « nombre »
fait m      : entier de 0 à 9, sinon 3  « autre nombre »
";

fn analysis(rules: &str) -> Analysis {
    let texts = [TextFile { name: "t.txt".to_owned(), text: "Deux choses.\n".to_owned() }];
    Analysis::new("essai", vec![("essai.reglo".to_owned(), format!("{HEAD}\n{rules}\n"))], &texts)
}

fn ruleset(rules: &str) -> Ruleset {
    analysis(rules).into_ruleset().unwrap_or_else(|analysis| panic!("{:?}", analysis.diagnostics))
}

/// What became of the mutant that makes that mistake in rules no example speaks of: none where it changes nothing.
fn fate(rules: &str, what: &str) -> Option<Fate> {
    let mutants = try_mutants(&ruleset(rules), &[], 1, &|_, _| ());
    let found = mutants.survivors.into_iter().find(|survivor| survivor.mutation.what == what);
    assert!(found.is_some() || mutants.equivalent > 0, "{what} was not made");
    found.map(|survivor| survivor.fate)
}

#[test]
fn a_mistake_that_no_dossier_shows_is_proved_to_change_nothing() {
    for (rules, what) in [
        ("valeur v : nombre « v »\n  vaut max(0, n)\n  selon A", "−1 au lieu de 0"),
        ("valeur v : durée « v »\n  vaut 0 jour\n  selon A", "« semaines » au lieu de « jours »"),
        ("signalement s « s »\n  selon A\n  si n ≥ 2 et n ≥ 5", "condition oubliée"),
        (
            "obligation o « o »\n  selon A\n  exige\n    • tout c parmi choses vérifie c.n ≥ 2\n    • tout c parmi choses vérifie (c.n ≥ 2 et c.vue)",
            "point n° 1 oublié",
        ),
        (
            "fait p : période « p »\nvaleur v : durée « v »\n  vaut durée(p)\n  selon A",
            "« plus_longue_suite » au lieu de « durée »",
        ),
        (
            "fait p : période « p »\nfait q : période « q »\nvaleur v : durée « v »\n  vaut plus_longue_suite(intersection(p, q))\n  selon A",
            "« durée » au lieu de « plus_longue_suite »",
        ),
    ] {
        let mutants = try_mutants(&ruleset(rules), &[], 1, &|_, _| ());
        let listed: Vec<&str> = mutants.survivors.iter().map(|survivor| survivor.mutation.what.as_str()).collect();
        assert!(mutants.equivalent > 0, "{what}: {listed:?}");
        let made = std::iter::repeat_n((), mutants.total()).enumerate().filter(|(number, ())| {
            let mut files = ruleset(rules).analysis().files.clone();
            mutate(&mut files, *number).is_some_and(|mutation| mutation.what == what)
        });
        let survived = listed.iter().filter(|survivor| **survivor == what).count();
        assert!(survived < made.count(), "{what}: {listed:?}");
    }
}

#[test]
fn what_tells_a_mistake_apart_is_met_by_the_ruleset_and_not_by_the_mutant() {
    let rules = "valeur seuil : nombre « seuil »\n  vaut 0\n  selon A\n  sauf haut\n    selon A\n    si n ≥ 5 et m > 2\n    alors 1\n\nvaleur rang pour chaque c parmi choses : nombre « rang »\n  vaut si c.n ≤ 3 alors 1 sinon 2\n  selon A\n\ndécision d « d »\n  exige (nombre de c parmi choses où c.vue) ≥ 2 selon A";
    let right = ruleset(rules);
    let mutants = try_mutants(&right, &[], 2, &|_, _| ());
    let mut shown = 0;
    for survivor in &mutants.survivors {
        let Fate::Distinguished(text) = &survivor.fate else {
            // What is presumed of a fact left out is beyond what is compared.
            if survivor.mutation.rule == "m" && matches!(survivor.fate, Fate::Unsure(_)) {
                continue;
            }
            assert_eq!(survivor.fate, Fate::CitationOnly, "{}: {}", survivor.mutation.rule, survivor.mutation.what);
            continue;
        };
        let pasted = ruleset(&format!("{rules}\n\n{text}"));
        let item = pasted
            .analysis()
            .files
            .iter()
            .flat_map(|file| &file.items)
            .find_map(|item| if let Item::Example(example) = item { Some(example) } else { None });
        let number = (0..mutants.total()).find(|number| {
            let mut files = right.analysis().files.clone();
            mutate(&mut files, *number).as_ref() == Some(&survivor.mutation)
        });
        let mut files = right.analysis().files.clone();
        mutate(&mut files, number.unwrap());
        let wrong = right.analysis().with_trees(files).into_ruleset().unwrap();
        assert_eq!(example(&right, item.unwrap(), None).failures, [], "{text}");
        assert_ne!(example(&wrong, item.unwrap(), None).failures, [], "{text}");
        shown += 1;
    }
    assert!(shown > 15, "{shown}");
}

#[test]
fn what_is_presumed_of_a_fact_left_out_is_never_proved_not_to_matter() {
    let rules = "valeur v : nombre « v »\n  vaut m\n  selon A";
    assert!(matches!(fate(rules, "4 au lieu de 3"), Some(Fate::Distinguished(_) | Fate::Unsure(_))));
}

#[test]
fn an_element_and_another_of_the_same_list_are_not_one_element_with_itself() {
    let rules = "signalement doubles « deux choses de même nombre »\n  selon A\n  pour chaque s parmi choses, t parmi choses où s.id ≠ t.id\n  si s.n = t.n";
    let found = analysis(rules).reasoned();
    let dead: Vec<_> = found.diagnostics.iter().filter(|d| d.code.as_str() == "regle-sans-effet").collect();
    assert!(dead.is_empty(), "{dead:?}");
    assert_eq!(found.unsettled, []);
}
