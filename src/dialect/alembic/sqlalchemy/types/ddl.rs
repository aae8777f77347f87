//! A type as it stands in a column's definition.

use super::{CustomForm, Family, Module, SqlType, TypeArguments, TypeClass};
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::literal::{Literal, python_repr};
use crate::dialect::alembic::sqlalchemy::target::{Name, Target};
use crate::model::Backend;
use std::fmt::Write as _;

/// Where the type stands. It has no influence today except on third-party types.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColumnContext {
    /// A column's definition.
    #[default]
    Definition,
    /// `CAST(.. AS ..)` and the like.
    Cast,
}

/// What MySQL's `DOUBLE` and `REAL` say of a precision without a scale, or the reverse.
pub const LONE_PRECISION: &str =
    "You must specify both precision and scale or omit both altogether.";

/// The text of a type on a target.
pub fn ddl(
    type_: &SqlType,
    target: &Target,
    context: ColumnContext,
) -> Result<String, CompileError> {
    render(type_, target, context, 0)
}

/// The type as SQLAlchemy prints it in messages, which knows of no backend.
pub fn describe(type_: &SqlType) -> String {
    let arguments = type_.arguments();
    match type_.class().visit_name() {
        "null" => "NULL".into(),
        "user_defined" => {
            let plain = type_.plain();
            match plain.hooks() {
                Some(hooks) => hooks.class_name().to_owned(),
                None => describe(&plain),
            }
        }
        "type_decorator" if type_.class() == TypeClass::Interval => "DATETIME".into(),
        "type_decorator" => "BLOB".into(),
        "uuid" => "CHAR(32)".into(),
        "double" => "DOUBLE".into(),
        "ARRAY" => "ARRAY".into(),
        _ => generic(type_, &Target::new(Backend::Sqlite), arguments)
            .unwrap_or_else(|_| type_.class().name().to_owned()),
    }
}

/// The labels a `CHECK` lists for a `Boolean` or `Enum` that asks for one on this target: its name and its values.
/// `None` where the target has the type itself or no constraint was asked for.
pub fn check_values(type_: &SqlType, target: &Target) -> Option<(Option<Name>, Vec<CheckValue>)> {
    let plain = type_.resolve(target).ok()?;
    let arguments = plain.arguments();
    match plain.class().family() {
        Family::Boolean if arguments.create_constraint && !target.is_postgres() => Some((
            arguments.name.clone(),
            vec![CheckValue::Number(0), CheckValue::Number(1)],
        )),
        Family::Enum => {
            let definition = arguments.enumeration.as_ref()?;
            let native = !definition.emulated && !target.is_sqlite();
            (definition.create_constraint && !native).then(|| {
                let labels = definition
                    .labels
                    .iter()
                    .cloned()
                    .map(CheckValue::Text)
                    .collect();
                (definition.name.clone(), labels)
            })
        }
        _ => None,
    }
}

/// One value of the `CHECK` that takes the place of a native type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckValue {
    /// A truth value as a number.
    Number(u8),
    /// An enum's label.
    Text(String),
}

fn render(
    type_: &SqlType,
    target: &Target,
    context: ColumnContext,
    depth: u8,
) -> Result<String, CompileError> {
    let type_ = type_.variant_for(target);
    if depth > 32 {
        return Err(CompileError::new("type decorators are nested too deeply"));
    }
    if let Some(hooks) = type_.hooks() {
        return match hooks.form(target)? {
            CustomForm::Text(text) => Ok(text),
            CustomForm::Type(inner) => render(&inner, target, context, depth + 1),
        };
    }
    let arguments = type_.arguments();
    match type_.class() {
        TypeClass::Interval => interval(arguments, target),
        TypeClass::PickleType => {
            let inner = arguments
                .implementation
                .clone()
                .unwrap_or_else(|| SqlType::new(TypeClass::LargeBinary));
            render(&inner, target, context, depth + 1)
        }
        _ => match target.backend {
            Backend::Postgres => postgres(type_, target, context, depth),
            Backend::Sqlite => sqlite(type_, target),
            Backend::Mysql => mysql(type_, target),
        },
    }
}

fn interval(arguments: &TypeArguments, target: &Target) -> Result<String, CompileError> {
    if arguments.emulated || !target.is_postgres() {
        return render(
            &SqlType::new(TypeClass::DateTime),
            target,
            ColumnContext::Definition,
            0,
        );
    }
    Ok(arguments.second_precision.map_or_else(
        || "INTERVAL".to_owned(),
        |precision| format!("INTERVAL ({precision})"),
    ))
}

