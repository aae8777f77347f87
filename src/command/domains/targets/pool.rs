//! A bounded number of workers, each with a connection that it keeps, going through targets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use crate::command::domains::observer::Observer;
use crate::command::{alembic, flyway};

/// A worker's connection.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) chain: alembic::Lane,
    pub(super) flyway: flyway::Lane,
}

/// How workers go about it.
pub(super) struct Crew {
    /// How many there are.
    pub(super) jobs: usize,
    /// How many targets may fail before no more are begun.
    pub(super) max_failures: usize,
}

/// What comes from the workers.
pub(super) enum Told<R> {
    /// A target's turn has come.
    Started(usize),
    /// Something worth a warning.
    Warned(usize, String),
    /// A target is done.
    Finished(usize, R),
}

impl Crew {
    /// Goes through targets; tells whether none has failed. `told` is called on this thread.
    pub(super) fn go<R: Send>(
        &self,
        targets: &[usize],
        has_failed: &(dyn Fn(&R) -> bool + Sync),
        work: &(dyn Fn(usize, &mut Lane, &mut dyn Observer) -> R + Sync),
        told: &mut dyn FnMut(Told<R>),
    ) -> bool {
        let next = AtomicUsize::new(0);
        let failures = AtomicUsize::new(0);
        let jobs = self.jobs.clamp(1, targets.len().max(1));
        let one = |sender: Sender<Told<R>>| {
            let mut lane = Lane::default();
            while failures.load(Ordering::SeqCst) <= self.max_failures {
                let Some(target) = targets.get(next.fetch_add(1, Ordering::SeqCst)) else {
                    return;
                };
                let mut teller = Teller {
                    target: *target,
                    sender: &sender,
                };
                teller.tell(Told::Started(*target));
                let result = work(*target, &mut lane, &mut teller);
                if has_failed(&result) {
                    failures.fetch_add(1, Ordering::SeqCst);
                }
                teller.tell(Told::Finished(*target, result));
            }
        };
        let (sender, receiver) = channel();
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let sender = sender.clone();
                let one = &one;
                scope.spawn(move || one(sender));
            }
            drop(sender);
            for message in receiver {
                told(message);
            }
        });
        failures.load(Ordering::SeqCst) == 0
    }
}

/// Hands on what is said of a target; only warnings are worth hearing from one among many.
struct Teller<'t, R> {
    target: usize,
    sender: &'t Sender<Told<R>>,
}

impl<R> Teller<'_, R> {
    fn tell(&self, message: Told<R>) {
        // The receiver lives as long as the workers.
        drop(self.sender.send(message));
    }
}

impl<R> Observer for Teller<'_, R> {
    fn domain_started(&mut self, _domain: &str, _migrations: usize) {}
    fn migration_started(&mut self, _domain: &str, _key: &str, _description: &str, _action: &str) {}
    fn migration_finished(&mut self, _domain: &str, _key: &str, _took: Duration) {}
    fn note(&mut self, _domain: &str, _words: &str) {}

    fn warning(&mut self, _domain: &str, words: &str) {
        self.tell(Told::Warned(self.target, words.to_owned()));
    }
}

/// Says once what is worth a warning of many targets.
#[derive(Default)]
pub(super) struct Warnings {
    said: HashMap<String, usize>,
}

impl Warnings {
    pub(super) fn say(
        &mut self,
        domain: &str,
        target: &str,
        words: &str,
        observer: &mut dyn Observer,
    ) {
        let count = self.said.entry(words.to_owned()).or_default();
        *count += 1;
        if *count == 1 {
            observer.warning(domain, &format!("{target}: {words}"));
        }
    }

    pub(super) fn finish(self, domain: &str, observer: &mut dyn Observer) {
        for (words, count) in self.said {
            if count > 1 {
                let first = words.lines().next().unwrap_or_default();
                observer.warning(domain, &format!("{} more targets: {first}", count - 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(jobs: usize, max_failures: usize, count: usize, failing: &[usize]) -> Vec<usize> {
        let targets: Vec<usize> = (0..count).collect();
        let mut finished = Vec::new();
        let crew = Crew { jobs, max_failures };
        crew.go(
            &targets,
            &|failed: &bool| *failed,
            &|target, _, _| failing.contains(&target),
            &mut |told| {
                if let Told::Finished(target, _) = told {
                    finished.push(target);
                }
            },
        );
        finished.sort_unstable();
        finished
    }

    #[test]
    fn each_target_has_one_turn() {
        for jobs in [0, 1, 3, 100] {
            assert_eq!(ran(jobs, 0, 20, &[]), (0..20).collect::<Vec<_>>());
        }
        assert_eq!(ran(4, 0, 0, &[]), Vec::<usize>::new());
    }

    #[test]
    fn no_more_are_begun_once_too_many_have_failed() {
        assert_eq!(ran(1, 0, 10, &[2]), [0, 1, 2]);
        assert_eq!(ran(1, 1, 10, &[2, 4]), [0, 1, 2, 3, 4]);
        assert_eq!(ran(1, 2, 4, &[0, 1]), [0, 1, 2, 3]);
        let with_three = ran(3, 0, 100, &[0]);
        assert!(with_three.len() <= 100 && with_three.contains(&0));
    }
}
