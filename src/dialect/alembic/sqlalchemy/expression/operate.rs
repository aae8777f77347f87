//! What the operators of Python and the methods of a column make.

use super::construct::{collate, null, unique_bind};
use super::element::{Anonymous, Binary, BinaryModifiers, Bind, BindKey, Element, Expr};
use super::operator::Operator;
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::extent::Extent;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::Query;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType, TypeClass};

/// What stands on the other side of an operator, or is given to a method.
#[derive(Debug, Clone)]
pub enum Operand {
    /// An expression.
    Expr(Expr),
    /// A Python value.
    Literal(Literal),
    /// A Python list or tuple that may hold expressions.
    List(Vec<Operand>),
    /// A query.
    Query(Query),
}

impl Operand {
    /// How large it is.
    pub(in crate::dialect::alembic) fn extent(&self) -> Extent {
        match self {
            Self::Expr(expression) => expression.extent(),
            Self::Literal(_) => Extent::LEAF,
            Self::List(operands) => {
                let mut parts = Extent::default();
                for operand in operands {
                    parts.add(operand.extent());
                }
                parts
            }
            Self::Query(query) => query.extent(),
        }
    }
}

impl From<Expr> for Operand {
    fn from(expression: Expr) -> Self {
        Self::Expr(expression)
    }
}

impl From<&Expr> for Operand {
    fn from(expression: &Expr) -> Self {
        Self::Expr(expression.clone())
    }
}

impl From<Literal> for Operand {
    fn from(value: Literal) -> Self {
        Self::Literal(value)
    }
}

impl From<i64> for Operand {
    fn from(value: i64) -> Self {
        Self::Literal(Literal::Int(value))
    }
}

impl From<&str> for Operand {
    fn from(value: &str) -> Self {
        Self::Literal(Literal::text(value))
    }
}

impl From<Query> for Operand {
    fn from(query: Query) -> Self {
        Self::Query(query)
    }
}

/// What stands between the brackets of `expression[..]`.
#[derive(Debug, Clone)]
pub enum Subscript {
    /// A key or index.
    Item(Operand),
    /// A list of keys and indexes, a path.
    Path(Vec<Literal>),
    /// `start:stop`.
    Slice(Operand, Operand),
}

impl Operand {
    /// `None`, `True` and `False`, as values or as constants.
    fn constant(&self) -> Option<Expr> {
        Some(match self {
            Self::Literal(Literal::None) => null(),
            Self::Literal(Literal::Bool(true)) => super::construct::true_(),
            Self::Literal(Literal::Bool(false)) => super::construct::false_(),
            Self::Expr(expression)
                if matches!(
                    expression.element(),
                    Element::Null | Element::True | Element::False
                ) =>
            {
                expression.clone()
            }
            _ => return None,
        })
    }

    fn as_literal(&self) -> Option<Literal> {
        match self {
            Self::Literal(value) => Some(value.clone()),
            Self::List(items) => {
                let values: Option<Vec<Literal>> = items.iter().map(Self::as_literal).collect();
                values.map(|values| Literal::List(values.into()))
            }
            _ => None,
        }
    }
}

impl Expr {
    /// A parameter for a value next to this expression: `_bind_param`.
    pub(super) fn bind_for(
        &self,
        operator: &Operator,
        value: &Literal,
        type_: Option<SqlType>,
    ) -> Self {
        if let (Element::Array(_), Literal::List(items)) = (self.element(), value)
            && *operator != Operator::GetItem
        {
            let operands: Vec<Operand> = items
                .iter()
                .map(|item| {
                    let type_ = type_
                        .clone()
                        .unwrap_or_else(|| self.type_().compared_value_type(Some(operator), item));
                    Operand::Expr(unique_bind("param", item.clone(), Some(type_)))
                })
                .collect();
            return super::construct::array(&operands, None).unwrap_or_else(|_| self.clone());
        }
        if let (Element::Tuple(_), Literal::Tuple(items) | Literal::List(items)) =
            (self.element(), value)
        {
            let compared_types = &self.type_().arguments().types;
            let clauses = items
                .iter()
                .zip(compared_types)
                .map(|(item, compared)| {
                    let type_ = type_
                        .clone()
                        .unwrap_or_else(|| compared.compared_value_type(Some(operator), item));
                    unique_bind("param", item.clone(), Some(type_))
                })
                .collect();
            return Self::new(Element::Tuple(clauses), self.type_().clone());
        }
        let type_ = type_.unwrap_or_else(|| {
            self.compared_type()
                .compared_value_type(Some(operator), value)
        });
        unique_bind(&self.bind_name(), value.clone(), Some(type_))
    }

