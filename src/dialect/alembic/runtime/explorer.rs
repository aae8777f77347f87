//! What a body does for each answer that a database may give to the questions whether something is
//! there: the body runs once for every way through them, and the ways are put together again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::bind::Connection;
use super::record::{Recorded, Recorder};
use super::run::Run;
use super::script::RevisionError;
use crate::dialect::alembic::reflect::Existing;
use crate::engine::Reply;
use crate::python::{Failure, Vm};

/// A question that decides what a body does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question {
    /// When it was asked: a moment that [`Recorded::Asked`] marks.
    pub moment: String,
    /// A name for the answer.
    pub name: String,
    /// The condition, in SQL.
    pub condition: String,
}

/// What is done after a question, by its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The question.
    pub question: Question,
    /// What is done when it is there.
    pub yes: Vec<Recorded>,
    /// What is done when it is not.
    pub no: Vec<Recorded>,
}

/// So many ways are tried through the answers of one body.
const WAYS: usize = 256;

/// Exceptions by which a body says that it cannot go on. Others may come of an answer that is only
/// supposed.
const SAYING_NO: [&str; 6] = [
    "NoSuchTableError",
    "RuntimeError",
    "Exception",
    "ValueError",
    "NotImplementedError",
    "CommandError",
];

/// A connection to a database of which nothing is known. It gives the answers that are chosen.
pub struct Explorer {
    choices: Vec<bool>,
    events: RefCell<Vec<Event>>,
    decided: RefCell<HashMap<Question, bool>>,
    moments: RefCell<HashMap<String, usize>>,
    /// Tables that are known to be there until something is sent.
    there: RefCell<HashMap<(String, Option<String>), bool>>,
    statements: Rc<Recorder>,
    /// How many decisions were taken.
    taken: Cell<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Done(Recorded),
    Decided(Question, bool),
}

impl Explorer {
    fn new(choices: Vec<bool>) -> Rc<Self> {
        Rc::new(Self {
            choices,
            events: RefCell::default(),
            decided: RefCell::default(),
            moments: RefCell::default(),
            there: RefCell::default(),
            statements: Rc::default(),
            taken: Cell::new(0),
        })
    }

    /// Marks the moment at which something is asked: what is decided later is as it was then.
    pub(super) fn ask(&self, subject: &str) -> String {
        let mut moments = self.moments.borrow_mut();
        let count = moments.entry(subject.to_owned()).or_default();
        *count += 1;
        let moment = format!("{subject} {count}");
        self.push(Event::Done(Recorded::Asked(moment.clone())));
        moment
    }

    /// Whether something is there, at a moment.
    pub(super) fn decide(&self, moment: &str, existing: &Existing<'_>) -> bool {
        if !existing.is_possible() {
            return false;
        }
        let question = Question {
            moment: moment.to_owned(),
            name: existing.name(),
            condition: existing.condition(),
        };
        if let Some(known) = self.decided.borrow().get(&question) {
            return *known;
        }
        let place = self.taken.get();
        self.taken.set(place + 1);
        let answer = self.choices.get(place).copied().unwrap_or(true);
        self.push(Event::Decided(question.clone(), answer));
        self.decided.borrow_mut().insert(question, answer);
        answer
    }

    /// Whether a table is there now.
    pub(super) fn has_table(&self, table: &str, schema: Option<&str>) -> bool {
        let key = (table.to_owned(), schema.map(str::to_owned));
        let moment = self.ask(&format!("has_table {table} {}", schema.unwrap_or_default()));
        if let Some(known) = self.there.borrow().get(&key) {
            return *known;
        }
        let answer = self.decide(&moment, &Existing::Relation { table, schema });
        self.there.borrow_mut().insert(key, answer);
        answer
    }

    /// Whether a table is there of which a body cannot do without.
    pub(super) fn requires_table(&self, table: &str, schema: Option<&str>) -> bool {
        let key = (table.to_owned(), schema.map(str::to_owned));
        let is_known = self.there.borrow().get(&key) == Some(&true);
        if !self.has_table(table, schema) {
            return false;
        }
        if is_known {
            // It is noted as on other ways, where something was sent before, so that what follows is
            // the same there and here.
            let existing = Existing::Relation { table, schema };
            let shown =
                schema.map_or_else(|| table.to_owned(), |schema| format!("{schema}.{table}"));
            let moments = self.moments.borrow();
            let subject = format!("has_table {table} {}", schema.unwrap_or_default());
            let count = moments.get(&subject).copied().unwrap_or_default();
            let question = Question {
                moment: format!("{subject} {count}"),
                name: existing.name(),
                condition: existing.condition(),
            };
            let no = vec![Recorded::Raised(missing(&shown))];
            let yes = Vec::new();
            let branch = Branch { question, yes, no };
            self.push(Event::Done(Recorded::Branch(Box::new(branch))));
        }
        true
    }

