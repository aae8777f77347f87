"""Citext."""

import citext

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("a", citext.CIText()), sa.Column("b", postgresql.CITEXT(), nullable=False))


def downgrade():
    op.drop_table("t")
