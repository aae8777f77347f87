//! The functions expressions are built with.

use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::element::{
    Anonymous, Binary, BinaryModifiers, Bind, BindKey, ColumnElement, Element, Expr,
    ExpressionList, Label, LabelName,
};
use super::operate::Operand;
use super::operator::Operator;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{Query, Select};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{SqlType, TypeClass};

static NEXT_SEED: AtomicUsize = AtomicUsize::new(1);

impl Anonymous {
    /// A made up name of its own with a first part.
    pub fn fresh(body: &str) -> Self {
        Self {
            seed: NEXT_SEED.fetch_add(1, Ordering::Relaxed),
            body: body.into(),
        }
    }
}

/// `column(name, type)`.
pub fn column(name: impl Into<Name>, type_: Option<SqlType>) -> Expr {
    let name = name.into();
    let column = ColumnElement {
        key: Rc::from(name.as_str()),
        name,
        table: None,
        is_literal: false,
        anonymous: None,
        proxied: None,
    };
    Expr::new(Element::Column(column), type_.unwrap_or_else(SqlType::null))
}

/// `literal_column(text, type)`.
pub fn literal_column(text: &str, type_: Option<SqlType>) -> Expr {
    let column = ColumnElement {
        name: Name::new(text),
        key: text.into(),
        table: None,
        is_literal: true,
        anonymous: None,
        proxied: None,
    };
    Expr::new(Element::Column(column), type_.unwrap_or_else(SqlType::null))
}

/// `null()`.
pub fn null() -> Expr {
    Expr::new(Element::Null, SqlType::null())
}

/// `true()`.
pub fn true_() -> Expr {
    Expr::new(Element::True, SqlType::boolean())
}

/// `false()`.
pub fn false_() -> Expr {
    Expr::new(Element::False, SqlType::boolean())
}

/// `literal(value, type)`.
pub fn literal(value: Literal, type_: Option<SqlType>) -> Expr {
    unique_bind("param", value, type_)
}

/// `op.inline_literal(value, type)`: a literal that is no parameter even where values are.
pub fn inline_literal(value: Literal, type_: Option<SqlType>) -> Expr {
    let type_ = type_.unwrap_or_else(|| value.inferred_type());
    let bind = Bind {
        key: BindKey::Unique(Anonymous::fresh("param")),
        value: Some(value),
        expanding: None,
        literal_execute: true,
    };
    Expr::new(Element::Bind(bind), type_)
}

/// A parameter whose name is made up from a first part.
pub(in crate::dialect::alembic::sqlalchemy) fn unique_bind(
    body: &str,
    value: Literal,
    type_: Option<SqlType>,
) -> Expr {
    let type_ = type_.unwrap_or_else(|| value.inferred_type());
    let bind = Bind {
        key: BindKey::Unique(Anonymous::fresh(&sanitized(body))),
        value: Some(value),
        expanding: None,
        literal_execute: false,
    };
    Expr::new(Element::Bind(bind), type_)
}

/// The first part of a made up parameter name, without the characters that parameters may not contain.
pub(in crate::dialect::alembic::sqlalchemy) fn sanitized(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut replaced = false;
    for character in body.chars() {
        if matches!(
            character,
            '%' | '(' | ')' | ' ' | '$' | '.' | '[' | ']' | ':'
        ) {
            if !replaced {
                out.push('_');
            }
            replaced = true;
        } else {
            out.push(character);
            replaced = false;
        }
    }
    out.trim_matches('_').to_owned()
}

/// `bindparam(key, value, type, unique=..)`. No value means that the statement's execution must give one.
pub fn bind(
    key: Option<&str>,
    value: Option<Literal>,
    type_: Option<SqlType>,
    unique: bool,
) -> Expr {
    let type_ = type_.unwrap_or_else(|| {
        value
            .as_ref()
            .map_or_else(SqlType::null, Literal::inferred_type)
    });
    let name = match key {
        Some(key) if !unique => BindKey::Named(key.into()),
        Some(key) => BindKey::Unique(Anonymous::fresh(&sanitized(key))),
        None => BindKey::Unique(Anonymous::fresh("param")),
    };
    let bind = Bind {
        key: name,
        value,
        expanding: None,
        literal_execute: false,
    };
    Expr::new(Element::Bind(bind), type_)
}

