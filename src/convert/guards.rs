//! What is done only if something is there becomes a block of PL/pgSQL that asks the same question.
//!
//! Answers are taken at the moment at which the revision asked, because what it sends in between may
//! change them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::from_alembic::closed;
use crate::dialect::alembic::runtime::{Branch, Question, Recorded};
use crate::model::Backend;
use crate::sql::{SplitOptions, quote, split};

/// What a body has done, with a block as one text in place of all that depends on answers.
pub(super) fn with_block(done: &[Recorded], backend: Backend) -> Result<Vec<Recorded>, String> {
    let decides = |one: &Recorded| matches!(one, Recorded::Branch(_) | Recorded::Raised(_));
    let asks = |one: &Recorded| matches!(one, Recorded::Asked(_));
    let Some(last) = done.iter().rposition(decides) else {
        return Ok(done.iter().filter(|one| !asks(one)).cloned().collect());
    };
    let mut questions = BTreeMap::new();
    gather(done, &mut questions);
    let is_needed = |one: &Recorded| {
        decides(one) || matches!(one, Recorded::Asked(moment) if questions.contains_key(moment))
    };
    let first = done.iter().position(is_needed).unwrap_or(last);
    let (before, rest) = done.split_at(first);
    let (inside, after) = rest.split_at(last + 1 - first);
    let mut whole: Vec<Recorded> = before.iter().filter(|one| !asks(one)).cloned().collect();
    whole.push(Recorded::Sent(block(inside, &questions, backend)?));
    whole.extend(after.iter().filter(|one| !asks(one)).cloned());
    Ok(whole)
}

/// The questions that decide something, by the moment at which they were asked.
fn gather<'r>(done: &'r [Recorded], questions: &mut BTreeMap<String, Vec<&'r Question>>) {
    for one in done {
        let Recorded::Branch(branch) = one else {
            continue;
        };
        let known = questions.entry(branch.question.moment.clone()).or_default();
        if !known.contains(&&branch.question) {
            known.push(&branch.question);
        }
        gather(&branch.yes, questions);
        gather(&branch.no, questions);
    }
}

fn texts<'r>(done: &'r [Recorded], found: &mut Vec<&'r str>) {
    for one in done {
        match one {
            Recorded::Sent(sql) => found.push(sql),
            Recorded::Branch(branch) => {
                texts(&branch.yes, found);
                texts(&branch.no, found);
            }
            _ => {}
        }
    }
}

struct Block<'r> {
    questions: &'r BTreeMap<String, Vec<&'r Question>>,
    variables: BTreeMap<&'r Question, String>,
    backend: Backend,
    text: String,
}

fn block(
    done: &[Recorded],
    questions: &BTreeMap<String, Vec<&Question>>,
    backend: Backend,
) -> Result<String, String> {
    let mut sent = Vec::new();
    texts(done, &mut sent);
    let mut block = Block {
        questions,
        variables: variables(questions, &sent),
        backend,
        text: String::new(),
    };
    // What is asked before anything is sent is asked where it is declared.
    let sends = |one: &Recorded| {
        let mut found = Vec::new();
        texts(std::slice::from_ref(one), &mut found);
        !found.is_empty()
    };
    let early = done.iter().position(sends).unwrap_or(done.len());
    let (early, late) = done.split_at(early);
    let declared: BTreeSet<&str> = early
        .iter()
        .filter_map(|one| match one {
            Recorded::Asked(moment) => Some(moment.as_str()),
            _ => None,
        })
        .collect();
    block.text.push_str("\nDECLARE\n");
    let moments = early.iter().filter_map(|one| match one {
        Recorded::Asked(moment) => Some(moment),
        _ => None,
    });
    for question in moments.filter_map(|moment| questions.get(moment)).flatten() {
        let variable = &block.variables[question];
        let condition = &question.condition;
        writeln!(block.text, "    {variable} boolean := {condition};").map_err(words)?;
    }
    for (moment, asked) in questions {
        if declared.contains(moment.as_str()) {
            continue;
        }
        for question in asked {
            let variable = &block.variables[question];
            writeln!(block.text, "    {variable} boolean;").map_err(words)?;
        }
    }
    block.text.push_str("BEGIN\n");
    for one in early {
        if !matches!(one, Recorded::Asked(_)) {
            block.write(one, 1)?;
        }
    }
    for one in late {
        block.write(one, 1)?;
    }
    block.text.push_str("END\n");
    let tag = tag("guards", &block.text);
    Ok(format!("DO {tag}{}{tag}", block.text))
}

fn words(error: std::fmt::Error) -> String {
    error.to_string()
}

/// A tag for dollar quotes around a text.
fn tag(word: &str, text: &str) -> String {
    let tags = (0..).map(|number| match number {
        0 => "$$".to_owned(),
        1 => format!("${word}$"),
        number => format!("${word}_{number}$"),
    });
    let mut fitting = tags.filter(|tag| !text.contains(tag.as_str()));
    fitting.next().unwrap_or_default()
}

