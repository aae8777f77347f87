//! The backend that text is rendered for, and how it quotes names.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use md5::{Digest as _, Md5};

use super::error::{CompileError, ErrorClass};
use super::reserved;
use crate::model::Backend;

/// An identifier and what its author said about quoting it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    text: Rc<str>,
    quote: Option<bool>,
    shortenable: bool,
}

impl Name {
    /// A name quoted only where the backend needs it.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self {
            text: Rc::from(text.as_ref()),
            quote: None,
            shortenable: false,
        }
    }

    /// A `quoted_name`: `Some(true)` forces quotes, `Some(false)` suppresses them.
    pub fn quoted(text: impl AsRef<str>, quote: Option<bool>) -> Self {
        Self {
            quote,
            ..Self::new(text)
        }
    }

    /// A name that a naming convention made, or `op.f`: too long ones are shortened instead of refused.
    pub fn shortenable(text: impl AsRef<str>) -> Self {
        Self {
            shortenable: true,
            ..Self::new(text)
        }
    }

    /// The name without quotes.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The quoting flag.
    pub fn quote_flag(&self) -> Option<bool> {
        self.quote
    }

    /// Whether a too long name is shortened instead of refused.
    pub fn is_shortenable(&self) -> bool {
        self.shortenable
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, formatter)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// What SQLAlchemy calls a dialect: the backend and the switches that change its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The backend.
    pub backend: Backend,
    /// Whether the MySQL backend is addressed as MariaDB.
    pub mariadb: bool,
    /// Whether percent signs are doubled, as for a driver that formats parameters with `%s`.
    pub double_percents: bool,
    /// The driver of a PostgreSQL URL.
    pub driver: PostgresDriver,
}

/// The driver that a PostgreSQL URL names. It decides which named parameters are cast to their types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PostgresDriver {
    /// `psycopg`, also in its asynchronous form, and of URLs that name no driver.
    #[default]
    Psycopg,
    /// `psycopg2` and `psycopg2cffi`.
    Psycopg2,
    /// `asyncpg`.
    Asyncpg,
    /// `pg8000`.
    Pg8000,
}

impl PostgresDriver {
    /// The driver by its name in a URL.
    pub fn named(name: Option<&str>) -> Self {
        match name {
            Some("psycopg2" | "psycopg2cffi") => Self::Psycopg2,
            Some("asyncpg") => Self::Asyncpg,
            Some("pg8000") => Self::Pg8000,
            _ => Self::Psycopg,
        }
    }
}

impl Target {
    /// The target of a backend's ordinary URL, with named parameters.
    pub fn new(backend: Backend) -> Self {
        Self {
            backend,
            mariadb: false,
            double_percents: false,
            driver: PostgresDriver::default(),
        }
    }

    /// The target of a MariaDB URL.
    pub fn mariadb() -> Self {
        Self {
            mariadb: true,
            ..Self::new(Backend::Mysql)
        }
    }

