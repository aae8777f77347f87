//! A project on one page of HTML: nothing is fetched and no script runs.

mod history;
mod style;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::Duration;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::graph::{Picture, is_migration_without_file, state_word, svg_element};
use crate::model::{Catalog, Domain, Finding, MigrationState, PlacedMigration, Severity, Standing};

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is the case.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A domain of the page.
#[derive(Debug, Clone)]
pub struct PageDomain<'p> {
    /// The domain.
    pub domain: &'p Domain,
    /// What its files say, if they could be read.
    pub catalog: Option<&'p Catalog>,
    /// Where its database stands, if it was asked.
    pub standing: Option<&'p Standing>,
    /// Domains that need it.
    pub needed_by: &'p [String],
    /// Why files or database could not be read.
    pub problem: Option<Problem>,
}

impl<'p> PageDomain<'p> {
    /// Where its migrations stand.
    fn placed(&self) -> impl Iterator<Item = &'p PlacedMigration> + use<'p> {
        let catalog = self.catalog.into_iter().flat_map(|c| &c.migrations);
        let keys: HashSet<&str> = catalog.map(|migration| migration.key.as_str()).collect();
        let all = self.standing.into_iter().flat_map(|s| &s.migrations);
        all.filter(move |placed| {
            keys.contains(placed.key.as_str()) || is_migration_without_file(placed)
        })
    }
}

/// What the page says.
#[derive(Debug, Clone)]
pub struct Page<'p> {
    /// The project's name.
    pub project: &'p str,
    /// When the page was made, as people write it.
    pub made_at: &'p str,
    /// What made it, with its version.
    pub made_by: &'p str,
    /// Whether databases were asked.
    pub asked: bool,
    /// The domains, in the order in which they are upgraded.
    pub domains: Vec<PageDomain<'p>>,
    /// Their migrations.
    pub picture: &'p Picture,
    /// What is wrong with what is pending, if that was looked at.
    pub planned: Option<&'p [Finding]>,
    /// What `verify` has found, if it was run.
    pub verified: Option<&'p [Finding]>,
    /// Why no upgrade could be planned.
    pub plan_problem: Option<Problem>,
    /// Why not everything could be verified.
    pub verify_problem: Option<Problem>,
    /// How long the parts of gathering all this took.
    pub took: Vec<(&'p str, Duration)>,
}