/// A variable for each question, by a name that no statement contains.
fn variables<'r>(
    questions: &BTreeMap<String, Vec<&'r Question>>,
    sent: &[&str],
) -> BTreeMap<&'r Question, String> {
    let sent: Vec<String> = sent.iter().map(|sql| sql.to_lowercase()).collect();
    let mut variables = BTreeMap::new();
    let mut used = BTreeSet::new();
    for question in questions.values().flatten() {
        let mut stem = String::new();
        for character in question.name.chars() {
            // The server cuts names at 63 bytes.
            if stem.len() > 48 {
                break;
            }
            match character.to_ascii_lowercase() {
                one @ ('a'..='z' | '0'..='9') => stem.push(one),
                one if one.is_alphanumeric() => stem.push(one),
                _ => stem.push('_'),
            }
        }
        let names = (1..).map(|number| match number {
            1 => stem.clone(),
            number => format!("{stem}_{number}"),
        });
        let is_free = |name: &String| {
            !used.contains(name) && !sent.iter().any(|sql| sql.contains(name.as_str()))
        };
        if let Some(name) = names.into_iter().find(is_free) {
            used.insert(name.clone());
            variables.insert(*question, name);
        }
    }
    variables
}

impl Block<'_> {
    fn write(&mut self, one: &Recorded, depth: usize) -> Result<(), String> {
        let indent = "    ".repeat(depth);
        match one {
            Recorded::Sent(sql) => {
                let statement = statement(sql.trim(), self.backend)?;
                writeln!(self.text, "{indent}{statement}").map_err(words)
            }
            Recorded::Asked(moment) => {
                for question in self.questions.get(moment).into_iter().flatten() {
                    let variable = &self.variables[question];
                    let condition = &question.condition;
                    writeln!(self.text, "{indent}{variable} := {condition};").map_err(words)?;
                }
                Ok(())
            }
            Recorded::Branch(branch) => self.branch(branch, depth),
            Recorded::Raised(message) => {
                let message = quote::literal(message, self.backend.flavor());
                writeln!(
                    self.text,
                    "{indent}RAISE EXCEPTION USING MESSAGE = {message};"
                )
                .map_err(words)
            }
            Recorded::Left | Recorded::Returned => {
                Err("it leaves its transaction between questions, and a block cannot".to_owned())
            }
        }
    }

    fn branch(&mut self, branch: &Branch, depth: usize) -> Result<(), String> {
        let indent = "    ".repeat(depth);
        let variable = self.variables[&branch.question].clone();
        let (condition, first, second) = if branch.yes.is_empty() {
            (format!("NOT {variable}"), &branch.no, &branch.yes)
        } else {
            (variable, &branch.yes, &branch.no)
        };
        writeln!(self.text, "{indent}IF {condition} THEN").map_err(words)?;
        for one in first {
            self.write(one, depth + 1)?;
        }
        if !second.is_empty() {
            writeln!(self.text, "{indent}ELSE").map_err(words)?;
            for one in second {
                self.write(one, depth + 1)?;
            }
        }
        writeln!(self.text, "{indent}END IF;").map_err(words)
    }
}

/// A text of one or more statements as PL/pgSQL runs it.
fn statement(sql: &str, backend: Backend) -> Result<String, String> {
    let statements = split(sql, backend.flavor(), &SplitOptions::default())
        .map_err(|error| error.to_string())?;
    if statements.iter().any(|one| one.control.is_some()) {
        return Err("it works on its transaction between questions, and a block cannot".to_owned());
    }
    if statements.iter().any(|one| one.copy_data.is_some()) {
        return Err("it copies rows between questions, and a block cannot".to_owned());
    }
    if let Some(one) = statements.iter().find(|one| !one.transactional) {
        let words = one.keywords.split(' ').take(2).collect::<Vec<_>>();
        let words = words.join(" ");
        return Err(format!(
            "{words} between questions would be in a block, where it cannot run"
        ));
    }
    if statements.is_empty() {
        return Ok("NULL;".to_owned());
    }
    let is_plain = statements.iter().all(|one| is_plain(&one.keywords));
    let lower = sql.to_lowercase();
    // PL/pgSQL has a variable FOUND, and takes INTO and RETURNING for its own.
    let is_taken = ["found", "returning"]
        .iter()
        .any(|word| lower.contains(word));
    if is_plain && !is_taken {
        return closed(sql, backend).map(|(closed, _)| closed);
    }
    let tag = tag("statement", sql);
    // A dollar at the end must not be taken for a part of the quote.
    let gap = if sql.ends_with('$') { "\n" } else { "" };
    Ok(format!("EXECUTE {tag}{sql}{gap}{tag};"))
}

