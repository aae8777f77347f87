//! INSERT, UPDATE and DELETE.

use std::cell::OnceCell;
use std::rc::Rc;

use super::expression::{Anonymous, Expr, LabelName, Operand};
use super::extent::Extent;
use super::literal::Literal;
use super::select::Query;
use super::selectable::{Cte, CteElement, FromClause, Source};
use super::target::Name;

/// An INSERT, UPDATE or DELETE. Clones share one identity.
#[derive(Debug, Clone)]
pub struct Dml(Rc<DmlKind>);

/// Which of the three.
#[derive(Debug, Clone)]
pub enum DmlKind {
    /// `INSERT`.
    Insert(Insert),
    /// `UPDATE`.
    Update(Update),
    /// `DELETE`.
    Delete(Delete),
}

/// A column that a statement names.
#[derive(Debug, Clone)]
pub enum DmlKey {
    /// By its key.
    Key(Rc<str>),
    /// By itself.
    Column(Expr),
}

impl DmlKey {
    /// The key.
    pub fn key(&self) -> Rc<str> {
        match self {
            Self::Key(key) => key.clone(),
            Self::Column(column) => match column.as_column() {
                Some(column) => column.key.clone(),
                None => Rc::from(""),
            },
        }
    }

    /// The table that the column belongs to, where it was named by itself.
    pub(super) fn table(&self) -> Option<&FromClause> {
        match self {
            Self::Column(column) => column.as_column().and_then(|column| column.table.as_ref()),
            Self::Key(_) => None,
        }
    }
}

impl From<&str> for DmlKey {
    fn from(key: &str) -> Self {
        Self::Key(key.into())
    }
}

/// The values a statement gives to columns.
pub type Assignments = Vec<(DmlKey, Operand)>;

fn extend(parts: &mut Extent, assignments: &[(DmlKey, Operand)]) {
    for (_, value) in assignments {
        parts.add(value.extent());
    }
}

/// What an INSERT inserts.
#[derive(Debug, Clone, Default)]
pub enum InsertValues {
    /// Nothing was said: every column takes a parameter.
    #[default]
    Unspecified,
    /// One row.
    Row(Assignments),
    /// Several rows.
    Rows(Vec<Assignments>),
    /// The rows of a query.
    Query {
        /// The columns.
        columns: Vec<DmlKey>,
        /// The query.
        query: Query,
        /// Whether columns with a default of Python's are added.
        include_defaults: bool,
    },
}

/// `INSERT`.
#[derive(Debug, Clone)]
pub struct Insert {
    /// The table.
    pub table: FromClause,
    /// What it inserts.
    pub values: InsertValues,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
    /// `prefix_with`.
    pub prefixes: Vec<(Expr, Option<String>)>,
    /// `inline()`: nothing is asked back for generated keys.
    pub inline: bool,
    /// What happens when a row is there already.
    pub conflict: Option<Conflict>,
    /// The alias that `excluded` or `inserted` stands for.
    pub proposed: OnceCell<FromClause>,
    /// `add_cte`.
    pub ctes: Vec<FromClause>,
}

/// What happens when a row is there already.
#[derive(Debug, Clone)]
pub enum Conflict {
    /// `ON CONFLICT .. DO NOTHING`.
    DoNothing(ConflictTarget),
    /// `ON CONFLICT .. DO UPDATE SET ..`.
    DoUpdate {
        /// Which conflict.
        target: ConflictTarget,
        /// What is set.
        set: Assignments,
        /// `WHERE`.
        condition: Option<Expr>,
    },
    /// MySQL's `ON DUPLICATE KEY UPDATE ..`.
    DuplicateKey {
        /// What is set.
        set: Assignments,
        /// Whether the order given is kept.
        ordered: bool,
    },
}

/// Which conflict is meant.
#[derive(Debug, Clone, Default)]
pub enum ConflictTarget {
    /// Any.
    #[default]
    Any,
    /// Of a named constraint.
    Constraint(Name),
    /// Of an index over columns or expressions, and its condition.
    Index(Vec<IndexElement>, Option<Expr>),
}

/// One element of an index.
#[derive(Debug, Clone)]
pub enum IndexElement {
    /// A column by name.
    Name(Name),
    /// An expression.
    Expr(Expr),
}

/// `UPDATE`.
#[derive(Debug, Clone)]
pub struct Update {
    /// The table.
    pub table: FromClause,
    /// What is set; `None` when nothing was said, and every column takes a parameter.
    pub values: Option<Assignments>,
    /// Whether the order given is kept: `ordered_values`.
    pub ordered: bool,
    /// `WHERE`, joined by `AND`.
    pub conditions: Vec<Expr>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
    /// `prefix_with`.
    pub prefixes: Vec<(Expr, Option<String>)>,
    /// MySQL's `LIMIT`.
    pub limit: Option<i64>,
    /// `add_cte`.
    pub ctes: Vec<FromClause>,
}

