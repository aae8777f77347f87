//! How commands over domains fail.

use std::fmt;

use crate::command::alembic;
use crate::error::{Error, ErrorKind};
use crate::project::file::ProjectFileError;
use crate::project::order::OrderError;

/// Something that went wrong, and in which domain.
#[derive(Debug)]
pub struct DomainError {
    /// The domain; nothing when it is about all of them.
    pub domain: Option<String>,
    /// What went wrong.
    pub cause: Cause,
    /// What to do.
    pub hint: Option<String>,
}

/// What went wrong.
#[derive(Debug)]
pub enum Cause {
    /// In a domain with Flyway's files.
    Flyway(Box<Error>),
    /// In a chain of revisions.
    Chain(alembic::Failure),
    /// In the project's file.
    File(Box<ProjectFileError>),
    /// In the order of domains.
    Order(OrderError),
    /// What was asked for makes no sense.
    Misuse(String),
    /// In some of the many databases of a domain.
    Targets {
        /// In how many of them, and what became of the others.
        words: String,
        /// Whether none of these could be reached.
        unreachable: bool,
    },
    /// Anything else.
    Words(String),
}

impl DomainError {
    /// What was asked for makes no sense.
    pub fn misuse(words: impl Into<String>) -> Self {
        Self {
            domain: None,
            cause: Cause::Misuse(words.into()),
            hint: None,
        }
    }

    /// An error in words.
    pub fn words(words: impl Into<String>) -> Self {
        Self {
            domain: None,
            cause: Cause::Words(words.into()),
            hint: None,
        }
    }

    /// Some of the many databases of a domain have failed.
    pub(super) fn targets(words: String, unreachable: bool) -> Self {
        Self {
            domain: None,
            cause: Cause::Targets { words, unreachable },
            hint: None,
        }
    }

    /// Whether a database could not be reached.
    pub fn is_unreachable(&self) -> bool {
        match &self.cause {
            Cause::Flyway(error) => error.kind() == ErrorKind::Connection,
            Cause::Chain(failure) => failure.unreachable,
            Cause::Targets { unreachable, .. } => *unreachable,
            _ => false,
        }
    }

    /// Nobody names the database.
    pub(super) fn no_url(hint: &str) -> Self {
        Self::words("no database URL is configured").with_hint(hint)
    }

    /// Adds advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says which domain it is about.
    #[must_use]
    pub fn of(mut self, domain: &str) -> Self {
        self.domain = Some(domain.to_owned());
        self
    }

    /// What to do, if anything is known to help.
    pub fn hint(&self) -> Option<String> {
        self.hint.clone().or_else(|| {
            match &self.cause {
            Cause::Flyway(error) => error.hint(),
            Cause::Chain(failure) => failure.hint.clone(),
            Cause::File(error) => error.hint.clone(),
            Cause::Targets { .. } => Some(
                "the next upgrade does what is left; `stillway status` says where the targets stand"
                    .to_owned(),
            ),
            Cause::Order(_) | Cause::Misuse(_) | Cause::Words(_) => None,
        }
        })
    }
}

impl fmt::Display for DomainError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(domain) = &self.domain {
            write!(formatter, "{domain}: ")?;
        }
        match &self.cause {
            Cause::Flyway(error) => error.fmt(formatter),
            Cause::Chain(failure) => failure.fmt(formatter),
            Cause::File(error) => error.fmt(formatter),
            Cause::Order(error) => error.fmt(formatter),
            Cause::Misuse(words) | Cause::Words(words) | Cause::Targets { words, .. } => {
                formatter.write_str(words)
            }
        }
    }
}

impl std::error::Error for DomainError {}

macro_rules! from {
    ($($type:ty => $variant:ident $(, $wrap:path)?;)*) => {
        $(impl From<$type> for DomainError {
            fn from(error: $type) -> Self {
                Self { domain: None, cause: Cause::$variant(from!(@wrap error $(, $wrap)?)), hint: None }
            }
        })*
    };
    (@wrap $error:ident) => { $error };
    (@wrap $error:ident, $wrap:path) => { $wrap($error) };
}

from! {
    Error => Flyway, Box::new;
    alembic::Failure => Chain;
    ProjectFileError => File, Box::new;
    OrderError => Order;
}
