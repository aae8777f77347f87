//! Converting projects, taking databases over that others have kept, and handing them back.

use libtest_mimic::Failed;

use crate::Test;
use crate::site::{Site, same, says};
use crate::support::database::Backend;

pub(crate) const TESTS: &[(&str, Test)] = &[
    (
        "Flyway's files and database become native, and Flyway's again",
        flyway_and_back,
    ),
    (
        "a chain of Alembic's becomes native, and Alembic's again",
        alembic_and_back,
    ),
    (
        "an upgrade waits until older histories are taken over",
        not_adopted,
    ),
    ("what does not fit is named with what to do", hindrances),
    (
        "baselines, undone versions and repeatables are understood",
        special_rows,
    ),
    (
        "what came after the conversion is handed back through a conversion",
        further,
    ),
];

fn history_query(site: &Site, table: &str, columns: &str) -> String {
    match site.database.backend() {
        Backend::Sqlite => format!("SELECT {columns} FROM {table}"),
        Backend::Postgres => format!("SELECT {columns} FROM public.{table}"),
    }
}

/// Files of Flyway's, the last of them not run yet.
fn flyway(site: &Site) -> Result<(), Failed> {
    site.write(
        "sql/V001__사람.sql",
        "-- 사람들\nCREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n",
    )?;
    site.write(
        "sql/V002__names.sql",
        "INSERT INTO people (id, name) VALUES (1, '민수');\n",
    )?;
    site.write("sql/U2__names.sql", "DELETE FROM people WHERE id = 1;\n")?;
    site.write(
        "sql/R__view.sql",
        "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT name FROM people;\n",
    )?;
    site.must(&["upgrade"])?;
    site.write(
        "sql/V3__more.sql",
        "ALTER TABLE people ADD COLUMN age INTEGER;\n",
    )
}

fn flyway_and_back(site: &Site) -> Result<(), Failed> {
    flyway(site)?;
    let dry = site.must(&["convert", "--to", "native"])?;
    says(&dry.output, "would be written to sql_native")?;
    if site.root().join("sql_native").exists() {
        return Err("a dry run writes".into());
    }
    site.must(&["convert", "--to", "native", "--write"])?;
    same(
        &site.read("sql_native/V001_사람/up.sql")?,
        &site.read("sql/V001__사람.sql")?,
    )?;
    let dry = site.must(&["adopt", "--dry-run"])?;
    says(&dry.output, "2 of 3 migrations applied, would be marked")?;
    site.must(&["adopt"])?;
    let told = site.must(&["adopt"])?;
    says(&told.output, "nothing to mark")?;
    // Only what has not run before runs; the view is the one that ran.
    same(&site.ran(&["upgrade"])?, &"sql:V3".to_owned())?;
    same(&site.ran(&["upgrade"])?, &String::new())?;
    same(
        &site.database.value("SELECT count(*) FROM names"),
        &"1".to_owned(),
    )?;
    // What Flyway finds then.
    let dry = site.must(&["release", "--dry-run"])?;
    says(&dry.output, "would say: 001, 002, 3")?;
    site.must(&["release"])?;
    let versions = history_query(site, "flyway_schema_history", "count(*)");
    same(
        &site
            .database
            .value(&format!("{versions} WHERE version IS NOT NULL AND success")),
        &"3".to_owned(),
    )?;
    std::fs::remove_file(site.root().join("stillway.toml"))?;
    let url = match site.database.backend() {
        Backend::Sqlite => format!("jdbc:sqlite:{}", site.database.file().display()),
        Backend::Postgres => site.database.sqlalchemy_url().replace("+psycopg2", ""),
    };
    let validated = site.must(&[
        "flyway",
        &format!("-url={url}"),
        "-locations=filesystem:sql",
        "validate",
        "migrate",
    ])?;
    says(&validated.output, "is up to date")
}

