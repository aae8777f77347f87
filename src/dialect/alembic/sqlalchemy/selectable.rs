//! What a query reads from: tables, aliases, joins, subqueries, CTEs, lists of values and table functions.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::error::CompileError;
use super::expression::{
    Anonymous, ColumnElement, Element, Expr, LabelName, Operand, Operator, TableColumn, label,
};
use super::extent::Extent;
use super::joining::TableReference;
use super::select::Query;
use super::target::Name;
use super::types::SqlType;

/// Something a query reads from. Clones share one identity.
#[derive(Clone)]
pub struct FromClause(Rc<FromNode>);

struct FromNode {
    source: Source,
    extent: Extent,
}

/// What a query reads from.
#[derive(Debug)]
pub enum Source {
    /// `table()` or `Table`.
    Table(TableClause),
    /// `source AS name`.
    Alias {
        /// What is given another name.
        element: FromClause,
        /// The name.
        name: LabelName,
        /// `TABLESAMPLE` and its seed.
        sample: Option<(Expr, Option<Expr>)>,
    },
    /// `(query) AS name`.
    Subquery {
        /// The query.
        query: Query,
        /// The name.
        name: LabelName,
        /// Whether it may look at the sources before it.
        lateral: bool,
    },
    /// A CTE.
    Cte(Cte),
    /// `left JOIN right ON condition`.
    Join {
        /// The left side.
        left: FromClause,
        /// The right side.
        right: FromClause,
        /// The condition.
        on: Expr,
        /// Whether the right side may be missing.
        outer: bool,
        /// Whether either side may be missing.
        full: bool,
    },
    /// `(VALUES ..) AS name (columns)`.
    Values(Values),
    /// `function(..) AS name`.
    Function(TableFunction),
    /// `text()`.
    Text(Expr),
    /// Parentheses around a join.
    Grouping(FromClause),
}

/// A table.
#[derive(Debug)]
pub struct TableClause {
    /// The name.
    pub name: Name,
    /// The schema.
    pub schema: Option<Name>,
    /// The columns, to which a `Table` may add more.
    pub columns: RefCell<Vec<TableColumn>>,
    /// Whether it is a `Table`, whose columns may have defaults, and not a `table()`.
    pub is_schema_item: bool,
    /// Its foreign keys, which joins may follow.
    pub references: RefCell<Vec<TableReference>>,
}

/// A CTE.
#[derive(Debug)]
pub struct Cte {
    /// The query, or the statement that returns rows.
    pub element: CteElement,
    /// The name.
    pub name: LabelName,
    /// Whether it may look at itself.
    pub recursive: bool,
    /// `nesting`.
    pub nesting: bool,
    /// What stands before the parenthesis: `MATERIALIZED` and the like.
    pub prefixes: Vec<(Expr, Option<String>)>,
    /// What stands behind it.
    pub suffixes: Vec<(Expr, Option<String>)>,
    /// The CTE this one is another name for.
    pub aliased: Option<FromClause>,
    /// The CTE this one extends: `cte.union(..)`.
    pub restates: Option<FromClause>,
}

/// What a CTE is made of.
#[derive(Debug, Clone)]
pub enum CteElement {
    /// A query.
    Query(Query),
    /// An INSERT, UPDATE or DELETE.
    Statement(super::dml::Dml),
}

/// A list of values.
#[derive(Debug)]
pub struct Values {
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The name; none for a list without a name.
    pub name: Option<LabelName>,
    /// The rows.
    pub rows: Vec<Vec<Operand>>,
    /// `literal_binds`.
    pub literal_binds: bool,
    /// Whether it may look at the sources before it.
    pub lateral: bool,
}

/// A function that returns rows.
#[derive(Debug)]
pub struct TableFunction {
    /// The call.
    pub function: Expr,
    /// The alias.
    pub name: LabelName,
    /// The columns it returns.
    pub columns: Vec<TableColumn>,
    /// Whether it may look at the sources before it.
    pub lateral: bool,
    /// Whether the columns are named behind the alias, and with their types.
    pub derived: Option<Derived>,
}

/// How the columns of a table function are named behind its alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derived {
    /// By name.
    Names,
    /// By name and type.
    NamesAndTypes,
}

