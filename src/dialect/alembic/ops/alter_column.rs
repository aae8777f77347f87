//! `alter_column`.

use std::fmt::Write as _;

use super::super::sqlalchemy::ddl::{identity_text, sequence_options};
use super::super::sqlalchemy::error::{CompileError, ErrorClass};
use super::super::sqlalchemy::schema::{
    Column, Computed, ConstraintKind, Identity, SequenceOptions, ServerDefault,
};
use super::super::sqlalchemy::target::Name;
use super::super::sqlalchemy::types::{Family, SqlType};
use super::constraint::add_constraint;
use super::{Context, drop_type_check};

/// What `server_default` says.
#[derive(Debug, Clone)]
pub enum DefaultChange {
    /// `None`: taken away.
    Drop,
    /// A default.
    Default(ServerDefault),
    /// An identity.
    Identity(Identity),
    /// A computed value.
    Computed(Box<Computed>),
}

/// What `existing_server_default` says.
pub type ExistingDefault = Option<DefaultChange>;

/// Changes a column. What is `None` stays.
#[derive(Debug, Clone)]
pub struct AlterColumn {
    /// The table.
    pub table: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// The column.
    pub column: Name,
    /// May it be NULL.
    pub nullable: Option<bool>,
    /// The comment; `Some(None)` takes it away.
    pub comment: Option<Option<String>>,
    /// The default.
    pub server_default: Option<DefaultChange>,
    /// The new name.
    pub new_name: Option<Name>,
    /// The new type.
    pub sql_type: Option<SqlType>,
    /// The type until now.
    pub existing_type: Option<SqlType>,
    /// Whether the type that counts, the new one or else the old one, was given as a class and not
    /// as an object, which Alembic's rules for MySQL tell apart.
    pub type_is_class: bool,
    /// The default until now; `Some(None)` when said to be none.
    pub existing_server_default: Option<ExistingDefault>,
    /// Whether it may be NULL until now.
    pub existing_nullable: Option<bool>,
    /// The comment until now.
    pub existing_comment: Option<String>,
    /// MySQL's counting.
    pub autoincrement: Option<bool>,
    /// MySQL's counting until now.
    pub existing_autoincrement: Option<bool>,
    /// How PostgreSQL converts the values.
    pub postgresql_using: Option<String>,
}

const COMPUTED: &str = "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or \
                        from an existing column is not supported.";
const IDENTITY: &str = "Adding, removing or modifying an \"identity\" construct, e.g. GENERATED AS \
                        IDENTITY, to or from an existing column is not supported in this dialect.";

impl AlterColumn {
    /// A change of nothing.
    pub fn new(table: Name, column: Name) -> Self {
        Self {
            table,
            schema: None,
            column,
            nullable: None,
            comment: None,
            server_default: None,
            new_name: None,
            sql_type: None,
            existing_type: None,
            type_is_class: false,
            existing_server_default: None,
            existing_nullable: None,
            existing_comment: None,
            autoincrement: None,
            existing_autoincrement: None,
            postgresql_using: None,
        }
    }

