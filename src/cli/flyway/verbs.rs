//! Runs the verbs of one invocation, one after the other, until one fails.

use std::process::ExitCode;
use std::time::Instant;

use serde_json::Value;

use super::voice::Voice;
use super::{json as json_form, text};
use crate::cli::process;
use crate::command::flyway::{
    Environment, MigrateResult, Reading, Session, UndoResult, baseline, clean, info, migrate,
    repair, undo, validate,
};
use crate::dialect::flyway::config::{Color, Invocation};
use crate::error::{Error, ErrorKind};
use crate::project::disk;

/// One invocation under way.
pub(super) struct Runner {
    invocation: Invocation,
    voice: Voice,
    results: Vec<Value>,
}

/// How a verb ended when it did not fail outright.
enum Ended {
    Well,
    /// Its result says what is wrong.
    Badly,
}

impl Runner {
    pub(super) fn new(invocation: Invocation) -> Self {
        let color = match invocation.config.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => process::output_is_terminal() && process::is_terminal(),
        };
        let voice = Voice::new(
            invocation.output_type_json,
            invocation.quiet,
            color,
            Some(invocation.config.output_query_results),
        );
        Self {
            invocation,
            voice,
            results: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> ExitCode {
        self.voice.greet();
        for warning in self.invocation.warnings.clone() {
            self.voice.warning(&warning);
        }
        let mut ended = Ok(Ended::Well);
        for command in self.invocation.commands.clone() {
            ended = self.verb(&command);
            if !matches!(ended, Ok(Ended::Well)) {
                break;
            }
        }
        self.finish(&ended)
    }

    fn finish(mut self, ended: &Result<Ended, Error>) -> ExitCode {
        self.voice.finish();
        let code = match ended {
            Ok(Ended::Well) => 0,
            _ => process::FAILURE,
        };
        if let Err(error) = ended {
            if self.invocation.output_type_json {
                self.results.push(json_form::failure(error));
            } else {
                self.voice.failure(error);
            }
        }
        if self.invocation.output_type_json {
            self.print_json();
        }
        process::exit(code)
    }

    fn print_json(&mut self) {
        let document = match self.results.len() {
            1 => self.results.remove(0),
            _ => serde_json::json!({ "individualResults": self.results }),
        };
        let text = json_form::pretty(&document);
        match &self.invocation.output_file {
            Some(path) => {
                if let Err(message) = disk::write_file(path, &text) {
                    process::print_error(&format!("ERROR: {message}\n"));
                }
            }
            None => process::print(&text),
        }
    }

    fn verb(&mut self, command: &str) -> Result<Ended, Error> {
        let config = self.invocation.config.clone();
        let directory = config
            .working_directory
            .clone()
            .unwrap_or_else(process::directory);
        let environment: Environment = process::environment(directory);
        let mut voice = std::mem::take(&mut self.voice);
        let opened = Session::open_for(Reading::of_verb(command), config, environment, &mut voice);
        let mut session = match opened {
            Ok(session) => session,
            Err(error) => {
                self.voice = voice;
                return Err(error);
            }
        };
        let product = session.product();
        session.note(format!("Database: ******** ({product})"));
        let json = self.invocation.output_type_json;
        let (result, said) = Self::dispatch(command, &mut session, json);
        drop(session);
        self.voice = voice;
        self.voice.lines(&said.lines);
        self.results.extend(said.json);
        result
    }

    fn dispatch(
        command: &str,
        session: &mut Session<'_>,
        json: bool,
    ) -> (Result<Ended, Error>, Said) {
        let start = Instant::now();
        let mut said = Said::default();
        let result = match command {
            "migrate" => Self::migrate(session, &mut said, json),
            "undo" => Self::undo(session, &mut said),
            "info" => info(session).map(|result| {
                said.lines = text::info(session, &result);
                said.json = Some(json_form::info(session, &result));
                Ended::Well
            }),
            "validate" => validate(session).map(|result| {
                let failed = result.missing_schema.is_some() || !result.problems.is_empty();
                said.lines = text::validate(&result, start.elapsed());
                said.json = Some(json_form::validate(session, &result));
                // Programs read the verdict from the result, people from the exit status.
                if failed && !json {
                    Ended::Badly
                } else {
                    Ended::Well
                }
            }),
            "baseline" => baseline(session).map(|result| {
                said.lines = text::baseline(session, &result);
                said.json = Some(json_form::baseline(session, &result));
                Ended::Well
            }),
            "repair" => repair(session).map(|result| {
                said.lines = text::repair(session, &result, start.elapsed());
                said.json = Some(json_form::repair(session, &result));
                Ended::Well
            }),
            "clean" => clean(session).map(|result| {
                said.lines = text::clean(&result, start.elapsed());
                said.json = Some(json_form::clean(session, &result));
                Ended::Well
            }),
            other => Err(Error::new(
                ErrorKind::Configuration,
                "ERROR",
                format!("unknown command `{other}`"),
            )),
        };
        (result, said)
    }

    fn migrate(session: &mut Session<'_>, said: &mut Said, json: bool) -> Result<Ended, Error> {
        let mut result = MigrateResult::default();
        let ran = migrate(session, &mut result);
        let attempted = result.failed.is_some();
        if ran.is_ok() || attempted {
            said.json = Some(json_form::migrate(session, &result, ran.as_ref().err()));
        }
        said.lines = text::migrate(session, &result, ran.is_ok());
        match ran {
            Ok(()) => Ok(Ended::Well),
            // The result tells of the failure itself.
            Err(_) if attempted && json => Ok(Ended::Badly),
            Err(error) => Err(error),
        }
    }

    fn undo(session: &mut Session<'_>, said: &mut Said) -> Result<Ended, Error> {
        let mut result = UndoResult::default();
        let ran = undo(session, &mut result);
        said.lines = text::undo(session, &result, ran.is_ok());
        if ran.is_ok() {
            said.json = Some(json_form::undo(session, &result));
        }
        ran.map(|()| Ended::Well)
    }
}

/// What a verb has to say, for people and for programs.
#[derive(Default)]
struct Said {
    lines: Vec<String>,
    json: Option<Value>,
}
