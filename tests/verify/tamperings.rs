//! The table of tamperings: what each of them makes `verify` say, offline and with a database.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::site::Site;
use super::support::database::Backend;
use super::support::servers::must_have_everything;

/// A way to tamper with a project.
struct Tampering {
    name: &'static str,
    tamper: fn(&Site),
    /// What is found without a database.
    offline: &'static [&'static str],
    /// What the database adds.
    database: &'static [&'static str],
}

const V1: &str = "legacy/sql/V1__accounts.sql";
const V2: &str = "legacy/sql/V2__notes_팀.sql";
const V3: &str = "legacy/more/V3__more.sql";
const V4: &str = "legacy/sql/V4__카드.sql";
const VIEW: &str = "legacy/sql/R__view.sql";
const A1: &str = "users/versions/a1_first.py";
const B2: &str = "users/versions/b2_second.py";
const C3: &str = "users/versions/c3_third.py";
const DECKS: &str = "cards/0001_decks/up.sql";

fn crlf(site: &Site, file: &str) {
    let text = site.read(file).replace('\n', "\r\n");
    site.write(file, text);
}

fn mark(site: &Site, file: &str) {
    let text = format!("\u{feff}{}", site.read(file));
    site.write(file, text);
}

fn revision(id: &str, parent: &str) -> String {
    format!(
        "from alembic import op\nrevision = \"{id}\"\ndown_revision = {parent}\n\n\ndef upgrade():\n    op.execute(\"SELECT 1\")\n\n\ndef downgrade():\n    pass\n"
    )
}

/// A line of the lock file, by a part of it.
fn locked_line(site: &Site, part: &str) -> String {
    let text = site.read("stillway.lock");
    let mut lines = text.lines();
    lines
        .find(|line| line.contains(part))
        .expect(part)
        .to_owned()
}

