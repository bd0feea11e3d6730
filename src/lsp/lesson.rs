//! What the last example says: the fact it gives, the answer a rule makes of it.
//!
//! The last example is the last one, in source order, that speaks of what is asked about. It is decided when it is asked
//! about, with the last ruleset that could decide.

use super::view::View;
use crate::check::described;
use crate::render::answer_words;
use crate::ruleset::Ruleset;
use crate::syntax::ast::{ExampleItem, Item};

/// A value, and the example it was in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Told {
    /// The title of the example.
    pub(super) example: String,
    /// The value, in French words or as written.
    pub(super) value: String,
}

/// The examples of a ruleset, the last first.
fn examples(ruleset: &Ruleset) -> impl Iterator<Item = &ExampleItem> {
    let items = ruleset.analysis().files.iter().rev().flat_map(|file| file.items.iter().rev());
    items.filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None })
}

/// What the last example gives a fact.
pub(super) fn fact(view: View<'_>, name: &str) -> Option<Told> {
    let ruleset = view.book.sound.as_ref()?.ruleset()?;
    examples(ruleset).find_map(|example| {
        let is_it = |path: &[crate::syntax::ast::Name]| path.len() == 1 && path.iter().all(|part| part.text == name);
        let (_, value) = example.given.iter().find(|(path, _)| is_it(path))?;
        let value = ruleset.analysis().sources.text(value.span).split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Told { example: example.title.text.clone(), value })
    })
}

/// What a rule answers in the last example that expects an answer of it, else in the last of all.
pub(super) fn answer(view: View<'_>, name: &str) -> Option<Told> {
    let ruleset = view.book.sound.as_ref()?.ruleset()?;
    let id = ruleset.program().rule_named(name)?;
    let rule = ruleset.program().rule(id)?;
    let speaks = |example: &&ExampleItem| example.expected.iter().any(|expected| expected.name.text == name);
    let example = examples(ruleset).find(speaks).or_else(|| examples(ruleset).next())?;
    let dossier = described(ruleset.program(), example);
    let decision = ruleset.decide_some(&dossier, |asked| asked == id);
    let answer = decision.outcome(id)?.answer.as_ref()?;
    let value = answer_words(ruleset, &dossier, &decision, (rule, answer));
    Some(Told { example: example.title.text.clone(), value })
}