/// Two revisions of Alembic's, the second not run yet.
fn alembic(site: &Site) -> Result<(), Failed> {
    site.write("db/alembic.ini", "[alembic]\nscript_location = %(here)s\n")?;
    site.write("db/env.py", "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\nengine = create_engine(os.environ[\"DATABASE_URL\"])\nwith engine.connect() as connection:\n    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n")?;
    let revision = |id: &str, before: &str, up: &str, down: &str| {
        format!(
            "\"\"\"{id} 개정\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = \"{id}\"\ndown_revision = {before}\n\n\ndef upgrade():\n    {up}\n\n\ndef downgrade():\n    {down}\n"
        )
    };
    site.write(
        "db/versions/0001.py",
        &revision(
            "0001",
            "None",
            "op.create_table(\"people\", sa.Column(\"id\", sa.Integer(), primary_key=True))",
            "op.drop_table(\"people\")",
        ),
    )?;
    site.must(&["upgrade"])?;
    site.write(
        "db/versions/0002.py",
        &revision(
            "0002",
            "\"0001\"",
            "op.execute(\"INSERT INTO people (id) VALUES (7)\")",
            "op.execute(\"DELETE FROM people WHERE id = 7\")",
        ),
    )
}

fn alembic_and_back(site: &Site) -> Result<(), Failed> {
    alembic(site)?;
    site.must(&["convert", "--to", "native", "--write"])?;
    let told = site.must(&["adopt", "--format", "json"])?.json()?;
    same(&told["domains"][0]["current"], &serde_json::json!(["0001"]))?;
    same(&told["domains"][0]["pending"], &serde_json::json!(["0002"]))?;
    same(&site.ran(&["upgrade"])?, &"db:0002".to_owned())?;
    // Alembic's own table is as it was until it is handed back.
    let rows = history_query(site, "alembic_version", "version_num");
    same(&site.database.value(&rows), &"0001".to_owned())?;
    site.must(&["release"])?;
    same(&site.database.value(&rows), &"0002".to_owned())?;
    // The original goes back, and Stillway takes over again.
    let original = site.run_with(
        &["alembic", "downgrade", "-1"],
        &site.root().join("db"),
        &[],
    )?;
    same(&original.code, &0)?;
    same(&site.ran(&["downgrade", "-1"])?, &"db:0002".to_owned())
}

fn not_adopted(site: &Site) -> Result<(), Failed> {
    alembic(site)?;
    site.must(&["convert", "--to", "native", "--write"])?;
    says(&site.must(&["status"])?.output, "to be adopted")?;
    let told = site.fails(&["upgrade"], 1, "this database has run the originals")?;
    says(
        &told.errors,
        "hint: `stillway adopt -d db` marks what is there",
    )?;
    site.must(&["adopt"])?;
    same(&site.ran(&["upgrade"])?, &"db:0002".to_owned())
}

fn hindrances(site: &Site) -> Result<(), Failed> {
    flyway(site)?;
    site.must(&["upgrade"])?;
    site.must(&["convert", "--to", "native", "--write"])?;
    let change = |sql: &str| site.database.statements(sql).map_err(Failed::from);
    let table = match site.database.backend() {
        Backend::Sqlite => "flyway_schema_history",
        Backend::Postgres => "public.flyway_schema_history",
    };
    let refused = |words: &str, hint: &str| -> Result<(), Failed> {
        let told = site.run(&["adopt"])?;
        same(&told.code, &1)?;
        says(&told.output, "not adopted, nothing was written")?;
        says(&told.output, words)?;
        says(&told.output, hint)
    };
    // A version that nobody knows.
    change(&format!(
        "UPDATE {table} SET version = '9', script = 'V9__gone.sql' WHERE version = '3'"
    ))?;
    refused(
        "Flyway has run version 9 (V9__gone.sql), and no revision",
        "give --ignore 9",
    )?;
    change(&format!(
        "UPDATE {table} SET version = '3', script = 'V3__more.sql' WHERE version = '9'"
    ))?;
    // One that failed.
    let (yes, no) = match site.database.backend() {
        Backend::Sqlite => ("1", "0"),
        Backend::Postgres => ("true", "false"),
    };
    change(&format!(
        "UPDATE {table} SET success = {no} WHERE version = '002'"
    ))?;
    refused(
        "says that 002 (V002__names.sql) has failed",
        "flyway repair",
    )?;
    change(&format!(
        "UPDATE {table} SET success = {yes} WHERE version = '002'"
    ))?;
    // One that ran with another text.
    change(&format!(
        "UPDATE {table} SET checksum = 5 WHERE version = '001'"
    ))?;
    refused(
        "version 001 (V001__사람.sql) is not the file that ran: Flyway has recorded the checksum 5",
        "give --accept 001",
    )?;
    let told = site.must(&["adopt", "--dry-run", "--accept", "1"])?;
    says(&told.output, "3 of 3 migrations applied")?;
    // A gap.
    change(&format!("DELETE FROM {table} WHERE version = '002'"))?;
    let told = site.run(&["adopt", "--accept", "1"])?;
    same(&told.code, &1)?;
    says(&told.output, "V3 has run on this database")?;
    says(&told.output, "give --assume V002")?;
    let told = site.must(&["adopt", "--accept", "1", "--assume", "V002"])?;
    says(&told.output, "V002  assumed")?;
    same(&site.ran(&["upgrade"])?, &String::new())
}

