//! Text to tree.
//!
//! One linear scan (`recover`) cuts a file into items and bounds its nesting; pest reads each item
//! alone; the tree is then built from what pest matched. An item that cannot be read gives one
//! diagnostic and leaves its neighbours alone.

pub mod ast;
mod recover;
mod words;
mod grammar;
mod message;
mod token;
mod builder;
mod operand;
mod aggregate;
mod expr;
mod parts;
mod facts;
mod rules;
mod items;
mod parser;
mod side;
mod format;

pub use format::{format, format_faithfully, same_words};
pub use parser::{Reading, normalise, parse, parse_expression, parse_within};
pub use side::side_by_side;
pub use words::{
    INNER_WORDS, Stretch, Word, WordKind, in_a_title, in_word, is_inner_word, item_words, model, stretches,
    with_brackets, words,
};
