//! What is wrong with a text or a datum, as plain data: no colour, no path, no line number.
//!
//! Diagnostics are collected and sorted, never thrown. Their messages are French: they are read by
//! people who write regulation.

use crate::source::Span;

/// How serious a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The ruleset cannot be used.
    Error,
    /// It can, but something is probably not meant.
    Warning,
}

/// A place and what is to be said of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words shown under it; may be empty.
    pub text: String,
}

/// A stretch of a source and what should stand there instead; an empty stretch: what to add there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// The stretch.
    pub span: Span,
    /// What replaces it.
    pub replacement: String,
}

/// Whether a remedy may be applied without asking the author.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Safety {
    /// It spells what is written as the language, the ruleset or the official text spells it: letters stay, but for accents,
    /// case and marks.
    Safe,
    /// It decides something, or leaves something to be written: the author confirms it.
    ToConfirm,
}

/// One way to mend a finding, as data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remedy {
    /// What it does, in French, as an order: « Écrire « voie » ».
    pub title: String,
    /// Its edits; they do not overlap, and lie in rulesets.
    pub edits: Vec<Edit>,
    /// Whether it may be applied without asking.
    pub safety: Safety,
}

impl Remedy {
    /// Replaces a stretch.
    pub fn replace(span: Span, replacement: impl Into<String>, title: impl Into<String>) -> Self {
        let edits = vec![Edit { span, replacement: replacement.into() }];
        Self { title: title.into(), edits, safety: Safety::ToConfirm }
    }

    /// Adds something after a stretch.
    pub fn after(span: Span, addition: impl Into<String>, title: impl Into<String>) -> Self {
        Self::replace(Span { start: span.end, ..span }, addition, title)
    }

    /// The same, to be applied without asking where that is so.
    #[must_use]
    pub fn safe_if(mut self, safe: bool) -> Self {
        self.safety = if safe { Safety::Safe } else { Safety::ToConfirm };
        self
    }
}

/// One finding: what was found, where, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// One French sentence saying what was found.
    pub message: String,
    /// The place it speaks of.
    pub primary: Label,
    /// Other places that matter.
    pub others: Vec<Label>,
    /// What to do, in French.
    pub help: Vec<String>,
    /// Ways to do it, the likeliest first.
    pub remedies: Vec<Remedy>,
}

impl Diagnostic {
    /// An error of that code at that place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: Label { span, text: String::new() },
            others: Vec::new(),
            help: Vec::new(),
            remedies: Vec::new(),
        }
    }

    /// A warning of that code at that place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// Adds the words under the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place.
    pub fn other(mut self, span: Span, text: impl Into<String>) -> Self {
        self.others.push(Label { span, text: text.into() });
        self
    }

    /// Adds a line of help.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a way to mend it.
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedies.push(remedy);
        self
    }
}

/// Sorts by place, then code, and drops exact repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.primary.span, a.code.as_str(), &a.message).cmp(&(b.primary.span, b.code.as_str(), &b.message))
    });
    diagnostics.dedup();
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// Every kind of diagnostic; each has a page `docs/diagnostics/<code>.md`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All codes, in declaration order.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The stable kebab-case French word of the code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }
        }
    };
}

codes! {
    /// An item that cannot be read.
    Syntax = "syntaxe",
    /// A quotation mark or string that is never closed.
    Unclosed = "non-ferme",
    /// Nesting deeper than the language allows.
    TooDeep = "imbrication-trop-profonde",
    /// `et` and `ou` mixed without parentheses.
    MixedLogic = "et-ou-sans-parentheses",
    /// Bytes that are not UTF-8.
    NotUtf8 = "utf8-invalide",
    /// A ruleset without its `règlement` item, or with several.
    Header = "entete",
    /// A name nobody declared.
    UnknownName = "nom-inconnu",
    /// A name declared twice.
    DuplicateName = "nom-en-double",
    /// Two names that data could not tell apart.
    CollidingName = "noms-confondus",
    /// A type nobody declared.
    UnknownType = "type-inconnu",
    /// A type that refers to itself.
    CyclicType = "type-cyclique",
    /// An expression of another type than its place asks for.
    TypeMismatch = "type-inattendu",
    /// Units that cannot be compared or added.
    UnitMismatch = "unites-incompatibles",
    /// A value that its type or range excludes.
    OutOfRange = "hors-bornes",
    /// A division whose result is not exact and whose rounding is not said.
    UnroundedDivision = "division-sans-arrondi",
    /// An optional value used where it may be absent.
    MaybeAbsent = "valeur-peut-etre-absente",
    /// A value used where it may be without object.
    MaybeInapplicable = "valeur-peut-etre-sans-objet",
    /// An enumeration case that is not one.
    UnknownCase = "cas-inconnu",
    /// A table over an enumeration that forgets a case.
    MissingCase = "cas-oublie",
    /// A value that depends on itself.
    CyclicValue = "valeur-cyclique",
    /// `prime sur` in a circle, or over something that is no exception of this value.
    Precedence = "priorite-incoherente",
    /// A conclusion that cites nothing.
    MissingClause = "clause-manquante",
    /// A clause nobody declared.
    UnknownClause = "clause-inconnue",
    /// A clause that no rule uses.
    UnusedClause = "clause-inutilisee",
    /// A quotation that is not in the official text.
    QuotationNotFound = "citation-introuvable",
    /// A quotation found at several places.
    QuotationAmbiguous = "citation-ambigue",
    /// A passage quoted twice.
    QuotationOverlap = "passage-cite-deux-fois",
    /// A passage of the official text that nothing carries.
    TextNotCovered = "texte-non-couvert",
    /// The official text is missing.
    TextMissing = "texte-absent",
    /// A fact that no rule reads.
    UnusedFact = "fait-inutilise",
    /// An interpretation or source nobody declared, or that nobody uses.
    Reading = "interpretation",
    /// An example that does not hold together, or whose expectation fails.
    Example = "exemple",
    /// A ruleset or dossier larger than what is accepted.
    Limit = "limite-depassee",
    /// Two definitions that can both apply and give different answers.
    Conflict = "conflit-de-normes",
    /// A value that some dossier leaves without an answer.
    Gap = "silence-non-declare",
    /// A rule that can never apply.
    NeverApplies = "regle-sans-effet",
    /// An exception that never prevails.
    NeverPrevails = "exception-sans-effet",
    /// A computation that has no result for some dossier.
    NoResult = "calcul-sans-resultat",
    /// A decision that can only answer one thing.
    OneAnswer = "decision-a-sens-unique",
    /// A construct that has no meaning where it stands.
    Misplaced = "mal-place",
}
