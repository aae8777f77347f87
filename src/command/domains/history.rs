//! The migrations of domains, and what their databases say of them; and recording without running.

use super::driver::UpTo;
use super::error::DomainError;
use super::observer::Observer;
use super::schedule::find_key;
use super::workspace::Workspace;
use crate::model::{Catalog, Domain, Standing};

/// The migrations of a domain.
pub struct DomainHistory {
    /// The domain.
    pub domain: Domain,
    /// What its files say.
    pub catalog: Catalog,
    /// Where its database stands, when that was asked.
    pub standing: Option<Standing>,
}

/// Lists the migrations of domains; with `applied` the databases are asked as well.
pub fn history(
    workspace: &Workspace,
    names: &[String],
    applied: bool,
    observer: &mut dyn Observer,
) -> Result<Vec<DomainHistory>, DomainError> {
    let chosen: Vec<&Domain> = if names.is_empty() {
        workspace.domains.iter().collect()
    } else {
        names
            .iter()
            .map(|name| workspace.domain(name))
            .collect::<Result<_, _>>()?
    };
    if !applied {
        return chosen
            .into_iter()
            .map(|domain| {
                let driver = workspace.driver(domain)?;
                Ok(DomainHistory {
                    catalog: driver.catalog().map_err(|error| error.of(&domain.name))?,
                    domain: domain.clone(),
                    standing: None,
                })
            })
            .collect();
    }
    super::look::look(workspace, chosen.into_iter(), observer)
        .into_iter()
        .map(|(domain, found)| {
            let (_, catalog, standing) = found.map_err(|error| error.of(&domain.name))?;
            Ok(DomainHistory {
                standing: Some(standing?),
                domain,
                catalog,
            })
        })
        .collect()
}

/// Records migrations of a domain as applied without running anything.
pub fn stamp(
    workspace: &Workspace,
    name: &str,
    to: &UpTo,
    observer: &mut dyn Observer,
) -> Result<(), DomainError> {
    let domain = workspace.domain(name)?;
    Workspace::refuse_targets(domain, "a stamp")?;
    super::shared_history::refuse(workspace, domain)?;
    let driver = workspace.driver(domain)?;
    let to = match to {
        UpTo::Latest => UpTo::Latest,
        UpTo::Keys(keys) => {
            let catalog = driver.catalog().map_err(|error| error.of(name))?;
            let exact = keys
                .iter()
                .map(|key| find_key(&catalog, domain.dialect, key));
            UpTo::Keys(
                exact
                    .collect::<Result<_, _>>()
                    .map_err(|error| error.of(name))?,
            )
        }
    };
    driver.stamp(&to, observer).map_err(|error| error.of(name))
}
