//! Flyway's command line: `flyway [options] command…`.

mod help;
mod json;
mod text;
mod verbs;
mod voice;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cli::process::{self, Files};
use crate::dialect::flyway::config::{Invocation, LoadContext, load};
use crate::error::Error;

/// An error, several lines.
pub(super) use text::error as error_lines;

use verbs::Runner;
use voice::Voice;

/// Runs the front end with the arguments behind the program's name.
pub(super) fn main(arguments: Vec<OsString>) -> ExitCode {
    let arguments: Vec<String> = arguments
        .into_iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let json = arguments
        .iter()
        .any(|argument| argument.eq_ignore_ascii_case("-outputType=json"));
    match read(&arguments) {
        Ok(invocation) => run(invocation),
        Err(error) => {
            let mut voice = Voice::new(json, false, false, None);
            voice.failure(&error);
            ExitCode::from(process::FAILURE)
        }
    }
}

fn read(arguments: &[String]) -> Result<Invocation, Error> {
    let environment = process::variables();
    let wants_input = arguments.iter().any(|argument| {
        argument
            .strip_prefix("-configFiles=")
            .is_some_and(names_input)
    }) || environment
        .get("FLYWAY_CONFIG_FILES")
        .is_some_and(|files| names_input(files));
    let context = LoadContext {
        install_directory: process::install_directory(),
        home_directory: environment.get("HOME").map(Into::into),
        current_directory: process::directory(),
        standard_input: wants_input.then(process::standard_input).flatten(),
        files: &Files,
        extra_commands: &[],
    };
    Ok(load(arguments, &environment, &context)?)
}

fn names_input(files: &str) -> bool {
    files.split(',').any(|file| file.trim() == "-")
}

fn run(invocation: Invocation) -> ExitCode {
    process::start_log(invocation.debug);
    if invocation.version {
        process::print(&format!("Stillway {}\n", env!("CARGO_PKG_VERSION")));
        return ExitCode::SUCCESS;
    }
    if invocation.help || invocation.commands.is_empty() {
        process::print(&help::text(&invocation.commands));
        return ExitCode::SUCCESS;
    }
    Runner::new(invocation).run()
}
