//! The façade: sources become an [`Analysis`], an analysis without errors a [`Ruleset`], a ruleset and a
//! dossier a [`Decision`].

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::dossier::{Dossier, JsonError};
use crate::eval::{Cell, Frame, Inputs, SetAside, cohere, run};
use crate::lower::{TextFile, lower};
use crate::program::{NodeId, Program, RuleId, RuleKind, ScopeId};
use crate::source::SourceMap;
use crate::syntax::{ast, parse};
use crate::value::Known;

/// Everything known about a set of sources, errors included.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// How the ruleset is named outside (its folder).
    pub id: String,
    /// The sources, in the order given.
    pub sources: SourceMap,
    /// Their trees.
    pub files: Vec<ast::File>,
    /// What they mean; to be relied on only without errors.
    pub program: Program,
    /// What is wrong, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Analyses the files of a ruleset (name shown and text each) with its official texts.
    pub fn new(id: &str, files: Vec<(String, String)>, texts: &[TextFile]) -> Self {
        let mut sources = SourceMap::new();
        let mut diagnostics = Vec::new();
        let mut parsed = Vec::new();
        for (name, text) in files {
            let source = sources.add(name, text);
            let (file, found) = parse(source, sources.get(source).map_or("", |source| source.text.as_str()));
            parsed.push(file);
            diagnostics.extend(found);
        }
        let (program, found) = lower(&parsed, texts);
        diagnostics.extend(found);
        diagnostic::sort(&mut diagnostics);
        Self { id: id.to_owned(), sources, files: parsed, program, diagnostics }
    }

    /// Whether the ruleset cannot be used.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The ruleset, where nothing is wrong with it; else the analysis back.
    ///
    /// # Errors
    ///
    /// The analysis itself, where one of its diagnostics is an error.
    pub fn into_ruleset(self) -> Result<Ruleset, Box<Analysis>> {
        if self.has_errors() {
            return Err(Box::new(self));
        }
        let mut digest = Sha256::new();
        for (_, source) in self.sources.iter() {
            digest.update(source.text.as_bytes());
            digest.update([0]);
        }
        for text in &self.program.texts {
            digest.update(text.sha256.as_bytes());
        }
        let sha256 = digest.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let outcomes = self
            .program
            .rules()
            .filter(|(_, rule)| match rule.kind {
                RuleKind::Value | RuleKind::Norm(_) | RuleKind::Decision | RuleKind::Notice => true,
                RuleKind::Incoherence => false,
            })
            .flat_map(|(_, rule)| std::iter::once(rule.instance).chain(rule.result).chain(rule.filter))
            .collect::<Vec<NodeId>>();
        let cone = self.program.cone(&outcomes);
        Ok(Ruleset { analysis: self, sha256, cone })
    }
}

/// A ruleset without errors.
#[derive(Clone, Debug)]
pub struct Ruleset {
    analysis: Analysis,
    sha256: String,
    cone: Vec<NodeId>,
}

impl Ruleset {
    /// How the ruleset is named outside.
    pub fn id(&self) -> &str {
        &self.analysis.id
    }

    /// SHA-256 of its sources and texts, hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What it means.
    pub fn program(&self) -> &Program {
        &self.analysis.program
    }

    /// The analysis it comes from.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// Reads a dossier (JSON) against the facts it declares.
    ///
    /// # Errors
    ///
    /// The bytes are not JSON, or not a record.
    pub fn read(&self, name: &str, bytes: &[u8]) -> Result<Dossier, JsonError> {
        Dossier::read(self.program(), name, bytes)
    }

    /// Decides a dossier: every value, norm and decision of the ruleset.
    pub fn decide(&self, dossier: &Dossier) -> Decision {
        let program = self.program();
        let (inputs, set_aside) = cohere(program, &dossier.inputs);
        let frame = run::<Cell>(program, &inputs, &self.cone);
        Decision { inputs, set_aside, frame }
    }
}

/// A dossier decided: the facts retained and the value of every node.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The facts, those that contradict each other set aside.
    pub inputs: Inputs<Cell>,
    /// What was set aside.
    pub set_aside: Vec<SetAside>,
    /// The value of every node.
    pub frame: Frame<Cell>,
}

impl Decision {
    /// What is known of a rule's answer for the dossier.
    pub fn known(&self, program: &Program, rule: RuleId) -> Option<&Known> {
        let rule = program.rule(rule)?;
        self.frame.known(rule.result?, 0)
    }

    /// How many rows a scope has.
    pub fn rows(&self, scope: ScopeId) -> usize {
        self.frame.rows(scope).map_or(0, crate::eval::Rows::len)
    }
}