impl FromClause {
    /// Something a query reads from.
    pub fn new(source: Source) -> Self {
        let mut parts = Extent::default();
        match &source {
            Source::Table(_) => {}
            Source::Text(text) => parts.add(text.extent()),
            Source::Values(values) => {
                for value in values.rows.iter().flatten() {
                    parts.add(value.extent());
                }
            }
            Source::Alias { element, .. } | Source::Grouping(element) => {
                parts.add(element.extent());
            }
            Source::Subquery { query, .. } => parts.add(query.extent()),
            Source::Cte(cte) => match &cte.element {
                CteElement::Query(query) => parts.add(query.extent()),
                CteElement::Statement(statement) => parts.add(statement.extent()),
            },
            Source::Join {
                left, right, on, ..
            } => {
                parts.add(left.extent());
                parts.add(right.extent());
                parts.add(on.extent());
            }
            Source::Function(function) => parts.add(function.function.extent()),
        }
        let (source, extent) = match parts.around() {
            Ok(extent) => (source, extent),
            Err(excess) => (Source::Text(Expr::cut_off(excess)), excess.extent()),
        };
        Self(Rc::new(FromNode { source, extent }))
    }

    /// How large it is.
    pub(in crate::dialect::alembic) fn extent(&self) -> Extent {
        self.0.extent
    }

    /// `table(name, columns, schema=..)`.
    pub fn table(name: impl Into<Name>, schema: Option<Name>, columns: Vec<TableColumn>) -> Self {
        let table = TableClause {
            name: name.into(),
            schema,
            columns: RefCell::new(columns),
            is_schema_item: false,
            references: RefCell::default(),
        };
        Self::new(Source::Table(table))
    }

    /// `Table(name, metadata, columns, schema=..)`.
    pub fn schema_table(
        name: impl Into<Name>,
        schema: Option<Name>,
        columns: Vec<TableColumn>,
    ) -> Self {
        let table = TableClause {
            name: name.into(),
            schema,
            columns: RefCell::new(columns),
            is_schema_item: true,
            references: RefCell::default(),
        };
        Self::new(Source::Table(table))
    }

    /// What it is.
    pub fn source(&self) -> &Source {
        &self.0.source
    }

    /// Whether two handles are one object.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A number that tells objects apart while they live.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }

