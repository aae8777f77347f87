-- auth 스키마 초기 상태, for SQLite: the schema is an attached file, keys and moments are text (UTC).

CREATE TABLE IF NOT EXISTS auth.users (
    id                TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    username          TEXT,
    nickname          TEXT,
    profile_image_url TEXT,
    phone_number      VARCHAR(20),
    created_at        TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    updated_at        TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    last_login_at     TIMESTAMPTZ,
    CONSTRAINT uq_auth_users_name_phone UNIQUE (username, phone_number)
);

CREATE INDEX IF NOT EXISTS auth.ix_auth_users_phone_number ON users (phone_number) WHERE phone_number IS NOT NULL;

CREATE TABLE IF NOT EXISTS auth.user_social_accounts (
    id               TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id          TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider         TEXT NOT NULL,
    provider_user_id TEXT NOT NULL,
    email            VARCHAR(320),
    last_login_at    TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    CONSTRAINT uq_user_social_accounts_identity UNIQUE (provider, provider_user_id)
);

CREATE TABLE IF NOT EXISTS auth.login_audits (
    id         TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider   TEXT NOT NULL,
    jti        TEXT NOT NULL,
    login_ip   TEXT,
    user_agent TEXT,
    issued_at  TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))
);

CREATE INDEX IF NOT EXISTS auth.ix_login_audits_user_id ON login_audits (user_id);
CREATE INDEX IF NOT EXISTS auth.ix_login_audits_jti ON login_audits (jti);
CREATE INDEX IF NOT EXISTS auth.ix_login_audits_issued_at ON login_audits (issued_at);
