//! Order, targets, failures and listings of projects with several domains.

use libtest_mimic::Failed;

use crate::Test;
use crate::site::{Site, same, says};

pub(crate) const TESTS: &[(&str, Test)] = &[
    (
        "three dialects run in the order of their needs",
        three_dialects,
    ),
    ("migrations wait for those of other domains", interleaved),
    ("a failure stops the run, and the next one goes on", failure),
    (
        "deprecated domains run when they are needed or named",
        deprecated,
    ),
    ("targets name a migration, a domain or steps", targets),
    ("a migration that others need is not taken back", needed),
    (
        "domains are discovered, written down and added",
        written_down,
    ),
    (
        "new migrations are written into all dialects",
        new_migrations,
    ),
    ("misuse is told apart from failure", misuse),
    ("stamps record without running", stamped),
    ("nothing names a database", without_url),
    ("markers in Flyway's history are no migrations", markers),
];

const ALEMBIC_INI: &str = "[alembic]\nscript_location = %(here)s\n";
const ENV_PY: &str = "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\nengine = create_engine(os.environ[\"DATABASE_URL\"])\nwith engine.connect() as connection:\n    context.configure(connection=connection, version_table=\"auth_version\")\n    with context.begin_transaction():\n        context.run_migrations()\n";

/// `auth` by Alembic, `users` native, `stats` by Flyway; users needs auth, stats needs users.
fn project(site: &Site) -> Result<(), Failed> {
    site.write("auth/alembic.ini", ALEMBIC_INI)?;
    site.write("auth/env.py", ENV_PY)?;
    site.write(
        "auth/versions/0001_first.py",
        "\"\"\"people\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = \"0001\"\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table(\"people\", sa.Column(\"id\", sa.Integer(), primary_key=True))\n\n\ndef downgrade():\n    op.drop_table(\"people\")\n",
    )?;
    site.native(
        "users/0001_accounts",
        "revision = \"0001\"\nmessage = \"계정\"\n",
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY REFERENCES people (id));\n",
        "DROP TABLE accounts;\n",
    )?;
    site.write(
        "stats/V1__totals.sql",
        "CREATE VIEW totals AS SELECT count(*) AS accounts FROM accounts;\n",
    )?;
    site.write("stats/U1__totals.sql", "DROP VIEW totals;\n")?;
    site.write(
        "stillway.toml",
        "[domains.stats]\ndialect = \"flyway\"\ndirectory = \"stats\"\ndepends_on = [\"users\"]\n\n[domains.users]\ndialect = \"native\"\ndirectory = \"users\"\nhistory_table = \"users_version\"\ndepends_on = [\"auth@0001\"]\n\n[domains.auth]\ndialect = \"alembic\"\ndirectory = \"auth\"\n",
    )
}

fn three_dialects(site: &Site) -> Result<(), Failed> {
    project(site)?;
    let plan = site.must(&["plan", "--format", "json", "--sql"])?.json()?;
    let order: Vec<&str> = plan["segments"]
        .as_array()
        .ok_or("segments")?
        .iter()
        .filter_map(|segment| segment["domain"].as_str())
        .collect();
    same(&order, &vec!["auth", "users", "stats"])?;
    same(&plan["findings"], &serde_json::json!([]))?;
    let place = &plan["segments"][1]["migrations"][0]["statements"][0]["place"];
    same(&place["path"], &"users/0001_accounts/up.sql".into())?;
    // A plan changes nothing.
    let status = site.must(&["status", "--format", "json"])?.json()?;
    same(
        &status["domains"][0]["standing"]["has_history"],
        &false.into(),
    )?;
    same(&site.run(&["status", "--check"])?.code, &5)?;
    same(
        &site.ran(&["upgrade"])?,
        &"auth:0001 users:0001 stats:1".to_owned(),
    )?;
    same(&site.ran(&["upgrade"])?, &String::new())?;
    same(&site.run(&["status", "--check"])?.code, &0)?;
    same(
        &site.database.value("SELECT accounts FROM totals"),
        &"0".to_owned(),
    )?;
    let history = site
        .must(&["history", "--applied", "--format", "json"])?
        .json()?;
    for domain in history["domains"].as_array().ok_or("domains")? {
        for migration in domain["migrations"].as_array().ok_or("migrations")? {
            same(&migration["state"], &"applied".into())?;
        }
    }
    says(&site.must(&["history"])?.output, "계정")?;
    // The parts also answer to the originals' command lines.
    let alone = site.run_with(&["alembic", "current"], &site.root().join("auth"), &[])?;
    says(&alone.output, "0001 (head)")?;
    // From anywhere inside the project.
    let inside = site.run_with(&["status"], &site.root().join("auth/versions"), &[])?;
    says(&inside.output, "stats")
}

