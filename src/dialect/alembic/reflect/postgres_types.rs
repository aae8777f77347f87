//! PostgreSQL's types, from what `format_type()` writes.

use std::rc::Rc;

use super::EnumFacts;
use crate::dialect::alembic::sqlalchemy::expression as sa;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{
    DomainDefinition, EnumDefinition, SqlType, TypeArguments, TypeClass,
};

/// A domain.
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) schema: String,
    pub(super) visible: bool,
    pub(super) base: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) collation: Option<String>,
    pub(super) constraint: Option<String>,
    pub(super) check: Option<String>,
}

/// Types that have names of their own.
pub(super) struct NamedTypes {
    pub(super) enums: Vec<EnumFacts>,
    pub(super) domains: Vec<Domain>,
}

/// Whether a written name, with its schema where it is not visible, is that of a type.
fn is_named(written: &str, schema: &str, name: &str, visible: bool) -> bool {
    let parts = name_parts(written);
    match parts.as_slice() {
        [only] => visible && only == name,
        [of, only] => of == schema && only == name,
        _ => false,
    }
}

/// The parts of a name that may be quoted.
fn name_parts(written: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut letters = written.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                if let Some(part) = parts.last_mut() {
                    part.push('"');
                }
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => {
                if let Some(part) = parts.last_mut() {
                    part.push(other);
                }
            }
        }
    }
    parts
}

impl NamedTypes {
    fn domain(&self, written: &str) -> Option<&Domain> {
        self.domains
            .iter()
            .find(|domain| is_named(written, &domain.schema, &domain.name, domain.visible))
    }

    /// The default of a domain.
    pub(super) fn domain_default(&self, written: &str) -> Option<String> {
        self.domain(written)?.default.clone()
    }

    fn find(&self, written: &str, depth: usize) -> Option<SqlType> {
        if let Some(found) = self
            .enums
            .iter()
            .find(|known| is_named(written, &known.schema, &known.name, known.visible))
        {
            return Some(SqlType::with(
                TypeClass::PostgresEnum,
                TypeArguments {
                    enumeration: Some(Rc::new(EnumDefinition {
                        labels: found.labels.clone(),
                        name: Some(Name::new(&*found.name)),
                        schema: (!found.visible).then(|| Name::new(&*found.schema)),
                        ..EnumDefinition::default()
                    })),
                    ..TypeArguments::default()
                },
            ));
        }
        let domain = self.domain(written)?;
        let data_type = typed(
            &domain.base,
            domain.collation.as_deref(),
            Some(self),
            depth + 1,
        )?;
        Some(SqlType::with(
            TypeClass::Domain,
            TypeArguments {
                domain: Some(Rc::new(DomainDefinition {
                    name: Name::new(&*domain.name),
                    schema: (!domain.visible).then(|| Name::new(&*domain.schema)),
                    data_type,
                    collation: domain.collation.clone(),
                    default: domain.default.as_deref().map(sa::text),
                    constraint_name: domain.constraint.as_deref().map(Name::new),
                    not_null: domain.not_null,
                    check: domain.check.as_deref().map(sa::text),
                    skip_create_type: true,
                })),
                ..TypeArguments::default()
            },
        ))
    }
}

/// A type by its written form; `None` for one that is not known, or not without the named types.
pub(super) fn column_type(
    written: &str,
    collation: Option<&str>,
    named: Option<&NamedTypes>,
) -> Option<SqlType> {
    typed(written, collation, named, 0)
}

fn typed(
    written: &str,
    collation: Option<&str>,
    named: Option<&NamedTypes>,
    depth: usize,
) -> Option<SqlType> {
    // Domains of domains are finite; the bound only keeps a broken catalog from harm.
    if depth > 32 {
        return None;
    }
    let base = written.trim_end_matches("[]");
    let dimensions = (written.len() - base.len()) / 2;
    let (name, arguments) = match (base.find('('), base.find(')')) {
        (Some(open), Some(close)) if open < close => (
            format!("{}{}", &base[..open], &base[close + 1..]),
            base[open + 1..close].split(',').map(str::trim).collect(),
        ),
        _ => (base.to_owned(), Vec::new()),
    };
    let number = |at: usize| arguments.get(at).and_then(|text: &&str| text.parse().ok());
    let mut made = TypeArguments {
        collation: collation.map(str::to_owned),
        ..TypeArguments::default()
    };
    let class = if name == "interval" || name.starts_with("interval ") {
        made.fields = name.strip_prefix("interval ").map(str::to_owned);
        made.precision = number(0);
        Some(TypeClass::PostgresInterval)
    } else {
        plain_class(&name)
    };
    let found = match class {
        Some(class) => {
            match class {
                TypeClass::NumericUpper if arguments.len() == 2 => {
                    (made.precision, made.scale) = (number(0), number(1));
                }
                TypeClass::DoublePrecision => made.precision = Some(53),
                TypeClass::PostgresTimestamp | TypeClass::PostgresTime => {
                    made.timezone = name.ends_with("with time zone");
                    made.precision = number(0);
                }
                TypeClass::PostgresBit => {
                    made.varying = name == "bit varying";
                    made.length = number(0);
                }
                TypeClass::VarcharUpper | TypeClass::CharUpper => made.length = number(0),
                _ => {}
            }
            SqlType::with(class, made)
        }
        None => named?.find(&name, depth)?,
    };
    Some(if dimensions > 0 {
        SqlType::array(TypeClass::PostgresArray, found, None)
    } else {
        found
    })
}

fn plain_class(name: &str) -> Option<TypeClass> {
    use TypeClass as T;
    Some(match name {
        "hstore" => T::Hstore,
        "json" => T::PostgresJson,
        "jsonb" => T::Jsonb,
        "int4range" => T::Int4Range,
        "int8range" => T::Int8Range,
        "numrange" => T::NumRange,
        "daterange" => T::DateRange,
        "tsrange" => T::TsRange,
        "tstzrange" => T::TstzRange,
        "int4multirange" => T::Int4Multirange,
        "int8multirange" => T::Int8Multirange,
        "nummultirange" => T::NumMultirange,
        "datemultirange" => T::DateMultirange,
        "tsmultirange" => T::TsMultirange,
        "tstzmultirange" => T::TstzMultirange,
        "integer" => T::IntegerUpper,
        "bigint" => T::BigIntUpper,
        "smallint" => T::SmallIntUpper,
        "character varying" => T::VarcharUpper,
        "character" => T::CharUpper,
        "\"char\"" | "name" => T::String,
        "text" => T::TextUpper,
        "numeric" => T::NumericUpper,
        "real" => T::RealUpper,
        "double precision" => T::DoublePrecision,
        "inet" => T::Inet,
        "cidr" => T::Cidr,
        "citext" => T::Citext,
        "uuid" => T::UuidUpper,
        "bit" | "bit varying" => T::PostgresBit,
        "macaddr" => T::Macaddr,
        "macaddr8" => T::Macaddr8,
        "money" => T::Money,
        "oid" => T::Oid,
        "regclass" => T::Regclass,
        "regconfig" => T::Regconfig,
        "timestamp with time zone" | "timestamp without time zone" => T::PostgresTimestamp,
        "time with time zone" | "time without time zone" => T::PostgresTime,
        "date" => T::DateUpper,
        "bytea" => T::Bytea,
        "boolean" => T::BooleanUpper,
        "tsvector" => T::TsVector,
        "tsquery" => T::TsQuery,
        _ => return None,
    })
}
