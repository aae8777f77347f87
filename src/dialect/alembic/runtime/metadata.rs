//! The variables of revisions that take them from other modules.

use std::fmt::Write as _;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged as _;

use super::run::{Run, RunSettings};
use super::script::{Evaluation, Files};
use crate::dialect::alembic::ops;
use crate::dialect::alembic::revision::Variables;
use crate::dialect::alembic::sqlalchemy::naming::NamingConvention;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::model::Backend;
use crate::python::{Value, Vm};

/// What a revision's file sets, found out by evaluating it. Modules of the project give their
/// constants, and are not evaluated otherwise. `None` when that does not tell.
pub fn variables(path: &str, text: &str, files: Rc<dyn Files>) -> Option<Variables> {
    let context = ops::Context::new(
        Target::new(Backend::Postgres),
        Rc::new(NamingConvention::default()),
    );
    let run = Run::offline(context, RunSettings::default());
    let mut evaluation = Evaluation::new(run, Rc::new(Constants(files)));
    let file = evaluation.load("revision", path, text).ok()?;
    evaluation.with_module(&file, |vm, module| {
        let mut get = |name: &str| vm.find_attribute(module, name).ok();
        let revision = get("revision")?;
        let down_revision = get("down_revision")?;
        let branch_labels = get("branch_labels")?;
        let depends_on = get("depends_on")?;
        let doc = get("__doc__")?;
        let has_upgrade = get("upgrade")?.is_some();
        let has_downgrade = get("downgrade")?.is_some();
        Some(Variables {
            revision: match revision {
                Some(Value::Str(id)) => Some(id.to_string()),
                None => None,
                Some(_) => return None,
            },
            down_revision: match down_revision {
                None => None,
                Some(value) => Some(texts(vm, Some(value))?),
            },
            branch_labels: texts(vm, branch_labels)?,
            depends_on: texts(vm, depends_on)?,
            doc: match doc {
                Some(Value::Str(text)) => text.to_string(),
                _ => String::new(),
            },
            has_upgrade,
            has_downgrade,
        })
    })
}

fn texts(vm: &mut Vm, value: Option<Value>) -> Option<Vec<String>> {
    match value {
        None | Some(Value::None) => Some(Vec::new()),
        Some(Value::Str(text)) => Some(vec![text.to_string()]),
        Some(Value::Object(_)) => None,
        Some(value) => {
            let mut texts = Vec::new();
            for part in vm.collect(&value).ok()? {
                match part {
                    Value::None => {}
                    Value::Str(text) => texts.push(text.to_string()),
                    _ => return None,
                }
            }
            Some(texts)
        }
    }
}

/// Modules cut down to their constants; all else in them is unknown.
struct Constants(Rc<dyn Files>);

impl Files for Constants {
    fn module(&self, name: &str) -> Option<(String, String)> {
        let (path, text) = self.0.module(name)?;
        let constants = constants(&text, name);
        Some((path, constants))
    }

    fn read(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }

    fn environment(&self, _name: &str) -> Result<Option<String>, ()> {
        Err(())
    }
}

fn constants(text: &str, name: &str) -> String {
    let mut kept = String::new();
    let parsed = ruff_python_parser::parse_module(text);
    for statement in parsed.iter().flat_map(|parsed| &parsed.syntax().body) {
        let value = match statement {
            Stmt::Assign(assign) if assign.targets.iter().all(Expr::is_name_expr) => &assign.value,
            Stmt::AnnAssign(assign) if assign.target.is_name_expr() => match &assign.value {
                Some(value) => value,
                None => continue,
            },
            _ => continue,
        };
        if is_constant(value) {
            let range = statement.range();
            kept.push_str(text.get(range.to_std_range()).unwrap_or_default());
            kept.push('\n');
        }
    }
    // A module below, or what nobody knows.
    let _ = writeln!(
        kept,
        "def __getattr__(name):\n    import importlib\n    return \
         importlib.import_module('{name}.' + name)"
    );
    kept
}

fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_constant),
        Expr::List(list) => list.elts.iter().all(is_constant),
        Expr::Name(_) => true,
        _ => value.is_literal_expr(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Beside;

    impl Files for Beside {
        fn module(&self, name: &str) -> Option<(String, String)> {
            (name == "project").then(|| {
                let text =
                    "import os\nLABEL = 'expand'\nOTHER: str = 'contract'\nboot = os.boot()\n";
                ("project.py".to_owned(), text.to_owned())
            })
        }

        fn read(&self, _path: &str) -> Option<Vec<u8>> {
            None
        }

        fn environment(&self, _name: &str) -> Result<Option<String>, ()> {
            Err(())
        }
    }

    #[test]
    fn constants_of_other_modules_count() {
        let text = "import project\nfrom project import OTHER\nrevision = 'a' + 'b'\n\
                    down_revision = None\nbranch_labels = (project.LABEL, OTHER)\n\
                    depends_on = None\ndef upgrade(): pass\n";
        let found = variables("a.py", text, Rc::new(Beside)).unwrap();
        assert_eq!(found.revision.as_deref(), Some("ab"));
        assert_eq!(found.branch_labels, ["expand", "contract"]);
        assert_eq!(found.down_revision, Some(Vec::new()));
        assert!(found.has_upgrade && !found.has_downgrade);
    }

    #[test]
    fn what_a_module_computes_is_not_told() {
        let text = "import project\nrevision = project.boot\ndown_revision = None\n";
        assert!(variables("a.py", text, Rc::new(Beside)).is_none());
    }
}
