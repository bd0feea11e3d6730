//! What every example of a ruleset answers now, and what changed since it was last asked: the core of `watch`.

use super::Failure;
use super::example::example;
use crate::check::described;
use crate::program::RuleKind;
use crate::render::answer_words;
use crate::ruleset::Ruleset;
use crate::syntax::ast::{ExampleItem, Item};

/// What the examples of a ruleset answer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Everything but the examples: while it stays the same, so do the answers of an example that stays the same.
    rules: Vec<String>,
    /// Its examples, in source order.
    pub examples: Vec<Stand>,
    /// How many of them had to be decided.
    pub decided: usize,
}

/// What one example answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stand {
    /// Its title.
    pub title: String,
    /// The example as written.
    text: String,
    /// Every value, norm and decision with its answer in French.
    pub answers: Vec<(String, String)>,
    /// Its expectations that are not met.
    pub failures: Vec<Failure>,
}

impl Standing {
    /// Decides the examples of a ruleset; of those decided before, only what may answer otherwise.
    pub fn of(ruleset: &Ruleset, before: Option<&Standing>) -> Self {
        let analysis = ruleset.analysis();
        let mut rules: Vec<String> = ruleset.program().texts.iter().map(|text| text.sha256.clone()).collect();
        let mut items: Vec<&ExampleItem> = Vec::new();
        for ((_, source), file) in analysis.sources.iter().zip(&analysis.files) {
            let mut kept = String::new();
            let mut at = 0;
            for item in &file.items {
                if let Item::Example(example) = item {
                    kept.push_str(source.text.get(at..example.span.range().start).unwrap_or("").trim());
                    kept.push('\n');
                    at = example.span.range().end;
                    items.push(example);
                }
            }
            kept.push_str(source.text.get(at..).unwrap_or("").trim());
            rules.push(kept);
        }
        let before = before.filter(|before| before.rules == rules);
        let mut standing = Self { rules, ..Self::default() };
        for item in items {
            let text = analysis.sources.text(item.span);
            let same = before.and_then(|before| before.examples.iter().find(|stand| stand.text == text));
            let stand = same.cloned().unwrap_or_else(|| {
                standing.decided += 1;
                stand(ruleset, item, text)
            });
            standing.examples.push(stand);
        }
        standing
    }

    /// Those of its examples with an expectation that is not met.
    pub fn failing(&self) -> impl Iterator<Item = &Stand> {
        self.examples.iter().filter(|stand| !stand.failures.is_empty())
    }

    /// What changed since. Examples go by their titles; two of one title are paired in their order.
    pub fn since<'s>(&'s self, before: &'s Standing) -> Vec<Change<'s>> {
        let nth = |list: &'s [Stand], rank: usize, title: &str| {
            list.get(..rank).unwrap_or(&[]).iter().filter(|stand| stand.title == title).count()
        };
        let mut changes = Vec::new();
        for (rank, now) in self.examples.iter().enumerate() {
            let same_title = before.examples.iter().filter(|stand| stand.title == now.title);
            let then = same_title.clone().nth(nth(&self.examples, rank, &now.title));
            let Some(then) = then else { continue };
            let answers: Vec<Answer<'s>> = now
                .answers
                .iter()
                .filter_map(|(question, answer)| {
                    let (_, then) = then.answers.iter().find(|(asked, _)| asked == question)?;
                    (then != answer).then_some(Answer { question, before: then, after: answer })
                })
                .collect();
            let verdict = match (then.failures.is_empty(), now.failures.is_empty()) {
                (true, false) => Verdict::Broken,
                (false, true) => Verdict::Mended,
                (true, true) => Verdict::Met,
                (false, false) => Verdict::Unmet,
            };
            if !answers.is_empty() || matches!(verdict, Verdict::Broken | Verdict::Mended) {
                changes.push(Change { title: &now.title, answers, verdict });
            }
        }
        changes
    }
}

/// An example whose answers changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change<'s> {
    /// Its title.
    pub title: &'s str,
    /// The answers that changed.
    pub answers: Vec<Answer<'s>>,
    /// Whether it holds what it expects.
    pub verdict: Verdict,
}

