//! Cuts a file into items, in one linear scan before any parsing.
//!
//! The scan checks that quotations and strings close, and bounds the nesting of brackets and
//! quotations, so that neither pest nor any walk of the tree can exhaust the stack.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::ast::NormKind;
use crate::diagnostic::{Code, Diagnostic, Remedy};
use crate::limit::Limit;
use crate::source::{SourceId, Span};

/// What is said of what nests deeper than `nesting`, and what to do about it.
pub(super) fn too_deep(nesting: usize) -> (String, String) {
    let name = Limit::Nesting.name();
    (
        format!("l'imbrication dépasse ici {nesting} niveaux (limite «\u{a0}{name}\u{a0}»)"),
        format!(
            "nommez une partie du calcul par «\u{a0}soit\u{a0}», ou faites-en une valeur à part\u{202f}; \
             l'option --limit {name}=VALEUR relève la limite"
        ),
    )
}

/// The kinds of items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Header,
    Clause,
    Heading,
    Noise,
    Reading,
    Outside,
    Type,
    Fact,
    Assessment,
    Incoherence,
    Value,
    Norm(NormKind),
    Notice,
    Decision,
    Example,
}

/// Each kind with its first word, and that word with its article.
pub(super) const KINDS: [(Kind, &str, &str); 18] = [
    (Kind::Header, "règlement", "le règlement"),
    (Kind::Clause, "clause", "la clause"),
    (Kind::Heading, "titre", "le titre"),
    (Kind::Noise, "hors", "ce « hors texte »"),
    (Kind::Reading, "interprétation", "l'interprétation"),
    (Kind::Outside, "source", "la source"),
    (Kind::Type, "type", "le type"),
    (Kind::Fact, "fait", "le fait"),
    (Kind::Assessment, "appréciation", "l'appréciation"),
    (Kind::Incoherence, "incohérence", "l'incohérence"),
    (Kind::Value, "valeur", "la valeur"),
    (Kind::Norm(NormKind::Obligation), "obligation", "l'obligation"),
    (Kind::Norm(NormKind::Prohibition), "interdiction", "l'interdiction"),
    (Kind::Norm(NormKind::Preference), "préférence", "la préférence"),
    (Kind::Norm(NormKind::Permission), "permission", "la permission"),
    (Kind::Notice, "signalement", "le signalement"),
    (Kind::Decision, "décision", "la décision"),
    (Kind::Example, "exemple", "l'exemple"),
];

/// How each kind is written, in short.
const MODELS: [(Kind, &str); 15] = [
    (Kind::Header, "règlement « titre »  texte \"texte.txt\""),
    (Kind::Clause, "clause B1-4 « passage du texte »"),
    (Kind::Heading, "titre « passage du texte »"),
    (Kind::Noise, "hors texte « passage du texte »"),
    (Kind::Reading, "interprétation AMB-2 « ce qu'on retient »"),
    (Kind::Outside, "source circulaire « ce que c'est » hors texte"),
    (Kind::Type, "type voie est scolaire « voie scolaire » | apprentissage"),
    (Kind::Fact, "fait voie : texte, facultatif « libellé »"),
    (Kind::Assessment, "appréciation force_majeure « libellé » selon C-2 par « qui décide »"),
    (Kind::Incoherence, "incohérence nom « libellé » pour chaque s parmi L si condition écarte s.début, s.fin"),
    (
        Kind::Value,
        "valeur nom : durée « libellé » vaut 14 semaines selon C-1 sauf exception selon C-2 si condition alors 10 semaines",
    ),
    (Kind::Norm(NormKind::Obligation), "obligation nom « libellé » selon B1-4 pour condition exige condition"),
    (Kind::Notice, "signalement nom « libellé » selon C-2 si condition"),
    (Kind::Decision, "décision nom « libellé » cas condition exige règle, règle sauf exception selon C-3 si condition"),
    (Kind::Example, "exemple « titre » avec fait = valeur, fait = valeur attend nom = réponse"),
];

