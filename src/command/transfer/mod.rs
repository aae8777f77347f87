//! Transfers of a project: which there are, and their commands on the databases they are for.

mod connect;
mod find;

use std::path::PathBuf;

use crate::command::domains::{DomainError, Quiet, Workspace, status};
use crate::model::MigrationState;
use crate::transfer::{
    self, CheckReport, Declaration, RunContext, RunEvent, RunOptions, RunReport, TransferError,
    UndoReport, VerifyReport,
};

pub use find::{FoundTransfer, find, list};

/// A transfer of a project, ready to be asked for its commands.
pub struct ProjectTransfer<'w> {
    workspace: &'w Workspace,
    /// What the file declares.
    pub declaration: Declaration,
    /// The file.
    pub path: PathBuf,
}

/// Why a command of a transfer failed.
#[derive(Debug)]
pub enum Failure {
    /// The project, a domain or the connection.
    Project(DomainError),
    /// The transfer itself.
    Transfer(TransferError),
}

impl From<DomainError> for Failure {
    fn from(error: DomainError) -> Self {
        Self::Project(error)
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        Self::Transfer(error)
    }
}

impl<'w> ProjectTransfer<'w> {
    /// Reads a transfer, named or given as a path.
    ///
    /// # Errors
    /// When there is no such file, or it declares nothing that can be used.
    pub fn open(workspace: &'w Workspace, name: &str) -> Result<Self, DomainError> {
        let FoundTransfer { declaration, path } = find(workspace, name)?;
        Ok(Self {
            workspace,
            declaration,
            path,
        })
    }

    /// Refuses to go on while a migration is missing that the transfer needs.
    ///
    /// # Errors
    /// When a needed migration has not been applied, or its database could not be asked.
    pub fn check_needs(&self) -> Result<(), DomainError> {
        let mut names: Vec<String> = Vec::new();
        for need in &self.declaration.needs {
            if !names.contains(&need.domain) {
                names.push(need.domain.clone());
            }
        }
        if names.is_empty() {
            return Ok(());
        }
        let found = status(self.workspace, &names, &mut Quiet)?;
        for (need, domain) in self.declaration.needs.iter().filter_map(|need| {
            let mut found = found.iter();
            Some((
                need,
                found.find(|status| status.domain.name == need.domain)?,
            ))
        }) {
            let standing = match &domain.found {
                Ok((_, Ok(standing))) => standing,
                Ok((_, Err(error))) | Err(error) => {
                    return Err(DomainError::words(format!(
                        "{}: `{need}` is needed, and nothing is known of it: {}",
                        self.declaration.path, error
                    )));
                }
            };
            let missing = standing.migrations.iter().find(|placed| {
                let wanted = need.key.as_ref().is_none_or(|key| &placed.key == key);
                wanted && placed.state == MigrationState::Pending
            });
            let known = need.key.as_ref().is_none_or(|key| {
                let mut all = standing.migrations.iter();
                all.any(|placed| &placed.key == key)
            });
            if let Some(key) = need.key.as_ref().filter(|_| !known) {
                return Err(DomainError::words(format!(
                    "{}: `needs` names {need}, but {} has no migration {key}",
                    self.declaration.path, need.domain
                )));
            }
            if let Some(missing) = missing {
                let error = DomainError::words(format!(
                    "{} needs {need}, but {}@{} has not been applied",
                    self.declaration.path, need.domain, missing.key
                ));
                return Err(error.with_hint(format!("stillway upgrade -d {}", need.domain)));
            }
        }
        Ok(())
    }

    /// Tells what a run would do with every row.
    ///
    /// # Errors
    /// When the database cannot be reached, or the declaration does not fit it.
    pub fn check(&self) -> Result<CheckReport, Failure> {
        self.check_needs()?;
        let mut lane = self.lane()?;
        Ok(transfer::check(&self.declaration, lane.as_mut())?)
    }

    /// Moves the rows.
    ///
    /// # Errors
    /// When something is undecided, another run is at work, or the server refuses what is not about
    /// a row.
    pub fn run(
        &self,
        options: &RunOptions,
        observer: &mut dyn FnMut(RunEvent),
    ) -> Result<RunReport, Failure> {
        self.check_needs()?;
        let mut lane = self.lane()?;
        let connect = self.connector();
        let mut context = RunContext {
            connect: &connect,
            observer,
        };
        Ok(transfer::run(
            &self.declaration,
            lane.as_mut(),
            options,
            &mut context,
        )?)
    }

    /// Sets source and target against each other.
    ///
    /// # Errors
    /// When the database cannot be reached, or the declaration does not fit it.
    pub fn verify(
        &self,
        jobs: usize,
        observer: &mut dyn FnMut(RunEvent),
    ) -> Result<VerifyReport, Failure> {
        let mut lane = self.lane()?;
        let connect = self.connector();
        Ok(transfer::verify(
            &self.declaration,
            lane.as_mut(),
            jobs,
            &connect,
            observer,
        )?)
    }

    /// Takes back what was moved and has not been changed.
    ///
    /// # Errors
    /// When another run is at work or the server refuses a statement.
    pub fn undo(&self) -> Result<UndoReport, Failure> {
        let mut lane = self.lane()?;
        Ok(transfer::undo(&self.declaration, lane.as_mut())?)
    }
}
