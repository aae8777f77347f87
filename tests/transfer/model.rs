//! What a transfer means, over rows in memory: plain, slow and without any SQL, so that the result of
//! a server can be held against it.
//!
//! Values are texts and are compared as texts, byte by byte: columns of other types are written so that
//! this is their order. Declarations with SQL of their own (`sql`, `exclude`) are refused.

use std::collections::{BTreeMap, BTreeSet};

use stillway::transfer::normalize::Cleaned;
use stillway::transfer::{
    Column, ConflictAction, Declaration, Deleted, Existing, MergeValue, Misfit, Order, Settings,
    Source, Table, UniqueRule, Value,
};

/// A row: its columns, each with a value or NULL.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// The values of a key.
pub(crate) type Key = Vec<String>;

/// What a target table demands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    /// Columns that need a value and have no default.
    pub(crate) needed: BTreeSet<String>,
    /// Columns that hold so many letters at most.
    pub(crate) lengths: BTreeMap<String, usize>,
    /// Columns of unique constraints, the key's left out.
    pub(crate) unique: Vec<Vec<String>>,
    /// Foreign keys: a column, and the table whose `id` it refers to.
    pub(crate) references: Vec<(String, String)>,
}

/// Databases before a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// Rows of source tables and lookups, by the tables' names.
    pub(crate) sources: BTreeMap<String, Vec<Row>>,
    /// Rows of target tables, by the tables' names.
    pub(crate) targets: BTreeMap<String, Vec<Row>>,
    /// What earlier runs have written, by the names of the transfer's tables and by source key.
    pub(crate) written: BTreeMap<String, BTreeMap<Key, Row>>,
    /// What target tables demand, by their names.
    pub(crate) shapes: BTreeMap<String, Shape>,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// It is in the target.
    Moved,
    /// It is part of another row there.
    Merged,
    /// It is set aside.
    Quarantined,
    /// It stays behind by a rule, or because the target has its own.
    Skipped,
    /// Somebody has to decide before anything runs.
    Undecided,
}

/// What becomes of a row, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    /// What.
    pub(crate) outcome: Outcome,
    /// Why, and what was lost on the way; sorted. Empty for a row that simply moves.
    pub(crate) reasons: BTreeSet<String>,
    /// The key in the target of the row that it is part of.
    pub(crate) winner: Option<Key>,
}

/// Databases after a run. Targets are as they were where something is undecided.
#[derive(Debug, Clone, Default)]
pub(crate) struct Result {
    /// A decision for each source row, by table and source key.
    pub(crate) decisions: BTreeMap<String, BTreeMap<Key, Decision>>,
    /// Rows of target tables, by the tables' names; sorted.
    pub(crate) targets: BTreeMap<String, Vec<Row>>,
    /// What is known then as written, by the names of the transfer's tables and by source key.
    pub(crate) written: BTreeMap<String, BTreeMap<Key, Row>>,
    /// Whether a row should go that rows of others refer to, so that it cannot.
    pub(crate) held_back: bool,
}

impl Result {
    /// Whether a row is undecided, so that nothing runs.
    pub(crate) fn is_undecided(&self) -> bool {
        let mut all = self.decisions.values().flat_map(BTreeMap::values);
        all.any(|decision| decision.outcome == Outcome::Undecided)
    }
}

/// A source row on its way.
struct Traveller {
    key: Key,
    source: Row,
    lookups: BTreeMap<String, Row>,
    values: Row,
    /// What is said against it: a reason and what is done about it.
    misfits: Vec<(String, Misfit)>,
    /// What was lost, and what else is told.
    notes: BTreeSet<String>,
    settled: Option<Outcome>,
    winner: Option<Key>,
    /// A target row that stays as it is, in whose place this row cannot be.
    stays: bool,
    /// Whether other rows became part of it.
    absorbs: bool,
}

impl Traveller {
    /// Settles it, with this reason and no other.
    fn say(&mut self, outcome: Outcome, reason: &str) {
        self.notes.clear();
        self.notes.insert(reason.to_owned());
        self.settled = Some(outcome);
    }
}

/// Carries out a transfer.
pub(crate) fn run(declaration: &Declaration, world: &World) -> Result {
    let mut result = Result {
        targets: world.targets.clone(),
        ..Result::default()
    };
    for table in &declaration.tables {
        let decided = Run::of(declaration, table, world).decide(&mut result);
        result.decisions.insert(table.name.clone(), decided);
    }
    if result.is_undecided() {
        result.targets = world.targets.clone();
        result.written = world.written.clone();
    }
    result.held_back = holds_back(declaration, world, &result);
    for rows in result.targets.values_mut() {
        rows.sort();
    }
    result
}