fn interleaved(site: &Site) -> Result<(), Failed> {
    let table = |name: &str| {
        (
            format!("CREATE TABLE {name} (id INTEGER);"),
            format!("DROP TABLE {name};"),
        )
    };
    for (folder, metadata, name) in [
        ("a/1_one", "revision = \"a1\"\n", "a1"),
        (
            "a/2_two",
            "revision = \"a2\"\ndown_revision = \"a1\"\ndepends_on = [\"b@b1\"]\n",
            "a2",
        ),
        (
            "b/1_one",
            "revision = \"b1\"\ndepends_on = [\"a@a1\"]\n",
            "b1",
        ),
        (
            "b/2_two",
            "revision = \"b2\"\ndown_revision = \"b1\"\ndepends_on = [\"a@a2\"]\n",
            "b2",
        ),
    ] {
        let (up, down) = table(name);
        site.native(folder, metadata, &up, &down)?;
    }
    let domain = |name: &str| {
        format!(
            "[domains.{name}]\ndialect = \"native\"\ndirectory = \"{name}\"\nhistory_table = \"{name}_version\"\n"
        )
    };
    site.write("stillway.toml", &format!("{}{}", domain("a"), domain("b")))?;
    let plan = site.must(&["plan", "--format", "json"])?.json()?;
    let segments = plan["segments"].as_array().ok_or("segments")?;
    let order: Vec<&str> = segments
        .iter()
        .flat_map(|segment| segment["migrations"].as_array().into_iter().flatten())
        .filter_map(|migration| migration["key"].as_str())
        .collect();
    same(&order, &vec!["a1", "b1", "a2", "b2"])?;
    // What is wanted of one domain brings what it needs of the other, and no more.
    same(
        &site.ran(&["upgrade", "a@a2"])?,
        &"a:a1 a:a2 b:b1".to_owned(),
    )?;
    same(&site.ran(&["upgrade"])?, &"b:b2".to_owned())?;
    // A circle is shown.
    site.native(
        "a/1_one",
        "revision = \"a1\"\ndepends_on = [\"b@b1\"]\n",
        "",
        "",
    )?;
    let fresh = Site::new(site.database.backend())?;
    for name in ["a", "b"] {
        crate::support::alembic::copy_tree(&site.root().join(name), &fresh.root().join(name))?;
    }
    fresh.write("stillway.toml", &site.read("stillway.toml")?)?;
    let told = fresh.fails(&["upgrade"], 1, "wait for each other")?;
    says(&told.errors, "a@a1 → b@b1 → a@a1")
}

