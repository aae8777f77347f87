//! Files set against history rows: which state each entry is in, and in which order they are shown.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::catalog::{FlywayCatalog, FlywayMigration, compare_utf16};
use super::history::AppliedRow;
use super::naming::Kind;
use super::pattern::Pattern;
use super::version::Version;

/// The state of an entry. The texts are Flyway's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Will run next time.
    Pending,
    /// Beyond the target.
    AboveTarget,
    /// Covered by a baseline above it.
    BelowBaseline,
    /// Covered by the baseline of its own version.
    BaselineIgnored,
    /// Will not run.
    Ignored,
    /// The baseline itself.
    Baseline,
    /// Applied.
    Success,
    /// Applied after a higher version.
    OutOfOrder,
    /// Failed.
    Failed,
    /// Applied, its file is gone.
    MissingSuccess,
    /// Failed, its file is gone.
    MissingFailed,
    /// Applied, newer than all files.
    FutureSuccess,
    /// Failed, newer than all files.
    FutureFailed,
    /// A repeatable that has changed since.
    Outdated,
    /// An older run of a repeatable.
    Superseded,
    /// Marked as deleted by a repair.
    Deleted,
    /// Undone.
    Undone,
    /// An undo file whose migration is applied.
    Available,
}

impl State {
    /// The text that is shown.
    pub fn text(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::AboveTarget => "Above Target",
            Self::BelowBaseline => "Below Baseline",
            Self::BaselineIgnored => "Ignored (Baseline)",
            Self::Ignored => "Ignored",
            Self::Baseline => "Baseline",
            Self::Success => "Success",
            Self::OutOfOrder => "Out of Order",
            Self::Failed => "Failed",
            Self::MissingSuccess => "Missing",
            Self::MissingFailed => "Failed (Missing)",
            Self::FutureSuccess => "Future",
            Self::FutureFailed => "Failed (Future)",
            Self::Outdated => "Outdated",
            Self::Superseded => "Superseded",
            Self::Deleted => "Deleted",
            Self::Undone => "Undone",
            Self::Available => "Available",
        }
    }

    /// The name as it is written in settings such as `infoOfState`.
    pub fn name(self) -> String {
        let words = format!("{self:?}");
        let mut name = String::new();
        for character in words.chars() {
            if character.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(character.to_ascii_uppercase());
        }
        name
    }

    /// Whether a failure is recorded.
    pub fn is_failed(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::MissingFailed | Self::FutureFailed
        )
    }

    /// Whether the entry has a row.
    pub fn is_applied(self) -> bool {
        !matches!(
            self,
            Self::Pending
                | Self::AboveTarget
                | Self::BelowBaseline
                | Self::BaselineIgnored
                | Self::Ignored
                | Self::Available
        )
    }
}

/// How far to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// No limit.
    Latest,
    /// The highest applied version.
    Current,
    /// One more migration.
    Next,
    /// Up to a version.
    Version {
        /// The version.
        version: Version,
        /// Whether there must be a file or row of that version.
        must_exist: bool,
    },
}

impl Target {
    /// Reads the setting.
    pub fn parse(text: &str) -> Result<Self, super::version::InvalidVersion> {
        let (text, must_exist) = match text.strip_suffix('?') {
            Some(text) => (text, false),
            None => (text, true),
        };
        Ok(match Version::parse(text)? {
            Version::Latest => Self::Latest,
            Version::Current => Self::Current,
            Version::Next => Self::Next,
            version => Self::Version {
                version,
                must_exist,
            },
        })
    }
}

/// What decides about states besides files and rows.
#[derive(Debug, Clone)]
pub struct StatePolicy {
    /// How far to go.
    pub target: Target,
    /// Whether versions below the highest applied one are run.
    pub out_of_order: bool,
    /// Versions or descriptions that alone are to run, in that order; empty for all.
    pub cherry_pick: Vec<String>,
    /// States that are not errors.
    pub ignore: Vec<Pattern>,
}

/// One line of `info`: a file, a row, or both.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The file.
    pub file: Option<&'a FlywayMigration>,
    /// The row.
    pub row: Option<&'a AppliedRow>,
    /// Its state.
    pub state: State,
}

