//! The parts expressions are made of.

use std::fmt;
use std::rc::Rc;

use super::function::Function;
use super::operator::Operator;
use super::text::TextClause;
use super::window::Over;
use crate::dialect::alembic::sqlalchemy::extent::{Excess, Extent};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::Query;
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::SqlType;

/// An expression. Clones share one identity.
#[derive(Clone)]
pub struct Expr(Rc<Node>);

struct Node {
    element: Element,
    type_: SqlType,
    extent: Extent,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum Element {
    /// A column, with or without a table.
    Column(ColumnElement),
    /// `expression AS name`.
    Label(Label),
    /// A value.
    Bind(Bind),
    /// `NULL`.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `text()`.
    Text(TextClause),
    /// Parentheses.
    Grouping(Expr),
    /// A truth value that stands where a condition is wanted, or its opposite.
    AsBoolean {
        /// The truth value.
        element: Expr,
        /// `true` for the value, `false` for its opposite.
        expected: bool,
    },
    /// An operator with one side.
    Unary {
        /// The operator.
        operator: Operator,
        /// The side.
        element: Expr,
    },
    /// An operator written after its side: `DESC` and the like.
    Modified {
        /// The operator.
        modifier: Operator,
        /// The side.
        element: Expr,
    },
    /// An operator with two sides.
    Binary(Box<Binary>),
    /// Sides joined by one operator.
    List(ExpressionList),
    /// A list between commas.
    Clauses(Vec<Expr>),
    /// A row of values.
    Tuple(Vec<Expr>),
    /// `CASE`.
    Case {
        /// The value compared, for the short form.
        value: Option<Expr>,
        /// The conditions and their results.
        whens: Vec<(Expr, Expr)>,
        /// `ELSE`.
        otherwise: Option<Expr>,
    },
    /// `CAST`.
    Cast(Expr),
    /// `TRY_CAST`.
    TryCast(Expr),
    /// An expression taken for another type without a word in the statement.
    TypeCoerce(Expr),
    /// `EXTRACT`.
    Extract {
        /// The part of the moment.
        field: String,
        /// The moment.
        expression: Expr,
    },
    /// A call.
    Function(Function),
    /// `call OVER (...)`.
    Over(Box<Over>),
    /// `call WITHIN GROUP (ORDER BY ...)`.
    WithinGroup {
        /// The call.
        element: Expr,
        /// The order.
        order_by: Vec<Expr>,
    },
    /// `call(... ORDER BY ...)`.
    AggregateOrderBy {
        /// The call, or for PostgreSQL's own construct the argument.
        element: Expr,
        /// The order.
        order_by: Vec<Expr>,
        /// Whether it is PostgreSQL's `aggregate_order_by`, an argument.
        argument: bool,
    },
    /// `call FILTER (WHERE ...)`.
    Filter {
        /// The call.
        element: Expr,
        /// The condition.
        criterion: Expr,
    },
    /// A collation's name.
    Collation {
        /// The name.
        name: String,
        /// Its schema.
        schema: Option<String>,
    },
    /// A query that stands for one value.
    ScalarQuery(Query),
    /// PostgreSQL's `ARRAY[...]`.
    Array(Vec<Expr>),
    /// `start:stop` of an array.
    Slice {
        /// The first index.
        start: Expr,
        /// The last index.
        stop: Expr,
    },
    /// The next value of a sequence.
    NextValue {
        /// The sequence's name.
        name: Name,
        /// Its schema.
        schema: Option<Name>,
    },
    /// `DEFAULT`, MySQL's stand-in for a value.
    DefaultKeyword,
    /// A string in `ORDER BY` and the like, that names a label or column of the query.
    LabelReference(String),
    /// A column of a table function, by the function's alias.
    TableValued {
        /// The function's alias.
        alias: FromClause,
    },
    /// `lower(...)` where the backend has no `ILIKE`.
    CaseInsensitive(Expr),
    /// What stands in place of something nested so deeply that Python itself would give up on it, or
    /// too large to be written down.
    CutOff(Excess),
}

/// A column.
#[derive(Debug, Clone)]
pub struct ColumnElement {
    /// The name.
    pub name: Name,
    /// The name by which Python code finds it.
    pub key: Rc<str>,
    /// Where it comes from.
    pub table: Option<FromClause>,
    /// Whether the name is SQL text: `literal_column`.
    pub is_literal: bool,
    /// Number of the anonymous label that gives its name, for a column of a subquery whose expression has none.
    pub anonymous: Option<Anonymous>,
    /// The expression behind a column of a subquery.
    pub proxied: Option<Expr>,
}

impl ColumnElement {
    /// Whether it is a `Column`, or stands for one in an alias or subquery.
    pub(super) fn is_schema_item(&self) -> bool {
        if let Some(proxied) = &self.proxied {
            // A label stands for what it labels.
            let behind = match proxied.element() {
                Element::Label(label) => &label.element,
                _ => proxied,
            };
            return behind.as_column().is_some_and(Self::is_schema_item);
        }
        self.table
            .as_ref()
            .and_then(FromClause::as_table)
            .is_some_and(|table| table.is_schema_item)
    }
}

/// A column as its table keeps it.
#[derive(Debug, Clone)]
pub struct TableColumn {
    /// The name.
    pub name: Name,
    /// The name by which Python code finds it.
    pub key: Rc<str>,
    /// The type.
    pub type_: SqlType,
    /// Whether it belongs to the primary key.
    pub primary_key: bool,
    /// Whether the database counts it up: the rule of `SERIAL` and `AUTO_INCREMENT`.
    pub autoincrement: bool,
    /// `default`, a value or expression that an INSERT without the column takes.
    pub default: Option<Expr>,
    /// `onupdate`, a value or expression that an UPDATE without the column takes.
    pub on_update: Option<Expr>,
    /// Whether the database fills it: `server_default`, `Computed`, `Identity`.
    pub has_server_default: bool,
}

impl TableColumn {
    /// A column of `sa.table()`.
    pub fn new(name: impl Into<Name>, type_: SqlType) -> Self {
        let name = name.into();
        Self {
            key: Rc::from(name.as_str()),
            name,
            type_,
            primary_key: false,
            autoincrement: false,
            default: None,
            on_update: None,
            has_server_default: false,
        }
    }
}

/// `expression AS name`.
#[derive(Debug, Clone)]
pub struct Label {
    /// The name.
    pub name: LabelName,
    /// The expression.
    pub element: Expr,
}

/// A name that may be made up when the statement is rendered.
#[derive(Debug, Clone)]
pub enum LabelName {
    /// A given name.
    Given(Name),
    /// A made up one.
    Anonymous(Anonymous),
}

/// A name of the form `body_1`: which object it belongs to, and its first part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Anonymous {
    /// The object's number.
    pub seed: usize,
    /// The first part.
    pub body: Rc<str>,
}

