//! What revisions take from `sqlalchemy.orm` and `sqlalchemy.ext`: classes mapped to tables, and
//! extensions of the compiler and of `op`.

use std::cell::RefCell;
use std::rc::Rc;

use super::Runtime;
use super::column::ColumnObject;
use super::names;
use super::operation_objects::{OperationClass, OperationObject};
use super::relationship::RelationshipObject;
use super::session::flag_modified;
use super::table::{MetaDataObject, TableObject, TableParts};
use crate::dialect::alembic::sqlalchemy::schema::Table;
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::TypeClass;
use crate::python::{Arguments, Class, Failure, Instance, NewClass, Object, Value, Vm};

/// What a declarative base is: classes that derive from it are tables.
pub(crate) struct DeclarativeBase {
    runtime: Runtime,
    metadata: Rc<MetaDataObject>,
    /// The classes that derive from it.
    classes: RefCell<Vec<Rc<Class>>>,
    /// `sqlalchemy.orm.DeclarativeBase` itself, whose direct subclasses are bases.
    root: bool,
}

/// An attribute of a mapped class that statements and tables have no use for: `relationship()`.
struct InertAttribute {
    name: &'static str,
}

/// `flask_sqlalchemy.SQLAlchemy()`: SQLAlchemy's names on one object.
pub(crate) struct FlaskSqlAlchemy {
    pub(crate) runtime: Runtime,
}

impl Object for FlaskSqlAlchemy {
    fn type_name(&self) -> Rc<str> {
        "SQLAlchemy".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if name == "Model" {
            return self
                .runtime
                .orm_name(vm, "sqlalchemy.orm", "DeclarativeBase");
        }
        let found = self.runtime.library_name(vm, "sqlalchemy", name)?;
        match found {
            Some(found) => Ok(Some(found)),
            None => self.runtime.orm_name(vm, "sqlalchemy.orm", name),
        }
    }
}

/// The compiler as an extension's function sees it.
struct CompilerObject {
    runtime: Runtime,
}

/// What revisions add to the libraries.
#[derive(Default)]
pub(crate) struct Extensions {
    /// Tables with columns whose defaults are functions, as statements refer to them.
    tables: Vec<(FromClause, Rc<TableObject>)>,
    /// `@compiles(Class, *dialects)`: class, dialects, function.
    compilers: Vec<(Rc<Class>, Vec<Rc<str>>, Value)>,
    /// `@compiles(Type, *dialects)` for the run's backend.
    types: Vec<(TypeClass, Value)>,
    /// `@compiles(CreateSequence, *dialects)` and the like, for the run's backend.
    statements: Vec<(&'static str, Value)>,
    /// `@Operations.register_operation(name)`: name, class, method.
    operations: Vec<(Rc<str>, Value, Rc<str>)>,
    /// `@Operations.implementation_for(Class)`.
    implementations: Vec<(Value, Value)>,
}

impl Extensions {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.compilers.is_empty()
            && self.types.is_empty()
            && self.statements.is_empty()
            && self.operations.is_empty()
            && self.implementations.is_empty()
    }
}

/// Functions of the ORM that only describe how objects are loaded.
const INERT: &[&str] = &[
    "backref",
    "synonym",
    "column_property",
    "deferred",
    "query_expression",
    "joinedload",
    "selectinload",
    "subqueryload",
    "lazyload",
    "contains_eager",
    "load_only",
    "noload",
    "undefer",
    "defer",
    "association_proxy",
    "foreign",
    "remote",
    "composite",
    "dynamic_loader",
];

impl Extensions {
    /// Remembers a table whose defaults are functions.
    pub(crate) fn remember_table(&mut self, from: &FromClause, table: &Rc<TableObject>) {
        self.tables.push((from.clone(), table.clone()));
    }

    /// The table behind what a statement refers to, where its defaults are functions.
    pub(crate) fn table_of(&self, from: &FromClause) -> Option<Rc<TableObject>> {
        self.tables
            .iter()
            .find(|(known, _)| known.is_same(from))
            .map(|(_, table)| table.clone())
    }
}

