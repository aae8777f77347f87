//! The history table as Flyway keeps it: its DDL, its rows, and the SQL that writes them.

use std::borrow::Cow;

use super::version::{InvalidVersion, Version};
use crate::model::Backend;
use crate::sql::quote;

/// Where the history table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlywayTable {
    /// The schema; `main` on SQLite.
    pub schema: String,
    /// The table.
    pub table: String,
    /// PostgreSQL tablespace of the table and its index.
    pub tablespace: Option<String>,
    /// Which server.
    pub backend: Backend,
    /// The time zone that `installed_on` is told in on PostgreSQL, whatever zone a script has set.
    pub time_zone: Option<String>,
    /// Whether the session writes dates in ISO form.
    pub iso_dates: bool,
}

/// The text of the `type` column, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowType(String);

/// One row of the history table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRow {
    /// Position in the order of application.
    pub installed_rank: i64,
    /// Version; `None` for repeatables and markers.
    pub version: Option<Version>,
    /// Description.
    pub description: String,
    /// Type.
    pub row_type: RowType,
    /// Script name.
    pub script: String,
    /// Checksum of the file at that time.
    pub checksum: Option<i32>,
    /// Who ran it.
    pub installed_by: String,
    /// When, as the server writes it.
    pub installed_on: String,
    /// How long it took, in milliseconds.
    pub execution_time: i64,
    /// Whether it succeeded.
    pub success: bool,
}

/// What is written for a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    /// Version text.
    pub version: Option<String>,
    /// Description.
    pub description: String,
    /// Type.
    pub row_type: String,
    /// Script name.
    pub script: String,
    /// Checksum.
    pub checksum: Option<i32>,
    /// Who runs it; `None` for the database user.
    pub installed_by: Option<String>,
}

/// A row that cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// An unknown type.
    #[error("unknown migration type `{0}` found in schema history")]
    UnknownType(String),
    /// A version text that is none.
    #[error("schema history: {0}")]
    Version(#[from] InvalidVersion),
    /// A column with an unexpected value.
    #[error("schema history: column `{column}` of row {row} holds `{value}`")]
    Column {
        /// The column.
        column: &'static str,
        /// Position of the row, counted from 1.
        row: usize,
        /// What it holds.
        value: String,
    },
}

impl RowType {
    const KNOWN: [&'static str; 14] = [
        "SQL",
        "JDBC",
        "SCRIPT",
        "CUSTOM",
        "BASELINE",
        "SCHEMA",
        "DELETE",
        "SQL_BASELINE",
        "JDBC_BASELINE",
        "SCRIPT_BASELINE",
        "UNDO_SQL",
        "UNDO_JDBC",
        "UNDO_SCRIPT",
        "UNDO_CUSTOM",
    ];

    /// Reads the column, older spellings included.
    pub fn parse(text: &str) -> Result<Self, HistoryError> {
        let modern = match text {
            "SPRING_JDBC" => "JDBC",
            "UNDO_SPRING_JDBC" => "UNDO_JDBC",
            "SQL_STATE_SCRIPT" => "SQL_BASELINE",
            "JDBC_STATE_SCRIPT" => "JDBC_BASELINE",
            other => other,
        };
        if Self::KNOWN.contains(&modern) {
            Ok(Self(modern.to_owned()))
        } else {
            Err(HistoryError::UnknownType(text.to_owned()))
        }
    }

    /// The text of the column.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Rows that stand for no file.
    pub fn is_synthetic(&self) -> bool {
        matches!(self.text(), "BASELINE" | "SCHEMA" | "DELETE")
    }

    /// The marker of `baseline`, or a baseline migration.
    pub fn is_baseline(&self) -> bool {
        self.text().ends_with("BASELINE")
    }

    /// An undo that ran.
    pub fn is_undo(&self) -> bool {
        self.text().starts_with("UNDO_")
    }
}

/// Shortens a description to what the column holds.
pub fn abbreviate_description(description: &str) -> Cow<'_, str> {
    if description.len() <= 200 {
        return description.into();
    }
    let units: Vec<u16> = description.encode_utf16().collect();
    if units.len() <= 200 {
        return description.into();
    }
    format!("{}...", String::from_utf16_lossy(&units[..197])).into()
}

