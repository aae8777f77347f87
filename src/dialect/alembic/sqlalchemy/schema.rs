//! Tables, columns, constraints and indexes as SQLAlchemy describes them.

mod table;

use std::rc::Rc;

use indexmap::IndexMap;

use super::expression::Expr;
use super::naming::{ConstraintName, NamedColumn, NamedKind, NamingConvention};
use super::target::Name;
use super::types::{CheckValue, SqlType};

/// The value of a dialect option such as `postgresql_using`.
#[derive(Debug, Clone)]
pub enum OptionValue {
    /// `None`.
    None,
    /// A truth value.
    Bool(bool),
    /// A number, as written.
    Number(Rc<str>),
    /// Text.
    Text(Rc<str>),
    /// A list or tuple.
    List(Vec<OptionValue>),
    /// A dictionary.
    Map(Vec<(Rc<str>, OptionValue)>),
    /// An expression.
    Expr(Expr),
}

impl OptionValue {
    /// Whether Python takes it for true.
    pub fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Number(number) => number.bytes().any(|byte| (b'1'..=b'9').contains(&byte)),
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Expr(_) => true,
        }
    }

    /// The text, of a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as `str()` writes it; for options that are put into the statement as they are.
    pub fn written(&self) -> String {
        match self {
            Self::None | Self::Expr(_) => "None".to_owned(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
            Self::List(items) => items
                .iter()
                .map(Self::written)
                .collect::<Vec<_>>()
                .join(", "),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| format!("{key}={}", value.written()))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
}

/// Dialect options by their full names, in the order given.
pub type Options = IndexMap<Rc<str>, OptionValue>;

/// Whether a column counts up by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Autoincrement {
    /// As the rules have it.
    #[default]
    Auto,
    /// `True`.
    Yes,
    /// `False`.
    No,
    /// `"ignore_fk"`.
    IgnoreForeignKey,
}

/// A default that the server fills in.
#[derive(Debug, Clone)]
pub enum ServerDefault {
    /// A plain text, written as a literal.
    Text(Rc<str>),
    /// An expression.
    Expr(Expr),
    /// The server has one of its own, of which nothing is written.
    Fetched,
}

/// `GENERATED ALWAYS AS`.
#[derive(Debug, Clone)]
pub struct Computed {
    /// The expression.
    pub expression: Expr,
    /// `STORED`, `VIRTUAL`, or neither said.
    pub persisted: Option<bool>,
}

/// The options of a sequence or identity column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SequenceOptions {
    /// `START WITH`.
    pub start: Option<i64>,
    /// `INCREMENT BY`.
    pub increment: Option<i64>,
    /// `MINVALUE`.
    pub minvalue: Option<i64>,
    /// `MAXVALUE`.
    pub maxvalue: Option<i64>,
    /// `NO MINVALUE`, when given at all.
    pub nominvalue: Option<bool>,
    /// `NO MAXVALUE`, when given at all.
    pub nomaxvalue: Option<bool>,
    /// `CYCLE`.
    pub cycle: Option<bool>,
    /// `CACHE`.
    pub cache: Option<i64>,
}

/// An identity column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// `ALWAYS` instead of `BY DEFAULT`.
    pub always: bool,
    /// Its numbers.
    pub options: SequenceOptions,
}

/// A sequence.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// Its name.
    pub name: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// Its numbers.
    pub options: SequenceOptions,
    /// The type of its values.
    pub data_type: Option<SqlType>,
    /// Only used where the server needs sequences.
    pub optional: bool,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// What files call it, where that differs from its name.
    pub key: Option<Rc<str>>,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it may be NULL, when said.
    pub nullable: Option<bool>,
    /// Part of the primary key.
    pub primary_key: bool,
    /// Has a unique constraint, or a unique index where `index` is set too.
    pub unique: bool,
    /// Has an index.
    pub index: bool,
    /// Whether it counts up.
    pub autoincrement: Autoincrement,
    /// Whether Python fills in a default.
    pub python_default: bool,
    /// A sequence that fills it.
    pub sequence: Option<Sequence>,
    /// What the server fills in.
    pub server_default: Option<ServerDefault>,
    /// Computed from other columns.
    pub computed: Option<Computed>,
    /// Filled by the server from its own sequence.
    pub identity: Option<Identity>,
    /// Its comment.
    pub comment: Option<Rc<str>>,
    /// Always there, never created.
    pub system: bool,
    /// What it refers to.
    pub foreign_keys: Vec<ForeignKey>,
    /// Checks written with it.
    pub checks: Vec<Constraint>,
    /// Dialect options.
    pub options: Options,
}

