//! What revisions see around them: the connection's dialect, the migration context, `alembic.context`.

use std::rc::Rc;

use super::Runtime;
use super::names;
use super::operations::{OperationsObject, unknown_attribute};
use crate::python::{Arguments, Failure, Object, Value, Vm};

/// `bind.dialect`.
pub(crate) struct DialectObject {
    pub(crate) runtime: Runtime,
}

/// `op.get_context()`, and the parts of it that share its answers.
pub(crate) struct ContextObject {
    pub(crate) runtime: Runtime,
    pub(crate) role: ContextRole,
}

/// Which of the objects around a run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContextRole {
    /// `MigrationContext`.
    Migration,
    /// `alembic.context`.
    Environment,
    /// Its `impl`.
    Implementation,
    /// `Config`.
    Config,
}

/// `autocommit_block()`, and other blocks that only mark statements.
pub(crate) struct BlockObject {
    pub(crate) runtime: Runtime,
    /// Whether statements inside stand outside of a transaction.
    pub(crate) autocommit: bool,
}

impl Runtime {
    /// `bind.dialect`.
    pub(crate) fn dialect_value(&self) -> Value {
        Value::object(DialectObject {
            runtime: self.clone(),
        })
    }

    /// `op.get_context()`.
    pub(crate) fn migration_context(&self) -> Value {
        self.context_value(ContextRole::Migration)
    }

    /// `op.impl`.
    pub(crate) fn implementation(&self) -> Value {
        self.context_value(ContextRole::Implementation)
    }

    pub(crate) fn context_value(&self, role: ContextRole) -> Value {
        Value::object(ContextObject {
            runtime: self.clone(),
            role,
        })
    }

    fn x_argument(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind("get_x_argument", "as_dictionary=")?;
        let given = &self.run.settings.x_arguments;
        if bound.flag("as_dictionary").unwrap_or(false) {
            let Value::Dict(dict) = Value::dict() else {
                return Ok(Value::None);
            };
            for argument in given {
                let (key, value) = argument.split_once('=').unwrap_or((argument, ""));
                dict.set_str(key, Value::str(value));
            }
            return Ok(Value::Dict(dict));
        }
        let _ = vm;
        Ok(Value::list(given.iter().map(Value::str).collect()))
    }

    fn option(&self, name: &str) -> Option<Value> {
        self.run
            .settings
            .options
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| Value::str(value))
    }
}

