//! Transfers of a project: which there are, and their commands on the databases they are for.

mod connect;
mod find;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::command::domains::{DomainError, Quiet, Workspace, status};
use crate::model::MigrationState;
use crate::project::disk;
use crate::transfer::{
    self, Backup, CheckReport, Declaration, PhaseRequest, RunContext, RunEvent, RunOptions,
    RunReport, TransferError, TransferStatus, UndoReport, VerifyReport,
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

    /// Tells where the transfer stands.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn status(&self) -> Result<TransferStatus, Failure> {
        let mut lane = self.lane()?;
        Ok(transfer::status(&self.declaration, lane.as_mut())?)
    }

    /// Goes to another phase.
    ///
    /// # Errors
    /// When something is missing that the phase asks for.
    pub fn change_phase(
        &self,
        phase: u64,
        drop: bool,
        lock_timeout: Duration,
    ) -> Result<TransferStatus, Failure> {
        let mut lane = self.lane()?;
        let now = transfer::status(&self.declaration, lane.as_mut())?;
        let request = PhaseRequest {
            phase,
            drop,
            backup_digest: now.backup.and_then(|backup| digest_of(&backup.path)),
            lock_timeout,
        };
        Ok(transfer::change_phase(
            &self.declaration,
            lane.as_mut(),
            &request,
        )?)
    }

    /// Writes the source's tables to a file, which must not exist yet.
    ///
    /// # Errors
    /// When the file cannot be written, or the server refuses a question.
    pub fn backup(&self, path: &Path) -> Result<Backup, Failure> {
        use md5::{Digest as _, Md5};
        let mut lane = self.lane()?;
        let path = self.workspace.process.directory.join(path);
        let mut file = disk::NewFile::create(&path).map_err(DomainError::words)?;
        let mut sum = Md5::new();
        let backup = transfer::backup(&self.declaration, lane.as_mut(), &mut |text| {
            sum.update(text.as_bytes());
            file.write(text.as_bytes())
        });
        let mut backup = backup?;
        // A backup counts when it is on the disk, not before.
        file.finish().map_err(DomainError::words)?;
        backup.path = path.display().to_string();
        backup.digest = hex::encode(sum.finalize());
        transfer::note_backup(&self.declaration, lane.as_mut(), backup.clone())?;
        Ok(backup)
    }

    /// Installs the triggers that carry each change of the source over at once, or removes them.
    ///
    /// # Errors
    /// When the backend has no such triggers, or the server refuses a statement.
    pub fn synchronise(
        &self,
        install: bool,
        lock_timeout: Duration,
    ) -> Result<Vec<String>, Failure> {
        let mut lane = self.lane()?;
        Ok(transfer::synchronise(
            &self.declaration,
            lane.as_mut(),
            install,
            lock_timeout,
        )?)
    }
}

/// MD5 of a file; nothing where it cannot be read.
fn digest_of(path: &str) -> Option<String> {
    use md5::{Digest as _, Md5};
    let mut sum = Md5::new();
    disk::read_in_parts(Path::new(path), &mut |part| sum.update(part)).ok()?;
    Some(hex::encode(sum.finalize()))
}
