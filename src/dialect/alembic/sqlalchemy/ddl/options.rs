//! What stands behind a table's closing parenthesis.

use std::fmt::Write as _;

use super::{Ddl, option, storage_options, text_option};
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::schema::{OptionValue, Options, Table};

const PARTITION_OPTIONS: [&str; 4] = [
    "PARTITION_BY",
    "PARTITIONS",
    "SUBPARTITIONS",
    "SUBPARTITION_BY",
];
const TEXT_OPTIONS: [&str; 3] = ["COMMENT", "PASSWORD", "CONNECTION"];
const SPACED_OPTIONS: [&str; 6] = [
    "DATA_DIRECTORY",
    "INDEX_DIRECTORY",
    "DEFAULT_CHARACTER_SET",
    "CHARACTER_SET",
    "DEFAULT_CHARSET",
    "DEFAULT_COLLATE",
];
const JOINED_BY_SPACE: [&str; 4] = [
    "TABLESPACE",
    "DEFAULT CHARACTER SET",
    "CHARACTER SET",
    "COLLATE",
];

pub(super) fn sqlite_table_options(options: &Options) -> String {
    let mut words = Vec::new();
    if options
        .get("sqlite_with_rowid")
        .is_some_and(|value| !value.is_true())
    {
        words.push("WITHOUT ROWID");
    }
    if option(options, "sqlite_strict").is_some_and(OptionValue::is_true) {
        words.push("STRICT");
    }
    if words.is_empty() {
        String::new()
    } else {
        format!("\n {}", words.join(",\n "))
    }
}

impl Ddl<'_> {
    pub(super) fn table_options(self, table: &Table) -> Result<String, CompileError> {
        if self.target.is_postgres() {
            Ok(self.postgres_table_options(&table.options))
        } else if self.target.is_sqlite() {
            Ok(sqlite_table_options(&table.options))
        } else {
            self.mysql_table_options(table)
        }
    }

    pub(super) fn postgres_table_options(self, options: &Options) -> String {
        let mut text = String::new();
        if let Some(inherits) = option(options, "postgresql_inherits") {
            let parents: Vec<String> = match inherits {
                OptionValue::List(parents) => parents.iter().map(OptionValue::written).collect(),
                one => vec![one.written()],
            };
            let parents: Vec<String> = parents
                .iter()
                .map(|parent| self.target.quote_text(parent).into_owned())
                .collect();
            let _ = write!(text, "\n INHERITS ({})", parents.join(", "));
        }
        if let Some(partition) = option(options, "postgresql_partition_by")
            && partition.is_true()
        {
            let _ = write!(text, "\n PARTITION BY {}", partition.written());
        }
        if let Some(using) = option(options, "postgresql_using")
            && using.is_true()
        {
            let _ = write!(text, "\n USING {}", using.written());
        }
        if let Some(OptionValue::Map(with)) = option(options, "postgresql_with")
            && !with.is_empty()
        {
            let _ = write!(text, "\n WITH ({})", storage_options(with));
        }
        match options.get("postgresql_with_oids") {
            Some(OptionValue::Bool(true)) => text.push_str("\n WITH OIDS"),
            Some(OptionValue::Bool(false)) => text.push_str("\n WITHOUT OIDS"),
            _ => {}
        }
        if let Some(on_commit) = text_option(options, "postgresql_on_commit") {
            let _ = write!(
                text,
                "\n ON COMMIT {}",
                on_commit.replace('_', " ").to_uppercase()
            );
        }
        if let Some(tablespace) = text_option(options, "postgresql_tablespace") {
            let _ = write!(text, "\n TABLESPACE {}", self.target.quote_text(tablespace));
        }
        text
    }

    pub(super) fn mysql_table_options(self, table: &Table) -> Result<String, CompileError> {
        let prefix = format!("{}_", self.target.dialect_name());
        let mut options: Vec<(String, String)> = Vec::new();
        for (name, value) in &table.options {
            if let Some(name) = name.strip_prefix(prefix.as_str()) {
                options.push((name.to_uppercase(), value.written()));
            }
        }
        if let Some(comment) = &table.comment {
            options.retain(|(name, _)| name != "COMMENT");
            options.push(("COMMENT".to_owned(), comment.to_string()));
        }
        // The collation goes behind the character set it belongs to.
        let charsets = [
            "DEFAULT_CHARSET",
            "DEFAULT_CHARACTER_SET",
            "CHARSET",
            "CHARACTER_SET",
        ];
        if let Some(collate) = options.iter().position(|(name, _)| name == "COLLATE")
            && let Some(last) = options
                .iter()
                .rposition(|(name, _)| charsets.contains(&name.as_str()))
            && last > collate
        {
            let option = options.remove(collate);
            options.insert(last, option);
        }
        let (partitions, ordinary): (Vec<_>, Vec<_>) = options
            .into_iter()
            .partition(|(name, _)| PARTITION_OPTIONS.contains(&name.as_str()));
        let mut written = Vec::new();
        for (name, value) in ordinary {
            let value = if TEXT_OPTIONS.contains(&name.as_str()) {
                self.literal(&value)?
            } else {
                value
            };
            let name = if SPACED_OPTIONS.contains(&name.as_str()) {
                name.replace('_', " ")
            } else {
                name
            };
            let joiner = if JOINED_BY_SPACE.contains(&name.as_str()) {
                " "
            } else {
                "="
            };
            written.push(format!("{name}{joiner}{value}"));
        }
        for name in PARTITION_OPTIONS {
            if let Some((_, value)) = partitions.iter().find(|(given, _)| given == name) {
                written.push(format!("{} {value}", name.replace('_', " ")));
            }
        }
        Ok(written.join(" "))
    }
}
