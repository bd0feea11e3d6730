//! What stands under the pointer: its label, its type, the clauses it rests on quoted in full, and what it was worth in
//! the last example.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::help;
use super::hints;
use super::lesson;
use super::symbol::{Symbol, Use};
use super::view::View;
use crate::program::{Basis, Clause, ClauseId, ReadingId, Rule, RuleKind};
use crate::render::{place_words, typeset};
use crate::source::Span;
use crate::syntax::{WordKind, model};

/// What is told of the name or word at a position.
pub(super) fn hover(view: View<'_>, position: Position) -> Option<Hover> {
    let at = view.at(position);
    let (text, span) = match view.book.index().at(at) {
        Some(found) => (symbol(view, &found.symbol), found.span),
        None => word(view, at)?,
    };
    let contents = MarkupContent { kind: MarkupKind::Markdown, value: text };
    Some(Hover { contents: HoverContents::Markup(contents), range: Some(view.range(span)) })
}

/// What is told of a name.
pub(super) fn symbol(view: View<'_>, symbol: &Symbol) -> String {
    let mut told = Told::default();
    let declared = view.book.index().declared.get(symbol);
    let kind = declared.map(|declared| declared.kind.as_str()).unwrap_or_default();
    match symbol {
        Symbol::Clause(id) => {
            match view.clause(id) {
                Some(clause) => told.clause(view, clause),
                None => told.line(&format!("**{kind} {id}**")),
            }
            told.citing(view, symbol);
        }
        Symbol::Reading(id) => {
            told.line(&format!("**interprétation {id}**"));
            told.label(view, symbol);
            told.citing(view, symbol);
        }
        Symbol::Type(name) => {
            told.line(&format!("**type {name}** : {kind}"));
            told.members(view, name);
        }
        Symbol::Case(of, name) => {
            told.line(&format!("**{name}** : cas de {of}"));
            told.label(view, symbol);
        }
        Symbol::Field(of, name) => {
            told.line(&format!("**{name}** : {kind} — champ de {of}"));
            told.label(view, symbol);
        }
        Symbol::Fact(name) => {
            told.line(&format!("fait **{name}** : {kind}"));
            told.label(view, symbol);
            told.supplier(view, name);
            told.example(lesson::fact(view, name));
        }
        Symbol::Rule(name) => {
            let is_value = rule(view, name).is_none_or(|rule| rule.kind == RuleKind::Value);
            told.line(&if is_value { format!("valeur **{name}** : {kind}") } else { format!("{kind} **{name}**") });
            told.label(view, symbol);
            told.example(lesson::answer(view, name));
            if let Some(rule) = rule(view, name) {
                told.rests_on(view, rule);
            }
        }
        Symbol::Part(of, name) => {
            told.line(&format!("{kind} **{name}** de {of}"));
            told.part(view, of, name);
        }
        Symbol::Variable(bound, name) => {
            let ty = if kind == "soit" { hints::bound_type(view, *bound) } else { Some(kind.to_owned()) };
            let ty = ty.map_or_else(String::new, |ty| format!(" : {ty}"));
            told.line(&format!("**{name}**{ty} — dans cette règle"));
        }
    }
    told.text
}

fn rule<'d>(view: View<'d>, name: &str) -> Option<&'d Rule> {
    view.program()?.rules.iter().find(|rule| rule.name == name)
}

/// What is told of a word that is no name: a function, or a word of the language.
fn word(view: View<'_>, at: Span) -> Option<(String, Span)> {
    let offset = at.start as usize;
    let words = view.document.words();
    let found = words.iter().find(|word| word.range.start <= offset && offset <= word.range.end)?;
    if found.kind != WordKind::Name {
        return None;
    }
    let text = view.document.text().get(found.range.clone())?;
    let span = Span::new(at.source, found.range.clone());
    // `jusqu'au_dimanche` is three words here.
    if let Some(function) = help::FUNCTIONS
        .iter()
        .find(|function| function.name == text || function.name.ends_with(text) && text.starts_with("au_"))
    {
        return Some((format!("**{}**\n\n{}", function.call(), typeset(function.gives)), span));
    }
    let mut told = format!("**{text}** — {}", typeset(help::word(text)?));
    if let Some(model) = model(text) {
        told.push_str(&format!("\n\n```reglo\n{model}\n```"));
    }
    Some((told, span))
}

/// What is told, paragraph by paragraph.
#[derive(Default)]
struct Told {
    text: String,
}

