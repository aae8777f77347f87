//! A picture for a terminal: a lane after the other, newest first, with lines between the migrations.

use std::collections::HashMap;

use unicode_width::UnicodeWidthStr as _;

use super::words::{
    first_line, key_words, kind_word, lane_words, shortened, state_word, waits_for,
};
use super::{Edge, EdgeKind, Node, Picture};
use crate::model::{MigrationKind, MigrationState};

/// How wide a key may make the column of keys.
const KEY_WIDTH: usize = 32;
/// How wide lines may be for texts behind them to line up.
const LINED_UP: usize = 16;

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;
const VERTICAL: u8 = UP | DOWN;
const HORIZONTAL: u8 = LEFT | RIGHT;

/// The characters that a picture is drawn with.
pub(super) struct Glyphs {
    ascii: bool,
    done: char,
    waiting: char,
    failed: char,
    missing: char,
    skipped: char,
}

pub(super) const UNICODE: Glyphs = Glyphs {
    ascii: false,
    done: '●',
    waiting: '○',
    failed: '✗',
    missing: '?',
    skipped: '◌',
};

pub(super) const ASCII: Glyphs = Glyphs {
    ascii: true,
    done: '*',
    waiting: 'o',
    failed: 'x',
    missing: '?',
    skipped: '-',
};

impl Glyphs {
    fn mark(&self, state: Option<MigrationState>) -> char {
        match state {
            None
            | Some(
                MigrationState::Applied | MigrationState::Unverified | MigrationState::Changed,
            ) => self.done,
            Some(MigrationState::Pending | MigrationState::Undone) => self.waiting,
            Some(MigrationState::Failed) => self.failed,
            Some(MigrationState::Missing) => self.missing,
            Some(MigrationState::Skipped) => self.skipped,
        }
    }

    /// The lines of a row; every second cell is between two columns.
    fn lines(&self, cells: &[u8]) -> String {
        let at = |index: usize| cells.get(index).copied().unwrap_or(0);
        let drawn = cells.iter().enumerate().map(|(index, cell)| {
            if !self.ascii {
                return box_character(*cell);
            }
            let before = index.checked_sub(1).map_or(0, at);
            let is_gap = index % 2 == 1;
            match *cell {
                0 => ' ',
                HORIZONTAL if is_gap => match (before, at(index + 1)) {
                    (_, right) if right == LEFT | DOWN => '\\',
                    (_, right) if right == LEFT | UP => '/',
                    (left, _) if left == RIGHT | DOWN => '/',
                    (left, _) if left == RIGHT | UP => '\\',
                    _ => '-',
                },
                HORIZONTAL => '-',
                cell if cell & VERTICAL == VERTICAL => '|',
                cell if cell == HORIZONTAL | DOWN => '.',
                cell if cell == HORIZONTAL | UP => '\'',
                // The slash beside a corner says it all.
                _ => ' ',
            }
        });
        drawn.collect()
    }
}

fn box_character(cell: u8) -> char {
    const UP_LEFT: u8 = UP | LEFT;
    const UP_RIGHT: u8 = UP | RIGHT;
    const DOWN_LEFT: u8 = DOWN | LEFT;
    const DOWN_RIGHT: u8 = DOWN | RIGHT;
    match cell {
        0 => ' ',
        cell if cell == VERTICAL | LEFT => '┤',
        cell if cell == VERTICAL | RIGHT => '├',
        cell if cell == VERTICAL | HORIZONTAL => '┼',
        cell if cell == HORIZONTAL | DOWN => '┬',
        cell if cell == HORIZONTAL | UP => '┴',
        UP_LEFT => '╯',
        UP_RIGHT => '╰',
        DOWN_LEFT => '╮',
        DOWN_RIGHT => '╭',
        cell if cell & VERTICAL == 0 => '─',
        _ => '│',
    }
}

