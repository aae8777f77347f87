//! `text()`: SQL of the author's own with named values in it.

use std::rc::Rc;

use super::element::{Bind, BindKey, Element, Expr};
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::types::SqlType;

/// SQL of the author's own.
#[derive(Debug, Clone)]
pub struct TextClause {
    /// The text as it was given.
    pub text: Rc<str>,
    /// The values for the names in it, in order of first use.
    pub binds: Vec<(Rc<str>, Expr)>,
}

/// A piece of such text.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::dialect::alembic::sqlalchemy) enum Piece<'t> {
    /// Text as it is.
    Verbatim(&'t str),
    /// The name of a value.
    Name(&'t str),
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Cuts text at the names of values: `:name` where no colon, word character or backslash stands before it and no
/// colon or word character behind.
pub(in crate::dialect::alembic::sqlalchemy) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut kept = 0;
    let mut from = 0;
    while let Some(found) = text[from..].find(':') {
        let colon = from + found;
        let name_start = colon + 1;
        let rest = &text[name_start..];
        let name_length = rest
            .find(|character| !is_word(character))
            .unwrap_or(rest.len());
        let before = text[..colon].chars().next_back();
        let blocked = before
            .is_some_and(|character| character == ':' || character == '\\' || is_word(character));
        let after_colon = rest[name_length..].starts_with(':');
        if name_length == 0 || blocked || after_colon {
            from = name_start;
            continue;
        }
        if kept < colon {
            pieces.push(Piece::Verbatim(&text[kept..colon]));
        }
        pieces.push(Piece::Name(&rest[..name_length]));
        kept = name_start + name_length;
        from = kept;
    }
    if kept < text.len() {
        pieces.push(Piece::Verbatim(&text[kept..]));
    }
    pieces
}

/// Takes the backslash away from `\:name`.
pub(in crate::dialect::alembic::sqlalchemy) fn unescape_colons(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\:") {
        out.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        let word = after
            .find(|character| !is_word(character))
            .unwrap_or(after.len());
        // The expression backs off one word character at a time until no colon or word character follows,
        // which it can only do when the whole word is followed by neither.
        if after[word..].starts_with(':') {
            out.push('\\');
        }
        out.push(':');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `text()`.
pub fn text(sql: &str) -> Expr {
    let mut binds: Vec<(Rc<str>, Expr)> = Vec::new();
    for piece in pieces(sql) {
        if let Piece::Name(name) = piece
            && !binds.iter().any(|(known, _)| **known == *name)
        {
            let bind = Bind {
                key: BindKey::Named(name.into()),
                value: None,
                expanding: None,
                literal_execute: false,
            };
            binds.push((name.into(), Expr::new(Element::Bind(bind), SqlType::null())));
        }
    }
    Expr::new(
        Element::Text(TextClause {
            text: sql.into(),
            binds,
        }),
        SqlType::null(),
    )
}

impl TextClause {
    fn slot(&mut self, name: &str) -> Result<&mut Expr, CompileError> {
        self.binds
            .iter_mut()
            .find(|(known, _)| **known == *name)
            .map(|(_, bind)| bind)
            .ok_or_else(|| {
                CompileError::argument(format!(
                    "This text() construct doesn't define a bound parameter named {}",
                    crate::dialect::alembic::sqlalchemy::literal::python_repr(&Literal::text(name))
                ))
            })
    }

    /// `bindparams(name=value)`.
    pub fn bind_value(&mut self, name: &str, value: Literal) -> Result<(), CompileError> {
        let slot = self.slot(name)?;
        let Element::Bind(bind) = slot.element() else {
            return Ok(());
        };
        let mut bind = bind.clone();
        let type_ = if slot.type_().is_null() {
            value.inferred_type()
        } else {
            slot.type_().clone()
        };
        bind.value = Some(value);
        *slot = Expr::new(Element::Bind(bind), type_);
        Ok(())
    }

    /// `bindparams(bindparam(name, ..))`.
    pub fn bind_parameter(&mut self, parameter: &Expr) -> Result<(), CompileError> {
        let name = match parameter.element() {
            Element::Bind(Bind {
                key: BindKey::Named(name),
                ..
            }) => name.clone(),
            Element::Bind(Bind {
                key: BindKey::Unique(anonymous),
                ..
            }) => anonymous.body.clone(),
            _ => {
                return Err(CompileError::argument(
                    "bindparams() takes bindparam() objects",
                ));
            }
        };
        *self.slot(&name)? = parameter.clone();
        Ok(())
    }
}