fn string(name: &str, length: Option<i64>, arguments: &TypeArguments, target: &Target) -> String {
    let mut text = name.to_owned();
    if let Some(length) = length.filter(|length| *length != 0) {
        let _ = write!(text, "({length})");
    }
    if let Some(collation) = arguments
        .collation
        .as_deref()
        .filter(|collation| !collation.is_empty())
    {
        text.push_str(" COLLATE ");
        if let Some(schema) = &arguments.collation_schema {
            text.push_str(&target.quote_text(schema));
            text.push('.');
        }
        text.push_str(&target.format_collation(collation));
    }
    text
}

fn decimal(name: &str, arguments: &TypeArguments) -> String {
    match (arguments.precision, arguments.scale) {
        (None, _) => name.to_owned(),
        (Some(precision), None) => format!("{name}({precision})"),
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
    }
}

fn unsupported(type_: &SqlType, target: &Target) -> CompileError {
    let compiler = match target.backend {
        Backend::Postgres => "<sqlalchemy.dialects.postgresql.base.PGTypeCompiler object>",
        Backend::Sqlite => "<sqlalchemy.dialects.sqlite.base.SQLiteTypeCompiler object>",
        Backend::Mysql => "<sqlalchemy.dialects.mysql.base.MySQLTypeCompiler object>",
    };
    CompileError::unsupported(compiler, type_.class().name())
}

/// What every backend falls back to.
fn generic(
    type_: &SqlType,
    target: &Target,
    arguments: &TypeArguments,
) -> Result<String, CompileError> {
    let length = arguments.length;
    Ok(match type_.class().visit_name() {
        "null" => {
            return Err(CompileError::new(
                "Can't generate DDL for NullType(); did you forget to specify a type on this Column?",
            ));
        }
        "integer" | "INTEGER" => "INTEGER".into(),
        "small_integer" | "SMALLINT" => "SMALLINT".into(),
        "big_integer" | "BIGINT" => "BIGINT".into(),
        "numeric" | "NUMERIC" => decimal("NUMERIC", arguments),
        "DECIMAL" => decimal("DECIMAL", arguments),
        "float" | "FLOAT" => "FLOAT".into(),
        "double" | "DOUBLE" => "DOUBLE".into(),
        "DOUBLE_PRECISION" => "DOUBLE PRECISION".into(),
        "REAL" => "REAL".into(),
        "boolean" | "BOOLEAN" => "BOOLEAN".into(),
        "string" | "unicode" | "VARCHAR" => string("VARCHAR", length, arguments, target),
        "enum" => {
            let length = type_
                .enumeration()
                .and_then(|definition| definition.effective_length());
            string("VARCHAR", length, arguments, target)
        }
        "text" | "unicode_text" | "TEXT" => string("TEXT", length, arguments, target),
        "CHAR" => string("CHAR", length, arguments, target),
        "NCHAR" => string("NCHAR", length, arguments, target),
        "NVARCHAR" => string("NVARCHAR", length, arguments, target),
        "CLOB" => "CLOB".into(),
        "large_binary" | "BLOB" => "BLOB".into(),
        visit @ ("BINARY" | "VARBINARY") => match length.filter(|length| *length != 0) {
            Some(length) => format!("{visit}({length})"),
            None => visit.to_owned(),
        },
        "date" | "DATE" => "DATE".into(),
        "datetime" | "DATETIME" => "DATETIME".into(),
        "TIMESTAMP" => "TIMESTAMP".into(),
        "time" | "TIME" => "TIME".into(),
        "uuid" if arguments.emulated || !target.has_uuid() => "CHAR(32)".into(),
        "uuid" | "UUID" => "UUID".into(),
        _ => return Err(unsupported(type_, target)),
    })
}

fn sqlite(type_: &SqlType, target: &Target) -> Result<String, CompileError> {
    let arguments = type_.arguments();
    let numeric = arguments
        .storage_format
        .as_deref()
        .is_some_and(|format| !has_text_affinity(format));
    match type_.class().visit_name() {
        "JSON" => Ok("JSON".into()),
        "JSONB" => Ok("JSONB".into()),
        "date" if numeric => Ok("DATE_CHAR".into()),
        "datetime" if numeric => Ok("DATETIME_CHAR".into()),
        "time" if numeric => Ok("TIME_CHAR".into()),
        _ => generic(type_, target, arguments),
    }
}

