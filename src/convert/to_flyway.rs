//! Native revisions become Flyway files.

use std::collections::HashSet;
use std::path::Path;

use super::chain::{Chain, ChainError, Member, NativeRevision};
use super::flyway_versions::versions;
use super::{Conversion, FileReport, Obstacle, OutputFile, name};
use crate::dialect::alembic::native::METADATA;
use crate::dialect::alembic::render::Body;
use crate::dialect::flyway::{FileName, Kind, NamingRules, Placeholders, compare_utf16};
use crate::model::{Backend, Place};
use crate::sql::{SplitOptions, split};

/// For whom the files are written.
#[derive(Debug, Clone)]
pub struct FlywayTarget {
    /// For which server.
    pub backend: Backend,
    /// How files are named.
    pub naming: NamingRules,
}

/// Converts a chain of native revisions into versioned, undo and repeatable migrations.
///
/// # Errors
///
/// Revisions that make no chain.
pub fn to_flyway(
    chain: &Chain,
    folder: &Path,
    target: &FlywayTarget,
) -> Result<Conversion, ChainError> {
    let graph = chain.graph()?;
    let mut writer = Writer {
        folder,
        target,
        conversion: Conversion::default(),
        taken: HashSet::new(),
    };
    let (repeatable, versioned): (Vec<&Member>, Vec<&Member>) = chain
        .members
        .iter()
        .partition(|member| member.is_repeatable());
    let natives: Vec<&NativeRevision> = versioned
        .into_iter()
        .filter_map(|member| writer.native(member))
        .collect();
    let known: Vec<Option<&str>> = natives
        .iter()
        .map(|native| native.metadata.flyway_version.as_deref())
        .collect();
    let ids: Vec<&str> = natives
        .iter()
        .map(|native| native.metadata.revision.as_str())
        .collect();
    match versions(&known, &ids) {
        Err(obstacle) => {
            let line = FileReport::refused(folder, obstacle);
            writer.conversion.report.push(line);
        }
        Ok(versions) => {
            for (native, version) in natives.into_iter().zip(versions) {
                let merges = graph
                    .find(&native.metadata.revision)
                    .is_some_and(|node| graph.is_merge_point(node) || graph.is_branch_point(node));
                writer.versioned(native, &version, merges);
            }
        }
    }
    let repeatable = repeatable.into_iter();
    let natives: Vec<&NativeRevision> = repeatable
        .filter_map(|member| writer.native(member))
        .collect();
    writer.repeatable(&natives);
    Ok(writer.conversion)
}

struct Writer<'w> {
    folder: &'w Path,
    target: &'w FlywayTarget,
    conversion: Conversion,
    /// Names of files so far.
    taken: HashSet<String>,
}

