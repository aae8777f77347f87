//! Looks at the targets of a domain and upgrades them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::combine::combine;
use super::list::{self, Target, TargetPlace};
use super::pool::{Crew, Lane, Told, Warnings};
use super::result::{TargetRun, TargetStanding, TargetState};
use super::{TargetOptions, once};
use crate::command::alembic::{ChainTarget, Destination, RevisionText, SharedChain};
use crate::command::domains::chain_domain::{below_root, down, recorded_at};
use crate::command::domains::driver::{DownTo, Driver, UpTo};
use crate::command::domains::error::DomainError;
use crate::command::domains::observer::Observer;
use crate::command::domains::schedule::check_standing;
use crate::command::domains::workspace::Workspace;
use crate::command::flyway::SharedFiles;
use crate::model::{Backend, Catalog, Domain, Secret, Standing};
use crate::verify::{DomainFiles, DomainHistory};

/// What a target answers.
type Answer<R> = Result<R, DomainError>;
/// Asks a target something on a connection.
type Asking<'a, R> = dyn Fn(&Target, &mut Lane, &mut dyn Observer) -> Answer<R> + Sync + 'a;
/// What all targets answer, in their order.
type Answers<R> = Vec<Answer<R>>;

/// A domain that is kept in many databases or schemas.
pub struct TargetsDomain {
    workspace: Workspace,
    domain: Domain,
    /// For what one database would be enough: files, and the query that names the targets.
    one: Driver,
    options: TargetOptions,
    listed: OnceLock<Vec<Target>>,
    shared: OnceLock<Shared>,
    /// Where the targets stood when they were looked at.
    found: OnceLock<Vec<TargetStanding>>,
}

/// What was read once for all targets.
enum Shared {
    Chain(Box<SharedChain>),
    Flyway(Arc<SharedFiles>),
}

/// How the turn of a target ended.
struct Ended {
    ran: Vec<String>,
    result: Result<(), DomainError>,
    took: Duration,
}

impl TargetsDomain {
    pub(in crate::command::domains) fn open(
        workspace: &Workspace,
        domain: &Domain,
    ) -> Result<Self, DomainError> {
        let mut for_files = domain.clone();
        if workspace.url(domain).is_none() && for_files.url.is_none() {
            // The files are read as the first of the databases wants them.
            for_files.url = domain.targets.urls.first().cloned();
        }
        Ok(Self {
            one: Driver::open(workspace, &for_files)?,
            workspace: workspace.clone(),
            domain: domain.clone(),
            options: workspace.targets.clone(),
            listed: OnceLock::new(),
            shared: OnceLock::new(),
            found: OnceLock::new(),
        })
    }

    pub(in crate::command::domains) fn catalog(&self) -> Result<Catalog, DomainError> {
        self.one.catalog()
    }

