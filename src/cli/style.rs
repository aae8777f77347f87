//! Colours and tables. Everything is understandable without colour.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets};
use unicode_width::UnicodeWidthStr;

/// Wraps words in terminal colours when that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Whether colours are wanted.
    pub(super) color: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// Something went wrong.
    pub(super) fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// Something deserves a look.
    pub(super) fn doubtful(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Something of less weight.
    pub(super) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// A table with a frame of ASCII characters, as wide as its content; where that is wider than
/// `width`, the column `giving` is folded.
///
/// Widths are those of the display, so wide characters line up.
pub(super) fn table(
    header: &[&str],
    rows: Vec<Vec<String>>,
    width: Option<u16>,
    giving: usize,
) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::ASCII_FULL_CONDENSED)
        .set_header(header.iter().copied())
        .set_content_arrangement(ContentArrangement::Disabled);
    // The line below the header looks like the others, as scripts expect it.
    for (part, character) in [
        (TableComponent::HeaderLines, '-'),
        (TableComponent::LeftHeaderIntersection, '+'),
        (TableComponent::MiddleHeaderIntersections, '+'),
        (TableComponent::RightHeaderIntersection, '+'),
    ] {
        table.set_style(part, character);
    }
    let excess = width.map_or(0, |width| {
        natural_width(header, &rows).saturating_sub(usize::from(width))
    });
    let own = column_width(header, &rows, giving);
    table.add_rows(rows);
    if excess > 0
        && let Some(column) = table.column_mut(giving)
    {
        // Never narrower than a word or two, with a blank on each side.
        let folded = own.saturating_sub(excess).max(11) + 2;
        let folded = u16::try_from(folded).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(folded)));
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::MAX);
    }
    table.to_string()
}

/// Columns without a frame, for reading and for cutting up; no header where there is none.
pub(super) fn columns(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .add_rows(rows);
    if !header.is_empty() {
        table.set_header(header.iter().copied());
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Width of a table that nothing is folded in: each column with its frame and blanks.
pub(super) fn natural_width(header: &[&str], rows: &[Vec<String>]) -> usize {
    let columns = (0..header.len()).map(|index| column_width(header, rows, index) + 3);
    columns.sum::<usize>() + 1
}

fn column_width(header: &[&str], rows: &[Vec<String>], index: usize) -> usize {
    let cells = rows
        .iter()
        .filter_map(|row| row.get(index))
        .map(String::as_str);
    let all = cells.chain(header.get(index).copied());
    all.map(UnicodeWidthStr::width).max().unwrap_or(0)
}