impl Writer<'_> {
    /// A revision that has SQL of its own and nothing that Flyway could not do.
    fn native<'m>(&mut self, member: &'m Member) -> Option<&'m NativeRevision> {
        let obstacle = match member {
            Member::Python(_) => Some(Obstacle::new(
                "it is a Python revision: convert it to SQL first",
            )),
            Member::Native(native) => Self::guard(native),
        };
        match (obstacle, member) {
            (None, Member::Native(native)) => Some(native),
            (obstacle, _) => {
                let obstacle = obstacle.unwrap_or_else(|| Obstacle::new("it has no SQL"));
                let source = self.folder.join(member.name());
                self.conversion
                    .report
                    .push(FileReport::refused(source, obstacle));
                None
            }
        }
    }

    fn guard(native: &NativeRevision) -> Option<Obstacle> {
        let metadata = &native.metadata;
        if metadata.guards().is_empty() {
            return None;
        }
        let key = if metadata.skip_if_exists.is_empty() {
            "skip_if_missing"
        } else {
            "skip_if_exists"
        };
        Some(Obstacle::new(format!(
            "its {METADATA} has `{key}`, and Flyway cannot leave a migration out by the tables that there are"
        )))
    }

    fn versioned(&mut self, native: &NativeRevision, version: &str, joins: bool) {
        let naming = &self.target.naming;
        let path = self.folder.join(&native.directory);
        let original = self.original_name(native, version);
        let (script, undo) = original.unwrap_or_else(|| {
            let described = match name::slug(first_line(native)) {
                slug if slug.is_empty() => name::slug(&native.metadata.revision),
                slug => slug,
            };
            let rest = format!("{version}{}{described}", naming.separator);
            (
                self.sql(&format!("{}{rest}", naming.versioned)),
                self.sql(&format!("{}{rest}", naming.undo)),
            )
        });
        let mut line = FileReport::converted(path, &script);
        if joins {
            line.notes
                .push("Flyway has no branches: it runs where the chain's order has it".to_owned());
        }
        if !native.metadata.branch_labels.is_empty() {
            line.notes.push("Flyway has no branch labels".to_owned());
        }
        if native
            .metadata
            .depends_on
            .clone()
            .list()
            .iter()
            .any(|name| name.contains('@'))
        {
            line.notes
                .push("Flyway does not know what it depends on in other domains".to_owned());
        }
        let written = self
            .body(native, Body::Upgrade, &script)
            .and_then(|()| self.body(native, Body::Downgrade, &undo));
        self.finish(line, written);
    }

    fn repeatable(&mut self, natives: &[&NativeRevision]) {
        let naming = &self.target.naming;
        let original = |native: &NativeRevision| {
            let source = native.metadata.source.clone()?;
            match naming.parse(source.rsplit('/').next().unwrap_or_default()) {
                FileName::Migration {
                    kind: Kind::Repeatable,
                    description,
                    ..
                } => Some((source, description)),
                _ => None,
            }
        };
        let mut originals: Vec<Option<(String, String)>> =
            natives.iter().map(|native| original(native)).collect();
        let mut descriptions: Vec<String> = natives
            .iter()
            .zip(&originals)
            .map(|(native, original)| match original {
                Some((_, description)) => description.clone(),
                None => first_line(native).to_owned(),
            })
            .collect();
        let in_order = descriptions
            .array_windows()
            .all(|[left, right]| compare_utf16(left, right).is_lt());
        if !in_order || descriptions.iter().any(String::is_empty) {
            let texts: Vec<&str> = descriptions.iter().map(String::as_str).collect();
            descriptions = name::sorted("", &texts, usize::MAX);
            originals.fill(None);
        }
        let names: Vec<String> = descriptions
            .iter()
            .zip(originals)
            .map(|(description, original)| {
                if let Some((source, _)) = original {
                    return source;
                }
                let described = description.replace([' ', '/', '\\'], "_");
                self.sql(&format!(
                    "{}{}{described}",
                    naming.repeatable, naming.separator
                ))
            })
            .collect();
        for (native, script) in natives.iter().zip(names) {
            let line = FileReport::converted(self.folder.join(&native.directory), &script);
            let written = self.body(native, Body::Upgrade, &script);
            self.finish(line, written);
        }
    }

    fn sql(&self, stem: &str) -> String {
        let suffix = self.target.naming.suffixes.first();
        format!("{stem}{}", suffix.map_or(".sql", String::as_str))
    }

    fn finish(&mut self, line: FileReport, written: Result<(), Obstacle>) {
        self.conversion.report.push(match written {
            Ok(()) => line,
            Err(obstacle) => FileReport::refused(line.source, obstacle),
        });
    }

    /// The names that a revision's files had in Flyway, where it came from there.
    fn original_name(&self, native: &NativeRevision, version: &str) -> Option<(String, String)> {
        let naming = &self.target.naming;
        let source = native.metadata.source.as_deref()?;
        let (folder, bare) = source
            .rsplit_once('/')
            .map_or(("", source), |(folder, bare)| {
                (&source[..=folder.len()], bare)
            });
        match naming.parse(bare) {
            FileName::Migration {
                kind: kind @ (Kind::Versioned | Kind::Baseline),
                version: Some(found),
                ..
            } if found.text() == version => {
                let prefix = match kind {
                    Kind::Baseline => &naming.baseline,
                    _ => &naming.versioned,
                };
                let undo = format!("{folder}{}{}", naming.undo, &bare[prefix.len()..]);
                Some((source.to_owned(), undo))
            }
            _ => None,
        }
    }

    /// Writes one body, with the settings that it needs.
    fn body(&mut self, native: &NativeRevision, body: Body, script: &str) -> Result<(), Obstacle> {
        let Some((file, bytes)) = native.file(body, self.target.backend) else {
            return match body {
                Body::Upgrade if native.is_empty_merge() => {
                    let path = script.to_owned();
                    let bytes = Vec::new();
                    self.conversion.files.push(OutputFile { path, bytes });
                    Ok(())
                }
                Body::Upgrade => Err(Obstacle::new("it has no up.sql")),
                Body::Downgrade => Ok(()),
            };
        };
        if !self.taken.insert(script.to_lowercase()) {
            let words = format!("another revision has become {script}, too");
            return Err(Obstacle::new(words));
        }
        let path = self.folder.join(&native.directory).join(file);
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Obstacle::new(format!("{} is not UTF-8", path.display())))?;
        let mut settings = Vec::new();
        if !native.metadata.placeholders && Placeholders::new([], "${", "}").replace(text).is_err()
        {
            settings.push("placeholderReplacement=false\n");
        }
        let statements = split(text, self.target.backend.flavor(), &SplitOptions::default());
        let statements = statements.map_err(|error| {
            let place = Place {
                path: path.clone(),
                line: error.line(),
                column: error.column(),
            };
            Obstacle::at(place, error.to_string())
        })?;
        let outside = statements.iter().filter(|one| !one.transactional_in_flyway);
        // What Flyway would do without being told.
        let alone = match outside.count() {
            0 => Some(true),
            all if all == statements.len() => Some(false),
            _ => None,
        };
        // A way down with one statement only is the same either way.
        let either = body == Body::Downgrade
            && alone == Some(true)
            && statements.len() == 1
            && statements.iter().all(|one| one.control.is_none());
        match native.metadata.run_in_transaction {
            wanted if either || alone == Some(wanted) => {}
            true => settings.push("executeInTransaction=true\n"),
            false => settings.push("executeInTransaction=false\n"),
        }
        let mut put = |path: String, bytes: Vec<u8>| {
            self.conversion.files.push(OutputFile { path, bytes });
        };
        put(script.to_owned(), bytes.to_owned());
        if !settings.is_empty() {
            put(format!("{script}.conf"), settings.concat().into_bytes());
        }
        Ok(())
    }
}

fn first_line(native: &NativeRevision) -> &str {
    native.metadata.message.lines().next().unwrap_or_default()
}
