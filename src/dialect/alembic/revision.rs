//! What a revision file says about itself: its id, its parents, its labels, its message.
//!
//! Nothing is run: the variables are read from the syntax tree. A value that only running the file
//! would tell is reported with its place, so that an evaluator can be asked.

use std::path::{Path, PathBuf};

use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_text_size::{Ranged as _, TextRange};

use super::constant::{Constant, Constants, constant};
use super::source::{TextError, place};
use crate::model::{Need, Place};

/// Characters that the grammar of revision arguments needs for itself.
const ILLEGAL_IN_IDS: [char; 4] = ['@', '-', '+', ':'];

/// How a revision is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A Python file with `upgrade()` and `downgrade()`.
    Python,
    /// A directory with `up.sql` and `down.sql`.
    Native,
}

/// One revision, before it is set into a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its id.
    pub id: String,
    /// Ids of its parents, as written.
    pub down_revisions: Vec<String>,
    /// Labels it declares, as written.
    pub branch_labels: Vec<String>,
    /// Ids or labels it depends on, as written.
    pub depends_on: Vec<String>,
    /// What it needs of other domains.
    pub needs: Vec<Need>,
    /// The whole docstring without blanks around it.
    pub doc: String,
    /// The file, or the directory of a native revision.
    pub path: PathBuf,
    /// How it is written.
    pub form: Form,
    /// Whether it is no part of the chain, but runs behind it whenever its text has changed.
    pub repeatable: bool,
    /// Whether there is something to run upwards.
    pub has_upgrade: bool,
    /// Whether there is something to run downwards.
    pub has_downgrade: bool,
}

impl Revision {
    /// The first paragraph of the docstring.
    pub fn message(&self) -> &str {
        self.doc.split("\n\n").next().unwrap_or_default()
    }

    /// The name of its Python module, as Alembic derives it from the file's name.
    pub fn module_name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        name.chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '_' {
                    c
                } else {
                    '_'
                }
            })
            .collect()
    }
}

/// A revision file that cannot be taken into the graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevisionFileError {
    /// The bytes are no text.
    #[error("{}: {error}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: TextError,
    },
    /// The text is no Python.
    #[error("{place}: SyntaxError: {message}")]
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// A value that only running the file would tell.
    #[error(
        "{place}: the value of `{variable}` cannot be told without running the file: it comes from {construct}"
    )]
    NotConstant {
        /// Where.
        place: Place,
        /// `revision`, `down_revision`, `branch_labels` or `depends_on`.
        variable: &'static str,
        /// What stands there.
        construct: &'static str,
    },
    /// A value of a kind that makes no sense.
    #[error("{place}: `{variable}` must be {expected}")]
    WrongType {
        /// Where.
        place: Place,
        /// The variable.
        variable: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// `down_revision` is missing.
    #[error("module '{module}' has no attribute 'down_revision'")]
    NoDownRevision {
        /// The file.
        path: PathBuf,
        /// Its module name.
        module: String,
    },
    /// Neither a `revision` variable nor a file name that gives the id.
    #[error(
        "Could not determine revision id from filename {name}. Be sure the 'revision' variable is declared inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the documentation)."
    )]
    NoRevision {
        /// The file's name.
        name: String,
    },
    /// Characters that an id cannot have.
    #[error("Character(s) '{characters}' not allowed in revision identifier '{id}'")]
    IllegalCharacters {
        /// The characters, sorted.
        characters: String,
        /// The id.
        id: String,
    },
    /// A revision that is its own parent.
    #[error("Self-loop is detected in revisions ({id})")]
    Loop {
        /// The id.
        id: String,
    },
    /// A revision that depends on itself.
    #[error("Dependency self-loop is detected in revisions ({id})")]
    DependencyLoop {
        /// The id.
        id: String,
    },
    /// A metadata file of a native revision that cannot be read.
    #[error("{place}: {message}")]
    Metadata {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// The file cannot be read.
    #[error("{}: {message}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        message: String,
    },
}