impl Runtime {
    /// A name of `sqlalchemy.orm` or `sqlalchemy.ext`.
    pub(crate) fn orm_name(
        &self,
        vm: &mut Vm,
        module: &str,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        if let Some(name) = INERT.iter().find(|known| **known == name) {
            return Ok(Some(inert(name)));
        }
        Ok(Some(match name {
            "declarative_base" => {
                let runtime = self.clone();
                Value::native("declarative_base", move |vm, arguments| {
                    let bound = arguments.bind(
                        "declarative_base",
                        "*args, metadata=, bind=, cls=, name=, metaclass=, **kw",
                    )?;
                    runtime.declarative_base(vm, bound.some("metadata"), false)
                })
            }
            "DeclarativeBase" | "DeclarativeBaseNoMeta" => self.declarative_base(vm, None, true)?,
            "mapped_column" => {
                let runtime = self.clone();
                Value::native("mapped_column", move |vm, arguments| {
                    let mut arguments = arguments;
                    for orm_only in [
                        "init",
                        "repr",
                        "kw_only",
                        "compare",
                        "use_existing_column",
                        "active_history",
                        "deferred",
                        "deferred_group",
                        "sort_order",
                    ] {
                        arguments.take(orm_only);
                    }
                    Ok(Value::Object(runtime.make_column(vm, arguments)?))
                })
            }
            "Mapped" | "Query" | "InstrumentedAttribute" | "WriteOnlyMapped" | "DynamicMapped" => {
                inert_name(name)
            }
            "validates" | "declared_attr" | "hybrid_property" | "hybrid_method"
            | "reconstructor" => match name {
                "validates" => Value::native("validates", |_, _| {
                    Ok(Value::native("decorate", |_, arguments| {
                        Ok(arguments
                            .positional
                            .into_iter()
                            .next()
                            .unwrap_or(Value::None))
                    }))
                }),
                _ => inert_name(name),
            },
            "MutableDict" | "MutableList" | "MutableSet" => Value::object(Mutable {
                name: mutable_name(name),
            }),
            "compiles" => {
                let runtime = self.clone();
                Value::native("compiles", move |vm, arguments| {
                    runtime.compiles(vm, arguments)
                })
            }
            "flag_modified" => {
                Value::native("flag_modified", |_, arguments| flag_modified(arguments))
            }
            "flag_dirty" => Value::native("flag_dirty", |_, _| Ok(Value::None)),
            _ if module.ends_with(".exc") => return Ok(None),
            "relationship" | "relation" => Value::native("relationship", |_, arguments| {
                RelationshipObject::make(arguments)
            }),
            "Session" => {
                let runtime = self.clone();
                Value::native("Session", move |vm, arguments| {
                    runtime.session(vm, arguments)
                })
            }
            "sessionmaker" => {
                let runtime = self.clone();
                Value::native("sessionmaker", move |_, arguments| {
                    Ok(runtime.session_maker(arguments))
                })
            }
            "scoped_session"
            | "object_session"
            | "aliased"
            | "automap_base"
            | "registry"
            | "as_declarative"
            | "create_session"
            | "with_polymorphic"
            | "AsyncSession"
            | "create_async_engine" => Vm::absent(&format!("{module}.{name}")),
            _ => return Ok(None),
        }))
    }

    fn declarative_base(
        &self,
        vm: &mut Vm,
        metadata: Option<Value>,
        root: bool,
    ) -> Result<Value, Failure> {
        let metadata =
            if let Some(metadata) = metadata.and_then(|value| value.downcast::<MetaDataObject>()) {
                metadata
            } else {
                let made = self.make_metadata(vm, Arguments::none())?;
                match made.downcast::<MetaDataObject>() {
                    Some(metadata) => metadata,
                    None => return Ok(Value::None),
                }
            };
        Ok(Value::object(DeclarativeBase {
            runtime: self.clone(),
            metadata,
            classes: RefCell::default(),
            root,
        }))
    }