impl Page<'_> {
    /// Writes it down.
    pub fn write(&self) -> String {
        let mut text = self.document().into_string();
        text.push('\n');
        text
    }

    fn document(&self) -> Markup {
        let title = format!("Migrations of {}", self.project);
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    // Browsers hold the page to its promise.
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                    title { (title) }
                    style { (PreEscaped(style::STYLE)) }
                }
                body {
                    header {
                        h1 { (title) }
                        p { "Made " (self.made_at) ", " @if self.asked { "from the files and the databases." } @else { "from the files alone: no database was asked." } }
                        (self.summary())
                        nav aria-label="Parts of this page" {
                            ul {
                                @for (id, name) in PARTS { li { a href={ "#" (id) } { (name) } } }
                            }
                        }
                    }
                    main {
                        (self.status())
                        (self.findings())
                        (self.graph())
                        (history::histories(self))
                        (history::timings(self))
                    }
                    footer { p { "Made by " (self.made_by) "." } }
                }
            }
        }
    }

    fn summary(&self) -> Markup {
        let migrations = self.domains.iter().filter_map(|domain| domain.catalog);
        let migrations: usize = migrations.map(|catalog| catalog.migrations.len()).sum();
        let placed = || self.domains.iter().flat_map(PageDomain::placed);
        let applied = placed().filter(|placed| placed.state.is_applied()).count();
        let waits = |state| state == MigrationState::Pending;
        let pending = placed().filter(|placed| waits(placed.state)).count();
        let all = self.planned.into_iter().chain(self.verified).flatten();
        let errors = all.filter(|finding| finding.severity == Severity::Error);
        let problems = self.domains.iter().filter(|d| d.problem.is_some()).count();
        let problems = problems
            + usize::from(self.plan_problem.is_some())
            + usize::from(self.verify_problem.is_some());
        let mut numbers = vec![("domains", self.domains.len()), ("migrations", migrations)];
        if self.asked {
            numbers.extend([("applied", applied), ("pending", pending)]);
        }
        numbers.push(("errors", errors.count() + problems));
        html! {
            dl class="numbers" {
                @for (name, number) in numbers {
                    div class=[(name == "errors" && number > 0).then_some("bad")] { dt { (name) } dd { (number) } }
                }
            }
        }
    }

    fn status(&self) -> Markup {
        html! {
            section id="status" aria-labelledby="status-head" {
                h2 id="status-head" { "Status" }
                @if self.domains.is_empty() {
                    p { "No domain was found here." }
                } @else {
                    div class="wide" tabindex="0" role="region" aria-labelledby="status-head" {
                        table {
                            thead {
                                tr {
                                    @for name in ["Domain", "Dialect", "Needs", "Heads", "Current", "State", "Database"] {
                                        th scope="col" { (name) }
                                    }
                                }
                            }
                            tbody { @for (index, domain) in self.domains.iter().enumerate() { (status_row(index, domain)) } }
                        }
                    }
                    @for domain in &self.domains { (remarks(domain)) }
                }
            }
        }
    }

    fn findings(&self) -> Markup {
        html! {
            section id="findings" aria-labelledby="findings-head" {
                h2 id="findings-head" { "Findings" }
                @if let Some(problem) = &self.plan_problem {
                    (self::problem("No upgrade can be planned: ", problem))
                }
                (finding_table("What is pending", self.planned))
                @if self.planned.is_none() && self.plan_problem.is_none() {
                    p { "What is pending was not looked at: that needs the databases of all domains." }
                }
                (finding_table("What verification found", self.verified))
                @if let Some(problem) = &self.verify_problem {
                    (self::problem("Not everything could be verified: ", problem))
                }
                @if self.verified.is_none() && self.verify_problem.is_none() {
                    p { "Files and histories were not verified for this page; " code { "stillway verify" } " does that." }
                }
            }
        }
    }

    fn graph(&self) -> Markup {
        html! {
            section id="graph" aria-labelledby="graph-head" {
                h2 id="graph-head" { "Graph" }
                figure {
                    div class="wide picture" tabindex="0" role="region" aria-labelledby="graph-head" { (svg_element(self.picture)) }
                    figcaption { "Oldest first, a lane for each domain. The tables below say the same in words." }
                }
            }
        }
    }
}

/// The parts of the page.
const PARTS: [(&str, &str); 5] = [
    ("status", "Status"),
    ("findings", "Findings"),
    ("graph", "Graph"),
    ("history", "History"),
    ("timings", "Timings"),
];

/// A state as a badge.
fn badge(state: MigrationState) -> Markup {
    let class = match state {
        MigrationState::Applied | MigrationState::Unverified => "good",
        MigrationState::Pending => "waiting",
        MigrationState::Changed | MigrationState::Missing => "doubtful",
        MigrationState::Failed => "bad",
        MigrationState::Skipped | MigrationState::Undone => "plain",
    };
    html! { span class={ "badge " (class) } { (state_word(state)) } }
}

fn status_row(index: usize, page: &PageDomain<'_>) -> Markup {
    let domain = page.domain;
    let needs = domain.depends_on.iter();
    let needs: Vec<String> = needs.map(|declared| declared.need.to_string()).collect();
    let heads = page.catalog.map(|catalog| catalog.heads.join(", "));
    html! {
        tr {
            th scope="row" { a href={ "#domain-" (index) } { (domain.name) } }
            td { (domain.dialect) @if domain.deprecated.is_some() { " " span class="badge plain" { "deprecated" } } }
            td { (needs.join(", ")) }
            td class="key" { (heads.unwrap_or_default()) }
            td class="key" { (page.standing.map(|standing| standing.current.join(", ")).unwrap_or_default()) }
            td { (state(page)) }
            td class="key" { (page.standing.map(|standing| standing.database.as_str()).unwrap_or_default()) }
        }
    }
}