/// Words that begin a part of an item at the start of a line: never a misspelt item.
const PART_WORDS: [&str; 34] = [
    "texte",
    "au",
    "sans",
    "selon",
    "par",
    "pour",
    "soit",
    "si",
    "alors",
    "sinon",
    "vaut",
    "cas",
    "sauf",
    "prime",
    "silence",
    "exige",
    "interdit",
    "souhaite",
    "avec",
    "attend",
    "et",
    "ou",
    "non",
    "où",
    "parmi",
    "dans",
    "entre",
    "écarte",
    "compris",
    "comprise",
    "comprises",
    "vérifie",
    "à",
    "est",
];

impl Kind {
    /// The first word of such an item.
    pub(super) fn word(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, word, _)| word)
    }

    /// How such an item is written.
    pub(super) fn model(self) -> String {
        let same = |kind: Kind| match (kind, self) {
            (Kind::Norm(_), Kind::Norm(_)) => true,
            (kind, own) => kind == own,
        };
        let model = MODELS.iter().find(|(kind, _)| same(*kind)).map_or("", |(_, model)| model);
        let Kind::Norm(norm) = self else {
            return model.to_owned();
        };
        let verb = match norm {
            NormKind::Obligation => "exige",
            NormKind::Prohibition => "interdit",
            NormKind::Preference => "souhaite",
            NormKind::Permission => "à condition que",
        };
        model.replace("obligation", self.word()).replace("exige", verb)
    }

    /// The same with its article: `la valeur`.
    pub(super) fn with_article(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., words)| words)
    }
}

/// A stretch of a file that should be one item.
#[derive(Debug)]
pub(super) struct Piece {
    /// Which item it begins; none: text that belongs to no item.
    pub(super) kind: Option<Kind>,
    /// Its bytes, up to the next item.
    pub(super) range: Range<usize>,
    /// A diagnostic already says why it cannot be read.
    pub(super) broken: bool,
    /// Its first word is misspelt; a diagnostic says so.
    pub(super) misspelt: bool,
    /// Where a bracket opens that the item never closes.
    pub(super) open_bracket: Option<usize>,
}

impl Piece {
    fn new(kind: Option<Kind>, range: Range<usize>) -> Self {
        Self { kind, range, broken: false, misspelt: false, open_bracket: None }
    }
}

/// What the scan found.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) pieces: Vec<Piece>,
    pub(super) comments: Vec<Span>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Cuts `text` into its items, which nest no deeper than `nesting`.
pub(super) fn cut(source: SourceId, text: &str, nesting: usize) -> Cut {
    let mut scan = Scan::new(source, text, nesting);
    scan.run();
    scan.cut
}

/// The same checks for a text that is one expression.
pub(super) fn lone(source: SourceId, text: &str, nesting: usize) -> (Piece, Vec<Diagnostic>) {
    let mut scan = Scan::new(source, text, nesting);
    scan.push(None, 0);
    scan.whole = true;
    scan.run();
    let piece = scan.cut.pieces.pop().unwrap_or_else(|| Piece::new(None, 0..text.len()));
    (piece, scan.cut.diagnostics)
}

struct Scan<'t> {
    source: SourceId,
    text: &'t str,
    cut: Cut,
    /// What closes each bracket still open, and where it was opened.
    brackets: Vec<(char, usize)>,
    at: usize,
    /// How deep brackets and quotations may nest.
    nesting: usize,
    /// The current item has already been said to nest too deep.
    too_deep: bool,
    /// The text is one piece, not to be cut.
    whole: bool,
}

impl<'t> Scan<'t> {
    fn new(source: SourceId, text: &'t str, nesting: usize) -> Self {
        let cut = Cut::default();
        Self { source, text, cut, brackets: Vec::new(), at: 0, nesting, too_deep: false, whole: false }
    }

