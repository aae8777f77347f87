//! SQL of a transfer as each backend writes it.

use super::TableName;
use super::shape::{ColumnShape, Kind};
use crate::model::Backend;
use crate::sql::quote;

/// Writes SQL for a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) backend: Backend,
    /// Whether rows can be hashed as they are (PostgreSQL 14 and later).
    pub(super) hashes_records: bool,
}

impl Text {
    pub(super) fn new(backend: Backend) -> Self {
        Self {
            backend,
            hashes_records: true,
        }
    }

    pub(super) fn is_postgres(self) -> bool {
        self.backend == Backend::Postgres
    }

    pub(super) fn name(self, name: &str) -> String {
        quote::identifier(name, self.backend.flavor())
    }

    pub(super) fn literal(self, text: &str) -> String {
        quote::literal(text, self.backend.flavor())
    }

    pub(super) fn table(self, table: &TableName) -> String {
        match &table.schema {
            Some(schema) => format!("{}.{}", self.name(schema), self.name(&table.name)),
            None => self.name(&table.name),
        }
    }

    /// `alias."a", alias."b"`.
    pub(super) fn columns<'a>(
        self,
        alias: &str,
        columns: impl IntoIterator<Item = &'a String>,
    ) -> String {
        let columns = columns
            .into_iter()
            .map(|column| format!("{alias}.{}", self.name(column)));
        columns.collect::<Vec<_>>().join(", ")
    }

    /// Whether two lists of values differ, NULL being a value.
    pub(super) fn differ(self, left: &str, right: &str) -> String {
        if self.is_postgres() {
            format!("(ROW({left}) IS DISTINCT FROM ROW({right}))")
        } else {
            format!("(({left}) IS NOT ({right}))")
        }
    }

    /// Whether a text lists a name between commas.
    pub(super) fn lists(self, list: &str, name: &str) -> String {
        let needle = self.literal(&format!(",{name},"));
        if self.is_postgres() {
            format!("strpos({list}, {needle}) > 0")
        } else {
            format!("instr({list}, {needle}) > 0")
        }
    }

    /// The characters of a text.
    pub(super) fn length(self, inner: &str) -> String {
        if self.is_postgres() {
            format!("char_length({inner})")
        } else {
            format!("length({inner})")
        }
    }

    /// A value as text.
    pub(super) fn as_text(self, inner: &str, kind: &Kind) -> String {
        match kind {
            Kind::Text(_) => inner.to_owned(),
            _ if self.is_postgres() => format!("({inner})::text"),
            _ => format!("CAST({inner} AS TEXT)"),
        }
    }

    /// A value in a form that hashes.
    fn hashable(self, alias: &str, name: &str, column: &ColumnShape) -> String {
        let value = format!("{alias}.{}", self.name(name));
        match column.kind {
            // Labels are numbers that change when a database is restored.
            Kind::Enum(_) | Kind::Other => format!("({value})::text"),
            _ => value,
        }
    }

    /// A number for what some columns of a row hold: equal rows have equal numbers.
    pub(super) fn hash<'a>(
        self,
        alias: &str,
        columns: impl IntoIterator<Item = (&'a String, &'a ColumnShape)>,
    ) -> String {
        let columns = columns.into_iter();
        if self.is_postgres() {
            let values: Vec<_> = columns
                .map(|(name, column)| self.hashable(alias, name, column))
                .collect();
            let values = values.join(", ");
            return if self.hashes_records {
                format!("hash_record_extended(ROW({values}), 0)")
            } else {
                format!("hashtextextended(ROW({values})::text, 0)")
            };
        }
        let values: Vec<_> = columns
            .map(|(name, _)| format!("quote({alias}.{})", self.name(name)))
            .collect();
        format!("stillway_hash({})", values.join(" || ',' || "))
    }

    /// The rows of a source as JSON; `columns` are those it has.
    pub(super) fn row_as_json<'a>(
        self,
        alias: &str,
        columns: impl IntoIterator<Item = &'a String>,
    ) -> String {
        if self.is_postgres() {
            // The name alone might be that of a column of the row.
            return format!("to_jsonb({alias}.*)");
        }
        let pairs: Vec<_> = columns
            .into_iter()
            .map(|column| format!("{}, {alias}.{}", self.literal(column), self.name(column)))
            .collect();
        format!("json_object({})", pairs.join(", "))
    }

    /// A type for a column of a work table.
    pub(super) fn work_type(self, column: &ColumnShape) -> String {
        if self.is_postgres() {
            column.type_name.clone()
        } else {
            // Without a type SQLite keeps values as they are.
            String::new()
        }
    }

    /// Now, in UTC.
    pub(super) fn now(self) -> &'static str {
        if self.is_postgres() {
            "clock_timestamp()"
        } else {
            "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')"
        }
    }

    /// What makes the planner take a subquery as it stands, so that its values are computed once.
    pub(super) fn fence(self) -> &'static str {
        if self.is_postgres() { " OFFSET 0" } else { "" }
    }
}
