//! Tables as a database describes them: the questions for each backend, and what SQLAlchemy's
//! inspector makes of the answers.

mod condition;
mod postgres;
mod postgres_types;
mod sqlite;
mod table;

use super::sqlalchemy::schema::Identity;
use super::sqlalchemy::target::Target;
use super::sqlalchemy::types::SqlType;
use super::version_table::Keeper;
use crate::engine::{Datum, Reply};

pub use condition::{Existing, Part};
pub use table::{Described, describe};

/// A column.
#[derive(Debug, Clone)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// Its type.
    pub sql_type: SqlType,
    /// May it be NULL.
    pub nullable: bool,
    /// Its default, as SQL.
    pub default: Option<String>,
    /// Whether the server counts it, where the backend says so.
    pub autoincrement: Option<bool>,
    /// Its comment, where the backend has comments.
    pub comment: Option<Option<String>>,
    /// Its place in the primary key, where the backend says so here.
    pub primary_key: Option<i64>,
    /// The expression it is computed from, and whether it is stored.
    pub computed: Option<(String, bool)>,
    /// Its identity.
    pub identity: Option<Identity>,
}

/// A primary key, or a unique constraint.
#[derive(Debug, Clone, Default)]
pub struct KeyFacts {
    /// Its name.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its comment, where the backend has comments.
    pub comment: Option<Option<String>>,
    /// The columns that are stored along, where the backend has them.
    pub include: Option<Vec<String>>,
    /// Whether NULLs are equal, where the backend has a choice.
    pub nulls_not_distinct: Option<bool>,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct ForeignKeyFacts {
    /// Its name.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The schema of the table it refers to.
    pub schema: Option<String>,
    /// The table it refers to.
    pub table: String,
    /// The columns it refers to.
    pub referred: Vec<String>,
    /// Its options, in order.
    pub options: Vec<(&'static str, RuleValue)>,
    /// Its comment, where the backend has comments.
    pub comment: Option<Option<String>>,
}

/// The value of an option of a foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleValue {
    /// A word.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

/// A check.
#[derive(Debug, Clone)]
pub struct CheckFacts {
    /// Its name.
    pub name: Option<String>,
    /// Its condition.
    pub text: String,
    /// Its comment, where the backend has comments.
    pub comment: Option<Option<String>>,
    /// Options of the backend that are set.
    pub options: Vec<&'static str>,
}

/// An index.
#[derive(Debug, Clone, Default)]
pub struct IndexFacts {
    /// Its name.
    pub name: String,
    /// Whether it is unique.
    pub unique: bool,
    /// Its columns; `None` for an expression.
    pub columns: Vec<Option<String>>,
    /// All elements as text, when there is an expression among them.
    pub expressions: Option<Vec<String>>,
    /// How columns are sorted that are not sorted as usual.
    pub sorting: Vec<(String, Vec<&'static str>)>,
    /// Whether it is a constraint's index.
    pub is_constraint: bool,
    /// Options, in order.
    pub options: Vec<(&'static str, IndexOption)>,
}

/// The value of an option of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexOption {
    /// A word.
    Text(String),
    /// SQL.
    Sql(String),
    /// Names.
    List(Vec<String>),
    /// Values by name.
    Map(Vec<(String, String)>),
    /// Yes or no.
    Flag(bool),
}

/// The comment of a table, if it has one.
#[derive(Debug, Clone, Default)]
pub struct TableComment(pub Option<String>);

/// An enumeration.
#[derive(Debug, Clone)]
pub struct EnumFacts {
    /// Its name.
    pub name: String,
    /// Its schema.
    pub schema: String,
    /// Whether its name is found without the schema.
    pub visible: bool,
    /// Its values.
    pub labels: Vec<String>,
}

/// What is listed by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listing {
    /// Tables.
    Tables,
    /// Tables of this session.
    TemporaryTables,
    /// Views.
    Views,
    /// Views of this session.
    TemporaryViews,
    /// Views that are stored.
    MaterializedViews,
    /// Sequences.
    Sequences,
    /// Schemas.
    Schemas,
}

/// Asks a database what it holds. `None` stands for a table that is not there.
pub struct Reflector<'a, E> {
    backend: Backend,
    ask: &'a mut dyn FnMut(&str) -> Result<Reply, E>,
    /// What people should know.
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backend {
    Postgres,
    Sqlite,
}

impl<'a, E> Reflector<'a, E> {
    /// A reflector for a backend; `None` for backends that cannot be asked yet.
    pub fn new(target: &Target, ask: &'a mut dyn FnMut(&str) -> Result<Reply, E>) -> Option<Self> {
        let backend = if target.is_postgres() {
            Backend::Postgres
        } else if target.is_sqlite() {
            Backend::Sqlite
        } else {
            return None;
        };
        Some(Self {
            backend,
            ask,
            warnings: Vec::new(),
        })
    }

    fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Datum>>, E> {
        (self.ask)(sql).map(|reply| reply.rows)
    }

    /// The names of what there is.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn names(&mut self, listing: Listing, schema: Option<&str>) -> Result<Vec<String>, E> {
        let sql = match self.backend {
            Backend::Postgres => Some(postgres::names(listing, schema)),
            Backend::Sqlite => sqlite::names(listing, schema),
        };
        let Some(sql) = sql else {
            return Ok(Vec::new());
        };
        let column = usize::from(self.backend == Backend::Sqlite && listing == Listing::Schemas);
        Ok(self
            .rows(&sql)?
            .iter()
            .filter_map(|row| row.get(column).and_then(Datum::text))
            .filter(|name| *name != "temp" || listing != Listing::Schemas)
            // The history of runs is not the project's.
            .filter(|name| {
                !Keeper::ALL
                    .iter()
                    .any(|keeper| name.starts_with(keeper.history()))
            })
            .map(str::to_owned)
            .collect())
    }

    /// Whether there is a table or view.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn has_table(&mut self, table: &str, schema: Option<&str>) -> Result<bool, E> {
        match self.backend {
            Backend::Postgres => self
                .table_number(table, schema)
                .map(|found| found.is_some()),
            Backend::Sqlite => self.sqlite_has_table(table, schema),
        }
    }

