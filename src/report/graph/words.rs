//! The words and marks that all forms share.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{Edge, EdgeKind, Node, Picture};
use crate::model::{MigrationKind, MigrationState};

/// All states.
pub(super) const STATES: [MigrationState; 8] = [
    MigrationState::Applied,
    MigrationState::Unverified,
    MigrationState::Changed,
    MigrationState::Pending,
    MigrationState::Skipped,
    MigrationState::Failed,
    MigrationState::Missing,
    MigrationState::Undone,
];

/// A state, for people.
pub(in crate::report) fn state_word(state: MigrationState) -> &'static str {
    match state {
        MigrationState::Applied => "applied",
        MigrationState::Unverified => "applied elsewhere",
        MigrationState::Changed => "changed since",
        MigrationState::Pending => "pending",
        MigrationState::Skipped => "skipped",
        MigrationState::Failed => "failed",
        MigrationState::Missing => "without a file",
        MigrationState::Undone => "undone",
    }
}

/// A state, as name of a class.
pub(super) fn state_class(state: Option<MigrationState>) -> &'static str {
    match state {
        None => "plain",
        Some(MigrationState::Applied) => "applied",
        Some(MigrationState::Unverified) => "unverified",
        Some(MigrationState::Changed) => "changed",
        Some(MigrationState::Pending) => "pending",
        Some(MigrationState::Skipped) => "skipped",
        Some(MigrationState::Failed) => "failed",
        Some(MigrationState::Missing) => "missing",
        Some(MigrationState::Undone) => "undone",
    }
}

/// A kind, where it is worth a word.
pub(in crate::report) fn kind_word(kind: MigrationKind) -> Option<&'static str> {
    match kind {
        MigrationKind::Versioned => None,
        MigrationKind::Repeatable => Some("repeatable"),
        MigrationKind::Baseline => Some("baseline"),
        MigrationKind::Merge => Some("merge"),
    }
}

/// A text without characters that files and terminals cannot hold; line ends stay.
pub(in crate::report) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        cleaned.push(match character {
            '\n' => '\n',
            '\t' => ' ',
            character if character.is_control() => '\u{fffd}',
            // XML has no place for these two.
            '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            character => character,
        });
    }
    cleaned
}

/// The first line of a text.
pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_end()
}

/// A text that takes no more than so many columns of a terminal.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = columns.saturating_sub(1);
    for character in text.chars() {
        let width = character.width().unwrap_or(0);
        if width > left {
            break;
        }
        left -= width;
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// The head of a lane.
pub(super) fn lane_words(picture: &Picture, lane: usize) -> String {
    let lane = &picture.lanes[lane];
    let mut words = match lane.dialect {
        Some(dialect) => dialect.to_string(),
        None => "not shown".to_owned(),
    };
    if lane.deprecated {
        words.push_str(", deprecated");
    }
    words
}

/// The key of a node as people see it.
pub(super) fn key_words(node: &Node) -> &str {
    if node.key.is_empty() {
        "all migrations"
    } else {
        first_line(&node.key)
    }
}

/// What a node waits for besides its parents, each thing once.
pub(super) fn waits_for(picture: &Picture, edges: &[&Edge]) -> Vec<String> {
    let mut dependencies: Vec<String> = Vec::new();
    let mut needs: Vec<String> = Vec::new();
    for edge in edges {
        let from = &picture.nodes[edge.from];
        let (list, name) = match (&edge.need, edge.kind) {
            (Some(need), _) => (&mut needs, clean(&need.to_string())),
            (None, EdgeKind::Parent) => continue,
            (None, _) => (&mut dependencies, from.key.clone()),
        };
        let gone = picture.lanes[from.lane].dialect.is_some()
            && from.kind.is_none()
            && from.state.is_none()
            && !from.key.is_empty();
        let name = if gone {
            format!("{name}, which no file has")
        } else {
            name
        };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    let mut words = Vec::new();
    for (verb, list) in [("depends on", dependencies), ("needs", needs)] {
        if !list.is_empty() {
            words.push(format!("{verb} {}", list.join(", ")));
        }
    }
    words
}