/// Shortens a script name to what the column holds, keeping its end.
pub(super) fn abbreviate_script(script: &str) -> String {
    let units: Vec<u16> = script.encode_utf16().collect();
    if units.len() <= 1000 {
        return script.to_owned();
    }
    format!("...{}", String::from_utf16_lossy(&units[3..1000]))
}

impl FlywayTable {
    /// The quoted name, as it also goes into the lock key.
    pub fn qualified(&self) -> String {
        let flavor = self.backend.flavor();
        format!(
            "{}.{}",
            quote::identifier(&self.schema, flavor),
            quote::identifier(&self.table, flavor)
        )
    }

    /// The advisory lock key that Flyway uses on PostgreSQL for this table.
    ///
    /// The bytes `Flyway` as a number plus the Java hash of the quoted name.
    pub fn lock_key(&self) -> i64 {
        let hash = self.qualified().encode_utf16().fold(0_i32, |hash, unit| {
            hash.wrapping_mul(31).wrapping_add(i32::from(unit))
        });
        77_431_708_279_161 + i64::from(hash)
    }

    /// Statements that create the table, without the baseline row.
    pub fn create(&self) -> Vec<String> {
        match self.backend {
            Backend::Sqlite => self.create_sqlite(),
            Backend::Postgres | Backend::Mysql => self.create_postgres(),
        }
    }

    fn create_postgres(&self) -> Vec<String> {
        let table = self.qualified();
        let flavor = self.backend.flavor();
        let tablespace = self
            .tablespace
            .as_ref()
            .map(|name| format!(" TABLESPACE {}", quote::identifier(name, flavor)))
            .unwrap_or_default();
        let primary_key = quote::identifier(&format!("{}_pk", self.table), flavor);
        let index = quote::identifier(&format!("{}_s_idx", self.table), flavor);
        vec![
            format!(
                "CREATE TABLE {table} (\n    \"installed_rank\" INT NOT NULL,\n    \"version\" VARCHAR(50),\n    \"description\" VARCHAR(200) NOT NULL,\n    \"type\" VARCHAR(20) NOT NULL,\n    \"script\" VARCHAR(1000) NOT NULL,\n    \"checksum\" INTEGER,\n    \"installed_by\" VARCHAR(100) NOT NULL,\n    \"installed_on\" TIMESTAMP NOT NULL DEFAULT now(),\n    \"execution_time\" INTEGER NOT NULL,\n    \"success\" BOOLEAN NOT NULL\n){tablespace}"
            ),
            format!(
                "ALTER TABLE {table} ADD CONSTRAINT {primary_key} PRIMARY KEY (\"installed_rank\"){}",
                if tablespace.is_empty() {
                    String::new()
                } else {
                    format!(" USING INDEX{tablespace}")
                }
            ),
            format!("CREATE INDEX {index} ON {table} (\"success\"){tablespace}"),
        ]
    }

    fn create_sqlite(&self) -> Vec<String> {
        let table = self.qualified();
        let flavor = self.backend.flavor();
        let schema = quote::identifier(&self.schema, flavor);
        let index = quote::identifier(&format!("{}_s_idx", self.table), flavor);
        let bare = quote::identifier(&self.table, flavor);
        vec![
            format!(
                "CREATE TABLE {table} (\n    \"installed_rank\" INT NOT NULL PRIMARY KEY,\n    \"version\" VARCHAR(50),\n    \"description\" VARCHAR(200) NOT NULL,\n    \"type\" VARCHAR(20) NOT NULL,\n    \"script\" VARCHAR(1000) NOT NULL,\n    \"checksum\" INT,\n    \"installed_by\" VARCHAR(100) NOT NULL,\n    \"installed_on\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),\n    \"execution_time\" INT NOT NULL,\n    \"success\" BOOLEAN NOT NULL\n)"
            ),
            format!("CREATE INDEX {schema}.{index} ON {bare} (\"success\")"),
        ]
    }

