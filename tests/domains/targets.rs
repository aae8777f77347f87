//! Domains that are kept in many databases or schemas.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

use crate::Test;
use crate::site::{Site, Told, same, says};
use crate::support::database::{Backend, TestDatabase};

/// Tests on files of SQLite as targets, and on schemas of PostgreSQL.
pub(crate) const TESTS: &[(&str, Test)] = &[
    ("targets: all are upgraded, then only new ones", all),
    (
        "targets: one that goes first fails, and nobody follows",
        canary,
    ),
    ("targets: no more are begun when too many failed", budget),
    ("targets: other domains wait for all of them", dependents),
    ("targets: single ones are chosen by pattern", patterns),
    ("targets: what is no target fails by its name", wrong),
    ("targets: a query names them", query),
    ("targets: two runs at once", two_at_once),
    ("targets: a run is killed and the next one goes on", killed),
    ("targets: Flyway's files", flyway),
    (
        "targets: what works on one database only is refused",
        refused,
    ),
];

/// Tests that need schemas.
pub(crate) const SCHEMA_TESTS: &[(&str, Test)] = &[
    (
        "targets: nothing of a session is left to the next schema",
        sessions,
    ),
    ("targets: Alembic's revisions", alembic),
    (
        "targets: unqualified guards mean the target's schema",
        guards,
    ),
    ("targets: each history is verified", verified),
    ("targets: are taken back and recorded", taken_back),
    ("targets: unreachable ones", unreachable),
];

const NAMES: [&str; 5] = ["acme", "Tenant-1", "한글", "a b", "order"];

/// A native domain `tenants` with three revisions, the targets in a list.
fn project(site: &Site, names: &[&str]) -> Result<(), Failed> {
    let steps = [
        ("0001", None, "one"),
        ("0002", Some("0001"), "two"),
        ("0003", Some("0002"), "three"),
    ];
    for (id, parent, table) in steps {
        let parent = parent.map_or(String::new(), |parent| {
            format!("down_revision = \"{parent}\"\n")
        });
        site.native(
            &format!("tenants/{id}_{table}"),
            &format!("revision = \"{id}\"\n{parent}message = \"{table}\"\n"),
            &format!("CREATE TABLE {table} (id INTEGER);\nINSERT INTO {table} VALUES (1);\n"),
            &format!("DROP TABLE {table};\n"),
        )?;
    }
    settings(site, "native", "tenants", "")?;
    list(site, names)
}

fn settings(site: &Site, dialect: &str, directory: &str, more: &str) -> Result<(), Failed> {
    site.write(
        "stillway.toml",
        &format!("[domains.tenants]\ndialect = \"{dialect}\"\ndirectory = \"{directory}\"\ntargets = {{ file = \"tenants.txt\" }}\n{more}"),
    )
}

/// Writes the list; files of SQLite get a folder.
fn list(site: &Site, names: &[&str]) -> Result<(), Failed> {
    std::fs::create_dir_all(site.root().join("files"))?;
    let lines = names.iter().map(|name| match site.database.backend() {
        Backend::Postgres => format!("{name}\n"),
        Backend::Sqlite => format!("sqlite:///files/{name}.db\n"),
    });
    let text = format!("# all of them\n\n{}", lines.collect::<String>());
    site.write("tenants.txt", &text)
}

/// Runs statements in a target.
fn statements(site: &Site, name: &str, sql: &str) -> Result<(), Failed> {
    match site.database.backend() {
        Backend::Postgres => {
            let sql = format!(
                "CREATE SCHEMA IF NOT EXISTS \"{name}\"; SET search_path = \"{name}\"; {sql}"
            );
            let mut connection = site.database.connect();
            let sent = connection.database().send(&sql);
            sent.map_err(|error| format!("{error}: {sql}"))?;
        }
        Backend::Sqlite => file(site, name)?.statements(sql)?,
    }
    Ok(())
}

fn file(site: &Site, name: &str) -> Result<TestDatabase, Failed> {
    let path = site.root().join(format!("files/{name}.db"));
    Ok(TestDatabase::create(Backend::Sqlite, path)?)
}

/// The one value of a query about a table of a target, which is written as `@table`.
fn value(site: &Site, name: &str, query: &str) -> Result<String, Failed> {
    Ok(match site.database.backend() {
        Backend::Postgres => site
            .database
            .value(&query.replace('@', &format!("\"{name}\"."))),
        Backend::Sqlite => file(site, name)?.value(&query.replace('@', "")),
    })
}

