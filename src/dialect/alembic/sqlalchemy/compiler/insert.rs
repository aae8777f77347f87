//! INSERT as text.

use super::context::{Context, Scope};
use super::{Binds, Compiler};
use crate::dialect::alembic::sqlalchemy::dml::{
    Assignments, Conflict, ConflictTarget, Dml, DmlKey, DmlKind, IndexElement, Insert, InsertValues,
};
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::expression::{
    Bind, BindKey, Element, Expr, Operand, TableColumn, null, unique_bind,
};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{Query, QueryKind};
use crate::dialect::alembic::sqlalchemy::selectable::{FromClause, Source, TableClause};
use crate::dialect::alembic::sqlalchemy::types::SqlType;
use std::fmt::Write as _;

/// The columns of a statement's table.
pub(super) fn table_columns(table: &FromClause) -> Vec<TableColumn> {
    match table.source() {
        Source::Table(table) => table.columns.borrow().clone(),
        Source::Alias { element, .. } => table_columns(element),
        _ => Vec::new(),
    }
}

/// The value that is given to a column.
pub(super) fn given<'a>(assignments: &'a Assignments, column: &TableColumn) -> Option<&'a Operand> {
    assignments
        .iter()
        .rev()
        .find(|(key, _)| *key.key() == *column.key)
        .map(|(_, operand)| operand)
}

/// Refuses names that are no columns.
pub(super) fn check_names(
    assignments: &Assignments,
    columns: &[TableColumn],
) -> Result<(), CompileError> {
    let unknown: Vec<String> = assignments
        .iter()
        .map(|(key, _)| key.key())
        .filter(|key| !columns.iter().any(|column| column.key == *key))
        .map(|key| key.to_string())
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(CompileError::new(format!(
        "Unconsumed column names: {}",
        unknown.join(", ")
    )))
}

/// One column of an INSERT and what it takes.
struct Cell {
    name: String,
    value: String,
}

/// What an INSERT inserts, as text.
struct Content {
    rows: Vec<Vec<Cell>>,
    query: Option<Query>,
    /// The columns that are asked back though nobody wrote it.
    asked_back: Vec<Expr>,
}

