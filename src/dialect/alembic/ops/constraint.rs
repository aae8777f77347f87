//! `create_…` and `drop_constraint`.

use super::super::sqlalchemy::ddl::Guard;
use super::super::sqlalchemy::error::{CompileError, ErrorClass};
use super::super::sqlalchemy::naming::ConstraintName;
use super::super::sqlalchemy::schema::{Column, Constraint, ConstraintKind, ReferenceRules, Table};
use super::super::sqlalchemy::target::Name;
use super::super::sqlalchemy::types::SqlType;
use super::{Context, no_constraints_on_sqlite};

/// Adds a constraint to a table.
#[derive(Debug, Clone)]
pub struct NewConstraint {
    /// The table.
    pub table: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// The constraint.
    pub constraint: Constraint,
}

impl NewConstraint {
    /// The table with the constraint attached.
    ///
    /// # Errors
    ///
    /// A name that the convention cannot make.
    pub fn attached(self, context: &Context) -> Result<(Table, Constraint), CompileError> {
        let mut table = context.table(&self.table, self.schema.as_ref());
        let columns: Vec<Name> = match &self.constraint.kind {
            ConstraintKind::PrimaryKey { columns }
            | ConstraintKind::Unique { columns }
            | ConstraintKind::ForeignKey { columns, .. } => columns.clone(),
            _ => Vec::new(),
        };
        for column in columns {
            if table.column(column.as_str()).is_none() {
                table.columns.push(Column::new(column, SqlType::null()));
            }
        }
        table.attach(self.constraint)?;
        let constraint = table
            .constraints
            .last()
            .cloned()
            .ok_or_else(|| CompileError::new("a constraint without a table"))?;
        Ok((table, constraint))
    }

    /// Writes the statement.
    ///
    /// # Errors
    ///
    /// What the backend cannot have.
    pub fn write(
        self,
        context: &Context,
        statements: &mut Vec<String>,
    ) -> Result<(), CompileError> {
        let (table, constraint) = self.attached(context)?;
        add_constraint(context, &constraint, &table, statements)
    }
}

/// Adds a constraint that is part of a table already.
pub(super) fn add_constraint(
    context: &Context,
    constraint: &Constraint,
    table: &Table,
    statements: &mut Vec<String>,
) -> Result<(), CompileError> {
    if context.target.is_sqlite() {
        if matches!(constraint.kind, ConstraintKind::TypeCheck { .. }) {
            context.warn(
                "Skipping unsupported ALTER for creation of implicit constraint. Please refer to \
                 the batch mode feature which allows for SQLite migrations using a copy-and-move \
                 strategy.",
            );
            return Ok(());
        }
        return Err(no_constraints_on_sqlite());
    }
    if context.ddl().is_written(constraint) {
        statements.push(context.ddl().add_constraint(constraint, table)?);
    }
    Ok(())
}

/// What `type_` of `drop_constraint` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintType {
    /// `foreignkey`
    ForeignKey,
    /// `primary`
    Primary,
    /// `unique`
    Unique,
    /// `check`
    Check,
    /// Not said.
    Unknown,
}

impl ConstraintType {
    /// From the argument.
    ///
    /// # Errors
    ///
    /// Any other word.
    pub fn parse(text: Option<&str>) -> Result<Self, CompileError> {
        Ok(match text {
            Some("foreignkey") => Self::ForeignKey,
            Some("primary") => Self::Primary,
            Some("unique") => Self::Unique,
            Some("check") => Self::Check,
            None => Self::Unknown,
            Some(_) => {
                return Err(CompileError::of(
                    ErrorClass::Type,
                    "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None",
                ));
            }
        })
    }

    /// A constraint of this type that is known by its name alone.
    pub fn constraint(self, name: ConstraintName) -> Constraint {
        Constraint::named(
            name,
            match self {
                Self::ForeignKey => ConstraintKind::ForeignKey {
                    columns: Vec::new(),
                    targets: Vec::new(),
                    rules: ReferenceRules::default(),
                },
                Self::Primary => ConstraintKind::PrimaryKey {
                    columns: Vec::new(),
                },
                Self::Unique => ConstraintKind::Unique {
                    columns: Vec::new(),
                },
                Self::Check => ConstraintKind::NamedCheck,
                Self::Unknown => ConstraintKind::Named,
            },
        )
    }
}

/// Drops a constraint.
#[derive(Debug, Clone)]
pub struct DropConstraint {
    /// Its name.
    pub name: ConstraintName,
    /// The table.
    pub table: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// What it is.
    pub constraint_type: ConstraintType,
    /// Only where it is there.
    pub if_exists: bool,
}

impl DropConstraint {
    /// The name, as the convention makes it.
    ///
    /// # Errors
    ///
    /// A name that the convention cannot make.
    pub fn resolved_name(&self, context: &Context) -> Result<Option<String>, CompileError> {
        let (_, constraint) = NewConstraint {
            table: self.table.clone(),
            schema: self.schema.clone(),
            constraint: self.constraint_type.constraint(self.name.clone()),
        }
        .attached(context)?;
        Ok(constraint.name.text().map(ToString::to_string))
    }

    /// Writes the statement.
    ///
    /// # Errors
    ///
    /// A constraint without a name, or any on SQLite.
    pub fn write(
        self,
        context: &Context,
        statements: &mut Vec<String>,
    ) -> Result<(), CompileError> {
        let (table, constraint) = NewConstraint {
            table: self.table,
            schema: self.schema,
            constraint: self.constraint_type.constraint(self.name),
        }
        .attached(context)?;
        if context.target.is_sqlite() {
            return Err(no_constraints_on_sqlite());
        }
        statements.push(context.ddl().drop_constraint(
            &constraint,
            &table,
            Guard::when(self.if_exists),
        )?);
        Ok(())
    }
}

/// Drops the check that a column's old type brought, as `alter_column` does before it sets another.
pub fn drop_type_check(
    context: &Context,
    constraint: &Constraint,
    table: &Table,
    statements: &mut Vec<String>,
) -> Result<(), CompileError> {
    // MySQL's types hold their values themselves, and SQLite cannot drop a constraint.
    if context.target.is_postgres() {
        statements.push(
            context
                .ddl()
                .drop_constraint(constraint, table, Guard::None)?,
        );
    }
    Ok(())
}
