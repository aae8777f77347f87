//! `sa.inspect(bind)`, and tables read from the database.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use super::Runtime;
use super::column::ColumnObject;
use super::constraint::{ConstraintObject, IndexObject};
use super::names;
use super::table::{MetaDataObject, TableObject};
use crate::dialect::alembic::reflect::{
    CheckFacts, ColumnFacts, Described, ForeignKeyFacts, IndexFacts, IndexOption, KeyFacts,
    Listing, Reflector, RuleValue, describe,
};
use crate::dialect::alembic::sqlalchemy::expression as sa;
use crate::dialect::alembic::sqlalchemy::schema::Table;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType};
use crate::python::{Arguments, Bound, Failure, Object, Value, Vm};

/// A method, what it was asked about, and in which schema.
type Question = (String, String, Option<String>);

/// `sa.inspect(bind)`.
pub(crate) struct InspectorObject {
    pub(super) runtime: Runtime,
    /// What was asked before: the database is asked once, until `clear_cache()`.
    known: RefCell<HashMap<Question, Value>>,
}

/// A dictionary of the inspector's.
fn dictionary<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Dict(Rc::new(crate::python::Dict::of(entries)))
}

fn texts(items: &[String]) -> Value {
    Value::list(items.iter().map(Value::str).collect())
}

impl Runtime {
    /// `sa.inspect(subject)`.
    pub(crate) fn inspect(&self, vm: &mut Vm, subject: &Value) -> Result<Value, Failure> {
        if Self::is_bind(subject) {
            if self.run.is_offline() {
                return Err(self.no_inspection());
            }
            return Ok(Value::object(InspectorObject {
                runtime: self.clone(),
                known: RefCell::default(),
            }));
        }
        if let Value::Class(class) = subject
            && let Some(table) = class.lookup("__table__")
        {
            return Ok(table);
        }
        Err(vm.refuse("sa.inspect", "Only connections can be inspected.", ""))
    }

    /// Asks the database about itself.
    pub(crate) fn reflect<T>(
        &self,
        vm: &mut Vm,
        question: impl FnOnce(&mut Reflector<'_, Failure>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Some(connection) = self.run.connection.clone() else {
            return Err(self.no_inspection());
        };
        let unknown = vm.refuse(
            "sa.inspect",
            "Databases of this backend cannot be inspected yet.",
            "",
        );
        let mut ask = |sql: &str| connection.clone().execute(&self.run, vm, sql);
        let Some(mut reflector) = Reflector::new(self.run.target(), &mut ask) else {
            return Err(unknown);
        };
        let answer = question(&mut reflector)?;
        for warning in std::mem::take(&mut reflector.warnings) {
            self.run.context.warn(warning);
        }
        Ok(answer)
    }

    pub(crate) fn no_such_table(&self, table: &str, schema: Option<&str>) -> Failure {
        let name = match schema {
            Some(schema) => format!("{schema}.{table}"),
            None => table.to_owned(),
        };
        self.run.raise("NoSuchTableError", name)
    }

    /// Reads a table of the database.
    pub(crate) fn described(
        &self,
        vm: &mut Vm,
        table: &str,
        schema: Option<&str>,
        default: &dyn Fn(&ColumnFacts) -> Option<String>,
    ) -> Result<Described, Failure> {
        self.reflect(vm, |reflector| describe(reflector, table, schema, default))?
            .ok_or_else(|| self.no_such_table(table, schema))
    }

    pub(crate) fn table_exists(
        &self,
        vm: &mut Vm,
        table: &Name,
        schema: Option<&Name>,
    ) -> Result<bool, Failure> {
        if let Some(explorer) = self.run.explorer() {
            return Ok(explorer.has_table(table.as_str(), schema.map(Name::as_str)));
        }
        self.reflect(vm, |reflector| {
            reflector.has_table(table.as_str(), schema.map(Name::as_str))
        })
    }

    pub(crate) fn type_exists(
        &self,
        vm: &mut Vm,
        name: &Name,
        schema: Option<&Name>,
    ) -> Result<bool, Failure> {
        self.reflect(vm, |reflector| {
            reflector.has_type(name.as_str(), schema.map(Name::as_str))
        })
    }

