//! What could not be read, row by row.

use crate::dossier::delimited::Lines;

/// The columns of a file of rejects.
pub const HEADING: [&str; 8] = ["fichier", "ligne", "colonne", "clé", "donnée", "valeur", "problème", "pourquoi"];

/// A datum or a row that was set aside.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reject {
    /// The file, as the command names it.
    pub file: String,
    /// The line, from 1; 0 where there is none.
    pub line: u64,
    /// The column; empty where the row as a whole is meant.
    pub column: String,
    /// What names the dossier.
    pub key: String,
    /// The path of the fact.
    pub path: String,
    /// What was found, shortened.
    pub found: String,
    /// What is wrong, in one stable word.
    pub problem: String,
    /// Why, in French.
    pub why: String,
}

impl Reject {
    /// Adds it as one line of a delimited file.
    pub fn write(&self, lines: &mut Lines, out: &mut Vec<u8>) {
        let line = if self.line == 0 { String::new() } else { self.line.to_string() };
        let Self { file, column, key, path, found, problem, why, .. } = self;
        lines.write([file, &line, column, key, path, found, problem, why], out);
    }
}
