//! `ORDER BY`, `LIMIT` and locks as text.

use std::fmt::Write as _;

use super::Compiler;
use super::context::Context;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::expression::{Element, Expr, literal};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{ForUpdate, Tail};

impl Compiler<'_> {
    pub(super) fn order_by(
        &mut self,
        tail: &Tail,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut parts = Vec::with_capacity(tail.order_by.len());
        for element in &tail.order_by {
            let label = ordering_label(element)
                .filter(|label| self.selects(label))
                .cloned();
            let inner = Context {
                label: label.or_else(|| context.label.clone()),
                ..context.clone()
            };
            let text = self.expression(element, &inner)?;
            if !text.is_empty() {
                parts.push(text);
            }
        }
        Ok(if parts.is_empty() {
            String::new()
        } else {
            format!(" ORDER BY {}", parts.join(", "))
        })
    }

    /// Whether the query around selects a label.
    fn selects(&self, label: &Expr) -> bool {
        self.scopes
            .last()
            .is_some_and(|scope| scope.columns.iter().any(|column| column.is_same(label)))
    }

    pub(super) fn row_limits(
        &mut self,
        tail: &Tail,
        context: &Context,
    ) -> Result<String, CompileError> {
        if !tail.limits_rows() {
            return Ok(String::new());
        }
        let limit = tail
            .limit
            .as_ref()
            .map(|limit| self.expression(limit, context))
            .transpose()?;
        let offset = tail
            .offset
            .as_ref()
            .map(|offset| self.expression(offset, context))
            .transpose()?;
        if let Some(fetch) = &tail.fetch {
            let count = self.expression(&fetch.count, context)?;
            let percent = if fetch.percent { " PERCENT" } else { "" };
            let ties = if fetch.with_ties { "WITH TIES" } else { "ONLY" };
            let (open, close) = if self.target.is_postgres() {
                ("(", ")")
            } else {
                ("", "")
            };
            let offset = offset
                .map(|offset| format!("\n OFFSET {open}{offset}{close} ROWS"))
                .unwrap_or_default();
            return Ok(format!(
                "{offset}\n FETCH FIRST {open}{count}{close}{percent} ROWS {ties}"
            ));
        }
        if self.target.is_mysql() {
            return Ok(match (limit, offset) {
                (Some(limit), None) => format!(" \n LIMIT {limit}"),
                (None, Some(offset)) => format!(" \n LIMIT {offset}, 18446744073709551615"),
                (Some(limit), Some(offset)) => format!(" \n LIMIT {offset}, {limit}"),
                (None, None) => String::new(),
            });
        }
        let mut text = String::new();
        if self.target.is_postgres() {
            if let Some(limit) = &limit {
                let _ = write!(text, " \n LIMIT {limit}");
            }
            if let Some(offset) = offset {
                if limit.is_none() {
                    text.push_str("\n LIMIT ALL");
                }
                let _ = write!(text, " OFFSET {offset}");
            }
            return Ok(text);
        }
        if let Some(limit) = &limit {
            let _ = write!(text, "\n LIMIT {limit}");
        }
        let Some(offset) = offset else {
            let zero = self.expression(&literal(Literal::Int(0), None), context)?;
            let _ = write!(text, " OFFSET {zero}");
            return Ok(text);
        };
        if limit.is_none() {
            let unlimited =
                self.expression(&literal(Literal::Int(-1), None), &context.forgetful())?;
            let _ = write!(text, "\n LIMIT {unlimited}");
        }
        let _ = write!(text, " OFFSET {offset}");
        Ok(text)
    }

    pub(super) fn for_update(&mut self, lock: &ForUpdate) -> String {
        if self.target.is_sqlite() {
            return String::new();
        }
        let mut text = if self.target.is_mysql() {
            if lock.read {
                " LOCK IN SHARE MODE"
            } else {
                " FOR UPDATE"
            }
            .to_owned()
        } else {
            match (lock.read, lock.key_share) {
                (true, true) => " FOR KEY SHARE",
                (true, false) => " FOR SHARE",
                (false, true) => " FOR NO KEY UPDATE",
                (false, false) => " FOR UPDATE",
            }
            .to_owned()
        };
        if !lock.of.is_empty() && self.target.is_postgres() {
            let names: Vec<String> = lock
                .of
                .iter()
                .filter_map(|from| from.label_name().map(|name| self.alias_text(&name)))
                .collect();
            let _ = write!(text, " OF {}", names.join(", "));
        }
        if lock.nowait {
            text.push_str(" NOWAIT");
        }
        if lock.skip_locked {
            text.push_str(" SKIP LOCKED");
        }
        text
    }
}

/// The label that an element of `ORDER BY` is, or is `DESC` of.
fn ordering_label(element: &Expr) -> Option<&Expr> {
    let mut current = element;
    loop {
        match current.element() {
            Element::Label(_) => return Some(current),
            Element::Modified { element, .. } => current = element,
            _ => return None,
        }
    }
}
