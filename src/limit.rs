//! How large a ruleset, a dossier and the work for them may be.
//!
//! Each [`Limit`] has a default wide enough for any regulation known to us, and protects whoever decides what
//! strangers send from running out of memory, of stack or of time. Beyond a limit nothing is cut short: what was
//! given is refused, with the figure found, the figure allowed and how to raise it.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $default:expr, $most:expr, $unit:literal, $what:literal;)*) => {
        /// What is limited.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Limit { $($(#[$doc])* $variant,)* }

        impl Limit {
            /// All limits, in the order of the documentation.
            pub const ALL: &[Limit] = &[$(Limit::$variant,)*];

            /// Its name in `--limit NAME=VALUE`.
            pub const fn name(self) -> &'static str {
                match self { $(Limit::$variant => $name,)* }
            }

            /// What it is where nobody changes it.
            pub const fn default(self) -> u64 {
                match self { $(Limit::$variant => $default,)* }
            }

            /// The most it can be raised to.
            pub const fn most(self) -> u64 {
                match self { $(Limit::$variant => $most,)* }
            }

            /// What it counts, in French, in the plural.
            pub const fn unit(self) -> &'static str {
                match self { $(Limit::$variant => $unit,)* }
            }

            /// What it bounds, in French.
            pub const fn what(self) -> &'static str {
                match self { $(Limit::$variant => $what,)* }
            }
        }

        const DEFAULTS: [u64; Limit::ALL.len()] = [$($default,)*];
    };
}

/// Rows are counted in 32 bits.
const COUNTED: u64 = u32::MAX as u64 - 1;

limits! {
    /// Bytes of a file of a ruleset, or of an official text. Places are counted in 32 bits.
    SourceSize = "source-size", 16 << 20, 1 << 30, "octets", "un fichier du règlement ou un texte officiel";
    /// Files of a ruleset.
    Sources = "sources", 1_000, 100_000, "fichiers", "les fichiers d'un règlement";
    /// Bytes of a line of a ruleset.
    Line = "line", 4 << 20, 1 << 30, "octets", "une ligne d'un règlement";
    /// Items of a ruleset: clauses, facts, rules, examples.
    Items = "items", 50_000, COUNTED, "éléments", "les clauses, faits, règles et exemples d'un règlement";
    /// Brackets, quotations and expressions within one another. Beyond the default, whoever embeds the library
    /// gives the thread a stack of 32 KB a level; the command does.
    Nesting = "nesting", 256, 4_096, "niveaux", "ce qui s'emboîte dans un règlement";
    /// Values read within one another while an expression is read; the stack likewise.
    Chain = "chain", 400, 4_096, "niveaux", "les valeurs qui reposent l'une sur l'autre";
    /// Expressions of a ruleset, those of a named list counted wherever it is read.
    Expressions = "expressions", 2_000_000, COUNTED, "expressions", "les expressions d'un règlement, celles d'une liste nommée comptées partout où elle est lue";
    /// Bytes of a dossier, a file of cases or a decision.
    DossierSize = "dossier-size", 64 << 20, 4 << 30, "octets", "un dossier, un cas ou une décision";
    /// Bytes of a row of a batch.
    RowSize = "row-size", 16 << 20, 1 << 30, "octets", "une ligne d'un lot";
    /// Lists and records within one another in data.
    DataNesting = "data-nesting", 128, 1_000, "niveaux", "ce qui s'emboîte dans un dossier";
    /// Bytes of one text, number or name in data.
    Text = "text", 1 << 20, 1 << 30, "octets", "un texte, un nombre ou un nom dans un dossier";
    /// Elements of one list.
    List = "list", 1_000_000, COUNTED, "éléments", "une liste d'un dossier";
    /// Values computed to decide one dossier: steps of the ruleset times elements they are made for.
    Values = "values", 20_000_000, COUNTED, "valeurs", "les valeurs à calculer pour un dossier";
    /// Values computed again, for all answers of a dossier, to find which missing facts matter. Beyond it an
    /// answer names all the facts it hangs on, and says so.
    Trials = "trials", 20_000_000, COUNTED, "valeurs", "les valeurs recalculées pour trouver ce qui manque";
}

