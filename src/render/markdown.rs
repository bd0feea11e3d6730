//! A page as Markdown (CommonMark, and tables as GitHub has them).

use super::page::{Block, Branch, Listing, Page, Text, Tone, rows, shown};

/// How deep a tree is nested; deeper branches say their level instead.
const LEVELS_NESTED: usize = 16;

/// Shows a page as Markdown. Whatever its words hold, they read as words.
pub fn markdown(page: &Page) -> String {
    let mut out = String::new();
    if !page.title.is_empty() {
        put(&mut out, "", &format!("# {}", heading(&Text::from(page.title.as_str()))));
    }
    blocks(&mut out, &page.blocks, "");
    out
}

/// Adds lines, each behind a margin; no line ends with a space.
fn put(out: &mut String, margin: &str, lines: &str) {
    for line in lines.split('\n') {
        let line = format!("{margin}{line}");
        out.push_str(line.trim_end_matches(' '));
        out.push('\n');
    }
}

fn blocks(out: &mut String, all: &[Block], margin: &str) {
    for block in all {
        if !out.is_empty() {
            put(out, margin, "");
        }
        one(out, block, margin);
    }
}

fn one(out: &mut String, block: &Block, margin: &str) {
    match block {
        Block::Heading(level, text) => {
            let signs = "#".repeat(usize::from((*level).clamp(1, 5)) + 1);
            put(out, margin, &format!("{signs} {}", heading(text)));
        }
        Block::Paragraph(text) => put(out, margin, &paragraph(text)),
        Block::List(listing, items) => list(out, *listing, items, margin),
        Block::Table { head, rows } => table(out, head, rows, margin),
        Block::Quote { text, source } => {
            let margin = format!("{margin}> ");
            let quoted = Text::new().plain("«\u{a0}").then(text.clone()).plain("\u{a0}»");
            put(out, &margin, &paragraph(&quoted));
            put(out, &margin, "");
            put(out, &margin, &paragraph(&Text::from("— ").then(source.clone())));
        }
        Block::Tree(branches) => tree(out, branches, margin),
        Block::Rule => put(out, margin, "***"),
    }
}

fn list(out: &mut String, listing: Listing, items: &[Vec<Block>], margin: &str) {
    for (at, item) in items.iter().enumerate() {
        let sign = match listing {
            Listing::Bulleted => "- ".to_owned(),
            Listing::Numbered => format!("{}. ", at + 1),
        };
        let inner = format!("{margin}{}", " ".repeat(sign.len()));
        let mut body = String::new();
        blocks(&mut body, item, &inner);
        out.push_str(margin);
        out.push_str(&sign);
        out.push_str(body.strip_prefix(&inner).unwrap_or("\n"));
    }
}

fn tree(out: &mut String, branches: &[Branch], margin: &str) {
    for row in rows(branches) {
        let indent = "  ".repeat(row.depth.min(LEVELS_NESTED));
        let mut text = Text::new();
        if row.depth > LEVELS_NESTED {
            text.push(Tone::Muted, format!("(niveau {}) ", row.depth + 1));
        }
        if let Some(sign) = row.branch.mark.sign() {
            text.push(Tone::Plain, format!("{sign} "));
        }
        let lines = paragraph(&text.then(row.branch.text.clone())).replace('\n', &format!("\n{margin}{indent}  "));
        put(out, "", &format!("{margin}{indent}- {lines}"));
    }
}

fn table(out: &mut String, head: &[Text], rows: &[Vec<Text>], margin: &str) {
    let count = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let line = |cells: &[Text]| {
        let mut line = String::from("|");
        for at in 0..count {
            let cell = cells.get(at).map(cell).unwrap_or_default();
            line.push_str(&format!(" {cell} |"));
        }
        line
    };
    put(out, margin, &line(head));
    put(out, margin, &format!("|{}", " --- |".repeat(count)));
    for row in rows {
        put(out, margin, &line(row));
    }
}

/// A text on one line.
fn heading(text: &Text) -> String {
    let line = inline(text).replace("\\\n", " ");
    // A heading may be closed by signs of its own.
    if line.ends_with('#') { line.strip_suffix('#').map(|rest| format!("{rest}\\#")).unwrap_or(line) } else { line }
}

fn cell(text: &Text) -> String {
    inline(text).replace("\\\n", "<br>").replace('|', "\\|")
}

/// A text whose lines cannot be taken for the beginning of another block.
fn paragraph(text: &Text) -> String {
    inline(text).split('\n').map(guarded).collect::<Vec<_>>().join("\n")
}

/// Escapes what would make a block of a line.
fn guarded(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = line.get(digits..).unwrap_or("");
    if (1..=9).contains(&digits) && after.starts_with(['.', ')']) {
        return format!("{}\\{after}", line.get(..digits).unwrap_or(""));
    }
    if line.starts_with(['#', '+', '-', '=', ':', '|']) { format!("\\{line}") } else { line.to_owned() }
}

