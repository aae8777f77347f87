"""character 스키마 생성

Revision ID: 0001
Revises: 
Create Date: 2025-11-15 14:00:00+09:00
"""

from typing import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS character")
    op.execute(
        """
        CREATE TABLE IF NOT EXISTS character.characters (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            code VARCHAR(64) NOT NULL UNIQUE,
            name VARCHAR(120) NOT NULL,
            description VARCHAR(120),
            type_label VARCHAR(120),
            dialog VARCHAR(120),
            created_at TIMESTAMPTZ NOT NULL DEFAULT now()
        )
        """
    )
    op.execute(
        """
        DO $$
        BEGIN
            CREATE TYPE character.ownership_status AS ENUM ('owned', 'burned', 'traded');
        EXCEPTION WHEN duplicate_object THEN
            RAISE NOTICE '이미 있음: %', 'ownership_status';
        END
        $$;
        """
    )
    op.execute(
        """
        CREATE TABLE IF NOT EXISTS character.character_ownerships (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL,
            character_id UUID NOT NULL REFERENCES character.characters(id) ON DELETE CASCADE,
            source VARCHAR(120),
            status "character".ownership_status NOT NULL DEFAULT 'owned',
            acquired_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            CONSTRAINT uq_ownership_user_character UNIQUE (user_id, character_id)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS character.character_ownerships")
    op.execute("DROP TABLE IF EXISTS character.characters")
    op.execute('DROP TYPE IF EXISTS "character".ownership_status')