/// The variables of a revision, as an evaluator found them or the syntax tree gave them away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// `revision`, where there is one.
    pub revision: Option<String>,
    /// `down_revision`, where there is one; empty for a base.
    pub down_revision: Option<Vec<String>>,
    /// `branch_labels`.
    pub branch_labels: Vec<String>,
    /// `depends_on`.
    pub depends_on: Vec<String>,
    /// The docstring, as written.
    pub doc: String,
    /// Whether there is an `upgrade`.
    pub has_upgrade: bool,
    /// Whether there is a `downgrade`.
    pub has_downgrade: bool,
}

/// Whether a file of this name in a version location is a revision.
pub fn is_revision_file(name: &str) -> bool {
    name.strip_suffix(".py").is_some() && !name.starts_with(".#") && !name.starts_with("__init__")
}

/// Reads a revision from the text of its file.
pub fn read(path: &Path, text: &str) -> Result<Revision, RevisionFileError> {
    let variables = variables(path, text)?;
    from_variables(path, variables)
}

/// Reads the variables of a revision file.
pub fn variables(path: &Path, text: &str) -> Result<Variables, RevisionFileError> {
    match super::scan::scan(text) {
        Some(variables) => Ok(variables),
        None => parsed_variables(path, text),
    }
}

/// Reads the variables from the syntax tree.
pub(super) fn parsed_variables(path: &Path, text: &str) -> Result<Variables, RevisionFileError> {
    parse(path, text)?.variables(path, text, false)
}

/// Reads a revision for looking at it only: labels and dependencies that cannot be told are left
/// out.
pub fn read_known(path: &Path, text: &str) -> Result<Revision, RevisionFileError> {
    from_variables(path, parse(path, text)?.variables(path, text, true)?)
}

fn parse(path: &Path, text: &str) -> Result<Module, RevisionFileError> {
    let module = ruff_python_parser::parse_module(text).map_err(|error| {
        let offset = error.location.start().to_usize();
        RevisionFileError::Syntax {
            place: place(path, text, offset),
            message: error.error.to_string(),
        }
    })?;
    Ok(Module::read(module.syntax()))
}

/// Makes a revision of what its file says, checking what Alembic checks for one file alone.
pub fn from_variables(path: &Path, variables: Variables) -> Result<Revision, RevisionFileError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let id = match variables.revision {
        Some(id) => id,
        None => id_of_file_name(&name).ok_or_else(|| RevisionFileError::NoRevision {
            name: name.clone().into_owned(),
        })?,
    };
    let revision = Revision {
        needs: Vec::new(),
        id,
        down_revisions: Vec::new(),
        branch_labels: variables.branch_labels,
        depends_on: variables.depends_on,
        doc: variables.doc.trim().to_owned(),
        path: path.to_owned(),
        form: Form::Python,
        repeatable: false,
        has_upgrade: variables.has_upgrade,
        has_downgrade: variables.has_downgrade,
    };
    let Some(down_revisions) = variables.down_revision else {
        return Err(RevisionFileError::NoDownRevision {
            path: path.to_owned(),
            module: revision.module_name(),
        });
    };
    check(Revision {
        needs: Vec::new(),
        down_revisions,
        ..revision
    })
}

/// Checks what can be told of one revision alone.
pub(super) fn check(revision: Revision) -> Result<Revision, RevisionFileError> {
    let id = &revision.id;
    if revision.down_revisions.contains(id) {
        return Err(RevisionFileError::Loop { id: id.clone() });
    }
    if revision.depends_on.contains(id) {
        return Err(RevisionFileError::DependencyLoop { id: id.clone() });
    }
    check_id(id)?;
    Ok(revision)
}

/// Checks the characters of an id.
pub fn check_id(id: &str) -> Result<(), RevisionFileError> {
    let mut illegal = ILLEGAL_IN_IDS;
    illegal.sort_unstable();
    let found: Vec<String> = illegal
        .iter()
        .filter(|character| id.contains(**character))
        .map(char::to_string)
        .collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(RevisionFileError::IllegalCharacters {
            characters: found.join(", "),
            id: id.to_owned(),
        })
    }
}

/// Very old files have no `revision`; their name begins with it.
fn id_of_file_name(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".py")?;
    let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    (!stem.is_empty() && stem.chars().all(hexadecimal)).then(|| stem.to_owned())
}

