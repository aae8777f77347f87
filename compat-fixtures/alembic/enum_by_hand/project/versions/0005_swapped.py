"""Swapped."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade():
    op.execute("ALTER TYPE mood RENAME TO mood_old")
    new = sa.Enum("sad", "fine", name="mood")
    new.create(op.get_bind())
    for table, column in (("t", "mood"), ("u", "feeling")):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE mood USING {column}::text::mood")
    op.execute("DROP TYPE mood_old")


def downgrade():
    pass
