//! The command line: where files, the terminal and the environment are looked at. One file a command.

mod batch_args;
mod args;
mod terminal;
mod failure;
mod usage;
mod output;
mod files;
mod report;
mod outcome;
mod new;
mod fix;
mod check;
mod fmt;
mod decide;
mod explain;
mod verify;
mod mutants;
mod boundaries;
mod test;
mod covered;
mod coverage;
mod saves;
mod watch;
mod schema;
mod setup;
mod batch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Args, Command};
use failure::{Failure, Status};
use terminal::Terminal;

use crate::lsp;

/// Runs one command; the first argument is the name of the program.
///
/// The exit status is 0 where nothing is wrong, 1 where the ruleset or a test is wrong, 2 for wrong usage or
/// unreadable input, 3 where a decision asked for is open, in conflict or a gap.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = Args::command().try_get_matches_from(args).and_then(|matches| Args::from_arg_matches(&matches));
    let status = match parsed {
        Ok(args) => {
            let terminal = Terminal::new(&args.common);
            let run = || command(&args, &terminal).unwrap_or_else(|failure| failure.tell(&terminal));
            // The verifier reads rules as trees, as deep as values rest on one another.
            let deep = args.common.limits().need_stack() || matches!(args.command, Command::Verify(_));
            if deep { with_stack(run) } else { run() }
        }
        Err(error) => usage::tell(&error),
    };
    ExitCode::from(status.code())
}

/// Runs where what nests as deep as limits can be raised to does not exhaust the stack. Of what is reserved, only what
/// is used takes memory.
fn with_stack(run: impl FnOnce() -> Status + Send) -> Status {
    const STACK: usize = 512 << 20;
    std::thread::scope(|scope| {
        let made = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        made.ok().and_then(|thread| thread.join().ok()).unwrap_or(Status::Unusable)
    })
}

fn command(args: &Args, terminal: &Terminal) -> Result<Status, Failure> {
    match &args.command {
        Command::Check(check) => check::run(check, &args.common, terminal),
        Command::Decide(decide) => decide::run(decide, &args.common, terminal),
        Command::Explain(explain) => explain::run(explain, &args.common, terminal),
        Command::Verify(verify) => verify::run(verify, &args.common, terminal),
        Command::Test(test) if test.coverage => covered::run(test, &args.common, terminal),
        Command::Test(test) => test::run(test, &args.common, terminal),
        Command::Coverage(coverage) => coverage::run(coverage, &args.common, terminal),
        Command::Watch(watch) => watch::run(watch, &args.common, terminal),
        Command::New(new) => new::run(new, &args.common, terminal),
        Command::Fmt(fmt) => fmt::run(fmt, &args.common, terminal),
        Command::Lsp(_) => lsp::stdio().map(|()| Status::Done).map_err(Failure::Unusable),
        Command::Schema(schema) => schema::run(schema, &args.common, terminal),
        Command::Batch(batch) => batch::run(batch, &args.common, terminal),
        Command::Completions(completions) => setup::completions(completions, &args.common, terminal),
        Command::Man => setup::man(&args.common, terminal),
    }
}