    /// The schema that names without one belong to.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn default_schema(&mut self) -> Result<Option<String>, E> {
        match self.backend {
            Backend::Postgres => {
                let rows = self.rows("SELECT current_schema()")?;
                Ok(text_at(rows.first().map_or(&[][..], Vec::as_slice), 0))
            }
            Backend::Sqlite => Ok(Some("main".to_owned())),
        }
    }

    /// The server's version, as numbers.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn version(&mut self) -> Result<Vec<i64>, E> {
        let sql = match self.backend {
            Backend::Postgres => "SHOW server_version",
            Backend::Sqlite => "SELECT sqlite_version()",
        };
        let rows = self.rows(sql)?;
        let text = text_at(rows.first().map_or(&[][..], Vec::as_slice), 0).unwrap_or_default();
        let numbers = text.split([' ', 'd', 'b', 'r']).next().unwrap_or_default();
        Ok(numbers
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect())
    }

    /// A table's columns.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn columns(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<ColumnFacts>>, E> {
        match self.backend {
            Backend::Postgres => self.postgres_columns(table, schema),
            Backend::Sqlite => self.sqlite_columns(table, schema),
        }
    }

    /// A table's primary key, without columns when it has none.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn primary_key(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<KeyFacts>, E> {
        match self.backend {
            Backend::Postgres => Ok(self
                .postgres_keys(table, schema, 'p')?
                .map(|keys| keys.into_iter().next().unwrap_or_default())),
            Backend::Sqlite => self.sqlite_primary_key(table, schema),
        }
    }

    /// A table's unique constraints.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn unique_constraints(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<KeyFacts>>, E> {
        match self.backend {
            Backend::Postgres => self.postgres_keys(table, schema, 'u'),
            Backend::Sqlite => self.sqlite_unique_constraints(table, schema),
        }
    }

    /// A table's foreign keys.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn foreign_keys(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<ForeignKeyFacts>>, E> {
        match self.backend {
            Backend::Postgres => self.postgres_foreign_keys(table, schema),
            Backend::Sqlite => self.sqlite_foreign_keys(table, schema),
        }
    }

    /// A table's checks.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn checks(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<CheckFacts>>, E> {
        match self.backend {
            Backend::Postgres => self.postgres_checks(table, schema),
            Backend::Sqlite => self.sqlite_checks(table, schema),
        }
    }

    /// A table's indexes.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn indexes(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<IndexFacts>>, E> {
        match self.backend {
            Backend::Postgres => self.postgres_indexes(table, schema),
            Backend::Sqlite => self.sqlite_indexes(table, schema, false),
        }
    }

    /// A table's comment.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn comment(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<TableComment>, E> {
        match self.backend {
            Backend::Postgres => self.postgres_comment(table, schema),
            Backend::Sqlite => Ok(Some(TableComment::default())),
        }
    }

    /// The enumerations of a schema (`*` for all).
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn enums(&mut self, schema: Option<&str>) -> Result<Vec<EnumFacts>, E> {
        match self.backend {
            Backend::Postgres => self.postgres_enums(schema),
            Backend::Sqlite => Ok(Vec::new()),
        }
    }

    /// Whether there is a type of a name.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn has_type(&mut self, name: &str, schema: Option<&str>) -> Result<bool, E> {
        match self.backend {
            Backend::Postgres => self
                .rows(&postgres::type_question(name, schema))
                .map(|rows| !rows.is_empty()),
            Backend::Sqlite => Ok(false),
        }
    }

    /// The SQL that a view was made with.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn view_definition(
        &mut self,
        view: &str,
        schema: Option<&str>,
    ) -> Result<Option<String>, E> {
        match self.backend {
            Backend::Postgres => {
                let Some(number) = self.table_number(view, schema)? else {
                    return Ok(None);
                };
                let rows = self.rows(&format!("SELECT pg_get_viewdef({number})"))?;
                Ok(rows.first().and_then(|row| text_at(row, 0)))
            }
            Backend::Sqlite => self.sqlite_sql(view, schema),
        }
    }
}