fn version(site: &Site, name: &str) -> Result<String, Failed> {
    value(site, name, "SELECT version_num FROM @stillway_version")
}

/// How many targets ended how, as `upgraded 3, failed 1`.
fn states(told: &Told) -> Result<String, Failed> {
    let document = told.json()?;
    let states = document["domains"][0]["targets"]["states"]
        .as_object()
        .ok_or("states")?;
    let states = states.iter().filter(|(_, count)| count.as_u64() != Some(0));
    let states: Vec<String> = states
        .map(|(state, count)| format!("{state} {count}"))
        .collect();
    Ok(states.join(", "))
}

fn upgraded(site: &Site, arguments: &[&str]) -> Result<(i32, String), Failed> {
    let told =
        site.run(&[&["upgrade", "-d", "tenants", "--format", "json"], arguments].concat())?;
    Ok((
        told.code,
        states(&told).map_err(|error| format!("{error:?}: {told:?}"))?,
    ))
}

/// Each migration has run exactly once everywhere.
fn each_once(site: &Site, names: &[&str]) -> Result<(), Failed> {
    for name in names {
        same(&version(site, name)?, &"0003".to_owned())?;
        for table in ["one", "two", "three"] {
            let query = format!("SELECT count(*) FROM @{table}");
            same(&value(site, name, &query)?, &"1".to_owned())?;
        }
        let query = "SELECT count(*) FROM @stillway_history WHERE action = 'upgrade'";
        same(&value(site, name, query)?, &"3".to_owned())?;
    }
    Ok(())
}

fn all(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    let plan = site.must(&["plan", "--format", "json"])?.json()?;
    same(&plan["segments"][0]["database"], &"5 targets".into())?;
    same(
        &plan["segments"][0]["migrations"].as_array().map(Vec::len),
        &Some(3),
    )?;
    same(
        &upgraded(site, &["0002", "--jobs", "3"])?,
        &(0, "upgraded 5".to_owned()),
    )?;
    same(
        &upgraded(site, &["--target", "*acme*"])?,
        &(0, "upgraded 1".to_owned()),
    )?;
    let status = site.must(&["status"])?;
    says(&status.output, "4 at 0002, 1 at 0003")?;
    says(&status.output, "1 up to date, 4 with something pending")?;
    says(&status.output, "acme")?;
    same(&status.output.contains("한글"), &false)?;
    says(&site.must(&["status", "--all-targets"])?.output, "한글")?;
    same(&site.run(&["status", "--check"])?.code, &5)?;
    same(
        &upgraded(site, &["--jobs", "2"])?,
        &(0, "upgraded 4, up-to-date 1".to_owned()),
    )?;
    each_once(site, &NAMES)?;
    same(&upgraded(site, &[])?, &(0, "up-to-date 5".to_owned()))?;
    let more: Vec<&str> = NAMES.into_iter().chain(["new"]).collect();
    list(site, &more)?;
    says(
        &site.must(&["upgrade"])?.output,
        "tenants: 6 targets: 1 upgraded, 5 up to date",
    )?;
    let status = site
        .must(&["status", "--check", "--format", "json"])?
        .json()?;
    let targets = &status["domains"][0]["targets"];
    same(&targets["total"], &6.into())?;
    same(
        &targets["by_current"],
        &serde_json::json!([{ "current": ["0003"], "count": 6 }]),
    )?;
    each_once(site, &more)
}

fn canary(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    statements(site, NAMES[0], "CREATE TABLE two (id INTEGER);")?;
    let told = site.run(&["upgrade", "--canary", "1", "--max-failures", "9"])?;
    same(&told.code, &1)?;
    says(&told.errors, "failed: tenants (")?;
    says(&told.errors, NAMES[0])?;
    says(&told.errors, "a target that went first has failed")?;
    says(&told.output, "5 targets: 1 failed, 4 not begun")?;
    // What ran before the failure is there, and nothing anywhere else.
    same(&version(site, NAMES[0])?, &"0001".to_owned())?;
    statements(site, NAMES[0], "DROP TABLE two;")?;
    same(
        &upgraded(site, &["--canary", "1"])?,
        &(0, "upgraded 5".to_owned()),
    )?;
    each_once(site, &NAMES)
}