fn special_rows(site: &Site) -> Result<(), Failed> {
    flyway(site)?;
    // Version 2 is taken back, and what is left is a baseline and a view of another text.
    site.must(&["downgrade", "sql@1"])?;
    let table = match site.database.backend() {
        Backend::Sqlite => "flyway_schema_history",
        Backend::Postgres => "public.flyway_schema_history",
    };
    site.database
        .statements(&format!("UPDATE {table} SET type = 'BASELINE', script = '<< Flyway Baseline >>', checksum = NULL WHERE version = '001'"))
        .map_err(Failed::from)?;
    site.database
        .statements(&format!(
            "UPDATE {table} SET checksum = 1 WHERE version IS NULL"
        ))
        .map_err(Failed::from)?;
    site.must(&["convert", "--to", "native", "--write"])?;
    let told = site.must(&["adopt"])?;
    says(&told.output, "V001  Flyway's baseline 001")?;
    says(&told.output, "1 of 3 migrations applied")?;
    let ran = site.ran(&["upgrade"])?;
    says(&ran, "sql:V002 sql:V3 sql:")?;
    same(&ran.split(' ').count(), &3)
}

fn further(site: &Site) -> Result<(), Failed> {
    flyway(site)?;
    site.must(&["convert", "--to", "native", "--write"])?;
    site.must(&["adopt"])?;
    site.must(&["revision", "-m", "towns", "--id", "V4"])?;
    let folder = std::fs::read_dir(site.root().join("sql_native"))?
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().contains("towns"))
        .ok_or("the new revision")?;
    std::fs::write(
        folder.path().join("up.sql"),
        "CREATE TABLE towns (id INTEGER);\n",
    )?;
    std::fs::write(folder.path().join("down.sql"), "DROP TABLE towns;\n")?;
    site.must(&["upgrade"])?;
    let told = site.fails(&["release"], 1, "no original has V4")?;
    says(
        &told.errors,
        "hint: convert the chain with `stillway convert --to flyway`",
    )?;
    site.must(&[
        "convert",
        "--to",
        "flyway",
        "--output",
        "sql_again",
        "--write",
        "--keep-project",
    ])?;
    let told = site.must(&["release", "--to", "flyway", "--path", "sql_again"])?;
    says(&told.output, "001, 002, 3, 4")?;
    let url = match site.database.backend() {
        Backend::Sqlite => format!("jdbc:sqlite:{}", site.database.file().display()),
        Backend::Postgres => site.database.sqlalchemy_url().replace("+psycopg2", ""),
    };
    let told = site.must(&[
        "flyway",
        &format!("-url={url}"),
        "-locations=filesystem:sql_again",
        "validate",
        "migrate",
    ])?;
    says(&told.output, "is up to date")
}