    pub(crate) fn default_schema(&self, vm: &mut Vm) -> Result<Value, Failure> {
        if self.run.is_offline() {
            return Ok(Value::None);
        }
        self.reflect(vm, |reflector| reflector.default_schema().map(Value::from))
    }

    pub(crate) fn server_version(&self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        if self.run.is_offline() {
            return Ok(None);
        }
        self.reflect(vm, |reflector| {
            let numbers = reflector.version()?.into_iter();
            Ok(Some(Value::tuple(numbers.map(Value::Int).collect())))
        })
    }

    /// Fills a table from the database. What the file says about a column wins.
    pub(crate) fn reflect_table(
        &self,
        vm: &mut Vm,
        table: &Rc<TableObject>,
    ) -> Result<(), Failure> {
        let (name, schema) = {
            let data = table.table.borrow();
            (data.name.to_string(), data.schema.clone())
        };
        let described =
            self.described(vm, &name, schema.as_ref().map(Name::as_str), &|column| {
                column.default.clone()
            })?;
        self.fill_table(table, described);
        Ok(())
    }

    /// Puts what the database said into a table.
    pub(crate) fn fill_table(&self, table: &Rc<TableObject>, described: Described) {
        let own: Vec<Rc<ColumnObject>> = table.columns.take();
        let mut used = Vec::new();
        for column in described.columns {
            let given = own
                .iter()
                .find(|given| given.data.borrow().name.as_str() == column.name.as_str());
            match given {
                Some(given) => {
                    used.push(given.clone());
                    table.add_column(given);
                }
                None => table.add_column(&Rc::new(ColumnObject {
                    runtime: self.clone(),
                    data: RefCell::new(column),
                    table: RefCell::new(Weak::new()),
                    default: RefCell::new(Value::None),
                    onupdate: RefCell::new(Value::None),
                    references: RefCell::default(),
                })),
            }
        }
        for given in own {
            if !used.iter().any(|known| Rc::ptr_eq(known, &given)) {
                table.add_column(&given);
            }
        }
        for mut constraint in described.constraints {
            constraint.common.created = self.run.next_created();
            table.add_constraint(Rc::new(ConstraintObject {
                data: RefCell::new(constraint),
                table: RefCell::new(Weak::new()),
            }));
        }
        for index in described.indexes {
            table.indexes.borrow_mut().push(Rc::new(IndexObject {
                data: RefCell::new(index),
                columns: RefCell::default(),
            }));
        }
        if described.comment.is_some() {
            table.table.borrow_mut().comment = described.comment;
        }
    }

    /// `metadata.reflect(...)`.
    pub(crate) fn reflect_metadata(
        &self,
        vm: &mut Vm,
        metadata: &Rc<MetaDataObject>,
        arguments: Arguments,
    ) -> Result<(), Failure> {
        let bound = arguments.bind(
            "reflect",
            "bind, schema=, views=, only=, extend_existing=, autoload_replace=, resolve_fks=, **kw",
        )?;
        let schema = bound
            .some("schema")
            .as_ref()
            .and_then(names::name)
            .or_else(|| metadata.schema.clone());
        let views = bound.flag("views").unwrap_or(false);
        let found = self.reflect(vm, |reflector| {
            let schema = schema.as_ref().map(Name::as_str);
            let mut found = reflector.names(Listing::Tables, schema)?;
            if views {
                found.extend(reflector.names(Listing::Views, schema)?);
                found.extend(reflector.names(Listing::MaterializedViews, schema)?);
            }
            Ok(found)
        })?;
        let chosen: Vec<String> = match bound.some("only") {
            None => found,
            Some(only @ (Value::List(_) | Value::Tuple(_) | Value::Set(_))) => {
                let mut chosen = Vec::new();
                let mut missing = Vec::new();
                for name in vm.collect(&only)? {
                    let name = names::required_text(&name, "only")?.to_string();
                    if found.contains(&name) {
                        chosen.push(name);
                    } else {
                        missing.push(name);
                    }
                }
                if !missing.is_empty() {
                    let of = schema
                        .as_ref()
                        .map_or_else(String::new, |schema| format!(" schema '{schema}'"));
                    return Err(self.run.raise(
                        "InvalidRequestError",
                        format!(
                            "Could not reflect: requested table(s) not available in Engine{of}: \
                             ({})",
                            missing.join(", ")
                        ),
                    ));
                }
                chosen
            }
            Some(callable) => {
                let mut chosen = Vec::new();
                for name in found {
                    let arguments =
                        Arguments::of(vec![Value::str(&name), Value::Object(metadata.clone())]);
                    let wanted = vm.call(&callable, arguments)?;
                    if vm.truth(&wanted)? {
                        chosen.push(name);
                    }
                }
                chosen
            }
        };
        for name in chosen {
            let table = Table::new(
                Name::new(&name),
                schema.clone(),
                metadata.convention.clone(),
            );
            let key = match &schema {
                Some(schema) => format!("{schema}.{name}"),
                None => name.clone(),
            };
            if metadata.tables.borrow().contains_key(&key) {
                continue;
            }
            let object = self.table_object(table, super::table::TableParts::default());
            self.reflect_table(vm, &object)?;
            metadata.tables.borrow_mut().insert(key, object);
        }
        Ok(())
    }

