//! A stream of migrations joins a chain: it stays a branch with a base of its own, so that a database
//! that has run only one of the two still runs the other, and a merge stands behind both.
//!
//! A migration of the stream that makes tables which the chain makes as well is guarded by these, and
//! one that reads tables which nobody makes is cut at the boundary of a statement: what it makes, and
//! what it copies where there is something to copy from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::chain::{Chain, ChainError, Member, NativeRevision};
use super::{Fate, FileReport, Obstacle, name};
use crate::dialect::alembic::native::{Metadata, Names, TableName};
use crate::dialect::alembic::render::Body;
use crate::model::{Backend, Place};
use crate::sql::summary::{Action, Moment, ObjectKind, Session, Summary, Touch, summarize};
use crate::sql::{SplitOptions, Statement, line_and_column, split};

/// A table by schema and name, as the server stores them.
type Table = (String, String);

/// Tables that other domains make, and what has to be needed to have them: `auth@0001`.
pub type Elsewhere = BTreeMap<Table, String>;

/// What is to be joined.
#[derive(Debug, Clone, Copy)]
pub struct JoinSource<'j> {
    /// The chain.
    pub chain: &'j Chain,
    /// The stream.
    pub stream: &'j Chain,
    /// The head of the chain behind which they meet.
    pub at: &'j str,
    /// The id of the merge.
    pub merge: &'j str,
    /// What other domains make.
    pub elsewhere: &'j Elsewhere,
    /// For which server.
    pub backend: Backend,
    /// Where names without a schema are looked for.
    pub search_path: &'j [String],
}

/// Joins a stream to a chain. The report has a line for each revision of the stream.
///
/// # Errors
///
/// Revisions that make no chain.
pub fn join(source: JoinSource<'_>) -> Result<(Chain, Vec<FileReport>), ChainError> {
    let mut joining = Joining {
        source,
        made: BTreeMap::new(),
        plain: BTreeSet::new(),
        own: BTreeSet::new(),
        members: source.chain.members.clone(),
        report: Vec::new(),
        renamed: BTreeMap::new(),
    };
    if let Err(obstacle) = joining.check()? {
        joining
            .report
            .push(FileReport::refused(source.at, obstacle));
        return Ok((source.chain.clone(), joining.report));
    }
    joining.learn();
    for member in &source.stream.members {
        let line = joining.member(member);
        joining.report.push(line);
    }
    if joining.report.iter().any(|line| line.fate == Fate::Refused) {
        return Ok((source.chain.clone(), joining.report));
    }
    joining.merge()?;
    let mut chain = Chain::ordered(joining.members)?;
    let lines = guard_later(&mut chain, &joining.made, &joining.plain);
    joining.report.extend(lines);
    Ok((chain, joining.report))
}

/// Guards the revisions of the chain that run behind the stream's on an empty database and would fail
/// because the tables are there.
fn guard_later(
    chain: &mut Chain,
    made: &BTreeMap<Table, String>,
    plain: &BTreeSet<Table>,
) -> Vec<FileReport> {
    let mut lines = Vec::new();
    let mut before: BTreeSet<TableName> = BTreeSet::new();
    for member in &mut chain.members {
        let Member::Native(native) = member else {
            continue;
        };
        let own: BTreeSet<Table> = made
            .iter()
            .filter(|(_, id)| **id == native.metadata.revision)
            .map(|(table, _)| table.clone())
            .collect();
        let names = listed(&own);
        let meets = names.iter().any(|name| before.contains(name));
        let fails = own.iter().any(|table| plain.contains(table));
        if meets && fails && native.metadata.guards().is_empty() {
            if names.iter().all(|name| before.contains(name)) {
                let note = format!(
                    "recorded without running where {} exists, which the stream makes as well",
                    words(&names)
                );
                native.metadata.skip_if_exists = names;
                let line = FileReport::converted(&native.directory, &native.directory);
                lines.push(line.noting(vec![note]));
            } else {
                let reason = "it runs behind the stream on an empty database and makes tables that the stream has made, and others: write CREATE TABLE IF NOT EXISTS where that is so";
                lines.push(FileReport::refused(
                    &native.directory,
                    Obstacle::new(reason),
                ));
            }
            continue;
        }
        before.extend(native.metadata.skip_if_exists.iter().cloned());
    }
    lines
}

struct Joining<'j> {
    source: JoinSource<'j>,
    /// Tables of the chain, and the revision that makes each.
    made: BTreeMap<Table, String>,
    /// Those of them whose creation fails where they are.
    plain: BTreeSet<Table>,
    /// Tables of the stream so far.
    own: BTreeSet<Table>,
    members: Vec<Member>,
    report: Vec<FileReport>,
    /// The last part of each revision of the stream that was cut.
    renamed: BTreeMap<String, String>,
}

