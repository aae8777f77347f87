//! `op.sync_enum_values` of the library `alembic_postgresql_enum`: the values of a PostgreSQL enum
//! type exchanged by way of a new type.

use std::rc::Rc;

use super::Runtime;
use super::names;
use crate::python::{Arguments, Failure, Object, Value, Vm};

/// `TableReference`: a column of the type.
pub(crate) struct TableReference {
    table: Rc<str>,
    column: Rc<str>,
    /// Its schema; none said means that of the type.
    schema: Option<Value>,
    array: bool,
    default: Option<Rc<str>>,
}

/// `ColumnType`, and its members.
pub(crate) struct ColumnType {
    /// The member; none for the class.
    member: Option<bool>,
}

impl Object for ColumnType {
    fn type_name(&self) -> Rc<str> {
        "ColumnType".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "COMMON" => Some(Value::object(Self {
                member: Some(false),
            })),
            "ARRAY" => Some(Value::object(Self { member: Some(true) })),
            _ => None,
        })
    }
}

impl Object for TableReference {
    fn type_name(&self) -> Rc<str> {
        "TableReference".into()
    }
}

/// A name of the library.
pub(crate) fn library_name(name: &str) -> Option<Value> {
    match name {
        "TableReference" => Some(Value::native("TableReference", |_, arguments| {
            let bound = arguments.bind(
                "TableReference.__init__",
                "table_name, column_name, table_schema=, column_type=, existing_server_default=",
            )?;
            Ok(Value::object(TableReference {
                table: names::required_text(&bound.value("table_name"), "table_name")?,
                column: names::required_text(&bound.value("column_name"), "column_name")?,
                schema: bound.get("table_schema"),
                array: is_array(&bound.value("column_type")),
                default: names::text(&bound.value("existing_server_default")),
            }))
        })),
        "ColumnType" => Some(Value::object(ColumnType { member: None })),
        _ => None,
    }
}

fn is_array(value: &Value) -> bool {
    value
        .downcast::<ColumnType>()
        .is_some_and(|column_type| column_type.member == Some(true))
}

/// One exchange, with names as they are written.
struct Exchange {
    schema: String,
    /// The type, qualified.
    new: String,
    /// The type under the name it gets out of the way with, qualified.
    old: String,
    renames: Vec<(Rc<str>, Rc<str>)>,
}

impl Runtime {
    /// `op.sync_enum_values(...)`.
    pub(crate) fn sync_enum_values(
        &self,
        vm: &mut Vm,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "sync_enum_values",
            "enum_schema, enum_name, new_values, affected_columns, enum_values_to_rename=, \
             indexes_to_recreate=",
        )?;
        if !self.run.target().is_postgres() {
            self.run.context.warn(format!(
                "This library only supports postgresql, but you are using {}, skipping",
                self.run.target().dialect_name()
            ));
            return Ok(Value::None);
        }
        if let Some(indexes) = bound.some("indexes_to_recreate")
            && vm.truth(&indexes)?
        {
            return Err(vm.refuse(
                "indexes_to_recreate",
                "op.sync_enum_values(indexes_to_recreate=...) is not supported.",
                "Drop the indexes before and create them after it.",
            ));
        }
        let schema = names::required_text(&bound.value("enum_schema"), "enum_schema")?;
        let name = names::required_text(&bound.value("enum_name"), "enum_name")?;
        let mut renames = Vec::new();
        if let Some(given) = bound.some("enum_values_to_rename") {
            for pair in vm.collect(&given)? {
                let parts = vm.collect(&pair)?;
                let [from, to] = parts.as_slice() else {
                    return Err(Failure::value_error("enum_values_to_rename takes pairs"));
                };
                renames.push((vm.str(from)?, vm.str(to)?));
            }
        }
        let exchange = Exchange {
            schema: format!("\"{schema}\""),
            new: format!("\"{schema}\".\"{name}\""),
            old: format!("\"{schema}\".\"{name}_old\""),
            renames,
        };
        let mut values = Vec::new();
        for value in vm.collect(&bound.value("new_values"))? {
            values.push(format!("'{}'", vm.str(&value)?));
        }
        let mut statements = vec![
            format!("ALTER TYPE {} RENAME TO \"{name}_old\"", exchange.new),
            format!(
                "CREATE TYPE {} AS ENUM({})",
                exchange.new,
                values.join(", ")
            ),
        ];
        for (operator, function) in OPERATORS {
            exchange.create_operator(operator, function, &mut statements);
        }
        for column in vm.collect(&bound.value("affected_columns"))? {
            self.change_column(vm, &exchange, &schema, &name, &column, &mut statements)?;
        }
        for (operator, function) in OPERATORS {
            exchange.drop_operator(operator, function, &mut statements);
        }
        statements.push(format!("DROP TYPE {}", exchange.old));
        for statement in &statements {
            self.run.emit(vm, statement)?;
        }
        Ok(Value::None)
    }

    fn change_column(
        &self,
        vm: &mut Vm,
        exchange: &Exchange,
        schema: &str,
        name: &str,
        column: &Value,
        statements: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let looked_up;
        let reference = if let Some(reference) = column.downcast::<TableReference>() {
            looked_up = reference;
            &looked_up
        } else if let Value::Tuple(parts) = column
            && parts.len() >= 2
        {
            let table = vm.str(&parts[0])?;
            let column_name = vm.str(&parts[1])?;
            let default = self.column_default(vm, schema, &table, &column_name)?;
            looked_up = Rc::new(TableReference {
                table,
                column: column_name,
                schema: None,
                array: parts.get(2).is_some_and(is_array),
                default,
            });
            &looked_up
        } else {
            return Err(Failure::value_error(
                "Affected columns must contain tuples or TableReferences",
            ));
        };
        let table_schema = match &reference.schema {
            None => Some(schema.into()),
            Some(value) => names::text(value).filter(|text| !text.is_empty()),
        };
        let table = match table_schema {
            Some(schema) => format!("\"{schema}\".\"{}\"", reference.table),
            None => format!("\"{}\"", reference.table),
        };
        let column = format!("\"{}\"", reference.column);
        let alter = format!("ALTER TABLE {table}\n             ALTER COLUMN {column}");
        if reference.default.is_some() {
            statements.push(format!("{alter} DROP DEFAULT"));
        }
        statements.push(format!(
            "{alter} {}",
            exchange.conversion(&column, reference.array)
        ));
        if let Some(default) = &reference.default {
            statements.push(format!(
                "{alter} SET DEFAULT {}",
                exchange.default(default, schema, name)
            ));
        }
        Ok(())
    }

    /// The default that a column has in the database.
    fn column_default(
        &self,
        vm: &mut Vm,
        schema: &str,
        table: &str,
        column: &str,
    ) -> Result<Option<Rc<str>>, Failure> {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let question = format!(
            "SELECT column_default FROM information_schema.columns WHERE table_schema = {} AND \
             table_name = {} AND column_name = {}",
            quoted(schema),
            quoted(table),
            quoted(column)
        );
        let question = self.expression_value(
            crate::dialect::alembic::sqlalchemy::expression::literal_column(&question, None),
        );
        let result = self.execute_value(vm, &question, None)?;
        let default = vm.call_method(&result, "scalar", Arguments::none())?;
        Ok(names::text(&default))
    }
}