    /// `python_type` of a type object.
    pub(crate) fn python_type(&self, vm: &mut Vm, sql_type: &SqlType) -> Result<Value, Failure> {
        let (module, name) = match sql_type.family() {
            Family::Integer => ("builtins", "int"),
            Family::Numeric => ("decimal", "Decimal"),
            Family::Float => ("builtins", "float"),
            Family::Boolean => ("builtins", "bool"),
            Family::String | Family::Enum => ("builtins", "str"),
            Family::Binary => ("builtins", "bytes"),
            Family::Date => ("datetime", "date"),
            Family::DateTime => ("datetime", "datetime"),
            Family::Time => ("datetime", "time"),
            Family::Interval => ("datetime", "timedelta"),
            Family::Json => ("builtins", "dict"),
            Family::Array => ("builtins", "list"),
            Family::Uuid => ("uuid", "UUID"),
            _ => {
                return Err(Failure::raise("NotImplementedError", ""));
            }
        };
        let module = vm.import(module)?;
        vm.attribute(&module, name)
    }
}

const METHODS: &[&str] = &[
    "get_table_names",
    "get_view_names",
    "get_materialized_view_names",
    "get_temp_table_names",
    "get_temp_view_names",
    "get_sequence_names",
    "get_schema_names",
    "get_columns",
    "get_pk_constraint",
    "get_foreign_keys",
    "get_unique_constraints",
    "get_indexes",
    "get_check_constraints",
    "get_table_comment",
    "get_table_options",
    "get_view_definition",
    "get_enums",
    "has_table",
    "has_index",
    "has_sequence",
    "has_schema",
    "has_type",
    "clear_cache",
    "reflect_table",
];

