//! What becomes of every row about which something is wrong.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Failed;
use serde_json::Value;

use stillway::command::demo::legacy::{Fate, PlantedRow, PlantedTable, planted};

use crate::legacy::{NAME, TABLES, dump, execute, legacy, rows, value, work_table};
use crate::site::{Site, same, says};
use crate::support::database::Backend;
use crate::support::dump::unlike;

type Test = fn(Backend) -> Result<(), Failed>;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("every planted problem meets its fate", fates),
    ("a run over the limit is refused", over_the_limit),
    ("undo takes back what nobody has changed", undo),
    ("what the server refuses is set aside", refused),
];

type PostgresTest = fn() -> Result<(), Failed>;

/// Those that need a server.
pub(crate) const POSTGRES_TESTS: &[(&str, PostgresTest)] = &[
    ("both backends come to the same", alike),
    ("a batch that cannot have its lock is tried again", locked),
];

const ROWS: u64 = 500;

/// Runs a command of the transfer, which has to end well; gives what it tells.
pub(crate) fn tell(site: &Site, command: &str, more: &[&str]) -> Result<Value, Failed> {
    let arguments = ["transfer", command, NAME, "--format", "json"];
    site.must(&[&arguments, more].concat())?.json()
}

/// The name of the table in the transfer; none for profiles, which are looked up only.
fn table(row: &PlantedRow) -> Option<&'static str> {
    match row.table {
        PlantedTable::Users => Some("accounts"),
        PlantedTable::SocialAccounts => Some("social_accounts"),
        PlantedTable::UserCharacters => Some("user_characters"),
        PlantedTable::Profiles => None,
    }
}

/// What a fate is in a table of decisions: outcome and reasons.
fn decided(fate: Fate) -> (&'static str, BTreeSet<String>) {
    let set = |reasons: &[&str]| reasons.iter().map(|reason| (*reason).to_owned()).collect();
    match fate {
        Fate::Moved | Fate::Unreached => ("moved", BTreeSet::new()),
        Fate::Nulled(column) => ("moved", [format!("nulled:{column}")].into()),
        Fate::Merged(_) => (
            "merged",
            set(&["conflict:user_id+provider+provider_user_id"]),
        ),
        Fate::Quarantined(reasons) => ("quarantined", set(reasons)),
        Fate::Skipped(reason) => ("skipped", set(&[reason])),
    }
}

/// Rows by outcome and reason, as a check and a run have to tell them.
fn expected_counts(name: &str) -> BTreeMap<(String, String), u64> {
    let mut counts = BTreeMap::new();
    for row in planted().iter().filter(|row| table(row) == Some(name)) {
        let (outcome, reasons) = decided(row.fate);
        for reason in reasons {
            *counts.entry((outcome.to_owned(), reason)).or_default() += 1;
        }
    }
    counts
}

