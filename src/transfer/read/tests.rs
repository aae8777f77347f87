//! Files that can be read, and files that cannot, with what is told about them.

use super::read;
use crate::model::Backend;
use crate::transfer::{
    ConflictAction, Declaration, Deleted, Existing, Limit, MergeValue, Misfit, Normalizer, Source,
    TableName, Value,
};

const WHOLE: &str = r#"
description = "accounts of the shop"
domain = "users"
needs = ["auth@0001", "users@0002"]
phone_region = "KR"
time_zone = "Asia/Seoul"
blanks = ["-", "없음"]
quarantine_limit = "2.5%"

[left_behind]
"auth.audits" = "kept for a year"

[[table]]
name = "accounts"
from = "auth.users"
key = "id"
to = "users.accounts"
watermark = "updated_at"
existing = "quarantine"
deleted = "keep"
too_long = "null"
missing = "abort"
check = "keep"
exclude = { tests = "source.username LIKE 'test-%'", old = { postgres = "a", sqlite = "b" } }
[table.lookup.profile]
from = "profile.users"
key = ["id"]
on = { auth_user_id = "id" }
pick = ["created_at desc", "id"]
optional = true
unreached = "ignore"
[table.columns]
id = "id"
nickname = { from = ["nickname", "profile.nickname"], clean = ["trim", "blank_to_null"] }
phone = { from = "phone", clean = ["blank_to_null", "phone"], invalid = "null" }
other_phone = { from = "phone", clean = [{ phone = "US" }] }
provider = { from = "provider", clean = "lower", map = ["google", "kakao"], unmapped = "abort" }
state = { from = "state", map = { on = "active", off = false } }
created_at = { from = "created_at", clean = [{ time_zone = "UTC" }] }
seen_at = { from = "seen_at", clean = ["time_zone"], merge = "greatest" }
origin = { value = "shop" }
count = { value = 3 }
nothing = { value = false }
year = { sql = { postgres = "extract(year from source.seen_at)", sqlite = "1" } }
[table.dropped]
username = "nobody reads it"
[[table.unique]]
columns = ["phone"]
on_conflict = "null_others"
keep = ["seen_at DESC", "profile.created_at asc"]
[[table.unique]]
columns = ["provider", "nickname"]
on_conflict = "merge"

[[table]]
name = "orders"
sql = "SELECT * FROM \"shop\".orders"
key = ["user_id", "number"]
to = '"odd.schema".orders'
[table.columns]
user_id = { from = "user_id", parent = "accounts", orphan = "null" }
number = "number"
"#;

fn whole() -> Declaration {
    read("transfers/shop.toml", "shop", WHOLE.as_bytes()).expect("a good file")
}

#[test]
fn a_file_is_read_whole() {
    let shop = whole();
    assert_eq!(shop.name, "shop");
    assert_eq!(shop.path, "transfers/shop.toml");
    assert_eq!(shop.digest.len(), 32);
    assert_eq!(shop.description.as_deref(), Some("accounts of the shop"));
    assert_eq!(
        (shop.domain.as_str(), &shop.source_domain),
        ("users", &None)
    );
    let needs: Vec<String> = shop.needs.iter().map(ToString::to_string).collect();
    assert_eq!(needs, ["auth@0001", "users@0002"]);
    assert_eq!(shop.settings.phone_region.as_deref(), Some("KR"));
    assert_eq!(shop.settings.time_zone.as_deref(), Some("Asia/Seoul"));
    assert_eq!(shop.settings.blanks, ["-", "없음"]);
    assert_eq!(shop.settings.quarantine_limit, Some(Limit::Percent(2.5)));
    let left: Vec<String> = shop.left_behind.keys().map(ToString::to_string).collect();
    assert_eq!(left, ["auth.audits"]);
    assert_eq!(shop.tables.len(), 2);
}

