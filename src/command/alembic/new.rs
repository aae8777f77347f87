//! New files: script directories, revisions, merges.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike as _, Local, Timelike as _};
use jiff::fmt::strtime;
use jiff::{Timestamp, Zoned};

use super::failure::Failure;
use super::project::{Environment, Options, Project, Reporter};
use crate::dialect::alembic::config::normal;
use crate::dialect::alembic::constant::Constant;
use crate::dialect::alembic::graph::{Node, RevisionGraph, Spot, Wording};
use crate::dialect::alembic::init::{KITS, StarterKit};
use crate::dialect::alembic::native::METADATA;
use crate::dialect::alembic::revision::{check_id, read};
use crate::dialect::alembic::source::decode;
use crate::dialect::alembic::template::{TemplateValues, render};
use crate::dialect::alembic::version_table::Keeper;
use crate::project::disk;

/// Lists what `init` can start with.
pub fn list_templates(reporter: &mut dyn Reporter) {
    reporter.print("Available templates:\n");
    for kit in KITS {
        reporter.print(&format!("{} - {}", kit.name, kit.synopsis));
    }
    reporter.print("\nTemplates are used via the 'init' command, e.g.:");
    reporter.print("\n  alembic init --template generic ./scripts");
}

fn write(path: &Path, content: &str, reporter: &mut dyn Reporter) -> Result<(), Failure> {
    let result = disk::write_file(path, content);
    reporter.status(&format!("Generating {}", path.display()), result.is_ok());
    result.map_err(Failure::uncaught)
}

fn create_folder(path: &Path, reporter: &mut dyn Reporter) -> Result<(), Failure> {
    let result = disk::create_folder(path);
    let doing = format!("Creating directory {}", path.display());
    reporter.status(&doing, result.is_ok());
    result.map_err(Failure::uncaught)
}

/// Creates a script directory and its configuration.
pub fn init(
    options: &Options,
    environment: &Environment,
    directory: &str,
    template: &str,
    package: bool,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let (_, files) = Project::configuration(options, environment)?;
    let root = normal(&environment.directory.join(directory));
    if disk::has_content(&root) {
        return Err(Failure::command(format!(
            "Directory {} already exists and is not empty",
            normal(Path::new(directory)).display()
        )));
    }
    let Some(kit) = StarterKit::find(template) else {
        return Err(Failure::command(format!("No such template {template}")));
    };
    if !root.exists() {
        create_folder(&root, reporter)?;
    }
    create_folder(&root.join("versions"), reporter)?;
    let location = |config: &Path| {
        if Path::new(directory).is_absolute() {
            return directory.to_owned();
        }
        let config = normal(&environment.directory.join(config));
        let from = config.parent().unwrap_or(&environment.directory);
        format!("%(here)s/{}", relative(&root, from))
    };
    let failed = |error: crate::dialect::alembic::template::TemplateError| {
        Failure::uncaught(error.to_string())
    };
    let ini = normal(&environment.directory.join(&files.ini));
    let toml = normal(&environment.directory.join(&files.toml));
    if kit.pyproject {
        let text = kit.toml(&location(&files.toml)).map_err(failed)?;
        if toml.exists() {
            let old = disk::read_file(&toml)
                .transpose()
                .map_err(Failure::uncaught)?;
            let old = String::from_utf8_lossy(&old.unwrap_or_default()).into_owned();
            let table: toml::Table = old.parse().unwrap_or_default();
            if table
                .get("tool")
                .and_then(|tool| tool.get("alembic"))
                .is_some()
            {
                reporter.message(&format!(
                    "File {} already exists and already has a [tool.alembic] section, skipping",
                    toml.display()
                ));
            } else {
                let result = disk::append_file(&toml, &format!("\n\n{text}"));
                let doing = format!("Appending to existing {}", toml.display());
                reporter.status(&doing, result.is_ok());
                result.map_err(Failure::uncaught)?;
            }
        } else {
            write(&toml, &text, reporter)?;
        }
    }
    if ini.exists() {
        reporter.message(&format!("File {} already exists, skipping", ini.display()));
    } else {
        let text = kit.ini(&location(&files.ini)).map_err(failed)?;
        write(&ini, &text, reporter)?;
    }
    write(&root.join("env.py"), kit.env, reporter)?;
    write(
        &root.join("README"),
        &format!("{}\n", kit.synopsis),
        reporter,
    )?;
    write(&root.join("script.py.mako"), kit.script, reporter)?;
    if package {
        for folder in [root.clone(), root.join("versions")] {
            let path = folder.join("__init__.py");
            let result = disk::write_file(&path, "");
            reporter.status(&format!("Adding {}", path.display()), result.is_ok());
            result.map_err(Failure::uncaught)?;
        }
    }
    let words = if kit.pyproject {
        format!(
            "Please edit configuration settings in {} and configuration/connection/logging settings in {} before proceeding.",
            toml.display(),
            ini.display()
        )
    } else {
        format!(
            "Please edit configuration/connection/logging settings in {} before proceeding.",
            ini.display()
        )
    };
    reporter.message(&words);
    Ok(())
}

