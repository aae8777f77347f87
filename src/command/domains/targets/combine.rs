//! One standing for all targets of a domain, so that what other domains need waits for all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::result::TargetStanding;
use crate::model::{Catalog, MigrationState, PlacedMigration, Standing};

/// A migration is there when all targets have it, and pending as long as one may be without it. What
/// stands in the way of a single target is told when its turn comes.
pub(super) fn combine(catalog: &Catalog, targets: &[TargetStanding]) -> Standing {
    let count = targets.len();
    let mut states: BTreeMap<&str, BTreeMap<MigrationState, usize>> = BTreeMap::new();
    let mut unknown = 0;
    for target in targets {
        let Ok(standing) = &target.found else {
            unknown += 1;
            continue;
        };
        for placed in &standing.migrations {
            let known = states.entry(&placed.key).or_default();
            *known.entry(placed.state).or_default() += 1;
        }
    }
    let migrations = catalog.migrations.iter().map(|migration| {
        let of_key = states.get(migration.key.as_str());
        let how_many = |state| of_key.and_then(|known| known.get(&state)).copied();
        let waits = unknown > 0
            || [MigrationState::Pending, MigrationState::Failed]
                .into_iter()
                .any(|state| how_many(state).is_some());
        let common = of_key.and_then(|known| known.iter().max_by_key(|(_, count)| **count));
        let state = match common {
            _ if waits => MigrationState::Pending,
            Some((state, _)) => *state,
            // There is not a single target.
            None => MigrationState::Skipped,
        };
        PlacedMigration {
            key: migration.key.clone(),
            description: migration.description.clone(),
            state,
            applied_at: None,
            milliseconds: None,
        }
    });
    let known = || {
        targets
            .iter()
            .filter_map(|target| target.found.as_ref().ok())
    };
    let current: BTreeSet<String> = known()
        .flat_map(|standing| standing.current.iter().cloned())
        .collect();
    Standing {
        migrations: migrations.collect(),
        current: current.into_iter().collect(),
        has_history: unknown == 0 && known().all(|standing| standing.has_history),
        database: match count {
            1 => "1 target".to_owned(),
            count => format!("{count} targets"),
        },
        problems: Vec::new(),
        not_adopted: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::domains::DomainError;
    use crate::model::{CatalogMigration, MigrationKind};

    fn catalog() -> Catalog {
        let migration = |key: &str| CatalogMigration {
            key: key.to_owned(),
            kind: MigrationKind::Versioned,
            description: String::new(),
            parents: Vec::new(),
            depends_on: Vec::new(),
            needs: Vec::new(),
            labels: Vec::new(),
            path: key.into(),
            reversible: false,
        };
        Catalog {
            migrations: vec![migration("1"), migration("2")],
            ..Catalog::default()
        }
    }

    fn target(name: &str, applied: usize) -> TargetStanding {
        let migrations = ["1", "2"]
            .iter()
            .enumerate()
            .map(|(at, key)| PlacedMigration {
                key: (*key).to_owned(),
                description: String::new(),
                state: if at < applied {
                    MigrationState::Applied
                } else {
                    MigrationState::Pending
                },
                applied_at: None,
                milliseconds: None,
            });
        TargetStanding {
            name: name.to_owned(),
            found: Ok(Standing {
                migrations: migrations.collect(),
                has_history: true,
                ..Standing::default()
            }),
        }
    }

    #[test]
    fn a_migration_is_there_when_all_targets_have_it() {
        let states = |targets: &[TargetStanding]| -> Vec<MigrationState> {
            let standing = combine(&catalog(), targets);
            standing
                .migrations
                .iter()
                .map(|placed| placed.state)
                .collect()
        };
        let (applied, pending) = (MigrationState::Applied, MigrationState::Pending);
        assert_eq!(
            states(&[target("a", 2), target("b", 2)]),
            [applied, applied]
        );
        assert_eq!(
            states(&[target("a", 2), target("b", 1)]),
            [applied, pending]
        );
        let unknown = TargetStanding {
            name: "c".to_owned(),
            found: Err(DomainError::words("unreachable")),
        };
        assert_eq!(states(&[target("a", 2), unknown]), [pending, pending]);
        assert_eq!(
            states(&[]),
            [MigrationState::Skipped, MigrationState::Skipped]
        );
    }
}