/// A value in an expression.
#[derive(Debug, Clone)]
pub struct Bind {
    /// The parameter's name.
    pub key: BindKey,
    /// The value; a list where `expanding`.
    pub value: Option<Literal>,
    /// Whether it stands for the list of an `IN`, and of which kind.
    pub expanding: Option<Operator>,
    /// Whether it is always written as a literal.
    pub literal_execute: bool,
}

/// The name of a parameter.
#[derive(Debug, Clone)]
pub enum BindKey {
    /// A name of the author's.
    Named(Rc<str>),
    /// A name made up for this parameter alone.
    Unique(Anonymous),
}

/// An operator with two sides.
#[derive(Debug, Clone)]
pub struct Binary {
    /// The left side.
    pub left: Expr,
    /// The right side.
    pub right: Expr,
    /// The operator.
    pub operator: Operator,
    /// What `~` turns the operator into.
    pub negate: Option<Operator>,
    /// What else the operator's method was called with.
    pub modifiers: BinaryModifiers,
}

/// What else an operator's method was called with.
#[derive(Debug, Clone, Default)]
pub struct BinaryModifiers {
    /// `escape`, of `LIKE`.
    pub escape: Option<String>,
    /// `symmetric`, of `BETWEEN`.
    pub symmetric: bool,
    /// `flags`, of regular expressions.
    pub flags: Option<String>,
    /// `postgresql_regconfig`, of `match`.
    pub regconfig: Option<String>,
    /// `mysql_boolean_mode`, `mysql_natural_language` and `mysql_query_expansion`, of `match`.
    pub match_modes: [Option<bool>; 3],
}

/// Sides joined by one operator.
#[derive(Debug, Clone)]
pub struct ExpressionList {
    /// The operator.
    pub operator: Operator,
    /// The sides.
    pub clauses: Vec<Expr>,
    /// Whether parentheses go around it where it would be misread.
    pub group: bool,
    /// Whether it is a condition of `and_` or `or_`.
    pub condition: bool,
}

/// One end of a window's frame.
#[derive(Debug, Clone)]
pub enum FrameBound {
    /// `UNBOUNDED`.
    Unbounded,
    /// `CURRENT ROW`.
    CurrentRow,
    /// `n PRECEDING`.
    Preceding(Expr),
    /// `n FOLLOWING`.
    Following(Expr),
}