    /// The type that a value next to this expression is compared with.
    fn compared_type(&self) -> SqlType {
        if let Element::Unary {
            operator: Operator::Any | Operator::All,
            element,
        } = self.element()
        {
            return element
                .type_()
                .arguments()
                .item
                .clone()
                .unwrap_or_else(|| element.type_().clone());
        }
        self.type_().clone()
    }

    fn bind_name(&self) -> String {
        match self.element() {
            Element::Column(column) => column.key.to_string(),
            Element::Function(function) => function.name.as_str().to_owned(),
            Element::Grouping(inner) => inner.bind_name(),
            _ => "param".into(),
        }
    }

    /// An unknown type on one side takes the type of the other.
    fn typed_after(&self, other: &Expr) -> Self {
        if !self.type_().is_null() || other.type_().is_null() {
            return self.clone();
        }
        match self.element() {
            Element::Bind(_) => self.with_type(other.type_().clone()),
            Element::Grouping(inner) if matches!(inner.element(), Element::Bind(_)) => {
                inner.typed_after(other).grouped()
            }
            _ => self.clone(),
        }
    }

    fn coerced(
        &self,
        operator: &Operator,
        operand: &Operand,
        type_: Option<SqlType>,
    ) -> Result<Self, CompileError> {
        let resolved = match operand {
            Operand::Expr(expression) => expression.clone(),
            Operand::Query(query) => query.scalar(),
            Operand::Literal(value) => self.bind_for(operator, value, type_.clone()),
            Operand::List(_) => {
                let value = operand.as_literal().ok_or_else(|| {
                    CompileError::argument("SQL expression element or literal value expected, got a list of expressions.")
                })?;
                self.bind_for(operator, &value, type_.clone())
            }
        };
        Ok(match type_ {
            Some(type_)
                if resolved.type_().is_null() && matches!(resolved.element(), Element::Bind(_)) =>
            {
                resolved.with_type(type_)
            }
            _ => resolved.typed_after(self),
        })
    }

    /// `expression operator operand`, for every operator of Python and `op()`.
    pub fn operate(&self, operator: &Operator, operand: &Operand) -> Result<Self, CompileError> {
        self.operate_with(operator, operand, BinaryModifiers::default())
    }

    /// `operand operator expression`, where Python tried the other side in vain.
    pub fn operate_reversed(
        &self,
        operator: &Operator,
        operand: &Operand,
    ) -> Result<Self, CompileError> {
        match operator {
            Operator::And | Operator::Or => {
                let other = match (operand.constant(), operand) {
                    (Some(constant), _) => constant,
                    (None, Operand::Literal(value)) => return Err(no_condition(value)),
                    (None, operand) => operand.as_argument(None)?,
                };
                Ok(join(operator, &[other, self.clone()]))
            }
            operator if operator.is_comparison() => self.operate(&operator.mirrored(), operand),
            _ => self.arithmetic(operator, operand, true, None),
        }
    }

