//! A picture as SVG: for browsers, light and dark, with nothing that has to be fetched.

use std::collections::HashMap;

use maud::{Markup, PreEscaped, html};
use unicode_width::UnicodeWidthStr as _;

use super::layout::{BOX_HEIGHT, BOX_WIDTH, LANE_HEAD, Layout, Line, MARGIN, layout};
use super::words::{
    first_line, key_words, kind_word, lane_words, shortened, state_class, state_word, waits_for,
};
use super::{Edge, EdgeKind, Picture};

/// Colours and fonts. Text has a contrast of at least 4.5 to what it stands on.
const STYLE: &str = "
.stillway-graph { --ground: #ffffff; --lane: #f3f5f8; --text: #1b2430; --faint: #525d6b; --line: #6b7785; --need: #7a3fb5;
  --plain: #ffffff; --plain-line: #6b7785; --applied: #e1f3e6; --applied-line: #1f7a3d; --pending: #ffffff; --pending-line: #2458c5;
  --changed: #fff0d4; --changed-line: #9a5b00; --failed: #fde3e3; --failed-line: #b3261e; --skipped: #e9ecf0; --skipped-line: #6b7785; }
@media screen and (prefers-color-scheme: dark) {
  .stillway-graph { --ground: #14181d; --lane: #1c2229; --text: #e6eaef; --faint: #a9b3be; --line: #8a95a3; --need: #c59bf0;
    --plain: #252c34; --plain-line: #8a95a3; --applied: #15351f; --applied-line: #58c07a; --pending: #14181d; --pending-line: #7aaefc;
    --changed: #3a2a0a; --changed-line: #e0a040; --failed: #431a18; --failed-line: #f28b82; --skipped: #2a3038; --skipped-line: #8a95a3; }
}
.stillway-graph text { fill: var(--text); font-family: system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK KR', sans-serif; font-size: 12px; }
.stillway-graph .ground { fill: var(--ground); }
.stillway-graph .lane { fill: var(--lane); }
.stillway-graph .name { font-size: 15px; font-weight: 600; }
.stillway-graph .key { font-family: ui-monospace, 'DejaVu Sans Mono', 'Noto Sans Mono CJK KR', monospace; font-weight: 600; }
.stillway-graph .faint { fill: var(--faint); font-size: 11px; }
.stillway-graph .box { stroke-width: 1.5; fill: var(--plain); stroke: var(--plain-line); }
.stillway-graph .applied .box, .stillway-graph .unverified .box { fill: var(--applied); stroke: var(--applied-line); }
.stillway-graph .changed .box, .stillway-graph .missing .box { fill: var(--changed); stroke: var(--changed-line); }
.stillway-graph .pending .box { fill: var(--pending); stroke: var(--pending-line); stroke-dasharray: 5 3; }
.stillway-graph .failed .box { fill: var(--failed); stroke: var(--failed-line); stroke-width: 2.5; }
.stillway-graph .skipped .box, .stillway-graph .undone .box { fill: var(--skipped); stroke: var(--skipped-line); stroke-dasharray: 2 3; }
.stillway-graph .unverified .box, .stillway-graph .missing .box { stroke-dasharray: 8 3; }
.stillway-graph .edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
.stillway-graph .dependency { stroke-dasharray: 6 3; }
.stillway-graph .need { stroke: var(--need); stroke-dasharray: 2 3; stroke-width: 2; }
.stillway-graph .tip { fill: var(--line); }
.stillway-graph .need-tip { fill: var(--need); }
";

/// Space that a line of the legend takes.
const LEGEND_LINE: usize = 24;
/// How wide the legend may be where the lanes are narrower.
const LEGEND_WIDTH: usize = 640;

/// Writes a file.
pub(super) fn write(picture: &Picture) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n",
        inner(picture).into_string()
    )
}

/// The element, for a file and for a page.
pub(in crate::report) fn inner(picture: &Picture) -> Markup {
    let layout = layout(picture);
    let entries = entries(picture);
    let (legend, legend_size) = legend(&entries, layout.width.max(LEGEND_WIDTH));
    let width = layout.width.max(legend_size.0);
    let height = layout.height + legend_size.1;
    let mut into: HashMap<usize, Vec<&Edge>> = HashMap::new();
    for edge in &picture.edges {
        into.entry(edge.to).or_default().push(edge);
    }
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="stillway-graph" role="img" aria-label="Migrations and what they need of each other"
            width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
            style { (PreEscaped(STYLE)) }
            defs {
                @for (id, class) in [("stillway-tip", "tip"), ("stillway-need-tip", "need-tip")] {
                    marker id=(id) viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" orient="auto" {
                        path class=(class) d="M0,0L8,4L0,8Z" {}
                    }
                }
            }
            rect class="ground" width=(width) height=(height) {}
            (legend)
            g transform={ "translate(0 " (legend_size.1) ")" } {
                (lanes(picture, &layout))
                @for line in &layout.lines { (edge(picture, line)) }
                @for index in 0..picture.nodes.len() {
                    (node(picture, &layout, index, into.get(&index).map_or(&[], Vec::as_slice)))
                }
            }
        }
    }
}

