//! Migrations as a picture: lanes, nodes and edges as plain data, and the forms it is drawn in.

mod dot;
mod layout;
mod mermaid;
mod svg;
mod text;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::model::{
    Catalog, CatalogMigration, Dialect, Domain, MigrationKind, MigrationState, Need,
    PlacedMigration, Standing,
};

pub(super) use svg::inner as svg_element;
pub(super) use words::{clean, kind_word, state_word};

/// A form in which a picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a terminal, newest first.
    Text,
    /// For a terminal that shows nothing but ASCII.
    Ascii,
    /// A file for browsers, light and dark.
    Svg,
    /// A flowchart of Mermaid.
    Mermaid,
    /// A graph of Graphviz.
    Dot,
}

/// A domain with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'s> {
    /// The domain.
    pub domain: &'s Domain,
    /// What its files say.
    pub catalog: &'s Catalog,
    /// Where its database stands, when that was asked.
    pub standing: Option<&'s Standing>,
}

/// A domain of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// Who wrote its migrations; nothing for a domain that is there only because others need it.
    pub dialect: Option<Dialect>,
    /// Whether it is on its way out.
    pub deprecated: bool,
}

/// A migration of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The index of its lane.
    pub lane: usize,
    /// Its key; empty where it stands for all migrations of a domain that is not shown.
    pub key: String,
    /// What its author called it.
    pub description: String,
    /// What kind it is; nothing where no file was read.
    pub kind: Option<MigrationKind>,
    /// How far it has come, when a database was asked.
    pub state: Option<MigrationState>,
    /// When it ran, as the server writes it.
    pub applied_at: Option<String>,
    /// Branch labels.
    pub labels: Vec<String>,
    /// Whether nothing comes after it.
    pub head: bool,
    /// Whether the database names it as current.
    pub current: bool,
}

impl Node {
    /// Whether it is more than a name that something else mentions.
    fn is_known(&self) -> bool {
        self.kind.is_some() || self.state.is_some()
    }
}

/// Why one migration comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EdgeKind {
    /// It is its parent.
    Parent,
    /// It has to be there besides.
    Dependency,
    /// It belongs to another domain.
    Need,
}

/// One migration comes before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The index of the node that comes before.
    pub from: usize,
    /// The index of the node that comes after.
    pub to: usize,
    /// Why.
    pub kind: EdgeKind,
    /// The need as it is declared; several edges may come of one.
    pub need: Option<Need>,
}

/// Migrations of domains, and what comes before what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// The domains, in the order in which they are upgraded; at the end those that others need and
    /// that are not shown.
    pub lanes: Vec<Lane>,
    /// The migrations, by lane, in the order in which they run.
    pub nodes: Vec<Node>,
    /// What comes before what.
    pub edges: Vec<Edge>,
}

impl Picture {
    /// Draws domains.
    pub fn new(sources: &[Source<'_>]) -> Self {
        let mut drawer = Drawer::default();
        for source in sources {
            drawer.lane(*source);
        }
        for (lane, source) in sources.iter().enumerate() {
            drawer.edges(lane, *source);
        }
        drawer.picture
    }

    /// Writes it down. The text ends with a line end.
    pub fn write(&self, form: Form) -> String {
        match form {
            Form::Text => text::write(self, &text::UNICODE),
            Form::Ascii => text::write(self, &text::ASCII),
            Form::Svg => svg::write(self),
            Form::Mermaid => mermaid::write(self),
            Form::Dot => dot::write(self),
        }
    }

    /// Whether a database was asked.
    fn has_states(&self) -> bool {
        self.nodes.iter().any(|node| node.state.is_some())
    }

    /// The states that occur, in the order of their declaration.
    fn states(&self) -> Vec<MigrationState> {
        words::STATES
            .into_iter()
            .filter(|state| self.nodes.iter().any(|node| node.state == Some(*state)))
            .collect()
    }

    /// The indexes of a lane's nodes, in order.
    fn of_lane(&self, lane: usize) -> Vec<usize> {
        let all = self.nodes.iter().enumerate();
        let own = all.filter(|(_, node)| node.lane == lane);
        own.map(|(index, _)| index).collect()
    }
}

/// Whether something in a history, which no file is known of, is a migration: rows that count as
/// applied only mark something, such as that schemas were created.
pub(super) fn is_migration_without_file(placed: &PlacedMigration) -> bool {
    placed.state != MigrationState::Applied
}

/// Where names of a lane lead.
#[derive(Default)]
struct Names {
    keys: HashMap<String, usize>,
    labels: HashMap<String, usize>,
}

impl Names {
    /// The node of a key, of a label, or of the only key that begins so.
    fn find(&self, name: &str) -> Option<usize> {
        let exact = self.keys.get(name).or_else(|| self.labels.get(name));
        exact.copied().or_else(|| {
            let mut begin = self.keys.iter().filter(|(key, _)| key.starts_with(name));
            match (begin.next(), begin.next()) {
                (Some((_, index)), None) if !name.is_empty() => Some(*index),
                _ => None,
            }
        })
    }
}

#[derive(Default)]
struct Drawer {
    picture: Picture,
    names: Vec<Names>,
}

impl Drawer {
    fn lane(&mut self, source: Source<'_>) {
        let lane = self.picture.lanes.len();
        self.picture.lanes.push(Lane {
            name: clean(&source.domain.name),
            dialect: Some(source.domain.dialect),
            deprecated: source.domain.deprecated.is_some(),
        });
        let mut names = Names::default();
        let current = |key: &String| source.standing.is_some_and(|s| s.current.contains(key));
        let placed: HashMap<&str, _> = source
            .standing
            .into_iter()
            .flat_map(|standing| &standing.migrations)
            .map(|placed| (placed.key.as_str(), placed))
            .collect();
        let keys: HashMap<&str, &CatalogMigration> = source
            .catalog
            .migrations
            .iter()
            .map(|migration| (migration.key.as_str(), migration))
            .collect();
        let mut add = |key: &String, labels: &[String], node: Node| {
            let index = self.picture.nodes.len();
            names.keys.entry(key.clone()).or_insert(index);
            for label in labels {
                names.labels.entry(label.clone()).or_insert(index);
            }
            self.picture.nodes.push(node);
        };
        // What has run and has no file comes first, as it came first.
        let standing = source.standing.into_iter();
        for gone in standing.flat_map(|standing| &standing.migrations) {
            if keys.contains_key(gone.key.as_str()) || !is_migration_without_file(gone) {
                continue;
            }
            let node = Node {
                lane,
                key: clean(&gone.key),
                description: clean(&gone.description),
                kind: None,
                state: Some(gone.state),
                applied_at: gone.applied_at.clone(),
                labels: Vec::new(),
                head: false,
                current: current(&gone.key),
            };
            add(&gone.key, &[], node);
        }
        for migration in &source.catalog.migrations {
            let placed = placed.get(migration.key.as_str());
            let node = Node {
                lane,
                key: clean(&migration.key),
                description: clean(&migration.description),
                kind: Some(migration.kind),
                state: placed.map(|placed| placed.state),
                applied_at: placed.and_then(|placed| placed.applied_at.clone()),
                labels: migration.labels.iter().map(|label| clean(label)).collect(),
                head: source.catalog.heads.contains(&migration.key),
                current: current(&migration.key),
            };
            add(&migration.key, &migration.labels, node);
        }
        self.names.push(names);
    }

