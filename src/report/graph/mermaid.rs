//! A picture as a flowchart of Mermaid.

use super::words::{first_line, key_words, kind_word, lane_words, state_class, state_word};
use super::{EdgeKind, Picture};

/// Colours that are readable on light and on dark grounds, by class.
const CLASSES: [(&str, &str); 8] = [
    ("applied", "fill:#e1f3e6,stroke:#1f7a3d,color:#1b2430"),
    (
        "unverified",
        "fill:#e1f3e6,stroke:#1f7a3d,color:#1b2430,stroke-dasharray:8 3",
    ),
    ("changed", "fill:#fff0d4,stroke:#9a5b00,color:#1b2430"),
    (
        "pending",
        "fill:#ffffff,stroke:#2458c5,color:#1b2430,stroke-dasharray:5 3",
    ),
    (
        "skipped",
        "fill:#e9ecf0,stroke:#6b7785,color:#1b2430,stroke-dasharray:2 3",
    ),
    (
        "failed",
        "fill:#fde3e3,stroke:#b3261e,color:#1b2430,stroke-width:3px",
    ),
    (
        "missing",
        "fill:#fff0d4,stroke:#9a5b00,color:#1b2430,stroke-dasharray:8 3",
    ),
    (
        "undone",
        "fill:#e9ecf0,stroke:#6b7785,color:#1b2430,stroke-dasharray:2 3",
    ),
];

/// A text for a quoted label: whatever could mean something to Mermaid becomes a numeric entity.
fn label(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || matches!(character, ' ' | '_' | '-' | '.' | ',' | '/') {
            label.push(character);
        } else {
            label.push_str(&format!("#{};", u32::from(character)));
        }
    }
    label
}

pub(super) fn write(picture: &Picture) -> String {
    let mut text = String::from("flowchart TB\n");
    for (index, lane) in picture.lanes.iter().enumerate() {
        let words = lane_words(picture, index);
        let name = first_line(&lane.name);
        text.push_str(&format!(
            "  subgraph d{index}[\"{}\"]\n",
            label(&format!("{name} ({words})"))
        ));
        for node in picture.of_lane(index) {
            let own = &picture.nodes[node];
            let mut lines = vec![label(key_words(own))];
            let description = first_line(&own.description);
            lines.extend((!description.is_empty()).then(|| label(description)));
            let kind = own.kind.and_then(kind_word);
            let state = own.state.map(state_word).filter(|word| *word != "applied");
            let remarks: Vec<&str> = kind.into_iter().chain(state).collect();
            lines.extend((!remarks.is_empty()).then(|| label(&remarks.join(", "))));
            text.push_str(&format!("    n{node}[\"{}\"]\n", lines.join("<br/>")));
        }
        text.push_str("  end\n");
    }
    for edge in &picture.edges {
        let arrow = match edge.kind {
            EdgeKind::Parent => "-->",
            EdgeKind::Dependency => "-.->",
            EdgeKind::Need => "==>",
        };
        text.push_str(&format!("  n{} {arrow} n{}\n", edge.from, edge.to));
    }
    for (class, style) in CLASSES {
        let nodes = picture.nodes.iter().enumerate();
        let own =
            nodes.filter(|(_, node)| node.state.is_some() && state_class(node.state) == class);
        let names: Vec<String> = own.map(|(index, _)| format!("n{index}")).collect();
        if !names.is_empty() {
            text.push_str(&format!("  classDef {class} {style}\n"));
            text.push_str(&format!("  class {} {class}\n", names.join(",")));
        }
    }
    text
}
