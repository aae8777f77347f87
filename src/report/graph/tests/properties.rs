//! What holds for all pictures.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::forms::elements;
use super::{Made, made, picture};
use crate::report::graph::layout::{BOX_HEIGHT, BOX_WIDTH, layout};
use crate::report::graph::{EdgeKind, Form, Picture};

/// Domains whose migrations build on earlier ones and need those of earlier domains.
fn domains() -> impl Strategy<Value = Vec<Made>> {
    let number = any::<prop::sample::Index>;
    let migration = (
        prop::collection::vec(number(), 0..4),
        prop::option::weighted(0.2, number()),
        prop::option::weighted(0.2, (number(), number())),
    );
    prop::collection::vec(prop::collection::vec(migration, 0..14), 1..4).prop_map(|domains| {
        let mut all: Vec<Made> = Vec::new();
        for (lane, migrations) in domains.into_iter().enumerate() {
            let mut lines = Vec::new();
            for (at, (parents, depends, need)) in migrations.into_iter().enumerate() {
                let key = |index: prop::sample::Index| format!("k{}", index.index(at));
                let parents = parents.into_iter().filter(|_| at > 0).map(key);
                let parents: BTreeSet<String> = parents.collect();
                let parents: Vec<String> = parents.into_iter().rev().collect();
                let mut line = format!("k{at}: {}", parents.join(" "));
                if let Some(depends) = depends.filter(|_| at > 0) {
                    line.push_str(&format!(" | {}", key(depends)));
                }
                if let Some((domain, key)) = need.filter(|_| lane > 0) {
                    let domain = domain.index(lane);
                    let count = all[domain].catalog.migrations.len();
                    if count > 0 {
                        line.push_str(&format!(" > d{domain}@k{}", key.index(count)));
                    }
                }
                lines.push(line);
            }
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            all.push(made(&format!("d{lane}"), &lines));
        }
        all
    })
}

/// Follows the lines of a drawing down from every migration to those it leads to.
fn traced(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let rows: Vec<Vec<char>> = text
        .lines()
        .skip(1)
        .map(|line| line.chars().skip(2).collect())
        .collect();
    let at = |row: usize, column: usize| -> char {
        let row = rows.get(row).and_then(|row| row.get(column));
        row.copied().unwrap_or(' ')
    };
    let mark = |row: &Vec<char>| row.iter().position(|c| *c == '●');
    let name = |row: usize| -> String {
        let text: String = rows[row].iter().collect();
        let key = text.split_whitespace().find(|word| word.starts_with('k'));
        key.expect("a key").to_owned()
    };
    // The column of the migration that the lines below it belong to.
    let mut hubs = Vec::new();
    for row in &rows {
        hubs.push(mark(row).or(hubs.last().copied().flatten()));
    }
    let mut found = BTreeMap::new();
    for (start, row) in rows.iter().enumerate() {
        let Some(column) = mark(row) else { continue };
        let mut reached = BTreeSet::new();
        let mut open: Vec<(usize, usize, i8)> = vec![(start + 1, column, 0)];
        while let Some((row, column, way)) = open.pop() {
            let right = (row, column + 1, 1);
            let left = (row, column.wrapping_sub(1), -1);
            let down = (row + 1, column, 0);
            match (way, at(row, column)) {
                (0, '●') => {
                    reached.insert(name(row));
                }
                (0, '│') => open.push(down),
                (0, character @ ('├' | '┤' | '┼')) => {
                    open.push(down);
                    if hubs[row] == Some(column) {
                        open.extend((character != '┤').then_some(right));
                        open.extend((character != '├').then_some(left));
                    }
                }
                (0, '╯') => open.push(left),
                (1, '─' | '│') => open.push(right),
                (-1, '─' | '│') => open.push(left),
                (1, '┬') => open.extend([right, down]),
                (-1, '┬') => open.extend([left, down]),
                (1, '╮' | '┤') | (-1, '╭' | '├') => open.push(down),
                // Nothing leads on from a base.
                (0, ' ') if row == start + 1 => {}
                // Another line comes in from above.
                (1, '╯') => {}
                (way, other) => panic!("{way} into {other:?} at {row}:{column}\n{text}"),
            }
        }
        found.insert(name(start), reached);
    }
    found
}

