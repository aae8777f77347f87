//! The operators that only PostgreSQL's types have.

use super::element::Expr;
use super::operate::Operand;
use super::operator::Operator;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::types::{Family, Module, SqlType, TypeClass};

impl Expr {
    /// An operator method that only a type of PostgreSQL has: `has_key`, `contained_by`, `overlap` and the like.
    /// `None` where the type has no such method.
    pub fn postgres_operator(
        &self,
        method: &str,
        operand: &Operand,
    ) -> Option<Result<Self, CompileError>> {
        let type_ = self.type_().plain();
        if type_.class().module() != Module::Postgres {
            return None;
        }
        let operator = postgres_method(type_.family(), type_.class(), method)?;
        if method == "delete_path" {
            return Some(self.delete_path(operand));
        }
        Some(self.operate(&operator, operand))
    }

    fn delete_path(&self, operand: &Operand) -> Result<Self, CompileError> {
        let path = match operand {
            Operand::List(items) => super::construct::array(items, None)?,
            Operand::Literal(Literal::List(items)) => {
                let operands: Vec<Operand> = items.iter().cloned().map(Operand::Literal).collect();
                super::construct::array(&operands, None)?
            }
            other => other.as_argument(None)?,
        };
        let text = SqlType::array(
            TypeClass::PostgresArray,
            SqlType::new(TypeClass::TextUpper),
            None,
        );
        let right = super::construct::cast(&Operand::Expr(path), &text)?;
        Ok(self.join_sides(
            Operator::postgres_path("#-"),
            right,
            false,
            Some(SqlType::new(TypeClass::Jsonb)),
        ))
    }
}

fn postgres_method(family: Family, class: TypeClass, method: &str) -> Option<Operator> {
    let ranges = matches!(family, Family::Range | Family::Multirange);
    let keyed = family == Family::Hstore || class == TypeClass::Jsonb;
    Some(match method {
        "has_key" if keyed => Operator::postgres_comparison("?", true),
        "has_all" if keyed => Operator::postgres_comparison("?&", true),
        "has_any" if keyed => Operator::postgres_comparison("?|", true),
        "contained_by" if keyed || ranges || family == Family::Array => {
            Operator::postgres_comparison("<@", true)
        }
        "path_exists" if class == TypeClass::Jsonb => Operator::postgres_comparison("@?", true),
        "path_match" if class == TypeClass::Jsonb => Operator::postgres_comparison("@@", true),
        "delete_path" if class == TypeClass::Jsonb => Operator::postgres_path("#-"),
        "overlap" if family == Family::Array => Operator::postgres_comparison("&&", false),
        "overlaps" if ranges => Operator::postgres_comparison("&&", false),
        "strictly_left_of" if ranges => Operator::postgres_comparison("<<", false),
        "strictly_right_of" if ranges => Operator::postgres_comparison(">>", false),
        "not_extend_right_of" if ranges => Operator::postgres_comparison("&<", false),
        "not_extend_left_of" if ranges => Operator::postgres_comparison("&>", false),
        "adjacent_to" if ranges => Operator::postgres_comparison("-|-", false),
        "union" if ranges => Operator::Add,
        "difference" if ranges => Operator::Sub,
        "intersection" if ranges => Operator::Mul,
        _ => return None,
    })
}
