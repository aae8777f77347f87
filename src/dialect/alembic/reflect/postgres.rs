//! What PostgreSQL's catalogs tell.

use super::postgres_types::{Domain, NamedTypes, column_type};
use super::{
    CheckFacts, ColumnFacts, EnumFacts, ForeignKeyFacts, IndexFacts, IndexOption, KeyFacts,
    Listing, Reflector, RuleValue, TableComment, flag_at, number_at, text_at, texts_at,
    without_outer_parentheses,
};
use crate::dialect::alembic::sqlalchemy::schema::{Identity, SequenceOptions};
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType};
use crate::engine::Datum;
use crate::model::Backend;
use crate::sql::quote;

pub(super) fn literal(text: &str) -> String {
    quote::literal(text, Backend::Postgres.flavor())
}

/// The condition that a row of `pg_namespace n` and `pg_class c` is in a schema.
pub(super) fn in_schema(schema: Option<&str>) -> String {
    match schema {
        None => "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'".to_owned(),
        Some(schema) => format!("n.nspname = {}", literal(schema)),
    }
}

/// What relations are in.
pub(super) fn relations() -> &'static str {
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
}

/// The kinds of relations in a list, and whether they are temporary.
pub(super) fn kinds(listing: Listing) -> (&'static str, bool) {
    match listing {
        Listing::Tables => ("'r', 'p'", false),
        Listing::TemporaryTables => ("'r', 'p'", true),
        Listing::Views => ("'v'", false),
        Listing::TemporaryViews => ("'v'", true),
        Listing::MaterializedViews => ("'m'", false),
        Listing::Sequences | Listing::Schemas => ("'S'", false),
    }
}

/// The question for names.
pub(super) fn names(listing: Listing, schema: Option<&str>) -> String {
    if listing == Listing::Schemas {
        return "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' ORDER BY nspname"
            .to_owned();
    }
    let (kinds, temporary) = kinds(listing);
    let schema = if temporary { None } else { schema };
    format!(
        "SELECT c.relname FROM {} WHERE c.relkind IN ({kinds}) AND c.relpersistence {} 't' AND {}",
        relations(),
        if temporary { "=" } else { "<>" },
        in_schema(schema)
    )
}

/// The question whether there is a type.
pub(super) fn type_question(name: &str, schema: Option<&str>) -> String {
    let condition = match schema {
        None => "pg_catalog.pg_type_is_visible(t.oid) AND n.nspname <> 'pg_catalog'".to_owned(),
        Some("*") => "true".to_owned(),
        Some(schema) => format!("n.nspname = {}", literal(schema)),
    };
    format!(
        "SELECT 1 FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = {} AND {condition}",
        literal(name)
    )
}

/// How the text of a column is asked for whose number stands at a place of an index's key.
const KEY_COLUMNS: &str = "ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(number, place) JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number ORDER BY k.place)";

