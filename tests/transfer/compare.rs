//! One case on one server, step by step beside the model.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Failed;
use stillway::transfer::{
    Declaration, Misfit, RunContext, RunOptions, RunReport, Source, Table, TableSummary,
    TransferError, check, read, run, undo, verify,
};

use super::case::{Case, TableDefinition};
use super::model::{self, Decision, Key, Outcome, Row, World};
use super::server::Server;

/// Goes through a case: each run has to come to what the model says, and so has what is taken back.
pub(crate) fn hold(case: &Case, server: Server) -> Result<(), Failed> {
    let text = case.text();
    let declaration = read("t.toml", "t", text.as_bytes()).map_err(|errors| {
        let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
        format!("{}\n{text}", words.join("\n"))
    })?;
    let mut run = Trip {
        case,
        declaration,
        server,
        written: BTreeMap::new(),
    };
    run.server.create(case)?;
    run.all().map_err(|error| {
        let words = error.message().unwrap_or("failed").to_owned();
        words.into()
    })
}

struct Trip<'c> {
    case: &'c Case,
    declaration: Declaration,
    server: Server,
    /// What earlier runs have written, as the model knows it.
    written: BTreeMap<String, BTreeMap<Key, Row>>,
}

/// Rows of each outcome, and of each reason with its outcome.
type Numbers = BTreeMap<String, u64>;

