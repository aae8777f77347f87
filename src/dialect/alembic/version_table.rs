//! The version table: its statements as Alembic writes them, for each server.

use std::fmt::Write as _;

use super::graph::RowChange;
use crate::model::Backend;
use crate::sql::quote;

/// Whose version table it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// Alembic's, which has to understand everything in it.
    Alembic,
    /// Stillway's own, of a native chain.
    Stillway,
}

impl Keeper {
    /// Everybody.
    pub const ALL: [Self; 2] = [Self::Alembic, Self::Stillway];

    /// How many characters an id may have.
    fn width(self) -> u16 {
        match self {
            Self::Alembic => 32,
            Self::Stillway => 255,
        }
    }

    /// The table beside it that says what ran.
    pub fn history(self) -> &'static str {
        match self {
            Self::Alembic => "stillway_alembic_history",
            Self::Stillway => "stillway_history",
        }
    }
}

/// The table that holds the current revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionTable {
    /// Its schema, where one is set.
    pub schema: Option<String>,
    /// Its name.
    pub table: String,
    /// Whose table it is.
    pub keeper: Keeper,
    /// Whether it is created with a primary key.
    pub primary_key: bool,
    /// Whether a server of MySQL's kind is addressed as MariaDB, which gives inserted keys back.
    pub mariadb: bool,
}

impl VersionTable {
    /// Schema and name, quoted where that is necessary.
    pub fn qualified(&self, backend: Backend) -> String {
        let table = name(backend, &self.table);
        match &self.schema {
            Some(schema) => format!("{}.{table}", name(backend, schema)),
            None => table,
        }
    }

    /// The statement that creates it.
    pub fn create(&self, backend: Backend) -> String {
        let mut text = format!(
            "CREATE TABLE {} (\n\tversion_num VARCHAR({}) NOT NULL",
            self.qualified(backend),
            self.keeper.width()
        );
        if self.primary_key {
            let constraint = name(backend, &format!("{}_pkc", self.table));
            let _ = write!(
                text,
                ", \n\tCONSTRAINT {constraint} PRIMARY KEY (version_num)"
            );
        }
        text.push_str("\n)");
        text
    }

    /// Whether there is something to read by its name, as a query for one truth value. Much cheaper
    /// on a fresh session of PostgreSQL than [`Self::exists`], which also knows what it is.
    pub fn is_readable(&self, backend: Backend) -> String {
        match backend {
            Backend::Postgres => format!(
                "SELECT pg_catalog.to_regclass({}) IS NOT NULL",
                quote::literal(&self.qualified(backend), backend.flavor())
            ),
            Backend::Sqlite | Backend::Mysql => self.exists(backend),
        }
    }

    /// Whether it is there, as a query for one truth value.
    pub fn exists(&self, backend: Backend) -> String {
        let text = |value: &str| quote::literal(value, backend.flavor());
        match backend {
            Backend::Postgres => {
                let within = match &self.schema {
                    Some(schema) => format!("n.nspname = {}", text(schema)),
                    None => "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'"
                        .to_owned(),
                };
                format!(
                    "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = {} AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {within})",
                    text(&self.table)
                )
            }
            Backend::Sqlite => {
                let schema = self.schema.as_deref().unwrap_or("main");
                format!(
                    "SELECT count(*) > 0 FROM {}.sqlite_master WHERE type IN ('table', 'view') AND lower(name) = lower({})",
                    quote::identifier(schema, backend.flavor()),
                    text(&self.table)
                )
            }
            Backend::Mysql => format!(
                "SELECT count(*) > 0 FROM information_schema.tables WHERE table_schema = {} AND table_name = {}",
                self.schema
                    .as_deref()
                    .map_or_else(|| "database()".to_owned(), text),
                text(&self.table)
            ),
        }
    }

    /// The query for its rows.
    pub fn select(&self, backend: Backend) -> String {
        let table = self.qualified(backend);
        format!("SELECT {table}.version_num \nFROM {table}")
    }

    /// The statement that empties it.
    pub fn clear(&self, backend: Backend) -> String {
        format!("DELETE FROM {}", self.qualified(backend))
    }

    /// The statement that makes a change.
    pub fn change(&self, backend: Backend, change: &RowChange) -> String {
        let table = self.qualified(backend);
        match change {
            RowChange::Insert(id) => {
                let returning = match backend {
                    _ if !self.primary_key => String::new(),
                    Backend::Postgres => format!(" RETURNING {table}.version_num"),
                    Backend::Mysql if self.mariadb => format!(" RETURNING {table}.version_num"),
                    Backend::Sqlite => " RETURNING version_num".to_owned(),
                    Backend::Mysql => String::new(),
                };
                format!("INSERT INTO {table} (version_num) VALUES ('{id}'){returning}")
            }
            RowChange::Delete(id) => {
                format!("DELETE FROM {table} WHERE {table}.version_num = '{id}'")
            }
            RowChange::Update { from, to } => format!(
                "UPDATE {table} SET version_num='{to}' WHERE {table}.version_num = '{from}'"
            ),
        }
    }