/// A revision of the stream, looked at.
struct Script<'s> {
    path: PathBuf,
    text: &'s str,
    statements: Vec<Statement>,
    summaries: Vec<Summary>,
}

impl Script<'_> {
    fn place(&self, offset: usize) -> Place {
        let (line, column) = line_and_column(self.text, offset);
        Place {
            path: self.path.clone(),
            line,
            column,
        }
    }
}

fn is_relation(touch: &Touch) -> bool {
    matches!(
        touch.kind,
        ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView
    )
}

/// Where a touch creates a relation that stays.
fn created(touch: &Touch) -> Option<Table> {
    match touch.action {
        Action::Creates {
            temporary: false, ..
        } if is_relation(touch) => {
            let schema = touch.schemas().next().unwrap_or_default();
            Some((schema.to_owned(), touch.name.name.clone()))
        }
        _ => None,
    }
}

fn listed(tables: &BTreeSet<Table>) -> Vec<TableName> {
    let name = |(schema, name): &Table| {
        TableName::stored(Some(&**schema).filter(|schema| !schema.is_empty()), name)
    };
    tables.iter().map(name).collect()
}

fn words(tables: &[TableName]) -> String {
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    names.join(", ")
}

impl<'j> Joining<'j> {
    /// Whether the two can be joined there.
    fn check(&self) -> Result<Result<(), Obstacle>, ChainError> {
        let JoinSource {
            chain,
            stream,
            at,
            merge,
            ..
        } = self.source;
        let graph = chain.graph()?;
        let Some(node) = graph.find(at) else {
            let words = format!("there is no revision `{at}` to join behind");
            return Ok(Err(Obstacle::new(words)));
        };
        if !graph.is_real_head(node) {
            let heads = graph.ids(graph.heads().iter().copied()).join(", ");
            return Ok(Err(Obstacle::new(format!(
                "a database that is beyond `{at}` would take the stream for applied: join behind a head, {heads}"
            ))));
        }
        let ids: BTreeSet<&str> = chain.members.iter().map(Member::id).collect();
        let twin = stream.members.iter().map(Member::id);
        let twin = twin.chain([merge]).find(|id| ids.contains(id));
        Ok(match twin {
            Some(id) => Err(Obstacle::new(format!("both have a revision `{id}`"))),
            None => Ok(()),
        })
    }

    fn session(&self) -> Session {
        Session::new(self.source.search_path.iter().cloned())
    }

    fn summaries(&self, text: &str) -> Vec<Summary> {
        summarize(text, self.source.backend.flavor(), &mut self.session())
    }

    /// Learns which tables the chain makes.
    fn learn(&mut self) {
        for member in &self.source.chain.members {
            let Member::Native(native) = member else {
                continue;
            };
            let file = native.file(Body::Upgrade, self.source.backend);
            let Some(text) = file.and_then(|(_, bytes)| std::str::from_utf8(bytes).ok()) else {
                continue;
            };
            let summaries = self.summaries(text);
            for touch in summaries.iter().flat_map(|summary| &summary.touches) {
                if let Some(table) = created(touch) {
                    let id = native.metadata.revision.clone();
                    if matches!(
                        touch.action,
                        Action::Creates {
                            if_not_exists: false,
                            or_replace: false,
                            ..
                        }
                    ) {
                        self.plain.insert(table.clone());
                    }
                    self.made.entry(table).or_insert(id);
                }
            }
        }
    }

    /// Takes a revision of the stream over.
    fn member(&mut self, member: &'j Member) -> FileReport {
        let native = match member {
            Member::Native(native) => native,
            Member::Python(python) => {
                let mut python = python.clone();
                for parent in &mut python.revision.down_revisions {
                    if self.renamed.contains_key(parent) {
                        let reason = "its parent had to be cut in two, and its own file names it";
                        return FileReport::refused(&python.name, Obstacle::new(reason));
                    }
                }
                let line = FileReport::converted(&python.name, &python.name);
                self.members.push(Member::Python(python));
                return line;
            }
        };
        let source = native.metadata.source.as_ref();
        let path = PathBuf::from(source.unwrap_or(&native.directory));
        match self.native(native, &path) {
            Ok((parts, notes)) => {
                let targets: Vec<&str> = parts.iter().map(|part| &*part.directory).collect();
                let line = FileReport::converted(path, targets.join(", ")).noting(notes);
                self.members.extend(parts.into_iter().map(Member::Native));
                line
            }
            Err(obstacle) => FileReport::refused(path, obstacle),
        }
    }

