//! Access to the keys of a table that knows where each of them stands and tells those nobody asked for.

use std::cell::RefCell;
use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::DeclarationError;
use crate::model::Place;

/// A text and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) span: Range<usize>,
}

/// The file, and the mistakes that have been found in it.
pub(super) struct Reader<'t> {
    path: PathBuf,
    text: &'t str,
    errors: RefCell<Vec<(usize, DeclarationError)>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(path: &str, text: &'t str) -> Self {
        Self {
            path: PathBuf::from(path),
            text,
            errors: RefCell::default(),
        }
    }

    /// Where the byte at `offset` stands, for people.
    pub(super) fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[start..].chars().count() + 1;
        Place {
            path: self.path.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn error(&self, span: Range<usize>, message: impl Into<String>) {
        self.push(span, message.into(), None);
    }

    pub(super) fn error_with(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(span, message.into(), Some(hint.into()));
    }

    /// Tells that `wrong` is none of `known`, and which of them it may have meant.
    pub(super) fn unknown<'k>(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        wrong: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match near(wrong, &known) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if known.is_empty() => None,
            None => Some(format!("there are: {}", known.join(", "))),
        };
        self.push(span, message.into(), hint);
    }

    fn push(&self, span: Range<usize>, message: String, hint: Option<String>) {
        let error = DeclarationError {
            place: self.place(span.start),
            message,
            hint,
        };
        self.errors.borrow_mut().push((span.start, error));
    }

    /// The mistakes, in the order of the file.
    pub(super) fn into_errors(self) -> Vec<DeclarationError> {
        let mut errors = self.errors.into_inner();
        errors.sort_by_key(|(offset, _)| *offset);
        errors.into_iter().map(|(_, error)| error).collect()
    }

    /// How many mistakes there are by now.
    pub(super) fn count(&self) -> usize {
        self.errors.borrow().len()
    }

    pub(super) fn fields<'r>(
        &'r self,
        table: &'r DeTable<'r>,
        span: Range<usize>,
        what: &'static str,
    ) -> Fields<'r> {
        Fields {
            reader: self,
            table,
            span,
            what,
            known: RefCell::default(),
        }
    }

    /// A text; anything else is a mistake.
    pub(super) fn text(&self, value: &Spanned<DeValue<'_>>) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(text) => Some(Text {
                value: text.to_string(),
                span: value.span(),
            }),
            other => {
                self.expected("a text", value.span(), other);
                None
            }
        }
    }

    /// A text that is not empty.
    pub(super) fn reason(&self, value: &Spanned<DeValue<'_>>) -> Option<Text> {
        let text = self.text(value)?;
        if text.value.trim().is_empty() {
            self.error(text.span, "the reason is empty");
            return None;
        }
        Some(text)
    }

    /// One text or a list of them.
    pub(super) fn texts(&self, value: &Spanned<DeValue<'_>>) -> Vec<Text> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.text(item)).collect(),
            DeValue::String(_) => self.text(value).into_iter().collect(),
            other => {
                self.expected("a text or a list of texts", value.span(), other);
                Vec::new()
            }
        }
    }

    pub(super) fn expected(&self, wanted: &str, span: Range<usize>, found: &DeValue<'_>) {
        let article = match found {
            DeValue::Array(_) | DeValue::Integer(_) => "an",
            _ => "a",
        };
        self.error(
            span,
            format!("here belongs {wanted}, not {article} {}", found.type_str()),
        );
    }
}

/// The name of `known` that `wrong` is a slip of.
pub(super) fn near<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    let most = if wrong.chars().count() <= 3 { 1 } else { 2 };
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, wrong), *name))
        .min()
        .filter(|(distance, _)| *distance <= most)
        .map(|(_, name)| name)
}

/// The keys of one table.
pub(super) struct Fields<'r> {
    reader: &'r Reader<'r>,
    table: &'r DeTable<'r>,
    span: Range<usize>,
    what: &'static str,
    known: RefCell<Vec<&'static str>>,
}

