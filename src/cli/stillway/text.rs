//! Results of commands over domains, for people.

use std::fmt::Write as _;

use super::targets;
use crate::cli::flyway;
use crate::cli::process;
use crate::cli::style::columns;
use crate::command::domains::{
    Cause, DomainError, DomainHistory, DomainStatus, InitResult, PlanResult, RunResult, RunState,
    Transactions, Workspace,
};
use crate::model::{
    Catalog, Domain, Finding, MigrationKind, MigrationState, Severity, Standing, alike,
};

/// Something is pending, and that was asked about.
const PENDING: u8 = 5;
/// So many findings of a kind are shown.
const SHOWN: usize = 5;
/// A database cannot be reached.
const UNREACHABLE: u8 = 4;

/// The exit status of an error.
pub(super) fn exit_code(error: &DomainError) -> u8 {
    match &error.cause {
        Cause::Misuse(_) | Cause::File(_) => process::USAGE,
        _ if error.is_unreachable() => UNREACHABLE,
        _ => process::FAILURE,
    }
}

/// An error, without what to do.
pub(super) fn message(error: &DomainError) -> String {
    match &error.cause {
        Cause::Flyway(cause) => {
            let lines = flyway::error_lines(cause);
            let domain = error.domain.as_deref().unwrap_or_default();
            // The hint comes at the end, as everywhere.
            let lines = lines
                .iter()
                .filter(|line| !line.starts_with("Hint       : "));
            let body: Vec<&str> = lines.map(String::as_str).collect();
            format!("{domain}: {}", body.join("\n  "))
        }
        _ => error.to_string(),
    }
}

/// An error, several lines.
pub(super) fn error(error: &DomainError) -> String {
    let mut text = format!("error: {}\n", message(error));
    if let Some(hint) = error.hint() {
        let _ = writeln!(text, "hint: {hint}");
    }
    text
}

/// Where every domain stands.
pub(super) fn status(workspace: &Workspace, found: &[DomainStatus], all_targets: bool) -> String {
    if found.is_empty() {
        return "No domain was found here.\n".to_owned();
    }
    let rows = found.iter().map(|status| {
        let domain = &status.domain;
        let (current, state, database) = match &status.found {
            Err(_) => (String::new(), "cannot be read".to_owned(), String::new()),
            Ok((_, Err(_))) => (String::new(), "cannot be asked".to_owned(), String::new()),
            Ok((_, Ok(standing))) if let Some(targets) = &status.targets => (
                targets::current(targets),
                targets::state(targets),
                standing.database.clone(),
            ),
            Ok((catalog, Ok(standing))) => (
                standing.current.join(", "),
                state(catalog, standing),
                standing.database.clone(),
            ),
        };
        let mut remarks = vec![state];
        if let Some(reason) = &domain.deprecated {
            let mut words = "deprecated".to_owned();
            if !reason.is_empty() {
                let _ = write!(words, ": {reason}");
            }
            if !status.needed_by.is_empty() {
                let _ = write!(words, "; needed by {}", status.needed_by.join(", "));
            }
            remarks.push(words);
        }
        vec![
            domain.name.clone(),
            domain.dialect.to_string(),
            current,
            remarks.join("; "),
            database,
        ]
    });
    let rows: Vec<_> = rows.collect();
    let mut text = columns(&["DOMAIN", "DIALECT", "CURRENT", "STATE", "DATABASE"], rows);
    for status in found {
        text.push_str(&targets::list(status, all_targets));
        let error = match &status.found {
            Err(error) | Ok((_, Err(error))) => error,
            Ok((_, Ok(standing))) => {
                for problem in &standing.problems {
                    let _ = write!(text, "\n{}: {problem}\n", status.domain.name);
                }
                continue;
            }
        };
        let _ = write!(text, "\n{}", self::error(error));
    }
    if workspace.file.is_none() {
        text.push_str("\nDiscovered without a stillway.toml; `stillway init` writes one down.\n");
    }
    text
}

