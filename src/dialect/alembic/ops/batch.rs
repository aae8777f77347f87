//! Changing a table by making a new one and copying the rows, for backends that cannot change it
//! in place.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use indexmap::{IndexMap, IndexSet};

use super::super::sqlalchemy::ddl::Guard;
use super::super::sqlalchemy::error::{CompileError, ErrorClass};
use super::super::sqlalchemy::naming::ConstraintName;
use super::super::sqlalchemy::schema::{
    Autoincrement, Column, Constraint, ConstraintKind, Index, Options, Table,
};
use super::super::sqlalchemy::target::Name;
use super::super::sqlalchemy::types::{Family, SqlType};
use super::alter_column::{AlterColumn, DefaultChange};
use super::column::AddColumn;
use super::constraint::{DropConstraint, NewConstraint};
use super::table::CreateTable;
use super::{Context, rename_table};

/// What becomes of a column's values.
#[derive(Debug, Clone)]
struct Transfer {
    /// The column they come from; `None` for a new column.
    from: Option<Name>,
    /// The type they are cast to.
    cast: Option<SqlType>,
}

/// A table that is being rewritten.
#[derive(Debug)]
pub struct Rewrite {
    table: Table,
    reflected: bool,
    columns: IndexMap<String, Column>,
    transfers: IndexMap<String, Transfer>,
    existing_order: Vec<String>,
    added_order: Vec<(String, String)>,
    /// `partial_reordering`: lists of columns that come in this order, wherever the others go.
    wanted_order: Vec<Vec<String>>,
    named: IndexMap<String, Constraint>,
    unnamed: Vec<Constraint>,
    indexes: IndexMap<String, Index>,
    new_indexes: IndexMap<String, Index>,
    /// Columns that left the primary key with their column.
    key_without: Vec<String>,
}

/// What the new table gets besides what the old one has.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// Columns of `table_args`.
    pub columns: Vec<Column>,
    /// Constraints of `table_args`.
    pub constraints: Vec<Constraint>,
    /// `table_kwargs`.
    pub options: Options,
    /// `prefixes` of `table_kwargs`.
    pub prefixes: Vec<std::rc::Rc<str>>,
}

/// The statements of a rewrite. When copying or dropping fails, the new table is dropped again.
#[derive(Debug, Clone, Default)]
pub struct RewriteStatements {
    /// Make the new table.
    pub create: Vec<String>,
    /// Copy the rows and drop the old table.
    pub replace: Vec<String>,
    /// Drops the new table after a failure.
    pub undo: String,
    /// Give the new table the old name.
    pub rename: Vec<String>,
    /// Make the indexes again.
    pub indexes: Vec<String>,
}

/// Where a column goes.
#[derive(Debug, Clone, Default)]
pub struct Position {
    /// Before this one.
    pub before: Option<String>,
    /// Behind this one.
    pub after: Option<String>,
}

fn value_error(message: impl Into<String>) -> CompileError {
    CompileError::of(ErrorClass::Value, message)
}

fn unknown(key: &str) -> CompileError {
    CompileError::of(ErrorClass::Key, format!("'{key}'"))
}

fn needs_name() -> CompileError {
    value_error("Constraint must have a name")
}

/// The columns of a constraint, by key.
fn columns_of(constraint: &Constraint) -> &[Name] {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns }
        | ConstraintKind::Unique { columns }
        | ConstraintKind::ForeignKey { columns, .. } => columns,
        _ => &[],
    }
}

/// SQLAlchemy's affinity of a type, which decides whether values are cast.
fn affinity(sql_type: &SqlType) -> Family {
    match sql_type.family() {
        Family::Enum => Family::String,
        family => family,
    }
}

