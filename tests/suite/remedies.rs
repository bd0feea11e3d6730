//! Remedies do what they say: made, they take away the finding they belong to and make nothing unreadable.

use std::collections::BTreeSet;

use reglo::Analysis;
use reglo::diagnostic::{Code, Diagnostic, Edit, Remedy, Safety};
use reglo::lower::TextFile;
use reglo::remedy::{apply_safe, edited};

use crate::blocks::{blocks, markdown, ruleset};

/// Slips that the pages of the diagnostics do not show.
const SLIPS: [&str; 14] = [
    "fiat a : oui/non",
    "fait a : oui/non \"libellé\"",
    "fait a : couleurs\ntype couleur est rouge | bleu",
    "fait a : durée, facultatif\nsignalement s « s » selon A si a > 3 jours",
    "fait a : durée\nsignalement s « s » selon A si a > 3",
    "fait a : oui/non\nobligation s « s » selon A exige\n  - a",
    "fait a : oui/non\nfait b : oui/non\nfait c : oui/non\nfait d : oui/non\n\
     signalement s « s » selon A si a ou (b) et non (c) et d ou a",
    "fait a : nombre\nfait b : nombre\nvaleur v : nombre vaut ((a + 1) / (b * (a + 2))) * 2 selon A",
    "fait a : durée\nsignalement s « s » selon A si a / 3 > 2 jours",
    "fait a : oui/non « libellé\nfait b : oui/non",
    "fait a : texte\nexemple « e » avec a = \"b",
    "clause B « un\n deux\n\nfait b : oui/non",
    "fait a : oui/non\nvaleur v : entier vaut (1 + 2 selon A",
    "type r est\n  a : oui/non\nfait l : liste de r\nvaleur v : entier\n  vaut (nombre de s parmi [l, l selon A",
];

fn analysed(rules: &str, text: &str) -> Analysis {
    let texts = [TextFile { name: "texte.txt".into(), text: text.into() }];
    Analysis::new("essai", vec![("essai.reglo".into(), rules.into())], &texts).reasoned()
}

fn mended(rules: &str, remedy: &Remedy) -> String {
    edited(rules, &remedy.edits.iter().collect::<Vec<&Edit>>())
}

/// How often a finding is made, wherever.
fn times(analysis: &Analysis, finding: &Diagnostic) -> usize {
    analysis.diagnostics.iter().filter(|other| other.code == finding.code && other.message == finding.message).count()
}

fn unreadable(analysis: &Analysis) -> usize {
    analysis
        .diagnostics
        .iter()
        .filter(|found| matches!(found.code, Code::Syntax | Code::Unclosed | Code::TooDeep))
        .count()
}

#[test]
fn every_remedy_of_the_examples_takes_its_finding_away() {
    let mut mended_codes = BTreeSet::new();
    let mut examples: Vec<(String, String, String)> = SLIPS
        .iter()
        .map(|slip| {
            (
                slip.to_string(),
                "un\n".to_owned(),
                format!("règlement « r »\n  texte \"texte.txt\"\nclause A « un »\n{slip}\n"),
            )
        })
        .collect();
    for path in markdown("docs/diagnostics") {
        let found = blocks(&std::fs::read_to_string(&path).unwrap());
        examples.extend(found.into_iter().filter(|block| block.info.starts_with("reglo")).map(|block| {
            let (text, rules) = ruleset(&block.body);
            (format!("{}:{}", path.display(), block.line), text, rules)
        }));
    }
    for (place, text, rules) in examples {
        let before = analysed(&rules, &text);
        for finding in &before.diagnostics {
            for remedy in &finding.remedies {
                let rules = mended(&rules, remedy);
                let after = analysed(&rules, &text);
                let place = format!("{place} {} « {} »\n{rules}", finding.message, remedy.title);
                assert!(times(&after, finding) < times(&before, finding), "{place}");
                assert!(unreadable(&after) <= unreadable(&before), "{place}\n{:#?}", after.diagnostics);
                mended_codes.insert(finding.code.as_str());
            }
        }
    }
    for code in [
        "syntaxe",
        "nom-inconnu",
        "type-inconnu",
        "cas-inconnu",
        "clause-inconnue",
        "clause-manquante",
        "clause-inutilisee",
        "cas-oublie",
        "citation-introuvable",
        "citation-ambigue",
        "texte-non-couvert",
        "fait-inutilise",
        "valeur-peut-etre-absente",
        "unites-incompatibles",
        "conflit-de-normes",
        "et-ou-sans-parentheses",
        "division-sans-arrondi",
        "silence-non-declare",
        "valeur-peut-etre-sans-objet",
        "non-ferme",
        "entete",
    ] {
        assert!(mended_codes.contains(code), "no example of {code} has a remedy: {mended_codes:?}");
    }
}

