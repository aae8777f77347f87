//! Random cases over a small family of schemas: accounts with a profile each or several, their social
//! logins, and characters that belong to both.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::case::{Case, Change, ColumnDefinition, Kind, TableDefinition};
use super::model::Row;

/// A value of a row.
type Cell = Option<String>;

const PHONES: [&str; 14] = [
    "",
    "  ",
    "-",
    "010-1234-5678",
    "+82 10 1234 5678",
    "０１０－１２３４－５６７８",
    "821012345678",
    "010-9999-0000",
    "01099990000",
    "+1 415 555 2671",
    "전화없음",
    "010-1234-567a",
    "12345",
    "없음",
];
const NAMES: [&str; 16] = [
    "",
    " \u{200b}",
    "\u{3000}",
    "가나",
    "\u{1100}\u{1161}\u{1102}\u{1161}",
    "\u{feff}가나 ",
    "alpha",
    "ALPHA",
    "Ａｌｐｈａ",
    "너무긴이름입니다",
    "it's",
    "a  b",
    "a\u{a0}b",
    "N/A",
    "é",
    "e\u{301}",
];
const KINDS: [&str; 7] = ["on", "ON", " on ", "off", "test", "banned", ""];
const PROVIDERS: [&str; 7] = ["google", "Google", " KAKAO", "kakao", "apple", "", "none"];
const TIMES: [&str; 10] = [
    "1988-05-08 02:30:00",
    "1988-10-09 02:30:00",
    "2024-03-10 02:30:00",
    "2024-03-10 03:30:00",
    "2024-11-03 01:30:00",
    "2024-11-03 00:30:00",
    "2024-01-01 00:00:00",
    "2024-01-01 00:00:01",
    "2023-12-31 23:59:59",
    "2018-11-04 00:30:00",
];
const MOMENTS: [&str; 4] = [
    "2024-01-01 00:00:00+00:00",
    "2023-12-31 15:00:00+00:00",
    "2024-03-10 07:30:00+00:00",
    "2024-11-03 06:30:00+00:00",
];
const CLEAN_PHONES: [&str; 5] = [
    "+821012345678",
    "+821099990000",
    "+14155552671",
    "010-1234-5678",
    "x",
];
const CLEAN_NAMES: [&str; 5] = ["가나", "alpha", "ALPHA", "é", "남"];
const LETTERS: [&str; 9] = [
    "trim",
    "blank_to_null",
    "lower",
    "upper",
    "nfc",
    "nfkc",
    "collapse_blanks",
    "trim",
    "blank_to_null",
];

/// Any case.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    (accounts(), socials(), characters(), data(), steps()).prop_map(
        |(accounts, socials, characters, rows, steps)| {
            let mut file = vec![
                "domain = \"fresh\"".to_owned(),
                "phone_region = \"KR\"".to_owned(),
                "time_zone = \"Asia/Seoul\"".to_owned(),
                "blanks = [\"-\", \"N/A\", \"없음\"]".to_owned(),
            ];
            let mut tables = Vec::new();
            for (text, more) in [accounts, socials, characters] {
                file.extend(text);
                tables.extend(more);
            }
            Case {
                about: String::new(),
                file,
                tables,
                rows,
                steps,
            }
        },
    )
}

/// The lines of a table, and the tables that it is about.
type Part = (Vec<String>, Vec<TableDefinition>);

fn column(name: &str, kind: Kind, needed: bool) -> ColumnDefinition {
    ColumnDefinition {
        name: name.to_owned(),
        kind,
        needed,
    }
}

fn table(name: &str, columns: &[(&str, Kind)]) -> TableDefinition {
    TableDefinition {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(name, kind)| column(name, *kind, *name == "id"))
            .collect(),
        unique: Vec::new(),
        references: Vec::new(),
    }
}

fn misfit() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => Just("quarantine"),
        6 => Just("null"),
        3 => Just("keep"),
        1 => Just("abort"),
    ]
}