const TAMPERINGS: &[Tampering] = &[
    Tampering {
        name: "nothing",
        tamper: |_| {},
        offline: &[],
        database: &[],
    },
    Tampering {
        name: "a byte of a version is flipped",
        tamper: |site| site.replace(V1, "name", "nbme"),
        offline: &["error sql-changed legacy 1"],
        database: &["error applied-edited legacy 1"],
    },
    Tampering {
        name: "a byte of a revision is flipped",
        tamper: |site| site.replace(B2, "line text", "line tex7"),
        offline: &["error sql-changed users b2"],
        database: &["error applied-edited users b2"],
    },
    Tampering {
        name: "a byte of a native revision is flipped",
        tamper: |site| site.replace(DECKS, "id int", "id inu"),
        offline: &["error sql-changed cards 0001"],
        database: &["error applied-edited cards 0001"],
    },
    Tampering {
        name: "a byte of a revision's syntax is flipped",
        tamper: |site| site.replace(B2, "def upgrade():", "def upgrade(:"),
        offline: &["error sql-changed users b2"],
        database: &["failure users"],
    },
    Tampering {
        name: "a byte that is no text",
        tamper: |site| {
            site.write(
                V1,
                [b"CREATE TABLE x (y int); -- ".as_slice(), &[0xff, 0xfe]].concat(),
            );
        },
        offline: &["error sql-changed legacy 1"],
        database: &["failure legacy"],
    },
    Tampering {
        name: "a statement is added to a version",
        tamper: |site| site.replace(V1, ");\n", ");\nDROP TABLE accounts;\n"),
        offline: &["error sql-changed legacy 1"],
        database: &["error applied-edited legacy 1"],
    },
    Tampering {
        name: "a version is emptied",
        tamper: |site| site.write(V1, ""),
        offline: &["error sql-changed legacy 1"],
        database: &["error applied-edited legacy 1"],
    },
    Tampering {
        name: "line ends of a version become CRLF",
        tamper: |site| crlf(site, V1),
        offline: &["note line-ends-changed legacy 1"],
        database: &[],
    },
    Tampering {
        name: "line ends of a revision become CRLF",
        tamper: |site| crlf(site, B2),
        offline: &["note line-ends-changed users b2"],
        database: &["note applied-line-ends users b2"],
    },
    Tampering {
        name: "line ends of a native revision become CRLF",
        tamper: |site| crlf(site, DECKS),
        offline: &["note line-ends-changed cards 0001"],
        database: &["note applied-line-ends cards 0001"],
    },
    Tampering {
        name: "line ends in a value of a native revision become CRLF",
        tamper: |site| crlf(site, "cards/0002_teams/up.sql"),
        offline: &["error line-ends-changed cards 0002"],
        database: &["error applied-edited cards 0002"],
    },
    Tampering {
        name: "all line ends become CRLF, the lock file's too",
        tamper: |site| {
            for file in [V1, V2, V3, V4, VIEW, A1, B2, C3, DECKS, "stillway.lock"] {
                crlf(site, file);
            }
        },
        offline: &[
            "note line-ends-changed cards 0001",
            "note line-ends-changed legacy 1",
            "note line-ends-changed legacy 2",
            "note line-ends-changed legacy 3",
            "note line-ends-changed legacy 4",
            "note line-ends-changed users a1",
            "note line-ends-changed users b2",
            "note line-ends-changed users c3",
        ],
        database: &[
            "note applied-line-ends cards 0001",
            "note applied-line-ends users a1",
            "note applied-line-ends users b2",
            "note applied-line-ends users c3",
        ],
    },
    Tampering {
        name: "a version gets a byte order mark",
        tamper: |site| mark(site, V1),
        offline: &["note line-ends-changed legacy 1"],
        database: &[],
    },
    Tampering {
        name: "a revision gets a byte order mark",
        tamper: |site| mark(site, B2),
        offline: &["note line-ends-changed users b2"],
        database: &["note applied-line-ends users b2"],
    },
    Tampering {
        name: "a native revision gets a byte order mark",
        tamper: |site| mark(site, DECKS),
        offline: &["note line-ends-changed cards 0001"],
        database: &["note applied-line-ends cards 0001"],
    },
    Tampering {
        name: "a comment of a version changes",
        tamper: |site| site.replace(V1, "계정", "account"),
        offline: &["error comment-changed legacy 1"],
        database: &["error applied-edited legacy 1"],
    },
    Tampering {
        name: "a comment of a revision changes",
        tamper: |site| site.replace(C3, "세 번째", "third"),
        offline: &["warning comment-changed users c3"],
        database: &["warning applied-comment users c3"],
    },
    Tampering {
        name: "the docstring of a revision changes",
        tamper: |site| site.replace(B2, "second", "2nd"),
        offline: &["warning comment-changed users b2"],
        database: &["warning applied-comment users b2"],
    },
    Tampering {
        name: "a native revision gets a comment",
        tamper: |site| site.replace(DECKS, "CREATE", "-- decks\nCREATE"),
        offline: &["warning comment-changed cards 0001"],
        database: &["warning applied-comment cards 0001"],
    },
    Tampering {
        name: "the formatting of a native revision changes",
        tamper: |site| site.replace(DECKS, "decks (id int)", "decks (\n  id int\n)"),
        offline: &["warning comment-changed cards 0001"],
        database: &["warning applied-comment cards 0001"],
    },
    Tampering {
        name: "the way down of a native revision changes",
        tamper: |site| {
            site.replace(
                "cards/0001_decks/down.sql",
                "DROP TABLE decks",
                "DROP TABLE IF EXISTS decks",
            );
        },
        offline: &["error sql-changed cards 0001"],
        database: &["error applied-edited cards 0001"],
    },
    Tampering {
        name: "a version gets another description",
        tamper: |site| site.rename(V1, "legacy/sql/V1__users.sql"),
        offline: &["error renamed legacy 1"],
        database: &["error description-changed legacy 1"],
    },
    Tampering {
        name: "a version is written in another way",
        tamper: |site| site.rename(V1, "legacy/sql/V1.0__accounts.sql"),
        offline: &["error renamed legacy 1"],
        database: &[],
    },
    Tampering {
        name: "a version is renumbered",
        tamper: |site| site.rename(V4, "legacy/sql/V5__카드.sql"),
        offline: &["error renumbered legacy 4"],
        database: &[
            "error applied-missing legacy 4",
            "note not-applied legacy 5",
        ],
    },
    Tampering {
        name: "a revision's file is renamed",
        tamper: |site| site.rename(B2, "users/versions/b2_other.py"),
        offline: &["note renamed users b2"],
        database: &[],
    },
    Tampering {
        name: "a revision gets another id",
        tamper: |site| {
            site.replace(C3, "\"c3\"", "\"c4\"");
        },
        offline: &[
            "error migration-missing users c3",
            "warning not-locked users c4",
        ],
        database: &["error unknown-revision users c3"],
    },
    Tampering {
        name: "a version moves to another location",
        tamper: |site| site.rename(V1, "legacy/more/V1__accounts.sql"),
        offline: &["note moved legacy 1"],
        database: &[],
    },
    Tampering {
        name: "a native revision's folder is renamed",
        tamper: |site| site.rename("cards/0001_decks", "cards/0001_other"),
        offline: &["note moved cards 0001"],
        database: &[],
    },
    Tampering {
        name: "two versions exchange their contents",
        tamper: |site| site.swap(V1, V3),
        offline: &["error reordered legacy 1", "error reordered legacy 3"],
        database: &[
            "error applied-edited legacy 1",
            "error applied-edited legacy 3",
        ],
    },
    Tampering {
        name: "a version comes in the middle",
        tamper: |site| site.write("legacy/sql/V3.5__between.sql", "SELECT 1;\n"),
        offline: &["error added-in-the-middle legacy 3.5"],
        database: &["error will-not-run legacy 3.5"],
    },
    Tampering {
        name: "a version comes before all",
        tamper: |site| site.write("legacy/sql/V0.1__first.sql", "SELECT 1;\n"),
        offline: &["error added-in-the-middle legacy 0.1"],
        database: &["error will-not-run legacy 0.1"],
    },
    Tampering {
        name: "a version comes at the end",
        tamper: |site| site.write("legacy/sql/V5__last.sql", "SELECT 1;\n"),
        offline: &["warning not-locked legacy 5"],
        database: &["note not-applied legacy 5"],
    },
    Tampering {
        name: "a revision comes at the end",
        tamper: |site| site.write("users/versions/d4_x.py", revision("d4", "\"c3\"")),
        offline: &["warning not-locked users d4"],
        database: &["note not-applied users d4"],
    },
    Tampering {
        name: "a revision makes a second head",
        tamper: |site| site.write("users/versions/d4_x.py", revision("d4", "\"b2\"")),
        offline: &["error second-head users d4"],
        database: &["note not-applied users d4"],
    },
    Tampering {
        name: "a revision makes a second base",
        tamper: |site| site.write("users/versions/d4_x.py", revision("d4", "None")),
        offline: &["error second-head users d4"],
        database: &["note not-applied users d4"],
    },
    Tampering {
        name: "a revision is put between two",
        tamper: |site| {
            site.write("users/versions/d4_x.py", revision("d4", "\"b2\""));
            site.replace(C3, "down_revision = \"b2\"", "down_revision = \"d4\"");
        },
        offline: &[
            "error added-in-the-middle users d4",
            "error parents-changed users c3",
        ],
        database: &[
            "note applied-elsewhere users",
            "warning applied-comment users c3",
            "warning applied-unlocked users d4",
        ],
    },
    Tampering {
        name: "two branches are joined",
        tamper: |site| {
            site.write("users/versions/d4_x.py", revision("d4", "\"b2\""));
            site.write("users/versions/e5_x.py", revision("e5", "(\"c3\", \"d4\")"));
        },
        offline: &["warning not-locked users d4", "warning not-locked users e5"],
        database: &["note not-applied users d4", "note not-applied users e5"],
    },
    Tampering {
        name: "revisions change their order",
        tamper: |site| {
            site.replace(B2, "down_revision = \"a1\"", "down_revision = \"c3\"");
            site.replace(C3, "down_revision = \"b2\"", "down_revision = \"a1\"");
        },
        offline: &[
            "error parents-changed users b2",
            "error parents-changed users c3",
        ],
        database: &[
            "note not-applied users b2",
            "warning applied-comment users c3",
        ],
    },
    Tampering {
        name: "a revision needs another",
        tamper: |site| {
            site.replace(
                C3,
                "down_revision = \"b2\"",
                "down_revision = \"b2\"\ndepends_on = \"a1\"",
            );
        },
        offline: &["error needs-changed users c3"],
        database: &["warning applied-comment users c3"],
    },
    Tampering {
        name: "a version is there twice",
        tamper: |site| site.write("legacy/more/V1__again.sql", "SELECT 1;\n"),
        offline: &["error duplicate-migration legacy 1"],
        database: &["failure legacy"],
    },
    Tampering {
        name: "a revision is there twice",
        tamper: |site| site.write("users/versions/again.py", revision("b2", "\"a1\"")),
        offline: &["error duplicate-migration users b2"],
        database: &[],
    },
    Tampering {
        name: "a version is copied into another location",
        tamper: |site| {
            let text = site.read(V1);
            site.write("legacy/more/V1__accounts.sql", text);
        },
        offline: &["note moved legacy 1"],
        database: &[],
    },
    Tampering {
        name: "the last version is deleted",
        tamper: |site| site.remove(V4),
        offline: &["error migration-missing legacy 4"],
        database: &["error applied-missing legacy 4"],
    },
    Tampering {
        name: "a version in the middle is deleted",
        tamper: |site| site.remove(V2),
        offline: &["error migration-missing legacy 2"],
        database: &["error applied-missing legacy 2"],
    },
    Tampering {
        name: "the head is deleted",
        tamper: |site| site.remove(C3),
        offline: &["error migration-missing users c3"],
        database: &["error unknown-revision users c3"],
    },
    Tampering {
        name: "a native revision is deleted",
        tamper: |site| site.remove("cards/0002_teams"),
        offline: &["error migration-missing cards 0002"],
        database: &["error unknown-revision cards 0002"],
    },
    Tampering {
        name: "an undo is deleted",
        tamper: |site| site.remove("legacy/sql/U4__카드.sql"),
        offline: &["warning migration-missing legacy undo 4"],
        database: &[],
    },
    Tampering {
        name: "an undo changes",
        tamper: |site| site.replace("legacy/sql/U4__카드.sql", "cards", "cards_"),
        offline: &["warning sql-changed legacy undo 4"],
        database: &[],
    },
    Tampering {
        name: "a repeatable changes",
        tamper: |site| site.replace(VIEW, "SELECT name", "SELECT id"),
        offline: &["note repeatable-changed legacy repeatable view"],
        database: &["note not-applied legacy repeatable view"],
    },
    Tampering {
        name: "a native repeatable changes",
        tamper: |site| site.replace("cards/9000_view/up.sql", "SELECT *", "SELECT id"),
        offline: &["note repeatable-changed cards repeatable 9000"],
        database: &["note not-applied cards repeatable 9000"],
    },
    Tampering {
        name: "a repeatable is deleted",
        tamper: |site| site.remove(VIEW),
        offline: &["error migration-missing legacy repeatable view"],
        database: &["error applied-missing legacy repeatable view"],
    },
    Tampering {
        name: "a callback changes",
        tamper: |site| site.replace("legacy/sql/beforeMigrate.sql", "1", "2"),
        offline: &["note repeatable-changed legacy callback beforeMigrate.sql"],
        database: &[],
    },
    Tampering {
        name: "a placeholder gets another value",
        tamper: |site| site.replace("stillway.toml", "team = \"core\"", "team = \"other\""),
        offline: &[
            "error placeholder-changed cards 0002",
            "error placeholder-changed legacy 2",
        ],
        database: &[],
    },
    Tampering {
        name: "the settings of a script change",
        tamper: |site| {
            site.write(
                "legacy/sql/V4__카드.sql.conf",
                "executeInTransaction=false\n",
            );
        },
        offline: &["error settings-changed legacy 4"],
        database: &[],
    },
    Tampering {
        name: "a native revision leaves its transaction",
        tamper: |site| {
            site.replace(
                "cards/0001_decks/metadata.toml",
                "revision = \"0001\"\n",
                "revision = \"0001\"\nrun_in_transaction = false\n",
            );
        },
        offline: &["error settings-changed cards 0001"],
        database: &[],
    },
    Tampering {
        name: "the message of a native revision changes",
        tamper: |site| {
            site.replace(
                "cards/0001_decks/metadata.toml",
                "revision = \"0001\"\n",
                "revision = \"0001\"\nmessage = \"decks\"\n",
            );
        },
        offline: &[],
        database: &[],
    },
    Tampering {
        name: "the source of a conversion changes",
        tamper: |site| site.replace(V4, "(1)", "(2)"),
        offline: &[
            "error source-changed cards 0001",
            "error sql-changed legacy 4",
        ],
        database: &["error applied-edited legacy 4"],
    },
    Tampering {
        name: "a checksum in the lock file is edited",
        tamper: |site| {
            let line = locked_line(site, "V1__");
            let digit = if line.contains("md5:0") {
                "md5:1"
            } else {
                "md5:0"
            };
            let at = line.find("md5:").expect("a sum");
            site.replace(
                "stillway.lock",
                &line,
                &format!("{}{digit}{}", &line[..at], &line[at + 5..]),
            );
        },
        offline: &[
            "error comment-changed legacy 1",
            "error lock-edited legacy 1",
        ],
        database: &[],
    },
    Tampering {
        name: "a line of the lock file is deleted",
        tamper: |site| {
            let line = locked_line(site, "b2_second");
            site.replace("stillway.lock", &format!("{line}\n"), "");
        },
        offline: &[
            "error added-in-the-middle users b2",
            "error lock-edited users c3",
        ],
        database: &["warning applied-unlocked users b2"],
    },
    Tampering {
        name: "lines of the lock file are exchanged",
        tamper: |site| {
            let (one, two) = (locked_line(site, "V1__"), locked_line(site, "V2__"));
            site.replace(
                "stillway.lock",
                &format!("{one}\n{two}\n"),
                &format!("{two}\n{one}\n"),
            );
        },
        offline: &[
            "error lock-edited legacy 1",
            "error lock-edited legacy 2",
            "error lock-edited legacy 3",
            "error lock-reordered legacy 1",
        ],
        database: &[],
    },
    Tampering {
        name: "the edit of a version is hidden in the lock file",
        tamper: |site| {
            let before = locked_line(site, "V1__");
            site.replace(V1, "name", "nbme");
            site.lock(&["1"]);
            let after = locked_line(site, "V1__");
            site.lock(&[]);
            let digest = before
                .rsplit_once(" digest:")
                .expect("a digest")
                .1
                .to_owned();
            let hidden = format!(
                "{} digest:{digest}",
                after.rsplit_once(" digest:").expect("a digest").0
            );
            site.replace("stillway.lock", &after, &hidden);
        },
        offline: &["error lock-edited legacy 1", "error lock-edited legacy 2"],
        database: &["error row-edited legacy 1"],
    },
    Tampering {
        name: "a domain is deleted from the lock file",
        tamper: |site| {
            let text = site.read("stillway.lock");
            let at = text.find("domain users").expect("the section");
            site.write("stillway.lock", &text[..at]);
        },
        offline: &["warning domain-not-locked users"],
        database: &[],
    },
    Tampering {
        name: "a domain is deleted from the project",
        tamper: |site| {
            let text = site.read("stillway.toml");
            let at = text.find("[domains.cards]").expect("the table");
            site.write("stillway.toml", &text[..at]);
        },
        offline: &["error domain-missing cards"],
        database: &[],
    },
    Tampering {
        name: "a merge is left in the lock file",
        tamper: |site| {
            let line = locked_line(site, "V4__");
            site.replace(
                "stillway.lock",
                &line,
                &format!("<<<<<<< HEAD\n{line}\n=======\n{line}\n>>>>>>> other"),
            );
        },
        offline: &["error lock-conflict"],
        database: &[],
    },
    Tampering {
        name: "the lock file is of the future",
        tamper: |site| site.replace("stillway.lock", "stillway-lock 1", "stillway-lock 9"),
        offline: &["error lock-format"],
        database: &[],
    },
    Tampering {
        name: "the lock file is deleted",
        tamper: |site| site.remove("stillway.lock"),
        offline: &["warning lock-missing"],
        database: &[],
    },
];

