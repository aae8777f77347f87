//! What a database says about the tables of a transfer: columns, types, constraints.

use indexmap::IndexMap;

use super::TableName;
use super::error::TransferError;
use crate::engine::{Database, Rows};
use crate::model::Backend;
use crate::sql::quote;

/// What kind of values a column holds, as far as a transfer needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text; with the greatest length in characters, where there is one.
    Text(Option<u32>),
    /// An enumerated type with its labels.
    Enum(Vec<String>),
    /// UUID.
    Uuid,
    /// A whole number.
    Integer,
    /// A date with a time, without a zone.
    Naive,
    /// A date with a time and a zone.
    Zoned,
    /// A truth value, an exact number or a date: types that hash and compare by themselves.
    Plain,
    /// Whatever else.
    Other,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnShape {
    /// Its type as the server writes it.
    pub(super) type_name: String,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    /// Whether the server has a value where none is given.
    pub(super) has_default: bool,
    /// Whether the server makes the value and takes none.
    pub(super) generated: bool,
}

/// A unique constraint or index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UniqueShape {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The condition of a partial index.
    pub(super) predicate: Option<String>,
    /// Whether NULL equals NULL.
    pub(super) nulls_equal: bool,
    pub(super) primary: bool,
}

/// A foreign key of another table that points here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) table: TableName,
    /// Its columns, and the columns here.
    pub(super) columns: Vec<(String, String)>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TableShape {
    pub(super) columns: IndexMap<String, ColumnShape>,
    pub(super) unique: Vec<UniqueShape>,
    /// Check constraints: name and condition.
    pub(super) checks: Vec<(String, String)>,
    pub(super) referenced_by: Vec<Reference>,
    /// Triggers and rules of users.
    pub(super) triggers: Vec<String>,
    /// Whether row security hides rows from the session.
    pub(super) row_security: bool,
}

impl TableShape {
    /// The columns of the primary key.
    pub(super) fn primary_key(&self) -> Option<&[String]> {
        let key = self.unique.iter().find(|unique| unique.primary)?;
        Some(&key.columns)
    }

    /// Whether the database itself holds these columns to be unique, all rows of it.
    pub(super) fn guarantees_unique(&self, columns: &[&str]) -> bool {
        self.unique.iter().any(|unique| {
            unique.predicate.is_none()
                && unique
                    .columns
                    .iter()
                    .all(|column| columns.contains(&column.as_str()))
        })
    }
}

/// Asks for a table; nothing where there is none.
pub(super) fn inspect(
    database: &mut dyn Database,
    table: &TableName,
) -> Result<Option<TableShape>, TransferError> {
    let found = match database.backend() {
        Backend::Postgres => postgres(database, table),
        _ => sqlite(database, table),
    };
    found.map_err(|error| TransferError::server(format!("asking for {table}"), error))
}

type Answer = Result<Option<TableShape>, crate::engine::ServerError>;

