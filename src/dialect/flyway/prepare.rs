//! A file's text made ready to run: marks dropped, placeholders replaced, statements cut.

use std::sync::Arc;

use super::catalog::{CatalogError, ReadOptions, Source};
use crate::engine::{Edits, Origin, Script};
use crate::model::Place;
use crate::sql::{Flavor, SplitError, SplitOptions, offset_of, split};

/// A script that cannot be made ready.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// Its placeholders.
    #[error(transparent)]
    Placeholders(#[from] CatalogError),
    /// Its statements.
    #[error("{place}: {error}")]
    Split {
        /// Where.
        place: Place,
        /// What.
        error: SplitError,
        /// The line of the file.
        source_line: String,
    },
}

impl PrepareError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Placeholders(error) => error.hint(),
            Self::Split { error, .. } => error.hint(),
        }
    }
}

/// Makes a script ready.
pub fn prepare(
    source: &Source,
    options: &ReadOptions,
    flavor: Flavor,
    split_options: &SplitOptions,
) -> Result<Script, PrepareError> {
    let original = source.text(options)?;
    let mut text = Arc::clone(&original);
    let mut stages: Vec<Edits> = Vec::new();
    if text.contains('\u{feff}') {
        let (without, edits) = drop_marks(&text);
        text = Arc::new(without);
        stages.insert(0, edits);
    }
    if source.replace {
        let replaced = source
            .placeholders(options)
            .replace(&text)
            .map_err(|errors| source.placeholder_error(&original, errors))?;
        if let Some(new) = replaced.text {
            text = Arc::new(new);
            stages.insert(0, replaced.edits);
        }
    }
    let mut script = Script {
        origin: Origin {
            path: source.path.clone(),
            file_text: (!stages.is_empty()).then_some(original),
            stages,
        },
        text,
        statements: Vec::new(),
    };
    match split(&script.text, flavor, split_options) {
        Ok(statements) => {
            script.statements = statements;
            Ok(script)
        }
        Err(error) => {
            let offset = offset_of(&script.text, error.line(), error.column());
            Err(PrepareError::Split {
                place: script.place(offset),
                source_line: script.source_line(offset).to_owned(),
                error,
            })
        }
    }
}

/// Takes byte order marks out of a text.
///
/// Of two in a row the second one stays: the original hands out the character behind a mark
/// without looking at it.
fn drop_marks(text: &str) -> (String, Edits) {
    let mut without = String::with_capacity(text.len());
    let mut edits = Vec::new();
    let mut copied = 0;
    let mut kept_at = None;
    for (at, mark) in text.match_indices('\u{feff}') {
        if kept_at == Some(at) {
            continue;
        }
        without.push_str(&text[copied..at]);
        copied = at + mark.len();
        kept_at = Some(copied);
        edits.push((without.len()..without.len(), at..copied));
    }
    without.push_str(&text[copied..]);
    (without, edits)
}

#[cfg(test)]
mod tests {
    use super::drop_marks;

    #[test]
    fn marks() {
        for (text, expected) in [
            ("\u{feff}a", "a"),
            ("a\u{feff}b\u{feff}", "ab"),
            ("\u{feff}\u{feff}a", "\u{feff}a"),
            ("\u{feff}\u{feff}\u{feff}a", "\u{feff}a"),
        ] {
            assert_eq!(drop_marks(text).0, expected, "{text:?}");
        }
    }
}