impl InspectorObject {
    /// What is known already, or what the database answers.
    pub(super) fn remembered(
        &self,
        method: &str,
        subject: &str,
        schema: Option<&str>,
        vm: &mut Vm,
        ask: impl FnOnce(&Runtime, &mut Vm) -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        let key = (
            method.to_owned(),
            subject.to_owned(),
            schema.map(str::to_owned),
        );
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(known.clone());
        }
        let answer = ask(&self.runtime, vm)?;
        self.known.borrow_mut().insert(key, answer.clone());
        Ok(answer)
    }

    fn not_implemented() -> Failure {
        Failure::raise("NotImplementedError", "")
    }

    fn list(&self, vm: &mut Vm, method: &str, schema: Option<&str>) -> Result<Value, Failure> {
        let listing = match method {
            "get_table_names" => Listing::Tables,
            "get_view_names" => Listing::Views,
            "get_materialized_view_names" => Listing::MaterializedViews,
            "get_temp_table_names" => Listing::TemporaryTables,
            "get_temp_view_names" => Listing::TemporaryViews,
            "get_sequence_names" => Listing::Sequences,
            _ => Listing::Schemas,
        };
        let sqlite = self.runtime.run.target().is_sqlite();
        if sqlite && matches!(listing, Listing::Sequences | Listing::MaterializedViews) {
            return Err(Self::not_implemented());
        }
        self.remembered(method, "", schema, vm, |runtime, vm| {
            let names = runtime.reflect(vm, |reflector| reflector.names(listing, schema))?;
            Ok(texts(&names))
        })
    }

    fn about_table(
        &self,
        vm: &mut Vm,
        method: &str,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Value, Failure> {
        if method == "get_table_comment" && self.runtime.run.target().is_sqlite() {
            return Err(Self::not_implemented());
        }
        self.remembered(method, table, schema, vm, |runtime, vm| {
            let postgres = runtime.run.target().is_postgres();
            let answer = match method {
                "get_columns" => runtime
                    .reflect(vm, |reflector| reflector.columns(table, schema))?
                    .map(|columns| {
                        let columns = columns.into_iter();
                        Value::list(columns.map(|one| runtime.column_facts(one)).collect())
                    }),
                "get_pk_constraint" => runtime
                    .reflect(vm, |reflector| reflector.primary_key(table, schema))?
                    .map(|key| primary_key(&key)),
                "get_foreign_keys" => runtime
                    .reflect(vm, |reflector| reflector.foreign_keys(table, schema))?
                    .map(|keys| Value::list(keys.iter().map(foreign_key).collect())),
                "get_unique_constraints" => runtime
                    .reflect(vm, |reflector| reflector.unique_constraints(table, schema))?
                    .map(|keys| Value::list(keys.iter().map(unique).collect())),
                "get_check_constraints" => runtime
                    .reflect(vm, |reflector| reflector.checks(table, schema))?
                    .map(|checks| Value::list(checks.iter().map(check).collect())),
                "get_indexes" => runtime
                    .reflect(vm, |reflector| reflector.indexes(table, schema))?
                    .map(|indexes| {
                        let indexes = indexes.iter();
                        Value::list(
                            indexes
                                .map(|one| runtime.index_facts(one, postgres))
                                .collect(),
                        )
                    }),
                "get_table_comment" => runtime
                    .reflect(vm, |reflector| reflector.comment(table, schema))?
                    .map(|text| dictionary([("text", Value::from(text.0))])),
                "get_view_definition" => runtime
                    .reflect(vm, |reflector| reflector.view_definition(table, schema))?
                    .map(Value::from),
                _ => runtime
                    .reflect(vm, |reflector| reflector.has_table(table, schema))?
                    .then(Value::dict),
            };
            answer.ok_or_else(|| runtime.no_such_table(table, schema))
        })
    }

    fn has_index(&self, vm: &mut Vm, bound: &Bound) -> Result<bool, Failure> {
        let table = names::required_text(&bound.value("table_name"), "table_name")?;
        let index = names::required_text(&bound.value("index_name"), "index_name")?;
        let schema = names::text(&bound.value("schema"));
        let indexes = self
            .runtime
            .reflect(vm, |reflector| reflector.indexes(&table, schema.as_deref()))?;
        Ok(indexes
            .unwrap_or_default()
            .iter()
            .any(|known| *known.name == *index))
    }
}

