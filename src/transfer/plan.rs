//! A declaration held against the databases it is for: what is there, what fits, and what each table
//! needs to be moved.

use indexmap::IndexMap;

use super::error::TransferError;
use super::shape::{ColumnShape, Kind, TableShape, UniqueShape, inspect};
use super::text::Text;
use super::{
    Column, ConflictAction, Declaration, Lookup, Normalizer, Source, Table, TableName, UniqueRule,
    Value,
};
use crate::engine::Database;

/// A transfer that fits its databases.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) declaration: &'a Declaration,
    pub(super) text: Text,
    pub(super) tables: Vec<TablePlan<'a>>,
}

/// One table of it.
#[derive(Debug)]
pub(super) struct TablePlan<'a> {
    pub(super) declared: &'a Table,
    /// Where rows come from; nothing where an optional source does not exist.
    pub(super) source: Option<SourcePlan>,
    pub(super) target: TableShape,
    /// The columns that tell the target's rows apart.
    pub(super) target_key: Vec<String>,
    /// Whether the target's key is the source's, value by value.
    pub(super) carried: bool,
    pub(super) lookups: Vec<LookupPlan<'a>>,
    /// The unique constraints to look after, in order.
    pub(super) unique: Vec<UniquePlan<'a>>,
}

/// Where rows come from.
#[derive(Debug)]
pub(super) struct SourcePlan {
    /// What stands behind `FROM`.
    pub(super) from: String,
    /// What its rows look like.
    pub(super) shape: TableShape,
}

/// A lookup that exists.
#[derive(Debug)]
pub(super) struct LookupPlan<'a> {
    pub(super) name: &'a str,
    pub(super) declared: &'a Lookup,
    /// Nothing where an optional one does not exist.
    pub(super) shape: Option<TableShape>,
    /// Whether the database lets several rows of it fit one row of the source.
    pub(super) ambiguous: bool,
}

/// A unique constraint that the target holds or that the file names.
#[derive(Debug)]
pub(super) struct UniquePlan<'a> {
    pub(super) columns: Vec<String>,
    pub(super) predicate: Option<String>,
    pub(super) nulls_equal: bool,
    /// Whether the target holds it, so that no two of its rows meet.
    pub(super) held: bool,
    pub(super) rule: Option<&'a UniqueRule>,
    /// Whether the source's own constraints make a conflict between its rows impossible.
    pub(super) guaranteed: bool,
}

impl UniquePlan<'_> {
    pub(super) fn action(&self) -> ConflictAction {
        self.rule
            .map_or(ConflictAction::Quarantine, |rule| rule.action.clone())
    }
}

impl TablePlan<'_> {
    /// The key columns of the source, with what they are.
    pub(super) fn key(&self) -> Vec<(&String, &ColumnShape)> {
        let Some(source) = &self.source else {
            return Vec::new();
        };
        let key = self.declared.key.iter();
        key.filter_map(|name| source.shape.columns.get_key_value(name))
            .collect()
    }

    /// The target columns that are written, with what they are.
    pub(super) fn written(&self) -> impl Iterator<Item = (&String, &ColumnShape, &Column)> {
        self.declared.columns.iter().filter_map(|(name, column)| {
            let (name, shape) = self.target.columns.get_key_value(name)?;
            Some((name, shape, column))
        })
    }

    /// Whether rows may be merged into others.
    pub(super) fn merges(&self) -> bool {
        let mut unique = self.unique.iter();
        unique.any(|unique| unique.action() == ConflictAction::Merge)
    }

    /// Whether the server itself holds a column of another table to refer to rows of this one.
    pub(super) fn is_held(&self, child: &TablePlan<'_>, column: &str) -> bool {
        let own = &child.declared.target;
        self.target.referenced_by.iter().any(|reference| {
            let schema = own.schema.is_none() || own.schema == reference.table.schema;
            let columns = &mut reference.columns.iter();
            schema && own.name == reference.table.name && columns.any(|(name, _)| name == column)
        })
    }

    /// The source's column at the bottom of a column that is carried as it is.
    pub(super) fn carried_from<'c>(&self, column: &'c Column) -> Option<&'c str> {
        let Value::Columns(names) = &column.value else {
            return None;
        };
        let plain = column.clean.is_empty() && column.map.is_none();
        match names.as_slice() {
            [name] if plain && !name.contains('.') => Some(name),
            _ => None,
        }
    }
}

