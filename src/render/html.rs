//! A page as one self-contained HTML file, for the screen, for print and for readers of screens.

use super::page::{Block, Branch, Listing, Mark, Page, Row, Text, Tone, rows, shown};

/// From this level on, reasons are folded until asked for.
const LEVELS_OPEN: usize = 2;

/// How deep a tree is nested; deeper branches say their level instead.
const LEVELS_NESTED: usize = 64;

const CSS: &str = include_str!("page.css");

/// Folded reasons must show on paper; older browsers need to be told.
const PRINT: &str =
    "addEventListener('beforeprint',()=>document.querySelectorAll('details').forEach(d=>{d.open=true}))";

/// Shows a page as a whole HTML document, in French. All words are escaped.
pub fn html(page: &Page) -> String {
    let title = escaped(&page.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{CSS}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    blocks(&mut out, &page.blocks);
    out.push_str("</main>\n<script>");
    out.push_str(PRINT);
    out.push_str("</script>\n</body>\n</html>\n");
    out
}

fn blocks(out: &mut String, all: &[Block]) {
    for block in all {
        one(out, block);
    }
}

fn one(out: &mut String, block: &Block) {
    match block {
        Block::Heading(level, text) => {
            let level = (*level).clamp(1, 5) + 1;
            out.push_str(&format!("<h{level}>{}</h{level}>\n", inline(text)));
        }
        Block::Paragraph(text) => out.push_str(&format!("<p>{}</p>\n", inline(text))),
        Block::List(listing, items) => {
            let tag = match listing {
                Listing::Bulleted => "ul",
                Listing::Numbered => "ol",
            };
            out.push_str(&format!("<{tag}>\n"));
            for item in items {
                out.push_str("<li>");
                match item.as_slice() {
                    [Block::Paragraph(text)] => out.push_str(&inline(text)),
                    several => blocks(out, several),
                }
                out.push_str("</li>\n");
            }
            out.push_str(&format!("</{tag}>\n"));
        }
        Block::Table { head, rows } => table(out, head, rows),
        Block::Quote { text, source } => out.push_str(&format!(
            "<figure>\n<blockquote><p>«\u{a0}{}\u{a0}»</p></blockquote>\n<figcaption>{}</figcaption>\n</figure>\n",
            inline(text),
            inline(source)
        )),
        Block::Tree(branches) => tree(out, branches),
        Block::Rule => out.push_str("<hr>\n"),
    }
}

fn table(out: &mut String, head: &[Text], rows: &[Vec<Text>]) {
    let count = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    // A table wider than the page scrolls by itself, by keyboard too.
    out.push_str("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Tableau\">\n<table>\n");
    if !head.iter().all(Text::is_empty) {
        out.push_str("<thead><tr>");
        for at in 0..count {
            let name = head.get(at).map(inline).unwrap_or_default();
            out.push_str(&format!("<th scope=\"col\">{name}</th>"));
        }
        out.push_str("</tr></thead>\n");
    }
    out.push_str("<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for at in 0..count {
            out.push_str(&format!("<td>{}</td>", row.get(at).map(inline).unwrap_or_default()));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// A tree as nested lists, written without recursion.
fn tree(out: &mut String, branches: &[Branch]) {
    let mut open = 0;
    let level = |row: &Row| row.depth.min(LEVELS_NESTED) + 1;
    for row in rows(branches) {
        let level = level(&row);
        if level > open {
            out.push_str(if open == 0 { "<ul class=\"tree\">\n" } else { "<ul>\n" });
            open += 1;
        } else {
            out.push_str("</li>\n");
        }
        while open > level {
            close(out, &mut open);
            out.push_str("</li>\n");
        }
        let mut text = mark(row.branch.mark);
        if row.depth > LEVELS_NESTED {
            text.push_str(&format!("<span class=\"muted\">(niveau {}) </span>", row.depth + 1));
        }
        text.push_str(&inline(&row.branch.text));
        out.push_str("<li>");
        if row.branch.children.is_empty() || row.depth >= LEVELS_NESTED {
            out.push_str(&text);
        } else {
            let state = if row.depth < LEVELS_OPEN { " open" } else { "" };
            out.push_str(&format!("<details{state}><summary>{text}</summary>\n"));
        }
    }
    while open > 0 {
        out.push_str("</li>\n");
        close(out, &mut open);
    }
}

/// Closes a list, and the fold it lies in unless it is the tree itself.
fn close(out: &mut String, open: &mut usize) {
    *open -= 1;
    out.push_str(if *open == 0 { "</ul>\n" } else { "</ul></details>" });
}

/// The sign of a mark, and the word for those who do not see it.
fn mark(mark: Mark) -> String {
    let word = match mark {
        Mark::None => return String::new(),
        Mark::Good => "oui",
        Mark::Bad => "non",
        Mark::Open => "indéterminé",
    };
    let sign = mark.sign().unwrap_or("");
    let class = class(mark.tone());
    format!("<span class=\"mark {class}\" role=\"img\" aria-label=\"{word}\">{sign}</span> ")
}

fn inline(text: &Text) -> String {
    let mut out = String::new();
    for span in &text.spans {
        let words = escaped(&span.text).replace('\n', "<br>\n");
        match span.tone {
            Tone::Plain => out.push_str(&words),
            Tone::Strong => out.push_str(&format!("<strong>{words}</strong>")),
            Tone::Emphasis => out.push_str(&format!("<em>{words}</em>")),
            Tone::Code => out.push_str(&format!("<code>{words}</code>")),
            Tone::Muted | Tone::Good | Tone::Bad | Tone::Open => {
                out.push_str(&format!("<span class=\"{}\">{words}</span>", class(span.tone)));
            }
        }
    }
    out
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Strong | Tone::Emphasis | Tone::Code => "",
        Tone::Muted => "muted",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Open => "open",
    }
}

/// Words that can stand in an element or a quoted attribute.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars().map(shown) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples::page;
    use super::*;

    fn shown(blocks: Vec<Block>) -> String {
        html(&Page { title: String::new(), blocks })
    }

    #[test]
    fn a_page_becomes_one_document() {
        let page = html(&page()).replace(CSS, "(css)\n");
        insta::assert_snapshot!(page);
    }

    #[test]
    fn words_never_become_markup() {
        let shown = html(&Page {
            title: "</title><script>".to_owned(),
            blocks: vec![Block::Paragraph(Text::new().code("<img src='x' onerror=\"y\">&"))],
        });
        assert!(shown.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"));
        assert!(shown.contains("<code>&lt;img src=&#39;x&#39; onerror=&quot;y&quot;&gt;&amp;</code>"));
    }

    #[test]
    fn every_element_opened_by_a_tree_is_closed() {
        let mut chain = Branch::leaf(Mark::Open, "au fond");
        for _ in 0..500 {
            chain = Branch {
                text: "car".into(),
                mark: Mark::None,
                children: vec![Branch::leaf(Mark::Good, "a"), chain, Branch::leaf(Mark::Bad, "b")],
            };
        }
        let shown = shown(vec![Block::Tree(vec![chain])]);
        for tag in ["ul", "li", "details", "summary", "span"] {
            let opened = shown.matches(&format!("<{tag}")).count();
            assert_eq!(opened, shown.matches(&format!("</{tag}>")).count(), "{tag}");
            assert!(opened > 0, "{tag}");
        }
        assert!(shown.contains("(niveau 501)"));
    }
}
