//! Steps that are run by Flyway alone, by Stillway alone, and by both in turn: all have to leave
//! the same history.

use libtest_mimic::Failed;

use crate::site::{Backend, Site, Tool, same};

/// One step.
enum Step {
    Write(&'static str, Vec<u8>),
    Remove(&'static str),
    Sql(&'static str),
    Verb {
        arguments: Vec<&'static str>,
        well: bool,
    },
}

/// A name, the settings of all verbs, and the steps.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    settings: Vec<&'static str>,
    /// The schema of the history table on PostgreSQL.
    schema: &'static str,
    steps: Vec<Step>,
    /// What the migrations have done; asked at the end.
    probe: &'static str,
}

/// Who runs the verbs.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Only(Tool),
    Alternating(Tool),
}

impl Scenario {
    fn new(name: &'static str, settings: &[&'static str]) -> Self {
        Self {
            name,
            settings: settings.to_vec(),
            schema: "public",
            steps: Vec::new(),
            probe: "SELECT 1",
        }
    }

    fn write(self, name: &'static str, text: &'static str) -> Self {
        self.write_bytes(name, text.as_bytes())
    }

    fn write_bytes(mut self, name: &'static str, bytes: &[u8]) -> Self {
        self.steps.push(Step::Write(name, bytes.to_vec()));
        self
    }

    fn remove(mut self, name: &'static str) -> Self {
        self.steps.push(Step::Remove(name));
        self
    }

    fn sql(mut self, sql: &'static str) -> Self {
        self.steps.push(Step::Sql(sql));
        self
    }