/// Whether a storage format writes something that is not a digit, so that SQLite keeps it as text.
fn has_text_affinity(format: &str) -> bool {
    let mut rest = format;
    let mut separators = String::new();
    while let Some(start) = rest.find("%(") {
        separators.push_str(&rest[..start]);
        let field = rest[start..]
            .find(')')
            .map_or(rest.len(), |end| start + end);
        rest = rest[field..]
            .find('d')
            .map_or("", |end| &rest[field + end + 1..]);
    }
    separators.push_str(rest);
    separators
        .chars()
        .any(|character| !character.is_ascii_digit())
}

fn time_zone(name: &str, arguments: &TypeArguments) -> String {
    let precision = arguments
        .precision
        .map(|precision| format!("({precision})"))
        .unwrap_or_default();
    let zone = if arguments.timezone {
        "WITH"
    } else {
        "WITHOUT"
    };
    format!("{name}{precision} {zone} TIME ZONE")
}

fn postgres(
    type_: &SqlType,
    target: &Target,
    context: ColumnContext,
    depth: u8,
) -> Result<String, CompileError> {
    let arguments = type_.arguments();
    let class = type_.class();
    Ok(match class.visit_name() {
        "float" | "FLOAT" => match arguments.precision.filter(|precision| *precision != 0) {
            Some(precision) => format!("FLOAT({precision})"),
            None => "FLOAT".into(),
        },
        "double" => "DOUBLE PRECISION".into(),
        "datetime" | "TIMESTAMP" => time_zone("TIMESTAMP", arguments),
        "time" | "TIME" => time_zone("TIME", arguments),
        "INTERVAL" => {
            let fields = arguments
                .fields
                .as_ref()
                .map(|fields| format!(" {fields}"))
                .unwrap_or_default();
            let precision = arguments
                .precision
                .map(|precision| format!(" ({precision})"))
                .unwrap_or_default();
            format!("INTERVAL{fields}{precision}")
        }
        "BIT" if class == TypeClass::MysqlBit => {
            // MySQL's class has no `varying`, which PostgreSQL's method asks for.
            return Err(CompileError::of(
                crate::dialect::alembic::sqlalchemy::error::ErrorClass::Attribute,
                "'BIT' object has no attribute 'varying'",
            ));
        }
        "BIT" => match (arguments.varying, arguments.length) {
            (true, Some(length)) => format!("BIT VARYING({length})"),
            (true, None) => "BIT VARYING".into(),
            (false, length) => format!("BIT({})", length.unwrap_or(1)),
        },
        "uuid" if !arguments.emulated => "UUID".into(),
        "large_binary" | "BYTEA" => "BYTEA".into(),
        "ARRAY" => return array(arguments, target, context, depth),
        "enum"
            if class == TypeClass::PostgresEnum
                || type_
                    .enumeration()
                    .is_none_or(|definition| !definition.emulated) =>
        {
            return named_enum(type_, target);
        }
        "ENUM" => return named_enum(type_, target),
        "DOMAIN" => {
            let Some(domain) = &arguments.domain else {
                return Err(unsupported(type_, target));
            };
            return named_type(
                "DOMAIN",
                "",
                Some(&domain.name),
                domain.schema.as_ref(),
                target,
            );
        }
        visit @ ("JSON" | "JSONB") => visit.to_owned(),
        visit if class.module() == Module::Postgres && !matches!(visit, "enum") => visit.to_owned(),
        _ => return generic(type_, target, arguments),
    })
}

fn array(
    arguments: &TypeArguments,
    target: &Target,
    context: ColumnContext,
    depth: u8,
) -> Result<String, CompileError> {
    let item = arguments.item.clone().unwrap_or_else(SqlType::null);
    let inner = render(&item, target, context, depth + 1)?;
    let brackets = "[]".repeat(arguments.dimensions.unwrap_or(1) as usize);
    let at = inner.find(" COLLATE").unwrap_or(inner.len());
    Ok(format!("{}{brackets}{}", &inner[..at], &inner[at..]))
}

