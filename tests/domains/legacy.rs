//! The legacy database of the demonstration, and the demonstration itself.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Failed;
use stillway::command::demo::legacy::{Fate, LegacyDatabase, PlantedTable, planted};
use stillway::command::demo::{Demo, DemoOptions, shipped as embedded};
use stillway::command::domains::{Process, Quiet};
use stillway::model::{Backend as Server, Secret};

use crate::Test;
use crate::shipped::folder;
use crate::site::{Site, same, says};
use crate::support::database::Backend;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("a legacy database is the same each time", same_each_time),
    ("every planted row is there", all_planted),
    ("generated rows have nothing wrong", nothing_wrong),
    ("every planted row meets its fate", fates),
    (
        "the demonstration runs, and works in empty databases only",
        demonstration,
    ),
    (
        "what the program holds of the shipped project is all of it",
        all_embedded,
    ),
];

/// Those on PostgreSQL only.
pub(crate) const POSTGRES_TESTS: &[(&str, Test)] = &[(
    "the original V003 moves a clean database and stops on another",
    original_script,
)];

/// A database made in the server, with the shipped project beside it.
fn demo(site: &Site, rows: u64) -> Result<Demo, Failed> {
    let options = DemoOptions {
        folder: site.root(),
        url: Some(Secret::from(site.database.sqlalchemy_url().as_str())),
        rows,
        seed: 7,
        process: Process::default(),
    };
    Ok(Demo::prepare(&options).map_err(|error| error.to_string())?)
}

/// The one column of a query, where the attached files are.
fn column(demo: &Demo, sql: &str) -> Result<Vec<String>, Failed> {
    let connection = demo.connection(&mut Quiet);
    let mut connection = connection.map_err(|error| error.to_string())?;
    let rows = connection.database().query(sql);
    Ok(rows
        .map_err(|error| format!("{error}: {sql}"))?
        .first_column())
}

fn make(demo: &Demo, legacy: LegacyDatabase) -> Result<(), Failed> {
    let connection = demo.connection(&mut Quiet);
    let mut connection = connection.map_err(|error| error.to_string())?;
    let database = connection.database();
    database.begin().map_err(|error| error.to_string())?;
    for statement in legacy.statements() {
        let ran = database.query(&statement);
        ran.map_err(|error| format!("{error}: {statement}"))?;
    }
    Ok(database.commit().map_err(|error| error.to_string())?)
}

fn clean(site: &Site, rows: u64) -> LegacyDatabase {
    LegacyDatabase {
        backend: match site.database.backend() {
            Backend::Postgres => Server::Postgres,
            Backend::Sqlite => Server::Sqlite,
        },
        rows,
        seed: 7,
        clean: true,
    }
}

/// All that a transfer reads, as text.
fn contents(demo: &Demo) -> Result<Vec<String>, Failed> {
    let mut all = Vec::new();
    for (table, columns) in [
        ("auth.users", "id, username, nickname, phone_number"),
        (
            "auth.user_social_accounts",
            "id, user_id, provider, provider_user_id, email",
        ),
        (
            "user_profile.users",
            "id, auth_user_id, nickname, name, email, created_at",
        ),
        (
            "user_profile.user_characters",
            "id, user_id, character_code, source, status",
        ),
    ] {
        let columns: Vec<String> = columns
            .split(", ")
            .map(|column| format!("coalesce(CAST({column} AS text), '∅')"))
            .collect();
        let sql = format!(
            "SELECT {} FROM {table} ORDER BY id",
            columns.join(" || '|' || ")
        );
        all.extend(column(demo, &sql)?);
    }
    Ok(all)
}

fn same_each_time(site: &Site) -> Result<(), Failed> {
    let first = demo(site, 200)?;
    first
        .make_legacy(&mut Quiet)
        .map_err(|error| error.to_string())?;
    let other = Site::new(Backend::Sqlite)?;
    let second = demo(&other, 200)?;
    second
        .make_legacy(&mut Quiet)
        .map_err(|error| error.to_string())?;
    // Also on another server.
    let (first, second) = (contents(&first)?, contents(&second)?);
    let differing = first.iter().zip(&second).find(|(one, other)| one != other);
    same(&differing, &None)?;
    same(&first.len(), &second.len())
}

fn all_planted(site: &Site) -> Result<(), Failed> {
    let demo = demo(site, 50)?;
    demo.make_legacy(&mut Quiet)
        .map_err(|error| error.to_string())?;
    let rows = planted();
    let mut wanted: BTreeMap<PlantedTable, BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        let is_new = wanted.entry(row.table).or_default().insert(row.id.clone());
        same(&(&row.id, is_new), &(&row.id, true))?;
    }
    for (table, ids) in wanted {
        let sql = format!("SELECT CAST(id AS text) FROM {}", table.name());
        let found: BTreeSet<String> = column(&demo, &sql)?.into_iter().collect();
        let missing: Vec<&String> = ids.difference(&found).collect();
        same(&missing, &Vec::new())?;
    }
    Ok(())
}

fn nothing_wrong(site: &Site) -> Result<(), Failed> {
    let demo = demo(site, 0)?;
    make(&demo, clean(site, 2000))?;
    let digits = "replace(replace(replace(replace(phone_number, '+82 ', '0'), '-', ''), ' ', ''), '010010', '010')";
    for (sql, expected) in [
        ("SELECT count(*) FROM auth.users".to_owned(), "2000"),
        // Of a hundred users five have no number, and no two have one.
        (format!("SELECT count(DISTINCT {digits}) FROM auth.users"), "1900"),
        ("SELECT count(*) FROM auth.user_social_accounts".to_owned(), "2600"),
        ("SELECT count(*) FROM user_profile.user_characters".to_owned(), "6000"),
        (
            "SELECT count(*) FROM auth.user_social_accounts WHERE provider NOT IN ('google', 'kakao', 'naver') OR user_id NOT IN (SELECT id FROM auth.users)".to_owned(),
            "0",
        ),
        (
            "SELECT count(*) FROM user_profile.user_characters c JOIN character.characters k ON k.id = c.character_id AND k.code = c.character_code WHERE c.user_id IN (SELECT id FROM auth.users)".to_owned(),
            "6000",
        ),
    ] {
        same(&(&sql, column(&demo, &sql)?), &(&sql, vec![expected.to_owned()]))?;
    }
    Ok(())
}

