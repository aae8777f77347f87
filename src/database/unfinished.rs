//! What a statement has left that ran outside a transaction and was interrupted.

use crate::engine::{Database, ServerError};
use crate::model::Backend;
use crate::sql::{Repeat, quote};

/// What the database says about an interrupted statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is complete.
    Complete,
    /// It may run again, after this statement if there is one.
    Again(Option<String>),
    /// Only a person can tell.
    Unclear,
}

/// Looks in the catalogs where that helps.
pub fn verdict(database: &mut dyn Database, kind: &Repeat) -> Result<Verdict, ServerError> {
    match kind {
        Repeat::Harmless => Ok(Verdict::Again(None)),
        Repeat::IndexBuilt { index, table } if database.backend() == Backend::Postgres => {
            built(database, index, table)
        }
        Repeat::IndexDropped { index } if database.backend() == Backend::Postgres => {
            dropped(database, index)
        }
        _ => Ok(Verdict::Unclear),
    }
}

fn built(database: &mut dyn Database, index: &str, table: &str) -> Result<Verdict, ServerError> {
    let flavor = database.backend().flavor();
    let sql = format!(
        "SELECT i.indisvalid, i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = {} AND i.indrelid = to_regclass({})",
        quote::literal(index, flavor),
        quote::literal(table, flavor)
    );
    let row = database.query(&sql)?.rows.into_iter().next();
    Ok(match row.as_deref() {
        None => Verdict::Again(None),
        Some([Some(valid), _]) if valid == "t" => Verdict::Complete,
        Some([_, Some(name)]) => Verdict::Again(Some(format!("DROP INDEX CONCURRENTLY {name}"))),
        Some(_) => Verdict::Unclear,
    })
}

fn dropped(database: &mut dyn Database, index: &str) -> Result<Verdict, ServerError> {
    let index = quote::literal(index, database.backend().flavor());
    let rows = database.query(&format!("SELECT to_regclass({index}) IS NULL"))?;
    Ok(if rows.single() == Some("t") {
        Verdict::Complete
    } else {
        Verdict::Again(None)
    })
}