    fn run(&mut self) {
        let mut line_start = true;
        while let Some(next) = self.rest().chars().next() {
            if line_start {
                line_start = false;
                if !self.whole && self.start_item() {
                    continue;
                }
            }
            let start = self.at;
            if !next.is_whitespace() && next != '#' && self.cut.pieces.is_empty() {
                self.push(None, start);
                self.error(
                    Code::Syntax,
                    start..self.word_end(start),
                    (
                        "ce texte n'appartient à aucun élément du règlement",
                        "un élément commence en début de ligne par un mot comme «\u{a0}clause\u{a0}», «\u{a0}fait\u{a0}», \
                         «\u{a0}valeur\u{a0}» ou «\u{a0}obligation\u{a0}»\u{202f}; une remarque s'écrit après un #",
                    ),
                );
                self.mark_broken();
            }
            self.at += next.len_utf8();
            match next {
                '\n' => line_start = true,
                '#' => {
                    self.at = self.find(start, |byte| byte == b'\n');
                    let comment = self.text.get(start..self.at).unwrap_or("").trim_end();
                    self.cut.comments.push(Span::new(self.source, start..start + comment.len()));
                }
                '"' => self.string(start),
                '«' => line_start = self.quotation(start),
                '(' => self.open_bracket(')', start),
                '[' => self.open_bracket(']', start),
                '{' => self.open_bracket('}', start),
                ')' | ']' | '}' => self.close_bracket(next),
                // Nothing but a remark may come before the first item.
                _ if !self.cut.pieces.is_empty() => self.at = self.find(self.at, is_telling),
                _ => {}
            }
        }
        self.close_piece(self.text.len());
    }

    /// Where the next such byte stands, or where the text ends. Nearly all of a file says nothing to the scan.
    fn find(&self, from: usize, telling: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| telling(*byte)).unwrap_or(rest.len())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// At the start of a line: begins an item there if one begins, and passes over its first word.
    fn start_item(&mut self) -> bool {
        let rest = self.rest();
        let indented = rest.trim_start_matches(is_blank);
        let at = self.at + rest.len() - indented.len();
        let place = if at == self.at { Place::Margin } else { Place::Indented };
        let word = first_word(indented);
        if let Some(kind) = item_at((indented, word), place) {
            self.push(Some(kind), at);
        } else if place == Place::Margin
            && let Some(kind) = misspelt_item(indented)
        {
            self.push(Some(kind), at);
            let message = format!("«\u{a0}{word}\u{a0}» n'est pas un mot qui commence un élément");
            let help = format!("vouliez-vous écrire «\u{a0}{}\u{a0}»\u{202f}?", kind.word());
            self.error(Code::Syntax, at..at + word.len(), (message, help));
            let span = Span::new(self.source, at..at + word.len());
            if let Some(diagnostic) = self.cut.diagnostics.last_mut() {
                diagnostic.remedies.push(respelt(span, word, kind.word()));
            }
            if let Some(piece) = self.cut.pieces.last_mut() {
                piece.misspelt = true;
            }
        } else {
            return false;
        }
        self.at = at + word.len();
        true
    }

    fn push(&mut self, kind: Option<Kind>, at: usize) {
        self.close_piece(at);
        self.too_deep = false;
        self.cut.pieces.push(Piece::new(kind, at..self.text.len()));
    }

    fn close_piece(&mut self, at: usize) {
        if let Some(piece) = self.cut.pieces.last_mut() {
            piece.range.end = at;
            let innermost = self.brackets.last().map(|(_, start)| *start);
            piece.open_bracket = piece.open_bracket.or(innermost);
        }
        self.brackets.clear();
    }

    fn mark_broken(&mut self) {
        if let Some(piece) = self.cut.pieces.last_mut() {
            piece.broken = true;
        }
    }

    fn error(&mut self, code: Code, range: Range<usize>, (message, help): (impl Into<String>, impl Into<String>)) {
        let span = Span::new(self.source, range);
        self.cut.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    }

    fn word_end(&self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or("");
        let word = first_word(rest);
        start + if word.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { word.len() }
    }

    fn open_bracket(&mut self, closer: char, start: usize) {
        if self.brackets.len() < self.nesting {
            self.brackets.push((closer, start));
        } else {
            self.nests_too_deep(start);
        }
    }

    /// Closes the innermost bracket that `closer` can close; those inside it never were.
    fn close_bracket(&mut self, closer: char) {
        let Some(at) = self.brackets.iter().rposition(|(wanted, _)| *wanted == closer) else {
            return;
        };
        if let (Some((_, left_open)), Some(piece)) = (self.brackets.get(at + 1), self.cut.pieces.last_mut()) {
            piece.open_bracket.get_or_insert(*left_open);
        }
        self.brackets.truncate(at);
    }

