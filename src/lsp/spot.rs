//! Where in the language a place is, read off the words before it: the item being written rarely parses.

use std::ops::Range;

use super::index::{Known, Sort};
use super::view::View;
use crate::syntax::{Word, WordKind, in_word};

/// What may be written at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Spot {
    /// Nothing can be proposed: a remark, a label, a new name.
    Nothing,
    /// The start of an item.
    Item,
    /// A passage of the official text, inside the quotation of a clause.
    Passage,
    /// The id of a clause.
    Clause,
    /// The id of an interpretation.
    Reading,
    /// An exception of the same value.
    Exception,
    /// A field of a record.
    Field(String),
    /// A type.
    Type,
    /// A list of the facts.
    List,
    /// What follows the type of a fact.
    Attribute,
    /// Who supplies or bears something.
    Person,
    /// A unit after a number, and what may follow that.
    Unit,
    /// A fact of an example.
    Given,
    /// The value of a fact of an example, of that sort; or its cases and marks.
    GivenValue(Literal),
    /// A field of an element in an example.
    GivenField(String),
    /// A rule whose answer an example expects.
    Expected,
    /// The answer it expects.
    Answer(String),
    /// What is compared with something of that enumeration.
    Compared(String),
    /// An expression.
    Expression,
    /// What `est` asks.
    State,
    /// What follows a complete part.
    Continuation,
}

/// What a literal of an example may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Literal {
    /// A case of the enumeration, or fields of the record.
    Of(Sort),
    /// A condition.
    Truth,
    /// Anything else.
    Plain,
}

/// A place: what may be written there, instead of what, in which item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    /// What may be written.
    pub(super) spot: Spot,
    /// The word being written, to be replaced.
    pub(super) prefix: Range<usize>,
    /// The first word of the item.
    pub(super) item: Option<&'static str>,
    /// The variables named in the item before the place.
    pub(super) variables: Vec<String>,
}

/// Words after which an expression begins.
const BEFORE_EXPRESSION: [&str; 38] = [
    "vaut", "exige", "interdit", "souhaite", "que", "si", "alors", "sinon", "pour", "et", "ou", "non", "cas", "dans",
    "entre", "où", "vérifie", "défaut", "déduite", "écarte", "somme", "minimum", "maximum", "=", "≠", "<", ">", "≤",
    "≥", "+", "-", "*", "/", "→", "(", ",", "•", ":",
];

/// Where a byte of the file is.
pub(super) fn spot(view: View<'_>, known: &Known<'_>, offset: usize) -> Found {
    let text = view.document.text();
    let head = text.get(..offset).unwrap_or(text);
    let prefix_of = |held: &dyn Fn(char) -> bool| {
        head.char_indices().rev().take_while(|(_, c)| held(*c)).last().map_or(offset, |(at, _)| at)
    };
    let start = prefix_of(&in_word);
    let stretch = view.document.stretches().iter().rev().find(|stretch| stretch.range.start <= start);
    let item = stretch.and_then(|stretch| stretch.item);
    let words = view.document.words();
    let from = stretch.map_or(0, |stretch| words.partition_point(|word| word.range.start < stretch.range.start));
    let upto = words.partition_point(|word| word.range.start < start);
    let before = words.get(from..upto).unwrap_or(&[]);
    let line = head.get(..start).and_then(|head| head.rsplit('\n').next()).unwrap_or("");
    let reader = Reader { text, before, known, item };
    let found = |spot, prefix: Range<usize>| Found { spot, prefix, item, variables: reader.variables() };
    // Inside a remark or a quotation.
    if let Some(word) =
        before.last().filter(|word| word.range.end > start || (word.range.end == start && open(text, word)))
    {
        let quotes = matches!(item, Some("clause" | "titre" | "hors"));
        let first = before.iter().filter(|word| word.kind == WordKind::Quote).count() == 1;
        if word.kind == WordKind::Quote && quotes && first {
            return found(Spot::Passage, word.range.start..word.range.end.max(offset));
        }
        if matches!(word.kind, WordKind::Comment | WordKind::Quote | WordKind::Text) {
            return found(Spot::Nothing, offset..offset);
        }
    }
    if line.is_empty() {
        return found(Spot::Item, start..offset);
    }
    let id = prefix_of(&|c| in_word(c) || c == '-');
    let reached = words.partition_point(|word| word.range.start < id);
    let ids = Reader { before: words.get(from..reached).unwrap_or(&[]), ..reader };
    if let Some(spot) = ids.listed() {
        return found(spot, id..offset);
    }
    found(reader.spot(), start..offset)
}