fn failure(site: &Site) -> Result<(), Failed> {
    project(site)?;
    site.native(
        "users/0002_broken",
        "revision = \"0002\"\ndown_revision = \"0001\"\n",
        "CREATE TABLE extra (id INTEGER);\n\nINSERT INTO nowhere VALUES (1);\n",
        "DROP TABLE extra;\n",
    )?;
    // The files show it: nothing runs, and there is a way on.
    let told = site.fails(&["upgrade"], 1, "nothing was run")?;
    says(&told.output, "users: not begun, 2 migrations left")?;
    says(
        &told.output,
        "users/0002_broken/up.sql:3:13: writes to table",
    )?;
    says(&told.errors, "--regardless")?;
    let told = site.run(&["upgrade", "--regardless", "--format", "json"])?;
    same(&told.code, &1)?;
    let result = told.json()?;
    let states: Vec<&str> = result["domains"]
        .as_array()
        .ok_or("domains")?
        .iter()
        .filter_map(|domain| domain["state"].as_str())
        .collect();
    same(&states, &vec!["done", "failed", "not-run"])?;
    same(&result["domains"][1]["ran"], &serde_json::json!(["0001"]))?;
    same(&result["domains"][1]["left"], &serde_json::json!(["0002"]))?;
    let message = result["error"]["message"].as_str().unwrap_or_default();
    says(message, "users/0002_broken/up.sql:3:1")?;
    let told = site.fails(&["upgrade", "--regardless"], 1, "nowhere")?;
    says(&told.output, "auth: up to date")?;
    says(&told.output, "users: failed")?;
    says(&told.output, "stats: not begun, 1 migration left")?;
    // Nothing of the broken migration is there, and the next run goes on.
    site.write(
        "users/0002_broken/up.sql",
        "CREATE TABLE extra (id INTEGER);\n",
    )?;
    same(&site.ran(&["upgrade"])?, &"users:0002 stats:1".to_owned())
}

fn deprecated(site: &Site) -> Result<(), Failed> {
    project(site)?;
    let text = site.read("stillway.toml")?;
    site.write(
        "stillway.toml",
        &text.replace(
            "directory = \"auth\"\n",
            "directory = \"auth\"\ndeprecated = \"merged into users\"\n",
        ),
    )?;
    site.write(
        "auth/versions/0002_second.py",
        "\"\"\"more\"\"\"\nfrom alembic import op\n\nrevision = \"0002\"\ndown_revision = \"0001\"\n\n\ndef upgrade():\n    op.execute(\"CREATE TABLE more (id INTEGER)\")\n\n\ndef downgrade():\n    op.execute(\"DROP TABLE more\")\n",
    )?;
    let status = site.must(&["status"])?.output;
    says(&status, "deprecated: merged into users; needed by users")?;
    // Only what is needed.
    same(
        &site.ran(&["upgrade"])?,
        &"auth:0001 users:0001 stats:1".to_owned(),
    )?;
    same(&site.run(&["status", "--check"])?.code, &0)?;
    let told = site.must(&["upgrade"])?;
    says(&told.output, "auth: deprecated, left out")?;
    same(
        &site.ran(&["upgrade", "-d", "auth"])?,
        &"auth:0002".to_owned(),
    )
}

fn targets(site: &Site) -> Result<(), Failed> {
    for number in 1..=4 {
        let before = if number == 1 {
            String::new()
        } else {
            format!("down_revision = \"000{}\"\n", number - 1)
        };
        site.native(
            &format!("db/000{number}_table"),
            &format!("revision = \"000{number}\"\n{before}"),
            &format!("CREATE TABLE t{number} (id INTEGER);"),
            &format!("DROP TABLE t{number};"),
        )?;
        site.write(
            &format!("sql/V{number}__v.sql"),
            &format!("CREATE TABLE v{number} (id INTEGER);"),
        )?;
        site.write(
            &format!("sql/U{number}__v.sql"),
            &format!("DROP TABLE v{number};"),
        )?;
    }
    same(&site.ran(&["upgrade", "db@0001"])?, &"db:0001".to_owned())?;
    same(
        &site.ran(&["upgrade", "-d", "db", "+1"])?,
        &"db:0002".to_owned(),
    )?;
    same(
        &site.ran(&["upgrade", "-d", "sql", "V002"])?,
        &"sql:1 sql:2".to_owned(),
    )?;
    same(
        &site.ran(&["upgrade", "-d", "sql", "+1"])?,
        &"sql:3".to_owned(),
    )?;
    same(
        &site.ran(&["upgrade"])?,
        &"db:0003 db:0004 sql:4".to_owned(),
    )?;
    same(
        &site.ran(&["downgrade", "-d", "db", "-2"])?,
        &"db:0004 db:0003".to_owned(),
    )?;
    same(
        &site.ran(&["downgrade", "sql@1"])?,
        &"sql:4 sql:3 sql:2".to_owned(),
    )?;
    same(
        &site.ran(&["downgrade", "-d", "sql", "base"])?,
        &"sql:1".to_owned(),
    )?;
    same(
        &site.ran(&["downgrade", "db@base"])?,
        &"db:0002 db:0001".to_owned(),
    )?;
    site.fails(
        &["upgrade", "-d", "db", "0009"],
        2,
        "there is no migration `0009`",
    )?;
    site.fails(
        &["upgrade", "-d", "db", "00"],
        2,
        "`00` is the beginning of several",
    )?;
    site.fails(
        &["downgrade", "-d", "sql", "-3"],
        2,
        "only 0 versions are applied",
    )?;
    Ok(())
}

