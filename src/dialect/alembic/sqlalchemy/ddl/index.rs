//! Indexes.

use std::fmt::Write as _;

use super::constraint::{Phrase, phrase};
use super::{Ddl, Guard, option, storage_options, text_option};
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::schema::{
    Index, IndexElement, OptionValue, Options, Table,
};

impl Ddl<'_> {
    /// `CREATE INDEX`.
    ///
    /// # Errors
    ///
    /// Expressions that the target cannot have.
    pub fn create_index(self, index: &Index, guard: Guard) -> Result<String, CompileError> {
        let Some(name) = self.constraint_name(&index.name)? else {
            return Err(CompileError::new(
                "CREATE INDEX requires that the index have a name",
            ));
        };
        let mut text = "CREATE ".to_owned();
        if index.unique {
            text.push_str("UNIQUE ");
        }
        if self.target.is_mysql()
            && let Some(prefix) = self.mysql_option(&index.options, "prefix")
            && prefix.is_true()
        {
            text.push_str(&prefix.written());
            text.push(' ');
        }
        text.push_str("INDEX ");
        if self.target.is_postgres()
            && option(&index.options, "postgresql_concurrently").is_some_and(OptionValue::is_true)
        {
            text.push_str("CONCURRENTLY ");
        }
        text.push_str(guard.not_exists());
        if self.target.is_postgres() {
            self.postgres_index(&mut text, index, &name)?;
        } else if self.target.is_sqlite() {
            if let Some(schema) = &index.schema {
                let _ = write!(text, "{}.", self.target.quote(schema));
            }
            let _ = write!(
                text,
                "{name} ON {} ({})",
                self.target.quote(&index.table),
                self.index_elements(index)?.join(", ")
            );
            if let Some(condition) = option(&index.options, "sqlite_where") {
                let _ = write!(text, " WHERE {}", self.condition(condition)?);
            }
        } else {
            self.mysql_index(&mut text, index, &name)?;
        }
        Ok(text)
    }

    pub(super) fn index_elements(self, index: &Index) -> Result<Vec<String>, CompileError> {
        index
            .elements
            .iter()
            .map(|element| match element {
                IndexElement::Column(name) => Ok(self.target.quote(name).into_owned()),
                IndexElement::Text(expression) => self.expression(expression),
                IndexElement::Expr(expression) => {
                    if self.target.is_postgres() && !expression.is_column() {
                        self.expression(&expression.grouped_in_index())
                    } else if self.target.is_mysql() && expression.is_grouped_in_mysql_index() {
                        Ok(format!("({})", self.expression(expression)?))
                    } else {
                        self.expression(expression)
                    }
                }
            })
            .collect()
    }

    pub(super) fn postgres_index(
        self,
        text: &mut String,
        index: &Index,
        name: &str,
    ) -> Result<(), CompileError> {
        let _ = write!(
            text,
            "{name} ON {} ",
            self.target
                .format_table(index.schema.as_ref(), &index.table)
        );
        if let Some(using) = text_option(&index.options, "postgresql_using")
            && !using.is_empty()
        {
            let _ = write!(
                text,
                "USING {} ",
                phrase(using, Phrase::IndexMethod)?.to_lowercase()
            );
        }
        let mut elements = self.index_elements(index)?;
        if let Some(OptionValue::Map(classes)) = option(&index.options, "postgresql_ops") {
            for (element, written) in index.elements.iter().zip(&mut elements) {
                let key = match element {
                    IndexElement::Column(name) => Some(name.as_str().to_owned()),
                    IndexElement::Text(expression) | IndexElement::Expr(expression) => {
                        expression.key().map(|key| key.to_string())
                    }
                };
                if let Some(key) = key
                    && let Some((_, class)) = classes.iter().find(|(name, _)| **name == *key)
                {
                    let _ = write!(written, " {}", class.written());
                }
            }
        }
        let _ = write!(text, "({})", elements.join(", "));
        let columns = Table::new(index.table.clone(), None, std::rc::Rc::default());
        self.include(text, &index.options, &columns);
        match index.options.get("postgresql_nulls_not_distinct") {
            Some(OptionValue::Bool(true)) => text.push_str(" NULLS NOT DISTINCT"),
            Some(OptionValue::Bool(false)) => text.push_str(" NULLS DISTINCT"),
            _ => {}
        }
        if let Some(OptionValue::Map(with)) = option(&index.options, "postgresql_with")
            && !with.is_empty()
        {
            let _ = write!(text, " WITH ({})", storage_options(with));
        }
        if let Some(tablespace) = text_option(&index.options, "postgresql_tablespace")
            && !tablespace.is_empty()
        {
            let _ = write!(text, " TABLESPACE {}", self.target.quote_text(tablespace));
        }
        if let Some(condition) = option(&index.options, "postgresql_where") {
            let _ = write!(text, " WHERE {}", self.condition(condition)?);
        }
        Ok(())
    }

    pub(super) fn mysql_index(
        self,
        text: &mut String,
        index: &Index,
        name: &str,
    ) -> Result<(), CompileError> {
        let _ = write!(
            text,
            "{name} ON {} ",
            self.target
                .format_table(index.schema.as_ref(), &index.table)
        );
        let mut elements = self.index_elements(index)?;
        match self.mysql_option(&index.options, "length") {
            Some(OptionValue::Map(lengths)) => {
                for (element, written) in index.elements.iter().zip(&mut elements) {
                    let key = match element {
                        IndexElement::Column(name) => name.as_str().to_owned(),
                        IndexElement::Text(expression) | IndexElement::Expr(expression) => {
                            expression
                                .key()
                                .map(|key| key.to_string())
                                .unwrap_or_default()
                        }
                    };
                    if let Some((_, length)) = lengths
                        .iter()
                        .find(|(column, _)| **column == *key || **column == **written)
                    {
                        let _ = write!(written, "({})", length.written());
                    }
                }
            }
            Some(length) => {
                for written in &mut elements {
                    let _ = write!(written, "({})", length.written());
                }
            }
            None => {}
        }
        let _ = write!(text, "({})", elements.join(", "));
        if let Some(parser) = self.mysql_option(&index.options, "with_parser") {
            let _ = write!(text, " WITH PARSER {}", parser.written());
        }
        if let Some(using) = self.mysql_option(&index.options, "using") {
            let _ = write!(text, " USING {}", self.target.quote_text(&using.written()));
        }
        Ok(())
    }

    /// An option of MySQL; on a MariaDB URL its own comes first.
    pub(super) fn mysql_option<'options>(
        self,
        options: &'options Options,
        name: &str,
    ) -> Option<&'options OptionValue> {
        self.target
            .mariadb
            .then(|| option(options, &format!("mariadb_{name}")))
            .flatten()
            .or_else(|| option(options, &format!("mysql_{name}")))
    }

    pub(super) fn condition(self, condition: &OptionValue) -> Result<String, CompileError> {
        match condition {
            OptionValue::Expr(expression) => self.expression(expression),
            other => Ok(other.written()),
        }
    }

    /// `DROP INDEX`.
    ///
    /// # Errors
    ///
    /// An index without a name.
    pub fn drop_index(self, index: &Index, guard: Guard) -> Result<String, CompileError> {
        let Some(name) = self.constraint_name(&index.name)? else {
            return Err(CompileError::new(
                "DROP INDEX requires that the index have a name",
            ));
        };
        let mut text = "\nDROP INDEX ".to_owned();
        if self.target.is_postgres()
            && option(&index.options, "postgresql_concurrently").is_some_and(OptionValue::is_true)
        {
            text.push_str("CONCURRENTLY ");
        }
        text.push_str(guard.exists());
        if self.target.is_mysql() {
            let _ = write!(
                text,
                "{name} ON {}",
                self.target
                    .format_table(index.schema.as_ref(), &index.table)
            );
        } else {
            if let Some(schema) = &index.schema {
                let _ = write!(text, "{}.", self.target.quote(schema));
            }
            text.push_str(&name);
        }
        Ok(text)
    }
}
