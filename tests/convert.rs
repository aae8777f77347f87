//! Conversion between the dialects: what each file becomes, there and back, and that what was converted
//! leaves the same schema.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use stillway::command::domains::{
    ConvertRequest, ConvertResult, JoinRequest, Process, Quiet, Selection, Workspace, convert,
    upgrade,
};
use stillway::convert::Fate;
use stillway::model::{Backend as Server, Dialect};

use support::database::{Backend, TestDatabase};
use support::dump::{schema, unlike};
use support::original_alembic;
use support::servers::{must_have_everything, postgres_url};

/// A project with one domain.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new(dialect: &str, files: &[(&str, &str)]) -> Self {
        let site = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        for (name, text) in files {
            site.write(&format!("own/{name}"), text.as_bytes());
        }
        site.project(dialect, "own", "");
        site
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        std::fs::write(path, bytes).expect("writable");
    }

    /// What `stillway.toml` says from now on.
    fn project(&self, dialect: &str, directory: &str, more: &str) {
        let text = format!(
            "[domains.own]\ndialect = \"{dialect}\"\ndirectory = \"{directory}\"\nurl_env = \"OWN_URL\"\n{more}"
        );
        self.write("stillway.toml", text.as_bytes());
    }

    fn workspace(&self, url: Option<&str>) -> Workspace {
        let variables = url.map(|url| ("OWN_URL".to_owned(), url.to_owned()));
        let process = Process {
            directory: self.path().to_owned(),
            variables: variables.into_iter().collect(),
            timestamp: "2026-01-02 03:04:05".to_owned(),
            ..Process::default()
        };
        Workspace::open(process).unwrap_or_else(|error| panic!("{error}"))
    }

    fn convert(&self, to: Dialect, directory: &str) -> ConvertResult {
        let mut request = ConvertRequest::new("own", to);
        request.directory = Some(directory.into());
        request.dry_run = false;
        request.backend = Some(Server::Postgres);
        let result = convert(&self.workspace(None), &request);
        result.unwrap_or_else(|error| panic!("{error}"))
    }

    /// All files below a folder.
    fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path().join(folder);
        let mut found = BTreeMap::new();
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).expect("readable") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(&root).expect("below");
                    let bytes = std::fs::read(&path).expect("readable");
                    found.insert(name.display().to_string(), bytes);
                }
            }
        }
        found
    }

    fn text(&self, name: &str) -> String {
        let path = self.path().join(name);
        let text = std::fs::read_to_string(&path);
        text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn upgrade(&self, database: &TestDatabase) {
        let workspace = self.workspace(Some(&database.sqlalchemy_url()));
        let ran = upgrade(&workspace, &Selection::default(), false, &mut Quiet);
        let ran = ran.unwrap_or_else(|error| panic!("{error}"));
        if let Some(error) = ran.failure {
            panic!("{error} {:#?}", ran.findings);
        }
    }
}

/// The report as `file: fate reason`, notes in brackets.
fn told(result: &ConvertResult) -> Vec<String> {
    let name = |path: &PathBuf| {
        let name = path.strip_prefix("own").unwrap_or(path);
        name.display().to_string()
    };
    let line = |line: &stillway::convert::FileReport| {
        let fate = match line.fate {
            Fate::Converted => line.target.clone().unwrap_or_default(),
            Fate::Kept => "kept".to_owned(),
            Fate::Refused => "refused".to_owned(),
        };
        let place = line
            .place
            .as_ref()
            .map(|place| format!(" {}:{}", place.line, place.column));
        let reason = line.reason.as_ref().map(|reason| format!(": {reason}"));
        let notes = line.notes.iter().map(|note| format!(" [{note}]"));
        format!(
            "{} -> {fate}{}{}{}",
            name(&line.source),
            place.unwrap_or_default(),
            reason.unwrap_or_default(),
            notes.collect::<String>()
        )
    };
    result.report.iter().map(line).collect()
}

