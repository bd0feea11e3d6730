//! How items are laid out: one clause a line, in the order they are written.

use super::layout::Doc;
use super::pieces::{Piece, Scribe, is_leaf, pieces};
use super::table::{Cells, table};
use crate::syntax::grammar::{Pair, Rule};

/// How far the parts of an item stand from the margin.
const INDENT: usize = 2;

/// Parts of an item under way.
struct Parts<'t> {
    left: std::iter::Peekable<std::vec::IntoIter<Piece<'t>>>,
}

impl<'t> Parts<'t> {
    fn rule(&mut self) -> Option<Rule> {
        self.left.peek().and_then(Piece::rule)
    }

    fn next_if(&mut self, rules: &[Rule]) -> Option<Pair<'t>> {
        let found = self.left.next_if(|piece| piece.rule().is_some_and(|rule| rules.contains(&rule)))?;
        match found {
            Piece::Pair(pair) => Some(pair),
            Piece::Sign(..) => None,
        }
    }
}

impl<'t> Scribe<'t> {
    fn parts(&self, pair: &Pair<'t>) -> Parts<'t> {
        Parts { left: pieces(self.text, pair).into_iter().peekable() }
    }

    /// An item, from what pest matched.
    pub(super) fn item(&mut self, pair: &Pair<'t>) -> Doc {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        let head = if rule == Rule::header {
            self.words(&mut parts, &[Rule::item_word, Rule::quote])
        } else {
            self.words(&mut parts, &[Rule::item_word, Rule::id, Rule::decl])
        };
        if rule == Rule::header {
            return self.header(head, parts);
        }
        if rule == Rule::clause {
            return self.clause(head, parts);
        }
        if rule == Rule::type_item {
            return self.type_item(head, parts);
        }
        if rule == Rule::fact {
            return self.named_and_described(head, &mut parts).alone();
        }
        if rule == Rule::example {
            return self.example(head, parts);
        }
        if matches!(rule, Rule::heading | Rule::noise | Rule::reading | Rule::outside) {
            let mut row = vec![head];
            for piece in parts.left.by_ref() {
                let tight = piece.rule() == Some(Rule::kw_text);
                row.push(if tight { Doc::text(" ") } else { Doc::Line(1) });
                row.push(self.plain(&piece));
            }
            return Doc::group(vec![Doc::nest(INDENT, row)]);
        }
        self.rule(head, parts)
    }

    /// The columns of a fact.
    pub(super) fn fact(&mut self, pair: &Pair<'t>) -> Cells {
        let mut parts = self.parts(pair);
        let head = self.words(&mut parts, &[Rule::item_word, Rule::decl]);
        self.named_and_described(head, &mut parts)
    }

    fn named_and_described(&mut self, first: Doc, parts: &mut Parts<'t>) -> Cells {
        Cells { first, ..self.described(parts) }
    }

    /// The words that name an item.
    fn words(&mut self, parts: &mut Parts<'t>, rules: &[Rule]) -> Doc {
        let mut row = Vec::new();
        while let Some(pair) = parts.next_if(rules) {
            if !row.is_empty() {
                row.push(Doc::text(" "));
            }
            row.push(self.leaf(&pair));
        }
        Doc::Row(row)
    }

    fn plain(&mut self, piece: &Piece<'t>) -> Doc {
        match piece {
            Piece::Sign(sign, at) => self.sign(sign, *at),
            Piece::Pair(pair) => self.spaced(pair),
        }
    }

    fn header(&mut self, head: Doc, mut parts: Parts<'t>) -> Doc {
        let mut whole = vec![head];
        while parts.left.peek().is_some() {
            let line = self.words(&mut parts, &[Rule::kw_text]);
            let name = self.words(&mut parts, &[Rule::string]);
            whole.push(Doc::nest(INDENT, vec![Doc::Hard, line, Doc::text(" "), name]));
        }
        Doc::Row(whole)
    }