impl Rewrite {
    /// Takes a table apart. A reflected one has no names for what the database does not name.
    pub fn new(context: &Context, table: Table, reflected: bool, extras: &Extras) -> Self {
        let mut named = IndexMap::new();
        let mut unnamed = Vec::new();
        let has_check = extras
            .constraints
            .iter()
            .any(|constraint| matches!(constraint.kind, ConstraintKind::Check { .. }));
        for constraint in &table.constraints {
            match (&constraint.kind, constraint.name.text()) {
                (ConstraintKind::TypeCheck { .. }, _) => {}
                (ConstraintKind::Check { .. }, None) if reflected => {
                    if !has_check {
                        context.warn(format!(
                            "Unnamed CHECK constraint on reflected table '{}' is being omitted \
                             from the table recreate; pass the constraint explicitly using \
                             batch_alter_table.table_args.  Naming CHECK constraints avoids this \
                             going forward.",
                            table.name
                        ));
                    }
                }
                (_, Some(name)) => {
                    named.insert(name.to_string(), constraint.clone());
                }
                (_, None) => unnamed.push(constraint.clone()),
            }
        }
        let mut columns = IndexMap::new();
        let mut transfers = IndexMap::new();
        for column in &table.columns {
            let name = column.name.to_string();
            let mut copy = column.clone();
            copy.unique = false;
            copy.index = false;
            // References stand as constraints of the table.
            copy.foreign_keys.clear();
            columns.insert(name.clone(), copy);
            transfers.insert(
                name,
                Transfer {
                    from: Some(column.name.clone()),
                    cast: None,
                },
            );
        }
        let indexes = table
            .indexes
            .iter()
            .filter_map(|index| Some((index.name.text()?.to_string(), index.clone())))
            .collect();
        Self {
            existing_order: columns.keys().cloned().collect(),
            table,
            reflected,
            columns,
            transfers,
            added_order: Vec::new(),
            wanted_order: Vec::new(),
            named,
            unnamed,
            indexes,
            new_indexes: IndexMap::new(),
            key_without: Vec::new(),
        }
    }

    /// Sets `partial_reordering`: lists of columns that come in this order.
    pub fn reorder(&mut self, orders: Vec<Vec<String>>) {
        self.wanted_order = orders;
    }

    /// Adds a column.
    ///
    /// # Errors
    ///
    /// A constraint of it without a name, or an unknown place.
    pub fn add_column(
        &mut self,
        context: &Context,
        change: AddColumn,
        position: &Position,
    ) -> Result<(), CompileError> {
        let name = change.column.name.to_string();
        let table = context
            .table(&change.table, change.schema.as_ref())
            .assemble(
                &context.target,
                vec![change.column.clone()],
                Vec::new(),
                Vec::new(),
            )?;
        self.place(&name, position)?;
        let mut copy = change.column;
        copy.unique = false;
        copy.index = false;
        copy.foreign_keys.clear();
        self.columns.insert(name.clone(), copy);
        self.transfers.insert(
            name,
            Transfer {
                from: None,
                cast: None,
            },
        );
        let inline = change.inline_references
            && table
                .constraints
                .iter()
                .filter(|one| matches!(one.kind, ConstraintKind::ForeignKey { .. }))
                .count()
                == 1;
        for constraint in table.constraints {
            match constraint.kind {
                ConstraintKind::PrimaryKey { .. } => {}
                ConstraintKind::ForeignKey { .. } if inline => {}
                _ => self.add_constraint(constraint)?,
            }
        }
        for index in table.indexes {
            self.create_index(index);
        }
        Ok(())
    }