    /// Reads all rows in order of their ranks.
    pub fn select(&self) -> String {
        let hint = match self.backend {
            // Keeps a load balancer from sending the question to a replica.
            Backend::Postgres => "/*NO LOAD BALANCE*/\n",
            Backend::Sqlite | Backend::Mysql => "",
        };
        let installed_on = match self.backend {
            // Only a date style of its own makes the server's text differ.
            Backend::Postgres if !self.iso_dates => {
                "to_char(\"installed_on\", 'YYYY-MM-DD HH24:MI:SS.US')"
            }
            _ => "\"installed_on\"",
        };
        format!(
            "{hint}SELECT \"installed_rank\",\"version\",\"description\",\"type\",\"script\",\"checksum\",\"installed_by\",{installed_on},\"execution_time\",\"success\" FROM {} ORDER BY \"installed_rank\"",
            self.qualified()
        )
    }

    /// Writes a row behind the last one; `known_rank` is the highest rank that has been seen.
    ///
    /// The rank is computed by the server, so rows that a script itself added are stepped over.
    pub fn insert(
        &self,
        row: &NewRow,
        milliseconds: i64,
        success: bool,
        known_rank: i64,
    ) -> String {
        let table = self.qualified();
        let greatest = match self.backend {
            Backend::Sqlite => "max",
            Backend::Postgres | Backend::Mysql => "greatest",
        };
        let rank = format!(
            "(SELECT {greatest}(coalesce(max(\"installed_rank\"), {known_rank}), {known_rank}) + 1 FROM {table})"
        );
        self.insert_at(&rank, row, milliseconds, success)
    }

    /// Writes a row at a rank that is given as an expression.
    pub fn insert_at(&self, rank: &str, row: &NewRow, milliseconds: i64, success: bool) -> String {
        let text = |value: &str| quote::literal(value, self.backend.flavor());
        let version = row
            .version
            .as_deref()
            .map_or_else(|| "NULL".to_owned(), text);
        let checksum = row
            .checksum
            .map_or_else(|| "NULL".to_owned(), |checksum| checksum.to_string());
        let installed_by = match (&row.installed_by, self.backend) {
            (Some(name), _) => text(name),
            (None, Backend::Postgres) => "current_user".to_owned(),
            (None, _) => "''".to_owned(),
        };
        let (column, now) = match self.now() {
            Some(now) => ("\"installed_on\", ", format!("{now}, ")),
            None => ("", String::new()),
        };
        format!(
            "INSERT INTO {} (\"installed_rank\", \"version\", \"description\", \"type\", \"script\", \"checksum\", \"installed_by\", {column}\"execution_time\", \"success\") VALUES ({rank}, {version}, {}, {}, {}, {checksum}, {installed_by}, {now}{milliseconds}, {})",
            self.qualified(),
            text(&abbreviate_description(&row.description)),
            text(&row.row_type),
            text(&abbreviate_script(&row.script)),
            self.boolean(success),
        )
    }

    /// Turns the row that announced a migration outside a transaction into its result.
    pub fn finish(&self, condition: &str, milliseconds: i64, success: bool) -> String {
        let now = self.now().unwrap_or_else(|| match self.backend {
            Backend::Sqlite => "strftime('%Y-%m-%d %H:%M:%f','now')".to_owned(),
            Backend::Postgres | Backend::Mysql => "now()".to_owned(),
        });
        format!(
            "UPDATE {} SET \"execution_time\" = {milliseconds}, \"success\" = {}, \"installed_on\" = {now} WHERE {condition}",
            self.qualified(),
            self.boolean(success)
        )
    }

    /// Sets description, type and checksum of a row, as `repair` does.
    pub fn update(&self, rank: i64, description: &str, row_type: &str, checksum: i32) -> String {
        let text = |value: &str| quote::literal(value, self.backend.flavor());
        format!(
            "UPDATE {} SET \"description\" = {}, \"type\" = {}, \"checksum\" = {checksum} WHERE \"installed_rank\" = {rank}",
            self.qualified(),
            text(&abbreviate_description(description)),
            text(row_type),
        )
    }

    /// Removes a row.
    pub fn delete(&self, rank: i64) -> String {
        self.delete_where(&format!("\"installed_rank\" = {rank}"))
    }

    /// Removes the rows for which a condition holds.
    pub fn delete_where(&self, condition: &str) -> String {
        format!("DELETE FROM {} WHERE {condition}", self.qualified())
    }

