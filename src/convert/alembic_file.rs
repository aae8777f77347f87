//! The Python file that stands for a native revision: its SQL as text, in the pieces in which it is
//! sent, and read back from such a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ruff_python_ast::{Expr, Stmt};

use super::chain::NativeRevision;
use super::{Obstacle, name};
use crate::dialect::alembic::native::{Metadata, Names};
use crate::dialect::alembic::render::Body;
use crate::dialect::alembic::revision::Revision;
use crate::dialect::flyway::Placeholders;
use crate::model::{Backend, Place};
use crate::sql::{SplitOptions, Statement, TransactionControl, line_and_column, split};

/// What sends the pieces: to the driver as they are, or to the text that is printed.
const RUN: &str = r#"
def run(pieces: tuple[str, ...], end: str = "") -> None:
    context = op.get_context()
    for number, sql in enumerate(pieces, 1):
        if context.as_sql:
            context.impl.static_output(sql + end if number == len(pieces) else sql)
        else:
            op.get_bind().exec_driver_sql(sql, execution_options={"no_parameters": True})
"#;

/// Writes the file for a revision. `folder` is where the revision's directory lies.
pub(super) fn write(
    native: &NativeRevision,
    folder: &Path,
    backend: Backend,
) -> Result<String, Obstacle> {
    let up = Text::read(native, Body::Upgrade, folder, backend)?;
    let up = match up {
        Some(up) => up,
        None if native.is_empty_merge() => Text::default(),
        None => return Err(Obstacle::new("it has no up.sql")),
    };
    let down = Text::read(native, Body::Downgrade, folder, backend)?;
    let metadata = &native.metadata;
    if metadata.revision.chars().count() > name::ID_WIDTH {
        return Err(Obstacle::new(format!(
            "its id has more than {} characters, and Alembic's version table holds no longer ones",
            name::ID_WIDTH
        )));
    }
    let mut text = format!("\"\"\"{}\n\n", documentation(&metadata.message));
    let parents = metadata.down_revision.clone().list();
    let _ = write!(
        text,
        "Revision ID: {}\nRevises: {}\n",
        metadata.revision,
        parents.join(", ")
    );
    if let Some(date) = &metadata.create_date {
        let _ = writeln!(text, "Create Date: {}", documentation(date));
    }
    text.push_str("\n\"\"\"\nfrom alembic import op\n\n");
    let labels = metadata.branch_labels.clone().list();
    let needed = metadata.depends_on.clone().list();
    let _ = write!(
        text,
        "revision = {}\ndown_revision = {}\nbranch_labels = {}\ndepends_on = {}\n\n",
        quoted(&metadata.revision),
        names(&parents),
        names(&labels),
        names(&needed)
    );
    text.push_str(
        "# The SQL as it is sent, piece by piece; all pieces together are the whole text.\n",
    );
    up.pieces(&mut text, "UP");
    if let Some(down) = &down {
        text.push('\n');
        down.pieces(&mut text, "DOWN");
    }
    text.push('\n');
    text.push_str(RUN);
    let home = metadata.run_in_transaction;
    up.function(&mut text, "upgrade", "UP", home)?;
    match down {
        Some(down) => down.function(&mut text, "downgrade", "DOWN", home)?,
        None => text.push_str(
            "\n\ndef downgrade() -> None:\n    raise NotImplementedError(\"there is no way down\")\n",
        ),
    }
    Ok(text)
}

/// The text of a body and what it consists of.
#[derive(Default)]
struct Text {
    path: PathBuf,
    whole: String,
    statements: Vec<Statement>,
    /// Where the pieces end; each holds one statement and what stands behind it.
    ends: Vec<usize>,
    /// Whether the last statement has a delimiter.
    closed: bool,
}