fn state(catalog: &Catalog, standing: &Standing) -> String {
    let count = |state| {
        let same = standing
            .migrations
            .iter()
            .filter(|placed| placed.state == state);
        same.count()
    };
    if standing.not_adopted.is_some() {
        return "to be adopted".to_owned();
    }
    let mut words = Vec::new();
    for (state, word) in [
        (MigrationState::Failed, "failed"),
        (MigrationState::Pending, "pending"),
        (MigrationState::Changed, "changed since"),
        (MigrationState::Missing, "without a file"),
        (MigrationState::Skipped, "skipped"),
    ] {
        let found = count(state);
        if found > 0 {
            words.push(format!("{found} {word}"));
        }
    }
    if count(MigrationState::Pending) == 0 && count(MigrationState::Failed) == 0 {
        let word = if catalog.migrations.is_empty() {
            "no migrations"
        } else {
            "up to date"
        };
        words.insert(0, word.to_owned());
    }
    let heads = catalog.heads.len();
    if heads > 1 {
        words.push(format!("{heads} heads"));
    }
    words.join(", ")
}

/// The exit status of `status`.
pub(super) fn status_code(found: &[DomainStatus], check: bool) -> u8 {
    let mut code = 0;
    for status in found {
        match &status.found {
            Err(error) | Ok((_, Err(error))) => return exit_code(error),
            Ok((_, Ok(_)))
                if let Some(error) = status
                    .targets
                    .iter()
                    .flatten()
                    .find_map(|target| target.found.as_ref().err()) =>
            {
                return exit_code(error);
            }
            Ok((_, Ok(standing))) => {
                let waits =
                    status.domain.deprecated.is_none() && standing.pending().next().is_some();
                if check && waits {
                    code = PENDING;
                }
            }
        }
    }
    code
}

/// What a run has done.
pub(super) fn run(action: &str, result: &RunResult) -> String {
    let mut text = String::new();
    let count = |count: usize| match count {
        1 => "1 migration".to_owned(),
        count => format!("{count} migrations"),
    };
    let (did, nothing) = match action {
        "downgrade" => ("taken back", "nothing to take back"),
        "stamp" => ("recorded", "recorded already"),
        _ => ("run", "up to date"),
    };
    for domain in &result.domains {
        // What was only looked at because others need it is not worth a line.
        if domain.state == RunState::UpToDate && domain.needed_only {
            continue;
        }
        let mut words = match domain.state {
            RunState::UpToDate => nothing.to_owned(),
            RunState::Done => format!("{} {did}", count(domain.ran.len())),
            RunState::Failed => {
                let before = if domain.ran.is_empty() {
                    "nothing".to_owned()
                } else {
                    count(domain.ran.len())
                };
                if domain.left.is_empty() {
                    format!("failed; {before} {did} before")
                } else {
                    format!("failed; {before} {did} before, {} left", domain.left.len())
                }
            }
            RunState::NotRun if domain.ran.is_empty() => {
                format!("not begun, {} left", count(domain.left.len()))
            }
            RunState::NotRun => format!(
                "{} {did}, {} left",
                count(domain.ran.len()),
                domain.left.len()
            ),
        };
        if let Some(runs) = &domain.targets {
            words = targets::counts(runs);
        }
        if domain.needed_only {
            words.push_str(" (needed by others)");
        }
        let _ = writeln!(text, "{}: {words}", domain.domain);
    }
    for domain in &result.left_out {
        let _ = writeln!(
            text,
            "{domain}: deprecated, left out (name it with -d to run it)"
        );
    }
    text.push_str(&findings(&result.findings));
    if result.failure.is_some() && action == "upgrade" && result.findings.is_empty() {
        text.push_str("The next upgrade goes on from here.\n");
    }
    text
}

