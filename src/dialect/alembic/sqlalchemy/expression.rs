//! Expressions.
/// An expression.
#[derive(Debug, Clone)]
pub struct Expr;
