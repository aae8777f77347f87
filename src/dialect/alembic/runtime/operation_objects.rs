//! The operations of `alembic.operations.ops` as objects, which `op.invoke()` takes.

use std::cell::RefCell;
use std::rc::Rc;

use super::Runtime;
use super::operations::OperationsObject;
use crate::python::{Arguments, Failure, NewClass, Object, Value, Vm};

/// A class of operations, and the function of `op` that does the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OperationKind {
    class: &'static str,
    function: &'static str,
    signature: &'static str,
    /// Parameters that the function calls otherwise.
    renamed: &'static [(&'static str, &'static str)],
    /// The parameter whose items the function takes one by one, behind the first argument.
    spread: Option<&'static str>,
}

const fn kind(
    class: &'static str,
    function: &'static str,
    signature: &'static str,
) -> OperationKind {
    OperationKind {
        class,
        function,
        signature,
        renamed: &[],
        spread: None,
    }
}

/// All classes that can be invoked.
const KINDS: [OperationKind; 17] = [
    OperationKind {
        renamed: &[
            ("modify_nullable", "nullable"),
            ("modify_comment", "comment"),
            ("modify_server_default", "server_default"),
            ("modify_name", "new_column_name"),
            ("modify_type", "type_"),
        ],
        ..kind(
            "AlterColumnOp",
            "alter_column",
            "table_name, column_name, *, schema=, existing_type=, existing_server_default=, \
             existing_nullable=, existing_comment=, modify_nullable=, modify_comment=, \
             modify_server_default=, modify_name=, modify_type=, **kw",
        )
    },
    kind(
        "AddColumnOp",
        "add_column",
        "table_name, column, *, schema=, if_not_exists=, inline_references=, \
         inline_primary_key=, **kw",
    ),
    kind(
        "BulkInsertOp",
        "bulk_insert",
        "table, rows, *, multiinsert=",
    ),
    kind(
        "CreateCheckConstraintOp",
        "create_check_constraint",
        "constraint_name, table_name, condition, *, schema=, **kw",
    ),
    kind(
        "CreateForeignKeyOp",
        "create_foreign_key",
        "constraint_name, source_table, referent_table, local_cols, remote_cols, **kw",
    ),
    kind(
        "CreateIndexOp",
        "create_index",
        "index_name, table_name, columns, *, schema=, unique=, if_not_exists=, **kw",
    ),
    kind(
        "CreatePrimaryKeyOp",
        "create_primary_key",
        "constraint_name, table_name, columns, *, schema=, **kw",
    ),
    kind(
        "CreateTableCommentOp",
        "create_table_comment",
        "table_name, comment, *, schema=, existing_comment=",
    ),
    OperationKind {
        spread: Some("columns"),
        ..kind(
            "CreateTableOp",
            "create_table",
            "table_name, columns, *, schema=, if_not_exists=, _namespace_metadata=, \
             _constraints_included=, **kw",
        )
    },
    kind(
        "CreateUniqueConstraintOp",
        "create_unique_constraint",
        "constraint_name, table_name, columns, *, schema=, **kw",
    ),
    kind(
        "DropColumnOp",
        "drop_column",
        "table_name, column_name, *, schema=, if_exists=, _reverse=, **kw",
    ),
    OperationKind {
        renamed: &[("constraint_type", "type_")],
        ..kind(
            "DropConstraintOp",
            "drop_constraint",
            "constraint_name, table_name, type_=, *, schema=, if_exists=, _reverse=",
        )
    },
    kind(
        "DropIndexOp",
        "drop_index",
        "index_name, table_name=, *, schema=, if_exists=, _reverse=, **kw",
    ),
    kind(
        "DropTableCommentOp",
        "drop_table_comment",
        "table_name, *, schema=, existing_comment=",
    ),
    kind(
        "DropTableOp",
        "drop_table",
        "table_name, *, schema=, if_exists=, table_kw=, _reverse=",
    ),
    kind("ExecuteSQLOp", "execute", "sqltext, *, execution_options="),
    OperationKind {
        renamed: &[("table_name", "old_table_name")],
        ..kind(
            "RenameTableOp",
            "rename_table",
            "old_table_name, new_table_name, *, schema=",
        )
    },
];

impl OperationKind {
    /// The class of a name.
    pub(super) fn find(class: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.class == class)
    }

    /// The names of the constructor's parameters.
    fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.signature
            .split(',')
            .map(|parameter| parameter.trim().trim_end_matches('='))
            .filter(|parameter| !parameter.starts_with('*'))
    }

    /// What the object calls a parameter of its constructor.
    fn attribute(&self, parameter: &'static str) -> &'static str {
        // Where the constructor has the function's own name, the object has the other one.
        self.renamed
            .iter()
            .find(|(_, function)| *function == parameter)
            .map_or(parameter, |(attribute, _)| attribute)
    }

    /// What the function of `op` calls an attribute.
    fn parameter<'n>(&self, attribute: &'n str) -> &'n str
    where
        'static: 'n,
    {
        self.renamed
            .iter()
            .find(|(known, _)| *known == attribute)
            .map_or(attribute, |(_, function)| function)
    }
}

/// A class of operations.
pub(super) struct OperationClass {
    pub(super) runtime: Runtime,
    pub(super) kind: &'static OperationKind,
}

/// An operation.
pub(super) struct OperationObject {
    kind: &'static OperationKind,
    /// What it was made with, and what was set since.
    attributes: RefCell<Vec<(Rc<str>, Value)>>,
    /// What `**kw` took.
    keywords: Vec<(Rc<str>, Value)>,
}

