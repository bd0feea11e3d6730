//! The `reglo` command.

fn main() {}