    fn compiles(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind("compiles", "class_, *specs")?;
        let mut dialects = Vec::new();
        for spec in &bound.rest {
            dialects.push(names::required_text(spec, "spec")?);
        }
        let subject = bound.value("class_");
        if let Some(base) = subject.downcast::<super::types::TypeClassObject>() {
            return Ok(self.compiles_type(&base, dialects));
        }
        if let Some(class) = subject.downcast::<super::library::LibraryClass>()
            && super::schema_ddl::CLASSES.contains(&class.name)
        {
            return Ok(self.compiles_schema_statement(class.name, dialects));
        }
        let Value::Class(class) = subject else {
            let dialect = self.run.target().dialect_name();
            if !dialects.is_empty() && dialects.iter().all(|known| &**known != dialect) {
                // Meant for another backend.
                return Ok(Value::native("decorate", |_, arguments| {
                    Ok(arguments
                        .positional
                        .into_iter()
                        .next()
                        .unwrap_or(Value::None))
                }));
            }
            return Err(vm.refuse(
                "compiles",
                "Only types and constructs of the revision's own can be given another text.",
                "",
            ));
        };
        let runtime = self.clone();
        Ok(Value::native("decorate", move |_, arguments| {
            let function = arguments
                .positional
                .into_iter()
                .next()
                .unwrap_or(Value::None);
            runtime.extensions.borrow_mut().compilers.push((
                class.clone(),
                dialects.clone(),
                function.clone(),
            ));
            Ok(function)
        }))
    }

    /// `@compiles` on a class of SQLAlchemy's types.
    fn compiles_type(&self, base: &super::types::TypeClassObject, dialects: Vec<Rc<str>>) -> Value {
        let super::types::BaseClass::Sql(class) = base.class else {
            return Value::None;
        };
        let runtime = self.clone();
        Value::native("decorate", move |_, arguments| {
            let function = arguments
                .positional
                .into_iter()
                .next()
                .unwrap_or(Value::None);
            let dialect = runtime.run.target().dialect_name();
            if dialects.is_empty() || dialects.iter().any(|known| &**known == dialect) {
                runtime
                    .extensions
                    .borrow_mut()
                    .types
                    .push((class, function.clone()));
            }
            Ok(function)
        })
    }

    /// `@compiles` on a class of SQLAlchemy's schema statements.
    fn compiles_schema_statement(&self, class: &'static str, dialects: Vec<Rc<str>>) -> Value {
        let runtime = self.clone();
        Value::native("decorate", move |_, arguments| {
            let function = arguments
                .positional
                .into_iter()
                .next()
                .unwrap_or(Value::None);
            let dialect = runtime.run.target().dialect_name();
            if dialects.is_empty() || dialects.iter().any(|known| &**known == dialect) {
                runtime
                    .extensions
                    .borrow_mut()
                    .statements
                    .push((class, function.clone()));
            }
            Ok(function)
        })
    }

    /// What a function that `@compiles` has registered makes of a value.
    fn own_text(
        &self,
        vm: &mut Vm,
        function: Option<Value>,
        value: &Value,
    ) -> Result<Option<Rc<str>>, Failure> {
        let Some(function) = function else {
            return Ok(None);
        };
        let compiler = Value::object(CompilerObject {
            runtime: self.clone(),
        });
        let text = vm.call(&function, Arguments::of(vec![value.clone(), compiler]))?;
        vm.str(&text).map(Some)
    }

    /// The text that a function of the revision's own gives a schema statement, if there is one.
    pub(crate) fn own_statement_text(
        &self,
        vm: &mut Vm,
        class: &str,
        value: &Value,
    ) -> Result<Option<Rc<str>>, Failure> {
        let function = self
            .extensions
            .borrow()
            .statements
            .iter()
            .rev()
            .find(|(known, _)| *known == class)
            .map(|(_, function)| function.clone());
        self.own_text(vm, function, value)
    }

    /// The text that a function of the revision's own gives a type, if there is one.
    pub(crate) fn own_type_text(
        &self,
        vm: &mut Vm,
        class: TypeClass,
        value: &Value,
    ) -> Result<Option<Rc<str>>, Failure> {
        let function = self
            .extensions
            .borrow()
            .types
            .iter()
            .rev()
            .find(|(known, _)| *known == class)
            .map(|(_, function)| function.clone());
        self.own_text(vm, function, value)
    }