    /// On one line with its place where both fit, else each on its own.
    fn clause(&mut self, head: Doc, mut parts: Parts<'t>) -> Doc {
        let mut row = vec![head];
        if let Some(passage) = parts.next_if(&[Rule::passage]) {
            row.extend([Doc::Line(1), self.spaced(&passage)]);
        }
        if let Some(place) = parts.next_if(&[Rule::place]) {
            row.extend([Doc::Line(2), self.spaced(&place)]);
        }
        let mut whole = vec![Doc::group(vec![Doc::nest(INDENT, row)])];
        for piece in parts.left {
            let line = self.plain(&piece);
            whole.push(Doc::nest(INDENT, vec![Doc::Hard, line]));
        }
        Doc::Row(whole)
    }

    fn type_item(&mut self, head: Doc, mut parts: Parts<'t>) -> Doc {
        let mut row = vec![head, Doc::text(" ")];
        if let Some(word) = parts.next_if(&[Rule::kw_is_type]) {
            row.push(self.leaf(&word));
        }
        if let Some(fields) = parts.next_if(&[Rule::fields]) {
            let lines: Vec<Cells> = pieces(self.text, &fields)
                .iter()
                .filter_map(Piece::pair)
                .map(|field| {
                    let mut inner = self.parts(field);
                    let first = self.words(&mut inner, &[Rule::word]);
                    self.named_and_described(first, &mut inner)
                })
                .collect();
            for line in table(lines, INDENT) {
                row.push(Doc::nest(INDENT, vec![Doc::Hard, line]));
            }
        }
        if let Some(cases) = parts.next_if(&[Rule::cases]) {
            row.push(self.cases(&cases));
        }
        Doc::Row(row)
    }

    /// `a « A » | b « B »`, or one a line, each under the one before.
    fn cases(&mut self, pair: &Pair<'t>) -> Doc {
        let mut lines: Vec<Cells> = Vec::new();
        let mut bar = None;
        for piece in pieces(self.text, pair) {
            if piece.rule() == Some(Rule::bar) {
                // A bar before the first case says nothing.
                bar = (!lines.is_empty()).then(|| self.plain(&piece));
                continue;
            }
            let Some(case) = piece.pair() else { continue };
            let mut inner = self.parts(case);
            let name = self.words(&mut inner, &[Rule::decl]);
            let mark = bar.take().map_or_else(Doc::nothing, |bar| Doc::Row(vec![bar, Doc::text(" ")]));
            let last = inner.next_if(&[Rule::quote]).map(|label| self.leaf(&label));
            lines.push(Cells { mark, second: name, last, gap: 1, ..Cells::default() });
        }
        let flat = lines.iter().map(Cells::width).sum::<Option<usize>>();
        if flat.is_some_and(|width| width + lines.len() <= SHORT_TYPE) {
            let mut row = Vec::new();
            for line in lines {
                row.push(Doc::text(" "));
                row.push(line.alone());
            }
            return Doc::Row(row);
        }
        for line in lines.iter_mut().take(1) {
            line.mark = Doc::text("  ");
        }
        Doc::Row(table(lines, INDENT).into_iter().map(|line| Doc::nest(INDENT, vec![Doc::Hard, line])).collect())
    }

    /// `: type, attributes « libellé » par « … »`
    fn described(&mut self, parts: &mut Parts<'t>) -> Cells {
        let mut cells = Cells { widest: WIDEST_DESCRIPTION, ..Cells::default() };
        if let Some(colon) = parts.next_if(&[Rule::colon]) {
            cells.sign = around(self.leaf(&colon));
        }
        let mut row = Vec::new();
        let mut rest: Vec<Doc> = Vec::new();
        while let Some(rule) = parts.rule().or_else(|| parts.left.peek().is_some().then_some(Rule::expr)) {
            let Some(piece) = parts.left.next() else { break };
            if rule == Rule::label {
                let label = piece.pair().map(|pair| self.spaced(pair));
                cells.last = label;
            } else if cells.last.is_some() {
                rest.push(Doc::text("  "));
                rest.push(self.plain(&piece));
            } else if piece.is_sign(",") {
                row.push(self.plain(&piece));
                row.push(Doc::Line(1));
            } else if rule == Rule::a_presumed {
                row.push(piece.pair().map_or_else(Doc::nothing, |pair| self.presumed(pair)));
            } else {
                if matches!(rule, Rule::supplier | Rule::basis) && !matches!(row.last(), Some(Doc::Line(_)) | None) {
                    row.push(Doc::Line(2));
                }
                row.push(self.plain(&piece));
            }
        }
        cells.second = Doc::Group(Box::new(Doc::align(row)));
        cells.rest = Doc::Row(rest);
        cells
    }