impl<'a> Entry<'a> {
    /// The version, of the row if there is one.
    pub fn version(&self) -> Option<&'a Version> {
        match (self.row, self.file) {
            (Some(row), _) => row.version.as_ref(),
            (None, Some(file)) => file.version.as_ref(),
            (None, None) => None,
        }
    }

    /// The description, of the row if there is one.
    pub fn description(&self) -> &'a str {
        match (self.row, self.file) {
            (Some(row), _) => &row.description,
            (None, Some(file)) => &file.description,
            (None, None) => "",
        }
    }

    /// The type, of the row if there is one.
    pub fn type_text(&self) -> &'a str {
        match (self.row, self.file) {
            (Some(row), _) => row.row_type.text(),
            (None, Some(file)) => file.type_text(),
            (None, None) => "",
        }
    }

    /// The category column: empty for rows that stand for no file.
    pub fn category(&self) -> &'static str {
        let text = self.type_text();
        match text {
            "BASELINE" | "SCHEMA" | "DELETE" => "",
            _ if text.starts_with("UNDO_") => "Undo",
            _ if text.ends_with("BASELINE") => "Baseline",
            _ if self.version().is_none() => "Repeatable",
            _ => "Versioned",
        }
    }
}

/// All entries and what follows from them together.
#[derive(Debug, Clone)]
pub struct Info<'a> {
    /// The entries in the order of `info`.
    pub entries: Vec<Entry<'a>>,
    /// Highest version that counts as applied.
    pub last_applied: Version,
    /// Highest version among baseline rows.
    pub applied_baseline: Option<Version>,
    /// Highest rank of any row.
    pub last_rank: i64,
    /// The cherry-picked migrations; all others are left alone.
    pub(super) cherry_pick: Vec<String>,
}

/// Files and rows that do not go together at all.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The target is nowhere.
    #[error("no migration with a target version {0} could be found")]
    UnknownTarget(Version),
    /// Two DELETE rows without an application between them.
    #[error("corrupted schema history: multiple delete entries for version {0}")]
    DuplicateDelete(Version),
    /// A cherry-picked migration is nowhere.
    #[error("no migration `{0}` could be found to cherry pick")]
    UnknownCherryPick(String),
}

impl StateError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownTarget(version) => format!(
                "check the target and that its migration exists; `{version}?` stops there without asking that it exists"
            ),
            Self::DuplicateDelete(_) => {
                "remove one of the two DELETE rows from the history table".to_owned()
            }
            Self::UnknownCherryPick(_) => {
                "name versions, or descriptions of repeatables, separated by commas".to_owned()
            }
        }
    }

    /// Flyway's code for the situation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DuplicateDelete(_) => "DUPLICATE_DELETED_MIGRATION",
            Self::UnknownTarget(_) | Self::UnknownCherryPick(_) => "ERROR",
        }
    }
}

/// A row with what later rows say about it.
struct Versioned<'a> {
    row: &'a AppliedRow,
    out_of_order: bool,
    deleted: bool,
    undone: bool,
}

struct Context<'p> {
    policy: &'p StatePolicy,
    target: Option<Version>,
    last_resolved: Version,
    last_applied: Version,
    applied_baseline: Option<Version>,
    pending_baseline: Option<Version>,
    latest_runs: HashMap<String, i64>,
}

