CREATE SCHEMA IF NOT EXISTS users;

DO $$ BEGIN
            CREATE TYPE oauth_provider AS ENUM ('google', 'kakao', 'naver');
        EXCEPTION
            WHEN duplicate_object THEN NULL;
        END $$;

DO $$ BEGIN
            CREATE TYPE user_character_status AS ENUM ('owned', 'burned', 'traded');
        EXCEPTION
            WHEN duplicate_object THEN NULL;
        END $$;

CREATE TABLE IF NOT EXISTS users.accounts (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            nickname TEXT,
            name TEXT,
            email VARCHAR(320),
            phone_number VARCHAR(20),
            profile_image_url TEXT,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            last_login_at TIMESTAMPTZ,
            CONSTRAINT uq_accounts_phone UNIQUE (phone_number)
        );

CREATE INDEX IF NOT EXISTS ix_accounts_nickname
            ON users.accounts (nickname)
            WHERE nickname IS NOT NULL;

CREATE INDEX IF NOT EXISTS ix_accounts_phone_number
            ON users.accounts (phone_number)
            WHERE phone_number IS NOT NULL;

CREATE INDEX IF NOT EXISTS ix_accounts_email
            ON users.accounts (email)
            WHERE email IS NOT NULL;

CREATE TABLE IF NOT EXISTS users.social_accounts (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL REFERENCES users.accounts(id) ON DELETE CASCADE,
            provider oauth_provider NOT NULL,
            provider_user_id TEXT NOT NULL,
            email VARCHAR(320),
            last_login_at TIMESTAMPTZ,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            CONSTRAINT uq_social_identity UNIQUE (provider, provider_user_id)
        );

CREATE INDEX IF NOT EXISTS ix_social_accounts_user_id ON users.social_accounts (user_id);

CREATE INDEX IF NOT EXISTS ix_social_accounts_provider ON users.social_accounts (provider);

CREATE TABLE IF NOT EXISTS users.user_characters (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL REFERENCES users.accounts(id) ON DELETE CASCADE,
            character_id UUID,
            character_code VARCHAR(64) NOT NULL,
            character_name VARCHAR(120),
            character_type VARCHAR(64),
            character_dialog VARCHAR(500),
            source TEXT,
            status user_character_status NOT NULL DEFAULT 'owned',
            acquired_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            CONSTRAINT uq_user_character UNIQUE (user_id, character_code)
        );

CREATE INDEX IF NOT EXISTS ix_user_characters_user_id ON users.user_characters (user_id);

COMMENT ON TABLE users.accounts IS '사용자 계정: 통합 이후의 기준 테이블';