    /// Executes an instance of a construct of the revision's own.
    pub(crate) fn execute_own_element(&self, vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
        let text = self.own_element_text(vm, value)?;
        match text {
            Some(text) => {
                self.run.emit(vm, &text)?;
                Ok(Value::None)
            }
            None => Err(self.run.raise(
                "ObjectNotExecutableError",
                format!("Not an executable object: {}", vm.repr(value)?),
            )),
        }
    }

    fn own_element_text(&self, vm: &mut Vm, value: &Value) -> Result<Option<Rc<str>>, Failure> {
        let Value::Instance(instance) = value else {
            return Ok(None);
        };
        let dialect = self.run.target().dialect_name();
        let function = {
            let extensions = self.extensions.borrow();
            let fitting = |special: bool| {
                extensions
                    .compilers
                    .iter()
                    .rev()
                    .find(|(class, dialects, _)| {
                        instance.class.is_subclass_of(class)
                            && if special {
                                dialects.iter().any(|known| &**known == dialect)
                            } else {
                                dialects.is_empty()
                            }
                    })
                    .map(|(_, _, function)| function.clone())
            };
            fitting(true).or_else(|| fitting(false))
        };
        self.own_text(vm, function, value)
    }

    /// `@Operations.register_operation` and `@Operations.implementation_for`.
    pub(crate) fn register_operation(
        &self,
        vm: &mut Vm,
        registers: bool,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let runtime = self.clone();
        if registers {
            let bound = arguments.bind("register_operation", "name, sourcename=")?;
            let name = names::required_text(&bound.value("name"), "name")?;
            let source = names::text(&bound.value("sourcename")).unwrap_or_else(|| name.clone());
            let _ = vm;
            return Ok(Value::native("decorate", move |_, arguments| {
                let class = arguments
                    .positional
                    .into_iter()
                    .next()
                    .unwrap_or(Value::None);
                let mut extensions = runtime.extensions.borrow_mut();
                extensions
                    .operations
                    .push((name.clone(), class.clone(), source.clone()));
                Ok(class)
            }));
        }
        let bound = arguments.bind("implementation_for", "op_cls, replace=")?;
        let class = bound.value("op_cls");
        if class.downcast::<OperationClass>().is_some() {
            let shown = vm.repr(&class)?;
            return Err(vm.refuse(
                "implementation_for",
                format!("Another implementation of {shown} is not supported."),
                "Register an operation of your own.",
            ));
        }
        Ok(Value::native("decorate", move |_, arguments| {
            let function = arguments
                .positional
                .into_iter()
                .next()
                .unwrap_or(Value::None);
            let mut extensions = runtime.extensions.borrow_mut();
            extensions
                .implementations
                .push((class.clone(), function.clone()));
            Ok(function)
        }))
    }

    /// An operation that a revision, or a module beside it, has registered.
    pub(crate) fn registered_operation(&self, name: &str) -> Option<Value> {
        if name == "sync_enum_values" {
            let runtime = self.clone();
            return Some(Value::native("sync_enum_values", move |vm, arguments| {
                runtime.sync_enum_values(vm, arguments)
            }));
        }
        if let Some(operation) = self.geospatial_operation(name) {
            return Some(operation);
        }
        let (class, method) = {
            let extensions = self.extensions.borrow();
            let (_, class, method) = extensions
                .operations
                .iter()
                .rev()
                .find(|(known, _, _)| &**known == name)?;
            (class.clone(), method.clone())
        };
        let runtime = self.clone();
        Some(Value::native("operation", move |vm, arguments| {
            let function = vm.attribute(&class, &method)?;
            let operations = super::environment::operations(&runtime);
            vm.call(&function, arguments.with_receiver(operations))
        }))
    }

