//! Values in the text.

use super::context::Context;
use super::{Binds, Compiler, Parameter};
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::expression::{Bind, BindKey, Expr, Operator};
use crate::dialect::alembic::sqlalchemy::literal::{Literal, literal_text, parameter_value};
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType};
use crate::python::float_repr;

impl Compiler<'_> {
    pub(super) fn bind(
        &mut self,
        bind: &Bind,
        type_: &SqlType,
        context: &Context,
    ) -> Result<String, CompileError> {
        let given = match &bind.key {
            BindKey::Named(name) => self.options.parameters.get(&**name).cloned(),
            BindKey::Unique(_) => None,
        };
        let value = given.or_else(|| bind.value.clone());
        if let Some(operator) = &bind.expanding {
            return self.expanding(bind, operator, value.as_ref(), type_, context);
        }
        if let (None, BindKey::Named(name), true) = (&value, &bind.key, self.options.refuse_unbound)
        {
            return Err(CompileError::of(
                ErrorClass::Compile,
                format!(
                    "The text has a parameter :{name} without a value, which would be printed as \
                     NULL. Write \\:{name} if the colon belongs to the text."
                ),
            ));
        }
        match context.binds {
            Binds::Literal => self.literal_or_null(value.as_ref(), type_),
            _ if bind.literal_execute => self.literal_or_null(value.as_ref(), type_),
            Binds::Named => {
                let name = self.bind_name(bind);
                Ok(self.with_named_cast(format!(":{name}"), type_))
            }
            Binds::Numbered | Binds::Inline => {
                let name = self.bind_name(bind);
                let Some(value) = value else {
                    return Err(CompileError::of(
                        ErrorClass::InvalidRequest,
                        format!("A value is required for bind parameter '{name}'"),
                    ));
                };
                self.numbered(name, &value, type_, matches!(bind.key, BindKey::Named(_)))
            }
        }
    }

    fn literal_or_null(
        &mut self,
        value: Option<&Literal>,
        type_: &SqlType,
    ) -> Result<String, CompileError> {
        match value {
            None | Some(Literal::None) => Ok("NULL".into()),
            Some(value) => {
                let text = self.literal(value, type_)?;
                self.written(text)
            }
        }
    }

    /// A value as a literal of a type.
    pub(super) fn literal(&self, value: &Literal, type_: &SqlType) -> Result<String, CompileError> {
        literal_text(value, type_, self.target)
    }

    /// A string as a literal.
    pub(super) fn string_literal(&self, text: &str) -> Result<String, CompileError> {
        self.literal(&Literal::text(text), &SqlType::string())
    }

    fn bind_name(&mut self, bind: &Bind) -> String {
        match &bind.key {
            BindKey::Named(name) => name.to_string(),
            BindKey::Unique(anonymous) => {
                let name = self.anonymous(anonymous);
                self.shortened("bindparam", name)
            }
        }
    }

    fn numbered(
        &mut self,
        name: String,
        value: &Literal,
        type_: &SqlType,
        shared: bool,
    ) -> Result<String, CompileError> {
        if self.options.binds == Binds::Inline {
            let sent = parameter_value(value, type_, self.target)?;
            let written = self.sent(&sent)?;
            let written = self.written(written)?;
            return Ok(self.with_cast(written, type_));
        }
        let known = if shared {
            self.numbers.get(&name).copied()
        } else {
            None
        };
        let number = if let Some(number) = known {
            number
        } else {
            let value = parameter_value(value, type_, self.target)?;
            self.parameters.push(Parameter {
                name: name.clone(),
                value,
                type_: type_.clone(),
            });
            let number = self.parameters.len();
            if shared {
                self.numbers.insert(name, number);
            }
            number
        };
        let mark = if self.target.is_postgres() { '$' } else { '?' };
        Ok(self.with_cast(format!("{mark}{number}"), type_))
    }

    /// A value as a driver sends it, written into the text.
    fn sent(&self, value: &Literal) -> Result<String, CompileError> {
        Ok(match value {
            Literal::None => "NULL".into(),
            Literal::Bool(truth) if self.target.is_postgres() => truth.to_string(),
            Literal::Bool(truth) => u8::from(*truth).to_string(),
            Literal::Int(number) => number.to_string(),
            Literal::BigInt(digits) | Literal::Decimal(digits) => digits.to_string(),
            Literal::Float(number) if number.is_finite() => float_repr(*number),
            Literal::Float(number) => self.string_literal(&float_repr(*number))?,
            Literal::Bytes(bytes) => {
                let hex = hex::encode(bytes);
                if self.target.is_postgres() {
                    format!("'\\x{hex}'::bytea")
                } else {
                    format!("X'{hex}'")
                }
            }
            Literal::Str(text) => self.string_literal(text)?,
            Literal::List(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| self.sent(item))
                    .collect::<Result<_, _>>()?;
                format!("ARRAY[{}]", items.join(", "))
            }
            other => self.literal(other, &other.inferred_type())?,
        })
    }

    fn expanding(
        &mut self,
        bind: &Bind,
        operator: &Operator,
        value: Option<&Literal>,
        type_: &SqlType,
        context: &Context,
    ) -> Result<String, CompileError> {
        let items = match value {
            Some(Literal::List(items) | Literal::Tuple(items)) => items.clone(),
            None | Some(Literal::None) if context.binds == Binds::Literal => {
                return Ok("(NULL)".into());
            }
            None | Some(Literal::None) => {
                let name = self.bind_name(bind);
                return Err(CompileError::of(
                    ErrorClass::InvalidRequest,
                    format!("A value is required for bind parameter '{name}'"),
                ));
            }
            Some(single) => [single.clone()].into(),
        };
        if context.binds == Binds::Named {
            let name = self.bind_name(bind);
            return Ok(format!("(__[POSTCOMPILE_{name}])"));
        }
        if items.is_empty() {
            return Ok(format!("({})", self.empty_set(operator, type_)));
        }
        let tuples = type_.family() == Family::Tuple
            || (type_.is_null()
                && matches!(items.first(), Some(Literal::Tuple(_) | Literal::List(_))));
        let mut parts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            parts.push(match item {
                Literal::Tuple(values) | Literal::List(values) if tuples => {
                    let mut inner = Vec::with_capacity(values.len());
                    for (place, value) in values.iter().enumerate() {
                        let type_ = type_
                            .arguments()
                            .types
                            .get(place)
                            .cloned()
                            .unwrap_or_else(|| value.inferred_type());
                        inner.push(self.expanded(
                            bind,
                            &format!("{}_{}", index + 1, place + 1),
                            value,
                            &type_,
                            context,
                        )?);
                    }
                    format!("({})", inner.join(", "))
                }
                value => self.expanded(bind, &(index + 1).to_string(), value, type_, context)?,
            });
        }
        let values = if tuples && self.target.is_sqlite() {
            "VALUES "
        } else {
            ""
        };
        Ok(format!("({values}{})", parts.join(", ")))
    }

    fn expanded(
        &mut self,
        bind: &Bind,
        place: &str,
        value: &Literal,
        type_: &SqlType,
        context: &Context,
    ) -> Result<String, CompileError> {
        if context.binds == Binds::Literal || bind.literal_execute {
            let text = self.literal(value, type_)?;
            return self.written(text);
        }
        let name = format!("{}_{place}", self.bind_name(bind));
        self.numbered(name, value, type_, false)
    }

    /// What stands between the parentheses of `IN ()`.
    fn empty_set(&self, operator: &Operator, type_: &SqlType) -> String {
        let members = &type_.arguments().types;
        let count = if type_.family() == Family::Tuple {
            members.len().max(1)
        } else {
            1
        };
        if self.target.is_sqlite() {
            let ones = vec!["1"; count].join(", ");
            let values = if type_.family() == Family::Tuple {
                "VALUES "
            } else {
                ""
            };
            return format!("{values}SELECT {ones} FROM (SELECT {ones}) WHERE 1!=1");
        }
        let nulls = if count > 1 {
            format!("({})", vec!["NULL"; count].join(", "))
        } else {
            "NULL".to_owned()
        };
        match operator {
            Operator::NotIn => format!("{nulls}) OR (1 = 1"),
            _ => format!("{nulls}) AND (1 != 1"),
        }
    }

    /// A parameter that belongs to a column, whose value is yet to come.
    pub(super) fn column_parameter(&mut self, key: &str, type_: &SqlType) -> String {
        self.with_named_cast(format!(":{key}"), type_)
    }

    /// A bind parameter that takes an unknown type from a column.
    pub(super) fn typed_for(expression: &Expr, type_: &SqlType) -> Expr {
        if expression.type_().is_null() {
            expression.with_type(type_.clone())
        } else {
            expression.clone()
        }
    }
}
