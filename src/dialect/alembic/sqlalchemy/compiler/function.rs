//! Calls as text.

use super::Compiler;
use super::context::Context;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::expression::{Element, Expr, Function};

impl Compiler<'_> {
    pub(super) fn function(
        &mut self,
        function: &Function,
        context: &Context,
    ) -> Result<String, CompileError> {
        let context = Context {
            in_columns: false,
            label: None,
            ..context.clone()
        };
        let lowered = function.name.as_str().to_lowercase();
        let special = self.special_function(&lowered, function, &context)?;
        let mut text = match special {
            Some(text) => text,
            None => self.plain_function(function, &context)?,
        };
        if function.with_ordinality {
            text.push_str(" WITH ORDINALITY");
        }
        Ok(text)
    }

    fn arguments(
        &mut self,
        function: &Function,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut text = self.joined(&function.arguments, ", ", context)?;
        if !function.order_by.is_empty() {
            text.push_str(" ORDER BY ");
            text.push_str(&self.joined(&function.order_by, ", ", context)?);
        }
        Ok(format!("({text})"))
    }

    fn plain_function(
        &mut self,
        function: &Function,
        context: &Context,
    ) -> Result<String, CompileError> {
        let name = function.name.as_str();
        if function.generic
            && let Some((known, always)) = known_name(name)
        {
            // Words of the standard stand without parentheses unless they are called with something.
            if !always && function.arguments.is_empty() {
                return Ok(known.to_owned());
            }
            return Ok(format!("{known}{}", self.arguments(function, context)?));
        }
        let mut out = String::new();
        for package in &function.packages {
            out.push_str(&self.function_name(package.as_str()));
            out.push('.');
        }
        out.push_str(&self.function_name(name));
        out.push_str(&self.arguments(function, context)?);
        Ok(out)
    }

    fn function_name(&self, name: &str) -> String {
        let body = name.strip_suffix('\n').unwrap_or(name);
        let plain = !body.is_empty()
            && body
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
        if plain {
            name.to_owned()
        } else {
            self.target.always_quote(name)
        }
    }

    /// The functions that a backend writes in its own way, by name alone.
    fn special_function(
        &mut self,
        name: &str,
        function: &Function,
        context: &Context,
    ) -> Result<Option<String>, CompileError> {
        let target = self.target;
        Ok(Some(match name {
            "now" if target.is_sqlite() => "CURRENT_TIMESTAMP".into(),
            "localtimestamp" if target.is_sqlite() => {
                "DATETIME(CURRENT_TIMESTAMP, 'localtime')".into()
            }
            "char_length" if target.is_sqlite() => {
                format!("length{}", self.arguments(function, &context.forgetful())?)
            }
            "random" if target.is_mysql() => {
                format!("rand{}", self.arguments(function, &context.forgetful())?)
            }
            "rollup" if target.is_mysql() => {
                format!(
                    "{} WITH ROLLUP",
                    self.joined(&function.arguments, ", ", context)?
                )
            }
            "sysdate" if target.is_mysql() => "SYSDATE()".into(),
            "pow" if target.is_postgres() => {
                format!("power{}", self.arguments(function, &context.forgetful())?)
            }
            "substring" if target.is_postgres() => return self.substring(function, context),
            "aggregate_strings" => return self.aggregate_strings(function, context).map(Some),
            _ => return Ok(None),
        }))
    }

    fn substring(
        &mut self,
        function: &Function,
        context: &Context,
    ) -> Result<Option<String>, CompileError> {
        let [text, start, rest @ ..] = function.arguments.as_slice() else {
            return Ok(None);
        };
        let text = self.expression(text, context)?;
        let start = self.expression(start, context)?;
        Ok(Some(match rest.first() {
            Some(length) => {
                let length = self.expression(length, context)?;
                format!("SUBSTRING({text} FROM {start} FOR {length})")
            }
            None => format!("SUBSTRING({text} FROM {start})"),
        }))
    }

    fn aggregate_strings(
        &mut self,
        function: &Function,
        context: &Context,
    ) -> Result<String, CompileError> {
        let [expression, delimiter, ..] = function.arguments.as_slice() else {
            return Err(self.not_supported("the aggregate_strings function without a separator"));
        };
        let text = self.expression(expression, context)?;
        let order = if function.order_by.is_empty() {
            None
        } else {
            Some(self.joined(&function.order_by, ", ", context)?)
        };
        let delimiter = self.expression(delimiter, context)?;
        if self.target.is_mysql() {
            let order = order
                .map(|order| format!("ORDER BY {order} "))
                .unwrap_or_default();
            return Ok(format!("group_concat({text} {order}SEPARATOR {delimiter})"));
        }
        let name = if self.target.is_postgres() {
            "string_agg"
        } else {
            "group_concat"
        };
        let order = order
            .map(|order| format!(" ORDER BY {order}"))
            .unwrap_or_default();
        Ok(format!("{name}({text}, {delimiter}{order})"))
    }

    pub(super) fn aggregate_order_by(
        &mut self,
        element: &Expr,
        order_by: &[Expr],
        argument: bool,
        context: &Context,
    ) -> Result<String, CompileError> {
        if argument {
            if !self.target.is_postgres() {
                return Err(CompileError::unsupported(
                    self.compiler_name(),
                    "<class 'sqlalchemy.dialects.postgresql.ext.aggregate_order_by'>",
                ));
            }
            let text = self.expression(element, context)?;
            return Ok(format!(
                "{text} ORDER BY {}",
                self.joined(order_by, ", ", context)?
            ));
        }
        if let Element::Function(function) = element.element() {
            let function = Function {
                order_by: order_by.to_vec(),
                ..function.clone()
            };
            return self.function(&function, context);
        }
        let call = self.expression(element, context)?;
        Ok(format!(
            "{call} WITHIN GROUP (ORDER BY {})",
            self.joined(order_by, ", ", context)?
        ))
    }
}

/// The spelling of a known function, and whether it always has parentheses.
fn known_name(name: &str) -> Option<(&'static str, bool)> {
    Some(match name {
        "coalesce" => ("coalesce", true),
        "current_date" => ("CURRENT_DATE", false),
        "current_time" => ("CURRENT_TIME", false),
        "current_timestamp" => ("CURRENT_TIMESTAMP", false),
        "current_user" => ("CURRENT_USER", false),
        "localtime" => ("LOCALTIME", false),
        "localtimestamp" => ("LOCALTIMESTAMP", false),
        "random" => ("random", true),
        "sysdate" => ("sysdate", false),
        "session_user" => ("SESSION_USER", false),
        "user" => ("USER", false),
        "cube" => ("CUBE", true),
        "rollup" => ("ROLLUP", true),
        "grouping_sets" => ("GROUPING SETS", true),
        _ => return None,
    })
}
