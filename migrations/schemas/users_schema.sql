-- users 스키마: 지금 있어야 할 모습 (참고용).
-- 마이그레이션이 아니다. 바꿀 때는 native/users 에 리비전을 더하고 이 파일을 맞춘다.

CREATE SCHEMA IF NOT EXISTS users;

COMMENT ON SCHEMA users IS '통합 사용자 도메인; auth 는 폐기 예정';

-- ---------------------------------------------------------------------------
-- 열거형
-- ---------------------------------------------------------------------------

CREATE TYPE oauth_provider AS ENUM ('google', 'kakao', 'naver');
CREATE TYPE user_character_status AS ENUM ('owned', 'burned', 'traded');

-- ---------------------------------------------------------------------------
-- 계정
-- ---------------------------------------------------------------------------

CREATE TABLE users.accounts (
    id                UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    nickname          TEXT,
    name              TEXT,
    email             VARCHAR(320),
    phone_number      VARCHAR(20),
    profile_image_url TEXT,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_login_at     TIMESTAMPTZ,
    CONSTRAINT uq_accounts_phone UNIQUE (phone_number)
);

-- 값이 있는 행만 색인한다.
CREATE INDEX idx_accounts_nickname ON users.accounts (nickname) WHERE nickname IS NOT NULL;
CREATE INDEX idx_accounts_phone ON users.accounts (phone_number) WHERE phone_number IS NOT NULL;
CREATE INDEX idx_accounts_email ON users.accounts (email) WHERE email IS NOT NULL;

COMMENT ON TABLE users.accounts IS '사용자 계정; 로그인 수단은 social_accounts 에 있다';
COMMENT ON COLUMN users.accounts.nickname IS '화면에 보이는 이름; 비어 있을 수 있다';

-- ---------------------------------------------------------------------------
-- 소셜 계정
-- ---------------------------------------------------------------------------

CREATE TABLE users.social_accounts (
    id               UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          UUID NOT NULL REFERENCES users.accounts (id) ON DELETE CASCADE,
    provider         oauth_provider NOT NULL,
    provider_user_id TEXT NOT NULL,
    email            VARCHAR(320),
    last_login_at    TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT uq_social_identity UNIQUE (provider, provider_user_id)
);

CREATE INDEX idx_social_accounts_user_id ON users.social_accounts (user_id);
CREATE INDEX idx_social_accounts_provider ON users.social_accounts (provider);
CREATE INDEX idx_social_accounts_identity ON users.social_accounts (provider, provider_user_id);

-- ---------------------------------------------------------------------------
-- 보유 캐릭터
-- ---------------------------------------------------------------------------

CREATE TABLE users.user_characters (
    id               UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          UUID NOT NULL REFERENCES users.accounts (id) ON DELETE CASCADE,
    character_id     UUID NOT NULL,
    character_code   TEXT NOT NULL,
    character_name   TEXT NOT NULL,
    character_type   TEXT,
    character_dialog TEXT,
    source           TEXT,
    status           user_character_status NOT NULL DEFAULT 'owned',
    acquired_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT uq_user_character UNIQUE (user_id, character_code)
);

CREATE INDEX idx_user_characters_user_id ON users.user_characters (user_id);
CREATE INDEX idx_user_characters_character_id ON users.user_characters (character_id);
CREATE INDEX idx_user_characters_code ON users.user_characters (character_code);
