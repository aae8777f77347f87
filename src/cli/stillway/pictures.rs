//! The commands that draw a project: `graph` and `report`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::voice::Voice;
use super::{domains, json, text};
use crate::cli::process;
use crate::command::domains::{
    self as command, Asking, DomainError, DomainHistory, ReportResult, Workspace,
};
use crate::project::disk;
use crate::report::graph::{Form, Picture, Source};
use crate::report::html::{Page, PageDomain, Problem};

/// How a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum GraphFormat {
    /// For a terminal, newest first.
    #[default]
    Text,
    /// A picture for browsers, light and dark.
    Svg,
    /// A flowchart for Markdown.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
    /// For programs: see docs/graph.md.
    Json,
}

/// What both commands take.
#[derive(Debug, Args)]
pub(super) struct Shared {
    /// Only these domains; may be given several times.
    #[arg(short, long = "domain", value_name = "NAME")]
    domains: Vec<String>,
    /// Print nothing but results, warnings and errors.
    #[arg(short, long)]
    quiet: bool,
    /// Work in this folder instead of the current one.
    #[arg(short = 'C', long, value_name = "FOLDER")]
    directory: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum PictureCommand {
    /// Draw the migrations of all domains and what they need of each other.
    Graph {
        #[command(flatten)]
        shared: Shared,
        /// How to draw it.
        #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
        format: GraphFormat,
        /// Draw text with ASCII characters only.
        #[arg(long)]
        ascii: bool,
        /// Ask the databases, and show what is applied.
        #[arg(long)]
        applied: bool,
        /// Write to a file; `-` is the standard output.
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: PathBuf,
    },
    /// Write a page with status, findings, graph, history and timings of all domains.
    Report {
        #[command(flatten)]
        shared: Shared,
        /// Write to this file; `-` is the standard output.
        #[arg(short, long, value_name = "FILE", default_value = "report.html")]
        output: PathBuf,
        /// Fail when a database cannot be asked; without this the page says so.
        #[arg(long)]
        applied: bool,
        /// Ask no database.
        #[arg(long, conflicts_with = "applied")]
        offline: bool,
    },
}

/// Runs a command.
pub(super) fn run(command: &PictureCommand) -> ExitCode {
    process::start_log(false);
    let (shared, format) = match command {
        PictureCommand::Graph { shared, format, .. } => (shared, *format),
        PictureCommand::Report { shared, .. } => (shared, GraphFormat::Text),
    };
    let is_json = format == GraphFormat::Json;
    let mut voice = Voice::new(shared.quiet || is_json);
    let facts = domains::process_facts(shared.directory.as_deref());
    let ended = Workspace::open(facts).and_then(|workspace| match command {
        PictureCommand::Graph {
            ascii,
            applied,
            output,
            ..
        } => {
            let found = command::graph(&workspace, &shared.domains, *applied, &mut voice)?;
            deliver(&workspace, output, &drawn(&found, format, *ascii))
        }
        PictureCommand::Report {
            output,
            applied,
            offline,
            ..
        } => {
            let asking = match (applied, offline) {
                (true, _) => Asking::All,
                (_, true) => Asking::None,
                _ => Asking::Possible,
            };
            let started = Instant::now();
            let found = command::report(&workspace, &shared.domains, asking, &mut voice)?;
            let page = page(&workspace, &found, asking != Asking::None, started);
            deliver(&workspace, output, &page)?;
            if output != Path::new("-") && !shared.quiet {
                process::print(&format!("wrote {}\n", output.display()));
            }
            Ok(())
        }
    });
    voice.close();
    match ended {
        Ok(()) => process::exit(0),
        Err(error) => domains::failed(&error, is_json),
    }
}

/// Writes the page about a whole project to a file.
pub(super) fn write_report(
    workspace: &Workspace,
    output: &Path,
    voice: &mut Voice,
) -> Result<(), DomainError> {
    let started = Instant::now();
    let found = command::report(workspace, &[], Asking::Possible, voice)?;
    deliver(workspace, output, &page(workspace, &found, true, started))
}

/// Prints a text, or writes it to a file.
fn deliver(workspace: &Workspace, output: &Path, text: &str) -> Result<(), DomainError> {
    if output == Path::new("-") {
        process::print(text);
        return Ok(());
    }
    let path = workspace.process.directory.join(output);
    disk::write_file(&path, text).map_err(|message| {
        DomainError::words(message)
            .with_hint("name another file with --output, or `-` for the standard output")
    })
}

fn drawn(found: &[DomainHistory], format: GraphFormat, ascii: bool) -> String {
    let sources: Vec<Source<'_>> = found
        .iter()
        .map(|history| Source {
            domain: &history.domain,
            catalog: &history.catalog,
            standing: history.standing.as_ref(),
        })
        .collect();
    let picture = Picture::new(&sources);
    match format {
        GraphFormat::Text if ascii => picture.write(Form::Ascii),
        GraphFormat::Text => picture.write(Form::Text),
        GraphFormat::Svg => picture.write(Form::Svg),
        GraphFormat::Mermaid => picture.write(Form::Mermaid),
        GraphFormat::Dot => picture.write(Form::Dot),
        GraphFormat::Json => picture_json(&picture),
    }
}

/// A picture for programs: nodes and edges name domains and keys.
fn picture_json(picture: &Picture) -> String {
    let lane = |index: usize| picture.lanes[index].name.as_str();
    let domains = picture.lanes.iter().map(|lane| {
        json!({
            "name": lane.name,
            "dialect": lane.dialect,
            "deprecated": lane.deprecated,
            "shown": lane.dialect.is_some(),
        })
    });
    let nodes = picture.nodes.iter().map(|node| {
        json!({
            "domain": lane(node.lane),
            "key": node.key,
            "description": node.description,
            "kind": node.kind,
            "state": node.state,
            "applied_at": node.applied_at,
            "labels": node.labels,
            "head": node.head,
            "current": node.current,
        })
    });
    let edges = picture.edges.iter().map(|edge| {
        let end = |index: usize| {
            let node = &picture.nodes[index];
            json!({ "domain": lane(node.lane), "key": node.key })
        };
        json!({ "from": end(edge.from), "to": end(edge.to), "kind": edge.kind })
    });
    json::document(
        "graph",
        json!({
            "domains": domains.collect::<Vec<Value>>(),
            "migrations": nodes.collect::<Vec<Value>>(),
            "edges": edges.collect::<Vec<Value>>(),
        }),
    )
}

fn problem(error: &DomainError) -> Problem {
    Problem {
        message: text::message(error),
        hint: error.hint(),
    }
}

fn page(workspace: &Workspace, found: &ReportResult, asked: bool, started: Instant) -> String {
    let read = found.domains.iter().filter_map(|domain| {
        Some(Source {
            domain: &domain.domain,
            catalog: domain.catalog.as_ref()?,
            standing: domain.standing.as_ref(),
        })
    });
    let picture = Picture::new(&read.collect::<Vec<_>>());
    let domains = found.domains.iter().map(|domain| PageDomain {
        domain: &domain.domain,
        catalog: domain.catalog.as_ref(),
        standing: domain.standing.as_ref(),
        needed_by: &domain.needed_by,
        problem: domain.error.as_ref().map(problem),
    });
    let root = workspace.root.canonicalize();
    let root = root.as_ref().unwrap_or(&workspace.root);
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let zone = workspace.process.time_zone.as_deref().unwrap_or_default();
    let made_at = format!("{} {zone}", workspace.process.timestamp);
    let gathering = if asked {
        "reading files and asking databases"
    } else {
        "reading files"
    };
    let page = Page {
        project: &name,
        made_at: made_at.trim_end(),
        made_by: concat!("stillway ", env!("CARGO_PKG_VERSION")),
        asked,
        domains: domains.collect(),
        picture: &picture,
        planned: found.findings.as_deref(),
        verified: found.verified.as_deref(),
        plan_problem: found.plan_error.as_ref().map(problem),
        verify_problem: found.verify_error.as_ref().map(problem),
        took: vec![(gathering, started.elapsed())],
    };
    page.write()
}
