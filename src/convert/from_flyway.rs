//! Flyway files become native revisions.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use md5::{Digest as _, Md5};

use super::chain::{Chain, Member, NativeRevision};
use super::{FileReport, Obstacle, name};
use crate::dialect::alembic::native::{Metadata, Names};
use crate::dialect::flyway::{
    FlywayCatalog, FlywayMigration, Kind, PlaceholderError, ReadOptions, Version, compare_utf16,
    decode_text,
};
use crate::model::{Backend, Place};
use crate::sql::{SplitOptions, line_and_column, offset_of, split};

/// What is converted, and the settings that decide what it means.
#[derive(Debug, Clone, Copy)]
pub struct FlywaySource<'s> {
    /// The files as Flyway understands them, without values of placeholders.
    pub catalog: &'s FlywayCatalog,
    /// The bytes of all files below the locations.
    pub files: &'s BTreeMap<PathBuf, Vec<u8>>,
    /// How the files are read.
    pub options: &'s ReadOptions,
    /// For which server.
    pub backend: Backend,
    /// The name of Flyway's history table.
    pub history_table: &'s str,
    /// Whether scripts run in a transaction unless they say otherwise.
    pub execute_in_transaction: bool,
    /// Whether a script may mix statements that can run in a transaction with others.
    pub mixed: bool,
}

/// How a script may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Transaction,
    Autocommit,
    /// It makes no difference.
    Either,
}

/// An SQL file, looked at.
struct Body {
    /// What is written to `up.sql` or `down.sql`.
    bytes: Vec<u8>,
    md5: String,
    mode: Mode,
    /// What its own settings say about transactions.
    explicit: Option<bool>,
    /// Whether placeholders are replaced in it; nothing where it has none.
    placeholders: Option<bool>,
    notes: Vec<String>,
}

/// Converts versioned, undo and repeatable migrations into a chain of native revisions.
pub fn from_flyway(source: FlywaySource<'_>) -> (Chain, Vec<FileReport>) {
    let mut conversion = Converter {
        source,
        chain: Chain::default(),
        report: Vec::new(),
        undone: HashSet::new(),
    };
    conversion.versioned();
    conversion.repeatable();
    conversion.others();
    (conversion.chain, conversion.report)
}

struct Converter<'s> {
    source: FlywaySource<'s>,
    chain: Chain,
    report: Vec<FileReport>,
    /// Paths of the undo migrations that have found their revision.
    undone: HashSet<&'s Path>,
}

impl<'s> Converter<'s> {
    fn versioned(&mut self) {
        let catalog = self.source.catalog;
        let of_kind = |kind| {
            let all = catalog.migrations.iter();
            all.filter(move |migration| migration.kind == kind)
        };
        let baseline = of_kind(Kind::Baseline)
            .filter(|migration| !migration.program)
            .max_by(|left, right| left.version.cmp(&right.version));
        for other in of_kind(Kind::Baseline) {
            if baseline.is_none_or(|baseline| baseline.source.path != other.source.path) {
                let reason = "a later baseline migration stands for this one as well";
                self.keep(&other.source.path, reason);
            }
        }
        let start = baseline.and_then(|baseline| baseline.version.as_ref());
        let mut parent = None;
        if let Some(baseline) = baseline {
            let note = "a fresh database starts here; an existing one has to have reached this version before it is adopted";
            parent = self.member(baseline, "B", None, vec![note.to_owned()]);
        }
        for migration in of_kind(Kind::Versioned) {
            if let (Some(start), Some(version)) = (start, &migration.version)
                && version <= start
            {
                let reason = format!("the baseline migration {start} stands for it");
                self.keep(&migration.source.path, reason);
                continue;
            }
            if let Some(id) = self.member(migration, "V", parent.clone(), Vec::new()) {
                parent = Some(id);
            }
        }
    }

    fn keep(&mut self, path: &Path, reason: impl Into<String>) {
        self.report.push(FileReport::kept(path, reason));
    }

