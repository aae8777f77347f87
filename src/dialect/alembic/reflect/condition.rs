//! Questions whether something is there, as conditions in PostgreSQL's SQL: they hold when SQLAlchemy's
//! inspector would list it.

use super::Listing;
use super::postgres::{in_schema, kinds, literal, relations, type_question};

/// What may be there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing<'a> {
    /// A table or view.
    Relation {
        /// Its name.
        table: &'a str,
        /// Its schema; none for those that are found without one.
        schema: Option<&'a str>,
    },
    /// One of what is listed by name.
    Listed {
        /// The list.
        listing: Listing,
        /// Its name.
        name: &'a str,
        /// Its schema.
        schema: Option<&'a str>,
    },
    /// A type.
    Type {
        /// Its name.
        name: &'a str,
        /// Its schema.
        schema: Option<&'a str>,
    },
    /// A part of a table.
    Part {
        /// What kind of part.
        part: Part,
        /// Its name.
        name: &'a str,
        /// The table.
        table: &'a str,
        /// The table's schema.
        schema: Option<&'a str>,
    },
}

/// The parts of tables that have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Columns.
    Column,
    /// Unique constraints.
    Unique,
    /// Foreign keys.
    ForeignKey,
    /// Checks.
    Check,
    /// Indexes, but for the primary key's.
    Index,
}

/// PostgreSQL's longest name, in bytes.
const LONGEST: usize = 63;

impl Existing<'_> {
    /// Whether there can be something of that name at all: the server would cut longer names.
    pub fn is_possible(&self) -> bool {
        let name = match self {
            Self::Relation { table, .. } => table,
            Self::Listed { name, .. } | Self::Type { name, .. } | Self::Part { name, .. } => name,
        };
        name.len() <= LONGEST
    }

    /// The condition.
    pub fn condition(&self) -> String {
        match *self {
            Self::Relation { table, schema } => format!(
                "EXISTS (SELECT FROM {} WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = {} AND {})",
                relations(),
                literal(table),
                in_schema(schema)
            ),
            Self::Listed {
                listing: Listing::Schemas,
                name,
                ..
            } => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname = {})",
                literal(name)
            ),
            Self::Listed {
                listing,
                name,
                schema,
            } => {
                let (kinds, temporary) = kinds(listing);
                format!(
                    "EXISTS (SELECT FROM {} WHERE c.relkind IN ({kinds}) AND c.relpersistence {} 't' AND c.relname = {} AND {})",
                    relations(),
                    if temporary { "=" } else { "<>" },
                    literal(name),
                    in_schema(if temporary { None } else { schema })
                )
            }
            Self::Type { name, schema } => format!("EXISTS ({})", type_question(name, schema)),
            Self::Part {
                part,
                name,
                table,
                schema,
            } => {
                let (join, condition) = match part {
                    Part::Column => (
                        "pg_catalog.pg_attribute a ON a.attrelid = c.oid",
                        "a.attnum > 0 AND NOT a.attisdropped AND a.attname",
                    ),
                    Part::Unique => (CONSTRAINT, "k.contype = 'u' AND k.conname"),
                    Part::ForeignKey => (CONSTRAINT, "k.contype = 'f' AND k.conname"),
                    Part::Check => (CONSTRAINT, "k.contype = 'c' AND k.conname"),
                    Part::Index => (
                        "pg_catalog.pg_index x ON x.indrelid = c.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid",
                        "NOT x.indisprimary AND i.relname",
                    ),
                };
                format!(
                    "EXISTS (SELECT FROM {} JOIN {join} WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = {} AND {} AND {condition} = {})",
                    relations(),
                    literal(table),
                    in_schema(schema),
                    literal(name)
                )
            }
        }
    }

    /// A name for the answer.
    pub fn name(&self) -> String {
        let (kind, name) = match *self {
            Self::Relation { table, .. } => ("table", table),
            Self::Listed { listing, name, .. } => (
                match listing {
                    Listing::Tables | Listing::TemporaryTables => "table",
                    Listing::Views | Listing::TemporaryViews | Listing::MaterializedViews => "view",
                    Listing::Sequences => "sequence",
                    Listing::Schemas => "schema",
                },
                name,
            ),
            Self::Type { name, .. } => ("type", name),
            Self::Part { part, name, .. } => (
                match part {
                    Part::Column => "column",
                    Part::Unique => "unique",
                    Part::ForeignKey => "foreign_key",
                    Part::Check => "check",
                    Part::Index => "index",
                },
                name,
            ),
        };
        format!("has_{kind}_{name}")
    }
}

const CONSTRAINT: &str = "pg_catalog.pg_constraint k ON k.conrelid = c.oid";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_ask_what_the_inspector_asks() {
        let column = Existing::Part {
            part: Part::Column,
            name: "it's",
            table: "사용자",
            schema: Some("auth"),
        };
        assert_eq!(
            column.condition(),
            "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') \
             AND c.relname = '사용자' AND n.nspname = 'auth' AND a.attnum > 0 AND NOT a.attisdropped \
             AND a.attname = 'it''s')"
        );
        let view = Existing::Listed {
            listing: Listing::Views,
            name: "v",
            schema: None,
        };
        assert_eq!(
            view.condition(),
            "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('v') AND c.relpersistence <> 't' AND c.relname = 'v' \
             AND pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog')"
        );
    }

    #[test]
    fn names_that_the_server_would_cut_are_nowhere() {
        let long = "x".repeat(64);
        let question = |table| Existing::Relation {
            table,
            schema: None,
        };
        assert!(!question(&long).is_possible());
        assert!(question(&long[..63]).is_possible());
    }
}