fn lanes(picture: &Picture, layout: &Layout) -> Markup {
    let lanes = picture.lanes.iter().zip(&layout.lanes).enumerate();
    html! {
        @for (index, (lane, space)) in lanes {
            @let words = lane_words(picture, index);
            @let room = (space.width - 2 * MARGIN) / 8;
            g {
                title { (lane.name) " (" (words) ")" }
                rect class="lane" x=(space.x) y=(MARGIN) width=(space.width) height=(layout.height - MARGIN) rx="8" {}
                text class="name" x=(space.x + MARGIN) y=(MARGIN + LANE_HEAD / 2) { (shortened(first_line(&lane.name), room)) }
                text class="faint" x=(space.x + MARGIN) y=(MARGIN + LANE_HEAD / 2 + 16) { (words) }
            }
        }
    }
}

fn edge_class(kind: EdgeKind) -> (&'static str, &'static str) {
    match kind {
        EdgeKind::Parent => ("edge parent", "url(#stillway-tip)"),
        EdgeKind::Dependency => ("edge dependency", "url(#stillway-tip)"),
        EdgeKind::Need => ("edge need", "url(#stillway-need-tip)"),
    }
}

fn edge(picture: &Picture, line: &Line) -> Markup {
    let edge = &picture.edges[line.edge];
    let (class, tip) = edge_class(edge.kind);
    let (from, to) = (&picture.nodes[edge.from], &picture.nodes[edge.to]);
    let name = |node: &super::Node| {
        let lane = &picture.lanes[node.lane].name;
        format!("{lane}@{}", key_words(node))
    };
    let words = match edge.kind {
        EdgeKind::Parent => "comes after",
        EdgeKind::Dependency => "depends on",
        EdgeKind::Need => "needs",
    };
    html! {
        path class=(class) d=(path(&line.points)) marker-end=(tip) {
            title { (name(to)) " " (words) " " (name(from)) }
        }
    }
}

/// A path that bends between places where it is upright.
fn path(points: &[(usize, usize)]) -> String {
    let mut path = String::new();
    let mut last: Option<(usize, usize)> = None;
    for &(x, y) in points {
        match last {
            None => path.push_str(&format!("M{x},{y}")),
            Some((before, _)) if before == x => path.push_str(&format!("V{y}")),
            Some((before, above)) => {
                let middle = usize::midpoint(above, y);
                path.push_str(&format!("C{before},{middle} {x},{middle} {x},{y}"));
            }
        }
        last = Some((x, y));
    }
    path
}