#[test]
fn safe_remedies_that_touch_are_made_one_at_a_time() {
    let rules = "règlement « r »\n  texte \"texte.txt\"\nclause A « un »\nfait élève : oui/non\n\
                 signalement s « s » selon a si eleve et ELEVE\n";
    let mut analysis = analysed(rules, "un\n");
    let (changed, made) = apply_safe(&analysis.sources, &analysis.diagnostics);
    assert_eq!(made, 3);
    let text = changed.into_iter().next().unwrap().1;
    assert!(text.ends_with("selon A si élève et élève\n"), "{text}");
    // The same remedy twice is made once.
    let twice = [analysis.diagnostics.clone(), analysis.diagnostics.clone()].concat();
    assert_eq!(apply_safe(&analysis.sources, &twice).1, 3);
    for finding in &mut analysis.diagnostics {
        for remedy in &mut finding.remedies {
            remedy.safety = Safety::ToConfirm;
        }
    }
    assert_eq!(apply_safe(&analysis.sources, &analysis.diagnostics).1, 0);
}

/// What the first finding of a code offers for one rule: the rule as each remedy leaves it.
fn offered(code: Code, rule: &str) -> Vec<String> {
    let rules = format!(
        "règlement « r »\n  texte \"texte.txt\"\nclause A « un »\nfait a : oui/non\nfait b : oui/non\n\
         fait c : oui/non\nfait d : oui/non\nfait x : nombre\nfait y : nombre\n{rule}\n"
    );
    let analysis = analysed(&rules, "un\n");
    let finding = analysis.diagnostics.iter().find(|found| found.code == code).unwrap();
    let last = |text: String| text.trim_end().rsplit('\n').next().unwrap().to_owned();
    finding.remedies.iter().map(|remedy| last(mended(&rules, remedy))).collect()
}

#[test]
fn a_mixture_of_et_and_ou_is_read_both_ways() {
    for (written, and, or) in [
        ("a et b ou c", "(a et b) ou c", "a et (b ou c)"),
        ("a ou b et c", "a ou (b et c)", "(a ou b) et c"),
        ("a et b ou c et d", "(a et b) ou (c et d)", "a et (b ou c) et d"),
        ("(x) = y et non (b) ou (c)", "((x) = y et non (b)) ou (c)", "(x) = y et (non (b) ou (c))"),
        ("(a et b) ou c et d", "(a et b) ou (c et d)", "((a et b) ou c) et d"),
        ("a et (b ou c ) ou d", "(a et (b ou c) ) ou d", "a et ((b ou c ) ou d)"),
    ] {
        let rule = |condition: &str| format!("signalement s « s » selon A si {condition}");
        let found = offered(Code::MixedLogic, &rule(written));
        let trees = |condition: &str| {
            let (file, diagnostics) = reglo::syntax::parse(reglo::source::SourceId(0), condition);
            assert!(diagnostics.is_empty(), "{condition}: {diagnostics:?}");
            reglo::syntax::format(condition) + &file.items.len().to_string()
        };
        let wanted = [rule(and), rule(or)];
        assert_eq!(
            found.iter().map(|rule| trees(rule)).collect::<Vec<_>>(),
            wanted.map(|rule| trees(&rule)),
            "{written}"
        );
    }
}