    /// `op.invoke(operation)`.
    pub(crate) fn invoke_operation(
        &self,
        vm: &mut Vm,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind("invoke", "operation")?;
        let operation = bound.value("operation");
        if let Some(object) = operation.downcast::<OperationObject>() {
            return object.invoke(self, vm);
        }
        let implementations = self.extensions.borrow().implementations.clone();
        for (class, function) in implementations.iter().rev() {
            if vm.is_instance(&operation, class)? {
                let operations = super::environment::operations(self);
                return vm.call(function, Arguments::of(vec![operations, operation]));
            }
        }
        Err(vm.refuse(
            "op.invoke",
            "Only operations of alembic.operations.ops, and those that the project registers \
             itself, can be invoked.",
            "Call the operation as a function of op.",
        ))
    }

    /// Makes the table of a mapped class.
    fn map_class(
        &self,
        vm: &mut Vm,
        metadata: &Rc<MetaDataObject>,
        class: &Rc<Class>,
    ) -> Result<(), Failure> {
        if class.namespace.get_str("__table__").is_some() {
            return Ok(());
        }
        let Some(table_name) = class.lookup("__tablename__") else {
            return Ok(());
        };
        if class
            .namespace
            .get_str("__abstract__")
            .is_some_and(|value| matches!(value, Value::Bool(true)))
        {
            return Ok(());
        }
        let Some(table_name) = names::name(&table_name) else {
            return Ok(());
        };
        let mut table = Table::new(
            table_name,
            metadata.schema.clone(),
            metadata.convention.clone(),
        );
        let mut items = Vec::new();
        if let Some(arguments) = class.lookup("__table_args__") {
            let mut keywords = Vec::new();
            match &arguments {
                Value::Dict(dict) => keywords = dict.text_items(),
                Value::Tuple(_) | Value::List(_) => {
                    items = vm.collect(&arguments)?;
                    if let Some(Value::Dict(dict)) = items.last() {
                        keywords = dict.text_items();
                        items.pop();
                    }
                }
                _ => {}
            }
            self.table_keywords(vm, &mut table, keywords)?;
        }
        let mut parts: TableParts = self.table_parts(vm, &items)?;
        // Columns of mixins come first, as they are declared first.
        let mut seen: Vec<String> = Vec::new();
        let order: Vec<Rc<Class>> = class.lookup_order().cloned().collect();
        for owner in order.iter().rev() {
            for (key, value) in owner.namespace.text_items() {
                let Some(column) = value.downcast::<ColumnObject>() else {
                    continue;
                };
                if seen.iter().any(|known| **known == *key) {
                    continue;
                }
                if column.data.borrow().name.as_str().is_empty() {
                    column.data.borrow_mut().name = Name::new(&*key);
                }
                if &*key != column.data.borrow().name.as_str() && column.data.borrow().key.is_none()
                {
                    column.data.borrow_mut().key = Some(key.clone());
                }
                seen.push(key.to_string());
                parts.columns.push(column);
            }
        }
        let object = self.table_object(table, parts);
        metadata
            .tables
            .borrow_mut()
            .insert(object.table.borrow().name.to_string(), object.clone());
        class.namespace.set_str("__table__", Value::Object(object));
        Ok(())
    }
}

fn inert(name: &'static str) -> Value {
    Value::native(name, move |_, _| Ok(Value::object(InertAttribute { name })))
}

fn inert_name(name: &str) -> Value {
    Value::object(InertAttribute {
        name: match name {
            "Mapped" => "Mapped",
            "hybrid_property" => "hybrid_property",
            "declared_attr" => "declared_attr",
            _ => "attribute",
        },
    })
}

impl Object for InertAttribute {
    fn type_name(&self) -> Rc<str> {
        self.name.into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        // As a decorator it leaves the function as it is.
        Ok(Some(
            arguments
                .positional
                .into_iter()
                .next()
                .unwrap_or(Value::Object(self)),
        ))
    }

    fn item(self: Rc<Self>, _vm: &mut Vm, _key: &Value) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Object(self)))
    }
}

/// `MutableDict` and its like, which only watch over a column's values.
struct Mutable {
    name: &'static str,
}

