//! What only native revisions have: placeholders, repeatable revisions, guards, and scripts that
//! hold data or end their transaction themselves.

use std::collections::BTreeMap;
use std::path::Path;

use stillway::command::alembic::{
    Destination, Environment, Failure, LogLevel, NativeTable, Options, Overrides, Project,
    Reporter, run, standing, write,
};

use stillway::model::MigrationState;

use super::support::database::{Backend, TestDatabase};
use super::support::servers::{must_have_everything, postgres_url};

/// Keeps what a run says.
#[derive(Default)]
struct Said {
    log: Vec<String>,
    text: String,
}

impl Reporter for Said {
    fn print(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn log(&mut self, level: LogLevel, _logger: &str, message: &str) {
        let steps = ["Running ", "Skipping "];
        if level == LogLevel::Info && steps.iter().any(|word| message.starts_with(word)) {
            self.log.push(message.to_owned());
        }
    }

    fn logging(&mut self, _from: Option<LogLevel>) {}

    fn warn(&mut self, _words: &str) {}

    fn message(&mut self, _words: &str) {}

    fn status(&mut self, _doing: &str, _succeeded: bool) {}
}

/// A directory of native revisions and a database.
struct Domain {
    folder: tempfile::TempDir,
    database: TestDatabase,
    placeholders: BTreeMap<String, String>,
}

/// Runs a test on both servers, on PostgreSQL where there is one.
fn on_both(test: impl Fn(&mut Domain)) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        if backend == Backend::Postgres && postgres_url().is_none() && !must_have_everything() {
            continue;
        }
        test(&mut Domain::new(backend));
    }
}

