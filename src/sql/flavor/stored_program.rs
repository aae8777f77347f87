//! The bodies of MySQL's stored programs, which hold delimiters of their own.
//!
//! Scripts written for the `mysql` client change the delimiter around such a body.
//! This tracker is for those that do not: it reads the head of the program up to its
//! body, then follows the blocks by the rule that only the start of a statement can
//! open one, so that `IF(…)`, `REPEAT(…)` and columns named `begin` open nothing.

use super::super::lexer::Kind;
use super::{OpenBlock, Seen};

/// Words that open a block when a statement starts with them.
const OPENERS: [&str; 7] = ["BEGIN", "CASE", "FOR", "IF", "LOOP", "REPEAT", "WHILE"];

/// Words that start the body of a routine when it is a single plain statement.
const VERBS: [&str; 33] = [
    "ALTER",
    "ANALYZE",
    "CALL",
    "CHECK",
    "COMMIT",
    "CREATE",
    "DEALLOCATE",
    "DELETE",
    "DO",
    "DROP",
    "EXECUTE",
    "FLUSH",
    "GET",
    "GRANT",
    "INSERT",
    "KILL",
    "LOAD",
    "OPTIMIZE",
    "PREPARE",
    "RENAME",
    "REPLACE",
    "RESIGNAL",
    "RETURN",
    "REVOKE",
    "ROLLBACK",
    "SELECT",
    "SHOW",
    "SIGNAL",
    "START",
    "TRUNCATE",
    "UPDATE",
    "VALUES",
    "WITH",
];

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Start,
    /// After a leading `BEGIN`, which is a transaction unless `NOT ATOMIC` follows.
    Begin,
    BeginNot,
    /// After `CREATE` or `ALTER`, before the kind of object is known.
    Create,
    /// In `DEFINER = user@host`; `name` says that the next token is a name.
    Definer {
        name: bool,
    },
    /// Before the closing parenthesis of a routine's parameters.
    Parameters,
    /// Among a routine's characteristics; `charset` after `CHARACTER`.
    Characteristics {
        charset: bool,
    },
    /// In the head of a trigger; `each` after `EACH`.
    Trigger {
        each: bool,
    },
    /// After `FOLLOWS` or `PRECEDES`.
    Order,
    /// In the head of an event, before `DO`.
    Event,
    /// Where the body starts.
    Entry,
    /// After what may be the label of the body.
    Label,
    Body,
    Irrelevant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockKind {
    Begin,
    If,
    CaseStatement,
    CaseExpression,
    Loop,
    Repeat,
    /// `WHILE` and `FOR`, whose heads end with `DO`.
    Counted,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    kind: BlockKind,
    opener: OpenBlock,
}

/// How far a `DECLARE … HANDLER FOR condition, … statement` has been read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum HandlerHead {
    #[default]
    None,
    Declare,
    Handler,
    Condition,
    Sqlstate,
    Not,
    Complete,
}

/// Follows a statement from its first word.
#[derive(Debug, Default)]
pub(in super::super) struct Tracker {
    stage: Stage,
    blocks: Vec<Block>,
    /// Whether the next token starts a statement of the body.
    at_start: bool,
    /// Whether the last token was an `END` that may be followed by `IF`, `LOOP` ….
    after_end: bool,
    /// How much of `BEGIN NOT ATOMIC` has been read inside a body.
    after_begin: bool,
    handler: HandlerHead,
}

impl Tracker {
    pub(super) fn reset(&mut self) {
        let mut blocks = std::mem::take(&mut self.blocks);
        blocks.clear();
        *self = Self {
            blocks,
            ..Self::default()
        };
    }

    pub(super) fn open(&self) -> Option<OpenBlock> {
        self.blocks.first().map(|block| block.opener)
    }

    pub(super) fn observe(&mut self, seen: &Seen<'_>) -> bool {
        // A `/*! … */` in a head holds a part of it, as in dumps; it hides no block.
        if seen.kind == Kind::Executable && self.stage != Stage::Body {
            return true;
        }
        match self.stage {
            Stage::Body => self.observe_body(seen),
            stage => self.stage = self.observe_head(stage, seen),
        }
        self.stage != Stage::Irrelevant
    }

