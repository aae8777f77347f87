//! `<file>.conf`: settings of a single script.

use std::path::Path;

/// What a script's own settings file says; `None` where it is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptConfig {
    /// Whether the script runs in a transaction.
    pub execute_in_transaction: Option<bool>,
    /// Charset of the script.
    pub encoding: Option<String>,
    /// Whether placeholders are replaced.
    pub placeholder_replacement: Option<bool>,
    /// An expression that decides whether the script runs at all.
    pub should_execute: Option<String>,
}

/// A settings file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptConfigError {
    /// A key that scripts do not have.
    #[error("unknown configuration property `{key}` at {path}:{line}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The settings file.
        path: String,
        /// Its line, counted from 1.
        line: usize,
    },
    /// A value that is neither true nor false.
    #[error("invalid value `{value}` for `{key}` at {path}:{line}: must be true or false")]
    NotBoolean {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// The settings file.
        path: String,
        /// Its line, counted from 1.
        line: usize,
    },
}

impl ScriptConfigError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownKey { key, .. } if key.starts_with("flyway.") => {
                "keys of a script's .conf are written without the `flyway.` prefix"
            }
            Self::UnknownKey { .. } => {
                "known keys: executeInTransaction, encoding, placeholderReplacement, shouldExecute"
            }
            Self::NotBoolean { .. } => "write true or false",
        }
    }
}

impl ScriptConfig {
    /// Reads the text of a settings file.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ScriptConfigError> {
        let mut config = Self::default();
        for (line, key, value) in properties(text) {
            let boolean = || match value.to_lowercase().as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(ScriptConfigError::NotBoolean {
                    key: key.clone(),
                    value: value.clone(),
                    path: path.display().to_string(),
                    line,
                }),
            };
            match key.as_str() {
                "executeInTransaction" => config.execute_in_transaction = Some(boolean()?),
                "placeholderReplacement" => config.placeholder_replacement = Some(boolean()?),
                "encoding" => config.encoding = Some(value),
                "shouldExecute" => config.should_execute = Some(value),
                _ => {
                    return Err(ScriptConfigError::UnknownKey {
                        key,
                        path: path.display().to_string(),
                        line,
                    });
                }
            }
        }
        Ok(config)
    }
}

impl ScriptConfig {
    /// Whether the script runs at all, where that depends on nothing else: an error where it does.
    pub fn runs(&self) -> Result<bool, String> {
        self.should_execute
            .as_deref()
            .map_or(Ok(true), should_execute)
    }
}

/// Cuts properties text into line number, key and value; a backslash continues a line.
fn properties(text: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut pending: Option<(usize, String)> = None;
    for (index, raw) in text.lines().enumerate() {
        let (line, mut whole) = pending.take().unwrap_or((index + 1, String::new()));
        let trimmed = raw.trim();
        if whole.is_empty() && (trimmed.is_empty() || trimmed.starts_with(['#', '!'])) {
            continue;
        }
        if let Some(head) = trimmed.strip_suffix('\\') {
            whole.push_str(head);
            pending = Some((line, whole));
            continue;
        }
        whole.push_str(trimmed);
        let (key, value) = whole
            .find(['=', ':'])
            .map_or((whole.as_str(), ""), |at| (&whole[..at], &whole[at + 1..]));
        found.push((line, key.trim().to_owned(), value.trim().to_owned()));
    }
    if let Some((line, whole)) = pending {
        let (key, value) = whole.split_once('=').unwrap_or((&whole, ""));
        found.push((line, key.trim().to_owned(), value.trim().to_owned()));
    }
    found
}

/// Whether a `shouldExecute` expression holds.
///
/// Knows `true`, `false`, `A==B`, `A!=B`, `&&`, `||` and parentheses.
pub(super) fn should_execute(expression: &str) -> Result<bool, String> {
    let mut parser = Expression {
        rest: expression.trim(),
    };
    let value = parser.or()?;
    if parser.rest.trim().is_empty() {
        Ok(value)
    } else {
        Err(format!(
            "cannot understand `{}` in shouldExecute expression `{expression}`",
            parser.rest
        ))
    }
}

struct Expression<'a> {
    rest: &'a str,
}

impl Expression<'_> {
    fn take(&mut self, token: &str) -> bool {
        let trimmed = self.rest.trim_start();
        if let Some(rest) = trimmed.strip_prefix(token) {
            self.rest = rest;
            return true;
        }
        false
    }

    fn or(&mut self) -> Result<bool, String> {
        let mut value = self.and()?;
        while self.take("||") {
            value |= self.and()?;
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<bool, String> {
        let mut value = self.comparison()?;
        while self.take("&&") {
            value &= self.comparison()?;
        }
        Ok(value)
    }

    fn comparison(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let value = self.or()?;
            return if self.take(")") {
                Ok(value)
            } else {
                Err("a parenthesis is never closed in a shouldExecute expression".to_owned())
            };
        }
        let left = self.word();
        if self.take("==") {
            return Ok(left == self.word());
        }
        if self.take("!=") {
            return Ok(left != self.word());
        }
        match left.to_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(format!(
                "`{left}` is neither true nor false in a shouldExecute expression"
            )),
        }
    }

    fn word(&mut self) -> String {
        let text = self.rest.trim_start();
        let end = ["==", "!=", "&&", "||", "(", ")"]
            .iter()
            .filter_map(|token| text.find(token))
            .min()
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        word.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_settings() {
        let config = ScriptConfig::parse(
            "# note\nexecuteInTransaction = FALSE\nencoding:EUC-KR\nshouldExecute=a==\\\n  b\n",
            Path::new("x.conf"),
        )
        .unwrap();
        assert_eq!(config.execute_in_transaction, Some(false));
        assert_eq!(config.encoding.as_deref(), Some("EUC-KR"));
        assert_eq!(config.should_execute.as_deref(), Some("a==b"));
    }

    #[test]
    fn refuses_unknown_keys_and_values() {
        let read = |text| ScriptConfig::parse(text, Path::new("x.conf"));
        assert!(matches!(
            read("flyway.executeInTransaction=true"),
            Err(ScriptConfigError::UnknownKey { .. })
        ));
        assert!(matches!(
            read("executeInTransaction=yes"),
            Err(ScriptConfigError::NotBoolean { .. })
        ));
    }

    #[test]
    fn expressions() {
        for (text, expected) in [
            ("true", true),
            ("FALSE", false),
            ("prod==prod", true),
            ("prod == dev", false),
            ("a!=b && (c==c || d==e)", true),
            ("false || a==b", false),
        ] {
            assert_eq!(should_execute(text), Ok(expected), "{text}");
        }
        assert!(should_execute("maybe").is_err());
        assert!(should_execute("(true").is_err());
        assert!(should_execute("true)").is_err());
    }
}
