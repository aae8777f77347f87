//! Expressions: what operators and methods on columns make.

mod collection;
mod construct;

use std::rc::Rc;

use super::Runtime;
use super::column::ColumnObject;
use super::names;
use super::statement::{FromObject, StatementObject};
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::expression::{
    self as sa, CustomOperator, Element, Expr, JsonCast, LabelName, Operand, Operator, Subscript,
};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::python::{
    Arguments, BinaryOperator, Bound, CompareOperator, Failure, Object, UnaryOperator, Value, Vm,
};

/// An expression.
pub(crate) struct ExpressionObject {
    pub(crate) runtime: Runtime,
    pub(crate) expression: Expr,
}

/// `sa.func`, and what is taken from it.
pub(crate) struct FunctionsObject {
    pub(crate) runtime: Runtime,
    pub(crate) path: Vec<Rc<str>>,
}

impl Runtime {
    /// An expression as a value.
    pub(crate) fn expression_value(&self, expression: Expr) -> Value {
        Value::object(ExpressionObject {
            runtime: self.clone(),
            expression,
        })
    }

    /// `Any(...)` and `All(...)` of PostgreSQL's module.
    pub(super) fn quantified(
        &self,
        vm: &mut Vm,
        quantifier: sa::Quantifier,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        collection::quantified(self, vm, quantifier, arguments)
    }

    pub(super) fn made(&self, made: Result<Expr, CompileError>) -> Result<Value, Failure> {
        Ok(self.expression_value(self.run.failed(made)?))
    }

    /// `NULL`, for `JSON.NULL`.
    pub(crate) fn null_value(&self, _vm: &mut Vm) -> Value {
        self.expression_value(sa::null())
    }

    /// A column without a table.
    pub(crate) fn plain_column(&self, name: Name) -> Expr {
        sa::column(name, None)
    }

    /// The expression that a value is, if it is one: a column, a construct, a mapped attribute.
    pub(crate) fn clause(&self, vm: &mut Vm, value: &Value) -> Result<Option<Expr>, Failure> {
        if let Some(object) = value.downcast::<ExpressionObject>() {
            object.count(vm)?;
            return Ok(Some(object.expression.clone()));
        }
        if let Some(column) = value.downcast::<ColumnObject>() {
            return column.expression(vm).map(Some);
        }
        if let Some(statement) = value.downcast::<StatementObject>() {
            return Ok(statement.scalar_expression());
        }
        if let Value::Object(_) = value
            && let Some(element) = self.clause_element(vm, value)?
        {
            return Ok(Some(element));
        }
        Ok(None)
    }

    /// `__clause_element__` of objects that stand for an expression.
    fn clause_element(&self, vm: &mut Vm, value: &Value) -> Result<Option<Expr>, Failure> {
        if value.downcast::<TableObject>().is_some() || value.downcast::<FromObject>().is_some() {
            return Ok(None);
        }
        match vm.find_attribute(value, "__clause_element__")? {
            Some(method) => {
                let element = vm.call(&method, Arguments::none())?;
                Ok(element
                    .downcast::<ExpressionObject>()
                    .map(|object| object.expression.clone()))
            }
            None => Ok(None),
        }
    }

    /// What stands beside an operator.
    pub(crate) fn operand(&self, vm: &mut Vm, value: &Value) -> Result<Operand, Failure> {
        if let Some(statement) = value.downcast::<StatementObject>()
            && let Some(query) = statement.query()
        {
            return Ok(Operand::Query(query));
        }
        if let Some(expression) = self.clause(vm, value)? {
            return Ok(Operand::Expr(expression));
        }
        if let Value::List(_)
        | Value::Tuple(_)
        | Value::Set(_)
        | Value::FrozenSet(_)
        | Value::Generator(_)
        | Value::Iterator(_)
        | Value::Range(_) = value
        {
            return vm.nested(|vm| {
                let mut operands = Vec::new();
                for item in vm.collect(value)? {
                    operands.push(self.operand(vm, &item)?);
                }
                Ok(Operand::List(operands))
            });
        }
        self.literal(vm, value).map(Operand::Literal)
    }