    fn observe_head(&mut self, stage: Stage, seen: &Seen<'_>) -> Stage {
        match stage {
            Stage::Start => self.first_word(seen),
            Stage::Begin if seen.is_word("NOT") => Stage::BeginNot,
            Stage::BeginNot if seen.is_word("ATOMIC") => {
                self.push(BlockKind::Begin, "BEGIN NOT ATOMIC", seen.start);
                self.at_start = true;
                Stage::Body
            }
            Stage::Create => object_kind(seen),
            Stage::Definer { name: true } => Stage::Definer { name: false },
            Stage::Definer { name: false } if seen.is_symbol("=") || seen.is_symbol("@") => {
                Stage::Definer { name: true }
            }
            Stage::Definer { name: false } => match object_kind(seen) {
                Stage::Irrelevant if !seen.is_word("VIEW") => stage,
                kind => kind,
            },
            Stage::Parameters if seen.kind == Kind::Close && seen.depth == 0 => {
                Stage::Characteristics { charset: false }
            }
            Stage::Characteristics { charset } => self.characteristic(charset, seen),
            Stage::Trigger { each: true } if seen.is_word("ROW") => Stage::Entry,
            Stage::Trigger { .. } => Stage::Trigger {
                each: seen.is_word("EACH"),
            },
            Stage::Order => Stage::Entry,
            Stage::Event if seen.depth == 0 && seen.is_word("DO") => Stage::Entry,
            Stage::Entry => self.entry(seen),
            Stage::Label if is_label_mark(seen) => {
                self.at_start = true;
                Stage::Body
            }
            Stage::Parameters | Stage::Event => stage,
            _ => Stage::Irrelevant,
        }
    }

    fn first_word(&mut self, seen: &Seen<'_>) -> Stage {
        if seen.is_word("CREATE") || seen.is_word("ALTER") {
            Stage::Create
        } else if seen.is_word("BEGIN") {
            Stage::Begin
        } else if is_one_of(seen, &OPENERS) {
            // MariaDB runs compound statements outside of programs too.
            self.enter(seen)
        } else {
            Stage::Irrelevant
        }
    }

    fn characteristic(&mut self, charset: bool, seen: &Seen<'_>) -> Stage {
        if seen.depth > 0 {
            Stage::Characteristics { charset }
        } else if is_one_of(seen, &OPENERS) || is_label_mark(seen) {
            self.enter(seen)
        } else if is_one_of(seen, &VERBS) || (seen.is_word("SET") && !charset) {
            Stage::Irrelevant
        } else {
            let charset = seen.is_word("CHARACTER") || seen.is_word("CHAR");
            Stage::Characteristics { charset }
        }
    }

    fn entry(&mut self, seen: &Seen<'_>) -> Stage {
        if is_one_of(seen, &OPENERS) {
            self.enter(seen)
        } else if seen.is_word("FOLLOWS") || seen.is_word("PRECEDES") {
            Stage::Order
        } else if matches!(seen.kind, Kind::Word | Kind::Name) {
            Stage::Label
        } else {
            Stage::Irrelevant
        }
    }

    /// Starts the body with its first word, or with the `:` behind its label.
    fn enter(&mut self, seen: &Seen<'_>) -> Stage {
        self.at_start = true;
        self.stage = Stage::Body;
        self.observe_body(seen);
        self.stage
    }

    fn observe_body(&mut self, seen: &Seen<'_>) {
        if seen.depth > 0 {
            return;
        }
        if seen.kind == Kind::Delimiter {
            self.end_statement();
            return;
        }
        self.follow_handler(seen);
        let at_start = std::mem::take(&mut self.at_start);
        let after_end = std::mem::take(&mut self.after_end);
        let after_begin = std::mem::take(&mut self.after_begin);
        if seen.kind == Kind::Word && seen.before != b'.' {
            if after_end && is_one_of(seen, &OPENERS) {
                return;
            }
            if after_begin && seen.is_word("NOT") {
                self.after_begin = true;
            } else if after_begin && seen.is_word("ATOMIC") {
                self.at_start = true;
            } else {
                self.body_word(seen, at_start);
            }
        } else if is_label_mark(seen) {
            self.at_start = true;
        }
    }

    fn end_statement(&mut self) {
        while self.top() == Some(BlockKind::CaseExpression) {
            self.blocks.pop();
        }
        self.at_start = true;
        self.after_end = false;
        self.after_begin = false;
        self.handler = HandlerHead::None;
    }

