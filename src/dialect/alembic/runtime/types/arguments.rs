//! What type classes are called with.

use std::rc::Rc;

use crate::dialect::alembic::runtime::Runtime;
use crate::dialect::alembic::runtime::names::{name, required_name, text};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{
    DomainDefinition, EnumDefinition, LONE_PRECISION, SchemaSource, SqlType, TypeArguments,
    TypeClass,
};
use crate::python::{Arguments, Bound, Failure, Value, Vm};

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
        if matches!(class, TypeClass::MysqlDouble | TypeClass::MysqlReal)
            && made.precision.is_some() != made.scale.is_some()
        {
            return Err(self.run.raise("ArgumentError", LONE_PRECISION));
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
            let truth =
                matches!(value, Value::Bool(true)) || value.as_int().is_some_and(|n| n != 0);
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
        let inherits = truth(keyword("inherit_schema"), false);
        if let Some(given) = keyword("schema") {
            if inherits {
                return Err(self.run.raise(
                    "ArgumentError",
                    "Ambiguously setting inherit_schema=True while also passing a schema argument",
                ));
            }
            definition.schema = name(&given);
            definition.schema_source = SchemaSource::Settled;
        } else if inherits {
            definition.schema_source = SchemaSource::Table;
        } else if let Some(metadata) = keyword("metadata")
            && let Some(schema) = vm.find_attribute(&metadata, "schema")?
        {
            definition.schema = name(&schema);
            definition.schema_source = SchemaSource::Settled;
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
            return Err(self
                .run
                .raise("ArgumentError", "PostgreSQL dialect requires native enums"));
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
            name: required_name(&bound.value("name"), "name")?,
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
