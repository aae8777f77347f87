//! What somebody does behind the transfer's back is found and named.

use libtest_mimic::Failed;
use serde_json::Value;

use crate::fates::{tell, verified};
use crate::legacy::{NAME, execute, legacy, value};
use crate::site::{Site, same, says};
use crate::support::database::Backend;

type Test = fn(Backend) -> Result<(), Failed>;

pub(crate) const TESTS: &[(&str, Test)] = &[("what was tampered with is named", tampered)];

/// A statement behind the transfer's back.
struct Tampering {
    sql: &'static str,
    /// The place of the table in the transfer.
    table: usize,
    kind: &'static str,
    /// How the row is named.
    named: &'static str,
    /// Whether the next run makes it good.
    caught_up: bool,
}

const TAMPERINGS: &[Tampering] = &[
    Tampering {
        sql: "DELETE FROM users.user_characters WHERE id = '00000000-0000-4000-a000-000000000001'",
        table: 2,
        kind: "deleted_in_target",
        named: "00000000-0000-4000-a000-000000000001",
        caught_up: true,
    },
    Tampering {
        sql: "INSERT INTO auth.users (id, username, nickname, created_at, updated_at) VALUES ('00000000-0000-4000-8000-000000000555', 'added', '늦게', '2025-06-01 00:00:00+00:00', '2025-06-01 00:00:00+00:00')",
        table: 0,
        kind: "missing",
        named: "00000000-0000-4000-8000-000000000555",
        caught_up: true,
    },
    Tampering {
        sql: "DELETE FROM user_profile.user_characters WHERE id = '00000000-0000-4000-a000-000000000002'",
        table: 2,
        kind: "extra",
        named: "00000000-0000-4000-a000-000000000002",
        caught_up: true,
    },
    Tampering {
        sql: "UPDATE auth.users SET nickname = '새 바람' WHERE id = '00000000-0000-4000-8000-000000000020'",
        table: 0,
        kind: "differs",
        named: "00000000-0000-4000-8000-000000000020 (nickname)",
        caught_up: true,
    },
];

fn tampered(backend: Backend) -> Result<(), Failed> {
    let site = legacy(backend, 120)?;
    tell(&site, "run", &[])?;
    verified(&site)?;
    for tampering in TAMPERINGS {
        execute(&site, &[tampering.sql.to_owned()])?;
        let told = site.run(&["transfer", "verify", NAME, "--format", "json"])?;
        same(&(tampering.sql, told.code), &(tampering.sql, 1))?;
        let report = told.json()?;
        same(&report["verified"], &Value::Bool(false))?;
        let differences = &report["tables"][tampering.table]["differences"];
        let wanted = serde_json::json!([
            { "kind": tampering.kind, "rows": 1, "samples": [tampering.named] }
        ]);
        same(differences, &wanted)?;
        says(
            &site.run(&["transfer", "verify", NAME])?.output,
            &format!("{}: {}", tampering.kind, tampering.named),
        )?;
        if tampering.caught_up {
            tell(&site, "run", &[])?;
            verified(&site)?;
        }
    }
    changed(&site)
}

/// What was changed in the target is told, and stays.
fn changed(site: &Site) -> Result<(), Failed> {
    let id = "00000000-0000-4000-8000-000000000023";
    let other = "00000000-0000-4000-8000-000000000035";
    let change =
        |id: &str| format!("UPDATE users.accounts SET nickname = '둘이' WHERE id = '{id}'");
    execute(site, &[change(id)])?;
    for round in 0..2 {
        let report = tell(site, "verify", &[])?;
        same(&report["verified"], &Value::Bool(true))?;
        let accounts = &report["tables"][0];
        same(&accounts["changed_in_target"], &Value::from(1 + round))?;
        let samples = match round {
            0 => vec![format!("{id} (nickname)")],
            _ => vec![format!("{other} (nickname)"), id.to_owned()],
        };
        same(&accounts["changed"], &serde_json::json!(samples))?;
        if round == 0 {
            // Known to the decisions from now on.
            tell(site, "run", &[])?;
            execute(site, &[change(other)])?;
        }
    }
    tell(site, "run", &[])?;
    same(
        &value(
            site,
            "SELECT count(*) FROM users.accounts WHERE nickname = '둘이'",
        )?,
        &"2".to_owned(),
    )
}
