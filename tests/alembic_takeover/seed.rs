//! Three domains with a directory each, deployed by a script and by a workflow that call `alembic`:
//! by Stillway under that name on an empty database, and by the original.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::Failed;

use crate::support::alembic::{Program, copy_tree, fixtures, read, stillway};
use crate::support::database::{Backend, TestDatabase};
use crate::support::dump::{schema, unlike};
use crate::support::original_alembic::{self, Told};

/// The domains, each with its head.
const DOMAINS: [(&str, &str); 3] = [("character", "0002"), ("users", "0001"), ("auth", "0001")];

/// How all domains are brought to their heads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deployment {
    /// By `scripts/migrate-all.sh`.
    Script,
    /// By the steps of `.github/workflows/migrate.yml`.
    Workflow,
}

/// A checkout with a database.
struct Site {
    folder: tempfile::TempDir,
    database: TestDatabase,
}

impl Site {
    fn new() -> Result<Self, Failed> {
        let folder = tempfile::Builder::new().prefix("stillway").tempdir()?;
        let database = TestDatabase::create(Backend::Postgres, PathBuf::new())?;
        let site = Self { folder, database };
        copy_tree(&fixtures().join("alembic/seed/project"), &site.root())?;
        // What lies beside the domains is nobody's to run.
        for name in ["V003__create_users_schema.sql", "schemas/users_schema.sql"] {
            site.write(&format!("root/migrations/{name}"), "SELECT 1 / 0;\n")?;
        }
        // The service's models, which only the original asks for.
        let models = "apps/character/infrastructure/persistence_postgres/models.py";
        let text = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n";
        site.write(&format!("service/{models}"), text)?;
        let programs = site.folder.path().join("bin");
        std::fs::create_dir(&programs)?;
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_stillway"), programs.join("alembic"))?;
        Ok(site)
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failed> {
        let file = self.folder.path().join(name);
        std::fs::create_dir_all(file.parent().ok_or("a folder")?)?;
        Ok(std::fs::write(file, text)?)
    }

    fn environment(&self, program: Program) -> BTreeMap<String, String> {
        let url = self.database.sqlalchemy_url();
        let own = match program {
            // As the services name it; the environments take the suffix off.
            Program::Stillway => [("DATABASE_URL", url.replace("+psycopg2", "+asyncpg"))].to_vec(),
            Program::Original => {
                let service = self.folder.path().join("service").display().to_string();
                [("DATABASE_URL", url), ("PYTHONPATH", service)].to_vec()
            }
        };
        own.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Runs one command in a domain's directory.
    fn run(&self, program: Program, domain: &str, arguments: &[&str]) -> Result<Told, Failed> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let folder = self.root().join("migrations").join(domain);
        let environment = self.environment(program);
        let told = match program {
            Program::Stillway => stillway(&arguments, &folder, &environment)?,
            Program::Original => original_alembic::run(&arguments, &folder, &environment)?,
        };
        if told.code == 0 {
            return Ok(told);
        }
        Err(format!("{program:?} {domain} {arguments:?}: {told:?}").into())
    }

    /// Runs script or workflow with one of the programs as `alembic`; gives what was said.
    fn deploy(&self, program: Program, deployment: Deployment) -> Result<String, Failed> {
        let mut shell = Command::new("bash");
        match deployment {
            Deployment::Script => shell.arg("scripts/migrate-all.sh"),
            Deployment::Workflow => {
                let workflow = read(&self.root().join(".github/workflows/migrate.yml"));
                let step = self.folder.path().join("step.sh");
                std::fs::write(&step, run_block(&workflow).ok_or("no step")?)?;
                shell.arg("-e").arg(step)
            }
        };
        let programs = match program {
            Program::Stillway => self.folder.path().join("bin"),
            Program::Original => original_alembic::programs(),
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = [programs].into_iter().chain(std::env::split_paths(&path));
        let output = shell
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::join_paths(path)?)
            .env("LC_ALL", "C.UTF-8")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .envs(self.environment(program))
            .stdin(Stdio::null())
            .output()?;
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = words(&output.stdout) + &words(&output.stderr);
        if !output.status.success() {
            return Err(format!("{program:?} by {deployment:?}: {said}").into());
        }
        Ok(said)
    }

    /// Schema and version rows.
    fn state(&self) -> Result<Vec<String>, Failed> {
        let mut lines = schema(&self.database)?;
        for (domain, _) in DOMAINS {
            let sql = format!("SELECT version_num FROM {domain}.alembic_version");
            let rows = self.database.rows(&sql);
            lines.push(format!("rows of {domain}: {rows:?}"));
        }
        Ok(lines)
    }

    /// What Stillway has written down of its own runs.
    fn history(&self) -> Vec<String> {
        let parts = DOMAINS.map(|(domain, _)| {
            format!("SELECT '{domain}' AS domain, id, action, revision FROM {domain}.stillway_alembic_history")
        });
        let sql = format!(
            "SELECT domain || ' ' || action || ' ' || revision FROM ({}) AS h ORDER BY domain, id",
            parts.join(" UNION ALL ")
        );
        self.database
            .rows(&sql)
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }
}

/// The commands of a workflow's one step that has some.
fn run_block(workflow: &str) -> Option<String> {
    let (_, after) = workflow.split_once("run: |\n")?;
    let depth = |line: &str| line.len() - line.trim_start().len();
    let own = after.lines().next().map(depth)?;
    let lines = after
        .lines()
        .take_while(|line| line.is_empty() || depth(line) >= own);
    Some(
        lines
            .map(|line| line.get(own..).unwrap_or("").to_owned() + "\n")
            .collect(),
    )
}

fn same(what: &str, left: &[String], right: &[String]) -> Result<(), Failed> {
    if left == right {
        Ok(())
    } else {
        Err(unlike(what, left, right).into())
    }
}

/// Both programs deploy; then each takes over the other's database.
pub(crate) fn check(deployment: Deployment) -> Result<(), Failed> {
    let ours = Site::new()?;
    let said = ours.deploy(Program::Stillway, deployment)?;
    for (domain, head) in DOMAINS {
        let announced = said.contains(&format!("Migrating {domain}..."));
        let sql = format!("SELECT version_num FROM {domain}.alembic_version");
        if !announced || ours.database.value(&sql) != head {
            return Err(format!("{domain} is not at {head}:\n{said}").into());
        }
    }
    let state = ours.state()?;
    let history = ours.history();
    let ran = [
        "auth upgrade 0001",
        "character upgrade 0001",
        "character upgrade 0002",
        "users upgrade 0001",
    ];
    same("history", &ran.map(str::to_owned), &history)?;

    // A second time nothing is left to do.
    let said = ours.deploy(Program::Stillway, deployment)?;
    if said.contains("Running") {
        return Err(format!("a second run does something:\n{said}").into());
    }
    same("second run", &state, &ours.state()?)?;
    same("history after a second run", &history, &ours.history())?;

    let theirs = Site::new()?;
    for (domain, _) in DOMAINS {
        theirs
            .database
            .statements(&format!("CREATE SCHEMA {domain}"))?;
    }
    theirs.deploy(Program::Original, deployment)?;
    same(
        "deployed by the original and by Stillway",
        &theirs.state()?,
        &state,
    )?;

    for (domain, _) in DOMAINS {
        for arguments in [&["current"][..], &["downgrade", "-1"], &["upgrade", "head"]] {
            let told = ours.run(Program::Original, domain, arguments)?;
            let again = theirs.run(Program::Stillway, domain, arguments)?;
            let what = format!("{domain} {arguments:?}, original against Stillway");
            same(&what, &[told.stdout], &[again.stdout])?;
            same(&what, &told.log, &again.log)?;
            same(&what, &ours.state()?, &theirs.state()?)?;
        }
    }
    same("back at the heads", &state, &ours.state()?)?;
    same(
        "history after the original's runs",
        &history,
        &ours.history(),
    )?;
    let ran = DOMAINS.map(|(domain, head)| {
        ["downgrade", "upgrade"].map(|action| format!("{domain} {action} {head}"))
    });
    let mut ran = ran.concat();
    ran.sort();
    same(
        "history of the original's database",
        &ran,
        &theirs.history(),
    )?;
    untouched(&ours.root())
}

/// Nothing was written into the checkout.
fn untouched(root: &Path) -> Result<(), Failed> {
    let listed = Command::new("diff")
        .args(["-r", "--exclude=V003*", "--exclude=schemas"])
        .arg(fixtures().join("alembic/seed/project"))
        .arg(root)
        .output()?;
    let found = String::from_utf8_lossy(&listed.stdout);
    if found.is_empty() {
        Ok(())
    } else {
        Err(format!("the checkout has changed:\n{found}").into())
    }
}
