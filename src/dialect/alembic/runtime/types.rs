//! Types as revisions name them: classes, objects, and classes of their own that derive from them.

mod arguments;

use std::rc::Rc;

use super::Runtime;
use super::geometry::SpatialClassObject;
use super::third_party::ThirdPartyClass;
use crate::dialect::alembic::ops;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::{
    ColumnContext, CustomForm, CustomType, Family, Module, SqlType, TypeClass, ddl as type_text,
    describe,
};
use crate::python::{Arguments, Class, Failure, Instance, NewClass, Object, Value, Vm};

/// A class of types.
pub(crate) struct TypeClassObject {
    pub(crate) runtime: Runtime,
    pub(crate) class: BaseClass,
}

/// What a class of types stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BaseClass {
    /// A class of `SQLAlchemy`'s.
    Sql(TypeClass),
    /// `TypeDecorator`.
    Decorator,
    /// `UserDefinedType`.
    UserDefined,
    /// `TypeEngine`, and other abstract bases.
    Abstract(&'static str),
}

/// A type object.
pub(crate) struct TypeObject {
    pub(crate) runtime: Runtime,
    pub(crate) sql_type: SqlType,
    /// The class it was made by, of a type of the revision's own.
    pub(crate) python_class: Option<Value>,
}

/// A type of the revision's own, evaluated for the run's backend.
struct OwnType {
    class_name: String,
    form: CustomForm,
    /// The type that only its text differs from.
    base: Option<SqlType>,
}

impl CustomType for OwnType {
    fn class_name(&self) -> &str {
        &self.class_name
    }

    fn form(&self, _target: &Target) -> Result<CustomForm, CompileError> {
        Ok(self.form.clone())
    }

    fn implementation(&self) -> Option<SqlType> {
        match &self.form {
            CustomForm::Text(_) => self.base.clone(),
            CustomForm::Type(inner) => Some(inner.clone()),
        }
    }
}

impl Runtime {
    /// A type object as a value.
    pub(crate) fn type_value(&self, sql_type: SqlType) -> Value {
        Value::object(TypeObject {
            runtime: self.clone(),
            sql_type,
            python_class: None,
        })
    }