const FLYWAY: [(&str, &str); 9] = [
    (
        "V003__create_users.sql",
        "-- 사용자\r\nCREATE TABLE users (id integer PRIMARY KEY, name text);\r\n\r\n\tINSERT INTO users VALUES (1, '${not} $${replaced}');\n",
    ),
    (
        "V003__create_users.sql.conf",
        "placeholderReplacement=false\n",
    ),
    ("U003__create_users.sql", "DROP TABLE users;\n"),
    (
        "sub/V3.1__index.sql",
        "CREATE INDEX CONCURRENTLY users_name ON users (name);",
    ),
    ("sub/U3.1__index.sql", "DROP INDEX users_name;"),
    (
        "V20.sql",
        "BEGIN;\nCREATE TABLE cards (id integer);\nCOMMIT;\nCREATE TABLE more (id integer);\n",
    ),
    (
        "R__b_view.sql",
        "CREATE OR REPLACE VIEW v AS SELECT id FROM users;\n",
    ),
    (
        "R__A view.sql",
        "CREATE OR REPLACE VIEW w AS SELECT id FROM cards;\n",
    ),
    ("V21__alone.sql.conf", "executeInTransaction=false\n"),
];

fn flyway_site() -> Site {
    let site = Site::new("flyway", &FLYWAY);
    site.write(
        "own/V21__alone.sql",
        b"CREATE TABLE t21 (id integer);\nCREATE TABLE t22 (id integer);",
    );
    site
}

#[test]
fn flyway_files_become_revisions() {
    let site = flyway_site();
    let result = site.convert(Dialect::Native, "new");
    assert_eq!(
        told(&result),
        [
            "V003__create_users.sql -> V003_create_users/up.sql",
            "V003__create_users.sql.conf -> V003_create_users/metadata.toml",
            "U003__create_users.sql -> V003_create_users/down.sql",
            "sub/V3.1__index.sql -> V3.1_index/up.sql",
            "sub/U3.1__index.sql -> V3.1_index/down.sql",
            "V20.sql -> V20/up.sql",
            "V21__alone.sql -> V21_alone/up.sql",
            "V21__alone.sql.conf -> V21_alone/metadata.toml",
            "R__A view.sql -> R_A_view/up.sql",
            "R__b_view.sql -> R_b_view/up.sql",
        ]
    );
    assert!(result.complete);
    let (old, new) = (site.files("own"), site.files("new"));
    for (from, to) in [
        ("V003__create_users.sql", "V003_create_users/up.sql"),
        ("U003__create_users.sql", "V003_create_users/down.sql"),
        ("sub/V3.1__index.sql", "V3.1_index/up.sql"),
        ("V20.sql", "V20/up.sql"),
    ] {
        assert_eq!(old[from], new[to], "{from}");
    }
    let metadata = site.text("new/V3.1_index/metadata.toml");
    for line in [
        "revision = \"V3.1\"\n",
        "down_revision = \"V003\"\n",
        "run_in_transaction = false\n",
        "source = \"sub/V3.1__index.sql\"\n",
        "flyway_version = \"3.1\"\n",
    ] {
        assert!(metadata.contains(line), "{metadata}");
    }
}

#[test]
fn flyway_files_come_back() {
    let site = flyway_site();
    site.convert(Dialect::Native, "new");
    site.project("native", "new", "");
    let back = site.convert(Dialect::Flyway, "back");
    assert!(back.complete, "{:?}", told(&back));
    assert_eq!(site.files("own"), site.files("back"));
}