/// A path as it looks from a folder.
fn relative(path: &Path, from: &Path) -> String {
    let common = path
        .components()
        .zip(from.components())
        .take_while(|(left, right)| left == right)
        .count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common);
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    parts.join("/")
}

/// A revision to be written.
#[derive(Debug, Clone, Default)]
pub struct NewRevision {
    /// Its message.
    pub message: Option<String>,
    /// What it follows.
    pub heads: Vec<String>,
    /// Whether it may follow what is no head.
    pub splice: bool,
    /// A label for its branch.
    pub branch_label: Option<String>,
    /// The folder to write to.
    pub version_path: Option<String>,
    /// Its id; made up when missing.
    pub rev_id: Option<String>,
    /// What it depends on.
    pub depends_on: Vec<String>,
    /// Whether it is written as SQL files.
    pub native: bool,
    /// Whether post-write hooks may start programs.
    pub run_hooks: bool,
}

/// Writes a revision; returns its path.
pub fn revision(
    project: &Project,
    request: &NewRevision,
    reporter: &mut dyn Reporter,
) -> Result<PathBuf, Failure> {
    let graph = project.graph(reporter)?;
    let id = request.rev_id.clone().unwrap_or_else(new_id);
    check_id(&id)?;
    let heads = heads(&graph, request)?;
    let repeated = (1..heads.len()).any(|at| heads[..at].contains(&heads[at]));
    if repeated {
        return Err(Failure::command("Duplicate head revisions specified"));
    }
    let folder = folder(project, request, &graph, &heads)?;
    let date = CreateDate::now(project)?;
    let path = folder.join(if request.native && project.keeper() == Keeper::Stillway {
        let slug = slug(request.message.as_deref().unwrap_or_default(), 40);
        format!("{id}_{slug}").trim_end_matches('_').to_owned()
    } else if request.native {
        native_name(&folder, request, &date)?
    } else {
        file_name(project, request, &id, &date)?
    });
    if let Some(parent) = path.parent()
        && !parent.exists()
    {
        create_folder(parent, reporter)?;
    }
    if !request.splice {
        let not_head = heads.iter().find(|head| !graph.is_head(**head));
        if let Some(node) = not_head {
            return Err(Failure::command(format!(
                "Revision {} is not a head revision; please specify --splice to create a new branch from this revision",
                graph.id(*node)
            )));
        }
    }
    let depends_on = dependencies(&graph, request)?;
    let parents = graph.ids(heads.iter().copied());
    let names = Names {
        id: &id,
        parents,
        depends_on,
        message: request.message.as_deref().unwrap_or("empty message"),
        branch_label: request.branch_label.as_deref(),
    };
    let mut labels: Vec<String> = request.branch_label.iter().cloned().collect();
    if request.native {
        write_native(&path, &names, &date, reporter)?;
    } else {
        let text = write_python(project, &path, &names, &date, reporter)?;
        hooks(project, request, reporter)?;
        labels = written_labels(request, &path, &text)?;
    }
    if graph.find(&id).is_some() {
        reporter.warn(&format!("Revision {id} is present more than once"));
    }
    // As in the original, the file stands when this is found out.
    for label in &labels {
        if let Some(other) = graph.find(label) {
            return Err(Failure::uncaught(format!(
                "Branch name '{label}' in revision {id} already used by revision {}",
                graph.id(other)
            )));
        }
    }
    Ok(path)
}

struct Names<'n> {
    id: &'n str,
    parents: Vec<String>,
    depends_on: Vec<String>,
    message: &'n str,
    branch_label: Option<&'n str>,
}

/// Twelve hexadecimal digits.
fn new_id() -> String {
    format!("{:012x}", fastrand::u64(..) & 0xffff_ffff_ffff)
}

