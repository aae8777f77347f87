//! The codes of all findings of verification, and what each of them means for the exit status.

/// What a finding means for the question whether history was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It changes nothing.
    Harmless,
    /// Something new is not settled yet.
    Pending,
    /// Something settled was changed.
    Changed,
    /// The lock file cannot be used.
    Misuse,
}

/// A code and what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code; it never changes.
    pub name: &'static str,
    /// What findings of this code mean.
    pub class: Class,
    /// What it stands for, in a few words.
    pub title: &'static str,
}

const fn new(name: &'static str, class: Class, title: &'static str) -> Code {
    Code { name, class, title }
}

use Class::{Changed, Harmless, Misuse, Pending};

/// All codes, sorted.
pub const CODES: [Code; 42] = [
    new(
        "added-in-the-middle",
        Changed,
        "a new migration stands before one that is settled",
    ),
    new(
        "applied-comment",
        Harmless,
        "only comments or formatting changed since the migration was applied",
    ),
    new(
        "applied-edited",
        Changed,
        "a migration was edited after it was applied",
    ),
    new(
        "applied-elsewhere",
        Harmless,
        "another program applied the migration and kept no checksum",
    ),
    new(
        "applied-line-ends",
        Harmless,
        "only line ends changed since the migration was applied",
    ),
    new(
        "applied-missing",
        Changed,
        "a migration is applied and its file is gone",
    ),
    new(
        "applied-unlocked",
        Pending,
        "a migration is applied and not in the lock file",
    ),
    new(
        "comment-changed",
        Changed,
        "only comments or formatting of a settled migration changed",
    ),
    new(
        "description-changed",
        Changed,
        "the history holds another description than the file's name",
    ),
    new(
        "domain-missing",
        Changed,
        "a locked domain is no longer in the project",
    ),
    new(
        "domain-not-locked",
        Pending,
        "a domain is not in the lock file",
    ),
    new(
        "duplicate-migration",
        Changed,
        "two files claim to be the same migration",
    ),
    new(
        "failed-migration",
        Changed,
        "the history holds a failed migration",
    ),
    new(
        "future-migration",
        Harmless,
        "the database is ahead of these files",
    ),
    new(
        "interrupted-migration",
        Changed,
        "a migration began and its end is not recorded",
    ),
    new(
        "line-ends-changed",
        Harmless,
        "only line ends or the byte order mark changed",
    ),
    new(
        "lock-conflict",
        Misuse,
        "the lock file holds both sides of a merge",
    ),
    new(
        "lock-edited",
        Changed,
        "a line of the lock file was edited by hand",
    ),
    new(
        "lock-format",
        Misuse,
        "the lock file has a format that this program does not read",
    ),
    new("lock-missing", Pending, "there is no lock file"),
    new(
        "lock-reordered",
        Changed,
        "the lines of the lock file are in another order than the migrations",
    ),
    new("lock-unreadable", Misuse, "the lock file cannot be read"),
    new("migration-missing", Changed, "a settled migration is gone"),
    new(
        "module-changed",
        Changed,
        "a module that a settled migration imports was changed",
    ),
    new(
        "moved",
        Harmless,
        "a settled migration lies in another folder",
    ),
    new(
        "needs-changed",
        Changed,
        "a settled migration needs other migrations than before",
    ),
    new("not-applied", Pending, "a migration is not applied yet"),
    new(
        "not-locked",
        Pending,
        "a new migration is not in the lock file",
    ),
    new(
        "out-of-order",
        Harmless,
        "a migration was applied after a later one",
    ),
    new(
        "parents-changed",
        Changed,
        "a settled migration follows other migrations than before",
    ),
    new(
        "placeholder-changed",
        Changed,
        "a placeholder that a settled migration uses has another value",
    ),
    new(
        "renamed",
        Changed,
        "the file of a settled migration has another name",
    ),
    new(
        "renumbered",
        Changed,
        "a settled migration has another version or revision",
    ),
    new(
        "reordered",
        Changed,
        "settled migrations have changed places",
    ),
    new(
        "repeatable-changed",
        Pending,
        "a repeatable migration or callback changed",
    ),
    new(
        "row-edited",
        Changed,
        "the history holds a checksum that neither files nor lock file know",
    ),
    new(
        "second-head",
        Changed,
        "a new migration makes a second head",
    ),
    new(
        "settings-changed",
        Changed,
        "a settled migration would run in another way",
    ),
    new(
        "source-changed",
        Changed,
        "the file that a migration was converted from changed",
    ),
    new(
        "sql-changed",
        Changed,
        "the statements of a settled migration changed",
    ),
    new(
        "unknown-revision",
        Changed,
        "the database is at a revision that no file has",
    ),
    new(
        "will-not-run",
        Changed,
        "a migration is not applied, and no upgrade would apply it",
    ),
];

/// What is known of a code.
pub fn code(name: &str) -> Option<&'static Code> {
    let found = CODES.binary_search_by(|code| code.name.cmp(name));
    found.ok().and_then(|index| CODES.get(index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_found() {
        assert!(CODES.is_sorted_by(|left, right| left.name < right.name));
        for known in &CODES {
            assert_eq!(code(known.name), Some(known));
            assert!(
                known
                    .name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-')
            );
            assert!(!known.title.ends_with('.'));
        }
        assert_eq!(code("nothing"), None);
    }
}
