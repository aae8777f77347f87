//! Looks at several domains at once: their files and their databases.

use super::driver::DomainDriver;
use super::error::DomainError;
use super::observer::Observer;
use super::workspace::Workspace;
use crate::model::{Catalog, Domain, Standing};

/// What is found: the driver, what the files say, and where the database stands, if it can be asked.
pub(super) type Found = Result<(DomainDriver, Catalog, Result<Standing, DomainError>), DomainError>;

/// Reads the files and asks the databases of domains, all at the same time.
pub(super) fn look<'d>(
    workspace: &Workspace,
    domains: impl Iterator<Item = &'d Domain>,
    observer: &mut dyn Observer,
) -> Vec<(Domain, Found)> {
    let domains: Vec<&Domain> = domains.collect();
    let looked: Vec<(Domain, Found, Kept)> = std::thread::scope(|scope| {
        let threads: Vec<_> = domains
            .iter()
            .map(|domain| {
                scope.spawn(|| {
                    let mut kept = Kept::default();
                    let found = look_at(workspace, domain, &mut kept);
                    ((*domain).clone(), found, kept)
                })
            })
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    looked
        .into_iter()
        .map(|(domain, found, kept)| {
            for words in &kept.warnings {
                observer.warning(&domain.name, words);
            }
            (domain, found)
        })
        .collect()
}

fn look_at(workspace: &Workspace, domain: &Domain, kept: &mut Kept) -> Found {
    let driver = workspace.domain_driver(domain)?;
    let catalog = driver.catalog()?;
    let standing = driver
        .standing(kept)
        .map_err(|error| error.of(&domain.name));
    Ok((driver, catalog, standing))
}

/// Keeps warnings until somebody can be told.
#[derive(Default)]
struct Kept {
    warnings: Vec<String>,
}

impl Observer for Kept {
    fn domain_started(&mut self, _domain: &str, _migrations: usize) {}
    fn migration_started(&mut self, _domain: &str, _key: &str, _description: &str, _action: &str) {}
    fn migration_finished(&mut self, _domain: &str, _key: &str, _took: std::time::Duration) {}
    fn note(&mut self, _domain: &str, _words: &str) {}
    fn warning(&mut self, _domain: &str, words: &str) {
        self.warnings.push(words.to_owned());
    }
}
