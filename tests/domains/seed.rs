//! A backend with a schema for each domain, Alembic directories, and older Flyway files beside them.

use std::collections::BTreeMap;

use libtest_mimic::Failed;

use crate::Test;
use crate::shipped;
use crate::site::{Site, same, says};
use crate::support::alembic::copy_tree;
use crate::support::dump::{schema, unlike};
use crate::support::{oracle, original_alembic};

pub(crate) const TESTS: &[(&str, Test)] = &[("the layout as it is is planned and run", as_it_is)];

/// Those that need the running Flyway and Alembic.
pub(crate) const WITH_ORIGINALS: &[(&str, Test)] = &[(
    "a database with a past is adopted, converted, and handed back",
    with_a_past,
)];

/// The layout as it is.
pub(crate) fn layout(site: &Site) -> Result<(), Failed> {
    copy_tree(&shipped::folder(), &site.root().join("migrations"))?;
    for made_by_us in ["native", "transfers"] {
        std::fs::remove_dir_all(site.root().join("migrations").join(made_by_us))?;
    }
    for made_by_us in ["stillway.toml", "stillway.lock"] {
        std::fs::remove_file(site.root().join("migrations").join(made_by_us))?;
    }
    Ok(())
}

fn as_it_is(site: &Site) -> Result<(), Failed> {
    layout(site)?;
    let told = site.run(&["plan"])?;
    same(&told.code, &1)?;
    for words in [
        "error: migrations/V003__create_users_schema.sql:101:6: reads table `auth.users`",
        "write in [domains.migrations] of stillway.toml: depends_on = [\"auth@0001\"]",
        "error: migrations/V003__create_users_schema.sql:102:11: reads table `user_profile.users`, which no migration creates",
        "creates table `users.accounts`, which `users@0001`",
    ] {
        says(&told.output, words)?;
    }
    same(
        &site.ran(&["upgrade", "-d", "auth", "-d", "character", "-d", "users"])?,
        &"auth:0001 character:0001 character:0002 users:0001".to_owned(),
    )?;
    let told = site.run(&["plan"])?;
    says(&told.output, "`user_profile.users`")
}

/// What the service made by itself, and rows in it.
pub(crate) const PROFILE: &str = "
CREATE SCHEMA user_profile;
CREATE TABLE user_profile.users (
    id BIGSERIAL PRIMARY KEY, auth_user_id UUID NOT NULL UNIQUE, username VARCHAR(120), nickname VARCHAR(120),
    name VARCHAR(120), email VARCHAR(320), phone_number VARCHAR(32), profile_image_url VARCHAR(500),
    created_at TIMESTAMP NOT NULL DEFAULT now()
);
CREATE TABLE user_profile.user_characters (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL, character_id UUID NOT NULL,
    character_code VARCHAR(64) NOT NULL, character_name VARCHAR(120) NOT NULL, character_type VARCHAR(64),
    character_dialog VARCHAR(500), source VARCHAR(120), status VARCHAR(20) NOT NULL,
    acquired_at TIMESTAMPTZ NOT NULL DEFAULT now(), updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (user_id, character_code)
);
INSERT INTO auth.users (id, username, nickname, phone_number) VALUES
    ('00000000-0000-4000-8000-000000000001', 'minsu', '민수', '010-0000-0001');
INSERT INTO user_profile.users (auth_user_id, name) VALUES ('00000000-0000-4000-8000-000000000001', '김민수');
";

/// Runs the original Alembic in a domain's directory.
fn alembic(site: &Site, domain: &str, arguments: &[&str]) -> Result<String, Failed> {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let service = site.root().join("service");
    let environment = BTreeMap::from([
        ("DATABASE_URL".to_owned(), site.database.sqlalchemy_url()),
        ("PYTHONPATH".to_owned(), service.display().to_string()),
    ]);
    let folder = site.root().join("migrations").join(domain);
    let told = original_alembic::run(&arguments, &folder, &environment)?;
    if told.code == 0 {
        Ok(told.stdout + &told.log.join("\n"))
    } else {
        Err(format!("Alembic in {domain}: {arguments:?}: {told:?}").into())
    }
}

/// Runs verbs of the original Flyway on the files beside the domains.
fn flyway(site: &Site, verbs: &[&str]) -> Result<Vec<serde_json::Value>, Failed> {
    let url = site.database.sqlalchemy_url();
    let address = url
        .rsplit_once('@')
        .map_or(url.as_str(), |(_, address)| address);
    let mut arguments = vec![
        format!("-url=jdbc:postgresql://{address}"),
        "-user=postgres".to_owned(),
        "-password=".to_owned(),
        format!(
            "-locations=filesystem:{}",
            site.root().join("migrations").display()
        ),
        "-baselineOnMigrate=true".to_owned(),
        "-baselineVersion=0".to_owned(),
    ];
    arguments.extend(verbs.iter().map(ToString::to_string));
    let entries = oracle::run(&arguments)?;
    match entries.iter().find(|entry| !oracle::went_well(entry)) {
        Some(entry) => Err(format!("Flyway: {verbs:?}: {entry}").into()),
        None => Ok(entries),
    }
}

