//! A picture as a graph of Graphviz.

use super::words::{first_line, key_words, kind_word, lane_words, state_word};
use super::{EdgeKind, Node, Picture};
use crate::model::MigrationState;

/// A quoted string, whose text is shown as it is: Graphviz knows escapes and HTML's entities in it.
fn quoted(text: &str) -> String {
    let mut string = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => string.push_str("\\\""),
            '\\' => string.push_str("\\\\"),
            '&' => string.push_str("&amp;"),
            '\n' => string.push_str("\\n"),
            character => string.push(character),
        }
    }
    string.push('"');
    string
}

/// Fill, line and style of a box.
fn look(node: &Node) -> (&'static str, &'static str, &'static str) {
    match node.state {
        None => ("#ffffff", "#6b7785", "filled,rounded"),
        Some(MigrationState::Applied) => ("#e1f3e6", "#1f7a3d", "filled,rounded"),
        Some(MigrationState::Unverified) => ("#e1f3e6", "#1f7a3d", "filled,rounded,dashed"),
        Some(MigrationState::Changed) => ("#fff0d4", "#9a5b00", "filled,rounded"),
        Some(MigrationState::Missing) => ("#fff0d4", "#9a5b00", "filled,rounded,dashed"),
        Some(MigrationState::Pending) => ("#ffffff", "#2458c5", "filled,rounded,dashed"),
        Some(MigrationState::Failed) => ("#fde3e3", "#b3261e", "filled,rounded,bold"),
        Some(MigrationState::Skipped | MigrationState::Undone) => {
            ("#e9ecf0", "#6b7785", "filled,rounded,dotted")
        }
    }
}

pub(super) fn write(picture: &Picture) -> String {
    let mut text = String::from(
        "digraph migrations {\n  rankdir=TB;\n  fontname=\"sans-serif\";\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", color=\"#6b7785\"];\n",
    );
    for (index, lane) in picture.lanes.iter().enumerate() {
        let words = lane_words(picture, index);
        let name = first_line(&lane.name);
        text.push_str(&format!(
            "  subgraph cluster_{index} {{\n    label={};\n    style=\"filled,rounded\";\n    color=\"#f3f5f8\";\n",
            quoted(&format!("{name} ({words})"))
        ));
        for node in picture.of_lane(index) {
            let own = &picture.nodes[node];
            let mut lines = vec![key_words(own)];
            let description = first_line(&own.description);
            lines.extend((!description.is_empty()).then_some(description));
            let kind = own.kind.and_then(kind_word);
            let state = own.state.map(state_word).filter(|word| *word != "applied");
            let remarks: Vec<&str> = kind.into_iter().chain(state).collect();
            let remarks = remarks.join(", ");
            lines.extend((!remarks.is_empty()).then_some(remarks.as_str()));
            let (fill, line, style) = look(own);
            text.push_str(&format!(
                "    n{node} [label={}, tooltip={}, style=\"{style}\", fillcolor=\"{fill}\", color=\"{line}\"];\n",
                quoted(&lines.join("\n")),
                quoted(&format!("{name}@{}", key_words(own))),
            ));
        }
        text.push_str("  }\n");
    }
    for edge in &picture.edges {
        let look = match edge.kind {
            EdgeKind::Parent => "",
            EdgeKind::Dependency => " [style=dashed]",
            EdgeKind::Need => " [style=bold, color=\"#7a3fb5\"]",
        };
        text.push_str(&format!("  n{} -> n{}{look};\n", edge.from, edge.to));
    }
    text.push_str("}\n");
    text
}
