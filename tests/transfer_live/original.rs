//! What the statements of the original V003 make of each problem, alone in a database that is otherwise
//! clean; docs/transfer.md sets it beside what the transfer makes of it.

use std::collections::BTreeMap;
use std::path::Path;

use libtest_mimic::Failed;
use serde_json::Value;

use stillway::command::demo::legacy::{Fate, planted};
use stillway::engine::Database;
use stillway::sql::{SplitOptions, split};

use crate::fates::tell;
use crate::legacy::{TABLES, connect, legacy, rows};
use crate::site::Site;
use crate::support::database::Backend;

/// Rows with one problem, by their numbers.
struct Problem {
    what: &'static str,
    users: &'static [u16],
    logins: &'static [u16],
    characters: &'static [u16],
    /// Rows that are in the new schema before.
    there: &'static [u16],
}

const fn users(what: &'static str, users: &'static [u16]) -> Problem {
    Problem {
        what,
        users,
        logins: &[],
        characters: &[],
        there: &[],
    }
}

const fn logins(what: &'static str, logins: &'static [u16]) -> Problem {
    Problem {
        logins,
        ..users(what, &[])
    }
}

const fn characters(what: &'static str, characters: &'static [u16]) -> Problem {
    Problem {
        characters,
        ..users(what, &[])
    }
}

const PROBLEMS: &[Problem] = &[
    users("one telephone number, two users", &[1, 2]),
    users("one number in four spellings", &[3, 4, 5, 6]),
    users("two empty numbers", &[7, 8]),
    users(
        "blanks, `-`, `N/A`, `0`, `없음` for a number",
        &[9, 10, 11, 12, 13],
    ),
    users("words, letters, too few digits for a number", &[14, 15, 16]),
    users("a number with a remark, longer than the new column", &[17]),
    users("a number too long only for its blanks", &[18]),
    users("an empty nickname, and one in the profile", &[21]),
    users("two profiles of one user", &[22]),
    Problem {
        there: &[24],
        logins: &[24],
        ..users("in `users` already, the same", &[24])
    },
    Problem {
        there: &[25],
        ..users("in `users` already, and changed there", &[25])
    },
    users(
        "made at a moment that only the profile knows, without a zone",
        &[26],
    ),
    users("made at a moment that nobody knows", &[27]),
    users("a test user", &[28]),
    Problem {
        there: &[901],
        ..users("the number of somebody who signed up in `users`", &[29])
    },
    users(
        "one e-mail address, with capitals and with a blank",
        &[36, 37],
    ),
    logins("a provider in capitals or between blanks", &[1, 2, 3]),
    logins("a provider that `users` does not have", &[4, 5, 6]),
    logins("no provider", &[7]),
    logins("no key of the provider", &[8]),
    logins("blanks for a key of the provider", &[9]),
    logins("one login twice", &[10, 11]),
    logins("one login, two users", &[12, 13]),
    Problem {
        there: &[901],
        ..logins("the login of somebody who signed up in `users`", &[17])
    },
    logins("a provider's key between blanks", &[18]),
    logins("a login of nobody", &[21]),
    Problem {
        users: &[14],
        ..logins("a login of a user in the quarantine", &[22])
    },
    Problem {
        users: &[28],
        ..logins("a login of a test user", &[23])
    },
    characters("a status in capitals, or behind a blank", &[1, 2]),
    characters("a status that `users` does not have", &[3, 4]),
    characters("no status", &[5]),
    characters("one character twice, in two spellings", &[6, 7]),
    characters("a character of nobody", &[8]),
    Problem {
        users: &[28],
        ..characters("a character of a test user", &[10])
    },
];

fn id(table: usize, number: u16) -> String {
    let group = ["8000", "9000", "a000"][table];
    format!("00000000-0000-4000-{group}-{number:012}")
}

fn list(table: usize, numbers: &[u16]) -> String {
    let ids: Vec<_> = numbers
        .iter()
        .map(|number| format!("'{}'", id(table, *number)))
        .collect();
    if ids.is_empty() {
        "NULL".to_owned()
    } else {
        ids.join(", ")
    }
}

/// The statements of V003 that move rows.
fn original() -> Result<Vec<String>, Failed> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/V003__create_users_schema.sql");
    let text = std::fs::read_to_string(path)?;
    let flavor = stillway::model::Backend::Postgres.flavor();
    let cut = split(&text, flavor, &SplitOptions::default()).map_err(|error| error.to_string())?;
    let statements = cut
        .into_iter()
        .map(|statement| text[statement.span].to_owned());
    Ok(statements
        .filter(|statement| statement.contains("INSERT INTO users."))
        .collect())
}

/// Rows of a target by their ids.
type Targets = BTreeMap<String, Value>;

fn target(found: Vec<Vec<Option<String>>>) -> Result<Targets, Failed> {
    let mut all = Targets::new();
    for row in found {
        let value: Value = serde_json::from_str(row[0].as_deref().unwrap_or_default())?;
        all.insert(value["id"].as_str().unwrap_or_default().to_owned(), value);
    }
    Ok(all)
}

