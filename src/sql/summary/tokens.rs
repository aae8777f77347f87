//! The tokens of a piece of SQL, comments left out and parentheses paired.

use super::super::flavor::Flavor;
use super::super::lexer::{Kind, Lexer};
use super::cursor::Cursor;

/// What a token is to somebody who looks for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Word,
    Name,
    Text,
    Number,
    /// `(` or, where it opens a subscript, `[`.
    Open,
    Close,
    Delimiter,
    Symbol,
    /// Part of a name that is only known later: `${…}` or `%I`.
    Unknown,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) sort: Sort,
    pub(super) start: usize,
    pub(super) end: usize,
    /// For `Open` the index of the piece that closes it, or one past the last.
    pub(super) partner: usize,
}

/// Text cut into tokens, comments left out.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    pub(super) text: &'t str,
    /// Where the text starts in the script.
    pub(super) base: usize,
    pub(super) flavor: Flavor,
    pub(super) pieces: Vec<Piece>,
}

impl<'t> Tokens<'t> {
    /// Cuts as far as the text can be cut.
    pub(super) fn new(text: &'t str, base: usize, flavor: Flavor) -> Self {
        let mut lexer = Lexer::new(text, flavor.lexis());
        lexer.set_leading(false);
        let mut pieces: Vec<Piece> = Vec::new();
        while let Ok(Some(token)) = lexer.next() {
            let sort = match token.kind {
                Kind::Comment | Kind::Executable => continue,
                Kind::Word => Sort::Word,
                Kind::Name => Sort::Name,
                Kind::Text => Sort::Text,
                Kind::Number => Sort::Number,
                Kind::Open => Sort::Open,
                Kind::Close => Sort::Close,
                Kind::Delimiter => Sort::Delimiter,
                Kind::Symbol => match &text[token.start..token.end] {
                    "[" => Sort::Open,
                    "]" => Sort::Close,
                    _ => Sort::Symbol,
                },
            };
            pieces.push(Piece {
                sort,
                start: token.start,
                end: token.end,
                partner: 0,
            });
        }
        let mut tokens = Self {
            text,
            base,
            flavor,
            pieces,
        };
        tokens.join_unknown();
        tokens.pair();
        tokens
    }

    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor::over(self, self.pieces.len())
    }

    /// Makes one unknown piece of each placeholder and the words that touch it.
    fn join_unknown(&mut self) {
        let bytes = self.text.as_bytes();
        let marked = bytes.contains(&b'{') || bytes.contains(&b'%') || bytes.contains(&b'&');
        if !marked {
            return;
        }
        let old = std::mem::take(&mut self.pieces);
        let mut at = 0;
        while at < old.len() {
            let length = self.unknown_length(&old[at..]);
            let touches = |piece: &Piece, start: usize| piece.end == start;
            if length == 0 {
                let after_unknown = self
                    .pieces
                    .last()
                    .is_some_and(|last| last.sort == Sort::Unknown && touches(last, old[at].start));
                let wordy = matches!(old[at].sort, Sort::Word | Sort::Number | Sort::Name);
                if after_unknown && wordy {
                    if let Some(last) = self.pieces.last_mut() {
                        last.end = old[at].end;
                    }
                } else {
                    self.pieces.push(old[at]);
                }
                at += 1;
                continue;
            }
            let (mut start, end) = (old[at].start, old[at + length - 1].end);
            while let Some(last) = self.pieces.last() {
                let wordy = matches!(
                    last.sort,
                    Sort::Word | Sort::Name | Sort::Number | Sort::Unknown
                );
                if !wordy || !touches(last, start) {
                    break;
                }
                start = last.start;
                self.pieces.pop();
            }
            self.pieces.push(Piece {
                sort: Sort::Unknown,
                start,
                end,
                partner: 0,
            });
            at += length;
        }
    }

    /// How many pieces at the start make up a name that is only known later.
    fn unknown_length(&self, pieces: &[Piece]) -> usize {
        let text = |at: usize| {
            pieces
                .get(at)
                .map_or("", |piece| &self.text[piece.start..piece.end])
        };
        let adjoins = |at: usize| {
            pieces
                .get(at)
                .is_some_and(|piece| pieces[at - 1].end == piece.start)
        };
        match text(0) {
            // A dollar is a part of names, too.
            mark if mark.ends_with(['$', '#']) && text(1) == "{" && adjoins(1) => {
                let closing = pieces
                    .iter()
                    .take(12)
                    .skip(2)
                    .position(|piece| &self.text[piece.start..piece.end] == "}");
                closing.map_or(0, |closing| closing + 3)
            }
            // A conversion of `format()`.
            "%" if adjoins(1)
                && pieces[1].sort == Sort::Word
                && text(1).starts_with(['I', 's', 'L'])
                && text(1).len() == 1 =>
            {
                2
            }
            "%" if adjoins(1)
                && pieces[1].sort == Sort::Number
                && text(2) == "$"
                && adjoins(2)
                && adjoins(3) =>
            {
                4
            }
            "u" | "U" if text(1) == "&" && adjoins(1) && text(2).starts_with('"') && adjoins(2) => {
                3
            }
            // A quoted name with a placeholder inside.
            quoted if pieces[0].sort == Sort::Name && quoted.contains("${") => 1,
            _ => 0,
        }
    }

    /// Finds the partner of each parenthesis.
    fn pair(&mut self) {
        let mut open = Vec::new();
        let end = self.pieces.len();
        for at in 0..end {
            match self.pieces[at].sort {
                Sort::Open => {
                    self.pieces[at].partner = end;
                    open.push(at);
                }
                Sort::Close => {
                    if let Some(opening) = open.pop() {
                        self.pieces[opening].partner = at;
                    }
                }
                _ => {}
            }
        }
    }
}