impl Text {
    fn read(
        native: &NativeRevision,
        body: Body,
        folder: &Path,
        backend: Backend,
    ) -> Result<Option<Self>, Obstacle> {
        let Some((file, bytes)) = native.file(body, backend) else {
            return Ok(None);
        };
        let path = folder.join(&native.directory).join(file);
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Obstacle::new(format!("{} is not UTF-8", path.display())))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let options = SplitOptions::default();
        let statements = split(text, backend.flavor(), &options).map_err(|error| {
            let place = Place {
                path: path.clone(),
                line: error.line(),
                column: error.column(),
            };
            Obstacle::at(place, error.to_string())
        })?;
        let refuse = |offset: usize, reason: &str| {
            let (line, column) = line_and_column(text, offset);
            let path = path.clone();
            Err(Obstacle::at(Place { path, line, column }, reason))
        };
        if native.metadata.placeholders
            && let Err(found) = Placeholders::new([], "${", "}").replace(text)
            && let Some(first) = found.first()
        {
            let reason = "Alembic has no placeholders: write the value into the text";
            return refuse(first.offset(), reason);
        }
        if let Some(copy) = statements.iter().find(|one| one.copy_data.is_some()) {
            let reason = "SQLAlchemy cannot send the data of a COPY: write it as INSERT statements";
            return refuse(copy.code_start, reason);
        }
        let starts = statements.iter().skip(1).map(|one| one.span.start);
        let ends = starts.chain([text.len()]).collect();
        // Without a delimiter, what follows belongs to the last statement.
        let more = format!("{text}\nSELECT 1");
        let closed = split(&more, backend.flavor(), &options)
            .is_ok_and(|more| more.len() == statements.len() + 1);
        Ok(Some(Self {
            path: path.clone(),
            whole: text.to_owned(),
            statements,
            ends,
            closed,
        }))
    }

    /// The tuple that holds the pieces.
    fn pieces(&self, out: &mut String, variable: &str) {
        let _ = writeln!(out, "{variable} = (");
        let mut start = 0;
        for end in &self.ends {
            let _ = writeln!(out, "    {},", literal(&self.whole[start..*end]));
            start = *end;
        }
        out.push_str(")\n");
    }

    /// The function that sends them, in the transactions that the native revision has. `home` is
    /// whether it runs in one.
    fn function(
        &self,
        out: &mut String,
        function: &str,
        variable: &str,
        home: bool,
    ) -> Result<(), Obstacle> {
        let _ = write!(out, "\n\ndef {function}() -> None:\n");
        let before = out.len();
        let mut inside = home;
        // Where the pieces that are sent together begin.
        let mut from = 0;
        let all = self.statements.len();
        let send = |out: &mut String, from: usize, to: usize, inside: bool| {
            if from == to {
                return;
            }
            let end = if to == all && !self.closed {
                ", \";\""
            } else {
                ""
            };
            let slice = match (from, to == all) {
                (0, true) => String::new(),
                (_, true) => format!("[{from}:]"),
                (0, false) => format!("[:{to}]"),
                _ => format!("[{from}:{to}]"),
            };
            let _ = if inside {
                writeln!(out, "    run({variable}{slice}{end})")
            } else {
                writeln!(
                    out,
                    "    with op.get_context().autocommit_block():\n        run({variable}{slice}{end})"
                )
            };
        };
        let commit = "    with op.get_context().autocommit_block():\n        pass\n";
        for (at, statement) in self.statements.iter().enumerate() {
            let refuse = |words: &str| {
                let (line, column) = line_and_column(&self.whole, statement.code_start);
                let path = self.path.clone();
                Err(Obstacle::at(Place { path, line, column }, words))
            };
            match statement.control {
                Some(TransactionControl::Begin) if !inside => {
                    send(out, from, at, inside);
                    inside = true;
                    from = at + 1;
                }
                Some(TransactionControl::Commit) if statement.keywords.starts_with("PREPARE") => {
                    return refuse("nobody would commit what this prepares");
                }
                Some(TransactionControl::Commit) => {
                    send(out, from, at, inside);
                    from = at + 1;
                    // A block that follows commits by itself.
                    if inside && (home || from == all) {
                        out.push_str(commit);
                    }
                    inside = home;
                }
                Some(TransactionControl::Rollback) => {
                    return refuse("the revision would be recorded although this drops its work");
                }
                _ => {}
            }
        }
        send(out, from, all, inside);
        if out.len() == before {
            out.push_str("    pass\n");
        }
        Ok(())
    }
}

