//! `create_index` and `drop_index`.

use super::super::sqlalchemy::ddl::Guard;
use super::super::sqlalchemy::error::CompileError;
use super::super::sqlalchemy::schema::Index;
use super::Context;

/// Creates an index.
///
/// # Errors
///
/// What the backend cannot have.
pub fn create_index(
    context: &Context,
    index: Index,
    guard: Guard,
    statements: &mut Vec<String>,
) -> Result<(), CompileError> {
    let table = context.table(&index.table, index.schema.as_ref());
    let index = table.named_index(index)?;
    statements.push(context.ddl().create_index(&index, guard)?);
    Ok(())
}

/// Drops an index.
///
/// # Errors
///
/// An index without a name.
pub fn drop_index(
    context: &Context,
    index: Index,
    guard: Guard,
    statements: &mut Vec<String>,
) -> Result<(), CompileError> {
    let table = context.table(&index.table, index.schema.as_ref());
    let index = table.named_index(index)?;
    statements.push(context.ddl().drop_index(&index, guard)?);
    Ok(())
}
