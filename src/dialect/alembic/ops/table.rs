//! `create_table`, and the named types that come with it.

use super::super::sqlalchemy::compiler::literal_sql;
use super::super::sqlalchemy::ddl::Guard;
use super::super::sqlalchemy::error::CompileError;
use super::super::sqlalchemy::schema::Table;
use super::super::sqlalchemy::target::{Name, Target};
use super::super::sqlalchemy::types::{
    ColumnContext, Family, SqlType, TypeClass, ddl as type_text,
};
use super::Context;

/// Creates a table.
#[derive(Debug, Clone)]
pub struct CreateTable {
    /// The table, assembled.
    pub table: Table,
    /// Only where it is missing.
    pub if_not_exists: bool,
}

impl CreateTable {
    /// Writes the statements: types, table, indexes, comments.
    ///
    /// # Errors
    ///
    /// What the backend cannot have.
    pub fn write(
        &self,
        context: &Context,
        statements: &mut Vec<String>,
    ) -> Result<(), CompileError> {
        let ddl = context.ddl();
        let table = &self.table;
        for column in &table.columns {
            for named in named_types(&column.sql_type, &context.target)? {
                let key = (
                    named.schema.as_ref().map(ToString::to_string),
                    named.name.to_string(),
                );
                if !named.skipped && context.created_types.borrow_mut().insert(key) {
                    statements.push(create_named_type(context, &named)?);
                }
            }
        }
        statements.push(ddl.create_table(table, Guard::when(self.if_not_exists))?);
        for index in &table.indexes {
            statements.push(ddl.create_index(index, Guard::None)?);
        }
        if ddl.has_comment_statements() {
            if let Some(comment) = &table.comment {
                statements.push(ddl.table_comment(
                    table.schema.as_ref(),
                    &table.name,
                    Some(comment),
                )?);
            }
            for column in &table.columns {
                if column.comment.is_some() {
                    statements.push(ddl.column_comment(table, column)?);
                }
            }
        }
        Ok(())
    }
}

/// A type that PostgreSQL creates before it is used.
#[derive(Debug, Clone)]
pub struct NamedType {
    /// Its name.
    pub name: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// Left to others (`create_type=False`).
    pub skipped: bool,
    /// The type.
    pub sql_type: SqlType,
}

/// Below so much stack, types inside types are looked at on a new segment.
const RED_ZONE: usize = 128 * 1024;
const SEGMENT: usize = 4 * 1024 * 1024;

/// The named types that a column's type needs on a target.
///
/// # Errors
///
/// PostgreSQL's own types on a backend that cannot create them.
pub fn named_types(sql_type: &SqlType, target: &Target) -> Result<Vec<NamedType>, CompileError> {
    if !target.is_postgres() {
        // The hooks of PostgreSQL's own types run on every backend.
        let own = sql_type.variant_for(target);
        let unsupported = match own.class() {
            TypeClass::PostgresEnum if target.is_mysql() => own
                .enumeration()
                .is_some_and(|definition| !definition.skip_create_type)
                .then_some("<class 'sqlalchemy.dialects.postgresql.named_types.CreateEnumType'>"),
            TypeClass::Domain => {
                Some("<class 'sqlalchemy.dialects.postgresql.named_types.CreateDomainType'>")
            }
            _ => None,
        };
        return match unsupported {
            Some(element) => Err(CompileError::unsupported(
                if target.is_mysql() {
                    "MySQLDDLCompiler"
                } else {
                    "SQLiteDDLCompiler"
                },
                element,
            )),
            None => Ok(Vec::new()),
        };
    }
    let resolved = sql_type.resolve(target)?;
    let arguments = resolved.arguments();
    if resolved.class().family() == Family::Array
        && let Some(item) = &arguments.item
    {
        return stacker::maybe_grow(RED_ZONE, SEGMENT, || named_types(item, target));
    }
    if let Some(definition) = &arguments.enumeration
        && !definition.emulated
        && resolved.class().family() == Family::Enum
        && let Some(name) = &definition.name
    {
        return Ok(vec![NamedType {
            name: name.clone(),
            schema: definition.schema.clone(),
            skipped: definition.skip_create_type,
            sql_type: resolved.clone(),
        }]);
    }
    if let Some(domain) = &arguments.domain {
        let mut types =
            stacker::maybe_grow(RED_ZONE, SEGMENT, || named_types(&domain.data_type, target))?;
        types.push(NamedType {
            name: domain.name.clone(),
            schema: domain.schema.clone(),
            skipped: domain.skip_create_type,
            sql_type: resolved.clone(),
        });
        return Ok(types);
    }
    Ok(Vec::new())
}

/// `CREATE TYPE … AS ENUM` or `CREATE DOMAIN`.
///
/// # Errors
///
/// What the backend cannot have.
pub fn create_named_type(context: &Context, named: &NamedType) -> Result<String, CompileError> {
    let ddl = context.ddl();
    let name = context
        .target
        .format_table(named.schema.as_ref(), &named.name);
    let arguments = named.sql_type.arguments();
    if let Some(domain) = &arguments.domain {
        let mut words = vec![type_text(
            &domain.data_type,
            &context.target,
            ColumnContext::Definition,
        )?];
        if let Some(collation) = &domain.collation {
            words.push(format!(
                "COLLATE {}",
                context.target.format_collation(collation)
            ));
        }
        if let Some(default) = &domain.default {
            words.push(format!(
                "DEFAULT {}",
                literal_sql(default, &context.target)?
            ));
        }
        if let Some(name) = &domain.constraint_name {
            words.push(format!(
                "CONSTRAINT {}",
                context.target.format_constraint_name(name)?
            ));
        }
        if domain.not_null {
            words.push("NOT NULL".to_owned());
        }
        if let Some(check) = &domain.check {
            words.push(format!("CHECK ({})", ddl.expression(check)?));
        }
        return Ok(format!("CREATE DOMAIN {name} AS {}", words.join(" ")));
    }
    let labels = arguments
        .enumeration
        .iter()
        .flat_map(|definition| &definition.labels)
        .map(|label| ddl.literal(label))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(format!(
        "CREATE TYPE {name} AS ENUM ({})",
        labels.join(", ")
    ))
}

/// `DROP TYPE` or `DROP DOMAIN`.
pub fn drop_named_type(context: &Context, named: &NamedType) -> String {
    let name = context
        .target
        .format_table(named.schema.as_ref(), &named.name);
    let word = if named.sql_type.arguments().domain.is_some() {
        "DOMAIN"
    } else {
        "TYPE"
    };
    format!("DROP {word} {name}")
}
