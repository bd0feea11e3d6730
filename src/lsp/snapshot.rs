//! What an analysis found, kept while newer ones are under way.

use crate::diagnostic::Diagnostic;
use crate::lower::TextFile;
use crate::program::Program;
use crate::proof::Proof;
use crate::ruleset::{Analysis, Ruleset};

/// The texts of a ruleset at one moment.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// How the ruleset is named.
    pub(super) id: String,
    /// Name and text of each file.
    pub(super) files: Vec<(String, String)>,
    /// The official texts.
    pub(super) texts: Vec<TextFile>,
}

/// An analysis, and the ruleset where nothing is wrong with it.
#[derive(Debug)]
pub(super) enum Snapshot {
    /// It can decide.
    Sound(Box<Ruleset>),
    /// It has errors.
    Broken(Box<Analysis>),
}

impl Snapshot {
    /// Analyses the texts.
    pub(super) fn of(texts: Texts) -> Self {
        match Analysis::new(&texts.id, texts.files, &texts.texts).into_ruleset() {
            Ok(ruleset) => Self::Sound(Box::new(ruleset)),
            Err(analysis) => Self::Broken(analysis),
        }
    }

    /// What is known of the sources.
    pub(super) fn analysis(&self) -> &Analysis {
        match self {
            Self::Sound(ruleset) => ruleset.analysis(),
            Self::Broken(analysis) => analysis,
        }
    }

    /// What they mean; of broken ones, what could be read.
    pub(super) fn program(&self) -> &Program {
        &self.analysis().program
    }

    /// The ruleset, where it can decide.
    pub(super) fn ruleset(&self) -> Option<&Ruleset> {
        match self {
            Self::Sound(ruleset) => Some(ruleset),
            Self::Broken(_) => None,
        }
    }
}

/// What takes longer to find than an analysis.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    /// The examples, decided.
    pub(super) proofs: Vec<Proof>,
    /// What reasoning found; none while it is under way.
    pub(super) reasoned: Option<Vec<Diagnostic>>,
}
