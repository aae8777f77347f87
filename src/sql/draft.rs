//! The statement that is being read.

use super::keywords::Keywords;

/// What is known of a statement before its delimiter has been found.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Where its first comment or code starts.
    pub(super) start: Option<usize>,
    /// Where its code starts.
    pub(super) code_start: Option<usize>,
    pub(super) keywords: Keywords,
    /// Parentheses that are open.
    pub(super) depth: u32,
    /// The outermost of them.
    parenthesis: usize,
}

impl Draft {
    /// Starts over, keeping the buffers.
    pub(super) fn clear(&mut self) {
        self.start = None;
        self.code_start = None;
        self.keywords.clear();
        self.depth = 0;
    }

    pub(super) fn open_parenthesis(&mut self, at: usize) {
        if self.depth == 0 {
            self.parenthesis = at;
        }
        self.depth = self.depth.saturating_add(1);
    }

    /// A closing parenthesis too many changes nothing: the server is to complain.
    pub(super) fn close_parenthesis(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The outermost parenthesis that is open.
    pub(super) fn unclosed_parenthesis(&self) -> Option<usize> {
        (self.depth > 0).then_some(self.parenthesis)
    }
}