    /// Settings and a verb that does well.
    fn good(mut self, arguments: &[&'static str]) -> Self {
        let arguments = arguments.to_vec();
        self.steps.push(Step::Verb {
            arguments,
            well: true,
        });
        self
    }

    /// Settings and a verb that fails, or finds something.
    fn bad(mut self, arguments: &[&'static str]) -> Self {
        let arguments = arguments.to_vec();
        self.steps.push(Step::Verb {
            arguments,
            well: false,
        });
        self
    }

    fn probe(mut self, query: &'static str) -> Self {
        self.probe = query;
        self
    }
}

/// Runs a scenario in every order.
pub(crate) fn check(scenario: &Scenario, backend: Backend) -> Result<(), Failed> {
    let turns = [
        Turn::Only(Tool::Stillway),
        Turn::Alternating(Tool::Flyway),
        Turn::Alternating(Tool::Stillway),
    ];
    let flyway = play(scenario, backend, Turn::Only(Tool::Flyway))?;
    for turn in turns {
        let seen = play(scenario, backend, turn)?;
        for (flyway, seen) in flyway.iter().zip(&seen) {
            same(&format!("{turn:?} after {}", flyway.0), &flyway.1, &seen.1)?;
        }
    }
    Ok(())
}

/// Runs a scenario and tells what was there after each verb.
fn play(
    scenario: &Scenario,
    backend: Backend,
    turn: Turn,
) -> Result<Vec<(String, Vec<String>)>, Failed> {
    let site = Site::new(backend);
    let mut next = match turn {
        Turn::Only(tool) | Turn::Alternating(tool) => tool,
    };
    let mut seen = Vec::new();
    for (number, step) in scenario.steps.iter().enumerate() {
        match step {
            Step::Write(name, bytes) => site.write(name, bytes),
            Step::Remove(name) => site.remove(name),
            Step::Sql(sql) => {
                site.rows(sql);
            }
            Step::Verb { arguments, well } => {
                let name = format!("step {}, {}", number + 1, arguments.join(" "));
                let settings = [&scenario.settings[..], arguments].concat();
                let ran = site.run(next, &settings)?;
                if ran.well != *well {
                    let verdict = if ran.well { "does well" } else { "fails" };
                    let text = ran.text;
                    return Err(format!("{turn:?}: {name} by {next:?} {verdict}\n{text}").into());
                }
                let mut state = site.history(scenario.schema);
                let (_, settings) = settings.split_last().expect("a verb");
                let flyway = site.info(Tool::Flyway, settings)?;
                let stillway = site.info(Tool::Stillway, settings)?;
                same(&format!("{turn:?}: info after {name}"), &flyway, &stillway)?;
                state.extend(flyway);
                seen.push((name, state));
                if let Turn::Alternating(_) = turn {
                    next = next.other();
                }
            }
        }
    }
    let probe = site.rows(scenario.probe);
    let probe = probe.into_iter().map(|row| format!("{row:?}")).collect();
    seen.push(("all".to_owned(), probe));
    Ok(seen)
}

/// The scenarios of a server.
pub(crate) fn all(backend: Backend) -> Vec<Scenario> {
    let mut list = vec![
        repair(backend),
        baseline(),
        baseline_on_migrate(),
        failing(),
        failing_alone(backend),
        group(),
        out_of_order(),
        repeatables(),
        deleted(),
        future(),
        schemas(backend),
        encodings(),
        placeholders(),
        baseline_files(),
        skip_executing(),
        clean(),
    ];
    if backend == Backend::Postgres {
        list.push(baseline_in_a_missing_schema());
        list.push(callbacks());
        list.push(concurrent_index());
    }
    list
}

fn repair(backend: Backend) -> Scenario {
    let scenario = Scenario::new("repair", session_lock(backend))
        .write(
            "V1__item.sql",
            "CREATE TABLE item (id INT);\nINSERT INTO item VALUES (1);\nINSERT INTO item VALUES (1);\n",
        )
        .write("V2__more.sql", "INSERT INTO item VALUES (2);\n")
        .write("V3__gone.sql", "INSERT INTO item VALUES (3);\n")
        .write("R__last.sql", "INSERT INTO item VALUES (4);\n")
        .write("R__vanished.sql", "INSERT INTO item VALUES (5);\n")
        .good(&["migrate"]);
    broken_alone(scenario, backend)
        .bad(&["migrate"])
        .bad(&["validate"])
        .bad(&["migrate"])
        .remove("V3__gone.sql")
        .remove("R__vanished.sql")
        .write("V2__more.sql", "INSERT INTO item VALUES (22);\n")
        .bad(&["validate"])
        .good(&["repair"])
        .good(&["repair"])
        // The removed row's file is pending now.
        .bad(&["validate"])
        .sql("DROP INDEX IF EXISTS item_id")
        .write("V4__broken.sql", "INSERT INTO item VALUES (6);\n")
        .good(&["migrate"])
        .good(&["validate"])
        .good(&["migrate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn session_lock(backend: Backend) -> &'static [&'static str] {
    match backend {
        Backend::Postgres => &["-postgresql.transactional.lock=false"],
        Backend::Sqlite => &[],
    }
}

/// A migration outside a transaction that fails and leaves something behind.
fn broken_alone(scenario: Scenario, backend: Backend) -> Scenario {
    match backend {
        Backend::Postgres => scenario.write(
            "V4__broken.sql",
            "CREATE UNIQUE INDEX CONCURRENTLY item_id ON item (id);\n",
        ),
        Backend::Sqlite => scenario
            .write("V4__broken.sql.conf", "executeInTransaction=false\n")
            .write(
                "V4__broken.sql",
                "CREATE INDEX item_id ON item (id);\nINSERT INTO nowhere VALUES (1);\n",
            ),
    }
}

fn failing_alone(backend: Backend) -> Scenario {
    let scenario = Scenario::new("failing_alone", session_lock(backend)).write(
        "V1__item.sql",
        "CREATE TABLE item (id INT);\nINSERT INTO item VALUES (1);\nINSERT INTO item VALUES (1);\n",
    );
    broken_alone(scenario, backend)
        .write("V5__later.sql", "INSERT INTO item VALUES (5);\n")
        .bad(&["migrate"])
        .bad(&["migrate"])
        .good(&["repair"])
        // What it has left behind is still in the way.
        .bad(&["migrate"])
        .sql("DROP INDEX item_id")
        .good(&["repair"])
        .write("V4__broken.sql", "INSERT INTO item VALUES (4);\n")
        .good(&["migrate"])
        .good(&["validate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn concurrent_index() -> Scenario {
    Scenario::new(
        "concurrent_index",
        &["-postgresql.transactional.lock=false"],
    )
    .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
    .write(
        "V2__index.sql",
        "CREATE INDEX CONCURRENTLY item_id ON item (id);\n",
    )
    .write("V3__later.sql", "INSERT INTO item VALUES (1);\n")
    .good(&["-target=1", "migrate"])
    .good(&["-target=2", "migrate"])
    .good(&["migrate"])
    .good(&["validate"])
    .probe(
        "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 'item'::regclass",
    )
}

fn baseline() -> Scenario {
    Scenario::new("baseline", &[])
        .sql("CREATE TABLE person (name TEXT)")
        .write("V1__person.sql", "CREATE TABLE person (name TEXT);\n")
        .write("V2__first.sql", "INSERT INTO person VALUES ('a');\n")
        .write("V3__second.sql", "INSERT INTO person VALUES ('b');\n")
        .bad(&["migrate"])
        .good(&[
            "-baselineVersion=1",
            "-baselineDescription=시작 점",
            "baseline",
        ])
        .good(&[
            "-baselineVersion=1",
            "-baselineDescription=시작 점",
            "baseline",
        ])
        .bad(&["-baselineVersion=2", "baseline"])
        .good(&["-target=2", "migrate"])
        .bad(&["-baselineVersion=2", "baseline"])
        .good(&["migrate"])
        .good(&["validate"])
        .probe("SELECT name FROM person ORDER BY name")
}

fn baseline_on_migrate() -> Scenario {
    Scenario::new("baseline_on_migrate", &["-baselineOnMigrate=true"])
        .sql("CREATE TABLE person (name TEXT)")
        .write("V1__person.sql", "CREATE TABLE person (name TEXT);\n")
        .write("V1.1__first.sql", "INSERT INTO person VALUES ('a');\n")
        .write("V2__second.sql", "INSERT INTO person VALUES ('b');\n")
        .good(&["-baselineVersion=1.1", "migrate"])
        .good(&["-baselineVersion=1.1", "migrate"])
        .write("V3__third.sql", "INSERT INTO person VALUES ('c');\n")
        .good(&["-baselineVersion=1.1", "migrate"])
        .good(&["validate"])
        .probe("SELECT name FROM person ORDER BY name")
}

fn baseline_in_a_missing_schema() -> Scenario {
    let mut scenario =
        Scenario::new("baseline_in_a_missing_schema", &["-schemas=app"])
            .write("V1__person.sql", "CREATE TABLE person (name TEXT);\n")
            .write("V2__first.sql", "CREATE TABLE other (name TEXT);\n")
            .good(&["baseline"])
            .good(&["baseline"])
            .good(&["migrate"])
            .good(&["validate"])
            .probe("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('app', 'public') ORDER BY 1, 2");
    scenario.schema = "app";
    scenario
}

fn failing() -> Scenario {
    Scenario::new("failing", &[])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write(
            "V2__broken.sql",
            "CREATE TABLE other (id INT);\nINSERT INTO item VALUES (2);\nINSERT INTO nowhere VALUES (1);\n",
        )
        .write("V3__later.sql", "INSERT INTO item VALUES (3);\n")
        .write("R__broken.sql", "INSERT INTO nowhere VALUES (1);\n")
        .bad(&["migrate"])
        .bad(&["migrate"])
        .good(&["repair"])
        .write("V2__broken.sql", "CREATE TABLE other (id INT);\n")
        // Now the repeatable is in the way.
        .bad(&["migrate"])
        .bad(&["migrate"])
        .write("R__broken.sql", "INSERT INTO item VALUES (4);\n")
        .good(&["migrate"])
        .good(&["validate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn group() -> Scenario {
    Scenario::new("group", &["-group=true"])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V2__broken.sql", "INSERT INTO nowhere VALUES (1);\n")
        .write("R__more.sql", "INSERT INTO item VALUES (4);\n")
        .bad(&["migrate"])
        .write("V2__broken.sql", "INSERT INTO item VALUES (2);\n")
        .good(&["migrate"])
        .write("V3__later.sql", "INSERT INTO item VALUES (3);\n")
        .write("R__more.sql", "INSERT INTO item VALUES (5);\n")
        .good(&["migrate"])
        .good(&["validate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn out_of_order() -> Scenario {
    Scenario::new("out_of_order", &[])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V3__third.sql", "INSERT INTO item VALUES (3);\n")
        .good(&["migrate"])
        .write("V2__second.sql", "INSERT INTO item VALUES (2);\n")
        .write("V2.5__half.sql", "INSERT INTO item VALUES (25);\n")
        .bad(&["validate"])
        .bad(&["migrate"])
        .good(&["-outOfOrder=true", "-target=2", "migrate"])
        .bad(&["validate"])
        .good(&["-outOfOrder=true", "migrate"])
        .good(&["validate"])
        .write("V4__fourth.sql", "INSERT INTO item VALUES (4);\n")
        .good(&["migrate"])
        .good(&["-outOfOrder=true", "validate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn repeatables() -> Scenario {
    Scenario::new("repeatables", &[])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("R__b.sql", "INSERT INTO item VALUES (1);\n")
        .write("R__a.sql", "INSERT INTO item VALUES (2);\n")
        .write("R__가나.sql", "INSERT INTO item VALUES (3);\n")
        .good(&["migrate"])
        .write("R__b.sql", "INSERT INTO item VALUES (4);\n")
        .bad(&["validate"])
        .good(&["migrate"])
        .write("R__b.sql", "INSERT INTO item VALUES (1);\n")
        .good(&["migrate"])
        .write("R__a.sql", "INSERT INTO item VALUES (5);\n")
        .write("R__가나.sql", "INSERT INTO item VALUES (6);\n")
        .good(&["migrate"])
        .remove("R__a.sql")
        .bad(&["validate"])
        .good(&["repair"])
        .good(&["validate"])
        .write("R__a.sql", "INSERT INTO item VALUES (5);\n")
        .good(&["migrate"])
        .good(&["validate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn deleted() -> Scenario {
    Scenario::new("deleted", &[])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V2__second.sql", "INSERT INTO item VALUES (2);\n")
        .write("V3__third.sql", "INSERT INTO item VALUES (3);\n")
        .good(&["migrate"])
        .remove("V2__second.sql")
        .bad(&["validate"])
        .good(&["repair"])
        .good(&["validate"])
        .write("V2__second.sql", "INSERT INTO item VALUES (22);\n")
        .bad(&["validate"])
        .bad(&["migrate"])
        .good(&["-outOfOrder=true", "migrate"])
        .good(&["validate"])
        .remove("V2__second.sql")
        .good(&["repair"])
        .good(&["repair"])
        .write("V4__fourth.sql", "INSERT INTO item VALUES (4);\n")
        .good(&["migrate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn future() -> Scenario {
    Scenario::new("future", &[])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V2__second.sql", "INSERT INTO item VALUES (2);\n")
        .write("V3__third.sql", "INSERT INTO item VALUES (3);\n")
        .good(&["migrate"])
        .remove("V3__third.sql")
        .good(&["validate"])
        .good(&["migrate"])
        .good(&["repair"])
        .bad(&["-ignoreMigrationPatterns=*:missing", "validate"])
        .write("V2.5__half.sql", "INSERT INTO item VALUES (25);\n")
        .bad(&["migrate"])
        .good(&["-outOfOrder=true", "migrate"])
        .write("V4__fourth.sql", "INSERT INTO item VALUES (4);\n")
        // The third is missing now.
        .bad(&["migrate"])
        .good(&["-ignoreMigrationPatterns=*:missing", "migrate"])
        .write("V3__third.sql", "INSERT INTO item VALUES (3);\n")
        .good(&["validate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn schemas(backend: Backend) -> Scenario {
    let settings: [&[&str]; 2] = match backend {
        Backend::Postgres => [
            &["-schemas=beta,한글", "-defaultSchema=Alpha"],
            &["-schemas=beta,한글,gamma", "-defaultSchema=Alpha"],
        ],
        Backend::Sqlite => [
            &["-schemas=main", "-defaultSchema=main"],
            &["-schemas=main", "-defaultSchema=main"],
        ],
    };
    let [first, second] = settings;
    let with = |settings: &[&'static str], verb: &'static str| [settings, &[verb]].concat();
    let mut scenario = Scenario::new("schemas", &[])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .good(&with(first, "info"))
        .good(&with(first, "migrate"))
        .good(&with(first, "validate"))
        .write("V2__more.sql", "CREATE TABLE more (id INT);\n")
        .good(&with(second, "migrate"))
        .good(&with(second, "validate"))
        .good(&with(first, "repair"))
        .good(&with(second, "migrate"));
    scenario.schema = "Alpha";
    if backend == Backend::Postgres {
        scenario = scenario.probe(
            "SELECT n.nspname, (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = n.oid) FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema' ORDER BY 1",
        );
    }
    scenario
}

fn encodings() -> Scenario {
    let korean = "-- 한국어 주석\nINSERT INTO 사람 VALUES ('홍길동');\n";
    let (bytes, _, _) = encoding_rs::EUC_KR.encode(korean);
    let (repeatable, _, _) = encoding_rs::EUC_KR.encode("INSERT INTO 사람 VALUES ('춘향');\n");
    let (changed, _, _) = encoding_rs::EUC_KR.encode("INSERT INTO 사람 VALUES ('몽룡');\n");
    let marked =
        "\u{feff}CREATE TABLE 사람 (이름 TEXT);\r\nINSERT INTO 사람 VALUES ('임꺽정');\r\n";
    Scenario::new("encodings", &[])
        .write("V1__사람_만들기.sql", marked)
        .good(&["migrate"])
        .write_bytes("V2__홍길동.sql", &bytes)
        .write("V2__홍길동.sql.conf", "encoding=EUC-KR\n")
        .good(&["migrate"])
        .good(&["validate"])
        .write_bytes("R__춘향.sql", &repeatable)
        .write("R__춘향.sql.conf", "encoding=EUC-KR\n")
        .good(&["migrate"])
        // The same text in another encoding is the same migration.
        .write("V2__홍길동.sql", korean)
        .write("V2__홍길동.sql.conf", "encoding=UTF-8\n")
        .good(&["validate"])
        .write_bytes("R__춘향.sql", &changed)
        .good(&["-installedBy=관리자", "migrate"])
        .good(&["validate"])
        .probe("SELECT 이름 FROM 사람 ORDER BY 이름")
}

fn placeholders() -> Scenario {
    Scenario::new("placeholders", &[])
        .write("V1__item.sql", "CREATE TABLE item (name TEXT);\n")
        .write("V2__first.sql", "INSERT INTO item VALUES ('${name}');\n")
        .write(
            "R__row.sql",
            "INSERT INTO item VALUES ('${name} ${flyway:table} ${flyway:filename}');\n",
        )
        .write("R__plain.sql", "INSERT INTO item VALUES ('plain');\n")
        .good(&["-placeholders.name=하나", "migrate"])
        .good(&["-placeholders.name=하나", "migrate"])
        .good(&["-placeholders.name=하나", "validate"])
        // Only the repeatable's checksum knows the value.
        .bad(&["-placeholders.name=둘", "validate"])
        .good(&["-placeholders.name=둘", "migrate"])
        .good(&["-placeholders.name=둘", "repair"])
        .good(&["-placeholders.name=둘", "validate"])
        .bad(&["-placeholderReplacement=false", "validate"])
        .good(&["-placeholderReplacement=false", "migrate"])
        // The checksum of the text before replacement is no change, but has to be repaired.
        .bad(&["-placeholders.name=하나", "migrate"])
        .good(&["-placeholders.name=하나", "repair"])
        .good(&["-placeholders.name=하나", "migrate"])
        .good(&["-placeholders.name=하나", "validate"])
        .probe("SELECT name FROM item ORDER BY name")
}

fn baseline_files() -> Scenario {
    Scenario::new("baseline_files", &[])
        .write("V1__old.sql", "CREATE TABLE old (id INT);\n")
        .write("V2__old.sql", "DROP TABLE old;\n")
        .write("B2__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V3__third.sql", "INSERT INTO item VALUES (3);\n")
        .good(&["-target=3", "migrate"])
        .write("V4__fourth.sql", "INSERT INTO item VALUES (4);\n")
        .write("B4__item.sql", "CREATE TABLE item (id INT);\n")
        .good(&["migrate"])
        .good(&["validate"])
        .good(&["repair"])
        .good(&["migrate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn skip_executing() -> Scenario {
    Scenario::new("skip_executing", &[])
        .sql("CREATE TABLE item (id INT)")
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V2__second.sql", "INSERT INTO item VALUES (2);\n")
        .write("R__last.sql", "INSERT INTO item VALUES (4);\n")
        .good(&["-skipExecutingMigrations=true", "-target=1", "migrate"])
        .good(&["migrate"])
        .write("V3__third.sql", "INSERT INTO item VALUES (3);\n")
        .good(&["-skipExecutingMigrations=true", "migrate"])
        .good(&["validate"])
        .probe("SELECT id FROM item ORDER BY id")
}

fn clean() -> Scenario {
    Scenario::new("clean", &[])
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V2__view.sql", "CREATE VIEW items AS SELECT * FROM item;\n")
        .good(&["migrate"])
        .bad(&["clean"])
        .good(&["-cleanDisabled=false", "clean"])
        .good(&["migrate"])
        .good(&["-cleanDisabled=false", "clean"])
        .good(&["migrate"])
        .good(&["validate"])
}

fn callbacks() -> Scenario {
    Scenario::new("callbacks", &["-placeholders.who=me"])
        .write(
            "beforeMigrate.sql",
            "CREATE TABLE IF NOT EXISTS log (text TEXT);\n",
        )
        .write(
            "beforeEachMigrate.sql",
            "INSERT INTO log VALUES ('before ${who}');\n",
        )
        .write(
            "afterEachMigrate.sql",
            "INSERT INTO log VALUES ('after');\n",
        )
        .write("afterMigrate__1.sql", "INSERT INTO log VALUES ('end 1');\n")
        .write("afterMigrate__2.sql", "INSERT INTO log VALUES ('end 2');\n")
        .write("afterRepair.sql", "INSERT INTO log VALUES ('repaired');\n")
        .write("V1__item.sql", "CREATE TABLE item (id INT);\n")
        .write("V2__more.sql", "INSERT INTO item VALUES (2);\n")
        .write("R__last.sql", "INSERT INTO item VALUES (4);\n")
        .good(&["-target=1", "migrate"])
        .good(&["migrate"])
        .good(&["migrate"])
        .good(&["repair"])
        .good(&["validate"])
        .probe("SELECT text FROM log")
}