    /// What to say when a change has not hit exactly one row.
    pub fn mismatch(&self, change: &RowChange, found: u64) -> Option<String> {
        let table = &self.table;
        match change {
            RowChange::Insert(_) => None,
            RowChange::Delete(id) => Some(format!(
                "Online migration expected to match one row when deleting '{id}' in '{table}'; {found} found"
            )),
            RowChange::Update { from, to } => Some(format!(
                "Online migration expected to match one row when updating '{from}' to '{to}' in '{table}'; {found} found"
            )),
        }
    }

    /// A number that stands for the table in locks.
    pub fn lock_key(&self) -> i64 {
        // FNV-1a: stable between versions and machines.
        let name = format!("alembic {:?} {}", self.schema, self.table);
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        i64::from_ne_bytes(hash.to_ne_bytes())
    }
}

/// What a change is called in logs.
pub fn describe(changes: &[RowChange]) -> String {
    let Some((last, others)) = changes.split_last() else {
        return String::new();
    };
    let ids: Vec<String> = others
        .iter()
        .map(|change| match change {
            RowChange::Insert(id) | RowChange::Delete(id) => format!("'{id}'"),
            RowChange::Update { from, .. } => format!("'{from}'"),
        })
        .collect();
    match (others.first(), last) {
        (None, RowChange::Insert(id)) => format!("new branch insert {id}"),
        (None, RowChange::Delete(id)) => format!("branch delete {id}"),
        (Some(RowChange::Delete(_)), RowChange::Update { from, to }) => {
            format!("merge, delete [{}], update {from} to {to}", ids.join(", "))
        }
        (Some(_), RowChange::Update { from, to }) => {
            let comma = if ids.len() == 1 { "," } else { "" };
            let ids = ids.join(", ");
            format!("unmerge, insert ({ids}{comma}), update {from} to {to}")
        }
        (_, RowChange::Update { from, to }) => format!("update {from} to {to}"),
        _ => String::new(),
    }
}

/// A name, quoted only where the server would read it otherwise.
pub fn name(backend: Backend, name: &str) -> String {
    let plain = name.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'$'
    }) && !name.starts_with(|c: char| c.is_ascii_digit() || c == '$')
        && !name.is_empty();
    if plain && !RESERVED.contains(&name) {
        name.to_owned()
    } else {
        quote::identifier(name, backend.flavor())
    }
}

/// Words that are reserved on every server and are likely as names of tables or schemas.
const RESERVED: [&str; 24] = [
    "all", "and", "any", "as", "asc", "both", "case", "check", "column", "default", "desc", "from",
    "group", "in", "into", "not", "null", "order", "primary", "select", "table", "to", "user",
    "where",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_as_alembic_writes_them() {
        let table = VersionTable {
            keeper: Keeper::Alembic,
            schema: Some("app".into()),
            table: "ver".into(),
            primary_key: true,
            mariadb: false,
        };
        let insert = RowChange::Insert("1".into());
        let update = RowChange::Update {
            from: "1".into(),
            to: "2".into(),
        };
        for (found, expected) in [
            (
                table.create(Backend::Postgres),
                "CREATE TABLE app.ver (\n\tversion_num VARCHAR(32) NOT NULL, \n\tCONSTRAINT ver_pkc PRIMARY KEY (version_num)\n)",
            ),
            (
                table.change(Backend::Postgres, &insert),
                "INSERT INTO app.ver (version_num) VALUES ('1') RETURNING app.ver.version_num",
            ),
            (
                table.change(Backend::Sqlite, &insert),
                "INSERT INTO app.ver (version_num) VALUES ('1') RETURNING version_num",
            ),
            (
                table.change(Backend::Mysql, &insert),
                "INSERT INTO app.ver (version_num) VALUES ('1')",
            ),
            (
                table.change(Backend::Postgres, &update),
                "UPDATE app.ver SET version_num='2' WHERE app.ver.version_num = '1'",
            ),
            (
                table.change(Backend::Postgres, &RowChange::Delete("1".into())),
                "DELETE FROM app.ver WHERE app.ver.version_num = '1'",
            ),
        ] {
            assert_eq!(found, expected);
        }
        let table = VersionTable {
            keeper: Keeper::Alembic,
            schema: None,
            table: "V t".into(),
            primary_key: false,
            mariadb: false,
        };
        assert_eq!(
            table.create(Backend::Postgres),
            "CREATE TABLE \"V t\" (\n\tversion_num VARCHAR(32) NOT NULL\n)"
        );
    }
}
