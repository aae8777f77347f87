//! When a native revision is recorded without running: tables that are there already, or tables
//! that it would need and that are not there.

use std::fmt;
use std::str::FromStr;

use crate::model::Backend;

/// The name of a table as `metadata.toml` writes it, with or without a schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    schema: Option<Identifier>,
    name: Identifier,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Identifier {
    /// Without quotes.
    text: String,
    quoted: bool,
}

impl Identifier {
    /// Reads a name from the start of a text; gives it and the rest.
    fn read(text: &str) -> Option<(Self, &str)> {
        if let Some(inside) = text.strip_prefix('"') {
            let mut name = String::new();
            let mut rest = inside;
            loop {
                let end = rest.find('"')?;
                name.push_str(&rest[..end]);
                rest = &rest[end + 1..];
                let Some(more) = rest.strip_prefix('"') else {
                    break;
                };
                name.push('"');
                rest = more;
            }
            let is_name = !name.is_empty() && !name.contains('\0');
            return is_name.then_some((
                Self {
                    text: name,
                    quoted: true,
                },
                rest,
            ));
        }
        let belongs = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        starts_well.then_some((
            Self {
                text: name.to_owned(),
                quoted: false,
            },
            rest,
        ))
    }

    /// The name as the server stores it.
    fn stored(&self, backend: Backend) -> String {
        if self.quoted || backend != Backend::Postgres {
            self.text.clone()
        } else {
            self.text.chars().map(|c| c.to_ascii_lowercase()).collect()
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted {
            write!(formatter, "\"{}\"", self.text.replace('"', "\"\""))
        } else {
            formatter.write_str(&self.text)
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(formatter, "{schema}.")?;
        }
        self.name.fmt(formatter)
    }
}

/// A text that is no name of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name of a table: write `table` or `schema.table`, and names with capitals, blanks or other signs in double quotes"
)]
pub struct NoTableName(String);

impl FromStr for TableName {
    type Err = NoTableName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (first, rest) = Identifier::read(text)?;
            if rest.is_empty() {
                return Some(Self {
                    schema: None,
                    name: first,
                });
            }
            let (name, rest) = Identifier::read(rest.strip_prefix('.')?)?;
            rest.is_empty().then_some(Self {
                schema: Some(first),
                name,
            })
        };
        read().ok_or_else(|| NoTableName(text.to_owned()))
    }
}

impl serde::Serialize for TableName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for TableName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl TableName {
    /// The name of a table as a server stores it.
    pub fn stored(schema: Option<&str>, name: &str) -> Self {
        let identifier = |text: &str| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let starts = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
            Identifier {
                quoted: !(starts && text.chars().all(plain)),
                text: text.to_owned(),
            }
        };
        Self {
            schema: schema.map(identifier),
            name: identifier(name),
        }
    }

    /// The schema as the server stores it.
    pub fn schema(&self, backend: Backend) -> Option<String> {
        self.schema.as_ref().map(|schema| schema.stored(backend))
    }

    /// The name of the table as the server stores it.
    pub fn table(&self, backend: Backend) -> String {
        self.name.stored(backend)
    }
}

/// What decides whether a revision runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guards {
    /// When all of these are there, the revision is recorded without running.
    pub skip_if_exists: Vec<TableName>,
    /// When one of these is missing, the revision is recorded without running.
    pub skip_if_missing: Vec<TableName>,
}

/// What the guards of a revision say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It runs.
    Run,
    /// It is recorded without running.
    Skip {
        /// Why.
        reason: String,
    },
    /// Only a part of it is there.
    Partly {
        /// Tables that are there.
        there: Vec<TableName>,
        /// Tables that are not.
        missing: Vec<TableName>,
    },
}

impl Guards {
    /// Whether the revision always runs.
    pub fn is_empty(&self) -> bool {
        self.skip_if_exists.is_empty() && self.skip_if_missing.is_empty()
    }

    /// Decides by asking which tables there are.
    pub fn decide<E>(
        &self,
        mut exists: impl FnMut(&TableName) -> Result<bool, E>,
    ) -> Result<Decision, E> {
        let (_, missing) = divide(&self.skip_if_missing, &mut exists)?;
        if !missing.is_empty() {
            return Ok(Decision::Skip {
                reason: format!("there is no {}", listed(&missing)),
            });
        }
        let (there, missing) = divide(&self.skip_if_exists, &mut exists)?;
        Ok(if there.is_empty() {
            Decision::Run
        } else if missing.is_empty() {
            Decision::Skip {
                reason: format!("{} exists already", listed(&there)),
            }
        } else {
            Decision::Partly { there, missing }
        })
    }
}

type Divided = (Vec<TableName>, Vec<TableName>);

fn divide<E>(
    tables: &[TableName],
    exists: &mut impl FnMut(&TableName) -> Result<bool, E>,
) -> Result<Divided, E> {
    let mut divided = Divided::default();
    for table in tables {
        let list = if exists(table)? {
            &mut divided.0
        } else {
            &mut divided.1
        };
        list.push(table.clone());
    }
    Ok(divided)
}

/// Names in a sentence.
fn listed(tables: &[TableName]) -> String {
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, schema, table) in [
            ("accounts", None, "accounts"),
            ("users.Accounts", Some("users"), "accounts"),
            ("\"Users\".\"a.b\"\"c\"", Some("Users"), "a.b\"c"),
            ("사용자.계정", Some("사용자"), "계정"),
            ("_a$1", None, "_a$1"),
        ] {
            let name: TableName = text.parse().unwrap();
            assert_eq!(name.schema(Backend::Postgres).as_deref(), schema);
            assert_eq!(name.table(Backend::Postgres), table);
            assert_eq!(name.to_string(), text);
        }
        for text in [
            "", ".", "a.", "a.b.c", "a b", "1a", "\"", "\"a", "\"\"", "a;b",
        ] {
            assert!(text.parse::<TableName>().is_err(), "{text}");
        }
    }

    #[test]
    fn decisions() {
        let names = |texts: &[&str]| -> Vec<TableName> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let skip = |reason: &str| Decision::Skip {
            reason: reason.to_owned(),
        };
        for (exist, missing, there, expected) in [
            (vec![], vec![], vec![], Decision::Run),
            (vec!["a", "b"], vec![], vec![], Decision::Run),
            (
                vec!["a", "b"],
                vec![],
                vec!["a", "b", "c"],
                skip("a, b exists already"),
            ),
            (
                vec!["a", "b"],
                vec![],
                vec!["b"],
                Decision::Partly {
                    there: names(&["b"]),
                    missing: names(&["a"]),
                },
            ),
            (vec![], vec!["a", "b"], vec!["a", "b"], Decision::Run),
            (vec![], vec!["a", "b"], vec!["a"], skip("there is no b")),
            // Without what it reads, it does not matter how much of it is there.
            (vec!["a", "b"], vec!["c"], vec!["a"], skip("there is no c")),
        ] {
            let guards = Guards {
                skip_if_exists: names(&exist),
                skip_if_missing: names(&missing),
            };
            let found = guards.decide(|table| Ok::<_, ()>(there.contains(&&*table.to_string())));
            assert_eq!(found, Ok(expected));
        }
    }
}