/// Whether PL/pgSQL takes a statement as it is, by its first words: what it could take for a query
/// whose rows must go somewhere, or cut otherwise, is handed to it as a text.
fn is_plain(keywords: &str) -> bool {
    let plain = [
        "ALTER TABLE",
        "ALTER INDEX",
        "ALTER SEQUENCE",
        "ALTER TYPE",
        "CREATE TABLE",
        "CREATE INDEX",
        "CREATE UNIQUE INDEX",
        "CREATE SEQUENCE",
        "CREATE TYPE",
        "CREATE SCHEMA",
        "CREATE EXTENSION",
        "DROP",
        "COMMENT ON",
        "INSERT INTO",
        "UPDATE",
        "DELETE FROM",
    ];
    plain.iter().any(|words| {
        let rest = keywords.strip_prefix(words);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(sql: &str) -> Recorded {
        Recorded::Sent(sql.to_owned())
    }

    fn question(moment: &str, name: &str) -> Question {
        Question {
            moment: moment.to_owned(),
            name: name.to_owned(),
            condition: format!("EXISTS (SELECT '{name}')"),
        }
    }

    fn branch(question: Question, yes: Vec<Recorded>, no: Vec<Recorded>) -> Recorded {
        Recorded::Branch(Box::new(Branch { question, yes, no }))
    }

    fn written(done: &[Recorded]) -> Result<Vec<String>, String> {
        let whole = with_block(done, Backend::Postgres)?;
        Ok(whole
            .into_iter()
            .map(|one| match one {
                Recorded::Sent(sql) => sql,
                other => format!("{other:?}"),
            })
            .collect())
    }

    #[test]
    fn what_depends_on_answers_becomes_a_block() {
        let asked = |moment: &str| Recorded::Asked(moment.to_owned());
        let done = [
            sent("SELECT before()"),
            asked("a"),
            asked("unused"),
            branch(
                question("a", "has_table_t"),
                vec![],
                vec![Recorded::Raised("it's not there".to_owned())],
            ),
            asked("b"),
            branch(
                question("b", "has_column_x"),
                vec![],
                vec![
                    sent("ALTER TABLE t ADD COLUMN x TEXT -- 이름"),
                    sent("SELECT setval('s', 1)"),
                ],
            ),
            asked("c"),
            branch(
                question("c", "has_column_x"),
                vec![sent("UPDATE t SET x = $$a$$;")],
                vec![sent("DROP TABLE t")],
            ),
            sent("SELECT after()"),
        ];
        let whole = written(&done).expect("a block");
        assert_eq!(whole.len(), 3);
        assert_eq!(whole[0], "SELECT before()");
        assert_eq!(
            whole[1],
            "DO $guards$
DECLARE
    has_table_t boolean := EXISTS (SELECT 'has_table_t');
    has_column_x boolean := EXISTS (SELECT 'has_column_x');
    has_column_x_2 boolean;
BEGIN
    IF NOT has_table_t THEN
        RAISE EXCEPTION USING MESSAGE = 'it''s not there';
    END IF;
    IF NOT has_column_x THEN
        ALTER TABLE t ADD COLUMN x TEXT -- 이름
;
        EXECUTE $$SELECT setval('s', 1)$$;
    END IF;
    has_column_x_2 := EXISTS (SELECT 'has_column_x');
    IF has_column_x_2 THEN
        UPDATE t SET x = $$a$$;
    ELSE
        DROP TABLE t;
    END IF;
END
$guards$"
        );
        assert_eq!(whole[2], "SELECT after()");
    }

    #[test]
    fn variables_are_not_what_statements_name() {
        let done = [
            Recorded::Asked("a".to_owned()),
            branch(
                question("a", "has_column_X 가"),
                vec![sent("UPDATE t SET has_column_x_가 = 1")],
                vec![],
            ),
        ];
        let whole = written(&done).expect("a block");
        assert!(whole[0].contains("IF has_column_x_가_2 THEN"), "{whole:?}");
    }

    #[test]
    fn what_a_block_cannot_do_is_refused() {
        for (one, words) in [
            (Recorded::Left, "leaves its transaction"),
            (sent("SAVEPOINT s"), "works on its transaction"),
            (sent("CREATE INDEX CONCURRENTLY i ON t (a)"), "CREATE INDEX"),
        ] {
            let done = [branch(question("a", "x"), vec![one], vec![])];
            let told = written(&done).expect_err("no block");
            assert!(told.contains(words), "{told}");
        }
        // Around the block it is as it was.
        let done = [
            Recorded::Left,
            sent("CREATE INDEX CONCURRENTLY i ON t (a)"),
            Recorded::Returned,
            Recorded::Asked("a".to_owned()),
            branch(question("a", "x"), vec![sent("DROP TABLE t")], vec![]),
        ];
        assert_eq!(written(&done).expect("a block").len(), 4);
    }
}
