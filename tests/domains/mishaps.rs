//! Projects that are not what they should be: what would go wrong is refused before anything runs, and says
//! what to do.

use libtest_mimic::Failed;

use crate::Test;
use crate::site::{Site, same, says};
use crate::support::database::Backend;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("domains that share a history are refused", shared_history),
    ("a project that is not there is no success", nothing_there),
    ("a directory that is gone is no success", directory_gone),
    ("a revision without metadata is refused", without_metadata),
    ("a revision without a way down is refused", without_way_down),
    (
        "a new domain fits the server and the project's file",
        new_domain,
    ),
    ("targets of all domains may be their heads", all_heads),
    ("a stamp says what it has done", told_stamps),
    (
        "a changed module beside revisions is noticed",
        changed_module,
    ),
    (
        "one domain that is not adopted does not hide others",
        adopted_one_by_one,
    ),
];

/// Those that need schemas.
pub(crate) const SCHEMA_TESTS: &[(&str, Test)] = &[
    ("an interrupted step of Flyway's is verified", interrupted),
    ("originals are moved behind a join", moved_originals),
];

fn chain(site: &Site, folder: &str, table: &str) -> Result<(), Failed> {
    site.native(
        &format!("{folder}/0001_first"),
        "revision = \"0001\"\n",
        &format!("CREATE TABLE {table} (id INTEGER);\n"),
        &format!("DROP TABLE {table};\n"),
    )
}

fn shared_history(site: &Site) -> Result<(), Failed> {
    chain(site, "one", "one")?;
    chain(site, "two", "two")?;
    let project = "[domains.one]\ndialect = \"native\"\ndirectory = \"one\"\n\n[domains.two]\ndialect = \"native\"\ndirectory = \"two\"\n";
    site.write("stillway.toml", project)?;
    for arguments in [
        &["upgrade"][..],
        &["upgrade", "-d", "two"],
        &["plan"],
        &["stamp", "-d", "one", "heads"],
        &["downgrade", "-d", "one", "base"],
    ] {
        let told = site.fails(
            arguments,
            1,
            "would keep its history in the table of the domain",
        )?;
        says(&told.errors, "_stillway_version\"")?;
    }
    site.write(
        "stillway.toml",
        &format!("{project}history_table = \"two_stillway_version\"\n"),
    )?;
    same(&site.ran(&["upgrade"])?, &"one:0001 two:0001".to_owned())
}

fn nothing_there(site: &Site) -> Result<(), Failed> {
    site.write("notes.txt", "")?;
    for arguments in [
        &["upgrade"][..],
        &["plan"],
        &["verify"],
        &["lock"],
        &["adopt"],
    ] {
        site.fails(arguments, 2, "no domain was found in")?;
    }
    site.fails(&["status", "-C", "elsewhere"], 2, "there is no folder")?;
    site.must(&["status"])?;
    Ok(())
}

fn directory_gone(site: &Site) -> Result<(), Failed> {
    site.write(
        "stillway.toml",
        "[domains.one]\ndialect = \"native\"\ndirectory = \"one\"\n",
    )?;
    for arguments in [&["upgrade"][..], &["plan"], &["verify"], &["status"]] {
        site.fails(arguments, 1, "").and_then(|told| {
            says(
                &(told.errors + &told.output),
                "its directory one is not there",
            )
        })?;
    }
    Ok(())
}

fn without_metadata(site: &Site) -> Result<(), Failed> {
    chain(site, "one", "one")?;
    site.write("one/0002_next/up.sql", "CREATE TABLE next (id INTEGER);\n")?;
    site.fails(&["upgrade"], 1, "holds a revision without metadata.toml")?;
    site.write("one/notes/readme.sql", "")?;
    site.write(
        "one/0002_next/metadata.toml",
        "revision = \"0002\"\ndown_revision = \"0001\"\n",
    )?;
    same(&site.ran(&["upgrade"])?, &"one:0001 one:0002".to_owned())
}

fn without_way_down(site: &Site) -> Result<(), Failed> {
    chain(site, "one", "one")?;
    site.write("one/0002_next/up.sql", "CREATE TABLE next (id INTEGER);\n")?;
    site.write(
        "one/0002_next/metadata.toml",
        "revision = \"0002\"\ndown_revision = \"0001\"\n",
    )?;
    site.must(&["upgrade"])?;
    let told = site.fails(&["downgrade", "base"], 1, "0002_next has no down.sql")?;
    says(&told.errors, "nothing was run")?;
    same(&told.output.contains("next upgrade"), &false)
}

fn new_domain(site: &Site) -> Result<(), Failed> {
    site.write(
        "stillway.toml",
        "[project]\nplaceholders = { tone = \"c\" }\n",
    )?;
    site.fails(
        &["domain", "add", "users", "--path", "../users"],
        2,
        "is not below the project's root",
    )?;
    site.must(&["domain", "add", "users"])?;
    site.must(&["domain", "add", "stats", "--dialect", "flyway"])?;
    let text = site.read("stillway.toml")?;
    says(&text, "tone = \"c\"")?;
    let own = match site.database.backend() {
        Backend::Sqlite => "history_table = \"users_stillway_version\"",
        Backend::Postgres => "schema = \"users\"",
    };
    says(&text, own)?;
    same(&site.ran(&["upgrade"])?, &"users:0001 stats:001".to_owned())
}

