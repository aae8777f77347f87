//! The crate's error: what kind of thing went wrong, and its source.

use std::fmt;

use crate::database::ConnectError;
use crate::database::url::UrlError;
use crate::dialect::flyway::config::ConfigError;
use crate::dialect::flyway::{
    CatalogError, HistoryError, InvalidPattern, InvalidVersion, PrepareError, Problem, StateError,
};
use crate::engine::{Failure, FailureCause, LockError, PlanError, ServerError};
use crate::project::disk::DiskError;

/// What kind of thing went wrong. Programs may act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration.
    Configuration,
    /// The migration files.
    Files,
    /// The connection to the database.
    Connection,
    /// The history table or what it says.
    History,
    /// Files and history do not go together.
    Validation,
    /// What was asked for is not done for good reasons.
    Refused,
    /// Somebody else is at work.
    Lock,
    /// A migration or callback failed.
    Execution,
}

/// Something that went wrong, for the person who has to deal with it.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    source: Source,
    hint: Option<String>,
}

#[derive(Debug)]
enum Source {
    Words {
        code: &'static str,
        message: String,
    },
    Config(Box<ConfigError>),
    Url(Box<UrlError>),
    Catalog(Box<CatalogError>),
    Prepare(Box<PrepareError>),
    Disk(DiskError),
    Connect(Box<ConnectError>),
    Server {
        action: String,
        error: ServerError,
    },
    History(HistoryError),
    State(StateError),
    Plan(Box<PlanError>),
    Lock(Box<LockError>),
    Invalid(Vec<Problem>),
    Step(Box<Failure>),
    Callback {
        event: String,
        script: String,
        cause: Box<FailureCause>,
    },
}

