//! Alembic's words: where lines go, how failures look, how the program ends.

use std::process::ExitCode;

use crate::cli::process;
use crate::command::alembic::{Failure, FailureKind, LogLevel, Reporter};

/// A command that failed in Alembic's own words.
const COMMAND_FAILED: u8 = 255;

/// Prints what a command has to say.
pub(super) struct Voice {
    quiet: bool,
    /// Failures are told as exceptions.
    raise: bool,
    /// A person's terminal gets messages indented.
    indent: bool,
    level: Option<LogLevel>,
    /// Results that are not written yet.
    waiting: String,
}

/// How much is kept back at most.
const BUFFER: usize = 1 << 16;

impl Voice {
    pub(super) fn new(quiet: bool, raise: bool) -> Self {
        Self {
            quiet,
            raise,
            indent: process::input_is_terminal(),
            level: None,
            waiting: String::new(),
        }
    }

    fn say(&mut self, words: &str) {
        if !self.quiet {
            let indent = if self.indent { "  " } else { "" };
            self.put(&format!("{indent}{words}\n"));
        }
    }

    fn put(&mut self, text: &str) {
        self.waiting.push_str(text);
        if self.waiting.len() > BUFFER {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.waiting.is_empty() {
            process::print(&std::mem::take(&mut self.waiting));
        }
    }

    /// Says how a command ended.
    pub(super) fn end(&mut self, result: Result<(), Failure>) -> ExitCode {
        let Err(failure) = result else {
            self.flush();
            return process::exit(0);
        };
        let code = match &failure.kind {
            FailureKind::Command(words) if !self.raise => {
                self.log(LogLevel::Error, "alembic.util.messaging", words);
                self.say(&format!("FAILED: {words}"));
                COMMAND_FAILED
            }
            FailureKind::Uncaught(words) | FailureKind::Command(words) => {
                self.flush();
                process::print_error(&format!("{words}\n"));
                process::FAILURE
            }
        };
        self.flush();
        if let Some(hint) = &failure.hint {
            process::print_error(&format!("hint: {hint}\n"));
        }
        ExitCode::from(code)
    }
}

impl Reporter for Voice {
    fn print(&mut self, text: &str) {
        if !self.quiet {
            self.put(text);
            self.put("\n");
        }
    }

    fn write(&mut self, text: &str) {
        self.put(text);
    }

    fn log(&mut self, level: LogLevel, logger: &str, message: &str) {
        if self.level.is_some_and(|from| level >= from) {
            let name = match level {
                LogLevel::Debug => "DEBUG",
                LogLevel::Info => "INFO ",
                LogLevel::Error => "ERROR",
            };
            self.flush();
            process::print_error(&format!("{name} [{logger}] {message}\n"));
        }
    }

    fn logging(&mut self, from: Option<LogLevel>) {
        self.level = from;
    }

    fn warn(&mut self, words: &str) {
        self.flush();
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
