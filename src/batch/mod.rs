//! Many dossiers: rows of files become dossiers, and their answers become rows.
//!
//! Nothing here opens a file or starts a thread: [`Work::piece`] turns some rows into bytes, whatever the rows
//! before and after, so that pieces can be made in any order and by any number of threads.

mod dictionary;
mod decider;
mod reject;
mod tally;
mod form;
mod work;

pub use decider::{Answers, Decider, Dossiers, InColumns, OneByOne, wanted};
pub use form::Form;
pub use reject::{HEADING as REJECT_HEADING, Reject};
pub use tally::{Counts, Tally};
pub use work::{Explain, Key, KeyHash, Lookup, Main, Piece, Raw, Table, Work, digest};
