CREATE SCHEMA IF NOT EXISTS user_profile;

CREATE TABLE user_profile.users (
    id                BIGSERIAL PRIMARY KEY,
    auth_user_id      UUID NOT NULL,
    username          VARCHAR(120),
    nickname          VARCHAR(120),
    name              VARCHAR(120),
    email             VARCHAR(320),
    phone_number      VARCHAR(32),
    profile_image_url VARCHAR(500),
    created_at        TIMESTAMP NOT NULL DEFAULT now(),
    CONSTRAINT uq_profile_auth_user UNIQUE (auth_user_id)
);

CREATE TABLE user_profile.user_characters (
    id               UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          UUID NOT NULL,
    character_id     UUID NOT NULL,
    character_code   VARCHAR(64) NOT NULL,
    character_name   VARCHAR(120) NOT NULL,
    character_type   VARCHAR(64),
    character_dialog VARCHAR(500),
    source           VARCHAR(120),
    status           VARCHAR(20) NOT NULL,
    acquired_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT uq_profile_user_character UNIQUE (user_id, character_code)
);
