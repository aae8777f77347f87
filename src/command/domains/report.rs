//! All that is known of a project, gathered so that one domain that cannot be read or asked does not
//! hide the others.

use super::error::DomainError;
use super::graph::name_exactly;
use super::observer::Observer;
use super::schedule::{Schedule, Selection};
use super::status::status;
use super::verify::{VerifyOptions, verify};
use super::workspace::Workspace;
use crate::model::{Catalog, Domain, Finding, Standing};

/// Which databases a report asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asking {
    /// Those that can be asked.
    #[default]
    Possible,
    /// All of them: one that cannot be asked is an error.
    All,
    /// None.
    None,
}

/// What is known of a domain.
pub struct ReportedDomain {
    /// The domain.
    pub domain: Domain,
    /// What its files say, if they can be read.
    pub catalog: Option<Catalog>,
    /// Where its database stands, if it was asked.
    pub standing: Option<Standing>,
    /// Why one of them is missing.
    pub error: Option<DomainError>,
    /// Domains that need it.
    pub needed_by: Vec<String>,
}

/// What is known of a project.
pub struct ReportResult {
    /// The domains, in the order in which they are upgraded.
    pub domains: Vec<ReportedDomain>,
    /// What is wrong with what is pending; nothing where that was not looked at.
    pub findings: Option<Vec<Finding>>,
    /// Why no upgrade could be planned.
    pub plan_error: Option<DomainError>,
    /// What verification has found; nothing where not all files can be read.
    pub verified: Option<Vec<Finding>>,
    /// Why nothing could be verified.
    pub verify_error: Option<DomainError>,
}

/// Gathers what is known of domains; of all of them when none is named.
pub fn report(
    workspace: &Workspace,
    names: &[String],
    asking: Asking,
    observer: &mut dyn Observer,
) -> Result<ReportResult, DomainError> {
    let mut result = ReportResult {
        domains: if asking == Asking::None {
            read(workspace, names)?
        } else {
            asked(workspace, names, observer)?
        },
        findings: None,
        plan_error: None,
        verified: None,
        verify_error: None,
    };
    let whole = result.domains.iter().all(|domain| domain.error.is_none());
    if asking == Asking::All
        && let Some(domain) = result.domains.iter_mut().find(|d| d.error.is_some())
        && let Some(error) = domain.error.take()
    {
        return Err(error);
    }
    if asking != Asking::None && whole {
        match planned(workspace, names, observer) {
            Ok(findings) => result.findings = Some(findings),
            Err(error) => result.plan_error = Some(error),
        }
    }
    if result.domains.iter().all(|domain| domain.catalog.is_some()) {
        let options = VerifyOptions {
            domains: names.to_vec(),
            database: asking != Asking::None && whole,
            ..VerifyOptions::default()
        };
        match verify(workspace, &options, observer) {
            Ok(mut found) => {
                result.verify_error = found.failures.pop();
                // The histories say so already, for every migration.
                found
                    .findings
                    .retain(|finding| finding.code != "not-applied");
                result.verified = Some(found.findings);
            }
            Err(error) => result.verify_error = Some(error),
        }
    }
    let parts = result.domains.iter_mut();
    let parts = parts.filter_map(|part| Some((&mut part.domain, part.catalog.as_mut()?)));
    name_exactly(workspace, parts.collect());
    Ok(result)
}

fn read(workspace: &Workspace, names: &[String]) -> Result<Vec<ReportedDomain>, DomainError> {
    for name in names {
        workspace.domain(name)?;
    }
    let chosen = workspace.domains.iter();
    let chosen = chosen.filter(|domain| names.is_empty() || names.contains(&domain.name));
    Ok(chosen
        .map(|domain| {
            let catalog = workspace
                .driver(domain)
                .and_then(|driver| driver.catalog().map_err(|error| error.of(&domain.name)));
            let (catalog, error) = match catalog {
                Ok(catalog) => (Some(catalog), None),
                Err(error) => (None, Some(error)),
            };
            ReportedDomain {
                needed_by: super::status::needed_by(workspace, &domain.name),
                domain: domain.clone(),
                catalog,
                standing: None,
                error,
            }
        })
        .collect())
}

fn asked(
    workspace: &Workspace,
    names: &[String],
    observer: &mut dyn Observer,
) -> Result<Vec<ReportedDomain>, DomainError> {
    let found = status(workspace, names, observer)?.into_iter();
    Ok(found
        .map(|status| {
            let (catalog, standing, error) = match status.found {
                Ok((catalog, Ok(standing))) => (Some(catalog), Some(standing), None),
                Ok((catalog, Err(error))) => (Some(catalog), None, Some(error)),
                Err(error) => (None, None, Some(error)),
            };
            ReportedDomain {
                domain: status.domain,
                catalog,
                standing,
                error,
                needed_by: status.needed_by,
            }
        })
        .collect())
}

fn planned(
    workspace: &Workspace,
    names: &[String],
    observer: &mut dyn Observer,
) -> Result<Vec<Finding>, DomainError> {
    let selection = Selection {
        domains: names.to_vec(),
        target: None,
    };
    let schedule = Schedule::make(workspace, &selection, observer)?;
    let foreseen = super::needs::findings(workspace, &schedule, observer)?;
    Ok(foreseen.into_iter().map(|found| found.finding).collect())
}
