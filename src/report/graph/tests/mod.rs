//! Pictures that are small enough to be looked at, and what holds for all.

mod forms;
mod properties;
mod terminal;

use super::{Picture, Source};
use crate::model::{
    Catalog, CatalogMigration, DeclaredNeed, Dialect, Domain, MigrationKind, MigrationState, Need,
    PlacedMigration, Standing,
};

/// A domain with its migrations.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) domain: Domain,
    pub(super) catalog: Catalog,
    pub(super) standing: Option<Standing>,
}

/// A domain from lines such as `c: a b` (parents), `d: a | b` (dependency), `e: a > auth@1` (need)
/// and `r!` (runs again).
pub(super) fn made(name: &str, lines: &[&str]) -> Made {
    let mut catalog = Catalog::default();
    for line in lines {
        let (key, rest) = line.split_once(':').unwrap_or((line, ""));
        let (rest, needs) = rest.split_once('>').unwrap_or((rest, ""));
        let (parents, dependencies) = rest.split_once('|').unwrap_or((rest, ""));
        let words =
            |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let parents = words(parents);
        let kind = match parents.len() {
            _ if key.ends_with('!') => MigrationKind::Repeatable,
            0 | 1 => MigrationKind::Versioned,
            _ => MigrationKind::Merge,
        };
        let needs = words(needs).into_iter();
        catalog.migrations.push(CatalogMigration {
            key: key.trim_end_matches('!').to_owned(),
            kind,
            description: format!("{} 설명", key.trim_end_matches('!')),
            depends_on: words(dependencies),
            needs: needs.filter_map(|need| Need::parse(&need)).collect(),
            labels: Vec::new(),
            path: format!("{name}/{key}").into(),
            reversible: true,
            parents,
        });
    }
    let follows = |key: &String| {
        let mut all = catalog.migrations.iter();
        all.any(|migration| migration.parents.contains(key))
    };
    let chain = catalog.migrations.iter();
    let chain = chain.filter(|migration| migration.kind != MigrationKind::Repeatable);
    let heads = chain.map(|migration| migration.key.clone());
    catalog.heads = heads.filter(|key| !follows(key)).collect();
    Made {
        domain: Domain::new(name, Dialect::Native, name),
        catalog,
        standing: None,
    }
}

impl Made {
    /// Says what the domain as a whole needs.
    pub(super) fn needs(mut self, need: &str) -> Self {
        let need = Need::parse(need).expect("a need");
        self.domain
            .depends_on
            .push(DeclaredNeed { need, place: None });
        self
    }

    /// Says where the database stands.
    pub(super) fn stands(mut self, states: &[(&str, MigrationState)], current: &[&str]) -> Self {
        let placed = states.iter().map(|(key, state)| PlacedMigration {
            key: (*key).to_owned(),
            description: String::new(),
            state: *state,
            applied_at: None,
            milliseconds: None,
        });
        self.standing = Some(Standing {
            migrations: placed.collect(),
            current: current.iter().map(|key| (*key).to_owned()).collect(),
            has_history: true,
            ..Standing::default()
        });
        self
    }
}

pub(super) fn picture(made: &[Made]) -> Picture {
    let sources: Vec<Source<'_>> = made
        .iter()
        .map(|made| Source {
            domain: &made.domain,
            catalog: &made.catalog,
            standing: made.standing.as_ref(),
        })
        .collect();
    Picture::new(&sources)
}