#[test]
fn a_table_has_all_that_is_said_of_it() {
    let shop = whole();
    let accounts = &shop.tables[0];
    assert_eq!(accounts.place.to_string(), "transfers/shop.toml:13:1");
    let users = TableName {
        schema: Some("auth".into()),
        name: "users".into(),
    };
    assert_eq!(accounts.source, Source::Table(users));
    assert_eq!(accounts.key, ["id"]);
    assert_eq!(accounts.watermark.as_deref(), Some("updated_at"));
    assert_eq!(accounts.existing, Existing::Quarantine);
    assert_eq!(accounts.deleted, Deleted::Keep);
    assert_eq!(
        (accounts.too_long, accounts.missing, accounts.check),
        (Misfit::Null, Misfit::Abort, Misfit::Keep)
    );
    assert_eq!(
        accounts.exclude["tests"].of(Backend::Sqlite),
        Some("source.username LIKE 'test-%'")
    );
    assert_eq!(accounts.exclude["old"].of(Backend::Postgres), Some("a"));
    assert_eq!(accounts.exclude["old"].of(Backend::Sqlite), Some("b"));
    assert_eq!(accounts.exclude["old"].of(Backend::Mysql), None);
    let profile = &accounts.lookups["profile"];
    assert_eq!(profile.source.to_string(), "profile.users");
    assert_eq!(profile.on["auth_user_id"], "id");
    assert_eq!(
        profile
            .pick
            .iter()
            .map(|order| (order.column.as_str(), order.descending))
            .collect::<Vec<_>>(),
        [("created_at", true), ("id", false)]
    );
    assert!(profile.optional && !profile.report_unreached);
    assert_eq!(accounts.dropped["username"], "nobody reads it");
    let orders = &shop.tables[1];
    assert!(matches!(&orders.source, Source::Query(sql) if sql.any.is_some()));
    assert_eq!(orders.target.schema.as_deref(), Some("odd.schema"));
    assert_eq!(orders.key, ["user_id", "number"]);
    assert_eq!(orders.existing, Existing::Keep);
    assert_eq!(orders.deleted, Deleted::Remove);
}

#[test]
fn columns_have_values_and_rules() {
    let shop = whole();
    let columns = &shop.tables[0].columns;
    let names: Vec<&str> = columns.keys().map(String::as_str).collect();
    assert_eq!(names[..3], ["id", "nickname", "phone"]);
    assert_eq!(columns["id"].value, Value::Columns(vec!["id".into()]));
    assert_eq!(columns["id"].place.to_string(), "transfers/shop.toml:33:1");
    assert_eq!(
        columns["nickname"].value,
        Value::Columns(vec!["nickname".into(), "profile.nickname".into()])
    );
    assert_eq!(
        columns["nickname"].clean,
        [Normalizer::Trim, Normalizer::BlankToNull]
    );
    assert_eq!(columns["phone"].invalid, Misfit::Null);
    assert_eq!(
        columns["other_phone"].clean,
        [Normalizer::Phone {
            region: Some("US".into())
        }]
    );
    assert_eq!(columns["provider"].clean, [Normalizer::Lower]);
    assert_eq!(columns["provider"].unmapped, Misfit::Abort);
    let map = columns["provider"].map.as_ref().expect("a map");
    assert_eq!(map["kakao"].as_deref(), Some("kakao"));
    let map = columns["state"].map.as_ref().expect("a map");
    assert_eq!((map["on"].as_deref(), &map["off"]), (Some("active"), &None));
    assert_eq!(
        columns["created_at"].clean,
        [Normalizer::TimeZone {
            zone: Some("UTC".into())
        }]
    );
    assert_eq!(columns["seen_at"].merge, MergeValue::Greatest);
    assert_eq!(
        columns["origin"].value,
        Value::Constant(Some("shop".into()))
    );
    assert_eq!(columns["count"].value, Value::Constant(Some("3".into())));
    assert_eq!(columns["nothing"].value, Value::Constant(None));
    assert!(
        matches!(&columns["year"].value, Value::Expression(sql) if sql.of(Backend::Sqlite) == Some("1"))
    );
    let user = &shop.tables[1].columns["user_id"];
    assert_eq!(
        (user.parent.as_deref(), user.orphan),
        (Some("accounts"), Misfit::Null)
    );
}