impl<'r> Fields<'r> {
    /// The value of a key, which is known from now on.
    pub(super) fn get(&self, key: &'static str) -> Option<&'r Spanned<DeValue<'r>>> {
        self.known.borrow_mut().push(key);
        self.entry(key).map(|(_, value)| value)
    }

    fn entry(&self, key: &str) -> Option<(Range<usize>, &'r Spanned<DeValue<'r>>)> {
        self.table
            .iter()
            .find(|(name, _)| name.get_ref().as_ref() == key)
            .map(|(name, value)| (name.span(), value))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Where a key stands; the table itself where it is missing.
    pub(super) fn span_of(&self, key: &str) -> Range<usize> {
        self.entry(key).map_or(self.span.clone(), |(span, _)| span)
    }

    pub(super) fn text(&self, key: &'static str) -> Option<Text> {
        let text = self.reader.text(self.get(key)?)?;
        if text.value.trim().is_empty() {
            self.reader.error(text.span, format!("`{key}` is empty"));
            return None;
        }
        Some(text)
    }

    pub(super) fn required_text(&self, key: &'static str) -> Option<Text> {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key)
    }

    /// Tells that a key has to be there.
    pub(super) fn missing(&self, key: &'static str) {
        let message = format!("{} needs `{key}`", self.what);
        self.reader.error(self.span.clone(), message);
    }

    /// One text or a list of them; nothing where the key is missing.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Text> {
        self.get(key)
            .map(|value| self.reader.texts(value))
            .unwrap_or_default()
    }

    pub(super) fn flag(&self, key: &'static str) -> bool {
        match self.get(key).map(|value| (value.span(), value.get_ref())) {
            None => false,
            Some((_, DeValue::Boolean(flag))) => *flag,
            Some((span, other)) => {
                self.reader.expected("`true` or `false`", span, other);
                false
            }
        }
    }

    /// One word of a list; the type's usual one where the key is missing.
    pub(super) fn choice<T: Copy + Default>(
        &self,
        key: &'static str,
        words: &[(&'static str, T)],
    ) -> T {
        let Some(text) = self.get(key).and_then(|value| self.reader.text(value)) else {
            return T::default();
        };
        if let Some((_, choice)) = words.iter().find(|(word, _)| *word == text.value) {
            return *choice;
        }
        self.reader.unknown(
            text.span,
            format!("`{key}` cannot be `{}`", text.value),
            &text.value,
            words.iter().map(|(word, _)| *word),
        );
        T::default()
    }

    /// The entries of a table whose keys are names.
    pub(super) fn named(&self, key: &'static str) -> Vec<(Text, &'r Spanned<DeValue<'r>>)> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Table(table) => entries(table),
            other => {
                self.reader.expected("a table", value.span(), other);
                Vec::new()
            }
        }
    }

    /// The tables of an array of tables.
    pub(super) fn tables(&self, key: &'static str) -> Vec<(&'r DeTable<'r>, Range<usize>)> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            let message = format!("`{key}` is a list of tables; write `[[{key}]]`");
            self.reader.error(self.span_of(key), message);
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => found.push((table, item.span())),
                other => self.reader.expected("a table", item.span(), other),
            }
        }
        found
    }

    /// Tells the keys that nobody has asked for.
    pub(super) fn finish(self) {
        let known = self.known.into_inner();
        for (name, _) in self.table {
            let text = name.get_ref().as_ref();
            if !known.contains(&text) {
                self.reader.unknown(
                    name.span(),
                    format!("{} has no key `{text}`", self.what),
                    text,
                    known.iter().copied(),
                );
            }
        }
    }
}

/// The entries of a table, with their places.
pub(super) fn entries<'r>(table: &'r DeTable<'r>) -> Vec<(Text, &'r Spanned<DeValue<'r>>)> {
    let text = |name: &Spanned<std::borrow::Cow<'_, str>>| Text {
        value: name.get_ref().to_string(),
        span: name.span(),
    };
    table
        .iter()
        .map(|(name, value)| (text(name), value))
        .collect()
}
