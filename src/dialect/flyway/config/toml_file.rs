//! TOML files, flattened into settings with the lines they stand on.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;
use super::setting::{Level, Origin, RawValue, Setting};

/// Reads a TOML configuration file.
pub(super) fn parse(text: &str, path: &Path) -> Result<Vec<Setting>, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let table = DeTable::parse(text).map_err(|error| {
        let (line, column) = position(text, error.span().map_or(0, |span| span.start));
        ConfigError::TomlSyntax {
            path: path.to_owned(),
            line,
            column,
            message: error.message().trim_end_matches('.').to_owned(),
        }
    })?;
    let mut reader = Reader {
        text,
        path,
        settings: Vec::new(),
    };
    for (name, value) in table.get_ref() {
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("flyway", DeValue::Table(table)) => reader.table(&Level::Flyway, "", table),
            ("environments", DeValue::Table(table)) => reader.environments(table),
            (other, _) => reader.value(&Level::Root, other, value),
        }
    }
    Ok(reader.settings)
}

struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
    settings: Vec<Setting>,
}

impl Reader<'_> {
    fn environments(&mut self, table: &DeTable<'_>) {
        for (name, value) in table {
            let environment = name.get_ref().to_string();
            let DeValue::Table(table) = value.get_ref() else {
                let name = format!("environments.{environment}");
                self.value(&Level::Root, &name, value);
                continue;
            };
            for (key, value) in table {
                match (key.get_ref().as_ref(), value.get_ref()) {
                    ("flyway", DeValue::Table(table)) => {
                        self.table(&Level::Override(environment.clone()), "", table);
                    }
                    (key, _) => self.value(&Level::Environment(environment.clone()), key, value),
                }
            }
            if table.is_empty() {
                self.mark(&environment, value);
            }
        }
    }

    /// An environment without a single setting exists all the same.
    fn mark(&mut self, environment: &str, value: &Spanned<DeValue<'_>>) {
        let origin = self.origin(value);
        let level = Level::Environment(environment.to_owned());
        self.settings
            .push(Setting::text(level, "displayName", "", origin));
    }

    fn table(&mut self, level: &Level, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = if prefix.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{prefix}.{}", key.get_ref())
            };
            self.value(level, &name, value);
        }
    }

    fn value(&mut self, level: &Level, name: &str, value: &Spanned<DeValue<'_>>) {
        let raw = match value.get_ref() {
            DeValue::Table(table) => return self.table(level, name, table),
            DeValue::Array(items) => {
                let items: Option<Vec<String>> =
                    items.iter().map(|item| scalar(item.get_ref())).collect();
                items.map_or(RawValue::Nested, RawValue::List)
            }
            other => RawValue::Scalar {
                text: scalar(other).expect("a value that is no table and no array is a scalar"),
                type_name: other.type_str(),
            },
        };
        let origin = self.origin(value);
        self.settings.push(Setting {
            level: level.clone(),
            name: name.to_owned(),
            value: raw,
            origin,
        });
    }

    fn origin(&self, value: &Spanned<DeValue<'_>>) -> Origin {
        Origin::File {
            path: self.path.to_owned(),
            line: position(self.text, value.span().start).0,
        }
    }
}

/// A scalar in its own spelling: `1.10` must not become `1.1`, it may be a version.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(moment) => Some(moment.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// Line and column of a byte offset, both counting from 1.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = parse(text, Path::new("f"))
            .expect(text)
            .iter()
            .map(|setting| {
                let value = match &setting.value {
                    RawValue::Scalar { text, type_name } => format!("{type_name} {text}"),
                    other => format!("{other:?}"),
                };
                format!("{} {} = {value}", setting.origin, setting.full_name())
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn tables_become_dotted_names() {
        check(
            "id = 3\n[flyway]\ntable = \"t\"\nlocations = [\"a\",\n \"b\"]\n[flyway.placeholders]\nx = \"1\"\n\"a.b\" = \"2\"\n",
            &[
                "f:1 id = integer 3",
                "f:3 flyway.table = string t",
                "f:4 flyway.locations = List([\"a\", \"b\"])",
                "f:7 flyway.placeholders.x = string 1",
                "f:8 flyway.placeholders.a.b = string 2",
            ],
        );
        check(
            "[environments.dev]\nurl = \"u\"\n[environments.dev.flyway]\nmixed = true\n[environments.empty]\n",
            &[
                "f:2 environments.dev.url = string u",
                "f:4 environments.dev.flyway.mixed = boolean true",
                "f:5 environments.empty.displayName = Text(\"\")",
            ],
        );
    }

    #[test]
    fn numbers_keep_their_spelling() {
        check(
            "[flyway]\nbaselineVersion = 1.10\n",
            &["f:2 flyway.baselineVersion = float 1.10"],
        );
        check(
            "[flyway]\ncherryPick = [1.10, 2]\n",
            &["f:2 flyway.cherryPick = List([\"1.10\", \"2\"])"],
        );
        check("[flyway]\nx = [[1]]\n", &["f:2 flyway.x = Nested"]);
    }

    #[test]
    fn syntax_errors_name_the_place() {
        let cases = [
            ("[flyway]\na = \n", "f:2:"),
            ("[flyway]\na = 1\na = 2\n", "f:3:1: duplicate key"),
            ("x", "f:1:"),
        ];
        for (text, expected) in cases {
            let error = parse(text, Path::new("f")).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
