CREATE SCHEMA IF NOT EXISTS auth;

CREATE TABLE IF NOT EXISTS auth.users (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            username TEXT,
            nickname TEXT,
            profile_image_url TEXT,
            phone_number VARCHAR(20),
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            last_login_at TIMESTAMPTZ,
            CONSTRAINT uq_auth_users_name_phone UNIQUE (username, phone_number)
        );

CREATE INDEX IF NOT EXISTS ix_auth_users_phone_number ON auth.users (phone_number) WHERE phone_number IS NOT NULL;

CREATE TABLE IF NOT EXISTS auth.user_social_accounts (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL REFERENCES auth.users(id) ON DELETE CASCADE,
            provider TEXT NOT NULL,
            provider_user_id TEXT NOT NULL,
            email VARCHAR(320),
            last_login_at TIMESTAMPTZ,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            CONSTRAINT uq_user_social_accounts_identity UNIQUE (provider, provider_user_id)
        );

CREATE TABLE IF NOT EXISTS auth.login_audits (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL REFERENCES auth.users(id) ON DELETE CASCADE,
            provider TEXT NOT NULL,
            jti TEXT NOT NULL,
            login_ip TEXT,
            user_agent TEXT,
            issued_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );

CREATE INDEX IF NOT EXISTS ix_login_audits_user_id ON auth.login_audits (user_id);

CREATE INDEX IF NOT EXISTS ix_login_audits_jti ON auth.login_audits (jti);

CREATE INDEX IF NOT EXISTS ix_login_audits_issued_at ON auth.login_audits (issued_at);