    fn edges(&mut self, lane: usize, source: Source<'_>) {
        let migrations = &source.catalog.migrations;
        let chain = |m: &CatalogMigration| m.kind != MigrationKind::Repeatable;
        let has_chain = migrations.iter().any(chain);
        for migration in migrations {
            let Some(to) = self.names[lane].find(&migration.key) else {
                continue;
            };
            for (names, kind) in [
                (&migration.parents, EdgeKind::Parent),
                (&migration.depends_on, EdgeKind::Dependency),
            ] {
                for name in names {
                    let from = match self.names[lane].find(name) {
                        Some(from) => from,
                        None => self.unread(lane, name),
                    };
                    self.edge(from, to, kind, None);
                }
            }
            // What the domain as a whole needs is there before its first migrations.
            let is_base = migration.parents.is_empty()
                && migration.depends_on.is_empty()
                && (chain(migration) || !has_chain);
            let of_domain = source.domain.depends_on.iter().filter(|_| is_base);
            let single = source.domain.migration_needs.get(&migration.key);
            let declared = of_domain.chain(single.into_iter().flatten());
            let declared = declared.map(|declared| &declared.need);
            for need in declared.chain(&migration.needs) {
                if need.domain != source.domain.name {
                    self.need(to, need);
                }
            }
        }
    }

    fn need(&mut self, to: usize, need: &Need) {
        let lane = match self
            .picture
            .lanes
            .iter()
            .position(|l| l.name == need.domain)
        {
            Some(lane) => lane,
            None => {
                self.picture.lanes.push(Lane {
                    name: clean(&need.domain),
                    dialect: None,
                    deprecated: false,
                });
                self.names.push(Names::default());
                self.picture.lanes.len() - 1
            }
        };
        let heads = |picture: &Picture| {
            let all = picture.nodes.iter().enumerate();
            let heads = all.filter(|(_, node)| node.lane == lane && node.head);
            heads.map(|(index, _)| index).collect::<Vec<_>>()
        };
        let name = need.key.as_deref().unwrap_or_default();
        let mut before = match &need.key {
            Some(key) => self.names[lane].find(key).into_iter().collect(),
            None => heads(&self.picture),
        };
        if before.is_empty() {
            before = match self.names[lane].keys.get(name) {
                Some(known) => vec![*known],
                None => vec![self.unread(lane, name)],
            };
        }
        for from in before {
            self.edge(from, to, EdgeKind::Need, Some(need.clone()));
        }
    }

    /// A migration that is named, and that no file was read of.
    fn unread(&mut self, lane: usize, key: &str) -> usize {
        let index = self.picture.nodes.len();
        self.names[lane].keys.insert(key.to_owned(), index);
        self.picture.nodes.push(Node {
            lane,
            key: clean(key),
            description: String::new(),
            kind: None,
            state: None,
            applied_at: None,
            labels: Vec::new(),
            head: false,
            current: false,
        });
        index
    }

    fn edge(&mut self, from: usize, to: usize, kind: EdgeKind, need: Option<Need>) {
        let edge = Edge {
            from,
            to,
            kind,
            need,
        };
        let mut own = self.picture.edges.iter().rev();
        // The edges of a node stand together, so that only these need a look.
        let same = own
            .by_ref()
            .take_while(|known| known.to == to)
            .any(|known| *known == edge);
        if !same && from != to {
            self.picture.edges.push(edge);
        }
    }
}