impl Error {
    /// An error in words, with Flyway's code for it.
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            source: Source::Words {
                code,
                message: message.into(),
            },
            hint: None,
        }
    }

    /// A request of our own that the server refused.
    pub fn server(action: impl Into<String>, error: ServerError) -> Self {
        let kind = if error.connection_lost {
            ErrorKind::Connection
        } else {
            ErrorKind::History
        };
        let action = action.into();
        Self::of(kind, Source::Server { action, error })
    }

    /// A validation that found something.
    pub fn invalid(problems: Vec<Problem>) -> Self {
        Self::of(ErrorKind::Validation, Source::Invalid(problems))
    }

    /// A step that failed.
    pub fn step(failure: Box<Failure>) -> Self {
        let kind = match failure.cause {
            FailureCause::Lock(_) => ErrorKind::Lock,
            _ => ErrorKind::Execution,
        };
        Self::of(kind, Source::Step(failure))
    }

    /// A callback that failed.
    pub fn callback(event: &str, script: &str, cause: Box<FailureCause>) -> Self {
        let (event, script) = (event.to_owned(), script.to_owned());
        Self::of(
            ErrorKind::Execution,
            Source::Callback {
                event,
                script,
                cause,
            },
        )
    }

    fn of(kind: ErrorKind, source: Source) -> Self {
        Self {
            kind,
            source,
            hint: None,
        }
    }

    /// Adds advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Flyway's code for it.
    pub fn code(&self) -> &'static str {
        match &self.source {
            Source::Words { code, .. } => code,
            Source::Config(_) | Source::Url(_) => "CONFIGURATION",
            Source::Catalog(error) => error.code(),
            Source::Prepare(_)
            | Source::Disk(_)
            | Source::History(_)
            | Source::Plan(_)
            | Source::Lock(_) => "ERROR",
            Source::Connect(_) | Source::Callback { .. } | Source::Server { .. } => "DB_CONNECTION",
            Source::State(error) => error.code(),
            Source::Invalid(_) => "VALIDATE_ERROR",
            Source::Step(failure) if failure.in_hook => "DB_CONNECTION",
            Source::Step(failure) => match failure.cause {
                FailureCause::Around { .. } => "DB_CONNECTION",
                _ => "ERROR",
            },
        }
    }

    /// What the reader of the message can do.
    pub fn hint(&self) -> Option<String> {
        if self.hint.is_some() {
            return self.hint.clone();
        }
        match &self.source {
            Source::Config(error) => error.hint(),
            Source::Url(error) => error.hint(),
            Source::Catalog(error) => error.hint(),
            Source::Prepare(error) => error.hint(),
            Source::State(error) => Some(error.hint()),
            Source::Plan(error) => Some(error.hint().to_owned()),
            Source::Lock(error) => error.hint().map(str::to_owned),
            Source::Server { error, .. } => error.message.hint.clone(),
            _ => None,
        }
    }

    /// The step that failed, if that is what went wrong.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.source {
            Source::Step(failure) => Some(failure),
            _ => None,
        }
    }

    /// What is wrong with the history, if that is what went wrong.
    pub fn problems(&self) -> &[Problem] {
        match &self.source {
            Source::Invalid(problems) => problems,
            _ => &[],
        }
    }

    /// Why a callback failed, if that is what went wrong.
    pub fn callback_cause(&self) -> Option<&FailureCause> {
        match &self.source {
            Source::Callback { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// What the server said, if it said something.
    pub fn server_error(&self) -> Option<&ServerError> {
        let cause = match &self.source {
            Source::Server { error, .. } => return Some(error),
            Source::Step(failure) => &failure.cause,
            Source::Callback { cause, .. } => cause,
            _ => return None,
        };
        match cause {
            FailureCause::Statement { error, .. } | FailureCause::Around { error, .. } => {
                Some(error)
            }
            FailureCause::Lock(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Words { message, .. } => formatter.write_str(message),
            Source::Config(error) => error.fmt(formatter),
            Source::Url(error) => error.fmt(formatter),
            Source::Catalog(error) => error.fmt(formatter),
            Source::Prepare(error) => error.fmt(formatter),
            Source::Disk(error) => error.fmt(formatter),
            Source::Connect(error) => error.fmt(formatter),
            Source::Server { action, error } => write!(formatter, "{action} failed: {error}"),
            Source::History(error) => error.fmt(formatter),
            Source::State(error) => error.fmt(formatter),
            Source::Plan(error) => error.fmt(formatter),
            Source::Lock(error) => error.fmt(formatter),
            Source::Invalid(problems) => {
                formatter.write_str("Validate failed: Migrations have failed validation")?;
                for problem in problems {
                    write!(formatter, "\n{}", problem.message)?;
                }
                Ok(())
            }
            Source::Step(failure) => {
                write!(
                    formatter,
                    "failed to execute script {}",
                    failure.script_name
                )
            }
            Source::Callback { event, script, .. } => write!(
                formatter,
                "error while executing {event} callback: failed to execute script {script}"
            ),
        }
    }
}

impl std::error::Error for Error {}

macro_rules! from {
    ($($type:ty => $kind:ident, $variant:ident $(, $wrap:path)?;)*) => {
        $(impl From<$type> for Error {
            fn from(error: $type) -> Self {
                Self::of(ErrorKind::$kind, Source::$variant(from!(@wrap error $(, $wrap)?)))
            }
        })*
    };
    (@wrap $error:ident) => { $error };
    (@wrap $error:ident, $wrap:path) => { $wrap($error) };
}

from! {
    ConfigError => Configuration, Config, Box::new;
    UrlError => Configuration, Url, Box::new;
    CatalogError => Files, Catalog, Box::new;
    PrepareError => Files, Prepare, Box::new;
    DiskError => Files, Disk;
    ConnectError => Connection, Connect, Box::new;
    HistoryError => History, History;
    StateError => Validation, State;
    PlanError => Refused, Plan, Box::new;
    LockError => Lock, Lock, Box::new;
}

impl From<InvalidPattern> for Error {
    fn from(error: InvalidPattern) -> Self {
        let hint = error.hint();
        Self::new(ErrorKind::Configuration, "CONFIGURATION", error.to_string()).with_hint(hint)
    }
}

impl From<InvalidVersion> for Error {
    fn from(error: InvalidVersion) -> Self {
        Self::new(ErrorKind::Configuration, "ERROR", error.to_string())
    }
}