fn budget(site: &Site) -> Result<(), Failed> {
    let names = ["t1", "t2", "t3", "t4", "t5", "t6"];
    project(site, &names)?;
    for name in ["t1", "t3", "t4"] {
        statements(site, name, "CREATE TABLE three (id INTEGER);")?;
    }
    let alone = |more: &[&str]| upgraded(site, &[&["--jobs", "1"], more].concat());
    same(&alone(&[])?, &(1, "failed 1, not-begun 5".to_owned()))?;
    same(
        &alone(&["--max-failures", "1"])?,
        &(1, "upgraded 1, failed 2, not-begun 3".to_owned()),
    )?;
    same(
        &alone(&["--max-failures", "3"])?,
        &(1, "upgraded 2, up-to-date 1, failed 3".to_owned()),
    )?;
    for name in ["t1", "t3", "t4"] {
        same(&version(site, name)?, &"0002".to_owned())?;
        statements(site, name, "DROP TABLE three;")?;
    }
    same(&alone(&[])?, &(0, "upgraded 3, up-to-date 3".to_owned()))?;
    each_once(site, &names)
}

fn dependents(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    settings(
        site,
        "native",
        "tenants",
        "\n[domains.summary]\ndialect = \"native\"\ndirectory = \"summary\"\ndepends_on = [\"tenants@0002\"]\n",
    )?;
    site.native(
        "summary/0001_first",
        "revision = \"0001\"\nmessage = \"all\"\n",
        "CREATE TABLE summary (id INTEGER);\n",
        "DROP TABLE summary;\n",
    )?;
    statements(site, NAMES[3], "CREATE TABLE two (id INTEGER);")?;
    let told = site.run(&["upgrade", "--max-failures", "9"])?;
    same(&told.code, &1)?;
    says(&told.output, "summary: not begun, 1 migration left")?;
    statements(site, NAMES[3], "DROP TABLE two;")?;
    let ran = site.ran(&["upgrade"])?;
    same(&ran, &"tenants:0002 tenants:0003 summary:0001".to_owned())?;
    same(
        &site.database.value("SELECT count(*) FROM summary"),
        &"0".to_owned(),
    )?;
    each_once(site, &NAMES)
}

fn patterns(site: &Site) -> Result<(), Failed> {
    project(site, &["eu_1", "eu_2", "us_1"])?;
    same(
        &upgraded(site, &["--target", "*eu_*"])?,
        &(0, "upgraded 2".to_owned()),
    )?;
    same(
        &upgraded(site, &["--target", "*eu_1*", "--target", "*us_1*"])?,
        &(0, "upgraded 1, up-to-date 1".to_owned()),
    )?;
    let tell = ["upgrade", "-d", "tenants", "--target"];
    site.fails(
        &[&tell[..], &["asia*"]].concat(),
        2,
        "no target is called `asia*`",
    )?;
    site.fails(
        &["upgrade", "--target", "*eu*"],
        2,
        "--target goes with one domain",
    )?;
    site.fails(
        &["upgrade", "-d", "tenants", "+1"],
        2,
        "name the migration to go to",
    )?;
    site.fails(&["upgrade", "-d", "tenants", "--jobs", "0"], 2, "--jobs")?;
    Ok(())
}

fn wrong(site: &Site) -> Result<(), Failed> {
    project(site, &["fine"])?;
    let text = site.read("tenants.txt")?;
    let long = "x".repeat(64);
    site.write(
        "tenants.txt",
        &format!("{text}{long}   # too long\npostgres://me:hunter2@host:port/db\nmysql://me:hunter2@host/db\n"),
    )?;
    let told = site.run(&["upgrade", "--max-failures", "9"])?;
    same(&told.code, &1)?;
    says(&told.output, "4 targets: 1 upgraded, 3 failed")?;
    says(&told.errors, "tenants (tenants.txt:4): `xxx")?;
    says(&told.errors, "tenants (tenants.txt:5): ")?;
    same(&format!("{told:?}").contains("hunter2"), &false)?;
    same(&version(site, "fine")?, &"0003".to_owned())?;
    let status = site.run(&["status", "--format", "json"])?;
    same(
        &status.json()?["domains"][0]["targets"]["cannot_be_asked"],
        &3.into(),
    )?;
    same(&format!("{status:?}").contains("hunter2"), &false)?;
    std::fs::remove_file(site.root().join("tenants.txt"))?;
    site.fails(
        &["upgrade"],
        1,
        "the list of targets tenants.txt is missing",
    )?;
    Ok(())
}