fn named_enum(type_: &SqlType, target: &Target) -> Result<String, CompileError> {
    let definition = type_.enumeration();
    let labels: Vec<String> = definition
        .iter()
        .flat_map(|definition| &definition.labels)
        .map(|label| format!("{}, ", python_repr(&Literal::text(label))))
        .collect();
    named_type(
        type_.class().name(),
        &labels.concat(),
        definition.and_then(|definition| definition.name.as_ref()),
        definition.and_then(|definition| definition.schema.as_ref()),
        target,
    )
}

fn named_type(
    kind: &str,
    members: &str,
    name: Option<&Name>,
    schema: Option<&Name>,
    target: &Target,
) -> Result<String, CompileError> {
    let Some(name) = name.filter(|name| !name.as_str().is_empty()) else {
        return Err(CompileError::new(format!(
            "PostgreSQL {kind} type requires a name."
        )));
    };
    if schema.is_none() && BUILT_IN_POSTGRES.contains(&name.as_str()) {
        return Err(CompileError::new(format!(
            "{kind}({members}name='{name}') has name '{name}' that matches an existing type, and requires an explicit schema \
             name in order to be rendered in DDL."
        )));
    }
    Ok(target.format_table(schema, name))
}

/// The types a named type may not hide.
const BUILT_IN_POSTGRES: &[&str] = &[
    "_array",
    "hstore",
    "json",
    "jsonb",
    "int4range",
    "int8range",
    "numrange",
    "daterange",
    "tsrange",
    "tstzrange",
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "datemultirange",
    "tsmultirange",
    "tstzmultirange",
    "integer",
    "bigint",
    "smallint",
    "character varying",
    "character",
    "\"char\"",
    "name",
    "text",
    "numeric",
    "float",
    "real",
    "inet",
    "cidr",
    "citext",
    "uuid",
    "bit",
    "bit varying",
    "macaddr",
    "macaddr8",
    "money",
    "oid",
    "regclass",
    "double precision",
    "timestamp",
    "timestamp with time zone",
    "timestamp without time zone",
    "time with time zone",
    "time without time zone",
    "date",
    "time",
    "bytea",
    "boolean",
    "interval",
    "tsvector",
    "tsquery",
    "regconfig",
];

fn mysql(type_: &SqlType, target: &Target) -> Result<String, CompileError> {
    let arguments = type_.arguments();
    let class = type_.class();
    let own = class.module() == Module::Mysql;
    let length = arguments.length;
    let sized =
        |name: &str| length.map_or_else(|| name.to_owned(), |length| format!("{name}({length})"));
    let fractional = |name: &str| match arguments.fractional_seconds.filter(|digits| *digits != 0) {
        Some(digits) => format!("{name}({digits})"),
        None => name.to_owned(),
    };
    let visit = class.visit_name();
    Ok(match visit {
        "integer" | "INTEGER" => mysql_integer("INTEGER", arguments, own),
        "small_integer" | "SMALLINT" => mysql_integer("SMALLINT", arguments, own),
        "big_integer" | "BIGINT" => mysql_integer("BIGINT", arguments, own),
        "MEDIUMINT" | "TINYINT" => mysql_integer(visit, arguments, own),
        "numeric" | "NUMERIC" => mysql_numeric(decimal("NUMERIC", arguments), arguments, own),
        "DECIMAL" => mysql_numeric(decimal("DECIMAL", arguments), arguments, own),
        "double" | "DOUBLE" => mysql_double("DOUBLE", type_),
        "REAL" => mysql_double("REAL", type_),
        "float" | "FLOAT" => match (arguments.precision, arguments.scale) {
            (Some(precision), Some(scale)) if own => {
                mysql_numeric(format!("FLOAT({precision}, {scale})"), arguments, own)
            }
            (Some(precision), _) => mysql_numeric(format!("FLOAT({precision})"), arguments, own),
            (None, _) => mysql_numeric("FLOAT".into(), arguments, own),
        },
        "BIT" => sized("BIT"),
        "datetime" | "DATETIME" => fractional("DATETIME"),
        "time" | "TIME" => fractional("TIME"),
        "TIMESTAMP" => fractional("TIMESTAMP"),
        "YEAR" => arguments
            .display_width
            .map_or_else(|| "YEAR".to_owned(), |width| format!("YEAR({width})")),
        "text" | "unicode_text" | "TEXT" => mysql_string(&sized("TEXT"), arguments, false),
        "TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT" => mysql_string(visit, arguments, false),
        "string" | "unicode" | "VARCHAR" => {
            required_length("VARCHAR", length, target)?;
            mysql_string(&sized("VARCHAR"), arguments, false)
        }
        "CHAR" => mysql_string(&sized("CHAR"), arguments, false),
        "NVARCHAR" => {
            required_length("NVARCHAR", length, target)?;
            mysql_string(&sized("VARCHAR"), arguments, true)
        }
        "NCHAR" => mysql_string(&sized("CHAR"), arguments, true),
        "CLOB" => "CLOB".into(),
        "VARBINARY" => {
            let Some(length) = length else {
                return Err(CompileError::of(
                    crate::dialect::alembic::sqlalchemy::error::ErrorClass::Type,
                    "%d format: a real number is required, not NoneType",
                ));
            };
            format!("VARBINARY({length})")
        }
        "JSON" => "JSON".into(),
        "large_binary" | "BLOB" => sized("BLOB"),
        "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" | "INET4" | "INET6" => visit.to_owned(),
        "enum"
            if class == TypeClass::PostgresEnum
                || type_
                    .enumeration()
                    .is_none_or(|definition| !definition.emulated) =>
        {
            let labels = type_
                .enumeration()
                .map_or(&[][..], |definition| &definition.labels);
            enumerated("ENUM", labels, arguments, target)
        }
        "enum" => {
            let length = type_
                .enumeration()
                .and_then(|definition| definition.effective_length());
            required_length("VARCHAR", length, target)?;
            mysql_string(
                &format!("VARCHAR({})", length.unwrap_or(0)),
                arguments,
                false,
            )
        }
        "ENUM" => {
            let labels = type_
                .enumeration()
                .map_or(&[][..], |definition| &definition.labels);
            enumerated("ENUM", labels, arguments, target)
        }
        "SET" => enumerated("SET", &arguments.values, arguments, target),
        "boolean" | "BOOLEAN" => "BOOL".into(),
        _ => return generic(type_, target, arguments),
    })
}

