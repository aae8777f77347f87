//! Where names without a schema are looked for.

use super::super::{Flavor, Session, summarize};

/// The schemas in which each touch of a script is looked for.
fn schemas(script: &str) -> Vec<String> {
    summarize(
        script,
        Flavor::Postgres,
        &mut Session::new(["app", "public"]),
    )
    .iter()
    .flat_map(|summary| &summary.touches)
    .filter(|touch| touch.name.name != "set_config")
    .map(|touch| {
        if touch.search_path.is_none() && touch.name.schema.is_none() {
            return "?".to_owned();
        }
        touch.schemas().collect::<Vec<_>>().join(",")
    })
    .collect()
}

#[test]
fn the_search_path_is_followed() {
    for (script, expected) in [
        ("DROP TABLE a; DROP TABLE s.b", &["app,public", "s"][..]),
        (
            "SET search_path TO x, \"Y\", '$user', 'z'; DROP TABLE a",
            &["x,Y,z"],
        ),
        ("SET search_path = 'x, y'; DROP TABLE a", &["x,y"]),
        (
            "SET SESSION search_path = x; DROP TABLE a; RESET search_path; DROP TABLE a",
            &["x", "app,public"],
        ),
        (
            "SET LOCAL search_path = x; DROP TABLE a; COMMIT; DROP TABLE a",
            &["x", "app,public"],
        ),
        (
            "SET search_path = x; SET search_path TO DEFAULT; DROP TABLE a",
            &["app,public"],
        ),
        ("SET SCHEMA 'x'; DROP TABLE a", &["x"]),
        ("SET search_path = ''; DROP TABLE a", &[""]),
        ("SET search_path = ${path}; DROP TABLE a", &["?"]),
        (
            "SELECT set_config('search_path', 'x,y', false); DROP TABLE a",
            &["x,y"],
        ),
        (
            "SELECT pg_catalog.set_config('search_path', f(), false); DROP TABLE a",
            &["app,public", "?"],
        ),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = x, y AS 'SELECT a FROM b'; DROP TABLE a",
            &["app,public", "x,y", "app,public"],
        ),
        (
            "DO $$ BEGIN SET search_path = x; DROP TABLE a; END $$; DROP TABLE a",
            &["x", "x"],
        ),
    ] {
        assert_eq!(schemas(script), expected, "{script}");
    }
}
