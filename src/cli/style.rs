//! Colours and tables. Everything is understandable without colour.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets};

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

/// A table with a frame of ASCII characters, as wide as its content, or as `width` allows.
///
/// Widths are those of the display, so wide characters line up.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>, width: Option<u16>) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::ASCII_FULL_CONDENSED)
        .set_header(header.iter().copied())
        .set_content_arrangement(if width.is_some() {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        });
    if let Some(width) = width {
        table.set_width(width);
    }
    // The line below the header looks like the others, as scripts expect it.
    for (part, character) in [
        (TableComponent::HeaderLines, '-'),
        (TableComponent::LeftHeaderIntersection, '+'),
        (TableComponent::MiddleHeaderIntersections, '+'),
        (TableComponent::RightHeaderIntersection, '+'),
    ] {
        table.set_style(part, character);
    }
    table.add_rows(rows);
    // Headings and dates are not torn apart; what has to give way is the long text.
    for (column, heading) in table.column_iter_mut().zip(header) {
        let content = if heading.contains("On") {
            10
        } else {
            heading.chars().count()
        };
        let width = u16::try_from(content + 2).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
    }
    table.to_string()
}