fn parents(picture: &Picture, lane: usize) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in picture.of_lane(lane) {
        let own = found.entry(picture.nodes[node].key.clone()).or_default();
        let edges = picture.edges.iter();
        let edges = edges.filter(|edge| edge.to == node && edge.kind == EdgeKind::Parent);
        own.extend(edges.map(|edge| picture.nodes[edge.from].key.clone()));
    }
    found
}

proptest! {
    #[test]
    fn lines_lead_to_the_parents_and_nowhere_else(all in domains()) {
        for own in all.iter().filter(|made| !made.catalog.migrations.is_empty()) {
            let alone = picture(std::slice::from_ref(own));
            let text = alone.write(Form::Text);
            prop_assert_eq!(traced(&text), parents(&alone, 0), "{}", text);
            // ASCII has the same rows.
            let ascii = alone.write(Form::Ascii);
            prop_assert!(ascii.lines().next() == text.lines().next());
            prop_assert_eq!(ascii.lines().count(), text.lines().count());
            let marks = ascii.lines().filter(|line| line.contains('*'));
            prop_assert_eq!(marks.count(), own.catalog.migrations.len());
        }
    }

    #[test]
    fn every_node_and_edge_is_drawn_once(all in domains()) {
        let picture = picture(&all);
        let elements = elements(&picture.write(Form::Svg));
        let count = |class: &str| elements.iter().filter(|e| e.class.starts_with(class)).count();
        prop_assert_eq!(count("node "), picture.nodes.len());
        prop_assert_eq!(count("lane"), picture.lanes.len());
        // The legend draws one of each kind.
        let kinds: BTreeSet<u8> = picture.edges.iter().map(|edge| edge.kind as u8).collect();
        prop_assert_eq!(count("edge "), picture.edges.len() + kinds.len());
        let mermaid = picture.write(Form::Mermaid);
        prop_assert_eq!(mermaid.matches("[\"k").count(), picture.nodes.len());
        let dot = picture.write(Form::Dot);
        prop_assert_eq!(dot.matches("[label=").count(), picture.nodes.len());
        prop_assert_eq!(dot.matches(" -> ").count(), picture.edges.len());
    }

    #[test]
    fn boxes_have_room_and_lines_pass_beside_them(all in domains()) {
        let picture = picture(&all);
        let layout = layout(&picture);
        let inside = |x: usize, y: usize, node: usize| {
            let (left, top) = layout.boxes[node];
            x > left && x < left + BOX_WIDTH && y > top && y < top + BOX_HEIGHT
        };
        for (one, (x, y)) in layout.boxes.iter().enumerate() {
            let lane = layout.lanes[picture.nodes[one].lane];
            prop_assert!(*x > lane.x && x + BOX_WIDTH < lane.x + lane.width);
            prop_assert!(y + BOX_HEIGHT < layout.height && x + BOX_WIDTH < layout.width);
            for (other, (left, top)) in layout.boxes.iter().enumerate().skip(one + 1) {
                let apart = x.abs_diff(*left) >= BOX_WIDTH || y.abs_diff(*top) >= BOX_HEIGHT;
                prop_assert!(apart, "{one} and {other}");
            }
        }
        for line in &layout.lines {
            let edge = &picture.edges[line.edge];
            // What comes later is further down.
            prop_assert!(layout.boxes[edge.from].1 < layout.boxes[edge.to].1);
            for pair in line.points.windows(2) {
                let [(x, y), (to, end)] = *pair else { continue };
                for node in 0..picture.nodes.len() {
                    if x == to {
                        for between in (y..end).step_by(BOX_HEIGHT / 2) {
                            prop_assert!(!inside(x, between, node), "{line:?} through {node}");
                        }
                    } else {
                        // A line bends in a gap, where there are no boxes.
                        let (_, top) = layout.boxes[node];
                        prop_assert!(end <= top || y >= top + BOX_HEIGHT, "{line:?} bends at {node}");
                    }
                }
            }
        }
    }
}
