//! A project with three domains in one database, locked and upgraded, ready to be tampered with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use md5::{Digest as _, Md5};
use stillway::command::domains::{
    LockOptions, LockResult, Process, Quiet, Selection, VerifyOptions, VerifyResult, Workspace,
    lock, upgrade, verify,
};
use stillway::model::Finding;

use super::support::database::{Backend, TestDatabase};

const ENVIRONMENT: &str = include_str!("../../compat-fixtures/oracle-alembic/project/env.py");
const CONFIGURATION: &str =
    include_str!("../../compat-fixtures/oracle-alembic/project/alembic.ini");

/// The files, but for those whose content depends on others.
const FILES: [(&str, &str); 16] = [
    (
        "legacy/flyway.toml",
        "[flyway]\nlocations = [\"filesystem:sql\", \"filesystem:more\"]\n",
    ),
    (
        "legacy/sql/V1__accounts.sql",
        "-- 계정\nCREATE TABLE accounts (\n  id int PRIMARY KEY,\n  name text\n);\n",
    ),
    (
        "legacy/sql/V2__notes_${team}.sql",
        "CREATE TABLE notes_${team} (body text); -- one for each team\n",
    ),
    (
        "legacy/sql/V4__카드.sql",
        "CREATE TABLE cards (id int);\nINSERT INTO cards VALUES (1);\n",
    ),
    ("legacy/sql/U4__카드.sql", "DROP TABLE cards;\n"),
    (
        "legacy/sql/V4__카드.sql.conf",
        "executeInTransaction=true\n",
    ),
    (
        "legacy/more/V3__more.sql",
        "CREATE TABLE more (x int);\nCREATE TABLE most (x int);\n",
    ),
    (
        "legacy/sql/R__view.sql",
        "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT name FROM accounts;\n",
    ),
    ("legacy/sql/beforeMigrate.sql", "SELECT 1;\n"),
    (
        "users/versions/a1_first.py",
        "\"\"\"first\n\nRevision ID: a1\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = \"a1\"\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table(\"users\", sa.Column(\"id\", sa.Integer(), primary_key=True))\n\n\ndef downgrade():\n    op.drop_table(\"users\")\n",
    ),
    (
        "users/versions/b2_second.py",
        "\"\"\"second\"\"\"\nfrom alembic import op\n\nrevision = \"b2\"\ndown_revision = \"a1\"\n\n\ndef upgrade():\n    op.execute(\"\"\"\n        CREATE TABLE logs (\n            line text\n        )\n    \"\"\")\n\n\ndef downgrade():\n    op.execute(\"DROP TABLE logs\")\n",
    ),
    (
        "users/versions/c3_third.py",
        "\"\"\"third\"\"\"\nfrom alembic import op\n\nrevision = \"c3\"\ndown_revision = \"b2\"\n\n\ndef upgrade():\n    # 세 번째\n    op.execute(\"INSERT INTO logs VALUES ('x')\")\n\n\ndef downgrade():\n    op.execute(\"DELETE FROM logs\")\n",
    ),
    ("cards/0001_decks/up.sql", "CREATE TABLE decks (id int);\n"),
    ("cards/0001_decks/down.sql", "DROP TABLE decks;\n"),
    (
        "cards/0002_teams/up.sql",
        "INSERT INTO decks VALUES (length('${team}\n'));\n",
    ),
    (
        "cards/9000_view/up.sql",
        "DROP VIEW IF EXISTS all_decks;\nCREATE VIEW all_decks AS SELECT * FROM decks;\n",
    ),
];

/// The project.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    database: Option<TestDatabase>,
}

