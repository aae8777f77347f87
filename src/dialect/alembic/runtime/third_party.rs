//! Types of libraries around `SQLAlchemy` that stand in many revisions.

use std::rc::Rc;

use super::Runtime;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::{
    CustomForm, CustomType, SqlType, TypeArguments, TypeClass,
};
use crate::python::{Arguments, Failure, Object, Value, Vm};

/// Modules whose types are known.
const MODULES: &[&str] = &[
    "sqlmodel",
    "sqlmodel.sql",
    "sqlmodel.sql.sqltypes",
    "sqlalchemy_utils",
    "sqlalchemy_utils.types",
    "sqlalchemy_utils.types.uuid",
    "sqlalchemy_utils.types.json",
    "sqlalchemy_utils.types.choice",
    "sqlalchemy_utils.types.email",
    "sqlalchemy_utils.types.url",
    "sqlalchemy_utils.types.ip_address",
    "sqlalchemy_utils.types.scalar_list",
    "sqlalchemy_utils.types.country",
    "sqlalchemy_utils.types.arrow",
    "sqlalchemy_utils.types.ts_vector",
    "sqlalchemy_utils.types.ltree",
    "sqlalchemy_utils.types.encrypted",
    "sqlalchemy_utils.types.encrypted.encrypted_type",
    "sqlalchemy_utils.types.password",
    "sqlalchemy_utils.types.timezone",
    "sqlalchemy_utils.types.currency",
    "sqlalchemy_utils.types.locale",
    "sqlalchemy_utils.types.phone_number",
    "sqlalchemy_utils.types.color",
    "fastapi_users_db_sqlalchemy",
    "fastapi_users_db_sqlalchemy.generics",
    "fastapi_users_db_sqlalchemy.guid",
    "pgvector",
    "pgvector.sqlalchemy",
    "pgvector.sqlalchemy.vector",
    "citext",
    "sqlalchemy_jsonfield",
    "sqlalchemy_jsonfield.jsonfield",
    "sqlalchemy_json",
    "alembic_postgresql_enum",
    "flask_sqlalchemy",
    "neutron_lib",
    "neutron_lib.constants",
    "neutron_lib.db",
    "neutron_lib.db.constants",
    "oslo_i18n",
    "oslo_db.sqlalchemy.types",
    "oslo_log.log",
    "dateutil.tz",
    "pytz",
];

/// Whether a module is one of these.
pub(crate) fn is_module(name: &str) -> bool {
    MODULES.contains(&name) || super::geometry::is_module(name)
}

/// A type that is a text per backend, whatever its arguments.
struct TextType {
    class_name: &'static str,
    postgres: String,
    sqlite: String,
    mysql: String,
}

impl CustomType for TextType {
    fn class_name(&self) -> &str {
        self.class_name
    }

    fn form(&self, target: &Target) -> Result<CustomForm, CompileError> {
        let text = if target.is_postgres() {
            &self.postgres
        } else if target.is_sqlite() {
            &self.sqlite
        } else {
            &self.mysql
        };
        if text.is_empty() {
            return Err(CompileError::unsupported(
                if target.is_sqlite() {
                    "SQLiteTypeCompiler"
                } else {
                    "MySQLTypeCompiler"
                },
                self.class_name,
            ));
        }
        Ok(CustomForm::Text(text.clone()))
    }
}

/// A decorator that is another type of `SQLAlchemy`'s per backend.
struct Decorated {
    class_name: &'static str,
    postgres: SqlType,
    sqlite: SqlType,
    mysql: SqlType,
}

impl CustomType for Decorated {
    fn class_name(&self) -> &str {
        self.class_name
    }

    fn form(&self, target: &Target) -> Result<CustomForm, CompileError> {
        Ok(CustomForm::Type(
            if target.is_postgres() {
                &self.postgres
            } else if target.is_sqlite() {
                &self.sqlite
            } else {
                &self.mysql
            }
            .clone(),
        ))
    }

    fn implementation(&self) -> Option<SqlType> {
        Some(self.postgres.clone())
    }
}

fn texts(class_name: &'static str, postgres: &str, sqlite: &str, mysql: &str) -> SqlType {
    SqlType::custom(std::rc::Rc::new(TextType {
        class_name,
        postgres: postgres.to_owned(),
        sqlite: sqlite.to_owned(),
        mysql: mysql.to_owned(),
    }))
}

fn decorated(class_name: &'static str, sql_type: &SqlType) -> SqlType {
    per_backend(class_name, sql_type, sql_type, sql_type)
}

