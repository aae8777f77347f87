//! The modules that revisions import from `sqlalchemy`, `alembic` and their companions.

use std::rc::Rc;

use super::Runtime;
use super::environment::{self, ContextRole};
use crate::python::{Failure, Object, Value, Vm};

/// A module whose names are found as they are asked for.
pub(crate) struct LibraryModule {
    pub(crate) runtime: Runtime,
    pub(crate) name: Rc<str>,
}

/// Modules of `SQLAlchemy`'s, without their common beginning.
const SQLALCHEMY: &[&str] = &[
    "",
    "dialects",
    "dialects.mysql",
    "dialects.mysql.base",
    "dialects.mysql.dml",
    "dialects.mysql.enumerated",
    "dialects.mysql.json",
    "dialects.mysql.types",
    "dialects.mariadb",
    "dialects.postgresql",
    "dialects.postgresql.array",
    "dialects.postgresql.base",
    "dialects.postgresql.dml",
    "dialects.postgresql.ext",
    "dialects.postgresql.hstore",
    "dialects.postgresql.json",
    "dialects.postgresql.named_types",
    "dialects.postgresql.ranges",
    "dialects.postgresql.types",
    "dialects.sqlite",
    "dialects.sqlite.base",
    "dialects.sqlite.dml",
    "dialects.sqlite.json",
    "engine",
    "engine.base",
    "engine.reflection",
    "engine.interfaces",
    "engine.result",
    "engine.row",
    "engine.url",
    "event",
    "exc",
    "ext",
    "ext.associationproxy",
    "ext.asyncio",
    "ext.automap",
    "ext.compiler",
    "ext.declarative",
    "ext.hybrid",
    "ext.mutable",
    "ext.orderinglist",
    "future",
    "inspection",
    "orm",
    "orm.attributes",
    "orm.decl_api",
    "orm.exc",
    "orm.query",
    "orm.relationships",
    "orm.session",
    "pool",
    "schema",
    "sql",
    "sql.base",
    "sql.compiler",
    "sql.ddl",
    "sql.dml",
    "sql.elements",
    "sql.expression",
    "sql.functions",
    "sql.naming",
    "sql.operators",
    "sql.schema",
    "sql.selectable",
    "sql.sqltypes",
    "sql.type_api",
    "types",
    "util",
];

/// Modules of Alembic's.
const ALEMBIC: &[&str] = &[
    "",
    "config",
    "ddl",
    "ddl.base",
    "ddl.impl",
    "environment",
    "migration",
    "op",
    "operations",
    "operations.base",
    "operations.ops",
    "runtime",
    "runtime.environment",
    "runtime.migration",
    "script",
    "util",
    "util.exc",
    "autogenerate",
    "autogenerate.rewriter",
    "context",
];

/// Modules of Python's own library that revisions import.
const STANDARD: &[&str] = &[
    "abc",
    "argparse",
    "ast",
    "asyncio",
    "base64",
    "binascii",
    "collections",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "glob",
    "hashlib",
    "hmac",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "pprint",
    "random",
    "re",
    "secrets",
    "shutil",
    "socket",
    "string",
    "struct",
    "subprocess",
    "sys",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "traceback",
    "types",
    "typing",
    "typing_extensions",
    "unicodedata",
    "urllib",
    "uuid",
    "warnings",
    "zlib",
    "zoneinfo",
];

/// Whether a module's first name belongs to a library that is known here.
pub(crate) fn is_known_root(root: &str) -> bool {
    matches!(root, "alembic" | "sqlalchemy" | "__future__")
        || STANDARD.contains(&root)
        || super::third_party::is_module(root)
        || matches!(
            root,
            "oslo_db" | "sqlalchemy_utils" | "pgvector" | "geoalchemy2"
        )
}

fn is_part(list: &[&str], path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| {
        if rest.is_empty() {
            list.contains(&"")
        } else {
            rest.strip_prefix('.')
                .is_some_and(|rest| list.contains(&rest))
        }
    })
}

impl Runtime {
    /// A module by its full name, if it is one of the libraries'.
    pub(crate) fn library_module(&self, name: &str) -> Option<Value> {
        let key = format!("module:{name}");
        if let Some(value) = self.library.borrow().get(&key) {
            return Some(value.clone());
        }
        let value = match name {
            "alembic.op" => environment::operations(self),
            "alembic.context" => self.context_value(ContextRole::Environment),
            _ if is_part(SQLALCHEMY, name, "sqlalchemy")
                || is_part(ALEMBIC, name, "alembic")
                || super::third_party::is_module(name) =>
            {
                Value::object(LibraryModule {
                    runtime: self.clone(),
                    name: name.into(),
                })
            }
            _ => return None,
        };
        self.library.borrow_mut().insert(key, value.clone());
        Some(value)
    }
}

impl Object for LibraryModule {
    fn type_name(&self) -> Rc<str> {
        "module".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if matches!(name, "__name__" | "__package__") {
            return Ok(Some(Value::Str(self.name.clone())));
        }
        if matches!(
            name,
            "__path__" | "__file__" | "__all__" | "__spec__" | "__loader__"
        ) {
            return Ok(None);
        }
        let runtime = self.runtime.clone();
        let found = if super::third_party::is_module(&self.name) {
            runtime.third_party_name(vm, &self.name, name)?
        } else {
            runtime.library_name(vm, &self.name, name)?
        };
        if found.is_some() {
            return Ok(found);
        }
        if let Some(module) = runtime.library_module(&format!("{}.{name}", self.name)) {
            return Ok(Some(module));
        }
        Err(Failure::raise(
            "AttributeError",
            format!("module '{}' has no attribute '{name}'", self.name),
        ))
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("<module '{}'>", self.name).into())
    }
}