fn told_counts(summary: &Value) -> BTreeMap<(String, String), u64> {
    let reasons = summary["reasons"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    reasons
        .map(|reason| {
            let key = (text(&reason["outcome"]), text(&reason["reason"]));
            (key, reason["rows"].as_u64().unwrap_or_default())
        })
        // That others are merged into a row is no problem of its own.
        .filter(|((_, reason), _)| reason != "absorbed")
        .collect()
}

fn fates(backend: Backend) -> Result<(), Failed> {
    let site = legacy(backend, ROWS)?;
    let check = tell(&site, "check", &[])?;
    same(&check["ready"], &Value::Bool(true))?;
    for (summary, (name, source)) in check["tables"].as_array().into_iter().flatten().zip(TABLES) {
        same(&summary["table"], &Value::from(name))?;
        same(&told_counts(summary), &expected_counts(name))?;
        let count = value(&site, &format!("SELECT count(*) FROM {source}"))?;
        same(&summary["rows"].to_string(), &count)?;
    }
    let remarks = check["tables"][0]["remarks"].to_string();
    says(&remarks, "1 rows of user_profile.users are passed over")?;
    says(&remarks, "1 rows of user_profile.users belong to no row")?;
    same(
        &check["left_behind"][0][0],
        &Value::from("auth.login_audits"),
    )?;

    let run = tell(&site, "run", &["--batch-size", "60"])?;
    same(&run["tables"], &check["tables"])?;
    for row in planted() {
        fate(&site, &row).map_err(|error| {
            Failed::from(format!(
                "{} {} ({}): {error:?}",
                row.table.name(),
                row.id,
                row.what
            ))
        })?;
    }
    values(&site)?;
    verified(&site)?;

    let before = dump(&site)?;
    let again = tell(&site, "run", &[])?;
    for work in again["work"].as_array().into_iter().flatten() {
        for what in ["inserted", "updated", "removed", "refused"] {
            same(&(what, &work[what]), &(what, &Value::from(0)))?;
        }
    }
    unchanged("a second run changed something", &before, &dump(&site)?)
}

/// Fails unless two dumps are the same.
pub(crate) fn unchanged(what: &str, before: &[String], after: &[String]) -> Result<(), Failed> {
    if before == after {
        Ok(())
    } else {
        Err(unlike(what, before, after).into())
    }
}

/// Whether a verification closes all sums.
pub(crate) fn verified(site: &Site) -> Result<(), Failed> {
    let report = tell(site, "verify", &[])?;
    same(&report["verified"], &Value::Bool(true))?;
    for table in report["tables"].as_array().into_iter().flatten() {
        let count = |name: &str| table[name].as_u64().unwrap_or_default();
        let parts = ["moved", "merged", "quarantined", "skipped"].map(count);
        same(&parts.iter().sum::<u64>(), &count("source"))?;
        same(&table["unexplained"], &Value::from(0))?;
        same(&table["orphans"], &Value::from(0))?;
        let there = value(
            site,
            &format!(
                "SELECT count(*) FROM users.{}",
                table["table"].as_str().unwrap_or_default()
            ),
        )?;
        same(&table["target"].to_string(), &there)?;
        same(&(count("moved") + count("own_of_target")), &count("target"))?;
    }
    Ok(())
}

/// Whether a row has become what it should have.
fn fate(site: &Site, row: &PlantedRow) -> Result<(), Failed> {
    let Some(table) = table(row) else {
        let sql =
            "SELECT count(*) FROM users.accounts WHERE name = '떠난 이' OR nickname = '떠난 이'"
                .to_owned();
        return same(&value(site, &sql)?, &"0".to_owned());
    };
    let backend = site.database.backend();
    let decision = work_table(backend, table, "decision");
    let sql = format!(
        "SELECT outcome, reasons, winner_t1, source_row FROM {decision} WHERE k1 = '{}'",
        row.id
    );
    let found = rows(site, &sql)?;
    let (outcome, mut reasons) = match found.first() {
        Some(found) => (
            found[0].clone().unwrap_or_default(),
            found[1]
                .iter()
                .flat_map(|reasons| reasons.split(','))
                .map(str::to_owned)
                .collect::<BTreeSet<_>>(),
        ),
        None => ("moved".to_owned(), BTreeSet::new()),
    };
    reasons.remove("absorbed");
    let wanted = decided(row.fate);
    same(&(outcome.as_str(), reasons), &wanted)?;
    let there = value(
        site,
        &format!("SELECT count(*) FROM users.{table} WHERE id = '{}'", row.id),
    )?;
    let is_there = match row.fate {
        Fate::Moved | Fate::Nulled(_) => true,
        Fate::Skipped(reason) => reason.starts_with("existing"),
        Fate::Merged(_) | Fate::Quarantined(_) | Fate::Unreached => false,
    };
    same(&(there == "1"), &is_there)?;
    if let Fate::Nulled(column) = row.fate {
        let sql = format!(
            "SELECT count(*) FROM users.{table} WHERE id = '{}' AND {column} IS NULL",
            row.id
        );
        same(&value(site, &sql)?, &"1".to_owned())?;
    }
    if let Fate::Merged(into) = row.fate {
        let winner = found[0][2].clone().unwrap_or_default();
        let number = format!("{into:012}");
        same(&winner.ends_with(&number), &true)?;
    }
    // The whole row is kept, value by value, where it does not simply move.
    if matches!(row.fate, Fate::Quarantined(_) | Fate::Merged(_)) {
        let kept: Value = serde_json::from_str(found[0][3].as_deref().unwrap_or_default())?;
        let sql = format!(
            "SELECT count(*) FROM {} s WHERE s.id = '{}'",
            row.table.name(),
            row.id
        );
        same(&value(site, &sql)?, &"1".to_owned())?;
        whole_row(site, row, &kept)?;
    }
    Ok(())
}

/// Whether a kept row has all columns of its source with their values.
fn whole_row(site: &Site, row: &PlantedRow, kept: &Value) -> Result<(), Failed> {
    let (schema, table) = row.table.name().split_once('.').unwrap_or_default();
    let sql = match site.database.backend() {
        Backend::Postgres => format!(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = '{table}'"
        ),
        Backend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}', '{schema}')"),
    };
    let columns: BTreeSet<String> = rows(site, &sql)?.into_iter().flatten().flatten().collect();
    let names = kept.as_object().ok_or("no object")?.keys().cloned();
    same(&names.collect::<BTreeSet<_>>(), &columns)?;
    for column in &columns {
        let sql = format!(
            "SELECT {column} FROM {schema}.{table} WHERE id = '{}'",
            row.id
        );
        let there = rows(site, &sql)?.into_iter().flatten().next().flatten();
        let kept = kept[column].as_str().map(str::to_owned);
        // Moments are written in another form.
        if column.ends_with("_at") {
            same(&(column, kept.is_some()), &(column, there.is_some()))?;
        } else {
            same(&(column, kept), &(column, there))?;
        }
    }
    Ok(())
}