    /// `sinon V`, `sinon déduite : E`
    fn presumed(&mut self, pair: &Pair<'t>) -> Doc {
        let mut row = Vec::new();
        for piece in pieces(self.text, pair) {
            if !row.is_empty() {
                row.push(Doc::text(" "));
            }
            row.push(match piece.rule() {
                Some(Rule::derived) => piece.pair().map_or_else(Doc::nothing, |inner| self.presumed(inner)),
                Some(Rule::expr) => {
                    let value = piece.pair().map_or_else(Doc::nothing, |inner| self.expression(inner));
                    Doc::Align(Box::new(value))
                }
                Some(_) | None => self.plain(&piece),
            });
        }
        Doc::Row(row)
    }

    /// What concludes something: its head, then a line for each part.
    fn rule(&mut self, head: Doc, mut parts: Parts<'t>) -> Doc {
        let mut first = vec![head];
        let heading = [Rule::each, Rule::colon, Rule::type_expr, Rule::label];
        let mut each_in_head = true;
        while let Some(rule) = parts.rule().filter(|rule| heading.contains(rule)) {
            if rule == Rule::each && !each_in_head {
                break;
            }
            // Only a value says in its head what it is computed for.
            if rule == Rule::each && !self.text.starts_with("valeur") {
                break;
            }
            let Some(pair) = parts.next_if(&heading) else { break };
            if rule == Rule::label {
                each_in_head = false;
                let label = self.spaced(&pair);
                first.push(Doc::nest(INDENT, vec![Doc::Line(1), label]));
            } else {
                first.push(Doc::text(" "));
                first.push(if rule == Rule::each { self.clause_of(&pair) } else { self.spaced(&pair) });
                each_in_head &= rule == Rule::each;
            }
        }
        let mut whole = vec![Doc::group(first)];
        let mut lines: Vec<Doc> = Vec::new();
        while parts.left.peek().is_some() {
            self.part(&mut parts, &mut lines);
        }
        whole.extend(lines.into_iter().map(|line| Doc::nest(INDENT, vec![Doc::Hard, line])));
        Doc::Row(whole)
    }

    /// The next part of a rule: one line, or the lines of a table.
    fn part(&mut self, parts: &mut Parts<'t>, lines: &mut Vec<Doc>) {
        let rule = parts.rule();
        if rule == Some(Rule::row) {
            let mut rows = Vec::new();
            while let Some(row) = parts.next_if(&[Rule::row]) {
                rows.push(self.table_row(&row));
            }
            lines.extend(table(rows, INDENT));
            return;
        }
        if rule == Some(Rule::requirement) {
            let mut rows = Vec::new();
            while let Some(row) = parts.next_if(&[Rule::requirement]) {
                rows.push(self.requirement(&row));
            }
            lines.extend(table(rows, INDENT));
            return;
        }
        if matches!(rule, Some(Rule::kw_if | Rule::kw_discards)) {
            lines.push(self.bare(parts));
            return;
        }
        let Some(piece) = parts.left.next() else { return };
        let Some(pair) = piece.pair() else {
            lines.push(self.plain(&piece));
            return;
        };
        let line = if rule == Some(Rule::content) {
            self.content(pair, lines)
        } else if matches!(rule, Some(Rule::exception | Rule::exemption)) {
            self.exception(pair)
        } else if matches!(rule, Some(Rule::single | Rule::let_line | Rule::scope | Rule::each)) {
            self.clause_of(pair)
        } else {
            self.spaced(pair)
        };
        lines.push(line);
    }