fn per_backend(
    class_name: &'static str,
    postgres: &SqlType,
    sqlite: &SqlType,
    mysql: &SqlType,
) -> SqlType {
    SqlType::custom(std::rc::Rc::new(Decorated {
        class_name,
        postgres: postgres.clone(),
        sqlite: sqlite.clone(),
        mysql: mysql.clone(),
    }))
}

fn sized(class: TypeClass, length: i64) -> SqlType {
    SqlType::with(
        class,
        TypeArguments {
            length: Some(length),
            ..TypeArguments::default()
        },
    )
}

/// `oslo_i18n.TranslatorFactory(...)`: messages as they are.
struct Translator;

impl Object for Translator {
    fn type_name(&self) -> Rc<str> {
        "TranslatorFactory".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let plain = matches!(name, "primary" | "log_info" | "log_warning" | "log_error");
        Ok(match name {
            _ if plain => Some(Value::native("translate", |_, arguments| {
                Ok(arguments
                    .positional
                    .into_iter()
                    .next()
                    .unwrap_or(Value::None))
            })),
            "contextual_form" | "plural_form" => Some(Vm::absent("oslo_i18n")),
            _ => None,
        })
    }
}

/// The lengths and words that revisions take from `neutron_lib`.
fn neutron_constant(module: &str, name: &str) -> Option<Value> {
    let number = match name {
        "UUID_FIELD_SIZE" => 36,
        "AZ_HINTS_DB_LEN"
        | "DESCRIPTION_FIELD_SIZE"
        | "DEVICE_ID_FIELD_SIZE"
        | "DEVICE_OWNER_FIELD_SIZE"
        | "FQDN_FIELD_SIZE"
        | "NAME_FIELD_SIZE"
        | "PROJECT_ID_FIELD_SIZE"
        | "RESOURCE_TYPE_FIELD_SIZE" => 255,
        "ETHERTYPE_FIELD_SIZE" => 40,
        "IP_ADDR_FIELD_SIZE" => 64,
        "LONG_DESCRIPTION_FIELD_SIZE" => 1024,
        "MAC_ADDR_FIELD_SIZE" => 32,
        "STATUS_FIELD_SIZE" => 16,
        "DB_INTEGER_MAX_VALUE" => 2_147_483_647,
        _ => 0,
    };
    if number != 0 {
        return (module == "neutron_lib.db.constants").then_some(Value::Int(number));
    }
    if module != "neutron_lib.constants" {
        return None;
    }
    Some(match name {
        "EGRESS_DIRECTION" => Value::str("egress"),
        "INGRESS_DIRECTION" => Value::str("ingress"),
        "ACTIVE" => Value::str("ACTIVE"),
        "HA_ROUTER_STATE_ACTIVE" => Value::str("active"),
        "HA_ROUTER_STATE_STANDBY" => Value::str("standby"),
        "HA_ROUTER_STATE_UNKNOWN" => Value::str("unknown"),
        "DEVICE_OWNER_ROUTER_INTF" => Value::str("network:router_interface"),
        "DEVICE_OWNER_ROUTER_HA_INTF" => Value::str("network:router_ha_interface"),
        "DEVICE_OWNER_HA_REPLICATED_INT" => Value::str("network:ha_router_replicated_interface"),
        "DEVICE_OWNER_DISTRIBUTED" => Value::str("network:distributed"),
        "DEVICE_OWNER_DHCP" => Value::str("network:dhcp"),
        "DEFAULT_NETWORK_MTU" => Value::Int(1500),
        "MIN_VLAN_TAG" => Value::Int(1),
        "MAX_VLAN_TAG" => Value::Int(4094),
        "PORT_NUMA_POLICIES" => Value::tuple(
            ["required", "preferred", "legacy", "socket"]
                .map(Value::str)
                .to_vec(),
        ),
        "VALID_DIRECTIONS_AND_ANY" => {
            Value::tuple(["any", "ingress", "egress"].map(Value::str).to_vec())
        }
        _ => return None,
    })
}