/// `bindparam(key, value, type, expanding=True)`: a list for an `IN`.
pub fn expanding_bind(
    key: Option<&str>,
    value: Option<Literal>,
    type_: Option<SqlType>,
    unique: bool,
) -> Expr {
    let first = match &value {
        Some(Literal::List(items) | Literal::Tuple(items)) => items.first().cloned(),
        _ => None,
    };
    let type_ = type_.unwrap_or_else(|| {
        first
            .as_ref()
            .map_or_else(SqlType::null, Literal::inferred_type)
    });
    let plain = bind(key, value, Some(type_.clone()), unique);
    let Element::Bind(bind) = plain.element() else {
        return plain;
    };
    let bind = Bind {
        expanding: Some(Operator::In),
        ..bind.clone()
    };
    Expr::new(Element::Bind(bind), type_)
}

/// `label(name, expression)`; no name means a made up one.
pub fn label(name: Option<Name>, expression: &Expr) -> Expr {
    let mut element = expression;
    while let Element::Label(label) = element.element() {
        element = &label.element;
    }
    let name = match name {
        Some(name) => LabelName::Given(name),
        None => LabelName::Anonymous(Anonymous::fresh(
            &element.plain_name().unwrap_or_else(|| "anon".into()),
        )),
    };
    let label = Label {
        name,
        element: element.clone(),
    };
    Expr::new(Element::Label(label), element.type_().clone())
}

fn condition(operator: Operator, clauses: &[Expr]) -> Expr {
    let is_skip = |clause: &Expr| match operator {
        Operator::And => matches!(clause.element(), Element::False),
        _ => matches!(clause.element(), Element::True),
    };
    let is_continue = |clause: &Expr| match operator {
        Operator::And => matches!(clause.element(), Element::True),
        _ => matches!(clause.element(), Element::False),
    };
    let converted = conditions(clauses, &operator, is_continue, is_skip);
    match converted.as_slice() {
        [] => Expr::new(
            Element::List(ExpressionList {
                operator,
                clauses: Vec::new(),
                group: true,
                condition: true,
            }),
            SqlType::boolean(),
        ),
        [only] => only.clone(),
        several => {
            let mut flat = Vec::with_capacity(several.len());
            for clause in several {
                match clause.element() {
                    Element::List(list) if list.operator == operator => {
                        flat.extend(list.clauses.iter().cloned());
                    }
                    Element::Binary(binary) if binary.operator == operator => {
                        flat.extend([binary.left.clone(), binary.right.clone()]);
                    }
                    _ => flat.push(clause.clone()),
                }
            }
            Expr::new(
                Element::List(ExpressionList {
                    operator,
                    clauses: flat,
                    group: true,
                    condition: true,
                }),
                SqlType::boolean(),
            )
        }
    }
}

/// The conditions that remain once constants have had their say, each between parentheses where it needs them.
fn conditions(
    clauses: &[Expr],
    operator: &Operator,
    is_continue: impl Fn(&Expr) -> bool,
    is_skip: impl Fn(&Expr) -> bool,
) -> Vec<Expr> {
    let mut kept: Vec<Expr> = Vec::with_capacity(clauses.len());
    let mut constant = None;
    let mut against = &Operator::AsBool;
    for clause in clauses {
        if is_continue(clause) {
            constant = Some(clause.clone());
        } else if is_skip(clause) {
            kept = vec![clause.clone()];
            break;
        } else {
            if !kept.is_empty() {
                against = operator;
            }
            kept.push(clause.clone());
        }
    }
    if kept.is_empty() {
        kept.extend(constant);
    }
    kept.iter()
        .map(|clause| clause.self_group(Some(against)))
        .collect()
}

/// The conditions of a `WHERE`, ready to be joined by `AND`.
pub(in crate::dialect::alembic::sqlalchemy) fn where_conditions(clauses: &[Expr]) -> Vec<Expr> {
    conditions(
        clauses,
        &Operator::And,
        |clause| matches!(clause.element(), Element::True),
        |clause| matches!(clause.element(), Element::False),
    )
}

/// `and_(..)`.
pub fn and_(clauses: &[Expr]) -> Expr {
    condition(Operator::And, clauses)
}