    pub(super) fn operands(&self, vm: &mut Vm, values: &[Value]) -> Result<Vec<Operand>, Failure> {
        values.iter().map(|value| self.operand(vm, value)).collect()
    }

    /// An expression where values become parameters.
    pub(crate) fn expression(&self, vm: &mut Vm, value: &Value) -> Result<Expr, Failure> {
        let operand = self.operand(vm, value)?;
        self.run.failed(operand.as_argument(None))
    }

    /// A text as SQL of its own, or an expression.
    pub(crate) fn text_or_expression(&self, vm: &mut Vm, value: &Value) -> Result<Expr, Failure> {
        match names::text(value) {
            Some(text) => Ok(sa::text(&text)),
            None => match self.clause(vm, value)? {
                Some(expression) => Ok(expression),
                None => self.expression(vm, value),
            },
        }
    }

    /// The default of a domain: a text is a literal there.
    pub(crate) fn default_expression(&self, vm: &mut Vm, value: &Value) -> Result<Expr, Failure> {
        self.expression(vm, value)
    }

    /// A condition; Python's truth values become constants.
    pub(crate) fn condition(&self, vm: &mut Vm, value: &Value) -> Result<Expr, Failure> {
        match value {
            Value::Bool(true) => Ok(sa::true_()),
            Value::Bool(false) => Ok(sa::false_()),
            _ => match self.clause(vm, value)? {
                Some(expression) => Ok(expression),
                None => Err(self.run.raise(
                    "ArgumentError",
                    format!(
                        "SQL expression for WHERE/HAVING role expected, got {}.",
                        vm.repr(value)?
                    ),
                )),
            },
        }
    }

    pub(crate) fn conditions(&self, vm: &mut Vm, values: &[Value]) -> Result<Vec<Expr>, Failure> {
        values
            .iter()
            .map(|value| self.condition(vm, value))
            .collect()
    }

    /// What ORDER BY, GROUP BY and the like take: expressions, or texts that name a label or column.
    pub(crate) fn references(&self, vm: &mut Vm, values: &[Value]) -> Result<Vec<Expr>, Failure> {
        let mut references = Vec::new();
        for value in values {
            if value.is_none() {
                continue;
            }
            if let Some(text) = names::text(value) {
                references.push(Expr::new(
                    Element::LabelReference(text.to_string()),
                    crate::dialect::alembic::sqlalchemy::types::SqlType::null(),
                ));
            } else if let Value::List(_) | Value::Tuple(_) = value {
                let items = vm.collect(value)?;
                references.extend(vm.nested(|vm| self.references(vm, &items))?);
            } else {
                references.push(self.expression(vm, value)?);
            }
        }
        Ok(references)
    }

    /// `table.column` of a column-like value, for references.
    pub(crate) fn column_full_name(
        &self,
        vm: &mut Vm,
        value: &Value,
    ) -> Result<Option<String>, Failure> {
        let Some(expression) = self.clause(vm, value)? else {
            return Ok(None);
        };
        Ok(expression.as_column().and_then(|column| {
            let table = column.table.as_ref()?;
            let (schema, table) = table.table_name()?;
            Some(match schema {
                Some(schema) => format!("{schema}.{table}.{}", column.name),
                None => format!("{table}.{}", column.name),
            })
        }))
    }
}

/// The operator behind a method that takes one operand.
fn method_operator(name: &str) -> Option<Operator> {
    Some(match name {
        "is_" => Operator::Is,
        "is_not" | "isnot" => Operator::IsNot,
        "is_distinct_from" => Operator::IsDistinctFrom,
        "is_not_distinct_from" | "isnot_distinct_from" => Operator::IsNotDistinctFrom,
        "bitwise_xor" => Operator::BitwiseXor,
        "bitwise_or" => Operator::BitwiseOr,
        "bitwise_and" => Operator::BitwiseAnd,
        "bitwise_lshift" => Operator::BitwiseLshift,
        "bitwise_rshift" => Operator::BitwiseRshift,
        "match" => Operator::Match,
        "regexp_match" => Operator::RegexpMatch,
        _ => return None,
    })
}

