//! What terminals show.

use super::{Made, made, picture};
use crate::model::MigrationState;
use crate::report::graph::Form;

/// The drawing of one domain without its head, only lines and keys.
fn drawn(lines: &[&str], form: Form) -> Vec<String> {
    let mut own = made("users", lines);
    for migration in &mut own.catalog.migrations {
        migration.description.clear();
    }
    own.catalog.heads.clear();
    let text = picture(&[own]).write(form);
    let text = text.replace("  (merge)", "");
    text.lines()
        .skip(1)
        .map(|line| line.strip_prefix("  ").unwrap_or(line).to_owned())
        .collect()
}

/// A name, migrations, and their drawings with Unicode's and with ASCII's characters.
type Case = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

#[test]
fn lines_join_what_follows_each_other() {
    let cases: &[Case] = &[
        (
            "a line",
            &["1", "2: 1", "3: 2"],
            &["● 3", "● 2", "● 1"],
            &["* 3", "* 2", "* 1"],
        ),
        (
            "a branch and its merge",
            &["1", "2: 1", "3: 1", "4: 2 3"],
            &["●   4", "├─╮", "│ ● 3", "● │ 2", "├─╯", "●   1"],
            &["*   4", "|\\", "| * 3", "* | 2", "|/", "*   1"],
        ),
        (
            "two heads",
            &["1", "2: 1", "3: 1"],
            &["●   3", "│ ● 2", "├─╯", "●   1"],
            &["*   3", "| * 2", "|/", "*   1"],
        ),
        (
            "two bases",
            &["1", "2: 1", "a", "b: a"],
            &["● b", "● a", "", "● 2", "● 1"],
            &["* b", "* a", "", "* 2", "* 1"],
        ),
        (
            "two bases that are joined",
            &["1", "a", "m: 1 a"],
            &["●   m", "├─╮", "│ ● a", "●   1"],
            &["*   m", "|\\", "| * a", "*   1"],
        ),
        (
            "a merge of three",
            &["1", "2: 1", "3: 1", "4: 1", "5: 2 3 4"],
            &[
                "●     5",
                "├─┬─╮",
                "│ │ ● 4",
                "│ ● │ 3",
                "│ ├─╯",
                "● │   2",
                "├─╯",
                "●     1",
            ],
            &[
                "*     5", "|-.\\", "| | * 4", "| * | 3", "| |/", "* |   2", "|/", "*     1",
            ],
        ),
        (
            "diamonds one below the other",
            &["1", "2: 1", "3: 1", "4: 2 3", "5: 4", "6: 4", "7: 5 6"],
            &[
                "●   7",
                "├─╮",
                "│ ● 6",
                "● │ 5",
                "├─╯",
                "●   4",
                "├─╮",
                "│ ● 3",
                "● │ 2",
                "├─╯",
                "●   1",
            ],
            &[
                "*   7", "|\\", "| * 6", "* | 5", "|/", "*   4", "|\\", "| * 3", "* | 2", "|/",
                "*   1",
            ],
        ),
        (
            "a parent that comes in another way too",
            &["1", "2: 1", "3: 2 1"],
            &["●   3", "├─╮", "● │ 2", "├─╯", "●   1"],
            &["*   3", "|\\", "* | 2", "|/", "*   1"],
        ),
        (
            "what runs again",
            &["1", "2: 1", "r!", "s!"],
            &["● s  (repeatable)", "● r  (repeatable)", "", "● 2", "● 1"],
            &["* s  (repeatable)", "* r  (repeatable)", "", "* 2", "* 1"],
        ),
    ];
    for (name, lines, unicode, ascii) in cases {
        assert_eq!(drawn(lines, Form::Text), *unicode, "{name}");
        assert_eq!(drawn(lines, Form::Ascii), *ascii, "{name}");
    }
}

fn three() -> [Made; 3] {
    [
        made("auth", &["1", "2: 1"]),
        made("character", &["a: > auth@1", "b: a", "c: a | b"]),
        made("users", &["0001", "0002: 0001 > character"]).needs("auth@2"),
    ]
}

#[test]
fn what_is_needed_of_others_is_named_behind_the_line() {
    assert_eq!(
        picture(&three()).write(Form::Text),
        "auth (native)\n  ● 2  2 설명  (head)\n  ● 1  1 설명\n\ncharacter (native)\n  ●   c  c 설명  (head; depends on b)\n  │ ● b  b 설명  (head)\n  ├─╯\n  ●   a  a 설명  (needs auth@1)\n\nusers (native)\n  ● 0002  0002 설명  (head; needs character)\n  ● 0001  0001 설명  (needs auth@2)\n"
    );
    // Of a domain that is not shown only the name is.
    let [_, _, users] = three();
    assert_eq!(
        picture(&[users]).write(Form::Text),
        "users (native)\n  ● 0002  0002 설명  (head; needs character)\n  ● 0001  0001 설명  (needs auth@2)\n"
    );
    let [auth, _, _] = three();
    let wrong = made("users", &["1: > auth@9", "2: 7"]);
    let text = picture(&[auth, wrong]).write(Form::Text);
    assert!(text.contains("needs auth@9, which no file has)"), "{text}");
}

#[test]
fn marks_say_how_far_a_database_is() {
    use MigrationState::{Applied, Changed, Failed, Missing, Pending};
    let users = made("users", &["1", "2: 1", "3: 2", "4: 3"]).stands(
        &[
            ("0", Missing),
            ("\"users\"", Applied),
            ("1", Applied),
            ("2", Changed),
            ("3", Failed),
            ("4", Pending),
        ],
        &["2"],
    );
    let text = picture(&[users]).write(Form::Text);
    assert_eq!(
        text,
        "users (native)\n  ○ 4  4 설명  (head)\n  ✗ 3  3 설명  (failed)\n  ● 2  2 설명  (current; changed since)\n  ● 1  1 설명\n\n  ? 0  (without a file)\n\n● applied   ○ pending   ✗ failed   ? without a file\n"
    );
}

#[test]
fn wide_keys_line_up_and_control_characters_are_not_sent_to_terminals() {
    let mut users = made("users", &["계정", "b: 계정"]);
    users.catalog.migrations[1].description = "\u{1b}[31mred\nsecond line".to_owned();
    assert_eq!(
        picture(&[users]).write(Form::Text),
        "users (native)\n  ● b     \u{fffd}[31mred  (head)\n  ● 계정  계정 설명\n"
    );
}

#[test]
fn long_chains_stay_narrow_and_take_no_time() {
    let lines: Vec<String> = (0..20_000)
        .map(|n: usize| match n {
            0 => "k0".to_owned(),
            n => format!("k{n}: k{}", n - 1),
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut long = made("users", &[]);
    long.catalog.migrations = lines
        .iter()
        .flat_map(|line| made("users", &[line]).catalog.migrations)
        .collect();
    let picture = picture(&[long]);
    let started = std::time::Instant::now();
    let text = picture.write(Form::Text);
    for form in [Form::Svg, Form::Mermaid, Form::Dot] {
        picture.write(form);
    }
    // Without anything that grows with the square of it.
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert_eq!(text.lines().count(), 20_001);
    assert!(text.lines().skip(1).all(|line| line.starts_with("  ● k")));
}

#[test]
fn nothing_is_said_to_be_nothing() {
    assert_eq!(
        picture(&[]).write(Form::Text),
        "No domain was found here.\n"
    );
    assert_eq!(
        picture(&[made("users", &[])]).write(Form::Text),
        "users (native)\n  no migrations\n"
    );
}