    /// Notes which columns a new one stands between.
    fn place(&mut self, name: &str, position: &Position) -> Result<(), CompileError> {
        let Position {
            mut before,
            mut after,
        } = position.clone();
        let at = |order: &[String], wanted: &str| order.iter().position(|one| one == wanted);
        let by_neighbours = self.wanted_order.is_empty();
        if by_neighbours && let (Some(left), None) = (&after, &before) {
            match at(&self.existing_order, left) {
                Some(at) => before = self.existing_order.get(at + 1).cloned(),
                None => {
                    let found = self.added_order.iter().rev().find(|(one, _)| one == left);
                    before = Some(found.ok_or_else(|| unknown(left))?.1.clone());
                }
            }
        }
        if by_neighbours && let (Some(right), None) = (&before, &after) {
            match at(&self.existing_order, right) {
                Some(0) => {}
                Some(at) => after = self.existing_order.get(at - 1).cloned(),
                None => {
                    let found = self.added_order.iter().rev().find(|(_, one)| one == right);
                    after = Some(found.ok_or_else(|| unknown(right))?.0.clone());
                }
            }
        }
        let nowhere = before.is_none() && after.is_none();
        if let Some(before) = before {
            self.added_order.push((name.to_owned(), before));
        }
        if let Some(after) = after {
            self.added_order.push((after, name.to_owned()));
        }
        if by_neighbours
            && nowhere
            && let Some(last) = self.existing_order.last()
        {
            self.added_order.push((last.clone(), name.to_owned()));
        }
        Ok(())
    }

    /// Drops a column, and what stands on it.
    ///
    /// # Errors
    ///
    /// A column that is not there.
    pub fn drop_column(&mut self, name: &str) -> Result<(), CompileError> {
        if self.columns.shift_remove(name).is_none() {
            return Err(unknown(name));
        }
        self.transfers.shift_remove(name);
        self.key_without.push(name.to_owned());
        let at = self.existing_order.iter().position(|one| one == name);
        match at {
            Some(at) => {
                self.existing_order.remove(at);
                Ok(())
            }
            None => Err(value_error("list.remove(x): x not in list")),
        }
    }

    /// Changes a column.
    ///
    /// # Errors
    ///
    /// A column that is not there, or a type's check without a name.
    pub fn alter_column(
        &mut self,
        context: &Context,
        change: &AlterColumn,
    ) -> Result<(), CompileError> {
        let checks = |sql_type: &SqlType| -> Result<Vec<Constraint>, CompileError> {
            let table = context
                .table(&change.table, change.schema.as_ref())
                .assemble(
                    &context.target,
                    vec![Column::new(change.column.clone(), sql_type.clone())],
                    Vec::new(),
                    Vec::new(),
                )?;
            Ok(table
                .constraints
                .into_iter()
                .filter(|one| matches!(one.kind, ConstraintKind::TypeCheck { .. }))
                .collect())
        };
        if let (Some(existing), Some(_)) = (&change.existing_type, &change.sql_type) {
            for check in checks(existing)? {
                let name = check.name.text().ok_or_else(needs_name)?.to_string();
                self.named.shift_remove(&name);
            }
        }
        let key = change.column.to_string();
        let (Some(column), Some(transfer)) =
            (self.columns.get_mut(&key), self.transfers.get_mut(&key))
        else {
            return Err(unknown(&key));
        };
        if let Some(name) = &change.new_name
            && name.as_str() != key
        {
            if column.key.is_none() {
                column.key = Some(column.name.as_str().into());
            }
            column.name = name.clone();
            if let Some(existing) = &change.existing_type
                && let Some(name) = type_name(existing)
            {
                self.named.shift_remove(&name);
            }
        }
        if let Some(sql_type) = &change.sql_type {
            if context.target.is_sqlite()
                && transfer.from.is_some()
                && affinity(&column.sql_type) != affinity(sql_type)
                && sql_type.family() != Family::Json
            {
                transfer.cast = Some(sql_type.clone());
            }
            column.sql_type = sql_type.clone();
        }
        if let Some(nullable) = change.nullable {
            column.nullable = Some(nullable);
        }
        match &change.server_default {
            None => {}
            Some(DefaultChange::Drop) => column.server_default = None,
            Some(DefaultChange::Default(default)) => {
                column.server_default = Some(default.clone());
            }
            Some(DefaultChange::Identity(_) | DefaultChange::Computed(_)) => {
                return Err(CompileError::of(
                    ErrorClass::Argument,
                    "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class \
                     'sqlalchemy.sql.elements.ClauseElement'>'",
                ));
            }
        }
        if let Some(counts) = change.autoincrement {
            column.autoincrement = if counts {
                Autoincrement::Yes
            } else {
                Autoincrement::No
            };
        }
        if let Some(comment) = &change.comment {
            column.comment = comment.as_deref().map(Into::into);
        }
        if let Some(sql_type) = &change.sql_type {
            for check in checks(sql_type)? {
                self.add_constraint(check)?;
            }
        }
        Ok(())
    }