fn node(picture: &Picture, layout: &Layout, index: usize, edges: &[&Edge]) -> Markup {
    let node = &picture.nodes[index];
    let (x, y) = layout.boxes[index];
    let mut tags: Vec<&str> = node.kind.and_then(kind_word).into_iter().collect();
    if picture.lanes[node.lane].dialect.is_some() && !node.is_known() {
        tags.push("no file");
    }
    let state = node.state.map(state_word);
    let tag = tags
        .iter()
        .copied()
        .chain(state.filter(|w| *w != "applied"));
    let tag = tag.collect::<Vec<_>>().join(", ");
    let room = BOX_WIDTH - 20;
    // What the tag leaves, at no less than the width of its widest letters.
    let tag_width = if tag.is_empty() {
        0
    } else {
        tag.width() * 6 + 8
    };
    let key = shortened(key_words(node), room.saturating_sub(tag_width) / 8);
    let description = shortened(first_line(&node.description), room / 7);
    let lane = &picture.lanes[node.lane].name;
    let mut about: Vec<String> = vec![format!("{lane}@{}", key_words(node))];
    about.extend((!node.description.is_empty()).then(|| node.description.trim_end().to_owned()));
    let mut remarks: Vec<String> = node.labels.clone();
    remarks.extend(tags.iter().map(|tag| (*tag).to_owned()));
    if node.head {
        remarks.push("head".to_owned());
    }
    if node.current {
        remarks.push("current".to_owned());
    }
    remarks.extend(waits_for(picture, edges));
    about.extend((!remarks.is_empty()).then(|| remarks.join("; ")));
    about.extend(state.map(|word| match &node.applied_at {
        Some(at) => format!("{word}, {at}"),
        None => word.to_owned(),
    }));
    html! {
        g class={ "node " (state_class(node.state)) } {
            title { (about.join("\n")) }
            rect class="box" x=(x) y=(y) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="6" {}
            text class="key" x=(x + 10) y=(y + 19) { (key) }
            @if !tag.is_empty() {
                text class="faint" x=(x + BOX_WIDTH - 10) y=(y + 19) text-anchor="end" { (tag) }
            }
            @if !description.is_empty() {
                text x=(x + 10) y=(y + 36) { (description) }
            }
        }
    }
}

/// What the legend explains: a box or a line, and its meaning.
enum Entry {
    Box(&'static str, &'static str),
    Line(EdgeKind, &'static str),
}

fn entries(picture: &Picture) -> Vec<Entry> {
    let states = picture.states().into_iter();
    let boxes = states.map(|state| Entry::Box(state_class(Some(state)), state_word(state)));
    let lines = [
        (EdgeKind::Parent, "comes after"),
        (EdgeKind::Dependency, "depends on"),
        (EdgeKind::Need, "is needed by another domain"),
    ];
    let drawn = |kind| picture.edges.iter().any(|edge| edge.kind == kind);
    let lines = lines.into_iter().filter(|(kind, _)| drawn(*kind));
    boxes
        .chain(lines.map(|(kind, words)| Entry::Line(kind, words)))
        .collect()
}

/// The legend, no wider than wanted, with its width and height.
fn legend(entries: &[Entry], wanted: usize) -> (Markup, (usize, usize)) {
    let (mut x, mut y, mut width) = (MARGIN, 0, 0);
    let mut placed = Vec::new();
    for entry in entries {
        let (Entry::Box(_, words) | Entry::Line(_, words)) = entry;
        let own = 36 + words.width() * 7 + 16;
        if x > MARGIN && x + own > wanted {
            (x, y) = (MARGIN, y + LEGEND_LINE);
        }
        placed.push((entry, *words, x, y + MARGIN));
        x += own;
        width = width.max(x);
    }
    let height = if entries.is_empty() {
        0
    } else {
        y + LEGEND_LINE + MARGIN / 2
    };
    let markup = html! {
        @for (entry, words, x, y) in placed {
            @match entry {
                Entry::Box(class, _) => {
                    g class=(class) { rect class="box" x=(x) y=(y) width="26" height="16" rx="4" {} }
                }
                Entry::Line(kind, _) => {
                    @let (class, tip) = edge_class(*kind);
                    path class=(class) d={ "M" (x) "," (y + 8) "H" (x + 26) } marker-end=(tip) {}
                }
            }
            text x=(x + 34) y=(y + 12) { (words) }
        }
    };
    (markup, (width, height))
}
