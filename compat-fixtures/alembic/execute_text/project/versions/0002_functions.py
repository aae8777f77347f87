"""Functions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute(
        """
        CREATE OR REPLACE FUNCTION touch() RETURNS trigger AS $$
        BEGIN
            NEW.updated_at = now();
            RAISE NOTICE 'set % at %', NEW.id, now();
            RETURN NEW;
        END;
        $$ LANGUAGE plpgsql;
        """
    )
    op.execute("""
        DO $$ BEGIN
            CREATE TYPE provider AS ENUM ('google', 'kakao');
        EXCEPTION WHEN duplicate_object THEN NULL;
        END $$;
    """)


def downgrade():
    op.execute("DROP FUNCTION IF EXISTS touch()")
