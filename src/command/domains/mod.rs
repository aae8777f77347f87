//! Commands over all domains of a project.

mod add;
mod adopt;
mod alembic_directory;
mod base;
mod chain_domain;
mod convert;
mod downgrade;
mod driver;
mod error;
mod fingerprint;
mod flyway_domain;
mod graph;
mod history;
mod init;
mod lock;
mod look;
mod needs;
mod observer;
mod plan;
mod project_file;
mod report;
mod revision;
mod schedule;
mod shared_history;
mod status;
mod targets;
mod upgrade;
mod verify;
mod workspace;

pub use add::{NewDomain, add};
pub use adopt::{DomainAdoption, ReleaseRequest, adopt, release};
pub use convert::{ConvertRequest, ConvertResult, JoinRequest, convert};
pub use downgrade::{downgrade, stamp};
pub use driver::{DomainDriver, DownTo, Driver, UpTo};
pub use error::{Cause, DomainError};
pub use fingerprint::LOCK_FILE;
pub use graph::graph;
pub use history::{DomainHistory, history};
pub use init::{InitResult, init};
pub use lock::{LockOptions, LockResult, lock, lock_added, lock_converted};
pub use observer::{Observer, Quiet};
pub use plan::{
    PlanResult, PlannedMigration, PlannedSegment, PlannedStatement, Transactions, plan,
};
pub use project_file::record_conversion;
pub use report::{Asking, ReportResult, ReportedDomain, report};
pub use revision::{RevisionRequest, revision};
pub use schedule::{Participant, Schedule, Selection};
pub use status::{DomainStatus, status};
pub use targets::{
    OnlyTargets, TargetOptions, TargetRun, TargetStanding, TargetState, TargetsDomain, by_current,
};
pub use upgrade::{DomainRun, RunResult, RunState, upgrade};
pub use verify::{VerifyOptions, VerifyResult, verify};
pub use workspace::{Process, Workspace};