/// The operator behind a method of the LIKE family.
fn like_operator(name: &str) -> Option<Operator> {
    Some(match name {
        "like" => Operator::Like,
        "ilike" => Operator::Ilike,
        "not_like" | "notlike" => Operator::NotLike,
        "not_ilike" | "notilike" => Operator::NotIlike,
        "startswith" => Operator::StartsWith,
        "endswith" => Operator::EndsWith,
        "contains" => Operator::Contains,
        "istartswith" => Operator::IstartsWith,
        "iendswith" => Operator::IendsWith,
        "icontains" => Operator::Icontains,
        _ => return None,
    })
}

const POSTGRES_METHODS: &[&str] = &[
    "has_key",
    "has_any",
    "has_all",
    "contained_by",
    "path_exists",
    "path_match",
    "delete_path",
    "overlap",
    "overlaps",
    "strictly_left_of",
    "strictly_right_of",
    "not_extend_right_of",
    "not_extend_left_of",
    "adjacent_to",
    "union",
    "difference",
    "intersection",
];

const METHODS: &[&str] = &[
    "in_",
    "not_in",
    "notin_",
    "between",
    "desc",
    "asc",
    "nulls_first",
    "nullsfirst",
    "nulls_last",
    "nullslast",
    "label",
    "cast",
    "collate",
    "concat",
    "op",
    "bool_op",
    "distinct",
    "any_",
    "all_",
    "regexp_replace",
    "as_string",
    "as_boolean",
    "as_integer",
    "as_float",
    "as_numeric",
    "as_json",
    "filter",
    "over",
    "within_group",
    "aggregate_order_by",
    "self_group",
    "bindparams",
    "params",
    "columns",
    "compile",
    "bitwise_not",
    "execution_options",
    "unique_params",
    "scalar_subquery",
    "returning",
];

impl ExpressionObject {
    /// Counts the work of copying and comparing the parts.
    fn count(&self, vm: &mut Vm) -> Result<(), Failure> {
        vm.steps(self.expression.extent().size() / 16)
    }