fn heads(graph: &RevisionGraph, request: &NewRevision) -> Result<Vec<Node>, Failure> {
    let found = graph.revisions_of(&request.heads).map_err(|error| {
        error.worded(Wording {
            several_heads: Some(
                "Multiple heads are present; please specify the head revision on which the new revision should be based, or perform a merge.",
            ),
            ..Wording::default()
        })
    })?;
    Ok(found.into_iter().filter_map(Spot::node).collect())
}

fn folder(
    project: &Project,
    request: &NewRevision,
    graph: &RevisionGraph,
    heads: &[Node],
) -> Result<PathBuf, Failure> {
    let locations = &project.version_locations;
    let chosen = match (&request.version_path, locations.as_slice()) {
        (Some(path), _) => normal(&project.environment.directory.join(path)),
        (None, [only]) => only.clone(),
        (None, _) => {
            let beside = heads
                .first()
                .and_then(|head| graph.revision(*head).path.parent());
            match beside {
                Some(folder) => folder.to_owned(),
                None => {
                    return Err(Failure::command(
                        "Multiple version locations present, please specify --version-path",
                    ));
                }
            }
        }
    };
    let known = locations.iter().any(|location| {
        *location == chosen || location.canonicalize().is_ok_and(|real| real == chosen)
    });
    if known {
        Ok(chosen)
    } else {
        let shown = request.version_path.clone();
        let shown = shown.unwrap_or_else(|| chosen.display().to_string());
        Err(Failure::command(format!(
            "Path {shown} is not represented in current version locations"
        )))
    }
}

/// Full ids, except for labels that the revision declares itself.
fn dependencies(graph: &RevisionGraph, request: &NewRevision) -> Result<Vec<String>, Failure> {
    let mut resolved = Vec::new();
    for name in &request.depends_on {
        // In another domain.
        if request.native && name.contains('@') {
            resolved.push(name.clone());
            continue;
        }
        let Some(node) = graph.one(name)?.node() else {
            return Err(Failure::uncaught("AssertionError"));
        };
        let is_label = graph.labels(node).any(|label| label == name);
        resolved.push(if is_label {
            name.clone()
        } else {
            graph.id(node).to_owned()
        });
    }
    Ok(resolved)
}

/// When a revision was made, in the zone that the configuration names.
enum CreateDate {
    Local(DateTime<Local>),
    Zone(Zoned),
}

impl CreateDate {
    fn now(project: &Project) -> Result<Self, Failure> {
        let Some(name) = project
            .config
            .option("timezone")?
            .filter(|name| !name.is_empty())
        else {
            return Ok(Self::Local(Local::now()));
        };
        let zone = jiff::tz::TimeZone::get(&name)
            .map_err(|_| Failure::command(format!("Can't locate timezone: {name}")))?;
        Ok(Self::Zone(Timestamp::now().to_zoned(zone)))
    }

    fn format(&self, form: &str) -> String {
        let shown = match self {
            Self::Local(date) => chrono::format::StrftimeItems::new(form)
                .parse()
                .ok()
                .map(|items| date.format_with_items(items.iter()).to_string()),
            Self::Zone(date) => strtime::format(form, date).ok(),
        };
        // A form of the template's author may be wrong; then it is shown as it is.
        shown.unwrap_or_else(|| form.to_owned())
    }

    /// As Python prints it: with an offset where there is a zone.
    fn shown(&self) -> String {
        match self {
            Self::Local(_) => self.format("%Y-%m-%d %H:%M:%S%.6f"),
            Self::Zone(_) => self.format("%Y-%m-%d %H:%M:%S%.6f%:z"),
        }
    }