#[test]
fn what_flyway_files_cannot_become() {
    let site = Site::new(
        "flyway",
        &[
            ("V1__a.sql", "SELECT '${name}', '${flyway:user}';"),
            ("V2__b.sql", "SELECT 1;\nSELECT '${flyway:timestamp}';"),
            ("V3__c.sql", "SELECT 1;\nVACUUM;"),
            ("V4__d.sql", "SELECT 1;"),
            ("V4__d.sql.conf", "shouldExecute=${on}==yes"),
            ("V5__e.sql", "SELECT 1;"),
            ("V5__e.sql.conf", "shouldExecute=false"),
            ("V6__f.sql", "DELETE FROM flyway_schema_history;"),
            (
                "V8__h.sql",
                "DELETE FROM tables WHERE name = 'flyway_schema_history';",
            ),
            ("V9__i.sql", "SELECT 'flyway_schema_history'::regclass;"),
            ("V7__g.sql", "SELECT 'open;"),
            ("U10__i.sql", "SELECT 1;"),
            ("afterMigrate.sql", "SELECT 1;"),
            ("README.md", "words"),
        ],
    );
    let result = site.convert(Dialect::Native, "new");
    assert!(!result.complete);
    assert!(!site.path().join("new").exists());
    let told = told(&result).join("\n");
    for line in [
        "V1__a.sql -> V1_a/up.sql [needs values among the domain's placeholders: flyway:user, name]",
        "V2__b.sql -> refused 2:9: `${flyway:timestamp}` is not the same in each run",
        "V3__c.sql -> refused 2:1: the script mixes statements",
        "V4__d.sql -> refused: whether it runs depends on `shouldExecute=${on}==yes`",
        "V5__e.sql -> kept: its shouldExecute is `false`",
        "V6__f.sql -> refused 1:13: it works on Flyway's history table",
        "V7__g.sql -> refused 1:8: the string",
        "V8__h.sql -> V8_h/up.sql [it looks for rows about flyway_schema_history",
        "V9__i.sql -> refused 1:9: it works on Flyway's history table",
        "U10__i.sql -> kept: there is no migration that it takes back",
        "afterMigrate.sql -> kept: native revisions have no callbacks",
        "README.md -> kept: it is no migration of Flyway's",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
}

#[test]
fn other_encodings_and_baselines() {
    let site = Site::new(
        "flyway",
        &[
            ("V1__a.sql", "SELECT 1;"),
            ("B2__base.sql", "CREATE TABLE one (id integer);"),
            ("V2__b.sql", "SELECT 2;"),
            ("V3__c.sql.conf", "encoding=EUC-KR"),
        ],
    );
    site.write("own/V3__c.sql", b"-- \xc7\xd1\xb1\xdb\nSELECT 3;");
    let result = site.convert(Dialect::Native, "new");
    let told = told(&result);
    assert!(
        told[1].starts_with("V1__a.sql -> kept: the baseline migration 2 stands for it"),
        "{told:?}"
    );
    assert_eq!(
        told[3],
        "V3__c.sql -> V3_c/up.sql [was EUC-KR, is UTF-8 now]"
    );
    assert_eq!(site.text("new/V3_c/up.sql"), "-- 한글\nSELECT 3;");
    assert!(
        site.text("new/V3_c/metadata.toml")
            .contains("down_revision = \"B2\"")
    );
}

#[test]
fn a_dry_run_writes_nothing_and_originals_move_only_when_asked() {
    let site = flyway_site();
    let before = site.files("");
    let request = ConvertRequest::new("own", Dialect::Native);
    let result = convert(&site.workspace(None), &request).expect("converts");
    assert_eq!(result.directory, Path::new("own_native"));
    assert_eq!(before, site.files(""));
    let request = ConvertRequest {
        dry_run: false,
        move_originals: true,
        ..request
    };
    convert(&site.workspace(None), &request).expect("converts");
    assert_eq!(site.files("own"), BTreeMap::new());
    let moved = site.files("own_native/original");
    assert_eq!(moved.len(), 10);
    let again = convert(&site.workspace(None), &request);
    assert!(again.is_err_and(|error| error.to_string().contains("own_native is not empty")));
}

const ENV: &str = "from alembic import context\nimport os\nfrom sqlalchemy import create_engine\n\ncontext.configure(connection=create_engine(os.environ['OWN_URL']).connect(), transaction_per_migration=True)\nwith context.begin_transaction():\n    context.run_migrations()\n";

fn revision(id: &str, parent: &str, body: &str) -> (String, String) {
    let parent = if parent.is_empty() {
        "None".to_owned()
    } else {
        format!("{parent:?}")
    };
    let text = format!(
        "\"\"\"revision {id}\n\nRevision ID: {id}\nRevises: \nCreate Date: 2026-01-02 03:04:05\n\n\"\"\"\nimport datetime\nimport uuid\n\nimport sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n\nrevision = {id:?}\ndown_revision = {parent}\n\n\n{body}"
    );
    (format!("versions/{id}_x.py"), text)
}

fn alembic_site() -> Site {
    let revisions = [
        revision(
            "a1",
            "",
            "def upgrade():\n    op.execute(\"\"\"\n        -- 사용자\n\t\tCREATE TABLE one (id integer); CREATE TABLE two (a text DEFAULT '50% \\\\:a')\n    \"\"\")\n    op.create_table('three', sa.Column('kind', sa.Enum('x', 'y', name='kind')))\n\n\ndef downgrade():\n    op.drop_table('three')\n    postgresql.ENUM(name='kind').drop(op.get_bind(), checkfirst=True)\n    op.execute('DROP TABLE one; DROP TABLE two;')\n",
        ),
        revision(
            "a2",
            "a1",
            "def upgrade():\n    op.create_table('four', sa.Column('kind', sa.Enum('x', 'y', name='kind')))\n    with op.get_context().autocommit_block():\n        op.execute('CREATE INDEX CONCURRENTLY i ON one (id)')\n    op.execute('INSERT INTO one VALUES (1)')\n\n\ndef downgrade():\n    op.drop_table('four')\n    op.execute('DROP INDEX i')\n",
        ),
        revision(
            "a3",
            "a2",
            "def upgrade():\n    if 'two' in sa.inspect(op.get_bind()).get_table_names():\n        op.add_column('two', sa.Column('b', sa.Text()))\n\n\ndef downgrade():\n    op.drop_column('two', 'b')\n",
        ),
        revision(
            "a4",
            "a3",
            "def upgrade():\n    op.execute(f\"INSERT INTO two VALUES ('{uuid.uuid4()}')\")\n\n\ndef downgrade():\n    pass\n",
        ),
        revision(
            "a5",
            "a4",
            "def upgrade():\n    bind = op.get_bind()\n    postgresql.ENUM('x', name='kind').create(bind, checkfirst=True)\n    bind.execute(sa.text('UPDATE two SET a = :v'), {'v': \"it's\"})\n\n\ndef downgrade():\n    raise NotImplementedError('no way back')\n",
        ),
    ];
    let mut files: Vec<(&str, &str)> = vec![
        ("alembic.ini", "[alembic]\nscript_location = %(here)s\n"),
        ("env.py", ENV),
    ];
    files.extend(revisions.iter().map(|(name, text)| (&**name, &**text)));
    Site::new("alembic", &files)
}

#[test]
fn python_revisions_become_sql_where_that_is_exact() {
    let site = alembic_site();
    let result = site.convert(Dialect::Native, "new");
    let told = told(&result);
    assert_eq!(told[0], "versions/a1_x.py -> a1_revision_a1");
    assert_eq!(told[1], "versions/a2_x.py -> a2_revision_a2");
    for (at, words) in [
        (2, "versions/a3_x.py -> a3_revision_a3"),
        (
            3,
            "versions/a4_x.py -> kept 1:1: What it does depends on the time or on chance.",
        ),
        (
            4,
            "versions/a5_x.py -> a5_revision_a5 [its way down only fails, with NotImplementedError, so there is none]",
        ),
    ] {
        assert!(told[at].starts_with(words), "{told:#?}");
    }
    assert_eq!(
        site.text("new/a1_revision_a1/up.sql"),
        "-- 사용자\n\t\tCREATE TABLE one (id integer); CREATE TABLE two (a text DEFAULT '50% :a');\n\nCREATE TYPE kind AS ENUM ('x', 'y');\n\nCREATE TABLE three (\n\tkind kind\n);\n"
    );
    assert_eq!(
        site.text("new/a1_revision_a1/down.sql"),
        "DROP TABLE three;\n\nDROP TYPE IF EXISTS kind;\n\nDROP TABLE one; DROP TABLE two;\n"
    );
    // The type of an earlier revision is not created again.
    assert_eq!(
        site.text("new/a2_revision_a2/up.sql"),
        "BEGIN;\n\nCREATE TABLE four (\n\tkind kind\n);\n\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY i ON one (id);\n\nBEGIN;\n\nINSERT INTO one VALUES (1);\n\nCOMMIT;\n"
    );
    let metadata = site.text("new/a2_revision_a2/metadata.toml");
    for line in [
        "revision = \"a2\"\n",
        "down_revision = \"a1\"\n",
        "message = \"revision a2\"\n",
        "create_date = \"2026-01-02 03:04:05\"\n",
        "run_in_transaction = false\n",
        "source = \"a2_x.py\"\n",
    ] {
        assert!(metadata.contains(line), "{metadata}");
    }
    let up = site.text("new/a3_revision_a3/up.sql");
    for line in [
        "DO $$\n",
        "    has_table_two boolean := EXISTS (SELECT",
        "    IF has_table_two THEN\n        ALTER TABLE two ADD COLUMN b TEXT;\n    END IF;\n",
    ] {
        assert!(up.contains(line), "{up}");
    }
    let up = site.text("new/a5_revision_a5/up.sql");
    assert!(
        up.contains("IF pg_catalog.to_regtype('kind') IS NULL THEN\n"),
        "{up}"
    );
    assert!(up.ends_with("UPDATE two SET a = 'it''s';\n"), "{up}");
    assert!(!site.path().join("new/a5_revision_a5/down.sql").exists());
    assert_eq!(
        site.files("own")["versions/a4_x.py"],
        site.files("new")["a4_x.py"]
    );
}

fn databases(site: &Site, backend: Backend) -> Option<[TestDatabase; 2]> {
    if backend == Backend::Postgres && postgres_url().is_none() && !must_have_everything() {
        return None;
    }
    Some(
        ["first.db", "second.db"]
            .map(|name| TestDatabase::create(backend, site.path().join(name)).expect("a database")),
    )
}

/// The schema without the tables of histories.
fn own_schema(database: &TestDatabase) -> Vec<String> {
    let lines = schema(database).expect("readable");
    let text = lines.join("\n");
    let foreign = ["alembic_version", "flyway_schema_history", "stillway_"];
    let of_history = |block: &&str| !foreign.iter().any(|name| block.contains(name));
    let blocks = text.split("--\n-- Name: ").filter(of_history);
    blocks.flat_map(str::lines).map(str::to_owned).collect()
}

fn same(first: &TestDatabase, second: &TestDatabase) {
    let (first, second) = (own_schema(first), own_schema(second));
    assert!(first.len() > 5);
    assert_eq!(first, second, "{}", unlike("schemas", &first, &second));
}

#[test]
fn converted_chains_leave_the_same_schema() {
    for site in [flyway_site(), alembic_site()] {
        let Some([first, second]) = databases(&site, Backend::Postgres) else {
            return;
        };
        site.upgrade(&first);
        site.convert(Dialect::Native, "new");
        site.project("native", "new", "");
        site.upgrade(&second);
        same(&first, &second);
    }
}

#[test]
fn native_revisions_come_back_from_alembic() {
    let site = flyway_site();
    site.convert(Dialect::Native, "new");
    // Alembic has no repeatable migrations.
    for name in ["R_A_view", "R_b_view"] {
        std::fs::remove_dir_all(site.path().join("new").join(name)).expect("removable");
    }
    site.project("native", "new", "schema = \"own\"");
    let python = site.convert(Dialect::Alembic, "python");
    assert!(python.complete, "{:?}", told(&python));
    let Some([first, second]) = databases(&site, Backend::Postgres) else {
        return;
    };
    site.upgrade(&first);
    site.project("alembic", "python", "");
    site.upgrade(&second);
    same(&first, &second);
    let back = site.convert(Dialect::Native, "back");
    assert!(back.report.iter().all(|line| line.fate == Fate::Converted));
    let (new, back) = (site.files("new"), site.files("back"));
    for (name, bytes) in &new {
        if name.ends_with(".sql") {
            assert_eq!(Some(bytes), back.get(name), "{name}");
        } else {
            let text = String::from_utf8_lossy(bytes);
            let kept = |line: &&str| {
                ["revision", "down_", "run_in"]
                    .iter()
                    .any(|key| line.starts_with(key))
            };
            let lines: Vec<&str> = text.lines().filter(kept).collect();
            let other = String::from_utf8_lossy(&back[name]);
            for line in lines {
                assert!(other.contains(line), "{line}\n{other}");
            }
        }
    }
}

#[test]
fn alembic_itself_runs_what_was_converted() {
    if !original_alembic::is_installed() {
        assert!(!must_have_everything(), "Alembic is not installed");
        return;
    }
    let site = alembic_site();
    for name in ["a3", "a4"] {
        let path = site.path().join(format!("own/versions/{name}_x.py"));
        let text = std::fs::read_to_string(&path).expect("readable");
        let (head, _) = text.split_once("def upgrade").expect("a body");
        std::fs::write(
            path,
            format!("{head}def upgrade():\n    op.execute(\"SELECT '%s %% \\\\: \\\\\\\\'\")\n"),
        )
        .expect("writable");
    }
    let Some([first, second]) = databases(&site, Backend::Postgres) else {
        return;
    };
    site.upgrade(&first);
    site.convert(Dialect::Native, "new");
    site.project("native", "new", "");
    site.convert(Dialect::Alembic, "python");
    let ran = Command::new(original_alembic::programs().join("alembic"))
        .args(["upgrade", "heads"])
        .current_dir(site.path().join("python"))
        .env("OWN_URL", second.sqlalchemy_url())
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    same(&first, &second);
}

const LEGACY: &str = "-- 사용자\nSET timezone = 'Asia/Seoul';\nCREATE SCHEMA IF NOT EXISTS users;\nCREATE TABLE users.accounts (id integer PRIMARY KEY, name text, since timestamptz);\nCREATE INDEX by_name ON users.accounts (name);\n\n-- copies\nINSERT INTO users.accounts SELECT a.id, p.name, p.since FROM auth.users a JOIN profile.users p USING (id);\nUPDATE users.accounts SET name = '' WHERE name IS NULL;\n";

/// A chain of `users`, a chain of `auth`, and Flyway's files beside them.
fn legacy_site(legacy: &str, accounts: &str) -> Site {
    let (first, users) = revision(
        "0001",
        "",
        &format!(
            "def upgrade():\n    op.execute('CREATE SCHEMA IF NOT EXISTS users')\n    op.execute('{accounts}')\n"
        ),
    );
    let (_, auth) = revision(
        "0001",
        "",
        "def upgrade():\n    op.execute('CREATE SCHEMA auth; CREATE TABLE auth.users (id integer)')\n",
    );
    let ini = "[alembic]\nscript_location = %(here)s\n";
    let site = Site::new(
        "flyway",
        &[
            ("V003__users.sql", legacy),
            (
                "V004__info.sql",
                "CREATE TABLE users.info (id integer REFERENCES users.accounts);",
            ),
            ("users/alembic.ini", ini),
            ("users/env.py", ENV),
            (&format!("users/{first}"), &users),
            ("auth/alembic.ini", ini),
            ("auth/env.py", ENV),
            (&format!("auth/{first}"), &auth),
        ],
    );
    let domain = |name: &str, dialect: &str, directory: &str| {
        format!(
            "[domains.{name}]\ndialect = \"{dialect}\"\ndirectory = \"{directory}\"\nurl_env = \"OWN_URL\"\n"
        )
    };
    let text = domain("own", "alembic", "own/users")
        + &domain("auth", "alembic", "own/auth")
        + &domain("legacy", "flyway", "own");
    site.write("stillway.toml", text.as_bytes());
    site
}

fn joined(site: &Site) -> ConvertResult {
    let request = ConvertRequest {
        directory: Some("new".into()),
        dry_run: false,
        joins: vec![JoinRequest {
            domain: "legacy".to_owned(),
            at: "0001".to_owned(),
            merge: None,
        }],
        ..ConvertRequest::new("own", Dialect::Native)
    };
    convert(&site.workspace(None), &request).unwrap_or_else(|error| panic!("{error}"))
}

const ACCOUNTS: &str = "CREATE TABLE IF NOT EXISTS users.accounts (id integer PRIMARY KEY, name text, since timestamptz)";

#[test]
fn streams_join_a_chain() {
    let site = legacy_site(LEGACY, ACCOUNTS);
    let result = joined(&site);
    assert_eq!(
        told(&result),
        [
            "users/versions/0001_x.py -> 0001_revision_0001 [recorded without running where users.accounts exists, which the stream makes as well]",
            "V003__users.sql -> V003_users, V003_data_users [recorded without running where users.accounts exists, which 0001 makes as well] [cut in front of line 7: what follows is left out where there is no profile.users] [the second part repeats SET timezone = 'Asia/Seoul']",
            "V004__info.sql -> V004_info",
        ]
    );
    let (head, rest) = LEGACY.split_at(LEGACY.find("-- copies").expect("a boundary"));
    assert_eq!(site.text("new/V003_users/up.sql"), head);
    assert_eq!(
        site.text("new/V003_data_users/up.sql"),
        format!("SET timezone = 'Asia/Seoul';\n{rest}")
    );
    let metadata = site.text("new/V003_users/metadata.toml");
    assert!(
        metadata.contains("skip_if_exists = [\"users.accounts\"]"),
        "{metadata}"
    );
    assert!(!metadata.contains("auth"), "{metadata}");
    let metadata = site.text("new/V003_data_users/metadata.toml");
    assert!(
        metadata.contains("skip_if_missing = [\"profile.users\"]"),
        "{metadata}"
    );
    assert!(
        metadata.contains("depends_on = \"auth@0001\""),
        "{metadata}"
    );
    let metadata = site.text("new/V004_info/metadata.toml");
    assert!(
        metadata.contains("down_revision = \"V003_data\""),
        "{metadata}"
    );
    let metadata = site.text("new/join_legacy/metadata.toml");
    assert!(
        metadata.contains("down_revision = [\"0001\", \"V004\"]"),
        "{metadata}"
    );
}

#[test]
fn joined_chains_end_at_one_schema_wherever_they_start() {
    for accounts in [ACCOUNTS, &ACCOUNTS.replace("IF NOT EXISTS ", "")] {
        let site = legacy_site(LEGACY, accounts);
        let Some([empty, lived]) = databases(&site, Backend::Postgres) else {
            return;
        };
        let profile = "CREATE SCHEMA profile; CREATE TABLE profile.users (id integer, name text, since timestamptz);";
        lived.statements(profile).expect(profile);
        let rows = "INSERT INTO profile.users VALUES (1, '이름', '2026-01-01'), (2, NULL, now()); CREATE SCHEMA auth; CREATE TABLE auth.users (id integer); INSERT INTO auth.users VALUES (1), (2), (3); CREATE SCHEMA IF NOT EXISTS users;";
        lived.statements(rows).expect(rows);
        let result = joined(&site);
        assert!(result.complete, "{:?}", told(&result));
        let text = site.text("stillway.toml").replace(
            "\"alembic\"\ndirectory = \"own/users\"",
            "\"native\"\ndirectory = \"new\"",
        );
        let (text, _) = text.split_once("[domains.legacy]").expect("three domains");
        site.write("stillway.toml", text.as_bytes());
        site.upgrade(&empty);
        // The auth schema of the other one has been made by hand.
        site.write(
            "own/auth/versions/0001_x.py",
            revision("0001", "", "def upgrade():\n    pass\n")
                .1
                .as_bytes(),
        );
        site.upgrade(&lived);
        let count = |database: &TestDatabase| {
            database.value("SELECT count(*) || ' ' || coalesce(min(name), '-') FROM users.accounts")
        };
        assert_eq!(count(&empty), "0 -");
        assert_eq!(count(&lived), "2 ");
        lived
            .statements("DROP SCHEMA profile CASCADE")
            .expect("drops");
        same(&empty, &lived);
    }
}

#[test]
fn what_cannot_be_joined() {
    for (legacy, words) in [
        (
            LEGACY.replace(
                "UPDATE users",
                "ALTER TABLE users.accounts ADD COLUMN late int; UPDATE users",
            ),
            "V003__users.sql -> refused 9:13: behind the first statement that reads what nobody makes",
        ),
        (
            LEGACY.replace(
                "CREATE INDEX",
                "CREATE TABLE users.cards (id integer); CREATE INDEX",
            ),
            "V003__users.sql -> refused 5:14: it makes users.cards, which nobody else makes",
        ),
        (
            format!("BEGIN;\n{LEGACY}COMMIT;"),
            "V003__users.sql -> refused 1:1: it would have to be cut in two",
        ),
    ] {
        let result = joined(&legacy_site(&legacy, ACCOUNTS));
        assert!(!result.complete);
        let told = told(&result);
        assert!(told[1].starts_with(words), "{words}\n{told:#?}");
    }
}