/// Words and their tones on lines ended by `\` where a break was asked for.
fn inline(text: &Text) -> String {
    let pieces: Vec<(String, Tone)> = collapsed(text);
    let mut out = String::new();
    for (at, (words, tone)) in pieces.iter().enumerate() {
        let next = pieces.iter().skip(at + 1).find_map(|(words, _)| words.chars().next());
        let marks = match tone {
            Tone::Plain | Tone::Muted => "",
            Tone::Strong | Tone::Good | Tone::Bad | Tone::Open => "**",
            Tone::Emphasis => "*",
            Tone::Code => {
                out.push_str(&code(words));
                continue;
            }
        };
        let body = words.trim();
        let (before, after) = words.split_once(body).filter(|_| !body.is_empty()).unwrap_or((words, ""));
        out.push_str(&before.replace('\n', "\\\n"));
        let inside = (body.chars().next(), body.chars().next_back());
        let outside = (out.chars().next_back(), after.chars().next().or(next));
        match marks {
            "" => out.push_str(&escaped(body)),
            _ if body.is_empty() => {}
            _ if sticks(outside.0, inside.0) || sticks(outside.1, inside.1) => {
                let tag = if marks == "*" { "em" } else { "strong" };
                out.push_str(&format!("<{tag}>{}</{tag}>", escaped(body)));
            }
            _ => out.push_str(&format!("{marks}{}{marks}", escaped(body))),
        }
        out.push_str(&after.replace('\n', "\\\n"));
    }
    out
}

/// Whether marks between these characters would not be read as marks: a word on one side and a sign on
/// the other, or marks against marks.
fn sticks(outside: Option<char>, inside: Option<char>) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    outside == Some('*') || (word(outside) && !word(inside))
}

/// The spans with blanks made one space and characters fit to be shown; no text begins or ends with a blank.
fn collapsed(text: &Text) -> Vec<(String, Tone)> {
    let mut pieces: Vec<(String, Tone)> = Vec::new();
    let mut last = '\n';
    for span in &text.spans {
        let mut words = String::new();
        for c in span.text.chars().map(shown) {
            let drop = (c == ' ' || c == '\n') && last == '\n' || c == ' ' && last == ' ';
            if c == '\n' && last == ' ' {
                words.pop();
            }
            if !drop {
                words.push(c);
                last = c;
            }
        }
        match pieces.last_mut() {
            Some((before, tone)) if *tone == span.tone => before.push_str(&words),
            _ if words.is_empty() => {}
            _ => pieces.push((words, span.tone)),
        }
    }
    while let Some((words, _)) = pieces.last_mut() {
        let kept = words.trim_end_matches([' ', '\n']).len();
        words.truncate(kept);
        if kept > 0 {
            break;
        }
        pieces.pop();
    }
    pieces
}

/// Escapes what would be read as a mark, a link, a tag or an entity.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut before = None;
    let mut rest = words.chars().peekable();
    while let Some(c) = rest.next() {
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let escape = match c {
            '\n' => true,
            '_' => !(word(before) && word(rest.peek().copied())),
            _ => matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '~'),
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// A code span: fenced by more backquotes than it holds in a row.
fn code(words: &str) -> String {
    let words = words.replace('\n', " ");
    let longest = words.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if words.starts_with('`') || words.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{words}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::super::page::Mark;
    use super::super::samples::page;
    use super::*;

    #[test]
    fn a_page_becomes_markdown() {
        insta::assert_snapshot!(markdown(&page()));
    }

    #[test]
    fn words_that_look_like_markup_stay_words() {
        let shown = |words: &str| paragraph(&words.into());
        assert_eq!(
            shown("*a* [b](c) <d> &e; `f` \\ ~~g~~"),
            "\\*a\\* \\[b\\](c) \\<d\\> \\&e; \\`f\\` \\\\ \\~\\~g\\~\\~"
        );
        assert_eq!(shown("# a"), "\\# a");
        assert_eq!(shown("- a\n12. b\n1) c\n+ d\n2026-01-05"), "\\- a\\\n12\\. b\\\n1\\) c\\\n\\+ d\\\n2026-01-05");
        assert_eq!(shown("durée_minimale _a_"), "durée_minimale \\_a\\_");
        assert_eq!(shown("    a  b \n c "), "a b\\\nc");
    }

    #[test]
    fn marks_stand_where_they_are_read_as_marks() {
        let shown = |text: Text| inline(&text);
        assert_eq!(shown(Text::new().plain("a").strong(" b ").plain("c")), "a **b** c");
        assert_eq!(shown(Text::new().plain("a").strong("(b)")), "a<strong>(b)</strong>");
        assert_eq!(shown(Text::new().strong("a").emphasis("b")), "**a**<em>b</em>");
        assert_eq!(shown(Text::new().code("`a``b")), "``` `a``b ```");
    }

    #[test]
    fn cells_hold_bars_and_breaks() {
        assert_eq!(cell(&Text::from("a | b\nc").code("|")), "a \\| b<br>c`\\|`");
    }

    #[test]
    fn a_long_chain_of_reasons_is_nested_no_deeper_than_readers_can() {
        let mut chain = Branch::leaf(Mark::Open, "au fond");
        for _ in 0..5000 {
            chain = Branch { text: "car".into(), mark: Mark::None, children: vec![chain] };
        }
        let shown = markdown(&Page { title: String::new(), blocks: vec![Block::Tree(vec![chain])] });
        assert!(shown.ends_with("\n                                - (niveau 5001) ? au fond\n"), "{}", shown.len());
    }
}