fn told_stamps(site: &Site) -> Result<(), Failed> {
    chain(site, "one", "one")?;
    let told = site.must(&["stamp", "heads"])?;
    says(&told.output, "one: 1 migration recorded")?;
    let told = site.must(&["stamp", "base"])?;
    same(&told.errors.contains("there is no migration"), &false)?;
    same(&site.ran(&["upgrade"])?, &"one:0001".to_owned())
}

fn changed_module(site: &Site) -> Result<(), Failed> {
    site.write(
        "auth/alembic.ini",
        "[alembic]\nscript_location = %(here)s\n",
    )?;
    site.write("auth/env.py", "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\nengine = create_engine(os.environ[\"DATABASE_URL\"])\nwith engine.connect() as connection:\n    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n")?;
    site.write(
        "auth/helpers.py",
        "import names\n\n\ndef table():\n    return \"people\"\n",
    )?;
    site.write("auth/names.py", "FIRST = 1\n")?;
    site.write("auth/versions/0001_first.py", "from alembic import op\n\nrevision = \"0001\"\ndown_revision = None\n\n\ndef upgrade():\n    from helpers import table\n    op.execute(\"CREATE TABLE \" + table() + \" (id INTEGER)\")\n\n\ndef downgrade():\n    pass\n")?;
    site.must(&["lock"])?;
    says(&site.must(&["verify"])?.output, "clean")?;
    site.write("auth/names.py", "FIRST = 1\r\n")?;
    says(&site.must(&["verify"])?.output, "clean")?;
    site.write("auth/names.py", "FIRST = 2\n")?;
    let told = site.run(&["verify", "--strict"])?;
    same(&told.code, &3)?;
    says(
        &told.output,
        "warning[module-changed] 0001: imports `names`",
    )?;
    site.must(&["lock", "--accept", "0001"])?;
    says(&site.must(&["verify"])?.output, "clean")
}

fn all_heads(site: &Site) -> Result<(), Failed> {
    chain(site, "one", "one")?;
    same(&site.ran(&["upgrade", "heads"])?, &"one:0001".to_owned())?;
    site.fails(&["upgrade", "@0001"], 2, "could be of any domain")?;
    Ok(())
}

fn adopted_one_by_one(site: &Site) -> Result<(), Failed> {
    chain(site, "one", "one")?;
    site.write("two/V1__two.sql", "CREATE TABLE two (id INTEGER);\n")?;
    site.write("zwei/V1__zwei.sql", "CREATE TABLE zwei (id INTEGER);\n")?;
    let (two, zwei) = (
        "history_table = \"two\\u005fhistory\"\n",
        "history_table = \"zwei_history\"\n",
    );
    site.write(
        "stillway.toml",
        &format!(
            "[domains.one]\ndialect = \"native\"\ndirectory = \"one\"\n\n[domains.two]\ndialect = \"flyway\"\ndirectory = \"two\"\n{two}\n[domains.zwei]\ndialect = \"flyway\"\ndirectory = \"zwei\"\n{zwei}"
        ),
    )?;
    site.must(&["upgrade", "-d", "zwei"])?;
    let told = site.run(&["adopt"])?;
    same(&told.code, &1)?;
    says(&told.output, "nothing is there to be adopted")?;
    says(&told.output, "zwei: 1 of 1 migrations applied")
}

fn interrupted(site: &Site) -> Result<(), Failed> {
    site.write("stats/V1__one.sql", "CREATE TABLE one (id INTEGER);\n")?;
    site.must(&["upgrade"])?;
    site.write(
        "stats/V2__two.sql",
        "CREATE INDEX CONCURRENTLY two ON one (id);\n",
    )?;
    site.database.statements(
        "COMMENT ON TABLE flyway_schema_history IS 'stillway has begun: V2__two.sql [1]'",
    )?;
    let told = site.run(&["verify", "--database"])?;
    same(&told.code, &3)?;
    says(&told.output, "error[interrupted-migration] 2")?;
    same(&told.output.contains("not-applied"), &false)
}

fn moved_originals(site: &Site) -> Result<(), Failed> {
    crate::seed::layout(site)?;
    site.must(&["init"])?;
    let told = site.must(&[
        "convert",
        "-d",
        "users",
        "--to",
        "native",
        "--join",
        "migrations@0001",
        "--write",
        "--move",
    ])?;
    says(&told.output, "3 originals were moved")?;
    let project = site.read("stillway.toml")?;
    says(&project, "migrations/users_native/original/migrations")?;
    site.read("migrations/users_native/original/migrations/V003__create_users_schema.sql")?;
    site.fails(
        &[
            "convert",
            "-d",
            "auth",
            "--to",
            "native",
            "--join",
            "character@99",
        ],
        2,
        "there is no revision `99` to join behind",
    )?;
    Ok(())
}