    /// Converts a versioned or baseline migration with what takes it back; gives its id.
    fn member(
        &mut self,
        migration: &'s FlywayMigration,
        prefix: &str,
        parent: Option<String>,
        mut notes: Vec<String>,
    ) -> Option<String> {
        let path = &migration.source.path;
        let body = match Self::runs(migration).and_then(|()| self.body(migration)) {
            Ok(body) => body,
            Err(Verdict::Left(reason)) => {
                self.keep(path, reason);
                return None;
            }
            Err(Verdict::Refused(obstacle)) => {
                self.report.push(FileReport::refused(path, obstacle));
                return None;
            }
        };
        let version = migration.version.as_ref().map(Version::text);
        let id = name::short(&format!("{prefix}{}", version.unwrap_or_default()));
        let id = id.replace(['-', '+', ':', '@'], "_");
        let mut metadata = Self::metadata(migration, &id, &body);
        metadata.down_revision = Names::from(parent.into_iter().collect::<Vec<_>>());
        metadata.flyway_version = version.map(str::to_owned);
        let directory = name::directory(&id, &migration.description);
        let mut files = BTreeMap::from([("up.sql".to_owned(), body.bytes.clone())]);
        let mut below = Vec::new();
        if prefix == "V"
            && let Some(undo) = self.undo_of(migration)
        {
            self.undone.insert(&undo.source.path);
            match self.undo(undo, &body, &mut metadata) {
                Ok(undo_body) => {
                    files.insert("down.sql".to_owned(), undo_body.bytes);
                    let target = format!("{directory}/down.sql");
                    let line = FileReport::converted(&undo.source.path, target);
                    below.push(line.noting(undo_body.notes));
                }
                Err(Verdict::Left(reason)) => {
                    below.push(FileReport::kept(&undo.source.path, reason));
                }
                Err(Verdict::Refused(obstacle)) => {
                    below.push(FileReport::refused(&undo.source.path, obstacle));
                }
            }
        }
        notes.extend(body.notes);
        let line = FileReport::converted(path, format!("{directory}/up.sql"));
        self.report.push(line.noting(notes));
        self.config_of(migration);
        self.report.extend(below);
        self.chain.members.push(Member::Native(NativeRevision {
            directory,
            metadata,
            files,
        }));
        Some(id)
    }

    fn metadata(migration: &FlywayMigration, id: &str, body: &Body) -> Metadata {
        Metadata {
            revision: id.to_owned(),
            message: migration.description.trim().to_owned(),
            run_in_transaction: match body.mode {
                Mode::Transaction => true,
                Mode::Autocommit => false,
                Mode::Either => body.explicit != Some(false),
            },
            placeholders: body.placeholders == Some(true),
            source: Some(migration.source.script.clone()),
            source_md5: Some(body.md5.clone()),
            flyway_checksum: Some(migration.checksum),
            ..Metadata::default()
        }
    }

