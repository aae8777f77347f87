//! Graphs and reports of projects, through the program itself.

use libtest_mimic::Failed;

use crate::Test;
use crate::site::{Site, same, says};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("graphs are drawn from the files alone", offline),
    ("graphs show what is applied", applied),
    ("a report holds what is known", report),
    ("a report says what cannot be asked", unreachable),
];

/// `stats` by Flyway needs `users`, which branches and merges and needs one version of `auth`.
fn project(site: &Site) -> Result<(), Failed> {
    site.write("auth/V1__people.sql", "CREATE TABLE people (id INTEGER);\n")?;
    site.write("auth/V2.0__감사.sql", "CREATE TABLE audits (id INTEGER);\n")?;
    for (key, message, parents, more) in [
        ("0001", "계정", "", ""),
        ("0002", "social", "down_revision = \"0001\"\n", ""),
        (
            "0003",
            "characters",
            "down_revision = \"0001\"\n",
            "depends_on = [\"auth@2\"]\n",
        ),
        (
            "0004",
            "합친다",
            "down_revision = [\"0002\", \"0003\"]\n",
            "",
        ),
    ] {
        site.native(
            &format!("users/{key}_x"),
            &format!("revision = \"{key}\"\nmessage = \"{message}\"\n{parents}{more}"),
            &format!("CREATE TABLE t{key} (id INTEGER);\n"),
            &format!("DROP TABLE t{key};\n"),
        )?;
    }
    site.write("stats/R__totals.sql", "SELECT 1;\n")?;
    site.write(
        "stillway.toml",
        "[domains.auth]\ndialect = \"flyway\"\ndirectory = \"auth\"\nhistory_table = \"auth_history\"\n\n[domains.users]\ndialect = \"native\"\ndirectory = \"users\"\n\n[domains.stats]\ndialect = \"flyway\"\ndirectory = \"stats\"\nhistory_table = \"stats_history\"\ndepends_on = [\"users\"]\n",
    )
}

fn offline(site: &Site) -> Result<(), Failed> {
    project(site)?;
    let nowhere = [("DATABASE_URL", "")];
    let told = site.run_with(&["graph"], &site.root(), &nowhere)?;
    same(
        &told.output.as_str(),
        &"auth (flyway)\n  ● 2.0  감사  (head)\n  ● 1    people\n\nusers (native)\n  ●   0004  합친다  (head; merge)\n  ├─╮\n  ● │ 0002  social\n  │ ● 0003  characters  (needs auth@2.0)\n  ├─╯\n  ●   0001  계정\n\nstats (flyway)\n  ● R__totals.sql  totals  (repeatable; needs users)\n",
    )?;
    let ascii = site.must(&["graph", "--ascii", "-d", "auth"])?;
    same(
        &ascii.output.as_str(),
        &"auth (flyway)\n  * 2.0  감사  (head)\n  * 1    people\n",
    )?;
    let document = site.must(&["graph", "--format", "json"])?.json()?;
    same(&document["command"], &"graph".into())?;
    same(&document["migrations"].as_array().map(Vec::len), &Some(7))?;
    let edge = serde_json::json!({
        "from": {"domain": "auth", "key": "2.0"},
        "to": {"domain": "users", "key": "0003"},
        "kind": "need",
    });
    let edges = document["edges"].as_array().ok_or("edges")?;
    same(&edges.contains(&edge), &true)?;
    same(&edges.len(), &7)?;
    for (format, begin) in [
        ("svg", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg "),
        ("mermaid", "flowchart TB\n"),
        ("dot", "digraph migrations {\n"),
    ] {
        let name = format!("그림.{format}");
        let told = site.must(&["graph", "--format", format, "--output", &name])?;
        same(&told.output, &String::new())?;
        same(&site.read(&name)?.starts_with(begin), &true)?;
    }
    site.fails(&["graph", "-d", "nobody"], 2, "there is no domain `nobody`")?;
    site.fails(
        &["graph", "--output", "stillway.toml/graph.svg"],
        1,
        "unable to write ",
    )?;
    Ok(())
}

fn applied(site: &Site) -> Result<(), Failed> {
    project(site)?;
    site.must(&["upgrade", "users@0003"])?;
    let text = site.must(&["graph", "--applied"])?.output;
    says(&text, "  ○   0004  합친다  (head; merge)\n")?;
    says(&text, "  │ ● 0003  characters  (current; needs auth@2.0)\n")?;
    says(&text, "  ○ │ 0002  social\n")?;
    says(&text, "\n● applied   ○ pending\n")?;
    let document = site
        .must(&["graph", "--applied", "--format", "json"])?
        .json()?;
    let states: Vec<&str> = document["migrations"]
        .as_array()
        .ok_or("migrations")?
        .iter()
        .filter(|migration| migration["domain"] == "users")
        .filter_map(|migration| migration["state"].as_str())
        .collect();
    same(
        &states.iter().filter(|state| **state == "applied").count(),
        &2,
    )?;
    same(&states.len(), &4)
}

fn report(site: &Site) -> Result<(), Failed> {
    project(site)?;
    site.must(&["upgrade", "users@0003"])?;
    let told = site.must(&["report"])?;
    same(&told.output.as_str(), &"wrote report.html\n")?;
    let page = site.read("report.html")?;
    for part in [
        "<h1>Migrations of project</h1>",
        "from the files and the databases.",
        "<dt>applied</dt><dd>4</dd>",
        "<dt>pending</dt><dd>3</dd>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"",
        "합친다",
        "<h3>What is pending</h3><p>Nothing was found.</p>",
        "<h3>By domain</h3>",
    ] {
        says(&page, part)?;
    }
    // A password of the database's URL is on no page.
    same(&page.contains("secret"), &false)?;
    let offline = site.must(&["report", "--offline", "--output", "-", "-d", "users"])?;
    says(&offline.output, "no database was asked")?;
    says(&offline.output, "No history says how long migrations took.")?;
    same(&offline.output.contains("<dt>pending</dt>"), &false)?;
    same(&site.run(&["report", "--offline", "--applied"])?.code, &2)
}

fn unreachable(site: &Site) -> Result<(), Failed> {
    project(site)?;
    site.write("users/0004_x/metadata.toml", "revision = 4\n")?;
    let elsewhere = [(
        "AUTH_DATABASE_URL",
        "postgresql://app:secret@127.0.0.1:1/nothing",
    )];
    let told = site.run_with(&["report"], &site.root(), &elsewhere)?;
    same(&told.code, &0)?;
    let page = site.read("report.html")?;
    for part in ["cannot be asked", "cannot be read", "metadata.toml:1:12"] {
        says(&page, part)?;
    }
    same(&page.contains("secret"), &false)?;
    // Where all have to be asked, the first that cannot be is the error.
    let told = site.run_with(&["report", "--applied"], &site.root(), &elsewhere)?;
    same(&told.code, &4)?;
    says(&told.errors, "auth")
}