    fn function_call(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        self.count(vm)?;
        let runtime = &self.runtime;
        let own = &self.expression;
        if collection::has_method(own, name) {
            return collection::call(runtime, vm, own, name, arguments);
        }
        if let Some(operator) = method_operator(name) {
            let bound = arguments.bind(name, "other, **kw")?;
            let operand = runtime.operand(vm, &bound.value("other"))?;
            return runtime.made(own.operate(&operator, &operand));
        }
        if let Some(operator) = like_operator(name) {
            let bound = arguments.bind(name, "other, escape=, autoescape=, **kw")?;
            let operand = runtime.operand(vm, &bound.value("other"))?;
            let escape = bound.text("escape")?;
            let autoescape = bound.flag("autoescape").unwrap_or(false);
            return runtime.made(own.like(&operator, &operand, escape.as_deref(), autoescape));
        }
        Ok(match name {
            "in_" | "not_in" | "notin_" => {
                let bound = arguments.bind(name, "other")?;
                let operand = runtime.operand(vm, &bound.value("other"))?;
                runtime.made(if name == "in_" {
                    own.in_(&operand)
                } else {
                    own.not_in(&operand)
                })?
            }
            "between" => {
                let bound = arguments.bind(name, "cleft, cright, symmetric=")?;
                let lower = runtime.operand(vm, &bound.value("cleft"))?;
                let upper = runtime.operand(vm, &bound.value("cright"))?;
                let symmetric = bound.flag("symmetric").unwrap_or(false);
                runtime.made(own.between(&Operator::Between, &lower, &upper, symmetric))?
            }
            "desc" => runtime.expression_value(own.desc()),
            "asc" => runtime.expression_value(own.asc()),
            "nulls_first" | "nullsfirst" => runtime.expression_value(own.nulls_first()),
            "nulls_last" | "nullslast" => runtime.expression_value(own.nulls_last()),
            "label" => {
                let bound = arguments.bind(name, "name")?;
                runtime.expression_value(own.label(names::name(&bound.value("name"))))
            }
            "cast" => {
                let bound = arguments.bind(name, "type_")?;
                let sql_type = runtime.required_type(vm, &bound.value("type_"))?;
                runtime.made(sa::cast(&Operand::Expr(own.clone()), &sql_type))?
            }
            "collate" => {
                let bound = arguments.bind(name, "collation")?;
                let collation = names::required_text(&bound.value("collation"), "collation")?;
                runtime.expression_value(own.collate(&collation))
            }
            "concat" => {
                let bound = arguments.bind(name, "other")?;
                let operand = runtime.operand(vm, &bound.value("other"))?;
                runtime.made(own.concat(&operand))?
            }
            "op" | "bool_op" => {
                let bound = arguments.bind(
                    name,
                    "opstring, precedence=, is_comparison=, return_type=, python_impl=, \
                     operator_class=",
                )?;
                let mut operator = CustomOperator::new(&*names::required_text(
                    &bound.value("opstring"),
                    "opstring",
                )?);
                operator.precedence = bound
                    .int("precedence")?
                    .and_then(|precedence| i32::try_from(precedence).ok())
                    .unwrap_or(0);
                operator.is_comparison =
                    name == "bool_op" || bound.flag("is_comparison").unwrap_or(false);
                operator.return_type = runtime.optional_type(vm, bound.some("return_type"))?;
                let operator = Operator::Custom(Rc::new(operator));
                let (runtime, own) = (runtime.clone(), own.clone());
                Value::native("operate", move |vm, arguments| {
                    let bound = arguments.bind("against", "other")?;
                    let operand = runtime.operand(vm, &bound.value("other"))?;
                    runtime.made(own.operate(&operator, &operand))
                })
            }
            "distinct" => runtime.expression_value(sa::distinct(own)),
            "any_" => runtime.expression_value(sa::any_(own)),
            "all_" => runtime.expression_value(sa::all_(own)),
            "bitwise_not" => runtime.expression_value(own.bitwise_not()),
            "regexp_replace" => {
                let bound = arguments.bind(name, "pattern, replacement, flags=")?;
                let pattern = runtime.operand(vm, &bound.value("pattern"))?;
                let replacement = runtime.operand(vm, &bound.value("replacement"))?;
                let flags = bound.text("flags")?;
                runtime.made(own.regexp_replace(&pattern, &replacement, flags.as_deref()))?
            }
            "as_string" => runtime.made(own.json_as(JsonCast::String))?,
            "as_boolean" => runtime.made(own.json_as(JsonCast::Boolean))?,
            "as_integer" => runtime.made(own.json_as(JsonCast::Integer))?,
            "as_float" => runtime.made(own.json_as(JsonCast::Float))?,
            "as_json" => runtime.made(own.json_as(JsonCast::Json))?,
            "as_numeric" => {
                let bound = arguments.bind(name, "precision, scale, asdecimal=")?;
                let precision = bound.int("precision")?.unwrap_or(0);
                let scale = bound.int("scale")?.unwrap_or(0);
                runtime.made(own.json_as(JsonCast::Numeric(precision, scale)))?
            }
            "filter" => {
                let bound = arguments.bind(name, "*criterion")?;
                let criteria = runtime.conditions(vm, &bound.rest)?;
                runtime.expression_value(own.filter(&sa::and_(&criteria)))
            }
            "over" => runtime.over(vm, own, arguments)?,
            "within_group" => {
                let bound = arguments.bind(name, "*order_by")?;
                let order_by = runtime.references(vm, &bound.rest)?;
                runtime.expression_value(own.within_group(order_by))
            }
            "aggregate_order_by" => {
                let bound = arguments.bind(name, "*order_by")?;
                let order_by = runtime.references(vm, &bound.rest)?;
                runtime.expression_value(own.aggregate_order_by(order_by))
            }
            "bindparams" | "params" => {
                let bound = arguments.bind(name, "*binds, **values")?;
                runtime.expression_value(self.with_parameters(vm, &bound)?)
            }
            "compile" => Value::object(super::statement::CompiledObject {
                text: runtime.compiled_text(
                    vm,
                    &Value::object(Self {
                        runtime: runtime.clone(),
                        expression: own.clone(),
                    }),
                )?,
            }),
            _ if POSTGRES_METHODS.contains(&name) => {
                let bound = arguments.bind(name, "other=, **kw")?;
                let operand = runtime.operand(vm, &bound.value("other"))?;
                match own.postgres_operator(name, &operand) {
                    Some(made) => runtime.made(made)?,
                    None => {
                        return Err(Failure::raise(
                            "AttributeError",
                            format!(
                                "Neither 'Column' object nor 'Comparator' object has an attribute \
                                 '{name}'"
                            ),
                        ));
                    }
                }
            }
            _ => runtime.expression_value(own.clone()),
        })
    }

