//! Expressions of `env.py` and what they come to.

use std::collections::HashMap;

use ruff_python_ast::{
    BoolOp, CmpOp, Expr, FStringPart, InterpolatedStringElement, Operator, UnaryOp,
};

use super::follow::{Follower, Scope};
use super::value::Value;
use crate::dialect::alembic::constant::Constant;

impl Follower<'_> {
    pub(super) fn value(&mut self, expression: &Expr, scope: &mut Scope) -> Value {
        if !self.spend() {
            return scope.unknown(expression, "too much to follow");
        }
        self.depth += 1;
        let value = self.value_inside(expression, scope);
        self.depth -= 1;
        value
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each kind of expression, side by side"
    )]
    fn value_inside(&mut self, expression: &Expr, scope: &mut Scope) -> Value {
        match expression {
            Expr::Name(name) => match self.name(&name.id, scope) {
                Some(value) => value,
                None => Value::Library(name.id.to_string()),
            },
            Expr::Attribute(attribute) => {
                let value = self.value(&attribute.value, scope);
                self.attribute(value, &attribute.attr, expression, scope)
            }
            Expr::Call(call) => self.call(call, scope),
            Expr::Await(wait) => self.value(&wait.value, scope),
            Expr::Subscript(subscript) => {
                let value = self.value(&subscript.value, scope);
                let key = self.value(&subscript.slice, scope);
                self.subscript(&value, &key, expression, scope)
            }
            Expr::BoolOp(operation) => {
                let mut last = Value::none();
                for operand in &operation.values {
                    last = self.value(operand, scope);
                    match (operation.op, last.truth()) {
                        (BoolOp::Or, Some(true)) | (BoolOp::And, Some(false)) | (_, None) => {
                            return last;
                        }
                        _ => {}
                    }
                }
                last
            }
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
                match self.value(&operation.operand, scope).truth() {
                    Some(truth) => Value::of_bool(!truth),
                    None => scope.unknown(expression, "a condition that cannot be told"),
                }
            }
            Expr::If(choice) => match self.value(&choice.test, scope).truth() {
                Some(true) => self.value(&choice.body, scope),
                Some(false) => self.value(&choice.orelse, scope),
                None => scope.unknown(expression, "a condition that cannot be told"),
            },
            Expr::Compare(compare) => self.compare(compare, scope),
            Expr::BinOp(operation) => {
                let left = self.value(&operation.left, scope);
                let right = self.value(&operation.right, scope);
                match (operation.op, &left, &right) {
                    (_, Value::Unknown(_), _) => left,
                    (_, _, Value::Unknown(_)) => right,
                    (Operator::Add, left, right) => match (left.text(), right.text()) {
                        (Some(left), Some(right)) => Value::of_text(format!("{left}{right}")),
                        _ => scope.unknown(expression, "an operator"),
                    },
                    (Operator::Mod, Value::Constant(Constant::Text(form)), right) => {
                        percent(form, right)
                            .unwrap_or_else(|| scope.unknown(expression, "an operator"))
                    }
                    _ => scope.unknown(expression, "an operator"),
                }
            }
            Expr::FString(format) => {
                let mut text = String::new();
                for part in &format.value {
                    match part {
                        FStringPart::Literal(literal) => text.push_str(&literal.value),
                        FStringPart::FString(format) => {
                            for element in &format.elements {
                                match element {
                                    InterpolatedStringElement::Literal(literal) => {
                                        text.push_str(&literal.value);
                                    }
                                    InterpolatedStringElement::Interpolation(part) => {
                                        let value = self.value(&part.expression, scope);
                                        match value.shown() {
                                            Some(shown) => text.push_str(&shown),
                                            None if matches!(value, Value::Unknown(_)) => {
                                                return value;
                                            }
                                            None => {
                                                return scope.unknown(part, "an f-string");
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                Value::of_text(text)
            }
            Expr::Dict(dict) => {
                let mut items = Vec::new();
                for item in &dict.items {
                    let value = self.value(&item.value, scope);
                    match &item.key {
                        Some(key) => {
                            if let Some(key) = self.value(key, scope).text() {
                                items.push((key.to_owned(), value));
                            }
                        }
                        None => {
                            if let Value::Dict(more) = value {
                                items.extend(more);
                            }
                        }
                    }
                }
                Value::Dict(items)
            }
            Expr::Tuple(tuple) => self.sequence(&tuple.elts, expression, scope),
            Expr::List(list) => self.sequence(&list.elts, expression, scope),
            Expr::Set(set) => self.sequence(&set.elts, expression, scope),
            Expr::Named(named) => {
                let value = self.value(&named.value, scope);
                self.assign(&named.target, value.clone(), scope);
                value
            }
            other => match crate::dialect::alembic::constant::constant(other, &HashMap::new()) {
                Ok(constant) => Value::Constant(constant),
                Err(error) => scope.unknown(expression, error.construct),
            },
        }
    }

    fn sequence(&mut self, items: &[Expr], whole: &Expr, scope: &mut Scope) -> Value {
        let mut constants = Vec::new();
        for item in items {
            match self.value(item, scope) {
                Value::Constant(constant) => constants.push(constant),
                _ => return scope.unknown(whole, "a list"),
            }
        }
        Value::Constant(Constant::Sequence(constants))
    }

    fn compare(&mut self, compare: &ruff_python_ast::ExprCompare, scope: &mut Scope) -> Value {
        let left = self.value(&compare.left, scope);
        let [operator] = &compare.ops[..] else {
            return scope.unknown(compare, "a comparison");
        };
        let Some(right) = compare.comparators.first() else {
            return scope.unknown(compare, "a comparison");
        };
        let right = self.value(right, scope);
        let truth = match (operator, &left, &right) {
            (CmpOp::In | CmpOp::NotIn, left, right) => {
                let found = match (left.text(), right) {
                    (Some(part), Value::Constant(Constant::Text(whole))) => {
                        Some(whole.contains(part))
                    }
                    (Some(key), Value::Dict(items)) => {
                        Some(items.iter().any(|(known, _)| known == key))
                    }
                    (Some(key), Value::Library(name)) if name == "os.environ" => {
                        Some(self.variable(key, compare, scope).is_some())
                    }
                    (Some(item), Value::Constant(Constant::Sequence(items))) => {
                        Some(items.iter().any(|known| known.text() == Some(item)))
                    }
                    _ => None,
                };
                found.map(|found| found == (*operator == CmpOp::In))
            }
            (CmpOp::Eq | CmpOp::Is, Value::Constant(left), Value::Constant(right)) => {
                Some(left == right)
            }
            (CmpOp::NotEq | CmpOp::IsNot, Value::Constant(left), Value::Constant(right)) => {
                Some(left != right)
            }
            (CmpOp::Is | CmpOp::IsNot, Value::Unknown(_), _) => None,
            (CmpOp::Is, _, right) if right.is_none() => Some(false),
            (CmpOp::IsNot, _, right) if right.is_none() => Some(true),
            // A script's guard: the file is run by the migration tool, not by itself.
            (CmpOp::Eq, Value::Library(name), _) if name == "__name__" => Some(false),
            _ => None,
        };
        match truth {
            Some(truth) => Value::of_bool(truth),
            None => scope.unknown(compare, "a comparison"),
        }
    }

    fn subscript(&mut self, value: &Value, key: &Value, node: &Expr, scope: &mut Scope) -> Value {
        match (value, key) {
            (Value::Library(name), key) if name == "os.environ" => match key.text() {
                Some(key) => match self.variable(key, node, scope) {
                    Some(found) => Value::of_text(found),
                    None => scope.unknown(
                        node,
                        format!("the environment variable {key}, which is not set"),
                    ),
                },
                None => scope.unknown(node, "a subscript"),
            },
            (Value::Dict(items), key) => {
                let found = key.text().and_then(|key| {
                    items
                        .iter()
                        .find(|(known, _)| known == key)
                        .map(|(_, value)| value.clone())
                });
                found.unwrap_or_else(|| scope.unknown(node, "a subscript"))
            }
            (Value::Constant(Constant::Sequence(items)), Value::Constant(Constant::Int(at))) => {
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                match items.get(at) {
                    Some(item) => Value::Constant(item.clone()),
                    None => scope.unknown(node, "a subscript"),
                }
            }
            (Value::Unknown(unknown), _) => Value::Unknown(unknown.clone()),
            _ => scope.unknown(node, "a subscript"),
        }
    }
}

/// Old formatting, of texts by name or in order.
fn percent(form: &str, value: &Value) -> Option<Value> {
    let mut text = String::new();
    let mut rest = form;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            text.push('%');
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('s').or_else(|| rest.strip_prefix('d')) {
            let shown = match value {
                Value::Constant(Constant::Sequence(items)) => {
                    Value::Constant(items.get(next)?.clone()).shown()?
                }
                value => value.shown()?,
            };
            next += 1;
            text.push_str(&shown);
            rest = behind;
        } else {
            let (key, behind) = rest.strip_prefix('(')?.split_once(')')?;
            let Value::Dict(items) = value else {
                return None;
            };
            let (_, value) = items.iter().find(|(known, _)| known == key)?;
            text.push_str(&value.shown()?);
            rest = behind.strip_prefix(['s', 'd'])?;
        }
    }
    text.push_str(rest);
    Some(Value::of_text(text))
}
