//! How Alembic's commands fail.

use std::fmt::Write as _;

use crate::database::ConnectError;
use crate::database::url::UrlError;
use crate::dialect::alembic::config::ConfigError;
use crate::dialect::alembic::graph::{CommandError, GraphError};
use crate::dialect::alembic::offline::OfflineError;
use crate::dialect::alembic::render::ScriptError;
use crate::dialect::alembic::revision::RevisionFileError;
use crate::engine::{LockError, ServerError};

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How Alembic would tell it.
    pub kind: FailureKind,
    /// What to do.
    pub hint: Option<String>,
    /// Whether the database could not be reached.
    pub unreachable: bool,
}

/// How Alembic would tell a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// `FAILED:` on standard output, exit status 255.
    Command(String),
    /// An exception on standard error, exit status 1.
    Uncaught(String),
}

impl Failure {
    /// In Alembic's words.
    pub fn command(words: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Command(words.into()),
            hint: None,
            unreachable: false,
        }
    }

    /// As an exception.
    pub fn uncaught(words: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Uncaught(words.into()),
            hint: None,
            unreachable: false,
        }
    }

    /// Adds advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A request of our own that the server refused.
    pub fn server(action: &str, error: &ServerError) -> Self {
        let failure = Self::uncaught(format!("{action} failed: {error}"));
        match &error.message.hint {
            Some(hint) => failure.with_hint(hint.clone()),
            None => failure,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            FailureKind::Command(words) | FailureKind::Uncaught(words) => {
                formatter.write_str(words)
            }
        }
    }
}

impl std::error::Error for Failure {}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Words(words) => Self::command(words),
            CommandError::Uncaught { .. } => Self::uncaught(error.to_string()),
        }
    }
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Self {
        error.plain().into()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Command(words) => Self::command(words),
            other => Self::uncaught(other.to_string()),
        }
    }
}

impl From<RevisionFileError> for Failure {
    fn from(error: RevisionFileError) -> Self {
        match &error {
            RevisionFileError::NoRevision { .. }
            | RevisionFileError::IllegalCharacters { .. }
            | RevisionFileError::Loop { .. }
            | RevisionFileError::DependencyLoop { .. } => Self::command(error.to_string()),
            RevisionFileError::NoDownRevision { .. } => {
                Self::uncaught(format!("AttributeError: {error}"))
            }
            RevisionFileError::NotConstant { .. } => {
                Self::uncaught(error.to_string()).with_hint("write the value as a literal")
            }
            _ => Self::uncaught(error.to_string()),
        }
    }
}

impl From<OfflineError> for Failure {
    fn from(error: OfflineError) -> Self {
        match error {
            OfflineError::Graph(error) => error.into(),
            OfflineError::Script(error) => error.into(),
            OfflineError::NoWay { file, .. } => Self::command(format!("{error}; nothing was run"))
                .with_hint(format!(
                    "write {file}; one that holds a comment does nothing"
                )),
            OfflineError::NoFunction { .. } => Self::uncaught(format!("AttributeError: {error}")),
        }
    }
}

impl From<ScriptError> for Failure {
    fn from(error: ScriptError) -> Self {
        match &error {
            ScriptError::Server {
                error: server,
                statement,
                place,
            } => {
                let place = place
                    .as_ref()
                    .map(|place| format!("{place}: "))
                    .unwrap_or_default();
                let mut words = format!("{place}{server}");
                if let Some(detail) = &server.message.detail {
                    let _ = write!(words, "\nDETAIL: {detail}");
                }
                let _ = write!(words, "\n[SQL: {statement}]");
                let failure = Self::uncaught(words);
                match &server.message.hint {
                    Some(hint) => failure.with_hint(hint.clone()),
                    None => failure,
                }
            }
            ScriptError::Refused { hint, .. } => {
                let failure = Self::uncaught(error.to_string());
                match hint {
                    Some(hint) => failure.with_hint(hint.clone()),
                    None => failure,
                }
            }
            ScriptError::Raised { class, .. } if class == "CommandError" => {
                let words = error.to_string();
                Self::command(words.replacen("CommandError: ", "", 1))
            }
            ScriptError::Raised { .. } => Self::uncaught(error.to_string()),
        }
    }
}

impl From<UrlError> for Failure {
    fn from(error: UrlError) -> Self {
        let failure = Self::uncaught(error.to_string());
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self {
            unreachable: true,
            ..Self::uncaught(error.to_string())
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        let failure = Self::uncaught(error.to_string());
        match error {
            LockError::Held { .. } => failure.with_hint("wait for the other run to end, or end it"),
            LockError::Server(_) => failure,
        }
    }
}
