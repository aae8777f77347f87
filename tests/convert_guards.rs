//! Python revisions that ask what is there, and the SQL that asks the same: whatever is there, both end
//! at one schema, and the original Alembic at the same.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use stillway::command::domains::{
    ConvertRequest, ConvertResult, Process, Quiet, Selection, Workspace, convert, upgrade,
};
use stillway::convert::Fate;
use stillway::model::{Backend as Server, Dialect};

use support::alembic::{copy_tree, fixtures};
use support::database::{Backend, TestDatabase};
use support::dump::{schema, unlike};
use support::original_alembic;
use support::servers::{must_have_everything, postgres_url};

const ENV: &str = "from alembic import context\nimport os\nfrom sqlalchemy import create_engine\n\ncontext.configure(connection=create_engine(os.environ['OWN_URL']).connect())\nwith context.begin_transaction():\n    context.run_migrations()\n";

/// A project with one chain of Python revisions.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().expect("a temporary folder"));
        site.write("own/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
        site.write("own/env.py", ENV);
        site.project("alembic", "own");
        site
    }

    /// One revision with a body for the way up.
    fn of_body(body: &str) -> Self {
        let site = Self::new();
        let mut text = "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'a'\ndown_revision = None\n\n\ndef upgrade():\n    inspector = sa.inspect(op.get_bind())\n".to_owned();
        for line in body.lines() {
            writeln!(text, "    {line}").expect("written");
        }
        site.write("own/versions/a.py", &text);
        site
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }

    fn project(&self, dialect: &str, directory: &str) {
        self.write(
            "stillway.toml",
            &format!(
                "[domains.own]\ndialect = \"{dialect}\"\ndirectory = \"{directory}\"\nurl_env = \"OWN_URL\"\n"
            ),
        );
    }

    fn workspace(&self, url: Option<&str>) -> Workspace {
        let variables = url.map(|url| ("OWN_URL".to_owned(), url.to_owned()));
        let process = Process {
            directory: self.path().to_owned(),
            variables: variables.into_iter().collect(),
            ..Process::default()
        };
        Workspace::open(process).unwrap_or_else(|error| panic!("{error}"))
    }

    fn convert(&self, backend: Server) -> ConvertResult {
        let mut request = ConvertRequest::new("own", Dialect::Native);
        request.directory = Some("new".into());
        request.dry_run = false;
        request.backend = Some(backend);
        let result = convert(&self.workspace(None), &request);
        result.unwrap_or_else(|error| panic!("{error}"))
    }

    fn upgrade(&self, database: &TestDatabase) -> Result<(), String> {
        let workspace = self.workspace(Some(&database.sqlalchemy_url()));
        let ran = upgrade(&workspace, &Selection::default(), false, &mut Quiet);
        let ran = ran.map_err(|error| error.to_string())?;
        ran.failure.map_or(Ok(()), |error| Err(error.to_string()))
    }

    /// What the only revision has become, or why it has not.
    fn converted(&self) -> Result<String, String> {
        let result = self.convert(Server::Postgres);
        let [line] = result.report.as_slice() else {
            panic!("{:?}", result.report);
        };
        if line.fate == Fate::Converted {
            let path = self.path().join("new/a/up.sql");
            return Ok(std::fs::read_to_string(path).expect("readable"));
        }
        let mut told = line.reason.clone().unwrap_or_default();
        for note in &line.notes {
            write!(told, " [{note}]").expect("written");
        }
        Err(told)
    }
}

fn databases(site: &Site) -> Option<[TestDatabase; 3]> {
    if postgres_url().is_none() && !must_have_everything() {
        return None;
    }
    Some(["a.db", "b.db", "c.db"].map(|name| {
        TestDatabase::create(Backend::Postgres, site.path().join(name)).expect("a database")
    }))
}

/// The schema without the tables of histories.
fn own_schema(database: &TestDatabase) -> Vec<String> {
    let text = schema(database).expect("readable").join("\n");
    let blocks = text.split("--\n-- Name: ");
    let of_history =
        |block: &&str| !block.contains("alembic_version") && !block.contains("stillway_");
    let lines = blocks.filter(of_history).flat_map(str::lines);
    // Which block they stand in depends on what else there is.
    let of_all = |line: &&str| line.starts_with("--") || line.starts_with("SET ");
    lines
        .filter(|line| !of_all(line))
        .map(str::to_owned)
        .collect()
}

