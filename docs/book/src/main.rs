//! Builds the documentation (`docs/**/*.md`, in the order of `docs/SUMMARY.md`) as a book of HTML pages, its rulesets
//! coloured, then follows every link between its pages, anchors included.
//!
//! `reglo-book DOCS OUT` writes the book in `OUT`, emptied first. Exit status 1, with all the dead links and the pages
//! that no link of the summary leads to, if there are any.

mod colour;
mod links;
mod pages;

use std::path::Path;
use std::process::ExitCode;

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [docs, out] = arguments.as_slice() else {
        eprintln!("usage: reglo-book DOCS OUT");
        return ExitCode::from(2);
    };
    match book(Path::new(docs), Path::new(out)) {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            eprintln!("{}", faults.join("\n"));
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// What is wrong with the book made of `docs`, a sentence each.
fn book(docs: &Path, out: &Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    // The pages are copied apart from what else stands in the folder, which would be published with them.
    let (source, html) = (out.join("src"), out.join("html"));
    let mut faults = pages::gather(docs, &source)?;

    let mut config = Config::default();
    config.book.title = Some("reglo".to_owned());
    config.book.language = Some("fr".to_owned());
    // Pages keep the names that links give them: a README stays one.
    config.build.use_default_preprocessors = false;
    config.build.build_dir = std::path::absolute(&html)?;
    MDBook::load_with_config(out, config)?.build()?;

    faults.extend(links::dead(&html)?);
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn every_page_of_the_documentation_has_its_rulesets_coloured() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/book/test-pages");
        let faults = super::book(&docs, &out).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        for (page, wanted) in [
            ("guide/01-premiere-regle.html", "<span class=\"hljs-keyword\">obligation</span>"),
            ("diagnostics/division-sans-arrondi.html", "<span class=\"hljs-built_in\">arrondi</span>(tarif / "),
            ("language.html", "<span class=\"hljs-keyword\">valeur</span> <span class=\"hljs-title\">"),
        ] {
            let page = std::fs::read_to_string(out.join("html").join(page)).unwrap();
            assert!(page.contains(wanted), "{wanted}");
            assert!(page.contains("<pre><code class=\"language-reglo hljs\">"));
            assert!(!page.contains("class=\"language-reglo\""), "a ruleset is left without colours");
        }
    }
}