fn mutable_name(name: &str) -> &'static str {
    match name {
        "MutableDict" => "MutableDict",
        "MutableList" => "MutableList",
        _ => "MutableSet",
    }
}

impl Object for Mutable {
    fn type_name(&self) -> Rc<str> {
        self.name.into()
    }

    fn has_method(&self, name: &str) -> bool {
        name == "as_mutable"
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(name, "sqltype")?;
        Ok(bound.value("sqltype"))
    }
}

impl DeclarativeBase {
    /// A class that derives from it, by its name.
    pub(crate) fn class_named(&self, name: &str) -> Option<Rc<Class>> {
        self.classes
            .borrow()
            .iter()
            .find(|class| &*class.name == name)
            .cloned()
    }
}

impl Object for DeclarativeBase {
    fn type_name(&self) -> Rc<str> {
        "DeclarativeMeta".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "metadata" => Some(Value::Object(self.metadata.clone())),
            "__name__" => Some(Value::str("Base")),
            _ => None,
        })
    }

    fn subclass(self: Rc<Self>, vm: &mut Vm, new: NewClass<'_>) -> Result<Option<Value>, Failure> {
        if self.root {
            let direct = new.bases.iter().any(|base| {
                base.downcast::<Self>()
                    .is_some_and(|base| Rc::ptr_eq(&base, &self))
            });
            if direct {
                // `class Base(DeclarativeBase)`: a base of its own, with its own metadata.
                let metadata = new.namespace.get_str("metadata");
                return self.runtime.declarative_base(vm, metadata, false).map(Some);
            }
        }
        let class = vm.new_class(new.name, new.bases, new.namespace)?;
        self.runtime.map_class(vm, &self.metadata, &class)?;
        Runtime::keep_relationships(&class);
        self.classes.borrow_mut().push(class.clone());
        Ok(Some(Value::Class(class)))
    }

    fn class_attribute(
        self: Rc<Self>,
        vm: &mut Vm,
        class: &Rc<Class>,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        if Runtime::relationship(class, name).is_some() {
            return Ok(Some(Value::object(InertAttribute {
                name: "relationship",
            })));
        }
        self.attribute(vm, name)
    }

    fn instance_attribute(
        self: Rc<Self>,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        self.runtime.follow(vm, instance, name)
    }

    fn initialize(
        self: Rc<Self>,
        _vm: &mut Vm,
        instance: &Rc<Instance>,
        arguments: Arguments,
    ) -> Result<(), Failure> {
        let Some(mapping) = self.runtime.mapping(&instance.class)? else {
            for (name, value) in arguments.keywords {
                instance.attributes.set_str(&name, value);
            }
            return Ok(());
        };
        // What is not given is None, not the column that the class has.
        for (key, _) in &mapping.columns {
            instance.attributes.set_str(key, Value::None);
        }
        for (name, value) in arguments.keywords {
            let known = mapping.columns.iter().any(|(key, _)| *key == name)
                || Runtime::relationship(&instance.class, &name).is_some()
                || instance.class.lookup(&name).is_some();
            if !known {
                return Err(Failure::type_error(format!(
                    "'{name}' is an invalid keyword argument for {}",
                    instance.class.name
                )));
            }
            instance.attributes.set_str(&name, value);
        }
        Ok(())
    }
}

impl Object for CompilerObject {
    fn type_name(&self) -> Rc<str> {
        "DDLCompiler".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "sql_compiler" => Some(Value::Object(self)),
            "preparer" | "dialect" => Some(self.runtime.dialect_value()),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        name == "process" || name.starts_with("visit_")
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(name, "element, **kw")?;
        let element = bound.value("element");
        if let Some(statement) = element.downcast::<super::schema_ddl::DdlObject>() {
            let texts = statement.statements(&self.runtime)?;
            return Ok(Value::from(texts.concat()));
        }
        if let Some(text) = self.runtime.own_element_text(vm, &element)? {
            return Ok(Value::Str(text));
        }
        self.runtime.compiled_text(vm, &element).map(Value::Str)
    }
}