/// What may be there already when the seed's chain for `character` begins. Its first revision leaves
/// tables alone that are there.
const TABLES: &str = "
CREATE SCHEMA character;
CREATE TYPE character.ownership_status AS ENUM ('owned', 'burned', 'traded');
CREATE TABLE character.characters (
    id uuid PRIMARY KEY, code varchar(64) NOT NULL UNIQUE, name varchar(120) NOT NULL, description varchar(120),
    type_label varchar(120), dialog varchar(120), created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE character.character_ownerships (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, character_id uuid NOT NULL REFERENCES character.characters,
    source varchar(120), status \"character\".ownership_status NOT NULL DEFAULT 'owned',
    acquired_at timestamptz NOT NULL DEFAULT now()
);
";

const ROWS: &str = "
INSERT INTO character.characters (id, code, name) VALUES
    ('00000000-0000-4000-8000-000000000001', 'CHAR-1', '페티'), ('00000000-0000-4000-8000-000000000002', 'CHAR-2', '캔디');
INSERT INTO character.character_ownerships (id, user_id, character_id) VALUES
    ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000009', '00000000-0000-4000-8000-000000000001'),
    ('00000000-0000-4000-8000-000000000004', '00000000-0000-4000-8000-000000000009', '00000000-0000-4000-8000-000000000002');
";

const OLD_KEY: &str = "ALTER TABLE character.character_ownerships ADD CONSTRAINT uq_ownership_user_character UNIQUE (user_id, character_id);";
const CODE: &str =
    "ALTER TABLE character.character_ownerships ADD COLUMN character_code varchar(64) NOT NULL;";
const NEW_KEY: &str = "ALTER TABLE character.character_ownerships ADD CONSTRAINT uq_ownership_user_code UNIQUE (user_id, character_code);";
const INDEX: &str =
    "CREATE INDEX ix_ownership_code ON character.character_ownerships (character_code);";

#[test]
fn the_seeds_guards_leave_what_the_original_leaves() {
    let states: [(&str, &[&str]); 6] = [
        ("nothing", &[]),
        ("all is to be done", &[TABLES, OLD_KEY, ROWS]),
        ("all is done", &[TABLES, CODE, NEW_KEY, INDEX]),
        ("the column alone", &[TABLES, CODE, OLD_KEY]),
        ("both keys", &[TABLES, CODE, OLD_KEY, NEW_KEY]),
        ("no key, but the index", &[TABLES, CODE, INDEX]),
    ];
    let original = original_alembic::is_installed();
    assert!(
        original || !must_have_everything(),
        "Alembic is not installed"
    );
    for (state, statements) in states {
        let site = Site::new();
        site.write("own/versions/.keep", "");
        let versions = fixtures().join("alembic/seed/project/migrations/character/versions");
        copy_tree(&versions, &site.path().join("own/versions")).expect("copied");
        let Some([python, native, real]) = databases(&site) else {
            return;
        };
        for database in [&python, &native, &real] {
            for statement in statements {
                database.statements(statement).expect(state);
            }
        }
        if original {
            // It looks for its table in a schema that is there.
            let told = original_alembic::run(
                &["upgrade".to_owned(), "head".to_owned()],
                &site.path().join("own"),
                &BTreeMap::from([("OWN_URL".to_owned(), real.sqlalchemy_url())]),
            )
            .expect("runs");
            assert_eq!(told.code, 0, "{state}: {told:?}");
        }
        site.upgrade(&python).expect(state);
        let result = site.convert(Server::Postgres);
        for line in &result.report {
            assert_eq!(line.fate, Fate::Converted, "{line:?}");
        }
        site.project("native", "new");
        site.upgrade(&native).expect(state);
        let codes = |database: &TestDatabase| {
            database.value("SELECT coalesce(string_agg(character_code, ' ' ORDER BY id), '-') FROM character.character_ownerships")
        };
        let expected = if statements.contains(&ROWS) {
            "CHAR-1 CHAR-2"
        } else {
            "-"
        };
        for other in [&python, &real] {
            if !original && std::ptr::eq(other, &raw const real) {
                continue;
            }
            let (first, second) = (own_schema(&native), own_schema(other));
            assert!(first.len() > 20, "{first:?}");
            assert_eq!(
                first,
                second,
                "{state}: {}",
                unlike("schemas", &first, &second)
            );
            assert_eq!(codes(other), expected, "{state}");
        }
        assert_eq!(codes(&native), expected, "{state}");
    }
}

#[test]
fn on_sqlite_they_stay_python() {
    let site = Site::of_body("if 't' in inspector.get_table_names():\n    op.drop_table('t')");
    let result = site.convert(Server::Sqlite);
    assert_eq!(result.report[0].fate, Fate::Kept, "{:?}", result.report);
}

const EMPTY: &str =
    "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS other CASCADE;";

/// What there may be or not be, and bodies that ask for it.
#[test]
fn each_way_to_ask_gives_the_same_whatever_is_there() {
    let states = [
        "",
        "CREATE TABLE t (id integer, a text, CONSTRAINT k UNIQUE (id), CONSTRAINT c CHECK (id > 0)); CREATE INDEX i ON t (a); CREATE SEQUENCE s; CREATE TYPE e AS ENUM ('x'); CREATE SCHEMA other;",
        "CREATE TABLE t (id integer); CREATE VIEW i AS SELECT 1; CREATE SCHEMA other; CREATE TABLE other.t (a text);",
    ];
    let bodies = [
        "if 't' not in inspector.get_table_names():\n    op.create_table('t', sa.Column('b', sa.Text()))",
        "if not inspector.has_table('t') or inspector.has_table('t', schema='other'):\n    op.execute('CREATE TABLE made (id integer)')\nelse:\n    op.execute('CREATE TABLE unmade (id integer)')",
        "tables = set(inspector.get_table_names())\nfor name in ['t', 'made']:\n    if name not in tables:\n        op.create_table(name, sa.Column('id', sa.Integer()))\ncolumns = {c['name'] for c in sa.inspect(op.get_bind()).get_columns('t')}\nfor name in ('a', 'b'):\n    if name in columns:\n        continue\n    op.add_column('t', sa.Column(name, sa.Text()))",
        "if inspector.has_table('t') and any(c['name'] == 'a' for c in inspector.get_columns('t')):\n    op.drop_column('t', 'a')",
        "if not inspector.has_table('t'):\n    return\nif all(c.get('name') != 'a' for c in inspector.get_columns('t')):\n    op.add_column('t', sa.Column('a', sa.Text()))",
        "if not inspector.has_table('t'):\n    return\nfound = [i for i in inspector.get_indexes('t') if i['name'] == 'i']\nif found and len(found) == 1:\n    op.drop_index(found[0]['name'])",
        "if not inspector.has_table('t'):\n    return\nif next((k for k in inspector.get_unique_constraints('t') if k['name'] == 'k'), None) is None:\n    op.create_unique_constraint('k', 't', ['id'])\nchecks = [c['name'] for c in inspector.get_check_constraints('t') if c['name'] != 'other']\nif 'c' in checks:\n    op.drop_constraint('c', 't')\nif 'other' in checks:\n    op.execute('DROP TABLE t')",
        // What was asked before something was sent is as it was then.
        "names = inspector.get_table_names()\nif 't' in names:\n    op.drop_table('t')\n    op.create_table('u', sa.Column('id', sa.Integer()))\nif 't' in names and 'u' not in names and not sa.inspect(op.get_bind()).has_table('t'):\n    op.rename_table('u', 't')",
        "try:\n    columns = inspector.get_columns('t')\nexcept sa.exc.NoSuchTableError:\n    op.create_table('t', sa.Column('id', sa.Integer()))\nelse:\n    op.execute(\"CREATE FUNCTION found() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$; INSERT INTO t DEFAULT VALUES RETURNING id\")",
        "if inspector.has_sequence('s'):\n    op.execute('DROP SEQUENCE s')\nif inspector.has_schema('other') and not inspector.has_index('t', 'i'):\n    op.execute('CREATE VIEW v AS SELECT 1 AS has_schema_other')\nif 'i' in inspector.get_view_names():\n    op.execute('DROP VIEW i')\nif inspector.has_type('e'):\n    op.execute('DROP TYPE e')",
        "if not inspector.has_table('t'):\n    raise RuntimeError(\"there's no t\")\nop.execute('DROP TABLE t')",
        "if 'a' in [c['name'] for c in inspector.get_columns('t', schema='other')]:\n    op.drop_column('t', 'a', schema='other')",
    ];
    let folder = Site::new();
    let databases = databases(&folder);
    for body in bodies {
        let converted = Site::of_body(body).converted();
        converted.unwrap_or_else(|told| panic!("{body}\n{told}"));
        let Some([python, native, _]) = &databases else {
            continue;
        };
        for state in states {
            let site = Site::of_body(body);
            for database in [python, native] {
                database.statements(EMPTY).expect("empties");
                database.statements(state).expect(state);
            }
            let first = site.upgrade(python);
            site.convert(Server::Postgres);
            site.project("native", "new");
            let second = site.upgrade(native);
            assert_eq!(
                first.is_ok(),
                second.is_ok(),
                "{body}\n{state}\n{first:?}\n{second:?}"
            );
            let (first, second) = (own_schema(python), own_schema(native));
            assert_eq!(
                first,
                second,
                "{body}\n{state}\n{}",
                unlike("schemas", &first, &second)
            );
        }
    }
}

#[test]
fn what_asks_for_more_stays_python() {
    let more = "more of the inspector's answer than on whether a name is in it";
    for (body, words) in [
        (
            "if len(inspector.get_table_names()) > 1:\n    op.drop_table('t')",
            more,
        ),
        (
            "if not inspector.get_columns('t'):\n    op.drop_table('t')",
            more,
        ),
        (
            "for index in inspector.get_indexes('t'):\n    op.drop_index(index['name'])",
            more,
        ),
        (
            "[op.drop_index(index['name']) for index in inspector.get_indexes('t')]",
            more,
        ),
        (
            "seen = []\n[seen.append(c['name']) for c in inspector.get_columns('t')]\nif len(seen) > 2:\n    op.drop_table('t')",
            more,
        ),
        (
            "if 'a' in {c['name'].lower() for c in inspector.get_columns('t')}:\n    op.drop_table('t')",
            more,
        ),
        (
            "if [c for c in inspector.get_columns('t') if c['name'] in {'a', 'b'}]:\n    op.drop_table('t')",
            more,
        ),
        (
            "if 'a' in [c['name'] for c in inspector.get_columns('t') if c['nullable']]:\n    op.drop_table('t')",
            more,
        ),
        (
            "names = {c['name']: c for c in inspector.get_columns('t')}\nif 'a' in names:\n    op.drop_table('t')",
            more,
        ),
        (
            "op.execute(f\"COMMENT ON TABLE t IS '{inspector.get_table_names()}'\")",
            more,
        ),
        (
            "if {'a', 'b'} - set(inspector.get_table_names()):\n    op.drop_table('t')",
            more,
        ),
        (
            "if inspector.get_table_names()[0] == 't':\n    op.drop_table('t')",
            more,
        ),
        (
            "if inspector.get_pk_constraint('t')['name']:\n    op.drop_table('t')",
            "what the database answers to get_pk_constraint()",
        ),
        (
            "if inspector.has_table('t'):\n    with op.get_context().autocommit_block():\n        op.drop_table('t')",
            "it leaves its transaction between questions",
        ),
        (
            "import uuid\nif inspector.has_table('t'):\n    op.execute(f\"COMMENT ON TABLE t IS '{uuid.uuid4()}'\")",
            "the time or on chance",
        ),
        (
            "tables = inspector.get_table_names()\nfor table in tables:\n    op.drop_table(table)",
            "line 11: it goes through names in the order in which the database lists them",
        ),
    ] {
        match Site::of_body(body).converted() {
            Ok(sql) => panic!("{body}\n{sql}"),
            Err(told) => assert!(told.contains(words), "{body}\n{told}"),
        }
    }
}

#[test]
fn more_ways_than_are_followed_stay_python() {
    let mut body = String::new();
    for number in 0..9 {
        writeln!(body, "if not inspector.has_table('t{number}'):\n    op.execute('CREATE TABLE t{number} (id integer)')").expect("written");
    }
    let told = Site::of_body(&body).converted().expect_err("too many");
    assert!(told.contains("too many things at once"), "{told}");
}
