//! What can be wrong with a graph or a way of naming revisions in it.

use std::fmt;

/// A graph that does not hold together, or a revision that cannot be found in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The revisions asked for do not lie on one line.
    #[error("Revision {} is not an ancestor of revision {}", or_base(.lower), or_base(.upper))]
    RangeNotAncestor {
        /// The lower end, as asked for.
        lower: String,
        /// The upper end, as asked for.
        upper: String,
    },
    /// One revision was asked for, several answer.
    #[error("Multiple heads are present for given argument '{}'; {}", .argument, .heads.join(", "))]
    MultipleHeads {
        /// Those that answer.
        heads: Vec<String>,
        /// What was asked for.
        argument: String,
    },
    /// No revision, or more than one, answers to a name.
    #[error("{message}")]
    Resolution {
        /// Why not.
        message: String,
        /// The name.
        argument: String,
    },
    /// Revisions that come before themselves.
    #[error("{kind} is detected in revisions ({})", .revisions.join(", "))]
    Cycle {
        /// Along which edges.
        kind: CycleKind,
        /// The revisions.
        revisions: Vec<String>,
    },
    /// Anything else that Alembic reports in words.
    #[error("{0}")]
    Rule(String),
    /// Where Alembic gives up with one of Python's own exceptions.
    #[error("{class}{}{message}", if .message.is_empty() { "" } else { ": " })]
    Uncaught {
        /// The exception's class.
        class: &'static str,
        /// Its words, which may be missing.
        message: String,
    },
}

fn or_base(text: &str) -> &str {
    if text.is_empty() { "base" } else { text }
}

/// Which edges a cycle runs along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CycleKind {
    /// From child to parent.
    Parents,
    /// From child to parent or dependency.
    Dependencies,
}

impl fmt::Display for CycleKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Parents => "Cycle",
            Self::Dependencies => "Dependency cycle",
        })
    }
}

impl GraphError {
    /// An exception of Python without words.
    pub(super) fn assertion() -> Self {
        Self::uncaught("AssertionError", "")
    }

    /// A missing key of a dictionary.
    pub(super) fn key(key: &str) -> Self {
        Self::uncaught("KeyError", format!("'{key}'"))
    }

    pub(super) fn uncaught(class: &'static str, message: impl Into<String>) -> Self {
        Self::Uncaught {
            class,
            message: message.into(),
        }
    }
}

/// How a command words the errors of the graph.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wording<'w> {
    /// What a revision off the line is called; `{start}` and `{end}` stand for the range.
    pub off_line: OffLine,
    /// Instead of the usual words for several heads.
    pub several_heads: Option<&'w str>,
    /// The lower end as the user wrote it.
    pub start: Option<&'w str>,
    /// The upper end as the user wrote it.
    pub end: Option<&'w str>,
}

/// What a command says about a revision that is off the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OffLine {
    /// Of a range.
    #[default]
    Range,
    /// Of the destination of an upgrade.
    Upgrade,
    /// Of the destination of a downgrade.
    Downgrade,
}

/// An error as a command reports it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// In Alembic's words.
    #[error("{0}")]
    Words(String),
    /// Python's own exception, for which Alembic has no words.
    #[error("{class}{}{message}", if .message.is_empty() { "" } else { ": " })]
    Uncaught {
        /// The exception's class.
        class: &'static str,
        /// Its words.
        message: String,
    },
}

impl GraphError {
    /// The error as a command words it.
    pub fn worded(self, wording: Wording<'_>) -> CommandError {
        CommandError::Words(match self {
            Self::RangeNotAncestor { lower, upper } => {
                let start = wording.start.unwrap_or(&lower);
                let end = wording.end.unwrap_or(&upper);
                match wording.off_line {
                    OffLine::Range => format!(
                        "Requested range {start}:{end} does not refer to ancestor/descendant revisions along the same branch"
                    ),
                    OffLine::Upgrade => format!(
                        "Destination {end} is not a valid upgrade target from current head(s)"
                    ),
                    OffLine::Downgrade => format!(
                        "Destination {end} is not a valid downgrade target from current head(s)"
                    ),
                }
            }
            Self::MultipleHeads { argument, .. } => {
                if let Some(words) = wording.several_heads {
                    words.to_owned()
                } else {
                    let argument = wording.end.unwrap_or(&argument);
                    format!(
                        "Multiple head revisions are present for given argument '{argument}'; please specify a specific target revision, '<branchname>@{argument}' to narrow to a specific head, or 'heads' for all heads"
                    )
                }
            }
            Self::Resolution { argument, .. } => {
                format!("Can't locate revision identified by '{argument}'")
            }
            Self::Uncaught { class, message } => return CommandError::Uncaught { class, message },
            other => other.to_string(),
        })
    }

    /// The error as a command words it that adds nothing of its own.
    pub fn plain(self) -> CommandError {
        self.worded(Wording::default())
    }
}
