//! Cases recorded from Alembic: small random graphs, and what every command made of them.
#![allow(
    clippy::disallowed_methods,
    reason = "the recorded cases are read from a file"
)]

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::step::HistoryEnd;
use super::*;
use crate::dialect::alembic::revision::Form;

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn revision(value: &Value) -> Revision {
    Revision {
        needs: Vec::new(),
        id: value[0].as_str().unwrap_or_default().to_owned(),
        down_revisions: texts(&value[1]),
        branch_labels: texts(&value[2]),
        depends_on: texts(&value[3]),
        doc: String::new(),
        path: PathBuf::new(),
        form: Form::Python,
        repeatable: false,
        has_upgrade: true,
        has_downgrade: true,
    }
}

fn uncaught(error: &GraphError) -> String {
    match error {
        GraphError::Uncaught { .. } => error.to_string(),
        GraphError::Cycle {
            kind: CycleKind::Parents,
            ..
        } => format!("CycleDetected: {error}"),
        GraphError::Cycle { .. } => format!("DependencyCycleDetected: {error}"),
        GraphError::Rule(_) => format!("RevisionError: {error}"),
        _ => format!("other: {error}"),
    }
}

fn worded(error: CommandError) -> Value {
    json!({ "error": match error {
        CommandError::Words(words) => format!("FAILED: {words}"),
        CommandError::Uncaught { .. } => error.to_string(),
    } })
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

fn log(graph: &RevisionGraph, step: &Step) -> String {
    step.short_log(graph)
}

fn steps(graph: &RevisionGraph, steps: &[Step], rows: &[String]) -> Value {
    let mut answer = Map::new();
    let lines: Vec<String> = steps.iter().map(|step| log(graph, step)).collect();
    answer.insert("steps".into(), json!(lines));
    let mut version_rows = VersionRows::new(graph, rows);
    let mut after = Vec::new();
    let mut failed = None;
    for step in steps {
        match version_rows.apply(step) {
            Ok(_) => after.push(sorted(version_rows.rows().to_vec())),
            Err(error) => {
                failed = Some(uncaught(&error));
                break;
            }
        }
    }
    answer.insert("rows".into(), json!(after));
    if let Some(failed) = failed {
        answer.insert("rowerr".into(), json!(failed));
    }
    Value::Object(answer)
}

fn answer(revisions: &[Value], query: &Value) -> Value {
    let operation = query["op"].as_str().unwrap_or_default();
    let graph = match RevisionGraph::new(revisions.iter().map(revision).collect()) {
        Ok(graph) => graph,
        Err((error, _)) if operation == "load" => return json!({ "error": uncaught(&error) }),
        Err((error, _)) => return worded(error.plain()),
    };
    let rows = texts(&query["rows"]);
    let to = query["to"].as_str().unwrap_or_default();
    let result = match operation {
        "load" => {
            let mut labels = Map::new();
            let mut needed = Map::new();
            for node in graph.iter() {
                let own: Vec<String> = graph.labels(node).map(str::to_owned).collect();
                labels.insert(graph.id(node).to_owned(), json!(sorted(own)));
                let own = graph.ids(graph.needed(node).iter().copied());
                needed.insert(graph.id(node).to_owned(), json!(sorted(own)));
            }
            return json!({
                "heads": graph.ids(graph.heads().iter().copied()),
                "real": graph.ids(graph.real_heads().iter().copied()),
                "bases": graph.ids(graph.bases().iter().copied()),
                "labels": labels,
                "needed": needed,
            });
        }
        "upgrade" => graph
            .upgrade(to, &rows)
            .map(|list| steps(&graph, &list, &rows))
            .map_err(|error| {
                error.worded(Wording {
                    off_line: OffLine::Upgrade,
                    end: Some(to),
                    ..Wording::default()
                })
            }),
        "downgrade" => graph
            .downgrade(to, &rows)
            .map(|list| steps(&graph, &list, &rows))
            .map_err(|error| {
                error.worded(Wording {
                    off_line: OffLine::Downgrade,
                    end: Some(to),
                    ..Wording::default()
                })
            }),
        "stamp" => graph
            .stamp(&texts(&query["to"]), &rows)
            .map(|list| steps(&graph, &list, &rows))
            .map_err(StampError::worded),
        "history" => {
            let end = |value: &'_ Value| value.as_str().map(str::to_owned);
            let (base, head) = (end(&query["base"]), end(&query["head"]));
            let open = |end: &'_ Option<String>, default: &str| {
                end.clone().unwrap_or_else(|| default.to_owned())
            };
            let (base, head) = (open(&base, "base"), open(&head, "heads"));
            graph
                .history(HistoryEnd::Name(&base), HistoryEnd::Name(&head))
                .map(|list| json!({ "list": graph.ids(list) }))
                .map_err(|error| {
                    error.worded(Wording {
                        start: Some(&base),
                        end: Some(&head),
                        ..Wording::default()
                    })
                })
        }
        "get" => graph
            .revisions(to)
            .map(|spots| {
                let list: Vec<Value> = spots
                    .into_iter()
                    .map(|spot| match spot {
                        Spot::At(node) => json!(graph.id(node)),
                        Spot::Base => json!("base"),
                        Spot::Nothing => Value::Null,
                    })
                    .collect();
                json!({ "list": list })
            })
            .map_err(GraphError::plain),
        "current" => graph
            .all_current(&rows)
            .map(|nodes| json!({ "set": sorted(graph.ids(nodes)) }))
            .map_err(GraphError::plain),
        other => panic!("unknown operation {other}"),
    };
    result.unwrap_or_else(worded)
}

#[test]
fn every_recorded_answer() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/dialect/alembic/graph/recorded_answers.json");
    let text = std::fs::read_to_string(&path).expect("the recorded answers are there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let mut wrong = Vec::new();
    for case in &cases {
        let revisions = case["revisions"].as_array().expect("revisions");
        for query in case["queries"].as_array().expect("queries") {
            let answers = query["answers"].as_array().expect("answers");
            if answers.iter().any(|answer| answer.get("timeout").is_some()) {
                continue;
            }
            let own = answer(revisions, query);
            if !answers.contains(&own) {
                wrong.push(format!("{}\n  {query}\n  own {own}", case["revisions"]));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
}