/// What an upgrade would run.
pub(super) fn plan(result: &PlanResult, sql: bool) -> String {
    let mut text = String::new();
    for segment in &result.segments {
        let remark = if segment.needed_only {
            " (needed by others)"
        } else {
            ""
        };
        let _ = writeln!(text, "{}{remark}  {}", segment.domain, segment.database);
        let rows = segment.migrations.iter().map(|migration| {
            let count = match migration.statements.len() {
                1 => "1 statement".to_owned(),
                count => format!("{count} statements"),
            };
            let how = match migration.transactions {
                Transactions::One => format!("{count}, one transaction"),
                Transactions::Outside => format!("{count}, outside a transaction"),
                Transactions::None => "nothing to run".to_owned(),
                Transactions::Unknown => "depends on the database".to_owned(),
            };
            vec![
                format!("  + {}", migration.key),
                migration
                    .description
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                how,
                migration.path.display().to_string(),
            ]
        });
        if !sql {
            text.push_str(&columns(&[], rows.collect()));
            continue;
        }
        for (row, migration) in rows.zip(&segment.migrations) {
            text.push_str(&columns(&[], vec![row]));
            for statement in &migration.statements {
                let _ = writeln!(text, "    -- {}", statement.place);
                for line in statement.sql.lines() {
                    let _ = writeln!(text, "    {line}");
                }
                text.push_str("    ;\n");
            }
            if let Some(reason) = &migration.unknown {
                let _ = writeln!(text, "    -- only the database can tell: {reason}");
            }
        }
    }
    if result.segments.is_empty() {
        text.push_str("Nothing is pending.\n");
    }
    for domain in &result.left_out {
        let _ = writeln!(
            text,
            "{domain}: deprecated, left out (name it with -d to run it)"
        );
    }
    text.push_str(&findings(&result.findings));
    text
}

/// Findings, and behind those that one change settles what that change is.
fn findings(found: &[Finding]) -> String {
    let mut text = String::new();
    for group in alike(found) {
        text.push('\n');
        for finding in group.iter().take(SHOWN) {
            let place = finding.place.as_ref().map(|place| format!("{place}: "));
            let _ = writeln!(
                text,
                "{}: {}{} [{}]",
                finding.severity,
                place.unwrap_or_default(),
                finding.message,
                finding.code
            );
        }
        if group.len() > SHOWN {
            let more = group.len() - SHOWN;
            let _ = writeln!(
                text,
                "  and {more} more like these (--format json lists all)"
            );
        }
        if let Some(hint) = group.first().and_then(|finding| finding.hint.as_ref()) {
            let _ = writeln!(text, "hint: {hint}");
        }
    }
    text
}

/// The exit status of `plan`: errors that it foresees are failures.
pub(super) fn plan_code(result: &PlanResult) -> u8 {
    let foreseen = |finding: &Finding| finding.severity == Severity::Error;
    if result.findings.iter().any(foreseen) {
        process::FAILURE
    } else {
        0
    }
}

/// The migrations of domains.
pub(super) fn history(_workspace: &Workspace, found: &[DomainHistory]) -> String {
    let mut text = String::new();
    for domain in found {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{} ({})", domain.domain.name, domain.domain.dialect);
        let rows = domain.catalog.migrations.iter().map(|migration| {
            let placed = domain.standing.as_ref().and_then(|standing| {
                let same = |placed: &&crate::model::PlacedMigration| placed.key == migration.key;
                standing.migrations.iter().find(same)
            });
            let kind = match migration.kind {
                MigrationKind::Versioned => "",
                MigrationKind::Repeatable => "repeatable",
                MigrationKind::Baseline => "baseline",
                MigrationKind::Merge => "merge",
            };
            let needs: Vec<String> = migration.needs.iter().map(ToString::to_string).collect();
            let mut remarks = vec![kind.to_owned()];
            if !needs.is_empty() {
                remarks.push(format!("needs {}", needs.join(", ")));
            }
            remarks.retain(|remark| !remark.is_empty());
            let mut row = vec![
                format!("  {}", migration.key),
                migration
                    .description
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            ];
            if domain.standing.is_some() {
                row.push(
                    placed.map_or(String::new(), |placed| state_word(placed.state).to_owned()),
                );
                row.push(
                    placed
                        .and_then(|placed| placed.applied_at.clone())
                        .unwrap_or_default(),
                );
            }
            row.push(remarks.join("; "));
            row
        });
        text.push_str(&columns(&[], rows.collect()));
    }
    text
}