    fn body_word(&mut self, seen: &Seen<'_>, at_start: bool) {
        let top = self.top();
        if seen.is_word("CASE") {
            let kind = if at_start {
                BlockKind::CaseStatement
            } else {
                BlockKind::CaseExpression
            };
            self.push(kind, "CASE", seen.start);
        } else if seen.is_word("END") {
            self.end_word(at_start);
        } else if seen.is_word("THEN") || seen.is_word("ELSE") {
            self.at_start = matches!(top, Some(BlockKind::If | BlockKind::CaseStatement));
        } else if seen.is_word("DO") && !at_start {
            self.at_start = top == Some(BlockKind::Counted);
        } else if at_start && is_one_of(seen, &OPENERS) {
            self.open_block(seen);
        } else if at_start && seen.is_word("DECLARE") {
            self.handler = HandlerHead::Declare;
        }
    }

    fn open_block(&mut self, seen: &Seen<'_>) {
        let (kind, opener) = if seen.is_word("BEGIN") {
            self.after_begin = true;
            (BlockKind::Begin, "BEGIN")
        } else if seen.is_word("IF") {
            (BlockKind::If, "IF")
        } else if seen.is_word("LOOP") {
            (BlockKind::Loop, "LOOP")
        } else if seen.is_word("REPEAT") {
            (BlockKind::Repeat, "REPEAT")
        } else if seen.is_word("WHILE") {
            (BlockKind::Counted, "WHILE")
        } else {
            (BlockKind::Counted, "FOR")
        };
        self.at_start = matches!(kind, BlockKind::Begin | BlockKind::Loop | BlockKind::Repeat);
        self.push(kind, opener, seen.start);
    }

    fn end_word(&mut self, at_start: bool) {
        let top = self.top();
        if top == Some(BlockKind::CaseExpression) {
            self.blocks.pop();
        } else if at_start || top == Some(BlockKind::Repeat) {
            self.blocks.pop();
            self.after_end = true;
        }
        if self.blocks.is_empty() && self.after_end {
            self.stage = Stage::Irrelevant;
        }
    }

    /// The statement of a handler starts behind its conditions, without any mark.
    fn follow_handler(&mut self, seen: &Seen<'_>) {
        self.handler = match self.handler {
            HandlerHead::None => return,
            HandlerHead::Declare if seen.is_word("HANDLER") => HandlerHead::Handler,
            HandlerHead::Handler if seen.is_word("FOR") => HandlerHead::Condition,
            HandlerHead::Condition if seen.is_word("SQLSTATE") => HandlerHead::Sqlstate,
            HandlerHead::Condition if seen.is_word("NOT") => HandlerHead::Not,
            HandlerHead::Sqlstate if seen.is_word("VALUE") => HandlerHead::Sqlstate,
            HandlerHead::Condition | HandlerHead::Sqlstate | HandlerHead::Not => {
                HandlerHead::Complete
            }
            HandlerHead::Complete if seen.is_symbol(",") => HandlerHead::Condition,
            HandlerHead::Complete => {
                self.at_start = true;
                HandlerHead::None
            }
            unchanged => unchanged,
        };
    }

    fn top(&self) -> Option<BlockKind> {
        self.blocks.last().map(|block| block.kind)
    }

    fn push(&mut self, kind: BlockKind, opener: &'static str, at: usize) {
        self.blocks.push(Block {
            kind,
            opener: OpenBlock { opener, at },
        });
    }
}

/// The stage behind the word that says what `CREATE` or `ALTER` is about.
fn object_kind(seen: &Seen<'_>) -> Stage {
    if seen.is_word("PROCEDURE") || seen.is_word("FUNCTION") {
        Stage::Parameters
    } else if seen.is_word("TRIGGER") {
        Stage::Trigger { each: false }
    } else if seen.is_word("EVENT") {
        Stage::Event
    } else if seen.is_word("DEFINER") {
        Stage::Definer { name: false }
    } else if is_one_of(seen, &["OR", "REPLACE", "AGGREGATE"]) {
        Stage::Create
    } else {
        Stage::Irrelevant
    }
}

fn is_one_of(seen: &Seen<'_>, words: &[&str]) -> bool {
    seen.kind == Kind::Word
        && words
            .iter()
            .any(|word| seen.text.eq_ignore_ascii_case(word))
}

/// Whether the token is the colon behind a label, not the first sign of `:=`.
fn is_label_mark(seen: &Seen<'_>) -> bool {
    seen.is_symbol(":") && seen.after != b'='
}