    /// The table, for a table.
    pub fn as_table(&self) -> Option<&TableClause> {
        match self.source() {
            Source::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The schema and name of a table.
    pub fn table_name(&self) -> Option<(Option<&str>, &str)> {
        let table = self.as_table()?;
        Some((table.schema.as_ref().map(Name::as_str), table.name.as_str()))
    }

    /// The name its columns stand behind.
    pub(super) fn label_name(&self) -> Option<LabelName> {
        match self.source() {
            Source::Table(table) => Some(LabelName::Given(table.name.clone())),
            Source::Alias { name, .. } | Source::Subquery { name, .. } => Some(name.clone()),
            Source::Cte(cte) => Some(cte.name.clone()),
            Source::Values(values) => values.name.clone(),
            Source::Function(function) => Some(function.name.clone()),
            Source::Join { .. } | Source::Text(_) | Source::Grouping(_) => None,
        }
    }

    /// The schema its columns stand behind.
    pub(super) fn schema(&self) -> Option<&Name> {
        match self.source() {
            Source::Table(table) => table
                .schema
                .as_ref()
                .filter(|schema| !schema.as_str().is_empty()),
            _ => None,
        }
    }

    /// The columns, in order.
    pub fn columns(&self) -> Vec<Expr> {
        if let Err(excess) = self.extent().around() {
            return vec![Expr::cut_off(excess)];
        }
        match self.source() {
            Source::Table(table) => table
                .columns
                .borrow()
                .iter()
                .map(|column| self.own_column(column))
                .collect(),
            Source::Values(values) => values
                .columns
                .iter()
                .map(|column| self.own_column(column))
                .collect(),
            Source::Function(function) => function
                .columns
                .iter()
                .map(|column| self.own_column(column))
                .collect(),
            Source::Alias { element, .. } => element
                .columns()
                .iter()
                .map(|column| self.proxy(column))
                .collect(),
            Source::Subquery { query, .. } => query
                .exported()
                .iter()
                .map(|column| self.exported(column))
                .collect(),
            Source::Cte(cte) => match &cte.element {
                CteElement::Query(query) => query
                    .exported()
                    .iter()
                    .map(|column| self.exported(column))
                    .collect(),
                CteElement::Statement(statement) => statement
                    .returning_columns()
                    .iter()
                    .map(|column| self.proxy(column))
                    .collect(),
            },
            Source::Join { left, right, .. } => {
                let mut columns = left.columns();
                columns.extend(right.columns());
                columns
            }
            Source::Grouping(element) => element.columns(),
            Source::Text(_) => Vec::new(),
        }
    }

    /// The column that `source.c[key]` finds.
    pub fn column(&self, key: &str) -> Option<Expr> {
        if let Err(excess) = self.extent().around() {
            return Some(Expr::cut_off(excess));
        }
        match self.source() {
            Source::Table(table) => table
                .columns
                .borrow()
                .iter()
                .find(|column| &*column.key == key)
                .map(|column| self.own_column(column)),
            _ => self
                .columns()
                .into_iter()
                .find(|column| column.as_column().is_some_and(|column| &*column.key == key)),
        }
    }

    fn own_column(&self, column: &TableColumn) -> Expr {
        self.make_column(
            column.name.clone(),
            &column.key,
            column.type_.clone(),
            None,
            None,
        )
    }

    fn make_column(
        &self,
        name: Name,
        key: &str,
        type_: SqlType,
        anonymous: Option<Anonymous>,
        proxied: Option<Expr>,
    ) -> Expr {
        let column = ColumnElement {
            name,
            key: key.into(),
            table: Some(self.clone()),
            is_literal: false,
            anonymous,
            proxied,
        };
        Expr::new(Element::Column(column), type_)
    }

    fn proxy(&self, column: &Expr) -> Expr {
        match column.as_column() {
            Some(inner) => self.make_column(
                inner.name.clone(),
                &inner.key,
                column.type_().clone(),
                inner.anonymous.clone(),
                Some(column.clone()),
            ),
            None => self.exported(&Exported {
                name: None,
                key: None,
                column: column.clone(),
            }),
        }
    }

    fn exported(&self, exported: &Exported) -> Expr {
        let type_ = exported.column.type_().clone();
        let proxied = Some(exported.column.clone());
        match &exported.name {
            Some(LabelName::Given(name)) => {
                let key = exported.key.clone().unwrap_or_else(|| name.as_str().into());
                self.make_column(name.clone(), &key, type_, None, proxied)
            }
            Some(LabelName::Anonymous(anonymous)) => {
                let key = exported
                    .key
                    .clone()
                    .unwrap_or_else(|| anonymous.body.clone());
                self.make_column(
                    Name::new(&anonymous.body),
                    &key,
                    type_,
                    Some(anonymous.clone()),
                    proxied,
                )
            }
            None => {
                let anonymous = exported.column.anonymous_name();
                let key = exported
                    .key
                    .clone()
                    .unwrap_or_else(|| anonymous.body.clone());
                self.make_column(
                    Name::new(&anonymous.body),
                    &key,
                    type_,
                    Some(anonymous),
                    proxied,
                )
            }
        }
    }

    fn alias_name(&self, name: Option<Name>) -> LabelName {
        if let Some(name) = name {
            return LabelName::Given(name);
        }
        let body = match self.label_name() {
            Some(LabelName::Given(name)) => name.as_str().to_owned(),
            Some(LabelName::Anonymous(anonymous)) => anonymous.body.to_string(),
            None => "anon".into(),
        };
        LabelName::Anonymous(Anonymous::fresh(&body))
    }

    /// `source.alias(name)`.
    #[must_use]
    pub fn alias(&self, name: Option<Name>) -> Self {
        let alias = self.alias_name(name);
        match self.source() {
            Source::Cte(cte) => Self::new(Source::Cte(Cte {
                element: cte.element.clone(),
                name: alias,
                recursive: cte.recursive,
                nesting: cte.nesting,
                prefixes: cte.prefixes.clone(),
                suffixes: cte.suffixes.clone(),
                aliased: Some(self.clone()),
                restates: None,
            })),
            _ => Self::new(Source::Alias {
                element: self.clone(),
                name: alias,
                sample: None,
            }),
        }
    }

    /// `source.tablesample(sampling, name, seed)`.
    #[must_use]
    pub fn tablesample(&self, sampling: Expr, name: Option<Name>, seed: Option<Expr>) -> Self {
        Self::new(Source::Alias {
            element: self.clone(),
            name: self.alias_name(name),
            sample: Some((sampling, seed)),
        })
    }

    /// `source.join(right, on, isouter, full)`.
    #[must_use]
    pub fn join(&self, right: &Self, on: &Expr, outer: bool, full: bool) -> Self {
        // A join on the right side stands between parentheses, a plain source does not.
        let right = match right.source() {
            Source::Join { .. } => Self::new(Source::Grouping(right.clone())),
            _ => right.clone(),
        };
        Self::new(Source::Join {
            left: self.clone(),
            right,
            on: on.self_group(Some(&Operator::AsBool)),
            outer,
            full,
        })
    }

    /// `values(columns, name).data(rows)`.
    pub fn values(
        columns: Vec<TableColumn>,
        name: Option<Name>,
        rows: Vec<Vec<Operand>>,
        literal_binds: bool,
    ) -> Self {
        let name = name.map(LabelName::Given);
        Self::new(Source::Values(Values {
            columns,
            name,
            rows,
            literal_binds,
            lateral: false,
        }))
    }

    /// `function.table_valued(columns, name=..)` or `function.alias(name)`.
    pub fn table_function(function: Expr, columns: Vec<TableColumn>, name: Option<Name>) -> Self {
        let name = Self::function_alias(name);
        Self::new(Source::Function(TableFunction {
            function,
            name,
            columns,
            lateral: false,
            derived: None,
        }))
    }

    fn function_alias(name: Option<Name>) -> LabelName {
        name.map_or_else(
            || LabelName::Anonymous(Anonymous::fresh("anon")),
            LabelName::Given,
        )
    }

    /// `alias.render_derived(name, with_types)`.
    pub fn render_derived(
        &self,
        name: Option<Name>,
        derived: Derived,
    ) -> Result<Self, CompileError> {
        let Source::Function(function) = self.source() else {
            return Err(CompileError::argument(
                "render_derived() is a method of a table function's alias",
            ));
        };
        Ok(Self::new(Source::Function(TableFunction {
            function: function.function.clone(),
            name: Self::function_alias(name),
            columns: function.columns.clone(),
            lateral: function.lateral,
            derived: Some(derived),
        })))
    }

    /// `source.lateral(name)`, of a table function or a list of values.
    pub fn lateral(&self, name: Option<Name>) -> Result<Self, CompileError> {
        match self.source() {
            Source::Function(function) => Ok(Self::new(Source::Function(TableFunction {
                function: function.function.clone(),
                name: name.map_or_else(|| function.name.clone(), LabelName::Given),
                columns: function.columns.clone(),
                lateral: true,
                derived: function.derived,
            }))),
            Source::Subquery { query, .. } => Ok(query.lateral(name)),
            _ => Err(CompileError::argument(
                "lateral() is a method of queries, table functions and values",
            )),
        }
    }

    /// `alias.column` of a function called with `column_valued()`.
    pub fn as_value(&self) -> Expr {
        let type_ = match self.source() {
            Source::Function(function) => function.function.type_().clone(),
            _ => SqlType::null(),
        };
        Expr::new(
            Element::TableValued {
                alias: self.clone(),
            },
            type_,
        )
    }

    /// The sources it hides from the list behind `FROM`, because it contains them.
    pub(super) fn hidden(&self, into: &mut Vec<FromClause>) {
        if let Source::Join { left, right, .. } = self.source() {
            for side in [left, right] {
                side.leaves(into);
            }
        }
    }

    /// The sources it is made of, itself included.
    pub(super) fn leaves(&self, into: &mut Vec<FromClause>) {
        into.push(self.clone());
        match self.source() {
            Source::Join { left, right, .. } => {
                left.leaves(into);
                right.leaves(into);
            }
            Source::Grouping(inner) => inner.leaves(into),
            _ => {}
        }
    }

    /// Whether it is a source a column of which may stand in a condition: the left and right sides of joins.
    pub(super) fn contains(&self, other: &Self) -> bool {
        let mut leaves = Vec::new();
        self.leaves(&mut leaves);
        leaves.iter().any(|leaf| leaf.is_same(other))
    }

    /// The query `SELECT * FROM source`, with the source's columns.
    pub fn select(&self) -> super::select::Select {
        let mut select = super::select::Select::new(self.columns());
        select.from.push(self.clone());
        select
    }

    /// The label of a function's single column, when nobody named its columns.
    pub fn function_column(&self) -> Option<Expr> {
        match self.source() {
            Source::Function(function) if function.columns.is_empty() => {
                Some(label(None, &function.function))
            }
            _ => None,
        }
    }
}

/// A column that a query offers to what stands around it.
#[derive(Debug, Clone)]
pub struct Exported {
    /// Its name.
    pub name: Option<LabelName>,
    /// The name by which Python code finds it.
    pub key: Option<Rc<str>>,
    /// The expression.
    pub column: Expr,
}

impl fmt::Debug for FromClause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source() {
            Source::Table(table) => write!(formatter, "table {}", table.name),
            other => other.fmt(formatter),
        }
    }
}
