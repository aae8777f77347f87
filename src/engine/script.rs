//! A script that is ready to run: its text, its statements, and the way back to the file.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::model::Place;
use crate::sql::{Statement, line_and_column};

/// A text's ranges that deviate from another text, and the ranges they stand for there; ascending.
pub type Edits = Vec<(Range<usize>, Range<usize>)>;

/// Where the text of a script came from, so that places in it can be told in terms of the file.
///
/// The text of a script differs from its file where placeholders were replaced and byte order
/// marks were dropped. Each edit shifts everything behind it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The file the script was read from.
    pub path: PathBuf,
    /// What was done to the file's text, last change first.
    pub stages: Vec<Edits>,
    /// The file's text when it differs from the script's.
    pub file_text: Option<Arc<String>>,
}

impl Origin {
    /// Translates a byte offset in the script's text into one in the file's text.
    ///
    /// An offset inside a replaced value is told as the start of its placeholder.
    pub fn file_offset(&self, offset: usize) -> usize {
        self.stages.iter().fold(offset, |offset, edits| {
            let index = edits.partition_point(|(text, _)| text.start <= offset);
            match index.checked_sub(1).and_then(|last| edits.get(last)) {
                None => offset,
                Some((text, file)) if offset < text.end => file.start,
                Some((text, file)) => file.end + (offset - text.end),
            }
        })
    }
}

/// Text and statements of a migration or hook, split once when it is read.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// What will be sent, with placeholders replaced.
    pub text: Arc<String>,
    /// The statements, as ranges of `text`.
    pub statements: Vec<Statement>,
    /// The way back to the file.
    pub origin: Origin,
}

impl Script {
    /// The text of one statement.
    pub fn statement_text(&self, statement: &Statement) -> &str {
        &self.text[statement.span.clone()]
    }

    /// Whether a statement of the script controls transactions itself.
    pub fn has_control(&self) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.control.is_some())
    }

    /// Whether the script may leave the session in another role than it found it.
    pub fn changes_identity(&self) -> bool {
        static WORDS: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(?i-u)role|authorization").expect("a fixed expression"));
        WORDS.is_match(&self.text)
    }

    fn file_text(&self) -> &str {
        self.origin.file_text.as_ref().unwrap_or(&self.text)
    }

    /// Tells a byte offset of the text as a place in the file.
    pub fn place(&self, offset: usize) -> Place {
        let text = self.file_text();
        let offset = self.origin.file_offset(offset.min(self.text.len()));
        let (line, column) = line_and_column(text, offset.min(text.len()));
        Place {
            path: self.origin.path.clone(),
            line,
            column,
        }
    }

    /// The line of the file that holds a byte offset of the text, for showing it to a person.
    pub fn source_line(&self, offset: usize) -> &str {
        let text = self.file_text();
        let offset = self.origin.file_offset(offset).min(text.len());
        let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        text[start..end].trim_end_matches('\r')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_go_back_through_all_changes() {
        let origin = Origin {
            // `${a}` became `long value`, and before that a mark of three bytes was dropped.
            stages: vec![vec![(2..12, 2..6)], vec![(0..0, 0..3)]],
            ..Origin::default()
        };
        assert_eq!(origin.file_offset(0), 3);
        assert_eq!(origin.file_offset(5), 5);
        assert_eq!(origin.file_offset(12), 9);
    }
}