impl Limit {
    /// The limit of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|limit| limit.name() == name)
    }

    /// What is wrong with a count, where it is beyond what is allowed; `subject` names what was counted, in French.
    fn exceeded(self, found: u64, allowed: u64, subject: impl FnOnce() -> String) -> Result<(), Exceeded> {
        if found <= allowed {
            return Ok(());
        }
        Err(Exceeded { limit: self, found, allowed, subject: subject(), counted: Counted::Exactly })
    }
}

/// What each limit is set to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    values: [u64; Limit::ALL.len()],
}

impl Default for Limits {
    fn default() -> Self {
        Self { values: DEFAULTS }
    }
}

impl Limits {
    /// What a limit is set to.
    pub fn of(&self, limit: Limit) -> u64 {
        self.values.get(limit as usize).copied().unwrap_or_else(|| limit.default())
    }

    /// The same, as a count of things in memory.
    pub fn count(&self, limit: Limit) -> usize {
        usize::try_from(self.of(limit)).unwrap_or(usize::MAX)
    }

    /// Sets a limit; from 1 to the most it can be, else to the nearest of these.
    #[must_use]
    pub fn with(mut self, limit: Limit, value: u64) -> Self {
        if let Some(slot) = self.values.get_mut(limit as usize) {
            *slot = value.clamp(1, limit.most());
        }
        self
    }

    /// Whether reading needs more stack than threads usually have.
    pub fn need_stack(&self) -> bool {
        [Limit::Nesting, Limit::Chain, Limit::DataNesting].into_iter().any(|limit| self.of(limit) > limit.default())
    }

    /// Nothing where a count is allowed; `subject` names what was counted, in French: « la liste « périodes » ».
    ///
    /// # Errors
    ///
    /// The count is beyond the limit.
    pub fn allow(&self, limit: Limit, found: u64, subject: impl FnOnce() -> String) -> Result<(), Exceeded> {
        limit.exceeded(found, self.of(limit), subject)
    }
}

/// Something is larger than a limit allows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exceeded {
    /// The limit.
    pub limit: Limit,
    /// The figure found.
    pub found: u64,
    /// The figure allowed.
    pub allowed: u64,
    /// What was counted, in French.
    pub subject: String,
    /// How exact the figure is.
    pub counted: Counted,
}

/// How exact a figure is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// It is.
    Exactly,
    /// Counting stopped as soon as it was too much.
    AtLeast,
    /// It is a bound, found without going through everything.
    AtMost,
}

impl Exceeded {
    /// The same, of a count that went no further.
    #[must_use]
    pub fn at_least(self) -> Self {
        Self { counted: Counted::AtLeast, ..self }
    }

    /// The same, of a bound.
    #[must_use]
    pub fn at_most(self) -> Self {
        Self { counted: Counted::AtMost, ..self }
    }

    /// What to do about it, in French.
    pub fn help(&self) -> String {
        let (name, most) = (self.limit.name(), self.limit.most());
        if self.found > most {
            return format!("Cette limite ne peut pas dépasser {most}\u{a0}: il faut réduire ou partager la donnée.");
        }
        format!("L'option --limit {name}=VALEUR la relève, jusqu'à {most}.")
    }
}

impl fmt::Display for Exceeded {
    /// One French sentence: what was counted, the figure found, the figure allowed, the limit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, found, allowed, subject, counted } = self;
        let (unit, name) = (limit.unit(), limit.name());
        let counted = match counted {
            Counted::Exactly => "",
            Counted::AtLeast => "au moins ",
            Counted::AtMost => "jusqu'à ",
        };
        write!(f, "{subject}\u{a0}: {counted}{found} {unit}, pour {allowed} au plus (limite «\u{a0}{name}\u{a0}»)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_allowed_up_to_its_limit() {
        for limit in Limit::ALL.iter().copied() {
            let limits = Limits::default().with(limit, 7);
            assert_eq!(limits.of(limit), 7);
            assert_eq!(limits.allow(limit, 7, String::new), Ok(()));
            let exceeded = limits.allow(limit, 8, || "le lot".to_owned()).map_err(|found| found.to_string());
            let (unit, name) = (limit.unit(), limit.name());
            let said = format!("le lot\u{a0}: 8 {unit}, pour 7 au plus (limite «\u{a0}{name}\u{a0}»)");
            assert_eq!(exceeded, Err(said));
            assert!(limit.default() <= limit.most() && Limit::named(name) == Some(limit));
            assert_eq!(Limits::default().with(limit, u64::MAX).of(limit), limit.most());
        }
    }
}