/// Values that rules have made.
fn values(site: &Site) -> Result<(), Failed> {
    let user = |number: u16| format!("00000000-0000-4000-8000-{number:012}");
    let social = |number: u16| format!("00000000-0000-4000-9000-{number:012}");
    let moment = |column: &str| match site.database.backend() {
        Backend::Postgres => format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')"),
        Backend::Sqlite => format!("substr({column}, 1, 16)"),
    };
    let made = moment("created_at");
    let login = moment("last_login_at");
    for (what, table, id, wanted) in [
        ("nickname", "accounts", user(20), "바람"),
        ("nickname", "accounts", user(21), "햇살"),
        ("nickname || name", "accounts", user(22), "요즘김요즘"),
        // What was changed in the new schema stays.
        ("nickname", "accounts", user(25), "바뀐 별명"),
        (made.as_str(), "accounts", user(26), "2021-12-31 14:30"),
        ("phone_number", "accounts", user(1), "+821000000001"),
        ("phone_number", "accounts", user(3), "+821000000003"),
        ("coalesce(phone_number, '?')", "accounts", user(7), "?"),
        ("coalesce(phone_number, '?')", "accounts", user(13), "?"),
        ("phone_number", "accounts", user(18), "+821000000018"),
        ("phone_number", "accounts", user(19), "+12025550119"),
        ("phone_number", "accounts", user(30), "+821000000030"),
        ("phone_number", "accounts", user(34), "+821000000027"),
        ("phone_number", "accounts", user(901), "+821000000029"),
        ("email", "accounts", user(37), "minsu@example.com"),
        ("provider", "social_accounts", social(1), "google"),
        ("provider", "social_accounts", social(3), "naver"),
        ("provider_user_id", "social_accounts", social(18), "00123"),
        ("provider_user_id", "social_accounts", social(20), "1.2E+20"),
        (
            login.as_str(),
            "social_accounts",
            social(10),
            "2025-02-01 00:00",
        ),
    ] {
        let sql = format!("SELECT {what} FROM users.{table} WHERE id = '{id}'");
        same(
            &(&id, what, value(site, &sql)?),
            &(&id, what, wanted.to_owned()),
        )?;
    }
    Ok(())
}

