//! What each word is, for colouring by meaning.

use lsp_types::{SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokensLegend};

use super::help;
use super::symbol::{Symbol, Use};
use super::view::View;
use crate::source::Span;
use crate::syntax::{Word, WordKind, is_inner_word, item_words};

const TYPES: [SemanticTokenType; 11] = [
    SemanticTokenType::KEYWORD,
    SemanticTokenType::COMMENT,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::TYPE,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::NAMESPACE,
];

const DECLARATION: u32 = 1;

/// What the numbers in the answers mean. Clauses and interpretations are `namespace`, facts `parameter`, rules
/// `function`.
pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: vec![SemanticTokenModifier::DECLARATION] }
}

fn number(ty: &SemanticTokenType) -> u32 {
    TYPES.iter().zip(0..).find(|(known, _)| *known == ty).map_or(0, |(_, rank)| rank)
}

fn type_of(symbol: &Symbol) -> SemanticTokenType {
    match symbol {
        Symbol::Clause(_) | Symbol::Reading(_) => SemanticTokenType::NAMESPACE,
        Symbol::Type(_) => SemanticTokenType::TYPE,
        Symbol::Case(..) => SemanticTokenType::ENUM_MEMBER,
        Symbol::Field(..) => SemanticTokenType::PROPERTY,
        Symbol::Fact(_) => SemanticTokenType::PARAMETER,
        Symbol::Rule(_) | Symbol::Part(..) => SemanticTokenType::FUNCTION,
        Symbol::Variable(..) => SemanticTokenType::VARIABLE,
    }
}

/// The words of a file in order, each told from where the one before begins.
pub(super) fn tokens(view: View<'_>) -> Vec<SemanticToken> {
    let mut list = List { view, before: (0, 0), tokens: Vec::new() };
    let occurrences = &view.book.index().occurrences;
    let from = occurrences.partition_point(|found| found.span.source < view.file);
    let mut named = occurrences.iter().skip(from).take_while(|found| found.span.source == view.file).peekable();
    let text = view.document.text();
    let mut upto = 0;
    for (at, word) in view.document.words().iter().enumerate() {
        if word.range.start < upto {
            continue;
        }
        while named.next_if(|found| (found.span.start as usize) < word.range.start).is_some() {}
        if let Some(found) = named.peek().filter(|found| found.span.start as usize == word.range.start) {
            let modifiers = if found.usage == Use::Declares { DECLARATION } else { 0 };
            list.push(found.span, &type_of(&found.symbol), modifiers);
            upto = found.span.end as usize;
            continue;
        }
        let span = Span::new(view.file, word.range.clone());
        let Some(ty) = plain(text, word, view.document.words().get(at + 1)) else { continue };
        list.push(span, &ty, 0);
    }
    list.tokens
}

/// What a word is that stands for nothing declared.
fn plain(text: &str, word: &Word, next: Option<&Word>) -> Option<SemanticTokenType> {
    let spelt = text.get(word.range.clone()).unwrap_or("");
    match word.kind {
        WordKind::Comment => Some(SemanticTokenType::COMMENT),
        WordKind::Quote | WordKind::Text => Some(SemanticTokenType::STRING),
        WordKind::Number => Some(SemanticTokenType::NUMBER),
        WordKind::Sign => None,
        WordKind::Name => {
            let called = next.and_then(|next| text.get(next.range.clone())) == Some("(");
            if called && help::function(spelt).is_some() {
                return Some(SemanticTokenType::FUNCTION);
            }
            (is_inner_word(spelt) || item_words().any(|item| item == spelt)).then_some(SemanticTokenType::KEYWORD)
        }
    }
}

struct List<'d> {
    view: View<'d>,
    /// Line and character where the last one begins.
    before: (u32, u32),
    tokens: Vec<SemanticToken>,
}

impl List<'_> {
    /// Adds a stretch, line by line: a token may not go on to the next.
    fn push(&mut self, span: Span, ty: &SemanticTokenType, modifiers: u32) {
        let text = self.view.book.text(span);
        let mut start = span.start as usize;
        for line in text.split_inclusive('\n') {
            let own = line.trim_end_matches(['\n', '\r']);
            let blank = own.len() - own.trim_start().len();
            let range = self.view.document.range(&(start + blank..start + own.len()), self.view.desk.encoding);
            start += line.len();
            if range.end.character <= range.start.character {
                continue;
            }
            let (line, character) = (range.start.line, range.start.character);
            let delta_line = line - self.before.0;
            let delta_start = if delta_line == 0 { character - self.before.1 } else { character };
            self.before = (line, character);
            self.tokens.push(SemanticToken {
                delta_line,
                delta_start,
                length: range.end.character - character,
                token_type: number(ty),
                token_modifiers_bitset: modifiers,
            });
        }
    }
}
