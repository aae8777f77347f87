//! Types as revisions name them: classes, objects, and classes of their own that derive from them.

use std::rc::Rc;

use super::Runtime;
use super::names::{name, text};
use crate::dialect::alembic::ops;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::target::{Name, Target};
use crate::dialect::alembic::sqlalchemy::types::{
    ColumnContext, CustomForm, CustomType, DomainDefinition, EnumDefinition, Family, Module,
    SqlType, TypeArguments, TypeClass, ddl as type_text, describe,
};
use crate::python::{Arguments, Bound, Class, Failure, Instance, NewClass, Object, Value, Vm};

/// A class of types.
pub(crate) struct TypeClassObject {
    pub(crate) runtime: Runtime,
    pub(crate) class: BaseClass,
}

/// What a class of types stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BaseClass {
    /// A class of SQLAlchemy's.
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
            CustomForm::Text(_) => None,
            CustomForm::Type(inner) => Some(inner.clone()),
        }
    }
}

/// The parameters of a class, as a signature.
fn signature(class: TypeClass) -> &'static str {
    use TypeClass as T;
    match class {
        T::Numeric | T::NumericUpper | T::DecimalUpper => {
            "precision=, scale=, decimal_return_scale=, asdecimal="
        }
        T::Float
        | T::FloatUpper
        | T::RealUpper
        | T::Double
        | T::DoubleUpper
        | T::DoublePrecision => "precision=, asdecimal=, decimal_return_scale=",
        T::Boolean | T::BooleanUpper => "create_constraint=, name=, _create_events=",
        T::DateTime | T::DateTimeUpper | T::Timestamp | T::Time | T::TimeUpper => "timezone=",
        T::PostgresTime | T::PostgresTimestamp => "timezone=, precision=",
        T::Interval => "native=, second_precision=, day_precision=",
        T::PostgresInterval => "precision=, fields=",
        T::Json | T::MysqlJson | T::SqliteJson | T::SqliteJsonb => "none_as_null=",
        T::PostgresJson | T::Jsonb => "none_as_null=, astext_type=",
        T::Uuid => "as_uuid=, native_uuid=",
        T::UuidUpper => "as_uuid=",
        T::Enum | T::PostgresEnum | T::MysqlEnum => "*enums, **kw",
        T::Set => "*values, **kw",
        T::Array | T::PostgresArray => "item_type, as_tuple=, dimensions=, zero_indexes=",
        T::PostgresBit => "length=, varying=",
        T::Domain => {
            "name, data_type, *, collation=, collation_schema=, default=, constraint_name=, \
             not_null=, check=, create_type=, schema=, metadata=, inherit_schema=, quote="
        }
        T::Hstore => "text_type=",
        T::PickleType => "protocol=, pickler=, comparator=, impl=",
        T::MysqlInteger | T::MysqlBigInt | T::MysqlSmallInt | T::TinyInt | T::MediumInt => {
            "display_width=, **kw"
        }
        T::MysqlFloat | T::MysqlDouble | T::MysqlReal | T::MysqlDecimal | T::MysqlNumeric => {
            "precision=, scale=, asdecimal=, **kw"
        }
        T::MysqlVarchar
        | T::MysqlChar
        | T::MysqlNchar
        | T::MysqlNvarchar
        | T::MysqlText
        | T::TinyText
        | T::MediumText
        | T::LongText => "length=, **kw",
        T::MysqlDateTime | T::MysqlTimestamp | T::MysqlTime => "timezone=, fsp=",
        T::MysqlBit => "length=",
        T::Year => "display_width=",
        T::SqliteDate | T::SqliteDateTime | T::SqliteTime => {
            "storage_format=, regexp=, truncate_microseconds="
        }
        T::String
        | T::Unicode
        | T::Text
        | T::UnicodeText
        | T::CharUpper
        | T::NcharUpper
        | T::VarcharUpper
        | T::NvarcharUpper
        | T::TextUpper
        | T::ClobUpper
        | T::Citext => "length=, collation=",
        T::LargeBinary | T::BlobUpper | T::BinaryUpper | T::VarbinaryUpper | T::Bytea => "length=",
        T::TinyBlob | T::MediumBlob | T::LongBlob => "length=",
        T::Tuple => "*types",
        _ => "",
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
        if value.downcast::<TypeClassObject>().is_some() {
            let made = vm.call(value, Arguments::none())?;
            return self.sql_type(vm, &made);
        }
        match value {
            Value::Class(class) if self.is_type_class(class) => {
                let made = vm.call(value, Arguments::none())?;
                self.sql_type(vm, &made)
            }
            Value::Instance(instance) if self.is_type_class(&instance.class) => {
                self.own_type(vm, instance, value).map(Some)
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
        let base = base_of(&instance.class).map_or(BaseClass::Abstract("TypeEngine"), |base| base.class);
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
        let sql_type = SqlType::custom(Rc::new(OwnType { class_name, form }));
        instance.set_host_data(Rc::new(sql_type.clone()));
        Ok(sql_type)
    }

    /// What a decorator stands for on the run's backend.
    fn decorated(
        &self,
        vm: &mut Vm,
        value: &Value,
        class_name: &str,
    ) -> Result<SqlType, Failure> {
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

    /// Makes a type object from the arguments of its class.
    pub(crate) fn make_type(
        &self,
        vm: &mut Vm,
        class: TypeClass,
        arguments: Arguments,
    ) -> Result<SqlType, Failure> {
        let bound = arguments.bind(&format!("{}.__init__", class.name()), signature(class))?;
        let mut made = TypeArguments::default();
        match class.family() {
            _ if matches!(
                class,
                TypeClass::Enum | TypeClass::PostgresEnum | TypeClass::MysqlEnum
            ) =>
            {
                self.enumeration(vm, class, &bound, &mut made)?;
            }
            _ if class == TypeClass::Set => {
                for value in &bound.rest {
                    made.values.push(vm.str(value)?.to_string());
                }
            }
            _ if matches!(class, TypeClass::Array | TypeClass::PostgresArray) => {
                made.item = Some(self.required_type(vm, &bound.value("item_type"))?);
                made.dimensions = bound
                    .int("dimensions")?
                    .and_then(|number| u32::try_from(number).ok());
                made.zero_indexes = bound.flag("zero_indexes").unwrap_or(false);
            }
            _ if class == TypeClass::Domain => self.domain(vm, &bound, &mut made)?,
            _ => self.plain_arguments(vm, class, &bound, &mut made)?,
        }
        for (key, value) in &bound.keywords {
            extra_argument(vm, &mut made, key, value)?;
        }
        Ok(SqlType::with(class, made))
    }

    fn plain_arguments(
        &self,
        vm: &mut Vm,
        class: TypeClass,
        bound: &Bound,
        made: &mut TypeArguments,
    ) -> Result<(), Failure> {
        for parameter in signature(class).split(',') {
            let parameter = parameter.trim().trim_end_matches('=');
            if parameter.starts_with('*') || parameter.is_empty() {
                continue;
            }
            let Some(value) = bound.some(parameter) else {
                continue;
            };
            let integer = || {
                value.as_int().ok_or_else(|| {
                    Failure::type_error(format!("{parameter} must be a number, not {value:?}"))
                })
            };
            let truth = matches!(value, Value::Bool(true)) || value.as_int().is_some_and(|n| n != 0);
            match parameter {
                "length" => made.length = length(&value)?,
                "precision" => made.precision = Some(integer()?),
                "scale" => made.scale = Some(integer()?),
                "display_width" => made.display_width = Some(integer()?),
                "fsp" => made.fractional_seconds = Some(integer()?),
                "second_precision" => made.second_precision = Some(integer()?),
                "collation" => made.collation = text(&value).map(|text| text.to_string()),
                "fields" => made.fields = text(&value).map(|text| text.to_string()),
                "storage_format" => {
                    made.storage_format = text(&value).map(|text| text.to_string());
                }
                "timezone" => made.timezone = vm.truth(&value)?,
                "varying" => made.varying = truth,
                "native" | "native_uuid" => made.emulated = !truth,
                "as_uuid" => made.uuid_as_text = !truth,
                "none_as_null" => made.none_as_null = truth,
                "create_constraint" => made.create_constraint = truth,
                "truncate_microseconds" => made.truncate_microseconds = truth,
                "name" => made.name = name(&value),
                "astext_type" => made.astext_type = self.sql_type(vm, &value)?,
                "text_type" => made.text_type = self.sql_type(vm, &value)?,
                "impl" => made.implementation = self.sql_type(vm, &value)?,
                _ => {}
            }
        }
        // `native=False` and the like are falsy values, which `some` passes on.
        Ok(())
    }

    fn enumeration(
        &self,
        vm: &mut Vm,
        class: TypeClass,
        bound: &Bound,
        made: &mut TypeArguments,
    ) -> Result<(), Failure> {
        let mut definition = EnumDefinition::default();
        let keyword = |wanted: &str| {
            bound
                .keywords
                .iter()
                .find(|(key, _)| &**key == wanted)
                .map(|(_, value)| value.clone())
        };
        let truth = |value: Option<Value>, default: bool| {
            value.map_or(default, |value| match value {
                Value::Bool(truth) => truth,
                Value::None => false,
                _ => true,
            })
        };
        let members = match bound.rest.as_slice() {
            [one] => vm.find_attribute(one, "__members__")?,
            _ => None,
        };
        if let (Some(members), [python_enum]) = (members, bound.rest.as_slice()) {
            let class_name = vm.attribute(python_enum, "__name__")?;
            let class_name = vm.str(&class_name)?;
            definition.class = Some(class_name.to_string());
            definition.name = Some(Name::new(class_name.to_lowercase()));
            let mut labels = Vec::new();
            let mut literals = Vec::new();
            // Aliases are left out: iteration gives each member once.
            for member in vm.collect(python_enum)? {
                let member_name = vm.attribute(&member, "name")?;
                labels.push(vm.str(&member_name)?.to_string());
                literals.push(self.literal(vm, &member)?);
            }
            drop(members);
            if let Some(callable) = keyword("values_callable")
                && !callable.is_none()
            {
                let values = vm.call(&callable, Arguments::one(python_enum.clone()))?;
                labels.clear();
                for value in vm.collect(&values)? {
                    labels.push(vm.str(&value)?.to_string());
                }
            }
            definition.labels = labels;
            definition.members = literals;
        } else {
            for value in &bound.rest {
                match text(value) {
                    Some(label) => definition.labels.push(label.to_string()),
                    None => {
                        return Err(Failure::type_error(format!(
                            "object of type '{}' has no len()",
                            Vm::type_name(value)
                        )));
                    }
                }
            }
        }
        if let Some(given) = keyword("name") {
            definition.name = name(&given);
        }
        if let Some(given) = keyword("schema") {
            definition.schema = name(&given);
        } else if let Some(metadata) = keyword("metadata")
            && truth(keyword("inherit_schema"), false)
            && let Some(schema) = vm.find_attribute(&metadata, "schema")?
        {
            definition.schema = name(&schema);
        }
        definition.emulated = !truth(keyword("native_enum"), true);
        definition.create_constraint = truth(keyword("create_constraint"), false);
        definition.skip_create_type = !truth(keyword("create_type"), true);
        definition.validate_strings = truth(keyword("validate_strings"), false);
        if let Some(length) = keyword("length") {
            definition.length = Some(length.as_int());
        }
        if definition.emulated
            && let Some(Some(length)) = definition.length
        {
            let longest = definition
                .labels
                .iter()
                .map(|label| label.chars().count())
                .max()
                .and_then(|longest| i64::try_from(longest).ok())
                .unwrap_or(0);
            if length < longest {
                return Err(Failure::value_error(format!(
                    "When provided, length must be larger or equal than the length of the longest \
                     enum value. {length} < {longest}"
                )));
            }
        }
        if class == TypeClass::PostgresEnum && definition.emulated {
            return Err(self.run.raise(
                "ArgumentError",
                "PostgreSQL dialect requires native enums",
            ));
        }
        made.enumeration = Some(Rc::new(definition));
        Ok(())
    }

    fn domain(&self, vm: &mut Vm, bound: &Bound, made: &mut TypeArguments) -> Result<(), Failure> {
        let expression = |vm: &mut Vm, value: Option<Value>| match value {
            Some(value) => self.default_expression(vm, &value).map(Some),
            None => Ok(None),
        };
        made.domain = Some(Rc::new(DomainDefinition {
            name: super::names::required_name(&bound.value("name"), "name")?,
            schema: bound.some("schema").as_ref().and_then(name),
            data_type: self.required_type(vm, &bound.value("data_type"))?,
            collation: bound.text("collation")?.map(|text| text.to_string()),
            default: expression(vm, bound.some("default"))?,
            constraint_name: bound.some("constraint_name").as_ref().and_then(name),
            not_null: bound.flag("not_null").unwrap_or(false),
            check: match bound.some("check") {
                Some(value) => Some(self.text_or_expression(vm, &value)?),
                None => None,
            },
            skip_create_type: bound.flag("create_type") == Some(false),
        }));
        Ok(())
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
        let check = bound
            .get("checkfirst")
            .map_or(Ok(true), |value| vm.truth(&value))?;
        let own_class = sql_type.class();
        if !self.run.target().is_postgres() {
            if self.run.target().is_mysql() && own_class == TypeClass::PostgresEnum {
                let element = if create { "CreateEnumType" } else { "DropEnumType" };
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
            if check && !self.run.is_offline() {
                let exists = self.type_exists(vm, &named.name, named.schema.as_ref())?;
                if exists == create {
                    continue;
                }
            }
            let statement = if create {
                let statement = ops::create_named_type(&self.run.context, &named);
                self.run.failed(statement)?
            } else {
                ops::drop_named_type(&self.run.context, &named)
            };
            self.run.emit(vm, &statement)?;
        }
        Ok(Value::None)
    }
}

/// The length of a string type, which may be a number in a string's clothes.
fn length(value: &Value) -> Result<Option<i64>, Failure> {
    match value.as_int() {
        Some(length) => Ok(Some(length)),
        None => value
            .to_text()
            .and_then(|text| text.parse().ok())
            .map(Some)
            .ok_or_else(|| Failure::type_error(format!("length must be a number, not {value:?}"))),
    }
}

/// Keywords that MySQL's types share.
fn extra_argument(
    vm: &mut Vm,
    made: &mut TypeArguments,
    key: &str,
    value: &Value,
) -> Result<(), Failure> {
    match key {
        "unsigned" => made.unsigned = vm.truth(value)?,
        "zerofill" => made.zerofill = vm.truth(value)?,
        "ascii" => made.ascii = vm.truth(value)?,
        "unicode" => made.unicode = vm.truth(value)?,
        "binary" => made.binary = vm.truth(value)?,
        "national" => made.national = vm.truth(value)?,
        "charset" => made.charset = text(value).map(|text| text.to_string()),
        "collation" | "collate" => made.collation = text(value).map(|text| text.to_string()),
        "retrieve_as_bitwise" => made.retrieve_as_bitwise = vm.truth(value)?,
        _ => {}
    }
    Ok(())
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
                Ok(Some(self.runtime.type_value(sql_type)))
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
            "enums" => arguments.enumeration.as_ref().map(|definition| {
                Value::list(definition.labels.iter().map(Value::str).collect())
            }),
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
            "create" | "drop" | "with_variant" | "compile" | "copy" | "adapt" | "dialect_impl"
                | "load_dialect_impl" | "as_generic"
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
        Ok(Some(
            other
                .downcast::<TypeObject>()
                .is_some_and(|other| other.sql_type.is_same(&self.sql_type)),
        ))
    }

    fn hash(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Ok(Some(self.sql_type.identity() as u64))
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(describe(&self.sql_type).into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let arguments = self.sql_type.arguments();
        let inside = arguments
            .length
            .map(|length| format!("length={length}"))
            .unwrap_or_default();
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