    /// Adds a constraint of an operation.
    ///
    /// # Errors
    ///
    /// A constraint without a name.
    pub fn new_constraint(
        &mut self,
        context: &Context,
        change: NewConstraint,
    ) -> Result<(), CompileError> {
        let (_, constraint) = change.attached(context)?;
        self.add_constraint(constraint)
    }

    fn add_constraint(&mut self, constraint: Constraint) -> Result<(), CompileError> {
        if constraint.name == ConstraintName::Missing {
            return Err(needs_name());
        }
        if matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) {
            self.unnamed
                .retain(|one| !matches!(one.kind, ConstraintKind::PrimaryKey { .. }));
        }
        match constraint.name.text() {
            Some(name) => {
                self.named.insert(name.to_string(), constraint);
            }
            None => self.unnamed.push(constraint),
        }
        Ok(())
    }

    /// Drops a constraint.
    ///
    /// # Errors
    ///
    /// A constraint that is not there, or no name.
    pub fn drop_constraint(
        &mut self,
        context: &Context,
        change: &DropConstraint,
    ) -> Result<(), CompileError> {
        let name = change.resolved_name(context)?;
        let Some(name) = name else {
            return Err(needs_name());
        };
        if !self.reflected {
            let holder = self.columns.values_mut().find(|column| {
                column.checks.iter().any(|check| {
                    check
                        .name
                        .text()
                        .is_some_and(|known| known.as_str() == name)
                })
            });
            if let Some(column) = holder {
                column
                    .checks
                    .retain(|check| check.name.text().is_none_or(|known| known.as_str() != name));
                return Ok(());
            }
        }
        let Some(constraint) = self.named.shift_remove(&name) else {
            return Err(value_error(format!("No such constraint: '{name}'")));
        };
        if matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) {
            for column in columns_of(&constraint) {
                if let Some(column) = self.columns.get_mut(column.as_str()) {
                    column.primary_key = false;
                }
            }
        }
        Ok(())
    }

    /// Adds an index.
    pub fn create_index(&mut self, index: Index) {
        let name = index
            .name
            .text()
            .map(ToString::to_string)
            .unwrap_or_default();
        self.new_indexes.insert(name, index);
    }

    /// Drops an index.
    ///
    /// # Errors
    ///
    /// An index that is not there.
    pub fn drop_index(&mut self, name: Option<&Name>) -> Result<(), CompileError> {
        let text = name.map(ToString::to_string);
        match text
            .as_ref()
            .and_then(|name| self.indexes.shift_remove(name))
        {
            Some(_) => Ok(()),
            None => Err(value_error(format!(
                "No such index: '{}'",
                text.as_deref().unwrap_or("None")
            ))),
        }
    }

    /// Puts the columns into the order that was asked for.
    fn sort_columns(&mut self) -> Result<(), CompileError> {
        let mut by_place: Vec<String> = self.columns.keys().cloned().collect();
        let mut pairs: IndexSet<(String, String)> = IndexSet::new();
        if self.wanted_order.is_empty() {
            for (index, own) in self.existing_order.iter().enumerate().skip(1) {
                // The neighbour is looked up among all columns, as the original has it.
                if let Some(before) = by_place.get(index - 1) {
                    pairs.insert((before.clone(), own.clone()));
                }
            }
        }
        for order in &self.wanted_order {
            for pair in order.windows(2) {
                if let [before, after] = pair {
                    pairs.insert((before.clone(), after.clone()));
                }
            }
        }
        pairs.extend(self.added_order.iter().cloned());
        pairs.retain(|(before, after)| before != after);
        let mut befores: HashMap<&str, Vec<&str>> = HashMap::new();
        for (before, after) in &pairs {
            befores.entry(after).or_default().push(before);
        }
        let mut places: HashMap<String, usize> = HashMap::new();
        while !by_place.is_empty() {
            let waits: HashSet<&str> = by_place.iter().map(String::as_str).collect();
            let (ready, waiting): (Vec<String>, Vec<String>) =
                by_place.iter().cloned().partition(|name| {
                    let befores = befores.get(name.as_str());
                    !befores
                        .into_iter()
                        .flatten()
                        .any(|before| waits.contains(before))
                });
            if ready.is_empty() {
                return Err(CompileError::of(
                    ErrorClass::CircularDependency,
                    "Circular dependency detected.",
                ));
            }
            for name in ready {
                places.insert(name, places.len());
            }
            by_place = waiting;
        }
        let place = |name: &str| places.get(name);
        self.columns
            .sort_by(|left, _, right, _| place(left).cmp(&place(right)));
        self.transfers
            .sort_by(|left, _, right, _| place(left).cmp(&place(right)));
        Ok(())
    }

    /// Lets PostgreSQL's old table give up the names that the new one takes.
    fn free_names(
        &self,
        context: &Context,
        statements: &mut Vec<String>,
    ) -> Result<(), CompileError> {
        if !context.target.is_postgres() {
            return Ok(());
        }
        // Names are free for the new table only when the old one has given them up.
        let is_reference = |one: &Constraint| matches!(one.kind, ConstraintKind::ForeignKey { .. });
        let (references, others): (Vec<&Constraint>, Vec<&Constraint>) = self
            .table
            .constraints
            .iter()
            .filter(|one| {
                one.name
                    .text()
                    .is_some_and(|name| self.named.contains_key(name.as_str()))
            })
            .partition(|one| is_reference(one));
        for constraint in references.into_iter().chain(others) {
            statements.push(
                context
                    .ddl()
                    .drop_constraint(constraint, &self.table, Guard::None)?,
            );
        }
        Ok(())
    }

    /// The columns that are copied, and what they are copied from.
    fn transferred(&self, context: &Context, old: &str) -> Result<(String, String), CompileError> {
        let target = &context.target;
        let (mut into, mut from) = (String::new(), String::new());
        for (key, transfer) in &self.transfers {
            let Some(source) = &transfer.from else {
                continue;
            };
            let Some(column) = self.columns.get(key) else {
                continue;
            };
            if column.computed.is_some() {
                // The server computes it again.
                continue;
            }
            if !into.is_empty() {
                into.push_str(", ");
                from.push_str(", ");
            }
            into.push_str(&target.quote(&column.name));
            let name = target.quote(source);
            let _ = match &transfer.cast {
                Some(sql_type) => write!(
                    from,
                    "CAST({old}.{name} AS {}) AS {name}",
                    context.ddl().bare_type(sql_type)?
                ),
                None => write!(from, "{old}.{name}"),
            };
        }
        Ok((into, from))
    }

    /// Adds the constraints whose columns are all still there.
    fn keep_constraints(&self, constraints: &mut Vec<Constraint>) {
        let kept = self.named.values().chain(&self.unnamed);
        let mut order = constraints
            .iter()
            .map(|constraint| constraint.common.created)
            .max()
            .unwrap_or_default();
        for constraint in kept {
            let mut copy = constraint.clone();
            if let ConstraintKind::PrimaryKey { columns } = &mut copy.kind {
                columns.retain(|name| !self.key_without.iter().any(|gone| gone == name.as_str()));
                if columns.is_empty() {
                    continue;
                }
            }
            if columns_of(&copy)
                .iter()
                .any(|name| !self.transfers.contains_key(name.as_str()))
            {
                continue;
            }
            if let ConstraintKind::TypeCheck { column, .. } = &copy.kind
                && !self.transfers.contains_key(column.as_str())
            {
                continue;
            }
            order += 1;
            copy.common.created = order;
            constraints.push(copy);
        }
    }

    /// The statements.
    ///
    /// # Errors
    ///
    /// What the backend cannot have.
    pub fn statements(
        mut self,
        context: &Context,
        extras: Extras,
    ) -> Result<RewriteStatements, CompileError> {
        if !self.added_order.is_empty() || !self.wanted_order.is_empty() {
            self.sort_columns()?;
        }
        let target = &context.target;
        let temporary: String = format!("_alembic_tmp_{}", self.table.name)
            .chars()
            .take(50)
            .collect();
        let temporary = Name::new(temporary);
        let schema = self.table.schema.clone();
        let mut new_table = Table::new(temporary.clone(), schema.clone(), std::rc::Rc::default());
        new_table.comment.clone_from(&self.table.comment);
        new_table.options = extras.options;
        for (key, value) in &self.table.options {
            new_table
                .options
                .entry(key.clone())
                .or_insert_with(|| value.clone());
        }
        new_table.prefixes = extras.prefixes;
        let mut constraints = extras.constraints;
        self.keep_constraints(&mut constraints);
        let mut columns: Vec<Column> = self.columns.values().cloned().collect();
        columns.extend(extras.columns);
        let mut new_table = new_table.assemble(target, columns, constraints, Vec::new())?;
        one_check_per_column(&mut new_table);
        let mut statements = RewriteStatements::default();
        self.free_names(context, &mut statements.create)?;
        CreateTable {
            table: new_table.clone(),
            if_not_exists: false,
        }
        .write(context, &mut statements.create)?;
        let old = target.format_table(schema.as_ref(), &self.table.name);
        let (into, from) = self.transferred(context, &old)?;
        let new = target.format_table(schema.as_ref(), &temporary);
        statements.replace.push(format!(
            "INSERT INTO {new} ({into}) SELECT {from} \nFROM {old}"
        ));
        let drop = |name: &Name| context.ddl().drop_table(schema.as_ref(), name, Guard::None);
        statements.replace.push(drop(&self.table.name));
        statements.undo = drop(&temporary);
        rename_table(
            context,
            &temporary,
            &self.table.name,
            schema.as_ref(),
            &mut statements.rename,
        );
        new_table.name = self.table.name.clone();
        for index in self
            .indexes
            .into_values()
            .chain(self.new_indexes.into_values())
        {
            let mut index = index;
            index.table = new_table.name.clone();
            index.schema.clone_from(&schema);
            statements
                .indexes
                .push(context.ddl().create_index(&index, Guard::None)?);
        }
        Ok(statements)
    }
}

/// A type's check that an operation brought stands for the one that the type brings itself.
fn one_check_per_column(table: &mut Table) {
    let mut seen: Vec<Name> = Vec::new();
    table
        .constraints
        .retain(|constraint| match &constraint.kind {
            ConstraintKind::TypeCheck { column, .. } => {
                let first = !seen.contains(column);
                seen.push(column.clone());
                first
            }
            _ => true,
        });
}

/// The name of a type that brings a check.
fn type_name(sql_type: &SqlType) -> Option<String> {
    let arguments = sql_type.arguments();
    match &arguments.enumeration {
        Some(enumeration) => enumeration.name.as_ref(),
        None => arguments.name.as_ref(),
    }
    .map(ToString::to_string)
}

/// A reflected default as SQLite takes it back: expressions need parentheses there.
pub fn sqlite_default(text: &str) -> String {
    let is_digit = text.len() == 1
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let encloses = |open: char, close: char| {
        text.len() > 2
            && text.starts_with(open)
            && text.ends_with(close)
            && !text[1..text.len() - 1].contains('\n')
    };
    if text.is_empty() || is_digit || encloses('\'', '\'') || encloses('(', ')') {
        text.to_owned()
    } else {
        format!("({text})")
    }
}
