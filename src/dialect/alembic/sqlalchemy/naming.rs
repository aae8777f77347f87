//! Naming conventions: the names that constraints and indexes get when nobody has given one.

use std::rc::Rc;

use super::error::{CompileError, ErrorClass};
use super::target::Name;

/// The name of a constraint or index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstraintName {
    /// None was given.
    Missing,
    /// None was given, and the type that brings the constraint leaves it to the convention at the
    /// time the statement is written.
    Deferred,
    /// As written; a convention may still build on it.
    Given(Name),
    /// Not to be changed any more: `op.f()`, or the result of a convention. Too long a name of this
    /// kind is shortened instead of refused.
    Final(Name),
}

impl ConstraintName {
    /// The text, if there is any.
    pub fn text(&self) -> Option<&Name> {
        match self {
            Self::Given(name) | Self::Final(name) => Some(name),
            Self::Missing | Self::Deferred => None,
        }
    }
}

/// What kind of thing is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedKind {
    /// An index.
    Index,
    /// A primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check constraint.
    Check,
}

impl NamedKind {
    /// The key of a convention that is meant for this kind.
    pub fn key(self) -> &'static str {
        match self {
            Self::Index => "ix",
            Self::PrimaryKey => "pk",
            Self::Unique => "uq",
            Self::ForeignKey => "fk",
            Self::Check => "ck",
        }
    }
}

/// A naming convention: templates by kind. Without any, only indexes are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingConvention {
    templates: Vec<(Rc<str>, Rc<str>)>,
}

impl Default for NamingConvention {
    fn default() -> Self {
        Self {
            templates: vec![("ix".into(), "ix_%(column_0_label)s".into())],
        }
    }
}

impl NamingConvention {
    /// A convention from its templates, keyed `ix`, `uq`, `ck`, `fk`, `pk`.
    pub fn new(templates: Vec<(Rc<str>, Rc<str>)>) -> Self {
        Self { templates }
    }

    /// The convention that a configuration's templates make; without any, SQLAlchemy's own.
    pub fn configured(templates: &[(String, String)]) -> Self {
        if templates.is_empty() {
            return Self::default();
        }
        Self::new(
            templates
                .iter()
                .map(|(kind, template)| (kind.as_str().into(), template.as_str().into()))
                .collect(),
        )
    }

    fn template(&self, kind: NamedKind) -> Option<&Rc<str>> {
        self.templates
            .iter()
            .find(|(key, _)| &**key == kind.key())
            .map(|(_, template)| template)
    }

    /// Other entries are tokens of the user's own: their text stands for them.
    fn own_token(&self, token: &str) -> Option<&Rc<str>> {
        self.templates
            .iter()
            .find(|(key, _)| &**key == token)
            .map(|(_, template)| template)
    }
}

/// A column as a convention sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedColumn {
    /// Its name.
    pub name: Rc<str>,
    /// What the file calls it, where that differs.
    pub key: Rc<str>,
}

/// What a convention may refer to.
#[derive(Debug, Clone, Default)]
pub struct NamingContext {
    /// The table.
    pub table: Rc<str>,
    /// Its schema.
    pub schema: Option<Rc<str>>,
    /// The columns, in order.
    pub columns: Vec<NamedColumn>,
    /// The table that a foreign key refers to.
    pub referred_table: Option<Rc<str>>,
    /// Its columns, as far as they can be known.
    pub referred_columns: Vec<Result<Rc<str>, CompileError>>,
}

/// The name that a thing gets when it becomes part of a table.
///
/// # Errors
///
/// A template that asks for what is not there, with SQLAlchemy's own error.
pub fn apply(
    convention: &NamingConvention,
    kind: NamedKind,
    given: &ConstraintName,
    context: &NamingContext,
) -> Result<ConstraintName, CompileError> {
    if matches!(given, ConstraintName::Final(_)) {
        return Ok(given.clone());
    }
    let Some(template) = convention.template(kind) else {
        return Ok(given.clone());
    };
    if matches!(given, ConstraintName::Given(_)) && !template.contains("constraint_name") {
        return Ok(given.clone());
    }
    let text = fill(template, convention, given, context)?;
    Ok(ConstraintName::Final(Name::shortenable(text)))
}