/// Normalisers of letters, in any order.
fn letters() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(LETTERS.to_vec(), 0..4).prop_shuffle()
}

fn list(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("[{}]", words.join(", "))
}

/// The lines for misfits and policies of a table.
fn policies() -> impl Strategy<Value = Vec<String>> {
    (
        misfit(),
        misfit(),
        prop_oneof![6 => Just("keep"), 3 => Just("quarantine"), 1 => Just("abort")],
        prop_oneof![3 => Just("remove"), 1 => Just("keep")],
    )
        .prop_map(|(too_long, missing, existing, deleted)| {
            vec![
                format!("too_long = \"{too_long}\""),
                format!("missing = \"{missing}\""),
                format!("existing = \"{existing}\""),
                format!("deleted = \"{deleted}\""),
            ]
        })
}

/// A unique constraint: whether the target holds it, and whether the file says what is done.
#[derive(Debug, Clone)]
struct Constraint {
    columns: Vec<&'static str>,
    held: bool,
    rule: Option<(&'static str, Vec<&'static str>)>,
}

fn constraint(
    columns: &'static [&'static str],
    orders: &'static [&'static str],
) -> impl Strategy<Value = Constraint> {
    let actions = prop_oneof![
        4 => Just("keep_first"),
        4 => Just("null_others"),
        5 => Just("merge"),
        3 => Just("quarantine"),
        1 => Just("abort"),
    ];
    let keep = subsequence(orders.to_vec(), 0..=orders.len()).prop_shuffle();
    (
        prop::bool::weighted(0.7),
        prop::option::weighted(0.7, (actions, keep)),
    )
        .prop_map(move |(held, rule)| Constraint {
            columns: columns.to_vec(),
            held,
            rule,
        })
}

/// The lines of the rules, and the constraints that the target holds.
fn write_rules(constraints: &[Constraint], needed: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut lines = Vec::new();
    let mut held = Vec::new();
    let mut merges = false;
    for constraint in constraints {
        if constraint.held {
            let columns = constraint.columns.iter();
            held.push(columns.map(|name| (*name).to_owned()).collect());
        }
        let Some((action, keep)) = &constraint.rule else {
            continue;
        };
        let mut action = *action;
        if action == "merge" && merges {
            action = "keep_first";
        }
        merges |= action == "merge";
        let free: Vec<&str> = constraint
            .columns
            .iter()
            .copied()
            .filter(|name| !needed.contains(name))
            .collect();
        if action == "null_others" && free.is_empty() {
            action = "keep_first";
        }
        lines.push("[[table.unique]]".to_owned());
        lines.push(format!("columns = {}", list(&constraint.columns)));
        lines.push(format!("on_conflict = \"{action}\""));
        if action == "null_others" {
            lines.push(format!("null = {}", list(&free)));
        }
        if !matches!(action, "quarantine" | "abort") {
            lines.push(format!("keep = {}", list(keep)));
        }
    }
    (lines, held)
}