impl OperationObject {
    fn given(&self, name: &str) -> Option<Value> {
        self.attributes
            .borrow()
            .iter()
            .find(|(known, _)| &**known == name)
            .map(|(_, value)| value.clone())
    }

    /// Does what the operation says.
    pub(super) fn invoke(&self, runtime: &Runtime, vm: &mut Vm) -> Result<Value, Failure> {
        let mut arguments = Arguments::none();
        if let Some(items) = self.kind.spread {
            // The first parameter and those items are positional, the others go by name.
            let first = self.kind.parameters().next().unwrap_or_default();
            arguments
                .positional
                .push(self.given(first).unwrap_or(Value::None));
            if let Some(items) = self.given(items) {
                arguments.positional.extend(vm.collect(&items)?);
            }
        }
        for (name, value) in self.attributes.borrow().iter() {
            let positional = self.kind.spread.is_some()
                && (self.kind.spread == Some(&**name)
                    || self.kind.parameters().next() == Some(&**name));
            if positional || name.starts_with('_') {
                continue;
            }
            if &**name == "table_kw" {
                if let Value::Dict(keywords) = value {
                    arguments.keywords.extend(keywords.text_items());
                }
                continue;
            }
            arguments = arguments.keyword(self.kind.parameter(name), value.clone());
        }
        arguments.keywords.extend(self.keywords.iter().cloned());
        let operations = Value::object(OperationsObject {
            runtime: runtime.clone(),
        });
        vm.call_method(&operations, self.kind.function, arguments)
    }
}

impl Object for OperationClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        match name {
            "__name__" | "__qualname__" => Ok(Some(Value::str(self.kind.class))),
            _ if name.starts_with("__") => Ok(None),
            _ if name == self.kind.function => {
                // The class method takes the operations first.
                let (runtime, function) = (self.runtime.clone(), self.kind.function);
                Ok(Some(Value::native(function, move |vm, arguments| {
                    let mut arguments = arguments;
                    if !arguments.positional.is_empty() {
                        arguments.positional.remove(0);
                    }
                    let operations = super::environment::operations(&runtime);
                    vm.call_method(&operations, function, arguments)
                })))
            }
            _ => Err(vm.refuse(
                format!("{}.{name}", self.kind.class),
                format!("{}.{name} is not known here.", self.kind.class),
                "Make the operation with its class, or call it as a function of op.",
            )),
        }
    }

    fn call(self: Rc<Self>, _vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        let function = format!("{}.__init__", self.kind.class);
        let bound = arguments.bind(&function, self.kind.signature)?;
        let attributes = self
            .kind
            .parameters()
            .filter_map(|name| {
                let value = bound.get(name)?;
                Some((Rc::from(self.kind.attribute(name)), value))
            })
            .collect();
        Ok(Some(Value::object(OperationObject {
            kind: self.kind,
            attributes: RefCell::new(attributes),
            keywords: bound.keywords,
        })))
    }

    fn is_instance(self: Rc<Self>, _vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(
            value
                .downcast::<OperationObject>()
                .is_some_and(|object| object.kind == self.kind),
        ))
    }

    fn subclass(self: Rc<Self>, vm: &mut Vm, _new: NewClass<'_>) -> Result<Option<Value>, Failure> {
        Err(vm.refuse(
            self.kind.class,
            format!("A class derived from {} is not supported.", self.kind.class),
            "Derive it from MigrateOperation.",
        ))
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("<class 'alembic.operations.ops.{}'>", self.kind.class).into())
    }
}

impl Object for OperationObject {
    fn type_name(&self) -> Rc<str> {
        self.kind.class.into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if let Some(value) = self.given(name) {
            return Ok(Some(value));
        }
        if name == "kw" {
            let keywords = Value::dict();
            if let Value::Dict(dict) = &keywords {
                for (key, value) in &self.keywords {
                    dict.set_str(key, value.clone());
                }
            }
            return Ok(Some(keywords));
        }
        if self
            .kind
            .parameters()
            .any(|parameter| self.kind.attribute(parameter) == name)
        {
            let unset = matches!(
                name,
                "existing_server_default" | "modify_server_default" | "modify_comment"
            );
            return Ok(Some(if unset {
                Value::Bool(false)
            } else {
                Value::None
            }));
        }
        if name.starts_with("__") {
            return Ok(None);
        }
        Err(vm.refuse(
            format!("{}.{name}", self.kind.class),
            format!("{}.{name} is not known here.", self.kind.class),
            "Make the operation that is wanted with its own class.",
        ))
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        value: Value,
    ) -> Result<bool, Failure> {
        let known = self
            .kind
            .parameters()
            .any(|parameter| self.kind.attribute(parameter) == name);
        if known {
            let mut attributes = self.attributes.borrow_mut();
            match attributes.iter_mut().find(|(own, _)| &**own == name) {
                Some((_, own)) => *own = value,
                None => attributes.push((name.into(), value)),
            }
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_function() {
        for kind in &KINDS {
            let known = super::super::operations::TABLE_OPERATIONS.contains(&kind.function)
                || super::super::operations::OTHER_OPERATIONS.contains(&kind.function);
            assert!(known, "{}", kind.class);
        }
    }

    #[test]
    fn names_of_attributes_and_parameters() {
        let rename = OperationKind::find("RenameTableOp").expect("a class");
        assert_eq!(rename.attribute("old_table_name"), "table_name");
        assert_eq!(rename.parameter("table_name"), "old_table_name");
        let alter = OperationKind::find("AlterColumnOp").expect("a class");
        assert_eq!(alter.attribute("modify_type"), "modify_type");
        assert_eq!(alter.parameter("modify_type"), "type_");
    }
}
