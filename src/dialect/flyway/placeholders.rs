//! Placeholder replacement on the character stream, with a way back to the file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Names and values, and the marks that surround a name.
#[derive(Debug, Clone)]
pub struct Placeholders {
    /// Lower-cased name to value.
    values: BTreeMap<String, String>,
    prefix: Vec<char>,
    suffix: String,
}

/// Text with its placeholders replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The new text; `None` when nothing had to change.
    pub text: Option<String>,
    /// Ranges of the new text and the ranges of the old one they stand for, ascending.
    pub edits: Vec<(Range<usize>, Range<usize>)>,
}

/// A placeholder that cannot be replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceholderError {
    /// No value is configured.
    #[error("no value provided for placeholder `{mark}`")]
    Missing {
        /// The placeholder as written, with its marks.
        mark: String,
        /// Byte offset in the file's text.
        offset: usize,
    },
    /// The closing mark never comes.
    #[error("placeholder `{mark}` is never closed")]
    Unclosed {
        /// The beginning of the placeholder.
        mark: String,
        /// Byte offset in the file's text.
        offset: usize,
    },
}

impl PlaceholderError {
    /// Byte offset of the placeholder in the file's text.
    pub fn offset(&self) -> usize {
        match self {
            Self::Missing { offset, .. } | Self::Unclosed { offset, .. } => *offset,
        }
    }

    /// The placeholder as written.
    pub fn mark(&self) -> &str {
        match self {
            Self::Missing { mark, .. } | Self::Unclosed { mark, .. } => mark,
        }
    }
}

impl Placeholders {
    /// Takes names (any case), values and the surrounding marks.
    pub fn new<'a>(
        values: impl IntoIterator<Item = (&'a str, &'a str)>,
        prefix: &str,
        suffix: &str,
    ) -> Self {
        Self {
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            prefix: prefix.chars().collect(),
            suffix: suffix.to_owned(),
        }
    }

    /// Sets one value, replacing any other of that name.
    pub fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_lowercase(), value.to_owned());
    }

    /// Lower-cased names and values, sorted by name.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.values.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a name, compared without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(&name.to_lowercase()).map(String::as_str)
    }

    /// The same marks without any values, so that every placeholder of a text is one that is missing.
    #[must_use]
    pub fn without_values(&self) -> Self {
        Self {
            values: BTreeMap::new(),
            ..self.clone()
        }
    }

    /// Whether a name is surrounded by `${` and `}`.
    pub fn has_usual_marks(&self) -> bool {
        self.prefix == ['$', '{'] && self.suffix == "}"
    }

    /// Replaces every placeholder; values are not looked at again.
    ///
    /// Reproduces how the original reads ahead: characters that turn out not to complete the
    /// opening mark are handed out without being looked at again, so `$${name}` stays as it is.
    /// All placeholders without a value are reported at once.
    pub fn replace(&self, text: &str) -> Result<Replaced, Vec<PlaceholderError>> {
        let mut replaced = Replaced {
            text: None,
            edits: Vec::new(),
        };
        let Some(&first) = self.prefix.first() else {
            return Ok(replaced);
        };
        let mut errors = Vec::new();
        let mut output = String::new();
        let mut copied = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find(first).map(|offset| at + offset) {
            let (matched, end) = self.match_prefix(text, found);
            at = end;
            if !matched {
                continue;
            }
            let Some(length) = text[end..].find(&self.suffix) else {
                errors.push(PlaceholderError::Unclosed {
                    mark: text[found..].chars().take(40).collect(),
                    offset: found,
                });
                break;
            };
            at = end + length + self.suffix.len();
            if let Some(value) = self.get(&text[end..end + length]) {
                output.push_str(&text[copied..found]);
                let start = output.len();
                output.push_str(value);
                replaced.edits.push((start..output.len(), found..at));
                copied = at;
            } else {
                errors.push(PlaceholderError::Missing {
                    mark: text[found..at].to_owned(),
                    offset: found,
                });
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        if !replaced.edits.is_empty() {
            output.push_str(&text[copied..]);
            replaced.text = Some(output);
        }
        Ok(replaced)
    }

    /// The names between the marks of a text, lower case; those without a value, too.
    pub fn names(&self, text: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let Some(&first) = self.prefix.first() else {
            return names;
        };
        let mut at = 0;
        while let Some(found) = text[at..].find(first).map(|offset| at + offset) {
            let (matched, end) = self.match_prefix(text, found);
            at = end;
            if !matched {
                continue;
            }
            let Some(length) = text[end..].find(&self.suffix) else {
                break;
            };
            names.insert(text[end..end + length].to_lowercase());
            at = end + length + self.suffix.len();
        }
        names
    }

    /// Tries the opening mark at `start`; returns whether it is there and how far was read.
    fn match_prefix(&self, text: &str, start: usize) -> (bool, usize) {
        let mut end = start;
        for (expected, found) in self.prefix.iter().zip(text[start..].chars()) {
            end += found.len_utf8();
            if *expected != found {
                return (false, end);
            }
        }
        let complete = text[start..end].chars().count() == self.prefix.len();
        (complete, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders() -> Placeholders {
        Placeholders::new([("name", "World"), ("a.b", "1"), ("empty", "")], "${", "}")
    }

    #[test]
    fn replaces() {
        for (text, expected) in [
            ("${name}", "World"),
            ("${NAME}", "World"),
            ("$${name}", "$${name}"),
            ("$$${name}", "$$World"),
            ("$a$${name}$a$", "$a$${name}$a$"),
            ("x${a.b}y${empty}z", "x1yz"),
            ("'$' ${name}", "'$' World"),
            ("$", "$"),
            ("한${name}글", "한World글"),
            ("no marks", "no marks"),
        ] {
            let replaced = placeholders().replace(text).unwrap();
            assert_eq!(replaced.text.as_deref().unwrap_or(text), expected, "{text}");
        }
    }

    #[test]
    fn names_of_a_text() {
        let names = placeholders().names("${NAME} $${not} ${none}${name} ${open");
        assert_eq!(Vec::from_iter(names), ["name", "none"]);
    }

    #[test]
    fn other_marks() {
        let placeholders = Placeholders::new([("x", "1")], "##{", "}}");
        let replaced = placeholders.replace("##{x}} #{x}} ###{x}}").unwrap();
        assert_eq!(replaced.text.unwrap(), "1 #{x}} ###{x}}");
    }

    #[test]
    fn reports_all_missing() {
        let errors = placeholders()
            .replace("${x}\n${ name }${name}")
            .unwrap_err();
        let marks: Vec<_> = errors.iter().map(PlaceholderError::mark).collect();
        assert_eq!(marks, ["${x}", "${ name }"]);
        assert_eq!(errors[1].offset(), 5);
    }

    #[test]
    fn reports_unclosed() {
        for text in ["${", "${name", "a ${na"] {
            let errors = placeholders().replace(text).unwrap_err();
            assert!(matches!(errors[0], PlaceholderError::Unclosed { .. }));
        }
    }

    #[test]
    fn remembers_where() {
        let replaced = placeholders().replace("a${name}b${name}").unwrap();
        assert_eq!(replaced.edits, [(1..6, 1..8), (7..12, 9..16)]);
    }
}