    /// The type that a value stands for: an object, a class, or an instance of a class of the
    /// revision's own. `None` when it is no type.
    pub(crate) fn sql_type(&self, vm: &mut Vm, value: &Value) -> Result<Option<SqlType>, Failure> {
        if let Some(object) = value.downcast::<TypeObject>() {
            return Ok(Some(object.sql_type.clone()));
        }
        if value.downcast::<TypeClassObject>().is_some()
            || value.downcast::<ThirdPartyClass>().is_some()
            || value.downcast::<SpatialClassObject>().is_some()
        {
            let made = vm.call(value, Arguments::none())?;
            return self.sql_type(vm, &made);
        }
        match value {
            Value::Class(class) if self.is_type_class(class) => {
                let made = vm.call(value, Arguments::none())?;
                self.sql_type(vm, &made)
            }
            Value::Instance(instance) if self.is_type_class(&instance.class) => {
                vm.nested(|vm| self.own_type(vm, instance, value)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The type that an argument must be.
    pub(crate) fn required_type(&self, vm: &mut Vm, value: &Value) -> Result<SqlType, Failure> {
        match self.sql_type(vm, value)? {
            Some(sql_type) => Ok(sql_type),
            None if value.is_none() => Ok(SqlType::null()),
            None => Err(self.run.raise(
                "ArgumentError",
                format!(
                    "Type argument must be a TypeEngine class or object, got {}",
                    vm.repr(value)?
                ),
            )),
        }
    }

    fn is_type_class(&self, class: &Rc<Class>) -> bool {
        base_of(class).is_some()
    }

    /// A type of the revision's own, evaluated once for the run's backend.
    fn own_type(
        &self,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        value: &Value,
    ) -> Result<SqlType, Failure> {
        if let Some(known) = instance.host_data::<SqlType>() {
            return Ok((*known).clone());
        }
        let class_name = instance.class.name.to_string();
        let base =
            base_of(&instance.class).map_or(BaseClass::Abstract("TypeEngine"), |base| base.class);
        let form = match base {
            BaseClass::UserDefined | BaseClass::Abstract(_) => {
                let Some(method) = vm.find_attribute(value, "get_col_spec")? else {
                    return Err(vm.refuse(
                        &class_name,
                        format!("The type {class_name} does not say what it is to the database."),
                        "Give it a get_col_spec() method, or use a type of SQLAlchemy's.",
                    ));
                };
                let written = vm.call(&method, Arguments::none())?;
                CustomForm::Text(vm.str(&written)?.to_string())
            }
            BaseClass::Decorator => CustomForm::Type(self.decorated(vm, value, &class_name)?),
            BaseClass::Sql(class) => CustomForm::Type(SqlType::new(class)),
        };
        let sql_type = SqlType::custom(Rc::new(OwnType {
            class_name,
            form,
            base: None,
        }));
        instance.set_host_data(Rc::new(sql_type.clone()));
        Ok(sql_type)
    }

    /// What a decorator stands for on the run's backend.
    fn decorated(&self, vm: &mut Vm, value: &Value, class_name: &str) -> Result<SqlType, Failure> {
        if let Value::Instance(instance) = value
            && instance.class.lookup("load_dialect_impl").is_some()
        {
            let method = vm.attribute(value, "load_dialect_impl")?;
            let dialect = self.dialect_value();
            let loaded = vm.call(&method, Arguments::one(dialect))?;
            if let Some(sql_type) = self.sql_type(vm, &loaded)? {
                return Ok(sql_type);
            }
        }
        let implementation = vm.attribute(value, "impl")?;
        match self.sql_type(vm, &implementation)? {
            Some(sql_type) => Ok(sql_type),
            None => Err(vm.refuse(
                class_name,
                format!("The impl of the type {class_name} is not a type."),
                "",
            )),
        }
    }

    /// `create()` and `drop()` of a type object.
    fn named_type(
        &self,
        vm: &mut Vm,
        sql_type: &SqlType,
        arguments: Arguments,
        create: bool,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(
            if create { "create" } else { "drop" },
            "bind=, checkfirst=, **kw",
        )?;
        let check = bound.get("checkfirst").map_or(
            // PostgreSQL's own types look first.
            Ok(matches!(
                sql_type.class(),
                TypeClass::PostgresEnum | TypeClass::Domain
            )),
            |value| vm.truth(&value),
        )?;
        let own_class = sql_type.class();
        if !self.run.target().is_postgres() {
            if self.run.target().is_mysql() && own_class == TypeClass::PostgresEnum {
                let element = if create {
                    "CreateEnumType"
                } else {
                    "DropEnumType"
                };
                return Err(self.run.raise(
                    "UnsupportedCompilationError",
                    format!(
                        "Compiler <sqlalchemy.dialects.mysql.base.MySQLDDLCompiler object> can't \
                         render element of type <class \
                         'sqlalchemy.dialects.postgresql.named_types.{element}'>"
                    ),
                ));
            }
            return Ok(Value::None);
        }
        let types = ops::named_types(sql_type, self.run.target());
        for named in self.run.failed(types)? {
            if check && self.run.has_answers() {
                let exists = self.type_exists(vm, &named.name, named.schema.as_ref())?;
                if exists == create {
                    continue;
                }
            }
            let mut statement = if create {
                let statement = ops::create_named_type(&self.run.context, &named);
                self.run.failed(statement)?
            } else {
                ops::drop_named_type(&self.run.context, &named)
            };
            if check && !self.run.is_offline() && !self.run.has_answers() {
                let target = self.run.target();
                let name = target.format_table(named.schema.as_ref(), &named.name);
                statement = super::record::guarded(&statement, create, &name, target);
            }
            self.run.emit(vm, &statement)?;
        }
        Ok(Value::None)
    }
}

/// The class of types that a class of the revision's own derives from.
fn base_of(class: &Rc<Class>) -> Option<Rc<TypeClassObject>> {
    class.lookup_order_hosts().find_map(|host| {
        let any: Rc<dyn std::any::Any> = host.clone();
        any.downcast::<TypeClassObject>().ok()
    })
}

impl Object for TypeClassObject {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "__name__" | "__qualname__" => Some(Value::str(self.class.name())),
            "__visit_name__" => Some(Value::str(match self.class {
                BaseClass::Sql(class) => class.visit_name(),
                BaseClass::Decorator => "type_decorator",
                BaseClass::UserDefined | BaseClass::Abstract(_) => "user_defined",
            })),
            // `JSON.NULL` and `JSON.Comparator` are used in models.
            "NULL" => Some(self.runtime.null_value(vm)),
            "Comparator" | "comparator_factory" => Some(Value::object(TypeClassObject {
                runtime: self.runtime.clone(),
                class: BaseClass::Abstract("Comparator"),
            })),
            _ => None,
        })
    }

    fn call(self: Rc<Self>, vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        match self.class {
            BaseClass::Sql(class) => {
                let sql_type = self.runtime.make_type(vm, class, arguments)?;
                let value = self.runtime.type_value(sql_type.clone());
                match self.runtime.own_type_text(vm, class, &value)? {
                    Some(text) => {
                        let own = SqlType::custom(Rc::new(OwnType {
                            class_name: class.name().to_owned(),
                            form: CustomForm::Text(text.to_string()),
                            base: Some(sql_type),
                        }));
                        Ok(Some(self.runtime.type_value(own)))
                    }
                    None => Ok(Some(value)),
                }
            }
            _ => Ok(None),
        }
    }

    fn is_instance(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        let Some(object) = value.downcast::<TypeObject>() else {
            return Ok(Some(false));
        };
        let _ = vm;
        Ok(Some(match self.class {
            BaseClass::Sql(class) => is_kind_of(object.sql_type.class(), class),
            BaseClass::Abstract("TypeEngine") => true,
            _ => false,
        }))
    }

    fn subclass(self: Rc<Self>, vm: &mut Vm, new: NewClass<'_>) -> Result<Option<Value>, Failure> {
        vm.new_class(new.name, new.bases, new.namespace)
            .map(|class| Some(Value::Class(class)))
    }

    fn initialize(
        self: Rc<Self>,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        arguments: Arguments,
    ) -> Result<(), Failure> {
        match self.class {
            BaseClass::Sql(class) => {
                let sql_type = self.runtime.make_type(vm, class, arguments)?;
                instance.set_host_data(Rc::new(sql_type));
            }
            BaseClass::Decorator => {
                // The arguments of a decorator are those of what it decorates.
                let own = Value::Instance(instance.clone());
                let Some(implementation) = vm.find_attribute(&own, "impl")? else {
                    return Err(Failure::raise(
                        "AssertionError",
                        "TypeDecorator implementations require a class-level variable 'impl' \
                         which refers to the class of type being decorated",
                    ));
                };
                let made = if implementation.downcast::<TypeObject>().is_some() {
                    implementation
                } else {
                    vm.call(&implementation, arguments)?
                };
                instance.attributes.set_str("impl", made);
            }
            BaseClass::UserDefined | BaseClass::Abstract(_) => {}
        }
        Ok(())
    }

    fn instance_attribute(
        self: Rc<Self>,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        let value = Value::Instance(instance.clone());
        match name {
            "get_col_spec" | "load_dialect_impl" | "impl" => Ok(None),
            _ => {
                let sql_type = self.runtime.own_type(vm, instance, &value)?;
                let object = self.runtime.type_value(sql_type);
                vm.find_attribute(&object, name)
            }
        }
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("<class 'sqlalchemy.sql.sqltypes.{}'>", self.class.name()).into())
    }
}

