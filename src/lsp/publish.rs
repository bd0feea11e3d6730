//! What is wrong, as the editor shows it.

use lsp_types::{Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, NumberOrString};

use super::snapshot::Findings;
use super::view::View;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::proof::Proof;
use crate::render::typeset;
use crate::source::Span;

/// Everything wrong with a file: what the analysis found, and what was found later.
pub(super) fn findings(view: View<'_>, analysis: &[Diagnostic], later: Option<&Findings>) -> Vec<Shown> {
    let reasoned = later.and_then(|later| later.reasoned.as_ref()).into_iter().flatten();
    let own = analysis.iter().chain(reasoned).filter(|found| found.primary.span.source == view.file);
    let failures = later.into_iter().flat_map(|later| &later.proofs).flat_map(|proof| unmet(view, proof));
    own.map(|found| shown(view, found)).chain(failures).collect()
}

/// A diagnostic: its message with what to do, and its other places.
pub(super) fn shown(view: View<'_>, found: &Diagnostic) -> Shown {
    let under = (!found.primary.text.is_empty()).then(|| format!("→ {}", found.primary.text));
    let lines = std::iter::once(&found.message).chain(under.as_ref()).chain(&found.help);
    let message = lines.map(|line| typeset(line)).collect::<Vec<_>>().join("\n");
    let related = found.others.iter().filter_map(|label| {
        Some(DiagnosticRelatedInformation { location: view.location(label.span)?, message: typeset(&label.text) })
    });
    let related: Vec<DiagnosticRelatedInformation> = related.collect();
    let unused = matches!(found.code, Code::UnusedFact | Code::NeverApplies | Code::NeverPrevails);
    Shown {
        range: view.range(found.primary.span),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(found.code.as_str().to_owned())),
        code_description: None,
        source: Some("reglo".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: unused.then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

/// The answers an example expects and does not get.
fn unmet(view: View<'_>, proof: &Proof) -> Vec<Shown> {
    let here = |span: Option<Span>| span.filter(|span| span.source == view.file);
    let told = proof.failures.iter().filter_map(|failure| {
        let span = here(failure.span.or(proof.span))?;
        let message = format!("L'exemple attend {} ; la règle donne {}.", failure.expected, failure.found);
        Some(Shown {
            range: view.range(span),
            severity: Some(DiagnosticSeverity::ERROR),
            code: Some(NumberOrString::String(Code::Example.as_str().to_owned())),
            source: Some("reglo".to_owned()),
            message: typeset(&message),
            ..Shown::default()
        })
    });
    told.collect()
}
