//! Cases for the summaries, one table a subject, and properties for any text.

mod bodies;
mod definitions;
mod properties;
mod queries;
mod sessions;

use super::{Action, Flavor, Moment, ObjectKind, Session, Touch, summarize};

/// A touch in one line: moment, what is done, kind, name.
fn describe(touch: &Touch) -> String {
    let moment = match touch.moment {
        Moment::Now => "",
        Moment::Conditional => "perhaps ",
        Moment::Deferred => "later ",
    };
    let kind = match touch.kind {
        ObjectKind::Schema => "schema",
        ObjectKind::Table => "table",
        ObjectKind::View => "view",
        ObjectKind::MaterializedView => "materialized view",
        ObjectKind::Type => "type",
        ObjectKind::Function => "function",
        ObjectKind::Sequence => "sequence",
        ObjectKind::Index => "index",
        ObjectKind::Trigger => "trigger",
        ObjectKind::Extension => "extension",
    };
    let name = &touch.name;
    match &touch.action {
        Action::Creates {
            if_not_exists,
            or_replace,
            temporary,
        } => {
            let temporary = if *temporary { "temporary " } else { "" };
            let present = match (if_not_exists, or_replace) {
                (true, _) => " unless it exists",
                (_, true) => " or replaces it",
                _ => "",
            };
            format!("{moment}creates {temporary}{kind} {name}{present}")
        }
        Action::Drops { if_exists, cascade } => {
            let if_exists = if *if_exists { " if it exists" } else { "" };
            let cascade = if *cascade { " and what needs it" } else { "" };
            format!("{moment}drops {kind} {name}{if_exists}{cascade}")
        }
        Action::Alters => format!("{moment}alters {kind} {name}"),
        Action::Renames { to } => format!("{moment}renames {kind} {name} to {to}"),
        Action::Moves { to } => format!("{moment}moves {kind} {name} to {to}"),
        Action::Reads => format!("{moment}reads {kind} {name}"),
        Action::Writes => format!("{moment}writes {kind} {name}"),
        Action::References => format!("{moment}references {kind} {name}"),
        Action::UsesType => format!("{moment}uses {kind} {name}"),
        Action::Calls => format!("{moment}calls {kind} {name}"),
    }
}

fn touches(script: &str, flavor: Flavor) -> Vec<Touch> {
    summarize(script, flavor, &mut Session::new(["public"]))
        .into_iter()
        .flat_map(|summary| summary.touches)
        .collect()
}

/// Checks what scripts touch. Calls of functions without a schema are left out unless wanted.
fn check(flavor: Flavor, cases: &[(&str, &[&str])]) {
    for (script, expected) in cases {
        let found = touches(script, flavor);
        for touch in &found {
            assert!(touch.offset < script.len(), "{script}: {touch:?}");
        }
        let wants_calls = expected.iter().any(|line| line.contains("calls function"));
        let found: Vec<String> = found
            .iter()
            .filter(|touch| {
                touch.action != Action::Calls || touch.name.schema.is_some() || wants_calls
            })
            .map(describe)
            .collect();
        assert_eq!(found, *expected, "{flavor:?}: {script}");
    }
}