impl Object for DialectObject {
    fn type_name(&self) -> Rc<str> {
        "Dialect".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let target = self.runtime.run.target();
        Ok(Some(match name {
            "name" => Value::str(target.dialect_name()),
            "driver" => Value::str(if target.is_postgres() {
                "psycopg"
            } else if target.is_sqlite() {
                "pysqlite"
            } else {
                "pymysql"
            }),
            "supports_sequences" => Value::Bool(target.is_postgres() || target.mariadb),
            "supports_native_enum" => Value::Bool(!target.is_sqlite()),
            "supports_native_boolean" => Value::Bool(target.is_postgres()),
            "supports_native_uuid" => Value::Bool(target.is_postgres()),
            "supports_comments" => Value::Bool(!target.is_sqlite()),
            "supports_alter" => Value::Bool(!target.is_sqlite()),
            "is_mariadb" => Value::Bool(target.mariadb),
            "paramstyle" => Value::str("named"),
            "max_identifier_length" => Value::from(target.label_limit()),
            "default_schema_name" => self.runtime.default_schema(vm)?,
            "server_version_info" => match self.runtime.server_version(vm)? {
                Some(version) => version,
                None => return Ok(None),
            },
            "identifier_preparer" | "preparer" | "type_compiler" | "type_compiler_instance" => {
                Value::Object(self)
            }
            _ if name.starts_with("__") || self.has_method(name) => return Ok(None),
            _ => return Err(unknown_attribute(vm, "the dialect", name)),
        }))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "has_table"
                | "has_index"
                | "quote"
                | "quote_identifier"
                | "quote_schema"
                | "format_table"
                | "process"
                | "type_descriptor"
                | "has_sequence"
                | "has_schema"
                | "get_columns"
                | "get_pk_constraint"
                | "get_foreign_keys"
                | "get_indexes"
                | "get_unique_constraints"
                | "get_check_constraints"
                | "get_table_names"
                | "get_view_names"
                | "get_schema_names"
                | "get_table_comment"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let runtime = &self.runtime;
        match name {
            "has_table" => {
                let bound = arguments.bind(name, "connection, table_name, schema=, **kw")?;
                let table = names::required_name(&bound.value("table_name"), "table_name")?;
                let schema = bound.some("schema").as_ref().and_then(names::name);
                if runtime.run.is_offline() {
                    return Err(runtime.no_inspection());
                }
                runtime
                    .table_exists(vm, &table, schema.as_ref())
                    .map(Value::Bool)
            }
            "quote" | "quote_identifier" | "quote_schema" => {
                let bound = arguments.bind(name, "ident, force=")?;
                let ident = names::required_name(&bound.value("ident"), "ident")?;
                Ok(Value::from(if name == "quote_identifier" {
                    runtime.run.target().always_quote(ident.as_str())
                } else {
                    runtime.run.target().quote(&ident).into_owned()
                }))
            }
            "type_descriptor" => {
                let bound = arguments.bind(name, "typeobj")?;
                let sql_type = runtime.required_type(vm, &bound.value("typeobj"))?;
                Ok(runtime.type_value(sql_type))
            }
            "process" => {
                let bound = arguments.bind(name, "type_, **kw")?;
                let sql_type = runtime.required_type(vm, &bound.value("type_"))?;
                let text = runtime.run.context.ddl().bare_type(&sql_type);
                Ok(Value::from(runtime.run.failed(text)?))
            }
            "has_index"
            | "has_sequence"
            | "has_schema"
            | "get_columns"
            | "get_pk_constraint"
            | "get_foreign_keys"
            | "get_indexes"
            | "get_unique_constraints"
            | "get_check_constraints"
            | "get_table_names"
            | "get_view_names"
            | "get_schema_names"
            | "get_table_comment" => {
                // The first argument is the connection, of which there is one.
                let mut arguments = arguments;
                if !arguments.positional.is_empty() {
                    arguments.positional.remove(0);
                }
                let inspector = runtime.inspect(vm, &runtime.bind())?;
                vm.call_method(&inspector, name, arguments)
            }
            _ => Err(vm.refuse(
                format!("dialect.{name}"),
                format!("dialect.{name}() is not supported."),
                "Use sa.inspect(bind).",
            )),
        }
    }
}