/// Sets the files against the rows.
pub fn info<'a>(
    catalog: &'a FlywayCatalog,
    rows: &'a [AppliedRow],
    policy: &StatePolicy,
) -> Result<Info<'a>, StateError> {
    let mut versioned_rows = versioned_rows(rows)?;
    mark_out_of_order(&mut versioned_rows);
    let repeatable_rows = repeatable_rows(rows);
    let mut context = Context::new(catalog, policy, &versioned_rows, &repeatable_rows);
    context.applied_baseline = rows
        .iter()
        .filter(|row| row.row_type.is_baseline())
        .filter_map(|row| row.version.clone())
        .max();

    let mut pending: Vec<&FlywayMigration> = Vec::new();
    let mut entries = Vec::new();
    let files: HashMap<(&Version, &str), &FlywayMigration> = catalog
        .migrations
        .iter()
        .filter_map(|file| Some(((file.version.as_ref()?, file.type_text()), file)))
        .collect();
    let mut taken: HashSet<*const FlywayMigration> = HashSet::new();
    for entry in &versioned_rows {
        let version = entry.row.version.as_ref();
        let file = version
            .and_then(|version| files.get(&(version, entry.row.row_type.text())))
            .copied();
        if let Some(file) = file
            && !entry.deleted
            && !entry.undone
        {
            taken.insert(std::ptr::from_ref(file));
        }
        let undo = entry.row.row_type.is_undo();
        let file = if undo {
            undo_file(catalog, version)
        } else {
            file
        };
        if !undo || !entry.row.success {
            entries.push((file, Some(entry.row), Some(entry)));
        }
    }
    let versioned = catalog
        .migrations
        .iter()
        .filter(|file| file.version.is_some());
    pending.extend(versioned.filter(|file| !taken.contains(&std::ptr::from_ref(*file))));
    context.pending_baseline = pending
        .iter()
        .filter(|file| file.kind == Kind::Baseline)
        .filter_map(|file| file.version.clone())
        .max();
    check_target(policy, &pending, &versioned_rows)?;
    check_cherry_pick(policy, catalog, rows)?;

    pending.extend(repeatable_pending(catalog, &repeatable_rows, &context));
    let repeatables: HashMap<&str, &FlywayMigration> = catalog
        .migrations
        .iter()
        .filter(|file| file.version.is_none())
        .map(|file| (file.description.as_str(), file))
        .collect();
    for entry in &repeatable_rows {
        let file = repeatables.get(entry.row.description.as_str()).copied();
        entries.push((file, Some(entry.row), Some(entry)));
    }
    entries.extend(pending.into_iter().map(|file| (Some(file), None, None)));

    let mut entries: Vec<Entry<'a>> = entries
        .into_iter()
        .map(|(file, row, flags)| Entry {
            file,
            row,
            state: context.state(file, row, flags),
        })
        .collect();
    entries.sort_by(compare);
    order_cherry_picks(&mut entries, policy);
    limit_to_next(&mut entries, policy);
    Ok(Info {
        entries,
        last_applied: context.last_applied,
        applied_baseline: context.applied_baseline,
        last_rank: rows.iter().map(|row| row.installed_rank).max().unwrap_or(0),
        cherry_pick: policy.cherry_pick.clone(),
    })
}

fn undo_file<'a>(
    catalog: &'a FlywayCatalog,
    version: Option<&Version>,
) -> Option<&'a FlywayMigration> {
    let mut files = catalog.undo.iter();
    files.find(|file| file.version.is_some() && file.version.as_ref() == version)
}

/// Rows with a version, without DELETE markers, with what those say applied to the others.
fn versioned_rows(rows: &[AppliedRow]) -> Result<Vec<Versioned<'_>>, StateError> {
    let mut found: Vec<Versioned<'_>> = Vec::new();
    for row in rows {
        let Some(version) = &row.version else {
            continue;
        };
        let same_version = |entry: &&mut Versioned<'_>| {
            !entry.row.row_type.is_synthetic()
                && !entry.row.row_type.is_undo()
                && entry.row.version.as_ref() == Some(version)
        };
        if row.row_type.text() == "DELETE" && row.success {
            if let Some(last) = found.iter_mut().rev().find(same_version) {
                if last.deleted {
                    return Err(StateError::DuplicateDelete(version.clone()));
                }
                last.deleted = true;
            }
            continue;
        }
        if row.row_type.is_undo()
            && row.success
            && let Some(last) = found
                .iter_mut()
                .rev()
                .find(|entry| same_version(entry) && !entry.undone && !entry.deleted)
        {
            last.undone = true;
        }
        found.push(Versioned {
            row,
            out_of_order: false,
            deleted: false,
            undone: false,
        });
    }
    Ok(found)
}