fn over_the_limit(backend: Backend) -> Result<(), Failed> {
    let site = legacy(backend, 20)?;
    let file = format!("transfers/{NAME}.toml");
    let text = site.read(&file)?;
    site.write(&file, &text.replace("\"40%\"", "\"1%\""))?;
    let told = site.run(&["transfer", "check", NAME])?;
    same(&told.code, &1)?;
    says(&told.output, "NOT READY")?;
    let told = site.fails(&["transfer", "run", NAME], 1, "quarantine_limit")?;
    says(&told.errors, "nothing was moved")?;
    same(
        &value(&site, "SELECT count(*) FROM users.accounts")?,
        &"3".to_owned(),
    )?;
    // Nothing was moved, so there is nothing to verify.
    site.fails(&["transfer", "verify", NAME], 1, "nothing was moved yet")?;
    Ok(())
}

/// A constraint that no declaration and no check knows of: on an expression.
fn refused(backend: Backend) -> Result<(), Failed> {
    let site = legacy(backend, 20)?;
    let user = |number: u16| format!("00000000-0000-4000-8000-{number:012}");
    let index = match backend {
        Backend::Postgres => "uq_lower ON users.accounts",
        Backend::Sqlite => "users.uq_lower ON accounts",
    };
    execute(
        &site,
        &[
            format!(
                "UPDATE auth.users SET nickname = 'Same' WHERE id = '{}'",
                user(30)
            ),
            format!(
                "UPDATE auth.users SET nickname = 'same' WHERE id = '{}'",
                user(31)
            ),
            format!("CREATE UNIQUE INDEX {index} (lower(nickname)) WHERE lower(nickname) = 'same'"),
        ],
    )?;
    let run = tell(&site, "run", &[])?;
    same(&run["work"][0]["refused"], &Value::from(1))?;
    let decision = work_table(backend, "accounts", "decision");
    let sql =
        format!("SELECT k1, outcome, source_row FROM {decision} WHERE reasons LIKE 'refused:%'");
    let found = rows(&site, &sql)?;
    same(&found.len(), &1)?;
    same(&found[0][0], &Some(user(31)))?;
    same(&found[0][1], &Some("quarantined".to_owned()))?;
    let kept: Value = serde_json::from_str(found[0][2].as_deref().unwrap_or_default())?;
    same(&kept["nickname"], &Value::from("same"))?;
    verified(&site)?;
    // Mended, it moves.
    execute(
        &site,
        &[format!(
            "UPDATE auth.users SET nickname = 'other' WHERE id = '{}'",
            user(31)
        )],
    )?;
    let run = tell(&site, "run", &[])?;
    same(&run["work"][0]["inserted"], &Value::from(1))?;
    verified(&site)
}

fn undo(backend: Backend) -> Result<(), Failed> {
    let site = legacy(backend, ROWS)?;
    let targets = |site: &Site| -> Result<Vec<String>, Failed> {
        let lines = dump(site)?.into_iter();
        Ok(lines
            .filter(|line| line.starts_with("users."))
            .filter(|line| !line.contains("stillway"))
            .collect())
    };
    tell(&site, "run", &[])?;
    let moved = targets(&site)?;
    site.fails(&["transfer", "undo", NAME], 2, "--yes")?;
    same(&targets(&site)?, &moved)?;
    // One user has another nickname since, and one has a login that the transfer knows nothing of.
    let changed = "00000000-0000-4000-8000-000000000001";
    let linked = "00000000-0000-4000-8000-000000000002";
    let new = "00000000-0000-4000-9000-000000000777";
    execute(
        &site,
        &[
            format!("UPDATE users.accounts SET nickname = '새 별명' WHERE id = '{changed}'"),
            format!(
                "INSERT INTO users.social_accounts (id, user_id, provider, provider_user_id, created_at, updated_at) VALUES ('{new}', '{linked}', 'kakao', 'new', '2025-06-01 00:00:00+00:00', '2025-06-01 00:00:00+00:00')"
            ),
        ],
    )?;
    verified(&site)?;
    let undone = tell(&site, "undo", &["--yes"])?;
    let tables = undone["tables"].as_array().ok_or("tables")?;
    let accounts = tables
        .iter()
        .find(|table| table["table"] == "accounts")
        .ok_or("accounts")?;
    same(&accounts["kept"], &Value::from(2))?;
    same(&accounts["samples"], &serde_json::json!([changed, linked]))?;
    let left = rows(&site, "SELECT id FROM users.accounts ORDER BY id")?;
    let left: Vec<String> = left.into_iter().flatten().flatten().collect();
    let user = |number: u16| format!("00000000-0000-4000-8000-{number:012}");
    same(&left, &[1, 2, 24, 25, 901].map(user).to_vec())?;
    let left = rows(&site, "SELECT id FROM users.social_accounts ORDER BY id")?;
    let left: Vec<String> = left.into_iter().flatten().flatten().collect();
    let social = |number: u16| format!("00000000-0000-4000-9000-{number:012}");
    same(&left, &[24, 777, 901].map(social).to_vec())?;
    same(
        &value(&site, "SELECT count(*) FROM users.user_characters")?,
        &"0".to_owned(),
    )?;
    site.fails(&["transfer", "verify", NAME], 1, "nothing was moved yet")?;
    // Undone twice is undone; and a run moves all of it again.
    tell(&site, "undo", &["--yes"])?;
    execute(
        &site,
        &[
            format!("DELETE FROM users.social_accounts WHERE id = '{new}'"),
            format!("UPDATE users.accounts SET nickname = NULL WHERE id = '{changed}'"),
        ],
    )?;
    tell(&site, "run", &[])?;
    unchanged("moved again, and otherwise", &moved, &targets(&site)?)?;
    verified(&site)
}

