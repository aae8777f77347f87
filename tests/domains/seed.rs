//! A backend with a schema for each domain, Alembic directories, and older Flyway files beside them.

use libtest_mimic::Failed;

use crate::Test;
use crate::site::{Site, same, says};
use crate::support::alembic::{copy_tree, fixtures};

pub(crate) const TESTS: &[(&str, Test)] = &[("the layout as it is is planned and run", as_it_is)];

/// The layout as it is.
fn layout(site: &Site) -> Result<(), Failed> {
    let fixtures = fixtures();
    copy_tree(&fixtures.join("alembic/seed/project"), &site.root())?;
    for name in [
        "V003__create_users_schema.sql",
        "V004__create_info_schema.sql",
    ] {
        let file = fixtures.join("flyway/legacy_v003_v004/project").join(name);
        site.write(
            &format!("migrations/{name}"),
            &std::fs::read_to_string(file)?,
        )?;
    }
    site.write(
        "migrations/schemas/users_schema.sql",
        "-- The desired state, to be read by people.\n",
    )
}

fn as_it_is(site: &Site) -> Result<(), Failed> {
    layout(site)?;
    let told = site.run(&["plan"])?;
    same(&told.code, &1)?;
    for words in [
        "error: migrations/V003__create_users_schema.sql:101:6: reads table `auth.users`",
        "write in [domains.migrations] of stillway.toml: depends_on = [\"auth@0001\"]",
        "error: migrations/V003__create_users_schema.sql:102:11: reads table `user_profile.users`, which no migration creates",
        "creates table `users.accounts`, which `users@0001`",
    ] {
        says(&told.output, words)?;
    }
    same(
        &site.ran(&["upgrade", "-d", "auth", "-d", "character", "-d", "users"])?,
        &"auth:0001 character:0001 character:0002 users:0001".to_owned(),
    )?;
    let told = site.run(&["plan"])?;
    says(&told.output, "`user_profile.users`")
}
