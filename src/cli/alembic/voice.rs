//! Alembic's words: where lines go, how failures look, how the program ends.

use std::process::ExitCode;

use crate::cli::process;
use crate::command::alembic::{Failure, FailureKind, LogLevel, Reporter};

/// A command that failed in Alembic's own words.
const COMMAND_FAILED: u8 = 255;

/// Prints what a command has to say.
pub(super) struct Voice {
    quiet: bool,
    /// A person's terminal gets messages indented.
    indent: bool,
    level: Option<LogLevel>,
}

impl Voice {
    pub(super) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            indent: process::input_is_terminal(),
            level: None,
        }
    }

    fn say(&self, words: &str) {
        if !self.quiet {
            let indent = if self.indent { "  " } else { "" };
            process::print(&format!("{indent}{words}\n"));
        }
    }

    /// Says how a command ended.
    pub(super) fn end(&mut self, result: Result<(), Failure>) -> ExitCode {
        let Err(failure) = result else {
            return process::exit(0);
        };
        let code = match &failure.kind {
            FailureKind::Command(words) => {
                self.log(LogLevel::Error, "alembic.util.messaging", words);
                self.say(&format!("FAILED: {words}"));
                COMMAND_FAILED
            }
            FailureKind::Uncaught(words) => {
                process::print_error(&format!("{words}\n"));
                process::FAILURE
            }
        };
        if let Some(hint) = &failure.hint {
            process::print_error(&format!("hint: {hint}\n"));
        }
        ExitCode::from(code)
    }
}

impl Reporter for Voice {
    fn print(&mut self, text: &str) {
        if !self.quiet {
            process::print(&format!("{text}\n"));
        }
    }

    fn write(&mut self, text: &str) {
        process::print(text);
    }

    fn log(&mut self, level: LogLevel, logger: &str, message: &str) {
        if self.level.is_some_and(|from| level >= from) {
            let name = match level {
                LogLevel::Debug => "DEBUG",
                LogLevel::Info => "INFO ",
                LogLevel::Error => "ERROR",
            };
            process::print_error(&format!("{name} [{logger}] {message}\n"));
        }
    }

    fn logging(&mut self, from: Option<LogLevel>) {
        self.level = from;
    }

    fn warn(&mut self, words: &str) {
        process::print_error(&format!("UserWarning: {words}\n"));
    }

    fn status(&mut self, doing: &str, succeeded: bool) {
        let end = if succeeded { "done" } else { "FAILED" };
        self.say(&format!("{doing} ...  {end}"));
    }

    fn message(&mut self, words: &str) {
        self.say(words);
    }
}
