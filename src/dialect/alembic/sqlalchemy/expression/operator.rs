//! SQLAlchemy's operators: what binds tighter, what may be flattened, what negates to what.

use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::types::SqlType;

/// An operator of `op()` or of a PostgreSQL type.
#[derive(Debug, Clone)]
pub struct CustomOperator {
    /// The operator's text.
    pub text: String,
    /// `precedence`.
    pub precedence: i32,
    /// `is_comparison`.
    pub is_comparison: bool,
    /// `return_type`.
    pub return_type: Option<SqlType>,
    /// Whether `a op b op c` needs no parentheses.
    pub natural_self_precedent: bool,
    /// Whether parentheses go around it inside any other operator.
    pub eager_grouping: bool,
}

impl CustomOperator {
    /// `op(text)` with nothing else said.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            precedence: 0,
            is_comparison: false,
            return_type: None,
            natural_self_precedent: false,
            eager_grouping: false,
        }
    }

    fn same(&self, other: &Self) -> bool {
        self.text == other.text
            && self.precedence == other.precedence
            && self.is_comparison == other.is_comparison
            && self.natural_self_precedent == other.natural_self_precedent
            && self.eager_grouping == other.eager_grouping
    }
}

/// An operator.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names are SQLAlchemy's")]
pub enum Operator {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Neg,
    Concat,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Is,
    IsNot,
    IsDistinctFrom,
    IsNotDistinctFrom,
    Like,
    NotLike,
    Ilike,
    NotIlike,
    StartsWith,
    NotStartsWith,
    IstartsWith,
    NotIstartsWith,
    EndsWith,
    NotEndsWith,
    IendsWith,
    NotIendsWith,
    Contains,
    NotContains,
    Icontains,
    NotIcontains,
    In,
    NotIn,
    Between,
    NotBetween,
    Match,
    NotMatch,
    RegexpMatch,
    NotRegexpMatch,
    RegexpReplace,
    BitwiseXor,
    BitwiseOr,
    BitwiseAnd,
    BitwiseNot,
    BitwiseLshift,
    BitwiseRshift,
    And,
    Or,
    Comma,
    GetItem,
    JsonGetItem,
    JsonPathGetItem,
    Collate,
    Inv,
    Distinct,
    Any,
    All,
    Exists,
    IsTrue,
    IsFalse,
    Asc,
    Desc,
    NullsFirst,
    NullsLast,
    As,
    AsBool,
    Filter,
    From,
    Custom(Rc<CustomOperator>),
}

impl PartialEq for Operator {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Custom(one), Self::Custom(two)) => one.same(two),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Operator {
    /// `op(text)`.
    pub fn custom(text: impl Into<String>) -> Self {
        Self::Custom(Rc::new(CustomOperator::new(text)))
    }

    /// An operator of a PostgreSQL type that compares, with the precedence of `=`.
    pub(super) fn postgres_comparison(text: &str, chained: bool) -> Self {
        Self::Custom(Rc::new(CustomOperator {
            precedence: 5,
            is_comparison: true,
            natural_self_precedent: chained,
            eager_grouping: chained,
            ..CustomOperator::new(text)
        }))
    }

    /// An operator of a PostgreSQL type that reaches into a value.
    pub(super) fn postgres_path(text: &str) -> Self {
        Self::Custom(Rc::new(CustomOperator {
            precedence: 15,
            natural_self_precedent: true,
            eager_grouping: true,
            ..CustomOperator::new(text)
        }))
    }

