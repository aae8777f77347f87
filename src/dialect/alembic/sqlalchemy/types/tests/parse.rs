//! Reads the constructor calls of the recorded types.

use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::literal::{EnumMember, Literal};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{
    DomainDefinition, EnumDefinition, Family, Module, SqlType, TypeArguments, TypeClass,
};

/// One argument of a call.
#[derive(Debug, Clone)]
enum Argument {
    Number(i64),
    Text(String),
    Flag(bool),
    Type(SqlType),
    Class,
}

struct Reader<'t> {
    rest: &'t str,
}

/// The type that a constructor call makes.
pub(in crate::dialect::alembic::sqlalchemy) fn type_from(call: &str) -> SqlType {
    Reader { rest: call }.type_()
}

impl Reader<'_> {
    fn take(&mut self, until: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(until).unwrap_or(self.rest.len());
        let taken = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        taken
    }

    fn skip(&mut self, text: &str) -> bool {
        let found = self.rest.starts_with(text);
        if found {
            self.rest = &self.rest[text.len()..];
        }
        found
    }

    fn type_(&mut self) -> SqlType {
        let module = if self.skip("pg.") {
            Module::Postgres
        } else if self.skip("my.") {
            Module::Mysql
        } else if self.skip("lite.") {
            Module::Sqlite
        } else {
            self.skip("sa.types.");
            Module::Generic
        };
        let name = self.take(|character| character == '(');
        let class = TypeClass::find(module, &name).unwrap_or_else(|| panic!("no class {name}"));
        let arguments = self.arguments();
        let mut type_ = build(class, &arguments);
        while self.skip(".with_variant") {
            let arguments = self.arguments();
            let Argument::Type(variant) = &arguments[0].1 else {
                panic!("a variant is a type")
            };
            let names: Vec<&str> = arguments[1..]
                .iter()
                .map(|(_, argument)| match argument {
                    Argument::Text(text) => text.as_str(),
                    _ => panic!("a variant names dialects"),
                })
                .collect();
            type_ = type_.with_variant(variant, &names);
        }
        type_
    }

    fn arguments(&mut self) -> Vec<(String, Argument)> {
        assert!(self.skip("("));
        let mut arguments = Vec::new();
        while !self.skip(")") {
            self.skip(",");
            self.skip(" ");
            let keyword = self
                .rest
                .find(['=', '(', ',', ')', '"'])
                .filter(|at| self.rest[*at..].starts_with('='));
            let name = match keyword {
                Some(at) => {
                    let name = self.rest[..at].to_owned();
                    self.rest = &self.rest[at + 1..];
                    name
                }
                None => String::new(),
            };
            arguments.push((name, self.argument()));
        }
        arguments
    }

    fn argument(&mut self) -> Argument {
        if self.skip("\"") {
            let text = self.take(|character| character == '"');
            self.skip("\"");
            return Argument::Text(text.replace("DAY_TO_SECOND", "DAY TO SECOND"));
        }
        if self.skip("True") {
            return Argument::Flag(true);
        }
        if self.skip("False") {
            return Argument::Flag(false);
        }
        if self
            .rest
            .starts_with(|character: char| character.is_ascii_digit())
        {
            return Argument::Number(
                self.take(|character| !character.is_ascii_digit())
                    .parse()
                    .unwrap(),
            );
        }
        if self.rest.starts_with("E)") || self.rest.starts_with("SE)") {
            self.skip("S");
            self.skip("E");
            return Argument::Class;
        }
        Argument::Type(self.type_())
    }
}

fn build(class: TypeClass, given: &[(String, Argument)]) -> SqlType {
    if class.family() == Family::Enum {
        return enumeration(class, given);
    }
    if class == TypeClass::Domain {
        return domain(given);
    }
    let mut arguments = TypeArguments::default();
    let mut positional = positional_names(class).iter();
    for (name, argument) in given {
        let name = if name.is_empty() {
            positional.next().copied().unwrap_or("values")
        } else {
            name.as_str()
        };
        set(&mut arguments, name, argument);
    }
    if class == TypeClass::PostgresBit && arguments.length.is_none() && !arguments.varying {
        arguments.length = Some(1);
    }
    SqlType::with(class, arguments)
}

fn positional_names(class: TypeClass) -> &'static [&'static str] {
    match class.family() {
        Family::String if class != TypeClass::Set => &["length"],
        Family::Binary | Family::PostgresBit | Family::MysqlBit => &["length"],
        Family::Numeric | Family::Float => &["precision", "scale"],
        Family::Integer => &["display_width"],
        Family::Array => &["item"],
        _ if class == TypeClass::Year => &["display_width"],
        _ => &[],
    }
}