/// `or_(..)`.
pub fn or_(clauses: &[Expr]) -> Expr {
    condition(Operator::Or, clauses)
}

/// `not_(expression)`.
pub fn not_(expression: &Expr) -> Expr {
    expression.negate()
}

/// `cast(operand, type)`.
pub fn cast(operand: &Operand, type_: &SqlType) -> Result<Expr, CompileError> {
    Ok(Expr::new(
        Element::Cast(typed(operand, type_)?),
        type_.clone(),
    ))
}

/// `try_cast(operand, type)`.
pub fn try_cast(operand: &Operand, type_: &SqlType) -> Result<Expr, CompileError> {
    Ok(Expr::new(
        Element::TryCast(typed(operand, type_)?),
        type_.clone(),
    ))
}

/// `type_coerce(operand, type)`.
pub fn type_coerce(operand: &Operand, type_: &SqlType) -> Result<Expr, CompileError> {
    let inner = typed(operand, type_)?;
    let inner = if matches!(inner.element(), Element::Bind(_)) {
        inner.with_type(type_.clone())
    } else {
        inner
    };
    Ok(Expr::new(Element::TypeCoerce(inner), type_.clone()))
}

/// A value taken for a type, or an expression as it is.
fn typed(operand: &Operand, type_: &SqlType) -> Result<Expr, CompileError> {
    match operand {
        Operand::Literal(value) if !value.is_none() => {
            Ok(literal(value.clone(), Some(type_.clone())))
        }
        Operand::List(items) => {
            let values: Option<Vec<Literal>> = items
                .iter()
                .map(|item| {
                    if let Operand::Literal(value) = item {
                        Some(value.clone())
                    } else {
                        None
                    }
                })
                .collect();
            match values {
                Some(values) => Ok(literal(Literal::List(values.into()), Some(type_.clone()))),
                None => operand.as_argument(None),
            }
        }
        other => other.as_argument(None),
    }
}

/// `case((condition, result), .., value=.., else_=..)`.
pub fn case(
    whens: &[(Operand, Operand)],
    value: Option<&Operand>,
    otherwise: Option<&Operand>,
) -> Result<Expr, CompileError> {
    let mut pairs = Vec::with_capacity(whens.len());
    for (condition, result) in whens {
        pairs.push((
            condition.as_argument(None)?.self_group(None),
            result.as_argument(None)?,
        ));
    }
    let value = value.map(|value| value.as_argument(None)).transpose()?;
    let otherwise = match otherwise {
        None | Some(Operand::Literal(Literal::None)) => None,
        Some(operand) => Some(operand.as_argument(None)?),
    };
    let type_ = pairs
        .iter()
        .rev()
        .map(|(_, result)| result.type_())
        .find(|type_| !type_.is_null())
        .cloned();
    let type_ = type_
        .or_else(|| otherwise.as_ref().map(|other| other.type_().clone()))
        .unwrap_or_else(SqlType::null);
    Ok(Expr::new(
        Element::Case {
            value,
            whens: pairs,
            otherwise,
        },
        type_,
    ))
}

/// `extract(field, expression)`.
pub fn extract(field: &str, expression: &Operand) -> Result<Expr, CompileError> {
    let element = Element::Extract {
        field: field.to_owned(),
        expression: expression.as_argument(None)?,
    };
    Ok(Expr::new(element, SqlType::integer()))
}

/// `collate(expression, collation)`.
pub fn collate(expression: &Expr, collation: &str, schema: Option<&str>) -> Expr {
    let right = Expr::new(
        Element::Collation {
            name: collation.to_owned(),
            schema: schema.map(str::to_owned),
        },
        SqlType::null(),
    );
    Expr::binary_element(
        Binary {
            left: expression.clone(),
            right,
            operator: Operator::Collate,
            negate: None,
            modifiers: BinaryModifiers::default(),
        },
        expression.type_().clone(),
    )
}

/// `distinct(expression)`.
pub fn distinct(expression: &Expr) -> Expr {
    Expr::unary(Operator::Distinct, expression, expression.type_().clone())
}