impl BaseClass {
    fn name(self) -> &'static str {
        match self {
            Self::Sql(class) => class.name(),
            Self::Decorator => "TypeDecorator",
            Self::UserDefined => "UserDefinedType",
            Self::Abstract(name) => name,
        }
    }
}

/// Whether a class is another or derives from it.
fn is_kind_of(class: TypeClass, wanted: TypeClass) -> bool {
    if class == wanted {
        return true;
    }
    // Generic classes stand above the upper-case and dialect ones of their family; within strings,
    // Text stands above the long ones.
    let family = class.family() == wanted.family();
    match wanted {
        TypeClass::Integer
        | TypeClass::Numeric
        | TypeClass::Float
        | TypeClass::Boolean
        | TypeClass::String
        | TypeClass::Date
        | TypeClass::DateTime
        | TypeClass::Time
        | TypeClass::Interval
        | TypeClass::Json
        | TypeClass::Uuid
        | TypeClass::Enum
        | TypeClass::Array => {
            family || (wanted == TypeClass::Numeric && class.family() == Family::Float)
        }
        TypeClass::LargeBinary => family,
        TypeClass::Text => matches!(class.visit_name(), "text" | "unicode_text" | "TEXT"),
        TypeClass::BigInteger => matches!(class.visit_name(), "BIGINT" | "big_integer"),
        TypeClass::SmallInteger => matches!(class.visit_name(), "SMALLINT" | "small_integer"),
        _ => class.visit_name() == wanted.visit_name(),
    }
}