impl Compiler<'_> {
    /// A statement that changes rows.
    pub(super) fn dml(&mut self, dml: &Dml, context: &Context) -> Result<String, CompileError> {
        self.deeper(|compiler| match dml.kind() {
            DmlKind::Insert(insert) => compiler.insert(insert, context),
            DmlKind::Update(update) => compiler.update(update, context),
            DmlKind::Delete(delete) => compiler.delete(delete, context),
        })
    }

    /// What a column takes: a value by the column's type, or an expression.
    pub(super) fn column_value(
        &mut self,
        column: &TableColumn,
        operand: &Operand,
        context: &Context,
    ) -> Result<String, CompileError> {
        let expression = match operand {
            Operand::Literal(value) => Expr::new(
                Element::Bind(Bind {
                    key: BindKey::Named(column.key.clone()),
                    value: Some(value.clone()),
                    expanding: None,
                    literal_execute: false,
                }),
                column.type_.clone(),
            ),
            Operand::List(_) => match operand.as_argument(None)? {
                list if matches!(list.element(), Element::Bind(_)) => {
                    list.with_type(column.type_.clone())
                }
                other => other,
            },
            other => other.as_argument(None)?,
        };
        if let Element::Bind(bind) = expression.element() {
            let typed = Self::typed_for(&expression, &column.type_);
            // Named parameters of columns are the statement's own; numbered ones must not be shared between rows.
            if let (Binds::Numbered, BindKey::Named(name), Operand::Literal(_)) =
                (context.binds, &bind.key, operand)
            {
                let own = unique_bind(
                    name,
                    bind.value.clone().unwrap_or(Literal::None),
                    Some(typed.type_().clone()),
                );
                return self.expression(&own, context);
            }
            return self.expression(&typed, context);
        }
        self.expression(&expression.self_group(None), context)
    }

    fn insert(&mut self, insert: &Insert, context: &Context) -> Result<String, CompileError> {
        let top = self.scopes.is_empty();
        self.scopes.push(Scope::default());
        let result = self.insert_text(insert, top, context);
        self.scopes.pop();
        result
    }

    fn insert_text(
        &mut self,
        insert: &Insert,
        top: bool,
        context: &Context,
    ) -> Result<String, CompileError> {
        let Some(table) = insert.table.as_table() else {
            return Err(CompileError::argument(
                "subject table for an INSERT, UPDATE or DELETE expected",
            ));
        };
        let columns = table_columns(&insert.table);
        let Content {
            rows,
            query,
            asked_back,
        } = self.content(insert, table, &columns, top, context)?;
        let mut text = String::from("INSERT ");
        text.push_str(&self.prefixes(&insert.prefixes, context)?);
        text.push_str("INTO ");
        text.push_str(&self.target.format_table(table.schema.as_ref(), &table.name));
        self.independent_ctes(&insert.ctes, context)?;
        let first = rows.first().map(Vec::as_slice).unwrap_or_default();
        let default_values = !self.target.is_mysql();
        if !first.is_empty() || !default_values {
            let names: Vec<&str> = first.iter().map(|cell| cell.name.as_str()).collect();
            let _ = write!(text, " ({})", names.join(", "));
        }
        let returned = if insert.returning.is_empty() {
            &asked_back
        } else {
            &insert.returning
        };
        let returning = if returned.is_empty() {
            None
        } else {
            Some(self.returning(returned, context)?)
        };
        if let Some(query) = &query {
            let inner = Context {
                insert_into: true,
                ..context.clone()
            };
            let select = self.query(query, &inner)?;
            let with = if self.target.is_mysql() {
                self.with_clause(top, true)
            } else {
                String::new()
            };
            let _ = write!(text, " {with}{select}");
        } else if first.is_empty() && default_values {
            text.push_str(" DEFAULT VALUES");
        } else {
            let tuples: Vec<String> = rows
                .iter()
                .map(|row| {
                    format!(
                        "({})",
                        row.iter()
                            .map(|cell| cell.value.as_str())
                            .collect::<Vec<_>>()
                            .join(", ")
                    )
                })
                .collect();
            let _ = write!(text, " VALUES {}", tuples.join(", "));
        }
        if let Some(conflict) = &insert.conflict {
            text.push(' ');
            text.push_str(&self.conflict(insert, conflict, &columns, context)?);
        }
        if let Some(returning) = returning {
            text.push(' ');
            text.push_str(&returning);
        }
        if !self.target.is_mysql() {
            text = format!("{}{text}", self.with_clause(top, true));
        }
        Ok(text)
    }

    /// The rows of an INSERT, or the query they come from.
    fn content(
        &mut self,
        insert: &Insert,
        table: &TableClause,
        columns: &[TableColumn],
        top: bool,
        context: &Context,
    ) -> Result<Content, CompileError> {
        let mut asked_back = Vec::new();
        let mut query = None;
        let mut rows = Vec::new();
        match &insert.values {
            InsertValues::Unspecified => rows.push(
                columns
                    .iter()
                    .map(|column| Cell {
                        name: self.target.quote(&column.name).into_owned(),
                        value: self.column_parameter(&column.key, &column.type_),
                    })
                    .collect::<Vec<_>>(),
            ),
            InsertValues::Row(assignments) => {
                check_names(assignments, columns)?;
                let implicit = top && self.asks_keys_back(insert, table.is_schema_item, columns);
                rows.push(self.insert_row(
                    insert,
                    assignments,
                    columns,
                    implicit,
                    &mut asked_back,
                    context,
                )?);
            }
            InsertValues::Rows(given_rows) => {
                for assignments in given_rows {
                    check_names(assignments, columns)?;
                }
                self.insert_rows(given_rows, columns, &mut rows, context)?;
            }
            InsertValues::Query {
                columns: names,
                query: source,
                include_defaults,
            } => {
                let (cells, extended) = self.insert_query(
                    names,
                    source,
                    *include_defaults,
                    columns,
                    table.is_schema_item,
                    context,
                )?;
                rows.push(cells);
                query = Some(extended);
            }
        }
        Ok(Content {
            rows,
            query,
            asked_back,
        })
    }

    /// Whether generated keys are asked back with `RETURNING` though nobody wrote it.
    fn asks_keys_back(
        &self,
        insert: &Insert,
        is_schema_item: bool,
        columns: &[TableColumn],
    ) -> bool {
        let counts_up = columns.iter().any(|column| column.autoincrement);
        let reads_last_id = !self.target.is_postgres() && counts_up;
        let returns = !self.target.is_mysql() || self.target.mariadb;
        is_schema_item && !insert.inline && insert.returning.is_empty() && returns && !reads_last_id
    }

    fn insert_row(
        &mut self,
        insert: &Insert,
        assignments: &Assignments,
        columns: &[TableColumn],
        implicit: bool,
        asked_back: &mut Vec<Expr>,
        context: &Context,
    ) -> Result<Vec<Cell>, CompileError> {
        let mut cells = Vec::new();
        for column in columns {
            let mut ask = || asked_back.extend(insert.table.column(&column.key));
            let default = column
                .default
                .as_ref()
                .filter(|default| self.has_default(default));
            let value = match (given(assignments, column), default) {
                (Some(operand), _) => {
                    if column.primary_key && implicit && !is_value(operand) {
                        ask();
                    }
                    self.column_value(column, operand, context)?
                }
                (None, Some(default)) => {
                    if matches!(default.element(), Element::Bind(_)) {
                        self.default_value(column, default, context)?
                    } else {
                        if column.primary_key && implicit {
                            ask();
                        }
                        self.expression(&default.self_group(None), context)?
                    }
                }
                (None, None) => {
                    if column.primary_key
                        && implicit
                        && (column.autoincrement || column.has_server_default)
                    {
                        ask();
                    }
                    continue;
                }
            };
            cells.push(Cell {
                name: self.target.quote(&column.name).into_owned(),
                value,
            });
        }
        Ok(cells)
    }

    /// Whether a default counts on the backend: a sequence does so only where there are sequences.
    fn has_default(&self, default: &Expr) -> bool {
        self.target.is_postgres() || !matches!(default.element(), Element::NextValue { .. })
    }

    /// A default of Python's: SQLAlchemy only fills it in when it executes, so literal text has `NULL` there.
    fn default_value(
        &mut self,
        column: &TableColumn,
        default: &Expr,
        context: &Context,
    ) -> Result<String, CompileError> {
        match context.binds {
            Binds::Literal => Ok("NULL".into()),
            Binds::Named => Ok(self.column_parameter(&column.key, &column.type_)),
            Binds::Numbered | Binds::Inline => {
                let typed = Self::typed_for(default, &column.type_);
                self.expression(&typed, context)
            }
        }
    }

    fn insert_rows(
        &mut self,
        given_rows: &[Assignments],
        columns: &[TableColumn],
        rows: &mut Vec<Vec<Cell>>,
        context: &Context,
    ) -> Result<(), CompileError> {
        let Some(first) = given_rows.first() else {
            return Ok(());
        };
        let named: Vec<&TableColumn> = columns
            .iter()
            .filter(|column| given(first, column).is_some() || column.default.is_some())
            .collect();
        for (index, assignments) in given_rows.iter().enumerate() {
            let mut cells = Vec::with_capacity(named.len());
            for column in &named {
                let value = match (given(assignments, column), &column.default) {
                    (Some(operand), _) => {
                        let key = format!("{}_m{index}", column.key);
                        let renamed = TableColumn {
                            key: key.into(),
                            ..(*column).clone()
                        };
                        self.column_value(&renamed, operand, context)?
                    }
                    (None, Some(default)) if matches!(default.element(), Element::Bind(_)) => {
                        self.default_value(column, default, context)?
                    }
                    (None, Some(default)) => self.expression(default, context)?,
                    (None, None) => {
                        return Err(CompileError::new(format!(
                            "INSERT value for column {} is explicitly rendered as a boundparameter in the VALUES clause; \
                             a Python-side value or SQL expression is required",
                            column.name
                        )));
                    }
                };
                cells.push(Cell {
                    name: self.target.quote(&column.name).into_owned(),
                    value,
                });
            }
            rows.push(cells);
        }
        Ok(())
    }

    fn insert_query(
        &mut self,
        names: &[DmlKey],
        source: &Query,
        include_defaults: bool,
        columns: &[TableColumn],
        is_schema_item: bool,
        context: &Context,
    ) -> Result<(Vec<Cell>, Query), CompileError> {
        let mut cells = Vec::new();
        let mut listed = Vec::new();
        for name in names {
            let key = name.key();
            let Some(column) = columns.iter().find(|column| column.key == key) else {
                return Err(CompileError::of(
                    crate::dialect::alembic::sqlalchemy::error::ErrorClass::Key,
                    crate::dialect::alembic::sqlalchemy::literal::python_repr(&Literal::text(
                        &*key,
                    )),
                ));
            };
            cells.push(Cell {
                name: self.target.quote(&column.name).into_owned(),
                value: String::new(),
            });
            listed.push(key);
        }
        let mut extra = Vec::new();
        if include_defaults && is_schema_item {
            for column in columns
                .iter()
                .filter(|column| !listed.contains(&column.key))
            {
                let Some(default) = &column.default else {
                    continue;
                };
                cells.push(Cell {
                    name: self.target.quote(&column.name).into_owned(),
                    value: String::new(),
                });
                extra.push(match (default.element(), context.binds) {
                    (Element::Bind(_), Binds::Literal) => null(),
                    (Element::Bind(_), _) => Self::typed_for(default, &column.type_),
                    _ => default.self_group(None),
                });
            }
        }
        if extra.is_empty() {
            return Ok((cells, source.clone()));
        }
        let QueryKind::Select(select) = source.kind() else {
            return Err(CompileError::new(
                "Can't extend statement for INSERT..FROM SELECT to include additional default-holding column(s).  \
                 Convert the selectable to a subquery() first, or pass include_defaults=False to Insert.from_select() \
                 to skip these columns.",
            ));
        };
        let mut select = (**select).clone();
        select.columns.extend(extra);
        Ok((cells, Query::from(select)))
    }

    fn conflict(
        &mut self,
        insert: &Insert,
        conflict: &Conflict,
        columns: &[TableColumn],
        context: &Context,
    ) -> Result<String, CompileError> {
        let duplicate = matches!(conflict, Conflict::DuplicateKey { .. });
        if duplicate != self.target.is_mysql() {
            let class = match conflict {
                Conflict::DoNothing(_) => {
                    "<class 'sqlalchemy.dialects.postgresql.dml.OnConflictDoNothing'>"
                }
                Conflict::DoUpdate { .. } => {
                    "<class 'sqlalchemy.dialects.postgresql.dml.OnConflictDoUpdate'>"
                }
                Conflict::DuplicateKey { .. } => {
                    "<class 'sqlalchemy.dialects.mysql.dml.OnDuplicateClause'>"
                }
            };
            return Err(CompileError::unsupported(self.compiler_name(), class));
        }
        match conflict {
            Conflict::DoNothing(target) => {
                let target = self.conflict_target(target, context)?;
                Ok(if target.is_empty() {
                    "ON CONFLICT DO NOTHING".into()
                } else {
                    format!("ON CONFLICT {target} DO NOTHING")
                })
            }
            Conflict::DoUpdate {
                target,
                set,
                condition,
            } => {
                let target = self.conflict_target(target, context)?;
                let inner = Context {
                    use_schema: false,
                    ..context.clone()
                };
                let mut text = self.set_list(set, columns, false, &inner)?;
                if let Some(condition) = condition {
                    let inner = Context {
                        include_table: true,
                        ..inner
                    };
                    let _ = write!(text, " WHERE {}", self.expression(condition, &inner)?);
                }
                Ok(format!("ON CONFLICT {target} DO UPDATE SET {text}"))
            }
            Conflict::DuplicateKey { set, ordered } => {
                self.insert_alias = insert.proposed.get().cloned();
                // MySQL's clause is rendered as if nothing had been asked of it.
                let inner = Context {
                    use_schema: false,
                    ..context.forgetful()
                };
                let text = self.set_list(set, columns, *ordered, &inner);
                self.insert_alias = None;
                Ok(format!("ON DUPLICATE KEY UPDATE {}", text?))
            }
        }
    }

    fn conflict_target(
        &mut self,
        target: &ConflictTarget,
        context: &Context,
    ) -> Result<String, CompileError> {
        Ok(match target {
            ConflictTarget::Any => String::new(),
            // SQLite knows no constraint names here, and SQLAlchemy leaves them out.
            ConflictTarget::Constraint(_) if self.target.is_sqlite() => String::new(),
            ConflictTarget::Constraint(name) => format!(
                "ON CONSTRAINT {}",
                self.target.format_constraint_name(name)?
            ),
            ConflictTarget::Index(elements, condition) => {
                let bare = Context {
                    include_table: false,
                    use_schema: false,
                    ..context.forgetful()
                };
                let mut parts = Vec::with_capacity(elements.len());
                for element in elements {
                    parts.push(match element {
                        IndexElement::Name(name) => self.target.quote(name).into_owned(),
                        IndexElement::Expr(expression) => self.expression(expression, &bare)?,
                    });
                }
                let mut text = format!("({})", parts.join(", "));
                if let Some(condition) = condition {
                    let inner = Context {
                        include_table: false,
                        use_schema: false,
                        ..context.clone()
                    };
                    let _ = write!(text, " WHERE {}", self.expression(condition, &inner)?);
                }
                text
            }
        })
    }

    /// `column = value, ..` in the order of the table, or as given.
    fn set_list(
        &mut self,
        set: &Assignments,
        columns: &[TableColumn],
        ordered: bool,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut parts = Vec::with_capacity(set.len());
        let in_order: Vec<&TableColumn> = if ordered {
            set.iter()
                .filter_map(|(key, _)| columns.iter().find(|column| column.key == key.key()))
                .collect()
        } else {
            columns
                .iter()
                .filter(|column| given(set, column).is_some())
                .collect()
        };
        for column in in_order {
            let Some(operand) = given(set, column) else {
                continue;
            };
            let value = self.conflict_value(operand, &column.type_, context)?;
            parts.push(format!("{} = {value}", self.target.quote(&column.name)));
        }
        if !self.target.is_mysql() {
            for (key, operand) in set
                .iter()
                .filter(|(key, _)| !columns.iter().any(|column| column.key == key.key()))
            {
                let value = self.conflict_value(operand, &SqlType::null(), context)?;
                let name = match key {
                    DmlKey::Key(key) => self.target.quote_text(key).into_owned(),
                    DmlKey::Column(column) => self.expression(column, context)?,
                };
                parts.push(format!("{name} = {value}"));
            }
        }
        Ok(parts.join(", "))
    }

    fn conflict_value(
        &mut self,
        operand: &Operand,
        type_: &SqlType,
        context: &Context,
    ) -> Result<String, CompileError> {
        let expression = match operand {
            Operand::Literal(value) => unique_bind("param", value.clone(), Some(type_.clone())),
            other => Self::typed_for(&other.as_argument(None)?, type_),
        };
        self.expression(&expression.self_group(None), context)
    }
}

/// Whether an operand is a plain value or a parameter.
pub(super) fn is_value(operand: &Operand) -> bool {
    match operand {
        Operand::Literal(_) | Operand::List(_) => true,
        Operand::Expr(expression) => matches!(expression.element(), Element::Bind(_)),
        Operand::Query(_) => false,
    }
}