/// Targets and decisions, in a form that does not depend on the server.
fn outcomes(site: &Site) -> Result<Vec<String>, Failed> {
    let backend = site.database.backend();
    let moment = |column: &str| match backend {
        Backend::Postgres => {
            format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00:00'")
        }
        Backend::Sqlite => column.to_owned(),
    };
    let mut lines = Vec::new();
    for (table, columns) in [
        (
            "accounts",
            "id nickname name email phone_number profile_image_url created_at updated_at last_login_at",
        ),
        (
            "social_accounts",
            "id user_id provider provider_user_id email last_login_at created_at updated_at",
        ),
        (
            "user_characters",
            "id user_id character_id character_code character_name character_type character_dialog source status acquired_at updated_at",
        ),
    ] {
        let columns: Vec<String> = columns
            .split(' ')
            .map(|column| {
                if column.ends_with("_at") {
                    moment(column)
                } else {
                    column.to_owned()
                }
            })
            .collect();
        let decision = work_table(backend, table, "decision");
        for sql in [
            format!(
                "SELECT {} FROM users.{table} ORDER BY id",
                columns.join(", ")
            ),
            format!(
                "SELECT k1, outcome, reasons, nulls, winner_t1, filled FROM {decision} ORDER BY k1"
            ),
        ] {
            for row in rows(site, &sql)? {
                let values = row.iter().map(|value| match value.as_deref() {
                    None => "NULL",
                    Some("t") => "1",
                    Some(value) => value,
                });
                lines.push(format!(
                    "{table}: {}",
                    values.collect::<Vec<_>>().join(" | ")
                ));
            }
        }
    }
    Ok(lines)
}

fn alike() -> Result<(), Failed> {
    let mut found = Vec::new();
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let site = legacy(backend, ROWS)?;
        tell(&site, "run", &[])?;
        found.push(outcomes(&site)?);
    }
    unchanged("SQLite and PostgreSQL differ", &found[0], &found[1])
}

/// Somebody holds the target for a while: a run waits for moments only, so that nobody queues behind
/// it, and tries again.
fn locked() -> Result<(), Failed> {
    let site = legacy(Backend::Postgres, 20)?;
    let mut holder = site.database.connect();
    let database = holder.database();
    database.begin()?;
    database.execute("LOCK TABLE users.accounts IN EXCLUSIVE MODE")?;
    let told = std::thread::scope(|scope| {
        let run = scope.spawn(|| site.run(&["transfer", "run", NAME, "--lock-timeout", "0.1"]));
        // Until the run waits for it, and then for longer than it does.
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users.accounts'::regclass";
        let begun = std::time::Instant::now();
        while value(&site, waiting)? == "0" && begun.elapsed().as_secs() < 30 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
        database.rollback()?;
        run.join().map_err(|_| Failed::from("the run failed"))?
    })?;
    same(&told.code, &0)?;
    says(&told.errors, "accounts: a batch is tried again")?;
    verified(&site)
}
