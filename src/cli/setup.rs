//! `completions` and `man`: what a system needs to know of the command.

use clap::CommandFactory;

use super::args::{Args, Common, Completions};
use super::failure::{Failure, Status};
use super::output;
use super::terminal::Terminal;

pub(super) fn completions(asked: &Completions, common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(asked.shell, &mut Args::command(), "reglo", &mut bytes);
    output::write(&String::from_utf8_lossy(&bytes), common, terminal)?;
    Ok(Status::Done)
}

/// One page: that of the program, then one section for each command.
pub(super) fn man(common: &Common, terminal: &Terminal) -> Result<Status, Failure> {
    let mut command = Args::command();
    command.build();
    let mut bytes = Vec::new();
    let made = clap_mangen::Man::new(command.clone()).title("reglo").manual("Manuel de reglo").render(&mut bytes);
    let made = command.get_subcommands().try_fold((), |(), inner| {
        made.as_ref().map_err(|error| std::io::Error::from(error.kind()))?;
        let page = clap_mangen::Man::new(inner.clone());
        bytes.extend(format!(".SH \"reglo {}\"\n", inner.get_name()).bytes());
        page.render_description_section(&mut bytes)?;
        page.render_options_section(&mut bytes)
    });
    made.map_err(|_| Failure::unusable("la page de manuel n’a pas pu être écrite."))?;
    output::write(&String::from_utf8_lossy(&bytes), common, terminal)?;
    Ok(Status::Done)
}