/// Takes back what was written and nobody has changed, children first. What rows refer to that stay,
/// stays too.
pub(crate) fn undo(declaration: &Declaration, world: &World) -> BTreeMap<String, Vec<Row>> {
    let mut targets = world.targets.clone();
    for table in declaration.tables.iter().rev() {
        let name = table.target.to_string();
        let Some(written) = world.written.get(&table.name) else {
            continue;
        };
        let run = Run::of(declaration, table, world);
        let needed = referred_to(world, &targets, &name);
        if let Some(rows) = targets.get_mut(&name) {
            rows.retain(|row| {
                written.get(&run.target_key(row)) != Some(row)
                    || get(row, "id").is_some_and(|id| needed.contains(&id))
            });
        }
    }
    for rows in targets.values_mut() {
        rows.sort();
    }
    targets
}

/// The keys of a table that foreign keys of rows refer to.
fn referred_to(
    world: &World,
    targets: &BTreeMap<String, Vec<Row>>,
    table: &str,
) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (name, rows) in targets {
        let references = world.shapes.get(name).map(|shape| shape.references.iter());
        for (column, _) in references
            .into_iter()
            .flatten()
            .filter(|(_, to)| to == table)
        {
            keys.extend(rows.iter().filter_map(|row| get(row, column)));
        }
    }
    keys
}

/// Whether a row that was written has to go, or to change its key's place, while rows stay that refer to it.
fn holds_back(declaration: &Declaration, world: &World, result: &Result) -> bool {
    declaration.tables.iter().any(|table| {
        let name = table.target.to_string();
        let needed = referred_to(world, &result.targets, &name);
        let rows = result.targets.get(&name).into_iter().flatten();
        let there: BTreeSet<String> = rows.filter_map(|row| get(row, "id")).collect();
        needed.iter().any(|key| !there.contains(key))
    })
}

struct Run<'r> {
    declaration: &'r Declaration,
    settings: &'r Settings,
    table: &'r Table,
    world: &'r World,
}

impl<'r> Run<'r> {
    fn of(declaration: &'r Declaration, table: &'r Table, world: &'r World) -> Self {
        Self {
            declaration,
            settings: &declaration.settings,
            table,
            world,
        }
    }