fn needed(site: &Site) -> Result<(), Failed> {
    project(site)?;
    site.must(&["upgrade"])?;
    let told = site.fails(
        &["downgrade", "auth@base"],
        1,
        "users@0001 is applied and needs `auth@0001`",
    )?;
    says(&told.errors, "hint: downgrade users first")?;
    site.fails(
        &["downgrade", "users@base"],
        1,
        "stats@1 is applied and needs `users`",
    )?;
    same(
        &site.ran(&["downgrade", "stats@base"])?,
        &"stats:1".to_owned(),
    )?;
    same(
        &site.ran(&["downgrade", "users@base"])?,
        &"users:0001".to_owned(),
    )?;
    same(
        &site.ran(&["downgrade", "auth@base"])?,
        &"auth:0001".to_owned(),
    )
}

fn written_down(site: &Site) -> Result<(), Failed> {
    project(site)?;
    std::fs::remove_file(site.root().join("stillway.toml"))?;
    let status = site.must(&["status"])?.output;
    says(&status, "Discovered without a stillway.toml")?;
    site.must(&["init"])?;
    site.fails(&["init"], 2, "exists already")?;
    let listed = site.must(&["domain", "list", "--format", "json"])?.json()?;
    let names: Vec<&str> = listed["domains"]
        .as_array()
        .ok_or("domains")?
        .iter()
        .filter_map(|domain| domain["name"].as_str())
        .collect();
    // What the SQL uses of other domains is declared.
    same(&names, &vec!["auth", "users", "stats"])?;
    let text = site.read("stillway.toml")?;
    says(&text, "depends_on = [\"auth@0001\"]")?;
    says(&text, "reads table `public.accounts`, which")
        .or(says(&text, "reads table `main.accounts`, which"))?;
    site.must(&[
        "domain",
        "add",
        "billing",
        "--path",
        "billing",
        "--depends-on",
        "auth@0001",
    ])?;
    site.fails(
        &["domain", "add", "billing"],
        2,
        "there is a domain `billing` already",
    )?;
    site.fails(
        &[
            "domain",
            "add",
            "more",
            "--dialect",
            "flyway",
            "--path",
            "stats/more",
        ],
        2,
        "Flyway takes everything below it for its own",
    )?;
    site.fails(
        &["domain", "add", "more", "--depends-on", "nobody"],
        2,
        "there is no domain `nobody`",
    )?;
    let shown = site.must(&["domain", "show", "billing"])?.output;
    says(&shown, "auth@0001")?;
    if site.database.backend() == crate::support::database::Backend::Postgres {
        same(
            &site.ran(&["upgrade", "-d", "billing"])?,
            &"auth:0001 billing:0001".to_owned(),
        )?;
        same(
            &site
                .database
                .value("SELECT version_num FROM billing.stillway_version"),
            &"0001".to_owned(),
        )?;
    }
    Ok(())
}