    fn parts(&self) -> [(&'static str, i64); 7] {
        let (epoch, fields) = match self {
            Self::Local(date) => (
                date.timestamp(),
                [
                    i64::from(date.year()),
                    date.month().into(),
                    date.day().into(),
                    date.hour().into(),
                    date.minute().into(),
                    date.second().into(),
                ],
            ),
            Self::Zone(date) => (
                date.timestamp().as_second(),
                [
                    i64::from(date.year()),
                    date.month().into(),
                    date.day().into(),
                    date.hour().into(),
                    date.minute().into(),
                    date.second().into(),
                ],
            ),
        };
        let [year, month, day, hour, minute, second] = fields;
        [
            ("epoch", epoch),
            ("year", year),
            ("month", month),
            ("day", day),
            ("hour", hour),
            ("minute", minute),
            ("second", second),
        ]
    }
}

/// The words of a message, joined and cut to a length.
fn slug(message: &str, limit: usize) -> String {
    let words: Vec<&str> = message
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let slug = words.join("_").to_lowercase();
    if slug.chars().count() <= limit {
        return slug;
    }
    let cut: String = slug.chars().take(limit).collect();
    let kept = cut.rsplit_once('_').map_or(cut.as_str(), |(kept, _)| kept);
    format!("{kept}_")
}

/// The name of a native revision's directory: a time that sorts behind those that are there, as
/// diesel runs migrations in the order of their names.
fn native_name(folder: &Path, request: &NewRevision, date: &CreateDate) -> Result<String, Failure> {
    let mut version: u64 = date.format("%Y%m%d%H%M%S").parse().unwrap_or_default();
    let entries = disk::revision_entries(folder, false, METADATA).map_err(Failure::uncaught)?;
    let taken = entries
        .iter()
        .filter(|entry| entry.is_folder)
        .filter_map(|entry| entry.name.split('_').next()?.parse::<u64>().ok())
        .max();
    if let Some(taken) = taken {
        version = version.max(taken.saturating_add(1));
    }
    let slug = slug(request.message.as_deref().unwrap_or_default(), 40);
    let slug = if slug.is_empty() { "revision" } else { &slug };
    Ok(format!("{version}_{slug}"))
}

fn file_name(
    project: &Project,
    request: &NewRevision,
    id: &str,
    date: &CreateDate,
) -> Result<String, Failure> {
    let template = project.config.option("file_template")?;
    let template = template.unwrap_or_else(|| "%(rev)s_%(slug)s".to_owned());
    let limit = project.config.option("truncate_slug_length")?;
    let limit = match limit {
        None => 40,
        Some(text) => match text.trim().parse::<usize>() {
            Ok(0) => 40,
            Ok(limit) => limit,
            Err(_) => {
                return Err(Failure::uncaught(format!(
                    "ValueError: invalid literal for int() with base 10: '{text}'"
                )));
            }
        },
    };
    let slug = slug(request.message.as_deref().unwrap_or_default(), limit);
    let mut name = String::new();
    let mut rest = template.as_str();
    while let Some(at) = rest.find('%') {
        name.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            name.push('%');
            rest = behind;
            continue;
        }
        let wrong = || Failure::uncaught(format!("file_template `{template}` cannot be read"));
        let (key, behind) = rest
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .ok_or_else(wrong)?;
        let end = behind.find(['s', 'd', 'i']).ok_or_else(wrong)?;
        let width = &behind[..end];
        let text = match key {
            "rev" => id.to_owned(),
            "slug" => slug.clone(),
            key => {
                let parts = date.parts();
                let number = parts.iter().find(|(name, _)| *name == key);
                let (_, number) =
                    number.ok_or_else(|| Failure::uncaught(format!("KeyError: '{key}'")))?;
                let digits = width
                    .trim_start_matches(['.', '0'])
                    .parse()
                    .unwrap_or(0_usize);
                format!("{number:0digits$}")
            }
        };
        name.push_str(&text);
        rest = &behind[end + 1..];
    }
    name.push_str(rest);
    Ok(format!("{name}.py"))
}

fn scalar(names: &[String]) -> Constant {
    match names {
        [] => Constant::None,
        [only] => Constant::Text(only.clone()),
        several => Constant::Sequence(several.iter().cloned().map(Constant::Text).collect()),
    }
}

fn write_python(
    project: &Project,
    path: &Path,
    names: &Names<'_>,
    date: &CreateDate,
    reporter: &mut dyn Reporter,
) -> Result<String, Failure> {
    let template_path = project.script_directory.join("script.py.mako");
    let bytes = disk::read_file(&template_path)
        .unwrap_or_else(|| Err(format!("{} is missing", template_path.display())))
        .map_err(Failure::uncaught)?;
    let template = decode(&bytes)
        .map_err(|error| Failure::uncaught(format!("{}: {error}", template_path.display())))?;
    let text = |text: &str| Constant::Text(text.to_owned());
    let labels = names.branch_label.map_or(Constant::None, |label| {
        Constant::Sequence(vec![text(label)])
    });
    let dependencies = match scalar(&names.depends_on) {
        // The original collects them in a list, and its templates show it as one.
        Constant::Sequence(several) => Constant::List(several),
        other => other,
    };
    let values = HashMap::from([
        ("message".to_owned(), text(names.message)),
        ("up_revision".to_owned(), text(names.id)),
        ("down_revision".to_owned(), scalar(&names.parents)),
        ("branch_labels".to_owned(), labels),
        ("depends_on".to_owned(), dependencies),
        ("create_date".to_owned(), text(&date.shown())),
        ("imports".to_owned(), text("")),
        ("upgrades".to_owned(), text("")),
        ("downgrades".to_owned(), text("")),
    ]);
    let option = |name: &str| project.config.main_option(name).ok().flatten();
    let format = |form: &str| date.format(form);
    let rendered = render(
        &template,
        TemplateValues {
            names: values,
            option: &option,
            date: &format,
        },
    )
    .map_err(|error| Failure::command(format!("{}: {error}", template_path.display())))?;
    write(path, &rendered, reporter)?;
    Ok(rendered)
}

