//! The door between data and [`Inputs`]: a dossier as people and programs write it, read against the
//! declared facts.
//!
//! Reading never fails on what the data say: a datum that cannot be used counts as unknown and is
//! reported as an [`Anomaly`]. Only text that is not JSON is refused.

mod anomaly;
mod datum;
mod path;
mod convert;
mod assemble;
mod schema;
#[cfg(feature = "cli")]
pub mod charset;
#[cfg(feature = "cli")]
pub mod delimited;
#[cfg(feature = "xlsx")]
pub mod sheet;
#[cfg(feature = "cli")]
mod cell;
#[cfg(feature = "cli")]
pub mod mapping;
#[cfg(feature = "cli")]
pub mod layout;

#[cfg(test)]
mod samples;

pub use anomaly::{Anomaly, problem};
pub use assemble::{Assembled, assemble};
#[cfg(feature = "cli")]
pub use cell::at as relocated;
pub use convert::day;
pub use datum::{Datum, JsonError, Placed, measure, parse_json, parse_json_within};
pub use path::{Leaf, Names, Places};
pub use schema::{json_schema, template};

use crate::eval::{Cell, Inputs};
use crate::limit::Limits;
use crate::program::Program;

/// One dossier, read against the declared facts of a program.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// How messages name it (a file name, never opened here).
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// What it says of each declared fact.
    pub inputs: Inputs<Cell>,
    /// What in it could not be used, in source order.
    pub anomalies: Vec<Anomaly>,
    /// How the elements of its lists are named.
    pub names: Names,
}

impl Dossier {
    /// Reads a dossier written in JSON.
    ///
    /// # Errors
    ///
    /// It is not JSON, or not a record `{ … }`: nothing in it could be a fact; or it is larger than allowed.
    pub fn read(program: &Program, name: &str, bytes: &[u8]) -> Result<Self, JsonError> {
        Self::read_within(program, &Limits::default(), name, bytes)
    }

    /// The same, within limits.
    ///
    /// # Errors
    ///
    /// Likewise.
    pub fn read_within(program: &Program, limits: &Limits, name: &str, bytes: &[u8]) -> Result<Self, JsonError> {
        let datum = parse_json_within(bytes, limits)?;
        if !matches!(datum.datum, Datum::Record(_)) {
            return Err(JsonError {
                line: datum.line,
                column: datum.column,
                message: "Un dossier est un groupe de données, entre accolades\u{a0}: { \"fait\"\u{a0}: valeur, … }."
                    .to_owned(),
            });
        }
        Ok(Self::assembled(name, sha256(bytes), assemble(program, &datum)))
    }

    /// Reads a dossier that was written otherwise, an example of a ruleset for instance. Its SHA-256 is
    /// that of the datum in compact JSON.
    pub fn from_datum(program: &Program, name: &str, datum: &Placed) -> Self {
        let sha256 = sha256(datum.datum.to_json().as_bytes());
        Self::assembled(name, sha256, assemble(program, datum))
    }

    /// Names the leaves and elements of the dossier.
    pub fn places<'a>(&'a self, program: &'a Program) -> Places<'a> {
        Places::new(program, &self.inputs, &self.names)
    }

    fn assembled(name: &str, sha256: String, assembled: Assembled) -> Self {
        let Assembled { inputs, anomalies, names } = assembled;
        Self { name: name.to_owned(), sha256, inputs, anomalies, names }
    }
}

/// SHA-256 in hexadecimal, as decisions quote it.
fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    use std::fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::samples::program;
    use super::*;

    #[test]
    fn a_dossier_is_identified_by_the_hash_of_its_bytes() {
        let program = program();
        let read = |bytes: &[u8]| Dossier::read(&program, "d", bytes).unwrap().sha256;
        assert_eq!(read(b"{}"), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        assert_ne!(read(b"{ }"), read(b"{}"));
        assert_eq!(Dossier::from_datum(&program, "d", &Placed::nowhere(Datum::Record(Vec::new()))).sha256, read(b"{}"));
    }
}