impl<'a> Plan<'a> {
    /// Asks the database for all tables and checks that the declaration fits.
    pub(super) fn make(
        declaration: &'a Declaration,
        database: &mut dyn Database,
    ) -> Result<Self, TransferError> {
        let mut text = Text::new(database.backend());
        if text.is_postgres() {
            let version = database
                .query("SHOW server_version_num")
                .map_err(|error| TransferError::server("asking for the version", error))?;
            let number: u32 = version.single().and_then(|n| n.parse().ok()).unwrap_or(0);
            text.hashes_records = number >= 140_000;
        }
        let mut tables: Vec<TablePlan<'a>> = Vec::new();
        for declared in &declaration.tables {
            let table = TablePlan::make(declared, declaration, text, database, &tables)?;
            tables.push(table);
        }
        Ok(Self {
            declaration,
            text,
            tables,
        })
    }

    /// The table of a name; the reading of the file has made sure that it is there.
    pub(super) fn table(&self, name: &str) -> Option<(usize, &TablePlan<'a>)> {
        let mut tables = self.tables.iter().enumerate();
        tables.find(|(_, table)| table.declared.name == name)
    }
}

impl<'a> TablePlan<'a> {
    fn make(
        declared: &'a Table,
        declaration: &'a Declaration,
        text: Text,
        database: &mut dyn Database,
        before: &[Self],
    ) -> Result<Self, TransferError> {
        let place = &declared.place;
        let Some(target) = inspect(database, &declared.target)? else {
            return Err(TransferError::declaration(
                place,
                format!("the target table {} does not exist", declared.target),
                "run `stillway upgrade` first, so that the migrations named in `needs` have been applied",
            ));
        };
        let source = source(declared, text, database)?;
        let mut lookups = Vec::new();
        for (name, lookup) in &declared.lookups {
            let shape = inspect(database, &lookup.source)?;
            if shape.is_none() && !lookup.optional {
                return Err(TransferError::declaration(
                    place,
                    format!(
                        "the table {} of lookup `{name}` does not exist",
                        lookup.source
                    ),
                    "write `optional = true` where databases without it are to be moved too",
                ));
            }
            let on: Vec<&str> = lookup.on.keys().map(String::as_str).collect();
            let ambiguous = shape
                .as_ref()
                .is_some_and(|shape| !shape.guarantees_unique(&on));
            lookups.push(LookupPlan {
                name,
                declared: lookup,
                shape,
                ambiguous,
            });
        }
        let mut plan = Self {
            declared,
            source,
            target_key: target_key(declared, &target)?,
            target,
            carried: false,
            lookups,
            unique: Vec::new(),
        };
        plan.carried = plan.target_key.len() == declared.key.len()
            && plan.target_key.iter().zip(&declared.key).all(|(own, key)| {
                let column = declared.columns.get(own);
                column.and_then(|column| plan.carried_from(column)) == Some(key)
            });
        plan.check_columns(declaration, text)?;
        plan.unique = plan.unique_plans(before)?;
        Ok(plan)
    }

    /// The type of a column of the source or of a lookup.
    pub(super) fn raw_shape(&self, name: &str) -> Option<&ColumnShape> {
        match name.split_once('.') {
            None => self.source.as_ref()?.shape.columns.get(name),
            Some(("source", column)) => self.source.as_ref()?.shape.columns.get(column),
            Some((lookup, column)) => {
                let mut lookups = self.lookups.iter();
                let lookup = lookups.find(|plan| plan.name == lookup)?;
                lookup.shape.as_ref()?.columns.get(column)
            }
        }
    }

    fn lookup_is_absent(&self, name: &str) -> bool {
        let Some((lookup, _)) = name.split_once('.') else {
            return false;
        };
        let mut lookups = self.lookups.iter();
        lookups.any(|plan| plan.name == lookup && plan.shape.is_none())
    }