/// `DELETE`.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The table.
    pub table: FromClause,
    /// `WHERE`, joined by `AND`.
    pub conditions: Vec<Expr>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
    /// `prefix_with`.
    pub prefixes: Vec<(Expr, Option<String>)>,
    /// MySQL's `LIMIT`.
    pub limit: Option<i64>,
    /// `add_cte`.
    pub ctes: Vec<FromClause>,
}

impl Insert {
    /// `insert(table)`.
    pub fn new(table: FromClause) -> Self {
        Self {
            table,
            values: InsertValues::Unspecified,
            returning: Vec::new(),
            prefixes: Vec::new(),
            inline: false,
            conflict: None,
            proposed: OnceCell::new(),
            ctes: Vec::new(),
        }
    }

    /// `insert.excluded` and `insert.inserted`: the row that was to be inserted.
    pub fn proposed(&self, name: &str) -> FromClause {
        self.proposed
            .get_or_init(|| self.table.alias(Some(Name::new(name))))
            .clone()
    }
}

/// The values of a statement and those that its execution adds for further columns of the table.
fn extended(
    table: &FromClause,
    given: &[(DmlKey, Operand)],
    parameters: &[(Rc<str>, Literal)],
) -> Assignments {
    let mut assignments = given.to_vec();
    for (key, value) in parameters {
        let known = assignments.iter().any(|(given, _)| given.key() == *key);
        if !known && table.column(key).is_some() {
            assignments.push((DmlKey::Key(key.clone()), Operand::Literal(value.clone())));
        }
    }
    assignments
}

impl Insert {
    /// The statement as `execute(statement, parameters)` sends it: parameters named like columns are their values.
    #[must_use]
    pub fn with_parameters(&self, parameters: &[(Rc<str>, Literal)]) -> Self {
        let values = match &self.values {
            InsertValues::Unspecified => InsertValues::Row(extended(&self.table, &[], parameters)),
            InsertValues::Row(given) => InsertValues::Row(extended(&self.table, given, parameters)),
            other => other.clone(),
        };
        Self {
            values,
            ..self.clone()
        }
    }
}

impl Update {
    /// The statement as `execute(statement, parameters)` sends it: parameters named like columns are their values.
    #[must_use]
    pub fn with_parameters(&self, parameters: &[(Rc<str>, Literal)]) -> Self {
        let given = self.values.as_deref().unwrap_or_default();
        Self {
            values: Some(extended(&self.table, given, parameters)),
            ..self.clone()
        }
    }

    /// `update(table)`.
    pub fn new(table: FromClause) -> Self {
        Self {
            table,
            values: None,
            ordered: false,
            conditions: Vec::new(),
            returning: Vec::new(),
            prefixes: Vec::new(),
            limit: None,
            ctes: Vec::new(),
        }
    }
}

impl Delete {
    /// `delete(table)`.
    pub fn new(table: FromClause) -> Self {
        Self {
            table,
            conditions: Vec::new(),
            returning: Vec::new(),
            prefixes: Vec::new(),
            limit: None,
            ctes: Vec::new(),
        }
    }
}

impl From<Insert> for Dml {
    fn from(insert: Insert) -> Self {
        Self(Rc::new(DmlKind::Insert(insert)))
    }
}

impl From<Update> for Dml {
    fn from(update: Update) -> Self {
        Self(Rc::new(DmlKind::Update(update)))
    }
}

impl From<Delete> for Dml {
    fn from(delete: Delete) -> Self {
        Self(Rc::new(DmlKind::Delete(delete)))
    }
}

impl Dml {
    /// Which of the three.
    pub fn kind(&self) -> &DmlKind {
        &self.0
    }

    /// The columns it returns.
    pub fn returning_columns(&self) -> &[Expr] {
        match self.kind() {
            DmlKind::Insert(insert) => &insert.returning,
            DmlKind::Update(update) => &update.returning,
            DmlKind::Delete(delete) => &delete.returning,
        }
    }

    /// How large it is.
    pub(in crate::dialect::alembic) fn extent(&self) -> Extent {
        let mut parts = Extent::default();
        match self.kind() {
            DmlKind::Insert(insert) => match &insert.values {
                InsertValues::Unspecified => {}
                InsertValues::Row(row) => extend(&mut parts, row),
                InsertValues::Rows(rows) => {
                    for row in rows {
                        extend(&mut parts, row);
                    }
                }
                InsertValues::Query { query, .. } => parts.add(query.extent()),
            },
            DmlKind::Update(update) => {
                extend(&mut parts, update.values.as_deref().unwrap_or_default());
                for condition in &update.conditions {
                    parts.add(condition.extent());
                }
            }
            DmlKind::Delete(delete) => {
                for condition in &delete.conditions {
                    parts.add(condition.extent());
                }
            }
        }
        for column in self.returning_columns() {
            parts.add(column.extent());
        }
        parts
    }

    /// `cte(name)`.
    pub fn cte(&self, name: Option<Name>) -> FromClause {
        FromClause::new(Source::Cte(Cte {
            element: CteElement::Statement(self.clone()),
            name: name.map_or_else(
                || LabelName::Anonymous(Anonymous::fresh("anon")),
                LabelName::Given,
            ),
            recursive: false,
            nesting: false,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            aliased: None,
            restates: None,
        }))
    }
}