    fn precedence(&self) -> Option<i32> {
        Some(match self {
            Self::From
            | Self::Any
            | Self::All
            | Self::GetItem
            | Self::JsonGetItem
            | Self::JsonPathGetItem => 15,
            Self::Mul
            | Self::TrueDiv
            | Self::FloorDiv
            | Self::Mod
            | Self::Neg
            | Self::BitwiseNot => 8,
            Self::Add
            | Self::Sub
            | Self::BitwiseXor
            | Self::BitwiseOr
            | Self::BitwiseAnd
            | Self::BitwiseLshift
            | Self::BitwiseRshift => 7,
            Self::Filter => 6,
            Self::Concat
            | Self::Match
            | Self::NotMatch
            | Self::RegexpMatch
            | Self::NotRegexpMatch
            | Self::RegexpReplace
            | Self::Ilike
            | Self::NotIlike
            | Self::Like
            | Self::NotLike
            | Self::In
            | Self::NotIn
            | Self::Is
            | Self::IsNot
            | Self::Eq
            | Self::Ne
            | Self::IsDistinctFrom
            | Self::IsNotDistinctFrom
            | Self::Gt
            | Self::Lt
            | Self::Ge
            | Self::Le
            | Self::Between
            | Self::NotBetween
            | Self::Distinct
            | Self::Inv
            | Self::IsTrue
            | Self::IsFalse => 5,
            Self::Collate => 4,
            Self::And | Self::Asc | Self::Desc => 3,
            Self::Or => 2,
            Self::Exists => 0,
            Self::Comma | Self::As => -1,
            Self::AsBool => -10,
            Self::Custom(custom) => custom.precedence,
            _ => return None,
        })
    }

    /// Whether an expression of this operator needs parentheses inside `against`.
    pub(super) fn is_precedent(&self, against: Option<&Self>) -> bool {
        let Some(against) = against else { return true };
        if self == against && self.is_natural_self_precedent() {
            return false;
        }
        self.precedence().unwrap_or(-100) <= against.precedence().unwrap_or(100)
    }

    fn is_natural_self_precedent(&self) -> bool {
        match self {
            Self::GetItem | Self::JsonGetItem | Self::JsonPathGetItem => true,
            Self::Custom(custom) => custom.natural_self_precedent,
            _ => self.is_associative(),
        }
    }

    /// Whether nested uses are written as one list.
    pub(super) fn is_associative(&self) -> bool {
        matches!(
            self,
            Self::Add | Self::Mul | Self::Concat | Self::And | Self::Or
        )
    }

    /// Whether the sides may be swapped.
    pub(super) fn is_commutative(&self) -> bool {
        matches!(self, Self::Add | Self::Mul | Self::Eq | Self::Ne)
    }

    /// Whether Python has a sign for the comparison.
    pub(super) fn is_python_comparison(&self) -> bool {
        matches!(
            self,
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge
        )
    }

    /// Whether it compares.
    pub fn is_comparison(&self) -> bool {
        match self {
            Self::Custom(custom) => custom.is_comparison,
            Self::Eq
            | Self::Ne
            | Self::Lt
            | Self::Le
            | Self::Gt
            | Self::Ge
            | Self::Is
            | Self::IsNot
            | Self::IsDistinctFrom
            | Self::IsNotDistinctFrom
            | Self::Like
            | Self::NotLike
            | Self::Ilike
            | Self::NotIlike
            | Self::StartsWith
            | Self::NotStartsWith
            | Self::IstartsWith
            | Self::NotIstartsWith
            | Self::EndsWith
            | Self::NotEndsWith
            | Self::IendsWith
            | Self::NotIendsWith
            | Self::Contains
            | Self::NotContains
            | Self::Icontains
            | Self::NotIcontains
            | Self::In
            | Self::NotIn
            | Self::Between
            | Self::NotBetween
            | Self::Match
            | Self::NotMatch
            | Self::RegexpMatch
            | Self::NotRegexpMatch => true,
            _ => false,
        }
    }

    /// Whether every database knows its result for a truth value.
    pub(super) fn is_boolean(&self) -> bool {
        self.is_comparison()
            || matches!(
                self,
                Self::Inv | Self::IsTrue | Self::IsFalse | Self::And | Self::Or
            )
    }