    #[expect(clippy::too_many_lines, reason = "one step after the other")]
    fn decide(&self, result: &mut Result) -> BTreeMap<Key, Decision> {
        let target = self.table.target.to_string();
        let shape = self.world.shapes.get(&target).cloned().unwrap_or_default();
        let before = self.world.targets.get(&target).cloned().unwrap_or_default();
        let none = BTreeMap::new();
        let written = self.world.written.get(&self.table.name).unwrap_or(&none);

        // 1 to 3: what the row would be in the target.
        let mut travellers: Vec<Traveller> = self
            .source_rows()
            .into_iter()
            .map(|row| self.map(row))
            .collect();
        travellers.sort_by(|a, b| a.key.cmp(&b.key));

        // 4: rows that stay behind by a rule.
        for traveller in &mut travellers {
            if let Some(rule) = self.excluded(&traveller.source) {
                traveller.say(Outcome::Skipped, &format!("excluded:{rule}"));
            }
        }

        // 5: rows that the target has already. Those that stay whatever happens are fixed.
        let mut fixed: Vec<Row> = Vec::new();
        for traveller in &mut travellers {
            let there = before
                .iter()
                .find(|row| self.target_key(row) == traveller.key);
            match (written.get(&traveller.key), there) {
                (None, Some(row)) => {
                    if traveller.settled.is_none() {
                        self.meet(traveller, row);
                    }
                    fixed.push(row.clone());
                }
                (Some(ours), Some(row)) if ours != row => {
                    if traveller.settled.is_none() {
                        traveller.say(Outcome::Moved, "changed_in_target");
                    }
                    traveller.stays = true;
                    fixed.push(row.clone());
                }
                (Some(_), None) if traveller.settled.is_none() => {
                    traveller.say(Outcome::Skipped, "deleted_in_target");
                }
                (Some(_), None) => {}
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        // Target rows without a source row: strangers, and ours whose source row has gone.
        for row in &before {
            let key = self.target_key(row);
            if travellers.iter().any(|traveller| traveller.key == key) {
                continue;
            }
            let unchanged = written.get(&key) == Some(row);
            if !unchanged || self.table.deleted == Deleted::Keep {
                fixed.push(row.clone());
            }
        }

        // 6 to 8: what is wrong with rows by themselves, and with those they refer to.
        for traveller in travellers.iter_mut().filter(|one| one.settled.is_none()) {
            self.follow_parents(traveller, result);
            self.fit(traveller, &shape);
            self.settle(traveller);
        }

        // 9: rows that meet, by the rules of the file and then by constraints it does not name.
        for rule in &self.table.unique {
            self.part(rule, &mut travellers, &fixed);
        }
        for columns in &shape.unique {
            let named = self.table.unique.iter().any(|rule| {
                rule.columns.iter().collect::<BTreeSet<_>>() == columns.iter().collect()
            });
            if !named {
                let rule = UniqueRule {
                    place: self.table.place.clone(),
                    columns: columns.clone(),
                    action: ConflictAction::Quarantine,
                    keep: Vec::new(),
                };
                self.part(&rule, &mut travellers, &fixed);
            }
        }

        // 10: the rest moves.
        self.follow_winners(&mut travellers);
        let mut known = BTreeMap::new();
        for (key, row) in written {
            let stays = fixed.iter().any(|row| self.target_key(row) == *key);
            let kept = self.table.deleted == Deleted::Keep
                && travellers.iter().all(|traveller| traveller.key != *key);
            let away = travellers.iter().any(|traveller| {
                traveller.key == *key && traveller.notes.contains("deleted_in_target")
            });
            if stays || kept || away {
                known.insert(key.clone(), row.clone());
            }
        }
        let mut after = fixed;
        let mut decisions = BTreeMap::new();
        for mut traveller in travellers {
            if traveller.absorbs {
                traveller.notes.insert("absorbed".to_owned());
            }
            let outcome = traveller.settled.unwrap_or(Outcome::Moved);
            if outcome == Outcome::Moved && !traveller.stays {
                known.insert(traveller.key.clone(), traveller.values.clone());
                after.push(traveller.values);
            }
            let decision = Decision {
                outcome,
                reasons: traveller.notes,
                winner: traveller.winner,
            };
            decisions.insert(traveller.key, decision);
        }
        result.targets.insert(target, after);
        result.written.insert(self.table.name.clone(), known);
        decisions
    }

    /// The first rule that keeps a row out. Conditions are SQL; this much of it is understood.
    fn excluded(&self, source: &Row) -> Option<&str> {
        let rules = self.table.exclude.iter();
        let mut rules = rules.filter(|(_, condition)| {
            let condition = condition.any.as_deref().unwrap_or_default();
            let (column, value) = condition
                .strip_prefix("source.")
                .and_then(|rest| rest.split_once(" = "))
                .expect("source.column = 'value'");
            get(source, column).as_deref() == Some(value.trim_matches('\''))
        });
        rules.next().map(|(name, _)| name.as_str())
    }

    /// A row that is merged into one which is set aside by a later rule is set aside with it.
    fn follow_winners(&self, travellers: &mut [Traveller]) {
        let lost: Vec<(Key, Outcome)> = travellers
            .iter()
            .filter_map(|traveller| {
                let outcome = traveller.settled?;
                let away = matches!(outcome, Outcome::Quarantined | Outcome::Undecided);
                away.then(|| (traveller.key.clone(), outcome))
            })
            .collect();
        for traveller in travellers {
            if traveller.settled != Some(Outcome::Merged) {
                continue;
            }
            let winner = lost
                .iter()
                .find(|(key, _)| Some(key) == traveller.winner.as_ref());
            if let Some((_, outcome)) = winner {
                let word = format!("{outcome:?}").to_lowercase();
                traveller.notes.insert(format!("winner_{word}"));
                traveller.settled = Some(*outcome);
            }
        }
    }

    fn source_rows(&self) -> Vec<Row> {
        match &self.table.source {
            Source::Table(name) => self.rows(&name.to_string()),
            Source::Query(_) => panic!("queries are SQL"),
        }
    }

    fn rows(&self, name: &str) -> Vec<Row> {
        self.world.sources.get(name).cloned().unwrap_or_default()
    }

    /// The target columns that carry the source key, in its order.
    fn key_columns(&self) -> Vec<&str> {
        let carrier = |key: &String| {
            let straight = Value::Columns(vec![key.clone()]);
            let found = self.table.columns.iter().find(|(_, column)| {
                column.value == straight && column.clean.is_empty() && column.map.is_none()
            });
            found
                .map(|(name, _)| name.as_str())
                .expect("the key is carried")
        };
        self.table.key.iter().map(carrier).collect()
    }

    fn target_key(&self, row: &Row) -> Key {
        let names = self.key_columns();
        names
            .iter()
            .map(|name| get(row, name).unwrap_or_default())
            .collect()
    }

    /// Steps 1 to 3 for one row.
    fn map(&self, source: Row) -> Traveller {
        let key = self
            .table
            .key
            .iter()
            .map(|name| get(&source, name).expect("a key"));
        let mut traveller = Traveller {
            key: key.collect(),
            lookups: self.look_up(&source),
            source,
            values: Row::new(),
            misfits: Vec::new(),
            notes: BTreeSet::new(),
            settled: None,
            winner: None,
            stays: false,
            absorbs: false,
        };
        for (name, column) in &self.table.columns {
            let value = self.value(name, column, &mut traveller);
            traveller.values.insert(name.clone(), value);
        }
        traveller
    }

    /// The one row of each lookup.
    fn look_up(&self, source: &Row) -> BTreeMap<String, Row> {
        let mut found = BTreeMap::new();
        for (name, lookup) in &self.table.lookups {
            let mut rows = self.rows(&lookup.source.to_string());
            rows.retain(|row| {
                lookup.on.iter().all(|(theirs, ours)| {
                    get(row, theirs).is_some() && get(row, theirs) == get(source, ours)
                })
            });
            let prefix = format!("{name}.");
            rows.sort_by(|a, b| {
                let by = |order: &Order| {
                    let column = order.column.strip_prefix(&prefix).unwrap_or(&order.column);
                    compare(
                        get(a, column).as_ref(),
                        get(b, column).as_ref(),
                        order.descending,
                    )
                };
                let picked = lookup.pick.iter().map(by).find(|order| order.is_ne());
                let keys = lookup
                    .key
                    .iter()
                    .map(|column| get(a, column).cmp(&get(b, column)));
                picked
                    .or_else(|| keys.into_iter().find(|order| order.is_ne()))
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
            if let Some(row) = rows.into_iter().next() {
                found.insert(name.clone(), row);
            }
        }
        found
    }

    /// A raw value: `nickname`, or `profile.nickname` of a lookup.
    fn raw(&self, name: &str, traveller: &Traveller) -> Option<String> {
        match name.split_once('.') {
            Some((lookup, column)) => get(traveller.lookups.get(lookup)?, column),
            None => get(&traveller.source, name),
        }
    }

    /// Steps 1 to 3 for one column.
    fn value(&self, name: &str, column: &Column, traveller: &mut Traveller) -> Option<String> {
        let candidates = match &column.value {
            Value::Columns(names) => names.iter().map(|name| self.raw(name, traveller)).collect(),
            Value::Constant(value) => vec![value.clone()],
            Value::Expression(_) => panic!("expressions are SQL"),
        };
        let mut taken = None;
        for candidate in candidates.into_iter().flatten() {
            let (value, invalid) = self.clean(candidate, column);
            if invalid {
                let reason = format!("invalid:{name}");
                match column.invalid {
                    Misfit::Null => {
                        traveller.notes.insert(format!("lost:{reason}"));
                        continue;
                    }
                    Misfit::Keep => {
                        traveller.notes.insert(format!("kept:{reason}"));
                        taken = value;
                    }
                    misfit => traveller.misfits.push((reason, misfit)),
                }
                break;
            }
            if value.is_some() {
                taken = value;
                break;
            }
        }
        let (Some(map), Some(value)) = (&column.map, taken.as_ref()) else {
            return taken;
        };
        if let Some(mapped) = map.get(value) {
            return mapped.clone();
        }
        let reason = format!("unmapped:{name}");
        match column.unmapped {
            Misfit::Null => {
                traveller.notes.insert(format!("lost:{reason}"));
                None
            }
            Misfit::Keep => {
                traveller.notes.insert(format!("kept:{reason}"));
                taken
            }
            Misfit::Quarantine | Misfit::Abort => {
                traveller.misfits.push((reason, column.unmapped));
                None
            }
        }
    }

    /// A value after all normalisers, or the text before the one that does not understand it.
    fn clean(&self, text: String, column: &Column) -> (Option<String>, bool) {
        let mut text = text;
        for normalizer in &column.clean {
            match normalizer.apply(&text, self.settings) {
                Cleaned::Value(next) => text = next,
                Cleaned::Null => return (None, false),
                Cleaned::Invalid => return (Some(text), true),
            }
        }
        (Some(text), false)
    }

    /// Step 5 for a row whose key somebody else's row has.
    fn meet(&self, traveller: &mut Traveller, there: &Row) {
        let same = traveller
            .values
            .iter()
            .all(|(name, value)| get(there, name) == *value);
        let (outcome, reason) = match (same, self.table.existing) {
            (true, _) => (Outcome::Skipped, "existing_same"),
            (false, Existing::Keep) => (Outcome::Skipped, "existing_different"),
            (false, Existing::Quarantine) => (Outcome::Quarantined, "existing_different"),
            (false, Existing::Abort) => (Outcome::Undecided, "existing_different"),
        };
        traveller.say(outcome, reason);
    }

    /// Step 6: what the target does not take. What it does not take cannot be kept either.
    fn fit(&self, traveller: &mut Traveller, shape: &Shape) {
        for (name, most) in &shape.lengths {
            let value = get(&traveller.values, name);
            if value.is_some_and(|value| value.chars().count() > *most) {
                self.against(traveller, "too_long", name, self.table.too_long);
            }
        }
        for name in &shape.needed {
            let spoken_for = traveller
                .misfits
                .iter()
                .any(|(reason, _)| reason.ends_with(&format!(":{name}")));
            let mapped = traveller.values.contains_key(name);
            if mapped && !spoken_for && get(&traveller.values, name).is_none() {
                let misfit = match self.table.missing {
                    Misfit::Abort => Misfit::Abort,
                    Misfit::Quarantine | Misfit::Null | Misfit::Keep => Misfit::Quarantine,
                };
                self.against(traveller, "missing", name, misfit);
            }
        }
    }

    fn against(&self, traveller: &mut Traveller, code: &str, column: &str, misfit: Misfit) {
        let reason = format!("{code}:{column}");
        if misfit == Misfit::Null {
            traveller.values.insert(column.to_owned(), None);
            traveller.notes.insert(format!("lost:{reason}"));
        } else {
            let misfit = if misfit == Misfit::Keep {
                Misfit::Quarantine
            } else {
                misfit
            };
            traveller.misfits.push((reason, misfit));
        }
    }

    /// Step 7.
    fn follow_parents(&self, traveller: &mut Traveller, result: &Result) {
        for (name, column) in &self.table.columns {
            let Some(parent) = &column.parent else {
                continue;
            };
            let Some(value) = get(&traveller.values, name) else {
                continue;
            };
            let decision = result.decisions[parent].get(&vec![value.clone()]);
            let code = match decision.map(|decision| (decision.outcome, &decision.winner)) {
                Some((Outcome::Moved, _)) => continue,
                Some((Outcome::Merged, winner)) => {
                    let winner = winner.as_ref().and_then(|key| key.first().cloned());
                    traveller.values.insert(name.clone(), winner);
                    continue;
                }
                _ if self.is_there(parent, &value, result) => continue,
                Some((Outcome::Skipped, _)) => "parent_skipped",
                Some((Outcome::Quarantined | Outcome::Undecided, _)) => "parent_quarantined",
                None => "no_parent",
            };
            let target = self.table.target.to_string();
            let shape = self.world.shapes.get(&target);
            let held = shape.is_some_and(|shape| {
                let mut references = shape.references.iter();
                references.any(|(column, _)| column == name)
            });
            match column.orphan {
                Misfit::Keep if !held => {
                    traveller.notes.insert(format!("kept:{code}:{name}"));
                }
                misfit => self.against(traveller, code, name, misfit),
            }
        }
    }

    /// Whether the target of a table has a row with a key.
    fn is_there(&self, parent: &str, key: &str, result: &Result) -> bool {
        let mut tables = self.declaration.tables.iter();
        let table = tables.find(|table| table.name == parent).expect("a table");
        let column = table.columns.iter().find(|(_, column)| {
            column.value == Value::Columns(table.key.clone()) && column.clean.is_empty()
        });
        let rows = result.targets.get(&table.target.to_string());
        match (column, rows) {
            (Some((column, _)), Some(rows)) => rows
                .iter()
                .any(|row| get(row, column).as_deref() == Some(key)),
            _ => false,
        }
    }

    /// Step 8.
    fn settle(&self, traveller: &mut Traveller) {
        let misfits = std::mem::take(&mut traveller.misfits);
        let worst = misfits.iter().map(|(_, misfit)| *misfit);
        if worst.clone().any(|misfit| misfit == Misfit::Abort) {
            traveller.settled = Some(Outcome::Undecided);
        } else if worst.clone().any(|misfit| misfit == Misfit::Quarantine) {
            traveller.settled = Some(Outcome::Quarantined);
        }
        let reasons = misfits.into_iter().map(|(reason, _)| reason);
        traveller.notes.extend(reasons);
    }

    /// Step 9 for one rule.
    fn part(&self, rule: &UniqueRule, travellers: &mut [Traveller], fixed: &[Row]) {
        let values = |row: &Row| -> Option<Key> {
            rule.columns.iter().map(|column| get(row, column)).collect()
        };
        let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (at, traveller) in travellers.iter().enumerate() {
            if traveller.settled.is_none()
                && let Some(values) = values(&traveller.values)
            {
                groups.entry(values).or_default().push(at);
            }
        }
        for (shared, mut group) in groups {
            let holder = fixed
                .iter()
                .filter(|row| values(row).as_ref() == Some(&shared))
                .min_by_key(|row| self.target_key(row));
            if group.len() + usize::from(holder.is_some()) < 2 {
                continue;
            }
            group.sort_by(|a, b| self.order(rule, &travellers[*a], &travellers[*b]));
            let mut others = group.clone();
            let first = if holder.is_none() {
                Some(others.remove(0))
            } else {
                None
            };
            let conflict = format!("conflict:{}", rule.columns.join("+"));
            match &rule.action {
                ConflictAction::KeepFirst => {
                    for at in others {
                        travellers[at].notes.insert(conflict.clone());
                        travellers[at].settled = Some(Outcome::Quarantined);
                    }
                }
                ConflictAction::Quarantine | ConflictAction::Abort => {
                    let outcome = match rule.action {
                        ConflictAction::Abort => Outcome::Undecided,
                        _ => Outcome::Quarantined,
                    };
                    for at in group {
                        travellers[at].notes.insert(conflict.clone());
                        travellers[at].settled = Some(outcome);
                    }
                }
                ConflictAction::NullOthers(columns) => {
                    for at in others {
                        for column in columns {
                            if get(&travellers[at].values, column).is_some() {
                                travellers[at].values.insert(column.clone(), None);
                                travellers[at].notes.insert(format!("nulled:{column}"));
                            }
                        }
                    }
                }
                ConflictAction::Merge => {
                    let winner = match (holder, first) {
                        (Some(row), _) => self.target_key(row),
                        (None, first) => travellers[first.expect("a first")].key.clone(),
                    };
                    for at in others {
                        travellers[at].notes.insert(conflict.clone());
                        travellers[at].settled = Some(Outcome::Merged);
                        travellers[at].winner = Some(winner.clone());
                    }
                    if let Some(first) = first {
                        let combined = self.combine(&group, travellers);
                        travellers[first].values.extend(combined);
                        travellers[first].absorbs = true;
                    }
                }
            }
        }
    }

    /// The values of a row that others become part of; its key stays.
    fn combine(&self, group: &[usize], travellers: &[Traveller]) -> Row {
        let key = self.key_columns();
        let mut combined = Row::new();
        for (name, column) in &self.table.columns {
            if key.contains(&name.as_str()) {
                continue;
            }
            let mut values = group
                .iter()
                .filter_map(|at| get(&travellers[*at].values, name));
            let value = match column.merge {
                MergeValue::First => values.next(),
                MergeValue::Least => values.min(),
                MergeValue::Greatest => values.max(),
            };
            combined.insert(name.clone(), value);
        }
        combined
    }

    fn order(&self, rule: &UniqueRule, a: &Traveller, b: &Traveller) -> std::cmp::Ordering {
        rule.keep
            .iter()
            .map(|order| {
                let left = self.raw(&order.column, a);
                compare(
                    left.as_ref(),
                    self.raw(&order.column, b).as_ref(),
                    order.descending,
                )
            })
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.key.cmp(&b.key))
    }
}

/// NULL last, either way.
fn compare(a: Option<&String>, b: Option<&String>, descending: bool) -> std::cmp::Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
        _ => b.is_some().cmp(&a.is_some()),
    }
}

fn get(row: &Row, column: &str) -> Option<String> {
    row.get(column).cloned().flatten()
}
