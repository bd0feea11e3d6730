//! reglo: a declarative language for regulation.
//!
//! A *ruleset* is written beside the official text it transcribes. Text becomes a [`program::Program`]; a
//! program and the facts of a dossier become a [`Decision`]; a decision is read as [`Justification`]s. The
//! order of the modules below is the reading order, and the law: a module imports only those above it.
//!
//! An embedding program needs eight names:
//!
//! ```
//! use reglo::explain::{AnswerStatus, Detail};
//! use reglo::lower::TextFile;
//! use reglo::{Analysis, Decision, Diagnostic, Dossier, Justification, SourceMap, Value};
//!
//! let rules = r#"
//! règlement « Prêt d'ouvrages »
//!   texte "texte.txt"
//!
//! clause A1 « Le prêt d'un ouvrage dure trois semaines. »  au « art. 1 »
//! clause A2 « Un étudiant en thèse garde l'ouvrage six semaines. »  au « art. 2 »
//!
//! fait en_thèse : oui/non, par « l'école doctorale »  « étudiant en thèse »
//!
//! valeur durée_du_prêt : durée en semaines « durée du prêt »
//!   vaut 3 semaines  selon A1
//!   sauf doctorants  selon A2
//!     si en_thèse
//!     alors 6 semaines
//! "#;
//! let text = "Le prêt d'un ouvrage dure trois semaines.\nUn étudiant en thèse garde l'ouvrage six semaines.\n";
//!
//! // Sources and official texts are given as text: reglo opens no file.
//! let texts = [TextFile { name: "texte.txt".into(), text: text.into() }];
//! let analysis = Analysis::new("pret", vec![("pret.reglo".into(), rules.into())], &texts);
//! let problems: &[Diagnostic] = &analysis.diagnostics;
//! assert!(problems.is_empty());
//! let sources: &SourceMap = &analysis.sources;
//! assert_eq!(sources.iter().count(), 1);
//! let ruleset = analysis.into_ruleset().expect("a ruleset without errors");
//!
//! // A dossier is JSON; names match without regard to accents.
//! let dossier: Dossier = ruleset.read("dossier.json", br#"{ "en_these": true }"#).expect("JSON");
//! let decision: Decision = ruleset.decide(&dossier);
//!
//! let rule = ruleset.program().rule_named("durée_du_prêt").expect("a rule of that name");
//! let answer = decision.outcome(rule).and_then(|outcome| outcome.answer.as_ref()).expect("an answer");
//! assert_eq!(answer.status, AnswerStatus::Known);
//! let value: &Value = &answer.known;
//! assert_eq!(reglo::render::set_words(ruleset.program(), &value.set, (reglo::value::Type::Duration, None)), "6 semaines");
//!
//! // Why: the clause and the fact it rests on.
//! let why: Justification = ruleset.justify(&decision, answer.target, Detail::Minimal);
//! let cited = reglo::explain::cited(ruleset.program(), &why);
//! let ids: Vec<&str> = cited.clauses.iter().filter_map(|id| ruleset.program().clause(*id)).map(|c| c.id.as_str()).collect();
//! assert_eq!(ids, ["A2"]);
//!
//! // Without the fact, the answer is open and says what is missing.
//! let dossier = ruleset.read("dossier.json", b"{}").expect("JSON");
//! let open = ruleset.decide(&dossier);
//! let answer = open.outcome(rule).and_then(|outcome| outcome.answer.as_ref()).expect("an answer");
//! assert_eq!(answer.status, AnswerStatus::Unknown);
//! assert_eq!(reglo::render::missing_paths(&ruleset, &dossier, &open, answer), ["en_thèse"]);
//! ```

pub mod source;
pub mod diagnostic;
pub mod limit;
pub mod value;
pub mod syntax;
pub mod verify;
pub mod text;
pub mod program;
pub mod lower;
pub mod eval;
pub mod explain;
pub mod dossier;
pub mod check;
pub mod remedy;
pub mod draft;
pub mod ruleset;
pub mod render;
pub mod proof;
#[cfg(feature = "cli")]
pub mod batch;
#[cfg(feature = "cli")]
pub mod cli;

pub use diagnostic::Diagnostic;
pub use dossier::Dossier;
pub use explain::Justification;
pub use ruleset::{Analysis, Decision, Ruleset};
pub use source::SourceMap;
pub use value::Known as Value;