fn query(site: &Site) -> Result<(), Failed> {
    project(site, &[])?;
    let place = match site.database.backend() {
        Backend::Postgres => "name",
        Backend::Sqlite => "'sqlite:///files/' || name || '.db'",
    };
    site.write(
        "stillway.toml",
        &format!("[domains.tenants]\ndialect = \"native\"\ndirectory = \"tenants\"\n\n[domains.tenants.targets]\nquery = \"SELECT {place}, 'more' FROM customers ORDER BY name IS NULL, name\"\n"),
    )?;
    site.fails(&["upgrade"], 1, "the query for the targets failed")?;
    site.database
        .statements("CREATE TABLE customers (name text); INSERT INTO customers VALUES ('acme'), ('한글'), (NULL);")?;
    let told = site.run(&["upgrade", "--max-failures", "1"])?;
    says(&told.output, "3 targets: 2 upgraded, 1 failed")?;
    says(&told.errors, "row 3 of the query")?;
    site.database
        .statements("DELETE FROM customers WHERE name IS NULL")?;
    same(&upgraded(site, &[])?, &(0, "up-to-date 2".to_owned()))?;
    each_once(site, &["acme", "한글"])
}

/// Starts an upgrade and does not wait for it.
fn start(site: &Site, arguments: &[&str]) -> Result<Child, Failed> {
    Ok(Command::new(env!("CARGO_BIN_EXE_stillway"))
        .args(["upgrade", "-d", "tenants"])
        .args(arguments)
        .current_dir(site.root())
        .env("DATABASE_URL", site.database.sqlalchemy_url())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?)
}

fn many() -> Vec<String> {
    (1..=12).map(|number| format!("t{number:02}")).collect()
}

/// Makes the second revision slow enough to be met while it runs.
fn slow_down(site: &Site) -> Result<(), Failed> {
    let slow = match site.database.backend() {
        Backend::Postgres => "SELECT pg_sleep(0.1);",
        Backend::Sqlite => {
            "INSERT INTO two SELECT 9 WHERE (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT max(x) FROM n) < 0;"
        }
    };
    let up = site.read("tenants/0002_two/up.sql")?;
    site.write("tenants/0002_two/up.sql", &format!("{up}{slow}\n"))
}

fn two_at_once(site: &Site) -> Result<(), Failed> {
    let names = many();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    project(site, &names)?;
    slow_down(site)?;
    let first = start(site, &["--jobs", "3"])?;
    let second = start(site, &["--jobs", "3"])?;
    for run in [first, second] {
        let output = run.wait_with_output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("one of two runs failed: {errors}").into());
        }
    }
    each_once(site, &names)
}

