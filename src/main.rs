//! The `reglo` command.

use std::process::ExitCode;

#[allow(clippy::disallowed_methods, reason = "arguments enter here")]
fn main() -> ExitCode {
    reglo::cli::run(std::env::args_os())
}