#[test]
fn rules_name_their_columns() {
    let shop = whole();
    let [phone, pair] = shop.tables[0].unique.as_slice() else {
        panic!("two rules");
    };
    assert_eq!(
        phone.action,
        ConflictAction::NullOthers(vec!["phone".into()])
    );
    assert!(phone.keep[0].descending && !phone.keep[1].descending);
    assert_eq!(pair.action, ConflictAction::Merge);
    assert_eq!(pair.columns, ["provider", "nickname"]);
}

/// A good file; cases change one line of it.
const SMALL: &str = r#"domain = "users"
[[table]]
name = "a"
from = "old.a"
key = "id"
to = "new.a"
[table.lookup.profile]
from = "old.p"
key = "id"
on = { a = "id" }
[table.columns]
id = "id"
nickname = "nickname"
[[table.unique]]
columns = ["nickname"]
on_conflict = "keep_first"
[[table]]
name = "b"
from = "old.b"
key = ["id", "part"]
to = "new.b"
columns.id = "id"
"#;

/// What is told about the small file after a text in it has been replaced.
fn told(from: &str, to: &str) -> String {
    assert!(from.is_empty() || SMALL.contains(from), "{from}");
    let text = if from.is_empty() {
        format!("{to}\n{SMALL}")
    } else {
        SMALL.replacen(from, to, 1)
    };
    let errors = read("t.toml", "t", text.as_bytes())
        .err()
        .unwrap_or_default();
    let lines: Vec<String> = errors
        .iter()
        .map(|error| match &error.hint {
            Some(hint) => format!("{error} ({hint})"),
            None => error.to_string(),
        })
        .collect();
    lines.join("\n")
}