    /// Writes the statements.
    ///
    /// # Errors
    ///
    /// What the backend cannot have.
    pub fn write(
        self,
        context: &Context,
        statements: &mut Vec<String>,
    ) -> Result<(), CompileError> {
        if let (Some(existing), Some(_)) = (&self.existing_type, &self.sql_type) {
            let table = context.table(&self.table, self.schema.as_ref()).assemble(
                &context.target,
                vec![Column::new(self.column.clone(), existing.clone())],
                Vec::new(),
                Vec::new(),
            )?;
            for constraint in &table.constraints {
                if !matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) {
                    drop_type_check(context, constraint, &table, statements)?;
                }
            }
        }
        if context.target.is_mysql() {
            self.write_mysql(context, statements)?;
        } else {
            self.write_standard(context, statements)?;
        }
        if let Some(sql_type) = &self.sql_type {
            let table = context.table(&self.table, self.schema.as_ref()).assemble(
                &context.target,
                vec![Column::new(self.column.clone(), sql_type.clone())],
                Vec::new(),
                Vec::new(),
            )?;
            for constraint in &table.constraints {
                if !matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) {
                    add_constraint(context, constraint, &table, statements)?;
                }
            }
        }
        Ok(())
    }

    fn existing_is(&self, wanted: impl Fn(&DefaultChange) -> bool) -> bool {
        self.existing_server_default
            .as_ref()
            .and_then(Option::as_ref)
            .is_some_and(wanted)
    }

    fn is_computed(&self) -> bool {
        matches!(self.server_default, Some(DefaultChange::Computed(_)))
            || self.existing_is(|default| matches!(default, DefaultChange::Computed(_)))
    }

    fn is_identity(&self) -> bool {
        matches!(self.server_default, Some(DefaultChange::Identity(_)))
            || self.existing_is(|default| matches!(default, DefaultChange::Identity(_)))
    }

    fn write_standard(
        &self,
        context: &Context,
        statements: &mut Vec<String>,
    ) -> Result<(), CompileError> {
        let ddl = context.ddl();
        let postgres = context.target.is_postgres();
        let table = context.altered_table(&self.table, self.schema.as_ref());
        let column = context.target.quote(&self.column);
        let alter = format!("ALTER TABLE {table} ALTER COLUMN {column}");
        if postgres {
            if self.postgresql_using.is_some() && self.sql_type.is_none() {
                return Err(CompileError::of(
                    ErrorClass::Command,
                    "postgresql_using must be used with the type_ parameter",
                ));
            }
            if let Some(sql_type) = &self.sql_type {
                let using = match self.postgresql_using.as_deref() {
                    None | Some("") => String::new(),
                    Some(using) => format!("USING {using}"),
                };
                statements.push(format!("{alter} TYPE {} {using}", ddl.bare_type(sql_type)?));
            }
        }
        if self.autoincrement.is_some() || self.existing_autoincrement.is_some() {
            context.warn("autoincrement and existing_autoincrement only make sense for MySQL");
        }
        if let Some(nullable) = self.nullable {
            let words = if nullable {
                "DROP NOT NULL"
            } else {
                "SET NOT NULL"
            };
            statements.push(format!("{alter} {words}"));
        }
        if let Some(default) = &self.server_default {
            if self.is_computed() {
                return Err(CompileError::new(COMPUTED));
            }
            if self.is_identity() {
                if !postgres {
                    return Err(CompileError::new(IDENTITY));
                }
                statements.push(format!("{alter} {}", self.identity(default)));
            } else {
                statements.push(match default {
                    DefaultChange::Default(default) => {
                        let text = ddl.default_text(default)?.unwrap_or_default();
                        format!("{alter} SET DEFAULT {text}")
                    }
                    _ => format!("{alter} DROP DEFAULT"),
                });
            }
        }
        if !postgres && let Some(sql_type) = &self.sql_type {
            statements.push(format!("{alter} TYPE {}", ddl.bare_type(sql_type)?));
        }
        if let Some(comment) = &self.comment {
            if !postgres {
                return Err(CompileError::unsupported(
                    "SQLiteDDLCompiler",
                    "<class 'alembic.ddl.base.ColumnComment'>",
                ));
            }
            let comment = match comment {
                Some(comment) => ddl.literal(comment)?,
                None => "NULL".to_owned(),
            };
            statements.push(format!("COMMENT ON COLUMN {table}.{column} IS {comment}"));
        }
        if let Some(new_name) = &self.new_name {
            let word = if context.target.is_sqlite() {
                "RENAME COLUMN"
            } else {
                "RENAME"
            };
            statements.push(format!(
                "ALTER TABLE {table} {word} {column} TO {}",
                context.target.quote(new_name)
            ));
        }
        Ok(())
    }

    /// What PostgreSQL does about an identity.
    fn identity(&self, default: &DefaultChange) -> String {
        let DefaultChange::Identity(identity) = default else {
            return "DROP IDENTITY".to_owned();
        };
        let existing = self
            .existing_server_default
            .as_ref()
            .and_then(Option::as_ref);
        let Some(existing) = existing else {
            return format!("ADD {}", identity_text(identity));
        };
        let existing = match existing {
            DefaultChange::Identity(existing) => existing.clone(),
            _ => Identity::default(),
        };
        let mut text = String::new();
        let (new, old) = (&identity.options, &existing.options);
        // Attributes in the order of their names.
        if identity.always != existing.always {
            let word = if identity.always {
                "ALWAYS"
            } else {
                "BY DEFAULT"
            };
            let _ = write!(text, "SET GENERATED {word} ");
        }
        let mut set = |differs: bool, options: SequenceOptions| {
            let written = sequence_options(&options);
            // Back to the server's own value there is nothing to write.
            if differs && !written.is_empty() {
                let _ = write!(text, "SET {written} ");
            }
        };
        set(
            new.cache.unwrap_or(1) != old.cache.unwrap_or(1),
            SequenceOptions {
                cache: new.cache,
                ..SequenceOptions::default()
            },
        );
        set(
            new.cycle.unwrap_or(false) != old.cycle.unwrap_or(false),
            SequenceOptions {
                cycle: new.cycle,
                ..SequenceOptions::default()
            },
        );
        set(
            new.increment.unwrap_or(1) != old.increment.unwrap_or(1),
            SequenceOptions {
                increment: new.increment,
                ..SequenceOptions::default()
            },
        );
        set(
            new.maxvalue != old.maxvalue,
            SequenceOptions {
                maxvalue: new.maxvalue,
                ..SequenceOptions::default()
            },
        );
        set(
            new.minvalue != old.minvalue,
            SequenceOptions {
                minvalue: new.minvalue,
                ..SequenceOptions::default()
            },
        );
        set(
            new.start.unwrap_or(1) != old.start.unwrap_or(1),
            SequenceOptions {
                start: new.start,
                ..SequenceOptions::default()
            },
        );
        text
    }

    fn write_mysql(
        &self,
        context: &Context,
        statements: &mut Vec<String>,
    ) -> Result<(), CompileError> {
        if self.is_computed() {
            return Err(CompileError::new(COMPUTED));
        }
        if self.is_identity() {
            return Err(CompileError::new(IDENTITY));
        }
        let ddl = context.ddl();
        let table = context.altered_table(&self.table, self.schema.as_ref());
        let column = context.target.quote(&self.column);
        let effective = self.sql_type.as_ref().or(self.existing_type.as_ref());
        // A default of `False` (not given) is not None, so every change of a date counts.
        let functional = !self.type_is_class
            && effective.is_some_and(|sql_type| sql_type.family() == Family::DateTime)
            && !matches!(self.server_default, Some(DefaultChange::Drop));
        let (word, name) = if self.new_name.is_some() || functional {
            let new_name = self.new_name.as_ref().unwrap_or(&self.column);
            (
                "CHANGE",
                format!("{column} {}", context.target.quote(new_name)),
            )
        } else if self.nullable.is_some()
            || self.sql_type.is_some()
            || self.autoincrement.is_some()
            || self.comment.is_some()
        {
            ("MODIFY", column.clone().into_owned())
        } else {
            if let Some(default) = &self.server_default {
                let words = match default {
                    DefaultChange::Default(default) => format!(
                        "SET DEFAULT {}",
                        ddl.default_text(default)?.unwrap_or_default()
                    ),
                    _ => "DROP DEFAULT".to_owned(),
                };
                statements.push(format!("ALTER TABLE {table} ALTER COLUMN {column} {words}"));
            }
            return Ok(());
        };
        let Some(sql_type) = effective else {
            return Err(CompileError::of(
                ErrorClass::Command,
                "All MySQL CHANGE/MODIFY COLUMN operations require the existing type.",
            ));
        };
        let nullable = self.nullable.or(self.existing_nullable).unwrap_or(true);
        let mut text = format!(
            "ALTER TABLE {table} {word} {name} {} {}",
            ddl.bare_type(sql_type)?,
            if nullable { "NULL" } else { "NOT NULL" }
        );
        if self
            .autoincrement
            .or(self.existing_autoincrement)
            .unwrap_or(false)
        {
            text.push_str(" AUTO_INCREMENT");
        }
        let default = match &self.server_default {
            Some(default) => Some(default),
            None => self
                .existing_server_default
                .as_ref()
                .and_then(Option::as_ref),
        };
        if let Some(DefaultChange::Default(default)) = default
            && let Some(default) = ddl.default_text(default)?
        {
            let _ = write!(text, " DEFAULT {default}");
        }
        let comment = match &self.comment {
            Some(comment) => comment.as_deref(),
            None => self.existing_comment.as_deref(),
        };
        if let Some(comment) = comment {
            let _ = write!(text, " COMMENT {}", ddl.literal(comment)?);
        }
        statements.push(text);
        Ok(())
    }
}