/// A text of a row.
fn text_at(row: &[Datum], at: usize) -> Option<String> {
    row.get(at).and_then(Datum::text).map(str::to_owned)
}

/// A truth value of a row.
fn flag_at(row: &[Datum], at: usize) -> bool {
    match row.get(at) {
        Some(Datum::Bool(truth)) => *truth,
        Some(Datum::Integer(number)) => *number != 0,
        _ => false,
    }
}

/// A whole number of a row.
fn number_at(row: &[Datum], at: usize) -> Option<i64> {
    match row.get(at) {
        Some(Datum::Integer(number)) => Some(*number),
        Some(Datum::Text(text)) => text.parse().ok(),
        _ => None,
    }
}

/// The texts of an array of a row; `None` for its NULLs.
fn texts_at(row: &[Datum], at: usize) -> Vec<Option<String>> {
    match row.get(at) {
        Some(Datum::Array(items)) => items
            .iter()
            .map(|item| item.text().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// A text without the parentheses that enclose all of it.
fn without_outer_parentheses(text: &str) -> &str {
    let mut text = text.trim();
    while text.starts_with('(') && closing(text, 0) == Some(text.len() - 1) {
        text = text[1..text.len() - 1].trim();
    }
    text
}

/// Where the parenthesis that opens at a place is closed; what is quoted does not count.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, letter) in text.get(open..)?.char_indices() {
        match (quote, letter) {
            (Some(end), letter) if letter == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(open + at);
                }
            }
            _ => {}
        }
    }
    None
}