#[expect(clippy::too_many_lines, reason = "one step after the other")]
fn accounts() -> impl Strategy<Value = Part> {
    let phone = (misfit(), any::<bool>(), any::<bool>());
    let kind = (misfit(), any::<bool>());
    let rules = (
        constraint(
            &["phone"],
            &["seen desc", "made", "profile.made desc", "kind"],
        ),
        constraint(&["nickname"], &["seen", "made desc"]),
        constraint(&["email"], &["made"]),
        any::<bool>(),
    );
    let shape = (
        prop::option::of(Just(5_usize)),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.3),
        any::<bool>(),
        any::<bool>(),
    );
    (
        policies(),
        (letters(), letters(), phone, kind),
        rules,
        shape,
        (any::<bool>(), select(vec!["first", "least", "greatest"]), any::<bool>()),
    )
        .prop_map(|(policies, columns, rules, shape, more)| {
            let (nickname, email, (invalid, fallback, blank), (unmapped, mapped)) = columns;
            let (by_phone, by_name, by_email, turned) = rules;
            let (length, name_needed, kind_needed, one_profile, source_unique) = shape;
            let (excludes, merge, profile_first) = more;
            let mut lines = [
                "[[table]]",
                "name = \"accounts\"",
                "from = \"legacy.users\"",
                "key = \"id\"",
                "to = \"fresh.accounts\"",
            ]
            .map(str::to_owned)
            .to_vec();
            lines.extend(policies);
            if excludes {
                lines.push("exclude = { tests = \"source.kind = 'test'\" }".to_owned());
            }
            lines.extend(
                [
                    "[table.lookup.profile]",
                    "from = \"legacy.profiles\"",
                    "key = \"id\"",
                    "on = { owner = \"id\" }",
                    "pick = [\"made desc\"]",
                    "[table.columns]",
                    "id = \"id\"",
                ]
                .map(str::to_owned),
            );
            let from = match (fallback, profile_first) {
                (false, _) => "[\"nickname\"]",
                (true, false) => "[\"nickname\", \"profile.nickname\"]",
                (true, true) => "[\"profile.nickname\", \"nickname\"]",
            };
            lines.push(format!(
                "nickname = {{ from = {from}, clean = {} }}",
                list(&nickname)
            ));
            lines.push(format!(
                "email = {{ from = \"email\", clean = {} }}",
                list(&email)
            ));
            let phone_from = if fallback { "[\"phone\", \"profile.phone\"]" } else { "[\"phone\"]" };
            let clean: &[&str] = if blank { &["blank_to_null", "phone"] } else { &["trim", "phone"] };
            lines.push(format!(
                "phone = {{ from = {phone_from}, clean = {}, invalid = \"{invalid}\" }}",
                list(clean)
            ));
            lines.push(if mapped { format!(
                    "kind = {{ from = \"kind\", clean = [\"trim\", \"lower\"], map = {{ on = \"active\", off = \"closed\", test = false }}, unmapped = \"{unmapped}\" }}"
                ) } else { "kind = \"kind\"".to_owned() });
            lines.push(format!(
                "made = {{ from = \"made\", clean = [\"time_zone\"], merge = \"{merge}\" }}"
            ));
            lines.push(
                "seen = { from = \"seen\", clean = [{ time_zone = \"America/New_York\" }], merge = \"greatest\" }"
                    .to_owned(),
            );
            let mut needed = Vec::new();
            if name_needed {
                needed.push("nickname");
            }
            let mut constraints = vec![by_phone, by_name, by_email];
            if turned {
                constraints.reverse();
            }
            let (rules, unique) = write_rules(&constraints, &needed);
            lines.extend(rules);
            let mut users = table(
                "legacy.users",
                &[
                    ("id", Kind::Text),
                    ("nickname", Kind::Text),
                    ("email", Kind::Text),
                    ("phone", Kind::Text),
                    ("kind", Kind::Text),
                    ("made", Kind::Time),
                    ("seen", Kind::Time),
                ],
            );
            if source_unique {
                users.unique.push(vec!["email".to_owned()]);
            }
            let mut profiles = table(
                "legacy.profiles",
                &[
                    ("id", Kind::Text),
                    ("owner", Kind::Text),
                    ("nickname", Kind::Text),
                    ("phone", Kind::Text),
                    ("made", Kind::Time),
                ],
            );
            if one_profile {
                profiles.unique.push(vec!["owner".to_owned()]);
            }
            let mut target = table(
                "fresh.accounts",
                &[
                    ("id", Kind::Text),
                    ("nickname", length.map_or(Kind::Text, Kind::Short)),
                    ("email", Kind::Text),
                    ("phone", Kind::Text),
                    ("kind", Kind::Text),
                    ("made", Kind::Moment),
                    ("seen", Kind::Moment),
                ],
            );
            target.columns[1].needed = name_needed;
            target.columns[4].needed = kind_needed;
            target.unique = unique;
            (lines, vec![users, profiles, target])
        })
}

