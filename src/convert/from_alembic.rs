//! Python revisions become native ones, where what they send does not depend on a database.

use std::collections::{BTreeMap, HashMap};

use md5::{Digest as _, Md5};

use super::chain::{Chain, ChainError, Member, NativeRevision, PythonRevision};
use super::{FileReport, Obstacle, alembic_file, guards, name};
use crate::dialect::alembic::native::{Metadata, Names};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::runtime::{Recorded, RevisionError, may_extend};
use crate::model::{Backend, Place};
use crate::sql::{SplitOptions, TransactionControl, split};

/// A Python revision, and what its bodies would send.
#[derive(Debug, Clone)]
pub struct AlembicRevision {
    /// What it says about itself.
    pub revision: Revision,
    /// Its file.
    pub bytes: Vec<u8>,
    /// The text of its file.
    pub text: String,
    /// The way up.
    pub up: Result<Vec<Recorded>, Box<RevisionError>>,
    /// The way down.
    pub down: Result<Vec<Recorded>, Box<RevisionError>>,
}

/// A revision of a directory of Alembic's.
#[derive(Debug, Clone)]
pub enum AlembicSource {
    /// A Python file.
    Python(Box<AlembicRevision>),
    /// A native revision, which stays one.
    Native(Box<NativeRevision>),
}

/// Converts what can be told of a chain; other revisions stay the Python files that they are.
///
/// # Errors
///
/// Revisions that make no chain.
pub fn from_alembic(
    sources: Vec<AlembicSource>,
    backend: Backend,
) -> Result<(Chain, Vec<FileReport>), ChainError> {
    let mut lines = HashMap::new();
    let mut members = Vec::new();
    for source in sources {
        let source = match source {
            AlembicSource::Native(native) => {
                let path = native.directory.clone();
                let reason = "it is a native revision already";
                lines.insert(
                    native.metadata.revision.clone(),
                    FileReport::kept(path, reason),
                );
                members.push(Member::Native(*native));
                continue;
            }
            AlembicSource::Python(source) => source,
        };
        let id = source.revision.id.clone();
        let path = source.revision.path.clone();
        match native(&source, backend) {
            Ok((native, notes)) => {
                let line = FileReport::converted(path, &native.directory);
                lines.insert(id, line.noting(notes));
                members.push(Member::Native(native));
            }
            Err(obstacle) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let line = FileReport {
                    target: Some(name.clone().into_owned()),
                    place: obstacle.place,
                    ..FileReport::kept(&path, obstacle.reason)
                };
                let foreign = may_extend(&source.text).then(|| {
                    "it imports modules that may be the project's own: they have to be found from the new folder".to_owned()
                });
                let mut notes: Vec<String> = foreign.into_iter().collect();
                notes.extend(disorder(&source));
                lines.insert(id, line.noting(notes));
                members.push(Member::Python(PythonRevision {
                    name: name.into_owned(),
                    revision: source.revision,
                    bytes: source.bytes,
                }));
            }
        }
    }
    let chain = Chain::ordered(members)?;
    let report = chain.members.iter();
    let report = report.filter_map(|member| lines.remove(member.id()));
    let report = report.collect();
    Ok((chain, report))
}

/// What is to be known of a revision that goes through names in the order in which a database lists
/// them. PostgreSQL promises none: it comes of where rows of its catalog lie, and these lie elsewhere
/// when each revision has a transaction of its own.
fn disorder(source: &AlembicRevision) -> Option<String> {
    const LISTS: [&str; 5] = [
        ".get_table_names(",
        ".get_view_names(",
        ".get_materialized_view_names(",
        ".get_temp_table_names(",
        ".get_sequence_names(",
    ];
    let lists = |line: &str| LISTS.iter().any(|word| line.contains(word));
    let lines = || source.text.lines().map(str::trim);
    let variables: Vec<&str> = lines()
        .filter(|line| lists(line))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name))
        .map(|name| name.split(':').next().unwrap_or(name).trim())
        .collect();
    let loops = |line: &str| {
        let through = line
            .strip_prefix("for ")
            .and_then(|rest| rest.split_once(" in "));
        through.is_some_and(|(_, through)| {
            let name = through.trim_end().trim_end_matches(':').trim_end();
            (lists(through) && !through.contains("sorted(")) || variables.contains(&name)
        })
    };
    let place = lines().position(loops)?;
    Some(format!(
        "line {}: it goes through names in the order in which the database lists them, which is not the same everywhere and may change what it does, because each revision now has a transaction of its own: sort the names, or compare the schema that it leaves with that of the original",
        place + 1
    ))
}

/// Words of a revision that make use of what a database has answered to a statement.
const ANSWERS: [&str; 5] = [
    ".rowcount",
    ".inserted_primary_key",
    ".lastrowid",
    ".returned_defaults",
    "get_x_argument",
];