impl Trip<'_> {
    fn all(&mut self) -> Result<(), Failed> {
        if !self.step("the first run")? {
            return Ok(());
        }
        for (at, changes) in self.case.steps.iter().enumerate() {
            for change in changes {
                self.server.change(change);
            }
            if !self.step(&format!("the run after changes {}", at + 1))? {
                return Ok(());
            }
        }
        self.take_back()?;
        self.step("the run after it was taken back")?;
        Ok(())
    }

    fn tables(&self, schema: &str) -> Vec<TableDefinition> {
        let tables = self.case.tables.iter();
        let tables = tables.filter(|table| table.name.starts_with(schema));
        tables.cloned().collect()
    }

    fn rows(&mut self, schema: &str) -> Result<BTreeMap<String, Vec<Row>>, Failed> {
        let mut all = BTreeMap::new();
        for table in self.tables(schema) {
            all.insert(table.name.clone(), self.server.rows(&table)?);
        }
        Ok(all)
    }

    fn world(&mut self) -> Result<World, Failed> {
        Ok(World {
            sources: self.rows("legacy")?,
            targets: self.rows("fresh")?,
            written: self.written.clone(),
            shapes: self.case.shapes(),
        })
    }

    /// Checks, runs, verifies and runs again. Tells whether the case can go on.
    fn step(&mut self, when: &str) -> Result<bool, Failed> {
        let world = self.world()?;
        let expected = model::run(&self.declaration, &world);
        if expected.held_back {
            // What cannot go because of others' rows is told by verify; see the cases for it.
            return Ok(false);
        }
        let checked = check(&self.declaration, self.server.database.as_mut())
            .map_err(|error| told(when, "check", &error))?;
        let mut differences = Vec::new();
        for (table, summary) in self.declaration.tables.iter().zip(&checked.tables) {
            let wanted = numbers(&expected.decisions[&table.name]);
            let found = summary_numbers(summary);
            if wanted != found {
                let name = &table.name;
                differences.push(format!("{name}: check counts {found:?}, not {wanted:?}"));
            }
        }
        let ran = self.run();
        if expected.is_undecided() {
            self.same_rows(&expected.targets, &mut differences)?;
            if checked.ready || ran.is_ok() {
                differences.push("something is undecided, and yet it runs".to_owned());
            }
            self.end(when, &world, &differences)?;
            return Ok(true);
        }
        let ran = match ran {
            Ok(report) => report,
            Err(error) => return Err(told(when, "run", &error)),
        };
        if ran.tables != checked.tables {
            differences.push(format!(
                "run counts {:#?}, check {:#?}",
                ran.tables, checked.tables
            ));
        }
        self.same_decisions(&expected, &mut differences)?;
        self.same_rows(&expected.targets, &mut differences)?;
        let connect = self.server.connector();
        let verified = verify(
            &self.declaration,
            self.server.database.as_mut(),
            1,
            &connect,
            &mut |_| {},
        )
        .map_err(|error| told(when, "verify", &error))?;
        for (table, found) in self.declaration.tables.iter().zip(&verified.tables) {
            // Whoever changed a row in the target may have made an orphan of it.
            let orphans = orphans(&self.declaration, table, &expected);
            let unexplained = found.unexplained;
            if !found.differences.is_empty() || found.orphans != orphans || unexplained != 0 {
                differences.push(format!(
                    "verify finds {:?}, {unexplained} unexplained, {} orphans for {orphans} of {}",
                    found.differences, found.orphans, found.table
                ));
            }
        }
        self.end(when, &world, &differences)?;
        self.written = expected.written;
        self.again(when)?;
        Ok(true)
    }

    /// Running again changes nothing.
    fn again(&mut self, when: &str) -> Result<(), Failed> {
        let world = self.world()?;
        let expected = model::run(&self.declaration, &world);
        let mut differences = Vec::new();
        if expected.targets != world.targets || expected.is_undecided() {
            differences.push("the model itself changes something".to_owned());
        }
        let ran = self
            .run()
            .map_err(|error| told(when, "run again", &error))?;
        for work in ran.work {
            if work.inserted + work.updated + work.removed + work.refused > 0 {
                differences.push(format!("running again does something: {work:?}"));
            }
        }
        self.same_decisions(&expected, &mut differences)?;
        self.same_rows(&expected.targets, &mut differences)?;
        self.end(&format!("running again after {when}"), &world, &differences)
    }

    fn take_back(&mut self) -> Result<(), Failed> {
        let world = self.world()?;
        let expected = model::undo(&self.declaration, &world);
        undo(&self.declaration, self.server.database.as_mut())
            .map_err(|error| told("at the end", "undo", &error))?;
        let mut differences = Vec::new();
        self.same_rows(&expected, &mut differences)?;
        self.end("undo", &world, &differences)?;
        for table in &self.declaration.tables {
            let stays = &expected[&table.target.to_string()];
            if let Some(written) = self.written.get_mut(&table.name) {
                written.retain(|key, _| {
                    let mut rows = stays.iter();
                    rows.any(|row| row["id"].as_ref() == key.first())
                });
            }
        }
        Ok(())
    }

    fn run(&mut self) -> Result<RunReport, TransferError> {
        let connect = self.server.connector();
        let mut refused = Vec::new();
        let mut observer = |event| {
            if let stillway::transfer::RunEvent::Refused { table, key, reason } = event {
                refused.push(format!("{table} {key}: {reason}"));
            }
        };
        let options = RunOptions {
            batch_rows: Some(2),
            jobs: 1,
            ..RunOptions::default()
        };
        let mut context = RunContext {
            connect: &connect,
            observer: &mut observer,
        };
        run(
            &self.declaration,
            self.server.database.as_mut(),
            &options,
            &mut context,
        )
    }

    fn same_rows(
        &mut self,
        expected: &BTreeMap<String, Vec<Row>>,
        differences: &mut Vec<String>,
    ) -> Result<(), Failed> {
        for table in self.tables("fresh") {
            let found = self.server.rows(&table)?;
            let wanted = &expected[&table.name];
            for row in wanted.iter().filter(|row| !found.contains(row)) {
                differences.push(format!("{} lacks {}", table.name, line(row)));
            }
            for row in found.iter().filter(|row| !wanted.contains(row)) {
                differences.push(format!("{} has {}", table.name, line(row)));
            }
        }
        Ok(())
    }

    fn same_decisions(
        &mut self,
        expected: &model::Result,
        differences: &mut Vec<String>,
    ) -> Result<(), Failed> {
        for table in &self.declaration.tables {
            let there = self
                .case
                .tables
                .iter()
                .any(|definition| match &table.source {
                    Source::Table(name) => definition.name == name.to_string(),
                    Source::Query(_) => true,
                });
            if !there {
                continue;
            }
            let name = self.server.decisions("t", &table.name);
            let rows = self.server.query(&format!(
                "SELECT k1, outcome, reasons, winner_t1 FROM {name}"
            ))?;
            let mut found: BTreeMap<Key, String> = rows
                .into_iter()
                .map(|row| {
                    let cell = |at: usize| row[at].clone().unwrap_or_default();
                    let reasons = cell(2);
                    let reasons: BTreeSet<&str> = reasons.split(',').collect();
                    let outcome = cell(1);
                    let winner = if outcome == "merged" {
                        cell(3)
                    } else {
                        String::new()
                    };
                    (vec![cell(0)], format!("{outcome} {reasons:?} {winner}"))
                })
                .collect();
            for (key, decision) in &expected.decisions[&table.name] {
                let winner = decision
                    .winner
                    .as_ref()
                    .filter(|_| decision.outcome == Outcome::Merged);
                let winner = winner.map_or(String::new(), |key| key.join(", "));
                let plain = decision.outcome == Outcome::Moved && decision.reasons.is_empty();
                let wanted = format!("{} {:?} {winner}", word(decision.outcome), decision.reasons);
                let own = found.remove(key);
                if own.as_ref() != Some(&wanted) && !(plain && own.is_none()) {
                    let own = own.unwrap_or_else(|| "moved".to_owned());
                    differences.push(format!("{} {key:?}: {own}, not {wanted}", table.name));
                }
            }
            for (key, decision) in found {
                differences.push(format!(
                    "{} {key:?}: {decision}, though there is no such row",
                    table.name
                ));
            }
        }
        Ok(())
    }

    fn end(&self, when: &str, world: &World, differences: &[String]) -> Result<(), Failed> {
        if differences.is_empty() {
            return Ok(());
        }
        let mut text = format!("{when}:\n  {}\nbefore:", differences.join("\n  "));
        for (name, rows) in world.sources.iter().chain(&world.targets) {
            for row in rows {
                text.push_str(&format!("\n  {name}: {}", line(row)));
            }
        }
        for (name, rows) in &world.written {
            for row in rows.values() {
                text.push_str(&format!("\n  written {name}: {}", line(row)));
            }
        }
        text.push('\n');
        text.push_str(&self.case.text());
        for table in &self.case.tables {
            text.push_str(&format!("\n{table:?}"));
        }
        Err(text.into())
    }
}