impl Runtime {
    /// A name of such a module.
    pub(crate) fn third_party_name(
        &self,
        vm: &mut Vm,
        module: &str,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        if super::geometry::is_module(module) {
            return self.geometry_name(vm, module, name);
        }
        if module == "alembic_postgresql_enum" {
            return Ok(super::enum_values::library_name(name));
        }
        if module.starts_with("neutron_lib") {
            return Ok(neutron_constant(module, name).or_else(|| {
                (name != "db" && name != "constants")
                    .then(|| Vm::absent(&format!("{module}.{name}")))
            }));
        }
        if module == "oslo_i18n" {
            return Ok((name == "TranslatorFactory").then(|| {
                Value::native("TranslatorFactory", |_, _| Ok(Value::object(Translator)))
            }));
        }
        if module == "oslo_log.log" {
            // Its loggers add nothing that is seen here.
            let logging = vm.import("logging")?;
            return vm.find_attribute(&logging, name);
        }
        if module == "dateutil.tz" || module == "pytz" {
            let known = match module {
                "pytz" => ["utc", "UTC"],
                _ => ["tzutc", "UTC"],
            };
            if !known.contains(&name) {
                return Ok(Some(Vm::absent(&format!("{module}.{name}"))));
            }
            let datetime = vm.import("datetime")?;
            let timezone = vm.attribute(&datetime, "timezone")?;
            let utc = vm.attribute(&timezone, "utc")?;
            return Ok(Some(if name == "tzutc" {
                Value::native("tzutc", move |_, _| Ok(utc.clone()))
            } else {
                utc
            }));
        }
        if module == "flask_sqlalchemy" {
            return Ok((name == "SQLAlchemy").then(|| {
                let runtime = self.clone();
                Value::native("SQLAlchemy", move |_, _| {
                    Ok(Value::object(super::orm::FlaskSqlAlchemy {
                        runtime: runtime.clone(),
                    }))
                })
            }));
        }
        if module.starts_with("sqlmodel.") && matches!(name, "types" | "sa") {
            return Ok(self.library_module("sqlalchemy.types"));
        }
        let Some(known) = KNOWN.iter().find(|known| **known == name) else {
            if module == "sqlmodel" {
                if name == "Session" {
                    return self.orm_name(vm, "sqlalchemy.orm", name);
                }
                // sqlmodel passes SQLAlchemy's names on.
                return self.library_name(vm, "sqlalchemy", name);
            }
            return Ok(None);
        };
        Ok(Some(Value::object(ThirdPartyClass {
            runtime: self.clone(),
            class: known,
        })))
    }
}

/// A class of types of such a library.
pub(crate) struct ThirdPartyClass {
    runtime: Runtime,
    class: &'static str,
}

impl Object for ThirdPartyClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        let sql_type = make(&self.runtime, vm, self.class, arguments)?;
        Ok(Some(self.runtime.type_value(sql_type)))
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        match name {
            "__name__" | "__qualname__" => Ok(Some(Value::str(self.class))),
            _ if name.starts_with("__") => Ok(None),
            // What a decorator's class has, its objects have too.
            _ => {
                let sql_type = make(&self.runtime, vm, self.class, Arguments::none())?;
                let value = self.runtime.type_value(sql_type);
                vm.find_attribute(&value, name)
            }
        }
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("<class '{}'>", self.class).into())
    }
}

/// Types by their class names.
const KNOWN: &[&str] = &[
    "AutoString",
    "GUID",
    "TIMESTAMPAware",
    "Vector",
    "VECTOR",
    "HALFVEC",
    "HalfVector",
    "SPARSEVEC",
    "SparseVector",
    "BIT",
    "UUIDType",
    "EmailType",
    "ChoiceType",
    "URLType",
    "ScalarListType",
    "IPAddressType",
    "CountryType",
    "JSONType",
    "LtreeType",
    "TSVectorType",
    "EncryptedType",
    "StringEncryptedType",
    "ArrowType",
    "TimezoneType",
    "CurrencyType",
    "LocaleType",
    "PhoneNumberType",
    "PasswordType",
    "ColorType",
    "JsonEncodedDict",
    "JsonEncodedList",
    "JsonEncodedType",
    "SoftDeleteInteger",
    "CIText",
    "JSONField",
    "mutable_json_type",
    "NestedMutableJson",
    "MutableJson",
];

