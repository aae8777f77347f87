//! The functions of the module that make expressions.

use super::FunctionsObject;
use crate::dialect::alembic::runtime::column::{DefaultKind, DefaultObject};
use crate::dialect::alembic::runtime::{Runtime, names};
use crate::dialect::alembic::sqlalchemy::expression::{
    self as sa, Expr, Frame, Operand, Operator, WindowFrames,
};
use crate::python::{Arguments, Failure, Object, Value, Vm};
use std::rc::Rc;

impl Runtime {
    /// The functions of the module that make expressions.
    pub(crate) fn construct(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Option<Value>, Failure> {
        Ok(Some(match name {
            "text" => {
                let bound = arguments.bind("text", "text, bind=, bindparams=, typemap=")?;
                let text = bound.value("text");
                let Some(text) = names::text(&text) else {
                    return Err(Failure::type_error(format!(
                        "expected string or bytes-like object, got '{}'",
                        Vm::type_name(&text)
                    )));
                };
                self.expression_value(sa::text(&text))
            }
            "literal_column" => {
                let bound = arguments.bind(name, "text, type_=")?;
                let text = names::required_text(&bound.value("text"), "text")?;
                let sql_type = self.optional_type(vm, bound.some("type_"))?;
                self.expression_value(sa::literal_column(&text, sql_type))
            }
            "column" => {
                let bound = arguments.bind(name, "text, type_=, is_literal=, _selectable=")?;
                let column = names::required_name(&bound.value("text"), "text")?;
                let sql_type = self.optional_type(vm, bound.some("type_"))?;
                self.expression_value(if bound.flag("is_literal").unwrap_or(false) {
                    sa::literal_column(column.as_str(), sql_type)
                } else {
                    sa::column(column, sql_type)
                })
            }
            "null" => self.expression_value(sa::null()),
            "true" => self.expression_value(sa::true_()),
            "false" => self.expression_value(sa::false_()),
            "literal" => {
                let bound = arguments.bind(name, "value, type_=, literal_execute=")?;
                let value = self.literal(vm, &bound.value("value"))?;
                let sql_type = self.optional_type(vm, bound.some("type_"))?;
                self.expression_value(sa::literal(value, sql_type))
            }
            "bindparam" => self.bindparam(vm, arguments)?,
            "and_" | "or_" => {
                let bound = arguments.bind(name, "*clauses")?;
                let clauses = self.conditions(vm, &bound.rest)?;
                self.expression_value(if name == "and_" {
                    sa::and_(&clauses)
                } else {
                    sa::or_(&clauses)
                })
            }
            "not_" => {
                let bound = arguments.bind(name, "clause")?;
                let clause = self.condition(vm, &bound.value("clause"))?;
                self.expression_value(sa::not_(&clause))
            }
            "cast" | "try_cast" | "type_coerce" => {
                let bound = arguments.bind(name, "expression, type_")?;
                let operand = self.operand(vm, &bound.value("expression"))?;
                let sql_type = self.required_type(vm, &bound.value("type_"))?;
                let made = match name {
                    "cast" => sa::cast(&operand, &sql_type),
                    "try_cast" => sa::try_cast(&operand, &sql_type),
                    _ => sa::type_coerce(&operand, &sql_type),
                };
                self.made(made)?
            }
            "case" => self.case(vm, arguments)?,
            "extract" => {
                let bound = arguments.bind(name, "field, expr")?;
                let field = names::required_text(&bound.value("field"), "field")?;
                let operand = self.operand(vm, &bound.value("expr"))?;
                self.made(sa::extract(&field, &operand))?
            }
            "label" => {
                let bound = arguments.bind(name, "name, element, type_=")?;
                let element = self.expression(vm, &bound.value("element"))?;
                self.expression_value(element.label(names::name(&bound.value("name"))))
            }
            "collate" => {
                let bound = arguments.bind(name, "expression, collation")?;
                let expression = self.expression(vm, &bound.value("expression"))?;
                let collation = names::required_text(&bound.value("collation"), "collation")?;
                self.expression_value(sa::collate(&expression, &collation, None))
            }
            "distinct" | "asc" | "desc" | "nulls_first" | "nullsfirst" | "nulls_last"
            | "nullslast" | "any_" | "all_" => {
                let bound = arguments.bind(name, "expr")?;
                let value = bound.value("expr");
                let expression = match names::text(&value) {
                    Some(_) => match self.references(vm, &[value])?.into_iter().next() {
                        Some(reference) => reference,
                        None => return Ok(None),
                    },
                    None => self.expression(vm, &value)?,
                };
                self.expression_value(match name {
                    "distinct" => sa::distinct(&expression),
                    "asc" => expression.asc(),
                    "desc" => expression.desc(),
                    "nulls_first" | "nullsfirst" => expression.nulls_first(),
                    "nulls_last" | "nullslast" => expression.nulls_last(),
                    "any_" => sa::any_(&expression),
                    _ => sa::all_(&expression),
                })
            }
            "tuple_" => {
                let bound = arguments.bind(name, "*clauses, types=")?;
                let operands = self.operands(vm, &bound.rest)?;
                self.made(sa::tuple(&operands))?
            }
            "between" => {
                let bound = arguments.bind(name, "expr, lower_bound, upper_bound, symmetric=")?;
                let expression = self.expression(vm, &bound.value("expr"))?;
                let lower = self.operand(vm, &bound.value("lower_bound"))?;
                let upper = self.operand(vm, &bound.value("upper_bound"))?;
                let symmetric = bound.flag("symmetric").unwrap_or(false);
                self.made(expression.between(&Operator::Between, &lower, &upper, symmetric))?
            }
            "array" => {
                let bound = arguments.bind(name, "clauses, type_=, **kw")?;
                let values = vm.collect(&bound.value("clauses"))?;
                let operands = self.operands(vm, &values)?;
                let sql_type = self.optional_type(vm, bound.some("type_"))?;
                self.made(sa::array(&operands, sql_type))?
            }
            "aggregate_order_by" => {
                let bound = arguments.bind(name, "target, *order_by")?;
                let target = self.expression(vm, &bound.value("target"))?;
                let order_by = self.references(vm, &bound.rest)?;
                self.expression_value(target.argument_order_by(order_by))
            }
            "over" => {
                let mut arguments = arguments;
                if arguments.positional.is_empty() {
                    return Ok(None);
                }
                let element = arguments.positional.remove(0);
                let element = self.expression(vm, &element)?;
                self.over(vm, &element, arguments)?
            }
            "funcfilter" => {
                let bound = arguments.bind(name, "func, *criterion")?;
                let function = self.expression(vm, &bound.value("func"))?;
                let criteria = self.conditions(vm, &bound.rest)?;
                self.expression_value(function.filter(&sa::and_(&criteria)))
            }
            "within_group" => {
                let bound = arguments.bind(name, "element, *order_by")?;
                let element = self.expression(vm, &bound.value("element"))?;
                let order_by = self.references(vm, &bound.rest)?;
                self.expression_value(element.within_group(order_by))
            }
            _ => return Ok(None),
        }))
    }

    pub(super) fn optional_type(
        &self,
        vm: &mut Vm,
        value: Option<Value>,
    ) -> Result<Option<crate::dialect::alembic::sqlalchemy::types::SqlType>, Failure> {
        match value {
            Some(value) => self.required_type(vm, &value).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn bindparam(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "bindparam",
            "key, value=, type_=, unique=, required=, quote=, callable_=, expanding=, isoutparam=, \
             literal_execute=",
        )?;
        let key = names::text(&bound.value("key"));
        let value = match bound.get("value") {
            Some(value) => Some(self.literal(vm, &value)?),
            None => match bound.some("callable_") {
                Some(callable) => {
                    let value = vm.call(&callable, Arguments::none())?;
                    Some(self.literal(vm, &value)?)
                }
                None => None,
            },
        };
        let sql_type = self.optional_type(vm, bound.some("type_"))?;
        let unique = bound.flag("unique").unwrap_or(false);
        Ok(
            self.expression_value(if bound.flag("expanding").unwrap_or(false) {
                sa::expanding_bind(key.as_deref(), value, sql_type, unique)
            } else {
                sa::bind(key.as_deref(), value, sql_type, unique)
            }),
        )
    }

    pub(super) fn case(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind("case", "*whens, value=, else_=")?;
        let value = match bound.some("value") {
            Some(value) => Some(self.operand(vm, &value)?),
            None => None,
        };
        let otherwise = match bound.some("else_") {
            Some(value) => Some(self.operand(vm, &value)?),
            None => None,
        };
        let pairs: Vec<(Value, Value)> = match bound.rest.as_slice() {
            [Value::Dict(dict)] => dict.items(),
            [Value::List(_)] => {
                return Err(self.run.raise(
                    "ArgumentError",
                    "The \"whens\" argument to case(), when referring to a sequence of items, is \
                     now passed as a series of positional elements, rather than as a list. ",
                ));
            }
            whens => {
                let mut pairs = Vec::new();
                for when in whens {
                    let parts = vm.collect(when)?;
                    let [condition, result] = parts.as_slice() else {
                        return Err(Failure::value_error("case() takes pairs"));
                    };
                    pairs.push((condition.clone(), result.clone()));
                }
                pairs
            }
        };
        let mut whens = Vec::new();
        for (condition, result) in pairs {
            let condition = if value.is_some() {
                self.operand(vm, &condition)?
            } else {
                Operand::Expr(self.condition(vm, &condition)?)
            };
            whens.push((condition, self.operand(vm, &result)?));
        }
        self.made(sa::case(&whens, value.as_ref(), otherwise.as_ref()))
    }

    pub(super) fn over(
        &self,
        vm: &mut Vm,
        element: &Expr,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "over",
            "*, partition_by=, order_by=, range_=, rows=, groups=, exclude=",
        )?;
        let list = |vm: &mut Vm, value: Option<Value>| match value {
            Some(value) => self.references(vm, &[value]),
            None => Ok(Vec::new()),
        };
        let partition_by = list(vm, bound.some("partition_by"))?;
        let order_by = list(vm, bound.some("order_by"))?;
        let mut frames = WindowFrames {
            exclude: bound.text("exclude")?.map(|text| text.to_string()),
            ..WindowFrames::default()
        };
        for (name, slot) in [
            ("range_", &mut frames.range),
            ("rows", &mut frames.rows),
            ("groups", &mut frames.groups),
        ] {
            if let Some(value) = bound.some(name) {
                let ends = vm.collect(&value)?;
                let end = |at: usize| ends.get(at).and_then(Value::as_int);
                *slot = Some(Frame::from_pair(end(0), end(1)));
            }
        }
        self.made(element.over(partition_by, order_by, frames))
    }
}

impl Object for FunctionsObject {
    fn type_name(&self) -> Rc<str> {
        "_FunctionGenerator".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if name.starts_with("__") {
            return Ok(None);
        }
        // A trailing underscore keeps clear of Python's own words.
        let name = name.strip_suffix('_').unwrap_or(name);
        let mut path = self.path.clone();
        path.push(name.into());
        Ok(Some(Value::object(Self {
            runtime: self.runtime.clone(),
            path,
        })))
    }

    fn call(self: Rc<Self>, vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        let Some((name, packages)) = self.path.split_last() else {
            return Ok(None);
        };
        let mut arguments = arguments;
        let sql_type = arguments.take("type_");
        let sql_type = self.runtime.optional_type(vm, sql_type)?;
        if let Some((key, _)) = arguments.keywords.first() {
            return Err(Failure::type_error(format!(
                "Function.__init__() got an unexpected keyword argument '{key}'"
            )));
        }
        if &**name == "next_value"
            && let [sequence] = arguments.positional.as_slice()
            && let Some(object) = sequence.downcast::<DefaultObject>()
            && let DefaultKind::Sequence(sequence) = &object.kind
        {
            return Ok(Some(self.runtime.next_value(sequence)));
        }
        let operands = self.runtime.operands(vm, &arguments.positional)?;
        let packages: Vec<&str> = packages.iter().map(|package| &**package).collect();
        self.runtime
            .made(sa::function(&packages, name, &operands, sql_type))
            .map(Some)
    }
}
