//! Every example of the documentation does what the documentation says.
//!
//! Blocks `reglo` are whole rulesets that check without a word and whose examples hold; `reglo,erreur` are
//! refused with the code their page is named after; `reglo,fragment` are items that can be read.

use std::path::Path;

use super::blocks::{Block, blocks, folder, markdown, reglo, ruleset};

fn name(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string()
}

/// The bytes a block `reglo,erreur,octets` stands for: `\xNN` is one byte.
fn bytes(body: &str) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("\\x") {
        found.extend(before.bytes());
        found.push(u8::from_str_radix(&after[..2], 16).unwrap());
        rest = &after[2..];
    }
    found.extend(rest.bytes());
    found
}

fn lay(block: &Block, place: &str) -> std::path::PathBuf {
    let folder = folder(&format!("documents-{}", place.replace(['/', ':'], "-")));
    let (text, body) = ruleset(&block.body);
    std::fs::write(folder.join("texte.txt"), text).unwrap();
    std::fs::write(folder.join("reglement.reglo"), bytes(&body)).unwrap();
    folder
}

#[test]
fn every_ruleset_of_the_documentation_does_what_its_page_says() {
    let mut failures = Vec::new();
    let mut run = 0;
    for path in markdown("docs") {
        let document = std::fs::read_to_string(&path).unwrap();
        for block in blocks(&document) {
            let place = format!("{}:{}", name(&path), block.line);
            if block.is("reglo") || block.info.starts_with("reglo file=") {
                run += 1;
                let folder = lay(&block, &place);
                let (said, status) = reglo(&folder, &["check", "reglement.reglo", "--quiet"]);
                if !said.is_empty() || status != 0 {
                    failures.push(format!("{place}: does not check\n{said}"));
                    continue;
                }
                let (said, status) = reglo(&folder, &["test", "reglement.reglo", "--quiet"]);
                if status != 0 {
                    failures.push(format!("{place}: its examples do not hold\n{said}"));
                }
            } else if block.info.starts_with("reglo,erreur") {
                run += 1;
                let code = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let folder = lay(&block, &place);
                let (said, status) = reglo(&folder, &["check", "reglement.reglo", "--format", "json"]);
                if !said.contains(&format!("\"code\": \"{code}\"")) && !said.contains(&format!("\"code\":\"{code}\"")) {
                    failures.push(format!("{place}: does not give {code} (exit {status})\n{said}"));
                }
            } else if block.info.starts_with("reglo,fragment") {
                run += 1;
                let (_, problems) = ::reglo::syntax::parse(::reglo::source::SourceId(0), &block.body);
                if !problems.is_empty() {
                    failures.push(format!("{place}: cannot be read\n{problems:?}"));
                }
            }
        }
    }
    assert!(run > 60, "only {run} examples were found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_diagnostic_has_a_page_with_an_example_and_its_mending() {
    for code in ::reglo::diagnostic::Code::ALL {
        let path = format!("{}/docs/diagnostics/{}.md", env!("CARGO_MANIFEST_DIR"), code.as_str());
        let page = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} has no page", code.as_str()));
        assert!(page.lines().next().is_some_and(|line| line.starts_with("# ")), "{path} has no title");
        assert!(blocks(&page).iter().any(|block| block.info.starts_with("reglo")), "{path} has no example");
    }
}