fn native(
    source: &AlembicRevision,
    backend: Backend,
) -> Result<(NativeRevision, Vec<String>), Obstacle> {
    let AlembicRevision { revision, text, .. } = source;
    let written_by = alembic_file::read(revision, text, backend);
    let sum = hex::encode(Md5::digest(&source.bytes));
    let file = revision.path.file_name().unwrap_or_default();
    let file = file.to_string_lossy().into_owned();
    if let Some(mut native) = written_by {
        native.metadata.source = Some(file);
        native.metadata.source_md5 = Some(sum);
        return Ok((native, Vec::new()));
    }
    for word in ANSWERS {
        if let Some(offset) = text.find(word) {
            let place = crate::dialect::alembic::source::place(&revision.path, text, offset);
            let word = word.trim_start_matches('.');
            return Err(Obstacle::at(place, format!("it may depend on `{word}`")));
        }
    }
    let mut notes = Vec::new();
    let up = source
        .up
        .as_ref()
        .map_err(|error| obstacle(revision, error))?;
    let down = match &source.down {
        Ok(done) => Some(done),
        Err(error) if error.class == "no-function" => None,
        Err(error) if error.class == "raised" && error.statements.is_empty() => {
            notes.push(format!(
                "its way down only fails, with {}, so there is none",
                error.exception
            ));
            None
        }
        Err(error) => return Err(obstacle(revision, error)),
    };
    let bodies = [Some(up), down];
    let leaves = bodies
        .iter()
        .flatten()
        .any(|done| done.contains(&Recorded::Left));
    let mut files = BTreeMap::new();
    for (body, name) in bodies.into_iter().zip(["up.sql", "down.sql"]) {
        let Some(done) = body else { continue };
        let written = script(done, leaves, backend)
            .map_err(|reason| Obstacle::at(place_of(revision), format!("{name}: {reason}")))?;
        files.insert(name.to_owned(), written.into_bytes());
    }
    let (message, date) = documentation(revision);
    let metadata = Metadata {
        revision: revision.id.clone(),
        down_revision: Names::from(revision.down_revisions.clone()),
        branch_labels: Names::from(revision.branch_labels.clone()),
        depends_on: Names::from(revision.depends_on.clone()),
        create_date: date,
        run_in_transaction: !leaves,
        source: Some(file),
        source_md5: Some(sum),
        ..Metadata::default()
    };
    let native = NativeRevision {
        directory: name::directory(&revision.id, &message),
        metadata: Metadata {
            message,
            ..metadata
        },
        files,
    };
    Ok((native, notes))
}

fn place_of(revision: &Revision) -> Place {
    Place {
        path: revision.path.clone(),
        line: 1,
        column: 1,
    }
}

fn obstacle(revision: &Revision, error: &RevisionError) -> Obstacle {
    let mut reason = error.message.clone();
    if !error.exception.is_empty() {
        reason = format!("{}: {reason}", error.exception);
    }
    let place = error.place.clone().unwrap_or_else(|| place_of(revision));
    Obstacle::at(place, reason)
}

/// Message and date, without what the template adds between them.
fn documentation(revision: &Revision) -> (String, Option<String>) {
    let doc = &revision.doc;
    let marks = ["Revision ID:", "Revises:", "Create Date:"];
    let lines = || doc.lines().map(str::trim);
    let message: Vec<&str> = lines()
        .take_while(|line| !marks.iter().any(|mark| line.starts_with(mark)))
        .collect();
    let date = lines().find_map(|line| line.strip_prefix("Create Date:"));
    let date = date.map(|date| date.trim().to_owned());
    (message.join("\n").trim().to_owned(), date)
}

/// The text that sends what a body has sent. When one of the bodies leaves its transaction, each of
/// them opens its own.
fn script(done: &[Recorded], leaves: bool, backend: Backend) -> Result<String, String> {
    let mut text = String::new();
    let mut expected = 0;
    let mut open = false;
    let mut inside = true;
    let put = |text: &mut String, sql: &str| {
        text.push_str(sql);
        text.push_str("\n\n");
    };
    for one in &guards::with_block(done, backend)? {
        match one {
            // Nothing of these is left beside the block.
            Recorded::Asked(_) | Recorded::Branch(_) | Recorded::Raised(_) => {}
            Recorded::Left => {
                if std::mem::take(&mut open) {
                    put(&mut text, "COMMIT;");
                    expected += 1;
                }
                inside = false;
            }
            Recorded::Returned => inside = true,
            Recorded::Sent(sql) => {
                if leaves && inside && !open {
                    put(&mut text, "BEGIN;");
                    expected += 1;
                    open = true;
                }
                let (closed, count) = closed(sql.trim(), backend)?;
                put(&mut text, &closed);
                expected += count;
            }
        }
    }
    if open {
        put(&mut text, "COMMIT;");
        expected += 1;
    }
    let cut = split(&text, backend.flavor(), &SplitOptions::default());
    match cut {
        Ok(cut) if cut.len() == expected => {
            text.truncate(text.trim_end().len());
            if !text.is_empty() {
                text.push('\n');
            }
            Ok(text)
        }
        Ok(_) => Err("its statements would not be cut where they end".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A text with a delimiter behind its last statement, and how many statements it has.
pub(super) fn closed(sql: &str, backend: Backend) -> Result<(String, usize), String> {
    let cut = |text: &str| {
        split(text, backend.flavor(), &SplitOptions::default()).map_err(|error| error.to_string())
    };
    let statements = cut(sql)?;
    let controls = |control| {
        matches!(
            control,
            Some(
                TransactionControl::Begin
                    | TransactionControl::Commit
                    | TransactionControl::Rollback
            )
        )
    };
    if statements.iter().any(|one| controls(one.control)) {
        return Err("it begins or ends a transaction by a statement of its own".to_owned());
    }
    let count = statements.len();
    let is_closed =
        |text: &str| cut(&format!("{text}\nSELECT 1")).is_ok_and(|more| more.len() == count + 1);
    let ways = [sql.to_owned(), format!("{sql};"), format!("{sql}\n;")];
    let found = ways.into_iter().find(|text| is_closed(text));
    let found = found.ok_or("its statement cannot be told from the one behind it")?;
    Ok((found, count))
}