/// A text inside of a documentation string.
fn documentation(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", documentation(text))
}

fn names(names: &[String]) -> String {
    match names {
        [] => "None".to_owned(),
        [only] => quoted(only),
        several => {
            let quoted: Vec<String> = several.iter().map(|name| quoted(name)).collect();
            format!("({})", quoted.join(", "))
        }
    }
}

/// A Python literal that stands for exactly this text: raw where that is possible.
fn literal(text: &str) -> String {
    // Python reads any line end as a line feed.
    let is_plain = !text.contains(['\r', '\0']);
    for quotes in ["\"\"\"", "'''"] {
        let closes = text.ends_with(['\\', '"', '\'']);
        if is_plain && !closes && !text.contains(quotes) {
            return format!("r{quotes}{text}{quotes}");
        }
    }
    let mut lines = String::from("(");
    for line in text.split_inclusive('\n') {
        lines.push_str("\n        \"");
        for character in line.chars() {
            match character {
                '\\' => lines.push_str("\\\\"),
                '"' => lines.push_str("\\\""),
                '\n' => lines.push_str("\\n"),
                '\r' => lines.push_str("\\r"),
                '\0' => lines.push_str("\\0"),
                other => lines.push(other),
            }
        }
        lines.push('"');
    }
    lines.push_str("\n    )");
    lines
}

/// The native revision that a file was written from; nothing for any other file.
pub(super) fn read(revision: &Revision, text: &str, backend: Backend) -> Option<NativeRevision> {
    if !text.contains(RUN) {
        return None;
    }
    let up = constant(text, "UP")?;
    let down = constant(text, "DOWN");
    let (message, rest) = revision.doc.split_once("\n\nRevision ID: ").unwrap_or((
        revision
            .doc
            .strip_prefix("Revision ID: ")
            .map_or(&*revision.doc, |_| ""),
        &revision.doc,
    ));
    let date = rest
        .lines()
        .find_map(|line| line.strip_prefix("Create Date: "));
    let mut files = BTreeMap::from([("up.sql".to_owned(), up.into_bytes())]);
    if let Some(down) = down {
        files.insert("down.sql".to_owned(), down.into_bytes());
    }
    [true, false].into_iter().find_map(|run_in_transaction| {
        let native = NativeRevision {
            directory: name::directory(&revision.id, message),
            metadata: Metadata {
                revision: revision.id.clone(),
                down_revision: Names::from(revision.down_revisions.clone()),
                branch_labels: Names::from(revision.branch_labels.clone()),
                depends_on: Names::from(revision.depends_on.clone()),
                message: message.to_owned(),
                create_date: date.map(str::to_owned),
                run_in_transaction,
                ..Metadata::default()
            },
            files: files.clone(),
        };
        let written = write(&native, Path::new(""), backend).ok()?;
        (written == text).then_some(native)
    })
}