/// A way to tamper with a database.
struct Intrusion {
    name: &'static str,
    tamper: fn(&Site),
    found: &'static [&'static str],
}

const INTRUSIONS: &[Intrusion] = &[
    Intrusion {
        name: "a checksum of Flyway's is edited",
        tamper: |site| {
            site.statements("UPDATE flyway_schema_history SET checksum = 7 WHERE version = '1'");
        },
        found: &["error row-edited legacy 1"],
    },
    Intrusion {
        name: "a checksum of Flyway's is taken away",
        tamper: |site| {
            site.statements("UPDATE flyway_schema_history SET checksum = NULL WHERE version = '1'");
        },
        found: &["note applied-elsewhere legacy"],
    },
    Intrusion {
        name: "a description of Flyway's is edited",
        tamper: |site| {
            site.statements(
                "UPDATE flyway_schema_history SET description = 'x' WHERE version = '1'",
            );
        },
        found: &["error description-changed legacy 1"],
    },
    Intrusion {
        name: "a row of Flyway's is deleted",
        tamper: |site| site.statements("DELETE FROM flyway_schema_history WHERE version = '2'"),
        found: &["error will-not-run legacy 2"],
    },
    Intrusion {
        name: "the last row of Flyway's is deleted",
        tamper: |site| site.statements("DELETE FROM flyway_schema_history WHERE version = '4'"),
        found: &["note not-applied legacy 4"],
    },
    Intrusion {
        name: "a row of Flyway's failed",
        tamper: |site| {
            site.statements(
                "UPDATE flyway_schema_history SET success = (1 = 0) WHERE version = '4'",
            );
        },
        found: &["error failed-migration legacy 4"],
    },
    Intrusion {
        name: "a row of Flyway's that no file has",
        tamper: |site| {
            site.statements("INSERT INTO flyway_schema_history SELECT 90, '3.3', 'x', 'SQL', 'V3.3__x.sql', 1, 'x', installed_on, 1, success FROM flyway_schema_history WHERE version = '1'");
        },
        found: &["error applied-missing legacy 3.3"],
    },
    Intrusion {
        name: "a row of Flyway's from the future",
        tamper: |site| {
            site.statements("INSERT INTO flyway_schema_history SELECT 90, '33', 'x', 'SQL', 'V33__x.sql', 1, 'x', installed_on, 1, success FROM flyway_schema_history WHERE version = '1'");
        },
        found: &["note future-migration legacy 33"],
    },
    Intrusion {
        name: "an older version of Flyway's was applied later",
        tamper: |site| {
            site.statements(
                "UPDATE flyway_schema_history SET installed_rank = 90 WHERE version = '2'",
            );
        },
        found: &["note out-of-order legacy 2"],
    },
    Intrusion {
        name: "the version table names another revision",
        tamper: |site| site.statements("UPDATE alembic_version SET version_num = 'zz'"),
        found: &["error unknown-revision users zz"],
    },
    Intrusion {
        name: "the version table goes back",
        tamper: |site| site.statements("UPDATE alembic_version SET version_num = 'b2'"),
        found: &["note not-applied users c3"],
    },
    Intrusion {
        name: "a sum in the history of runs is edited",
        tamper: |site| {
            site.statements("UPDATE stillway_alembic_history SET source_md5 = '00000000000000000000000000000000' WHERE revision = 'b2'");
        },
        found: &["error row-edited users b2"],
    },
    Intrusion {
        name: "the history of runs is deleted",
        tamper: |site| site.statements("DELETE FROM stillway_alembic_history"),
        found: &["note applied-elsewhere users"],
    },
    Intrusion {
        name: "a sum in the history of native runs is edited",
        tamper: |site| {
            site.statements("UPDATE stillway_history SET source_md5 = '00000000000000000000000000000000' WHERE revision = '0001'");
        },
        found: &["error row-edited cards 0001"],
    },
    Intrusion {
        name: "a revision was applied and its lock was forgotten",
        tamper: |site| {
            let line = locked_line(site, "c3_third");
            site.replace("stillway.lock", &format!("{line}\n"), "");
        },
        found: &[
            "warning applied-unlocked users c3",
            "warning not-locked users c3",
        ],
    },
];