pub(super) fn write(picture: &Picture, glyphs: &Glyphs) -> String {
    let mut into: HashMap<usize, Vec<&Edge>> = HashMap::new();
    for edge in &picture.edges {
        into.entry(edge.to).or_default().push(edge);
    }
    let mut text = String::new();
    for (index, lane) in picture.lanes.iter().enumerate() {
        // What is not shown is only named.
        if lane.dialect.is_none() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let words = lane_words(picture, index);
        text.push_str(&format!("{} ({words})\n", first_line(&lane.name)));
        write_lane(picture, index, &into, glyphs, &mut text);
    }
    if text.is_empty() {
        text.push_str("No domain was found here.\n");
    }
    if picture.has_states() {
        text.push('\n');
        text.push_str(&legend(picture, glyphs));
    }
    text
}

fn legend(picture: &Picture, glyphs: &Glyphs) -> String {
    let mut seen: Vec<(char, &str)> = Vec::new();
    for state in picture.states() {
        let mark = glyphs.mark(Some(state));
        // States of the same mark are told in words behind the line.
        if seen.iter().all(|(known, _)| *known != mark) {
            seen.push((mark, state_word(state)));
        }
    }
    let words = seen.iter().map(|(mark, word)| format!("{mark} {word}"));
    let words: Vec<String> = words.collect();
    format!("{}\n", words.join("   "))
}

/// A row: its lines, and the node whose row it is.
struct Row {
    cells: Vec<u8>,
    node: Option<(usize, usize)>,
}

fn write_lane(
    picture: &Picture,
    lane: usize,
    into: &HashMap<usize, Vec<&Edge>>,
    glyphs: &Glyphs,
    text: &mut String,
) {
    let nodes: Vec<usize> = picture
        .of_lane(lane)
        .into_iter()
        .filter(|index| picture.nodes[*index].is_known())
        .collect();
    if nodes.is_empty() {
        text.push_str("  no migrations\n");
        return;
    }
    let rows = rows(picture, &nodes, into);
    let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let lined_up = if widest <= LINED_UP { widest } else { 0 };
    let keys = nodes.iter().map(|index| {
        let key = key_words(&picture.nodes[*index]);
        shortened(key, KEY_WIDTH).width()
    });
    let key_width = keys.max().unwrap_or(0);
    for row in rows {
        let mut line: Vec<char> = glyphs.lines(&row.cells).chars().collect();
        if let Some((column, index)) = row.node {
            let node = &picture.nodes[index];
            line[column * 2] = glyphs.mark(node.state);
            line.resize(line.len().max(lined_up), ' ');
            let drawn: String = line.into_iter().collect();
            let key = first_line(key_words(node));
            let padding = " ".repeat(key_width.saturating_sub(key.width()));
            let rest = behind(picture, node, into.get(&index).map_or(&[], Vec::as_slice));
            let whole = format!("  {drawn} {key}{padding}  {rest}");
            text.push_str(whole.trim_end());
        } else {
            let drawn: String = line.into_iter().collect();
            text.push_str(format!("  {drawn}").trim_end());
        }
        text.push('\n');
    }
}

/// What stands behind the key.
fn behind(picture: &Picture, node: &Node, edges: &[&Edge]) -> String {
    let mut remarks: Vec<String> = node.labels.clone();
    if node.head {
        remarks.push("head".to_owned());
    }
    if node.current {
        remarks.push("current".to_owned());
    }
    remarks.extend(node.kind.and_then(kind_word).map(str::to_owned));
    let usual = [MigrationState::Applied, MigrationState::Pending];
    let state = node.state.filter(|state| !usual.contains(state));
    remarks.extend(state.map(|state| state_word(state).to_owned()));
    remarks.extend(waits_for(picture, edges));
    let description = first_line(&node.description);
    match (description.is_empty(), remarks.is_empty()) {
        (_, true) => description.to_owned(),
        (true, false) => format!("({})", remarks.join("; ")),
        (false, false) => format!("{description}  ({})", remarks.join("; ")),
    }
}