fn socials() -> impl Strategy<Value = Part> {
    let rules = (
        constraint(&["provider", "uid"], &["made desc", "uid"]),
        constraint(&["owner", "provider"], &["made"]),
        any::<bool>(),
    );
    (
        policies(),
        (letters(), misfit(), misfit()),
        rules,
        (any::<bool>(), prop::bool::weighted(0.4), any::<bool>()),
    )
        .prop_map(|(policies, (uid, unmapped, orphan), rules, shape)| {
            let (by_uid, by_owner, turned) = rules;
            let (held, owner_needed, source_unique) = shape;
            let mut lines = [
                "[[table]]",
                "name = \"socials\"",
                "from = \"legacy.socials\"",
                "key = \"id\"",
                "to = \"fresh.socials\"",
            ]
            .map(str::to_owned)
            .to_vec();
            lines.extend(policies);
            lines.extend([
                "[table.columns]".to_owned(),
                "id = \"id\"".to_owned(),
                format!("owner = {{ from = \"owner\", parent = \"accounts\", orphan = \"{orphan}\" }}"),
                format!("provider = {{ from = \"provider\", clean = [\"trim\", \"lower\"], map = [\"google\", \"kakao\"], unmapped = \"{unmapped}\" }}"),
                format!("uid = {{ from = \"uid\", clean = {} }}", list(&uid)),
                "made = { from = \"made\", clean = [\"time_zone\"], merge = \"least\" }".to_owned(),
            ]);
            let needed: &[&str] = if owner_needed { &["owner"] } else { &[] };
            let mut constraints = vec![by_uid, by_owner];
            if turned {
                constraints.reverse();
            }
            let (rules, unique) = write_rules(&constraints, needed);
            lines.extend(rules);
            let columns = [
                ("id", Kind::Text),
                ("owner", Kind::Text),
                ("provider", Kind::Text),
                ("uid", Kind::Text),
                ("made", Kind::Time),
            ];
            let mut source = table("legacy.socials", &columns);
            if source_unique {
                source.unique.push(vec!["owner".to_owned(), "provider".to_owned()]);
            }
            let mut target = table("fresh.socials", &columns);
            target.columns[4].kind = Kind::Moment;
            target.columns[1].needed = owner_needed;
            target.unique = unique;
            if held {
                target.references = vec![("owner".to_owned(), "fresh.accounts".to_owned())];
            }
            (lines, vec![source, target])
        })
}

fn characters() -> impl Strategy<Value = Part> {
    let rules = (
        constraint(&["name"], &["level desc", "made"]),
        constraint(&["owner", "level"], &["made desc"]),
        any::<bool>(),
    );
    (
        policies(),
        (
            letters(),
            misfit(),
            misfit(),
            select(vec!["first", "least", "greatest"]),
        ),
        rules,
        (any::<bool>(), any::<bool>(), prop::bool::weighted(0.3)),
    )
        .prop_map(|(policies, columns, rules, (owned, known, needed))| {
            let (name, owner, social, merge) = columns;
            let (by_name, by_level, turned) = rules;
            let mut lines = [
                "[[table]]",
                "name = \"characters\"",
                "from = \"legacy.characters\"",
                "key = \"id\"",
                "to = \"fresh.characters\"",
            ]
            .map(str::to_owned)
            .to_vec();
            lines.extend(policies);
            lines.extend([
                "[table.columns]".to_owned(),
                "id = \"id\"".to_owned(),
                format!(
                    "owner = {{ from = \"owner\", parent = \"accounts\", orphan = \"{owner}\" }}"
                ),
                format!(
                    "social = {{ from = \"social\", parent = \"socials\", orphan = \"{social}\" }}"
                ),
                format!("name = {{ from = \"name\", clean = {} }}", list(&name)),
                format!("level = {{ from = \"level\", merge = \"{merge}\" }}"),
                "made = { from = \"made\", clean = [{ time_zone = \"America/New_York\" }] }"
                    .to_owned(),
            ]);
            let required: &[&str] = if needed { &["name"] } else { &[] };
            let mut constraints = vec![by_name, by_level];
            if turned {
                constraints.reverse();
            }
            let (rules, unique) = write_rules(&constraints, required);
            lines.extend(rules);
            let columns = [
                ("id", Kind::Text),
                ("owner", Kind::Text),
                ("social", Kind::Text),
                ("name", Kind::Text),
                ("level", Kind::Number),
                ("made", Kind::Time),
            ];
            let source = table("legacy.characters", &columns);
            let mut target = table("fresh.characters", &columns);
            target.columns[3].kind = Kind::Short(4);
            target.columns[3].needed = needed;
            target.columns[5].kind = Kind::Moment;
            target.unique = unique;
            if owned {
                target
                    .references
                    .push(("owner".to_owned(), "fresh.accounts".to_owned()));
            }
            if known {
                target
                    .references
                    .push(("social".to_owned(), "fresh.socials".to_owned()));
            }
            (lines, vec![source, target])
        })
}

