//! What SQLite's pragmas tell, and what only the text of CREATE TABLE does.

use std::sync::LazyLock;

use fancy_regex::Regex;

use super::{
    CheckFacts, ColumnFacts, ForeignKeyFacts, IndexFacts, IndexOption, KeyFacts, Listing,
    Reflector, RuleValue, closing, number_at, text_at,
};
use crate::dialect::alembic::sqlalchemy::types::{SqlType, TypeArguments, TypeClass};
use crate::engine::Datum;
use crate::model::Backend;
use crate::sql::quote;

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(
    PRIMARY_KEY,
    r#"(?i)CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+PRIMARY\s+KEY"#
);
pattern!(
    FOREIGN_KEY,
    r#"(?i)(?:CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+)?FOREIGN\s+KEY\s*\(\s*(.+?)\s*\)\s+REFERENCES\s+(?:(?:"(.+?)")|([a-z0-9_]+))\s*\(\s*((?:"[^"]+"|[a-z0-9_]+)(?:(?:\s*,\s*|\s+)(?:"[^"]+"|[a-z0-9_]+))*\s*)\)\s*((?:ON\s+(?:DELETE|UPDATE)\s+(?:SET\s+NULL|SET\s+DEFAULT|CASCADE|RESTRICT|NO\s+ACTION)\s*)*)((?:NOT\s+)?DEFERRABLE)?(?:\s+INITIALLY\s+(DEFERRED|IMMEDIATE))?"#
);
pattern!(
    RULE,
    r"(?i)ON\s+(DELETE|UPDATE)\s+(SET\s+NULL|SET\s+DEFAULT|CASCADE|RESTRICT|NO\s+ACTION)"
);
pattern!(
    UNIQUE,
    r#"(?i)(?:CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+)?UNIQUE\s*\((.+?)\)"#
);
pattern!(
    INLINE_UNIQUE,
    r#"(?i)(?:(".+?")|(?:[\[`])?([a-z0-9_]+)(?:[\]`])?)[\t ]+[a-z0-9_]+(?:[\t ]+[a-z0-9_]+)*?[\t ]+UNIQUE"#
);
pattern!(
    CHECK,
    r#"(?i)(?<![A-Za-z0-9_])(?:CONSTRAINT\s+("(?:[^"]|"")+"|'(?:[^']|'')+'|\[(?:[^\]]|\]\])+\]|`(?:[^`]|``)+`|\S+)\s+)?CHECK\s*\("#
);
pattern!(SIGNATURE, r#"(?i)"(.+?)"|([a-z0-9_]+)"#);
pattern!(PREDICATE, r"(?i)\)\s+where\s+(.+)");
pattern!(
    TABLE_BODY,
    r"(?is)^create table .*?\((.*)\)(?:\s*,?\s*(?:WITHOUT\s+ROWID|STRICT))*$"
);
pattern!(TYPE, r"^([\w ]+)(\(.*?\))?");
pattern!(NUMBER, r"\d+");

/// All matches of a pattern, as their groups.
fn matches<'t>(
    pattern: &LazyLock<Option<Regex>>,
    text: &'t str,
) -> Vec<fancy_regex::Captures<'t, str>> {
    pattern
        .as_ref()
        .map(|pattern| pattern.captures_iter(text).filter_map(Result::ok).collect())
        .unwrap_or_default()
}

fn group(captures: &fancy_regex::Captures<'_, str>, at: usize) -> Option<String> {
    captures.get(at).map(|found| found.as_str().to_owned())
}

