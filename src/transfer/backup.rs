//! `backup`: the rows of the source as a script of SQL that puts them back.

use super::error::TransferError;
use super::fingerprint::{fingerprints, legacy_tables};
use super::phase::Backup;
use super::resolve::{query, run};
use super::session::{Purpose, Ready};
use super::{Declaration, TableName};
use crate::engine::Database;
use crate::model::Backend;

/// Rows fetched at once.
const ROWS: usize = 2_000;

/// Writes the tables that a transfer takes rows from, and those that it leaves behind, as SQL: their
/// definitions and all rows, from one snapshot. The backup still has to be noted
/// ([`super::note_backup`]) with the digest of what was written.
///
/// # Errors
/// When the server refuses a question, or `write` fails.
pub fn backup(
    declaration: &Declaration,
    database: &mut dyn Database,
    write: &mut dyn FnMut(&str) -> Result<(), String>,
) -> Result<Backup, TransferError> {
    let ready = Ready::make(declaration, database, Purpose::Work)?;
    let snapshot = match database.backend() {
        Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        _ => "BEGIN",
    };
    run(database, "taking a snapshot", snapshot)?;
    let outcome = Writer {
        ready: &ready,
        write,
    }
    .all(database);
    let ended = run(database, "ending the snapshot", "ROLLBACK");
    let backup = outcome?;
    ended?;
    Ok(backup)
}

struct Writer<'r, 'a, 'w> {
    ready: &'r Ready<'a>,
    write: &'w mut dyn FnMut(&str) -> Result<(), String>,
}

impl Writer<'_, '_, '_> {
    fn put(&mut self, text: &str) -> Result<(), TransferError> {
        (self.write)(text).map_err(|message| {
            TransferError::refused(
                format!("the backup cannot be written: {message}"),
                "name another file",
            )
        })
    }

    fn all(&mut self, database: &mut dyn Database) -> Result<Backup, TransferError> {
        let tables = legacy_tables(self.ready, database)?;
        let at = query(
            database,
            "asking for the time",
            &format!("SELECT {}", self.ready.plan.text.now()),
        )?;
        let backup = Backup {
            at: at.single().unwrap_or_default().to_owned(),
            fingerprints: fingerprints(self.ready, database)?,
            ..Backup::default()
        };
        self.put(&format!(
            "-- What the transfer {} takes its rows from, as of {}.\n-- Run this in a database where these tables are missing to have them back.\n\n",
            self.ready.plan.declaration.name, backup.at
        ))?;
        let mut last = Vec::new();
        for table in &tables {
            if self.ready.plan.text.is_postgres() {
                last.extend(self.define_postgres(database, table)?);
                self.rows_postgres(database, table)?;
            } else {
                last.extend(self.define_sqlite(database, table)?);
                self.rows_sqlite(database, table)?;
            }
        }
        // Keys that point to other tables wait until all have their rows.
        for statement in last {
            self.put(&format!("{statement};\n"))?;
        }
        Ok(backup)
    }

    fn define_postgres(
        &mut self,
        database: &mut dyn Database,
        table: &TableName,
    ) -> Result<Vec<String>, TransferError> {
        let text = self.ready.plan.text;
        let name = text.table(table);
        let oid = format!("{}::regclass", text.literal(&name));
        let doing = format!("reading the definition of {table}");
        let sequences = query(
            database,
            &doing,
            &format!(
                "SELECT s.oid::regclass::text, (SELECT last_value FROM pg_sequences p WHERE format('%I.%I', p.schemaname, p.sequencename)::regclass = s.oid) FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' WHERE d.refobjid = {oid} AND d.deptype = 'a'"
            ),
        )?;
        if let Some(schema) = &table.schema {
            self.put(&format!(
                "CREATE SCHEMA IF NOT EXISTS {};\n",
                text.name(schema)
            ))?;
        }
        let mut last = Vec::new();
        for row in sequences.rows {
            let sequence = row[0].clone().unwrap_or_default();
            self.put(&format!("CREATE SEQUENCE IF NOT EXISTS {sequence};\n"))?;
            if let Some(value) = &row[1] {
                last.push(format!(
                    "SELECT setval({}, {value})",
                    text.literal(&sequence)
                ));
            }
        }
        let columns = query(
            database,
            &doing,
            &format!(
                "SELECT format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || CASE WHEN a.attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED' WHEN a.attidentity <> '' THEN ' GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END || ' AS IDENTITY' WHEN d.oid IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = {oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
            ),
        )?;
        let columns = columns.first_column();
        self.put(&format!(
            "CREATE TABLE {name} (\n    {}\n);\n",
            columns.join(",\n    ")
        ))?;
        let constraints = query(
            database,
            &doing,
            &format!(
                "SELECT format('ALTER TABLE {name} ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = {oid} AND contype IN ('p', 'u', 'c', 'x', 'f') ORDER BY contype = 'f', conname",
            ),
        )?;
        let indexes = query(
            database,
            &doing,
            &format!(
                "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = {oid} AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY i.indexrelid::regclass::text"
            ),
        )?;
        let (keys, others): (Vec<String>, Vec<String>) = constraints
            .first_column()
            .into_iter()
            .partition(|statement| statement.contains(" FOREIGN KEY "));
        let mut all = others;
        all.extend(indexes.first_column());
        all.extend(last);
        // Keys of all tables come behind everything else.
        all.extend(keys);
        all.sort_by_key(|statement| statement.contains(" FOREIGN KEY "));
        Ok(all)
    }

    fn rows_postgres(
        &mut self,
        database: &mut dyn Database,
        table: &TableName,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let name = text.table(table);
        let doing = format!("reading the rows of {table}");
        let columns = query(
            database,
            &doing,
            &format!(
                "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = {}::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
                text.literal(&name)
            ),
        )?
        .first_column();
        self.put(&format!(
            "COPY {name} ({}) FROM stdin;\n",
            columns.join(", ")
        ))?;
        run(
            database,
            &doing,
            &format!(
                "DECLARE stillway_backup NO SCROLL CURSOR FOR SELECT {} FROM {name}",
                columns.join(", ")
            ),
        )?;
        loop {
            let rows = query(
                database,
                &doing,
                &format!("FETCH {ROWS} FROM stillway_backup"),
            )?
            .rows;
            if rows.is_empty() {
                break;
            }
            let mut lines = String::new();
            for row in &rows {
                for (at, value) in row.iter().enumerate() {
                    if at > 0 {
                        lines.push('\t');
                    }
                    copy_value(value.as_deref(), &mut lines);
                }
                lines.push('\n');
            }
            self.put(&lines)?;
        }
        run(database, &doing, "CLOSE stillway_backup")?;
        self.put("\\.\n\n")
    }

    fn define_sqlite(
        &mut self,
        database: &mut dyn Database,
        table: &TableName,
    ) -> Result<Vec<String>, TransferError> {
        let text = self.ready.plan.text;
        let schema = text.name(table.schema.as_deref().unwrap_or("main"));
        let rows = query(
            database,
            &format!("reading the definition of {table}"),
            &format!(
                "SELECT type, sql FROM {schema}.sqlite_master WHERE lower(tbl_name) = lower({}) AND sql IS NOT NULL AND name NOT LIKE 'stillway_%' ORDER BY type <> 'table', name",
                text.literal(&table.name)
            ),
        )?;
        let mut last = Vec::new();
        for row in rows.rows {
            let (kind, sql) = (
                row[0].clone().unwrap_or_default(),
                row[1].clone().unwrap_or_default(),
            );
            // SQLite keeps statements without the schema; it belongs before the object's name.
            let sql = with_schema(&sql, &schema);
            match kind.as_str() {
                "table" => self.put(&format!("{sql};\n"))?,
                _ => last.push(sql),
            }
        }
        Ok(last)
    }

    fn rows_sqlite(
        &mut self,
        database: &mut dyn Database,
        table: &TableName,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let name = text.table(table);
        let doing = format!("reading the rows of {table}");
        let shape = super::shape::inspect(database, table)?.unwrap_or_default();
        let columns: Vec<&String> = shape
            .columns
            .iter()
            .filter(|(_, shape)| !shape.generated)
            .map(|(name, _)| name)
            .collect();
        let quoted: Vec<_> = columns
            .iter()
            .map(|column| format!("quote({})", text.name(column)))
            .collect();
        let names: Vec<_> = columns.iter().map(|column| text.name(column)).collect();
        let mut from = 0;
        loop {
            let sql = format!(
                "SELECT {} FROM {name} LIMIT {ROWS} OFFSET {from}",
                quoted.join(" || ', ' || ")
            );
            let rows = query(database, &doing, &sql)?.first_column();
            if rows.is_empty() {
                return self.put("\n");
            }
            from += rows.len();
            let mut lines = String::new();
            for row in rows {
                lines.push_str(&format!(
                    "INSERT INTO {name} ({}) VALUES ({row});\n",
                    names.join(", ")
                ));
            }
            self.put(&lines)?;
        }
    }
}

