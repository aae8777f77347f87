//! What is found, in words for the person who has to settle it.

use std::collections::HashMap;

use super::database::Origin;
use super::needs::Declared;
use super::project::Domain;
use super::{
    CREATED_TWICE, Cause, Found, MISSING_SOURCE, UNDECLARED_DEPENDENCY, USED_BEFORE_CREATION,
};
use crate::model::Need;
use crate::model::{Finding, Severity};
use crate::sql::summary::{Action, Moment, ObjectKind, Touch};

/// A touch and the migration it is in.
#[derive(Debug, Clone)]
pub(super) struct Use {
    touch: Touch,
    at: Origin,
}

impl Use {
    pub(super) fn new(touch: &Touch, at: Origin) -> Self {
        Self {
            touch: touch.clone(),
            at,
        }
    }

    pub(super) fn at(&self) -> Origin {
        self.at
    }

    /// The name with the schema that the server would take first.
    fn name(&self) -> String {
        let name = &self.touch.name;
        match self.touch.schemas().next() {
            Some(schema) if self.touch.kind != ObjectKind::Schema => {
                format!("{schema}.{}", name.name)
            }
            _ => name.to_string(),
        }
    }

    /// What the migration does: `reads table x`.
    fn deed(&self) -> String {
        let verb = match self.touch.action {
            Action::Creates { .. } => "creates",
            Action::Drops { .. } => "drops",
            Action::Alters => "alters",
            Action::Renames { .. } => "renames",
            Action::Moves { .. } => "moves",
            Action::Reads => "reads",
            Action::Writes => "writes to",
            Action::References => "references",
            Action::UsesType => "uses",
            Action::Calls => "calls",
        };
        let when = match self.touch.moment {
            Moment::Now => "",
            Moment::Conditional => ", under a condition",
            Moment::Deferred => ", in a routine",
        };
        format!("{verb} {} `{}`{when}", kind(self.touch.kind), self.name())
    }
}

fn kind(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Schema => "schema",
        ObjectKind::Table => "table",
        ObjectKind::View => "view",
        ObjectKind::MaterializedView => "materialized view",
        ObjectKind::Type => "type",
        ObjectKind::Function => "function",
        ObjectKind::Sequence => "sequence",
        ObjectKind::Index => "index",
        ObjectKind::Trigger => "trigger",
        ObjectKind::Extension => "extension",
    }
}

/// What is wrong with a use.
#[derive(Debug, Clone, Copy)]
pub(super) enum Problem {
    /// This one has created it already.
    CreatedTwice(Origin),
    /// This one, of another domain, creates it where it is missing, and nobody says who comes first.
    Rival(Origin),
    /// This one creates it, and so much of its domain is declared.
    Undeclared(Origin, Declared),
    /// This one creates it, but only later.
    Later(Origin),
    /// Nobody creates it, unless this statement does, which puts SQL together at run time.
    Missing(Option<Origin>),
}

impl Problem {
    fn code(self) -> &'static str {
        match self {
            Self::CreatedTwice(_) | Self::Rival(_) => CREATED_TWICE,
            Self::Undeclared(..) => UNDECLARED_DEPENDENCY,
            Self::Later(_) => USED_BEFORE_CREATION,
            Self::Missing(_) => MISSING_SOURCE,
        }
    }

    fn severity(self, moment: Moment) -> Severity {
        match (self, moment) {
            (_, Moment::Conditional | Moment::Deferred) => Severity::Note,
            (Self::Missing(Some(_)), Moment::Now) => Severity::Note,
            (Self::Undeclared(..), Moment::Now) => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// Who creates the object in another domain.
    fn owner(self) -> Option<Origin> {
        match self {
            Self::Undeclared(owner, _) | Self::Later(owner) => Some(owner),
            Self::CreatedTwice(_) | Self::Rival(_) | Self::Missing(_) => None,
        }
    }
}

/// Which object is found wanting in which migration, and why.
type Subject = (usize, usize, &'static str, String);

/// Gathers what is found, one finding for each object in each migration.
pub(super) struct Report<'a> {
    domains: &'a [Domain<'a>],
    found: Vec<(Use, Problem)>,
    indexes: HashMap<Subject, usize>,
    /// The last migration of one domain that another one needs without saying so.
    needed: HashMap<(usize, usize), usize>,
}

