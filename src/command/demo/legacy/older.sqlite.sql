-- What older generations of the database allow; a table that allows more is another table.
DROP TABLE auth.user_social_accounts;
DROP TABLE auth.users;
DROP TABLE user_profile.users;
DROP TABLE user_profile.user_characters;

CREATE TABLE auth.users (
    id                TEXT NOT NULL PRIMARY KEY,
    username          TEXT,
    nickname          TEXT,
    profile_image_url TEXT,
    phone_number      VARCHAR(32),
    created_at        TIMESTAMPTZ,
    updated_at        TIMESTAMPTZ NOT NULL,
    last_login_at     TIMESTAMPTZ,
    CONSTRAINT uq_auth_users_name_phone UNIQUE (username, phone_number)
);

CREATE INDEX auth.ix_auth_users_phone_number ON users (phone_number) WHERE phone_number IS NOT NULL;

CREATE TABLE auth.user_social_accounts (
    id               TEXT NOT NULL PRIMARY KEY,
    user_id          TEXT NOT NULL,
    provider         VARCHAR(32),
    provider_user_id VARCHAR(255),
    email            VARCHAR(320),
    last_login_at    TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL,
    CONSTRAINT uq_user_social_accounts_identity UNIQUE (provider, provider_user_id)
);

CREATE TABLE user_profile.users (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    auth_user_id      TEXT NOT NULL,
    username          VARCHAR(120),
    nickname          VARCHAR(120),
    name              VARCHAR(120),
    email             VARCHAR(320),
    phone_number      VARCHAR(32),
    profile_image_url VARCHAR(500),
    created_at        TIMESTAMP NOT NULL
);

CREATE INDEX user_profile.ix_profile_auth_user ON users (auth_user_id);

CREATE TABLE user_profile.user_characters (
    id               TEXT NOT NULL PRIMARY KEY,
    user_id          TEXT NOT NULL,
    character_id     TEXT NOT NULL,
    character_code   VARCHAR(64) NOT NULL,
    character_name   VARCHAR(120) NOT NULL,
    character_type   VARCHAR(64),
    character_dialog VARCHAR(500),
    source           VARCHAR(120),
    status           VARCHAR(20),
    acquired_at      TIMESTAMPTZ NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL,
    CONSTRAINT uq_profile_user_character UNIQUE (user_id, character_code)
);