impl<E> Reflector<'_, E> {
    /// The number of a table or view.
    pub(super) fn table_number(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<i64>, E> {
        let rows = self.rows(&format!(
            "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = {} AND {}",
            literal(table),
            in_schema(schema)
        ))?;
        Ok(rows.first().and_then(|row| number_at(row, 0)))
    }

    /// Answers a question about a table that is there.
    fn about(
        &mut self,
        table: &str,
        schema: Option<&str>,
        sql: impl FnOnce(i64) -> String,
    ) -> Result<Option<Vec<Vec<Datum>>>, E> {
        match self.table_number(table, schema)? {
            Some(number) => self.rows(&sql(number)).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn postgres_columns(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<ColumnFacts>>, E> {
        let rows = self.about(table, schema, |number| {
            format!(
                "SELECT a.attname, format_type(a.atttypid, a.atttypmod), (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull, col_description(a.attrelid, a.attnum), a.attgenerated::text, a.attidentity::text, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, (SELECT l.collname FROM pg_collation l JOIN pg_type t ON t.oid = a.atttypid WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation AND l.collname <> 'default') FROM pg_attribute a LEFT JOIN pg_depend p ON a.attidentity <> '' AND p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype = 'i' LEFT JOIN pg_sequence s ON s.seqrelid = p.objid WHERE a.attrelid = {number} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
            )
        })?;
        let Some(rows) = rows else {
            return Ok(None);
        };
        let mut named = None;
        let mut columns = Vec::with_capacity(rows.len());
        for row in rows {
            let name = text_at(&row, 0).unwrap_or_default();
            let written = text_at(&row, 1).unwrap_or_default();
            let collation = text_at(&row, 13);
            let found = match column_type(&written, collation.as_deref(), None) {
                Some(found) => Some(found),
                None => {
                    if named.is_none() {
                        named = Some(self.named_types()?);
                    }
                    column_type(&written, collation.as_deref(), named.as_ref())
                }
            };
            let sql_type = found.unwrap_or_else(|| {
                self.warnings.push(format!(
                    "Did not recognize type '{written}' of column '{name}'"
                ));
                SqlType::null()
            });
            let mut default = text_at(&row, 2);
            let mut nullable = !flag_at(&row, 3);
            if let Some(domain) = &sql_type.arguments().domain {
                if default.is_none() {
                    default = named
                        .as_ref()
                        .and_then(|named| named.domain_default(&written));
                }
                nullable = nullable && !domain.not_null;
            }
            let computed = match text_at(&row, 5).as_deref() {
                None | Some("") => None,
                Some(kind) => Some((default.take().unwrap_or_default(), kind == "s")),
            };
            let identity = match text_at(&row, 6).as_deref() {
                None | Some("") => None,
                Some(kind) => Some(Identity {
                    always: kind == "a",
                    options: SequenceOptions {
                        start: number_at(&row, 7),
                        increment: number_at(&row, 8),
                        minvalue: number_at(&row, 9),
                        maxvalue: number_at(&row, 10),
                        cache: number_at(&row, 11),
                        cycle: Some(flag_at(&row, 12)),
                        ..SequenceOptions::default()
                    },
                }),
            };
            let mut counted = identity.is_some();
            if let Some(text) = &mut default
                && let Some((sequence, start)) = sequence_of(text)
            {
                counted |= sql_type.family() == Family::Integer;
                if let Some(schema) = schema
                    && !sequence.contains('.')
                {
                    text.insert_str(start, &format!("\"{schema}\"."));
                }
            }
            columns.push(ColumnFacts {
                name,
                sql_type,
                nullable,
                default,
                autoincrement: Some(counted),
                comment: Some(text_at(&row, 4)),
                primary_key: None,
                computed,
                identity,
            });
        }
        Ok(Some(columns))
    }

    /// The types that have names of their own.
    fn named_types(&mut self) -> Result<NamedTypes, E> {
        let enums = self.postgres_enums(Some("*"))?;
        let rows = self.rows(
            "SELECT t.typname, n.nspname, pg_type_is_visible(t.oid), format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, (SELECT l.collname FROM pg_collation l WHERE l.oid = t.typcollation AND l.collname <> 'default'), (SELECT c.conname FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname LIMIT 1), (SELECT pg_get_constraintdef(c.oid, true) FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname LIMIT 1) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' ORDER BY n.nspname, t.typname",
        )?;
        let domains = rows
            .iter()
            .map(|row| Domain {
                name: text_at(row, 0).unwrap_or_default(),
                schema: text_at(row, 1).unwrap_or_default(),
                visible: flag_at(row, 2),
                base: text_at(row, 3).unwrap_or_default(),
                not_null: flag_at(row, 4),
                default: text_at(row, 5),
                collation: text_at(row, 6),
                constraint: text_at(row, 7),
                check: text_at(row, 8).map(|text| {
                    let text = text.strip_prefix("CHECK").unwrap_or(&text);
                    without_outer_parentheses(text).to_owned()
                }),
            })
            .collect();
        Ok(NamedTypes { enums, domains })
    }

    pub(super) fn postgres_enums(&mut self, schema: Option<&str>) -> Result<Vec<EnumFacts>, E> {
        let condition = match schema {
            None => "pg_type_is_visible(t.oid) AND n.nspname <> 'pg_catalog'".to_owned(),
            Some("*") => "true".to_owned(),
            Some(schema) => format!("n.nspname = {}", literal(schema)),
        };
        let rows = self.rows(&format!(
            "SELECT t.typname, pg_type_is_visible(t.oid), n.nspname, ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND {condition} ORDER BY n.nspname, t.typname"
        ))?;
        Ok(rows
            .iter()
            .map(|row| EnumFacts {
                name: text_at(row, 0).unwrap_or_default(),
                visible: flag_at(row, 1),
                schema: text_at(row, 2).unwrap_or_default(),
                labels: texts_at(row, 3).into_iter().flatten().collect(),
            })
            .collect())
    }

    /// Whether an index `x` takes nulls as equal, as SQL; servers before 15 cannot be asked.
    fn nulls_not_distinct(&mut self) -> Result<&'static str, E> {
        let version = self.version()?.first().copied().unwrap_or_default();
        Ok(if version >= 15 {
            "x.indnullsnotdistinct"
        } else {
            "false"
        })
    }

    pub(super) fn postgres_keys(
        &mut self,
        table: &str,
        schema: Option<&str>,
        kind: char,
    ) -> Result<Option<Vec<KeyFacts>>, E> {
        let distinct = self.nulls_not_distinct()?;
        let rows = self.about(table, schema, |number| {
            format!(
                "SELECT c.conname, {KEY_COLUMNS}, x.indnkeyatts::int, obj_description(c.oid, 'pg_constraint'), {distinct} FROM pg_constraint c JOIN pg_index x ON x.indexrelid = c.conindid WHERE c.conrelid = {number} AND c.contype = '{kind}' ORDER BY c.oid"
            )
        })?;
        Ok(rows.map(|rows| {
            rows.iter()
                .map(|row| {
                    let mut columns: Vec<String> = texts_at(row, 1).into_iter().flatten().collect();
                    let count = number_at(row, 2)
                        .and_then(|count| usize::try_from(count).ok())
                        .unwrap_or(columns.len())
                        .min(columns.len());
                    let include = columns.split_off(count);
                    KeyFacts {
                        name: text_at(row, 0),
                        columns,
                        comment: Some(text_at(row, 3)),
                        include: Some(include),
                        nulls_not_distinct: (kind == 'u').then(|| flag_at(row, 4)),
                    }
                })
                .collect()
        }))
    }

    pub(super) fn postgres_foreign_keys(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<ForeignKeyFacts>>, E> {
        let rows = self.about(table, schema, |number| {
            let columns = |keys: &str, owner: &str| {
                format!(
                    "ARRAY(SELECT a.attname::text FROM unnest(c.{keys}) WITH ORDINALITY AS k(number, place) JOIN pg_attribute a ON a.attrelid = c.{owner} AND a.attnum = k.number ORDER BY k.place)"
                )
            };
            format!(
                "SELECT c.conname, {}, n.nspname, pg_table_is_visible(r.oid), r.relname, {}, c.confupdtype::text, c.confdeltype::text, c.confmatchtype::text, c.condeferrable, c.condeferred, obj_description(c.oid, 'pg_constraint') FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace n ON n.oid = r.relnamespace WHERE c.conrelid = {number} AND c.contype = 'f' ORDER BY c.conname",
                columns("conkey", "conrelid"),
                columns("confkey", "confrelid"),
            )
        })?;
        let action = |code: Option<String>| match code.as_deref() {
            Some("c") => Some("CASCADE"),
            Some("r") => Some("RESTRICT"),
            Some("n") => Some("SET NULL"),
            Some("d") => Some("SET DEFAULT"),
            _ => None,
        };
        Ok(rows.map(|rows| {
            rows.iter()
                .map(|row| {
                    let mut options = Vec::new();
                    let mut word = |key, word: Option<&str>| {
                        if let Some(word) = word {
                            options.push((key, RuleValue::Text(word.to_owned())));
                        }
                    };
                    word("onupdate", action(text_at(row, 6)));
                    word("ondelete", action(text_at(row, 7)));
                    word("initially", flag_at(row, 10).then_some("DEFERRED"));
                    if flag_at(row, 9) {
                        options.push(("deferrable", RuleValue::Flag(true)));
                    }
                    match text_at(row, 8).as_deref() {
                        Some("f") => options.push(("match", RuleValue::Text("FULL".to_owned()))),
                        Some("p") => options.push(("match", RuleValue::Text("PARTIAL".to_owned()))),
                        _ => {}
                    }
                    let of = text_at(row, 2).unwrap_or_default();
                    ForeignKeyFacts {
                        name: text_at(row, 0),
                        columns: texts_at(row, 1).into_iter().flatten().collect(),
                        schema: (!flag_at(row, 3) || schema == Some(of.as_str())).then_some(of),
                        table: text_at(row, 4).unwrap_or_default(),
                        referred: texts_at(row, 5).into_iter().flatten().collect(),
                        options,
                        comment: Some(text_at(row, 11)),
                    }
                })
                .collect()
        }))
    }

    pub(super) fn postgres_checks(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<CheckFacts>>, E> {
        let rows = self.about(table, schema, |number| {
            format!(
                "SELECT c.conname, pg_get_constraintdef(c.oid, true), obj_description(c.oid, 'pg_constraint') FROM pg_constraint c WHERE c.conrelid = {number} AND c.contype = 'c' ORDER BY c.conname"
            )
        })?;
        Ok(rows.map(|rows| {
            rows.iter()
                .map(|row| {
                    let written = text_at(row, 1).unwrap_or_default();
                    let mut options = Vec::new();
                    let mut text = written.as_str();
                    if let Some(rest) = text.strip_suffix(" NOT VALID") {
                        options.push("not_valid");
                        text = rest;
                    }
                    if let Some(rest) = text.strip_suffix(" NO INHERIT") {
                        options.push("no_inherit");
                        text = rest;
                    }
                    let text = text.strip_prefix("CHECK").unwrap_or(text).trim_start();
                    CheckFacts {
                        name: text_at(row, 0),
                        text: without_outer_parentheses(text).to_owned(),
                        comment: Some(text_at(row, 2)),
                        options,
                    }
                })
                .collect()
        }))
    }

    pub(super) fn postgres_indexes(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<Vec<IndexFacts>>, E> {
        let distinct = self.nulls_not_distinct()?;
        let rows = self.about(table, schema, |number| {
            format!(
                "SELECT i.relname, x.indisunique, x.indnkeyatts::int, ARRAY(SELECT CASE WHEN x.indkey[k - 1] = 0 THEN pg_get_indexdef(x.indexrelid, k, true) ELSE (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = x.indrelid AND a.attnum = x.indkey[k - 1]) END FROM generate_series(1, x.indnatts::int) k ORDER BY k), ARRAY(SELECT (x.indkey[k - 1] = 0)::text FROM generate_series(1, x.indnatts::int) k ORDER BY k), ARRAY(SELECT CASE WHEN NOT o.opcdefault THEN o.opcname::text END FROM generate_series(1, x.indnkeyatts::int) k JOIN pg_opclass o ON o.oid = x.indclass[k - 1] ORDER BY k), ARRAY(SELECT x.indoption[k - 1]::text FROM generate_series(1, x.indnkeyatts::int) k ORDER BY k), pg_get_expr(x.indpred, x.indrelid), m.amname, i.reloptions::text[], EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.conrelid = x.indrelid AND c.contype IN ('p', 'u', 'x')), {distinct} FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam WHERE x.indrelid = {number} AND NOT x.indisprimary ORDER BY i.relname"
            )
        })?;
        Ok(rows.map(|rows| rows.iter().map(|row| index(row)).collect()))
    }

    pub(super) fn postgres_comment(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Option<TableComment>, E> {
        let rows = self.about(table, schema, |number| {
            format!("SELECT obj_description({number}, 'pg_class')")
        })?;
        Ok(rows.map(|rows| TableComment(rows.first().and_then(|row| text_at(row, 0)))))
    }
}

/// The sequence that a default takes its values from, and where its name begins.
fn sequence_of(default: &str) -> Option<(&str, usize)> {
    let start = default.find("nextval('")? + "nextval('".len();
    let name = default.get(start..)?.split('\'').next()?;
    (!name.is_empty()).then_some((name, start))
}

fn index(row: &[Datum]) -> IndexFacts {
    let mut elements: Vec<String> = texts_at(row, 3).into_iter().flatten().collect();
    let is_expression: Vec<bool> = texts_at(row, 4)
        .iter()
        .map(|text| text.as_deref() == Some("true"))
        .collect();
    let count = number_at(row, 2)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(elements.len())
        .min(elements.len());
    let include = elements.split_off(count);
    let mut options = Vec::new();
    let ops: Vec<(String, String)> = elements
        .iter()
        .zip(texts_at(row, 5))
        .filter_map(|(element, class)| class.map(|class| (element.clone(), class)))
        .collect();
    if !ops.is_empty() {
        options.push(("postgresql_ops", IndexOption::Map(ops)));
    }
    let mut sorting = Vec::new();
    for (element, flags) in elements.iter().zip(texts_at(row, 6)) {
        let words = match flags.as_deref() {
            Some("1") => vec!["desc", "nulls_last"],
            Some("3") => vec!["desc"],
            Some("2") => vec!["nulls_first"],
            _ => continue,
        };
        sorting.push((element.clone(), words));
    }
    let with: Vec<(String, String)> = texts_at(row, 9)
        .into_iter()
        .flatten()
        .filter_map(|option| {
            let (key, value) = option.split_once('=')?;
            Some((key.to_owned(), value.to_owned()))
        })
        .collect();
    if !with.is_empty() {
        options.push(("postgresql_with", IndexOption::Map(with)));
    }
    if let Some(method) = text_at(row, 8)
        && method != "btree"
    {
        options.push(("postgresql_using", IndexOption::Text(method)));
    }
    if let Some(condition) = text_at(row, 7) {
        options.push(("postgresql_where", IndexOption::Sql(condition)));
    }
    options.push(("postgresql_include", IndexOption::List(include)));
    if flag_at(row, 11) {
        options.push(("postgresql_nulls_not_distinct", IndexOption::Flag(true)));
    }
    let has_expression = is_expression.iter().take(count).any(|found| *found);
    IndexFacts {
        name: text_at(row, 0).unwrap_or_default(),
        unique: flag_at(row, 1),
        columns: elements
            .iter()
            .zip(&is_expression)
            .map(|(element, expression)| (!expression).then(|| element.clone()))
            .collect(),
        expressions: has_expression.then_some(elements),
        sorting,
        is_constraint: flag_at(row, 10),
        options,
    }
}
