//! The project that is shipped: it runs on both servers, and is what its originals are converted to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use libtest_mimic::Failed;

use crate::Test;
use crate::seed::{PROFILE, comparable, layout};
use crate::site::{Site, same, says};
use crate::support::alembic::{copy_tree, fixtures};
use crate::support::database::Backend;
use crate::support::dump::unlike;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("the shipped project runs, and goes back", runs),
    ("the variant for another server is settled as well", settled),
];

/// Those on PostgreSQL only.
pub(crate) const POSTGRES_TESTS: &[(&str, Test)] = &[
    (
        "the shipped chains are what the originals are converted to",
        converted,
    ),
    ("the shipped chains end where the originals do", ends_alike),
    ("a database where the original V003 ran is adopted", adopted),
    ("the desired state is what the chains make", desired_state),
];

/// Where it lies.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")
}

/// A database on which nothing has run, and the project.
fn checkout(site: &Site) -> Result<(), Failed> {
    copy_tree(&folder(), &site.root())
}

const ALL: &[&str] = &["upgrade", "-d", "auth", "-d", "character", "-d", "users"];

fn runs(site: &Site) -> Result<(), Failed> {
    checkout(site)?;
    site.must(&["plan"])?;
    same(
        &site.ran(ALL)?,
        &"auth:0001 character:0001 character:0002 users:V003 users:V004 users:0001 users:join_main"
            .to_owned(),
    )?;
    same(&site.run(&["status", "--check"])?.code, &0)?;
    site.must(&["verify", "--database"])?;
    if site.database.backend() == Backend::Sqlite {
        let beside = |name: &str| site.database.file().with_file_name(name).exists();
        for name in [
            "auth.db",
            "character.db",
            "info.db",
            "user_profile.db",
            "users.db",
        ] {
            same(&(name, beside(name)), &(name, true))?;
        }
        // The database's own file holds nothing at all.
        same(
            &site.database.value("SELECT count(*) FROM sqlite_master"),
            &"0".to_owned(),
        )?;
    }
    site.must(&["downgrade", "-d", "character", "base"])?;
    site.must(&["downgrade", "-d", "auth", "base"])?;
    same(
        &site.ran(&["upgrade", "-d", "auth", "-d", "character"])?,
        &"auth:0001 character:0001 character:0002".to_owned(),
    )
}

fn settled(site: &Site) -> Result<(), Failed> {
    checkout(site)?;
    for name in ["up.sql", "up.sqlite.sql"] {
        let path = format!("native/users/V003_create_users_schema/{name}");
        let text = site.read(&path)?;
        site.write(
            &path,
            &text.replace("uq_accounts_phone", "uq_accounts_number"),
        )?;
        let told = site.run(&["verify"])?;
        same(&told.code, &3)?;
        says(&told.output, "V003")?;
        site.write(&path, &text)?;
        site.must(&["verify"])?;
    }
    Ok(())
}

/// The SQL of the revisions of a domain, by id and file.
fn revisions(folder: &Path) -> Result<BTreeMap<(String, String), String>, Failed> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(text) = std::fs::read_to_string(path.join("metadata.toml")) else {
            continue;
        };
        let metadata: toml::Table = text.parse()?;
        let id = metadata["revision"].as_str().ok_or("a revision")?;
        for name in ["up.sql", "down.sql", "metadata.toml"] {
            if let Ok(text) = std::fs::read_to_string(path.join(name)) {
                found.insert((id.to_owned(), name.to_owned()), text);
            }
        }
    }
    Ok(found)
}

