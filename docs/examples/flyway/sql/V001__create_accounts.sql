-- 계정과 소셜 로그인. Plain SQL that PostgreSQL and SQLite both read.
CREATE TABLE accounts (
    id          INTEGER PRIMARY KEY,
    nickname    TEXT NOT NULL,
    email       VARCHAR(320),
    region      TEXT NOT NULL DEFAULT '${region}'
);

CREATE TABLE social_accounts (
    id               INTEGER PRIMARY KEY,
    account_id       INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider         TEXT NOT NULL CHECK (provider IN ('google', 'kakao', 'naver')),
    provider_user_id TEXT NOT NULL,
    CONSTRAINT uq_social_identity UNIQUE (provider, provider_user_id)
);
