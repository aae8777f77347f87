//! PostgreSQL: dollar quotes, `BEGIN ATOMIC` bodies, `COPY` data and the statements it
//! refuses inside a transaction block.

use super::super::keywords::prefixes;
use super::super::lexer::{Kind, Lexer, Lexis};
use super::super::split::SplitOptions;
use super::super::statement::TransactionControl;
use super::{OpenBlock, Seen};

pub(in super::super) static LEXIS: Lexis = Lexis {
    nested_comments: true,
    comment_may_stay_open: false,
    executable_comments: false,
    hash_comments: false,
    dashes_need_blank: false,
    carriage_return_ends_comment: true,
    backslash_strings: false,
    escape_strings: true,
    dollar_quotes: true,
    double_quoted_strings: false,
    backtick_names: false,
    bracket_names: false,
};

/// Transaction commands that only PostgreSQL has.
pub(super) fn control(first: &str, second: &str) -> Option<TransactionControl> {
    match (first, second) {
        ("BEGIN", _) | ("START", "TRANSACTION") => Some(TransactionControl::Begin),
        ("END", _) | ("PREPARE", "TRANSACTION") => Some(TransactionControl::Commit),
        ("ABORT", _) => Some(TransactionControl::Rollback),
        _ => None,
    }
}

/// Whether the server accepts the statement inside a transaction block.
pub(in super::super) fn transactional(code: &str, keywords: &str, options: &SplitOptions) -> bool {
    let starts = |words: &str| {
        keywords
            .strip_prefix(words)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let names = |words: &str| format!(" {keywords} ").contains(&format!(" {words} "));
    match keywords.split(' ').next().unwrap_or_default() {
        "VACUUM" => false,
        "ALTER" => {
            let detach = starts("ALTER TABLE")
                && names("DETACH PARTITION")
                && keywords.ends_with(" CONCURRENTLY");
            let tablespace = starts("ALTER DATABASE") && names("SET TABLESPACE");
            let refresh = starts("ALTER SUBSCRIPTION")
                && (names("REFRESH")
                    || (names("PUBLICATION") && option(code, "refresh") != Some(false)));
            !detach && !tablespace && !refresh && transactional_in_flyway(keywords, options)
        }
        "REINDEX" => {
            let whole = ["REINDEX SCHEMA", "REINDEX DATABASE", "REINDEX SYSTEM"];
            !whole.iter().any(|words| starts(words))
                && !names("CONCURRENTLY")
                && option(code, "concurrently") != Some(true)
        }
        "CLUSTER" => names_a_table(code),
        "REPACK" => names_a_table(code) && option(code, "concurrently") != Some(true),
        "COMMIT" | "ROLLBACK" => !starts("COMMIT PREPARED") && !starts("ROLLBACK PREPARED"),
        _ => transactional_in_flyway(keywords, options),
    }
}

/// Whether Flyway takes the statement for one that may run in a transaction.
pub(in super::super) fn transactional_in_flyway(keywords: &str, options: &SplitOptions) -> bool {
    let refused = |words: &str| {
        matches!(
            words,
            "CREATE DATABASE"
                | "CREATE TABLESPACE"
                | "CREATE SUBSCRIPTION"
                | "DROP DATABASE"
                | "DROP TABLESPACE"
                | "DROP SUBSCRIPTION"
                | "CREATE INDEX CONCURRENTLY"
                | "CREATE UNIQUE INDEX CONCURRENTLY"
                | "DROP INDEX CONCURRENTLY"
                | "DROP UNIQUE INDEX CONCURRENTLY"
                | "REINDEX SCHEMA"
                | "REINDEX DATABASE"
                | "REINDEX SYSTEM"
                | "REINDEX VERBOSE SCHEMA"
                | "REINDEX VERBOSE DATABASE"
                | "REINDEX VERBOSE SYSTEM"
                | "ALTER SYSTEM"
                | "VACUUM"
                | "DISCARD ALL"
        )
    };
    let new_label = |words: &str| {
        !options.alter_type_add_value_in_transaction
            && words.starts_with("ALTER TYPE ")
            && words.ends_with(" ADD VALUE")
    };
    !prefixes(keywords).any(|words| refused(words) || new_label(words))
}

/// The value of a yes-or-no option in the first parentheses of a statement.
fn option(code: &str, name: &str) -> Option<bool> {
    let mut lexer = Lexer::new(code, &LEXIS);
    let mut inside = false;
    let mut found = false;
    while let Ok(Some(token)) = lexer.next() {
        let text = &code[token.start..token.end];
        match token.kind {
            Kind::Open => inside = true,
            Kind::Close if found => return Some(true),
            Kind::Symbol if found && text == "," => return Some(true),
            Kind::Word | Kind::Number | Kind::Text if found => {
                let value = text.trim_matches('\'').to_ascii_lowercase();
                return Some(!matches!(value.as_str(), "false" | "off" | "no" | "0"));
            }
            Kind::Word if inside => found = text.eq_ignore_ascii_case(name),
            _ => {}
        }
    }
    None
}

/// Whether `CLUSTER` or `REPACK` is given a table, not run for all of them.
fn names_a_table(code: &str) -> bool {
    let mut lexer = Lexer::new(code, &LEXIS);
    let mut depth = 0_u32;
    let mut objects = 0;
    while let Ok(Some(token)) = lexer.next() {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Word | Kind::Name if depth == 0 => {
                let verbose = code[token.start..token.end].eq_ignore_ascii_case("verbose");
                objects += usize::from(!verbose);
            }
            _ => {}
        }
    }
    objects > 1
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Start,
    /// After `CREATE`, before the kind of object is known.
    Create,
    /// In a `CREATE FUNCTION` or `CREATE PROCEDURE`.
    Routine,
    Copy,
    CopyFrom,
    CopyFromStdin,
    Irrelevant,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Previous {
    #[default]
    Other,
    Begin,
    Atomic,
    As,
    Semicolon,
}

/// Follows `BEGIN ATOMIC … END` bodies and finds out `COPY … FROM STDIN`.
#[derive(Debug, Default)]
pub(in super::super) struct Tracker {
    stage: Stage,
    previous: Previous,
    /// Where the outermost body starts.
    body: usize,
    bodies: u32,
    cases: u32,
}

impl Tracker {
    pub(super) fn open(&self) -> Option<OpenBlock> {
        (self.bodies > 0).then_some(OpenBlock {
            opener: "BEGIN ATOMIC",
            at: self.body,
        })
    }

    pub(super) fn copies_from_stdin(&self) -> bool {
        self.stage == Stage::CopyFromStdin
    }

    pub(super) fn observe(&mut self, seen: &Seen<'_>) -> bool {
        self.stage = match self.stage {
            Stage::Start if seen.is_word("CREATE") => Stage::Create,
            Stage::Start if seen.is_word("COPY") => Stage::Copy,
            Stage::Create if seen.is_word("FUNCTION") || seen.is_word("PROCEDURE") => {
                Stage::Routine
            }
            Stage::Create if seen.is_word("OR") || seen.is_word("REPLACE") => Stage::Create,
            Stage::Routine => {
                self.observe_routine(seen);
                Stage::Routine
            }
            Stage::CopyFrom if seen.is_word("STDIN") => Stage::CopyFromStdin,
            Stage::Copy | Stage::CopyFrom if seen.depth == 0 && seen.is_word("FROM") => {
                Stage::CopyFrom
            }
            Stage::Copy | Stage::CopyFrom => Stage::Copy,
            Stage::CopyFromStdin => Stage::CopyFromStdin,
            _ => Stage::Irrelevant,
        };
        !matches!(self.stage, Stage::Irrelevant | Stage::CopyFromStdin)
    }

    /// Counts bodies. `CASE` and `END` are names too: after `AS` and after a dot, and an
    /// `END` that closes a body stands behind the `;` of its last statement.
    fn observe_routine(&mut self, seen: &Seen<'_>) {
        if seen.depth > 0 {
            return;
        }
        let previous = std::mem::take(&mut self.previous);
        let label = previous == Previous::As || seen.before == b'.';
        if seen.kind == Kind::Delimiter {
            self.cases = 0;
            self.previous = Previous::Semicolon;
        } else if seen.kind != Kind::Word || label {
        } else if seen.is_word("BEGIN") {
            self.previous = Previous::Begin;
            if self.bodies == 0 {
                self.body = seen.start;
            }
        } else if seen.is_word("ATOMIC") && previous == Previous::Begin {
            self.bodies += 1;
            self.previous = Previous::Atomic;
        } else if seen.is_word("AS") {
            self.previous = Previous::As;
        } else if self.bodies > 0 && seen.is_word("CASE") {
            self.cases += 1;
        } else if self.bodies > 0 && seen.is_word("END") {
            if self.cases > 0 {
                self.cases -= 1;
            } else if matches!(previous, Previous::Semicolon | Previous::Atomic) {
                self.bodies -= 1;
            }
        }
    }
}