fn new_migrations(site: &Site) -> Result<(), Failed> {
    project(site)?;
    let native = site.must(&[
        "revision",
        "-d",
        "users",
        "-m",
        "더 많은 칸",
        "--depends-on",
        "auth@0001",
    ])?;
    says(&native.output, "wrote users/0002_더_많은_칸")?;
    says(
        &site.read("users/0002_더_많은_칸/metadata.toml")?,
        "depends_on = [\"auth@0001\"]",
    )?;
    let flyway = site.must(&["revision", "-d", "stats", "-m", "more totals"])?;
    same(
        &flyway.output,
        &"wrote stats/V2__more_totals.sql\n".to_owned(),
    )?;
    site.fails(
        &["revision", "-d", "stats", "-m", "x", "--parent", "1"],
        2,
        "Flyway's versions are a line",
    )?;
    site.write("auth/script.py.mako", "\"\"\"${message}\"\"\"\nrevision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\nbranch_labels = ${repr(branch_labels)}\ndepends_on = ${repr(depends_on)}\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n")?;
    site.must(&["revision", "-d", "auth", "-m", "second"])?;
    same(
        &site.ran(&["upgrade"])?,
        &"auth:0001 auth:0002 users:0001 users:0002 stats:1 stats:2".to_owned(),
    )
}

fn misuse(site: &Site) -> Result<(), Failed> {
    project(site)?;
    site.fails(&["upgrade", "0001"], 2, "could be of any domain")?;
    site.fails(
        &["status", "-d", "nobody"],
        2,
        "there is no domain `nobody`",
    )?;
    site.fails(
        &["upgrade", "-d", "auth", "-d", "users", "0001"],
        2,
        "a target goes with one domain",
    )?;
    site.write(
        "stillway.toml",
        "[domains.a]\ndialect = \"native\"\ndirectory = \"a\"\ncolour = 3\n",
    )?;
    site.fails(&["status"], 2, "stillway.toml:4:1: unknown field `colour`")?;
    let told = site.run(&["status", "--format", "json"])?;
    same(&told.json()?["error"]["kind"], &"configuration".into())
}

fn stamped(site: &Site) -> Result<(), Failed> {
    project(site)?;
    site.must(&["stamp", "auth@0001"])?;
    site.must(&["stamp", "-d", "users", "heads"])?;
    site.must(&["stamp", "stats@1"])?;
    same(&site.ran(&["upgrade"])?, &String::new())?;
    // Nothing has run.
    let tables = match site.database.backend() {
        crate::support::database::Backend::Sqlite => {
            "SELECT count(*) FROM sqlite_master WHERE name IN ('people', 'accounts', 'totals')"
        }
        crate::support::database::Backend::Postgres => {
            "SELECT count(*) FROM pg_class WHERE relname IN ('people', 'accounts', 'totals')"
        }
    };
    same(&site.database.value(tables), &"0".to_owned())
}

fn without_url(site: &Site) -> Result<(), Failed> {
    project(site)?;
    let told = site.run_with(
        &["status", "-d", "users"],
        &site.root(),
        &[("DATABASE_URL", "")],
    )?;
    same(&told.code, &1)?;
    says(
        &told.output,
        "set USERS_DATABASE_URL or DATABASE_URL, or url or url_env of the domain in stillway.toml",
    )?;
    // A server that does not answer is told apart, and no password is shown.
    let nowhere = "postgresql://app:secret@127.0.0.1:1/app";
    let told = site.run_with(
        &["status", "-d", "users"],
        &site.root(),
        &[("DATABASE_URL", nowhere)],
    )?;
    same(&told.code, &4)?;
    if told.output.contains("secret") || told.errors.contains("secret") {
        return Err("a password is shown".into());
    }
    // The files alone are enough for what needs no database.
    let told = site.run_with(&["history"], &site.root(), &[("DATABASE_URL", "")])?;
    same(&told.code, &0)
}

fn markers(site: &Site) -> Result<(), Failed> {
    site.write("sql/V1__one.sql", "CREATE TABLE one (id INTEGER);\n")?;
    let schema = match site.database.backend() {
        crate::support::database::Backend::Sqlite => "main",
        crate::support::database::Backend::Postgres => "app",
    };
    site.write(
        "stillway.toml",
        &format!(
            "[domains.sql]\ndialect = \"flyway\"\ndirectory = \"sql\"\nschema = \"{schema}\"\n"
        ),
    )?;
    site.must(&["lock"])?;
    same(&site.ran(&["upgrade"])?, &"sql:1".to_owned())?;
    let told = site.must(&["verify", "--database"])?;
    says(&told.output, "clean, 1 migration in 1 domain")
}