    /// The time in the chosen zone; `None` leaves it to the column's default.
    fn now(&self) -> Option<String> {
        let zone = self.time_zone.as_ref()?;
        let zone = quote::literal(zone, self.backend.flavor());
        (self.backend == Backend::Postgres).then(|| format!("timezone({zone}, now())"))
    }

    fn boolean(&self, value: bool) -> &'static str {
        match (self.backend, value) {
            (Backend::Postgres, true) => "true",
            (Backend::Postgres, false) => "false",
            (_, true) => "1",
            (_, false) => "0",
        }
    }
}

/// Understands the rows of [`FlywayTable::select`].
///
/// Rows with a negative rank are locks of other databases' making and are left out.
pub fn decode(rows: &[Vec<Option<String>>]) -> Result<Vec<AppliedRow>, HistoryError> {
    rows.iter()
        .enumerate()
        .map(|(index, row)| decode_row(index + 1, row))
        .filter(|row| !matches!(row, Ok(row) if row.installed_rank < 0))
        .collect()
}

fn decode_row(index: usize, row: &[Option<String>]) -> Result<AppliedRow, HistoryError> {
    let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
    let number = |at: usize, column: &'static str| {
        let value = text(at);
        value.parse::<i64>().map_err(|_| HistoryError::Column {
            column,
            row: index,
            value,
        })
    };
    let checksum = match row.get(5).and_then(Option::as_ref) {
        None => None,
        Some(value) => Some(value.parse::<i32>().map_err(|_| HistoryError::Column {
            column: "checksum",
            row: index,
            value: value.clone(),
        })?),
    };
    let version = row
        .get(1)
        .cloned()
        .flatten()
        .map(|version| Version::parse(&version))
        .transpose()?;
    Ok(AppliedRow {
        installed_rank: number(0, "installed_rank")?,
        version,
        description: text(2),
        row_type: RowType::parse(&text(3))?,
        script: text(4),
        checksum,
        installed_by: text(6),
        installed_on: text(7),
        execution_time: number(8, "execution_time")?,
        success: matches!(text(9).as_str(), "t" | "true" | "1"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(schema: &str, table: &str) -> FlywayTable {
        FlywayTable {
            schema: schema.to_owned(),
            table: table.to_owned(),
            tablespace: None,
            backend: Backend::Postgres,
            time_zone: None,
            iso_dates: true,
        }
    }

    #[test]
    fn lock_keys() {
        for (schema, name, key) in [
            ("public", "flyway_schema_history", 77_433_833_903_597),
            ("app", "flyway_schema_history", 77_431_436_970_681),
            ("public", "schema_version", 77_430_801_598_678),
            ("한글", "flyway_schema_history", 77_431_973_370_770),
        ] {
            assert_eq!(table(schema, name).lock_key(), key, "{schema}.{name}");
        }
    }

    #[test]
    fn abbreviations() {
        let long = "가".repeat(201);
        assert_eq!(abbreviate_description(&long), "가".repeat(197) + "...");
        assert_eq!(abbreviate_description("short"), "short");
        let script = format!("{}end.sql", "d".repeat(1000));
        let short = abbreviate_script(&script);
        assert_eq!(short.len(), 1000);
        assert!(short.starts_with("..."));
    }

    #[test]
    fn types() {
        assert!(RowType::parse("UNDO_SQL").unwrap().is_undo());
        assert!(RowType::parse("SQL_STATE_SCRIPT").unwrap().is_baseline());
        assert!(RowType::parse("BASELINE").unwrap().is_synthetic());
        assert!(RowType::parse("WEIRD").is_err());
    }

    #[test]
    fn literals_are_escaped() {
        let row = NewRow {
            version: None,
            description: "it's".to_owned(),
            row_type: "SQL".to_owned(),
            script: "R__it's.sql".to_owned(),
            checksum: Some(-5),
            installed_by: None,
        };
        let sql = table("s\"x", "t").insert(&row, 12, true, 3);
        assert!(sql.contains("'it''s'"), "{sql}");
        assert!(sql.contains("\"s\"\"x\".\"t\""), "{sql}");
    }
}