/// The schema without histories and without what only the service made.
pub(crate) fn comparable(site: &Site) -> Result<Vec<String>, Failed> {
    let lines = schema(&site.database)?;
    let mut kept = Vec::new();
    let mut skipping = false;
    for line in lines {
        if let Some(header) = line.strip_prefix("-- Name: ") {
            let own = ["alembic_version", "flyway_schema_history", "user_profile"];
            skipping = own.iter().any(|name| header.contains(name));
        }
        if !skipping && !line.starts_with("--") {
            kept.push(line);
        }
    }
    Ok(kept)
}

fn with_a_past(site: &Site) -> Result<(), Failed> {
    layout(site)?;
    // The service's models, which only the original asks for.
    site.write(
        "service/apps/character/infrastructure/persistence_postgres/models.py",
        "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n",
    )?;
    let statements = |sql: &str| site.database.statements(sql).map_err(Failed::from);
    statements("CREATE SCHEMA auth; CREATE SCHEMA character; CREATE SCHEMA users")?;
    alembic(site, "auth", &["upgrade", "head"])?;
    alembic(site, "character", &["upgrade", "head"])?;
    statements(PROFILE)?;
    flyway(site, &["migrate"])?;
    alembic(site, "users", &["stamp", "head"])?;
    let before = comparable(site)?;

    // As it is: everything is there.
    let told = site.must(&["adopt"])?;
    for words in [
        "migrations: 2 of 2 migrations applied",
        "auth: 1 of 1 migrations applied",
        "character: 2 of 2 migrations applied",
        "users: 1 of 1 migrations applied",
    ] {
        says(&told.output, words)?;
    }
    same(&site.ran(&["upgrade"])?, &String::new())?;
    same(&site.run(&["status", "--check"])?.code, &0)?;

    // Everything converted, the older stream joined to the users chain.
    site.must(&["init"])?;
    site.must(&[
        "convert",
        "-d",
        "users",
        "--to",
        "native",
        "--join",
        "migrations@0001",
        "--write",
    ])?;
    site.must(&["convert", "-d", "auth", "--to", "native", "--write"])?;
    site.must(&["convert", "-d", "character", "--to", "native", "--write"])?;
    site.fails(&["upgrade"], 1, "this database has run the originals")?;
    let told = site.must(&["adopt"])?;
    says(
        &told.output,
        "users: 5 of 5 migrations applied, marked; at join_migrations",
    )?;
    same(&site.ran(&["upgrade"])?, &String::new())?;
    let after = comparable(site)?;
    if before != after {
        return Err(unlike("adopting changed the schema", &before, &after).into());
    }
    same(
        &site
            .database
            .value("SELECT nickname || ' ' || name FROM users.accounts"),
        &"민수 김민수".to_owned(),
    )?;

    // An empty database ends where the old one is.
    let fresh = Site::new(site.database.backend())?;
    copy_tree(&site.root(), &fresh.root())?;
    same(
        &fresh.ran(&["upgrade"])?,
        &"auth:0001 character:0001 character:0002 users:V003 users:V003_data users:V004 users:0001 users:join_migrations".to_owned(),
    )?;
    let end = comparable(&fresh)?;
    if end != after {
        return Err(unlike("an empty database ends elsewhere", &after, &end).into());
    }
    // So does one that never ran the older files.
    let other = Site::new(site.database.backend())?;
    layout(&other)?;
    other.must(&["upgrade", "-d", "auth", "-d", "character", "-d", "users"])?;
    copy_tree(&site.root(), &other.root())?;
    let told = other.must(&["adopt", "-d", "users"])?;
    says(&told.output, "users: 1 of 5 migrations applied")?;
    other.must(&["adopt", "-d", "auth", "-d", "character"])?;
    same(
        &other.ran(&["upgrade"])?,
        &"users:V003 users:V003_data users:V004 users:join_migrations".to_owned(),
    )?;

    // Handed back: both originals accept what they find, on the old database and on the new one.
    for site in [site, &fresh] {
        for domain in ["auth", "character", "users"] {
            site.must(&["release", "-d", domain])?;
            let current = alembic(site, domain, &["current"])?;
            says(&current, "(head)")?;
            alembic(site, domain, &["upgrade", "head"])?;
        }
        let entries = flyway(site, &["validate", "migrate"])?;
        let ran = entries
            .iter()
            .filter_map(|entry| entry["result"]["migrationsExecuted"].as_i64());
        same(&ran.sum::<i64>(), &0)?;
    }
    // And from there they go on: the original takes its last revision back and runs it again.
    alembic(site, "character", &["downgrade", "-1"])?;
    alembic(site, "character", &["upgrade", "head"])?;
    let end = comparable(site)?;
    if end != after {
        return Err(unlike("the originals left something else", &after, &end).into());
    }
    Ok(())
}
