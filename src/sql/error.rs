//! Why a script cannot be cut: always a construct that was opened and never closed,
//! or text that would silently be lost.

use thiserror::Error;

/// A script that cannot be cut into statements. Positions say where the construct
/// opened: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "`line` and `column` say the same in every variant"
)]
pub enum SplitError {
    /// A string literal runs to the end of the script.
    #[error("the string opened is never closed")]
    UnterminatedString { line: u32, column: u32 },
    /// A block comment runs to the end of the script.
    #[error("the comment opened with `/*` is never closed")]
    UnterminatedComment { line: u32, column: u32 },
    /// A dollar quote runs to the end of the script.
    #[error("the dollar quote `{tag}` opened is never closed")]
    UnterminatedDollarQuote { tag: String, line: u32, column: u32 },
    /// A quoted name runs to the end of the script.
    #[error("the quoted name opened with `{quote}` is never closed")]
    UnterminatedIdentifier { quote: char, line: u32, column: u32 },
    /// The script ends inside parentheses.
    #[error("the parenthesis opened is never closed")]
    UnclosedParenthesis { line: u32, column: u32 },
    /// The script ends inside a body made of statements.
    #[error("the `{opener}` block opened is never closed")]
    UnclosedBlock {
        opener: &'static str,
        line: u32,
        column: u32,
    },
    /// The data of a `COPY … FROM STDIN` run to the end of the script.
    #[error("the data of the `COPY` do not end with a `\\.` line")]
    CopyWithoutEnd { line: u32, column: u32 },
    /// Text follows the `;` of a `COPY … FROM STDIN` on its line.
    #[error("text stands between a `COPY … FROM STDIN` and its data")]
    TextBeforeCopyData { line: u32, column: u32 },
    /// A `DELIMITER` command stands where a statement has not ended.
    #[error("the `DELIMITER` command stands inside a statement")]
    DelimiterInsideStatement { line: u32, column: u32 },
    /// A `DELIMITER` command names no delimiter.
    #[error("the `DELIMITER` command names no delimiter")]
    DelimiterMissing { line: u32, column: u32 },
    /// A comment with an inner `/*` ends for the server, but hides the rest from Flyway.
    #[error(
        "the comment opened holds a second `/*`: \
         Flyway takes all that follows for a comment"
    )]
    AmbiguousComment { line: u32, column: u32 },
    /// A line comment goes on after a carriage return and swallows statements.
    #[error(
        "the line comment opened does not end at a carriage \
         return and swallows statements"
    )]
    CommentHidesCode { line: u32, column: u32 },
}

impl SplitError {
    /// The line where the construct opened, counted from 1.
    pub fn line(&self) -> u32 {
        self.position().0
    }

    /// The column where the construct opened, counted in characters from 1.
    pub fn column(&self) -> u32 {
        self.position().1
    }

    /// What the author of the script can do about it.
    pub fn hint(&self) -> Option<String> {
        let advice = match self {
            Self::UnterminatedString { .. } => {
                "close the string with its quote; a quote inside a string is written twice"
            }
            Self::UnterminatedComment { .. } => {
                "close the comment with `*/`; where comments nest, each `/*` needs its own"
            }
            Self::UnterminatedDollarQuote { tag, .. } => {
                return Some(format!(
                    "close the quote with `{tag}`, in the same letter case"
                ));
            }
            Self::UnterminatedIdentifier { .. } => "close the name with its quote",
            Self::UnclosedParenthesis { .. } => {
                "every statement after the parenthesis would belong to it; close it with `)`"
            }
            Self::UnclosedBlock { .. } => "close the block with `END`, followed by the delimiter",
            Self::CopyWithoutEnd { .. } => {
                "put the data on the lines after the `;` and end them with a line `\\.`"
            }
            Self::TextBeforeCopyData { .. } => {
                "start the data on the line after the `;` and put other statements after the `\\.` line"
            }
            Self::DelimiterInsideStatement { .. } => {
                "end the statement before it with the delimiter in force"
            }
            Self::DelimiterMissing { .. } => {
                "write the delimiter on the same line, as in `DELIMITER $$`"
            }
            Self::AmbiguousComment { .. } => {
                "take the inner `/*` out of the comment, or use `--` comments"
            }
            Self::CommentHidesCode { .. } => {
                "save the file with line feeds (or carriage return and line feed) as line ends"
            }
        };
        Some(advice.to_owned())
    }

    fn position(&self) -> (u32, u32) {
        match self {
            Self::UnterminatedString { line, column }
            | Self::UnterminatedComment { line, column }
            | Self::UnterminatedDollarQuote { line, column, .. }
            | Self::UnterminatedIdentifier { line, column, .. }
            | Self::UnclosedParenthesis { line, column }
            | Self::UnclosedBlock { line, column, .. }
            | Self::CopyWithoutEnd { line, column }
            | Self::TextBeforeCopyData { line, column }
            | Self::DelimiterInsideStatement { line, column }
            | Self::DelimiterMissing { line, column }
            | Self::AmbiguousComment { line, column }
            | Self::CommentHidesCode { line, column } => (*line, *column),
        }
    }
}