/// A value as `COPY` writes it.
fn copy_value(value: Option<&str>, line: &mut String) {
    let Some(value) = value else {
        line.push_str("\\N");
        return;
    };
    for letter in value.chars() {
        match letter {
            '\\' => line.push_str("\\\\"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            other => line.push(other),
        }
    }
}

/// `CREATE TABLE users …` as `CREATE TABLE auth.users …`.
fn with_schema(sql: &str, schema: &str) -> String {
    let mut rest = sql;
    let mut head = String::new();
    loop {
        let trimmed = rest.trim_start();
        let word = trimmed
            .split(|letter: char| !letter.is_ascii_alphabetic())
            .next()
            .unwrap_or_default();
        let known = [
            "CREATE", "TABLE", "INDEX", "UNIQUE", "TRIGGER", "IF", "NOT", "EXISTS", "TEMP",
        ];
        if word.is_empty() || !known.contains(&word.to_ascii_uppercase().as_str()) {
            return format!("{head}{schema}.{trimmed}");
        }
        head.push_str(word);
        head.push(' ');
        rest = &trimmed[word.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_get_their_schema() {
        let cases = [
            ("CREATE TABLE users (a)", "CREATE TABLE auth.users (a)"),
            (
                "CREATE UNIQUE INDEX IF NOT EXISTS \"a b\" ON users (a)",
                "CREATE UNIQUE INDEX IF NOT EXISTS auth.\"a b\" ON users (a)",
            ),
        ];
        for (sql, expected) in cases {
            assert_eq!(with_schema(sql, "auth"), expected);
        }
    }

    #[test]
    fn values_survive_copy() {
        let mut line = String::new();
        copy_value(Some("a\tb\\\n한"), &mut line);
        copy_value(None, &mut line);
        assert_eq!(line, "a\\tb\\\\\\n한\\N");
    }
}