impl Column {
    /// A column with nothing said but its name and type.
    pub fn new(name: impl Into<Name>, sql_type: SqlType) -> Self {
        Self {
            name: name.into(),
            key: None,
            sql_type,
            nullable: None,
            primary_key: false,
            unique: false,
            index: false,
            autoincrement: Autoincrement::Auto,
            python_default: false,
            sequence: None,
            server_default: None,
            computed: None,
            identity: None,
            comment: None,
            system: false,
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            options: Options::default(),
        }
    }

    /// What files call it.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_else(|| self.name.as_str())
    }

    /// Whether it may be NULL.
    pub fn is_nullable(&self) -> bool {
        self.nullable
            .unwrap_or(!self.primary_key && self.identity.is_none())
    }

    fn named(&self) -> NamedColumn {
        NamedColumn {
            name: self.name.as_str().into(),
            key: self.key().into(),
        }
    }
}

/// What may be said of any constraint.
#[derive(Debug, Clone, Default)]
pub struct ConstraintCommon {
    /// `DEFERRABLE`, `NOT DEFERRABLE`, or neither.
    pub deferrable: Option<bool>,
    /// `INITIALLY`.
    pub initially: Option<Rc<str>>,
    /// When it was made, among all of one run; constraints are written in this order.
    pub created: u64,
    /// The only dialect it is meant for (`ddl_if`).
    pub only_on: Option<Vec<Rc<str>>>,
    /// Dialect options.
    pub options: Options,
}

/// A reference that one column declares.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// The column referred to: `column`, `table.column` or `schema.table.column`.
    pub target: Rc<str>,
    /// Its name.
    pub name: ConstraintName,
    /// What it does.
    pub rules: ReferenceRules,
    /// Deferrability and dialect options.
    pub common: ConstraintCommon,
}

/// The rules of a reference.
#[derive(Debug, Clone, Default)]
pub struct ReferenceRules {
    /// `ON DELETE`.
    pub ondelete: Option<Rc<str>>,
    /// `ON UPDATE`.
    pub onupdate: Option<Rc<str>>,
    /// `MATCH`.
    pub match_: Option<Rc<str>>,
    /// Left to an ALTER TABLE of its own.
    pub use_alter: bool,
}

/// An element of an exclusion constraint.
#[derive(Debug, Clone)]
pub struct ExcludeElement {
    /// The column or expression.
    pub expression: Expr,
    /// The operator it is compared by.
    pub operator: Rc<str>,
    /// The column's name, by which operator classes are given.
    pub key: Option<Rc<str>>,
}

/// A constraint.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// Its name.
    pub name: ConstraintName,
    /// What it demands.
    pub kind: ConstraintKind,
    /// Deferrability and dialect options.
    pub common: ConstraintCommon,
}

