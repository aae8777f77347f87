//! Tables put together from their parts.

use super::{
    Autoincrement, Column, Constraint, ConstraintKind, Index, IndexElement, OptionValue, Options,
    Referent, Table, referent,
};
use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::expression::{self, Operand};
use crate::dialect::alembic::sqlalchemy::joining::TableReference;
use crate::dialect::alembic::sqlalchemy::naming::{
    self, ConstraintName, NamedColumn, NamedKind, NamingContext, NamingConvention,
};
use crate::dialect::alembic::sqlalchemy::target::{Name, Target};
use crate::dialect::alembic::sqlalchemy::types::{
    Family, ImpliedIndex, SchemaSource, check_values, describe,
};

impl Table {
    /// An empty table.
    pub fn new(
        name: impl Into<Name>,
        schema: Option<Name>,
        convention: Rc<NamingConvention>,
    ) -> Self {
        Self {
            name: name.into(),
            schema,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            prefixes: Vec::new(),
            options: Options::default(),
            convention,
            alone: false,
        }
    }

    /// The table as the only one that is known.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// A column by its key, or by its name.
    pub fn column(&self, key: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.key() == key)
            .or_else(|| {
                self.columns
                    .iter()
                    .find(|column| column.name.as_str() == key)
            })
    }

    fn column_mut(&mut self, key: &str) -> Option<&mut Column> {
        let at = self
            .columns
            .iter()
            .position(|column| column.key() == key)
            .or_else(|| {
                self.columns
                    .iter()
                    .position(|column| column.name.as_str() == key)
            })?;
        self.columns.get_mut(at)
    }

    /// The primary key, if it has columns.
    pub fn primary_key(&self) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| {
            matches!(&constraint.kind, ConstraintKind::PrimaryKey { columns } if !columns.is_empty())
        })
    }

    /// The columns of the primary key.
    pub fn primary_key_columns(&self) -> Vec<&Column> {
        match self.primary_key().map(|constraint| &constraint.kind) {
            Some(ConstraintKind::PrimaryKey { columns }) => columns
                .iter()
                .filter_map(|name| self.column(name.as_str()))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a column refers to another, by itself or in a constraint.
    pub fn refers(&self, column: &Column) -> bool {
        !column.foreign_keys.is_empty()
            || self.constraints.iter().any(|constraint| {
                matches!(&constraint.kind, ConstraintKind::ForeignKey { columns, .. }
                    if columns.iter().any(|name| name.as_str() == column.key()))
            })
    }

    /// Its foreign keys, as joins look at them.
    pub fn references(&self) -> Vec<TableReference> {
        let reference = |constraint: &Constraint| {
            let ConstraintKind::ForeignKey {
                columns, targets, ..
            } = &constraint.kind
            else {
                return None;
            };
            let referents: Vec<Referent> = targets.iter().map(|target| referent(target)).collect();
            let first = referents.first()?;
            let pairs = columns.iter().zip(&referents).map(|(own, referent)| {
                let column = referent.column.as_deref().unwrap_or(own.as_str());
                (Rc::from(own.as_str()), Rc::from(column))
            });
            Some(TableReference {
                columns: pairs.collect(),
                schema: first.schema.clone(),
                table: first.table.clone(),
            })
        };
        self.constraints.iter().filter_map(reference).collect()
    }

    /// Builds a table from what `Table()` or `op.create_table()` is given: columns first, then
    /// explicit constraints and indexes, then what the columns imply.
    ///
    /// # Errors
    ///
    /// Columns that are named twice or that a constraint names in vain; names that a convention
    /// cannot make.
    pub fn assemble(
        mut self,
        target: &Target,
        columns: Vec<Column>,
        mut constraints: Vec<Constraint>,
        indexes: Vec<Index>,
    ) -> Result<Self, CompileError> {
        for mut column in columns {
            column.sql_type = column
                .sql_type
                .in_schema(SchemaSource::Table, self.schema.as_ref());
            let resolved = column.sql_type.resolve(target)?;
            if resolved.hooks().is_some_and(|hooks| !hooks.nullable()) {
                column.nullable = Some(false);
            }
            if self
                .columns
                .iter()
                .any(|other| other.name.as_str() == column.name.as_str())
            {
                return Err(CompileError::of(
                    ErrorClass::DuplicateColumn,
                    format!(
                        "A column with name '{}' is already present in table '{}'.",
                        column.name, self.name
                    ),
                ));
            }
            self.columns.push(column);
        }
        constraints.sort_by_key(|constraint| constraint.common.created);
        let own_key: Vec<Name> = self
            .columns
            .iter()
            .filter(|column| column.primary_key)
            .map(|column| Name::from(column.key()))
            .collect();
        if !constraints
            .iter()
            .any(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }))
        {
            constraints.insert(
                0,
                Constraint::named(
                    ConstraintName::Missing,
                    ConstraintKind::PrimaryKey {
                        columns: own_key.clone(),
                    },
                ),
            );
        }
        for constraint in &mut constraints {
            if let ConstraintKind::PrimaryKey { columns } = &mut constraint.kind
                && columns.is_empty()
            {
                columns.clone_from(&own_key);
            }
        }
        for constraint in constraints {
            self.attach(constraint)?;
        }
        self.imply(target)?;
        for index in indexes {
            let index = self.named_index(index)?;
            self.indexes.push(index);
        }
        Ok(self)
    }

    /// Adds a constraint, named as the convention has it.
    ///
    /// # Errors
    ///
    /// As for [`Table::assemble`].
    pub fn attach(&mut self, mut constraint: Constraint) -> Result<(), CompileError> {
        let keys: Vec<Name> = match &constraint.kind {
            ConstraintKind::PrimaryKey { columns }
            | ConstraintKind::Unique { columns }
            | ConstraintKind::ForeignKey { columns, .. } => columns.clone(),
            _ => Vec::new(),
        };
        let class = match &constraint.kind {
            ConstraintKind::PrimaryKey { .. } => "PrimaryKeyConstraint",
            ConstraintKind::Unique { .. } => "UniqueConstraint",
            _ => "ForeignKeyConstraint",
        };
        for key in &keys {
            if self.column(key.as_str()).is_none() {
                return Err(CompileError::of(
                    ErrorClass::ConstraintColumnNotFound,
                    format!(
                        "Can't create {class} on table '{}': no column named '{key}' is present.",
                        self.name
                    ),
                ));
            }
        }
        if let ConstraintKind::PrimaryKey { columns } = &constraint.kind {
            let columns = columns.clone();
            for key in &columns {
                if let Some(column) = self.column_mut(key.as_str()) {
                    column.primary_key = true;
                }
            }
            self.constraints
                .retain(|other| !matches!(other.kind, ConstraintKind::PrimaryKey { .. }));
        }
        constraint.name = self.constraint_name(&constraint)?;
        self.constraints.push(constraint);
        Ok(())
    }

    /// The name that a constraint gets in this table.
    fn constraint_name(&self, constraint: &Constraint) -> Result<ConstraintName, CompileError> {
        let Some(kind) = constraint.named_kind() else {
            return Ok(constraint.name.clone());
        };
        if matches!(constraint.name, ConstraintName::Deferred) {
            return Ok(ConstraintName::Deferred);
        }
        naming::apply(
            &self.convention,
            kind,
            &constraint.name,
            &self.naming_context(constraint),
        )
    }

    /// The name of a constraint whose type left it open until now.
    ///
    /// # Errors
    ///
    /// Names that a convention cannot make.
    pub fn deferred_name(&self, constraint: &Constraint) -> Result<ConstraintName, CompileError> {
        if !matches!(constraint.name, ConstraintName::Deferred) {
            return Ok(constraint.name.clone());
        }
        let name = naming::apply(
            &self.convention,
            NamedKind::Check,
            &ConstraintName::Deferred,
            &self.naming_context(constraint),
        )?;
        Ok(match name {
            ConstraintName::Deferred => ConstraintName::Missing,
            name => name,
        })
    }

    fn naming_context(&self, constraint: &Constraint) -> NamingContext {
        let mut context = NamingContext {
            table: self.name.as_str().into(),
            schema: self.schema.as_ref().map(|schema| schema.as_str().into()),
            ..NamingContext::default()
        };
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => {
                context.columns = self.named_columns(columns);
            }
            ConstraintKind::ForeignKey {
                columns, targets, ..
            } => {
                context.columns = self.named_columns(columns);
                let referents: Vec<Referent> =
                    targets.iter().map(|target| referent(target)).collect();
                context.referred_table = referents.first().map(|first| first.table.as_str().into());
                context.referred_columns = referents
                    .iter()
                    .zip(&context.columns)
                    .map(|(referent, column)| self.referred_column(referent, column))
                    .collect();
            }
            ConstraintKind::TypeCheck { column, .. } => {
                context.columns = self.named_columns(std::slice::from_ref(column));
            }
            ConstraintKind::Check { condition } => {
                context.columns = condition
                    .column_names()
                    .iter()
                    .filter_map(|name| self.column(name))
                    .map(Column::named)
                    .collect();
            }
            ConstraintKind::Exclude { .. } | ConstraintKind::Named | ConstraintKind::NamedCheck => {
            }
        }
        context
    }

    /// The name of a column that a reference points to, as far as it can be known.
    fn referred_column(
        &self,
        referent: &Referent,
        from: &NamedColumn,
    ) -> Result<Rc<str>, CompileError> {
        let key = referent.column.as_deref().unwrap_or(&from.key);
        let own = referent.table == self.name.as_str()
            && referent.schema.as_deref() == self.schema.as_ref().map(Name::as_str);
        if own && let Some(column) = self.column(key) {
            return Ok(column.name.as_str().into());
        }
        if !self.alone {
            return Ok(key.into());
        }
        let table = match &referent.schema {
            Some(schema) => format!("{schema}.{}", referent.table),
            None => referent.table.clone(),
        };
        Err(if own {
            CompileError::of(
                ErrorClass::NoReferencedColumn,
                format!(
                    "Could not initialize target column for ForeignKey '{table}.{key}' on table \
                     '{0}': table '{0}' has no column named '{key}'",
                    self.name
                ),
            )
        } else {
            CompileError::of(
                ErrorClass::NoReferencedTable,
                format!(
                    "Foreign key associated with column '{}.{}' could not find table '{table}' \
                     with which to generate a foreign key to target column '{key}'",
                    self.name, from.name
                ),
            )
        })
    }

    fn named_columns(&self, keys: &[Name]) -> Vec<NamedColumn> {
        keys.iter()
            .filter_map(|key| self.column(key.as_str()))
            .map(Column::named)
            .collect()
    }

    /// Names an index of this table.
    ///
    /// # Errors
    ///
    /// Names that a convention cannot make.
    pub fn named_index(&self, mut index: Index) -> Result<Index, CompileError> {
        let context = NamingContext {
            table: self.name.as_str().into(),
            schema: self.schema.as_ref().map(|schema| schema.as_str().into()),
            columns: index
                .elements
                .iter()
                .filter_map(|element| match element {
                    IndexElement::Column(name) => Some(
                        self.column(name.as_str())
                            .map_or_else(|| bare(name.as_str()), Column::named),
                    ),
                    IndexElement::Expr(expression) | IndexElement::Text(expression) => {
                        expression.column_names().first().map(|name| bare(name))
                    }
                })
                .collect(),
            ..NamingContext::default()
        };
        index.name = naming::apply(&self.convention, NamedKind::Index, &index.name, &context)?;
        Ok(index)
    }

    /// Adds what the columns imply, column by column: checks of their types, unique constraints and
    /// indexes, references.
    fn imply(&mut self, target: &Target) -> Result<(), CompileError> {
        let columns = self.columns.clone();
        for column in &columns {
            let key = Name::from(column.key());
            if let Some((name, values)) = check_values(&column.sql_type, target) {
                self.attach(Constraint::named(
                    name.map_or(ConstraintName::Deferred, ConstraintName::Given),
                    ConstraintKind::TypeCheck {
                        column: column.name.clone(),
                        values,
                    },
                ))?;
            }
            if column.index {
                let index = self.named_index(Index {
                    name: ConstraintName::Missing,
                    table: self.name.clone(),
                    schema: self.schema.clone(),
                    elements: vec![IndexElement::Column(column.name.clone())],
                    unique: column.unique,
                    options: Options::default(),
                })?;
                self.indexes.push(index);
            } else if column.unique {
                self.attach(Constraint::named(
                    ConstraintName::Missing,
                    ConstraintKind::Unique {
                        columns: vec![key.clone()],
                    },
                ))?;
            }
            let resolved = column.sql_type.resolve(target)?;
            let own_index = resolved.hooks().and_then(|hooks| hooks.implied_index());
            if let Some(implied) = own_index {
                let index = self.implied_index(column, implied)?;
                let index = self.named_index(index)?;
                self.indexes.push(index);
            }
            for reference in &column.foreign_keys {
                self.attach(Constraint {
                    name: reference.name.clone(),
                    kind: ConstraintKind::ForeignKey {
                        columns: vec![key.clone()],
                        targets: vec![reference.target.clone()],
                        rules: reference.rules.clone(),
                    },
                    common: reference.common.clone(),
                })?;
            }
        }
        Ok(())
    }

    /// The index that a column's type brings.
    fn implied_index(&self, column: &Column, implied: ImpliedIndex) -> Result<Index, CompileError> {
        let element = match implied.function {
            Some(function) => {
                let operand = Operand::Expr(expression::column(column.name.clone(), None));
                IndexElement::Expr(expression::function(&[], function, &[operand], None)?)
            }
            None => IndexElement::Column(column.name.clone()),
        };
        let mut options = Options::default();
        options.insert(
            "postgresql_using".into(),
            OptionValue::Text(implied.method.into()),
        );
        if let Some(class) = implied.operator_class {
            options.insert(
                "postgresql_ops".into(),
                OptionValue::Map(vec![(
                    column.name.as_str().into(),
                    OptionValue::Text(class.into()),
                )]),
            );
        }
        let name = format!("{}_{}_{}", implied.prefix, self.name, column.name);
        Ok(Index {
            name: ConstraintName::Given(Name::from(name)),
            table: self.name.clone(),
            schema: self.schema.clone(),
            elements: vec![element],
            unique: false,
            options,
        })
    }

    /// The column that counts up, if any.
    ///
    /// # Errors
    ///
    /// A column that is told to count up but cannot.
    pub fn autoincrement_column(&self) -> Result<Option<&Column>, CompileError> {
        let columns = self.primary_key_columns();
        if let [column] = columns.as_slice() {
            let counts = match column.autoincrement {
                Autoincrement::Yes => self.can_count(column, true)?,
                Autoincrement::Auto | Autoincrement::IgnoreForeignKey => {
                    self.can_count(column, false)?
                }
                Autoincrement::No => false,
            };
            return Ok(counts.then_some(*column));
        }
        let mut found: Option<&Column> = None;
        for column in columns {
            if column.autoincrement == Autoincrement::Yes {
                self.can_count(column, true)?;
                if let Some(other) = found {
                    return Err(CompileError::of(
                        ErrorClass::Argument,
                        format!(
                            "Only one Column may be marked autoincrement=True, found both {} and {}.",
                            column.name, other.name
                        ),
                    ));
                }
                found = Some(column);
            }
        }
        Ok(found)
    }

    fn can_count(&self, column: &Column, told: bool) -> Result<bool, CompileError> {
        let family = column.sql_type.family();
        if family != Family::Integer {
            if !told {
                return Ok(false);
            }
            if family == Family::Numeric && column.sql_type.arguments().scale == Some(0) {
                return Ok(true);
            }
            return Err(CompileError::of(
                ErrorClass::Argument,
                format!(
                    "Column type {} on column '{}.{}' is not compatible with autoincrement=True",
                    describe(&column.sql_type),
                    self.name,
                    column.name
                ),
            ));
        }
        if told {
            return Ok(true);
        }
        Ok(!column.python_default
            && column.server_default.is_none()
            && (column.autoincrement == Autoincrement::IgnoreForeignKey || !self.refers(column)))
    }
}

fn bare(name: &str) -> NamedColumn {
    NamedColumn {
        name: name.into(),
        key: name.into(),
    }
}
