CREATE TABLE user_profile.users (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    auth_user_id      TEXT NOT NULL,
    username          VARCHAR(120),
    nickname          VARCHAR(120),
    name              VARCHAR(120),
    email             VARCHAR(320),
    phone_number      VARCHAR(32),
    profile_image_url VARCHAR(500),
    created_at        TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime')),
    CONSTRAINT uq_profile_auth_user UNIQUE (auth_user_id)
);

CREATE TABLE user_profile.user_characters (
    id               TEXT NOT NULL PRIMARY KEY,
    user_id          TEXT NOT NULL,
    character_id     TEXT NOT NULL,
    character_code   VARCHAR(64) NOT NULL,
    character_name   VARCHAR(120) NOT NULL,
    character_type   VARCHAR(64),
    character_dialog VARCHAR(500),
    source           VARCHAR(120),
    status           VARCHAR(20) NOT NULL,
    acquired_at      TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    CONSTRAINT uq_profile_user_character UNIQUE (user_id, character_code)
);
