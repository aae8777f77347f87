//! Normalisers in Rust, as expressions of SQLite and as expressions of PostgreSQL: the same texts,
//! letter for letter, for texts that people write and for those that nobody expects.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};

use stillway::database::sqlite::{SqliteDatabase, SqliteOptions, TransferFunctions};
use stillway::engine::Database;
use stillway::transfer::normalize::{self, Cleaned};
use stillway::transfer::{Normalizer, Settings};

use support::servers::{ScratchDatabase, connect_postgres, must_have_everything, postgres_url};

fn main() {
    let arguments = Arguments::from_args();
    let skip = postgres_url().is_none() && !must_have_everything();
    let trials = vec![
        Trial::test("texts_on_sqlite", || on_sqlite(&texts(), &plain())),
        Trial::test("texts_on_postgres", || on_postgres(&texts(), &plain()))
            .with_ignored_flag(skip),
        Trial::test("times_on_sqlite", || on_sqlite(&times(), &zones())),
        Trial::test("times_on_postgres", || on_postgres(&times(), &zones()))
            .with_ignored_flag(skip),
        Trial::test("numbers_on_sqlite", || {
            on_sqlite(&numbers("KR"), &[phone_in("KR"), phone_in("US")])
        }),
        Trial::test("numbers_on_postgres", numbers_of_all_regions).with_ignored_flag(skip),
        Trial::test("hashes_on_sqlite", hashes_on_sqlite),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn settings() -> Settings {
    Settings {
        phone_region: Some("KR".to_owned()),
        time_zone: Some("Asia/Seoul".to_owned()),
        blanks: ["-", "N/A", "없음", "it's \\ nothing"]
            .map(str::to_owned)
            .to_vec(),
        quarantine_limit: None,
    }
}

fn plain() -> Vec<Normalizer> {
    vec![
        Normalizer::Trim,
        Normalizer::BlankToNull,
        Normalizer::Lower,
        Normalizer::Upper,
        Normalizer::Nfc,
        Normalizer::Nfkc,
        Normalizer::CollapseBlanks,
        Normalizer::Phone { region: None },
    ]
}

fn zones() -> Vec<Normalizer> {
    let names = [
        "Asia/Seoul",
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Europe/Dublin",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "UTC",
    ];
    let zone = |name: &str| Normalizer::TimeZone {
        zone: Some(name.to_owned()),
    };
    names.map(zone).to_vec()
}

fn phone_in(region: &str) -> Normalizer {
    Normalizer::Phone {
        region: Some(region.to_owned()),
    }
}

/// Texts that people write, with blanks, marks and letters of all kinds put together at random.
fn texts() -> Vec<String> {
    let parts = [
        "김철수",
        "한",
        "가\u{301}",
        "\u{1112}\u{1161}\u{11ab}",
        "Ａ",
        "①",
        "ﬁ",
        "é",
        "e\u{301}",
        "İ",
        "ß",
        "ı",
        "Google",
        "KAKAO",
        "naver",
        "-",
        "N/A",
        "없음",
        "it's",
        "\\",
        "'",
        "\"",
        "%",
        "_",
        "$1",
        "\\1",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\u{b}",
        "\u{c}",
        "\u{85}",
        "\u{a0}",
        "\u{1680}",
        "\u{2003}",
        "\u{2028}",
        "\u{2029}",
        "\u{202f}",
        "\u{205f}",
        "\u{3000}",
        "\u{200b}",
        "\u{200c}",
        "\u{200d}",
        "\u{feff}",
        "\u{ad}",
        "👨\u{200d}👩",
        "\u{1f1f0}\u{1f1f7}",
        "\u{fb2c}",
        "\u{1e9b}\u{323}",
        "010",
        "1234",
        "5678",
        "+82",
        "０１０",
        "＋８２",
        "－",
        "/",
        "(",
        ")",
        ".",
        "\u{1}",
        "\u{7f}",
        "\u{e000}",
        "\u{fffd}",
        "٠١",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    let mut texts: Vec<String> = parts.map(str::to_owned).to_vec();
    texts.extend(["", "it's \\ nothing", " it's \\ nothing\u{3000}"].map(str::to_owned));
    for _ in 0..3000 {
        let count = random.usize(1..7);
        let pick = |_| parts[random.usize(..parts.len())];
        texts.push((0..count).map(pick).collect());
    }
    texts
}

/// Times around the changes of clocks, and at random.
fn times() -> Vec<String> {
    let mut texts: Vec<String> = [
        "1900-01-01 00:00:00",
        "1988-05-08 02:30:00",
        "1988-10-09 02:30:00",
        "1987-05-10 02:00:00",
        "1961-08-10 00:15:00",
        "2011-12-30 12:00:00",
        "2018-11-04 00:30:00",
        "2030-03-31 01:30:00",
        "1600-02-29 12:34:56.789",
        "9990-12-31 23:59:59.999999",
        "0001-01-02 00:00:00",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut random = fastrand::Rng::with_seed(11);
    // Clocks change on Sundays of these months, in the first hours of a day.
    for year in [1950, 1973, 1988, 2007, 2024, 2045] {
        for month in [2, 3, 4, 5, 9, 10, 11] {
            for day in 1..=28 {
                for minute in [0, 15, 30, 45] {
                    let hour = random.u8(0..4);
                    let text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:00");
                    texts.push(text);
                }
            }
        }
    }
    for _ in 0..500 {
        texts.push(format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}",
            random.u16(1850..2100),
            random.u8(1..=12),
            random.u8(1..=28),
            random.u8(..24),
            random.u8(..60),
            random.u8(..60),
            random.u32(..1_000_000),
        ));
    }
    texts
}

/// Numbers of a region in all ways of writing them, and digits at random.
fn numbers(region: &str) -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(region.bytes().map(u64::from).sum());
    let digits = |random: &mut fastrand::Rng, count: usize| -> String {
        (0..count)
            .map(|_| char::from(random.u8(b'0'..=b'9')))
            .collect()
    };
    let mut texts = Vec::new();
    let mut good = Vec::new();
    for _ in 0..600 {
        let count = random.usize(4..16);
        let text = digits(&mut random, count);
        if good.len() < 25
            && let Some(number) = normalize::phone(&text, region)
        {
            good.push(number);
        }
        if texts.len() < 60 {
            texts.push(text);
        }
    }
    let national =
        |number: &str, code: usize| number.get(code + 1..).unwrap_or_default().to_owned();
    for number in good {
        let bare = number.trim_start_matches('+').to_owned();
        texts.extend([
            number.clone(),
            bare.clone(),
            format!("00{bare}"),
            format!("011{bare}"),
            format!("010{bare}"),
            format!("810{bare}"),
        ]);
        for code in 1..=3 {
            let rest = national(&number, code);
            let split = rest.len() / 2;
            let (head, tail) = rest.split_at(split);
            let before = number.get(..=code).unwrap_or_default();
            for trunk in ["", "0", "1", "8", "06", "00"] {
                texts.push(format!("{trunk}{rest}"));
                texts.push(format!("{before} ({trunk}){head}-{tail}"));
                texts.push(format!("{trunk}{head}.{tail}"));
            }
            texts.push(format!("０{head}－{tail}"));
        }
    }
    texts
}

/// What Rust makes of a text, as the expressions tell it.
fn in_rust(normalizer: &Normalizer, text: &str) -> Option<String> {
    match normalizer.apply(text, &settings()) {
        Cleaned::Value(value) => Some(value),
        Cleaned::Null | Cleaned::Invalid => None,
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The values of an expression on a column for all texts, in their order.
fn ask(
    database: &mut dyn Database,
    expression: &str,
    column: &str,
    texts: &[String],
) -> Result<Vec<Option<String>>, Failed> {
    let mut found = Vec::new();
    for part in texts.chunks(400) {
        let rows: Vec<String> = part
            .iter()
            .enumerate()
            .map(|(at, text)| format!("({at}, {})", literal(text)))
            .collect();
        let sql = format!(
            "WITH given (place, text) AS (VALUES {}), typed AS (SELECT place, {column} AS value FROM given) \
             SELECT {expression} FROM typed ORDER BY place",
            rows.join(", ")
        );
        let answer = database
            .query(&sql)
            .map_err(|error| error.message.message.clone())?;
        found.extend(
            answer
                .rows
                .into_iter()
                .map(|row| row.into_iter().next().flatten()),
        );
    }
    Ok(found)
}

fn compare(
    normalizer: &Normalizer,
    texts: &[String],
    found: &[Option<String>],
) -> Result<(), Failed> {
    if found.len() != texts.len() {
        return Err(format!("{} rows for {} texts", found.len(), texts.len()).into());
    }
    let mut wrong = Vec::new();
    for (text, found) in texts.iter().zip(found) {
        let expected = in_rust(normalizer, text);
        if *found != expected {
            wrong.push(format!(
                "{normalizer:?} of {text:?}: {found:?}, but {expected:?} in Rust"
            ));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let count = wrong.len();
    wrong.truncate(12);
    Err(format!("{count} differ\n{}", wrong.join("\n")).into())
}

fn sqlite() -> Result<SqliteDatabase, Failed> {
    let options = SqliteOptions {
        path: ":memory:".to_owned(),
        busy_timeout: 0,
        pragmas: Vec::new(),
        on_connect: None,
        attach: std::collections::BTreeMap::new(),
    };
    let mut database = SqliteDatabase::connect(&options)?;
    let functions = TransferFunctions {
        phone: normalize::phone,
        nfc: normalize::nfc,
        nfkc: normalize::nfkc,
        collapse_blanks: normalize::collapse_blanks,
        zoned: normalize::zoned,
        hash: normalize::hash,
    };
    database
        .register_transfer_functions(&functions)
        .map_err(|error| error.message.message.clone())?;
    Ok(database)
}

fn on_sqlite(texts: &[String], normalizers: &[Normalizer]) -> Result<(), Failed> {
    let mut database = sqlite()?;
    for normalizer in normalizers {
        let expression = normalizer.sqlite("value", &settings());
        let found = ask(&mut database, &expression, "text", texts)?;
        compare(normalizer, texts, &found)?;
        let null = ask(
            &mut database,
            &expression,
            "nullif(text, text)",
            &texts[..1],
        )?;
        if null != [None] {
            return Err(format!("{normalizer:?} makes {null:?} of NULL").into());
        }
    }
    Ok(())
}

fn on_postgres(texts: &[String], normalizers: &[Normalizer]) -> Result<(), Failed> {
    let scratch = ScratchDatabase::create().ok_or("no PostgreSQL server")?;
    let mut database = connect_postgres(&scratch.url);
    same_on_postgres(&mut database, texts, normalizers)
}

fn same_on_postgres(
    database: &mut dyn Database,
    texts: &[String],
    normalizers: &[Normalizer],
) -> Result<(), Failed> {
    for normalizer in normalizers {
        let inner = normalizer.postgres("value", &settings());
        let (column, expression) = if matches!(normalizer, Normalizer::TimeZone { .. }) {
            // PostgreSQL keeps moments, not texts of them.
            let whole = format!("to_char({inner} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')");
            (
                "text::timestamp",
                format!("replace({whole}, '.000000', '') || '+00:00'"),
            )
        } else {
            ("text", inner.clone())
        };
        let found = ask(database, &expression, column, texts)?;
        compare(normalizer, texts, &found)?;
        let null = format!("nullif({column}, {column})");
        let null = ask(database, &expression, &null, &texts[..1])?;
        if null != [None] {
            return Err(format!("{normalizer:?} makes {null:?} of NULL").into());
        }
    }
    Ok(())
}

fn numbers_of_all_regions() -> Result<(), Failed> {
    let scratch = ScratchDatabase::create().ok_or("no PostgreSQL server")?;
    let mut database = connect_postgres(&scratch.url);
    for region in normalize::regions() {
        same_on_postgres(&mut database, &numbers(region), &[phone_in(region)])?;
    }
    Ok(())
}

fn hashes_on_sqlite() -> Result<(), Failed> {
    let texts = texts();
    let found = ask(&mut sqlite()?, "stillway_hash(value)", "text", &texts)?;
    for (text, found) in texts.iter().zip(found) {
        let expected = Some(normalize::hash(text).to_string());
        if found != expected {
            return Err(format!("{text:?}: {found:?}, not {expected:?}").into());
        }
    }
    Ok(())
}