    fn nests_too_deep(&mut self, start: usize) {
        if !self.too_deep {
            self.too_deep = true;
            let end = self.word_end(start);
            self.error(Code::TooDeep, start..end, too_deep(self.nesting));
            self.mark_broken();
        }
    }

    /// After a `"`: passes over the string, which ends on its line.
    fn string(&mut self, start: usize) {
        let mut escaped = false;
        for (offset, c) in self.rest().char_indices() {
            match c {
                '\n' => {
                    self.at += offset;
                    return self.unclosed(start, "\"");
                }
                '"' if !escaped => {
                    self.at += offset + 1;
                    return;
                }
                _ => escaped = c == '\\' && !escaped,
            }
        }
        self.at = self.text.len();
        self.unclosed(start, "\"");
    }

    /// After a `«`: passes over the quotation. True if it stopped at the start of a line, where another
    /// item begins.
    fn quotation(&mut self, start: usize) -> bool {
        let mut depth = 1_usize;
        let text = self.text;
        let mut next = self.at;
        loop {
            let at = self.find(next, |byte| byte == b'\n' || byte == QUOTE);
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            next = at + c.len_utf8();
            match c {
                '«' => {
                    depth += 1;
                    if depth > self.nesting {
                        self.nests_too_deep(at);
                    }
                }
                '»' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at = next;
                        return false;
                    }
                }
                '\n' => {
                    let line = text.get(next..).unwrap_or("");
                    if item_at((line, first_word(line)), Place::Quoted).is_some() {
                        self.at = next;
                        self.unclosed(start, "»");
                        return true;
                    }
                }
                _ => {}
            }
        }
        self.at = text.len();
        self.unclosed(start, "»");
        false
    }

    /// The mark at the end of its line, or, for a quotation, of the item.
    fn closings(&self, from: usize, mark: &str) -> Vec<Remedy> {
        let ends = |rest: &str| from + rest.trim_end().len();
        let rest = self.text.get(from..).unwrap_or("");
        let line = ends(rest.split('\n').next().unwrap_or(""));
        let item = ends(self.text.get(from..self.at).unwrap_or(""));
        let close = |at: usize, title: &str| Remedy::replace(Span::new(self.source, at..at), mark_after(mark), title);
        let mut remedies = vec![close(line, "Fermer le guillemet à la fin de la ligne")];
        if mark == "»" && item > line {
            remedies.push(close(item, "Fermer le guillemet à la fin de l'élément"));
        }
        remedies
    }

    fn unclosed(&mut self, start: usize, mark: &str) {
        let opener = self.text.get(start..).and_then(|rest| rest.chars().next());
        let end = start + opener.map_or(0, char::len_utf8);
        let (what, help) = if mark == "»" {
            (
                "cette citation n'est jamais fermée",
                "ajoutez le » qui lui manque\u{202f}; dans une citation, chaque « doit avoir son »",
            )
        } else {
            (
                "ce texte entre guillemets n'est pas fermé",
                "ajoutez le \" qui lui manque\u{202f}; il se ferme sur la même ligne",
            )
        };
        self.error(Code::Unclosed, start..end, (what, help));
        let remedies = self.closings(end, mark);
        if let Some(diagnostic) = self.cut.diagnostics.last_mut() {
            diagnostic.remedies.extend(remedies);
        }
        self.mark_broken();
    }
}

/// A closing mark with the space that goes before it.
fn mark_after(mark: &str) -> String {
    if mark == "»" { format!(" {mark}") } else { mark.to_owned() }
}

/// The first byte of « and of ».
const QUOTE: u8 = 0xc2;

/// The bytes that begin a character that the scan looks at. A table, since every byte of a ruleset is asked about.
#[allow(clippy::indexing_slicing, reason = "a byte is below 256")]
const TELLING: [bool; 256] = {
    let mut table = [false; 256];
    let mut left: &[u8] = b"\n#\"()[]{}\xc2";
    while let [byte, rest @ ..] = left {
        table[*byte as usize] = true;
        left = rest;
    }
    table
};