    fn undo_of(&self, migration: &FlywayMigration) -> Option<&'s FlywayMigration> {
        let mut undo = self.source.catalog.undo.iter();
        undo.find(|undo| undo.version == migration.version)
    }

    /// Converts an undo migration, which shares the settings of the one that it takes back.
    fn undo(
        &self,
        undo: &FlywayMigration,
        up: &Body,
        metadata: &mut Metadata,
    ) -> Result<Body, Verdict> {
        Self::runs(undo)?;
        let body = self.body(undo)?;
        match (up.mode, body.mode) {
            (Mode::Transaction, Mode::Autocommit) | (Mode::Autocommit, Mode::Transaction) => {
                return Err(Verdict::Left(
                    "it and the migration that it takes back do not both run in a transaction, and a revision has one setting for both".to_owned(),
                ));
            }
            (_, Mode::Autocommit) => metadata.run_in_transaction = false,
            (_, Mode::Transaction) => metadata.run_in_transaction = true,
            (_, Mode::Either) => {}
        }
        match (up.placeholders, body.placeholders) {
            (Some(one), Some(other)) if one != other => {
                return Err(Verdict::Left(
                    "placeholders are not replaced both in it and in the migration that it takes back, and a revision has one setting for both".to_owned(),
                ));
            }
            (_, Some(true)) => metadata.placeholders = true,
            _ => {}
        }
        Ok(body)
    }

    fn repeatable(&mut self) {
        let all = self.source.catalog.migrations.iter();
        let mut repeatable: Vec<&FlywayMigration> = all
            .filter(|migration| migration.kind == Kind::Repeatable)
            .collect();
        repeatable.sort_by(|left, right| compare_utf16(&left.description, &right.description));
        let mut bodies = Vec::new();
        for migration in repeatable {
            let path = &migration.source.path;
            match Self::runs(migration).and_then(|()| self.body(migration)) {
                Ok(body) => bodies.push((migration, body)),
                Err(Verdict::Left(reason)) => self.keep(path, reason),
                Err(Verdict::Refused(obstacle)) => {
                    self.report.push(FileReport::refused(path, obstacle));
                }
            }
        }
        let descriptions: Vec<&str> = bodies
            .iter()
            .map(|(migration, _)| migration.description.as_str())
            .collect();
        let ids = name::sorted("R_", &descriptions, name::ID_WIDTH);
        for ((migration, body), id) in bodies.into_iter().zip(ids) {
            let metadata = Metadata {
                repeatable: true,
                ..Self::metadata(migration, &id, &body)
            };
            let target = format!("{id}/up.sql");
            let line = FileReport::converted(&migration.source.path, target);
            self.report.push(line.noting(body.notes));
            self.config_of(migration);
            self.chain.members.push(Member::Native(NativeRevision {
                directory: id,
                metadata,
                files: BTreeMap::from([("up.sql".to_owned(), body.bytes)]),
            }));
        }
    }

    /// What is no migration, or has none to belong to.
    fn others(&mut self) {
        let catalog = self.source.catalog;
        for undo in &catalog.undo {
            if !self.undone.contains(undo.source.path.as_path()) {
                self.keep(
                    &undo.source.path,
                    "there is no migration that it takes back",
                );
            }
        }
        for callback in &catalog.callbacks {
            let reason = format!(
                "native revisions have no callbacks: `{}` would have to become a statement of a revision, a repeatable revision, or a step of the deployment",
                callback.event.id()
            );
            self.keep(&callback.source.path, reason);
        }
        for (path, reason) in &catalog.invalid_names {
            self.keep(path, format!("Flyway does not run it: {reason}"));
        }
        let told: BTreeSet<PathBuf> = self.report.iter().map(|line| line.source.clone()).collect();
        for path in self
            .source
            .files
            .keys()
            .filter(|path| !told.contains(*path))
        {
            self.report
                .push(FileReport::kept(path, "it is no migration of Flyway's"));
        }
    }

    /// The settings of a script are a part of what it has become.
    fn config_of(&mut self, migration: &FlywayMigration) {
        let wanted = format!("{}.conf", migration.source.path.display()).to_lowercase();
        let mut paths = self.source.files.keys();
        let found = paths.find(|path| path.display().to_string().to_lowercase() == wanted);
        if let Some(path) = found {
            let target = self.report.last().and_then(|line| line.target.clone());
            let target = target
                .unwrap_or_default()
                .replace("up.sql", "metadata.toml");
            self.report.push(FileReport::converted(path, target));
        }
    }

    fn runs(migration: &FlywayMigration) -> Result<(), Verdict> {
        let source = &migration.source;
        if migration.program {
            return Err(Verdict::Refused(Obstacle::new(
                "it is a program, not SQL: run it as a step of the deployment, and take it out of the locations",
            )));
        }
        let Some(expression) = &source.config.should_execute else {
            return Ok(());
        };
        match source.config.runs() {
            Ok(true) if !expression.contains("${") => Ok(()),
            Ok(false) if !expression.contains("${") => Err(Verdict::Left(format!(
                "its shouldExecute is `{expression}`, so it never runs"
            ))),
            _ => Err(Verdict::Refused(Obstacle::new(format!(
                "whether it runs depends on `shouldExecute={expression}`: a revision of a chain runs everywhere"
            )))),
        }
    }

    fn body(&self, migration: &FlywayMigration) -> Result<Body, Verdict> {
        let source = &migration.source;
        let options = self.source.options;
        let bytes = self.source.files.get(&source.path).cloned();
        let bytes = bytes.unwrap_or_default();
        let md5 = hex::encode(Md5::digest(&bytes));
        let (encoding, detect) = match &source.config.encoding {
            Some(encoding) => (encoding.as_str(), false),
            None => (options.encoding.as_str(), options.detect_encoding),
        };
        let text = decode_text(bytes.clone(), encoding, detect)
            .map_err(|error| Verdict::Refused(Obstacle::new(error.to_string())))?;
        let mut notes = Vec::new();
        if text.as_bytes() != bytes {
            notes.push(format!("was {encoding}, is UTF-8 now"));
        }
        let table = self.source.history_table;
        let mentions = || text.match_indices(table).map(|(offset, _)| offset);
        if mentions().any(|offset| is_compared(&text, offset, table)) {
            notes.push(format!(
                "it looks for rows about {table}, which there are none of where no such table is"
            ));
        }
        if let Some(offset) = mentions().find(|offset| !is_compared(&text, *offset, table)) {
            return Err(Verdict::Refused(Obstacle::at(
                place(&source.path, &text, offset),
                "it works on Flyway's history table, which a chain of native revisions does not have",
            )));
        }
        let placeholders = self.placeholders(migration, &text, &mut notes)?;
        let mode = self.mode(migration, &text)?;
        let text = without_inner_marks(&text, &mut notes);
        Ok(Body {
            bytes: text.into_bytes(),
            md5,
            mode,
            explicit: source.config.execute_in_transaction,
            placeholders,
            notes,
        })
    }

    /// Whether placeholders are replaced in a text that has some.
    fn placeholders(
        &self,
        migration: &FlywayMigration,
        text: &str,
        notes: &mut Vec<String>,
    ) -> Result<Option<bool>, Verdict> {
        let options = self.source.options;
        let marks = options.placeholders.without_values();
        let Err(found) = marks.replace(text) else {
            return Ok(None);
        };
        if !migration.source.replace {
            return Ok(marks.has_usual_marks().then_some(false));
        }
        let first = |wanted: &dyn Fn(&PlaceholderError) -> bool, reason: String| {
            let error = found.iter().find(|error| wanted(error));
            match error {
                Some(error) => {
                    let place = place(&migration.source.path, text, error.offset());
                    Err(Verdict::Refused(Obstacle::at(place, reason)))
                }
                None => Ok(()),
            }
        };
        first(
            &|_| !marks.has_usual_marks(),
            "native revisions know placeholders as `${name}` only".to_owned(),
        )?;
        first(
            &|error| matches!(error, PlaceholderError::Unclosed { .. }),
            "a placeholder is never closed".to_owned(),
        )?;
        let separator = &options.placeholder_separator;
        for name in ["timestamp", "filename", "workingDirectory"] {
            let mark = format!("${{flyway{separator}{name}}}").to_lowercase();
            let reason =
                format!("`{mark}` is not the same in each run, and no value stands for it");
            first(&|error| error.mark().to_lowercase() == mark, reason)?;
        }
        let names: BTreeSet<&str> = found
            .iter()
            .map(|error| error.mark().trim_start_matches("${").trim_end_matches('}'))
            .collect();
        let names: Vec<&str> = names.into_iter().collect();
        notes.push(format!(
            "needs values among the domain's placeholders: {}",
            names.join(", ")
        ));
        Ok(Some(true))
    }

    /// How the script runs, by its settings and statements.
    fn mode(&self, migration: &FlywayMigration, text: &str) -> Result<Mode, Verdict> {
        let path = &migration.source.path;
        let statements = split(text, self.source.backend.flavor(), &SplitOptions::default());
        let statements = statements.map_err(|error| {
            let offset = offset_of(text, error.line(), error.column());
            Verdict::Refused(Obstacle::at(place(path, text, offset), error.to_string()))
        })?;
        let lone = statements.len() == 1 && statements.iter().all(|one| one.control.is_none());
        let explicit = migration.source.config.execute_in_transaction;
        let explicit = explicit.or((!self.source.execute_in_transaction).then_some(false));
        let outside = statements.iter().find(|one| !one.transactional);
        Ok(match (explicit, outside) {
            (Some(true), Some(_)) => Mode::Transaction,
            (Some(_) | None, None) if lone || statements.is_empty() => Mode::Either,
            (Some(false), _) => Mode::Autocommit,
            (_, None) => Mode::Transaction,
            (None, Some(_)) if self.source.mixed => Mode::Autocommit,
            (None, Some(outside)) => match statements.iter().find(|one| one.transactional) {
                None => Mode::Autocommit,
                Some(_) => {
                    return Err(Verdict::Refused(Obstacle::at(
                        place(path, text, outside.code_start),
                        "the script mixes statements that can run in a transaction with this one, which cannot; Flyway refuses that unless `mixed` is set",
                    )));
                }
            },
        })
    }
}