    /// The same with what else the method was called with.
    pub fn operate_with(
        &self,
        operator: &Operator,
        operand: &Operand,
        modifiers: BinaryModifiers,
    ) -> Result<Self, CompileError> {
        let collective = matches!(
            self.element(),
            Element::Unary {
                operator: Operator::Any | Operator::All,
                ..
            }
        );
        if collective && !operator.is_comparison() {
            return Err(CompileError::argument(
                "Only comparison operators may be used with ANY/ALL",
            ));
        }
        match operator {
            Operator::And | Operator::Or => {
                let other = match (operand.constant(), operand) {
                    (Some(constant), _) => constant,
                    (None, Operand::Literal(value)) => return Err(no_condition(value)),
                    (None, operand) => operand.as_argument(None)?,
                };
                Ok(join(operator, &[self.clone(), other]))
            }
            Operator::In | Operator::NotIn => self.in_list(operator, operand),
            Operator::Custom(custom) => {
                let type_ = custom
                    .return_type
                    .clone()
                    .or_else(|| custom.is_comparison.then(SqlType::boolean));
                self.arithmetic(operator, operand, false, type_)
            }
            Operator::RegexpMatch | Operator::NotRegexpMatch => {
                let right = self.coerced(&Operator::Comma, operand, None)?;
                Ok(Self::binary_element(
                    Binary {
                        left: self.clone(),
                        right,
                        operator: operator.clone(),
                        negate: operator.negated(),
                        modifiers,
                    },
                    SqlType::null(),
                ))
            }
            Operator::GetItem => self.subscript(&Subscript::Item(operand.clone())),
            operator if operator.is_comparison() => {
                if let Operand::Expr(other) = operand
                    && operator.is_python_comparison()
                    && other.answers_first(self)
                {
                    return other.operate_with(
                        &operator.mirrored(),
                        &Operand::Expr(self.clone()),
                        modifiers,
                    );
                }
                let operator = if collective {
                    operator.mirrored()
                } else {
                    operator.clone()
                };
                self.compare(&operator, operand, collective, modifiers)
            }
            _ => self.arithmetic(operator, operand, false, None),
        }
    }

    /// Whether Python asks this side of a comparison first, because its class derives from the other side's: a known
    /// function against an unknown one, a `Column` against a `column()`.
    fn answers_first(&self, left: &Expr) -> bool {
        match (self.element(), left.element()) {
            (Element::Function(own), Element::Function(other)) => own.generic && !other.generic,
            (Element::Column(own), Element::Column(other)) => {
                own.is_schema_item() && !other.is_schema_item()
            }
            _ => false,
        }
    }

    fn compare(
        &self,
        operator: &Operator,
        operand: &Operand,
        reversed: bool,
        modifiers: BinaryModifiers,
    ) -> Result<Self, CompileError> {
        let boolean = if *operator == Operator::Match || *operator == Operator::NotMatch {
            SqlType::new(TypeClass::MatchType)
        } else {
            SqlType::boolean()
        };
        let mut negate = operator.negated();
        let mut operator = operator.clone();
        let right = match operand.constant() {
            Some(constant) => {
                let truth = matches!(constant.element(), Element::True | Element::False);
                match operator {
                    Operator::Eq | Operator::Ne if truth => {}
                    Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => {}
                    _ if self.is_collection_aggregate() => {}
                    Operator::Eq | Operator::Is => {
                        (operator, negate) = (Operator::Is, Some(Operator::IsNot));
                    }
                    Operator::Ne | Operator::IsNot => {
                        (operator, negate) = (Operator::IsNot, Some(Operator::Is));
                    }
                    _ => {
                        return Err(CompileError::argument(
                            "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' \
                             operators can be used with None/True/False",
                        ));
                    }
                }
                if !self.is_collection_aggregate() || !reversed {
                    return Ok(Self::for_operator(
                        Binary {
                            left: self.clone(),
                            right: constant,
                            operator,
                            negate,
                            modifiers,
                        },
                        boolean,
                    ));
                }
                constant
            }
            None => self.coerced(&operator, operand, None)?,
        };
        let (left, right) = if reversed {
            (right, self.clone())
        } else {
            (self.clone(), right)
        };
        Ok(Self::for_operator(
            Binary {
                left,
                right,
                operator,
                negate,
                modifiers,
            },
            boolean,
        ))
    }

    fn arithmetic(
        &self,
        operator: &Operator,
        operand: &Operand,
        reversed: bool,
        type_: Option<SqlType>,
    ) -> Result<Self, CompileError> {
        let other = self.coerced(operator, operand, None)?;
        Ok(self.join_sides(operator.clone(), other, reversed, type_))
    }

    pub(super) fn join_sides(
        &self,
        operator: Operator,
        other: Expr,
        reversed: bool,
        type_: Option<SqlType>,
    ) -> Self {
        let (left, right) = if reversed {
            (other, self.clone())
        } else {
            (self.clone(), other)
        };
        let (operator, type_) = match type_ {
            Some(type_) => (operator, type_),
            None => left.type_().adapt(operator, right.type_()),
        };
        Self::for_operator(
            Binary {
                left,
                right,
                operator,
                negate: None,
                modifiers: BinaryModifiers::default(),
            },
            type_,
        )
    }

