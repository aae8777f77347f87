//! Byte offsets turned into lines and columns for messages.
//!
//! Lines end at a line feed. Columns are counted in characters, both start at 1.

/// The line and column of a byte offset, for a single lookup.
pub fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let mut cursor = LineCursor::new(text);
    cursor.advance_to(floor(text, offset))
}

/// The byte offset of a line and a column, both counted from 1; the end of the text where it has no
/// such place.
pub fn offset_of(text: &str, line: u32, column: u32) -> usize {
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let lines = text.split_inclusive('\n').take(before);
    let start: usize = lines.map(str::len).sum();
    let skip = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    text[start..]
        .char_indices()
        .nth(skip)
        .map_or(text.len(), |(at, _)| start + at)
}

/// The starts of all lines of a text, for repeated lookups in any order.
#[derive(Debug, Clone)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// Reads the text once and remembers where each line starts.
    pub fn new(text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0)
            .chain(breaks.map(|(at, _)| at + 1))
            .collect();
        Self { text, starts }
    }

    /// The line and column of a byte offset.
    pub fn line_and_column(&self, offset: usize) -> (u32, u32) {
        let offset = floor(self.text, offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        (
            count(line),
            count(self.text[start..offset].chars().count() + 1),
        )
    }
}

/// Line and column of offsets that only grow, in one pass over the text.
pub(super) struct LineCursor<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'t> LineCursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// Moves on to `offset`, which must not lie before an earlier one.
    pub(super) fn advance_to(&mut self, offset: usize) -> (u32, u32) {
        let passed = &self.text[self.at..offset];
        let breaks = passed.bytes().filter(|byte| *byte == b'\n').count();
        let tail = match passed.rfind('\n') {
            Some(last) => {
                self.column = 1;
                &passed[last + 1..]
            }
            None => passed,
        };
        self.line = self.line.saturating_add(count(breaks));
        self.column = self.column.saturating_add(count(tail.chars().count()));
        self.at = offset;
        (self.line, self.column)
    }
}

/// The nearest character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let text = "a\nbé✓c\r\n\nx";
        let index = LineIndex::new(text);
        for (offset, expected) in [
            (0, (1, 1)),
            (1, (1, 2)),
            (2, (2, 1)),
            (3, (2, 2)),
            (5, (2, 3)),
            (8, (2, 4)),
            (11, (3, 1)),
            (12, (4, 1)),
            (13, (4, 2)),
            (99, (4, 2)),
        ] {
            assert_eq!(line_and_column(text, offset), expected, "offset {offset}");
            assert_eq!(index.line_and_column(offset), expected, "offset {offset}");
        }
        assert_eq!(line_and_column(text, 4), (2, 2), "inside a character");
        for offset in [0, 1, 2, 3, 5, 8, 11, 12, 13] {
            let (line, column) = line_and_column(text, offset);
            assert_eq!(offset_of(text, line, column), offset);
        }
        assert_eq!(offset_of(text, 9, 1), text.len());
    }

    #[test]
    fn the_cursor_carries_the_column_along_one_line() {
        let mut cursor = LineCursor::new("ab é cd\nef");
        assert_eq!(cursor.advance_to(2), (1, 3));
        assert_eq!(cursor.advance_to(6), (1, 6));
        assert_eq!(cursor.advance_to(6), (1, 6));
        assert_eq!(cursor.advance_to(10), (2, 2));
    }
}
