//! The proofs of a ruleset: its `exemple`s and case files, decided and compared with what they expect.

mod part;
mod tally;
mod example;
mod case;
mod confused;
mod mutation;
mod written;
mod difference;
mod survivor;
mod states;
mod boundary;
mod standing;

pub use boundary::{Boundary, boundaries};
pub use case::{CaseError, case, case_file};
pub use example::{example, examples};
pub use mutation::{Mutation, mutate};
pub use part::{Part, PartKind};
pub use standing::{Answer, Change, Stand, Standing, Verdict};
pub use states::{PartStates, RuleStates, Sight, Unseen, states};
pub use survivor::{Fate, Mutants, Survivor, try_mutants};
pub use tally::{Counted, Seen, Tally};

use crate::dossier::Dossier;
use crate::program::RuleId;
use crate::ruleset::{Decision, Ruleset};
use crate::source::Span;

/// One proof, run.
#[derive(Clone, PartialEq, Debug)]
pub struct Proof {
    /// What it is called: the title of an example, the id of a case.
    pub name: String,
    /// Where it is written, for an example.
    pub span: Option<Span>,
    /// How many expectations it holds.
    pub expectations: usize,
    /// Those that are not met.
    pub failures: Vec<Failure>,
    /// Expectations met by another reading that the case accepts: the question and that reading.
    pub accepted: Vec<(String, String)>,
}

/// An expectation that is not met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The question.
    pub question: String,
    /// What was expected, in French.
    pub expected: String,
    /// What was found, in French.
    pub found: String,
    /// Where it is written, for an example.
    pub span: Option<Span>,
}

/// Decides the dossier of a proof and adds it to the tally. Without one only the rules of these names are answered.
fn decided<'n>(
    ruleset: &Ruleset,
    dossier: &Dossier,
    names: impl Iterator<Item = &'n str>,
    tally: Option<&mut Tally>,
) -> Decision {
    let Some(tally) = tally else {
        let wanted: Vec<RuleId> = names.filter_map(|name| ruleset.program().rule_named(name)).collect();
        return ruleset.decide_some(dossier, |id| wanted.contains(&id));
    };
    let decision = ruleset.decide(dossier);
    tally.add(ruleset, &decision);
    decision
}
