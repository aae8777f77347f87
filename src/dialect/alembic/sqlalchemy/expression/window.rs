//! Window functions.

use super::construct::literal;
use super::element::{Element, Expr, Frame, FrameBound};
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::types::SqlType;

/// `call OVER (...)`.
#[derive(Debug, Clone)]
pub struct Over {
    /// The call.
    pub element: Expr,
    /// `PARTITION BY`.
    pub partition_by: Vec<Expr>,
    /// `ORDER BY`.
    pub order_by: Vec<Expr>,
    /// The frame.
    pub frames: WindowFrames,
}

/// A window's frame in one of its three units.
#[derive(Debug, Clone, Default)]
pub struct WindowFrames {
    /// `RANGE`.
    pub range: Option<Frame>,
    /// `ROWS`.
    pub rows: Option<Frame>,
    /// `GROUPS`.
    pub groups: Option<Frame>,
    /// `EXCLUDE`.
    pub exclude: Option<String>,
}

impl Frame {
    /// A frame from a pair of numbers: `None` for no bound, 0 for the current row, negative for rows before it.
    pub fn from_pair(start: Option<i64>, end: Option<i64>) -> Self {
        let bound = |number: Option<i64>| match number {
            None => FrameBound::Unbounded,
            Some(0) => FrameBound::CurrentRow,
            Some(number) => {
                let distance = i64::try_from(number.unsigned_abs()).unwrap_or(i64::MAX);
                let value = literal(Literal::Int(distance), Some(SqlType::integer()));
                if number < 0 {
                    FrameBound::Preceding(value)
                } else {
                    FrameBound::Following(value)
                }
            }
        };
        Self {
            start: bound(start),
            end: bound(end),
        }
    }
}

impl Expr {
    /// `call.over(..)`. Strings in the lists are given as label references.
    pub fn over(
        &self,
        partition_by: Vec<Expr>,
        order_by: Vec<Expr>,
        frames: WindowFrames,
    ) -> Result<Self, CompileError> {
        let given = [&frames.range, &frames.rows, &frames.groups]
            .iter()
            .filter(|frame| frame.is_some())
            .count();
        if given > 1 {
            return Err(CompileError::argument(
                "only one of 'rows', 'range_', or 'groups' may be provided",
            ));
        }
        if frames.exclude.is_some() && given == 0 {
            return Err(CompileError::argument(
                "'exclude' requires that one of 'rows', 'range_', or 'groups' is also specified",
            ));
        }
        let over = Over {
            element: self.clone(),
            partition_by,
            order_by,
            frames,
        };
        Ok(Self::new(
            Element::Over(Box::new(over)),
            self.type_().clone(),
        ))
    }
}
