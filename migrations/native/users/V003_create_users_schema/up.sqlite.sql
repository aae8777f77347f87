-- 사용자 도메인 통합, for SQLite: the schema is an attached file, keys and moments are text (UTC).

CREATE TABLE users.accounts (
    id                TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    nickname          TEXT,
    name              TEXT,
    email             VARCHAR(320),
    phone_number      VARCHAR(20),
    profile_image_url TEXT,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    updated_at        TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    last_login_at     TIMESTAMPTZ,
    CONSTRAINT uq_accounts_phone UNIQUE (phone_number)
);

-- 값이 있는 행만 색인한다.
CREATE INDEX users.idx_accounts_nickname ON accounts (nickname) WHERE nickname IS NOT NULL;
CREATE INDEX users.idx_accounts_phone ON accounts (phone_number) WHERE phone_number IS NOT NULL;
CREATE INDEX users.idx_accounts_email ON accounts (email) WHERE email IS NOT NULL;

CREATE TABLE users.social_accounts (
    id               TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id          TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider         TEXT NOT NULL CHECK (provider IN ('google', 'kakao', 'naver')),
    provider_user_id TEXT NOT NULL,
    email            VARCHAR(320),
    last_login_at    TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    CONSTRAINT uq_social_identity UNIQUE (provider, provider_user_id)
);

CREATE INDEX users.idx_social_accounts_user_id ON social_accounts (user_id);
CREATE INDEX users.idx_social_accounts_provider ON social_accounts (provider);
CREATE INDEX users.idx_social_accounts_identity ON social_accounts (provider, provider_user_id);

CREATE TABLE users.user_characters (
    id               TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id          TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    character_id     TEXT NOT NULL,
    character_code   TEXT NOT NULL,
    character_name   TEXT NOT NULL,
    character_type   TEXT,
    character_dialog TEXT,
    source           TEXT,
    status           TEXT NOT NULL DEFAULT 'owned' CHECK (status IN ('owned', 'burned', 'traded')),
    acquired_at      TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    CONSTRAINT uq_user_character UNIQUE (user_id, character_code)
);

CREATE INDEX users.idx_user_characters_user_id ON user_characters (user_id);
CREATE INDEX users.idx_user_characters_character_id ON user_characters (character_id);
CREATE INDEX users.idx_user_characters_code ON user_characters (character_code);
