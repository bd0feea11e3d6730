//! Law 7: formatting is idempotent, and keeps tree and comments. Over every ruleset of the repository and of its
//! documents, and over rulesets drawn at random, with comments put anywhere in them.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::{Path, PathBuf};

use reglo::source::SourceId;
use reglo::syntax::{format, normalise, parse, same_words};

use crate::blocks::{blocks, markdown};
use crate::generate::{self, Draw};

/// The tree without places, blanks inside quotations as one, and the texts of the comments.
fn meaning(text: &str) -> (String, Vec<String>) {
    let (file, _) = parse(SourceId(0), text);
    let tree = format!("{:?}", file.items);
    let mut kept = String::new();
    let mut rest = tree.as_str();
    while let Some((before, after)) = rest.split_once("Span {") {
        kept.push_str(before);
        rest = after.split_once('}').unwrap().1;
    }
    kept.push_str(rest);
    let kept = kept.replace("\\n", " ").replace("\\r", " ").replace("\\t", " ");
    let kept = kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (kept, file.comments.iter().map(|span| text[span.range()].to_owned()).collect())
}

/// What is wrong with the formatting of a text.
fn broken(text: &str) -> Option<String> {
    let once = format(text);
    let twice = format(&once);
    let wrong = if once != twice {
        "formatting again changes it"
    } else if meaning(text) != meaning(&once) {
        "the tree or the comments differ"
    } else if !same_words(text, &once) {
        "the words differ"
    } else {
        return None;
    };
    Some(format!("{wrong}\n── before ──\n{text}\n── once ──\n{once}\n── twice ──\n{twice}"))
}

fn rulesets(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rulesets(&path));
        } else if path.extension().is_some_and(|extension| extension == "reglo") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| normalise(std::fs::read(path).unwrap()).unwrap();
    let mut all: Vec<(String, String)> =
        rulesets(&root.join("rulesets")).iter().map(|path| (path.display().to_string(), read(path))).collect();
    for path in [markdown("docs"), markdown("tests/cases")].concat() {
        let written = blocks(&read(&path)).into_iter().filter(|block| {
            block.info.starts_with("reglo") || block.file().is_some_and(|file| file.ends_with(".reglo"))
        });
        all.extend(written.map(|block| (format!("{}:{}", path.display(), block.line), block.body)));
    }
    all
}

#[test]
fn formatting_keeps_every_ruleset_of_the_repository_and_of_its_documents() {
    let texts = texts();
    assert!(texts.len() > 100, "{}", texts.len());
    for (name, text) in texts {
        if let Some(wrong) = broken(&text) {
            panic!("{name}: {wrong}");
        }
    }
}

/// The text with comments put where blanks stand, outside of quotations.
fn commented(text: &str, draw: &mut Draw) -> String {
    let mut out = String::new();
    let (mut depth, mut string, mut comment) = (0_usize, false, false);
    for c in text.chars() {
        match c {
            '«' if !string && !comment => depth += 1,
            '»' if !string && !comment => depth = depth.saturating_sub(1),
            '"' if depth == 0 && !comment => string = !string,
            '#' if depth == 0 && !string => comment = true,
            '\n' => comment = false,
            _ => {}
        }
        if c == ' ' && depth == 0 && !string && !comment && draw.chance(6) {
            out.push_str(if draw.chance(50) { " # remarque\n  " } else { "\n  # remarque à part\n  " });
        } else {
            out.push(c);
        }
    }
    out
}

#[test]
fn formatting_keeps_rulesets_drawn_at_random_with_comments_anywhere() {
    for seed in 1..=150 {
        let mut draw = Draw::new(seed);
        let text = generate::program(&mut draw).text().0;
        for text in [text.clone(), commented(&text, &mut draw)] {
            if let Some(wrong) = broken(&text) {
                panic!("seed {seed}: {wrong}");
            }
        }
    }
    for (seed, (name, text)) in (1..).zip(texts()) {
        let text = commented(&text, &mut Draw::new(seed));
        if let Some(wrong) = broken(&text) {
            panic!("{name} with comments: {wrong}");
        }
    }
}

#[test]
fn an_item_that_cannot_be_read_stays_as_it_is() {
    let text = "fait   a:date\n\nvaleur v : durée   vaut  ( 3 semaines   selon  C-1\n   # fin\n\nfait b  :  date";
    let expected = "fait a : date\n\nvaleur v : durée   vaut  ( 3 semaines   selon  C-1\n# fin\n\nfait b : date\n";
    assert_eq!(format(text), expected);
    for text in ["", "   \n\n", "rien", "# seul", "clause A « jamais fermée\n\nfait b:date", "fait a : date # fin"] {
        assert_eq!(broken(text), None);
    }
    assert_eq!(format(""), "");
    assert_eq!(format("\n\n# seul\n\n\n"), "# seul\n");
}

#[test]
fn the_rulesets_of_the_repository_are_laid_out() {
    let found = rulesets(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets"));
    assert!(!found.is_empty());
    for path in found {
        let text = normalise(std::fs::read(&path).unwrap()).unwrap();
        assert!(format(&text) == text, "{} is to be laid out: reglo fmt rulesets/*", path.display());
    }
}

#[test]
fn a_remark_at_the_end_of_a_line_does_not_break_the_line() {
    for line in [
        "fait élève : oui/non  « est élève »  # des écoles de la commune",
        "clause A « un »  # la première",
        "valeur v : entier vaut 3  selon A  # en jours",
    ] {
        assert!(broken(line).is_none());
        let laid = format(line);
        assert!(laid.lines().last().unwrap().contains('#'), "{laid}");
        assert_eq!(laid.lines().count(), format(line.split('#').next().unwrap()).lines().count(), "{laid}");
    }
}