    /// The operator with its sides swapped.
    pub(super) fn mirrored(&self) -> Self {
        match self {
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            other => other.clone(),
        }
    }

    /// What `~` turns a comparison into.
    pub(super) fn negated(&self) -> Option<Self> {
        Some(match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
            Self::IsDistinctFrom => Self::IsNotDistinctFrom,
            Self::IsNotDistinctFrom => Self::IsDistinctFrom,
            Self::Like => Self::NotLike,
            Self::NotLike => Self::Like,
            Self::Ilike => Self::NotIlike,
            Self::NotIlike => Self::Ilike,
            Self::StartsWith => Self::NotStartsWith,
            Self::NotStartsWith => Self::StartsWith,
            Self::IstartsWith => Self::NotIstartsWith,
            Self::NotIstartsWith => Self::IstartsWith,
            Self::EndsWith => Self::NotEndsWith,
            Self::NotEndsWith => Self::EndsWith,
            Self::IendsWith => Self::NotIendsWith,
            Self::NotIendsWith => Self::IendsWith,
            Self::Contains => Self::NotContains,
            Self::NotContains => Self::Contains,
            Self::Icontains => Self::NotIcontains,
            Self::NotIcontains => Self::Icontains,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::Between => Self::NotBetween,
            Self::NotBetween => Self::Between,
            Self::Match => Self::NotMatch,
            Self::NotMatch => Self::Match,
            Self::RegexpMatch => Self::NotRegexpMatch,
            Self::NotRegexpMatch => Self::RegexpMatch,
            _ => return None,
        })
    }

    /// The text between the sides, or before or after the only one, where no backend writes it another way.
    pub(in crate::dialect::alembic::sqlalchemy) fn text(&self) -> Option<&'static str> {
        Some(match self {
            Self::And => " AND ",
            Self::Or => " OR ",
            Self::Add => " + ",
            Self::Mul => " * ",
            Self::Sub => " - ",
            Self::Neg => "-",
            Self::Lt => " < ",
            Self::Le => " <= ",
            Self::Ne => " != ",
            Self::Gt => " > ",
            Self::Ge => " >= ",
            Self::Eq => " = ",
            Self::IsDistinctFrom => " IS DISTINCT FROM ",
            Self::IsNotDistinctFrom => " IS NOT DISTINCT FROM ",
            Self::Concat => " || ",
            Self::Match => " MATCH ",
            Self::NotMatch => " NOT MATCH ",
            Self::In => " IN ",
            Self::NotIn => " NOT IN ",
            Self::Comma => ", ",
            Self::As => " AS ",
            Self::Is => " IS ",
            Self::IsNot => " IS NOT ",
            Self::Collate => " COLLATE ",
            Self::Exists => "EXISTS ",
            Self::Distinct => "DISTINCT ",
            Self::Inv => "NOT ",
            Self::Any => "ANY ",
            Self::All => "ALL ",
            Self::Desc => " DESC",
            Self::Asc => " ASC",
            Self::NullsFirst => " NULLS FIRST",
            Self::NullsLast => " NULLS LAST",
            Self::BitwiseXor => " ^ ",
            Self::BitwiseOr => " | ",
            Self::BitwiseAnd => " & ",
            Self::BitwiseNot => "~",
            Self::BitwiseLshift => " << ",
            Self::BitwiseRshift => " >> ",
            _ => return None,
        })
    }

    /// The name SQLAlchemy's messages use.
    pub(in crate::dialect::alembic::sqlalchemy) fn name(&self) -> &'static str {
        match self {
            Self::GetItem => "getitem",
            Self::JsonGetItem => "json_getitem_op",
            Self::JsonPathGetItem => "json_path_getitem_op",
            Self::BitwiseLshift => "lshift",
            Self::BitwiseRshift => "rshift",
            Self::Contains => "contains",
            Self::Custom(_) => "custom_op",
            _ => "op",
        }
    }
}