#[test]
fn the_small_file_is_good() {
    assert_eq!(told("", ""), "");
    for good in [
        "blanks = []",
        "quarantine_limit = 0",
        "quarantine_limit = \"100%\"",
        "source_domain = \"auth\"",
    ] {
        assert_eq!(told("", good), "", "{good}");
    }
    for (from, to) in [
        ("nickname = \"nickname\"", "nickname = \"profile.nickname\""),
        (
            "on_conflict = \"keep_first\"",
            "on_conflict = \"null_others\"\nnull = [\"nickname\", \"id\"]",
        ),
        (
            "key = \"id\"\non",
            "key = \"id\"\npick = \"profile.x desc\"\non",
        ),
    ] {
        assert_eq!(told(from, to), "", "{to}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
fn mistakes_have_places_and_hints() {
    let cases: &[(&str, &str, &str)] = &[
        // The head of the file.
        (
            "",
            "colour = 1",
            "t.toml:1:1: a transfer has no key `colour` (there are: description, domain, source_domain, phone_region, time_zone, blanks, quarantine_limit, needs, left_behind, table)",
        ),
        (
            "",
            "neds = []",
            "t.toml:1:1: a transfer has no key `neds` (did you mean `needs`?)",
        ),
        (
            "",
            "needs = [\"@1\"]",
            "t.toml:1:10: `@1` names no migration (write `auth` or `auth@0001`)",
        ),
        (
            "",
            "needs = [1]",
            "t.toml:1:10: here belongs a text, not an integer",
        ),
        (
            "",
            "phone_region = \"XX\"",
            "t.toml:1:16: nothing is known of telephone numbers in `XX` (write the two letters of ISO 3166, such as `KR`)",
        ),
        (
            "",
            "phone_region = \"kr\"",
            "t.toml:1:16: nothing is known of telephone numbers in `kr` (did you mean `KR`?)",
        ),
        (
            "",
            "time_zone = \"Asia/Soul\"",
            "t.toml:1:13: there is no time zone `Asia/Soul` (did you mean `Asia/Seoul`?)",
        ),
        (
            "",
            "quarantine_limit = \"101%\"",
            "t.toml:1:20: this is no bound on rows (write a number of rows, such as 100, or a part of them, such as \"1%\")",
        ),
        (
            "",
            "quarantine_limit = -1",
            "t.toml:1:20: this is no bound on rows (write a number of rows, such as 100, or a part of them, such as \"1%\")",
        ),
        (
            "",
            "quarantine_limit = \"NaN%\"",
            "t.toml:1:20: this is no bound on rows (write a number of rows, such as 100, or a part of them, such as \"1%\")",
        ),
        (
            "",
            "source_domain = \"users\"",
            "t.toml:1:17: `users` is the domain of the target already (leave `source_domain` out where source and target are in one database)",
        ),
        (
            "domain = \"users\"",
            "",
            "t.toml:1:1: a transfer needs `domain`",
        ),
        (
            "domain = \"users\"",
            "domain = \"\"",
            "t.toml:1:10: `domain` is empty",
        ),
        (
            "domain = \"users\"",
            "domain = \"users\"\nleft_behind = { \"old.x\" = \" \" }",
            "t.toml:2:27: the reason is empty",
        ),
        (
            "domain = \"users\"",
            "domain = \"users\"\nleft_behind = { \"old.a\" = \"why\" }",
            "t.toml:2:1: `old.a` is left behind, but the table `a` moves it",
        ),
        (
            "domain = \"users\"",
            "domain = \"users\"\nleft_behind = { \"a.b.c\" = \"why\" }",
            "t.toml:2:17: `a.b.c` is no name of a table (write `table` or `schema.table`; a part with a dot in it stands in double quotes)",
        ),
        // A table.
        (
            "name = \"a\"",
            "name = \"a b\"",
            "t.toml:3:8: `a b` cannot be the name of a table here (use letters, digits and `_`; the table of the target is named by `to`)",
        ),
        (
            "name = \"b\"",
            "name = \"a\"",
            "t.toml:18:8: there are two tables `a`",
        ),
        (
            "from = \"old.a\"\n",
            "",
            "t.toml:2:1: nothing says where the rows of the table come from (write `from` for a table or `sql` for a query)",
        ),
        (
            "from = \"old.a\"",
            "from = \"old.a\"\nsql = \"SELECT 1\"",
            "t.toml:5:1: the rows come from a table or from a query, not from both (write `from` for a table or `sql` for a query)",
        ),
        (
            "from = \"old.a\"",
            "sql = \" \"",
            "t.toml:4:7: the SQL is empty",
        ),
        (
            "from = \"old.a\"",
            "sql = { mysql = \"SELECT 1\" }",
            "t.toml:4:9: transfers do not run on `mysql` (there are: postgres, sqlite)",
        ),
        (
            "from = \"old.a\"",
            "sql = \"SELECT 1\"\noptional = true",
            "t.toml:5:1: a query cannot be optional (only a table named by `from` may be missing)",
        ),
        (
            "from = \"old.a\"",
            "from = \"old.a\"\nexisting = \"kep\"",
            "t.toml:5:12: `existing` cannot be `kep` (did you mean `keep`?)",
        ),
        (
            "from = \"old.a\"",
            "from = \"old.a\"\noptional = \"yes\"",
            "t.toml:5:12: here belongs `true` or `false`, not a string",
        ),
        (
            "from = \"old.a\"",
            "from = \"old.a\"\nexclude = { \"a-b\" = \"1\" }",
            "t.toml:5:13: `a-b` cannot be the name of a rule (use letters, digits and `_`)",
        ),
        (
            "key = \"id\"\nto",
            "key = []\nto",
            "t.toml:5:1: `key` names no column",
        ),
        (
            "key = \"id\"\nto",
            "key = [\"id\", \"id\"]\nto",
            "t.toml:5:14: `id` is named twice",
        ),
        (
            "key = \"id\"\nto",
            "key = 1\nto",
            "t.toml:5:7: here belongs a text or a list of texts, not an integer",
        ),
        ("to = \"new.a\"\n", "", "t.toml:2:1: a table needs `to`"),
        (
            "to = \"new.a\"",
            "to = \"new.a\"\ndropped = { nickname = \"why\" }",
            "t.toml:14:12: `nickname` is among the dropped columns (take it out of `dropped`, or out of here)",
        ),
        // A lookup.
        (
            "[table.lookup.profile]",
            "[table.lookup.source]",
            "t.toml:7:15: `source` stands for the source row already",
        ),
        (
            "from = \"old.p\"\n",
            "",
            "t.toml:7:15: a lookup needs `from`",
        ),
        (
            "on = { a = \"id\" }",
            "on = {}",
            "t.toml:10:1: `on` names no column",
        ),
        (
            "on = { a = \"id\" }",
            "on = { a = \"other.id\" }",
            "t.toml:10:12: `other.id` is no column of the source (a lookup hangs on columns of the source, not of other lookups)",
        ),
        (
            "on = { a = \"id\" }",
            "on = { a = \"id\" }\npick = [\"source.id\"]",
            "t.toml:11:9: `source.id` is no column of the lookup (`pick` orders rows of the lookup by its own columns)",
        ),
        (
            "on = { a = \"id\" }",
            "on = { a = \"id\" }\npick = [\"id down\"]",
            "t.toml:11:9: `id down` is no order (write a column, with `asc` or `desc` behind it where that is meant)",
        ),
        (
            "on = { a = \"id\" }",
            "on = { a = \"id\" }\nunreached = \"no\"",
            "t.toml:11:13: `unreached` cannot be `no` (there are: report, ignore)",
        ),
        // A column.
        (
            "nickname = \"nickname\"",
            "nickname = 1",
            "t.toml:13:12: here belongs a column of the source or a table, not an integer",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { clean = [\"trim\"] }",
            "t.toml:13:1: nothing says where `nickname` gets its value (write one of `from`, `sql` and `value`)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", value = \"x\" }",
            "t.toml:13:26: `nickname` has more than one value: from, value (write one of `from`, `sql` and `value`)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { value = true }",
            "t.toml:13:22: `true` is no constant; `false` stands for NULL here (write the text \"true\" or \"false\" for a column of truth values)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { value = \"x\", clean = [\"trim\"] }",
            "t.toml:13:27: `clean` has no meaning for a constant",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = [] }",
            "t.toml:13:21: `from` names no column",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = \"profle.nickname\"",
            "t.toml:13:12: there is no lookup `profle` (did you mean `profile`?)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = \"source.nickname\"",
            "t.toml:13:12: `source.nickname` says more than is needed (write `nickname`: names without a lookup are columns of the source)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", clean = [\"trimm\"] }",
            "t.toml:13:35: there is no normaliser `trimm` (did you mean `trim`?)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", clean = [\"phone\"] }",
            "t.toml:13:35: no region is given (write `phone_region` at the head of the file, or `{ phone = \"KR\" }` here)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", clean = [\"time_zone\"] }",
            "t.toml:13:35: no time zone is given (write `time_zone` at the head of the file, or `{ time_zone = \"Asia/Seoul\" }` here)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", clean = [{ phon = \"KR\" }] }",
            "t.toml:13:37: a normaliser with a setting has no key `phon` (did you mean `phone`?)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", clean = [{ time_zone = \"Mars/Base\" }] }",
            "t.toml:13:49: there is no time zone `Mars/Base` (write a name of the IANA's list, such as `Asia/Seoul`)",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", map = {} }",
            "t.toml:13:32: the map is empty, so that every value would be unmapped",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", map = { a = true } }",
            "t.toml:13:38: here belongs a text, or `false` for NULL, not a boolean",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", unmapped = \"null\" }",
            "t.toml:13:26: `unmapped` has no meaning without `map`",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", orphan = \"null\" }",
            "t.toml:13:26: `orphan` has no meaning without `parent`",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", clean = [\"trim\"], invalid = \"null\" }",
            "t.toml:13:44: `invalid` has no meaning without `clean = [\"phone\"]` or `clean = [\"time_zone\"]`",
        ),
        (
            "nickname = \"nickname\"",
            "nickname = { from = \"n\", parent = \"b\" }",
            "t.toml:13:35: there is no table `b` before this one",
        ),
        (
            "columns.id = \"id\"",
            "columns.id = { from = \"id\", parent = \"b\" }",
            "t.toml:22:38: `b` cannot be its own parent (did you mean `a`?)",
        ),
        // Rules.
        (
            "columns = [\"nickname\"]",
            "columns = [\"nickame\"]",
            "t.toml:15:12: `nickame` is not among the columns of the table (did you mean `nickname`?)",
        ),
        (
            "columns = [\"nickname\"]\n",
            "",
            "t.toml:14:1: a rule for a unique constraint needs `columns`",
        ),
        (
            "on_conflict = \"keep_first\"\n",
            "",
            "t.toml:14:1: a rule for a unique constraint needs `on_conflict`",
        ),
        (
            "\"keep_first\"",
            "\"first\"",
            "t.toml:16:15: `on_conflict` cannot be `first` (there are: keep_first, null_others, merge, quarantine, abort)",
        ),
        (
            "\"keep_first\"",
            "\"keep_first\"\nnull = [\"id\"]",
            "t.toml:17:1: `null` has no meaning without `on_conflict = \"null_others\"`",
        ),
        (
            "\"keep_first\"",
            "\"null_others\"\nnull = [\"id\"]",
            "t.toml:17:9: the rows would still meet: no column of the constraint becomes NULL (name one of: nickname)",
        ),
        (
            "\"keep_first\"",
            "\"keep_first\"\nkeep = [\"p.id\"]",
            "t.toml:17:9: there is no lookup `p` (there are: profile)",
        ),
        (
            "\"keep_first\"",
            "\"keep_first\"\n[[table.unique]]\ncolumns = [\"nickname\"]\non_conflict = \"abort\"",
            "t.toml:18:12: there is a rule for these columns already",
        ),
        (
            "\"keep_first\"",
            "\"merge\"\n[[table.unique]]\ncolumns = [\"id\"]\non_conflict = \"merge\"",
            "t.toml:19:1: a second rule merges rows of this table (one rule of a table may merge; choose another action here)",
        ),
    ];
    let mut wrong = String::new();
    for (from, to, expected) in cases {
        let told = told(from, to);
        if told != *expected {
            wrong.push_str(&format!("{to}\n  {told}\n  {expected}\n"));
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn rows_that_are_merged_carry_their_key() {
    let text = SMALL.replacen("keep_first", "merge", 1).replacen(
        "id = \"id\"\nnickname",
        "id = { from = \"id\", clean = [\"trim\"] }\nnickname",
        1,
    );
    let errors = read("t.toml", "t", text.as_bytes()).expect_err("no key");
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["t.toml:5:1: rows are merged, but no column of the target carries the key `id`"]
    );
}

#[test]
fn a_parent_has_a_key_of_one_column() {
    let more = "[[table]]\nname = \"c\"\nfrom = \"old.c\"\nkey = \"id\"\nto = \"new.c\"\ncolumns.b = { from = \"b\", parent = \"b\" }\n";
    let errors = read("t.toml", "t", format!("{SMALL}{more}").as_bytes()).expect_err("two");
    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0].to_string(),
        "t.toml:28:36: `b` is told apart by 2 columns, which one value cannot refer to"
    );
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let text = SMALL
        .replace("\"keep_first\"", "\"first\"")
        .replace("key = \"id\"\nto", "key = \"id\"\ncolor = 1\nto")
        .replace("nickname = \"nickname\"", "nickname = \"x.nickname\"");
    let errors = read("t.toml", "t", text.as_bytes()).expect_err("three");
    let lines: Vec<u32> = errors.iter().map(|error| error.place.line).collect();
    assert_eq!(lines, [6, 14, 17]);
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    for (bytes, place) in [
        (&b"domain = \"a\nx = 1"[..], "t.toml:1:"),
        (b"domain = \"a\"\ndomain = \"b\"", "t.toml:2:1"),
        (
            b"\xec\x95\x88 = \xff",
            "t.toml:1:5: the file is not UTF-8 from here on",
        ),
        (b"", "t.toml:1:1: a transfer needs `domain`"),
        (b"domain = \"a\"", "t.toml:1:1: the transfer moves no table"),
        (
            b"domain = \"a\"\ntable = 1",
            "t.toml:2:1: `table` is a list of tables; write `[[table]]`",
        ),
    ] {
        let errors = read("t.toml", "t", bytes).expect_err(place);
        assert!(errors[0].to_string().starts_with(place), "{}", errors[0]);
    }
    let errors = read("t.toml", "a b", SMALL.as_bytes()).expect_err("a name");
    assert_eq!(
        errors[0].to_string(),
        "t.toml:1:1: `a b` cannot be the name of a transfer"
    );
}