/// What the shipped transfer has written down of a row: outcome and reasons, and whether its target is
/// there.
fn outcome(
    site: &Site,
    demo: &Demo,
    table: &str,
    id: &str,
) -> Result<(String, String, bool), Failed> {
    let work = match site.database.backend() {
        Backend::Postgres => "stillway_transfer.",
        Backend::Sqlite => "users.stillway_transfer__",
    };
    let decided = |what: &str| {
        let sql =
            format!("SELECT {what} FROM {work}auth_to_users__{table}__decision WHERE k1 = '{id}'");
        Ok::<_, Failed>(column(demo, &sql)?.pop().unwrap_or_default())
    };
    let there = column(
        demo,
        &format!("SELECT 1 FROM users.{table} WHERE id = '{id}'"),
    )?;
    Ok((decided("outcome")?, decided("reasons")?, !there.is_empty()))
}

fn fates(site: &Site) -> Result<(), Failed> {
    let demo = demo(site, 3000)?;
    let failed = |error: stillway::command::domains::DomainError| Failed::from(error.to_string());
    demo.make_legacy(&mut Quiet).map_err(failed)?;
    demo.adopt(&mut Quiet).map_err(failed)?;
    demo.upgrade(&mut Quiet).map_err(failed)?;
    demo.sign_up(&mut Quiet).map_err(failed)?;
    let told = site.run_with(&["transfer", "run", "auth_to_users"], demo.root(), &[])?;
    if told.code != 0 {
        return Err(format!("{told:?}").into());
    }
    let told = site.run_with(&["transfer", "verify", "auth_to_users"], demo.root(), &[])?;
    same(&told.code, &0)?;
    for row in planted() {
        let table = match row.table {
            PlantedTable::Users => "accounts",
            PlantedTable::SocialAccounts => "social_accounts",
            PlantedTable::UserCharacters => "user_characters",
            PlantedTable::Profiles => continue,
        };
        let (outcome, reasons, there) = outcome(site, &demo, table, &row.id)?;
        let has = |wanted: &str| reasons.split(',').any(|reason| reason.trim() == wanted);
        let met = match row.fate {
            Fate::Moved => {
                matches!(outcome.as_str(), "" | "moved") && !reasons.contains("nulled") && there
            }
            Fate::Nulled(name) => outcome == "moved" && has(&format!("nulled:{name}")) && there,
            Fate::Merged(_) => outcome == "merged" && !there,
            Fate::Quarantined(wanted) => {
                outcome == "quarantined" && wanted.iter().all(|reason| has(reason)) && !there
            }
            Fate::Skipped(reason) => {
                outcome == "skipped" && has(reason) && there == reason.starts_with("existing")
            }
            Fate::Unreached => false,
        };
        if !met {
            return Err(format!("{row:?}: {outcome} {reasons}, in the target: {there}").into());
        }
    }
    Ok(())
}

fn demonstration(site: &Site) -> Result<(), Failed> {
    std::fs::create_dir_all(site.root())?;
    let url = site.database.sqlalchemy_url();
    let arguments = ["demo", "--rows", "300", "--report", "page.html"];
    let told = site.must(&[&arguments[..], &["--database-url", &url]].concat())?;
    for words in [
        "338  auth.users",
        "1 of 1 migrations",
        "V003, V004, 0001, join_main",
        "page.html",
    ] {
        says(&told.output, words)?;
    }
    says(&site.read("page.html")?, "join_main")?;
    site.fails(
        &[&arguments[..], &["--database-url", &url]].concat(),
        2,
        "the database has a schema `auth` with something in it",
    )?;
    if site.database.backend() == Backend::Sqlite {
        let told = site.must(&[&arguments[..], &["--keep", "kept"]].concat())?;
        says(&told.output, "kept/project")?;
        same(&site.root().join("kept/users.db").exists(), &true)?;
        site.must(&arguments)?;
    }
    Ok(())
}

fn all_embedded(_site: &Site) -> Result<(), Failed> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder())?
                    .to_string_lossy()
                    .replace('\\', "/");
                found.insert(name);
            }
        }
    }
    let held: BTreeSet<String> = embedded::FILES
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .collect();
    same(&held, &found)
}

fn original_script(site: &Site) -> Result<(), Failed> {
    let demo = demo(site, 0)?;
    make(&demo, clean(site, 1000))?;
    let script = std::fs::read_to_string(folder().join("V003__create_users_schema.sql"))?;
    site.database.statements(&script).map_err(Failed::from)?;
    for (table, count) in [
        ("accounts", "1000"),
        ("social_accounts", "1300"),
        ("user_characters", "3000"),
    ] {
        let found = site
            .database
            .value(&format!("SELECT count(*) FROM users.{table}"));
        same(&(table, found.as_str()), &(table, count))?;
    }
    let other = Site::new(site.database.backend())?;
    let awkward = self::demo(&other, 100)?;
    awkward
        .make_legacy(&mut Quiet)
        .map_err(|error| error.to_string())?;
    match other.database.statements(&script) {
        Err(error) => says(&error, "INSERT INTO users.accounts"),
        Ok(()) => Err("the original got through".into()),
    }
}