/// Rows that were written and that refer to a row that is not there, where the file does not keep them.
fn orphans(declaration: &Declaration, table: &Table, expected: &model::Result) -> u64 {
    let mut count = 0;
    let written = &expected.written[&table.name];
    let rows = &expected.targets[&table.target.to_string()];
    for (name, column) in &table.columns {
        let Some(parent) = column
            .parent
            .as_ref()
            .filter(|_| column.orphan != Misfit::Keep)
        else {
            continue;
        };
        let parent = declaration
            .tables
            .iter()
            .find(|table| table.name == *parent);
        let there = &expected.targets[&parent.expect("a parent").target.to_string()];
        let ours = rows.iter().filter(|row| {
            let key: Key = row["id"].iter().cloned().collect();
            written.contains_key(&key)
        });
        let lost = ours.filter(|row| {
            row[name].is_some() && there.iter().all(|other| other["id"] != row[name])
        });
        count += u64::try_from(lost.count()).unwrap_or_default();
    }
    count
}

fn told(when: &str, what: &str, error: &TransferError) -> Failed {
    format!("{when}: {what}: {error} {error:?}").into()
}

fn line(row: &Row) -> String {
    let cells: Vec<String> = row
        .iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={value:?}"),
            None => format!("{name}="),
        })
        .collect();
    cells.join(" ")
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Moved => "moved",
        Outcome::Merged => "merged",
        Outcome::Quarantined => "quarantined",
        Outcome::Skipped => "skipped",
        Outcome::Undecided => "undecided",
    }
}

fn numbers(decisions: &BTreeMap<Key, Decision>) -> Numbers {
    let mut numbers = Numbers::new();
    for decision in decisions.values() {
        let outcome = word(decision.outcome);
        *numbers.entry(outcome.to_owned()).or_default() += 1;
        for reason in &decision.reasons {
            *numbers.entry(format!("{outcome} {reason}")).or_default() += 1;
        }
    }
    numbers
}

fn summary_numbers(summary: &TableSummary) -> Numbers {
    let mut numbers: Numbers = [
        ("moved", summary.moved),
        ("merged", summary.merged),
        ("quarantined", summary.quarantined),
        ("skipped", summary.skipped),
        ("undecided", summary.undecided),
    ]
    .into_iter()
    .map(|(outcome, rows)| (outcome.to_owned(), rows))
    .collect();
    for reason in &summary.reasons {
        *numbers
            .entry(format!("{} {}", reason.outcome, reason.reason))
            .or_default() += reason.rows;
    }
    numbers.retain(|_, rows| *rows > 0);
    numbers
}