impl Object for InspectorObject {
    fn type_name(&self) -> Rc<str> {
        if self.runtime.run.target().is_postgres() {
            "PGInspector"
        } else {
            "Inspector"
        }
        .into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "bind" => Some(self.runtime.bind()),
            "engine" => {
                let bind = self.runtime.bind();
                Some(vm.attribute(&bind, "engine")?)
            }
            "dialect" => Some(self.runtime.dialect_value()),
            "default_schema_name" => Some(self.runtime.default_schema(vm)?),
            "info_cache" => Some(Value::dict()),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
            && (!matches!(name, "get_enums" | "has_type")
                || self.runtime.run.target().is_postgres())
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        if name != "clear_cache"
            && let Some(explorer) = self.runtime.run.explorer()
        {
            return self.supposed(vm, &explorer, name, arguments);
        }
        match name {
            "clear_cache" => {
                arguments.bind(name, "")?;
                self.known.borrow_mut().clear();
                Ok(Value::None)
            }
            "get_table_names"
            | "get_view_names"
            | "get_materialized_view_names"
            | "get_temp_table_names"
            | "get_temp_view_names"
            | "get_sequence_names"
            | "get_schema_names" => {
                let bound = arguments.bind(name, "schema=, **kw")?;
                let schema = names::text(&bound.value("schema"));
                self.list(vm, name, schema.as_deref())
            }
            "has_table" => {
                let bound = arguments.bind(name, "table_name, schema=, **kw")?;
                let table = names::required_text(&bound.value("table_name"), "table_name")?;
                let schema = names::text(&bound.value("schema"));
                self.remembered(name, &table, schema.as_deref(), vm, |runtime, vm| {
                    runtime
                        .reflect(vm, |reflector| {
                            reflector.has_table(&table, schema.as_deref())
                        })
                        .map(Value::Bool)
                })
            }
            "has_index" => {
                let bound = arguments.bind(name, "table_name, index_name, schema=, **kw")?;
                self.has_index(vm, &bound).map(Value::Bool)
            }
            "has_sequence" => {
                let bound = arguments.bind(name, "sequence_name, schema=, **kw")?;
                let wanted = bound.value("sequence_name");
                let schema = names::text(&bound.value("schema"));
                let known = self.list(vm, "get_sequence_names", schema.as_deref())?;
                vm.contains(&known, &wanted).map(Value::Bool)
            }
            "has_schema" => {
                let bound = arguments.bind(name, "schema_name, **kw")?;
                let known = self.list(vm, "get_schema_names", None)?;
                vm.contains(&known, &bound.value("schema_name"))
                    .map(Value::Bool)
            }
            "has_type" => {
                let bound = arguments.bind(name, "type_name, schema=, **kw")?;
                let wanted = names::required_name(&bound.value("type_name"), "type_name")?;
                let schema = bound.some("schema").as_ref().and_then(names::name);
                self.runtime
                    .type_exists(vm, &wanted, schema.as_ref())
                    .map(Value::Bool)
            }
            "get_enums" => {
                let bound = arguments.bind(name, "schema=")?;
                let schema = names::text(&bound.value("schema"));
                self.remembered(name, "", schema.as_deref(), vm, |runtime, vm| {
                    let enums =
                        runtime.reflect(vm, |reflector| reflector.enums(schema.as_deref()))?;
                    let enums = enums.iter().map(|one| {
                        dictionary([
                            ("name", Value::str(&one.name)),
                            ("schema", Value::str(&one.schema)),
                            ("visible", Value::Bool(one.visible)),
                            ("labels", texts(&one.labels)),
                        ])
                    });
                    Ok(Value::list(enums.collect()))
                })
            }
            "reflect_table" => {
                let bound = arguments.bind(name, "table, include_columns, **kw")?;
                let Some(table) = bound.value("table").downcast::<TableObject>() else {
                    return Err(Failure::type_error("reflect_table() takes a Table"));
                };
                self.runtime.reflect_table(vm, &table)?;
                Ok(Value::None)
            }
            _ => {
                let bound = arguments.bind(name, "table_name, schema=, **kw")?;
                let table = names::required_text(&bound.value("table_name"), "table_name")?;
                let schema = names::text(&bound.value("schema"));
                self.about_table(vm, name, &table, schema.as_deref())
            }
        }
    }
}

