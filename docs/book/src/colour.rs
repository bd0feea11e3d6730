//! Colours the rulesets that pages show, with the words of the language as the engine knows them.
//!
//! A block ```` ```reglo ```` becomes HTML with the classes of the book's own style sheets (`hljs-…`), so that pages need
//! no script for it. The script of the book leaves alone a language that it does not know.

use std::fmt::Write;
use std::ops::Range;

use reglo::lower::FUNCTIONS;
use reglo::syntax::{Word, WordKind, is_inner_word, item_words, words};

/// A page in Markdown, its rulesets coloured.
pub(crate) fn coloured(page: &str) -> String {
    let mut out = String::with_capacity(page.len() * 2);
    // The fence that closes the block one is in, and the ruleset in it.
    let mut fence: Option<&str> = None;
    let mut ruleset: Option<String> = None;
    for line in page.split_inclusive('\n') {
        let marks = line.trim_end();
        match (fence, &mut ruleset) {
            (Some(closing), Some(body)) if marks == closing => {
                let _ = writeln!(out, "<pre><code class=\"language-reglo hljs\">{}</code></pre>", html(body));
                (fence, ruleset) = (None, None);
            }
            (Some(_), Some(body)) => body.push_str(line),
            (Some(closing), None) => {
                out.push_str(line);
                fence = Some(closing).filter(|closing| marks != *closing);
            }
            (None, _) => {
                let ticks = marks.len() - marks.trim_start_matches('`').len();
                if ticks >= 3 {
                    let (closing, info) = marks.split_at(ticks);
                    fence = Some(closing);
                    ruleset = is_ruleset(info).then(String::new);
                }
                if ruleset.is_none() {
                    out.push_str(line);
                }
            }
        }
    }
    out
}

/// `reglo`, `reglo,erreur`, `reglo file=pret.reglo`, `reglo-faux …`
fn is_ruleset(info: &str) -> bool {
    info.split([',', ' ', '-']).next() == Some("reglo")
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    let mut written = 0;
    for (range, class) in classes(text) {
        escape(&text[written..range.start], &mut out);
        let _ = write!(out, "<span class=\"hljs-{class}\">");
        escape(&text[range.clone()], &mut out);
        out.push_str("</span>");
        written = range.end;
    }
    escape(&text[written..], &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}

/// The stretches that have a colour, in order.
fn classes(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let words = words(text);
    let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if found.last().is_some_and(|(range, _)| word.range.start < range.end) {
            continue;
        }
        let before = at.checked_sub(1).map(|before| &words[before]);
        let class = match word.kind {
            WordKind::Comment => "comment",
            WordKind::Quote | WordKind::Text => "string",
            WordKind::Number | WordKind::Name if before.is_some_and(|before| opens_item(text, before)) => {
                if &text[word.range.clone()] == "texte" {
                    "keyword"
                } else {
                    found.push((name(&words[at..]), "title"));
                    continue;
                }
            }
            WordKind::Number => "number",
            WordKind::Sign => continue,
            WordKind::Name => match name_class(text, word, words.get(at + 1)) {
                Some(class) => class,
                None => continue,
            },
        };
        found.push((word.range.clone(), class));
    }
    found
}

fn name_class(text: &str, word: &Word, next: Option<&Word>) -> Option<&'static str> {
    let spelt = &text[word.range.clone()];
    let called = next.is_some_and(|next| &text[next.range.clone()] == "(");
    if called && FUNCTIONS.contains(&spelt) {
        return Some("built_in");
    }
    (is_inner_word(spelt) || item_words().any(|item| item == spelt)).then_some("keyword")
}

/// Whether a word at the margin begins an item.
fn opens_item(text: &str, word: &Word) -> bool {
    let margin = word.range.start == 0 || text[..word.range.start].ends_with('\n');
    margin && item_words().any(|item| item == &text[word.range.clone()])
}

/// The words that stand together from the first on: `B1-4`.
fn name(words: &[Word]) -> Range<usize> {
    let start = words[0].range.start;
    let mut end = words[0].range.end;
    for word in &words[1..] {
        if word.range.start != end || matches!(word.kind, WordKind::Quote | WordKind::Comment) {
            break;
        }
        end = word.range.end;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::coloured;

    #[test]
    fn words_have_the_colour_of_what_they_are() {
        let page = "Avant `x`.\n\n```reglo,erreur\n# texte: a < b\nclause B1-4 « un & deux »\n\nvaleur v : nombre\n  vaut \
                    arrondi(x / 3, 2) selon B1-4\n```\n\nAprès.\n";
        let wanted = "Avant `x`.\n\n<pre><code class=\"language-reglo hljs\">\
            <span class=\"hljs-comment\"># texte: a &lt; b</span>\n\
            <span class=\"hljs-keyword\">clause</span> <span class=\"hljs-title\">B1-4</span> \
            <span class=\"hljs-string\">« un &amp; deux »</span>\n\n\
            <span class=\"hljs-keyword\">valeur</span> <span class=\"hljs-title\">v</span> : \
            <span class=\"hljs-keyword\">nombre</span>\n  <span class=\"hljs-keyword\">vaut</span> \
            <span class=\"hljs-built_in\">arrondi</span>(x / <span class=\"hljs-number\">3</span>, \
            <span class=\"hljs-number\">2</span>) <span class=\"hljs-keyword\">selon</span> B1-<span class=\"hljs-number\">4</span>\n\
            </code></pre>\n\nAprès.\n";
        assert_eq!(coloured(page), wanted);
    }

    #[test]
    fn what_is_no_ruleset_stays_as_it_is() {
        for page in [
            "```console\n$ reglo check a.reglo\n```\n",
            "````text\n```reglo\nfait a : date\n```\n````\n",
            "```json\n{}\n```\nfait\n",
        ] {
            assert_eq!(coloured(page), page);
        }
    }
}