impl Site {
    /// The files, and nothing else.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let site = Self {
            folder,
            database: None,
        };
        for (path, text) in FILES {
            site.write(&path.replace("${team}", "팀"), text);
        }
        site.write("users/env.py", ENVIRONMENT);
        site.write("users/alembic.ini", CONFIGURATION);
        let source = hex::encode(Md5::digest(site.read("legacy/sql/V4__카드.sql")));
        site.write(
            "cards/0001_decks/metadata.toml",
            format!("revision = \"0001\"\nsource = \"legacy/sql/V4__카드.sql\"\nsource_md5 = \"{source}\"\n"),
        );
        site.write(
            "cards/0002_teams/metadata.toml",
            "revision = \"0002\"\ndown_revision = \"0001\"\nplaceholders = true\n",
        );
        site.write(
            "cards/9000_view/metadata.toml",
            "revision = \"9000\"\nrepeatable = true\n",
        );
        site.write_project("core", "sqlite:app.db");
        site
    }

    /// The same, locked and upgraded.
    pub(crate) fn upgraded(backend: Backend) -> Result<Self, &'static str> {
        let mut site = Self::new();
        let database = TestDatabase::create(backend, site.path("app.db"))?;
        let url = match &database.scratch {
            Some(scratch) => scratch.url.clone(),
            None => "sqlite:app.db".to_owned(),
        };
        site.write_project("core", &url);
        site.database = Some(database);
        site.locked();
        let result =
            upgrade(&site.workspace(), &Selection::default(), false, &mut Quiet).expect("runs");
        if let Some(error) = result.failure {
            panic!("{error}");
        }
        Ok(site)
    }

    /// Writes `stillway.toml`.
    pub(crate) fn write_project(&self, team: &str, url: &str) {
        self.write(
            "stillway.toml",
            format!(
                "[project]\nurl = \"{url}\"\nplaceholders = {{ team = \"{team}\" }}\n\n[domains.legacy]\ndialect = \"flyway\"\ndirectory = \"legacy\"\nconfig = \"flyway.toml\"\n\n[domains.users]\ndialect = \"alembic\"\ndirectory = \"users\"\ndepends_on = [\"legacy\"]\n\n[domains.cards]\ndialect = \"native\"\ndirectory = \"cards\"\ndepends_on = [\"users\"]\n"
            ),
        );
    }

    /// A path in the project.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, relative: &str, content: impl AsRef<[u8]>) {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("a folder");
        std::fs::write(path, content).expect("writable");
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        std::fs::read_to_string(self.path(relative)).expect(relative)
    }

    /// Replaces a part of a file that must be there.
    pub(crate) fn replace(&self, relative: &str, old: &str, new: &str) {
        let text = self.read(relative);
        assert!(text.contains(old), "{relative} has no `{old}`");
        self.write(relative, text.replacen(old, new, 1));
    }

    pub(crate) fn rename(&self, old: &str, new: &str) {
        let target = self.path(new);
        std::fs::create_dir_all(target.parent().expect("below the root")).expect("a folder");
        std::fs::rename(self.path(old), target).expect(old);
    }

    /// Removes a file or a folder.
    pub(crate) fn remove(&self, relative: &str) {
        let path = self.path(relative);
        if path.is_dir() {
            std::fs::remove_dir_all(path).expect(relative);
        } else {
            std::fs::remove_file(path).expect(relative);
        }
    }

    /// Exchanges two files.
    pub(crate) fn swap(&self, one: &str, other: &str) {
        self.rename(one, "swapped");
        self.rename(other, one);
        self.rename("swapped", other);
    }

    /// Changes the database behind everybody's back.
    pub(crate) fn statements(&self, sql: &str) {
        let database = self.database.as_ref().expect("a database");
        database.statements(sql).expect(sql);
    }

    pub(crate) fn workspace(&self) -> Workspace {
        let process = Process {
            variables: BTreeMap::new(),
            directory: self.root().to_owned(),
            user: "tester".to_owned(),
            timestamp: "2026-01-02 03:04:05".to_owned(),
            time_zone: Some("Asia/Seoul".to_owned()),
        };
        Workspace::open(process).expect("a project")
    }

    /// Locks everything, of which nothing may have changed.
    pub(crate) fn locked(&self) -> LockResult {
        let result = self.lock(&[]);
        assert_eq!(result.refused, []);
        result
    }

    pub(crate) fn lock(&self, accept: &[&str]) -> LockResult {
        let options = LockOptions {
            accept: accept.iter().map(ToString::to_string).collect(),
            ..LockOptions::default()
        };
        lock(&self.workspace(), &options).expect("locks")
    }

    pub(crate) fn verify(&self, options: &VerifyOptions) -> VerifyResult {
        verify(&self.workspace(), options, &mut Quiet).expect("verifies")
    }

    /// What is found, in short: severity, code, domain and migration, sorted.
    pub(crate) fn found(&self, database: bool) -> Vec<String> {
        let options = VerifyOptions {
            database,
            ..VerifyOptions::default()
        };
        let result = self.verify(&options);
        let failures = result.failures.iter();
        let failures = failures.map(|error| error.domain.clone().unwrap_or_default());
        let mut found = short(&result.findings);
        found.extend(failures.map(|domain| format!("failure {domain}")));
        found.sort();
        found
    }
}

/// Findings in short.
pub(crate) fn short(findings: &[Finding]) -> Vec<String> {
    let mut short: Vec<String> = findings
        .iter()
        .map(|finding| {
            format!(
                "{} {} {} {}",
                finding.severity, finding.code, finding.domain, finding.migration
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    short.sort();
    short
}