fn set(arguments: &mut TypeArguments, name: &str, argument: &Argument) {
    match (name, argument) {
        ("length", Argument::Number(number)) => arguments.length = Some(*number),
        ("precision", Argument::Number(number)) => arguments.precision = Some(*number),
        ("scale", Argument::Number(number)) => arguments.scale = Some(*number),
        ("display_width", Argument::Number(number)) => arguments.display_width = Some(*number),
        ("fsp", Argument::Number(number)) => arguments.fractional_seconds = Some(*number),
        ("second_precision", Argument::Number(number)) => {
            arguments.second_precision = Some(*number);
        }
        ("day_precision", Argument::Number(_)) => {}
        ("dimensions", Argument::Number(number)) => {
            arguments.dimensions = u32::try_from(*number).ok();
        }
        ("collation", Argument::Text(text)) => arguments.collation = Some(text.clone()),
        ("charset", Argument::Text(text)) => arguments.charset = Some(text.clone()),
        ("fields", Argument::Text(text)) => arguments.fields = Some(text.clone()),
        ("storage_format", Argument::Text(text)) => arguments.storage_format = Some(text.clone()),
        ("values", Argument::Text(text)) => arguments.values.push(text.clone()),
        ("timezone", Argument::Flag(flag)) => arguments.timezone = *flag,
        ("unsigned", Argument::Flag(flag)) => arguments.unsigned = *flag,
        ("zerofill", Argument::Flag(flag)) => arguments.zerofill = *flag,
        ("varying", Argument::Flag(flag)) => arguments.varying = *flag,
        ("ascii", Argument::Flag(flag)) => arguments.ascii = *flag,
        ("unicode", Argument::Flag(flag)) => arguments.unicode = *flag,
        ("binary", Argument::Flag(flag)) => arguments.binary = *flag,
        ("national", Argument::Flag(flag)) => arguments.national = *flag,
        ("truncate_microseconds", Argument::Flag(flag)) => arguments.truncate_microseconds = *flag,
        ("native" | "native_uuid", Argument::Flag(flag)) => arguments.emulated = !flag,
        ("as_uuid", Argument::Flag(flag)) => arguments.uuid_as_text = !flag,
        ("item", Argument::Type(type_)) => arguments.item = Some(type_.clone()),
        other => panic!("no argument {other:?}"),
    }
}

fn enumeration(class: TypeClass, given: &[(String, Argument)]) -> SqlType {
    let mut definition = EnumDefinition::default();
    let mut arguments = TypeArguments::default();
    for (name, argument) in given {
        match (name.as_str(), argument) {
            ("", Argument::Text(text)) => definition.labels.push(text.clone()),
            ("", Argument::Class) => {
                definition.labels = vec!["one".into(), "two".into()];
                definition.name = Some(Name::new("e"));
                definition.class = Some("E".into());
                definition.members = member_list();
            }
            ("name", Argument::Text(text)) => definition.name = Some(Name::new(text)),
            ("schema", Argument::Text(text)) => definition.schema = Some(Name::new(text)),
            ("native_enum", Argument::Flag(flag)) => definition.emulated = !flag,
            ("validate_strings", Argument::Flag(flag)) => definition.validate_strings = *flag,
            ("create_type", Argument::Flag(flag)) => definition.skip_create_type = !flag,
            ("length", Argument::Number(number)) => definition.length = Some(Some(*number)),
            (name, argument) => set(&mut arguments, name, argument),
        }
    }
    arguments.enumeration = Some(Rc::new(definition));
    SqlType::with(class, arguments)
}

fn member_list() -> Vec<Literal> {
    let names: Rc<[String]> = ["one".to_owned(), "two".to_owned()].into();
    names
        .iter()
        .zip(1..)
        .map(|(name, value)| {
            Literal::EnumMember(Rc::new(EnumMember {
                class: "E".into(),
                name: name.clone(),
                value: Literal::Int(value),
                is_value: false,
                names: names.clone(),
            }))
        })
        .collect()
}

fn domain(given: &[(String, Argument)]) -> SqlType {
    let (Argument::Text(name), Argument::Type(data_type)) = (&given[0].1, &given[1].1) else {
        panic!("a domain has a name and a type");
    };
    let schema = given.iter().find_map(|(name, argument)| match argument {
        Argument::Text(text) if name == "schema" => Some(Name::new(text)),
        _ => None,
    });
    let definition = DomainDefinition {
        name: Name::new(name),
        schema,
        data_type: data_type.clone(),
        collation: None,
        default: None,
        constraint_name: None,
        not_null: false,
        check: None,
        skip_create_type: false,
    };
    SqlType::with(
        TypeClass::Domain,
        TypeArguments {
            domain: Some(Rc::new(definition)),
            ..TypeArguments::default()
        },
    )
}