/// What a name of the module stands for.
#[derive(Debug, Clone)]
enum Bound {
    Value(Constant, TextRange),
    Unknown(TextRange, &'static str),
}

/// The names of a module that matter, and its docstring.
#[derive(Debug, Default)]
struct Module {
    constants: Constants,
    bound: Vec<(&'static str, Bound)>,
    doc: String,
    /// A star import may bring any name.
    star: bool,
}

/// The names that matter, functions last.
const NAMES: [&str; 6] = [
    "revision",
    "down_revision",
    "branch_labels",
    "depends_on",
    "upgrade",
    "downgrade",
];

impl Module {
    fn read(module: &ModModule) -> Self {
        let mut this = Self::default();
        if let Some(Stmt::Expr(statement)) = module.body.first()
            && let Expr::StringLiteral(literal) = statement.value.as_ref()
        {
            this.doc = literal
                .value
                .to_str()
                .replace("\r\n", "\n")
                .replace('\r', "\n");
        }
        for statement in &module.body {
            this.statement(statement);
        }
        this
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
            }
            Stmt::FunctionDef(function) => {
                self.unknown(&function.name, function.range, "a function");
            }
            Stmt::ClassDef(class) => self.unknown(&class.name, class.range, "a class"),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let name = name.split('.').next().unwrap_or_default();
                    self.unknown(name, alias.range, "an import");
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        self.star = true;
                    } else {
                        let name = alias.asname.as_ref().unwrap_or(&alias.name);
                        self.unknown(name, alias.range, "an import");
                    }
                }
            }
            Stmt::Expr(_) | Stmt::Pass(_) | Stmt::Assert(_) | Stmt::Raise(_) => {}
            other => self.compound(other),
        }
    }

    /// Whatever is assigned on some way through a statement is unknown behind it.
    fn compound(&mut self, statement: &Stmt) {
        let mut names = BoundNames::default();
        names.collect(statement);
        for (name, range) in names.found {
            self.unknown(&name, range, "a statement that decides at run time");
        }
        self.star |= names.star;
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        match target {
            Expr::Name(name) => match constant(value, &self.constants) {
                Ok(known) => {
                    self.bind(&name.id, Bound::Value(known.clone(), value.range()));
                    self.constants.insert(name.id.to_string(), known);
                }
                Err(unknown) => self.unknown(&name.id, unknown.range, unknown.construct),
            },
            Expr::Tuple(targets) => self.unpack(&targets.elts, value),
            Expr::List(targets) => self.unpack(&targets.elts, value),
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &[Expr], value: &Expr) {
        let values = match value {
            Expr::Tuple(tuple) => Some(tuple.elts.as_slice()),
            Expr::List(list) => Some(list.elts.as_slice()),
            _ => None,
        };
        let plain = |item: &Expr| !matches!(item, Expr::Starred(_));
        match values {
            Some(values)
                if values.len() == targets.len()
                    && targets.iter().all(plain)
                    && values.iter().all(plain) =>
            {
                for (target, value) in targets.iter().zip(values) {
                    self.assign(target, value);
                }
            }
            _ => {
                let mut names = BoundNames::default();
                for target in targets {
                    names.target(target);
                }
                for (name, range) in names.found {
                    self.unknown(&name, range, "an unpacking");
                }
            }
        }
    }

    fn unknown(&mut self, name: &str, range: TextRange, construct: &'static str) {
        self.constants.remove(name);
        self.bind(name, Bound::Unknown(range, construct));
    }

    fn bind(&mut self, name: &str, bound: Bound) {
        if let Some(name) = NAMES.into_iter().find(|known| *known == name) {
            self.bound.retain(|(known, _)| *known != name);
            self.bound.push((name, bound));
        }
    }

    fn find(&self, name: &str) -> Option<&Bound> {
        self.bound
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, bound)| bound)
    }

    fn variables(
        &self,
        path: &Path,
        text: &str,
        leave_out: bool,
    ) -> Result<Variables, RevisionFileError> {
        let reader = Reader {
            module: self,
            path,
            text,
        };
        let names = |variable| match reader.list(variable) {
            Err(RevisionFileError::NotConstant { .. }) if leave_out => Ok(Vec::new()),
            names => names.map(Option::unwrap_or_default),
        };
        Ok(Variables {
            revision: reader.id()?,
            down_revision: reader.list("down_revision")?,
            branch_labels: names("branch_labels")?,
            depends_on: names("depends_on")?,
            doc: self.doc.clone(),
            has_upgrade: self.star || self.find("upgrade").is_some(),
            has_downgrade: self.star || self.find("downgrade").is_some(),
        })
    }
}