    /// `si c`, or `écarte a, b compris entre x et y`: parts that the grammar does not group.
    fn bare(&mut self, parts: &mut Parts<'t>) -> Doc {
        let Some(word) = parts.left.next() else { return Doc::nothing() };
        let mut row = vec![self.plain(&word), Doc::text(" ")];
        let mut inside: Vec<Doc> = Vec::new();
        while let Some(piece) = parts.left.next_if(|piece| piece.rule() == Some(Rule::expr) || piece.is_sign(",")) {
            if piece.is_sign(",") {
                let comma = self.plain(&piece);
                let before = inside.pop().unwrap_or_else(Doc::nothing);
                inside.push(Doc::Row(vec![before, comma]));
            } else {
                inside.push(piece.pair().map_or_else(Doc::nothing, |pair| self.expression(pair)));
            }
        }
        if let Some(bounds) = parts.next_if(&[Rule::bounds]) {
            let bounds = self.clause_of(&bounds);
            inside.push(bounds);
        }
        let only = inside.len() == 1;
        let inside = if only { Doc::Row(inside) } else { Doc::Fill(inside) };
        row.push(Doc::Align(Box::new(inside)));
        Doc::Row(row)
    }

    /// `vaut E selon …`, `pour c selon …`, `soit x = E`, `pour chaque s parmi L où c`: words, an expression, and
    /// what it rests on beside it where both fit.
    fn clause_of(&mut self, pair: &Pair<'t>) -> Doc {
        let mut row: Vec<Doc> = Vec::new();
        let mut basis: Vec<Doc> = Vec::new();
        for piece in pieces(self.text, pair) {
            let rule = piece.rule();
            if rule == Some(Rule::basis) {
                basis.extend([Doc::Line(2), self.plain(&piece)]);
                continue;
            }
            if !row.is_empty() {
                row.push(Doc::text(" "));
            }
            row.push(match piece.pair().filter(|_| rule == Some(Rule::expr)) {
                Some(inner) => Doc::Align(Box::new(self.expression(inner))),
                None => self.plain(&piece),
            });
        }
        row.extend(basis);
        Doc::group(row)
    }

    /// `cas c : v selon …`
    fn table_row(&mut self, pair: &Pair<'t>) -> Cells {
        let mut cells = Cells::default();
        let mut second = false;
        for piece in pieces(self.text, pair) {
            let rule = piece.rule();
            if rule == Some(Rule::kw_case) {
                cells.mark = Doc::Row(vec![self.plain(&piece), Doc::text(" ")]);
            } else if rule == Some(Rule::colon) {
                cells.sign = around(self.plain(&piece));
                second = true;
            } else if rule == Some(Rule::basis) {
                cells.last = Some(self.plain(&piece));
            } else if let Some(inner) = piece.pair() {
                let value = Doc::Align(Box::new(self.expression(inner)));
                *(if second { &mut cells.second } else { &mut cells.first }) = value;
            }
        }
        cells
    }

    /// `cas c exige a, b selon …`
    fn requirement(&mut self, pair: &Pair<'t>) -> Cells {
        let mut cells = Cells::default();
        let mut required = None;
        let mut items: Vec<Doc> = Vec::new();
        for piece in pieces(self.text, pair) {
            let rule = piece.rule();
            if rule == Some(Rule::kw_case) {
                cells.mark = Doc::Row(vec![self.plain(&piece), Doc::text(" ")]);
            } else if rule == Some(Rule::kw_requires) {
                required = Some(self.plain(&piece));
            } else if rule == Some(Rule::basis) {
                cells.last = Some(self.plain(&piece));
            } else if piece.is_sign(",") {
                let comma = self.plain(&piece);
                let before = items.pop().unwrap_or_else(Doc::nothing);
                items.push(Doc::Row(vec![before, comma]));
            } else if let Some(inner) = piece.pair() {
                let item = self.expression(inner);
                if required.is_none() {
                    cells.first = Doc::Align(Box::new(item));
                } else {
                    items.push(item);
                }
            }
        }
        cells.waits = cells.mark.width() != Some(0);
        if cells.waits {
            cells.sign = Doc::text(" ");
        }
        let required = required.unwrap_or_else(Doc::nothing);
        cells.second = Doc::Row(vec![required, Doc::text(" "), Doc::align(vec![Doc::Fill(items)])]);
        cells
    }

