//! Files for browsers, Mermaid and Graphviz.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{made, picture};
use crate::model::MigrationState;
use crate::report::graph::{EdgeKind, Form, Picture};

/// An element of SVG: its name and class, and the text in it.
pub(super) struct Element {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) text: String,
}

/// Reads a picture back; it has to be well-formed.
pub(super) fn elements(svg: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(start) => {
                let mut class = String::new();
                for attribute in start.attributes() {
                    let attribute = attribute.expect("well-formed");
                    if attribute.key.as_ref() == "class" {
                        class = attribute.value.to_string();
                    }
                }
                open.push(found.len());
                found.push(Element {
                    name: start.name().as_ref().to_owned(),
                    class,
                    text: String::new(),
                });
            }
            Event::End(_) => {
                open.pop().expect("an open element");
            }
            Event::Text(text) => {
                if let Some(index) = open.last() {
                    found[*index].text.push_str(&text);
                }
            }
            Event::GeneralRef(entity) => {
                let text = match &*entity {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    other => panic!("&{other};"),
                };
                if let Some(index) = open.last() {
                    found[*index].text.push_str(text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

fn sample() -> Picture {
    let auth = made("auth", &["1", "2: 1", "v!"]).stands(
        &[
            ("1", MigrationState::Applied),
            ("2", MigrationState::Pending),
            ("v", MigrationState::Failed),
        ],
        &["1"],
    );
    let mut users = made("users", &["a", "b: a > auth@1", "c: a", "d: b c | a"]);
    users.catalog.migrations[0].key = "</g>\"&\\N #;`[]end".to_owned();
    for migration in &mut users.catalog.migrations {
        for parent in &mut migration.parents {
            if parent == "a" {
                *parent = "</g>\"&\\N #;`[]end".to_owned();
            }
        }
        migration.depends_on.clear();
    }
    users.catalog.migrations[3].depends_on = vec!["b".to_owned()];
    picture(&[auth, users.needs("auth")])
}

#[test]
fn svg_is_well_formed_and_holds_every_node_and_edge_once() {
    let picture = sample();
    let svg = picture.write(Form::Svg);
    let elements = elements(&svg);
    let nodes = elements.iter().filter(|e| e.class.starts_with("node "));
    assert_eq!(nodes.count(), picture.nodes.len());
    let titles: Vec<&str> = elements
        .iter()
        .filter(|element| element.name == "title")
        .map(|element| element.text.as_str())
        .collect();
    for edge in &picture.edges {
        let name = |index: usize| {
            let node = &picture.nodes[index];
            format!("{}@{}", picture.lanes[node.lane].name, node.key)
        };
        let verb = match edge.kind {
            EdgeKind::Parent => "comes after",
            EdgeKind::Dependency => "depends on",
            EdgeKind::Need => "needs",
        };
        let title = format!("{} {verb} {}", name(edge.to), name(edge.from));
        let same = titles.iter().filter(|known| **known == title);
        assert_eq!(same.count(), 1, "{title}");
    }
    // Nothing is fetched: the only address is the name of the format.
    assert_eq!(svg.matches("://").count(), 1);
    assert!(!svg.contains("<script") && !svg.contains("href"));
    // Light and dark.
    assert!(svg.contains("prefers-color-scheme: dark"));
    // Only what occurs is explained.
    let texts: Vec<&str> = elements
        .iter()
        .filter(|element| element.name == "text")
        .map(|element| element.text.as_str())
        .collect();
    for (word, is_there) in [
        ("applied", true),
        ("pending", true),
        ("failed", true),
        ("skipped", false),
        ("is needed by another domain", true),
    ] {
        assert_eq!(texts.contains(&word), is_there, "{word}");
    }
}

#[test]
fn mermaid_takes_any_key() {
    let picture = sample();
    let text = picture.write(Form::Mermaid);
    assert!(text.starts_with(
        "flowchart TB\n  subgraph d0[\"auth #40;native#41;\"]\n    n0[\"1<br/>1 설명\"]\n"
    ));
    assert!(
        text.contains("n3[\"#60;/g#62;#34;#38;#92;N #35;#59;#96;#91;#93;end<br/>a 설명\"]"),
        "{text}"
    );
    for line in [
        "  n0 --> n1\n",
        "  n0 ==> n4\n",
        "  n4 -.-> n6\n",
        "  class n1 pending\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    let arrows = text.lines().filter(|line| line.contains("> n"));
    assert_eq!(arrows.count(), picture.edges.len());
}

#[test]
fn dot_takes_any_key() {
    let picture = sample();
    let text = picture.write(Form::Dot);
    assert!(
        text.contains("n3 [label=\"</g>\\\"&amp;\\\\N #;`[]end\\na 설명\", "),
        "{text}"
    );
    assert!(text.contains("subgraph cluster_1 {\n    label=\"users (native)\";\n"));
    for line in [
        "  n0 -> n1;\n",
        "  n0 -> n4 [style=bold, color=\"#7a3fb5\"];\n",
        "  n4 -> n6 [style=dashed];\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    assert_eq!(text.matches(" -> ").count(), picture.edges.len());
}
