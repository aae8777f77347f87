//! A way to walk over the tokens of a piece of SQL that never fails.

use super::super::flavor::Flavor;
use super::tokens::{Piece, Sort, Tokens};

/// PostgreSQL cuts names after so many bytes.
const POSTGRES_NAME_LIMIT: usize = 63;

/// A name as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The parts between the dots; empty where one of them is not known.
    pub(super) parts: Vec<String>,
    /// Where it starts, in bytes of the script.
    pub(super) offset: usize,
    /// Whether it is one unquoted word.
    pub(super) bare: bool,
}

impl Named {
    /// The same name without its last part, which names a column.
    pub(super) fn without_column(mut self) -> Self {
        self.parts.pop();
        self
    }

    /// The last part.
    pub(super) fn last(&self) -> Option<&str> {
        self.parts.last().map(String::as_str)
    }
}

/// A range of tokens that is consumed from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t> {
    tokens: &'t Tokens<'t>,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    /// A cursor over the first `end` tokens.
    pub(super) fn over(tokens: &'t Tokens<'t>, end: usize) -> Self {
        Self { tokens, at: 0, end }
    }

    pub(super) fn flavor(&self) -> Flavor {
        self.tokens.flavor
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    fn piece(&self, ahead: usize) -> Option<&'t Piece> {
        let at = self.at + ahead;
        if at < self.end {
            self.tokens.pieces.get(at)
        } else {
            None
        }
    }

    pub(super) fn sort(&self) -> Option<Sort> {
        self.piece(0).map(|piece| piece.sort)
    }

    pub(super) fn sort_ahead(&self, ahead: usize) -> Option<Sort> {
        self.piece(ahead).map(|piece| piece.sort)
    }

    /// The text of the current token; empty at the end.
    pub(super) fn text(&self) -> &'t str {
        self.text_ahead(0)
    }

    pub(super) fn text_ahead(&self, ahead: usize) -> &'t str {
        self.piece(ahead)
            .map_or("", |piece| &self.tokens.text[piece.start..piece.end])
    }

    /// Where the current token starts, in bytes of the script.
    pub(super) fn offset(&self) -> usize {
        let at = self
            .piece(0)
            .map_or(self.tokens.text.len(), |piece| piece.start);
        self.tokens.base + at
    }

    /// Whether a symbol of one character stands so many tokens ahead.
    pub(super) fn is_symbol(&self, ahead: usize, symbol: &str) -> bool {
        self.sort_ahead(ahead) == Some(Sort::Symbol) && self.text_ahead(ahead) == symbol
    }

    /// Whether the unquoted word stands here.
    pub(super) fn is(&self, word: &str) -> bool {
        self.is_ahead(0, word)
    }

    pub(super) fn is_ahead(&self, ahead: usize, word: &str) -> bool {
        self.sort_ahead(ahead) == Some(Sort::Word)
            && self.text_ahead(ahead).eq_ignore_ascii_case(word)
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Moves past the word, if it stands here.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_any(&mut self, words: &[&str]) -> bool {
        let found = self.is_any(words);
        self.at += usize::from(found);
        found
    }

    /// Moves past the words, if all of them stand here in order.
    pub(super) fn take_words(&mut self, words: &[&str]) -> bool {
        let found = words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.is_ahead(ahead, word));
        if found {
            self.at += words.len();
        }
        found
    }

    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(0, symbol);
        self.at += usize::from(found);
        found
    }

    /// Moves past one token, whatever it is.
    pub(super) fn advance(&mut self) {
        self.at = (self.at + 1).min(self.end);
    }

    /// Moves past one token, or past a whole parenthesis.
    pub(super) fn skip(&mut self) {
        if self.group().is_none() {
            self.advance();
        }
    }

    /// What stands inside the parenthesis that opens here; moves past it.
    pub(super) fn group(&mut self) -> Option<Self> {
        let piece = self.piece(0).filter(|piece| piece.sort == Sort::Open)?;
        let end = piece.partner.min(self.end);
        let inside = Self {
            tokens: self.tokens,
            at: self.at + 1,
            end,
        };
        self.at = (end + 1).min(self.end);
        Some(inside)
    }

    /// The text between the quotes of a string, and where it starts; moves past it.
    ///
    /// Doubled quotes are made single with a blank before, so that offsets stay what they are.
    pub(super) fn string(&mut self) -> Option<(String, usize)> {
        let piece = self.piece(0).filter(|piece| piece.sort == Sort::Text)?;
        let text = &self.tokens.text[piece.start..piece.end];
        let (inside, skipped) = unquote(text)?;
        self.at += 1;
        Some((inside, self.tokens.base + piece.start + skipped))
    }

    /// Whether a name stands here.
    pub(super) fn at_name(&self) -> bool {
        matches!(self.sort(), Some(Sort::Word | Sort::Name | Sort::Unknown))
    }

    /// Reads a name with its qualifiers and moves past it.
    pub(super) fn name(&mut self) -> Option<Named> {
        if !self.at_name() {
            return None;
        }
        let offset = self.offset();
        let first = self.at;
        let mut parts = Vec::new();
        let mut known = true;
        loop {
            match self.part() {
                Some(part) => parts.push(part),
                None => known = false,
            }
            self.at += 1;
            let goes_on = self.is_symbol(0, ".")
                && matches!(
                    self.sort_ahead(1),
                    Some(Sort::Word | Sort::Name | Sort::Unknown)
                );
            if !goes_on {
                break;
            }
            self.at += 1;
        }
        if !known {
            parts.clear();
        }
        let bare = self.at == first + 1 && self.tokens.pieces[first].sort == Sort::Word;
        Some(Named {
            parts,
            offset,
            bare,
        })
    }

    /// The current token as a part of a name, the way the server compares it.
    fn part(&self) -> Option<String> {
        let text = self.text();
        let flavor = self.flavor();
        let mut part = match self.sort()? {
            Sort::Word => match flavor {
                Flavor::Postgres | Flavor::Sqlite => text.to_ascii_lowercase(),
                Flavor::Mysql => text.to_owned(),
            },
            Sort::Name => {
                let quote = text.chars().next()?;
                let inside = text.get(1..text.len() - 1)?;
                match quote {
                    '[' => inside.to_owned(),
                    quote => inside.replace(&format!("{quote}{quote}"), &quote.to_string()),
                }
            }
            _ => return None,
        };
        match flavor {
            Flavor::Postgres => {
                while part.len() > POSTGRES_NAME_LIMIT {
                    part.pop();
                }
            }
            Flavor::Sqlite => part.make_ascii_lowercase(),
            Flavor::Mysql => {}
        }
        (!part.is_empty()).then_some(part)
    }

    /// The parts between the commas, parentheses left whole.
    pub(super) fn items(self) -> impl Iterator<Item = Self> + use<'t> {
        let mut rest = self;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let mut item = rest;
            item.end = rest.find(|cursor| cursor.is_symbol(0, ","));
            rest.at = (item.end + 1).min(rest.end);
            Some(item)
        })
    }

    /// What stands before the first of the words outside parentheses; moves to that word.
    pub(super) fn until(&mut self, words: &[&str]) -> Self {
        let mut before = *self;
        before.end = self.find(|cursor| cursor.is_any(words));
        self.at = before.end;
        before
    }

    /// Moves to the symbol outside parentheses, or to the end.
    pub(super) fn until_symbol(&mut self, symbol: &str) {
        self.at = self.find(|cursor| cursor.is_symbol(0, symbol));
    }

    /// What stands between this cursor and one ahead of it.
    pub(super) fn up_to(&self, ahead: &Self) -> Self {
        Self {
            end: ahead.at,
            ..*self
        }
    }

    /// What stands before the next delimiter outside parentheses; moves past it.
    pub(super) fn until_delimiter(&mut self) -> Self {
        let mut before = *self;
        before.end = self.find(|cursor| cursor.sort() == Some(Sort::Delimiter));
        self.at = (before.end + 1).min(self.end);
        before
    }

    /// Whether one of the words stands anywhere outside parentheses.
    pub(super) fn contains(&self, words: &[&str]) -> bool {
        self.find(|cursor| cursor.is_any(words)) < self.end
    }

    /// The position of the first place outside parentheses that is wanted, or the end.
    fn find(&self, wanted: impl Fn(&Self) -> bool) -> usize {
        let mut cursor = *self;
        while !cursor.is_empty() && !wanted(&cursor) {
            cursor.skip();
        }
        cursor.at
    }
}

/// The text inside a string literal or dollar quote, and how many bytes stand before it.
fn unquote(text: &str) -> Option<(String, usize)> {
    if text.starts_with('$') {
        let tag = text.get(1..)?.find('$')? + 2;
        let inside = text.get(tag..text.len().checked_sub(tag)?)?;
        return Some((inside.to_owned(), tag));
    }
    let skipped = text.find('\'')? + 1;
    let inside = text.get(skipped..text.len().checked_sub(1)?)?;
    let inside = inside.replace("''", " '");
    Some(if skipped > 1 {
        (inside.replace("\\'", " '"), skipped)
    } else {
        (inside, skipped)
    })
}
