//! Columns as they stand in CREATE TABLE and ADD COLUMN.

use std::fmt::Write as _;

use super::{Ddl, counts_inline, identity_text, text_option};
use crate::dialect::alembic::sqlalchemy::compiler::literal_sql;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::schema::{
    Autoincrement, Column, Computed, ServerDefault, Table,
};
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::{
    ColumnContext, LONE_PRECISION, SqlType, TypeClass, ddl as type_text,
};

/// Whether a default needs parentheses on SQLite and MySQL: it is neither one word nor a literal.
fn needs_parentheses(default: &str) -> bool {
    let start = default.trim_start().chars().next();
    !matches!(start, Some('\'' | '"' | '('))
        && default
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .any(|character| !character.is_alphanumeric() && character != '_')
}

fn has_precision_call(default: &str) -> bool {
    let lower = default.to_ascii_lowercase();
    ["now(", "current_timestamp("].iter().any(|call| {
        lower.strip_prefix(call).is_some_and(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0 && rest[digits..].starts_with(')')
        })
    })
}

fn updates_itself(default: &str) -> bool {
    let lower = default.to_ascii_lowercase();
    lower.match_indices("on ").any(|(at, _)| {
        lower[at + 2..]
            .trim_start_matches(' ')
            .starts_with("update")
    })
}

/// The type that makes PostgreSQL count.
pub(super) fn serial_name(
    sql_type: &SqlType,
    target: &Target,
) -> Result<&'static str, CompileError> {
    Ok(match sql_type.resolve(target)?.class().visit_name() {
        "big_integer" | "BIGINT" => "BIGSERIAL",
        "small_integer" | "SMALLINT" => "SMALLSERIAL",
        _ => "SERIAL",
    })
}