    /// `text(...).bindparams(...)`.
    fn with_parameters(&self, vm: &mut Vm, bound: &Bound) -> Result<Expr, Failure> {
        let runtime = &self.runtime;
        let Element::Text(clause) = self.expression.element() else {
            return Ok(self.expression.clone());
        };
        let mut clause = clause.clone();
        for value in &bound.rest {
            if let Value::Dict(dict) = value {
                for (key, value) in dict.items() {
                    let key = vm.str(&key)?;
                    let literal = runtime.literal(vm, &value)?;
                    runtime.run.failed(clause.bind_value(&key, literal))?;
                }
                continue;
            }
            let parameter = runtime.expression(vm, value)?;
            runtime.run.failed(clause.bind_parameter(&parameter))?;
        }
        for (key, value) in &bound.keywords {
            let literal = runtime.literal(vm, value)?;
            runtime.run.failed(clause.bind_value(key, literal))?;
        }
        Ok(Expr::new(
            Element::Text(clause),
            self.expression.type_().clone(),
        ))
    }
}

fn binary_operator(operator: BinaryOperator) -> Option<Operator> {
    Some(match operator {
        BinaryOperator::Add => Operator::Add,
        BinaryOperator::Subtract => Operator::Sub,
        BinaryOperator::Multiply => Operator::Mul,
        BinaryOperator::Divide => Operator::TrueDiv,
        BinaryOperator::FloorDivide => Operator::FloorDiv,
        BinaryOperator::Modulo => Operator::Mod,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
        BinaryOperator::LeftShift => Operator::BitwiseLshift,
        BinaryOperator::RightShift => Operator::BitwiseRshift,
        _ => return None,
    })
}

/// What `exists()` lets its query be changed by.
const QUERY_METHODS: [&str; 4] = ["where", "select_from", "correlate", "correlate_except"];

