//! `clean`: empties the configured schemas. Off unless asked for.

use super::session::Session;
use crate::dialect::flyway::Event as Moment;
use crate::error::{Error, ErrorKind};

/// What a clean has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CleanResult {
    /// Schemas that were emptied.
    pub cleaned: Vec<String>,
    /// Schemas that were dropped, because migrations had created them.
    pub dropped: Vec<String>,
}

/// Drops everything in the configured schemas, and the schemas that a migrate had created.
pub fn clean(session: &mut Session<'_>) -> Result<CleanResult, Error> {
    if session.config.clean_disabled {
        return Err(Error::new(
            ErrorKind::Refused,
            "ERROR",
            "Unable to execute clean as it has been disabled with the 'flyway.cleanDisabled' property.",
        )
        .with_hint("set cleanDisabled=false if you really want to drop everything in the schemas"));
    }
    session.refuse_dry_run("clean")?;
    session.fire(Moment::BEFORE_CLEAN)?;
    match drop_all(session) {
        Ok(result) => {
            session.fire(Moment::AFTER_CLEAN)?;
            Ok(result)
        }
        Err(error) => {
            session.fire_error(Moment::AFTER_CLEAN_ERROR);
            Err(error)
        }
    }
}

fn drop_all(session: &mut Session<'_>) -> Result<CleanResult, Error> {
    let created = created_schemas(session)?;
    let mut result = CleanResult::default();
    for schema in session.schemas.clone() {
        if !session.schema_exists(&schema)? {
            session.note(format!(
                "schema \"{schema}\" does not exist; nothing to clean"
            ));
            continue;
        }
        if created.contains(&schema) {
            result.dropped.push(schema);
        } else {
            result.cleaned.push(schema);
        }
    }
    for schema in created {
        if !result.dropped.contains(&schema) && session.schema_exists(&schema)? {
            result.dropped.push(schema);
        }
    }
    let plan = result.clone();
    let action = "cleaning";
    session.in_locked_transaction(action, |session| {
        let server = |error| Error::server(action, error);
        for schema in plan.cleaned.iter().chain(&plan.dropped) {
            let drops = session.connection.drop_contents(schema).map_err(server)?;
            for statement in drops {
                session
                    .connection
                    .database()
                    .enqueue(&statement)
                    .map_err(server)?;
            }
        }
        for schema in &plan.dropped {
            if let Some(statement) = session.connection.drop_schema(schema) {
                session
                    .connection
                    .database()
                    .enqueue(&statement)
                    .map_err(server)?;
            }
        }
        Ok(())
    })?;
    Ok(result)
}

/// The schemas that marker rows name.
fn created_schemas(session: &mut Session<'_>) -> Result<Vec<String>, Error> {
    let rows = session.history_if_any()?.unwrap_or_default();
    Ok(rows
        .iter()
        .filter(|row| row.row_type.text() == "SCHEMA")
        .flat_map(|row| quoted_names(&row.script))
        .collect())
}

/// Reads `"a","b"`; a comma inside quotes belongs to the name.
fn quoted_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut current = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                current.push('"');
                characters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut current)),
            other => current.push(other),
        }
    }
    names.push(current);
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::quoted_names;

    #[test]
    fn names() {
        assert_eq!(quoted_names(r#""a","b,c","d""e""#), ["a", "b,c", "d\"e"]);
        assert!(quoted_names("").is_empty());
    }
}