struct Reader<'r> {
    module: &'r Module,
    path: &'r Path,
    text: &'r str,
}

impl Reader<'_> {
    fn value(
        &self,
        variable: &'static str,
    ) -> Result<Option<(&Constant, Place)>, RevisionFileError> {
        let at = |range: TextRange| place(self.path, self.text, range.start().to_usize());
        match self.module.find(variable) {
            None => Ok(None),
            Some(Bound::Value(value, range)) => Ok(Some((value, at(*range)))),
            Some(Bound::Unknown(range, construct)) => Err(RevisionFileError::NotConstant {
                place: at(*range),
                variable,
                construct,
            }),
        }
    }

    fn id(&self) -> Result<Option<String>, RevisionFileError> {
        let variable = "revision";
        match self.value(variable)? {
            None => Ok(None),
            Some((Constant::Text(id), _)) => Ok(Some(id.clone())),
            Some((_, place)) => Err(RevisionFileError::WrongType {
                place,
                variable,
                expected: "a string",
            }),
        }
    }

    fn list(&self, variable: &'static str) -> Result<Option<Vec<String>>, RevisionFileError> {
        let Some((value, place)) = self.value(variable)? else {
            return Ok(None);
        };
        let wrong = || RevisionFileError::WrongType {
            place: place.clone(),
            variable,
            expected: "None, a string, or a tuple or list of strings",
        };
        let items = match value {
            Constant::None => return Ok(Some(Vec::new())),
            Constant::Text(text) => return Ok(Some(vec![text.clone()])),
            Constant::Sequence(items) => items,
            _ => return Err(wrong()),
        };
        if matches!(items.as_slice(), [Constant::None]) {
            return Ok(Some(Vec::new()));
        }
        items
            .iter()
            .map(|item| item.text().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<Vec<_>, _>>()
            .map(Some)
    }
}

/// Names that a statement may bind, however deep inside.
#[derive(Default)]
struct BoundNames {
    found: Vec<(String, TextRange)>,
    star: bool,
}

impl BoundNames {
    fn collect(&mut self, statement: &Stmt) {
        let mut open = vec![statement];
        while let Some(statement) = open.pop() {
            match statement {
                Stmt::Assign(assign) => assign.targets.iter().for_each(|t| self.target(t)),
                Stmt::AnnAssign(assign) if assign.value.is_some() => self.target(&assign.target),
                Stmt::AugAssign(assign) => self.target(&assign.target),
                Stmt::Delete(delete) => delete.targets.iter().for_each(|t| self.target(t)),
                Stmt::FunctionDef(function) => self.name(&function.name, function.range),
                Stmt::ClassDef(class) => self.name(&class.name, class.range),
                Stmt::Import(import) => {
                    for alias in &import.names {
                        self.name(alias.asname.as_ref().unwrap_or(&alias.name), alias.range);
                    }
                }
                Stmt::ImportFrom(import) => {
                    for alias in &import.names {
                        self.star |= alias.name.as_str() == "*";
                        self.name(alias.asname.as_ref().unwrap_or(&alias.name), alias.range);
                    }
                }
                Stmt::For(for_loop) => {
                    self.target(&for_loop.target);
                    open.extend(&for_loop.body);
                    open.extend(&for_loop.orelse);
                }
                Stmt::While(while_loop) => {
                    open.extend(&while_loop.body);
                    open.extend(&while_loop.orelse);
                }
                Stmt::If(branch) => {
                    open.extend(&branch.body);
                    for clause in &branch.elif_else_clauses {
                        open.extend(&clause.body);
                    }
                }
                Stmt::With(with) => {
                    for item in &with.items {
                        if let Some(target) = &item.optional_vars {
                            self.target(target);
                        }
                    }
                    open.extend(&with.body);
                }
                Stmt::Try(try_block) => {
                    open.extend(&try_block.body);
                    open.extend(&try_block.orelse);
                    open.extend(&try_block.finalbody);
                    for handler in &try_block.handlers {
                        let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                        if let Some(name) = &handler.name {
                            self.name(name, handler.range);
                        }
                        open.extend(&handler.body);
                    }
                }
                Stmt::Match(choice) => {
                    for case in &choice.cases {
                        open.extend(&case.body);
                    }
                }
                _ => {}
            }
        }
    }

