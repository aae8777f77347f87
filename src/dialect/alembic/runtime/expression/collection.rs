//! Methods that only arrays and `HSTORE` have.

use crate::dialect::alembic::runtime::Runtime;
use crate::dialect::alembic::sqlalchemy::expression::{
    self as sa, Expr, Operand, Operator, Quantifier,
};
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType, TypeClass};
use crate::python::{Arguments, Failure, Value, Vm};

/// Whether an expression has one of these methods, which depends on its type.
pub(super) fn has_method(expression: &Expr, name: &str) -> bool {
    match expression.type_().family() {
        Family::Array => matches!(name, "any" | "all"),
        Family::Hstore => hstore_function(name).is_some(),
        _ => false,
    }
}

/// The function behind a method of `HSTORE`, and what it gives.
fn hstore_function(method: &str) -> Option<(&'static str, SqlType)> {
    let texts = || {
        SqlType::array(
            TypeClass::PostgresArray,
            SqlType::new(TypeClass::Text),
            None,
        )
    };
    let hstore = || SqlType::new(TypeClass::Hstore);
    Some(match method {
        "defined" => ("defined", SqlType::boolean()),
        "delete" => ("delete", hstore()),
        "slice" => ("slice", hstore()),
        "keys" => ("akeys", texts()),
        "vals" => ("avals", texts()),
        "array" => ("hstore_to_array", texts()),
        "matrix" => ("hstore_to_matrix", texts()),
        _ => return None,
    })
}

/// Calls such a method.
pub(super) fn call(
    runtime: &Runtime,
    vm: &mut Vm,
    own: &Expr,
    name: &str,
    arguments: Arguments,
) -> Result<Value, Failure> {
    if let Some((function, type_)) = hstore_function(name) {
        let mut operands = vec![Operand::Expr(own.clone())];
        operands.extend(runtime.operands(vm, &arguments.positional)?);
        return runtime.made(sa::function(&[], function, &operands, Some(type_)));
    }
    let quantifier = if name == "any" {
        Quantifier::Any
    } else {
        Quantifier::All
    };
    let bound = arguments.bind(name, "other, operator=")?;
    let operator = comparison(vm, bound.some("operator"))?;
    let operand = runtime.operand(vm, &bound.value("other"))?;
    runtime.made(sa::compare_items(quantifier, own, &operator, &operand))
}

/// `Any(value, array, operator)` and `All(value, array, operator)` of PostgreSQL's module.
pub(super) fn quantified(
    runtime: &Runtime,
    vm: &mut Vm,
    quantifier: Quantifier,
    arguments: Arguments,
) -> Result<Value, Failure> {
    let bound = arguments.bind("Any", "other, arrexpr, operator=")?;
    let operator = comparison(vm, bound.some("operator"))?;
    let operand = runtime.operand(vm, &bound.value("other"))?;
    let array = runtime.expression(vm, &bound.value("arrexpr"))?;
    runtime.made(sa::compare_items(quantifier, &array, &operator, &operand))
}

/// The operator that a function of Python's module `operator` stands for.
fn comparison(vm: &mut Vm, function: Option<Value>) -> Result<Operator, Failure> {
    let Some(function) = function else {
        return Ok(Operator::Eq);
    };
    let name = match vm.find_attribute(&function, "__name__")? {
        Some(name) => vm.str(&name)?,
        None => vm.repr(&function)?,
    };
    Ok(match &*name {
        "eq" => Operator::Eq,
        "ne" => Operator::Ne,
        "lt" => Operator::Lt,
        "le" => Operator::Le,
        "gt" => Operator::Gt,
        "ge" => Operator::Ge,
        _ => {
            return Err(vm.refuse(
                "operator",
                format!("The operator {name} is not supported here."),
                "Use one of eq, ne, lt, le, gt and ge.",
            ));
        }
    })
}
