//! A state of the repository as something that files can be held against.

use super::lockfile::{LockedDomain, LockedMigration, Lockfile};
use super::migration::DomainFiles;

/// The migrations of some state, frozen as if a lock file had been written of it.
pub fn frozen(domains: Vec<DomainFiles>) -> Lockfile {
    let domains = domains.into_iter().map(|domain| LockedDomain {
        name: domain.name,
        dialect: domain.dialect,
        line: 0,
        migrations: domain
            .migrations
            .into_iter()
            .map(|migration| LockedMigration {
                migration,
                line: 0,
                fits: true,
            })
            .collect(),
    });
    Lockfile {
        domains: domains.collect(),
    }
}