    fn native(
        &mut self,
        native: &'j NativeRevision,
        path: &std::path::Path,
    ) -> Result<(Vec<NativeRevision>, Vec<String>), Obstacle> {
        let mut first = native.clone();
        let parents = first.metadata.down_revision.list();
        let parents = parents.into_iter().map(|parent| {
            let last = self.renamed.get(&parent);
            last.cloned().unwrap_or(parent)
        });
        first.metadata.down_revision = Names::from(parents.collect::<Vec<_>>());
        let Some((file, bytes)) = native.file(Body::Upgrade, self.source.backend) else {
            return Ok((vec![first], Vec::new()));
        };
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Obstacle::new(format!("{file} is not UTF-8")))?;
        let options = SplitOptions::default();
        let statements = split(text, self.source.backend.flavor(), &options).map_err(|error| {
            let place = Place {
                path: path.to_owned(),
                line: error.line(),
                column: error.column(),
            };
            Obstacle::at(place, error.to_string())
        })?;
        let script = Script {
            path: path.to_owned(),
            text,
            statements,
            summaries: self.summaries(text),
        };
        self.examine(&script, first, file)
    }

    /// Guards a revision, and cuts it where it begins to read what nobody makes.
    fn examine(
        &mut self,
        script: &Script<'_>,
        mut first: NativeRevision,
        file: &str,
    ) -> Result<(Vec<NativeRevision>, Vec<String>), Obstacle> {
        let mut makes = BTreeSet::new();
        let mut missing = BTreeSet::new();
        let mut needs = [BTreeSet::new(), BTreeSet::new()];
        let mut cut = None;
        for (at, summary) in script.summaries.iter().enumerate() {
            makes.extend(summary.touches.iter().filter_map(created));
            let touched = summary.touches.iter();
            let found: Vec<Found> = touched
                .filter_map(|touch| self.lookup(touch, &makes))
                .collect();
            if found.iter().any(|one| matches!(one, Found::Nowhere(_))) {
                cut.get_or_insert(at);
            }
            for one in found {
                match one {
                    Found::Here => {}
                    Found::Elsewhere(need) => {
                        needs[usize::from(cut.is_some())].insert(need);
                    }
                    Found::Nowhere(table) => {
                        missing.insert(table);
                    }
                }
            }
        }
        let mut notes = Vec::new();
        self.guard(&mut first, &makes, script, &mut notes)?;
        self.own.extend(makes);
        let [own_needs, data_needs] = needs;
        let Some(cut) = cut else {
            depend(&mut first.metadata, own_needs);
            return Ok((vec![first], notes));
        };
        let missing = listed(&missing);
        if cut == 0 {
            notes.push(format!("left out where there is no {}", words(&missing)));
            depend(&mut first.metadata, data_needs);
            first.metadata.skip_if_missing = missing;
            return Ok((vec![first], notes));
        }
        check_data(script, cut)?;
        let start = script.statements[cut].span.start;
        let place = script.place(start);
        notes.push(format!(
            "cut in front of line {}: what follows is left out where there is no {}",
            place.line,
            words(&missing)
        ));
        let before = &script.statements[..cut];
        let settings: Vec<&str> = before
            .iter()
            .filter(|statement| statement.keywords.split(' ').next() == Some("SET"))
            .map(|statement| &script.text[statement.code_start..statement.span.end])
            .collect();
        let mut rest = String::new();
        for setting in &settings {
            rest.push_str(setting);
            rest.push_str(";\n");
        }
        if !settings.is_empty() {
            notes.push(format!("the second part repeats {}", settings.join("; ")));
        }
        rest.push_str(&script.text[start..]);
        let id = first.metadata.revision.clone();
        let second_id = name::short(&format!("{id}_data"));
        let message = format!("{}, data", first.metadata.message);
        let mut files = BTreeMap::from([(file.to_owned(), rest.into_bytes())]);
        if first.file(Body::Downgrade, self.source.backend).is_some() {
            let words = format!("-- The way down of {id} takes the rows along.\n");
            files.insert("down.sql".to_owned(), words.into_bytes());
        }
        let mut second = NativeRevision {
            directory: name::directory(&second_id, first.metadata.message.as_str()),
            metadata: Metadata {
                revision: second_id.clone(),
                down_revision: Names::One(id.clone()),
                branch_labels: Names::None,
                depends_on: Names::None,
                message,
                skip_if_exists: Vec::new(),
                skip_if_missing: missing,
                ..first.metadata.clone()
            },
            files,
        };
        depend(&mut first.metadata, own_needs);
        depend(&mut second.metadata, data_needs);
        let head = script.text.as_bytes()[..start].to_vec();
        first.files.insert(file.to_owned(), head);
        self.renamed.insert(id, second_id);
        Ok((vec![first, second], notes))
    }

    /// Where a relation is that a statement works on; nothing where it makes no difference.
    fn lookup(&self, touch: &Touch, makes: &BTreeSet<Table>) -> Option<Found> {
        let works = matches!(
            touch.action,
            Action::Reads | Action::Writes | Action::References | Action::Alters
        );
        if !works || !is_relation(touch) || touch.moment == Moment::Deferred {
            return None;
        }
        let mut last = None;
        for schema in touch.schemas() {
            if schema.starts_with("pg_") || schema == "information_schema" {
                return None;
            }
            let table = (schema.to_owned(), touch.name.name.clone());
            let known = [&self.own, makes]
                .iter()
                .any(|tables| tables.contains(&table));
            if known || self.made.contains_key(&table) {
                return Some(Found::Here);
            }
            if let Some(need) = self.source.elsewhere.get(&table) {
                return Some(Found::Elsewhere(need.clone()));
            }
            last.get_or_insert(table);
        }
        // A name that may be the server's own.
        let is_system = touch.name.schema.is_none() && touch.name.name.starts_with("pg_");
        last.filter(|_| !is_system).map(Found::Nowhere)
    }

    /// Guards a revision by the tables that the chain makes as well.
    fn guard(
        &self,
        first: &mut NativeRevision,
        makes: &BTreeSet<Table>,
        script: &Script<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(), Obstacle> {
        let both: BTreeSet<Table> = makes
            .iter()
            .filter(|table| self.made.contains_key(*table))
            .cloned()
            .collect();
        if both.is_empty() {
            return Ok(());
        }
        if let Some(other) = makes.difference(&both).next() {
            let touches = script.summaries.iter().flat_map(|one| &one.touches);
            let mut touches = touches.filter(|touch| created(touch).as_ref() == Some(other));
            let offset = touches.next().map_or(0, |touch| touch.offset);
            let maker = both.first().and_then(|table| self.made.get(table));
            return Err(Obstacle::at(
                script.place(offset),
                format!(
                    "it makes {}, which nobody else makes, and {}, which {} makes as well: divide it into one migration for each",
                    words(&listed(&BTreeSet::from([other.clone()]))),
                    words(&listed(&both)),
                    maker.map_or("another revision", String::as_str),
                ),
            ));
        }
        let tables = listed(&both);
        let makers: BTreeSet<&String> = both
            .iter()
            .filter_map(|table| self.made.get(table))
            .collect();
        let makers: Vec<&str> = makers.into_iter().map(String::as_str).collect();
        notes.push(format!(
            "recorded without running where {} exists, which {} makes as well",
            words(&tables),
            makers.join(", ")
        ));
        first.metadata.skip_if_exists = tables;
        Ok(())
    }

    /// Puts the merge behind both.
    fn merge(&mut self) -> Result<(), ChainError> {
        let stream = self.source.stream.graph()?;
        let heads = stream.ids(stream.heads().iter().copied()).into_iter();
        let heads = heads.map(|head| self.renamed.get(&head).cloned().unwrap_or(head));
        let parents: Vec<String> = [self.source.at.to_owned()]
            .into_iter()
            .chain(heads)
            .collect();
        let words = format!("-- Joins {}.\n", parents.join(", ")).into_bytes();
        let id = self.source.merge.to_owned();
        self.members.push(Member::Native(NativeRevision {
            directory: id.clone(),
            metadata: Metadata {
                revision: id,
                message: format!("join {}", parents.join(" and ")),
                down_revision: Names::from(parents),
                ..Metadata::default()
            },
            files: BTreeMap::from([
                ("up.sql".to_owned(), words.clone()),
                ("down.sql".to_owned(), words),
            ]),
        }));
        Ok(())
    }
}

