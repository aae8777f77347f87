"""users 통합 스키마 생성

Revision ID: 0001
Revises: 
Create Date: 2025-12-01 10:00:00+09:00
"""

from typing import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS users")

    # 열거형: 이미 있으면 그대로 둔다
    op.execute(
        """
        DO $$ BEGIN
            CREATE TYPE oauth_provider AS ENUM ('google', 'kakao', 'naver');
        EXCEPTION
            WHEN duplicate_object THEN NULL;
        END $$;
        """
    )
    op.execute(
        """
        DO $$ BEGIN
            CREATE TYPE user_character_status AS ENUM ('owned', 'burned', 'traded');
        EXCEPTION
            WHEN duplicate_object THEN NULL;
        END $$;
        """
    )

    op.execute(
        """
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
        )
        """
    )
    for column in ("nickname", "phone_number", "email"):
        op.execute(
            f"""
            CREATE INDEX IF NOT EXISTS ix_accounts_{column}
            ON users.accounts ({column})
            WHERE {column} IS NOT NULL
            """
        )

    op.execute(
        """
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
        )
        """
    )
    op.execute("CREATE INDEX IF NOT EXISTS ix_social_accounts_user_id ON users.social_accounts (user_id)")
    op.execute("CREATE INDEX IF NOT EXISTS ix_social_accounts_provider ON users.social_accounts (provider)")

    op.execute(
        """
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
        """
    )
    op.execute("CREATE INDEX IF NOT EXISTS ix_user_characters_user_id ON users.user_characters (user_id)")
    op.execute("COMMENT ON TABLE users.accounts IS '사용자 계정: 통합 이후의 기준 테이블'")


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS users.user_characters")
    op.execute("DROP TABLE IF EXISTS users.social_accounts")
    op.execute("DROP TABLE IF EXISTS users.accounts")
    op.execute("DROP TYPE IF EXISTS user_character_status")
    op.execute("DROP TYPE IF EXISTS oauth_provider")