    pub(in crate::command::domains) fn texts(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(String, RevisionText)>, DomainError> {
        self.one.texts(wanted, observer)
    }

    /// Where the targets stood when they were looked at.
    pub fn found(&self) -> &[TargetStanding] {
        self.found.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// Takes out where the targets stood.
    pub(in crate::command::domains) fn into_found(self) -> Vec<TargetStanding> {
        self.found.into_inner().unwrap_or_default()
    }

    fn targets(&self, observer: &mut dyn Observer) -> Result<&[Target], DomainError> {
        let targets = once(&self.listed, || {
            let mut ask = |sql: &str, observer: &mut dyn Observer| self.one.ask(sql, observer);
            let all = list::list(&self.workspace, &self.domain, &mut ask, observer)?;
            match &self.options.only {
                Some(only) if only.domain == self.domain.name => list::choose(all, only),
                _ => Ok(all),
            }
        })?;
        Ok(targets)
    }

    fn shared(&self, observer: &mut dyn Observer) -> Result<&Shared, DomainError> {
        once(&self.shared, || match &self.one {
            Driver::Chain(chain) => Ok(Shared::Chain(Box::new(chain.shared(observer)?))),
            Driver::Flyway(flyway) => Ok(Shared::Flyway(flyway.shared(observer)?)),
        })
    }

    /// Where all targets stand together.
    pub(in crate::command::domains) fn standing(
        &self,
        observer: &mut dyn Observer,
    ) -> Result<Standing, DomainError> {
        let catalog = self.catalog()?;
        let targets = self.targets(observer)?;
        let shared = self.shared(observer)?;
        let found = self.visit(observer, &|target, lane, observer| {
            self.look(shared, target, lane, observer)
        })?;
        let found: Vec<TargetStanding> = targets
            .iter()
            .zip(found)
            .map(|(target, found)| TargetStanding {
                name: target.name.clone(),
                found,
            })
            .collect();
        let standing = combine(&catalog, &found);
        drop(self.found.set(found));
        Ok(standing)
    }

    /// Asks all targets something, whatever becomes of single ones; the answers are in their order.
    fn visit<R: Send>(
        &self,
        observer: &mut dyn Observer,
        ask: &Asking<'_, R>,
    ) -> Result<Answers<R>, DomainError> {
        let targets = self.targets(observer)?;
        let everybody: Vec<usize> = (0..targets.len()).collect();
        let mut found: BTreeMap<usize, Result<R, DomainError>> = BTreeMap::new();
        let mut warnings = Warnings::default();
        self.crew(usize::MAX).go(
            &everybody,
            &|found: &Result<R, DomainError>| found.is_err(),
            &|at, lane, observer| {
                let target = &targets[at];
                let of = |error: DomainError| {
                    error.of(&format!("{} ({})", self.domain.name, target.name))
                };
                ask(target, lane, observer).map_err(of)
            },
            &mut |told| match told {
                Told::Started(_) => {}
                Told::Warned(target, words) => {
                    let name = &targets[target].name;
                    warnings.say(&self.domain.name, name, &words, observer);
                }
                Told::Finished(target, answer) => {
                    found.insert(target, answer);
                }
            },
        );
        warnings.finish(&self.domain.name, observer);
        Ok(found.into_values().collect())
    }

    /// What each target has recorded, with its name.
    pub(in crate::command::domains) fn recorded(
        &self,
        files: &DomainFiles,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(String, Answer<DomainHistory>)>, DomainError> {
        let targets = self.targets(observer)?;
        let shared = self.shared(observer)?;
        let recorded = self.visit(
            observer,
            &|target, lane, observer| match (shared, &self.one) {
                _ if matches!(target.place, TargetPlace::Wrong(_)) => Err(wrong(target)),
                (Shared::Chain(shared), Driver::Chain(chain)) => {
                    let place = self.chain_target(target)?;
                    chain.recorded_on(shared, &place, files, &mut lane.chain, observer)
                }
                (Shared::Flyway(shared), Driver::Flyway(flyway)) => {
                    let config =
                        flyway.config_of(schema_of(target), url_of(target), &self.workspace)?;
                    let files = (files, self.workspace.root.as_path());
                    flyway.recorded_on(shared, config, files, &mut lane.flyway, observer)
                }
                _ => Err(mixed()),
            },
        )?;
        let names = targets.iter().map(|target| target.name.clone());
        Ok(names.zip(recorded).collect())
    }

    fn crew(&self, max_failures: usize) -> Crew {
        Crew {
            jobs: self.options.jobs,
            max_failures,
        }
    }

    fn look(
        &self,
        shared: &Shared,
        target: &Target,
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> Result<Standing, DomainError> {
        match (shared, &self.one) {
            _ if matches!(target.place, TargetPlace::Wrong(_)) => Err(wrong(target)),
            (Shared::Chain(shared), Driver::Chain(chain)) => {
                let place = self.chain_target(target)?;
                chain.standing_on(shared, &place, &mut lane.chain, observer)
            }
            (Shared::Flyway(shared), Driver::Flyway(flyway)) => {
                let config =
                    flyway.config_of(schema_of(target), url_of(target), &self.workspace)?;
                flyway.standing_on(shared, config, &mut lane.flyway, observer)
            }
            _ => Err(mixed()),
        }
    }

    /// How all targets stand before anything runs.
    pub(in crate::command::domains) fn before(&self) -> Vec<TargetRun> {
        let found = self.found().iter();
        found
            .map(|target| {
                let state = if target.is_up_to_date() {
                    TargetState::UpToDate
                } else {
                    TargetState::NotBegun
                };
                TargetRun::new(&target.name, state)
            })
            .collect()
    }

    /// Brings all targets up; gives what became of each, in their order.
    pub(in crate::command::domains) fn upgrade(
        &self,
        to: &UpTo,
        keys: &[String],
        observer: &mut dyn Observer,
    ) -> (Vec<TargetRun>, Result<(), DomainError>) {
        let mut runs = self.before();
        let wanted: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
        let waits = |target: &TargetStanding| match &target.found {
            Err(_) => true,
            Ok(standing) => {
                standing.pending().any(|key| wanted.contains(key)) || !is_clear(standing)
            }
        };
        let found = self.found().iter().enumerate();
        let waiting: Vec<usize> = found
            .filter(|(_, target)| waits(target))
            .map(|(at, _)| at)
            .collect();
        for (at, run) in runs.iter_mut().enumerate() {
            run.state = if waiting.contains(&at) {
                TargetState::NotBegun
            } else {
                TargetState::UpToDate
            };
        }
        let prepared = self.prepare(to, &wanted, observer);
        let (targets, shared, destinations) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return (runs, Err(error)),
        };
        let work = |at: usize, lane: &mut Lane, observer: &mut dyn Observer| {
            self.upgrade_one(shared, at, &targets[at], &destinations, lane, observer)
        };
        let result = self.go_through(&mut runs, &waiting, TargetState::Upgraded, &work, observer);
        (runs, result)
    }

    /// Takes migrations back in all targets that have something to take back.
    pub(in crate::command::domains) fn downgrade(
        &self,
        to: &DownTo,
        observer: &mut dyn Observer,
    ) -> (Vec<TargetRun>, Result<(), DomainError>) {
        let has_more = |standing: &Standing| {
            let mut applied = standing.applied();
            match to {
                DownTo::Key(key) => {
                    let applied: Vec<&str> = applied.collect();
                    applied.contains(&key.as_str()) && standing.current != [key.clone()]
                }
                DownTo::Base | DownTo::Steps(_) => applied.next().is_some(),
            }
        };
        let place = Aim::Down(to);
        self.change(&has_more, &place, TargetState::TakenBack, observer)
    }

    /// Records migrations in all targets without running them.
    pub(in crate::command::domains) fn stamp(
        &self,
        to: &UpTo,
        observer: &mut dyn Observer,
    ) -> (Vec<TargetRun>, Result<(), DomainError>) {
        let place = Aim::Record(to);
        self.change(&|_| true, &place, TargetState::Recorded, observer)
    }

    /// Goes through the targets that `concerns` says yes to, and those that could not be asked.
    fn change(
        &self,
        concerns: &dyn Fn(&Standing) -> bool,
        aim: &Aim<'_>,
        done: TargetState,
        observer: &mut dyn Observer,
    ) -> (Vec<TargetRun>, Result<(), DomainError>) {
        let read = self
            .standing(observer)
            .and_then(|_| Ok((self.targets(observer)?, self.shared(observer)?)));
        let (targets, shared) = match read {
            Ok(read) => read,
            Err(error) => return (Vec::new(), Err(error)),
        };
        let mut runs = self.before();
        let mut waiting = Vec::new();
        for (at, target) in self.found().iter().enumerate() {
            let is_concerned = target.found.as_ref().map_or(true, concerns);
            runs[at].state = if is_concerned {
                waiting.push(at);
                TargetState::NotBegun
            } else {
                TargetState::UpToDate
            };
        }
        let work = |at: usize, lane: &mut Lane, observer: &mut dyn Observer| {
            self.change_one(shared, at, &targets[at], aim, lane, observer)
        };
        let result = self.go_through(&mut runs, &waiting, done, &work, observer);
        let hint =
            "run the same again for what is left; `stillway status` says where the targets stand";
        (runs, result.map_err(|error| error.with_hint(hint)))
    }

    fn change_one(
        &self,
        shared: &Shared,
        at: usize,
        target: &Target,
        aim: &Aim<'_>,
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        let changed = match (shared, &self.one) {
            _ if matches!(target.place, TargetPlace::Wrong(_)) => Err(wrong(target)),
            (Shared::Chain(shared), Driver::Chain(chain)) => {
                let destination = match aim {
                    Aim::Down(to) => down(to),
                    Aim::Record(to) => recorded_at(to),
                };
                self.chain_target(target).map(|place| {
                    let destinations = [destination];
                    chain.run_on(shared, &place, &destinations, &mut lane.chain, observer)
                })
            }
            (Shared::Flyway(shared), Driver::Flyway(flyway)) => flyway
                .config_of(schema_of(target), url_of(target), &self.workspace)
                .map(|mut config| match aim {
                    Aim::Down(to) => match &self.found()[at].found {
                        Ok(standing) => {
                            let to = (*to, standing);
                            flyway.downgrade_on(shared, config, to, &mut lane.flyway, observer)
                        }
                        Err(error) => (Vec::new(), Err(DomainError::words(error.to_string()))),
                    },
                    Aim::Record(to) => {
                        config.skip_executing_migrations = true;
                        let neighbours = self.has_neighbours();
                        let lane = &mut lane.flyway;
                        flyway.upgrade_on(shared, config, to, neighbours, lane, observer)
                    }
                }),
            _ => Err(mixed()),
        };
        changed.unwrap_or_else(|error| (Vec::new(), Err(error)))
    }

    /// Works on targets: first those that go alone, then the others, as long as not too many fail.
    fn go_through(
        &self,
        runs: &mut [TargetRun],
        waiting: &[usize],
        done: TargetState,
        work: &Work<'_>,
        observer: &mut dyn Observer,
    ) -> Result<(), DomainError> {
        let name = &self.domain.name;
        let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
        observer.targets_started(name, waiting.len(), runs.len() - waiting.len());
        let mut warnings = Warnings::default();
        let mut told = |told: Told<Ended>| match told {
            Told::Started(target) => observer.target_started(name, &names[target]),
            Told::Warned(target, words) => {
                warnings.say(name, &names[target], &words, observer);
            }
            Told::Finished(target, ended) => {
                let run = &mut runs[target];
                run.state = match (&ended.result, ended.ran.is_empty()) {
                    (Err(_), _) => TargetState::Failed,
                    (Ok(()), true) => TargetState::UpToDate,
                    (Ok(()), false) => done,
                };
                run.ran = ended.ran;
                run.took = ended.took;
                let error = ended.result.err();
                run.error = error.map(|error| error.of(&format!("{name} ({})", run.name)));
                observer.target_finished(name, run);
            }
        };
        let timed = |target: usize, lane: &mut Lane, observer: &mut dyn Observer| {
            let start = Instant::now();
            let (ran, result) = work(target, lane, observer);
            if result.is_err() {
                lane.chain.forget();
            }
            Ended {
                ran,
                result,
                took: start.elapsed(),
            }
        };
        let has_failed = |ended: &Ended| ended.result.is_err();
        let (first, others) = waiting.split_at(self.options.canary.min(waiting.len()));
        let canaries_live = self.crew(0).go(first, &has_failed, &timed, &mut told);
        if canaries_live {
            let crew = self.crew(self.options.max_failures);
            crew.go(others, &has_failed, &timed, &mut told);
        }
        warnings.finish(name, observer);
        observer.targets_finished(name);
        let failed = summed_up(runs, !canaries_live);
        failed.map_or(Ok(()), |error| Err(error.of(name)))
    }

    /// Everything that does not depend on a target: where to go, and scripts that are read and cut.
    fn prepare(
        &self,
        to: &UpTo,
        wanted: &BTreeSet<&str>,
        observer: &mut dyn Observer,
    ) -> Result<(&[Target], &Shared, Destinations), DomainError> {
        let targets = self.targets(observer)?;
        let shared = self.shared(observer)?;
        let destinations = match (&self.one, shared) {
            (Driver::Chain(chain), Shared::Chain(shared)) => {
                let backends: BTreeSet<bool> = targets
                    .iter()
                    .map(|target| is_sqlite(url_of(target)))
                    .collect();
                for is_sqlite in backends {
                    let backend = if is_sqlite {
                        Backend::Sqlite
                    } else {
                        Backend::Postgres
                    };
                    shared.prepare(&|key| wanted.contains(key), backend)?;
                }
                let tops = chain.destinations(to)?.into_iter();
                Destinations::Chain(tops.map(Destination::Upgrade).collect())
            }
            _ => Destinations::Flyway(to.clone()),
        };
        Ok((targets, shared, destinations))
    }

    fn upgrade_one(
        &self,
        shared: &Shared,
        at: usize,
        target: &Target,
        destinations: &Destinations,
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        let known = self
            .found()
            .get(at)
            .and_then(|known| known.found.as_ref().ok());
        let checked = match (&target.place, known) {
            (TargetPlace::Wrong(_), _) => Err(wrong(target)),
            (_, Some(standing)) => check_standing(&self.domain, standing),
            (_, None) => Ok(()),
        };
        if let Err(error) = checked {
            return (Vec::new(), Err(error));
        }
        match (shared, &self.one, destinations) {
            (Shared::Chain(shared), Driver::Chain(chain), Destinations::Chain(tops)) => {
                match self.chain_target(target) {
                    Ok(place) => chain.run_on(shared, &place, tops, &mut lane.chain, observer),
                    Err(error) => (Vec::new(), Err(error)),
                }
            }
            (Shared::Flyway(shared), Driver::Flyway(flyway), Destinations::Flyway(to)) => {
                let config = flyway.config_of(schema_of(target), url_of(target), &self.workspace);
                let has_neighbours = self.has_neighbours();
                match config {
                    Ok(config) => flyway.upgrade_on(
                        shared,
                        config,
                        to,
                        has_neighbours,
                        &mut lane.flyway,
                        observer,
                    ),
                    Err(error) => (Vec::new(), Err(error)),
                }
            }
            _ => (Vec::new(), Err(mixed())),
        }
    }

    /// Whether other domains may have their tables in the same places.
    fn has_neighbours(&self) -> bool {
        let others = self.workspace.domains.iter();
        let mut others = others.filter(|other| other.name != self.domain.name);
        others.any(|other| !other.targets.is_empty())
    }

    fn chain_target(&self, target: &Target) -> Result<ChainTarget, DomainError> {
        match &target.place {
            TargetPlace::Schema(schema) => Ok(ChainTarget::Schema(schema.clone())),
            TargetPlace::Url(url) => {
                let url = below_root(url, &self.workspace)?;
                Ok(ChainTarget::Url(Secret::new(url)))
            }
            TargetPlace::Wrong(_) => Err(wrong(target)),
        }
    }
}

/// What is done to one target: the keys of what has run, also when it fails.
type Work<'w> = dyn Fn(usize, &mut Lane, &mut dyn Observer) -> (Vec<String>, Result<(), DomainError>)
    + Sync
    + 'w;

/// Where targets go without being upgraded.
enum Aim<'a> {
    Down(&'a DownTo),
    Record(&'a UpTo),
}

/// Where all targets go.
enum Destinations {
    Chain(Vec<Destination>),
    Flyway(UpTo),
}

fn is_clear(standing: &Standing) -> bool {
    standing.problems.is_empty() && standing.not_adopted.is_none()
}

fn schema_of(target: &Target) -> Option<&str> {
    match &target.place {
        TargetPlace::Schema(schema) => Some(schema),
        _ => None,
    }
}

fn url_of(target: &Target) -> Option<&Secret> {
    match &target.place {
        TargetPlace::Url(url) => Some(url),
        _ => None,
    }
}

fn is_sqlite(url: Option<&Secret>) -> bool {
    url.is_some_and(|url| {
        let text = url.expose();
        text.starts_with("sqlite") || text.starts_with("jdbc:sqlite")
    })
}

fn wrong(target: &Target) -> DomainError {
    match &target.place {
        TargetPlace::Wrong(words) => DomainError::words(words),
        _ => DomainError::words("this is no target"),
    }
}

fn mixed() -> DomainError {
    DomainError::words("the files were read for another dialect")
}

/// What is to be said of a run in which targets failed.
fn summed_up(runs: &[TargetRun], canaries_died: bool) -> Option<DomainError> {
    let count = |state| runs.iter().filter(|run| run.state == state).count();
    let (failed, not_begun) = (count(TargetState::Failed), count(TargetState::NotBegun));
    if failed == 0 {
        return None;
    }
    let errors = runs.iter().filter_map(|run| run.error.as_ref());
    let mut words = match (failed, runs.len()) {
        (failed, all) if all == 1 || failed == all => format!("{failed} of {all} failed"),
        (failed, all) => format!("{failed} of {all} targets failed"),
    };
    if not_begun > 0 {
        let why = if canaries_died {
            "a target that went first has failed"
        } else {
            "too many have failed"
        };
        words.push_str(&format!(", {not_begun} not begun because {why}"));
    }
    Some(DomainError::targets(
        words,
        errors.into_iter().all(DomainError::is_unreachable),
    ))
}
