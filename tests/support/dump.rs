//! The schema of a database as text, without what Stillway keeps for itself.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::alembic::in_any_order;
use super::database::TestDatabase;

/// The newest `pg_dump`: one that is older than the server refuses.
pub fn pg_dump() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter();
    let mut found: Vec<(u32, PathBuf)> = versions
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_string_lossy().parse().ok()?;
            Some((version, entry.path().join("bin/pg_dump")))
        })
        .filter(|(_, path)| path.is_file())
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut elsewhere = std::env::split_paths(&path).map(|folder| folder.join("pg_dump"));
    match found.pop() {
        Some((_, newest)) => Some(newest),
        None => elsewhere.find(|path| path.is_file()),
    }
}

/// Tables, indexes, types and whatever else there is.
pub fn schema(database: &TestDatabase) -> Result<Vec<String>, String> {
    let Some(scratch) = &database.scratch else {
        let sql = "SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'stillway_%' ORDER BY type, name";
        let rows = database.rows(sql).into_iter().flatten().flatten();
        // The original reflects constraints in the order of a set.
        return Ok(rows.map(|definition| in_any_order(&definition)).collect());
    };
    let output = Command::new(pg_dump().ok_or("there is no pg_dump")?)
        .args(["--schema-only", "--exclude-table=*.stillway_*"])
        .arg(format!("--dbname={}", scratch.url))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("pg_dump: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // Newer versions put a random word in two lines of their own.
    let kept = |line: &&str| {
        !line.is_empty() && !line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict ")
    };
    Ok(text.lines().filter(kept).map(str::to_owned).collect())
}

/// Where two lists of lines differ.
pub fn unlike(what: &str, left: &[String], right: &[String]) -> String {
    let mut lines = vec![what.to_owned()];
    let only = |of: &[String], other: &[String], sign: &str| -> Vec<String> {
        let lines = of.iter().filter(|line| !other.contains(line));
        lines.map(|line| format!("  {sign} {line}")).collect()
    };
    lines.extend(only(left, right, "-"));
    lines.extend(only(right, left, "+"));
    if lines.len() == 1 {
        lines.push("  the same lines in another order".to_owned());
    }
    lines.join("\n")
}