fn converted(site: &Site) -> Result<(), Failed> {
    layout(site)?;
    site.must(&["init"])?;
    let convert = |domain: &str, more: &[&str]| {
        let all = ["convert", "-d", domain, "--to", "native", "--write"];
        site.must(&[all.as_slice(), more].concat())
    };
    convert("users", &["--join", "migrations@0001"])?;
    convert("auth", &[])?;
    convert("character", &[])?;
    for domain in ["auth", "character", "users"] {
        let mut made = revisions(&site.root().join(format!("migrations/{domain}_native")))?;
        let shipped = revisions(&folder().join("native").join(domain))?;
        // The rows that V003 copied are the transfer's.
        made.retain(|(id, _), _| id != "V003_data");
        let file = ("V004".to_owned(), "metadata.toml".to_owned());
        if let Some(text) = made.get_mut(&file) {
            *text = text.replace("\"V003_data\"", "\"V003\"");
        }
        // The merge is called as the stream that joins.
        made = made
            .into_iter()
            .map(|((id, name), text)| {
                let id = id.replace("join_migrations", "join_main");
                ((id, name), text.replace("join_migrations", "join_main"))
            })
            .collect();
        if made != shipped {
            return Err(format!("{domain}: converted {made:#?}, shipped {shipped:#?}").into());
        }
    }
    // The recordings of the originals are about the same files.
    let same_file = |recorded: PathBuf, shipped: PathBuf| -> Result<(), Failed> {
        let texts = (std::fs::read(&recorded)?, std::fs::read(&shipped)?);
        same(&(&recorded, texts.0 == texts.1), &(&recorded, true))
    };
    for domain in ["auth", "character", "users"] {
        let recorded = fixtures()
            .join("alembic/seed/project/migrations")
            .join(domain);
        let mut names = vec![
            "alembic.ini".into(),
            "env.py".into(),
            "script.py.mako".into(),
        ];
        for entry in std::fs::read_dir(recorded.join("versions"))? {
            names.push(Path::new("versions").join(entry?.file_name()));
        }
        for name in names {
            same_file(recorded.join(&name), folder().join(domain).join(&name))?;
        }
    }
    for name in [
        "V003__create_users_schema.sql",
        "V004__create_info_schema.sql",
    ] {
        let recorded = fixtures()
            .join("flyway/legacy_v003_v004/project")
            .join(name);
        same_file(recorded, folder().join(name))?;
    }
    Ok(())
}

fn ends_alike(site: &Site) -> Result<(), Failed> {
    checkout(site)?;
    site.must(ALL)?;
    let native = comparable(site)?;
    let other = Site::new(site.database.backend())?;
    layout(&other)?;
    let statements = |sql: &str| other.database.statements(sql).map_err(Failed::from);
    other.must(&["upgrade", "-d", "auth", "-d", "character"])?;
    statements(PROFILE)?;
    other.must(&["upgrade", "-d", "migrations"])?;
    let originals = comparable(&other)?;
    if native == originals {
        Ok(())
    } else {
        Err(unlike("the chains end elsewhere", &originals, &native).into())
    }
}

fn adopted(site: &Site) -> Result<(), Failed> {
    // As the originals have left it: V003 by Flyway, the others by Alembic.
    layout(site)?;
    site.must(&["upgrade", "-d", "auth", "-d", "character"])?;
    site.database.statements(PROFILE).map_err(Failed::from)?;
    site.must(&["upgrade", "-d", "migrations"])?;
    let before = comparable(site)?;
    std::fs::remove_dir_all(site.root())?;
    checkout(site)?;
    site.fails(&["upgrade"], 1, "this database has run the originals")?;
    let told = site.must(&["adopt"])?;
    says(&told.output, "users: 2 of 4 migrations applied")?;
    same(
        &site.ran(&["upgrade"])?,
        &"users:0001 users:join_main".to_owned(),
    )?;
    same(&site.run(&["status", "--check"])?.code, &0)?;
    let after = comparable(site)?;
    if before != after {
        return Err(unlike("adopting changed the schema", &before, &after).into());
    }
    same(
        &site
            .database
            .value("SELECT nickname || ' ' || name FROM users.accounts"),
        &"민수 김민수".to_owned(),
    )
}

fn desired_state(site: &Site) -> Result<(), Failed> {
    checkout(site)?;
    site.must(&["upgrade", "users@V003"])?;
    site.must(&["upgrade", "-d", "auth"])?;
    let made = comparable(site)?;
    let other = Site::new(site.database.backend())?;
    for name in ["auth_schema.sql", "users_schema.sql"] {
        let text = std::fs::read_to_string(folder().join("schemas").join(name))?;
        other.database.statements(&text).map_err(Failed::from)?;
    }
    let desired = comparable(&other)?;
    if made == desired {
        Ok(())
    } else {
        Err(unlike("the chains make something else", &desired, &made).into())
    }
}
