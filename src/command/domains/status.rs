//! Where all domains stand.

use super::driver::DomainDriver;
use super::error::DomainError;
use super::observer::Observer;
use super::targets::TargetStanding;
use super::workspace::Workspace;
use crate::model::{Catalog, Domain, Need, Standing};

/// Where a domain stands.
pub struct DomainStatus {
    /// The domain.
    pub domain: Domain,
    /// What its files say, and where its database stands if it could be asked.
    pub found: Result<(Catalog, Result<Standing, DomainError>), DomainError>,
    /// Where each of its targets stands, when it has targets.
    pub targets: Option<Vec<TargetStanding>>,
    /// Domains that need it.
    pub needed_by: Vec<String>,
}

/// Looks at domains; all of them when none is named.
pub fn status(
    workspace: &Workspace,
    names: &[String],
    observer: &mut dyn Observer,
) -> Result<Vec<DomainStatus>, DomainError> {
    let chosen: Vec<&Domain> = if names.is_empty() {
        workspace.domains.iter().collect()
    } else {
        names
            .iter()
            .map(|name| workspace.domain(name))
            .collect::<Result<_, _>>()?
    };
    let looked = super::look::look(workspace, chosen.into_iter(), observer);
    Ok(looked
        .into_iter()
        .map(|(domain, found)| {
            let mut targets = None;
            let found = match found {
                Ok((driver, catalog, standing)) => {
                    if let DomainDriver::Many(many) = driver {
                        targets = Some(many.into_found());
                    }
                    Ok((catalog, standing))
                }
                Err(error) => Err(error.of(&domain.name)),
            };
            DomainStatus {
                needed_by: needed_by(workspace, &domain.name),
                found,
                targets,
                domain,
            }
        })
        .collect())
}

pub(super) fn needed_by(workspace: &Workspace, name: &str) -> Vec<String> {
    let needs = |other: &&Domain| {
        let single = other.migration_needs.values().flatten();
        let mut all = other.depends_on.iter().chain(single);
        all.any(|declared| {
            let Need { domain, .. } = &declared.need;
            domain == name && other.name != name
        })
    };
    let others = workspace.domains.iter().filter(needs);
    others.map(|other| other.name.clone()).collect()
}