/// Why a file is not converted.
enum Verdict {
    /// It has no part in the chain.
    Left(String),
    /// The chain would not be what it was.
    Refused(Obstacle),
}

fn place(path: &Path, text: &str, offset: usize) -> Place {
    let (line, column) = line_and_column(text, offset);
    Place {
        path: path.to_owned(),
        line,
        column,
    }
}

/// Byte order marks inside of a text, which Flyway leaves out; one at the start stays.
fn without_inner_marks(text: &str, notes: &mut Vec<String>) -> String {
    const MARK: char = '\u{feff}';
    let (start, rest) = match text.strip_prefix(MARK) {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    if !rest.contains(MARK) {
        return text.to_owned();
    }
    notes.push("byte order marks inside of the text are left out, as Flyway does".to_owned());
    format!("{start}{}", rest.replace(MARK, ""))
}

/// Whether a name is only a text that a value is compared with.
fn is_compared(text: &str, offset: usize, name: &str) -> bool {
    let (before, after) = text.split_at(offset);
    let Some(before) = before.strip_suffix('\'') else {
        return false;
    };
    let Some(after) = after[name.len()..].strip_prefix('\'') else {
        return false;
    };
    let before = before.trim_end();
    let compares = ["=", "<>"].iter().any(|sign| before.ends_with(sign));
    compares && !before.ends_with(":=") && !after.trim_start().starts_with("::")
}
