//! What a statement touches, as plain data.

use std::ops::Range;
use std::sync::Arc;

/// What a name stands for, as far as the statement tells.
///
/// A query does not say whether it reads a table or a view: whatever may stand in a `FROM` is
/// a table here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A schema; in MySQL a database.
    Schema,
    /// A table, also a foreign or virtual one, and what a query reads or writes.
    Table,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
    /// A type of any sort: enum, composite, range, domain.
    Type,
    /// A function, procedure or aggregate, whatever its arguments.
    Function,
    /// A sequence.
    Sequence,
    /// An index.
    Index,
    /// A trigger.
    Trigger,
    /// An extension of the server.
    Extension,
}

/// The name of an object as the server compares it: folded, quotes taken off.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectName {
    /// The schema, if one is written.
    pub schema: Option<String>,
    /// The name inside the schema.
    pub name: String,
}

impl std::fmt::Display for ObjectName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.schema {
            Some(schema) => write!(formatter, "{schema}.{}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

/// What is done to an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is there afterwards.
    Creates {
        /// An object of that name is left as it is.
        if_not_exists: bool,
        /// An object of that name is replaced.
        or_replace: bool,
        /// It goes away with the session.
        temporary: bool,
    },
    /// It is gone afterwards.
    Drops {
        /// It need not be there.
        if_exists: bool,
        /// What depends on it goes too.
        cascade: bool,
    },
    /// Its definition, comment or privileges are changed.
    Alters,
    /// It has another name in the same schema afterwards.
    Renames {
        /// The new name.
        to: String,
    },
    /// It is in another schema afterwards.
    Moves {
        /// The new schema.
        to: String,
    },
    /// Its rows are read.
    Reads,
    /// Rows are inserted, changed or deleted.
    Writes,
    /// Another object is defined in terms of it: foreign key, `LIKE`, `INHERITS`, `PARTITION OF`,
    /// index or trigger on it, function that a trigger executes.
    References,
    /// A column, argument, variable or cast has this type.
    UsesType,
    /// It is called.
    Calls,
}

/// When a touch happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moment {
    /// When the statement runs.
    Now,
    /// When the statement runs, if a condition holds or no error is caught.
    Conditional,
    /// When somebody calls the routine, or a row fires the trigger, that the statement defines.
    Deferred,
}

/// One object that a statement touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// What kind of object it is.
    pub kind: ObjectKind,
    /// Its name.
    pub name: ObjectName,
    /// What is done to it.
    pub action: Action,
    /// When it is done.
    pub moment: Moment,
    /// Where the name starts, in bytes of the script.
    pub offset: usize,
    /// The schemas where a name without one is looked for, in order; it is created in the first.
    /// None when the script sets them to something that only the server knows.
    pub search_path: Option<Arc<[String]>>,
}

impl Touch {
    /// The schemas in which the object may be, in the order in which the server looks.
    pub fn schemas(&self) -> impl Iterator<Item = &str> {
        let written = self.name.schema.as_deref();
        let path = self.search_path.as_deref().unwrap_or_default();
        let path = if written.is_some() { &[] } else { path };
        written.into_iter().chain(path.iter().map(String::as_str))
    }
}

/// What one statement touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The text of the statement, in bytes of the script.
    pub span: Range<usize>,
    /// Where its first token that is no comment starts.
    pub code_start: usize,
    /// What it touches, in the order of the text.
    pub touches: Vec<Touch>,
    /// Whether it runs SQL that is put together at run time and so cannot be read here.
    pub runs_unknown_sql: bool,
}
