//! The text of CREATE, DROP and COMMENT statements, as SQLAlchemy writes it.
//!
//! Statements come as SQLAlchemy makes them, with tabs and outer line breaks; whoever prints them
//! replaces and strips.

mod column;
mod constraint;
mod index;
mod options;

use std::fmt::Write as _;

use super::compiler::bare_sql;
use super::error::CompileError;
use super::expression::Expr;
use super::literal::{Literal, literal_text};
use super::schema::{
    Column, ConstraintKind, Identity, OptionValue, Options, Sequence, SequenceOptions, Table,
};
use super::target::{Name, Target};
use super::types::{Family, SqlType};

/// What a CREATE or DROP is guarded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guard {
    /// Nothing.
    #[default]
    None,
    /// `IF [NOT] EXISTS`.
    IfExists,
}

impl Guard {
    /// From the argument of an operation.
    pub fn when(guarded: bool) -> Self {
        if guarded { Self::IfExists } else { Self::None }
    }

    fn not_exists(self) -> &'static str {
        match self {
            Self::None => "",
            Self::IfExists => "IF NOT EXISTS ",
        }
    }

    fn exists(self) -> &'static str {
        match self {
            Self::None => "",
            Self::IfExists => "IF EXISTS ",
        }
    }
}

/// Writes statements for one target.
#[derive(Debug, Clone, Copy)]
pub struct Ddl<'target> {
    target: &'target Target,
}

fn option<'options>(options: &'options Options, name: &str) -> Option<&'options OptionValue> {
    match options.get(name) {
        None | Some(OptionValue::None) => None,
        Some(value) => Some(value),
    }
}

fn text_option<'options>(options: &'options Options, name: &str) -> Option<&'options str> {
    option(options, name).and_then(OptionValue::text)
}

impl<'target> Ddl<'target> {
    /// A writer for a target.
    pub fn new(target: &'target Target) -> Self {
        Self { target }
    }

    /// The target.
    pub fn target(self) -> &'target Target {
        self.target
    }

    /// An expression within a statement about its own table: columns without their table.
    pub fn expression(self, expression: &Expr) -> Result<String, CompileError> {
        bare_sql(expression, self.target)
    }

    /// A text literal.
    pub fn literal(self, text: &str) -> Result<String, CompileError> {
        literal_text(&Literal::text(text), &SqlType::string(), self.target)
    }

    /// `CREATE TABLE`, with tabs and line breaks as SQLAlchemy has them.
    ///
    /// # Errors
    ///
    /// Types and expressions that the target cannot have.
    pub fn create_table(self, table: &Table, guard: Guard) -> Result<String, CompileError> {
        let mut text = "\nCREATE ".to_owned();
        for prefix in &table.prefixes {
            text.push_str(prefix);
            text.push(' ');
        }
        let _ = write!(
            text,
            "TABLE {}{} (",
            guard.not_exists(),
            self.target.format_table(table.schema.as_ref(), &table.name)
        );
        let mut separator = "\n";
        for column in table.columns.iter().filter(|column| !column.system) {
            let written = self
                .table_column(column, table)
                .map_err(|error| CompileError {
                    message: format!(
                        "(in table '{}', column '{}'): {}",
                        table.name, column.name, error.message
                    ),
                    ..error
                })?;
            text.push_str(separator);
            separator = ", \n";
            text.push('\t');
            text.push_str(&written);
        }
        let constraints = self.table_constraints(table)?;
        if !constraints.is_empty() {
            text.push_str(separator);
            text.push('\t');
            text.push_str(&constraints.join(", \n\t"));
        }
        let _ = write!(text, "\n){}\n\n", self.table_options(table)?);
        Ok(text)
    }

    fn table_column(self, column: &Column, table: &Table) -> Result<String, CompileError> {
        let mut text = self.column_specification(column, table)?;
        for check in &column.checks {
            text.push(' ');
            text.push_str(&self.constraint_or_empty(check, table)?);
        }
        Ok(text)
    }

    fn table_constraints(self, table: &Table) -> Result<Vec<String>, CompileError> {
        let mut written = Vec::with_capacity(table.constraints.len());
        let (keys, others): (Vec<_>, Vec<_>) = table
            .constraints
            .iter()
            .partition(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }));
        for constraint in keys.into_iter().chain(others) {
            if !self.is_written(constraint) {
                continue;
            }
            if let ConstraintKind::ForeignKey { rules, .. } = &constraint.kind
                && rules.use_alter
                && !self.target.is_sqlite()
            {
                continue;
            }
            if let ConstraintKind::PrimaryKey { columns } = &constraint.kind
                && columns.is_empty()
            {
                continue;
            }
            if let Some(text) = self.constraint(constraint, table)? {
                written.push(text);
            }
        }
        Ok(written)
    }

    /// `DROP TABLE`.
    pub fn drop_table(self, schema: Option<&Name>, name: &Name, guard: Guard) -> String {
        format!(
            "\nDROP TABLE {}{}",
            guard.exists(),
            self.target.format_table(schema, name)
        )
    }

    /// A table's comment set, or taken away.
    ///
    /// # Errors
    ///
    /// A comment that cannot be written.
    pub fn table_comment(
        self,
        schema: Option<&Name>,
        name: &Name,
        comment: Option<&str>,
    ) -> Result<String, CompileError> {
        let table = self.target.format_table(schema, name);
        let comment = comment.map(|comment| self.literal(comment)).transpose()?;
        let comment = comment.as_deref().unwrap_or("NULL");
        Ok(if self.target.is_mysql() {
            format!("ALTER TABLE {table} COMMENT {comment}")
        } else {
            format!("COMMENT ON TABLE {table} IS {comment}")
        })
    }

    /// A table's comment taken away.
    pub fn drop_table_comment(self, schema: Option<&Name>, name: &Name) -> String {
        let table = self.target.format_table(schema, name);
        if self.target.is_mysql() {
            format!("ALTER TABLE {table} COMMENT ''")
        } else {
            format!("COMMENT ON TABLE {table} IS NULL")
        }
    }

    /// A column's comment.
    ///
    /// # Errors
    ///
    /// A comment that cannot be written.
    pub fn column_comment(self, table: &Table, column: &Column) -> Result<String, CompileError> {
        let comment = column.comment.as_deref().unwrap_or_default();
        Ok(format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            self.target.format_table(table.schema.as_ref(), &table.name),
            self.target.quote(&column.name),
            self.literal(comment)?
        ))
    }

    /// Whether comments are statements of their own.
    pub fn has_comment_statements(self) -> bool {
        self.target.is_postgres()
    }

    /// `CREATE SEQUENCE`.
    ///
    /// # Errors
    ///
    /// A type that the target cannot have.
    pub fn create_sequence(
        self,
        sequence: &Sequence,
        guard: Guard,
    ) -> Result<String, CompileError> {
        let mut text = format!(
            "CREATE SEQUENCE {}{}",
            guard.not_exists(),
            self.target
                .format_table(sequence.schema.as_ref(), &sequence.name)
        );
        if self.target.is_postgres()
            && let Some(data_type) = &sequence.data_type
        {
            let _ = write!(text, " AS {}", self.bare_type(data_type)?);
        }
        let options = sequence_options(&sequence.options);
        if !options.is_empty() {
            text.push(' ');
            text.push_str(&options);
        }
        Ok(text)
    }

    /// `DROP SEQUENCE`.
    pub fn drop_sequence(self, sequence: &Sequence, guard: Guard) -> String {
        format!(
            "DROP SEQUENCE {}{}",
            guard.exists(),
            self.target
                .format_table(sequence.schema.as_ref(), &sequence.name)
        )
    }
}