    /// `dialect.name`.
    pub fn dialect_name(&self) -> &'static str {
        match self.backend {
            Backend::Postgres => "postgresql",
            Backend::Sqlite => "sqlite",
            Backend::Mysql if self.mariadb => "mariadb",
            Backend::Mysql => "mysql",
        }
    }

    /// The name of SQLAlchemy's compiler of schema statements, as messages show it.
    pub fn ddl_compiler_name(&self) -> &'static str {
        match self.backend {
            Backend::Postgres => "<sqlalchemy.dialects.postgresql.base.PGDDLCompiler object>",
            Backend::Sqlite => "<sqlalchemy.dialects.sqlite.base.SQLiteDDLCompiler object>",
            Backend::Mysql => "<sqlalchemy.dialects.mysql.base.MySQLDDLCompiler object>",
        }
    }

    /// Whether the target is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.backend == Backend::Postgres
    }

    /// Whether the target is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.backend == Backend::Sqlite
    }

    /// Whether the target is MySQL or MariaDB.
    pub fn is_mysql(&self) -> bool {
        self.backend == Backend::Mysql
    }

    /// The longest label or alias, in characters.
    pub fn label_limit(&self) -> usize {
        match self.backend {
            Backend::Postgres => 63,
            Backend::Sqlite => 9999,
            Backend::Mysql => 255,
        }
    }

    /// The longest name of an index or constraint, in characters.
    pub fn constraint_name_limit(&self) -> usize {
        match self.backend {
            Backend::Mysql => 64,
            _ => self.label_limit(),
        }
    }

    /// Whether UUIDs have a type of their own.
    pub fn has_uuid(&self) -> bool {
        self.is_postgres() || self.mariadb
    }

    fn quote_character(&self) -> char {
        if self.is_mysql() { '`' } else { '"' }
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        match self.backend {
            Backend::Postgres => reserved::POSTGRES,
            Backend::Sqlite => reserved::SQLITE,
            Backend::Mysql if self.mariadb => reserved::MARIADB,
            Backend::Mysql => reserved::MYSQL,
        }
    }

    /// Whether a name must be quoted to keep its meaning.
    pub fn requires_quotes(&self, name: &str) -> bool {
        let Some(first) = name.bytes().next() else {
            return true;
        };
        if first.is_ascii_digit() || first == b'$' {
            return true;
        }
        // Python's `$` also matches before one trailing line feed.
        let body = name.strip_suffix('\n').unwrap_or(name);
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'$')
        };
        if body.is_empty() || !body.bytes().all(plain) {
            return true;
        }
        self.reserved_words().binary_search(&name).is_ok()
    }

    /// A name, quoted where its flag or the backend asks for it.
    pub fn quote<'n>(&self, name: &'n Name) -> Cow<'n, str> {
        match name.quote {
            None => self.quote_text(name.as_str()),
            Some(true) => Cow::Owned(self.always_quote(name.as_str())),
            Some(false) => Cow::Borrowed(name.as_str()),
        }
    }

    /// A plain string as a name, quoted where the backend needs it.
    pub fn quote_text<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.requires_quotes(name) {
            Cow::Owned(self.always_quote(name))
        } else {
            Cow::Borrowed(name)
        }
    }

    /// A name between quotes.
    pub fn always_quote(&self, name: &str) -> String {
        let quote = self.quote_character();
        let mut text = String::with_capacity(name.len() + 2);
        text.push(quote);
        for character in name.chars() {
            if character == quote || (character == '%' && self.double_percents) {
                text.push(character);
            }
            text.push(character);
        }
        text.push(quote);
        text
    }

    /// A table, type or sequence with its schema.
    pub fn format_table(&self, schema: Option<&Name>, name: &Name) -> String {
        match schema {
            Some(schema) if !schema.as_str().is_empty() => {
                format!("{}.{}", self.quote(schema), self.quote(name))
            }
            _ => self.quote(name).into_owned(),
        }
    }

    /// A collation's name.
    pub fn format_collation(&self, collation: &str) -> String {
        self.quote_text(collation).into_owned()
    }

    /// The name of an index or constraint: shortened or refused when too long, then quoted.
    pub fn format_constraint_name(&self, name: &Name) -> Result<String, CompileError> {
        let limit = self.constraint_name_limit();
        let length = name.as_str().chars().count();
        if length <= limit {
            return Ok(self.quote(name).into_owned());
        }
        if !name.shortenable {
            return self
                .validate_identifier(name.as_str())
                .map(|()| self.quote(name).into_owned());
        }
        let kept: String = name.as_str().chars().take(limit - 8).collect();
        // Four digits that tell names apart, not a secret.
        let digest = hex::encode(Md5::digest(name.as_str()));
        let shortened = Name {
            text: format!("{kept}_{}", &digest[28..]).into(),
            ..name.clone()
        };
        Ok(self.quote(&shortened).into_owned())
    }

    /// Refuses an identifier longer than the backend allows in general.
    pub fn validate_identifier(&self, name: &str) -> Result<(), CompileError> {
        let limit = self.label_limit();
        if name.chars().count() > limit {
            return Err(CompileError::of(
                ErrorClass::Identifier,
                format!("Identifier '{name}' exceeds maximum length of {limit} characters"),
            ));
        }
        Ok(())
    }

    /// Literal text as it stands in the statement: percent signs doubled where the driver needs it.
    pub fn escape_percents<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.double_percents && text.contains('%') {
            Cow::Owned(text.replace('%', "%%"))
        } else {
            Cow::Borrowed(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, Target};
    use crate::model::Backend;

    fn quoted(target: &Target, names: &[&str]) -> Vec<String> {
        names
            .iter()
            .map(|name| target.quote_text(name).into_owned())
            .collect()
    }

    #[test]
    fn names_are_quoted_where_they_need_it() {
        let names = [
            "id",
            "a$b",
            "key",
            "type",
            "rank",
            "camelCase",
            "order",
            "1st",
            "$x",
            "a-b",
            "é",
            "q\"t",
            "user",
            "offset",
            "x%y",
            "",
            "a\n",
            "query",
            "of",
        ];
        let postgres = [
            "id",
            "a$b",
            "key",
            "type",
            "rank",
            "\"camelCase\"",
            "\"order\"",
            "\"1st\"",
            "\"$x\"",
            "\"a-b\"",
            "\"é\"",
            "\"q\"\"t\"",
            "\"user\"",
            "\"offset\"",
            "\"x%y\"",
            "\"\"",
            "a\n",
            "query",
            "\"of\"",
        ];
        assert_eq!(quoted(&Target::new(Backend::Postgres), &names), postgres);
        let lite = quoted(
            &Target::new(Backend::Sqlite),
            &["user", "key", "query", "to", "rank"],
        );
        assert_eq!(lite, ["user", "\"key\"", "\"query\"", "\"to\"", "rank"]);
        let mysql = quoted(
            &Target::new(Backend::Mysql),
            &["user", "key", "rank", "of", "b`t", "offset"],
        );
        assert_eq!(
            mysql,
            ["user", "`key`", "`rank`", "`of`", "`b``t`", "offset"]
        );
        let mariadb = quoted(&Target::mariadb(), &["rank", "of", "offset", "period"]);
        assert_eq!(mariadb, ["rank", "of", "`offset`", "`period`"]);
    }

    #[test]
    fn flags_force_and_suppress_quotes() {
        let target = Target::new(Backend::Postgres);
        assert_eq!(target.quote(&Name::quoted("a", Some(true))), "\"a\"");
        assert_eq!(target.quote(&Name::quoted("Order", Some(false))), "Order");
        assert_eq!(
            target.format_table(Some(&Name::new("My")), &Name::new("t")),
            "\"My\".t"
        );
        assert_eq!(
            target.format_table(Some(&Name::new("")), &Name::new("t")),
            "t"
        );
        let driver = Target {
            double_percents: true,
            ..target
        };
        assert_eq!(driver.quote_text("x%y"), "\"x%%y\"");
    }

    #[test]
    fn long_constraint_names_are_shortened_or_refused() {
        let target = Target::new(Backend::Postgres);
        let long = format!("ix_{}_{}", "t".repeat(60), "a".repeat(30));
        let shortened = target
            .format_constraint_name(&Name::shortenable(&long))
            .unwrap();
        assert_eq!(shortened, format!("ix_{}_c205", "t".repeat(52)));
        let refused = target
            .format_constraint_name(&Name::new(&long))
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("IdentifierError: Identifier '{long}' exceeds maximum length of 63 characters")
        );
        assert_eq!(
            Target::new(Backend::Sqlite)
                .format_constraint_name(&Name::new(&long))
                .unwrap(),
            long
        );
    }
}
