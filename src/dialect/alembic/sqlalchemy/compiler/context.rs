//! What a part of a statement must know of the place it stands in.

use std::rc::Rc;

use super::{Binds, Options};
use crate::dialect::alembic::sqlalchemy::expression::{Anonymous, Expr};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;

/// What a part must know of its place.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent keyword of SQLAlchemy's compiler"
)]
pub(super) struct Context {
    /// How values stand in the text.
    pub(super) binds: Binds,
    /// Whether columns stand behind their tables.
    pub(super) include_table: bool,
    /// Whether tables stand behind their schemas.
    pub(super) use_schema: bool,
    /// Whether it stands in a list of columns, where labels are written with `AS`.
    pub(super) in_columns: bool,
    /// Whether it stands in a labelled expression, whose own labels are left out.
    pub(super) in_label: bool,
    /// Whether it stands next to an operator.
    pub(super) in_operator: bool,
    /// The label that is written by its name alone.
    pub(super) label: Option<Expr>,
    /// Names of tables that another schema's table has as well.
    pub(super) ambiguous: Option<Rc<Vec<(String, Anonymous)>>>,
    /// Whether the value of a JSON path has its cast already.
    pub(super) cast_applied: bool,
    /// Whether it is inside a source whose columns name it, such as a subquery behind `FROM`.
    pub(super) as_from: bool,
    /// Whether it may look at the sources before it.
    pub(super) lateral: bool,
    /// The place among the queries of a compound.
    pub(super) compound: Option<usize>,
    /// Whether it is the query of an INSERT.
    pub(super) insert_into: bool,
}

impl Context {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            binds: options.binds,
            include_table: options.include_table,
            use_schema: true,
            in_columns: false,
            in_label: false,
            in_operator: false,
            label: None,
            ambiguous: None,
            cast_applied: false,
            as_from: false,
            lateral: false,
            compound: None,
            insert_into: false,
        }
    }

    /// The context of parts that SQLAlchemy renders as if nothing had been asked of them.
    pub(super) fn forgetful(&self) -> Self {
        let binds = if self.binds == Binds::Literal {
            Binds::Named
        } else {
            self.binds
        };
        Self {
            binds,
            ..Self::new(&Options::default())
        }
    }

    /// The context of an operator's sides.
    pub(super) fn operand(&self) -> Self {
        Self {
            in_operator: true,
            in_columns: false,
            ..self.clone()
        }
    }
}

/// A statement that is being rendered.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// The sources that queries inside may look at.
    pub(super) correlate: Vec<FromClause>,
    /// The sources of the statement itself.
    pub(super) own: Vec<FromClause>,
    /// The columns of a query, for references by name.
    pub(super) columns: Vec<Expr>,
    /// The sources of a query, for references by name.
    pub(super) froms: Vec<FromClause>,
    /// Whether it is a compound, whose columns are found by their keys alone.
    pub(super) compound: bool,
    /// Whether it is a query, in which names may be looked up.
    pub(super) resolves: bool,
}