impl Domain {
    fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("own.db");
        Self {
            database: TestDatabase::create(backend, file).expect("a database"),
            folder,
            placeholders: BTreeMap::new(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, revision: &str, name: &str, text: &str) {
        let folder = self.path().join("m").join(revision);
        std::fs::create_dir_all(&folder).expect("writable");
        std::fs::write(folder.join(name), text).expect("writable");
    }

    /// A revision; `metadata` are further lines of its file.
    fn revision(&self, id: &str, metadata: &str, up: &str, down: &str) {
        let metadata = format!("revision = '{id}'\n{metadata}");
        for (name, text) in [
            ("metadata.toml", metadata.as_str()),
            ("up.sql", up),
            ("down.sql", down),
        ] {
            self.file(id, name, text);
        }
    }

    fn project(&self) -> Project {
        let options = Options {
            placeholders: self.placeholders.clone(),
            overrides: Overrides {
                url: Some(self.database.sqlalchemy_url()),
                ..Overrides::default()
            },
            ..Options::default()
        };
        let environment = Environment {
            directory: self.path().to_owned(),
            ..Environment::default()
        };
        let table = NativeTable::default();
        Project::native(&self.path().join("m"), table, options, environment).expect("opens")
    }

    fn run(&self, destination: &Destination) -> Result<Vec<String>, Failure> {
        let mut said = Said::default();
        run(&self.project(), destination, &mut said)?;
        Ok(said.log)
    }

    fn upgrade(&self, to: &str) -> Result<Vec<String>, Failure> {
        self.run(&Destination::Upgrade(to.to_owned()))
    }

    fn downgrade(&self, to: &str) -> Result<Vec<String>, Failure> {
        self.run(&Destination::Downgrade(to.to_owned()))
    }

    /// An upgrade to the heads that fails, and how.
    fn refused(&self) -> String {
        let failure = self.upgrade("heads").expect_err("has to fail");
        let hint = failure.hint.clone().unwrap_or_default();
        let text = format!("{failure}\n{hint}");
        text.replace(&format!("{}/m/", self.path().display()), "")
    }

    /// What an upgrade to the heads would send.
    fn printed(&self) -> Result<String, Failure> {
        let mut said = Said::default();
        let heads = Destination::Upgrade("heads".to_owned());
        write(&self.project(), &heads, None, &mut said).map(|()| said.text)
    }

    fn execute(&self, sql: &str) {
        self.database.statements(sql).expect(sql);
    }

    fn value(&self, query: &str) -> String {
        self.database.value(query)
    }

    /// Revision and action of all runs.
    fn history(&self) -> Vec<String> {
        let rows = self
            .database
            .rows("SELECT revision, action FROM stillway_history ORDER BY id");
        let join =
            |row: Vec<Option<String>>| row.into_iter().flatten().collect::<Vec<_>>().join(" ");
        rows.into_iter().map(join).collect()
    }

    fn current(&self) -> String {
        self.value("SELECT version_num FROM stillway_version")
    }
}

#[test]
fn placeholders_are_replaced() {
    on_both(|domain| {
        domain.placeholders = BTreeMap::from([
            ("table".to_owned(), "person".to_owned()),
            ("이름".to_owned(), "값".to_owned()),
        ]);
        domain.revision(
            "a",
            "placeholders = true",
            "CREATE TABLE ${Table} (name TEXT);\nINSERT INTO ${table} VALUES ('${이름} $${table}');",
            "DROP TABLE ${table};",
        );
        domain.revision(
            "b",
            "down_revision = 'a'",
            "UPDATE person SET name = name || ' ${table}';",
            "",
        );
        domain.upgrade("heads").expect("runs");
        assert_eq!(
            domain.value("SELECT name FROM person"),
            "값 $${table} ${table}"
        );
        domain.downgrade("base").expect("runs");
    });
}

#[test]
fn a_missing_value_is_refused_before_anything_runs() {
    on_both(|domain| {
        domain.revision("a", "", "CREATE TABLE one (id INTEGER);", "");
        domain.revision(
            "b",
            "down_revision = 'a'\nplaceholders = true",
            "-- 한글 ${first}\nSELECT '${second}';",
            "",
        );
        let error = domain.refused();
        assert!(
            error.starts_with("b/up.sql:1:7: no value provided for placeholder `${first}`\n"),
            "{error}"
        );
        assert!(error.contains("b/up.sql:2:9: no value provided for placeholder `${second}`"));
        assert!(error.contains("placeholders"), "{error}");
        domain.execute("CREATE TABLE one (id INTEGER)");
    });
}

#[test]
fn places_are_those_of_the_file() {
    on_both(|domain| {
        domain.placeholders =
            BTreeMap::from([("long".to_owned(), "'a'\n||\n'very long value'".to_owned())]);
        domain.revision(
            "a",
            "placeholders = true",
            "SELECT ${long}; SELECT ${long} FROM nowhere;",
            "",
        );
        let error = domain.refused();
        assert!(error.starts_with("a/up.sql:1:17: "), "{error}");
        domain.revision(
            "a",
            "placeholders = true",
            "SELECT ${long}; SELECT 'open;",
            "",
        );
        let error = domain.refused();
        assert!(error.starts_with("a/up.sql:1:24: the string"), "{error}");
    });
}

#[test]
fn repeatable_revisions_run_when_they_have_changed() {
    on_both(|domain| {
        domain.revision("a", "", "CREATE TABLE one (id INTEGER);", "DROP TABLE one;");
        domain.revision(
            "b",
            "down_revision = 'a'",
            "CREATE TABLE two (id INTEGER);",
            "",
        );
        let view = |text: &str| {
            format!("DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT '{text}' AS c FROM two;")
        };
        domain.revision(
            "R_view",
            "repeatable = true\nmessage = 'the view'",
            &view("1"),
            "",
        );
        domain.revision(
            "R_a",
            "repeatable = true",
            "INSERT INTO one VALUES (1);",
            "",
        );
        // Not before all revisions of the chain are there.
        let log = domain.upgrade("a").expect("runs");
        assert_eq!(log, ["Running upgrade  -> a"]);
        let log = domain.upgrade("heads").expect("runs");
        assert_eq!(
            log,
            [
                "Running upgrade a -> b",
                "Running repeat R_a",
                "Running repeat R_view, the view"
            ]
        );
        assert_eq!(domain.upgrade("heads").expect("runs"), [""; 0]);
        domain.revision("R_view", "repeatable = true", &view("2"), "");
        assert_eq!(
            domain.upgrade("b").expect("runs"),
            ["Running repeat R_view"]
        );
        assert_eq!(domain.current(), "b");
        assert_eq!(
            domain.history(),
            [
                "a upgrade",
                "b upgrade",
                "R_a repeat",
                "R_view repeat",
                "R_view repeat"
            ]
        );
        let printed = domain.printed().expect("prints");
        assert!(
            printed.contains("-- Running repeat R_view\n\nDROP VIEW"),
            "{printed}"
        );
    });
}

#[test]
fn values_of_placeholders_count_in_repeatable_revisions() {
    on_both(|domain| {
        domain.revision("a", "", "CREATE TABLE one (id TEXT);", "");
        let metadata = "repeatable = true\nplaceholders = true";
        domain.revision("R", metadata, "INSERT INTO one VALUES ('${value}');", "");
        for (value, runs) in [("1", 2), ("1", 0), ("2", 1)] {
            domain
                .placeholders
                .insert("value".to_owned(), value.to_owned());
            assert_eq!(domain.upgrade("heads").expect("runs").len(), runs);
        }
        assert_eq!(domain.value("SELECT max(id) FROM one"), "2");
    });
}

#[test]
fn repeatable_revisions_have_ids_of_their_own() {
    on_both(|domain| {
        domain.revision("a", "", "", "");
        domain.revision("R", "repeatable = true", "", "");
        domain.file(
            "other",
            "metadata.toml",
            "revision = 'a'\nrepeatable = true",
        );
        let error = domain.refused();
        assert!(
            error.contains("the id 'a' of this repeatable revision"),
            "{error}"
        );
    });
}

const GUARDED: &str = "down_revision = 'a'\nskip_if_exists = ['accounts', 'cards']";
const CREATES: &str = "CREATE TABLE accounts (id INTEGER);\nCREATE TABLE cards (id INTEGER);";
const DROPS: &str = "DROP TABLE accounts;\nDROP TABLE cards;";

#[test]
fn what_exists_is_only_recorded() {
    on_both(|domain| {
        domain.revision("a", "", "", "");
        domain.revision("b", GUARDED, CREATES, DROPS);
        domain.execute(CREATES);
        domain.execute("INSERT INTO accounts VALUES (1)");
        assert_eq!(
            domain.upgrade("heads").expect("runs"),
            [
                "Running upgrade  -> a",
                "Skipping upgrade a -> b: accounts, cards exists already"
            ]
        );
        assert_eq!(domain.current(), "b");
        // The way down does not take what the way up has not made.
        assert_eq!(
            domain.downgrade("base").expect("runs"),
            [
                "Skipping downgrade b -> a: the way up was only recorded, so there is nothing to undo",
                "Running downgrade a -> "
            ]
        );
        assert_eq!(domain.value("SELECT count(*) FROM accounts"), "1");
        domain.execute(DROPS);
        domain.upgrade("heads").expect("runs");
        assert_eq!(domain.value("SELECT count(*) FROM accounts"), "0");
        domain.downgrade("base").expect("runs");
        domain.execute(CREATES);
        assert_eq!(
            domain.history(),
            [
                "a upgrade",
                "b skip_upgrade",
                "b skip_downgrade",
                "a downgrade",
                "a upgrade",
                "b upgrade",
                "b downgrade",
                "a downgrade"
            ]
        );
    });
}

#[test]
fn a_part_that_exists_is_refused_before_anything_runs() {
    on_both(|domain| {
        domain.revision("a", "", "CREATE TABLE other (id INTEGER);", "");
        domain.revision("b", GUARDED, CREATES, DROPS);
        domain.execute("CREATE TABLE cards (id INTEGER)");
        let error = domain.refused();
        assert!(
            error.starts_with("b/metadata.toml:3:1: a part of what b creates is there already: cards exists, accounts does not; nothing was run\n"),
            "{error}"
        );
        domain.execute("CREATE TABLE other (id INTEGER)");
    });
}

#[test]
fn earlier_revisions_may_complete_what_exists() {
    on_both(|domain| {
        domain.revision("a", "", "CREATE TABLE accounts (id INTEGER);", "");
        domain.revision("b", GUARDED, CREATES, DROPS);
        domain.execute("CREATE TABLE cards (id INTEGER)");
        let log = domain.upgrade("heads").expect("runs");
        assert!(log[1].starts_with("Skipping upgrade a -> b"), "{log:?}");
    });
    // What they only seemed to create is noticed when the turn comes.
    on_both(|domain| {
        domain.revision("a", "", "CREATE TABLE my_accounts (id INTEGER);", "");
        domain.revision("b", GUARDED, CREATES, DROPS);
        domain.execute("CREATE TABLE cards (id INTEGER)");
        let error = domain.refused();
        assert!(error.contains("nothing of it was run"), "{error}");
        assert_eq!(domain.current(), "a");
    });
}

#[test]
fn what_would_be_needed_and_is_missing_is_left_out() {
    on_both(|domain| {
        domain.revision("a", "", "CREATE TABLE accounts (id INTEGER);", "");
        let copies = "INSERT INTO accounts SELECT id FROM \"Old\".users";
        domain.revision(
            "b",
            "down_revision = 'a'\nskip_if_missing = ['\"Old\".users']",
            copies,
            "",
        );
        assert_eq!(
            domain.upgrade("heads").expect("runs")[1],
            "Skipping upgrade a -> b: there is no \"Old\".users"
        );
        let printed = domain.printed().expect_err("has nobody to ask").to_string();
        assert!(
            printed.contains("b/metadata.toml:3:1: whether b runs"),
            "{printed}"
        );
        let verified = standing(&domain.project(), &mut Said::default()).expect("reads");
        let states = verified.migrations.iter().map(|placed| placed.state);
        assert!(states.clone().count() > 0);
        assert!(states.clone().all(|state| state == MigrationState::Applied));
        if domain.database.backend() == Backend::Postgres {
            domain.downgrade("a").expect("runs");
            domain.execute("CREATE SCHEMA \"Old\"; CREATE TABLE \"Old\".users (id INTEGER); INSERT INTO \"Old\".users VALUES (1)");
            domain.upgrade("heads").expect("runs");
            assert_eq!(domain.value("SELECT count(*) FROM accounts"), "1");
        }
    });
}

#[test]
fn scripts_may_end_their_transaction() {
    on_both(|domain| {
        let begin = match domain.database.backend() {
            Backend::Postgres => "BEGIN;\n",
            Backend::Sqlite => "",
        };
        domain.revision(
            "a",
            "",
            &format!(
                "{begin}CREATE TABLE one (id INTEGER);\nCOMMIT;\nCREATE TABLE two (id INTEGER);"
            ),
            "",
        );
        domain.revision(
            "b",
            "down_revision = 'a'\nrun_in_transaction = false",
            "CREATE TABLE three (id INTEGER);\nBEGIN;\nINSERT INTO three VALUES (1);\nINSERT INTO three VALUES (2);\nEND;\nINSERT INTO three VALUES (3);",
            "",
        );
        domain.upgrade("heads").expect("runs");
        assert_eq!(domain.value("SELECT count(*) FROM three"), "3");
        assert_eq!(domain.current(), "b");
        assert_eq!(domain.history(), ["a upgrade", "b upgrade"]);
        domain.revision("c", "down_revision = 'b'", "SELECT 1;\n  ROLLBACK;", "");
        let error = domain.refused();
        assert!(
            error.starts_with("c/up.sql:2:3: `ROLLBACK` is refused"),
            "{error}"
        );
    });
}

#[test]
fn data_of_copies_are_sent() {
    if postgres_url().is_none() && !must_have_everything() {
        return;
    }
    let domain = Domain::new(Backend::Postgres);
    domain.revision(
        "a",
        "",
        "CREATE TABLE one (id integer, name text);\nCOPY one (id, name) FROM stdin;\n1\t한글; x\n2\t\\N\n\\.\n\nSELECT 1;",
        "",
    );
    domain.upgrade("heads").expect("runs");
    assert_eq!(domain.value("SELECT name FROM one WHERE id = 1"), "한글; x");
    assert_eq!(domain.value("SELECT count(*) FROM one"), "2");
    let printed = domain.printed().expect("prints");
    assert!(
        printed.contains("COPY one (id, name) FROM stdin;\n1\t한글; x\n2\t\\N\n\\.\n\nSELECT 1;\n"),
        "{printed}"
    );
}