    /// How much has happened so far.
    pub(super) fn extent(&self) -> usize {
        self.events.borrow().len()
    }

    fn push(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }

    /// Takes over what was sent.
    fn note(&self) {
        for done in self.statements.take() {
            self.there.borrow_mut().clear();
            self.push(Event::Done(done));
        }
    }
}

impl Connection for Explorer {
    fn execute(self: Rc<Self>, run: &Run, vm: &mut Vm, sql: &str) -> Result<Reply, Failure> {
        let reply = self.statements.clone().execute(run, vm, sql)?;
        self.note();
        Ok(reply)
    }

    fn perform(self: Rc<Self>, run: &Run, vm: &mut Vm, sql: &str) -> Result<(), Failure> {
        self.statements.clone().perform(run, vm, sql)?;
        self.note();
        Ok(())
    }

    fn answers(&self) -> bool {
        false
    }

    fn explorer(self: Rc<Self>) -> Option<Rc<Self>> {
        Some(self)
    }

    fn autocommit(self: Rc<Self>, run: &Run, vm: &mut Vm, begins: bool) -> Result<(), Failure> {
        self.statements.clone().autocommit(run, vm, begins)?;
        self.note();
        Ok(())
    }
}

/// One way through a body.
struct Way {
    events: Vec<Event>,
    /// The exception that ends it.
    raised: Option<String>,
}

/// What a body does, with a branch for each question. `run` evaluates the body on a connection.
///
/// # Errors
///
/// A body of which that cannot be told.
pub fn explore(
    run: impl FnMut(Rc<Explorer>) -> Result<(), Box<RevisionError>>,
) -> Result<Vec<Recorded>, Box<RevisionError>> {
    let mut exploration = Exploration { run, ways: 0 };
    let first = exploration.way(Vec::new())?;
    let done = exploration.program(&first, 0, &mut Vec::new())?;
    Ok(without_repeated(done, &mut Known::default()))
}

fn missing(table: &str) -> String {
    format!("table {table} does not exist")
}

/// What is known since something was sent the last time.
#[derive(Default, Clone)]
struct Known {
    /// The moments since then.
    moments: Vec<String>,
    /// The conditions that hold.
    conditions: Vec<String>,
}

/// Leaves out the questions of which the answer is known, because nothing was sent since they were
/// asked and it went on.
fn without_repeated(done: Vec<Recorded>, known: &mut Known) -> Vec<Recorded> {
    let mut left = Vec::new();
    for one in done {
        let Branch { question, yes, no } = match one {
            Recorded::Branch(branch) => *branch,
            one => {
                match &one {
                    Recorded::Asked(moment) => known.moments.push(moment.clone()),
                    _ => *known = Known::default(),
                }
                left.push(one);
                continue;
            }
        };
        let is_new = known.moments.contains(&question.moment);
        if is_new && ends(&no) && known.conditions.contains(&question.condition) {
            left.extend(without_repeated(yes, known));
            continue;
        }
        let mut known_then = known.clone();
        if is_new {
            known_then.conditions.push(question.condition.clone());
        }
        let yes = without_repeated(yes, &mut known_then);
        let no = without_repeated(no, known);
        if ends(&no) {
            *known = known_then;
        } else if !ends(&yes) {
            known.moments.retain(|one| known_then.moments.contains(one));
            known
                .conditions
                .retain(|one| known_then.conditions.contains(one));
        }
        left.push(Recorded::Branch(Box::new(Branch { question, yes, no })));
    }
    left
}

struct Exploration<F> {
    run: F,
    ways: usize,
}

impl<F: FnMut(Rc<Explorer>) -> Result<(), Box<RevisionError>>> Exploration<F> {
    fn way(&mut self, choices: Vec<bool>) -> Result<Way, Box<RevisionError>> {
        self.ways += 1;
        if self.ways > WAYS {
            return Err(refusal(
                "It asks the database too many things at once for all answers to be followed.",
            ));
        }
        let explorer = Explorer::new(choices);
        let raised = match (self.run)(explorer.clone()) {
            Ok(()) => None,
            Err(error) if SAYING_NO.contains(&error.exception.as_str()) => {
                Some(match error.exception.as_str() {
                    "NoSuchTableError" => missing(&error.message),
                    _ => error.message,
                })
            }
            Err(error) => return Err(error),
        };
        Ok(Way {
            events: explorer.events.take(),
            raised,
        })
    }