/// The rows of a lane: for each column the node that its line leads down to.
fn rows(picture: &Picture, nodes: &[usize], into: &HashMap<usize, Vec<&Edge>>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(nodes.len() * 2);
    let mut columns: Vec<Option<usize>> = Vec::new();
    // The column in which a line has just ended, and whether it was one that runs again.
    let mut ended: Option<(usize, bool)> = None;
    for &index in nodes.iter().rev() {
        let waiting = columns.iter().position(|wanted| *wanted == Some(index));
        let column = waiting.unwrap_or_else(|| free_column(&mut columns, None));
        let again = picture.nodes[index].kind == Some(MigrationKind::Repeatable);
        if waiting.is_none()
            && let Some((before, was_again)) = ended
            && before == column
            && !(again && was_again)
        {
            // Nothing leads from one to the other, so that they must not look like neighbours.
            rows.push(Row {
                cells: cells(&columns),
                node: None,
            });
        }
        columns[column] = Some(index);
        rows.push(Row {
            cells: cells(&columns),
            node: Some((column, index)),
        });
        let edges = into.get(&index).map_or(&[][..], Vec::as_slice);
        let parents = edges.iter().filter(|edge| edge.kind == EdgeKind::Parent);
        let parents: Vec<usize> = parents
            .map(|edge| edge.from)
            .filter(|from| picture.nodes[*from].is_known())
            .collect();
        ended = parents.is_empty().then_some((column, again));
        descend(column, &parents, &mut columns, &mut rows);
        while columns.last() == Some(&None) {
            columns.pop();
        }
    }
    rows
}

/// Leads the lines of a node on to its parents.
fn descend(
    column: usize,
    parents: &[usize],
    columns: &mut Vec<Option<usize>>,
    rows: &mut Vec<Row>,
) {
    let Some((first, others)) = parents.split_first() else {
        columns[column] = None;
        return;
    };
    columns[column] = Some(*first);
    let taken = |columns: &[Option<usize>], parent: usize| {
        let mut all = columns.iter().enumerate();
        all.position(|(at, wanted)| at != column && *wanted == Some(parent))
    };
    // Lines to new columns share a row.
    let before = columns.clone();
    let fresh: Vec<usize> = others
        .iter()
        .filter(|parent| **parent != *first && taken(&before, **parent).is_none())
        .map(|parent| free_column(columns, Some(*parent)))
        .collect();
    if !fresh.is_empty() {
        let mut row = cells(&before);
        row.resize(columns.len() * 2 - 1, 0);
        for to in fresh {
            link(&mut row, column, to, DOWN);
        }
        rows.push(Row {
            cells: row,
            node: None,
        });
    }
    // Lines into columns that lead there already, each in a row.
    for parent in others {
        if let Some(to) = taken(&before, *parent) {
            let mut row = cells(columns);
            link(&mut row, column, to, VERTICAL);
            rows.push(Row {
                cells: row,
                node: None,
            });
        }
    }
    // Two lines to the same node become one, on the left.
    if let Some(other) = taken(columns, *first) {
        let (left, right) = (column.min(other), column.max(other));
        let mut row = cells(columns);
        row[right * 2] = 0;
        link(&mut row, left, right, UP);
        rows.push(Row {
            cells: row,
            node: None,
        });
        columns[right] = None;
    }
}

/// The first column without a line, which from now on leads to a node.
fn free_column(columns: &mut Vec<Option<usize>>, to: Option<usize>) -> usize {
    let free = columns.iter().position(Option::is_none);
    let column = free.unwrap_or(columns.len());
    if column == columns.len() {
        columns.push(None);
    }
    columns[column] = to;
    column
}

/// A row in which all lines go on.
fn cells(columns: &[Option<usize>]) -> Vec<u8> {
    let mut cells = vec![0; (columns.len() * 2).saturating_sub(1)];
    for (index, wanted) in columns.iter().enumerate() {
        if wanted.is_some() {
            cells[index * 2] = VERTICAL;
        }
    }
    cells
}

/// Draws a line between two columns; at its end it goes on in the directions of `ending`. It passes
/// behind the lines between.
fn link(cells: &mut [u8], from: usize, to: usize, ending: u8) {
    let (left, right) = (from.min(to), from.max(to));
    for cell in &mut cells[left * 2 + 1..right * 2] {
        if *cell & VERTICAL != VERTICAL {
            *cell |= HORIZONTAL;
        }
    }
    cells[left * 2] |= RIGHT;
    cells[right * 2] |= LEFT;
    cells[to * 2] |= ending;
}
