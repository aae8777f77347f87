//! `add_column` and `drop_column`.

use std::fmt::Write as _;

use super::super::sqlalchemy::ddl::Guard;
use super::super::sqlalchemy::error::CompileError;
use super::super::sqlalchemy::schema::{Column, ConstraintKind, referent};
use super::super::sqlalchemy::target::Name;
use super::Context;
use super::constraint::add_constraint;

/// Adds a column.
#[derive(Debug, Clone)]
pub struct AddColumn {
    /// The table.
    pub table: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// The column.
    pub column: Column,
    /// Only where it is missing.
    pub if_not_exists: bool,
    /// A single reference is written with the column.
    pub inline_references: bool,
    /// So is the primary key.
    pub inline_primary_key: bool,
}

impl AddColumn {
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
        let ddl = context.ddl();
        let target = &context.target;
        let name = self.column.name.clone();
        let table = context
            .table(&self.table, self.schema.as_ref())
            .alone()
            .assemble(target, vec![self.column], Vec::new(), Vec::new())?;
        let Some(column) = table.column(name.as_str()) else {
            return Ok(());
        };
        let mut text = format!(
            "ALTER TABLE {} ADD COLUMN {}{}",
            context.altered_table(&self.table, self.schema.as_ref()),
            if self.if_not_exists {
                "IF NOT EXISTS "
            } else {
                ""
            },
            ddl.column_specification(column, &table)?
        );
        if self.inline_primary_key && column.primary_key {
            text.push_str(" PRIMARY KEY");
        }
        let references: Vec<_> = table
            .constraints
            .iter()
            .filter(|constraint| matches!(constraint.kind, ConstraintKind::ForeignKey { .. }))
            .collect();
        let inline = self.inline_references && references.len() == 1;
        if inline
            && let [reference] = references.as_slice()
            && let ConstraintKind::ForeignKey { targets, rules, .. } = &reference.kind
            && let Some(target_text) = targets.first()
        {
            let referent = referent(target_text);
            let schema = referent.schema.as_deref().map(Name::from);
            let column_name = referent.column.as_deref().unwrap_or(name.as_str());
            let _ = write!(
                text,
                " REFERENCES {} ({})",
                target.format_table(schema.as_ref(), &Name::from(referent.table.as_str())),
                target.quote_text(column_name)
            );
            ddl.reference_rules(&mut text, rules)?;
            ddl.deferrability(&mut text, &reference.common)?;
        }
        for check in &column.checks {
            text.push(' ');
            text.push_str(&ddl.constraint(check, &table)?.unwrap_or_default());
        }
        statements.push(text);
        for constraint in &table.constraints {
            match &constraint.kind {
                ConstraintKind::PrimaryKey { .. } => {}
                ConstraintKind::ForeignKey { .. } if inline => {}
                _ => add_constraint(context, constraint, &table, statements)?,
            }
        }
        for index in &table.indexes {
            statements.push(ddl.create_index(index, Guard::None)?);
        }
        if column.comment.is_some() && ddl.has_comment_statements() {
            statements.push(ddl.column_comment(&table, column)?);
        }
        Ok(())
    }
}

/// Drops a column.
#[derive(Debug, Clone)]
pub struct DropColumn {
    /// The table.
    pub table: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// The column.
    pub column: Name,
    /// Only where it is there.
    pub if_exists: bool,
}

impl DropColumn {
    /// Writes the statement.
    pub fn write(&self, context: &Context, statements: &mut Vec<String>) {
        statements.push(format!(
            "ALTER TABLE {} DROP COLUMN {}{}",
            context.altered_table(&self.table, self.schema.as_ref()),
            if self.if_exists { "IF EXISTS " } else { "" },
            context.target.quote(&self.column)
        ));
    }
}
