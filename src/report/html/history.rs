//! The migrations of the page's domains in tables, and how long they took.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use maud::{Markup, html};

use super::{Page, PageDomain, badge};
use crate::model::{CatalogMigration, Dialect, MigrationKind, PlacedMigration};
use crate::report::graph::kind_word;

/// How many of the slowest migrations are listed.
const SLOWEST: usize = 15;

/// A time span, as people write it.
pub(super) fn span(span: Duration) -> String {
    match span.as_secs() {
        0 => format!("{} ms", span.as_millis()),
        1..60 => format!("{:.2} s", span.as_secs_f64()),
        60..3600 => format!("{} min {} s", span.as_secs() / 60, span.as_secs() % 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

fn took(placed: &PlacedMigration) -> Option<Duration> {
    placed.milliseconds.map(Duration::from_millis)
}

/// When it ran, to the second.
fn when(placed: &PlacedMigration) -> String {
    let at = placed.applied_at.as_deref().unwrap_or_default();
    match at.split_once('.') {
        Some((seconds, rest)) => {
            let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{seconds}{zone}")
        }
        None => at.to_owned(),
    }
}

pub(super) fn histories(page: &Page<'_>) -> Markup {
    html! {
        section id="history" aria-labelledby="history-head" {
            h2 id="history-head" { "History" }
            @for (index, domain) in page.domains.iter().enumerate() { (history(index, domain)) }
        }
    }
}

fn history(index: usize, page: &PageDomain<'_>) -> Markup {
    let head = format!("domain-{index}");
    let placed: HashMap<&str, &PlacedMigration> = page
        .placed()
        .map(|placed| (placed.key.as_str(), placed))
        .collect();
    let migrations = page.catalog.map_or(&[][..], |catalog| &catalog.migrations);
    // What has run and has no file comes first, as it came first.
    let known: HashSet<&str> = migrations.iter().map(|m| m.key.as_str()).collect();
    let gone = page.placed();
    let gone: Vec<&PlacedMigration> = gone
        .filter(|placed| !known.contains(placed.key.as_str()))
        .collect();
    let asked = page.standing.is_some();
    html! {
        h3 id=(head) { (page.domain.name) " " span class="faint" { "(" (page.domain.dialect) ")" } }
        @if migrations.is_empty() && gone.is_empty() {
            p { "There are no migrations." }
        } @else {
            div class="wide" tabindex="0" role="region" aria-labelledby=(head) {
                table {
                    thead {
                        tr {
                            th scope="col" { "Migration" }
                            th scope="col" { "Description" }
                            @if asked {
                                th scope="col" { "State" }
                                th scope="col" { "When" }
                                th scope="col" class="number" { "How long" }
                            }
                            th scope="col" { "Remarks" }
                            th scope="col" { "File" }
                        }
                    }
                    tbody {
                        @for placed in gone {
                            tr {
                                th scope="row" class="key" { (placed.key) }
                                td class="words" { (placed.description) }
                                (placing(Some(placed)))
                                td {}
                                td {}
                            }
                        }
                        @for migration in migrations {
                            tr {
                                th scope="row" class="key" { (migration.key) }
                                td class="words" { (migration.description) }
                                @if asked { (placing(placed.get(migration.key.as_str()).copied())) }
                                td { (remarks(page, migration)) }
                                td class="key file faint" { (migration.path.display()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn placing(placed: Option<&PlacedMigration>) -> Markup {
    html! {
        td { @if let Some(placed) = placed { (badge(placed.state)) } }
        td class="time" { (placed.map(when).unwrap_or_default()) }
        td class="number" { (placed.and_then(took).map(span).unwrap_or_default()) }
    }
}

fn remarks(page: &PageDomain<'_>, migration: &CatalogMigration) -> String {
    let mut remarks: Vec<String> = migration.labels.clone();
    remarks.extend(kind_word(migration.kind).map(str::to_owned));
    if migration.parents.len() > 1 {
        remarks.push(format!("joins {}", migration.parents.join(", ")));
    }
    if !migration.depends_on.is_empty() {
        remarks.push(format!("depends on {}", migration.depends_on.join(", ")));
    }
    let declared = page.domain.migration_needs.get(&migration.key);
    let declared = declared.into_iter().flatten();
    let needs = declared.map(|declared| &declared.need);
    let needs: Vec<String> = needs
        .chain(&migration.needs)
        .map(ToString::to_string)
        .collect();
    if !needs.is_empty() {
        remarks.push(format!("needs {}", needs.join(", ")));
    }
    // Of Flyway's files few can be taken back, and nothing that runs again.
    let usual = page.domain.dialect == Dialect::Flyway
        || migration.kind == MigrationKind::Repeatable
        || migration.reversible;
    if !usual {
        remarks.push("cannot be taken back".to_owned());
    }
    remarks.join("; ")
}

pub(super) fn timings(page: &Page<'_>) -> Markup {
    let mut known: Vec<(&str, &PlacedMigration, Duration)> = Vec::new();
    for domain in &page.domains {
        let timed = domain
            .placed()
            .filter_map(|placed| Some((placed, took(placed)?)));
        known.extend(timed.map(|(placed, took)| (domain.domain.name.as_str(), placed, took)));
    }
    let totals: Vec<(&str, usize, Duration)> = page
        .domains
        .iter()
        .map(|domain| {
            let name = domain.domain.name.as_str();
            let own = known.iter().filter(|(of, _, _)| *of == name);
            let own: Vec<Duration> = own.map(|(_, _, took)| *took).collect();
            (name, own.len(), own.iter().sum())
        })
        .filter(|(_, count, _)| *count > 0)
        .collect();
    known.sort_by_key(|(_, _, took)| std::cmp::Reverse(*took));
    html! {
        section id="timings" aria-labelledby="timings-head" {
            h2 id="timings-head" { "Timings" }
            @if totals.is_empty() {
                p { "No history says how long migrations took." }
            } @else {
                h3 { "By domain" }
                table {
                    thead { tr { th scope="col" { "Domain" } th scope="col" class="number" { "Migrations" } th scope="col" class="number" { "Together" } } }
                    tbody {
                        @for (name, count, total) in totals {
                            tr { th scope="row" { (name) } td class="number" { (count) } td class="number" { (span(total)) } }
                        }
                    }
                }
                h3 { "The slowest" }
                div class="wide" tabindex="0" role="region" aria-label="The slowest migrations" {
                    table {
                        thead { tr { th scope="col" { "Migration" } th scope="col" { "Description" } th scope="col" { "When" } th scope="col" class="number" { "How long" } } }
                        tbody {
                            @for (domain, placed, took) in known.iter().take(SLOWEST) {
                                tr {
                                    th scope="row" class="key" { (domain) "@" (placed.key) }
                                    td class="words" { (placed.description) }
                                    td class="time" { (when(placed)) }
                                    td class="number" { (span(*took)) }
                                }
                            }
                        }
                    }
                }
            }
            @if !page.took.is_empty() {
                p {
                    "For this page: "
                    @for (index, (part, took)) in page.took.iter().enumerate() {
                        @if index > 0 { ", " } (part) " " (span(*took))
                    }
                    "."
                }
            }
        }
    }
}