fn comment(entries: &mut Vec<(&'static str, Value)>, comment: Option<&Option<String>>) {
    if let Some(comment) = comment {
        entries.push(("comment", Value::from(comment.clone())));
    }
}

impl Runtime {
    fn column_facts(&self, facts: ColumnFacts) -> Value {
        let mut entries = vec![
            ("name", Value::from(facts.name)),
            ("type", self.type_value(facts.sql_type)),
            ("nullable", Value::Bool(facts.nullable)),
            ("default", Value::from(facts.default)),
        ];
        if let Some(counts) = facts.autoincrement {
            entries.push(("autoincrement", Value::Bool(counts)));
        }
        comment(&mut entries, facts.comment.as_ref());
        if let Some(place) = facts.primary_key {
            entries.push(("primary_key", Value::Int(place)));
        }
        if let Some((text, persisted)) = facts.computed {
            entries.push((
                "computed",
                dictionary([
                    ("sqltext", Value::from(text)),
                    ("persisted", Value::Bool(persisted)),
                ]),
            ));
        }
        if let Some(identity) = facts.identity {
            let options = identity.options;
            entries.push((
                "identity",
                dictionary([
                    ("always", Value::Bool(identity.always)),
                    ("start", Value::from(options.start)),
                    ("increment", Value::from(options.increment)),
                    ("minvalue", Value::from(options.minvalue)),
                    ("maxvalue", Value::from(options.maxvalue)),
                    ("cache", Value::from(options.cache)),
                    ("cycle", Value::Bool(options.cycle.unwrap_or(false))),
                ]),
            ));
        }
        dictionary(entries)
    }

    fn index_facts(&self, facts: &IndexFacts, postgres: bool) -> Value {
        let columns = Value::list(
            facts
                .columns
                .iter()
                .map(|column| Value::from(column.clone()))
                .collect(),
        );
        let mut entries = vec![("name", Value::str(&facts.name))];
        if postgres {
            entries.push(("unique", Value::Bool(facts.unique)));
            entries.push(("column_names", columns));
        } else {
            entries.push(("column_names", columns));
            entries.push(("unique", Value::Int(i64::from(facts.unique))));
        }
        if let Some(expressions) = &facts.expressions {
            entries.push(("expressions", texts(expressions)));
        }
        if !facts.sorting.is_empty() {
            let sorting = facts.sorting.iter().map(|(column, words)| {
                let words = words.iter().map(Value::str).collect();
                (column.as_str(), Value::tuple(words))
            });
            entries.push(("column_sorting", dictionary(sorting)));
        }
        if facts.is_constraint {
            entries.push(("duplicates_constraint", Value::str(&facts.name)));
        }
        let options = facts.options.iter().map(|(key, option)| {
            let value = match option {
                IndexOption::Text(text) => Value::str(text),
                IndexOption::Sql(text) if postgres => Value::str(text),
                IndexOption::Sql(text) => self.expression_value(sa::text(text)),
                IndexOption::List(items) => texts(items),
                IndexOption::Map(map) => dictionary(
                    map.iter()
                        .map(|(key, value)| (key.as_str(), Value::str(value))),
                ),
                IndexOption::Flag(flag) => Value::Bool(*flag),
            };
            (*key, value)
        });
        entries.push(("dialect_options", dictionary(options)));
        dictionary(entries)
    }
}

fn key_options(key: &KeyFacts) -> Option<Value> {
    let mut options = vec![("postgresql_include", texts(key.include.as_ref()?))];
    if let Some(flag) = key.nulls_not_distinct {
        options.push(("postgresql_nulls_not_distinct", Value::Bool(flag)));
    }
    Some(dictionary(options))
}

fn primary_key(key: &KeyFacts) -> Value {
    if key.columns.is_empty() {
        return dictionary([
            ("name", Value::None),
            ("constrained_columns", Value::list(Vec::new())),
        ]);
    }
    let mut entries = vec![
        ("constrained_columns", texts(&key.columns)),
        ("name", Value::from(key.name.clone())),
    ];
    comment(&mut entries, key.comment.as_ref());
    entries.extend(key_options(key).map(|options| ("dialect_options", options)));
    dictionary(entries)
}

fn unique(key: &KeyFacts) -> Value {
    let name = ("name", Value::from(key.name.clone()));
    let columns = ("column_names", texts(&key.columns));
    let mut entries = if key.comment.is_some() {
        vec![columns, name]
    } else {
        vec![name, columns]
    };
    comment(&mut entries, key.comment.as_ref());
    entries.extend(key_options(key).map(|options| ("dialect_options", options)));
    dictionary(entries)
}

fn foreign_key(key: &ForeignKeyFacts) -> Value {
    let options = key.options.iter().map(|(option, value)| {
        let value = match value {
            RuleValue::Text(text) => Value::str(text),
            RuleValue::Flag(flag) => Value::Bool(*flag),
        };
        (*option, value)
    });
    let mut entries = vec![
        ("name", Value::from(key.name.clone())),
        ("constrained_columns", texts(&key.columns)),
        ("referred_schema", Value::from(key.schema.clone())),
        ("referred_table", Value::str(&key.table)),
        ("referred_columns", texts(&key.referred)),
        ("options", dictionary(options)),
    ];
    comment(&mut entries, key.comment.as_ref());
    dictionary(entries)
}

fn check(check: &CheckFacts) -> Value {
    let name = ("name", Value::from(check.name.clone()));
    let text = ("sqltext", Value::str(&check.text));
    let mut entries = if check.comment.is_some() {
        vec![name, text]
    } else {
        vec![text, name]
    };
    comment(&mut entries, check.comment.as_ref());
    if !check.options.is_empty() {
        let options = check
            .options
            .iter()
            .map(|option| (*option, Value::Bool(true)));
        entries.push(("dialect_options", dictionary(options)));
    }
    dictionary(entries)
}