fn any_of(values: &'static [&'static str]) -> impl Strategy<Value = Cell> {
    prop::option::weighted(0.85, select(values)).prop_map(|value| value.map(str::to_owned))
}

fn identity(letter: &'static str) -> impl Strategy<Value = String> {
    (0..6_u8).prop_map(move |number| format!("{letter}{number}"))
}

fn reference(letter: &'static str) -> impl Strategy<Value = Cell> {
    prop::option::weighted(0.9, identity(letter))
}

fn level() -> impl Strategy<Value = Cell> {
    prop::option::weighted(0.9, (10..14_u8).prop_map(|level| level.to_string()))
}

fn row<const N: usize>(names: [&str; N], cells: [Cell; N]) -> Row {
    names.map(str::to_owned).into_iter().zip(cells).collect()
}

fn user() -> BoxedStrategy<Row> {
    let cells = (
        any_of(&NAMES),
        any_of(&NAMES),
        any_of(&PHONES),
        any_of(&KINDS),
        any_of(&TIMES),
        any_of(&TIMES),
    );
    cells
        .prop_map(|(a, b, c, d, e, f)| {
            row(
                ["nickname", "email", "phone", "kind", "made", "seen"],
                [a, b, c, d, e, f],
            )
        })
        .boxed()
}

fn profile() -> BoxedStrategy<Row> {
    (
        reference("u"),
        any_of(&NAMES),
        any_of(&PHONES),
        any_of(&TIMES),
    )
        .prop_map(|(a, b, c, d)| row(["owner", "nickname", "phone", "made"], [a, b, c, d]))
        .boxed()
}

fn social() -> BoxedStrategy<Row> {
    (
        reference("u"),
        any_of(&PROVIDERS),
        any_of(&NAMES),
        any_of(&TIMES),
    )
        .prop_map(|(a, b, c, d)| row(["owner", "provider", "uid", "made"], [a, b, c, d]))
        .boxed()
}

fn character() -> BoxedStrategy<Row> {
    (
        reference("u"),
        reference("s"),
        any_of(&NAMES),
        level(),
        any_of(&TIMES),
    )
        .prop_map(|(a, b, c, d, e)| {
            row(
                ["owner", "social", "name", "level", "made"],
                [a, b, c, d, e],
            )
        })
        .boxed()
}