    fn target(&mut self, target: &Expr) {
        let mut open = vec![target];
        while let Some(target) = open.pop() {
            match target {
                Expr::Name(name) => self.name(&name.id, name.range),
                Expr::Tuple(tuple) => open.extend(&tuple.elts),
                Expr::List(list) => open.extend(&list.elts),
                Expr::Starred(starred) => open.push(&starred.value),
                _ => {}
            }
        }
    }

    fn name(&mut self, name: &str, range: TextRange) {
        self.found.push((name.to_owned(), range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(name: &str, text: &str) -> String {
        match read(Path::new(name), text) {
            Ok(revision) => format!(
                "{} <- {:?} labels {:?} depends {:?} doc {:?}{}{}",
                revision.id,
                revision.down_revisions,
                revision.branch_labels,
                revision.depends_on,
                revision.message(),
                if revision.has_upgrade { " up" } else { "" },
                if revision.has_downgrade { " down" } else { "" },
            ),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn every_literal_form() {
        for (text, expected) in [
            (
                "revision = 'a1'\ndown_revision = None",
                r#"a1 <- [] labels [] depends [] doc """#,
            ),
            (
                "\"\"\"first\n\nRevision ID: x\n\"\"\"\nrevision: str = 'a1'\ndown_revision: str | None = ('b', 'c')\nbranch_labels = ['l']\ndepends_on = {'d'}\ndef upgrade(): pass\ndef downgrade(): pass",
                r#"a1 <- ["b", "c"] labels ["l"] depends ["d"] doc "first" up down"#,
            ),
            (
                "BASE = 'a' 'b'\nrevision = BASE + '1'\ndown_revision = f'{BASE}2'\n",
                r#"ab1 <- ["ab2"] labels [] depends [] doc """#,
            ),
            (
                "(revision, down_revision) = ('a', ())\nif True:\n    upgrade = None",
                r#"a <- [] labels [] depends [] doc "" up"#,
            ),
            (
                "revision = down_revision = 'a'",
                "Self-loop is detected in revisions (a)",
            ),
            (
                "revision = 'a'\ndown_revision = 'b'\ndepends_on = ('a',)",
                "Dependency self-loop is detected in revisions (a)",
            ),
            (
                "revision = 'a-b@c'\ndown_revision = None",
                "Character(s) '-, @' not allowed in revision identifier 'a-b@c'",
            ),
            (
                "revision = 5\ndown_revision = None",
                "x.py:1:12: `revision` must be a string",
            ),
            (
                "revision = 'a'\ndown_revision = compute()",
                "x.py:2:17: the value of `down_revision` cannot be told without running the file: it comes from a call",
            ),
            (
                "revision = 'a'\n",
                "module 'x_py' has no attribute 'down_revision'",
            ),
            (
                "down_revision = None",
                "Could not determine revision id from filename x.py. Be sure the 'revision' variable is declared inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the documentation).",
            ),
            (
                "revision = 'a'\ndown_revision = ''",
                r#"a <- [""] labels [] depends [] doc """#,
            ),
            (
                "revision = 'a'\ndown_revision = None\nif x:\n    revision = 'b'",
                "x.py:4:5: the value of `revision` cannot be told without running the file: it comes from a statement that decides at run time",
            ),
        ] {
            assert_eq!(read_text("x.py", text), expected, "{text}");
        }
        assert_eq!(
            read_text("1a2b.py", "down_revision = None"),
            r#"1a2b <- [] labels [] depends [] doc """#
        );
        assert!(read_text("x.py", "revision = (").starts_with("x.py:1:13: SyntaxError: "));
    }

    #[test]
    fn names_of_revision_files() {
        for (name, expected) in [
            ("a.py", true),
            ("123.py", true),
            ("_priv.py", true),
            ("a.b.py", true),
            ("test-dash.py", true),
            ("__init__.py", false),
            ("__init__foo.py", false),
            (".#a.py", false),
            ("a.pyc", false),
            ("a.PY", false),
            ("a.py~", false),
        ] {
            assert_eq!(is_revision_file(name), expected, "{name}");
        }
    }
}