/// How many migrations are in which state, as far as it matters.
fn state(page: &PageDomain<'_>) -> Markup {
    let Some(standing) = page.standing else {
        let words = match (page.catalog, &page.problem) {
            (None, _) => "cannot be read",
            (Some(_), Some(_)) => "cannot be asked",
            (Some(_), None) => "not asked",
        };
        let class = if page.problem.is_some() {
            "bad"
        } else {
            "plain"
        };
        return html! { span class={ "badge " (class) } { (words) } };
    };
    if standing.not_adopted.is_some() {
        return html! { span class="badge doubtful" { "to be adopted" } };
    }
    let count = |state| {
        let all = standing.migrations.iter();
        all.filter(|placed| placed.state == state).count()
    };
    let remarkable = [
        (MigrationState::Failed, "bad"),
        (MigrationState::Pending, "waiting"),
        (MigrationState::Changed, "doubtful"),
        (MigrationState::Missing, "doubtful"),
        (MigrationState::Skipped, "plain"),
    ];
    let settled = count(MigrationState::Failed) + count(MigrationState::Pending) == 0;
    html! {
        @if settled { span class="badge good" { "up to date" } " " }
        @for (state, class) in remarkable {
            @let count = count(state);
            @if count > 0 { span class={ "badge " (class) } { (count) " " (state_word(state)) } " " }
        }
    }
}

/// What is remarkable about a domain, under the table.
fn remarks(page: &PageDomain<'_>) -> Markup {
    let name = &page.domain.name;
    let problems = page.standing.map(|standing| standing.problems.as_slice());
    let adopt = page
        .standing
        .and_then(|standing| standing.not_adopted.as_ref());
    html! {
        @if let Some(problem) = &page.problem { (self::problem("", problem)) }
        @for message in problems.unwrap_or_default() {
            (self::problem(&format!("{name}: "), &Problem { message: message.clone(), hint: None }))
        }
        @if let Some(history) = adopt {
            (self::problem(&format!("{name}: "), &Problem {
                message: format!("the database has run the originals ({history}), and they were not taken over"),
                hint: Some(format!("`stillway adopt -d {name}` marks what is there")),
            }))
        }
        @if let Some(reason) = &page.domain.deprecated {
            p {
                strong { (name) } " is deprecated" @if !reason.is_empty() { ": " (reason) }
                @if !page.needed_by.is_empty() { "; needed by " (page.needed_by.join(", ")) } "."
            }
        }
    }
}

fn problem(before: &str, problem: &Problem) -> Markup {
    html! {
        div class="problem" {
            p { (before) (problem.message) }
            @if let Some(hint) = &problem.hint { p class="hint" { (hint) } }
        }
    }
}

fn finding_table(title: &str, findings: Option<&[Finding]>) -> Markup {
    let Some(findings) = findings else {
        return html! {};
    };
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    html! {
        h3 { (title) }
        @if sorted.is_empty() {
            p { "Nothing was found." }
        } @else {
            div class="wide" tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr { @for name in ["Severity", "Where", "What", "What to do"] { th scope="col" { (name) } } } }
                    tbody { @for finding in sorted { (finding_row(finding)) } }
                }
            }
        }
    }
}

fn finding_row(finding: &Finding) -> Markup {
    let class = match finding.severity {
        Severity::Error => "bad",
        Severity::Warning => "doubtful",
        Severity::Note => "plain",
    };
    let migration = match (finding.domain.as_str(), finding.migration.as_str()) {
        ("", _) => "project".to_owned(),
        (domain, "") => domain.to_owned(),
        (domain, key) => format!("{domain}@{key}"),
    };
    html! {
        tr {
            td { span class={ "badge " (class) } { (finding.severity) } }
            td {
                span class="key" { (migration) }
                @if let Some(place) = &finding.place { br; span class="key faint" { (place) } }
            }
            td class="words" { (finding.message) br; span class="key faint" { (finding.code) } }
            td class="words" { (finding.hint.as_deref().unwrap_or_default()) }
        }
    }
}
