//! The tables of a case on a server: created, filled, changed and read.

use std::collections::BTreeMap;

use libtest_mimic::Failed;
use stillway::database::Connection;
use stillway::database::sqlite::{SqliteDatabase, SqliteOptions, TransferFunctions};
use stillway::engine::Database;
use stillway::transfer::normalize;

use super::case::{Case, Change, Kind, TableDefinition};
use super::model::Row;
use super::support::servers::connect_postgres;

/// Schemas of sources and targets.
const SCHEMAS: [&str; 2] = ["legacy", "fresh"];

/// A server with the tables of a case.
pub(crate) struct Server {
    pub(crate) database: Box<dyn Database + Send>,
    pub(crate) postgres: Option<String>,
}

impl Server {
    /// SQLite in memory, with a database for each schema.
    pub(crate) fn sqlite() -> Result<Self, Failed> {
        let options = SqliteOptions {
            path: ":memory:".to_owned(),
            busy_timeout: 1000,
            pragmas: Vec::new(),
            attach: BTreeMap::new(),
            on_connect: None,
        };
        let mut database = SqliteDatabase::connect(&options).map_err(|error| error.to_string())?;
        let functions = TransferFunctions {
            phone: normalize::phone,
            nfc: normalize::nfc,
            nfkc: normalize::nfkc,
            collapse_blanks: normalize::collapse_blanks,
            zoned: normalize::zoned,
            hash: normalize::hash,
        };
        database
            .register_transfer_functions(&functions)
            .map_err(|error| words(&error))?;
        let mut server = Self {
            database: Box::new(database),
            postgres: None,
        };
        for schema in SCHEMAS {
            server.execute(&format!("ATTACH ':memory:' AS {schema}"))?;
        }
        server.execute("PRAGMA foreign_keys = ON")?;
        Ok(server)
    }