impl Object for TypeObject {
    fn type_name(&self) -> Rc<str> {
        self.sql_type.class().name().into()
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(self.python_class.clone().unwrap_or_else(|| {
            Value::object(TypeClassObject {
                runtime: self.runtime.clone(),
                class: BaseClass::Sql(self.sql_type.class()),
            })
        }))
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let arguments = self.sql_type.arguments();
        Ok(match name {
            "length" => Some(Value::from(arguments.length)),
            "precision" => Some(Value::from(arguments.precision)),
            "scale" => Some(Value::from(arguments.scale)),
            "timezone" => Some(Value::Bool(arguments.timezone)),
            "collation" => Some(Value::from(arguments.collation.clone())),
            "item_type" => arguments
                .item
                .clone()
                .map(|item| self.runtime.type_value(item)),
            "enums" => arguments
                .enumeration
                .as_ref()
                .map(|definition| Value::list(definition.labels.iter().map(Value::str).collect())),
            "name" => Some(match &arguments.enumeration {
                Some(definition) => definition
                    .name
                    .as_ref()
                    .map_or(Value::None, |name| Value::str(name.as_str())),
                None => arguments
                    .name
                    .as_ref()
                    .map_or(Value::None, |name| Value::str(name.as_str())),
            }),
            "schema" => arguments.enumeration.as_ref().map(|definition| {
                definition
                    .schema
                    .as_ref()
                    .map_or(Value::None, |schema| Value::str(schema.as_str()))
            }),
            "impl" => Some(self.runtime.type_value(self.sql_type.clone())),
            "__visit_name__" => Some(Value::str(self.sql_type.class().visit_name())),
            "python_type" => Some(self.runtime.python_type(vm, &self.sql_type)?),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "create"
                | "drop"
                | "with_variant"
                | "compile"
                | "copy"
                | "adapt"
                | "dialect_impl"
                | "load_dialect_impl"
                | "as_generic"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "create" | "drop" => {
                self.runtime
                    .named_type(vm, &self.sql_type, arguments, name == "create")
            }
            "with_variant" => {
                let bound = arguments.bind("with_variant", "type_, *dialect_names")?;
                let variant = self.runtime.required_type(vm, &bound.value("type_"))?;
                let mut dialects = Vec::new();
                for dialect in &bound.rest {
                    dialects.push(super::names::required_text(dialect, "dialect_name")?);
                }
                let dialects: Vec<&str> = dialects.iter().map(|dialect| &**dialect).collect();
                let raise = |message: String| self.runtime.run.raise("ArgumentError", message);
                if dialects.is_empty() {
                    return Err(raise("At least one dialect name is required".to_owned()));
                }
                let mut known = self.sql_type.variants().map(|(dialect, _)| dialect);
                if let Some(dialect) = known.find(|known| dialects.contains(known)) {
                    let own = vm.repr(&Value::Object(self.clone()))?;
                    return Err(raise(format!(
                        "Dialect '{dialect}' is already present in the mapping for this {own}"
                    )));
                }
                if variant.variants().next().is_some() {
                    return Err(raise(
                        "can't pass a type that already has variants as a dialect-level type to \
                         with_variant()"
                            .to_owned(),
                    ));
                }
                Ok(self
                    .runtime
                    .type_value(self.sql_type.with_variant(&variant, &dialects)))
            }
            "compile" => {
                let text = type_text(
                    &self.sql_type,
                    self.runtime.run.target(),
                    ColumnContext::Definition,
                );
                Ok(Value::from(self.runtime.run.failed(text)?))
            }
            _ => Ok(Value::Object(self)),
        }
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(other.downcast::<TypeObject>().is_some_and(|other| {
            other.sql_type.is_same(&self.sql_type)
        })))
    }

    fn hash(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Ok(Some(self.sql_type.identity() as u64))
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(describe(&self.sql_type).into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let arguments = self.sql_type.arguments();
        let mut inside = Vec::new();
        for (name, number) in [
            ("length", arguments.length),
            ("precision", arguments.precision),
            ("scale", arguments.scale),
        ] {
            inside.extend(number.map(|number| format!("{name}={number}")));
        }
        if arguments.timezone {
            inside.push("timezone=True".to_owned());
        }
        if let Some(collation) = &arguments.collation {
            inside.push(format!("collation='{collation}'"));
        }
        if matches!(
            self.sql_type.class(),
            TypeClass::PostgresJson | TypeClass::Jsonb
        ) {
            inside.push("astext_type=Text()".to_owned());
        }
        let inside = inside.join(", ");
        Ok(format!("{}({inside})", self.sql_type.class().name()).into())
    }
}

/// A class of a module, by its name.
pub(crate) fn class_value(runtime: &Runtime, module: Module, name: &str) -> Option<Value> {
    let class = match name {
        "TypeDecorator" => BaseClass::Decorator,
        "UserDefinedType" => BaseClass::UserDefined,
        "TypeEngine" => BaseClass::Abstract("TypeEngine"),
        "SchemaType" => BaseClass::Abstract("SchemaType"),
        "Concatenable" => BaseClass::Abstract("Concatenable"),
        "Binary" => return None,
        _ => BaseClass::Sql(TypeClass::find(module, name)?),
    };
    Some(Value::object(TypeClassObject {
        runtime: runtime.clone(),
        class,
    }))
}