fn all(expected: &[&[&str]]) -> Vec<String> {
    let mut all: Vec<String> = expected.concat().iter().map(ToString::to_string).collect();
    all.sort();
    all
}

/// Tells all cases that differ at once.
fn settle(differences: &[String]) {
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn offline() {
    let mut differences = Vec::new();
    for case in TAMPERINGS {
        let site = Site::new();
        site.locked();
        (case.tamper)(&site);
        let found = site.found(false);
        if found != all(&[case.offline]) {
            differences.push(format!("{}: {found:?}", case.name));
        }
    }
    settle(&differences);
}

/// Tampers with a project of its own and says how what is found differs.
fn differs(
    backend: Backend,
    name: &str,
    tamper: fn(&Site),
    expected: &[&[&str]],
) -> Option<String> {
    let site = Site::upgraded(backend).expect("the server was there");
    tamper(&site);
    let found = site.found(true);
    (found != all(expected)).then(|| format!("{name}: {found:?}"))
}

/// How many projects are tampered with at once: mostly they wait for a server's disk.
const AT_ONCE: usize = 4;

fn with_database(backend: Backend) {
    if let Err(reason) = Site::upgraded(backend) {
        assert!(!must_have_everything(), "{reason}");
        return;
    }
    let next = AtomicUsize::new(0);
    let one = |index: usize| match TAMPERINGS.get(index) {
        Some(case) => {
            let expected = [case.offline, case.database];
            differs(backend, case.name, case.tamper, &expected)
        }
        None => INTRUSIONS
            .get(index - TAMPERINGS.len())
            .and_then(|case| differs(backend, case.name, case.tamper, &[case.found])),
    };
    let count = TAMPERINGS.len() + INTRUSIONS.len();
    let work = || {
        let indexes = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = indexes.take_while(|index| *index < count);
        mine.filter_map(one).collect::<Vec<String>>()
    };
    let differences: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let ended = workers
            .into_iter()
            .map(|worker| worker.join().expect("no case panics"));
        ended.flatten().collect()
    });
    settle(&differences);
}

#[test]
fn with_sqlite() {
    with_database(Backend::Sqlite);
}

#[test]
fn with_postgres() {
    with_database(Backend::Postgres);
}