impl Ddl<'_> {
    pub(super) fn type_text(self, column: &Column) -> Result<String, CompileError> {
        type_text(&column.sql_type, self.target, ColumnContext::Definition)
    }

    /// A type outside a column.
    pub fn bare_type(self, sql_type: &SqlType) -> Result<String, CompileError> {
        type_text(sql_type, self.target, ColumnContext::Definition)
    }

    /// The default that a statement sets.
    pub fn default_text(self, default: &ServerDefault) -> Result<Option<String>, CompileError> {
        match default {
            ServerDefault::Text(text) => self.literal(text).map(Some),
            ServerDefault::Expr(expression) => literal_sql(expression, self.target).map(Some),
            ServerDefault::Fetched => Ok(None),
        }
    }

    pub(super) fn column_default(self, column: &Column) -> Result<Option<String>, CompileError> {
        match &column.server_default {
            Some(default) => self.default_text(default),
            None => Ok(None),
        }
    }

    /// A column as it stands in CREATE TABLE and ADD COLUMN.
    ///
    /// # Errors
    ///
    /// Types and expressions that the target cannot have.
    pub fn column_specification(
        self,
        column: &Column,
        table: &Table,
    ) -> Result<String, CompileError> {
        if self.target.is_postgres() {
            self.postgres_column(column, table)
        } else if self.target.is_sqlite() {
            self.sqlite_column(column, table)
        } else {
            self.mysql_column(column, table)
        }
    }

    fn counts(column: &Column, table: &Table) -> Result<bool, CompileError> {
        Ok(table
            .autoincrement_column()?
            .is_some_and(|counting| counting.name.as_str() == column.name.as_str()))
    }

    pub(super) fn postgres_column(
        self,
        column: &Column,
        table: &Table,
    ) -> Result<String, CompileError> {
        let mut text = self.target.quote(&column.name).into_owned();
        let serial = if column.primary_key
            && column.identity.is_none()
            && !column.python_default
            && column
                .sequence
                .as_ref()
                .is_none_or(|sequence| sequence.optional)
            && Self::counts(column, table)?
        {
            Some(serial_name(&column.sql_type, self.target)?)
        } else {
            None
        };
        text.push(' ');
        if let Some(serial) = serial {
            text.push_str(serial);
        } else {
            text.push_str(&self.type_text(column)?);
            if let Some(default) = self.column_default(column)? {
                text.push_str(" DEFAULT ");
                text.push_str(&default);
            }
        }
        if let Some(computed) = &column.computed {
            text.push(' ');
            text.push_str(&self.computed(computed)?);
        }
        if let Some(identity) = &column.identity {
            text.push(' ');
            text.push_str(&identity_text(identity));
        }
        match (column.is_nullable(), column.identity.is_some()) {
            (false, false) => text.push_str(" NOT NULL"),
            (true, true) => text.push_str(" NULL"),
            _ => {}
        }
        Ok(text)
    }

    pub(super) fn sqlite_column(
        self,
        column: &Column,
        table: &Table,
    ) -> Result<String, CompileError> {
        let mut text = format!(
            "{} {}",
            self.target.quote(&column.name),
            self.type_text(column)?
        );
        if let Some(default) = self.column_default(column)? {
            if needs_parentheses(&default) {
                let _ = write!(text, " DEFAULT ({default})");
            } else {
                let _ = write!(text, " DEFAULT {default}");
            }
        }
        if !column.is_nullable() {
            text.push_str(" NOT NULL");
            if let Some(clause) = text_option(&column.options, "sqlite_on_conflict_not_null") {
                let _ = write!(text, " ON CONFLICT {clause}");
            }
        }
        if column.primary_key {
            let single = table.primary_key_columns().len() == 1;
            if column.autoincrement == Autoincrement::Yes && !single {
                return Err(CompileError::new(
                    "SQLite does not support autoincrement for composite primary keys",
                ));
            }
            if single && counts_inline(table, column) {
                text.push_str(" PRIMARY KEY");
                if let Some(clause) = text_option(&column.options, "sqlite_on_conflict_primary_key")
                {
                    let _ = write!(text, " ON CONFLICT {clause}");
                }
                text.push_str(" AUTOINCREMENT");
            }
        }
        if let Some(computed) = &column.computed {
            text.push(' ');
            text.push_str(&self.computed(computed)?);
        }
        Ok(text)
    }

    pub(super) fn mysql_column(
        self,
        column: &Column,
        table: &Table,
    ) -> Result<String, CompileError> {
        let mut text = format!(
            "{} {}",
            self.target.quote(&column.name),
            self.type_text(column)?
        );
        let resolved = column.sql_type.resolve(self.target)?;
        if matches!(
            resolved.class(),
            TypeClass::Double | TypeClass::DoubleUpper | TypeClass::DoublePrecision
        ) && resolved.arguments().precision.is_some()
        {
            // The type is made anew as MySQL's own, which wants a scale with the precision.
            return Err(CompileError::argument(LONE_PRECISION));
        }
        if let Some(computed) = &column.computed {
            text.push(' ');
            text.push_str(&self.computed(computed)?);
        }
        if !column.is_nullable() {
            text.push_str(" NOT NULL");
        } else if resolved.class().visit_name() == "TIMESTAMP" {
            text.push_str(" NULL");
        }
        if let Some(comment) = &column.comment {
            let _ = write!(text, " COMMENT {}", self.literal(comment)?);
        }
        if column.server_default.is_none() && Self::counts(column, table)? {
            text.push_str(" AUTO_INCREMENT");
        } else if let Some(default) = self.column_default(column)? {
            if needs_parentheses(&default)
                && !updates_itself(&default)
                && !has_precision_call(&default)
            {
                let _ = write!(text, " DEFAULT ({default})");
            } else {
                let _ = write!(text, " DEFAULT {default}");
            }
        }
        Ok(text)
    }

    pub(super) fn computed(self, computed: &Computed) -> Result<String, CompileError> {
        let mut text = format!(
            "GENERATED ALWAYS AS ({})",
            self.expression(&computed.expression)?
        );
        match computed.persisted {
            Some(true) => text.push_str(" STORED"),
            Some(false) => text.push_str(" VIRTUAL"),
            None => {}
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_that_need_parentheses() {
        for (default, expected) in [
            ("0", false),
            ("'abc'", false),
            ("-1", true),
            ("0.5", true),
            ("now()", true),
            ("CURRENT_TIMESTAMP", false),
            ("(now())", false),
            ("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", true),
            ("'{}'::jsonb", false),
        ] {
            assert_eq!(needs_parentheses(default), expected, "{default}");
        }
        assert!(updates_itself(
            "CURRENT_TIMESTAMP ON  UPDATE CURRENT_TIMESTAMP"
        ));
        assert!(has_precision_call("NOW(6)"));
        assert!(!has_precision_call("now()"));
    }
}