    fn in_list(&self, operator: &Operator, operand: &Operand) -> Result<Self, CompileError> {
        let right = match operand {
            Operand::Query(query) => query.scalar(),
            Operand::Expr(expression) => match expression.element() {
                Element::Bind(bind) => {
                    let bind = Bind {
                        expanding: Some(operator.clone()),
                        ..bind.clone()
                    };
                    Self::new(Element::Bind(bind), expression.type_().clone()).typed_after(self)
                }
                _ => expression.clone(),
            },
            Operand::Literal(Literal::List(items) | Literal::Tuple(items)) => {
                self.expanding_for(operator, items)
            }
            Operand::List(items) => {
                if let Some(Literal::List(values)) = operand.as_literal() {
                    self.expanding_for(operator, &values)
                } else {
                    let clauses: Vec<Expr> = items
                        .iter()
                        .map(|item| match item {
                            Operand::Literal(value) => Ok(self.bind_for(operator, value, None)),
                            other => other.as_argument(None),
                        })
                        .collect::<Result<_, _>>()?;
                    let clauses = clauses
                        .iter()
                        .map(|clause| clause.self_group(Some(&Operator::Comma)))
                        .collect();
                    Self::new(Element::Clauses(clauses), SqlType::null()).grouped()
                }
            }
            Operand::Literal(value) => {
                return Err(CompileError::argument(format!(
                    "IN expression list, SELECT construct, or bound parameter object expected, got {}.",
                    crate::dialect::alembic::sqlalchemy::literal::python_repr(value)
                )));
            }
        };
        Ok(Self::for_operator(
            Binary {
                left: self.clone(),
                right,
                operator: operator.clone(),
                negate: operator.negated(),
                modifiers: BinaryModifiers::default(),
            },
            SqlType::boolean(),
        ))
    }

    fn expanding_for(&self, operator: &Operator, items: &[Literal]) -> Self {
        let compared = self.compared_type();
        let type_ = match items.first() {
            Some(first) => compared.compared_value_type(Some(operator), first),
            None => compared,
        };
        let bind = Bind {
            key: BindKey::Unique(Anonymous::fresh(&super::construct::sanitized(
                &self.bind_name(),
            ))),
            value: Some(Literal::List(items.into())),
            expanding: Some(operator.clone()),
            literal_execute: false,
        };
        Self::new(Element::Bind(bind), type_).typed_after(self)
    }

    /// `in_(..)`.
    pub fn in_(&self, operand: &Operand) -> Result<Self, CompileError> {
        self.in_list(&Operator::In, operand)
    }

    /// `not_in(..)`.
    pub fn not_in(&self, operand: &Operand) -> Result<Self, CompileError> {
        self.in_list(&Operator::NotIn, operand)
    }

    /// `like`, `ilike`, `startswith`, `endswith`, `contains`, their negations and case-insensitive forms.
    pub fn like(
        &self,
        operator: &Operator,
        operand: &Operand,
        escape: Option<&str>,
        autoescape: bool,
    ) -> Result<Self, CompileError> {
        if *operator == Operator::Contains
            && let Some(result) = self.contains_value(operand)
        {
            return result;
        }
        let mut escape = escape.map(str::to_owned);
        let mut operand = operand.clone();
        if autoescape {
            let mark = escape.get_or_insert_with(|| "/".to_owned()).clone();
            let Operand::Literal(Literal::Str(text)) = &operand else {
                return Err(CompileError::of(
                    ErrorClass::Type,
                    "String value expected when autoescape=True",
                ));
            };
            let mut text = text.to_string();
            if mark != "%" && mark != "_" {
                text = text.replace(&mark, &format!("{mark}{mark}"));
            }
            text = text
                .replace('%', &format!("{mark}%"))
                .replace('_', &format!("{mark}_"));
            operand = Operand::Literal(Literal::text(text));
        }
        self.compare(
            operator,
            &operand,
            false,
            BinaryModifiers {
                escape,
                ..BinaryModifiers::default()
            },
        )
    }

