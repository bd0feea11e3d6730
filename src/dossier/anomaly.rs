//! What in a dossier could not be used, as plain data.

/// A datum that was not used, or not as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Anomaly {
    /// Where in the dossier: `périodes[P1].début`; empty for the dossier as a whole.
    pub path: String,
    /// What is wrong, one of [`problem`].
    pub problem: &'static str,
    /// A French sentence: what was expected, what was found, what is done.
    pub message: String,
    /// What was found, shortened.
    pub found: String,
    /// Line in the dossier, from 1; 0 where the datum stands in no file.
    pub line: u32,
    /// Column in characters, from 1; 0 likewise.
    pub column: u32,
}

impl Anomaly {
    /// What is wrong, without what is done about it nor what could be meant.
    pub fn why(&self) -> &str {
        self.message.split("\u{202f};").next().unwrap_or(&self.message)
    }

    /// Whether it says what to look at, the datum being retained as it stands.
    pub fn is_retained(&self) -> bool {
        self.problem == problem::DUPLICATE_KEY
    }
}

/// Names of problems, stable: programs read them.
pub mod problem {
    /// A datum of another type than declared.
    pub const UNEXPECTED_TYPE: &str = "type-inattendu";
    /// Outside the declared range, or beyond what numbers hold.
    pub const OUT_OF_RANGE: &str = "hors-bornes";
    /// Not a case of the enumeration.
    pub const UNKNOWN_CASE: &str = "cas-inconnu";
    /// A text that is not a day of the calendar.
    pub const INVALID_DATE: &str = "date-invalide";
    /// A period whose end precedes its start.
    pub const END_BEFORE_START: &str = "fin-avant-début";
    /// Two elements of one list with the same key.
    pub const DUPLICATE_KEY: &str = "clé-en-double";
    /// A name that is not declared.
    pub const UNKNOWN_NAME: &str = "nom-inconnu";
    /// Characters that are no text, or a cell that is not the JSON it begins as.
    pub const UNREADABLE: &str = "illisible";
    /// A name given twice in one record.
    pub const DUPLICATE_NAME: &str = "nom-en-double";
}

/// A text between French quotation marks.
pub(super) fn quoted(text: &str) -> String {
    format!("«\u{a0}{text}\u{a0}»")
}

/// A text cut to a length that fits in a sentence.
pub(super) fn shortened(text: &str) -> String {
    const LIMIT: usize = 60;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    text.chars().take(LIMIT - 1).chain(['…']).collect()
}

/// The name nearest to one that is not known, if any is near enough to be meant. `names` are pairs of
/// a folded name and the name to show.
pub(super) fn nearest<'a>(folded: &str, names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    let length = folded.chars().count();
    let limit = (length / 3).max(1);
    let near = names
        .into_iter()
        .filter(|(name, _)| name.chars().count().abs_diff(length) <= limit)
        .map(|(name, shown)| (strsim::osa_distance(folded, name), shown));
    near.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, shown)| shown)
}