const OPERATORS: [(&str, &str); 2] = [("!=", "new_old_not_equals"), ("=", "new_old_equals")];

impl Exchange {
    fn create_operator(&self, operator: &str, function: &str, statements: &mut Vec<String>) {
        let Self {
            schema, new, old, ..
        } = self;
        let old_value = if self.renames.is_empty() {
            "old_enum_val::text;".to_owned()
        } else {
            let cases: Vec<String> = self
                .renames
                .iter()
                .map(|(from, to)| format!("WHEN old_enum_val::text = '{from}' THEN '{to}'"))
                .collect();
            format!(
                "CASE\n                    {}\n\n                    ELSE old_enum_val::text\n                END;",
                cases.join(" ")
            )
        };
        statements.push(format!(
            "CREATE FUNCTION {schema}.{function}(\n                new_enum_val {new}, \
             old_enum_val {old}\n            )\n            RETURNS boolean AS $$\n                \
             SELECT new_enum_val::text {operator} {old_value}\n            $$ LANGUAGE SQL IMMUTABLE"
        ));
        statements.push(format!(
            "CREATE OPERATOR {schema}.{operator} (\n            leftarg = {new},\n            \
             rightarg = {old},\n            procedure = {schema}.{function}\n        )"
        ));
    }

    fn drop_operator(&self, operator: &str, function: &str, statements: &mut Vec<String>) {
        let Self {
            schema, new, old, ..
        } = self;
        statements.push(format!(
            "DROP OPERATOR IF EXISTS {schema}.{operator} (\n                {new},\n                {old}\n            )"
        ));
        statements.push(format!(
            "DROP FUNCTION {schema}.{function}(\n            new_enum_val {new}, old_enum_val {old}\n        )"
        ));
    }

    /// How a column's values become values of the new type.
    fn conversion(&self, column: &str, array: bool) -> String {
        let new = &self.new;
        if array {
            let mut values = format!("{column}::text[]");
            for (from, to) in &self.renames {
                values = format!("array_replace({values}, '{from}', '{to}')");
            }
            return format!("TYPE {new}[]\n            USING {values}::{new}[]");
        }
        if self.renames.is_empty() {
            return format!("TYPE {new}\n                USING {column}::text::{new}");
        }
        let cases: Vec<String> = self
            .renames
            .iter()
            .map(|(from, to)| format!("WHEN {column}::text = '{from}' THEN '{to}'::{new}"))
            .collect();
        format!(
            "TYPE {new}\n                USING CASE\n                {}\n\n                ELSE {column}::text::{new}\n                END",
            cases.join(" ")
        )
    }

    /// A default with the new type and the new values in it.
    fn default(&self, default: &str, schema: &str, name: &str) -> String {
        let mut renamed = default.to_owned();
        for (from, to) in &self.renames {
            renamed = renamed
                .replace(&format!("'{from}'"), &format!("'{to}'"))
                .replace(&format!("\"{from}\""), &format!("\"{to}\""));
        }
        let new = if schema.is_empty() {
            name.to_owned()
        } else {
            format!("{schema}.{name}")
        };
        if renamed.starts_with("ARRAY[") {
            return retyped(&renamed, &new);
        }
        let array = if default.ends_with("[]") { "[]" } else { "" };
        let value = renamed.split("::").next().unwrap_or_default();
        format!("{value}::{new}{array}")
    }
}

/// A text whose casts all name another type.
fn retyped(text: &str, new: &str) -> String {
    let mut parts = text.split("::");
    let mut retyped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|character: char| !(character.is_alphanumeric() || "._".contains(character)))
            .unwrap_or(part.len());
        retyped.push_str("::");
        retyped.push_str(new);
        retyped.push_str(&part[end..]);
    }
    retyped
}
