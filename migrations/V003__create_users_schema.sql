-- 사용자 도메인 통합: auth 와 user_profile 을 users 스키마 하나로 모은다.
-- 1단계에서는 두 스키마를 함께 두고, 데이터는 복사만 한다.

SET timezone = 'Asia/Seoul';

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

-- ---------------------------------------------------------------------------
-- 데이터 이전: 여러 번 실행해도 이미 옮긴 행은 그대로 둔다.
-- ---------------------------------------------------------------------------

-- 별명은 auth 가 먼저이고, 없으면 프로필의 것을 쓴다.
INSERT INTO users.accounts
    (id, nickname, name, email, phone_number, profile_image_url, created_at, updated_at, last_login_at)
SELECT a.id,
       COALESCE(a.nickname, p.nickname),
       p.name,
       p.email,
       a.phone_number,
       a.profile_image_url,
       a.created_at,
       a.updated_at,
       a.last_login_at
FROM auth.users a
LEFT JOIN user_profile.users p ON p.auth_user_id = a.id
ON CONFLICT (id) DO NOTHING;

INSERT INTO users.social_accounts
    (id, user_id, provider, provider_user_id, email, last_login_at, created_at, updated_at)
SELECT id, user_id, provider::oauth_provider, provider_user_id, email, last_login_at, created_at, updated_at
FROM auth.user_social_accounts
ON CONFLICT (provider, provider_user_id) DO NOTHING;

INSERT INTO users.user_characters
    (id, user_id, character_id, character_code, character_name, character_type,
     character_dialog, source, status, acquired_at, updated_at)
SELECT id, user_id, character_id, character_code, character_name, character_type,
       character_dialog, source, status::user_character_status, acquired_at, updated_at
FROM user_profile.user_characters
ON CONFLICT (user_id, character_code) DO NOTHING;