/// What a constraint demands.
#[derive(Debug, Clone)]
pub enum ConstraintKind {
    /// A primary key of these columns.
    PrimaryKey {
        /// The columns' keys.
        columns: Vec<Name>,
    },
    /// Unique columns.
    Unique {
        /// The columns' keys.
        columns: Vec<Name>,
    },
    /// A condition.
    Check {
        /// The condition.
        condition: Expr,
    },
    /// The values of a column whose type the server cannot hold.
    TypeCheck {
        /// The column.
        column: Name,
        /// What it may hold.
        values: Vec<CheckValue>,
    },
    /// A reference.
    ForeignKey {
        /// The columns' keys.
        columns: Vec<Name>,
        /// The columns referred to.
        targets: Vec<Rc<str>>,
        /// What it does.
        rules: ReferenceRules,
    },
    /// No two rows that overlap.
    Exclude {
        /// What is compared.
        elements: Vec<ExcludeElement>,
        /// The index method.
        using: Rc<str>,
        /// Which rows it holds for.
        condition: Option<Expr>,
        /// Operator classes by column.
        ops: Vec<(Rc<str>, Rc<str>)>,
    },
    /// Only a name, of something to be dropped.
    Named,
    /// Only the name of a check, to be dropped.
    NamedCheck,
}

impl Constraint {
    /// A constraint that is dropped by its name alone.
    pub fn named(name: ConstraintName, kind: ConstraintKind) -> Self {
        Self {
            name,
            kind,
            common: ConstraintCommon::default(),
        }
    }

    /// The kind that a naming convention knows it by.
    pub fn named_kind(&self) -> Option<NamedKind> {
        match &self.kind {
            ConstraintKind::PrimaryKey { .. } => Some(NamedKind::PrimaryKey),
            ConstraintKind::Unique { .. } => Some(NamedKind::Unique),
            ConstraintKind::Check { .. }
            | ConstraintKind::TypeCheck { .. }
            | ConstraintKind::NamedCheck => Some(NamedKind::Check),
            ConstraintKind::ForeignKey { .. } => Some(NamedKind::ForeignKey),
            ConstraintKind::Exclude { .. } | ConstraintKind::Named => None,
        }
    }
}

/// What an index covers.
#[derive(Debug, Clone)]
pub enum IndexElement {
    /// A column by its name.
    Column(Name),
    /// A text put in as it is.
    Text(Expr),
    /// An expression; its key is the column's or label's name that operator classes are given by.
    Expr(Expr),
}

/// An index.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its name.
    pub name: ConstraintName,
    /// Its table.
    pub table: Name,
    /// The table's schema.
    pub schema: Option<Name>,
    /// What it covers.
    pub elements: Vec<IndexElement>,
    /// Whether it is unique.
    pub unique: bool,
    /// Dialect options.
    pub options: Options,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Its schema.
    pub schema: Option<Name>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its constraints, in the order in which they are written, the primary key among them.
    pub constraints: Vec<Constraint>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Its comment.
    pub comment: Option<Rc<str>>,
    /// Words between CREATE and TABLE.
    pub prefixes: Vec<Rc<str>>,
    /// Dialect options.
    pub options: Options,
    /// The convention its constraints are named by.
    pub convention: Rc<NamingConvention>,
    /// Whether no other table is known beside it, so that a name cannot be made of what its
    /// references point to.
    pub alone: bool,
}

/// Where a reference points: schema, table, column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referent {
    /// The schema, if said.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// The column; without it, the one of the same name is meant.
    pub column: Option<String>,
}

/// Takes `schema.table.column` apart.
pub fn referent(target: &str) -> Referent {
    let mut parts: Vec<&str> = target.split('.').collect();
    let column = (parts.len() > 1).then(|| parts.pop().unwrap_or_default().to_owned());
    let table = parts.pop().unwrap_or_default().to_owned();
    Referent {
        schema: (!parts.is_empty()).then(|| parts.join(".")),
        table,
        column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn referents_are_taken_apart_from_the_right() {
        for (target, schema, table, column) in [
            ("p.id", None, "p", Some("id")),
            ("s.p.id", Some("s"), "p", Some("id")),
            ("a.b.p.id", Some("a.b"), "p", Some("id")),
            ("p", None, "p", None),
        ] {
            assert_eq!(
                referent(target),
                Referent {
                    schema: schema.map(str::to_owned),
                    table: table.to_owned(),
                    column: column.map(str::to_owned),
                }
            );
        }
    }
}
