"""auth 스키마 초기 상태

Revision ID: 0001
Revises: 
Create Date: 2025-11-20 09:30:00+09:00
"""

from typing import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS auth")
    op.execute(
        """
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
        )
        """
    )
    op.execute(
        "CREATE INDEX IF NOT EXISTS ix_auth_users_phone_number ON auth.users (phone_number) WHERE phone_number IS NOT NULL"
    )
    op.execute(
        """
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
        )
        """
    )
    op.execute(
        """
        CREATE TABLE IF NOT EXISTS auth.login_audits (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL REFERENCES auth.users(id) ON DELETE CASCADE,
            provider TEXT NOT NULL,
            jti TEXT NOT NULL,
            login_ip TEXT,
            user_agent TEXT,
            issued_at TIMESTAMPTZ NOT NULL DEFAULT now()
        )
        """
    )
    for column in ["user_id", "jti", "issued_at"]:
        op.execute(f"CREATE INDEX IF NOT EXISTS ix_login_audits_{column} ON auth.login_audits ({column})")


def downgrade() -> None:
    op.drop_table("login_audits", schema="auth")
    op.drop_table("user_social_accounts", schema="auth")
    op.drop_table("users", schema="auth")