    /// `contains` of a type that has its own operator for it.
    fn contains_value(&self, operand: &Operand) -> Option<Result<Self, CompileError>> {
        let type_ = self.type_().plain();
        let own = matches!(
            type_.family(),
            Family::Range | Family::Multirange | Family::Hstore
        ) || matches!(type_.class(), TypeClass::Jsonb | TypeClass::PostgresArray);
        if own {
            return Some(self.operate(&Operator::postgres_comparison("@>", true), operand));
        }
        (type_.class() == TypeClass::Array).then(|| {
            Err(CompileError::of(
                ErrorClass::NotImplemented,
                "ARRAY.contains() not implemented for the base ARRAY type; please use the dialect-specific ARRAY type",
            ))
        })
    }

    /// `between(lower, upper)`, or its negation.
    pub fn between(
        &self,
        operator: &Operator,
        lower: &Operand,
        upper: &Operand,
        symmetric: bool,
    ) -> Result<Self, CompileError> {
        let bounds = [
            self.coerced(&Operator::And, lower, None)?,
            self.coerced(&Operator::And, upper, None)?,
        ];
        let right = Self::list(Operator::And, &bounds, SqlType::null(), false);
        let binary = Binary {
            left: self.clone(),
            right,
            operator: operator.clone(),
            negate: operator.negated(),
            modifiers: BinaryModifiers {
                symmetric,
                ..BinaryModifiers::default()
            },
        };
        Ok(Self::binary_element(binary, SqlType::null()))
    }

    /// `regexp_replace(pattern, replacement, flags)`.
    pub fn regexp_replace(
        &self,
        pattern: &Operand,
        replacement: &Operand,
        flags: Option<&str>,
    ) -> Result<Self, CompileError> {
        let parts = [
            self.coerced(&Operator::Comma, pattern, None)?,
            self.coerced(&Operator::Comma, replacement, None)?,
        ];
        let binary = Binary {
            left: self.clone(),
            right: Self::list(Operator::Comma, &parts, SqlType::null(), false),
            operator: Operator::RegexpReplace,
            negate: None,
            modifiers: BinaryModifiers {
                flags: flags.map(str::to_owned),
                ..BinaryModifiers::default()
            },
        };
        Ok(Self::binary_element(binary, SqlType::null()))
    }

    /// `concat(other)`.
    pub fn concat(&self, operand: &Operand) -> Result<Self, CompileError> {
        self.arithmetic(&Operator::Concat, operand, false, None)
    }

    /// `expression ** power`.
    pub fn power(&self, operand: &Operand, reversed: bool) -> Result<Self, CompileError> {
        let base = Operand::Expr(self.clone());
        let arguments = if reversed {
            [operand.clone(), base]
        } else {
            [base, operand.clone()]
        };
        super::function::function(&[], "pow", &arguments, None)
    }

    /// `-expression`.
    #[must_use]
    pub fn negative(&self) -> Self {
        Self::unary(Operator::Neg, self, self.type_().clone())
    }

    /// `bitwise_not()`.
    #[must_use]
    pub fn bitwise_not(&self) -> Self {
        Self::unary(Operator::BitwiseNot, self, self.type_().clone())
    }

    /// `asc()`.
    #[must_use]
    pub fn asc(&self) -> Self {
        Self::modified(Operator::Asc, self)
    }

    /// `desc()`.
    #[must_use]
    pub fn desc(&self) -> Self {
        Self::modified(Operator::Desc, self)
    }

    /// `nulls_first()`.
    #[must_use]
    pub fn nulls_first(&self) -> Self {
        Self::modified(Operator::NullsFirst, self)
    }

    /// `nulls_last()`.
    #[must_use]
    pub fn nulls_last(&self) -> Self {
        Self::modified(Operator::NullsLast, self)
    }

    /// `label(name)`.
    #[must_use]
    pub fn label(&self, name: Option<Name>) -> Self {
        super::construct::label(name, self)
    }

    /// `collate(collation)`.
    #[must_use]
    pub fn collate(&self, collation: &str) -> Self {
        collate(self, collation, None)
    }
}

/// The refusal of a value where a condition is wanted.
fn no_condition(value: &Literal) -> CompileError {
    let value = crate::dialect::alembic::sqlalchemy::literal::python_repr(value);
    CompileError::argument(format!(
        "SQL expression for WHERE/HAVING role expected, got {value}."
    ))
}

fn join(operator: &Operator, sides: &[Expr]) -> Expr {
    match operator {
        Operator::And => super::construct::and_(sides),
        _ => super::construct::or_(sides),
    }
}