/// Fills `%(token)s` in a template.
fn fill(
    template: &str,
    convention: &NamingConvention,
    given: &ConstraintName,
    context: &NamingContext,
) -> Result<String, CompileError> {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        filled.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            filled.push('%');
            rest = after;
        } else if let Some((token, after)) = rest
            .strip_prefix('(')
            .and_then(|inner| inner.split_once(')'))
        {
            filled.push_str(&token_text(token, convention, given, context)?);
            rest = after.strip_prefix('s').unwrap_or(after);
        } else {
            return Err(CompileError::of(
                ErrorClass::Value,
                format!("unsupported format character in naming convention '{template}'"),
            ));
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

fn token_text(
    token: &str,
    convention: &NamingConvention,
    given: &ConstraintName,
    context: &NamingContext,
) -> Result<String, CompileError> {
    if NamedKind::ALL_KEYS.contains(&token) {
        return Err(CompileError::of(ErrorClass::Key, format!("'{token}'")));
    }
    if let Some(text) = convention.own_token(token) {
        return Ok(text.to_string());
    }
    match token {
        "table_name" => return Ok(context.table.to_string()),
        "constraint_name" => {
            return match given {
                ConstraintName::Given(name) | ConstraintName::Final(name) => Ok(name.to_string()),
                ConstraintName::Missing | ConstraintName::Deferred => Err(CompileError::of(
                    ErrorClass::InvalidRequest,
                    "Naming convention including %(constraint_name)s token requires that \
                     constraint is explicitly named.",
                )),
            };
        }
        "referred_table_name" => {
            return Ok(context.referred_table.as_deref().unwrap_or_default().into());
        }
        _ => {}
    }
    let unknown = || CompileError::of(ErrorClass::Key, format!("'{token}'"));
    let (referred, of_column) = match token.strip_prefix("referred_column_") {
        Some(rest) => (true, rest),
        None => (false, token.strip_prefix("column_").ok_or_else(unknown)?),
    };
    let digits = of_column
        .find(|character: char| !character.is_ascii_digit())
        .ok_or_else(unknown)?;
    let index: usize = of_column[..digits].parse().map_err(|_| unknown())?;
    let (separator, attribute) = match &of_column[digits..] {
        rest if rest.starts_with("_N_") => (Some("_"), &rest[3..]),
        rest if rest.starts_with("N_") => (Some(""), &rest[2..]),
        rest if rest.starts_with('_') => (None, &rest[1..]),
        _ => return Err(unknown()),
    };
    let texts: Vec<String> = if referred {
        if attribute != "name" {
            return Err(unknown());
        }
        context
            .referred_columns
            .iter()
            .map(|column| column.clone().map(|column| column.to_string()))
            .collect::<Result<_, _>>()?
    } else {
        context
            .columns
            .iter()
            .map(|column| match attribute {
                "name" => Ok(column.name.to_string()),
                "key" => Ok(column.key.to_string()),
                "label" => Ok(label(context, column)),
                _ => Err(unknown()),
            })
            .collect::<Result<_, _>>()?
    };
    Ok(match separator {
        Some(separator) => texts.join(separator),
        None => texts.into_iter().nth(index).unwrap_or_default(),
    })
}

impl NamedKind {
    const ALL_KEYS: [&'static str; 5] = ["ix", "pk", "uq", "fk", "ck"];
}

/// Schema, table and column joined, as labels are.
fn label(context: &NamingContext, column: &NamedColumn) -> String {
    match &context.schema {
        Some(schema) => format!(
            "{}_{}_{}",
            schema.replace('.', "_"),
            context.table,
            column.name
        ),
        None => format!("{}_{}", context.table, column.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classic() -> NamingConvention {
        NamingConvention::new(vec![
            ("ix".into(), "ix_%(column_0_label)s".into()),
            ("uq".into(), "uq_%(table_name)s_%(column_0_name)s".into()),
            ("ck".into(), "ck_%(table_name)s_%(constraint_name)s".into()),
            (
                "fk".into(),
                "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s".into(),
            ),
            ("pk".into(), "pk_%(table_name)s".into()),
        ])
    }

    fn context(columns: &[&str]) -> NamingContext {
        NamingContext {
            table: "t".into(),
            columns: columns
                .iter()
                .map(|name| NamedColumn {
                    name: (*name).into(),
                    key: (*name).into(),
                })
                .collect(),
            referred_table: Some("p".into()),
            ..NamingContext::default()
        }
    }

    #[test]
    fn names_follow_the_convention() {
        let given = ConstraintName::Given(Name::from("pos"));
        let full = ConstraintName::Given(Name::from("ck_t_pos"));
        let missing = ConstraintName::Missing;
        let cases = [
            (NamedKind::PrimaryKey, &missing, Some("pk_t")),
            (NamedKind::Unique, &missing, Some("uq_t_a")),
            (NamedKind::ForeignKey, &missing, Some("fk_t_a_p")),
            (NamedKind::Index, &missing, Some("ix_t_a")),
            (NamedKind::Check, &given, Some("ck_t_pos")),
            (NamedKind::Check, &full, Some("ck_t_ck_t_pos")),
            (NamedKind::Unique, &given, Some("pos")),
            (NamedKind::Check, &missing, None),
        ];
        for (kind, given, expected) in cases {
            let name = apply(&classic(), kind, given, &context(&["a", "b"]));
            assert_eq!(
                name.ok()
                    .and_then(|name| name.text().map(ToString::to_string)),
                expected.map(str::to_owned),
                "{kind:?} {given:?}"
            );
        }
    }

    #[test]
    fn tokens_of_several_columns() {
        for (template, expected) in [
            ("%(column_0_N_name)s", "a_b"),
            ("%(column_0N_name)s", "ab"),
            ("%(column_1_name)s", "b"),
            ("%(column_5_name)s", ""),
            ("%(column_0_label)s", "t_a"),
            ("100%%", "100%"),
        ] {
            let convention = NamingConvention::new(vec![("uq".into(), template.into())]);
            let name = apply(
                &convention,
                NamedKind::Unique,
                &ConstraintName::Missing,
                &context(&["a", "b"]),
            );
            assert_eq!(
                name.expect("a name").text().map(ToString::to_string),
                Some(expected.to_owned())
            );
        }
    }
}