/// Whether SQLite writes a key with its column, because it is told to count.
fn counts_inline(table: &Table, column: &Column) -> bool {
    option(&table.options, "sqlite_autoincrement").is_some_and(OptionValue::is_true)
        && column.primary_key
        && column.sql_type.family() == Family::Integer
        && !table.refers(column)
}

fn storage_options(options: &[(std::rc::Rc<str>, OptionValue)]) -> String {
    options
        .iter()
        .map(|(name, value)| match value {
            OptionValue::None => name.to_string(),
            OptionValue::Bool(value) => format!("{name} = {value}"),
            other => format!("{name} = {}", other.written()),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// `GENERATED … AS IDENTITY`.
pub fn identity_text(identity: &Identity) -> String {
    let mut text = format!(
        "GENERATED {} AS IDENTITY",
        if identity.always {
            "ALWAYS"
        } else {
            "BY DEFAULT"
        }
    );
    let options = sequence_options(&identity.options);
    if !options.is_empty() {
        let _ = write!(text, " ({options})");
    }
    text
}

/// The numbers of a sequence.
pub fn sequence_options(options: &SequenceOptions) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut number = |word: &str, value: Option<i64>| {
        if let Some(value) = value {
            words.push(format!("{word} {value}"));
        }
    };
    number("INCREMENT BY", options.increment);
    number("START WITH", options.start);
    number("MINVALUE", options.minvalue);
    number("MAXVALUE", options.maxvalue);
    if options.nominvalue.is_some() {
        words.push("NO MINVALUE".to_owned());
    }
    if options.nomaxvalue.is_some() {
        words.push("NO MAXVALUE".to_owned());
    }
    if let Some(cache) = options.cache {
        words.push(format!("CACHE {cache}"));
    }
    match options.cycle {
        Some(true) => words.push("CYCLE".to_owned()),
        Some(false) => words.push("NO CYCLE".to_owned()),
        None => {}
    }
    words.join(" ")
}