fn required_length(name: &str, length: Option<i64>, target: &Target) -> Result<(), CompileError> {
    if length.is_none() {
        return Err(CompileError::new(format!(
            "{name} requires a length on dialect {}",
            target.dialect_name()
        )));
    }
    Ok(())
}

fn mysql_integer(name: &str, arguments: &TypeArguments, own: bool) -> String {
    let spec = match arguments.display_width {
        Some(width) if own => format!("{name}({width})"),
        _ => name.to_owned(),
    };
    mysql_numeric(spec, arguments, own)
}

fn mysql_numeric(mut spec: String, arguments: &TypeArguments, own: bool) -> String {
    if own && arguments.unsigned {
        spec.push_str(" UNSIGNED");
    }
    if own && arguments.zerofill {
        spec.push_str(" ZEROFILL");
    }
    spec
}

fn mysql_double(name: &str, type_: &SqlType) -> String {
    let arguments = type_.arguments();
    let own = type_.class().module() == Module::Mysql;
    let spec = match (arguments.precision, arguments.scale) {
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
        _ => name.to_owned(),
    };
    mysql_numeric(spec, arguments, own)
}

fn mysql_string(spec: &str, arguments: &TypeArguments, national: bool) -> String {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let charset = match filled(&arguments.charset) {
        Some(charset) => Some(format!("CHARACTER SET {charset}")),
        None if arguments.ascii => Some("ASCII".to_owned()),
        None if arguments.unicode => Some("UNICODE".to_owned()),
        None => None,
    };
    let collation = match filled(&arguments.collation) {
        Some(collation) => Some(format!("COLLATE {collation}")),
        None if arguments.binary => Some("BINARY".to_owned()),
        None => None,
    };
    let parts = if national || arguments.national {
        [
            Some("NATIONAL".to_owned()),
            Some(spec.to_owned()),
            collation,
        ]
    } else {
        [Some(spec.to_owned()), charset, collation]
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn enumerated(name: &str, labels: &[String], arguments: &TypeArguments, target: &Target) -> String {
    let quoted: Vec<String> = labels
        .iter()
        .map(|label| {
            let label = label.replace('\'', "''").replace('\\', "\\\\");
            format!("'{}'", target.escape_percents(&label))
        })
        .collect();
    mysql_string(&format!("{name}({})", quoted.join(",")), arguments, false)
}
