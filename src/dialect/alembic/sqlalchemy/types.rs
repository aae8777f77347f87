//! Type objects as data: a class, its arguments, its variants.

mod arguments;
mod class;
mod ddl;
mod family;

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

pub use arguments::{DomainDefinition, EnumDefinition, SchemaSource, TypeArguments};
pub use class::{Module, TypeClass};
pub use ddl::{CheckValue, ColumnContext, LONE_PRECISION, check_values, ddl, describe};
pub use family::Family;

use super::error::CompileError;
use super::literal::Literal;
use super::target::{Name, Target};

/// A type object. Clones share one identity.
#[derive(Clone)]
pub struct SqlType(Rc<TypeNode>);

struct TypeNode {
    class: TypeClass,
    arguments: TypeArguments,
    custom: Option<Rc<dyn CustomType>>,
    variants: Vec<(Rc<str>, SqlType)>,
}

/// What a class of the migrations' own turns into on one backend.
#[derive(Debug, Clone)]
pub enum CustomForm {
    /// A `UserDefinedType`: the text of `get_col_spec`.
    Text(String),
    /// A `TypeDecorator`: the type of `load_dialect_impl` or `impl`.
    Type(SqlType),
}

/// An index that each column of a type brings by itself, on PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpliedIndex {
    /// What its name begins with, before the table's and the column's.
    pub prefix: &'static str,
    /// The index method.
    pub method: &'static str,
    /// The operator class.
    pub operator_class: Option<&'static str>,
    /// The function of the column that is indexed in its place.
    pub function: Option<&'static str>,
}

/// The hooks of a `UserDefinedType` or `TypeDecorator`.
pub trait CustomType {
    /// The class's Python name.
    fn class_name(&self) -> &str;

    /// What it is on a backend.
    fn form(&self, target: &Target) -> Result<CustomForm, CompileError>;

    /// The type whose operators it follows, for a decorator.
    fn implementation(&self) -> Option<SqlType> {
        None
    }

    /// `process_literal_param` or `process_bind_param`: the value that takes the given one's place.
    fn bind(&self, _value: &Literal, _target: &Target) -> Result<Option<Literal>, CompileError> {
        Ok(None)
    }

    /// Whether columns of the type may be NULL; a type that says no makes them `NOT NULL`.
    fn nullable(&self) -> bool {
        true
    }

    /// The index that each column of the type brings by itself.
    fn implied_index(&self) -> Option<ImpliedIndex> {
        None
    }

    /// The function that columns of the type are read by.
    fn read_by(&self) -> Option<&str> {
        None
    }

    /// `coerce_compared_value`, where the class overrides it.
    fn compared_value(&self, _value: &Literal) -> Option<SqlType> {
        None
    }
}

/// Below so much stack, dropping continues on a new segment.
const RED_ZONE: usize = 128 * 1024;
const SEGMENT: usize = 4 * 1024 * 1024;

impl Drop for TypeNode {
    /// Types may be nested without end.
    fn drop(&mut self) {
        let inner = (
            self.arguments.item.take(),
            self.arguments.domain.take(),
            self.custom.take(),
            std::mem::take(&mut self.variants),
        );
        if !matches!(&inner, (None, None, None, variants) if variants.is_empty()) {
            stacker::maybe_grow(RED_ZONE, SEGMENT, || drop(inner));
        }
    }
}

impl SqlType {
    /// A class called without arguments.
    pub fn new(class: TypeClass) -> Self {
        Self::with(class, TypeArguments::default())
    }

    /// A class called with arguments.
    pub fn with(class: TypeClass, arguments: TypeArguments) -> Self {
        Self(Rc::new(TypeNode {
            class,
            arguments,
            custom: None,
            variants: Vec::new(),
        }))
    }

    /// An object of a class of the migrations' own.
    pub fn custom(hooks: Rc<dyn CustomType>) -> Self {
        Self(Rc::new(TypeNode {
            class: TypeClass::Custom,
            arguments: TypeArguments::default(),
            custom: Some(hooks),
            variants: Vec::new(),
        }))
    }

    /// `NullType()`.
    pub fn null() -> Self {
        Self::new(TypeClass::Null)
    }

    /// `Integer()`.
    pub fn integer() -> Self {
        Self::new(TypeClass::Integer)
    }

    /// `String()`.
    pub fn string() -> Self {
        Self::new(TypeClass::String)
    }

    /// `Boolean()`.
    pub fn boolean() -> Self {
        Self::new(TypeClass::Boolean)
    }

    /// An array of a type.
    pub fn array(class: TypeClass, item: SqlType, dimensions: Option<u32>) -> Self {
        Self::with(
            class,
            TypeArguments {
                item: Some(item),
                dimensions,
                ..TypeArguments::default()
            },
        )
    }

    /// `with_variant`: another type on the named dialects.
    #[must_use]
    pub fn with_variant(&self, variant: &SqlType, dialects: &[&str]) -> Self {
        let mut variants = self.0.variants.clone();
        variants.extend(
            dialects
                .iter()
                .map(|dialect| (Rc::from(*dialect), variant.clone())),
        );
        Self(Rc::new(TypeNode {
            class: self.0.class,
            arguments: self.0.arguments.clone(),
            custom: self.0.custom.clone(),
            variants,
        }))
    }