    fn check_columns(&self, declaration: &Declaration, text: Text) -> Result<(), TransferError> {
        let declared = self.declared;
        let refuse = |place: &crate::model::Place, message: String, hint: &str| {
            Err(TransferError::declaration(place, message, hint))
        };
        if self.target.row_security {
            return refuse(
                &declared.place,
                format!(
                    "row security hides rows of {} from this user",
                    declared.target
                ),
                "run as the owner or as a role with BYPASSRLS",
            );
        }
        for (name, column) in &declared.columns {
            let Some(shape) = self.target.columns.get(name) else {
                return refuse(
                    &column.place,
                    format!("{} has no column `{name}`", declared.target),
                    "take it out, or apply the migration that adds it",
                );
            };
            if shape.generated {
                return refuse(
                    &column.place,
                    format!(
                        "{}.{name} is made by the server and takes no value",
                        declared.target
                    ),
                    "take it out",
                );
            }
            let (Value::Columns(names), Some(_)) = (&column.value, &self.source) else {
                continue;
            };
            for raw in names {
                let Some(found) = self.raw_shape(raw) else {
                    if self.lookup_is_absent(raw) {
                        continue;
                    }
                    return refuse(
                        &column.place,
                        format!("the source of `{}` has no column `{raw}`", declared.name),
                        "see `stillway transfer show` for what the database has",
                    );
                };
                let zoned = column
                    .clean
                    .iter()
                    .any(|step| matches!(step, Normalizer::TimeZone { .. }));
                let differs = found.kind == Kind::Naive && shape.kind == Kind::Zoned;
                if differs && !zoned && text.is_postgres() {
                    return refuse(
                        &column.place,
                        format!(
                            "`{raw}` is a time without a time zone, and {}.{name} has one",
                            declared.target
                        ),
                        "say which zone is meant: clean = [{ time_zone = \"Asia/Seoul\" }]",
                    );
                }
            }
        }
        let needed = self.target.columns.iter().find(|(name, shape)| {
            !shape.nullable
                && !shape.has_default
                && !shape.generated
                && !declared.columns.contains_key(*name)
        });
        if let Some((name, _)) = needed {
            return refuse(
                &declared.place,
                format!(
                    "{}.{name} needs a value and has no entry in `columns`",
                    declared.target
                ),
                "add it",
            );
        }
        let Some(source) = &self.source else {
            return Ok(());
        };
        if source.shape.row_security {
            return refuse(
                &declared.place,
                format!(
                    "row security hides rows of the source of `{}` from this user",
                    declared.name
                ),
                "run as the owner or as a role with BYPASSRLS",
            );
        }
        for key in &declared.key {
            if !source.shape.columns.contains_key(key) {
                return refuse(
                    &declared.place,
                    format!(
                        "the source of `{}` has no column `{key}`, which is its key",
                        declared.name
                    ),
                    "name columns that tell its rows apart",
                );
            }
        }
        self.check_accounted(declaration)
    }

    /// Every column of the source goes somewhere, or is said to stay behind.
    fn check_accounted(&self, declaration: &Declaration) -> Result<(), TransferError> {
        let declared = self.declared;
        let (Source::Table(table), Some(source)) = (&declared.source, &self.source) else {
            return Ok(());
        };
        let opaque = declared
            .columns
            .values()
            .any(|column| matches!(column.value, Value::Expression(_)));
        if opaque {
            return Ok(());
        }
        // Several tables may share a source: each takes its part.
        let same = declaration
            .tables
            .iter()
            .filter(|other| matches!(&other.source, Source::Table(name) if name == table));
        let mut used: Vec<&str> = Vec::new();
        for other in same {
            used.extend(other.key.iter().map(String::as_str));
            used.extend(other.dropped.keys().map(String::as_str));
            for column in other.columns.values() {
                if let Value::Columns(names) = &column.value {
                    used.extend(names.iter().map(|name| name.trim_start_matches("source.")));
                }
            }
            used.extend(other.watermark.as_deref());
        }
        let lost: Vec<&str> = source
            .shape
            .columns
            .keys()
            .map(String::as_str)
            .filter(|name| !used.contains(name))
            .collect();
        if lost.is_empty() {
            return Ok(());
        }
        Err(TransferError::declaration(
            &declared.place,
            format!("nothing is said about {table}.{}", lost.join(", ")),
            format!(
                "map it, or say why it stays behind: [table.dropped] {} = \"…\"",
                lost[0]
            ),
        ))
    }

