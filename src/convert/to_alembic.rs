//! Native revisions become Python revisions, in a directory that Alembic accepts.

use std::fmt::Write as _;
use std::path::Path;

use super::chain::{Chain, Member};
use super::{Conversion, FileReport, Obstacle, OutputFile, alembic_file, name};
use crate::dialect::alembic::init::StarterKit;
use crate::dialect::alembic::native::METADATA;
use crate::model::Backend;

/// For whom the directory is written.
#[derive(Debug, Clone)]
pub struct AlembicTarget {
    /// For which server.
    pub backend: Backend,
    /// The version table.
    pub version_table: String,
    /// Its schema.
    pub version_table_schema: Option<String>,
    /// The environment variable that holds the URL.
    pub url_variable: String,
}

/// Converts a chain of native revisions into a directory of Alembic's: revisions that send the same
/// SQL byte for byte, and the files around them.
pub fn to_alembic(chain: &Chain, folder: &Path, target: &AlembicTarget) -> Conversion {
    let mut conversion = Conversion::default();
    for member in &chain.members {
        let source = folder.join(member.name());
        match file(member, folder, target.backend) {
            Err(obstacle) => {
                let line = FileReport::refused(source, obstacle);
                conversion.report.push(line);
            }
            Ok((path, bytes)) => {
                let line = FileReport::converted(source, &path);
                conversion.report.push(line);
                conversion.files.push(OutputFile { path, bytes });
            }
        }
    }
    let mut around = |path: &str, text: String| {
        conversion.files.push(OutputFile {
            path: path.to_owned(),
            bytes: text.into_bytes(),
        });
    };
    around("alembic.ini", ini());
    around("env.py", env(target));
    if let Some(kit) = StarterKit::find("generic") {
        around("script.py.mako", kit.script.to_owned());
    }
    conversion
}

fn file(member: &Member, folder: &Path, backend: Backend) -> Result<(String, Vec<u8>), Obstacle> {
    let native = match member {
        Member::Python(python) => {
            return Ok((format!("versions/{}", python.name), python.bytes.clone()));
        }
        Member::Native(native) => native,
    };
    let metadata = &native.metadata;
    let only_native = [
        (metadata.repeatable, "repeatable", "runs each revision once"),
        (
            !metadata.skip_if_exists.is_empty(),
            "skip_if_exists",
            "cannot leave a revision out by the tables that there are",
        ),
        (
            !metadata.skip_if_missing.is_empty(),
            "skip_if_missing",
            "cannot leave a revision out by the tables that there are",
        ),
    ];
    if let Some((_, key, words)) = only_native.iter().find(|(is_set, ..)| *is_set) {
        return Err(Obstacle::new(format!(
            "its {METADATA} has `{key}`, and Alembic {words}"
        )));
    }
    let needed = metadata.depends_on.clone().list();
    if let Some(other) = needed.iter().find(|name| name.contains('@')) {
        return Err(Obstacle::new(format!(
            "it depends on `{other}` of another domain, and Alembic knows one directory only"
        )));
    }
    let text = alembic_file::write(native, folder, backend)?;
    let name = name::directory(&metadata.revision, &metadata.message);
    Ok((format!("versions/{name}.py"), text.into_bytes()))
}

/// The configuration: where the revisions are, and the log.
fn ini() -> String {
    let generic = StarterKit::find("generic").and_then(|kit| kit.ini("%(here)s").ok());
    generic
        .unwrap_or_default()
        .replace("driver://user:pass@localhost/dbname", "")
}

fn env(target: &AlembicTarget) -> String {
    let mut settings = format!("\"version_table\": {:?},\n", target.version_table);
    let mut schema = String::new();
    if let Some(name) = &target.version_table_schema {
        let _ = writeln!(settings, "    \"version_table_schema\": {name:?},");
        if target.backend == Backend::Postgres {
            let quoted = name.replace('"', "\"\"");
            schema = format!(
                "        if not inspect(connection).has_schema({name:?}):\n            connection.execute(text('CREATE SCHEMA \"{quoted}\"'))\n        connection.commit()\n"
            );
        }
    }
    let imported = if schema.is_empty() {
        "create_engine, pool"
    } else {
        "create_engine, inspect, pool, text"
    };
    format!(
        r#""""Tells Alembic how to reach the database."""
import os
from logging.config import fileConfig

from sqlalchemy import {imported}

from alembic import context

config = context.config

if config.config_file_name is not None:
    fileConfig(config.config_file_name)

url = os.environ.get("{variable}") or config.get_main_option("sqlalchemy.url")

# Each revision is one transaction with its row in the version table.
SETTINGS = {{
    {settings}    "transaction_per_migration": True,
}}


def run_migrations_offline() -> None:
    """Writes SQL; needs no database."""
    context.configure(url=url, literal_binds=True, dialect_opts={{"paramstyle": "named"}}, **SETTINGS)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    """Runs migrations on a connection."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
{schema}        context.configure(connection=connection, **SETTINGS)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"#,
        variable = target.url_variable,
    )
}