/// A window's frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its start.
    pub start: FrameBound,
    /// Its end.
    pub end: FrameBound,
}

impl Expr {
    /// An expression of a type.
    pub fn new(element: Element, type_: SqlType) -> Self {
        let mut parts = Extent::default();
        element.visit_parts(&mut |part| parts.add(part.extent()));
        match &element {
            Element::Column(column) => {
                if let Some(table) = &column.table {
                    parts.deepen(table.extent());
                }
                if let Some(proxied) = &column.proxied {
                    parts.deepen(proxied.extent());
                }
            }
            Element::ScalarQuery(query) => parts.add(query.extent()),
            Element::TableValued { alias } => parts.deepen(alias.extent()),
            _ => {}
        }
        let (element, extent) = match parts.around() {
            Ok(extent) => (element, extent),
            Err(excess) => (Element::CutOff(excess), excess.extent()),
        };
        Self(Rc::new(Node {
            element,
            type_,
            extent,
        }))
    }

    /// What stands in place of a tree that is too large.
    pub(in crate::dialect::alembic::sqlalchemy) fn cut_off(excess: Excess) -> Self {
        Self(Rc::new(Node {
            element: Element::CutOff(excess),
            type_: SqlType::null(),
            extent: excess.extent(),
        }))
    }

    /// How large it is.
    pub(in crate::dialect::alembic) fn extent(&self) -> Extent {
        self.0.extent
    }

    /// What it is.
    pub fn element(&self) -> &Element {
        &self.0.element
    }

    /// Its type.
    pub fn type_(&self) -> &SqlType {
        &self.0.type_
    }

    /// Whether two handles are one object.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A number that tells objects apart while they live.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }

    /// The same element taken for another type.
    #[must_use]
    pub fn with_type(&self, type_: SqlType) -> Self {
        Self::new(self.element().clone(), type_)
    }

    /// The column, for a column.
    pub fn as_column(&self) -> Option<&ColumnElement> {
        match self.element() {
            Element::Column(column) => Some(column),
            _ => None,
        }
    }
}

impl Element {
    /// Calls a function with every expression directly inside.
    pub(in crate::dialect::alembic::sqlalchemy) fn visit_parts(
        &self,
        visit: &mut dyn FnMut(&Expr),
    ) {
        match self {
            Self::Column(_)
            | Self::Bind(_)
            | Self::Null
            | Self::True
            | Self::False
            | Self::Text(_)
            | Self::Collation { .. }
            | Self::ScalarQuery(_)
            | Self::NextValue { .. }
            | Self::DefaultKeyword
            | Self::LabelReference(_)
            | Self::TableValued { .. }
            | Self::CutOff(_) => {}
            Self::Label(label) => visit(&label.element),
            Self::Grouping(inner)
            | Self::AsBoolean { element: inner, .. }
            | Self::Unary { element: inner, .. }
            | Self::Modified { element: inner, .. }
            | Self::Cast(inner)
            | Self::TryCast(inner)
            | Self::TypeCoerce(inner)
            | Self::Extract {
                expression: inner, ..
            }
            | Self::CaseInsensitive(inner) => visit(inner),
            Self::Binary(binary) => {
                visit(&binary.left);
                visit(&binary.right);
            }
            Self::List(list) => list.clauses.iter().for_each(visit),
            Self::Clauses(clauses) | Self::Tuple(clauses) | Self::Array(clauses) => {
                clauses.iter().for_each(visit);
            }
            Self::Case {
                value,
                whens,
                otherwise,
            } => {
                value.iter().for_each(&mut *visit);
                for (condition, result) in whens {
                    visit(condition);
                    visit(result);
                }
                otherwise.iter().for_each(visit);
            }
            Self::Function(function) => {
                function.arguments.iter().for_each(&mut *visit);
                function.order_by.iter().for_each(visit);
            }
            Self::Over(over) => {
                visit(&over.element);
                over.partition_by.iter().for_each(&mut *visit);
                over.order_by.iter().for_each(visit);
            }
            Self::WithinGroup { element, order_by }
            | Self::AggregateOrderBy {
                element, order_by, ..
            } => {
                visit(element);
                order_by.iter().for_each(visit);
            }
            Self::Filter { element, criterion } => {
                visit(element);
                visit(criterion);
            }
            Self::Slice { start, stop } => {
                visit(start);
                visit(stop);
            }
        }
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.element.fmt(formatter)
    }
}