    fn unique_plans(&self, before: &[Self]) -> Result<Vec<UniquePlan<'a>>, TransferError> {
        let mut plans = Vec::new();
        let same = |left: &[String], right: &[String]| {
            left.len() == right.len() && left.iter().all(|column| right.contains(column))
        };
        let shapes = &self.target.unique;
        for rule in &self.declared.unique {
            let found = shapes
                .iter()
                .find(|shape| same(&shape.columns, &rule.columns));
            plans.push(self.unique_plan(rule.columns.clone(), found, Some(rule), before));
        }
        for shape in shapes {
            let named = plans.iter().any(|plan| same(&plan.columns, &shape.columns));
            let is_key = same(&shape.columns, &self.target_key) && self.carried;
            let filled = shape
                .columns
                .iter()
                .any(|column| self.declared.columns.contains_key(column));
            if !named && !is_key && filled {
                plans.push(self.unique_plan(shape.columns.clone(), Some(shape), None, before));
            }
        }
        Ok(plans)
    }

    fn unique_plan(
        &self,
        columns: Vec<String>,
        shape: Option<&UniqueShape>,
        rule: Option<&'a UniqueRule>,
        before: &[Self],
    ) -> UniquePlan<'a> {
        let carried: Option<Vec<&str>> = columns
            .iter()
            .map(|name| {
                let column = self.declared.columns.get(name)?;
                let moves = column.parent.as_ref().is_some_and(|parent| {
                    let mut before = before.iter();
                    before.any(|table| &table.declared.name == parent && table.merges())
                });
                self.carried_from(column).filter(|_| !moves)
            })
            .collect();
        let guaranteed = carried.is_some_and(|carried| {
            let source = self.source.as_ref();
            source.is_some_and(|source| source.shape.guarantees_unique(&carried))
        });
        UniquePlan {
            columns,
            predicate: shape.and_then(|shape| shape.predicate.clone()),
            nulls_equal: shape.is_some_and(|shape| shape.nulls_equal),
            held: shape.is_some(),
            rule,
            guaranteed,
        }
    }
}

fn target_key(declared: &Table, target: &TableShape) -> Result<Vec<String>, TransferError> {
    let not_null = |columns: &[String]| {
        let mut columns = columns.iter();
        columns.all(|name| {
            target
                .columns
                .get(name)
                .is_some_and(|shape| !shape.nullable)
        })
    };
    let own = target.primary_key().map(<[String]>::to_vec).or_else(|| {
        let mut unique = target.unique.iter();
        unique
            .find(|unique| unique.predicate.is_none() && not_null(&unique.columns))
            .map(|unique| unique.columns.clone())
    });
    let Some(key) = own else {
        return Err(TransferError::declaration(
            &declared.place,
            format!("{} has no primary key", declared.target),
            "rows that were moved could not be told from others; add one",
        ));
    };
    if let Some(missing) = key
        .iter()
        .find(|name| !declared.columns.contains_key(*name))
    {
        return Err(TransferError::declaration(
            &declared.place,
            format!(
                "{}.{missing} is part of the primary key and has no entry in `columns`",
                declared.target
            ),
            "carry the source's key, or derive one from it: a key made anew in each run would move rows twice",
        ));
    }
    Ok(key)
}

fn source(
    declared: &Table,
    text: Text,
    database: &mut dyn Database,
) -> Result<Option<SourcePlan>, TransferError> {
    match &declared.source {
        Source::Table(name) => {
            let Some(shape) = inspect(database, name)? else {
                if declared.optional {
                    return Ok(None);
                }
                return Err(TransferError::declaration(
                    &declared.place,
                    format!("the source table {name} does not exist"),
                    "write `optional = true` where databases without it are to be moved too",
                ));
            };
            Ok(Some(SourcePlan {
                from: text.table(name),
                shape,
            }))
        }
        Source::Query(sql) => {
            let Some(query) = sql.of(text.backend) else {
                return Err(TransferError::declaration(
                    &declared.place,
                    format!("`sql` says nothing for {}", text.backend),
                    "add the query for it",
                ));
            };
            let view = TableName {
                schema: Some(
                    if text.is_postgres() {
                        "pg_temp"
                    } else {
                        "temp"
                    }
                    .to_owned(),
                ),
                name: format!("stillway_query_{}", declared.name),
            };
            let name = text.table(&view);
            let make = format!("CREATE TEMP VIEW {} AS {query}", text.name(&view.name));
            let outcome = database
                .execute(&format!("DROP VIEW IF EXISTS {name}"))
                .and_then(|()| database.execute(&make));
            if let Err(error) = outcome {
                let missing = matches!(error.message.code.as_str(), "42P01" | "3F000");
                if declared.optional && missing {
                    return Ok(None);
                }
                let doing = format!("{}: reading `sql` of `{}`", declared.place, declared.name);
                return Err(TransferError::server(doing, error));
            }
            let shape = inspect(database, &view)?.unwrap_or_default();
            Ok(Some(SourcePlan {
                from: format!("({query})"),
                shape,
            }))
        }
    }
}

/// The columns of the target that a hash covers: all that were there when the ledger was made.
pub(super) fn hashed<'t>(
    target: &'t TableShape,
    names: &[String],
) -> IndexMap<&'t String, &'t ColumnShape> {
    let columns = target.columns.iter();
    columns.filter(|(name, _)| names.contains(name)).collect()
}
