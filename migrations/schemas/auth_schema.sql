-- auth 스키마: 지금 있어야 할 모습 (참고용). 폐기 예정이며 users 로 옮겨진다.
-- 마이그레이션이 아니다.

CREATE SCHEMA IF NOT EXISTS auth;

-- 사용자: username 은 users.accounts 에 대응하는 열이 없다.
CREATE TABLE auth.users (
    id                UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    username          TEXT,
    nickname          TEXT,
    profile_image_url TEXT,
    phone_number      VARCHAR(20),
    created_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_login_at     TIMESTAMPTZ,
    CONSTRAINT uq_auth_users_name_phone UNIQUE (username, phone_number)
);

CREATE INDEX ix_auth_users_phone_number ON auth.users (phone_number) WHERE phone_number IS NOT NULL;

-- 소셜 로그인: provider 는 열거형이 아니라 자유로운 글자다.
CREATE TABLE auth.user_social_accounts (
    id               UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          UUID NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    provider         TEXT NOT NULL,
    provider_user_id TEXT NOT NULL,
    email            VARCHAR(320),
    last_login_at    TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT uq_user_social_accounts_identity UNIQUE (provider, provider_user_id)
);

-- 로그인 기록: 옮길 곳이 없으므로 3단계 전에 보관한다.
CREATE TABLE auth.login_audits (
    id         UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    UUID NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    provider   TEXT NOT NULL,
    jti        TEXT NOT NULL,
    login_ip   TEXT,
    user_agent TEXT,
    issued_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX ix_login_audits_user_id ON auth.login_audits (user_id);
CREATE INDEX ix_login_audits_jti ON auth.login_audits (jti);
CREATE INDEX ix_login_audits_issued_at ON auth.login_audits (issued_at);