/// The texts of a tuple that a file assigns to a name, as one.
fn constant(text: &str, name: &str) -> Option<String> {
    let module = ruff_python_parser::parse_module(text).ok()?;
    module.suite().iter().find_map(|statement| {
        let Stmt::Assign(assign) = statement else {
            return None;
        };
        match (assign.targets.as_slice(), &*assign.value) {
            ([Expr::Name(target)], Expr::Tuple(tuple)) if target.id.as_str() == name => tuple
                .elts
                .iter()
                .map(|piece| Some(piece.as_string_literal_expr()?.value.to_str()))
                .collect(),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(up: &str, down: Option<&str>, run_in_transaction: bool) -> NativeRevision {
        let mut files = BTreeMap::from([("up.sql".to_owned(), up.as_bytes().to_vec())]);
        if let Some(down) = down {
            files.insert("down.sql".to_owned(), down.as_bytes().to_vec());
        }
        NativeRevision {
            directory: "a1_make_\"it\"".to_owned(),
            metadata: Metadata {
                revision: "a1".to_owned(),
                message: "make \"it\" \\ 한글\n\nand more".to_owned(),
                create_date: Some("2026-01-02 03:04:05".to_owned()),
                run_in_transaction,
                ..Metadata::default()
            },
            files,
        }
    }

    #[test]
    fn texts_come_back() {
        for text in [
            "",
            "-- nothing\n",
            "SELECT 1",
            "SELECT '한글 %s %% :name \\d';\n",
            "-- first\nSELECT 1; -- behind\n\n-- second\nSELECT '\"\"\"';\n-- end\n",
            "SELECT '\"\"\" '''''' ';SELECT \"a\"",
            "SELECT '\\'",
            "SELECT 1;\r\nSELECT 2;\r\n",
            "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; RETURN 1; END $$ LANGUAGE plpgsql;\n;;\n",
            "BEGIN; SELECT 1; COMMIT; SELECT 2",
            "SELECT 1; BEGIN; SELECT 2; END; SELECT 3; BEGIN; SELECT 4; COMMIT;",
        ] {
            for run_in_transaction in [true, false] {
                for down in [None, Some(text)] {
                    let native = native(text, down, run_in_transaction);
                    let file = write(&native, Path::new(""), Backend::Postgres).unwrap();
                    let path = Path::new("a1_x.py");
                    let revision = crate::dialect::alembic::revision::read(path, &file)
                        .unwrap_or_else(|error| panic!("{error}:\n{file}"));
                    let back = read(&revision, &file, Backend::Postgres);
                    let back = back.unwrap_or_else(|| panic!("{text:?}:\n{file}"));
                    assert_eq!(back.files, native.files);
                    assert_eq!(back.metadata.message, native.metadata.message);
                    assert_eq!(back.metadata.create_date, native.metadata.create_date);
                }
            }
        }
    }

    #[test]
    fn transactions() {
        for (text, home, expected) in [
            ("SELECT 1; SELECT 2", true, "    run(UP, \";\")\n"),
            (
                "SELECT 1;",
                false,
                "    with op.get_context().autocommit_block():\n        run(UP)\n",
            ),
            (
                "SELECT 1; COMMIT; SELECT 2;",
                true,
                "    run(UP[:1])\n    with op.get_context().autocommit_block():\n        pass\n    run(UP[2:])\n",
            ),
            (
                "BEGIN; SELECT 1; COMMIT; VACUUM; BEGIN; SELECT 2; COMMIT;",
                false,
                "    run(UP[1:2])\n    with op.get_context().autocommit_block():\n        run(UP[3:4])\n    run(UP[5:6])\n    with op.get_context().autocommit_block():\n        pass\n",
            ),
            ("", true, "    pass\n"),
        ] {
            let file = write(&native(text, None, home), Path::new(""), Backend::Postgres).unwrap();
            let (_, body) = file.split_once("def upgrade() -> None:\n").unwrap();
            let (body, _) = body.split_once("\n\ndef").unwrap();
            assert_eq!(body, expected, "{text}");
        }
    }

    #[test]
    fn refusals_have_places() {
        for (text, place) in [
            ("SELECT 1;\n  ROLLBACK;", "a1_make_\"it\"/up.sql:2:3"),
            ("COPY t FROM stdin;\n1\n\\.\n", "a1_make_\"it\"/up.sql:1:1"),
        ] {
            let error = write(&native(text, None, true), Path::new(""), Backend::Postgres);
            let place_found = error.unwrap_err().place.map(|place| place.to_string());
            assert_eq!(place_found.as_deref(), Some(place));
        }
    }
}
