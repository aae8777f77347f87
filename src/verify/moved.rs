//! Contents that are known, found under another key.

use std::collections::HashMap;

use super::lockfile::LockedMigration;
use super::migration::{Kind, Migration, Sum};

/// Migrations that hold what another settled one held, while that one holds something else too;
/// by id, with the one whose content it is.
pub(super) fn exchanged<'a>(
    pairs: &[(&'a LockedMigration, &'a Migration)],
) -> HashMap<(Kind, &'a str), &'a Migration> {
    let edited: Vec<_> = pairs
        .iter()
        .filter(|(locked, now)| {
            locked.migration.sums.text != now.sums.text && !now.kind.may_change()
        })
        .collect();
    let mut before: HashMap<Sum, &Migration> = HashMap::new();
    for (locked, _) in &edited {
        before.insert(locked.migration.sums.text, &locked.migration);
    }
    edited
        .iter()
        .filter_map(|(_, now)| Some((now.id(), *before.get(&now.sums.text)?)))
        .collect()
}

/// Which of the new migrations has the content of one that is gone.
pub(super) fn renumbered(gone: &Migration, new: &[&Migration]) -> Option<usize> {
    new.iter()
        .position(|now| now.kind == gone.kind && now.sums.text == gone.sums.text)
}