    /// PostgreSQL, emptied.
    pub(crate) fn postgres(url: &str) -> Result<Self, Failed> {
        let mut server = Self {
            database: Box::new(connect_postgres(url)),
            postgres: Some(url.to_owned()),
        };
        server.execute("SET client_min_messages = 'warning'")?;
        server.execute("DROP SCHEMA IF EXISTS stillway_transfer CASCADE")?;
        for schema in SCHEMAS {
            server.execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))?;
            server.execute(&format!("CREATE SCHEMA {schema}"))?;
        }
        Ok(server)
    }

    /// Runs a statement.
    pub(crate) fn execute(&mut self, sql: &str) -> Result<(), Failed> {
        let ran = self.database.execute(sql);
        ran.map_err(|error| format!("{error}: {sql}").into())
    }

    /// Reads.
    pub(crate) fn query(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Failed> {
        let found = self.database.query(sql);
        Ok(found.map_err(|error| format!("{error}: {sql}"))?.rows)
    }

    /// Creates the tables and their rows.
    pub(crate) fn create(&mut self, case: &Case) -> Result<(), Failed> {
        for table in &case.tables {
            self.create_table(table)?;
        }
        for table in &case.tables {
            for row in case.rows.get(&table.name).into_iter().flatten() {
                // Rows that the table itself does not take are left out.
                let put = Change::Put(table.name.clone(), row.clone());
                self.change(&put);
            }
        }
        Ok(())
    }

    fn create_table(&mut self, table: &TableDefinition) -> Result<(), Failed> {
        let mut parts: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let kind = match column.kind {
                    Kind::Text => "text".to_owned(),
                    Kind::Short(most) => format!("varchar({most})"),
                    Kind::Number => "integer".to_owned(),
                    Kind::Time => "timestamp".to_owned(),
                    Kind::Moment => "timestamptz".to_owned(),
                };
                let needed = if column.needed { " NOT NULL" } else { "" };
                format!("{} {kind}{needed}", column.name)
            })
            .collect();
        parts.push("PRIMARY KEY (id)".to_owned());
        for columns in &table.unique {
            parts.push(format!("UNIQUE ({})", columns.join(", ")));
        }
        for (column, other) in &table.references {
            // SQLite refers within one file and takes no schema here.
            let other = match self.postgres {
                Some(_) => other.as_str(),
                None => other
                    .split_once('.')
                    .map_or(other.as_str(), |(_, name)| name),
            };
            parts.push(format!("FOREIGN KEY ({column}) REFERENCES {other} (id)"));
        }
        self.execute(&format!(
            "CREATE TABLE {} ({})",
            table.name,
            parts.join(", ")
        ))
    }

    /// Changes a row, where the table takes it.
    pub(crate) fn change(&mut self, change: &Change) -> bool {
        let value = |value: &Option<String>| {
            let text = value.as_ref();
            text.map_or("NULL".to_owned(), |text| literal(text))
        };
        let statements = match change {
            Change::Put(table, row) => {
                let names: Vec<&str> = row.keys().map(String::as_str).collect();
                let values: Vec<String> = row.values().map(value).collect();
                let sets: Vec<String> = names
                    .iter()
                    .map(|name| format!("{name} = excluded.{name}"))
                    .collect();
                vec![format!(
                    "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}",
                    names.join(", "),
                    values.join(", "),
                    sets.join(", ")
                )]
            }
            Change::Delete(table, id) => {
                vec![format!("DELETE FROM {table} WHERE id = {}", literal(id))]
            }
            Change::Swap(table, column, one, two) => {
                let (one, two) = (literal(one), literal(two));
                vec![format!(
                    "UPDATE {table} AS t SET {column} = o.{column} FROM (SELECT id, {column} FROM {table}) o WHERE (t.id = {one} AND o.id = {two}) OR (t.id = {two} AND o.id = {one})"
                )]
            }
        };
        statements
            .iter()
            .all(|statement| self.database.execute(statement).is_ok())
    }

    /// The rows of a table, as the model writes them; sorted.
    pub(crate) fn rows(&mut self, table: &TableDefinition) -> Result<Vec<Row>, Failed> {
        let postgres = self.postgres.is_some();
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let name = &column.name;
                let time = |inner: String| {
                    format!("replace(to_char({inner}, 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')")
                };
                match (column.kind, postgres) {
                    (Kind::Time, true) => time(name.clone()),
                    (Kind::Moment, true) => {
                        format!("{} || '+00:00'", time(format!("{name} AT TIME ZONE 'UTC'")))
                    }
                    _ => name.clone(),
                }
            })
            .collect();
        let sql = format!("SELECT {} FROM {}", columns.join(", "), table.name);
        let mut rows: Vec<Row> = self
            .query(&sql)?
            .into_iter()
            .map(|row| {
                let names = table.columns.iter().map(|column| column.name.clone());
                names.zip(row).collect()
            })
            .collect();
        rows.sort();
        Ok(rows)
    }

    /// The decision table of a table of the transfer.
    pub(crate) fn decisions(&self, transfer: &str, table: &str) -> String {
        match self.postgres {
            Some(_) => format!("stillway_transfer.{transfer}__{table}__decision"),
            None => format!("fresh.stillway_transfer__{transfer}__{table}__decision"),
        }
    }

    /// One more connection, for runs that want several.
    pub(crate) fn connector(
        &self,
    ) -> impl Fn() -> Result<stillway::transfer::Lane, stillway::transfer::TransferError> + Sync + use<>
    {
        let url = self.postgres.clone();
        move || {
            let url = url.as_deref().expect("SQLite wants one connection only");
            match Connection::Postgres(Box::new(connect_postgres(url))) {
                Connection::Postgres(database) => Ok(database as stillway::transfer::Lane),
                Connection::Sqlite(_) => unreachable!("PostgreSQL was connected to"),
            }
        }
    }
}

fn words(error: &stillway::engine::ServerError) -> String {
    error.message.message.clone()
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