/// Where a relation is.
enum Found {
    /// In the chain or the stream.
    Here,
    /// In another domain.
    Elsewhere(String),
    /// Nobody makes it.
    Nowhere(Table),
}

fn depend(metadata: &mut Metadata, needs: BTreeSet<String>) {
    let mut names = std::mem::take(&mut metadata.depends_on).list();
    names.extend(needs);
    metadata.depends_on = Names::from(names);
}

/// Checks that what is left out together is nothing but data.
fn check_data(script: &Script<'_>, cut: usize) -> Result<(), Obstacle> {
    let control = script.statements.iter().find(|one| one.control.is_some());
    if let Some(statement) = control {
        return Err(Obstacle::at(
            script.place(statement.code_start),
            "it would have to be cut in two, and it opens or ends transactions itself",
        ));
    }
    let changes = |touch: &&Touch| {
        !matches!(
            touch.action,
            Action::Reads
                | Action::Writes
                | Action::Calls
                | Action::UsesType
                | Action::Creates {
                    temporary: true,
                    ..
                }
        )
    };
    let rest = script.summaries[cut..].iter().flat_map(|one| &one.touches);
    match rest.into_iter().find(changes) {
        None => Ok(()),
        Some(touch) => Err(Obstacle::at(
            script.place(touch.offset),
            format!(
                "behind the first statement that reads what nobody makes, it changes more than rows: {} would be left out as well; move this in front of the data",
                touch.name
            ),
        )),
    }
}