    /// What is done from an event on.
    fn program(
        &mut self,
        way: &Way,
        from: usize,
        taken: &mut Vec<bool>,
    ) -> Result<Vec<Recorded>, Box<RevisionError>> {
        let mut done = Vec::new();
        for (at, event) in way.events.iter().enumerate().skip(from) {
            let question = match event {
                Event::Done(one) => {
                    done.push(one.clone());
                    continue;
                }
                Event::Decided(question, _) => question,
            };
            let mut turned = taken.clone();
            turned.push(false);
            let other = self.way(turned.clone())?;
            let is_turned = other.events.get(at) == Some(&Event::Decided(question.clone(), false));
            if !is_turned || other.events[..at] != way.events[..at] {
                return Err(refusal("What it does depends on the time or on chance."));
            }
            let no = self.program(&other, at + 1, &mut turned)?;
            taken.push(true);
            let yes = self.program(way, at + 1, taken)?;
            taken.pop();
            done.extend(joined(question.clone(), yes, no));
            return Ok(done);
        }
        done.extend(way.raised.clone().map(Recorded::Raised));
        Ok(done)
    }
}

fn refusal(message: &str) -> Box<RevisionError> {
    Box::new(RevisionError {
        class: "refused",
        exception: String::new(),
        message: message.to_owned(),
        hint: String::new(),
        place: None,
        statements: Vec::new(),
    })
}

/// Whether nothing comes after it.
fn ends(done: &[Recorded]) -> bool {
    match done.last() {
        Some(Recorded::Raised(_)) => true,
        Some(Recorded::Branch(branch)) => ends(&branch.yes) && ends(&branch.no),
        _ => false,
    }
}

/// A branch, and what is done after it either way.
fn joined(question: Question, mut yes: Vec<Recorded>, mut no: Vec<Recorded>) -> Vec<Recorded> {
    let mut after = Vec::new();
    if ends(&no) && !ends(&yes) {
        after = std::mem::take(&mut yes);
    } else if ends(&yes) && !ends(&no) {
        after = std::mem::take(&mut no);
    } else {
        while let (Some(one), Some(other)) = (yes.last(), no.last())
            && one == other
        {
            no.pop();
            after.extend(yes.pop());
        }
        after.reverse();
    }
    if yes.is_empty() && no.is_empty() {
        return after;
    }
    let branch = Branch { question, yes, no };
    let mut done = vec![Recorded::Branch(Box::new(branch))];
    done.extend(after);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(sql: &str) -> Recorded {
        Recorded::Sent(sql.to_owned())
    }

    fn question(name: &str) -> Question {
        Question {
            moment: "now".to_owned(),
            name: name.to_owned(),
            condition: format!("{name}?"),
        }
    }

    fn branch(name: &str, yes: Vec<Recorded>, no: Vec<Recorded>) -> Recorded {
        Recorded::Branch(Box::new(Branch {
            question: question(name),
            yes,
            no,
        }))
    }

    #[test]
    fn what_both_ways_end_with_comes_after_the_branch() {
        let b = || branch("b", vec![], vec![sent("y")]);
        let made = joined(
            question("a"),
            vec![sent("x"), b(), sent("z")],
            vec![b(), sent("z")],
        );
        assert_eq!(made, [branch("a", vec![sent("x")], vec![]), b(), sent("z")]);
        assert_eq!(joined(question("a"), vec![b()], vec![b()]), [b()]);
    }

    #[test]
    fn what_is_known_is_not_asked_again() {
        let required = || branch("t", vec![], vec![Recorded::Raised("no".to_owned())]);
        let asked = || Recorded::Asked("now".to_owned());
        let done = vec![
            asked(),
            required(),
            branch("a", vec![required(), sent("x")], vec![required()]),
            // What was asked before is no answer for now.
            required(),
            asked(),
            required(),
            required(),
        ];
        assert_eq!(
            without_repeated(done, &mut Known::default()),
            [
                asked(),
                required(),
                branch("a", vec![sent("x")], vec![]),
                required(),
                asked(),
                required(),
            ]
        );
    }

    #[test]
    fn what_only_goes_on_one_way_is_no_branch() {
        let gone = || vec![Recorded::Raised("no".to_owned())];
        assert_eq!(
            joined(question("a"), vec![sent("x")], gone()),
            [branch("a", vec![], gone()), sent("x")]
        );
        assert_eq!(
            joined(question("a"), gone(), vec![sent("x")]),
            [branch("a", gone(), vec![]), sent("x")]
        );
    }
}