    /// `exige a selon …`, or a line for each `•`.
    fn content(&mut self, pair: &Pair<'t>, lines: &mut Vec<Doc>) -> Doc {
        let all = pieces(self.text, pair);
        let mut row = Vec::new();
        let mut bullets = Vec::new();
        for piece in &all {
            let Some(inner) = piece.pair() else { continue };
            let rule = inner.as_rule();
            if rule == Rule::bullet_item {
                bullets.push(self.bullet(inner));
            } else if rule == Rule::single_content {
                row.push(Doc::text(" "));
                let (said, otherwise) = self.single_content(inner);
                row.push(said);
                if let Some(otherwise) = otherwise {
                    row.push(Doc::Row(vec![Doc::Hard, otherwise]));
                }
            } else {
                row.push(self.leaf(inner));
            }
        }
        if bullets.is_empty() {
            return Doc::group(row);
        }
        lines.push(Doc::Row(row));
        let (rows, otherwise): (Vec<Cells>, Vec<Option<Doc>>) = bullets.into_iter().unzip();
        let mut items = Vec::new();
        for (line, otherwise) in table(rows, INDENT + 2).into_iter().zip(otherwise) {
            let otherwise = otherwise.map_or_else(Doc::nothing, |otherwise| Doc::nest(2, vec![Doc::Hard, otherwise]));
            items.push(Doc::nest(2, vec![if items.is_empty() { Doc::text("  ") } else { Doc::Hard }, line, otherwise]));
        }
        Doc::Row(items)
    }

    fn single_content(&mut self, pair: &Pair<'t>) -> (Doc, Option<Doc>) {
        let mut row: Vec<Doc> = Vec::new();
        let mut otherwise = None;
        for piece in pieces(self.text, pair) {
            let rule = piece.rule();
            if rule == Some(Rule::otherwise) {
                otherwise = Some(self.plain(&piece));
            } else if rule == Some(Rule::basis) {
                row.extend([Doc::Line(2), self.plain(&piece)]);
            } else if let Some(inner) = piece.pair() {
                row.push(Doc::Align(Box::new(self.expression(inner))));
            }
        }
        (Doc::group(row), otherwise)
    }

    fn bullet(&mut self, pair: &Pair<'t>) -> (Cells, Option<Doc>) {
        let mut cells = Cells::default();
        let mut otherwise = None;
        for piece in pieces(self.text, pair) {
            let rule = piece.rule();
            if rule == Some(Rule::bullet) {
                cells.mark = Doc::Row(vec![self.plain(&piece), Doc::text(" ")]);
            } else if rule == Some(Rule::otherwise) {
                otherwise = Some(self.plain(&piece));
            } else if rule == Some(Rule::basis) {
                cells.last = Some(self.plain(&piece));
            } else if let Some(inner) = piece.pair() {
                cells.second = Doc::Align(Box::new(self.expression(inner)));
            }
        }
        (cells, otherwise)
    }