fn state_word(state: MigrationState) -> &'static str {
    match state {
        MigrationState::Applied => "applied",
        MigrationState::Unverified => "applied elsewhere",
        MigrationState::Changed => "changed since",
        MigrationState::Pending => "pending",
        MigrationState::Skipped => "skipped",
        MigrationState::Failed => "failed",
        MigrationState::Missing => "without a file",
        MigrationState::Undone => "undone",
    }
}

/// What `init` has written.
pub(super) fn init(result: &InitResult) -> String {
    let mut text = format!("wrote {}\n", result.path.display());
    for domain in &result.domains {
        let _ = writeln!(
            text,
            "  {} ({}) {}",
            domain.name, domain.dialect, domain.directory
        );
    }
    if result.domains.is_empty() {
        text.push_str("No domain was found here: add one with `stillway domain add NAME`.\n");
    }
    text
}

/// The domains of a project.
pub(super) fn domains(workspace: &Workspace) -> String {
    let rows = workspace.domains.iter().map(|domain| {
        let needs = domain.depends_on.iter();
        let needs: Vec<String> = needs.map(|declared| declared.need.to_string()).collect();
        vec![
            domain.name.clone(),
            domain.dialect.to_string(),
            domain.directory.clone(),
            needs.join(", "),
        ]
    });
    columns(
        &["DOMAIN", "DIALECT", "DIRECTORY", "DEPENDS ON"],
        rows.collect(),
    )
}

/// All that is known of a domain.
pub(super) fn domain(workspace: &Workspace, domain: &Domain) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            rows.push(vec![name.to_owned(), value]);
        }
    };
    row("domain", domain.name.clone());
    row("dialect", domain.dialect.to_string());
    row(
        "directory",
        workspace.directory(domain).display().to_string(),
    );
    row("config", domain.config.clone().unwrap_or_default());
    row("schema", domain.schema.clone().unwrap_or_default());
    row(
        "history table",
        domain.history_table.clone().unwrap_or_default(),
    );
    row("url from", domain.url_env.join(", else "));
    let needs = domain
        .depends_on
        .iter()
        .map(|declared| declared.need.to_string());
    row("depends on", needs.collect::<Vec<_>>().join(", "));
    for (key, needs) in &domain.migration_needs {
        let needs = needs.iter().map(|declared| declared.need.to_string());
        row(
            &format!("{key} depends on"),
            needs.collect::<Vec<_>>().join(", "),
        );
    }
    if let Some(reason) = &domain.deprecated {
        let reason = if reason.is_empty() { "yes" } else { reason };
        row("deprecated", reason.to_owned());
    }
    let span = |span: Option<std::time::Duration>| {
        span.map(|span| format!("{} ms", span.as_millis()))
            .unwrap_or_default()
    };
    row("lock timeout", span(domain.lock_timeout));
    row("statement timeout", span(domain.statement_timeout));
    let names: Vec<&str> = domain.placeholders.keys().map(String::as_str).collect();
    row("placeholders", names.join(", "));
    row("external", domain.external.join(", "));
    let attached = domain.attach.iter();
    let attached: Vec<String> = attached
        .map(|(schema, file)| format!("{schema} = {file}"))
        .collect();
    row("attached", attached.join(", "));
    columns(&[], rows)
}

/// A number with blanks between its thousands.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