/// An answer that changed, in French.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer<'s> {
    /// The rule.
    pub question: &'s str,
    /// What it answered.
    pub before: &'s str,
    /// What it answers.
    pub after: &'s str,
}

/// Whether an example holds what it expects, before and now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It did and does.
    Met,
    /// It did not and does not.
    Unmet,
    /// It did and no longer does.
    Broken,
    /// It did not and now does.
    Mended,
}

fn stand(ruleset: &Ruleset, item: &ExampleItem, text: &str) -> Stand {
    let dossier = described(ruleset.program(), item);
    let decision = ruleset.decide(&dossier);
    let mut answers = Vec::new();
    for outcome in &decision.outcomes {
        let Some(rule) = ruleset.program().rule(outcome.rule) else { continue };
        let Some(answer) = &outcome.answer else { continue };
        answers.push((rule.name.clone(), answer_words(ruleset, &dossier, &decision, (rule, answer))));
    }
    for (_, rule) in ruleset.program().rules().filter(|(_, rule)| rule.kind == RuleKind::Notice) {
        let told = decision.notices.iter().any(|noticed| ruleset.program().rule(noticed.rule) == Some(rule));
        answers.push((rule.name.clone(), if told { "signalé" } else { "non signalé" }.to_owned()));
    }
    let proof = example(ruleset, item, None);
    Stand { title: item.title.text.clone(), text: text.to_owned(), answers, failures: proof.failures }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use crate::lower::TextFile;
    use crate::ruleset::Analysis;

    const RULES: &str = "règlement « Prêt »\n  texte \"t.txt\"\nclause P « Trois semaines. »\n\
                         fait j : entier\nobligation retour « rendu » selon P exige j ≤ 21\n\
                         signalement tard « tard » selon P si j > 30\n\
                         exemple « juste » avec j = 21 attend retour = oui\n\
                         exemple « trop tard » avec j = 22 attend retour = non\n";

    fn ruleset(rules: &str) -> Ruleset {
        let texts = [TextFile { name: "t.txt".into(), text: "Trois semaines.\n".into() }];
        Analysis::new("pret", vec![("pret.reglo".into(), rules.into())], &texts).into_ruleset().unwrap()
    }

    #[test]
    fn an_example_is_decided_again_only_where_it_may_answer_otherwise() {
        let first = Standing::of(&ruleset(RULES), None);
        assert_eq!((first.decided, first.failing().count()), (2, 0));
        assert_eq!(Standing::of(&ruleset(RULES), Some(&first)).decided, 0);
        let other_example = RULES.replace("j = 22", "j = 40");
        let second = Standing::of(&ruleset(&other_example), Some(&first));
        assert_eq!(second.decided, 1);
        assert_eq!(second.examples, Standing::of(&ruleset(&other_example), None).examples);
        let other_rule = RULES.replace("≤ 21", "≤ 20");
        assert_eq!(Standing::of(&ruleset(&other_rule), Some(&second)).decided, 2);
    }

    #[test]
    fn what_changed_is_told_answer_by_answer() {
        let before = Standing::of(&ruleset(RULES), None);
        let after = Standing::of(&ruleset(&RULES.replace("≤ 21", "≤ 20")), Some(&before));
        let [change] = &after.since(&before)[..] else { unreachable!() };
        assert_eq!((change.title, change.verdict), ("juste", Verdict::Broken));
        assert_eq!(change.answers[0].question, "retour");
        assert_ne!(change.answers[0].before, change.answers[0].after);
        let mended = Standing::of(&ruleset(RULES), Some(&after));
        assert_eq!(mended.since(&after)[0].verdict, Verdict::Mended);
        let noticed = Standing::of(&ruleset(&RULES.replace("> 30", "> 21")), Some(&before));
        let changes = noticed.since(&before);
        assert_eq!(changes[0].answers[0], Answer { question: "tard", before: "non signalé", after: "signalé" });
        assert_eq!(changes[0].verdict, Verdict::Met);
        assert!(before.since(&before).is_empty());
        // An example that comes or goes changes no answer.
        let without = ruleset(RULES.rsplit_once("exemple").unwrap().0);
        assert!(Standing::of(&without, Some(&before)).since(&before).is_empty());
        assert!(before.since(&Standing::default()).is_empty());
    }
}