/// Leaves nothing planted but one problem, and whoever it takes to have it.
fn isolate(problem: &Problem) -> Vec<String> {
    let planted = |table: usize, column: &str| {
        let group = ["8000", "9000", "a000"][table];
        format!("{column}::text LIKE '00000000-0000-4000-{group}-%'")
    };
    let kept = list(0, problem.users);
    let owners = format!(
        "SELECT user_id FROM auth.user_social_accounts WHERE {} UNION ALL SELECT user_id FROM user_profile.user_characters WHERE {}",
        planted(1, "id"),
        planted(2, "id")
    );
    vec![
        format!(
            "DELETE FROM auth.user_social_accounts WHERE {} AND id NOT IN ({})",
            planted(1, "id"),
            or_none(1, problem.logins)
        ),
        format!(
            "DELETE FROM user_profile.user_characters WHERE {} AND id NOT IN ({})",
            planted(2, "id"),
            or_none(2, problem.characters)
        ),
        format!(
            "DELETE FROM user_profile.users WHERE {} AND auth_user_id NOT IN ({})",
            planted(0, "auth_user_id"),
            or_none(0, problem.users)
        ),
        // Whoever has a login or a character with a problem, has none of their own.
        format!(
            "UPDATE auth.users SET phone_number = NULL, created_at = coalesce(created_at, now()) WHERE {} AND id IN ({owners}) AND id NOT IN ({})",
            planted(0, "id"),
            or_none(0, problem.users)
        ),
        format!(
            "DELETE FROM auth.users WHERE {} AND id NOT IN ({owners}) AND (id IN ({kept})) IS NOT TRUE",
            planted(0, "id")
        ),
        format!(
            "DELETE FROM users.accounts WHERE (id IN ({})) IS NOT TRUE",
            list(0, problem.there)
        ),
    ]
}

/// A list for NOT IN, which NULL would make unknown.
fn or_none(table: usize, numbers: &[u16]) -> String {
    match numbers {
        [] => format!("'{}'", id(table, 0)),
        _ => list(table, numbers),
    }
}

/// What V003 makes of a problem.
fn of_original(
    database: &mut dyn Database,
    statements: &[String],
    problem: &Problem,
    wanted: &[Targets],
) -> Result<String, Failed> {
    for statement in statements {
        if let Err(error) = database.query(statement) {
            return Ok(format!(
                "aborts: {} ({})",
                error.message.message.replace('|', "\\|"),
                error.message.code
            ));
        }
    }
    let (mut lost, mut unwanted, mut all) = (0, 0, 0);
    let mut otherwise: Vec<String> = Vec::new();
    for (table, numbers) in [problem.users, problem.logins, problem.characters]
        .into_iter()
        .enumerate()
    {
        let sql = format!("SELECT to_jsonb(t) FROM users.{} t", TABLES[table].0);
        let found = target(database.query(&sql)?.rows)?;
        for number in numbers {
            all += 1;
            let id = id(table, *number);
            match (found.get(&id), wanted[table].get(&id)) {
                (None, _) => lost += 1,
                (Some(_), None) => unwanted += 1,
                (Some(row), Some(wanted)) => {
                    let columns = row.as_object().ok_or("a row")?;
                    let other = columns
                        .iter()
                        .filter(|(name, value)| wanted[name] != **value);
                    otherwise.extend(
                        other.map(|(name, value)| format!("`{name}` {value} for {}", wanted[name])),
                    );
                }
            }
        }
    }
    let mut parts = Vec::new();
    if lost > 0 {
        parts.push(format!("loses {lost} of {all} without a word"));
    }
    if unwanted > 0 {
        parts.push(format!("writes {unwanted} as found"));
    }
    if !otherwise.is_empty() {
        parts.push(format!("writes {}", otherwise.join(", ")));
    }
    Ok(if parts.is_empty() {
        "the same".to_owned()
    } else {
        parts.join("; ")
    })
}

/// What the transfer makes of it.
fn of_transfer(problem: &Problem) -> Result<String, Failed> {
    let planted = planted();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for (table, numbers) in [problem.users, problem.logins, problem.characters]
        .into_iter()
        .enumerate()
    {
        for number in numbers {
            let id = id(table, *number);
            let row = planted.iter().find(|row| row.id == id).ok_or(id)?;
            let words = match row.fate {
                Fate::Moved | Fate::Unreached => "moved".to_owned(),
                Fate::Nulled(column) => format!("moved without `{column}`"),
                Fate::Merged(_) => "merged".to_owned(),
                Fate::Skipped(reason) => format!("skipped: `{reason}`"),
                Fate::Quarantined(reasons) => format!("quarantined: `{}`", reasons.join("`, `")),
            };
            match counts.iter_mut().find(|(known, _)| *known == words) {
                Some((_, count)) => *count += 1,
                None => counts.push((words, 1)),
            }
        }
    }
    let parts = counts
        .into_iter()
        .map(|(words, count)| format!("{count} {words}"));
    Ok(parts.collect::<Vec<_>>().join(", "))
}

/// The rows after the transfer has moved all of them.
fn transferred(site: &Site) -> Result<Vec<Targets>, Failed> {
    let site = site.copy()?;
    tell(&site, "run", &[])?;
    let tables = TABLES.iter();
    tables
        .map(|(table, _)| {
            target(rows(
                &site,
                &format!("SELECT to_jsonb(t) FROM users.{table} t"),
            )?)
        })
        .collect()
}

pub(crate) fn compared() -> Result<(), Failed> {
    let site = legacy(Backend::Postgres, 10)?;
    let wanted = transferred(&site)?;
    let statements = original()?;
    let mut connection = connect(&site)?;
    let database = connection.database();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/transfer.md");
    let page = std::fs::read_to_string(page)?;
    let mut lines = Vec::new();
    for problem in PROBLEMS {
        database.begin()?;
        for statement in isolate(problem) {
            let ran = database.query(&statement);
            ran.map_err(|error| format!("{error}: {statement}"))?;
        }
        let original = of_original(database, &statements, problem, &wanted)?;
        database.rollback()?;
        lines.push(format!(
            "| {} | {original} | {} |",
            problem.what,
            of_transfer(problem)?
        ));
    }
    if lines.iter().all(|line| page.contains(line)) {
        Ok(())
    } else {
        Err(format!("docs/transfer.md should have:\n{}", lines.join("\n")).into())
    }
}