/// Rows of targets, which have values as they are after cleaning.
fn target(name: &str) -> BoxedStrategy<Row> {
    let owner = || reference("u");
    match name {
        "fresh.accounts" => (
            any_of(&CLEAN_NAMES),
            any_of(&CLEAN_NAMES),
            any_of(&CLEAN_PHONES),
            any_of(&["active", "closed", "on"]),
            any_of(&MOMENTS),
            any_of(&MOMENTS),
        )
            .prop_map(|(a, b, c, d, e, f)| {
                row(
                    ["nickname", "email", "phone", "kind", "made", "seen"],
                    [a, b, c, d, e, f],
                )
            })
            .boxed(),
        "fresh.socials" => (
            owner(),
            any_of(&["google", "kakao", "apple"]),
            any_of(&CLEAN_NAMES),
            any_of(&MOMENTS),
        )
            .prop_map(|(a, b, c, d)| row(["owner", "provider", "uid", "made"], [a, b, c, d]))
            .boxed(),
        _ => (
            owner(),
            reference("s"),
            any_of(&CLEAN_NAMES),
            level(),
            any_of(&MOMENTS),
        )
            .prop_map(|(a, b, c, d, e)| {
                row(
                    ["owner", "social", "name", "level", "made"],
                    [a, b, c, d, e],
                )
            })
            .boxed(),
    }
}

fn with_key((id, mut row): (String, Row)) -> Row {
    row.insert("id".to_owned(), Some(id));
    row
}

fn keyed(letter: &'static str, rows: BoxedStrategy<Row>, most: usize) -> BoxedStrategy<Vec<Row>> {
    btree_map(identity(letter), rows, 0..=most)
        .prop_map(|rows| rows.into_iter().map(with_key).collect())
        .boxed()
}

/// Tables, the letters of their keys, and what their rows are like.
fn tables() -> Vec<(&'static str, &'static str, BoxedStrategy<Row>)> {
    vec![
        ("legacy.users", "u", user()),
        ("legacy.profiles", "p", profile()),
        ("legacy.socials", "s", social()),
        ("legacy.characters", "c", character()),
        ("fresh.accounts", "u", target("fresh.accounts")),
        ("fresh.socials", "s", target("fresh.socials")),
        ("fresh.characters", "c", target("fresh.characters")),
    ]
}

fn data() -> impl Strategy<Value = BTreeMap<String, Vec<Row>>> {
    let all: Vec<BoxedStrategy<(String, Vec<Row>)>> = tables()
        .into_iter()
        .map(|(name, letter, rows)| {
            let most = if name.starts_with("fresh") { 2 } else { 6 };
            keyed(letter, rows, most)
                .prop_map(move |rows| (name.to_owned(), rows))
                .boxed()
        })
        .collect();
    all.prop_map(|tables| tables.into_iter().collect())
}

/// What somebody does to a row.
fn change() -> BoxedStrategy<Change> {
    let mut all: Vec<(u32, BoxedStrategy<Change>)> = Vec::new();
    for (name, letter, rows) in tables() {
        let put = (identity(letter), rows.clone())
            .prop_map(move |pair| Change::Put(name.to_owned(), with_key(pair)));
        all.push((3, put.boxed()));
        // One column of a row.
        let part = (identity(letter), rows, any::<prop::sample::Index>()).prop_map(
            move |(id, row, at)| {
                let at = at.index(row.len());
                let cell = row.into_iter().nth(at).into_iter();
                Change::Put(name.to_owned(), with_key((id, cell.collect())))
            },
        );
        all.push((3, part.boxed()));
        let delete = identity(letter).prop_map(move |id| Change::Delete(name.to_owned(), id));
        all.push((3, delete.boxed()));
        let columns: &'static [&'static str] = match letter {
            "u" => &["phone", "nickname", "email"],
            "s" => &["uid", "owner", "provider"],
            "c" => &["name", "level", "owner"],
            _ => &["owner"],
        };
        let swap = (select(columns), identity(letter), identity(letter)).prop_map(
            move |(column, one, two)| Change::Swap(name.to_owned(), column.to_owned(), one, two),
        );
        let weight = if name.starts_with("legacy") { 3 } else { 1 };
        all.push((weight, swap.boxed()));
    }
    proptest::strategy::Union::new_weighted(all).boxed()
}

fn steps() -> impl Strategy<Value = Vec<Vec<Change>>> {
    vec(vec(change(), 1..5), 0..3)
}
