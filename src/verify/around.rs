//! Whether a settled migration is what it was, in its content and in all around it.

use super::content::{Difference, compare};
use super::lockfile::LockedMigration;
use super::migration::{DomainFiles, Kind, MODULE, Migration, Order};
use super::teller::{Against, Teller};
use crate::model::{Finding, Severity};

/// Whether a migration holds what it held.
pub(super) fn content(
    locked: &LockedMigration,
    now: &Migration,
    files: &DomainFiles,
    teller: Teller<'_>,
) -> Option<Finding> {
    let difference = compare(&locked.migration.sums, &now.sums);
    let holder = teller.against.holder();
    if now.kind.may_change() {
        let changed = !matches!(difference, Difference::None | Difference::LineEnds);
        return (changed && teller.against.is_lock()).then(|| {
            teller.file(
                "repeatable-changed",
                Severity::Note,
                now,
                format!("differs from {holder}, as it may"),
                "`stillway lock` takes the new state down",
            )
        });
    }
    let wanted = match now.kind {
        Kind::Undo => Severity::Warning,
        _ => Severity::Error,
    };
    let back = format!(
        "take {} back from version control and write a new migration instead",
        now.path
    );
    let finding = match difference {
        Difference::None => return None,
        Difference::LineEnds => teller.file(
            "line-ends-changed",
            Severity::Note,
            now,
            format!("differs from {holder} in line ends or the byte order mark only"),
            if teller.against.is_lock() { "`stillway lock` takes the new state down" } else { "" },
        ),
        Difference::LineEndsInValues => teller.file(
            "line-ends-changed",
            if files.comments_count { Severity::Warning } else { wanted },
            now,
            format!("differs from {holder} in line ends, some of which are part of a value or of a body"),
            teller.undo_or_accept(now, "save the file with the line ends it had, and keep them with a line in .gitattributes"),
        ),
        Difference::Comments => {
            let severity = if files.comments_count { wanted } else { Severity::Warning };
            let why = if files.comments_count {
                ", and its checksum counts them"
            } else {
                ""
            };
            teller.file(
                "comment-changed",
                severity,
                now,
                format!("differs from {holder} in comments or formatting only{why}"),
                teller.undo_or_accept(now, &format!("take {} back from version control", now.path)),
            )
        }
        Difference::Sql => teller.file(
            "sql-changed",
            wanted,
            now,
            format!("runs other statements than {holder} knows"),
            teller.undo_or_accept(now, &back),
        ),
        Difference::Unknown => teller.file(
            "sql-changed",
            wanted,
            now,
            format!("differs from {holder}; whether it runs other statements cannot be told"),
            teller.undo_or_accept(now, &back),
        ),
    };
    Some(finding)
}

/// Whether all around the content is as it was.
pub(super) fn surroundings(
    then: &Migration,
    now: &Migration,
    order: Order,
    teller: Teller<'_>,
) -> Vec<Finding> {
    let severity = if now.kind.may_change() || now.kind == Kind::Undo {
        Severity::Note
    } else {
        Severity::Error
    };
    let mut findings = Vec::new();
    if then.path != now.path {
        findings.push(place(then, now, order, teller));
    }
    findings.extend(relatives(then, now, teller));
    findings.extend(circumstances(then, now, severity, teller));
    findings
}

/// What it means that a file lies elsewhere or is called something else.
fn place(then: &Migration, now: &Migration, order: Order, teller: Teller<'_>) -> Finding {
    let take_down = |what: &str| match teller.against {
        Against::Lock(_) => format!("`stillway lock` takes the new {what} down"),
        Against::Base(_) => String::new(),
    };
    if then.file_name() == now.file_name() {
        let message = format!("lay at {} when it was settled", then.path);
        return teller.file("moved", Severity::Note, now, message, take_down("place"));
    }
    let message = format!("was called {} when it was settled", then.file_name());
    // Where versions order them, the description comes from the name, and histories hold it.
    if order == Order::Graph || now.kind.may_change() {
        return teller.file("renamed", Severity::Note, now, message, take_down("name"));
    }
    let severity = match now.kind {
        Kind::Undo => Severity::Note,
        _ => Severity::Error,
    };
    let back = "give the file its name back, because histories hold its description";
    teller.file(
        "renamed",
        severity,
        now,
        message,
        teller.undo_or_accept(now, back),
    )
}

/// Whether it follows and needs what it did.
fn relatives(then: &Migration, now: &Migration, teller: Teller<'_>) -> Vec<Finding> {
    let listed = |keys: &[String]| match keys {
        [] => "nothing".to_owned(),
        keys => format!("`{}`", keys.join("`, `")),
    };
    let holder = teller.against.holder();
    let mut findings = Vec::new();
    for (code, verb, back, before, after) in [
        (
            "parents-changed",
            "follows",
            "let it follow what it followed",
            &then.parents,
            &now.parents,
        ),
        (
            "needs-changed",
            "needs",
            "let it need what it needed",
            &then.needs,
            &now.needs,
        ),
    ] {
        if before != after {
            let message = format!(
                "{verb} {}, and {} in {holder}",
                listed(after),
                listed(before)
            );
            let hint = teller.undo_or_accept(now, back);
            findings.push(teller.file(code, Severity::Error, now, message, hint));
        }
    }
    findings
}

/// Whether values, settings and the source of its conversion are the ones they were.
fn circumstances(
    then: &Migration,
    now: &Migration,
    severity: Severity,
    teller: Teller<'_>,
) -> Vec<Finding> {
    let holder = teller.against.holder();
    let mut findings = Vec::new();
    let is_other =
        |name: &String, value: &String| then.values.get(name).is_some_and(|before| before != value);
    for (name, _) in now
        .values
        .iter()
        .filter(|(name, value)| is_other(name, value))
    {
        if let Some(module) = name.strip_prefix(MODULE) {
            findings.push(teller.file(
                "module-changed",
                Severity::Warning,
                now,
                format!("imports `{module}`, which is not what it was in {holder}"),
                teller.undo_or_accept(now, &format!("give `{module}` its old text back")),
            ));
            continue;
        }
        findings.push(teller.file(
            "placeholder-changed",
            severity,
            now,
            format!("uses the placeholder `{name}`, whose value is not the one of {holder}"),
            teller.undo_or_accept(now, &format!("give `{name}` its old value back")),
        ));
    }
    if then.settings != now.settings {
        findings.push(teller.file(
            "settings-changed",
            severity,
            now,
            format!("has other settings than in {holder}: it would run in another way"),
            teller.undo_or_accept(now, "take its settings back from version control"),
        ));
    }
    if then.origin != now.origin && now.origin.is_some() {
        findings.push(teller.file(
            "source-changed",
            severity,
            now,
            format!("names another source of its conversion than {holder}"),
            teller.undo_or_accept(now, "take its metadata back from version control"),
        ));
    }
    findings
}

/// Migrations whose conversion started from a file that has changed since.
pub(super) fn conversions(files: &DomainFiles, teller: Teller<'_>) -> Vec<Finding> {
    let changed = files.migrations.iter().filter_map(|migration| {
        let origin = migration.origin.as_ref()?;
        let now = files.sources.get(&origin.path)?;
        let is_other = origin.sum.is_some_and(|then| !now.contains(&then));
        is_other.then_some((migration, origin))
    });
    changed
        .map(|(migration, origin)| {
            teller.file(
                "source-changed",
                Severity::Error,
                migration,
                format!("was converted from {}, which has changed since", origin.path),
                format!(
                    "take {} back from version control; if it was changed before any database ran it, convert it again",
                    origin.path
                ),
            )
        })
        .collect()
}