fn is_telling(byte: u8) -> bool {
    TELLING.get(usize::from(byte)).copied().unwrap_or(false)
}

/// Where an item might begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the very start of a line: its first word suffices.
    Margin,
    /// Further right, where a field or a condition may begin with the same word.
    Indented,
    /// At the start of a line inside a quotation: only what could not be anything else.
    Quoted,
}

/// The item that begins at the start of `text`, whose first word is `word`.
fn item_at((text, word): (&str, &str), place: Place) -> Option<Kind> {
    let &(kind, ..) = KINDS.iter().find(|(_, first, _)| *first == word)?;
    let after = after_word(text, word);
    let could_be = match place {
        Place::Margin => !after.starts_with([':', '=', '.', ',', ')', '≠', '<', '>', '≤', '≥']),
        Place::Indented | Place::Quoted => false,
    };
    (could_be || has_form(kind, after, place)).then_some(kind)
}

/// Whether what follows the first word of an item can only be an item of that kind.
fn has_form(kind: Kind, after: &str, place: Place) -> bool {
    let name = first_id(after);
    let then = after_word(after, name);
    let named = !name.is_empty() && !PART_WORDS.contains(&name);
    match kind {
        Kind::Header | Kind::Example => after.starts_with('«'),
        Kind::Clause | Kind::Reading | Kind::Outside => named && then.starts_with('«'),
        Kind::Heading => after.starts_with('«') || named && then.starts_with('«'),
        Kind::Noise => name == "texte" && then.starts_with('«'),
        Kind::Type => named && first_word(then) == "est",
        Kind::Fact => named && then.starts_with(':'),
        Kind::Value => named && (then.starts_with(':') || first_word(then) == "pour"),
        Kind::Assessment | Kind::Incoherence | Kind::Norm(_) | Kind::Notice | Kind::Decision => match place {
            Place::Margin | Place::Indented => named,
            Place::Quoted => named && then.starts_with('«'),
        },
    }
}

/// The item whose first word was probably meant at the start of `text`.
fn misspelt_item(text: &str) -> Option<Kind> {
    let word = first_word(text);
    let length = word.chars().count();
    if !(4..=20).contains(&length) || PART_WORDS.contains(&word) {
        return None;
    }
    let after = after_word(text, word);
    if !after.starts_with('«') && first_id(after).is_empty() {
        return None;
    }
    let plain = without_accents(word);
    if plain == "regle" {
        return Some(Kind::Header);
    }
    let distance = |kind: &str| strsim::osa_distance(&plain, &without_accents(kind));
    let (kind, word, _) = KINDS.iter().min_by_key(|(_, word, _)| distance(word))?;
    (distance(word) <= length / 4).then_some(*kind)
}

/// Writes a word as it is spelt: without asking where only accents or capitals differ.
pub(super) fn respelt(span: Span, written: &str, word: &str) -> Remedy {
    let same = without_accents(written) == without_accents(word);
    Remedy::replace(span, word, format!("Écrire «\u{a0}{word}\u{a0}»")).safe_if(same)
}

/// In small letters, without accents: what a person who spells badly would write.
pub(super) fn without_accents(word: &str) -> String {
    word.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The word at the start of `text`; empty if there is none.
pub(super) fn first_word(text: &str) -> &str {
    let ends = |c: char| !(c.is_alphanumeric() || c == '_' || c >= '\u{300}' && is_combining_mark(c));
    // Most letters are plain ones, found without decoding.
    let plain = text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_')).unwrap_or(text.len());
    let rest = text.get(plain..).unwrap_or("");
    if rest.starts_with(|c: char| c.is_ascii()) {
        return text.get(..plain).unwrap_or("");
    }
    let end = plain + rest.find(ends).unwrap_or(rest.len());
    text.get(..end).unwrap_or("")
}

/// The same for ids, which may hold hyphens.
fn first_id(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

fn after_word<'t>(text: &'t str, word: &str) -> &'t str {
    text.get(word.len()..).unwrap_or("").trim_start()
}

/// Blanks that may stand before the first word of a line.
fn is_blank(c: char) -> bool {
    c != '\n' && c.is_whitespace()
}