    /// `sauf nom prime sur a selon …`, then `si` and `alors` further right; an exemption stays on one line if it can.
    fn exception(&mut self, pair: &Pair<'t>) -> Doc {
        let mut head: Vec<Doc> = Vec::new();
        let mut rest: Vec<Doc> = Vec::new();
        let exempts = pair.as_rule() == Rule::exemption;
        let line = || if exempts { Doc::Line(2) } else { Doc::Hard };
        let mut opener = None;
        let mut conditional = false;
        for piece in pieces(self.text, pair) {
            let rule = piece.rule();
            let Some(inner) = piece.pair() else { continue };
            if matches!(rule, Some(Rule::kw_if | Rule::kw_then)) {
                conditional = rule == Some(Rule::kw_if);
                opener = Some(self.leaf(inner));
            } else if rule == Some(Rule::expr) {
                let opener = opener.take().unwrap_or_else(Doc::nothing);
                let (first, second) = if conditional && !exempts {
                    let (condition, value) = self.condition_and_value(inner);
                    (condition, Some(value))
                } else {
                    (self.expression(inner), None)
                };
                rest.push(Doc::Row(vec![line(), opener, Doc::text(" "), Doc::Align(Box::new(first))]));
                rest.extend(second.map(|value| Doc::Row(vec![Doc::Hard, value])));
            } else {
                let spaces = if rule == Some(Rule::basis) { Doc::Line(2) } else { Doc::text(" ") };
                if !head.is_empty() {
                    head.push(spaces);
                }
                head.push(self.plain(&piece));
            }
        }
        let rest = Doc::nest(2, rest);
        if exempts {
            return Doc::group(vec![Doc::group(vec![Doc::nest(2, head)]), rest]);
        }
        Doc::Row(vec![Doc::group(vec![Doc::nest(2, head)]), rest])
    }

    /// `exemple « … »`, then what is given and what is expected, one a line where they do not fit on one.
    fn example(&mut self, head: Doc, mut parts: Parts<'t>) -> Doc {
        let mut whole = vec![head];
        if let Some(title) = parts.next_if(&[Rule::quote]) {
            whole.extend([Doc::text(" "), self.leaf(&title)]);
        }
        while let Some(word) = parts.next_if(&[Rule::kw_with, Rule::kw_expects]) {
            let mut row: Vec<Doc> = Vec::new();
            let word = self.leaf(&word);
            while let Some(piece) = parts
                .left
                .next_if(|piece| piece.is_sign(",") || matches!(piece.rule(), Some(Rule::given | Rule::expectation)))
            {
                if !piece.is_sign(",") {
                    row.push(piece.pair().map_or_else(Doc::nothing, |pair| self.stated(pair)));
                    continue;
                }
                // A comma after the last says nothing.
                if matches!(parts.rule(), Some(Rule::given | Rule::expectation)) {
                    row.extend([self.plain(&piece), Doc::Line(1)]);
                }
            }
            let stated = Doc::Group(Box::new(Doc::align(row)));
            whole.push(Doc::nest(INDENT, vec![Doc::Hard, word, Doc::text(" "), stated]));
        }
        Doc::Row(whole)
    }

    /// `voie = scolaire`, `convention["P1"] = oui selon B1-5`
    fn stated(&mut self, pair: &Pair<'t>) -> Doc {
        let mut row: Vec<Doc> = Vec::new();
        let mut tight = true;
        for piece in pieces(self.text, pair) {
            let rule = piece.rule();
            if rule == Some(Rule::clauses) {
                let clauses = self.plain(&piece);
                row.push(Doc::group(vec![Doc::nest(4, vec![Doc::Line(1), clauses])]));
                continue;
            }
            if !tight && !piece.is_sign("[") && !piece.is_sign("]") {
                row.push(Doc::text(" "));
            }
            tight = piece.is_sign("[");
            row.push(match piece.pair() {
                Some(inner) if inner.as_rule() == Rule::expr => Doc::Align(Box::new(self.expression(inner))),
                Some(inner) if !is_leaf(inner) => self.spaced(inner),
                Some(_) | None => self.plain(&piece),
            });
        }
        Doc::Row(row)
    }
}

/// A sign between spaces.
fn around(sign: Doc) -> Doc {
    Doc::Row(vec![Doc::text(" "), sign, Doc::text(" ")])
}

/// A type with more attributes than this makes no other label wait for it.
const WIDEST_DESCRIPTION: usize = 34;

/// How wide the cases of a type may be to stand on one line with it.
const SHORT_TYPE: usize = 72;
