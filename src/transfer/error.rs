//! Why a transfer cannot go on.

use crate::engine::ServerError;
use crate::model::Place;

/// Why a transfer cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// The declaration does not fit the database.
    #[error("{}{message}", place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
    Declaration {
        /// Where, if it is about one place.
        place: Option<Place>,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// What was asked for may not be done now.
    #[error("{message}")]
    Refused {
        /// Why.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The server refused a statement.
    #[error("{doing}: {error}")]
    Server {
        /// What was being done.
        doing: String,
        /// Its words.
        error: ServerError,
    },
}

impl TransferError {
    pub(super) fn server(doing: impl Into<String>, error: ServerError) -> Self {
        Self::Server {
            doing: doing.into(),
            error,
        }
    }

    pub(super) fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    pub(super) fn declaration(
        place: &Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Declaration {
            place: Some(place.clone()),
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Declaration { hint, .. } | Self::Refused { hint, .. } => hint.as_deref(),
            Self::Server { error, .. } => error.message.hint.as_deref(),
        }
    }
}