/// Walking in rank order, a version that is not above all before it ran out of order.
fn mark_out_of_order(rows: &mut [Versioned<'_>]) {
    let mut highest = &Version::Empty;
    for entry in rows {
        let Some(version) = &entry.row.version else {
            continue;
        };
        if version <= highest {
            entry.out_of_order = true;
        } else if !entry.deleted && !entry.undone && !entry.row.row_type.is_undo() {
            highest = version;
        }
    }
}

fn repeatable_rows(rows: &[AppliedRow]) -> Vec<Versioned<'_>> {
    let mut found: Vec<Versioned<'_>> = Vec::new();
    for row in rows.iter().filter(|row| row.version.is_none()) {
        if row.row_type.text() == "DELETE"
            && row.success
            && let Some(last) = found.iter_mut().rev().find(|entry| {
                !entry.row.row_type.is_synthetic() && entry.row.description == row.description
            })
        {
            last.deleted = true;
        }
        found.push(Versioned {
            row,
            out_of_order: false,
            deleted: false,
            undone: false,
        });
    }
    found
}

fn check_target(
    policy: &StatePolicy,
    pending: &[&FlywayMigration],
    rows: &[Versioned<'_>],
) -> Result<(), StateError> {
    let Target::Version {
        version,
        must_exist: true,
    } = &policy.target
    else {
        return Ok(());
    };
    let in_files = pending
        .iter()
        .any(|file| file.version.as_ref() == Some(version));
    let in_rows = rows
        .iter()
        .any(|entry| entry.row.version.as_ref() == Some(version));
    if in_files || in_rows {
        Ok(())
    } else {
        Err(StateError::UnknownTarget(version.clone()))
    }
}

/// Whether a cherry-pick item names a migration.
fn is_pick(item: &str, version: Option<&Version>, description: &str) -> bool {
    match version {
        Some(version) => Version::parse(item).is_ok_and(|picked| picked == *version),
        None => item == description || item.replace('_', " ") == description,
    }
}

fn check_cherry_pick(
    policy: &StatePolicy,
    catalog: &FlywayCatalog,
    rows: &[AppliedRow],
) -> Result<(), StateError> {
    for item in &policy.cherry_pick {
        let in_files = catalog
            .migrations
            .iter()
            .any(|file| is_pick(item, file.version.as_ref(), &file.description));
        let in_rows = rows
            .iter()
            .any(|row| is_pick(item, row.version.as_ref(), &row.description));
        if !in_files && !in_rows {
            return Err(StateError::UnknownCherryPick(item.clone()));
        }
    }
    Ok(())
}

/// Pending entries run in the order in which they were picked.
fn order_cherry_picks(entries: &mut [Entry<'_>], policy: &StatePolicy) {
    if policy.cherry_pick.is_empty() {
        return;
    }
    let position = |entry: &Entry<'_>| {
        policy
            .cherry_pick
            .iter()
            .position(|item| is_pick(item, entry.version(), entry.description()))
            .unwrap_or(usize::MAX)
    };
    let first_pending = entries.partition_point(|entry| entry.row.is_some());
    entries[first_pending..].sort_by_key(position);
}

/// With the target `next`, what lies beyond the first pending version is above the target.
fn limit_to_next(entries: &mut [Entry<'_>], policy: &StatePolicy) {
    if policy.target != Target::Next {
        return;
    }
    let first = entries.iter().find(|entry| entry.state == State::Pending);
    let Some(limit) = first.and_then(Entry::version).cloned() else {
        return;
    };
    for entry in entries {
        let beyond = entry.version().is_some_and(|version| *version > limit);
        if entry.row.is_none() && beyond && matches!(entry.state, State::Pending | State::Ignored) {
            entry.state = State::AboveTarget;
        }
    }
}

fn repeatable_pending<'a>(
    catalog: &'a FlywayCatalog,
    rows: &[Versioned<'_>],
    context: &Context<'_>,
) -> Vec<&'a FlywayMigration> {
    catalog
        .migrations
        .iter()
        .filter(|file| file.version.is_none())
        .filter(|file| {
            !rows.iter().any(|entry| {
                !entry.deleted
                    && entry.row.row_type.text() != "DELETE"
                    && entry.row.description == file.description
                    && context.latest_runs.get(&file.description) == Some(&entry.row.installed_rank)
                    && file.checksum_matches(entry.row.checksum)
            })
        })
        .collect()
}

impl<'p> Context<'p> {
    fn new(
        catalog: &FlywayCatalog,
        policy: &'p StatePolicy,
        versioned: &[Versioned<'_>],
        repeatable: &[Versioned<'_>],
    ) -> Self {
        let last_resolved = catalog
            .migrations
            .iter()
            .filter_map(|file| file.version.as_ref())
            .max()
            .cloned()
            .unwrap_or(Version::Empty);
        let last_applied = versioned
            .iter()
            .filter(|entry| !entry.deleted && !entry.undone && !entry.row.row_type.is_undo())
            .filter_map(|entry| entry.row.version.as_ref())
            .max()
            .cloned()
            .unwrap_or(Version::Empty);
        let mut latest_runs: HashMap<String, i64> = HashMap::new();
        for entry in repeatable {
            let latest = latest_runs
                .entry(entry.row.description.clone())
                .or_insert(entry.row.installed_rank);
            *latest = (*latest).max(entry.row.installed_rank);
        }
        let target = match &policy.target {
            Target::Latest | Target::Next => None,
            Target::Current => Some(last_applied.clone()),
            Target::Version { version, .. } => Some(version.clone()),
        };
        Self {
            policy,
            target,
            last_resolved,
            last_applied,
            applied_baseline: None,
            pending_baseline: None,
            latest_runs,
        }
    }

    fn state(
        &self,
        file: Option<&FlywayMigration>,
        row: Option<&AppliedRow>,
        flags: Option<&Versioned<'_>>,
    ) -> State {
        match (file, row, flags) {
            (_, _, Some(flags)) if flags.undone => State::Undone,
            (_, _, Some(flags)) if flags.deleted => State::Deleted,
            (file, Some(row), Some(flags)) => {
                let out_of_order = flags.out_of_order;
                self.row_state(file, row, out_of_order)
            }
            (Some(file), _, _) => self.file_state(file),
            _ => State::Ignored,
        }
    }

    fn row_state(
        &self,
        file: Option<&FlywayMigration>,
        row: &AppliedRow,
        out_of_order: bool,
    ) -> State {
        let type_text = row.row_type.text();
        if type_text == "DELETE" {
            return State::Success;
        }
        if row.row_type.is_baseline() {
            return match self.missing_state(file, row) {
                _ if type_text == "BASELINE" => State::Baseline,
                _ if !row.success => State::Failed,
                Some(missing) => missing,
                None => State::Baseline,
            };
        }
        if let Some(missing) = self.missing_state(file, row) {
            return missing;
        }
        if !row.success {
            return State::Failed;
        }
        if type_text == "SCHEMA" {
            return State::Success;
        }
        if row.version.is_none() {
            return if self.latest_runs.get(&row.description) != Some(&row.installed_rank) {
                State::Superseded
            } else if file.is_some_and(|file| file.checksum_matches(row.checksum)) {
                State::Success
            } else {
                State::Outdated
            };
        }
        if out_of_order {
            State::OutOfOrder
        } else {
            State::Success
        }
    }

    fn missing_state(&self, file: Option<&FlywayMigration>, row: &AppliedRow) -> Option<State> {
        let latest = row.version.is_some()
            || self.latest_runs.get(&row.description) == Some(&row.installed_rank);
        if file.is_some() || !latest {
            return None;
        }
        if row.row_type.text() == "SCHEMA" {
            return Some(State::Success);
        }
        let missing = row
            .version
            .as_ref()
            .is_none_or(|version| *version < self.last_resolved);
        Some(match (missing, row.success) {
            (true, true) => State::MissingSuccess,
            (true, false) => State::MissingFailed,
            (false, true) => State::FutureSuccess,
            (false, false) => State::FutureFailed,
        })
    }

    fn file_state(&self, file: &FlywayMigration) -> State {
        let picks = &self.policy.cherry_pick;
        let picked = |item: &String| is_pick(item, file.version.as_ref(), &file.description);
        if !picks.is_empty() {
            return if picks.iter().any(picked) {
                State::Pending
            } else {
                State::Ignored
            };
        }
        if !file.should_execute {
            return State::Ignored;
        }
        let state = self.plain_file_state(file);
        if file.kind != Kind::Baseline {
            return state;
        }
        let something_applied =
            self.applied_baseline.is_some() || self.last_applied != Version::Empty;
        match state {
            State::Pending if something_applied => State::Ignored,
            State::BaselineIgnored
                if file.version == self.pending_baseline && !something_applied =>
            {
                State::Pending
            }
            other => other,
        }
    }

    fn plain_file_state(&self, file: &FlywayMigration) -> State {
        let Some(version) = &file.version else {
            return State::Pending;
        };
        let baseline = if self.last_applied == Version::Empty {
            &self.pending_baseline
        } else {
            &self.applied_baseline
        };
        match baseline.as_ref().map(|baseline| version.cmp(baseline)) {
            Some(Ordering::Less) => return State::BelowBaseline,
            Some(Ordering::Equal) => return State::BaselineIgnored,
            _ => {}
        }
        if self.target.as_ref().is_some_and(|target| version > target) {
            return State::AboveTarget;
        }
        if *version < self.last_applied && !self.policy.out_of_order {
            return State::Ignored;
        }
        State::Pending
    }
}

/// Rows by rank, files covered by a baseline before them, other files behind.
fn compare(left: &Entry<'_>, right: &Entry<'_>) -> Ordering {
    let covered =
        |entry: &Entry<'_>| matches!(entry.state, State::BelowBaseline | State::BaselineIgnored);
    match (left.row, right.row) {
        (Some(mine), Some(theirs)) => mine.installed_rank.cmp(&theirs.installed_rank),
        (None, Some(_)) if covered(left) => Ordering::Less,
        (Some(_), None) if covered(right) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        // Covered files stand before the rows, so also before all other files.
        (None, None) => covered(right)
            .cmp(&covered(left))
            .then_with(|| compare_versions(left, right)),
    }
}

fn compare_versions(left: &Entry<'_>, right: &Entry<'_>) -> Ordering {
    let is_baseline = |entry: &Entry<'_>| entry.type_text().ends_with("BASELINE");
    match (left.version(), right.version()) {
        (Some(mine), Some(theirs)) => mine
            .cmp(theirs)
            .then_with(|| is_baseline(left).cmp(&is_baseline(right))),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => compare_utf16(left.description(), right.description()),
    }
}

impl<'a> Info<'a> {
    /// Whether cherry picking leaves an entry alone.
    pub(super) fn is_left_alone(&self, entry: &Entry<'_>) -> bool {
        let picked = |item: &String| is_pick(item, entry.version(), entry.description());
        !self.cherry_pick.is_empty() && !self.cherry_pick.iter().any(picked)
    }

    /// What will run, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries
            .iter()
            .filter(|entry| entry.state == State::Pending)
    }

    /// The entry that stands for the current version: the highest applied version, or the latest
    /// repeatable when there is no version.
    pub fn current(&self) -> Option<&Entry<'a>> {
        let counts = |entry: &&Entry<'a>| {
            entry.row.is_some_and(|row| row.row_type.text() != "DELETE")
                && entry.state.is_applied()
                && !matches!(entry.state, State::Deleted | State::Undone)
        };
        let highest = self
            .entries
            .iter()
            .filter(counts)
            .filter(|entry| entry.version().is_some())
            .max_by(|left, right| left.version().cmp(&right.version()));
        highest.or_else(|| self.entries.iter().rev().find(counts))
    }

    /// The version of [`Self::current`], or empty.
    pub fn current_version(&self) -> Version {
        self.current().map_or(Version::Empty, |entry| {
            entry.version().cloned().unwrap_or(Version::Empty)
        })
    }
}
