//! Values that can be told from the text alone: literals, names of other constants, and strings
//! put together from them.

use std::collections::HashMap;

use ruff_python_ast::{
    ConversionFlag, Expr, FStringPart, InterpolatedStringElement, Number, Operator, UnaryOp,
};
use ruff_text_size::{Ranged as _, TextRange};

/// A value known without running anything.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// A tuple, list or set.
    Sequence(Vec<Constant>),
    /// A list that has to stay one where it is shown.
    List(Vec<Constant>),
}

impl Constant {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, of what has some.
    pub fn items(&self) -> Option<&[Constant]> {
        match self {
            Self::Sequence(items) | Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// What Python takes it for in a condition.
    pub fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Text(text) => !text.is_empty(),
            Self::Sequence(items) | Self::List(items) => !items.is_empty(),
        }
    }
}

/// An expression whose value depends on more than literals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotConstant {
    /// The expression, or the part of it that is to blame.
    pub range: TextRange,
    /// What it is, in words.
    pub construct: &'static str,
}

/// Names of constants assigned so far.
pub type Constants = HashMap<String, Constant>;

/// Nesting beyond which an expression is not looked at.
const DEPTH: usize = 64;

/// Tells the value of an expression, if literals and known names are all it has.
pub fn constant(expression: &Expr, known: &Constants) -> Result<Constant, NotConstant> {
    value(expression, known, DEPTH)
}

fn value(expression: &Expr, known: &Constants, depth: usize) -> Result<Constant, NotConstant> {
    let refused = |construct| NotConstant {
        range: expression.range(),
        construct,
    };
    let Some(depth) = depth.checked_sub(1) else {
        return Err(refused("an expression nested too deeply"));
    };
    match expression {
        Expr::NoneLiteral(_) => Ok(Constant::None),
        Expr::BooleanLiteral(literal) => Ok(Constant::Bool(literal.value)),
        Expr::StringLiteral(literal) => Ok(Constant::Text(newlines(literal.value.to_str()))),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int
                .as_i64()
                .map(Constant::Int)
                .ok_or_else(|| refused("a very large number")),
            _ => Err(refused("a number that is not whole")),
        },
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => {
            match value(&unary.operand, known, depth)? {
                Constant::Int(int) => Ok(Constant::Int(int.saturating_neg())),
                _ => Err(refused("an operator")),
            }
        }
        Expr::Tuple(tuple) => sequence(&tuple.elts, known, depth),
        Expr::List(list) => sequence(&list.elts, known, depth),
        Expr::Set(set) => sequence(&set.elts, known, depth),
        Expr::Name(name) => known
            .get(name.id.as_str())
            .cloned()
            .ok_or_else(|| refused("a name that is no constant of this file")),
        Expr::BinOp(operation) if operation.op == Operator::Add => {
            let left = value(&operation.left, known, depth)?;
            let right = value(&operation.right, known, depth)?;
            match (left, right) {
                (Constant::Text(left), Constant::Text(right)) => Ok(Constant::Text(left + &right)),
                (Constant::Int(left), Constant::Int(right)) => left
                    .checked_add(right)
                    .map(Constant::Int)
                    .ok_or_else(|| refused("a very large number")),
                (Constant::Sequence(mut left), Constant::Sequence(right)) => {
                    left.extend(right);
                    Ok(Constant::Sequence(left))
                }
                _ => Err(refused("an operator")),
            }
        }
        Expr::FString(format) => {
            let mut text = String::new();
            for part in &format.value {
                match part {
                    FStringPart::Literal(literal) => text.push_str(&newlines(&literal.value)),
                    FStringPart::FString(format) => {
                        for element in &format.elements {
                            let shown = interpolated(element, known, depth)?;
                            text.push_str(&shown.ok_or_else(|| refused("an f-string"))?);
                        }
                    }
                }
            }
            Ok(Constant::Text(text))
        }
        Expr::Call(_) => Err(refused("a call")),
        Expr::Attribute(_) => Err(refused("an attribute")),
        Expr::Subscript(_) => Err(refused("a subscript")),
        Expr::If(_) => Err(refused("a conditional expression")),
        Expr::BytesLiteral(_) => Err(refused("bytes")),
        _ => Err(refused("an expression")),
    }
}

/// The text of one part of an f-string; nothing for parts with formats of their own.
fn interpolated(
    element: &InterpolatedStringElement,
    known: &Constants,
    depth: usize,
) -> Result<Option<String>, NotConstant> {
    match element {
        InterpolatedStringElement::Literal(literal) => Ok(Some(newlines(&literal.value))),
        InterpolatedStringElement::Interpolation(part) => {
            let plain = part.format_spec.is_none()
                && part.conversion == ConversionFlag::None
                && part.debug_text.is_none();
            Ok(match value(&part.expression, known, depth)? {
                Constant::Text(text) if plain => Some(text),
                Constant::Int(int) if plain => Some(int.to_string()),
                _ => None,
            })
        }
    }
}

fn sequence(items: &[Expr], known: &Constants, depth: usize) -> Result<Constant, NotConstant> {
    let items: Result<Vec<_>, _> = items.iter().map(|item| value(item, known, depth)).collect();
    items.map(Constant::Sequence)
}

/// Line ends as Python sees them.
fn newlines(text: &str) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    }
}
