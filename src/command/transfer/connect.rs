//! Connections for transfers: to the database of a domain, with what transfers need on it.

use super::ProjectTransfer;
use crate::command::domains::DomainError;
use crate::database::Connection;
#[cfg(feature = "sqlite")]
use crate::database::sqlite::TransferFunctions;
use crate::transfer::{Lane, TransferError, normalize};

impl ProjectTransfer<'_> {
    /// Connects to the database of the target.
    pub(super) fn lane(&self) -> Result<Lane, DomainError> {
        if let Some(source) = &self.declaration.source_domain
            && source != &self.declaration.domain
        {
            return Err(DomainError::misuse(format!(
                "{}: `source_domain` names another database than the target's, which transfers do not read from yet",
                self.declaration.path
            )));
        }
        let domain = self.workspace.domain(&self.declaration.domain)?;
        let connection = self.workspace.connect(domain)?;
        prepare(connection).map_err(|error| DomainError::words(error.to_string()).of(&domain.name))
    }

    /// What opens one more.
    pub(super) fn connector(&self) -> impl Fn() -> Result<Lane, TransferError> + Sync {
        move || {
            self.lane().map_err(|error| TransferError::Refused {
                message: error.to_string(),
                hint: error.hint,
            })
        }
    }
}

fn prepare(connection: Connection) -> Result<Lane, crate::engine::ServerError> {
    match connection {
        #[cfg(feature = "postgres")]
        Connection::Postgres(database) => Ok(database),
        #[cfg(feature = "sqlite")]
        Connection::Sqlite(mut database) => {
            database.register_transfer_functions(&FUNCTIONS)?;
            Ok(database)
        }
    }
}

/// What SQLite borrows from the normalisers.
#[cfg(feature = "sqlite")]
const FUNCTIONS: TransferFunctions = TransferFunctions {
    phone: normalize::phone,
    nfc: normalize::nfc,
    nfkc: normalize::nfkc,
    collapse_blanks: normalize::collapse_blanks,
    zoned: normalize::zoned,
    hash: normalize::hash,
};