impl Object for ContextObject {
    fn type_name(&self) -> Rc<str> {
        match self.role {
            ContextRole::Migration => "MigrationContext",
            ContextRole::Environment => "EnvironmentContext",
            ContextRole::Implementation => "DefaultImpl",
            ContextRole::Config => "Config",
        }
        .into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        let settings = &runtime.run.settings;
        Ok(Some(match name {
            "dialect" => runtime.dialect_value(),
            "bind" | "connection" => {
                if runtime.run.is_offline() && self.role == ContextRole::Implementation {
                    Value::None
                } else {
                    runtime.bind()
                }
            }
            "as_sql" => Value::Bool(runtime.run.is_offline()),
            "impl" => runtime.implementation(),
            "config" => runtime.context_value(ContextRole::Config),
            "transactional_ddl" => Value::Bool(settings.transactional_ddl),
            "version_table_schema" => Value::from(settings.version_table_schema.clone()),
            "opts" | "context_opts" => {
                let Value::Dict(dict) = Value::dict() else {
                    return Ok(None);
                };
                dict.set_str(
                    "version_table_schema",
                    Value::from(settings.version_table_schema.clone()),
                );
                dict.set_str("as_sql", Value::Bool(runtime.run.is_offline()));
                Value::Dict(dict)
            }
            "attributes" => Value::dict(),
            "config_file_name" => Value::from(settings.config_file.clone()),
            "config_ini_section" => Value::str("alembic"),
            "environment_context" => runtime.context_value(ContextRole::Environment),
            "version_table" => Value::str(
                settings
                    .version_table
                    .as_deref()
                    .unwrap_or("alembic_version"),
            ),
            "cmd_opts" => Value::None,
            _ if name.starts_with("__") || self.has_method(name) => return Ok(None),
            _ => return Err(unknown_attribute(vm, &self.type_name(), name)),
        }))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "autocommit_block"
                | "begin_transaction"
                | "execute"
                | "get_context"
                | "get_bind"
                | "get_impl"
                | "is_offline_mode"
                | "is_transactional_ddl"
                | "get_x_argument"
                | "get_main_option"
                | "get_section_option"
                | "get_section"
                | "get_tag_argument"
                | "static_output"
                | "_exec"
                | "get_current_revision"
                | "get_current_heads"
                | "get_head_revision"
                | "get_starting_revision_argument"
                | "get_revision_argument"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let runtime = &self.runtime;
        Ok(match name {
            "autocommit_block" => Value::object(BlockObject {
                runtime: runtime.clone(),
                autocommit: true,
            }),
            "begin_transaction" => Value::object(BlockObject {
                runtime: runtime.clone(),
                autocommit: false,
            }),
            "execute" | "_exec" => {
                let bound = arguments.bind(name, "sql, execution_options=, **kw")?;
                runtime.execute_statement(vm, &bound.value("sql"))?;
                Value::None
            }
            "static_output" => {
                let bound = arguments.bind(name, "text")?;
                let text = names::required_text(&bound.value("text"), "text")?;
                runtime.run.emit(vm, &text)?;
                Value::None
            }
            "get_context" => runtime.migration_context(),
            "get_bind" => runtime.bind(),
            "get_impl" => runtime.implementation(),
            "is_offline_mode" => Value::Bool(runtime.run.is_offline()),
            "is_transactional_ddl" => Value::Bool(runtime.run.settings.transactional_ddl),
            "get_x_argument" => runtime.x_argument(vm, arguments)?,
            "get_main_option" | "get_section_option" => {
                let signature = if name == "get_main_option" {
                    "name, default="
                } else {
                    "section, name, default="
                };
                let bound = arguments.bind(name, signature)?;
                let key = names::required_text(&bound.value("name"), "name")?;
                runtime
                    .option(&key)
                    .unwrap_or_else(|| bound.value("default"))
            }
            "get_section" => {
                let Value::Dict(dict) = Value::dict() else {
                    return Ok(Value::None);
                };
                for (key, value) in &runtime.run.settings.options {
                    dict.set_str(key, Value::str(value));
                }
                Value::Dict(dict)
            }
            "get_tag_argument" => Value::from(runtime.run.settings.tag.clone()),
            _ => {
                return Err(vm.refuse(
                    format!("context.{name}"),
                    format!("A revision cannot ask for {name}()."),
                    "",
                ));
            }
        })
    }
}

impl Object for BlockObject {
    fn type_name(&self) -> Rc<str> {
        "_GeneratorContextManager".into()
    }

    fn enter(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        if self.autocommit {
            self.runtime.run.autocommit(vm, true)?;
        }
        Ok(Some(Value::None))
    }

    fn exit(self: Rc<Self>, vm: &mut Vm, _exception: Option<&Value>) -> Result<bool, Failure> {
        if self.autocommit {
            self.runtime.run.autocommit(vm, false)?;
        }
        Ok(false)
    }
}

/// `alembic.op` as a value.
pub(crate) fn operations(runtime: &Runtime) -> Value {
    Value::object(OperationsObject {
        runtime: runtime.clone(),
    })
}
