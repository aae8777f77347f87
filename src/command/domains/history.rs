//! The migrations of domains, and what their databases say of them.

use super::error::DomainError;
use super::observer::Observer;
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
