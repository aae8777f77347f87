//! `${env.NAME}` and `${placeholder.name}` inside values.
//!
//! `$${a.b}` stays `${a.b}`, and a value written `!{…}` is taken as it is. After a colon a
//! resolver may list the characters that are let through: `A` letters, `a` ASCII letters,
//! `D` digits, `d` ASCII digits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::error::ConfigError;

static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\$\$?\{[^.]+\.[^.]+?\}").expect("a constant pattern"));
static NESTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^$])\$\{((?:[^}]+|)\$\{.+?\}).*?\}").expect("a constant pattern")
});

/// Resolvers that other editions have.
const KNOWN_ELSEWHERE: [&str; 14] = [
    "akv",
    "azureadinteractive",
    "azurekeyvault",
    "clone",
    "dapr",
    "entra",
    "gcsm",
    "git",
    "googlesecrets",
    "localdatabase",
    "localdb",
    "localsecret",
    "secretsmanager",
    "vault",
];

/// What values may refer to.
#[derive(Debug, Clone)]
pub(super) struct Resolver<'a> {
    /// The environment variables.
    pub(super) environment: &'a BTreeMap<String, String>,
    /// The configured placeholders, already resolved.
    pub(super) placeholders: BTreeMap<String, String>,
}

impl Resolver<'_> {
    /// Resolves one value; `key` is its setting, for messages. Blanks around it are dropped.
    pub(super) fn resolve(&self, key: &str, value: &str) -> Result<String, ConfigError> {
        let stripped = value.trim();
        if stripped.starts_with("!{") && stripped.ends_with('}') && !stripped.contains('\n') {
            return Ok(stripped[2..stripped.len() - 1].to_owned());
        }
        let nested = NESTED
            .captures_iter(value)
            .any(|found| REFERENCE.is_match(&found[1]));
        if nested {
            return Err(ConfigError::NestedResolver {
                key: key.to_owned(),
            });
        }
        let mut failure = None;
        let resolved = REFERENCE.replace_all(stripped, |found: &Captures<'_>| {
            self.reference(key, &found[0]).unwrap_or_else(|error| {
                failure.get_or_insert(error);
                String::new()
            })
        });
        match failure {
            Some(error) => Err(error),
            None => Ok(resolved.into_owned()),
        }
    }

    fn reference(&self, key: &str, text: &str) -> Result<String, ConfigError> {
        if let Some(escaped) = text.strip_prefix('$').filter(|rest| rest.starts_with('$')) {
            return Ok(escaped.to_owned());
        }
        let inner = text.trim_start_matches("${").trim_end_matches('}');
        let (name, parameter) = inner.split_once('.').unwrap_or((inner, ""));
        let (parameter, filter) = match parameter.split_once(':') {
            Some((parameter, filter)) => (parameter.trim(), Some(filter.trim())),
            None => (parameter.trim(), None),
        };
        let value = self.look_up(key, name.trim(), parameter)?;
        Ok(match filter {
            Some(filter) => value.chars().filter(|c| is_allowed(*c, filter)).collect(),
            None => value,
        })
    }

    fn look_up(&self, key: &str, name: &str, parameter: &str) -> Result<String, ConfigError> {
        let resolver = name.to_lowercase();
        match resolver.as_str() {
            "env" => {
                self.environment
                    .get(parameter)
                    .cloned()
                    .ok_or_else(|| ConfigError::UnsetVariable {
                        key: key.to_owned(),
                        variable: parameter.to_owned(),
                    })
            }
            "placeholder" => self.placeholders.get(parameter).cloned().ok_or_else(|| {
                ConfigError::UnsetPlaceholder {
                    key: key.to_owned(),
                    placeholder: parameter.to_owned(),
                }
            }),
            _ => Err(ConfigError::Resolver {
                key: key.to_owned(),
                known: KNOWN_ELSEWHERE.contains(&resolver.as_str()),
                resolver: name.to_owned(),
            }),
        }
    }
}

fn is_allowed(character: char, filter: &str) -> bool {
    (filter.contains('D') && character.is_numeric())
        || (filter.contains('A') && character.is_alphabetic())
        || (filter.contains('a') && character.is_ascii_alphabetic())
        || (filter.contains('d') && character.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: &str) {
        let environment = [("X", "a1-b"), ("MONEY", "a\\b$1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let resolver = Resolver {
            environment: &environment,
            placeholders: [("t".to_owned(), "tt".to_owned())].into(),
        };
        let found = resolver
            .resolve("table", value)
            .unwrap_or_else(|error| format!("error: {error}"));
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn references_are_resolved() {
        check("", "");
        check("plain ${x} ${", "plain ${x} ${");
        check("  pad${env.X} ", "pada1-b");
        check("${placeholder.t}_${env.X}", "tt_a1-b");
        check("${env.X:D}|${ENV.X:aD}|$${a.b}", "1|a1b|${a.b}");
        check("${ env . X }", "a1-b");
        check("${env.MONEY}", "a\\b$1");
        check("!{${env.X}}", "${env.X}");
        check(" !{ x } ", " x ");
    }

    #[test]
    fn what_cannot_be_resolved_is_named() {
        check(
            "${env.Y}",
            "error: `table` needs the environment variable `Y`, which is not set",
        );
        check(
            "${placeholder.u}",
            "error: `table` needs the placeholder `u`, which is not configured",
        );
        check(
            "${vault.a}",
            "error: `table` uses the resolver `vault`, which is not supported",
        );
        check(
            "${nosuch.a}",
            "error: `table` uses the resolver `nosuch`, which is not known",
        );
        check(
            "${env.${env.X}}",
            "error: the resolvers in `table` are nested",
        );
    }
}