    /// The type as a table has it: the schema of a type whose schema comes from `source` is that one.
    #[must_use]
    pub fn in_schema(&self, source: SchemaSource, schema: Option<&Name>) -> Self {
        self.settled(source, schema, &mut HashMap::new(), 0)
    }

    /// The same for a type inside of another. Types are shared, so each is settled once; those
    /// nested deeper than any that is rendered stay as they are.
    fn settled(
        &self,
        source: SchemaSource,
        schema: Option<&Name>,
        known: &mut HashMap<usize, Self>,
        depth: u8,
    ) -> Self {
        if depth > 40 {
            return self.clone();
        }
        if let Some(settled) = known.get(&self.identity()) {
            return settled.clone();
        }
        let open = |sql_type: &Self| {
            sql_type
                .enumeration()
                .is_some_and(|definition| definition.schema_source == source)
        };
        let item = self.0.arguments.item.as_ref();
        if !open(self) && item.is_none() && self.0.variants.is_empty() {
            return self.clone();
        }
        let mut arguments = self.0.arguments.clone();
        if open(self)
            && let Some(definition) = &arguments.enumeration
        {
            arguments.enumeration = Some(Rc::new(EnumDefinition {
                schema: schema.cloned(),
                schema_source: SchemaSource::Settled,
                ..(**definition).clone()
            }));
        }
        arguments.item = item.map(|item| item.settled(source, schema, known, depth + 1));
        let variants = self.0.variants.iter().map(|(dialect, variant)| {
            let variant = variant.settled(source, schema, known, depth + 1);
            (dialect.clone(), variant)
        });
        let settled = Self(Rc::new(TypeNode {
            class: self.0.class,
            arguments,
            custom: self.0.custom.clone(),
            variants: variants.collect(),
        }));
        known.insert(self.identity(), settled.clone());
        settled
    }

    /// The class.
    pub fn class(&self) -> TypeClass {
        self.0.class
    }

    /// The arguments.
    pub fn arguments(&self) -> &TypeArguments {
        &self.0.arguments
    }

    /// The hooks of a class of the migrations' own.
    pub fn hooks(&self) -> Option<&Rc<dyn CustomType>> {
        self.0.custom.as_ref()
    }

    /// Whether two handles are one object.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A number that tells objects apart while they live.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }

    /// The variants in the order they were added, with their dialect names.
    pub fn variants(&self) -> impl Iterator<Item = (&str, &SqlType)> {
        self.0
            .variants
            .iter()
            .map(|(dialect, variant)| (&**dialect, variant))
    }

    /// The type itself or its variant for a target.
    pub fn variant_for(&self, target: &Target) -> &SqlType {
        let name = target.dialect_name();
        self.0
            .variants
            .iter()
            .find(|(dialect, _)| &**dialect == name)
            .map_or(self, |(_, variant)| variant)
    }

    /// The variant for a target, with decorators of the migrations' own resolved.
    pub fn resolve(&self, target: &Target) -> Result<SqlType, CompileError> {
        let mut current = self.variant_for(target).clone();
        // A decorator of a decorator is finite because each level is its own object; the bound only
        // keeps hooks that return themselves from running for ever.
        for _ in 0..32 {
            let Some(hooks) = &current.0.custom else {
                break;
            };
            match hooks.form(target)? {
                CustomForm::Text(_) => break,
                CustomForm::Type(inner) => current = inner.variant_for(target).clone(),
            }
        }
        Ok(current)
    }

    /// The family that operators and literals follow.
    pub fn family(&self) -> Family {
        self.plain().class().family()
    }

    /// The type behind a decorator, or the type itself.
    #[must_use]
    pub fn plain(&self) -> SqlType {
        let mut current = self.clone();
        for _ in 0..32 {
            let Some(inner) = current
                .0
                .custom
                .as_ref()
                .and_then(|hooks| hooks.implementation())
            else {
                break;
            };
            current = inner;
        }
        current
    }

    /// Whether nothing is known of the type.
    pub fn is_null(&self) -> bool {
        self.0.class == TypeClass::Null
    }

    /// Whether the target's variant is a whole number: the rule of `SERIAL` and `AUTO_INCREMENT`.
    pub fn is_integer_on(&self, target: &Target) -> bool {
        self.resolve(target)
            .is_ok_and(|resolved| resolved.class().family() == Family::Integer)
    }

    /// The enum's names, for `Enum` and the backends' `ENUM`.
    pub fn enumeration(&self) -> Option<&Rc<EnumDefinition>> {
        self.0.arguments.enumeration.as_ref()
    }
}

impl fmt::Debug for SqlType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}",
            self.0
                .custom
                .as_ref()
                .map_or(self.0.class.name(), |hooks| hooks.class_name())
        )?;
        if self.0.variants.is_empty() {
            Ok(())
        } else {
            write!(formatter, " with {:?}", self.0.variants)
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