fn killed(site: &Site) -> Result<(), Failed> {
    let names = many();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    project(site, &names)?;
    slow_down(site)?;
    let mut run = start(site, &["--jobs", "2"])?;
    let begun = Instant::now();
    let third = |name: &&str| -> bool {
        match site.database.backend() {
            Backend::Postgres => {
                let sql = format!("SELECT to_regclass('{name}.three') IS NOT NULL");
                site.database.value(&sql) == "t"
            }
            Backend::Sqlite => {
                let known = "SELECT count(*) FROM sqlite_master WHERE name = 'three'";
                value(site, name, known).is_ok_and(|count| count == "1")
            }
        }
    };
    // Of SQLite's files nothing is looked at before they are made.
    while begun.elapsed() < Duration::from_mins(1) {
        let exists = |name: &&str| {
            site.database.backend() == Backend::Postgres
                || site.root().join(format!("files/{name}.db")).exists()
        };
        if names.iter().filter(|name| exists(name)).any(third) {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill()?;
    run.wait()?;
    let left = names.iter().filter(|name| !third(name)).count();
    if left == 0 {
        return Err("everything had run before the kill".into());
    }
    let (code, states) = upgraded(site, &["--jobs", "4"])?;
    same(&code, &0)?;
    says(&states, "upgraded")?;
    says(&states, "up-to-date")?;
    each_once(site, &names)
}

fn flyway(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    settings(
        site,
        "flyway",
        "sql",
        "placeholders = { word = \"hello\" }\n",
    )?;
    site.write("sql/V1__one.sql", "CREATE TABLE one (id INTEGER);\n")?;
    site.write(
        "sql/V2__two.sql",
        "CREATE TABLE two (place VARCHAR(99), word VARCHAR(9));\nINSERT INTO two VALUES ('${flyway:defaultSchema}', '${word}');\n",
    )?;
    same(
        &upgraded(site, &["1", "--jobs", "2"])?,
        &(0, "upgraded 5".to_owned()),
    )?;
    says(&site.must(&["status"])?.output, "5 at 1")?;
    site.write(
        "sql/R__three.sql",
        "DROP VIEW IF EXISTS three;\nCREATE VIEW three AS SELECT * FROM two;\n",
    )?;
    same(
        &upgraded(site, &["--jobs", "2"])?,
        &(0, "upgraded 5".to_owned()),
    )?;
    same(&upgraded(site, &[])?, &(0, "up-to-date 5".to_owned()))?;
    for name in NAMES {
        let place = match site.database.backend() {
            Backend::Postgres => name,
            Backend::Sqlite => "main",
        };
        same(
            &value(site, name, "SELECT place FROM @three")?,
            &place.to_owned(),
        )?;
        same(
            &value(site, name, "SELECT word FROM @three")?,
            &"hello".to_owned(),
        )?;
        let rows = "SELECT count(*) FROM @flyway_schema_history WHERE version IS NOT NULL OR description = 'three'";
        same(&value(site, name, rows)?, &"3".to_owned())?;
    }
    statements(
        site,
        NAMES[1],
        "DROP VIEW three; CREATE TABLE v3 (id INTEGER);",
    )?;
    site.write("sql/V3__three.sql", "CREATE TABLE v3 (id INTEGER);\n")?;
    let told = site.run(&["upgrade", "--max-failures", "1"])?;
    says(&told.output, "5 targets: 4 upgraded, 1 failed")?;
    same(&told.code, &1)?;
    says(&told.errors, "V3__three.sql")
}

fn refused(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    let told = site.run(&["release", "-d", "tenants"])?;
    same(&told.code, &2)?;
    says(
        &told.errors,
        "works on one database, and the domain has targets",
    )?;
    site.fails(
        &["downgrade", "-d", "tenants", "-1"],
        2,
        "would be another migration for each target",
    )?;
    Ok(())
}

fn taken_back(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    site.must(&["upgrade"])?;
    let told = site.must(&["downgrade", "-d", "tenants", "0001", "--canary", "1"])?;
    says(&told.output, "tenants: 5 targets: 5 taken back")?;
    for name in NAMES {
        same(&version(site, name)?, &"0001".to_owned())?;
    }
    // Those that are there already are left alone, and single ones can be chosen.
    let told = site.must(&["downgrade", "-d", "tenants", "0001"])?;
    says(&told.output, "5 up to date")?;
    let told = site.must(&["stamp", "-d", "tenants", "heads", "--target", "a*"])?;
    says(&told.output, "2 targets: 2 recorded")?;
    same(&version(site, "acme")?, &"0003".to_owned())?;
    same(&version(site, "order")?, &"0001".to_owned())?;
    let told = site.must(&["stamp", "-d", "tenants", "0001", "--format", "json"])?;
    same(
        &told.json()?["domains"][0]["state"],
        &serde_json::json!("done"),
    )?;
    same(&version(site, "acme")?, &"0001".to_owned())?;
    // A target that fails is told by name, and the budget holds.
    site.must(&["upgrade"])?;
    statements(site, "order", "DROP TABLE two;")?;
    let told = site.run(&["downgrade", "-d", "tenants", "base", "--max-failures", "1"])?;
    same(&told.code, &1)?;
    says(&told.output, "4 taken back, 1 failed")?;
    says(&told.errors, "run the same again for what is left")
}

fn sessions(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    site.write(
        "tenants/0003_three/up.sql",
        "CREATE TABLE three (id INTEGER);\nINSERT INTO three VALUES (1);\nCREATE TEMP TABLE one (id INTEGER);\nSET search_path = public;\nSET default_transaction_read_only = on;\nPREPARE p AS SELECT 1;\n",
    )?;
    same(
        &upgraded(site, &["--jobs", "1"])?,
        &(0, "upgraded 5".to_owned()),
    )?;
    each_once(site, &NAMES)?;
    same(
        &site.database.value("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public'"),
        &"0".to_owned(),
    )
}

const ALEMBIC_INI: &str = "[alembic]\nscript_location = %(here)s\n";
const ENV_PY: &str = "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\nengine = create_engine(os.environ[\"DATABASE_URL\"])\nwith engine.connect() as connection:\n    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n";

fn alembic(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    settings(site, "alembic", "chain", "")?;
    site.write("chain/alembic.ini", ALEMBIC_INI)?;
    site.write("chain/env.py", ENV_PY)?;
    site.write(
        "chain/versions/0001_first.py",
        "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"0001\"\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table(\"people\", sa.Column(\"id\", sa.Integer(), primary_key=True))\n    op.get_bind().execute(sa.text(\"INSERT INTO people VALUES (1)\"))\n\n\ndef downgrade():\n    op.drop_table(\"people\")\n",
    )?;
    same(
        &upgraded(site, &["--jobs", "2"])?,
        &(0, "upgraded 5".to_owned()),
    )?;
    same(&upgraded(site, &[])?, &(0, "up-to-date 5".to_owned()))?;
    for name in NAMES {
        same(
            &value(site, name, "SELECT count(*) FROM @people")?,
            &"1".to_owned(),
        )?;
        same(
            &value(site, name, "SELECT version_num FROM @alembic_version")?,
            &"0001".to_owned(),
        )?;
    }
    let set = ENV_PY.replace(
        "    context.configure",
        "    connection.execute(\"SET search_path TO other\")\n    context.configure",
    );
    site.write("chain/env.py", &set)?;
    list(site, &["another"])?;
    let told = site.run(&["upgrade"])?;
    same(&told.code, &1)?;
    says(&told.errors, "env.py sets the search path itself")
}

fn guards(site: &Site) -> Result<(), Failed> {
    project(site, &["a", "b"])?;
    site.native(
        "tenants/0001_one",
        "revision = \"0001\"\nmessage = \"one\"\nskip_if_exists = [\"one\"]\n",
        "CREATE TABLE one (id INTEGER);\nINSERT INTO one VALUES (1);\n",
        "DROP TABLE one;\n",
    )?;
    site.database
        .statements("CREATE TABLE public.one (id integer)")?;
    statements(site, "b", "CREATE TABLE one (id INTEGER);")?;
    same(&upgraded(site, &[])?, &(0, "upgraded 2".to_owned()))?;
    same(
        &value(site, "a", "SELECT count(*) FROM @one")?,
        &"1".to_owned(),
    )?;
    same(
        &value(site, "b", "SELECT count(*) FROM @one")?,
        &"0".to_owned(),
    )
}

fn unreachable(site: &Site) -> Result<(), Failed> {
    project(site, &["fine"])?;
    let text = site.read("tenants.txt")?;
    let nowhere = "postgres://me:hunter2@127.0.0.1:1/nowhere";
    site.write("tenants.txt", &format!("{text}{nowhere}\n"))?;
    let told = site.run(&["upgrade"])?;
    same(&told.code, &4)?;
    says(&told.output, "2 targets: 1 upgraded, 1 failed")?;
    says(&told.errors, "127.0.0.1:1/nowhere")?;
    same(&format!("{told:?}").contains("hunter2"), &false)?;
    same(&site.run(&["status"])?.code, &4)?;
    each_once(site, &["fine"])
}

fn verified(site: &Site) -> Result<(), Failed> {
    project(site, &NAMES)?;
    site.must(&["upgrade"])?;
    site.must(&["lock"])?;
    let told = site.must(&["verify", "--database"])?;
    says(&told.output, "clean")?;
    list(site, &["acme", "new"])?;
    let told = site.run(&["verify", "--database"])?;
    says(&told.output, "not applied yet (in new)")?;
    site.write("tenants/0001_one/up.sql", "CREATE TABLE one (id BIGINT);\n")?;
    list(site, &NAMES)?;
    let told = site.run(&["verify", "--database"])?;
    same(&told.code, &3)?;
    says(&told.output, "error[applied-edited] 0001")?;
    says(&told.output, "(in all 5 targets)")
}