#[test]
fn a_division_is_rounded_with_all_its_parentheses() {
    for (written, rounded) in [
        ("x / 3", "arrondi(x / 3, 2)"),
        ("(x + 1) / (y + 2) + 1", "arrondi((x + 1) / (y + 2), 2) + 1"),
        ("2 * ( (x) / ((y)))", "2 * ( arrondi((x) / ((y)), 2))"),
    ] {
        let found = offered(Code::UnroundedDivision, &format!("valeur v : nombre vaut {written} selon A"));
        assert_eq!(found.len(), 4);
        assert_eq!(found[0], format!("valeur v : nombre vaut {rounded} selon A"));
    }
}

#[test]
fn either_of_two_rows_yields_to_the_other() {
    let list = "type r est\n  ok : oui/non\nfait l : liste de r\n";
    for (one, other, kept_one, kept_other) in [
        ("a", "b", "b et non a", "a et non b"),
        ("non a", "b", "b et a", "non a et non b"),
        ("a ou b", "c", "c et non (a ou b)", "(a ou b) et non c"),
        ("(a ou b)", "(c)", "(c et non (a ou b))", "((a ou b) et non c)"),
        ("(a) ou (b)", "x > 3", "x > 3 et non ((a) ou (b))", "((a) ou (b)) et non (x > 3)"),
        (
            "a et non il existe s parmi l où s.ok",
            "b",
            "b et non (a et non il existe s parmi l où s.ok)",
            "(a et non il existe s parmi l où s.ok) et non b",
        ),
        ("x > 1 + 2", "y > 1", "y > 1 et non (x > 1 + 2)", "(x > 1 + 2) et non (y > 1)"),
    ] {
        let rules = |one: &str, other: &str| {
            format!(
                "règlement « r »\n  texte \"texte.txt\"\nclause A « un »\nfait a : oui/non\nfait b : oui/non\n\
                 fait c : oui/non\nfait x : entier de 0 à 9\nfait y : entier de 0 à 9\n{list}\
                 valeur v : entier\n  cas {one} : 1 selon A\n  cas {other} : 2 selon A\n"
            )
        };
        let before = rules(one, other);
        let analysis = analysed(&before, "un\n");
        let finding = analysis.diagnostics.iter().find(|found| found.code == Code::Conflict);
        let finding = finding.unwrap_or_else(|| panic!("{before}\n{:#?}", analysis.diagnostics));
        let made: Vec<String> = finding.remedies.iter().map(|remedy| mended(&before, remedy)).collect();
        assert_eq!(made, [rules(one, kept_one), rules(kept_other, other)]);
        assert!(finding.remedies.iter().all(|remedy| remedy.safety == Safety::ToConfirm));
        for rules in made {
            let after = analysed(&rules, "un\n");
            assert_eq!(times(&after, finding), 0, "{rules}");
            assert_eq!(unreadable(&after), 0, "{rules}");
            let errors = |analysis: &Analysis| analysis.diagnostics.len();
            assert!(errors(&after) < errors(&analysis), "{rules}\n{:#?}", after.diagnostics);
        }
    }
}

#[test]
fn a_third_row_still_collides() {
    let rules = "règlement « r »\n  texte \"texte.txt\"\nclause A « un »\nfait a : oui/non\nfait b : oui/non\n\
                 fait c : oui/non\nvaleur v : entier\n  cas a : 1 selon A\n  cas b : 2 selon A\n  cas c : 3 selon A\n";
    let before = analysed(rules, "un\n");
    let conflicts = |analysis: &Analysis| analysis.diagnostics.iter().filter(|d| d.code == Code::Conflict).count();
    assert_eq!(conflicts(&before), 3);
    for finding in before.diagnostics.iter().filter(|found| found.code == Code::Conflict) {
        assert_eq!(finding.remedies.len(), 2);
        for remedy in &finding.remedies {
            assert_eq!(conflicts(&analysed(&mended(rules, remedy), "un\n")), 2, "{}", remedy.title);
        }
    }
}