/// The labels in a file that a template made.
fn written_labels(request: &NewRevision, path: &Path, text: &str) -> Result<Vec<String>, Failure> {
    let Ok(written) = read(path, text) else {
        return Ok(Vec::new());
    };
    if let Some(label) = &request.branch_label
        && written.branch_labels.is_empty()
    {
        return Err(Failure::command(format!(
            "Version {} specified branch_labels {label}, however the migration file {} does not \
             have them; have you upgraded your script.py.mako to include the 'branch_labels' \
             section?",
            written.id,
            path.display()
        )));
    }
    Ok(written.branch_labels)
}

fn write_native(
    path: &Path,
    names: &Names<'_>,
    date: &CreateDate,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let list = |names: &[String]| {
        let items = names.iter().cloned().map(toml::Value::String).collect();
        toml::Value::Array(items)
    };
    let mut metadata = toml::Table::new();
    metadata.insert("revision".into(), names.id.into());
    metadata.insert("down_revision".into(), list(&names.parents));
    let labels: Vec<String> = names.branch_label.map(str::to_owned).into_iter().collect();
    metadata.insert("branch_labels".into(), list(&labels));
    metadata.insert("depends_on".into(), list(&names.depends_on));
    metadata.insert("message".into(), names.message.into());
    metadata.insert("create_date".into(), date.shown().into());
    metadata.insert("run_in_transaction".into(), true.into());
    create_folder(path, reporter)?;
    write(&path.join(METADATA), &metadata.to_string(), reporter)?;
    write(&path.join("up.sql"), "-- The way up.\n", reporter)?;
    write(&path.join("down.sql"), "-- The way down.\n", reporter)
}

/// Hooks start programs, so they are only named.
fn hooks(
    project: &Project,
    request: &NewRevision,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let hooks = project.config.post_write_hooks()?;
    if hooks.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = hooks.iter().map(|hook| hook.name.as_str()).collect();
    let names = names.join(", ");
    if request.run_hooks {
        return Err(Failure::uncaught(format!(
            "the file is written, but its post-write hooks cannot be run yet: {names}"
        ))
        .with_hint("run them yourself"));
    }
    reporter.warn(&format!(
        "the post-write hooks of the configuration start programs and were not run: {names}"
    ));
    Ok(())
}

/// The files of revisions, to be opened in an editor.
pub fn files_to_edit(
    project: &Project,
    name: &str,
    reporter: &mut dyn Reporter,
) -> Result<Vec<PathBuf>, Failure> {
    let graph = project.graph(reporter)?;
    let nodes = if name == "current" {
        let rows = super::current::rows(project, reporter)?;
        if rows.is_empty() {
            return Err(Failure::command("No current revisions"));
        }
        let mut nodes = Vec::new();
        for row in &rows {
            nodes.extend(super::listings::nodes(&graph, row)?);
        }
        nodes
    } else {
        let nodes = super::listings::nodes(&graph, name)?;
        if nodes.is_empty() {
            return Err(Failure::command(format!(
                "No revision files indicated by symbol '{name}'"
            )));
        }
        nodes
    };
    Ok(nodes
        .into_iter()
        .map(|node| graph.revision(node).path.clone())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for (message, expected) in [
            ("create users", "create_users"),
            ("", ""),
            (
                "Add Email! to the users_table & a very long message",
                "add_email_to_the_users_table_a_very_",
            ),
        ] {
            assert_eq!(slug(message, 40), expected);
        }
    }

    #[test]
    fn paths_from_folders() {
        let relative = |path: &str, from: &str| relative(Path::new(path), Path::new(from));
        assert_eq!(relative("/p/m", "/p"), "m");
        assert_eq!(relative("/p/m", "/p/c/d"), "../../m");
    }
}