fn make(
    runtime: &Runtime,
    vm: &mut Vm,
    class: &'static str,
    arguments: Arguments,
) -> Result<SqlType, Failure> {
    let bound = arguments.bind(
        class,
        "*args, length=, dim=, binary=, native=, timezone=, type_in=, impl=, max_length=, \
         region=, enforce_string=, enforce_unicode=, **kw",
    )?;
    let first = bound.rest.first().and_then(Value::as_int);
    let number = |name: &str| -> Result<Option<i64>, Failure> { Ok(bound.int(name)?.or(first)) };
    let text = SqlType::new(TypeClass::Text);
    Ok(match class {
        "AutoString" => match number("length")? {
            Some(length) => decorated(class, &sized(TypeClass::String, length)),
            None => per_backend(
                class,
                &SqlType::string(),
                &SqlType::string(),
                &sized(TypeClass::String, 255),
            ),
        },
        "GUID" => {
            let characters = sized(TypeClass::CharUpper, 36);
            per_backend(
                class,
                &SqlType::new(TypeClass::UuidUpper),
                &characters,
                &characters,
            )
        }
        "TIMESTAMPAware" => {
            let timezone = bound.flag("timezone").unwrap_or(false);
            decorated(
                class,
                &SqlType::with(
                    TypeClass::Timestamp,
                    TypeArguments {
                        timezone,
                        ..TypeArguments::default()
                    },
                ),
            )
        }
        "Vector" | "VECTOR" | "HALFVEC" | "HalfVector" | "SPARSEVEC" | "SparseVector" | "BIT" => {
            let word = match class {
                "HALFVEC" | "HalfVector" => "HALFVEC",
                "SPARSEVEC" | "SparseVector" => "SPARSEVEC",
                "BIT" => "BIT",
                _ => "VECTOR",
            };
            let written = match bound.int("dim")?.or(number("length")?) {
                Some(dimensions) => format!("{word}({dimensions})"),
                None => word.to_owned(),
            };
            texts(class, &written, &written, &written)
        }
        "UUIDType" => {
            let binary = bound
                .flag("binary")
                .unwrap_or_else(|| !matches!(bound.rest.first(), Some(Value::Bool(false))));
            let emulated = if binary {
                sized(TypeClass::BinaryUpper, 16)
            } else {
                sized(TypeClass::CharUpper, 32)
            };
            if bound.flag("native") == Some(false) {
                decorated(class, &emulated)
            } else {
                per_backend(
                    class,
                    &SqlType::new(TypeClass::UuidUpper),
                    &emulated,
                    &emulated,
                )
            }
        }
        "EmailType" | "ChoiceType" => match bound.some("impl") {
            Some(given) => {
                let sql_type = runtime.required_type(vm, &given)?;
                decorated(class, &sql_type)
            }
            None => decorated(class, &sized(TypeClass::Unicode, 255)),
        },
        "URLType" | "ScalarListType" => decorated(class, &text),
        "IPAddressType" | "TimezoneType" => {
            let length = bound.int("max_length")?.or(first).unwrap_or(50);
            decorated(class, &sized(TypeClass::Unicode, length))
        }
        "CountryType" => decorated(class, &sized(TypeClass::String, 2)),
        "CurrencyType" => decorated(class, &sized(TypeClass::String, 3)),
        "LocaleType" => decorated(class, &sized(TypeClass::Unicode, 10)),
        "PhoneNumberType" => decorated(class, &sized(TypeClass::Unicode, 20)),
        "ArrowType" => decorated(class, &SqlType::new(TypeClass::DateTime)),
        "JSONType" => per_backend(class, &SqlType::new(TypeClass::Json), &text, &text),
        "ColorType" => decorated(
            class,
            &sized(
                TypeClass::Unicode,
                bound.int("max_length")?.or(first).unwrap_or(20),
            ),
        ),
        "JsonEncodedDict" | "JsonEncodedList" | "JsonEncodedType" => {
            // On MySQL the size of the column can be asked for.
            let long = bound
                .keywords
                .iter()
                .find(|(key, _)| &**key == "mysql_as_long")
                .is_some_and(|(_, value)| matches!(value, Value::Bool(true)));
            let medium = bound
                .keywords
                .iter()
                .find(|(key, _)| &**key == "mysql_as_medium")
                .is_some_and(|(_, value)| matches!(value, Value::Bool(true)));
            let mysql = if long {
                SqlType::new(TypeClass::LongText)
            } else if medium {
                SqlType::new(TypeClass::MediumText)
            } else {
                text.clone()
            };
            per_backend(class, &text, &text, &mysql)
        }
        "SoftDeleteInteger" => decorated(class, &SqlType::integer()),
        "LtreeType" => texts(class, "LTREE", "", ""),
        "TSVectorType" => texts(class, "TSVECTOR", "", ""),
        "EncryptedType" => decorated(class, &SqlType::new(TypeClass::LargeBinary)),
        "StringEncryptedType" => decorated(class, &SqlType::string()),
        "PasswordType" => decorated(class, &SqlType::new(TypeClass::LargeBinary)),
        "CIText" => texts(class, "CITEXT", "CITEXT", "CITEXT"),
        "JSONField" => per_backend(class, &text, &text, &text),
        _ => decorated(class, &SqlType::new(TypeClass::Json)),
    })
}