impl<'a> Report<'a> {
    pub(super) fn new(domains: &'a [Domain<'a>]) -> Self {
        Self {
            domains,
            found: Vec::new(),
            indexes: HashMap::new(),
            needed: HashMap::new(),
        }
    }

    /// Adds a finding, unless the same object has been found wanting in the same migration; the
    /// one that matters most stays.
    pub(super) fn add(&mut self, usage: Use, problem: Problem) {
        let at = usage.at;
        if let Some(owner) = problem.owner() {
            let needed = self.needed.entry((at.domain, owner.domain)).or_default();
            *needed = (*needed).max(owner.migration);
        }
        let subject = (at.domain, at.migration, problem.code(), usage.name());
        let severity = |usage: &Use, problem: Problem| problem.severity(usage.touch.moment);
        match self.indexes.get(&subject) {
            Some(&index) => {
                let (before, same) = &self.found[index];
                if severity(&usage, problem) < severity(before, *same) {
                    self.found[index] = (usage, problem);
                }
            }
            None => {
                self.indexes.insert(subject, self.found.len());
                self.found.push((usage, problem));
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Found> {
        self.found
            .iter()
            .map(|(usage, problem)| Found {
                finding: self.finding(usage, *problem),
                cause: self.cause(usage, *problem),
            })
            .collect()
    }

    fn cause(&self, usage: &Use, problem: Problem) -> Cause {
        let need = |origin: Origin| self.need(origin.domain, origin.migration);
        match problem {
            Problem::CreatedTwice(first) => Cause::Twice(need(first)),
            Problem::Rival(other) => Cause::Rival(need(other)),
            Problem::Missing(_) => Cause::Missing {
                name: usage.name(),
                is_relation: matches!(
                    usage.touch.kind,
                    ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView
                ),
            },
            Problem::Undeclared(owner, _) | Problem::Later(owner) => Cause::Needs {
                owner: need(owner),
                declare: self.need(owner.domain, self.last_needed(usage, owner)),
                is_late: matches!(problem, Problem::Later(_)),
            },
        }
    }

    fn need(&self, domain: usize, migration: usize) -> Need {
        let domain = &self.domains[domain];
        Need {
            domain: domain.name.clone(),
            key: Some(domain.migrations[migration].key.clone()),
        }
    }

    /// The last migration of the owner's domain that the user's needs without saying so.
    fn last_needed(&self, usage: &Use, owner: Origin) -> usize {
        self.needed
            .get(&(usage.at.domain, owner.domain))
            .copied()
            .unwrap_or(owner.migration)
    }

    /// Whether only one migration of a domain lacks what another makes.
    fn is_single(&self, usage: &Use, owner: Origin) -> bool {
        self.found.iter().all(|(other, problem)| {
            let same = problem
                .owner()
                .is_some_and(|other_owner| other_owner.domain == owner.domain);
            !same || other.at.domain != usage.at.domain || other.at.migration == usage.at.migration
        })
    }

    fn finding(&self, usage: &Use, problem: Problem) -> Finding {
        let domain = &self.domains[usage.at.domain];
        let migration = &domain.migrations[usage.at.migration];
        let deed = usage.deed();
        let message = match problem {
            Problem::CreatedTwice(first) => {
                format!(
                    "{deed} a second time: {} has created it",
                    self.origin(first)
                )
            }
            Problem::Rival(other) => format!(
                "{deed}, which {} creates too: behind that one this is the second time and fails",
                self.origin(other)
            ),
            Problem::Undeclared(owner, declared) => {
                let other = &self.domains[owner.domain].name;
                let but = match declared {
                    Declared::DownTo(last) => format!(
                        "`{}` needs `{other}` down to `{}` only",
                        domain.name, self.domains[owner.domain].migrations[last].key
                    ),
                    _ => format!("`{}` does not say that it needs `{other}`", domain.name),
                };
                format!("{deed}, which {} creates, but {but}", self.origin(owner))
            }
            Problem::Later(owner) => {
                format!("{deed}, which {} creates only later", self.origin(owner))
            }
            Problem::Missing(None) => format!("{deed}, which no migration creates"),
            Problem::Missing(Some(conjurer)) => format!(
                "{deed}, which no migration creates, unless {} does, whose SQL is not all written down",
                self.origin(conjurer)
            ),
        };
        Finding {
            code: problem.code(),
            severity: problem.severity(usage.touch.moment),
            domain: domain.name.clone(),
            migration: migration.key.clone(),
            place: (migration.locate)(usage.touch.offset),
            message,
            hint: Some(self.hint(usage, problem)),
        }
    }

    /// `auth@0001 (auth/0001.sql:3:14)`.
    fn origin(&self, origin: Origin) -> String {
        let domain = &self.domains[origin.domain];
        let migration = &domain.migrations[origin.migration];
        let name = format!("`{}@{}`", domain.name, migration.key);
        match (migration.locate)(origin.offset) {
            Some(place) => format!("{name} ({place})"),
            None => name,
        }
    }

    fn hint(&self, usage: &Use, problem: Problem) -> String {
        let domain = &self.domains[usage.at.domain];
        match problem {
            Problem::CreatedTwice(_) => "join the two streams into one chain with `stillway convert`, \
                which runs the second one only where the first has not; or, where the object is there \
                for good, let `stillway adopt` record this migration without running it"
                .to_owned(),
            Problem::Rival(other) => {
                let later = &self.domains[other.domain];
                let first = Need {
                    domain: domain.name.clone(),
                    key: Some(domain.migrations[usage.at.migration].key.clone()),
                };
                format!(
                    "join the two streams into one chain with `stillway convert`; or say that this one comes \
                     first, in [domains.{}] of stillway.toml: {}",
                    later.name,
                    depends_on(&later.depends_on, &first)
                )
            }
            Problem::Missing(_) => format!(
                "write a migration that creates it before this one (`stillway adopt` records it where the \
                 object is there already); or, if others make it, say so in [domains.{}] of stillway.toml: {}",
                domain.name,
                external(domain, usage),
            ),
            Problem::Undeclared(owner, _) | Problem::Later(owner) => {
                if owner.domain == usage.at.domain {
                    return "give the migration that creates it an earlier place".to_owned();
                }
                self.declaration(usage, owner)
            }
        }
    }

    /// The line that declares the need.
    fn declaration(&self, usage: &Use, owner: Origin) -> String {
        let domain = &self.domains[usage.at.domain];
        let last = self.last_needed(usage, owner);
        let line = depends_on(&domain.depends_on, &self.need(owner.domain, last));
        let project = format!(
            "write in [domains.{}] of stillway.toml: {line}",
            domain.name
        );
        // Where several need it, one line for all of them is better than one in each.
        if !domain.has_metadata || !self.is_single(usage, owner) {
            return project;
        }
        let own = &domain.migrations[usage.at.migration].depends_on;
        let line = depends_on(own, &self.need(owner.domain, owner.migration));
        format!("{project}; or in the metadata.toml of this revision: {line}")
    }
}

/// The line with the needs that are declared and one more.
fn depends_on(declared: &[Need], more: &Need) -> String {
    let mut needs: Vec<String> = declared
        .iter()
        .filter(|need| need.domain != more.domain)
        .map(ToString::to_string)
        .collect();
    needs.push(more.to_string());
    list("depends_on", &needs)
}

/// The line with the patterns that are declared and one more.
fn external(domain: &Domain<'_>, usage: &Use) -> String {
    let mut patterns = domain.external.clone();
    patterns.push(match &usage.touch.name.schema {
        // A whole schema is likely to be somebody else's.
        Some(schema) if !domain.search_path.contains(schema) => format!("{schema}.*"),
        _ => usage.name(),
    });
    list("external", &patterns)
}

fn list(key: &str, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    format!("{key} = [{}]", values.join(", "))
}