/// Whether a quotation or text is not closed.
fn open(text: &str, word: &Word) -> bool {
    let spelt = text.get(word.range.clone()).unwrap_or("");
    match word.kind {
        WordKind::Quote => !spelt.ends_with('»'),
        WordKind::Text => spelt.len() < 2 || !spelt.ends_with('"'),
        WordKind::Comment => true,
        WordKind::Number | WordKind::Name | WordKind::Sign => false,
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    text: &'a str,
    /// The words of the item before the place.
    before: &'a [Word],
    known: &'a Known<'a>,
    item: Option<&'static str>,
}

impl<'a> Reader<'a> {
    fn word(&self, rank: usize) -> &'a str {
        self.before.get(rank).and_then(|word| self.text.get(word.range.clone())).unwrap_or("")
    }

    /// The word so many before the place; 1 is the last.
    fn back(&self, count: usize) -> &'a str {
        self.before.len().checked_sub(count).map_or("", |rank| self.word(rank))
    }

    fn last_of(&self, words: &[&str]) -> Option<(usize, &'a str)> {
        (0..self.before.len()).rev().map(|rank| (rank, self.word(rank))).find(|(_, word)| words.contains(word))
    }

    /// A place in a list of ids after `selon`, `interprétation` or `prime sur`.
    fn listed(&self) -> Option<Spot> {
        let goes_on = matches!(self.back(1), "selon" | "interprétation" | "sur" | "," | "et");
        if !goes_on {
            return None;
        }
        for rank in (0..self.before.len()).rev() {
            match self.word(rank) {
                "selon" => return Some(Spot::Clause),
                "interprétation" if rank > 0 => return Some(Spot::Reading),
                "sur" if self.word(rank.saturating_sub(1)) == "prime" => return Some(Spot::Exception),
                "," | "et" | "-" => {}
                word if matches!(self.before.get(rank), Some(Word { kind: WordKind::Name | WordKind::Number, .. })) => {
                    if BEFORE_EXPRESSION.contains(&word) {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        None
    }

    /// Names bound in the item so far, the last first.
    fn variables(&self) -> Vec<String> {
        // What is being bound does not stand for anything yet.
        let bound = |rank: usize| rank + 2 < self.before.len();
        let binds = |rank: &usize| {
            bound(*rank)
                && self.word(rank + 1) == "parmi"
                && self.before.get(*rank).is_some_and(|word| word.kind == WordKind::Name)
                || *rank > 0 && self.word(rank - 1) == "soit" && self.word(rank + 1) == "="
        };
        let mut names: Vec<String> =
            (0..self.before.len()).rev().filter(binds).map(|rank| self.word(rank).to_owned()).collect();
        names.dedup();
        names
    }

    /// The sort of the names joined by dots that end before a rank.
    fn sort_before(&self, end: usize, depth: usize) -> Sort {
        let mut start = end.saturating_sub(1);
        while start >= 2 && self.word(start - 1) == "." {
            start -= 2;
        }
        let mut names = (start..end).step_by(2).map(|rank| self.word(rank));
        let root = names.next().unwrap_or("");
        let sort = self.root(root, depth);
        names.fold(sort, |sort, name| self.known.field(&sort, name))
    }

    fn root(&self, name: &str, depth: usize) -> Sort {
        for rank in (0..self.before.len()).rev().filter(|rank| self.word(*rank) == name) {
            let of_list = self.word(rank + 1) == "parmi";
            let named = rank > 0 && self.word(rank - 1) == "soit" && self.word(rank + 1) == "=";
            if (of_list || named) && depth < 8 {
                let mut end = rank + 3;
                while self.word(end) == "." {
                    end += 2;
                }
                let sort = self.sort_before(end, depth + 1);
                return if of_list { sort.element() } else { sort };
            }
        }
        if let Some(ty) = self.known.rule_type(name) {
            return self.known.sort(ty);
        }
        self.known.fact(name)
    }

    fn spot(&self) -> Spot {
        let last = self.back(1);
        if last == "." {
            let sort = self.sort_before(self.before.len() - 1, 0);
            return sort.name().map_or(Spot::Nothing, |record| Spot::Field(record.to_owned()));
        }
        if self.before.last().is_some_and(|word| word.kind == WordKind::Number) {
            return Spot::Unit;
        }
        let charge = self.back(3) == "la" && self.back(2) == "charge" && last == "de";
        if last == "par" || charge {
            return Spot::Person;
        }
        if self.item == Some("exemple") {
            return self.example();
        }
        if let Some(spot) = self.declaration() {
            return spot;
        }
        match last {
            "parmi" => Spot::List,
            "chaque" | "existe" | "tout" | "toute" | "soit" | "sauf" => Spot::Nothing,
            "est" | "pas" if self.item != Some("type") => Spot::State,
            "=" | "≠" if self.word(self.before.len().saturating_sub(3)) == "soit" => Spot::Expression,
            "=" | "≠" => self.compared(self.before.len() - 1),
            "(" | "," => match self.last_of(&["dans"]) {
                Some((rank, _)) if self.word(rank + 1) == "(" && !self.closed_after(rank + 1) => self.compared(rank),
                Some(_) | None => Spot::Expression,
            },
            word if BEFORE_EXPRESSION.contains(&word) || word.ends_with('’') => Spot::Expression,
            _ if self.names_item() => Spot::Nothing,
            _ => Spot::Continuation,
        }
    }

    /// Whether the bracket at a rank is closed before the place.
    fn closed_after(&self, rank: usize) -> bool {
        let mut depth = 0_i32;
        for at in rank..self.before.len() {
            match self.word(at) {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }

    /// Right after the first word of an item comes its name.
    fn names_item(&self) -> bool {
        self.before.len() == 1
    }

    fn compared(&self, end: usize) -> Spot {
        match self.sort_before(end, 0).name() {
            Some(name) if !self.known.cases_of(name).is_empty() => Spot::Compared(name.to_owned()),
            Some(_) | None => Spot::Expression,
        }
    }

    /// Types and attributes of facts, fields and values.
    fn declaration(&self) -> Option<Spot> {
        let last = self.back(1);
        if last == "réf" {
            return Some(Spot::List);
        }
        if last == "de" && self.back(2) == "liste" {
            return Some(Spot::Type);
        }
        let colons = (0..self.before.len()).filter(|rank| self.word(*rank) == ":").count();
        match (self.item?, last) {
            ("fait" | "type", ":") => Some(Spot::Type),
            ("valeur", ":") if colons == 1 => Some(Spot::Type),
            ("fait" | "type", ",") => Some(Spot::Attribute),
            ("fait" | "type", "sinon") => {
                let (colon, _) = self.last_of(&[":"])?;
                let name = self.word(colon + 1);
                let is_enumeration = !self.known.cases_of(name).is_empty();
                Some(if is_enumeration { Spot::Compared(name.to_owned()) } else { Spot::Expression })
            }
            _ => None,
        }
    }

    fn example(&self) -> Spot {
        let Some((part, word)) = self.last_of(&["avec", "attend"]) else {
            return if self.before.len() < 2 { Spot::Nothing } else { Spot::Continuation };
        };
        // Which brackets are still open, and where the value they belong to begins.
        let mut open: Vec<usize> = Vec::new();
        for rank in part..self.before.len() {
            match self.word(rank) {
                "[" | "{" => open.push(rank),
                "]" | "}" => drop(open.pop()),
                _ => {}
            }
        }
        let last = self.back(1);
        let value_of = |at: usize| {
            // `a.b = [ {`: the path before the equals sign before the first bracket.
            let equals = (part..at).rev().find(|rank| self.word(*rank) == "=")?;
            Some(self.sort_before(equals, 0))
        };
        match (word, open.as_slice(), last) {
            ("avec", [], "avec" | ",") => Spot::Given,
            ("attend", [], "attend" | ",") => Spot::Expected,
            ("avec", [], "=") => self.literal(self.before.len() - 1),
            ("attend", [], "=") => {
                let key = self.back(2) == "]";
                let rank = if key { self.before.len().saturating_sub(5) } else { self.before.len().saturating_sub(2) };
                Spot::Answer(self.word(rank).to_owned())
            }
            ("avec", [first, rest @ ..], "{" | ",") => {
                let sort = value_of(*first).unwrap_or(Sort::Other);
                let inner = rest.iter().filter(|rank| self.word(**rank) == "[").count();
                let record = if sort.element() == Sort::Other { sort } else { sort.element() };
                match record.name().filter(|_| inner == 0) {
                    Some(name) => Spot::GivenField(name.to_owned()),
                    None => Spot::Nothing,
                }
            }
            ("avec", [first, ..], "[") => {
                Spot::GivenValue(Literal::Of(value_of(*first).map_or(Sort::Other, |sort| sort.element())))
            }
            ("avec", [first, ..], "=") => {
                let sort = value_of(*first).unwrap_or(Sort::Other);
                let record = if sort.element() == Sort::Other { sort } else { sort.element() };
                let field = self.back(2);
                match record.name().and_then(|record| self.known.fields(record).find(|(name, _)| *name == field)) {
                    Some((_, ty)) => Spot::GivenValue(self.literal_of(ty)),
                    None => Spot::GivenValue(Literal::Plain),
                }
            }
            _ => Spot::Continuation,
        }
    }

    fn literal(&self, equals: usize) -> Spot {
        let single = self.word(equals.saturating_sub(2)) != ".";
        let ty = self.known.fact_type(self.word(equals.saturating_sub(1))).filter(|_| single);
        Spot::GivenValue(match ty {
            Some(ty) => self.literal_of(ty),
            None if single => Literal::Truth,
            None => Literal::Of(self.sort_before(equals, 0)),
        })
    }

    fn literal_of(&self, ty: &crate::syntax::ast::TypeExpr) -> Literal {
        if ty.kind == crate::syntax::ast::TypeKind::Truth {
            return Literal::Truth;
        }
        match self.known.sort(ty) {
            Sort::Other => Literal::Plain,
            sort @ (Sort::Named(_) | Sort::List(_)) => Literal::Of(sort),
        }
    }
}