#[expect(clippy::too_many_lines, reason = "one question after the other")]
fn postgres(database: &mut dyn Database, table: &TableName) -> Answer {
    let literal = |text: &str| quote::literal(text, Backend::Postgres.flavor());
    let name = super::text::Text::new(Backend::Postgres).table(table);
    let rows = database.query(&format!(
        "SELECT to_regclass({})::oid::text, (SELECT row_security_active(c.oid)::text FROM pg_class c WHERE c.oid = to_regclass({0}))",
        literal(&name)
    ))?;
    let Some(oid) = rows.single().map(str::to_owned) else {
        return Ok(None);
    };
    let mut shape = TableShape {
        row_security: rows.rows[0][1].as_deref() == Some("true"),
        ..TableShape::default()
    };
    let columns = database.query(&format!(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typtype::text, CASE WHEN b.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN (a.atttypmod - 4)::text END, a.attnotnull::text, (a.atthasdef OR a.attidentity <> '')::text, (a.attgenerated <> '' OR a.attidentity = 'a')::text, (SELECT string_agg(e.enumlabel, E'\\x1f' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = b.oid) \
         FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END \
         WHERE a.attrelid = {oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    ))?;
    for row in columns.rows {
        let value = |at: usize| row.get(at).cloned().flatten();
        let yes = |at: usize| value(at).as_deref() == Some("true");
        let kind = match (value(2).as_deref(), value(3).as_deref()) {
            (Some("text" | "varchar" | "bpchar"), _) => {
                Kind::Text(value(4).and_then(|length| length.parse().ok()))
            }
            (_, Some("e")) => Kind::Enum(
                value(8)
                    .unwrap_or_default()
                    .split('\u{1f}')
                    .map(str::to_owned)
                    .collect(),
            ),
            (Some("uuid"), _) => Kind::Uuid,
            (Some("int2" | "int4" | "int8"), _) => Kind::Integer,
            (Some("timestamp"), _) => Kind::Naive,
            (Some("timestamptz"), _) => Kind::Zoned,
            (Some("bool" | "numeric" | "date" | "time"), _) => Kind::Plain,
            _ => Kind::Other,
        };
        shape.columns.insert(
            value(0).unwrap_or_default(),
            ColumnShape {
                type_name: value(1).unwrap_or_default(),
                kind,
                nullable: !yes(5),
                has_default: yes(6),
                generated: yes(7),
            },
        );
    }
    let unique = database.query(&format!(
        "SELECT i.indexrelid::regclass::text, i.indisprimary::text, pg_get_expr(i.indpred, i.indrelid), \
         (SELECT string_agg(a.attname, E'\\x1f' ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.n <= i.indnkeyatts), \
         coalesce((to_jsonb(i)->>'indnullsnotdistinct')::boolean, false)::text, (SELECT x.relname FROM pg_class x WHERE x.oid = i.indexrelid) \
         FROM pg_index i WHERE i.indrelid = {oid} AND i.indisunique AND i.indexprs IS NULL ORDER BY 1"
    ))?;
    for row in unique.rows {
        let value = |at: usize| row.get(at).cloned().flatten();
        shape.unique.push(UniqueShape {
            name: value(5).unwrap_or_default(),
            primary: value(1).as_deref() == Some("true"),
            predicate: value(2),
            columns: value(3)
                .unwrap_or_default()
                .split('\u{1f}')
                .map(str::to_owned)
                .collect(),
            nulls_equal: value(4).as_deref() == Some("true"),
        });
    }
    shape.checks = pairs(database.query(&format!(
        "SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conrelid = {oid} AND contype = 'c' ORDER BY conname"
    ))?);
    let references = database.query(&format!(
        "SELECT n.nspname, c.relname, string_agg(a.attname, E'\\x1f' ORDER BY k.n), string_agg(b.attname, E'\\x1f' ORDER BY k.n) \
         FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY k(own, theirs, n) \
         JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.own JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.theirs \
         WHERE f.confrelid = {oid} AND f.contype = 'f' GROUP BY f.oid, n.nspname, c.relname ORDER BY 1, 2"
    ))?;
    for row in references.rows {
        let value = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let (own, theirs) = (value(2), value(3));
        shape.referenced_by.push(Reference {
            table: TableName {
                schema: Some(value(0)),
                name: value(1),
            },
            columns: own
                .split('\u{1f}')
                .zip(theirs.split('\u{1f}'))
                .map(|(own, theirs)| (own.to_owned(), theirs.to_owned()))
                .collect(),
        });
    }
    shape.triggers = database
        .query(&format!(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = {oid} AND NOT tgisinternal UNION ALL SELECT rulename FROM pg_rewrite WHERE ev_class = {oid} AND rulename <> '_RETURN' ORDER BY 1"
        ))?
        .first_column();
    Ok(Some(shape))
}

fn pairs(rows: Rows) -> Vec<(String, String)> {
    let rows = rows.rows.into_iter();
    rows.filter_map(|row| {
        let mut values = row.into_iter();
        Some((values.next()??, values.next()??))
    })
    .collect()
}

#[expect(clippy::too_many_lines, reason = "one question after the other")]
fn sqlite(database: &mut dyn Database, table: &TableName) -> Answer {
    let literal = |text: &str| quote::literal(text, Backend::Sqlite.flavor());
    let schema = table.schema.as_deref().unwrap_or("main");
    let (name, of) = (literal(&table.name), literal(schema));
    let attached = database.query(&format!(
        "SELECT count(*) FROM pragma_database_list WHERE name = {of}"
    ))?;
    if attached.single() == Some("0") {
        return Ok(None);
    }
    let columns = database.query(&format!(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({name}, {of})"
    ))?;
    if columns.rows.is_empty() {
        return Ok(None);
    }
    let mut shape = TableShape::default();
    let mut key = Vec::new();
    for row in columns.rows {
        let value = |at: usize| row.get(at).cloned().flatten();
        let column = value(0).unwrap_or_default();
        let type_name = value(1).unwrap_or_default();
        let position: u32 = value(4).and_then(|at| at.parse().ok()).unwrap_or_default();
        let alone = type_name.eq_ignore_ascii_case("integer");
        if position > 0 {
            key.push((position, column.clone()));
        }
        shape.columns.insert(
            column,
            ColumnShape {
                kind: sqlite_kind(&type_name),
                nullable: value(2).as_deref() == Some("0") && position == 0,
                // The number of a row is made by SQLite.
                has_default: value(3).is_some() || (position > 0 && alone),
                generated: matches!(value(5).as_deref(), Some("2" | "3")),
                type_name,
            },
        );
    }
    if !key.is_empty() {
        key.sort();
        shape.unique.push(UniqueShape {
            name: "primary key".to_owned(),
            columns: key.into_iter().map(|(_, column)| column).collect(),
            predicate: None,
            nulls_equal: false,
            primary: true,
        });
    }
    let indexes = database.query(&format!(
        "SELECT l.name, l.partial, (SELECT group_concat(coalesce(i.name, ''), char(31)) FROM (SELECT name FROM pragma_index_info(l.name, {of}) ORDER BY seqno) i), (SELECT s.sql FROM {}.sqlite_master s WHERE s.type = 'index' AND s.name = l.name) \
         FROM pragma_index_list({name}, {of}) l WHERE l.\"unique\" AND l.origin <> 'pk' ORDER BY l.name",
        quote::identifier(schema, Backend::Sqlite.flavor())
    ))?;
    for row in indexes.rows {
        let value = |at: usize| row.get(at).cloned().flatten();
        let columns: Vec<String> = value(2)
            .unwrap_or_default()
            .split('\u{1f}')
            .map(str::to_owned)
            .collect();
        if columns.iter().any(String::is_empty) {
            continue;
        }
        let predicate =
            (value(1).as_deref() == Some("1")).then(|| predicate_of(&value(3).unwrap_or_default()));
        let automatic = value(0).is_some_and(|name| name.starts_with("sqlite_autoindex"));
        shape.unique.push(UniqueShape {
            name: if automatic {
                format!("unique ({})", columns.join(", "))
            } else {
                value(0).unwrap_or_default()
            },
            columns,
            predicate: predicate.flatten(),
            nulls_equal: false,
            primary: false,
        });
    }
    let tables = database
        .query(&format!(
            "SELECT name FROM {}.sqlite_master WHERE type = 'table' ORDER BY name",
            quote::identifier(schema, Backend::Sqlite.flavor())
        ))?
        .first_column();
    for other in tables {
        let keys = database.query(&format!(
            "SELECT id, \"from\", \"to\" FROM pragma_foreign_key_list({}, {of}) WHERE lower(\"table\") = lower({name}) ORDER BY id, seq",
            literal(&other)
        ))?;
        let mut last = None;
        for row in keys.rows {
            let value = |at: usize| row.get(at).cloned().flatten();
            let to = value(2).or_else(|| shape.primary_key()?.first().cloned());
            let pair = (value(1).unwrap_or_default(), to.unwrap_or_default());
            if last != value(0) {
                last = value(0);
                shape.referenced_by.push(Reference {
                    table: TableName {
                        schema: table.schema.clone(),
                        name: other.clone(),
                    },
                    columns: Vec::new(),
                });
            }
            if let Some(reference) = shape.referenced_by.last_mut() {
                reference.columns.push(pair);
            }
        }
    }
    shape.triggers = database
        .query(&format!(
            "SELECT name FROM {}.sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower({name}) ORDER BY name",
            quote::identifier(schema, Backend::Sqlite.flavor())
        ))?
        .first_column();
    Ok(Some(shape))
}

/// SQLite keeps whatever it is given; the declared type says what was meant.
fn sqlite_kind(type_name: &str) -> Kind {
    let lower = type_name.to_ascii_lowercase();
    let word = lower.split(['(', ' ']).next().unwrap_or_default();
    let length = lower
        .split_once('(')
        .and_then(|(_, rest)| rest.split(')').next()?.trim().parse().ok());
    match word {
        "text" | "clob" | "varchar" | "char" | "character" | "nvarchar" => Kind::Text(length),
        "uuid" => Kind::Uuid,
        "int" | "integer" | "bigint" | "smallint" => Kind::Integer,
        "timestamptz" => Kind::Zoned,
        "timestamp" if lower.contains("with time zone") => Kind::Zoned,
        "timestamp" | "datetime" => Kind::Naive,
        "boolean" | "numeric" | "decimal" | "date" | "time" => Kind::Plain,
        _ => Kind::Other,
    }
}

/// The condition at the end of a `CREATE INDEX`.
fn predicate_of(sql: &str) -> Option<String> {
    let upper = sql.to_ascii_uppercase();
    let at = upper.find(" WHERE ").or_else(|| upper.find("\nWHERE "))?;
    Some(sql[at + 7..].trim().to_owned())
}