impl Object for ExpressionObject {
    fn type_name(&self) -> Rc<str> {
        match self.expression.element() {
            Element::Text(_) => "TextClause",
            Element::Column(_) => "ColumnClause",
            Element::Label(_) => "Label",
            Element::Bind(_) => "BindParameter",
            Element::Function(_) => "Function",
            Element::Binary(_) => "BinaryExpression",
            Element::List(_) => "BooleanClauseList",
            Element::Unary { .. } | Element::Modified { .. } => "UnaryExpression",
            Element::Cast(_) => "Cast",
            Element::Case { .. } => "Case",
            _ => "ColumnElement",
        }
        .into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if let Element::Unary {
            operator: Operator::Exists,
            element,
        } = self.expression.element()
            && let Element::ScalarQuery(query) = element.element()
            && let Some(name) = QUERY_METHODS.iter().find(|known| **known == name)
        {
            // `exists()` passes these on to its query.
            let (runtime, query) = (self.runtime.clone(), query.clone());
            return Ok(Some(Value::native(name, move |vm, arguments| {
                let statement = runtime.query_value(query.clone());
                let changed = vm.call_method(&statement, name, arguments)?;
                let changed = changed.downcast::<StatementObject>();
                match changed.and_then(|statement| statement.query()) {
                    Some(query) => Ok(runtime.expression_value(sa::exists(&query))),
                    None => Err(Failure::type_error("a query was expected")),
                }
            })));
        }
        Ok(match name {
            "name" | "key" => match self.expression.element() {
                Element::Column(column) => Some(Value::str(if name == "key" {
                    &column.key
                } else {
                    column.name.as_str()
                })),
                Element::Label(label) => match &label.name {
                    LabelName::Given(name) => Some(Value::str(name.as_str())),
                    LabelName::Anonymous(_) => None,
                },
                Element::Function(function) => Some(Value::str(function.name.as_str())),
                _ => None,
            },
            "type" => Some(self.runtime.type_value(self.expression.type_().clone())),
            "text" => match self.expression.element() {
                Element::Text(clause) => Some(Value::Str(clause.text.clone())),
                _ => None,
            },
            "value" => None,
            "table" => self
                .expression
                .as_column()
                .and_then(|column| column.table.clone())
                .map(|table| self.runtime.from_value(table)),
            "astext" => Some(self.runtime.made(self.expression.astext())?),
            "element" => match self.expression.element() {
                Element::Label(label) => Some(self.runtime.expression_value(label.element.clone())),
                _ => None,
            },
            "c" | "columns" => None,
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        if name == "columns" {
            return matches!(self.expression.element(), Element::Text(_));
        }
        collection::has_method(&self.expression, name)
            || method_operator(name).is_some()
            || like_operator(name).is_some()
            || METHODS.contains(&name)
            || POSTGRES_METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        self.function_call(vm, name, arguments)
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        _value: Value,
    ) -> Result<bool, Failure> {
        Ok(name == "info")
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let subscript = match key {
            Value::Slice(slice) => Subscript::Slice(
                self.runtime.operand(vm, &slice.start)?,
                self.runtime.operand(vm, &slice.stop)?,
            ),
            Value::Tuple(_) | Value::List(_) => {
                let mut path = Vec::new();
                for item in vm.collect(key)? {
                    path.push(self.runtime.literal(vm, &item)?);
                }
                Subscript::Path(path)
            }
            _ => Subscript::Item(self.runtime.operand(vm, key)?),
        };
        self.runtime
            .made(self.expression.subscript(&subscript))
            .map(Some)
    }

    fn unary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: UnaryOperator,
    ) -> Result<Option<Value>, Failure> {
        self.count(vm)?;
        Ok(match operator {
            UnaryOperator::Negative => Some(self.expression.negative()),
            UnaryOperator::Invert => Some(self.expression.negate()),
            UnaryOperator::Positive => None,
        }
        .map(|expression| self.runtime.expression_value(expression)))
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        self.count(vm)?;
        let operand = match operator {
            BinaryOperator::And | BinaryOperator::Or => {
                Operand::Expr(self.runtime.condition(vm, other)?)
            }
            _ => self.runtime.operand(vm, other)?,
        };
        if operator == BinaryOperator::Power {
            return self
                .runtime
                .made(self.expression.power(&operand, reflected))
                .map(Some);
        }
        let Some(operator) = binary_operator(operator) else {
            return Ok(None);
        };
        let made = if reflected {
            self.expression.operate_reversed(&operator, &operand)
        } else {
            self.expression.operate(&operator, &operand)
        };
        self.runtime.made(made).map(Some)
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        self.count(vm)?;
        let operand = self.runtime.operand(vm, other)?;
        let operator = match operator {
            CompareOperator::Equal => Operator::Eq,
            CompareOperator::NotEqual => Operator::Ne,
            CompareOperator::Less => Operator::Lt,
            CompareOperator::LessEqual => Operator::Le,
            CompareOperator::Greater => Operator::Gt,
            CompareOperator::GreaterEqual => Operator::Ge,
        };
        self.runtime
            .made(self.expression.operate(&operator, &operand))
            .map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(other.downcast::<Self>().is_some_and(|other| {
            other.expression.is_same(&self.expression)
        })))
    }

    fn hash(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Ok(Some(self.expression.identity() as u64))
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        // `==` and `!=` between expressions are asked for their truth when containers look for
        // members, so they answer whether both sides are one object.
        if let Element::Binary(binary) = self.expression.element() {
            let same = binary.left.is_same(&binary.right);
            match binary.operator {
                Operator::Eq => return Ok(same),
                Operator::Ne => return Ok(!same),
                _ => {}
            }
        }
        Err(Failure::type_error(
            "Boolean value of this clause is not defined",
        ))
    }

    fn str(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let runtime = self.runtime.clone();
        runtime.compiled_text(vm, &Value::Object(self))
    }
}
