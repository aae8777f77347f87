//! A legacy database, and the shipped project that is to move it.

use std::collections::BTreeMap;

use libtest_mimic::Failed;

use stillway::command::demo::legacy::LegacyDatabase;
use stillway::command::demo::{Demo, DemoOptions};
use stillway::command::domains::{Process, Quiet};
use stillway::database::Connection;
use stillway::database::sqlite::{SqliteDatabase, SqliteOptions};
use stillway::model::Secret;

use crate::site::Site;
use crate::support::database::{Backend, Rows};

/// The transfer's name.
pub(crate) const NAME: &str = "auth_to_users";
/// Its tables, with where their rows come from.
pub(crate) const TABLES: [(&str, &str); 3] = [
    ("accounts", "auth.users"),
    ("social_accounts", "auth.user_social_accounts"),
    ("user_characters", "user_profile.user_characters"),
];
const SEED: u64 = 20_260_101;

/// A legacy database with so many users and all known problems, taken over and upgraded, with people
/// who have signed up in the new schema.
pub(crate) fn legacy(backend: Backend, rows: u64) -> Result<Site, Failed> {
    let site = Site::new(backend)?;
    let process = Process {
        variables: BTreeMap::new(),
        directory: site.folder().to_owned(),
        user: "tests".to_owned(),
        timestamp: "2026-01-01 00:00:00".to_owned(),
        time_zone: None,
    };
    let demo = Demo::prepare(&DemoOptions {
        folder: site.folder().to_owned(),
        url: Some(Secret::from(site.database.sqlalchemy_url().as_str())),
        rows,
        seed: SEED,
        process,
    })?;
    demo.make_legacy(&mut Quiet)?;
    demo.adopt(&mut Quiet)?;
    let upgraded = demo.upgrade(&mut Quiet)?;
    if let Some(failure) = upgraded.failure {
        return Err(failure.to_string().into());
    }
    demo.sign_up(&mut Quiet)?;
    // A part of the rows that few databases have is wrong on purpose.
    let file = format!("transfers/{NAME}.toml");
    let text = site.read(&file)?;
    let limit = "quarantine_limit = \"1%\"";
    if !text.contains(limit) {
        return Err(format!("{file} has no {limit}").into());
    }
    site.write(&file, &text.replace(limit, "quarantine_limit = \"40%\""))?;
    Ok(site)
}

/// A connection that sees all schemas.
pub(crate) fn connect(site: &Site) -> Result<Connection, Failed> {
    if site.database.backend() == Backend::Postgres {
        return Ok(site.database.connect());
    }
    let attached = ["auth", "character", "info", "user_profile", "users"].map(|name| {
        let file = site.folder().join(format!("{name}.db"));
        (name.to_owned(), file.display().to_string())
    });
    let options = SqliteOptions {
        path: site.database.file().display().to_string(),
        busy_timeout: 20_000,
        pragmas: Vec::new(),
        attach: attached.into_iter().collect(),
        on_connect: None,
    };
    Ok(Connection::Sqlite(Box::new(SqliteDatabase::connect(
        &options,
    )?)))
}

/// Reads.
pub(crate) fn rows(site: &Site, sql: &str) -> Result<Rows, Failed> {
    let mut connection = connect(site)?;
    let rows = connection.database().query(sql);
    Ok(rows.map_err(|error| format!("{error}: {sql}"))?.rows)
}

/// The one value of a query.
pub(crate) fn value(site: &Site, sql: &str) -> Result<String, Failed> {
    let rows = rows(site, sql)?;
    Ok(rows
        .into_iter()
        .flatten()
        .flatten()
        .next()
        .unwrap_or_default())
}

/// Runs statements.
pub(crate) fn execute(site: &Site, statements: &[String]) -> Result<(), Failed> {
    let mut connection = connect(site)?;
    for statement in statements {
        let ran = connection.database().query(statement);
        ran.map_err(|error| format!("{error}: {statement}"))?;
    }
    Ok(())
}

/// A work table of the transfer.
pub(crate) fn work_table(backend: Backend, table: &str, what: &str) -> String {
    match backend {
        Backend::Postgres => format!("stillway_transfer.\"{NAME}__{table}__{what}\""),
        Backend::Sqlite => format!("users.\"stillway_transfer__{NAME}__{table}__{what}\""),
    }
}

/// All that a transfer leaves but times, numbers of runs and limits of batches, in the order of keys.
pub(crate) fn dump(site: &Site) -> Result<Vec<String>, Failed> {
    let backend = site.database.backend();
    let mut lines = Vec::new();
    for (table, _) in TABLES {
        let mut add = |name: &str, key: &str| -> Result<(), Failed> {
            for row in rows(site, &format!("SELECT * FROM {name} ORDER BY {key}"))? {
                let values: Vec<_> = row
                    .iter()
                    .map(|value| value.as_deref().unwrap_or("NULL"))
                    .collect();
                lines.push(format!("{name}: {}", values.join(" | ")));
            }
            Ok(())
        };
        add(&format!("users.{table}"), "id")?;
        add(&work_table(backend, table, "decision"), "k1")?;
        add(&work_table(backend, table, "moved"), "k1")?;
    }
    Ok(lines)
}

/// Makes the target what it was before anything moved, and lets the transfer forget.
pub(crate) fn reset(site: &Site) -> Result<(), Failed> {
    let backend = site.database.backend();
    let mut statements: Vec<String> = TABLES
        .iter()
        .rev()
        .map(|(table, _)| format!("DELETE FROM users.{table}"))
        .collect();
    match backend {
        Backend::Postgres => statements.push("DROP SCHEMA stillway_transfer CASCADE".to_owned()),
        Backend::Sqlite => {
            let sql = "SELECT name FROM users.sqlite_master WHERE type = 'table' AND name LIKE 'stillway_transfer_%'";
            let names = rows(site, sql)?.into_iter().flatten().flatten();
            statements.extend(names.map(|name| format!("DROP TABLE users.\"{name}\"")));
        }
    }
    let before = LegacyDatabase {
        backend: match backend {
            Backend::Postgres => stillway::model::Backend::Postgres,
            Backend::Sqlite => stillway::model::Backend::Sqlite,
        },
        rows: 0,
        seed: SEED,
        clean: false,
    };
    statements.extend(before.target_statements());
    execute(site, &statements)
}
