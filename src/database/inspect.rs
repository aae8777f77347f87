//! Questions about schemas and what is in them, and the statements that empty them.

use crate::engine::{Database, ServerError};
use crate::model::Backend;
use crate::sql::quote;

fn text(backend: Backend, value: &str) -> String {
    quote::literal(value, backend.flavor())
}

fn name(backend: Backend, value: &str) -> String {
    quote::identifier(value, backend.flavor())
}

/// The query for everything that has a name in a schema, as `schema.name`, the server's own left out.
pub fn objects_query(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "SELECT schema || '.' || name FROM pragma_table_list WHERE type IN ('table', 'view', 'virtual') AND schema <> 'temp'"
        }
        Backend::Postgres => {
            "SELECT n.nspname || '.' || o.name FROM (SELECT relnamespace AS space, relname AS name FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') UNION ALL SELECT t.typnamespace, t.typname FROM pg_catalog.pg_type t WHERE t.typtype IN ('e', 'd', 'r') UNION ALL SELECT pronamespace, proname FROM pg_catalog.pg_proc) o JOIN pg_catalog.pg_namespace n ON n.oid = o.space WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'"
        }
        Backend::Mysql => {
            "SELECT concat(table_schema, '.', table_name) FROM information_schema.tables WHERE table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')"
        }
    }
}

pub(super) fn schema_exists(backend: Backend, schema: &str) -> String {
    let literal = text(backend, schema);
    match backend {
        Backend::Sqlite => {
            format!("SELECT count(*) > 0 FROM pragma_database_list WHERE name = {literal}")
        }
        Backend::Postgres | Backend::Mysql => format!(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = {literal})"
        ),
    }
}

pub(super) fn table_exists(backend: Backend, schema: &str, table: &str) -> String {
    let table = text(backend, table);
    match backend {
        Backend::Sqlite => format!(
            "SELECT count(*) > 0 FROM {}.sqlite_master WHERE type = 'table' AND name = {table}",
            name(backend, schema)
        ),
        Backend::Postgres | Backend::Mysql => format!(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {} AND c.relname = {table} AND c.relkind IN ('r', 'p'))",
            text(backend, schema)
        ),
    }
}

/// What belongs to an extension does not count.
pub(super) fn schema_is_empty(backend: Backend, schema: &str) -> String {
    match backend {
        Backend::Sqlite => format!(
            "SELECT count(*) = 0 FROM {}.sqlite_master WHERE type = 'table' AND name NOT IN ('android_metadata', 'sqlite_sequence')",
            name(backend, schema)
        ),
        Backend::Postgres | Backend::Mysql => {
            let owned = |class: &str, alias: &str, column: &str, more: &str| {
                format!(
                    "EXISTS (SELECT 1 FROM pg_catalog.{class} {alias} JOIN wanted w ON w.oid = {alias}.{column} WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = {alias}.oid AND d.deptype = 'e'){more})"
                )
            };
            format!(
                "WITH wanted AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {}) SELECT NOT ({} OR {} OR {})",
                text(backend, schema),
                owned(
                    "pg_class",
                    "c",
                    "relnamespace",
                    " AND c.relkind IN ('r', 'v', 'S', 't')"
                ),
                owned(
                    "pg_type",
                    "t",
                    "typnamespace",
                    " AND t.typcategory NOT IN ('A', 'C')"
                ),
                owned("pg_proc", "p", "pronamespace", ""),
            )
        }
    }
}

pub(super) fn create_schema(backend: Backend, schema: &str) -> Option<String> {
    match backend {
        Backend::Sqlite => None,
        Backend::Postgres | Backend::Mysql => {
            Some(format!("CREATE SCHEMA {}", name(backend, schema)))
        }
    }
}

pub(super) fn drop_schema(backend: Backend, schema: &str) -> Option<String> {
    match backend {
        Backend::Sqlite => None,
        Backend::Postgres | Backend::Mysql => {
            Some(format!("DROP SCHEMA {} CASCADE", name(backend, schema)))
        }
    }
}

/// Asks the server for the statements that empty a schema, in the order in which they work.
pub(super) fn drop_contents(
    database: &mut dyn Database,
    schema: &str,
) -> Result<Vec<String>, ServerError> {
    let backend = database.backend();
    let mut statements = Vec::new();
    match backend {
        Backend::Sqlite => {
            let master = format!("{}.sqlite_master", name(backend, schema));
            for (kind, word) in [("view", "VIEW"), ("table", "TABLE")] {
                let sql = format!(
                    "SELECT name FROM {master} WHERE type = '{kind}' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                );
                for object in column(database, &sql)? {
                    let object = format!("{}.{}", name(backend, schema), name(backend, &object));
                    statements.push(format!("DROP {word} {object}"));
                }
            }
            let sequences = format!("SELECT name FROM {master} WHERE name = 'sqlite_sequence'");
            if !column(database, &sequences)?.is_empty() {
                statements.push(format!(
                    "DELETE FROM {}.sqlite_sequence",
                    name(backend, schema)
                ));
            }
        }
        Backend::Postgres | Backend::Mysql => {
            for sql in postgres_drops(&text(backend, schema)) {
                statements.extend(column(database, &sql)?);
            }
        }
    }
    Ok(statements)
}

/// Queries whose rows are DROP statements. Tables and types go with all that depends on them;
/// what belongs to an extension, or came with another object, goes with that.
fn postgres_drops(schema: &str) -> Vec<String> {
    let free = |alias: &str| {
        format!(
            "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = {alias}.oid AND d.deptype IN ('e', 'i'))"
        )
    };
    let relations = |kinds: &str, word: &str| {
        format!(
            "SELECT format('DROP {word} IF EXISTS %I.%I CASCADE', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {schema} AND c.relkind IN ({kinds}) AND NOT c.relispartition AND {}",
            free("c")
        )
    };
    let types = |condition: &str, word: &str| {
        format!(
            "SELECT format('DROP {word} IF EXISTS %I.%I CASCADE', n.nspname, t.typname) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = {schema} AND {condition} AND {}",
            free("t")
        )
    };
    vec![
        relations("'m'", "MATERIALIZED VIEW"),
        relations("'v'", "VIEW"),
        relations("'r', 'p'", "TABLE"),
        relations("'f'", "FOREIGN TABLE"),
        format!(
            "SELECT format('DROP %s IF EXISTS %s CASCADE', CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = {schema} AND {}",
            free("p")
        ),
        types("t.typtype = 'd'", "DOMAIN"),
        types(
            "(t.typtype IN ('e', 'b', 'p', 'r') AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type e WHERE e.typarray = t.oid) OR t.typtype = 'c' AND (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid) = 'c')",
            "TYPE",
        ),
        relations("'S'", "SEQUENCE"),
        format!(
            "SELECT format('DROP COLLATION IF EXISTS %I.%I CASCADE', n.nspname, c.collname) FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE n.nspname = {schema} AND {}",
            free("c")
        ),
        format!(
            "SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', e.extname) FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname = {schema} AND e.extowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)"
        ),
    ]
}

fn column(database: &mut dyn Database, sql: &str) -> Result<Vec<String>, ServerError> {
    let rows = database.query(sql)?;
    Ok(rows
        .rows
        .into_iter()
        .filter_map(|row| row.into_iter().next().flatten())
        .collect())
}