/// `tuple_(..)`.
pub fn tuple(operands: &[Operand]) -> Result<Expr, CompileError> {
    let clauses: Vec<Expr> = operands
        .iter()
        .map(|operand| operand.as_argument(None))
        .collect::<Result<_, _>>()?;
    let type_ = SqlType::tuple(
        clauses
            .iter()
            .map(|clause| clause.type_().clone())
            .collect(),
    );
    let clauses = clauses
        .iter()
        .map(|clause| clause.self_group(Some(&Operator::Comma)))
        .collect();
    Ok(Expr::new(Element::Tuple(clauses), type_))
}

/// PostgreSQL's `array([..], type_=..)`.
pub fn array(operands: &[Operand], type_: Option<SqlType>) -> Result<Expr, CompileError> {
    let clauses: Vec<Expr> = operands
        .iter()
        .map(|operand| operand.as_argument(None))
        .collect::<Result<_, _>>()?;
    let item = type_
        .or_else(|| clauses.first().map(|first| first.type_().clone()))
        .unwrap_or_else(SqlType::null);
    let type_ = match (item.class(), &item.arguments().item) {
        (TypeClass::PostgresArray, Some(inner)) => {
            let dimensions = item
                .arguments()
                .dimensions
                .map_or(2, |dimensions| dimensions + 1);
            SqlType::array(TypeClass::PostgresArray, inner.clone(), Some(dimensions))
        }
        _ => SqlType::array(TypeClass::PostgresArray, item, None),
    };
    Ok(Expr::new(Element::Array(clauses), type_))
}

/// `exists(query)`.
pub fn exists(query: &Query) -> Expr {
    Expr::new(
        Element::Unary {
            operator: Operator::Exists,
            element: query.scalar(),
        },
        SqlType::boolean(),
    )
}

/// `exists().where(..)` before anything was said of its query: `SELECT *`.
pub fn exists_anything() -> Expr {
    exists(&Query::from(Select::new(vec![literal_column("*", None)])))
}

/// `any_(expression)`.
pub fn any_(expression: &Expr) -> Expr {
    Expr::unary(
        Operator::Any,
        &expression.self_group(None),
        SqlType::boolean(),
    )
}

/// `all_(expression)`.
pub fn all_(expression: &Expr) -> Expr {
    Expr::unary(
        Operator::All,
        &expression.self_group(None),
        SqlType::boolean(),
    )
}

/// Which items of an array a value is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// `ANY`.
    Any,
    /// `ALL`.
    All,
}

/// `array.any(value, operator)` and `array.all(value, operator)`.
pub fn compare_items(
    quantifier: Quantifier,
    array: &Expr,
    operator: &Operator,
    operand: &Operand,
) -> Result<Expr, CompileError> {
    let items = match quantifier {
        Quantifier::Any => any_(array),
        Quantifier::All => all_(array),
    };
    let operand = match operand {
        Operand::Literal(value) if !value.is_none() => Operand::Expr(literal(
            value.clone(),
            array.type_().plain().arguments().item.clone(),
        )),
        other => other.clone(),
    };
    items.operate(&operator.mirrored(), &operand)
}

/// A string in `order_by`, `group_by` and the like: the name of a label or column of the query.
pub fn label_reference(name: &str) -> Expr {
    Expr::new(Element::LabelReference(name.to_owned()), SqlType::null())
}

impl Expr {
    /// The query of a scalar subquery or of `exists(..)`.
    pub fn query(&self) -> Option<&Query> {
        match self.element() {
            Element::ScalarQuery(query) => Some(query),
            Element::Unary {
                operator: Operator::Exists,
                element,
            }
            | Element::Grouping(element) => element.query(),
            _ => None,
        }
    }

    /// The name of a column, label or function.
    pub(in crate::dialect::alembic::sqlalchemy) fn plain_name(&self) -> Option<String> {
        match self.element() {
            Element::Column(column) => Some(column.name.as_str().to_owned()),
            Element::Label(Label {
                name: LabelName::Given(name),
                ..
            }) => Some(name.as_str().to_owned()),
            Element::Function(function) => Some(function.name.as_str().to_owned()),
            Element::NextValue { .. } => Some("next_value".to_owned()),
            Element::Grouping(inner) => inner.plain_name(),
            _ => None,
        }
    }
}
