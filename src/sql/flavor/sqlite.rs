//! SQLite: three ways to quote a name, trigger bodies and the pragmas that have no
//! effect, or fail, inside a transaction.

use super::super::keywords::prefixes;
use super::super::lexer::{Kind, Lexer, Lexis};
use super::super::statement::TransactionControl;
use super::{OpenBlock, Seen};

pub(in super::super) static LEXIS: Lexis = Lexis {
    nested_comments: false,
    comment_may_stay_open: true,
    executable_comments: false,
    hash_comments: false,
    dashes_need_blank: false,
    carriage_return_ends_comment: false,
    backslash_strings: false,
    escape_strings: false,
    dollar_quotes: false,
    double_quoted_strings: false,
    backtick_names: true,
    bracket_names: true,
};

/// Transaction commands as SQLite spells them.
pub(super) fn control(first: &str) -> Option<TransactionControl> {
    match first {
        "BEGIN" => Some(TransactionControl::Begin),
        "END" => Some(TransactionControl::Commit),
        _ => None,
    }
}

/// Whether SQLite runs the statement inside a transaction, and with effect.
pub(in super::super) fn transactional(code: &str, keywords: &str) -> bool {
    match keywords.split(' ').next().unwrap_or_default() {
        "VACUUM" | "ATTACH" | "DETACH" => false,
        "PRAGMA" => pragma_is_transactional(code),
        _ => true,
    }
}

fn pragma_is_transactional(code: &str) -> bool {
    let mut lexer = Lexer::new(code, &LEXIS);
    let mut name = "";
    let mut sets = false;
    let mut words = 0;
    while let Ok(Some(token)) = lexer.next() {
        let text = &code[token.start..token.end];
        match token.kind {
            Kind::Open => sets = true,
            Kind::Symbol if text == "=" => sets = true,
            Kind::Symbol if text == "." => {}
            // The word `PRAGMA`, then a schema or the name; the last one is the name.
            Kind::Word | Kind::Name | Kind::Text if !sets => {
                words += 1;
                name = if words > 1 { text } else { "" };
            }
            _ => {}
        }
    }
    let name = name
        .trim_matches(['"', '`', '[', ']', '\''])
        .to_ascii_lowercase();
    match name.as_str() {
        "foreign_keys" | "journal_mode" | "wal_checkpoint" => false,
        "synchronous" => !sets,
        _ => true,
    }
}

/// Whether Flyway takes the statement for one that may run in a transaction.
pub(in super::super) fn transactional_in_flyway(keywords: &str) -> bool {
    !prefixes(keywords).any(|words| words == "PRAGMA FOREIGN_KEYS")
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Start,
    /// After `CREATE`, before the kind of object is known.
    Create,
    /// In a trigger, whose end has not come yet.
    Trigger,
    /// In a trigger, just behind a `;`.
    AfterSemicolon,
    Irrelevant,
}

/// Finds the end of a trigger: an `END` behind a `;`. No other `END` can stand there,
/// neither one of a `CASE` nor a name.
#[derive(Debug, Default)]
pub(in super::super) struct Tracker {
    stage: Stage,
    create: usize,
}

impl Tracker {
    pub(super) fn open(&self) -> Option<OpenBlock> {
        matches!(self.stage, Stage::Trigger | Stage::AfterSemicolon).then_some(OpenBlock {
            opener: "CREATE TRIGGER",
            at: self.create,
        })
    }

    pub(super) fn observe(&mut self, seen: &Seen<'_>) -> bool {
        self.stage = match self.stage {
            Stage::Start if seen.is_word("CREATE") => {
                self.create = seen.start;
                Stage::Create
            }
            Stage::Start
                if ["EXPLAIN", "QUERY", "PLAN"]
                    .iter()
                    .any(|word| seen.is_word(word)) =>
            {
                Stage::Start
            }
            Stage::Create if seen.is_word("TEMP") || seen.is_word("TEMPORARY") => Stage::Create,
            Stage::Create if seen.is_word("TRIGGER") => Stage::Trigger,
            Stage::Trigger | Stage::AfterSemicolon if seen.kind == Kind::Delimiter => {
                Stage::AfterSemicolon
            }
            Stage::AfterSemicolon if seen.is_word("END") => Stage::Irrelevant,
            Stage::Trigger | Stage::AfterSemicolon => Stage::Trigger,
            Stage::Start | Stage::Create | Stage::Irrelevant => Stage::Irrelevant,
        };
        self.stage != Stage::Irrelevant
    }
}
