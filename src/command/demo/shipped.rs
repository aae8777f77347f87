//! The shipped project, as it is part of the program.

/// Files below the project's root.
macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $path)))),*]
    };
}

/// Path below the project's root, and text.
pub const FILES: &[(&str, &str)] = files![
    "README.md",
    "V003__create_users_schema.sql",
    "V004__create_info_schema.sql",
    "auth/alembic.ini",
    "auth/env.py",
    "auth/script.py.mako",
    "auth/versions/20251120_0001_initial_auth_schema.py",
    "character/alembic.ini",
    "character/env.py",
    "character/script.py.mako",
    "character/versions/20251115_0001_create_character_schema.py",
    "character/versions/20251128_0002_add_character_code.py",
    "native/auth/0001_initial_auth_schema/down.sql",
    "native/auth/0001_initial_auth_schema/metadata.toml",
    "native/auth/0001_initial_auth_schema/up.sql",
    "native/auth/0001_initial_auth_schema/up.sqlite.sql",
    "native/character/0001_create_character_schema/down.sql",
    "native/character/0001_create_character_schema/down.sqlite.sql",
    "native/character/0001_create_character_schema/metadata.toml",
    "native/character/0001_create_character_schema/up.sql",
    "native/character/0001_create_character_schema/up.sqlite.sql",
    "native/character/0002_add_character_code/down.sql",
    "native/character/0002_add_character_code/down.sqlite.sql",
    "native/character/0002_add_character_code/metadata.toml",
    "native/character/0002_add_character_code/up.sql",
    "native/character/0002_add_character_code/up.sqlite.sql",
    "native/users/0001_create_users_schema/down.sql",
    "native/users/0001_create_users_schema/down.sqlite.sql",
    "native/users/0001_create_users_schema/metadata.toml",
    "native/users/0001_create_users_schema/up.sql",
    "native/users/0001_create_users_schema/up.sqlite.sql",
    "native/users/V003_create_users_schema/metadata.toml",
    "native/users/V003_create_users_schema/up.sql",
    "native/users/V003_create_users_schema/up.sqlite.sql",
    "native/users/V004_create_info_schema/metadata.toml",
    "native/users/V004_create_info_schema/up.sql",
    "native/users/V004_create_info_schema/up.sqlite.sql",
    "native/users/join_main/down.sql",
    "native/users/join_main/metadata.toml",
    "native/users/join_main/up.sql",
    "schemas/auth_schema.sql",
    "schemas/users_schema.sql",
    "stillway.lock",
    "stillway.toml",
    "transfers/auth_to_users.toml",
    "users/alembic.ini",
    "users/env.py",
    "users/script.py.mako",
    "users/versions/20251201_0001_create_users_schema.py",
];

/// The text of a file.
pub fn text(path: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, text)| *text)
}
