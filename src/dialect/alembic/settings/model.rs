//! Settings classes: fields that environment variables fill.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};

/// Whether a class takes its fields from the environment.
pub(super) fn reads_environment(class: &StmtClassDef) -> bool {
    class
        .bases()
        .iter()
        .any(|base| last_name(base).is_some_and(|name| name.ends_with("Settings")))
}

/// The last part of a dotted name.
pub(super) fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// The prefix that the class puts before the names of variables.
pub(super) fn prefix(class: &StmtClassDef) -> String {
    for statement in &class.body {
        let found = match statement {
            Stmt::Assign(assign) => match assign.value.as_ref() {
                Expr::Call(call) => call
                    .arguments
                    .find_keyword("env_prefix")
                    .and_then(|keyword| literal(&keyword.value)),
                _ => None,
            },
            Stmt::ClassDef(inner) if inner.name.as_str() == "Config" => {
                inner.body.iter().find_map(|statement| match statement {
                    Stmt::Assign(assign)
                        if assign.targets.first().and_then(last_name) == Some("env_prefix") =>
                    {
                        literal(&assign.value)
                    }
                    _ => None,
                })
            }
            _ => None,
        };
        if let Some(prefix) = found {
            return prefix;
        }
    }
    String::new()
}

pub(super) fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    }
}

/// A field: its own names for variables, and its default.
#[derive(Debug, Clone, Default)]
pub(super) struct Field<'c> {
    pub(super) names: Vec<String>,
    pub(super) default: Option<&'c Expr>,
}

/// The field of a class.
pub(super) fn field<'c>(class: &'c StmtClassDef, name: &str) -> Option<Field<'c>> {
    class.body.iter().find_map(|statement| {
        let (target, value) = match statement {
            Stmt::AnnAssign(assign) => (assign.target.as_ref(), assign.value.as_deref()),
            Stmt::Assign(assign) => (assign.targets.first()?, Some(assign.value.as_ref())),
            _ => return None,
        };
        if last_name(target) != Some(name) {
            return None;
        }
        let Some(Expr::Call(call)) = value else {
            return Some(Field {
                names: Vec::new(),
                default: value,
            });
        };
        if last_name(&call.func) != Some("Field") {
            return Some(Field {
                names: Vec::new(),
                default: value,
            });
        }
        let mut names = Vec::new();
        for keyword in ["env", "alias", "validation_alias"] {
            let Some(keyword) = call.arguments.find_keyword(keyword) else {
                continue;
            };
            match &keyword.value {
                Expr::List(list) => names.extend(list.elts.iter().filter_map(literal)),
                Expr::Call(choices) => {
                    names.extend(choices.arguments.args.iter().filter_map(literal));
                }
                other => names.extend(literal(other)),
            }
        }
        let default = call
            .arguments
            .find_keyword("default")
            .map(|keyword| &keyword.value)
            .or_else(|| call.arguments.args.first());
        let default = default.filter(|value| !matches!(value, Expr::EllipsisLiteral(_)));
        Some(Field { names, default })
    })
}