impl Told {
    fn line(&mut self, words: &str) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(&typeset(words));
    }

    fn label(&mut self, view: View<'_>, symbol: &Symbol) {
        if let Some(label) = view.label(symbol) {
            self.line(&format!("« {label} »"));
        }
    }

    fn example(&mut self, found: Option<lesson::Told>) {
        if let Some(found) = found {
            self.line(&format!("Dans l'exemple « {} » : **{}**", found.example, found.value));
        }
    }

    fn clause(&mut self, view: View<'_>, clause: &Clause) {
        let Some(program) = view.program() else { return };
        self.line(&format!("**{}** — {}", clause.id, place_words(program, clause)));
        // To the letter: typography is for our own words.
        self.text.push_str(&format!("\n\n> «\u{a0}{}\u{a0}»", clause.quote.replace('\n', " ")));
        if let Some(why) = &clause.no_effect {
            self.line(&format!("Sans effet : {why}"));
        }
    }

    fn citing(&mut self, view: View<'_>, symbol: &Symbol) {
        let index = view.book.index();
        let mut names: Vec<&str> = Vec::new();
        let places: Vec<Span> =
            index.of(symbol).filter(|found| found.usage == Use::Refers).map(|found| found.span).collect();
        for (held, declared) in index.by_place() {
            let inside = |span: &Span| {
                let whole = declared.whole;
                whole.source == span.source && whole.start <= span.start && span.end <= whole.end
            };
            let citing = matches!(held, Symbol::Rule(_) | Symbol::Fact(_));
            if citing && places.iter().any(inside) && !names.contains(&held.name()) {
                names.push(held.name());
            }
        }
        if names.is_empty() {
            self.line("Aucune règle ne la cite encore.");
        } else {
            self.line(&format!("Citée par : {}", names.join(", ")));
        }
    }

    fn members(&mut self, view: View<'_>, name: &str) {
        let mut list = String::new();
        for (member, declared) in view.book.index().by_place() {
            let what = match member {
                Symbol::Case(of, case) if of == name => case.clone(),
                Symbol::Field(of, field) if of == name => format!("{field} : {}", declared.kind),
                _other => continue,
            };
            let label = declared.label.as_ref().map(|label| format!(" « {label} »")).unwrap_or_default();
            list.push_str(&format!("- {what}{label}\n"));
        }
        self.line(list.trim_end());
    }

    fn supplier(&mut self, view: View<'_>, name: &str) {
        let Some(program) = view.program() else { return };
        let Some(fact) = program.facts.iter().find(|fact| fact.name == name) else { return };
        if let Some(supplier) = &fact.declared.supplier {
            let verb = if fact.declared.assessed { "Apprécié par" } else { "Fourni par" };
            self.line(&format!("{verb} {supplier}"));
        }
        let basis = fact.declared.basis.clone();
        self.basis(view, &basis);
    }

    fn rests_on(&mut self, view: View<'_>, rule: &Rule) {
        let mut all = Basis::default();
        let parts = rule.contents.iter().map(|content| &content.basis);
        let exempt = rule.exemptions.iter().map(|exemption| &exemption.basis);
        let applies = rule.applies.iter().map(|(_, basis)| basis);
        for basis in std::iter::once(&rule.basis).chain(applies).chain(parts).chain(exempt) {
            all.clauses.extend(
                basis.clauses.iter().filter(|id| !all.clauses.contains(id)).copied().collect::<Vec<ClauseId>>(),
            );
            all.readings.extend(
                basis.readings.iter().filter(|id| !all.readings.contains(id)).copied().collect::<Vec<ReadingId>>(),
            );
        }
        self.basis(view, &all);
    }

    fn part(&mut self, view: View<'_>, of: &str, name: &str) {
        let Some(rule) = rule(view, of) else { return };
        let contents = rule.contents.iter().map(|content| (&content.name, &content.basis));
        let exemptions = rule.exemptions.iter().map(|exemption| (&exemption.name, &exemption.basis));
        let basis =
            contents.chain(exemptions).find(|(known, _)| known.as_str() == name).map(|(_, basis)| basis.clone());
        self.basis(view, &basis.unwrap_or_default());
    }

    fn basis(&mut self, view: View<'_>, basis: &Basis) {
        let Some(program) = view.program() else { return };
        for clause in basis.clauses.iter().filter_map(|id| program.clause(*id)) {
            self.clause(view, clause);
        }
        for reading in basis.readings.iter().filter_map(|id| program.reading(*id)) {
            self.line(&format!("**{}** — {}", reading.id, reading.label));
        }
    }
}