fn literal(text: &str) -> String {
    quote::literal(text, Backend::Sqlite.flavor())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn prefix(schema: Option<&str>) -> String {
    schema.map_or_else(String::new, |schema| format!("{}.", quoted(schema)))
}

/// The question for names.
pub(super) fn names(listing: Listing, schema: Option<&str>) -> Option<String> {
    let (kind, source) = match listing {
        Listing::Tables => ("table", format!("{}sqlite_master", prefix(schema))),
        Listing::Views => ("view", format!("{}sqlite_master", prefix(schema))),
        Listing::TemporaryTables => ("table", "sqlite_temp_master".to_owned()),
        Listing::TemporaryViews => ("view", "sqlite_temp_master".to_owned()),
        Listing::Schemas => return Some("PRAGMA database_list".to_owned()),
        Listing::MaterializedViews | Listing::Sequences => return None,
    };
    Some(format!(
        "SELECT name FROM {source} WHERE type='{kind}' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
    ))
}

/// The columns that a list names.
fn signature(text: &str) -> Vec<String> {
    matches(&SIGNATURE, text)
        .iter()
        .filter_map(|found| group(found, 1).or_else(|| group(found, 2)))
        .collect()
}

impl<E> Reflector<'_, E> {
    fn pragma(
        &mut self,
        pragma: &str,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<Vec<Datum>>, E> {
        // Temporary tables are found where others are, but only when asked for.
        let schemas: Vec<String> = match schema {
            Some(schema) => vec![quoted(schema)],
            None => vec!["main".to_owned(), "temp".to_owned()],
        };
        for schema in schemas {
            let rows = self.rows(&format!("PRAGMA {schema}.{pragma}({})", quoted(name)))?;
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
        Ok(Vec::new())
    }

    pub(super) fn sqlite_has_table(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<bool, E> {
        if let Some(schema) = schema {
            let databases = self.rows("PRAGMA database_list")?;
            if !databases
                .iter()
                .any(|row| text_at(row, 1).as_deref() == Some(schema))
            {
                return Ok(false);
            }
        }
        Ok(!self.pragma("table_info", table, schema)?.is_empty())
    }

    /// The text of CREATE TABLE or CREATE VIEW.
    pub(super) fn sqlite_sql(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<String>, E> {
        let source = match schema {
            Some(_) => format!("{}sqlite_master", prefix(schema)),
            None => "(SELECT * FROM sqlite_master UNION ALL SELECT * FROM sqlite_temp_master)"
                .to_owned(),
        };
        let rows = self.rows(&format!(
            "SELECT sql FROM {source} WHERE name = {} AND type in ('table', 'view')",
            literal(table)
        ))?;
        Ok(rows.first().and_then(|row| text_at(row, 0)))
    }

    pub(super) fn sqlite_columns(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<ColumnFacts>>, E> {
        let rows = self.pragma("table_xinfo", table, schema)?;
        let mut body: Option<String> = None;
        let mut columns = Vec::with_capacity(rows.len());
        for row in &rows {
            let hidden = number_at(row, 6).unwrap_or_default();
            if hidden == 1 {
                continue;
            }
            let name = text_at(row, 1).unwrap_or_default();
            let mut written = text_at(row, 2).unwrap_or_default().to_uppercase();
            let mut computed = None;
            if hidden != 0 {
                if body.is_none() {
                    let sql = self.sqlite_sql(table, schema)?.unwrap_or_default();
                    body = matches(&TABLE_BODY, sql.trim())
                        .first()
                        .and_then(|found| group(found, 1));
                }
                written = written.replace("GENERATED", "").replace("ALWAYS", "");
                written.truncate(written.trim_end().len());
                let expression = body
                    .as_deref()
                    .and_then(|body| generated(&name, body))
                    .unwrap_or_default();
                computed = Some((expression, hidden == 3));
            }
            columns.push(ColumnFacts {
                sql_type: self.sqlite_type(written.trim()),
                name,
                nullable: number_at(row, 3) == Some(0),
                default: text_at(row, 4),
                autoincrement: None,
                comment: None,
                primary_key: number_at(row, 5),
                computed,
                identity: None,
            });
        }
        if columns.is_empty() && !self.sqlite_has_table(table, schema)? {
            return Ok(None);
        }
        Ok(Some(columns))
    }

    /// A type by its written form, or by the affinity that SQLite sees in it.
    fn sqlite_type(&mut self, written: &str) -> SqlType {
        let found = matches(&TYPE, written);
        let name = found
            .first()
            .and_then(|found| group(found, 1))
            .unwrap_or_default();
        let arguments: Option<Vec<i64>> =
            found.first().and_then(|found| group(found, 2)).map(|text| {
                matches(&NUMBER, &text)
                    .iter()
                    .filter_map(|found| group(found, 0)?.parse().ok())
                    .collect()
            });
        let class = sqlite_class(&name);
        let mut made = TypeArguments::default();
        let given = arguments.as_deref().unwrap_or_default();
        let fits = match class {
            TypeClass::NumericUpper | TypeClass::DecimalUpper => {
                (made.precision, made.scale) = (given.first().copied(), given.get(1).copied());
                given.len() <= 2
            }
            TypeClass::FloatUpper | TypeClass::RealUpper | TypeClass::DoubleUpper => {
                made.precision = given.first().copied();
                given.len() <= 1
            }
            TypeClass::VarcharUpper
            | TypeClass::NvarcharUpper
            | TypeClass::CharUpper
            | TypeClass::NcharUpper
            | TypeClass::TextUpper
            | TypeClass::BlobUpper => {
                made.length = given.first().copied();
                given.len() <= 1
            }
            // The first argument of these is a switch.
            TypeClass::Timestamp => {
                made.timezone = given.first().is_some_and(|number| *number != 0);
                given.len() <= 1
            }
            TypeClass::BooleanUpper => given.is_empty(),
            _ => given.is_empty(),
        };
        if !fits {
            self.warnings.push(format!(
                "Could not instantiate type {} with reflected arguments {given:?}; using no \
                 arguments.",
                class.name()
            ));
            made = TypeArguments::default();
        }
        SqlType::with(class, made)
    }

    pub(super) fn sqlite_primary_key(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<KeyFacts>, E> {
        let Some(sql) = self.sqlite_sql(table, schema)? else {
            return Ok(None);
        };
        let name = matches(&PRIMARY_KEY, &sql)
            .first()
            .and_then(|found| group(found, 1).or_else(|| group(found, 2)));
        let mut columns: Vec<(i64, String)> = self
            .sqlite_columns(table, schema)?
            .unwrap_or_default()
            .into_iter()
            .filter_map(|column| {
                let place = column.primary_key.filter(|place| *place > 0)?;
                Some((place, column.name))
            })
            .collect();
        columns.sort();
        if columns.is_empty() {
            return Ok(Some(KeyFacts::default()));
        }
        Ok(Some(KeyFacts {
            name,
            columns: columns.into_iter().map(|(_, name)| name).collect(),
            ..KeyFacts::default()
        }))
    }

    pub(super) fn sqlite_foreign_keys(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<ForeignKeyFacts>>, E> {
        let mut keys: Vec<(i64, ForeignKeyFacts)> = Vec::new();
        for row in self.pragma("foreign_key_list", table, schema)? {
            let number = number_at(&row, 0).unwrap_or_default();
            let referred_table = text_at(&row, 2).unwrap_or_default();
            let column = text_at(&row, 3).unwrap_or_default();
            let referred = text_at(&row, 4).filter(|name| !name.is_empty());
            let at = match keys.iter().position(|(known, _)| *known == number) {
                Some(at) => at,
                None => {
                    // Without columns it refers to the other table's primary key.
                    let implied = match &referred {
                        Some(_) => Vec::new(),
                        None => self
                            .sqlite_primary_key(&referred_table, schema)?
                            .map(|key| key.columns)
                            .unwrap_or_default(),
                    };
                    keys.push((
                        number,
                        ForeignKeyFacts {
                            name: None,
                            columns: Vec::new(),
                            schema: schema.map(str::to_owned),
                            table: referred_table.clone(),
                            referred: implied,
                            options: Vec::new(),
                            comment: None,
                        },
                    ));
                    keys.len() - 1
                }
            };
            if let Some((_, key)) = keys.get_mut(at) {
                key.columns.push(column);
                key.referred.extend(referred);
            }
        }
        let Some(sql) = self.sqlite_sql(table, schema)? else {
            return Ok(None);
        };
        let mut ordered = Vec::with_capacity(keys.len());
        for found in matches(&FOREIGN_KEY, &sql) {
            let columns = signature(&group(&found, 3).unwrap_or_default());
            let referred_table = group(&found, 4)
                .or_else(|| group(&found, 5))
                .unwrap_or_default();
            let referred = signature(&group(&found, 6).unwrap_or_default());
            let place = keys.iter().position(|(_, key)| {
                key.columns == columns && key.table == referred_table && key.referred == referred
            });
            let Some(place) = place else {
                self.warnings.push(format!(
                    "WARNING: SQL-parsed foreign key constraint '{}' could not be located in \
                     PRAGMA foreign_keys for table {table}",
                    columns.join(", ")
                ));
                continue;
            };
            let (_, mut key) = keys.remove(place);
            key.name = group(&found, 1).or_else(|| group(&found, 2));
            key.options = rules(&found);
            ordered.push(key);
        }
        ordered.extend(keys.into_iter().map(|(_, key)| key));
        Ok(Some(ordered))
    }

    pub(super) fn sqlite_unique_constraints(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<KeyFacts>>, E> {
        let mut own: Vec<Vec<Option<String>>> = self
            .sqlite_indexes(table, schema, true)?
            .unwrap_or_default()
            .into_iter()
            .filter(|index| index.name.starts_with("sqlite_autoindex"))
            .map(|index| index.columns)
            .collect();
        let Some(sql) = self.sqlite_sql(table, schema)? else {
            return Ok(None);
        };
        let written = matches(&UNIQUE, &sql)
            .iter()
            .map(|found| {
                (
                    group(found, 1).or_else(|| group(found, 2)),
                    signature(&group(found, 3).unwrap_or_default()),
                )
            })
            .chain(matches(&INLINE_UNIQUE, &sql).iter().map(|found| {
                let column = group(found, 1).or_else(|| group(found, 2));
                (None, signature(&column.unwrap_or_default()))
            }))
            .collect::<Vec<_>>();
        let mut constraints = Vec::new();
        for (name, columns) in written {
            let place = own.iter().position(|known| {
                known.len() == columns.len()
                    && known
                        .iter()
                        .zip(&columns)
                        .all(|(known, column)| known.as_deref() == Some(column))
            });
            if let Some(place) = place {
                own.remove(place);
                constraints.push(KeyFacts {
                    name,
                    columns,
                    ..KeyFacts::default()
                });
            }
        }
        Ok(Some(constraints))
    }

    pub(super) fn sqlite_checks(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<CheckFacts>>, E> {
        let Some(sql) = self.sqlite_sql(table, schema)? else {
            return Ok(None);
        };
        let mut checks: Vec<CheckFacts> = Vec::new();
        for found in matches(&CHECK, &sql) {
            let Some(whole) = found.get(0) else {
                continue;
            };
            let Some(close) = closing(&sql, whole.end() - 1) else {
                continue;
            };
            checks.push(CheckFacts {
                name: group(&found, 1).map(|name| unquoted(&name)),
                text: sql[whole.end()..close].trim().to_owned(),
                comment: None,
                options: Vec::new(),
            });
        }
        checks.sort_by(|left, right| {
            let key = |check: &CheckFacts| check.name.clone().unwrap_or_else(|| "~".to_owned());
            key(left).cmp(&key(right))
        });
        Ok(Some(checks))
    }

    pub(super) fn sqlite_indexes(
        &mut self,
        table: &str,
        schema: Option<&str>,
        automatic: bool,
    ) -> Result<Option<Vec<IndexFacts>>, E> {
        let mut indexes = Vec::new();
        for row in self.pragma("index_list", table, schema)? {
            let name = text_at(&row, 1).unwrap_or_default();
            if !automatic && name.starts_with("sqlite_autoindex") {
                continue;
            }
            let mut options = Vec::new();
            if number_at(&row, 4).unwrap_or_default() != 0 {
                let found = self.rows(&format!(
                    "SELECT sql FROM {}sqlite_master WHERE name = {} AND type = 'index'",
                    prefix(schema),
                    literal(&name)
                ))?;
                let sql = found.first().and_then(|row| text_at(row, 0));
                let predicate = sql.and_then(|sql| {
                    matches(&PREDICATE, &sql)
                        .first()
                        .and_then(|found| group(found, 1))
                });
                match predicate {
                    Some(predicate) => options.push(("sqlite_where", IndexOption::Sql(predicate))),
                    None => self.warnings.push(format!(
                        "Failed to look up filter predicate of partial index {name}"
                    )),
                }
            }
            let mut columns = Vec::new();
            let mut has_expression = false;
            for row in self.pragma("index_info", &name, schema)? {
                let column = text_at(&row, 2);
                has_expression |= column.is_none();
                columns.push(column);
            }
            if has_expression {
                self.warnings.push(format!(
                    "Skipped unsupported reflection of expression-based index {name}"
                ));
                continue;
            }
            indexes.push(IndexFacts {
                name,
                unique: number_at(&row, 2).unwrap_or_default() != 0,
                columns,
                options,
                ..IndexFacts::default()
            });
        }
        indexes.sort_by(|left, right| left.name.cmp(&right.name));
        if indexes.is_empty() && !self.sqlite_has_table(table, schema)? {
            return Ok(None);
        }
        Ok(Some(indexes))
    }
}

/// The expression of a computed column, out of the text between the table's parentheses.
fn generated(name: &str, body: &str) -> Option<String> {
    let pattern = format!(
        r"(?i){}[^,]*\s+GENERATED\s+ALWAYS\s+AS\s+\((.*)\)\s*(?:virtual|stored)?",
        fancy_regex::escape(name)
    );
    let found = Regex::new(&pattern).ok()?.captures(body).ok()??;
    group(&found, 1)
}

/// The options of a foreign key that the text spells out.
fn rules(found: &fancy_regex::Captures<'_, str>) -> Vec<(&'static str, RuleValue)> {
    let mut options = Vec::new();
    let written = group(found, 7).unwrap_or_default();
    for rule in matches(&RULE, &written) {
        let action = group(&rule, 2).unwrap_or_default().to_uppercase();
        let action = action.split_whitespace().collect::<Vec<_>>().join(" ");
        if action == "NO ACTION" {
            continue;
        }
        let key = if group(&rule, 1).is_some_and(|word| word.eq_ignore_ascii_case("delete")) {
            "ondelete"
        } else {
            "onupdate"
        };
        options.push((key, RuleValue::Text(action)));
    }
    if let Some(word) = group(found, 8) {
        let deferrable = !word.to_uppercase().contains("NOT");
        options.push(("deferrable", RuleValue::Flag(deferrable)));
    }
    if let Some(word) = group(found, 9) {
        options.push(("initially", RuleValue::Text(word.to_uppercase())));
    }
    options
}

/// A name without the quotes around it.
fn unquoted(name: &str) -> String {
    let mut letters = name.chars();
    let ends = match (letters.next(), letters.next_back()) {
        (Some(first @ ('"' | '\'' | '`')), Some(last)) => first == last,
        (Some('['), Some(']')) => true,
        _ => false,
    };
    if ends && name.len() > 2 {
        letters.collect()
    } else {
        name.to_owned()
    }
}

fn sqlite_class(name: &str) -> TypeClass {
    use TypeClass as T;
    match name {
        "BIGINT" => T::BigIntUpper,
        "BLOB" => T::BlobUpper,
        "BOOL" | "BOOLEAN" => T::BooleanUpper,
        "CHAR" => T::CharUpper,
        "DATE" | "DATE_CHAR" => T::DateUpper,
        "DATETIME" | "DATETIME_CHAR" => T::DateTimeUpper,
        "DOUBLE" => T::DoubleUpper,
        "DECIMAL" => T::DecimalUpper,
        "FLOAT" => T::FloatUpper,
        "INT" | "INTEGER" => T::IntegerUpper,
        "JSON" => T::SqliteJson,
        "JSONB" => T::SqliteJsonb,
        "NUMERIC" => T::NumericUpper,
        "REAL" => T::RealUpper,
        "SMALLINT" => T::SmallIntUpper,
        "TEXT" => T::TextUpper,
        "TIME" | "TIME_CHAR" => T::TimeUpper,
        "TIMESTAMP" => T::Timestamp,
        "VARCHAR" => T::VarcharUpper,
        "NVARCHAR" => T::NvarcharUpper,
        "NCHAR" => T::NcharUpper,
        name if name.contains("INT") => T::IntegerUpper,
        name if ["CHAR", "CLOB", "TEXT"]
            .iter()
            .any(|part| name.contains(part)) =>
        {
            T::TextUpper
        }
        name if name.contains("BLOB") || name.is_empty() => T::Null,
        name if ["REAL", "FLOA", "DOUB"]
            .iter()
            .any(|part| name.contains(part)) =>
        {
            T::RealUpper
        }
        _ => T::NumericUpper,
    }
}
